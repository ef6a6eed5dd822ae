"""What differs among runs, in words: the settings that vary, with their values in each run."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import replace

from core.base.number_text import grouped
from core.base.translation import _, ngettext
from core.base.values import dataclass
from core.data.features import feature
from core.network.tasks import REGRESSION
from core.options.field_names import field_name
from core.options.unused_options import fields_without_effect
from core.training.experiment import Experiment
from core.workbench.step_names import value_text

OF_DATA = ("samples", "noise", "seed")
"""The settings of generated data that a name tells."""
MOST_FIELDS = 3
"""Settings that a name tells one by one, unless more are needed to tell runs apart."""

CAN_BE_OFF = ("schedule", "warm_up", "l1", "l2", "dropout", "only_sample", "patience", "stop_loss")
"""Settings that do nothing with the value that an experiment has by itself."""
PLAIN = Experiment()

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
    if _data_of(run) != _data_of(present):
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
    """A name for each run, made of what varies among those on the same data: "learning rate 0.1, seed 3".

    It begins with the settings that tell the run apart, and leaves out what is off unless nothing else is to be told,
    and features that all runs have.
    Where the runs learn several data, names end with what tells these apart. Where nothing varies, the name tells the
    data. Runs of which one was changed on the way tell that too.
    """
    groups: list[tuple[tuple[object, ...], list[int]]] = []
    for place, data in enumerate(map(_data_of, runs)):
        known = next((places for one, places in groups if one == data), None)
        if known is None:
            groups.append((data, [place]))
        else:
            known.append(place)
    firsts = [runs[places[0]] for _data, places in groups]
    names = [""] * len(runs)
    for (_data, places), first in zip(groups, firsts, strict=True):
        end = _words_of_data(first, firsts) if len(groups) > 1 else []
        for place, name in zip(places, _names_on_same_data([runs[place] for place in places], end), strict=True):
            names[place] = name
    return names


def _data_of(run: Described) -> tuple[object, ...]:
    """What tells which data a run learns; names of classes make no difference."""
    return replace(run.experiment.data, class_names=()), run.digest


def _words_of_data(run: Described, others: Sequence[Described]) -> list[str]:
    """What tells the data of a run from those of others, and no more of it."""
    left, words = [other for other in others if _data_of(other) != _data_of(run)], list[str]()
    for name in ("data", *(f"data.{name}" for name in OF_DATA if run.experiment.data.is_generated)):
        text = run.data if name == "data" else field_text(name, run)
        alike = [other for other in left if text == (other.data if name == "data" else field_text(name, other))]
        if len(alike) < len(left):
            words.append(text)
        left = alike
    return words or [run.data]


def _names_on_same_data(runs: Sequence[Described], end: Sequence[str]) -> list[str]:
    common = _common_features(runs)
    orders = _telling_first(runs, common)
    longest = max(map(len, orders))
    full = [name_of(run, order, longest, end, common) for run, order in zip(runs, orders, strict=True)]
    for most in range(MOST_FIELDS, longest):  # more fields only where the runs are not told apart
        names = [name_of(run, order, most, end, common) for run, order in zip(runs, orders, strict=True)]
        if len(set(names)) == len(set(full)):
            return names
    return full


def _common_features(runs: Sequence[Described]) -> frozenset[str]:
    """Those that all runs have, unless the others do not tell the runs apart, as where the order differs."""
    chosen = {run.experiment.features for run in runs}
    common = frozenset[str].intersection(*map(frozenset, chosen))
    return common if len({_own_features(features, common) for features in chosen}) == len(chosen) else frozenset()


def _own_features(features: Sequence[str], common: frozenset[str]) -> tuple[str, ...]:
    return tuple(one for one in features if one not in common)


def _telling_first(runs: Sequence[Described], common: frozenset[str]) -> list[list[str]]:
    """The fields that each run's name tells: at each place the one that tells it from the most runs that are left."""
    fields = varying_fields(runs)
    values = []
    for run in runs:
        idle = fields_without_effect(run.experiment)
        values.append({name: None if name in idle else (getattr(run.experiment, name),) for name in fields})
    orders = []
    for run, own in zip(runs, values, strict=True):
        plain = ["features"] if common.issuperset(run.experiment.features) else []
        on = [name for name in fields if own[name] is not None and name not in plain and not _is_off(name, run)]
        left, alike, order = on or ([] if run.words else list(fields)), values, list[str]()
        while left:
            best = min(left, key=lambda name: sum(other[name] == own[name] for other in alike))
            alike = [other for other in alike if other[best] == own[best]]
            left = [name for name in left if name != best]
            order.append(best)
        orders.append(order)
    return orders


def name_of(
    run: Described,
    fields: Sequence[str],
    most: int = MOST_FIELDS,
    end: Sequence[str] = (),
    common: frozenset[str] = frozenset(),
) -> str:
    """The name of one run by some fields, of which ``most`` are told one by one; ``end`` comes last.

    Features that are ``common`` to all runs are told only where the run has no others.
    """
    idle = fields_without_effect(run.experiment)
    fields = [
        name
        for name in fields
        if name not in idle and (not name.startswith("data.") or run.experiment.data.is_generated)
    ]
    words = [run.data if name == "data" else field_text(name, run, common) for name in fields[:most]]
    if len(fields) > most:
        words.append(_("{count} more").format(count=len(fields) - most))
    if not run.words:
        return ", ".join([*words, *end]) or run.data
    return "; ".join(filter(None, (", ".join(words), run.words, ", ".join(end))))


def _is_off(name: str, run: Described) -> bool:
    return name in CAN_BE_OFF and getattr(run.experiment, name) == getattr(PLAIN, name)


def field_text(name: str, run: Described, common: frozenset[str] = frozenset()) -> str:
    """A field and its value: "learning rate 0.1", "no L2"; the names of optimizers and activations need no field.

    Of the features only those that are not ``common``, if there are any: "with sin x1, sin x2".
    """
    if _is_off(name, run):
        return _("no {field}").format(field=field_name(name))
    if name in ("optimizer", "activation"):
        return _value(name, run)
    if name == "hidden":
        neurons = run.experiment.hidden
        text = ngettext("{value} neuron", "{value} neurons", sum(neurons)).format(value=_value(name, run))
        return text if neurons else _("no hidden layer")
    own = _own_features(run.experiment.features, common)
    if name == "features" and common and own:
        return _("with {features}").format(features=", ".join(feature(one).label for one in own))
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
        return value_text(name, run.experiment, longest=None)
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
