"""Names of runs stay short and tell the runs apart, however many settings vary."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.data.data_source import DataSource
from core.training.experiment import Decay
from core.training.presets import PRESETS
from core.workbench.many_runs.run_differences import Described, run_names

OVERFIT = PRESETS["overfit"].experiment


def run(**settings: Any) -> Described:
    return Described(OVERFIT.replace(**settings), "Noisy points", "")


def on_spiral(**settings: Any) -> Described:
    changed = {"data": DataSource("spiral"), "hidden": (6,) * 6, "learning_rate": 0.3, **settings}
    return Described(OVERFIT.replace(**changed), "Spiral", "")


def test_what_is_off_is_left_out_unless_nothing_else_is_to_be_told() -> None:
    cures = [run(), run(l2=0.01), run(dropout=0.2), run(patience=20), run(schedule=Decay("cosine"))]
    assert run_names(cures) == [
        "no schedule, no L2, no dropout, 1 more",
        "L2 0.01",
        "dropout 0.2",
        "early stopping 20",
        "schedule Cosine",
    ]
    assert run_names([run(), run(l2=0.01)]) == ["no L2", "L2 0.01"]
    assert run_names([run(hidden=(4,)), run(l2=0.01)])[0] == "4 neurons"


def test_runs_on_other_data_change_only_the_end_of_a_name() -> None:
    cures = [run(), run(l2=0.01), run(dropout=0.2)]
    others = [on_spiral(), on_spiral(activation="sigmoid"), on_spiral(batch_size=5)]
    names = run_names([*cures, *others])
    assert names[:3] == [f"{name}, Noisy points" for name in run_names(cures)]
    assert all(name.endswith(", Spiral") for name in names[3:]) and "Sigmoid" in names[4] and "5" in names[5]
    assert run_names([run(), on_spiral()]) == ["Noisy points", "Spiral"]
    assert run_names([*cures, on_spiral()])[-1] == "Spiral"


def test_other_data_stand_at_the_end_of_a_name_and_only_what_tells_them_apart() -> None:
    def xor(words: str = "", samples: int = 200, noise: float = 0.1, **settings: Any) -> Described:
        changed = OVERFIT.replace(data=DataSource("xor", samples=samples, noise=noise), **settings)
        return Described(changed, "Exclusive or", words)

    several = [run(), xor(hidden=(32, 32)), xor(hidden=(4,)), xor(samples=400, noise=0.2)]
    assert run_names(several)[1:] == [
        "32-32 neurons, Exclusive or, 200 points",
        "4 neurons, Exclusive or, 200 points",
        "Exclusive or, 400 points",
    ]
    alike = [run(), xor(hidden=(32, 32)), xor("L2 0 → 0.1 at epoch 8", hidden=(4,))]
    assert run_names(alike)[1:] == [
        "32-32 neurons, Exclusive or",
        "4 neurons; L2 0 → 0.1 at epoch 8; Exclusive or",
    ]


def test_a_name_begins_with_what_tells_the_run_apart() -> None:
    deep = {"hidden": (6,) * 6, "learning_rate": 0.3}
    two = [run(**deep, activation="sigmoid"), run(**deep, activation="tanh")]
    names = run_names([*two, *(run(activation="tanh", seed=seed) for seed in range(3, 9))])
    assert names[0].startswith("Sigmoid, ")
    assert "Tanh" in names[1].split(", ")[:2]


def test_long_values_are_told_whole_since_their_ends_may_differ() -> None:
    first = ("sigmoid", "tanh", "sigmoid", "tanh", "sigmoid")
    deep = [run(hidden=(6,) * 6, activation=(*first, last)) for last in ("sigmoid", "tanh")]
    assert len(set(run_names(deep))) == 2


def test_of_features_a_name_tells_those_that_not_all_runs_have() -> None:
    both = ("x1", "x2")
    runs = [run(features=features) for features in (both, (*both, "sin-x1", "sin-x2"), (*both, "x1^2"))]
    assert run_names(runs) == ["features x1, x2", "with sin x1, sin x2", "with x1²"]
    fast = [run(features=features, learning_rate=0.3) for features in (both, (*both, "sin-x1"))]
    assert run_names([*runs[:1], *fast])[1:] == ["learning rate 0.3", "with sin x1, learning rate 0.3"]
    assert run_names([run(features=("x1",)), run(features=("x2",))]) == ["features x1", "features x2"]
    assert run_names([run(features=both), run(features=both[::-1])]) == ["features x1, x2", "features x2, x1"]


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
