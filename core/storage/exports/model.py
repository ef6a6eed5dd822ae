"""What is exported: a trained network with all that leads from a point of the data to its outputs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field

import numpy as np

from core.base.arrays import Array
from core.base.values import dataclass
from core.data.features import Feature, feature
from core.data.tables.column_choice import Choice
from core.network.activations import Activation
from core.network.network import Network, parameter_views
from core.training.preparation import Preparation

EXAMPLES = 3
BLOCK = 4_096
"""Points that are computed at a time, so that a million of them need no more memory than this."""


@dataclass(frozen=True, eq=False)
class Model:
    """A network that takes points in the units of the data.

    Attributes:
        preparation: features, their center and scale, layer sizes and activations.
        parameters: shape (parameters,), laid out as ``Network.parameters``.
        texts: see :attr:`core.data.tables.column_choice.Choice.text_columns`.
    """

    preparation: Preparation
    parameters: Array
    texts: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def features(self) -> tuple[Feature, ...]:
        """What the network is given, in the order of its inputs."""
        return tuple(feature(name) for name in self.preparation.features)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units of each layer, the inputs first."""
        return self.preparation.sizes

    @property
    def title(self) -> str:
        """Such as ``2-7-2``."""
        return "-".join(map(str, self.sizes))

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of a point."""
        return tuple(self.preparation.dataset.column_names)

    @property
    def places(self) -> tuple[int, ...]:
        """Places of the columns in a table without names, where x1 is the first and so on; counted from 0."""
        if all(re.fullmatch(r"x[1-9][0-9]{0,3}", name) for name in self.columns):
            return tuple(int(name[1:]) - 1 for name in self.columns)
        return tuple(range(len(self.columns)))

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes; empty for regression."""
        return self.preparation.dataset.class_names

    @property
    def output_names(self) -> tuple[str, ...]:
        """What the outputs stand for: the classes, or the target."""
        return self.preparation.output_names

    @property
    def activations(self) -> tuple[Activation, ...]:
        """One for each layer but the inputs."""
        return self.preparation.activations

    @property
    def is_scaled(self) -> bool:
        """Whether the features are shifted or scaled before the network gets them."""
        return bool(self.preparation.center.any() or (self.preparation.scale != 1.0).any())

    @property
    def examples(self) -> Array:
        """Some points of the data, shape (at most 3, columns)."""
        return self.preparation.dataset.points[:EXAMPLES]

    def layers(self) -> Iterator[tuple[Array, Array, Activation]]:
        """For each layer W of shape (inputs, outputs), b of shape (outputs,) and the activation."""
        weights, biases = parameter_views(self.sizes, self.parameters)
        yield from zip(weights, biases, self.activations, strict=True)

    def outputs(self, points: Array) -> Array:
        """The outputs for points, both in the data's units, shape (n, outputs), by the reference."""
        network = Network(self.sizes, self.preparation.activations, self.parameters)
        found = np.empty((len(points), self.sizes[-1]))
        with np.errstate(all="ignore"):
            for block in blocks(len(points)):
                found[block] = self.preparation.in_units(network.forward(self.preparation.inputs(points[block])).output)
        return found


def blocks(count: int) -> Iterator[slice]:
    """So many points, BLOCK at a time."""
    return (slice(start, min(start + BLOCK, count)) for start in range(0, count, BLOCK))


def make_model(preparation: Preparation, parameters: Array, choice: Choice | None = None) -> Model:
    """The network with these parameters, which are copied; ``choice`` is that of the table that it learned from."""
    return Model(preparation, np.array(parameters, dtype=np.float64), {} if choice is None else choice.text_columns)
