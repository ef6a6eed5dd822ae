"""An experiment's spelling leads back to it. The command line is read in tests/cli."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from core.arguments import ARGUMENTS, apply_arguments, parse_data, parse_hidden, to_arguments, to_command
from core.errors import ExperimentError, LensError
from core.experiment import Experiment, Init
from core.presets import PRESETS
from core.source import DataSource
from core.spelling import suggestion


def test_every_field_has_an_option() -> None:
    fields = {argument.field for argument in ARGUMENTS if "." not in argument.field}
    assert fields == set(Experiment.__dataclass_fields__)


def test_only_what_differs_is_spelled() -> None:
    assert to_arguments(Experiment()) == []
    assert to_arguments(PRESETS["circle"].experiment, "circle") == ["--preset", "circle"]
    assert to_arguments(PRESETS["circle"].experiment.replace(seed=3), "circle") == ["--preset", "circle", "--seed", "3"]
    assert to_arguments(Experiment(hidden=(), init=Init("he"), learning_rate=1e-7, shuffle=False)) == [
        "--hidden", "none", "--init", "he:1.0", "--learning-rate", "1e-07", "--no-shuffle",
    ]  # fmt: skip
    one = PRESETS["deep-one-sample"].experiment.replace(only_sample=None)
    assert to_arguments(one, "deep-one-sample") == ["--preset", "deep-one-sample", "--all-samples"]


def test_data_is_spelled_from_the_sets_own_defaults() -> None:
    moons = DataSource("moons", samples=500, noise=12.5, seed=2)
    assert to_arguments(Experiment(data=moons)) == ["--data", "moons", "--noise", "12.5", "--data-seed", "2"]
    assert to_arguments(Experiment(data=DataSource("moons"))) == ["--data", "moons", "--noise", "0.0"]
    assert to_arguments(Experiment(data=DataSource("blobs"))) == ["--data", "blobs", "--points", "500"]


def test_a_command_is_quoted() -> None:
    experiment = Experiment(data=DataSource("file", "my folder/a file.txt"))
    assert shlex.split(to_command(experiment)) == ["python", "main.py", "--data", str(Path("my folder/a file.txt"))]


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
    with pytest.raises(LensError, match="is no list of layers; write 7 for") as caught:
        parse_hidden(text)
    assert len(str(caught.value)) < 250


def test_parts_of_data_that_has_none() -> None:
    with pytest.raises(ExperimentError, match=r"--noise is for built-in sets, and train\.txt is a file; leave it out"):
        apply_arguments(Experiment(), {"data.noise": 3.0})


def test_suggestions() -> None:
    assert suggestion("sigmod", ["tanh", "sigmoid"]) == " did you mean sigmoid?"
    assert suggestion("xyz", ["tanh", "sigmoid"]) == ""
