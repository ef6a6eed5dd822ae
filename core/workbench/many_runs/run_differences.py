"""What differs among runs, in words: the settings that vary, with their values in each run."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from core.base.number_text import grouped
from core.base.translation import _, ngettext
from core.base.values import dataclass
from core.network.tasks import REGRESSION
from core.options.field_names import field_name
from core.options.unused_options import fields_without_effect
from core.training.experiment import Experiment
from core.workbench.step_names import value_text

OF_DATA = ("samples", "noise", "seed")
"""The settings of generated data that a name tells."""
MOST_FIELDS = 3
"""Settings that a name tells one by one, unless more are needed to tell runs apart."""

OTHER_DATA, OTHER_LOSS, OTHER_SPLIT = "other data", "other loss", "other split"
"""Why numbers of a run cannot be compared with those of another; plots show nothing of it, all but its losses, all."""


@dataclass(frozen=True)
class Described:
    """What a run is named by.

    Attributes:
        experiment: its settings at position 0.
        data: the name of its data set.
        words: what was changed on the way, of many changes only some; empty for nothing.
        digest: of the file that the data were read from; empty for none.
        whole: all that was changed on the way, in words; empty for nothing.
    """

    experiment: Experiment
    data: str
    words: str
    digest: str = ""
    whole: str = ""


def apart(run: Described, present: Described) -> str:
    """OTHER_DATA, OTHER_LOSS or OTHER_SPLIT where a run cannot be compared with the present one; otherwise empty."""
    mine, here = run.experiment, present.experiment
    if replace(mine.data, class_names=()) != replace(here.data, class_names=()) or run.digest != present.digest:
        return OTHER_DATA
    if _measured_loss(mine) != _measured_loss(here):
        return OTHER_LOSS
    return "" if _split(mine) == _split(here) else OTHER_SPLIT


def _measured_loss(experiment: Experiment) -> tuple[str, bool]:
    """What tells in which unit a loss is; that of a standardized target is not in the target's own."""
    return experiment.loss, experiment.task == REGRESSION and experiment.standardize_target


def _split(experiment: Experiment) -> tuple[float, ...]:
    """What tells which points are trained on."""
    if experiment.only_sample is not None:
        return (experiment.only_sample,)
    return () if experiment.train_fraction == 1.0 else (experiment.train_fraction, experiment.seed)


def varying_fields(runs: Sequence[Described]) -> tuple[str, ...]:
    """The fields of the experiment in which the runs differ, where they have an effect; those of the data come last.

    Those with the most values come first, since they tell the runs apart; otherwise they are in the experiment's order.
    Of data that are generated, the settings in :data:`OF_DATA` are fields of their own, such as "data.noise".
    """
    if not runs:
        return ()
    experiments = list({id(run.experiment): run.experiment for run in runs}.values())
    differing = frozenset[str]().union(*(one.changed_fields(experiments[0]) for one in experiments[1:]))
    values: dict[str, set[object]] = {
        field.name: {getattr(one, field.name) for one in experiments if field.name not in fields_without_effect(one)}
        for field in dataclasses.fields(Experiment)
        if field.name in differing - {"data"}
    }
    settings = sorted((name for name in values if len(values[name]) > 1), key=lambda name: -len(values[name]))
    of_data = _varying_of_data(runs) if "data" in differing else []
    return (*settings, *of_data)


def _varying_of_data(runs: Sequence[Described]) -> list[str]:
    """What varies among data that differ: which data they are, and settings in which two of the same kind differ."""
    sources = [run.experiment.data for run in runs]
    others = [
        [getattr(source, field.name) for field in dataclasses.fields(source) if field.name not in OF_DATA]
        for source in sources
    ]
    values = {
        name: {(source.kind, getattr(source, name)) for source in sources if source.is_generated} for name in OF_DATA
    }
    kinds = len({source.kind for source in sources if source.is_generated})
    are_others = any(other != others[0] for other in others)
    return ["data"] * are_others + [f"data.{name}" for name in OF_DATA if len(values[name]) > kinds]


def run_names(runs: Sequence[Described]) -> list[str]:
    """A name for each run, made of what varies among them: "learning rate 0.1, seed 3".

    It begins with the setting whose value the fewest of the runs share, so that its beginning tells the run apart.
    Where nothing varies, the name tells the data. Runs of which one was changed on the way tell that too.
    """
    fields = varying_fields(runs)
    orders = _rarest_first(runs, fields)
    full = [name_of(run, order, len(fields)) for run, order in zip(runs, orders, strict=True)]
    for most in range(MOST_FIELDS, len(fields)):  # more fields only where the runs are not told apart
        names = [name_of(run, order, most) for run, order in zip(runs, orders, strict=True)]
        if len(set(names)) == len(set(full)):
            return names
    return full


def _rarest_first(runs: Sequence[Described], fields: Sequence[str]) -> list[list[str]]:
    """The fields in the order in which each run's name tells them; those of the data stay last."""
    settings = [name for name in fields if name.partition(".")[0] != "data"]
    of_data = [name for name in fields if name not in settings]
    counts = {name: Counter(getattr(run.experiment, name) for run in runs) for name in settings}
    return [sorted(settings, key=lambda name: counts[name][getattr(run.experiment, name)]) + of_data for run in runs]


def name_of(run: Described, fields: Sequence[str], most: int = MOST_FIELDS) -> str:
    """The name of one run by some fields, of which ``most`` are told one by one."""
    idle = fields_without_effect(run.experiment)
    fields = [
        name
        for name in fields
        if name not in idle and (not name.startswith("data.") or run.experiment.data.is_generated)
    ]
    words = [run.data if name == "data" else field_text(name, run) for name in fields[:most]]
    if len(fields) > most:
        words.append(_("{count} more").format(count=len(fields) - most))
    text = ", ".join(words) or ("" if run.words else run.data)
    return "; ".join(part for part in (text, run.words) if part)


def field_text(name: str, run: Described) -> str:
    """A field and its value: "learning rate 0.1"; the names of optimizers and activations need no field."""
    if name in ("optimizer", "activation"):
        return _value(name, run)
    if name == "hidden":
        neurons = run.experiment.hidden
        text = ngettext("{value} neuron", "{value} neurons", sum(neurons)).format(value=_value(name, run))
        return text if neurons else _("no hidden layer")
    if name == "data.samples":
        return _("{value} points").format(value=_value(name, run))
    return _("{field} {value}").format(field=field_name(name), value=_value(name, run))


def _value(name: str, run: Described) -> str:
    """The value of a field: "0.1"; of the data, their name and settings."""
    source = run.experiment.data
    if name == "data" and source.is_generated:
        text = _("{data} ({samples} points, noise {noise:g}, seed {seed})")
        return text.format(data=run.data, samples=source.samples, noise=source.noise, seed=source.seed)
    if name == "data":
        return run.data
    if name == "hidden":
        return "-".join(map(str, run.experiment.hidden)) or _("none")
    if not name.startswith("data."):
        return value_text(name, run.experiment)
    value = getattr(source, name.removeprefix("data."))
    return grouped(value) if name == "data.samples" else f"{value:g}"


def differences(run: Described, present: Described) -> str:
    """All that differs from the present run: "learning rate 0.1 (here 0.03); seed 3 (here 0)".

    Where changes on the way differ too, the settings are said to be those at the start.
    """
    fields = varying_fields([present, run])
    settings = "; ".join(
        _("{setting} (here {value})").format(setting=field_text(name, run), value=_value(name, present))
        for name in fields
    )
    if run.whole == present.whole:
        return settings
    words = [
        _("at the start: {words}").format(words=settings) if settings else "",
        _("on the way: {words}").format(words=run.whole or _("no changes")),
        _("here: {words}").format(words=present.whole or _("no changes")),
    ]
    return "; ".join(filter(None, words))
