"""The painted points that the run does not have yet."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PyQt5.QtCore import QObject, pyqtSignal

from core.base.errors import LensError
from core.base.number_text import grouped
from core.base.translation import _
from core.data.dataset import Dataset
from core.data.drawn_points import MAX_POINTS, DrawnPoints, drawn_from, empty_canvas
from core.data.point_edits import add_class, remove
from core.network.tasks import CLASSIFICATION
from core.workbench.messages import Notice
from gui.session.session import Session


class PendingPoints(QObject):
    """Hands changed points to the session, which makes each change one step of undo.

    Points that the session has not confirmed yet are kept here, so that the next stroke can follow at once. Otherwise
    the points are those of the session.

    Signals:
        changed(): the run or the points changed, or the session confirmed them.
        refused(Notice): a change is impossible.
    """

    changed = pyqtSignal()
    refused = pyqtSignal(object)

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._ahead: DrawnPoints | None = None
        self._known: tuple[object, DrawnPoints] | None = None
        session.run_changed.connect(lambda _: self.changed.emit())
        session.experiment_changed.connect(lambda _: self._forget_pending())

    @property
    def drawn(self) -> DrawnPoints:
        """The points with the last change; raises DataError if they are too many to paint."""
        loaded = self._session.loaded
        if self._ahead is not None or loaded is None:
            return self._ahead or empty_canvas()
        if self._known is None or self._known[0] is not loaded:
            self._known = loaded, loaded.experiment.data.drawn or drawn_from(loaded.dataset)
        return self._known[1]

    @property
    def shown(self) -> Dataset | None:
        """The points that the views show; None before the first run."""
        return self._session.loaded.dataset if self._session.loaded is not None else None

    @property
    def is_ahead(self) -> bool:
        """Whether the views do not show these points yet."""
        loaded = self._session.loaded
        return self._ahead is not None and loaded is not None and self._ahead != loaded.experiment.data.drawn

    @property
    def waits(self) -> bool:
        """Whether the points are too few to train on."""
        return self._session.loaded is not None and self._session.loaded.canvas is not None

    def edit(self, change: Callable[[DrawnPoints], DrawnPoints]) -> bool:
        """Change the points; false if that changes nothing, or is impossible, which ``refused`` announces."""
        try:
            before = self.drawn
            after = change(before)
        except LensError as error:
            self.refused.emit(Notice(str(error), "none"))
            return False
        if after == before:
            return False
        if len(after) == MAX_POINTS > len(before):
            self.refused.emit(
                Notice(
                    _("There are {max_points} points now; no more can be drawn.").format(
                        max_points=grouped(MAX_POINTS)
                    ),
                    "none",
                )
            )
        self._ahead = after
        self._session.paint(after)
        self.changed.emit()
        return True

    def begin_anew(self) -> None:
        """Remove all points and keep the task; the next run starts with new weights."""
        experiment = self._session.experiment
        self._ahead = empty_canvas(task=experiment.task if experiment is not None else CLASSIFICATION)
        self._session.paint(self._ahead, anew=True)
        self.changed.emit()

    def clear(self) -> None:
        """Remove all points; the classes are kept."""
        self.edit(lambda drawn: remove(drawn, np.ones(len(drawn), dtype=np.bool_)))

    def add_class(self) -> bool:
        """Add a class, named by the first free number."""

        def named(drawn: DrawnPoints) -> DrawnPoints:
            free = next(str(k) for k in range(len(drawn.class_names) + 1) if str(k) not in drawn.class_names)
            return add_class(drawn, free)

        return self.edit(named)

    def _forget_pending(self) -> None:
        """The session confirmed the painted points, or replaced them."""
        self._ahead = None
        self.changed.emit()
