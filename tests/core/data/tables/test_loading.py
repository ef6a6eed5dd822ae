"""Reading tables: what loads, what is refused and in which words, and that nothing else ever escapes."""

import codecs
import json
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from core.base.errors import DataError
from core.data.dataset import Dataset
from core.data.tables.loading import read_table
from core.data.tables.table import Doubt
from tests.core.support import examples

EXPECTED = [[1.5, 2.0], [3.0, -4.25], [0.5, 6.0]]


def read(tmp_path: Path, content: str | bytes, name: str = "table.txt") -> Dataset:
    file = tmp_path / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(file)


def refusal(tmp_path: Path, content: str | bytes) -> str:
    """The message with which a table is refused; every one is one sentence that begins with the file's name."""
    with pytest.raises(DataError) as caught:
        read(tmp_path, content)
    message = str(caught.value)
    assert message.startswith("table.txt")
    assert message.endswith(".")
    assert "\n" not in message
    assert str(tmp_path) not in message
    assert len(message) < 200
    return message


@pytest.mark.parametrize(
    "content",
    [
        "1.5 2 a\n3 -4.25 b\n.5 6 a\n",
        "1.5 2 a\n3 -4.25 b\n.5 6 a",
        "  1.5   2\ta \n\t3 -4.25    b\n.5 6 a\n",
        "1.5\t2\ta\n3\t-4.25\tb\n0.5\t6\ta\n",
        "1.5 \t 2 \t a\n3 \t -4.25 \t b\n0.5 \t 6 \t a\n",
        "1.5,2,a\n3,-4.25,b\n0.5,6,a\n",
        "1.5, 2, a\n3, -4.25, b\n0.5, 6, a\n",
        "1.5;2;a\n3;-4.25;b\n0.5;6;a\n",
        "1,5;2,0;a\n3,0;-4,25;b\n,5;6,;a\n",
        "1,5\t2,0\ta\n3,0\t-4,25\tb\n0,5\t6,0\ta\n",
        "1,5 2,0 a\n3,0 -4,25 b\n0,5 6,0 a\n",
        "15e-1 2E0 a\n3 -4.25 b\n+0.5 6 a\n",
        "15e-1;2E0;a\n3;-42,5e-1;b\n+0.5;6;a\n",
        "1.5,2,a\r\n3,-4.25,b\r\n0.5,6,a\r\n",
        "1.5,2,a\r3,-4.25,b\r0.5,6,a\r",
        "# made by hand\n\n1.5 2 a\n   \n3 -4.25 b\n  # the last\n.5 6 a\n\n\n",
        '"1.5","2","a"\n"3","-4.25","b"\n"0.5","6","a"\n',
        '"1.5";2;a\n3;"-4,25";b\n0.5;6;a\n',
        '1.5   2 "a"\n3 -4.25 "b"\n0.5 6 "a"\n',
        '# "quoted\n1.5,2, "a"\n3,-4.25,"b"\n\n0.5,6,a\n',
    ],
)
def test_every_way_of_writing_the_same_table(tmp_path: Path, content: str) -> None:
    data = read(tmp_path, content)
    assert data.points.tolist() == EXPECTED
    assert data.labels.tolist() == [0, 1, 0]
    assert data.class_names == ("a", "b")
    assert data.column_names == ("x1", "x2")
    assert data.name == "table.txt"


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("width,height,kind\n1.5,2,a\n3,-4.25,b\n0.5,6,a\n", ("width", "height")),
        ("# by hand\n\nwidth height kind\n1.5 2 a\n3 -4.25 b\n0.5 6 a\n", ("width", "height")),
        ('"the width","height, too",kind\n1.5,2,a\n3,-4.25,b\n0.5,6,a\n', ("the width", "height, too")),
        (";;\n1,5;2;a\n3;-4,25;b\n0,5;6;a\n", ("x1", "x2")),
        ("x_1 x_2 y\n1.5 2 a\n3 -4.25 b\n0.5 6 a\n", ("x_1", "x_2")),
    ],
)
def test_a_header_names_the_columns(tmp_path: Path, content: str, names: tuple[str, str]) -> None:
    data = read(tmp_path, content)
    assert data.column_names == names
    assert data.points.tolist() == EXPECTED
    assert data.labels.tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("cp1252", b""),
    ],
)
@pytest.mark.parametrize("header", ["", "größe,höhe,art\n"])
def test_encodings(tmp_path: Path, encoding: str, mark: bytes, header: str) -> None:
    data = read(tmp_path, mark + f"{header}1.5,2,grün\n3,-4.25,weiß\n0.5,6,grün\n".encode(encoding))
    assert data.class_names == ("grün", "weiß")
    assert data.points.tolist() == EXPECTED
    assert data.column_names == (("größe", "höhe") if header else ("x1", "x2"))


@pytest.mark.parametrize(
    ("labels", "class_names", "indices"),
    [
        (["1", "0", "1"], ("0", "1"), [1, 0, 1]),
        (["1.000000e+00", "0.0", "1"], ("0", "1"), [1, 0, 1]),
        (["10", "9", "-2.5"], ("-2.5", "9", "10"), [2, 1, 0]),
        (["+1", "-1", "+1"], ("-1", "+1"), [1, 0, 1]),
        (["-0.0", "0", "7"], ("0", "7"), [0, 0, 1]),
        (["0.50", "0.5", "2"], ("0.50", "2"), [0, 0, 1]),
        (["10", "9", "b"], ("10", "9", "b"), [0, 1, 2]),
        (["1", "1.0", "one"], ("1", "1.0", "one"), [0, 1, 2]),
        (["9007199254740993", "9007199254740992", "1"], ("1", "9007199254740992", "9007199254740993"), [2, 1, 0]),
        (["1_0", "2", "2"], ("1_0", "2"), [0, 1, 1]),
        (["nan", "yes", "no"], ("nan", "no", "yes"), [0, 2, 1]),
        (["1e300", "9" * 5, "1e300"], ("99999", "1e300"), [1, 0, 1]),
    ],
)
def test_classes_and_their_names(
    tmp_path: Path, labels: list[str], class_names: tuple[str, ...], indices: list[int]
) -> None:
    data = read(tmp_path, "".join(f"{i} {i} {label}\n" for i, label in enumerate(labels)))
    assert data.class_names == class_names
    assert data.labels.tolist() == indices


def test_a_label_may_be_several_words_and_quoted(tmp_path: Path) -> None:
    data = read(tmp_path, '1,2,"very, very ""big"""\n3,4,rather small\n')
    assert data.class_names == ("rather small", 'very, very "big"')
    assert read(tmp_path, '1 2 "very big"\n3 4 small\n').class_names == ("small", "very big")


def test_what_numpy_saves_is_read(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    points, labels = rng.normal(size=(50, 2)), rng.integers(0, 3, 50)
    for delimiter in (" ", ",", ";", "\t"):
        np.savetxt(tmp_path / "t", np.column_stack([points, labels]), delimiter=delimiter, header="x1 x2 label")
        data = read_table(tmp_path / "t")
        assert np.array_equal(data.points, points)
        assert np.array_equal(data.labels, labels)
        assert data.class_names == ("0", "1", "2")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "table.txt is empty"),
        ("\n  \n# nothing\n", "table.txt is empty"),
        ("x1 x2 label\n", "has a header but no data"),
        ("1 2 a\n3 x 4\n", "line 2: the column 'x2' holds 'x', which is not a number"),
        ("# c\n\n1,2,a\n\noops,3,b\n", "line 5: the column 'x1' holds 'oops'"),
        ("x1 3 a\n1 2 b\n", "line 1: the column 'x1' holds 'x1'"),
        ("a b c\nd e f\n", "line 2: the column 'a' holds 'd'"),
        ("1 2 a\n1_000 2 b\n", "line 2: the column 'x1' holds '1_000'"),
        ("1,2,a\n1,,b\n", "line 2, column 'x2': the value is missing"),
        ("1;2;a\n1,5,5;2;b\n", "line 2: the column 'x1' holds '1,5,5'"),
        ("1 2 a\n" + "y" * 1000 + " 2 b\n", "line 2: the column 'x1' holds '" + "y" * 23 + "…'"),
        ("1 2 a\n\x1b[31m 2 b\n", r"line 2: the column 'x1' holds '\x1b[31m'"),
        ("1 2 a\nnan 2 b\n", "line 2, column 'x1': the value is missing"),
        ("nan nan a\n1 2 b\n", "line 1, column 'x1': the value is missing"),
        ("1 2 a\n1 -inf b\n", "line 2, column 'x2': the number is infinite"),
        ("1 2 a\n1 1e999 b\n", "line 2, column 'x2': the number is infinite"),
        ("1 2 1\n3 4 0\n5 6 nan\n", "line 3: the label is 'nan'"),
        ("1 2 1\n3 4 0\n5 6 " + "9" * 5000 + "\n", "line 3: the label is '99999"),
        ("1,2,a\n3,4,\n", "line 2, column 'x3': the value is missing"),
        ("1 2 a\n3 4\n", "line 2: 2 columns, but 3 are expected, as in line 1; add"),
        ("1\n2\n", "table.txt has 1 column, but two inputs and a label are expected; add"),
        ("1 0\n2 1\n", "table.txt has 2 columns, but two inputs"),
        ("1,5;0\n2,5;1\n", "table.txt has 2 columns, but two inputs"),
        ("1 2 a\n3 4 5 b\n", "line 2: 4 columns, but 3 are expected, as in line 1; remove"),
        ("1,2,3,a\n3,4,5,b\n", "table.txt has 4 columns, but two inputs"),
        (",x1,x2,label\n0,1,2,a\n1,3,4,b\n", "table.txt has 4 columns, but two inputs"),
        ("1 2 a\n3 4 a\n", "every row has the label 'a'; add rows of a second class"),
        ("1 2 1\n3 4 1.0\n", "every row has the label '1'"),
        ('1,2,"a"\n3,4,"b\n5,6,a\n', "line 2: the quotes do not match"),
        ('1,2,a\n3,4,"b"c\n', "line 2: the quotes do not match"),
        ('1,2,"a"\n   \n,,\n3,4,b\n', "line 3, column 'x1': the value is missing"),
        ("1,2,a\n,,\n3,4,b\n", "line 2, column 'x1': the value is missing"),
        (b"1 2 a\n3 \0 b\n", "holds binary data"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a picture, not a table"),
        (codecs.BOM_UTF32_LE + "1 2 a\n3 4 b\n".encode("utf-32-le"), "holds binary data"),
        (codecs.BOM_UTF16_LE + b"1\0 ", "line 1: the text has no known encoding; save the file as UTF-8"),
        (b"1 2 a\n3 4 \x81\n", "line 2: the text has no known encoding"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, content: str | bytes, words: str) -> None:
    assert words in refusal(tmp_path, content)


def test_lines_above_two_inputs_and_a_label_are_passed_over_and_said(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("Measured in May\n\nx,y,kind\n1.5,2,a\n3,-4.25,b\n.5,6,a\n")
    said: list[Doubt] = []
    data = read_table(tmp_path / "t.csv", say=said.append)
    assert (data.column_names, data.points.tolist()) == (("x", "y"), EXPECTED)
    assert "lines 1 to 2 are passed over, beginning with 'Measured in May'" in said[0].text


def test_two_inputs_and_a_label_need_not_be_text(tmp_path: Path) -> None:
    """A file of another kind needs no --target either; it was refused as binary data, or as text with wrong quotes."""
    points, labels = np.array([[1.5, 2.0], [3.0, -4.25], [0.5, 6.0]]), ["a", "b", "a"]
    rows = [{"x": x, "y": y, "kind": label} for (x, y), label in zip(points.tolist(), labels, strict=True)]
    (tmp_path / "t.json").write_text(json.dumps(rows))
    parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "t.parquet")
    np.save(tmp_path / "t.npy", np.column_stack([points, [1, 0, 1]]))
    for name in ("t.json", "t.parquet", "t.npy"):
        data = read_table(tmp_path / name)
        assert data.points.tolist() == points.tolist() and len(data.class_names) == 2, name
    np.save(tmp_path / "t.npy", np.ones((4, 4)))
    with pytest.raises(DataError, match=r"^t\.npy has 4 columns, but two inputs and a label are expected; choose .*--"):
        read_table(tmp_path / "t.npy")


def test_the_line_is_right_after_a_row_that_spans_lines(tmp_path: Path) -> None:
    assert "line 5: the column 'x2' holds 'x'" in refusal(tmp_path, '1,2,"two\nlines"\n\n3,4,b\n5,x,b\n')


def test_places_that_hold_no_table(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"^There is no file lost\.txt"):
        read_table(tmp_path / "lost.txt")
    with pytest.raises(DataError, match=r"is a folder; choose a file"):
        read_table(tmp_path)
    with pytest.raises(DataError, match="cannot be read"):
        read_table(tmp_path / ("n" * 5000))
    with pytest.raises(DataError, match="cannot be read"):
        read_table(str(tmp_path / "nul\0nul"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(DataError, match="pipe is not an ordinary file"):
        read_table(tmp_path / "pipe")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs a user whom permissions bind")
def test_a_file_without_permission(tmp_path: Path) -> None:
    file = tmp_path / "shut.txt"
    file.write_text("1 2 a\n")
    file.chmod(0)
    with pytest.raises(DataError, match=r"shut\.txt cannot be read \(Permission denied\)"):
        read_table(file)


def test_a_large_table_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "large.txt"
    n = 100_000
    file.write_text("".join(f"{i / 7:.6f} {-i / 3:.6f} {i % 2}\n" for i in range(n)))
    data = read_table(file)
    assert len(data) == n
    assert data.points == pytest.approx(np.loadtxt(file)[:, :2])


fragments = st.sampled_from(
    [
        "1",
        "2.5",
        "-3e2",
        "1,5",
        "nan",
        "inf",
        "1_0",
        "a",
        "",
        " ",
        "\t",
        ",",
        ";",
        "\n",
        "\r\n",
        "\r",
        '"',
        "#",
        "\x00",
        "é",
        "\ufeff",
        "\u2028",
        "\x85",
        "\x1c",
        "x1",
        "٣",
        "1e999",
        "9" * 400,
        "0x10",
        "\x0b",
    ]
)
tables = st.lists(st.tuples(fragments, fragments, fragments), min_size=1).map(
    lambda rows: "\n".join(",".join(row) for row in rows)
)
texts = st.one_of(st.text(), st.lists(fragments).map("".join), tables)
encodings = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
contents = st.one_of(st.binary(), st.builds(lambda text, code: text.encode(code, "ignore"), texts, encodings))


def assert_loads_or_refuses(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    try:
        data = read_table(file)
    except DataError as error:
        message = str(error)
    else:
        assert data.n_classes >= 2
        assert len(set(data.class_names)) == data.n_classes
        assert set(data.labels.tolist()) == set(range(data.n_classes))
        return
    assert message.startswith("table.txt")
    assert "\n" not in message


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=contents)
@example(content=b",,\x01\n,")  # NumPy warns of what has no data
def test_any_bytes_load_or_are_refused(tmp_path: Path, content: bytes) -> None:
    assert_loads_or_refuses(tmp_path / "table.txt", content)


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_table_loads_or_is_refused(tmp_path: Path, data: st.DataObject) -> None:
    good = data.draw(
        st.sampled_from([b'x,y,k\n1,2,a\n"3",4,b\n5,6,a\n', b"1,5;2;0\n3;4;1\n5;6;1\n", b"1 2 0\n3 4 1\n"])
    )
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, len(good)))
    patch = data.draw(st.one_of(st.binary(max_size=4), fragments.map(lambda text: text.encode())))
    assert_loads_or_refuses(tmp_path / "table.txt", good[:start] + patch + good[end:])


finite = st.floats(allow_nan=False, allow_infinity=False)


@settings(max_examples=examples(50), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(finite, finite, st.integers(-3, 3)), min_size=2).filter(
        lambda r: len({k for *_, k in r}) > 1
    ),
    delimiter=st.sampled_from([" ", ",", ";", "\t", ", ", " \t"]),
    header=st.booleans(),
)
def test_what_is_written_is_read(
    tmp_path: Path, rows: list[tuple[float, float, int]], delimiter: str, header: bool
) -> None:
    lines = [delimiter.join(("left", "right", "kind"))] * header + [delimiter.join(map(repr, row)) for row in rows]
    data = read(tmp_path, "\n".join(lines))
    assert data.points.tolist() == [[x1, x2] for x1, x2, _ in rows]
    assert [int(data.class_names[k]) for k in data.labels] == [k for *_, k in rows]
    assert data.class_names == tuple(str(k) for k in sorted({k for *_, k in rows}))
    assert data.column_names == (("left", "right") if header else ("x1", "x2"))
