"""Where the report stands, which is made when it is first seen or asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt5.QtCore import pyqtSignal

from core.explain.snapshot import Snapshot
from core.workbench.messages import Loaded
from gui.widgets.forms import LatePlace
from gui.widgets.theme import Theme

if TYPE_CHECKING:
    from gui.report.report_view import FitPlots, ReportView


class ReportPlace(LatePlace["ReportView"]):
    """Holds the report.

    Args:
        theme: returns the present theme. make_fit: makes what shows the predictions of a regression.

    Signals:
        marked(array), copy_wanted(), save_wanted(): see :class:`gui.report.report_view.ReportView`.
    """

    marked = pyqtSignal(object)
    copy_wanted = pyqtSignal()
    save_wanted = pyqtSignal()

    def __init__(self, theme: Callable[[], Theme], make_fit: Callable[[Theme], FitPlots]) -> None:
        super().__init__()
        self._theme, self._make_fit = theme, make_fit
        self._loaded: Loaded | None = None
        self._snapshot: Snapshot | None = None

    def _make(self) -> ReportView:
        from gui.report.report_view import ReportView  # here, since the first picture does without

        theme = self._theme()
        view = ReportView(theme, self._make_fit(theme))
        view.marked.connect(self.marked)
        view.copy_wanted.connect(self.copy_wanted)
        view.save_wanted.connect(self.save_wanted)
        self.seen.connect(view.set_seen)
        view.set_theme(theme)
        if self._loaded is not None:
            view.set_run(self._loaded)
        if self._snapshot is not None:
            view.show_snapshot(self._snapshot)
        return view

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
