"""Commands that open data: a table, the clipboard, or a project."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.base.program import PROJECT_SUFFIX
from core.base.translation import _
from gui.projects.project_commands import ProjectCommands
from gui.session.command_context import CommandContext
from gui.session.file_dialog import ask_to_open

if TYPE_CHECKING:
    from gui.tables.table_commands import TableCommands


class DataCommands:
    """Handlers of the actions that open data."""

    def __init__(self, context: CommandContext, projects: ProjectCommands) -> None:
        self._context, self._projects = context, projects
        self._table_commands: TableCommands | None = None

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return the handlers by the names of their actions."""
        return {"open": self.ask_for_table, "paste-table": lambda: self._tables().paste()}

    def ask_for_table(self) -> None:
        """Ask for a table and for the use of its columns."""
        from core.data.tables.table_files import ENDINGS  # here, since it would slow down the start

        kinds = _("Tables ({endings});;All files (*)").format(endings=" ".join(f"*{ending}" for ending in ENDINGS))
        path = ask_to_open(self._context.window, self._context.last_folder, _("Open table"), kinds)
        if path:
            self.open_file(path)

    def edit_table(self) -> None:
        """Ask again for the use of the columns of the present table."""
        self._tables().edit()

    def open_file(self, path: str) -> None:
        """Open a project, or ask for the use of a table's columns."""
        if path.lower().endswith(PROJECT_SUFFIX):
            self._projects.open_file(path)
        else:
            self._tables().open_file(path)

    def close(self) -> None:
        """Close the dialog of a table that is being opened."""
        if self._table_commands is not None:
            self._table_commands.close()

    def _tables(self) -> TableCommands:
        if self._table_commands is None:
            from gui.tables.table_commands import TableCommands  # here, since it would slow down the start

            self._table_commands = TableCommands(self._context, self.open_file, self._projects.recent)
        return self._table_commands
