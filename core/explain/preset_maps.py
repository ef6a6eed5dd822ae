"""What each preset's net answers where its text ends, as a small map for its card.

``python -m core.explain.preset_maps`` trains all presets and writes the maps anew.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array
from core.data.data_source import load
from core.explain.maps import OutputMap, Plane, output_map, target_scale
from core.network.tasks import REGRESSION
from core.training.presets import PRESETS, Preset
from core.training.trainer import Trainer

FILE = Path(__file__).resolve().parents[2] / "data" / "preset_maps.npy"
CELLS = 40
ROOM = 1.28
"""Side of the square of a map by the longer side of the points' rectangle."""
SHADES = 256


def square_around(points: Array) -> Plane:
    """A square with room for points of shape (n, 2), the middle of their rectangle in its middle."""
    low, high = points.min(axis=0), points.max(axis=0)
    (x, y), reach = (low + high) / 2.0, ROOM * (float((high - low).max()) / 2.0 or 1.0)
    return Plane((x - reach, x + reach), (y - reach, y + reach), CELLS, CELLS)


def trained_codes(preset: Preset) -> NDArray[np.uint16]:
    """Train a preset for its epochs; its answer in each cell of the square around its points.

    Shape (CELLS, CELLS), row 0 at the lowest x2. For classes 256 · winner + its margin from 0 to 255; for regression
    the value, 0 and 255 at the ends of the targets' scale.
    """
    dataset = load(preset.experiment.data)
    trainer = Trainer(preset.experiment, dataset)
    trainer.advance(preset.epochs * trainer.epoch_length)
    answer = output_map(trainer, square_around(dataset.points))
    if answer.value is None:
        return (SHADES * answer.winner + np.round(answer.margin * (SHADES - 1))).astype(np.uint16)
    assert dataset.targets is not None
    low, high = target_scale(dataset.targets)
    return np.round(np.clip((answer.value - low) / (high - low), 0.0, 1.0) * (SHADES - 1)).astype(np.uint16)


def preset_map(preset: Preset, plane: Plane) -> OutputMap:
    """What a preset answers in the square around its points, see :func:`trained_codes`; values are from −1 to 1."""
    codes = _stored()[list(PRESETS).index(preset.name)]
    if preset.experiment.data.task == REGRESSION:
        zeros = np.zeros(codes.shape)
        return OutputMap(plane, zeros.astype(np.int16), zeros, 2.0 * codes / (SHADES - 1) - 1.0)
    return OutputMap(plane, (codes // SHADES).astype(np.int16), codes % SHADES / (SHADES - 1))


@cache
def _stored() -> NDArray[np.uint16]:
    """The maps of all presets in their order, shape (presets, CELLS, CELLS)."""
    maps: NDArray[np.uint16] = np.load(FILE, allow_pickle=False)
    return maps


if __name__ == "__main__":
    np.save(FILE, np.stack([trained_codes(preset) for preset in PRESETS.values()]))
