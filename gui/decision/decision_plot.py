"""The plot of the data with its layers, and what the mouse does in it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PyQt5.QtCore import QObject, QPoint, QPointF, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QPaintEvent
from PyQt5.QtWidgets import QToolButton, QWidget
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent

from core.base.translation import _
from core.base.typeset import escaped
from core.data.dataset import Dataset
from core.data.section import project
from core.explain.maps import Plane
from gui.decision.map_layer import MISTAKES, MapLayer
from gui.decision.plot_text import axis_title
from gui.decision.point_layers import PointLayers
from gui.decision.visible_range import VisibleRange
from gui.widgets.flags import SMOOTH
from gui.widgets.mark_layer import MarkLayer, PointMark
from gui.widgets.plots import AXIS_WIDTH, Plot, style_plot
from gui.widgets.theme import Theme
from gui.widgets.vector_painting import is_for_file

CORNER = 6
"""Pixels between a button and the corner of the plot."""
REACH = 9.0
"""How near to the pin a click takes it away, in pixels."""


class CornerButton(QToolButton):
    """A small button over a plot; no picture holds it."""

    def __init__(self, text: str, plot: QWidget) -> None:
        super().__init__(plot)
        self.setText(text)
        self.setProperty("role", "small")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.hide()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if not is_for_file():
            super().paintEvent(event)


class DecisionPlot(QObject):
    """A plot that holds a map and points, and follows the bounds of the points.

    Signals:
        plane_changed(Plane): another part of the plane is visible, or its map should be finer or coarser.
        mouse_moved(): another place of the plot lies under the mouse.
        point_clicked(int): a point, as its row of the data set.

    Attributes:
        show_all: takes back what the user moved or zoomed; hidden until then.
        widget: the plot. map: the picture and the border. points: the marks.
    """

    plane_changed = pyqtSignal(object)
    mouse_moved = pyqtSignal()
    point_clicked = pyqtSignal(int)

    def __init__(self, parent: QObject, theme: Theme) -> None:
        super().__init__(parent)
        self.widget = Plot(_("Data and decision"))
        self.widget.setRenderHints(SMOOTH)
        self.widget.axes["left"].setWidth(AXIS_WIDTH)
        self.widget.axes["bottom"].label_at_end = True  # left of it stands what is under the mouse
        self._box = self.widget.box
        self._quality, self._operations = 0, 1
        self._mouse: QPointF | None = None  # in the scene; None outside
        self._pins = False
        self._pin: QPointF | None = None  # in the plot's units
        self._pin_mark = MarkLayer(kept=False)
        self._pin_mark.setZValue(20)
        self._box.addItem(self._pin_mark)
        self._range = VisibleRange(self._box)
        self.show_all = CornerButton(_("Show all"), self.widget)
        self.show_all.setToolTip(_("Show all points again (Home)"))
        self.show_all.clicked.connect(lambda _: self.show_everything())
        self.map = MapLayer(theme)
        self.points = PointLayers()
        for height, item in enumerate((*self.map.items, *self.points.layers)):
            item.setZValue(height - 10)
            self._box.addItem(item)
        self._plane_timer = QTimer(self)
        self._plane_timer.setSingleShot(True)
        self._plane_timer.timeout.connect(self.send_plane)
        self._plane_timer.timeout.connect(self._offer_all)
        self._box.sigRangeChanged.connect(self._follow_range)
        self._box.sigResized.connect(lambda *_: self._plane_timer.start(0))
        self.widget.scene().sigMouseMoved.connect(self._move)
        self.widget.left.connect(self._leave)
        self.widget.scene().sigMouseClicked.connect(self._click)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        style_plot(self.widget, theme)
        accent = theme.color("accent")
        self._pin_mark.set_marks([PointMark(size=5.0, fill=accent, ring=accent, ring_size=15.0, ring_width=2.0)])
        self.map.set_theme(theme)
        self.points.make_marks(theme)

    def show_view(self, view: str) -> None:
        """Show one of VIEWS from the next picture on."""
        self.map.show_view(view)
        self.points.show_mistakes(view == MISTAKES)

    # ---------------------------------------------------------------- what is visible

    def fit_axes(self, dataset: Dataset, operations: int, keeps_range: bool) -> None:
        """Name the axes, and show all points if their bounds have changed and the visible range need not be kept.

        A cell of the map costs so many ``operations`` from now on, see :func:`core.explain.maps.cell_operations`.
        """
        self._operations = operations
        section = self.points.section
        names: Sequence[str] = dataset.column_names if section is None else section.axis_titles(dataset.column_names)
        for side, name in zip(("bottom", "left"), names, strict=False):
            self.widget.axes[side].setLabel(escaped(axis_title(name)))  # pyqtgraph takes HTML
        self._range.follow(project(section, dataset.points), stays=keeps_range)
        self._plane_timer.start(0)  # where the range stays, the section may be another one

    def show_everything(self) -> None:
        """Zoom so that all points are visible."""
        self._range.show_everything()
        self._offer_all()

    def _offer_all(self) -> None:
        """Show the button in the corner of the plot where the visible range is not the first one."""
        corner = self._box.sceneBoundingRect().bottomRight().toPoint()
        self.show_all.adjustSize()
        self.show_all.move(corner - QPoint(self.show_all.width() + CORNER, self.show_all.height() + CORNER))
        self.show_all.setVisible(self._range.is_moved)

    def set_quality(self, level: int) -> None:
        """Choose the resolution of the map: 0 is full resolution, each level more may halve it, see VisibleRange."""
        if level != self._quality:
            self._quality = level
            self.send_plane()

    def plane(self) -> Plane | None:
        """The visible part of the plane, in cells of a few pixels; None before anything has a size."""
        return self._range.plane(self._quality, self.points.section, self._operations)

    def send_plane(self) -> None:
        """Announce the visible plane."""
        plane = self.plane()
        if plane is not None:
            self.plane_changed.emit(plane)

    # ---------------------------------------------------------------- the mouse

    def _place(self, scene: QPointF) -> QPointF | None:
        """A place of the scene in the plot's units; None outside."""
        return self._box.mapSceneToView(scene) if self._box.sceneBoundingRect().contains(scene) else None

    @property
    def mouse_place(self) -> QPointF | None:
        """The place under the mouse in the plot's units, or that of the ringed sample there; None outside.

        A sample of more columns than two lies outside the plane, where the network answers something else.
        """
        if self._mouse is None:
            return None
        row = None if self._pins or self.points.section is not None else self.row_at(self._mouse)
        place = None if row is None else self.points.walked_place(row)
        return self._place(self._mouse) if place is None else QPointF(*place)

    @property
    def place(self) -> QPointF | None:
        """The place that is told of: the one under the mouse, or else the pinned one; None for none."""
        return self.mouse_place or self._pin

    def let_pin(self, pins: bool) -> None:
        """Let a click pin a place where there is no point, and a click on the pin take it away; or forget the pin."""
        self._pins = pins
        if not pins:
            self.pin(None)

    def pin(self, place: QPointF | None) -> None:
        """Keep telling of a place, in the plot's units, when the mouse leaves; None for none."""
        if place != self._pin:
            self._pin = place
            points = np.zeros((0, 2)) if place is None else np.array([[place.x(), place.y()]])
            self._pin_mark.set_points(points, np.zeros(len(points), dtype=np.int64))
            self.mouse_moved.emit()

    def _is_at_pin(self, place: QPointF) -> bool:
        width, height = self._box.viewPixelSize()
        pin = self._pin
        return pin is not None and math.hypot((place.x() - pin.x()) / width, (place.y() - pin.y()) / height) <= REACH

    @property
    def spans(self) -> tuple[float, float]:
        """Width and height of the visible range, in the plot's units."""
        (x0, x1), (y0, y1) = self._box.viewRange()
        return x1 - x0, y1 - y0

    def _move(self, scene: QPointF) -> None:
        self._mouse = QPointF(scene)
        self.mouse_moved.emit()

    def _leave(self) -> None:
        self._mouse = None
        self.mouse_moved.emit()

    def _follow_range(self) -> None:
        self._plane_timer.start(0)
        if self._mouse is not None:  # another place lies under a mouse that rests
            self.mouse_moved.emit()

    def _click(self, event: MouseClickEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            place, row = self._place(event.scenePos()), self.row_at(event.scenePos())
            if self._pins and place is not None and (row is None or self._is_at_pin(place)):
                event.accept()
                self.pin(None if self._is_at_pin(place) else place)
            elif row is not None:
                event.accept()
                self.point_clicked.emit(row)

    def row_at(self, scene: QPointF) -> int | None:
        """The drawn point nearest to a place of the scene, within reach, as its row of the data set."""
        place = self._place(scene)
        return None if place is None else self.points.row_at(place.x(), place.y(), self._box.viewPixelSize())
