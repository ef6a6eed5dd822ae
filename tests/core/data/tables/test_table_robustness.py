"""Whatever is in a file: it loads, or it is refused with a DataError; nothing else, and not with much memory."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.base.errors import DataError
from core.data.tables.column_choice import MISSING_RULES, Choice, default_choice
from core.data.tables.column_selection import select
from core.data.tables.loading import read_chosen, read_table
from core.data.tables.reading import Reading
from core.data.tables.table import Table
from core.data.tables.table_files import open_table, preview
from tests.core.support import examples

TIMES, ALLOWANCE = 6, 3_000_000
"""A table takes so many times its file's size, and so many bytes besides: a block of text and its cells."""

SEEDS = (
    b"",
    b"x,y,kind\n1.5,2,a\n3,-4.25,b\n0.5,6,a\n",
    b"x;y;kind\n1,5;2;a\n3;-4,25;b\n0,5;6;a\n",
    b'"x"\t"y"\t"kind"\n"1,234"\t2\t"a ""b"""\n3\t-4\t"c\nd"\n',
    b"% c\n1 2 0\n3 4 1\n// d\n# e\n5 6 1\n",
    "größe|höhe|art\r\n1.5|2|grün\r\n\r\n3||weiß\r\n".encode("cp1252"),
    "x\ty\tk\n1.5\t2\ta\n3\t4\tb\n".encode("utf-16-le"),
    b"Title\n\n,x,y\n0,nan,2\n1,inf,?\n2,3,oops\n",
    b"1.234,5;1'000;7 000\n1.000,5;2'000;8 000\n",
    b"1,2,3\n" * 300 + b"4,5,six\n" * 30,
)

FRAGMENTS = st.sampled_from(
    [
        *(
            b"",
            b"1",
            b"-2.5e3",
            b"1,5",
            b"nan",
            b"inf",
            b"1_0",
            b"a",
            b" ",
            b"\t",
            b",",
            b";",
            b"|",
            b"\n",
            b"\r\n",
            b"\r",
        ),
        *(b'"', b"'", b'""', b"#", b"%", b"//", b"\0", b"\xff", b"\xe9", b"\x81", b"\x85", b"\x0b", b"\x1c", b"0x10"),
        *(text.encode() for text in ("é", "\ufeff", "\u2028", "٣", "\u2212", "1\u00a0000", "1'000", "1.234.567,8")),
        *(b"1e999", b"9" * 400, b"NA", b"," * 300, b"\n" * 300, b"word " * 300, b'"' * 31, b"\x93NUMPY", b"PK\x03\x04"),
    ]
)


@st.composite
def mutated(draw: st.DrawFn, seeds: tuple[bytes, ...]) -> bytes:
    """One of the seeds with pieces cut, doubled, moved and put in."""
    raw = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(raw)))
        end = draw(st.integers(start, min(len(raw), start + 40)))
        kind = draw(st.integers(0, 3))
        if kind == 0:
            raw = raw[:start] + draw(FRAGMENTS) + raw[end:]
        elif kind == 1:
            raw = raw[:end] + raw[start:end] * draw(st.integers(1, 9)) + raw[end:]
        elif kind == 2:
            raw = raw[:start] + draw(st.binary(max_size=6)) + raw[end:]
        else:
            raw = raw[end:] + raw[:start]
    return raw


def loads_or_is_refused(file: Path, raw: bytes, missing: str) -> None:
    file.write_bytes(raw)
    table = attempt(lambda: open_table(file))
    attempt(lambda: read_table(file))
    attempt(lambda: preview(file, rows=5))
    if table is not None:
        check_table(table)
        choice = attempt(lambda: default_choice(table))
        if choice is not None:
            check_selection(table, replace(choice, missing=missing))
    assert file.read_bytes() == raw


T = TypeVar("T")


def attempt(work: Callable[[], T]) -> T | None:
    """What the work gives, or None if it is refused, in one sentence."""
    try:
        return work()
    except DataError as error:
        message = str(error)
    assert message.endswith(".")
    assert message.isprintable()
    return None


def check_table(table: Table) -> None:
    assert len(table) > 0
    assert len(set(table.names)) == len(table.columns)
    for column in table.columns:
        assert column.name
        assert column.values.dtype == np.float64
        if column.texts is not None and not column.varied:
            codes = column.values[~np.isnan(column.values)]
            assert set(codes.tolist()) == set(range(len(column.texts)))
            assert len(set(column.texts)) == len(column.texts)
            assert all(column.texts)
        for row in column.strays:
            assert np.isnan(column.values[row])
    places = [int(table.place(row).split()[1]) for row in (0, len(table) - 1)]
    assert 1 <= places[0] <= places[1]
    assert places[1] >= len(table)


def check_selection(table: Table, choice: Choice) -> None:
    before = [column.values.tobytes() for column in table.columns]
    selection = attempt(lambda: select(table, choice))
    assert [column.values.tobytes() for column in table.columns] == before
    if selection is None:
        return
    assert np.isfinite(selection.dataset.points).all()
    assert len(selection.dataset.points) == len(table) - selection.dropped > 0
    if selection.dataset.targets is None:
        assert set(selection.dataset.labels.tolist()) == set(range(len(selection.dataset.class_names)))
        assert len(selection.dataset.class_names) >= 2
    else:
        assert selection.dataset.targets is not None
        assert np.isfinite(selection.dataset.targets).all()


@settings(max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=mutated(SEEDS), missing=st.sampled_from(list(MISSING_RULES)))
def test_a_mutated_table_loads_or_is_refused(tmp_path: Path, raw: bytes, missing: str) -> None:
    loads_or_is_refused(tmp_path / "table.txt", raw, missing)


@pytest.mark.campaign
@pytest.mark.parametrize("good", SEEDS, ids=range(len(SEEDS)))
@settings(max_examples=1_200, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), missing=st.sampled_from(list(MISSING_RULES)))
def test_many_mutated_tables_load_or_are_refused(
    tmp_path: Path, good: bytes, data: st.DataObject, missing: str
) -> None:
    loads_or_is_refused(tmp_path / "table.txt", data.draw(mutated((good,))), missing)


def peak_of(file: Path, read: Callable[[Path], object] = open_table) -> int:
    """The most bytes that reading the file takes at once, whether it loads or not."""
    beginning = file.with_suffix(".beginning")
    beginning.write_bytes(file.read_bytes()[:1000])
    attempt(lambda: read(beginning))  # what is made once and kept, such as compiled expressions, does not count
    pool, usual = pa.proxy_memory_pool(pa.default_memory_pool()), pa.default_memory_pool()
    pa.set_memory_pool(pool)
    tracemalloc.start()
    try:
        attempt(lambda: read(file))
        return tracemalloc.get_traced_memory()[1] + (pool.max_memory() or 0)
    finally:
        tracemalloc.stop()
        pa.set_memory_pool(usual)
        KEPT.append(pool)  # buffers may outlive this call


KEPT: list[pa.MemoryPool] = []


@pytest.mark.campaign
@pytest.mark.parametrize("good", SEEDS, ids=range(len(SEEDS)))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), copies=st.integers(1, 2000))
def test_mutated_tables_take_little_memory(tmp_path: Path, good: bytes, data: st.DataObject, copies: int) -> None:
    file = tmp_path / "table.txt"
    raw = data.draw(mutated((good,)))
    file.write_bytes(raw * min(copies, 1 + 1_000_000 // (len(raw) + 1)))
    assert peak_of(file) <= TIMES * file.stat().st_size + 6 * ALLOWANCE  # a line may be a header of 6,000 columns


@pytest.mark.parametrize(
    "line",
    [
        "1,2,0\n",
        "1.25,2.5,red\n",
        "1\n",
        "1.25,,red\n",
        '1.25,2.5,"red"\n',
        '"1,25","2,5","red, blue"\n',
        "1,25;2,5;red\n",
        "1.25 2.5 7\n\n",
        "oops,2,3\n",
        "1,2,3,\n",
        "1,2\n1,2,3\n",
    ],
)
def test_large_tables_take_no_more_than_six_times_their_size(tmp_path: Path, line: str) -> None:
    file = tmp_path / "table.txt"
    file.write_text(line * min(1_000_000 // len(line), 200_000))
    assert peak_of(file) <= TIMES * file.stat().st_size + ALLOWANCE


@pytest.mark.parametrize("lines", ["1,2,0\n3,4,1\n", "1,2,a\n3,,b\n5,6,\n7,8,b\n"])
def test_a_data_set_of_digits_takes_no_more_than_six_times_its_file(tmp_path: Path, lines: str) -> None:
    file = tmp_path / "table.txt"
    file.write_text(lines * (2_000_000 // len(lines)))
    read = lambda path: read_chosen(path, Choice(("x1", "x2"), "x3"))  # noqa: E731
    assert peak_of(file, read) <= TIMES * file.stat().st_size + 2 * ALLOWANCE
    assert len(read(file)) == sum(",," not in line and line[-1] != "," for line in file.read_text().split())


def test_texts_that_all_differ_take_no_more_either(tmp_path: Path) -> None:
    file = tmp_path / "table.txt"
    file.write_text("".join(f"{i}.5,{i},name{i}\n" for i in range(60_000)))
    assert peak_of(file) <= TIMES * file.stat().st_size + ALLOWANCE


# --- what is written is read

CELLS = st.one_of(
    st.floats(allow_nan=False).map(repr), st.integers(-(10**6), 10**6).map(str), st.sampled_from(["", "NA", "inf"])
)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8)


@st.composite
def written(draw: st.DrawFn) -> tuple[list[list[str]], str, str]:
    """Cells of two columns of numbers and one of quoted words, a delimiter, and the text."""
    rows = draw(st.lists(st.tuples(CELLS, CELLS, WORDS).map(list), min_size=2, max_size=30))
    delimiter = draw(st.sampled_from([",", ";", "\t", "|"]))
    quoted = [[x, y, '"' + word.replace('"', '""') + '"'] for x, y, word in rows]
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    return rows, delimiter, end.join(delimiter.join(row) for row in quoted)


@settings(max_examples=examples(80), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=written())
def test_what_is_written_is_read(tmp_path: Path, case: tuple[list[list[str]], str, str]) -> None:
    rows, delimiter, text = case
    file = tmp_path / "t.csv"
    file.write_bytes(text.encode())
    table = open_table(file, Reading(delimiter=delimiter, comment=""), text_columns=("x3",))
    assert len(table) == len(rows)
    assert table.column("x3").cells() == [word for *_, word in rows]
    for place in (0, 1):
        expected = [float(row[place]) if row[place] not in ("", "NA") else np.nan for row in rows]
        assert np.array_equal(table.columns[place].values, expected, equal_nan=True)
