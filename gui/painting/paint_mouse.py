"""The mouse over the plot while the user paints: left draws, right or middle moves the plot, the wheel zooms."""

from __future__ import annotations

from PyQt5.QtCore import QEvent, QObject, QPointF, Qt, pyqtSignal
from PyQt5.QtGui import QMouseEvent

from core.data.strokes import Place
from gui.decision.decision_view import DecisionView

PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)


class PaintMouse(QObject):
    """Takes the mouse events of a decision view's plot while it is ``active``.

    Signals:
        pressed(place, shift), moved(place), released(place): of the left button, in data units.
        hovered(place or None): where the mouse is; None outside the plot.
    """

    pressed = pyqtSignal(object, bool)
    moved = pyqtSignal(object)
    released = pyqtSignal(object)
    hovered = pyqtSignal(object)

    def __init__(self, view: DecisionView) -> None:
        super().__init__(view)
        self._plot = view.plot
        self._box = view.plot.box
        self._drags_from: QPointF | None = None
        self._is_down = False
        self.active = False
        view.plot.viewport().installEventFilter(self)

    def pixel(self) -> tuple[float, float]:
        """Width and height of a pixel in data units."""
        width, height = self._box.viewPixelSize()
        return float(width), float(height)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        assert event is not None
        if not self.active:
            return False
        if event.type() == QEvent.Type.Leave:
            self.hovered.emit(None)
        if not isinstance(event, QMouseEvent):
            return False
        scene = self._plot.mapToScene(event.pos())
        if event.type() in PRESSES:
            return self._press(event, scene)
        if event.type() == QEvent.Type.MouseMove:
            return self._move(event, scene)
        if event.type() == QEvent.Type.MouseButtonRelease:
            return self._release(event, scene)
        return False

    def _place(self, scene: QPointF) -> Place:
        point = self._box.mapSceneToView(scene)
        return float(point.x()), float(point.y())

    def _press(self, event: QMouseEvent, scene: QPointF) -> bool:
        if not self._box.sceneBoundingRect().contains(scene):
            return False
        if event.button() == Qt.MouseButton.LeftButton and self._drags_from is None:
            self._is_down = True
            self.pressed.emit(self._place(scene), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif not self._is_down:
            self._drags_from = scene
        return True

    def _move(self, event: QMouseEvent, scene: QPointF) -> bool:
        inside = self._box.sceneBoundingRect().contains(scene)
        if self._drags_from is not None:
            start, end = self._place(self._drags_from), self._place(scene)
            self._box.translateBy(x=start[0] - end[0], y=start[1] - end[1])
            self._drags_from = scene
        elif self._is_down:
            self.moved.emit(self._place(scene))
        self.hovered.emit(self._place(scene) if inside else None)
        if event.buttons() == Qt.MouseButton.NoButton:
            return False
        self._plot.scene().sigMouseMoved.emit(scene)  # the view shows the place and the probe
        return True

    def _release(self, event: QMouseEvent, scene: QPointF) -> bool:
        if event.button() == Qt.MouseButton.LeftButton and self._is_down:
            self._is_down = False
            self.released.emit(self._place(scene))
            return True
        if self._drags_from is not None and event.button() != Qt.MouseButton.LeftButton:
            self._drags_from = None
            return True
        return False
