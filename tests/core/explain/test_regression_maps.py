"""The output of a regression has one colour for one value, in the diagram and in the plot of the data."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.data_source import DataSource, load
from core.engines.numpy_forward import shades_of
from core.explain.maps import NeuronPlace, Plane, neuron_map, neuron_maps, output_map, target_scale
from core.training.experiment import Experiment
from core.training.trainer import Trainer

PLANE = Plane((-6.0, 6.0), (-6.0, 6.0), 7, 5)


@pytest.mark.parametrize("engine", ["numpy", pytest.param("compiled", marks=pytest.mark.needs_numba)])
@pytest.mark.parametrize("output", ["linear", "tanh"])
def test_the_tile_of_the_output_has_the_scale_of_the_targets(engine: str, output: str) -> None:
    source = DataSource("plane")
    experiment = Experiment(data=source, output=output, hidden=(4,), activation="tanh", engine=engine)
    trainer = Trainer(experiment, load(source))
    trainer.advance(300)
    low, high = target_scale(trainer.preparation.dataset.targets)
    value = output_map(trainer, PLANE).value
    assert value is not None
    np.testing.assert_array_equal(neuron_maps(trainer, PLANE)[-1][0], shades_of(value, low, high))
    own = neuron_map(trainer, NeuronPlace(2, 0, PLANE))
    assert own is not None
    assert (own.low, own.high) == (low, high)
