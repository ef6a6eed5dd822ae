"""The order of the samples: what NumPy draws for an epoch, for many epochs in one call.

NumPy takes as long to set up its generator for an epoch as to shuffle, and lets the interpreter's lock go and takes it
again each time, for which it may have to wait. The numbers are the same: the generator is Philox 4x64 with ten rounds
(Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011), and NumPy's ``permutation`` swaps from the last
place down, each with a place drawn from the bits that it takes, again where it lies too high (Knuth's algorithm P).
``core.engines.kernel_loading`` compares them when it loads the kernels.
"""

from __future__ import annotations

from numba import uint64

from core.base.arrays import Rows
from core.engines.kernels.vectors import called, inlined

Words = tuple[int, int, int, int]

LOW = uint64(0xFFFFFFFF)
HALF = uint64(32)
MULTIPLIERS = uint64(0xD2E7470EE14C6C93), uint64(0xCA5A826395121157)
STEPS = uint64(0x9E3779B97F4A7C15), uint64(0xBB67AE8584CAA73B)
ROUNDS = 10


@inlined
def high_of_product(a: int, b: int) -> int:
    """The upper 64 bits of a product of two numbers of 64 bits."""
    a_low, a_high, b_low, b_high = a & LOW, a >> HALF, b & LOW, b >> HALF
    middle = a_high * b_low + ((a_low * b_low) >> HALF)
    other = a_low * b_high + (middle & LOW)
    return a_high * b_high + (middle >> HALF) + (other >> HALF)


@called
def block(number: int, index: int, purpose: int, key0: int, key1: int) -> Words:
    """Four random words: Philox's function of a counter (``number``, 0, ``index``, ``purpose``) and a key."""
    c0, c1, c2, c3 = number, uint64(0), index, purpose
    for _ in range(ROUNDS):
        high0, low0 = high_of_product(MULTIPLIERS[0], c0), MULTIPLIERS[0] * c0
        high1, low1 = high_of_product(MULTIPLIERS[1], c2), MULTIPLIERS[1] * c2
        c0, c1, c2, c3 = high1 ^ c1 ^ key0, low1, high0 ^ c3 ^ key1, low0
        key0, key1 = key0 + STEPS[0], key1 + STEPS[1]
    return c0, c1, c2, c3


def draw_orders(orders: Rows, first: int, purpose: int, key0: int, key1: int) -> None:
    """Permutations of the numbers from 0 on into the rows of ``orders``, those of the indices from ``first`` on."""
    length = orders.shape[1]
    for row in range(len(orders)):
        for i in range(length):
            orders[row, i] = i
        number, taken, index = uint64(0), 8, uint64(first + row)
        words = uint64(0), uint64(0), uint64(0), uint64(0)
        mask = uint64(1)
        while mask < uint64(length - 1):
            mask = mask << uint64(1) | uint64(1)
        for i in range(length - 1, 0, -1):
            if uint64(i) <= mask >> uint64(1):
                mask >>= uint64(1)
            place = mask + uint64(1)
            while place > uint64(i):
                if taken == 8:
                    number += uint64(1)
                    words = block(number, index, purpose, key0, key1)
                    taken = 0
                pair = taken >> 1
                word = words[0] if pair == 0 else words[1] if pair == 1 else words[2] if pair == 2 else words[3]
                place = (word >> HALF if taken & 1 else word) & LOW & mask
                taken += 1
            orders[row, i], orders[row, place] = orders[row, place], orders[row, i]
