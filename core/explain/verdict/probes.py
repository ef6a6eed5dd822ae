"""What a few samples say of a network: the best length of a step, dead and saturated units, what the data allow.

Each costs a bounded amount of work and changes nothing.
"""

from __future__ import annotations

import weakref

import numpy as np

from core.base.arrays import Array, spread_rows
from core.base.values import dataclass
from core.engines.numpy_engine import measure
from core.explain.diagnosis import FLAT_SLOPE
from core.network.network import Forward, Network, parameter_views
from core.network.optimizers import OPTIMIZERS
from core.network.penalty import add_penalty_gradient
from core.network.tasks import REGRESSION
from core.training.evaluation import EVALUATION_WORK
from core.training.preparation import Preparation
from core.training.trainer import Trainer

WORK = 500_000
"""Samples times parameters of one pass through the network."""
MOST_SAMPLES, LEAST_SAMPLES = 256, 8
STEP_FACTORS = 5.0 ** np.arange(-4, 13)
NEIGHBOURS, MOST_POINTS = 5, 512
SMALL_PLACES = 1e-9


@dataclass(frozen=True)
class StepProbe:
    """The loss along the direction of an update, from where the network stands.

    Attributes:
        factor: the step that lowers the loss most, in multiples of the learning rate before its schedule.
        gain: the share of the loss that this step takes away.
    """

    factor: float
    gain: float


@dataclass(frozen=True)
class UnitProbe:
    """Hidden units.

    Attributes:
        dead: shape (hidden layers,), the share of the layer's units that are 0, with slope 0, for every sample.
        saturated: shape (hidden layers,), the share of its slopes, over units and samples, that are near 0 (a is not).
        alike: the first hidden layer whose units all compute the same, counted from 1; 0 for none.
    """

    dead: Array
    saturated: Array
    alike: int


def samples_of(trainer: Trainer) -> tuple[Array, Array]:
    """Inputs and targets of some samples, spread evenly over the training set."""
    part = trainer.preparation.train
    wanted = int(np.clip(WORK // trainer.network.parameters.size, LEAST_SAMPLES, MOST_SAMPLES))
    rows = spread_rows(len(part), wanted)
    return part.inputs[rows], part.targets[rows]


def gradients_of(trainer: Trainer, network: Network, forward: Forward, targets: Array) -> tuple[Array, Array]:
    """The gradient of the mean loss over samples in a network, and that of the penalty; both of shape (parameters,)."""
    settings = trainer.settings
    penalty = np.zeros_like(network.parameters)
    loss = trainer.stepper.workload.loss
    gradient = network.backward(forward, targets, loss).gradient
    add_penalty_gradient(parameter_views(network.sizes, penalty)[0], network.weights, settings.l1, settings.l2)
    return gradient, penalty


def losses_of_steps(
    trainer: Trainer, network: Network, samples: tuple[Array, Array], gradient: Array, rates: Array
) -> Array:
    """The mean loss over samples behind steps of these rates down the gradient, for Adam and its like down its signs.

    Infinite where the step makes numbers infinite; shape (rates,).
    """
    settings, loss = trainer.settings, trainer.stepper.workload.loss
    optimizer = OPTIMIZERS[settings.optimizer]
    direction = -np.sign(gradient) if optimizer.adaptive else -gradient
    direction[sorted(trainer.frozen)] = 0.0
    if optimizer.accumulates:
        direction /= 1.0 - settings.momentum
    moved = Network(network.sizes, network.activations, network.parameters.copy())
    losses = np.empty(len(rates))
    for k, rate in enumerate(rates):
        moved.parameters[:] = network.parameters + rate * direction
        losses[k] = measure(moved, loss, *samples)[0].mean()
    return np.nan_to_num(losses, nan=np.inf, posinf=np.inf)


def probe_step(trainer: Trainer, samples: tuple[Array, Array], gradient: Array) -> StepProbe:
    """Try steps of many lengths."""
    rates = trainer.settings.learning_rate * np.concatenate([[0.0], STEP_FACTORS])
    losses = losses_of_steps(trainer, trainer.network, samples, gradient, rates)
    if not losses[0] > 0.0:
        return StepProbe(1.0, 0.0)
    best = int(np.argmin(losses[1:]))
    return StepProbe(float(STEP_FACTORS[best]), float(1.0 - losses[1 + best] / losses[0]))


def losses_around_edit(trainer: Trainer) -> tuple[float, float] | None:
    """The training loss just before weights were set by hand here, and with them; computed alike, to the same bits.

    None where none were, or where it would take long.
    """
    unedited, part, network = trainer.stepper.unedited, trainer.preparation.train, trainer.network
    if not trainer.settings_over_time.edits_at(trainer.position) or unedited is None:
        return None
    if unedited[0] != trainer.position or len(part) * network.parameters.size > EVALUATION_WORK:
        return None
    moved = Network(network.sizes, network.activations, network.parameters.copy())
    losses = []
    for parameters in (unedited[1], network.parameters):
        moved.parameters[:] = parameters
        own = measure(moved, trainer.stepper.workload.loss, part.inputs, part.targets)[0]
        losses.append(float(np.mean(own)) * trainer.preparation.loss_scale)
    return losses[0], losses[1]


def at_start(trainer: Trainer) -> Network:
    """The network with the weights that the run began with."""
    now = trainer.network
    return Network(now.sizes, now.activations, trainer.tree.present.keyframe_before(0).parameters.copy())


def probe_units(network: Network, forward: Forward) -> UnitProbe:
    """How many of the hidden units are dead, saturated or all alike on the samples that went forward."""
    hidden = len(network.weights) - 1
    dead, saturated, alike = np.zeros(hidden), np.zeros(hidden), 0
    for k, activation in enumerate(network.activations[:-1]):
        z, a = forward.z[k + 1], forward.a[k + 1]
        if a.shape[1] > 1 and not alike and np.ptp(a, axis=1).max() <= SMALL_PLACES * max(1.0, np.abs(a).max()):
            alike = k + 1
        if activation.derivative is None:
            continue
        flat = np.abs(activation.derivative(z, a)) < FLAT_SLOPE * activation.steepest
        dead[k] = ((a == 0.0) & flat).all(axis=0).mean()
        saturated[k] = (flat & (a != 0.0)).mean()
    return UnitProbe(dead, saturated, alike)


_reachable: weakref.WeakKeyDictionary[Preparation, float] = weakref.WeakKeyDictionary()


def reachable_score(preparation: Preparation) -> float:
    """The score that the nearest neighbours of each training point reach: what the data allow, roughly.

    Each of at most MOST_POINTS training points is predicted from its NEIGHBOURS nearest ones, in standardized
    columns of the data. NaN for fewer than twice as many points, or a score that is not defined.
    """
    if preparation not in _reachable:
        _reachable[preparation] = _neighbour_score(preparation)
    return _reachable[preparation]


def _neighbour_score(preparation: Preparation) -> float:
    dataset = preparation.dataset
    rows = preparation.train.rows[spread_rows(len(preparation.train), MOST_POINTS)]
    if len(rows) < 2 * NEIGHBOURS:
        return float("nan")
    points = dataset.points[rows]
    with np.errstate(all="ignore"):
        points = (points - points.mean(axis=0)) / np.where(np.ptp(points, axis=0) > 0.0, points.std(axis=0), 1.0)
        squares = (points * points).sum(axis=1)
        distances = squares[:, None] + squares - 2.0 * points @ points.T
    np.fill_diagonal(distances, np.inf)
    nearest = np.argpartition(distances, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
    if dataset.task == REGRESSION:
        assert dataset.targets is not None
        targets = dataset.targets[rows]
        spread = float(np.var(targets))
        error = float(np.mean((targets[nearest].mean(axis=1) - targets) ** 2))
        return 1.0 - error / spread if spread > 0.0 else float("nan")
    votes = np.zeros((len(rows), dataset.n_classes))
    np.add.at(votes, (np.arange(len(rows))[:, None], dataset.labels[rows][nearest]), 1.0)
    return float((votes.argmax(axis=1) == dataset.labels[rows]).mean())
