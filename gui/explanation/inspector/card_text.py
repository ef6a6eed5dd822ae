"""The words of the card: titles, what the numbers are of, and the sentence that says why."""

from __future__ import annotations

from core.base.number_text import short
from core.explain.chain_row import BATCH, SAMPLE, Row, sign_word
from core.explain.diagnosis import DEAD_RULE, SATURATED_RULE
from core.explain.inspection import Inspection
from core.explain.picked_part import Edge, Neuron, Part, capital, selection_name
from core.explain.snapshot import Snapshot
from core.explain.walk import BACKWARD, FORWARD, LOSS, PICK, UPDATE, Phase, Walk
from core.network.decision_rule import decide
from core.training.preparation import Preparation
from gui.diagram.walk_scene import WalkScene
from gui.explanation.inspector.card_head import DATA, HISTORY, LAYER, NET, RANKS
from gui.explanation.inspector.net_page import flow_words
from gui.explanation.inspector.row_table import line_of
from gui.widgets.theme import LIGHT

HINT = "The whole net"
COLUMNS_TOLD = 8
WALK_HINT = "The keys . and , lead on and back; Esc ends the phases. A click on a point walks with that point."


def title(view: str, layer: int, selection: Part | None, preparation: Preparation) -> str:
    """What is explained."""
    kinds, sizes = preparation.activations, preparation.sizes
    if view == NET or (view != LAYER and selection is None):
        return HINT
    if view == LAYER:
        name = "Output" if layer == len(kinds) else f"Layer {layer}"
        return f"{name}: {sizes[layer - 1]} inputs, {sizes[layer]} neurons, {kinds[layer - 1].label}"
    assert selection is not None
    if isinstance(selection, Edge):
        return f"Weight {short_name(selection, preparation)}"
    name = selection_name(selection, preparation)
    if selection.layer == 0:
        return f"Input {name}: the data's own number, it has no bias"
    kind = kinds[selection.layer - 1]
    place = f"Neuron {selection.unit + 1} · layer {selection.layer}" if selection.layer < len(kinds) else capital(name)
    return f"{place} · {kind.label}: {kind.formula}"


def short_name(edge: Edge, preparation: Preparation) -> str:
    """The name of an edge by its two ends, with its layer where there are several hidden ones."""
    sizes = preparation.sizes

    def name(layer: int, unit: int) -> str:
        if 0 < layer < len(sizes) - 1:
            return f"neuron {unit + 1}"
        return selection_name(Neuron(layer, unit), preparation)

    ends = f"{name(edge.layer - 1, edge.source)} → {name(edge.layer, edge.target)}"
    is_clear = len(sizes) <= 3 or edge.layer in (1, len(sizes) - 1)
    return ends if is_clear else f"{ends}, layer {edge.layer}"


def words(scope: str, snapshot: Snapshot, inspection: Inspection, preparation: Preparation) -> tuple[str, str]:
    """What the numbers of a part or a layer are of, and a sentence."""
    if inspection.layer is not None:
        layer = inspection.layer.diagnosis
        dead, saturated = int(layer.dead.sum()), int(layer.saturated.sum())
        told = [
            f"{n} {'is' if n == 1 else 'are'} {word}" for n, word in ((dead, "dead"), (saturated, "saturated")) if n
        ]
        rule = DEAD_RULE if dead else SATURATED_RULE if saturated else ""
        of = "Over the whole training set, with the weights as they are now" if scope == DATA else ""
        sentence = f"Of its {len(layer.dead)} neurons {' and '.join(told)}. {capital(rule)}." if told else ""
        return of, sentence
    sentence = inspection.reason
    neuron = inspection.neuron
    if neuron is not None and (neuron.dead or neuron.saturated):
        sentence = f"{capital(DEAD_RULE if neuron.dead else SATURATED_RULE)}."
    if inspection.focus.layer == 0:
        return "The values that the network gets", "An input has no formula: the network is given it."
    if scope == HISTORY and inspection.parameter is not None:
        first, *_, last = inspection.parameter.course[[0, -1], 1].tolist()
        return "At the ends of epochs, and where it was shown", f"From {short(first)} to {short(last)}."
    if scope == DATA:
        return "With the weights as they are now", sentence if neuron is not None and neuron.dead else _of_all(
            inspection
        )
    if inspection.coming is None:
        return "", "The formulas follow when the engine is ready."
    of = f", one of a batch of {inspection.batch}" if inspection.batch > 1 else ""
    return f"The next update, by row {inspection.coming.row} of the data{of}", sentence


def _of_all(inspection: Inspection) -> str:
    """What the gradient over all data says."""
    if inspection.parameter is None:
        return ""
    what, gradient = "weight" if inspection.focus.source is not None else "bias", inspection.parameter.full_gradient
    if gradient == 0.0:
        return f"Over all data the gradient is 0: a little more or less {what} changes nothing."
    way = "more" if gradient < 0.0 else "less"
    return f"Over all data, {way} {what} means less loss: the mean gradient is {sign_word(gradient)}."


def net_words(scope: str, snapshot: Snapshot) -> tuple[str, str]:
    """What is shown of the net, and what is remarkable about its gradient."""
    if scope == RANKS:
        return "Click a line to see where its number comes from.", ""
    norms = snapshot.history.gradients
    found = flow_words(norms[-1, 1:]) if len(norms) and norms.shape[1] == len(snapshot.sizes) else ""
    return "The gradient in each layer, over the epochs", f"{found}." if found else "Click an edge or a neuron."


# ---------------------------------------------------------------- a phase of a walk


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


def scene_part(scene: WalkScene) -> Part | None:
    """The part whose rows are shown; going forward a weight is one term of its neuron's sum."""
    item = scene.item
    if isinstance(item, Edge) and scene.phase.kind == FORWARD:
        return Neuron(item.layer, item.target)
    return item


def scene_rows(scene: WalkScene, preparation: Preparation) -> tuple[Row, ...]:
    """The rows of a phase: the whole chain of its part, as far as it concerns the sample or the update."""
    from core.explain.chain import chain_of, loss_rows, sample_rows  # here, since the first picture needs no formulas

    walk, kind, part = scene.walk, scene.phase.kind, scene_part(scene)
    if kind == PICK:
        return sample_rows(walk, preparation.input_names, scene.sample)
    if kind == LOSS or part is None:
        return loss_rows(walk, preparation.output_names, scene.sample)
    rows = chain_of(walk, part, scene.sample)
    own = [row for row in rows if row.scope == SAMPLE and (isinstance(part, Edge) or not row.is_detail)]
    if kind == UPDATE:
        return (own[-1], *(row for row in rows if row.scope == BATCH and not row.is_detail))
    return tuple(own)


def scene_text(scene: WalkScene, preparation: Preparation) -> list[str]:
    """The rows of a phase in plain text, with every digit; those of the update too."""
    from core.explain.chain import chain_of

    part = scene_part(scene)
    is_part = part is not None and scene.phase.kind not in (PICK, LOSS)
    rows = chain_of(scene.walk, part, scene.sample) if is_part and part else scene_rows(scene, preparation)
    return [line_of(row, LIGHT).plain for row in rows]


def scene_words(scene: WalkScene, preparation: Preparation) -> tuple[str, str, str]:
    """The title of a phase, the sample, and what happens."""
    part = scene_part(scene)
    name = phase_name(scene.walk, scene.phase)
    if part is not None and scene.phase.kind not in (PICK, LOSS):
        about = selection_name(part, preparation)
        about = f"weight {about}" if isinstance(part, Edge) else about
        name = f"{name} · {f'bias of {about}' if scene.phase.kind == UPDATE and isinstance(part, Neuron) else about}"
    return name, readout(scene, preparation), phase_sentence(scene, preparation)


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


def phase_sentence(scene: WalkScene, preparation: Preparation) -> str:
    """What happens in this phase, and for a weight why it changes."""
    walk, phase = scene.walk, scene.phase
    if phase.kind == PICK:
        return f"{_pick(walk)} {WALK_HINT}"
    if phase.kind == FORWARD:
        kind = walk.layers[phase.layer - 1].activation
        bend = "softmax turns all z into shares of 1: a" if kind.name == "softmax" else f"{kind.label} makes a of it"
        return (
            f"Each neuron of {layer_name(walk, phase.layer)} adds up input × weight of its edges and its bias: z. "
            f"{capital(bend)}. Blue edges push z up, orange ones down."
        )
    if phase.kind == LOSS:
        about = f"The loss says how far the answer is from the target ({walk.loss.label}). Training makes it smaller."
        return f"{about} {preparation.target_note}".rstrip()
    if phase.kind == BACKWARD:
        return (
            f"Blame goes backwards: δ of a neuron of {layer_name(walk, phase.layer)} says how the loss grows with z. "
            "∂L/∂w of an edge is δ times what came in there. Orange, below 0: more weight means less loss."
        )
    from core.explain.chain import reason

    assert scene.item is not None
    return reason(walk, scene.item, scene.sample)


def _pick(walk: Walk) -> str:
    if not walk.is_next:
        return "You chose this point. The walk shows the update that it alone would make; the run does not take part."
    if len(walk) == 1:
        return "This sample is the next one to learn from (ringed in the plot). Its inputs enter the network."
    return f"These {len(walk)} samples (ringed in the plot) make the next update together. One of them is shown."
