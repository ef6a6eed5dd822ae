"""Numbers as they are written and scaled."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.base.number_text import (
    SteadyScale,
    axis_offset,
    duration,
    exact,
    factor_text,
    fraction_place,
    grouped,
    percent,
    rough,
    round_up,
    short,
    span_text,
    telling,
    tick_texts,
    told_apart,
)


@pytest.mark.parametrize(
    ("epochs", "text"),
    [
        (0.123, "0.12 epochs"),
        (1.0, "1 epoch"),
        (1.47, "1.5 epochs"),
        (2.94, "3 epochs"),
        (40.0, "40 epochs"),
        (1234.4, "1\u202f234 epochs"),
    ],
)
def test_epochs_are_whole_but_for_very_few_and_have_their_word(epochs: float, text: str) -> None:
    assert span_text(epochs) == text


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
        (-0.0, "0"),
        (0.125, "0.125"),
        (-0.5, "−0.5"),
        (1234.567, "1235"),
        (-123456.0, "−123500"),
        (0.000123456, "0.0001235"),
        (0.0000123456, "1.235e−5"),
        (0.00009999999, "0.0001"),
        (999_999.7, "1e6"),
        (-2.5e7, "−2.5e7"),
        (1e9, "1e9"),
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
    ("factor", "text"),
    [
        (1000.0, "1\u202f000"),
        (123_456.0, "120\u202f000"),
        (999_600.0, "1 million"),
        (1.6e9, "1.6 billion"),
        (1.6e11, "160 billion"),
        (3.04e13, "30 trillion"),
        (1e200, "1e200"),
        (math.inf, "∞"),
    ],
)
def test_a_factor_in_plain_words(factor: float, text: str) -> None:
    assert factor_text(factor) == text


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


def test_what_is_practically_zero_has_no_scale_until_there_is_more() -> None:
    scale = SteadyScale()
    assert scale.follow(1.8e-44, 1e-12) == math.inf
    assert scale.follow(0.0, 1e-12) == scale.follow(math.nan, 1e-12) == math.inf
    assert scale.follow(0.5, 1e-12) == 0.51
    assert scale.follow(1e-11, 1e-12) == 1e-11


def test_the_numbers_of_another_run_do_not_stay_where_all_is_0() -> None:
    scale = SteadyScale()
    assert scale.follow(0.5) == 0.51
    scale.restart()
    assert scale.follow(0.0) == math.inf
    assert scale.follow(0.02) == 0.02
    assert scale.follow(0.0) == 0.02, "a single 0 between other values is no other run"


# ---- Numbers of axes and readouts tell values apart.


def read(text: str) -> float:
    return float(text.replace("−", "-").replace("\u202f", ""))


@given(
    middle=st.one_of(st.floats(-1e3, 1e3), st.floats(-1e15, 1e15), st.sampled_from([1e9, 1.7e9, -1e9, 0.0, 0.5, 3e5])),
    power=st.integers(-12, 14),
    digit=st.sampled_from([1, 2, 5]),
    longest=st.sampled_from([6, 8]),
)
def test_the_numbers_of_an_axis_tell_its_ticks_apart_and_are_right(
    middle: float, power: int, digit: int, longest: int
) -> None:
    spacing = float(f"{digit}e{power}")
    assume(abs(middle) < 1e12 * spacing)
    first = math.floor(middle / spacing)
    ticks = [k * spacing for k in range(first - 2, first + 4)]
    low, high = ticks[0] - spacing / 3, ticks[-1] + spacing / 3
    offset, text = axis_offset(low, high, longest)
    assert bool(text) == (offset != 0.0)
    if text:
        assert read(text.replace(" ", "")) == offset
    texts = tick_texts([tick - offset for tick in ticks], spacing)
    assert len(set(texts)) == len(texts)
    assert [read(t) + offset for t in texts] == pytest.approx(ticks, rel=1e-13, abs=spacing / 100)
    if text:
        assert max(len(t.lstrip("−")) for t in texts) <= longest + 2


@pytest.mark.parametrize(
    ("low", "high", "longest", "wanted"),
    [
        (1e9 - 3, 1e9 + 3, 8, "+ 1e9"),
        (1.7e9 - 2000, 1.7e9 + 300, 8, "+ 1.7e9"),
        (300_000.0, 300_001.0, 8, ""),
        (1000.0, 1010.0, 6, ""),
        (0.5 - 1e-12, 0.5 + 1e-12, 6, "+ 0.5"),
        (-1e9 - 3, -1e9 + 3, 8, "− 1e9"),
        (0.0, 1e9, 6, ""),
    ],
)
def test_the_offset_of_an_axis_is_a_round_number(low: float, high: float, longest: int, wanted: str) -> None:
    assert axis_offset(low, high, longest)[1] == wanted


@pytest.mark.parametrize(
    ("values", "spacing", "wanted"),
    [
        ((0.0, 0.05, 0.1), 0.05, ["0", "0.05", "0.10"]),
        ((300_000.0, 300_000.5), 0.5, ["300000.0", "300000.5"]),
        ((-2e-12, 0.0, 1e-12), 1e-12, ["−2e−12", "0", "1e−12"]),
        ((-50_000.0, 0.0), 50_000.0, ["−50\u202f000", "0"]),
        ((1.5e6, 1.6e6), 1e5, ["1.5e6", "1.6e6"]),
    ],
)
def test_numbers_of_an_axis_have_one_form(values: tuple[float, ...], spacing: float, wanted: list[str]) -> None:
    assert tick_texts(values, spacing) == wanted


@given(st.floats(-1e15, 1e15, allow_subnormal=False), st.integers(-13, 15))
def test_a_readout_tells_places_of_its_range_apart(value: float, power: int) -> None:
    span = 10.0**power
    assume(abs(value) < 1e12 * span)
    assert read(telling(value, span)) == pytest.approx(value, rel=1e-15, abs=span / 900)
    assert telling(0.123456, 10.0) == "0.1235"
    assert telling(1.7e9 + 12_345, 86_400) == "1700012345"


@pytest.mark.parametrize(
    ("first", "second", "texts"),
    [
        (0.25, 0.1, ("0.25", "0.1")),
        (0.127, 0.1259, ("0.127", "0.126")),
        (1.0, 1.0, ("1", "1")),
        (2.0, math.inf, ("2", "∞")),
    ],
)
def test_two_numbers_are_told_apart(first: float, second: float, texts: tuple[str, str]) -> None:
    assert told_apart(first, second) == texts


@pytest.mark.parametrize(
    ("position", "text"),
    [
        (4414, "epoch 4.41"),
        (4000, "epoch 4"),
        (4009, "epoch 4"),
        (4999, "epoch 4.99"),
        (1_041_500, "epoch 1\u202f041.5"),
    ],
)
def test_a_place_inside_an_epoch_is_told_in_little_room_too(position: int, text: str) -> None:
    assert fraction_place(position, 1000) == text
