"""How a table is read: each part is found by itself and can be changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QCheckBox, QLabel, QPushButton, QVBoxLayout, QWidget

from core.base.translation import _
from core.data.tables import reading as form
from core.data.tables.table import Doubt, Table
from gui.widgets.fields import ChoiceBox
from gui.widgets.forms import bare, group, labelled_row, polish
from gui.widgets.number_fields import WholeNumberField
from gui.widgets.qt_objects import existing

WHITE_SPACE = "white space"
"""What stands for None among the values of a combo box."""
OF_SHEETS = ("skip", "header", "sheet")
QUOTES, COMMENTS = ({"": _("none")} | {mark: mark for mark in marks} for marks in (form.QUOTES, form.COMMENTS))
BOXES: tuple[tuple[str, str, str, Mapping[str, str] | Mapping[str | None, str]], ...] = (
    (_("Sheet"), _("Sheet"), _("Which sheet of the workbook is read"), {}),
    (_("&Encoding"), _("Encoding"), _("Which characters the bytes stand for"), form.ENCODINGS),
    (_("&Delimiter"), _("Delimiter"), _("What parts the columns"), form.DELIMITERS),
    (_("Deci&mal mark"), _("Decimal mark"), _("What stands before the decimals of a number"), form.DECIMALS),
    (_("&Thousands"), _("Mark of thousands"), _("What stands between groups of three digits"), form.THOUSANDS),
    (_("&Quotes"), _("Quote"), _("What stands around a text that holds delimiters"), QUOTES),
    (_("&Comments"), _("Comment prefix"), _("Lines that begin with it are passed over"), COMMENTS),
)
"""Labels, names, tooltips and choices."""


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
        boxes = [
            ChoiceBox([(WHITE_SPACE if mark is None else mark, text) for mark, text in marks.items()], name)
            for _label, name, _tip, marks in BOXES
        ]
        self.sheet, self.encoding, self.delimiter, self.decimal, self.thousands, self.quote, self.comment = boxes
        self.skip = WholeNumberField(0, form.MAX_SKIP, _("Lines to skip"))
        self.header = QCheckBox(_("The &first row names the columns"))
        self.signs = QCheckBox(_("Numbers may carry $, %, ( )"))
        self.again = QPushButton(_("Find it a&gain"))
        self.again.setToolTip(_("Find all of this by itself again"))
        self._fields: dict[str, QWidget] = {name: getattr(self, name) for name in form.VALID}
        box, self.form = group(_("How it is read"))
        for (label, _name, tip, _marks), field in zip(BOXES, boxes, strict=True):
            labelled_row(self.form, label, field, tip)
        labelled_row(self.form, _("S&kip lines"), self.skip, _("How many lines stand above the table"))
        for button in (self.header, self.signs, self.again):
            self.form.addRow(button)
        layout = bare(QVBoxLayout(self))
        layout.addWidget(box)
        for name, part in self._fields.items():
            if isinstance(part, ChoiceBox):
                part.activated.connect(lambda _, n=name, b=part: self._choose(n, b.value()))
            elif isinstance(part, QCheckBox):
                part.clicked.connect(lambda on, n=name: self.changed.emit({n: bool(on)}))
        self.skip.valueChanged.connect(lambda lines: self.changed.emit({"skip": lines}))
        self.again.clicked.connect(self.found_anew)

    def _choose(self, name: str, value: str) -> None:
        found = {"skip": None, "header": None} if name == "sheet" else {}
        self.changed.emit({name: None if value == WHITE_SPACE else value, **found})

    def show_reading(self, table: Table | None, known: Mapping[str, object]) -> None:
        """Show how a table is read; what cannot be changed is greyed: of a sheet most, of arrays all."""
        reading, is_text, sheets = (None, False, ()) if table is None else (table.reading, table.is_text, table.sheets)
        for part in (self.sheet, existing(self.form.labelForField(self.sheet))):
            part.setVisible(bool(sheets))
        self.sheet.clear()
        for sheet in sheets:
            self.sheet.addItem(sheet, sheet)
        for name, field in self._fields.items():
            field.setEnabled(reading is not None and (is_text or name in OF_SHEETS))
            value = getattr(reading, name, None)
            if isinstance(field, QCheckBox):
                field.setChecked(bool(value))
            elif isinstance(field, ChoiceBox):
                mark = WHITE_SPACE if value is None else str(value)
                if is_text and field.findData(mark) < 0 and field is not self.sheet:
                    field.addItem(mark, mark)  # which need not be among the usual ones
                field.setCurrentIndex(field.findData(mark) if is_text or field is self.sheet else -1)
        self.skip.set_value(reading.skip if reading is not None else 0)
        self.sheet.setEnabled(len(sheets) > 1)
        self.again.setEnabled(bool(known))

    def show_nothing(self, known: Mapping[str, object]) -> None:
        """No row can be shown: leave all as it was set, to be mended."""
        for field in self._fields.values():
            field.setEnabled(True)
        self.again.setEnabled(bool(known))

    def told(self, doubt: Doubt) -> str:
        """A doubt, and the setting that settles it if there is one."""
        field = self._fields.get(doubt.settled_by)
        label = self.form.labelForField(field) or field if field is not None else None
        if not isinstance(label, (QLabel, QCheckBox)):
            return doubt.text
        return _("{doubt} See “{setting}”.").format(doubt=doubt.text, setting=label.text().replace("&", ""))

    def mark_doubtful(self, names: Collection[str]) -> None:
        """Show which settings are doubtful."""
        for name, field in self._fields.items():
            part = self.form.labelForField(field) or field
            part.setProperty("wrong", name in names)
            polish(part)
