"""Samples a second of both engines beside other ways to do the same work.

    python benchmarks/engine.py                     all of it
    python benchmarks/engine.py peers --seconds 3   one table, so many seconds for each of its numbers

See benchmarks/README.md for what the tables mean.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from importlib import metadata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.contenders import (
    C_LOOP,
    CASES,
    CHECKED_EPOCHS,
    ENGINES,
    NOTEBOOK,
    SCALED,
    Case,
    check_agreement,
    make_engine_run,
    make_runs,
    measure,
    ratio,
    table,
)

# isort: split
import numpy as np  # behind contenders, which sets what NumPy reads once

from benchmarks import around_engine, evaluation_blocks, plain_loop
from core.training.history import FINE_EPOCHS

ORDERS = 64  # epochs of different order that are drawn beforehand
BATCHES = (1, 2, 4, 10, 32, 100, 1000)
WIDE = (*((width, width) for width in (32, 64, 96, 128, 192, 256)), (192,) * 10, (256,) * 6, (256,) * 10)
SCALES = ((7,), (16,), (16, 16), (32, 32), (64, 64), (64, 64, 64), (128, 128, 128), (256, 256, 256), (256,) * 6)


def show_peers(seconds: float) -> None:
    """Each case beside its peers."""
    for case in CASES:
        worst = check_agreement(case)
        runs = {name: run for name, (run, _) in make_runs(case, FINE_EPOCHS).items()}
        speeds = measure(runs, case.orders(ORDERS), seconds)
        rows = [
            [
                name,
                f"{np.median(values):,.0f}",
                f"{ratio(speeds, name, NOTEBOOK):.2f}",
                f"{ratio(speeds, name, C_LOOP):.2f}",
            ]
            for name, values in speeds.items()
        ]
        print(f"\n### {case.name}\n")
        print(table(["", "samples/s", "x notebook", "x C loop"], rows))
        print(f"\nWeights after {CHECKED_EPOCHS} epochs differ by at most {worst:.1e}.", flush=True)


def show_scaling(seconds: float) -> None:
    """How the engines slow down with the number of parameters."""
    rows = []
    for hidden in SCALES:
        cells = []
        for batch in (1, 10):
            case = Case("", SCALED.replace(hidden=hidden, batch_size=batch))
            runs = {engine: make_engine_run(engine, case.workload(), case.experiment) for engine in ENGINES}
            speeds = measure(runs, case.orders(ORDERS), seconds)
            medians = [float(np.median(values)) for values in speeds.values()]
            cells += [f"{median:,.0f}" for median in medians]
        count = case.workload().network.parameters.size
        cells.append(f"{1e9 / medians[0] / count:.2f}")
        rows.append(["-".join(map(str, (2, *hidden, 2))), f"{count:,}", *cells])
    columns = ["net, tanh", "parameters", *(f"{engine}, batch {batch}" for batch in (1, 10) for engine in ENGINES)]
    print("\n### Samples a second and the number of parameters\n")
    print(table([*columns, f"ns a parameter, {ENGINES[0]}, batch 10"], rows), flush=True)


def show_blas(seconds: float) -> None:
    """Wide nets and large batches, where NumPy's matrix products (BLAS) are at their best."""
    rows = []
    for hidden in WIDE:
        cells = []
        for batch in BATCHES:
            case = Case("", SCALED.replace(hidden=hidden, batch_size=batch))
            runs = {engine: make_engine_run(engine, case.workload(), case.experiment) for engine in ENGINES}
            speeds = measure(runs, case.orders(ORDERS), seconds)
            cells.append(f"{ratio(speeds, 'compiled', 'numpy'):.2f}")
        rows.append([f"2-{len(hidden)}x{hidden[0]}-2", *cells])
    print("\n### Speed of the compiled engine over NumPy's\n")
    print(table(["net, tanh", *(f"batch {batch}" for batch in BATCHES)], rows), flush=True)


def machine() -> str:
    """The processor, and versions."""
    model = platform.processor() or platform.machine()
    cpus = Path("/proc/cpuinfo")
    if cpus.exists():
        names = [
            line.partition(":")[2].strip() for line in cpus.read_text().splitlines() if line.startswith("model name")
        ]
        model = names[0] if names else model
    packages = ("numpy", "numba", "scikit-learn", "torch")
    versions = [f"{package} {metadata.version(package)}" for package in packages if _is_there(package)]
    return f"{model}, {os.cpu_count()} cores; Python {platform.python_version()}, {', '.join(versions)}"


def _is_there(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True


TABLES = {
    "peers": show_peers,
    "scaling": show_scaling,
    "blas": show_blas,
    "blocks": evaluation_blocks.show,
    "around": around_engine.show,
}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the engines' samples a second.")
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=f"{', '.join(TABLES)}; all of them if none is named")
    parser.add_argument("--seconds", type=float, default=2.0, help="for each number of a table (default 2)")
    given = parser.parse_args()
    unknown = [name for name in given.tables if name not in TABLES]
    if unknown:
        parser.error(f"there is no table {unknown[0]}; choose {', '.join(TABLES)}")
    print(machine())
    if not plain_loop.compiler():
        print("There is no C compiler (cc), so there is no C loop.")
    for name in given.tables or TABLES:
        if name not in ("blas", "around") or len(ENGINES) == 2:
            TABLES[name](given.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
