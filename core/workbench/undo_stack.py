"""What undo brings back: former runs, complete, and what a run was before a change of a setting or by hand."""

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


@dataclass(frozen=True)
class UndoStep(Generic[Former]):
    """A step that can be undone, or done again.

    Attributes:
        entry: what to bring back.
        text: what the step did, such as "learning rate 0.03 → 0.3".
    """

    entry: Former | Mark
    text: str


class UndoStack(Generic[Former]):
    """Two stacks of steps: what can be undone, and what can be done again.

    Args:
        size: tells about how many numbers a run holds.
    """

    def __init__(self, size: Callable[[Former], float] = lambda _: math.inf) -> None:
        self._size = size
        self._undo: list[UndoStep[Former]] = []
        self._redo: list[UndoStep[Former]] = []

    @property
    def undo_text(self) -> str | None:
        """What undo takes back; None if there is nothing to undo."""
        return self._undo[-1].text if self._undo else None

    @property
    def redo_text(self) -> str | None:
        """What redo does again; None if there is nothing to do again."""
        return self._redo[-1].text if self._redo else None

    @property
    def next_undo(self) -> Former | Mark | None:
        """What ``undo`` would return."""
        return self._undo[-1].entry if self._undo else None

    @property
    def next_redo(self) -> Former | Mark | None:
        """What ``redo`` would return."""
        return self._redo[-1].entry if self._redo else None

    def keep(self, entry: Former | Mark, text: str) -> None:
        """Something new takes the place of this by the step so named; what was undone is gone."""
        self._undo.append(UndoStep(entry, text))
        self._redo.clear()
        self._undo = self._undo[max(self._first_kept(), len(self._undo) - MOST_ENTRIES) :]

    def _first_kept(self) -> int:
        """The place of the oldest step for which there is room."""
        runs, numbers = 0, 0.0
        for place in reversed(range(len(self._undo))):
            entry = self._undo[place].entry
            if not isinstance(entry, Mark):
                runs, numbers = runs + 1, numbers + self._size(entry)
                if runs > MOST_RUNS and numbers > MOST_NUMBERS:
                    return place + 1
        return 0

    def name_last(self, name: Callable[[Former | Mark], str]) -> None:
        """Name the last step anew, since what followed belongs to it; ``name`` gets what undo brings back."""
        if self._undo:
            step = self._undo[-1]
            self._undo[-1] = UndoStep(step.entry, name(step.entry))

    def undo(self, present: Callable[[Former | Mark], Former | Mark]) -> Former | Mark | None:
        """Return what to bring back; ``present`` gives what it will replace, for redo."""
        return self._move(self._undo, self._redo, present)

    def redo(self, present: Callable[[Former | Mark], Former | Mark]) -> Former | Mark | None:
        """Return what to do again; ``present`` gives what it will replace, for undo."""
        return self._move(self._redo, self._undo, present)

    @staticmethod
    def _move(
        source: list[UndoStep[Former]],
        target: list[UndoStep[Former]],
        present: Callable[[Former | Mark], Former | Mark],
    ) -> Former | Mark | None:
        if not source:
            return None
        step = source.pop()
        target.append(UndoStep(present(step.entry), step.text))
        return step.entry
