"""What a run starts with: the split of the data set, the network's inputs and targets, and its first parameters."""

from __future__ import annotations

import functools
import math

import numpy as np

from core.base.arrays import Array, Rows
from core.base.errors import ExperimentError, WeightsError
from core.base.number_text import short
from core.base.progress import Between
from core.base.random_streams import SPLIT, WEIGHTS, stream
from core.base.translation import _
from core.base.values import dataclass
from core.data.class_names import class_title
from core.data.dataset import Dataset
from core.data.features import feature, feature_values
from core.network.activations import ACTIVATIONS, Activation
from core.network.initializers import INITIALIZERS
from core.network.losses import LOSSES
from core.network.network import Network
from core.network.tasks import CLASSIFICATION
from core.training.experiment import MAX_CLASSES, Experiment

LARGEST_EASY, LEAST_EASY = 30.0, 0.01
"""Targets that are larger, or whose standard deviation is smaller, are hard to learn as they are."""

LARGE_SET = 100_000
"""So many points take a few hundredths of a second to prepare, and nobody waits for less."""


@dataclass(frozen=True, eq=False)
class Part:
    """The training or the test set as the network sees it.

    Attributes:
        rows: shape (n,), the rows of the data set, in its order.
        inputs: shape (n, inputs). targets: shape (n, outputs). labels: shape (n,), the classes; 0 for regression.
        numbers: shape (n,), for regression the targets in the data's units; for classes (n, 0).
    """

    rows: Rows
    inputs: Array
    targets: Array
    labels: Rows
    numbers: Array

    def __len__(self) -> int:
        return len(self.rows)

    @functools.cached_property
    def spread(self) -> float:
        """The variance of the numbers, see :func:`spread_of`; each record needs it."""
        return spread_of(self.numbers)


def spread_of(numbers: Array) -> float:
    """The variance of some numbers; NaN if they are all the same."""
    spread = float(np.var(numbers)) if np.ptp(numbers) > 0.0 else 0.0  # that of equal numbers may be rounded
    return spread if spread > 0.0 else math.nan


@dataclass(frozen=True, eq=False)
class Preparation:
    """A data set made ready for a network.

    Attributes:
        dataset: the points, unscaled.
        train, test: the training and the test set.
        epoch_length: samples of an epoch. It is ``len(train)``, except for training on a single sample: then an epoch
            repeats that sample as often as the data set has points, so that the length of epochs stays the same.
        features: names of the inputs.
        center, scale: shape (inputs,); an input is (feature − center) / scale.
        target_center, target_scale: the network learns (target − center) / scale; 0 and 1 if it learns the targets
            themselves, and for classes.
        loss_scale: the loss in the data's units is so many times that of the network.
        sizes: layer sizes of the network.
        activations: of the layers but the first.
    """

    dataset: Dataset
    train: Part
    test: Part
    epoch_length: int
    features: tuple[str, ...]
    center: Array
    scale: Array
    target_center: float
    target_scale: float
    loss_scale: float
    sizes: tuple[int, ...]
    activations: tuple[Activation, ...]

    @property
    def input_names(self) -> tuple[str, ...]:
        """The names of the network's inputs."""
        return tuple(feature(name).title(self.dataset.column_names) for name in self.features)

    @property
    def output_names(self) -> tuple[str, ...]:
        """The names of the network's outputs."""
        return self.dataset.output_names

    @property
    def output_titles(self) -> tuple[str, ...]:
        """What a person reads for the network's outputs: classes as of :func:`class_title`, or the target's name."""
        names = self.output_names
        return tuple(map(class_title, names)) if self.dataset.class_names else names

    @property
    def class_outputs(self) -> int:
        """The number of outputs that stand for a class each: none for a number, or for two classes on one output."""
        count = self.sizes[-1]
        return count if self.dataset.task == CLASSIFICATION and count > 1 else 0

    def output_class(self, layer: int, unit: int) -> int | None:
        """The class that a unit stands for; None for all but :attr:`class_outputs`."""
        return unit if layer == len(self.sizes) - 1 and self.class_outputs else None

    def inputs(self, points: Array) -> Array:
        """Network inputs, shape (n, inputs), of points in the data's own units, shape (n, d)."""
        return _scaled(feature_values(self.features, points), self.center, self.scale)

    @property
    def is_target_scaled(self) -> bool:
        """Whether the network's outputs are not in the data's units."""
        return (self.target_center, self.target_scale) != (0.0, 1.0)

    @property
    def target_note(self) -> str:
        """A sentence on what the network learns in place of the target; empty if it learns the target itself."""
        if not self.is_target_scaled:
            return ""
        sign, center = ("−", self.target_center) if self.target_center >= 0.0 else ("+", -self.target_center)
        scaled = f"({self.dataset.target_name} {sign} {center:,.6g}) / {self.target_scale:,.6g}"
        return _("The network learns the standardized target y = {scaled}.").format(scaled=scaled)

    @property
    def target_hint(self) -> str:
        """A sentence where the targets of the training set are of a size that a network hardly learns; else empty."""
        targets = self.train.numbers
        if not targets.size or self.is_target_scaled:
            return ""
        with np.errstate(all="ignore"):
            spread, largest = float(np.std(targets)), float(np.abs(targets).max())
        if np.ptp(targets) == 0.0 or (largest <= LARGEST_EASY and spread >= LEAST_EASY):
            return ""
        ends = _("from {low} to {high}").format(low=short(float(targets.min())), high=short(float(targets.max())))
        return _("Targets {ends} are hard to learn as they are.").format(ends=ends)

    def in_units(self, outputs: Array) -> Array:
        """Outputs of the network, of any shape, in the data's units."""
        if not self.is_target_scaled:
            return outputs
        with np.errstate(all="ignore"):
            in_units: Array = outputs * self.target_scale + self.target_center
        return in_units


def prepare(experiment: Experiment, dataset: Dataset, between: Between = None) -> Preparation:
    """Split, scale and encode a data set; raises ExperimentError if experiment and data do not fit.

    For a large set ``between`` is called between two steps, each of which takes up to a tenth of a second for a million
    points.
    """
    pause = between if between is not None and len(dataset) >= LARGE_SET else lambda: None
    _check(experiment, dataset)
    train_rows, test_rows = _split(experiment, len(dataset))
    check_patience(experiment.patience, len(test_rows))
    pause()
    values = feature_values(experiment.features, dataset.points)
    _check_features(experiment, values)
    pause()
    center, scale = np.zeros(values.shape[1]), np.ones(values.shape[1])
    if experiment.standardize:
        center, scale = _center_and_scale("standardize", values[_scaling(experiment, train_rows)])
        pause()
    inputs = _scaled(values, center, scale)
    pause()
    targets = _targets(experiment, dataset)
    numbers = np.zeros((len(dataset), 0)) if dataset.targets is None else dataset.targets
    target_center, target_scale = 0.0, 1.0
    if dataset.targets is not None and experiment.standardize_target:
        some = targets[_scaling(experiment, train_rows)]
        (target_center,), (target_scale,) = (x.tolist() for x in _center_and_scale("standardize_target", some))
        targets = (targets - target_center) / target_scale

    def part(rows: Rows) -> Part:
        pause()
        arrays = rows, inputs[rows], targets[rows], dataset.labels[rows], numbers[rows]
        for array in arrays:
            array.flags.writeable = False
        return Part(*arrays)

    return Preparation(
        dataset=dataset,
        train=part(train_rows),
        test=part(test_rows),
        epoch_length=len(dataset) if experiment.only_sample is not None else len(train_rows),
        features=experiment.features,
        center=center,
        scale=scale,
        target_center=target_center,
        target_scale=target_scale,
        loss_scale=math.prod([target_scale] * LOSSES[experiment.loss].degree),
        sizes=(inputs.shape[1], *experiment.hidden, targets.shape[1]),
        activations=tuple(ACTIVATIONS[name] for name in (*experiment.hidden_activations, experiment.output)),
    )


def _check(experiment: Experiment, dataset: Dataset) -> None:
    if dataset.task != experiment.task:
        raise ExperimentError(
            "data",
            "data: "
            + _('"{name}" is for {task}, but the experiment for {experiment_task}; choose one task.').format(
                name=dataset.name, task=dataset.task, experiment_task=experiment.task
            ),
        )
    if dataset.dimensions != experiment.data.dimensions:
        raise ExperimentError(
            "data",
            "data: "
            + _(
                '"{name}" has {dimensions} input columns, but the experiment has '
                "{data_dimensions}; choose the columns again."
            ).format(name=dataset.name, dimensions=dataset.dimensions, data_dimensions=experiment.data.dimensions),
        )
    if dataset.n_classes > MAX_CLASSES:
        raise ExperimentError(
            "data",
            "data: "
            + _(
                '"{name}" has {n_classes} classes, but at most {max_classes} are allowed; '
                "if its last column is a number to predict, choose the task regression."
            ).format(name=dataset.name, n_classes=dataset.n_classes, max_classes=MAX_CLASSES),
        )
    if dataset.task == CLASSIFICATION and dataset.n_classes < 2:
        raise ExperimentError(
            "data",
            "data: "
            + _('"{name}" has only one class; a classifier needs points of at least two.').format(name=dataset.name),
        )
    if len(dataset) == 0:
        raise ExperimentError(
            "data", "data: " + _('"{name}" has no points; a network needs some to train on.').format(name=dataset.name)
        )


def check_patience(patience: int | None, tests: int) -> None:
    """Raise ExperimentError if early stopping is set but there are no test points."""
    if patience is not None and tests == 0:
        raise ExperimentError(
            "patience",
            "patience: "
            + _(
                "early stopping needs a test set, but with so few points every point is used for training; "
                "choose a smaller train_fraction, such as 0.8."
            ),
        )


def _check_features(experiment: Experiment, values: Array) -> None:
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        row, column = bad[0]
        label = feature(experiment.features[column]).label
        raise ExperimentError(
            "features",
            "features: "
            + _(
                "{label} of point {row} is too large; leave this feature out, or give the data in larger units."
            ).format(label=label, row=row),
        )


def _scaling(experiment: Experiment, train_rows: Rows) -> Rows | slice:
    """The rows that give center and scale: all of them where one is trained on, which has no spread."""
    return train_rows if experiment.only_sample is None else slice(None)


def _scaled(values: Array, center: Array, scale: Array) -> Array:
    with np.errstate(all="ignore"):  # a point may overflow; then the loss is not finite, which is reported
        scaled: Array = (values - center) / scale
    return scaled


def _targets(experiment: Experiment, dataset: Dataset) -> Array:
    """The targets of all rows, shape (n, outputs)."""
    if dataset.targets is not None:
        targets: Array = dataset.targets.reshape(-1, 1).copy()
        return targets
    signed = LOSSES[experiment.loss].signed
    return one_hot_targets(dataset.labels, dataset.n_classes, ACTIVATIONS[experiment.output], signed)


def _center_and_scale(field: str, points: Array) -> tuple[Array, Array]:
    """Mean and standard deviation of each column, shape (n, columns); the scale of a constant column is 1.

    Raises ExperimentError about the field where there is none.
    """
    with np.errstate(all="ignore"):
        center, spread = points.mean(axis=0), points.std(axis=0)
        # Rounding errors make the spread of equal numbers differ from 0, but their range is exactly 0.
        constant = (np.ptp(points, axis=0) == 0.0) | (spread == 0.0)
    if not np.isfinite(spread).all():
        raise ExperimentError(
            field,
            f"{field}: "
            + _(
                "numbers as large as {largest:g} have no finite standard deviation; give the data in larger units."
            ).format(largest=np.abs(points).max()),
        )
    return np.where(constant, points[0], center), np.where(constant, 1.0, spread)


def one_hot_targets(labels: Rows, n_classes: int, output: Activation, signed: bool = False) -> Array:
    """Targets of shape (n, classes): the label's column high, the others low.

    High and low are 1 and 0, or 1 and −1 if the output's range is −1 to 1 or the loss needs it (``signed``).
    """
    low = -1.0 if signed or (output.low, output.high) == (-1.0, 1.0) else 0.0
    return np.where(labels[:, None] == np.arange(n_classes), 1.0, low)


def _split(experiment: Experiment, n: int) -> tuple[Rows, Rows]:
    if experiment.only_sample is not None:
        if experiment.only_sample >= n:
            raise ExperimentError(
                "only_sample",
                "only_sample: "
                + _("{only_sample} is behind the last row; choose one from 0 to {count}.").format(
                    only_sample=experiment.only_sample, count=n - 1
                ),
            )
        rows = np.arange(n)
        return rows[[experiment.only_sample]], np.delete(rows, experiment.only_sample)
    n_train = max(1, round(experiment.train_fraction * n))
    if n_train == n:
        return np.arange(n), np.arange(0)
    is_chosen = np.zeros(n, dtype=bool)
    is_chosen[stream(experiment.seed, SPLIT).permutation(n)[:n_train]] = True
    return np.flatnonzero(is_chosen), np.flatnonzero(~is_chosen)


def starting_parameters(experiment: Experiment, network: Network, given: Array | None) -> Array:
    """Shape (parameters,), drawn layer by layer, or those given; raises WeightsError if they do not fit the network."""
    if given is not None:
        if given.shape != network.parameters.shape:
            raise WeightsError(
                _(
                    "The initial weights are {size} numbers, but a network {sizes} "
                    "has {wanted}; choose the network that the weights belong to."
                ).format(size=given.size, sizes="-".join(map(str, network.sizes)), wanted=network.parameters.size)
            )
        if not np.isfinite(given).all():
            raise WeightsError(_("The initial weights contain NaN or infinity; give finite weights."))
        return given
    initializer = INITIALIZERS[experiment.init.name]
    drawn = Network(network.sizes, network.activations)
    rng = stream(experiment.seed, WEIGHTS)
    for weights, biases in zip(drawn.weights, drawn.biases, strict=True):
        weights[:] = initializer.draw(rng, weights.shape[0], weights.shape[1], experiment.init.scale or 0.0)
        biases[:] = experiment.bias
    return drawn.parameters
