"""The cursor of the loss plot: a line at the record nearest to the mouse, whose numbers stand below the plot."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PyQt5.QtCore import QPointF

from core.base.arrays import Array
from core.base.number_text import epoch_place, short, telling
from core.base.translation import _
from core.explain.snapshot import Snapshot
from core.training.history import COLUMNS, record_stride
from gui.curves.curve_numbers import CURVES, SET_WORDS, write_score
from gui.curves.epoch_axis import EpochScale
from gui.curves.plot_foot import PlotFoot
from gui.curves.plot_scale import PlotScale
from gui.widgets.plots import Plot
from gui.widgets.theme import Theme

SQUARED_ERROR = _("Mean (ŷ − y)²")
"""Not "MSE": so the loss is called, which is half of it."""


class CurveCursor:
    """Reads the record under the mouse; without a mouse in the plot a note stands below it.

    Args:
        plot: the plot.
        foot: the line below it.
    """

    def __init__(self, plot: Plot, foot: PlotFoot) -> None:
        self._plot, self._foot = plot, foot
        self._mouse: QPointF | None = None  # in the plot's scene; None outside
        self._shown: tuple[Snapshot, EpochScale, PlotScale] | None = None
        self._line = pg.InfiniteLine(angle=90, movable=False)
        self._line.hide()
        plot.box.addItem(self._line, ignoreBounds=True)
        plot.scene().sigMouseMoved.connect(self._move_mouse)
        plot.left.connect(lambda: self._move_mouse(None))

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._line.setPen(pg.mkPen(theme.color("faint"), width=1))

    def clear(self) -> None:
        """Show neither a record nor a note."""
        self._shown = None
        self._show()

    def read(self, snapshot: Snapshot, epochs: EpochScale, scale: PlotScale) -> None:
        """Read this record, drawn on these scales."""
        self._shown = snapshot, epochs, scale
        self._show()

    def _move_mouse(self, scene: QPointF | None) -> None:
        self._mouse = None if scene is None else QPointF(scene)
        self._show()

    def _show(self) -> None:
        box, mouse = self._plot.box, self._mouse
        inside = self._shown is not None and mouse is not None and box.sceneBoundingRect().contains(mouse)
        self._line.setVisible(inside)
        if self._shown is None:
            self._foot.write("")
            return
        snapshot, epochs, scale = self._shown
        if mouse is None or not inside:
            self._foot.write(_note_text(snapshot, scale.is_regression))
            return
        history, length = snapshot.history, snapshot.epoch_length
        table = np.concatenate([history.table, history.ahead]) if len(history.ahead) else history.table
        nearest = _nearest(table[:, 0], epochs.epoch(box.mapSceneToView(mouse).x()) * length)
        self._line.setPos(epochs.place(table[nearest, 0] / length))
        row = dict(zip(COLUMNS, table[nearest].tolist(), strict=True))
        span = _span(box.viewRange()[1], scale.is_logarithmic)
        parts, shorter = ([epoch_place(int(table[nearest, 0]), length)] for _form in range(2))
        for name, _style in CURVES:
            if not np.isnan(row[f"{name}_loss"]):
                loss = telling(row[f"{name}_loss"], span)
                score = write_score(row[f"{name}_score"], scale.is_regression)
                parts.append(f"{SET_WORDS[name]} {loss}, {score}")
                shorter.append(f"{SET_WORDS[name]} {score if scale.shows_score else loss}")
        self._foot.write_read("   ".join(parts), "   ".join(shorter))


def _note_text(snapshot: Snapshot, is_regression: bool) -> str:
    """A regression's squared error, or that not every epoch is recorded."""
    history = snapshot.history
    if is_regression:
        train, test = snapshot.train_squared_error, snapshot.test_squared_error
        text = _("{measure} {train}") if np.isnan(test) else _("{measure} {train}, test set {test}")
        return text.format(measure=SQUARED_ERROR, train=short(train), test=short(test))
    epoch = int(history.table[-1, 0] // history.epoch_length) if len(history) else 0
    stride = record_stride(epoch, snapshot.parameters.size)
    return _("Now recorded every {stride} epochs only").format(stride=stride) if stride > 1 else ""


def _span(ends: tuple[float, float], logarithmic: bool) -> float:
    """The width of a visible range, in numbers and not in logarithms."""
    low, high = (10.0 ** min(end, 300.0) for end in ends) if logarithmic else ends
    return high - low


def _nearest(ascending: Array, value: float) -> int:
    """The index of the number nearest to a value; ``ascending`` has shape (n,)."""
    after = min(int(np.searchsorted(ascending, value)), len(ascending) - 1)
    before = max(after - 1, 0)
    return before if value - ascending[before] <= ascending[after] - value else after
