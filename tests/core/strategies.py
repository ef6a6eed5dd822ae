"""Experiments and changes of settings, drawn from the whole space of choices."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from hypothesis import strategies as st

from core.data.data_source import DataSource
from core.data.dataset import Dataset
from core.data.features import FEATURES
from core.engines import kernel_loading
from core.network.activations import HIDDEN_ACTIVATIONS, OUTPUT_ACTIVATIONS
from core.network.initializers import INITIALIZERS
from core.network.losses import LOSSES, why_not
from core.network.optimizers import OPTIMIZERS
from core.network.schedules import SCHEDULES
from core.network.tasks import CLASSIFICATION, REGRESSION, TASKS
from core.training.experiment import MAX_DROPOUT, Decay, Experiment, Init
from tests.core.support import small_dataset

SOURCES = {CLASSIFICATION: DataSource("circle"), REGRESSION: DataSource("plane")}
ENGINES = ["numpy", "auto", *["compiled"] * kernel_loading.is_available()]

Changes = Mapping[int, Mapping[str, object]]


def numbers_dataset(n: int = 97, seed: int = 0) -> Dataset:
    """Points whose target is a smooth function of them."""
    points = small_dataset(n, seed=seed).points
    targets = np.sin(points[:, 0]) + 0.5 * points[:, 1]
    return Dataset(points, np.zeros(n, dtype=np.int64), (), name="small numbers", targets=targets)


def mostly(usual: object, rest: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """The usual value in about half of the draws."""
    return st.one_of(st.just(usual), rest)


@st.composite
def decays(draw: st.DrawFn) -> Decay:
    schedule = SCHEDULES[draw(st.sampled_from(list(SCHEDULES)))]
    values = []
    for setting in schedule.settings:
        if setting.whole:
            values.append(float(draw(st.integers(1, 4))))
        else:
            values.append(draw(st.floats(max(setting.low, 0.1), setting.high)))
    return Decay(schedule.name, tuple(values))


rates = st.floats(1e-3, 0.5)
live_settings: dict[str, st.SearchStrategy[object]] = {
    "learning_rate": rates,
    "schedule": decays(),
    "warm_up": st.integers(0, 3),
    "optimizer": st.sampled_from(list(OPTIMIZERS)),
    "momentum": st.floats(0.0, 0.95),
    "l1": mostly(0.0, st.floats(0.0, 0.01)),
    "l2": mostly(0.0, st.floats(0.0, 0.01)),
    "dropout": mostly(0.0, st.floats(0.0, MAX_DROPOUT)),
    "patience": st.integers(1, 3),
    "stop_loss": st.none() | st.floats(0.0, 0.2),
}


def changes(last: int, has_test: bool = True, most: int = 3) -> st.SearchStrategy[Changes]:
    """Some live settings at each of some positions up to the last one."""
    optional = {name: values for name, values in live_settings.items() if has_test or name != "patience"}
    some = st.fixed_dictionaries({}, optional=optional)
    return st.dictionaries(st.integers(0, last), some, max_size=most)


@st.composite
def cases(draw: st.DrawFn, most_points: int = 40) -> tuple[Experiment, Dataset]:
    """Any experiment, with few points and few neurons."""
    task, n = draw(st.sampled_from(TASKS)), draw(st.integers(6, most_points))
    seed = draw(st.integers(0, 1000))
    dataset = numbers_dataset(n, seed) if task == REGRESSION else small_dataset(n, draw(st.integers(2, 4)), seed)
    pairs = [(loss.name, o) for loss in LOSSES.values() for o in OUTPUT_ACTIVATIONS if not why_not(loss, o, task)]
    loss, output = draw(st.sampled_from(pairs))
    hidden = tuple(draw(st.lists(st.integers(1, 6), max_size=3)))
    fraction = draw(st.sampled_from([1.0, 0.5, 0.8]))
    live = {name: draw(values) for name, values in live_settings.items()}
    if fraction == 1.0 or draw(st.booleans()):
        live["patience"] = None
    experiment = Experiment(
        data=SOURCES[task],
        features=tuple(draw(st.lists(st.sampled_from(list(FEATURES)), min_size=1, max_size=4, unique=True))),
        hidden=hidden,
        activation=tuple(draw(st.sampled_from(HIDDEN_ACTIVATIONS)) for _ in hidden) or "tanh",
        output=output,
        loss=loss,
        batch_size=draw(st.sampled_from([1, 2, 3, 7, 16, 1000])),
        init=Init(draw(st.sampled_from(list(INITIALIZERS)))),
        bias=draw(st.sampled_from([0.0, 0.1, -1.0])),
        seed=draw(st.integers(0, 2**63 - 1)),
        shuffle=draw(st.booleans()),
        train_fraction=fraction,
        standardize=draw(st.booleans()),
        only_sample=draw(st.sampled_from([None, None, None, 2])),
        engine=draw(st.sampled_from(ENGINES)),
        **live,
    )
    return experiment, dataset


def has_test_set(experiment: Experiment) -> bool:
    return experiment.only_sample is not None or not math.isclose(experiment.train_fraction, 1.0)
