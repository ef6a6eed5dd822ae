"""What runs are called."""

from __future__ import annotations

from typing import Any

import pytest

from core.data.data_source import FILE, DataSource
from core.data.features import FEATURES
from core.data.tables.column_choice import Choice
from core.training.experiment import Decay, Init
from core.training.presets import PRESETS, Preset
from core.workbench.many_runs.run_differences import name_of_experiment
from core.workbench.step_names import name_change

FLOWERS = DataSource(
    FILE, path="flowers.csv", choice=Choice(("length", "width"), "species", inputs=("length", "width", "sepal"))
)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "Shallow net (preset)"),
        (
            {"engine": "numpy", "momentum": 0.5, "activation": ("sigmoid",)},
            "Shallow net (preset)",
        ),  # nothing that is seen
        ({"seed": 7}, "seed 7, Shallow net"),
        ({"learning_rate": 0.3}, "learning rate 0.3, Shallow net"),
        ({"learning_rate": 0.3, "activation": "tanh"}, "7 neurons, Tanh, learning rate 0.3, train.txt"),
        ({"init": Init("he", 0.5)}, "initial weights He 0.5, Shallow net"),
        ({"data": FLOWERS, "learning_rate": 0.3}, "2-7-2 on flowers.csv"),
        ({"features": ("x1", "x2", "x1^2", "sin-x1")}, "7 neurons, with x1², sin x1, train.txt"),
        ({"features": tuple(FEATURES)}, "7 neurons, all 10 inputs, train.txt"),
        ({"features": tuple(FEATURES)[:9]}, "7 neurons, with 7 more inputs, train.txt"),
        ({"features": ("x1", "x1*x2")}, "7 neurons, features x1, x1·x2, train.txt"),
        ({"schedule": Decay("step", (20.0, 0.5))}, "schedule Step 20 0.5, Shallow net"),
        ({"learning_rate": 0.3, "l2": 0.1}, "learning rate 0.3, L2 0.1, Shallow net"),
        ({"learning_rate": 0.3, "batch_size": 10, "l2": 0.1}, "2-7-2 on train.txt"),
        (
            {"learning_rate": 0.3, "batch_size": 10, "l2": 0.1, "seed": 2, "bias": 0.1},
            "2-7-2 on train.txt",
        ),
        ({"hidden": (4, 4, 4), "activation": "relu"}, "Deep net that stands still (preset)"),
        ({"hidden": (4, 4, 4), "activation": ("relu",) * 3}, "Deep net that stands still (preset)"),
        ({"hidden": (), "activation": "tanh", "dropout": 0.5}, "no hidden layer, train.txt"),
    ],
)
def test_a_run_is_named_by_its_preset_and_by_what_differs(changes: dict[str, Any], name: str) -> None:
    experiment = PRESETS["shallow"].experiment.replace(**changes)
    data = "flowers.csv" if "data" in changes else "train.txt"
    assert name_of_experiment(experiment, (2, *experiment.hidden, 2), data) == name


def test_of_many_values_whole_ones_are_told_and_how_many_more_there_are() -> None:
    shallow = PRESETS["shallow"].experiment
    told = name_change(shallow, shallow.replace(features=tuple(FEATURES)))
    assert told == "features x1, x2 → x1, x2, x1² and 7 more"


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_a_preset_is_called_by_its_title(preset: Preset) -> None:
    assert name_of_experiment(preset.experiment, (2, 2), "its data") == f"{preset.short_title} (preset)"
