"""The views that are read, which are not drawn at every frame while training plays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from PyQt5.QtCore import QObject, QTimer

from core.explain.snapshot import Snapshot

if TYPE_CHECKING:
    from core.explain.verdict.verdict import Verdict

SLOW_TURNS = 3
"""Each is drawn at one frame in so many, since a curve of many epochs hardly changes from frame to frame."""
REST_MILLISECONDS = 60
"""So long behind the last frame all are drawn, since the next one may be far away."""


class View(Protocol):
    """Draws snapshots."""

    def show_snapshot(self, snapshot: Snapshot) -> object:
        """Draw a snapshot."""


class SlowViews:
    """Draws two groups of views in turn. What a group shows is of one moment, so that its numbers can be compared.

    Args:
        curves: the views that tell losses and epochs.
        card: those that tell of what is selected, and name the numbers of the verdict.
        parent: Qt's.
    """

    def __init__(self, curves: Sequence[View], card: Sequence[View], parent: QObject) -> None:
        self._curves, self._card = curves, card
        # The first picture of the window does not wait for the plot in the card.
        self._groups: tuple[Sequence[View], ...] = (curves,)
        self._turn = 0
        self._is_new_run = False
        self._verdict: Verdict | None = None
        self._unshown: Snapshot | None = None
        self._rest = QTimer(parent)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._catch_up)
        self.set_quality(0)

    def set_quality(self, level: int) -> None:
        """Draw half as often at every level above 0, where frames take too long."""
        times = 1 if level == 0 else 2
        self._turns = times * SLOW_TURNS
        self._rest.setInterval(times * REST_MILLISECONDS)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw the snapshot in the group whose turn it is, if any; a new verdict in the card, and the curves next."""
        if self._is_new_run:
            self._is_new_run = False
            self._show_everywhere(snapshot)
            return
        self._unshown = snapshot
        self._rest.start()
        self._turn = (self._turn + 1) % self._turns
        if snapshot.verdict is not self._verdict:
            self._verdict, self._turn = snapshot.verdict, -1
            _show(self._groups[-1], snapshot)
        elif self._turn < len(self._groups):
            _show(self._groups[self._turn], snapshot)

    def show_next(self) -> None:
        """Draw the next snapshot in every view, since it is of another run."""
        self._is_new_run = True

    def follow(self, snapshot: Snapshot | None, is_moving: bool) -> None:
        """While the run rests, draw in every view what it has not shown yet, since no frame may follow."""
        if not is_moving:
            self._catch_up()
        if len(self._groups) == 1:
            self._groups, self._unshown = (self._curves, self._card), snapshot
            self._rest.start()

    def _show_everywhere(self, snapshot: Snapshot) -> None:
        self._verdict, self._unshown = snapshot.verdict, None
        for group in self._groups:
            _show(group, snapshot)

    def _catch_up(self) -> None:
        if self._unshown is not None:
            self._show_everywhere(self._unshown)


def _show(group: Sequence[View], snapshot: Snapshot) -> None:
    for view in group:
        view.show_snapshot(snapshot)
