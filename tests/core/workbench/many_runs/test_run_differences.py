"""Names of runs stay short and tell the runs apart, however many settings vary."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.data_source import DataSource
from core.data.features import FEATURES
from core.training.experiment import Decay, Init
from core.training.presets import PRESETS
from core.workbench.many_runs.run_differences import Described, differences, run_names

OVERFIT = PRESETS["overfit"].experiment


def run(**settings: Any) -> Described:
    return Described(OVERFIT.replace(**settings), "Noisy points", "")


def described(preset: str, **settings: Any) -> Described:
    return Described(PRESETS[preset].experiment.replace(**settings), "its data", "")


def on_spiral(**settings: Any) -> Described:
    changed = {"data": DataSource("spiral"), "hidden": (6,) * 6, "learning_rate": 0.3, **settings}
    return Described(OVERFIT.replace(**changed), "Spiral", "")


def test_the_runs_of_a_preset_are_called_by_it_and_by_what_was_changed() -> None:
    cures = [run(), run(l2=0.01), run(dropout=0.2), run(patience=20), run(schedule=Decay("cosine"))]
    assert run_names(cures) == [
        "Overfitting",
        "L2 0.01, Overfitting",
        "dropout 0.2, Overfitting",
        "early stopping 20, Overfitting",
        "schedule Cosine, Overfitting",
    ]
    bumps = PRESETS["bumps"].experiment.replace(schedule=Decay())
    assert run_names([Described(bumps, "Six bumps", "")]) == ["no schedule, Six bumps: regression"]


def test_a_run_keeps_its_name_while_others_come() -> None:
    inputs = tuple(FEATURES)
    several = [
        described("spiral-straight"),
        described("spiral-straight", features=inputs),
        described("spiral-straight", features=inputs, learning_rate=0.01),
        described("spiral", learning_rate=0.1),
        described("overfit"),
        Described(OVERFIT, "Exclusive or", "L2 0 → 0.01 at epoch 8"),
    ]
    names = [
        "Spiral without hidden layers",
        "no hidden layer, all 10 inputs, its data",
        "no hidden layer, all 10 inputs, learning rate 0.01, its data",
        "learning rate 0.1, Spiral",
        "Overfitting",
        "L2 0 → 0.01 at epoch 8; Overfitting",
    ]
    for count in range(1, len(several) + 1):
        assert run_names(several[:count]) == names[:count]
        assert run_names(several[:count][::-1]) == names[:count][::-1]


def test_a_short_name_leaves_out_a_title_that_all_have() -> None:
    alike = [run(), run(l2=0.01), Described(OVERFIT, "its data", "L2 0 → 0.01 at epoch 8")]
    assert run_names(alike, is_short=True) == ["Overfitting", "L2 0.01", "L2 0 → 0.01 at epoch 8"]
    others = [run(l2=0.01, dropout=0.2), described("spiral", l2=0.01)]
    assert run_names(others, is_short=True) == ["dropout 0.2, Overfitting", "Spiral"]
    assert run_names(others[:1], is_short=True) == ["L2 0.01, dropout 0.2, Overfitting"]


def test_on_data_of_no_preset_runs_are_called_by_their_layers_and_by_what_varies() -> None:
    def ruled(**settings: Any) -> Described:
        return Described(OVERFIT.replace(data=DataSource("rule", rule="x1 > x2"), **settings), "x1 > x2", "")

    several = [ruled(l2=0.01, hidden=(4,)), ruled(hidden=(4,)), ruled(l2=0.01)]
    assert run_names(several[1:2]) == ["4 neurons, x1 > x2"]
    names = ["4 neurons, L2 0.01, x1 > x2", "4 neurons, no L2, x1 > x2", "32-32 neurons, L2 0.01, x1 > x2"]
    assert run_names(several) == names
    assert run_names(several[::-1]) == names[::-1]


def test_a_run_that_is_like_no_preset_is_called_by_its_data() -> None:
    """As where other data are chosen behind a preset."""
    far = [described("shallow", data=PRESETS["spiral"].experiment.data, **changes) for changes in ({"l2": 0.1}, {})]
    assert run_names(far) == ["7 neurons, L2 0.1, its data", "7 neurons, no L2, its data"]
    assert run_names(far[1:]) == ["7 neurons, its data"]
    spiral = [Described(far[1].experiment, "Spiral", ""), described("spiral")]
    names = run_names(spiral)
    assert names == ["7 neurons, Spiral", "Spiral"]


def test_what_was_changed_on_the_way_stands_before_a_net() -> None:
    """In a narrow list the end of a name is cut off, and it was all that told two runs apart."""
    rule, words = OVERFIT.replace(data=DataSource("rule", rule="x1 > x2"), l2=0.1), "L2 0 → 0.003 at epoch 8"
    first, second = run_names([Described(rule, "x1 > x2", ""), Described(rule, "x1 > x2", words)])
    assert (first, second) == ("32-32 neurons, x1 > x2", f"{words}; 32-32 neurons; x1 > x2")


def test_names_tell_the_settings_of_data() -> None:
    points = OVERFIT.data
    several = [
        run(data=replace(points, samples=1000, noise=5.0)),
        run(data=replace(points, seed=3, class_names=("a", "b"))),
    ]
    assert run_names(several) == ["1\u202f000 points, noise 5, Overfitting", "data seed 3, Overfitting"]


OTHER_SETTINGS = {
    "features": ("x1",),
    "hidden": (4,),
    "activation": "relu",
    "loss": "mse",
    "optimizer": "sgd",
    "momentum": 0.5,
    "learning_rate": 0.1,
    "schedule": Decay("cosine"),
    "warm_up": 3,
    "batch_size": 3,
    "l1": 0.1,
    "l2": 0.1,
    "dropout": 0.2,
    "init": Init("zeros"),
    "bias": 0.3,
    "seed": 4,
    "shuffle": False,
    "train_fraction": 0.7,
    "standardize": True,
    "only_sample": 3,
    "patience": 5,
    "stop_loss": 0.1,
    "engine": "numpy",
}
TOLD_ELSEWHERE = {"data": "below", "output": "with the loss", "standardize_target": "of a regression"}


def test_every_setting_that_differs_is_told() -> None:
    fields = {field.name for field in dataclasses.fields(OVERFIT)}
    assert fields == OTHER_SETTINGS.keys() | TOLD_ELSEWHERE.keys()
    for name, value in OTHER_SETTINGS.items():
        other = run(**{name: value})
        assert len(set(run_names([other, run()]))) == 2, name
        for one, here in ((other, run()), (run(), other)):
            told, _, value_here = differences(one, here).removesuffix(")").partition(" (here ")
            assert told and value_here and told != value_here, name


@pytest.mark.parametrize(
    ("kind", "setting", "told"),
    [
        ("spiral", {"turns": 2.5}, "turns 2.5 (here 1.75)"),
        ("spiral", {"classes": 4}, "classes 4 (here 2)"),
        ("xor", {"balance": 0.3}, "balance 0.3 (here as usual)"),
        ("rule", {"rule": "x1 > 3"}, "rule x1 > 3 (here x1 > x2)"),
        ("xor", {"seed": 1234567}, "data seed 1234567 (here 0)"),
    ],
)
def test_every_setting_of_generated_data_is_told(kind: str, setting: dict[str, Any], told: str) -> None:
    """Two runs whose spirals had other turns had the same name, and the same text in place of what differs."""
    data = DataSource(kind, rule="x1 > x2" if kind == "rule" else "")
    plain, other = (Described(OVERFIT.replace(data=one), kind, "") for one in (data, replace(data, **setting)))
    assert differences(other, plain) == told
    assert len(set(run_names([other, plain]))) == 2


def test_what_a_short_name_leaves_out_is_told_where_two_would_have_it() -> None:
    inputs = tuple(FEATURES)
    two = [run(features=inputs[:8]), run(features=(*inputs[:7], "radius"))]
    names = run_names(two)
    assert names[0] == "32-32 neurons, with x1², x2², x1·x2, sin x1, sin x2, cos x1, Noisy points"
    assert names[1] == "32-32 neurons, with x1², x2², x1·x2, sin x1, sin x2, radius, Noisy points"
    assert run_names(two[:1]) == ["32-32 neurons, with 6 more inputs, Noisy points"]
    assert run_names([run(engine="numpy"), run(engine="compiled")]) == [
        "engine NumPy, Overfitting",
        "engine Compiled (Numba), Overfitting",
    ]


def test_long_values_are_told_whole_since_their_ends_may_differ() -> None:
    first = ("sigmoid", "tanh", "sigmoid", "tanh", "sigmoid")
    deep = [run(hidden=(6,) * 6, activation=(*first, last)) for last in ("sigmoid", "tanh")]
    assert len(set(run_names(deep))) == 2


SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "l2": st.sampled_from([0.0, 0.1, 0.2]),
        "dropout": st.sampled_from([0.0, 0.5]),
        "patience": st.sampled_from([None, 5]),
        "seed": st.integers(0, 2),
        "hidden": st.sampled_from([(4,), (8, 8)]),
        "optimizer": st.sampled_from(["sgd", "adam"]),
        "momentum": st.sampled_from([0.0, 0.9]),
        "learning_rate": st.sampled_from([0.1, 0.3]),
        "features": st.sampled_from([("x1", "x2"), ("x1", "x2", "sin-x1"), ("x1",), ("x2", "x1")]),
    },
)


@given(st.lists(st.tuples(st.booleans(), SETTINGS), min_size=1, max_size=10))
def test_runs_that_differ_have_other_names(chosen: list[tuple[bool, dict[str, Any]]]) -> None:
    runs = [on_spiral(**settings) if is_spiral else run(**settings) for is_spiral, settings in chosen]

    def trained_alike(one: Described) -> object:
        experiment = one.experiment
        return experiment if experiment.optimizer == "adam" else experiment.replace(momentum=0.0)

    different: list[object] = []
    for one in map(trained_alike, runs):
        different += [one] * (one not in different)
    assert len(set(run_names(runs))) == len(different)
