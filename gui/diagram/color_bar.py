"""The colour bar below the diagram, with its numbers."""

from __future__ import annotations

from PyQt5.QtCore import QPointF, QRectF
from PyQt5.QtGui import QFont, QLinearGradient, QPainter, QPen

from core.base.number_text import short
from gui.diagram.edge_quantity import EdgeQuantity
from gui.widgets.flags import CENTER
from gui.widgets.theme import Theme

HEIGHT = 54


def paint_color_bar(
    painter: QPainter, area: QRectF, font: QFont, theme: Theme, quantity: EdgeQuantity, end: float, note: str
) -> None:
    """Draw the colour scale of a quantity up to its end; the note follows the title."""
    width = min(300.0, area.width() - 80)
    strip = QRectF(area.center().x() - width / 2, area.top() + 20, width, 9)
    gradient = QLinearGradient(strip.topLeft(), strip.topRight())
    stops = ("negative", "neutral", "positive") if quantity.signed else ("neutral", "text")
    for place, name in enumerate(stops):
        gradient.setColorAt(place / (len(stops) - 1), theme.color(name))
    painter.setPen(QPen(theme.color("line"), 1))
    painter.setBrush(gradient)
    painter.drawRect(strip)
    painter.setFont(font)
    painter.setPen(theme.color("faint"))
    head = QRectF(area.left(), area.top() + 1, area.width(), 17)
    painter.drawText(head, int(CENTER), f"{quantity.title}   ({note})")
    for place, text in enumerate(color_bar_numbers(quantity, end)):
        x = strip.left() + place / 4.0 * strip.width()
        painter.drawLine(QPointF(x, strip.bottom()), QPointF(x, strip.bottom() + 3))
        box = QRectF(x - 40, strip.bottom() + 4, 80, 16)
        painter.drawText(box, int(CENTER), text)


def color_bar_numbers(quantity: EdgeQuantity, end: float) -> list[str]:
    """The five numbers of the scale up to ``end``, which is 1, 2 or 5 times a power of ten."""
    ticks = (-1.0, -0.5, 0.0, 0.5, 1.0) if quantity.signed else (0.0, 0.25, 0.5, 0.75, 1.0)
    return [short(tick * end, 3) for tick in ticks]  # three digits are exact
