"""The menu of the sweeps that the window trained last, and where their folders lie."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from PyQt5.QtCore import QFile, QStandardPaths
from PyQt5.QtWidgets import QAction, QMenu

from core.base.errors import LensError
from core.base.translation import _, ngettext
from gui.widgets.qt_objects import existing

MOST_LISTED = 10


def sweeps_folder() -> Path:
    """Where the folders of sweeps lie unless the user chooses another place."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)) / "sweeps"


def put_older_away(in_use: Collection[Path]) -> str:
    """Move all but the latest sweeps to the trash of the desktop; returns a sentence on it, empty if there are none."""
    from core.sweeps.recent_sweeps import remove_older_sweeps

    count = remove_older_sweeps(sweeps_folder(), in_use, lambda path: QFile.moveToTrash(str(path))[0])
    told = ngettext("{n} older sweep is in the trash now", "{n} older sweeps are in the trash now", count)
    return told.format(n=count) if count else ""


def add_recent_menu(action: QAction, open_path: Callable[[Path], None]) -> None:
    """Put the menu below the action that opens a sweep; ``open_path`` opens one of its folders."""
    file_menu = action.associatedWidgets()[0]
    menu = QMenu(_("Rece&nt sweeps"), file_menu.window())
    menu.aboutToShow.connect(lambda: _fill(menu, open_path))
    file_menu.insertMenu(file_menu.actions()[file_menu.actions().index(action) + 1], menu)


def _fill(menu: QMenu, open_path: Callable[[Path], None]) -> None:
    from core.sweeps.recent_sweeps import MOST_SWEEPS, latest_sweeps  # here, since it would slow down the start

    menu.clear()
    found = latest_sweeps(sweeps_folder())
    for number, path in enumerate(found[:MOST_LISTED], start=1):
        title = _title(path).replace("&", "&&")
        entry = existing(menu.addAction(f"&{number % 10} {title}"))
        entry.setStatusTip(str(path))
        entry.triggered.connect(lambda _checked=False, chosen=path: open_path(chosen))
    menu.addSeparator()
    told = _("The {count} sweeps used last stay here, older ones are moved to the trash").format(count=MOST_SWEEPS)
    existing(menu.addAction(told if found else _("No sweep yet"))).setEnabled(False)


def _title(path: Path) -> str:
    """When a sweep was begun and what it consists of; the time alone where its folder is damaged."""
    from core.sweeps.recent_sweeps import sweep_words
    from core.sweeps.sweep_folder import read_plan

    day, time = path.name.split(" ")
    began = f"{day} {':'.join(time.split('.')[:2])}"
    try:
        return f"{began} – {sweep_words(read_plan(path)[0])}"
    except LensError:
        return began
