"""The number of the epoch, and the field that a click on it opens, in which one types the epoch to go to."""

from __future__ import annotations

from PyQt5.QtCore import QRect, Qt, pyqtSignal
from PyQt5.QtGui import QFocusEvent, QMouseEvent, QPaintEvent
from PyQt5.QtWidgets import QWidget

from core.base.translation import _
from gui.widgets.ending_painter import painting
from gui.widgets.fields import TextField
from gui.widgets.flags import RIGHT
from gui.widgets.number_fields import AWAY
from gui.widgets.readout import Readout

WIDEST = "00\u202f000\u202f000"
MARGIN = 16
LINE = 2
"""The height of the line below the number while the mouse is over it."""


class EpochFigure(Readout):
    """The number of the epoch.

    Signals:
        clicked(): the user clicked it.
    """

    clicked = pyqtSignal()

    def __init__(self, widest: str, step: str) -> None:
        super().__init__(widest, step)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)  # so that it is painted anew when the mouse comes or goes

    def show_clickable(self, is_clickable: bool) -> None:
        """Look like something to be clicked, or not."""
        if is_clickable != self.isEnabled():
            self.setEnabled(is_clickable)
            self.setCursor(Qt.CursorShape.PointingHandCursor if is_clickable else Qt.CursorShape.ArrowCursor)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        if self.underMouse() and self.isEnabled():
            wide = self.fontMetrics().horizontalAdvance(self.text())
            with painting(self) as painter:
                painter.fillRect(self.width() - wide, self.height() - LINE, wide, LINE, self.palette().text())

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()


class EpochField(TextField):
    """Lies over the number of the epoch while one types another; it is hidden when the user turns elsewhere.

    Signals:
        wanted(str): the text that Enter took.
    """

    wanted = pyqtSignal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Go to epoch"))
        self.setToolTip(_("The epoch to go to; Enter goes there, Esc leaves"))
        self.setAlignment(RIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.returnPressed.connect(lambda: self.wanted.emit(self.text()) if self.text().strip() else None)
        self.hide()

    def refuse(self) -> None:
        super().refuse()
        self.selectAll()

    def open(self, text: str, over: QRect) -> None:
        """Appear over a part of the parent, with a text that typing replaces."""
        width = max(over.width(), self.fontMetrics().horizontalAdvance(WIDEST) + MARGIN)
        height = max(over.height(), self.sizeHint().height())
        top = max(0, over.center().y() - height // 2)
        self.setGeometry(max(0, over.right() + 1 - width), top, width, height)
        self.setText(text)
        self.selectAll()
        self.show()
        self.raise_()
        self.setFocus()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        super().focusOutEvent(event)
        if event is not None and event.reason() not in AWAY:
            self.hide()
