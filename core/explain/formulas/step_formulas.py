"""From a walk to the formulas of what is at work: a neuron, a weight, a loss, an update.

Everywhere ``layer`` counts from 1 (the first behind the input), ``unit``, ``source`` and ``target`` from 0 inside a
layer, and ``sample`` from 0 inside the batch. IndexError or KeyError where there is none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from core.base.arrays import Array
from core.base.translation import _
from core.explain.formulas.formula import DIGITS, Formula, formula_of, make_formula
from core.explain.walk import LayerWalk, Walk
from core.network.expression import (
    HALF,
    ONE,
    ZERO,
    Call,
    Expression,
    Name,
    Quantity,
    Quotient,
    Sum,
    Symbol,
    series,
    square,
    times,
)
from core.network.network import parameter_index
from core.network.optimizers import Parameter
from core.network.schedules import SCHEDULES

Formulas = tuple[Formula, ...]
FROZEN = _("it is frozen")
MOST_DIGITS = 12
"""Of a parameter in its update, however small the change."""

# ---------------------------------------------------------------- symbols


def _index(*numbers: int | str) -> str:
    """``23``, or ``2,13`` where that could be misread; whole numbers come counted from 0."""
    texts = [number if isinstance(number, str) else str(number + 1) for number in numbers]
    return ("," if any(len(text) > 1 for text in texts) else "").join(texts)


def _symbol(base: str, layer: int, *index: int | str) -> Symbol:
    return Symbol(base, _index(*index), f"({layer})")


def input_symbol(walk: Walk, layer: int, unit: int | str) -> Symbol:
    """What a layer is given: x, a of the layer before, or with dropout h."""
    if layer == 1:
        return Symbol("x", _index(unit))
    return _symbol("a" if walk.layers[layer - 2].mask is None else "h", layer - 1, unit)


def _output(walk: Walk, unit: int | str) -> Symbol:
    return Symbol("ŷ", _index(unit))


def _a_symbol(walk: Walk, layer: int, unit: int | str) -> Symbol:
    return _output(walk, unit) if layer == len(walk.layers) else _symbol("a", layer, unit)


def _all(values: Array, symbols: Sequence[Symbol]) -> list[Quantity]:
    return [Quantity(symbol, float(value)) for symbol, value in zip(symbols, values, strict=True)]


def _z(walk: Walk, sample: int) -> list[Quantity]:
    """The output layer's z."""
    last = walk.layers[-1]
    return _all(last.z[sample], [_symbol("z", last.number, k) for k in range(last.z.shape[1])])


def _y_hat(walk: Walk, sample: int) -> list[Quantity]:
    a = walk.layers[-1].a[sample]
    return _all(a, [_output(walk, k) for k in range(len(a))])


def _y(walk: Walk, sample: int) -> list[Quantity]:
    return _all(walk.y[sample], [Symbol("y", _index(k)) for k in range(walk.y.shape[1])])


# ---------------------------------------------------------------- forward


def weighted_sum(walk: Walk, layer: int, unit: int, sample: int = 0) -> Formula:
    """The sum z of a neuron: its inputs times its weights, and the bias."""
    at = walk.layers[layer - 1]
    inputs, weights = at.inputs[sample], at.W[:, unit]

    def term(i: int) -> Expression:
        return times(
            Quantity(input_symbol(walk, layer, i), float(inputs[i])),
            Quantity(_symbol("w", layer, i, unit), float(weights[i])),
        )

    general = times(Name(input_symbol(walk, layer, "i")), Name(_symbol("w", layer, "i", unit)))
    total = series("i", general, len(inputs), term, lambda first: float(inputs[first:] @ weights[first:]))
    bias = Quantity(_symbol("b", layer, unit), float(at.b[unit]))
    return make_formula("weighted sum", _symbol("z", layer, unit), at.z[sample, unit], Sum((total, bias)))


def activation(walk: Walk, layer: int, unit: int, sample: int = 0) -> Formula:
    """The line of a of a neuron."""
    at = walk.layers[layer - 1]
    z = _all(at.z[sample], [_symbol("z", layer, k) for k in range(at.z.shape[1])])
    if at.activation.joint is not None:
        case = at.activation.joint.expression(z, unit)
    else:
        assert at.activation.expression is not None
        case = at.activation.expression(z[unit])
    return make_formula("activation", _a_symbol(walk, layer, unit), at.a[sample, unit], case)


def dropout(walk: Walk, layer: int, unit: int, sample: int = 0) -> Formula | None:
    """The output h of a neuron with dropout; None without."""
    at = walk.layers[layer - 1]
    if at.mask is None:
        return None
    a = Quantity(_a_symbol(walk, layer, unit), float(at.a[sample, unit]))
    mask = Quantity(_symbol("m", layer, unit), float(at.mask[sample, unit]))
    return make_formula("dropout", _symbol("h", layer, unit), at.h[sample, unit], times(a, mask))


def neuron_forward(walk: Walk, layer: int, unit: int, sample: int = 0) -> Formulas:
    """The lines of a neuron in the forward pass: z, a, and with dropout h."""
    dropped = dropout(walk, layer, unit, sample)
    lines = weighted_sum(walk, layer, unit, sample), activation(walk, layer, unit, sample)
    return lines if dropped is None else (*lines, dropped)


# ---------------------------------------------------------------- loss


def sample_loss(walk: Walk, sample: int = 0) -> Formula:
    """The loss of a sample."""
    case = walk.loss.expression(_z(walk, sample), _y_hat(walk, sample), _y(walk, sample))
    return make_formula("loss of the sample", Symbol("L"), walk.losses[sample], case)


def mean_loss(walk: Walk) -> Formula:
    """The mean over the batch."""
    losses, n = walk.losses, len(walk)

    def term(s: int) -> Expression:
        return Quantity(Symbol("L", _index(s)), float(losses[s]))

    total = series("s", Name(Symbol("L", "s")), n, term, lambda first: float(losses[first:].sum()))
    return make_formula("mean loss of the batch", Symbol("⟨L⟩"), walk.mean_loss, Quotient(total, _count(n)))


def penalty_formula(walk: Walk) -> Formula | None:
    """The penalty on all weights; None where there is none."""
    rule = walk.rule
    if not (rule.l1 or rule.l2):
        return None
    weights = np.concatenate([layer.W.ravel() for layer in walk.layers])
    ends = np.cumsum([layer.W.size for layer in walk.layers])
    parts: list[Expression] = []

    def weight(k: int) -> Quantity:
        layer = walk.layers[int(np.searchsorted(ends, k, side="right"))]
        i, j = divmod(k - int(ends[layer.number - 1]) + layer.W.size, layer.W.shape[1])
        return Quantity(_symbol("w", layer.number, i, j), float(weights[k]))

    if rule.l1:
        total = series(
            "", Call("abs", (Name(Symbol("w")),)), len(weights), lambda k: Call("abs", (weight(k),)),
            lambda first: float(np.abs(weights[first:]).sum()),
        )  # fmt: skip
        parts.append(times(Quantity(Symbol("λ", "1"), rule.l1), total))
    if rule.l2:
        total = series(
            "", square(Name(Symbol("w"))), len(weights), lambda k: square(weight(k)),
            lambda first: float((weights[first:] ** 2).sum()),
        )  # fmt: skip
        parts.append(times(Quantity(Symbol("λ", "2"), rule.l2), HALF, total))
    return make_formula("penalty", Symbol("P"), walk.penalty, Sum(tuple(parts)))


def losses(walk: Walk, sample: int = 0) -> Formulas:
    """The lines of the loss: of the sample, of a batch of several, and the penalty if there is one."""
    penalty_line = penalty_formula(walk)
    return (
        sample_loss(walk, sample),
        *((mean_loss(walk),) if len(walk) > 1 else ()),
        *((penalty_line,) if penalty_line else ()),
    )


# ---------------------------------------------------------------- backward


def _loss_over(symbol: Symbol) -> Symbol:
    """∂L/∂ and a symbol."""
    return Symbol(f"∂L/∂{symbol.base}", symbol.sub, symbol.sup)


def upstream(walk: Walk, layer: int, unit: int, sample: int = 0) -> Formula | None:
    """∂L/∂a of a neuron: from the loss, or from the layer above; None where the loss gives δ directly."""
    at = walk.layers[layer - 1]
    if at.upstream is None:
        return None
    value, result = at.upstream[sample, unit], _loss_over(_a_symbol(walk, layer, unit))
    if layer == len(walk.layers):
        y_hat, y = _y_hat(walk, sample)[unit], _y(walk, sample)[unit]
        case = walk.loss.slope(y_hat, y, walk.y.shape[1])
        return make_formula("gradient of the loss", result, value, case)
    above = walk.layers[layer]
    weights, deltas = above.W[unit], above.delta[sample]

    def term(k: int) -> Expression:
        weight = Quantity(_symbol("w", layer + 1, unit, k), float(weights[k]))
        return times(weight, Quantity(_symbol("δ", layer + 1, k), float(deltas[k])))

    general = times(Name(_symbol("w", layer + 1, unit, "k")), Name(_symbol("δ", layer + 1, "k")))
    back: Expression = series("k", general, len(deltas), term, lambda first: float(weights[first:] @ deltas[first:]))
    if at.mask is not None:
        back = times(Quantity(_symbol("m", layer, unit), float(at.mask[sample, unit])), back)
    return make_formula("what comes back", result, value, back)


def slope(walk: Walk, layer: int, unit: int, sample: int = 0) -> Formulas:
    """f'(z) of a neuron, after the lines that it takes numbers from; empty for softmax."""
    at = walk.layers[layer - 1]
    if at.slope is None:
        return ()
    assert at.activation.slope is not None
    z = Quantity(_symbol("z", layer, unit), float(at.z[sample, unit]))
    a = Quantity(_a_symbol(walk, layer, unit), float(at.a[sample, unit]))
    case = at.activation.slope(z, a)
    return (
        *(formula_of(line) for line in case.before),
        make_formula("slope", _slope_symbol(layer, unit), at.slope[sample, unit], case),
    )


def _slope_symbol(layer: int, unit: int) -> Symbol:
    return Symbol("f′(z", _index(unit), f"({layer})", ")")


def delta(walk: Walk, layer: int, unit: int, sample: int = 0) -> Formula:
    """δ = ∂L/∂z of a neuron."""
    at = walk.layers[layer - 1]
    value, result = at.delta[sample, unit], _symbol("δ", layer, unit)
    if at.upstream is None:
        y_hat, y = _y_hat(walk, sample)[unit], _y(walk, sample)[unit]
        return make_formula("delta", result, value, walk.loss.slope(y_hat, y, walk.y.shape[1]))
    if at.activation.joint is not None:
        symbols = [_loss_over(_output(walk, k)) for k in range(at.a.shape[1])]
        case = at.activation.joint.delta_expression(_all(at.upstream[sample], symbols), _y_hat(walk, sample), unit)
        return make_formula("delta", result, value, case)
    coming = Quantity(_loss_over(_a_symbol(walk, layer, unit)), float(at.upstream[sample, unit]))
    return make_formula("delta", result, value, times(coming, _slope_quantity(at, unit, sample)))


def _slope_quantity(at: LayerWalk, unit: int, sample: int) -> Quantity:
    assert at.slope is not None
    return Quantity(_slope_symbol(at.number, unit), float(at.slope[sample, unit]))


def neuron_backward(walk: Walk, layer: int, unit: int, sample: int = 0) -> Formulas:
    """The lines of a neuron in the backward pass: ∂L/∂a, f'(z), δ.

    With softmax δ takes ∂L/∂ŷ of all outputs, so those are among the lines.
    """
    at = walk.layers[layer - 1]
    units = range(at.a.shape[1]) if at.slope is None and at.upstream is not None else (unit,)
    coming = [upstream(walk, layer, k, sample) for k in units]
    own_slope = slope(walk, layer, unit, sample) if at.upstream is not None else ()
    return (*(line for line in coming if line), *own_slope, delta(walk, layer, unit, sample))


# ---------------------------------------------------------------- gradients of a weight and a bias


def _count(n: int) -> Quantity:
    return Quantity(Symbol("n"), float(n))


def weight_gradient(walk: Walk, layer: int, source: int, target: int, sample: int = 0) -> Formulas:
    """The lines of ∂L/∂w: of the sample, its mean over a batch of several, and with the penalty g."""
    at = walk.layers[layer - 1]
    symbol = _symbol("w", layer, source, target)
    inputs, deltas = at.inputs[:, source], at.delta[:, target]

    def term(s: int) -> Expression:
        sub = (_index(s),) if len(walk) > 1 else ()
        h, d = input_symbol(walk, layer, source), _symbol("δ", layer, target)
        h, d = (Symbol(x.base, ",".join((x.sub, *sub)), x.sup) for x in (h, d))
        return times(Quantity(h, float(inputs[s])), Quantity(d, float(deltas[s])))

    h, d = input_symbol(walk, layer, source), _symbol("δ", layer, target)
    own = times(Quantity(h, float(inputs[sample])), Quantity(d, float(deltas[sample])))
    line = make_formula("gradient of the sample", _loss_over(symbol), float(inputs[sample] * deltas[sample]), own)
    general = times(Name(Symbol(h.base, f"{h.sub},s", h.sup)), Name(Symbol(d.base, f"{d.sub},s", d.sup)))
    total = series("s", general, len(walk), term, lambda first: float(inputs[first:] @ deltas[first:]))
    place = _place(walk, layer, source, target)
    return _gradient_lines(walk, line, symbol, total, place, float(at.W[source, target]))


def bias_gradient(walk: Walk, layer: int, unit: int, sample: int = 0) -> Formulas:
    """The lines of ∂L/∂b, as of a weight; a bias has no penalty."""
    at = walk.layers[layer - 1]
    symbol, d, deltas = _symbol("b", layer, unit), _symbol("δ", layer, unit), at.delta[:, unit]
    value = float(deltas[sample])
    line = make_formula("gradient of the sample", _loss_over(symbol), value, Quantity(d, value))

    def term(s: int) -> Expression:
        return Quantity(Symbol(d.base, f"{d.sub},{_index(s)}", d.sup), float(deltas[s]))

    general = Name(Symbol(d.base, f"{d.sub},s", d.sup))
    total = series("s", general, len(walk), term, lambda first: float(deltas[first:].sum()))
    return _gradient_lines(walk, line, symbol, total, _place(walk, layer, None, unit), None)


def _gradient_lines(
    walk: Walk, own: Formula, symbol: Symbol, batch: Expression, place: int, weight: float | None
) -> Formulas:
    """The sample's line, and those that lead from it to g where the batch or the penalty makes a difference."""
    lines, mean = [own], Quantity(_loss_over(symbol), own.value)
    if len(walk) > 1:
        mean = Quantity(Symbol(f"∂⟨L⟩/∂{symbol.base}", symbol.sub, symbol.sup), float(walk.loss_gradient[place]))
        lines.append(make_formula("mean over the batch", mean.symbol, mean.value, Quotient(batch, _count(len(walk)))))
    terms: list[Expression] = [mean]
    if weight is not None:
        w = Quantity(symbol, weight)
        if walk.rule.l2:
            terms.append(times(Quantity(Symbol("λ", "2"), walk.rule.l2), w))
        if walk.rule.l1:
            terms.append(times(Quantity(Symbol("λ", "1"), walk.rule.l1), Call("sign", (w,))))
    total = Sum(tuple(terms)) if len(terms) > 1 else mean
    if place not in walk.rule.frozen:
        lines.append(make_formula("gradient", Symbol("g"), float(walk.gradient[place]), total))
        return tuple(lines)
    if len(terms) > 1:
        whole = Symbol(
            mean.symbol.base.replace("L", "(L + P)").replace("⟨(L + P)⟩", "(⟨L⟩ + P)"), symbol.sub, symbol.sup
        )
        value = mean.value + float(walk.penalty_gradient[place])
        lines.append(make_formula("gradient if it were free", whole, value, total))
    none = make_formula("gradient", Symbol("g"), float(walk.gradient[place]), ZERO)
    return (*lines, replace(none, note=FROZEN))


def _place(walk: Walk, layer: int, source: int | None, target: int) -> int:
    """Where a weight, or with None for the source a bias, stands in the flat vectors."""
    return parameter_index(walk.sizes, layer, source, target)


# ---------------------------------------------------------------- update


def learning_rate(walk: Walk) -> Formula:
    """The learning rate of this update, from the experiment's, the schedule and the warm-up."""
    now = walk.settings
    factors: list[Expression] = [Quantity(Symbol("η", "0"), now.learning_rate)]
    schedule, values = SCHEDULES[now.schedule.name], now.schedule.settings or ()
    if schedule.expression is not None:
        settings = [Quantity(Symbol(s.letter), value) for s, value in zip(schedule.settings, values, strict=True)]
        factors.append(schedule.expression(Quantity(Symbol("e"), walk.start / walk.epoch_length), settings))
    if now.warm_up:
        over = Quantity(Symbol("e", "+"), walk.end / walk.epoch_length)
        share = Quotient(over, Quantity(Symbol("u"), float(now.warm_up)))
        factors.append(Call("min", (share, ONE)))
    expression = times(*factors) if len(factors) > 1 else factors[0]
    return make_formula("learning rate", Symbol("η"), walk.learning_rate, expression)


def weight_update(walk: Walk, layer: int, source: int, target: int) -> Formulas:
    """The lines of the optimizer's rule for a weight."""
    return _update(walk, _symbol("w", layer, source, target), _place(walk, layer, source, target))


def bias_update(walk: Walk, layer: int, unit: int) -> Formulas:
    """The lines of the optimizer's rule for a bias."""
    return _update(walk, _symbol("b", layer, unit), _place(walk, layer, None, unit))


def _update(walk: Walk, symbol: Symbol, place: int) -> Formulas:
    parameter = Parameter(
        symbol,
        float(walk.parameters_before[place]),
        float(walk.parameters_after[place]),
        float(walk.gradient[place]),
        walk.learning_rate,
        walk.rule.momentum,
        walk.step,
        {name: float(values[place]) for name, values in walk.memory_before.items()},
        {name: float(values[place]) for name, values in walk.memory_after.items()},
    )
    digits = _digits_of_update(parameter.before, parameter.after)
    lines = [
        formula_of(line, digits if line.result == symbol else DIGITS)
        for line in walk.rule.optimizer.lines(parameter)
        if line.result != symbol or place not in walk.rule.frozen
    ]
    if place in walk.rule.frozen:
        kept = make_formula("update", symbol, parameter.after, parameter.w, "←")
        lines.append(replace(kept, note=FROZEN))
    return tuple(lines)


def _digits_of_update(before: float, after: float) -> int:
    """So many that the change of a parameter is seen."""
    change = abs(after - before)
    if not (change and before):
        return DIGITS
    order_before, order_change = (math.floor(math.log10(abs(value))) for value in (before, change))
    return min(max(order_before - order_change + 2, DIGITS), MOST_DIGITS)
