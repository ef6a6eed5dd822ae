"""Everything that defines a run, as one frozen value that is validated once."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.activations import HIDDEN_ACTIVATIONS, OUTPUT_ACTIVATIONS
from core.dataset import DataSource
from core.errors import ExperimentError
from core.initializers import INITIALIZERS
from core.losses import LOSSES
from core.optimizers import OPTIMIZERS

MAX_HIDDEN_LAYERS = 10
MAX_NEURONS = 256
MAX_CLASSES = 100
MAX_BATCH = 1_000_000
MAX_SEED = 2**63 - 1

LIVE_FIELDS = frozenset({"learning_rate"})
"""Fields that change during a run; every other needs a reset."""


@dataclass(frozen=True)
class Init:
    """The distribution of the initial weights: a name in INITIALIZERS and its scale (None: the default)."""

    name: str = "normal"
    scale: float | None = None

    def __post_init__(self) -> None:
        require_choice("init", self.name, INITIALIZERS)
        default = INITIALIZERS[self.name].scale
        if self.scale is None:
            object.__setattr__(self, "scale", default)
        elif default is None:
            raise ExperimentError("init", f'init: "{self.name}" takes no scale; leave out ":{self.scale}".')
        elif not (is_finite(self.scale) and self.scale >= 0.0):
            raise ExperimentError("init", f"init: the scale {self.scale} must be a finite number of at least 0.")

    @classmethod
    def parse(cls, text: str) -> Init:
        """From the command line's spelling, ``normal:0.01`` or ``glorot``; raises ExperimentError."""
        name, colon, scale = text.partition(":")
        try:
            return cls(name, float(scale) if colon else None)
        except ValueError:
            raise ExperimentError("init", f'init: "{scale}" is no number; write it like normal:0.01.') from None

    def __str__(self) -> str:
        return self.name if self.scale is None else f"{self.name}:{self.scale!r}"


@dataclass(frozen=True)
class Experiment:
    """What a run is made of. The same experiment gives the same weights, bit for bit.

    Attributes:
        data: where the points come from.
        hidden: neurons of each hidden layer; empty for none.
        activation: the hidden layers' activation.
        output: the output layer's activation; it has one neuron for each class.
        loss, optimizer: names in LOSSES and OPTIMIZERS.
        learning_rate: the factor η of each update.
        batch_size: samples of an update; the last batch of an epoch takes what is left.
        init: distribution of the initial weights.
        seed: of the initial weights, the split and the order of the samples; the data have a seed of their own.
        shuffle: a new order each epoch; otherwise the order of the data.
        train_fraction: share of the points that is trained on; the rest is the test set.
        standardize: inputs are shifted and scaled to mean 0 and standard deviation 1 of the training part.
        only_sample: train on this one row of the data (counted from 0), again and again; all other rows are the test
            set. None for training on the whole training part.

    Raises:
        ExperimentError: a value that cannot be; the message names the field, the value and what would do.
    """

    data: DataSource = field(default_factory=lambda: DataSource("train.txt"))
    hidden: tuple[int, ...] = (7,)
    activation: str = "sigmoid"
    output: str = "softmax"
    loss: str = "mse"
    optimizer: str = "sgd"
    learning_rate: float = 0.01
    batch_size: int = 1
    init: Init = field(default_factory=Init)
    seed: int = 0
    shuffle: bool = True
    train_fraction: float = 1.0
    standardize: bool = False
    only_sample: int | None = None

    def __post_init__(self) -> None:
        require_type("data", self.data, DataSource, "a DataSource")
        require_type("hidden", self.hidden, (tuple, list), "a list of whole numbers, such as 8, 4")
        object.__setattr__(self, "hidden", tuple(self.hidden))
        if len(self.hidden) > MAX_HIDDEN_LAYERS:
            raise ExperimentError(
                "hidden", f"hidden: {len(self.hidden)} hidden layers are too many; at most {MAX_HIDDEN_LAYERS} will do."
            )
        for neurons in self.hidden:
            require_whole("hidden", neurons, 1, MAX_NEURONS, "neurons in a layer")
        require_choice("activation", self.activation, HIDDEN_ACTIVATIONS)
        require_choice("output", self.output, OUTPUT_ACTIVATIONS)
        require_choice("loss", self.loss, LOSSES)
        require_choice("optimizer", self.optimizer, OPTIMIZERS)
        check_learning_rate(self.learning_rate)
        require_whole("batch_size", self.batch_size, 1, MAX_BATCH)
        require_type("init", self.init, Init, "an Init")
        require_whole("seed", self.seed, 0, MAX_SEED)
        require_type("shuffle", self.shuffle, bool, "True or False")
        require_type("standardize", self.standardize, bool, "True or False")
        if not (is_finite(self.train_fraction) and 0.0 < self.train_fraction <= 1.0):
            raise ExperimentError(
                "train_fraction",
                f"train_fraction: {self.train_fraction} must be above 0 and at most 1, such as 0.8 "
                "(1 trains on every point and leaves no test set).",
            )
        if self.only_sample is not None:
            require_whole("only_sample", self.only_sample, 0, None)

    @property
    def hidden_activations(self) -> tuple[str, ...]:
        """The activation of each hidden layer."""
        return (self.activation,) * len(self.hidden)

    def replace(self, **changes: object) -> Experiment:
        """A copy with some fields changed, validated; raises ExperimentError."""
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]

    def changed_fields(self, other: Experiment) -> frozenset[str]:
        """Names of the fields in which two experiments differ."""
        names = (f.name for f in dataclasses.fields(self))
        return frozenset(name for name in names if getattr(self, name) != getattr(other, name))


def require_choice(name: str, value: str, choices: Mapping[str, object] | tuple[str, ...]) -> None:
    """Raise ExperimentError unless the value is one of the choices."""
    if not isinstance(value, str) or value not in choices:
        raise ExperimentError(name, f'{name}: "{value}" is unknown; choose one of {", ".join(choices)}.')


def require_whole(name: str, value: int, low: int, high: int | None, what: str = "") -> None:
    """Raise ExperimentError unless the value is a whole number from low to high."""
    if isinstance(value, bool) or not isinstance(value, int) or value < low or (high is not None and value > high):
        span = f"of at least {low}" if high is None else f"from {low} to {high}"
        raise ExperimentError(name, f"{name}: {value} {what + ' ' if what else ''}must be a whole number {span}.")


def require_type(name: str, value: object, kind: type | tuple[type, ...], what: str) -> None:
    """Raise ExperimentError unless the value is of a kind, which ``what`` names."""
    if not isinstance(value, kind):
        raise ExperimentError(name, f"{name}: {value} must be {what}.")


def is_finite(value: object) -> bool:
    """Whether the value is a number that float64 can hold; a truth value is none."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return False
    return -sys.float_info.max <= value <= sys.float_info.max


def check_learning_rate(rate: float) -> None:
    """Raise ExperimentError unless the rate is finite and above 0."""
    if not (is_finite(rate) and rate > 0.0):
        raise ExperimentError("learning_rate", f"learning_rate: {rate} must be a finite number above 0, such as 0.01.")
