"""What a preset shows, in a few sentences, and how the experiment has been changed since."""

from __future__ import annotations

from PyQt5.QtCore import Qt
from PyQt5.QtGui import QShowEvent
from PyQt5.QtWidgets import QFrame, QLabel, QScrollArea

from core.base.translation import _
from core.training.experiment import Experiment
from core.training.presets import Preset, lesson_of
from core.workbench.step_names import name_change
from gui.widgets.flags import TOP_LEFT
from gui.widgets.plain_text import unparted
from gui.widgets.theme import Theme


class PresetText(QScrollArea):
    """The text of the preset that a run began with; it stays when a setting is changed.

    Attributes:
        preset: that preset; None where there is none, as on other data.
        change: how the experiment differs from it, in one line; empty where it does not.
    """

    def __init__(self) -> None:
        super().__init__()
        self.preset: Preset | None = None
        self.change = ""
        self._lesson: Preset | None = None
        self._experiment: Experiment | None = None
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setAlignment(TOP_LEFT)
        self.setWidget(self.text)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(_("What the preset shows"))

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self.text.updateGeometry()  # Qt tells no hidden view that its text has become longer

    def set_theme(self, theme: Theme) -> None:
        """Nothing is drawn that the style sheet does not colour."""

    @property
    def titles(self) -> tuple[str, str, str]:
        """The preset's title, one for little room, and no sign; see :func:`card_text.titles`."""
        return ("", "", "") if self.preset is None else (self.preset.title, self.preset.short_title, "")

    def shown_lines(self) -> list[str]:
        """The text, while it is seen."""
        return [self.preset.commentary] if self.preset is not None and self.isVisible() else []

    def set_lesson(self, lesson: Preset | None, experiment: Experiment) -> None:
        """Take the preset whose text tells of another run, and that run's experiment."""
        self._lesson = lesson
        self.show_experiment(experiment)

    def show_experiment(self, experiment: Experiment) -> None:
        """Show the text of the preset that an experiment is, or how it differs from that of the run."""
        self._experiment = experiment
        self._write()

    def _write(self) -> None:
        if self._experiment is None:
            return
        self.preset = lesson_of(self._experiment, self._lesson)
        if self.preset is not None:
            self.text.setText(unparted(self.preset.commentary))
            self.change = _difference(self.preset.experiment, self._experiment)


def _difference(before: Experiment, now: Experiment) -> str:
    """How an experiment differs from its preset, in one line; empty where it does not."""
    if before == now:
        return ""
    if before.data != now.data:
        return _("changed: the points. The text tells of the preset as it was.")
    return _("changed: {changes}. The text tells of the preset as it was.").format(changes=name_change(before, now))
