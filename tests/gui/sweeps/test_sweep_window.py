"""The results of a sweep in their window: all views follow one truth, brushes by the mouse, sorting, keys."""

from __future__ import annotations

import csv
import io
import math
import os
import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt5.QtGui import QFont, QFontMetricsF, QMouseEvent
from PyQt5.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from core.base.row_text import csv_bytes
from core.sweeps.recent_sweeps import MOST_SWEEPS
from core.sweeps.run_result import DIVERGED, DONE, FAILED, PlannedRun, RunResult
from core.sweeps.sweep_folder import SPECIFICATION, SweepFolder
from core.sweeps.sweep_plan import SweepPlan
from core.sweeps.sweep_runner import SweepRunner, load_datasets, make_tasks
from core.sweeps.variation import parse_variation
from core.sweeps.workers import Workers
from core.workbench.many_runs.sweep_job import PAUSED, TRAINING, SweepStatus
from gui.sweeps.best_sentence import best_sentence
from gui.sweeps.heat_cells import TYPE_SHARES, VALUE_MARGIN, HeatCells, fitted_type, heat_cells
from gui.sweeps.heat_map import HeatMap
from gui.sweeps.recent_sweeps_menu import put_older_away
from gui.sweeps.result_table import result_lines
from gui.sweeps.sweep_results import SweepResults
from gui.sweeps.sweep_window import SweepWindow
from gui.widgets.faults import raising_escaped
from gui.widgets.qt_objects import existing
from gui.window.main_window import MainWindow
from tests.core.workbench.support import SHALLOW

PLAN = SweepPlan(
    SHALLOW.replace(engine="numpy", train_fraction=0.5),
    {},
    (parse_variation("learning-rate=0.001;0.1;10"), parse_variation("hidden=2;3")),
    1,
    2,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sweep as the command line leaves it."""
    path = tmp_path_factory.mktemp("sweep")
    datasets = load_datasets(PLAN)
    with closing(SweepFolder(path, PLAN, datasets)) as files:
        SweepRunner(make_tasks(PLAN, datasets=datasets), Workers(), files.add).run()
    return path


@pytest.fixture
def view(qtbot: QtBot, window: MainWindow, folder: Path) -> SweepWindow:
    window.sweeps.commands.open_folder(folder)
    qtbot.waitUntil(lambda: window.sweeps.commands.window is not None)
    found = existing(window.sweeps.commands.window)
    found.resize(1000, 700)
    qtbot.waitUntil(found.isVisible)
    return found


def mouse(
    widget: QWidget, kind: QEvent.Type, place: QPointF, button: Qt.MouseButton = Qt.MouseButton.LeftButton
) -> None:
    event = QMouseEvent(kind, place, button, button, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)


def drag(widget: QWidget, start: QPointF, end: QPointF) -> None:
    mouse(widget, QEvent.Type.MouseButtonPress, start)
    mouse(widget, QEvent.Type.MouseMove, end)
    mouse(widget, QEvent.Type.MouseButtonRelease, end)


def test_the_window_is_no_taller_than_the_screen(view: SweepWindow, window: MainWindow) -> None:
    another = SweepWindow(view.results, "sweep", window.theme, window)
    assert another.height() < existing(another.screen()).availableGeometry().height()
    another.close()


def test_a_folder_is_shown_as_it_is(view: SweepWindow) -> None:
    results = view.results
    assert len(results.results) == 12 and results.options == ("learning-rate", "hidden", "seed")
    assert [axis.name for axis in results.axes][:3] == ["learning-rate", "hidden", "seed"]
    assert results.axes[0].is_logarithmic and not results.axes[1].is_logarithmic
    assert view.name.full == "learning rate × hidden layers, 2 seeds, 1 epoch"
    assert view.count.full == "12 runs" and not view.pause.isVisible() and not view.go_on.isVisible()
    assert [row.key for row in view.table.rows_model.rows] == [run.key for run in PLAN.runs]


def test_dragging_on_an_axis_shows_some_runs_in_all_views(qtbot: QtBot, view: SweepWindow) -> None:
    results, parallel = view.results, view.parallel
    x = parallel.axis_x(0)
    drag(parallel, QPointF(x, parallel.place_y(0.4)), QPointF(x, parallel.place_y(0.9)))
    assert results.shown.sum() == 4  # the rate 0.1 with two nets and two seeds
    assert {row.texts[0] for row in view.table.rows_model.rows} == {"0.1"}
    assert view.count.full == "4 of 12 runs"
    qtbot.waitUntil(lambda: {key[0][0] for key, _, _ in view.curves._members} == {"0.1"})
    assert view.heat.map._marked == {(1, 0), (1, 1)}
    qtbot.mouseClick(parallel, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(parallel.place_y(0.1))))
    assert results.shown.all() and view.count.full == "12 runs"


def test_a_drag_stays_on_its_axis_when_results_bring_another_one(view: SweepWindow, window: MainWindow) -> None:
    *first, last = view.results.results
    results = SweepResults(PLAN)
    results.add(first)
    under_way = SweepWindow(results, "sweep", window.theme, window)
    under_way.show()
    parallel = under_way.parallel
    place = [axis.name for axis in results.axes].index("train_loss")
    x = parallel.axis_x(place)
    mouse(parallel, QEvent.Type.MouseButtonPress, QPointF(x, parallel.place_y(0.2)))
    results.add([replace(last, epochs=7)])
    assert [axis.name for axis in results.axes][place] != "train_loss"
    mouse(parallel, QEvent.Type.MouseMove, QPointF(x, parallel.place_y(0.8)))
    assert list(results.brushes) == ["train_loss"]
    mouse(parallel, QEvent.Type.MouseButtonRelease, QPointF(x, parallel.place_y(0.8)))
    under_way.close()


def test_a_cell_of_the_map_shows_its_runs(qtbot: QtBot, view: SweepWindow) -> None:
    center = view.heat.map._box(existing(view.heat.map._cells), 2, 1).center().toPoint()
    qtbot.mouseClick(view.heat.map, Qt.MouseButton.LeftButton, pos=center)
    assert {row.texts for row in view.table.rows_model.rows} == {("10", "3")}
    cells = existing(view.heat.map._cells)
    shown = [row.test_loss for row in view.table.rows_model.rows]
    assert cells.medians[1, 2] == np.median(shown)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.results.shown.all()


def test_a_selection_is_one_in_all_views(qtbot: QtBot, view: SweepWindow) -> None:
    view.table.selectRow(3)
    key = view.table.rows_model.rows[3].key
    assert view.results.selected == {key} and view.open.isEnabled()
    assert view.readout.full.startswith(view.results.name(key))
    qtbot.waitUntil(lambda: len(view.curves.front.lines) == 1)
    other = view.results.results[7].key
    view.curves.picked.emit(other)
    assert [row.key for row in view.table.selected_rows()] == [other]
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert view.results.selected == frozenset() and view.table.selected_rows() == []


def test_a_click_on_a_line_selects_its_run(view: SweepWindow) -> None:
    parallel = view.parallel
    axis = len(view.results.axes) - 2
    place = view.results.axes[axis].places(view.results.axes[axis].numbers)
    following = view.results.axes[axis + 1].places(view.results.axes[axis + 1].numbers)
    x = (parallel.axis_x(axis) + parallel.axis_x(axis + 1)) / 2
    y = parallel.place_y(float(place[5] + following[5]) / 2)
    mouse(parallel, QEvent.Type.MouseButtonPress, QPointF(x, y))
    (key,) = view.results.selected
    chosen = existing(view.results.place(key))
    assert (place[chosen] + following[chosen]) / 2 == pytest.approx((place[5] + following[5]) / 2, abs=0.05)


def test_the_table_sorts_by_values_and_filters_by_words(qtbot: QtBot, view: SweepWindow) -> None:
    table, model = view.table, view.table.rows_model
    column = model.columns.index("test_loss")
    table.sortByColumn(column, Qt.SortOrder.DescendingOrder)
    losses = [row.test_loss for row in model.rows]
    assert losses == sorted(losses, reverse=True)
    table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    assert [row.texts[0] for row in model.rows] == ["0.001"] * 4 + ["0.1"] * 4 + ["10"] * 4
    view.filter.setText("rate 0.001")
    qtbot.waitUntil(lambda: model.rowCount() == 4)
    saved = list(csv.reader(io.StringIO(csv_bytes(result_lines(view.results, model.rows)).decode())))
    assert saved[0][:6] == ["learning-rate", "hidden", "seed", "epochs", "train_loss", "test_loss"]
    assert saved[0][7] == "test_accuracy" and [line[0] for line in saved[1:]] == ["0.001"] * 4
    assert float(saved[1][5]) == model.rows[0].test_loss


def test_another_measure_and_other_groups_are_shown_everywhere(qtbot: QtBot, view: SweepWindow) -> None:
    view.group.setCurrentIndex(view.group.findData("hidden"))
    view.group.activated.emit(view.group.currentIndex())
    assert [group.label for group in view.results.groups] == ["2", "3"]
    view.measure.setCurrentIndex(view.measure.findData("test_score"))
    view.measure.activated.emit(view.measure.currentIndex())
    scores = [r.test_score for r in view.results.results if r.texts == ("0.1", "2")]
    assert existing(view.heat.map._cells).medians[0, 1] == np.median(scores)
    qtbot.waitUntil(lambda: len(view.curves.layer.bands) == 2)


def test_what_another_program_writes_is_followed(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    datasets = load_datasets(PLAN)
    with closing(SweepFolder(tmp_path, PLAN, datasets)) as files:
        tasks = make_tasks(PLAN, datasets=datasets)
        SweepRunner(tasks[:2], Workers(), files.add).run()
        commands = window.sweeps.commands
        commands.open_folder(tmp_path)
        qtbot.waitUntil(lambda: commands.window is not None)
        view = existing(commands.window)
        assert len(view.results.results) == 2 and view.go_on.isVisible()
        SweepRunner(tasks[2:], Workers(), files.add).run()
        qtbot.waitUntil(lambda: len(view.results.results) == 12)
    qtbot.waitUntil(lambda: not view.go_on.isVisible())


def test_recent_sweeps_are_opened_from_a_menu_and_older_ones_go_to_the_trash(
    qtbot: QtBot, window: MainWindow, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.sweeps.recent_sweeps_menu.sweeps_folder", lambda: tmp_path)
    made = [tmp_path / f"2026-01-01 10.00.{number:02d}" for number in range(MOST_SWEEPS + 1)]
    for second, path in enumerate(made):
        path.mkdir()
        (path / SPECIFICATION).write_text("{}")
        os.utime(path, (second, second))
    shutil.copytree(folder, made[-1], dirs_exist_ok=True)
    assert put_older_away([]) == "1 older sweep is in the trash now" and not made[0].exists() and made[1].exists()
    (menu,) = [menu for menu in window.findChildren(QMenu) if menu.title() == "Rece&nt sweeps"]
    menu.aboutToShow.emit()
    first, second, *_ = menu.actions()
    assert first.text() == "&1 2026-01-01 10:00 – learning rate × hidden layers, 2 seeds, 1 epoch"
    assert second.text() == "&2 2026-01-01 10:00"  # its folder is damaged
    first.trigger()
    qtbot.waitUntil(lambda: window.sweeps.commands.window is not None)
    assert len(existing(window.sweeps.commands.window).results.results) == 12


def test_a_folder_without_a_sweep_is_refused(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    window.sweeps.commands.open_folder(tmp_path)
    qtbot.waitUntil(lambda: "There is no sweep in" in window.notices.newest.text.text())
    assert window.sweeps.commands.window is None


def test_runs_that_diverged_leave_the_scales_alone(qtbot: QtBot, view: SweepWindow) -> None:
    results = SweepResults(PLAN)
    *done, last = view.results.results
    results.add([*done, replace(last, status="diverged", test_loss=1e200, train_loss=1e200)])
    axis = next(axis for axis in results.axes if axis.name == "test_loss")
    assert axis.high < 10.0 and np.isnan(axis.numbers[-1]) and np.isfinite(axis.numbers[:-1]).all()
    cells = heat_cells(results, "learning-rate", "hidden", "test_loss")
    assert cells.unfinished.sum() == 1 and np.nanmax(cells.medians) < 10.0
    assert results.sentence(last.key).endswith("diverged")
    results.brush({"test_loss": (0.0, 1.0)})
    assert not results.shown[-1]


def test_the_map_says_that_a_bad_run_counts_as_the_worst(view: SweepWindow, window: MainWindow) -> None:
    *done, last = view.results.results
    assert not view.heat.note.isVisible()
    results = SweepResults(PLAN)
    results.add([*done, replace(last, status="diverged", test_loss=math.nan)])
    under_way, told = SweepWindow(results, "sweep", window.theme, window), list[str]()
    under_way.show()
    assert under_way.heat.note.full == "Hatched: runs that diverged; each counts as the worst."
    under_way.heat.map.hovered.connect(told.append)
    center = under_way.heat.map._box(existing(under_way.heat.map._cells), 2, 1).center()
    mouse(under_way.heat.map, QEvent.Type.MouseMove, center, Qt.MouseButton.NoButton)
    assert told[-1].endswith("of 1 run; 1 of 2 diverged or failed and counts as the worst")
    under_way.close()


def test_cells_have_the_digits_that_tell_them_apart(view: SweepWindow) -> None:
    numbers, font = [0.0101, 0.0104, 0.0139], view.font()
    for share in TYPE_SHARES:
        small = QFont(font)
        small.setPointSizeF(share * font.pointSizeF())
        room = QFontMetricsF(small).horizontalAdvance("0.0104") + VALUE_MARGIN
        found, digits = fitted_type(numbers, False, font, room, 40.0)
        assert (found.pointSizeF(), digits) == (small.pointSizeF(), 3)
    assert fitted_type(numbers, False, font, 10.0, 40.0)[1] == 0
    assert fitted_type([0.1, 0.2], False, font, 400.0, 400.0)[0] == font


def test_cells_without_room_for_a_loss_are_coloured(window: MainWindow) -> None:
    """Writing no digits of a loss failed, and the map stayed empty."""
    count = 60
    losses = np.linspace(0.01, 0.5, count * count).reshape(count, count)
    levels, none = [str(number) for number in range(count)], np.zeros_like(losses)
    cell_map = HeatMap(window.theme)
    cell_map.resize(300, 200)
    cell_map.show_cells(HeatCells(levels, levels, losses, none, none + 1), ("rate", "L2"), is_share=False)
    with raising_escaped():
        picture = cell_map.grab().toImage()
    assert len({picture.pixelColor(x, 60).name() for x in range(100, 200)}) > 3


def test_a_paused_sweep_offers_to_go_on(view: SweepWindow) -> None:
    wanted: list[bool] = []
    view.pause_wanted.disconnect()
    view.pause_wanted.connect(wanted.append)
    for state, text in ((TRAINING, "&Pause"), (PAUSED, "&Go on")):
        view.show_status(SweepStatus(state, 3, 12, 0.25, None, ""))
        assert view.pause.text() == text and not view.pause.isCheckable()
        view.pause.click()
    assert wanted == [True, False]


@pytest.mark.parametrize("width", [1000, 1100, 1240, 1400])
def test_no_column_of_the_table_is_cut(qtbot: QtBot, view: SweepWindow, width: int) -> None:
    view.resize(width, 700)
    qtbot.waitUntil(lambda: view.width() == width)
    table, room = view.table, existing(view.table.viewport()).width()
    ends = [table.columnViewportPosition(column) + table.columnWidth(column) for column in range(5)]
    assert room in ends


# ---- Which runs are best, in words.


def ended(run: PlannedRun, loss: float, status: str = DONE) -> RunResult:
    return RunResult(run.texts, run.experiment.seed, 1, loss, loss, 1.0 - loss, 1.0 - loss, status, 1.0)


def said(vary: tuple[str, ...], seeds: int, losses: list[float], measure: str = "test_loss") -> str:
    """What is said of a sweep whose first runs ended with these losses; NaN where they diverged."""
    plan = SweepPlan(PLAN.base, {}, tuple(map(parse_variation, vary)), 1, seeds)
    results = SweepResults(plan)
    results.set_measure(measure)
    pairs = zip(plan.runs, losses, strict=False)
    results.add([ended(run, loss, DIVERGED if np.isnan(loss) else DONE) for run, loss in pairs])
    return best_sentence(results)


NAN = float("nan")
RATES = ("learning-rate=0.1;0.3;1",)
SENTENCES = {
    "nothing yet": (RATES, 1, [], "No run has ended yet."),
    "all diverged": (RATES, 1, [NAN, NAN, NAN], "All runs that ended diverged."),
    "one run": ((), 1, [0.25], "The run ended with test loss 0.25."),
    "seeds alone": (
        (), 3, [0.2, 0.4, 0.1],
        "The runs ended with median test loss 0.2 (0.1 to 0.4) over 3 seeds; the best is seed 2. "
        "Each seed trains on other points of the data.",
    ),
    "other points": (
        ("train-fraction=0.5;0.8",), 1, [0.5, 0.25],
        "Best is share of the training set 0.8, with test loss 0.25. Next is share of the training set 0.5, with 0.5. "
        "Each has one seed, so the order may be chance. "
        "They train on different points, so this compares the data as well.",
    ),
    "one seed each": (
        RATES, 1, [0.5, 0.25, 0.75],
        "Best is learning rate 0.3, with test loss 0.25. Next is learning rate 0.1, with 0.5. "
        "Each has one seed, so the order may be chance.",
    ),
    "under way": (
        RATES, 1, [0.5, 0.25],
        "Best so far is learning rate 0.3, with test loss 0.25. Next is learning rate 0.1, with 0.5. "
        "Each has one seed, so the order may be chance.",
    ),
    "equal": (RATES, 1, [0.25, 0.25, 0.5], "Best is learning rate 0.1, with test loss 0.25. 1 other is as good."),
    "clear": (
        RATES, 2, [0.5, 0.5, 0.1, 0.2, 0.5, 0.75],
        "Best is learning rate 0.3, with median test loss 0.15 (0.1 to 0.2) over 2 seeds. "
        "Next is learning rate 0.1, with 0.5. Each of its seeds beats all seeds of the others.",
    ),
    "overlapping": (
        RATES, 2, [0.5, 0.5, 0.1, 0.3, 0.2, 0.75],
        "Best is learning rate 0.3, with median test loss 0.2 (0.1 to 0.3) over 2 seeds. Next is learning rate 1, "
        "with 0.475 (0.2 to 0.75). 1 other overlaps, so the order may be chance.",
    ),
    "a part diverged": (
        RATES, 3, [0.5, 0.5, 0.5, 0.1, 0.2, NAN, NAN, NAN, 0.01],
        "Best is learning rate 0.3, with median test loss 0.15 (0.1 to 0.2) over 2 seeds, while 1 of 3 runs diverged. "
        "Next is learning rate 0.1, with 0.5. 1 other overlaps, so the order may be chance.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SENTENCES)
def test_a_sentence_says_which_runs_are_best(name: str, qapp: QApplication) -> None:
    vary, seeds, losses, sentence = SENTENCES[name]
    assert said(vary, seeds, losses) == sentence


def test_a_score_is_told_as_it_is_shown(qapp: QApplication) -> None:
    assert said(RATES, 1, [0.5, 0.25, 0.75], "train_score").startswith(
        "Best is learning rate 0.3, with train accuracy 75.0 %. Next is learning rate 0.1, with 50.0 %."
    )


def test_why_all_runs_failed_is_told(qapp: QApplication) -> None:
    results = SweepResults(PLAN)
    results.add([replace(ended(run, NAN, FAILED), message="There is no file.") for run in PLAN.runs])
    assert best_sentence(results) == "All runs that ended failed. There is no file."


def test_the_best_runs_are_selected_by_a_button(qtbot: QtBot, view: SweepWindow) -> None:
    assert view.best.text() == best_sentence(view.results)
    qtbot.mouseClick(view.select_best, Qt.MouseButton.LeftButton)
    medians = {
        texts: np.median([r.test_loss for r in view.results.results if r.texts == texts])
        for texts in {r.texts for r in view.results.results if r.status == DONE}
    }
    best = min(medians, key=lambda texts: medians[texts])
    assert {key[0] for key in view.results.selected} == {best} and len(view.results.selected) == 2
    assert not view.open.isEnabled() and "several runs are selected" in view.open.toolTip()
    view.results.select(sorted(view.results.selected)[:1])
    assert view.open.isEnabled() and not view.open.toolTip().startswith("Not now")
    view.results.set_measure("test_score")
    assert "test accuracy" in view.best.text()
