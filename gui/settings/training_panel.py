"""Settings of the training that are needed seldom: momentum, the schedule of the rate, and the warm-up."""

from __future__ import annotations

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QFormLayout, QLabel, QVBoxLayout, QWidget

from core.base.number_text import short
from core.base.translation import _
from core.explain.snapshot import Snapshot
from core.network.optimizers import OPTIMIZERS
from core.network.schedules import SCHEDULES
from core.training.experiment import MAX_EPOCHS, MAX_MOMENTUM, Decay, Experiment
from gui.widgets.fields import ChoiceBox
from gui.widgets.forms import LIVE, allow, bare, group, row
from gui.widgets.number_fields import RealNumberField, WholeNumberField
from gui.widgets.plain_text import plain_label


class TrainingSettings(QWidget):
    """Edits ``momentum``, ``schedule`` and ``warm_up`` of an experiment.

    Signals:
        changed(dict): fields of the experiment and their new values.
    """

    changed = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.momentum = RealNumberField(0.0, MAX_MOMENTUM, _("Momentum"), first=0.01)
        self.momentum.valueChanged.connect(lambda momentum: self._change(momentum=momentum))
        self.schedule = ScheduleField()
        self.schedule.changed.connect(lambda decay: self._change(schedule=decay))
        self.warm_up = WholeNumberField(0, MAX_EPOCHS, _("Epochs of warm-up"))
        self.warm_up.setSuffix(_(" epochs"))
        self.warm_up.valueChanged.connect(lambda epochs: self._change(warm_up=epochs))
        self._rate_now = plain_label()
        self._rate_now.setProperty("role", "faint")
        self._lay_out()

    def _lay_out(self) -> None:
        box, form = group(_("Training"))
        row(
            form,
            _("Momentum"),
            self.momentum,
            _("How much of the former updates lives on: μ, or β₁ of Adam."),
            live=True,
        )
        self.schedule.add_to(form)
        row(form, _("Warm-up"), self.warm_up, _("Epochs in which the rate rises to its full value."), live=True)
        form.addRow(self._rate_now)
        layout = bare(QVBoxLayout(self))
        layout.addWidget(box)

    def show_experiment(self, experiment: Experiment) -> None:
        """Show an experiment's settings, without announcing a change."""
        self.momentum.set_value(experiment.momentum)
        optimizer = OPTIMIZERS[experiment.optimizer]
        allow(self.momentum, "" if optimizer.momentum else _("{name} has none").format(name=optimizer.label))
        self.schedule.set_decay(experiment.schedule)
        self.warm_up.set_value(experiment.warm_up)
        self._rate_now.setVisible(experiment.schedule.name != "constant" or experiment.warm_up > 0)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the present learning rate."""
        self._rate_now.setText(_("Rate now: {learning_rate}").format(learning_rate=short(snapshot.learning_rate)))

    def _change(self, **fields: object) -> None:
        self.changed.emit(fields)


class ScheduleField(QWidget):
    """Chooses a schedule, with a field for each of its numbers; :meth:`add_to` puts the widgets into a form.

    Signals:
        changed(Decay): the schedule as the user wants it.
    """

    changed = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.choice = ChoiceBox(
            [(name, schedule.label) for name, schedule in SCHEDULES.items()], _("Schedule of the rate")
        )
        self.choice.set_tips({name: schedule.formula for name, schedule in SCHEDULES.items()})
        self.choice.activated.connect(lambda: self.changed.emit(Decay(self.choice.value())))
        most = max(len(schedule.settings) for schedule in SCHEDULES.values())
        self.labels = [QLabel() for _place in range(most)]
        name = _("Setting of the schedule")
        self.fields = [RealNumberField(0.0, MAX_EPOCHS, name, first=0.001) for _place in range(most)]
        for label, field in zip(self.labels, self.fields, strict=True):
            label.setBuddy(field)
            field.setToolTip(LIVE)
            field.valueChanged.connect(self._emit)

    def add_to(self, form: QFormLayout) -> None:
        """Add the rows to a form."""
        row(form, _("Schedule"), self.choice, _("How the rate changes with the epochs."), live=True)
        for label, field in zip(self.labels, self.fields, strict=True):
            form.addRow(label, field)

    def set_decay(self, decay: Decay) -> None:
        """Show a schedule, without announcing a change."""
        self.choice.set_value(decay.name)
        wanted = SCHEDULES[decay.name].settings
        for place, (label, field) in enumerate(zip(self.labels, self.fields, strict=True)):
            used = place < len(wanted)
            label.setVisible(used)
            field.setVisible(used)
            if used:
                setting = wanted[place]
                label.setText(f"  {setting.label}")
                field.setAccessibleName(setting.label)
                field.setToolTip(f"{SCHEDULES[decay.name].formula}\n{LIVE}")
                field.setRange(setting.low, setting.high)
                field.set_value((decay.settings or ())[place])

    def _emit(self) -> None:
        wanted = SCHEDULES[self.choice.value()].settings
        values = [round(f.value()) if s.whole else f.value() for f, s in zip(self.fields, wanted, strict=False)]
        self.changed.emit(Decay(self.choice.value(), tuple(values)))
