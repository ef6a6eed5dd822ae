"""Drawn points in the window: canvases that wait for points, strokes as steps of undo, and the tools."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import QEvent, QPointF, Qt
from PyQt5.QtGui import QMouseEvent, QWheelEvent
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cli.main import main
from core.data.data_source import DataSource
from core.data.dataset import Dataset
from core.data.drawn_points import MAX_POINTS, DrawnPoints, empty_canvas
from core.data.point_edits import add
from core.data.tables.loading import read_table
from core.storage.project import save_project
from core.training.experiment import Experiment
from core.workbench.messages import Capture, Captured, Load, OpenProject, Play, Redo, StepBack, Undo
from gui.painting.palette import Palette
from gui.widgets.qt_objects import existing
from gui.window.main_window import MainWindow
from tests.core.workbench.support import SHALLOW, WorkerDriver, make_trainer, shown
from tests.gui.conftest import drawn as is_drawn
from tests.gui.support import position

SEVERAL = np.array([[0.0, 0.0], [1.0, 0.5], [0.5, 1.0]])


def drawn_run(drawn: DrawnPoints) -> Experiment:
    return SHALLOW.replace(data=DataSource("drawn", drawn=drawn))


def test_strokes_are_steps_of_undo_from_the_first_point_on(driver: WorkerDriver) -> None:
    canvas = empty_canvas()
    one = add(canvas, SEVERAL, 0)
    both = add(one, SEVERAL + 2.0, 1)
    driver.send(Load(SHALLOW), Play(until=1234))
    before = driver.arrive().parameters
    for drawn in (canvas, one):
        driver.send(Load(drawn_run(drawn), goes_on=drawn is one))
        report = driver.ask()
        assert (
            report.events.loaded is not None
            and report.events.loaded.canvas == drawn
            and report.events.loaded.dataset.points is not None
        )
        assert report.events.loaded.experiment.data.drawn == drawn
        assert shown(report).parameters.tobytes() == before.tobytes(), "the run waits where it stood"
    driver.send(Play(), StepBack("epoch"))
    assert not driver.ask().state.playing
    assert "at least two classes" in driver.notices[-1].text
    driver.send(Load(drawn_run(both), goes_on=True))
    report = driver.ask()
    assert report.events.loaded is not None and report.events.loaded.canvas is None
    assert shown(report).parameters.tobytes() != before.tobytes(), "a new canvas begins with new weights"
    fresh = shown(report).parameters
    driver.send(Load(drawn_run(add(both, SEVERAL - 1.0, 0)), goes_on=True))
    assert shown(driver.ask()).parameters.tobytes() == fresh.tobytes(), "a stroke goes on with those that are there"
    driver.send(Undo())
    driver.send(Play())
    driver.until(lambda report: shown(report).position > 50)
    driver.send(Load(drawn_run(add(both, SEVERAL - 2.0, 1)), goes_on=True))
    report = driver.until(lambda report: report.state.playing and shown(report).position > 0)
    assert driver.loaded is not None and len(driver.loaded.dataset) == 9
    assert driver.loaded.initial_parameters is not None
    assert driver.loaded.home is None, "a reset leads back to where it all began, and not to the last stroke"
    for count in (6, 3, 0, 1000):
        driver.send(Undo())
        report = driver.ask()
        assert report.events.loaded is not None and len(report.events.loaded.dataset) == count
    assert (shown(report).position, report.state.undo_text) == (1234, None)
    driver.send(Redo(), Redo())
    assert driver.ask().events.loaded is not None
    assert driver.loaded.canvas == one


def test_a_project_keeps_a_canvas_and_where_a_reset_leads(driver: WorkerDriver, tmp_path: Path) -> None:
    def saved_as(name: str) -> Captured:
        driver.send(Capture())
        [captured] = driver.ask().events.captured
        assert captured.project is not None and captured.stamp is not None
        save_project(tmp_path / name, captured.project)
        return captured

    one = add(empty_canvas(), SEVERAL, 0)
    both = drawn_run(add(one, SEVERAL + 2.0, 1))
    driver.send(Load(SHALLOW), Play(until=1234))
    driver.arrive()
    driver.send(Load(drawn_run(empty_canvas())))
    nothing = saved_as("empty.lens")
    driver.send(Load(drawn_run(one), goes_on=True))
    canvas = saved_as("canvas.lens")
    assert not canvas.stamp.is_like(nothing.stamp), "points are worth saving"
    driver.send(Load(both, goes_on=True))
    fresh = shown(driver.ask()).parameters
    driver.send(Play(until=40))
    driver.arrive()
    driver.send(Load(drawn_run(add(one, SEVERAL + 3.0, 1)), goes_on=True))
    painted = shown(driver.ask()).parameters
    saved_as("painted.lens")
    driver.send(Load(SHALLOW), OpenProject(str(tmp_path / "canvas.lens")))
    report = driver.ask()
    assert report.events.loaded is not None and report.events.loaded.canvas == one
    assert (shown(report).position, len(report.events.loaded.preparation.dataset)) == (1234, 1000)
    driver.send(Load(both, goes_on=True))
    assert shown(driver.ask()).parameters.tobytes() == fresh.tobytes(), "it goes on as if it had never been closed"
    driver.send(OpenProject(str(tmp_path / "painted.lens")))
    report = driver.ask()
    assert report.events.loaded is not None and report.events.loaded.initial_parameters is not None
    assert report.events.loaded.initial_parameters.tobytes() == painted.tobytes() != fresh.tobytes()
    assert report.events.loaded.home is None, "a reset leads back to where it all began"
    assert main(["train", "--project", str(tmp_path / "canvas.lens"), "--epochs", "1"]) == 2
    assert driver.notices == []


def test_another_network_begins_with_weights_of_its_own_and_many_strokes_are_kept(driver: WorkerDriver) -> None:
    drawn = add(add(empty_canvas(), SEVERAL, 0), SEVERAL + 2.0, 1)
    driver.send(Load(drawn_run(drawn)))
    for k in range(30):
        driver.send(Load(drawn_run(add(drawn, np.full((1, 2), 0.1 * k), 0)), goes_on=True))
    three = DrawnPoints(np.vstack([drawn.points, [[5.0, 5.0]]]), np.append(drawn.labels, 2), ("0", "1", "2"))
    driver.send(Load(drawn_run(three), goes_on=True))
    report = driver.ask()
    expected = make_trainer(drawn_run(three), three.dataset()).network.parameters
    assert shown(report).parameters.tobytes() == expected.tobytes()
    driver.send(*[Undo()] * 31)
    report = driver.ask()
    assert report.events.loaded is not None and report.events.loaded.experiment == drawn_run(drawn)


class Hand:
    """Keys and a mouse over the plot of a window."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        self._qtbot, self.window = qtbot, window

    def press(self, *keys: str) -> None:
        for key in keys:
            *modifiers, letter = key.split("+")
            shift = {"Ctrl": Qt.KeyboardModifier.ControlModifier, "Shift": Qt.KeyboardModifier.ShiftModifier}
            held = Qt.KeyboardModifiers()
            for modifier in modifiers:
                held |= shift[modifier]
            self._qtbot.keyClick(self.window.network, getattr(Qt.Key, f"Key_{letter}"), held)

    def mouse(self, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
        viewport = self.window.scatter.plot.viewport()
        QApplication.sendEvent(viewport, QMouseEvent(kind, at, button, held, Qt.KeyboardModifier.NoModifier))

    def drag(self, *places: tuple[float, float], button: Qt.MouseButton = Qt.MouseButton.LeftButton) -> None:
        """From place to place of the plane."""
        plot, none = self.window.scatter.plot, Qt.MouseButton.NoButton
        box = plot.box
        way = [QPointF(plot.mapFromScene(box.mapViewToScene(QPointF(*place)))) for place in places]
        self.mouse(QEvent.Type.MouseButtonPress, way[0], button, button)
        for start, end in itertools.pairwise(way):
            for share in np.linspace(0.1, 1.0, 10):
                self.mouse(QEvent.Type.MouseMove, start + share * (end - start), none, button)
        self.mouse(QEvent.Type.MouseButtonRelease, way[-1], button, none)

    def points(self) -> Dataset:
        """When all is answered."""
        self._qtbot.waitUntil(lambda: not self.window.painting.painter.pending.is_ahead)
        assert self.window.session.loaded is not None
        return self.window.session.loaded.dataset

    def until(self, count: int) -> None:
        self._qtbot.waitUntil(lambda: len(self.points()) == count)


@pytest.fixture
def hand(qtbot: QtBot, window: MainWindow) -> Hand:
    window.resize(1300, 960)  # so that a pixel of the plot is a small step
    qtbot.waitUntil(lambda: is_drawn(window))
    return Hand(qtbot, window)


def free_margin(window: MainWindow) -> float:
    """How far the plot of an empty data set, from -5 to 5, goes beyond that where it goes the least far."""
    plane = window.scatter.plane()
    assert plane is not None
    return min(plane.x[1], plane.y[1]) - 5.0


def test_two_classes_are_painted_learned_taken_back_and_saved(
    hand: Hand, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    hand.press("Ctrl+N")
    hand.until(0)
    qtbot.waitUntil(lambda: is_drawn(window) and abs(free_margin(window) - 0.8) < 0.01)
    visible = window.scatter.plane()
    hand.drag((-3.0, -3.0), (-3.0, 3.0))
    left = len(hand.points())
    assert left > 5 and hand.points().points[:, 0].max() < 0.0
    told = window.panels.data._info
    assert told.text() == f"{left} points, 1 class\nToo few to train on: draw points of another class."
    tools, hint = window.scatter._tools, window.painting.painter._overlay._hint
    assert hint.text() and not hint.geometry().intersects(tools.geometry())
    hand.press("Space")
    qtbot.waitUntil(lambda: window.notices.isVisible())
    assert "at least two classes" in window.notices.newest.text.text() and position(window) == 0
    hand.press("1", "S")
    hand.drag((3.0, -3.0), (3.0, 3.0))
    qtbot.waitUntil(lambda: len(hand.points()) > left and is_drawn(window))
    both = hand.points()
    assert both.labels.tolist() == [0] * left + [1] * (len(both) - left)
    assert window.scatter.plane() == visible, "what is visible stays while one paints"
    assert window.session.snapshot is not None
    loss = window.session.snapshot.train_loss

    hand.press("Space")
    qtbot.waitUntil(lambda: window.session.snapshot.train_loss < loss / 4)
    hand.press("B")
    hand.drag((3.0, 4.0), (4.0, 4.0))
    qtbot.waitUntil(lambda: len(hand.points()) > len(both) and window.session.snapshot.epoch > 0)
    assert window.session.playing, "it plays on"
    assert window.session.loaded.initial_parameters is not None, "with the weights that it had"
    more = hand.points()
    window.painting.save_points(tmp_path / "points.csv")
    qtbot.waitUntil(lambda: not window.exports.is_writing)
    again = read_table(tmp_path / "points.csv")
    assert again.points.tobytes() == more.points.tobytes() and again.labels.tolist() == more.labels.tolist()
    window.exports.copy_command()
    assert "save the points as CSV" in window.notices.newest.text.text()

    for count in (len(both), left, 0, 1000):
        hand.press("Ctrl+Z")
        hand.until(count)
    hand.press("Ctrl+Shift+Z", "Ctrl+Shift+Z")
    hand.until(left)
    hand.press("Escape")
    assert not window.painting.active and not window.actions_by_name["paint"].isChecked()


def test_points_of_any_set_are_erased_selected_moved_and_changed(hand: Hand, window: MainWindow, qtbot: QtBot) -> None:
    hand.press("D", "E", "BracketRight")
    before = hand.points()
    hand.drag((15.0, 9.0), (15.0, 5.0))
    qtbot.waitUntil(lambda: len(hand.points()) < 1000)
    hand.press("Escape", "D", "V")
    start = hand.points()
    inside = (start.points >= (3.0, 7.0)).all(axis=1) & (start.points <= (9.0, 14.0)).all(axis=1)
    hand.drag((3.0, 14.0), (9.0, 7.0))
    x, y = np.median(start.points[inside], axis=0)
    x, y = start.points[inside][np.argmin(np.hypot(*(start.points[inside] - (x, y)).T))]
    hand.drag((x, y), (x + 2.0, y - 1.0))
    qtbot.waitUntil(lambda: hand.points() is not start)
    offsets = hand.points().points - start.points
    moved = offsets.any(axis=1)
    assert np.count_nonzero(moved != inside) <= 3, "but for those that lie within a pixel of the frame"
    np.testing.assert_allclose(offsets[moved], np.tile((2.0, -1.0), (int(moved.sum()), 1)), atol=0.1)
    hand.press("0", "C")
    qtbot.waitUntil(lambda: not hand.points().labels[moved].any())
    hand.press("Delete")
    hand.until(len(start) - int(moved.sum()))
    hand.press("Ctrl+Z", "Ctrl+Z", "Ctrl+Z", "Ctrl+Z")
    qtbot.waitUntil(lambda: hand.points() is before)
    window.painting.painter.add_class()
    hand.press("O")
    hand.drag((20.0, 15.0))
    hand.until(1001)
    assert hand.points().class_names == ("0", "1", "2") and hand.points().labels[-1] == 2
    np.testing.assert_allclose(hand.points().points[-1], (20.0, 15.0), atol=0.15)

    plane = window.scatter.plane()
    hand.drag((10.0, 10.0), (12.0, 10.0), button=Qt.MouseButton.RightButton)
    assert window.scatter.plane().x[0] == pytest.approx(plane.x[0] - 2.0, abs=0.1)
    viewport = window.scatter.plot.viewport()
    middle = QPointF(viewport.rect().center())
    none, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    turn = QWheelEvent(
        middle,
        QPointF(viewport.mapToGlobal(middle.toPoint())),
        QPointF(0, 120).toPoint(),
        QPointF(0, 120).toPoint(),
        none,
        Qt.KeyboardModifier.NoModifier,
        phase,
        False,
    )
    QApplication.sendEvent(viewport, turn)
    assert np.ptp(window.scatter.plane().x) < np.ptp(plane.x), "the wheel zooms as always"


def test_each_of_many_classes_can_be_painted(hand: Hand, window: MainWindow, qtbot: QtBot) -> None:
    names = tuple(f"kind {n}" for n in range(1, 13))
    points = np.array([[float(n), float(n % 4)] for n in range(12)])
    drawn = DrawnPoints(points, np.arange(12), names)
    window.session.load(drawn_run(drawn))
    qtbot.waitUntil(lambda: window.session.loaded is not None and len(window.session.loaded.dataset) == 12)
    hand.press("D")
    palette = existing(window.findChild(Palette))
    assert [palette.many.itemText(place) for place in range(palette.many.count())] == list(names)
    for width in (330, 280):
        palette.resize(width, palette.height())
        assert existing(palette.layout()).minimumSize().width() <= width
    palette.many.setFocus()
    qtbot.keyClick(palette.many, Qt.Key.Key_End)
    hand.press("O")
    hand.drag((5.0, 1.5))
    hand.until(13)
    assert hand.points().labels[-1] == 11, "of the last class of the list"


def test_too_many_points_are_not_painted(hand: Hand, window: MainWindow, qtbot: QtBot) -> None:
    window.session.change({"data": DataSource("xor", samples=MAX_POINTS + 1)})
    qtbot.waitUntil(lambda: window.session.loaded is not None and len(window.session.loaded.dataset) > MAX_POINTS)
    hand.press("D")
    assert not window.painting.active
    assert "at most 100 000 are allowed" in window.notices.newest.text.text()


def test_the_brush_is_laid_down_where_too_many_points_come(hand: Hand, window: MainWindow, qtbot: QtBot) -> None:
    hand.press("D")
    assert window.painting.active
    window.session.change({"data": DataSource("xor", samples=MAX_POINTS + 1)})
    qtbot.waitUntil(lambda: not window.painting.active)
    assert window.session.loaded is not None and len(window.session.loaded.dataset) > MAX_POINTS


def test_the_network_stays_in_sight_while_another_waits_for_its_points(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    session.load(drawn_run(empty_canvas()))
    qtbot.waitUntil(lambda: session.loaded is not None and session.loaded.canvas is not None)
    for hidden in ((4, 4, 4), ()):
        session.change({"hidden": hidden})
        qtbot.waitUntil(lambda hidden=hidden: session.experiment is not None and session.experiment.hidden == hidden)
        qtbot.waitUntil(lambda: is_drawn(window))
        diagram = window.network.diagram()
        assert diagram is not None and diagram.sizes == (2, 7, 2)
        window.network.grab()


def test_the_report_of_the_run_marks_no_points_of_a_canvas(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    window.actions_by_name["report"].trigger()
    qtbot.waitUntil(lambda: session.snapshot is not None and session.snapshot.report is not None)
    session.load(drawn_run(empty_canvas()))
    qtbot.waitUntil(lambda: session.loaded is not None and session.loaded.canvas is not None and is_drawn(window))
    for cell in ((0, 0), (1, 1), (0, 1), (1, 0)):
        window.report.view.grid.clicked.emit(cell)
        assert len(window.scatter.points.marked.points) == 0


def test_the_tools_say_which_share_of_the_points_is_for_the_test(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1280, 800)
    QApplication.processEvents()
    height = window.scatter.plot.height()
    window.actions_by_name["paint"].trigger()
    QApplication.processEvents()
    assert window.scatter.plot.height() >= height, "the canvas has the room of the verdict"
    [palette] = window.findChildren(Palette)
    assert not palette.note.full
    for share, said in ((0.5, "50 %"), (0.8, "20 %"), (1.0, "")):
        window.session.change({"train_fraction": share})
        qtbot.waitUntil(lambda said=said: palette.note.full[:4] == said)
    window.actions_by_name["paint"].trigger()
    assert window.verdict.isVisible()
    window.actions_by_name["paint"].trigger()
    window.panels.data.kind.chosen.emit("moons")
    qtbot.waitUntil(window.verdict.isVisible)
    assert not window.painting.active, "other data end painting"
