"""The order of the combinations of a sweep, and when chance may have made it."""

from __future__ import annotations

import numpy as np

from core.sweeps.run_result import DIVERGED, DONE, FAILED, RunResult
from core.sweeps.standings import rivals, standings


def run(rate: str, seed: int, loss: float, status: str = DONE) -> RunResult:
    return RunResult((rate,), seed, 3, loss, loss, 1.0 - loss, float("nan"), status, 1.0)


def test_the_best_median_comes_first_with_its_seeds() -> None:
    found = standings(
        [run("1", 0, 0.1), run("1", 1, 0.9), run("1", 2, 0.8), run("3", 0, 0.5), run("3", 1, 0.2), run("3", 2, 0.6)],
        "train_loss",
    )
    assert [(standing.texts, standing.median) for standing in found] == [(("3",), 0.5), (("1",), 0.8)]
    assert found[0].values.tolist() == [0.2, 0.5, 0.6]
    assert found[0].keys == [(("3",), 1), (("3",), 0), (("3",), 2)]


def test_of_scores_the_largest_is_best() -> None:
    found = standings([run("1", 0, 0.1), run("3", 0, 0.2)], "train_score")
    assert [standing.texts for standing in found] == [("1",), ("3",)]
    assert found[0].values.tolist() == [0.9]


def test_runs_that_diverged_or_failed_count_as_the_worst() -> None:
    unsteady = [run("10", 0, 0.001), run("10", 1, 9.0, DIVERGED), run("10", 2, 9.0, FAILED)]
    found = standings([*unsteady, *(run("1", seed, 0.5) for seed in range(3))], "train_loss")
    assert [(standing.texts, standing.unfinished) for standing in found] == [(("1",), 0), (("10",), 2)]
    assert found[1].values.tolist() == [0.001]


def test_equal_combinations_stay_in_their_order_and_no_number_is_no_result() -> None:
    assert [s.texts for s in standings([run("5", 0, 0.1), run("1", 0, 0.1)], "train_loss")] == [("5",), ("1",)]
    (nothing,) = standings([run("5", 0, 0.1)], "test_score")
    assert len(nothing.values) == 0 and nothing.unfinished == 1


def test_a_rival_reaches_the_range_of_the_best() -> None:
    best = [run("1", 0, 0.1), run("1", 1, 0.3)]
    apart, touching = [run("3", 0, 0.31), run("3", 1, 0.9)], [run("5", 0, 0.3), run("5", 1, 0.9)]
    failed = [run("7", 0, np.nan, FAILED), run("7", 1, np.nan, FAILED)]
    assert rivals(standings([*best, *apart, *failed], "train_loss"), "train_loss") == 0
    assert rivals(standings([*best, *apart, *touching], "train_loss"), "train_loss") == 1
    assert rivals(standings([*best, *apart, *touching], "train_score"), "train_score") == 1
