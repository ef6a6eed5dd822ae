"""The head in the loss plot: a line at the run's position, which can be dragged, and clicks that go to a position."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PyQt5.QtCore import QObject, Qt, QTimer, pyqtSignal

from core.explain.snapshot import Snapshot
from gui.curves.epoch_axis import EpochAxis
from gui.widgets.plots import Plot
from gui.widgets.theme import Theme

DRAG_MILLISECONDS = 16


class PlotHead(QObject):
    """Lets the user go to a position of the present branch by the plot of its curves.

    Signals:
        seek_wanted(int, bool): a position, and whether the exact state is wanted; not while the line is dragged.
    """

    seek_wanted = pyqtSignal(int, bool)

    def __init__(self, plot: Plot, epochs: EpochAxis) -> None:
        super().__init__(plot)
        self._plot, self._epochs = plot, epochs
        self._epoch_length, self._tip, self._shown = 1, 0, 0
        self._line = pg.InfiniteLine(angle=90, movable=True)
        self._line.setZValue(5)
        self._line.hide()
        plot.box.addItem(self._line, ignoreBounds=True)
        self._clock = QTimer(self)
        self._clock.setInterval(DRAG_MILLISECONDS)
        self._clock.setSingleShot(True)
        self._clock.timeout.connect(lambda: self.seek_wanted.emit(self._position(self._line.value()), False))
        self._line.sigDragged.connect(self._drag)
        self._line.sigPositionChangeFinished.connect(self._release)
        plot.scene().sigMouseClicked.connect(self._click)
        epochs.changed.connect(self._place)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._line.setPen(pg.mkPen(theme.color("accent", 150), width=1))
        self._line.setHoverPen(pg.mkPen(theme.color("accent"), width=3))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show where the run stands, unless the user drags the line."""
        ahead = snapshot.history.ahead
        tip = max(snapshot.position, int(ahead[-1, 0]) if len(ahead) else 0)
        self.show_place(snapshot.position, snapshot.epoch_length, tip)

    def show_place(self, position: int, epoch_length: int, tip: int) -> None:
        """Show a position, unless the user drags the line; ``tip`` is the last position to which it can be dragged."""
        self._shown, self._epoch_length, self._tip = position, epoch_length, tip
        self._line.setVisible(tip > 0)
        self._place()

    def _place(self) -> None:
        if not self._line.moving:
            self._line.setValue(self._epochs.scale.place(self._shown / self._epoch_length))

    def _position(self, place: float) -> int:
        """The position nearest to a place of the plot."""
        pixel = self._plot.box.viewPixelSize()[0]
        return min(max(self._epochs.scale.position(place, pixel, self._epoch_length), 0), self._tip)

    def _drag(self, _: object) -> None:
        if not self._clock.isActive():
            self._clock.start()

    def _release(self, _: object) -> None:
        self._clock.stop()
        self.seek_wanted.emit(self._position(self._line.value()), True)

    def _click(self, event: Any) -> None:  # noqa: ANN401 (pyqtgraph's own)
        box = self._plot.box
        is_free = event.button() == Qt.MouseButton.LeftButton and not event.isAccepted()  # by another curve
        if is_free and box.sceneBoundingRect().contains(event.scenePos()):
            self.seek_wanted.emit(self._position(box.mapSceneToView(event.scenePos()).x()), True)
