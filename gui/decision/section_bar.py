"""The bar above the plot that chooses the visible plane through data with more than two columns."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.base.number_text import MINUS, telling
from core.base.translation import _
from core.data.dataset import Dataset
from core.data.section import PrincipalAxes, Section, Slice, default_section, principal_axes
from gui.widgets.elided import Elided
from gui.widgets.fields import ChoiceBox, Slider
from gui.widgets.forms import bare
from gui.widgets.number_fields import RealNumberField
from gui.widgets.plain_text import plain
from gui.widgets.plots import SIDE

SLICE, AXES = "slice", "axes"
STEPS = 500
ROWS_SEEN = 3
PARTS_TOLD = 3
"""The number of columns named in the description of a principal axis, those with the largest parts."""
VALUE_TEXT = "−00000.000"
FAINTER = _("Points are fainter the farther off they lie.")


class SectionBar(QFrame):
    """Edits the section through data with more than two columns.

    Signals:
        changed(Section): the section as the user wants it.
    """

    changed = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self._dataset: Dataset | None = None
        self._section: Section | None = None
        self._low = self._high = np.zeros(0)  # half the columns' bounds, whose difference never overflows
        self._slice: Slice | None = None  # the last slice, to return to from the principal axes
        self.kind = ChoiceBox([(SLICE, _("Slice")), (AXES, _("Principal axes"))], _("Plane that is shown"))
        self.kind.setMinimumContentsLength(5)
        self.kind.set_tips(
            {
                SLICE: _("Two columns vary, and all others stand at the values below"),
                AXES: _("The plane in which the points differ most, each column measured in standard deviations"),
            }
        )
        self.kind.activated.connect(self._choose_kind)
        self.columns = ChoiceBox([], _("Column along x")), ChoiceBox([], _("Column along y"))
        for place, box in enumerate(self.columns):
            box.setMinimumContentsLength(4)
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            box.activated.connect(lambda _, place=place: self._choose_column(place))
        self._cross = QLabel("×")
        self.fold = QToolButton()
        self.fold.setCheckable(True)
        self.fold.setChecked(True)
        self.fold.setAutoRaise(True)
        self.fold.setToolTip(_("Show or hide the values at which the other columns stand"))
        self.fold.setAccessibleName(_("Values of the other columns"))
        self.fold.toggled.connect(lambda _: self._show_parts())
        self.words = Elided(), Elided()
        for line in self.words:
            line.setProperty("role", "faint")
        self.names: dict[int, Elided] = {}
        self.sliders: dict[int, Slider] = {}
        self.values: dict[int, RealNumberField] = {}
        self._rows = QScrollArea()
        self._rows.setWidgetResizable(True)
        self._rows.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._controls = QWidget()
        self._lay_out()

    def _lay_out(self) -> None:
        row = bare(QHBoxLayout(self._controls), 4)
        row.addWidget(self.kind)
        row.addWidget(self.columns[0], 1)
        row.addWidget(self._cross)
        row.addWidget(self.columns[1], 1)
        row.addWidget(self.fold)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SIDE, 1, 0, 1)
        layout.setSpacing(2)
        layout.addWidget(self._controls)
        layout.addWidget(self._rows)
        for words in self.words:
            layout.addWidget(words)

    def set_data(self, dataset: Dataset, section: Section) -> None:
        """Offer the columns of these data, and show a section."""
        if self._dataset is None or dataset.column_names != self._dataset.column_names:
            self._make_rows(dataset.column_names)
        if dataset is not self._dataset:
            self._dataset = dataset
            self._slice = default_section(dataset)
            self._low, self._high = dataset.points.min(axis=0) / 2.0, dataset.points.max(axis=0) / 2.0
        self.show_section(section)

    def show_section(self, section: Section) -> None:
        """Show a section, without announcing a change."""
        if self._dataset is None:
            return
        self._section = section
        if isinstance(section, Slice):
            self._slice = section
            for box, column in zip(self.columns, section.columns, strict=True):
                box.set_value(str(column))
            for column, value in enumerate(section.values):
                self.values[column].set_value(value)
                self.sliders[column].set_value(self._to_step(column, value))
        self.kind.set_value(SLICE if isinstance(section, Slice) else AXES)
        told = section_words(section, self._dataset)
        for line, text in zip(self.words, (*told, ""), strict=False):
            line.set_full(text)
            line.setToolTip(plain(f"{text}\n{FAINTER}"))
        self._show_parts()

    def show_words_only(self) -> None:
        """Hide all controls, for a picture in which nobody can click."""
        self._controls.hide()
        self.fold.setChecked(False)

    # ---------------------------------------------------------------- parts

    def _make_rows(self, names: tuple[str, ...]) -> None:
        for box in self.columns:
            box.clear()
            for place, name in enumerate(names):
                box.addItem(name, str(place))
        inside = QWidget()
        grid = bare(QGridLayout(inside))
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 3)
        self.names, self.sliders, self.values = {}, {}, {}
        for column, name in enumerate(names):
            label, slider = Elided(), Slider(0, STEPS, _("Where {name} stands").format(name=name))
            label.set_full(name)
            value = RealNumberField(-sys.float_info.max, sys.float_info.max, _("Value of {name}").format(name=name))
            value.setFixedWidth(value.fontMetrics().horizontalAdvance(VALUE_TEXT) + 24)
            slider.valueChanged.connect(lambda step, column=column: self._set(column, self._to_value(column, step)))
            value.valueChanged.connect(lambda value, column=column: self._set(column, value))
            for place, widget in enumerate((label, slider, value)):
                grid.addWidget(widget, column, place)
            self.names[column], self.sliders[column], self.values[column] = label, slider, value
        self._rows.setWidget(inside)
        self._section = None
        self.fold.setChecked(len(names) - 2 <= ROWS_SEEN)  # more rows would leave too little room for the plot

    def _show_parts(self) -> None:
        """Show only the controls that apply to the section."""
        section = self._section
        is_slice = isinstance(section, Slice)
        for widget in (*self.columns, self._cross, self.fold):
            widget.setVisible(is_slice)
        self.fold.setArrowType(Qt.ArrowType.DownArrow if self.fold.isChecked() else Qt.ArrowType.RightArrow)
        others = section.others if isinstance(section, Slice) else ()
        for column in self.names:
            for widget in (self.names[column], self.sliders[column], self.values[column]):
                widget.setVisible(column in others)
        self._rows.setVisible(bool(others) and self.fold.isChecked())
        self.words[0].setVisible(
            not (self.fold.isChecked() and 0 < len(others) <= ROWS_SEEN)
        )  # otherwise the rows say it
        self.words[1].setVisible(not is_slice)
        if others:
            height = self.values[others[0]].sizeHint().height() + 2
            seen = len(others) if len(others) <= ROWS_SEEN else ROWS_SEEN + 0.5  # half a row shows that there are more
            self._rows.setFixedHeight(int(seen * height))

    def _to_value(self, column: int, step: int) -> float:
        share = step / STEPS
        return 2.0 * float(self._low[column] * (1.0 - share) + self._high[column] * share)

    def _to_step(self, column: int, value: float) -> int:
        low, width = self._low[column], self._high[column] - self._low[column]
        return round(STEPS * min(1.0, max(0.0, float((value / 2.0 - low) / width)))) if width > 0.0 else 0

    # ---------------------------------------------------------------- what the user does

    def _choose_kind(self) -> None:
        if self._dataset is not None and self._slice is not None:
            self.changed.emit(self._slice if self.kind.value() == SLICE else principal_axes(self._dataset))

    def _choose_column(self, place: int) -> None:
        if not isinstance(self._section, Slice):
            return
        first, second = self._section.columns
        chosen, other = int(self.columns[place].value()), (second, first)[place]
        if chosen == other:  # swap the two columns
            chosen, other = other, (first, second)[place]
        self.changed.emit(replace(self._section, columns=(chosen, other) if place == 0 else (other, chosen)))

    def _set(self, column: int, value: float) -> None:
        section = self._section
        if isinstance(section, Slice) and value != section.values[column]:
            values = (*section.values[:column], value, *section.values[column + 1 :])
            self.changed.emit(replace(section, values=values))


def section_words(section: Section, dataset: Dataset) -> tuple[str, ...]:
    """The visible plane in words, in one or two lines."""
    names = dataset.column_names
    if isinstance(section, Slice):
        spans = np.ptp(dataset.points, axis=0)
        stand = (f"{names[k]} = {telling(section.values[k], float(spans[k]))}" for k in section.others)
        return (_("Slice at {stand}").format(stand="; ".join(stand)),)
    return axis_words(section, 0, names), axis_words(section, 1, names)


def axis_words(section: PrincipalAxes, number: int, names: tuple[str, ...]) -> str:
    """A principal axis as a sum of columns, the largest parts first."""
    parts = np.array(section.axes[number])
    text = ""
    order = np.argsort(-np.abs(parts), kind="stable")[:PARTS_TOLD].tolist()
    for place, column in enumerate(order):
        sign = MINUS if parts[column] < 0.0 else "+" if place else ""
        text += f" {sign} " if place else sign
        text += f"{abs(parts[column]):.2f}·{names[column]}"
    return _("Axis {number} = {text}").format(number=number + 1, text=text) + (
        " + …" if len(parts) > PARTS_TOLD else ""
    )
