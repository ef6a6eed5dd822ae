"""Where window and docks are: at the first start, at the next one, after a project, and with damaged settings."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PyQt5.QtCore import QEvent, QPoint, QRect, Qt
from PyQt5.QtWidgets import QApplication, QMainWindow, QScrollArea, QTabBar
from pytestqt.qtbot import QtBot

from core.storage.settings_file import SettingsFile
from core.storage.window_layout import GEOMETRY, DockPlace, WindowPlace
from gui.widgets.qt_objects import existing
from gui.window.dock_layout import PLACE_KEY, ScrollingPart
from gui.window.dock_places import BORDER, TITLE_BAR, describe, fitted_box, tab_groups
from gui.window.dock_title import DockTitle
from gui.window.main_window import SMALLEST, MainWindow
from tests.campaigns.looks import laid_over
from tests.gui.conftest import drawn

Open = Callable[[], MainWindow]
NUMBERS = (0x1D9D0CB, 3, 0, 0, 0, 1003, 643, 8, 40, 1007, 604, 0, False, False, 800, 8, 40, 1007, 604)


def places(window: MainWindow) -> dict[str, tuple[object, ...]]:
    return {
        place.name: (place.area, place.shown, place.floating, place.tab_of, place.width, place.height)
        for place in describe(window, window.docks.by_name)
    }


def settle(qtbot: QtBot) -> None:
    for _ in range(5):
        qtbot.wait(5)


def drag(qtbot: QtBot, window: MainWindow, name: str, size: int, orientation: Qt.Orientation) -> None:
    """Give a dock a size as the mouse does that drags the edge beside the settings."""
    box = window.docks.by_name["settings"].geometry()
    edge = QPoint(box.right() + 4, box.center().y())
    assert window.childAt(edge) is None
    qtbot.mouseClick(window, Qt.MouseButton.LeftButton, pos=edge)
    window.resizeDocks([window.docks.by_name[name]], [size], orientation)


def test_the_settings_have_their_width_from_the_first_layout_on(
    open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They got it when they were on the screen, and plots and diagram were laid out and painted again."""
    first: list[int] = []

    def show(window: MainWindow) -> None:
        QMainWindow.show(window)
        first.append(window.docks.by_name["settings"].width())

    monkeypatch.setattr(MainWindow, "show", show)
    assert [open_window().docks.by_name["settings"].width()] == first


def test_the_docks_come_back_where_they_were(qtbot: QtBot, open_window: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gui.window.dock_layout.fitted_box", lambda box, smallest: box)  # as if on a larger screen
    window = open_window()
    window.resize(1300, 850)
    docks = window.docks.by_name
    window.tabifyDockWidget(docks["boundary"], docks["inspector"])
    docks["report"].hide()
    qtbot.wait(100)
    drag(qtbot, window, "settings", 320, Qt.Orientation.Horizontal)
    qtbot.wait(100)
    before = places(window)
    window.close()
    again = open_window()
    settle(qtbot)
    after = places(again)
    for name in ("settings", "boundary", "loss", "inspector"):
        assert after[name][:4] == before[name][:4]
        assert after[name][4:] == pytest.approx(before[name][4:], abs=20)
    assert not after["report"][1]


@pytest.mark.parametrize("change", ["none", "runs", "loss closed", "more"])
def test_each_start_finds_the_docks_exactly_where_they_were(
    qtbot: QtBot, open_window: Open, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    monkeypatch.setattr("gui.window.dock_layout.fitted_box", lambda box, smallest: box)  # as if on a larger screen
    window = open_window((1280, 800))
    settle(qtbot)
    if change == "runs":
        window.actions_by_name["runs"].trigger()
    elif change == "more":
        window.panels.strip.more.click()
    window.docks.by_name["loss"].setHidden(change == "loss closed")
    settle(qtbot)

    def boxes(of: MainWindow) -> dict[str, QRect]:
        docks = of.docks.by_name.items()
        return {name: dock.geometry() for name, dock in docks if not dock.visibleRegion().isEmpty()}

    before = boxes(window)
    for _ in range(2):
        window.close()
        window = open_window()
        settle(qtbot)
        assert boxes(window) == before


def test_the_view_menu_lists_each_thing_once_and_more_settings_can_be_closed(window: MainWindow) -> None:
    [menu, *_] = window.actions_by_name["theme"].associatedWidgets()
    texts = [action.text().replace("&", "") for action in menu.actions() if action.text()]
    assert len(texts) == len(set(texts)) and {"Report", "Runs", "More settings"} <= set(texts)
    more = window.docks.by_name["more"]
    window.panels.strip.more.click()
    title = existing(more.titleBarWidget())
    assert isinstance(title, DockTitle) and title.close_button.isVisible()  # the mouse is elsewhere
    title.close_button.click()
    assert more.isHidden() and window.docks.by_name["settings"].isVisible()


def test_neither_restore_of_qt_is_called(open_window: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*arguments: object) -> None:
        raise AssertionError

    monkeypatch.setattr(QMainWindow, "restoreState", never)
    monkeypatch.setattr(QMainWindow, "restoreGeometry", never)
    open_window().close()
    open_window()


def geometry(**changed: int) -> str:
    numbers = list(NUMBERS)
    for place, value in changed.items():
        numbers[int(place[1:])] = value
    return "@ByteArray(" + "".join(f"\\x{byte:02x}" for byte in GEOMETRY.pack(*numbers)) + ")"


DAMAGED = (
    f"geometry={geometry(_17=16_778_217)}\nstate=@ByteArray(\\0\\0\\0\\xff\\0\\0\\0\\x3\\xfd\\0\\0\\0\\x3\\0\\0)",
    f"geometry={geometry(_18=1_000_000)}\nstate=@ByteArray(\\0\\0\\0\\xff\\0\\0\\0\\x3\\xfd\\0\\0\\xff\\xff)",
    'place="{\\"class\\": \\"WindowPlace\\"}"',
    "place=@Variant(\\0\\0\\0\\x7f)",
    "place=" + "[" * 10_000,
)


def test_with_damaged_settings_the_layout_is_the_first(open_window: Open, qtbot: QtBot, tmp_path: Path) -> None:
    first = open_window()
    settle(qtbot)
    expected, size = places(first), first.size()
    first.close()
    for settings in DAMAGED:
        (tmp_path / "settings.ini").write_text(f"[window]\n{settings}\ntheme=dark\n")
        window = open_window()
        settle(qtbot)
        assert (places(window), window.size()) == (expected, size), settings[:60]
        assert window.theme.name == "dark"
        window.close()


def test_the_geometry_of_earlier_versions_is_taken_over(open_window: Open, tmp_path: Path) -> None:
    (tmp_path / "settings.ini").write_text(f"[window]\ngeometry={geometry()}\nstate=@ByteArray(rubbish)\n")
    window = open_window()
    assert (window.width(), window.height()) == (1000, 560)


def test_a_window_that_was_maximized_is_so_again(open_window: Open, qtbot: QtBot) -> None:
    window = open_window()
    window.showMaximized()
    qtbot.waitUntil(window.isMaximized)
    window.close()
    assert open_window().isMaximized()


def test_a_window_larger_than_the_screen_is_made_smaller(open_window: Open, tmp_path: Path) -> None:
    place = WindowPlace(-5000, 9000, 99_000, 99_000, False, ())
    SettingsFile(tmp_path / "settings.ini").put(PLACE_KEY, place.as_text())
    window, screen = open_window(), QApplication.primaryScreen().availableGeometry()
    assert window.height() == max(SMALLEST[1], screen.height() - TITLE_BAR - BORDER)
    assert window.width() == max(SMALLEST[0], screen.width() - 2 * BORDER)
    assert screen.contains(window.geometry().topLeft())


@pytest.mark.parametrize(
    "box", [QRect(0, 0, 1440, 900), QRect(790, 790, 300, 200), QRect(-400, -400, 500, 500), QRect(10, 60, 300, 200)]
)
def test_a_window_fits_the_screen_with_its_frame(qapp: QApplication, box: QRect) -> None:
    inside = fitted_box(box, (100, 100))
    frame = inside.adjusted(-BORDER, -TITLE_BAR, BORDER, BORDER)
    assert qapp.primaryScreen().availableGeometry().contains(frame)
    if box.x() == 10:
        assert inside == box


def tabbed(window: MainWindow, name: str) -> set[str]:
    return set(tab_groups(window, window.docks.by_name)[name])


def test_a_layout_of_an_earlier_version_had_a_dock_for_the_walk(window: MainWindow, qtbot: QtBot) -> None:
    first = window.docks.describe()
    walk = DockPlace("walk", "bottom", True, False, True, "inspector", 0, 0, 0, 0)
    for layout in (first, replace(first, docks=(*first.docks, walk)), replace(first, docks=(walk, *first.docks))):
        window.docks.apply(layout)
        assert places(window).keys() == {place.name for place in first.docks}
        assert window.docks.by_name["inspector"].isVisible()
    window.actions_by_name["step-phase"].trigger()
    qtbot.waitUntil(lambda: window.player.walk is not None)
    hidden = tuple(replace(place, shown=False) if place.name == "inspector" else place for place in first.docks)
    window.docks.apply(replace(first, docks=hidden))
    assert window.docks.by_name["inspector"].isVisible(), "a walk is shown whatever the layout says"


def test_a_small_window_shows_its_docks_beside_each_other(window: MainWindow, qtbot: QtBot) -> None:
    """1000 × 640 is Full HD at 150 % with room to spare; what has too little room scrolls."""
    for size in ((1000, 560), (1000, 640), (1100, 700), (1280, 800)):
        window.resize(*size)
        qtbot.waitUntil(lambda size=size: (window.width(), window.height()) == size and drawn(window))
        docks = [dock for dock in window.docks.by_name.values() if not dock.visibleRegion().isEmpty()]
        assert {dock.objectName() for dock in docks} >= {"settings", "boundary", "loss", "inspector"}
        places = [dock.geometry() for dock in docks] + [existing(window.centralWidget()).geometry()]
        for first, second in itertools.combinations(places, 2):
            assert not first.intersects(second)
        for dock in docks:
            assert window.rect().contains(dock.geometry())
            for area in {dock.widget(), *existing(dock.widget()).findChildren(ScrollingPart)}:
                if isinstance(area, QScrollArea):
                    assert existing(area.horizontalScrollBar()).maximum() == 0, dock.objectName()
        verdict = window.verdict
        assert verdict.visibleRegion().boundingRect() == verdict.rect() and verdict.title.text() == "Start"
        assert verdict.height() == verdict.sizeHint().height() == verdict.height_of(verdict.reason.isHidden())
        assert verdict.reason.isHidden() is (size[1] < 700) and verdict.button.isVisible()
        told = verdict.title.toolTip() if verdict.reason.isHidden() else verdict.reason.toolTip()
        assert "Nothing is trained yet." in told
        window.session.change({"hidden": (4, 4, 4)})  # whose buttons stand in three lines
        qtbot.waitUntil(lambda: drawn(window))
        assert not list(laid_over(window.network_panel))
        assert existing(window.network_panel.parentWidget()).size() == window.network_panel.size(), "nothing scrolls"
        window.session.change({"hidden": (7,)})


def test_a_dock_has_a_title_unless_a_tab_names_it(window: MainWindow, qtbot: QtBot) -> None:
    def named(name: str) -> bool:
        title = window.docks.by_name[name].titleBarWidget()
        assert isinstance(title, DockTitle)
        return not title._name.isHidden()

    settle(qtbot)
    assert [named(name) for name in ("settings", "boundary", "inspector", "loss")] == [True, True, False, False]
    title, below = (existing(getattr(window.docks.by_name["settings"], of)()) for of in ("titleBarWidget", "widget"))
    before = below.geometry()
    QApplication.sendEvent(title, QEvent(QEvent.Type.Enter))
    settle(qtbot)
    assert title.float_button.isVisible() and below.geometry() == before, "the buttons push nothing down"
    window.docks.bring_up("more")
    settle(qtbot)
    assert not named("more")
    window.panels.strip.more.click()
    settle(qtbot)
    assert named("settings")


def test_docks_follow_the_size_of_the_window_until_their_edges_are_dragged(
    qtbot: QtBot, open_window: Callable[[tuple[int, int]], MainWindow]
) -> None:
    window = open_window((1100, 700))
    docks = window.docks.by_name
    card, loss = docks["inspector"], docks["loss"]
    qtbot.wait(50)
    first = card.height(), loss.height(), loss.width()
    window.resize(1440, 1300)
    qtbot.waitUntil(lambda: card.height() > 1.2 * first[0] and loss.height() > 1.2 * first[1])
    assert loss.width() > 1.2 * first[2], "and the plots do not stay narrow"
    window.resize(1100, 700)
    qtbot.waitUntil(lambda: (card.height(), loss.height(), loss.width()) == first)
    window.resize(1440, 1000)
    qtbot.wait(100)
    before = card.height()
    edge = QPoint(card.geometry().center().x(), existing(window.centralWidget()).geometry().bottom() + 3)
    assert window.childAt(edge) is None, "it lies above the tabs"
    qtbot.mouseClick(window, Qt.MouseButton.LeftButton, pos=edge)
    window.resizeDocks([card], [before + 90], Qt.Orientation.Vertical)  # as the mouse does that drags the edge
    qtbot.waitUntil(lambda: card.height() > before + 40)
    window.resize(1440, 1010)
    qtbot.wait(100)
    assert card.height() > before + 40, "it stays as it was made"


@pytest.mark.parametrize("size", [(1280, 800), (1100, 700)])
def test_with_the_usual_type_the_docks_have_their_sizes_again(
    qtbot: QtBot, open_window: Callable[[tuple[int, int]], MainWindow], size: tuple[int, int]
) -> None:
    window = open_window(size)
    qtbot.wait(50)
    first = places(window)
    qtbot.mouseClick(window.toolbar.figures.loss, Qt.MouseButton.LeftButton)  # a press that no part takes is no drag
    for _ in range(4):
        window.actions_by_name["larger-type"].trigger()
        qtbot.wait(20)
    assert places(window) != first
    window.actions_by_name["usual-type"].trigger()
    qtbot.waitUntil(lambda: places(window) == first, timeout=5000)
    drag(qtbot, window, "settings", 265, Qt.Orientation.Horizontal)
    qtbot.wait(20)
    own = places(window)
    window.actions_by_name["larger-type"].trigger()
    qtbot.wait(20)
    window.actions_by_name["usual-type"].trigger()
    qtbot.waitUntil(lambda: places(window) == own, timeout=5000)


def test_no_empty_bar_of_tabs_stays_when_the_docks_return_to_their_places(window: MainWindow, qtbot: QtBot) -> None:
    """Qt leaves one, whose line lay over the verdict."""
    for _ in range(4):
        window.docks.restore_default()
        settle(qtbot)
        bars = window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
        assert all(bar.count() for bar in bars if bar.isVisible())
