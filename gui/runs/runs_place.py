"""Where the list of runs stands, which is made when it is first seen or asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QVBoxLayout, QWidget

from gui.widgets.theme import Theme

if TYPE_CHECKING:
    from core.workbench.many_runs.run_rows import RunRow
    from gui.runs.runs_view import RunsView


class RunsPlace(QWidget):
    """Holds the list of runs.

    Args:
        theme: returns the present theme.

    Signals:
        made(RunsView): the list was made.
        seen(): it came to be seen.

    Attributes:
        is_seen: see :meth:`set_seen`.
    """

    made = pyqtSignal(object)
    seen = pyqtSignal()

    def __init__(self, theme: Callable[[], Theme]) -> None:
        super().__init__()
        self._theme = theme
        self._view: RunsView | None = None
        self.is_seen = False
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    @property
    def view(self) -> RunsView:
        """The list."""
        if self._view is None:
            from gui.runs.runs_view import RunsView  # here, since the first picture does without

            self._view = RunsView(self._theme())
            self.made.emit(self._view)
            self._column.addWidget(self._view)
            self._view.show()
            self._column.activate()
        return self._view

    def selected_rows(self) -> list[RunRow]:
        """The rows that are selected in the list; none while nobody sees it."""
        return self.view.selected_rows() if self.is_seen else []

    def set_seen(self, seen: bool) -> None:
        """Say whether the user sees the list: a dock behind another is not hidden, as Qt has it."""
        was_seen, self.is_seen = self.is_seen, seen
        if seen and not was_seen:
            assert self.view is not None
            self.seen.emit()

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        if self._view is not None:
            self._view.set_theme(theme)
