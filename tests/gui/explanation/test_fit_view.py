"""The report of a regression, in the real window: predicted against true, and the residuals."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core.training.presets import PRESETS
from gui.explanation.fit_view import FitView, centred
from gui.report.report_view import ReportView
from gui.window.main_window import MainWindow
from tests.gui.conftest import drawn


@pytest.fixture
def fitted(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The bumps after two epochs, with the report in front."""
    experiment = PRESETS["bumps"].experiment
    window.session.load(experiment, anew=True)
    qtbot.waitUntil(lambda: window.session.experiment == experiment)
    window.docks.bring_up("report")
    window.session.run_epochs(2)
    qtbot.waitUntil(lambda: window.session.snapshot.epoch == 2 and drawn(window) and not window.session.playing)
    qtbot.waitUntil(lambda: window.session.snapshot.report is not None)
    return window


def view(window: MainWindow) -> FitView:
    assert isinstance(window.report.view.fit, FitView)
    return window.report.view.fit


def test_predicted_stands_against_true(fitted: MainWindow, qtbot: QtBot) -> None:
    window, fit = fitted, view(fitted)
    for which in ("train", "test"):
        window.report.view.which.setCurrentIndex(window.report.view.which.findData(which))
        qtbot.waitUntil(lambda: drawn(window))
        preparation, snapshot = window.session.loaded.preparation, window.session.snapshot
        rows = getattr(preparation, which).rows
        targets, predicted = preparation.dataset.targets[rows], snapshot.predicted[rows]
        assert fit.isVisible() and fit.plot.isVisible() and not window.report.view.grid.isVisible()
        np.testing.assert_array_equal(np.sort(fit.points.points[:, 0]), np.sort(targets))
        np.testing.assert_array_equal(np.sort(fit.points.points[:, 1]), np.sort(predicted))
        found = fit.residuals.histogram
        assert found is not None and found.counts.sum() == len(rows)
        errors = predicted - targets
        assert -found.edges[0] == found.edges[-1] == pytest.approx(np.abs(errors).max())
        assert fit.plot.axes["bottom"].labelText == "true y" and fit.plot.axes["left"].labelText == "predicted y"
        box = fit.plot.box.viewRange()
        for values, (low, high) in zip((targets, predicted), box, strict=True):
            assert low <= values.min() and values.max() <= high
        assert "mean" in fit.told.full and "spread" in fit.told.full


def test_classes_have_none(window: MainWindow, qtbot: QtBot) -> None:
    assert window.findChildren(ReportView) == [], "the report is made when it is first seen"
    window.docks.bring_up("report")
    qtbot.waitUntil(window.report.view.grid.isVisible)
    assert not view(window).isVisible()


def test_residuals_lie_evenly_around_zero() -> None:
    found = centred(np.array([-0.5, 0.1, 0.2, np.nan, np.inf]))
    assert found.edges[0] == -found.edges[-1] == -0.5 and found.counts.sum() == 3
    assert centred(np.zeros(0)).counts.sum() == 0
    assert centred(np.zeros(5)).counts.sum() == 5


def test_a_set_without_points_is_told(fitted: MainWindow, qtbot: QtBot) -> None:
    window = fitted
    before = window.session.snapshot
    window.session.change({"train_fraction": 1.0})
    qtbot.waitUntil(lambda: window.session.snapshot is not before and drawn(window))
    qtbot.waitUntil(lambda: window.session.snapshot.report is not None)
    window.report.view.which.setCurrentIndex(window.report.view.which.findData("test"))
    assert view(window).told.full == "This set has no points."
    assert len(view(window).points.points) == 0
