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
    """Bring docks to their places; a dock without a place stays where it is."""
    places = [place for place in wanted if place.name in docks]
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
    for place in places:
        if place.raised:
            docks[place.name].raise_()


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
    screen = QApplication.primaryScreen().availableGeometry()
    width = min(max(place.width, SMALLEST_FLOATING[0]), screen.width())
    height = min(max(place.height, SMALLEST_FLOATING[1]), screen.height())
    x = min(max(place.x, screen.left()), screen.right() - width + 1)
    y = min(max(place.y, screen.top()), screen.bottom() - height + 1)
    return QRect(x, y, width, height)
