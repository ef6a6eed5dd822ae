"""Time and memory to load a large text table, against np.loadtxt on the same numbers in the same run.

    python benchmarks/loading.py --rows 1000000 --repeat 3

Each way of writing the table is loaded by core.tables, and the plain numbers by np.loadtxt too. Memory is traced in a
further load, which is not timed. See benchmarks/README.md.
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

from core.table import read_table  # noqa: E402
from core.tables.files import open_table  # noqa: E402

NAMES = ("red", "green", "blue")


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


def best(work: Callable[[], object], repeat: int) -> float:
    """The shortest time of some, in seconds."""
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def peak(work: Callable[[], object]) -> int:
    """The most bytes that the work holds at once."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    points, classes = rng.normal(size=(options.rows, 2)), rng.integers(0, 3, options.rows)
    print(f"{options.rows:,} rows x 3 columns; the best of {options.repeat} runs; NumPy {np.__version__}")
    print(f"{'':28}{'MB':>7}{'seconds':>9}{'x loadtxt':>11}{'peak / file':>13}")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "table.txt"
        measure_all(file, written(points, classes), options.repeat)


def measure_all(file: Path, tables: dict[str, str], repeat: int) -> None:
    reference = 0.0

    def report(name: str, work: Callable[[], object]) -> None:
        seconds = best(work, repeat)
        size = file.stat().st_size
        ratio = seconds / reference if reference else 1.0
        print(f"{name:28}{size / 1e6:7.1f}{seconds:9.2f}{ratio:11.2f}{peak(work) / size:13.2f}", flush=True)

    for name, text in tables.items():
        file.write_text(text)
        if name in ("numbers", "17 digits"):
            reference = 0.0
            report(f"np.loadtxt: {name}", lambda: np.loadtxt(file, delimiter=","))
            reference = best(lambda: np.loadtxt(file, delimiter=","), repeat)
        elif name == "header, text label":
            file.write_text(tables["numbers"])
            reference = best(lambda: np.loadtxt(file, delimiter=","), repeat)
            file.write_text(text)
        report(name, lambda: open_table(file))
        if name in ("numbers", "header, text label"):
            report(f"{name}, read_table", lambda: read_table(file))


if __name__ == "__main__":
    main()
