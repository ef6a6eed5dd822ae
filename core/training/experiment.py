"""Everything that defines a run, as one frozen value that its constructor validates."""

from __future__ import annotations

import dataclasses
import math
import sys
from collections.abc import Mapping
from dataclasses import field

from core.base.errors import ExperimentError
from core.base.number_text import grouped
from core.base.translation import _
from core.base.values import dataclass
from core.data.data_source import DataSource
from core.data.dataset import MAX_DIMENSIONS
from core.data.features import PLAIN, features_of, plain_features
from core.engines.choosing import without_compiled_form
from core.network.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS, OUTPUT_ACTIVATIONS
from core.network.initializers import INITIALIZERS
from core.network.losses import LOSSES, why_not
from core.network.optimizers import OPTIMIZERS
from core.network.schedules import SCHEDULES
from core.network.tasks import CLASSIFICATION, REGRESSION

MAX_HIDDEN_LAYERS = 10
MAX_NEURONS = 256
MAX_CLASSES = 100
MAX_BATCH = 1_000_000
MAX_SEED = 2**63 - 1
MAX_EPOCHS = 1_000_000
MAX_DROPOUT = 0.95
MAX_MOMENTUM = 0.9999
MAX_SCALE = 1e100

ENGINES = ("auto", "compiled", "numpy")
"""Names of engines; see :mod:`core.engines.choosing`."""

LIVE_FIELDS = frozenset(
    {
        "learning_rate",
        "schedule",
        "warm_up",
        "optimizer",
        "momentum",
        "l1",
        "l2",
        "dropout",
        "patience",
        "stop_loss",
    }
)
"""Fields that can change during a run; a change of any other field needs a reset."""


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
            raise ExperimentError(
                "init",
                "init: " + _('"{name}" takes no scale; leave out ":{scale}".').format(name=self.name, scale=self.scale),
            )
        elif not (is_finite(self.scale) and 0.0 <= self.scale <= MAX_SCALE):
            raise ExperimentError(
                "init",
                "init: "
                + _("the scale {scale} must be a number from 0 to {max_scale:g}.").format(
                    scale=self.scale, max_scale=MAX_SCALE
                ),
            )

    @classmethod
    def parse(cls, text: str) -> Init:
        """From the command line's spelling, ``normal:0.01`` or ``glorot``; raises ExperimentError."""
        name, colon, scale = text.partition(":")
        try:
            return cls(name, float(scale) if colon else None)
        except ValueError:
            raise ExperimentError(
                "init", "init: " + _('"{scale}" is not a number; write it like normal:0.01.').format(scale=scale)
            ) from None

    def __str__(self) -> str:
        return self.name if self.scale is None else f"{self.name}:{self.scale!r}"


@dataclass(frozen=True)
class Decay:
    """A learning-rate schedule: a name in SCHEDULES and its settings (None: the defaults)."""

    name: str = "constant"
    settings: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        require_choice("schedule", self.name, SCHEDULES)
        wanted = SCHEDULES[self.name].settings
        given = tuple(setting.default for setting in wanted) if self.settings is None else tuple(self.settings)
        if len(given) != len(wanted):
            shape = ":".join([self.name, *(setting.label for setting in wanted)])
            raise ExperimentError(
                "schedule", "schedule: " + _('"{given}" must have the form {shape}.').format(given=self, shape=shape)
            )
        for value, setting in zip(given, wanted, strict=True):
            if not (
                is_finite(value)
                and setting.low <= value <= setting.high
                and value == (int(value) if setting.whole else value)
            ):
                kind = _("whole number") if setting.whole else "number"
                high = grouped(setting.high) if setting.whole else f"{setting.high:g}"
                span = _("from {low:g} to {high}").format(low=setting.low, high=high)
                raise ExperimentError(
                    "schedule",
                    "schedule: "
                    + _("{value} ({label}) must be a {kind} {span}.").format(
                        value=value, label=setting.label, kind=kind, span=span
                    ),
                )
        object.__setattr__(self, "settings", tuple(float(value) for value in given))

    @classmethod
    def parse(cls, text: str) -> Decay:
        """From the command line's spelling, such as ``step:50:0.5``; raises ExperimentError."""
        name, *words = text.split(":")
        try:
            settings = tuple(float(word) for word in words)
        except ValueError:
            raise ExperimentError(
                "schedule",
                "schedule: "
                + _('"{text}" contains a value that is not a number; write it like step:50:0.5.').format(text=text),
            ) from None
        return cls(name, settings or None)

    def __str__(self) -> str:
        return ":".join([self.name, *(f"{value:.17g}" for value in self.settings or ())])


@dataclass(frozen=True)
class Experiment:
    """All settings of a run. The same experiment gives the same weights, bit for bit.

    Attributes:
        data: the source of the points, which also determines whether classes or numbers are learned.
        features: the network's inputs, as names from :func:`core.data.features.features_of`.
        hidden: neurons of each hidden layer; empty for none.
        activation: the hidden layers' activation, or a tuple of one for each of them.
        output: the output layer's activation; it has one neuron for each class, or for regression one.
        loss, optimizer: names in LOSSES and OPTIMIZERS.
        momentum: coefficient μ or β₁ of the optimizers that have one.
        learning_rate: the factor η of each update.
        schedule: how the learning rate changes with the epochs.
        warm_up: epochs in which the learning rate rises to its full value; 0 for none.
        batch_size: samples of an update; the last batch of an epoch has the samples that are left.
        l1, l2: factors of the penalties on large weights, see :mod:`core.network.penalty`.
        dropout: share of the hidden activations that are dropped in training.
        init: distribution of the initial weights. bias: initial value of all biases.
        seed: of the initial weights, the split and the order of the samples; the data have a seed of their own.
        shuffle: a new order each epoch; otherwise the order of the data.
        train_fraction: share of the points in the training set; the rest is the test set.
        standardize: inputs are shifted and scaled to mean 0 and standard deviation 1 of the training part.
        standardize_target: so are the targets of a regression.
        only_sample: train only on this row of the data (counted from 0); all other rows are the test set. None to train
            on the whole training set.
        patience: stop when the test loss has not fallen for this number of epochs, and go back to the epoch with the
            lowest one; None for never.
        stop_loss: stop when the training loss is at most this; None for never.
        engine: one of ENGINES; "auto" chooses the compiled engine if it is available.
    """

    data: DataSource = field(default_factory=lambda: DataSource("train.txt"))
    features: tuple[str, ...] = PLAIN
    hidden: tuple[int, ...] = (7,)
    activation: str | tuple[str, ...] = "sigmoid"
    output: str = "softmax"
    loss: str = "mse"
    optimizer: str = "sgd"
    momentum: float = 0.9
    learning_rate: float = 0.01
    schedule: Decay = field(default_factory=Decay)
    warm_up: int = 0
    batch_size: int = 1
    l1: float = 0.0
    l2: float = 0.0
    dropout: float = 0.0
    init: Init = field(default_factory=Init)
    bias: float = 0.0
    seed: int = 0
    shuffle: bool = True
    train_fraction: float = 1.0
    standardize: bool = False
    standardize_target: bool = False
    only_sample: int | None = None
    patience: int | None = None
    stop_loss: float | None = None
    engine: str = "auto"

    def __post_init__(self) -> None:
        self._check_data()
        self._check_network()
        self._check_training()
        self._check_stopping()

    def _check_data(self) -> None:
        require_type("data", self.data, DataSource, _("a DataSource"))
        require_type("features", self.features, (tuple, list), _("a list of features, such as x1, x2"))
        object.__setattr__(self, "features", tuple(self.features))
        if not self.features:
            raise ExperimentError(
                "features", "features: " + _("the network has no inputs; choose at least one, such as x1.")
            )
        self._check_features()
        for name in ("standardize", "standardize_target"):
            require_type(name, getattr(self, name), bool, _("True or False"))
        if not (is_finite(self.train_fraction) and 0.0 < self.train_fraction <= 1.0):
            raise ExperimentError(
                "train_fraction",
                "train_fraction: "
                + _(
                    "{train_fraction} must be above 0 and at most 1, such as 0.8 "
                    "(1 trains on every point and leaves no test set)."
                ).format(train_fraction=self.train_fraction),
            )
        if self.only_sample is not None:
            require_whole("only_sample", self.only_sample, 0, None)

    def _check_features(self) -> None:
        dimensions = self.data.dimensions
        for name in self.features:
            if name in features_of(MAX_DIMENSIONS) and name not in features_of(dimensions):
                raise ExperimentError(
                    "features",
                    "features: "
                    + _("the data have only {dimensions} columns and no {name}; leave {name} out.").format(
                        dimensions=dimensions, name=name
                    ),
                )
            require_choice("features", name, features_of(dimensions))
        if len(set(self.features)) < len(self.features):
            raise ExperimentError("features", "features: " + _("a feature is named twice; name each feature once."))

    def _check_network(self) -> None:
        require_type("hidden", self.hidden, (tuple, list), _("a list of whole numbers, such as 8, 4"))
        object.__setattr__(self, "hidden", tuple(self.hidden))
        if len(self.hidden) > MAX_HIDDEN_LAYERS:
            raise ExperimentError(
                "hidden",
                "hidden: "
                + _("{count} hidden layers are too many; choose at most {max_hidden_layers}.").format(
                    count=len(self.hidden), max_hidden_layers=MAX_HIDDEN_LAYERS
                ),
            )
        for neurons in self.hidden:
            require_whole("hidden", neurons, 1, MAX_NEURONS, _("neurons in a layer"))
        self._check_activations()
        require_choice("output", self.output, OUTPUT_ACTIVATIONS)
        require_choice("loss", self.loss, LOSSES)
        reason = why_not(LOSSES[self.loss], self.output, self.task)
        if reason:
            raise ExperimentError("loss", "loss: " + _("{reason}.").format(reason=reason))
        require_type("init", self.init, Init, _("an Init"))
        require_number("bias", self.bias)

    def _check_activations(self) -> None:
        if isinstance(self.activation, (tuple, list)):
            for name in self.activation:
                require_choice("activation", name, HIDDEN_ACTIVATIONS)
            if len(self.activation) != len(self.hidden):
                raise ExperimentError(
                    "activation",
                    "activation: "
                    + _(
                        "{activations} activations do not fit {layers} hidden layers; "
                        "name one for each layer, or a single one for all."
                    ).format(activations=len(self.activation), layers=len(self.hidden)),
                )
            same = len(set(self.activation)) == 1
            object.__setattr__(self, "activation", self.activation[0] if same else tuple(self.activation) or "sigmoid")
        else:
            require_choice("activation", self.activation, HIDDEN_ACTIVATIONS)

    def _check_training(self) -> None:
        require_choice("optimizer", self.optimizer, OPTIMIZERS)
        require_number("momentum", self.momentum, 0.0, MAX_MOMENTUM)
        check_learning_rate(self.learning_rate)
        require_type("schedule", self.schedule, Decay, _("a Decay"))
        require_whole("warm_up", self.warm_up, 0, MAX_EPOCHS, "epochs")
        require_whole("batch_size", self.batch_size, 1, MAX_BATCH)
        for name in ("l1", "l2"):
            require_number(name, getattr(self, name), 0.0)
        require_number("dropout", self.dropout, 0.0, MAX_DROPOUT)
        require_whole("seed", self.seed, 0, MAX_SEED)
        require_type("shuffle", self.shuffle, bool, _("True or False"))
        require_choice("engine", self.engine, ENGINES)
        if self.engine == "compiled" and self.without_compiled_form:
            raise ExperimentError(
                "engine",
                "engine: "
                + _("the compiled engine has no form of {entry}; choose the engine numpy or auto.").format(
                    entry=self.without_compiled_form
                ),
            )

    def _check_stopping(self) -> None:
        if self.patience is not None:
            require_whole("patience", self.patience, 1, MAX_EPOCHS, "epochs")
            if self.train_fraction == 1.0 and self.only_sample is None:
                raise ExperimentError(
                    "patience",
                    "patience: "
                    + _(
                        "early stopping needs a test set, but every point is used for training; "
                        "choose a train_fraction below 1, such as 0.8."
                    ),
                )
        if self.stop_loss is not None:
            require_number("stop_loss", self.stop_loss, 0.0)

    @property
    def task(self) -> str:
        """The task, see :mod:`core.network.tasks`."""
        return self.data.task or CLASSIFICATION

    @property
    def may_stop(self) -> bool:
        """Whether the run may stop by itself, so that the loss is looked at after every epoch."""
        return self.patience is not None or self.stop_loss is not None

    @property
    def hidden_activations(self) -> tuple[str, ...]:
        """The activation of each hidden layer."""
        return (self.activation,) * len(self.hidden) if isinstance(self.activation, str) else self.activation

    @property
    def last_activation(self) -> str:
        """The activation of the last hidden layer, which the next one gets; without any it is that of the first one."""
        return self.activation if isinstance(self.activation, str) else self.activation[-1]

    @property
    def without_compiled_form(self) -> str:
        """Which of its entries the compiled engine cannot compute, in words; empty for none."""
        return without_compiled_form((*self.hidden_activations, self.output), self.loss, self.optimizer)

    @property
    def engine_note(self) -> str:
        """A sentence where the choice "auto" means NumPy for want of a compiled form; otherwise empty."""
        if self.engine != "auto" or not self.without_compiled_form:
            return ""
        return _("The compiled engine has no form of {entry}, so NumPy computes.").format(
            entry=self.without_compiled_form
        )

    def replace(self, **changes: object) -> Experiment:
        """A copy with some fields changed, validated; raises ExperimentError."""
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]

    def adapted(self, **changes: object) -> Experiment:
        """Like ``replace``, but adapt other settings that do not fit the new data or loss.

        Data for another task change the output and the loss, and a loss changes the output if it needs another one.
        Without a test set there is no early stopping. If the data have other columns and more than two of them, all
        columns become inputs. Whether the target is standardized follows a change for the inputs.
        """
        if changes.get("standardize", self.standardize) != self.standardize:
            changes = {"standardize_target": changes["standardize"], **changes}
        data = changes.get("data", self.data)
        if isinstance(data, DataSource) and "features" not in changes and _has_other_columns(self.data, data):
            changes = {**changes, "features": plain_features(data.dimensions)}
        task = data.task if isinstance(data, DataSource) else self.task
        loss = LOSSES.get(str(changes.get("loss", self.loss)))
        if loss is not None and task not in loss.tasks and "loss" not in changes:
            loss, changes = LOSSES["mse"], {**changes, "loss": "mse"}
        output = changes.get("output", self.output)
        if "output" not in changes:
            if task != self.task:
                output = "linear" if task == REGRESSION else "softmax"
            if loss is not None and loss.outputs and output not in loss.outputs:
                output = loss.outputs[0]
            changes = {**changes, "output": output}
        has_test = changes.get("train_fraction", self.train_fraction) != 1.0
        has_test = has_test or changes.get("only_sample", self.only_sample) is not None
        if not has_test and "patience" not in changes:
            changes = {**changes, "patience": None}
        return self.replace(**changes)

    def changed_fields(self, other: Experiment) -> frozenset[str]:
        """Names of the fields in which two experiments differ."""
        names = (f.name for f in dataclasses.fields(self))
        return frozenset(name for name in names if getattr(self, name) != getattr(other, name))


def usual_init(activations: tuple[str, ...]) -> Init:
    """The initial weights that suit hidden layers of these activations."""
    has_bounds = any(ACTIVATIONS[name].high < math.inf for name in activations)
    return Init("glorot" if has_bounds or not activations else "he")


def _has_other_columns(before: DataSource, after: DataSource) -> bool:
    """Whether the columns differ; two columns always count as the same, so that sets in the plane share features."""
    if before.dimensions == after.dimensions == 2:
        return False
    return getattr(before.choice, "columns", None) != getattr(after.choice, "columns", None)


def require_choice(name: str, value: str, choices: Mapping[str, object] | tuple[str, ...]) -> None:
    """Raise ExperimentError unless the value is one of the choices."""
    if not isinstance(value, str) or value not in choices:
        raise ExperimentError(
            name,
            f"{name}: "
            + _('"{value}" is unknown; choose one of {choices}.').format(value=value, choices=", ".join(choices)),
        )


def require_whole(name: str, value: int, low: int, high: int | None, what: str = "") -> None:
    """Raise ExperimentError unless the value is a whole number from low to high."""
    if isinstance(value, bool) or not isinstance(value, int) or value < low or (high is not None and value > high):
        span = (
            _("of at least {low}").format(low=low)
            if high is None
            else _("from {low} to {high}").format(low=low, high=high)
        )
        raise ExperimentError(
            name,
            f"{name}: "
            + _("{value} {what}must be a whole number {span}.").format(
                value=value, what=what + " " if what else "", span=span
            ),
        )


def require_type(name: str, value: object, kind: type | tuple[type, ...], what: str) -> None:
    """Raise ExperimentError unless the value has the given type, which ``what`` names."""
    if not isinstance(value, kind):
        raise ExperimentError(name, f"{name}: " + _("{value} must be {what}.").format(value=value, what=what))


def is_finite(value: object) -> bool:
    """Whether the value is a number in the range of float64; a bool is not."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return False
    return -sys.float_info.max <= value <= sys.float_info.max


def require_number(name: str, value: float, low: float = -sys.float_info.max, high: float | None = None) -> None:
    """Raise ExperimentError unless the value is a finite number from low to high."""
    if not (is_finite(value) and low <= value and (high is None or value <= high)):
        least = "" if low == -sys.float_info.max else _(" of at least {low:g}").format(low=low)
        span = least if high is None else _(" from {low:g} to {high:g}").format(low=low, high=high)
        raise ExperimentError(
            name, f"{name}: " + _("{value} must be a finite number{span}.").format(value=value, span=span)
        )


def check_learning_rate(rate: float) -> None:
    """Raise ExperimentError unless the rate is finite and above 0."""
    if not (is_finite(rate) and rate > 0.0):
        raise ExperimentError(
            "learning_rate",
            "learning_rate: " + _("{rate} must be a finite number above 0, such as 0.01.").format(rate=rate),
        )
