"""Small data sets, networks and comparisons that the tests of the core share."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.base.arrays import Array
from core.data.data_source import DataSource, load
from core.data.dataset import Dataset
from core.data.features import FEATURES
from core.data.tables.column_choice import Choice
from core.data.tables.reading import Given
from core.data.tables.source import Source
from core.data.tables.table import Table, TableRequest
from core.data.tables.text_table import read_text_source
from core.network.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS, OUTPUT_ACTIVATIONS
from core.network.losses import LOSSES, why_not
from core.network.network import Network, count_parameters
from core.network.optimizers import OPTIMIZERS
from core.network.tasks import REGRESSION
from core.training.experiment import Decay, Experiment, Init
from core.training.preparation import prepare
from core.training.trainer import Trainer

TRAIN_FILE = load(DataSource("train.txt"))
STENCIL = ((-2, 1 / 12), (-1, -8 / 12), (1, 8 / 12), (2, -1 / 12))  # fourth-order first derivative: error O(step⁴)
STEP = 2.0**-10


def examples(count: int) -> int:
    """How many random examples a test takes: ``EXAMPLES`` in the environment says how many times as many."""
    return count * int(os.environ.get("EXAMPLES", "1"))


def small_dataset(n: int = 97, n_classes: int = 2, seed: int = 0) -> Dataset:
    """Points around as many centers as there are classes, which take turns."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % n_classes
    angle = 2 * np.pi * labels / n_classes
    points = np.column_stack([np.cos(angle), np.sin(angle)]) + rng.normal(0.0, 0.5, (n, 2))
    return Dataset(points, labels, tuple(f"class {k}" for k in range(n_classes)), name="small")


def flowers_text(n: int = 60) -> str:
    """A table like that of the irises: four lengths in cm and one of three species; deterministic."""
    rng = np.random.default_rng(7)
    kinds = {
        "setosa": (5.0, 3.4, 1.5, 0.2),
        "versicolor": (5.9, 2.8, 4.3, 1.3),
        "virginica": (6.6, 3.0, 5.6, 2.0),
    }
    lines = ["sepal length (cm),sepal width (cm),petal length (cm),petal width (cm),species"]
    for row in range(n):
        species = list(kinds)[row % 3]
        lines.append(",".join([*(f"{v + rng.normal(0.0, 0.05 * v):.1f}" for v in kinds[species]), species]))
    return "\n".join(lines) + "\n"


FLOWERS = Choice(
    ("petal length (cm)", "petal width (cm)"),
    "species",
    inputs=("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"),
)


def random_network(rng: np.random.Generator, sizes: Sequence[int], hidden: str, output: str) -> Network:
    activations = [*[ACTIVATIONS[hidden]] * (len(sizes) - 2), ACTIVATIONS[output]]
    return Network(sizes, activations, rng.normal(0.0, 0.7, count_parameters(sizes)))


def numerical_gradient(function: Callable[[], float], vector: Array) -> Array:
    """The gradient of a function of the vector, which is changed in place and put back."""
    gradient = np.zeros_like(vector)
    for i in range(vector.size):
        middle = vector[i]
        for steps, factor in STENCIL:
            vector[i] = middle + steps * STEP
            gradient[i] += factor * function() / STEP
        vector[i] = middle
    return gradient


def bits(trainer: Trainer) -> dict[str, object]:
    """Everything that a run leaves, so that two runs can be compared to the last bit."""
    return {
        "position": trainer.position,
        "parameters": trainer.network.parameters.tobytes(),
        "gradient": trainer.gradient.tobytes(),
        "last_change": trainer.last_change.tobytes(),
        "history": trainer.history.table.tobytes(),
        "gradients": trainer.history.gradients.tobytes(),
        "learning_rate": trainer.learning_rate,
    }


def walk(trainer: Trainer, stops: Sequence[int], rates: dict[int, float]) -> Trainer:
    """Advance from stop to stop, and set the learning rate where ``rates`` has the position."""
    for stop in stops:
        trainer.advance(stop - trainer.position)
        if stop in rates:
            trainer.change(learning_rate=rates[stop])
    return trainer


def orders_seen(trainer: Trainer, samples: int) -> NDArray[np.int64]:
    """The rows of the data set that the next samples take, one by one."""
    rows = []
    for _ in range(samples):
        trainer.advance(1)
        rows.append(trainer.last_row())
    return np.array(rows)


def reference_step(network: Network, x: Array, y: Array, experiment: Experiment) -> Array:
    """One update with the reference network and the rule w ← w − η·g; returns g."""
    gradient = network.backward(network.forward(x), y, LOSSES[experiment.loss]).gradient
    network.parameters -= experiment.learning_rate * gradient
    return gradient


@dataclass(frozen=True)
class RunCase:
    """An experiment of any choices, its data, and where its run stands."""

    experiment: Experiment
    dataset: Dataset
    own_weights: bool
    position: int
    change: dict[str, object]

    def fresh(self) -> Trainer:
        """A trainer at its start, with initial weights of its own or those of the experiment."""
        initial = None
        if self.own_weights:
            count = count_parameters(prepare(self.experiment, self.dataset).sizes)
            initial = np.random.default_rng(self.experiment.seed).normal(0.0, 0.3, count)
        return Trainer(self.experiment, self.dataset, initial)

    def start(self) -> Trainer:
        """A trainer that has trained up to the position, a setting changed on the way."""
        trainer = self.fresh()
        trainer.advance(self.position // 2)
        if self.change:
            trainer.change(**self.change)
        trainer.advance(self.position - trainer.position)
        return trainer


@st.composite
def run_cases(draw: st.DrawFn, engines: Sequence[str] = ("numpy", "compiled")) -> RunCase:
    """Random experiments over all choices; their numbers stay finite."""
    loss = LOSSES[draw(st.sampled_from(list(LOSSES)))]
    task = draw(st.sampled_from(loss.tasks))
    output = draw(st.sampled_from([name for name in OUTPUT_ACTIVATIONS if not why_not(loss, name, task)]))
    hidden = tuple(draw(st.lists(st.integers(1, 11), max_size=3)))
    n = draw(st.integers(3, 40))
    batch_size = draw(st.sampled_from([1, 1, 3, 7, 100]))
    experiment = Experiment(
        data=DataSource("plane" if task == REGRESSION else "gauss", task=task),
        features=tuple(draw(st.lists(st.sampled_from(list(FEATURES)), min_size=1, max_size=10, unique=True))),
        hidden=hidden,
        activation=tuple(draw(st.sampled_from(HIDDEN_ACTIVATIONS)) for _ in hidden) or "sigmoid",
        output=output,
        loss=loss.name,
        learning_rate=draw(st.sampled_from([1e-5, 0.001, 0.01])),
        batch_size=batch_size,
        init=Init("lecun", draw(st.sampled_from([0.1, 1.0]))),
        bias=draw(st.sampled_from([0.0, 0.1])),
        seed=draw(st.integers(0, 1000)),
        train_fraction=draw(st.sampled_from([1.0, 0.7])),
        standardize=draw(st.booleans()),
        only_sample=draw(st.sampled_from([None, None, 2])),
        engine=draw(st.sampled_from(engines)),
        **{name: draw(choices) for name, choices in LIVE_CHOICES.items()},
    )
    changed = draw(st.sets(st.sampled_from(list(LIVE_CHOICES)), max_size=2))
    dataset = small_dataset(n, draw(st.integers(2, 4)), experiment.seed)
    if task == REGRESSION:
        dataset = replace(dataset, labels=np.zeros(n, dtype=np.int64), class_names=(), targets=dataset.points.sum(1))
    return RunCase(
        experiment,
        dataset,
        draw(st.booleans()),
        draw(st.integers(0, 90)),
        {name: draw(LIVE_CHOICES[name]) for name in sorted(changed)},
    )


LIVE_CHOICES: dict[str, st.SearchStrategy[Any]] = {
    "optimizer": st.sampled_from(list(OPTIMIZERS)),
    "momentum": st.sampled_from([0.0, 0.5, 0.9]),
    "l1": st.sampled_from([0.0, 0.0, 1e-3]),
    "l2": st.sampled_from([0.0, 0.0, 1e-2]),
    "dropout": st.sampled_from([0.0, 0.0, 0.3]),
    "schedule": st.sampled_from(["constant", "step:2:0.5", "exponential:0.9", "cosine:3:0.1"]).map(Decay.parse),
    "warm_up": st.sampled_from([0, 0, 2]),
}


def rewind(trainer: Trainer, position: int) -> None:
    """Go back to the last keyframe before a position, on the branch without the changes made there or later."""
    trainer.settings_over_time.forget(position)
    trainer.head.follow_changes()
    trainer.stepper.restore(trainer.tree.present.keyframe_before(position))
    trainer.stepper.apply_edits()


def read_text(
    text: str | bytes, given: Given = None, name: str = "table.txt", text_columns: Collection[str] = ()
) -> Table:
    """A text as a table, whatever else it might be."""
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "replace")
    return read_text_source(Source(name, raw), TableRequest(given, text_columns))
