"""Keyframes: the states of a run that are kept to go back to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core.base.arrays import Array
from core.network.optimizers import SLOTS


@dataclass(frozen=True, eq=False)
class State:
    """The state of a run at a position: training continues from it to the same bits.

    Attributes:
        position: samples seen.
        parameters, gradient, last_change: shape (parameters,).
        slots: shape (rows, parameters), the rows of memory that the optimizer uses.
    """

    position: int
    parameters: Array
    gradient: Array
    slots: Array
    last_change: Array


class Keyframes:
    """States at the start and at the ends of epochs.

    All recent states are kept, and of the older ones a fixed number for each doubling of their age.

    Args:
        start: the state at position 0.
        epoch_length: samples of an epoch.
    """

    def __init__(self, start: State, epoch_length: int) -> None:
        self._epoch_length = epoch_length
        self._kept = {start.position: start}

    def __iter__(self) -> Iterator[State]:
        return iter([state for _, state in sorted(self._kept.items())])

    @property
    def numbers(self) -> int:
        """About how many numbers the states hold."""
        return len(self._kept) * (3 + SLOTS) * next(iter(self._kept.values())).parameters.size

    def keep(self, state: State) -> None:
        """Keep the state at the end of an epoch, and from time to time drop old states."""
        self._kept[state.position] = state
        epoch = state.position // self._epoch_length
        if epoch % 16 == 0:
            per_doubling = 8 if state.parameters.size < 10_000 else 1  # each state has three to five parameter vectors
            self._kept = {p: s for p, s in self._kept.items() if _is_kept(p // self._epoch_length, epoch, per_doubling)}

    def back_to(self, position: int) -> State:
        """The last state at or before a position; later states are forgotten."""
        nearest = max(p for p in self._kept if p <= position)
        self._kept = {p: state for p, state in self._kept.items() if p <= nearest}
        return self._kept[nearest]

    def replace(self, states: Iterable[State]) -> None:
        """Replace all states by these."""
        self._kept = {state.position: state for state in states}


def _is_kept(epoch: int, now: int, per_doubling: int) -> bool:
    age = now - epoch
    return age < 2 * per_doubling or epoch % (1 << (age.bit_length() - per_doubling.bit_length())) == 0
