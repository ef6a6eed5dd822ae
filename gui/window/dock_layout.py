"""The docks of the window: where they are at first, at the next start, and in a project file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from PyQt5.QtCore import QEvent, QObject, QRect, QSize, Qt
from PyQt5.QtGui import QMouseEvent
from PyQt5.QtWidgets import QAbstractButton, QDockWidget, QMainWindow, QScrollArea, QTabWidget, QWidget

from core.base.translation import _
from core.data.section import is_sound
from core.storage.settings_file import SettingsFile
from core.storage.window_layout import DockPlace, Layout, WindowPlace, old_window_place, window_place
from gui.decision.decision_view import DecisionView
from gui.widgets.qt_objects import existing
from gui.window.dock_places import arrange, describe, dock_boxes, fitted_box, give_sizes, hide_empty_tabs, tab_groups
from gui.window.dock_title import DockTitle

PLACE_KEY, OLD_PLACE_KEY = "window/place", "window/geometry"
FIRST_SIZE = (1440, 900)
DOCKS = {
    "settings": (_("Data and presets"), Qt.DockWidgetArea.LeftDockWidgetArea),
    "more": (_("More settings"), Qt.DockWidgetArea.LeftDockWidgetArea),
    "boundary": (_("Data and decision"), Qt.DockWidgetArea.RightDockWidgetArea),
    "loss": (_("Loss and accuracy"), Qt.DockWidgetArea.RightDockWidgetArea),
    "inspector": (_("Why"), Qt.DockWidgetArea.BottomDockWidgetArea),
    "report": (_("Report"), Qt.DockWidgetArea.RightDockWidgetArea),
    "runs": (_("Runs"), Qt.DockWidgetArea.BottomDockWidgetArea),
}
"""Title and first area of each dock."""
SHORT_TITLES = {"boundary": _("Decision")}
"""For a line with little room."""

HIDDEN = ("more",)
"""Docks that are not shown at first."""

LEFT_WIDTH, RIGHT_WIDTH, LEAST_CURVES, CURVES_SHARE = (250, 280), 340, 160, 0.325
MOST_OF_CURVES = 0.42
"""The most of the room that the curves have with their least height."""
CARD_HEIGHT, MOST_OF_CARD = 276, 0.52
"""The height of the card with its tabs, and the most of the room that it shares with the diagram in a low window."""
BARS = 238
"""About the height of the menu, the bars and the timeline."""


LEAST_WIDTH, LEAST_HEIGHT = 340, 110
"""No dock needs more than this; with less room than its contents need it scrolls."""


class ScrollingPart(QScrollArea):
    """What lies in a dock or between the docks; it scrolls where the window is too small, or parts would overlap.

    Args:
        parent: the dock, or what lies between the docks.
        inside: what scrolls.
        room: what others leave it where they can; None for what it needs, up to ``LEAST_WIDTH`` and ``LEAST_HEIGHT``.
    """

    def __init__(self, parent: QWidget, inside: QWidget, room: QSize | None = None) -> None:
        super().__init__(parent)
        self._room = room
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def viewportEvent(self, event: QEvent | None) -> bool:
        assert event is not None
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()  # Qt tells nobody that what is inside needs more room than before
        return super().viewportEvent(event)

    def sizeHint(self) -> QSize:
        return existing(self.widget()).sizeHint()

    def minimumSizeHint(self) -> QSize:
        if self._room is not None:
            return self._room
        inside = existing(self.widget())
        hint = inside.minimumSizeHint()
        width = min(inside.minimumWidth() or hint.width(), LEAST_WIDTH)
        return QSize(width, min(inside.minimumHeight() or hint.height(), LEAST_HEIGHT))


class DockLayout(QObject):
    """Puts one widget into each dock of ``DOCKS``.

    The dock "inspector" is visible while the phases of an update are shown, whatever a layout says. The dock "more" is
    hidden until the user unfolds it, in place of the first settings.

    Args:
        window: gets the docks.
        widgets: what is in the docks, by the names of these.
        tools: what stands at the right of a dock's title, by the names of the docks.
        scatter: the plot, whose section belongs to the layout in a project file.
        more: the button that unfolds and folds the dock "more".

    Attributes:
        by_name: the docks by their names.
    """

    def __init__(
        self,
        window: QMainWindow,
        widgets: Mapping[str, QWidget],
        tools: Mapping[str, QWidget],
        scatter: DecisionView,
        more: QAbstractButton,
    ) -> None:
        super().__init__(window)
        self._window, self._scatter = window, scatter
        self._is_walking = self._was_closed = False
        window.setDockNestingEnabled(True)
        window.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self._titles: dict[str, DockTitle] = {}
        self.by_name = {name: self._make_dock(name, widget, tools.get(name)) for name, widget in widgets.items()}
        more.clicked.connect(lambda: self._unfold(more.isChecked()))
        self.by_name["more"].visibilityChanged.connect(more.setChecked)
        self._has_first_sizes = False
        self._noted: dict[str, QSize] = {}
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Note that somebody drags an edge: presses on it go to the window, as do those that no part takes."""
        is_press = event is not None and event.type() == QEvent.Type.MouseButtonPress
        if is_press and isinstance(event, QMouseEvent) and self._window.childAt(event.pos()) is None:
            self._has_first_sizes, self._noted = False, {}
        return False

    def fit(self) -> None:
        """Fit the docks to another size of the window or the type, until somebody drags an edge."""
        if self._has_first_sizes:
            self._set_sizes()

    def note_sizes(self) -> None:
        """Remember the sizes of the docks; larger type makes them others."""
        self._noted = self.sizes()

    def sizes(self) -> dict[str, QSize]:
        """Return the sizes of the docks, each with the tabs above it, as Qt takes them."""
        return {name: box.size() for name, box in dock_boxes(self._window, self.by_name).items()}

    def bring_back_sizes(self) -> None:
        """Give the docks the sizes that were noted last, unless somebody dragged an edge meanwhile."""
        give_sizes(self._window, self.by_name, self._noted)
        self._noted = {}

    def _set_sizes(self) -> None:
        """Give the docks the sizes that suit the window."""
        boundary, loss, inspector = (self.by_name[name] for name in ("boundary", "loss", "inspector"))
        left = next((dock for dock in (self.by_name["more"], self.by_name["settings"]) if not dock.isHidden()), None)
        width, height = self._window.width(), self._window.height()
        widths = {boundary: max(RIGHT_WIDTH, int(0.32 * width))}
        if left is not None:
            widths[left] = min(max(LEFT_WIDTH[0], int(0.22 * width)), LEFT_WIDTH[1])
        self._window.resizeDocks(list(widths), list(widths.values()), Qt.Orientation.Horizontal)
        room = height - BARS
        curves = max(min(LEAST_CURVES, int(MOST_OF_CURVES * room)), int(CURVES_SHARE * room))
        self._window.resizeDocks([boundary, loss], [room - curves, curves], Qt.Orientation.Vertical)
        card = min(max(CARD_HEIGHT, int(0.3 * height)), int(MOST_OF_CARD * room))
        self._window.resizeDocks([inspector], [card], Qt.Orientation.Vertical)

    def _make_dock(self, name: str, widget: QWidget, tools: QWidget | None) -> QDockWidget:
        dock = QDockWidget(DOCKS[name][0], self._window)
        dock.setObjectName(name)
        dock.setWidget(widget)
        title_bar = self._titles[name] = DockTitle(dock, tools, SHORT_TITLES.get(name, ""), can_close=name == "more")
        dock.setTitleBarWidget(title_bar)
        if name == "more":
            title_bar.close_button.clicked.disconnect()
            title_bar.close_button.clicked.connect(lambda: self._unfold(False))
        return dock

    def title(self, name: str) -> DockTitle:
        """The title of a dock."""
        return self._titles[name]

    def bring_forward(self, name: str) -> None:
        """Put a dock in front of those that share its place, unless it is closed."""
        if not self.by_name[name].isHidden():
            self.by_name[name].raise_()

    def bring_up(self, name: str) -> None:
        """Show a dock in front of those that share its place."""
        self.by_name[name].show()
        self.by_name[name].raise_()

    def _unfold(self, shown: bool) -> None:
        """Show what is needed seldom in place of the first settings, or these again; a tab would move what is below."""
        first, more = self.by_name["settings"], self.by_name["more"]
        is_in_place = "settings" in tab_groups(self._window, self.by_name)["more"]
        if shown:
            self.bring_up("more")
            first.setVisible(not is_in_place and first.isVisible())
        else:
            more.hide()
            first.setVisible(first.isVisible() or is_in_place)
        for name in ("settings", "more"):
            self._titles[name].show_name()

    def show_walk(self, is_walking: bool) -> None:
        """Show the card while there is a walk; where it had been closed, close it again afterwards."""
        card = self.by_name["inspector"]
        if is_walking and not self._is_walking:
            self._was_closed = card.isHidden()
            self.bring_up("inspector")
        elif self._is_walking and not is_walking and self._was_closed:
            card.hide()
        self._is_walking = is_walking

    # ---------------------------------------------------------------- the first layout

    def restore_default(self) -> None:
        """Bring every dock to its first place and size."""
        window, docks = self._window, self.by_name
        for name, (_title, area) in DOCKS.items():
            docks[name].setFloating(False)
            window.addDockWidget(area, docks[name])
            docks[name].setVisible(name not in HIDDEN)
        settings, boundary, loss, inspector = (docks[name] for name in ("settings", "boundary", "loss", "inspector"))
        window.tabifyDockWidget(settings, docks["more"])
        settings.raise_()
        window.splitDockWidget(boundary, loss, Qt.Orientation.Vertical)
        window.tabifyDockWidget(loss, docks["report"])
        window.tabifyDockWidget(inspector, docks["runs"])
        loss.raise_()
        inspector.raise_()
        self._has_first_sizes, self._noted = True, {}
        self._set_sizes()
        hide_empty_tabs(window)

    # ---------------------------------------------------------------- the next start

    def restore(self, settings: SettingsFile) -> None:
        """Bring window and docks to where they were at the end of the last session, or else to their first places."""
        window = self._window
        place = window_place(settings.text(PLACE_KEY)) or old_window_place(settings.old_bytes(OLD_PLACE_KEY))
        smallest = window.minimumWidth(), window.minimumHeight()
        if place is None:
            window.resize(fitted_box(QRect(0, 0, *FIRST_SIZE), smallest).size())
        else:
            window.setGeometry(fitted_box(QRect(place.x, place.y, place.width, place.height), smallest))
        if place is None or {dock.name for dock in place.docks} != self.by_name.keys():
            self.restore_default()
        if place is not None:
            self._arrange(place.docks)
            if place.is_maximized:
                window.setWindowState(Qt.WindowState.WindowMaximized)

    def save(self, settings: SettingsFile) -> None:
        """Remember the places of window and docks for the next start."""
        window = self._window
        box, is_maximized = window.geometry(), window.isMaximized() or window.isFullScreen()
        if is_maximized:
            box = window.normalGeometry()
        place = WindowPlace(box.x(), box.y(), box.width(), box.height(), is_maximized, self._places())
        settings.put(PLACE_KEY, place.as_text())

    # ---------------------------------------------------------------- project files

    def describe(self) -> Layout:
        """Return the places of the docks and the section in the plot."""
        section = self._scatter.section
        places = self._places()
        return Layout(places, section if section is not None and is_sound(section) else None)

    def apply(self, layout: Layout) -> None:
        """Bring the docks and the section into a layout."""
        self._arrange(layout.docks)
        if layout.section is not None:
            self._scatter.set_section(layout.section)

    def _places(self) -> tuple[DockPlace, ...]:
        """The places; a card that only a walk has opened counts as closed."""
        places = describe(self._window, self.by_name)
        if not (self._is_walking and self._was_closed):
            return places
        return tuple(replace(place, shown=False) if place.name == "inspector" else place for place in places)

    def _arrange(self, places: Iterable[DockPlace]) -> None:
        self._has_first_sizes, self._noted = False, {}
        arrange(self._window, self.by_name, places)
        if self._is_walking:
            self.bring_up("inspector")
