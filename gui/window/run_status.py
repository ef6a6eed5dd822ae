"""What the status bar tells of the run."""

from __future__ import annotations

from PyQt5.QtCore import Qt
from PyQt5.QtGui import QPaintEvent
from PyQt5.QtWidgets import QProgressBar, QStatusBar, QStyle, QStyleOption, QWidget

from core.base.number_text import duration, epoch_place, grouped
from core.base.translation import _, ngettext
from core.engines.choosing import ENGINE_NAMES
from core.network.initializers import INITIALIZERS
from core.workbench.messages import Loaded, WorkerState
from gui.widgets.elided import shortened
from gui.widgets.ending_painter import painting
from gui.widgets.flags import LEFT, RIGHT
from gui.widgets.plain_text import plain, plain_label
from gui.widgets.plots import SIDE
from gui.widgets.qt_objects import existing
from gui.widgets.readout import Readout

DIRECT = Qt.FindChildOption.FindDirectChildrenOnly
MESSAGE_LEFT = 6
GAP = 12
"""Pixels between a message and what stands at the right."""


CLAUSE = "; "
"""Between two clauses of a message."""


class StatusBar(QStatusBar):
    """A status bar whose message leaves out its last clauses where they have no room; the tooltip has all of them.

    A clause that has no room by itself ends in dots; Qt cuts it in the middle of a letter.
    """

    def __init__(self) -> None:
        super().__init__()
        self.messageChanged.connect(lambda message: self.setToolTip(plain(message)))

    def shown_message(self) -> str:
        """What has room of the message."""
        places = [part.x() for part in self.findChildren(QWidget, "", DIRECT) if part.isVisible()]
        room, metrics = min(places, default=self.width()) - MESSAGE_LEFT - GAP, self.fontMetrics()
        clauses = self.currentMessage().split(CLAUSE)
        while len(clauses) > 1 and metrics.horizontalAdvance(CLAUSE.join(clauses)) > room:
            clauses.pop()
        return shortened(metrics, CLAUSE.join(clauses), room)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        option = QStyleOption()
        option.initFrom(self)
        with painting(self) as painter:
            existing(self.style()).drawPrimitive(QStyle.PrimitiveElement.PE_PanelStatusBar, option, painter, self)
            painter.setPen(self.palette().windowText().color())
            painter.drawText(self.rect().adjusted(MESSAGE_LEFT, 0, 0, 0), int(LEFT), self.shown_message())


class RunStatus:
    """The progress of a run of fixed length, the engine, and the training speed."""

    def __init__(self, bar: QStatusBar) -> None:
        self._progress = QProgressBar()
        self._progress.setFixedSize(170, 16)
        self._progress.setTextVisible(True)
        self._progress.setMaximum(1000)
        self._engine = plain_label()
        self._speed = Readout(_("now 0\u202f000\u202f000 samples/s  "))
        self._speed.setAlignment(RIGHT)
        self._speed.setToolTip(_("The speed that training has reached in the last half second"))
        for widget in (self._progress, self._engine, self._speed):
            bar.addPermanentWidget(widget)
        self._progress.hide()
        bar.setContentsMargins(0, 0, SIDE, 0)  # a window that fills the screen has no grip there

    def show_state(self, state: WorkerState, position: int, is_walking: bool, engine_note: str = "") -> None:
        """Show how the run gets on.

        Args:
            state: that of the worker in the newest report.
            position: how many samples the run on the screen has seen.
            is_walking: whether the phases of an update are shown.
            engine_note: why NumPy computes, where the compiled engine cannot; empty otherwise.
        """
        self._show_progress(state, position)
        engine = ENGINE_NAMES.get("numpy" if engine_note else state.engine, "")
        self._engine.setText(
            engine if state.loading is None else _("preparing the engine, {} of {}…").format(*state.loading)
        )
        self._engine.setToolTip(plain(engine_note or _("What computes the training steps")))
        speed = state.samples_per_second
        if speed:
            self._speed.setText(_("now {speed} samples/s").format(speed=grouped(speed)))
        elif state.measuring:
            self._speed.setText(_("measuring all points…"))
        elif state.playing:
            self._speed.setText("…")
        else:
            self.show_rest(is_walking)

    def show_rest(self, is_walking: bool) -> None:
        """Show why the run does not go on by itself."""
        self._speed.setText(_("step by step") if is_walking else _("paused"))

    def _show_progress(self, state: WorkerState, position: int) -> None:
        self._progress.setVisible(state.goal is not None)
        if state.goal is not None:
            start, end = state.goal
            self._progress.setValue(int(1000 * (position - start) / max(1, end - start)))
            left = duration((end - position) / state.samples_per_second) if state.samples_per_second else "…"
            self._progress.setFormat(_("{left} left").format(left=left))


def run_message(loaded: Loaded) -> str:
    """Return what the status bar says when another run takes the place of the former one."""
    if loaded.renamed:
        return _("The classes have other names; Edit ▸ Undo brings the former ones back")
    if loaded.run is None:
        return _("These data cannot be trained on with these settings")
    sizes = "-".join(map(str, loaded.preparation.sizes))
    begun = _("Started {sizes}").format(sizes=sizes)
    if loaded.opened_at:
        place = epoch_place(loaded.opened_at, loaded.preparation.epoch_length)
        begun = _("Opened {sizes}, at {place}").format(sizes=sizes, place=place)
    elif loaded.initial_parameters is None:
        weights = INITIALIZERS[loaded.experiment.init.name].label
        begun = _("{begun}, initial weights {weights}").format(begun=begun, weights=weights)
    if loaded.experiment.data.drawn is not None and not loaded.opened_at:
        count = len(loaded.dataset)
        begun = ngettext("{n} point drawn", "{n} points drawn", count).format(n=grouped(count))
    if not loaded.can_undo:
        return begun
    back = _("{begun}; Edit ▸ Undo brings the former run back")
    listed = _("{begun}; Edit ▸ Undo or View ▸ Runs brings the former run back")
    return (listed if loaded.lists_former else back).format(begun=begun)
