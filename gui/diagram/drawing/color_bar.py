"""The colour scale of the edges: a small strip with its ends below."""

from __future__ import annotations

import math

from PyQt5.QtCore import QRectF
from PyQt5.QtGui import QFont, QFontMetricsF, QLinearGradient, QPainter

from core.base.number_text import short
from core.base.translation import _
from gui.diagram.drawing.edge_quantity import EdgeQuantity
from gui.widgets.flags import CENTER, LEFT, RIGHT
from gui.widgets.theme import Theme

WIDTH, HEIGHT = 148.0, 30.0
STRIP = 7.0
ABOUT_ZERO = "≈ 0"


def paint_color_bar(
    painter: QPainter,
    left: float,
    top: float,
    font: QFont,
    theme: Theme,
    quantity: EdgeQuantity,
    end: float,
    mark: int | None = None,
    note: str = "",
) -> None:
    """Draw the colour scale of a quantity up to its end, WIDTH × HEIGHT pixels large.

    ``mark`` is the pixel at which the strongest edge is marked, of :func:`place_on_bar`; None for no mark. A ``note``
    stands in place of the numbers.
    """
    strip = QRectF(left, top + 3, WIDTH, STRIP)
    gradient = QLinearGradient(strip.topLeft(), strip.topRight())
    stops = ("negative", "neutral", "positive") if quantity.signed else ("neutral", "text")
    if math.isinf(end):
        stops = ("neutral", "neutral")
    for place, name in enumerate(stops):
        gradient.setColorAt(place / (len(stops) - 1), theme.color(name))
    painter.fillRect(strip, gradient)
    if mark is not None:
        painter.fillRect(QRectF(left + mark - 1.0, strip.top() - 3.0, 2.0, STRIP + 5.0), theme.color("text"))
    painter.setFont(font)
    painter.setPen(theme.color("faint"))
    room = QRectF(left, strip.bottom() + 2, WIDTH, HEIGHT - STRIP - 5)
    numbers, width = color_bar_numbers(quantity, end), QFontMetricsF(font).horizontalAdvance
    if max(map(width, numbers)) > 0.4 * WIDTH:
        numbers = [numbers[0], numbers[-1]]  # large letters leave no room for the middle
    numbers = ["", note, ""] if note else numbers
    for text, side in zip(numbers, (LEFT, CENTER, RIGHT) if len(numbers) == 3 else (LEFT, RIGHT), strict=True):
        painter.drawText(room, int(side), text)


def place_on_bar(quantity: EdgeQuantity, end: float, value: float) -> int:
    """The pixel of the colour scale at which a value lies, 1 to WIDTH − 1."""
    share = max(-1.0, min(value / end, 1.0))
    place = (0.5 + 0.5 * share if quantity.signed else abs(share)) * WIDTH
    return round(min(max(place, 1.0), WIDTH - 1.0))


def color_bar_numbers(quantity: EdgeQuantity, end: float) -> list[str]:
    """The numbers of the scale up to ``end``, which has two digits; of an infinite one only that all is about 0."""
    if math.isinf(end):
        return ["", ABOUT_ZERO, ""] if quantity.signed else [ABOUT_ZERO, ""]
    return [short(tick * end, 2) for tick in ((-1.0, 0.0, 1.0) if quantity.signed else (0.0, 1.0))]


def paint_titled_bar(
    painter: QPainter, area: QRectF, font: QFont, theme: Theme, quantity: EdgeQuantity, end: float
) -> None:
    """Draw the colour scale at the right end of an area, with the name of the quantity before it."""
    painter.setFont(font)
    painter.setPen(theme.color("faint"))
    left = area.right() - WIDTH
    painter.drawText(
        QRectF(area.left(), area.top() - 2, left - area.left() - 10, 17),
        int(RIGHT),
        _("edges: {title}").format(title=quantity.title),
    )
    paint_color_bar(painter, left, area.top(), font, theme, quantity, end)
