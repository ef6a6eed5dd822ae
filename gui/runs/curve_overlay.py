"""Curves of other runs in the loss plot: in their own colours, named where they end, and told of under the mouse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QObject, QPointF, Qt, pyqtBoundSignal, pyqtSignal
from PyQt5.QtGui import QColor, QPen

from core.base.number_text import short
from core.base.translation import _
from core.base.values import dataclass
from core.training.history import COLUMNS, History
from gui.curves.curve_numbers import SET_WORDS, write_score
from gui.curves.epoch_axis import EpochAxis, EpochScale
from gui.curves.plot_scale import PlotScale
from gui.runs.curve_marks import CurveMarks, Label
from gui.runs.line_layer import LineLayer, PlotBand, PlotLine
from gui.widgets.plots import Plot, curve_pen, is_restless
from gui.widgets.theme import Theme

REACH = 7.0
"""How near the mouse must be to a curve, in pixels."""
MOST_LABELS = 8
"""Curves that are named where they end; for more there is no room."""
BAND_ALPHA, PALE = 70, 140
MOST_DASHED = 1000
"""Points of a jagged line beyond which dashes would blur, and take long."""
SETS = (("train", Qt.PenStyle.SolidLine), ("test", Qt.PenStyle.DashLine))


@dataclass(frozen=True, eq=False)
class CurveOf:
    """The curves of a run in the plot.

    Attributes:
        key: tells the run; a click on a curve brings it back.
        label: its name, drawn where the curve ends; empty for none.
        tip: more about it, shown under the mouse.
        history: its record.
        color: of its curves.
        width: in pixels.
        test_color: of the curves of the test set, where it is another one.
        named_set: "train" or "test", the curve at whose end its name is written; empty for none.
        has_other_loss: whether its losses cannot be compared with those of the present run; then only scores are drawn.
    """

    key: object
    label: str
    tip: str
    history: History
    color: QColor
    width: float = 1.5
    test_color: QColor | None = None
    named_set: str = "train"
    has_other_loss: bool = False


@dataclass(frozen=True, eq=False)
class BandOf:
    """An area over the epochs, and a line in it, of values of the record: shapes (points,).

    ``label`` is written where the line ends; ``is_test`` says that they are of the test set.
    """

    label: str

    epochs: NDArray[np.float64]
    low: NDArray[np.float64]
    middle: NDArray[np.float64]
    high: NDArray[np.float64]
    color: QColor
    is_test: bool


class HoldsCurves(Protocol):
    """A view with a loss plot, a :class:`QObject`."""

    plot: Plot
    epochs: EpochAxis
    scale_changed: pyqtBoundSignal

    @property
    def scale(self) -> PlotScale:
        """What the curves show, and on which axis."""

    def make_room(self, owner: object, room: tuple[float, float, float] | None) -> None:
        """Hold curves up to an epoch, of these least and largest heights; None for no curves."""


class CurveOverlay(QObject):
    """Draws curves of other runs into a loss plot, below those of the present run. No row of a record is left out.

    Args:
        loss: gets the curves. height: below 0; a higher one lies in front.

    Signals:
        picked(object): the key of a run on whose curve the user clicked.
    """

    picked = pyqtSignal(object)

    def __init__(self, loss: HoldsCurves, theme: Theme, height: float = -5.0) -> None:
        super().__init__(loss.plot)
        self._loss = loss
        self._curves: tuple[CurveOf, ...] = ()
        self._bands: tuple[BandOf, ...] = ()
        self._drawn: list[tuple[CurveOf, PlotLine]] = []
        self._named: list[tuple[str, PlotLine]] = []
        self._medians: list[tuple[str, PlotLine]] = []
        self.layer = LineLayer()
        self.layer.setZValue(height)
        self.marks = CurveMarks(theme, self._nearest, self._lines_of_tip)
        self.marks.setZValue(10.0 + height)
        self.marks.clicked.connect(lambda curve: self.picked.emit(curve.key))
        for item in (self.layer, self.marks):
            loss.plot.box.addItem(item, ignoreBounds=True)
        loss.scale_changed.connect(self._draw)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours; the curves' own come with them."""
        self.marks.set_theme(theme)

    def show_runs(self, curves: Sequence[CurveOf], bands: Sequence[BandOf] = ()) -> None:
        """Draw these."""
        if curves or bands or self._curves or self._bands:
            self._curves, self._bands = tuple(curves), tuple(bands)
            self._draw()

    @property
    def labels(self) -> list[Label]:
        """The names, their colours, and where the lines end, in the plot's units."""
        named = self._named if len(self._named) <= MOST_LABELS else []
        ends = []
        for label, line in [*named, *self._medians]:
            finite = np.flatnonzero(np.isfinite(line.y))
            if label and len(finite):
                ends.append((label, line.pen.color(), QPointF(line.x[finite[-1]], line.y[finite[-1]])))
        return ends

    def _draw(self) -> None:
        scale, epochs = self._loss.scale, self._loss.epochs.scale
        self._drawn, self._named = [], []
        last_epoch, heights = 0.0, []
        for curve in self._curves:
            if curve.has_other_loss and not scale.shows_score:
                continue
            for name, style in SETS:
                shape = _shape(curve.history, name, scale, epochs)
                if shape is not None:
                    line = shape.line.drawn_with(_pen(curve, name, style, shape))
                    self._drawn.append((curve, line))
                    if name == curve.named_set:
                        self._named.append((curve.label, line))
                    last_epoch = max(last_epoch, float(curve.history.epochs[-1]))
                    heights.append(shape.bounding)
        lines, bands = [line for _, line in self._drawn], []
        self._medians = []
        for band in self._bands:
            low, middle, high = (scale.heights(values) for values in (band.low, band.middle, band.high))
            shade = QColor(band.color)
            shade.setAlpha(BAND_ALPHA)
            x = epochs.places(band.epochs)
            bands.append(PlotBand(x, low, high, shade))
            style = SETS[int(band.is_test)][1]
            self._medians.append((band.label, PlotLine(x, middle, curve_pen(band.color, 3.0, style))))
        lines += [line for _, line in self._medians]
        self.layer.set_lines(lines, bands)
        self.marks.set_labels(self.labels, lines)
        found = [ends for ends in heights if len(ends)]
        room = (last_epoch, min(float(h.min()) for h in found), max(float(h.max()) for h in found)) if found else None
        self._loss.make_room(self, room)

    # ---------------------------------------------------------------- the mouse

    def _nearest(self, place: QPointF, pixel: tuple[float, float]) -> CurveOf | None:
        """The run whose curve is nearest to a place of the plot, within reach; ``pixel`` is the size of one."""
        best, found = REACH, None
        x, y = place.x(), place.y()
        for curve, line in self._drawn:
            distance = _distance(line, x, y, pixel)
            if distance < best or (found is None and distance <= best):
                best, found = distance, curve
        return found

    def _lines_of_tip(self, curve: CurveOf, x: float) -> list[str]:
        """What is told of a curve near a place of the plot."""
        history, epoch = curve.history, self._loss.epochs.scale.epoch(x)
        nearest = int(np.argmin(np.abs(history.epochs - epoch)))
        row = dict(zip(COLUMNS, history.table[nearest].tolist(), strict=True))
        parts = [_("epoch {epoch}").format(epoch=short(float(history.epochs[nearest])))]
        for name, _style in SETS:
            if not np.isnan(row[f"{name}_loss"]):
                score = row[f"{name}_score"]
                written = write_score(score, self._loss.scale.is_regression)
                parts.append(f"{SET_WORDS[name]} {short(row[f'{name}_loss'])}, {written}")
        return [curve.label, *([curve.tip] if curve.tip else []), "   ".join(parts)]


@dataclass(frozen=True, eq=False)
class _Shape:
    """A curve without its colour, and the heights that a plot must have room for."""

    line: PlotLine
    is_restless: bool
    bounding: NDArray[np.float64]


_shapes: WeakKeyDictionary[History, dict[tuple[str, PlotScale, EpochScale], _Shape | None]] = WeakKeyDictionary()
"""A run is drawn among those beside the present one and among the selected ones; its record never changes."""
MOST_SHAPES = 4
"""That are kept of a record."""


def _shape(history: History, part: str, scale: PlotScale, epochs: EpochScale) -> _Shape | None:
    """The curve of the training or the test set; None where there is nothing to draw."""
    kept, key = _shapes.setdefault(history, {}), (part, scale, epochs)
    if key not in kept:
        if len(kept) >= MOST_SHAPES:
            kept.clear()
        y = scale.heights(history.column(scale.column(part)))
        kept[key] = None
        if np.isfinite(y).any():
            line = PlotLine(epochs.places(history.epochs), y, QPen())
            kept[key] = _Shape(line, is_restless(y), scale.bounding(y))
    return kept[key]


def _pen(curve: CurveOf, part: str, style: Qt.PenStyle, shape: _Shape) -> QPen:
    """The pen of a curve of the training or the test set. A jagged line is thin; a long one has no dashes."""
    color = QColor(curve.color if part == "train" else curve.test_color or curve.color)
    if not shape.is_restless:
        return curve_pen(color, curve.width, style)
    if len(shape.line.x) <= MOST_DASHED:
        return curve_pen(color, min(curve.width, 1.0), style)
    if part == "test":
        color.setAlpha(min(color.alpha(), PALE))
    return curve_pen(color, min(curve.width, 1.0))


def _distance(line: PlotLine, x: float, y: float, pixel: tuple[float, float]) -> float:
    """How far a line runs from a place, in pixels, up and down; the heights within two pixels left and right count."""
    width, height = pixel
    if not line.x[0] - 2 * width <= x <= line.x[-1] + 2 * width:
        return float("inf")
    sides = np.interp([x - 2 * width, x, x + 2 * width], line.x, line.y)
    first, last = np.searchsorted(line.x, [x - 2 * width, x + 2 * width])
    heights = np.append(sides, line.y[first:last])
    heights = heights[np.isfinite(heights)]
    if not len(heights):
        return float("inf")
    return max(float(heights.min()) - y, y - float(heights.max()), 0.0) / height
