"""Fields for texts, choices and sliders.

Choices and sliders announce only what the user changed; the mouse wheel does not change them.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from PyQt5.QtCore import QEvent, QObject, QPointF, QRect, Qt, pyqtSignal
from PyQt5.QtGui import (
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PyQt5.QtWidgets import (
    QComboBox,
    QLineEdit,
    QSlider,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStyleOptionSlider,
    QToolTip,
)

from core.base.translation import _
from gui.widgets.elided import shortened
from gui.widgets.ending_painter import painting
from gui.widgets.number_fields import ENTER
from gui.widgets.plain_text import plain
from gui.widgets.qt_objects import enable_entry, existing, notice_mouse_left

PRESS_SECONDS = 0.05
"""A press within this time behind a change is the one that made it."""
GESTURE_SECONDS = 0.8
"""A slider moved again within this time continues the same gesture."""


class ChoiceBox(QComboBox):
    """A combo box whose entries have a value and a label; the wheel scrolls the panel, not the choice."""

    def __init__(self, entries: list[tuple[str, str]], name: str) -> None:
        super().__init__()
        self._tips: dict[str, str] = {}
        self._refusals = ""
        self.setItemDelegate(QStyledItemDelegate(self))  # Qt's own paints no selection below a style sheet
        for value, label in entries:
            self.addItem(label, value)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(10)

    def fit_entries(self) -> None:
        """Be never narrower than the longest entry."""
        self.setMinimumContentsLength(0)  # without which the policy holds for the size hint alone
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)

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
            tip = _("Not now: {reason}.").format(reason=reason) if reason else self._tips.get(value, "")
            self.setItemData(place, plain(tip), Qt.ItemDataRole.ToolTipRole)
            self.setItemData(place, tip, Qt.ItemDataRole.AccessibleDescriptionRole)
        told = _("Not now: {labels}, since {reason}.")
        self._refusals = "\n".join(
            told.format(labels=", ".join(self._labels(reasons, reason)), reason=reason)
            for reason in dict.fromkeys(reasons.values())
            if reason
        )
        self.setAccessibleDescription(self._refusals)

    def _labels(self, reasons: Mapping[str, str], reason: str) -> list[str]:
        """The entries that are refused for a reason."""
        places = (self.findData(value) for value in reasons if reasons[value] == reason)
        return [self.itemText(place) for place in places if place >= 0]

    def showPopup(self) -> None:
        existing(self.view()).installEventFilter(self)
        super().showPopup()

    def hidePopup(self) -> None:
        super().hidePopup()
        notice_mouse_left(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """The keys of the open list are no shortcuts of the window: Escape closes the list alone.

        Return is left to the list, in which Qt chooses already here, and not when the key is pressed.
        """
        is_shortcut = event is not None and event.type() == QEvent.Type.ShortcutOverride and watched is self.view()
        if is_shortcut and isinstance(event, QKeyEvent) and event.key() not in ENTER:
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            whole = self._whole_text() if self.shown_text() != self._whole_text() else ""
            tips = filter(None, (plain(whole), self.toolTip(), plain(self._refusals)))
            QToolTip.showText(event.globalPos(), "\n".join(tips), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        option, style = QStyleOptionComboBox(), existing(self.style())
        self.initStyleOption(option)
        option.currentText = self.shown_text()
        group = QPalette.ColorGroup.Active if self.isEnabled() else QPalette.ColorGroup.Disabled
        with painting(self) as painter:
            painter.setPen(self.palette().color(group, QPalette.ColorRole.Text))
            style.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option, painter, self)
            style.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option, painter, self)
            if self.property("role") == "quiet":  # a style sheet that takes the frame away takes the arrow as well
                x, y = self.width() - 12.0, self.height() / 2.0 - 1.0
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(QPen(self.palette().color(group, QPalette.ColorRole.Text), 1.4))
                painter.drawPolyline(QPolygonF([QPointF(x - 4, y - 1), QPointF(x, y + 3), QPointF(x + 4, y - 1)]))

    def shown_text(self) -> str:
        """The chosen entry, with dots for what has no room, where Qt would cut it; the tooltip has all."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = existing(self.style()).subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self)
        return shortened(self.fontMetrics(), self._whole_text(), room.width() - 2)

    def _whole_text(self) -> str:
        return self.currentText() if self.currentIndex() >= 0 else self.placeholderText()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        assert event is not None
        event.ignore()


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

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """A press beside the handle brings it there; Qt would move it by a step, and not let it be dragged."""
        assert event is not None
        groove, handle = self._box(QStyle.SubControl.SC_SliderGroove), self._box(QStyle.SubControl.SC_SliderHandle)
        if event.button() == Qt.MouseButton.LeftButton and not handle.contains(event.pos()):
            place, room = event.x() - groove.x() - handle.width() // 2, groove.width() - handle.width()
            self.setValue(QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), place, room))
            if not self._box(QStyle.SubControl.SC_SliderHandle).contains(event.pos()):
                return  # few values: the nearest one is not below the mouse
        super().mousePressEvent(event)

    def _box(self, part: QStyle.SubControl) -> QRect:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        return existing(self.style()).subControlRect(QStyle.ComplexControl.CC_Slider, option, part, self)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        assert event is not None
        event.ignore()


class TextField(QLineEdit):
    """A line of text. Enter takes it, Escape gives it up, and both give the keys back to the window.

    Whoever takes the text can refuse it; the field then keeps the keys, so that typing on corrects it.

    Signals:
        given_up(): the user pressed Escape.
    """

    given_up = pyqtSignal()
    _is_refused = False

    def refuse(self) -> None:
        """The text that Enter offers is not taken."""
        self._is_refused = True

    def event(self, event: QEvent | None) -> bool:
        assert event is not None
        is_override = event.type() == QEvent.Type.ShortcutOverride
        if is_override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()  # or it would be a shortcut of the window
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        self._is_refused = False
        super().keyPressEvent(event)
        if event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self._is_refused:
            self.clearFocus()


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
        self.sliderPressed.connect(self._press)
        self.valueChanged.connect(self._tell)

    def set_value(self, value: int) -> None:
        """Show a value, without announcing a change; ignored while the user holds the slider."""
        if not self.isSliderDown():
            super().set_value(value)

    def _press(self) -> None:
        if time.monotonic() - self._last > PRESS_SECONDS:  # else the press has brought the handle here
            self._begin()

    def _begin(self) -> None:
        self._gesture = object()

    def _tell(self, value: int) -> None:
        now = time.monotonic()
        if not self.isSliderDown() and now - self._last > GESTURE_SECONDS:
            self._begin()
        self._last = now
        self.moved.emit(value, self._gesture)
