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
from core.engines.kernels.vectors import inlined

Words = tuple[int, int, int, int]

LOW = uint64(0xFFFFFFFF)
HALF = uint64(32)
MULTIPLIERS = uint64(0xD2E7470EE14C6C93), uint64(0xCA5A826395121157)
STEPS = uint64(0x9E3779B97F4A7C15), uint64(0xBB67AE8584CAA73B)
ROUNDS = 10


@intrinsic
def product(typing: Any, a: Any, b: Any) -> Any:
    """The upper and the lower 64 bits of a product of two numbers of 64 bits, by one instruction."""

    def lower(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        wide, narrow = ir.IntType(128), ir.IntType(64)
        whole = builder.mul(*(builder.zext(value, wide) for value in arguments))
        high = builder.trunc(builder.lshr(whole, ir.Constant(wide, 64)), narrow)
        return context.make_tuple(builder, signature.return_type, (high, builder.trunc(whole, narrow)))

    return types.UniTuple(uint64, 2)(uint64, uint64), lower


@inlined
def block(number: int, index: int, purpose: int, key0: int, key1: int) -> Words:
    """Four random words: Philox's function of a counter (``number``, 0, ``index``, ``purpose``) and a key."""
    c0, c1, c2, c3 = number, uint64(0), index, purpose
    for _ in range(ROUNDS):
        high0, low0 = product(MULTIPLIERS[0], c0)
        high1, low1 = product(MULTIPLIERS[1], c2)
        c0, c1, c2, c3 = high1 ^ c1 ^ key0, low1, high0 ^ c3 ^ key1, low0
        key0, key1 = key0 + STEPS[0], key1 + STEPS[1]
    return c0, c1, c2, c3


@inlined
def draw_place(places: Rows, i: int, drawn: int) -> int:
    """Note the place that was drawn for the last one that is left, ``i``; returns the next ``i``.

    That is the same one again where the place lies too high, so that another one is drawn: there is no branch, whose
    outcome the processor could not foresee.
    """
    places[i] = drawn
    return i - uint64(drawn <= i)


def draw_orders(orders: Rows, places: Rows, first: int, purpose: int, key0: int, key1: int) -> None:
    """Permutations of the numbers from 0 on into the rows of ``orders``, those of the indices from ``first`` on.

    ``places`` is room for as many numbers as there are in a row. Numbers without a sign are not looked at for places
    that count from the end.
    """
    length = orders.shape[1]
    for row in range(len(orders)):
        number, index = uint64(0), uint64(first + row)
        mask = uint64(1)
        while mask < uint64(length - 1):
            mask = mask << uint64(1) | uint64(1)
        i = uint64(max(length - 1, 0))
        while i > uint64(0):
            number += uint64(1)
            words = block(number, index, purpose, key0, key1)
            if i > (mask >> uint64(1)) + uint64(8):  # so the mask will do for all these words
                for k in range(4):
                    i = draw_place(places, i, words[k] & LOW & mask)
                    i = draw_place(places, i, words[k] >> HALF & mask)
                continue
            for k in range(8):
                if i > uint64(0):
                    mask = mask >> uint64(i <= mask >> uint64(1))
                    word = words[k >> 1]
                    i = draw_place(places, i, (word >> HALF if k & 1 else word) & LOW & mask)
        order = orders[row]
        for k in range(length):
            order[k] = k
        for k in range(length - 1, 0, -1):
            place = uint64(places[k])
            order[uint64(k)], order[place] = order[place], order[uint64(k)]


DRAW_ORDERS = types.none(int64[:, ::1], int64[::1], int64, uint64, uint64, uint64)
