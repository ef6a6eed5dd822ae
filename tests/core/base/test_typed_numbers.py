"""Typed numbers: a decimal point and a decimal comma mean the same; nothing becomes another number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.typed_numbers import NumberTextError, check_range, read_number, read_whole


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_the_same_with_point_and_comma(value: float) -> None:
    text = repr(value)
    assert read_number(text) == value
    assert read_number(text.replace(".", ",")) == value
    assert read_number(text.replace("-", "−")) == value


@given(st.text(max_size=12))
def test_any_text_is_a_finite_number_or_refused_in_one_short_line(text: str) -> None:
    try:
        read_number(text)
    except NumberTextError as error:
        assert str(error).isprintable()
        assert len(str(error)) <= 240


@pytest.mark.parametrize(
    "text",
    ["", "inf", "-inf", "nan", "1e400", "1e-400", "1_000", "0x10", "1.234,5", "1,234.5", "1 2", "１", "0.0p", "."],
)
def test_what_is_not_a_finite_number_is_refused(text: str) -> None:
    with pytest.raises(NumberTextError):
        read_number(text)


@pytest.mark.parametrize(
    ("text", "value"), [("1000", 1000), ("1 000", 1000), ("1\u202f000\u202f000", 10**6), ("−7", -7)]
)
def test_a_whole_number_may_have_spaces_between_thousands(text: str, value: int) -> None:
    assert read_whole(text) == value


@pytest.mark.parametrize("text", ["1,000", "1.000", "1.5", "1,5", "1e3", "10 00", "", "9" * 50])
def test_a_whole_number_has_no_marks(text: str) -> None:
    with pytest.raises(NumberTextError, match="whole number"):
        read_whole(text)


def test_the_range_is_told() -> None:
    check_range("3", 3, 1, 256)
    with pytest.raises(NumberTextError, match=r'^"300" is out of range; type a number from 1 to 256\.$'):
        check_range("300", 300, 1, 256)
