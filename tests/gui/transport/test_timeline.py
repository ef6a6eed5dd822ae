"""The timeline in the window: from epoch 6 to epoch 3 in one gesture, and another future in three."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt5.QtCore import QPoint, QPointF, Qt
from PyQt5.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap, QPolygonF
from PyQt5.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from core.base.number_text import short
from core.data.drawn_points import drawn_from
from core.data.point_edits import add
from core.workbench.run_timeline import TimelineMaker
from gui.curves.epoch_axis import EpochScale, epoch_text
from gui.transport import timeline_painting
from gui.transport.timeline_painting import CURVE_HEIGHT, CURVE_TOP
from gui.transport.timeline_places import TimelinePlaces
from gui.widgets.elided import shortened, whole_words, wrapped
from gui.widgets.ending_painter import painting
from gui.widgets.qt_objects import existing
from gui.widgets.theme import DARK
from gui.window.main_window import MainWindow
from tests.core.workbench.support import SHALLOW, make_trainer
from tests.gui.support import hover

N = 1000


@pytest.fixture
def trained(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """After six epochs."""
    window.session.run_epochs(6)
    arrive(window, qtbot, 6 * N)
    return window


def arrive(window: MainWindow, qtbot: QtBot, position: int) -> None:
    session = window.session
    qtbot.waitUntil(
        lambda: (
            session.snapshot is not None
            and session.snapshot.position == position
            and session.at_rest
            and not session.travelling
        )
    )


def places_of(window: MainWindow) -> TimelinePlaces:
    places = window.timeline.places
    assert places is not None
    return places


def place_of(window: MainWindow, position: int, branch: int = 0) -> QPoint:
    """The place of a position on the branch of this index."""
    places = places_of(window)
    view = places.timeline.branches[branch]
    return QPoint(round(places.x(view, position)), round(places.lane(view.number)))


def press(window: MainWindow, qtbot: QtBot, where: QPoint) -> None:
    qtbot.mouseClick(window.timeline, Qt.MouseButton.LeftButton, pos=where)


def test_a_click_goes_to_an_epoch_to_the_bit_and_the_future_stays(trained: MainWindow, qtbot: QtBot) -> None:
    press(trained, qtbot, place_of(trained, 3 * N))
    arrive(trained, qtbot, 3 * N)
    straight = make_trainer()
    straight.advance(3 * N)
    snapshot, timeline = trained.session.snapshot, trained.session.timeline
    assert snapshot is not None
    assert timeline is not None
    assert snapshot.parameters.tobytes() == straight.network.parameters.tobytes()
    assert timeline.present_branch.tip == 6 * N
    assert trained.toolbar.figures.epoch.text() == "3"


def test_the_curve_of_a_long_record_ends_where_its_branch_does(
    trained: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[float] = []
    trained.actions_by_name["step-sample"].trigger()  # behind the last record
    arrive(trained, qtbot, 6 * N + 1)
    monkeypatch.setattr(timeline_painting, "MOST_POINTS", 7)
    monkeypatch.setattr(timeline_painting, "arrayToQPolygonF", lambda xs, ys: (drawn.append(xs[-1]), QPolygonF())[1])
    places, picture = places_of(trained), QPixmap(trained.timeline.size())
    with painting(picture) as painter:
        timeline_painting.paint_run(painter, places, DARK)
    assert places.timeline.present_branch.history.table[-1, 0] == 6 * N
    assert drawn == [places.x(places.timeline.present_branch, 6 * N + 1)]


def test_the_curve_ends_at_the_present_loss_behind_the_last_record(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[tuple[float, float]] = []
    window.session.run_epochs(17)
    arrive(window, qtbot, 17 * N)
    window.session.change({"learning_rate": 1000.0})
    window.actions_by_name["step-sample"].trigger()
    arrive(window, qtbot, 17 * N + 1)
    places, loss = places_of(window), existing(window.session.snapshot).train_loss
    branch = places.timeline.present_branch
    assert branch.history.table[-1, 0] == 17 * N
    assert loss > branch.history.table[:, 1].max(), "so it is drawn at the top"
    monkeypatch.setattr(
        timeline_painting,
        "arrayToQPolygonF",
        lambda xs, ys: (drawn.append((xs[-1], ys[-1])), QPolygonF())[1],
    )
    with painting(QPixmap(window.timeline.size())) as painter:
        timeline_painting.paint_run(painter, places, DARK)
    assert drawn == [(places.x(branch, 17 * N + 1), CURVE_TOP)]


def test_a_loss_in_the_tooltip_is_told_with_the_place_where_it_was_measured(trained: MainWindow) -> None:
    table = places_of(trained).timeline.present_branch.history.table
    row = table[table[:, 0] == 3 * N + 500][0]
    between = QPointF(place_of(trained, 3 * N + 530))
    assert trained.timeline.words_at(between) == f"Shallow net (preset)\nEpoch 3, sample 500: loss {short(row[1])}"


def test_dragging_shows_pictures_on_the_way_and_the_exact_state_when_released(
    trained: MainWindow, qtbot: QtBot
) -> None:
    timeline, seen = trained.timeline, []
    trained.session.frame.connect(lambda snapshot: seen.append(snapshot.position))
    qtbot.mousePress(timeline, Qt.MouseButton.LeftButton, pos=place_of(trained, 5 * N))
    for position in range(5 * N, 1 * N, -200):
        hover(timeline, place_of(trained, position).x(), 20)
        qtbot.wait(20)
    end = place_of(trained, 2 * N)
    hover(timeline, end.x(), end.y())
    qtbot.mouseRelease(timeline, Qt.MouseButton.LeftButton, pos=end)
    places = places_of(trained)
    goal = places.place_at(places.timeline.present_branch, end.x())[1]
    arrive(trained, qtbot, goal)
    assert len(set(seen)) > 2
    assert goal == 2 * N, "a place near the end of an epoch is its end"


def test_another_future_from_the_past_and_both_stay(trained: MainWindow, qtbot: QtBot) -> None:
    press(trained, qtbot, place_of(trained, 2 * N))
    arrive(trained, qtbot, 2 * N)
    trained.session.change({"learning_rate": 0.3})
    trained.session.run_epochs(2)
    arrive(trained, qtbot, 4 * N)
    timeline = trained.session.timeline
    assert timeline is not None
    assert [branch.tip for branch in timeline.branches] == [6 * N, 4 * N]
    second = timeline.branches[1].number
    words = trained.timeline.words_at(QPointF(place_of(trained, 2 * N, 1)))
    assert words == "Epoch 2: learning rate 0.01 → 0.3"
    press(trained, qtbot, place_of(trained, 6 * N))
    arrive(trained, qtbot, 6 * N)
    assert trained.session.timeline is not None
    assert trained.session.timeline.present == timeline.branches[0].number
    menu = trained.timeline_commands.make_menu(second, 3 * N)
    next(action for action in menu.actions() if action.text() == "Go to the tip of this branch").trigger()
    menu.deleteLater()
    arrive(trained, qtbot, 4 * N)


def test_where_the_present_branch_has_ended_one_goes_to_the_other_future(trained: MainWindow, qtbot: QtBot) -> None:
    press(trained, qtbot, place_of(trained, 1 * N))
    arrive(trained, qtbot, 1 * N)
    scale = trained.epochs.scale
    trained.session.change({"learning_rate": 0.3})
    trained.session.run_epochs(1)
    arrive(trained, qtbot, 2 * N)
    assert trained.epochs.scale == scale, "a branch moves nothing on the axis"
    places = places_of(trained)
    first, second = places.timeline.branches
    above = QPointF(places.x(first, 5 * N), 8.0)
    assert places.branch_at(above) is first
    assert places.branch_at(QPointF(places.x(first, N), 8.0)) is second is places.timeline.present_branch
    assert trained.timeline.words_at(above).startswith("Shallow net (preset)\nEpoch 5: loss ")
    assert trained.timeline.words_at(QPointF(20.0, 8.0)) == (
        "learning rate 0.01 → 0.3 at epoch 1\nnow at epoch 2\n2 branches"
    )
    words = timeline_painting.words_of(places.timeline, second, 2 * N)
    assert words[1][-1] == "epoch 2", "its number is the last to be cut"
    menu = trained.timeline_commands.make_menu(first.number, 4 * N)
    next(action for action in menu.actions() if action.text() == "Go on from epoch 4").trigger()
    menu.deleteLater()
    qtbot.waitUntil(lambda: existing(trained.session.snapshot).position > 4 * N)
    trained.session.pause()
    qtbot.waitUntil(lambda: trained.session.at_rest)
    assert existing(trained.session.timeline).present == first.number


def test_the_name_of_a_run_tells_what_was_changed_since_it_began(trained: MainWindow, qtbot: QtBot) -> None:
    """With another setting it is no longer the preset that it began as."""

    def name() -> str:
        return existing(trained.session.timeline).present_branch.name

    assert name() == "Shallow net (preset)"
    trained.session.change({"dropout": 0.2})
    qtbot.waitUntil(lambda: name() == "Shallow net (preset); dropout 0 → 0.2 at epoch 6")


def test_a_name_that_is_too_long_for_a_line_takes_the_next_one(trained: MainWindow) -> None:
    metrics = trained.timeline.fontMetrics()
    name = "learning rate 0.01 → 0.3 at epoch 2; w₂₃⁽¹⁾ set to 0 at epoch 3"
    lines = wrapped(metrics, name, 200, 4)
    assert " ".join(lines) == name
    assert 1 < len(lines) <= 4
    assert max(metrics.horizontalAdvance(line) for line in lines) <= 200
    assert len(wrapped(metrics, name, 200, 2)) == 2
    assert wrapped(metrics, "Shallow net", 200, 2) == ["Shallow net"]


def test_of_words_without_room_the_first_are_whole(trained: MainWindow) -> None:
    metrics = trained.timeline.fontMetrics()
    text = "early stopping none → 20 at epoch 0"
    for width in range(metrics.horizontalAdvance("…none → 20…"), metrics.horizontalAdvance(text)):
        shown = whole_words(metrics, text, width)
        assert metrics.horizontalAdvance(shown) <= width
        assert "none → 20" in shown, "what it was changed to says more than what"
        begin = shown.removesuffix("…")
        assert text.startswith(f"{begin} ") or shown.startswith("…none → 20")
    assert whole_words(metrics, text, metrics.horizontalAdvance(text)) == text


def test_a_change_without_room_for_its_new_value_is_left_out_whole(trained: MainWindow) -> None:
    """The name ended in "early stopping none…", though the run was to stop early."""
    metrics = trained.timeline.fontMetrics()
    for begin, end in (
        ("L2 0 → 0.01 at epoch 8;", "early stopping none → 20 at epoch 8"),
        ("Shallow net (preset);", "early stopping none → 20 at epoch 8; L1 0 → 0.01"),
        ("L2 0 → 0.01,", "early stopping none → 20 at epoch 8"),
        ("features x₁ → x₁, x₂ at epoch 3;", "early stopping none → 20 at epoch 8"),
    ):
        text, seen = f"{begin} {end}", set()
        for width in range(metrics.horizontalAdvance(f"{begin} …"), metrics.horizontalAdvance(text)):
            for shown in (whole_words(metrics, text, width), shortened(metrics, text, width)):
                assert metrics.horizontalAdvance(shown) <= width and shown.startswith(begin)
                assert "early" not in shown or "early stopping none → 20" in shown, shown
                seen.add(shown)
        assert f"{begin} …" in seen and f"{begin} early stopping none → 20…" in seen
    one = "features x₁, x₂ → x₁, x₂, x₁²"
    assert whole_words(metrics, one, metrics.horizontalAdvance("features x₁, x₂ →…")) == "…x₂ → x₁, x₂, x₁²"


def test_keys_go_to_changes_and_to_both_ends(trained: MainWindow, qtbot: QtBot) -> None:
    trained.session.change({"learning_rate": 0.3})
    trained.session.run_epochs(1)
    arrive(trained, qtbot, 7 * N)
    for name, position in (
        ("previous-change", 6 * N),
        ("to-beginning", 0),
        ("next-change", 6 * N),
        ("to-tip", 7 * N),
        ("back-epoch", 6 * N),
    ):
        trained.actions_by_name[name].trigger()
        arrive(trained, qtbot, position)


def test_the_loss_plot_leads_to_a_position_too(trained: MainWindow, qtbot: QtBot) -> None:
    trained.plot_head.seek_wanted.emit(2 * N, True)
    arrive(trained, qtbot, 2 * N)
    line = trained.plot_head._line
    assert line.value() == 2.0
    line.setValue(4.0)
    line.sigPositionChangeFinished.emit(line)
    arrive(trained, qtbot, 4 * N)


@pytest.mark.parametrize("logarithmic", [True, False])
def test_places_and_positions_agree(trained: MainWindow, logarithmic: bool) -> None:
    trained.set_theme(DARK)
    timeline = trained.timeline
    trained.epochs.choose("logarithmic" if logarithmic else "linear")
    trained.repaint()
    places = places_of(trained)
    branch = places.timeline.present_branch
    for position in range(0, 6 * N + 1, N):
        found, at = places.place_at(branch, places.x(branch, position))
        assert found is branch
        assert abs(at - position) <= N * 6 / timeline.width() + 2
    ends = [places.x(branch, 0), places.x(branch, 1.5 * N)]
    assert places.xs(branch, np.array([0.0, 1.5 * N])) == pytest.approx(ends)
    assert places.place_at(branch, -5.0) == (branch, 0)
    assert places.place_at(branch, 1e6) == (branch, 6 * N)


def test_the_head_moves_over_a_kept_picture(trained: MainWindow, qtbot: QtBot) -> None:
    timeline = trained.timeline
    timeline.repaint()
    kept = timeline._picture
    press(trained, qtbot, place_of(trained, 2 * N))
    arrive(trained, qtbot, 2 * N)
    assert timeline._picture is kept
    trained.session.change({"learning_rate": 0.5})
    trained.session.run_epochs(1)
    arrive(trained, qtbot, 3 * N)
    timeline.repaint()
    assert timeline._picture is not kept, "there is another branch"


def test_while_the_head_is_dragged_pictures_may_be_cheaper(trained: MainWindow, qtbot: QtBot) -> None:
    session = trained.session
    moving = []
    session.progress.connect(lambda report: moving.append((report.state.dragged, report.state.moving)))
    qtbot.mousePress(trained.timeline, Qt.MouseButton.LeftButton, pos=place_of(trained, 2 * N))
    qtbot.waitUntil(lambda: (True, True) in moving)
    qtbot.mouseRelease(trained.timeline, Qt.MouseButton.LeftButton, pos=place_of(trained, 2 * N))
    arrive(trained, qtbot, 2 * N)
    assert moving[-1] == (False, False)


def test_painting_in_the_past_begins_a_branch_and_the_mouse_goes_back_over_it(
    trained: MainWindow, qtbot: QtBot
) -> None:
    press(trained, qtbot, place_of(trained, 4 * N))
    arrive(trained, qtbot, 4 * N)
    assert trained.session.loaded is not None
    drawn = drawn_from(trained.session.loaded.dataset)
    trained.session.paint(add(drawn, np.zeros((5, 2)) + 0.2, 1))
    trained.session.run_epochs(3)
    arrive(trained, qtbot, 3 * (N + 5))
    timeline = trained.session.timeline
    assert timeline is not None
    assert [branch.name for branch in timeline.branches] == ["Shallow net (preset)", "5 points painted at epoch 4"]
    places = places_of(trained)
    assert places.lane(timeline.branches[0].number) < places.lane(timeline.branches[1].number)
    assert places.last_epoch == 7.0
    begin = place_of(trained, 0, 1)
    assert abs(begin.x() - place_of(trained, 4 * N, 0).x()) <= 1
    assert trained.timeline.words_at(QPointF(begin)) == "Epoch 0: 5 points painted"

    qtbot.mousePress(trained.timeline, Qt.MouseButton.LeftButton, pos=place_of(trained, 3 * (N + 5), 1))
    for branch, position in ((0, 2 * N), (1, N + 5), (0, 3 * N)):  # along the painted line, over its beginning
        end = place_of(trained, position, branch)
        hover(trained.timeline, end.x(), end.y())
    qtbot.mouseRelease(trained.timeline, Qt.MouseButton.LeftButton, pos=end)
    arrive(trained, qtbot, 3 * N)
    assert len(trained.session.loaded.dataset) == N
    straight = make_trainer()
    straight.advance(3 * N)
    assert trained.session.snapshot is not None
    assert trained.session.snapshot.parameters.tobytes() == straight.network.parameters.tobytes()
    press(trained, qtbot, place_of(trained, 2 * (N + 5), 1))
    arrive(trained, qtbot, 2 * (N + 5))
    assert len(trained.session.loaded.dataset) == N + 5
    for name, position, points in (
        ("previous-change", 0, N + 5),
        ("back-epoch", 3 * N, N),
        ("undo", 4 * N, N),
        ("redo", 3 * N, N),
    ):
        assert trained.actions_by_name[name].isEnabled()
        trained.actions_by_name[name].trigger()
        arrive(trained, qtbot, position)
        assert len(trained.session.loaded.dataset) == points, name


def test_painting_at_the_tip_continues_the_line(trained: MainWindow, qtbot: QtBot) -> None:
    assert trained.session.loaded is not None
    trained.session.paint(add(drawn_from(trained.session.loaded.dataset), np.zeros((5, 2)) + 0.2, 1))
    trained.session.run_epochs(1)
    arrive(trained, qtbot, N + 5)
    first, second = places_of(trained).timeline.branches
    assert places_of(trained).lane(first.number) == places_of(trained).lane(second.number)
    trained.actions_by_name["to-beginning"].trigger()
    arrive(trained, qtbot, 0)
    assert len(trained.session.loaded.dataset) == N


def test_branches_share_a_lane_where_there_is_room() -> None:
    trainer = make_trainer()
    trainer.advance(20 * N)
    first = trainer.tree.present
    for start, epochs in ((2, 4), (4, 4), (12, 3)):
        trainer.seek(start * N, first)
        trainer.change(learning_rate=0.1 * start)
        trainer.advance(epochs * N)
    places = TimelinePlaces(TimelineMaker(trainer).timeline(), 1000, EpochScale())
    heights = [places.lane(branch.number) for branch in trainer.tree.branches]
    assert heights[0] < heights[1] < heights[2]
    assert heights[3] == heights[1]


def test_many_branches_have_room_for_a_click(trained: MainWindow, qtbot: QtBot) -> None:
    height = trained.timeline.height()
    for number in range(9):
        trained.session.seek(N, places_of(trained).timeline.branches[0].number)
        trained.session.change({"learning_rate": 0.1 + 0.01 * number})
        trained.session.run_epochs(1)
        arrive(trained, qtbot, 2 * N)
    places = places_of(trained)
    qtbot.waitUntil(lambda: trained.timeline.height() == places.height)
    assert places.height > height
    lanes = [places.lane(branch.number) for branch in places.timeline.branches]
    assert np.diff(lanes).min() >= 5.0
    for branch, lane in zip(places.timeline.branches, lanes, strict=True):
        assert places.branch_at(QPointF(places.x(branch, 1.5 * N), lane)) is branch


def test_the_timeline_paints_all_of_its_place_since_nothing_is_painted_below_it(trained: MainWindow) -> None:
    timeline = trained.timeline
    assert timeline.testAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
    picture = QPixmap(timeline.size())
    picture.fill(Qt.GlobalColor.magenta)
    timeline.render(picture, flags=QWidget.RenderFlags())
    image, unpainted = picture.toImage(), QColor(Qt.GlobalColor.magenta).rgb()
    seen = {image.pixel(x, y) for x in range(image.width()) for y in (0, 30, image.height() - 1)}
    assert unpainted not in seen
    assert trained.theme.color("base").rgb() in seen


def test_futures_that_were_left_keep_their_curves(trained: MainWindow, qtbot: QtBot) -> None:
    press(trained, qtbot, place_of(trained, 1 * N))
    arrive(trained, qtbot, 1 * N)
    trained.session.change({"learning_rate": 0.3})
    trained.session.run_epochs(1)
    arrive(trained, qtbot, 2 * N)
    image, base = trained.timeline.grab().toImage(), trained.theme.color("base").rgb()
    for branch, epoch in ((0, 5.0), (1, 1.5)):
        x = place_of(trained, round(epoch * N), branch).x()
        shades = {image.pixel(x, y) for y in range(CURVE_TOP, CURVE_TOP + CURVE_HEIGHT + 1)}
        assert shades != {base}, f"no curve of branch {branch} at epoch {epoch}"


def type_keys(qtbot: QtBot, window: MainWindow, text: str, last: Qt.Key) -> None:
    """Type where the keys go, as a person does."""
    qtbot.waitUntil(lambda: window.focusWidget() is window.toolbar.figures.field)
    qtbot.keyClicks(window.focusWidget(), text)
    qtbot.keyClick(window.focusWidget(), last)


def test_a_click_on_the_number_of_the_epoch_leads_to_any_epoch(trained: MainWindow, qtbot: QtBot) -> None:
    figures, way = trained.toolbar.figures, trained.session
    way.seek(3 * N)
    arrive(trained, qtbot, 3 * N)
    exact = existing(way.snapshot).parameters.tobytes()
    way.seek(6 * N)
    arrive(trained, qtbot, 6 * N)
    assert figures.epoch.cursor().shape() == Qt.CursorShape.PointingHandCursor
    assert "Go to epoch" in figures.epoch.toolTip()
    qtbot.mouseClick(figures.epoch, Qt.MouseButton.LeftButton)
    assert (figures.field.isVisible(), figures.field.selectedText()) == (True, "6")
    assert figures.field.accessibleName() == "Go to epoch"
    type_keys(qtbot, trained, "3", Qt.Key.Key_Return)
    arrive(trained, qtbot, 3 * N)
    assert existing(way.snapshot).parameters.tobytes() == exact
    assert not figures.field.isVisible()
    qtbot.keyClick(trained.focusWidget() or trained, Qt.Key.Key_Right)
    arrive(trained, qtbot, 3 * N + 1)


def test_the_key_of_go_to_epoch_opens_the_field_and_escape_leaves_it(trained: MainWindow, qtbot: QtBot) -> None:
    field = trained.toolbar.figures.field
    for text, last, told in (
        ("2", Qt.Key.Key_Escape, ""),
        ("2,5", Qt.Key.Key_Return, "whole number"),
        ("-1", Qt.Key.Key_Return, "from 0 to 6"),
        ("7", Qt.Key.Key_Return, "trained up to epoch 6"),
    ):
        qtbot.keyClick(trained, Qt.Key.Key_G)
        type_keys(qtbot, trained, text, last)
        if last == Qt.Key.Key_Return:
            assert trained.focusWidget() is field and field.selectedText() == text, "typing corrects it"
            qtbot.keyClick(field, Qt.Key.Key_Escape)
        assert not field.isVisible()
        assert trained.focusWidget() is not field
        assert told in trained.notices.newest.text.text()
        arrive(trained, qtbot, 6 * N)


def test_the_number_of_the_epoch_is_marked_below_the_mouse(trained: MainWindow) -> None:
    epoch = trained.toolbar.figures.epoch
    before = epoch.grab().toImage()
    epoch.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    assert epoch.grab().toImage() != before


def test_the_only_branch_says_why_it_cannot_be_removed(trained: MainWindow) -> None:
    branch = existing(trained.session.timeline).present_branch
    menu = trained.timeline_commands.make_menu(branch.number, N)
    remove = next(action for action in menu.actions() if action.text() == "Remove this branch")
    assert not remove.isEnabled() and remove.toolTip().startswith("Not now: it is the only branch.")
    assert menu.toolTipsVisible()
    menu.deleteLater()


@pytest.mark.parametrize("width", [800, 1000, 1240])
def test_the_last_number_is_whole(width: int, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    """And where the words at the left end, the first tick begins."""

    class Recorder(QPainter):
        def __init__(self, image: QPixmap) -> None:
            super().__init__(image)
            self.texts: list[tuple[float, str]] = []

        def drawText(self, place: QPointF, text: str) -> None:  # type: ignore[override]
            self.texts.append((place.x(), text))

    font = QFont(qapp.font())
    font.setPointSizeF(1.25 * font.pointSizeF())
    metrics = QFontMetrics(font)
    monkeypatch.setattr(TimelinePlaces, "last_epoch", 2000.0)
    places = TimelinePlaces(TimelineMaker(make_trainer(SHALLOW)).timeline(), width, EpochScale())
    image = QPixmap(width, 100)
    painter = Recorder(image)
    painter.setFont(font)
    timeline_painting._paint_ticks(painter, places, DARK)
    painter.end()
    (first, _words), *_between, (last, number) = painter.texts
    assert number == epoch_text(2000) and last + metrics.horizontalAdvance(number) <= width - 2
    assert timeline_painting.WORDS_LEFT + timeline_painting.words_width(places, metrics) <= first - 6


def test_a_canvas_without_points_has_no_timeline_of_the_run_that_waits(qtbot: QtBot, window: MainWindow) -> None:
    assert window.timeline.places is not None
    window.actions_by_name["new-canvas"].trigger()
    qtbot.waitUntil(lambda: window.timeline.places is None)
    qtbot.waitUntil(lambda: window.session.at_rest)
    assert window.timeline.places is None
    window.actions_by_name["undo"].trigger()
    qtbot.waitUntil(lambda: window.timeline.places is not None)
