"""Small parts that the settings are put together from."""

from __future__ import annotations

import time
from collections.abc import Mapping

from PyQt5.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt5.QtGui import QStandardItemModel, QWheelEvent
from PyQt5.QtWidgets import (
    QComboBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.widgets.flags import LEFT

RESETS = "Changing this starts the run again; Edit ▸ Undo brings the former run back."
LIVE = "Changes during the run, without a reset."
GESTURE_SECONDS = 0.8
"""A slider that is moved again so soon goes on with the same gesture."""


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
        """Choose the entry of a value, silently."""
        self.blockSignals(True)
        self.setCurrentIndex(self.findData(value))
        self.blockSignals(False)

    def set_tips(self, tips: Mapping[str, str]) -> None:
        """Say of each entry what it is."""
        self._tips = dict(tips)
        self.refuse({})

    def refuse(self, reasons: Mapping[str, str]) -> None:
        """Grey out the entries that cannot be chosen now; the tooltip of each says why. All others can be chosen."""
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        for place in range(self.count()):
            value = str(self.itemData(place))
            reason = reasons.get(value, "")
            model.item(place).setEnabled(not reason)
            tip = f"Not now: {reason}." if reason else self._tips.get(value, "")
            self.setItemData(place, tip, Qt.ItemDataRole.ToolTipRole)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


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


class LiveScale(Scale):
    """A slider whose changes take place at once; keys and clicks in quick succession belong together like a drag.

    Signals:
        moved(int, object): the value, and the gesture that it belongs to.
    """

    moved = pyqtSignal(int, object)

    def __init__(self, low: int, high: int, name: str) -> None:
        super().__init__(low, high, name)
        self._gesture = object()
        self._last = -GESTURE_SECONDS
        self.sliderPressed.connect(self._begin)
        self.valueChanged.connect(self._tell)

    def set_value(self, value: int) -> None:
        """Show a value, silently; not while the slider is held, lest it be torn away."""
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


class FoldingSection(QWidget):
    """A titled part of the settings that can be folded away.

    Signals:
        toggled(bool): it was opened or closed.
    """

    toggled = pyqtSignal(bool)

    def __init__(self, title: str, is_open: bool = False) -> None:
        super().__init__()
        self.header = QToolButton()
        self.header.setText(title)
        self.header.setCheckable(True)
        self.header.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.header.setProperty("role", "section")
        self.header.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.header.setToolTip(f"Show or hide: {title}")
        self.header.toggled.connect(self._toggle)
        self._body = QWidget()
        self.form = QFormLayout(self._body)
        set_up_form(self.form)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self._body)
        self.header.setChecked(is_open)
        self._toggle(is_open)

    def _toggle(self, is_open: bool) -> None:
        self.header.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self._body.setVisible(is_open)
        self.toggled.emit(is_open)


class ScrollColumn(QScrollArea):
    """Settings one below the other, always wide enough for the widest, and scrolled up and down."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        bar = self.verticalScrollBar().sizeHint().width()
        self.setMinimumWidth(self.widget().minimumSizeHint().width() + bar + 2)


def group(title: str) -> tuple[QGroupBox, QFormLayout]:
    """A titled group of settings, one a row."""
    box = QGroupBox(title)
    form = QFormLayout(box)
    set_up_form(form)
    return box, form


def set_up_form(form: QFormLayout) -> None:
    """Give a form the spacing that all have."""
    form.setContentsMargins(0, 6, 0, 2)
    form.setHorizontalSpacing(8)
    form.setVerticalSpacing(5)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setLabelAlignment(LEFT)


def beside(first: QWidget, second: QWidget, fixed: bool = False) -> QWidget:
    """Two widgets in a row; with ``fixed`` the second is a text of constant width."""
    holder = QWidget()
    line = QHBoxLayout(holder)
    line.setContentsMargins(0, 0, 0, 0)
    line.addWidget(first, 1)
    line.addWidget(second, 0 if fixed else 1)
    if fixed:
        second.setMinimumWidth(second.fontMetrics().horizontalAdvance("100 %") + 4)
    return holder


class FormRows:
    """The rows that a form has now, any of which can be left out: one that is only hidden would leave its spacing."""

    def __init__(self, form: QFormLayout) -> None:
        self._form = form
        self._rows: dict[QWidget, QWidget | None] = {}
        for place in range(form.rowCount()):
            spanning = form.itemAt(place, QFormLayout.ItemRole.SpanningRole)
            field = (spanning or form.itemAt(place, QFormLayout.ItemRole.FieldRole)).widget()
            assert field is not None  # every row is of widgets
            self._rows[field] = None if spanning else form.labelForField(field)

    def show(self, shown: Mapping[QWidget, bool]) -> None:
        """Show some rows, by their fields, and leave out others; the rest stays as it is."""
        place = 0
        for field, label in self._rows.items():
            is_there = self._form.indexOf(field) >= 0
            wanted = shown.get(field, is_there)
            if is_there and not wanted:
                self._form.takeRow(field)
            elif wanted and not is_there and label is None:
                self._form.insertRow(place, field)
            elif wanted and not is_there:
                self._form.insertRow(place, label, field)
            for widget in (field, label):
                if widget is not None and wanted != is_there:
                    widget.setVisible(wanted)
            place += wanted

    def label(self, field: QWidget) -> QLabel:
        """The label of a row, whether it is shown or not."""
        label = self._rows[field]
        assert isinstance(label, QLabel)
        return label


def row(form: QFormLayout, label: str, field: QWidget, tip: str, live: bool = False) -> None:
    """Add a setting with its label and its tooltip, which says whether a change starts the run again."""
    labelled_row(form, label, field, f"{tip}\n{LIVE if live else RESETS}")


def labelled_row(form: QFormLayout, label: str, field: QWidget, tip: str) -> None:
    """Add a field with its label and a tooltip on both."""
    text = QLabel(label)
    text.setBuddy(field)
    text.setToolTip(tip)
    field.setToolTip(tip)
    form.addRow(text, field)
