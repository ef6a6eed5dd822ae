"""Where a run that plays with a rising speed pauses by itself, so that nobody comes back to thousands of epochs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from core.base.translation import _
from core.training.timeline.branches import Branch
from core.training.trainer import Trainer
from core.workbench.runs import Run
from core.workbench.worker.activity import Playing
from core.workbench.worker.shared_state import SharedState
from core.workbench.worker.snapshot_maker import SnapshotMaker

if TYPE_CHECKING:
    from core.explain.verdict.verdict import Verdict

LONG = 4
"""A plateau has lasted where the run, or what came after its last change, is so many times as old as at its first
verdict; many end before that."""

OF_LEARNING = {"data", "features", "hidden"}
"""With other points, inputs or layers than its preset's a run may have most to learn where the preset ends."""


class OwnPauses:
    """Pauses at the end of a preset and, where that does not lie ahead, when the run is done, overfits or stands still.

    Each pause is made once on a branch, and once more behind each change. A number of epochs, a constant speed and full
    speed know none. A run of other layers, inputs or points than the preset's does not pause at its end while it
    learns.
    """

    def __init__(self, shared: SharedState, snapshots: SnapshotMaker) -> None:
        self._shared, self._snapshots = shared, snapshots
        self._known: WeakKeyDictionary[Branch, set[tuple[str, int]]] = WeakKeyDictionary()  # verdicts behind changes
        self._plateaus: WeakKeyDictionary[Branch, int] = WeakKeyDictionary()  # where the verdict became one
        self._outlived: Verdict | None = None  # one that no longer held where the run was to pause for it

    def lesson_end(self, run: Run) -> int | None:
        """The position ahead at which the run's preset ends; None where there is no pause."""
        if run.lesson is None or not self._may_pause:
            return None
        end = run.lesson.epochs * run.trainer.epoch_length
        return end if run.trainer.tree.present.tip < end else None

    def pause_for_lesson(self, run: Run) -> None:
        """The preset ends here."""
        assert run.lesson is not None
        changed = run.experiment.changed_fields(run.lesson.experiment)
        text = _("Paused at epoch {epoch}, the end of the preset “{title}”. Press Space to train on.")
        if changed or run.trainer.settings_over_time.changes:
            text = _("Paused at epoch {epoch}, as the preset “{title}” does. Press Space to train on.")
        if changed.isdisjoint(OF_LEARNING) or not _learns(run.trainer):
            self._pause(text.format(epoch=run.trainer.epoch, title=run.lesson.short_title))

    def pause_for_verdict(self, run: Run) -> None:
        """Let the run pause at the end of this epoch if the newest verdict is one to read, and none here was before.

        One that was there before the run began to play, or comes while it does not pause by itself, has been seen.
        """
        verdict = self._snapshots.newest_verdict(run.trainer)
        if verdict is None or verdict is self._outlived:
            return
        from core.explain.verdict import verdict as verdicts  # here, as the first picture does without

        branch, settings = run.trainer.tree.present, run.trainer.settings_over_time
        changed = settings.changed_last(verdict.position - 1)  # what is changed here lies behind the verdict
        known, found = self._known.setdefault(branch, set()), (verdict.kind, changed)
        is_long = verdict.kind == verdicts.PLATEAU and self._has_lasted(branch, verdict, changed)
        if not (is_long or verdict.kind in (verdicts.DONE, verdicts.OVERFITTING)) or found in known:
            return
        known.add(found)
        activity = self._shared.activity
        if not isinstance(activity, Playing) or not activity.begin < verdict.position <= run.trainer.position:
            return
        if self._may_pause and self.lesson_end(run) is None:
            # The window counts whole epochs, and inside one a loss that jumps is not that of its end.
            end = (
                run.trainer.end_of("epoch") if run.trainer.position % run.trainer.epoch_length else run.trainer.position
            )
            self._shared.activity = Playing(activity.begin, end, verdict.kind)

    def pauses_at_end(self, run: Run, activity: Playing) -> bool:
        """Whether a run that has come to the end of an epoch for a verdict pauses, which is told.

        It plays on where it is another one there.
        """
        from core.explain.verdict.judging import judge  # here, as the first picture does without
        from core.explain.verdict.verdict import TITLES

        if judge(run.trainer).kind != activity.verdict:
            known = self._known[run.trainer.tree.present]
            known -= {found for found in known if found[0] == activity.verdict}
            self._outlived = self._snapshots.newest_verdict(run.trainer)
            self._shared.activity = Playing(activity.begin)
            return False
        text = _("Paused: the verdict is “{state}”. Press Space to train on.")
        self._shared.tell(text.format(state=TITLES[activity.verdict]), "paused")
        return True

    def _has_lasted(self, branch: Branch, plateau: Verdict, changed: int) -> bool:
        """Whether a plateau has lasted; the same one may be told as a slow fall at times."""
        begin = self._plateaus.get(branch)
        if begin is None or begin < max(plateau.since, changed):
            begin = self._plateaus[branch] = plateau.position
        return plateau.position - changed >= LONG * (begin - changed)

    @property
    def _may_pause(self) -> bool:
        activity = self._shared.activity
        return self._shared.speed.rises and isinstance(activity, Playing) and activity.end is None

    def _pause(self, text: str) -> None:
        self._shared.stop()
        self._shared.tell(text, "paused")


def _learns(trainer: Trainer) -> bool:
    """Whether there is nothing to read but that it learns, or has not begun to."""
    from core.explain.verdict.judging import judge  # here, since the first picture does without
    from core.explain.verdict.verdict import LEARNING, START

    verdict = judge(trainer)
    return verdict.kind in (START, LEARNING) and not verdict.cause
