"""The walk through one update, phase by phase, with every number by name; all explanations of an update use it.

A walk does not change the run. Its numbers come from two sources:

- **The run's own engine**, on a copy of the network: ``gradient``, ``memory_after`` and ``parameters_after``, and so
  the dW, db, W_after and b_after of each layer. They are the bits that ``Trainer.advance`` leaves at the update's end.
- **The reference**, :mod:`core.network.network`: x, z, a, h, the losses, ∂L/∂a, f'(z) and δ of each sample, and
  ``loss_gradient``. An engine does not keep these numbers. Engines agree with the reference to 1e-12 (the compiled one
  sums in another order), so these numbers may differ from the engine's own in the last digits only.

Layers are counted as in :mod:`core.network.network`: the input is layer 0, and W1 leads to layer 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from core.base.arrays import Array, Rows, read_only
from core.base.errors import LensError
from core.base.translation import _
from core.base.values import dataclass
from core.engines.choosing import make_engine
from core.engines.workload import Workload
from core.explain.phases import Phase, phases_of
from core.network.activations import Activation
from core.network.dropout import masks
from core.network.losses import Loss
from core.network.network import Forward, Network, parameter_views
from core.network.optimizers import Rule
from core.network.penalty import add_penalty_gradient, penalty
from core.training.experiment import Experiment
from core.training.stepping import Stepper, Update
from core.training.timeline.replay import is_near, stepper_at
from core.training.trainer import Trainer

NEXT, MADE, ALONE = "next", "made", "alone"
"""The moments of an update: the run makes it next, made it last, or would make it with a chosen sample alone."""


class NoSuchSample(LensError):
    """The data do not have the requested row."""


@dataclass(frozen=True, eq=False)
class LayerWalk:
    """The numbers of one layer; n samples, shapes (n, units) unless another shape is named.

    Attributes:
        number: 1 for the first layer behind the input.
        activation: its f.
        inputs: shape (n, inputs), the inputs of the layer: x, or h of the layer before.
        W, b: shapes (inputs, units) and (units,), before the update.
        z, a: z = inputs·W + b and a = f(z).
        mask: the factors of dropout; None where there is none.
        h: the input of the next layer: a, or with dropout a ⊙ mask.
        upstream: ∂L/∂a of each sample's own loss; None at an output whose loss gives δ directly.
        slope: f'(z); None for softmax, whose derivative is a matrix.
        delta: δ = ∂L/∂z of each sample's own loss.
        dW, db: the gradient that the update uses: mean over the batch, including that of the penalty.
        W_after, b_after: after the update.
    """

    number: int
    activation: Activation
    inputs: Array
    W: Array
    b: Array
    z: Array
    a: Array
    mask: Array | None
    h: Array
    upstream: Array | None
    slope: Array | None
    delta: Array
    dW: Array
    db: Array
    W_after: Array
    b_after: Array


@dataclass(frozen=True, eq=False)
class Walk:
    """One update; all arrays are read-only, flat vectors are laid out as ``Network.parameters``.

    Attributes:
        moment: NEXT, MADE or ALONE.
        position: the position from which the update is made.
        start, end: positions at which its batch begins and ends; of ALONE those of the run's next update.
        epoch_length: samples of an epoch.
        rows: shape (n,), the samples as rows of the data set.
        x, y: shapes (n, inputs) and (n, outputs), the inputs and targets.
        settings: the experiment with the settings of this update. loss, rule: the loss and rule of these settings.
        sizes: layer sizes.
        layers: from the first behind the input to the output.
        losses: shape (n,), without the penalty. mean_loss: their mean.
        penalty: of all weights before the update.
        loss_gradient: of the mean loss alone, by the reference. penalty_gradient: of the penalty.
        gradient: of both, by the engine; the update uses this one.
        learning_rate: of this update, schedule and warm-up included.
        step: t, the number of this update for the optimizer, 1 for the first.
        memory_before, memory_after: the optimizer's memory by the names of its formula.
        parameters_before, parameters_after: all weights and biases.
        phases: in their order; by index a reader can go forwards and backwards.
    """

    moment: str
    position: int
    start: int
    end: int
    epoch_length: int
    rows: Rows
    x: Array
    y: Array
    settings: Experiment
    loss: Loss
    rule: Rule
    sizes: tuple[int, ...]
    layers: tuple[LayerWalk, ...]
    losses: Array
    mean_loss: float
    penalty: float
    loss_gradient: Array
    penalty_gradient: Array
    gradient: Array
    learning_rate: float
    step: int
    memory_before: Mapping[str, Array]
    memory_after: Mapping[str, Array]
    parameters_before: Array
    parameters_after: Array
    phases: tuple[Phase, ...]

    def __len__(self) -> int:
        """Samples of the batch."""
        return len(self.rows)

    @property
    def change(self) -> Array:
        """Shape (parameters,), the change by the update: the bits of ``Trainer.last_change`` after it."""
        with np.errstate(all="ignore"):
            change: Array = self.parameters_after - self.parameters_before
        return change

    @property
    def is_next(self) -> bool:
        """Whether the run makes this update next."""
        return self.moment == NEXT

    @property
    def is_finite(self) -> bool:
        """Whether all numbers after the update are finite; otherwise the run diverges instead of making it."""
        left = (self.parameters_after, *self.memory_after.values())
        return all(bool(np.isfinite(values).all()) for values in left)

    def sample_gradient(self, sample: int) -> Array:
        """∂L/∂w and ∂L/∂b of the loss of one sample of the batch, without the penalty; shape (parameters,)."""
        flat = np.empty_like(self.parameters_before)
        for layer, dW, db in zip(self.layers, *parameter_views(self.sizes, flat), strict=True):
            np.outer(layer.inputs[sample], layer.delta[sample], out=dW)
            db[:] = layer.delta[sample]
        return flat


def walk_update(trainer: Trainer) -> Walk:
    """Walk through the run's next update: that of the current batch, which may begin at this position.

    ``trainer.advance(walk.end - trainer.position)`` leaves the same bits in parameters, gradient and memory, unless the
    update diverges (see ``Walk.is_finite``).

    Raises:
        CompilerError: as ``Trainer.advance``.
    """
    trainer.prepare_engine()
    return _walk_next(trainer, trainer.stepper)


def walk_of_last_sample(trainer: Trainer) -> Walk:
    """Walk through the update of the batch that holds the sample seen last.

    Behind the end of a batch this is the update made last, to the same bits. Inside a batch it is the next one, and so
    it is before the first sample, and where training again to the last update would take too long.

    Raises:
        CompilerError: as ``Trainer.advance``.
    """
    trainer.prepare_engine()
    before = stepper_at(trainer, trainer.position - 1) if _ends_batch(trainer) else None
    if before is None:
        return _walk_next(trainer, trainer.stepper)
    return replace(_walk_next(trainer, before), moment=MADE)


def is_last_near(trainer: Trainer) -> bool:
    """Whether :func:`walk_of_last_sample` can show the update of the sample seen last."""
    return not _ends_batch(trainer) or is_near(trainer, trainer.position - 1)


def _ends_batch(trainer: Trainer) -> bool:
    """Whether the sample seen last was the last one of its batch."""
    return trainer.position > 0 and trainer.stepper.order.last_batch_end(trainer.position) == trainer.position


def walk_sample(trainer: Trainer, row: int, has_dropout: bool = True) -> Walk:
    """Walk through an update from the present state by one row of the data set, as a batch of one sample.

    The row may belong to the training or to the test set. Learning rate, optimizer's memory, penalty and dropout are
    those of the run's next update (dropout's mask is that of the next sample). Without dropout the answer is the one
    that scores and maps show. The run does not change.

    Raises:
        NoSuchSample: the data do not have this row.
        CompilerError: as ``Trainer.advance``.
    """
    preparation = trainer.preparation
    if not 0 <= row < len(preparation.dataset):
        last = len(preparation.dataset) - 1
        raise NoSuchSample(
            _("there is no row {row} in the data; choose one from 0 to {last}.").format(row=row, last=last)
        )
    trainer.prepare_engine()
    part = preparation.train if row in preparation.train.rows else preparation.test
    place = np.flatnonzero(part.rows == row)
    x, y = part.inputs[place], part.targets[place]
    update = replace(trainer.stepper.next_update(), samples=np.zeros(1, dtype=np.int64))
    if not has_dropout:
        update = replace(update, rule=replace(update.rule, dropout=0.0))
    workload = trainer.stepper.workload_copy((x, y))
    walk = _walk(trainer, trainer.position, update, workload, part.rows[place], x, y, trainer.position)
    return replace(walk, moment=ALONE)


def _walk_next(trainer: Trainer, stepper: Stepper) -> Walk:
    """The walk of the next update of a stepper of the run."""
    update, train = stepper.next_update(), trainer.preparation.train
    workload, x, y = stepper.workload_copy(), train.inputs[update.samples], train.targets[update.samples]
    return _walk(trainer, stepper.position, update, workload, train.rows[update.samples], x, y, update.start)


def _walk(
    trainer: Trainer, position: int, update: Update, workload: Workload, rows: Rows, x: Array, y: Array, drop_from: int
) -> Walk:
    """The walk of an update that the workload has not made yet; dropout's masks begin at ``drop_from``."""
    rule, loss, network = update.rule, workload.loss, workload.network
    before = Network(network.sizes, network.activations, network.parameters.copy())
    drops = masks(workload.key, drop_from, len(rows), before.sizes[1:-1], rule.dropout) if rule.dropout else []
    with np.errstate(all="ignore"):
        forward = before.forward(x, drops)
        backward = before.backward(forward, y, loss)
        losses = loss.value(forward.z[-1], forward.output, y)
        penalty_gradient = np.zeros_like(before.parameters)
        add_penalty_gradient(parameter_views(before.sizes, penalty_gradient)[0], before.weights, rule.l1, rule.l2)
        penalties, mean_loss = penalty(before.weights, rule.l1, rule.l2), float(np.mean(losses))
    workload.slots[:] = update.slots
    engine = make_engine(trainer.engine_name, workload)
    engine.run(update.samples, np.array([update.learning_rate]), rule, update.step, drop_from)
    read_only(rows, x, y, losses, penalty_gradient, backward.gradient, before.parameters)
    read_only(update.slots, workload.slots, workload.gradient, network.parameters)
    layers = _layers(before, forward, backward.delta, y, workload)
    names = rule.optimizer.slots
    return Walk(
        moment=NEXT,
        position=position,
        start=update.start,
        end=update.end,
        epoch_length=trainer.epoch_length,
        rows=rows,
        x=x,
        y=y,
        settings=update.settings,
        loss=loss,
        rule=rule,
        sizes=before.sizes,
        layers=layers,
        losses=losses,
        mean_loss=mean_loss,
        penalty=penalties,
        loss_gradient=backward.gradient,
        penalty_gradient=penalty_gradient,
        gradient=workload.gradient,
        learning_rate=update.learning_rate,
        step=update.step + 1,
        memory_before=MappingProxyType(dict(zip(names, update.slots, strict=False))),
        memory_after=MappingProxyType(dict(zip(names, workload.slots, strict=False))),
        parameters_before=before.parameters,
        parameters_after=network.parameters,
        phases=phases_of(len(layers)),
    )


def _layers(
    network: Network, forward: Forward, delta: tuple[Array, ...], y: Array, done: Workload
) -> tuple[LayerWalk, ...]:
    """Each layer's numbers; ``network`` is before the update that the workload ``done`` has made."""
    W, b = parameter_views(network.sizes, network.parameters)  # views do not become read-only with their memory
    dW, db = parameter_views(network.sizes, done.gradient)
    W_after, b_after = parameter_views(network.sizes, done.network.parameters)
    layers = []
    for k, activation in enumerate(network.activations):
        inputs, z, a, h = forward.h[k], forward.z[k + 1], forward.a[k + 1], forward.h[k + 1]
        mask = forward.masks[k] if k < len(forward.masks) else None
        with np.errstate(all="ignore"):
            slope = None if activation.derivative is None else activation.derivative(z, a)
            if k == len(delta) - 1:
                upstream = None if done.loss.gradient is None else done.loss.gradient(a, y)
            else:
                upstream = delta[k + 1] @ network.weights[k + 1].T
                upstream = upstream if mask is None else upstream * mask
        read_only(z, a, h, delta[k], *(array for array in (mask, slope, upstream) if array is not None))
        layers.append(
            LayerWalk(
                k + 1, activation, inputs, W[k], b[k], z, a, mask, h, upstream, slope,
                delta[k], dW[k], db[k], W_after[k], b_after[k],
            )
        )  # fmt: skip
    return tuple(layers)
