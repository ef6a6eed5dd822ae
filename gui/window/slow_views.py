"""The views that are not drawn at every frame while training plays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.explain.snapshot import Snapshot
from gui.curves.loss_view import LossView
from gui.curves.plot_head import PlotHead
from gui.explanation.inspector import Inspector

if TYPE_CHECKING:
    from core.explain.verdict.verdict import Verdict

SLOW_TURNS = 3
"""A slow view is drawn at one frame in so many, since a curve of many epochs hardly changes from frame to frame."""


class SlowViews:
    """The loss curves and the inspector, drawn in turn."""

    def __init__(self, loss: LossView, head: PlotHead, inspector: Inspector) -> None:
        self._loss, self._head, self._inspector = loss, head, inspector
        # The first picture of the window does not wait for the plot in the inspector.
        self._views: tuple[LossView | Inspector, ...] = (loss,)
        self._turn, self._turns = 0, SLOW_TURNS
        self._is_new_run = False
        self._verdict: Verdict | None = None

    def set_quality(self, level: int) -> None:
        """Draw half as often at every level above 0, where frames take too long."""
        self._turns = SLOW_TURNS if level == 0 else 2 * SLOW_TURNS

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw the snapshot in the view whose turn it is, if any; the numbers above the curves follow each frame."""
        self._loss.show_numbers(snapshot)
        if self._is_new_run:
            self._is_new_run = False
            self._show_everywhere(snapshot)
            return
        self._turn = (self._turn + 1) % self._turns
        if snapshot.verdict is not self._verdict:  # the card names the same numbers, so it changes along with it
            self._verdict, self._turn = snapshot.verdict, len(self._views) - 1
        if self._turn < len(self._views):
            self._show(self._views[self._turn], snapshot)

    def show_next(self) -> None:
        """Draw the next snapshot in every view, since it is of another run."""
        self._is_new_run = True

    def follow(self, snapshot: Snapshot | None, is_moving: bool) -> None:
        """While the run rests, draw the snapshot in every view, since no frame may follow."""
        if snapshot is not None and not is_moving:
            self._show_everywhere(snapshot)
        self._views = (self._loss, self._inspector)

    def _show_everywhere(self, snapshot: Snapshot) -> None:
        for view in self._views:
            self._show(view, snapshot)

    def _show(self, view: LossView | Inspector, snapshot: Snapshot) -> None:
        view.show_snapshot(snapshot)
        if view is self._loss:  # with its curves, or the line alone would have the plot painted at every frame
            self._head.show_snapshot(snapshot)
