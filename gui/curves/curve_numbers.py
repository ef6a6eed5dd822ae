"""The present loss and score of both sets, above their curves."""

from __future__ import annotations

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QGridLayout, QLabel, QWidget

from core.base.number_text import percent, short
from core.base.translation import _
from core.explain.snapshot import Snapshot
from core.network.tasks import REGRESSION
from core.workbench.messages import Loaded
from gui.widgets.flags import RIGHT
from gui.widgets.forms import bare
from gui.widgets.readout import Readout
from gui.widgets.theme import Theme

CURVES = (("train", Qt.PenStyle.SolidLine), ("test", Qt.PenStyle.DashLine))
SET_WORDS = {"train": _("train"), "test": _("test")}
WIDEST = {"loss": "0.000000", "score": "100.0 %"}


class CurveNumbers(QWidget):
    """A line of numbers for each set."""

    def __init__(self) -> None:
        super().__init__()
        self._is_regression = False
        self._values = {f"{name}_{what}": Readout(text) for name, _style in CURVES for what, text in WIDEST.items()}
        self._names = {name: QLabel() for name, _style in CURVES}
        grid = bare(QGridLayout(self))
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(0)
        for line, (name, _style) in enumerate(CURVES):
            grid.addWidget(self._names[name], line, 0)
            for column, what in enumerate(WIDEST, start=1):
                value = self._values[f"{name}_{what}"]
                value.setProperty("role", "strong")
                value.setAlignment(RIGHT)
                grid.addWidget(value, line, column, RIGHT)
        self.clear()

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        for name, _style in CURVES:
            color, line = theme.color(name).name(), "━━" if name == "train" else "╍╍"
            self._names[name].setText(f'<span style="color:{color}">{line}</span> {SET_WORDS[name]}')

    def set_run(self, loaded: Loaded) -> None:
        """Show another run, which has no numbers yet."""
        self._is_regression = loaded.preparation.dataset.task == REGRESSION
        score = "R²" if self._is_regression else _("Accuracy")
        for key, label in self._values.items():
            name, _mark, what = key.partition("_")
            is_scaled = loaded.preparation.is_target_scaled and what == "loss"
            text = (
                _("{measure} over the whole {name} set, now in the data's units")
                if is_scaled
                else _("{measure} over the whole {name} set, now")
            )
            label.setToolTip(text.format(measure=score if what == "score" else _("Loss"), name=SET_WORDS[name]))
        self.clear()

    def clear(self) -> None:
        """Show no numbers."""
        for label in self._values.values():
            label.setText("–")

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the numbers of a snapshot."""
        for key, label in self._values.items():
            value = getattr(snapshot, key)
            label.setText(short(value, 3) if key.endswith("loss") else write_score(value, self._is_regression))


def write_score(score: float, is_regression: bool) -> str:
    """R² with its name, or a percentage."""
    return f"R² {short(score, 4)}" if is_regression else percent(score)
