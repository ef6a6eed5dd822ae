"""What NumPy, pandas, Excel and LibreOffice write loads at the first try; so do random tables and dialects."""

from __future__ import annotations

import csv
import io
import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.data.tables.table_files import open_table
from tests.core.support import examples, read_text

NUMBERS = [[1.5, -2000.25], [1e-7, 12345.678], [0.1, 3.0], [7.25, 1e22]]
KINDS = ["red", "blue", "red", "green"]


@pytest.mark.parametrize("delimiter", [" ", ",", ";", "\t"])
@pytest.mark.parametrize("fmt", ["%.18e", "%g", "%.3f", "%12.6f"])
def test_savetxt(tmp_path: Path, delimiter: str, fmt: str) -> None:
    written = [[float(fmt % cell) for cell in row] for row in NUMBERS]
    for header, comments in itertools.product(("", f"len{delimiter}wid"), ("# ", "#", "")):
        np.savetxt(tmp_path / "t.txt", NUMBERS, fmt=fmt, delimiter=delimiter, header=header, comments=comments)
        table = open_table(tmp_path / "t.txt")
        assert table.names == (("len", "wid") if header else ("x1", "x2")), (header, comments)
        assert np.column_stack([column.values for column in table.columns]).tolist() == written, (header, comments)


def as_pandas_writes(sep: str, decimal: str, quoting: int, index: bool) -> str:
    """What ``DataFrame.to_csv`` writes; compared with pandas itself in the campaign."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=sep, quoting=quoting, lineterminator="\n")  # type: ignore[arg-type]

    class Decimal(float):
        def __str__(self) -> str:
            return float.__repr__(self).replace(".", decimal)

        __repr__ = __str__

    writer.writerow([*([""] if index else []), "x", "y", "kind"])
    for row, (cells, kind) in enumerate(zip(NUMBERS, KINDS, strict=True)):
        writer.writerow([*([row] if index else []), *map(Decimal, cells), kind])
    return text.getvalue()


@pytest.mark.parametrize("sep", [",", ";", "\t", "|"])
@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
@pytest.mark.parametrize("index", [False, True])
def test_pandas(sep: str, decimal: str, quoting: int, index: bool) -> None:
    if sep == decimal and quoting == csv.QUOTE_NONNUMERIC:
        pytest.skip("the numbers fall apart")
    table = read_text(as_pandas_writes(sep, decimal, quoting, index))
    assert table.names == ((*(("x1",) if index else ()), "x", "y", "kind"))
    assert table.column("x").values.tolist() == [row[0] for row in NUMBERS]
    assert table.column("y").values.tolist() == [row[1] for row in NUMBERS]
    assert table.column("kind").cells() == KINDS


EXCEL = {
    "German": (";", "1.234,50", "-0,25", "cp1252"),
    "French": (";", "1 234,50", "-0,25", "cp1252"),
    "French, thin spaces": (";", "1\u202f234,50", "-0,25", "utf-8-sig"),
    "Swiss": (";", "1'234.50", "-0.25", "cp1252"),
    "Swiss, typographic": (";", "1\u2019234.50", "-0.25", "utf-8-sig"),
    "US": (",", '"1,234.50"', "-0.25", "utf-8-sig"),
    "US, text": ("\t", '"1,234.50"', "-0.25", "utf-16"),
    "LibreOffice": (",", "1234.5", "-0.25", "utf-8"),
}


@pytest.mark.parametrize("name", EXCEL)
def test_excel_in_several_settings(tmp_path: Path, name: str) -> None:
    delimiter, sum_, share, encoding = EXCEL[name]
    lines = [["Größe", "Anteil", "Art"], *([sum_, share, kind] for kind in KINDS)]
    (tmp_path / "t.csv").write_bytes("\r\n".join(map(delimiter.join, [*lines, [""]])).encode(encoding))
    table = open_table(tmp_path / "t.csv")
    assert table.names == ("Größe", "Anteil", "Art")
    assert table.columns[0].values.tolist() == [1234.5] * 4
    assert table.columns[1].values.tolist() == [-0.25] * 4
    assert table.columns[2].cells() == KINDS


# ---- Random tables in random dialects.

FLOATS = st.floats(allow_nan=False, allow_infinity=False)
WORDS = st.text(st.characters(codec="utf-8", categories=["L"]), min_size=3, max_size=8).filter(
    lambda word: word.casefold() not in ("nan", "inf", "infinity", "null", "none", "nil", "missing")
)
NOTES = st.text(st.sampled_from("abc #%/'\"\n,;|\t"), max_size=8).map(lambda text: f"w{text}w")


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[tuple[float, float, str, str]]]:
    """A text, and its rows of two numbers, a word and a note."""
    rows = draw(st.lists(st.tuples(FLOATS, FLOATS, WORDS, NOTES), min_size=6, max_size=25))
    delimiter = draw(st.sampled_from([",", ";", "\t", "|"]))
    comma = delimiter != "," and draw(st.booleans())
    text = io.StringIO()
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    writer = csv.writer(
        text, delimiter=delimiter, quoting=quoting, lineterminator=draw(st.sampled_from(["\n", "\r\n"]))
    )
    writer.writerow(["first", "second", "word", "note"])
    for x, y, word, note in rows:
        cells = [repr(value).replace(".", ",") if comma else repr(value) for value in (x, y)]
        writer.writerow([*cells, word, note])
    return text.getvalue(), rows


@settings(max_examples=examples(120), deadline=None, suppress_health_check=list(HealthCheck))
@given(case=tables())
def test_random_tables_are_read_to_the_last_bit(case: tuple[str, list[tuple[float, float, str, str]]]) -> None:
    text, rows = case
    table = read_text(text)
    assert table.names == ("first", "second", "word", "note"), table.reading
    for place in (0, 1):
        assert table.columns[place].values.tobytes() == np.array([row[place] for row in rows]).tobytes(), table.reading
    assert table.columns[2].cells() == [row[2] for row in rows]
    assert table.columns[3].cells() == [" ".join(row[3].split()) for row in rows]
    assert not any(math.isnan(value) for value in table.columns[0].values)
