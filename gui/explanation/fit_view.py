"""How well a regression fits: predicted against true, and the residuals."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.base.arrays import Array, Rows, read_only
from core.base.number_text import short
from core.base.translation import _
from core.data.dataset import Dataset
from core.explain.diagnosis import Histogram, histogram
from gui.decision.point_colors import PointColors, point_colors
from gui.explanation.inspector.histogram_view import HistogramView
from gui.report.report_view import FitPlots
from gui.widgets.elided import Elided
from gui.widgets.mark_layer import MarkLayer
from gui.widgets.plain_text import plain
from gui.widgets.plots import AXIS_WIDTH, Plot, show_range, steady_range, style_plot
from gui.widgets.theme import Theme

MOST_POINTS = 1_500
POINT_SIZE = 6.0
LONGEST_NAME = 24


class FitView(FitPlots):
    """Predicted against true with the line on which a perfect net's points lie, beside the residuals.

    The points have the colours that they have in the plot of the data. The histogram shows predicted − true of all
    points of the set; of very many points the plot draws every so manieth.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._colors: PointColors | None = None
        self._targets: Array = np.zeros(0)
        self.points = MarkLayer(kept=False)
        self.residuals = HistogramView([_("Residuals")], "points", _("Predicted − true, of all points of the set"))
        self.told = Elided()
        self.told.setProperty("role", "faint")
        self._plot: Plot | None = None
        self._diagonal: pg.PlotDataItem | None = None
        self._name = "y"
        self._right = QVBoxLayout()
        self._right.setSpacing(2)
        self._right.addWidget(self.residuals, 1)
        self._right.addWidget(self.told)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(8, 2, 8, 2)
        self._line.setSpacing(10)
        self._line.addLayout(self._right, 2)

    @property
    def plot(self) -> Plot:
        """The plot of predicted against true; made when it is first shown."""
        if self._plot is None:
            self._plot = plot = Plot(_("Predicted against true"))
            plot.box.setMouseEnabled(False, False)
            tip = _("A point for each row: the true value to the right, the predicted one up; on the line, they agree")
            plot.setToolTip(plain(tip))
            plot.axes["left"].setWidth(AXIS_WIDTH)
            plot.box.disableAutoRange()
            self._diagonal = pg.PlotDataItem()
            plot.box.addItem(self._diagonal)
            plot.box.addItem(self.points)
            self._line.insertWidget(0, plot, 3)
            self.set_theme(self._theme)
        return self._plot

    def put_above(self, numbers: QWidget) -> None:
        self._right.insertWidget(0, numbers)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self.residuals.set_theme(theme)
        if self._plot is not None and self._diagonal is not None:
            style_plot(self._plot, theme)
            self._diagonal.setPen(pg.mkPen(theme.color("faint"), width=1, style=Qt.PenStyle.DashLine))
        if self._colors is not None:
            self.points.set_marks(self._colors.marks(theme, POINT_SIZE))

    def set_dataset(self, dataset: Dataset) -> None:
        """Show other data; nothing for classes."""
        self.residuals.show_histogram(None)
        if dataset.targets is None:
            self._colors = None
            return
        self._targets, self._colors = dataset.targets, point_colors(dataset)
        self._name = " ".join(dataset.target_name.split())[:LONGEST_NAME]
        plot = self.plot
        plot.axes["bottom"].setLabel(_("true {name}").format(name=self._name))
        plot.axes["left"].setLabel(_("predicted {name}").format(name=self._name))
        self.set_theme(self._theme)

    def show_predictions(self, rows: Rows, predicted: Array) -> None:
        """Show these rows of the data set; ``predicted`` is of all rows, shape (n,)."""
        if self._colors is None:
            return
        every = max(1, -(-len(rows) // MOST_POINTS))
        drawn = rows[::every]
        true, said = self._targets[drawn], predicted[drawn]
        seen = np.isfinite(said)
        self.points.set_points(np.column_stack([true, said])[seen], self._colors.of_rows[drawn][seen])
        with np.errstate(all="ignore"):
            errors = predicted[rows] - self._targets[rows]
        self.residuals.show_histogram(centred(errors))
        self._show_ranges(true, said[seen])
        if not len(rows):
            self.told.set_full(_("This set has no points."))
            return
        with np.errstate(all="ignore"):
            mean, spread = float(np.mean(errors)), float(np.std(errors))
        numbers = {"mean": short(mean, 3), "spread": short(spread, 3)}
        self.told.set_full(
            _("mean {mean}, spread {spread}").format(**numbers), _("{mean} ± {spread}").format(**numbers)
        )

    def _show_ranges(self, true: Array, said: Array) -> None:
        if not len(true) or self._diagonal is None:
            return
        low, high = steady_range(float(true.min()), float(true.max()))
        show_range(self.plot, 0, (low, high))
        least, most = (float(said.min()), float(said.max())) if len(said) else (low, high)
        show_range(self.plot, 1, steady_range(min(low, least), max(high, most)))
        self._diagonal.setData([low, high], [low, high])


def centred(errors: Array) -> Histogram:
    """The histogram of errors in bins that lie evenly around 0."""
    finite = errors[np.isfinite(errors)]
    reach = float(np.abs(finite).max()) if len(finite) else 0.0
    found = histogram(np.array([-reach, reach]))
    return Histogram(found.edges, *read_only(np.histogram(finite, found.edges)[0]))
