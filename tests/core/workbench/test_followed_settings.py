"""Settings that had to follow others come back with them."""

from __future__ import annotations

from core.data.data_source import DataSource
from core.training.experiment import Experiment, Init
from core.training.presets import PRESETS
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


def test_other_data_bring_usual_weights_in_place_of_a_presets() -> None:
    deep, circle = PRESETS["deep"].experiment, DataSource("circle")
    followed = FollowedSettings()
    followed.note_run(deep)
    other = followed.adapted(deep, {"data": circle}, anew=True)
    assert other == deep.replace(data=circle, init=Init("he"))
    assert followed.adapted(other, {"activation": "tanh"}, anew=True).init == Init("he")
    assert followed.adapted(other, {"data": DataSource("moons")}, anew=True).init == Init("he")
    assert followed.adapted(other, {"data": deep.data}, anew=True) == deep, "they come back with the preset's data"
    noisy = followed.adapted(deep, {"data": DataSource("train.txt"), "seed": 3}, anew=True)
    assert noisy.init == deep.init, "on its own data a preset keeps them"
    followed = FollowedSettings()
    followed.note_run(deep)
    assert followed.adapted(deep, {"data": circle}).init == deep.init, "where the weights go on"


def test_initial_weights_that_somebody_chose_stay() -> None:
    deep, circle = PRESETS["deep"].experiment, DataSource("circle")
    followed = FollowedSettings()
    followed.note_run(deep)
    he = followed.adapted(deep, {"init": Init("he")}, anew=True)
    chosen = followed.adapted(he, {"init": deep.init}, anew=True)
    assert followed.adapted(chosen, {"data": circle}, anew=True).init == deep.init
    followed.note_run(deep.replace(seed=1))
    assert followed.adapted(deep.replace(seed=1), {"data": circle}, anew=True).init == deep.init, "it is no preset"
