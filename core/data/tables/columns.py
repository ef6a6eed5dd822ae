"""From cells to columns: Arrow's arrays of texts or numbers become numbers, missing values, strays and texts."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from core.base.arrays import Array
from core.base.row_text import unguarded
from core.base.translation import _
from core.data.tables.layout import TableLayout
from core.data.tables.table import MAX_TEXTS, Column, Doubt, Table, narrow
from core.data.tables.text import text_format as form
from core.data.tables.text.text_format import Reading, is_missing, is_number, number_parser, quoted

HEAD = 10_000
"""So many of the first cells tell what is likely."""
RELEASED = 1 << 18
"""Bytes of cells after which memory is given back; it takes too long for each of thousands of short columns."""
NEARLY = re.compile(r"[-+~<>≈±$€£']{0,2}\s?[0-9]+(?:[.,][0-9]+)?\s?[^0-9]{0,8}")
"""A number with a sign, a unit or a mark."""
PLAIN = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$"
NOTHING = pa.scalar(None, pa.string())
NUMERIC = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_decimal)


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
    number, parts, others, count, missing, start = number_parser(reading), [], [], 0, 0, 0
    for chunk in cells.chunks:
        texts = pc.if_else(pc.equal(chunk, ""), NOTHING, without_groups(chunk, reading))
        missing += texts.null_count
        try:
            values = floats(pc.replace_substring(texts, ",", ".") if "," in reading.decimal else texts)
        except pa.ArrowInvalid:
            texts = with_points(texts, reading)
            plain = pc.fill_null(pc.match_substring_regex(texts, PLAIN), True)
            values = floats(pc.if_else(plain, texts, NOTHING))
            rows, odd = np.flatnonzero(~np.asarray(plain)), chunk.filter(pc.invert(plain)).dictionary_encode()
            words, codes = odd.dictionary.to_pylist(), odd.indices.to_numpy()
            found = [math.nan if is_missing(w) else number(w) if is_number(w, number) else None for w in words]
            values[rows] = np.array([math.nan if value is None else value for value in found])[codes]
            missing += np.count_nonzero(np.array([is_missing(word) for word in words])[codes])
            strays = np.flatnonzero(np.array([value is None for value in found])[codes])
            others.append((start + rows[strays], codes[strays], words))
            count += len(strays)
        parts.append(narrow(values))
        start += len(chunk)
        if count > form.STRAY_SHARE * len(cells):
            return None
    if count > form.STRAY_SHARE * (len(cells) - missing):
        return None
    pairs = ((int(row), words[code]) for rows, codes, words in others for row, code in zip(rows, codes, strict=True))
    return np.concatenate([np.empty(0, np.int8), *parts]), {row: " ".join(word.split()) for row, word in pairs}


def without_groups(texts: pa.Array, reading: Reading) -> pa.Array:
    """The texts without marks of thousands where they are numbers."""
    if not reading.thousands:
        return texts
    grouped = pc.match_substring_regex(texts, f"^(?:{form.grouped_number(reading).pattern})$")
    return pc.if_else(grouped, pc.replace_substring_regex(texts, form.MARKS[reading.thousands], ""), texts)


def with_points(texts: pa.Array, reading: Reading) -> pa.Array:
    """The texts with decimal points where they are numbers."""
    comma = pc.match_substring_regex(texts, f"^(?:{form.DECIMAL_COMMA.pattern})$")
    return pc.if_else(comma, pc.replace_substring(texts, ",", "."), texts) if "," in reading.decimal else texts


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


# --- tables


def is_doubtful(reading: Reading) -> bool:
    """Whether points or commas may be decimal marks or group thousands."""
    return "," in reading.decimal or reading.delimiter == ";" or reading.thousands in tuple(",.")


def table_of(name: str, cells: list[pa.ChunkedArray], layout: TableLayout, reading: Reading) -> Table:
    """The table of cells; these are taken out of the list as they are read, so that both need little memory."""
    columns, seen, doubts = [], [], list(layout.doubts)
    for place, title in enumerate(layout.names):
        role = layout.roles[place] if layout.roles else ""
        column = column_of(title, cells[0], reading, place in layout.text, role)
        columns.append(column)
        if column.texts is not None and place not in layout.text:
            doubts.extend(text_doubt(title, cells[0], reading))
        found = (pc.any(pc.match_substring(cells[0], mark)).as_py() for mark in ",.")
        if is_doubtful(reading) and column.texts is None and any(found):
            seen.append(cells[0])
        if cells.pop(0).nbytes > RELEASED:
            pa.default_memory_pool().release_unused()  # which Arrow keeps otherwise
    return Table(name, tuple(columns), reading=reading, doubts=(*doubts, *mark_doubts(seen, reading)))


# --- doubts


def text_doubt(name: str, cells: pa.ChunkedArray, reading: Reading) -> Iterator[Doubt]:
    """What to say of a column of text in which most of the first cells are numbers, perhaps with a unit or a mark."""
    words = [word for word in trim(cells.slice(0, HEAD)).unique().to_pylist() if not is_missing(word)]
    number = number_parser(reading)
    like = [word for word in words if is_number(word, number) or NEARLY.fullmatch(word)]
    other = next((word for word in words if not is_number(word, number)), None)
    if other is not None and 2 * len(like) > len(words):
        text = _(
            "{name} is read as text, since {other} in it is no number; if it should be numbers, "
            "mend such cells or change Decimal mark or Thousands."
        )
        yield Doubt(text.format(name=quoted(name), other=quoted(other)), False)


def marked(cells: pa.ChunkedArray, mark: str) -> pa.ChunkedArray:
    """The cells in which a mark stands."""
    return cells.filter(pc.match_substring(cells, mark))


def mark_doubts(columns: Sequence[pa.ChunkedArray], reading: Reading) -> Iterator[Doubt]:
    """What is doubtful in the marks of columns of numbers, given by their cells: every number is like 1,234."""
    european = "," in reading.decimal or reading.delimiter == ";"
    for mark in ",.":
        groups = mark == reading.thousands
        if not groups and not (european and mark in reading.decimal + "."):
            continue
        single = rf"^[+-]?[1-9][0-9]{{0,2}}\{mark}[0-9]{{3}}$"
        if mark == reading.delimiter:  # such cells are quoted, and no decimal commas; they may be several codes
            single = rf"^[0-9]{{3}}\{mark}[0-9]{{3}}$"
        for some in ([cells.slice(0, HEAD) for cells in columns], columns):  # the first ones mostly tell
            found = [trim(marked(cells, mark)) for cells in some]
            odd = any(pc.all(pc.match_substring_regex(cells, single)).as_py() is False for cells in found)
            if odd:
                break
        example = next((cells[0].as_py() for cells in found if len(cells)), None)
        if odd or example is None:  # a number of another shape tells what the mark is
            continue
        name = {",": "comma", ".": "point"}[mark]
        meant, setting = _("the {name} groups thousands").format(name=name), name
        if groups:
            meant, setting = _("the {name} is a decimal mark").format(name=name), "none"
        if mark == reading.delimiter:
            meant = _("that is two codes")
        text = _("{cell} is read as {value:.15g}; if {meant}, set Thousands to {setting} (--thousands {setting}).")
        value = number_parser(reading)(example)
        said = text.format(cell=quoted(example), value=value, meant=meant, setting=setting)
        yield Doubt(said, settled_by="thousands")
