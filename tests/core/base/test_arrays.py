"""Arrays: small functions that stand in for NumPy's."""

from __future__ import annotations

import numpy as np
import pytest

from core.base.arrays import median


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 10])
def test_the_median_is_numpys_to_the_bit(count: int) -> None:
    values = np.random.default_rng(count).normal(size=count) * 10.0 ** np.arange(count)
    assert median(values) == np.median(values)
    before = values.copy()
    values[count // 2] = np.inf
    assert median(values) == np.median(values)
    values[count // 2] = np.nan
    assert np.isnan(median(values))
    assert np.array_equal(np.delete(values, count // 2), np.delete(before, count // 2)), "the values stay in place"
