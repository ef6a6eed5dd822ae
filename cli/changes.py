"""Changes of settings during a run, and options without effect, as they are typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cli.console import CommandLineError, complain
from core.base.errors import ExperimentError, LensError
from core.base.translation import _
from core.data.data_source import FILE
from core.options.argument_table import ARGUMENTS
from core.options.arguments import in_options
from core.options.changes import ChangedSetting, parse_change
from core.options.table_arguments import READING_ARGUMENTS
from core.options.unused_options import unused_options
from core.training.experiment import Experiment


def read_changes(given: Mapping[str, Any]) -> list[ChangedSetting]:
    """The changes of settings during the run; raises CommandLineError."""
    try:
        return [parse_change(text) for text in given.get("change", [])]
    except LensError as error:
        raise CommandLineError(f"--change: {error}") from None


def change_error(error: ExperimentError) -> CommandLineError:
    """The error of a change during the run that is not possible."""
    return CommandLineError(f"--change: {in_options(error).removeprefix('--')}")


def written(change: ChangedSetting) -> str:
    """The option of a change during the run, without its value."""
    option = next(argument.option for argument in ARGUMENTS if argument.field == change.field)
    return f"--change {change.position}:{option.removeprefix('--')}"


def tell_unused(experiment: Experiment, given: Mapping[str, Any]) -> None:
    """Write one line on standard error if options that were given have no effect; see :func:`unused_options`.

    Raises:
        CommandLineError: a change during the run is not possible.
    """
    names = {argument.field: argument.option for argument in ARGUMENTS}
    typed = {option: field for field, option in names.items() if given.get(field)}
    stages = [experiment]
    for change in sorted(read_changes(given), key=lambda change: change.position):
        try:
            stages.append(stages[-1].replace(**{change.field: change.value}))
        except ExperimentError as error:
            raise change_error(error) from None
        if change.value:
            typed[written(change)] = change.field
    sentences = unused_options(stages, typed, _overruled(experiment, given))
    if sentences:
        complain(" ".join(sentences))


def _overruled(experiment: Experiment, given: Mapping[str, Any]) -> dict[str, str]:
    """Why some fields have no effect although the experiment holds them."""
    found: dict[str, str] = {}
    if "initial_weights" in given:
        found |= dict.fromkeys(("init", "bias"), _("--initial-weights takes its place"))
    reading = {argument.field for argument in READING_ARGUMENTS} & set(given)
    if reading and experiment.data.kind == FILE:
        from core.data.tables.table_files import preview  # imported here because few runs need it

        first = preview(experiment.data.path, rows=1).table
        if first.is_text:
            found |= {"data.reading.sheet": _("the file is no workbook")}
        else:
            of_sheets = {"data.reading.sheet", "data.reading.skip"} if first.sheets else set()
            found |= dict.fromkeys(reading - {"data.reading.header"} - of_sheets, _("the file holds no text"))
    return found
