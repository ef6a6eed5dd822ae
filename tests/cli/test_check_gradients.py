"""``check-gradients``: its table, its verdict and its exit status."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cli.check_gradients import HEADER
from cli.main import main
from core.base.arrays import Array
from core.base.number_text import short
from core.network.activations import ACTIVATIONS

REPOSITORY = Path(__file__).resolve().parents[2]
Capture = pytest.CaptureFixture[str]


def check(*options: str) -> int:
    return main(["check-gradients", *options])


def lines(capsys: Capture) -> tuple[list[list[str]], str]:
    """The rows of the table without its header, and the last line; nothing else was said."""
    out, err = capsys.readouterr()
    assert err == ""
    header, *rows, verdict = out.splitlines()
    assert header.split() == " ".join(HEADER).split()
    return [re.split(r"\s{2,}", row.strip()) for row in rows], verdict


def test_a_row_for_each_layer_and_a_verdict(capsys: Capture) -> None:
    assert check("--preset", "blobs") == 0
    rows, verdict = lines(capsys)
    assert [row[:4] for row in rows] == [
        ["W⁽¹⁾", "8", "8", "0"],
        ["b⁽¹⁾", "4", "4", "0"],
        ["W⁽²⁾", "12", "12", "0"],
        ["b⁽²⁾", "3", "3", "0"],
    ]
    for name, *_, error, place in rows:
        assert 0.0 < float(error) < 1e-8
        assert place[0] == name[0].lower() and place.endswith(name[1:])
    largest = max(float(row[4]) for row in rows)
    assert verdict.startswith("Right: the derivatives of 27 of 27 parameters, on a batch of 10 samples after epoch 0, ")
    assert f"have relative errors of at most {short(largest, 2)} (1e−6 is allowed); the " in verdict


def test_it_trains_first_if_it_is_told_to(capsys: Capture) -> None:
    assert check("--preset", "gauss", "--epochs", "2", "--batch-size", "1", "--engine", "numpy") == 0
    _, verdict = lines(capsys)
    assert "on a batch of 1 sample after epoch 2," in verdict
    assert "the NumPy engine is off by " in verdict


def test_everything_at_once(capsys: Capture) -> None:
    options = (
        "--data multi-gauss --points 40 --features x1,x2,radius --hidden 5,4 --activation gelu,sine --output linear"
    )
    options += " --loss huber --optimizer adam --dropout 0.2 --l1 0.001 --l2 0.01 --batch-size 7 --init orthogonal"
    assert check(*options.split(), "--epochs", "3") == 0
    rows, _ = lines(capsys)
    assert [int(row[1]) for row in rows] == [15, 5, 20, 4, 4, 1]


def test_corners_are_counted_apart(capsys: Capture) -> None:
    assert check("--preset", "circle", "--activation", "relu", "--init", "zeros", "--hidden", "3") == 0
    rows, verdict = lines(capsys)
    assert rows[0] == ["W⁽¹⁾", "6", "6", "6", "-", "-"]
    assert rows[1] == ["b⁽¹⁾", "3", "3", "3", "-", "-"]
    assert verdict.startswith("Right: the derivatives of 8 of 17 parameters")
    assert check("--data", "plane", "--hidden", "none", "--output", "relu", "--init", "zeros") == 0
    assert lines(capsys)[1] == (
        "Nothing to compare: all 3 of 3 parameters, on a batch of 1 sample after epoch 0, that were checked lie at a "
        "corner."
    )


def test_a_wrong_derivative_is_a_fault_of_ours(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    right = ACTIVATIONS["tanh"]

    def wrong(z: Array, a: Array, out: Array | None = None) -> Array:
        return ACTIVATIONS["sigmoid"].derivative(z, a, out)  # type: ignore[misc]

    monkeypatch.setitem(ACTIVATIONS, "tanh", dataclasses.replace(right, derivative=wrong))
    assert check("--preset", "circle", "--engine", "numpy") == 1
    rows, verdict = lines(capsys)
    assert [float(row[4]) > 1e-6 for row in rows] == [True, True, True, True, False, False]
    assert verdict.startswith("WRONG: of the derivatives of 28 parameters, ")
    assert "look for the cause in the layer of b⁽²⁾ or behind it" in verdict
    assert verdict.endswith("This is a fault of Backprop Lens; please report it.")


def test_an_engine_that_differs_is_a_fault_of_ours(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setattr("core.engines.numpy_engine.add_penalty_gradient", lambda *_: None)
    assert check("--preset", "circle", "--engine", "numpy", "--l2", "0.5") == 1
    _, verdict = lines(capsys)
    assert verdict.startswith("WRONG: the derivatives of 28 parameters, ")
    assert "but by the NumPy engine that at w" in verdict


def test_a_run_that_diverges_is_told(capsys: Capture) -> None:
    options = "--data gauss --hidden none --output linear --learning-rate 1000 --epochs 50"
    assert check(*options.split()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Training diverged: ")
    assert err.count("\n") == 1


def test_initial_weights_are_taken(tmp_path: Path, capsys: Capture) -> None:
    weights = str(tmp_path / "w.npz")
    assert main(["train", "--preset", "gauss", "--epochs", "3", "--weights", weights]) == 0
    capsys.readouterr()
    assert check("--preset", "gauss", "--initial-weights", weights) == 0
    trained, _ = lines(capsys)
    assert check("--preset", "gauss", "--epochs", "0") == 0
    assert lines(capsys)[0] != trained


def test_through_the_entry_point() -> None:
    command = [sys.executable, str(REPOSITORY / "main.py"), "check-gradients", "--preset", "gauss", "--engine", "numpy"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith("Right: the derivatives of 6 of 6 parameters")
