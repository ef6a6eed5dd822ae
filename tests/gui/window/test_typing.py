"""Whatever a person types into each number field of the window, and where the keys go afterwards."""

from __future__ import annotations

import ast
from contextlib import suppress
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import QEvent, QPoint, Qt
from PyQt5.QtGui import QContextMenuEvent, QKeyEvent
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QAbstractSpinBox, QApplication, QDialog, QLineEdit, QMenu, QToolTip
from pytestqt.qtbot import QtBot

from core.base.number_text import short
from core.data.data_source import DataSource
from core.data.tables.column_choice import Choice
from core.explain.picked_part import Edge
from gui.export.film_dialog import FilmDialog
from gui.sweeps.sweep_dialog import SweepDialog
from gui.tables.text_format_form import ReadingForm
from gui.widgets.number_fields import NumberField, RealNumberField, WholeNumberField, next_round
from gui.widgets.qt_objects import existing
from gui.window.main_window import MainWindow
from tests.gui.conftest import drawn
from tests.gui.support import parameters, position

REPOSITORY = Path(__file__).resolve().parents[3]

TYPED: tuple[tuple[str, float | None, int | None], ...] = (
    ("0.05", 0.05, None),
    ("0,05", 0.05, None),
    (" 0,5 ", 0.5, None),
    (",5", 0.5, None),
    ("5,", 5.0, None),
    ("5", 5.0, 5),
    ("−3", -3.0, -3),
    ("0", 0.0, 0),
    ("1e-3", 0.001, None),
    ("1,5e-13", 1.5e-13, None),
    ("1e-300", 1e-300, None),
    ("1e9", 1e9, None),
    ("1 000", 1000.0, 1000),
    ("1\u202f000", 1000.0, 1000),
    ("1,000", 1.0, None),
    ("1.000", 1.0, None),
    ("1.234,5", None, None),
    ("1,234.5", None, None),
    ("0,0,5", None, None),
    ("0.0p", None, None),
    ("much", None, None),
    ("1 2", None, None),
    ("--1", None, None),
    ("inf", None, None),
    ("nan", None, None),
    ("1e400", None, None),
    ("1e-400", None, None),
    ("<b>1</b>", None, None),
)
"""A text, the number that it is, and the whole number that it is; None for neither."""

NAMES = {
    "Seeds of each combination",
    "Epochs of each run",
    "Patience of the runs in epochs",
    "Number of epochs to run",
    "Number of random combinations",
    "Value of the selected weight or bias",
    "Points",
    "Row of the one sample",
    "Neurons of hidden layer 1",
    "Batch size",
    "Amount of regularization",
    "Number of seeds",
    "Loss below which a seed has learned",
    "Momentum",
    "Learning rate",
    "Setting of the schedule",
    "Epochs of warm-up",
    "L1",
    "L2",
    "Dropout",
    "Patience in epochs",
    "Loss to stop at",
    "Scale s of the initial weights",
    "Initial bias",
    "Seed",
    "Sample of the batch",
    "Value of new points",
    "Value of a",
    "Value of b",
    "Value of c",
    "Width",
    "Height",
    "Seconds",
    "Frames a second",
    "Epoch",
    "Lines to skip",
}


def rest(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: drawn(window))


def type_text(field: NumberField, text: str, key: Qt.Key | None = Qt.Key.Key_Return) -> None:
    """Type a text in place of what is in the field, and press a key."""
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    for letter in text:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(field, QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, letter))
    if key is not None:
        QTest.keyClick(field, key)


def field_named(window: MainWindow, name: str) -> NumberField:
    assert window.panels.seldom is not None and window.runs.view is not None, "which makes what is made late"
    return next(field for field in window.findChildren(NumberField) if field.accessibleName() == name)


@pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")
def test_every_number_field_reads_point_and_comma_and_keeps_what_it_cannot_read(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    assert window.panels.seldom is not None and window.runs.view is not None, "which makes what is made late"
    window.actions_by_name["paint"].trigger()  # makes the palette
    window.actions_by_name["paint"].trigger()
    rows = [f"{a},{b},{a * b},{int(a > b)}\n" for a, b in np.random.default_rng(0).normal(size=(20, 2))]
    table = tmp_path / "table.csv"
    table.write_text("".join(["a,b,c,label\n", *rows]))
    inputs = Choice(("a", "b"), "label", "classification", ("a", "b", "c"))
    window.session.change({"data": DataSource("file", str(table), choice=inputs), "only_sample": None})
    qtbot.waitUntil(lambda: any(f.accessibleName() == "Value of c" for f in window.findChildren(NumberField)))
    rest(qtbot, window)
    window.actions_by_name["record-film"].trigger()
    qtbot.waitUntil(lambda: bool(window.findChildren(FilmDialog)))
    several = existing(window.sweeps.commands.ask())
    reading = ReadingForm()
    qtbot.addWidget(reading)
    assert {type(w) for w in window.findChildren(QAbstractSpinBox)} == {RealNumberField, WholeNumberField}
    fields = [*window.findChildren(NumberField), *reading.findChildren(NumberField)]
    assert {field.accessibleName() for field in fields} == NAMES
    for field in fields:
        with suppress(TypeError):  # nothing is connected
            field.valueChanged.disconnect()  # from whatever it would change
        field.setEnabled(True)
        for text, real, whole in TYPED:
            check(field, text, whole if isinstance(field, WholeNumberField) else real)
    window.findChildren(FilmDialog)[0].reject()
    several.reject()


def test_the_table_covers_every_number_field_of_the_program() -> None:
    """Names that are put together in the program are known by their beginning."""
    found = 0
    for path in (REPOSITORY / "gui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if is_call and node.func.id in ("RealNumberField", "WholeNumberField"):
                name = node.args[2]
                while isinstance(name, ast.Call):  # _("Value of {name}").format(name=name)
                    name = name.func.value if isinstance(name.func, ast.Attribute) else name.args[0]
                begin = name.values[0] if isinstance(name, ast.JoinedStr) else name
                if isinstance(begin, ast.Constant):
                    found += 1
                    assert any(known.startswith(begin.value.partition("{")[0]) for known in NAMES), (path, begin.value)
    assert found >= 20


def test_values_to_try_are_read_as_in_a_number_field(window: MainWindow) -> None:
    dialog = existing(window.sweeps.commands.ask())
    for text, real, _ in TYPED:
        dialog.values[0].setText(f"{text}; 0,125")
        assert dialog.train.isEnabled() == (real is not None and real > 0.0), text
        if dialog.train.isEnabled():
            plan = existing(dialog._plan)
            assert [run.experiment.learning_rate for run in plan.runs] == [real, 0.125], text
        else:
            assert dialog.note.text().startswith("Learning rate: "), text
    dialog.reject()


def test_a_comma_in_a_rule_is_told_and_changes_nothing(qtbot: QtBot, window: MainWindow) -> None:
    window.session.change({"data": DataSource("rule", rule="x2 > x1"), "only_sample": None})
    qtbot.waitUntil(window.panels.data.rule.isVisible)
    rest(qtbot, window)
    for text, taken in (("x2 > 0,5", False), ("x2 > ,5", False), ("x2 > 1.234,5", False), ("x2 > 0.5", True)):
        line = window.panels.data.rule.line
        line.setFocus()
        line.selectAll()
        QTest.keyClicks(line, text)
        QTest.keyClick(line, Qt.Key.Key_Return)
        rest(qtbot, window)
        assert window.session.experiment is not None
        assert window.session.experiment.data.rule == (text if taken else "x2 > x1")
        assert (
            "comma" in window.panels.data.rule.verdict.text()
            or "should stand here" in window.panels.data.rule.verdict.text()
        ) != taken


def check(field: NumberField, text: str, wanted: float | None) -> None:
    """Type a text and press Enter; a number that can be read comes from either end."""
    assert isinstance(field, (RealNumberField, WholeNumberField))
    for start in (field.minimum(), field.maximum()) if wanted is not None else (field.maximum(),):
        field.give_up()
        field.set_value(start)
        shown, announced = field.text(), []
        field.valueChanged.connect(announced.append)
        type_text(field, text)
        field.valueChanged.disconnect(announced.append)
        case = field.accessibleName(), text
        if wanted is not None and field.minimum() <= wanted <= field.maximum():
            assert field.value() == wanted, case
            assert announced == ([] if wanted == start else [wanted]), case
            assert not field.problem, case
        else:
            assert field.value() == start, case
            assert not announced, case
            assert field.text() == text, case
            assert field.property("wrong"), case
            assert field.problem.isprintable(), case
            assert 10 < len(field.problem) <= 240, case
            assert field.problem.endswith("."), case
            QTest.keyClick(field, Qt.Key.Key_Escape)
            assert (field.text(), field.problem, field.property("wrong")) == (shown, "", False), case


def test_a_decimal_comma_reaches_the_experiment(qtbot: QtBot, window: MainWindow) -> None:
    for name, field in {
        "Learning rate": "learning_rate",
        "L1": "l1",
        "L2": "l2",
        "Dropout": "dropout",
        "Initial bias": "bias",
    }.items():
        type_text(field_named(window, name), "0,05")
        rest(qtbot, window)
        assert getattr(window.session.experiment, field) == 0.05
    type_text(field_named(window, "Scale s of the initial weights"), "0,25")
    rest(qtbot, window)
    assert window.session.experiment is not None
    assert window.session.experiment.init.scale == 0.25
    window.select(Edge(1, 0, 3))
    type_text(window.weight_bar.value, "-0,125")
    rest(qtbot, window)
    assert window.session.snapshot is not None
    assert window.session.snapshot.parameters[3] == -0.125


@pytest.mark.parametrize(
    ("name", "field"), [("Learning rate", "learning_rate"), ("L1", "l1"), ("Loss to stop at", "stop_loss")]
)
def test_values_beyond_the_range_are_shown_as_they_are(qtbot: QtBot, window: MainWindow, name: str, field: str) -> None:
    for value in (1e-300, 1.5e-13, 1e9, 1e305):
        window.session.change({field: value})
        rest(qtbot, window)
        shown = field_named(window, name)
        qtbot.waitUntil(lambda: float(shown.text()) == value)  # noqa: B023 (called in this round)
        QTest.keyClick(shown, Qt.Key.Key_Return)  # and leaves them
        assert getattr(window.session.experiment, field) == value


def test_a_seed_beyond_32_bits_is_shown_as_it_is(qtbot: QtBot, window: MainWindow) -> None:
    window.session.change({"seed": 2**62 + 1})
    rest(qtbot, window)
    assert window.panels.more.seed.value() == 2**62 + 1


def test_after_enter_the_keys_are_the_windows(qtbot: QtBot, window: MainWindow) -> None:
    window.select(Edge(1, 0, 3))
    for field in (window.panels.strip.learning_rate, window.panels.strip.batch_size, window.weight_bar.value):
        field.setFocus()
        assert QApplication.focusWidget() is field
        type_text(field, "3")
        rest(qtbot, window)
        assert QApplication.focusWidget() is not field
        shown, start = field.text(), position(window)
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Right)
        qtbot.waitUntil(lambda start=start: position(window) == start + 1)
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Space)
        qtbot.waitUntil(lambda: window.session.playing)
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Space)
        qtbot.waitUntil(lambda: not window.session.playing)
        if field is not window.weight_bar.value:
            assert field.text() == shown
        rest(qtbot, window)


def menu_of(window: MainWindow, qtbot: QtBot, field: NumberField) -> QMenu:
    """Click a field with the right button."""
    line = existing(field.lineEdit())
    place = line.rect().center()
    qtbot.mouseClick(line, Qt.MouseButton.RightButton, pos=place)
    where = line.mapToGlobal(place)
    QApplication.sendEvent(line, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, where))
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def come_back(window: MainWindow, qtbot: QtBot) -> None:
    """The menu is closed, and the window is active again, which Qt's platform for tests leaves to the test."""
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)
    qtbot.wait(1)  # what closing the menu left to be done
    window.activateWindow()
    qtbot.waitActive(window)


@pytest.mark.parametrize("name", ["learning_rate", "batch_size"])
def test_a_right_click_leaves_the_keys_to_the_window_unless_the_text_is_edited(
    qtbot: QtBot, window: MainWindow, name: str
) -> None:
    field = getattr(window.panels.strip, name)
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_V):
        menu = menu_of(window, qtbot, field)
        QTest.keyClick(menu, key)
        if key == Qt.Key.Key_V:  # Try several
            qtbot.waitUntil(lambda: bool(window.findChildren(SweepDialog)))
            window.findChildren(SweepDialog)[0].reject()
            qtbot.waitUntil(lambda: QApplication.activeModalWidget() is None)
        come_back(window, qtbot)
        assert window.focusWidget() is not field
    menu = menu_of(window, qtbot, field)
    QTest.keyClick(menu, Qt.Key.Key_A)  # Select all
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)
    qtbot.wait(1)  # what closing the menu left to be done
    assert window.focusWidget() is field


def test_when_a_dialog_closes_the_keys_are_the_windows_unless_something_is_being_typed(
    qtbot: QtBot, window: MainWindow
) -> None:
    """Qt's platform for tests does not tell of the dialog's window, so the test does."""
    application, field = existing(QApplication.instance()), window.panels.strip.learning_rate
    assert isinstance(application, QApplication)
    dialog = QDialog(window)
    dialog.winId()
    for begin, expected in (
        (lambda: field.setFocus(), window.network),
        (lambda: existing(window.focusWidget()).clearFocus(), window.network),
        (lambda: window.toolbar.buttons["reset"].setFocus(), window.toolbar.buttons["reset"]),
        (lambda: (field.setFocus(), type_text(field, "0,5", key=None)), field),
    ):
        begin()
        for there in (dialog, window):
            application.focusWindowChanged.emit(there.windowHandle())
        assert window.focusWidget() is expected
    application.focusWindowChanged.emit(None)  # another program
    application.focusWindowChanged.emit(window.windowHandle())
    assert window.focusWidget() is field
    dialog.deleteLater()


def test_ctrl_z_takes_a_typed_weight_back(qtbot: QtBot, window: MainWindow) -> None:
    window.select(Edge(1, 0, 3))
    before = parameters(window)
    window.weight_bar.value.setFocus()
    type_text(window.weight_bar.value, "1,5")
    rest(qtbot, window)
    assert parameters(window) != before
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: parameters(window) == before)


def test_a_weight_that_was_begun_and_left_gives_way_to_what_is_true(qtbot: QtBot, window: MainWindow) -> None:
    window.select(Edge(1, 0, 3))
    field = window.weight_bar.value
    field.setFocus()
    type_text(field, "0.0p", key=None)
    assert field.text() == "0.0p"
    play = window.toolbar.buttons["step-epoch"]
    qtbot.mouseClick(play, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: position(window) > 0)
    rest(qtbot, window)
    assert window.session.snapshot is not None
    assert field.text() == short(float(window.session.snapshot.parameters[3]), 5)
    field.setFocus()
    type_text(field, "0.0p")
    assert field.text() == "0.0p"
    reset = window.toolbar.buttons["reset"]
    qtbot.mouseClick(reset, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: position(window) == 0)
    rest(qtbot, window)
    assert field.text() == short(float(window.session.snapshot.parameters[3]), 5)
    assert not field.problem


def test_a_click_elsewhere_takes_a_number_before_the_button_acts(qtbot: QtBot, window: MainWindow) -> None:
    field = window.panels.strip.learning_rate
    field.setFocus()
    type_text(field, "0,5", key=None)
    step = window.toolbar.buttons["step-sample"]
    qtbot.mouseClick(step, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: position(window) == 1)
    assert window.session.experiment is not None
    assert window.session.experiment.learning_rate == 0.5


def test_escape_gives_up_what_was_typed(qtbot: QtBot, window: MainWindow) -> None:
    field = window.panels.strip.learning_rate
    before = field.text()
    field.setFocus()
    type_text(field, "7", key=None)
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Escape)
    assert field.text() == before
    assert QApplication.focusWidget() is not field
    type_text(field, "much")
    field.setFocus()
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_Escape)
    assert (field.text(), field.problem) == (before, "")


def test_a_field_keeps_the_keys_when_enter_is_refused_and_gives_them_back_at_escape(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.session.change({"data": DataSource("rule", rule="x2 > x1"), "only_sample": None})
    qtbot.waitUntil(window.panels.data.rule.isVisible)
    window.docks.bring_up("runs")
    window.select(Edge(1, 0, 3))
    rest(qtbot, window)
    window.actions_by_name["go-to-epoch"].trigger()
    fields = window.panels.strip.learning_rate, window.weight_bar.value, window.panels.data.rule.line
    for field in (window.toolbar.figures.field, *fields, window.runs.view.filter):
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClicks(field, "0.0p")
        is_logarithmic = window.loss.logarithmic.isChecked()
        if field is not window.runs.view.filter:  # which takes any text
            QTest.keyClick(window.windowHandle(), Qt.Key.Key_Return)
            assert QApplication.focusWidget() is field
            QTest.keyClick(window.windowHandle(), Qt.Key.Key_L)
            assert window.loss.logarithmic.isChecked() == is_logarithmic
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Escape)
        shown = field.text()
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_L)
        assert window.loss.logarithmic.isChecked() != is_logarithmic
        assert field.text() == shown and (shown != "0.0p" or not field.isVisible())


@pytest.mark.parametrize("end", ["typed on", "valid", "Escape", "elsewhere"])
def test_the_mark_of_a_refused_text_ends_with_it(qtbot: QtBot, window: MainWindow, end: str) -> None:
    for field, bad in ((window.panels.strip.learning_rate, "abc"), (window.panels.strip.batch_size, "0")):
        line = existing(field.lineEdit())
        plain = line.font().bold(), line.font().underline()
        field.setFocus()
        type_text(field, bad)
        assert field.problem and line.selectedText() == bad
        assert (line.font().bold(), line.font().underline()) != plain
        if end == "typed on":
            QTest.keyClick(window.windowHandle(), Qt.Key.Key_5)
            assert field.text() == "5"
        elif end == "valid":
            type_text(field, "3")
        elif end == "Escape":
            QTest.keyClick(window.windowHandle(), Qt.Key.Key_Escape)
        else:
            qtbot.mouseClick(window.toolbar.buttons["reset"], Qt.MouseButton.LeftButton)
            assert field.text() in ("0.01", "1")
        assert not field.problem
        assert (line.font().bold(), line.font().underline()) == plain
        field.give_up()


def test_a_number_fits_into_its_field_and_is_whole_where_one_works(window: MainWindow) -> None:
    field = window.panels.strip.learning_rate
    line = existing(field.findChild(QLineEdit))
    for text in ("1e9", "1e-9", "0.00001", "100000", "1234567", "-1e300", "0.123456789", "12345678"):
        value = float(text)
        for holder in (window.network, field):
            holder.setFocus()
            field.set_value(value)
            shown = field.text()
            if holder is field:
                assert float(shown) == value
            else:
                assert float(shown) == pytest.approx(value, rel=0.05) and len(shown) <= 7, text
                assert line.fontMetrics().horizontalAdvance(shown) <= line.width() - 4, "with the margins of Qt's line"
        field.give_up()


def test_a_refused_text_says_why_in_a_tooltip(qtbot: QtBot, window: MainWindow) -> None:
    field = window.panels.more.dropout
    type_text(field, "5")
    assert field.problem == '"5" is out of range; type a number from 0 to 0.95.'
    assert QToolTip.text() == field.problem
    QToolTip.hideText()


def test_a_field_left_empty_shows_its_value_again(qtbot: QtBot, window: MainWindow) -> None:
    field = window.panels.strip.learning_rate
    before = field.text()
    type_text(field, " ")
    assert (field.text(), field.problem) == (before, "")


def type_over(field: NumberField, text: str) -> str:
    """The text of a field after one has typed into it as it stands."""
    QTest.keyClicks(field, text)
    shown = field.text()
    field.give_up()
    return shown


def test_a_click_selects_the_number_and_another_click_places_the_cursor(qtbot: QtBot, window: MainWindow) -> None:
    window.select(Edge(1, 0, 3))
    strip, patience = window.panels.strip, window.panels.more.patience
    patience.setEnabled(True)
    window.docks.bring_up("more")
    window.panels.more.sections["stopping"].header.setChecked(True)
    qtbot.waitUntil(patience.isVisible)
    for field in (strip.learning_rate, strip.batch_size, window.toolbar.epochs, window.weight_bar.value, patience):
        field.clearFocus()
        line = existing(field.findChild(QLineEdit))
        end = QPoint(line.width() - 2, line.height() // 2)
        suffix = " epochs" if field is patience else ""
        qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=end)
        assert field.hasFocus()
        assert type_over(field, "7") == f"7{suffix}"
        shown = field.text().removesuffix(suffix)
        qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=end)
        assert sorted(type_over(field, "7")) == sorted(f"{shown}7{suffix}")
        qtbot.mouseDClick(line, Qt.MouseButton.LeftButton, pos=end)
        assert type_over(field, "7") == f"7{suffix}"


def test_whoever_comes_to_a_field_by_keys_types_in_place_of_its_number(window: MainWindow) -> None:
    fields = window.panels.strip.learning_rate, window.toolbar.epochs
    for reason, field in product(("Tab", "Backtab", "Shortcut", "ActiveWindow"), fields):
        field.setFocus(getattr(Qt.FocusReason, f"{reason}FocusReason"))
        assert type_over(field, "0.5" if field is not window.toolbar.epochs else "5") in ("0.5", "5")


def test_a_selected_number_stays_selected_while_it_changes(window: MainWindow) -> None:
    window.select(Edge(1, 0, 3))
    field = window.weight_bar.value
    field.setFocus(Qt.FocusReason.TabFocusReason)
    field.set_value(0.123456)  # as while the run plays
    assert type_over(field, "2") == "2"


@pytest.mark.parametrize(("value", "up"), [(1e9, True), (1e-300, False), (-1e9, False)])
def test_steps_beyond_the_last_round_number_stay(value: float, up: bool) -> None:
    assert next_round(value, up, low=1e-300 if value > 0.0 else -1e300) == value
