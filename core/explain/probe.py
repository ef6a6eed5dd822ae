"""What a network computes at one point of the data, which need not be one of the data set."""

from __future__ import annotations

import numpy as np

from core.base.arrays import Array, read_only_copy
from core.base.number_text import percent, short
from core.base.values import dataclass
from core.explain.maps import answers_of, in_units_of
from core.explain.picked_part import Neuron
from core.training.preparation import Preparation
from core.training.trainer import Trainer


@dataclass(frozen=True, eq=False)
class Probe:
    """What a network computes at a point.

    Attributes:
        point: in the data's units.
        activations: an array for each layer, the network's inputs first.
        winner, margin, value: the answer, as in :class:`core.explain.maps.OutputMap`; ``value`` is None for classes.
    """

    point: tuple[float, ...]
    activations: tuple[Array, ...]
    winner: int
    margin: float
    value: float | None

    def activation(self, neuron: Neuron, preparation: Preparation) -> float:
        """That of one unit; of an input, and of the output of a regression, in the data's units."""
        a = self.activations[neuron.layer][[neuron.unit]]
        return float(in_units_of(preparation, neuron.layer, neuron.unit, a)[0])


def probe_at(trainer: Trainer, point: tuple[float, ...] | None) -> Probe | None:
    """What a trainer's network computes at a point; None for no point, or one of other data."""
    preparation = trainer.preparation
    if point is None or len(point) != preparation.dataset.dimensions:
        return None
    activations = trainer.activations(np.array([point]))
    winner, margin, value = answers_of(preparation, activations[-1])
    answer = int(winner[0]), float(margin[0]), None if value is None else float(value[0])
    return Probe(point, tuple(read_only_copy(a[0]) for a in activations), *answer)


def output_text(value: float, activation: str) -> str:
    """The output of a class: a percentage where all of them sum to 1."""
    return percent(value) if activation == "softmax" else short(value, 3)
