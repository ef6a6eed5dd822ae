"""A number between a minus and a plus, which can be typed as well."""

from __future__ import annotations

from collections.abc import Callable

from PyQt5.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt
from PyQt5.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PyQt5.QtWidgets import QAbstractButton, QLabel, QWidget

from core.base.translation import _
from gui.widgets.ending_painter import painting
from gui.widgets.number_fields import AWAY, WholeNumberField
from gui.widgets.theme import Theme

RESETS = _("Training starts again")
ROW, ROUND = 24, 20


class RoundButton(QAbstractButton):
    """A small round button with a minus or a plus."""

    def __init__(self, parent: QWidget, is_plus: bool, theme: Theme) -> None:
        super().__init__(parent)
        self._is_plus, self.theme = is_plus, theme
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        return QSize(ROUND, ROUND)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        is_lit = self.isEnabled() and (self.underMouse() or self.hasFocus() or self.isDown())
        color = self.theme.color("accent" if is_lit else "faint", 255 if self.isEnabled() else 90)
        side = min(self.width(), self.height())
        middle = QPointF(self.width() / 2.0, self.height() / 2.0)
        radius, arm = side / 2.0 - 3.0, side / 2.0 - 6.0
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(color, 1.3))
            painter.setBrush(self.theme.color("accent", 40 if self.isDown() else 0))
            painter.drawEllipse(middle, radius, radius)
            painter.drawLine(middle - QPointF(arm, 0), middle + QPointF(arm, 0))
            if self._is_plus:
                painter.drawLine(middle - QPointF(0, arm), middle + QPointF(0, arm))
            if self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(self.theme.color("accent"), 1.0, Qt.PenStyle.DotLine))
                painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))


class PlusMinus:
    """A number between a minus and a plus, which stay where they are whatever the number is."""

    def __init__(self, parent: QWidget, theme: Theme, step: Callable[[int], None], minus: str, plus: str) -> None:
        self.minus, self.plus = RoundButton(parent, False, theme), RoundButton(parent, True, theme)
        self.label = QLabel(parent)
        self.label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.minus.setAccessibleName(minus)
        self.plus.setAccessibleName(plus)
        self.minus.clicked.connect(lambda: step(-1))
        self.plus.clicked.connect(lambda: step(1))

    @property
    def buttons(self) -> tuple[RoundButton, RoundButton]:
        """Its buttons, in the order of reading."""
        return self.minus, self.plus

    def allow(self, button: RoundButton, refusal: str) -> None:
        """Enable a button, or disable it with the reason as its tooltip."""
        button.setEnabled(not refusal)
        button.setToolTip(refusal or f"{button.accessibleName()}.\n{RESETS}.")

    def place(self, x: float, top: float, text_room: float, side: int, is_stacked: bool = False) -> None:
        """Put it around ``x``, below ``top``; where it is stacked, the number stands above the buttons."""
        if is_stacked:
            text_room = self.label.fontMetrics().horizontalAdvance(self.label.text()) + 2
        left, room = round(x - text_room / 2.0), round(text_room)
        self.label.setGeometry(left, round(top), room, ROW)
        above = round(top + (ROW - side) / 2.0) + (ROW - 3 if is_stacked else 0)
        inner = round(x) - side if is_stacked else left - side - 1
        self.minus.setGeometry(inner, above, side, side)
        self.plus.setGeometry(round(x) if is_stacked else left + room + 1, above, side, side)


class TypedNumber(QObject):
    """Lets a person type the number that a label shows: a click on it puts a field in its place.

    Args:
        label: shows the number, perhaps in words.
        most: the largest number; the least is 1.
        name: what it is the number of.
        take: gets the number that was typed.

    Attributes:
        number: what the label shows.
        field: in the place of the label while it is typed; None otherwise.
    """

    def __init__(self, label: QLabel, most: int, name: str, take: Callable[[int], None]) -> None:
        super().__init__(label)
        self._label, self._most, self._name, self._take = label, most, name, take
        self.number = 1
        self.field: WholeNumberField | None = None
        label.setCursor(Qt.CursorShape.IBeamCursor)
        label.setToolTip(
            _("{name}: click to type, 1 to {most}.\n{resets}.").format(name=name, most=most, resets=RESETS)
        )
        label.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        assert event is not None
        if watched is self._label and event.type() == QEvent.Type.MouseButtonRelease:
            self._open()
        elif watched is self.field and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()  # or it would be a shortcut of the window
            if event.type() == QEvent.Type.KeyPress and self.field is not None:
                self.field.give_up()
                self._close()
            return True
        elif (
            watched is self.field
            and isinstance(event, QFocusEvent)
            and event.lostFocus()
            and event.reason() not in AWAY
        ):
            self._close()
        return False

    def _open(self) -> None:
        self._close()  # a click beside the field, on the rest of the label, takes its focus from it
        field = self.field = WholeNumberField(1, self._most, self._name)
        field.setParent(self._label.parentWidget())
        field.setButtonSymbols(WholeNumberField.ButtonSymbols.NoButtons)
        field.setAlignment(Qt.AlignmentFlag.AlignCenter)
        field.set_value(self.number)
        box = self._label.geometry()
        width = max(field.sizeHint().width(), box.width())  # nothing of the label is seen beside it
        field.setGeometry(box.center().x() - width // 2, box.top(), width, box.height())
        field.valueChanged.connect(self._take)
        field.installEventFilter(self)
        field.show()
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _close(self) -> None:
        field, self.field = self.field, None
        if field is not None:
            field.commit()
            field.hide()
            field.deleteLater()
