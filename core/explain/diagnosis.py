"""Diagnosis of a network's layers at one position: norms, distributions, dead and saturated neurons.

The values are computed over the training set, without dropout and penalty, by the reference
:mod:`core.network.network`. Large sets are processed in pieces, so memory stays bounded. Layers count from 1, the first
behind the input.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array, read_only, spread_rows
from core.base.translation import _
from core.base.values import dataclass
from core.network.activations import Activation
from core.network.network import Forward, Network, count_parameters
from core.training.gradient_norms import gradient_norms, probe_samples
from core.training.preparation import Part
from core.training.trainer import Trainer

Flags = NDArray[np.bool_]

PIECE = 1024
BINS = 40
TINY, HUGE = 1e-300, float(np.finfo(np.float64).max)
HEALTH_OPERATIONS = 3e7
FEWEST_HEALTH_SAMPLES, MOST_HEALTH_SAMPLES = 64, 1024
FLAT_SLOPE = 0.01
FLAT_SHARE = 0.95


DEAD_RULE = _(
    "dead: its output and its slope f′(z) are 0 for every training sample, so no sample changes its weights now"
)
SATURATED_RULE = _(
    "saturated: its output is not 0, but its slope |f′(z)| is below {slope:.0%} of the largest possible for at least "
    "{share:.0%} of the training samples, so almost no gradient passes through it"
).format(slope=FLAT_SLOPE, share=FLAT_SHARE)


@dataclass(frozen=True, eq=False)
class Histogram:
    """The number of values in each bin.

    Attributes:
        edges: shape (bins + 1,), ascending. counts: shape (bins,).
    """

    edges: Array
    counts: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class LayerDiagnosis:
    """One layer at one position.

    Attributes:
        number: 1 for the first behind the input.
        weight_norm: root of the sum of the squares of W and b.
        gradient_norm: of the run's last batch, penalty included; 0 before the first.
        change_norm: of the last update.
        flow: root mean square of the samples' gradients, see :mod:`core.training.gradient_norms`.
        weights: of W and b. gradients: of the gradient of the mean loss. activations: a of all units and samples.
        zero_share, flat_share: shape (units,), the shares of the samples for which a is 0, and for which the slope is
            below FLAT_SLOPE of the largest.
        dead, saturated: shape (units,), by DEAD_RULE and SATURATED_RULE; never both. Softmax has neither.
    """

    number: int
    weight_norm: float
    gradient_norm: float
    change_norm: float
    flow: float
    weights: Histogram
    gradients: Histogram
    activations: Histogram
    zero_share: Array
    flat_share: Array
    dead: Flags
    saturated: Flags


@dataclass(frozen=True, eq=False)
class NeuronDiagnosis:
    """One neuron at one position.

    Attributes:
        activations: its a for the training samples; for an input, the values that the network gets.
        zero_share, flat_share, dead, saturated: as in LayerDiagnosis.
    """

    activations: Histogram
    zero_share: float
    flat_share: float
    dead: bool
    saturated: bool


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """A network at one position; arrays are read-only.

    Attributes:
        position: the position of the run.
        gradient: shape (parameters,), of the mean loss over the whole training set, without the penalty.
        layers: from the first behind the input to the output.
    """

    position: int
    gradient: Array
    layers: tuple[LayerDiagnosis, ...]


@dataclass(frozen=True, eq=False)
class UnitHealth:
    """The dead and saturated neurons of a network at one position, found on some training samples.

    Attributes:
        samples: the number of samples. is_whole: whether they are the whole training set.
        dead, saturated: for each layer behind the input shape (units,), by DEAD_RULE and SATURATED_RULE.
    """

    samples: int
    is_whole: bool
    dead: tuple[Flags, ...]
    saturated: tuple[Flags, ...]


def unit_health(trainer: Trainer) -> UnitHealth:
    """Find dead and saturated neurons without changing the trainer, within some milliseconds.

    Of a large training set, or for a large network, samples in even distances are looked at.
    """
    inputs, network = trainer.preparation.train.inputs, trainer.network
    most = int(min(max(HEALTH_OPERATIONS / len(network.parameters), FEWEST_HEALTH_SAMPLES), MOST_HEALTH_SAMPLES))
    is_whole = len(inputs) <= most
    chosen = inputs if is_whole else inputs[spread_rows(len(inputs), most)]
    with np.errstate(all="ignore"):
        forward = network.forward(chosen)
        pairs = [
            _judge(activation, (a == 0.0).mean(axis=0), _is_flat(activation, z, a).mean(axis=0))
            for activation, z, a in zip(network.activations, forward.z[1:], forward.a[1:], strict=True)
        ]
    dead, saturated = zip(*pairs, strict=True)
    read_only(*dead, *saturated)
    return UnitHealth(len(chosen), is_whole, dead, saturated)


def diagnose(trainer: Trainer) -> Diagnosis:
    """Diagnose every layer without changing the trainer. This takes about as long as an epoch of one batch."""
    sizes, network = trainer.network.sizes, trainer.network
    gradient = full_gradient(trainer)
    flow = gradient_norms(network, trainer.stepper.workload.loss, *probe_samples(trainer.preparation.train))
    zero, flat, histograms = _over_samples(trainer)
    vectors = (network.parameters, gradient, trainer.gradient, trainer.last_change)
    layers = []
    for k, activation in enumerate(network.activations):
        first, end = count_parameters(sizes[: k + 1]), count_parameters(sizes[: k + 2])
        own, whole, last, change = (vector[first:end] for vector in vectors)
        dead, saturated = _judge(activation, zero[k], flat[k])
        layers.append(
            LayerDiagnosis(
                k + 1, _norm(own), _norm(last), _norm(change), float(flow[k]), histogram(own), histogram(whole),
                histograms[k], zero[k], flat[k], dead, saturated,
            )
        )  # fmt: skip
    read_only(gradient, *(array for layer in layers for array in vars(layer).values() if isinstance(array, np.ndarray)))
    return Diagnosis(trainer.position, gradient, tuple(layers))


def full_gradient(trainer: Trainer) -> Array:
    """Shape (parameters,), the gradient of the mean loss over the whole training set, without the penalty."""
    return full_loss_and_gradient(trainer)[1]


def full_loss_and_gradient(trainer: Trainer) -> tuple[float, Array]:
    """The loss of :func:`full_loss` with the present parameters, and :func:`full_gradient`, from one forward pass."""
    train, loss = trainer.preparation.train, trainer.stepper.workload.loss
    total, losses = np.zeros_like(trainer.network.parameters), []
    with np.errstate(all="ignore"):
        for piece, forward in _pieces(trainer.network, train):
            targets = train.targets[piece]
            losses.append(loss.value(forward.z[-1], forward.output, targets))
            total += trainer.network.backward(forward, targets, loss).gradient * len(targets)
        total /= len(train)
    return _mean(losses, trainer), total


def full_loss(trainer: Trainer, network: Network) -> float:
    """The mean loss over the whole training set, in the data's units and without the penalty, by other parameters."""
    train, loss = trainer.preparation.train, trainer.stepper.workload.loss
    with np.errstate(all="ignore"):
        pieces = _pieces(network, train)
        losses = [loss.value(forward.z[-1], forward.output, train.targets[piece]) for piece, forward in pieces]
    return _mean(losses, trainer)


def _mean(losses: list[Array], trainer: Trainer) -> float:
    with np.errstate(all="ignore"):
        return float(np.concatenate(losses).mean()) * trainer.preparation.loss_scale


def diagnose_neuron(trainer: Trainer, layer: int, unit: int) -> NeuronDiagnosis:
    """Diagnose one neuron; layer 0 are the inputs, which are neither dead nor saturated."""
    pairs = [
        (f.z[layer][:, [unit]], f.a[layer][:, [unit]]) for _, f in _pieces(trainer.network, trainer.preparation.train)
    ]
    z, a = (np.concatenate(part) for part in zip(*pairs, strict=True))
    zero, flat = (a == 0.0).mean(axis=0), np.zeros(1)
    dead = saturated = np.zeros(1, dtype=np.bool_)
    if layer > 0:
        activation = trainer.network.activations[layer - 1]
        with np.errstate(all="ignore"):
            flat = _is_flat(activation, z, a).mean(axis=0)
        dead, saturated = _judge(activation, zero, flat)
    return NeuronDiagnosis(histogram(a[:, 0]), float(zero[0]), float(flat[0]), bool(dead[0]), bool(saturated[0]))


def histogram(values: Array) -> Histogram:
    """The finite values in bins of equal width from the smallest to the largest; a single value is in the middle."""
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    edges = _edges(low, high)
    return _frozen(edges, np.histogram(finite, edges)[0])


def _edges(low: float, high: float) -> Array:
    """The edges of bins of equal width, which is never 0."""
    with np.errstate(all="ignore"):
        largest = max(abs(low), abs(high))
        if not high - low > max(1e-12 * largest, TINY):
            half = largest / 2.0 if largest > TINY else 0.5
            low, high = max(low - half, -HUGE), min(high + half, HUGE)
        edges = np.linspace(low / 2.0, high / 2.0, BINS + 1) * 2.0  # halves, so that the span cannot overflow
    edges[0], edges[-1] = low, high
    return edges


def _over_samples(trainer: Trainer) -> tuple[list[Array], list[Array], list[Histogram]]:
    """For each layer the shares of zeros and of flat slopes of its units, and the histogram of its activations."""
    train, activations = trainer.preparation.train, trainer.network.activations
    zero = [np.zeros(units) for units in trainer.network.sizes[1:]]
    flat = [np.zeros(units) for units in trainer.network.sizes[1:]]
    bounds = [[np.inf, -np.inf] for _ in activations]
    with np.errstate(all="ignore"):
        for _, forward in _pieces(trainer.network, train):
            for k, activation in enumerate(activations):
                a = forward.a[k + 1]
                zero[k] += (a == 0.0).sum(axis=0)
                flat[k] += _is_flat(activation, forward.z[k + 1], a).sum(axis=0)
                finite = a[np.isfinite(a)]
                if finite.size:
                    bounds[k] = [min(bounds[k][0], finite.min()), max(bounds[k][1], finite.max())]
    edges = [_edges(low, high) if low <= high else _edges(0.0, 0.0) for low, high in bounds]
    counts = [np.zeros(BINS, dtype=np.int64) for _ in activations]
    with np.errstate(all="ignore"):
        for _, forward in _pieces(trainer.network, train):  # a second pass, now that the bounds are known
            for k, a in enumerate(forward.a[1:]):
                counts[k] += np.histogram(a[np.isfinite(a)], edges[k])[0]
    n = len(train)
    return [z / n for z in zero], [f / n for f in flat], [_frozen(*pair) for pair in zip(edges, counts, strict=True)]


def _judge(activation: Activation, zero: Array, flat: Array) -> tuple[Flags, Flags]:
    """Which units are dead and which saturated, from their shares of zeros and of flat slopes."""
    if activation.derivative is None:
        none = np.zeros(zero.shape, dtype=np.bool_)
        return none, none
    dead: Flags = (zero == 1.0) & (flat == 1.0)
    saturated: Flags = (flat >= FLAT_SHARE) & (zero < FLAT_SHARE)  # a rectifier that is mostly off has no bound
    return dead, saturated


def _is_flat(activation: Activation, z: Array, a: Array) -> Flags:
    if activation.derivative is None:
        return np.zeros(z.shape, dtype=np.bool_)
    flat: Flags = np.abs(activation.derivative(z, a)) < FLAT_SLOPE * activation.steepest
    return flat


def _pieces(network: Network, part: Part) -> Iterator[tuple[slice, Forward]]:
    """The forward pass of a part, PIECE samples at a time."""
    for start in range(0, len(part), PIECE):
        piece = slice(start, start + PIECE)
        with np.errstate(all="ignore"):
            forward = network.forward(part.inputs[piece])
        yield piece, forward


def _norm(vector: Array) -> float:
    with np.errstate(all="ignore"):
        return float(np.sqrt((vector * vector).sum()))


def _frozen(edges: Array, counts: NDArray[np.int64]) -> Histogram:
    return Histogram(*read_only(edges, counts))
