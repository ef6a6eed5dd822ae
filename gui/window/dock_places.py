"""Converts the places of docks to :class:`core.storage.window_layout.DockPlace` and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PyQt5.QtCore import QRect, Qt
from PyQt5.QtWidgets import QApplication, QDockWidget, QMainWindow

from core.storage.window_layout import DockPlace

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
    places = []
    for name, dock in docks.items():
        box = QRect(dock.pos(), dock.size())
        before = list(docks)[: list(docks).index(name)]
        neighbours = window.tabifiedDockWidgets(dock)
        tab_of = next((other for other in before if docks[other] in neighbours), "")
        shown = dock.toggleViewAction().isChecked()
        raised = shown and not dock.visibleRegion().isEmpty()
        area = NAMES.get(int(window.dockWidgetArea(dock)), "right")
        numbers = box.x(), box.y(), box.width(), box.height()
        places.append(DockPlace(name, area, shown, dock.isFloating(), raised, tab_of, *numbers))
    return tuple(places)


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
    for place in places:
        if place.raised:
            docks[place.name].raise_()


def _followers(window: QMainWindow, docks: Mapping[str, QDockWidget], places: Iterable[DockPlace]) -> dict[str, str]:
    """Return the docks that have no place of their own and share that of one that has, each with that one."""
    is_floating = {place.name: place.floating for place in places}
    followers = {}
    for name in docks.keys() - is_floating.keys():
        neighbours = window.tabifiedDockWidgets(docks[name])
        beside = next((other for other in docks if docks[other] in neighbours and not is_floating.get(other, True)), "")
        if beside:
            followers[name] = beside
    return followers


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
    shown = [place for place in first if place.shown and min(place.width, place.height) > 0]
    _resize(window, docks, shown)


def _resize(window: QMainWindow, docks: Mapping[str, QDockWidget], shown: Iterable[DockPlace]) -> None:
    sized = list(shown)
    widgets = [docks[place.name] for place in sized]
    if widgets:
        window.resizeDocks(widgets, [place.width for place in sized], Qt.Orientation.Horizontal)
        window.resizeDocks(widgets, [place.height for place in sized], Qt.Orientation.Vertical)


def _on_screen(place: DockPlace) -> QRect:
    """Return the place of a floating dock, moved inside the screen."""
    return fitted(QRect(place.x, place.y, place.width, place.height), SMALLEST_FLOATING)


def fitted(box: QRect, smallest: tuple[int, int]) -> QRect:
    """Return the inside of a window made smaller and moved so that it lies on a screen with its frame.

    Args:
        box: where it is wanted.
        smallest: its least width and height.
    """
    screen = QApplication.screenAt(box.center()) or QApplication.primaryScreen()
    free = screen.availableGeometry().adjusted(BORDER, TITLE_BAR, -BORDER, -BORDER)
    width = max(min(box.width(), free.width()), smallest[0])
    height = max(min(box.height(), free.height()), smallest[1])
    x = max(min(box.x(), free.right() - width + 1), free.left())
    y = max(min(box.y(), free.bottom() - height + 1), free.top())
    return QRect(x, y, width, height)
