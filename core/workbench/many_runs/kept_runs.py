"""All kept runs of a window, within a bound of memory: those that the user pinned, and those that were just left."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from core.base.errors import LensError
from core.base.number_text import grouped
from core.base.translation import _
from core.base.values import dataclass
from core.training.settings_over_time import Change
from core.workbench.run_id import RunId

if TYPE_CHECKING:
    from core.workbench.many_runs.kept_run import KeptRun

MOST_BYTES = 500 << 20
"""The memory of all kept runs, their data sets included."""

MOST_UNPINNED = 100
"""Runs that were left without being pinned; beyond this the oldest one is forgotten."""


@dataclass(frozen=True, eq=False)
class KeptEntry:
    """A kept run and how it is shown.

    Attributes:
        number: its identity among the kept runs.
        pinned: whether its curves and its border are shown beside those of the present run.
        color: the number of its colour; no two pinned runs share one.
    """

    number: int
    run: KeptRun
    pinned: bool
    color: int


class KeptRuns:
    """Keeps runs. ``version`` changes with whatever is shown of them."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._entries: dict[int, KeptEntry] = {}
        self._numbers = itertools.count(1)
        self.version = 0

    def __iter__(self) -> Iterator[KeptEntry]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, number: int) -> KeptEntry | None:
        """The entry of this number."""
        return self._entries.get(number)

    @property
    def pinned(self) -> list[KeptEntry]:
        """The pinned runs, the oldest first."""
        return [entry for entry in self if entry.pinned]

    def line(self, run: RunId | None, changes: tuple[Change, ...]) -> KeptEntry | None:
        """The kept run that is the same line as that of a run with these changes; of several, the longest one."""
        found = [entry for entry in self if entry.run.is_line_of(run, changes)]
        return max(found, key=lambda entry: entry.run.tip, default=None)

    @property
    def bytes_kept(self) -> int:
        """The memory of all runs and their data sets."""
        return bytes_of(entry.run for entry in self)

    # ---------------------------------------------------------------- changes

    def add(self, runs: Iterable[KeptRun], pinned: bool = False) -> list[int]:
        """Keep runs; one that goes on from a kept one takes its place there.

        Runs that are not pinned give way, the oldest first, where there are too many or too little memory is left.

        Returns:
            The numbers of those that are kept now, in their order.

        Raises:
            LensError: pinned runs do not fit into the memory; nothing has changed.
        """
        entries, numbers = dict(self._entries), []
        for run in runs:
            former = next((entry for entry in entries.values() if run.goes_on_from(entry.run)), None)
            if former is not None:
                run = replace(run, name=run.name or former.run.name, note=run.note or former.run.note)
                entry = KeptEntry(former.number, run, former.pinned, former.color)
            else:
                entry = KeptEntry(next(self._numbers), run, False, 0)
            if pinned and not entry.pinned:
                entry = replace(entry, pinned=True, color=_free_color(entries.values()))
            entries[entry.number] = entry
            numbers.append(entry.number)
        self._put(entries)
        return [number for number in numbers if number in self._entries]

    def pin(self, number: int, pinned: bool) -> None:
        """Pin a run, or let it be one that was just left."""
        entry = self._entries.get(number)
        if entry is not None and entry.pinned != pinned:
            color = _free_color(self._entries.values()) if pinned else 0
            self._put({**self._entries, number: replace(entry, pinned=pinned, color=color)})

    def rename(self, number: int, name: str) -> None:
        """Give a run a name; an empty one stands for what differs."""
        self._change(number, lambda run: replace(run, name=name.strip()))

    def note(self, number: int, text: str) -> None:
        """Say how a run ended."""
        self._change(number, lambda run: replace(run, note=text))

    def take_up(self, number: int, run: RunId) -> None:
        """The kept run is the present one now, by this identity; what is trained farther takes its place here."""
        self._change(number, lambda kept: replace(kept, run=run))

    def remove(self, numbers: Iterable[int]) -> None:
        """Forget runs."""
        gone = set(numbers)
        self._put({number: entry for number, entry in self._entries.items() if number not in gone})

    def _change(self, number: int, change: Callable[[KeptRun], KeptRun]) -> None:
        entry = self._entries.get(number)
        if entry is not None:
            self._put({**self._entries, number: replace(entry, run=change(entry.run))})

    def _put(self, entries: dict[int, KeptEntry]) -> None:
        loose = [number for number, entry in entries.items() if not entry.pinned]
        for number in loose[: max(0, len(loose) - MOST_UNPINNED)]:
            del entries[number]
        loose = loose[-MOST_UNPINNED:]
        while (needed := bytes_of(entry.run for entry in entries.values())) > self._most_bytes:
            if not loose:
                raise LensError(
                    _(
                        "The kept runs would take {needed} MiB, more than the {most_bytes} MiB that "
                        "there are for them; remove some in the list of runs."
                    ).format(needed=grouped(needed >> 20), most_bytes=grouped(self._most_bytes >> 20))
                )
            del entries[loose.pop(0)]
        self._entries = entries
        self.version += 1


def _free_color(entries: Iterable[KeptEntry]) -> int:
    """The first number that no pinned run has."""
    taken = {entry.color for entry in entries if entry.pinned}
    return next(number for number in range(len(taken) + 1) if number not in taken)


def bytes_of(runs: Iterable[KeptRun]) -> int:
    """The memory of runs; a data set that several share counts once."""
    total, counted = 0, set[int]()
    for run in runs:
        total += run.bytes_kept
        if id(run.dataset) not in counted:
            counted.add(id(run.dataset))
            total += run.dataset.points.nbytes + run.dataset.labels.nbytes
    return total
