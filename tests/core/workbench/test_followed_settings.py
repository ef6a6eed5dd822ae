"""Settings that had to follow others come back with them."""

from __future__ import annotations

from core.data.data_source import DataSource
from core.training.experiment import Experiment
from core.workbench.followed_settings import FollowedSettings
from tests.core.workbench.support import SHALLOW


def changed(experiment: Experiment, *steps: dict[str, object]) -> list[Experiment]:
    """The experiment after each change."""
    followed, found = FollowedSettings(), []
    for fields in steps:
        experiment = followed.adapted(experiment, fields)
        found.append(experiment)
    return found


def test_a_loss_and_back_brings_back_the_output() -> None:
    start = SHALLOW.replace(output="sigmoid")
    hinge, slower, mse = changed(start, {"loss": "hinge"}, {"learning_rate": 0.5}, {"loss": "mse"})
    assert hinge.output != "sigmoid"
    assert slower.output == hinge.output
    assert mse == start.replace(learning_rate=0.5)


def test_an_output_that_was_chosen_since_stays() -> None:
    _, linear, mse = changed(SHALLOW, {"loss": "hinge"}, {"output": "linear"}, {"loss": "mse"})
    assert (linear.output, mse.output) == ("linear", "linear")


def test_data_of_another_task_and_back_bring_back_loss_and_output() -> None:
    start = SHALLOW.replace(loss="binary-cross-entropy", output="sigmoid")
    plane = DataSource("plane")
    assert plane.task == "regression"
    numbers, classes = changed(start, {"data": plane}, {"data": start.data})
    assert (numbers.loss, numbers.output) == ("mse", "linear")
    assert classes == start


def test_the_test_set_and_back_brings_back_early_stopping() -> None:
    start = SHALLOW.replace(train_fraction=0.7, patience=5)
    without, back = changed(start, {"train_fraction": 1.0}, {"train_fraction": 0.7})
    assert without.patience is None
    assert back == start
