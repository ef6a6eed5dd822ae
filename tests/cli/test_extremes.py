"""Input far from sense on the command line: finite numbers, or one line that tells what to do."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from cli.main import main

ENGINES = ["numpy", pytest.param("compiled", marks=pytest.mark.needs_numba)]
RELU = "--hidden 3 --activation relu "

CASES = {
    "a rate of 10": (
        "--data plain.txt --output linear --learning-rate 10 " + RELU,
        "Likely cause: the learning rate; reset with a learning rate below 10, standardized inputs or smaller initial "
        "weights.",
    ),
    "an L1 of 1e300": (
        "--data plain.txt --output linear --l1 1e300",
        "Likely cause: the L1 penalty of 1e+300; reset with one below 100.",
    ),
    "an L2 of 1e300": ("--data plain.txt --l2 1e300", "Likely cause: the L2 penalty of 1e+300;"),
    "targets of 200,000": (
        "--data prices.txt --task regression --learning-rate 0.5 --hidden 3 --activation relu",
        "Likely cause: the size of the targets, up to 2.01e+05; reset with a standardized target.",
    ),
    "targets of 1e200": (
        "--data vast.txt --task regression",
        "a target of 1.00004e+200 is too large to be squared. Give the target in larger units, or choose the loss mae.",
    ),
    "a rate of 10 with softmax": ("--data plain.txt --learning-rate 10 " + RELU, ""),
    "inputs of 1e300": (
        "--data huge.txt --output linear " + RELU,
        "give the data in larger units, or choose smaller initial",
    ),
    "inputs of 1e300, sigmoid": ("--data huge.txt", ""),
    "inputs of 1e300, standardized": (
        "--data huge.txt --standardize",
        "--standardize: numbers as large as 3e+300 have no finite standard deviation; give the data in larger units.",
    ),
    "inputs of 1e300, squared": (
        "--data huge.txt --features x1,x1^2",
        "--features: x1² of point 0 is too large; leave this feature out, or give the data in larger units.",
    ),
    "weights of 1e308": (
        "--data plain.txt --initial-weights w.npz " + RELU,
        "The loss is not finite with the initial weights: the inputs or weights are too large. Standardize the inputs, "
        "give the data in larger units, or choose smaller initial weights.",
    ),
    "a scale of 1e308": (
        "--data plain.txt --init uniform:1e308",
        "--init: the scale 1e+308 must be a number from 0 to 1e+100.",
    ),
    "a constant column": ("--data constant.txt --standardize " + RELU, ""),
    "one row": ("--data one.txt", "one.txt: every row has the label '0'; add rows of a second class."),
    "one row, a number": ("--data one.txt --task regression " + RELU, ""),
    "one class": ("--data class.txt", "class.txt: every row has the label '1'; add rows of a second class."),
    "no rows": ("--data empty.txt", "empty.txt is empty; it needs rows of numbers."),
    "no test set to be patient about": (
        "--data plain.txt --train-fraction 0.99 --patience 3",
        "--patience: early stopping needs a test set, but with so few points every point is used for training; "
        "choose a smaller --train-fraction, such as 0.8.",
    ),
    "words where numbers should be": (
        "--data words.txt --task regression",
        "words.txt, line 2: the column 'x3' holds 'red', which is not a number",
    ),
    "classes with a loss for numbers": ("--data plain.txt --loss mae", 'the loss "mae" is not for data whose targets'),
    "numbers with a loss for classes": ("--data plane --loss hinge", 'the loss "hinge" is not for data whose targets'),
}


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    labels = np.arange(30) % 2
    plain = np.clip(rng.normal(size=(30, 2)) + labels[:, None], -3.0, 3.0)
    plain[0] = 3.0, -3.0

    def write(name: str, points: np.ndarray, labels: np.ndarray) -> None:
        rows = zip(points.tolist(), labels.tolist(), strict=True)
        Path(name).write_text("".join(f"{x!r} {y!r} {label}\n" for (x, y), label in rows))

    write("plain.txt", plain, labels)
    write("huge.txt", plain * 1e300, labels)
    write("constant.txt", np.column_stack([plain[:, 0], np.full(30, 5.0)]), labels)
    write("prices.txt", plain, 200_000.0 + 1000.0 * labels)
    write("vast.txt", plain, 1e200 + 4e195 * labels)
    write("class.txt", plain, np.ones(30, dtype=int))
    Path("one.txt").write_text("1 2 0\n")
    Path("empty.txt").write_text("")
    Path("words.txt").write_text("1 2 3\n4 5 red\n")
    np.savez("w.npz", W1=np.full((2, 3), 1e308), b1=np.zeros(3), W2=np.full((3, 2), 1e308), b2=np.zeros(2))


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", CASES)
def test_it_runs_with_finite_numbers_or_ends_in_one_clear_line(
    case: str, engine: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options, says = CASES[case]
    status = main(["train", *options.split(), "--epochs", "5", "--engine", engine])
    out, err = capsys.readouterr()
    if says:
        assert status == 2
        assert out == ""
        assert err.count("\n") == 1 + err.count("hard to learn")
        assert says in err
    else:
        assert (status, err) == (0, "")
        found = dict(word.split("=") for word in out.splitlines()[-1].split())
        assert found["epoch"] == "5"
        assert math.isfinite(float(found["train_loss"]))
