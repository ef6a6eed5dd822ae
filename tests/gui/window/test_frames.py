"""What a frame makes the window do, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PyQt5.QtCore import QEvent, QObject, QPoint, Qt
from PyQt5.QtGui import QWindow
from PyQt5.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from core.base.number_text import count_text, short
from core.explain.picked_part import Edge
from core.workbench.speed_scale import FULL, Pace
from gui.widgets.plots import Curve, Plot, show_range
from gui.widgets.readout import Readout, WrappedReadout
from gui.window.main_window import MainWindow
from gui.window.slow_views import SLOW_TURNS
from tests.gui.support import EventCounter

FRAMES = 60


def take_frames_once_painted(window: MainWindow) -> None:
    """Let the clock take a frame only when the one before is painted: a busy machine paints two of them at once."""
    clock, counter = window.session._clock, EventCounter(window.network)
    painted = [-1]

    def tick() -> None:
        if counter.counts[window.network, QEvent.Type.Paint] > painted[0]:
            clock._tick()

    def note(_: object) -> None:
        painted[0] = counter.counts[window.network, QEvent.Type.Paint]

    window.session.frame.connect(note)
    clock._clock.timeout.disconnect()
    clock._clock.timeout.connect(tick)


def test_while_the_window_opens_no_part_of_it_opens_as_a_window_of_its_own(
    open_window: Callable[..., MainWindow],
) -> None:
    """A part that is shown before it has its place does, and is seen for a moment."""
    shown: list[str] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
            if isinstance(watched, QWindow) and event is not None and event.type() == QEvent.Type.Show:
                shown.append(watched.objectName())
            return False

    watch, application = Watch(), QApplication.instance()
    assert application is not None
    application.installEventFilter(watch)
    open_window()
    application.removeEventFilter(watch)
    assert shown == ["MainWindowClassWindow"]


def test_each_view_is_painted_once_a_frame_and_nothing_is_laid_out(window: MainWindow, qtbot: QtBot) -> None:
    window.inspector.head.scopes["history"].click()
    plots = window.loss.plot.viewport(), window.inspector.pages.net.plot.plot.viewport()
    views = window.network, window.scatter.plot.viewport(), *plots
    frames: list[object] = []
    window.session.frame.connect(frames.append)
    take_frames_once_painted(window)
    window.session.play()
    qtbot.waitUntil(lambda: len(frames) > FRAMES)  # the texts have their widths
    counter = EventCounter(window, *views)
    first, scales = len(frames), list[object]()
    window.loss.epochs.changed.connect(lambda: scales.append(None))  # a longer run bends the axis, and is drawn anew
    qtbot.waitUntil(lambda: len(frames) > first + FRAMES)
    shown, counts = len(frames) - first + 1, counter.counts
    counter.stop()
    window.session.pause()
    assert len(scales) <= FRAMES // 4, "the axis stands still most of the time"
    few = FRAMES // 10  # a number grows by a digit; the colours' scale or a range moves
    assert counts[window, QEvent.Type.LayoutRequest] <= few
    assert shown - few <= counts[window.network, QEvent.Type.Paint] <= shown + few
    assert counts[window.scatter.plot.viewport(), QEvent.Type.Paint] <= shown + few
    for plot in plots:
        assert 0 < counts[plot, QEvent.Type.Paint] <= shown / SLOW_TURNS + few + len(scales)
    assert counts[window.network, QEvent.Type.UpdateRequest] == 0
    assert counts[window, QEvent.Type.UpdateRequest] <= 2 * (shown + few), "held back, and then obeyed"


def test_curves_get_fewer_frames_where_frames_cost_too_much(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    for level, turns in ((0, SLOW_TURNS), (1, 2 * SLOW_TURNS), (0, SLOW_TURNS)):
        window.session.quality_changed.emit(level)
        shown: list[object] = []
        monkeypatch.setattr(window.loss, "show_snapshot", shown.append)
        for _ in range(4 * turns):
            window.session.frame.emit(window.session.snapshot)
        assert len(shown) == 4


def end_of_curve(window: MainWindow) -> tuple[float, float]:
    """Epoch and loss."""
    places, losses = window.loss._curves["train"].points
    return window.loss.epochs.scale.epoch(float(places[-1])), float(losses[-1])


def test_figures_curves_and_timeline_are_of_one_moment_while_a_run_plays(window: MainWindow, qtbot: QtBot) -> None:
    window.toolbar.speed.choose(FULL)
    frames: list[bool] = []

    def compare(_: object) -> None:
        epoch, loss = end_of_curve(window)
        texts = {label.text() for label in window.loss.findChildren(Readout)}
        figures = window.toolbar.figures
        timeline = window.timeline.places
        assert timeline is not None
        head = timeline.timeline.present_branch.run.epoch_length * epoch
        frames.append(
            figures.epoch.text() == count_text(int(epoch + 1e-9))
            and short(loss, 3) in texts
            and window.timeline._position == pytest.approx(head)
        )

    window.session.frame.connect(compare)
    window.session.play()
    qtbot.waitUntil(lambda: len(frames) > FRAMES)
    window.session.pause()
    assert all(frames), frames


def test_where_frames_are_rare_none_is_left_out(window: MainWindow, qtbot: QtBot) -> None:
    window.select(Edge(1, 0, 0))
    window.toolbar.speed.choose(Pace(2.0))
    seen: set[tuple[int, bool]] = set()

    def look() -> bool:
        snapshot = window.session.snapshot
        position = round(end_of_curve(window)[0] * snapshot.epoch_length)
        weight = float(window.weight_bar.value.text())
        seen.add((position, weight == pytest.approx(snapshot.parameters[0], rel=1e-3)))
        return snapshot.position >= 6

    window.session.play()
    qtbot.waitUntil(look)
    window.session.pause()
    assert {(position, True) for position in range(1, 6)} <= seen


def test_a_click_on_the_empty_ground_paints_nothing(window: MainWindow, qtbot: QtBot) -> None:
    counter = EventCounter(window.network, window.inspector)

    def is_quiet() -> bool:
        counter.counts.clear()
        qtbot.wait(60)
        return window.session.at_rest and not counter.counts[window.network, QEvent.Type.Paint]

    qtbot.waitUntil(is_quiet)  # the engine gets ready, which is told
    counter.counts.clear()
    qtbot.mouseClick(window.network, Qt.MouseButton.LeftButton, pos=QPoint(window.network.width() - 1, 1))
    qtbot.wait(50)
    counter.stop()
    assert counter.counts[window.network, QEvent.Type.MouseButtonPress] == 1
    assert counter.counts[window.network, QEvent.Type.Paint] == 0
    assert counter.counts[window.inspector, QEvent.Type.Paint] == 0


def test_plots_that_change_together_are_painted_together(window: MainWindow, qtbot: QtBot) -> None:
    plots = window.loss.plot, window.scatter.plot
    viewports = [plot.viewport() for plot in plots]
    counter = EventCounter(*viewports, *(plot.scene() for plot in plots))
    window.network.update()  # whose request Qt posts first
    for plot in plots:
        plot.box.update()
    qtbot.waitUntil(lambda: counter.counts[viewports[0], QEvent.Type.Paint] > 0)
    qtbot.wait(30)
    counter.stop()
    order = [kind for _, kind in counter.order if kind in (QEvent.Type.MetaCall, QEvent.Type.Paint)]
    assert order == [QEvent.Type.MetaCall] * 2 + [QEvent.Type.Paint] * 2


def test_another_range_is_painted_once(qtbot: QtBot) -> None:
    plot = Plot("Plot")
    qtbot.addWidget(plot)
    curve = Curve()
    plot.box.addItem(curve)
    curve.set_points(np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 0.5]))
    plot.box.disableAutoRange()
    with qtbot.waitExposed(plot):
        plot.show()
    QApplication.processEvents()
    counter = EventCounter(plot.viewport())
    show_range(plot, 0, (0.0, 5.0))
    curve.set_points(np.array([0.0, 1.0, 3.0]), np.array([0.0, 1.0, 0.5]))
    qtbot.waitUntil(lambda: counter.counts[plot.viewport(), QEvent.Type.Paint] > 0)
    qtbot.wait(30)
    assert counter.counts[plot.viewport(), QEvent.Type.Paint] == 1


def laid_out(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    layout = QVBoxLayout(holder)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    holder.resize(240, 200)
    return holder


def test_a_readout_keeps_its_room_and_takes_more_when_it_must(qtbot: QtBot) -> None:
    readout = Readout("Epoch 1 000")
    holder = laid_out(readout)
    qtbot.addWidget(holder)
    with qtbot.waitExposed(holder):
        holder.show()
    QApplication.processEvents()
    counter = EventCounter(holder)
    width = readout.width()
    for text in ("Epoch 1", "Epoch 999", "Epoch 20"):
        readout.setText(text)
        QApplication.processEvents()
        assert (readout.text(), readout.width()) == (text, width)
    assert counter.counts[holder, QEvent.Type.LayoutRequest] == 0
    readout.setText("Epoch 1 000 000 000")
    QApplication.processEvents()
    assert readout.width() >= readout.fontMetrics().horizontalAdvance(readout.text()) > width
    readout.setText("Epoch 2")
    assert readout.minimumWidth() == width, "the width tells nothing of earlier texts"
    readout.setText("Epoch 1 000 000 000")
    font = readout.font()
    font.setPointSize(2 * font.pointSize())
    readout.setFont(font)
    QApplication.processEvents()
    assert readout.width() >= readout.fontMetrics().horizontalAdvance(readout.text())
    assert readout.height() >= readout.fontMetrics().height()


def test_wrapped_text_keeps_the_height_of_its_longest_until_it_begins_anew(qtbot: QtBot) -> None:
    readout = WrappedReadout()
    holder = laid_out(readout)
    qtbot.addWidget(holder)
    with qtbot.waitExposed(holder):
        holder.show()
    readout.set_text("one line")
    QApplication.processEvents()
    one = readout.height()
    readout.set_text("many words " * 20)
    QApplication.processEvents()
    many = readout.height()
    assert many >= 3 * one
    assert readout.label.height() == many
    readout.set_text("one line")
    QApplication.processEvents()
    assert readout.height() == many
    holder.resize(900, 200)
    QApplication.processEvents()
    assert readout.height() == one
    holder.resize(240, 200)
    readout.set_text("many words " * 20)
    readout.set_text("one line", anew=True)
    QApplication.processEvents()
    assert (readout.text(), readout.height()) == ("one line", one)
    assert readout.label.testAttribute(Qt.WidgetAttribute.WA_WState_Visible)
    for number in (1, 1_111_111, 8_888_888, 10**40):  # some of them break into lines alike
        readout.set_text(f"layer <b>{number}</b> of <b>{number}</b>")
        assert readout.height() >= readout.label.heightForWidth(readout.width())
