"""Loads that belong to a gesture, such as the drag of a slider: one is on its way at a time."""

from __future__ import annotations

from core.workbench.messages import Load


class GestureLoads:
    """Of the loads that come while one is on its way, only the newest follows it.

    Attributes:
        held: the newest, until that on its way is answered.
    """

    def __init__(self) -> None:
        self.held: Load | None = None
        self._unanswered = False

    def add(self, load: Load) -> Load | None:
        """Return the load if it may be sent at once; otherwise it is held."""
        if load.gesture is not None and self._unanswered:
            self.held = load
            return None
        self.held = None
        self._unanswered = load.gesture is not None
        return load

    def take_held(self) -> Load | None:
        """The load that is held, to be sent before another command."""
        held, self.held = self.held, None
        return held

    def take_next(self) -> Load | None:
        """The load on its way was answered: the one that was held, to be sent now."""
        held = self.take_held()
        self._unanswered = held is not None
        return held
