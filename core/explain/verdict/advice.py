"""What to try next, and the cause that it helps against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from core.base.number_text import grouped
from core.base.translation import _
from core.base.values import dataclass
from core.training.experiment import LIVE_FIELDS
from core.training.trainer import Trainer


@dataclass(frozen=True)
class Advice:
    """The next thing to try.

    Attributes:
        text: the button's.
        fields: fields of the experiment and their new values.
        restarts: they help a new run alone, since the present one is spoiled.
        return_to: a position to go back to; None for none.
        goes_on: train on, epochs: so many epochs, or for 0 without end. unfreezes: let all parameters move again.
    """

    text: str
    fields: Mapping[str, object] = field(default_factory=dict)
    restarts: bool = False
    return_to: int | None = None
    goes_on: bool = False
    epochs: int = 0
    unfreezes: bool = False

    @classmethod
    def change(cls, text: str, **fields: object) -> Advice:
        """Change settings."""
        return cls(text, fields)

    @classmethod
    def restart(cls, text: str, **fields: object) -> Advice:
        """Change settings and start again."""
        return cls(text, fields, restarts=True)

    @classmethod
    def go_back(cls, text: str, position: int) -> Advice:
        """Go back to a position."""
        return cls(text, return_to=position)

    @property
    def starts_again(self) -> bool:
        """Whether the run begins again from epoch 0: some fields cannot change during a run."""
        return self.restarts or not self.fields.keys() <= LIVE_FIELDS

    @classmethod
    def go_on(cls, text: str = _("Let it go on"), epochs: int = 0) -> Advice:
        """Train on, by default without end."""
        return cls(text, goes_on=True, epochs=epochs)


@dataclass(frozen=True)
class Cause:
    """Why a run does not learn as it should.

    Attributes:
        name: short name, which is the same in all languages.
        text: a clause that says it with numbers.
        advice: what helps; None if no setting does.
        is_certain: whether the numbers prove it; otherwise it is what is left.
    """

    name: str
    text: str
    advice: Advice | None
    is_certain: bool = True


def back_to(trainer: Trainer, position: int) -> Advice:
    """Go back to a position, which the button names by its epoch."""
    epoch = grouped(position // trainer.epoch_length)
    return Advice.go_back(_("Go back to epoch {epoch}").format(epoch=epoch), position)
