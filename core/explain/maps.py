"""Maps of the outputs and activations of a network over a plane of the data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeGuard
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array, Shades, read_only
from core.base.values import dataclass
from core.data.features import feature_values, features_of
from core.data.section import Section
from core.engines.choosing import ForwardPass
from core.engines.numpy_forward import decisions_of, scale_ends, shades_of
from core.network.activations import Activation
from core.network.network import count_parameters
from core.network.tasks import REGRESSION
from core.training.preparation import Preparation
from core.training.trainer import Trainer

KEPT_PLANES = 4
OPERATIONS_OF_AN_ACTIVATION = 10


@dataclass(frozen=True)
class Plane:
    """A rectangle of the data's plane, or of a section through data of more columns, cut into cells.

    Attributes:
        x: lowest and highest x1, in the units of the data or of the section's first axis. y: the same for x2.
        columns, rows: cells along x1 and x2.
        section: the plane through the data's columns; None if there are two columns.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    columns: int
    rows: int
    section: Section | None = None

    def centers(self) -> tuple[Array, Array]:
        """The cells' centers along x1, shape (columns,), and along x2, shape (rows,), ascending."""
        return _centers(self.x, self.columns), _centers(self.y, self.rows)

    def points(self) -> Array:
        """The cells' centers as points of the data, shape (rows · columns, d), x1 running fastest, x2 ascending."""
        x, y = self.centers()
        places = np.column_stack([np.tile(x, self.rows), np.repeat(y, self.columns)])
        return places if self.section is None else self.section.embed(places)

    @property
    def dimensions(self) -> int:
        """Number of columns d of the data to which the plane belongs."""
        return 2 if self.section is None else self.section.dimensions


@dataclass(frozen=True, eq=False)
class OutputMap:
    """The network's decision over a plane; arrays of shape (rows, columns), row 0 at the lowest x2.

    Attributes:
        plane: the plane that the map covers.
        winner: class of the largest output.
        margin: the largest output minus the second largest, divided by the span of the outputs: 0 (undecided) to 1
            (confident).
            It is 0 on the border between two classes.
        value: for regression the output in the data's units, and then ``winner`` and ``margin`` are 0; None for
            classification.
    """

    plane: Plane
    winner: NDArray[np.int16]
    margin: Array
    value: Array | None = None


@dataclass(frozen=True)
class NeuronPlace:
    """A unit and the plane of its requested map; layer 0 is the input."""

    layer: int
    unit: int
    plane: Plane


@dataclass(frozen=True, eq=False)
class NeuronMap:
    """The activation of one unit over a plane.

    Attributes:
        place: the unit and the plane.
        values: the activation, shape (rows, columns), row 0 at the lowest x2.
        low, high: ends of the scale, as in :func:`neuron_maps`.
    """

    place: NeuronPlace
    values: Array
    low: float
    high: float


def cell_operations(sizes: Sequence[int]) -> int:
    """About how many multiplications a cell of a map of all units of a network costs; ``sizes`` from the inputs on."""
    return count_parameters(sizes) + OPERATIONS_OF_AN_ACTIVATION * sum(sizes[1:])


def lies_in(plane: Plane | None, trainer: Trainer) -> TypeGuard[Plane]:
    """Whether there is a plane and it fits data with this number of columns; another run may just have been loaded."""
    return plane is not None and plane.dimensions == trainer.preparation.dataset.dimensions


def output_map(trainer: Trainer, plane: Plane) -> OutputMap:
    """The network's decision over a plane with the present parameters."""
    return output_map_of(trainer.preparation, trainer.stepper.forward_pass, plane)


def output_map_of(preparation: Preparation, forward_pass: ForwardPass, plane: Plane) -> OutputMap:
    """The decision of any network for these data over a plane."""
    inputs, shape = plane_inputs(preparation, plane), (plane.rows, plane.columns)
    if preparation.dataset.task == REGRESSION:
        answers = answers_of(preparation, forward_pass.outputs(inputs))
    else:
        answers = *forward_pass.decisions(inputs, _span(preparation.activations[-1])), None
    return OutputMap(plane, *read_only(*(part.reshape(shape) for part in answers if part is not None)))


def answers_of(preparation: Preparation, outputs: Array) -> tuple[NDArray[np.int16], Array, Array | None]:
    """What the outputs of any network for these data say, shape (n, units): as in OutputMap, shapes (n,)."""
    if preparation.dataset.task == REGRESSION:
        value = preparation.in_units(outputs[:, 0])
        return np.zeros(len(value), dtype=np.int16), np.zeros(len(value)), value
    return *decisions_of(outputs, _span(preparation.activations[-1])), None


def neuron_maps(trainer: Trainer, plane: Plane) -> tuple[Shades, ...]:
    """The activation of each unit over a plane, as shades of shapes (units, rows, columns).

    For shades see :mod:`core.engines.numpy_forward`. The scale of a bounded activation has its bounds as ends, that of
    another activation its largest magnitude on the plane, that of an input its smallest and largest value there, and
    that of the output of a regression is that of the targets.
    """
    ends = np.array([_bounds(trainer, layer) for layer in range(len(trainer.network.sizes))])
    layers = trainer.stepper.forward_pass.shades(plane_inputs(trainer.preparation, plane), ends)
    return read_only(*(shades.reshape(len(shades), plane.rows, plane.columns) for shades in layers))


def unused_maps(trainer: Trainer, plane: Plane) -> Shades:
    """The inputs that the data offer and the network does not use, in the order of the menus.

    Shape (inputs, rows, columns), on the scale that :func:`neuron_maps` gives an input. They depend on no parameter, so
    they are kept for the next frames.
    """
    preparation = trainer.preparation
    kept = _kept_unused.setdefault(preparation, {})
    maps = kept.get(plane)
    if maps is None:
        if len(kept) >= KEPT_PLANES:
            kept.clear()
        names = tuple(name for name in features_of(plane.dimensions) if name not in preparation.features)
        values = np.nan_to_num(feature_values(names, plane.points()) / 2.0)  # so that no span overflows
        with np.errstate(all="ignore"):
            shades = shades_of(values, *scale_ends(values, np.array([np.nan, np.nan]), is_input=True)).T
        (maps,) = read_only(np.ascontiguousarray(shades).reshape(len(names), plane.rows, plane.columns))
        kept[plane] = maps
    return maps


def neuron_map(trainer: Trainer, place: NeuronPlace) -> NeuronMap | None:
    """The activation of one unit over a plane with the present parameters; None if there is no such unit or plane."""
    sizes = trainer.network.sizes
    if not (lies_in(place.plane, trainer) and place.layer < len(sizes) and place.unit < sizes[place.layer]):
        return None
    inputs = plane_inputs(trainer.preparation, place.plane)
    a = inputs if place.layer == 0 else trainer.stepper.forward_pass.activations(inputs)[place.layer - 1]
    a, bounds = (
        in_units_of(trainer.preparation, place.layer, place.unit, a[:, [place.unit]]),
        _bounds(trainer, place.layer),
    )
    if place.layer == len(sizes) - 1:
        bounds = _target_scale(trainer.preparation) or bounds
    with np.errstate(all="ignore"):
        low, high = scale_ends(a, np.array(bounds), is_input=place.layer == 0)
    (values,) = read_only(np.nan_to_num(a).reshape(place.plane.rows, place.plane.columns))
    return NeuronMap(place, values, float(low[0]), float(high[0]))


def in_units_of(preparation: Preparation, layer: int, unit: int, a: Array) -> Array:
    """Activations of a unit, of any shape: those of an input, or of the output of a regression, in the data's units."""
    if layer == 0:
        a = a * preparation.scale[unit] + preparation.center[unit]
    return preparation.in_units(a) if layer == len(preparation.sizes) - 1 else a


_target_scales: WeakKeyDictionary[Preparation, tuple[float, float]] = WeakKeyDictionary()
_kept_unused: WeakKeyDictionary[Preparation, dict[Plane, Shades]] = WeakKeyDictionary()
_kept: WeakKeyDictionary[Preparation, dict[Plane, Array]] = WeakKeyDictionary()


def plane_inputs(preparation: Preparation, plane: Plane) -> Array:
    """The network's inputs at the points of a plane, shape (points, inputs), kept for the next frames."""
    kept = _kept.setdefault(preparation, {})
    inputs = kept.get(plane)
    if inputs is None:
        if len(kept) >= KEPT_PLANES:
            kept.clear()
        (inputs,) = read_only(np.ascontiguousarray(preparation.inputs(plane.points())))
        kept[plane] = inputs
    return inputs


def _bounds(trainer: Trainer, layer: int) -> tuple[float, float]:
    """The ends of the scale of a layer's units; NaN where each unit has its own, as for inputs."""
    activations, preparation = trainer.network.activations, trainer.preparation
    scale = _target_scale(preparation) if layer == len(activations) else None
    if scale is not None:  # the colours of the plot of the data
        low, high = ((end - preparation.target_center) / preparation.target_scale for end in scale)
        return low, high
    activation = None if layer == 0 else activations[layer - 1]
    if activation is None or not np.isfinite(activation.high):
        return np.nan, np.nan
    return activation.low, activation.high


def _target_scale(preparation: Preparation) -> tuple[float, float] | None:
    """The ends of the targets' colour scale in the data's units; None for classes."""
    targets = preparation.dataset.targets
    if targets is not None and preparation not in _target_scales:
        _target_scales[preparation] = target_scale(targets)
    return _target_scales.get(preparation)


def target_scale(targets: Array) -> tuple[float, float]:
    """The ends of the targets' colour scale, shape (n,), symmetric about 0 if there are targets on both sides of it."""
    if len(targets) == 0:
        return -1.0, 1.0
    low, high = float(targets.min()), float(targets.max())
    if low < 0.0 < high:
        high = max(-low, high)
        low = -high
    reach = max(1.0, 1e-6 * abs(low))  # a number as large as 1e17 is the same less 1
    return (low, high) if high > low else (low - reach, low + reach)


def _centers(span: tuple[float, float], cells: int) -> Array:
    low, high = span
    centers: Array = low + (high - low) * (np.arange(cells) + 0.5) / cells
    return centers


def _span(activation: Activation) -> float:
    """The largest margin of two outputs: given by the bounds, or 1 for unbounded outputs with the targets 0 and 1."""
    width = activation.high - activation.low
    return width if np.isfinite(width) else 1.0
