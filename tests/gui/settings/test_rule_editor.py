"""What a rule editor says about a fault fits into its column."""

from __future__ import annotations

import pytest
from PyQt5.QtCore import QPoint, Qt
from PyQt5.QtGui import QTextDocument
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.data.data_source import DataSource
from gui.settings.rule_editor import RuleEditor
from gui.widgets.qt_objects import existing
from gui.window.main_window import MainWindow

RULES = (
    "x1^2*x2^2*sin(x1)*foo(x2*x1)*x2*x1*sin(x2)",
    "x1 > " + 60 * "a",
    60 * "(" + "x1",
    "x1 > 3 and sqrt(x1) < 2 and foo(x2) > 1 and x2 < 5",
)


@pytest.mark.parametrize("rule", RULES)
def test_the_message_is_not_cut_off(qtbot: QtBot, rule: str) -> None:
    editor = RuleEditor()
    qtbot.addWidget(editor)
    editor.resize(240, 200)
    editor.show_source(DataSource("rule", rule="x2 > x1"))
    editor.show()
    qtbot.waitExposed(editor)
    editor.line.clear()
    QTest.keyClicks(editor.line, rule)
    text = QTextDocument()
    text.setDefaultFont(editor.verdict.font())
    text.setHtml(editor.verdict.text())
    text.setTextWidth(editor.verdict.width())
    assert text.size().toSize().width() <= editor.verdict.width() + 1, "no word is wider than the column"


def test_all_lines_of_the_message_are_seen_where_one_types(qtbot: QtBot, window: MainWindow) -> None:
    for rule in RULES:
        check_the_message(qtbot, window, rule)


def check_the_message(qtbot: QtBot, window: MainWindow, rule: str) -> None:
    window.session.change({"data": DataSource("rule", rule="x2 > x1"), "only_sample": None})
    editor = window.panels.data.rule
    qtbot.waitUntil(editor.isVisible)
    editor.line.setFocus()
    editor.line.clear()
    QTest.keyClicks(editor.line, rule)
    verdict = editor.verdict
    qtbot.waitUntil(lambda: verdict.height() >= verdict.label.heightForWidth(verdict.width()) > 0)
    assert verdict.label.height() == verdict.height()
    qtbot.waitUntil(lambda: editor.rect().contains(verdict.geometry()))
    assert verdict.geometry().top() >= editor.line.geometry().bottom()


def test_a_refused_rule_moves_nothing_and_keeps_the_keys(qtbot: QtBot, window: MainWindow) -> None:
    data, compare = window.panels.data, window.actions_by_name["compare-runs"]
    triggered: list[bool] = []
    compare.triggered.connect(triggered.append)
    for rule in ("x1 > q(", "x1 > 2 and sqrt(x1-7) > 1", "x1 > 900", "x1 > "):
        window.session.change({"data": DataSource("rule", rule="x2 > x1"), "only_sample": None})
        line, seed = data.rule.line, existing(window.session.experiment).seed
        qtbot.waitUntil(lambda: line.isVisible() and line.text() == "x2 > x1")  # noqa: B023
        places = [button.mapTo(data, QPoint()) for button in (data.draw, data.open, data.train_share)]
        line.setFocus()
        line.selectAll()
        QTest.keyClicks(line, rule)
        QTest.keyClick(line, Qt.Key.Key_Return)
        assert QApplication.focusWidget() is line
        for key in (Qt.Key.Key_X, Qt.Key.Key_N):
            QTest.keyClick(window.windowHandle(), key)
        assert line.text() == rule + "xn" and not triggered
        window.layout().activate()
        assert [button.mapTo(data, QPoint()) for button in (data.draw, data.open, data.train_share)] == places
        assert existing(window.session.experiment).seed == seed
        line.selectAll()
        QTest.keyClicks(line, "x1 > 1")
        QTest.keyClick(line, Qt.Key.Key_Return)
        assert QApplication.focusWidget() is not line
        qtbot.waitUntil(lambda: existing(window.session.experiment).data.rule == "x1 > 1")
