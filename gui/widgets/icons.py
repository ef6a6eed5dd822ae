"""The icons, drawn as shapes in the theme's colours so that they are sharp at any size."""

from __future__ import annotations

from collections.abc import Callable

from PyQt5.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PyQt5.QtGui import QColor, QIcon, QIconEngine, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from gui.widgets.ending_painter import painting

SIZE = 24.0


def _triangle(painter: QPainter, left: float, right: float, half: float = 7.0) -> None:
    painter.drawPolygon(QPolygonF([QPointF(left, 12 - half), QPointF(right, 12), QPointF(left, 12 + half)]))


def _play(painter: QPainter) -> None:
    _triangle(painter, 7, 19, 8)


def _pause(painter: QPainter) -> None:
    painter.drawRect(QRectF(6, 5, 4.5, 14))
    painter.drawRect(QRectF(13.5, 5, 4.5, 14))


def _step(dots: int) -> Callable[[QPainter], None]:
    """A triangle against a bar; the more dots below it, the longer the step."""

    def draw(painter: QPainter) -> None:
        painter.translate(0, -3)
        _triangle(painter, 6, 15, 6)
        painter.drawRect(QRectF(16, 6, 2.5, 12))
        painter.translate(0, 3)
        for dot in range(dots):
            painter.drawEllipse(QPointF(12 + 5 * (dot - (dots - 1) / 2), 20.5), 1.7, 1.7)

    return draw


def _mirrored(draw: Callable[[QPainter], None]) -> Callable[[QPainter], None]:
    def draw_mirrored(painter: QPainter) -> None:
        painter.translate(24, 0)
        painter.scale(-1, 1)
        draw(painter)

    return draw_mirrored


def _step_back(painter: QPainter) -> None:
    """With the bar behind the triangle: before it, it would be the usual sign for "to the beginning"."""
    painter.drawRect(QRectF(16.5, 5.5, 2.5, 13))
    painter.drawPolygon(QPolygonF([QPointF(15, 5.5), QPointF(5.5, 12), QPointF(15, 18.5)]))


def _step_phase(painter: QPainter) -> None:
    """Like a step, with an empty dot below it: less than a sample."""
    _step(0)(painter)
    painter.setPen(QPen(painter.brush().color(), 1.1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(12, 20.3), 2.0, 2.0)


def _copy(painter: QPainter) -> None:
    _stroke(painter)
    painter.drawRoundedRect(QRectF(4, 4, 11, 13), 2, 2)
    painter.drawRoundedRect(QRectF(9, 8, 11, 13), 2, 2)


def _leave(painter: QPainter) -> None:
    _stroke(painter)
    painter.drawLine(QPointF(6, 6), QPointF(18, 18))
    painter.drawLine(QPointF(18, 6), QPointF(6, 18))


def _reset(painter: QPainter) -> None:
    _stroke(painter)
    path = QPainterPath()
    path.arcMoveTo(QRectF(5, 5, 14, 14), 120)
    path.arcTo(QRectF(5, 5, 14, 14), 120, -290)
    painter.drawPath(path)
    _fill(painter)
    painter.drawPolygon(QPolygonF([QPointF(12.5, 1.5), QPointF(5.5, 5.0), QPointF(12.5, 9.5)]))


def _seed(painter: QPainter) -> None:
    _stroke(painter)
    painter.drawRoundedRect(QRectF(4, 4, 16, 16), 3.5, 3.5)
    _fill(painter)
    for x, y in ((8.3, 8.3), (15.7, 8.3), (12, 12), (8.3, 15.7), (15.7, 15.7)):
        painter.drawEllipse(QPointF(x, y), 1.7, 1.7)


def _paint(painter: QPainter) -> None:
    painter.translate(12, 12)
    painter.rotate(45)
    painter.drawRoundedRect(QRectF(-2.0, -12, 4, 12), 1.5, 1.5)
    painter.drawRect(QRectF(-2.6, 1.2, 5.2, 2.2))
    painter.drawPolygon(QPolygonF([QPointF(-2.6, 4.4), QPointF(2.6, 4.4), QPointF(0.6, 12), QPointF(-1.6, 9.6)]))


def _dots(*places: tuple[float, float, float]) -> Callable[[QPainter], None]:
    def draw(painter: QPainter) -> None:
        for x, y, radius in places:
            painter.drawEllipse(QPointF(x, y), radius, radius)

    return draw


def _eraser(painter: QPainter) -> None:
    painter.translate(12, 11)
    painter.rotate(45)
    painter.drawRoundedRect(QRectF(-5, 1.5, 10, 7.5), 2, 2)
    _stroke(painter)
    painter.drawRoundedRect(QRectF(-4.2, -10, 8.4, 19), 2, 2)


def _select(painter: QPainter) -> None:
    painter.drawPolygon(
        QPolygonF([QPointF(6, 3), QPointF(6, 19), QPointF(10, 15.4), QPointF(12.6, 21), QPointF(15.4, 19.7)])
        + QPolygonF([QPointF(12.9, 14.2), QPointF(18.2, 13.8)])
    )


def _stroke(painter: QPainter) -> None:
    painter.setPen(
        QPen(painter.brush().color(), 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _fill(painter: QPainter) -> None:
    painter.setBrush(painter.pen().color())
    painter.setPen(Qt.PenStyle.NoPen)


_SHAPES: dict[str, Callable[[QPainter], None]] = {
    "play": _play,
    "pause": _pause,
    "step-sample": _step(1),
    "step-batch": _step(2),
    "step-epoch": _step(3),
    "step-back": _step_back,
    "step-phase": _step_phase,
    "back-phase": _mirrored(_step_phase),
    "copy": _copy,
    "leave": _leave,
    "reset": _reset,
    "new-seed": _seed,
    "paint": _paint,
    "tool-point": _dots((12, 12, 4.2)),
    "tool-brush": _dots((7, 8, 2.6), (16, 6.5, 2.6), (11.5, 13, 2.6), (18.5, 14, 2.6), (6.5, 18, 2.6), (14.5, 19, 2.6)),
    "tool-spray": _dots(
        (12, 12, 2.4),
        (8.3, 10, 1.7),
        (14.2, 8.2, 1.7),
        (15.6, 13.6, 1.7),
        (10, 15.6, 1.7),
        (4.5, 6, 1.2),
        (18.5, 5, 1.2),
    ),
    "tool-eraser": _eraser,
    "tool-select": _select,
}


class _ShapeEngine(QIconEngine):
    """Draws a shape at any size."""

    def __init__(self, draw: Callable[[QPainter], None], color: QColor, disabled: QColor) -> None:
        super().__init__()
        self._draw, self._color, self._disabled = draw, color, disabled

    def clone(self) -> QIconEngine:
        return _ShapeEngine(self._draw, self._color, self._disabled)

    def paint(self, painter: QPainter | None, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        assert painter is not None
        side = min(rect.width(), rect.height())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(rect.x() + (rect.width() - side) / 2, rect.y() + (rect.height() - side) / 2)
        painter.scale(side / SIZE, side / SIZE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._disabled if mode == QIcon.Mode.Disabled else self._color)
        self._draw(painter)
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        with painting(pixmap) as painter:
            self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        return pixmap


def icon(name: str, color: QColor, disabled: QColor) -> QIcon:
    """The icon of a name in the table above, in a colour for each of its two states."""
    return QIcon(_ShapeEngine(_SHAPES[name], color, disabled))


def application_icon(positive: QColor, negative: QColor) -> QIcon:
    """Two neurons feeding one, in the two colours of the weights."""
    pixmap = QPixmap(128, 128)
    pixmap.fill(Qt.GlobalColor.transparent)
    with painting(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ends = ((QPointF(28, 30), positive), (QPointF(28, 98), negative))
        for end, color in ends:
            painter.setPen(QPen(color, 12, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(end, QPointF(98, 64))
        painter.setPen(Qt.PenStyle.NoPen)
        for end, color in ends:
            painter.setBrush(color)
            painter.drawEllipse(end, 22, 22)
        painter.setBrush(QColor(120, 90, 200))
        painter.drawEllipse(QPointF(98, 64), 24, 24)
    return QIcon(pixmap)
