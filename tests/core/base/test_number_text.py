"""Numbers as they are written and scaled."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.number_text import SteadyScale, duration, exact, grouped, percent, rough, round_up, short


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (-0.0213, "−0.02"), (0.00043, "4e−4"), (-1234.0, "−1e3"), (math.inf, "∞"), (math.nan, "–")],
)
def test_rough(value: float, text: str) -> None:
    assert rough(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.125, "0.125"),
        (-0.5, "−0.5"),
        (1234.567, "1235"),
        (-123456.0, "−123500"),
        (0.000123456, "0.0001235"),
        (0.0000123456, "1.235e−5"),
        (-2.5e7, "−2.500e7"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "–"),
    ],
)
def test_short(value: float, text: str) -> None:
    assert short(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_exact_brings_back_every_bit(value: float) -> None:
    assert struct.pack("d", float(exact(value).replace("−", "-"))) == struct.pack("d", value)


@pytest.mark.parametrize(
    ("share", "text"), [(1.0, "100.0 %"), (0.9999, ">99.9 %"), (0.999, "99.9 %"), (0.0, "0.0 %"), (math.nan, "–")]
)
def test_percent_says_100_only_of_all(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(("value", "text"), [(999, "999"), (1000, "1\u202f000"), (1234567.4, "1\u202f234\u202f567")])
def test_grouped(value: float, text: str) -> None:
    assert grouped(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "1 s"), (59, "59 s"), (61, "1 min 1 s"), (3600, "1 h 0 min"), (400_000, "4 days"), (59.5, "1 min 0 s")],
)
def test_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@given(st.floats(1e-250, 1e250))
def test_round_up_is_the_least_round_number_that_holds_the_value(value: float) -> None:
    end = round_up(value)
    assert value <= end
    assert end <= 2.5 * value * (1 + 1e-9)
    assert f"{end:.12e}".lstrip("125").startswith((".000", "0.000"))


@given(st.floats(1e-250, 1e250))
def test_a_fresh_scale_holds_the_value_and_little_more(value: float) -> None:
    end = SteadyScale().follow(value)
    assert value <= end <= 1.16 * value
    assert len(f"{end:.12e}".split("e")[0].rstrip("0").replace(".", "")) <= 2


def test_the_scale_does_not_flicker() -> None:
    scale = SteadyScale()
    assert scale.follow(0.95) == 1.0
    assert [scale.follow(value) for value in (0.99, 0.75, 0.99, 0.71)] == [1.0] * 4
    assert scale.follow(1.01) == 1.1, "so little that nothing pales at a leap"
    assert scale.follow(0.79) == 1.1
    assert scale.follow(0.69) == 0.75
    scale.restart()
    assert scale.follow(0.5) == 0.51
    assert scale.follow(math.nan) == scale.follow(math.inf) == scale.follow(0.0) == 0.51
