"""The verdict on the run: a dot, its state in bold, the reason, and the next thing to try as a button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt5.QtCore import QEvent, QObject, QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QFont, QPainter, QPaintEvent, QResizeEvent
from PyQt5.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from core.base.translation import _
from core.explain.snapshot import Snapshot
from core.workbench.messages import Loaded
from gui.widgets.elided import TYPE_SIZES, Elided, FewLines
from gui.widgets.ending_painter import painting
from gui.widgets.plain_text import plain
from gui.widgets.theme import Theme

if TYPE_CHECKING:
    from core.explain.verdict.verdict import Verdict

COLORS = {"learning": "test", "done": "accent", "plateau": "warning", "overfitting": "wrong", "diverged": "wrong"}
LINES = 2
DOT = 11
LEAST_WIDTH = 240
LEAST_OF_BUTTON = 0.4
"""The share of the line that the button may have in any case."""
MARGINS, GAP, BUTTON_PADDING = (12, 4, 10, 5), 8, 11
SIDES = MARGINS[0] + MARGINS[2] + 2 * GAP + 6
"""What the line takes beside the texts and the dot: margins, gaps, the padding of the button."""


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


class VerdictLine(QFrame):
    """Shows the verdict of the snapshots. Its height depends on the font alone.

    While the mouse is over the button, the verdict stays, so that a click does what it said. After the
    click it follows the run.

    Signals:
        taken(Advice): the button was pressed.
    """

    taken = pyqtSignal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._theme = theme
        self._verdict: Verdict | None = None
        self._newest: Verdict | None = None
        self._is_taken = False
        self._is_playing = self._is_canvas = False
        self.dot = Dot()
        self.title = Elided()
        self.title.setProperty("role", "strong")
        self.button = QToolButton()
        self.button.setProperty("role", "link")
        self.button.clicked.connect(self._take)
        self.button.installEventFilter(self)
        kept = self.button.sizePolicy()
        kept.setRetainSizeWhenHidden(True)
        self.button.setSizePolicy(kept)
        self.reason = FewLines(LINES)
        head = QHBoxLayout()
        head.setSpacing(GAP)
        head.addWidget(self.dot)
        head.addWidget(self.title, 1)
        head.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(*MARGINS)
        column.setSpacing(1)
        column.addLayout(head)
        column.addWidget(self.reason)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(LEAST_WIDTH)  # else a long text of the button would widen the window
        self.button.setText("…")
        self._write()

    @property
    def verdict(self) -> Verdict | None:
        """What is shown; None before the first."""
        return self._verdict

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self._write()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the snapshot's verdict."""
        if self._is_canvas or snapshot.verdict is None:
            return
        self._newest = snapshot.verdict
        if self._verdict is None or self._is_taken or not self.button.underMouse():
            self._show_newest()

    def _show_newest(self) -> None:
        if self._newest is not None and self._newest != self._verdict:
            self._verdict = self._newest
            self._write()

    def show_playing(self, is_playing: bool) -> None:
        """Whether the run plays; then there is no need to let it go on."""
        if is_playing != self._is_playing:
            self._is_playing = is_playing
            self._write()

    def set_run(self, loaded: Loaded) -> None:
        """Another run is present, or a canvas, on which there is no verdict."""
        self._verdict, self._newest, self._is_canvas = None, None, loaded.canvas is not None
        self._write()

    def _take(self) -> None:
        if self._verdict is not None and self._verdict.advice is not None:
            self._is_taken = True
            self.taken.emit(self._verdict.advice)

    def _write(self) -> None:
        verdict = self._verdict
        self.button.setFixedHeight(self.fontMetrics().height() + BUTTON_PADDING)  # whatever size its letters have
        if verdict is None:
            self.title.set_full(_("No verdict yet") if self._is_canvas else "")
            self.reason.set_text(_("These points are too few to train on.") if self._is_canvas else "")
            self.dot.show_color(self._theme, "line")
            self.button.hide()
            return
        self.dot.show_color(self._theme, COLORS.get(verdict.kind, "faint"))
        self.title.set_full(verdict.title)
        text = f"{verdict.text[:1].upper()}{verdict.text[1:]}."
        numbers = "\n".join(f"{name}: {value}" for name, value in verdict.numbers)
        self.reason.set_text(text, f"{text}\n\n{numbers}")
        advice = verdict.advice
        is_wanted = advice is not None and not (advice.goes_on and self._is_playing)
        self.button.setVisible(is_wanted)
        if advice is not None:
            self._fit_button(f"{advice.text} ›")
            self.button.setAccessibleName(advice.text)
            self.button.setToolTip(_what_it_does(advice.text, verdict))
        self.setAccessibleName(_("Verdict: {sentence}").format(sentence=verdict.sentence))

    def _fit_button(self, text: str) -> None:
        """Write the text of the button, where it has no room beside the title both in smaller letters."""
        inside = self.contentsRect().width() - self.dot.width() - SIDES
        for size in TYPE_SIZES:
            font = QFont(self.font())
            font.setPointSizeF(size * font.pointSizeF())
            self.button.setFont(font)
            font.setWeight(QFont.Weight.DemiBold)
            self.title.setFont(font)
            metrics = self.button.fontMetrics()
            room = inside - self.title.fontMetrics().horizontalAdvance(self.title.full)
            if metrics.horizontalAdvance(text) <= room:
                break
        room = max(room, round(LEAST_OF_BUTTON * inside))
        self.button.setText(metrics.elidedText(text, Qt.TextElideMode.ElideRight, room))

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """When the mouse leaves the button, the newest verdict is shown."""
        if watched is self.button and event is not None and event.type() == QEvent.Type.Leave:
            self._is_taken = False
            self._show_newest()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._write()

    def sizeHint(self) -> QSize:
        return QSize(300, super().sizeHint().height())


def _what_it_does(text: str, verdict: Verdict) -> str:
    advice = verdict.advice
    assert advice is not None
    if advice.return_to is not None:
        return plain(_("{text}; what was trained since stays on the timeline").format(text=text))
    if advice.goes_on or advice.unfreezes:
        return plain(text)
    return plain(_("{text} and play; Edit ▸ Undo takes it back").format(text=text))
