"""Fields for choices and numbers that announce only what the user changed; the mouse wheel does not change them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from PyQt5.QtCore import QLocale, Qt, pyqtSignal
from PyQt5.QtGui import QValidator, QWheelEvent
from PyQt5.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QSlider,
    QSpinBox,
)

from gui.widgets.qt_objects import enable_entry

GESTURE_SECONDS = 0.8
"""A slider moved again within this time continues the same gesture."""


class ChoiceBox(QComboBox):
    """A combo box whose entries have a value and a label; the wheel scrolls the panel, not the choice."""

    def __init__(self, entries: list[tuple[str, str]], name: str) -> None:
        super().__init__()
        self._tips: dict[str, str] = {}
        for value, label in entries:
            self.addItem(label, value)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(10)

    def value(self) -> str:
        """The value of the chosen entry."""
        return str(self.currentData())

    def set_value(self, value: str) -> None:
        """Choose the entry of a value, without announcing a change."""
        self.blockSignals(True)
        self.setCurrentIndex(self.findData(value))
        self.blockSignals(False)

    def set_tips(self, tips: Mapping[str, str]) -> None:
        """Set the tooltip of each entry."""
        self._tips = dict(tips)
        self.refuse({})

    def refuse(self, reasons: Mapping[str, str]) -> None:
        """Disable these entries, whose tooltips then give the reasons, and enable all others."""
        for place in range(self.count()):
            value = str(self.itemData(place))
            reason = reasons.get(value, "")
            enable_entry(self, place, not reason)
            tip = f"Not now: {reason}." if reason else self._tips.get(value, "")
            self.setItemData(place, tip, Qt.ItemDataRole.ToolTipRole)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        assert event is not None
        event.ignore()


class WholeNumberField(QSpinBox):
    """A spin box for whole numbers that announces a finished change, not each key."""

    def __init__(self, low: int, high: int, name: str) -> None:
        super().__init__()
        self.setRange(low, high)
        self.setKeyboardTracking(False)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setGroupSeparatorShown(True)
        self.setLocale(QLocale(QLocale.Language.English))

    def set_value(self, value: int) -> None:
        """Show a value, without announcing a change."""
        self._silently(self.setValue, value)

    def set_minimum(self, value: int) -> None:
        """Set the smallest value, without announcing that this may change the shown value."""
        self._silently(self.setMinimum, value)

    def set_maximum(self, value: int) -> None:
        """Set the largest value, without announcing that this may change the shown value."""
        self._silently(self.setMaximum, value)

    def _silently(self, setter: Callable[[int], None], value: int) -> None:
        self.blockSignals(True)
        setter(value)
        self.blockSignals(False)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        assert event is not None
        event.ignore()


class RealNumberField(QDoubleSpinBox):
    """A spin box for numbers over many powers of ten: it shows what was typed, and steps by 1, 2, 5, 10.

    Args:
        low, high: the range.
        name: the accessible name.
        first: the smallest step above 0.
    """

    def __init__(self, low: float, high: float, name: str, first: float = 1e-4) -> None:
        super().__init__()
        self._first = first
        self.setDecimals(12)
        self.setRange(low, high)
        self.setKeyboardTracking(False)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setLocale(QLocale(QLocale.Language.C))

    def set_value(self, value: float) -> None:
        """Show a value, without announcing a change."""
        if value != self.value():
            self.blockSignals(True)
            self.setValue(value)
            self.blockSignals(False)

    def textFromValue(self, value: float) -> str:
        return f"{value:.12g}"

    def valueFromText(self, text: str | None) -> float:
        assert text is not None
        return float(text)

    def validate(self, text: str | None, position: int) -> tuple[QValidator.State, str, int]:
        """Let the user type anything, but accept only a number within the range."""
        assert text is not None
        try:
            value = float(text)
        except ValueError:
            return QValidator.State.Intermediate, text, position
        inside = self.minimum() <= value <= self.maximum()
        return (QValidator.State.Acceptable if inside else QValidator.State.Intermediate), text, position

    def stepBy(self, steps: int) -> None:
        for _ in range(abs(steps)):
            self.setValue(next_round(self.value(), steps > 0, self.minimum(), self._first))

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        assert event is not None
        event.ignore()


def next_round(value: float, up: bool, low: float = 1e-12, first: float = 1e-12) -> float:
    """The next number above or below that is 1, 2 or 5 times a power of ten.

    If ``low`` allows it, 0 and the negative numbers belong to the grid; no other number is nearer to 0 than ``first``.
    """
    grid = [float(f"{digit}e{power}") for power in range(-12, 7) for digit in (1, 2, 5)]
    if low <= 0.0:
        grid = [0.0, *(x for x in grid if x >= first)]
    if low < 0.0:
        grid = [*(-x for x in reversed(grid) if x), *grid]
    margin = 1e-6 * abs(value)
    if up:
        return next((x for x in grid if x > value + margin), grid[-1])
    return next((x for x in reversed(grid) if x < value - margin), grid[0])


class Slider(QSlider):
    """A horizontal slider that also announces when a change is finished."""

    rested = pyqtSignal(int)

    def __init__(self, low: int, high: int, name: str) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(low, high)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.sliderReleased.connect(lambda: self.rested.emit(self.value()))
        self.valueChanged.connect(lambda value: None if self.isSliderDown() else self.rested.emit(value))

    def set_value(self, value: int) -> None:
        """Show a value, without announcing a change."""
        self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(False)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        assert event is not None
        event.ignore()


class LiveSlider(Slider):
    """A slider whose changes take effect immediately; keys and clicks in quick succession form one gesture.

    Signals:
        moved(int, object): the value, and the gesture to which the change belongs.
    """

    moved = pyqtSignal(int, object)

    def __init__(self, low: int, high: int, name: str) -> None:
        super().__init__(low, high, name)
        self._gesture = object()
        self._last = -GESTURE_SECONDS
        self.sliderPressed.connect(self._begin)
        self.valueChanged.connect(self._tell)

    def set_value(self, value: int) -> None:
        """Show a value, without announcing a change; ignored while the user holds the slider."""
        if not self.isSliderDown():
            super().set_value(value)

    def _begin(self) -> None:
        self._gesture = object()

    def _tell(self, value: int) -> None:
        now = time.monotonic()
        if not self.isSliderDown() and now - self._last > GESTURE_SECONDS:
            self._begin()
        self._last = now
        self.moved.emit(value, self._gesture)
