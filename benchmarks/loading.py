"""Time and memory to load a large text table, against np.loadtxt on the same numbers in the same run.

    python benchmarks/loading.py --rows 1000000 --repeat 3

Each way of writing the table is loaded by core.data.tables, by turns with np.loadtxt on the plain numbers. Memory is
traced in a further load, which is not timed. See benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # as main.py does

import numpy as np  # noqa: E402 (it reads the variables above once)
from numpy.typing import NDArray  # noqa: E402

from core.data.tables.column_choice import default_choice  # noqa: E402
from core.data.tables.loading import read_chosen, read_table  # noqa: E402
from core.data.tables.table_files import open_table  # noqa: E402

NAMES = ("red", "green", "blue")
REFERENCES = ("numbers", "17 digits")
"""Tables that np.loadtxt reads as they are; beside the others it reads the plain numbers."""


def written(points: NDArray[np.float64], classes: NDArray[np.int64]) -> dict[str, str]:
    """The same table in several ways of writing it."""
    rows = list(zip(points[:, 0].tolist(), points[:, 1].tolist(), classes.tolist(), strict=True))
    plain = [f"{x:.6f},{y:.6f},{k}" for x, y, k in rows]
    return {
        "numbers": "\n".join(plain),
        "17 digits": "\n".join(f"{x:.18e},{y:.18e},{k:.18e}" for x, y, k in rows),
        "header, text label": "x,y,kind\n" + "\n".join(f"{x:.6f},{y:.6f},{NAMES[k]}" for x, y, k in rows),
        "quoted label": "\n".join(f'{x:.6f},{y:.6f},"{NAMES[k]}"' for x, y, k in rows),
        "decimal commas": "\n".join(plain).replace(",", ";").replace(".", ","),
        "decimal commas, text label": "\n".join(f"{x:.6f};{y:.6f};{NAMES[k]}".replace(".", ",") for x, y, k in rows),
        "a cell in 20 missing": "\n".join(
            line if row % 20 else "," + line.split(",", 1)[1] for row, line in enumerate(plain)
        ),
        "blank line after each": "\n\n".join(plain),
        "one stray cell": "\n".join([*plain[: len(plain) // 2], "oops,1,2", *plain[len(plain) // 2 :]]),
        "white space": "\n".join(plain).replace(",", "   "),
    }


def compared(work: Callable[[], object], reference: Callable[[], object], repeat: int) -> tuple[float, float]:
    """The shortest processor times of both in seconds, taken by turns, so that both see the same machine."""
    times: list[tuple[float, float]] = []
    for _ in range(repeat):
        start = time.process_time()
        reference()
        middle = time.process_time()
        work()
        times.append((time.process_time() - middle, middle - start))
    return min(ours for ours, _ in times), min(theirs for _, theirs in times)


def peak(work: Callable[[], object]) -> int:
    """The most bytes that the work holds at once."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def measure(folder: Path, tables: dict[str, str], repeat: int) -> None:
    """Print a line for each table, and two for those that read_table reads too."""
    file, plain = folder / "table.txt", folder / "numbers.txt"
    for name, text in tables.items():
        file.write_text(text)
        plain.write_text(text if name in REFERENCES else tables["numbers"])
        works: dict[str, Callable[[], object]] = {name: lambda: open_table(file)}
        if name in ("numbers", "header, text label"):
            works[f"{name}, read_table"] = lambda: read_table(file)
            choice = default_choice(open_table(file))
            works[f"{name}, chosen"] = lambda choice=choice: read_chosen(file, choice)
        for label, work in works.items():
            ours, theirs = compared(work, lambda: np.loadtxt(plain, delimiter=","), repeat)
            size = file.stat().st_size
            numbers = f"{size / 1e6:7.1f}{ours:9.2f}{theirs:12.2f}{ours / theirs:8.2f}{peak(work) / size:13.2f}"
            print(f"{label:32}{numbers}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    points, classes = rng.normal(size=(options.rows, 2)), rng.integers(0, 3, options.rows)
    print(f"{options.rows:,} rows x 3 columns; processor seconds, best of {options.repeat}; NumPy {np.__version__}")
    print(f"{'':32}{'MB':>7}{'seconds':>9}{'np.loadtxt':>12}{'ratio':>8}{'peak / file':>13}")
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), written(points, classes), options.repeat)


if __name__ == "__main__":
    main()
