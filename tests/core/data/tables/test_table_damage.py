"""Damaged and hostile files of every kind, by every way in: a sentence comes of them, or points; and little memory."""

from __future__ import annotations

import io
import random
import re
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.base.errors import DataError
from core.data.data_source import DataSource, load
from core.data.dataset import Dataset
from core.data.tables.column_choice import MISSING_RULES, Choice
from core.data.tables.reading import Reading
from core.data.tables.table_files import open_table, preview
from core.network.tasks import CLASSIFICATION, REGRESSION

ROOM = 4_500_000
"""Bytes that reading may take besides four times what is in the file: blocks of text, openpyxl's own."""

NAMES = ("a", "b", "c", "d", "kind")
ROWS = [(i % 7 - 3.0, i * 0.5, -i, 2.5e3 + i, "yes" if i % 3 else "no") for i in range(40)]


def saved(save: Callable[[io.BytesIO], object]) -> bytes:
    buffer = io.BytesIO()
    save(buffer)
    return buffer.getvalue()


def workbook() -> bytes:
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    book = openpyxl.Workbook()
    for row in (NAMES, *ROWS):
        book.active.append(row)
    return packed_anew(saved(book.save), lambda _, data: re.sub(rb"20[0-9-]+T[0-9:]+Z", b"2020-01-01T00:00:00Z", data))


def packed_anew(good: bytes, change: Callable[[str, bytes], bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The archive with other contents of its members, and without the time of day, so that a seed says all."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as archive, zipfile.ZipFile(buffer, "w", method) as changed:
        for name in archive.namelist():
            changed.writestr(zipfile.ZipInfo(name), change(name, archive.read(name)), compress_type=method)
    return buffer.getvalue()


def seeds() -> dict[str, bytes]:
    """A good file of each kind."""
    text = "\n".join(",".join(map(str, row)) for row in (NAMES, *ROWS))
    structured = np.array(ROWS, dtype=[(name, "f8") for name in NAMES[:4]] + [("kind", "U3")])
    columns: dict[str, Any] = {name: structured[name] for name in NAMES}
    return {
        "csv": text.encode(),
        "german": text.replace(",", ";").replace(".", ",").encode("utf-16"),
        "plain": "\n".join(f"{row[0]} {row[1]} {row[4]}" for row in ROWS).encode(),
        "npy": saved(lambda file: np.save(file, structured)),
        "npz": saved(lambda file: np.savez(file, **columns)),
        "packed": saved(lambda file: np.savez_compressed(file, **columns)),
        "xlsx": workbook(),
    }


KINDS = ("csv", "german", "plain", "npy", "npz", "packed", "xlsx")
PIECES = (b"", b"0", b"-1", b"9" * 30, b"1e999", b"nan", b",", b'"', b"'", b"\n", b"\0", b"\xff", b"|O", b"<U0", b"<f2")
TEXTS = (
    b"<c",
    b"</row>",
    b't="s"',
    b'r="A1"',
    b'r="XFD1048576"',
    b"&lt;",
    b"&#0;",
    b"<!DOCTYPE x>",
    b"(40,)",
    b"(4, 10)",
)


def damaged(rng: random.Random, good: bytes) -> bytes:
    """The same with some bytes or pieces that are wrong."""
    data = bytearray(good)
    for _ in range(rng.choice([1, 1, 2, 5])):
        place, kind = rng.randrange(len(data) + 1), rng.random()
        if kind < 0.4 and place < len(data):
            data[place] = rng.choice([0, 1, 255, 34, 44, rng.randrange(256)])
        elif kind < 0.7:
            data[place : place + rng.randrange(12)] = rng.choice(PIECES + TEXTS)
        elif kind < 0.8:
            del data[place:]
        else:
            data[place:place] = data[place : place + rng.randrange(200)] * rng.randrange(1, 4)
    return bytes(data)


def mutated(rng: random.Random, good: bytes) -> bytes:
    """A damaged file; of an archive rather often one that is whole, with members that are damaged."""
    if not good.startswith(b"PK") or rng.random() < 0.3:
        return damaged(rng, good)
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        members = {info: archive.read(info) for info in archive.infolist()}
    chosen = rng.choice(list(members))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for info, data in members.items():
            if info is not chosen or rng.random() < 0.9:
                changed = damaged(rng, data) if info is chosen else data
                archive.writestr(info.filename, changed, compress_type=info.compress_type)
    return buffer.getvalue()


def size_of(raw: bytes) -> int:
    """What is in the file, unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return max(len(raw), sum(info.file_size for info in archive.infolist()))
    except Exception:  # noqa: BLE001 (a damaged archive may raise anything)
        return len(raw)


def attempt(work: Callable[[], object]) -> object | None:
    """What comes of it; None where it is refused in a sentence."""
    try:
        return work()
    except DataError as error:
        message = str(error)
    assert message.endswith((".", "?")) and message.isprintable() and len(message) < 600
    return None


def ways(rng: random.Random, path: Path) -> list[Callable[[], object]]:
    """How a file is read by the window and by the command line."""
    task = rng.choice([CLASSIFICATION, REGRESSION])
    target, others = ("kind", ("a", "b", "c", "d")) if task == CLASSIFICATION else ("d", ("a", "b", "c"))
    choice = Choice(("a", "b"), target, task, others, rng.choice(list(MISSING_RULES)))
    readings = Reading(delimiter=";", decimal=","), Reading(comment="#"), Reading(header=False, skip=3)
    reading = rng.choice([None, *readings])
    return [
        lambda: open_table(path),
        lambda: preview(path, rows=5),
        lambda: load(DataSource("file", str(path), choice=choice, reading=reading)),
        lambda: load(DataSource("file", str(path), task=task, reading=reading)),
    ]


def check(rng: random.Random, path: Path, raw: bytes) -> int:
    """Read a file by every way; how many of them gave something."""
    path.write_bytes(raw)
    given = 0
    for way in ways(rng, path):
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        found = attempt(way)
        peak = tracemalloc.get_traced_memory()[1] - before
        assert peak <= 4 * size_of(raw) + ROOM, f"{peak} bytes for {size_of(raw)}"
        if isinstance(found, Dataset):
            assert np.isfinite(found.points).all() and len(found) > 0
        given += found is not None
    assert path.read_bytes() == raw
    return given


def run(path: Path, good: bytes, seed: int, count: int) -> int:
    rng = random.Random(seed)
    assert check(rng, path, good) >= 2, "the seed itself can be read"  # which also loads what is loaded once
    tracemalloc.start()
    given = 0
    try:
        for number in range(count):
            raw = mutated(rng, good)
            try:
                given += check(rng, path, raw)
            except Exception as error:
                error.add_note(f"seed {seed}, file {number}")
                raise
    finally:
        tracemalloc.stop()
    return given


@pytest.mark.parametrize("kind", KINDS[3:])  # for text see test_table_robustness
def test_a_damaged_file_gives_points_or_a_sentence(tmp_path: Path, kind: str) -> None:
    run(tmp_path / "file", seeds()[kind], 1, 8)


@pytest.mark.campaign
@pytest.mark.parametrize("kind", KINDS)
def test_very_many_damaged_files_give_points_or_a_sentence(tmp_path: Path, kind: str) -> None:
    count, seed = 1_000 if kind == "xlsx" else 2_000, random.randrange(10**9)
    given = run(tmp_path / "file", seeds()[kind], seed, count)
    print(f"\n{kind}: {count} files, seed {seed}; {given} of {4 * count} ways gave a table, the others a sentence")


def header(descr: str, shape: str) -> bytes:
    """The beginning of a ``.npy`` file that promises this."""
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + (len(text) + 1).to_bytes(2, "little") + text + b"\n"


def test_a_header_of_endless_length_takes_little_memory(tmp_path: Path) -> None:
    rng, path, rest = random.Random(0), tmp_path / "file", header("'<f8'", "(10,)")[10:] + bytes(80)
    tracemalloc.start()
    try:
        for version in (2, 3, 124):
            head = b"\x93NUMPY" + bytes([version, 0])
            assert check(rng, path, head + b"\xff\xff\xff\x7f" + rest) == 0
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("descr", "shape"),
    [
        ("'<U0'", "(900000000000,)"),
        ("'|S0'", "(900000000, 2)"),
        ("[('a', '<U0'), ('b', '<U0')]", "(900000000000,)"),
        ("'<f8'", "(900000000000, 4)"),
        ("'<f8'", "(900000000000, 0)"),
        ("'<f8'", "(-1, 4)"),
        ("'<f8'", "(4611686018427387904, 4)"),
        ("'<f8'", "(1, 900000000000)"),
        ("[('a', '<f8', (1000000000,))]", "(10,)"),
        ("'|O'", "(3,)"),
    ],
)
def test_arrays_that_promise_much_take_little_memory(tmp_path: Path, packed: bool, descr: str, shape: str) -> None:
    raw = header(descr, shape) + bytes(64)
    if packed:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("x.npy", raw)
        raw = buffer.getvalue()
    tracemalloc.start()
    try:
        assert check(random.Random(0), tmp_path / "file", raw) == 0
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
@pytest.mark.parametrize("kind", ["npz", "xlsx"])
def test_what_takes_much_to_unpack_is_refused(tmp_path: Path, kind: str, method: int) -> None:
    raw = packed_anew(seeds()[kind], lambda _, data: data, method)
    if method == zipfile.ZIP_LZMA:
        assert b"\x5d\0\0\x80\0" in raw, "what is unpacked asks for a dictionary of 8 MiB"
        raw = raw.replace(b"\x5d\0\0\x80\0", b"\x5d\0\0\0\x10")
    tracemalloc.start()
    try:
        assert check(random.Random(0), tmp_path / "file", raw) == 0
    finally:
        tracemalloc.stop()
    with pytest.raises(DataError, match="file is packed in a way that is not read here, or is damaged; save it anew"):
        open_table(tmp_path / "file")


@pytest.mark.parametrize("kind", ["npz", "packed", "xlsx"])
def test_a_member_that_is_longer_than_the_file_is_refused(tmp_path: Path, kind: str) -> None:
    """Python's zipfile would ask for as much memory as the damaged length says."""
    raw = bytearray(seeds()[kind])
    entry = raw.index(b"PK\x01\x02")  # the first one of the directory
    raw[entry + 20 : entry + 24] = (900_000_000).to_bytes(4, "little")
    tracemalloc.start()
    try:
        assert check(random.Random(0), tmp_path / "file", bytes(raw)) == 0
    finally:
        tracemalloc.stop()
    with pytest.raises(DataError, match="file is packed in a way that is not read here, or is damaged; save it anew"):
        open_table(tmp_path / "file")


def sheet_with(change: Callable[[bytes], bytes]) -> bytes:
    """The good workbook with its sheet's XML changed."""
    return packed_anew(workbook(), lambda name, data: change(data) if name.endswith("sheet1.xml") else data)


@pytest.mark.parametrize(
    ("pattern", "new", "words"),
    [
        (rb'r="E5"', b'r="XFD5"', "row 5: more than 10 000 columns"),
        (rb'r="E1"', b'r="XFD1"', "row 1: more than 10 000 columns"),
        (
            rb'r="E5"',
            b'r="NTP5"',
            "row 5: it reaches to column 10 000, but nearly all cells up to there are empty",
        ),
        (
            rb'r="E1"',
            b'r="NTP1"',
            "row 1: it reaches to column 10 000, but nearly all cells up to there are empty",
        ),
        (rb'r="E([0-9]*)"', rb'r="NTP\1"', "but nearly all cells up to there are empty"),
    ],
)
def test_a_damaged_place_in_a_sheet_takes_little_memory(tmp_path: Path, pattern: bytes, new: bytes, words: str) -> None:
    raw = sheet_with(lambda data: re.sub(pattern, new, data))
    check(random.Random(1), tmp_path / "file", raw)  # which also loads what is loaded once
    tracemalloc.start()
    try:
        assert check(random.Random(0), tmp_path / "file", raw) == 0
    finally:
        tracemalloc.stop()
    with pytest.raises(DataError, match=words):
        open_table(tmp_path / "file")


def test_a_workbook_without_a_sheet_is_refused(tmp_path: Path) -> None:
    raw = packed_anew(workbook(), lambda name, data: re.sub(rb"<sheet [^>]*/>", b"", data))
    (tmp_path / "file").write_bytes(raw)
    with pytest.raises(DataError, match="it has no sheet"):
        open_table(tmp_path / "file")


@pytest.mark.parametrize("number", [b"1048577", b"9" * 30])
def test_a_row_that_no_sheet_has_is_not_counted_to(tmp_path: Path, number: bytes) -> None:
    wrong = b'r="A' + number + b'"'
    (tmp_path / "file").write_bytes(sheet_with(lambda data: data.replace(b'r="A5"', wrong)))
    with pytest.raises(DataError, match="has a row 1 048 577, which no sheet has"):
        open_table(tmp_path / "file")


def test_a_cell_behind_all_columns_takes_little_memory_far_down_as_well(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    book = openpyxl.Workbook()
    for number in range(1, 1201):
        book.active.append((number, number * 0.5, -number))
        if number > 300:
            book.active.cell(number, 9_000, 1.0)
    raw = saved(book.save)
    (tmp_path / "file").write_bytes(raw)
    with pytest.raises(
        DataError,
        match="file, row 301: it reaches to column 9 000, but nearly all cells up to there are empty; remove",
    ):
        open_table(tmp_path / "file")
    tracemalloc.start()
    try:
        check(random.Random(0), tmp_path / "file", raw)
    finally:
        tracemalloc.stop()
