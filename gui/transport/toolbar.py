"""The toolbar: play, step, speed, and the position of the run."""

from __future__ import annotations

from PyQt5.QtCore import QSize, pyqtSignal
from PyQt5.QtWidgets import QAction, QHBoxLayout, QLabel, QSizePolicy, QToolBar, QWidget

from core.base.number_text import grouped
from core.explain.snapshot import Snapshot
from core.workbench.messages import Loaded
from core.workbench.speed_scale import PACES, Pace
from gui.widgets.fields import Slider
from gui.widgets.flags import RIGHT
from gui.widgets.icons import icon
from gui.widgets.number_fields import WholeNumberField
from gui.widgets.readout import Readout
from gui.widgets.theme import Theme

BUTTONS = ("reset", "new-seed", "", "back-sample", "play", "step-phase", "step-sample", "step-batch", "step-epoch")


class Toolbar(QToolBar):
    """Buttons for the actions of the run, the speed, and the readouts of epoch and sample.

    Signals:
        pace_changed(Pace): the user chose another speed.
    """

    pace_changed = pyqtSignal(object)

    def __init__(self, actions: dict[str, QAction]) -> None:
        super().__init__("Transport")
        self.setObjectName("transport")
        self.setMovable(False)
        self.setIconSize(QSize(22, 22))
        self._actions = actions
        self._is_canvas = False
        for name in BUTTONS:
            if name:
                self.addAction(actions[name])
            else:
                self.addSeparator()
        self.addSeparator()
        self.epochs = WholeNumberField(1, 1_000_000, "Number of epochs to run")
        self.epochs.setSuffix(" epochs")
        self.epochs.setFixedWidth(self.epochs.fontMetrics().horizontalAdvance("1,000,000 epochs") + 30)
        self.epochs.setValue(16)
        self.epochs.setToolTip("How many epochs Run trains for")
        actions["run-epochs"].setIconText("Run")
        self.addAction(actions["run-epochs"])
        self.addWidget(self.epochs)
        self.addSeparator()
        self._add_speed()
        self._add_readouts()

    def _add_speed(self) -> None:
        self.pace = Slider(0, len(PACES) - 1, "Speed of playing")
        self.pace.setValue(len(PACES) - 1)
        self.pace.setFixedWidth(96)
        self.pace.setToolTip(
            "Speed of playing, in samples a second; at the left end slow motion, phase by phase (+ and −)"
        )
        self._pace_text = QLabel()
        self._pace_text.setMinimumWidth(self._pace_text.fontMetrics().horizontalAdvance("100\u202f000/s "))
        self.pace.valueChanged.connect(self._change_pace)
        label = QLabel(" Speed ")
        label.setBuddy(self.pace)
        for widget in (label, self.pace, self._pace_text):
            self.addWidget(widget)
        self._change_pace(self.pace.value())

    def _add_readouts(self) -> None:
        holder = QWidget()
        holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        line = QHBoxLayout(holder)
        line.setContentsMargins(4, 0, 6, 0)
        line.setSpacing(12)
        line.addStretch(1)
        self.epoch = Readout("Epoch 000\u202f000")
        self.sample = Readout("Sample 0\u202f000 / 0\u202f000")
        self.epoch.setProperty("role", "strong")
        for label in (self.epoch, self.sample):
            label.setAlignment(RIGHT)
            line.addWidget(label)
        self.addWidget(holder)

    def set_theme(self, theme: Theme) -> None:
        """Draw the icons in the colours of the theme."""
        self._theme = theme
        for action in self._actions.values():
            if name := action.property("picture"):
                action.setIcon(icon(name, theme.color("text"), theme.color("line")))
        self._show_playing(self._actions["play"].property("playing") is True)

    def set_run(self, loaded: Loaded) -> None:
        """Show another run; beside a canvas no position, since the run waits."""
        self._is_canvas = loaded.canvas is not None
        if self._is_canvas:
            self.epoch.setText("Epoch –")
            self.sample.setText("Sample –")

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the position of the run."""
        if self._is_canvas:
            return
        self.epoch.setText(f"Epoch {grouped(snapshot.epoch)}")
        self.sample.setText(f"Sample {grouped(snapshot.sample)} / {grouped(snapshot.epoch_length)}")
        for name in ("back-sample", "back-batch", "back-epoch"):
            self._actions[name].setEnabled(snapshot.position > 0)

    def show_playing(self, playing: bool) -> None:
        """Show on the play button what a click does next."""
        if playing != (self._actions["play"].property("playing") is True):
            self._show_playing(playing)

    def _show_playing(self, playing: bool) -> None:
        action = self._actions["play"]
        action.setProperty("playing", playing)
        action.setText("&Pause" if playing else "&Play")
        action.setToolTip("Stop here (Space)" if playing else "Train until paused (Space)")
        name = "pause" if playing else "play"
        action.setIcon(icon(name, self._theme.color("text"), self._theme.color("line")))

    def _change_pace(self, place: int) -> None:
        pace: Pace = PACES[place]
        self._pace_text.setText(f" {pace.text}")
        self.pace_changed.emit(pace)
