"""Runs beside each other, in their window: one epoch, zoom, probe and selection for all; the best; play; pictures."""

from __future__ import annotations

import io
import pickle
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from PIL import Image
from PyQt5.QtCore import QPointF, QRectF, Qt
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.data.data_source import DataSource, default_source
from core.explain.picked_part import Neuron
from core.network.optimizers import OPTIMIZERS
from core.options.film_plan import FilmPlan
from core.training.experiment import Experiment
from core.training.history import COLUMNS, History
from core.training.trainer import Trainer
from core.workbench.comparison.compared_run import ComparedState
from core.workbench.many_runs.kept_run import KeptRun, keep_line
from core.workbench.run_id import new_run_id, new_work_id
from gui.comparison.common_curves import PARTS, CommonCurves
from gui.comparison.compare_window import CompareWindow
from gui.comparison.measures import best_of, why_no_best
from gui.curves.epoch_axis import EpochScale
from gui.offscreen.filming import make_film
from gui.widgets.qt_objects import existing
from gui.widgets.theme import DARK
from gui.window.main_window import MainWindow
from tests.core.workbench.support import SHALLOW, SHALLOW_DATA
from tests.gui.support import hover, position

PLAIN = SHALLOW.replace(train_fraction=0.7)


def kept(experiment: Experiment, epochs: int = 2) -> KeptRun:
    trainer = Trainer(experiment, SHALLOW_DATA)
    trainer.advance(epochs * trainer.epoch_length)
    return keep_line(trainer, new_run_id(), new_work_id())


def opened(qtbot: QtBot, window: MainWindow, runs: Sequence[KeptRun]) -> CompareWindow:
    compared = window.comparisons.open(runs, range(len(runs)), 2.0)
    qtbot.waitUntil(lambda: compared.is_at_rest)
    return compared


@pytest.fixture
def two(qtbot: QtBot, window: MainWindow) -> CompareWindow:
    """Two runs at epoch 2; the one with the rate 0.5 is better."""
    return opened(qtbot, window, [kept(PLAIN.replace(learning_rate=rate)) for rate in (0.01, 0.5)])


def epochs(compared: CompareWindow) -> list[float]:
    """Where the shown snapshots are."""
    shown = [existing(panel.diagram._snapshot) for panel in compared.nets.panels]
    return [snapshot.position / snapshot.epoch_length for snapshot in shown]


def press(qtbot: QtBot, compared: CompareWindow, key: int) -> None:
    qtbot.keyClick(compared, key)


def test_all_stand_at_one_epoch_and_the_best_is_marked(qtbot: QtBot, two: CompareWindow) -> None:
    assert [panel.name.full for panel in two.nets.panels] == ["Shallow net", "learning rate 0.5"]
    assert epochs(two) == [2.0, 2.0] and two.tools.epoch.text() == "2"
    assert [panel.note for panel in two.nets.panels] == ["", "★ best"]
    press(qtbot, two, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: two.is_at_rest)
    assert epochs(two) == [3.0, 3.0]  # behind the epoch to which they were trained
    press(qtbot, two, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: two.is_at_rest)
    assert epochs(two) == [0.0, 0.0] and [panel.note for panel in two.nets.panels] == ["", ""]  # the same weights


def test_the_measure_chooses_the_best_and_the_curves(qtbot: QtBot, two: CompareWindow) -> None:
    assert [name for _, name in two.nets.measures] == ["test loss", "train loss", "test accuracy", "train accuracy"]
    losses = [line.y for line in two.nets.curves.overlay.layer.lines]
    two.tools.measure.setCurrentIndex(2)
    scores = [line.y for line in two.nets.curves.overlay.layer.lines]
    assert len(scores) == len(losses) == 4  # train and test
    for panel, line in zip(two.nets.panels, scores[::2], strict=True):
        assert line[-1] == pytest.approx(100 * panel.run.history.column("train_score")[-1])


def wavy(test_loss: Sequence[float], wave: float) -> ComparedState:
    """A run whose test loss swings around a falling line."""
    epochs = len(test_loss)
    table = np.zeros((epochs, len(COLUMNS)))
    table[:, 0] = np.arange(epochs) * 10
    table[:, COLUMNS.index("test_loss")] = np.array(test_loss) + wave * (-1.0) ** np.arange(epochs)
    last = SimpleNamespace(test_loss=float(table[-1, COLUMNS.index("test_loss")]), measured=int(table[-1, 0]))
    return cast("ComparedState", SimpleNamespace(snapshot=last, history=History(table, 10)))


def test_nets_that_the_swing_of_their_curves_does_not_tell_apart_are_about_equal() -> None:
    near = [wavy(np.linspace(1.0, end, 40), 0.03) for end in (0.314, 0.319, 0.330, 0.5)]
    assert best_of(near, "test_loss") == [0, 1, 2]
    quiet = [wavy(np.linspace(1.0, end, 40), 0.0) for end in (0.314, 0.319, 0.330)]
    assert best_of(quiet, "test_loss") == [0], "a curve that falls evenly does not swing"
    steep = [wavy(np.geomspace(0.1, end, 6), 0.0) for end in (0.0244, 0.0421)]
    assert best_of(steep, "test_loss") == [0], "nor does one that falls steeply"
    assert best_of([near[0], near[0]], "test_loss") == []


def test_names_stand_at_the_curves_of_the_chosen_measure(qtbot: QtBot, two: CompareWindow) -> None:
    overlay = two.nets.curves.overlay
    for place, own in ((0, slice(1, None, 2)), (1, slice(0, None, 2))):  # test loss, train loss
        two.tools.measure.setCurrentIndex(place)
        assert [end.y() for *_, end in overlay.labels] == [line.y[-1] for line in overlay.layer.lines[own]]


def written_names(curves: CommonCurves, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, QRectF]]:
    """The names in the plot, and where they stand."""
    written: list[tuple[str, QRectF]] = []
    with monkeypatch.context() as patch:
        patch.setattr(curves.overlay.marks, "_write", lambda painter, text, color, box: written.append((text, box)))
        curves.overlay.marks.update()
        curves.plot.grab()
    return written


def test_long_names_cover_no_end_of_a_curve(qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = [
        replace(kept(PLAIN.replace(seed=seed), seed), name=f"a name as long as this {seed} " * 4) for seed in (2, 3)
    ]
    compared = opened(qtbot, window, runs)
    curves = compared.nets.curves
    qtbot.waitUntil(lambda: compared.is_at_rest)
    area = QRectF(curves.plot.box.rect())
    ends = [curves.plot.box.mapFromView(end) for *_, end in curves.overlay.labels]
    written = written_names(curves, monkeypatch)
    assert len(written) == 2
    left, right = (curves.plot.box.mapToScene(QPointF(x, 0.0)).x() for x in (max(e.x() for e in ends), area.right()))
    assert all(box.left() > left and box.right() <= right for _text, box in written)


def test_a_name_stands_at_the_end_of_its_curve_or_in_a_legend(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stands neither far from that end nor over another curve."""
    rates = (0.01, 0.5)
    long = opened(qtbot, window, [kept(PLAIN.replace(learning_rate=rate), 20) for rate in rates])
    curves = long.nets.curves
    heights = [curves.plot.box.mapViewToScene(end).y() for *_, end in curves.overlay.labels]
    beside = written_names(curves, monkeypatch)
    assert [text for text, _box in beside] == ["Shallow net", "learning rate 0.5"]
    for height, (_text, box) in zip(heights, beside, strict=True):
        assert abs(box.center().y() - height) <= 1.5 * box.height()
    # The first ends in the midst of the plot, where the second runs on: a name there would cover it.
    alike = [kept(PLAIN.replace(learning_rate=rate), end) for rate, end in zip((0.5, 0.4), (4, 40), strict=True)]
    curves = opened(qtbot, window, alike).nets.curves
    names = written_names(curves, monkeypatch)
    assert [text for text, _box in names] == ["▬ learning rate 0.5", "▬ learning rate 0.4"]
    for _text, box in names:
        inside = curves.plot.box.mapSceneToView(box).boundingRect()
        for line in curves.overlay.layer.lines:
            hit = (line.x >= inside.left()) & (line.x <= inside.right())
            assert not np.any(hit & (line.y >= inside.top()) & (line.y <= inside.bottom()))


def test_the_axis_ends_at_the_longest_run(two: CompareWindow) -> None:
    """Behind it is room for names, which a logarithmic axis must not number as millions of epochs."""
    ticks = two.nets.curves._ticks
    for scale in (EpochScale(), EpochScale(0.1)):
        ticks.set_scale(scale)
        end = 3.0 * scale.place(2.0)
        numbers = [scale.epoch(place) for _, places in ticks.tickValues(0.0, end, 600.0) for place in places]
        assert numbers and max(numbers) <= 2.0 + 1e-9


def test_losses_of_other_kinds_are_not_compared(qtbot: QtBot, window: MainWindow) -> None:
    runs = [kept(PLAIN.replace(loss=loss)) for loss in ("mse", "cross-entropy")]
    compared = opened(qtbot, window, runs)
    assert [name for _, name in compared.nets.measures] == ["test accuracy", "train accuracy"]


def test_among_runs_on_other_data_none_is_the_best(qtbot: QtBot, window: MainWindow) -> None:
    circle = PLAIN.replace(data=DataSource("circle", samples=100), learning_rate=0.5)
    compared = opened(qtbot, window, [kept(PLAIN), kept(circle)])
    assert not any("best" in panel.note for panel in compared.nets.panels)
    assert (
        compared.no_best.isVisible()
        and compared.no_best.full == "The runs learn different data, so none of them is marked as the best."
    )


def test_among_runs_with_another_split_none_is_the_best(qtbot: QtBot, window: MainWindow) -> None:
    """Another share, or another seed, trains and tests on other points of the same data."""
    base = kept(PLAIN.replace(train_fraction=0.8))
    for other in ({"train_fraction": 0.6}, {"train_fraction": 0.8, "seed": 5}):
        assert "different points" in why_no_best([base, kept(PLAIN.replace(**other))])
    assert not why_no_best([base, kept(PLAIN.replace(train_fraction=0.8, learning_rate=0.5))])
    whole = PLAIN.replace(train_fraction=1.0)
    assert not why_no_best([kept(whole), kept(whole.replace(seed=5))]), "the seed splits nothing"
    compared = opened(qtbot, window, [base, kept(PLAIN.replace(train_fraction=0.6))])
    assert compared.no_best.isVisible() and not any("best" in panel.note for panel in compared.nets.panels)


def test_zoom_selection_and_probe_are_common(qtbot: QtBot, two: CompareWindow) -> None:
    first, second = two.nets.panels
    boxes = [panel.decision.plot.box for panel in (first, second)]
    before = [box.viewRange() for box in boxes]
    boxes[0].scaleBy((0.5, 0.5))
    boxes[0].sigRangeChangedManually.emit([True, True])
    assert boxes[1].viewRange() == [pytest.approx(axis) for axis in boxes[0].viewRange()]
    press(qtbot, two, Qt.Key.Key_Home)
    assert [box.viewRange() for box in boxes] == before
    first.diagram.picked.emit(Neuron(1, 2))
    assert second.diagram._selection == Neuron(1, 2)
    press(qtbot, two, Qt.Key.Key_P)
    assert first.decision.probe.isChecked() and second.decision.probe.isChecked()
    place = boxes[1].mapViewToScene(QPointF(10.0, 8.0))
    hover(existing(second.decision.plot.viewport()), place.x(), place.y())
    qtbot.waitUntil(lambda: two.is_at_rest and first.diagram._probe is not None)
    assert existing(first.diagram._probe).point == existing(second.diagram._probe).point


def test_a_view_takes_the_place_of_a_neurons_map_in_all(qtbot: QtBot, two: CompareWindow) -> None:
    first, buttons = two.nets.panels[0], two.tools.views.buttons
    first.diagram.toggle_pin(Neuron(1, 0))
    assert not any(button.isChecked() for button in buttons.values()), "none of them is shown"
    qtbot.mouseClick(buttons["mistakes"], Qt.MouseButton.LeftButton)
    assert all(panel.decision.neuron_place() is None for panel in two.nets.panels)
    assert [view for view, button in buttons.items() if button.isChecked()] == ["mistakes"]


def test_the_map_of_the_neuron_under_the_mouse_is_shown_in_all(qtbot: QtBot, two: CompareWindow) -> None:
    first, second = two.nets.panels
    first.diagram.map_wanted.emit(Neuron(1, 0))
    qtbot.waitUntil(lambda: two.is_at_rest)
    for panel in (first, second):
        own = existing(existing(panel.diagram._snapshot).neuron)
        assert (own.place.layer, own.place.unit) == (1, 0)


def test_they_play_together_and_a_drag_of_the_line_goes_back(qtbot: QtBot, two: CompareWindow) -> None:
    press(qtbot, two, Qt.Key.Key_Space)
    assert two.is_playing
    qtbot.waitUntil(lambda: two.nets.epoch > 2.5)
    press(qtbot, two, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: two.is_at_rest)
    assert epochs(two)[0] == pytest.approx(epochs(two)[1]) and epochs(two)[0] > 2.0
    two.nets.curves.head.seek_wanted.emit(1000, True)
    qtbot.waitUntil(lambda: two.is_at_rest)
    assert epochs(two) == [1.0, 1.0]


def test_space_presses_the_button_that_was_reached_by_tab(qtbot: QtBot, two: CompareWindow) -> None:
    two.tools.start.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(two.tools.start, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: two.is_at_rest)
    assert epochs(two) == [0.0, 0.0] and not two.is_playing


def test_escape_closes_an_open_list_and_not_the_window_with_it(qtbot: QtBot, two: CompareWindow) -> None:
    two.tools.measure.showPopup()
    entries = existing(two.tools.measure.view())
    qtbot.waitUntil(entries.isVisible)
    qtbot.keyClick(existing(entries.window().windowHandle()), Qt.Key.Key_Escape)  # as the platform sends it
    qtbot.waitUntil(lambda: not entries.isVisible())
    assert two.isVisible()


def test_playing_ends_where_all_have_ended(qtbot: QtBot, window: MainWindow) -> None:
    runs = [kept(SHALLOW.replace(learning_rate=rate, stop_loss=0.12)) for rate in (0.5, 0.3)]
    compared = opened(qtbot, window, runs)
    compared.tools.pace.setCurrentIndex(5)
    compared.toggle()
    qtbot.waitUntil(lambda: not compared.is_playing)
    notes = [panel.note for panel in compared.nets.panels]
    assert all(note.removeprefix("★ ").startswith("stopped at ") for note in notes)
    assert any(note.startswith("★ ") for note in notes), "the better one is marked all the same"


@pytest.mark.parametrize("count", [3, 4, 5, 6])
def test_nothing_is_cut_in_windows_of_any_size(qtbot: QtBot, window: MainWindow, count: int) -> None:
    compared = opened(qtbot, window, [kept(PLAIN.replace(optimizer=name), 1) for name in list(OPTIMIZERS)[:count]])
    compared.set_theme(DARK)
    assert compared.minimumSizeHint().width() <= 1100 and compared.minimumSizeHint().height() <= 700
    for size in ((1100, 700), (1280, 800), (1920, 1080)):
        compared.resize(*size)
        qtbot.waitUntil(lambda: compared.is_at_rest)
        sizes = {(panel.width(), panel.height()) for panel in compared.nets.panels}
        assert max(w for w, _ in sizes) - min(w for w, _ in sizes) <= 1
        assert max(h for _, h in sizes) - min(h for _, h in sizes) <= 1
        assert all(panel.name.text() == panel.name.full for panel in compared.nets.panels)
        # Each name stands right of the end of its curve, so that it covers none.
        curves = compared.nets.curves
        box, metrics = curves.plot.box, curves.plot.fontMetrics()
        assert len(curves.overlay.labels) == count
        for name, _, end in curves.overlay.labels:
            assert box.mapFromView(end).x() + metrics.horizontalAdvance(name) + 6 <= box.width()


def test_x_compares_the_present_run_with_the_kept_ones(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window.network, Qt.Key.Key_X)
    assert not window.comparisons.windows and "no other run on the same data" in window.notices.newest.text.text()
    for rate in (0.01, 0.5):
        window.session.change({"learning_rate": rate})
        window.session.reset()
        qtbot.waitUntil(lambda: position(window) == 0 and window.session.at_rest)
        window.session.run_epochs(2)
        qtbot.waitUntil(lambda: position(window) == 2 * 1000 and window.session.at_rest)
        if rate == 0.01:
            qtbot.keyClick(window.network, Qt.Key.Key_K)
            qtbot.waitUntil(lambda: len(window.runs.kept.pinned) == 1)
    qtbot.keyClick(window.network, Qt.Key.Key_X)
    qtbot.waitUntil(lambda: bool(window.comparisons.windows))
    (compared,) = window.comparisons.windows
    qtbot.waitUntil(lambda: compared.is_at_rest)
    assert {panel.name.full for panel in compared.nets.panels} == {"Shallow net", "learning rate 0.5"}
    assert epochs(compared) == [2.0, 2.0]
    qtbot.keyClick(compared, Qt.Key.Key_Escape)
    assert not window.comparisons.windows
    assert len(window.runs.kept.pinned) == 1, "it ticks none, which the next comparison would be about"


def test_a_run_has_one_colour_in_the_list_the_plots_and_the_comparison(qtbot: QtBot, window: MainWindow) -> None:
    for rate in (0.01, 0.1, 0.2, 0.5):
        window.session.change({"learning_rate": rate})
        window.session.reset()
        qtbot.waitUntil(lambda: position(window) == 0 and window.session.at_rest)
        window.session.run_epochs(1)
        qtbot.waitUntil(lambda: position(window) == 1000 and window.session.at_rest)
        if rate < 0.2:  # that of 0.2 is only left
            count = len(window.runs.kept.pinned)
            qtbot.keyClick(window.network, Qt.Key.Key_K)
            qtbot.waitUntil(lambda count=count: len(window.runs.kept.pinned) == count + 1)
    qtbot.waitUntil(lambda: len(window.runs.curves.labels) == 2)
    in_list = {label: color.name() for label, color, _end in window.runs.curves.labels}
    in_list["learning rate 0.5"] = window.theme.color("train").name()
    window.runs.view.table.selectAll()
    qtbot.keyClick(window.network, Qt.Key.Key_X)
    qtbot.waitUntil(lambda: bool(window.comparisons.windows))
    (compared,) = window.comparisons.windows
    qtbot.waitUntil(lambda: compared.is_at_rest)
    compared_colors = {label: color.name() for label, color, _end in compared.nets.curves.overlay.labels}
    assert len(set(compared_colors.values())) == 4
    assert {name: compared_colors[name] for name in in_list} == in_list


def test_train_and_test_curves_of_a_run_are_told_apart_however_jagged(qtbot: QtBot, window: MainWindow) -> None:
    jagged = PLAIN.replace(train_fraction=0.05, dropout=0.5, hidden=(8,), learning_rate=2.0)
    compared = opened(qtbot, window, [kept(jagged.replace(seed=seed), 60) for seed in (1, 2)])
    compared.go_to(60.0)
    qtbot.waitUntil(lambda: compared.is_at_rest)
    lines = compared.nets.curves.overlay.layer.lines
    assert len(lines) == 4 and min(line.pen.widthF() for line in lines) == 1.0  # some are jagged
    assert [line.pen.style() for line in lines] == 2 * [Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine]
    for panel in compared.nets.panels:  # and the panel shows which is which
        pictures = [panel.samples[part].pixmap() for part in ("train", "test")]
        assert existing(pictures[0]).toImage() != existing(pictures[1]).toImage()


def test_x_takes_the_ticked_runs_where_one_is_selected(qtbot: QtBot, window: MainWindow) -> None:
    """The present run alone is too few, also where it is ticked; a single selected run is compared with it."""
    window.session.run_epochs(1)
    qtbot.waitUntil(lambda: position(window) == 1000 and window.session.at_rest)
    qtbot.keyClick(window.network, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: len(window.runs.kept.pinned) == 1)
    qtbot.keyClick(window.network, Qt.Key.Key_X)
    assert not window.comparisons.windows and "no other run on the same data" in window.notices.newest.text.text()
    window.session.change({"hidden": (4,)})
    qtbot.waitUntil(lambda: position(window) == 0 and window.session.at_rest)
    window.runs.kept.pin(next(iter(window.runs.kept)).number, False)
    window.runs.refresh()
    table = window.runs.view.table
    other = next(place for place, row in enumerate(window.runs.view.model.rows) if not row.is_present)
    table.selectRow(other)
    window.runs.view.compare.click()
    qtbot.waitUntil(lambda: bool(window.comparisons.windows))
    assert len(window.comparisons.windows[0].nets.panels) == 2


def test_without_ticks_the_runs_on_the_same_data_are_compared(qtbot: QtBot, window: MainWindow) -> None:
    """Beside a list of four runs it said that there was only one."""
    for rate, rows in ((0.01, 1), (0.1, 2), (0.5, 3)):
        window.session.change({"learning_rate": rate})
        window.session.reset()
        qtbot.waitUntil(lambda: position(window) == 0 and window.session.at_rest)
        window.session.run_epochs(1)
        qtbot.waitUntil(lambda rows=rows: position(window) == 1000 and len(window.runs.rows()) == rows)
    window.runs.pin(next(row for row in window.runs.rows() if not row.is_present), True)
    window.session.change({"data": default_source("circle")})
    qtbot.waitUntil(lambda: position(window) == 0 and window.session.at_rest)
    qtbot.keyClick(window.network, Qt.Key.Key_X)  # a tick on other data counts for nothing
    assert not window.comparisons.windows and "no other run on the same data" in window.notices.newest.text.text()
    window.session.undo()
    qtbot.waitUntil(lambda: position(window) == 1000 and window.session.at_rest)
    window.runs.pin(next(row for row in window.runs.rows() if row.pinned), False)
    window.docks.bring_up("runs")
    window.runs.view.compare.click()
    qtbot.waitUntil(lambda: bool(window.comparisons.windows))
    names = {panel.name.full for panel in window.comparisons.windows[0].nets.panels}
    assert names == {"Shallow net", "learning rate 0.1", "learning rate 0.5"}


def test_x_compares_a_kept_run_with_the_one_that_goes_on_from_it(qtbot: QtBot, window: MainWindow) -> None:
    for rate, end in ((0.01, 1000), (0.5, 2000)):
        window.session.change({"learning_rate": rate})
        window.session.run_epochs(1)
        qtbot.waitUntil(lambda end=end: position(window) == end and window.session.at_rest)
        qtbot.keyClick(window.network, Qt.Key.Key_K)
        qtbot.waitUntil(lambda end=end: any(entry.run.tip == end and entry.pinned for entry in window.runs.kept))
    assert len({row.name for row in window.runs.rows() if row.pinned}) == 2
    qtbot.keyClick(window.network, Qt.Key.Key_X)
    qtbot.waitUntil(lambda: bool(window.comparisons.windows))
    assert len(window.comparisons.windows[0].nets.panels) == 2


def test_a_race_is_watched_from_its_start(qtbot: QtBot, window: MainWindow) -> None:
    window.toolbar.epochs.set_value(100_000)
    window.actions_by_name["race-optimizers"].trigger()
    bar = window.runs.view.seeds
    qtbot.waitUntil(lambda: len(window.runs.seeds.racers()) == 6 and bar.watch.isVisible())
    bar.watch.click()
    (compared,) = window.comparisons.windows
    qtbot.waitUntil(lambda: compared.nets.epoch > 0.0)
    assert compared.is_playing and len(compared.nets.panels) == 6
    assert compared.nets.colors == tuple(color for _run, color in window.runs.seeds.racers())
    assert {panel.name.full for panel in compared.nets.panels} >= {"Shallow net", "Adam"}
    compared.close()
    window.runs.seeds.clear()


def test_pictures_and_films_of_six_are_taken(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    six = opened(qtbot, window, [kept(PLAIN.replace(seed=seed)) for seed in range(6)])
    window.exports.set_scale(2)
    six.tools.copy_wanted.emit()
    image = existing(QApplication.clipboard()).image()
    assert image.width() == 2 * six.nets.width() and image.height() == 2 * six.nets.height()
    six.tools.film_wanted.emit()
    (dialog,) = window.exports._films
    assert not dialog.view.isVisible() and dialog.goal() == 2 * PARTS
    sent = pickle.loads(pickle.dumps(six.film_job()))  # noqa: S301 (as another process gets it)
    plan, frames = FilmPlan(width=300, height=200, fps=10, seconds=0.2), list[int]()
    data = make_film(sent.subject(), sent.goal, plan, tmp_path, frames.append, lambda: False)
    with Image.open(io.BytesIO(data)) as film:
        assert film.size == (300, 200) and getattr(film, "n_frames", 1) == 2 == len(frames)
    dialog.reject()


def test_the_frames_of_a_film_are_at_their_epochs(two: CompareWindow) -> None:
    filmed = two.film_job().to(5 * PARTS).subject()
    filmed.advance(1500)
    wish = existing(two.nets.wish(filmed.epoch))
    assert filmed.epoch == 1.5
    assert [state.snapshot.position for state in filmed.states(wish)] == [1050, 1050]  # 700 samples an epoch
    assert filmed.history.table[-1, 0] == 2 * PARTS
