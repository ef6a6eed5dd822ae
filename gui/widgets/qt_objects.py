"""Objects of Qt that PyQt5's stubs call optional, although they exist here."""

from __future__ import annotations

from typing import TypeVar

from PyQt5.QtGui import QClipboard, QStandardItemModel
from PyQt5.QtWidgets import QApplication, QComboBox

Value = TypeVar("Value")


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
