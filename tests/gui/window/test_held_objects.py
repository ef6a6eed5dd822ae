"""No widget keeps a part that Qt made: Python is not told when it dies, and takes what comes to lie there for it.

Seen: pyqtgraph took a nameless part of a new plot for the dead line of a number field and raised "Cannot add widget".
"""

from __future__ import annotations

import gc

from PyQt5 import sip
from PyQt5.QtCore import QObject, Qt
from PyQt5.QtWidgets import QSpinBox
from pytestqt.qtbot import QtBot

from gui.tables.table_dialog import TableDialog
from gui.widgets.qt_objects import clipboard
from gui.window.main_window import MainWindow


def held_parts() -> set[str]:
    """What Qt made and an attribute holds, by the attribute's name."""
    gc.collect()
    parts = [thing for thing in gc.get_objects() if isinstance(thing, QObject) and not sip.ispycreated(thing)]
    return {
        name
        for part in parts
        for holder in gc.get_referrers(part)
        if type(holder) is dict
        for name, value in holder.items()
        if value is part and isinstance(name, str)
    }


def test_a_held_part_is_found(qapp: object) -> None:
    box = QSpinBox()
    box.kept_line = box.lineEdit()  # type: ignore[attr-defined]
    assert "kept_line" in held_parts()


def test_the_window_and_its_dialogs_hold_no_part_that_qt_made(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F2)
    film = window.exports.record_film()
    clipboard().setText("a,b,c\n1,2,3\n4,5,6\n")
    window.actions_by_name["paste-table"].trigger()
    table = next(iter(window.findChildren(TableDialog)))
    qtbot.waitUntil(lambda: table.open_button.isEnabled())
    assert film is not None
    assert held_parts() == set()
    table.reject()
    film.reject()
