"""What a verdict is: one word for the state of a run, why, and what to try next."""

from __future__ import annotations

from dataclasses import field

from core.base.translation import _
from core.base.values import dataclass
from core.explain.verdict.advice import Advice, Cause

START, CHANGED, LEARNING, PLATEAU, OVERFITTING, DIVERGED, DONE, STOPPED = (
    "start", "changed", "learning", "plateau", "overfitting", "diverged", "done", "stopped",
)  # fmt: skip
TITLES = {
    START: _("Start"),
    CHANGED: _("Changed"),
    LEARNING: _("Learning"),
    PLATEAU: _("Plateau"),
    OVERFITTING: _("Overfitting"),
    DIVERGED: _("Diverged"),
    DONE: _("Done"),
    STOPPED: _("Stopped"),
}


@dataclass(frozen=True)
class Verdict:
    """What is said of a run at one position.

    Attributes:
        kind: START, CHANGED, LEARNING, PLATEAU, OVERFITTING, DIVERGED, DONE or STOPPED.
        text: why, as a clause.
        how: words behind the state, such as "since epoch 3"; may be empty.
        advice: what to try next; None where nothing is to be done.
        cause: name of the cause, empty for none; see :mod:`.causes`.
        numbers: what it rests on, as pairs of name and value.
        position: where the run stood. since: the position since which a plateau lasts; 0 in other states.
        besides: what else is worth trying, whatever the state; None for nothing.
    """

    kind: str
    text: str
    how: str = ""
    advice: Advice | None = None
    cause: str = ""
    numbers: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    position: int = field(default=0, compare=False)
    since: int = field(default=0, compare=False)
    besides: Advice | None = field(default=None, compare=False)

    @classmethod
    def of_cause(cls, kind: str, how: str, cause: Cause) -> Verdict:
        """The state of a run for which there is a cause."""
        return cls(kind, cause.text, how, cause.advice, cause.name)

    @property
    def title(self) -> str:
        """The state in a word or a few."""
        return f"{TITLES[self.kind]} {self.how}".rstrip()

    @property
    def sentence(self) -> str:
        """The whole as one sentence."""
        return f"{self.title}: {self.text}."
