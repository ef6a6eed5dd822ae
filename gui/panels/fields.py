"""Small parts that the settings are put together from."""

from __future__ import annotations

from collections.abc import Callable

from PyQt5.QtCore import QLocale, Qt, pyqtSignal
from PyQt5.QtGui import QValidator, QWheelEvent
from PyQt5.QtWidgets import QComboBox, QDoubleSpinBox, QFormLayout, QGroupBox, QLabel, QSlider, QSpinBox, QWidget

from gui.flags import LEFT

RESETS = "Changing this starts the run again; Edit ▸ Undo brings the former run back."
LIVE = "Changes during the run, without a reset."


class Choice(QComboBox):
    """A combo box whose entries have a value and a label; the wheel scrolls the panel, not the choice."""

    def __init__(self, entries: list[tuple[str, str]], name: str) -> None:
        super().__init__()
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
        """Choose the entry of a value, silently."""
        self.blockSignals(True)
        self.setCurrentIndex(self.findData(value))
        self.blockSignals(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class Whole(QSpinBox):
    """A spin box for whole numbers that tells of a change when it is done, not at each key."""

    def __init__(self, low: int, high: int, name: str) -> None:
        super().__init__()
        self.setRange(low, high)
        self.setKeyboardTracking(False)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setGroupSeparatorShown(True)
        self.setLocale(QLocale(QLocale.Language.English))

    def set_value(self, value: int) -> None:
        """Show a value, silently."""
        self._silently(self.setValue, value)

    def set_minimum(self, value: int) -> None:
        """Set the least value, silently, although that may change the value shown."""
        self._silently(self.setMinimum, value)

    def set_maximum(self, value: int) -> None:
        """Set the largest value, silently, although that may change the value shown."""
        self._silently(self.setMaximum, value)

    def _silently(self, setter: Callable[[int], None], value: int) -> None:
        self.blockSignals(True)
        setter(value)
        self.blockSignals(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class Real(QDoubleSpinBox):
    """A spin box for positive numbers over many powers of ten: it shows what was typed, and steps by 1, 2, 5, 10."""

    def __init__(self, low: float, high: float, name: str) -> None:
        super().__init__()
        self.setDecimals(12)
        self.setRange(low, high)
        self.setKeyboardTracking(False)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setLocale(QLocale(QLocale.Language.C))

    def set_value(self, value: float) -> None:
        """Show a value, silently."""
        if value != self.value():
            self.blockSignals(True)
            self.setValue(value)
            self.blockSignals(False)

    def textFromValue(self, value: float) -> str:
        return f"{value:.12g}"

    def valueFromText(self, text: str) -> float:
        return float(text)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Anything may be typed; only a number within the range is taken."""
        try:
            value = float(text)
        except ValueError:
            return QValidator.State.Intermediate, text, position
        inside = self.minimum() <= value <= self.maximum()
        return (QValidator.State.Acceptable if inside else QValidator.State.Intermediate), text, position

    def stepBy(self, steps: int) -> None:
        for _ in range(abs(steps)):
            self.setValue(next_round(self.value(), steps > 0))

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def next_round(value: float, up: bool) -> float:
    """The next number above or below that is 1, 2 or 5 times a power of ten."""
    grid = [float(f"{digit}e{power}") for power in range(-12, 7) for digit in (1, 2, 5)]
    if up:
        return next((x for x in grid if x > value * 1.000001), grid[-1])
    return next((x for x in reversed(grid) if x < value * 0.999999), grid[0])


class Scale(QSlider):
    """A horizontal slider that tells of a change when it comes to rest."""

    rested = pyqtSignal(int)

    def __init__(self, low: int, high: int, name: str) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(low, high)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.sliderReleased.connect(lambda: self.rested.emit(self.value()))
        self.valueChanged.connect(lambda value: None if self.isSliderDown() else self.rested.emit(value))

    def set_value(self, value: int) -> None:
        """Show a value, silently."""
        self.blockSignals(True)
        self.setValue(value)
        self.blockSignals(False)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def group(title: str) -> tuple[QGroupBox, QFormLayout]:
    """A titled group of settings, one a row."""
    box = QGroupBox(title)
    form = QFormLayout(box)
    form.setContentsMargins(0, 6, 0, 2)
    form.setHorizontalSpacing(8)
    form.setVerticalSpacing(5)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setLabelAlignment(LEFT)
    return box, form


def row(form: QFormLayout, label: str, field: QWidget, tip: str, live: bool = False) -> None:
    """Add a setting with its label and its tooltip, which says whether a change starts the run again."""
    text = QLabel(label)
    text.setBuddy(field)
    tip = f"{tip}\n{LIVE if live else RESETS}"
    text.setToolTip(tip)
    field.setToolTip(tip)
    form.addRow(text, field)
