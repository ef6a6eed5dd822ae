"""Walks the real window through its states in the pseudo-language, and writes every text that is plain as a line of "
"JSON.

A program of its own: `LANGUAGE=pseudo python -m tests.gui.window.plain_texts FOLDER [presets]`.
"""

from __future__ import annotations

import html
import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyqtgraph as pg
from PyQt5 import sip
from PyQt5.QtCore import QCoreApplication, QEvent, Qt
from PyQt5.QtGui import QPainter
from PyQt5.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAction,
    QApplication,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QGraphicsItem,
    QGraphicsView,
    QGroupBox,
    QLabel,
    QLineEdit,
    QListView,
    QMenu,
    QProgressBar,
    QSpinBox,
    QStatusBar,
    QTabBar,
    QWidget,
)

from core.data.data_source import DataSource, load
from core.explain.picked_part import Edge, Neuron
from core.network.activations import ACTIVATIONS
from core.network.initializers import INITIALIZERS
from core.network.losses import LOSSES
from core.network.optimizers import OPTIMIZERS
from core.network.schedules import SCHEDULES
from core.network.tasks import TASKS
from core.storage.settings_file import SettingsFile
from core.training.experiment import ENGINES
from core.training.presets import PRESETS
from core.workbench.messages import Notice
from core.workbench.speed_scale import FULL
from gui.offscreen.filming import make_film
from gui.settings.rule_editor import EXAMPLES
from gui.window.application import make_application, make_window
from gui.window.main_window import MainWindow

SECONDS = 60.0
PROPER = """
Python NumPy Numba PyTorch ONNX PyQt MIT GPL PNG SVG GIF WebP MP4 CSV JSON UTF
npz txt csv tsv dat npy xlsx lens webp gif train.txt table.csv nowhere.csv height width label cat dog
Ctrl Shift Alt Return Right Left Up Down Home End Del Space Enter Esc Tab
sin cos tan tanh exp ln log sqrt abs min max floor mod atan2
"""
TABLES = ACTIVATIONS, INITIALIZERS, LOSSES, OPTIMIZERS, SCHEDULES, ENGINES, TASKS
NAMES = {"Backprop Lens", *PROPER.split(), *(word for table in TABLES for word in table)}
"""Names, formats, keys, functions, the words of options, and the data of this walk: what no translator translates."""

RULES = [rule for _, rule, _task in EXAMPLES]

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]+(?:\.[a-z]{3,4}\b)?")
painted: list[str] = []


def plain_words(text: str) -> list[str]:
    """The English words of a text that is shown."""
    text = html.unescape(re.sub(r"<style.*?</style>|<[^<>]*>", " ", text, flags=re.S)).replace("&", "")
    for name in (*RULES, *(name for name in NAMES if not name.isalnum())):
        text = text.replace(name, " ")
    text = re.sub(r"python main\.py.*|--[a-z-]+|(?:/[\w. -]+){2,}|https?://\S+", " ", text)
    words = [word for word in PLAIN.findall(text) if word not in NAMES]
    return [word for word in words if not re.fullmatch(r"[a-zA-Z]{1,2}\d+|[A-Z][a-z]?|[a-z]", word)]


def watch_painting() -> None:
    """Keep what Python code writes with a painter."""
    write = QPainter.drawText

    def write_and_keep(painter: QPainter, *values: Any) -> Any:
        painted.extend(value for value in values if isinstance(value, str))
        return write(painter, *values)

    QPainter.drawText = write_and_keep  # type: ignore[method-assign, assignment]


def texts_of_widget(widget: QWidget) -> Iterator[str]:
    yield from (widget.toolTip(), widget.statusTip(), widget.accessibleName(), widget.accessibleDescription())
    if widget.isWindow() or widget.inherits("QDockWidget"):
        yield widget.windowTitle()
    for kinds, texts in OWN_TEXTS:
        if isinstance(widget, kinds):
            yield from texts(widget)


def texts_of_box(box: QComboBox) -> Iterator[str]:
    yield from (box.itemText(place) for place in range(box.count()))
    yield from (box.itemData(place, Qt.ItemDataRole.ToolTipRole) or "" for place in range(box.count()))


def texts_of_table(view: QAbstractItemView) -> Iterator[str]:
    model = view.model()
    if model is not None:
        rows = range(min(20, model.rowCount()))
        for column in range(1 if isinstance(view, QListView) else min(20, model.columnCount())):
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                yield str(model.headerData(column, Qt.Orientation.Horizontal, role) or "")
                yield from (str(model.index(row, column).data(role) or "") for row in rows)


OWN_TEXTS: tuple[tuple[Any, Callable[[Any], Iterable[str]]], ...] = (
    ((QLabel, QAbstractButton), lambda widget: [widget.text()]),
    ((QGroupBox, QMenu), lambda widget: [widget.title()]),
    (QLineEdit, lambda field: [field.placeholderText()]),
    ((QSpinBox, QDoubleSpinBox), lambda field: [field.prefix(), field.suffix(), field.specialValueText()]),
    (QTabBar, lambda bar: [bar.tabText(place) for place in range(bar.count())]),
    (QStatusBar, lambda bar: [bar.currentMessage()]),
    (QProgressBar, lambda bar: [bar.format()]),
    (QComboBox, texts_of_box),
    (QAbstractItemView, texts_of_table),
    (QGraphicsView, lambda view: [text for item in view.items() for text in texts_of_item(item)]),
)


def texts_of_item(item: QGraphicsItem) -> Iterator[str]:
    yield item.toolTip()
    if isinstance(item, pg.AxisItem):
        yield item.labelText if item.label.isVisible() else ""
    elif hasattr(item, "toPlainText"):
        yield item.toPlainText()


def shown_texts() -> Iterator[tuple[str, str]]:
    """Every text with the class of what shows it."""
    for top in QApplication.topLevelWidgets():
        for widget in (top, *top.findChildren(QWidget)):
            for text in texts_of_widget(widget):
                yield type(widget).__name__, text
        for action in top.findChildren(QAction):
            for text in (action.text(), action.toolTip(), action.statusTip(), action.iconText()):
                yield f"action {action.objectName()}", text
    for text in painted:
        yield "painted", text
    painted.clear()


class Walk:
    """Leads the window through states; each is looked at once."""

    def __init__(self, window: MainWindow, folder: Path) -> None:
        self.window, self.folder = window, folder
        self.read: set[str] = set()

    def wait(self, condition: Callable[[], object]) -> None:
        end = time.monotonic() + SECONDS
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError
            QApplication.processEvents()
            time.sleep(0.002)
        QApplication.processEvents()

    def rest(self) -> None:
        self.wait(lambda: self.window.session.at_rest)

    def act(self, name: str) -> None:
        self.window.actions_by_name[name].trigger()
        self.rest()

    def look(self, state: str) -> None:
        """Write the plain texts that are new in this state."""
        self.window.repaint()
        for widget in QApplication.topLevelWidgets():
            if widget.isVisible():
                widget.grab()
        for shower, text in shown_texts():
            if text in self.read:
                continue
            self.read.add(text)
            if words := plain_words(text):
                print(json.dumps({"state": state, "shower": shower, "words": words, "text": text[:300]}), flush=True)

    def look_at_dialogs(self, state: str) -> None:
        """Look, and close every dialog."""
        QApplication.processEvents()
        self.look(state)
        for dialog in QApplication.topLevelWidgets():
            if isinstance(dialog, QDialog) and dialog.isVisible():
                dialog.reject()
        QCoreApplication.sendPostedEvents(None, QEvent.DeferredDelete)
        self.rest()

    def look_at_windows(self, state: str) -> None:
        """Look, and close every other window."""
        for _ in range(20):
            QApplication.processEvents()
            time.sleep(0.01)
        self.look_at_dialogs(state)
        for window in QApplication.topLevelWidgets():
            if window is not self.window and window.isVisible():
                window.close()
        QCoreApplication.sendPostedEvents(None, QEvent.DeferredDelete)
        self.rest()

    def preset(self, name: str) -> None:
        self.window.run_commands.start_preset(PRESETS[name])
        self.rest()

    # ---- the states

    def run(self) -> None:
        self.look("start")
        self.act("step-epoch")
        self.act("step-batch")
        self.look("stepped")
        self.parts()
        self.walk()
        self.painting()
        self.notices()
        for name in ("shortcuts", "about", "rename-classes", "check-gradients", "record-film"):
            self.act(name)
            if name == "check-gradients":
                self.wait(lambda: self.window.findChildren(QDialog))
            self.look_at_dialogs(name)
        self.runs()
        self.preset("bumps")
        self.window.docks.bring_up("report")
        self.act("step-epoch")
        self.look("regression")
        self.table()

    def parts(self) -> None:
        window = self.window
        for name, dock in window.docks.by_name.items():
            window.docks.bring_up(name)
            self.rest()
            self.look(f"dock {name}")
            assert dock.isVisible()
        for part in (Edge(1, 0, 1), Neuron(1, 1), Neuron(0, 1), Neuron(2, 0), None):
            window.select(part)
            for view in list(window.inspector.findChildren(QAbstractButton)):
                if view.isCheckable() and view.isVisible() and view.isEnabled():
                    view.click()
                    self.rest()
            self.look(f"selected {part}")

    def walk(self) -> None:
        for step in range(9):
            self.act("step-phase")
            self.look(f"phase {step}")
        self.window.select(Edge(1, 0, 1))
        self.act("back-phase")
        self.look("phase with an edge")
        self.act("leave-walk")

    def painting(self) -> None:
        self.act("paint")
        for name in ("tool-point", "tool-brush", "tool-select", "select-all"):
            self.act(name)
            self.look(name)
        self.act("paint")

    def notices(self) -> None:
        show = self.window.notices.show_notice
        for kind in ("input", "ended", "fault", "note"):
            show(Notice("", kind))
            self.look(f"notice {kind}")
        self.window.session.change({"data": DataSource("file", str(self.folder / "nowhere.csv"))})
        self.rest()
        self.look("no such file")
        self.window.session.change({"learning_rate": 1e30})
        self.act("step-epoch")
        self.look("diverged")
        self.act("undo")
        self.window.notices.forget()

    def runs(self) -> None:
        self.act("keep-run")
        self.window.docks.bring_up("runs")
        self.look("kept run")
        self.act("new-seed")
        self.act("step-epoch")
        self.act("compare-runs")
        self.look_at_windows("compared runs")
        self.act("try-several")
        self.look_at_dialogs("try several values")

    def table(self) -> None:
        path = self.folder / "table.csv"
        path.write_text(
            "height,width,label\n" + "".join(f"{k},{k % 7},{'cat' if k % 3 else 'dog'}\n" for k in range(60))
        )
        self.window.data_commands.open_file(str(path))
        self.wait(lambda: [d for d in self.window.findChildren(QDialog) if d.isVisible()])
        dialog = next(d for d in self.window.findChildren(QDialog) if d.isVisible())
        self.wait(lambda: not any(bar.isVisible() for bar in dialog.findChildren(QProgressBar)))
        self.look_at_dialogs("table")


def main(folder: Path, every: bool) -> None:
    application = make_application()
    watch_painting()
    experiment = PRESETS["shallow"].experiment
    settings = SettingsFile(folder / "settings.ini")
    window = make_window(experiment, load(experiment.data), settings, make_film=make_film)
    window.toolbar.speed.choose(FULL)
    window.resize(1440, 900)
    window.show()
    walk = Walk(window, folder)
    walk.wait(lambda: window.session.snapshot is not None and window.session.snapshot.output is not None)
    walk.rest()
    try:
        walk.run()
        if every:
            for name in PRESETS:
                walk.preset(name)
                walk.act("step-epoch")
                walk.look(f"preset {name}")
    finally:
        window.guard.close_at_once()
        application.processEvents()
        window.close()
        sip.delete(window)  # as the program does: at the end of a process, parts of a window are deleted in any order


if __name__ == "__main__":
    main(Path(sys.argv[1]), "presets" in sys.argv[2:])
