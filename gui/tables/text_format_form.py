"""How a table is read: each part is found by itself and can be changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QCheckBox, QPushButton, QVBoxLayout, QWidget

from core.base.translation import _
from core.data.tables.text.text_format import (
    COMMENTS,
    DECIMALS,
    DELIMITERS,
    ENCODINGS,
    MAX_SKIP,
    QUOTES,
    THOUSANDS,
    Reading,
)
from gui.widgets.fields import ChoiceBox
from gui.widgets.forms import group, labelled_row
from gui.widgets.number_fields import WholeNumberField
from gui.widgets.qt_objects import existing

WHITE_SPACE, NONE = "white space", "none"
"""What stands for None and for the empty text among the values of a combo box."""


class ReadingForm(QWidget):
    """Shows a reading and edits it.

    Signals:
        changed(dict): fields of Reading and their new values.
        found_anew(): all is to be found by itself again.
    """

    changed = pyqtSignal(object)
    found_anew = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.encoding = ChoiceBox(list(ENCODINGS.items()), _("Encoding"))
        self.delimiter = ChoiceBox([(mark or WHITE_SPACE, label) for mark, label in DELIMITERS.items()], _("Delimiter"))
        self.decimal = ChoiceBox(list(DECIMALS.items()), _("Decimal mark"))
        self.thousands = ChoiceBox(list(THOUSANDS.items()), _("Mark of thousands"))
        self.quote = ChoiceBox([(NONE, _("none")), *((mark, mark) for mark in QUOTES)], _("Quote"))
        self.comment = ChoiceBox([(NONE, _("none")), *((mark, mark) for mark in COMMENTS)], _("Comment prefix"))
        self.skip = WholeNumberField(0, MAX_SKIP, _("Lines to skip"))
        self.header = QCheckBox(_("The &first row names the columns"))
        self.signs = QCheckBox(_("Numbers may carry $, %, ( )"))
        self.sheet = ChoiceBox([], _("Sheet"))
        self.again = QPushButton(_("Find it a&gain"))
        self.again.setToolTip(_("Find all of this by itself again"))
        self._fields: dict[str, QWidget] = {
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "decimal": self.decimal,
            "thousands": self.thousands,
            "quote": self.quote,
            "comment": self.comment,
            "skip": self.skip,
            "header": self.header,
            "signs": self.signs,
            "sheet": self.sheet,
        }
        self._lay_out()
        for name, field in self._fields.items():
            if isinstance(field, ChoiceBox) and field is not self.sheet:
                empty = None if name == "delimiter" else ""
                field.activated.connect(lambda _, n=name, f=field, e=empty: self._change(n, _mark(f.value(), e)))
            elif isinstance(field, QCheckBox):
                field.clicked.connect(lambda on, n=name: self._change(n, bool(on)))
        self.skip.valueChanged.connect(lambda lines: self._change("skip", lines))
        self.sheet.activated.connect(
            lambda: self.changed.emit({"sheet": self.sheet.value(), "skip": None, "header": None})
        )
        self.again.clicked.connect(self.found_anew)

    def _lay_out(self) -> None:
        box, self.form = group(_("How it is read"))
        rows = (
            (_("Sheet"), self.sheet, _("Which sheet of the workbook is read")),
            (_("&Encoding"), self.encoding, _("Which characters the bytes stand for")),
            (_("&Delimiter"), self.delimiter, _("What parts the columns")),
            (_("Deci&mal mark"), self.decimal, _("What stands before the decimals of a number")),
            (_("&Thousands"), self.thousands, _("What stands between groups of three digits")),
            (_("&Quotes"), self.quote, _("What stands around a text that holds delimiters")),
            (_("&Comments"), self.comment, _("Lines that begin with it are passed over")),
            (_("S&kip lines"), self.skip, _("How many lines stand above the table")),
        )
        for text, field, tip in rows:
            labelled_row(self.form, text, field, tip)
        self.form.addRow(self.header)
        self.form.addRow(self.signs)
        self.form.addRow(self.again)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(box)

    def show_reading(
        self, reading: Reading | None, is_text: bool, known: Mapping[str, object], sheets: Sequence[str] = ()
    ) -> None:
        """Show how the table is read; what cannot be changed is greyed: of a sheet most, of arrays all."""
        of_sheet = ("skip", "header", "sheet")
        for name, field in self._fields.items():
            field.setEnabled(reading is not None and (is_text or name in of_sheet))
        self.sheet.setEnabled(len(sheets) > 1)
        for part in (self.sheet, existing(self.form.labelForField(self.sheet))):
            part.setVisible(bool(sheets))
        self.sheet.clear()
        for sheet in sheets:
            self.sheet.addItem(sheet, sheet)
        self.again.setEnabled(bool(known))
        if reading is not None:
            self._show_values(reading)
        for field in self._fields.values():
            if isinstance(field, ChoiceBox) and not is_text and field is not self.sheet:
                field.setCurrentIndex(-1)

    def _show_values(self, reading: Reading) -> None:
        for name, field in self._fields.items():
            value = getattr(reading, name)
            if field is self.sheet:
                self.sheet.setCurrentIndex(self.sheet.findData(value))
            elif isinstance(field, ChoiceBox):
                self._show(field, WHITE_SPACE if value is None else value or ("" if name == "thousands" else NONE))
            elif isinstance(field, QCheckBox):
                field.setChecked(value)
        self.skip.set_value(reading.skip)

    def show_nothing(self, known: Mapping[str, object]) -> None:
        """No row can be shown: leave all as it was set, to be mended."""
        for field in self._fields.values():
            field.setEnabled(True)
        self.again.setEnabled(bool(known))

    @staticmethod
    def _show(box: ChoiceBox, mark: str) -> None:
        """Choose a mark, which need not be among the usual ones."""
        if box.findData(mark) < 0:
            box.addItem(mark, mark)
        box.set_value(mark)

    def _change(self, field: str, value: object) -> None:
        self.changed.emit({field: value})


def _mark(value: str, empty: str | None) -> str | None:
    return empty if value in (WHITE_SPACE, NONE) else value
