"""The work between two commands: a slice of training, a block of an evaluation, or a walk."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING
from weakref import WeakSet

from core.base.errors import Cancelled
from core.training.stopping import Stop, best_before
from core.training.timeline.filling import filling
from core.training.timeline.replay import is_free
from core.training.trainer import Trainer
from core.workbench.messages import CheckGradients, Walked
from core.workbench.worker.activity import Dragged, Explaining, Measuring, Playing, Resting, Travelling
from core.workbench.worker.channels import CommandQueue, FrameInProgress
from core.workbench.worker.own_pauses import OwnPauses
from core.workbench.worker.shared_state import SharedState
from core.workbench.worker.snapshot_maker import SnapshotMaker

if TYPE_CHECKING:
    from core.explain.walk import Walk

SLICE_SECONDS = 0.001
"""How long one stretch of training may last. NumPy code keeps the interpreter lock nearly all of that time."""

FREE_SLICE_SECONDS = 0.01
"""The same for the compiled engine, which lets the lock go."""

YIELD_SECONDS = 0.00005
PREPARING_SECONDS = 0.02
"""How often to look whether the engine is ready."""


class TrainingLoop:
    """Does what the activity asks for, one short piece at a time.

    Args:
        may_go_on: answers the questions that wait; whether no command waits that ends a gradient check.
    """

    def __init__(
        self,
        shared: SharedState,
        snapshots: SnapshotMaker,
        commands: CommandQueue,
        frame: FrameInProgress,
        may_go_on: Callable[[], bool],
    ) -> None:
        self._shared, self._snapshots = shared, snapshots
        self._pauses = OwnPauses(shared, snapshots)
        self._commands, self._frame = commands, frame
        self._may_go_on = may_go_on
        self._filling: tuple[Trainer, Generator[None]] | None = None
        self._filled: WeakSet[Trainer] = WeakSet()

    def seconds_to_wait(self) -> float | None:
        """None while there is nothing to do but wait for a command; 0 to go on at once."""
        shared, activity = self._shared, self._shared.activity
        if isinstance(activity, Measuring):
            return 0.0
        if isinstance(activity, Explaining):
            return PREPARING_SECONDS
        if isinstance(activity, Dragged):
            return None
        if isinstance(activity, Resting) or shared.run is None:
            return 0.0 if self._has_gaps() else None
        if shared.waits_for_engine:
            return PREPARING_SECONDS
        return shared.speed.seconds_to_wait(paced=self._is_paced())

    def work(self) -> Generator[bool, None, None]:
        """Do a piece of the activity.

        Yields:
            False between two blocks of an evaluation; True where a record is complete, and the run may be left.
        """
        activity = self._shared.activity
        if isinstance(activity, Measuring):
            self._measure_a_block(activity)
        elif isinstance(activity, Explaining):
            self.explain(activity)
        elif isinstance(activity, Resting):
            self._fill_gaps()
        elif isinstance(activity, Playing | Travelling) and self._shared.prepare_engine():
            yield from self._train_a_slice()
            yield from self._measure_if_due()

    def _has_gaps(self) -> bool:
        return self._next_with_gaps() is not None

    def _next_with_gaps(self) -> Trainer | None:
        """A trainer of the tree whose keyframes may be missing, and whose engine can add them beside the window."""
        trainers = (run.trainer for run in self._shared.runs.runs)
        return next((one for one in trainers if one not in self._filled and is_free(one)), None)

    def _fill_gaps(self) -> None:
        trainer = self._next_with_gaps()
        if trainer is None:
            return
        if self._filling is None or self._filling[0] is not trainer:
            self._filling = trainer, filling(trainer)
        try:
            next(self._filling[1])
        except StopIteration:
            self._filling = None
            self._filled.add(trainer)
        except Exception:
            self._filling = None
            self._filled.add(trainer)  # or it would fail again and again
            raise
        self._shared.runs.share_memory()

    def _measure_a_block(self, activity: Measuring) -> None:
        try:
            next(activity.steps)
        except StopIteration:
            self._shared.activity = Resting()
        except Exception:
            self._shared.cannot_measure = self._shared.run  # or each report would begin the measurement again
            raise

    def explain(self, activity: Explaining) -> None:
        """Make the walk or the check as soon as the run's own engine can: its numbers are the engine's."""
        if not self._shared.prepare_engine():
            return
        assert self._shared.run is not None
        trainer, request = self._shared.run.trainer, activity.request
        try:
            if isinstance(request, CheckGradients):
                self._check_gradients(trainer, activity)
            else:
                self._shared.events.walked = Walked(request, _walk(trainer, request.row))
        finally:
            if self._shared.activity is activity:
                self._shared.activity = Resting()

    def _check_gradients(self, trainer: Trainer, activity: Explaining) -> None:
        from core.explain.gradient_check import check_gradients  # here, since few need it

        def goes_on(done: float) -> bool:
            activity.done = done
            return self._may_go_on() and self._shared.activity is activity

        with contextlib.suppress(Cancelled):
            self._shared.events.gradient_check = check_gradients(trainer, progress=goes_on)

    def _train_a_slice(self) -> Generator[bool, None, None]:
        shared = self._shared
        assert shared.run is not None
        trainer = shared.run.trainer
        trainer.prepare_engine()
        keeps_lock = trainer.engine_name == "numpy"
        if keeps_lock:
            self._frame.wait_for_end()
        began = time.perf_counter()
        self._pauses.pause_for_verdict(shared.run)
        end = self._pauses.lesson_end(shared.run)
        samples = self._samples_due(trainer, began, end)
        if samples > 0:
            stop = yield from trainer.advancing(samples)
            ended = time.perf_counter()
            wanted_seconds = SLICE_SECONDS if keeps_lock else FREE_SLICE_SECONDS
            shared.speed.note(samples, began, ended, trainer.position, wanted_seconds)
            shared.speed.see(trainer.recorder.measures)
            if stop is not None and not isinstance(shared.activity, Travelling):  # which ends at its destination
                self._end_run(trainer, stop)
        self._stop_at_goal(trainer)
        if trainer.position == end:
            self._pauses.pause_for_lesson(shared.run)
        if keeps_lock:
            time.sleep(YIELD_SECONDS)  # gives the interpreter lock away

    def _is_paced(self) -> bool:
        """Whether the pace counts: not on the way to a position, and a rising one not for a number of epochs."""
        activity = self._shared.activity
        return isinstance(activity, Playing) and not (activity.end is not None and self._shared.speed.rises)

    def _samples_due(self, trainer: Trainer, now: float, end: int | None) -> int:
        activity = self._shared.activity
        samples = self._shared.speed.samples_due(now, paced=self._is_paced())
        if isinstance(activity, Travelling):
            end = activity.destination
        elif isinstance(activity, Playing) and activity.end is not None:
            end = activity.end
        return samples if end is None else min(samples, end - trainer.position)

    def _end_run(self, trainer: Trainer, stop: Stop) -> None:
        self._shared.stop()
        self._shared.tell(stop.text, "stopped")
        if stop.return_to is not None:
            trainer.head.return_to(stop.return_to)
            self._shared.travel_to(stop.return_to)

    def _stop_at_goal(self, trainer: Trainer) -> None:
        activity = self._shared.activity
        if isinstance(activity, Travelling) and trainer.position >= activity.destination:
            self._shared.stop()
            self._commands.put_first(activity.waiting)
        elif isinstance(activity, Playing) and activity.end is not None and trainer.position >= activity.end:
            assert self._shared.run is not None
            if activity.verdict and not self._pauses.pauses_at_end(self._shared.run, activity):
                return
            self._shared.stop()
            best = best_before(trainer.history, trainer.position, trainer.settings)
            if best is not None:
                self._shared.tell(best[1], "ended", best[0])

    def _measure_if_due(self) -> Generator[bool, None, None]:
        """While the run plays, measure what no answer waits for."""
        shared = self._shared
        if shared.is_training and shared.run is not None and self._snapshots.is_measuring_due(shared.run.trainer):
            for _ in shared.run.trainer.evaluating():
                yield False


def _walk(trainer: Trainer, row: int | None) -> Walk:
    from core.explain.walk import walk_sample, walk_update  # here, since the first picture shows no walk

    return walk_update(trainer) if row is None else walk_sample(trainer, row)
