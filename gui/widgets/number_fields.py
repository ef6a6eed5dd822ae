"""Fields for numbers: they take what is typed on Enter or when the user turns elsewhere, with a point or a comma."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PyQt5.QtCore import QEvent, QObject, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QFocusEvent, QHelpEvent, QHideEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PyQt5.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QToolTip, QWidget

from core.base.errors import LensError
from core.base.number_text import LONGEST_TYPED, grouped, typed_text
from core.base.typed_numbers import check_range, read_number, read_whole
from gui.widgets.plain_text import plain

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
STEPS = QAbstractSpinBox.StepEnabledFlag
AWAY = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
"""Reasons for which a field loses the focus although its user comes back to it."""
LONGEST_SAMPLE = 10


class NumberLine(QLineEdit):
    """The text of a number field. Whoever comes to it finds the number selected, so that typing replaces it.

    A second click places the cursor; a double click selects the number again. A suffix is never selected.
    """

    suffix = ""

    def __init__(self) -> None:
        super().__init__()
        self._is_entered = self._is_first_click = False

    def enter(self, by_mouse: bool) -> None:
        """The focus has come; by the mouse, its press is still to place the cursor, and its release selects."""
        self._is_entered = by_mouse
        if not by_mouse:
            self.select_number()

    def show_number(self, number: str) -> None:
        """Write another number; it is selected if the former one was."""
        text = number + self.suffix
        if text != self.text():
            was_selected = self.hasFocus() and self.selectedText() == self._number() != ""
            self.setText(text)
            self.setCursorPosition(0)  # so that a long number shows its beginning
            if was_selected:
                self.select_number()

    def select_number(self) -> None:
        """Select all but the suffix, with the cursor at the beginning."""
        length = len(self._number())
        self.setSelection(length, -length)

    def _number(self) -> str:
        return self.text().removesuffix(self.suffix)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        super().mousePressEvent(event)
        self._is_first_click, self._is_entered = self._is_entered, False

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        super().mouseReleaseEvent(event)
        if self._is_first_click and not self.hasSelectedText():  # nor dragged over a part of it
            self.select_number()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        super().mouseDoubleClickEvent(event)
        self.select_number()


class NumberField(QAbstractSpinBox):
    """A field with a number of its own, which changes only when a number that was typed is taken.

    Enter takes the number and gives the keys back to the window; a click elsewhere takes it too. Escape gives up what
    was typed. A text that is not a number, or not one in the range, changes nothing: at Enter it stays in the field,
    marked and selected, and the field keeps the keys; who turns elsewhere sees the value again. A number that is shown,
    in contrast to one that is typed, may lie beyond the range.

    Args:
        low, high: the range of what can be typed.
        name: the accessible name.
        sample: the widest text for which there is room.

    Signals:
        refused(str): why a typed text was not taken.
        entered(): Enter was pressed, and the field shows a number of its range.
    """

    valueChanged: pyqtSignal
    """What the user typed or stepped to; each kind of field defines it for its type."""
    refused = pyqtSignal(str)
    entered = pyqtSignal()

    def __init__(self, low: float, high: float, name: str, sample: str) -> None:
        super().__init__()
        self._low, self._high = low, high
        self._value = low
        self._sample = sample
        self._is_begun = False  # something was typed that is neither taken nor given up
        self._problem = ""
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._line = NumberLine()  # not Qt's own: of that one Python is not told when it dies
        self.setLineEdit(self._line)
        self._line.textEdited.connect(self._begin)
        self._line.cursorPositionChanged.connect(self._keep_before_suffix)

    # ---------------------------------------------------------------- to be defined by each kind of field

    def read(self, text: str) -> float:
        """The number that a text without suffix is; raises LensError."""
        raise NotImplementedError

    def write(self, value: float) -> str:
        """The text of a number, without suffix."""
        raise NotImplementedError

    def next_value(self, up: bool) -> float:
        """The value one step above or below."""
        raise NotImplementedError

    # ---------------------------------------------------------------- what is true

    @property
    def is_begun(self) -> bool:
        """Whether something is typed that is neither taken nor given up."""
        return self._is_begun

    @property
    def problem(self) -> str:
        """Why the text in the field was not taken; empty where it was not, or is another since."""
        return self._problem

    def minimum(self) -> float:
        """The smallest number that can be typed."""
        return self._low

    def maximum(self) -> float:
        """The largest number that can be typed."""
        return self._high

    def setRange(self, low: float, high: float) -> None:
        """Set what can be typed; the value stays."""
        self._low, self._high = low, high

    def setSuffix(self, suffix: str) -> None:
        """Write this behind the number; it need not be typed."""
        self._line.suffix = suffix
        self._write()
        self.updateGeometry()

    def set_value(self, value: float) -> None:
        """Show a value, without announcing a change; it waits while another is being typed."""
        self._value = value
        if not self._is_begun:
            self._write()

    def setValue(self, value: float) -> None:
        """Set a value as the user would."""
        is_other = value != self._value
        self._is_begun = False
        self.set_value(value)
        if is_other:
            self.valueChanged.emit(value)

    def _write(self) -> None:
        self._mark("")
        self._line.show_number(self.write(self._value))

    # ---------------------------------------------------------------- what is typed

    def commit(self) -> bool:
        """Take what was typed, if anything was; false where it is no number of the range."""
        if not self._is_begun:
            return True
        text = self._line.text().strip().removesuffix(self._line.suffix.strip()).strip()
        if not text:
            self.give_up()
            return True
        try:
            value = self.read(text)
            check_range(text, value, self._low, self._high)
        except LensError as error:
            self._refuse(str(error))
            return False
        self.setValue(value)
        return True

    def give_up(self) -> None:
        """Show the value again in place of what was typed."""
        self._is_begun = False
        self._write()

    def _begin(self) -> None:
        self._mark("")  # it is about the text before
        if not self._is_begun:
            self._is_begun = True
            application = QApplication.instance()
            assert application is not None
            application.installEventFilter(self)  # as long as something is being typed, see eventFilter

    def _refuse(self, problem: str) -> None:
        self._mark(problem)
        QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), plain(problem), self)
        self.refused.emit(problem)

    def _mark(self, problem: str) -> None:
        if problem == self._problem:
            return
        self._problem = problem
        self.setAccessibleDescription(problem)
        self.setProperty("wrong", bool(problem))
        style = self.style()
        assert style is not None
        style.unpolish(self)
        style.polish(self)

    def _leave(self) -> None:
        if not self.commit():
            self.give_up()

    def _keep_before_suffix(self, _: int, position: int) -> None:
        text, suffix = self._line.text(), self._line.suffix
        end = len(text) - len(suffix)
        if suffix and text.endswith(suffix) and position > end and not self._line.hasSelectedText():
            self._line.setCursorPosition(end)

    # ---------------------------------------------------------------- events

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """While something is being typed: a press elsewhere ends it, also on a button that does not take the focus."""
        assert event is not None
        if not self._is_begun:
            application = QApplication.instance()
            assert application is not None
            application.removeEventFilter(self)
        elif event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            is_menu = watched.windowType() == Qt.WindowType.Popup
            if watched is not self and not self.isAncestorOf(watched) and not is_menu:
                self._leave()
                self.clearFocus()
        return False

    def event(self, event: QEvent | None) -> bool:
        assert event is not None
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape and self._is_begun:
                event.accept()  # or it would be a shortcut of the window
                return True
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._problem:
            QToolTip.showText(event.globalPos(), plain(self._problem), self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        if event.key() in ENTER:
            was_begun = self._is_begun
            if self.commit():
                self.clearFocus()
                self.entered.emit()
                event.setAccepted(was_begun)  # Enter in an untouched field presses the default button of a dialog
            else:
                self._line.select_number()
        elif event.key() == Qt.Key.Key_Escape and self._is_begun:
            self.give_up()
            self.clearFocus()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        assert event is not None
        super().focusInEvent(event)
        self._follow_focus()
        if not self._is_begun and event.reason() != Qt.FocusReason.PopupFocusReason:
            self._line.enter(event.reason() == Qt.FocusReason.MouseFocusReason)

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        assert event is not None
        if event.reason() not in AWAY:
            self._leave()
        super().focusOutEvent(event)
        self._follow_focus()

    def _follow_focus(self) -> None:
        """Show the value as it is shown with or without the focus."""
        if not self._is_begun:
            self._write()

    def hideEvent(self, event: QHideEvent | None) -> None:
        self.give_up()
        super().hideEvent(event)

    def stepBy(self, steps: int) -> None:
        for _ in range(abs(steps)):
            if self.commit():
                self.setValue(self.next_value(steps > 0))

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabled:
        if self.buttonSymbols() == QAbstractSpinBox.ButtonSymbols.NoButtons:
            return STEPS.StepNone  # type: ignore[return-value]
        up = STEPS.StepUpEnabled if self._value < self._high else STEPS.StepNone
        down = STEPS.StepDownEnabled if self._value > self._low else STEPS.StepNone
        return up | down  # type: ignore[return-value] # the stubs take the flags for numbers

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        assert event is not None
        event.ignore()  # it scrolls the panel

    def sizeHint(self) -> QSize:
        return self._with_room(super().sizeHint())

    def minimumSizeHint(self) -> QSize:
        return self._with_room(super().minimumSizeHint())

    def _with_room(self, size: QSize) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self._sample + self._line.suffix)
        return QSize(size.width() + width, size.height())


class WholeNumberField(NumberField):
    """A field for whole numbers.

    Signals:
        valueChanged(int): what the user typed or stepped to.
    """

    valueChanged = pyqtSignal(object)  # an int of any size

    def __init__(self, low: int, high: int, name: str) -> None:
        super().__init__(low, high, name, grouped(high)[-LONGEST_SAMPLE:])
        self.set_value(low)

    def read(self, text: str) -> int:
        return read_whole(text)

    def write(self, value: float) -> str:
        return grouped(value)

    def next_value(self, up: bool) -> float:
        return min(self._value + 1, self._high) if up else max(self._value - 1, self._low)

    def value(self) -> int:
        """The number."""
        return int(self._value)

    def setRange(self, low: float, high: float) -> None:
        super().setRange(low, high)
        self._sample = grouped(high)[-LONGEST_SAMPLE:]
        self.updateGeometry()

    def set_minimum(self, low: int) -> None:
        """Set the smallest number that can be typed."""
        self._low = low

    def set_maximum(self, high: int) -> None:
        """Set the largest number that can be typed."""
        self._high = high


class RealNumberField(NumberField):
    """A field for numbers over many powers of ten, which steps by 1, 2, 5, 10.

    Args:
        low, high: the range of what can be typed.
        name: the accessible name.
        first: the smallest step above 0.
        write: the text of a value; by default with up to 12 digits.
        brief: its text while nobody works in the field; by default that of ``write``, or with as many digits as fit.

    Signals:
        valueChanged(float): what the user typed or stepped to.
    """

    valueChanged = pyqtSignal(float)

    def __init__(
        self,
        low: float,
        high: float,
        name: str,
        first: float = 1e-4,
        write: Callable[[float], str] | None = None,
        brief: Callable[[float], str] | None = None,
    ) -> None:
        super().__init__(low, high, name, LONGEST_TYPED * "0")
        self._first = first
        self._text_of = write or typed_text
        self._brief_of = brief or write or partial(typed_text, longest=LONGEST_TYPED)
        self.set_value(max(low, 0.0))

    def read(self, text: str) -> float:
        return read_number(text)

    def write(self, value: float) -> str:
        return (self._text_of if self.hasFocus() else self._brief_of)(value)

    def next_value(self, up: bool) -> float:
        value = next_round(self._value, up, self._low, self._first)
        return min(value, self._high) if up else max(value, self._low)

    def value(self) -> float:
        """The number."""
        return float(self._value)


def next_round(value: float, up: bool, low: float = 1e-12, first: float = 1e-12) -> float:
    """The next number above or below that is 1, 2 or 5 times a power of ten; the value itself beyond the last.

    If ``low`` allows it, 0 and the negative numbers belong to the grid; no other number is nearer to 0 than ``first``.
    """
    grid = [float(f"{digit}e{power}") for power in range(-12, 7) for digit in (1, 2, 5)]
    if low <= 0.0:
        grid = [0.0, *(x for x in grid if x >= first)]
    if low < 0.0:
        grid = [*(-x for x in reversed(grid) if x), *grid]
    margin = 1e-6 * abs(value)
    if up:
        return next((x for x in grid if x > value + margin), value)
    return next((x for x in reversed(grid) if x < value - margin), value)
