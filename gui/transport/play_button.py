"""The button that plays and pauses: the one that the eye finds first."""

from __future__ import annotations

from PyQt5.QtCore import QPointF, QRectF, QSize, Qt
from PyQt5.QtGui import QFont, QFontMetrics, QIcon, QPainter, QPaintEvent, QPen
from PyQt5.QtWidgets import QAction, QToolButton

from core.base.translation import _
from gui.widgets.ending_painter import painting
from gui.widgets.flags import SMOOTH
from gui.widgets.icons import icon
from gui.widgets.theme import Theme

HEIGHT = 46
PICTURE = 20
SIDE, GAP = 18, 9
KEY_SIDE, KEY_HEIGHT = 7, 20
WORDS = (_("Play"), _("Pause"))


class PlayButton(QToolButton):
    """A filled button with a picture, a word, and the key that does the same.

    Its size is that of the longer word, so that nothing moves when the word changes.
    """

    def __init__(self, action: QAction, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._picture = QIcon()
        self._shows_key = True
        self.setDefaultAction(action)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        action.changed.connect(self._follow)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self._follow()

    def show_key(self, shown: bool) -> None:
        """Leave the key out where there is little room."""
        if shown != self._shows_key:
            self._shows_key = shown
            self.updateGeometry()
            self.update()

    def _follow(self) -> None:
        action = self.defaultAction()
        if action is not None:
            name = "pause" if action.property("playing") is True else "play"
            self._picture = icon(name, self._theme.color("on_accent"), self._theme.color("on_accent"))
            self.update()

    def _word_font(self) -> QFont:
        font = QFont(self.font())
        font.setPointSizeF(1.3 * font.pointSizeF())
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def _key(self) -> str:
        action = self.defaultAction()
        return action.shortcut().toString() if action is not None and self._shows_key else ""

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self._word_font())
        width = 2 * SIDE + PICTURE + GAP + max(metrics.horizontalAdvance(word) for word in WORDS)
        if self._shows_key:
            width += GAP + 2 * KEY_SIDE + self.fontMetrics().horizontalAdvance("Space")
        return QSize(width, max(HEIGHT, metrics.height() + 20))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        with painting(self) as painter:
            self._paint(painter)

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHints(SMOOTH)
        fill, front = self._theme.color("accent"), self._theme.color("on_accent")
        if self.isDown():
            fill = fill.darker(115)
        elif self.underMouse():
            fill = fill.lighter(112)
        box = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.setPen(QPen(self._theme.color("text"), 2.0) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        left, middle = float(SIDE), box.center().y()
        self._picture.paint(painter, QRectF(left, middle - PICTURE / 2, PICTURE, PICTURE).toRect())
        left += PICTURE + GAP
        painter.setPen(front)
        painter.setFont(self._word_font())
        word, metrics = self.text().replace("&", ""), painter.fontMetrics()
        base = middle + (metrics.ascent() - metrics.descent()) / 2
        painter.drawText(QPointF(left, base), word)
        if key := self._key():
            painter.setFont(self.font())
            metrics = painter.fontMetrics()
            width = metrics.horizontalAdvance(key) + 2 * KEY_SIDE
            height = max(KEY_HEIGHT, metrics.height() + 4)
            cap = QRectF(self.width() - SIDE - width, middle - height / 2, width, height)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            pale = self._theme.color("on_accent", 150)
            painter.setPen(QPen(pale, 1.0))
            painter.drawRoundedRect(cap, 5, 5)
            painter.setPen(front)
            painter.drawText(cap, int(Qt.AlignmentFlag.AlignCenter), key)
