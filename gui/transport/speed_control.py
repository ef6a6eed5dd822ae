"""How fast to play: a slider, with its unit in words, and a button for a speed that rises."""

from __future__ import annotations

from PyQt5.QtCore import pyqtSignal
from PyQt5.QtWidgets import QGridLayout, QWidget

from core.base.translation import _
from core.workbench.messages import WorkerState
from core.workbench.speed_scale import FIRST_SAMPLES, FULL, PACES, RISING, Pace, place_of_pace
from gui.widgets.fields import Slider
from gui.widgets.forms import Segments, choice_segment
from gui.widgets.plain_text import plain
from gui.widgets.readout import Readout

WIDTH, NARROW = 84, 48
WIDEST = _("speed · up to 100\u202f000 samples/s")
RISES = _(
    "The speed rises from what the eye can follow to full, and holds back while the loss falls (Shift+F).\n"
    "A number of epochs runs at full speed.\n"
    "A preset plays to its end and pauses there, whatever the verdict says on the way. Behind its end, and without a "
    "preset, playing pauses once when the run becomes done, begins to overfit, or has long stood on a plateau."
)


class SpeedControl(QWidget):
    """Chooses the pace, and shows at the slider where a rising one has come to.

    A number stands here only where the user chose it. The speed that is reached stands in the status bar alone: two
    numbers would contradict each other, since the one is wanted now and the other measured over half a second.

    Signals:
        pace_changed(Pace): the user chose another speed.

    Attributes:
        pace: the slider. rising: the button beside it.
    """

    pace_changed = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self.chosen: Pace = RISING
        self._is_narrow = False
        self.pace = Slider(0, len(PACES) - 1, _("Speed of playing"))
        tip = _(
            "The most samples a second (+ and −); at the left end slow motion, phase by phase, at the right end full "
            "speed (F).\nThe status bar tells the speed that is reached."
        )
        self.pace.setToolTip(plain(tip))
        self.pace.valueChanged.connect(lambda place: self.choose(PACES[place]))
        self.rising = choice_segment(_("rising"), _("Rising speed"))
        self.rising.setToolTip(plain(RISES))
        self.rising.clicked.connect(lambda on: self.choose(RISING if on else PACES[self.pace.value()]))
        self._words = Readout(WIDEST)
        self._words.setProperty("role", "caption")
        self._segments = segments = Segments()
        segments.add(self.rising)
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(8, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setRowStretch(0, 1)
        grid.setRowStretch(4, 1)
        grid.addWidget(self._words, 1, 0, 1, 2)
        grid.addWidget(self.pace, 2, 0)
        self.show_narrow(False)
        self._show(RISING)

    def show_narrow(self, narrow: bool, is_stacked: bool = False) -> None:
        """Take less room, or as much as is good; stacked, the button stands below the slider, and no words above."""
        self._words.setHidden(is_stacked)
        self._grid.addWidget(self._segments, 3 if is_stacked else 2, 0 if is_stacked else 1)
        self.pace.setFixedWidth(NARROW if narrow else WIDTH)
        self._words.set_widest("speed" if narrow else WIDEST)
        self._is_narrow = narrow
        self._write(self.chosen.text)

    def choose(self, pace: Pace) -> None:
        """Play at another pace from now on."""
        self._show(pace)
        self.pace_changed.emit(pace)

    def toggle_full(self) -> None:
        """Change between full speed and a rising one."""
        self.choose(RISING if self.chosen == FULL else FULL)

    def shift(self, places: int) -> None:
        """Go to a faster or a slower place of the slider."""
        self.choose(PACES[min(max(self.pace.value() + places, 0), len(PACES) - 1)])

    def show_state(self, state: WorkerState) -> None:
        """Show where a rising pace has come to; a number of epochs runs at full speed meanwhile."""
        if self.chosen != RISING:
            return
        if state.goal is None and state.pace is None:
            self._show(RISING)
            return
        place = PACES.index(FULL) if state.pace is None else place_of_pace(state.pace)
        self.pace.set_value(place)
        self._write(FULL.text if PACES[place] == FULL else _("rising"))

    def _show(self, pace: Pace) -> None:
        self.chosen = pace
        self.rising.setChecked(pace == RISING)
        self.pace.set_value(PACES.index(pace) if pace in PACES else place_of_pace(FIRST_SAMPLES))
        self._write(pace.text)

    def _write(self, text: str) -> None:
        self._words.setText(_("speed") if self._is_narrow else _("speed · {text}").format(text=text))
