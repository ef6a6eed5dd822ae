"""From cells to columns: Arrow's arrays of texts or numbers become numbers, missing values, strays and texts."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from core.base.arrays import Array
from core.base.row_text import unguarded
from core.base.translation import _
from core.data.tables.table import MAX_TEXTS, Column, Doubt
from core.data.tables.text.text_format import (
    MARKS,
    STRAY_SHARE,
    Reading,
    grouped_number,
    is_missing,
    is_number,
    number_parser,
    shorten,
)

HEAD, MANY, MOSTLY = 10_000, 2_000, 0.9
"""Where this share of so many different cells are no numbers, the others need not be looked at; HEAD: first cells."""

NEARLY = re.compile(r"[-+~<>≈±$€£']{0,2}\s?[0-9]+(?:[.,][0-9]+)?\s?[^0-9]{0,8}")
"""A number with a sign, a unit or a mark."""
PLAIN = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"


def column_of(name: str, cells: pa.ChunkedArray, reading: Reading, as_text: bool = False, role: str = "") -> Column:
    """The column of cells of any type.

    Args:
        name: the column's name.
        cells: texts, as they are written; or numbers, dates and other values of Arrow's.
        reading: how texts are read as numbers.
        as_text: whether it is text even if all cells are numbers.
        role: see :class:`core.data.tables.table.Column`.
    """
    if not pa.types.is_string(cells.type):
        numeric = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_decimal)
        if any(is_kind(cells.type) for is_kind in numeric):
            return Column(name, floats(cells), role=role)
        try:
            cells = cells.cast(pa.string()).fill_null("")
        except pa.ArrowException:  # such as lists, which can be neither input nor target
            return Column(name, np.full(len(cells), np.nan), (), varied=True, role=role)
    trimmed = trim(cells)
    if not as_text and not is_list(trimmed, reading.thousands):
        few = len(trimmed.slice(0, HEAD).unique()) <= MANY
        found = numbers_by_words(trimmed, reading) if few else numbers_of(trimmed, reading)
        if found is not None:
            return Column(name, found[0], strays=found[1], role=role)
    return text_column(name, trimmed, role)


def trim(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """The texts without white space around them; the same array where there is none, to save memory."""
    parts = []
    for old in cells.chunks:
        new = pc.utf8_trim_whitespace(old)
        parts.append(old if old.equals(new) else new)
    return pa.chunked_array(parts, pa.string())


def floats(cells: pa.ChunkedArray) -> Array:
    """The values as float64, NaN for nulls; perhaps read-only."""
    return np.asarray(cells.cast(pa.float64(), safe=False).to_numpy(), dtype=np.float64)


def is_list(cells: pa.ChunkedArray, thousands: str) -> bool:
    """Whether every cell is several groups of three digits, such as 100,200,300: several codes, and no number."""
    if not thousands or not len(cells):
        return False
    least = 7 if thousands == " " else 11
    found = pc.match_substring_regex(cells, rf"^(?:[0-9]{{3}}(?:{MARKS[thousands]}[0-9]{{3}})*)?$")
    return bool(pc.all(found).as_py() and pc.max(pc.utf8_length(cells)).as_py() >= least)


def numbers_of(cells: pa.ChunkedArray, reading: Reading) -> tuple[Array, Mapping[int, str]] | None:
    """The values of trimmed cells, NaN where one is no number, and the texts of those by row; None if it is text."""
    texts = cells
    if reading.thousands:
        grouped = pc.match_substring_regex(texts, f"^(?:{grouped_number(reading).pattern})$")
        texts = pc.if_else(grouped, pc.replace_substring_regex(texts, MARKS[reading.thousands], ""), texts)
    if "," in reading.decimal:
        try:
            return floats(pc.replace_substring(texts, ",", ".")), {}
        except pa.ArrowInvalid:
            pass
        comma = pc.match_substring_regex(texts, r"^[+-]?[0-9]*,[0-9]*(?:[eE][+-]?[0-9]+)?$")
        texts = pc.if_else(comma, pc.replace_substring(texts, ",", "."), texts)
    try:
        return floats(texts), {}
    except pa.ArrowInvalid:
        pass
    plain = pc.match_substring_regex(texts, PLAIN)
    values = floats(pc.if_else(plain, texts, pa.scalar(None, pa.string()))).copy()
    return numbers_by_words(cells.filter(pc.invert(plain)), reading, values, np.flatnonzero(~np.asarray(plain)))


def numbers_by_words(
    cells: pa.ChunkedArray, reading: Reading, values: Array | None = None, rows: NDArray[np.int64] | None = None
) -> tuple[Array, Mapping[int, str]] | None:
    """As :func:`numbers_of`, each different cell being read once; with the values of all rows, the cells of some."""
    number = number_parser(reading)
    head = cells.slice(0, HEAD).unique()[:MANY].to_pylist()
    if len(head) == MANY and sum(value_or_none(word, number) is None for word in head) > MOSTLY * MANY:
        return None
    numbers, strays, missing = np.empty(len(cells)), dict[int, str](), 0
    total = len(cells if values is None else values)
    for start, words, codes in coded(cells):
        found = [value_or_none(word, number) for word in words]
        numbers[start : start + len(codes)] = np.array([math.nan if v is None else v for v in found])[codes]
        missing += np.count_nonzero(np.array([is_missing(word) for word in words])[codes])
        for place in np.flatnonzero(np.array([value is None for value in found])[codes]):
            strays[start + int(place)] = " ".join(words[codes[place]].split())
        if len(strays) > STRAY_SHARE * total:
            return None
    if len(strays) > STRAY_SHARE * (total - missing):
        return None
    if values is None or rows is None:
        return numbers, strays
    values[rows] = numbers
    return values, {int(rows[place]): text for place, text in strays.items()}


def coded(cells: pa.ChunkedArray) -> Iterator[tuple[int, list[str], NDArray[np.int32]]]:
    """For each part of a column its first row, its different texts, and the place of each cell's text among them."""
    start = 0
    for chunk in cells.chunks:
        if len(chunk):
            part = chunk.dictionary_encode()
            yield start, part.dictionary.to_pylist(), part.indices.to_numpy()
            start += len(chunk)


def value_or_none(word: str, number: object) -> float | None:
    """The value of a cell, NaN if it says that there is none; None if it is no number."""
    if is_missing(word):
        return math.nan
    try:
        return number(word)  # type: ignore[operator,no-any-return]
    except ValueError:
        return None


def text_column(name: str, cells: pa.ChunkedArray, role: str) -> Column:
    """The column of trimmed texts; those that differ by their inner spaces only are one text."""
    if len(cells.slice(0, HEAD).unique()) > 2 * MAX_TEXTS:
        return Column(name, np.full(len(cells), math.nan), (), varied=True, role=role)
    places: dict[str, float] = {"": math.nan}
    values = np.empty(len(cells))
    for start, words, codes in coded(cells):
        tidy = [places.setdefault(unguarded(" ".join(word.split())), float(len(places) - 1)) for word in words]
        if len(places) > MAX_TEXTS + 1:
            return Column(name, np.full(len(cells), math.nan), (), varied=True, role=role)
        values[start : start + len(codes)] = np.array(tidy)[codes]
    return Column(name, values, tuple(places)[1:], role=role)


# --- doubts


def text_doubt(name: str, cells: pa.ChunkedArray, reading: Reading) -> Iterator[Doubt]:
    """What to say of a column of text in which most of the first cells are numbers, perhaps with a unit or a mark."""
    words = [word for word in trim(cells.slice(0, HEAD)).unique().to_pylist() if not is_missing(word)]
    number = number_parser(reading)
    like = [word for word in words if is_number(word, number) or NEARLY.fullmatch(word)]
    other = next((word for word in words if not is_number(word, number)), None)
    if other is not None and 2 * len(like) > len(words):
        yield Doubt(
            _(
                "{name} is read as text, since {other} in it is no number; if it should be numbers, "
                "mend such cells or change Decimal mark or Thousands."
            ).format(name=shorten(name), other=shorten(other)),
            False,
        )


def mark_doubts(columns: Sequence[tuple[Column, pa.ChunkedArray]], reading: Reading) -> Iterator[Doubt]:
    """What is doubtful in the marks of columns of numbers, given with their cells: every number is like 1,234."""
    numeric = [
        pc.utf8_trim_whitespace(c) for column, c in columns if column.texts is None and pa.types.is_string(c.type)
    ]
    european = "," in reading.decimal or reading.delimiter == ";"
    cases = [(mark, True) for mark in ",." if mark == reading.thousands]
    cases += [
        (mark, False) for mark in ",." if european and mark in reading.decimal + "." and mark != reading.thousands
    ]
    for mark, groups in cases:
        single = rf"^[+-]?[1-9][0-9]{{0,2}}\{mark}[0-9]{{3}}$"
        if mark == reading.delimiter:  # such cells are quoted, and no decimal commas; they may be several codes
            single = rf"^[0-9]{{3}}\{mark}[0-9]{{3}}$"
        heads = [cells.slice(0, HEAD) for cells in numeric]
        others = (pc.and_not(pc.match_substring(h, mark), pc.match_substring_regex(h, single)) for h in heads)
        if any(pc.any(found).as_py() for found in others):
            continue  # a number of another shape tells what the mark is
        fits = [pc.match_substring_regex(cells, single) for cells in numeric]
        like = sum(pc.sum(found).as_py() or 0 for found in fits)
        marked = sum(pc.sum(pc.match_substring(cells, mark)).as_py() or 0 for cells in numeric)
        if not like or marked > like:
            continue
        example = next(
            cells.filter(found)[0].as_py() for cells, found in zip(numeric, fits, strict=True) if pc.any(found).as_py()
        )
        name = {",": "comma", ".": "point"}[mark]
        meant, setting = (
            (_("the {name} is a decimal mark").format(name=name), "none")
            if groups
            else (_("the {name} groups thousands").format(name=name), name)
        )
        if mark == reading.delimiter:
            meant = _("that is two codes")
        value = number_parser(reading)(example)
        yield Doubt(
            _(
                "{example} is read as {value:.15g}; if {meant}, set Thousands to {setting} (--thousands {setting})."
            ).format(example=shorten(example), value=value, meant=meant, setting=setting),
            settled_by="thousands",
        )
