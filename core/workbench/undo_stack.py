"""What undo brings back: former runs, complete, and what a run was before a change by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from core.training.settings_over_time import Change

Former = TypeVar("Former")

MOST_RUNS = 8
"""Former runs that are always kept, however large; each holds its data and its checkpoints."""

MOST_NUMBERS = 8_000_000
"""More are kept, such as those between the strokes of a painter, as long as they hold no more numbers than this."""

MOST_ENTRIES = 500


@dataclass(frozen=True)
class Mark:
    """A run's changes and position at some moment."""

    changes: tuple[Change, ...]
    position: int


class UndoStack(Generic[Former]):
    """Two stacks of entries: what can be undone, and what can be done again.

    Args:
        size: tells about how many numbers a run holds.
    """

    def __init__(self, size: Callable[[Former], float] = lambda _: math.inf) -> None:
        self._size = size
        self._undo: list[Former | Mark] = []
        self._redo: list[Former | Mark] = []

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """Whether there is something to do again."""
        return bool(self._redo)

    def keep(self, entry: Former | Mark) -> None:
        """Something new takes the place of this; what was undone is gone."""
        self._undo.append(entry)
        self._redo.clear()
        self._undo = self._undo[max(self._first_kept(), len(self._undo) - MOST_ENTRIES) :]

    def _first_kept(self) -> int:
        """The place of the oldest entry for which there is room."""
        runs, numbers = 0, 0.0
        for place in reversed(range(len(self._undo))):
            entry = self._undo[place]
            if not isinstance(entry, Mark):
                runs, numbers = runs + 1, numbers + self._size(entry)
                if runs > MOST_RUNS and numbers > MOST_NUMBERS:
                    return place + 1
        return 0

    def undo(self) -> Former | Mark | None:
        """What to bring back; the caller then gives what it replaced to ``put_redo``."""
        return self._undo.pop() if self._undo else None

    def redo(self) -> Former | Mark | None:
        """What to do again; the caller then gives what it replaced to ``put_undo``."""
        return self._redo.pop() if self._redo else None

    def put_undo(self, entry: Former | Mark) -> None:
        """What a redo replaced."""
        self._undo.append(entry)

    def put_redo(self, entry: Former | Mark) -> None:
        """What an undo replaced."""
        self._redo.append(entry)
