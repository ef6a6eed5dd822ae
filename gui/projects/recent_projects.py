"""The projects and tables that were opened or saved last, remembered between starts."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from PyQt5.QtCore import QSettings
from PyQt5.QtWidgets import QMenu

MOST = 10
KEY = "projects/recent"


class RecentProjects:
    """Paths, the newest first."""

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    def paths(self) -> list[str]:
        """At most MOST; some may be gone."""
        stored = self._settings.value(KEY)
        words = [stored] if isinstance(stored, str) else stored if isinstance(stored, list) else []
        return [word for word in words if isinstance(word, str) and word][:MOST]

    def add(self, path: str) -> None:
        """Put a path first."""
        full = os.path.abspath(path)
        self._settings.setValue(KEY, [full, *(other for other in self.paths() if other != full)][:MOST])

    def clear(self) -> None:
        """Forget all."""
        self._settings.remove(KEY)

    def fill(self, menu: QMenu, open_path: Callable[[str], None]) -> None:
        """The menu's entries anew; one whose file is gone cannot be chosen."""
        menu.clear()
        paths = self.paths()
        names = [Path(path).name for path in paths]
        for number, (path, name) in enumerate(zip(paths, names, strict=True), start=1):
            there = os.path.isfile(path)
            title = f"{name} – {Path(path).parent}" if names.count(name) > 1 else name
            title = title.replace("&", "&&") + ("" if there else " (not there)")
            action = menu.addAction(f"&{number % 10} {title}")
            action.setToolTip(path)
            action.setStatusTip(path)
            action.setEnabled(there)
            action.triggered.connect(lambda _checked=False, chosen=path: open_path(chosen))
        menu.addSeparator()
        clear = menu.addAction("&Clear this list" if paths else "No project yet")
        clear.setEnabled(bool(paths))
        clear.triggered.connect(lambda _checked=False: self.clear())
