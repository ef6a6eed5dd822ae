"""The dialog that trains the present settings with several values of one or two of them."""

from __future__ import annotations

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from core.base.errors import LensError
from core.base.translation import _
from core.network.optimizers import OPTIMIZERS
from core.sweeps.sweep_plan import SweepPlan
from core.sweeps.variation import NAMES, parse_variation, written
from core.training.experiment import Experiment
from core.workbench.step_names import field_name
from gui.widgets.fields import ChoiceBox
from gui.widgets.plain_text import plain_label
from gui.widgets.qt_objects import forget_when_deleted

MOST_RUNS = 64
NOTHING = ""
OPTIONS = (
    "learning-rate",
    "optimizer",
    "momentum",
    "batch-size",
    "schedule",
    "hidden",
    "activation",
    "loss",
    "init",
    "l1",
    "l2",
    "dropout",
    "seed",
)
"""What can be tried in the window, by the names of the options; the command ``sweep`` knows all."""
WIDTH = 460


class TryDialog(QDialog):
    """One or two settings, each with its values, and a line that says how many runs these are or what is wrong.

    Signals:
        taken(list of Experiment): train these.
    """

    taken = pyqtSignal(object)

    def __init__(self, experiment: Experiment, epochs: int, parent: QWidget, option: str = OPTIONS[0]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        forget_when_deleted(self)
        self.setWindowTitle(_("Try several values"))
        self._experiment, self._epochs = experiment, epochs
        self._experiments: list[Experiment] = []
        entries = [(name, field_name(NAMES[name].field).capitalize()) for name in OPTIONS]
        self.settings = [ChoiceBox(entries, _("Setting")), ChoiceBox([(NOTHING, "–"), *entries], _("Second setting"))]
        self.values = [QLineEdit(), QLineEdit()]
        self.note = plain_label(" ")
        self.note.setWordWrap(True)
        self.train, self.buttons = QPushButton(_("Train")), QDialogButtonBox()
        self.buttons.addButton(self.train, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self._take)
        self.buttons.rejected.connect(self.reject)
        self._lay_out()
        for place, (setting, values) in enumerate(zip(self.settings, self.values, strict=True)):
            values.setAccessibleName(_("Values") if place == 0 else _("Values of the second setting"))
            values.setPlaceholderText(_("values with semicolons between them"))
            setting.currentIndexChanged.connect(lambda _, place=place: self._suggest(place))
            values.textChanged.connect(lambda _: self._check())
        self.settings[0].set_value(option)
        self._suggest(0)
        self._suggest(1)
        self.values[0].setFocus()
        self.values[0].selectAll()

    def _lay_out(self) -> None:
        grid = QGridLayout()
        for place, (setting, values) in enumerate(zip(self.settings, self.values, strict=True)):
            grid.addWidget(setting, place, 0)
            grid.addWidget(values, place, 1)
        grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.addWidget(
            plain_label(_("Every combination is trained from its start, beside the present run, and kept."))
        )
        column.addLayout(grid)
        column.addWidget(self.note)
        column.addWidget(self.buttons)
        self.setMinimumWidth(WIDTH)

    def _suggest(self, place: int) -> None:
        """Offer values around the present one."""
        option = self.settings[place].value()
        self.values[place].setEnabled(option != NOTHING)
        self.values[place].setText(_suggestion(option, self._experiment) if option != NOTHING else "")
        self._check()

    def _check(self) -> None:
        """Say how many runs these are, or what is wrong."""
        try:
            self._experiments = self._planned()
            count = len(self._experiments)
            text, fault = _("{count} runs of {epochs:,} epochs").format(count=count, epochs=self._epochs), ""
        except LensError as error:
            text, fault = str(error), "wrong"
        self.note.setText(text)
        self.note.setProperty("role", fault)
        self.note.style().polish(self.note)  # type: ignore[union-attr]  # every widget has a style
        self.train.setEnabled(not fault)

    def _planned(self) -> list[Experiment]:
        """The experiments of all combinations; raises LensError."""
        chosen = [
            (setting.value(), values.text().strip())
            for setting, values in zip(self.settings, self.values, strict=True)
            if setting.value() != NOTHING
        ]
        variations = tuple(parse_variation(f"{option}={text}") for option, text in chosen)
        plan = SweepPlan(self._experiment, variations=variations, epochs=self._epochs)
        if plan.count > MOST_RUNS:
            raise LensError(
                _(
                    "These are {count:,} runs, but at most {most_runs} can be tried in the window; name fewer "
                    "values, or use the command sweep."
                ).format(count=plan.count, most_runs=MOST_RUNS)
            )
        return [run.experiment for run in plan.runs]

    def _take(self) -> None:
        self.taken.emit(self._experiments)
        self.accept()


def _suggestion(option: str, experiment: Experiment) -> str:
    """Values to try: all optimizers, seeds that follow, factors of a positive number, or the present value alone."""
    if option == "optimizer":
        return "; ".join(OPTIMIZERS)
    if option == "seed":
        return "; ".join(str(experiment.seed + place) for place in range(5))
    value = getattr(experiment, NAMES[option].field)
    if option == "learning-rate":
        return "; ".join(f"{value * factor:.3g}" for factor in (0.1, 0.3, 1.0, 3.0, 10.0))
    if option in ("l1", "l2"):
        return "0; 0.0001; 0.001; 0.01"
    if option == "dropout":
        return "0; 0.1; 0.2; 0.5"
    if option == "batch-size":
        return "1; 10; 100"
    if option == "hidden":
        return "2; 4; 8; 4,4"
    return written(NAMES[option], value)
