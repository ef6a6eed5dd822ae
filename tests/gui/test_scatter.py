"""The plane of the data: the border, the map, the points and what is visible."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
import pytest
from PyQt5.QtCore import QPointF
from pytestqt.qtbot import QtBot

from core.dataset import Dataset, load
from core.presets import PRESETS
from core.snapshot import OutputMap, Plane, Request
from core.trainer import Trainer
from gui.scatter_view import ScatterView, border
from gui.theme import DARK, LIGHT, Theme
from tests.gui.support import SHALLOW, distance, loaded_of, make_trainer, pixel, snapshot_of

CORNERS = Dataset(
    np.array([[-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0]]), np.array([0, 1, 0, 0]), ("left", "right")
)
PLANE = Plane((-2.0, 2.0), (-1.0, 1.0), 80, 40)
LINEAR = SHALLOW.replace(hidden=())


def parted_at(x: float, y: float = 0.0) -> Trainer:
    """A net whose outputs are equal where point · (1, 2y) = x; class 1 wins to the right."""
    return make_trainer(LINEAR, CORNERS, [-0.5, 0.5, -y, y, x / 2, -x / 2])


def output_of(trainer: Trainer, plane: Plane = PLANE) -> OutputMap:
    output = snapshot_of(trainer, Request(output=plane)).output
    assert output is not None
    return output


@pytest.fixture
def view(qtbot: QtBot) -> ScatterView:
    view = ScatterView(LIGHT)
    qtbot.addWidget(view)
    view.resize(500, 460)
    view.show()
    qtbot.waitExposed(view)
    return view


def show(view: ScatterView, trainer: Trainer) -> None:
    """As the window does: the run, then a snapshot whose map covers what is visible."""
    view.set_run(loaded_of(trainer))
    plane = view.plane()
    assert plane is not None
    view.show_snapshot(snapshot_of(trainer, Request(output=plane)))


def place(view: ScatterView, x: float, y: float) -> tuple[float, float]:
    """The pixel of a point of the plane."""
    plot = view.findChild(pg.PlotWidget)
    inside = plot.mapFromScene(plot.getPlotItem().getViewBox().mapViewToScene(QPointF(x, y)))
    on_view = plot.viewport().mapTo(view, inside)
    return on_view.x(), on_view.y()


@pytest.mark.parametrize("x", [-0.73, 0.0, 0.3, 1.21])
def test_the_border_of_two_classes_lies_where_the_outputs_are_equal(x: float) -> None:
    line = border(output_of(parted_at(x)))
    line = line[np.isfinite(line).all(axis=1)]
    assert len(line) >= PLANE.rows
    assert np.abs(line[:, 0] - x).max() < 0.005  # a tenth of a cell
    assert line[:, 1].min() == pytest.approx(-1.0, abs=0.05)
    assert line[:, 1].max() == pytest.approx(1.0, abs=0.05)


def test_a_slanted_border() -> None:
    line = border(output_of(parted_at(0.2, 0.5)))
    line = line[np.isfinite(line).all(axis=1)]
    assert len(line)
    assert np.abs(line[:, 0] + line[:, 1] - 0.2).max() < 0.005


def test_without_a_second_class_there_is_no_border() -> None:
    assert not np.isfinite(border(output_of(parted_at(100.0)))).any()


def test_the_borders_of_three_classes_part_each_from_each() -> None:
    corners = Dataset(CORNERS.points, np.array([0, 1, 2, 0]), ("a", "b", "c"))
    # The outputs' sums are x, -x and y: they are equal on the three rays of a star.
    trainer = make_trainer(LINEAR, corners, [1.0, -1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0])
    line = border(output_of(trainer))
    line = line[np.isfinite(line).all(axis=1)]
    sums = np.sort(np.column_stack([line[:, 0], -line[:, 0], line[:, 1]]), axis=1)
    far = np.hypot(*line.T) > 0.2  # where three cells meet, a straight piece cuts the corner
    assert np.abs(sums[far, 2] - sums[far, 1]).max() < 0.03
    for ray in ((0.0, -0.8), (0.6, 0.6), (-0.6, 0.6)):
        assert np.hypot(*(line - ray).T).min() < 0.05, ray


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_each_side_of_the_border_has_its_class_colour(view: ScatterView, theme: Theme) -> None:
    view.set_theme(theme)
    show(view, make_trainer(LINEAR, CORNERS, [-9.0, 9.0, 0.0, 0.0, 2.7, -2.7]))
    for x, label in ((-0.5, 0), (1.0, 1)):
        color = pixel(view, *place(view, x, 0.3))
        other = theme.class_rgb(1 - label)
        assert distance(color, theme.class_rgb(label)) < distance(color, other), x
        assert distance(color, theme.base) > 40


def test_a_wrong_point_is_marked_and_a_right_one_is_not(view: ScatterView) -> None:
    show(view, parted_at(0.3))  # the corner (1, 1) is of class 0, but lies on the side of class 1
    for point, wrong in (((1.0, 1.0), True), ((1.0, -1.0), False)):
        x, y = place(view, *point)
        ring = min(distance(pixel(view, x + r, y), LIGHT.wrong) for r in (5, 6, 7))
        assert (ring < 90) is wrong, point


def test_the_plane_is_what_is_visible(view: ScatterView, qtbot: QtBot) -> None:
    show(view, parted_at(0.0))
    plane = view.plane()
    assert plane is not None
    assert plane.x[0] < -1.0 < 1.0 < plane.x[1]
    box = view.findChild(pg.PlotWidget).getPlotItem().getViewBox()
    with qtbot.waitSignal(view.plane_changed, timeout=3000) as sent:
        box.setRange(xRange=(-0.25, 0.5), yRange=(0.0, 2.0), padding=0)
    assert sent.args[0].x == pytest.approx((-0.25, 0.5))
    assert sent.args[0].y == pytest.approx((0.0, 2.0))
    with qtbot.waitSignal(view.plane_changed, timeout=3000) as sent:
        view.show_everything()
    assert (sent.args[0].x, sent.args[0].y) == (plane.x, plane.y)


def test_another_run_on_the_same_points_keeps_the_zoom_and_other_points_do_not(view: ScatterView) -> None:
    show(view, parted_at(0.0))
    box = view.findChild(pg.PlotWidget).getPlotItem().getViewBox()
    box.setRange(xRange=(-0.25, 0.5), yRange=(0.0, 2.0), padding=0)
    zoomed = view.plane()
    view.set_run(loaded_of(parted_at(0.7)))
    assert view.plane() == zoomed
    wider = Dataset(10 * CORNERS.points, CORNERS.labels, CORNERS.class_names)
    view.set_run(loaded_of(make_trainer(LINEAR, wider)))
    plane = view.plane()
    assert plane is not None
    assert plane.x[1] > 10.0


def test_test_points_can_be_hidden(view: ScatterView) -> None:
    trainer = make_trainer(LINEAR.replace(train_fraction=0.5), CORNERS)
    show(view, trainer)
    assert not view.test_shown.isHidden()
    row = int(trainer.preparation.test.rows[0])
    x, y = place(view, *CORNERS.points[row])
    with_point = pixel(view, x, y)
    view.test_shown.click()
    assert pixel(view, x, y) != with_point
    view.test_shown.click()
    assert pixel(view, x, y) == with_point
    show(view, parted_at(0.0))
    assert view.test_shown.isHidden(), "without a test set there is nothing to choose"


def test_every_preset_can_be_drawn(view: ScatterView) -> None:
    for preset in PRESETS.values():
        trainer = make_trainer(preset.experiment, load(preset.experiment.data))
        show(view, trainer)
        assert not view.grab().isNull()
