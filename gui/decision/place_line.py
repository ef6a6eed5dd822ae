"""What stands at the foot of the plot, left of the title of the horizontal axis: what is told of a place, or tools."""

from __future__ import annotations

from PyQt5.QtCore import QEvent, QObject, QPointF, QRect, Qt
from PyQt5.QtGui import QPalette
from PyQt5.QtWidgets import QFrame, QHBoxLayout, QWidget

from gui.widgets.elided import Elided
from gui.widgets.plots import Plot
from gui.widgets.theme import Theme

SIDE = 8


def foot(plot: Plot, width: int, height: int) -> QRect:
    """The place for something of this size: beside the title of the axis, else over it, so that none of it is seen."""
    free = int(plot.axes["bottom"].label.sceneBoundingRect().left())
    return QRect(0, plot.height() - height, free if width <= free else plot.width(), height)


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
        needed = self.fontMetrics().horizontalAdvance(self.full) + 2 * SIDE
        self.setGeometry(foot(self._plot, needed, self.sizeHint().height()))


class FootTools(QFrame):
    """Controls that are needed seldom, over the foot of a plot; keys and the menu *View* do the same.

    They are there while the mouse is in the view, but not among the points, whose clicks they would take: then the
    line that tells of a place has the foot.

    Args:
        view: holds the plot. tools: the controls.
    """

    def __init__(self, view: QWidget, plot: Plot, *tools: QWidget) -> None:
        super().__init__(plot)
        self._view, self._plot = view, plot
        self.setProperty("role", "foot")
        line = QHBoxLayout(self)
        line.setContentsMargins(SIDE, 0, 0, 0)
        for tool in tools:
            line.addWidget(tool)
        line.addStretch(1)
        view.installEventFilter(self)
        plot.installEventFilter(self)
        plot.scene().sigMouseMoved.connect(self._follow)
        plot.left.connect(lambda: self._appear(view.underMouse()))
        self.hide()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        assert event is not None
        if watched is self._view and event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self._appear(event.type() == QEvent.Type.Enter)
        elif event.type() == QEvent.Type.Resize:
            self._lie()
        return False

    def _follow(self, mouse: QPointF) -> None:
        self._appear(not self._plot.box.sceneBoundingRect().contains(mouse))

    def _appear(self, appears: bool) -> None:
        if appears:
            self._lie()
            self.raise_()
        self.setVisible(appears)

    def _lie(self) -> None:
        size = self.sizeHint()
        self.setGeometry(foot(self._plot, size.width(), size.height()))
