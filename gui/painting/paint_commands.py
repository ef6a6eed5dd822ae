"""The actions of the menu Paint. The painting tools are imported when they are first needed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QAction, QWidget

from core.base.translation import _
from core.workbench.messages import Loaded
from core.workbench.run_id import WorkId
from gui.decision.decision_view import DecisionView
from gui.explanation.walk_player import WalkPlayer
from gui.session.command_context import CommandContext, WriteFile
from gui.session.file_dialog import ask_to_save
from gui.widgets.forms import allow
from gui.widgets.theme import Theme

if TYPE_CHECKING:
    from core.base.progress import Progress
    from core.data.dataset import Dataset
    from gui.painting.painting_tool import PaintingTool
    from gui.painting.palette import Palette

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
"""Actions that are enabled only while painting is on."""


class PaintCommands:
    """Handlers of those actions.

    Args:
        actions: every action of the window, by name.
        scatter: the plot to paint in.
        player: the walk, which ends when painting begins.
        write_file: writes a file in the background.
        keep_keys: lets the buttons and sliders in a widget keep their keys; for controls that were added later.
    """

    def __init__(
        self,
        context: CommandContext,
        actions: dict[str, QAction],
        scatter: DecisionView,
        player: WalkPlayer,
        write_file: WriteFile,
        keep_keys: Callable[[QWidget], None],
    ) -> None:
        self._context, self._actions, self._scatter, self._player = context, actions, scatter, player
        self._write_file, self._keep_keys = write_file, keep_keys
        self._painter: PaintingTool | None = None
        self._palette: Palette | None = None
        self._work: WorkId | None = None
        button, action = scatter.paint_button, actions["paint"]
        button.setDefaultAction(action)
        action.setIconText(_("Paint"))
        actions["relabel-points"].setIconText(_("Relabel"))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._show()

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return the handlers by the names of their actions."""
        return {
            "paint": self.toggle,
            "new-canvas": self.new_canvas,
            **{f"tool-{tool}": partial(self._choose_tool, tool) for tool in TOOLS},
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
        """The painting tools, made when first needed."""
        if self._painter is None:
            from gui.painting.painting_tool import PaintingTool
            from gui.painting.palette import Palette

            context, theme = self._context, self._context.theme()
            self._palette = Palette(self._actions, theme)
            self._palette.left.connect(self._escape)
            self._painter = PaintingTool(context.session, self._scatter, self._palette, theme)
            self._painter.pending.refused.connect(context.show_notice)
            self._player.changed.connect(self._share_escape)
            context.session.run_changed.connect(self._follow_run)
            self._follow_run(context.session.loaded)
        return self._painter

    @property
    def active(self) -> bool:
        """Whether the mouse paints."""
        return self._painter is not None and self._painter.active

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        if self._painter is not None:
            self._painter.set_theme(theme)

    # ---------------------------------------------------------------- beginning and ending

    def toggle(self) -> None:
        """Begin or end painting."""
        if self.active:
            self.painter.leave()
        elif self._context.session.loaded is not None:
            self._player.leave()
            self.painter.begin()
            self._keep_keys(self._scatter)
        self._show()

    def new_canvas(self) -> None:
        """Begin to paint a new, empty data set."""
        if self._context.session.loaded is None:
            return
        self.painter.new_canvas()
        if not self.active:
            self.toggle()

    def _follow_run(self, loaded: Loaded | None) -> None:
        """End painting when other data take the place of those that were painted on."""
        if loaded is None:
            return
        is_other, self._work = loaded.work != self._work, loaded.work
        if is_other and self.active and loaded.canvas is None and loaded.experiment.data.drawn is None:
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
        """Let the Escape key end a walk before it ends painting."""
        if self._palette is not None:
            self._palette.escape.setEnabled(self._player.walk is None)

    def _show(self) -> None:
        """Enable and check the actions that suit the present state."""
        actions = self._actions
        actions["paint"].setChecked(self.active)
        for name in WHILE_PAINTING:
            allow(actions[name], "" if self.active else _("points are not being edited; press D to begin"))
        for tool in TOOLS:
            actions[f"tool-{tool}"].setChecked(self.active and self.painter.tool == tool)

    # ---------------------------------------------------------------- saving

    def ask_to_save_points(self) -> None:
        """Ask for a file name and write the points to it as CSV."""
        window, folder = self._context.window, self._context.last_folder
        path = ask_to_save(window, folder, _("Save points"), "points.csv", {".csv": _("Points as CSV")})
        if path is not None:
            self.save_points(path)

    def save_points(self, path: Path) -> None:
        """Write the points as CSV."""
        loaded = self._context.session.loaded
        if loaded is not None:
            self._write_file(path, partial(_points_csv, loaded.dataset))


def _points_csv(dataset: Dataset, progress: Progress) -> bytes:
    from core.storage.exports.csv_tables import points_csv  # here, since it would slow down the start

    return points_csv(dataset, progress).encode("utf-8", "backslashreplace")
