"""The actions on sweeps, and the entry "Try several…" of each setting; all else is imported when it is wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt5.QtWidgets import QAction

from gui.session.command_context import CommandContext, WriteFile
from gui.settings.settings_panels import SettingsPanels
from gui.sweeps.recent_sweeps_menu import add_recent_menu
from gui.sweeps.several_menu import SeveralMenu

if TYPE_CHECKING:
    from gui.sweeps.sweep_commands import Keep, SweepCommands


class SweepActions:
    """Handlers of the actions on sweeps.

    Args:
        context: session and ways to reach the user.
        panels: the settings.
        epochs: how many epochs are offered at first.
        write_file: writes a file in the background.
        keep: trains runs beside the present one, and keeps them.
        opens: the action that opens a sweep; the recent ones stand below it.
    """

    def __init__(
        self,
        context: CommandContext,
        panels: SettingsPanels,
        epochs: Callable[[], int],
        write_file: WriteFile,
        keep: Keep,
        opens: QAction,
    ) -> None:
        self._arguments = context, epochs, write_file, keep
        self._made: SweepCommands | None = None
        add_recent_menu(opens, lambda path: self.commands.open_folder(path))
        self.menu = SeveralMenu(panels, context.window)
        self.menu.wanted.connect(self._ask)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return the handlers by the names of their actions."""
        names = "try-several", "open-sweep", "sweep"
        return {name: lambda name=name: self.commands.handlers()[name]() for name in names}  # type: ignore[misc]

    def _ask(self, option: str) -> None:
        self.commands.ask(option)

    @property
    def commands(self) -> SweepCommands:
        """What is done."""
        if self._made is None:
            from gui.sweeps.sweep_commands import SweepCommands  # here, since it would slow down the start

            self._made = SweepCommands(*self._arguments)
        return self._made

    def set_theme(self, _: object) -> None:
        """Draw in other colours."""
        if self._made is not None:
            self._made.set_theme(self._arguments[0].theme())

    def close(self) -> None:
        """End what is trained."""
        if self._made is not None:
            self._made.close()
