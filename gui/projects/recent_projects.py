"""The projects and tables that were opened or saved last, remembered between starts."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from PyQt5.QtWidgets import QAction, QMenu

from core.base.translation import _
from core.storage.settings_file import SettingsFile
from gui.widgets.plain_text import plain
from gui.widgets.qt_objects import existing

MOST = 10
KEY = "projects/recent"


class RecentProjects:
    """The paths of recent projects, newest first."""

    def __init__(self, settings: SettingsFile) -> None:
        self._settings = settings

    def paths(self) -> list[str]:
        """Return at most ``MOST`` paths, also of files that no longer exist."""
        return [path for path in self._settings.texts(KEY) if path][:MOST]

    def add(self, path: str) -> None:
        """Put a path first in the list."""
        full = os.path.abspath(path)
        self._settings.change(KEY, lambda known: [full, *(other for other in known if other not in ("", full))][:MOST])

    def clear(self) -> None:
        """Empty the list."""
        self._settings.remove(KEY)

    def add_menu(self, action: QAction, open_path: Callable[[str], None]) -> None:
        """Put the menu of recent files, which ``open_path`` opens, below the action that opens a project."""
        file_menu = action.associatedWidgets()[0]
        menu = QMenu(_("Open r&ecent"), file_menu.window())
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(lambda: self.fill(menu, open_path))
        file_menu.insertMenu(file_menu.actions()[file_menu.actions().index(action) + 1], menu)

    def fill(self, menu: QMenu, open_path: Callable[[str], None]) -> None:
        """Fill a menu with the projects; those whose file no longer exists are disabled."""
        menu.clear()
        paths = self.paths()
        names = [Path(path).name for path in paths]
        for number, (path, name) in enumerate(zip(paths, names, strict=True), start=1):
            there = os.path.isfile(path)
            title = f"{name} – {Path(path).parent}" if names.count(name) > 1 else name
            title = title.replace("&", "&&") + ("" if there else _(" (not there)"))
            action = existing(menu.addAction(f"&{number % 10} {title}"))
            action.setToolTip(plain(path))
            action.setStatusTip(path)
            action.setEnabled(there)
            action.triggered.connect(lambda _checked=False, chosen=path: open_path(chosen))
        menu.addSeparator()
        clear = existing(menu.addAction(_("&Clear this list") if paths else _("No project yet")))
        clear.setEnabled(bool(paths))
        clear.triggered.connect(lambda _checked=False: self.clear())
