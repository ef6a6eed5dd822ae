"""The docks of the window: where they are at first, at the next start, and in a project file."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt5.QtCore import QByteArray, QSettings, Qt
from PyQt5.QtWidgets import QApplication, QDockWidget, QMainWindow, QWidget

from core.data.section import is_sound
from core.storage.window_layout import Layout
from gui.decision.decision_view import ScatterView
from gui.window.dock_places import arrange, describe

LAYOUT_VERSION = 3
FIRST_SIZE = (1440, 900)
DOCKS = {
    "settings": ("Settings", Qt.DockWidgetArea.LeftDockWidgetArea),
    "boundary": ("Data and decision", Qt.DockWidgetArea.RightDockWidgetArea),
    "loss": ("Loss and accuracy", Qt.DockWidgetArea.RightDockWidgetArea),
    "inspector": ("Inspector", Qt.DockWidgetArea.BottomDockWidgetArea),
    "walk": ("Step by step", Qt.DockWidgetArea.RightDockWidgetArea),
    "report": ("Report", Qt.DockWidgetArea.RightDockWidgetArea),
}
"""Title and first area of each dock."""


class DockLayout:
    """Puts one widget into each dock of ``DOCKS``.

    The dock "walk" is visible only while the phases of an update are shown; no layout remembers it.

    Args:
        window: gets the docks.
        widgets: what is in the docks, by the names of these.
        scatter: the plot, whose section belongs to the layout in a project file.

    Attributes:
        by_name: the docks by their names.
    """

    def __init__(self, window: QMainWindow, widgets: Mapping[str, QWidget], scatter: ScatterView) -> None:
        self._window, self._scatter = window, scatter
        self._is_walking = False
        window.setDockNestingEnabled(True)
        window.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea)
        window.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.by_name = {name: self._make_dock(name, widget) for name, widget in widgets.items()}

    def _make_dock(self, name: str, widget: QWidget) -> QDockWidget:
        title, area = DOCKS[name]
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setWidget(widget)
        self._window.addDockWidget(area, dock)
        return dock

    def bring_up(self, name: str) -> None:
        """Show a dock in front of those that share its place."""
        self.by_name[name].show()
        self.by_name[name].raise_()

    def show_walk(self, is_walking: bool) -> None:
        """Show the dock of the walk while there is one, and the loss again afterwards."""
        if is_walking != self._is_walking:
            self._is_walking = is_walking
            self.by_name["walk"].setVisible(is_walking)
            self.by_name["walk" if is_walking else "loss"].raise_()

    # ---------------------------------------------------------------- the first layout

    def restore_default(self) -> None:
        """Bring every dock to its first place and size."""
        window, docks = self._window, self.by_name
        for name, (_, area) in DOCKS.items():
            docks[name].setFloating(False)
            window.addDockWidget(area, docks[name])
            docks[name].setVisible(name != "walk" or self._is_walking)
        settings, boundary, loss, inspector = (docks[name] for name in list(DOCKS)[:4])
        window.splitDockWidget(boundary, loss, Qt.Orientation.Vertical)
        # During a walk training is paused: the phases take the place of the curves, and the diagram keeps its size.
        window.tabifyDockWidget(loss, docks["report"])
        window.tabifyDockWidget(docks["report"], docks["walk"])
        loss.raise_()
        width, height = window.width(), window.height()
        window.resizeDocks([settings, boundary], [286, max(340, int(0.34 * width))], Qt.Orientation.Horizontal)
        window.resizeDocks([boundary, loss], [int(0.58 * height), int(0.42 * height)], Qt.Orientation.Vertical)
        window.resizeDocks([inspector], [max(190, int(0.24 * height))], Qt.Orientation.Vertical)
        if self._is_walking:
            docks["walk"].raise_()

    # ---------------------------------------------------------------- the next start

    def restore(self, settings: QSettings) -> None:
        """Bring window and docks to where they were at the end of the last session, or else to their first places."""
        geometry, state = settings.value("window/geometry"), settings.value("window/state")
        if isinstance(geometry, QByteArray) and isinstance(state, QByteArray):
            self._window.restoreGeometry(geometry)
            if self._window.restoreState(state, LAYOUT_VERSION):
                self.by_name["walk"].hide()
                return
        else:
            screen = QApplication.primaryScreen().availableGeometry()
            self._window.resize(min(FIRST_SIZE[0], screen.width()), min(FIRST_SIZE[1], screen.height()))
        self.restore_default()

    def save(self, settings: QSettings) -> None:
        """Remember the places of window and docks for the next start."""
        settings.setValue("window/geometry", self._window.saveGeometry())
        settings.setValue("window/state", self._window.saveState(LAYOUT_VERSION))

    # ---------------------------------------------------------------- project files

    def describe(self) -> Layout:
        """Return the places of the docks, except the one of the walk, and the section in the plot."""
        section = self._scatter.section
        places = describe(self._window, self._remembered())
        return Layout(places, section if section is not None and is_sound(section) else None)

    def apply(self, layout: Layout) -> None:
        """Bring the docks and the section into a layout."""
        arrange(self._window, self._remembered(), layout.docks)
        if layout.section is not None:
            self._scatter.set_section(layout.section)

    def _remembered(self) -> dict[str, QDockWidget]:
        return {name: dock for name, dock in self.by_name.items() if name != "walk"}
