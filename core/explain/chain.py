"""The chain rule of one weight, bias, or sample as rows of a table: symbol, words, value, and the formula behind it.

The card of the window shows these rows, and highlights those of a phase. All numbers are those of a walk; all formulas
are those of :mod:`core.explain.formulas`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.base.number_text import short
from core.base.translation import _, ngettext
from core.explain.chain_row import BATCH, SAMPLE, Row, sign_word
from core.explain.formulas import step_formulas as steps
from core.explain.formulas.formula_text import to_text, write_symbol
from core.explain.phases import BACKWARD, FORWARD, LOSS, PICK, UPDATE
from core.explain.picked_part import Edge, Neuron, Part
from core.explain.walk import ALONE, MADE, NEXT, Walk
from core.network.expression import Symbol

if TYPE_CHECKING:
    from core.explain.formulas.formula import Formula

WORDS = {
    "weighted sum": _("weighted sum"),
    "dropout": _("a times the mask of dropout"),
    "gradient of the loss": _("how L grows with {given}"),
    "what comes back": _("how L grows with {given}"),
    "slope": _("slope: how {given} grows with z"),
    "delta": _("how L grows with z"),
    "gradient": _("the update's gradient"),
    "learning rate": _("the learning rate now"),
    "loss of the sample": _("loss: how wrong the answer is"),
    "activation": _("activation"),
    "gate": _("gate"),
    "gradient if it were free": _("gradient if it were free"),
    "gradient of the sample": _("gradient of the sample"),
    "mean loss of the batch": _("mean loss of the batch"),
    "mean over the batch": _("mean over the batch"),
    "penalty": _("penalty"),
    "update": _("update"),
}
MOST_INPUTS = 64

# By the moment of the update, and whether it moves a weight or else a bias: up, down, neither.
MOVED = {
    (MADE, True): (_("The weight went up"), _("The weight went down"), _("The weight stayed")),
    (MADE, False): (_("The bias went up"), _("The bias went down"), _("The bias stayed")),
    (NEXT, True): (_("The weight goes up"), _("The weight goes down"), _("The weight stays")),
    (NEXT, False): (_("The bias goes up"), _("The bias goes down"), _("The bias stays")),
    (ALONE, True): (_("The weight would go up"), _("The weight would go down"), _("The weight would stay")),
    (ALONE, False): (_("The bias would go up"), _("The bias would go down"), _("The bias would stay")),
}
# Of a batch, made or to come: what one sample does to a weight or else a bias, and what the batch does.
PULLS = {
    (MADE, True): (
        _("This sample pulled the weight up"),
        _("This sample pulled the weight down"),
        _("This sample did not move the weight"),
    ),
    (MADE, False): (
        _("This sample pulled the bias up"),
        _("This sample pulled the bias down"),
        _("This sample did not move the bias"),
    ),
    (NEXT, True): (
        _("This sample pulls the weight up"),
        _("This sample pulls the weight down"),
        _("This sample does not move the weight"),
    ),
    (NEXT, False): (
        _("This sample pulls the bias up"),
        _("This sample pulls the bias down"),
        _("This sample does not move the bias"),
    ),
}
PULLED = (_("pulls it up"), _("pulls it down"), _("pulls it nowhere"))
MEANS = {
    True: (_("lowering the weight"), _("raising the weight")),
    False: (_("lowering the bias"), _("raising the bias")),
}
WHOLE = {
    MADE: (
        _("The batch of {n} moved it up"),
        _("The batch of {n} moved it down"),
        _("The batch of {n} left it as it was"),
    ),
    NEXT: (
        _("The batch of {n} moves it up"),
        _("The batch of {n} moves it down"),
        _("The batch of {n} leaves it as it is"),
    ),
}
WITH_PENALTY = {
    MADE: (
        _("The batch of {n}, with the penalty, moved it up"),
        _("The batch of {n}, with the penalty, moved it down"),
        _("The batch of {n}, with the penalty, left it as it was"),
    ),
    NEXT: (
        _("The batch of {n}, with the penalty, moves it up"),
        _("The batch of {n}, with the penalty, moves it down"),
        _("The batch of {n}, with the penalty, leaves it as it is"),
    ),
}

BY_OPTIMIZER = {
    MADE: (
        _("{optimizer} moved it up all the same, on the way of earlier updates"),
        _("{optimizer} moved it down all the same, on the way of earlier updates"),
    ),
    NEXT: (
        _("{optimizer} moves it up all the same, on the way of earlier updates"),
        _("{optimizer} moves it down all the same, on the way of earlier updates"),
    ),
}


def chain_of(walk: Walk, part: Part, sample: int = 0) -> tuple[Row, ...]:
    """The rows of a weight or of a neuron; of an input its value alone. The last one gives the new parameter."""
    if isinstance(part, Edge):
        return _edge_rows(walk, part, sample)
    if part.layer == 0:
        symbol = write_symbol(Symbol("x", str(part.unit + 1)))
        return (Row(symbol, _("what the network is given"), float(walk.x[sample, part.unit]), PICK),)
    return _neuron_rows(walk, part, sample)


def sample_rows(walk: Walk, names: tuple[str, ...], sample: int = 0) -> tuple[Row, ...]:
    """The inputs of a sample; ``names`` are those of the network's inputs."""
    return tuple(
        Row(write_symbol(Symbol("x", str(k + 1))), names[k], float(value), PICK)
        for k, value in enumerate(walk.x[sample][:MOST_INPUTS])
    )


def loss_rows(walk: Walk, names: tuple[str, ...], sample: int = 0) -> tuple[Row, ...]:
    """The answer of the network beside the target, and the loss; ``names`` are those of the outputs."""
    return (*answer_rows(walk, names, sample), *(row_of(line, LOSS) for line in steps.losses(walk, sample)))


def point_rows(walk: Walk, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> tuple[Row, ...]:
    """A point on its way through the network: inputs, outputs beside their targets, and its own loss."""
    return (*sample_rows(walk, inputs), *answer_rows(walk, outputs), row_of(steps.sample_loss(walk), LOSS))


def answer_rows(walk: Walk, names: tuple[str, ...], sample: int = 0) -> tuple[Row, ...]:
    """The answer of the network beside the target; ``names`` are those of the outputs."""
    output = walk.layers[-1]
    if output.activation.name == "softmax":
        text = _("{name}: probability, target {target:g}")
    elif len(names) > 1:
        text = _("{name}: answer, target {target:g}")
    else:
        text = _("answer, target {target:g}")
    return tuple(
        Row(write_symbol(Symbol("ŷ", str(k + 1))), text.format(name=name, target=target), float(answer), LOSS)
        for k, (name, answer, target) in enumerate(zip(names, output.a[sample], walk.y[sample], strict=True))
    )


def row_of(formula: Formula, kind: str, scope: str = SAMPLE, words: str = "", is_detail: bool = False) -> Row:
    """The row of a formula."""
    words = words or WORDS.get(formula.name, formula.name)
    return Row(write_symbol(formula.result), words, formula.value, kind, scope, formula, is_detail)


def _backward_row(walk: Walk, layer: int, line: Formula, is_detail: bool = False) -> Row:
    """A line of the backward pass, which names what the neuron gives as its symbol does: a, or ŷ with its number."""
    given = to_text(write_symbol(Symbol("ŷ", line.result.sub))) if layer == len(walk.layers) else "a"
    words = WORDS.get(line.name, line.name).format(given=given)
    return row_of(line, BACKWARD, words=words, is_detail=is_detail)


def _neuron_rows(walk: Walk, neuron: Neuron, sample: int) -> tuple[Row, ...]:
    layer, unit = neuron.layer, neuron.unit
    label = walk.layers[layer - 1].activation.label
    forward = [
        row_of(line, FORWARD, words=_("{label} of z").format(label=label) if line.name == "activation" else "")
        for line in steps.neuron_forward(walk, layer, unit, sample)
    ]
    backward = [_backward_row(walk, layer, line) for line in steps.neuron_backward(walk, layer, unit, sample)]
    own, *mean = steps.bias_gradient(walk, layer, unit, sample)
    gradient = row_of(own, BACKWARD, words=_("the gradient of the bias: δ itself"), is_detail=True)
    return (*forward, *backward, gradient, *_update_rows(walk, mean, steps.bias_update(walk, layer, unit)))


def _edge_rows(walk: Walk, edge: Edge, sample: int) -> tuple[Row, ...]:
    layer, source, target = edge.layer, edge.source, edge.target
    *details, delta = steps.neuron_backward(walk, layer, target, sample)
    own, *mean = steps.weight_gradient(walk, layer, source, target, sample)
    symbol = steps.input_symbol(walk, layer, source)
    rows = [
        *(_backward_row(walk, layer, line, is_detail=True) for line in details),
        _backward_row(walk, layer, delta),
        Row(
            write_symbol(symbol), _("what came in on this edge"),
            float(walk.layers[layer - 1].inputs[sample, source]), FORWARD,
        ),
        row_of(own, BACKWARD, words=_("gradient: their product")),
    ]  # fmt: skip
    return (*rows, *_update_rows(walk, mean, steps.weight_update(walk, layer, source, target)))


def _update_rows(walk: Walk, mean: list[Formula], update: steps.Formulas) -> tuple[Row, ...]:
    settings = walk.settings
    rows = []
    for line in mean:
        is_mean = line.name == "mean over the batch"
        words = ngettext("mean of {n} sample", "mean of {n} samples", len(walk)).format(n=len(walk)) if is_mean else ""
        if line.name == "gradient" and (walk.rule.l1 or walk.rule.l2):
            words = _("gradient with penalty")
        rows.append(row_of(line, UPDATE, BATCH, words))
    is_constant = settings.schedule.name == "constant" and not settings.warm_up
    rule = [row_of(steps.learning_rate(walk), UPDATE, BATCH, is_detail=is_constant)]
    *memory, last = update
    for line in memory:
        letter, is_corrected = line.result.base.rstrip("*"), line.name == "bias correction"
        words = _("bias-corrected {letter}").format(letter=letter)
        rule.append(row_of(line, UPDATE, BATCH, words if is_corrected else walk.rule.optimizer.words(letter)))
    return (
        *rows,
        *(replace(row, is_rule=True) for row in rule),
        row_of(last, UPDATE, BATCH, words=_("new value, by {label}").format(label=walk.rule.optimizer.label)),
    )


# ---------------------------------------------------------------- the sentence


def reason(walk: Walk, part: Part, sample: int = 0) -> str:
    """Why the update moves the parameter of a part up or down, in one or two sentences; empty for an input."""
    place = part.index(walk.sizes)
    if place is None:
        return ""
    is_weight = isinstance(part, Edge)
    if not walk.is_finite:
        return _("This update leaves numbers that are not finite: the run diverges here.")
    change, gradient = float(walk.change[place]), float(walk.gradient[place])
    moved = _chosen(-change, MOVED[walk.moment, is_weight])
    free = float(walk.loss_gradient[place] + walk.penalty_gradient[place])
    if place in walk.rule.frozen:
        text = _("{moved}, since it is frozen. If it were free, its gradient would be {gradient}.")
        return text.format(moved=moved, gradient=short(free, 3))
    if change == 0.0 and free:  # the compiled engine's exponential ends above 0, so its gradient is rarely 0
        return _("{moved}: the step is smaller than the last digit of the number.").format(moved=moved)
    signs, own = _signs(walk, part, sample)
    has_penalty = bool(walk.penalty_gradient[place])
    is_against = change != 0.0 and (gradient == 0.0 or (change > 0.0) == (gradient > 0.0))
    if len(walk) > 1:
        return _of_batch(walk, place, _chosen(own, PULLS[walk.moment, is_weight]), signs, is_against)
    if is_against:
        text = _("{moved}: {optimizer} goes on the way of earlier updates.")
        if gradient == 0.0:
            text = _("{moved}, though its gradient is 0: {optimizer} goes on the way of earlier updates.")
        return text.format(moved=moved, optimizer=walk.rule.optimizer.label)
    if change == 0.0:
        return _("{moved}: {signs}.").format(moved=moved, signs=signs)
    means = MEANS[is_weight][change > 0]
    if has_penalty:
        pulled = _chosen(own, PULLED)
        text = _("{moved}: {signs}, which {pulled}; {means} reduces loss and penalty together.")
        return text.format(moved=moved, signs=signs, pulled=pulled, means=means)
    return _("{moved}: {signs}, so {means} reduces the loss.").format(moved=moved, signs=signs, means=means)


def _of_batch(walk: Walk, place: int, pull: str, signs: str, is_against: bool) -> str:
    """How a sample pulls, and what the batch makes of it, or else the optimizer against the batch."""
    change, gradient = float(walk.change[place]), float(walk.gradient[place])
    has_penalty = bool(walk.penalty_gradient[place])
    if not is_against:
        whole = _chosen(-change, (WITH_PENALTY if has_penalty else WHOLE)[walk.moment]).format(n=len(walk))
        return _("{pull}: {signs}. {whole}.").format(pull=pull, signs=signs, whole=whole)
    text = _("{pull}: {signs}. The gradient of the batch of {n} is {gradient}; {moved}.")
    if has_penalty:
        text = _("{pull}: {signs}. The gradient of the batch of {n}, with the penalty, is {gradient}; {moved}.")
    moved = BY_OPTIMIZER[walk.moment][change < 0.0].format(optimizer=walk.rule.optimizer.label)
    return text.format(pull=pull, signs=signs, n=len(walk), gradient=short(gradient, 3), moved=moved)


def _chosen(gradient: float, words: tuple[str, str, str]) -> str:
    """The words for a way that a gradient pulls: up, down, or neither."""
    return words[0] if gradient < 0 else words[1] if gradient > 0 else words[2]


def _signs(walk: Walk, part: Part, sample: int) -> tuple[str, float]:
    """The signs of the factors in words, and the sample's own gradient."""
    at = walk.layers[part.layer - 1]
    delta = float(at.delta[sample, part.target if isinstance(part, Edge) else part.unit])
    if isinstance(part, Neuron):
        return _("δ is {delta}").format(delta=sign_word(delta)), delta
    coming = float(at.inputs[sample, part.source])
    return _("the input is {coming} and δ is {delta}").format(
        coming=sign_word(coming), delta=sign_word(delta)
    ), coming * delta
