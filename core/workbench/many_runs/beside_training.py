"""Experiments on the same data, trained beside the window: all members grow together, a short piece at a time."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections import deque
from collections.abc import Generator, Iterable, Sequence
from dataclasses import replace
from typing import Protocol

from core.base import log
from core.base.arrays import Array
from core.base.translation import _
from core.base.values import dataclass
from core.data.dataset import Dataset
from core.engines.lane_engine import LANES
from core.engines.numpy_forward import NumpyForwardPass
from core.explain.maps import OutputMap, Plane, output_map_of
from core.network.network import Network
from core.network.optimizers import OPTIMIZERS
from core.sweeps.lane_training import RunsInLanes, lane_group, suits_lanes
from core.sweeps.run_result import PlannedRun
from core.sweeps.run_training import returned
from core.training.divergence import Diverged
from core.training.experiment import MAX_SEED, Experiment
from core.training.history import History
from core.training.preparation import prepare
from core.training.stopping import stop_at_end
from core.training.timeline.saved_branches import LAST_POSITION
from core.training.trainer import Trainer
from core.workbench.many_runs import MOST_SEEDS
from core.workbench.many_runs.kept_run import KeptRun, keep_line
from core.workbench.many_runs.lane_loader import LaneLoader
from core.workbench.run_id import WorkId, new_run_id
from core.workbench.worker.channels import FrameInProgress

PIECE_SECONDS = 0.005
"""How long one group is trained before the next one."""
NICENESS = 10
"""Of the thread, where the system knows such a thing: the window and its worker go before."""
NUMPY_WORK = 200_000
"""Samples times parameters that NumPy trains at a time; it keeps the interpreter's lock meanwhile."""

RUNNING, DONE, DIVERGED = "running", "done", "diverged"


@dataclass(frozen=True, eq=False)
class BesideMember:
    """One member.

    Attributes:
        number: its place among the members.
        experiment: its settings, its seed among them.
        initial: the weights that it began with; None for those of the experiment.
        history: its record so far; it never changes.
        state: "running", "done" or "diverged".
        end: the position where it ended: that of the best epoch, where it stopped early; 0 while it runs.
        parameters: those there, shape (parameters,); None while it runs, and where it diverged.
    """

    number: int
    experiment: Experiment
    initial: Array | None
    history: History
    state: str = RUNNING
    end: int = 0
    parameters: Array | None = None

    @property
    def seed(self) -> int:
        """That of its settings."""
        return self.experiment.seed

    @property
    def tip(self) -> int:
        """Where it ended, or the last record while it runs or where it diverged."""
        return self.end or (int(self.history.table[-1, 0]) if len(self.history) else 0)

    def kept(self, dataset: Dataset, work: WorkId) -> KeptRun:
        """The member as a run that can be opened: it is trained again from its start, to the same bits."""
        trainer = Trainer(self.experiment, dataset, self.initial)
        kept = keep_line(trainer, new_run_id(), work, self.initial, note="" if self.state != DIVERGED else "diverged")
        parameters = kept.parameters if self.parameters is None else self.parameters
        at = 0 if self.parameters is None else self.tip
        return replace(kept, history=self.history, tip=self.tip, parameters=parameters, parameters_at=at)


class _Group(Protocol):
    """Members that are trained together."""

    def training(self, epochs: int) -> Generator[object, None, None]:
        """Train in steps."""

    def members(self) -> Iterable[BesideMember]:
        """As they are now."""


class _InLanes:
    """Up to eight members in the lanes of the vector unit."""

    def __init__(self, first: int, experiments: Sequence[Experiment], dataset: Dataset, initial: Array | None) -> None:
        self._first, self._experiments, self._initial = first, experiments, initial
        self._runs = RunsInLanes([PlannedRun((), one) for one in experiments], dataset, initial)
        self.training = self._runs.training

    def members(self) -> Iterable[BesideMember]:
        pairs = zip(self._experiments, self._runs.states, strict=True)
        for number, (experiment, state) in enumerate(pairs, start=self._first):
            ending = DIVERGED if not state.is_finite else RUNNING if state.parameters is None else DONE
            yield BesideMember(number, experiment, self._initial, state.history, ending, state.end, state.parameters)


class _Alone:
    """A member that the lanes do not know, or that is too large to gain by them."""

    def __init__(self, number: int, experiment: Experiment, dataset: Dataset, initial: Array | None) -> None:
        self._number, self._experiment, self._initial = number, experiment, initial
        self._trainer = Trainer(experiment, dataset, initial)
        self._state = RUNNING

    def training(self, epochs: int) -> Generator[object, None, None]:
        trainer, stop = self._trainer, None
        goal, piece = epochs * trainer.epoch_length, max(1, NUMPY_WORK // trainer.network.parameters.size)
        try:
            while trainer.position < goal:
                stop = yield from trainer.advancing(min(goal - trainer.position, piece))
                if stop is not None:
                    break
                trainer.tree.present.thin(LAST_POSITION)  # so many runs have no room for the keyframes of each
                yield True
            else:
                stop = stop_at_end(trainer.history, trainer.position, trainer.settings)
            if stop is not None:
                returned(trainer, stop)
            self._state = DONE
        except Diverged:
            self._state = DIVERGED

    def members(self) -> Iterable[BesideMember]:
        trainer = self._trainer
        history, ended = trainer.recorder.writer.view(), self._state == DONE
        end, parameters = (trainer.position, trainer.network.parameters.copy()) if ended else (0, None)
        yield BesideMember(self._number, self._experiment, self._initial, history, self._state, end, parameters)


class BesideTraining:
    """Trains members in a thread of its own, which goes after the window and its worker.

    Args:
        experiments: the settings of each member; the data are the same.
        dataset: the data.
        epochs: to train.
        frame: tells when the window is at work on a frame; then nothing is trained.
        initial: the weights that all begin with; None for those that each experiment draws.

    Attributes:
        experiments, dataset, epochs: as above.
        error: why it ended before its time; empty if it did not.
    """

    def __init__(
        self,
        experiments: Sequence[Experiment],
        dataset: Dataset,
        epochs: int,
        frame: FrameInProgress,
        initial: Array | None = None,
    ) -> None:
        self.experiments, self.dataset, self.epochs = tuple(experiments), dataset, epochs
        self.error = ""
        self._frame, self._initial = frame, initial
        self._members: dict[int, BesideMember] = {}
        self._is_paused = self._waits = False
        self._goes, self._cancelled = threading.Event(), threading.Event()
        self._goes.set()
        self._thread = threading.Thread(target=self._run, name="beside", daemon=True)
        self._is_running = True
        self._loader = LaneLoader()

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def pause(self, paused: bool) -> None:
        """Pause, or go on."""
        self._is_paused = paused
        self._let()

    def wait(self, waits: bool) -> None:
        """Wait, whether or not it is paused, or go on if it is not."""
        self._waits = waits
        self._let()

    def _let(self) -> None:
        if self._is_paused or self._waits:
            self._goes.clear()
        else:
            self._goes.set()

    @property
    def is_paused(self) -> bool:
        """Whether it waits to go on."""
        return self._is_paused

    @property
    def is_running(self) -> bool:
        """Whether members are still to be trained."""
        return self._is_running

    def cancel(self) -> None:
        """End the thread, and wait for its end; what was trained stays."""
        self._cancelled.set()
        self._goes.set()
        self._loader.close()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def total(self) -> int:
        """The number of members, those not begun included."""
        return len(self.experiments)

    def members(self) -> tuple[BesideMember, ...]:
        """The members that were begun, in their order; any thread may ask."""
        members = dict(self._members)
        return tuple(members[number] for number in sorted(members))

    # ---------------------------------------------------------------- in the thread

    def _run(self) -> None:
        with contextlib.suppress(AttributeError, OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)  # of this thread alone, on Linux
        try:
            self._train()
        except Exception as error:  # noqa: BLE001 (the window must hear of it and live on)
            sentence = _("An error inside the program stopped the training beside the window: {name}: {error}")
            self.error = log.text_of_error(error, sentence)
        finally:
            self._is_running = False

    def _train(self) -> None:
        """All groups in turn, a piece of each, so that their members grow together."""
        waiting: deque[tuple[_Group, Generator[object, None, None]]] = deque()
        for group in self._groups():
            if self._cancelled.is_set():
                return
            waiting.append((group, group.training(self.epochs)))
            self._do_piece(waiting)
        while waiting and not self._cancelled.is_set():
            self._do_piece(waiting)

    def _do_piece(self, waiting: deque[tuple[_Group, Generator[object, None, None]]]) -> None:
        group, steps = waiting.popleft()
        ends = time.perf_counter() + PIECE_SECONDS
        try:
            while time.perf_counter() < ends and not self._cancelled.is_set():
                self._goes.wait()
                self._frame.wait_for_end()
                next(steps)
            waiting.append((group, steps))
        except StopIteration:
            pass
        self._members |= {member.number: member for member in group.members()}

    def _groups(self) -> Iterable[_Group]:
        """In lanes, unless there are so few members that waiting for the lanes would not pay."""
        experiments, dataset, initial = self.experiments, self.dataset, self._initial
        group = lane_group(experiments[0])
        is_one = group is not None and all(lane_group(other) == group for other in experiments[1:])
        if (
            len(experiments) > LANES
            and is_one
            and suits_lanes(experiments[0], prepare(experiments[0], dataset))
            and self._loader.load()
        ):
            for start in range(0, len(experiments), LANES):
                yield _InLanes(start, experiments[start : start + LANES], dataset, initial)
        else:
            for number, experiment in enumerate(experiments):
                yield _Alone(number, experiment, dataset, initial)


def with_seeds_beside(experiment: Experiment, count: int) -> list[Experiment]:
    """The experiment with ``count`` seeds that follow its own; behind the largest one the smallest follow."""
    seed = experiment.seed
    return [experiment.replace(seed=(seed + 1 + k) % (MAX_SEED + 1)) for k in range(min(count, MOST_SEEDS))]


def with_all_optimizers(experiment: Experiment) -> list[Experiment]:
    """The experiment with each of the optimizers; everything else is the same."""
    return [experiment.replace(optimizer=name) for name in OPTIMIZERS]


def with_rates_around(experiment: Experiment) -> list[Experiment]:
    """The experiment with its learning rate and with rates that are 3 and 10 times smaller and larger."""
    rates = (experiment.learning_rate * factor for factor in (0.1, 1 / 3, 1.0, 3.0, 10.0))
    return [experiment.replace(learning_rate=float(f"{rate:.3g}")) for rate in rates]


@dataclass(frozen=True, eq=False)
class MemberDecision:
    """A member that ended, on its data: what its border needs."""

    member: BesideMember
    dataset: Dataset

    @property
    def experiment(self) -> Experiment:
        """Its settings."""
        return self.member.experiment

    def decision(self, plane: Plane) -> OutputMap:
        """The decision where it ended, over a plane of the data."""
        assert self.member.parameters is not None
        preparation = prepare(self.member.experiment, self.dataset)
        network = Network(preparation.sizes, preparation.activations, self.member.parameters)
        return output_map_of(preparation, NumpyForwardPass(network), plane)
