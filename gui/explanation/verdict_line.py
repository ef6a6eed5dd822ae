"""The verdict on the run: a dot, its state in bold, the reason, and the next thing to try as a button."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PyQt5.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QPainter, QPaintEvent, QResizeEvent
from PyQt5.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from core.base.translation import _
from core.explain.snapshot import Snapshot
from core.workbench.messages import Loaded, WorkerState
from gui.explanation.link import Link
from gui.explanation.lowest_link import LowestLink
from gui.explanation.mouse_hold import MouseHold
from gui.widgets import flags
from gui.widgets.elided import NOTHING, Elided, FewLines, shortened
from gui.widgets.ending_painter import painting
from gui.widgets.plain_text import plain
from gui.widgets.qt_objects import existing
from gui.widgets.theme import Theme

if TYPE_CHECKING:
    from core.explain.verdict.advice import Advice
    from core.explain.verdict.verdict import Verdict
    from core.workbench.many_runs.run_rows import RunRow

COLORS = {
    "learning": "test",
    "done": "accent",
    "stopped": "accent",
    "plateau": "warning",
    "overfitting": "wrong",
    "diverged": "wrong",
}
LINES = 2
DOT = 11
LEAST_WIDTH = 240
LEFT, RIGHT, APART = 12, 10, 8
ABOVE, BELOW, BETWEEN = 4, 3, 1
RESTARTS, PLAYS = "↺", "▶"
"""Before an advice that begins the run again, and behind one that plays, as on the toolbar."""
PADDING = 8
"""Of the button on each side of its text."""


class Dot(QWidget):
    """A filled circle."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(DOT, DOT)
        self.color = "faint"
        self._theme: Theme | None = None

    def show_color(self, theme: Theme | None, color: str) -> None:
        """Draw in a colour of the theme."""
        self._theme, self.color = theme, color
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if self._theme is None:
            return
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color(self.color))
            painter.drawEllipse(QRectF(0.5, 0.5, DOT - 1.0, DOT - 1.0))


class AdviceLink(Link):
    """Takes an advice when it is pressed."""

    def show_advice(self, advice: Advice, room: int) -> None:
        """Show an advice in so much room, and tell what it does."""
        before, behind = f"{RESTARTS} " * advice.starts_again, f" {PLAYS if advice.return_to is None else '›'}"
        metrics = self.fontMetrics()
        room -= metrics.horizontalAdvance(before + behind)
        self.setText(f"{before}{shortened(metrics, advice.text, room)}{behind}")
        self.setAccessibleName(_restart_told(advice) if advice.starts_again else advice.text)
        self.setToolTip(_what_it_does(advice))


class VerdictLine(QFrame):
    """Shows the verdict of the snapshots, or where there is little room only its title and the button, in one line.

    Its height and the place of each part depend on that and the font alone.

    While the mouse moves on a button with an advice, and some seconds longer, the verdict stays, so that a click does
    what the button said. After the click, or under a mouse that rests, it follows the run.

    Signals:
        taken(Advice): the button, or the link to what else can be tried, was pressed.
        lowest_wanted(RunRow): the link to the lowest test loss, that of this row, was pressed.
    """

    taken = pyqtSignal(object)
    lowest_wanted = pyqtSignal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._theme = theme
        self._verdict: Verdict | None = None
        self._newest: Verdict | None = None
        self._is_playing = self._is_canvas = self._is_one_line = False
        self._awaited: tuple[int, int] | None = None
        self._test_loss = math.nan
        self._row_of_lowest: RunRow | None = None
        self.dot = Dot()
        self.title = Elided()
        self.title.setProperty("role", "strong")
        self.pause = Elided()
        self.pause.setProperty("role", "accent")
        self.pause.setAlignment(flags.RIGHT)
        self.button, self.lowest, self.besides = AdviceLink(), LowestLink(), AdviceLink()
        self.button.setText("…")
        policy = self.button.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.button.setSizePolicy(policy)
        self.button.clicked.connect(lambda: self._take(existing(self._verdict).advice))
        self.lowest.clicked.connect(lambda: self.lowest_wanted.emit(self._row_of_lowest))
        self.besides.clicked.connect(lambda: self._take(existing(self._verdict).besides))
        for part in (self.pause, self.lowest, self.besides):
            part.hide()
        self._hold = MouseHold(self.button, self.besides)
        self._hold.ended.connect(self._show_newest)
        self.reason = FewLines(LINES)
        self._head, middle, self._foot = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        head, foot = self._head, self._foot
        head.setSpacing(APART)
        head.addWidget(self.dot)
        head.addWidget(self.title, 1)
        head.addWidget(self.pause, 1)
        middle.addWidget(self.reason)
        foot.addWidget(self.button)
        foot.addStretch(1)
        for link in (self.lowest, self.besides):
            foot.addWidget(link)
        column = QVBoxLayout(self)
        column.setContentsMargins(LEFT - PADDING, ABOVE, RIGHT, BELOW)
        column.setSpacing(BETWEEN)
        for line in (head, middle):
            line.setContentsMargins(PADDING, 0, 0, 0)  # so that all texts begin below each other
        for line in (head, middle, foot):
            column.addLayout(line)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(LEAST_WIDTH)  # else a long text of the button would widen the window
        self._write()

    @property
    def verdict(self) -> Verdict | None:
        """What is shown; None before the first."""
        return self._verdict

    def height_of(self, is_one_line: bool) -> int:
        """The height that it has, or would have, in one line or whole."""
        title, button = self.title.sizeHint().height(), self.button.sizeHint().height()
        inside = max(title, button) if is_one_line else title + self.reason.height() + button + 2 * BETWEEN
        border = self.contentsMargins()
        return border.top() + ABOVE + inside + BELOW + border.bottom()

    def set_one_line(self, is_one_line: bool) -> None:
        """Show only the title and the button, in one line, whose tooltips say the rest; or the whole again."""
        if is_one_line == self._is_one_line:
            return
        self._is_one_line = is_one_line
        if is_one_line:
            self._head.addWidget(self.button)
        else:
            self._foot.insertWidget(0, self.button)
        self.reason.setHidden(is_one_line)
        self._write()

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self._write()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the snapshot's verdict."""
        if self._is_canvas or snapshot.verdict is None:
            return
        self._test_loss = snapshot.test_loss
        self._write_lowest()
        self._newest = snapshot.verdict
        if self._verdict is None or not self._hold.is_active:
            self._show_newest()

    def show_lowest(self, row: RunRow | None) -> None:
        """Say where the test loss was lowest among runs beside each other; None where there is nothing to compare."""
        self._row_of_lowest = row
        self._write_lowest()

    def _show_newest(self) -> None:
        if self._newest is not None and self._newest is not self._verdict:  # its numbers may be others
            self._verdict = self._newest
            self._write()

    def show_state(self, state: WorkerState) -> None:
        """Take whether the run plays, when there is no need to let it go on, and whether it waits for the engine."""
        shown = state.playing, state.loading if state.playing and state.preparing else None
        if shown != (self._is_playing, self._awaited):
            self._is_playing, self._awaited = shown
            self._write()

    def show_pause(self, text: str, has_stopped: bool = False) -> None:
        """Say that the run has paused by itself, or stopped, and why; empty where it has not."""
        shorter = (_("stopped by itself"), _("stopped")) if has_stopped else (_("paused by itself"), _("paused"))
        self.pause.set_full(text, *((*shorter, NOTHING) if text else ()))
        self.pause.setVisible(bool(text))

    def set_run(self, loaded: Loaded) -> None:
        """Another run is present, or a canvas, on which there is no verdict."""
        self._verdict, self._newest, self._is_canvas = None, None, loaded.canvas is not None
        self._test_loss, self._row_of_lowest = math.nan, None
        self._write()

    def _take(self, advice: Advice | None) -> None:
        if advice is not None:
            self._hold.end()
            self.taken.emit(advice)

    def _write(self) -> None:
        verdict = self._verdict
        if verdict is None or self._awaited is not None:
            title = reason = ""
            if self._is_canvas:
                title, reason = _("No verdict yet"), _("These points are too few to train on.")
            elif self._awaited is not None:
                title = _("Preparing the engine, {} of {}…").format(*self._awaited)
                reason = _("Training begins when it is ready. The first time on a machine it is compiled, once.")
            self.reason.set_text(reason)
            self._write_title(title)
            self.dot.show_color(self._theme, "line")
            for link in (self.button, self.besides):
                link.hide()
            self._write_lowest()
            return
        is_hindered = verdict.kind == "learning" and verdict.cause
        self.dot.show_color(self._theme, "warning" if is_hindered else COLORS.get(verdict.kind, "faint"))
        text = f"{verdict.text[:1].upper()}{verdict.text[1:]}."
        numbers = "\n".join(f"{name}: {value}" for name, value in verdict.numbers)
        self.reason.set_text(text, f"{text}\n\n{numbers}")
        self._write_title(verdict.title)
        advice = verdict.advice
        is_wanted = advice is not None and not (advice.goes_on and self._is_playing)
        self.button.setVisible(is_wanted)
        if advice is not None:
            beside = self.title.minimumWidth() + DOT + 2 * APART if self._is_one_line else 0
            self.button.show_advice(advice, self._room - beside)
        self.setAccessibleName(_("Verdict: {sentence}").format(sentence=verdict.sentence))
        if verdict.besides is not None:
            self.besides.show_advice(verdict.besides, self._room)
        width = self.besides.sizeHint().width() + APART
        has_room = not self._is_one_line and width <= self._room - self.button.sizeHint().width()
        self.besides.setVisible(verdict.besides is not None and has_room)
        self._write_lowest()

    def _write_title(self, title: str) -> None:
        """Write the title, which is whole wherever the line has room for it; what stands beside it yields."""
        self.title.set_full(title)
        self.title.setToolTip(self.reason.toolTip() if self._is_one_line else plain(title))
        needed = self.title.fontMetrics().horizontalAdvance(title)
        self.title.setMinimumWidth(min(needed, self._room - DOT - APART))

    @property
    def _room(self) -> int:
        """For the texts of the buttons."""
        return self.contentsRect().width() - LEFT - RIGHT - PADDING

    def _write_lowest(self) -> None:
        self.lowest.setVisible(self._tell_lowest())
        existing(self.layout()).activate()  # or other texts would be painted in the room of the former ones

    def _tell_lowest(self) -> bool:
        """Whether the link to the lowest test loss has something to say, in the room that the other buttons leave.

        Where that button leads to the same place, it is enough. While a run plays, the figures tell of a later moment.
        """
        row, now, verdict = self._row_of_lowest, self._test_loss, self._verdict if self._awaited is None else None
        lowest = None if row is None else row.lowest
        if row is None or lowest is None or verdict is None or verdict.kind == "start" or math.isnan(now):
            return False
        is_told = verdict.advice is not None and verdict.advice.return_to == lowest.position
        if self._is_one_line or (row.is_present and (self._is_playing or is_told)):
            return False
        room = self._room - self.button.sizeHint().width()
        room -= 0 if self.besides.isHidden() else self.besides.sizeHint().width() + APART
        self.lowest.show_lowest(row, lowest, now, room)
        return bool(self.lowest.text())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._write()

    def sizeHint(self) -> QSize:
        return QSize(300, super().sizeHint().height())


def _restart_told(advice: Advice) -> str:
    return _("{text}; starts again from epoch 0; Undo brings this run back").format(text=advice.text)


def _what_it_does(advice: Advice) -> str:
    if advice.return_to is not None:
        return plain(_("{text}; what was trained since stays on the timeline").format(text=advice.text))
    if advice.goes_on or advice.unfreezes:
        return plain(advice.text)
    if advice.starts_again:
        return plain(_restart_told(advice))
    return plain(_("{text} and play; Edit ▸ Undo takes it back").format(text=advice.text))
