"""The dialog that renames the classes."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import (
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.base.errors import DataError
from core.base.translation import _
from core.data.class_names import checked_names, natural_order
from gui.widgets.forms import FormDialog
from gui.widgets.plain_text import plain_label
from gui.widgets.qt_objects import forget_when_deleted
from gui.widgets.theme import Theme

WIDTH = 340
MOST_SEEN = 10
"""The number of fields that are visible without scrolling."""


class ClassNamesDialog(FormDialog):
    """A field for the name of each class, and a line that says what is wrong with the names.

    Signals:
        taken(tuple of str): the user changed the names to these, in the order of the classes.

    Attributes:
        fields: one for each class, in the order of the classes; they stand below each other in natural order.
    """

    taken = pyqtSignal(object)

    def __init__(self, names: Sequence[str], theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        forget_when_deleted(self)
        self.setWindowTitle(_("Rename classes"))
        self._before = tuple(names)
        self.fields = [QLineEdit(name) for name in names]
        self.fault = plain_label(" ")
        self.fault.setWordWrap(True)
        self.fault.setProperty("role", "wrong")
        self.buttons = QDialogButtonBox()
        self.ok = QPushButton(_("OK"))
        self.buttons.addButton(self.ok, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self._take)
        self.buttons.rejected.connect(self.reject)
        holder = QWidget()
        form = QFormLayout(holder)
        order = natural_order(self._before)
        for number, index in enumerate(order, start=1):
            field = self.fields[index]
            field.setAccessibleName(_("Name of class {number}").format(number=number))
            field.textChanged.connect(lambda _: self._check())
            form.addRow(_label(index, number, theme), field)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(holder)
        seen = min(len(self.fields), MOST_SEEN)
        area.setMinimumHeight(holder.sizeHint().height() * seen // max(1, len(self.fields)) + 2)
        layout = QVBoxLayout(self)
        layout.addWidget(area)
        layout.addWidget(self.fault)
        layout.addWidget(self.buttons)
        self.resize(WIDTH, 0)
        self.fields[order[0]].selectAll()
        self.fields[order[0]].setFocus()

    def _names(self) -> tuple[str, ...]:
        """The typed names; raises DataError if they are invalid."""
        return checked_names([field.text() for field in self.fields])

    def _check(self) -> None:
        try:
            self._names()
            fault = " "
        except DataError as error:
            fault = str(error)
        self.fault.setText(fault)
        self.ok.setEnabled(fault == " ")

    def _take(self) -> None:
        names = self._names()
        if names != self._before:
            self.taken.emit(names)
        self.accept()


def _label(index: int, number: int, theme: Theme) -> QLabel:
    """A label with the mark of a class, and its number in the dialog."""
    label = QLabel(f'<span style="color:rgb{theme.class_rgb(index)}">{theme.class_glyph(index)}</span>&nbsp;{number}')
    label.setTextFormat(Qt.TextFormat.RichText)
    return label
