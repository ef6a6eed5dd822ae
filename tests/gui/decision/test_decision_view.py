"""The plane of the data: the border, the map, the points and what is visible."""

from __future__ import annotations

import dataclasses
import re

import contourpy
import numpy as np
import pytest
from PyQt5.QtCore import QEvent, QPointF, Qt
from PyQt5.QtGui import QColor, QFontMetrics
from PyQt5.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from core.data.data_source import load
from core.data.dataset import Dataset
from core.engines.numpy_forward import shades_of
from core.explain.maps import NeuronPlace, OutputMap, Plane, neuron_map
from core.explain.picked_part import Neuron
from core.explain.probe import Probe, probe_at
from core.explain.snapshot import Request, Snapshot
from core.training.preparation import prepare
from core.training.presets import PRESETS
from core.training.trainer import Trainer
from core.workbench.messages import Loaded
from gui.decision.decision_map import border, value_image
from gui.decision.decision_view import DecisionView
from gui.decision.legend import legend_text
from gui.decision.neuron_title import title_texts
from gui.decision.plot_text import place_texts
from gui.decision.point_colors import point_colors
from gui.widgets.elided import Elided
from gui.widgets.images import table_image
from gui.widgets.mark_layer import MarkLayer
from gui.widgets.plots import AXIS_WIDTH, PlainAxis, Plot
from gui.widgets.theme import DARK, LIGHT, Theme
from gui.window.main_window import MainWindow
from tests.core.workbench.support import SHALLOW, loaded_of, make_trainer, snapshot_of
from tests.gui.support import distance, pixel

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
def view(qtbot: QtBot) -> DecisionView:
    view = DecisionView(LIGHT)
    qtbot.addWidget(view)
    view.resize(500, 460)
    view.show()
    qtbot.waitExposed(view)
    return view


def show(view: DecisionView, trainer: Trainer) -> None:
    """As the window does: the run, then a snapshot whose map covers what is visible."""
    view.set_run(loaded_of(trainer))
    plane = view.plane()
    assert plane is not None
    view.show_snapshot(snapshot_of(trainer, Request(output=plane)))


def place(view: DecisionView, x: float, y: float) -> tuple[float, float]:
    """The pixel of a point of the plane."""
    plot = view.findChild(Plot)
    inside = plot.mapFromScene(plot.box.mapViewToScene(QPointF(x, y)))
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
def test_each_side_of_the_border_has_its_class_colour(view: DecisionView, theme: Theme) -> None:
    view.set_theme(theme)
    show(view, make_trainer(LINEAR, CORNERS, [-9.0, 9.0, 0.0, 0.0, 2.7, -2.7]))
    for x, label in ((-0.5, 0), (1.0, 1)):
        color = pixel(view, *place(view, x, 0.3))
        other = theme.class_rgb(1 - label)
        assert distance(color, theme.class_rgb(label)) < distance(color, other), x
        assert distance(color, theme.base) > 40


def test_a_wrong_point_is_marked_and_a_right_one_is_not(view: DecisionView) -> None:
    show(view, parted_at(0.3))  # the corner (1, 1) is of class 0, but lies on the side of class 1
    for point, wrong in (((1.0, 1.0), True), ((1.0, -1.0), False)):
        x, y = place(view, *point)
        ring = min(distance(pixel(view, x + r, y), LIGHT.wrong) for r in (5, 6, 7))
        assert (ring < 90) is wrong, point


def test_the_plane_is_what_is_visible(view: DecisionView, qtbot: QtBot) -> None:
    show(view, parted_at(0.0))
    qtbot.wait(50)  # until the plot has its size
    plane = view.plane()
    assert plane is not None
    assert plane.x[0] < -1.0 < 1.0 < plane.x[1]
    box = view.findChild(Plot).box
    with qtbot.waitSignal(view.plane_changed) as sent:
        box.setRange(xRange=(-0.25, 0.5), yRange=(0.0, 2.0), padding=0)
    assert sent.args[0].x == pytest.approx((-0.25, 0.5))
    assert sent.args[0].y == pytest.approx((0.0, 2.0))
    with qtbot.waitSignal(view.plane_changed) as sent:
        view.show_everything()
    assert (sent.args[0].x, sent.args[0].y) == (plane.x, plane.y)


def test_another_run_on_the_same_points_keeps_the_zoom_and_other_points_do_not(view: DecisionView) -> None:
    show(view, parted_at(0.0))
    box = view.findChild(Plot).box
    box.setRange(xRange=(-0.25, 0.5), yRange=(0.0, 2.0), padding=0)
    zoomed = view.plane()
    view.set_run(loaded_of(parted_at(0.7)))
    assert view.plane() == zoomed
    wider = Dataset(10 * CORNERS.points, CORNERS.labels, CORNERS.class_names)
    view.set_run(loaded_of(make_trainer(LINEAR, wider)))
    plane = view.plane()
    assert plane is not None
    assert plane.x[1] > 10.0


def test_test_points_can_be_hidden(view: DecisionView) -> None:
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


def test_every_preset_can_be_drawn(view: DecisionView) -> None:
    for preset in PRESETS.values():
        trainer = make_trainer(preset.experiment, load(preset.experiment.data))
        show(view, trainer)
        assert not view.grab().isNull()


def many_points(n: int, wrong: int) -> tuple[Loaded, Snapshot]:
    """So many points on a fine grid, none near the middle but those that are wrong."""
    random = np.random.default_rng(0)
    angle = random.uniform(0, 2 * np.pi, n)
    points = np.column_stack([np.cos(angle), np.sin(angle)])
    labels = (points[:, 0] > 0).astype(int)
    predicted = labels.copy()
    points[:wrong] *= 0.1
    predicted[:wrong] = 1 - predicted[:wrong]
    dataset = Dataset(points, labels, ("left", "right"))
    trainer = parted_at(0.0)
    loaded = dataclasses.replace(loaded_of(trainer), preparation=prepare(LINEAR, dataset))
    return loaded, dataclasses.replace(snapshot_of(trainer), predicted=predicted, trained_row=None)


def note(view: DecisionView) -> str:
    [text] = [label.text() for label in view.findChildren(QLabel) if label.text().startswith("Shown")]
    return text


def test_of_very_many_points_a_part_is_drawn_and_the_note_tells_how_many(view: DecisionView) -> None:
    loaded, snapshot = many_points(200_000, 3)
    view.set_run(loaded)
    view.show_snapshot(snapshot)
    assert note(view).replace("\u202f", ",") == "Shown: 5,000 of 200,000 points, all 3 wrong ones"
    shown = sum(len(layer.points) for layer in view.findChild(Plot).box.addedItems if is_layer(layer))
    assert shown == 5_000 + 3


def is_layer(item: object) -> bool:
    return isinstance(item, MarkLayer)


def test_the_few_wrong_ones_among_very_many_are_drawn(view: DecisionView) -> None:
    loaded, snapshot = many_points(200_000, 3)
    view.set_run(loaded)
    view.show_snapshot(snapshot)
    for row in range(3):
        x, y = place(view, *loaded.preparation.dataset.points[row])
        ring = min(distance(pixel(view, x + r, y), LIGHT.wrong) for r in (3, 4, 5, 6))
        assert ring < 110, row
        own = distance(pixel(view, x, y), LIGHT.class_rgb(int(loaded.preparation.dataset.labels[row])))
        assert own < 60, "the ring has no point in it"


def test_a_click_on_other_points_before_their_snapshot_does_not_ask_for_rows_that_are_gone(view: DecisionView) -> None:
    loaded, snapshot = many_points(4_500, 4_000)
    view.set_run(loaded)
    view.show_snapshot(snapshot)
    view.set_run(loaded_of(parted_at(0.0)))
    box = view.plot.box
    assert view._decision_plot.row_at(box.mapViewToScene(QPointF(1.0, -1.0))) == 1


def test_a_click_means_what_stands_out(view: DecisionView) -> None:
    """Where points lie in one place or near each other, the wrong one could never be picked, and told "right"."""
    points = np.array([[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.02, 0.0], [1.0, 1.0], [-1.0, -1.0]])
    dataset, wrong = Dataset(points, np.array([0, 0, 1, 0, 1, 0]), ("left", "right")), 2
    loaded = dataclasses.replace(loaded_of(parted_at(0.0)), preparation=prepare(LINEAR, dataset))
    predicted = np.array([0, 0, 0, 0, 1, 0])
    view.set_run(loaded)
    view.show_snapshot(dataclasses.replace(snapshot_of(parted_at(0.0)), predicted=predicted, trained_row=None))
    plot, box = view._decision_plot, view.plot.box
    at, beside = (box.mapViewToScene(QPointF(x, 0.0)) for x in (0.0, 0.02))
    assert plot.row_at(at) == wrong
    assert plot.row_at(beside) == 3
    plot.points.show_mistakes(True)
    assert plot.row_at(beside) == wrong, "the others are pale"
    plot.points.show_marked(np.array([3]))
    assert plot.row_at(at) == 3, "ringed for the report"


def test_the_note_tells_how_many_of_the_wrong_ones_are_drawn(view: DecisionView) -> None:
    loaded, snapshot = many_points(4_500, 4_000)
    view.set_run(loaded)
    view.show_snapshot(snapshot)
    assert note(view).replace("\u202f", ",") == "Shown: 1,500 of 4,000 wrong ones"
    right = dataclasses.replace(snapshot, predicted=loaded.preparation.dataset.labels)
    view.show_snapshot(right)
    assert not any(label.text().startswith("Shown") for label in view.findChildren(QLabel))


def test_points_stay_on_their_places_when_the_plot_is_moved(view: DecisionView) -> None:
    show(view, parted_at(0.0))
    box = view.plot.box
    for _ in range(2):
        for point, label in zip(CORNERS.points, CORNERS.labels, strict=True):
            if point[0] > -1:  # the others have left the view
                color = pixel(view, *place(view, *point))
                assert distance(color, LIGHT.class_rgb(int(label))) < 40
        box.translateBy(x=0.4, y=0.03)
        box.scaleBy((1.1, 1.1))


def test_a_neuron_is_shown_large_and_the_decision_comes_back(view: DecisionView) -> None:
    trainer = parted_at(0.0)
    show(view, trainer)
    plane = view.plane()
    assert plane is not None
    decision = view.grab().toImage()
    view.show_neuron(Neuron(0, 1))  # the input x2: orange below, blue above
    want = view.neuron_place()
    assert want == NeuronPlace(0, 1, plane)
    view.show_snapshot(snapshot_of(trainer, Request(output=plane, neuron=want)))
    for y, color in ((-1.1, LIGHT.negative), (1.1, LIGHT.positive)):
        assert distance(pixel(view, *place(view, 1.1, y)), color) < 40
    [title] = [label.text() for label in view.findChildren(QLabel) if "Input" in label.text()]
    assert "Input x2" in title
    assert "to" in title
    view.plot.scene().sigMouseMoved.emit(view.plot.box.mapViewToScene(QPointF(0.2, 0.5)))
    view.show_probe(probe_at(trainer, (0.2, 0.5)))
    [told] = [label.text() for label in view.findChildren(QLabel) if "→" in label.text()]
    assert float(told.rpartition("→")[2].replace("−", "-")) == 0.5
    view.show_neuron(None)
    view.plot.leaveEvent(QEvent(QEvent.Leave))
    assert view.grab().toImage() == decision


def test_the_last_sample_is_ringed_over_the_map_of_a_neuron_too(view: DecisionView) -> None:
    """The card on the neuron says so, and its sample changes with each step."""
    trainer = parted_at(0.0)
    show(view, trainer)
    plane = view.plane()
    assert plane is not None
    view.show_neuron(Neuron(0, 1))
    for _step in range(2):
        trainer.advance(1)
        view.show_snapshot(snapshot_of(trainer, Request(output=plane, neuron=view.neuron_place())))
        x, y = place(view, *trainer.preparation.dataset.points[trainer.last_row()])
        assert min(distance(pixel(view, x + r, y), LIGHT.text) for r in (7, 8, 9)) < 60


def test_a_neuron_that_the_net_does_not_have_changes_nothing(view: DecisionView) -> None:
    show(view, parted_at(0.0))
    decision = view.grab().toImage()
    view.show_neuron(Neuron(1, 2))
    assert view.neuron_place() is None
    assert view.grab().toImage() == decision


def test_until_its_own_map_comes_a_neuron_shows_its_small_one(view: DecisionView) -> None:
    trainer = parted_at(0.0)
    view.set_run(loaded_of(trainer))
    plane = view.plane()
    assert plane is not None
    view.show_snapshot(snapshot_of(trainer, Request(plane, Plane(plane.x, plane.y, 20, 20))))
    view.show_neuron(Neuron(1, 1))  # the output "right"
    left, right = (pixel(view, *place(view, x, 0.5)) for x in (-1.1, 1.1))
    assert distance(right, LIGHT.positive) < distance(left, LIGHT.positive)
    [title] = [label.text() for label in view.findChildren(QLabel) if "activation" in label.text()]
    assert "Output right: activation" in title


@pytest.mark.parametrize(("hidden", "share"), [((8, 8, 8, 8, 8, 8), 1.0), ((64, 64, 64), 0.5)])
def test_a_lower_quality_asks_for_a_coarser_map_of_a_large_net_and_full_quality_for_the_old_one(
    view: DecisionView, hidden: tuple[int, ...], share: float
) -> None:
    view.set_run(loaded_of(make_trainer(LINEAR.replace(hidden=hidden), CORNERS)))
    planes: list[Plane] = []
    view.plane_changed.connect(planes.append)
    full = view.plane()
    assert full is not None
    view.set_quality(1)
    view.set_quality(0)
    coarse, fine = planes
    assert (coarse.columns, coarse.rows) == pytest.approx((share * full.columns, share * full.rows), abs=1)
    assert fine == full


def test_a_hidden_view_draws_the_newest_snapshot_when_it_is_shown(view: DecisionView) -> None:
    show(view, parted_at(-0.5))
    view.hide()
    plane = view.plane()
    moved = parted_at(0.8)
    view.show_snapshot(snapshot_of(moved, Request(output=plane)))
    view.show()
    left, right = (pixel(view, *place(view, x, 0.3)) for x in (0.2, 1.1))
    assert distance(left, LIGHT.class_rgb(0)) < distance(left, LIGHT.class_rgb(1))
    assert distance(right, LIGHT.class_rgb(1)) < distance(right, LIGHT.class_rgb(0))


def test_the_border_is_what_contourpy_makes_of_the_leads() -> None:
    random = np.random.default_rng(3)
    centers = np.meshgrid(*PLANE.centers())
    for classes in (2, 3, 5):
        winner = random.integers(0, classes, size=centers[0].shape).astype(np.int16)
        output = dataclasses.replace(output_of(parted_at(0.0)), winner=winner, margin=random.random(winner.shape))
        wanted = [np.zeros((0, 2))]
        for k in range(classes if classes > 2 else 1):
            lead = np.where(winner == k, output.margin, -output.margin)
            wanted += contourpy.contour_generator(*centers, lead, line_type="Separate").lines(0.0)
        line = border(output)
        np.testing.assert_array_equal(line[np.isfinite(line).all(axis=1)], np.concatenate(wanted))


def test_the_place_under_the_mouse_is_not_cut_off_by_long_names() -> None:
    names, classes = ("sepal length in centimetres", "x" * 80), ("a very long name of a class", "b")
    dataset = dataclasses.replace(CORNERS, column_names=names, class_names=classes)
    loaded, probe = (
        loaded_of(make_trainer(LINEAR, dataset)),
        Probe((0.5, 0.25), (np.array([0.75, 0.25]),), 0, 0.5, None),
    )
    longest, *_, shortest = place_texts(loaded, None, (9.0, 9.0), (1.0, 1.0), probe, None, None)
    assert longest == f"sepal length in… 0.5, {'x' * 15}… 0.25 → a very long nam… (75.0 %)"
    assert shortest == "se… 0.5, xx… 0.25 → a … (75.0 %)"


# ---- Axes and readouts tell values apart.

SCATTER = np.random.default_rng(0).normal(size=(30, 2))
DATA = {
    "around 1e9": (1e9, 1.0, 1.7e9, 1000.0),
    "time stamps": (1.7e9, 86_400.0, 0.0, 0.001),
    "tiny": (0.0, 1e-12, 0.5, 1e-12),
    "constant": (5.0, 0.0, 1_234_567.0, 0.0),
    "zeros": (0.0, 0.0, -1e9, 0.0),
    "huge": (0.0, 1e15, 0.0, 1e100),
    "plain": (0.0, 1.0, 1500.0, 10.0),
}


def tick_labels(axis: PlainAxis) -> tuple[list[str], list[float]]:
    """The numbers at the main ticks as they are written, and as they are."""
    low, high = axis.range
    spacing, ticks = axis.tickValues(low, high, max(axis.geometry().width(), axis.geometry().height()))[0]
    return axis.tickStrings(ticks, 1.0, spacing), ticks


def offset_of(axis: PlainAxis) -> float:
    """What the label says is taken off."""
    found = re.search(r"\(([+−]) (\S+)\)", axis.label.toPlainText())
    return 0.0 if found is None else float(found[2]) * (1.0 if found[1] == "+" else -1.0)


def scattered(kind: str) -> Dataset:
    x, width, y, height = DATA[kind]
    points = np.array([x, y]) + np.array([width, height]) * SCATTER
    return dataclasses.replace(CORNERS, points=points, labels=CORNERS.labels[np.arange(30) % 4])


@pytest.mark.parametrize("kind", DATA)
def test_axes_tell_the_data_apart_and_points_fill_the_plot(view: DecisionView, qtbot: QtBot, kind: str) -> None:
    dataset = scattered(kind)
    view.set_run(loaded_of(make_trainer(LINEAR.replace(standardize=True), dataset)))
    qtbot.waitUntil(lambda: view.plane() is not None)
    view.grab()
    box = view.plot.box
    for side, column, visible in zip(("bottom", "left"), dataset.points.T, box.viewRange(), strict=True):
        axis = view.plot.axes[side]
        texts, numbers = tick_labels(axis)
        assert len(set(texts)) == len(texts) >= 2
        span = visible[1] - visible[0]
        written = [float(text.replace("−", "-").replace("\u202f", "")) for text in texts]
        assert written == sorted(written)
        assert [value + offset_of(axis) for value in written] == pytest.approx(numbers, abs=span / 100)
        assert visible[0] < column.min() <= column.max() < visible[1]
        if np.ptp(column):
            assert np.ptp(column) > 0.8 * span
        if side == "left":
            assert max(QFontMetrics(axis.font()).horizontalAdvance(text) for text in texts) <= AXIS_WIDTH - 16


@pytest.mark.parametrize("kind", ["around 1e9", "time stamps", "tiny", "huge"])
def test_the_place_under_the_mouse_tells_places_apart(view: DecisionView, kind: str) -> None:
    show(view, make_trainer(LINEAR.replace(standardize=True), scattered(kind)))
    box = view.plot.box
    (x0, x1), ys = box.viewRange()
    told = []
    for share in np.linspace(0.3, 0.7, 40):
        view.plot.scene().sigMouseMoved.emit(box.mapViewToScene(QPointF(x0 + share * (x1 - x0), sum(ys) / 2.0)))
        told.append(next(label.full for label in view.findChildren(Elided) if label.full.startswith("x1 ")))
    assert len(set(told)) == len(told)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_plot_tile_bar_and_points_colour_the_same_number_alike(theme: Theme) -> None:
    """Of a regression: the map of the output, the tile of its neuron, the legend's bar and the points."""
    low, high = -2.0, 6.0
    values = np.array([[low, 0.5 * (low + high), high, 0.25 * low + 0.75 * high]])
    image = value_image(values, (low, high), theme)
    tile = table_image(shades_of(values, low, high), theme.signed_table())
    dataset = Dataset(np.zeros((4, 2)), np.zeros(4, dtype=np.int64), (), targets=values[0])
    points = point_colors(dataset, (low, high))
    for k, value in enumerate(values[0].tolist()):
        color = QColor(image.pixel(k, 0))
        assert color == QColor(tile.pixel(k, 0)) == theme.signed_color((2 * value - low - high) / (high - low))
        assert distance(color, points.shades(theme)[points.of_value(value)]) < 6
    text = legend_text(dataset, (low, high), False, theme)
    assert all(QColor(image.pixel(k, 0)).name() in text for k in range(4))


@pytest.mark.qt_log_ignore("This plugin does not support propagateSizeHints")  # the legend takes two lines
@pytest.mark.parametrize("width", [330, 400, 600])
def test_the_readout_shortens_names_and_shows_the_answer_whole(qtbot: QtBot, view: DecisionView, width: int) -> None:
    names = ("sepal length in centimetres", "petal width in centimetres")
    dataset = dataclasses.replace(CORNERS, column_names=names, class_names=("of a long name", "of another long one"))
    view.resize(width, 400)
    trainer = make_trainer(LINEAR, dataset)
    show(view, trainer)
    box = view.plot.box
    view.plot.scene().sigMouseMoved.emit(box.sceneBoundingRect().center())
    view.show_probe(probe_at(trainer, (0.5, 0.5)))
    [shown] = [label for label in view.findChildren(Elided) if "→" in label.full]
    assert shown.text() == shown.full
    assert shown.full.startswith("se")
    assert shown.full.endswith(")")


def test_the_place_line_is_written_once_for_a_snapshot_and_its_probe(
    view: DecisionView, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer, written = parted_at(0.0), list[str]()
    show(view, trainer)
    view.plot.scene().sigMouseMoved.emit(view.plot.box.sceneBoundingRect().center())
    monkeypatch.setattr(view._place, "write", lambda *texts: written.append(texts[0]))
    view.show_snapshot(snapshot_of(trainer, Request(output=view.plane())))
    view.show_probe(probe_at(trainer, (0.5, 0.5)))
    [text] = written
    assert " → " in text


def test_the_legend_tells_test_points_while_there_are_some(qtbot: QtBot, view: DecisionView) -> None:
    show(view, make_trainer(LINEAR.replace(train_fraction=0.5), CORNERS))
    assert "◇" in view.legend.label.text()
    view.test_shown.setChecked(False)
    assert "◇" not in view.legend.label.text()
    view.test_shown.setChecked(True)
    show(view, make_trainer(LINEAR.replace(train_fraction=1.0), CORNERS))
    assert "◇" not in view.legend.label.text()
    assert "◇" in legend_text(CORNERS, (0.0, 1.0), False, LIGHT, has_test=True), "also of a regression"


def test_a_button_leads_back_from_a_plot_that_was_dragged_away(qtbot: QtBot, window: MainWindow) -> None:
    view, button = window.scatter, window.scatter.show_all
    qtbot.wait(20)
    assert not button.isVisible()
    before = view.plot.box.viewRange()
    view.plot.box.translateBy(x=1000.0)
    qtbot.waitUntil(button.isVisible)
    assert view.plot.rect().contains(button.geometry())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not button.isVisible() and view.plot.box.viewRange() == before
    view.plot.box.translateBy(x=1000.0)
    qtbot.waitUntil(button.isVisible)
    window.actions_by_name["fit"].trigger()
    assert not button.isVisible()


def test_a_map_of_one_value_has_no_ends_of_a_scale() -> None:
    """That of a dead neuron read "0 to 0"."""
    trainer = make_trainer(LINEAR, CORNERS)
    own = dataclasses.replace(neuron_map(trainer, NeuronPlace(1, 0, PLANE)), low=0.0, high=0.0)
    texts = title_texts(Neuron(1, 0), trainer.preparation, own, LIGHT)
    assert all(text.endswith("0 everywhere") for text in texts)
    texts = title_texts(Neuron(1, 0), trainer.preparation, dataclasses.replace(own, high=1.0), LIGHT)
    assert not any("everywhere" in text for text in texts)
