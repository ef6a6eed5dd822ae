"""What runs are called."""

from __future__ import annotations

from typing import Any

import pytest

from core.training.presets import PRESETS
from core.workbench.run_timeline import name_of_experiment


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "Shallow net"),
        ({"seed": 7}, "Shallow net"),
        ({"learning_rate": 0.3}, "Shallow net: learning rate 0.01 → 0.3"),
        ({"learning_rate": 0.3, "batch_size": 10, "l2": 0.1}, "2-7-2 on train.txt"),
    ],
)
def test_a_run_is_named_by_its_preset_and_what_differs(changes: dict[str, Any], name: str) -> None:
    experiment = PRESETS["shallow"].experiment.replace(**changes)
    assert name_of_experiment(experiment, (2, 7, 2), "train.txt") == name
