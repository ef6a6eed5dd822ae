"""How long a block of the evaluation of a million points takes: what waits, waits for the end of a block."""

from __future__ import annotations

import time

import numpy as np

from benchmarks.contenders import ENGINES, table
from core.data.data_source import DataSource
from core.data.dataset import Dataset
from core.training.experiment import Experiment
from core.training.trainer import Trainer

POINTS = 1_000_000
NETS = ((7,), (8,) * 6, (64,) * 3)
MOST_SECONDS = 0.1


def _longest_block(trainer: Trainer) -> tuple[int, float]:
    """The number of blocks of an evaluation, and the longest seconds."""
    trainer.advance(1)
    steps, count, longest, is_done = trainer.evaluating(), 0, 0.0, False
    while not is_done:
        began = time.thread_time()
        is_done = next(steps, "end") == "end"
        count, longest = count + 1, max(longest, time.thread_time() - began)
    return count, longest


def show(_: float) -> None:
    """Measure the evaluation of some nets, print a table and a line that sums up."""
    points = np.random.default_rng(1).normal(size=(POINTS, 2))
    dataset = Dataset(points, (points.sum(axis=1) > 0.0).astype(np.int64), ("a", "b"), name="points")
    rows, worst = [], 0.0
    for hidden in NETS:
        for engine in ENGINES:
            experiment = Experiment(data=DataSource("file", path="points.csv"), hidden=hidden, engine=engine)
            count, longest = _longest_block(Trainer(experiment, dataset))
            worst = max(worst, longest)
            rows.append(["-".join(map(str, (2, *hidden, 2))), engine, str(count), f"{1000 * longest:.1f} ms"])
    print(f"\n### Blocks of an evaluation of {POINTS:,} points, processor time\n")
    print(table(["", "engine", "blocks", "longest"], rows))
    print(f"\nAt most {1000 * worst:.1f} ms; to be met: {1000 * MOST_SECONDS:.0f} ms.", flush=True)
