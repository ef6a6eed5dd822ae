"""Answers the window's questions with reports, whatever happens meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from core.training.timeline.replay import replay_if_short
from core.workbench.messages import Captured, Publish, WorkerEvents, WorkerReport, WorkerState
from core.workbench.worker.activity import Activity, Dragged, Explaining, Measuring, Playing, Resting, Travelling
from core.workbench.worker.shared_state import SharedState
from core.workbench.worker.snapshot_maker import SnapshotMaker

Value = TypeVar("Value")


class ReportMaker:
    """Puts reports together. A part that cannot be made is left out, and the report tells of the fault."""

    def __init__(self, shared: SharedState, snapshots: SnapshotMaker) -> None:
        self._shared, self._snapshots = shared, snapshots

    def answer(self, question: Publish, in_training: bool = False) -> WorkerReport:
        """The answer to a question, between two pieces of work, so that its numbers belong together.

        In the middle of an evaluation ``in_training`` the record of the position may be still to come, so nothing is
        captured there. For a run that rests, an evaluation that takes long is put off: the answer comes first, with the
        loss and score measured before, and does not say any more that training plays.
        """
        self._part(self._follow_drag, None)
        began = time.perf_counter()
        shared, snapshots, events = self._shared, self._snapshots, self._shared.events
        put_off = in_training or bool(self._part(self._puts_evaluation_off, False))
        measuring = put_off and (shared.run is None or shared.cannot_measure is not shared.run)
        loaded = self._part(lambda: shared.runs.loaded(events.opened_at), None) if events.loaded else None
        fresh = question.fresh or events.loaded
        snapshot = self._part(
            lambda: snapshots.take(shared.run, question.request, shared.is_moving, fresh, measured_later=put_off), None
        )
        probe = self._part(lambda: snapshots.probe(shared.run, question.probe), None)
        captured = () if in_training or isinstance(shared.activity, Travelling) else self._captured()
        captured, events.captured = (*events.captured, *captured), []
        # The state comes last, since a fault in any other part stops the run; and where a fault in the state itself
        # has stopped the run, there is less to tell.
        state = self._part(lambda: self._state(measuring), None) or self._part(
            lambda: self._state(measuring), WorkerState(measuring=measuring)
        )
        left, lines = shared.runs.take_left(), shared.runs.kept_lines
        report = WorkerReport(
            state,
            WorkerEvents(
                loaded,
                tuple(events.notices),
                events.walked,
                events.gradient_check,
                captured,
                left,
                lines.take_kept(),
                lines.take_left(),
            ),
            snapshot,
            probe,
            time.perf_counter() - began,
            question.number,
        )
        events.loaded = events.loaded and loaded is None and shared.run is not None
        events.notices, events.walked, events.gradient_check = [], None, None
        return report

    def _follow_drag(self) -> None:
        """Let the run stand where its head was dragged last, if that is near a keyframe."""
        activity, run = self._shared.activity, self._shared.run
        if isinstance(activity, Dragged) and run is not None:
            replay_if_short(run.trainer, activity.destination)

    def _part(self, make: Callable[[], Value], otherwise: Value) -> Value:
        try:
            return make()
        except Exception as error:  # noqa: BLE001 (the window waits for an answer)
            self._shared.note_fault(error)
            return otherwise

    def _puts_evaluation_off(self) -> bool:
        """Whether loss and score are measured behind this answer: only where older ones can be shown meanwhile."""
        shared = self._shared
        if shared.run is None or shared.is_moving:
            return False
        trainer = shared.run.trainer
        if not trainer.evaluation_waits or not trainer.has_evaluations:
            return False
        if isinstance(shared.activity, Resting) and shared.cannot_measure is not shared.run:
            shared.activity = Measuring(trainer.evaluating())
        return True

    def _captured(self) -> tuple[Captured, ...]:
        """What was asked for. Where it cannot be copied there is nothing in it, so that nobody waits for it."""
        asked, self._shared.events.captures[:] = tuple(self._shared.events.captures), []
        nothing = tuple(Captured(request, None, None) for request in asked)
        return self._part(lambda: self._shared.runs.captured(asked), nothing)

    def _state(self, measuring: bool) -> WorkerState:
        shared, activity, run = self._shared, self._shared.activity, self._shared.run
        return WorkerState(
            run=None if run is None else run.id,
            playing=isinstance(activity, Playing),
            goal=_goal(activity),
            samples_per_second=shared.speed.reached() if shared.is_training else 0.0,
            pace=shared.speed.pace if shared.speed.rises and _is_endless(activity) else None,
            travelling=isinstance(activity, Travelling),
            dragged=isinstance(activity, Dragged),
            preparing=shared.waits_for_engine,
            loading=shared.loader.loaded if shared.loader.is_running else None,
            walking=isinstance(activity, Explaining) and activity.done is None,
            checked=activity.done if isinstance(activity, Explaining) else None,
            measuring=measuring,
            engine="" if run is None else run.trainer.engine_name,
            undo_text=shared.runs.undo_text,
            redo_text=shared.runs.redo_text,
            stamp=shared.runs.stamp(),
            timeline=shared.runs.timeline(),
        )


def _is_endless(activity: Activity) -> bool:
    return isinstance(activity, Playing) and activity.end is None


def _goal(activity: Activity) -> tuple[int, int] | None:
    if not isinstance(activity, Playing) or activity.end is None:
        return None
    return activity.begin, activity.end
