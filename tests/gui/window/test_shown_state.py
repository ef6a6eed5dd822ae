"""What the window shows is of the present run: readouts, notices and canvases."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt5.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt
from PyQt5.QtGui import QCursor
from PyQt5.QtWidgets import QFrame, QLabel
from pytestqt.qtbot import QtBot

from cli.main import main
from core.base.number_text import UNDEFINED
from core.data.data_source import DataSource, load
from core.storage.settings_file import SettingsFile
from core.training.experiment import Experiment
from core.workbench.messages import Notice
from gui.export.pictures import picture
from gui.widgets.qt_objects import clipboard
from gui.widgets.readout import Readout
from gui.window.application import make_window
from gui.window.main_window import MainWindow
from gui.window.notices import PASSING_MILLISECONDS
from tests.core.workbench.support import SHALLOW
from tests.gui.conftest import dispose, drawn
from tests.gui.support import learn_file

PLACE = QPointF(6.0, 7.0)
"""Where the mouse rests, in the units of the plot of the data."""


def rest_mouse(window: MainWindow) -> None:
    """The mouse comes to rest in both plots."""
    for plot, place in ((window.scatter.plot, PLACE), (window.loss.plot, None)):
        box = plot.box
        at = box.sceneBoundingRect().center() if place is None else box.mapViewToScene(place)
        plot.scene().sigMouseMoved.emit(at)


def readout(window: MainWindow) -> str:
    """What is written below the plot of the data for the place under the mouse."""
    [text] = [label.text() for label in window.scatter.findChildren(QLabel) if label.text().startswith("x1 ")] or [""]
    return text


def answer(window: MainWindow) -> str:
    """What the readout would say if the mouse had just come."""
    window.scatter.plot.scene().sigMouseMoved.emit(window.scatter.plot.box.mapViewToScene(PLACE))
    return readout(window)


def settle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: drawn(window) and not window.session.playing)


def note(window: MainWindow) -> str:
    return next((t.text() for t in window.loss.findChildren(QLabel) if t.text().startswith("epoch ")), "")


def test_a_readout_under_a_resting_mouse_follows_the_run(window: MainWindow, qtbot: QtBot) -> None:
    rest_mouse(window)
    qtbot.waitUntil(lambda: "→" in readout(window))
    before = readout(window), note(window)
    window.session.run_epochs(4)
    settle(qtbot, window)
    assert readout(window) != before[0]
    trained = readout(window), note(window)
    assert trained == (answer(window), note(window))
    assert trained[1] != before[1]
    window.session.reset()
    settle(qtbot, window)
    assert (readout(window), note(window)) == before


def test_a_readout_follows_other_data_and_a_canvas(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    rest_mouse(window)
    far = tmp_path / "far.csv"
    far.write_text("length,width,kind\n5,6,a\n7,8,b\n5,9,a\n")
    learn_file(window, far)
    settle(qtbot, window)
    [text] = [label.text() for label in window.scatter.findChildren(QLabel) if label.text().startswith("length ")]
    assert "→" in text
    window.painting.new_canvas()
    qtbot.waitUntil(lambda: window.session.loaded is not None and window.session.loaded.canvas is not None)
    settle_canvas(qtbot, window)
    texts = [label.text() for label in window.scatter.findChildren(QLabel)]
    assert not [text for text in texts if "→" in text or text.startswith("length")]


def settle_canvas(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: window.session.at_rest)


def test_a_readout_goes_when_the_mouse_leaves(window: MainWindow) -> None:
    rest_mouse(window)
    assert readout(window)
    assert note(window)
    for plot in (window.scatter.plot, window.loss.plot):
        plot.leaveEvent(QEvent(QEvent.Leave))
    assert not readout(window)
    assert not note(window)


def test_a_new_canvas_shows_nothing_of_the_run_before(window: MainWindow, qtbot: QtBot) -> None:
    window.docks.bring_up("report")
    window.session.run_epochs(2)
    settle(qtbot, window)
    qtbot.waitUntil(lambda: "accuracy" in window.report.view.head.text())
    window.docks.bring_up("loss")
    window.painting.new_canvas()
    qtbot.waitUntil(lambda: window.session.loaded is not None and window.session.loaded.canvas is not None)
    settle_canvas(qtbot, window)
    assert window.report.view.head.text() == UNDEFINED
    assert {label.text() for label in window.loss.findChildren(Readout)} == {"–"}
    assert not any(len(curve.points[0]) for curve in window.loss._curves.values())
    assert not any(
        letter.isdigit() for letter in window.toolbar.figures.epoch.text() + window.toolbar.figures.sample.text()
    )
    assert "too few" in window.inspector.pages._nothing.text()
    assert window.inspector.pages.currentWidget() is window.inspector.pages._nothing
    assert not window.inspector.sentence.text() + window.inspector.about.full
    window.session.undo()
    settle(qtbot, window)
    assert window.inspector.sentence.text()
    assert window.toolbar.figures.epoch.text() == "2"
    assert [text for text in (label.text() for label in window.loss.findChildren(QLabel)) if "%" in text]


@pytest.mark.parametrize("back", ["home", "button", "double click"])
def test_a_zoomed_loss_plot_comes_back(window: MainWindow, qtbot: QtBot, back: str) -> None:
    window.session.run_epochs(2)
    settle(qtbot, window)
    box = window.loss.plot.box
    followed = box.viewRange()
    assert not window.loss.follow.isVisible()
    box.setRange(xRange=(0.5, 1.0), yRange=(0.1, 0.2), padding=0)
    box.sigRangeChangedManually.emit([True, True])
    zoomed = box.viewRange()
    window.actions_by_name["theme"].trigger()
    assert box.viewRange() == zoomed, "another theme keeps the zoom"
    assert window.loss.follow.isVisible()
    if back == "home":
        window.actions_by_name["fit"].trigger()
    elif back == "button":
        window.loss.follow.click()
    else:
        middle = window.loss.plot.viewport().rect().center()
        for act in (qtbot.mouseClick, qtbot.mouseDClick, qtbot.mouseRelease):
            act(window.loss.plot.viewport(), Qt.LeftButton, pos=middle)
    assert box.viewRange() == followed
    assert not window.loss.follow.isVisible()


# ---- Notices go with what they are about.


def test_a_notice_of_a_run_goes_with_the_run(window: MainWindow, qtbot: QtBot) -> None:
    window.session.change({"activation": "relu", "output": "linear", "learning_rate": 1e6})
    window.session.run_epochs(3)
    qtbot.waitUntil(window.verdict.pause.isVisible)
    assert "diverged" in window.statusBar().currentMessage()
    settle(qtbot, window)
    assert window.verdict.pause.isVisible()
    window.session.change({"data": DataSource("moons")})
    settle(qtbot, window)
    assert not window.verdict.pause.isVisible()
    window.session.undo()
    settle(qtbot, window)
    assert not window.verdict.pause.isVisible()


@pytest.mark.parametrize(
    ("change", "told", "title"),
    [
        ({"patience": 1, "train_fraction": 0.5, "learning_rate": 0.5}, "Stopped early at epoch ", "Stopped early"),
        ({"stop_loss": 10.0}, "Stopped at epoch ", "Stopped at epoch "),
        ({"activation": "relu", "output": "linear", "learning_rate": 1e6}, "Training diverged: ", "Diverged"),
    ],
    ids=["early", "goal", "diverged"],
)
def test_where_a_run_stops_by_itself_nothing_lies_over_its_curves(
    window: MainWindow, qtbot: QtBot, change: dict[str, object], told: str, title: str
) -> None:
    """A notice lay over the loss chart and the list of runs, though the verdict says the same."""
    window.session.change(change)
    settle(qtbot, window)
    window.session.play()
    qtbot.waitUntil(lambda: window.verdict.pause.isVisible() or window.notices.isVisible())
    settle(qtbot, window)
    assert not window.notices.isVisible() and not window.session.playing
    assert window.statusBar().currentMessage().startswith(told)
    line = window.verdict
    assert line.verdict is not None and line.verdict.title.startswith(title)
    assert line.pause.full == window.statusBar().currentMessage() in line.pause.toolTip().replace("\n", " ")
    assert line.pause.text().strip() in {line.pause.full, "stopped by itself", "stopped", ""}
    window.session.step_back("epoch")
    assert not line.pause.isVisible() and window.statusBar().currentMessage() == ""
    settle(qtbot, window)


def test_notices_move_nothing_stand_beside_each_other_and_are_in_no_picture(window: MainWindow, qtbot: QtBot) -> None:
    def places() -> list[QRect]:
        return [part.geometry() for part in (window.network, window.inspector, window.scatter, window.timeline)]

    def bars() -> list[str]:
        found = window.notices.findChildren(QFrame, "notice")
        return [bar.accessibleName() for bar in sorted(found, key=lambda bar: bar.y()) if bar.isVisible()]

    before, shown = places(), picture(window)
    window.resize(window.size() + QSize(60, 0))
    window.resize(window.size() - QSize(60, 0))
    qtbot.waitUntil(lambda: drawn(window))
    for text, kind in (("one", "unwritten"), ("two", "note"), ("three", "unwritten"), ("four", "note")):
        window.notices.show_notice(Notice(text, kind))
    assert bars() == ["Not saved: one", "Not saved: three", "Note: four"], "a note takes the place of a note"
    end = window.timeline.mapTo(window, QPoint(0, 0)).y()
    assert window.notices.geometry().bottom() == end - 1 and window.notices.width() == window.width()
    assert places() == before and picture(window) == shown
    window.notices.show_notice(Notice("five", "fault"))
    assert bars() == ["Not saved: three", "Note: four", "A fault in the program: five"]
    window.notices.newest.close_button.click()
    assert bars() == ["Not saved: three", "Note: four"] and window.notices.newest.text.text() == "Note: four"
    window.notices.newest.close_button.click()
    window.notices.newest.close_button.click()
    assert not window.notices.isVisible()


def test_a_notice_of_success_goes_by_itself_unless_the_mouse_is_over_it(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert PASSING_MILLISECONDS == 8000
    monkeypatch.setattr("gui.window.notices.PASSING_MILLISECONDS", 50)
    notices = window.notices
    notices.show_notice(Notice("The disk is full", "unwritten"))
    notices.show_notice(Notice("The film is written", "done", path="run.gif"))
    for place in range(15):
        notices.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
        QCursor.setPos(notices.mapToGlobal(QPoint(10 + place, 5)))
        qtbot.wait(10)
    assert notices.newest.text.text() == "Done: The film is written"
    qtbot.waitUntil(lambda: notices.newest.text.text() == "Not saved: The disk is full")
    qtbot.wait(150)
    assert notices.isVisible() and notices.newest.text.isVisible(), "a fault stays"


def test_what_is_not_possible_goes_by_itself(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gui.window.notices.PASSING_MILLISECONDS", 50)
    clipboard().clear()  # which another test may have filled
    qtbot.keyClick(window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.notices.newest.text.text().startswith("Not possible: "))
    qtbot.waitUntil(lambda: not window.notices.isVisible())


def test_a_dock_that_is_raised_though_it_is_visible_stays_below_notices(window: MainWindow, qtbot: QtBot) -> None:
    window.notices.show_notice(Notice("The disk is full", "unwritten"))
    window.docks.bring_up("inspector")
    siblings = window.children
    card = window.docks.by_name["inspector"]
    qtbot.waitUntil(lambda: siblings().index(window.notices) > siblings().index(card))


def test_a_notice_of_a_run_goes_when_the_run_moves_on(window: MainWindow, qtbot: QtBot) -> None:
    window.session.change({"stop_loss": 10.0})
    window.session.play()
    qtbot.waitUntil(window.verdict.pause.isVisible)
    assert window.statusBar().currentMessage().startswith("Stopped")
    window.session.change({"stop_loss": None})
    window.session.step("epoch")
    settle(qtbot, window)
    assert not window.verdict.pause.isVisible()


def test_a_refused_change_is_told_until_the_next_change(window: MainWindow, qtbot: QtBot) -> None:
    window.session.load(SHALLOW.replace(data=DataSource("file", "nowhere.csv")))
    qtbot.waitUntil(lambda: window.notices.isVisible())
    assert window.notices.newest.text.text().startswith("Not changed: ")
    window.panels.training.changed.emit({"learning_rate": 0.2})
    assert not window.notices.isVisible()


def test_what_has_nothing_to_do_with_a_change_does_not_say_not_changed(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.session.open_project(str(tmp_path / "nowhere.lens"))
    qtbot.waitUntil(lambda: window.notices.isVisible())
    assert window.notices.newest.text.text().startswith("Not opened: ")
    window.run_commands.load_weights(str(tmp_path / "nowhere.npz"))
    assert window.notices.newest.text.text().startswith("Not opened: ")
    window.painting.new_canvas()
    qtbot.waitUntil(lambda: window.session.loaded is not None and window.session.loaded.canvas is not None)
    window.session.play()
    qtbot.waitUntil(lambda: "too little" in window.notices.newest.text.text())
    assert window.notices.newest.text.text().startswith("Not possible: ")


# ---- Undo and redo.


def test_undo_and_redo_say_what_they_take_back(window: MainWindow, qtbot: QtBot) -> None:
    undo, redo = (window.actions_by_name[name] for name in ("undo", "redo"))
    assert (undo.text(), redo.text()) == ("&Undo", "&Redo")
    window.session.run_epochs(1)
    settle(qtbot, window)
    window.panels.strip.learning_rate.setValue(0.3)
    qtbot.waitUntil(undo.isEnabled)
    assert undo.text() == "&Undo learning rate 0.01 → 0.3"
    assert undo.toolTip() == "Undo learning rate 0.01 → 0.3 (Ctrl+Z)"
    undo.trigger()
    qtbot.waitUntil(redo.isEnabled)
    assert window.panels.strip.learning_rate.value() == 0.01
    assert redo.text() == "&Redo learning rate 0.01 → 0.3"
    assert not undo.isEnabled()


def test_a_reset_at_the_start_is_no_step(window: MainWindow, qtbot: QtBot) -> None:
    window.session.reset()
    settle(qtbot, window)
    assert not window.actions_by_name["undo"].isEnabled()


def test_a_loss_and_back_brings_back_the_output(window: MainWindow, qtbot: QtBot) -> None:
    before = window.session.experiment
    for loss in ("hinge", "mse"):
        window.panels.training.changed.emit({"loss": loss})
        settle(qtbot, window)
        qtbot.waitUntil(lambda loss=loss: window.session.experiment.loss == loss)
    assert window.session.experiment == before


def test_a_setting_that_is_changed_on_the_way_is_what_the_run_uses(window: MainWindow, qtbot: QtBot) -> None:
    window.session.step("epoch")
    window.panels.strip.learning_rate.setValue(0.3)
    window.session.pause()
    settle(qtbot, window)
    qtbot.waitUntil(lambda: window.session.snapshot.settings.learning_rate == 0.3)
    assert window.panels.strip.learning_rate.value() == 0.3


# ---- Data that cannot be trained on.


@pytest.fixture
def huge(tmp_path: Path) -> Experiment:
    path = tmp_path / "huge.csv"
    path.write_text("x1,x2,label\n1e200,1,0\n-1e200,2,1\n3e200,1.5,0\n")
    return SHALLOW.replace(data=DataSource("file", str(path)), output="linear", hidden=())


def test_a_window_on_data_that_cannot_be_trained_on_shows_them_and_what_to_change(
    qtbot: QtBot, tmp_path: Path, huge: Experiment, caplog: pytest.LogCaptureFixture
) -> None:
    settings = SettingsFile(tmp_path / "settings.ini")
    window = make_window(huge, load(huge.data), settings)
    try:
        window.show()
        qtbot.waitUntil(window.notices.isVisible)
        assert "larger units" in window.notices.newest.text.text()
        assert window.panels.data.kind.text() == "huge.csv"
        assert len(window.scatter.points._points._points) == 3
        window.session.change({"hidden": (7,), "output": "softmax"})
        settle(qtbot, window)
        assert window.session.snapshot is not None
        assert not window.notices.isVisible()
    finally:
        dispose(window)


def test_a_render_of_data_that_cannot_be_trained_on_ends_with_a_message(
    tmp_path: Path, huge: Experiment, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "window.png"
    words = ["render", "--data", huge.data.path, "--output", "linear", "--hidden", "none", "--out", str(out)]
    assert main(words) == 2
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    assert message.startswith("The loss is not finite")
    assert not out.exists()
