"""What all plots share: axes, curves, ranges that move in steps, and controls that appear under the mouse."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PyQt5.QtCore import QEvent, QObject, QPointF, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap
from PyQt5.QtWidgets import QApplication, QFrame, QGraphicsGridLayout, QHBoxLayout, QStyleOptionGraphicsItem, QWidget
from pyqtgraph.functions import arrayToQPolygonF

from core.base.arrays import Array
from core.base.number_text import axis_offset, round_up, short, tick_texts
from core.base.translation import _
from gui.widgets.elided import Fitting
from gui.widgets.ending_painter import empty_picture, painting
from gui.widgets.qt_objects import existing
from gui.widgets.theme import Theme
from gui.widgets.vector_painting import is_vector

AXIS_WIDTH = 72
FLAT_GAP = 8.0
"""The least gap between two numbers of a horizontal axis, in pixels."""
MOST_POINTS, MOST_TURNS = 1200, 40
TWO, THREE, FIVE = map(math.log10, (2.0, 3.0, 5.0))
LARGEST_EXPONENT = 300
MOST_DIGITS = 8
LEAST_SPAN = 0.02
LEAST_NUMBER = 1e-100
"""No range is narrower: pyqtgraph's transforms would leave the range of floats."""
LONGEST_FLAT, LONGEST_UPRIGHT = 8, 6
"""How many characters the numbers of a horizontal and of a vertical axis may have."""
FOOT_SIDE = 8
"""The margin at the left of what stands at the foot of a plot."""
AXIS_HEIGHT = 0.5
"""How high the axes and their grids lie: above pictures, below what is to lie over them (1 and more)."""
GRID = 63
"""How opaque the lines of a grid are, of 255."""
SIDE = 14
"""The margin at either side of a view in a dock, in pixels."""
EDGE = 0.03
"""The share of the span that is left free at either end, so that the last dot is not cut."""


class PlainAxis(pg.AxisItem):
    """An axis that shows the plain numbers, and keeps its pixels until they change.

    pyqtgraph's own axis divides them by a power of a thousand whenever its label is set, although there is no unit to
    carry the prefix; with the prefix switched off it keeps the last factor. It also repaints all numbers and grid lines
    each time that something near them is painted.
    """

    autoSIPrefixScale: float
    labelUnitPrefix: str
    picture: object
    orientation: str
    range: list[float]
    _written = ""
    label_at_end = False  # whether the label of a horizontal axis leaves the room left of it to something else
    reach = 0.0  # pixels beyond the ends of an upright axis with a grid in which its numbers may end
    _labelled = False
    _offset = 0.0
    _offset_text = ""
    _kept: QPixmap | None = None
    _kept_of: tuple[object, ...] = ()

    def boundingRect(self) -> QRectF:
        rect: QRectF = super().boundingRect()
        return rect.adjusted(0.0, -self.reach, 0.0, self.reach)

    def resizeEvent(self, event: object = None) -> None:
        super().resizeEvent(event)
        if self.label_at_end:
            self.label.setX(self.size().width() - self.label.boundingRect().width())

    def showLabel(self, show: bool = True) -> None:
        self._labelled = show
        super().showLabel(show)
        self._choose_offset()
        self._updateLabel()

    def _updateLabel(self) -> None:
        if not self._labelled:  # most axes have no label
            self.update()
            return
        label = self.labelString()
        if label != self._written:  # pyqtgraph calls this a dozen times, and each call would lay out HTML
            self._written = label
            super()._updateLabel()
            self.resizeEvent()  # which puts the label into the middle

    def labelString(self) -> str:
        label: str = super().labelString()
        notes = f"({self._offset_text})" if self._offset_text else ""
        if self.is_logarithmic:
            notes += f" {_('(log)')}"
        return label.replace("</span>", f"{notes}</span>") if notes else label

    @property
    def is_logarithmic(self) -> bool:
        """Whether equal steps are equal factors, which the label tells."""
        return False

    def number_range(self) -> tuple[float, float]:
        """The numbers at both ends."""
        low, high = self.range
        return low, high

    def _choose_offset(self) -> None:
        """Take something off numbers that are too long for the axis; its label tells what."""
        longest = LONGEST_UPRIGHT if self.orientation in ("left", "right") else LONGEST_FLAT
        offset, text = axis_offset(*self.number_range(), longest) if self._labelled else (0.0, "")
        if text != self._offset_text:
            self._offset, self._offset_text = offset, text
            self._updateLabel()

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        """Pyqtgraph's steps, without those whose numbers would lie over each other in a small plot."""
        steps: list[tuple[float, float]] = super().tickSpacing(low, high, size)
        if not steps or not high > low:
            return steps
        metrics, pixel = QFontMetricsF(QApplication.font()), (high - low) / max(size, 1.0)
        if self.orientation in ("left", "right"):
            least = (metrics.height() + 1.0) * pixel
        else:
            ends = tick_texts([low - self._offset, high - self._offset], steps[0][0])
            least = (max(map(metrics.horizontalAdvance, ends)) + FLAT_GAP) * pixel
            if steps[0][0] >= least:
                return steps  # pyqtgraph leaves out numbers between these where they are too long
        apart = [step for step in steps if step[0] >= least]
        return apart or [(max(steps[0][0], round_up(least)), steps[0][1])]

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Pyqtgraph's numbers; on an upright axis two where those would be fewer and there is room."""
        levels: list[tuple[float, list[float]]] = super().tickValues(low, high, size)
        if self.orientation not in ("left", "right") or sum(len(values) for _, values in levels) > 1:
            return levels
        least = (QFontMetricsF(QApplication.font()).height() + 1.0) * (high - low) / max(size, 1.0)
        first = math.floor(math.log10(max(high - low, LEAST_NUMBER)))
        for step in (10.0**exponent for exponent in (first, first - 1, first - 2)):
            pair = [math.ceil(low / step) * step, math.floor(high / step) * step]
            if pair[1] - pair[0] >= least:
                return [(step, pair)]
        return levels

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return tick_texts([value - self._offset for value in values], spacing)

    def updateAutoSIPrefix(self) -> None:
        if self.autoSIPrefixScale != 1.0 or self.labelUnitPrefix:
            self.autoSIPrefixScale = 1.0
            self.labelUnitPrefix = ""
            self._updateLabel()
        self._choose_offset()
        self.picture = None  # pyqtgraph calls this at every change of the range
        self.update()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        if is_vector(painter):
            super().paint(painter, option, widget)
            return
        to_device, ratio = painter.worldTransform(), existing(painter.device()).devicePixelRatioF()
        area = to_device.mapRect(self.boundingRect()).toAlignedRect().adjusted(-1, -1, 1, 1)  # where ticks may end
        key = to_device, ratio, area
        if self.picture is None or self._kept is None or key != self._kept_of:
            kept = empty_picture(area.size() * ratio, ratio)
            with painting(kept) as own:
                own.setRenderHints(painter.renderHints())
                own.setFont(painter.font())
                own.translate(-area.x(), -area.y())
                own.setTransform(to_device, combine=True)
                super().paint(own, option, widget)
            self._kept, self._kept_of = kept, key
        painter.save()
        painter.resetTransform()
        painter.drawPixmap(area.topLeft(), self._kept)
        painter.restore()


class DecadeAxis(PlainAxis):
    """A logarithmic axis with few numbers: powers of ten, and 2 and 5 between them if there is room.

    pyqtgraph's own writes numbers at 1 to 9, which overlap in a low plot, and none in a plot of a smaller range. The
    axis can temporarily be made a plain one.
    """

    _is_plain = False

    def set_logarithmic(self, logarithmic: bool) -> None:
        """Choose whether the heights are logarithms to base 10; otherwise the axis is a plain one."""
        self._is_plain = not logarithmic
        self._choose_offset()
        self._updateLabel()
        self.picture = None
        self.update()

    @property
    def is_logarithmic(self) -> bool:
        return not self._is_plain

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        if self._is_plain:
            plain: list[tuple[float, list[float]]] = super().tickValues(low, high, size)
            return plain
        decade = size / max(high - low, 1e-9)  # in pixels
        least = QFontMetricsF(QApplication.font()).height() + 1.0
        stride = max(1, math.ceil(least / decade))
        first = math.ceil(low / stride) * stride
        ticks = [float(k) for k in range(first, math.floor(high) + 1, stride)]
        if stride > 1:
            return [(float(stride), ticks)] if len(ticks) > 1 else self._two_numbers(low, high, least / decade)
        for parts in ((TWO, FIVE), (THREE,)):
            if len(ticks) > 2:  # threes are for a low plot, between whose numbers twos and fives have no room
                break
            for tick in (k + part for k in range(math.floor(low), math.ceil(high)) for part in parts):
                if low <= tick <= high and all(abs(tick - other) * decade >= least for other in ticks):
                    ticks.append(tick)
        is_round = len(ticks) > 1 or max(-low, high) > LARGEST_EXPONENT
        if is_round:
            return [(1.0, ticks)]
        ticks = []
        for tick in self._round_numbers(low, high, size):
            if low <= tick <= high and all(abs(tick - other) * decade >= least for other in ticks):
                ticks.append(tick)
        return [(0.0, ticks)] if len(ticks) > 1 else self._two_numbers(low, high, least / decade)

    def _two_numbers(self, low: float, high: float, least: float) -> list[tuple[float, list[float]]]:
        """The lowest and the highest number of as few digits as lie at least so far apart: 0 digits, a power of ten."""
        pair = [float(math.ceil(low)), float(math.floor(high))]
        digits = 0
        while pair[1] - pair[0] < least and digits < MOST_DIGITS and max(-low, high) <= LARGEST_EXPONENT:
            digits += 1
            pair = [_rounded_power(low, digits, math.ceil), _rounded_power(high, digits, math.floor)]
        return [(1.0 if digits < 2 else 0.0, sorted({value for value in pair if low <= value <= high}))]

    def _round_numbers(self, low: float, high: float, size: float) -> list[float]:
        """The ticks of a range of less than a decade: the numbers that a plain axis would show."""
        levels = super().tickValues(10.0**low, 10.0**high, size)
        shown = next((n for n in (1, 2) if sum(len(values) for _, values in levels[:n]) > 2), 2)
        return [math.log10(value) for _, values in levels[:shown] for value in values if value > 0.0]

    def number_range(self) -> tuple[float, float]:
        low, high = super().number_range()
        if self._is_plain:
            return low, high
        if high - low > 0.1 or max(-low, high) > LARGEST_EXPONENT:  # powers of ten are short
            return 0.0, 1.0
        return 10.0**low, 10.0**high

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        if self._is_plain:
            return super().tickStrings(values, scale, spacing)
        if spacing >= 1.0 or max(map(abs, values), default=0.0) > LARGEST_EXPONENT:
            return [_power(value) for value in values]
        numbers = [10.0**value for value in values]
        gap = min((b - a for a, b in pairwise(sorted(numbers)) if b > a), default=max(numbers, default=1.0))
        texts = super().tickStrings(numbers, scale, gap)
        return [text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text for text in texts]


def _rounded_power(exponent: float, digits: int, way: Callable[[float], int]) -> float:
    """The logarithm of a power of ten that is rounded to so many digits, up or down."""
    step = 10.0 ** (math.floor(exponent) - digits + 1)
    return math.log10(max(way(10.0**exponent / step) * step, step))


def _power(exponent: float) -> str:
    """10 to the power of an exponent as text with one digit, even beyond the range of floats."""
    if abs(exponent) > LARGEST_EXPONENT:
        return f"1e{exponent:.0f}".replace("-", "−")
    return short(10.0**exponent, 1)


class Plot(Fitting, pg.GraphicsView):
    """A view of items over two plain axes, which also tells when the mouse leaves it.

    pyqtgraph's own plot makes thirty widgets for a menu that nobody sees here, which takes six times as long.

    Args:
        name: its accessible name.
        logarithmic: whether the curves' heights are logarithms to base 10.
        bottom: takes the place of its horizontal axis.

    Signals:
        left(): the mouse left; its own scene tells only of moves within.
    """

    left = pyqtSignal()
    _has_grid = False

    def __init__(self, name: str, logarithmic: bool = False, bottom: PlainAxis | None = None) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.enableMouse(False)  # the box moves, not the view
        frame = pg.GraphicsWidget()
        self._frame = layout = QGraphicsGridLayout(frame)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        self.box = pg.ViewBox(parent=frame, enableMenu=False)
        layout.addItem(self.box, 0, 1)
        self.axes: dict[str, PlainAxis] = {
            "bottom": bottom or PlainAxis("bottom"),
            "left": DecadeAxis("left") if logarithmic else PlainAxis("left"),
        }
        for side, row, column in (("left", 0, 0), ("bottom", 1, 1)):
            axis = self.axes[side]
            axis.linkToView(self.box)
            axis.setZValue(AXIS_HEIGHT)
            layout.addItem(axis, row, column)
        self.setCentralItem(frame)

    def show_grid(self) -> None:
        """Show faint lines at the numbers of the vertical axis; the lowest and the highest number are whole.

        pyqtgraph leaves out numbers that would be cut, of which there may be all but one.
        """
        self.axes["left"].setGrid(GRID)
        self._has_grid = True
        self._fit()

    def _fit(self) -> None:
        if self._has_grid:
            half = self.fontMetrics().height() / 2.0
            self.axes["left"].reach = half
            self._frame.setContentsMargins(1, 0.75 * half, 1, 1)  # digits are less high than their line

    def leaveEvent(self, event: QEvent | None) -> None:
        super().leaveEvent(event)
        self.left.emit()


NOTHING = np.zeros(0)


class CoversView(pg.GraphicsObject if TYPE_CHECKING else object):  # type: ignore[misc]  # a conditional base class
    """A mixin for items that cover the visible range of a plot and never move it."""

    def viewTransformChanged(self) -> None:
        super().viewTransformChanged()
        self.prepareGeometryChange()

    def boundingRect(self) -> QRectF:
        return self.viewRect() or QRectF()

    def dataBounds(self, *_: object, **__: object) -> tuple[None, None]:
        """No bounds, so that the visible range does not follow the item."""
        return None, None


class Curve(CoversView, pg.GraphicsObject):
    """A curve, interrupted at numbers that are not finite, that never moves the visible range.

    pyqtgraph's own searches all its points for their bounds each time it is painted, and takes several times as long to
    set new points.
    """

    def __init__(self) -> None:
        super().__init__()
        self._x = self._y = NOTHING
        self._pen = QPen(Qt.PenStyle.NoPen)
        self._path: QPainterPath | None = None

    @property
    def points(self) -> tuple[Array, Array]:
        """The drawn points, in the plot's units."""
        return self._x, self._y

    def set_pen(self, pen: QPen) -> None:
        """Draw with another pen."""
        if pen != self._pen:
            self._pen = pen
            self.update()

    def set_points(self, x: Array, y: Array) -> None:
        """Draw a line through these, each of shape (points,)."""
        self._x, self._y, self._path = x, y, None
        self.update()

    def clear(self) -> None:
        """Draw nothing."""
        self.set_points(NOTHING, NOTHING)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem | None, widget: QWidget | None = None) -> None:
        if self._path is None:
            self._path = curve_path(self._x, self._y)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._pen)
        painter.drawPath(self._path)


def curve_path(x: Array, y: Array) -> QPainterPath:
    """A line through points, x and y of shape (points,), interrupted at numbers that are not finite."""
    path = QPainterPath()
    holes = np.flatnonzero(~(np.isfinite(x) & np.isfinite(y)))
    if len(holes) == len(x):
        return path
    start = 0
    for end in (*holes.tolist(), len(x)):
        if end - start > 1:
            path.addPolygon(arrayToQPolygonF(x[start:end], y[start:end]))
        start = end + 1
    return path


def curve_pen(color: QColor, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """A pen with a width in pixels."""
    pen = QPen(color, width, style)
    pen.setCosmetic(True)
    return pen


def is_restless(heights: Array) -> bool:
    """Whether a curve, shape (points,), has very many points or often turns up and down.

    Such a curve is drawn thin: Qt takes 15 ms to draw two hundred such points with a wide pen, 0.2 ms with a thin one.
    """
    rises = np.diff(heights[np.isfinite(heights)]) > 0.0
    return len(heights) > MOST_POINTS or int((rises[1:] != rises[:-1]).sum()) > MOST_TURNS


def style_plot(plot: Plot, theme: Theme, ground: str = "window") -> None:
    """Give a plot the theme's colours; ``ground`` is the theme's name of the colour that lies around it."""
    plot.setBackground(theme.color(ground))
    plot.box.setBackgroundColor(theme.color("base" if ground == "window" else ground))
    for axis in plot.axes.values():
        axis.setPen(pg.mkPen(theme.color("line")))
        axis.setTextPen(pg.mkPen(theme.color("faint")))
        axis.labelStyle = {"color": theme.color("faint").name()}
        axis.setLabel(axis.labelText, units=axis.labelUnits or None, **axis.labelStyle)


def show_range(plot: Plot, axis: int, wanted: tuple[float, float]) -> None:
    """Show this range of a plot along an axis, 0 or 1.

    The items are moved at once; pyqtgraph would move them during painting, and so paint the plot twice.
    """
    (plot.box.setXRange, plot.box.setYRange)[axis](*wanted, padding=0)
    plot.box.updateMatrix()


class ShownRanges:
    """The ranges of a plot along its axes, 0 and 1; the same one again is not set twice, which would cost a layout."""

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self._shown: list[tuple[float, float] | None] = [None, None]

    def show(self, axis: int, wanted: tuple[float, float]) -> None:
        """Show this range, see :func:`show_range`."""
        if wanted != self._shown[axis]:
            self._shown[axis] = wanted
            show_range(self._plot, axis, wanted)

    def forget(self, axis: int) -> None:
        """The user may have moved the plot, so that the next range is set in any case."""
        self._shown[axis] = None


def steady_range(low: float, high: float) -> tuple[float, float]:
    """The range of an axis for growing data from ``low`` to ``high``; it moves in steps.

    A range that followed the data with every frame would lay out the axes each time, which costs more than the curves,
    and its numbers would never stand still. So its ends lie on a grid of an eighth to a sixteenth of the span. They
    depend only on the data: the same data give the same picture. The range is never narrower than :data:`LEAST_SPAN` of
    the numbers, which would otherwise need more digits than there is room for.
    """
    span = max(high - low, LEAST_SPAN * max(abs(low), abs(high)), LEAST_NUMBER)
    middle = (low + high) / 2.0
    step = 2.0 ** math.floor(math.log2(span)) / 8.0
    reach = (0.5 + EDGE) * span
    return math.floor((middle - reach) / step) * step, math.ceil((middle + reach) / step) * step


class FootTools(QFrame):
    """Controls that are needed seldom, at the foot of a plot; keys and the menu *View* do the same.

    They are there while the mouse is in the view, but not in the plot's box, whose clicks they would take: then the
    line that tells of a place has the foot.

    Args:
        view: holds the plot.
        plot: see above.
        place: returns the place in the view at the foot of the plot, for something of this size.
        tools: the controls.
    """

    def __init__(self, view: QWidget, plot: Plot, place: Callable[[Plot, QSize], QRect], *tools: QWidget) -> None:
        super().__init__(view)
        self._view, self._plot, self._place = view, plot, place
        self.setProperty("role", "foot")
        line = QHBoxLayout(self)
        line.setContentsMargins(FOOT_SIDE, 0, 0, 0)
        for tool in tools:
            line.addWidget(tool)
        line.addStretch(1)
        view.installEventFilter(self)
        plot.installEventFilter(self)
        plot.scene().sigMouseMoved.connect(self._follow)
        plot.left.connect(lambda: self._appear(view.underMouse()))
        self.hide()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        assert event is not None
        if watched is self._view and event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self._appear(event.type() == QEvent.Type.Enter)
        elif event.type() == QEvent.Type.Resize:
            self.lie()
        return False

    def _follow(self, mouse: QPointF) -> None:
        self._appear(not self._plot.box.sceneBoundingRect().contains(mouse))

    def _appear(self, appears: bool) -> None:
        if appears:
            self.lie()
            self.raise_()
        self.setVisible(appears)

    def lie(self) -> None:
        """Lie where the place is now."""
        self.setGeometry(self._place(self._plot, self.sizeHint()))
