"""CSV: hostile names make no ragged rows and no formulas, and our own reader gets them back."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.row_text import csv_text, guarded, unguarded
from core.data.dataset import Dataset
from core.data.tables.column_selection import classes_of
from core.storage.exports.csv_tables import points_csv
from tests.core.support import read_text

HOSTILE = (
    "=1+1",
    "@SUM(A1)",
    "+cmd|' /C calc'!A0",
    "-2+3+cmd",
    "'=1",
    "''@x",
    '=HYPERLINK("http://a", "b")',
    "a,b",
    "it's",
)
texts = st.text(st.characters(blacklist_categories=["Cs"]), max_size=8)


@pytest.mark.parametrize("text", ["=1+1", "@x", "+a", "-a", "\tx", "\r=1", "-2+3+cmd|' /C calc'!A0"])
def test_a_text_that_begins_a_formula_gets_an_apostrophe(text: str) -> None:
    cell = next(csv.reader(io.StringIO(csv_text([(text, "x")]), newline="")))[0]
    assert cell == f"'{text}"


@pytest.mark.parametrize("text", ["-1", "+1.5", "-1e-300", "-inf", "-", "it's", "'quoted'", "", "a=b"])
def test_numbers_and_other_texts_stay_as_they_are(text: str) -> None:
    assert guarded(text) == text == unguarded(text)


@given(st.builds("{}{}".format, st.sampled_from(["", *"='+-@	", "''="]), texts))
def test_the_guard_is_taken_away_again(text: str) -> None:
    assert unguarded(guarded(text)) == text
    if unguarded(text) != text:
        assert guarded(unguarded(text)) == text


@given(st.lists(st.tuples(texts, st.floats(allow_nan=False), texts), min_size=1, max_size=5))
def test_rows_stay_whole_whatever_they_hold(rows: list[tuple[str, float, str]]) -> None:
    text = csv_text(rows)
    found = list(csv.reader(io.StringIO(text, newline="")))
    assert found == [[guarded(first), repr(number), guarded(last)] for first, number, last in rows]


def test_a_carriage_return_in_a_name_does_not_end_the_row() -> None:
    assert csv_text([("a\rb", "c")]) == '"a\rb",c\n'


def test_our_own_reader_gets_hostile_names_back() -> None:
    names = HOSTILE
    points = np.random.default_rng(0).normal(size=(3 * len(names), 2))
    dataset = Dataset(points, np.arange(len(points)) % len(names), names, column_names=("=a", "+b"))
    table = read_text(points_csv(dataset))
    assert table.names == ("=a", "+b", "label")
    labels, found = classes_of(table, table.column("label"))
    assert set(found) == set(names)
    assert [found[k] for k in labels.tolist()] == [names[k] for k in dataset.labels.tolist()]
