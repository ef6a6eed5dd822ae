"""The order of the samples: what NumPy draws for an epoch, for many epochs in one call.

NumPy takes as long to set up its generator for an epoch as to shuffle, and lets the interpreter's lock go and takes it
again each time, for which it may have to wait. The numbers are the same: the generator is Philox 4x64 with ten rounds
(Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011), and NumPy's ``permutation`` swaps from the last
place down, each with a place drawn from the bits that it takes, again where it lies too high (Knuth's algorithm P).
``core.engines.kernel_loading`` compares them when it loads the kernels.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import int64, types, uint64
from numba.extending import intrinsic

from core.base.arrays import Rows
from core.engines.kernels.vectors import called

Words = tuple[int, int, int, int]

LOW = uint64(0xFFFFFFFF)
HALF = uint64(32)
MULTIPLIERS = uint64(0xD2E7470EE14C6C93), uint64(0xCA5A826395121157)
STEPS = uint64(0x9E3779B97F4A7C15), uint64(0xBB67AE8584CAA73B)
ROUNDS = 10


@intrinsic
def high_of_product(typing: Any, a: Any, b: Any) -> Any:
    """The upper 64 bits of a product of two numbers of 64 bits."""

    def lower(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        wide = ir.IntType(128)
        product = builder.mul(*(builder.zext(value, wide) for value in arguments))
        return builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), ir.IntType(64))

    return uint64(uint64, uint64), lower


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
    """Permutations of the numbers from 0 on into the rows of ``orders``, those of the indices from ``first`` on.

    A place that lies too high is swapped for the last place itself, which changes nothing: so there is no branch, whose
    outcome the processor could not foresee.
    """
    length = orders.shape[1]
    for row in range(len(orders)):
        for i in range(length):
            orders[row, i] = i
        number, index = uint64(0), uint64(first + row)
        mask = uint64(1)
        while mask < uint64(length - 1):
            mask = mask << uint64(1) | uint64(1)
        i = length - 1
        while i > 0:
            number += uint64(1)
            words = block(number, index, purpose, key0, key1)
            for k in range(8):
                word = words[k >> 1]
                mask = mask >> uint64(uint64(i) <= mask >> uint64(1))
                drawn = (word >> HALF if k & 1 else word) & LOW & mask
                fits = i > 0 and drawn <= uint64(i)
                place = int64(drawn) if fits else i
                orders[row, i], orders[row, place] = orders[row, place], orders[row, i]
                i -= int64(fits)


DRAW_ORDERS = types.none(int64[:, ::1], int64, uint64, uint64, uint64)
