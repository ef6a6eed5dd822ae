"""The chain rule of one weight, bias, or sample as rows of a table: symbol, words, value, and the formula behind it.

The card of the window shows these rows, and highlights those of a phase. All numbers are those of a walk; all formulas
are those of :mod:`core.explain.formulas`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.base.number_text import short
from core.explain.chain_row import BATCH, SAMPLE, Row, sign_word
from core.explain.formulas import step_formulas as steps
from core.explain.formulas.formula_text import write_symbol
from core.explain.picked_part import Edge, Neuron, Part
from core.explain.walk import BACKWARD, FORWARD, LOSS, PICK, UPDATE, Walk
from core.network.expression import Symbol

if TYPE_CHECKING:
    from core.explain.formulas.formula import Formula

WORDS = {
    "weighted sum": "inputs times weights, and the bias",
    "dropout": "a times the mask of dropout",
    "gradient of the loss": "how the loss grows with this output",
    "what comes back": "how the loss grows with a",
    "slope": "how a grows with z: the slope",
    "delta": "how the loss grows with z, and so with the bias",
    "gradient": "the gradient of the update",
    "learning rate": "the learning rate now",
    "loss of the sample": "how far the answer is from the target",
}
MOST_INPUTS = 64


def chain_of(walk: Walk, part: Part, sample: int = 0) -> tuple[Row, ...]:
    """The rows of a weight or of a neuron; of an input its value alone. The last one gives the new parameter."""
    if isinstance(part, Edge):
        return _edge_rows(walk, part, sample)
    if part.layer == 0:
        symbol = write_symbol(Symbol("x", str(part.unit + 1)))
        return (Row(symbol, "what the network is given", float(walk.x[sample, part.unit]), PICK),)
    return _neuron_rows(walk, part, sample)


def sample_rows(walk: Walk, names: tuple[str, ...], sample: int = 0) -> tuple[Row, ...]:
    """The inputs of a sample; ``names`` are those of the network's inputs."""
    return tuple(
        Row(write_symbol(Symbol("x", str(k + 1))), names[k], float(value), PICK)
        for k, value in enumerate(walk.x[sample][:MOST_INPUTS])
    )


def loss_rows(walk: Walk, names: tuple[str, ...], sample: int = 0) -> tuple[Row, ...]:
    """The answer of the network beside the target, and the loss; ``names`` are those of the outputs."""
    several = len(names) > 1
    answers = tuple(
        Row(
            write_symbol(Symbol("ŷ", str(k + 1))),
            f"the answer{f' for {name}' if several else ''}; the target is {target:g}",
            float(answer),
            LOSS,
        )
        for k, (name, answer, target) in enumerate(zip(names, walk.layers[-1].a[sample], walk.y[sample], strict=True))
    )
    return (*answers, *(_row(line, LOSS) for line in steps.losses(walk, sample)))


def _row(formula: Formula, kind: str, scope: str = SAMPLE, words: str = "", is_detail: bool = False) -> Row:
    words = words or WORDS.get(formula.name, formula.name)
    return Row(write_symbol(formula.result), words, formula.value, kind, scope, formula, is_detail)


def _neuron_rows(walk: Walk, neuron: Neuron, sample: int) -> tuple[Row, ...]:
    layer, unit = neuron.layer, neuron.unit
    label = walk.layers[layer - 1].activation.label
    forward = [
        _row(line, FORWARD, words=f"{label} of z" if line.name == "activation" else "")
        for line in steps.neuron_forward(walk, layer, unit, sample)
    ]
    backward = [_row(line, BACKWARD) for line in steps.neuron_backward(walk, layer, unit, sample)]
    own, *mean = steps.bias_gradient(walk, layer, unit, sample)
    gradient = _row(own, BACKWARD, words="the gradient of the bias: δ itself", is_detail=True)
    return (*forward, *backward, gradient, *_update_rows(walk, mean, steps.bias_update(walk, layer, unit)))


def _edge_rows(walk: Walk, edge: Edge, sample: int) -> tuple[Row, ...]:
    layer, source, target = edge.layer, edge.source, edge.target
    details = steps.neuron_backward(walk, layer, target, sample)
    own, *mean = steps.weight_gradient(walk, layer, source, target, sample)
    symbol = steps.input_symbol(walk, layer, source)
    rows = [
        *(_row(line, BACKWARD, is_detail=True) for line in details[:-1]),
        _row(details[-1], BACKWARD, words=f"how the loss grows with the sum of neuron {target + 1}"),
        Row(
            write_symbol(symbol), "what came in along this edge",
            float(walk.layers[layer - 1].inputs[sample, source]), FORWARD,
        ),
        _row(own, BACKWARD, words="their product: the gradient"),
    ]  # fmt: skip
    return (*rows, *_update_rows(walk, mean, steps.weight_update(walk, layer, source, target)))


def _update_rows(walk: Walk, mean: list[Formula], update: steps.Formulas) -> tuple[Row, ...]:
    settings = walk.settings
    rows = []
    for line in mean:
        words = f"mean over the batch of {len(walk)}" if line.name == "mean over the batch" else ""
        if line.name == "gradient" and (walk.rule.l1 or walk.rule.l2):
            words = "the gradient of the update, with the penalty"
        rows.append(_row(line, UPDATE, BATCH, words))
    is_constant = settings.schedule.name == "constant" and not settings.warm_up
    rows.append(_row(steps.learning_rate(walk), UPDATE, BATCH, is_detail=is_constant))
    *memory, last = update
    rows += [_row(line, UPDATE, BATCH) for line in memory]
    return (*rows, _row(last, UPDATE, BATCH, words=f"the new value, by {walk.rule.optimizer.label}"))


# ---------------------------------------------------------------- the sentence


def reason(walk: Walk, part: Part, sample: int = 0) -> str:
    """Why the update moves the parameter of a part up or down, in one or two sentences; empty for an input."""
    place = part.index(walk.sizes)
    if place is None:
        return ""
    what = "weight" if isinstance(part, Edge) else "bias"
    if not walk.is_finite:
        return "This update leaves numbers that are not finite: the run diverges here."
    change, gradient = float(walk.change[place]), float(walk.gradient[place])
    would = "" if walk.is_next else "would "
    moved = f"The {what} {would}{_verb(change, bool(would))}"
    if place in walk.rule.frozen:
        free = float(walk.loss_gradient[place] + walk.penalty_gradient[place])
        return f"{moved}, since it is frozen. If it were free, its gradient would be {short(free, 3)}."
    if change == 0.0 and gradient:
        return f"{moved}: the step is smaller than the last digit of the number."
    signs, own = _signs(walk, part, sample)
    has_penalty = bool(walk.penalty_gradient[place])
    if len(walk) > 1:
        return _of_batch(walk, what, signs, own, change, has_penalty, change * gradient > 0.0)
    if change * gradient > 0.0:
        return f"{moved}: {walk.rule.optimizer.label} goes on the way of earlier updates."
    if gradient == 0.0:
        return f"{moved}: {signs}."
    so = "more" if change > 0 else "less"
    if has_penalty:
        pull = _way(-own) or "nowhere"
        return f"{moved}: {signs}, which pulls it {pull}; {so} {what} means less loss and penalty together."
    return f"{moved}: {signs}, so {so} {what} means less loss."


def _of_batch(walk: Walk, what: str, signs: str, own: float, change: float, has_penalty: bool, is_against: bool) -> str:
    """The part of a sample, and what the batch makes of it."""
    way = _way(-own)
    pull = f"This sample pulls the {what} {way}" if way else f"This sample does not move the {what}"
    batch = f"The batch of {len(walk)}{', with the penalty,' if has_penalty else ''}"
    whole = f"{batch} moves it {_way(change)}" if change else f"{batch} leaves it as it is"
    against = f", on the way of earlier updates ({walk.rule.optimizer.label})" if is_against else ""
    return f"{pull}: {signs}. {whole}{against}."


def _way(change: float) -> str:
    """Up or down; empty for neither."""
    return "up" if change > 0 else "down" if change < 0 else ""


def _verb(change: float, would: bool) -> str:
    if change == 0.0:
        return "stay" if would else "stays"
    way = "up" if change > 0 else "down"
    return f"go {way}" if would else f"goes {way}"


def _signs(walk: Walk, part: Part, sample: int) -> tuple[str, float]:
    """The signs of the factors in words, and the sample's own gradient."""
    at = walk.layers[part.layer - 1]
    delta = float(at.delta[sample, part.target if isinstance(part, Edge) else part.unit])
    if isinstance(part, Neuron):
        return f"δ is {sign_word(delta)}", delta
    coming = float(at.inputs[sample, part.source])
    return f"the input is {sign_word(coming)} and δ is {sign_word(delta)}", coming * delta
