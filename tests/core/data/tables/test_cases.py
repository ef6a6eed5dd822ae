"""Tables that were read wrongly once, and others of their kinds: the values that their owners mean."""

from __future__ import annotations

import gzip
import io
import json
import math
import re
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import feather, parquet

from core.base.errors import DataError
from core.data.data_source import DataSource, load
from core.data.tables.column_choice import REFUSE, Choice, default_choice
from core.data.tables.column_selection import select
from core.data.tables.loading import read_chosen
from core.data.tables.reading import Reading
from core.data.tables.table import Doubt, Table
from core.data.tables.table_files import open_table, preview
from tests.core.support import read_text

CASES = Path(__file__).parent / "cases"
NAN = math.nan
AB = ["a", "b"] * 6


def cells(table: Table) -> dict[str, list[str | float]]:
    return {column.name: column.cells() for column in table.columns}


def same(found: list[str | float], meant: list[str | float]) -> bool:
    pairs = zip(found, meant, strict=True)
    return len(found) == len(meant) and all(a == b or (a != a and b != b) for a, b in pairs)


def doubts(table: Table) -> str:
    return " ".join(doubt.text for doubt in table.doubts)


COUNT = [float(n) for n in range(12)]
HALVES = [n + 0.5 for n in range(12)]
GAPPY = [NAN if n % 3 == 0 else n + 0.5 for n in range(12)]
RIGHT: dict[str, dict[str, list[str | float]]] = {
    "01_hash_rows.csv": {
        "ratio": [NAN, 1.5, 2.5, NAN, 4.5, 5.5, NAN, 7.5, 8.5, NAN, 10.5, 11.5],
        "size": COUNT,
        "kind": AB,
    },
    "03_german_thousands.csv": {
        "Stadt": [f"S{n}" for n in range(12)],
        "Einwohner": [12000.0 + 1037 * n for n in range(12)],
        "Anteil": HALVES,
        "Art": AB,
    },
    "04_us_thousands.tsv": {
        "name": [f"n{n}" for n in range(12)],
        "pop": [1000.0, 2137, 3274, 4411, 5548, 6685, 7822, 8959, 9096, 10233, 11370, 12507],
        "area": [800.0 + n for n in range(12)],
        "kind": AB,
    },
    "06_sodium_header.csv": {
        "Site": ["P", "Q"] * 12,
        "K": [n + 0.5 for n in range(24)],
        "Mg": [float(f"{2 * n}.1") for n in range(24)],
        "Na": [float(f"{3 * n}.2") for n in range(24)],
    },
    "07_number_lists.csv": {
        "x": COUNT,
        "codes": [f"{100 + n},{200 + n},{300 + n}" for n in range(12)],
        "y": [2.0 * n for n in range(12)],
        "kind": AB,
    },
    "09_comma_file_read_as_white_space.csv": {
        "symbol": ["AX", "BY"] * 6,
        "date": [f"Jan {n} 2000" for n in range(1, 13)],
        "price": [20.0 + n for n in range(12)],
    },
    "11_hash_in_quoted_cell.csv": {
        "x": COUNT,
        "y": [2.0 * n for n in range(12)],
        "note": [f"good #tag{n}" for n in range(12)],
        "kind": AB,
    },
    "12_space_after_quote.csv": {
        "name": [f"n{n}" for n in range(12)],
        "x": COUNT,
        "y": [2.0 * n for n in range(12)],
        "kind": AB,
    },
    "13_units_row_short.csv": {
        "x": COUNT,
        "y": [0.5 * n for n in range(12)],
        "z": [float(n * n) for n in range(12)],
        "kind": AB,
    },
    "15_savetxt_header.txt": {"len": HALVES, "wid": [2.0 * n for n in range(12)], "kind": [0.0, 1.0] * 6},
    "18_arff.arff": {"w": HALVES, "h": [2.0 * n for n in range(12)], "kind": AB},
    "19_json_array.json": {"x": COUNT, "y": [2.0 * n for n in range(12)], "k": AB},
    "22_quoted_names.tsv": {"x": COUNT, "y": [2.0 * n for n in range(12)], "kind": [0.0, 1.0] * 6},
}


@pytest.mark.parametrize("name", RIGHT)
def test_each_case_is_read_as_its_owner_means(name: str) -> None:
    found = cells(open_table(CASES / name))
    assert list(found) == list(RIGHT[name])
    for column, meant in RIGHT[name].items():
        assert same(found[column], meant), (column, found[column])


def test_the_late_last_column_is_there() -> None:
    table = open_table(CASES / "27_late_last_column.csv")
    assert (len(table), table.names) == (202, ("x", "y", "k", "z"))
    assert np.isnan(table.column("z").values[:-1]).all()
    assert table.column("z").values[-1] == 5.0


def test_arrays_of_one_column_and_of_dates_beside_others() -> None:
    table = open_table(CASES / "23_y_column.npz")
    assert table.names == ("X1", "X2", "y")
    assert len(table) == 6
    table = open_table(CASES / "26_one_date_field.npy")
    assert [(column.name, column.kind) for column in table.columns] == [
        ("x", "numbers"), ("t", "text"), ("z", "numbers"), ("y", "numbers"),
    ]  # fmt: skip


def test_a_web_page_is_named() -> None:
    with pytest.raises(DataError, match=r"20_html_table\.xls is a web page, not a table; copy the table"):
        open_table(CASES / "20_html_table.xls")


# ---- Others of each kind.


def rows(line: str, count: int = 12) -> str:
    """Lines with {n} counted up, and {k} a or b."""
    return "\n".join(line.format(n=n, m=10 + n, k="ab"[n % 2]) for n in range(count)) + "\n"


ALIKE: dict[str, tuple[str, dict[str, object]]] = {
    # the text; of some columns the kind, or the first cell
    "hex colours": ("colour,x,y\n" + rows("#FF00{m},{n},{n}.5"), {"colour": "#FF0010", "x": 0.0, "y": 0.5}),
    "hashtags": ("tag,x,y\n" + rows("#tag{k},{n},{n}.5"), {"tag": "#taga", "x": 0.0}),
    "per cent first": ("p,x,kind\n" + rows("%{n},{n}.5,{k}"), {"p": "%0", "x": 0.5}),
    "slashes": ("p,x,kind\n" + rows("//host{n},{n}.5,{k}"), {"p": "//host0", "x": 0.5}),
    "one error late": ("r,x,k\n" + rows("{n},{n}.5,{k}", 300) + "#REF!,7,a\n", {"x": 0.5, "r": 0.0}),
    "comments that do not fit": (
        "x,y,k\n" + rows("{n},{n}.5,{k}") + "# the end\n" + rows("{n},1,{k}"),
        {"x": 0.0, "y": 0.5},
    ),
    "German, two groups": ("a;b;k\n" + rows("1.{m}0.000;{n},5;{k}"), {"a": 1100000.0, "b": 0.5}),
    "German, some small": ("a;b;k\n950;1,5;a\n" + rows("1.{m}0;{n},5;{k}"), {"a": 950.0, "b": 1.5}),
    "US, with pipes": ("a|b|k\n" + rows("2,{m}0|{n}|{k}"), {"a": 2100.0, "b": 0.0}),
    "US, quoted": ("a,b,k\n" + rows('"2,{m}0",{n},{k}'), {"a": 2100.0}),
    "Swiss": ("a;b;k\n" + rows("1’{m}0;{n}.5;{k}"), {"a": 1100.0, "b": 0.5}),
    "Indian": ("a,b,k\n" + rows('"1,23,{m}0",{n},{k}'), {"a": 123100.0}),
    "Na among numbers": ("K,Na,Cl\n" + rows("{n}.5,{n}.25,{n}"), {"K": 0.5, "Na": 0.25}),
    "NaN and None": ("NaN,None,kind\n" + rows("{n}.5,{n}.25,{k}"), {"NaN": 0.5, "None": 0.25}),
    "Missing": ("site,Missing,Inf\n" + rows("{k},{n}.25,{n}"), {"Missing": 0.25, "Inf": 0.0}),
    "lists by spaces": ("x,codes,k\n" + rows("{n},1{m} 2{m},{k}"), {"codes": "110 210", "x": 0.0}),
    "telephone by points": ("tel,x,k\n" + rows("555.1{m}.2{m},0.{m}5,{k}"), {"tel": "555.110.210", "x": 0.105}),
    "telephone": ("x,tel,k\n" + rows("{n},555 1{m} 23{m},{k}"), {"tel": "555 110 2310"}),
    "dates by commas": ("who,when,x\n" + rows("w{n},Mai {m} 2020,{n}.5"), {"when": "Mai 10 2020", "x": 0.5}),
    "addresses": ("town,street,x\n" + rows("T{k},Main St {m},{n}"), {"street": "Main St 10", "x": 0.0}),
    "# in quotes, alone": ("note,x,k\n" + rows('"#{n}, yes",{n},{k}'), {"note": "#0, yes", "x": 0.0}),
    "line in quotes": ("x,note,k\n" + rows('{n},"a\n% b{n}",{k}'), {"note": "a % b0", "x": 0.0}),
    "spaces behind quotes": ('"x" ;"name" ;"k"\n' + rows('{n} ;"n{n}" ;"{k}" '), {"x": 0.0, "name": "n0", "k": "a"}),
    "tabs behind quotes": ('"x"\t,"k"\t,"y"\n' + rows('{n}\t,"{k}"\t,{n}.5'), {"x": 0.0, "k": "a", "y": 0.5}),
    "units in brackets": ("x,y,k\n[m],[kg],\n" + rows("{n},{n}.5,{k}"), {"x": 0.0, "y": 0.5}),
    "units, German": ("x;y;k\nm;kg;-\n" + rows("{n},5;{n};{k}"), {"x": 0.5, "y": 0.0}),
    "savetxt, commas": ("# len,wid,kind\n" + rows("{n}.5,{n},1"), {"len": 0.5, "wid": 0.0}),
    "percent header": ("% made\n% len wid kind\n" + rows("{n}.5 {n} 1"), {"len": 0.5, "wid": 0.0}),
    "ARFF with quotes": (
        "% c\n@RELATION r\n@ATTRIBUTE 'the w' REAL\n@attribute h INTEGER\n@attribute c {'x y',z}\n@DATA\n"
        + rows("{n}.5,{n},'x y'"),
        {"the w": 0.5, "c": "x y"},
    ),
    "quoted names by ;": ("'x';'y';'k'\n" + rows("{n};{n},5;{k}"), {"x": 0.0, "y": 0.5}),
    "quoted names by |": ("'x'|'k'\n" + rows("{n}|'{k}'"), {"x": 0.0, "k": "a"}),
    "late column, no commas": ("x,y,k,z\n" + rows("{n},{n},{k}", 250) + "1,1,a,5\n", {"x": 0.0, "k": "a"}),
    "late column, semicolons": ("x;y;k;z\n" + rows("{n};{n};{k};", 250) + "1;1;a;5\n", {"x": 0.0, "k": "a"}),
    "dollars in parentheses": ("a,b,k\n" + rows("$({n}.50),{n} °C,{k}"), {"a": -0.5, "b": 0.0}),
    "a comment of one word less": ("! comment\nx y k\n" + rows("{n} {n}.5 {k}"), {"x": 0.0, "y": 0.5, "k": "a"}),
    "dollars": ("a,b,k\n" + rows("${n}.50,{n}%,{k}"), {"a": 0.5, "b": 0.0}),
    "euros": ("a;b;k\n" + rows("{n},50 €;{n};{k}"), {"a": 0.5, "b": 0.0}),
    "in parentheses": ("a,b,k\n" + rows("({n}.5),{n},{k}"), {"a": -0.5}),
    "Fortran": ("a,b,k\n" + rows("{n}.5D+01,{n},{k}"), {"a": 5.0}),
    "German errors": ("a;b;k\n" + rows("{n},5;{n};{k}") + "#WERT!;5;a\n#NV;6;b\n", {"a": 0.5}),
    "codes of missing values": ("a,b,k\n" + rows("{n}.5,{n},{k}") + "1.#QNAN,1,a\n(null),1,b\nn.a.,2,b\n", {"a": 0.5}),
    "# as a name": ("#,x,y\n" + rows("{n},{n}.5,{k}"), {"#": 0.0, "x": 0.5, "y": "a"}),
    "rows taken out by #": ("x,y,k\n" + rows("{n},{n}.5,{k}") + "#7,8.5,a\n" + rows("{n},1,{k}"), {"x": 0.0}),
    "two headers": ("Size,Size,Kind\nlen,wid,\n" + rows("{n},{n}.5,{k}"), {"len": 0.0, "wid": 0.5, "Kind": "a"}),
    "groups of columns": (
        ",Sepal,,Petal,\nkind,len,wid,len,wid\n" + rows("{k},{n}.1,{n}.2,{n}.3,{n}.4"),
        {"kind": "a", "Sepal len": 0.1, "Sepal wid": 0.2, "Petal wid": 0.4},
    ),
    "columns of columns, pandas": ("col,a,a,b\nsub,x,y,z\nidx,,,\n" + rows("{n},{n}.5,2,3"), {"idx": 0.0, "x": 0.5}),
    "long units": ("t,x,k\nseconds since start,metres,name\n" + rows("{n},{n}.5,{k}"), {"t": 0.0, "x": 0.5}),
    "units like Orange's types": ("t,a,k\ns,10^3 kg,\n" + rows("{n},{n}.5,{k}"), {"t": 0.0, "a": 0.5}),
    "a unit in the first column": ("t,x,k\ns,,\n" + rows("{n},{n}.5,{k}"), {"t": 0.0, "x": 0.5}),
    "Markdown": ("| x | y | k |\n|---|:--|---|\n" + rows("| {n} | {n}.5 | {k} |"), {"x": 0.0, "y": 0.5, "k": "a"}),
    "ruled": ("x,y,k\n----,----,---\n" + rows("{n},{n}.5,{k}"), {"x": 0.0, "y": 0.5, "k": "a"}),
    "a title with commas": ("Trial, on May 3, 2020\nx,y,k\n" + rows("{n},{n}.5,{k}"), {"x": 0.0, "k": "a"}),
    "a title and an empty row of a sheet": ("Report,,\n,,\nx,y,k\n" + rows("{n},{n}.5,{k}"), {"x": 0.0, "k": "a"}),
    "years and a delimiter at the end": ("c,2000,2001,\n" + rows("C{n},{n}.5,{m}.1,"), {"c": "C0", "2001": 10.1}),
    "years beside a name over numbers": (
        "id,2000,2010,2020\n" + rows("{n},{n}.5,{m}.1,{n}"),
        {"id": 0.0, "2010": 10.1},
    ),
    "numbers beside a name over numbers": ("id,0,1,2\n" + rows("{n},{n}.5,{m}.1,{n}.2"), {"id": 0.0, "1": 10.1}),
    "numbered columns": ("0,1,2,target\n" + rows("{n}.5,{n}.25,{n},{k}"), {"0": 0.5, "2": 0.0, "target": "a"}),
    "numbered columns, pandas": (",0,1,2\n" + rows("{n},{n}.5,{n}.25,{m}.5"), {"x1": 0.0, "0": 0.5, "2": 10.5}),
    "German, whole numbers": ("n;pop;k\n" + rows("{n};950;{k}") + rows("{n};1.{m}0;{k}"), {"pop": 950.0}),
    "US, whole numbers": ("n;pop;k\n" + rows("{n};950;{k}") + rows("{n};1,{m}0;{k}"), {"pop": 950.0}),
    "lists of several lengths": (
        "x,codes,k\n" + rows('{n},"1{m},2{m}",{k}') + rows('{n},"1{m},2{m},300",{k}') + "1,100,a\n",
        {"codes": "110,210"},
    ),
    "signs of other kinds": ("a,b,k\n" + rows("\u2013{m},{n}.50 EUR,{k}"), {"a": -10.0, "b": 0.5}),
    "byte order marks of joined files": (
        '\ufeff"x",y,k\n' + rows("{n},{n}.5,{k}") + "\ufeff" + rows("{n},{n}.5,{k}"),
        {"x": 0.0, "y": 0.5, "k": "a"},
    ),
    "sep=^": ("sep=^\nx^y^k\n" + rows("{n}^{n}.5^{k}"), {"x": 0.0, "y": 0.5, "k": "a"}),
    "late column without a header": (rows("{n},{n},{k},", 250) + "1,1,a,5\n", {"x1": 0.0, "x3": "a"}),
    "ARFF with tabs": (
        "@relation r\n@attribute w real\n@attribute k {{a,b}}\n@data\n".replace("{{", "{") + rows("{n}.5\t{k}"),
        {"w": 0.5, "k": "a"},
    ),
    "Orange": ("x\ty\tk\nc\tc\td\n\t\tclass\n" + rows("{n}\t{n}.5\t{k}"), {"x": 0.0, "y": 0.5, "k": "a"}),
}


@pytest.mark.parametrize("name", ALIKE)
def test_others_of_the_same_kinds(name: str) -> None:
    text, meant = ALIKE[name]
    table = read_text(text, name=name)
    found = cells(table)
    assert meant.keys() <= found.keys(), table.reading
    for column, first in meant.items():
        assert found[column][0] == first, (column, table.reading)
    assert len(table) >= 12


def test_codes_with_zeros_in_front_stay_apart() -> None:
    table = read_text("x,y,code\n1,2,01234\n2,3,1234\n3,4,1234\n", text_columns=("code",))
    assert select(table, Choice(("x", "y"), "code")).dataset.class_names == ("01234", "1234")


def test_long_whole_numbers_stay_apart_or_are_refused(tmp_path: Path) -> None:
    text = read_text("x,y,id\n1,2,9007199254740993\n2,3,9007199254740992\n", text_columns=("id",))
    assert len(select(text, Choice(("x", "y"), "id")).dataset.class_names) == 2
    parquet.write_table(
        pa.table({"x": [1.0, 2.0], "y": [1.0, 2.0], "id": [2**53 + 1, 2**53 + 2]}), tmp_path / "t.parquet"
    )
    with pytest.raises(DataError, match="too many digits"):
        select(open_table(tmp_path / "t.parquet"), Choice(("x", "y"), "id"))


# ---- Doubts.


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ((CASES / "03_german_thousands.csv").read_text(), "'12.000' is read as 12000; if the point is a decimal mark"),
        ("a;b;k\n" + rows("{m}.000;{n};{k}"), "'10.000' is read as 10; if the point groups thousands"),
        ("a,b,k\n" + rows('"1{m},2{m}",{n},{k}'), "'110,210' is read as 110210; if that is two codes"),
        ((CASES / "04_us_thousands.tsv").read_text(), "'1,000' is read as 1000; if the comma is a decimal mark"),
        ("x;y\n1,234;5\n2,345;6\n", "'1,234' is read as 1.234; if the comma groups thousands"),
        ("x,y,k\n1,2,a\n# note\n3,4,b\n", "1 line that begins with # in the table"),
        ((CASES / "13_units_row_short.csv").read_text(), "Left out below the header, as units: m, kg, s"),
        ("land,1990,1991,1992\n" + rows("L{n},{n}.5,{n}.25,{n}"), "(land, 1990, 1991, 1992) is taken for names"),
        ("1990,1991,1992\n1.5,2.5,3\n2.5,3.5,4\n1,2,3\n", "(1990, 1991, 1992) is taken for data"),
    ],
)
def test_what_is_doubtful_is_said(text: str, words: str) -> None:
    table = read_text(text)
    assert words in doubts(table)
    if len(table.columns) > 2:
        choice = default_choice(table)
        with pytest.raises(DataError, match=re.escape(words)):
            select(table, Choice(choice.shown, choice.target, choice.task, missing=REFUSE))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b,k\n" + rows("{m} kg,{n},{k}"), "'a' is read as text, since '10 kg' in it is no number"),
        ("a,b,k\n" + rows("{n},{n}.5,{k}") + "Total,66,\n", "'a' is read as text, since 'Total' in it is no number"),
        ("petal length  petal width  k\n" + rows("{n}.5  {n}  {k}"), "line 1 is passed over, beginning with 'petal l"),
        ("x y k\n" + rows("{n} {n}.5 {k} # hm"), "line 1 is passed over, beginning with 'x y k'"),
        ("By me\n\nx,y,k\n" + rows("{n},{n}.5,{k}"), "lines 1 to 2 are passed over, beginning with 'By me'"),
    ],
)
def test_what_only_looks_doubtful_is_said_and_not_refused(text: str, words: str) -> None:
    table = read_text(text)
    assert words in doubts(table)
    choice = default_choice(table)
    texts = tuple((c.name, tuple(sorted(c.texts))) for c in table.columns if c.texts and c.name in choice.inputs)
    select(table, Choice(choice.shown, choice.target, choice.task, choice.inputs, texts=texts))
    assert not any(doubt.touches_values for doubt in table.doubts)


@pytest.mark.parametrize("text", ["d;x;k\n" + rows("{m}.01.2020;{n};{k}"), "v,x,k\n" + rows("1.2.{n},{n},{k}")])
def test_dates_and_versions_are_texts_without_a_word(text: str) -> None:
    table = read_text(text)
    assert table.columns[0].kind == "text"
    assert not table.doubts


def test_a_setting_that_a_person_gives_settles_its_doubt() -> None:
    text = (CASES / "03_german_thousands.csv").read_text()
    choice = Choice(("Einwohner", "Anteil"), "Art", missing=REFUSE)
    table = read_text(text, {"thousands": "."})
    assert not table.doubts
    assert len(select(table, choice).dataset.points) == 12
    with pytest.raises(DataError, match="is read as 12000"):
        select(read_text(text, {"delimiter": ";"}), choice)
    reading = read_text(text).reading  # as a project keeps it
    said: list[Doubt] = []
    assert len(read_chosen(CASES / "03_german_thousands.csv", choice, reading, said.append)) == 12
    assert "'12.000' is read as 12000" in said[0].text


def test_rows_left_out_are_counted_with_their_lines() -> None:
    said: list[Doubt] = []
    choice = Choice(("ratio", "size"), "kind")
    data = read_chosen(CASES / "01_hash_rows.csv", choice, say=said.append)
    assert len(data) == 8
    assert [doubt.text for doubt in said] == ["4 of 12 rows are left out, with no value in ratio (lines 2, 5, 8, 11)."]
    with pytest.raises(DataError, match=r"line 2, column 'ratio': the value is missing"):
        read_chosen(CASES / "01_hash_rows.csv", Choice(("ratio", "size"), "kind", missing=REFUSE))


def test_one_class_may_be_left_where_values_are_missing() -> None:
    table = read_text("x,y,z,k\n1,2,1,a\n2,3,,b\n3,5,,b\n")
    with pytest.raises(DataError, match="every row without missing values has the label 'a'; fill the missing values"):
        select(table, Choice(("x", "y"), "k", inputs=("x", "y", "z")))


def test_doubts_count_as_refusals_do() -> None:
    """Thin spaces between thousands, and one thing is no several."""
    lines = "".join(f"{'' if k % 2 else k},{k},{'NA' if k % 4 == 2 else 'ab'[k % 3 % 2]}\n# {k}\n" for k in range(5000))
    text = f"x,y,k\n{lines}"
    said = [doubt.text for doubt in select(read_text(text), Choice(("x", "y"), "k")).doubts]
    assert said[0].startswith("5\u202f000 lines that begin with #")
    assert "is a class of 1\u202f250 rows in 'k'" in said[1]
    assert said[2].startswith("2\u202f500 of 5\u202f000 rows are left out, with no value in x (lines 4, ")
    one = select(read_text("x,y,k\n1,2,a\n,3,b\n3,5,a\n4,1,b\n"), Choice(("x", "y"), "k"))
    assert [doubt.text for doubt in one.doubts] == ["1 of 4 rows is left out, with no value in x (line 3)."]


@pytest.mark.parametrize("mark", ["NA", "?", "#N/A"])
def test_labels_that_look_missing_are_told_of(mark: str) -> None:
    table = read_text(f"x,y,k\n1,2,{mark}\n2,3,a\n3,5,a\n")
    selection = select(table, Choice(("x", "y"), "k"))
    assert f"{mark!r} is a class of 1 row in 'k'" in selection.doubts[0].text
    with pytest.raises(DataError, match="if it means a missing value"):
        select(table, Choice(("x", "y"), "k", missing=REFUSE))


def test_a_guessed_encoding_is_told_with_a_word(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_bytes("größe,y,k\n1,2,a\n2,3,b\n".encode("cp1252"))
    assert "'größe' is read as Windows-1252" in doubts(open_table(tmp_path / "t.csv"))


@pytest.mark.parametrize(
    ("encoding", "word"), [("cp1251", "Привет, как твои дела сегодня"), ("euc-kr", "안녕하세요 세계 여러분 반갑습니다")]
)
def test_other_encodings_are_found(tmp_path: Path, encoding: str, word: str) -> None:
    (tmp_path / "t.tsv").write_bytes(f"x\ty\tk\n1\t2\t{word}\n2\t3\tb\n".encode(encoding))
    assert open_table(tmp_path / "t.tsv").column("k").texts == (word, "b")


# ---- Formats.

PLAIN = "x,y,kind\n1.5,2,a\n3,-4.25,b\n0.5,6,a\n"
MEANT = {"x": [1.5, 3.0, 0.5], "y": [2.0, -4.25, 6.0], "kind": ["a", "b", "a"]}


def zipped(text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("t.csv", text)
    return buffer.getvalue()


RECORDS = [dict(zip(MEANT, row, strict=True)) for row in zip(*MEANT.values(), strict=True)]


ARFF = b"@relation r\n@attribute x numeric\n@attribute y real\n@attribute kind {a,b}\n@data\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv.gz", gzip.compress(PLAIN.encode(), mtime=0)),
        ("t.csv.zip", zipped(PLAIN)),
        ("t.json", json.dumps(RECORDS).encode()),
        ("columns.json", json.dumps(MEANT).encode()),
        ("split.json", json.dumps({"columns": list(MEANT), "data": [list(r.values()) for r in RECORDS]}).encode()),
        ("wrapped.json", json.dumps({"meta": 1, "rows": RECORDS}).encode()),
        ("t.jsonl", "\n".join(map(json.dumps, RECORDS)).encode()),
        ("t.tab", b"x\ty\tkind\nc\tc\td\n\t\tclass\n1.5\t2\ta\n3\t-4.25\tb\n0.5\t6\ta\n"),
        ("t.arff", ARFF + b"1.5,2,a\n3,-4.25,b\n0.5,6,a\n"),
    ],
)  # fmt: skip
def test_formats(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    table = open_table(tmp_path / name)
    assert cells(table) == MEANT
    assert default_choice(table).target == "kind"


@pytest.mark.parametrize("write", [parquet.write_table, feather.write_feather])
def test_parquet_and_feather(tmp_path: Path, write: object) -> None:
    table = pa.table(
        {**MEANT, "when": pa.array([1, 2, 3], pa.timestamp("s")), "group": pa.array(list("uvu")).dictionary_encode()}
    )
    write(table, str(tmp_path / "t.bin"))  # type: ignore[operator]
    found = open_table(tmp_path / "t.bin")
    assert {name: found.column(name).cells() for name in MEANT} == MEANT
    assert found.column("group").cells() == ["u", "v", "u"]
    assert found.column("when").kind == "text"


@pytest.mark.parametrize(
    ("found", "meant"),
    [
        ([{"p": {"x": 1, "y": 2.5}, "k": "a"}], {"p.x": [1.0], "p.y": [2.5], "k": ["a"]}),
        ({"r1": {"x": 1, "k": "a"}, "r2": {"x": 2, "k": "b"}}, {"x": [1.0, 2.0], "k": ["a", "b"]}),
        ([{"x": "0.5", "k": "a"}, {"x": "n/a", "k": "b"}], {"x": [0.5, NAN], "k": ["a", "b"]}),
        ([{"x": True, "k": True}, {"x": 0.5, "k": "b"}], {"x": [1.0, 0.5], "k": ["true", "b"]}),
    ],
)
def test_json_of_other_shapes(tmp_path: Path, found: object, meant: dict[str, list[str | float]]) -> None:
    (tmp_path / "t.json").write_text(json.dumps(found))
    read = cells(open_table(tmp_path / "t.json"))
    assert list(read) == list(meant)
    assert all(same(read[name], meant[name]) for name in meant)


def test_the_one_table_in_an_archive_is_read(tmp_path: Path) -> None:
    for name, text in (("t.csv", "x,y,k\n1,2,a\n"), ("t.json", '[{"x": 1, "y": 2, "k": "a"}]')):
        with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
            archive.writestr("README.txt", "hello")
            archive.writestr(name, text)
        assert cells(open_table(tmp_path / "t.zip")) == {"x": [1.0], "y": [2.0], "k": ["a"]}


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp1253", "shift_jis", "big5", "euc-kr"])
def test_encodings_are_guessed_and_said(tmp_path: Path, encoding: str) -> None:
    word = {
        "cp1253": "\u03b3\u03ac\u03c4\u03b1 \u039c\u03ad\u03b3\u03b5\u03b8\u03bf\u03c2",
        "shift_jis": "\u540d\u524d\u306d\u3053",
    }
    word |= {"big5": "\u540d\u5b57\u8c93\u7a2e\u985e", "euc-kr": "\uace0\uc591\uc774"}
    text = word.get(encoding, "\u0420\u0430\u0437\u043c\u0435\u0440 \u043a\u043e\u0442")
    (tmp_path / "t.csv").write_bytes(("x,y,k\n" + rows("{n},{n}.5," + text + "{k}")).encode(encoding))
    table = open_table(tmp_path / "t.csv")
    assert table.columns[2].cells()[0] == text + "a"
    assert "The text is not UTF-8" in doubts(table)


def test_libsvm(tmp_path: Path) -> None:
    (tmp_path / "t.svm").write_text("1 1:0.5 3:2 # c\n-1 2:1.5\n1 1:4 3:1\n")
    found = cells(open_table(tmp_path / "t.svm"))
    assert found == {"label": [1, -1, 1], "x1": [0.5, 0, 4], "x2": [0, 1.5, 0], "x3": [2, 0, 1]}
    assert cells(open_table(tmp_path / "t.svm", {})) == found, "as the window asks, which gives nothing yet"
    with pytest.raises(DataError, match="line 2: 2 columns, but 5 are expected"):
        open_table(tmp_path / "t.svm", {"delimiter": None})


def test_numbers_and_times_of_day_are_no_libsvm(tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("5 12:30\n7 12:45\n6 13:10\n")
    assert cells(open_table(tmp_path / "t.txt")) == {"x1": [5, 7, 6], "x2": ["12:30", "12:45", "13:10"]}


def test_what_is_pasted_may_be_of_any_kind() -> None:
    text = b'[{"x": 1, "y": 2, "k": "a"}, {"x": 3, "y": 4, "k": "b"}]'
    assert cells(open_table(text)) == {"x": [1, 3], "y": [2, 4], "k": ["a", "b"]}
    assert preview(text).rows == (("1", "2", "a"), ("3", "4", "b"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<HTML><TABLE>", "a web page"),
        (b"  <table>\n<tr><td>1</td></tr></table>", "a web page"),
        (b"%PDF-1.5", "a PDF document"),
        (b"SQLite format 3\0" + bytes(80), "an SQLite database"),
        (b"\x80\x04\x95\x10\0\0\0\0\0\0\0\x8c\x01a\x94.", "a Python pickle"),
        (b'<?xml version="1.0"?><a/>', "XML"),
        (b'{"a": 1, "b": {"c": [1]}}', "is JSON, but"),
        (b"[1, 2, 3]", "is JSON, but no list of records"),
        (b"\xff\xfe" + "<html><table>".encode("utf-16-le"), "a web page"),
        (b"\xfd7zXZ\0\0", "a packed archive"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"$FL2@(#) SPSS", "a statistics program"),
        (
            b"@relation r\n@attribute w real\n@attribute k {a,b}\n@data\n{0 1.5,1 a}\n{0 1.5,1 b}\n",
            "a sparse ARFF file",
        ),
    ],
)
def test_what_is_no_table_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "t.xls").write_bytes(content)
    with pytest.raises(DataError, match=words):
        open_table(tmp_path / "t.xls")


# ---- Sheets.


def workbook(path: Path) -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = "Cover"
    book.active["B2"] = "Report of May"
    hidden = book.create_sheet("Hidden", 0)
    for row in ([1, 2, 3], [4, 5, 6]):
        hidden.append(row)
    hidden.sheet_state = "hidden"
    data = book.create_sheet("Data")
    for row in (["group", "x", "y"], ["A", 1.5, 2], [None, 3, 4], ["B", 5, 6], [None, 7, 8]):
        data.append(row)
    data.merge_cells("A2:A3")
    data.merge_cells("A4:A5")
    other = book.create_sheet("Other")
    for row in (["p", "q", "r"], [1, 2, 3], [4, 5, 6]):
        other.append(row)
    book.save(path)
    return path


def test_the_first_visible_sheet_of_numbers_is_read_or_the_one_that_is_named(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx")
    table = open_table(path)
    assert cells(table) == {"group": ["A", "A", "B", "B"], "x": [1.5, 3, 5, 7], "y": [2, 4, 6, 8]}
    assert table.sheets == ("Hidden", "Cover", "Data", "Other")
    assert table.reading is not None and table.reading.sheet == "Data"
    assert "Sheet 'Data' is read; the workbook has Hidden, Cover, Other, too" in doubts(table)
    assert "Merged cells (2) count for each of their rows" in doubts(table)
    assert open_table(path, {"sheet": "Other"}).names == ("p", "q", "r")
    assert open_table(path, {"sheet": "4"}).names == ("p", "q", "r")
    assert cells(open_table(path, {"sheet": "Hidden"}))["x1"] == [1, 4]
    assert cells(open_table(path, table.reading)) == cells(table)
    with pytest.raises(DataError, match="no sheet 'Lost'; choose from Hidden, Cover, Data, Other"):
        open_table(path, {"sheet": "Lost"})
    with pytest.raises(DataError, match="Other sheets: Hidden, Cover, Data, Other"):
        default_choice(open_table(path, {"sheet": "Cover"}))


# ---- Text as inputs.


def test_texts_are_inputs_of_zeros_and_ones() -> None:
    table = read_text("x,colour,kind\n1,red,a\n2,blue,b\n3,,a\n4,red,b\n")
    texts = (("colour", ("blue", "red")),)
    choice = Choice(("x", "colour=red"), "kind", inputs=("x", "colour"), texts=texts)
    assert choice.columns == ("x", "colour=red", "colour=blue")
    selection = select(table, choice)
    assert selection.dataset.points.tolist() == [[1, 1, 0], [2, 0, 1], [4, 1, 0]]
    assert selection.dropped == 1
    filled = select(table, Choice(("x", "colour=red"), "kind", inputs=("x", "colour"), texts=texts, missing="mean"))
    assert filled.dataset.points.tolist() == [[1, 1, 0], [2, 0, 1], [3, 1, 0], [4, 1, 0]]
    with pytest.raises(DataError, match=r"'colour' holds other texts than before \(blue\)"):
        select(table, Choice(("x", "colour=red"), "kind", inputs=("x", "colour"), texts=(("colour", ("red",)),)))


def test_a_table_of_texts_alone_has_texts_as_inputs() -> None:
    table = read_text("a,b,c\nd,e,f\ng,h,i\n")
    choice = default_choice(table)
    assert (choice.shown, choice.target, choice.inputs) == (("a=d", "a=g"), "c", ("a", "b"))
    assert select(table, choice).dataset.points.tolist() == [[1, 0, 1, 0], [0, 1, 0, 1]]


def test_a_data_source_counts_the_columns_that_texts_become(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x,colour,kind\n1,red,a\n2,blue,b\n4,red,b\n")
    choice = Choice(("x", "colour=red"), "kind", inputs=("x", "colour"), texts=(("colour", ("blue", "red")),))
    source = DataSource("file", str(tmp_path / "t.csv"), choice=choice)
    assert source.dimensions == 3
    assert load(source).points.shape == (3, 3)


# ---- Memory and files that change.


def test_an_array_that_becomes_shorter_while_it_is_read_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "t.npy"
    np.save(path, np.zeros((1000, 3)))
    table = open_table(path)
    path.write_bytes(path.read_bytes()[:500])
    assert table.columns[0].values.sum() == 0.0, "nothing is mapped"
    with pytest.raises(DataError, match="is damaged or no array file"):
        open_table(path)


@pytest.mark.parametrize("kind", ["npz", "gz", "parquet"])
def test_a_small_file_of_very_much_is_refused(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"t.{kind}"
    if kind == "npz":
        np.savez_compressed(path, a=np.zeros((40_000_000, 2), np.int8))
    elif kind == "gz":
        path.write_bytes(gzip.compress(b"1,2,3\n" * 20_000_000, 1))
    else:
        parquet.write_table(pa.table({"x": np.zeros(40_000_000, np.int8)}), path, compression="zstd")
    with pytest.raises(DataError, match=r"unpacks to more than|far more numbers"):
        open_table(path)


# ---- Projects of before.


def test_readings_and_choices_of_before_give_the_same_data() -> None:
    """As they were found for these files by the program before, which had neither signs nor sheets nor ARFF."""
    was = Reading(delimiter=";", decimal=",", header=True)
    data = read_chosen(CASES / "03_german_thousands.csv", Choice(("Einwohner", "Anteil"), "Art"), was)
    assert data.points[:2].tolist() == [[12.0, 0.5], [13.037, 1.5]]
    was = Reading(delimiter=",", header=True)
    data = read_chosen(CASES / "01_hash_rows.csv", Choice(("ratio", "size"), "kind"), was)
    assert len(data) == 8
    was = Reading(delimiter=None, decimal=".")
    data = read_chosen(CASES / "15_savetxt_header.txt", Choice(("x1", "x2"), "x3"), was)
    assert (len(data), data.column_names) == (12, ("x1", "x2"))
    was = Reading(delimiter=",", skip=5)
    data = read_chosen(CASES / "18_arff.arff", Choice(("x1", "x2"), "x3"), was)
    assert (data.points[1].tolist(), data.column_names, data.class_names) == ([1.5, 2.0], ("x1", "x2"), ("a", "b"))
    was = Reading(delimiter=",", thousands=",", header=True)
    with pytest.raises(DataError, match="the column 'codes' is text"):  # the one difference that is intended
        read_chosen(CASES / "07_number_lists.csv", Choice(("x", "codes"), "kind"), was)
