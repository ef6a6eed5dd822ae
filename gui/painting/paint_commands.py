"""What the menu Paint does. The tools themselves are loaded when they are first wanted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5.QtCore import Qt

from core.storage.exports.csv_tables import points_csv
from gui.widgets.file_dialog import ask_to_save

if TYPE_CHECKING:
    from gui.painting.painting_tool import PaintingTool
    from gui.painting.palette import Palette
    from gui.window.main_window import MainWindow

TOOLS = ("point", "brush", "spray", "eraser", "select")
WHILE_PAINTING = (
    *(f"tool-{tool}" for tool in TOOLS),
    "brush-smaller",
    "brush-larger",
    "select-all",
    "relabel-points",
    "delete-points",
    "clear-points",
)
"""Actions that can be done only while one paints."""


class PaintCommands:
    """Handlers of those actions, and what they need of the window."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._painter: PaintingTool | None = None
        self._palette: Palette | None = None

    def handlers(self) -> dict[str, Callable[[], object]]:
        """One for each name in the table of actions."""
        return {
            "paint": self.toggle,
            "new-canvas": self.new_canvas,
            **{f"tool-{tool}": lambda tool=tool: self._choose_tool(tool) for tool in TOOLS},  # type: ignore[misc]
            "brush-smaller": lambda: self.painter.resize(up=False),
            "brush-larger": lambda: self.painter.resize(up=True),
            "select-all": self._select_all,
            "relabel-points": lambda: self.painter.relabel(),
            "delete-points": lambda: self.painter.delete(),
            "clear-points": lambda: self.painter.pending.clear(),
            "save-points": self.ask_to_save_points,
        }

    @property
    def painter(self) -> PaintingTool:
        """The one painter of the window."""
        if self._painter is None:
            from gui.painting.painting_tool import PaintingTool
            from gui.painting.palette import Palette

            window = self._window
            self._palette = Palette(window.actions_by_name, window.theme)
            self._palette.left.connect(self._escape)
            self._painter = PaintingTool(window.session, window.scatter, self._palette, window.theme)
            self._painter.pending.refused.connect(window.notices.show_notice)
            window.player.changed.connect(self._share_escape)
        return self._painter

    @property
    def active(self) -> bool:
        """Whether the mouse paints."""
        return self._painter is not None and self._painter.active

    def connect(self) -> None:
        """Put the button into the plot, and switch the actions off until one paints."""
        button, action = self._window.scatter.paint_button, self._window.actions_by_name["paint"]
        button.setDefaultAction(action)
        action.setIconText("Paint")
        self._window.actions_by_name["relabel-points"].setIconText("Relabel")
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._show()

    def set_theme(self) -> None:
        """Draw in the window's colours."""
        if self._painter is not None:
            self._painter.set_theme(self._window.theme)

    # ---------------------------------------------------------------- beginning and ending

    def toggle(self) -> None:
        """Begin to paint, or leave off."""
        if self.active:
            self.painter.leave()
        elif self._window.session.loaded is not None:
            self._window.player.leave()
            self.painter.begin()
            self._window.keep_keys(self._window.scatter)
        self._show()

    def new_canvas(self) -> None:
        """Begin to paint where there is nothing."""
        if self._window.session.loaded is None:
            return
        self.painter.new_canvas()
        if not self.active:
            self.toggle()

    def _choose_tool(self, tool: str) -> None:
        self.painter.choose_tool(tool)
        self._show()

    def _select_all(self) -> None:
        self.painter.select_all()
        self._show()

    def _escape(self) -> None:
        if not self.painter.escape():
            self.toggle()

    def _share_escape(self) -> None:
        """In a walk the key leaves that first."""
        if self._palette is not None:
            self._palette.escape.setEnabled(self._window.player.walk is None)

    def _show(self) -> None:
        """What can be done now."""
        actions = self._window.actions_by_name
        actions["paint"].setChecked(self.active)
        for name in WHILE_PAINTING:
            actions[name].setEnabled(self.active)
        for tool in TOOLS:
            actions[f"tool-{tool}"].setChecked(self.active and self.painter.tool == tool)

    # ---------------------------------------------------------------- saving

    def ask_to_save_points(self) -> None:
        """Ask for a name, and write the points as CSV."""
        path = ask_to_save(self._window, "Save points", "points.csv", {".csv": "Points as CSV"})
        if path is not None:
            self.save_points(path)

    def save_points(self, path: Path) -> None:
        """Write the points as CSV."""
        loaded = self._window.session.loaded
        if loaded is not None:
            dataset = loaded.dataset
            self._window.exports.write_file(
                path, lambda progress: points_csv(dataset, progress).encode("utf-8", "backslashreplace")
            )
