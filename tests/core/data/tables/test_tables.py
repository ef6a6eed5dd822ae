"""Tables as people write them: each loads right at the first try, or is refused in words that a person can act on."""

from __future__ import annotations

import codecs
import math
from pathlib import Path

import numpy as np
import pytest

from core.base.errors import Cancelled, DataError
from core.data.tables.column_choice import Choice, default_choice
from core.data.tables.column_selection import SelectedColumns, select
from core.data.tables.reading import Reading
from core.data.tables.sniffing import sniff
from core.data.tables.source import Source
from core.data.tables.table import Table
from core.data.tables.table_files import open_table
from tests.core.support import read_text

NAN = math.nan


def load(content: str | bytes, given: Reading | dict[str, object] | None = None) -> Table:
    return read_text(content, given)


def found(raw: bytes, given: dict[str, object] | None = None) -> Reading:
    return sniff(Source("the text", raw), given)


def chosen(content: str | bytes) -> SelectedColumns:
    table = load(content)
    return select(table, default_choice(table))


def refusal(content: str | bytes) -> str:
    """The words with which a table, or its default choice, is refused."""
    with pytest.raises(DataError) as caught:
        chosen(content)
    message = str(caught.value)
    assert message.startswith("table.txt")
    assert message.endswith(".")
    assert "\n" not in message
    assert len(message) < 220
    return message


POINTS = [[1.5, 2.0], [3.0, -4.25], [0.5, 6.0]]

SAME = {
    "comma": "x,y,kind\n1.5,2,a\n3,-4.25,b\n0.5,6,a\n",
    "no header": "1.5,2,a\n3,-4.25,b\n0.5,6,a",
    "semicolons, decimal commas": "x;y;kind\n1,5;2;a\n3;-4,25;b\n0,5;6;a\n",
    "tabs, decimal commas": "x\ty\tkind\n1,5\t2\ta\n3\t-4,25\tb\n0,5\t6\ta\n",
    "white space, decimal commas": "x y kind\n1,5 2,0 a\n3,0 -4,25 b\n0,5 6,0 a\n",
    "pipes": "x|y|kind\n1.5|2|a\n3|-4.25|b\n0.5|6|a\n",
    "CRLF": "x,y,kind\r\n1.5,2,a\r\n3,-4.25,b\r\n0.5,6,a\r\n",
    "CR": "x,y,kind\r1.5,2,a\r3,-4.25,b\r0.5,6,a\r",
    "UTF-8 with mark": codecs.BOM_UTF8 + b"x,y,kind\n1.5,2,a\n3,-4.25,b\n0.5,6,a\n",
    "UTF-16": codecs.BOM_UTF16_LE + "x,y,kind\n1.5,2,a\n3,-4.25,b\n0.5,6,a\n".encode("utf-16-le"),
    "UTF-16, high first": codecs.BOM_UTF16_BE + "x,y,kind\n1.5,2,a\n3,-4.25,b\n0.5,6,a\n".encode("utf-16-be"),
    "UTF-16 without mark": "x\ty\tkind\n1.5\t2\ta\n3\t-4.25\tb\n0.5\t6\ta\n".encode("utf-16-le"),
    "UTF-16, high first, without mark": "x;y;kind\n1.5;2;a\n3;-4.25;b\n0.5;6;a\n".encode("utf-16-be"),
    "comments #": "# one\n#two, three\nx,y,kind\n1.5,2,a\n3,-4.25,b\n  # four\n0.5,6,a\n",
    "comments %": "% one\n% two\nx y kind\n1.5 2 a\n3 -4.25 b\n%three\n0.5 6 a\n",
    "comments //": "// one\nx,y,kind\n1.5,2,a\n//\n3,-4.25,b\n0.5,6,a\n",
    "trailing delimiters": "x,y,kind,\n1.5,2,a,\n3,-4.25,b,\n0.5,6,a,\n",
    "trailing delimiters but in the header": "x;y;kind\n1.5;2;a;\n3;-4.25;b;\n0.5;6;a;\n",
    "thousands of blank lines": "\n" * 3000
    + "x,y,kind\n1.5,2,a\n"
    + "\n \n" * 3000
    + "3,-4.25,b\n0.5,6,a"
    + "\n" * 3000,
    "label first": "kind,x,y\na,1.5,2\nb,3,-4.25\na,0.5,6\n",
    "spaces around": "x , y , kind\n1.5 , 2 , a\n3 , -4.25 , b\n0.5 , 6 , a\n",
    "everything quoted": '"x","y","kind"\n"1.5","2","a"\n"3","-4.25","b"\n"0.5","6","a"\n',
    "quoted, decimal commas": '"x","y","kind"\n"1,5","2,0","a"\n"3,0","-4,25","b"\n"0,5","6,0","a"\n',
    "single quotes": "x,y,kind\n1.5,2,'a'\n3,-4.25,'b'\n0.5,6,'a'\n",
    "title above": "Measured in May\n\nx,y,kind\n1.5,2,a\n3,-4.25,b\n0.5,6,a\n",
    "row names without a name": '"x" "y" "kind"\n"1" 1.5 2 "a"\n"2" 3 -4.25 "b"\n"3" 0.5 6 "a"\n',
    "index without a name": ",x,y,kind\n0,1.5,2,a\n1,3,-4.25,b\n2,0.5,6,a\n",
    "minus signs of print": "x;y;kind\n1.5;2;a\n3;\u22124.25;b\n0.5;6;a\n",
    "exponents": "x\ty\tkind\n15e-1\t2E0\ta\n3\t-425e-2\tb\n+0.5\t6.\ta\n",
    "another column of text": 'who,x,y,kind\n"Doe, J",1.5,2,a\n"Roe ""R""",3,-4.25,b\n"Poe\nP",0.5,6,a\n',
    "a date first": "when;x;y;kind\n2024-05-01;1,5;2;a\n2024-05-02;3;-4,25;b\n2024-05-03;0,5;6;a\n",
}


@pytest.mark.parametrize("content", SAME.values(), ids=SAME.keys())
def test_every_way_of_writing_the_same_points(content: str | bytes) -> None:
    selection = chosen(content)
    assert selection.dataset.points.tolist() == POINTS
    assert selection.dataset.points.dtype == np.float64
    assert selection.dataset.labels.tolist() == [0, 1, 0]
    assert selection.dataset.labels.dtype == np.int64
    assert selection.dataset.class_names == ("a", "b")
    assert (selection.dropped, selection.filled, selection.dataset.targets) == (0, 0, None)
    if content != SAME["no header"]:
        assert selection.dataset.column_names == ("x", "y")
        assert selection.dataset.target_name == "kind"


REFUSED = {
    "": "table.txt is empty; it needs rows of numbers.",
    "\n \n# nothing\n": "table.txt is empty",
    "x,y,label\n": "has a header but no data",
    "x,y,k\n1,2,a\n3,4\n5,6,b\n": "line 3: 2 columns, but 3 are expected, as in line 2; add what is missing",
    "x,y,k\n1,2,a\n3,4,b,5\n5,6,b\n": "line 3: 4 columns, but 3 are expected, as in line 2; remove what is too many",
    'x,y,k\n1,2,"a\n3,4,b\n': "line 2: the quotes do not match",
    'x,y,k\n1,2,"a"b\n3,4,b\n': "line 2: the quotes do not match",
    '"1 2 3\n# 4 5 6\n# 7 8 9\n': "line 1: the quotes do not match",
    ("1," * 99_999 + "1\n") * 2: "line 1: more than 10 000 columns; keep those",
    ("word " * 99_999 + "word\n") * 2: "line 1: more than 10 000 columns; keep those",
    "1" * 5_000_000: "line 1: the line has more than",
    "x,y,k\n1,2,a\n3,4,a\n": "every row has the label 'a'; add rows of a second class",
    "x,y,class\n1,2,7\n3,4,7\n": "every row has the label '7'",
    "a,b\nd,e\ng,h\n": "no columns of numbers among 2; two inputs and a label or target are needed",
    "x,k\n1,a\n2,b\n": "1 column of numbers among 2",
    "1\n2\n3\n": "1 column of numbers among 1",
    "x,y,k\n,2,a\n1,,b\n": "something is missing in every row",
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01": "a picture, not a table; type the table, or paste it here",
    b"x,y,k\n1,2,a\n" * 20_000 + b"\0": "holds binary data",
    b"%PDF-1.7\n%\xe2\xe3": "is a PDF document, not a table",
    b"PK\x03\x04\x14\0": "is a zip archive, not a table",
    b"<!DOCTYPE html><html></html>": "is a web page, not a table",
    b"x,y,k\n1,2,\x81\n": "line 2: the text has no known encoding; save the file as UTF-8",
    codecs.BOM_UTF16_LE + b"1\0,": "line 1: the text has no known encoding",
}


@pytest.mark.parametrize(("content", "words"), REFUSED.items(), ids=range(len(REFUSED)))
def test_what_is_wrong_is_said(content: str | bytes, words: str) -> None:
    assert words in refusal(content)


@pytest.mark.parametrize(
    ("content", "field", "value"),
    [
        ("x,y\n1,2\n", "delimiter", ","),
        ("x;y\n1,5;2\n", "decimal", ","),
        ("x;y\n1.5;2\n", "decimal", "."),
        ("x;y\n1;2\n", "decimal", ".,"),
        ('x,y\n"1,234","5,678"\n', "thousands", ","),
        ("x;y\n1,234.5;2\n", "thousands", ","),
        ("x;y\n1.234,5;2\n", "thousands", "."),
        ("x;y\n1'234.5;2\n", "thousands", "'"),
        ("x;y\n1 234,5;2\n", "thousands", " "),
        ("x;y\n1,234;5,678\n", "decimal", ","),
        ("x,y\n1,2\n", "header", True),
        ("1,2\n3,4\n", "header", False),
        ("nan,1\n3,4\n", "header", False),
        ("a,b\nc,d\n", "header", True),
        ("a,b\na,d\n", "header", False),
        ("% c\n1,2\n3,4\n", "comment", "%"),
        ("// c\n1,2\n3,4\n", "comment", "//"),
        ("#1,2,3\n#2,3,4\n", "comment", ""),
        ("1,'a,b'\n2,'c'\n", "quote", "'"),
        ("1,it's\n2,'c'\n3,d\n", "quote", '"'),
        ("title\n\nx,y\n1,2\n3,4\n5,6\n", "skip", 2),
        (b"1,\xe4\n2,b\n", "encoding", "cp1252"),
        ("1,ä\n2,b\n".encode(), "encoding", "utf-8"),
        (b"1,2\n" * 300_000 + b"1,\xe4\n", "encoding", "cp1252"),
    ],
)
def test_how_a_file_is_read_is_found(content: str | bytes, field: str, value: object) -> None:
    raw = content if isinstance(content, bytes) else content.encode()
    assert getattr(found(raw), field) == value


def test_what_is_given_is_not_looked_for() -> None:
    text = "1,5;2,5\n3,5;4,5\n"
    assert load(text).column("x1").values.tolist() == [1.5, 3.5]
    by_comma = load(text, {"delimiter": ","})
    assert by_comma.names == ("x1", "x2", "x3")
    assert by_comma.column("x2").texts == ("5;2", "5;4")
    first_names = load(text, {"header": True})
    assert first_names.names == ("1,5", "2,5")
    assert len(first_names) == 1
    assert load("a;b\n1;2\n3;4\n", {"skip": 2}).column("x1").values.tolist() == [3.0]
    assert load("1;2\n!3;4\n", {"comment": "!"}).column("x1").values.tolist() == [1.0]
    assert load("1:2\n3:4\n", {"delimiter": ":"}).column("x2").values.tolist() == [2.0, 4.0]
    assert load('1;"2"\n3;"4"\n', {"quote": ""}).column("x2").texts == ('"2"', '"4"')
    assert load("1,500;2\n2,500;2\n", {"decimal": "."}).column("x1").values.tolist() == [1500.0, 2500.0]
    assert load("1,500;2\n2,500;2\n", {"decimal": ".", "thousands": ""}).column("x1").texts == ("1,500", "2,500")
    assert load("1,500;2\n2,500;2\n", {"thousands": ","}).column("x1").values.tolist() == [1500.0, 2500.0]
    assert load(b"1;\xe4\n2;\xf6\n", {"encoding": "cp1251"}).column("x2").texts == ("д", "ц")
    reading = Reading(delimiter=";", decimal=",")
    assert load(text, reading).reading == reading


def test_a_wrong_encoding_is_told_with_the_line_that_shows_it() -> None:
    with pytest.raises(DataError, match=r"^table\.txt, line 3: the text is not UTF-8; choose another, or save"):
        load(b"1;a\n2;b\n3;\xe4\n", {"encoding": "utf-8"})


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"encoding": "klingon"}, "encoding is 'klingon'"),
        ({"encoding": ["utf-8"]}, "encoding is"),
        ({"delimiter": "ab"}, "delimiter is 'ab'"),
        ({"delimiter": "1"}, "delimiter is '1'"),
        ({"delimiter": "\n"}, "delimiter is"),
        ({"delimiter": ""}, "delimiter is ''"),
        ({"decimal": "x"}, "decimal is 'x'"),
        ({"thousands": ".", "decimal": "."}, "both '.'"),
        ({"header": 1}, "header is 1"),
        ({"comment": ",", "delimiter": ","}, "both ','"),
        ({"comment": "1"}, "comment is '1'"),
        ({"quote": "''"}, "quote is"),
        ({"quote": ",", "delimiter": ","}, "both ','"),
        ({"skip": -1}, "skip is -1"),
        ({"skip": True}, "skip is True"),
        ({"colour": "red"}, "no field 'colour'"),
    ],
)
def test_a_reading_is_validated(fields: dict[str, object], words: str) -> None:
    with pytest.raises(DataError) as caught:
        found(b"1,2\n", fields)
    assert words in str(caught.value)
    if "colour" not in fields:
        with pytest.raises(DataError):
            Reading(**fields)  # type: ignore[arg-type]


def test_what_is_given_is_kept_and_the_rest_gives_way() -> None:
    assert found(b"1,2\n", {"thousands": ","}) == Reading(thousands=",")
    assert found(b"1.234,5;2\n", {"thousands": "."}) == Reading(delimiter=";", decimal=",", thousands=".")
    assert found(b"1,2\n3,4\n", {"quote": ","}).quote == ","
    assert found(b"#1#,2\n#3#,4\n", {"quote": "#"}).comment == "%"


# --- columns


def test_names_are_made_unique() -> None:
    assert load("x,x,,x,k\n1,2,3,4,a\n").names == ("x", "x (2)", "x3", "x (3)", "k")
    assert load("x2,,x2\n1,2,3\n").names == ("x2", "x2 (2)", "x2 (3)")
    assert load("x,x,x (2)\n1,2,3\n").names == ("x", "x (3)", "x (2)")
    assert len(load("n" * 500 + ",b\n1,2\n").names[0]) == 60


def test_missing_numbers_are_nan_and_infinity_stays() -> None:
    values = load("x,y\n1,2\n,NA\nnan,?\ninf,-\n-1e999,null\n").column("x").values
    assert np.array_equal(values, [1.0, NAN, NAN, math.inf, -math.inf], equal_nan=True)


def test_a_few_strays_leave_a_column_of_numbers_and_are_kept() -> None:
    rows = [f"{i},{i / 2},a" for i in range(100)]
    rows[40] = "forty,20,a"
    column = load("x,y,k\n" + "\n".join(rows)).column("x")
    assert column.kind == "numbers"
    assert dict(column.strays) == {40: "forty"}
    assert math.isnan(column.values[40])
    assert column.values[41] == 41.0


def test_a_column_that_turns_out_to_be_text_late_is_text_from_the_start() -> None:
    text = "x,code\n" + "1.5,1\n" * 50_000 + "2.5,1.0\n2.5,b\n" * 50_000
    column = load(text).column("code")
    assert column.kind == "text"
    assert column.texts == ("1", "1.0", "b")
    assert np.bincount(column.values.astype(int)).tolist() == [50_000, 50_000, 50_000]


def test_text_that_varies_very_much_is_not_kept() -> None:
    column = load("\n".join(f"{i},{i},id{i}" for i in range(5000))).column("x3")
    assert column.varied
    assert column.texts == ()
    assert np.isnan(column.values).all()


def test_texts_are_told_apart_without_the_space_around_them() -> None:
    column = load('1, a b\n2,"a  b "\n3,\n4,c\n').column("x2")
    assert column.texts == ("a b", "c")
    assert np.array_equal(column.values, [0, 0, NAN, 1], equal_nan=True)
    assert column.cells() == ["a b", "a b", "", "c"]


def test_columns_can_be_called_text() -> None:
    table = read_text("1,2,1.50\n3,4,2\n", text_columns=("x3",))
    assert table.column("x3").texts == ("1.50", "2")
    assert table.column("x2").kind == "numbers"
    assert open_table(b"1,2,a\n3,4,b\n").name == "The clipboard"


def test_decimal_commas_that_come_late() -> None:
    text = "x;y;k\n" + "1;2;a\n" * 40_000 + "1,5;2;b\n" * 40_000
    assert load(text).column("x").values.sum() == 40_000 * 2.5


def test_texts_keep_their_commas_beside_decimal_commas() -> None:
    rows = ["1,5;2;a\n"] * 5000 + ["1,5;2;b,c\n", "1,5;2;b.c\n"] * 5000 + ["2,5;2;d,e\n"]
    table = load("".join(rows))
    assert table.column("x3").texts == ("a", "b,c", "b.c", "d,e")
    assert table.column("x3").cells() == [row[6:-1] for row in rows]
    assert table.column("x1").values.sum() == 1.5 * 15_000 + 2.5


def test_lines_are_known_without_a_list_of_them() -> None:
    table = load("# c\nx,y,k\n1,2,a\n\n\n3,4,b\n" + "5,6,a\n" * 30_000 + '\n7,8,"two\nlines"\n9,10,b\n')
    assert [table.place(row) for row in (0, 1, 2, 30_001)] == ["line 3", "line 6", "line 7", "line 30006"]
    assert [table.place(row) for row in (30_002, 30_003)] == ["line 30008", "line 30010"]
    assert table.column("k").texts == ("a", "b", "two lines")


def test_a_line_of_white_space_of_any_kind_is_blank() -> None:
    table = load("b\nb\nc\n\x0b\nb\n")
    assert [table.place(row) for row in range(len(table))] == ["line 1", "line 2", "line 3", "line 5"]


def test_the_fast_and_the_careful_way_agree() -> None:
    rng = np.random.default_rng(3)
    rows = [f"{x!r},{y!r},{k}" for x, y, k in zip(*rng.normal(size=(2, 9000)).tolist(), "abc" * 3000, strict=True)]
    fast = load("\n".join(rows))
    careful = load("\n".join(line if i % 50 else line + "," for i, line in enumerate(rows)))
    assert fast.column("x3").texts == careful.column("x3").texts == ("a", "b", "c")
    for name in fast.names:
        assert np.array_equal(fast.column(name).values, careful.column(name).values)


def test_tables_are_read_only() -> None:
    table = load("1,2,a\n3,4,b\n")
    with pytest.raises(ValueError, match="read-only"):
        table.columns[0].values[0] = 5.0
    with pytest.raises(DataError, match=r"has no column 'z'; choose from x1, x2, x3\.$"):
        table.column("z")


# --- progress


@pytest.mark.parametrize("way", ["false", "error"])
def test_reading_can_be_cancelled(tmp_path: Path, way: str) -> None:
    file = tmp_path / "t.csv"
    file.write_text("1,2,a\n3,4,b\n" * 50_000)
    told: list[float] = []

    def progress(fraction: float) -> bool:
        told.append(fraction)
        if len(told) == 3 and way == "error":
            raise Cancelled
        return len(told) < 3

    with pytest.raises(Cancelled):
        open_table(file, progress=progress)
    assert len(told) == 3


def test_progress_rises_to_one(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("1,2,a\n3,4,b\n" * 50_000)
    told: list[float] = []
    table = open_table(file, progress=told.append)
    assert len(table) == 100_000
    assert told == sorted(told)
    assert told[0] > 0.0
    assert told[-1] == 1.0


# --- data sets that scikit-learn ships as files


@pytest.mark.parametrize(
    ("name", "rows", "inputs"), [("iris", 150, 4), ("wine_data", 178, 13), ("breast_cancer", 569, 30)]
)
def test_tables_of_scikit_learn(name: str, rows: int, inputs: int) -> None:
    sklearn_data = pytest.importorskip("sklearn.datasets.data")
    table = open_table(Path(sklearn_data.__path__[0]) / f"{name}.csv")
    choice = default_choice(table)
    selection = select(table, Choice(choice.shown, choice.target, choice.task, table.names[:-1]))
    loader = {"iris": "load_iris", "wine_data": "load_wine", "breast_cancer": "load_breast_cancer"}[name]
    datasets = pytest.importorskip("sklearn.datasets")
    expected = getattr(datasets, loader)()
    assert choice.target == table.names[-1]
    assert selection.dataset.points.shape == (rows, inputs)
    assert np.array_equal(selection.dataset.points, expected.data)
    assert np.array_equal(selection.dataset.labels, expected.target)
