"""Names at the ends of curves, and a note on the curve under the mouse."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pyqtgraph as pg
from PyQt5.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PyQt5.QtWidgets import QStyleOptionGraphicsItem, QToolTip, QWidget

from core.base.typeset import escaped
from gui.widgets.plots import CoversView, Plot
from gui.widgets.theme import Theme

LONGEST_LABEL = 0.6
"""The share of the plot's width; longer names are shortened in the middle, since both ends tell them apart."""
LEAST_ROOM = 0.2
"""The share of the plot's width behind the end of a curve in which a longer name is shortened."""
MOST_HEIGHT = 0.4
"""The share of the plot's height that names over curves may take together."""
GAP = 4.0
NAME_MARGIN, MOST_SHARE = 12, 0.3

Label = tuple[str, QColor, QPointF]
FindCurve = Callable[[QPointF, tuple[float, float]], Any]


def share_of_names(plot: Plot, names: Iterable[str]) -> float:
    """The share of a plot's width that names need to stand behind the ends of curves."""
    metrics, width = plot.fontMetrics(), max(1.0, float(plot.box.width()))
    widest = max((metrics.horizontalAdvance(name) for name in names), default=0)
    return min((widest + NAME_MARGIN) / width, MOST_SHARE) if widest else 0.0


class CurveMarks(CoversView, pg.GraphicsObject):
    """Draws names over the curves, in pixels; the note is a tooltip, which has room also beside a low plot.

    Args:
        find: the curve at a place of the plot, given the size of a pixel; None for none.
        describe: the lines of the note on a curve near a place along the plot.

    Signals:
        clicked(object): the curve on which the user clicked.
    """

    clicked = pyqtSignal(object)

    def __init__(self, theme: Theme, find: FindCurve, describe: Callable[[Any, float], list[str]]) -> None:
        super().__init__()
        self._theme, self._find, self._describe = theme, find, describe
        self._labels: Sequence[Label] = ()
        self._mouse: QPointF | None = None
        self._curve: Any = None

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self.update()

    def set_labels(self, labels: Sequence[Label]) -> None:
        """Write these names, each at its place in the plot."""
        self._labels = labels
        self._curve = None
        self.update()

    @property
    def note(self) -> list[str]:
        """The lines of the note on the curve under the mouse; empty where there is none."""
        if self._mouse is None or self._curve is None:
            return []
        return self._describe(self._curve, self._mouse.x())

    # ---------------------------------------------------------------- the mouse; pyqtgraph calls these

    def hoverEvent(self, event: Any) -> None:  # noqa: ANN401 (pyqtgraph's own)
        """The mouse moved over the plot, or left it."""
        self._mouse = None if event.isExit() else event.pos()
        curve = None if self._mouse is None else self._find(self._mouse, self._pixel())
        was_shown, self._curve = self._curve is not None, curve
        if curve is not None:
            event.acceptClicks(Qt.MouseButton.LeftButton)
            name, *rest = (escaped(line) for line in self.note)
            QToolTip.showText(event.screenPos().toPoint(), "<br>".join([f"<b>{name}</b>", *rest]), self.getViewWidget())
        elif was_shown:
            QToolTip.hideText()

    def mouseClickEvent(self, event: Any) -> None:  # noqa: ANN401 (pyqtgraph's own)
        """A click on a curve picks it; any other goes to what lies below."""
        curve = self._find(event.pos(), self._pixel()) if event.button() == Qt.MouseButton.LeftButton else None
        if curve is None:
            event.ignore()
        else:
            event.accept()
            self.clicked.emit(curve)

    def _pixel(self) -> tuple[float, float]:
        width, height = self.pixelVectors()
        if width is None or height is None:
            return 1.0, 1.0
        return abs(float(width.x())), abs(float(height.y()))

    # ---------------------------------------------------------------- drawing

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        if not self._labels:
            return
        to_device = painter.worldTransform()
        area = to_device.mapRect(self.boundingRect())
        metrics = QFontMetricsF(painter.font())
        ends = [to_device.map(label[2]) for label in self._labels]
        places = sorted(end.x() for end in ends)
        boxes = [
            self._box(text, end, places, area, metrics) for (text, *_), end in zip(self._labels, ends, strict=True)
        ]
        covers = any(box.left() < end.x() for box, end in zip(boxes, ends, strict=True))
        if len(boxes) * metrics.height() > (MOST_HEIGHT if covers else 1.0) * area.height():
            return  # they would hide the curves; the list and the note under the mouse tell which is which
        painter.save()
        painter.resetTransform()
        boxes = _spread(boxes, area)
        for (text, color, _), box in zip(self._labels, boxes, strict=True):
            self._write(painter, metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, box.width()), color, box)
        painter.restore()

    @staticmethod
    def _box(text: str, end: QPointF, places: Sequence[float], area: QRectF, metrics: QFontMetricsF) -> QRectF:
        """Where a name stands: right of the end of its curve and of those that it would cover, at the ``places``.

        There it is shortened; it stands above the end where there is too little room.
        """
        width, height = min(metrics.horizontalAdvance(text) + 2.0, LONGEST_LABEL * area.width()), metrics.height()
        left = end.x()
        for place in places:
            left = place if left < place <= left + GAP + width else left
        room = area.right() - left - GAP
        if room >= min(width, LEAST_ROOM * area.width()):
            return QRectF(left + GAP, end.y() - height / 2.0, min(width, room), height)
        return QRectF(area.right() - width - GAP, end.y() - height - GAP, width, height)

    def _write(self, painter: QPainter, text: str, color: QColor, box: QRectF) -> None:
        background = self._theme.color("base", 200)
        painter.fillRect(box, background)
        painter.setPen(QPen(color))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)


def _spread(boxes: Sequence[QRectF], area: QRectF) -> list[QRectF]:
    """Boxes moved up and down so that none overlaps another, in the order of their heights, and all inside."""
    moved = [QRectF(box) for box in boxes]
    bottom = area.top()
    for box in sorted(moved, key=lambda box: box.y()):
        box.moveTop(max(box.top(), bottom))
        bottom = box.bottom()
    top = area.bottom()
    for box in sorted(moved, key=lambda box: -box.y()):
        box.moveBottom(min(box.bottom(), top))
        top = box.top()
    return moved
