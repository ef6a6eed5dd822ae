"""Names, paths and messages with tags are shown letter by letter, wherever the window shows them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import QEvent, Qt
from PyQt5.QtGui import QHelpEvent, QTextDocument
from PyQt5.QtWidgets import (
    QAbstractItemView,
    QAction,
    QApplication,
    QComboBox,
    QGraphicsTextItem,
    QGraphicsView,
    QLabel,
    QListView,
    QMessageBox,
    QTextEdit,
    QToolTip,
    QWidget,
)
from pytestqt.qtbot import QtBot

from core.data.data_source import DataSource
from core.data.tables.column_choice import Choice
from core.explain.picked_part import Edge, Neuron
from core.workbench.messages import Notice
from gui.report.confusion_grid import ConfusionGrid
from gui.settings.class_names_dialog import ClassNamesDialog
from gui.tables.table_dialog import TableDialog
from gui.widgets.plain_text import plain, plain_label, plain_message
from gui.window.main_window import MainWindow
from tests.gui.conftest import drawn
from tests.gui.support import hover

TAG = "<img src=x.png>"
COLUMNS = (f"a{TAG}", f"{TAG}b", f"&lt;{TAG}c")
TARGET = f"<b>label</b>{TAG}"
CLASSES = (f"{TAG}blue", f"red{TAG}")


def images(document: QTextDocument | None) -> int:
    """How many pictures a text asks for."""
    assert document is not None
    found, block = 0, document.begin()
    while block.isValid():
        fragment = block.begin()
        while not fragment.atEnd():
            found += fragment.fragment().charFormat().isImageFormat()
            fragment += 1
        block = block.next()
    return found


def as_html(text: str) -> QTextDocument:
    document = QTextDocument()
    document.setHtml(text)
    return document


def rich_texts(window: QWidget) -> Iterator[str]:
    """Every text of the window that Qt might take for HTML: labels, tooltips of widgets, entries and actions."""
    for label in window.findChildren(QLabel):
        if label.textFormat() != Qt.TextFormat.PlainText:
            yield label.text()
    for widget in [window, *window.findChildren(QWidget)]:
        yield widget.toolTip()
        yield widget.whatsThis()
    for action in window.findChildren(QAction):
        yield action.toolTip()
    for view in [*window.findChildren(QAbstractItemView), *window.findChildren(QComboBox)]:
        model = view.model()
        assert model is not None
        columns = 1 if isinstance(view, (QListView, QComboBox)) else model.columnCount()
        for row in range(min(50, model.rowCount())):
            for column in range(columns):
                yield str(model.index(row, column).data(Qt.ItemDataRole.ToolTipRole) or "")
        for orientation, count in (
            (Qt.Orientation.Horizontal, columns),
            (Qt.Orientation.Vertical, min(50, model.rowCount())),
        ):
            for section in range(count):
                yield str(model.headerData(section, orientation, Qt.ItemDataRole.ToolTipRole) or "")


def hovered(window: QWidget) -> Iterator[str]:
    """The tooltip that comes up at the middle of each visible widget."""
    for widget in window.findChildren(QWidget):
        if widget.isVisible():
            middle = widget.rect().center()
            hover(widget, middle.x(), middle.y())
            event = QHelpEvent(QEvent.Type.ToolTip, middle, widget.mapToGlobal(middle))
            QApplication.sendEvent(widget, event)
            yield QToolTip.text()
    QToolTip.hideText()


def check(window: QWidget) -> int:
    """No text asks for a picture; the number of texts that show a tag as it is."""
    shown = 0
    for text in [*rich_texts(window), *hovered(window)]:
        document = as_html(text)
        assert images(document) == 0, text
        shown += TAG in document.toPlainText()
    for page in window.findChildren(QTextEdit):
        assert images(page.document()) == 0, page.toPlainText()
        shown += TAG in page.toPlainText()
    for view in window.findChildren(QGraphicsView):
        scene = view.scene()
        for item in scene.items() if scene is not None else []:
            if isinstance(item, QGraphicsTextItem):
                assert images(item.document()) == 0, item.toPlainText()
                shown += TAG in item.toPlainText()
    return shown


def rest(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: drawn(window))


@pytest.fixture
def hostile(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> MainWindow:
    """A window that learns a table in which every name holds a tag."""
    rows = [f"{a},{b},{a * b},{CLASSES[int(a > b)]}" for a, b in np.random.default_rng(0).normal(size=(40, 2))]
    table = tmp_path / f"table{TAG}.csv"
    table.write_text("\n".join([",".join([*COLUMNS, TARGET]), *rows]) + "\n")
    choice = Choice(COLUMNS[:2], TARGET, "classification", COLUMNS)
    source = DataSource("file", str(table), choice=choice)
    window.session.change({"data": source, "train_fraction": 0.5, "only_sample": None})
    qtbot.waitUntil(lambda: window.scatter.section_bar is not None and drawn(window))
    return window


def test_names_of_columns_and_classes_are_plain_everywhere(qtbot: QtBot, hostile: MainWindow) -> None:
    window = hostile
    window.session.run_epochs(1)
    rest(qtbot, window)
    window.actions_by_name["report"].trigger()
    rest(qtbot, window)
    shown = 0
    for selection in (None, Neuron(0, 0), Neuron(1, 0), Edge(1, 0, 3)):
        window.select(selection)
        rest(qtbot, window)
        shown += check(window)
    assert shown >= 10  # so that the search does find what is shown
    tips = set()
    for grid in window.report.view.findChildren(ConfusionGrid):
        for x in range(5, grid.width(), 15):
            hover(grid, x, 0.7 * grid.height())
            tips.add(as_html(grid.toolTip()).toPlainText())
            assert images(as_html(grid.toolTip())) == 0
    assert any(TAG in tip for tip in tips)


def test_the_phases_of_an_update_are_plain(qtbot: QtBot, hostile: MainWindow) -> None:
    window = hostile
    shown = 0
    for _ in range(8):
        window.actions_by_name["step-phase"].trigger()
        rest(qtbot, window)
        shown += check(window.inspector) + check(window.scatter)
    assert shown >= 8


def test_rules_of_drawn_points_are_plain(qtbot: QtBot, window: MainWindow) -> None:
    window.session.change(
        {"data": window.panels.data.rule.wanted(DataSource("rule", rule="x1 > 0")), "only_sample": None}
    )
    rest(qtbot, window)
    window.session.rename_classes(CLASSES)
    rest(qtbot, window)
    window.actions_by_name["paint"].trigger()
    rest(qtbot, window)
    assert check(window) > 0
    window.panels.data.rule.line.setText(TAG)
    window.panels.data.rule.line.textEdited.emit(TAG)
    check(window)


@pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")
def test_dialogs_are_plain(qtbot: QtBot, hostile: MainWindow) -> None:
    window = hostile
    window.actions_by_name["rename-classes"].trigger()
    qtbot.waitUntil(lambda: bool(window.findChildren(ClassNamesDialog)))
    names = window.findChildren(ClassNamesDialog)[0]
    for field in names.fields:
        field.setText(TAG)
    assert TAG in names.fault.text()
    check(names)
    names.reject()
    window.panels.data.columns.click()
    qtbot.waitUntil(lambda: bool(window.findChildren(TableDialog)))
    table = window.findChildren(TableDialog)[0]
    qtbot.waitUntil(lambda: TAG in table.line.text() and not table.line.text().startswith("Reading"))
    assert check(table) >= 3
    table.reject()


def test_messages_are_plain_and_one_short_line(hostile: MainWindow) -> None:
    window = hostile
    for kind in ("input", "fault", "note"):
        window.session.noticed.emit(Notice(f"{TAG}\n\x1b[31m{TAG}\r" + "long " * 200, kind))
        text = window.notices.newest.text.text()
        assert text.isprintable()
        assert len(text) <= 280
        assert window.notices.newest.text.textFormat() == Qt.TextFormat.PlainText
    check(window)


def test_a_refused_number_is_plain(hostile: MainWindow) -> None:
    field = hostile.panels.strip.learning_rate
    field.setFocus()
    line = field.lineEdit()
    assert line is not None
    line.setText(TAG)
    line.textEdited.emit(TAG)
    assert not field.commit()
    document = as_html(QToolTip.text())
    assert images(document) == 0
    assert TAG in document.toPlainText()
    QToolTip.hideText()


@pytest.mark.parametrize("text", [TAG, f"first\n{TAG}", "a < b", "&lt;b>", "<!-- ", "<b>x</b>\n&amp;"])
def test_a_plain_tooltip_shows_every_letter(qtbot: QtBot, text: str) -> None:
    shown = plain(text)
    assert shown == text or as_html(shown).toPlainText() == text
    assert plain("no tag\nat all") == "no tag\nat all"
    label = plain_label(text)
    qtbot.addWidget(label)
    assert (label.text(), label.textFormat()) == (text, Qt.TextFormat.PlainText)
    box = plain_message(label, QMessageBox.Icon.Question, "Title", text)
    assert (box.text(), box.textFormat()) == (text, Qt.TextFormat.PlainText)
