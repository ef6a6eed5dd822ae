"""Forty runs that are broken, each in one way, and twenty that are healthy; all are trained in a moment."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace

import numpy as np

from core.data.data_source import DRAWN, DataSource, default_source, load
from core.data.dataset import Dataset
from core.data.drawn_points import DrawnPoints
from core.training.divergence import Diverged
from core.training.experiment import Decay, Experiment, Init
from core.training.trainer import Trainer


@dataclass(frozen=True)
class Case:
    """A run, and what a person who knows why it fails would say.

    Attributes:
        causes: names of causes, each of which is right. kinds: kinds of verdict, each of which is right.
        frozen: whether all parameters are frozen.
    """

    name: str
    experiment: Experiment
    epochs: int
    causes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ("plateau",)
    frozen: bool = False

    def trained(self, epochs: float | None = None) -> Trainer:
        """A trainer at the end of the run, or after so many epochs; a divergence ends it earlier."""
        trainer = Trainer(self.experiment, load(self.experiment.data))
        if self.frozen:
            trainer.freeze(range(trainer.network.parameters.size))
        return advanced(trainer, self.epochs if epochs is None else epochs)


def advanced(trainer: Trainer, epochs: float) -> Trainer:
    """Trained on to a number of epochs, as far as that goes."""
    with contextlib.suppress(Diverged):
        trainer.advance(max(0, round(epochs * trainer.epoch_length) - trainer.position))
    return trainer


def points_of(name: str, samples: int = 200, noise: float = 0.0, seed: int = 0) -> DataSource:
    """A built-in set of so many points."""
    return replace(default_source(name), samples=samples, noise=noise, seed=seed)


def drawn(dataset: Dataset, scale: float = 1.0, shift: float = 0.0, target_scale: float = 1.0) -> DataSource:
    """The points as drawn ones, scaled and moved."""
    targets = None if dataset.targets is None else dataset.targets * target_scale
    points = dataset.points * scale + shift
    return DataSource(DRAWN, drawn=DrawnPoints(points, dataset.labels, dataset.class_names, targets=targets))


def set_of(name: str, samples: int = 200, noise: float = 0.0) -> Dataset:
    """The points of a built-in set."""
    return load(points_of(name, samples, noise))


BASE = Experiment(
    data=points_of("circle"), hidden=(8,), activation="tanh", learning_rate=0.1, batch_size=10, init=Init("glorot"),
    train_fraction=0.8,
)  # fmt: skip
SPIRAL = BASE.replace(data=points_of("spiral"), loss="cross-entropy")
RELU = BASE.replace(activation="relu", init=Init("he"))
PLANE = BASE.replace(data=points_of("plane"), output="linear")
BUMPS = BASE.replace(data=points_of("multi-gauss", 400), output="linear", hidden=(16, 16))
FEW_NOISY = BASE.replace(
    data=points_of("circle", 100, 50.0), hidden=(8,) * 6, features=("x1", "x2", "sin-x1", "sin-x2"), learning_rate=0.01,
    batch_size=1, train_fraction=0.45,
)  # fmt: skip
LINE = DataSource(DRAWN, drawn=DrawnPoints(np.full((40, 2), 1.5), np.arange(40) % 2, ("0", "1")))
COLUMN = DataSource(
    DRAWN,
    drawn=DrawnPoints(np.column_stack([np.full(60, 2.0), np.linspace(-3, 3, 60)]), np.arange(60) // 30, ("0", "1")),
)
LARGE = drawn(set_of("gauss"), scale=100.0, shift=1000.0)
HUGE = drawn(set_of("circle"), scale=1000.0)
SMALL = drawn(set_of("circle"), scale=0.002)
HIGH = ("rate too high",)
LOW = ("rate too low",)
SIX = (4, 4, 4, 4, 4, 4)
SLOW = ("plateau", "learning")
ANY_STOP = ("plateau", "diverged")

BROKEN: tuple[Case, ...] = (
    # a learning rate that is too high
    Case("rate 1e30, bumps", BUMPS.replace(learning_rate=1e30), 5, HIGH, ("diverged",)),
    Case("rate 10, plane", PLANE.replace(learning_rate=10.0), 20, HIGH, ("diverged",)),
    Case("rate 1, plane without a hidden layer", PLANE.replace(hidden=(), learning_rate=1.0), 20, HIGH, ("diverged",)),
    Case("rate 3, relu bumps", BUMPS.replace(activation="relu", learning_rate=3.0), 20, (*HIGH, "dead"), ANY_STOP),
    Case("rate 100, tanh", BASE.replace(learning_rate=100.0), 40, (*HIGH, "saturated"), ANY_STOP),
    Case("rate 30, cross-entropy", SPIRAL.replace(learning_rate=30.0), 40, (*HIGH, "saturated"), ANY_STOP),
    Case(
        "rate 3, momentum", SPIRAL.replace(learning_rate=3.0, optimizer="momentum"), 40, (*HIGH, "saturated"), ANY_STOP
    ),
    Case("rate 10, adam", BASE.replace(learning_rate=10.0, optimizer="adam"), 40, (*HIGH, "saturated"), ANY_STOP),
    # one that is too low
    Case("rate 1e-6", BASE.replace(learning_rate=1e-6), 60, LOW, SLOW),
    Case("rate 1e-4", BASE.replace(learning_rate=1e-4), 60, LOW, SLOW),
    Case("rate 1e-7, adam", BASE.replace(learning_rate=1e-7, optimizer="adam"), 60, LOW, SLOW),
    Case("rate 1e-5, spiral", SPIRAL.replace(learning_rate=1e-5, hidden=(16, 16)), 60, LOW, SLOW),
    Case("rate 1e-5, plane", PLANE.replace(learning_rate=1e-5), 60, LOW, SLOW),
    Case("rate 0.001, full batch", BASE.replace(learning_rate=1e-3, batch_size=200), 60, LOW, SLOW),
    Case(
        "a schedule that ends",
        BASE.replace(learning_rate=0.1, schedule=Decay("step", (1.0, 0.1))),
        60,
        ("schedule", *LOW),
        SLOW,
    ),
    # dead and saturated neurons
    Case("relu, bias -50", RELU.replace(bias=-50.0), 30, ("dead",)),
    Case("relu, bias -20, two layers", RELU.replace(hidden=(8, 8), bias=-20.0), 30, ("dead",)),
    Case(
        "sigmoid, weights of 50",
        BASE.replace(activation="sigmoid", init=Init("normal", 50.0)),
        40,
        ("saturated",),
        SLOW,
    ),
    Case("tanh, bias 20", BASE.replace(hidden=(8, 8), bias=20.0), 40, ("saturated",)),
    Case("tanh, weights of 30", BASE.replace(hidden=(8, 8), init=Init("uniform", 30.0)), 40, ("saturated",)),
    # a gradient that does not get through
    Case("six sigmoid layers", BASE.replace(hidden=SIX, activation="sigmoid"), 40, ("vanishing",)),
    Case(
        "weights of 0.01 in four layers",
        RELU.replace(hidden=(4, 4, 4, 4), init=Init("normal", 0.01)),
        30,
        ("vanishing", "dead"),
    ),
    Case(
        "tanh, weights of 0.001 in three",
        BASE.replace(hidden=(6, 6, 6), init=Init("normal", 0.001)),
        20,
        ("vanishing",),
    ),
    Case("zeros", BASE.replace(init=Init("zeros")), 40, ("alike", "vanishing")),
    Case(
        "zeros, two layers, bias 0.1",
        BASE.replace(hidden=(6, 6), init=Init("zeros"), bias=0.1),
        40,
        ("alike", "vanishing"),
    ),
    # a network that cannot
    Case("spiral without a hidden layer", SPIRAL.replace(hidden=()), 80, ("no hidden layer",)),
    Case("circle without a hidden layer", BASE.replace(hidden=()), 80, ("no hidden layer",)),
    Case("xor without a hidden layer", BASE.replace(data=points_of("xor"), hidden=()), 80, ("no hidden layer",)),
    Case("bumps without a hidden layer", BUMPS.replace(hidden=(), learning_rate=0.01), 80, ("no hidden layer",)),
    Case(
        "spiral, linear layers", SPIRAL.replace(hidden=(8, 8), activation="linear", learning_rate=0.01), 80, ("linear",)
    ),
    Case("spiral, two neurons", SPIRAL.replace(hidden=(2,)), 300, ("too few neurons",)),
    Case("circle, one neuron", BASE.replace(hidden=(1,)), 600, ("too few neurons",)),
    # data
    Case("constant inputs", BASE.replace(data=LINE), 40, ("constant inputs",)),
    Case("one constant column", BASE.replace(data=COLUMN, features=("x1",)), 40, ("constant inputs",)),
    Case("inputs about 1000", BASE.replace(data=LARGE), 40, ("saturated", "unscaled inputs"), ANY_STOP),
    Case(
        "inputs of 5000", BASE.replace(data=HUGE, activation="sigmoid"), 40, ("saturated", "unscaled inputs"), ANY_STOP
    ),
    # overfitting, penalties, what is frozen
    Case(
        "20 noisy points",
        BASE.replace(
            data=points_of("xor", 60, 50.0), hidden=(32, 32), train_fraction=0.4, loss="cross-entropy", batch_size=4
        ),
        300,
        ("overfitting",),
        ("overfitting",),
    ),
    Case(
        "one sample", BASE.replace(only_sample=0, train_fraction=1.0), 30, ("one sample",), ("overfitting", "plateau")
    ),
    Case("L2 of 1", BASE.replace(l2=1.0), 60, ("penalty",)),
    Case("all frozen", BASE, 30, ("frozen",), frozen=True),
)

HEALTHY: tuple[Case, ...] = (
    Case("circle", BASE, 150),
    Case("circle, sigmoid", BASE.replace(activation="sigmoid", learning_rate=1.0), 150),
    Case("circle, relu", RELU, 100),
    Case("circle, adam", BASE.replace(optimizer="adam", learning_rate=0.01), 100),
    Case("circle, momentum", BASE.replace(optimizer="momentum", learning_rate=0.03), 100),
    Case("xor", BASE.replace(data=points_of("xor"), loss="cross-entropy"), 100),
    Case("xor, batch 1", BASE.replace(data=points_of("xor"), batch_size=1, learning_rate=0.03), 100),
    Case("gauss without a hidden layer", BASE.replace(data=points_of("gauss"), hidden=()), 60),
    Case(
        "gauss, overlapping",
        BASE.replace(data=points_of("gauss", 300, 30.0), loss="cross-entropy", learning_rate=0.01),
        60,
    ),
    Case("moons", BASE.replace(data=points_of("moons", 200, 10.0), loss="cross-entropy"), 150),
    Case("moons, noisy", BASE.replace(data=points_of("moons", 400, 25.0), l2=0.001), 150),
    Case("three clouds", BASE.replace(data=points_of("blobs"), loss="cross-entropy"), 60),
    Case("spiral", SPIRAL.replace(hidden=(16, 16), optimizer="adam", learning_rate=0.01), 200),
    Case("spiral, relu", SPIRAL.replace(hidden=(24, 24), activation="relu", init=Init("he")), 200),
    Case("plane", PLANE.replace(learning_rate=0.03), 60),
    Case("plane without a hidden layer", PLANE.replace(hidden=(), learning_rate=0.01), 60),
    Case("bumps", BUMPS.replace(optimizer="adam", learning_rate=0.01), 150),
    Case("train.txt, standardized", Experiment(standardize=True, learning_rate=0.05, init=Init("glorot")), 10),
    Case("circle, no test set", BASE.replace(train_fraction=1.0), 150),
    Case("circle, cosine", BASE.replace(learning_rate=0.3, schedule=Decay("cosine", (150.0, 0.0))), 150),
)
MOMENTS = (0.02, 0.1, 0.25, 0.5, 0.75, 1.0)
"""Shares of a healthy run at which it is judged."""
