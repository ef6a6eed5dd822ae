"""The words of the card: titles, what the numbers are of, and the sentence that says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.base.number_text import epoch_place, fraction_place, short
from core.base.translation import _, ngettext
from core.explain.chain_row import BATCH, SAMPLE, sign_word
from core.explain.diagnosis import DEAD_RULE, SATURATED_RULE, UnitHealth
from core.explain.gradient_flow import flow_words, why_it_vanishes
from core.explain.phases import BACKWARD, FORWARD, LOSS, PICK, UPDATE
from core.explain.picked_part import Edge, Neuron, Part, capital, selection_name, value_letter
from core.explain.probe import output_text
from core.explain.snapshot import Snapshot
from core.network.decision_rule import decide
from core.network.network import parameter_name
from core.training.gradient_norms import MOST_SAMPLES
from core.training.preparation import Preparation
from gui.explanation.inspector.card_head import DATA, HISTORY, LAYER, NET, NEURONS, PICKED, RANKS
from gui.explanation.inspector.net_page import norms_to_tell
from gui.widgets.theme import LIGHT

if TYPE_CHECKING:
    from core.explain.chain_row import Row
    from core.explain.inspection import Inspection
    from core.explain.phases import Phase
    from core.explain.walk import Walk
    from gui.diagram.walk_scene import WalkScene

KINDS = {
    PICK: _("pick"),
    FORWARD: _("forward"),
    LOSS: _("loss"),
    BACKWARD: _("backward"),
    UPDATE: _("update"),
}
"""Names of the phases."""

HINT = _("The whole net")
COLUMNS_TOLD = 8
MOST_NAMED = 8
"""Of the neurons that a sentence names."""
WALK_HINT = _("Next phase: the period key (.). Back: the comma key (,). Esc ends.")
_FORMULAS_FOLLOW = _("The formulas follow when the engine is ready.")


def title(view: str, layer: int, selection: Part | None, preparation: Preparation) -> str:
    """What is explained."""
    kinds, sizes = preparation.activations, preparation.sizes
    if view == NET or (view != LAYER and selection is None):
        return HINT
    if view == LAYER:
        name = _("Output") if layer == len(kinds) else _("Layer {layer}").format(layer=layer)
        inputs = ngettext("{n} input", "{n} inputs", sizes[layer - 1]).format(n=sizes[layer - 1])
        neurons = ngettext("{n} neuron", "{n} neurons", sizes[layer]).format(n=sizes[layer])
        return _("{name}: {inputs}, {neurons}, {label}").format(
            name=name, inputs=inputs, neurons=neurons, label=kinds[layer - 1].label
        )
    assert selection is not None
    if isinstance(selection, Edge):
        return _("Weight {name}").format(name=short_name(selection, preparation))
    name = selection_name(selection, preparation)
    if selection.layer == 0:
        return _("Input {name}: the data's own number, it has no bias").format(name=name)
    kind = kinds[selection.layer - 1]
    place = (
        _("Neuron {unit} · layer {layer}").format(unit=selection.unit + 1, layer=selection.layer)
        if selection.layer < len(kinds)
        else capital(name)
    )
    return f"{place} · {kind.label}: {kind.formula}"


def short_title(title: str, selection: Part | None, preparation: Preparation) -> str:
    """A title for little room: an edge by its ends alone, a neuron without its formula, which the rows have as well."""
    if isinstance(selection, Edge):
        name = short_name(selection, preparation)
        return name if selection.layer == 1 else capital(name)  # the name of an input is a symbol
    return title.partition(": ")[0].rpartition(" · ")[0]


def titles(view: str, layer: int, selection: Part | None, preparation: Preparation) -> tuple[str, str, str]:
    """What is explained: the title, one for little room, and the sign of a weight or bias in the formulas, if any."""
    full, picked = title(view, layer, selection, preparation), selection if view == PICKED else None
    index = None if picked is None else picked.index(preparation.sizes)
    symbol = "" if index is None else parameter_name(preparation.sizes, index)
    return full, short_title(full, picked, preparation), symbol


def point_titles(row: int, preparation: Preparation) -> tuple[str, str, str]:
    """The same of a point of the data."""
    name, dataset = _("Row {row}").format(row=row), preparation.dataset
    part = _("test point") if row in preparation.test.rows else _("training point")
    if not dataset.class_names:
        return f"{name} · {part}", name, ""
    truth = preparation.output_titles[int(dataset.labels[row])]
    return f"{name} · {truth} · {part}", f"{name} · {truth}", name


def former_place(inspection: Inspection | None, snapshot: Snapshot | None, is_playing: bool) -> str:
    """Where the numbers are of while the run goes on: then they may be older than the picture; empty at rest."""
    if inspection is None or snapshot is None or not (is_playing or inspection.position != snapshot.position):
        return ""
    return epoch_place(inspection.position, snapshot.epoch_length)


def moment(inspection: Inspection, former: str = "") -> str:
    """Which update the card explains, for its heading; empty before its numbers have come. See :func:`former_place`."""
    if inspection.sample is None:
        return former if inspection.walk is not None else ""
    return former or (_("last update") if inspection.is_made else _("next update"))


def with_moment(title: str, short: str, symbol: str, moment: str, is_told: bool) -> tuple[str, ...]:
    """A title with the moment, from long to short; in little room the moment goes if it ``is_told`` elsewhere."""
    if not moment:
        return title, short or title
    full, *shorter = (f"{name} · {moment}" for name in (title, short, symbol) if name)
    return (full, title, *shorter[:1], short, symbol) if is_told else (full, *shorter, symbol or short or title)


def short_name(edge: Edge, preparation: Preparation) -> str:
    """The name of an edge by its two ends, with its layer where there are several hidden ones."""
    sizes = preparation.sizes

    ends = ends_of(edge, preparation)
    is_clear = len(sizes) <= 3 or edge.layer in (1, len(sizes) - 1)
    return ends if is_clear else _("{ends}, layer {layer}").format(ends=ends, layer=edge.layer)


def ends_of(part: Part, preparation: Preparation) -> str:
    """The two ends of an edge; of a neuron itself. Without its layer, as beside a symbol, which has it."""
    if isinstance(part, Edge):
        ends = Neuron(part.layer - 1, part.source), Neuron(part.layer, part.target)
        return " → ".join(ends_of(end, preparation) for end in ends)
    if 0 < part.layer < len(preparation.sizes) - 1:
        return _("neuron {unit}").format(unit=part.unit + 1)
    return selection_name(part, preparation)


def which(flags: np.ndarray, most: int = MOST_NAMED) -> str:
    """The numbers of the neurons with a flag, in brackets behind a space; dots stand for those beyond ``most``."""
    numbers = [str(unit + 1) for unit in flags.nonzero()[0]]
    return f" ({', '.join([*numbers[:most], *(['…'] if len(numbers) > most else [])])})" if numbers else ""


def scope_words(scope: str, inspection: Inspection, epoch_length: int, former: str = "") -> tuple[str, ...]:
    """What the numbers of a part or a layer are of, and a sentence; behind them shorter forms of the first."""
    place = epoch_place(inspection.position, epoch_length)
    if inspection.layer is not None:
        layer = inspection.layer.diagnosis
        dead, saturated = int(layer.dead.sum()), int(layer.saturated.sum())
        told = [ngettext("{n} is dead", "{n} are dead", dead).format(n=dead) + which(layer.dead)] if dead else []
        if saturated:
            text = ngettext("{n} is saturated", "{n} are saturated", saturated).format(n=saturated)
            told.append(text + which(layer.saturated))
        rule = DEAD_RULE if dead else SATURATED_RULE if saturated else ""
        of = _("Over the whole training set, with the weights at {place}") if scope == NEURONS else ""
        of = of.format(place=place)
        if not told:
            return of, _("No neuron in this layer is dead, and none is saturated.") if scope == NEURONS else ""
        both = told[0] if len(told) == 1 else _("{first} and {second}").format(first=told[0], second=told[1])
        text = ngettext("Of its {n} neuron {told}. {rule}.", "Of its {n} neurons {told}. {rule}.", len(layer.dead))
        return of, text.format(n=len(layer.dead), told=both, rule=capital(rule))
    sentence = inspection.reason
    neuron = inspection.neuron
    if neuron is not None and (neuron.dead or neuron.saturated):
        sentence = f"{capital(DEAD_RULE if neuron.dead else SATURATED_RULE)}."
    if inspection.focus.layer == 0 and scope == DATA:
        return _("The values that the network gets"), ""
    if inspection.focus.row is not None:
        return _("With the weights at {place}").format(place=place), sentence or _FORMULAS_FOLLOW
    if scope == HISTORY and inspection.parameter is not None:
        first, *_between, last = inspection.parameter.course[[0, -1], 1].tolist()
        return _("At the ends of epochs, and where it was shown"), _("From {first} to {last}.").format(
            first=short(first), last=short(last)
        )
    if scope == DATA:
        words = sentence if neuron is not None and neuron.dead else _of_all(inspection)
        return _("With the weights at {place}").format(place=place), words
    if inspection.sample is None:
        return "", _FORMULAS_FOLLOW
    if inspection.focus.layer == 0:
        sentence = _("An input has no formula: the network is given it.")
    if inspection.is_set:
        sentence = f"{_('Then the value was set by hand; the next update starts from there.')} {sentence}"
    of, *shorter = _of_former_update(inspection, former) if former else _of_update(inspection)
    return of, sentence, *shorter


def _of_former_update(inspection: Inspection, place: str) -> tuple[str, ...]:
    """The same of an update that need not be the last or the next one any more, and whose sample has no ring."""
    assert inspection.sample is not None
    text = _("At {place}, with row {row} of the data")
    return tuple(form.format(place=place, row=inspection.sample.row) for form in (text, _("Row {row} of the data")))


def _of_update(inspection: Inspection) -> tuple[str, ...]:
    """Which update the card explains, and by which sample; from long to short."""
    assert inspection.sample is not None
    batch, left = inspection.batch, inspection.left
    if inspection.is_made:
        text = (
            _("The last update, by row {row} of the data (ringed in the plot)")
            if batch == 1
            else _("The last update, by a batch of {batch}; its last sample is row {row} (ringed in the plot)")
        )
        shorter = _("Row {row} of the data (ringed)")
    elif left == batch:
        text = (
            _("The next update, by row {row} of the data")
            if batch == 1
            else _("The next update, by a batch of {batch}; its first sample is row {row} of the data")
        )
        shorter = _("Row {row} of the data")
    else:
        text = ngettext(
            "The next update, when {left} more sample has come; the last one was row {row} (ringed in the plot)",
            "The next update, when {left} more samples have come; the last one was row {row} (ringed in the plot)",
            left,
        )
        shorter = _("Row {row} of the data (ringed)")
    of, least = (form.format(row=inspection.sample.row, batch=batch, left=left) for form in (text, shorter))
    change = inspection.last_change
    if inspection.is_made or change is None:
        return of, least
    last = (
        _("The last update changed the weight by {change}.")
        if inspection.focus.source is not None
        else _("The last update changed the bias by {change}.")
    ).format(change=f"+{short(change)}" if change > 0.0 else short(change))
    return f"{last} {of}", f"{last} {least}", last


def _of_all(inspection: Inspection) -> str:
    """What the gradient over all data says."""
    if inspection.parameter is None:
        return ""
    is_weight, gradient = inspection.focus.source is not None, inspection.parameter.full_gradient
    if gradient == 0.0:
        if is_weight:
            return _("Over all data the gradient is 0: raising or lowering the weight a little changes nothing.")
        return _("Over all data the gradient is 0: raising or lowering the bias a little changes nothing.")
    if gradient < 0.0:
        text = (
            _("Over all data, raising the weight reduces the loss: the mean gradient is {sign}.")
            if is_weight
            else _("Over all data, raising the bias reduces the loss: the mean gradient is {sign}.")
        )
    elif is_weight:
        text = _("Over all data, lowering the weight reduces the loss: the mean gradient is {sign}.")
    else:
        text = _("Over all data, lowering the bias reduces the loss: the mean gradient is {sign}.")
    return text.format(sign=sign_word(gradient))


def dead_text(health: UnitHealth | None) -> str:
    """How many neurons are dead in which layers, as a sentence; empty without hidden layers, or while it is unknown."""
    counts = [int(dead.sum()) for dead in health.dead] if health is not None else []
    if len(counts) < 2:
        return ""
    *hidden, output = counts
    places = [_("{n} in layer {layer}").format(n=n, layer=layer) for layer, n in enumerate(hidden, 1) if n]
    places += [_("{n} in the output layer").format(n=output)] if output else []
    if not places:
        return _("No neuron is dead.")
    dead = sum(counts)
    text = ngettext("{n} neuron is dead: {places}.", "{n} neurons are dead: {places}.", dead)
    return text.format(n=dead, places=", ".join(places))


def net_words(scope: str, snapshot: Snapshot, preparation: Preparation) -> tuple[str, ...]:
    """What is shown of the net, what is remarkable about its gradient, and the first in fewer words."""
    if scope == RANKS:
        return _("Click a line to see where its number comes from."), ""
    told = norms_to_tell(snapshot)
    if told is None:
        return "", _("Click an edge or a neuron.")
    position, norms = told
    count, found = min(MOST_SAMPLES, len(preparation.train)), flow_words(norms)
    text = ngettext(
        "Norm of the gradient in each layer, over {n} training sample at {place}",
        "Norm of the gradient in each layer, over {n} training samples at {place}",
        count,
    )
    whole, brief = (place(position, snapshot.epoch_length) for place in (epoch_place, fraction_place))
    shorter = (
        text.format(n=count, place=brief),
        _("Norm of the gradient in each layer at {place}").format(place=brief),
        _("Gradient norms at {place}").format(place=brief),
    )
    of = text.format(n=count, place=whole)
    if not found:
        reaches = _("The gradient reaches every layer.") if len(norms) > 1 else ""
        rest = dead_text(snapshot.health), _("Click an edge or a neuron.")
        return of, " ".join(filter(None, (reaches, *rest))), *shorter
    why = why_it_vanishes(norms, snapshot.settings, snapshot.sizes, snapshot.parameters)
    return of, " ".join(filter(None, (f"{capital(found)}.", why or dead_text(snapshot.health)))), *shorter


# ---------------------------------------------------------------- a phase of a walk


def layer_name(walk: Walk, layer: int) -> str:
    """The name of a hidden or output layer in a sentence."""
    return _("the output layer") if layer == len(walk.layers) else _("hidden layer {layer}").format(layer=layer)


def phase_name(walk: Walk, phase: Phase) -> str:
    """The full name of a phase."""
    if phase.kind in (FORWARD, BACKWARD):
        text = _("{phase}: {layer}")
        return text.format(phase=capital(KINDS[phase.kind]), layer=layer_name(walk, phase.layer))
    return capital(KINDS[phase.kind])


def chip_texts(walk: Walk, phase: Phase) -> tuple[str, ...]:
    """The texts for the chip of a phase, from the longest to the shortest."""
    if phase.kind not in (FORWARD, BACKWARD):
        return capital(KINDS[phase.kind]), KINDS[phase.kind], {PICK: "x", LOSS: "L", UPDATE: "Δw"}[phase.kind]
    is_output = phase.layer == len(walk.layers)
    arrow = "→" if phase.kind == FORWARD else "←"
    names = (
        (_("output"), _("out"), _("o"))
        if is_output
        else (_("hidden {layer}").format(layer=phase.layer), f"h{phase.layer}", str(phase.layer))
    )
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
        return loss_rows(walk, preparation.output_titles, scene.sample)
    rows = chain_of(walk, part, scene.sample)
    own = [row for row in rows if row.scope == SAMPLE and (isinstance(part, Edge) or not row.is_detail)]
    if kind == UPDATE:
        told = [row for row in rows if row.scope == BATCH and not row.is_detail]
        return (own[-1], *(row for row in told if len(walk) == 1 or not row.is_repeated))
    return tuple(own)


def scene_text(scene: WalkScene, preparation: Preparation) -> list[str]:
    """The rows of a phase in plain text, with every digit; those of the update too."""
    from core.explain.chain import chain_of

    part = scene_part(scene)
    is_part = part is not None and scene.phase.kind not in (PICK, LOSS)
    rows = chain_of(scene.walk, part, scene.sample) if is_part and part else scene_rows(scene, preparation)
    from gui.explanation.inspector.row_table import line_of

    return [line_of(row, LIGHT).plain for row in rows]


def scene_words(scene: WalkScene, preparation: Preparation) -> tuple[str, str, str]:
    """The title of a phase, the sample, and what happens."""
    part = scene_part(scene)
    name = phase_name(scene.walk, scene.phase)
    if part is not None and scene.phase.kind not in (PICK, LOSS):
        about = selection_name(part, preparation)
        is_named = scene.phase.kind in (FORWARD, BACKWARD) and part.layer == scene.phase.layer < len(scene.walk.layers)
        if isinstance(part, Neuron) and is_named:  # the phase names the layer
            about = _("neuron {unit}").format(unit=part.unit + 1)
        about = _("weight {about}").format(about=about) if isinstance(part, Edge) else about
        if scene.phase.kind == UPDATE and isinstance(part, Neuron):
            about = _("bias of {about}").format(about=about)
        name = f"{name} · {about}"
    return name, readout(scene, preparation), phase_sentence(scene, preparation)


def short_scene_title(title: str) -> str:
    """A title of :func:`scene_words` for little room: without the layer, which the chip of the phase names as well."""
    phase, _layer, rest = title.partition(": ")
    return f"{phase} · {rest.rpartition(' · ')[2]}" if " · " in rest else ""


def readout(scene: WalkScene, preparation: Preparation) -> str:
    """The sample: its inputs, the network's answer, whether it is right, and the loss."""
    return " · ".join(_readings(scene, preparation))


def short_readouts(scene: WalkScene, preparation: Preparation) -> tuple[str, str]:
    """The sample without its inputs, and without its row as well, where there is little room."""
    row, _inputs, *rest = _readings(scene, preparation)
    return " · ".join([row, *rest]), " · ".join(rest)


def _readings(scene: WalkScene, preparation: Preparation) -> list[str]:
    walk, sample = scene.walk, scene.sample
    row, titles = int(walk.rows[sample]), preparation.output_titles
    point = preparation.dataset.points[row]
    columns = list(zip(preparation.dataset.column_names, point.tolist(), strict=True))
    first = [f"{name} = {short(value)}" for name, value in columns[:COLUMNS_TOLD]]
    inputs = ", ".join([*first, *["…"] * (len(columns) > COLUMNS_TOLD)])
    answers = preparation.in_units(walk.layers[-1].a[sample])
    name = _("Row {row}, a test point") if is_test_point(walk, preparation) else _("Row {row}")
    parts = [name.format(row=row), inputs]
    if preparation.dataset.class_names:
        truth, said = (int(decide(v[None])[0]) for v in (walk.y[sample], answers))
        told = _("answer {said} ({share}): right") if truth == said else _("answer {said} ({share}): wrong")
        parts += [
            titles[truth],
            told.format(said=titles[said], share=output_text(float(answers[said]), walk.layers[-1].activation.name)),
        ]
    else:
        assert preparation.dataset.targets is not None
        parts += [
            _("target {target}").format(target=short(float(preparation.dataset.targets[row]))),
            _("answer {answer}").format(answer=short(float(answers[0]), 3)),
        ]
    return [*parts, _("loss {loss}").format(loss=short(float(walk.losses[sample]) * preparation.loss_scale))]


def phase_sentence(scene: WalkScene, preparation: Preparation) -> str:
    """What happens in this phase, and for a weight why it changes."""
    walk, phase = scene.walk, scene.phase
    if phase.kind == PICK:
        return f"{_pick(walk, is_test_point(walk, preparation))} {WALK_HINT}"
    if phase.kind == FORWARD:
        kind = walk.layers[phase.layer - 1].activation
        bend = (
            _("softmax makes all z shares of 1: {letter}")
            if kind.name == "softmax"
            else _("{label} makes {letter} of it")
        )
        return _("Each neuron adds input × weight and bias: z. {bend}. Blue edges raise z, orange lower it.").format(
            bend=capital(bend.format(label=kind.label, letter=value_letter(phase.layer, len(walk.layers))))
        )
    if phase.kind == LOSS:
        about = _("The loss says how far the answer is from the target ({label}). Training makes it smaller.").format(
            label=walk.loss.label
        )
        return f"{about} {preparation.target_note}".rstrip()
    if phase.kind == BACKWARD:
        return _(
            "δ of a neuron is how the loss grows with z; ∂L/∂w is δ times the edge's input. "
            "Orange: raising the weight reduces the loss."
        )
    from core.explain.chain import reason

    assert scene.item is not None
    return reason(walk, scene.item, scene.sample)


def is_test_point(walk: Walk, preparation: Preparation) -> bool:
    """Whether a walk is that of a chosen point on which the run does not train."""
    return not walk.is_next and int(walk.rows[0]) in preparation.test.rows


def _pick(walk: Walk, is_test: bool) -> str:
    if is_test:
        return _(
            "You chose a test point, on which the run never trains: the update that this point alone would make. "
            "The run stays as it is."
        )
    if not walk.is_next:
        return _("You chose this point: the update that it alone would make. The run stays as it is.")
    if len(walk) == 1:
        return _("The next sample, ringed in the plot, enters the network.")
    return _("These {count} samples (ringed in the plot) make the next update together. One of them is shown.").format(
        count=len(walk)
    )
