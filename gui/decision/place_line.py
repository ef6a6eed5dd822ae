"""What stands at the foot of the plot, left of the title of the horizontal axis: what is told of a place."""

from __future__ import annotations

from PyQt5.QtCore import QEvent, QObject, QRect, QSize, Qt
from PyQt5.QtGui import QPalette

from gui.widgets.elided import Elided
from gui.widgets.plots import FOOT_SIDE, Plot
from gui.widgets.theme import Theme


def foot(plot: Plot, size: QSize) -> QRect:
    """The place for something of this size: beside the title of the axis, else over it, so that none of it is seen."""
    free = int(plot.axes["bottom"].label.sceneBoundingRect().left())
    return QRect(0, plot.height() - size.height(), free if size.width() <= free else plot.width(), size.height())


def foot_in_view(plot: Plot, size: QSize) -> QRect:
    """The same in the view that holds the plot."""
    return foot(plot, size).translated(plot.pos())


class PlaceLine(Elided):
    """Lies over the bottom of a plot, where it hides no point; a text without room covers the title of the axis."""

    def __init__(self, plot: Plot) -> None:
        super().__init__()
        self.setParent(plot)
        self._plot = plot
        self.setProperty("role", "faint")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAutoFillBackground(True)
        self.setContentsMargins(FOOT_SIDE, 0, FOOT_SIDE, 0)
        plot.installEventFilter(self)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        colors = self.palette()
        colors.setColor(QPalette.ColorRole.Window, theme.color("window"))
        self.setPalette(colors)

    def write(self, *texts: str) -> None:
        """Show the first text that has room beside or over the title of the axis, else the last.

        An empty one uncovers what lies below.
        """
        advance, room = self.fontMetrics().horizontalAdvance, self._plot.width() - 2 * FOOT_SIDE
        text = next((text for text in texts if advance(text) <= room), texts[-1])
        self.set_full(text)
        self.setVisible(bool(text))
        self.raise_()  # over what else stands there
        self._lie()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        assert event is not None
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._lie()
        return False

    def _lie(self) -> None:
        needed = self.fontMetrics().horizontalAdvance(self.full) + 2 * FOOT_SIDE
        self.setGeometry(foot(self._plot, QSize(needed, self.sizeHint().height())))
