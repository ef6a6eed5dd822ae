"""The numbers of one weight, neuron or layer of a run at one position, as the inspector shows them.

Other modules define these numbers: :mod:`core.explain.walk` the update, :mod:`core.explain.formulas` its formulas,
and :mod:`core.explain.diagnosis` the numbers over whole sets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from core.base.arrays import Array, Rows, read_only, spread_rows
from core.base.values import dataclass
from core.explain.diagnosis import (
    LayerDiagnosis,
    NeuronDiagnosis,
    diagnose,
    diagnose_neuron,
    full_loss,
    full_loss_and_gradient,
)
from core.explain.picked_part import Focus
from core.explain.walk import MADE, Walk, walk_of_last_sample, walk_sample
from core.network.network import Network
from core.training.gradient_norms import MOST_SAMPLES
from core.training.trainer import Trainer

if TYPE_CHECKING:
    from core.explain.chain_row import Row
    from core.explain.formulas.formula import Formula


@dataclass(frozen=True)
class Meeting:
    """The numbers of one sample at a neuron or weight, with the parameters before its update.

    Attributes:
        row: of the data set.
        z, a, delta: of the neuron, or of the neuron that the weight leads to; of an input a alone, otherwise NaN.
        gradient: ∂L/∂w or ∂L/∂b of the sample's own loss, without the penalty; NaN for an input.
    """

    row: int
    z: float
    a: float
    delta: float
    gradient: float


@dataclass(frozen=True, eq=False)
class ParameterNumbers:
    """A weight or bias.

    Attributes:
        full_gradient: of the mean loss over the whole training set, without the penalty.
        loss, loss_if_zero: this mean loss, and what it would be if the parameter were 0; None for a bias.
        memory: the optimizer's memory, by the names in its formula.
        course: shape (points, 2), position and value: at the start, at ends of epochs that the run has kept, and now.
            All recent epochs are kept, and fewer and fewer of the older ones; see :func:`parameter_course`.
    """

    full_gradient: float
    loss: float
    loss_if_zero: float | None
    memory: Mapping[str, float]
    course: Array


@dataclass(frozen=True, eq=False)
class LayerNumbers:
    """A layer.

    Attributes:
        diagnosis: see there.
        full_gradient: shape (parameters,), of the whole network over the whole training set.
        rows: shape (n,), at most MOST_SAMPLES rows of the data set, spread evenly over the training set.
        activations: shape (n, units), the layer's a for these rows.
        has_update: whether an update was made, so that the diagnosis tells of one.
    """

    diagnosis: LayerDiagnosis
    full_gradient: Array
    rows: Rows
    activations: Array
    has_update: bool


@dataclass(frozen=True, eq=False)
class Inspection:
    """The inspection of one focus at one position; arrays are read-only.

    Attributes:
        focus, position: what was inspected, and at which position.
        is_ready: whether the engine was loaded; otherwise ``sample`` and ``rows`` are empty.
        sample: the one that ``rows`` use: that seen last, before the first and where it is too far back the next one;
            None for a layer and a point.
        is_made: whether the update of its batch was made, as the last one; otherwise the run makes it next.
        batch: samples of this update. left: samples that are still missing for it; 0 if it was made.
        rows: the chain rule of this update here, see :mod:`core.explain.chain`. reason: why it goes up or down. Of a
            point its inputs, outputs and loss, and the answer in words.
        change: what this update adds to the weight or bias.
        parameter: of an edge or a neuron behind the input.
        neuron: of a neuron.
        layer: of a layer.
        last_change: what the last update added to the weight or bias; None before the first update.
        is_set: whether the weight or bias was set by hand behind the update that was made.
        walk: of a point: all that the network computes of it, without dropout.
    """

    focus: Focus
    position: int
    is_ready: bool
    sample: Meeting | None = None
    is_made: bool = False
    batch: int = 0
    left: int = 0
    rows: tuple[Row, ...] = ()
    reason: str = ""
    change: float | None = None
    parameter: ParameterNumbers | None = None
    neuron: NeuronDiagnosis | None = None
    layer: LayerNumbers | None = None
    last_change: float | None = None
    is_set: bool = False
    walk: Walk | None = None

    @property
    def formulas(self) -> tuple[Formula, ...]:
        """The formulas of the rows."""
        return tuple(row.formula for row in self.rows if row.formula is not None)


def inspect(trainer: Trainer, focus: Focus) -> Inspection | None:
    """Inspect a focus without changing the run; None if the network does not have this part, or the data this point.

    This takes about as long as one pass through the training set, or three for a layer.
    """
    if not focus.exists(trainer.network.sizes):
        return None
    if focus.row is not None:
        return _inspect_point(trainer, focus, focus.row)
    if focus.unit is None:
        return Inspection(focus, trainer.position, trainer.is_ready, layer=_layer_numbers(trainer, focus.layer))
    is_edge, is_ready = focus.source is not None, trainer.is_ready
    found = Inspection(
        focus,
        trainer.position,
        is_ready,
        parameter=_parameter_numbers(trainer, focus),
        neuron=None if is_edge else diagnose_neuron(trainer, focus.layer, _unit(focus)),
        last_change=_last_change(trainer, focus),
    )
    return _with_update(found, walk_of_last_sample(trainer), trainer.network.parameters) if is_ready else found


def _inspect_point(trainer: Trainer, focus: Focus, row: int) -> Inspection | None:
    if row >= len(trainer.preparation.dataset):
        return None
    if not trainer.is_ready:
        return Inspection(focus, trainer.position, is_ready=False)
    from core.explain.chain import point_rows  # here and below, since the first picture of the window does without
    from core.explain.picked_point import point_sentence

    preparation, walk = trainer.preparation, walk_sample(trainer, row, has_dropout=False)
    rows = point_rows(walk, preparation.input_names, preparation.output_titles)
    reason = point_sentence(walk, preparation)
    return Inspection(focus, trainer.position, is_ready=True, rows=rows, reason=reason, walk=walk)


def _with_update(found: Inspection, walk: Walk, parameters: Array) -> Inspection:
    """The inspection with the numbers of an update; ``parameters`` are those of the run."""
    sample, index = max(found.position - walk.start - 1, 0), found.focus.index(walk.sizes)
    rows, reason = _chain(walk, found.focus, sample)
    is_made = walk.moment == MADE
    return replace(
        found,
        sample=_meeting(walk, found.focus, sample),
        is_made=is_made,
        batch=len(walk),
        left=walk.end - found.position,
        rows=rows,
        reason=reason,
        change=None if index is None else float(walk.change[index]),
        is_set=is_made and index is not None and bool(walk.parameters_after[index] != parameters[index]),
    )


def _last_change(trainer: Trainer, focus: Focus) -> float | None:
    index = focus.index(trainer.network.sizes)
    return float(trainer.last_change[index]) if trainer.has_update and index is not None else None


def _unit(focus: Focus) -> int:
    assert focus.unit is not None
    return focus.unit


def _meeting(walk: Walk, focus: Focus, sample: int) -> Meeting:
    row, unit = int(walk.rows[sample]), _unit(focus)
    if focus.layer == 0:
        return Meeting(row, np.nan, float(walk.x[sample, unit]), np.nan, np.nan)
    at = walk.layers[focus.layer - 1]
    gradient = float(walk.sample_gradient(sample)[focus.index(walk.sizes)])
    return Meeting(row, float(at.z[sample, unit]), float(at.a[sample, unit]), float(at.delta[sample, unit]), gradient)


def _chain(walk: Walk, focus: Focus, sample: int) -> tuple[tuple[Row, ...], str]:
    """The rows of the update here, and why it goes up or down."""
    from core.explain.chain import chain_of, reason  # here, since the first picture of the window does without

    part = focus.part
    assert part is not None
    return chain_of(walk, part, sample), reason(walk, part, sample)


def parameter_course(trainer: Trainer, index: int) -> Array:
    """Shape (points, 2), position and value of a parameter in all the states that the trainer has kept, and now.

    Args:
        trainer: the run; see :class:`core.training.timeline.branches.Branch` for the states that it keeps.
        index: of the parameter in the flat vector.
    """
    kept = [
        (s.position, s.parameters[index]) for s in trainer.tree.present.line_states() if s.position < trainer.position
    ]
    return np.array([*kept, (trainer.position, trainer.network.parameters[index])], dtype=np.float64)


def _parameter_numbers(trainer: Trainer, focus: Focus) -> ParameterNumbers | None:
    index = focus.index(trainer.network.sizes)
    if index is None:
        return None
    (course,) = read_only(parameter_course(trainer, index))
    memory = {name: float(values[index]) for name, values in trainer.stepper.memory.items()}
    loss, gradient = full_loss_and_gradient(trainer)
    return ParameterNumbers(
        full_gradient=float(gradient[index]),
        loss=loss,
        loss_if_zero=_loss_without(trainer, index) if focus.source is not None else None,
        memory=MappingProxyType(memory),
        course=course,
    )


def _loss_without(trainer: Trainer, index: int) -> float:
    network = trainer.network
    without = Network(network.sizes, network.activations, network.parameters.copy())
    without.parameters[index] = 0.0
    return full_loss(trainer, without)


def _layer_numbers(trainer: Trainer, layer: int) -> LayerNumbers:
    train = trainer.preparation.train
    places = spread_rows(len(train), MOST_SAMPLES)
    with np.errstate(all="ignore"):
        activations = trainer.network.forward(train.inputs[places]).a[layer]
    diagnosis = diagnose(trainer)
    rows, a = read_only(train.rows[places], activations)
    return LayerNumbers(diagnosis.layers[layer - 1], diagnosis.gradient, rows, a, trainer.has_update)
