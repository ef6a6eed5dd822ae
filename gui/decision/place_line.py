"""The line that tells of a place of the plot; it stands left of the title of the horizontal axis."""

from __future__ import annotations

from PyQt5.QtCore import QEvent, QObject, Qt
from PyQt5.QtGui import QPalette

from gui.widgets.elided import Elided
from gui.widgets.plots import Plot
from gui.widgets.theme import Theme

SIDE = 8


class PlaceLine(Elided):
    """Lies over the bottom of a plot, where it hides no point; a text without room covers the title of the axis."""

    def __init__(self, plot: Plot) -> None:
        super().__init__()
        self.setParent(plot)
        self._plot = plot
        self.setProperty("role", "faint")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAutoFillBackground(True)
        self.setContentsMargins(SIDE, 0, SIDE, 0)
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
        advance, room = self.fontMetrics().horizontalAdvance, self._plot.width() - 2 * SIDE
        text = next((text for text in texts if advance(text) <= room), texts[-1])
        self.set_full(text)
        self.setVisible(bool(text))
        self._lie()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        assert event is not None
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._lie()
        return False

    def _lie(self) -> None:
        height, all_of_it = self.sizeHint().height(), self._plot.width()
        free = int(self._plot.axes["bottom"].label.sceneBoundingRect().left())
        needed = self.fontMetrics().horizontalAdvance(self.full) + 2 * SIDE
        self.setGeometry(0, self._plot.height() - height, free if needed <= free else all_of_it, height)
