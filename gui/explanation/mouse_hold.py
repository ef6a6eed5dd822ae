"""Keeps what parts say while the mouse is about to press one of them, so that a click does what the part said."""

from __future__ import annotations

from PyQt5.QtCore import QEvent, QObject, QTimer, pyqtSignal
from PyQt5.QtGui import QMouseEvent
from PyQt5.QtWidgets import QWidget

HOLD_MILLISECONDS = 3000
"""How long parts stay as they are behind the last move of the mouse on them."""


class MouseHold(QObject):
    """Is active while the mouse moves on one of the parts or is pressed there, and a while longer.

    Args:
        parts: what the mouse moves on; whoever writes them asks :attr:`is_active` before.

    Signals:
        ended(): what came meanwhile can be shown.
    """

    ended = pyqtSignal()

    def __init__(self, *parts: QWidget) -> None:
        super().__init__(parts[0])
        self._is_pressed = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(HOLD_MILLISECONDS)
        self._rest.timeout.connect(self._rests)
        for part in parts:
            part.setMouseTracking(True)
            part.installEventFilter(self)

    @property
    def is_active(self) -> bool:
        """Whether the parts must say what they say."""
        return self._is_pressed or self._rest.isActive()

    def end(self) -> None:
        """Let the parts say something else."""
        was_active, self._is_pressed = self.is_active, False
        self._rest.stop()
        if was_active:
            self.ended.emit()

    def _rests(self) -> None:
        if not self._is_pressed:
            self.ended.emit()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        assert event is not None
        if isinstance(event, QMouseEvent):
            self._is_pressed = bool(event.buttons())
            self._rest.start()  # behind a release too: the view takes it as a click only when the filter is through
        elif event.type() in (QEvent.Type.Leave, QEvent.Type.Hide):
            self.end()
        return False
