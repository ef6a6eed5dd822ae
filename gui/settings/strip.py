"""The strip of the settings that a lesson changes most, always in reach below the toolbar."""

from __future__ import annotations

from PyQt5.QtCore import QEvent, Qt, pyqtSignal
from PyQt5.QtGui import QResizeEvent, QShowEvent
from PyQt5.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolBar, QToolButton, QVBoxLayout, QWidget

from core.base.number_text import LONGEST_TYPED
from core.base.translation import _
from core.data.data_source import FILE, RULE, DataSource, default_source
from core.data.generators import GENERATORS
from core.network.activations import HIDDEN_ACTIVATIONS
from core.network.losses import LOSSES
from core.network.optimizers import OPTIMIZERS
from core.network.tasks import CLASSIFICATION, REGRESSION
from core.training.experiment import MAX_BATCH, MAX_DROPOUT, Experiment
from gui.settings.layers_panel import activation_choice
from gui.widgets.elided import TYPE_CHANGES
from gui.widgets.fields import ChoiceBox
from gui.widgets.forms import LIVE, RESETS, allow, bare, polish
from gui.widgets.number_fields import NumberField, RealNumberField, WholeNumberField
from gui.widgets.plain_text import plain

MIXED = ""
OVERHANG = 3
"""How far the last letter of a name may reach beyond its width."""
NONE = "none"
PENALTIES = {"l1": 0.001, "l2": 0.01, "dropout": 0.2}
"""The kinds of regularization in the strip, each with about the amount that it starts with."""
MORE, MORE_NARROW = _("More settings"), _("More")
FIRST_OF_TASK = {CLASSIFICATION: "circle", REGRESSION: "plane"}


class SettingsStrip(QToolBar):
    """Edits the problem, learning rate, optimizer, activation, loss, batch size and regularization.

    Signals:
        changed(dict): fields of the experiment and their new values.
    """

    changed = pyqtSignal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(_("Settings"), window)
        self.setObjectName("strip")
        self.setMovable(False)
        self._experiment: Experiment | None = None
        self._last_of_task = dict(FIRST_OF_TASK)
        self.problem = ChoiceBox([(CLASSIFICATION, _("Classes")), (REGRESSION, _("Numbers"))], _("Problem"))
        self.problem.activated.connect(self._choose_problem)
        self.learning_rate = RealNumberField(1e-300, 1e300, _("Learning rate"))
        self.learning_rate.valueChanged.connect(lambda rate: self._change(learning_rate=rate))
        self.optimizer = ChoiceBox([(name, optimizer.label) for name, optimizer in OPTIMIZERS.items()], _("Optimizer"))
        self.optimizer.set_tips({name: optimizer.formula for name, optimizer in OPTIMIZERS.items()})
        self.optimizer.activated.connect(lambda: self._change(optimizer=self.optimizer.value()))
        self.activation = activation_choice(HIDDEN_ACTIVATIONS, _("Activation of all hidden layers"))
        self.activation.activated.connect(lambda: self._change(activation=self.activation.value()))
        self.loss = ChoiceBox([(name, loss.label) for name, loss in LOSSES.items()], _("Loss"))
        self.loss.set_tips({name: loss.formula for name, loss in LOSSES.items()})
        self.loss.activated.connect(lambda: self._change(loss=self.loss.value()))
        self.batch_size = WholeNumberField(1, MAX_BATCH, _("Batch size"))
        self.batch_size.valueChanged.connect(lambda size: self._change(batch_size=size))
        kinds = [(NONE, _("None")), ("l1", "L1"), ("l2", "L2"), ("dropout", _("Dropout"))]
        self.penalty = ChoiceBox(kinds, _("Regularization"))
        self.penalty.setPlaceholderText(_("several"))
        self.penalty.activated.connect(self._choose_penalty)
        self.amount = RealNumberField(0.0, 1e300, _("Amount of regularization"))
        self.amount.valueChanged.connect(self._change_amount)
        self.more = QToolButton()
        self.more.setCheckable(True)
        self.more.setAccessibleName(_("More settings"))
        self.more.setProperty("role", "link")
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._folded: list[str] = []  # what is on among them
        self._lay_out()

    def _lay_out(self) -> None:
        self._holder = holder = QWidget()
        self._line = line = QHBoxLayout(holder)
        for field, letters in (
            (self.problem, 7),
            (self.optimizer, 8),
            (self.activation, 8),
            (self.loss, 8),
            (self.penalty, 6),
        ):
            field.setMinimumContentsLength(letters)
        for number in (self.learning_rate, self.batch_size, self.amount):
            number.setButtonSymbols(NumberField.ButtonSymbols.NoButtons)
        self._fit_numbers()
        for label, field, tip, live in (
            (_("Problem"), self.problem, _("Whether a class or a number is learned."), False),
            (_("Learning rate η"), self.learning_rate, _("The factor of the gradient in each update."), True),
            (_("Optimizer"), self.optimizer, _("How an update follows from the gradient."), True),
            (_("Activation"), self.activation, _("What the neurons of all hidden layers make of their sums z."), False),
            (
                _("Loss"),
                self.loss,
                _("What training minimises. An output that does not go with it changes too."),
                False,
            ),
            (_("Batch size"), self.batch_size, _("Samples whose mean gradient makes one update."), False),
        ):
            line.addWidget(_captioned(label, field, f"{tip}\n{LIVE if live else RESETS}"))
        tip = _("L1 and L2 are added to the loss and shrink weights; dropout drops hidden activations in each update.")
        line.addWidget(_captioned(_("Regularization"), self.penalty, f"{tip}\n{LIVE}"))
        tip = _("The factor of the penalty, or the share that is dropped.")
        self._amount = _captioned(_("Amount"), self.amount, f"{tip}\n{LIVE}")
        line.addWidget(self._amount)
        line.addStretch(1)
        line.addWidget(self.more, 0, Qt.AlignmentFlag.AlignVCenter)
        holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._spare(0)
        self.addWidget(holder)

    def _spare(self, level: int) -> None:
        """At level 1 leave out words, and the room of what is hidden now; at level 2 write small captions as well."""
        is_narrow = level > 0
        if (self.property("compact") is True) != (level > 1):
            self.setProperty("compact", level > 1)
            for label in self.findChildren(QLabel):
                polish(label)
        kept = self._amount.sizePolicy()
        kept.setRetainSizeWhenHidden(not is_narrow)  # nothing moves when it comes
        self._amount.setSizePolicy(kept)
        self._show_more(is_narrow)
        self._line.setSpacing(4 if is_narrow else 8)
        self._line.setContentsMargins(*(4, 5, 4, 6) if is_narrow else (12, 5, 12, 6))

    def _show_more(self, is_narrow: bool) -> None:
        """Name what is on among the settings that are folded away, or tell how many are."""
        mark = "" if not self._folded else self._folded[0] if len(self._folded) == 1 else str(len(self._folded))
        mark = str(len(self._folded)) if mark and is_narrow else mark
        self.more.setText(f"{MORE_NARROW if is_narrow else MORE}{f' · {mark}' if mark else ''} ›")
        tip = _("Points, layers, inputs, schedule, momentum, stopping, initial weights and engine")
        on = _("Now on: {settings}").format(settings=", ".join(self._folded)) if mark else ""
        self.more.setToolTip("\n".join(part for part in (on, tip) if part))
        self.more.setAccessibleDescription(on)

    def _fit(self) -> None:
        """Spare room where there is too little."""
        if self.isVisible():
            for level in range(3):
                self._spare(level)
                self._line.activate()
                if self._holder.minimumSizeHint().width() <= self.width():
                    break

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        assert event is not None
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():  # a fit changes the height, which asks for no other fit
            self._fit()

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self._fit()

    def _fit_numbers(self) -> None:
        for number, room in (
            (self.learning_rate, LONGEST_TYPED * "0"),
            (self.batch_size, "1\u202f000"),
            (self.amount, LONGEST_TYPED * "0"),
        ):
            number.setFixedWidth(number.fontMetrics().horizontalAdvance(room) + 16)

    def changeEvent(self, event: QEvent | None) -> None:
        assert event is not None
        super().changeEvent(event)
        if event.type() in TYPE_CHANGES:
            self._fit_numbers()
            self._fit()

    # ---------------------------------------------------------------- what is true

    def show_experiment(self, experiment: Experiment) -> None:
        """Show an experiment's settings, without announcing a change."""
        self._experiment = experiment
        self._show_problem(experiment.data)
        self.learning_rate.set_value(experiment.learning_rate)
        self.optimizer.set_value(experiment.optimizer)
        has_hidden, one = bool(experiment.hidden), isinstance(experiment.activation, str)
        self.activation.setPlaceholderText(_("different") if has_hidden else _("None"))
        self.activation.set_value(str(experiment.activation) if has_hidden and one else MIXED)
        allow(self.activation, "" if has_hidden else _("there are no hidden layers"))
        self.loss.refuse(
            {
                name: _("it is for {tasks}").format(tasks=" and ".join(loss.tasks))
                for name, loss in LOSSES.items()
                if experiment.task not in loss.tasks
            }
        )
        self.loss.set_value(experiment.loss)
        self.batch_size.set_value(experiment.batch_size)
        self._show_penalty(experiment)
        folded = _on_elsewhere(experiment)
        if folded != self._folded:
            self._folded = folded
            self._fit()

    def _show_problem(self, source: DataSource) -> None:
        task = str(source.task)
        if source.kind in GENERATORS:
            self._last_of_task[task] = source.kind
        other = REGRESSION if task == CLASSIFICATION else CLASSIFICATION
        reason = ""
        if source.drawn is not None:
            reason = _("the drawn points are for {task}; draw others").format(task=task)
        elif source.kind == RULE and task == CLASSIFICATION:
            from core.data.rules.rule_labels import rule_task  # only those who type a rule need it

            reason = "" if rule_task(source.rule) == REGRESSION else _("the rule is a condition, which gives classes")
        self.problem.refuse({other: reason} if reason else {})
        self.problem.set_value(task)

    def _show_penalty(self, experiment: Experiment) -> None:
        used = [name for name in PENALTIES if getattr(experiment, name)]
        self.penalty.refuse({} if experiment.hidden else {"dropout": _("there are no hidden layers")})
        self.penalty.set_value(NONE if not used else used[0] if len(used) == 1 else MIXED)
        if self._amount.isHidden() == (len(used) == 1):
            self._amount.setVisible(len(used) == 1)
            self._fit()
        self.amount.setRange(0.0, MAX_DROPOUT if used == ["dropout"] else 1e300)
        self.amount.set_value(getattr(experiment, used[0]) if len(used) == 1 else 0.0)

    # ---------------------------------------------------------------- what is wanted

    def _choose_problem(self) -> None:
        if self._experiment is None or self.problem.value() == self._experiment.data.task:
            return
        source, task = self._experiment.data, self.problem.value()
        if source.kind in (FILE, RULE):
            self._change(data=source.with_task(task))
        else:
            self._change(data=default_source(self._last_of_task[task]), only_sample=None)

    def _choose_penalty(self) -> None:
        chosen = self.penalty.value()
        amounts: dict[str, object] = dict.fromkeys(PENALTIES, 0.0)
        if chosen != NONE:
            amounts[chosen] = getattr(self._experiment, chosen, 0.0) or self._first_amount(chosen)
        self.changed.emit(amounts)

    def _first_amount(self, penalty: str) -> float:
        """Of L2 the one that the verdict offers too."""
        from core.explain.verdict.cures import first_l2  # here, since the first picture does without

        if penalty == "l2" and self._experiment is not None:
            return first_l2(self._experiment)
        return PENALTIES[penalty]

    def _change_amount(self, amount: float) -> None:
        if self.penalty.value() in PENALTIES:
            self.changed.emit({self.penalty.value(): amount})

    def _change(self, **fields: object) -> None:
        self.changed.emit(fields)


def _on_elsewhere(experiment: Experiment) -> list[str]:
    """What is on among the settings that the strip does not show, as it is named there."""
    several = sum(bool(getattr(experiment, name)) for name in PENALTIES) > 1
    named = (
        (experiment.only_sample is not None, _("one sample")),
        (experiment.schedule.name != "constant", _("schedule")),
        (experiment.warm_up > 0, _("warm-up")),
        (several, _("several penalties")),
        (experiment.patience is not None, _("early stopping")),
        (experiment.stop_loss is not None, _("stop at loss")),
    )
    return [name for is_on, name in named if is_on]


def _captioned(text: str, field: QWidget, tip: str) -> QWidget:
    """A field below its name; the tooltip is that of both."""
    label = QLabel(text)
    label.setBuddy(field)
    label.setContentsMargins(0, 0, OVERHANG, 0)
    label.setProperty("role", "caption")
    field.setProperty("role", "quiet")
    for widget in (label, field):
        widget.setToolTip(plain(tip))
    holder = QWidget()
    column = bare(QVBoxLayout(holder), 1)
    column.addWidget(label)
    column.addWidget(field)
    return holder
