"""Kinds of files besides text, and previews."""

from __future__ import annotations

import io
import math
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.base.errors import Cancelled, DataError
from core.data.tables.column_choice import Choice, default_choice
from core.data.tables.column_selection import select
from core.data.tables.loading import read_chosen
from core.data.tables.table import Table
from core.data.tables.table_files import open_table, preview

NAN = math.nan


def saved(tmp_path: Path, save: Callable[[Path], object], name: str = "data.npy") -> Path:
    file = tmp_path / name
    save(file)
    return file


def columns(table: Table) -> dict[str, list[str | float]]:
    return {column.name: column.cells() for column in table.columns}


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("kind", ["f8", "f4", ">f8", "i4", "u1", "?", "f2"])
def test_an_array_of_two_dimensions(tmp_path: Path, kind: str, order: str) -> None:
    array = np.array([[1, 0, 1], [0, 1, 0]], dtype=kind, order=order)  # type: ignore[call-overload]
    table = open_table(saved(tmp_path, lambda file: np.save(file, array)))
    assert columns(table) == {"x1": [1.0, 0.0], "x2": [0.0, 1.0], "x3": [1.0, 0.0]}
    assert table.name == "data.npy"
    assert table.place(0) == "row 1"


def test_a_structured_array(tmp_path: Path) -> None:
    array = np.array([(1.5, 2, "rot"), (NAN, 3, ""), (2.5, 4, "grün")], [("größe", "f8"), ("n", "i4"), ("art", "U9")])
    table = open_table(saved(tmp_path, lambda file: np.save(file, array)))
    assert table.names == ("größe", "n", "art")
    assert table.column("art").texts == ("rot", "grün")
    assert np.array_equal(table.column("größe").values, [1.5, NAN, 2.5], equal_nan=True)
    assert table.column("art").cells() == ["rot", "", "grün"]


def test_an_array_of_texts_is_read_like_a_sheet(tmp_path: Path) -> None:
    array = np.array([["x", "y", "kind"], ["1.5", "2", "a"], ["3", "-4", "b"]])
    table = open_table(saved(tmp_path, lambda file: np.save(file, array)))
    assert columns(table) == {"x": [1.5, 3.0], "y": [2.0, -4.0], "kind": ["a", "b"]}


def test_arrays_of_equal_length_are_the_columns_of_an_archive(tmp_path: Path) -> None:
    arrays = {"a": np.arange(4.0), "b": np.arange(4), "kind": np.array(["u", "v", "u", "v"]), "seed": np.array(3)}
    table = open_table(saved(tmp_path, lambda file: np.savez(file, **arrays), "data.npz"))
    assert columns(table) == {"a": [0, 1, 2, 3], "b": [0, 1, 2, 3], "kind": ["u", "v", "u", "v"]}


def test_a_matrix_and_what_belongs_to_it(tmp_path: Path) -> None:
    arrays = {"X": np.arange(8.0).reshape(4, 2), "y": np.array([0, 1, 0, 1]), "history": np.arange(7.0)}
    table = open_table(saved(tmp_path, lambda file: np.savez_compressed(file, **arrays), "data.npz"))
    assert table.names == ("X1", "X2", "y")
    selection = select(table, default_choice(table))
    assert selection.dataset.labels.tolist() == [0, 1, 0, 1]
    assert selection.dataset.points.tolist() == arrays["X"].tolist()


@pytest.mark.parametrize(
    ("save", "words"),
    [
        (lambda file: np.save(file, np.zeros((2, 3, 4))), "shape (2, 3, 4); save one table"),
        (lambda file: np.save(file, np.float64(3.0)), "shape ()"),
        (lambda file: np.save(file, np.zeros((0, 3))), "is empty"),
        (lambda file: np.save(file, np.zeros((2, 0))), "holds an array of shape (2, 0)"),
        (lambda file: np.save(file, np.zeros((2, 20_000))), "more than 10 000 columns"),
        (lambda file: np.save(file, np.array([{}, None]), allow_pickle=True), "holds Python objects"),
        (lambda file: np.savez(file, a=np.zeros((2, 2)), b=np.zeros((2, 2))), "holds 2 tables (a, b)"),
        (lambda file: np.savez(file, a=np.zeros(2), b=np.zeros(3)), "columns of different lengths (a, b)"),
        (lambda file: np.savez(file, a=np.array([{}, None])), "holds Python objects"),
        (lambda file: np.savez(file, a=np.float64(1.0)), "holds nothing"),
    ],
)
def test_arrays_that_are_no_table(tmp_path: Path, save: Callable[[object], object], words: str) -> None:
    buffer = io.BytesIO()
    save(buffer)
    file = tmp_path / "data.bin"
    file.write_bytes(buffer.getvalue())
    with pytest.raises(DataError) as caught:
        open_table(file)
    assert words in str(caught.value)
    assert str(caught.value).startswith("data.bin")


def test_damaged_arrays_are_refused(tmp_path: Path) -> None:
    whole = io.BytesIO()
    np.save(whole, np.zeros((50, 3)))
    archive = io.BytesIO()
    np.savez(archive, a=np.zeros((50, 3)))
    file = tmp_path / "data"
    for raw in (whole.getvalue(), archive.getvalue()):
        for cut in (7, 9, 60, 100, 200, len(raw) - 8, len(raw) - 1):
            file.write_bytes(raw[:cut])
            with pytest.raises(DataError):
                open_table(file)
        for place in range(0, min(len(raw), 400), 7):
            file.write_bytes(raw[:place] + bytes([raw[place] ^ 0x55]) + raw[place + 1 :])
            try:
                open_table(file)
            except DataError as error:
                assert str(error).startswith("data")


def test_a_header_that_promises_too_much_takes_no_memory(tmp_path: Path) -> None:
    raw = io.BytesIO()
    np.lib.format.write_array_header_1_0(raw, {"descr": "<f8", "fortran_order": False, "shape": (10**10, 3)})
    file = tmp_path / "data.npz"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.npy", raw.getvalue())
    with pytest.raises(DataError, match="is damaged or no array file"):
        open_table(file)
    (tmp_path / "data.npy").write_bytes(raw.getvalue())
    with pytest.raises(DataError, match="damaged"):
        open_table(tmp_path / "data.npy")


def test_reading_arrays_can_be_cancelled(tmp_path: Path) -> None:
    for save, name in ((np.save, "a.npy"), (np.savez, "a.npz")):
        file = tmp_path / name
        save(file, np.zeros((2, 3)))
        with pytest.raises(Cancelled):
            open_table(file, progress=lambda _: False)
        told: list[float] = []
        open_table(file, progress=told.append)
        assert told[-1] == 1.0


# --- workbooks


def workbook(file: Path, rows: list[list[object]], before: int = 0) -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    for _ in range(before):
        sheet.append([])
    for row in rows:
        sheet.append(row)
    book.save(file)
    return file


def test_a_workbook(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Measured in May"],
        [],
        ["x", "y", "kind"],
        [1.5, 2, "a"],
        [3, None, "b"],
        [0.5, 6, "a"],
    ]
    table = open_table(workbook(tmp_path / "data.xlsx", rows))
    assert table.names == ("x", "y", "kind")
    assert np.array_equal(table.column("y").values, [2, NAN, 6], equal_nan=True)
    assert table.column("kind").texts == ("a", "b")
    assert table.place(1) == "row 5"
    assert open_table(tmp_path / "data.xlsx", {"header": False, "skip": 3}).names == ("x1", "x2", "x3")


def test_a_workbook_of_many_rows_whose_column_turns_out_to_be_text(tmp_path: Path) -> None:
    rows: list[list[object]] = [[i, i / 2, 1 if i < 1500 else "b"] for i in range(3000)]
    told: list[float] = []
    table = open_table(workbook(tmp_path / "data.xlsx", rows), progress=told.append)
    assert len(table) == 3000
    assert table.column("x3").texts == ("1", "b")
    assert told
    with pytest.raises(Cancelled):
        open_table(tmp_path / "data.xlsx", progress=lambda _: False)


def test_a_workbook_without_a_table(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"data\.xlsx is empty"):
        open_table(workbook(tmp_path / "data.xlsx", []))
    with pytest.raises(DataError, match="row 251: 3 columns, but 2 are expected, as in row 1"):
        open_table(workbook(tmp_path / "data.xlsx", [[1, 2]] * 250 + [[1, 2, 3]]))


def test_a_workbook_with_more_above_its_table_than_is_surveyed(tmp_path: Path) -> None:
    rows: list[list[object]] = [["note"] for _ in range(300)] + [["a", "b"], [1, 2], [3, 4]]
    assert columns(open_table(workbook(tmp_path / "data.xlsx", rows), {"skip": 300})) == {"a": [1, 3], "b": [2, 4]}


def test_a_cell_far_from_the_table_is_told_of(tmp_path: Path) -> None:
    far: list[list[object]] = [[*[None] * 600, "note"], *[[i, i / 2, -i] for i in range(60)]]
    with pytest.raises(DataError, match="row 1: it reaches to column 601, but nearly all cells up to there are empty"):
        open_table(workbook(tmp_path / "data.xlsx", far))
    assert open_table(tmp_path / "data.xlsx", {"skip": 1}).names == ("x1", "x2", "x3")
    assert len(open_table(workbook(tmp_path / "data.xlsx", far[:30])).names) == 3, "a small sheet can be far apart"


def fake_workbook(file: Path) -> Path:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return file


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    with pytest.raises(DataError, match=r"data\.xlsx cannot be read as a workbook"):
        open_table(fake_workbook(tmp_path / "data.xlsx"))


def test_without_calamine_the_command_that_installs_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(DataError) as caught:
        open_table(fake_workbook(tmp_path / "data.xlsx"))
    assert f"`{sys.executable} -m pip install python-calamine`" in str(caught.value)


def test_labels_in_an_array_of_texts_stay_as_they_are_written(tmp_path: Path) -> None:
    np.save(tmp_path / "codes.npy", np.array([["x", "y", "k"], ["1", "2", "007"], ["3", "4", "7"]]))
    assert read_chosen(tmp_path / "codes.npy", Choice(("x", "y"), "k")).class_names == ("007", "7")


# --- preview


def test_a_preview_shows_cells_as_they_are_written(tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_text("# c\nx;y;kind\n1,50;2;a\n3;;b\n" + "5;6;a\n" * 500)
    shown = preview(file, rows=3)
    assert shown.table.names == ("x", "y", "kind")
    assert shown.table.kinds == ("numbers", "numbers", "text")
    assert shown.rows == (("1,50", "2", "a"), ("3", "", "b"), ("5", "6", "a"))
    assert [shown.table.place(row) for row in range(3)] == ["line 3", "line 4", "line 5"]
    assert not shown.problem
    assert shown.table.reading is not None
    assert (shown.table.reading.delimiter, shown.table.reading.decimal) == (";", ",")
    assert default_choice(shown.table).target == "kind"
    assert len(preview(file).rows) == 100


def test_a_preview_by_a_wrong_reading_shows_what_comes_of_it(tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_bytes(b"x;gr\xf6\xdfe\n1,5;2\n3;4\n")
    by_comma = preview(file, {"delimiter": ",", "encoding": "utf-8"})
    assert "line" in by_comma.problem
    assert by_comma.rows[0][0].startswith("x;gr\ufffd")
    ragged = preview(b"x,y\n1,2\n3\n4,5,6\n")
    assert ragged.rows == (("1", "2"), ("3", ""), ("4", "5"))
    assert ragged.problem == (
        "The clipboard, line 3: 1 column, but 2 are expected, as in line 2; add what is missing, or remove the line."
    )
    open_quote = preview(b'x,y\n1,2\n3,"4\n')
    assert open_quote.rows == (("1", "2"),)
    assert "line 3: the quotes do not match" in open_quote.problem
    assert "no data" in preview(b"x,y,label\n").problem


def test_a_preview_of_a_huge_file_reads_its_beginning_only(tmp_path: Path) -> None:
    file = tmp_path / "huge.csv"
    with file.open("wb") as stream:
        stream.write(b"x,y,k\n" + b"1,2,a\n" * 200_000)
        stream.truncate(1 << 40)  # a terabyte, of which the disk holds a megabyte
    shown = preview(file)
    assert len(shown.rows) == 100
    assert not shown.problem


def test_a_preview_reads_on_where_the_beginning_holds_too_few_rows(tmp_path: Path) -> None:
    file = tmp_path / "wide.csv"
    file.write_text("\n".join(f"{row},{row / 2},{'n' * 30_000}{row}" for row in range(60)))
    assert file.stat().st_size > 1 << 20
    assert len(preview(file).rows) == 60
    file.write_text("\n".join(["title"] * 300_000 + ["x,y,k", "1,2,a", "3,4,b"]))
    shown = preview(file, {"skip": 300_000})
    assert (shown.table.names, shown.rows) == (("x", "y", "k"), (("1", "2", "a"), ("3", "4", "b")))


def test_previews_of_other_files(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.arange(3000.0).reshape(1000, 3) / 2)
    shown = preview(tmp_path / "a.npy", rows=2)
    assert shown.rows == (("0", "0.5", "1"), ("1.5", "2", "2.5"))
    assert (shown.table.reading, shown.table.kinds, shown.table.place(1)) == (None, ("numbers",) * 3, "row 2")
    np.savez(tmp_path / "a.npz", a=np.array([1.0, NAN]), b=np.array(["u", "v"]))
    assert preview(tmp_path / "a.npz").rows == (("1", "u"), ("", "v"))
    workbook(tmp_path / "a.xlsx", [["x", "y"], [1, 2.5], [3, 4]])
    assert preview(tmp_path / "a.xlsx", rows=1).rows == (("1", "2.5"),)


def test_places_that_hold_no_table(tmp_path: Path) -> None:
    for use in (open_table, preview):
        with pytest.raises(DataError, match=r"^There is no file lost\.txt"):
            use(tmp_path / "lost.txt")
        with pytest.raises(DataError, match="is a folder"):
            use(tmp_path)
