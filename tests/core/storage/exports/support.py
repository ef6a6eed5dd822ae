"""Networks of every kind, and what their exported forms compute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from core.base.arrays import Array
from core.data.data_source import DataSource
from core.data.dataset import Dataset
from core.data.features import FEATURES
from core.network.activations import HIDDEN_ACTIVATIONS
from core.network.losses import LOSSES, why_not
from core.network.tasks import CLASSIFICATION, REGRESSION
from core.storage.exports.formats import Subject, subject
from core.storage.exports.model import Model
from core.training.experiment import Experiment, Init
from core.training.trainer import Trainer
from tests.core.support import small_dataset

TOLERANCE = 1e-12
HOSTILE = (
    'quote " and \' and """',
    "back\\slash \\",
    "new\nline\r\t\0",
    "'); import os  # {} {0} %s",
    "ünï ☃ 漢字 \u2028 \u202e \x1b[31m",
    "\udc80 a lone surrogate",
    "",
)
"""Names that would break out of a string literal that is put together carelessly."""


def outputs_for(task: str) -> list[tuple[str, str]]:
    """An output activation with a loss that takes it, for every one that goes with the task."""
    found: dict[str, str] = {}
    for loss in LOSSES.values():
        for name in (*HIDDEN_ACTIVATIONS, "softmax"):
            if task in loss.tasks and not why_not(loss, name, task):
                found.setdefault(name, loss.name)
    return list(found.items())


def cases() -> list[Any]:
    """Experiments: every activation in hidden layers and at the output, all features, both tasks, scaled or not."""
    base = Experiment(data=DataSource("gauss"), hidden=(5, 4), init=Init("lecun", 3.0), bias=0.3, engine="numpy")
    found = [base.replace(activation=name) for name in HIDDEN_ACTIVATIONS]
    found += [base.replace(output=output, loss=loss, hidden=()) for output, loss in outputs_for(CLASSIFICATION)]
    plane = base.replace(data=DataSource("plane"), output="linear", features=tuple(FEATURES), standardize=True)
    found += [plane.replace(output=output, loss=loss) for output, loss in outputs_for(REGRESSION)]
    found.append(plane.replace(standardize_target=True, hidden=()))
    found += [base.replace(features=(name,), standardize=True) for name in FEATURES]
    found.append(base.replace(hidden=(30,), features=tuple(FEATURES), activation="gelu", train_fraction=0.7))
    return found


def dataset_for(experiment: Experiment) -> Dataset:
    """Forty points, in three classes or with a number each."""
    data = small_dataset(40, 3, seed=3)
    if experiment.task == CLASSIFICATION:
        return data
    targets = data.points.prod(axis=1)
    return Dataset(data.points, np.zeros(40, dtype=np.int64), (), name="numbers", targets=targets, target_name="t")


def trained(experiment: Experiment, dataset: Dataset | None = None) -> Trainer:
    trainer = Trainer(experiment, dataset or dataset_for(experiment))
    trainer.advance(25)
    return trainer


def subject_of(trainer: Trainer) -> Subject:
    return subject(trainer.preparation, trainer.network.parameters, trainer.history, trainer.experiment.data.choice)


def hostile() -> Trainer:
    """A net whose data have hostile names everywhere."""
    labels = np.arange(28) % len(HOSTILE)
    points = np.random.default_rng(0).normal(0.0, 1.0, (28, 2))
    data = Dataset(points, labels, HOSTILE, (HOSTILE[0], HOSTILE[2]), name=HOSTILE[3])
    return trained(Experiment(data=DataSource("gauss"), hidden=(3,), engine="numpy"), data)


def run(source: str) -> dict[str, Any]:
    """The names that a script defines."""
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(source, "exported.py", "exec"), names)  # noqa: S102 (our own source, which is what is tested)
    return names


def assert_agrees(model: Model, outputs: Callable[[Array], Any], trainer: Trainer) -> None:
    """The outputs on all points are those of the network in the data's units, and the window's."""
    points = trainer.preparation.dataset.points
    wanted = trainer.preparation.in_units(trainer.activations(points)[-1])
    found = np.asarray(outputs(points.copy()))  # PyTorch warns of arrays that may not be written
    assert found.shape == wanted.shape and found.dtype == np.float64
    limit = TOLERANCE * np.maximum(1.0, np.abs(wanted))
    assert (np.abs(found - wanted) <= limit).all(), np.abs(found - wanted).max()
    assert (np.abs(model.outputs(points) - wanted) <= limit).all()
