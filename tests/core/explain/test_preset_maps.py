"""The pictures of the presets show what their nets answer."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.data_source import load
from core.explain.preset_maps import CELLS, SHADES, preset_map, square_around, trained_codes
from core.training.presets import PRESETS


def test_the_square_has_room_for_all_points() -> None:
    points = np.array([[0.0, 1.0], [4.0, 2.0]])
    plane = square_around(points)
    assert plane.x[0] < 0.0 and plane.x[1] > 4.0
    assert plane.x[1] - plane.x[0] == pytest.approx(plane.y[1] - plane.y[0])
    assert sum(plane.x) / 2.0 == pytest.approx(2.0) and sum(plane.y) / 2.0 == pytest.approx(1.5)


@pytest.mark.needs_numba  # a long run ends elsewhere with the other engine
@pytest.mark.parametrize("name", PRESETS)
def test_a_stored_map_is_what_the_preset_learns(name: str) -> None:
    preset = PRESETS[name]
    stored = preset_map(preset, square_around(load(preset.experiment.data).points))
    codes = trained_codes(preset)
    assert codes.shape == (CELLS, CELLS)
    if stored.value is not None:
        assert np.abs(stored.value - (2.0 * codes / (SHADES - 1) - 1.0)).mean() < 0.02
    else:
        assert (stored.winner == codes // SHADES).mean() > 0.97
        assert np.abs(stored.margin - codes % SHADES / (SHADES - 1)).mean() < 0.03
