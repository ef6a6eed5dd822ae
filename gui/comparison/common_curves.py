"""The curves of the compared runs in one plot, with the common epoch as a line that can be dragged: their timeline."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QPainter, QResizeEvent
from PyQt5.QtWidgets import QVBoxLayout, QWidget

from core.base.translation import _
from gui.curves.epoch_axis import EpochAxis
from gui.curves.epoch_ticks import EpochTicks
from gui.curves.plot_head import PlotHead
from gui.curves.plot_scale import PlotScale
from gui.runs.curve_marks import share_of_names
from gui.runs.curve_overlay import CurveOf, CurveOverlay
from gui.widgets.forms import bare
from gui.widgets.plots import AXIS_WIDTH, Plot, ShownRanges, steady_range, style_plot
from gui.widgets.theme import Theme

HEIGHT = 150
PERCENT_RANGE = (-3.0, 103.0)
PARTS = 1000
"""An epoch has so many positions here, whatever the number of samples in the epochs of the runs."""


class CommonCurves(QWidget):
    """Draws the curves of a measure, each in the colour of its run.

    Signals:
        epoch_wanted(float): the user dragged the line there, or clicked.
        scale_changed(): the curves show something else.
    """

    epoch_wanted = pyqtSignal(float)
    scale_changed = pyqtSignal()

    def __init__(self, theme: Theme, is_regression: bool) -> None:
        super().__init__()
        self._is_regression, self._shows_score = is_regression, False
        self._known: list[tuple[int, str, str]] = []
        self._curves: Sequence[CurveOf] = ()
        self._room: tuple[float, float, float] | None = None
        self.epochs, self._ticks = EpochAxis(self), EpochTicks()
        self.plot = Plot(_("Losses of the compared runs"), logarithmic=True, bottom=self._ticks)
        self._ranges = ShownRanges(self.plot)
        self.plot.setRenderHints(QPainter.RenderHint.Antialiasing)
        self.plot.box.setMouseEnabled(x=False, y=False)
        self.plot.axes["bottom"].setLabel(_("epoch"))
        self.plot.axes["left"].setWidth(AXIS_WIDTH)
        self.plot.show_grid()
        self.plot.box.disableAutoRange()
        self.overlay = CurveOverlay(self, theme)
        self.overlay.picked.connect(lambda _: None)
        self.head = PlotHead(self.plot, self.epochs)
        self.head.seek_wanted.connect(lambda position, _: self.epoch_wanted.emit(position / PARTS))
        column = bare(QVBoxLayout(self))
        column.addWidget(self.plot)
        self.setFixedHeight(HEIGHT)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.epochs.changed.connect(lambda: self._ticks.set_scale(self.epochs.scale))
        self.epochs.changed.connect(self.scale_changed)
        self.set_theme(theme)
        self.show_score(False)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours; those of the curves come with them."""
        style_plot(self.plot, theme)
        self.head.set_theme(theme)
        self.overlay.set_theme(theme)

    def show_score(self, shown: bool) -> None:
        """Show accuracy or R² in place of the loss."""
        self._shows_score = shown
        self.plot.axes["left"].set_logarithmic(self.scale.is_logarithmic)
        score = "R²" if self._is_regression else _("accuracy (%)")
        self.plot.axes["left"].setLabel(score if shown else _("loss"))
        self._ranges.forget(1)
        self.scale_changed.emit()

    @property
    def scale(self) -> PlotScale:
        """What the curves show: the loss on a logarithmic axis, or the score."""
        return PlotScale(self._shows_score, not self._shows_score, self._is_regression)

    def make_room(self, owner: object, room: tuple[float, float, float] | None) -> None:
        """Let the plot hold curves: their last epoch, least and largest height."""
        if room is None:
            return
        self._room = room
        last_epoch, low, high = room
        end = self.epochs.scale.place(steady_range(0.0, last_epoch or 1.0)[1])
        share = share_of_names(self.plot, [curve.label for curve in self._curves])
        self._ranges.show(0, (-0.02 * end, end / (1.0 - share)))
        is_percent = self._shows_score and not self._is_regression
        self._ranges.show(1, PERCENT_RANGE if is_percent else steady_range(low, high))

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self.make_room(self, self._room)

    def show_curves(self, curves: Sequence[CurveOf], epoch: float) -> None:
        """Draw these, and the line at an epoch."""
        last = max(float(curve.history.epochs[-1]) for curve in curves)
        known = [(len(curve.history), curve.color.name(), curve.named_set) for curve in curves]
        if known != self._known:
            self._known, self._curves = known, curves
            self.epochs.follow(curves[0].history, last)
            self._ticks.end_at(last)
            self.overlay.show_runs(curves)
        self.head.show_place(round(epoch * PARTS), PARTS, round(max(last, epoch) * PARTS))
