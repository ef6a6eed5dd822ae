"""Jumps in time: how long it takes to go to a random position of a long run, and whether its bits are right.

    python benchmarks/seek.py
    python benchmarks/seek.py --net 2-7-2 --updates 100000 --jumps 200 --no-window

Each run trains so many updates, with changes of the settings and of weights on the way and a second branch from the
middle on; from a third on it trains half as many with painted points. Then it jumps to random positions of all three
branches. Straight runs with the same changes, which never jump, are trained to the same positions; all that a position
determines is compared: parameters, gradient, last change, the optimizer's memory and record.

The runs are then opened in the window, which goes to random positions as well; then the mouse drags the head of the
timeline to and fro over all of them. A picture counts if it shows a position that the mouse asked for.

See benchmarks/README.md for the numbers to be met.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # as main.py does

import numpy as np  # noqa: E402 (it reads the variables above once)
from numpy.typing import NDArray  # noqa: E402

from benchmarks.seek_window import Drag, SeekWindow  # noqa: E402
from core.data.data_source import DataSource, load  # noqa: E402
from core.data.dataset import Dataset  # noqa: E402
from core.data.drawn_points import drawn_from  # noqa: E402
from core.data.point_edits import add  # noqa: E402
from core.storage.project import Project, project_bytes  # noqa: E402
from core.training.experiment import Experiment, Init  # noqa: E402
from core.training.presets import PRESETS  # noqa: E402
from core.training.timeline.branches import Branch  # noqa: E402
from core.training.trainer import Trainer  # noqa: E402
from core.workbench.messages import Capture, Load  # noqa: E402
from core.workbench.open_runs import OpenRuns  # noqa: E402
from core.workbench.runs import Run  # noqa: E402

NETS = {"2-7-2": (7,), "2-8x6-2": (8,) * 6, "2-64-64-64-2": (64,) * 3}
EXPERIMENT = PRESETS["shallow"].experiment.replace(init=Init("glorot"), learning_rate=0.003, optimizer="momentum")
EXPERIMENT = EXPERIMENT.replace(momentum=0.5)
MIB = 1 << 20

Bits = tuple[bytes, ...]
Place = tuple[Run, Branch, int]


def main() -> int:
    """Run, and print a table; returns 1 where bits differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--net", choices=NETS, action="append", help="only this one; can be given more than once")
    parser.add_argument("--updates", type=int, default=1_000_000)
    parser.add_argument("--jumps", type=int, default=1000, help="in core")
    parser.add_argument("--window-jumps", type=int, default=50)
    parser.add_argument("--drag-seconds", type=float, default=6.0, help="how long the head is dragged in the window")
    parser.add_argument("--no-window", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    print(f"{'':16} {'jumps':>6} {'median':>9} {'99th':>9} {'worst':>9} {'keyframes':>10} {'MiB':>7} {'project':>9}")
    compared = equal = 0
    worst: list[float] = []
    dragged: list[Drag] = []
    for name in given.net or NETS:
        dataset = load(EXPERIMENT.data)
        experiment = EXPERIMENT.replace(hidden=NETS[name])
        runs, painted_at = run(experiment, dataset, given.updates)
        rng = np.random.default_rng(given.seed)
        places = [painted_at, *(place(runs, rng) for _ in range(given.jumps))]
        seconds, found = jump(runs, places)
        print(row(name, seconds, runs), flush=True)
        worst.append(float(np.percentile(seconds, 99)))
        same = sum(found[index] == bits for index, bits in straight(places))
        same += found[0][0] == start_of(branches(runs)[-1][0]).tobytes()  # the painted points begin with these weights
        compared, equal = compared + len(places) + 1, equal + same
        if not given.no_window:
            with SeekWindow(project(runs)) as window:
                seconds, rightly = jump_in_window(runs, window, [place(runs, rng) for _ in range(given.window_jumps)])
                print(row(f"{name}, window", seconds, runs), flush=True)
                worst.append(float(np.percentile(seconds, 99)))
                compared, equal = compared + given.window_jumps, equal + rightly
                dragged.append(window.drag(given.drag_seconds))
                print(f"{name}, dragged: {dragged[-1].words}", flush=True)
    slowest = f"at least {min(one.a_second for one in dragged):.1f} pictures/s while dragged; " if dragged else ""
    print(f"99th percentile of a jump: at most {1000 * max(worst):.1f} ms; {slowest}bits equal: {equal} of {compared}")
    return 0 if equal == compared else 1


def run(experiment: Experiment, dataset: Dataset, updates: int) -> tuple[OpenRuns, Place]:
    """Two branches with changes on the way, each to the last update, and a painted one; the place of the painting."""
    runs = OpenRuns((experiment.data, dataset))
    runs.load(Load(experiment))
    first = runs.present
    assert first is not None
    trainer = first.trainer
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
    painted_at = first, trainer.tree.branches[0], updates // 3 + 11
    trainer.seek(painted_at[2], painted_at[1])
    points = np.random.default_rng(0).normal(size=(20, 2))
    drawn = DataSource("drawn", drawn=add(drawn_from(dataset), points, 1))
    runs.load(Load(first.experiment.replace(data=drawn), goes_on=True))
    assert runs.present is not None
    train_to(runs.present.trainer, updates // 2)
    return runs, painted_at


def train_to(trainer: Trainer, position: int) -> None:
    """Train without heed to reasons to stop."""
    while trainer.position < position:
        trainer.advance(position - trainer.position)


def branches(runs: OpenRuns) -> list[tuple[Run, Branch]]:
    """All branches with their runs, in the order of the timeline."""
    timeline = runs.timeline()
    found = (runs.branch(view.number) for view in (() if timeline is None else timeline.branches))
    return [one for one in found if one is not None]


def place(runs: OpenRuns, rng: np.random.Generator) -> Place:
    """A branch and a position that it reached."""
    every = branches(runs)
    one, branch = every[int(rng.integers(len(every)))]
    return one, branch, int(rng.integers(branch.tip + 1))


def jump(runs: OpenRuns, places: Sequence[Place]) -> tuple[list[float], list[Bits]]:
    """Go to each place in turn; returns the seconds and the bits there."""
    seconds, found = [], []
    for one, branch, position in places:
        began = time.perf_counter()
        runs.turn_to(one)
        one.trainer.seek(position, branch)
        seconds.append(time.perf_counter() - began)
        found.append(bits_of(one.trainer))
    return seconds, found


def start_of(one: Run) -> NDArray[np.float64]:
    """The weights at the beginning of a run, shape (parameters,)."""
    return one.trainer.tree.branches[0].keyframe_before(0).parameters


def straight(places: Sequence[Place]) -> Iterator[tuple[int, Bits]]:
    """For each branch one fresh run with its changes, which stops at all places in their order; their bits."""
    for one, branch in {id(branch): (one, branch) for one, branch, _ in places}.values():
        fresh = Trainer(one.trainer.experiment, one.dataset, start_of(one).copy())
        fresh.settings_over_time.changes = list(branch.changes)
        for index in sorted(range(len(places)), key=lambda index: places[index][2]):
            if places[index][1] is branch:
                train_to(fresh, places[index][2])
                fresh.advance(0)
                yield index, bits_of(fresh)


def bits_of(trainer: Trainer) -> Bits:
    """All that a position determines."""
    arrays = trainer.network.parameters, trainer.gradient, trainer.last_change, *trainer.stepper.memory.values()
    history = trainer.history
    return (*(array.tobytes() for array in arrays), history.table.tobytes(), history.gradients.tobytes())


def row(name: str, seconds: Sequence[float], runs: OpenRuns) -> str:
    """One line of the table."""
    median, high, worst = (f"{1000 * float(np.percentile(seconds, share)):.2f} ms" for share in (50, 99, 100))
    states = [state for _, branch in branches(runs) for state in branch.states]
    memory = sum(8 * state.parameters.size * (3 + len(state.slots)) for state in states) / MIB
    size = len(project_bytes(project(runs))) / MIB
    return f"{name:16} {len(seconds):6} {median:>9} {high:>9} {worst:>9} {len(states):10} {memory:7.1f} {size:5.2f} MiB"


def project(runs: OpenRuns) -> Project:
    """The runs as a project file."""
    [captured] = runs.captured((Capture(),))
    assert captured.project is not None
    return captured.project


def jump_in_window(runs: OpenRuns, window: SeekWindow, places: Sequence[Place]) -> tuple[list[float], int]:
    """Go to each place in the window; returns the seconds until it was shown, and how many had the right bits."""
    seconds, rightly = [], 0
    known = [branch for _, branch in branches(runs)]
    for one, branch, position in places:
        took, parameters = window.jump(known.index(branch), position)
        seconds.append(took)
        one.trainer.seek(position, branch)
        rightly += parameters.tobytes() == one.trainer.network.parameters.tobytes()
    return seconds, rightly


if __name__ == "__main__":
    sys.exit(main())
