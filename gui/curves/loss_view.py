"""The curves of the loss, and of accuracy or R², over the epochs."""

from __future__ import annotations

import math

import numpy as np
from PyQt5.QtCore import QRect, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QPainter, QResizeEvent, QShowEvent
from PyQt5.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from core.base.arrays import Array
from core.base.translation import _
from core.explain.snapshot import Snapshot
from core.network.tasks import REGRESSION
from core.training.history import COLUMNS, History
from core.workbench.messages import Loaded
from gui.curves.curve_cursor import CurveCursor
from gui.curves.curve_numbers import CURVES, CurveNumbers
from gui.curves.epoch_axis import EpochAxis
from gui.curves.epoch_ticks import EpochTicks
from gui.curves.followed_range import FollowedRange
from gui.curves.plot_foot import PlotFoot
from gui.curves.plot_scale import PlotScale
from gui.curves.thinning import Extremes
from gui.widgets.fields import ChoiceBox
from gui.widgets.forms import allow
from gui.widgets.mark_layer import MarkLayer, PointMark
from gui.widgets.plots import (
    AXIS_WIDTH,
    SIDE,
    Curve,
    FootTools,
    Plot,
    curve_pen,
    is_restless,
    show_range,
    steady_range,
    style_plot,
)
from gui.widgets.theme import Theme

LEAST_HEIGHT, LOW = 110, 180
"""The least height of the view, and below which height the curves need the room of the line at their foot."""
PALE = 110
"""The opacity, of 255, of what early stopping left behind."""
PERCENT_RANGE = (-3.0, 103.0)
LARGEST_SHOWN = 1e100
"""The plot cannot compute with the largest floats; a loss above this leaves it at the top."""
MOST_COLUMNS = 2048
SOLID = Qt.PenStyle.SolidLine


class LossView(QWidget):
    """Curves of the training and the test set, with the present values above them.

    Of a long record only the extremes in each pixel column are drawn, see :mod:`gui.curves.thinning`. While the view
    is hidden it only keeps the snapshot, and draws it when it is shown again.

    Args:
        epochs: the scale of the epochs, which other views share.

    Signals:
        scale_changed(): the curves show something else, or on another axis.

    Attributes:
        epochs: the scale of the epochs.
        foot: the line below the plot; where the view is low, over its axis.
    """

    scale_changed = pyqtSignal()

    def __init__(self, theme: Theme, epochs: EpochAxis | None = None) -> None:
        super().__init__()
        self._theme = theme
        self.epochs = epochs or EpochAxis(self)
        self._epochs = self.epochs.scale  # as it is drawn
        self._snapshot: Snapshot | None = None
        self._extremes = Extremes()
        self._beside: dict[object, tuple[float, float, float] | None] = {}
        self._is_stale = self._is_regression = self._is_low = False
        self._is_canvas = False  # then nothing is trained on the points, and no loss is theirs
        self._ticks = EpochTicks()
        self.plot = Plot(_("Loss and score over the epochs"), logarithmic=True, bottom=self._ticks)
        self.plot.setRenderHints(QPainter.RenderHint.Antialiasing)
        self.plot.axes["left"].setWidth(AXIS_WIDTH)  # else the plot moves sideways as the numbers grow
        self.plot.show_grid()
        self._curves = {name: Curve() for name, _style in CURVES}
        self._ahead = {name: Curve() for name, _style in CURVES}
        self._dots = MarkLayer(kept=False)
        for item in (*self._ahead.values(), *self._curves.values(), self._dots):
            self.plot.box.addItem(item)
        self.foot = PlotFoot()
        self._cursor = CurveCursor(self.plot, self.foot)
        self._range = FollowedRange(self.plot, self)
        self._range.follow_wanted.connect(self.show_everything)
        self.plot.box.sigXRangeChanged.connect(self._redraw_range)
        self.follow = self._range.button
        self.what = ChoiceBox([("loss", _("Loss")), ("score", _("Accuracy"))], _("What the curves show"))
        self.what.setMinimumContentsLength(0)
        self.what.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
        self.what.setProperty("role", "quiet")
        self.what.setToolTip(_("What the curves show"))
        self.what.currentIndexChanged.connect(self._changed)
        self.logarithmic = QCheckBox(_("&Log"))
        self.logarithmic.setAccessibleName(_("Logarithmic axis"))
        self.logarithmic.setToolTip(_("Equal steps up the axis are equal factors of the loss"))
        self.logarithmic.toggled.connect(self._changed)
        self.numbers = CurveNumbers()
        self._lay_out()
        self.set_theme(theme)
        self._changed()
        self.epochs.changed.connect(self._follow_epochs)
        self._follow_epochs()

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), LEAST_HEIGHT)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 3, 0, 0)  # a quiet field has a padding of its own
        head.addWidget(self.what)
        head.addWidget(self.follow)
        head.addStretch(1)
        head.addWidget(self.numbers)
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, SIDE, 2)
        self._lines.setSpacing(2)
        self._lines.addLayout(head)
        self._lines.addWidget(self.plot, 1)
        self._lines.addWidget(self.foot)
        self._tools = FootTools(self, self.plot, self._room_of_tools, self.foot.choice, self.logarithmic)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        is_low = self.height() < LOW
        if is_low != self._is_low:
            self._is_low = is_low
            self.foot.set_low(is_low)
            if is_low:
                self._lines.removeWidget(self.foot)
            else:
                self._lines.addWidget(self.foot)
        if is_low:
            area = self.contentsRect().marginsRemoved(self._lines.contentsMargins())
            area.setTop(area.bottom() + 1 - self.foot.sizeHint().height())
            self.foot.setGeometry(area)
            self.foot.raise_()
        self._tools.lie()

    def _room_of_tools(self, plot: Plot, size: QSize) -> QRect:
        """The place of the tools at the foot, over none of the curves."""
        place, bottom = self.foot.room_of_tools(size), plot.box.sceneBoundingRect().bottom()
        place.setTop(max(place.top(), plot.y() + math.ceil(bottom)))
        return place

    # ---------------------------------------------------------------- what to show

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        style_plot(self.plot, theme)
        self.numbers.set_theme(theme)
        self._dots.set_marks([PointMark(fill=theme.color(name)) for name, _style in CURVES])
        self._cursor.set_theme(theme)
        self._draw()

    def set_run(self, loaded: Loaded) -> None:
        """Show another run, from its first epoch on; beside a canvas nothing, since the run waits."""
        self._snapshot = None
        self._is_canvas = loaded.canvas is not None
        self._is_regression = loaded.preparation.dataset.task == REGRESSION
        self.what.setItemText(1, "R²" if self._is_regression else _("Accuracy"))
        self.numbers.set_run(loaded)
        self._clear()
        self._range.follow(0)
        self._changed()

    def show_everything(self) -> None:
        """Show the whole record, and follow it, wherever the user had moved the plot to."""
        self._range.follow(0, 1)
        self._draw()

    def make_room(self, owner: object, room: tuple[float, float, float] | None) -> None:
        """Let the plot hold curves that an owner draws into it: their last epoch, least and largest height."""
        if room != self._beside.get(owner):
            self._beside[owner] = room
            self._fit_epochs()
            self._draw()

    def _fit_epochs(self) -> None:
        if self._snapshot is not None:
            self.epochs.follow(
                self._snapshot.history, max((room[0] for room in self._beside.values() if room), default=0.0)
            )

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw another snapshot."""
        if snapshot is not self._snapshot and not self._is_canvas:
            self._snapshot = snapshot
            self._fit_epochs()
            self._draw()

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._draw()

    # ---------------------------------------------------------------- drawing

    def _clear(self) -> None:
        """Show neither curves nor values."""
        self.numbers.clear()
        for curve in (*self._curves.values(), *self._ahead.values()):
            curve.clear()
        self._dots.set_points(np.zeros((0, 2)), np.zeros(0, dtype=np.int64))
        self._cursor.clear()

    def _draw(self) -> None:
        """Draw all that depends on the snapshot; nothing while the view is hidden."""
        self._is_stale = not self.isVisible()
        snapshot = self._snapshot
        if self._is_stale or snapshot is None:
            return
        self.numbers.show_snapshot(snapshot)
        self._draw_curves()
        self._cursor.read(snapshot, self._epochs, self.scale)

    def _draw_curves(self) -> None:
        assert self._snapshot is not None
        curves = [self._points(self._snapshot, name) for name, _style in CURVES]
        for (name, style), (epochs, values) in zip(CURVES, curves, strict=True):
            thin = is_restless(values)  # dashes of a jagged line would blur
            self._curves[name].set_pen(curve_pen(self._theme.color(name), 1 if thin else 2, SOLID if thin else style))
            self._curves[name].set_points(self._epochs.places(epochs), values)
        ends = np.array([(self._epochs.place(float(epochs[-1])), values[-1]) for epochs, values in curves])
        finite = np.flatnonzero(np.isfinite(ends[:, 1]))
        self._dots.set_points(ends[finite], finite)
        last_epoch = self._snapshot.position / self._snapshot.epoch_length
        ahead = [self._points_ahead(self._snapshot.history, name) for name, _style in CURVES]
        for (name, _style), (epochs, values) in zip(CURVES, ahead, strict=True):
            self._ahead[name].set_pen(curve_pen(self._theme.color(name, PALE), 1))
            self._ahead[name].set_points(self._epochs.places(epochs), values)
            last_epoch = max([last_epoch, *epochs[-1:]])
        values = np.concatenate([values for _, values in curves + ahead])
        self._follow_data(last_epoch, self.scale.bounding(values))

    def _follow_data(self, last_epoch: float, values: Array) -> None:
        """Move the visible range if the data no longer fit into it."""
        for end, *heights in filter(None, self._beside.values()):
            last_epoch, values = max(last_epoch, end), np.append(values, heights)
        end = self._epochs.place(steady_range(0.0, last_epoch or 1.0)[1])
        self._range.show(0, (-0.02 * end, end))
        if self.scale.shows_score and not self._is_regression:
            self._range.show(1, PERCENT_RANGE)
        elif len(values):
            low, high = (min(max(float(end), -LARGEST_SHOWN), LARGEST_SHOWN) for end in (values.min(), values.max()))
            is_loss = not (self.scale.shows_score or self.scale.is_logarithmic)
            self._range.show(1, (_from_zero if is_loss else steady_range)(low, high))

    def _redraw_range(self) -> None:
        """Draw the rows of the part of the record that the user made visible."""
        if self._snapshot is not None and self.isVisible() and not self._range.follows(0):
            self._draw_curves()

    def _points(self, snapshot: Snapshot, name: str) -> tuple[Array, Array]:
        """Epochs and values of a curve: the record, thinned where it is dense, and the present value."""
        what = self.scale.column(name)
        length, first, last = snapshot.epoch_length, 0.0, float(snapshot.position)
        if not self._range.follows(0):
            first, last = (length * self._epochs.epoch(place) for place in self._range.visible(0))
        columns = max(MOST_COLUMNS // 8, min(MOST_COLUMNS, int(self.plot.box.width())))
        positions, values = self._extremes.curve_points(
            snapshot.history, what, first, last, columns, lambda positions: self._epochs.places(positions / length)
        )
        epochs = np.append(positions, snapshot.measured) / length
        return epochs, self.scale.heights(np.append(values, getattr(snapshot, what)))

    def _points_ahead(self, history: History, name: str) -> tuple[Array, Array]:
        """Epochs and values of what early stopping left behind the best epoch, and of that epoch; empty if nothing."""
        rows = np.concatenate([history.table[-1:], history.ahead]) if len(history.ahead) else history.ahead
        column = COLUMNS.index(self.scale.column(name))
        return rows[:, 0] / history.epoch_length, self.scale.heights(rows[:, column])

    @property
    def scale(self) -> PlotScale:
        """What the curves show, and on which axis."""
        score = self.what.currentIndex() == 1
        return PlotScale(score, self.logarithmic.isChecked() and not score, self._is_regression)

    def _changed(self) -> None:
        score = self.scale.shows_score
        allow(self.logarithmic, _("only a loss has a logarithmic axis") if score else "")
        self.plot.axes["left"].set_logarithmic(self.scale.is_logarithmic)
        self.plot.axes["left"].setLabel(_("loss") if not score else "R²" if self._is_regression else _("accuracy (%)"))
        self._range.follow(1)
        self.scale_changed.emit()
        self._draw()

    def _follow_epochs(self) -> None:
        """Draw on another scale of the epochs; where the user zoomed, the same epochs stay visible."""
        before, self._epochs = self._epochs, self.epochs.scale
        self._ticks.set_scale(self._epochs)
        self.foot.show_choice(self.epochs.choice)
        self.foot.show_scale(self._epochs)
        if not self._range.follows(0):
            left, right = self._range.visible(0)
            show_range(self.plot, 0, (self._epochs.place(before.epoch(left)), self._epochs.place(before.epoch(right))))
        self.scale_changed.emit()
        self._draw()


def _from_zero(low: float, high: float) -> tuple[float, float]:
    """The range of an axis of losses: from 0 on, so that a loss that stands still is seen to stand still."""
    if low < 0.0:
        return steady_range(low, high)
    end = steady_range(0.0, high)[1]
    return -0.04 * end, end
