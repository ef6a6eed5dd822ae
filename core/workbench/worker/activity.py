"""What the worker does between two commands: one activity at a time, with all that belongs to it."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from dataclasses import field

from core.base.values import dataclass
from core.workbench.messages import BeginWalk, CheckGradients, Command


@dataclass(frozen=True, eq=False)
class Resting:
    """The run stands still."""


@dataclass(frozen=True, eq=False)
class Measuring:
    """The run stands still, and its large sets are measured; the next command goes before."""

    steps: Generator[None, None, object]


@dataclass(eq=False)
class Explaining:
    """The run stands still; the walk or gradient check that was asked for is made when the engine is loaded.

    Attributes:
        done: the share of a gradient check that is done; None for a walk.
    """

    request: BeginWalk | CheckGradients
    done: float | None = None


@dataclass(frozen=True, eq=False)
class Playing:
    """Training goes on.

    Attributes:
        begin: the position at which it began to play. end: where it ends; None for training without end.
        verdict: the kind of verdict for which the run pauses there by itself, if it is still that; empty for none.
    """

    begin: int
    end: int | None = None
    verdict: str = ""


@dataclass(frozen=True, eq=False)
class Dragged:
    """The head is dragged to a destination, and will soon be dragged elsewhere.

    The run stands at the keyframe before it. Only when the window asks for a picture it goes on to the destination, and
    only if that is short.
    """

    destination: int


@dataclass(frozen=True, eq=False)
class Travelling:
    """The run goes to a position at full speed; commands that count from there wait for the arrival."""

    destination: int
    waiting: deque[Command] = field(default_factory=deque)


Activity = Resting | Measuring | Explaining | Playing | Dragged | Travelling
