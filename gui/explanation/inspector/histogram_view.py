"""A histogram."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PyQt5.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PyQt5.QtGui import QFont, QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QPen
from PyQt5.QtWidgets import QToolTip, QWidget

from core.base.number_text import grouped, rough, short
from core.base.translation import _
from gui.widgets.elided import shortened
from gui.widgets.ending_painter import painting
from gui.widgets.flags import LEFT, RIGHT
from gui.widgets.plain_text import plain
from gui.widgets.theme import LIGHT, Theme

if TYPE_CHECKING:
    from core.explain.diagnosis import Histogram

MARGIN = 4
SMALL = 0.8
"""The size of letters where there is little room."""


class HistogramView(QWidget):
    """A histogram: a bar for each bin, the ends of the axis in numbers, and a line at zero.

    Args:
        titles: what is counted, in a word or two; behind it shorter ones for little room.
        noun: of what, such as "samples".
        tip: what is counted, exactly.
    """

    def __init__(self, titles: Sequence[str], noun: str, tip: str) -> None:
        super().__init__()
        self._titles, self._noun, self._tip = tuple(titles), noun, tip
        self._theme = LIGHT
        self._histogram: Histogram | None = None
        self.setAccessibleName(titles[0])
        self.setAccessibleDescription(tip)
        self.setMinimumSize(80, 84)

    def sizeHint(self) -> QSize:
        return QSize(180, 120)

    @property
    def histogram(self) -> Histogram | None:
        """What is shown."""
        return self._histogram

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self.update()

    def show_histogram(self, histogram: Histogram | None) -> None:
        """Show a histogram; None to show nothing."""
        if histogram is not self._histogram:
            self._histogram = histogram
            self.update()

    def _area(self) -> QRectF:
        line = self.fontMetrics().height()
        return QRectF(MARGIN, line + 4, self.width() - 2 * MARGIN, self.height() - 2 * line - 8)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        with painting(self) as painter:
            self._paint(painter, self._area(), self._histogram)

    def _paint(self, painter: QPainter, area: QRectF, found: Histogram | None) -> None:
        line = self.fontMetrics().height()
        painter.setPen(self._theme.color("text"))
        font, title = self.title(self.width() - 2 * MARGIN)
        painter.setFont(font)
        painter.drawText(QRectF(MARGIN, 0, self.width() - 2 * MARGIN, line + 2), int(LEFT), title)
        painter.setPen(QPen(self._theme.color("line"), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        if found is None or not found.counts.any():
            return
        bins = len(found.counts)
        heights = area.height() * found.counts / found.counts.max()
        heights = np.where((heights > 0) & (heights < 1.5), 1.5, heights)  # a single value must be visible
        width = area.width() / bins
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("positive"))
        gap = min(1.0, width / 4)
        rects = [
            QRectF(area.left() + k * width, area.bottom() - h, width - gap, h)
            for k, h in enumerate(heights.tolist())
            if h
        ]
        painter.drawRects(*rects)
        self._paint_axis(painter, area, found, line)

    def title(self, width: float) -> tuple[QFont, str]:
        """The title in letters that fit, or a shorter one; of the shortest as much as fits."""
        small = self._small()
        for title in self._titles:
            for font in (self.font(), small):
                if QFontMetrics(font).horizontalAdvance(title) <= width:
                    return font, title
        return small, shortened(QFontMetrics(small), self._titles[-1], width)

    def _small(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(SMALL * font.pointSizeF())
        return font

    def _paint_axis(self, painter: QPainter, area: QRectF, found: Histogram, line: int) -> None:
        low, high = float(found.edges[0]), float(found.edges[-1])
        painter.setPen(self._theme.color("faint"))
        below = QRectF(area.left(), area.bottom() + 2, area.width(), line)
        font, ends = self.ends(low, high, area.width())
        painter.setFont(font)
        for flag, end in zip((LEFT, RIGHT), ends, strict=True):
            painter.drawText(below, int(flag), end)
        if low < 0.0 < high:
            x = area.left() - low / (high - low) * area.width()
            painter.setPen(QPen(self._theme.color("faint"), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))

    def ends(self, low: float, high: float, width: float) -> tuple[QFont, tuple[str, str]]:
        """The ends of the axis, in letters and with digits that fit; the end nearer to 0 is left out if both do not."""
        small, shortest = self._small(), (rough(low), rough(high))
        written = [(short(low, digits), short(high, digits)) for digits in (3, 2, 1)]
        for font, ends in (*((self.font(), ends) for ends in (*written, shortest)), (small, shortest)):
            if QFontMetrics(font).horizontalAdvance("   ".join(ends)) <= width:
                return font, ends
        return small, (shortest[0], "") if abs(low) > abs(high) else ("", shortest[1])

    def event(self, event: QEvent | None) -> bool:
        assert event is not None
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), plain(self.text_at(event.pos().x())), self)
            return True
        return super().event(event)

    def text_at(self, x: float) -> str:
        """Describe the bin under the mouse and its number of values."""
        found, area = self._histogram, self._area()
        if found is None:
            return self._tip
        bins = len(found.counts)
        k = min(max(int((x - area.left()) / area.width() * bins), 0), bins - 1)
        ends = _("{low} to {high}").format(low=short(float(found.edges[k])), high=short(float(found.edges[k + 1])))
        return f"{self._tip}\n{ends}: {grouped(int(found.counts[k]))} {self._noun}"
