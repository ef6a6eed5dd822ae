"""Rarely needed settings, each group in a section that folds: regularization, stopping, and initial weights."""

from __future__ import annotations

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from core.base.translation import _
from core.engines.choosing import LABELS
from core.engines.kernel_loading import is_available
from core.network.initializers import INITIALIZERS
from core.training.experiment import MAX_DROPOUT, MAX_EPOCHS, MAX_SCALE, MAX_SEED, Experiment, Init
from gui.widgets.fields import ChoiceBox
from gui.widgets.forms import LIVE, RESETS, FoldingSection, allow, row
from gui.widgets.number_fields import RealNumberField, WholeNumberField
from gui.widgets.plain_text import plain

LARGEST = 1e300


class MoreSettings(QWidget):
    """Edits an experiment's regularization, its stopping criteria and its initial weights.

    Signals:
        changed(dict): fields of the experiment and their new values.
    """

    changed = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self._make_regularization()
        self._make_stopping()
        self._make_start()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        self.sections = {
            "regularization": self._regularization(),
            "stopping": self._stopping(),
            "start": self._start(),
        }
        for section in self.sections.values():
            layout.addWidget(section)

    # ---------------------------------------------------------------- the fields

    def _make_regularization(self) -> None:
        self.l1, self.l2 = RealNumberField(0.0, LARGEST, "L1"), RealNumberField(0.0, LARGEST, "L2")
        self.l1.valueChanged.connect(lambda x: self._change(l1=x))
        self.l2.valueChanged.connect(lambda x: self._change(l2=x))
        self.dropout = RealNumberField(0.0, MAX_DROPOUT, _("Dropout"), first=0.01)
        self.dropout.valueChanged.connect(lambda x: self._change(dropout=x))

    def _make_stopping(self) -> None:
        self.early = QCheckBox(_("Early stopping"))
        tip = _("Stop when the test loss has not fallen for some epochs, and go back to where it was lowest.\n")
        self.early.setToolTip(plain(tip + LIVE))
        self.early.clicked.connect(lambda on: self._change(patience=self.patience.value() if on else None))
        self.patience = WholeNumberField(1, MAX_EPOCHS, _("Patience in epochs"))
        self.patience.setSuffix(_(" epochs"))
        self.patience.set_value(20)
        self.patience.setToolTip(_("Epochs without a new lowest test loss after which training stops.\n") + LIVE)
        self.patience.valueChanged.connect(lambda epochs: self._change(patience=epochs))
        self.at_loss = QCheckBox(_("Stop at loss"))
        self.at_loss.setToolTip(_("Stop when the training loss is at most this.\n{live}").format(live=LIVE))
        self.at_loss.clicked.connect(lambda on: self._change(stop_loss=self.stop_loss.value() if on else None))
        self.stop_loss = RealNumberField(0.0, LARGEST, _("Loss to stop at"))
        self.stop_loss.set_value(0.01)
        self.stop_loss.setToolTip(self.at_loss.toolTip())
        self.stop_loss.valueChanged.connect(lambda loss: self._change(stop_loss=loss))

    def _make_start(self) -> None:
        self.init = ChoiceBox(
            [(name, initializer.label) for name, initializer in INITIALIZERS.items()], _("Initial weights")
        )
        self.init.set_tips({name: initializer.formula for name, initializer in INITIALIZERS.items()})
        self.init.activated.connect(lambda: self._change(init=Init(self.init.value())))
        self.scale = RealNumberField(0.0, MAX_SCALE, _("Scale s of the initial weights"))
        self.scale.valueChanged.connect(lambda scale: self._change(init=Init(self.init.value(), scale)))
        self.bias = RealNumberField(-LARGEST, LARGEST, _("Initial bias"), first=0.01)
        self.bias.valueChanged.connect(lambda bias: self._change(bias=bias))
        self.seed = WholeNumberField(0, MAX_SEED, _("Seed"))
        self.seed.valueChanged.connect(lambda seed: self._change(seed=seed))
        self.shuffle = QCheckBox(_("Shuffle in each epoch"))
        self.shuffle.setToolTip(
            _("A new order of the samples for each epoch, from the seed.\n{resets}").format(resets=RESETS)
        )
        self.shuffle.clicked.connect(lambda on: self._change(shuffle=on))
        self.engine = ChoiceBox(list(LABELS.items()), _("Engine"))
        if not is_available():
            self.engine.refuse({"compiled": _("the package numba is not installed")})
        self.engine.activated.connect(lambda: self._change(engine=self.engine.value()))

    # ---------------------------------------------------------------- the sections

    def _regularization(self) -> FoldingSection:
        section = FoldingSection(_("Regularization"))
        row(
            section.form, "L1", self.l1, _("Factor of Σ|w|, which is added to the loss: it makes weights 0."), live=True
        )
        row(
            section.form,
            "L2",
            self.l2,
            _("Factor of ½Σw², which is added to the loss: it shrinks weights."),
            live=True,
        )
        row(
            section.form,
            _("Dropout"),
            self.dropout,
            _("Share of hidden activations dropped in each update."),
            live=True,
        )
        return section

    def _stopping(self) -> FoldingSection:
        section = FoldingSection(_("When to stop"))
        section.form.addRow(self.early, self.patience)
        section.form.addRow(self.at_loss, self.stop_loss)
        return section

    def _start(self) -> FoldingSection:
        section = FoldingSection(_("Start and engine"), is_open=True)
        form = section.form
        row(form, _("Initial weights"), self.init, _("The distribution that the weights start from."))
        row(form, _("Scale s"), self.scale, _("Standard deviation or half width; a factor for Glorot and the others."))
        row(form, _("Initial bias"), self.bias, _("What all biases start from."))
        row(
            form, _("Seed"), self.seed, _("Chooses initial weights, split and order; the same seed gives the same run.")
        )
        form.addRow(self.shuffle)
        row(
            form,
            _("Engine"),
            self.engine,
            _("What computes: machine code by Numba, or NumPy. They agree to 12 digits."),
        )
        return section

    # ---------------------------------------------------------------- what is true

    def show_experiment(self, experiment: Experiment) -> None:
        """Show an experiment's settings, without announcing a change."""
        self.l1.set_value(experiment.l1)
        self.l2.set_value(experiment.l2)
        self.dropout.set_value(experiment.dropout)
        allow(self.dropout, "" if experiment.hidden else _("there are no hidden layers"))
        self._show_stopping(experiment)
        self.init.set_value(experiment.init.name)
        has_scale = experiment.init.scale is not None
        allow(self.scale, "" if has_scale else _("these initial weights have no scale"))
        if experiment.init.scale is not None:
            self.scale.set_value(experiment.init.scale)
        self.bias.set_value(experiment.bias)
        self.seed.set_value(experiment.seed)
        self.shuffle.setChecked(experiment.shuffle)
        self.engine.set_value(experiment.engine)

    def _show_stopping(self, experiment: Experiment) -> None:
        has_test = experiment.train_fraction < 1.0 or experiment.only_sample is not None
        allow(self.early, "" if has_test else _("every point is used for training, so there is no test loss"))
        self.early.setChecked(experiment.patience is not None)
        allow(self.patience, "" if experiment.patience is not None else _("early stopping is off"))
        if experiment.patience is not None:
            self.patience.set_value(experiment.patience)
        self.at_loss.setChecked(experiment.stop_loss is not None)
        allow(self.stop_loss, "" if experiment.stop_loss is not None else _("it is off; tick its box"))
        if experiment.stop_loss is not None:
            self.stop_loss.set_value(experiment.stop_loss)

    def _change(self, **fields: object) -> None:
        self.changed.emit(fields)
