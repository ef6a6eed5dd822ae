"""Changes of settings during a run as words of a command line, and a whole run as a command."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from core.base.errors import LensError, shorten
from core.base.translation import _
from core.base.values import dataclass
from core.options.argument_table import ARGUMENTS
from core.options.argument_values import DRAWN_IS_NO_OPTION
from core.options.arguments import to_arguments, value_of
from core.options.spelling import Argument, ArgumentError, one_of, suggestion
from core.training.experiment import LIVE_FIELDS, Experiment
from core.training.preparation import check_patience
from core.training.settings_over_time import Change
from core.training.trainer import Trainer

LIVE = {argument.option.removeprefix("--"): argument for argument in ARGUMENTS if argument.field in LIVE_FIELDS}
OPPOSITES = {a.opposite.removeprefix("--"): a for a in LIVE.values() if a.opposite}
NOT_STOPPING = {"patience": None, "stop_loss": None}
"""Left out of a command: it names the place where the run ends."""


class NoCommand(LensError):
    """No command line can reproduce the run; the message says why and what to do."""


@dataclass(frozen=True)
class ChangedSetting:
    """A live setting that changes at a position."""

    position: int
    field: str
    value: Any


def parse_change(text: str) -> ChangedSetting:
    """Parse a change such as ``3000:learning-rate=0.02`` or ``3000:no-patience``; raises LensError."""
    match = re.fullmatch(r"\s*([0-9]{1,18})\s*:\s*(?:--)?([a-z0-9-]+)(?:\s*=(.*))?", text, re.DOTALL)
    if match is None:
        raise ArgumentError(
            _("{text} must have the form POSITION:OPTION=VALUE, such as 3000:learning-rate=0.02.").format(
                text=shorten(text)
            )
        )
    position, name, value = int(match[1]), match[2], match[3]
    if name in OPPOSITES and value is None:
        argument = OPPOSITES[name]
        return ChangedSetting(position, argument.field, None if argument.metavar else False)
    argument = _live(name)
    if value is None:
        raise ArgumentError(
            _("{text} has no value; write {position}:{name}={metavar}.").format(
                text=shorten(text), position=match[1], name=name, metavar=argument.metavar
            )
        )
    try:
        return ChangedSetting(position, argument.field, argument.parse(value))
    except LensError as error:
        reason = str(error).removeprefix(f"{getattr(error, 'field', '')}: ")
        raise ArgumentError(f"{name}: {reason}") from None


def set_changes(trainer: Trainer, settings: Iterable[ChangedSetting]) -> None:
    """Add changes of settings to a run at its start; raises ExperimentError."""
    for setting in sorted(settings, key=lambda setting: setting.position):
        if setting.field == "patience":
            check_patience(setting.value, len(trainer.preparation.test))
        trainer.settings_over_time.change(setting.position, **{setting.field: setting.value})


def train_words(changes: Sequence[Change], position: int, epoch_length: int, own_weights: bool) -> list[str]:
    """The words behind ``main.py train`` that give exactly the weights of a run at a position; none of them stops it.

    Args:
        changes: the settings at the start and the changes made on the way, as ``Snapshot.changes``.
        position: the position of the run.
        epoch_length: samples of an epoch.
        own_weights: whether the run began with given weights.

    Raises:
        NoCommand: the points were drawn, the run began with given weights, or weights were edited or frozen by hand.
    """
    if changes[0].experiment.data.drawn is not None:
        raise NoCommand(DRAWN_IS_NO_OPTION)
    if own_weights:
        raise NoCommand(
            _(
                "This run began with weights from a file, which a command cannot contain; save the project and train "
                "with "
                "--project, or save the weights."
            )
        )
    by_hand = next((change for change in changes if change.edits or change.frozen), None)
    if by_hand is not None:
        epoch, sample = divmod(by_hand.position, epoch_length)
        raise NoCommand(
            _(
                "Weights were changed or frozen by hand at epoch {epoch}, sample {sample}, which no option can "
                "express; "
                "save the project and train with --project, or save the weights."
            ).format(epoch=epoch, sample=sample)
        )
    changes = [replace(change, experiment=change.experiment.replace(**NOT_STOPPING)) for change in changes]
    at_start = [change for change in changes if change.position == 0]
    words = to_arguments(at_start[-1].experiment)
    before = at_start[-1].experiment
    for change in changes:
        if 0 < change.position < position:
            words += _spell(change.position, before, change.experiment)
            before = change.experiment
    epoch, sample = divmod(position, epoch_length)
    return [*words, "--epochs", str(epoch), *(["--samples", str(sample)] if sample else [])]


def _spell(position: int, before: Experiment, after: Experiment) -> list[str]:
    found = []
    for name, argument in LIVE.items():
        value = value_of(after, argument.field)
        if value == value_of(before, argument.field):
            continue
        if argument.opposite and value is None:
            found += ["--change", f"{position}:{argument.opposite.removeprefix('--')}"]
        else:
            found += ["--change", f"{position}:{name}={argument.write(value)}"]
    return found


def _live(name: str) -> Argument:
    if name not in LIVE:
        mend = suggestion(name, LIVE) or _(" choose {live}.").format(live=one_of(LIVE))
        raise ArgumentError(_("{name} cannot change during a run;{mend}").format(name=shorten(name), mend=mend))
    return LIVE[name]
