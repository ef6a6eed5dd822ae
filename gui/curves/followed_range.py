"""The visible range of the loss plot: it follows the data until the user moves the plot, and again when asked."""

from __future__ import annotations

from PyQt5.QtCore import QObject, Qt, pyqtSignal
from PyQt5.QtWidgets import QToolButton
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent

from core.base.translation import _
from gui.widgets.plots import Plot, ShownRanges


class FollowedRange(QObject):
    """Knows for each axis, 0 and 1, whether it follows the data.

    Signals:
        follow_wanted(): the user wants to see the whole record again, by the button or a double click.

    Attributes:
        button: takes back a zoom; hidden until there is one.
    """

    follow_wanted = pyqtSignal()

    def __init__(self, plot: Plot, parent: QObject) -> None:
        super().__init__(parent)
        self._plot = plot
        self._follows = [True, True]
        self._ranges = ShownRanges(plot)  # that were set for the data
        box = plot.box
        box.disableAutoRange()
        box.sigRangeChangedManually.connect(self._stop_following)
        plot.scene().sigMouseClicked.connect(self._click)
        self.button = QToolButton()
        self.button.setText(_("Follow"))
        self.button.setProperty("role", "small")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.setToolTip(_("Show the whole record again, and follow it (Home, or a double click in the plot)"))
        self.button.hide()
        self.button.clicked.connect(lambda _: self.follow_wanted.emit())

    def follows(self, axis: int) -> bool:
        """Whether an axis follows the data, and does not stay where the user put it."""
        return self._follows[axis]

    def visible(self, axis: int) -> tuple[float, float]:
        """The visible range of an axis."""
        low, high = self._plot.box.viewRange()[axis]
        return low, high

    def show(self, axis: int, wanted: tuple[float, float]) -> None:
        """Show this range of the data, if the axis follows them."""
        if self._follows[axis]:
            self._ranges.show(axis, wanted)

    def follow(self, *axes: int) -> None:
        """Let these axes follow the data, since other data are shown."""
        for axis in axes:
            self._follows[axis] = True
            self._ranges.forget(axis)
        self.button.setVisible(not all(self._follows))

    def _stop_following(self, axes: list[bool]) -> None:
        """Stop following the data along the axes that the user moved."""
        self._follows = [follows and not moved for follows, moved in zip(self._follows, axes, strict=True)]
        self.button.setVisible(not all(self._follows))

    def _click(self, event: MouseClickEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and event.double():
            event.accept()
            self.follow_wanted.emit()
