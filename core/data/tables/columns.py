"""From cells to columns: Arrow's arrays of texts or numbers become numbers, missing values, strays and texts."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.base.arrays import Array
from core.base.row_text import unguarded
from core.base.translation import _
from core.data.tables import reading as form
from core.data.tables.layout import TableLayout
from core.data.tables.reading import DECIMALS, THOUSANDS, Reading, is_missing, number_parser, quoted
from core.data.tables.table import MAX_TEXTS, Column, Doubt, Table, narrow

HEAD = 10_000
"""So many of the first cells tell what is likely."""
RELEASED = 1 << 18
"""Bytes of cells after which memory is given back; it takes too long for each of thousands of short columns."""
NEARLY = re.compile(r"[-+~<>≈±$€£']{0,2}\s?[0-9]+(?:[.,][0-9]+)?\s?[^0-9]{0,8}")
"""A number with a sign, a unit or a mark."""
PLAIN = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
NOTHING = pa.scalar(None, pa.string())
NUMERIC = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_decimal)


def table_of(
    name: str, cells: list[pa.ChunkedArray], layout: TableLayout, reading: Reading, text: Collection[str | int] = ()
) -> Table:
    """The table of cells, some columns of which are ``text`` in any case, by their names or places.

    The cells are taken out of the list as they are read, so that both need little memory.
    """
    columns, doubts, examples = [], list(layout.doubts), dict.fromkeys(doubtful_marks(reading), "")
    for place, title in enumerate(layout.names):
        as_text = place in layout.text or place in text or title in text
        column = column_of(title, cells[0], reading, as_text, layout.roles[place] if layout.roles else "")
        columns.append(column)
        if column.texts is not None and not as_text:
            doubts.extend(text_doubt(title, cells[0], reading))
        for mark in [mark for mark in examples if column.texts is None]:
            found = like_thousands(cells[0], mark, reading)
            examples[mark] = examples[mark] or found or ""
            if found is None:  # a number of another shape tells what the mark is
                del examples[mark]
        if cells.pop(0).nbytes > RELEASED:
            pa.default_memory_pool().release_unused()  # which Arrow keeps otherwise
    doubts.extend(mark_doubt(example, mark, reading) for mark, example in examples.items() if example)
    return Table(name, tuple(columns), reading=reading, doubts=tuple(doubts))


def column_of(name: str, cells: pa.ChunkedArray, reading: Reading, as_text: bool = False, role: str = "") -> Column:
    """The column of cells: texts, as they are written, numbers, dates and other values.

    With ``as_text`` it is text even if all texts are numbers; ``role``: see :class:`core.data.tables.table.Column`.
    """
    if not pa.types.is_string(cells.type):
        if any(is_kind(cells.type) for is_kind in NUMERIC):
            return Column(name, floats(cells), role=role)
        try:
            cells = cells.cast(pa.string()).fill_null("")
        except pa.ArrowException:  # such as lists, which can be neither input nor target
            return Column(name, np.full(len(cells), np.nan), (), varied=True, role=role)
    trimmed = trim(cells)
    found = None if as_text or is_list(trimmed, reading.thousands) else numbers_of(trimmed, reading)
    return text_column(name, trimmed, role) if found is None else Column(name, found[0], strays=found[1], role=role)


def trim(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    """The texts without white space around them; the same array where there is none, to save memory."""
    parts = ((old, pc.utf8_trim_whitespace(old)) for old in cells.chunks)
    return pa.chunked_array([old if old.equals(new) else new for old, new in parts], pa.string())


def floats(cells: pa.ChunkedArray | pa.Array) -> Array:
    """The values as float64, NaN for nulls."""
    return np.array(cells.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))


def is_list(cells: pa.ChunkedArray, thousands: str) -> bool:
    """Whether every cell is several groups of three digits, such as 100,200,300: several codes, and no number."""
    if not thousands or not len(cells):
        return False
    found = pc.match_substring_regex(cells, rf"^(?:[0-9]{{3}}(?:{form.MARKS[thousands]}[0-9]{{3}})*)?$")
    return bool(pc.all(found).as_py() and pc.max(pc.utf8_length(cells)).as_py() >= (7 if thousands == " " else 11))


def numbers_of(cells: pa.ChunkedArray, reading: Reading) -> tuple[Array, Mapping[int, str]] | None:
    """The values of trimmed cells, NaN where one is no number, and the texts of those by row; None if it is text.

    Arrow reads whatever is plain but for the marks, and the parser each different cell of the others once.
    """
    number, parts, strays, missing, start = number_parser(reading), [np.empty(0, np.int8)], dict[int, str](), 0, 0
    for chunk in cells.chunks:
        texts = pc.if_else(pc.equal(chunk, ""), NOTHING, chunk)
        missing += texts.null_count
        if reading.thousands:
            grouped = pc.match_substring_regex(texts, f"^(?:{form.grouped_number(reading)})$")
            texts = pc.if_else(grouped, pc.replace_substring_regex(texts, form.MARKS[reading.thousands], ""), texts)
        texts = pc.replace_substring(texts, ",", ".") if "," in reading.decimal else texts
        try:
            values = floats(texts)
        except pa.ArrowInvalid:
            plain = pc.fill_null(pc.match_substring_regex(texts, PLAIN), True)
            values = floats(pc.if_else(plain, texts, NOTHING))
            rows, odd = np.flatnonzero(~np.asarray(plain)), chunk.filter(pc.invert(plain)).dictionary_encode()
            words, codes = odd.dictionary.to_pylist(), odd.indices.to_numpy()
            none = np.array([is_missing(word) for word in words])
            found = [math.nan if empty else number(word) for word, empty in zip(words, none, strict=True)]
            values[rows] = np.array(found, np.float64)[codes]
            missing += np.count_nonzero(none[codes])
            wrong = np.flatnonzero(np.array([value is None for value in found])[codes])
            strays |= {start + int(rows[place]): " ".join(words[codes[place]].split()) for place in wrong}
        parts.append(narrow(values))
        start += len(chunk)
        if len(strays) > form.STRAY_SHARE * len(cells):
            return None
    return None if len(strays) > form.STRAY_SHARE * (len(cells) - missing) else (np.concatenate(parts), strays)


def text_column(name: str, cells: pa.ChunkedArray, role: str) -> Column:
    """The column of trimmed texts; those that differ by their inner spaces only are one text."""
    varied = Column(name, np.full(len(cells), math.nan, np.float32), (), varied=True, role=role)
    if len(cells.slice(0, HEAD).unique()) > 2 * MAX_TEXTS:
        return varied
    places, parts = {"": math.nan}, [np.empty(0, np.int8)]
    for chunk in cells.chunks:
        coded = chunk.dictionary_encode()
        words = (unguarded(" ".join(word.split())) for word in coded.dictionary.to_pylist())
        tidy = [places.setdefault(word, float(len(places) - 1)) for word in words]
        if len(places) > MAX_TEXTS + 1:
            return varied
        parts.append(narrow(np.array(tidy))[coded.indices.to_numpy()])
    return Column(name, np.concatenate(parts), tuple(places)[1:], role=role)


# --- doubts


def text_doubt(name: str, cells: pa.ChunkedArray, reading: Reading) -> Iterator[Doubt]:
    """What to say of a column of text in which most of the first cells are numbers, perhaps with a unit or a mark."""
    words = [word for word in trim(cells.slice(0, HEAD)).unique().to_pylist() if not is_missing(word)]
    number = number_parser(reading)
    like = [word for word in words if number(word) is not None or NEARLY.fullmatch(word)]
    other = next((word for word in words if number(word) is None), None)
    if other is not None and 2 * len(like) > len(words):
        text = _(
            "{name} is read as text, since {other} in it is no number; if it should be numbers, "
            "mend such cells or change Decimal mark or Thousands."
        )
        yield Doubt(text.format(name=quoted(name), other=quoted(other)), False)


def doubtful_marks(reading: Reading) -> list[str]:
    """Points and commas that may be decimal marks or group thousands."""
    european = "," in reading.decimal or reading.delimiter == ";"
    return [mark for mark in ",." if mark == reading.thousands or (european and mark in reading.decimal + ".")]


def like_thousands(cells: pa.ChunkedArray, mark: str, reading: Reading) -> str | None:
    """A cell with a mark where all of them are like 1,234; empty if the mark is in none, None if one is different."""
    digits = "[0-9]{3}" if mark == reading.delimiter else "[+-]?[1-9][0-9]{0,2}"  # in quotes, they may be two codes
    example = ""
    for chunk in cells.chunks:
        marked = pc.utf8_trim_whitespace(chunk.filter(pc.match_substring(chunk, mark)))
        if pc.all(pc.match_substring_regex(marked, rf"^{digits}\{mark}[0-9]{{3}}$")).as_py() is False:
            return None
        example = example or (marked[0].as_py() if len(marked) else "")
    return example


def mark_doubt(example: str, mark: str, reading: Reading) -> Doubt:
    """What to say of a mark where every number is like 1,234."""
    name = DECIMALS[mark]
    meant, setting = _("the {name} groups thousands").format(name=name), name
    if mark == reading.thousands:
        meant, setting = _("the {name} is a decimal mark").format(name=name), THOUSANDS[""]
    meant = _("that is two codes") if mark == reading.delimiter else meant
    text = _("{cell} is read as {value:.15g}; if {meant}, the mark of thousands should be {setting}.")
    value = number_parser(reading)(example)
    return Doubt(text.format(cell=quoted(example), value=value, meant=meant, setting=setting), settled_by="thousands")
