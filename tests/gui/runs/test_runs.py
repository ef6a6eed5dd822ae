"""Runs beside the present one, in the real window: kept by a key, listed, shown in both plots, opened, removed."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import QItemSelectionModel, QPointF, Qt
from PyQt5.QtGui import QFont, QFontMetrics, QImage
from PyQt5.QtWidgets import QApplication, QFileDialog, QMessageBox, QTabBar, QToolTip
from pytestqt.qtbot import QtBot

from core.base.number_text import short
from core.base.row_text import guarded
from core.data.data_source import default_source
from core.explain.picked_part import Neuron
from core.explain.verdict.verdict import START
from core.training.presets import PRESETS
from core.workbench.many_runs.lowest_test_loss import row_to_go_to, rows_of_lowest_test_loss
from core.workbench.many_runs.run_differences import OTHER_DATA, OTHER_LOSS, OTHER_SPLIT
from core.workbench.many_runs.run_rows import RunRow
from gui.decision.place_line import PlaceLine
from gui.runs.row_table_setup import ROW_MARGIN
from gui.runs.run_colors import run_color
from gui.runs.run_table_model import (
    BOX,
    EPOCHS,
    LOWEST,
    NAME,
    STATE,
    TEST_LOSS,
    TEST_SCORE,
    TRAIN_LOSS,
    TRAIN_SCORE,
    RunTableModel,
    run_cell_text,
    tip_of,
)
from gui.runs.runs_view import RunsView
from gui.widgets.qt_objects import existing
from gui.widgets.theme import LIGHT, THEMES, Theme
from gui.window.main_window import MainWindow
from tests.core.explain.judged_runs import BROKEN
from tests.gui.conftest import drawn, written
from tests.gui.support import hover, parameters, position


def press(qtbot: QtBot, window: MainWindow, key: int) -> None:
    qtbot.keyClick(window.network, key)


def trained(qtbot: QtBot, window: MainWindow, epochs: int) -> None:
    window.session.run_epochs(epochs)
    qtbot.waitUntil(lambda: window.session.at_rest and not window.session.playing)


def with_rate(qtbot: QtBot, window: MainWindow, rate: float, epochs: int = 3) -> None:
    """Start again with another learning rate, and train."""
    window.session.change({"learning_rate": rate})
    window.session.reset()
    qtbot.waitUntil(lambda: position(window) == 0 and window.session.at_rest)
    trained(qtbot, window, epochs)


def kept(qtbot: QtBot, window: MainWindow) -> None:
    count = len(window.runs.kept)
    press(qtbot, window, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: len(window.runs.kept) == count + 1)


def names(window: MainWindow) -> list[str]:
    return [row.name for row in window.runs.rows()]


def row_named(window: MainWindow, name: str) -> RunRow:
    return next(row for row in window.runs.rows() if row.name == name)


def pinned_row(window: MainWindow) -> RunRow:
    """The row of the run that is shown beside the present one."""
    return next(row for row in window.runs.rows() if row.pinned)


def select(window: MainWindow, name: str) -> None:
    model = window.runs.view.model
    place = next(place for place, row in enumerate(model.rows) if row.name == name)
    window.runs.view.table.selectRow(place)


@pytest.fixture
def two(qtbot: QtBot, window: MainWindow) -> MainWindow:
    """A kept run with the learning rate 0.01, and a present one with 0.5."""
    trained(qtbot, window, 3)
    kept(qtbot, window)
    with_rate(qtbot, window, 0.5)
    qtbot.waitUntil(lambda: len(window.runs.view.model.rows) == 2)
    return window


def test_which_learning_rate_is_better_takes_four_gestures(qtbot: QtBot, window: MainWindow) -> None:
    """K keeps the run; the rate is typed; R starts again from the same weights; Space plays."""
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: position(window) > 2000)
    assert not window.runs_place.is_seen
    press(qtbot, window, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: window.runs_place.is_seen)
    window.panels.strip.learning_rate.setFocus()
    window.panels.strip.learning_rate.selectAll()
    qtbot.keyClicks(window.panels.strip.learning_rate, "0.5")
    qtbot.keyClick(window.panels.strip.learning_rate, Qt.Key.Key_Return)
    press(qtbot, window, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: position(window) == 0 and window.session.at_rest)
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.session.playing and len(window.runs.curves.labels) == 1)
    assert window.runs.curves.labels[0][0] == "Shallow net"
    present, *others = window.runs.rows()
    assert present.is_present and present.name == "learning rate 0.5, Shallow net"
    assert [row.pinned for row in others if row.name == "Shallow net"] == [True]
    press(qtbot, window, Qt.Key.Key_Space)


def test_a_kept_run_is_shown_in_both_plots(qtbot: QtBot, two: MainWindow) -> None:
    lines = two.runs.curves.layer.lines
    entry = two.runs.kept.pinned[0]
    history = entry.run.history
    assert len(lines) == 1  # the preset has no test set
    assert lines[0].x.tobytes() == two.epochs.scale.places(history.epochs).tobytes()  # nothing left out or smoothed
    assert lines[0].y.tobytes() == two.loss.scale.heights(history.column("train_loss")).tobytes()
    qtbot.waitUntil(lambda: not two.runs.borders.is_busy and len(two.runs.borders.layer.lines) == 1)
    line = two.runs.borders.layer.lines[0]
    ends = np.isfinite(line.x)
    outputs = entry.run.decision(two.runs.borders._plane()).margin  # type: ignore[arg-type]
    assert ends.any() and outputs.min() < 0.1
    two.runs.pin(row_named(two, "Shallow net"), False)
    assert not two.runs.curves.layer.lines and not two.runs.borders.layer.lines


def test_a_kept_run_is_drawn_only_on_its_own_data(qtbot: QtBot, two: MainWindow) -> None:
    """On other data it is listed, with the reason, and comes back with its data."""
    here = existing(two.session.experiment).data
    lines = [layer.layer for layer in (two.runs.curves, two.runs.borders)]
    qtbot.waitUntil(lambda: all(len(layer.lines) == 1 for layer in lines))
    for other in ("circle", "plane"):
        two.session.change({"data": default_source(other)})
        qtbot.waitUntil(lambda: pinned_row(two).apart == OTHER_DATA and not two.runs.borders.is_busy)
        select(two, pinned_row(two).name)
        assert not any(layer.lines for layer in (*lines, two.runs._selected_borders.layer))
        row = pinned_row(two)
        assert run_cell_text(row, STATE) == "other data" and "It learns other data" in tip_of(row)
        box = two.runs.view.model.index(two.runs.view.model.rows.index(row), BOX)
        assert "It learns other data" in str(box.data(Qt.ItemDataRole.ToolTipRole)), "a tick without a border"
    two.session.change({"data": here})
    qtbot.waitUntil(lambda: all(len(layer.lines) == 1 for layer in lines))
    assert run_cell_text(pinned_row(two), STATE) == "kept"


def test_nothing_is_drawn_over_an_empty_canvas(qtbot: QtBot, two: MainWindow) -> None:
    lines = [layer.layer for layer in (two.runs.curves, two.runs.borders)]
    qtbot.waitUntil(lambda: all(len(layer.lines) == 1 for layer in lines))
    two.painting.new_canvas()
    qtbot.waitUntil(lambda: not any(layer.lines for layer in lines))
    two.session.undo()
    qtbot.waitUntil(lambda: all(len(layer.lines) == 1 for layer in lines))


def test_a_border_tells_whose_it_is(qtbot: QtBot, two: MainWindow) -> None:
    """Also over the plot of a run that is not trained yet, where nothing else names the coloured lines."""
    borders, scatter = two.runs.borders, two.scatter
    two.session.reset()
    qtbot.waitUntil(lambda: position(two) == 0 and two.session.at_rest)
    qtbot.waitUntil(lambda: len(borders.layer.lines) == 1 and not borders.is_busy)
    (line,) = borders.layer.lines
    (x0, x1), (y0, y1) = scatter.plot.box.viewRange()
    inside = (line.x > x0) & (line.x < x1) & (line.y > y0) & (line.y < y1)
    middle = np.flatnonzero(inside)[np.count_nonzero(inside) // 2]
    place = scatter.plot.box.mapViewToScene(QPointF(line.x[middle], line.y[middle]))
    hover(existing(scatter.plot.viewport()), place.x(), place.y())
    qtbot.waitUntil(lambda: "Shallow net" in QToolTip.text())
    pixel = (x1 - x0) / 500, (y1 - y0) / 500
    between = QPointF(*((getattr(line, name)[middle] + getattr(line, name)[middle + 1]) / 2 for name in "xy"))
    assert [name for _color, name in borders.names_at(between, pixel)] == ["Shallow net"]
    assert not borders.names_at(QPointF(x0, y1), pixel)


def test_the_plot_of_the_data_names_the_borders_of_other_runs(qtbot: QtBot, two: MainWindow) -> None:
    """Behind another tab nothing did, and lines of runs that were ticked long ago crossed the plot."""
    key, scatter = two.runs.borders.key, two.scatter
    two.resize(1280, 800)
    two.docks.bring_up("inspector")
    qtbot.waitUntil(lambda: key.isVisible() and not two.runs.borders.is_busy)
    color = run_color(0, two.theme).name()
    assert key.text() == f"<span style='color:{color}'>▬</span>&nbsp;Shallow net"
    title, box = scatter.plot.axes["bottom"].label.sceneBoundingRect(), scatter.plot.box.sceneBoundingRect()
    assert key.geometry().right() <= title.left() and key.geometry().top() >= box.bottom()
    scatter.plot.scene().sigMouseMoved.emit(box.center())
    told = existing(scatter.plot.findChild(PlaceLine))
    assert told.isVisible() and told.geometry().contains(key.geometry()), "what is told of a place hides it"
    assert scatter.plot.children().index(told) > scatter.plot.children().index(key)
    scatter.show_neuron(Neuron(1, 0))
    assert key.isHidden(), "as the borders are over the map of a neuron"


def test_names_do_not_hide_the_curves_of_a_low_plot(qtbot: QtBot, two: MainWindow) -> None:
    """They stand over the curves there; the list and the tip of a curve have them too."""
    marks, loss = two.runs.curves.marks, two.loss

    def written_names() -> int:
        drawn: list[str] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(marks, "_write", lambda painter, text, color, box: drawn.append(text))
            marks.update()
            loss.plot.grab()
        return len(drawn)

    (label,) = two.runs.curves.labels
    marks.set_labels([label] * 4)
    loss.plot.setFixedHeight(300)
    qtbot.waitUntil(lambda: written_names() == 4)
    loss.plot.setFixedHeight(130)
    qtbot.waitUntil(lambda: written_names() == 0)


def test_a_word_for_a_state_is_explained(qtbot: QtBot, two: MainWindow) -> None:
    model, tip = two.runs.view.model, Qt.ItemDataRole.ToolTipRole

    def told() -> str:
        place = next(place for place, row in enumerate(model.rows) if not row.is_present)
        return str(model.data(model.index(place, STATE), tip))

    qtbot.waitUntil(lambda: len(model.rows) == 2)
    assert "You kept it" in told()
    two.runs.pin(pinned_row(two), False)
    qtbot.waitUntil(lambda: "went on with another run" in told())
    two.session.change({"data": default_source("circle")})
    qtbot.waitUntil(lambda: "other data" in told() and "went on" in told())


def test_the_tip_of_a_row_says_that_a_double_click_opens_the_run(qtbot: QtBot, two: MainWindow) -> None:
    model = two.runs.view.model
    qtbot.waitUntil(lambda: len(model.rows) == 2)
    for place, row in enumerate(model.rows):
        for column in (NAME, EPOCHS, LOWEST):
            tip = str(model.index(place, column).data(Qt.ItemDataRole.ToolTipRole))
            assert tip.endswith("\nDouble click: open this run") is not row.is_present


def test_losses_are_drawn_beside_the_same_loss_alone(qtbot: QtBot, two: MainWindow) -> None:
    two.session.change({"loss": "cross-entropy"})
    qtbot.waitUntil(lambda: pinned_row(two).apart == OTHER_LOSS)
    assert not two.runs.curves.layer.lines and not two.runs.curves.labels
    qtbot.waitUntil(lambda: len(two.runs.borders.layer.lines) == 1)
    row = pinned_row(two)
    assert run_cell_text(row, STATE) == "other loss" and "measured otherwise" in tip_of(row)
    two.loss.what.setCurrentIndex(1)
    assert len(two.runs.curves.layer.lines) == 1  # accuracies can be compared


def test_numbers_of_another_split_are_pale_and_the_list_says_why(qtbot: QtBot, two: MainWindow) -> None:
    two.session.change({"train_fraction": 0.8})
    qtbot.waitUntil(lambda: pinned_row(two).apart == OTHER_SPLIT)
    row, model = pinned_row(two), two.runs.view.model
    assert run_cell_text(row, STATE) == "other split" and "other points" in tip_of(row)
    place = model.rows.index(row)
    pale = [model.data(model.index(place, column), Qt.ItemDataRole.ForegroundRole) for column in range(STATE + 1)]
    assert [color is not None for color in pale] == [TEST_LOSS <= column < STATE for column in range(STATE + 1)]
    assert two.runs.curves.layer.lines, "its curve can be drawn"


def test_the_curves_follow_the_axis(qtbot: QtBot, two: MainWindow) -> None:
    history = two.runs.kept.pinned[0].run.history
    two.loss.logarithmic.toggle()
    assert np.allclose(two.runs.curves.layer.lines[0].y, np.log10(history.column("train_loss")))
    two.loss.what.setCurrentIndex(1)
    assert np.allclose(two.runs.curves.layer.lines[0].y, 100 * history.column("train_score"))


def test_the_plot_has_room_for_a_longer_kept_run(qtbot: QtBot, window: MainWindow) -> None:
    trained(qtbot, window, 40)
    kept(qtbot, window)
    with_rate(qtbot, window, 0.5, epochs=2)
    qtbot.waitUntil(lambda: bool(window.runs.curves.layer.lines))
    right = window.loss.plot.box.viewRange()[0][1]
    assert window.epochs.scale.epoch(right) >= 40


def test_the_mouse_tells_of_a_curve_and_a_click_opens_it(qtbot: QtBot, two: MainWindow) -> None:
    before = two.runs.kept.pinned[0].run
    box, line = two.loss.plot.box, two.runs.curves.layer.lines[0]
    place = box.mapViewToScene(QPointF(line.x[8], line.y[8]))
    hover(two.loss.plot.viewport(), place.x(), place.y())
    note = two.runs.curves.marks.note
    assert note[0] == "Shallow net" and note[1] == "learning rate 0.01 (here 0.5)"
    assert note[2].startswith("epoch 0.5   train ")
    viewport = existing(two.loss.plot.viewport())
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place.toPoint())
    qtbot.waitUntil(lambda: two.session.at_rest and parameters(two) == before.parameters.tobytes())
    assert position(two) == before.tip  # the click did not move the head of the former run


def test_enter_opens_a_run_with_its_bits_and_undo_brings_the_other_back(qtbot: QtBot, two: MainWindow) -> None:
    bits = parameters(two)
    select(two, "Shallow net")
    qtbot.keyClick(two.runs.view.table, Qt.Key.Key_Return)
    entry = two.runs.kept.pinned[0]
    qtbot.waitUntil(lambda: two.session.at_rest and parameters(two) == entry.run.parameters.tobytes())
    rows = two.runs.rows()
    assert [row.name for row in rows if row.is_present] == ["Shallow net"]
    assert len(rows) == 2 and rows[0].pinned  # the present run is the kept one; the other one was left
    assert not two.runs.curves.layer.lines  # the present run's curves are no others
    two.actions_by_name["undo"].trigger()
    qtbot.waitUntil(lambda: two.session.at_rest and parameters(two) == bits)


def test_the_table_sorts_filters_and_keeps_its_selection(qtbot: QtBot, two: MainWindow) -> None:
    with_rate(qtbot, two, 0.1)
    with_rate(qtbot, two, 0.2)
    view = two.runs.view
    qtbot.waitUntil(lambda: len(view.model.rows) == 4)
    select(two, "Shallow net")
    view.table.sortByColumn(TRAIN_LOSS, Qt.SortOrder.DescendingOrder)
    losses = [row.numbers[0] for row in view.model.rows]
    assert losses == sorted(losses, reverse=True)
    view.filter.setFocus()
    qtbot.keyClicks(view.filter, "rate 0.2")
    qtbot.waitUntil(lambda: [row.name for row in view.model.rows] == ["learning rate 0.2, Shallow net"])
    assert view.count.full == "1 of 4 runs"
    view.filter.clear()
    qtbot.waitUntil(lambda: len(view.model.rows) == 4)


def test_no_number_is_cut_off(two: MainWindow) -> None:
    table = two.runs.view.table
    font = QFont(table.font())
    font.setBold(True)  # as the present run is written
    widest = QFontMetrics(font).horizontalAdvance("0.000123")
    assert table.columnWidth(TRAIN_LOSS) >= widest + 6


def test_space_in_the_table_plays_unless_tab_led_there(qtbot: QtBot, two: MainWindow) -> None:
    with_rate(qtbot, two, 0.1)
    qtbot.waitUntil(lambda: len(two.runs.view.model.rows) == 3)
    select(two, "learning rate 0.5, Shallow net")
    assert not row_named(two, "learning rate 0.5, Shallow net").pinned
    table = two.runs.view.table
    table.setFocus(Qt.FocusReason.MouseFocusReason)
    qtbot.keyClick(table, Qt.Key.Key_Space)  # after a click it plays and pauses
    qtbot.waitUntil(lambda: two.session.playing)
    qtbot.keyClick(table, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not two.session.playing and two.session.at_rest)
    assert not row_named(two, "learning rate 0.5, Shallow net").pinned
    table.clearFocus()
    table.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert row_named(two, "learning rate 0.5, Shallow net").pinned and not two.session.playing
    assert {label[0] for label in two.runs.curves.labels} == {"Shallow net", "learning rate 0.5"}
    colors = {label[1].name() for label in two.runs.curves.labels}
    assert len(colors) == 2


def test_a_setting_changed_at_the_start_is_a_difference(qtbot: QtBot, window: MainWindow) -> None:
    trained(qtbot, window, 3)
    kept(qtbot, window)
    window.session.seek(0)
    qtbot.waitUntil(lambda: position(window) == 0 and window.session.at_rest)
    window.session.change({"l2": 0.01})
    qtbot.waitUntil(lambda: len(window.runs.rows()) == 2 and window.session.at_rest)
    for epochs in (0, 2):  # also before anything was trained with it
        if epochs:
            trained(qtbot, window, epochs)
        told = "on the way: no changes; here: L2 0 → 0.01 at epoch 0"
        qtbot.waitUntil(lambda told=told: told in tip_of(pinned_row(window)))
    assert "L2 0 → 0.01 at epoch 0" in next(row.name for row in window.runs.rows() if row.is_present)


def test_a_click_on_the_box_pins_the_present_run(qtbot: QtBot, two: MainWindow) -> None:
    model = two.runs.view.model
    place = next(place for place, row in enumerate(model.rows) if row.is_present)
    model.setData(model.index(place, BOX), Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    qtbot.waitUntil(lambda: len(two.runs.kept.pinned) == 2)
    assert len(two.runs.rows()) == 2  # the kept copy and the present run are one row


def test_in_the_list_a_change_without_room_for_its_new_value_is_left_out_whole(qtbot: QtBot, two: MainWindow) -> None:
    """Qt ended the name in "early stopping none…", though the run was to stop early."""
    model, table = two.runs.view.model, two.runs.view.table
    index = model.index(next(place for place, row in enumerate(model.rows) if row.pinned), NAME)

    def picture(name: str, lines: int) -> QImage:
        model.setData(index, name)
        qtbot.waitUntil(lambda: index.data() == name)
        table.setColumnWidth(NAME, table.fontMetrics().horizontalAdvance("L2 0 → 0.01; early stopping none xxx"))
        table.setRowHeight(index.row(), ROW_MARGIN + lines * table.fontMetrics().height())
        return existing(table.viewport()).grab(table.visualRect(index)).toImage()

    changes = "L2 0 → 0.01; early stopping none → 20 at epoch 8; L1 0 → 0.01 at epoch 9"
    assert picture(changes, 1) == picture("L2 0 → 0.01; …", 1)
    first = "activation of all layers tanh → ReLU;"
    assert picture(f"{first} {changes}", 2) == picture(f"{first} L2 0 → 0.01; …", 2) != picture(first, 2)


def test_a_box_that_was_clicked_has_no_frame_beside_it(qtbot: QtBot, two: MainWindow) -> None:
    """Qt drew that of the current cell around the text, of which there is none."""
    model, table = two.runs.view.model, two.runs.view.table
    selection = existing(table.selectionModel())
    two.activateWindow()
    table.setFocus(Qt.FocusReason.OtherFocusReason)
    qtbot.waitUntil(table.hasFocus)

    def picture(column: int, current: int) -> QImage:
        selection.setCurrentIndex(model.index(0, current), QItemSelectionModel.SelectionFlag.NoUpdate)
        return existing(table.viewport()).grab(table.visualRect(model.index(0, column))).toImage()

    assert picture(BOX, BOX) == picture(BOX, NAME)
    assert picture(NAME, BOX) != picture(NAME, NAME), "the keys act on the row with the frame"


def test_runs_are_renamed_and_removed(qtbot: QtBot, two: MainWindow) -> None:
    model = two.runs.view.model
    place = next(place for place, row in enumerate(model.rows) if row.pinned)
    model.setData(model.index(place, NAME), "slow")
    assert "slow" in names(two) and two.runs.curves.labels[0][0] == "slow"
    select(two, "slow")
    qtbot.keyClick(two.runs.view.table, Qt.Key.Key_Delete)
    question = two.findChild(QMessageBox)
    assert question is not None and question.text() == "Remove “slow”?" and len(two.runs.kept) == 1
    button = next(b for b in question.buttons() if b.text().replace("&", "") == "Remove")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert len(two.runs.kept) == 0 and not two.runs.curves.layer.lines


def test_the_list_is_copied_and_saved(
    qtbot: QtBot, two: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = next(row for row in two.runs.view.model.rows if row.entry is not None)
    two.runs.view.model.rename_wanted.emit(kept, "=1+1")  # which a spreadsheet would compute
    losses_now = [row.numbers[0] for row in two.runs.rows()]
    qtbot.waitUntil(lambda: [row.numbers[0] for row in two.runs.view.model.rows] == losses_now)
    qtbot.waitUntil(lambda: "=1+1" in [row.name for row in two.runs.view.model.rows])
    two.runs.view.copy.trigger()
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    lines = clipboard.text().splitlines()
    assert len(lines) == 3 and lines[0].startswith("run\tepochs\ttrain_loss")
    assert any(line.startswith("'=1+1\t") for line in lines)
    path = tmp_path / "runs.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    two.runs.view.save.trigger()
    qtbot.waitUntil(lambda: written(two) and path.exists())
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    losses = {row["run"]: float(row["train_loss"]) for row in rows}
    for row in two.runs.rows():
        assert losses[guarded(row.name)] == row.numbers[0]  # all digits


def test_the_list_tells_how_a_run_ended(qtbot: QtBot, two: MainWindow) -> None:
    two.session.change({"stop_loss": 0.2})
    trained(qtbot, two, 5)
    qtbot.waitUntil(lambda: any(row.state == "stopped" for row in two.runs.rows()))
    with_rate(qtbot, two, 0.1, epochs=1)
    assert any(row.entry is not None and row.state == "stopped" for row in two.runs.rows())


def test_a_run_that_stopped_early_tells_its_best_epoch_too(qtbot: QtBot, two: MainWindow) -> None:
    experiment = next(case.experiment for case in BROKEN if case.causes == ("overfitting",)).replace(patience=5)
    two.session.load(experiment, anew=True)
    qtbot.waitUntil(lambda: two.session.experiment == experiment and two.session.at_rest)
    trained(qtbot, two, 500)
    qtbot.waitUntil(lambda: any(row.state == "stopped" for row in two.runs.rows()) and two.session.at_rest)
    row = next(row for row in two.runs.rows() if row.is_present)
    assert row.state == "stopped" and row.lowest is not None
    epoch, loss = row.lowest.epoch, row.lowest.loss
    snapshot = two.session.snapshot
    assert epoch == position(two) // snapshot.epoch_length == row.epochs, "the numbers are those of the state shown"
    assert row.numbers == (snapshot.train_loss, loss, snapshot.train_score, snapshot.test_score)
    assert run_cell_text(row, STATE) == f"stopped at {epoch + 5}; back at its best"
    assert f"at epoch {epoch + 5} and is back at its best" in tip_of(row)
    two.session.seek(0)
    qtbot.waitUntil(lambda: two.session.at_rest and position(two) == 0)
    row = next(row for row in two.runs.rows() if row.is_present)
    assert row.epochs == 0 and row.numbers[1] == existing(two.session.snapshot).test_loss
    assert run_cell_text(row, STATE) == "stopped"
    assert run_cell_text(row, LOWEST) == f"{short(loss, 3)} ({epoch})"
    assert f"lowest at epoch {epoch}: {short(loss, 3)}" in tip_of(row)


def test_a_row_tells_of_one_moment(qtbot: QtBot, two: MainWindow) -> None:
    """The epochs are those at which the losses were measured: of the present run those of now, of others a record."""
    two.session.step("sample")
    trained(qtbot, two, 530)  # to the midst between two records, which are two epochs apart there
    present, other = two.runs.rows()
    snapshot = existing(two.session.snapshot)
    assert present.is_present and present.epochs == position(two) / snapshot.epoch_length > present.history.epochs[-1]
    assert present.numbers[0] == snapshot.train_loss != present.history.column("train_loss")[-1]
    assert other.epochs == other.history.epochs[-1]


@pytest.mark.parametrize(
    ("fraction", "sizes"),
    [
        (1.0, {(1280, 800): TRAIN_SCORE, (1100, 700): TRAIN_SCORE}),
        (0.7, {(1280, 800): TRAIN_SCORE, (1100, 700): TRAIN_LOSS}),
    ],
)
def test_losses_and_scores_need_no_scrolling_beside_long_names(
    qtbot: QtBot, window: MainWindow, fraction: float, sizes: dict[tuple[int, int], int]
) -> None:
    """The names took all the room, and had the numbers that one compares behind a scroll bar."""
    window.docks.bring_up("runs")
    view = window.runs.view
    table, model = view.table, view.model
    for count in range(1, 8):
        fields = {"train_fraction": fraction, "hidden": (count, 16, 16), "learning_rate": count / 100.0}
        window.session.change({**fields, "batch_size": count, "seed": count})
        qtbot.waitUntil(lambda count=count: window.session.at_rest and window.session.experiment.hidden[0] == count)
        trained(qtbot, window, 1)
    longest = max(range(len(model.rows)), key=lambda row: len(model.rows[row].name))
    name = model.rows[longest].name
    for size, last in sizes.items():
        window.resize(*size)
        qtbot.waitUntil(lambda size=size: (window.width(), window.height()) == size and drawn(window))
        qtbot.waitUntil(lambda: len(model.rows) >= 7 and existing(table.verticalScrollBar()).isVisible())
        assert table.isColumnHidden(TEST_LOSS) is (fraction == 1.0)
        ends = [table.columnViewportPosition(column) + table.columnWidth(column) for column in range(last + 1)]
        assert max(ends) <= existing(table.viewport()).width()
        letters = table.fontMetrics().averageCharWidth()
        assert table.columnWidth(NAME) > 12 * letters, "of a name there are some words, each on one of two lines"
        assert table.fontMetrics().horizontalAdvance(name) > table.columnWidth(NAME)
    assert str(model.index(longest, NAME).data(Qt.ItemDataRole.ToolTipRole)).startswith(name), "the tip has the whole"
    window.resize(2400, 1000)
    qtbot.waitUntil(lambda: table.columnWidth(NAME) >= table.fontMetrics().horizontalAdvance(name))


def lowest_of(window: MainWindow) -> tuple[float, int]:
    """The lowest test loss of the present run, and its position."""
    timeline = window.session.timeline
    assert timeline is not None
    at, loss = timeline.present_branch.history.lows[-1].tolist()
    return loss, int(at)


def test_the_verdict_tells_where_the_test_loss_was_lowest_and_leads_there(qtbot: QtBot, window: MainWindow) -> None:
    """A cure is judged beside the run that it was for, which was left."""
    window.resize(1280, 800)
    window.session.load(PRESETS["overfit"].experiment, anew=True)
    qtbot.waitUntil(lambda: window.session.experiment == PRESETS["overfit"].experiment)
    trained(qtbot, window, 40)
    link, (lowest, at) = window.verdict.lowest, lowest_of(window)
    qtbot.wait(300)
    assert not link.isVisible()  # nothing to compare with
    window.session.change({"l2": 0.3})
    window.session.reset()
    qtbot.waitUntil(lambda: position(window) == 0 and window.session.at_rest)
    qtbot.waitUntil(lambda: existing(window.verdict.verdict).kind == START)
    qtbot.wait(300)
    assert not link.isVisible()  # nothing is trained yet
    trained(qtbot, window, 3)
    worse = window.session.snapshot.test_loss
    assert worse > lowest
    words = f"Test loss {short(worse, 3)}; lowest so far {short(lowest, 3)}"
    qtbot.waitUntil(lambda: link.isVisible() and link.accessibleName().startswith(words))
    assert link.isEnabled() and short(lowest, 3) in link.text()
    assert link.accessibleName().endswith(f"go to epoch {at // 100} of “Overfitting”")
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: position(window) == at and window.session.at_rest)
    assert window.session.snapshot.test_loss == lowest
    qtbot.waitUntil(lambda: not link.isEnabled())
    assert "the lowest so far" in link.accessibleName()


def test_names_take_what_the_losses_leave(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1100, 700)
    window.session.load(PRESETS["overfit"].experiment, anew=True)
    qtbot.waitUntil(lambda: window.session.experiment == PRESETS["overfit"].experiment)
    trained(qtbot, window, 2)
    for fields in ({"l2": 0.01}, {"hidden": (16, 16)}):
        window.session.change(fields)
        window.session.reset()
        qtbot.waitUntil(lambda: position(window) == 0 and window.session.at_rest)
        trained(qtbot, window, 2)
    press(qtbot, window, Qt.Key.Key_K)
    table = window.runs.view.table
    qtbot.waitUntil(lambda: len(window.runs.view.model.rows) == 3)
    assert sorted(names(window)) == ["16-16 neurons, L2 0.01, Exclusive or", "L2 0.01, Overfitting", "Overfitting"]
    assert not table.isColumnHidden(TEST_LOSS)
    numbers = sum(table.columnWidth(column) for column in range(TRAIN_SCORE + 1) if column != NAME)
    room = table.viewport().width() - numbers
    assert table.columnWidth(NAME) > 100, "room for more than a word"
    assert table.columnWidth(NAME) >= min(room, table.sizeHintForColumn(NAME))


def test_a_name_is_the_same_whichever_run_is_present(qtbot: QtBot, window: MainWindow) -> None:
    few = default_source("circle")
    for samples in (200, 1000):
        window.session.change({"data": replace(few, samples=samples)})
        qtbot.waitUntil(lambda samples=samples: window.session.experiment.data.samples == samples)
        trained(qtbot, window, 1)
    told = {"7 neurons, 200 points, Circle", "7 neurons, 1\u202f000 points, Circle"}
    qtbot.waitUntil(lambda: set(names(window)) == told)
    assert window.runs.rows()[0].name == "7 neurons, 1\u202f000 points, Circle"
    window.runs.open(window.runs.rows()[1])
    qtbot.waitUntil(lambda: window.session.experiment.data.samples == 200 and window.session.at_rest)
    qtbot.waitUntil(lambda: window.runs.rows()[0].name == "7 neurons, 200 points, Circle")
    assert set(names(window)) == told


def test_the_row_of_a_new_run_comes_into_view_and_training_does_not_scroll(qtbot: QtBot, window: MainWindow) -> None:
    """Also where the list was behind another tab meanwhile."""
    window.session.load(PRESETS["overfit"].experiment, anew=True)
    for seed in range(12):
        window.session.change({"seed": seed})
        qtbot.waitUntil(lambda seed=seed: window.session.experiment.seed == seed)
        trained(qtbot, window, 1)
    window.docks.bring_up("runs")
    table = window.runs.view.table
    bar = existing(table.verticalScrollBar())
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    trained(qtbot, window, 1)
    qtbot.wait(300)
    assert bar.value() == bar.maximum()
    window.session.new_seed()
    qtbot.waitUntil(lambda: bar.value() == 0)
    bar.setValue(bar.maximum())
    window.docks.bring_up("inspector")
    qtbot.waitUntil(lambda: not window.runs_place.is_seen)
    window.session.new_seed()
    qtbot.waitUntil(lambda: window.session.experiment.seed == 13 and window.session.at_rest)
    window.docks.bring_up("runs")
    qtbot.waitUntil(lambda: bar.value() == 0)


def test_a_double_click_on_the_lowest_test_loss_goes_there(qtbot: QtBot, window: MainWindow) -> None:
    """The list tells which of several cures was best, and where."""
    window.session.load(PRESETS["overfit"].experiment, anew=True)
    qtbot.waitUntil(lambda: window.session.experiment == PRESETS["overfit"].experiment)
    trained(qtbot, window, 40)
    lowest, at = lowest_of(window)
    window.session.change({"l2": 0.3})
    window.session.reset()
    qtbot.waitUntil(lambda: position(window) == 0 and window.session.at_rest)
    trained(qtbot, window, 3)
    window.docks.bring_up("runs")
    view = window.runs.view
    qtbot.waitUntil(lambda: len(view.model.rows) == 2 and view.isVisible())
    place = next(place for place, row in enumerate(view.model.rows) if not row.is_present)
    cells = [view.model.index(row, LOWEST) for row in range(2)]
    assert view.model.data(cells[place]) == f"{short(lowest, 3)} ({at // 100})"
    tips = [str(view.model.data(cell, Qt.ItemDataRole.ToolTipRole)) for cell in cells]
    assert all(tip.endswith("\nDouble click: go to its lowest test loss") for tip in tips)
    marked = [view.model.data(cell, Qt.ItemDataRole.ForegroundRole) is not None for cell in cells]
    assert marked == [row == place for row in range(2)]
    middle = view.table.visualRect(cells[place]).center()
    qtbot.mouseClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseDClick(view.table.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    qtbot.waitUntil(lambda: position(window) == at and window.session.at_rest)
    assert window.session.snapshot.test_loss == lowest


def test_the_lowest_test_loss_of_a_branch_is_of_behind_its_change(qtbot: QtBot, window: MainWindow) -> None:
    """That of before L2 stood in the row of L2 too, in colour, as if L2 had lowered it so far."""
    window.session.load(PRESETS["overfit"].experiment, anew=True)
    qtbot.waitUntil(lambda: window.session.experiment == PRESETS["overfit"].experiment)
    trained(qtbot, window, 20)
    _lowest, at = lowest_of(window)
    window.session.seek(at)
    qtbot.waitUntil(lambda: position(window) == at and window.session.at_rest)
    window.session.change({"l2": 0.3})
    trained(qtbot, window, 3)
    window.docks.bring_up("runs")
    qtbot.waitUntil(lambda: len(window.runs.view.model.rows) == 2)
    without, l2 = sorted(window.runs.view.model.rows, key=lambda row: row.is_present)
    assert without.lowest is not None and l2.lowest is not None
    assert without.lowest.position == at and l2.lowest.position > at
    there = row_to_go_to(window.runs.rows())
    assert there is not None and there.is_present and there.lowest == without.lowest, "the branch passes there too"


def test_lowest_test_losses_that_read_the_same_are_marked_alike(qtbot: QtBot, window: MainWindow) -> None:
    """0.2869 was marked beside 0.2871, both told as 0.287, and the verdict led from the one to the other."""
    trained(qtbot, window, 1)
    [row] = window.runs.rows()
    losses, rows = (0.2871, 0.2869, 0.2881), list[RunRow]()
    for number, loss in enumerate(losses):
        history = replace(row.history, lows=np.array([[1000.0, loss]]))
        rows.append(replace(row, key=("branch", number), history=history, is_present=number == 0))
    assert [found.key[1] for found in rows_of_lowest_test_loss(rows)] == [0, 1], "the present one first"
    model = RunTableModel(LIGHT)
    model.set_rows(rows)
    cells = [model.index(place, LOWEST) for place in range(3)]
    assert [model.data(cell) for cell in cells] == ["0.287 (1)", "0.287 (1)", "0.288 (1)"]
    colors = [model.data(cell, Qt.ItemDataRole.ForegroundRole) for cell in cells]
    assert colors == [LIGHT.color("accent"), LIGHT.color("accent"), None]
    assert rows_of_lowest_test_loss(rows[:1]) == []


def test_a_change_claims_no_numbers_from_before(qtbot: QtBot, window: MainWindow) -> None:
    """Right behind the choice of L2 the row of the run without it was called "L2 0 → 0.3 at epoch 5"."""
    window.session.load(PRESETS["overfit"].experiment, anew=True)
    qtbot.waitUntil(lambda: window.session.experiment == PRESETS["overfit"].experiment)
    trained(qtbot, window, 5)
    name, lowest = window.runs.rows()[0].name, window.runs.rows()[0].lowest
    window.session.change({"l2": 0.3})
    qtbot.waitUntil(lambda: window.session.experiment.l2 == 0.3 and window.session.at_rest)
    qtbot.waitUntil(lambda: written(window))
    [row] = window.runs.rows()
    assert (row.name, row.lowest) == (name, lowest)
    trained(qtbot, window, 2)
    qtbot.waitUntil(lambda: "L2 0 → 0.3 at epoch 5" in window.runs.rows()[0].name)
    lowest = window.runs.rows()[0].lowest
    assert lowest is not None and lowest.epoch > 5


def test_runs_with_other_points_are_not_compared_by_their_test_loss(qtbot: QtBot, window: MainWindow) -> None:
    experiment = PRESETS["overfit"].experiment
    window.session.load(experiment, anew=True)
    qtbot.waitUntil(lambda: window.session.experiment == experiment)
    trained(qtbot, window, 2)
    window.session.load(experiment.replace(seed=1))
    qtbot.waitUntil(lambda: position(window) == 0 and window.session.at_rest)
    trained(qtbot, window, 2)
    qtbot.waitUntil(lambda: len(window.runs.rows()) == 2)
    qtbot.wait(300)
    assert not window.verdict.lowest.isVisible()
    window.docks.bring_up("runs")
    view = window.runs.view
    qtbot.waitUntil(view.isVisible)
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        view.table.sortByColumn(TEST_LOSS, order)
        assert [row.is_present for row in view.model.rows] == [True, False], "sorted behind what can be compared"


def test_a_long_name_stands_on_two_lines(qtbot: QtBot, window: MainWindow) -> None:
    """Names were cut where they began to differ."""
    window.session.load(PRESETS["overfit"].experiment, anew=True)
    qtbot.waitUntil(lambda: window.session.experiment == PRESETS["overfit"].experiment)
    trained(qtbot, window, 1)
    window.session.change({"l2": 0.01, "dropout": 0.2})
    window.session.reset()
    trained(qtbot, window, 1)
    window.docks.bring_up("runs")
    view = window.runs.view
    qtbot.waitUntil(lambda: len(view.model.rows) == 2 and view.isVisible())
    view.model.setData(view.model.index(0, NAME), "a name of so many words that they need a line more than the others")
    qtbot.waitUntil(lambda: view.table.rowHeight(0) > 1.5 * view.table.rowHeight(1))
    view.model.setData(view.model.index(0, NAME), "short")
    qtbot.waitUntil(lambda: view.table.rowHeight(0) == view.table.rowHeight(1))


def test_without_a_test_set_the_losses_in_training_are_in_view(qtbot: QtBot, window: MainWindow) -> None:
    """Also beside left runs of another split: the columns in view held a dash alone."""
    window.session.load(PRESETS["overfit"].experiment, anew=True)
    qtbot.waitUntil(lambda: window.session.experiment == PRESETS["overfit"].experiment)
    trained(qtbot, window, 1)
    window.session.change({"train_fraction": 1.0})
    trained(qtbot, window, 1)
    window.docks.bring_up("runs")
    table = window.runs.view.table
    qtbot.waitUntil(lambda: len(window.runs.view.model.rows) == 2 and table.isVisible())
    assert [table.isColumnHidden(column) for column in (TEST_LOSS, LOWEST, TEST_SCORE)] == [True] * 3


def test_a_tab_leads_to_the_runs_and_a_preset_brings_its_text_to_the_front(qtbot: QtBot, window: MainWindow) -> None:
    docks = window.docks.by_name
    card, runs = docks["inspector"], docks["runs"]
    assert not runs.isHidden() and not window.runs_place.is_seen
    assert window.findChildren(RunsView) == [], "the list is made when it is first seen"
    [bar] = [bar for bar in window.findChildren(QTabBar) if bar.isVisible() and bar.tabText(0) == "Why"]
    assert [bar.tabText(place) for place in range(bar.count())] == ["Why", "Runs"] and bar.currentIndex() == 0
    bar.setCurrentIndex(1)
    qtbot.waitUntil(lambda: window.runs_place.is_seen and len(window.runs.view.model.rows) == 1)
    window.panels.presets.chosen.emit(PRESETS["xor"])
    qtbot.waitUntil(lambda: not card.visibleRegion().isEmpty())
    assert not window.runs_place.is_seen
    card.hide()
    window.panels.presets.chosen.emit(PRESETS["circle"])
    qtbot.waitUntil(lambda: window.runs_place.is_seen and drawn(window))
    assert card.isHidden(), "a closed card stays closed"


def test_a_presentation_keeps_the_tab_of_the_runs(qtbot: QtBot, window: MainWindow) -> None:
    action = window.actions_by_name["presentation"]
    action.trigger()
    qtbot.waitUntil(window.isFullScreen)
    assert not window.docks.by_name["runs"].isHidden()
    action.trigger()
    qtbot.waitUntil(lambda: not window.isFullScreen())


@pytest.mark.parametrize("theme", THEMES.values(), ids=list(THEMES))
def test_no_colour_of_a_run_is_near_those_of_the_two_curves(theme: Theme) -> None:
    """The fourth kept run was as bluish green as the curve of the test, and later as dark a green."""
    for name in ("train", "test"):
        curve = theme.color(name).hue()
        distances = [abs((run_color(number, theme).hue() - curve + 180) % 360 - 180) for number in range(14)]
        assert min(distances) >= 20, name
    assert not [hue for number in range(14) if 75 < (hue := run_color(number, theme).hue()) < 195], "greens"
