"""``train`` that ends by itself, and ``train`` for numbers: what it prints and writes."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from cli.main import main
from core.base.number_text import span_text

Capture = pytest.CaptureFixture[str]
OVERFIT = "--data lots.txt --train-fraction 0.5 --hidden 8 --activation tanh --init normal:0.1 --loss cross-entropy"
OVERFIT += " --learning-rate 0.1 --epochs 60"


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Points whose classes are partly drawn by lot, and numbers on a plane."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(2)
    points = rng.normal(size=(80, 2)).tolist()
    Path("lots.txt").write_text("".join(f"{x!r} {y!r} {int((x > 0) ^ (rng.random() < 0.15))}\n" for x, y in points))
    rows = "".join(f"{x!r},{y!r},{2 * x - y + 1!r}\n" for x, y in points)
    Path("numbers.csv").write_text("length,width,price\n" + rows)


def train(options: str) -> int:
    return main(["train", *options.split()])


def log(path: str = "log.csv") -> list[dict[str, str]]:
    with open(path, newline="", encoding="ascii") as file:
        return list(csv.DictReader(file))


def last_line(out: str) -> dict[str, str]:
    return dict(word.split("=") for word in out.splitlines()[-1].split(" "))


@pytest.mark.parametrize("patience", [1, 4])
def test_early_stopping_keeps_the_best_weights_and_logs_every_epoch(patience: int, capsys: Capture) -> None:
    assert train(f"{OVERFIT} --patience {patience} --log log.csv --weights best.npz") == 0
    out, err = capsys.readouterr()
    rows = log()
    losses = [float(row["test_loss"]) for row in rows]
    best = int(np.argmin(losses))
    assert 0 < best < 40, "the case is of no use"
    assert [row["epoch"] for row in rows] == [str(epoch) for epoch in range(best + patience + 1)]
    assert err == ""
    assert out.splitlines()[0] == (
        f"Stopped early at epoch {best + patience}: for {span_text(patience)} the test loss has not fallen below the "
        f"{losses[best]:.3g} of epoch {best}. The run is back at that epoch."
    )
    assert last_line(out) == rows[best]
    assert train(f"{OVERFIT} --epochs {best} --log plain.csv --weights plain.npz") == 0
    assert Path("best.npz").read_bytes() == Path("plain.npz").read_bytes()
    assert log("plain.csv") == rows[: best + 1]


def test_a_run_that_ends_before_its_patience_keeps_the_best_weights_too(capsys: Capture) -> None:
    assert train(f"{OVERFIT} --patience 60 --log log.csv --weights best.npz --save run.lens") == 0
    out, _ = capsys.readouterr()
    losses = [float(row["test_loss"]) for row in log()]
    best = int(np.argmin(losses))
    assert len(losses) == 61 and best < 40, "the case is of no use"
    assert out.splitlines()[0] == (
        f"The run ended at epoch 60, but the test loss was lowest at epoch {best}: {losses[best]:.3g}. "
        "The run is back at that epoch."
    )
    assert last_line(out) == log()[best]
    assert train(f"{OVERFIT} --epochs {best} --weights plain.npz") == 0
    assert Path("best.npz").read_bytes() == Path("plain.npz").read_bytes()
    capsys.readouterr()
    assert main(["train", "--project", "run.lens", "--epochs", "1", "--log", "more.csv"]) == 0
    assert [row["epoch"] for row in log("more.csv")] == ["60", "61"], "a project goes on from the tip"
    assert last_line(capsys.readouterr().out)["epoch"] == str(best)


def test_a_run_that_still_gets_better_is_not_stopped(capsys: Capture) -> None:
    assert train("--preset gauss --train-fraction 0.5 --epochs 10 --patience 1") == 0
    out, _ = capsys.readouterr()
    assert "Stopped" not in out
    assert last_line(out)["epoch"] == "10"


def test_a_loss_low_enough_stops_the_run_where_it_is(capsys: Capture) -> None:
    assert train("--preset gauss --epochs 50 --stop-loss 0.01 --log log.csv --weights w.npz") == 0
    out, err = capsys.readouterr()
    rows = log()
    assert err == ""
    assert all(float(row["train_loss"]) > 0.01 for row in rows[:-1])
    assert float(rows[-1]["train_loss"]) <= 0.01
    assert 1 < len(rows) < 51
    said, end = out.splitlines()
    assert said.startswith(f"Stopped at epoch {len(rows) - 1}: the training loss ")
    assert said.endswith(" is at most 0.01.")
    assert dict(word.split("=") for word in end.split(" ")) == rows[-1]
    assert train(f"--preset gauss --epochs {len(rows) - 1} --weights plain.npz") == 0
    assert Path("w.npz").read_bytes() == Path("plain.npz").read_bytes()


def test_a_loss_that_is_low_enough_before_training_takes_one_epoch(capsys: Capture) -> None:
    """Only the end of an epoch stops a run, the start does not."""
    assert train("--preset gauss --epochs 5 --stop-loss 100") == 0
    assert last_line(capsys.readouterr().out)["epoch"] == "1"


def test_without_epochs_nothing_stops(capsys: Capture) -> None:
    assert train(f"{OVERFIT} --patience 1 --stop-loss 100 --epochs 0") == 0
    assert last_line(capsys.readouterr().out)["epoch"] == "0"


def test_both_reasons_lead_back_to_the_best_epoch_all_the_same(capsys: Capture) -> None:
    """A stop loss that holds at the way back, too, must not leave the run before the best epoch."""
    assert train(f"{OVERFIT} --patience 4 --log log.csv") == 0
    capsys.readouterr()
    best = int(np.argmin([float(row["test_loss"]) for row in log()]))
    lowest = min(float(row["train_loss"]) for row in log()[: best + 1])
    assert train(f"{OVERFIT} --patience 4 --stop-loss {lowest / 2!r}") == 0
    assert last_line(capsys.readouterr().out)["epoch"] == str(best)


# ---- Numbers.


def test_a_file_of_numbers_is_learned(capsys: Capture) -> None:
    options = "--data numbers.csv --task regression --hidden none --train-fraction 0.8 --learning-rate 0.1 --epochs 100"
    assert train(f"{options} --log log.csv --weights w.npz") == 0
    found = last_line(capsys.readouterr().out)
    assert list(found) == ["epoch", "train_loss", "test_loss", "train_r2", "test_r2"]
    assert list(log()[0]) == list(found)
    assert log()[-1] == found
    assert float(found["test_r2"]) > 0.999999
    assert float(found["test_loss"]) < 1e-9
    with np.load("w.npz") as weights:
        np.testing.assert_allclose(weights["W1"], [[2.0], [-1.0]], atol=1e-4)
        np.testing.assert_allclose(weights["b1"], [1.0], atol=1e-4)


def test_targets_far_from_1_are_learned_standardized_and_told_of_otherwise(capsys: Capture) -> None:
    rows = [line.split(",") for line in Path("numbers.csv").read_text().splitlines()[1:]]
    Path("prices.csv").write_text("".join(f"{x},{y},{200_000 + 30_000 * float(z)!r}\n" for x, y, z in rows))
    plain = "--data prices.csv --task regression --hidden none --learning-rate 0.001 --epochs 100"
    assert train(plain) == 0
    _, err = capsys.readouterr()
    assert err.startswith("Targets from ") and "--standardize-target lets the network learn them." in err
    assert train(f"{plain} --learning-rate 0.1 --standardize-target") == 0
    out, err = capsys.readouterr()
    assert err == "" and float(last_line(out)["train_r2"]) > 0.999999
    assert main(["explain", *plain.split(), "--standardize-target", "--epochs", "1", "--sample", "0"]) == 0
    out = capsys.readouterr().out
    assert "The network learns the standardized target y = (y − 2" in out.replace("target y", "target y", 1)
    assert f"In the data's units: y = {200_000 + 30_000 * float(rows[0][2]):.6g}, the network says " in out
    assert train("--data lots.txt --epochs 1 --standardize-target") == 0
    assert "--standardize-target has no effect: what is learned are classes." in capsys.readouterr().err


def test_the_task_brings_the_output_and_the_loss_that_go_with_it(capsys: Capture) -> None:
    assert train("--preset shallow --data numbers.csv --task regression --epochs 1") == 0
    assert train("--data multi-gauss --points 50 --loss huber --epochs 1") == 0
    assert train("--preset blobs --data plane --points 50 --epochs 1") == 0
    assert all("train_r2=" in line for line in capsys.readouterr().out.splitlines())
    assert train("--data plane --output softmax --epochs 1") == 2
    assert "softmax of a single output is always 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--data lots.txt --task ranking", '--task: "ranking" is unknown; choose classification or regression.'),
        ("--data circle --task regression", "--task is for files and rules, and circle is a built-in set; leave it"),
        ("--patience 3", "--patience: early stopping needs a test set, but every point is used for training"),
        ("--stop-loss -1", "--stop-loss: -1.0 must be a finite number of at least 0."),
        ("--train-fraction 0.5 --patience 0", "--patience: 0 epochs must be a whole number from 1 to"),
        ("--features x1,y", '--features: "y" is not a feature; choose among x1, x2, x1^2,'),
        ("--features x1,x3", "--features: the data have only 2 columns and no x3; leave x3 out."),
        ("--features x1,x1", "--features: a feature is named twice; name each feature once."),
        ("--hidden 3,3 --activation relu,tanh,relu", "--activation: 3 activations do not fit 2 hidden layers"),
        ("--schedule step:5", '--schedule: "step:5'),
        ("--momentum 1", "--momentum: 1.0 must be a finite number from 0 to 0.9999."),
        ("--dropout 0.96", "--dropout: 0.96 must be a finite number from 0 to 0.95."),
        ("--l1 -0.1", "--l1: -0.1 must be a finite number of at least 0."),
        ("--l2 nan", "--l2: nan must be a finite number of at least 0."),
        ("--warm-up -1", "--warm-up: -1 epochs must be a whole number from 0 to"),
        ("--bias inf", "--bias: inf must be a finite number."),
    ],
)
def test_what_cannot_be_is_told(options: str, said: str, capsys: Capture) -> None:
    status = main(["train", *options.split(), "--epochs", "1"])
    out, err = capsys.readouterr()
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert said in err
