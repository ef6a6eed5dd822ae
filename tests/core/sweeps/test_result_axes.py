"""Columns of results become axes: logarithmic where that is needed, ranks where there are no numbers."""

from __future__ import annotations

import numpy as np
import pytest

from core.sweeps.result_axes import axis_of_numbers, axis_of_option, brief_texts
from core.sweeps.variation import parse_variation


@pytest.mark.parametrize(
    ("given", "is_logarithmic", "order"),
    [
        ("learning-rate=0.01;0.1;1", True, "0.01 0.1 1"),
        ("learning-rate=1;0,01;0.1", True, "0.01 0.1 1"),
        ("batch-size=1;2;3", False, "1 2 3"),
        ("l2=0.1;0;0.001", False, "0 0.001 0.1"),  # 0 has no place among ratios, so all stand as ranks
        ("optimizer=sgd;adam;momentum", False, "sgd adam momentum"),
        ("patience=none;5;20", False, "none 5 20"),
        ("hidden=4;8,8;2", False, "4 8,8 2"),
    ],
)
def test_values_of_options_stand_at_their_places(given: str, is_logarithmic: bool, order: str) -> None:
    variation = parse_variation(given)
    axis = axis_of_option(variation, variation.texts)
    assert axis.is_logarithmic == is_logarithmic
    assert [text for _, text in axis.levels] == order.split()
    places = axis.places(np.array([number for number, _ in axis.levels]))
    np.testing.assert_allclose(places, [0.0, 0.5, 1.0], atol=1e-12)
    assert [axis.number(float(place)) for place in axis.places(axis.numbers)] == pytest.approx(axis.numbers.tolist())


def test_ticks_are_round_numbers_within_the_ends() -> None:
    loss = axis_of_numbers("train_loss", np.array([0.0003, 2.0, np.nan]))
    assert loss.is_logarithmic and [text for _, text in loss.ticks] == ["0.001", "0.01", "0.1", "1"]
    score = axis_of_numbers("train_score", np.array([0.5, 1.0]), may_be_log=False)
    assert [text for _, text in score.ticks] == ["0.5", "0.6", "0.7", "0.8", "0.9", "1"]
    assert np.isnan(loss.places(np.array([np.nan]))).all()
    same = axis_of_numbers("train_loss", np.array([0.5, 0.5]))
    assert same.places(same.numbers).tolist() == [0.5, 0.5]


def test_long_numbers_are_shown_short_where_that_tells_them_apart() -> None:
    shown = {
        "learning-rate=0.00436103;0.0190186": ["0.00436", "0.019"],
        "learning-rate=1.0001;1.0002": ["1.0001", "1.0002"],
        "hidden=8,8;4": ["8,8", "4"],
        "learning-rate=1000;1e-5": ["1000", "1e−5"],
    }
    for given, texts in shown.items():
        assert list(brief_texts(parse_variation(given)).values()) == texts
