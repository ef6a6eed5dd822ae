"""The options of a table: the columns to use, and how to read the text of the file.

Options that are not given are found out from the file, which is read only in this case. Written options are complete,
so that a command means the same everywhere.
"""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from core.base.errors import DataError, shorten
from core.base.translation import _
from core.data.data_source import DataSource
from core.data.tables.column_choice import (
    DROP,
    MISSING_RULES,
    REFUSE,
    Choice,
    counts_rows,
    default_choice,
    default_task,
    input_texts,
    is_input,
    is_text_input,
    spread,
)
from core.data.tables.layout import SAMPLE_ROWS
from core.data.tables.reading import ENCODINGS, Reading
from core.data.tables.table import Table, refused
from core.network.tasks import TASKS
from core.options.spelling import Argument, ArgumentError, choice_of, one_of, parse_whole, spell

TABLE_PARTS = ("choice.", "reading.")
"""The prefixes of the data source's fields that these options set."""

DELIMITER_NAMES = {"tab": "\t", "semicolon": ";", "comma": ",", "pipe": "|", "space": None}
DECIMAL_NAMES = {"point": ".", "comma": ",", "either": ".,"}
THOUSANDS_NAMES = {"none": "", "comma": ",", "point": ".", "space": " ", "apostrophe": "'"}
NONE = {"none": ""}
NEEDLESS = ("signs", "sheet")
"""Fields of a reading that are spelled only where they are set."""
RULES = {rule.replace(" ", "-"): rule for rule in MISSING_RULES}


# ---------------------------------------------------------------- from text and to text


def parse_columns(text: str) -> tuple[str, ...]:
    """Parse ``a,b,c``; a name that contains a comma stands in double quotes."""
    return _parse_names(text, "columns")


def parse_names(text: str) -> tuple[str, ...]:
    """The same, of classes."""
    return _parse_names(text, "classes")


def _parse_names(text: str, what: str) -> tuple[str, ...]:
    try:
        names = next(csv.reader([text], skipinitialspace=True, strict=True), [])
    except csv.Error:
        names = []
    if len(names) < 2:
        raise ArgumentError(
            _("{text} does not name at least two {what}; write them like a,b.").format(text=shorten(text), what=what)
        )
    return tuple(names)


def write_columns(names: tuple[str, ...]) -> str:
    """The names in the form that :func:`parse_columns` reads."""
    text = io.StringIO()
    plain, quoted = csv.writer(text, lineterminator=","), csv.writer(text, lineterminator=",", quoting=csv.QUOTE_ALL)
    for name in names:
        bare = name == name.strip() and not {"\n", "\r"} & set(name)  # some Pythons write a line's end unquoted
        (plain if bare else quoted).writerow([name])
    return text.getvalue()[:-1]


def parse_shown(text: str) -> tuple[str, ...]:
    """``a,b``."""
    names = parse_columns(text)
    if len(names) != 2:
        raise ArgumentError(
            _("{text} names {count} columns; write the two columns to show, like a,b.").format(
                text=shorten(text), count=len(names)
            )
        )
    return names


def named(names: Mapping[str, str | None]) -> tuple[Callable[[str], str | None], Callable[[str | None], str]]:
    """The parser and the writer of marks that have names; other marks stand for themselves."""
    spelled = {mark: name for name, mark in names.items()}

    def write(mark: str | None) -> str:
        return spelled.get(mark) or str(mark)

    return lambda text: names.get(text, text), write


def parse_missing_rule(text: str) -> str:
    """A rule for missing values, such as ``most-frequent``."""
    return RULES[choice_of(RULES)(text)]


def parse_encoding(text: str) -> str:
    """An encoding, in any case of letters."""
    return choice_of(ENCODINGS)(text.lower())


def _mark(option: str, field: str, metavar: str, text: str, names: Mapping[str, str | None]) -> Argument:
    parse, write = named(names)
    return Argument(option, field, "reading", metavar, text, parse, write)


INPUTS = Argument(
    "--inputs",
    "data.choice.inputs",
    "data",
    "A,B,...",
    _("columns of the file to use as inputs, text columns one input for each text (default: every column of numbers)"),
    parse_columns,
    write_columns,
)
TARGET = Argument("--target", "data.choice.target", "data", "NAME", _("column of the file to predict"))
SHOWN = Argument(
    "--shown",
    "data.choice.shown",
    "data",
    "A,B",
    _("the two inputs that become x1 and x2, the axes of the plot (default: the first two)"),
    parse_shown,
    write_columns,
)
MISSING = Argument(
    "--missing",
    "data.choice.missing",
    "data",
    "RULE",
    _("how to treat a missing input: {rules}; drop leaves the row out (default: {drop})").format(
        rules=one_of(RULES), drop=DROP
    ),
    parse_missing_rule,
    lambda rule: rule.replace(" ", "-"),
)
READING_ARGUMENTS = (
    _mark(
        "--delimiter",
        "data.reading.delimiter",
        "MARK",
        _("separator of the columns: tab, semicolon, comma, pipe, space, or the character itself"),
        DELIMITER_NAMES,
    ),
    _mark("--decimal", "data.reading.decimal", "MARK", _("decimal mark: point, comma or either"), DECIMAL_NAMES),
    _mark(
        "--thousands",
        "data.reading.thousands",
        "MARK",
        _("thousands separator: comma, point, space, apostrophe or none"),
        THOUSANDS_NAMES,
    ),
    Argument(
        "--encoding",
        "data.reading.encoding",
        "reading",
        "NAME",
        _("encoding of the text: {encodings}").format(encodings=one_of(ENCODINGS)),
        parse_encoding,
    ),
    Argument(
        "--header",
        "data.reading.header",
        "reading",
        "",
        _("the first row names the columns"),
        opposite="--no-header",
        opposite_help=_("the first row is data"),
    ),
    Argument(
        "--skip-lines", "data.reading.skip", "reading", "N", _("number of lines to skip before the table"), parse_whole
    ),
    _mark("--comment", "data.reading.comment", "MARK", _("text at the start of a comment line, or none"), NONE),
    Argument(
        "--signs",
        "data.reading.signs",
        "reading",
        "",
        _("numbers may carry a currency or per cent sign, and be written (5) for -5, 1.5D+01 or 1,23,456"),
        opposite="--no-signs",
        opposite_help=_("such cells are texts"),
    ),
    Argument("--sheet", "data.reading.sheet", "reading", "NAME|N", _("sheet of a workbook, by its name or number")),
    _mark("--quote", "data.reading.quote", "MARK", _("quotation mark around texts, or none"), NONE),
)
TABLE_ARGUMENTS: tuple[Argument, ...] = (INPUTS, TARGET, SHOWN, MISSING, *READING_ARGUMENTS)


# ---------------------------------------------------------------- between sources and options


def spell_table(source: DataSource) -> list[str]:
    """The options besides --data of a source with a column choice or a text format."""
    found = []
    if source.choice is not None:
        choice = source.choice
        found += [*spell(INPUTS, choice.inputs), *spell(TARGET, choice.target)]
        found += [] if choice.shown == choice.expanded[:2] else spell(SHOWN, choice.shown)
        found += [] if choice.missing == DROP else spell(MISSING, choice.missing)
    if source.choice is not None or source.task != TASKS[0]:
        found += ["--task", str(source.task)]
    if source.reading is not None:
        for argument in READING_ARGUMENTS:
            name = argument.field.rpartition(".")[2]
            value = getattr(source.reading, name)
            if value or name not in NEEDLESS:
                found += spell(argument, value)
    return found


def with_table(source: DataSource, parts: Mapping[str, Any], task: str | None) -> DataSource:
    """The source with a column choice and a text format; the file completes the parts that are not given.

    Args:
        source: a file.
        parts: the given parts, by the fields of the source, such as ``choice.target``.
        task: see :mod:`core.network.tasks`; None for the task that fits the target.

    Raises:
        LensError: a value is not valid, or the file cannot be read or does not have the columns.
    """
    given = {
        begin: {n.removeprefix(begin): v for n, v in parts.items() if n.startswith(begin)} for begin in TABLE_PARTS
    }
    choice, reading = given["choice."], given["reading."]
    if reading:
        source = dataclasses.replace(source, reading=_whole_reading(source, reading))
    if choice:
        whole = _whole_choice(source, choice, task)
        if reading and is_partial(reading) and whole.missing == REFUSE:
            _refuse_doubts(source, reading)
        return dataclasses.replace(source, task=None, choice=whole)
    return source if task is None else source.with_task(task)


def _refuse_doubts(source: DataSource, given: Mapping[str, Any]) -> None:
    """Raise DataError if a file is doubtful and the given fields do not settle it."""
    from core.data.tables.table_files import open_table

    table = open_table(source.path, given)
    for doubt in table.doubts:
        if doubt.touches_values:
            raise refused(doubt, table.name)


def with_option(text: str, settled_by: str) -> str:
    """A sentence on a table, and the option that settles it if there is one, by the field of a Reading."""
    for argument in READING_ARGUMENTS:
        if argument.field == f"data.reading.{settled_by}":
            option = one_of(filter(None, (argument.option, argument.opposite)))
            return _("{doubt} See {option}.").format(doubt=text, option=option)
    return text


def is_partial(given: Mapping[str, Any]) -> bool:
    """Whether some fields of a reading must be found in the file."""
    return bool({field.name for field in dataclasses.fields(Reading)} - {*given, *NEEDLESS})


def _whole_reading(source: DataSource, given: Mapping[str, Any]) -> Reading:
    if source.reading is not None:
        return dataclasses.replace(source.reading, **given)
    if is_partial(given):
        from core.data.tables.sniffing import sniff
        from core.data.tables.source import file_source
        from core.data.tables.table_files import preview  # here and below: only where the file must be looked at

        first = preview(source.path, given, rows=1).table
        if first.is_text:
            return sniff(file_source(source.path), given)
        if first.reading is not None:
            return first.reading
    return Reading(**given)


def _whole_choice(source: DataSource, given: Mapping[str, Any], task: str | None) -> Choice:
    if source.choice is not None:
        return dataclasses.replace(source.choice, **{**given, "task": task or source.choice.task})
    inputs, target = given.get("inputs"), given.get("target")
    if inputs is None or target is None or task is None:
        table = _first_rows(source)
        target = _likely_target(table, inputs or ()) if target is None else target
        task = task or default_task(table.column(target))
        inputs = _likely_inputs(table, target, given.get("shown", ())) if inputs is None else inputs
    texts = _texts_of(source, inputs)
    return Choice(
        given.get("shown", spread(inputs, texts)[:2]), target, task, inputs, given.get("missing", DROP), texts
    )


def _texts_of(source: DataSource, inputs: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The texts of the inputs that are text, by all of the file; none where it cannot be read, which loading tells."""
    from core.data.tables.table_files import open_table

    with suppress(DataError):
        first = _first_rows(source)
        words = [column.name for column in first.columns if column.name in inputs and column.texts is not None]
        if words:
            return input_texts(open_table(source.path, source.reading, text_columns=words), words)
    return ()


def _first_rows(source: DataSource) -> Table:
    from core.data.tables.table_files import preview

    found = preview(source.path, source.reading, SAMPLE_ROWS)
    if found.problem:
        raise DataError(found.problem)
    return found.table


def _likely_target(table: Table, inputs: tuple[str, ...]) -> str:
    """The default target beside these inputs."""
    others = [name for name in table.names if name not in inputs]
    if not others:
        raise DataError(
            _("{name} has only the input columns; leave one of them out, or name the --target.").format(name=table.name)
        )
    likely = default_choice(table).target
    return likely if likely in others else others[-1]


def _likely_inputs(table: Table, target: str, shown: tuple[str, ...]) -> tuple[str, ...]:
    """All columns of numbers that can be inputs, and the two that are shown."""
    found = [c for c in table.columns if c.name != target and is_input(c)]
    names = tuple(column.name for column in found if not counts_rows(column) or column.name in shown)
    if len(names) < 2:
        names = tuple(column.name for column in found)
    if len(names) < 2:
        names += tuple(column.name for column in table.columns if column.name != target and is_text_input(column))
    if len(names) < 2:
        raise DataError(
            _(
                "{name} has fewer than two columns of numbers besides the target {target!r}; choose another target."
            ).format(name=table.name, target=target)
        )
    return names
