"""What undo brings back: former runs, complete, and what a run was before a change by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from core.course import Change

Run = TypeVar("Run")

MOST_RUNS = 8
"""Former runs that are kept; each holds its data and its checkpoints."""

MOST_ENTRIES = 500


@dataclass(frozen=True)
class Mark:
    """A run's changes and position at some moment."""

    changes: tuple[Change, ...]
    position: int


class Shelf(Generic[Run]):
    """Two stacks of entries: what can be undone, and what can be done again."""

    def __init__(self) -> None:
        self._undo: list[Run | Mark] = []
        self._redo: list[Run | Mark] = []

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        return bool(self._undo)

    @property
    def can_redo(self) -> bool:
        """Whether there is something to do again."""
        return bool(self._redo)

    def keep(self, entry: Run | Mark) -> None:
        """Something new takes the place of this; what was undone is gone."""
        self._undo.append(entry)
        self._redo.clear()
        runs = [place for place, kept in enumerate(self._undo) if not isinstance(kept, Mark)]
        first = runs[-MOST_RUNS] if len(runs) > MOST_RUNS else 0
        self._undo = self._undo[max(first, len(self._undo) - MOST_ENTRIES) :]

    def forget_behind(self, position: int) -> None:
        """The run went back, so its changes by hand behind the position are gone, and their marks with them."""
        while self._undo and isinstance(self._undo[-1], Mark) and self._undo[-1].position >= position:
            self._undo.pop()

    def undo(self) -> Run | Mark | None:
        """What to bring back; the caller then gives what it replaced to ``put_redo``."""
        return self._undo.pop() if self._undo else None

    def redo(self) -> Run | Mark | None:
        """What to do again; the caller then gives what it replaced to ``put_undo``."""
        return self._redo.pop() if self._redo else None

    def put_undo(self, entry: Run | Mark) -> None:
        """What a redo replaced."""
        self._undo.append(entry)

    def put_redo(self, entry: Run | Mark) -> None:
        """What an undo replaced."""
        self._redo.append(entry)
