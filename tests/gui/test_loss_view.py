"""The curves of the loss and the numbers above them."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
import pytest
from PyQt5.QtCore import QPointF
from PyQt5.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from core.trainer import Trainer
from gui.loss_view import LossView
from gui.numbers import percent, short
from gui.theme import LIGHT
from tests.gui.support import SHALLOW, distance, loaded_of, make_trainer, pixel, snapshot_of


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
    items = view.findChild(pg.PlotWidget).getPlotItem().items
    lines = [item for item in items if isinstance(item, pg.PlotCurveItem)]
    return [line.getData() for line in lines if line.getData()[0] is not None]


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
    plot = view.findChild(pg.PlotWidget)
    (epochs, train), _ = curves(view)
    middle = len(epochs) // 2
    scene = plot.getPlotItem().getViewBox().mapViewToScene(QPointF(epochs[middle], train[middle]))
    at = plot.viewport().mapTo(view, plot.mapFromScene(scene))
    assert min(distance(pixel(view, at.x(), at.y() + d), LIGHT.train) for d in (-2, -1, 0, 1, 2)) < 60


def test_the_mouse_reads_the_nearest_record(view: LossView, trainer: Trainer) -> None:
    plot = view.findChild(pg.PlotWidget)
    box = plot.getPlotItem().getViewBox()
    history = trainer.history
    record = 20
    (_, _), (low, high) = box.viewRange()
    plot.scene().sigMouseMoved.emit(box.mapViewToScene(QPointF(history.epochs[record] + 0.004, (low + high) / 2)))
    [note] = [text for text in texts(view) if text.startswith("epoch ")]
    assert note.startswith(f"epoch {short(float(history.epochs[record]))} ")
    assert short(float(history.column("train_loss")[record])) in note
    assert short(float(history.column("test_loss")[record])) in note
    plot.scene().sigMouseMoved.emit(QPointF(-50.0, -50.0))
    assert not any(text.startswith("epoch ") for text in texts(view))
