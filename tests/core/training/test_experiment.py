"""An experiment is validated once, and says which value of which field is wrong."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.base.errors import ExperimentError, one_line
from core.data.data_source import DataSource
from core.network.activations import HIDDEN_ACTIVATIONS, OUTPUT_ACTIVATIONS
from core.network.initializers import INITIALIZERS
from core.network.losses import LOSSES
from core.network.optimizers import OPTIMIZERS
from core.training.experiment import (
    ENGINES,
    LIVE_FIELDS,
    MAX_BATCH,
    MAX_DROPOUT,
    MAX_EPOCHS,
    MAX_HIDDEN_LAYERS,
    MAX_NEURONS,
    MAX_SCALE,
    MAX_SEED,
    Experiment,
    Init,
)
from tests.core.strategies import cases
from tests.core.support import examples

NOT_WHOLE = st.one_of(st.booleans(), st.floats(), st.text(), st.none())
NOT_A_NUMBER = st.one_of(st.booleans(), st.text(), st.none(), st.sampled_from([math.nan, math.inf, -math.inf, 10**400]))
NOT_A_FLAG = st.one_of(st.integers(), st.text(), st.none(), st.floats())
positive = st.floats(min_value=0.0, exclude_min=True, allow_infinity=False)

WRONG: dict[str, st.SearchStrategy[Any]] = {
    "activation": st.one_of(st.text(), st.none(), st.just("softmax")).filter(lambda v: v not in HIDDEN_ACTIVATIONS),
    "output": st.one_of(st.text(), st.none(), st.just(["tanh"])).filter(lambda v: v not in OUTPUT_ACTIVATIONS),
    "loss": st.one_of(st.text(), st.none(), st.just(["mse"])).filter(lambda v: v not in tuple(LOSSES)),
    "optimizer": st.one_of(st.text(), st.none(), st.just(["sgd"])).filter(lambda v: v not in tuple(OPTIMIZERS)),
    "learning_rate": st.one_of(NOT_A_NUMBER, st.floats(max_value=0.0), st.integers(max_value=0)),
    "batch_size": st.one_of(NOT_WHOLE, st.integers(max_value=0), st.integers(min_value=MAX_BATCH + 1)),
    "seed": st.one_of(NOT_WHOLE, st.integers(max_value=-1), st.integers(min_value=MAX_SEED + 1)),
    "train_fraction": st.one_of(
        NOT_A_NUMBER, st.floats(max_value=0.0), st.floats(min_value=1.0, exclude_min=True), st.integers(min_value=2)
    ),
    "only_sample": st.one_of(NOT_WHOLE.filter(lambda v: v is not None), st.integers(max_value=-1)),
    "shuffle": NOT_A_FLAG,
    "standardize": NOT_A_FLAG,
    "standardize_target": NOT_A_FLAG,
    "hidden": st.one_of(st.integers(), st.none(), st.text()),
    "data": st.text(),
    "init": st.text(),
    "features": st.one_of(st.integers(), st.none(), st.text()),
    "momentum": st.one_of(NOT_A_NUMBER, st.floats(max_value=0.0, exclude_max=True), st.floats(min_value=1.0)),
    "schedule": st.one_of(st.text(), st.none()),
    "warm_up": st.one_of(NOT_WHOLE, st.integers(max_value=-1), st.integers(min_value=MAX_EPOCHS + 1)),
    "l1": st.one_of(NOT_A_NUMBER, st.floats(max_value=0.0, exclude_max=True)),
    "l2": st.one_of(NOT_A_NUMBER, st.floats(max_value=0.0, exclude_max=True)),
    "dropout": st.one_of(NOT_A_NUMBER, st.floats(max_value=0.0, exclude_max=True), st.floats(MAX_DROPOUT + 0.01)),
    "bias": NOT_A_NUMBER,
    "patience": st.one_of(NOT_WHOLE.filter(lambda v: v is not None), st.integers(max_value=0)),
    "stop_loss": st.one_of(NOT_A_NUMBER.filter(lambda v: v is not None), st.floats(max_value=0.0, exclude_max=True)),
    "engine": st.one_of(st.text(), st.none()).filter(lambda v: v not in ENGINES),
}


def test_every_field_has_wrong_values_to_try() -> None:
    assert set(WRONG) == {field.name for field in dataclasses.fields(Experiment)}


@pytest.mark.parametrize("field", WRONG)
@settings(max_examples=examples(40))
@given(data=st.data())
def test_a_wrong_value_is_named_with_its_field(field: str, data: st.DataObject) -> None:
    value = data.draw(WRONG[field])
    with pytest.raises(ExperimentError) as caught:
        Experiment(**{field: value})
    assert caught.value.field == field
    assert str(caught.value).startswith(f"{field}: ")
    assert one_line(str(value))[:100] in str(caught.value)  # a message is one line of bounded length


@pytest.mark.parametrize("neurons", [0, -3, MAX_NEURONS + 1, 2.5, "7", True, None])
def test_a_wrong_number_of_neurons_is_named(neurons: Any) -> None:
    with pytest.raises(ExperimentError) as caught:
        Experiment(hidden=(4, neurons))
    assert caught.value.field == "hidden"
    assert str(neurons) in str(caught.value)
    assert str(MAX_NEURONS) in str(caught.value)


def test_too_many_hidden_layers_are_counted() -> None:
    assert len(Experiment(hidden=(1,) * MAX_HIDDEN_LAYERS).hidden) == MAX_HIDDEN_LAYERS
    with pytest.raises(ExperimentError, match=f"{MAX_HIDDEN_LAYERS + 1} hidden layers") as caught:
        Experiment(hidden=(1,) * (MAX_HIDDEN_LAYERS + 1))
    assert caught.value.field == "hidden"


def test_an_unknown_name_is_answered_with_the_choices() -> None:
    with pytest.raises(ExperimentError) as caught:
        Experiment(activation="swish")
    assert all(name in str(caught.value) for name in HIDDEN_ACTIVATIONS)


@given(
    hidden=st.lists(st.integers(1, MAX_NEURONS), max_size=MAX_HIDDEN_LAYERS),
    activation=st.sampled_from(HIDDEN_ACTIVATIONS),
    output=st.sampled_from(OUTPUT_ACTIVATIONS),
    learning_rate=positive,
    batch_size=st.integers(1, MAX_BATCH),
    seed=st.integers(0, MAX_SEED),
    train_fraction=st.floats(0.0, 1.0, exclude_min=True),
    only_sample=st.none() | st.integers(0),
)
def test_every_value_in_range_is_taken(**fields: Any) -> None:
    experiment = Experiment(**fields)
    for name, value in fields.items():
        assert getattr(experiment, name) == (tuple(value) if name == "hidden" else value)
    assert experiment.hidden_activations == (fields["activation"],) * len(fields["hidden"])


@given(name=st.sampled_from(list(INITIALIZERS)), scale=st.none() | st.floats(0.0, MAX_SCALE))
def test_an_init_survives_being_written_and_read(name: str, scale: float | None) -> None:
    init = Init(name, scale if INITIALIZERS[name].scale is not None else None)
    assert Init.parse(str(init)) == init


@pytest.mark.parametrize("name", INITIALIZERS)
def test_an_init_without_a_scale_takes_the_default(name: str) -> None:
    assert Init.parse(name) == Init(name) == Init(name, INITIALIZERS[name].scale)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("normal:abc", "abc"),
        ("normal:", '""'),
        ("normal:0.1:2", "0.1:2"),
        ("normal:-0.12345678", "-0.12345678"),
        ("he:nan", "nan"),
        ("glorot:inf", "inf"),
        ("uniform:1e101", "1e+101"),
        ("zeros:1.5", "1.5"),
        ("swish:1", "swish"),
        ("", '""'),
    ],
)
def test_a_wrong_init_is_named(text: str, named: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        Init.parse(text)
    assert caught.value.field == "init"
    assert named in str(caught.value)


@pytest.mark.parametrize(("name", "scale"), [("normal", "x"), ("normal", True), ("normal", [1]), ("zeros", "x")])
def test_a_scale_of_the_wrong_type_is_an_error_of_the_input(name: str, scale: Any) -> None:
    with pytest.raises(ExperimentError) as caught:
        Init(name, scale)
    assert caught.value.field == "init"
    assert str(scale) in str(caught.value)


def test_replace_validates_and_leaves_the_original() -> None:
    experiment = Experiment()
    changed = experiment.replace(batch_size=10, hidden=[3, 2])
    assert (changed.batch_size, changed.hidden, experiment.batch_size) == (10, (3, 2), 1)
    with pytest.raises(ExperimentError) as caught:
        experiment.replace(batch_size=0)
    assert caught.value.field == "batch_size"


def test_changed_fields_are_named() -> None:
    experiment = Experiment()
    assert experiment.changed_fields(Experiment()) == frozenset()
    other = experiment.replace(seed=1, data=DataSource("circle"), init=Init("he"), hidden=(7, 7))
    assert experiment.changed_fields(other) == other.changed_fields(experiment) == {"seed", "data", "init", "hidden"}


def test_an_experiment_is_frozen_and_hashable() -> None:
    experiment = Experiment(hidden=[3, 4])  # type: ignore[arg-type]
    assert {experiment: "run"}[Experiment(hidden=(3, 4))] == "run"
    with pytest.raises(dataclasses.FrozenInstanceError):
        experiment.seed = 3  # type: ignore[misc]


def test_the_defaults_are_the_notebooks_first_run() -> None:
    experiment = Experiment()
    assert (experiment.data.kind, experiment.hidden, experiment.activation) == ("train.txt", (7,), "sigmoid")
    assert (experiment.output, experiment.loss, experiment.optimizer) == ("softmax", "mse", "sgd")
    assert (experiment.learning_rate, experiment.batch_size, experiment.init) == (0.01, 1, Init("normal", 0.01))


def test_live_fields_are_fields() -> None:
    assert {field.name for field in dataclasses.fields(Experiment)} >= LIVE_FIELDS


# ---- What follows from a change.


@given(case=cases(), name=st.sampled_from(list(LOSSES)))
def test_a_loss_brings_the_output_that_it_needs_and_nothing_else(case: tuple[Experiment, Any], name: str) -> None:
    experiment, loss = case[0], LOSSES[name]
    if experiment.task not in loss.tasks:
        with pytest.raises(ExperimentError, match="choose one of") as caught:
            experiment.adapted(loss=name)
        assert caught.value.field == "loss"
        return
    adapted = experiment.adapted(loss=name)
    assert adapted.loss == name
    assert adapted.changed_fields(experiment) <= {"loss", "output"}
    if not loss.outputs or experiment.output in loss.outputs:
        assert adapted.output == experiment.output
    else:
        assert adapted.output == loss.outputs[0]


@given(case=cases(), kind=st.sampled_from(["circle", "blobs", "plane", "multi-gauss"]))
def test_data_bring_an_output_and_a_loss_for_their_task(case: tuple[Experiment, Any], kind: str) -> None:
    experiment, source = case[0], DataSource(kind)
    adapted = experiment.adapted(data=source)
    assert adapted.data == source
    assert adapted.task in LOSSES[adapted.loss].tasks
    assert adapted.changed_fields(experiment) <= {"data", "output", "loss"}
    if adapted.task == experiment.task:
        assert (adapted.loss, adapted.output) == (experiment.loss, experiment.output)
    elif adapted.task == "regression":
        assert adapted.output == "linear"
    kept = adapted.task in LOSSES[experiment.loss].tasks
    assert adapted.loss == (experiment.loss if kept else "mse")


@given(case=cases())
def test_without_a_test_set_there_is_no_early_stopping(case: tuple[Experiment, Any]) -> None:
    experiment = case[0].replace(train_fraction=0.5, patience=3)
    all_points = experiment.adapted(train_fraction=1.0)
    assert all_points.patience == (None if experiment.only_sample is None else 3)
    assert experiment.adapted(train_fraction=1.0, only_sample=0).patience == 3
    assert experiment.adapted(train_fraction=0.8).patience == 3
    with pytest.raises(ExperimentError) as caught:
        experiment.adapted(train_fraction=1.0, only_sample=None, patience=3)
    assert caught.value.field == "patience"


@given(case=cases())
def test_without_a_change_nothing_follows(case: tuple[Experiment, Any]) -> None:
    assert case[0].adapted() == case[0]
    assert case[0].adapted(seed=case[0].seed) == case[0]


def test_what_is_wished_for_is_never_replaced() -> None:
    for changes in ({"loss": "cross-entropy", "output": "sigmoid"}, {"data": DataSource("plane"), "output": "softmax"}):
        with pytest.raises(ExperimentError):
            Experiment().adapted(**changes)
    assert Experiment().adapted(data=DataSource("plane"), output="tanh").output == "tanh"
    assert Experiment(loss="hinge", output="tanh").adapted(loss="mse").output == "tanh"


# ---- An activation for each layer.


def test_one_activation_for_all_or_one_for_each() -> None:
    experiment = Experiment(hidden=(3, 2, 4), activation=["relu", "tanh", "sine"])  # type: ignore[arg-type]
    assert experiment.hidden_activations == ("relu", "tanh", "sine")
    assert Experiment(hidden=(3, 2), activation="gelu").hidden_activations == ("gelu", "gelu")
    assert Experiment(hidden=(), activation="gelu").hidden_activations == ()


def test_the_same_for_each_is_one_for_all() -> None:
    assert Experiment(hidden=(3, 2), activation=("tanh", "tanh")) == Experiment(hidden=(3, 2), activation="tanh")
    assert Experiment(hidden=(3,), activation=("tanh",)).activation == "tanh"
    assert Experiment(hidden=(), activation=()).activation == "sigmoid"


@pytest.mark.parametrize(
    ("activation", "said"),
    [
        (
            ("relu", "tanh"),
            "2 activations do not fit 3 hidden layers; name one for each layer, or a single one for all",
        ),
        (("relu", "tanh", "sine", "elu"), "4 activations do not fit 3"),
        ((), "0 activations do not fit 3"),
        (("relu", "softmax", "tanh"), '"softmax" is unknown'),
        (("relu", None, "tanh"), '"None" is unknown'),
    ],
)
def test_activations_that_do_not_fit_the_layers_are_told(activation: Any, said: str) -> None:
    with pytest.raises(ExperimentError, match=said) as caught:
        Experiment(hidden=(3, 2, 4), activation=activation)
    assert caught.value.field == "activation"
