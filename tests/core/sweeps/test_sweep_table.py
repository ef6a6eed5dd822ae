"""The table of a sweep: its columns, its cells, and bands of curves."""

from __future__ import annotations

import numpy as np

from core.sweeps.run_result import DIVERGED, DONE, FAILED, RunResult
from core.sweeps.sweep_table import SweepTable, band
from core.sweeps.variation import parse_variation

NAN = float("nan")


def result(rate: str, hidden: str, seed: int, losses: list[float], status: str = DONE) -> RunResult:
    curve = np.array([[10.0 * epoch, loss, loss / 2, 0.5, 0.5] for epoch, loss in enumerate(losses)])
    loss = losses[-1] if losses else NAN
    return RunResult(
        (rate, hidden), seed, len(losses) - 1, loss, loss / 2, 0.5, 0.5, status, 1.0, "", curve.reshape(-1, 5), 10
    )


def table() -> SweepTable:
    found = SweepTable((parse_variation("learning-rate=0.1;0,01;1"), parse_variation("hidden=4;8,8")))
    found.add([result("0.1", "4", seed, [1.0, 0.5 + seed / 10, 0.2 + seed / 10]) for seed in range(3)])
    found.add([result("0,01", "4", 0, [1.0, 0.9, 0.8]), result("0,01", "8,8", 0, [1.0], DIVERGED)])
    found.add([result("1", "8,8", 0, [], FAILED)])
    return found


def test_columns_and_cells() -> None:
    found = table()
    assert found.columns == (
        "learning-rate", "hidden", "seed", "epochs", "train_loss", "test_loss", "train_score", "test_score", "status",
        "seconds",
    )  # fmt: skip
    first = found.results[0]
    assert [found.cell(first, column) for column in found.columns[:5]] == [0.1, "4", 0, 2, 0.2]
    assert found.cell(found.results[4], "learning-rate") == 0.01


def test_a_band_has_the_quartiles_of_the_runs_that_reached_an_epoch() -> None:
    runs = [*table().results[:3], result("0.1", "4", 3, [1.0, 0.9])]
    found = band(runs, "train_loss")
    assert found.epochs.tolist() == [0.0, 1.0, 2.0]
    assert found.runs.tolist() == [4.0, 4.0, 3.0]
    np.testing.assert_allclose(found.quartiles[1], [1.0, 0.65, 0.3])
    np.testing.assert_allclose(found.quartiles[:, 2], [0.25, 0.3, 0.35])
    nothing = band([result("1", "8,8", 0, [])], "train_loss")
    assert (len(nothing.epochs), nothing.quartiles.shape) == (0, (3, 0))
    assert len(band([], "test_loss").epochs) == 0
