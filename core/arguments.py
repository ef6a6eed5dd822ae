"""How an experiment is spelled in words: one table of options, which the command line reads and the window writes.

Names of options follow the fields of :class:`core.experiment.Experiment`; choices come from the core's own tables, so
that a new activation, loss or optimizer needs no change here.
"""

from __future__ import annotations

import dataclasses
import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.activations import HIDDEN_ACTIVATIONS, OUTPUT_ACTIVATIONS
from core.errors import ExperimentError
from core.experiment import ENGINES, Decay, Experiment, Init
from core.features import FEATURES, feature_name
from core.generators import GENERATORS, SETTINGS
from core.initializers import INITIALIZERS
from core.losses import LOSSES
from core.optimizers import OPTIMIZERS
from core.presets import DEFAULT_PRESET, PRESETS
from core.schedules import SCHEDULES
from core.source import DRAWN, FILE, RULE, SHIPPED_FILES, DataSource, default_source
from core.spelling import (
    Argument,
    ArgumentError,
    choice_of,
    one_of,
    parse_number,
    parse_whole,
    shorten,
    spell,
    suggestion,
    write_number,
)
from core.table_arguments import TABLE_ARGUMENTS, TABLE_PARTS, spell_table, with_table
from core.tasks import TASKS

BUILT_IN = (*SHIPPED_FILES, *GENERATORS)
DRAWN_IS_NO_OPTION = (
    "The points were drawn, and no option can hold them; save them as CSV (Paint ▸ Save points), open that file and "
    "try again, or save the project and train with --project."
)


# ---------------------------------------------------------------- from text and to text


def parse_hidden(text: str) -> tuple[int, ...]:
    """``7``, ``8,8,8`` or ``none``."""
    if text.strip() == "none":
        return ()
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise ArgumentError(
            f"{shorten(text)} is no list of layers; write 7 for one hidden layer of seven neurons, 8,8 for two of "
            "eight, or none."
        ) from None


def parse_data(text: str) -> DataSource:
    """The name of a built-in set or the path of a file; a path wins if that file exists and it looks like a path."""
    has_form = any(separator in text for separator in "/\\") or bool(Path(text).suffix)
    if text in BUILT_IN and not (has_form and os.path.exists(text)):
        return default_source(text)
    if text == RULE and not os.path.exists(text):
        raise ArgumentError(
            'a rule has an option of its own; write it like --rule "x2 > sin(2*x1)" in place of --data.'
        )
    if not has_form and not os.path.exists(text):
        mend = suggestion(text, BUILT_IN) or f" built-in are {', '.join(BUILT_IN)}."
        raise ArgumentError(f"there is no file and no built-in data set {shorten(text)};{mend}")
    return DataSource(FILE, str(Path(text)))


def _parse_activations(text: str) -> str | tuple[str, ...]:
    """``relu``, or ``relu,tanh`` for one each hidden layer."""
    parse = choice_of(HIDDEN_ACTIVATIONS)
    names = tuple(parse(part.strip()) for part in text.split(","))
    return names[0] if len(names) == 1 else names


def _parse_features(text: str) -> tuple[str, ...]:
    """``x1,x2,sin-x1``, each as :func:`core.features.feature_name` reads it."""
    names = []
    for part in text.split(","):
        name = feature_name(part)
        if name is None:
            mend = suggestion(part, FEATURES) or f" choose among {', '.join(FEATURES)}."
            raise ArgumentError(f"{shorten(part)} is no feature;{mend}")
        names.append(name)
    return tuple(names)


def _parse_schedule(text: str) -> Decay:
    choice_of(SCHEDULES)(text.partition(":")[0])
    return Decay.parse(text)


def _write_names(names: str | tuple[str, ...]) -> str:
    return names if isinstance(names, str) else ",".join(names)


def _parse_init(text: str) -> Init:
    choice_of(INITIALIZERS)(text.partition(":")[0])
    return Init.parse(text)


def _write_hidden(hidden: tuple[int, ...]) -> str:
    return ",".join(map(str, hidden)) or "none"


def parse_rule_source(text: str) -> str:
    """The rule itself, if it is one."""
    from core.rule.parser import parse_rule  # only those who type a rule need it

    parse_rule(text)
    return text


def _settable(name: str, what: str) -> str:
    """The help of a setting: what it is, and the sets that take it."""
    takers = [generator.name for generator in GENERATORS.values() if name in generator.takes]
    setting = SETTINGS[name]
    return f"{what}, {setting.low:g} to {setting.high:g}; for {one_of(takers)}"


def _write_data(source: DataSource) -> str:
    if source.kind == DRAWN:
        raise ArgumentError(DRAWN_IS_NO_OPTION)
    if source.kind != FILE:
        return source.kind
    path = str(Path(source.path))
    return path if os.path.dirname(path) else os.path.join(".", path)  # a file may have the name of a built-in set


_DATA = Argument(
    "--data",
    "data",
    "data",
    "FILE",
    f"a built-in set ({one_of(BUILT_IN)}) or a text file of rows x1 x2 label; with --target any table",
    parse_data,
    _write_data,
)

ARGUMENTS: tuple[Argument, ...] = (
    _DATA,
    Argument(
        "--rule",
        "data.rule",
        "data",
        "RULE",
        'in place of --data: points of a square, with classes by a condition such as "x2 > sin(2*x1)", or with a '
        'number to learn such as "sin(x1)*x2/3"; one that begins with a minus as in --rule="-x1 > x2"',
        parse_rule_source,
    ),
    Argument(
        "--points",
        "data.samples",
        "data",
        "N",
        "number of points of a built-in set or rule, if not its default",
        parse_whole,
    ),
    Argument(
        "--noise",
        "data.noise",
        "data",
        "P",
        "noise of a built-in set or rule in percent, if not its default",
        parse_number,
        write_number,
    ),
    Argument("--data-seed", "data.seed", "data", "N", "seed of such points (default: 0)", parse_whole),
    Argument("--classes", "data.classes", "data", "N", _settable("classes", "number of arms or clouds"), parse_whole),
    Argument(
        "--balance",
        "data.balance",
        "data",
        "F",
        _settable("balance", "share of the points that are of class 0"),
        parse_number,
        write_number,
    ),
    Argument(
        "--turns",
        "data.turns",
        "data",
        "T",
        _settable("turns", "turns of each arm"),
        parse_number,
        write_number,
    ),
    Argument(
        "--task",
        "data.task",
        "data",
        "NAME",
        f"what a file's last column, or its target, holds: classes ({TASKS[0]}) or numbers ({TASKS[1]}); of a rule's "
        "numbers, classes are their whole parts",
        choice_of(TASKS),
    ),
    *TABLE_ARGUMENTS,
    Argument(
        "--train-fraction",
        "train_fraction",
        "data",
        "F",
        "share of the points to train on; the others are the test set",
        parse_number,
        write_number,
    ),
    Argument(
        "--standardize",
        "standardize",
        "data",
        "",
        "scale the inputs to mean 0 and standard deviation 1",
        opposite="--no-standardize",
        opposite_help="leave the inputs as they are",
    ),
    Argument(
        "--only-sample",
        "only_sample",
        "data",
        "I",
        "train on this one row of the data alone, counted from 0",
        parse_whole,
        opposite="--all-samples",
        opposite_help="train on the whole training set",
    ),
    Argument(
        "--features",
        "features",
        "network",
        "F,F,...",
        f"inputs of the network: {one_of(FEATURES)}, or x3, x4 and so on of data with more columns",
        _parse_features,
        _write_names,
    ),
    Argument(
        "--hidden",
        "hidden",
        "network",
        "N,N,...",
        "neurons of each hidden layer, such as 7 or 8,8,8, or none",
        parse_hidden,
        _write_hidden,
    ),
    Argument(
        "--activation",
        "activation",
        "network",
        "NAME[,NAME...]",
        f"activation of the hidden layers, one for all or one for each: {one_of(HIDDEN_ACTIVATIONS)}",
        _parse_activations,
        _write_names,
    ),
    Argument(
        "--output",
        "output",
        "network",
        "NAME",
        f"activation of the output layer: {one_of(OUTPUT_ACTIVATIONS)}",
        choice_of(OUTPUT_ACTIVATIONS),
    ),
    Argument(
        "--init",
        "init",
        "network",
        "NAME[:SCALE]",
        f"distribution of the initial weights: {one_of(INITIALIZERS)}",
        _parse_init,
    ),
    Argument("--bias", "bias", "network", "B", "initial value of all biases", parse_number, write_number),
    Argument("--loss", "loss", "training", "NAME", f"loss: {one_of(LOSSES)}", choice_of(LOSSES)),
    Argument(
        "--optimizer", "optimizer", "training", "NAME", f"update rule: {one_of(OPTIMIZERS)}", choice_of(OPTIMIZERS)
    ),
    Argument(
        "--momentum",
        "momentum",
        "training",
        "M",
        "coefficient of momentum and nesterov, and beta1 of adam",
        parse_number,
        write_number,
    ),
    Argument(
        "--learning-rate", "learning_rate", "training", "RATE", "factor of each update", parse_number, write_number
    ),
    Argument(
        "--schedule",
        "schedule",
        "training",
        "NAME[:N...]",
        "how the rate falls: constant, step:EPOCHS:FACTOR, exponential:FACTOR or cosine:EPOCHS:END",
        _parse_schedule,
    ),
    Argument("--warm-up", "warm_up", "training", "N", "epochs in which the rate rises to its full value", parse_whole),
    Argument("--batch-size", "batch_size", "training", "N", "samples of each update", parse_whole),
    Argument("--l1", "l1", "training", "X", "factor of the penalty on the sum of |w|", parse_number, write_number),
    Argument("--l2", "l2", "training", "X", "factor of the penalty on the sum of w^2/2", parse_number, write_number),
    Argument(
        "--dropout", "dropout", "training", "P", "share of hidden activations dropped", parse_number, write_number
    ),
    Argument(
        "--patience",
        "patience",
        "training",
        "N",
        "stop when the test loss has not fallen for N epochs, and keep the best weights",
        parse_whole,
        opposite="--no-patience",
        opposite_help="do not look at the test loss",
    ),
    Argument(
        "--stop-loss",
        "stop_loss",
        "training",
        "L",
        "stop when the training loss is at most L",
        parse_number,
        write_number,
        opposite="--no-stop-loss",
        opposite_help="do not stop at a loss",
    ),
    Argument(
        "--shuffle",
        "shuffle",
        "training",
        "",
        "a new order of the samples each epoch",
        opposite="--no-shuffle",
        opposite_help="the order of the data each epoch",
    ),
    Argument("--seed", "seed", "training", "N", "seed of the initial weights, the split and the order", parse_whole),
    Argument("--engine", "engine", "training", "NAME", f"what computes: {one_of(ENGINES)}", choice_of(ENGINES)),
)
"""Every option that sets a field of an experiment, in the order of the help."""


# ---------------------------------------------------------------- between experiments and options


def apply_arguments(base: Experiment, given: Mapping[str, Any]) -> Experiment:
    """The base experiment with other values, and what follows from them, see :meth:`Experiment.adapted`.

    Args:
        base: what holds where nothing is given.
        given: value by :attr:`Argument.field`. A part of the data such as ``data.noise`` changes the data set given
            beside it, or else the base's.

    Raises:
        ExperimentError: a value cannot be, or a part is given for data that do not have it.
        LensError: a file that must be looked at, since not all of its table is given, cannot be read or does not suit.
    """
    changes = {name: value for name, value in given.items() if "." not in name}
    parts = {name.partition(".")[2]: value for name, value in given.items() if "." in name}
    if parts:
        source: DataSource = changes.get("data", base.data)
        if "rule" in parts:
            if "data" in changes:
                raise ExperimentError("data", "--data and --rule both say what the points are; leave one out.")
            source = source if source.kind == RULE else default_source(RULE)
            parts = {"task": None, **parts}  # the former rule's need not be this one's
        for part in parts:
            _require_part(part, source)
        table = {name: parts.pop(name) for name in list(parts) if name.startswith(TABLE_PARTS)}
        if table:
            source = with_table(source, table, parts.pop("task", None))
        changes["data"] = dataclasses.replace(source, **parts)
    return base.adapted(**changes)


def _require_part(part: str, source: DataSource) -> None:
    """Raise ExperimentError unless data of this kind have this part."""
    option = next(a.option for a in ARGUMENTS if a.field == f"data.{part}")
    name = {FILE: source.path, RULE: "a rule"}.get(source.kind, source.kind)
    if part in _parts_of(source) or (part.startswith(TABLE_PARTS) and source.kind == FILE):
        return
    if part.startswith(TABLE_PARTS):
        kind = f"{name} is a built-in set" if source.kind != RULE else "the data are a rule"
        raise ExperimentError("data", f"{option} is for files, and {kind}; leave it out.")
    if part == "task":
        raise ExperimentError("data", f"{option} is for files and rules, and {name} is a built-in set; leave it out.")
    if part in SETTINGS:
        takers = [generator.name for generator in GENERATORS.values() if part in generator.takes]
        raise ExperimentError("data", f"{option} is for {one_of(takers)}, and the data are {name}; leave it out.")
    if not source.is_generated:
        raise ExperimentError(
            "data",
            f"{option} is for built-in sets, and {name} is a file; leave it out or choose data such as "
            f"{next(iter(GENERATORS))}.",
        )


def _parts_of(source: DataSource) -> tuple[str, ...]:
    """The fields that data of this kind have, besides what says which data they are."""
    if source.kind == RULE:
        return "rule", "samples", "noise", "seed", "task"
    if source.kind in GENERATORS:
        return "samples", "noise", "seed", *GENERATORS[source.kind].takes
    return ("task",) if source.kind == FILE else ()


def to_arguments(experiment: Experiment, preset: str | None = None) -> list[str]:
    """The options that give exactly this experiment: parsed, they lead back to an equal one.

    Args:
        experiment: any; of data from a file, the fields that are unused there are not spelled.
        preset: name of a preset to start from; by default the one that the command line starts from.

    Raises:
        ArgumentError: its points were drawn.
    """
    start = PRESETS[preset or DEFAULT_PRESET].experiment
    changes = {name: getattr(experiment, name) for name in experiment.changed_fields(start) - {"features"}}
    # What the changes bring along must be spelled as well where it is something else.
    unlike = start.adapted(**changes).changed_fields(experiment)
    spelled = [a for a in ARGUMENTS if a.field in changes or a.field in unlike]
    found = [] if preset in (None, DEFAULT_PRESET) else ["--preset", str(preset)]
    if experiment.data != start.data:
        found += _spell_data(experiment.data)
    for argument in spelled:
        if argument is not _DATA:
            found += spell(argument, value_of(experiment, argument.field))
    return found


def _spell_data(source: DataSource) -> list[str]:
    if source.choice is not None or source.reading is not None:
        return spell(_DATA, source) + spell_table(source)
    if source.kind == RULE:
        plain = DataSource(RULE, rule=source.rule)
        found = spell(next(a for a in ARGUMENTS if a.field == "data.rule"), source.rule)
    else:
        plain = DataSource(FILE, source.path) if source.kind == FILE else parse_data(_write_data(source))
        found = spell(_DATA, source)
    for argument in ARGUMENTS:
        part = argument.field.partition(".")[2]
        if part.startswith(TABLE_PARTS):
            continue
        if part in _parts_of(source) and getattr(source, part) != getattr(plain, part):
            found += spell(argument, getattr(source, part))
    return found


def to_command(experiment: Experiment, preset: str | None = None) -> str:
    """The command line that opens this experiment, quoted for a shell."""
    return shell_line(["python", "main.py", *to_arguments(experiment, preset)])


def shell_line(words: list[str]) -> str:
    """The words as one line that a shell of this system takes apart again."""
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


def value_of(experiment: Experiment, name: str) -> Any:  # noqa: ANN401 (fields have many types)
    """The value of a field, or of a field of its data such as ``data.noise``."""
    value: Any = experiment
    for part in name.split("."):
        value = getattr(value, part)
    return value
