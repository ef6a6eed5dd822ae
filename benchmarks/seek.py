"""Jumps in time: how long it takes to go to a random position of a long run, and whether its bits are right.

    python benchmarks/seek.py
    python benchmarks/seek.py --net 2-7-2 --updates 100000 --jumps 200 --no-window

Each run trains so many updates, with changes of the settings and of weights on the way and a second branch from the
middle on. Then it jumps to random positions of both branches. Straight runs with the same changes, which never jump,
are trained to the same positions; parameters, gradient, last change, the optimizer's memory and record are compared.

See benchmarks/README.md for the numbers to be met.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # as main.py does

import numpy as np  # noqa: E402 (it reads the variables above once)

from core.data.data_source import load  # noqa: E402
from core.data.dataset import Dataset  # noqa: E402
from core.storage.project import Project, project_bytes, save_project  # noqa: E402
from core.training.experiment import Experiment, Init  # noqa: E402
from core.training.presets import PRESETS  # noqa: E402
from core.training.saved_run import save_run  # noqa: E402
from core.training.timeline.branches import Branch  # noqa: E402
from core.training.trainer import Trainer  # noqa: E402

NETS = {"2-7-2": (7,), "2-8x6-2": (8,) * 6, "2-64-64-64-2": (64,) * 3}
EXPERIMENT = PRESETS["shallow"].experiment.replace(init=Init("glorot"), learning_rate=0.003, optimizer="momentum")
EXPERIMENT = EXPERIMENT.replace(momentum=0.5)
MIB = 1 << 20

Bits = tuple[bytes, ...]


def main() -> int:
    """Run, and print a table; returns 1 where bits differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--net", choices=NETS, action="append", help="only this one; can be given more than once")
    parser.add_argument("--updates", type=int, default=1_000_000)
    parser.add_argument("--jumps", type=int, default=1000, help="in core")
    parser.add_argument("--window-jumps", type=int, default=50)
    parser.add_argument("--no-window", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    print(f"{'':16} {'jumps':>6} {'median':>9} {'99th':>9} {'worst':>9} {'keyframes':>10} {'MiB':>7} {'project':>9}")
    compared = equal = 0
    worst: list[float] = []
    for name in given.net or NETS:
        dataset = load(EXPERIMENT.data)
        experiment = EXPERIMENT.replace(hidden=NETS[name])
        trainer = run(experiment, dataset, given.updates)
        rng = np.random.default_rng(given.seed)
        places = [place(trainer, rng) for _ in range(given.jumps)]
        seconds, found = jump(trainer, places)
        print(row(name, seconds, trainer), flush=True)
        worst.append(float(np.percentile(seconds, 99)))
        same = sum(found[index] == bits for index, bits in straight(trainer, places))
        compared, equal = compared + len(places), equal + same
        if not given.no_window:
            seconds, rightly = jump_in_window(trainer, rng, given.window_jumps)
            print(row(f"{name}, window", seconds, trainer), flush=True)
            compared, equal = compared + given.window_jumps, equal + rightly
    print(f"99th percentile of a jump: at most {1000 * max(worst):.1f} ms; bits equal: {equal} of {compared}")
    return 0 if equal == compared else 1


def run(experiment: Experiment, dataset: Dataset, updates: int) -> Trainer:
    """Two branches with changes on the way, each to the last update."""
    trainer = Trainer(experiment, dataset)
    for share, change in (
        (0.1, {"learning_rate": 0.002}),
        (0.3, {"optimizer": "adam", "learning_rate": 0.0003}),
        (0.6, {"optimizer": "sgd", "learning_rate": 0.002}),
        (0.7, {"l2": 1e-5}),
    ):
        train_to(trainer, int(share * updates))
        trainer.change(**change)
    trainer.edit({0: 0.25, 3: -0.5})
    train_to(trainer, updates)
    trainer.seek(updates // 2 + 7)
    trainer.edit({1: 0.0})
    trainer.freeze({2})
    train_to(trainer, updates)
    return trainer


def train_to(trainer: Trainer, position: int) -> None:
    """Train without heed to reasons to stop."""
    while trainer.position < position:
        trainer.advance(position - trainer.position)


def place(trainer: Trainer, rng: np.random.Generator) -> tuple[Branch, int]:
    """A branch and a position that it reached."""
    branch = trainer.tree.branches[int(rng.integers(len(trainer.tree.branches)))]
    return branch, int(rng.integers(branch.tip + 1))


def jump(trainer: Trainer, places: Sequence[tuple[Branch, int]]) -> tuple[list[float], list[Bits]]:
    """Go to each place in turn; returns the seconds and the bits there."""
    seconds, found = [], []
    for branch, position in places:
        began = time.perf_counter()
        trainer.seek(position, branch)
        seconds.append(time.perf_counter() - began)
        found.append(bits_of(trainer))
    return seconds, found


def straight(trainer: Trainer, places: Sequence[tuple[Branch, int]]) -> Iterator[tuple[int, Bits]]:
    """For each branch one fresh run with its changes, which stops at all places in their order; their bits."""
    for branch in trainer.tree.branches:
        fresh = Trainer(trainer.experiment, trainer.preparation.dataset)
        fresh.settings_over_time.changes = list(branch.changes)
        for index in sorted(range(len(places)), key=lambda index: places[index][1]):
            if places[index][0] is branch:
                train_to(fresh, places[index][1])
                fresh.advance(0)
                yield index, bits_of(fresh)


def bits_of(trainer: Trainer) -> Bits:
    """All that a position determines."""
    arrays = trainer.network.parameters, trainer.gradient, trainer.last_change, *trainer.stepper.memory.values()
    history = trainer.history
    return (*(array.tobytes() for array in arrays), history.table.tobytes(), history.gradients.tobytes())


def row(name: str, seconds: Sequence[float], trainer: Trainer) -> str:
    """One line of the table."""
    median, high, worst = (f"{1000 * float(np.percentile(seconds, share)):.2f} ms" for share in (50, 99, 100))
    states = [state for branch in trainer.tree.branches for state in branch.states]
    memory = sum(8 * state.parameters.size * (3 + len(state.slots)) for state in states) / MIB
    size = len(project_bytes(project(trainer))) / MIB
    return f"{name:16} {len(seconds):6} {median:>9} {high:>9} {worst:>9} {len(states):10} {memory:7.1f} {size:5.2f} MiB"


def project(trainer: Trainer) -> Project:
    """The run as a project file."""
    return Project(trainer.experiment, trainer.preparation.dataset, save_run(trainer))


def jump_in_window(trainer: Trainer, rng: np.random.Generator, jumps: int) -> tuple[list[float], int]:
    """Open the run in the window, jump there, and wait until the exact state is drawn.

    Returns:
        The seconds, and how many of the pictures had the right bits.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["PYQTGRAPH_QT_LIB"] = "PyQt5"
    from core.storage.settings_file import SettingsFile
    from gui.window.application import make_application, make_window

    application = make_application()
    seconds, rightly = [], 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.lens"
        save_project(path, project(trainer))
        settings = SettingsFile(Path(folder) / "settings.ini")
        window = make_window(trainer.experiment, trainer.preparation.dataset, settings, "light", None, str(path))
        window.resize(1440, 900)
        window.show()
        session = window.session

        def wait(position: int) -> None:
            late = time.perf_counter() + 60
            while time.perf_counter() < late:
                application.processEvents()
                shown = session.snapshot
                if shown is not None and shown.position == position and not session.travelling:
                    return
            raise TimeoutError(f"position {position} was not shown")

        def rest() -> None:
            """Until the program does nothing: the engine is loaded, and the missing keyframes are added."""
            used = -1.0
            while time.process_time() - used > 0.1:
                used, late = time.process_time(), time.perf_counter() + 1.0
                while time.perf_counter() < late:
                    application.processEvents()
                    time.sleep(0.005)

        wait(trainer.position)
        session.prepare()
        rest()
        for _ in range(jumps):
            branch, position = place(trainer, rng)
            began = time.perf_counter()
            session.seek(position, branch.number)
            wait(position)
            seconds.append(time.perf_counter() - began)
            trainer.seek(position, branch)
            snapshot = session.snapshot
            rightly += snapshot.parameters.tobytes() == trainer.network.parameters.tobytes()
        window.guard.may_close = lambda: True  # type: ignore[method-assign]
        window.close()
    return seconds, rightly


if __name__ == "__main__":
    sys.exit(main())
