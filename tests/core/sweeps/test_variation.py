"""What varies is read as it is written, and wrong values are named."""

from __future__ import annotations

import pytest

from core.data.data_source import DataSource
from core.sweeps.run_result import PlannedRun
from core.sweeps.sweep_plan import SweepError, SweepPlan
from core.sweeps.variation import VariationError, parse_variation, written
from core.training.experiment import Experiment, Init

MOONS = Experiment(data=DataSource("moons", samples=60), train_fraction=0.5)


@pytest.mark.parametrize(
    ("text", "texts", "values"),
    [
        ("learning-rate=0.01;0.1", ("0.01", "0.1"), (0.01, 0.1)),
        ("--hidden=4; 8,8 ;none", ("4", "8,8", "none"), ((4,), (8, 8), ())),
        ("standardize=yes;no", ("yes", "no"), (True, False)),
        ("patience=none;5", ("none", "5"), (None, 5)),
        ("init=he;normal:0.1", ("he", "normal:0.1"), (Init("he"), Init("normal", 0.1))),
        ("learning-rate=log:0.001..1:4", ("0.001", "0.01", "0.1", "1"), (0.001, 0.01, 0.1, 1.0)),
        ("l2=log:1e-5..1e-3:3", ("1e-05", "0.0001", "0.001"), (1e-5, 1e-4, 1e-3)),
        ("batch-size=log:1..4:5", ("1", "2", "3", "4"), (1, 2, 3, 4)),
        ("hidden=log:4..16:3", ("4", "8", "16"), ((4,), (8,), (16,))),
        ("noise=0;20", ("0", "20"), (0.0, 20.0)),
        (" learning-rate = 0..1:5 ", ("0", "0.25", "0.5", "0.75", "1"), (0.0, 0.25, 0.5, 0.75, 1.0)),
        ("bias=-0.1..0.2:4", ("-0.1", "0", "0.1", "0.2"), (-0.1, 0.0, 0.1, 0.2)),
        ("batch-size=1..3:5", ("1", "2", "3"), (1, 2, 3)),
        ("learning-rate=0,1;,5", ("0,1", ",5"), (0.1, 0.5)),
        ("learning-rate=log:0,01..1:3", ("0.01", "0.1", "1"), (0.01, 0.1, 1.0)),
    ],
)
def test_values_are_read(text: str, texts: tuple[str, ...], values: tuple[object, ...]) -> None:
    variation = parse_variation(text)
    assert (variation.texts, variation.values) == (texts, values)
    assert [variation.value(one) for one in texts] == list(values)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("learning-rat=1", "did you mean learning-rate?"),
        ("epochs=1;2", "epochs cannot vary"),
        ("learning-rate", "has no values"),
        ("learning-rate=0.1;x", '"x" is not a number'),
        ("learning-rate=0.1,0.2", "Write semicolons between values."),
        ("learning-rate=1..0:3", "must have LOW < HIGH"),
        ("learning-rate=0.1;;0.2", "a value is missing"),
        ("learning-rate=0.1;0.10", '"0.10" is a value that is named twice'),
        ("optimizer=sgd;adm", "did you mean adam?"),
        ("standardize=maybe", "must be yes or no"),
        ("learning-rate=log:1..0.1:3", "0 < LOW < HIGH"),
        ("learning-rate=log:0..1:3", "0 < LOW < HIGH"),
        ("learning-rate=log:0.1..1:1", "2 to 1000 values"),
        ("learning-rate=log:0.1..1", "does not have the form"),
        ("learning-rate=log:a..1:3", "not a number"),
        ("optimizer=log:1..2:2", '"1" is unknown'),
    ],
)
def test_wrong_values_are_named(text: str, told: str) -> None:
    with pytest.raises(VariationError) as raised:
        parse_variation(text)
    assert told in str(raised.value)


@pytest.mark.parametrize("text", ["learning-rate=0.5", "standardize=no", "patience=none", "hidden=8,4", "init=he:2.0"])
def test_values_are_written_as_they_are_read(text: str) -> None:
    from core.sweeps.variation import NAMES

    variation = parse_variation(text)
    assert f"{variation.name}={written(NAMES[variation.name], variation.values[0])}" == text


# ---- Plans.


def keys(plan: SweepPlan) -> list[tuple[tuple[str, ...], int]]:
    return [run.key for run in plan.runs]


def test_a_plan_has_every_combination_with_every_seed() -> None:
    plan = SweepPlan(MOONS, {"seed": 3}, (parse_variation("l2=0;1"), parse_variation("hidden=4;8,8")), seeds=2)
    assert keys(plan) == [((l2, hidden), seed) for l2 in "01" for hidden in ("4", "8,8") for seed in (3, 4)]
    assert plan.runs[-1] == PlannedRun(("1", "8,8"), MOONS.replace(l2=1.0, hidden=(8, 8), seed=4))
    assert plan.names == ("l2", "hidden")
    assert plan.count == len(plan.runs) == 8


def test_the_seed_can_vary_by_itself() -> None:
    plan = SweepPlan(MOONS, {}, (parse_variation("l2=0;1"), parse_variation("seed=7;3")))
    assert keys(plan) == [((l2,), seed) for l2 in "01" for seed in (7, 3)]
    assert plan.names == ("l2",)


def test_random_combinations_are_always_the_same_and_none_comes_twice() -> None:
    varied = parse_variation("learning-rate=log:0.001..1:100"), parse_variation("l2=log:0.001..1:100")
    some = SweepPlan(MOONS, {}, varied, seeds=2, chosen=30)
    assert keys(some) == keys(SweepPlan(MOONS, {}, varied, seeds=2, chosen=30))
    assert len(set(keys(some))) == some.count == 60
    assert keys(some) != keys(SweepPlan(MOONS, {"seed": 1}, varied, seeds=2, chosen=30))
    assert SweepPlan(MOONS, {}, varied[:1], chosen=1000).count == 100


def test_settings_that_depend_on_what_varies_follow() -> None:
    plan = SweepPlan(MOONS, {}, (parse_variation("data=moons;spiral"),))
    assert [run.experiment.data.kind for run in plan.runs] == ["moons", "spiral"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"variations": (parse_variation("l2=0;1"), parse_variation("l2=2"))}, "l2 varies twice"),
        ({"variations": (parse_variation("l2=0;1"),), "given": {"l2": 0.5}}, "l2 is given and varies"),
        ({"variations": (parse_variation("seed=0;1"),), "seeds": 2}, "seed varies already"),
        ({"seeds": 0}, "at least 1"),
        ({"seeds": 2, "given": {"seed": 2**63 - 1}}, "no seed larger"),
        ({"seeds": 100_001}, "100 001 runs"),
        ({"epochs": -1}, "from 0 to"),
    ],
)
def test_impossible_plans_are_refused(arguments: dict[str, object], told: str) -> None:
    with pytest.raises(SweepError, match=told):
        SweepPlan(MOONS, **arguments)  # type: ignore[arg-type]


def test_a_combination_that_is_no_experiment_is_named() -> None:
    plan = SweepPlan(MOONS, {"activation": ("relu", "tanh")}, (parse_variation("hidden=8,8;4"),))
    with pytest.raises(SweepError, match=r"--activation: 2 activations .*\(hidden=4\)"):
        _ = plan.runs


def test_classes_and_numbers_do_not_mix() -> None:
    with pytest.raises(SweepError, match="predict classes and others numbers"):
        _ = SweepPlan(MOONS, {}, (parse_variation("data=moons;plane"),)).runs
