"""Numbers that the processor handles eight at once, as a type of Numba's, and functions of them."""

from __future__ import annotations

import math
import operator
import platform
from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

from llvmlite import binding, ir
from numba import float64, int64, njit, types
from numba.core.cgutils import get_or_insert_function
from numba.extending import intrinsic, lower_builtin, models, register_model, type_callable

from core.base.arrays import Array
from core.engines.kernels.plan import LANES as LANES

Vector: TypeAlias = Array  # for type checkers; the compiler knows it as _VectorType
Function = TypeVar("Function", bound=Callable[..., Any])

ZERO, ONE = int64(0), int64(1)
"""For arguments: a number that is written out makes Numba compile a version of the called function for it alone."""


class _VectorType(types.Type):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__(name=f"float64x{LANES}")


_VECTOR = _VectorType()
_LLVM_VECTOR = ir.VectorType(ir.DoubleType(), LANES)
_LLVM_BITS = ir.VectorType(ir.IntType(64), LANES)


@register_model(_VectorType)
class _VectorModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _LLVM_VECTOR)


def _spread(builder: Any, value: Any, kind: Any) -> Any:
    """A vector as it is; a number in every lane."""
    if isinstance(kind, _VectorType):
        return value
    undefined = ir.Constant(_LLVM_VECTOR, ir.Undefined)
    first = builder.insert_element(undefined, value, ir.Constant(ir.IntType(32), 0))
    lanes = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(first, undefined, lanes)


def _add_operator(function: Callable[..., Any], instruction: str) -> None:
    """Let ``vector ∘ vector``, ``vector ∘ number`` and ``number ∘ vector`` become one instruction."""

    @type_callable(function)
    def _(context: Any) -> Callable[[Any, Any], Any]:
        def give_type(left: Any, right: Any) -> Any:
            kinds = {left, right}
            return _VECTOR if _VECTOR in kinds and kinds <= {_VECTOR, float64} else None

        return give_type

    def lower(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        left, right = (_spread(builder, *pair) for pair in zip(arguments, signature.args, strict=True))
        return getattr(builder, instruction)(left, right)

    for kinds in ((_VECTOR, _VECTOR), (_VECTOR, float64), (float64, _VECTOR)):
        lower_builtin(function, *kinds)(lower)


for _function, _instruction in (
    (operator.add, "fadd"),
    (operator.sub, "fsub"),
    (operator.mul, "fmul"),
    (operator.truediv, "fdiv"),
):
    _add_operator(_function, _instruction)


def _address(context: Any, builder: Any, signature: Any, arguments: Any, pointed: Any) -> Any:
    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    return builder.bitcast(builder.gep(array.data, [arguments[1]]), pointed.as_pointer())


@intrinsic
def load(typing: Any, memory: Any, place: Any) -> Any:
    """The vector that begins at a place."""

    def lower(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(_address(context, builder, signature, arguments, _LLVM_VECTOR), align=8)

    return _VECTOR(memory, int64), lower


@intrinsic
def store(typing: Any, memory: Any, place: Any, vector: Any) -> Any:
    """Write a vector at a place."""

    def lower(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address = _address(context, builder, signature, arguments, _LLVM_VECTOR)
        builder.store(_spread(builder, arguments[2], signature.args[2]), address, align=8)
        return context.get_dummy_value()

    return types.none(memory, int64, vector), lower


@intrinsic
def number_at(typing: Any, memory: Any, place: Any) -> Any:
    """The number at a place: ``memory[place]`` without looking whether the place counts from the end."""

    def lower(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(_address(context, builder, signature, arguments, ir.DoubleType()), align=8)

    return float64(memory, int64), lower


@intrinsic
def spread(typing: Any, number: Any) -> Any:
    """A number in every lane."""

    def lower(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _spread(builder, arguments[0], signature.args[0])

    return _VECTOR(number), lower


@intrinsic
def with_pairs_swapped(typing: Any, vector: Any) -> Any:
    """The lanes in the order 1, 0, 3, 2 and so on."""

    def lower(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        lanes = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [lane ^ 1 for lane in range(LANES)])
        return builder.shuffle_vector(arguments[0], arguments[0], lanes)

    return _VECTOR(vector), lower


@intrinsic
def sum_of_lanes(typing: Any, vector: Any) -> Any:
    """((0 + 1) + (2 + 3)) + ((4 + 5) + (6 + 7)) of the lanes 0 to 7."""

    def lower(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        numbers = [builder.extract_element(arguments[0], ir.IntType(32)(lane)) for lane in range(LANES)]
        while len(numbers) > 1:
            numbers = [builder.fadd(*numbers[k : k + 2]) for k in range(0, len(numbers), 2)]
        return numbers[0]

    return float64(vector), lower


def _selection(comparison: str) -> Any:
    """In each lane one of two numbers, by an ordered comparison, which does not hold for NaN."""

    def lower(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        a, b, c, d = (_spread(builder, *pair) for pair in zip(arguments, signature.args, strict=True))
        return builder.select(builder.fcmp_ordered(comparison, a, b), c, d)

    return intrinsic(lambda typing, x, y, yes, no: (_VECTOR(x, y, yes, no), lower))


where_less = _selection("<")
"""In each lane ``yes`` where x < y, else ``no`` (so also where x or y is NaN): where_less(x, y, yes, no)."""

where_at_least = _selection(">=")
"""The same where x ≥ y."""


@intrinsic
def power_of_two(typing: Any, exponent: Any) -> Any:
    """2ⁿ in each lane, for n from -1022 to 1023 in the low bits of ``exponent``, see ROUNDER."""

    def lower(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        def constant(value: int) -> Any:
            return ir.Constant(_LLVM_BITS, [value] * LANES)

        bits = builder.add(builder.bitcast(arguments[0], _LLVM_BITS), constant(1023))
        return builder.bitcast(builder.shl(bits, constant(52)), _LLVM_VECTOR)

    return _VECTOR(exponent), lower


MANY_REGISTERS = bool(binding.get_host_cpu_features().get("avx512f"))
"""Whether the processor has 32 registers, each for a whole vector; AVX2 has 16, each for half of one."""

_FUSES = bool(binding.get_host_cpu_features().get("fma")) or platform.machine().lower() in ("arm64", "aarch64")


@intrinsic
def multiply_add(typing: Any, x: Any, y: Any, z: Any) -> Any:
    """x·y + z in each lane, rounded once; where the processor has no such instruction, the product is rounded too."""

    def lower(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        a, b, c = (_spread(builder, *pair) for pair in zip(arguments, signature.args, strict=True))
        if not _FUSES:
            return builder.fadd(builder.fmul(a, b), c)
        kind = ir.FunctionType(_LLVM_VECTOR, [_LLVM_VECTOR] * 3)
        return builder.call(get_or_insert_function(builder.module, kind, f"llvm.fma.v{LANES}f64"), (a, b, c))

    return _VECTOR(x, y, z), lower


@intrinsic
def transpose_block(typing: Any, memory: Any, source: Any, source_step: Any, goal: Any, goal_step: Any) -> Any:
    """Turn a block of LANES rows of LANES numbers into its columns; the steps say how far apart rows lie."""

    def lower(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])

        def address(first: Any, step: Any, row: int) -> Any:
            place = builder.add(first, builder.mul(step, ir.Constant(step.type, row)))
            return builder.bitcast(builder.gep(array.data, [place]), _LLVM_VECTOR.as_pointer())

        rows = [builder.load(address(arguments[1], arguments[2], row), align=8) for row in range(LANES)]
        apart = LANES // 2
        while apart:  # exchange the off-diagonal quarters of squares, then of their quarters, down to single numbers
            keep = [lane if not lane & apart else lane - apart + LANES for lane in range(LANES)]
            take = [lane + apart if not lane & apart else lane + LANES for lane in range(LANES)]
            for row in (row for row in range(LANES) if not row & apart):
                pair = rows[row], rows[row + apart]
                for k, lanes in ((row, keep), (row + apart, take)):
                    rows[k] = builder.shuffle_vector(*pair, ir.Constant(ir.VectorType(ir.IntType(32), LANES), lanes))
            apart //= 2
        for row, vector in enumerate(rows):
            builder.store(vector, address(arguments[3], arguments[4], row), align=8)
        return context.get_dummy_value()

    return types.none(memory, int64, int64, int64, int64), lower


def _llvm_function(name: str, arity: int) -> Any:
    """One of LLVM's own functions, for vectors."""

    def lower(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(_LLVM_VECTOR, [_LLVM_VECTOR] * arity)
        function = get_or_insert_function(builder.module, kind, f"llvm.{name}.v{LANES}f64")
        return builder.call(function, arguments)

    if arity == 1:
        return intrinsic(lambda typing, x: (_VECTOR(x), lower))
    return intrinsic(lambda typing, x, y: (_VECTOR(x, y), lower))


absolute = _llvm_function("fabs", 1)
square_root = _llvm_function("sqrt", 1)
sine = _llvm_function("sin", 1)
with_sign_of = _llvm_function("copysign", 2)


_INNER = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False}
"""Kernels alone call these functions, and nothing in them owns memory; without the rest they compile faster."""


def inlined(function: Function) -> Function:
    """For small functions: their code is put in place of each call."""
    compiled: Function = njit(forceinline=True, **_INNER)(function)
    return compiled


def called(function: Function) -> Function:
    """For functions that do much in a call."""
    compiled: Function = njit(**_INNER)(function)
    return compiled


LOG2_E = math.log2(math.e)
LN2_HIGH = 6.93147180369123816490e-01  # the first 33 bits of ln 2, so that n·LN2_HIGH is exact; with the rest below
LN2_LOW = 1.90821492927058770002e-10
ROUNDER = 1.5 * 2.0**52  # x + ROUNDER has no room for a fraction: it rounds x, and leaves it in the low bits
TAYLOR = tuple(1.0 / math.factorial(k) for k in range(14))


@inlined
def exponential_parts(x: Vector) -> tuple[Vector, Vector]:
    """The numbers p and s with eˣ = (1 + p)·s, where s is a power of 2; for x from -708 to 708 or NaN.

    x = n·ln 2 + r with |r| ≤ ln 2 / 2, so eˣ = 2ⁿ·eʳ; p = eʳ - 1 is its Taylor series up to r¹³/13!, with an error
    below 4e-18, evaluated as a tree (Estrin's scheme), which is shorter than a chain.
    """
    shifted = multiply_add(x, LOG2_E, ROUNDER)
    n = shifted - ROUNDER
    r = multiply_add(n, -LN2_LOW, multiply_add(n, -LN2_HIGH, x))
    r2 = r * r
    r4 = r2 * r2
    low = multiply_add(r2, multiply_add(r, TAYLOR[5], TAYLOR[4]), multiply_add(r, TAYLOR[3], TAYLOR[2]))
    middle = multiply_add(r2, multiply_add(r, TAYLOR[9], TAYLOR[8]), multiply_add(r, TAYLOR[7], TAYLOR[6]))
    high = multiply_add(r2, multiply_add(r, TAYLOR[13], TAYLOR[12]), multiply_add(r, TAYLOR[11], TAYLOR[10]))
    return multiply_add(r2, multiply_add(r4 * r4, high, multiply_add(r4, middle, low)), r), power_of_two(shifted)


@inlined
def exponential(x: Vector) -> Vector:
    """eˣ to about 1 unit in the last place; e⁷⁰⁸, about 3e307, above 708, and e⁻⁷⁰⁸ below -708."""
    x = where_less(708.0, x, 708.0, x)  # each of these is one instruction, a minimum and a maximum
    p, s = exponential_parts(where_less(x, -708.0, -708.0, x))
    return multiply_add(s, p, s)


@inlined
def exponential_minus_1(x: Vector) -> Vector:
    """eˣ - 1, accurate near 0 as well; for x up to 700."""
    p, s = exponential_parts(where_less(x, -60.0, -60.0, x))
    return multiply_add(s, p, s - 1.0)


@inlined
def hyperbolic_tangent(x: Vector) -> Vector:
    """The function tanh x = (e²ˣ - 1) / (e²ˣ + 1), from |x|, so that a small x keeps all its digits."""
    magnitude = absolute(x)
    p, s = exponential_parts(where_less(22.0, magnitude, 22.0, magnitude) * 2.0)
    e = multiply_add(s, p, s - 1.0)
    return with_sign_of(e / (e + 2.0), x)


@inlined
def logistic(x: Vector) -> Vector:
    """1 / (1 + e⁻ˣ)."""
    return 1.0 / (exponential(0.0 - x) + 1.0)


@inlined
def log_of_1_plus(u: Vector) -> Vector:
    """ln(1 + u) for u from 0 to 1.

    ln(1 + u) = 2·artanh s = 2·(s + s³/3 + s⁵/5 + …) with s = u/(2 + u) ≤ 1/3.
    """
    s = u / (u + 2.0)
    s2 = s * s
    total = s2 * 0.0
    for k in range(16, 0, -1):
        total = (total + 1.0 / (2.0 * k + 1.0)) * s2
    return (s + s * total) * 2.0


@inlined
def step(x: Vector) -> Vector:
    """1 above 0, else 0; NaN of NaN."""
    return where_less(0.0, x, 1.0, where_less(x, 0.0, 0.0, x))


@inlined
def sign(x: Vector) -> Vector:
    """-1, 0 or 1; NaN of NaN."""
    return where_less(x, 0.0, -1.0, where_less(0.0, x, 1.0, x))
