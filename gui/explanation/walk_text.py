"""The text on one phase of a walk: the sample, a plain sentence, and the formulas."""

from __future__ import annotations

import html

from core.base.number_text import short
from core.explain.formulas.formula import Formula
from core.explain.formulas.formula_text import to_html, to_text
from core.explain.formulas.step_formulas import (
    bias_gradient,
    bias_update,
    learning_rate,
    phase_formulas,
    weight_gradient,
    weight_update,
)
from core.explain.picked_part import Edge, Neuron, capital, selection_name
from core.explain.walk import BACKWARD, FORWARD, LOSS, PICK, UPDATE, Phase, Walk
from core.network.decision_rule import decide
from core.training.preparation import Preparation
from gui.diagram.walk_scene import WalkScene

COLUMNS_TOLD = 8
HINT = "▶ or the key . leads on, ◀ or , back; Esc ends it. A click on a point of the plot walks with that one."

# ---------------------------------------------------------------- phases


def layer_name(walk: Walk, layer: int) -> str:
    """The name of a hidden or output layer in a sentence."""
    return "the output layer" if layer == len(walk.layers) else f"hidden layer {layer}"


def phase_name(walk: Walk, phase: Phase) -> str:
    """The full name of a phase."""
    if phase.kind in (FORWARD, BACKWARD):
        return f"{capital(phase.kind)}: {layer_name(walk, phase.layer)}"
    return capital(phase.kind)


def chip_texts(walk: Walk, phase: Phase) -> tuple[str, ...]:
    """The texts for the chip of a phase, from the longest to the shortest."""
    if phase.kind not in (FORWARD, BACKWARD):
        return capital(phase.kind), phase.kind, {PICK: "x", LOSS: "L", UPDATE: "Δw"}[phase.kind]
    is_output = phase.layer == len(walk.layers)
    arrow = "→" if phase.kind == FORWARD else "←"
    names = ("output", "out", "o") if is_output else (f"hidden {phase.layer}", f"h{phase.layer}", str(phase.layer))
    return f"{arrow} {names[0]}", f"{arrow}{names[1]}", f"{arrow}{names[2]}"


# ---------------------------------------------------------------- formulas


def formulas(scene: WalkScene) -> tuple[Formula, ...]:
    """The formulas of the phase for the scene's neuron or weight, all from ``core.explain.formulas``."""
    walk, phase, sample, item = scene.walk, scene.phase, scene.sample, scene.item
    if item is None:
        return phase_formulas(walk, phase, 0, sample)
    if isinstance(item, Edge):
        gradient = weight_gradient(walk, item.layer, item.source, item.target, sample)
        update = weight_update(walk, item.layer, item.source, item.target)
        unit = item.target
    else:
        gradient = bias_gradient(walk, item.layer, item.unit, sample)
        update = bias_update(walk, item.layer, item.unit)
        unit = item.unit
    if phase.kind == UPDATE:
        return (*gradient, learning_rate(walk), *update)
    lines = phase_formulas(walk, phase, unit, sample)
    return (*lines, *gradient) if phase.kind == BACKWARD else lines


# ---------------------------------------------------------------- the sample


def readout(scene: WalkScene, preparation: Preparation) -> str:
    """The sample: its inputs, the network's answer, whether it is right, and the loss."""
    walk, sample = scene.walk, scene.sample
    row, names = int(walk.rows[sample]), preparation.output_names
    point = preparation.dataset.points[row]
    columns = list(zip(preparation.dataset.column_names, point.tolist(), strict=True))
    told = [f"{name} = {short(value)}" for name, value in columns[:COLUMNS_TOLD]]
    inputs = ", ".join([*told, *["…"] * (len(columns) > COLUMNS_TOLD)])
    answers = preparation.in_units(walk.layers[-1].a[sample])
    answer = ", ".join(f"{name}: {short(float(a), 3)}" for name, a in zip(names, answers, strict=True))
    parts = [f"Row {row}", inputs]
    if preparation.dataset.class_names:
        truth, said = (names[int(decide(v[None])[0])] for v in (walk.y[sample], answers))
        parts += [
            f"class {truth}",
            f"the network answers {answer}",
            "right" if truth == said else f"wrong: it says {said}",
        ]
    else:
        assert preparation.dataset.targets is not None
        parts += [f"target {short(float(preparation.dataset.targets[row]))}", f"the network answers {answer}"]
    return " · ".join([*parts, f"loss {short(float(walk.losses[sample]) * preparation.loss_scale)}"])


# ---------------------------------------------------------------- the sentence


def sentence(scene: WalkScene, preparation: Preparation) -> str:
    """What happens in this phase, and for a weight why it changes."""
    walk, phase = scene.walk, scene.phase
    if phase.kind == PICK:
        return _pick(walk)
    if phase.kind == FORWARD:
        kind = walk.layers[phase.layer - 1].activation.label
        bend = (
            "softmax turns all z into shares of 1 (a)"
            if walk.layers[phase.layer - 1].activation.name == "softmax"
            else f"{kind} makes a of it"
        )
        return (
            f"Each neuron of {layer_name(walk, phase.layer)} adds up input × weight of its edges and its bias: z. "
            f"{capital(bend)}. Blue edges push z up, orange ones down."
        )
    if phase.kind == LOSS:
        about = f"The loss says how far the answer is from the target ({walk.loss.label}). Training makes it smaller."
        return f"{about} {preparation.target_note}".rstrip()
    if phase.kind == BACKWARD:
        return (
            f"Blame goes backwards. δ of a neuron of {layer_name(walk, phase.layer)} says how the loss grows with z. "
            "∂L/∂w of an edge is δ times what came in there. Orange, below 0: more weight means less loss."
        )
    return _update_sentence(scene, preparation)


def _pick(walk: Walk) -> str:
    if not walk.is_next:
        return "You chose this point. The walk shows the update that it alone would make; the run does not take part."
    if len(walk) == 1:
        return "This sample is the next one to learn from (ringed in the plot). Its inputs enter the network."
    return f"These {len(walk)} samples (ringed in the plot) make the next update together. One of them is shown."


def _update_sentence(scene: WalkScene, preparation: Preparation) -> str:
    walk, item = scene.walk, scene.item
    if not walk.is_finite:
        return "This update leaves numbers that are not finite: the run diverges here."
    assert item is not None
    place = item.index(walk.sizes)
    assert place is not None
    change, gradient = float(walk.change[place]), float(walk.gradient[place])
    what = "The weight" if isinstance(item, Edge) else "The bias of"
    name = f"{what} {selection_name(item, preparation)}"
    would = "" if walk.is_next else "would "
    if change == 0.0:
        stays = f"{name} {'would stay' if would else 'stays'} as it is"
        if place in walk.rule.frozen:
            free = float(walk.loss_gradient[place] + walk.penalty_gradient[place])
            return f"{stays}, since it is frozen. If it were free, its gradient would be {short(free, 3)}."
        if gradient:
            return f"{stays}: the step is smaller than the last digit of the number."
        return f"{stays}. {_reason(scene, gradient)}"
    way = ("go up" if change > 0 else "go down") if would else ("goes up" if change > 0 else "goes down")
    reasons = f"{_direction(walk, change, gradient)} {_reason(scene, gradient)}"
    return f"{name} {would}{way} by {short(abs(change), 3)}. {reasons}"


def _direction(walk: Walk, change: float, gradient: float) -> str:
    optimizer = walk.rule.optimizer
    if change * gradient < 0:
        less = "loss and penalty together" if walk.penalty else "loss"
        more = f"{'more' if gradient < 0 else 'less'} of it means less {less}"
        return f"Its gradient is {_sign(gradient)} ({short(gradient, 3)}): {more}, and {optimizer.label} goes that way."
    return (
        f"{optimizer.label} goes on in the direction of earlier updates, although the gradient is {short(gradient, 3)}."
    )


def _reason(scene: WalkScene, gradient: float) -> str:
    """Why the gradient has its sign, if this sample's own part decides it."""
    walk, item, sample = scene.walk, scene.item, scene.sample
    assert item is not None
    layer = walk.layers[item.layer - 1]
    unit = item.target if isinstance(item, Edge) else item.unit
    delta = float(layer.delta[sample, unit])
    factors = f"δ = {short(delta, 3)} is {_sign(delta)}"
    own = delta
    if isinstance(item, Edge):
        coming = float(layer.inputs[sample, item.source])
        own = coming * delta
        factors = f"the input {short(coming, 3)} is {_sign(coming)} and {factors}"
    place = item.index(walk.sizes)
    penalty = "" if place is None or walk.penalty_gradient[place] == 0.0 else "; the penalty adds to it"
    if len(walk) > 1:
        mean = f"The gradient is the mean over the batch{penalty.replace('adds to it', 'is added')}"
        return f"{mean}; this sample's part is {short(own, 3)}, since {factors}."
    if penalty:
        return f"This sample's part of the gradient is {short(own, 3)}, since {factors}{penalty}."
    return f"That is since {factors}." if gradient else f"Its gradient is 0, since {factors}."


def _sign(value: float) -> str:
    return "zero" if value == 0 else "positive" if value > 0 else "negative"


# ---------------------------------------------------------------- the whole


def title(scene: WalkScene, preparation: Preparation) -> str:
    """The part that the formulas describe."""
    item = scene.item
    if item is None:
        return ""
    if isinstance(item, Edge) and scene.phase.kind == FORWARD:  # the weight is one term of its neuron's sum
        item = Neuron(item.layer, item.target)
    name = selection_name(item, preparation)
    if isinstance(item, Neuron) and scene.phase.kind == UPDATE:
        return f"bias of {name}"
    return f"weight {name}" if isinstance(item, Edge) else name


def to_page(scene: WalkScene, preparation: Preparation, faint: str) -> str:
    """The whole text as HTML; ``faint`` is the colour of the less important parts."""

    def soft(text: str) -> str:
        return f'<span style="color:{faint}">{text}</span>'

    sample = f"<p style='margin:0 0 6px 0'>{soft(html.escape(readout(scene, preparation), quote=False))}</p>"
    parts = [
        f"<p style='margin:0 0 6px 0'><b>{phase_name(scene.walk, scene.phase)}.</b> "
        f"{html.escape(sentence(scene, preparation), quote=False)}</p>",
    ]
    lines = formulas(scene)
    about = title(scene, preparation)
    if lines and about:
        parts.append(
            f"<p style='margin:0 0 2px 0'><b>{html.escape(capital(about), quote=False)}</b> "
            f"{soft('– click another in the diagram')}</p>"
        )
    rows = "".join(
        f"<tr><td style='padding:1px 12px 1px 0'>{soft(line.name)}</td>"
        f"<td style='padding:1px 0'>{to_html(line.markup())}</td></tr>"
        for line in lines
    )
    table = f"<table cellspacing='0' cellpadding='0'>{rows}</table>" if rows else ""
    if scene.phase.kind == PICK:
        parts.append(f"<p style='margin:0'>{soft(HINT)}</p>")
    if scene.phase.kind in (PICK, LOSS):  # these phases are about the sample itself
        return "".join([sample, *parts, table])
    return "".join([*parts, table, "<p style='margin:0; font-size:4pt'>&nbsp;</p>", sample])


def to_plain(scene: WalkScene, preparation: Preparation) -> str:
    """The whole text without formatting."""
    lines = [f"{phase_name(scene.walk, scene.phase)}. {sentence(scene, preparation)}", readout(scene, preparation)]
    about = title(scene, preparation)
    lines += [capital(about)] if about else []
    return "\n".join([*lines, *(f"{line.name}: {to_text(line.markup())}" for line in formulas(scene))]) + "\n"
