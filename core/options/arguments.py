"""An experiment as words of a command line, which ``cli`` reads and the window writes."""

from __future__ import annotations

import dataclasses
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from core.base.errors import ExperimentError
from core.base.translation import _
from core.data.data_source import FILE, RULE, DataSource, default_source
from core.data.generators import GENERATORS, SETTINGS
from core.options.argument_table import ARGUMENTS, CLASS_NAMES, DATA
from core.options.argument_values import parse_data, write_data
from core.options.spelling import one_of, spell
from core.options.table_arguments import TABLE_ARGUMENTS, TABLE_PARTS, spell_table, with_table
from core.training.experiment import Experiment
from core.training.presets import DEFAULT_PRESET, PRESETS


def apply_arguments(base: Experiment, given: Mapping[str, Any]) -> Experiment:
    """The base experiment with the given values and their consequences, see :meth:`Experiment.adapted`.

    Args:
        base: its values hold unless others are given.
        given: value by :attr:`Argument.field`. A part of the data such as ``data.noise`` changes the given data set, or
            that of the base if none is given.

    Raises:
        ExperimentError: a value is not valid, or a part is given for data that do not have it.
        LensError: the file of a table must be read, since not all table options are given, but it cannot be read or
            does not fit.
    """
    changes = {name: value for name, value in given.items() if "." not in name}
    parts = {name.partition(".")[2]: value for name, value in given.items() if "." in name}
    if parts:
        source: DataSource = changes.get("data", base.data)
        if "rule" in parts:
            if "data" in changes:
                raise ExperimentError("data", _("--data and --rule both choose the points; leave one of them out."))
            source = source if source.kind == RULE else default_source(RULE)
            parts = {"task": None, **parts}  # the former rule may have another task
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
    name = {FILE: source.path, RULE: _("a rule")}.get(source.kind, source.kind)
    if part in _parts_of(source) or (part.startswith(TABLE_PARTS) and source.kind == FILE):
        return
    if part.startswith(TABLE_PARTS):
        kind = _("{name} is a built-in set").format(name=name) if source.kind != RULE else _("the data are a rule")
        raise ExperimentError(
            "data", _("{option} is for files, and {kind}; leave it out.").format(option=option, kind=kind)
        )
    if part == "task":
        raise ExperimentError(
            "data",
            _("{option} is for files and rules, and {name} is a built-in set; leave it out.").format(
                option=option, name=name
            ),
        )
    if part in SETTINGS:
        takers = [generator.name for generator in GENERATORS.values() if part in generator.takes]
        raise ExperimentError(
            "data",
            _("{option} is for {takers}, and the data are {name}; leave it out.").format(
                option=option, takers=one_of(takers), name=name
            ),
        )
    if not source.is_generated:
        raise ExperimentError(
            "data",
            _(
                "{option} is for built-in sets, and {name} is a file; leave it out or choose data such as {example}."
            ).format(option=option, name=name, example=next(iter(GENERATORS))),
        )


def _parts_of(source: DataSource) -> tuple[str, ...]:
    """The fields that data of this kind have, besides those that choose the data."""
    if source.kind == RULE:
        return "rule", "samples", "noise", "seed", "task", "class_names"
    if source.kind in GENERATORS:
        return "samples", "noise", "seed", *GENERATORS[source.kind].takes, "class_names"
    return ("task", "class_names") if source.kind == FILE else ("class_names",)


def to_arguments(experiment: Experiment) -> list[str]:
    """The options of exactly this experiment: parsing them gives an equal experiment.

    Args:
        experiment: any experiment; fields that its kind of data does not use are left out.

    Raises:
        ArgumentError: the points were drawn.
    """
    start = PRESETS[DEFAULT_PRESET].experiment
    changes = {
        name: getattr(experiment, name)
        for name in experiment.changed_fields(start) - {"features", "standardize_target"}
    }
    # Changes can adapt other fields; their options are needed too if the experiment has other values.
    unlike = start.adapted(**changes).changed_fields(experiment)
    spelled = [a for a in ARGUMENTS if a.field in changes or a.field in unlike]
    found = _spell_data(experiment.data) if experiment.data != start.data else []
    for argument in spelled:
        if argument is not DATA:
            found += spell(argument, value_of(experiment, argument.field))
    return found


def _spell_data(source: DataSource) -> list[str]:
    if source.choice is not None or source.reading is not None:
        names = [CLASS_NAMES] if source.class_names else []
        return spell(DATA, source) + spell_table(source) + [w for a in names for w in spell(a, source.class_names)]
    if source.kind == RULE:
        plain = DataSource(RULE, rule=source.rule)
        found = spell(next(a for a in ARGUMENTS if a.field == "data.rule"), source.rule)
    else:
        plain = DataSource(FILE, source.path) if source.kind == FILE else parse_data(write_data(source))
        found = spell(DATA, source)
    for argument in ARGUMENTS:
        part = argument.field.partition(".")[2]
        if part.startswith(TABLE_PARTS):
            continue
        if part in _parts_of(source) and getattr(source, part) != getattr(plain, part):
            found += spell(argument, getattr(source, part))
    return found


def shell_line(words: list[str]) -> str:
    """The words as one line, quoted for the shell of this system."""
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


def value_of(experiment: Experiment, name: str) -> Any:  # noqa: ANN401 (fields have many types)
    """The value of a field, or of a field of its data such as ``data.noise``."""
    value: Any = experiment
    for part in name.split("."):
        value = getattr(value, part)
    return value


def in_options(error: ExperimentError) -> str:
    """The message of an error with options, as they are typed, in place of the fields of an experiment."""
    options = {argument.field: argument.option for argument in ARGUMENTS}
    text = str(error).removeprefix(f"{error.field}: ")
    for field, option in options.items():
        if "_" in field:
            text = re.sub(rf"\b{field}\b", option, text)
    option = options.get(error.field, error.field)
    names_another = error.field == "data" and (text == str(error) or text.startswith("--"))
    return text if names_another or option in text else f"{option}: {text}"


def table_options(message: str, given: Mapping[str, Any]) -> str:
    """The options on the columns and the format of a table whose values an error message quotes, such as ``--target``.

    Args:
        message: of an error of the table.
        given: value by :attr:`Argument.field`.
    """
    found = []
    for argument in TABLE_ARGUMENTS:
        value = given.get(argument.field)
        values = value if isinstance(value, tuple) else () if value is None else (value,)
        if any(re.search(rf"(?<![\w.-]){re.escape(repr(one))}(?![\w.])", message) for one in values):
            found.append(argument.option)
    return " and ".join(found)
