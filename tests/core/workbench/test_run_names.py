"""What runs are called."""

from __future__ import annotations

from typing import Any

import pytest

from core.data.data_source import FILE, DataSource
from core.data.tables.column_choice import Choice
from core.training.experiment import Decay, Init
from core.training.presets import PRESETS
from core.workbench.run_timeline import name_of_experiment

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
        ({"seed": 7}, "2-7-2 on train.txt, seed 7"),
        ({"learning_rate": 0.3}, "2-7-2 on train.txt, learning rate 0.3"),
        ({"learning_rate": 0.3, "activation": "tanh"}, "2-7-2 on train.txt, activation Tanh, learning rate 0.3"),
        ({"init": Init("glorot")}, "2-7-2 on train.txt, initial weights Glorot"),
        ({"init": Init("he", 0.5)}, "2-7-2 on train.txt, initial weights He 0.5"),
        ({"init": Init("normal", 0.3)}, "2-7-2 on train.txt, initial weights Normal 0.3"),
        ({"init": Init("glorot"), "data": FLOWERS}, "2-7-2 on flowers.csv"),  # the usual ones, of other data
        ({"init": Init("he"), "data": FLOWERS}, "2-7-2 on flowers.csv, initial weights He"),
        ({"features": ("x1", "sin-x1", "x1^2")}, "2-7-2 on train.txt, features x1, sin x1, x1²"),
        ({"schedule": Decay("cosine")}, "2-7-2 on train.txt, schedule Cosine"),
        ({"schedule": Decay("step", (20.0, 0.5))}, "2-7-2 on train.txt, schedule Step 20 0.5"),
        ({"output": "sigmoid"}, "2-7-2 on train.txt, output Sigmoid"),
        ({"learning_rate": 0.3, "batch_size": 10, "l2": 0.1}, "2-7-2 on train.txt"),
        ({"hidden": (4, 4, 4), "activation": "relu"}, "Deep net that stands still (preset)"),
        ({"hidden": (4, 4, 4), "activation": ("relu",) * 3}, "Deep net that stands still (preset)"),
        ({"hidden": (), "activation": "tanh", "dropout": 0.5}, "2-2 on train.txt"),
        ({"hidden": (7, 4, 4, 4, 4, 4), "activation": "relu"}, "2-7-4-4-4-4-4-2 on train.txt"),
        ({"hidden": (7, 4, 4, 4, 4, 4), "activation": "tanh"}, "2-7-4-4-4-4-4-2 on train.txt, activation Tanh"),
    ],
)
def test_a_run_is_named_by_its_preset_or_by_what_differs(changes: dict[str, Any], name: str) -> None:
    experiment = PRESETS["shallow"].experiment.replace(**changes)
    data = "flowers.csv" if "data" in changes else "train.txt"
    assert name_of_experiment(experiment, (2, *experiment.hidden, 2), data) == name


def test_all_columns_of_a_table_as_inputs_are_no_difference() -> None:
    experiment = PRESETS["shallow"].experiment.replace(data=FLOWERS, features=("x1", "x2", "x3"))
    assert name_of_experiment(experiment, (3, 7, 2), "flowers.csv") == "3-7-2 on flowers.csv"
    some = experiment.replace(features=("x1", "x3"))
    assert name_of_experiment(some, (2, 7, 2), "flowers.csv") == "2-7-2 on flowers.csv, features x1, x3"
