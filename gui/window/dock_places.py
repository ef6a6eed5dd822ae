"""Converts the places of docks to :class:`core.storage.window_layout.DockPlace` and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PyQt5.QtCore import QRect, QSize, Qt
from PyQt5.QtWidgets import QApplication, QDockWidget, QMainWindow, QTabBar

from core.storage.window_layout import DockPlace
from gui.widgets.qt_objects import existing

AREAS = {
    "left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "right": Qt.DockWidgetArea.RightDockWidgetArea,
    "top": Qt.DockWidgetArea.TopDockWidgetArea,
    "bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}
NAMES = {int(area): name for name, area in AREAS.items()}
SMALLEST_FLOATING = (120, 80)
BORDER, TITLE_BAR = 8, 40
"""Logical pixels that are left for a window's frame, whose size is not known before the window is shown."""


def describe(window: QMainWindow, docks: Mapping[str, QDockWidget]) -> tuple[DockPlace, ...]:
    """Return the places of docks, given by their names."""
    places, groups, boxes = [], tab_groups(window, docks), dock_boxes(window, docks)
    for name, dock in docks.items():
        box = boxes[name]
        before = list(docks)[: list(docks).index(name)]
        tab_of = next((other for other in before if other in groups[name]), "")
        shown = existing(dock.toggleViewAction()).isChecked()
        raised = shown and not dock.visibleRegion().isEmpty()
        area = NAMES.get(int(window.dockWidgetArea(dock)), "right")
        numbers = box.x(), box.y(), box.width(), box.height()
        places.append(DockPlace(name, area, shown, dock.isFloating(), raised, tab_of, *numbers))
    return tuple(places)


def hide_empty_tabs(window: QMainWindow) -> None:
    """Hide the bars that Qt leaves where tabs were; their line would lie over whatever comes there."""
    for bar in _tab_bars(window):
        if not bar.count():
            bar.hide()


def _tab_bars(window: QMainWindow) -> list[QTabBar]:
    return window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)


def dock_boxes(window: QMainWindow, docks: Mapping[str, QDockWidget]) -> dict[str, QRect]:
    """Return where docks lie, with the tabs above them, since Qt counts these when it gives a dock a size."""
    # Qt leaves bars without a tab or with one where docks shared a place before.
    bars = [bar for bar in _tab_bars(window) if bar.isVisible() and bar.count() > 1]
    groups, boxes = tab_groups(window, docks), {}
    for name, dock in docks.items():
        # One that lies behind another has an outdated place.
        front = next((docks[one] for one in (name, *groups[name]) if not docks[one].visibleRegion().isEmpty()), dock)
        box = dock.geometry() if dock.isFloating() else front.geometry()
        title = dock.windowTitle()
        tabs = (bar.geometry() for bar in bars if title in (bar.tabText(place) for place in range(bar.count())))
        boxes[name] = box if dock.isFloating() else box.united(next(tabs, QRect()))
    return boxes


def give_sizes(window: QMainWindow, docks: Mapping[str, QDockWidget], sizes: Mapping[str, QSize]) -> None:
    """Give visible docks sizes as :func:`dock_boxes` has them; of those that share a place the first counts."""
    groups = tab_groups(window, docks)
    shown = [name for name in sizes if not docks[name].isHidden() and not docks[name].isFloating()]
    first = [name for place, name in enumerate(shown) if not set(groups[name]) & set(shown[:place])]
    first = [name for name in first if not sizes[name].isEmpty()]
    if first:
        widgets = [docks[name] for name in first]
        window.resizeDocks(widgets, [sizes[name].width() for name in first], Qt.Orientation.Horizontal)
        window.resizeDocks(widgets, [sizes[name].height() for name in first], Qt.Orientation.Vertical)


def arrange(window: QMainWindow, docks: Mapping[str, QDockWidget], wanted: Iterable[DockPlace]) -> None:
    """Bring docks to their places; a dock without a place stays where it is, also where it shares one with others."""
    places = [place for place in wanted if place.name in docks]
    followers = _followers(window, docks, places)
    for place in places:
        docks[place.name].setFloating(False)
    for area in AREAS:
        _fill(window, docks, area, [place for place in places if place.area == area])
    for place in places:
        dock = docks[place.name]
        if place.floating:
            dock.setFloating(True)
            dock.setGeometry(_on_screen(place))
        dock.setVisible(place.shown)
    for name, other in followers.items():
        window.tabifyDockWidget(docks[other], docks[name])
    layout = window.layout()
    if layout is not None:
        layout.activate()  # a window that was not shown yet has not divided its space among the docks
    give_sizes(window, docks, {place.name: QSize(place.width, place.height) for place in places})
    for place in places:
        if place.raised:
            docks[place.name].raise_()


def _followers(window: QMainWindow, docks: Mapping[str, QDockWidget], places: Iterable[DockPlace]) -> dict[str, str]:
    """Return the docks that have no place of their own and share that of one that has, each with that one."""
    is_floating = {place.name: place.floating for place in places}
    followers, groups = {}, tab_groups(window, docks)
    for name in docks.keys() - is_floating.keys():
        beside = next((other for other in groups[name] if not is_floating.get(other, True)), "")
        if beside:
            followers[name] = beside
    return followers


def tab_groups(window: QMainWindow, docks: Mapping[str, QDockWidget]) -> dict[str, list[str]]:
    """Return the docks that share each dock's place.

    Qt tells the hidden neighbours of a visible dock, but no neighbours of a hidden one; so every dock is asked.
    """
    names = {id(dock): name for name, dock in docks.items()}
    told = {name: {names.get(id(other), "") for other in window.tabifiedDockWidgets(docks[name])} for name in docks}
    for name in docks:
        for asked in docks:
            if name in told[asked]:
                told[name] |= told[asked] | {asked}
    return {name: [other for other in docks if other in told[name] and other != name] for name in docks}


def _fill(window: QMainWindow, docks: Mapping[str, QDockWidget], area: str, places: list[DockPlace]) -> None:
    """Put docks into an area in order, each beside or below the one before."""
    names = {place.name for place in places}
    first = [place for place in places if not place.floating and place.tab_of not in names]
    first.sort(key=lambda place: (place.y, place.x))
    before: DockPlace | None = None
    for place in [*first, *(place for place in places if place.floating)]:
        window.addDockWidget(AREAS[area], docks[place.name])
        if before is not None and not place.floating:
            below = place.y >= before.y + before.height // 2
            way = Qt.Orientation.Vertical if below else Qt.Orientation.Horizontal
            window.splitDockWidget(docks[before.name], docks[place.name], way)
        before = before if place.floating else place
    for place in places:
        if place.tab_of in names and place.tab_of != place.name and not place.floating:
            window.tabifyDockWidget(docks[place.tab_of], docks[place.name])


def _on_screen(place: DockPlace) -> QRect:
    """Return the place of a floating dock, moved inside the screen."""
    return fitted_box(QRect(place.x, place.y, place.width, place.height), SMALLEST_FLOATING)


def fitted_box(box: QRect, smallest: tuple[int, int]) -> QRect:
    """Return the inside of a window made smaller and moved so that it lies on a screen with its frame.

    Args:
        box: where it is wanted.
        smallest: its least width and height.
    """
    screen = QApplication.screenAt(box.center()) or existing(QApplication.primaryScreen())
    free = screen.availableGeometry().adjusted(BORDER, TITLE_BAR, -BORDER, -BORDER)
    width = max(min(box.width(), free.width()), smallest[0])
    height = max(min(box.height(), free.height()), smallest[1])
    x = max(min(box.x(), free.right() - width + 1), free.left())
    y = max(min(box.y(), free.bottom() - height + 1), free.top())
    return QRect(x, y, width, height)
