"""Settings of the training: loss, learning rate, batches, initial weights and seed."""

from __future__ import annotations

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from core.experiment import MAX_BATCH, Experiment, Init
from core.initializers import INITIALIZERS
from core.losses import LOSSES
from core.optimizers import OPTIMIZERS
from gui.panels.fields import RESETS, Choice, Real, Whole, group, row

LARGEST_SEED_SHOWN = 2**31 - 1


class TrainingSettings(QWidget):
    """Edits the fields of an experiment that say how it is trained.

    Signals:
        changed(dict): fields of the experiment and their new values.
    """

    changed = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.learning_rate = Real(1e-9, 1e6, "Learning rate")
        self.learning_rate.valueChanged.connect(lambda rate: self.changed.emit({"learning_rate": rate}))
        self.batch_size = Whole(1, MAX_BATCH, "Batch size")
        self.batch_size.valueChanged.connect(lambda size: self.changed.emit({"batch_size": size}))
        self.loss = Choice([(name, loss.label) for name, loss in LOSSES.items()], "Loss")
        self.loss.activated.connect(lambda: self.changed.emit({"loss": self.loss.value()}))
        self.optimizer = Choice([(name, optimizer.label) for name, optimizer in OPTIMIZERS.items()], "Optimizer")
        self.optimizer.activated.connect(lambda: self.changed.emit({"optimizer": self.optimizer.value()}))
        self.init = Choice([(name, initializer.label) for name, initializer in INITIALIZERS.items()], "Initial weights")
        self.init.activated.connect(lambda: self.changed.emit({"init": Init(self.init.value())}))
        for place, loss in enumerate(LOSSES.values()):
            self.loss.setItemData(place, loss.formula, Qt.ItemDataRole.ToolTipRole)
        for place, initializer in enumerate(INITIALIZERS.values()):
            self.init.setItemData(place, initializer.formula, Qt.ItemDataRole.ToolTipRole)
        self.scale = Real(0.0, 1e6, "Scale s of the initial weights")
        self.scale.valueChanged.connect(lambda scale: self.changed.emit({"init": Init(self.init.value(), scale)}))
        self.seed = Whole(0, LARGEST_SEED_SHOWN, "Seed")
        self.seed.valueChanged.connect(lambda seed: self.changed.emit({"seed": seed}))
        self.shuffle = QCheckBox("Shuffle in each epoch")
        self.shuffle.setToolTip(f"A new order of the samples for each epoch, from the seed.\n{RESETS}")
        self.shuffle.clicked.connect(lambda on: self.changed.emit({"shuffle": on}))
        self._lay_out()

    def _lay_out(self) -> None:
        box, form = group("Training")
        row(form, "Learning rate η", self.learning_rate, "The factor of the gradient in each update.", live=True)
        row(form, "Batch size", self.batch_size, "Samples whose mean gradient makes one update.")
        row(form, "Loss", self.loss, "What training makes small.")
        row(form, "Optimizer", self.optimizer, "How an update follows from the gradient.")
        row(form, "Initial weights", self.init, "The distribution that the weights start from; biases start at 0.")
        row(form, "Scale s", self.scale, "Standard deviation of Normal; a factor for Glorot and He.")
        row(form, "Seed", self.seed, "Chooses initial weights, split and order; the same seed gives the same run.")
        form.addRow(self.shuffle)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(box)

    def show_experiment(self, experiment: Experiment) -> None:
        """Show what is true."""
        self.learning_rate.set_value(experiment.learning_rate)
        self.batch_size.set_value(experiment.batch_size)
        self.loss.set_value(experiment.loss)
        self.optimizer.set_value(experiment.optimizer)
        self.init.set_value(experiment.init.name)
        self.scale.setEnabled(experiment.init.scale is not None)
        if experiment.init.scale is not None:
            self.scale.set_value(experiment.init.scale)
        self.seed.set_value(min(experiment.seed, LARGEST_SEED_SHOWN))
        self.shuffle.setChecked(experiment.shuffle)
