"""What differs among runs, in words: what a run is called, and how it differs from another one."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from core.base.number_text import grouped
from core.base.translation import _, ngettext
from core.base.values import dataclass
from core.data.data_source import RULE, DataSource
from core.data.features import feature, features_of
from core.data.generators import GENERATORS
from core.network.tasks import REGRESSION
from core.options.field_names import field_name
from core.options.unused_options import fields_without_effect
from core.training.experiment import Experiment
from core.training.presets import PRESETS, Preset
from core.workbench.step_names import value_text

MOST_FIELDS = 3
"""Settings, and features, that a name tells one by one, unless more are needed to tell runs apart."""
MOST_FROM_PRESET = 2
"""The settings in which a run that is called by a preset differs from it."""

OF_NET = ("hidden", "activation", "features")
"""The settings that titles of presets tell of, such as "Six sigmoid layers", and that other names begin with."""
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
    if (replace(mine.data, class_names=()), run.digest) != (replace(here.data, class_names=()), present.digest):
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


def run_names(runs: Sequence[Described], is_short: bool = False) -> list[str]:
    """A name for each run: in what it differs from the preset most like it, and that preset's title.

    Of another net than the preset's the name ends with the data, since titles tell of the net.
    Where no preset is like it, its layers, in what it differs from such runs on the same data, and the name of these.
    So a name hardly changes while others come; only one that several runs would have tells everything. ``is_short``
    leaves out what all have.
    """
    names = [", ".join(_words(run, runs)) for run in runs]
    several = {name for name in names if names.count(name) > 1}
    parts = [_words(run, runs, is_whole=is_short or name in several) for run, name in zip(runs, names, strict=True)]
    common = set[str]().union(parts[0]).intersection(*parts) if is_short and len(runs) > 1 else set[str]()
    return [
        _joined([word for word in words if word not in common] or words[-1:], run)
        for run, words in zip(runs, parts, strict=True)
    ]


def _joined(words: Sequence[str], run: Described) -> str:
    """Words, those of what was changed on the way apart from the others."""
    return ("; " if run.words in words else ", ").join(words)


def name_of_experiment(experiment: Experiment, sizes: tuple[int, ...], data: str) -> str:
    """What a run is called by itself: as in a list, or by its layer sizes and its data where no preset is like it.

    A title that stands alone is said to be that of a preset, so that "Overfitting" reads like no diagnosis.
    """
    preset = _preset_like(experiment)
    if preset is None:
        return _("{sizes} on {data}").format(sizes="-".join(map(str, sizes)), data=data)
    [name] = run_names([Described(experiment, data, "")])
    return _("{title} (preset)").format(title=name) if name == preset.short_title else name


def settings_apart(experiment: Experiment, other: Experiment) -> str:
    """In what an experiment differs from another one on the same data: "L2 0.01, dropout 0.2"; empty for nothing."""
    return ", ".join(_told(experiment, [other], _differing(experiment, [other])))


def _words(run: Described, runs: Sequence[Described], is_whole: bool = False) -> list[str]:
    """The parts of a run's name: settings, what was changed on the way, and a title; see :func:`run_names`."""
    mine, on = run.experiment, (_kind(run.experiment.data), run.digest)
    preset = _preset_like(mine)
    others = [one.experiment for one in runs if (_kind(one.experiment.data), one.digest) == on]
    others = [one for one in others if is_whole or _preset_like(one) is None] if preset is None else [preset.experiment]
    fields, title = _differing(mine, others), run.data if preset is None else preset.short_title
    if preset is None or any(name in fields for name in OF_NET):
        of_net = [name for name in OF_NET if name == "hidden" or name in fields]
        fields, title = [*of_net, *(name for name in fields if name not in of_net)], run.data
    fields += ["engine"] * (is_whole and any(mine.engine != one.engine for one in others))
    told, changed = _told(mine, others, fields, is_whole), [run.words] if run.words else []
    # What was changed on the way tells runs of one net apart, so it stands where it is not cut off.
    return [*changed, *told, title] if title == run.data else [*told, *changed, title]


def _preset_like(experiment: Experiment) -> Preset | None:
    """Of the presets on such data the one with the fewest other settings; None where each has too many."""
    kind = _kind(experiment.data)
    alike = [preset for preset, other in _kinds_of_presets() if other == kind]
    counts = [len(_differing(experiment, [one.experiment])) for one in alike]
    fewest = min(counts, default=math.inf)
    return alike[counts.index(int(fewest))] if fewest <= MOST_FROM_PRESET else None


@cache
def _kinds_of_presets() -> list[tuple[Preset, tuple[object, ...]]]:
    """Each preset, and which data it is on: lists of runs are named again with every report."""
    return [(preset, _kind(preset.experiment.data)) for preset in PRESETS.values()]


def _kind(source: DataSource) -> tuple[object, ...]:
    """What tells which data these are, without what a name tells as settings; names of classes make no difference."""
    left_out = {"class_names", *_told_of(source)}
    return tuple(getattr(source, field.name) for field in dataclasses.fields(source) if field.name not in left_out)


def _told_of(source: DataSource) -> tuple[str, ...]:
    """The settings of generated data, which a name tells one by one; none of others."""
    if not source.is_generated:
        return ()
    return ("samples", "noise", "seed", *(("rule",) if source.kind == RULE else GENERATORS[source.kind].takes))


def _setting_of_data(source: DataSource, name: str) -> object:
    """One of them, also where the data set's own value is used."""
    value = getattr(source, name)
    return getattr(source.shape, name) if value is None else value


def _differing(experiment: Experiment, others: Sequence[Experiment]) -> list[str]:
    """The fields that differ from those of some others and have an effect here, in the experiment's order.

    Behind them, of generated data, their settings, which are fields such as "data.noise".
    """
    changed = frozenset[str]().union(*(experiment.changed_fields(other) for other in others))
    changed -= {"data", "engine"} | fields_without_effect(experiment)
    settings = [field.name for field in dataclasses.fields(Experiment) if field.name in changed]
    source, sources = experiment.data, [other.data for other in others if other.data.kind == experiment.data.kind]
    return settings + [
        f"data.{name}"
        for name in _told_of(source)
        if any(_setting_of_data(source, name) != _setting_of_data(one, name) for one in sources)
    ]


def _told(
    experiment: Experiment, others: Sequence[Experiment], fields: Sequence[str], is_whole: bool = False
) -> list[str]:
    """The values of fields; of many only the first ones, unless ``is_whole``."""
    return [
        _features_text(experiment, others, is_whole) if name == "features" else _field_text(name, experiment)
        for name in (fields if is_whole else fields[:MOST_FIELDS])
    ]


def _features_text(experiment: Experiment, others: Sequence[Experiment], is_whole: bool) -> str:
    """The features, those that all others have taken for granted: "with sin x1"; of many only their number."""
    mine, order = experiment.features, list(features_of(experiment.data.dimensions))
    common = set(order).intersection(*(other.features for other in others))
    further = [name for name in mine if name not in common]
    is_more = set(mine) > common and bool(common) and list(mine) == sorted(mine, key=order.index)
    if is_more and len(mine) == len(order):
        return _("all {count} inputs").format(count=len(mine))
    if is_more and (is_whole or len(further) <= MOST_FIELDS):
        return _("with {features}").format(features=", ".join(feature(name).label for name in further))
    if is_more:
        return _("with {count} more inputs").format(count=len(further))
    return _field_text("features", experiment)


def _field_text(name: str, experiment: Experiment) -> str:
    """A field and its value: "learning rate 0.1", "no L2"; the names of optimizers and activations need no field."""
    if name in CAN_BE_OFF and getattr(experiment, name) == getattr(PLAIN, name):
        return _("no {field}").format(field=field_name(name))
    value = _value(name, experiment)
    if name in ("optimizer", "activation"):
        return value
    if name == "hidden":
        neurons = sum(experiment.hidden)
        text = ngettext("{value} neuron", "{value} neurons", neurons).format(value=value)
        return text if neurons else _("no hidden layer")
    if name == "data.samples":
        return _("{value} points").format(value=value)
    return _("{field} {value}").format(field=field_name(name), value=value)


def _value(name: str, experiment: Experiment) -> str:
    """The value of a field, of data one of their settings: "0.1"."""
    if name == "hidden":
        return "-".join(map(str, experiment.hidden)) or _("none")
    if not name.startswith("data."):
        return value_text(name, experiment, longest=None)
    if name == "data.samples":
        return grouped(experiment.data.samples)
    value = _setting_of_data(experiment.data, name.removeprefix("data."))
    return _("as usual") if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _data_text(run: Described) -> str:
    """The name of the data and their settings."""
    source = run.experiment.data
    text = _("{data} ({samples} points, noise {noise:g}, seed {seed})") if source.is_generated else "{data}"
    return text.format(data=run.data, samples=source.samples, noise=source.noise, seed=source.seed)


def differences(run: Described, present: Described) -> str:
    """All that differs from the present run: "learning rate 0.1 (here 0.03); seed 3 (here 0)".

    Where changes on the way differ too, the settings are said to be those at the start.
    """
    mine, here, pair = run.experiment, present.experiment, _("{setting} (here {value})")
    idle, is_other_set = fields_without_effect(here), _kind(mine.data) != _kind(here.data)
    fields = [name for name in _differing(mine, [here]) if name not in idle]
    fields = [name for name in fields if not (is_other_set and name.startswith("data."))]
    fields += ["engine"] * (mine.engine != here.engine)
    told = [pair.format(setting=_field_text(name, mine), value=_value(name, here)) for name in fields]
    if is_other_set:
        data = _("{field} {value}").format(field=field_name("data"), value=_data_text(run))
        told.append(pair.format(setting=data, value=_data_text(present)))
    settings = "; ".join(told)
    if run.whole == present.whole:
        return settings
    words = [
        _("at the start: {words}").format(words=settings) if settings else "",
        _("on the way: {words}").format(words=run.whole or _("no changes")),
        _("here: {words}").format(words=present.whole or _("no changes")),
    ]
    return "; ".join(filter(None, words))
