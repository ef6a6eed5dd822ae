"""The curves of a sweep: the median of each group, the band of its quartiles, and all members."""

from __future__ import annotations

import numpy as np
from PyQt5.QtCore import QPointF, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QColor, QResizeEvent
from PyQt5.QtWidgets import QVBoxLayout, QWidget

from core.base.arrays import Array
from core.base.number_text import grouped
from core.base.translation import _
from core.sweeps.run_result import Key, RunResult
from core.sweeps.sweep_table import band
from core.training.history import COLUMNS
from gui.runs.curve_marks import CurveMarks, share_of_names
from gui.runs.line_layer import LineLayer, PlotBand, PlotLine
from gui.sweeps.group_colors import group_color
from gui.sweeps.sweep_results import SweepResults
from gui.widgets.plots import DecadeAxis, Plot, curve_pen, is_restless, show_range, steady_range, style_plot
from gui.widgets.theme import Theme

FOLLOW_MILLISECONDS = 60
REACH = 7.0
MOST_LABELS = 8
LEAST_LOSS = 1e-300


class SweepCurves(QWidget):
    """Draws the measure of the shown runs over the epochs.

    Signals:
        picked(object): the key of a run whose curve was clicked.
    """

    picked = pyqtSignal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._results: SweepResults | None = None
        self._members: list[tuple[Key, Array, Array]] = []
        self.plot = Plot(_("Curves of the sweep"), logarithmic=True)
        self.plot.box.setMouseEnabled(x=False, y=False)
        self.plot.axes["bottom"].setLabel(_("epoch"))
        self.layer, self.front = LineLayer(), LineLayer()
        self.marks = CurveMarks(theme, self._nearest, self._describe)
        for height, item in enumerate((self.layer, self.front, self.marks)):
            item.setZValue(height)
            self.plot.box.addItem(item, ignoreBounds=True)
        self.marks.clicked.connect(self.picked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 4, 0)
        column.addWidget(self.plot)
        self.setMinimumSize(200, 110)
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(FOLLOW_MILLISECONDS)
        self._clock.timeout.connect(self._draw)
        style_plot(self.plot, theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        style_plot(self.plot, theme)
        self.marks.set_theme(theme)
        self._draw()

    def set_results(self, results: SweepResults) -> None:
        """Show these from now on."""
        self._results = results
        for signal in (results.changed, results.marked, results.progressed):
            signal.connect(self._clock.start)
        self._draw()

    # ---------------------------------------------------------------- drawing

    @property
    def _is_logarithmic(self) -> bool:
        return self._results is not None and self._results.measure.endswith("_loss")

    def _heights(self, values: Array) -> Array:
        if not self._is_logarithmic:
            return values
        with np.errstate(divide="ignore", invalid="ignore"):
            heights: Array = np.log10(np.where(values > 0.0, np.maximum(values, LEAST_LOSS), np.nan))
        return heights

    def _curve(self, result: RunResult) -> tuple[Array, Array]:
        """The epochs and heights of a result's curve."""
        assert self._results is not None
        length = max(1, result.epoch_length)
        column = COLUMNS.index(self._results.measure)
        return result.curve[:, 0] / length, self._heights(result.curve[:, column])

    def _draw(self) -> None:
        results, theme = self._results, self._theme
        if results is None:
            return
        axis = self.plot.axes["left"]
        assert isinstance(axis, DecadeAxis)
        axis.set_logarithmic(self._is_logarithmic)
        axis.setLabel(results.title(results.measure))
        self._members, members, medians, bands, labels = [], [], [], [], []
        count = results.group_count
        seen: list[PlotLine] = []  # what the axes show all of
        for group in results.groups:
            places = group.places[results.shown[group.places]]
            done, others = (
                [results.results[place] for place in places[chosen].tolist()]
                for chosen in (results.is_done[places], ~results.is_done[places])
            )
            whole, broken = ([self._curve(r) for r in some if len(r.curve)] for some in (done, others))
            self._members += [(r.key, *self._curve(r)) for r in [*done, *others] if len(r.curve)]
            curves = [*whole, *broken]
            if not curves:
                continue
            color = group_color(group.number, count, theme)
            alpha = 255 if len(curves) == 1 else max(24, min(110, 900 // len(curves)))
            pen = curve_pen(group_color(group.number, count, theme, alpha), 2.0 if len(curves) == 1 else 1.0)
            members += [PlotLine(*_joined(some), pen) for some in (broken, whole) if some]
            seen += members[-1:] if whole else []
            if not whole:
                continue
            x, middle = whole[0]
            if len(whole) > 1:
                found = band(done, results.measure)
                low, middle, high = (self._heights(values) for values in found.quartiles)
                x = found.epochs
                bands.append(PlotBand(x, low, high, group_color(group.number, count, theme, 46)))
                medians.append(PlotLine(x, middle, curve_pen(color, 1.4 if is_restless(middle) else 2.4)))
            finite = np.flatnonzero(np.isfinite(middle))
            if len(finite):
                label = group.label
                if others:
                    label = _("{value} (✕ {count})").format(value=label, count=grouped(len(others)))
                labels.append((label, color, QPointF(float(x[finite[-1]]), float(middle[finite[-1]]))))
        under_way = self._lines_under_way()
        members += under_way
        self.layer.set_lines([*members, *medians], bands)
        self.front.set_lines(self._selected(theme.color("text")))
        shown = labels if len(labels) <= MOST_LABELS else []
        self.marks.set_labels(shown)
        self._show_range([*seen, *under_way] or members, share_of_names(self.plot, [name for name, _, _ in shown]))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._clock.start()  # the names need another share of the width

    def _lines_under_way(self) -> list[PlotLine]:
        """The curves of runs that are still being trained, dotted."""
        results, theme = self._results, self._theme
        assert results is not None
        column, by_group = COLUMNS.index(results.measure), dict[int, list[tuple[Array, Array]]]()
        for key, table in results.records.items():
            if results.place(key) is None:
                curve = table[:, 0], self._heights(table[:, column])
                by_group.setdefault(results.group_of(key), []).append(curve)
        count, dots = results.group_count, Qt.PenStyle.DotLine
        return [
            PlotLine(*_joined(curves), curve_pen(group_color(number, count, theme), 1.2, dots))
            for number, curves in by_group.items()
        ]

    def _selected(self, color: QColor) -> list[PlotLine]:
        results, lines = self._results, []
        assert results is not None
        for key in results.selected:
            place = results.place(key)
            if place is not None and len(results.results[place].curve):
                x, y = self._curve(results.results[place])
                lines.append(PlotLine(x, y, curve_pen(color, 1.4 if is_restless(y) else 2.4)))
        return lines

    def _show_range(self, lines: list[PlotLine], share: float) -> None:
        """Show all of these lines, and leave a share of the width to the names."""
        heights = np.concatenate([line.y for line in lines]) if lines else np.zeros(0)
        heights = heights[np.isfinite(heights)]
        assert self._results is not None
        last = max((float(np.nanmax(line.x)) for line in lines if len(line.x)), default=1.0)
        show_range(self.plot, 0, (0.0, max(last, 1.0) * 1.02 / (1.0 - share)))
        if len(heights):
            show_range(self.plot, 1, steady_range(float(heights.min()), float(heights.max())))

    # ---------------------------------------------------------------- the mouse

    def _nearest(self, place: QPointF, pixel: tuple[float, float]) -> Key | None:
        """The run whose curve is nearest above or below a place of the plot, within reach."""
        best, found = REACH, None
        for key, x, y in self._members:
            if x[0] <= place.x() <= x[-1] + 2 * pixel[0]:
                distance = abs(float(np.interp(place.x(), x, y)) - place.y()) / pixel[1]
                if distance < best:
                    best, found = distance, key
        return found

    def _describe(self, key: Key, epoch: float) -> list[str]:
        results = self._results
        assert results is not None
        place = results.place(key)
        if place is None:
            return []
        result = results.results[place]
        epochs = result.curve[:, 0] / max(1, result.epoch_length)
        nearest = int(np.argmin(np.abs(epochs - epoch)))
        value = float(result.curve[nearest, COLUMNS.index(results.measure)])
        return [
            results.name(key),
            _("epoch {epoch:.4g}").format(epoch=epochs[nearest]),
            f"{results.title(results.measure)} {value:.4g}",
        ]


def _joined(curves: list[tuple[Array, Array]]) -> tuple[Array, Array]:
    """Several curves as one that is interrupted between them, which is drawn much faster."""
    hole = np.array([np.nan])
    x = np.concatenate([part for x, _ in curves for part in (x, hole)])
    y = np.concatenate([part for _, y in curves for part in (y, hole)])
    return x, y
