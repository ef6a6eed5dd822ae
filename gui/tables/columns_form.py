"""What the columns of a table are for: the two that are shown, the other inputs, and what is to be learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QCheckBox, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from core.base.translation import _
from core.data.tables.column_choice import MISSING_RULES, Choice, is_input, is_text_input
from core.data.tables.table import Table
from core.network.tasks import CLASSIFICATION, REGRESSION
from core.workbench.table_wishes import Wishes
from gui.widgets.fields import ChoiceBox
from gui.widgets.forms import bare, group, labelled_row
from gui.widgets.plain_text import plain
from gui.widgets.qt_objects import existing

CHECKED, UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked
PLAIN = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled


class ColumnsForm(QWidget):
    """Shows a choice of columns, and edits the wishes that it follows from.

    Signals:
        changed(Wishes): what is wished now.
    """

    changed = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self._wishes = Wishes()
        self._choice: Choice | None = None
        self._shown: tuple[object, ...] = ()
        self.target = ChoiceBox([], _("Column to be learned"))
        self.task = ChoiceBox([(CLASSIFICATION, _("a class")), (REGRESSION, _("a number"))], _("What it holds"))
        self.across = ChoiceBox([], _("Input shown across"))
        self.up = ChoiceBox([], _("Input shown up"))
        self.inputs = QListWidget()
        self.inputs.setSpacing(1)
        self.inputs.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.inputs.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.inputs.setAccessibleName(_("Inputs"))
        self.missing = ChoiceBox(list(MISSING_RULES.items()), _("Missing inputs"))
        self.standardize = QCheckBox(_("&Standardize the inputs"))
        self.standardize.setToolTip(_("Shift and scale the inputs to mean 0, standard deviation 1"))
        self._lay_out()
        self.target.activated.connect(lambda: self._wish(target=self.target.value(), task=None))
        self.task.activated.connect(lambda: self._wish(task=self.task.value()))
        self.across.activated.connect(lambda: self._show_in_picture(0, self.across.value()))
        self.up.activated.connect(lambda: self._show_in_picture(1, self.up.value()))
        self.inputs.itemChanged.connect(self._tick)
        self.missing.activated.connect(lambda: self._wish(missing=self.missing.value()))
        self.standardize.clicked.connect(lambda on: self._wish(standardize=bool(on)))

    def _lay_out(self) -> None:
        box, self.form = group(_("What the columns are for"))
        rows = (
            (_("&Learn"), self.target, _("The label or the number that is to be learned")),
            (_("&as"), self.task, _("Whether that is a class or a number")),
            (_("Show ac&ross"), self.across, _("The input of the picture's horizontal axis")),
            (_("Show &up"), self.up, _("The input of the picture's vertical axis")),
            (_("&Inputs"), self.inputs, _("All that the network gets; the two that are shown are always among them")),
            (_("Missing &values"), self.missing, _("What is done about rows in which an input is missing")),
        )
        for text, field, tip in rows:
            labelled_row(self.form, text, field, tip)
        self.form.addRow(self.standardize)
        layout = bare(QVBoxLayout(self))
        layout.addWidget(box)

    def show_choice(self, table: Table | None, choice: Choice | None, wishes: Wishes) -> None:
        """Show what follows from the wishes; without a table or a choice, what there is."""
        self._wishes, self._choice = wishes, choice
        names = table.names if table is not None else ()
        usable = [c for c in table.columns if is_input(c) or is_text_input(c)] if table is not None else []
        numeric = tuple(column.name for column in usable)
        if (names, numeric, choice) == self._shown:
            return
        self._shown = (names, numeric, choice)
        self.setEnabled(choice is not None)
        target = choice.target if choice is not None else ""
        free = tuple(name for name in numeric if name != target)
        words = {column.name for column in usable if column.texts is not None}
        spread = choice.expanded if choice is not None else ()
        parts = tuple(dict.fromkeys((*(name for name in free if name not in words), *spread)))
        _fill(self.target, names, target)
        _fill(self.across, parts, choice.shown[0] if choice is not None else "")
        _fill(self.up, parts, choice.shown[1] if choice is not None else "")
        self._fill_inputs(free, choice)
        if choice is not None:
            self.task.set_value(choice.task)
            self.missing.set_value(choice.missing)

    def show_standardize(self, on: bool) -> None:
        """Show whether the inputs are standardized."""
        self.standardize.setChecked(on)

    def _fill_inputs(self, names: tuple[str, ...], choice: Choice | None) -> None:
        self.inputs.blockSignals(True)
        if names != tuple(existing(self.inputs.item(place)).text() for place in range(self.inputs.count())):
            self.inputs.clear()
            self.inputs.addItems(names)
        inputs = set(choice.inputs) if choice is not None else set()
        for place, name in enumerate(names):
            item = existing(self.inputs.item(place))
            fixed = choice is not None and name in choice.shown
            item.setFlags(PLAIN if fixed else PLAIN | Qt.ItemFlag.ItemIsUserCheckable)  # type: ignore[arg-type]
            item.setCheckState(CHECKED if name in inputs else UNCHECKED)
            item.setToolTip(
                plain(_("{name}: shown in the picture, and so an input").format(name=name) if fixed else name)
            )
        self.inputs.blockSignals(False)

    # ---------------------------------------------------------------- what is wished

    def _wish(self, **changes: object) -> None:
        self._shown = ()  # whatever comes of it, show it
        self._wishes = replace(self._wishes, **changes)  # type: ignore[arg-type]
        self.changed.emit(self._wishes)

    def _show_in_picture(self, place: int, name: str) -> None:
        """Show another column; the one that is shown on the other axis changes places with it."""
        shown = list(self._choice.shown) if self._choice is not None else [name, name]
        if shown[1 - place] == name:
            shown[1 - place] = shown[place]
        shown[place] = name
        self._wish(shown=tuple(shown))

    def _tick(self, item: QListWidgetItem) -> None:
        inputs: Mapping[str, bool] = {**self._wishes.inputs, item.text(): item.checkState() == CHECKED}
        self._wish(inputs=inputs)


def _fill(box: ChoiceBox, names: tuple[str, ...], chosen: str) -> None:
    """Offer these columns."""
    if names != tuple(box.itemText(place) for place in range(box.count())):
        box.clear()
        for name in names:
            box.addItem(name, name)
    box.set_value(chosen)
