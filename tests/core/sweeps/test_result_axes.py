"""Columns of results become axes: logarithmic where that is needed, ranks where there are no numbers."""

from __future__ import annotations

import numpy as np
import pytest

from core.sweeps.result_axes import axis_of_numbers, axis_of_texts, brief_texts


@pytest.mark.parametrize(
    ("values", "is_logarithmic", "places"),
    [
        (("0.01", "0.1", "1"), True, (0.0, 0.5, 1.0)),
        (("1", "2", "3"), False, (0.0, 0.5, 1.0)),
        (("0", "0.001", "0.1"), False, (0.0, 0.5, 1.0)),  # 0 has no place among ratios, so all stand as ranks
        (("sgd", "adam", "momentum"), False, (0.0, 0.5, 1.0)),
        (("none", "5", "20"), False, (0.0, 0.5, 1.0)),
        (("4", "8,8", "2"), False, (0.0, 0.5, 1.0)),
    ],
)
def test_values_of_options_stand_at_their_places(
    values: tuple[str, ...], is_logarithmic: bool, places: tuple[float, ...]
) -> None:
    axis = axis_of_texts("x", [*values, values[1]], values)
    assert axis.is_logarithmic == is_logarithmic
    np.testing.assert_allclose(axis.places(axis.numbers), [*places, places[1]], atol=1e-12)
    assert [text for _, text in axis.levels] == list(values)
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
    assert brief_texts(("0.00436103", "0.0190186")) == {"0.00436103": "0.00436", "0.0190186": "0.019"}
    assert brief_texts(("1.0001", "1.0002")) == {"1.0001": "1.0001", "1.0002": "1.0002"}
    assert brief_texts(("8,8", "4")) == {"8,8": "8,8", "4": "4"}
