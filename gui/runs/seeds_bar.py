"""The line above the list of runs that trains more seeds and tells how many learned."""

from __future__ import annotations

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from core.base.number_text import short
from core.base.translation import _
from core.workbench.many_runs import MOST_SEEDS
from gui.widgets.elided import Elided
from gui.widgets.forms import Segments
from gui.widgets.number_fields import RealNumberField, WholeNumberField

FIRST_COUNT = 63


class SeedsBar(QWidget):
    """Says what the user wants of the seeds, and shows how far they are.

    Signals:
        wanted(): train as many more seeds as the field says.
        paused(bool): pause, or go on.
        cleared(): end the training, and show the seeds no more.
        watched(): show those that race beside each other.
        limit_changed(float): another loss divides those that learned from the others.

    Attributes:
        more: the button that begins, with how many; it stands elsewhere, since the line is hidden without seeds.
    """

    wanted = pyqtSignal()
    paused = pyqtSignal(bool)
    cleared = pyqtSignal()
    watched = pyqtSignal()
    limit_changed = pyqtSignal(float)

    def __init__(self) -> None:
        super().__init__()
        self.count = WholeNumberField(1, MOST_SEEDS, _("Number of seeds"))
        self.count.setValue(FIRST_COUNT)
        self.count.setButtonSymbols(WholeNumberField.ButtonSymbols.NoButtons)
        self.count.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.count.setToolTip(_("How many more seeds are trained beside the present run; Enter trains them"))
        self.count.entered.connect(self.wanted)
        self.begin = QToolButton()
        self.begin.setText(_("More &seeds"))
        self.begin.setProperty("role", "segment")
        self.begin.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.begin.setToolTip(_("Train the present settings from the start with so many other seeds (M)"))
        self.begin.clicked.connect(self.wanted)
        self.more = Segments()
        self.more.add(self.begin)
        self.more.add(self.count)
        self.pause = QPushButton(_("Pause"))
        self.pause.setCheckable(True)
        self.pause.toggled.connect(self.paused)
        self.clear = QPushButton(_("Clear"))
        self.clear.setToolTip(_("End the training of the seeds, and take their curves away"))
        self.clear.clicked.connect(self.cleared)
        self.watch = QPushButton(_("Watch"))
        self.watch.setToolTip(_("Show the racing runs beside each other, from their start"))
        self.watch.clicked.connect(self.watched)
        self.limit = RealNumberField(
            0.0, 1e12, _("Loss below which a seed has learned"), write=lambda value: short(value, 3)
        )
        self.limit.setToolTip(_("A seed has learned if its training loss is at most this"))
        self.limit.valueChanged.connect(self.limit_changed)
        self.limit_label = QLabel(_("train loss ≤"))
        self.learned, self.progress = QLabel(), Elided()
        self.learned.setProperty("role", "strong")
        self.progress.setProperty("role", "faint")
        self.progress.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout()
        row.setSpacing(6)
        for widget in (self.watch, self.pause, self.clear, self.limit_label, self.limit, self.learned):
            row.addWidget(widget)
        row.addStretch(1)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(8, 4, 8, 0)
        lines.setSpacing(2)
        lines.addLayout(row)
        lines.addWidget(self.progress)
        self.show_nothing()

    def show_nothing(self) -> None:
        """There are no seeds, or they wait for the run to be on their data again."""
        self.hide()

    def show_seeds(self, learned: str, progress: str, is_running: bool, is_paused: bool) -> None:
        """Show how many learned, empty where there are none yet, and how far the training is."""
        self.show()
        self._show_limit(bool(learned))
        self.pause.setVisible(is_running)
        self.pause.blockSignals(True)
        self.pause.setChecked(is_paused)
        self.pause.blockSignals(False)
        self.pause.setText(_("Go on") if is_paused else _("Pause"))
        self.learned.setText(learned)
        self.progress.set_full(progress)

    def offer_watching(self, offered: bool) -> None:
        """Offer to show them beside each other, or not."""
        self.watch.setVisible(offered)

    def _show_limit(self, shown: bool) -> None:
        for widget in (self.limit_label, self.limit):
            widget.setVisible(shown)
