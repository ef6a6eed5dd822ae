"""The curves of the loss, and of accuracy or R², over the epochs."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PyQt5.QtCore import QPointF, Qt, pyqtSignal
from PyQt5.QtGui import QPainter, QShowEvent
from PyQt5.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QToolButton, QVBoxLayout, QWidget
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent

from core.base.arrays import Array
from core.base.number_text import short, telling
from core.base.translation import _
from core.explain.snapshot import Snapshot
from core.network.tasks import REGRESSION
from core.training.history import COLUMNS, History, record_stride
from core.workbench.messages import Loaded
from core.workbench.run_timeline import place
from gui.curves.curve_numbers import CURVES, SET_WORDS, CurveNumbers, write_score
from gui.curves.epoch_axis import EpochAxis
from gui.curves.epoch_ticks import EpochTicks
from gui.curves.plot_foot import PlotFoot
from gui.curves.plot_scale import PlotScale
from gui.curves.thinning import Extremes
from gui.widgets.mark_layer import MarkLayer, PointMark
from gui.widgets.plots import (
    AXIS_WIDTH,
    Curve,
    HoverTools,
    curve_pen,
    is_restless,
    make_plot,
    show_range,
    steady_range,
    style_plot,
)
from gui.widgets.theme import Theme

PALE = 110
"""The opacity, of 255, of what early stopping left behind."""
PERCENT_RANGE = (-3.0, 103.0)
LARGEST_SHOWN = 1e100
"""The plot cannot compute with the largest floats; a loss above this leaves it at the top."""
MOST_COLUMNS = 2048
SQUARED_ERROR = _("Mean (ŷ − y)²")
"""Not "MSE": so the loss is called, which is half of it."""
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
        foot: the line below the plot.
    """

    scale_changed = pyqtSignal()

    def __init__(self, theme: Theme, epochs: EpochAxis | None = None) -> None:
        super().__init__()
        self._theme = theme
        self.epochs = epochs or EpochAxis(self)
        self._epochs = self.epochs.scale  # as it is drawn
        self._snapshot: Snapshot | None = None
        self._extremes = Extremes()
        self._follows = [True, True]  # whether the plot's x and y follow the data, or stay where the user put them
        self._shown: list[tuple[float, float] | None] = [None, None]  # the ranges that were set for the data
        self._beside: dict[object, tuple[float, float, float] | None] = {}
        self._is_stale = self._is_regression = False
        self._is_canvas = False  # then nothing is trained on the points, and no loss is theirs
        self._mouse: QPointF | None = None  # in the plot's scene; None outside
        self._ticks = EpochTicks()
        self.plot = make_plot(_("Loss and score over the epochs"), logarithmic=True, bottom=self._ticks)
        self.plot.setRenderHints(QPainter.RenderHint.Antialiasing)
        self.plot.hideButtons()
        self.plot.getAxis("left").setWidth(AXIS_WIDTH)  # else the plot moves sideways as the numbers grow
        self.plot.showGrid(x=False, y=True, alpha=0.25)
        self._curves = {name: Curve() for name, _style in CURVES}
        self._ahead = {name: Curve() for name, _style in CURVES}
        self._dots = MarkLayer(kept=False)
        for item in (*self._ahead.values(), *self._curves.values(), self._dots):
            self.plot.addItem(item)
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._cursor.hide()
        self.plot.addItem(self._cursor, ignoreBounds=True)
        box = self.plot.getPlotItem().getViewBox()
        box.disableAutoRange()
        box.sigXRangeChanged.connect(self._redraw_range)
        box.sigRangeChangedManually.connect(self._stop_following)
        self.plot.scene().sigMouseMoved.connect(self._move_mouse)
        self.plot.scene().sigMouseClicked.connect(self._click)
        self.plot.left.connect(lambda: self._move_mouse(None))
        self.follow = _follow_button()
        self.follow.clicked.connect(self.show_everything)
        self.what = QComboBox()
        self.what.addItems([_("Loss"), _("Accuracy")])
        self.what.setAccessibleName(_("What the curves show"))
        self.what.setToolTip(_("What the curves show"))
        self.what.currentIndexChanged.connect(self._changed)
        self.logarithmic = QCheckBox(_("&Log"))
        self.logarithmic.setAccessibleName(_("Logarithmic axis"))
        self.logarithmic.setToolTip(_("Equal steps up the axis are equal factors of the loss"))
        self.logarithmic.toggled.connect(self._changed)
        self.numbers = CurveNumbers()
        self.foot = PlotFoot()
        self._lay_out()
        self.set_theme(theme)
        self._changed()
        self.epochs.changed.connect(self._follow_epochs)
        self._follow_epochs()
        self.setMinimumSize(self.minimumSizeHint().width(), 130)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 3, 8, 0)
        head.addWidget(self.what)
        head.addWidget(self.follow)
        head.addStretch(1)
        head.addWidget(self.numbers)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 2)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.foot)
        self._tools = HoverTools(self.plot, self.foot.choice, self.logarithmic)

    # ---------------------------------------------------------------- what to show

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        style_plot(self.plot, theme)
        self.numbers.set_theme(theme)
        self._dots.set_marks([PointMark(fill=theme.color(name)) for name, _style in CURVES])
        self._cursor.setPen(pg.mkPen(theme.color("faint"), width=1))
        self._draw()

    def set_run(self, loaded: Loaded) -> None:
        """Show another run, from its first epoch on; beside a canvas nothing, since the run waits."""
        self._snapshot = None
        self._is_canvas = loaded.canvas is not None
        self._is_regression = loaded.preparation.dataset.task == REGRESSION
        self.what.setItemText(1, "R²" if self._is_regression else _("Accuracy"))
        self.numbers.set_run(loaded)
        self._clear()
        self._follow_again(0)
        self._changed()

    def show_everything(self) -> None:
        """Show the whole record, and follow it, wherever the user had moved the plot to."""
        self._follow_again(0, 1)
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

    def show_numbers(self, snapshot: Snapshot) -> None:
        """Show the numbers of a snapshot, whose curves may follow later."""
        if not self._is_canvas and self.isVisible():
            self.numbers.show_snapshot(snapshot)

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
        self._show_cursor()

    def _draw(self) -> None:
        """Draw all that depends on the snapshot; nothing while the view is hidden."""
        self._is_stale = not self.isVisible()
        snapshot = self._snapshot
        if self._is_stale or snapshot is None:
            return
        self.numbers.show_snapshot(snapshot)
        self._draw_curves()
        self._show_cursor()

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
        self._show_range(0, (-0.02 * end, end))
        if self.scale.shows_score and not self._is_regression:
            self._show_range(1, PERCENT_RANGE)
        elif len(values):
            low, high = (min(max(float(end), -LARGEST_SHOWN), LARGEST_SHOWN) for end in (values.min(), values.max()))
            is_loss = not (self.scale.shows_score or self.scale.is_logarithmic)
            self._show_range(1, (_from_zero if is_loss else steady_range)(low, high))

    def _show_range(self, axis: int, wanted: tuple[float, float]) -> None:
        if self._follows[axis] and wanted != self._shown[axis]:
            self._shown[axis] = wanted
            show_range(self.plot, axis, wanted)

    def _stop_following(self, axes: list[bool]) -> None:
        """Stop following the data along the axes that the user moved."""
        self._follows = [follows and not moved for follows, moved in zip(self._follows, axes, strict=True)]
        self.follow.setVisible(not all(self._follows))

    def _follow_again(self, *axes: int) -> None:
        """Let the plot follow the data along these axes (0 and 1), since other data are shown."""
        for axis in axes:
            self._follows[axis] = True
            self._shown[axis] = None
        self.follow.setVisible(not all(self._follows))

    def _redraw_range(self) -> None:
        """Draw the rows of the part of the record that the user made visible."""
        if self._snapshot is not None and self.isVisible() and not self._follows[0]:
            self._draw_curves()

    def _points(self, snapshot: Snapshot, name: str) -> tuple[Array, Array]:
        """Epochs and values of a curve: the record, thinned where it is dense, and the present value."""
        what = self.scale.column(name)
        length, box = snapshot.epoch_length, self.plot.getPlotItem().getViewBox()
        first, last = (0.0, float(snapshot.position))
        if not self._follows[0]:
            first, last = (length * self._epochs.epoch(place) for place in box.viewRange()[0])
        columns = max(MOST_COLUMNS // 8, min(MOST_COLUMNS, int(box.width())))
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
        self.logarithmic.setEnabled(not score)
        self.plot.getAxis("left").set_logarithmic(self.scale.is_logarithmic)
        self.plot.setLabel("left", _("loss") if not score else "R²" if self._is_regression else _("accuracy (%)"))
        self._follow_again(1)
        self.scale_changed.emit()
        self._draw()

    def _follow_epochs(self) -> None:
        """Draw on another scale of the epochs; where the user zoomed, the same epochs stay visible."""
        before, self._epochs = self._epochs, self.epochs.scale
        self._ticks.set_scale(self._epochs)
        self.foot.show_choice(self.epochs.choice)
        if not self._follows[0]:
            left, right = self.plot.getPlotItem().getViewBox().viewRange()[0]
            show_range(self.plot, 0, (self._epochs.place(before.epoch(left)), self._epochs.place(before.epoch(right))))
        self.scale_changed.emit()
        self._draw()

    # ---------------------------------------------------------------- cursor

    def _move_mouse(self, scene: QPointF | None) -> None:
        self._mouse = None if scene is None else QPointF(scene)
        self._show_cursor()

    def _click(self, event: MouseClickEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and event.double():
            event.accept()
            self.show_everything()

    def _show_cursor(self) -> None:
        """Show the record nearest to the mouse, as it is now; without a mouse in the plot the note."""
        box, snapshot, mouse = self.plot.getPlotItem().getViewBox(), self._snapshot, self._mouse
        inside = snapshot is not None and mouse is not None and box.sceneBoundingRect().contains(mouse)
        self._cursor.setVisible(inside)
        if snapshot is None or mouse is None or not inside:
            self.foot.write("" if snapshot is None else _note_text(snapshot, self._is_regression))
            return
        history, length = snapshot.history, snapshot.epoch_length
        table = np.concatenate([history.table, history.ahead]) if len(history.ahead) else history.table
        nearest = _nearest(table[:, 0], self._epochs.epoch(box.mapSceneToView(mouse).x()) * length)
        self._cursor.setPos(self._epochs.place(table[nearest, 0] / length))
        row = dict(zip(COLUMNS, table[nearest].tolist(), strict=True))
        span = _span(box.viewRange()[1], self.scale.is_logarithmic)
        parts = [place(int(table[nearest, 0]), length)]
        for name, _style in CURVES:
            if not np.isnan(row[f"{name}_loss"]):
                score = write_score(row[f"{name}_score"], self._is_regression)
                parts.append(f"{SET_WORDS[name]} {telling(row[f'{name}_loss'], span)}, {score}")
        self.foot.write("   ".join(parts), needs_all=True)


def _note_text(snapshot: Snapshot, is_regression: bool) -> str:
    """A regression's squared error, or that not every epoch is recorded."""
    history = snapshot.history
    if is_regression:
        train, test = snapshot.train_squared_error, snapshot.test_squared_error
        text = _("{measure} {train}") if np.isnan(test) else _("{measure} {train}, test set {test}")
        return text.format(measure=SQUARED_ERROR, train=short(train), test=short(test))
    stride = record_stride(int(history.table[-1, 0] // history.epoch_length) if len(history) else 0)
    return _("Now recorded every {stride} epochs only").format(stride=stride) if stride > 1 else ""


def _span(ends: tuple[float, float], logarithmic: bool) -> float:
    """The width of a visible range, in numbers and not in logarithms."""
    low, high = (10.0 ** min(end, 300.0) for end in ends) if logarithmic else ends
    return high - low


def _from_zero(low: float, high: float) -> tuple[float, float]:
    """The range of an axis of losses: from 0 on, so that a loss that stands still is seen to stand still."""
    if low < 0.0:
        return steady_range(low, high)
    end = steady_range(0.0, high)[1]
    return -0.04 * end, end


def _nearest(ascending: Array, value: float) -> int:
    """The index of the number nearest to a value; ``ascending`` has shape (n,)."""
    after = min(int(np.searchsorted(ascending, value)), len(ascending) - 1)
    before = max(after - 1, 0)
    return before if value - ascending[before] <= ascending[after] - value else after


def _follow_button() -> QToolButton:
    """The button that takes back a zoom; hidden until there is one."""
    button = QToolButton()
    button.setText(_("Follow"))
    button.setProperty("role", "small")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setToolTip(_("Show the whole record again, and follow it (Home, or a double click in the plot)"))
    button.hide()
    return button
