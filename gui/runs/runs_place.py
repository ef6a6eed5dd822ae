"""Where the list of runs stands, which is made when it is first seen or asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gui.widgets.forms import LatePlace
from gui.widgets.theme import Theme

if TYPE_CHECKING:
    from core.workbench.many_runs.run_rows import RunRow
    from gui.runs.runs_view import RunsView


class RunsPlace(LatePlace["RunsView"]):
    """Holds the list of runs.

    Args:
        theme: returns the present theme.
    """

    def __init__(self, theme: Callable[[], Theme]) -> None:
        super().__init__()
        self._theme = theme

    def _make(self) -> RunsView:
        from gui.runs.runs_view import RunsView  # here, since the first picture does without

        return RunsView(self._theme())

    def selected_rows(self) -> list[RunRow]:
        """The rows that are selected in the list; none while nobody sees it."""
        return self.view.selected_rows() if self.is_seen else []

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        if self._view is not None:
            self._view.set_theme(theme)
