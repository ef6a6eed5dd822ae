"""The figures that tell how a run gets on: epoch, loss and score, large enough to be read from a distance."""

from __future__ import annotations

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from core.base.number_text import count_text, grouped, percent, short_within
from core.base.translation import _
from core.explain.snapshot import Snapshot
from core.network.tasks import REGRESSION
from core.workbench.messages import Loaded
from gui.transport.epoch_field import EpochField, EpochFigure
from gui.widgets.flags import RIGHT
from gui.widgets.forms import bare
from gui.widgets.readout import Readout

NOTHING = "–"
GO_TO_EPOCH = _("Go to epoch: click, and type its number")
LONGEST_LOSS, LONGEST_R2 = 7, 6
"""So many characters they take at most, so that the figures keep their room."""
WIDEST_PLACE = _("epoch · sample 0\u202f000 / 0\u202f000")


class Figures(QWidget):
    """Epoch, loss and score of the training set, each above its name; the name of the epoch tells the sample as well.

    A click on the epoch opens a field for the epoch to go to.

    Signals:
        epoch_wanted(str): the epoch to go to, as it was typed.

    Attributes:
        epoch, sample, loss, score: the read-outs.
        place: the sample, as it is named where there is room.
        field: for the epoch to go to.
    """

    epoch_wanted = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self._is_canvas = self._is_regression = False
        self._shows_sample, self._names_set, self.place = True, True, ""
        self._has_test = False
        self._line = bare(QHBoxLayout(self), 16)
        self.epoch = EpochFigure("00\u202f000", step="0")
        self.loss, self.score = Readout("0.0e\u221200", step="0"), Readout("100.0 %", step="0")
        self.sample, self._loss_name = Readout(WIDEST_PLACE), Readout(_("loss"))
        self._score_name = Readout(_("right in training"))
        for figure, name in ((self.epoch, self.sample), (self.loss, self._loss_name), (self.score, self._score_name)):
            figure.setProperty("role", "figure")
            figure.setAlignment(RIGHT)
            name.setProperty("role", "caption")
            name.setAlignment(RIGHT)
            column = QVBoxLayout()
            column.setSpacing(0)
            column.addStretch(1)
            column.addWidget(figure, 0, RIGHT)
            column.addWidget(name, 0, RIGHT)
            column.addStretch(1)
            self._line.addLayout(column)
        self.epoch.setAccessibleName(_("Epoch"))
        self.loss.setAccessibleName(_("Training loss"))
        self.score.setAccessibleName(_("Score of the training set"))
        self._loss_name.setText(_("loss"))
        self.field = EpochField(self)
        self.field.wanted.connect(self.epoch_wanted)
        self.epoch.clicked.connect(self.ask_for_epoch)
        self._clear()

    def ask_for_epoch(self) -> None:
        """Open the field for the epoch to go to, unless there is no run."""
        if self.epoch.isEnabled():
            self.field.open(self._exact, self.epoch.geometry())

    def set_run(self, loaded: Loaded) -> None:
        """Show another run; beside a canvas nothing, since the run waits."""
        self._is_canvas = loaded.canvas is not None
        self._is_regression = loaded.preparation.dataset.task == REGRESSION
        self._has_test = len(loaded.preparation.test) > 0
        self._name_score()
        self.score.setToolTip(
            _("R² over the whole training set, now")
            if self._is_regression
            else _("Accuracy over the whole training set, now")
        )
        self.loss.setToolTip(_("Loss over the whole training set, now"))
        if self._is_canvas:
            self._clear()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show another state of the run."""
        if self._is_canvas:
            return
        self._exact, brief = grouped(snapshot.epoch), count_text(snapshot.epoch)
        self.epoch.setText(brief)
        self.epoch.setToolTip("\n".join([self._exact] * (brief != self._exact) + [GO_TO_EPOCH]))
        self._enable(True)
        self.place = _("sample {sample} / {length}").format(
            sample=grouped(snapshot.sample), length=grouped(snapshot.epoch_length)
        )
        self._name_epoch()
        self.loss.setText(short_within(snapshot.train_loss, LONGEST_LOSS))
        score = snapshot.train_score
        self.score.setText(short_within(score, LONGEST_R2) if self._is_regression else percent(score))

    def set_narrow(self, is_narrow: bool) -> None:
        """Set the figures closer to each other, where there is little room."""
        self._line.setSpacing(8 if is_narrow else 16)

    @property
    def room(self) -> tuple[int, ...]:
        """The widths that the figures take now; they grow in steps."""
        return tuple(figure.minimumWidth() for figure in (self.epoch, self.loss, self.score))

    def show_sample(self, shown: bool) -> None:
        """Name the sample below the epoch, or leave it out where there is little room."""
        if shown != self._shows_sample:
            self._shows_sample = shown
            self.sample.set_widest(WIDEST_PLACE if shown else _("epoch"))
            self._name_epoch()

    def _name_epoch(self) -> None:
        self.sample.setText(
            _("epoch · {place}").format(place=self.place) if self._shows_sample and self.place else _("epoch")
        )

    def name_set(self, named: bool) -> None:
        """Have room to say that the score is the training set's, where there is another; the tooltip always says it."""
        if named != self._names_set:
            self._names_set = named
            self._score_name.set_widest(_("right in training") if named else _("right"))
            self._name_score()

    def _name_score(self) -> None:
        right = _("right in training") if self._has_test and self._names_set else _("right")
        self._score_name.setText("R²" if self._is_regression else right)

    def _clear(self) -> None:
        for figure in (self.epoch, self.loss, self.score):
            figure.setText(NOTHING)
        self.place = self._exact = ""
        self.epoch.setToolTip("")
        self._enable(False)
        self._name_epoch()

    def _enable(self, enabled: bool) -> None:
        self.epoch.show_clickable(enabled)
        self.loss.setEnabled(enabled)
        self.score.setEnabled(enabled)
