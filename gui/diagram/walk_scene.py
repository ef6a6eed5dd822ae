"""What the diagram shows in one phase of a walk: the active part of the network, and its numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.base.arrays import Array
from core.base.number_text import short
from core.base.translation import _
from core.base.values import dataclass
from core.explain.phases import BACKWARD, FORWARD, LOSS, PICK, UPDATE, Phase
from core.explain.picked_part import Edge, Neuron, Part, value_letter
from core.explain.walk import Walk
from core.network.network import parameter_views
from gui.diagram.drawing.edge_quantity import QUANTITIES, EdgeQuantity
from gui.diagram.drawing.number_painting import Numbers

INPUT_TIMES_WEIGHT = EdgeQuantity(_("weight × input"), "", True, _("weight × input of this sample"))
SAMPLE_GRADIENT = EdgeQuantity("∂L/∂w", "", True, _("∂L/∂w of this sample"))
CHANGE = EdgeQuantity(_("change"), "", True, _("change by this update"))


@dataclass(frozen=True, eq=False)
class WalkScene:
    """One phase for one sample.

    Attributes:
        walk, index, sample: the update, the place of the phase in it, and the sample of the batch.
        item: the neuron or weight whose formulas are shown; None if they are those of the whole network.
        quantity: what the edges show. values: the quantity as a flat vector; 0 if it is not known yet.
        layers, connections: the active ones; connection l leads to layer l.
        numbers: the numbers at each layer's neurons.
    """

    walk: Walk
    index: int
    sample: int
    item: Part | None
    quantity: EdgeQuantity
    values: Array
    layers: frozenset[int]
    connections: frozenset[int]
    numbers: tuple[Numbers | None, ...]

    @property
    def phase(self) -> Phase:
        """The phase that is shown."""
        return self.walk.phases[self.index]

    def describe(self, selection: Part) -> list[str]:
        """The numbers of a neuron or weight in this phase, a line for each."""
        walk, sample = self.walk, self.sample
        if isinstance(selection, Edge):
            value = float(self.values[selection.index(walk.sizes)])
            return [] if self.phase.kind == PICK else [f"{self.quantity.label} = {short(value)}"]
        if selection.layer == 0:
            return [f"x = {short(float(walk.x[sample, selection.unit]))}"]
        if self.phase.kind == PICK or (self.phase.kind == FORWARD and selection.layer > self.phase.layer):
            return []
        layer = walk.layers[selection.layer - 1]
        named = [("z", layer.z), (value_letter(layer.number, len(walk.layers)), layer.a)]
        if self.phase.kind == UPDATE or (self.phase.kind == BACKWARD and selection.layer >= self.phase.layer):
            named.append(("δ", layer.delta))
        return [", ".join(f"{name} = {short(float(array[sample, selection.unit]))}" for name, array in named)]


def make_scene(walk: Walk, index: int, sample: int, selection: Part | None) -> WalkScene:
    """The scene of a phase; ``selection`` is the part selected in the diagram."""
    phase = walk.phases[index]
    layers, connections = _at_work(walk, phase)
    quantity, values = _values(walk, phase, sample)
    item = _item(walk, phase, connections, selection)
    return WalkScene(
        walk, index, sample, item, quantity, values, layers, connections, _numbers(walk, phase, sample)
    )  # fmt: skip


def make_point_scene(walk: Walk) -> WalkScene:
    """The whole forward pass of a walk's only sample."""
    scene = make_scene(walk, next(k for k, phase in enumerate(walk.phases) if phase.kind == LOSS), 0, None)
    every = frozenset(range(len(walk.sizes)))
    return replace(scene, layers=every, connections=every - {0})


def _at_work(walk: Walk, phase: Phase) -> tuple[frozenset[int], frozenset[int]]:
    last = len(walk.layers)
    if phase.kind == PICK:
        return frozenset({0}), frozenset()
    if phase.kind == LOSS:
        return frozenset({last}), frozenset()
    if phase.kind == UPDATE:
        return frozenset(range(last + 1)), frozenset(range(1, last + 1))
    return frozenset({phase.layer - 1, phase.layer}), frozenset({phase.layer})


def _values(walk: Walk, phase: Phase, sample: int) -> tuple[EdgeQuantity, Array]:
    if phase.kind == PICK:
        return QUANTITIES[0], walk.parameters_before
    if phase.kind == UPDATE:
        return CHANGE, walk.change
    if phase.kind == BACKWARD:
        gradient = walk.sample_gradient(sample)
        gradient[: _end(walk, phase.layer - 1)] = 0.0
        return SAMPLE_GRADIENT, gradient
    products = np.zeros_like(walk.parameters_before)
    reached = phase.layer if phase.kind == FORWARD else len(walk.layers)
    parts = zip(walk.layers[:reached], *parameter_views(walk.sizes, products), strict=False)
    with np.errstate(all="ignore"):
        for layer, weights, biases in parts:
            weights[:] = layer.inputs[sample][:, None] * layer.W
            biases[:] = layer.b
    return INPUT_TIMES_WEIGHT, products


def _end(walk: Walk, layer: int) -> int:
    """The index in the flat vector after the parameters of a layer."""
    return sum(at.W.size + at.b.size for at in walk.layers[:layer])


def _numbers(walk: Walk, phase: Phase, sample: int) -> tuple[Numbers | None, ...]:
    first_delta = {PICK: None, FORWARD: None, LOSS: None, BACKWARD: phase.layer, UPDATE: 1}[phase.kind]
    reached = {PICK: 0, FORWARD: phase.layer}.get(phase.kind, len(walk.layers))
    numbers: list[Numbers | None] = [("x", walk.x[sample])]
    for layer in walk.layers:
        if first_delta is not None and layer.number >= first_delta:
            numbers.append(("δ", layer.delta[sample]))
        else:
            letter = value_letter(layer.number, len(walk.layers))
            numbers.append((letter, layer.a[sample]) if layer.number <= reached else None)
    return tuple(numbers)


def _item(walk: Walk, phase: Phase, at_work: frozenset[int], selection: Part | None) -> Part | None:
    """The selected part if it is active in the phase; otherwise an interesting one."""
    if phase.kind in (PICK, LOSS):
        return None
    if selection is not None and selection.exists(walk.sizes) and selection.layer in at_work:
        return selection
    if phase.kind == UPDATE:
        return _most_changed(walk)
    return Neuron(phase.layer, 0)


def _most_changed(walk: Walk) -> Edge:
    """The weight that the update changes most."""
    found, largest = Edge(1, 0, 0), -1.0
    for layer in walk.layers:
        with np.errstate(all="ignore"):
            changes = np.nan_to_num(np.abs(layer.W_after - layer.W))
        place = np.unravel_index(int(np.argmax(changes)), changes.shape)
        if changes[place] > largest:
            found, largest = Edge(layer.number, int(place[0]), int(place[1])), float(changes[place])
    return found
