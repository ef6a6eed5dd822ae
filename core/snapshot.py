"""What a window shows of a run at one moment, as frozen copies that another thread may read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeGuard

import numpy as np
from numpy.typing import NDArray

from core.activations import Activation
from core.course import Change
from core.evaluation import predictions
from core.experiment import Experiment
from core.history import History
from core.inspection import Focus, Inspection, inspect
from core.report import Report, make_report
from core.section import Section
from core.tasks import REGRESSION
from core.trainer import Trainer

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Plane:
    """A rectangle of the data's plane, or of a section through data of more columns, cut into cells.

    Attributes:
        x: lowest and highest x1, in the data's units or those of the section's first axis. y: the same of x2.
        columns, rows: cells along x1 and x2.
        section: which plane of the data's columns it is; None where they are two.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    columns: int
    rows: int
    section: Section | None = None

    def centers(self) -> tuple[Array, Array]:
        """The cells' centers along x1, shape (columns,), and along x2, shape (rows,), ascending."""
        return _centers(self.x, self.columns), _centers(self.y, self.rows)

    def points(self) -> Array:
        """The cells' centers as points of the data, shape (rows · columns, d), x1 running fastest, x2 ascending."""
        x, y = self.centers()
        places = np.column_stack([np.tile(x, self.rows), np.repeat(y, self.columns)])
        return places if self.section is None else self.section.embed(places)

    @property
    def dimensions(self) -> int:
        """Number of columns d of the data that it belongs to."""
        return 2 if self.section is None else self.section.dimensions


@dataclass(frozen=True, eq=False)
class OutputMap:
    """The network's decision over a plane; arrays of shape (rows, columns), row 0 at the lowest x2.

    Attributes:
        plane: what it covers.
        winner: class of the largest output.
        margin: the largest output less the second largest, over the span of the outputs; 0 (undecided) to 1 (sure).
            It is 0 on the border between two classes.
        value: for regression the output, and then ``winner`` and ``margin`` are 0; None for classification.
    """

    plane: Plane
    winner: NDArray[np.int16]
    margin: NDArray[np.float64]
    value: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class NeuronPlace:
    """A unit and the plane over which its map is wanted; layer 0 is the input."""

    layer: int
    unit: int
    plane: Plane


@dataclass(frozen=True, eq=False)
class NeuronMap:
    """What one unit computes over a plane.

    Attributes:
        place: which unit, and the plane.
        values: the activation, shape (rows, columns), row 0 at the lowest x2.
        low, high: ends of the scale, as in :func:`neuron_maps`.
    """

    place: NeuronPlace
    values: Array
    low: float
    high: float


@dataclass(frozen=True)
class Request:
    """What a snapshot shall hold beside the numbers of the run.

    Attributes:
        output: plane of the map of the output; None for no map. Of a plane through data of other columns there is
            no map.
        neurons: plane of the maps of all neurons; None for none.
        measures: whether loss and score must be those of this very position; otherwise the last ones will do.
        neuron: a unit whose own map is wanted; None for none. One that the network does not have is left out.
        focus: what is to be inspected; None for nothing. A place that the network does not have is left out.
        report: whether the report is wanted.
    """

    output: Plane | None = None
    neurons: Plane | None = None
    measures: bool = True
    neuron: NeuronPlace | None = None
    focus: Focus | None = None
    report: bool = False


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A run at one position. All arrays are read-only copies; flat vectors are laid out as ``Network.parameters``.

    Attributes:
        position, epoch, sample, epoch_length: where the run stands; ``sample`` counts inside the epoch.
        sizes: layer sizes.
        parameters, gradient, last_change: see :class:`core.trainer.Trainer`.
        settings: the experiment with the settings that hold now.
        learning_rate: of the next update, schedule and warm-up included.
        frozen: parameters that training leaves alone, as places in the flat vectors.
        measured: the position at which loss and score were evaluated: this one, or as requested an earlier one.
        train_loss, train_score, test_loss, test_score: over the whole sets there, see
            :class:`core.evaluation.Evaluation`.
        train_squared_error, test_squared_error: the same, for regression; otherwise NaN.
        predicted: shape (n,), the predicted class of each row of the data set, or for regression the output.
        trained_row: row of the data set seen last; None before the first.
        history: the record so far.
        output: map of the output, as requested.
        neurons: for each layer from the input on, shape (units, rows, columns), values in −1…1; None if not requested.
        neuron: map of one unit, as requested.
        inspection: of the focus, as requested; it may be older, see its position.
        report: how well the network does class by class, as requested; of the position ``measured``.
        course: what held from the start, as a change at 0, and the changes made up to here.
    """

    position: int
    epoch: int
    sample: int
    epoch_length: int
    sizes: tuple[int, ...]
    parameters: Array
    gradient: Array
    last_change: Array
    settings: Experiment
    learning_rate: float
    frozen: frozenset[int]
    measured: int
    train_loss: float
    train_score: float
    test_loss: float
    test_score: float
    train_squared_error: float
    test_squared_error: float
    predicted: NDArray[np.int64] | Array
    trained_row: int | None
    history: History
    output: OutputMap | None
    neurons: tuple[Array, ...] | None
    neuron: NeuronMap | None = None
    inspection: Inspection | None = None
    report: Report | None = None
    course: tuple[Change, ...] = ()


def take_snapshot(trainer: Trainer, request: Request) -> Snapshot:
    """Copy what a window shows of a trainer; the trainer does not change."""
    if request.measures:
        trainer.evaluations()
    measured, train, test = trainer.latest_evaluations()
    return Snapshot(
        position=trainer.position,
        epoch=trainer.epoch,
        sample=trainer.sample,
        epoch_length=trainer.epoch_length,
        sizes=trainer.network.sizes,
        parameters=_frozen(trainer.network.parameters),
        gradient=_frozen(trainer.gradient),
        last_change=_frozen(trainer.last_change),
        settings=trainer.settings,
        learning_rate=trainer.learning_rate,
        frozen=trainer.frozen,
        measured=measured,
        train_loss=train.loss,
        train_score=train.score,
        test_loss=test.loss,
        test_score=test.score,
        train_squared_error=train.squared_error,
        test_squared_error=test.squared_error,
        predicted=predictions(trainer.preparation, train, test),
        trained_row=trainer.last_row(),
        history=trainer.history,
        output=output_map(trainer, request.output) if _lies_in(request.output, trainer) else None,
        neurons=neuron_maps(trainer, request.neurons) if _lies_in(request.neurons, trainer) else None,
        neuron=None if request.neuron is None else neuron_map(trainer, request.neuron),
        inspection=None if request.focus is None else inspect(trainer, request.focus),
        report=make_report(trainer) if request.report else None,
        course=trainer.course.until(trainer.position),
    )


def _lies_in(plane: Plane | None, trainer: Trainer) -> TypeGuard[Plane]:
    """Whether there is a plane and it goes through data of these columns; a run may just have given way to another."""
    return plane is not None and plane.dimensions == trainer.preparation.dataset.dimensions


def output_map(trainer: Trainer, plane: Plane) -> OutputMap:
    """The network's decision over a plane with the present parameters."""
    output = trainer.activations(plane.points())[-1]
    shape = plane.rows, plane.columns
    if trainer.experiment.task == REGRESSION:
        value = output[:, 0].reshape(shape)
        value.flags.writeable = False
        return OutputMap(plane, np.zeros(shape, dtype=np.int16), np.zeros(shape), value)
    with np.errstate(all="ignore"):
        if output.shape[1] == 2:  # which is most often so, and quicker
            margin = np.abs(output[:, 1] - output[:, 0])
        else:
            best = np.partition(output, -2, axis=1)[:, -2:]
            margin = best[:, 1] - best[:, 0]
        margin /= _span(trainer.network.activations[-1])
    np.nan_to_num(margin, copy=False)
    winner, margin = np.argmax(output, axis=1).astype(np.int16).reshape(shape), np.clip(margin, 0.0, 1.0).reshape(shape)
    winner.flags.writeable = margin.flags.writeable = False
    return OutputMap(plane, winner, margin)


def neuron_maps(trainer: Trainer, plane: Plane) -> tuple[Array, ...]:
    """What each unit computes over a plane, scaled to −1…1.

    Bounded activations are scaled by their bounds, others by their largest magnitude on the plane, inputs by the
    plane's middle and half its width.
    """
    layers = trainer.activations(plane.points())
    maps = []
    for layer, a in enumerate(layers):
        low, high = _scale_ends(trainer, layer, a)
        half = (high - low) / 2.0
        with np.errstate(all="ignore"):
            scaled = (a - (low + high) / 2.0) / np.where(half > 0.0, half, 1.0)
        np.nan_to_num(scaled, copy=False)
        maps.append(np.clip(scaled, -1.0, 1.0).T.reshape(a.shape[1], plane.rows, plane.columns))
        maps[-1].flags.writeable = False
    return tuple(maps)


def neuron_map(trainer: Trainer, place: NeuronPlace) -> NeuronMap | None:
    """What one unit computes over a plane with the present parameters; None if there is no such unit or plane."""
    sizes = trainer.network.sizes
    if not (_lies_in(place.plane, trainer) and place.layer < len(sizes) and place.unit < sizes[place.layer]):
        return None
    a = trainer.activations(place.plane.points())[place.layer][:, [place.unit]]
    with np.errstate(all="ignore"):
        if place.layer == 0:  # in the data's own units
            a = a * trainer.preparation.scale[place.unit] + trainer.preparation.center[place.unit]
        low, high = _scale_ends(trainer, place.layer, a)
    values = np.nan_to_num(a).reshape(place.plane.rows, place.plane.columns)
    values.flags.writeable = False
    return NeuronMap(place, values, float(low[0]), float(high[0]))


def _scale_ends(trainer: Trainer, layer: int, a: Array) -> tuple[Array, Array]:
    """The ends of the colour scale of each unit of a layer, from its activations of shape (n, units) over a plane."""
    if layer == 0:
        return a.min(axis=0), a.max(axis=0)
    activation = trainer.network.activations[layer - 1]
    if np.isfinite(activation.high):
        return np.full(a.shape[1], activation.low), np.full(a.shape[1], activation.high)
    largest = np.abs(a).max(axis=0)
    return -largest, largest


def _centers(span: tuple[float, float], cells: int) -> Array:
    low, high = span
    centers: Array = low + (high - low) * (np.arange(cells) + 0.5) / cells
    return centers


def _span(activation: Activation) -> float:
    """The widest margin that two outputs can have: from the bounds, or 1 where the targets are 0 and 1 unbounded."""
    width = activation.high - activation.low
    return width if np.isfinite(width) else 1.0


def _frozen(array: Array) -> Array:
    copy: Array = array.copy()
    copy.flags.writeable = False
    return copy
