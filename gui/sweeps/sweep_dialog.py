"""The dialog that chooses what varies in a sweep, and tells how many runs that gives and how long they take."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from PyQt5.QtCore import Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QFocusEvent
from PyQt5.QtWidgets import (
    QCheckBox,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.base.arrays import Array
from core.base.errors import LensError, short_path
from core.base.number_text import duration, grouped
from core.base.translation import _, ngettext
from core.base.values import dataclass
from core.data.data_source import DataSource
from core.data.dataset import Dataset
from core.explain.picked_part import capital
from core.options.field_names import option_name
from core.sweeps.recent_sweeps import MOST_SWEEPS
from core.sweeps.suggested_values import options_that_vary, suggested_values
from core.sweeps.sweep_estimate import estimate_seconds
from core.sweeps.sweep_plan import SweepError, SweepPlan
from core.sweeps.sweep_runner import load_datasets, make_tasks
from core.sweeps.variation import Variation, parse_variation
from core.sweeps.workers import processors
from core.training.experiment import MAX_EPOCHS, Experiment
from gui.sweeps.background import Background
from gui.widgets.elided import Elided
from gui.widgets.fields import ChoiceBox
from gui.widgets.forms import FormDialog, polish
from gui.widgets.number_fields import NumberLine, WholeNumberField
from gui.widgets.plain_text import plain, plain_label
from gui.widgets.qt_objects import forget_when_deleted

MOST_RUNS = 10_000
MOST_AT_ONCE = 500
"""Runs that are looked at while one types; more are looked at in the background, before they can be trained."""
MOST_SEEDS = 1000
MOST_SETTINGS = 4
FIRST_CHOSEN = 20
LEAST_VALUES = 420
NOTHING = ""
START_SECONDS = 4.0
"""About how long the processes take to start."""
REST_MILLISECONDS = 250
FORMS = _("0.01;0.1;1   or   log:0.001..1:7   or   0..1:5")


@dataclass(frozen=True, eq=False)
class SweepOrder:
    """What is to be trained.

    Attributes:
        plan: the sweep.
        path: its folder.
        datasets: the points that are known already, by their sources.
        initial: the weights that all runs start from; None for those that each experiment draws.
    """

    plan: SweepPlan
    path: Path
    datasets: Mapping[DataSource, Dataset]
    initial: Array | None


class ValuesLine(NumberLine):
    """The values of a setting: whoever comes to them finds them selected, so that typing replaces those suggested."""

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        super().focusInEvent(event)
        assert event is not None
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.enter(event.reason() == Qt.FocusReason.MouseFocusReason)


class SweepDialog(FormDialog):
    """Up to four settings with their values, seeds, epochs and patience, and the folder.

    Args:
        experiment: the settings that all runs share.
        dataset: its points.
        home: the weights that it starts from; None for those that it draws.
        epochs: of each run, at first.
        path: the folder, at first: one that the program removes when it is old.
        warning: what else comes of it; empty for nothing.
        option: the first setting, at first.

    Signals:
        taken(SweepOrder): train these.
    """

    taken = pyqtSignal(object)

    def __init__(
        self,
        experiment: Experiment,
        dataset: Dataset,
        home: Array | None,
        epochs: int,
        path: Path,
        warning: str,
        parent: QWidget,
        option: str = "learning-rate",
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        forget_when_deleted(self)
        self.setWindowTitle(_("Try several values"))
        self._experiment, self._dataset, self._home = experiment, dataset, home
        self._plan: SweepPlan | None = None
        self._path = self._own_path = path
        self._background = Background(self)
        self._background.done.connect(self._take_estimate)
        entries = [(name, capital(option_name(name))) for name in options_that_vary(experiment)]
        self.settings, self.values = list[ChoiceBox](), list[ValuesLine]()
        for place in range(MOST_SETTINGS):
            name = _("Setting") if place == 0 else _("Setting {place}").format(place=place + 1)
            self.settings.append(ChoiceBox(entries if place == 0 else [(NOTHING, "–"), *entries], name))
            self.values.append(ValuesLine())
        self.seeds = WholeNumberField(1, MOST_SEEDS, _("Seeds of each combination"))
        self.some = QCheckBox(_("Random combinations"))
        self.chosen = WholeNumberField(1, MOST_RUNS, _("Number of random combinations"))
        self.epochs = WholeNumberField(1, MAX_EPOCHS, _("Epochs of each run"))
        self.patience = WholeNumberField(1, MAX_EPOCHS, _("Patience of the runs in epochs"))
        self.early = QCheckBox(_("Patience"))
        self.folder, self.browse, self.keeping = Elided(), QPushButton(_("Change…")), plain_label("")
        self.note, self.time = plain_label(" "), plain_label(" ")
        self.train, self.buttons = QPushButton(_("Train")), QDialogButtonBox()
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MILLISECONDS)
        self._rest.timeout.connect(self._estimate)
        self._set_up(epochs)
        self._lay_out(warning)
        self._connect()
        self.settings[0].set_value(option)
        self._suggest(0)
        for place in range(1, MOST_SETTINGS):
            self._suggest(place)
        self.values[0].setFocus()

    def _set_up(self, epochs: int) -> None:
        experiment = self._experiment
        self.seeds.set_value(1)
        self.seeds.setToolTip(_("Each combination is trained with so many seeds; their spread tells what is chance"))
        self.some.setToolTip(_("Train only so many of the combinations, drawn by the seed of the present run"))
        self.chosen.set_value(FIRST_CHOSEN)
        self.epochs.set_value(epochs)
        has_test = _has_test(experiment)
        self.early.setEnabled(has_test)
        self.early.setChecked(has_test and experiment.patience is not None)
        self.early.setToolTip(
            _("End a run when its test loss has not fallen for so many epochs, at its best epoch")
            if has_test
            else _("Early stopping needs a test set, but every point is used for training")
        )
        self.patience.set_value(experiment.patience or 20)
        self.note.setWordWrap(True)
        self.time.setProperty("role", "faint")
        self.folder.setMinimumWidth(240)
        self.keeping.setProperty("role", "faint")
        self.keeping.setWordWrap(True)
        for setting in self.settings:
            setting.fit_entries()
        for place, values in enumerate(self.values):
            values.setAccessibleName(
                _("Values") if place == 0 else _("Values of setting {place}").format(place=place + 1)
            )
            values.setToolTip(_("Values with semicolons between them, or a range: {forms}").format(forms=FORMS))
        self.buttons.addButton(self.train, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self._show_folder()

    def _lay_out(self, warning: str) -> None:
        grid = QGridLayout()
        for place, (setting, values) in enumerate(zip(self.settings, self.values, strict=True)):
            grid.addWidget(setting, place, 0)
            grid.addWidget(values, place, 1)
        grid.setColumnStretch(1, 1)
        numbers = QGridLayout()
        numbers.setHorizontalSpacing(12)
        for place, (text, field) in enumerate(((_("Epochs"), self.epochs), (_("Seeds"), self.seeds))):
            label = plain_label(text)
            label.setBuddy(field)
            numbers.addWidget(label, place, 0)
            numbers.addWidget(field, place, 1)
        for place, (box, field) in enumerate(((self.early, self.patience), (self.some, self.chosen))):
            numbers.addWidget(box, place, 2)
            numbers.addWidget(field, place, 3)
        numbers.setColumnStretch(4, 1)
        place_line = QHBoxLayout()
        place_line.addWidget(plain_label(_("Folder")))
        place_line.addWidget(self.folder, 1)
        place_line.addWidget(self.browse)
        column = QVBoxLayout(self)
        column.setSpacing(8)
        head = plain_label(_("The combinations of these values are trained from their start, beside the window."))
        head.setWordWrap(True)
        column.addWidget(head)
        column.addLayout(grid)
        column.addLayout(numbers)
        column.addLayout(place_line)
        column.addWidget(self.keeping)
        if warning:
            column.addWidget(plain_label(warning))
        column.addWidget(self.note)
        column.addWidget(self.time)
        column.addWidget(self.buttons)
        self.values[0].setMinimumWidth(LEAST_VALUES)

    def _connect(self) -> None:
        self.buttons.accepted.connect(self._take)
        self.buttons.rejected.connect(self.reject)
        self.browse.clicked.connect(self._choose_folder)
        for place, (setting, values) in enumerate(zip(self.settings, self.values, strict=True)):
            setting.currentIndexChanged.connect(lambda _, place=place: self._suggest(place))
            values.textChanged.connect(lambda _: self._check())
        for field in (self.seeds, self.chosen, self.epochs, self.patience):
            field.valueChanged.connect(lambda _: self._check())
        for box in (self.some, self.early):
            box.clicked.connect(lambda _: self._check())

    # ---------------------------------------------------------------- what is wanted

    def _suggest(self, place: int) -> None:
        """Offer values around the present one."""
        option = self.settings[place].value()
        values = self.values[place]
        values.setEnabled(option != NOTHING)
        values.setPlaceholderText(FORMS if option != NOTHING else _("Choose a setting at the left"))
        values.setText(suggested_values(option, self._experiment) if option != NOTHING else "")
        self._check()

    def _variations(self) -> tuple[Variation, ...]:
        """What varies; raises LensError."""
        pairs = zip(self.settings, self.values, strict=True)
        chosen = [(s.value(), v.text().strip()) for s, v in pairs if s.value() != NOTHING]
        return tuple(parse_variation(f"{option}={text}") for option, text in chosen)

    def _planned(self) -> SweepPlan:
        """The sweep; raises LensError."""
        variations = self._variations()
        base = self._experiment
        if all(variation.name != "patience" for variation in variations):
            base = base.replace(patience=self.patience.value() if self.early.isChecked() else None)
        chosen = self.chosen.value() if self.some.isChecked() else None
        plan = SweepPlan(base, {}, variations, self.epochs.value(), self.seeds.value(), chosen)
        if plan.count > MOST_RUNS:
            raise LensError(
                _(
                    "These are {count} runs, but at most {most_runs} can be tried in the window; name fewer "
                    "values, or try random combinations."
                ).format(count=grouped(plan.count), most_runs=grouped(MOST_RUNS))
            )
        if plan.count <= MOST_AT_ONCE:
            assert plan.runs  # each of them is looked at
        return plan

    def _check(self) -> None:
        """Say how many runs these are, or what is wrong."""
        self.patience.setEnabled(self.early.isChecked())
        self.chosen.setEnabled(self.some.isChecked())
        try:
            self._plan = self._planned()
            self._show_note(_size_of(self._plan), "strong")
        except LensError as error:
            self._plan = None
            self._show_note(str(error), "wrong")
        self.time.setText(" ")
        self.train.setEnabled(self._plan is not None and self._plan.count <= MOST_AT_ONCE)
        self._rest.start()

    def _show_note(self, text: str, role: str) -> None:
        option, colon, rest = text.removeprefix("--").partition(": ")
        if any(option == setting.value() for setting in self.settings):
            option = capital(option_name(option))
        self.note.setText(f"{option}{colon}{rest}")
        self.note.setProperty("role", role)
        polish(self.note)

    # ---------------------------------------------------------------- how long it takes

    def _known(self) -> dict[DataSource, Dataset]:
        return {self._experiment.data: self._dataset}

    def initial_of(self, plan: SweepPlan) -> Array | None:
        """The weights of the present run, if they fit all runs and no seed is to draw others."""
        home, base = self._home, self._experiment
        draws = plan.seeds > 1 or any(v.name in ("seed", "init", "bias") for v in plan.variations)
        shape = base.hidden, base.features, base.output, base.data
        fits = all((e.hidden, e.features, e.output, e.data) == shape for e in (run.experiment for run in plan.runs))
        return home if home is not None and fits and not draws else None

    def _estimate(self) -> None:
        plan = self._plan
        if plan is not None:
            self.time.setText(_("Measuring how long this takes"))
            known = self._known()

            def estimate() -> float:
                tasks = make_tasks(plan, (), self.initial_of(plan), load_datasets(plan, known=known))
                return estimate_seconds(tasks, min(processors(), len(tasks)), self._background.is_wanted)

            self._background.call(plan, estimate)

    def _take_estimate(self, plan: object, found: object) -> None:
        if plan is not self._plan:
            return
        self.train.setEnabled(not isinstance(found, SweepError))
        if isinstance(found, SweepError):
            self._plan = None
            self._show_note(str(found), "wrong")
            self.time.setText(" ")
        elif isinstance(found, LensError):
            self.time.setText(str(found))
        elif isinstance(found, float) and found > 0.0:
            workers = processors()
            by = ngettext("{n} process", "{n} processes", workers).format(n=workers)
            self.time.setText(
                _("about {time} with {by} beside the window").format(time=duration(found + START_SECONDS), by=by)
            )
        else:
            self.time.setText(_("The engine must be compiled first, which takes some seconds"))

    # ---------------------------------------------------------------- the folder and the end

    def _show_folder(self) -> None:
        self.folder.set_full(short_path(self._path), f"…{os.sep}{self._path.name}")
        self.folder.setToolTip(plain(str(self._path)))
        told = _("The {count} sweeps used last stay there; older ones go to the trash. Choose another to keep this.")
        is_own = self._path == self._own_path
        self.keeping.setText(told.format(count=MOST_SWEEPS) if is_own else _("The program never removes this folder."))

    def _choose_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, _("Folder of the sweep"), str(self._path.parent))
        if path:
            self._path = Path(path)
            self._show_folder()

    def _take(self) -> None:
        if self._plan is not None:
            self.taken.emit(SweepOrder(self._plan, self._path, self._known(), self.initial_of(self._plan)))
            self.accept()

    def done(self, result: int) -> None:
        self._rest.stop()
        self._background.close()
        super().done(result)


def _size_of(plan: SweepPlan) -> str:
    """How many runs these are, and of how many combinations if not of all."""
    runs = ngettext("{n} run", "{n} runs", plan.count).format(n=grouped(plan.count))
    epochs = ngettext("{n} epoch", "{n} epochs", plan.epochs).format(n=grouped(plan.epochs))
    text = _("{runs} of {epochs}").format(runs=runs, epochs=epochs)
    points = [value for variation in plan.variations if variation.name == "points" for value in variation.values]
    if points:
        text = _("{runs}, on up to {points} points").format(runs=text, points=grouped(max(map(int, points))))
    if plan.chosen is None or plan.chosen >= plan.combinations:
        return text
    chosen, combinations = grouped(plan.chosen), grouped(plan.combinations)
    return _("{runs}: {chosen} of {all} combinations").format(runs=text, chosen=chosen, all=combinations)


def _has_test(experiment: Experiment) -> bool:
    return experiment.train_fraction < 1.0 or experiment.only_sample is not None
