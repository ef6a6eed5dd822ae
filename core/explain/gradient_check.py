"""Check the gradient that training uses: compare each derivative with differences of the loss itself.

The check covers the gradient of the next update, that is, of the mean loss J of its batch, with the masks that dropout
will draw and with the penalty on large weights. The reference's backward pass gives the analytic gradient; the
numerical one comes from forward passes alone. The check also compares the run's engine with the reference.

**Difference.** J'(w) ≈ Σ_k c_k·(J(w + kh) − J(w − kh)) / h with k = 1 … 4 and c = 4/5, −1/5, 4/105, −1/280, with
the error h⁸·J⁽⁹⁾(w)/630 (Fornberg, 1988).

**Step.** h is chosen for each parameter so that the sums z of its own and all later layers move by at most t = 2⁻⁶.
Where the nearest singularity of the functions lies ρ away (π/2 for tanh, π for the logistic function and softmax), J⁽⁹⁾
is of the order 9!/ρ⁹ by z, and the difference wrong by the share 9!/630·(t/ρ)⁸ ≤ 6·10⁻¹⁴. Four steps away z has moved
by 1/16. If a corner (of ReLU, say, or of the absolute error) lies in between, t is made smaller, down to 2⁻²²; with
a corner nearer than that, differences give no derivative.

**Rounding.** A computed J is the exact J of weights and activations that differ in their last bits. So its error is
estimated by r, the largest change of J when the weights, or weights and activations, are all changed by one part in
2⁵², up or down at random. The error of the difference is then 2·Σ|c|·r/h. The error s of an analytic derivative is
estimated in the same way. The derivative is also a mean over the batch, whose terms may cancel; this adds their mean
magnitude times 2⁻⁵².

**Relative error.** |analytic − numerical| / max(|analytic|, |numerical|, floor), where floor·TOLERANCE is SAFETY times
the sum of both errors: two derivatives so small that they cannot be told apart do not disagree.

The penalty is a sum over the weights. So its derivative is a difference of the one weight's own term, whose step |w|/16
never reaches the corner of |w| at 0.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array, Rows, read_only
from core.base.errors import LensError
from core.base.number_text import grouped, short
from core.base.progress import Progress, tell
from core.base.translation import _, ngettext
from core.base.typeset import superscript
from core.base.values import dataclass
from core.engines.choosing import ENGINE_NAMES, make_engine
from core.engines.workload import Workload
from core.network.dropout import dropout_key, masks
from core.network.losses import LOSSES, Loss
from core.network.network import Forward, Network, count_parameters, parameter_name, parameter_views
from core.network.optimizers import Rule
from core.network.penalty import add_penalty_gradient, penalty
from core.training.trainer import Trainer

TOLERANCE = 1e-6  # the error of a wrong formula is far larger, that of differences far smaller
ENGINE_TOLERANCE = 1e-12
SAFETY = 50.0
STENCIL = ((4, -1 / 280), (3, 4 / 105), (2, -1 / 5), (1, 4 / 5))  # far steps first: they find a corner soonest
STEP = 2.0**-6
SHARES = 1.0, 2.0**-4, 2.0**-8, 2.0**-12, 2.0**-16  # of the step, which are tried in turn until there is no corner
NUDGES = 16  # with four, by chance none changed the sum of three inputs
TRIALS = 10
LEAST = 20  # parameters to check at least; where that would take too long, they are checked on fewer samples
FAULT = _("This is a fault of Backprop Lens; please report it.")
LONGEST = 2**33  # products in all forward passes: some seconds


@dataclass(frozen=True)
class BlockCheck:
    """The result for the weights or the biases of one layer.

    Attributes:
        name: such as W⁽¹⁾ or b⁽²⁾.
        parameters: the number of parameters.
        checked: how many of them were checked.
        at_corner: how many of the checked ones are at a corner.
        largest: the largest relative error of the others; NaN if there are none.
        place: the parameter with this error, such as w₁₄⁽¹⁾; empty if there is none.
    """

    name: str
    parameters: int
    checked: int
    at_corner: int
    largest: float
    place: str


@dataclass(frozen=True, eq=False)
class GradientCheck:
    """The result of :func:`check_gradients`; arrays have the shape (checked,) and are read-only.

    Attributes:
        sizes: layer sizes of the network.
        position, batch: where the batch begins, in samples since the start of the run, and its length.
        samples: how many of them the check takes: the first ones, if the whole batch would take too long.
        checked: ascending indices in the flat vector of the checked parameters. They are all parameters, or a random
            choice from each layer's weights and biases if all would take too long.
        analytic: their derivatives by the backward pass.
        numerical: their derivatives by differences; NaN at a corner.
        relative_error: see the text of the module; NaN at a corner.
        at_corner: whether a corner lies within the smallest step, so that differences give no derivative.
        engine: the engine of the run, "compiled" or "numpy".
        engine_error: the largest difference between that engine's gradient and the analytic one, over all parameters,
            as a share of the largest derivative.
        engine_tolerance: the largest allowed difference, see the text of the module on rounding.
        engine_place: the parameter with the largest difference.
    """

    sizes: tuple[int, ...]
    position: int
    batch: int
    samples: int
    checked: Rows
    analytic: Array
    numerical: Array
    relative_error: Array
    at_corner: NDArray[np.bool_]
    engine: str
    engine_error: float
    engine_tolerance: float
    engine_place: str

    @property
    def parameters(self) -> int:
        """The number of parameters of the network."""
        return count_parameters(self.sizes)

    @property
    def compared(self) -> int:
        """The number of checked parameters that are not at a corner."""
        return int(np.count_nonzero(~self.at_corner))

    @property
    def largest(self) -> float:
        """The largest relative error; NaN if all parameters lie at a corner."""
        return _largest(self.relative_error)

    @property
    def place(self) -> str:
        """The parameter with the largest relative error, such as w₁₄⁽¹⁾; empty if all are at a corner."""
        return self._place(np.arange(len(self.checked)))

    @property
    def gradients_agree(self) -> bool:
        """Whether no relative error is above TOLERANCE."""
        return not bool((self.relative_error > TOLERANCE).any())

    @property
    def engine_agrees(self) -> bool:
        """Whether the engine's gradient agrees with the analytic one."""
        return self.engine_error <= self.engine_tolerance

    @property
    def passes(self) -> bool:
        """Whether both comparisons agree."""
        return self.gradients_agree and self.engine_agrees

    @property
    def blocks(self) -> tuple[BlockCheck, ...]:
        """The results for W⁽¹⁾, b⁽¹⁾, W⁽²⁾, … separately."""
        found = []
        for name, block in _blocks(self.sizes):
            inside = np.flatnonzero((self.checked >= block.start) & (self.checked < block.stop))
            corners = int(np.count_nonzero(self.at_corner[inside]))
            largest = _largest(self.relative_error[inside])
            found.append(BlockCheck(name, len(block), len(inside), corners, largest, self._place(inside)))
        return tuple(found)

    @property
    def fault(self) -> str:
        """The last of W⁽¹⁾, b⁽¹⁾, W⁽²⁾, … with too large an error; empty if there is none.

        A wrong derivative makes those of all layers before it wrong too, so the cause is in this layer or behind it.
        """
        return next((block.name for block in reversed(self.blocks) if block.largest > TOLERANCE), "")

    def _place(self, inside: Rows) -> str:
        errors = np.nan_to_num(self.relative_error[inside], nan=-1.0)
        if not len(errors) or errors.max() < 0.0:
            return ""
        return parameter_name(self.sizes, int(self.checked[inside[np.argmax(errors)]]))


def _largest(errors: Array) -> float:
    return float(np.nanmax(errors)) if np.isfinite(errors).any() else float("nan")


def _blocks(sizes: Sequence[int]) -> list[tuple[str, range]]:
    """The names W⁽¹⁾, b⁽¹⁾, W⁽²⁾, … and their places in the flat vector."""
    found, start = [], 0
    for layer, (inputs, outputs) in enumerate(pairwise(sizes), start=1):
        middle, end = start + inputs * outputs, start + (inputs + 1) * outputs
        above = superscript(f"({layer})")
        found += [(f"W{above}", range(start, middle)), (f"b{above}", range(middle, end))]
        start = end
    return found


# ---------------------------------------------------------------- the batch


@dataclass()
class Ticks:
    """Tells of the progress before each forward pass, so that a check can be cancelled at once."""

    progress: Progress | None
    done: float = 0.0


@dataclass(frozen=True, eq=False)
class _Batch:
    """The batch of the next update, with a copy of the network whose parameters may be changed."""

    network: Network
    loss: Loss
    x: Array
    y: Array
    masks: Sequence[Array]
    rule: Rule
    ticks: Ticks

    def forward(self) -> Forward:
        tell(self.ticks.progress, self.ticks.done)
        return self.network.forward(self.x, self.masks)

    def mean_loss(self, forward: Forward) -> float:
        return float(np.mean(self.loss.value(forward.z[-1], forward.output, self.y)))

    def gradient(self, forward: Forward) -> Array:
        """The gradient by the backward pass, including that of the penalty."""
        backward = self.network.backward(forward, self.y, self.loss)
        add_penalty_gradient(backward.dW, self.network.weights, self.rule.l1, self.rule.l2)
        return backward.gradient

    def terms(self) -> Array:
        """The mean magnitude of the terms whose mean is the derivative, including that of the penalty."""
        forward = self.forward()
        backward = self.network.backward(forward, self.y, self.loss)
        terms = np.empty_like(backward.gradient)
        for weights, biases, h, delta, w in zip(
            *parameter_views(self.network.sizes, terms), forward.h, backward.delta, self.network.weights, strict=False
        ):
            weights[:] = np.abs(h).T @ np.abs(delta) / len(delta) + self.rule.l1 + self.rule.l2 * np.abs(w)
            biases[:] = np.abs(delta).mean(axis=0)
        return terms

    def sides(self, forward: Forward) -> list[NDArray[np.bool_]]:
        """The side of each corner on which every value lies."""
        layers = zip(self.network.activations, forward.z[1:], strict=True)
        found = [z > 0.0 for activation, z in layers if activation.corner]
        if self.loss.corners is not None:
            found.append(self.loss.corners(forward.output, self.y) > 0.0)
        return found


def _next_batch(trainer: Trainer, start: int, rows: Rows, ticks: Ticks) -> _Batch:
    part, rule = (
        trainer.preparation.train,
        dataclasses.replace(trainer.settings_over_time.rule(trainer.position), frozen=()),
    )
    network = Network(trainer.network.sizes, trainer.network.activations, trainer.network.parameters.copy())
    hidden, key = network.sizes[1:-1], dropout_key(trainer.experiment.seed)
    drops = masks(key, start, len(rows), hidden, rule.dropout) if rule.dropout else ()
    return _Batch(network, LOSSES[trainer.experiment.loss], part.inputs[rows], part.targets[rows], drops, rule, ticks)


# ---------------------------------------------------------------- the check


def check_gradients(trainer: Trainer, most: int = 2000, progress: Progress | None = None) -> GradientCheck:
    """Check the gradient of a run's next update without changing the run.

    Args:
        trainer: the run.
        most: the largest number of parameters to check; fewer are checked if the network or the batch is large.
        progress: is told the part of the parameters checked so far, before each forward pass.

    Raises:
        Cancelled: ``progress`` said so.
        LensError: the loss or its differences overflow.
        CompilerError: the experiment asks for an engine that cannot be loaded.
    """
    update = trainer.stepper.next_update()
    sizes, count = trainer.network.sizes, trainer.network.parameters.size
    start, rows = update.start, update.samples[: max(1, LONGEST // (2 * len(STENCIL) * count * LEAST))]
    batch = _next_batch(trainer, start, rows, Ticks(progress))
    affordable = LONGEST // (2 * len(STENCIL) * count * len(rows))
    checked = _choose(sizes, min(most, max(LEAST, affordable)), start)
    with np.errstate(all="ignore"):
        gradient = batch.gradient(batch.forward())
        loss_error, gradient_error = _rounding(batch, gradient)
        numerical, steps, at_corner = _numerical(batch, checked)
        difference_error = 2.0 * sum(abs(c) for _, c in STENCIL) * loss_error / steps
        floor = SAFETY * (difference_error + gradient_error[checked]) / TOLERANCE + np.finfo(float).tiny
    if not all(np.isfinite(numbers).all() for numbers in (gradient, gradient_error, floor, numerical[~at_corner])):
        raise LensError(
            _(
                "The gradient cannot be checked: the loss or its differences overflow; "
                "standardize the inputs or choose smaller weights."
            )
        )
    analytic = gradient[checked]
    scale = np.maximum(np.maximum(np.abs(analytic), np.abs(numerical)), floor)
    arrays = checked, analytic, numerical, np.abs(analytic - numerical) / scale, at_corner
    read_only(*arrays)
    engine = _check_engine(trainer, batch, start, rows, gradient, gradient_error)
    return GradientCheck(sizes, start, len(update.samples), len(rows), *arrays, *engine)


def _choose(sizes: Sequence[int], most: int, seed: int) -> Rows:
    """Choose at most ``most`` parameters and at least one per block: small blocks whole, equal shares of the others."""
    blocks = sorted((np.array(block) for _, block in _blocks(sizes)), key=len)
    rng, chosen, left = np.random.default_rng(seed), [], most
    for k, block in enumerate(blocks):
        share = max(1, left // (len(blocks) - k))
        chosen.append(block if len(block) <= share else rng.choice(block, share, replace=False))
        left -= len(chosen[-1])
    return np.sort(np.concatenate(chosen))


def _rounding(batch: _Batch, gradient: Array) -> tuple[float, Array]:
    """The rounding errors of the loss and of each analytic derivative: r and s in the text of the module."""
    parameters, rng = batch.network.parameters, np.random.default_rng(0)
    middle, loss = parameters.copy(), batch.mean_loss(batch.forward())
    loss_error, gradient_error = np.spacing(abs(loss)), np.zeros_like(gradient)

    def nudged(numbers: Array) -> Array:
        return numbers * (1.0 + rng.choice([-1.0, 1.0], numbers.shape) * 2.0**-52)

    for _nudge in range(NUDGES):
        parameters[:] = nudged(middle)
        weights_alone = batch.forward()
        both = dataclasses.replace(weights_alone, a=tuple(map(nudged, weights_alone.a)))
        for forward in weights_alone, both:  # in both, one change may cancel another
            loss_error = np.maximum(loss_error, abs(batch.mean_loss(forward) - loss))
            gradient_error = np.maximum(gradient_error, np.abs(batch.gradient(forward) - gradient))
    parameters[:] = middle
    return float(loss_error), gradient_error + batch.terms() * 2.0**-52


# ---------------------------------------------------------------- differences


def _numerical(batch: _Batch, checked: Rows) -> tuple[Array, Array, NDArray[np.bool_]]:
    """For each of these parameters the numerical derivative, the step, and whether it is at a corner."""
    center = batch.forward()
    sides = batch.sides(center)
    effects = _effects(batch.network.sizes, center)
    is_weight = np.concatenate([np.full(len(block), name[0] == "W") for name, block in _blocks(batch.network.sizes)])
    derivatives, steps = np.empty(len(checked)), np.empty(len(checked))
    for place, index in enumerate(checked.tolist()):
        batch.ticks.done = place / len(checked)
        widest = _step(batch, center, index, STEP / effects[index])
        for factor in SHARES:
            steps[place] = widest * factor
            derivative = _difference(batch, sides, index, steps[place])
            if derivative is not None:
                break
        slope = _penalty_difference(batch.network.parameters[index], batch.rule) if is_weight[index] else 0.0
        derivatives[place] = np.nan if derivative is None or slope is None else derivative + slope
    return derivatives, steps, np.isnan(derivatives)


def _effects(sizes: Sequence[int], center: Forward) -> Array:
    """The change of each parameter's own z for a change of 1: a weight's largest input, 1 for a bias."""
    effects = np.ones(count_parameters(sizes))
    for weights, h in zip(parameter_views(sizes, effects)[0], center.h, strict=False):
        weights[:] = np.abs(h).max(axis=0)[:, None]
    effects[effects == 0.0] = 1.0  # it changes nothing, so any step is right
    return np.maximum(effects, 1e-100)


def _step(batch: _Batch, center: Forward, index: int, step: float) -> float:
    """The step, or a smaller one if a later layer's z moves by more than the parameter's own."""
    parameters = batch.network.parameters
    middle = parameters[index]
    for _trial in range(TRIALS):  # one correction is not enough far from linearity, as behind a sine with large weights
        parameters[index] = middle + step
        moved = batch.forward()
        farthest = max(float(np.abs(b - a).max()) for a, b in zip(center.z[1:], moved.z[1:], strict=True))
        if farthest <= 1.5 * STEP:
            break
        step *= STEP / farthest
    parameters[index] = middle
    return step


def _difference(batch: _Batch, sides: list[NDArray[np.bool_]], index: int, step: float) -> float | None:
    """The derivative of the mean loss by differences; None if a corner lies within the steps."""
    parameters = batch.network.parameters
    middle, total = parameters[index], 0.0
    try:
        for k, c in STENCIL:
            for sign in (1.0, -1.0):
                parameters[index] = middle + sign * k * step
                forward = batch.forward()
                if sides and not all(map(np.array_equal, batch.sides(forward), sides)):
                    return None
                total += sign * c * batch.mean_loss(forward)
    finally:
        parameters[index] = middle
    return total / step


def _penalty_difference(weight: float, rule: Rule) -> float | None:
    """The derivative of the penalty on one weight; None at the corner of |w|."""
    if rule.l1 > 0.0 and weight == 0.0:
        return None
    step = abs(weight) / 16.0 or STEP

    def term(w: float) -> float:
        return penalty([np.array([[w]])], rule.l1, rule.l2)

    return sum(c * (term(weight + k * step) - term(weight - k * step)) for k, c in STENCIL) / step


# ---------------------------------------------------------------- the engine


def _check_engine(
    trainer: Trainer, batch: _Batch, start: int, rows: Rows, gradient: Array, gradient_error: Array
) -> tuple[str, float, float, str]:
    """The engine's name, its largest difference from the gradient, the largest allowed one, and its parameter."""
    part, position = trainer.preparation.train, trainer.position
    key = dropout_key(trainer.experiment.seed)
    workload = Workload(batch.network, batch.loss, len(rows), part.inputs, part.targets, key)
    engine = make_engine(trainer.engine_name, workload, fall_back=trainer.experiment.engine == "auto")
    engine.run(rows, np.array([trainer.learning_rate]), batch.rule, trainer.settings_over_time.step(position), start)
    difference = np.abs(workload.gradient - gradient)
    scale = max(float(np.abs(gradient).max()), float(np.finfo(float).tiny))
    worst = int(np.argmax(np.nan_to_num(difference, nan=np.inf)))
    tolerance = ENGINE_TOLERANCE + SAFETY * float(gradient_error.max()) / scale
    return engine.name, float(difference[worst]) / scale, tolerance, parameter_name(trainer.network.sizes, worst)


def verdict(check: GradientCheck, epoch: int) -> str:
    """The result in one line; ``epoch`` is the number of finished epochs."""
    if check.samples < check.batch:
        batch = ngettext(
            "the first {samples} of a batch of {n} sample",
            "the first {samples} of a batch of {n} samples",
            check.batch,
        )
    else:
        batch = ngettext("a batch of {n} sample", "a batch of {n} samples", check.batch)
    batch = batch.format(samples=grouped(check.samples), n=grouped(check.batch))
    of = _("of {parameters} parameters, on {batch} after epoch {epoch},").format(
        parameters=grouped(check.parameters), batch=batch, epoch=grouped(epoch)
    )
    if not check.gradients_agree:
        return _(
            "WRONG: of the derivatives {of} that at {place} has the relative error {largest}, above {tolerance}; "
            "look for the cause in the layer of {fault} or behind it. {report}"
        ).format(
            of=of,
            place=check.place,
            largest=short(check.largest, 2),
            tolerance=short(TOLERANCE),
            fault=check.fault,
            report=FAULT,
        )
    if not check.engine_agrees:
        return _(
            "WRONG: the derivatives {of} are right, but by the {engine} that at {place} is off by {error} "
            "of the largest, above {tolerance}. {report}"
        ).format(
            of=of,
            engine=ENGINE_NAMES[check.engine],
            place=check.engine_place,
            error=short(check.engine_error, 2),
            tolerance=short(check.engine_tolerance, 2),
            report=FAULT,
        )
    if not check.compared:
        text = _("Nothing to compare: all {checked} {of} that were checked lie at a corner.")
        return text.format(checked=grouped(len(check.checked)), of=of)
    return _(
        "Right: the derivatives of {compared} {of} have relative errors of at most {largest} "
        "({tolerance} is allowed); the {engine} is off by {error} of the largest."
    ).format(
        compared=grouped(check.compared),
        of=of,
        largest=short(check.largest, 2),
        tolerance=short(TOLERANCE),
        engine=ENGINE_NAMES[check.engine],
        error=short(check.engine_error, 2),
    )
