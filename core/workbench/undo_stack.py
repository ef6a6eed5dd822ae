"""Two stacks of steps: what undo brings back, and what redo does again."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Generic, TypeVar

from core.base.values import dataclass

Place = TypeVar("Place")

MOST_RUNS = 8
"""Runs that are always kept, however large; each holds its data and its keyframes."""

MOST_NUMBERS = 8_000_000
"""More are kept, such as those between the strokes of a painter, as long as they hold no more numbers than this."""

MOST_ENTRIES = 500


@dataclass(frozen=True)
class UndoStep(Generic[Place]):
    """A step that can be undone, or done again.

    Attributes:
        place: where to go back to.
        text: what the step did, such as "learning rate 0.03 → 0.3".
    """

    place: Place
    text: str


class UndoStack(Generic[Place]):
    """Steps with the places that they lead back to.

    Args:
        holder: what a place keeps in memory; several places may share it.
        size: tells about how many numbers a holder holds.
    """

    def __init__(
        self,
        holder: Callable[[Place], object] = lambda place: place,
        size: Callable[[Place], float] = lambda _: math.inf,
    ) -> None:
        self._holder, self._size = holder, size
        self._undo: list[UndoStep[Place]] = []
        self._redo: list[UndoStep[Place]] = []

    @property
    def undo_text(self) -> str | None:
        """What undo takes back; None if there is nothing to undo."""
        return self._undo[-1].text if self._undo else None

    @property
    def redo_text(self) -> str | None:
        """What redo does again; None if there is nothing to do again."""
        return self._redo[-1].text if self._redo else None

    @property
    def next_undo(self) -> Place | None:
        """What ``undo`` would return."""
        return self._undo[-1].place if self._undo else None

    @property
    def next_redo(self) -> Place | None:
        """What ``redo`` would return."""
        return self._redo[-1].place if self._redo else None

    @property
    def places(self) -> list[Place]:
        """Where undo and redo lead to."""
        return [step.place for step in (*self._undo, *self._redo)]

    def keep(self, place: Place, text: str) -> None:
        """The step so named leads away from a place; what was undone is gone."""
        self._undo.append(UndoStep(place, text))
        self._redo.clear()
        self._undo = self._undo[max(self._first_kept(), len(self._undo) - MOST_ENTRIES) :]

    def _first_kept(self) -> int:
        """The index of the oldest step for which there is room."""
        known, numbers = set[int](), 0.0
        for index in reversed(range(len(self._undo))):
            place = self._undo[index].place
            holder = id(self._holder(place))
            if holder not in known:
                known.add(holder)
                numbers += self._size(place)
                if len(known) > MOST_RUNS and numbers > MOST_NUMBERS:
                    return index + 1
        return 0

    def forget(self, is_gone: Callable[[Place], bool]) -> None:
        """Drop the steps that lead to places which are gone."""
        self._undo = [step for step in self._undo if not is_gone(step.place)]
        self._redo = [step for step in self._redo if not is_gone(step.place)]

    def name_last(self, name: Callable[[Place], str]) -> None:
        """Name the last step anew, since what followed belongs to it; ``name`` gets what undo brings back."""
        if self._undo:
            step = self._undo[-1]
            self._undo[-1] = UndoStep(step.place, name(step.place))

    def undo(self, present: Place) -> Place | None:
        """Return where to go back to; redo leads to the ``present`` place."""
        return self._move(self._undo, self._redo, present)

    def redo(self, present: Place) -> Place | None:
        """Return where to go again; undo leads to the ``present`` place."""
        return self._move(self._redo, self._undo, present)

    @staticmethod
    def _move(source: list[UndoStep[Place]], target: list[UndoStep[Place]], present: Place) -> Place | None:
        if not source:
            return None
        step = source.pop()
        target.append(UndoStep(present, step.text))
        return step.place
