"""The window with 1,000 kept runs in both plots and in the list: frames of a run that plays, sorting, memory.

    python benchmarks/runs_window.py               two minutes, off screen
    python benchmarks/runs_window.py --runs 100    fewer runs

See benchmarks/README.md for the numbers to be met.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # as main.py does

from PyQt5.QtCore import Qt  # noqa: E402 (it reads the variables above)
from PyQt5.QtWidgets import QApplication  # noqa: E402

from benchmarks.engine import machine, table  # noqa: E402
from core.data.data_source import load  # noqa: E402
from core.storage.settings_file import SettingsFile  # noqa: E402
from core.training.presets import PRESETS  # noqa: E402
from core.training.trainer import Trainer  # noqa: E402
from core.workbench.many_runs.kept_run import KeptRun, keep_line  # noqa: E402
from core.workbench.run_id import new_run_id, new_work_id  # noqa: E402
from gui.runs.run_table_model import EPOCHS, NAME, TRAIN_LOSS  # noqa: E402
from gui.window.application import make_application, make_window  # noqa: E402
from gui.window.main_window import MainWindow  # noqa: E402

SHALLOW = PRESETS["shallow"].experiment
TRAINED = 60
"""Epochs of each run."""
SECONDS = 4.0
LEAST_FRAMES, MOST_SECONDS, MOST_BYTES = 30.0, 0.1, 500 << 20


def kept_runs(count: int) -> list[KeptRun]:
    """Runs to keep, each trained with another seed; they share their points, as those of a window do."""
    dataset, made, work = load(SHALLOW.data), list[KeptRun](), new_work_id()
    for seed in range(count):
        trainer = Trainer(SHALLOW.replace(seed=seed, learning_rate=0.01 * (1 + seed % 20)), dataset)
        trainer.advance(TRAINED * trainer.epoch_length)
        made.append(keep_line(trainer, new_run_id(), work))
    assert len({run.parameters.tobytes() for run in made}) == count
    return made


def resident_bytes() -> int:
    """The memory that this process has, where the system tells it; 0 elsewhere."""
    gc.collect()
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def let(application: QApplication, seconds: float, until: Callable[[], bool] = lambda: True) -> None:
    """Let the window live for so long, and until something is so; a minute at most."""
    began = time.monotonic()
    while time.monotonic() - began < seconds or (not until() and time.monotonic() - began < 60.0):
        application.processEvents()
        time.sleep(0.001)


def frames(application: QApplication, window: MainWindow) -> tuple[float, float]:
    """Frames a second while the run plays, and those for which the processor time of the window's thread would do."""
    drawn: list[object] = []
    window.session.frame.connect(drawn.append)
    window.session.play()
    let(application, 1.0)
    drawn.clear()
    began, spent = time.perf_counter(), time.thread_time()
    let(application, SECONDS)
    rates = len(drawn) / (time.perf_counter() - began), len(drawn) / (time.thread_time() - spent)
    window.session.pause()
    window.session.frame.disconnect(drawn.append)
    let(application, 0.1, lambda: window.session.at_rest)
    return rates


def seconds_of(application: QApplication, act: Callable[[], object]) -> float:
    """Processor time of the window's thread until what was done is drawn."""
    began = time.thread_time()
    act()
    application.processEvents()
    return time.thread_time() - began


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the window with many kept runs.")
    parser.add_argument("--runs", type=int, default=1000, help="kept runs (default 1000)")
    count = parser.parse_args().runs
    application = make_application()
    with tempfile.TemporaryDirectory() as folder:
        window = make_window(SHALLOW, load(SHALLOW.data), SettingsFile(Path(folder) / "settings.ini"))
        window.resize(1440, 900)
        window.show()
        let(application, 0.5, lambda: window.session.at_rest)
        window.docks.bring_up("runs")
        alone = frames(application, window)
        before = resident_bytes()
        runs = kept_runs(count)
        adding = seconds_of(application, lambda: window.runs.add(runs))
        let(application, 0.2, lambda: not window.runs.borders.is_busy)
        beside = frames(application, window)
        view = window.runs.view
        acts: dict[str, Callable[[], object]] = {
            "sort by name": lambda: view.table.sortByColumn(NAME, Qt.SortOrder.DescendingOrder),
            "sort by loss": lambda: view.table.sortByColumn(TRAIN_LOSS, Qt.SortOrder.AscendingOrder),
            "sort by epochs": lambda: view.table.sortByColumn(EPOCHS, Qt.SortOrder.AscendingOrder),
            "filter": lambda: view.model.set_filter("seed 1"),
            "take the filter away": lambda: view.model.set_filter(""),
            "select all": view.table.selectAll,
            "select a run": lambda: view.table.selectRow(min(3, count - 1)),
        }
        seconds = {name: seconds_of(application, act) for name, act in acts.items()}
        kept, memory = window.runs.kept.bytes_kept, resident_bytes() - before
        assert len(window.runs.kept) == count
        window.close()
        let(application, 0.1)
    print(machine())
    print(f"\n### The window with {count:,} runs\n")
    rows = [["frames/s alone", f"{alone[0]:.0f}", f"{alone[1]:.0f}"]]
    rows += [[f"frames/s with {count:,} runs", f"{beside[0]:.0f}", f"{beside[1]:.0f}"]]
    print(table(["while a run plays", "seen here", "for which the thread's processor time would do"], rows))
    print()
    rows = [[name, f"{1e3 * value:.0f} ms"] for name, value in {"add them all": adding, **seconds}.items()]
    print(table(["processor time of the window's thread", ""], rows))
    worst = max(seconds.values())
    print(f"\nmemory: {kept / 2**20:.0f} MiB of arrays, the process {memory / 2**20:.0f} MiB larger")
    print(
        f"\nwindow with {count:,} runs: {beside[0]:.0f} frames/s seen, {beside[1]:.0f} by processor time (at least "
        f"{LEAST_FRAMES:g}); sorting, filtering, selecting {1e3 * worst:.0f} ms (at most {1e3 * MOST_SECONDS:g}); "
        f"memory {memory / 2**20:.0f} MiB (at most {MOST_BYTES >> 20})"
    )
    return 0 if beside[1] >= LEAST_FRAMES and worst <= MOST_SECONDS and max(kept, memory) <= MOST_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
