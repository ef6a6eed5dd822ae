"""Where the report stands, which is made when it is first seen or asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QVBoxLayout, QWidget

from core.explain.snapshot import Snapshot
from core.workbench.messages import Loaded
from gui.widgets.theme import Theme

if TYPE_CHECKING:
    from gui.report.report_view import FitPlots, ReportView


class ReportPlace(QWidget):
    """Holds the report.

    Args:
        theme: returns the present theme. make_fit: makes what shows the predictions of a regression.

    Signals:
        made(ReportView): the report was made.
        wanted(bool), marked(array), copy_wanted(), save_wanted(): see :class:`gui.report.report_view.ReportView`.
    """

    made = pyqtSignal(object)
    wanted = pyqtSignal(bool)
    marked = pyqtSignal(object)
    copy_wanted = pyqtSignal()
    save_wanted = pyqtSignal()

    def __init__(self, theme: Callable[[], Theme], make_fit: Callable[[Theme], FitPlots]) -> None:
        super().__init__()
        self._theme, self._make_fit = theme, make_fit
        self._view: ReportView | None = None
        self._loaded: Loaded | None = None
        self._snapshot: Snapshot | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)

    @property
    def view(self) -> ReportView:
        """The report."""
        if self._view is None:
            from gui.report.report_view import ReportView  # here, since the first picture does without

            theme = self._theme()
            self._view = view = ReportView(theme, self._make_fit(theme))
            view.wanted.connect(self.wanted)
            view.marked.connect(self.marked)
            view.copy_wanted.connect(self.copy_wanted)
            view.save_wanted.connect(self.save_wanted)
            view.set_theme(theme)
            if self._loaded is not None:
                view.set_run(self._loaded)
            if self._snapshot is not None:
                view.show_snapshot(self._snapshot)
            self.made.emit(view)
            self._column.addWidget(view)
            view.show()
            self._column.activate()
        return self._view

    @property
    def is_seen(self) -> bool:
        """Whether the user sees the report."""
        return self._view is not None and self._view.is_seen

    def set_seen(self, seen: bool) -> None:
        """Tell whether the user can see it; Qt calls it visible even behind the tab of another dock."""
        if seen or self._view is not None:
            self.view.set_seen(seen)

    def set_run(self, loaded: Loaded) -> None:
        """Show another run."""
        self._loaded, self._snapshot = loaded, None
        if self._view is not None:
            self._view.set_run(loaded)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show its report, if it holds one."""
        self._snapshot = snapshot
        if self._view is not None:
            self._view.show_snapshot(snapshot)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        if self._view is not None:
            self._view.set_theme(theme)
