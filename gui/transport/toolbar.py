"""The toolbar: play, step, run, speed, and the figures of the run."""

from __future__ import annotations

from PyQt5.QtCore import QEvent, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QResizeEvent, QShowEvent
from PyQt5.QtWidgets import (
    QAction,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QSizePolicy,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.base.translation import _
from core.explain.snapshot import Snapshot
from core.training.presets import Preset
from core.workbench.messages import Loaded
from core.workbench.run_id import WorkId
from core.workbench.run_timeline import RunTimeline
from gui.transport.figures import Figures
from gui.transport.play_button import PlayButton
from gui.transport.speed_control import SpeedControl
from gui.widgets.elided import TYPE_CHANGES
from gui.widgets.forms import Segments, allow, polish, segment
from gui.widgets.icons import icon
from gui.widgets.number_fields import WholeNumberField
from gui.widgets.qt_objects import existing
from gui.widgets.readout import Readout
from gui.widgets.theme import Theme

PHASE = "phase"
UNITS = {PHASE: _("phase"), "sample": _("sample"), "batch": _("batch"), "epoch": _("epoch")}
FIRST_UNIT = "sample"
PICTURE_SIZE = 20
LEVELS = 7
"""How many steps there are to less room, see ``Toolbar._spare``."""


class Toolbar(QToolBar):
    """What moves the run, and how far it is.

    The step that was made last is marked, during a walk the phase; the button beside *Play* goes back by the same step.

    Signals:
        pace_changed(Pace): the user chose another speed.

    Attributes:
        buttons: the buttons by the names of their actions.
        figures: epoch, loss and score.
        epochs: how many epochs *Run* trains for.
        speed: how fast to play.
    """

    pace_changed = pyqtSignal(object)

    def __init__(self, window: QWidget, actions: dict[str, QAction], theme: Theme) -> None:
        super().__init__(_("Transport"), window)
        self.setObjectName("transport")
        self.setMovable(False)
        self._theme = theme
        self._actions = actions
        self._is_playing = self._is_fitting = False
        self._work: WorkId | None = None
        self._epochs_of: dict[WorkId | None, tuple[int, bool]] = {}  # of each work that was left, and whether typed
        self._offered = 0  # what *Run* is to offer in the next work; 0 for what it offers now
        self._is_typed = False  # what it offers was typed since the last preset was chosen
        self._lesson: Preset | None = None
        self._unit = FIRST_UNIT  # that of the last step outside a walk
        self._widths: tuple[int, ...] = ()  # that each level of _spare takes
        self._level = -1  # the present one; -1 where the contents have changed
        self.figures = Figures()
        self.buttons: dict[str, QToolButton] = {}
        self.play = PlayButton(actions["play"], theme)
        self.buttons["play"] = self.play
        self._holder = QWidget()
        self._line = QHBoxLayout(self._holder)
        self._line.setContentsMargins(12, 6, 16, 6)
        self._line.setSpacing(8)
        self._line.addWidget(self._picture_button("reset"))
        self._line.addWidget(self._picture_button("new-seed"))
        self._back = self._picture_button(f"back-{FIRST_UNIT}")
        kept = self._back.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self._back.setSizePolicy(kept)
        self._line.addWidget(self._back)
        self._line.addWidget(self.play)
        self._steps, self._step_word = self._make_steps(), QLabel(_("step"))
        self._line.addWidget(_captioned(self._step_word, self._steps))
        self._run, self._no_word = self._make_run(), QLabel(" ")
        self._line.addWidget(_captioned(self._no_word, self._run))
        self.speed = SpeedControl()
        self.speed.pace_changed.connect(self.pace_changed)
        self._line.addWidget(self.speed)
        self._line.addStretch(1)
        self._line.addWidget(self.figures)
        self._holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(self._holder)

    def _picture_button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(self._actions[name])
        button.setProperty("role", "picture")
        button.setIconSize(QSize(PICTURE_SIZE, PICTURE_SIZE))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.buttons[name] = button
        return button

    def _make_steps(self) -> Segments:
        steps = Segments()
        for unit, word in UNITS.items():
            action = self._actions[f"step-{unit}"]
            action.setIconText(word)
            button = segment(action)
            self.buttons[f"step-{unit}"] = button
            steps.add(button)
            if unit != PHASE:
                action.triggered.connect(lambda _checked=False, unit=unit: self._choose_unit(unit))
        self._mark_unit(FIRST_UNIT)
        return steps

    def _choose_unit(self, unit: str) -> None:
        self._unit = unit
        self._mark_unit(unit)

    def _mark_unit(self, unit: str) -> None:
        """Mark a step, and go back by the same from now on."""
        for one in UNITS:
            button = self.buttons[f"step-{one}"]
            if (button.property("marked") is True) != (one == unit):
                button.setProperty("marked", one == unit)
                polish(button)
        name = f"back-{unit}"
        former = self._back.defaultAction()
        if former is not self._actions[name]:
            if former is not None:
                self._back.removeAction(former)
                self.buttons.pop(former.objectName(), None)
            self._back.setDefaultAction(self._actions[name])
            self.buttons[name] = self._back

    def _make_run(self) -> Segments:
        action = self._actions["run-epochs"]
        action.setIconText(_("Run"))
        self.epochs = WholeNumberField(1, 1_000_000, _("Number of epochs to run"))
        self.epochs.setButtonSymbols(WholeNumberField.ButtonSymbols.NoButtons)
        self.epochs.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.epochs.setValue(16)
        self.epochs.setToolTip(_("How many epochs Run trains for; Enter runs them"))
        self.epochs.entered.connect(action.trigger)
        self.epochs.valueChanged.connect(self._note_typed)
        button = segment(action)
        self.buttons["run-epochs"] = button
        run = Segments()
        run.add(button)
        run.add(self.epochs)
        self._run_word = QLabel(_("epochs"))
        self._run_word.setProperty("role", "segment-word")
        self._run_border = run.add(self._run_word)
        return run

    # ---------------------------------------------------------------- what is true

    def set_theme(self, theme: Theme) -> None:
        """Draw in the colours of the theme."""
        self._theme = theme
        for action in self._actions.values():
            if name := action.property("picture"):
                action.setIcon(icon(name, theme.color("text"), theme.color("line")))
        self.play.set_theme(theme)

    def set_run(self, loaded: Loaded) -> None:
        """Show another run, with the first step marked if it is of another work; beside a canvas no position."""
        lesson = loaded.lesson
        if loaded.work != self._work:
            now = self.epochs.value(), self._is_typed
            self._epochs_of[self._work], self._work = now, loaded.work
            offered = (self._offered, False) if self._offered else now
            epochs, self._is_typed = self._epochs_of.get(loaded.work, offered)
            self.epochs.set_value(epochs)
            self._offered = 0
            self._choose_unit(FIRST_UNIT)
        elif lesson is not None and lesson is not self._lesson and not self._is_typed:
            self.epochs.set_value(lesson.epochs)  # changed settings are those of another preset
        self._lesson = lesson
        self.figures.set_run(loaded)

    def _note_typed(self) -> None:
        self._is_typed = True

    def offer_epochs(self, epochs: int) -> None:
        """Offer to run for so many epochs in the work that comes next; undo brings back each work with its number."""
        self._offered = epochs

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the state of the run."""
        room = self.figures.room
        self.figures.show_snapshot(snapshot)
        if self.figures.room != room:
            self._fit_anew()

    def show_place(self, position: int, timeline: RunTimeline | None) -> None:
        """Offer to step back where something lies before the position, in this run or the one that it leaves."""
        is_behind = position > 0 or (timeline is not None and timeline.began_elsewhere)
        for name in ("back-sample", "back-batch", "back-epoch"):
            allow(self._actions[name], "" if is_behind else _("the run stands at its start"))
        self._back.setVisible(is_behind)

    def show_walking(self, is_walking: bool) -> None:
        """Mark the phase during a walk; behind it, again the step that was made before."""
        self._mark_unit(PHASE if is_walking else self._unit)

    def show_playing(self, playing: bool) -> None:
        """Show on the play button what a click does next."""
        if playing != self._is_playing:
            self._is_playing = playing
            action = self._actions["play"]
            action.setProperty("playing", playing)
            action.setText(_("&Pause") if playing else _("&Play"))
            tip = _("Stop here") if playing else _("Train until paused")
            action.setStatusTip(tip)
            action.setToolTip(f"{tip} ({action.shortcut().toString()})")
            name = "pause" if playing else "play"
            action.setIcon(icon(name, self._theme.color("text"), self._theme.color("line")))

    # ---------------------------------------------------------------- room

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        assert event is not None
        super().resizeEvent(event)
        self._fit()

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent | None) -> None:
        assert event is not None
        super().changeEvent(event)
        if event.type() in TYPE_CHANGES and not self._is_fitting:
            self._fit_anew()

    def _fit_anew(self) -> None:
        """The contents take another width than before."""
        self._widths, self._level = (), -1
        self._fit()

    def _fit(self) -> None:
        """Leave out what can be spared where the window is narrow."""
        if not self.isVisible() or self._is_fitting:
            return
        self._is_fitting = True
        if not self._widths:
            self.epochs.setFixedWidth(self.epochs.fontMetrics().horizontalAdvance("10\u202f000") + 14)
        for level in range(LEVELS):
            if level == len(self._widths):  # no wider window had to try it
                self._spare(level)
                self._widths = (*self._widths, self._holder.minimumSizeHint().width())
            if self._widths[level] <= self.width():
                break
        if level != self._level:
            self._spare(level)
        self._is_fitting = False

    def _spare(self, level: int) -> None:
        """Leave out nothing at level 0, and more at each level."""
        self._level = level
        self.figures.show_sample(level < 1)
        self._run.arrange(3 if level < 6 else 1)
        self._run_word.setVisible(level < 2)
        self._run_border.setVisible(level < 2)
        self.play.show_key(level < 3)
        if (self.property("compact") is True) != (level >= 4):
            self.setProperty("compact", level >= 4)
            for widget in (self, *self._holder.findChildren(QToolButton), *self._holder.findChildren(Readout)):
                polish(widget)
        self._steps.arrange(len(UNITS) if level < 5 else len(UNITS) // 2)
        self._step_word.setVisible(level < 5)
        self._no_word.setVisible(level < 6)
        self.speed.show_narrow(level >= 4, is_stacked=level >= 6)
        self.figures.set_narrow(level >= 2)
        self.figures.name_set(level < 6)
        self._line.setSpacing(8 if level < 2 else 4 if level < 4 else 2)
        _activate(self._line)


def _activate(layout: QLayout | None) -> None:
    """Lay out anew, the inner layouts first; Qt would tell the outer ones later.

    It goes from layout to layout, which asks for no part that Qt made; see ``qt_objects.forget_when_deleted``.
    """
    if layout is not None:
        for item in (existing(layout.itemAt(place)) for place in range(layout.count())):
            widget = item.widget()
            _activate(item.layout() if widget is None else widget.layout())
        layout.invalidate()
        layout.activate()


def _captioned(caption: QLabel, widget: QWidget) -> QWidget:
    """A widget with a few small letters above it."""
    holder = QFrame()
    column = QVBoxLayout(holder)
    column.setContentsMargins(8, 0, 0, 0)
    column.setSpacing(2)
    caption.setProperty("role", "caption")
    column.addStretch(1)
    column.addWidget(caption)
    column.addWidget(widget)
    column.addStretch(1)
    return holder
