"""An experiment's spelling leads back to it. The command line is read in tests/cli."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from core.base.errors import ExperimentError, LensError
from core.data.data_source import DataSource
from core.options.argument_table import ARGUMENTS
from core.options.argument_values import parse_data, parse_hidden, parse_rule_source
from core.options.arguments import apply_arguments, shell_line, to_arguments
from core.options.spelling import suggestion
from core.training.experiment import Experiment, Init


def test_every_field_has_an_option() -> None:
    fields = {argument.field for argument in ARGUMENTS if "." not in argument.field}
    assert fields == set(Experiment.__dataclass_fields__)


def test_only_what_differs_is_spelled() -> None:
    assert to_arguments(Experiment()) == []
    assert to_arguments(Experiment(seed=3)) == ["--seed", "3"]
    assert to_arguments(Experiment(hidden=(), init=Init("he"), learning_rate=1e-7, shuffle=False)) == [
        "--hidden", "none", "--init", "he:1.0", "--learning-rate", "1e-07", "--no-shuffle",
    ]  # fmt: skip


def test_data_is_spelled_from_the_sets_own_defaults() -> None:
    moons = DataSource("moons", samples=500, noise=12.5, seed=2)
    assert to_arguments(Experiment(data=moons)) == ["--data", "moons", "--noise", "12.5", "--data-seed", "2"]
    assert to_arguments(Experiment(data=DataSource("moons"))) == ["--data", "moons", "--noise", "0.0"]
    assert to_arguments(Experiment(data=DataSource("blobs"))) == ["--data", "blobs", "--points", "500"]


def test_rules_and_shapes_lead_back_to_the_same_data() -> None:
    rule = "x2 > 2*sin(x1) and not x1 == 0"
    numbers = DataSource("rule", rule="-x1/2", task="classification", samples=90, noise=5.0, seed=4)
    quoted = '"in, or on",out'
    for data, spelled in (
        (DataSource("rule", rule=rule), ["--rule", rule]),
        (DataSource("rule", rule="-x1"), ["--rule=-x1", "--output", "linear"]),
        (numbers, ["--rule=-x1/2", "--points", "90", "--noise", "5.0", "--data-seed", "4", "--task", "classification"]),
        (DataSource("spiral", classes=5, turns=0.5), ["--data", "spiral", "--classes", "5", "--turns", "0.5"]),
        (DataSource("circle", balance=0.25), ["--data", "circle", "--balance", "0.25"]),
        (DataSource("circle", class_names=("in, or on", "out")), ["--data", "circle", "--class-names", quoted]),
        (DataSource("train.txt", class_names=("a", "b")), ["--data", "train.txt", "--class-names", "a,b"]),
        (DataSource("rule", rule=rule, class_names=("a", "b")), ["--rule", rule, "--class-names", "a,b"]),
    ):
        experiment = Experiment().adapted(data=data)
        found = to_arguments(experiment)
        assert found == spelled
        given = {}
        for argument in ARGUMENTS:
            for place, word in enumerate(found):
                if word == argument.option:
                    given[argument.field] = argument.parse(found[place + 1])
                elif word.startswith(argument.option + "="):
                    given[argument.field] = argument.parse(word.partition("=")[2])
        assert apply_arguments(Experiment(), given) == experiment
    base = Experiment().adapted(data=DataSource("rule", rule="x1*x2"))
    assert apply_arguments(base, {"data.rule": "x1 > 0"}).task == "classification", "its task is the new rule's own"
    for given, message in (
        ({"data.rule": "x1 > 0", "data": DataSource("circle")}, "leave one of them out"),
        (
            {"data": DataSource("circle"), "data.turns": 2.0},
            "--turns is for spiral or spiral3, and the data are c",
        ),
        ({"data.rule": "x1 > 0", "data.classes": 2}, "and the data are a rule; leave it out"),
        ({"data": DataSource("circle"), "data.task": "regression"}, "--task is for files and rules"),
    ):
        with pytest.raises(ExperimentError, match=message):
            apply_arguments(Experiment(), given)
    with pytest.raises(LensError, match="an option of its own"):
        parse_data("rule")
    with pytest.raises(LensError, match="did you mean sin"):
        parse_rule_source("sim(x1)")


def test_a_command_is_quoted() -> None:
    experiment = Experiment(data=DataSource("file", "my folder/a file.txt"))
    assert shlex.split(shell_line(to_arguments(experiment))) == ["--data", str(Path("my folder/a file.txt"))]


def test_a_path_or_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse_data("train.txt") == DataSource("train.txt")
    assert parse_data("circle") == DataSource("circle")
    assert parse_data("./circle") == DataSource("file", "circle")
    for name in ("train.txt", "circle", "plain"):
        (tmp_path / name).write_text("")
    assert parse_data("train.txt") == DataSource("file", "train.txt"), "a file that exists and looks like one wins"
    assert parse_data("circle") == DataSource("circle"), "a name does not look like a file"
    assert parse_data("plain") == DataSource("file", "plain")
    with pytest.raises(LensError, match="did you mean circle"):
        parse_data("cirle")
    with pytest.raises(LensError, match=r"built-in are train\.txt, circle"):
        parse_data("")


@pytest.mark.parametrize("text", ["", "7,", "x", "7 8", "9" * 5000])
def test_hidden_layers_that_are_none(text: str) -> None:
    with pytest.raises(LensError, match="is not a list of layers; write 7 for") as caught:
        parse_hidden(text)
    assert len(str(caught.value)) < 250


def test_parts_of_data_that_has_none() -> None:
    with pytest.raises(ExperimentError, match=r"--noise is for built-in sets, and train\.txt is a file; leave it out"):
        apply_arguments(Experiment(), {"data.noise": 3.0})


def test_suggestions() -> None:
    assert suggestion("sigmod", ["tanh", "sigmoid"]) == " did you mean sigmoid?"
    assert suggestion("xyz", ["tanh", "sigmoid"]) == ""
