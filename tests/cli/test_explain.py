"""``explain``: the numbers of one step, as JSON and as lines to read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cli.main import main
from core.data.data_source import load
from core.explain.walk import walk_sample
from core.storage.weights_file import load_weights, save_weights
from core.training.presets import PRESETS
from core.training.trainer import Trainer
from tests.core.network import test_hand_worked_step as hand

Capture = pytest.CaptureFixture[str]
KEYS = ["W", "b", "z", "a", "delta", "dW", "db", "W_after", "b_after"]


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def explained(capsys: Capture, *options: str) -> dict[str, Any]:
    assert main(["explain", *options, "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    step: dict[str, Any] = json.loads(out)
    assert list(step) == ["sample", "target", "loss", "layers"]
    assert all(list(layer) == KEYS for layer in step["layers"])
    return step


def hand_worked(engine: str) -> list[str]:
    Path("points.txt").write_text("1 2 1\n3 -1 0\n")
    save_weights("w.npz", (2, 2, 2), hand.INITIAL)
    return ["--data", "points.txt", "--hidden", "2", "--initial-weights", "w.npz", "--learning-rate", "0.5",
            "--sample", "0", "--engine", engine]  # fmt: skip


@pytest.mark.parametrize("engine", ["numpy", pytest.param("compiled", marks=pytest.mark.needs_numba)])
def test_the_step_that_was_worked_by_hand(engine: str, capsys: Capture) -> None:
    step = explained(capsys, *hand_worked(engine))
    assert (step["sample"], step["target"]) == ([1.0, 2.0], [0.0, 1.0])
    assert step["loss"] == hand.near(hand.LOSS)
    wanted = [
        (hand.W1, hand.B1, hand.Z1, hand.A1, hand.DELTA1, hand.DW1, hand.DELTA1, hand.W1_AFTER, hand.B1_AFTER),
        (hand.W2, hand.B2, hand.Z2, hand.A2, hand.DELTA2, hand.DW2, hand.DELTA2, hand.W2_AFTER, hand.B2_AFTER),
    ]
    for layer, numbers in zip(step["layers"], wanted, strict=True):
        for key, number in zip(KEYS, numbers, strict=True):
            assert np.array(layer[key]) == hand.near(number), key


def test_its_lines_have_the_numbers_that_were_worked_by_hand(capsys: Capture) -> None:
    assert main(["explain", *hand_worked("numpy")]) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == "Sample 0 of points.txt: x1 = 1.0, x2 = 2.0"
    assert lines[1] == "Target: y1 = 0.0, y2 = 1.0 (class 1)"
    for line in (
        "z₁⁽¹⁾ = Σᵢ xᵢ·wᵢ₁⁽¹⁾ + b₁⁽¹⁾ = 1·0.1 + 2·0.4 + 0.05 = 0.9500",
        "a₁⁽¹⁾ = 1 / (1 + e^(−z₁⁽¹⁾)) = 1 / (1 + e^(−0.9500)) = 0.7211",
        "L = ½·(Σₖ (ŷₖ − yₖ)² / 2) = ½·(((0.8146 − 0)² + (0.1854 − 1)²) / 2) = 0.3318",
        "f′(z₁⁽¹⁾) = a₁⁽¹⁾·(1 − a₁⁽¹⁾) = 0.7211·(1 − 0.7211) = 0.2011",
        "η = η₀ = 0.5",
    ):
        assert line in lines, "\n".join(lines)


def test_the_numbers_are_the_walks_to_the_last_digit(capsys: Capture) -> None:
    step = explained(capsys, "--preset", "spiral3", "--epochs", "3", "--sample", "7", "--standardize", "--l2", "0.01")
    experiment = PRESETS["spiral3"].experiment.replace(standardize=True, l2=0.01)
    trainer = Trainer(experiment, load(experiment.data))
    trainer.advance(3 * trainer.epoch_length)
    walk = walk_sample(trainer, 7)
    assert step["sample"] == walk.x[0].tolist()
    assert step["sample"] != trainer.preparation.dataset.points[7].tolist()
    assert step["loss"] == walk.losses[0]
    for layer, wanted in zip(step["layers"], walk.layers, strict=True):
        assert layer["W"] == wanted.W.tolist()
        assert layer["delta"] == wanted.delta[0].tolist()
        assert layer["dW"] == wanted.dW.tolist()
        assert layer["W_after"] == wanted.W_after.tolist()


def test_without_standardization_the_sample_is_the_point_and_the_first_update_is_the_trainers(capsys: Capture) -> None:
    step = explained(capsys, "--preset", "shallow", "--no-shuffle", "--sample", "0")
    experiment = PRESETS["shallow"].experiment.replace(shuffle=False)
    trainer = Trainer(experiment, load(experiment.data))
    assert step["sample"] == trainer.preparation.dataset.points[0].tolist()
    trainer.advance(1)
    for layer, W, b in zip(step["layers"], trainer.network.weights, trainer.network.biases, strict=True):
        assert (layer["W_after"], layer["b_after"]) == (W.tolist(), b.tolist())


def test_the_state_after_some_epochs_is_that_of_train(capsys: Capture) -> None:
    assert main(["train", "--preset", "gauss", "--epochs", "2", "--weights", "w.npz"]) == 0
    capsys.readouterr()
    step = explained(capsys, "--preset", "gauss", "--epochs", "2", "--sample", "5")
    assert [layer["W"] for layer in step["layers"]] == [W.tolist() for W, _ in load_weights("w.npz")]


def test_a_large_net_shows_its_first_neurons(capsys: Capture) -> None:
    assert main(["explain", "--hidden", "30", "--sample", "0", "--optimizer", "adam", "--dropout", "0.2"]) == 0
    out = capsys.readouterr().out
    assert "… and 22 neurons more (--json has all)" in out
    assert "[… 24 more: " in out


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "--sample is missing"),
        (["--sample", "x"], '--sample: "x" is not a whole number'),
        (["--sample", "1.5"], '--sample: "1.5" is not a whole number'),
        (["--sample", "-1"], "--sample: -1 is not a row of the data; choose one from 0 to 999."),
        (["--sample", "1000"], "--sample: 1000 is not a row of the data; choose one from 0 to 999."),
        (["--sample", "0", "--learning-rate", "1e308", "--output", "linear"], "choose a --learning-rate below 1e+308"),
    ],
)
def test_what_cannot_be_explained_is_told_in_one_line(options: list[str], says: str, capsys: Capture) -> None:
    assert main(["explain", "--init", "normal:1000", *options]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err
    assert err.count("\n") == 1
