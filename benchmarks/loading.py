"""Time and memory to load a large text table, against np.loadtxt and against the program before.

    python benchmarks/loading.py --rows 1000000 --repeat 3 --before FOLDER_OF_ANOTHER_CHECKOUT

Each way of writing the table is loaded in processes of their own, by turns: by this program, by the one in the other
folder, if one is given, and by np.loadtxt on the plain numbers. Memory is the largest resident size above that of a
process that has loaded a small table. See benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # as main.py does

import numpy as np  # noqa: E402 (it reads the variables above once)
from numpy.typing import NDArray  # noqa: E402

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


PROGRAM = """
import importlib, json, os, resource, sys, time
import numpy as np
def peak():
    try:  # ru_maxrss would count what the parent took
        words = open("/proc/self/status").read().split()
        return 1024 * int(words[words.index("VmHWM:") + 1])
    except OSError:
        return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
def loader():
    for name in ("core.data.tables.table_files", "core.tables.files"):
        try:
            return importlib.import_module(name).open_table
        except ModuleNotFoundError:
            pass
load = loader() if sys.argv[1] == "open_table" else lambda path: np.loadtxt(path, delimiter=",")
load(sys.argv[2])
before = peak()
start = time.process_time()
load(sys.argv[3])
seconds = time.process_time() - start
print(json.dumps([seconds, peak() - before]))
"""


def run(folder: Path, how: str, small: Path, file: Path) -> tuple[float, float]:
    """Processor seconds and bytes of a load in a process of its own, by the program in a folder."""
    command = [sys.executable, "-c", PROGRAM, how, str(small), str(file)]
    found = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(folder)}, cwd=folder, check=True, capture_output=True, text=True
    )
    seconds, size = json.loads(found.stdout)
    return seconds, size


def measure(folder: Path, tables: dict[str, str], repeat: int, before: Path | None) -> None:
    """Print a line for each table."""
    file, plain, small = folder / "table.txt", folder / "numbers.txt", folder / "small.txt"
    for name, text in tables.items():
        file.write_text(text)
        plain.write_text(text if name in REFERENCES else tables["numbers"])
        lines = [line for line in text.splitlines()[:40] if "oops" not in line]
        small.write_text("\n".join(lines))
        (folder / "small_numbers.txt").write_text("1,2,3\n")
        works = {"ours": (ROOT, "open_table", small, file)}
        works["np.loadtxt"] = (ROOT, "loadtxt", folder / "small_numbers.txt", plain)
        if before is not None:
            works["before"] = (before, "open_table", small, file)
        times = {work: [run(*arguments) for _ in range(repeat)] for work, arguments in works.items()}
        best = {work: min(seconds for seconds, _ in found) for work, found in times.items()}
        size = file.stat().st_size
        peak = min(peak for _, peak in times["ours"]) / size
        ratio = best["ours"] / best["before"] if before is not None else float("nan")
        loadtxt = best["ours"] / best["np.loadtxt"]
        print(f"{name:32}{size / 1e6:7.1f}{best['ours']:9.2f}{ratio:9.2f}{loadtxt:12.2f}{peak:13.2f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--before", type=Path, help="a folder with the program before")
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    points, classes = rng.normal(size=(options.rows, 2)), rng.integers(0, 3, options.rows)
    print(f"{options.rows:,} rows x 3 columns; processor seconds, best of {options.repeat}; NumPy {np.__version__}")
    print(f"{'':32}{'MB':>7}{'seconds':>9}{'/ before':>9}{'/ loadtxt':>12}{'peak / file':>13}")
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), written(points, classes), options.repeat, options.before)


if __name__ == "__main__":
    main()
