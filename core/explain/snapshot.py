"""Snapshots: what the window shows of a run at one position, as frozen copies that another thread may read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.base.arrays import read_only_copy
from core.base.values import dataclass
from core.explain.maps import lies_in, neuron_map, neuron_maps, output_map, unused_maps

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from core.base.arrays import Array
    from core.explain.diagnosis import UnitHealth
    from core.explain.inspection import Inspection
    from core.explain.maps import NeuronMap, NeuronPlace, OutputMap, Plane
    from core.explain.picked_part import Focus
    from core.explain.report import Report
    from core.explain.verdict.verdict import Verdict
    from core.training.experiment import Experiment
    from core.training.history import History
    from core.training.settings_over_time import Change
    from core.training.trainer import Trainer


@dataclass(frozen=True)
class Request:
    """The requested contents of a snapshot besides the numbers of the run.

    Attributes:
        output: plane of the map of the output; None for no map. A plane through data with other columns gives no map.
        neurons: plane of the maps of all neurons; None for none.
        measures: whether loss and score must be those of this position; otherwise the last ones are used.
        neuron: a unit whose own map is requested; None for none. A unit that the network does not have is left out.
        focus: the part to inspect; None for none. A part that the network does not have is left out.
        report: whether the report is requested.
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
        position, epoch, sample, epoch_length: the position of the run; ``sample`` counts inside the epoch.
        has_update: whether an update was made, so that gradient and last change tell of one.
        sizes: layer sizes.
        parameters, gradient, last_change: see :class:`core.training.trainer.Trainer`.
        settings: the experiment with the present settings.
        learning_rate: of the next update, schedule and warm-up included.
        frozen: parameters that training does not change, as indices in the flat vectors.
        measured: the position at which loss and score were evaluated: this one, or an earlier one if requested.
        train_loss, train_score, test_loss, test_score: over the whole sets there, see
            :class:`core.training.evaluation.Evaluation`.
        train_squared_error, test_squared_error: the same, for regression; otherwise NaN.
        predicted: shape (n,), the predicted class of each row of the data set, or for regression the output.
        trained_row: row of the data set seen last; None before the first.
        history: the record so far.
        output: map of the output, as requested.
        neurons: for each layer from the input on, shape (units, rows, columns), as shades; None if not requested.
        unused: the same for the inputs that the network does not use, in the order of the menus.
        neuron: map of one unit, as requested.
        inspection: of the focus, as requested; it may be older, see its position.
        report: the report at the position ``measured``, as requested.
        health: the dead and saturated neurons; it may be of an earlier position. None where it was not looked for.
        verdict: on the course of the run; it may be of an earlier position, see there. None where none was made.
        changes: the settings at the start, as a change at 0, and the changes made up to this position.
    """

    position: int
    epoch: int
    sample: int
    epoch_length: int
    has_update: bool
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
    neurons: tuple[NDArray[np.uint8], ...] | None
    unused: NDArray[np.uint8] | None = None
    neuron: NeuronMap | None = None
    inspection: Inspection | None = None
    report: Report | None = None
    verdict: Verdict | None = None
    health: UnitHealth | None = None
    changes: tuple[Change, ...] = ()


def take_snapshot(trainer: Trainer, request: Request) -> Snapshot:
    """Copy what the window shows of a trainer; the trainer does not change."""
    if request.measures:
        trainer.evaluations()
    measured, train, test = trainer.latest_evaluations()
    return Snapshot(
        position=trainer.position,
        epoch=trainer.epoch,
        sample=trainer.sample,
        epoch_length=trainer.epoch_length,
        has_update=trainer.has_update,
        sizes=trainer.network.sizes,
        parameters=read_only_copy(trainer.network.parameters),
        gradient=read_only_copy(trainer.gradient),
        last_change=read_only_copy(trainer.last_change),
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
        predicted=trainer.latest_predictions(),
        trained_row=trainer.last_row(),
        history=trainer.history,
        output=output_map(trainer, request.output) if lies_in(request.output, trainer) else None,
        neurons=neuron_maps(trainer, request.neurons) if lies_in(request.neurons, trainer) else None,
        unused=unused_maps(trainer, request.neurons) if lies_in(request.neurons, trainer) else None,
        neuron=None if request.neuron is None else neuron_map(trainer, request.neuron),
        inspection=None if request.focus is None else _inspected(trainer, request.focus),
        report=_reported(trainer) if request.report else None,
        changes=trainer.settings_over_time.until(trainer.position),
    )


def _inspected(trainer: Trainer, focus: Focus) -> Inspection | None:
    from core.explain.inspection import inspect  # here and below, since the first picture of the window does without

    return inspect(trainer, focus)


def _reported(trainer: Trainer) -> Report:
    from core.explain.report import make_report

    return make_report(trainer)
