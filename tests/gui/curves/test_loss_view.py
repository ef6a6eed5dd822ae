"""The curves of the loss and the numbers above them."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from PyQt5.QtCore import QPointF
from PyQt5.QtGui import QEnterEvent, QPicture
from PyQt5.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from core.base.number_text import epoch_place, grouped, percent, short
from core.data.data_source import DataSource, load
from core.explain.snapshot import Snapshot
from core.training.history import History
from core.training.trainer import Trainer
from gui.curves.loss_view import LEAST_HEIGHT, LossView
from gui.widgets.ending_painter import painting
from gui.widgets.plots import Curve, Plot, show_range, steady_range
from gui.widgets.theme import LIGHT
from tests.core.workbench.support import SHALLOW, loaded_of, make_trainer, snapshot_of
from tests.gui.support import distance, hover, pixel


@pytest.fixture
def trainer() -> Trainer:
    trainer = make_trainer(SHALLOW.replace(train_fraction=0.7, learning_rate=0.1))
    trainer.advance(2450)
    return trainer


@pytest.fixture
def view(qtbot: QtBot, trainer: Trainer) -> LossView:
    view = LossView(LIGHT)
    qtbot.addWidget(view)
    view.resize(460, 320)
    view.set_run(loaded_of(trainer))
    view.show_snapshot(snapshot_of(trainer))
    view.show()
    qtbot.waitExposed(view)
    return view


def curves(view: LossView) -> list[tuple[np.ndarray, np.ndarray]]:
    """The drawn lines that have points: training first, then test."""
    items = view.findChild(Plot).box.addedItems
    lines = [item for item in items if isinstance(item, Curve)]
    return [line.points for line in lines if len(line.points[0])]


def texts(view: LossView) -> list[str]:
    return [label.text() for label in view.findChildren(QLabel)]


def test_the_curves_are_the_record_up_to_this_moment(view: LossView, trainer: Trainer) -> None:
    (epochs, train), (_, test) = curves(view)
    history = trainer.history
    assert epochs[:-1].tolist() == history.epochs.tolist()
    assert epochs[-1] == trainer.position / trainer.epoch_length
    assert train[:-1].tolist() == history.column("train_loss").tolist()
    assert test[:-1].tolist() == history.column("test_loss").tolist()
    now = trainer.evaluations()
    assert (train[-1], test[-1]) == (now[0].loss, now[1].loss)


def test_score_is_in_percent_and_the_logarithm_is_of_the_loss_only(view: LossView, trainer: Trainer) -> None:
    view.logarithmic.click()
    (_, train), _ = curves(view)
    assert np.allclose(10.0 ** train[:-1], trainer.history.column("train_loss"), rtol=1e-12)
    view.what.setCurrentIndex(1)
    (_, train), (_, test) = curves(view)
    assert train[:-1].tolist() == (100 * trainer.history.column("train_score")).tolist()
    assert test[-1] == 100 * trainer.evaluations()[1].score
    assert not view.logarithmic.isEnabled()
    view.what.setCurrentIndex(0)
    assert view.logarithmic.isEnabled()


@pytest.mark.parametrize("size", [(340, LEAST_HEIGHT), (380, 170), (460, 320)])
def test_the_tools_of_the_plot_cover_no_curve(
    qtbot: QtBot, view: LossView, trainer: Trainer, size: tuple[int, int]
) -> None:
    """They lay over the last points of the curves and took the clicks there, which go to an epoch."""
    view.resize(*size)
    QApplication.processEvents()
    plot, tools = view.plot, view.logarithmic.parentWidget()
    corner = QPointF(3.0, 3.0)
    for widget in (view, plot):
        QApplication.sendEvent(widget, QEnterEvent(corner, corner, corner))
    assert tools.isVisible() and view.foot.choice.isVisible() and view.logarithmic.isVisible()
    assert view.rect().contains(tools.geometry())
    assert tools.width() >= tools.sizeHint().width() and tools.height() > tools.fontMetrics().height()
    (left, right), (low, high) = plot.box.viewRange()
    for x in np.linspace(left, right, 50):
        for y in np.linspace(low, high, 20):
            place = plot.mapFromScene(plot.box.mapViewToScene(QPointF(x, y)))
            assert view.childAt(plot.mapTo(view, place)) in (plot.viewport(), None), (x, y)
    box = plot.box.sceneBoundingRect()
    hover(plot.viewport(), box.right() - 5.0, box.top() + 5.0)
    assert not tools.isVisible(), "the foot tells the record under the mouse"
    assert "train" in " ".join(texts(view))
    qtbot.wait(20)  # pyqtgraph leaves out moves that come fast
    hover(plot.viewport(), box.left() - 20.0, box.top() + 5.0)
    assert tools.isVisible()


def painted_numbers(plot: Plot) -> list[str]:
    """What is written at the vertical axis; pyqtgraph leaves out numbers that would be cut."""
    QApplication.processEvents()  # which lays out the axes
    picture = QPicture()
    with painting(picture) as painter:
        _line, _ticks, numbers = plot.axes["left"].generateDrawSpecs(painter)
    return [text for _place, _flags, text in numbers]


@pytest.mark.parametrize("height", [LEAST_HEIGHT, 130, 150, 320])
@pytest.mark.parametrize(("low", "high"), [(0.28, 0.42), (0.134, 0.423), (0.32, 0.936), (1.01, 19.4), (93.0, 96.9)])
def test_at_least_two_numbers_are_painted_at_the_axis(view: LossView, low: float, high: float, height: int) -> None:
    """One alone was, where the others lay so near the ends of the axis that they would have been cut."""
    view.resize(390, height)
    view.make_room("another run", (1.0, low, high))
    assert len(set(painted_numbers(view.plot))) >= 2
    view.logarithmic.setChecked(True)
    show_range(view.plot, 1, steady_range(math.log10(low), math.log10(high)))
    assert len(set(painted_numbers(view.plot))) >= 2


@pytest.mark.parametrize("logarithmic", [False, True])
def test_both_curves_are_seen_on_either_axis(view: LossView, logarithmic: bool) -> None:
    view.logarithmic.setChecked(logarithmic)
    (epochs, train), (_, test) = curves(view)
    box = view.plot.box
    image = view.grab().toImage()
    for values, color in ((train, LIGHT.train), (test, LIGHT.test)):
        row = int(np.argmax(np.abs(train - test)))  # where they lie farthest apart
        at = view.plot.mapTo(view, view.plot.mapFromScene(box.mapViewToScene(QPointF(epochs[row], values[row]))))
        around = [image.pixelColor(at.x() + x, at.y() + y) for x in (-4, 0, 4) for y in range(-6, 7)]
        assert min(distance(found, color) for found in around) < 60


def test_the_present_values_are_written(view: LossView, trainer: Trainer) -> None:
    for evaluation in trainer.evaluations():
        assert short(evaluation.loss, 3) in texts(view)
        assert percent(evaluation.score) in texts(view)


def test_without_a_test_set_there_is_a_dash(view: LossView) -> None:
    trainer = make_trainer()
    view.set_run(loaded_of(trainer))
    view.show_snapshot(snapshot_of(trainer))
    assert texts(view).count("–") == 2


def test_the_curve_is_painted_in_its_colour(view: LossView) -> None:
    (epochs, train), _ = curves(view)
    around = [(dx, dy) for dx in (-1, 0, 1) for dy in (-2, -1, 0, 1, 2)]
    near = []
    for row in (5, len(epochs) // 2, len(epochs) - 5):
        scene = view.plot.box.mapViewToScene(QPointF(epochs[row], train[row]))
        at = view.plot.viewport().mapTo(view, view.plot.mapFromScene(scene))
        near.append(min(distance(pixel(view, at.x() + dx, at.y() + dy), LIGHT.train) for dx, dy in around))
    assert max(near) < 120  # a thin slanted line never fills a pixel
    assert min(near) < 60


def test_the_mouse_reads_the_nearest_record(view: LossView, trainer: Trainer) -> None:
    plot = view.findChild(Plot)
    box = plot.box
    history = trainer.history
    record = 20
    (_, _), (low, high) = box.viewRange()
    plot.scene().sigMouseMoved.emit(box.mapViewToScene(QPointF(history.epochs[record] + 0.004, (low + high) / 2)))
    [note] = [text for text in texts(view) if text.startswith("epoch ")]
    assert note.startswith(f"{epoch_place(int(history.table[record, 0]), history.epoch_length)} ")
    assert short(float(history.column("train_loss")[record])) in note
    assert short(float(history.column("test_loss")[record])) in note
    plot.scene().sigMouseMoved.emit(QPointF(-50.0, -50.0))
    assert not any(text.startswith("epoch ") for text in texts(view))


def test_what_is_read_is_whole_where_there_is_little_room(view: LossView) -> None:
    """At 1280 pixels the accuracy in the test was cut off."""
    box = view.plot.box
    for width, is_whole in ((700, True), (420, False)):
        view.resize(width, view.height())
        QApplication.processEvents()
        view.plot.scene().sigMouseMoved.emit(box.sceneBoundingRect().center())
        text = view.foot._note.text()
        assert "…" not in text and "test 0." in text
        assert ("%" in text) is is_whole


def long_record(trainer: Trainer, rows: int) -> Snapshot:
    """A quiet course of so many epochs with one spike."""
    table = np.zeros((rows, 5))
    table[:, 0] = np.arange(rows) * trainer.epoch_length
    table[:, 1:3] = 0.1 + 0.001 * np.sin(np.arange(rows))[:, None]
    table[rows // 3, 1] = 0.9
    history = History(table, trainer.epoch_length)
    base = snapshot_of(trainer)
    return dataclasses.replace(base, history=history, position=int(table[-1, 0]), train_loss=0.1, test_loss=0.1)


def test_of_a_million_rows_few_points_are_drawn_and_a_spike_is_seen(view: LossView, trainer: Trainer) -> None:
    view.set_run(loaded_of(trainer))
    view.show_snapshot(long_record(trainer, 1_000_000))
    (epochs, train), _ = curves(view)
    assert len(train) < 3000
    assert train.max() == 0.9
    box = view.plot.box
    top = box.mapViewToScene(QPointF(epochs[int(np.argmax(train))], 0.6))
    at = view.plot.viewport().mapTo(view, view.plot.mapFromScene(top))
    assert min(distance(pixel(view, at.x() + dx, at.y()), LIGHT.train) for dx in (-1, 0, 1)) < 100, "a thin line"


def test_zoomed_in_the_rows_themselves_are_drawn_and_the_zoom_stays(view: LossView, trainer: Trainer) -> None:
    view.set_run(loaded_of(trainer))
    snapshot = long_record(trainer, 1_000_000)
    view.show_snapshot(snapshot)
    box = view.plot.box
    box.scaleBy(x=1e-5, center=(333_333.0, 0.1))
    box.sigRangeChangedManually.emit([True, False])  # as the wheel does
    view.show_snapshot(dataclasses.replace(snapshot))
    (epochs, train), _ = curves(view)
    first, last = box.viewRange()[0]
    assert last - first < 12
    inside = epochs[(epochs >= first) & (epochs <= last)]
    assert inside.tolist() == [float(epoch) for epoch in range(int(np.ceil(first)), int(last) + 1)]
    assert train.max() == 0.9
    view.set_run(loaded_of(trainer))
    view.show_snapshot(snapshot)
    assert box.viewRange()[0][1] > 999_999


def zoom(view: LossView, epoch: float, width: float) -> None:
    """Zoom in around an epoch, as the wheel does."""
    box = view.plot.box
    (first, last), (low, high) = box.viewRange()
    box.scaleBy(x=width / (last - first), y=1e-4, center=(epoch, (low + high) / 2.0))
    box.sigRangeChangedManually.emit([True, True])


@pytest.mark.parametrize("logarithmic", [False, True])
def test_late_epochs_and_close_losses_are_told_apart(view: LossView, trainer: Trainer, logarithmic: bool) -> None:
    view.logarithmic.setChecked(logarithmic)
    view.set_run(loaded_of(trainer))
    view.show_snapshot(long_record(trainer, 400_000))
    for epoch, width in ((300_000.0, 1.5), (300_000.0, 30.0), (200_000.0, 5000.0)):
        zoom(view, epoch, width)
        for side in ("bottom", "left"):
            axis = view.plot.axes[side]
            spacing, ticks = axis.tickValues(*axis.range, 200)[0]
            numbers = axis.tickStrings(ticks, 1.0, spacing)
            assert len(set(numbers)) == len(numbers) >= 2
        view.show_everything()
    zoom(view, 300_000.0, 8.0)
    box, told = view.plot.box, []
    for epoch in range(299_997, 300_003):
        view.plot.scene().sigMouseMoved.emit(box.mapViewToScene(QPointF(epoch, sum(box.viewRange()[1]) / 2.0)))
        told += [text for text in texts(view) if text.startswith("epoch ")]
    assert [text.split("   ")[0] for text in told] == [f"epoch {grouped(epoch)}" for epoch in range(299_997, 300_003)]
    assert len({text.split("   ")[1] for text in told}) == 6


def test_the_range_holds_all_the_data_as_it_grows(view: LossView, trainer: Trainer) -> None:
    box = view.plot.box
    ticks = []
    for _ in range(6):
        trainer.advance(1000)
        view.show_snapshot(snapshot_of(trainer))
        (left, right), (low, high) = box.viewRange()
        (epochs, train), (_, test) = curves(view)
        assert left <= 0
        assert epochs[-1] <= right
        assert low <= min(train.min(), test.min())
        assert max(train.max(), test.max()) <= high
        view.grab()
        ticks.append(view.plot.axes["bottom"].range[1])
    assert ticks[-1] == box.viewRange()[0][1], "the axis shows another range than the plot"


def test_a_hidden_view_draws_the_newest_snapshot_when_it_is_shown(view: LossView, trainer: Trainer) -> None:
    view.hide()
    trainer.advance(500)
    view.show_snapshot(snapshot_of(trainer))
    (epochs, _), _ = curves(view)
    assert epochs[-1] < trainer.position / trainer.epoch_length
    view.show()
    (epochs, _), _ = curves(view)
    assert epochs[-1] == trainer.position / trainer.epoch_length


@pytest.mark.parametrize("loss", [1e-320, 1e-12, 1e90, 1e200, 1.7e308, np.inf])
def test_a_loss_of_any_size_can_be_drawn(view: LossView, trainer: Trainer, loss: float) -> None:
    view.set_run(loaded_of(trainer))
    snapshot = long_record(trainer, 50)
    snapshot.history.table[7, 1] = loss
    view.show_snapshot(snapshot)
    assert not view.grab().isNull()
    view.logarithmic.click()
    assert not view.grab().isNull()


def test_a_loss_that_stands_still_has_numbers_on_a_logarithmic_axis(view: LossView) -> None:
    view.logarithmic.setChecked(True)
    axis = view.plot.axes["left"]
    for low, high in ((-0.914, -0.893), (-6.0, 0.0)):
        view.plot.box.setYRange(low, high, padding=0)
        ticks = [tick for _, values in axis.tickValues(*axis.range, 120) for tick in values]
        assert len(ticks) >= 3
        assert all(low <= tick <= high for tick in ticks)


def with_record(trainer: Trainer, losses: list[float], ahead: list[float] = []) -> Snapshot:  # noqa: B006
    """A snapshot whose record holds these losses, one an epoch, and others that early stopping left behind it."""
    table = np.zeros((len(losses) + len(ahead), 5))
    table[:, 0] = np.arange(len(table)) * trainer.epoch_length
    table[:, 1:3] = np.array([*losses, *ahead])[:, None]
    history = History(table[: len(losses)], trainer.epoch_length, ahead=table[len(losses) :])
    last = int(history.table[-1, 0])
    return dataclasses.replace(
        snapshot_of(trainer),
        history=history,
        position=last,
        measured=last,
        train_loss=losses[-1],
        test_loss=losses[-1],
    )


def test_a_loss_of_0_does_not_stretch_the_logarithmic_axis(view: LossView, trainer: Trainer) -> None:
    view.logarithmic.click()
    view.show_snapshot(with_record(trainer, [1.0, 0.1, 0.01, 0.0]))
    low, high = view.plot.box.viewRange()[1]
    assert -3.0 < low < -2.0
    assert 0.0 < high < 1.0
    (_, train), _ = curves(view)
    assert train[-1] < low, "it leaves the plot at the bottom"
    assert "0" in texts(view)
    view.show_snapshot(with_record(trainer, [0.0, 0.0]))
    assert np.isfinite(view.plot.box.viewRange()).all()


def test_what_early_stopping_left_is_drawn_paler(view: LossView, trainer: Trainer) -> None:
    view.show_snapshot(with_record(trainer, [0.9, 0.5, 0.4], [0.7, 0.8]))
    lines = {line._pen.color().alpha(): line.points for line in (*view._curves.values(), *view._ahead.values())}
    assert sorted(lines) == [110, 255]
    epochs, losses = lines[110]
    scale = view.epochs.scale
    assert (epochs.tolist(), losses.tolist()) == (
        [scale.place(epoch) for epoch in (2.0, 3.0, 4.0)],
        [0.4, 0.7, 0.8],
    )
    (_, right), (_, high) = view.plot.box.viewRange()
    assert scale.epoch(right) > 4.0
    assert high > 0.9
    box = view.plot.box
    view.plot.scene().sigMouseMoved.emit(box.mapViewToScene(QPointF(scale.place(3.05), 0.6)))
    [note] = [text for text in texts(view) if text.startswith("epoch ")]
    assert note.startswith("epoch 3 ")
    assert "0.7" in note
    view.show_snapshot(with_record(trainer, [0.9, 0.5, 0.4, 0.3]))
    assert not any(len(line.points[0]) for line in view._ahead.values())


def test_of_numbers_each_measure_has_its_own_name(view: LossView) -> None:
    experiment = SHALLOW.replace(data=DataSource("plane"), output="linear", train_fraction=0.7)
    trainer = make_trainer(experiment, load(experiment.data))
    view.set_run(loaded_of(trainer))
    view.show_snapshot(snapshot_of(trainer))
    train, test = trainer.evaluations()
    assert f"R² {short(train.score, 4)}" in texts(view)
    assert f"Mean (ŷ − y)² {short(train.squared_error)}, test set {short(test.squared_error)}" in texts(view)
    assert not [text for text in texts(view) if "MSE" in text], "so the loss is called, which is half of it"
