"""Which of very many points are drawn."""

from __future__ import annotations

import numpy as np
import pytest

from gui.decision.point_sampling import MOST_POINTS, MOST_WRONG, PointSample


def labels_and_predictions(n: int, wrong: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels, predictions, and the rows that are wrong."""
    random = np.random.default_rng(n + wrong)
    labels = random.integers(0, 3, n)
    predicted = labels.copy()
    rows = np.sort(random.permutation(n)[:wrong])
    predicted[rows] = (predicted[rows] + 1) % 3
    return labels, predicted, rows


@pytest.mark.parametrize(
    ("n", "wrong"),
    [
        (5, 5),
        (1_000, 0),
        (300_000, 3),
        (300_000, MOST_WRONG),
        (300_000, MOST_WRONG + 1),
        (300_000, 30_000),
        (300_000, 300_000),
    ],
)
def test_wrong_points_are_found_up_to_their_quota(n: int, wrong: int) -> None:
    labels, predicted, rows = labels_and_predictions(n, wrong)
    sample = PointSample(labels)
    found = sample.wrong(predicted, None)
    assert found.count == wrong
    assert len(found.rows) == min(wrong, MOST_WRONG)
    assert np.isin(found.rows, rows).all()
    assert len(np.unique(found.rows)) == len(found.rows)
    assert len(sample.rows) == min(n, MOST_POINTS)


def test_only_the_points_asked_for_count_as_wrong() -> None:
    labels, predicted, rows = labels_and_predictions(10_000, 5_000)
    among = np.arange(10_000) < 700
    found = PointSample(labels).wrong(predicted, among)
    assert found.rows.tolist() == rows[rows < 700].tolist()


def test_the_choice_does_not_flicker_when_a_few_predictions_change() -> None:
    labels, predicted, rows = labels_and_predictions(300_000, 100_000)
    sample = PointSample(labels)
    before = sample.wrong(predicted, None).rows
    predicted[rows[:200]] = labels[rows[:200]]
    after = sample.wrong(predicted, None).rows
    assert len(np.intersect1d(before, after)) > 0.97 * MOST_WRONG
    assert np.array_equal(sample.rows, PointSample(labels).rows)
