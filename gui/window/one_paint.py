"""Paints the window once for all the changes in one turn of the event loop."""

from __future__ import annotations

from PyQt5.QtCore import QCoreApplication, QEvent, QObject, Qt
from PyQt5.QtWidgets import QWidget

DUE = QEvent.Type(QEvent.registerEventType())


class OnePaint(QObject):
    """Delays the update requests of a window until every event posted before is handled.

    Qt posts one request for all widgets, behind every other event. But a graphics scene that handles its changes sends
    the request at once (``dispatchPendingUpdateRequests``), so each plot would make the window paint once more.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._is_held = self._is_due = False
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        assert event is not None
        if event.type() != QEvent.Type.UpdateRequest or self._is_due:
            return False
        if not self._is_held:
            QCoreApplication.postEvent(self, QEvent(DUE), Qt.EventPriority.LowEventPriority)
            self._is_held = True  # not before: without that event nothing would ever be painted again
        return True

    def event(self, event: QEvent | None) -> bool:
        assert event is not None
        if event.type() != DUE:
            return super().event(event)
        self._is_held, self._is_due = False, True
        try:
            QCoreApplication.sendEvent(self._window, QEvent(QEvent.Type.UpdateRequest))
        finally:
            self._is_due = False
        return True
