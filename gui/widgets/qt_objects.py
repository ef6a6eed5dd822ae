"""What PyQt5 leaves to be done: objects of Qt that its stubs call optional, although they exist here, and dead ones."""

from __future__ import annotations

import gc
from typing import TypeVar

from PyQt5.QtCore import QEvent, QSize, QTimer
from PyQt5.QtGui import QClipboard, QCursor, QStandardItemModel
from PyQt5.QtWidgets import QApplication, QComboBox, QWidget

Value = TypeVar("Value")
FRAME = QSize(16, 48)
"""What the frame and the title of a window take at most."""


def existing(value: Value | None) -> Value:
    """A value that is known not to be None."""
    assert value is not None
    return value


def clipboard() -> QClipboard:
    """The clipboard of the desktop."""
    return existing(QApplication.clipboard())


def enable_entry(box: QComboBox, index: int, enabled: bool) -> None:
    """Enable or disable an entry of a combo box."""
    model = box.model()
    assert isinstance(model, QStandardItemModel)  # the model that Qt gives every combo box
    existing(model.item(index)).setEnabled(enabled)


def notice_mouse_left(widget: QWidget) -> None:
    """Let a widget whose list closes know that the mouse is elsewhere; Qt would leave it lit until the next visit."""
    if not widget.rect().contains(widget.mapFromGlobal(QCursor.pos())):
        QApplication.sendEvent(widget, QEvent(QEvent.Type.Leave))


def resize_within_screen(window: QWidget, width: int, height: int) -> None:
    """Give a window this size, or less where the screen has no room for it and its frame."""
    room = existing(window.screen()).availableGeometry().size() - FRAME
    window.resize(QSize(width, height).boundedTo(room))


def forget_when_deleted(widget: QWidget) -> None:
    """Let Python forget a widget and its parts right after Qt has deleted it.

    Python is not told when a part dies that Qt made, such as a scroll bar. As long as it knows the part, it takes what
    comes to lie at its address for it, and can crash. It knows the part as long as it knows the widget; that one lies
    in cycles with its slots, so the cycles are collected.
    """
    widget.destroyed.connect(_collect_soon)  # the parts die after this signal


def _collect_soon() -> None:
    QTimer.singleShot(0, _collect)


def _collect() -> None:
    gc.collect()
