"""Which columns are chosen by themselves, and what becomes of a table by a choice."""

from __future__ import annotations

import numpy as np
import pytest

from core.base.errors import DataError
from core.data.tables.column_choice import (
    CLASSIFICATION,
    DROP,
    MEAN,
    MOST_FREQUENT,
    REFUSE,
    REGRESSION,
    Choice,
    default_choice,
)
from core.data.tables.column_selection import SelectedColumns, select
from core.data.tables.table import Table
from tests.core.support import read_text

GAPS = """x,y,z,kind
1,10,5,a
,20,5,b
3,inf,6,a
4,40,7,
2,10,x,b
"""


def table_of(text: str) -> Table:
    return read_text(text, name="table.txt")


@pytest.mark.parametrize(
    ("header", "rows", "shown", "target", "task"),
    [
        ("a,b,c", ["1.5,2.5,red", "2.5,3.5,blue"], ("a", "b"), "c", CLASSIFICATION),
        ("c,a,b", ["red,1.5,2.5", "blue,2.5,3.5"], ("a", "b"), "c", CLASSIFICATION),
        ("a,b,c", ["1.5,2.5,0", "2.5,3.5,1", "2.5,3.5,1"], ("a", "b"), "c", CLASSIFICATION),
        ("a,b,c", ["1.5,2.5,0.1", "2.5,3.5,1.2", "2.5,3.5,1.3"], ("a", "b"), "c", REGRESSION),
        ("a,Class,b,c", ["1.5,0,1.5,u", "2.5,1,2.5,v", "2.5,1,3.5,u"], ("a", "b"), "Class", CLASSIFICATION),
        ("target,b,c", ["1.5,2.5,3.5", "2.5,3.5,4.5"], ("b", "c"), "target", REGRESSION),
        ("label,species,a,b", ["1,x,1.5,2", "2,y,2.5,3"], ("a", "b"), "label", CLASSIFICATION),
        ("x,y,z", ["1.5,2.5,3.5", "2.5,3.5,4.5"], ("x", "y"), "z", REGRESSION),
        ("x,w,y", ["1.5,2.5,3.5", "2.5,3.5,4.5"], ("x", "w"), "y", REGRESSION),
        ("id,a,b,c", ["1,1.5,2.5,u", "2,2.5,3.5,v", "3,5.5,3.5,v"], ("a", "b"), "c", CLASSIFICATION),
        ("id,a,c", ["1,1.5,u", "2,2.5,v", "3,5.5,v"], ("id", "a"), "c", CLASSIFICATION),
        ("name,a,b,c", [f"n{i},{i}.5,{i}.25,{i % 2}" for i in range(50)], ("a", "b"), "c", CLASSIFICATION),
        ("a,b,name", [f"{i % 2},{i}.25,n{i}" for i in range(50)], ("a", "b"), "name", CLASSIFICATION),
        (
            "a,b,c,day",
            [f"{i % 5}.5,{i}.25,{'uv'[i % 2]},2020-01-{i + 10}" for i in range(12)],
            ("a", "b"),
            "c",
            CLASSIFICATION,
        ),
        ("w,x1,x2", ["1.5,2.5,3.5", "2.5,3.5,4.5"], ("w", "x1"), "x2", REGRESSION),
    ],
)
def test_the_choice_that_suggests_itself(
    header: str, rows: list[str], shown: tuple[str, str], target: str, task: str
) -> None:
    choice = default_choice(table_of("\n".join([header, *rows])))
    assert (choice.shown, choice.target, choice.task) == (shown, target, task)
    assert choice.inputs == shown
    assert choice.missing == DROP


def test_a_choice_is_validated() -> None:
    assert Choice(("a", "b"), "c", inputs=["b", "d", "a"]).inputs == ("b", "d", "a")  # type: ignore[arg-type]
    for fields, words in [
        ({"shown": ("a", "a")}, "choose two different columns"),
        ({"shown": ("a",)}, "choose two different columns"),
        ({"shown": "ab"}, "give names of columns"),
        ({"shown": (1, 2)}, "give names of columns"),
        ({"inputs": ("a", "b", "a")}, "chosen twice"),
        ({"inputs": ("a", "d")}, "'b' is shown but is no input"),
        ({"target": "a"}, "cannot be input and target"),
        ({"target": None}, "cannot be input and target"),
        ({"task": "clustering"}, "no task 'clustering'"),
        ({"missing": "ignore"}, "no rule 'ignore'"),
        ({"missing": ["drop"]}, "no rule"),
    ]:
        with pytest.raises(DataError) as caught:
            Choice(**{"shown": ("a", "b"), "target": "c", **fields})  # type: ignore[arg-type]
        assert words in str(caught.value)


def gaps(missing: str, shown: tuple[str, str] = ("x", "y")) -> SelectedColumns:
    return select(table_of(GAPS), Choice(shown, "kind", missing=missing))


def test_rows_with_gaps_are_left_out() -> None:
    selection = gaps(DROP)
    assert selection.dataset.points.tolist() == [[1.0, 10.0], [2.0, 10.0]]
    assert selection.dataset.labels.tolist() == [0, 1]
    assert (selection.dropped, selection.filled) == (3, 0)


def test_gaps_are_filled_but_never_the_label() -> None:
    selection = gaps(MEAN)
    assert selection.dataset.points == pytest.approx(np.array([[1, 10], [2, 20], [3, 40 / 3], [2, 10]]))
    assert selection.dataset.labels.tolist() == [0, 1, 0, 1]
    assert (selection.dropped, selection.filled) == (1, 2)
    assert gaps(MOST_FREQUENT).dataset.points.tolist() == [[1.0, 10.0], [1.0, 20.0], [3.0, 10.0], [2.0, 10.0]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GAPS, "table.txt, line 3, column 'x': the value is missing; mend it, or leave such rows out."),
        ("x,y,kind\n1,2,a\n3,inf,b\n", "line 3, column 'y': the number is infinite"),
        ("x,y,kind\n1,2,a\n3,4,\n", "line 3, column 'kind': the value is missing"),
        ("x,y,kind\n" + "1,2,a\n" * 50 + "u,4,b\n", "line 52, column 'x': 'u' is not a number"),
    ],
)
def test_gaps_can_be_refused(text: str, words: str) -> None:
    with pytest.raises(DataError) as caught:
        select(table_of(text), Choice(("x", "y"), "kind", missing=REFUSE))
    assert words in str(caught.value)


def test_a_column_without_numbers_cannot_be_filled() -> None:
    with pytest.raises(DataError, match="'y' holds no number to fill the others with"):
        select(table_of("x,y,k\n1,,a\n2,,b\n"), Choice(("x", "y"), "k", missing=MEAN))


def test_the_mean_of_very_large_numbers_is_finite() -> None:
    selection = select(table_of("x,y,k\n1e308,1,a\n1.5e308,2,b\n,3,a\n"), Choice(("x", "y"), "k", missing=MEAN))
    assert selection.dataset.points[2, 0] == pytest.approx(1.25e308)


def test_more_inputs_than_are_shown() -> None:
    table = table_of("a,b,c,t\n1,2,3,0.5\n4,5,6,1.5\n")
    selection = select(table, Choice(("c", "a"), "t", REGRESSION, ("a", "b", "c")))
    assert selection.dataset.points.tolist() == [[3, 1, 2], [6, 4, 5]]
    assert selection.dataset.column_names == ("c", "a", "b")
    assert selection.dataset.targets is not None
    assert selection.dataset.targets.tolist() == [0.5, 1.5]
    assert selection.dataset.targets.dtype == np.float64
    assert (selection.dataset.task, selection.dataset.target_name) == (REGRESSION, "t")


@pytest.mark.parametrize(
    ("labels", "class_names", "indices"),
    [
        (["10", "9", "-2.5"], ("-2.5", "9", "10"), [2, 1, 0]),
        (["1.0", "0", "1"], ("0", "1"), [1, 0, 1]),
        (["b", "a", "b"], ("a", "b"), [1, 0, 1]),
        (["yes", "10", "9"], ("10", "9", "yes"), [2, 0, 1]),
        (["0.1", "0.30000000000000004", "0.3"], ("0.1", "0.3", "0.30000000000000004"), [0, 2, 1]),
        (["1e300", "5", "5"], ("5", "1e+300"), [1, 0, 0]),
    ],
)
def test_classes_and_their_names(labels: list[str], class_names: tuple[str, ...], indices: list[int]) -> None:
    table = table_of("x,y,k\n" + "".join(f"{i},{i},{label}\n" for i, label in enumerate(labels)))
    selection = select(table, Choice(("x", "y"), "k"))
    assert selection.dataset.class_names == class_names
    assert selection.dataset.labels.tolist() == indices


def test_a_class_whose_rows_are_all_left_out_is_no_class() -> None:
    selection = select(table_of("x,y,k\n1,2,a\n,4,b\n5,6,c\n"), Choice(("x", "y"), "k"))
    assert selection.dataset.class_names == ("a", "c")
    assert selection.dataset.labels.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (Choice(("x", "lost"), "k"), "no column 'lost'; choose from x, y, k, id"),
        (Choice(("x", "k"), "y"), "line 2: the column 'k' holds 'a', which is not a number; mend it, or choose"),
        (Choice(("x", "y"), "k", REGRESSION), "choose a column of numbers as the target"),
        (Choice(("x", "y"), "id"), "'id' holds more than 1 000 different labels"),
        (Choice(("x", "id"), "k"), "'id' is text; choose a column of numbers as an input"),
        (Choice(("y", "id"), "x"), "'id' is text"),
    ],
)
def test_columns_that_do_not_suit(choice: Choice, words: str) -> None:
    table = table_of("x,y,k,id\n" + "".join(f"{i}.5,{i},{'ab'[i % 2]},n{i}\n" for i in range(2000)))
    with pytest.raises(DataError) as caught:
        select(table, choice)
    assert words in str(caught.value)


def test_numbers_of_many_values_are_no_label() -> None:
    table = table_of("x,y,k\n" + "".join(f"{i},{i},{i}.5\n" for i in range(1001)))
    with pytest.raises(
        DataError, match="more than 1 000 different labels; choose another column, or learn its numbers"
    ):
        select(table, Choice(("x", "y"), "k"))


def test_selecting_changes_nothing_in_the_table() -> None:
    table = table_of(GAPS)
    before = [column.values.copy() for column in table.columns]
    select(table, Choice(("x", "y"), "kind", missing=MEAN))
    for column, values in zip(table.columns, before, strict=True):
        assert np.array_equal(column.values, values, equal_nan=True)
