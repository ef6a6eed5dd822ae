"""Names at the ends of curves, and a note on the curve under the mouse."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pyqtgraph as pg
from PyQt5.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QFontMetricsF, QPainter, QPen
from PyQt5.QtWidgets import QStyleOptionGraphicsItem, QToolTip, QWidget

from core.base.typeset import escaped
from gui.runs.line_layer import PlotLine
from gui.runs.name_places import places_at_ends, places_in_corner
from gui.widgets.elided import shortened
from gui.widgets.plots import CoversView, Plot
from gui.widgets.theme import Theme

LEGEND = "▬ {name}"
"""A name that does not stand at the end of its curve."""
NAME_MARGIN, MOST_SHARE = 12, 0.3

Label = tuple[str, QColor, QPointF]
FindCurve = Callable[[QPointF, tuple[float, float]], Any]


def share_of_names(plot: Plot, names: Iterable[str]) -> float:
    """The share of a plot's width that names need to stand behind the ends of curves."""
    metrics, width = plot.fontMetrics(), max(1.0, float(plot.box.width()))
    widest = max((metrics.horizontalAdvance(LEGEND.format(name=name)) for name in names), default=0)
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
        self._lines: Sequence[PlotLine] = ()
        self._mouse: QPointF | None = None
        self._curve: Any = None

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self.update()

    def set_labels(self, labels: Sequence[Label], lines: Sequence[PlotLine] = ()) -> None:
        """Write these names, each at its place in the plot if it covers none of the lines there."""
        self._labels, self._lines = labels, lines
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
        area, metrics = to_device.mapRect(self.boundingRect()), QFontMetricsF(painter.font())
        names, ends = [text for text, *_ in self._labels], [to_device.map(label[2]) for label in self._labels]
        where = metrics.height(), ends, self._lines, to_device, area
        boxes = places_at_ends([metrics.horizontalAdvance(name) + 2.0 for name in names], *where)
        if boxes is None:
            names = [LEGEND.format(name=name) for name in names]
            boxes = places_in_corner([metrics.horizontalAdvance(name) + 2.0 for name in names], *where)
        if boxes is None:
            return  # they would hide the curves; the list and the note under the mouse tell which is which
        painter.save()
        painter.resetTransform()
        for name, (_text, color, _end), box in zip(names, self._labels, boxes, strict=True):
            self._write(painter, shortened(metrics, name, box.width(), Qt.TextElideMode.ElideMiddle), color, box)
        painter.restore()

    def _write(self, painter: QPainter, text: str, color: QColor, box: QRectF) -> None:
        background = self._theme.color("base", 200)
        painter.fillRect(box, background)
        painter.setPen(QPen(color))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)
