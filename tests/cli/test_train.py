"""``train``: what it learns, prints and writes, and how it ends."""

from __future__ import annotations

import csv
import importlib.util
import math
import os
import signal
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cli.main import main
from core.storage.weights_file import load_weights
from core.training.trainer import Trainer

REPOSITORY = Path(__file__).resolve().parents[2]
HEADER = ["epoch", "train_loss", "test_loss", "train_accuracy", "test_accuracy"]
Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def train(*options: str) -> int:
    return main(["train", *options])


def read_log(path: str) -> list[list[str]]:
    """The rows of a log behind its header."""
    with open(path, newline="", encoding="ascii") as file:
        header, *rows = csv.reader(file)
    assert header == HEADER
    return rows


def result(capsys: Capture) -> dict[str, str]:
    """The names and values of the last line on standard output; nothing else was said."""
    out, err = capsys.readouterr()
    assert err == ""
    return dict(word.split("=") for word in out.splitlines()[-1].split(" "))


# ---- Results.


def test_the_shallow_preset_learns(capsys: Capture) -> None:
    assert train("--preset", "shallow", "--epochs", "16", "--log", "log.csv", "--weights", "w.npz") == 0
    rows = read_log("log.csv")
    last = result(capsys)
    assert list(last) == HEADER
    assert list(last.values()) == rows[-1]
    assert float(last["train_loss"]) < 0.01
    assert float(last["train_accuracy"]) > 0.99
    assert last["test_loss"] == last["test_accuracy"] == "nan"
    assert [row[0] for row in rows] == [str(epoch) for epoch in range(17)]
    assert 0.1 < float(rows[1][1]) < 0.2
    assert [w.shape for w, _ in load_weights("w.npz")] == [(2, 7), (7, 2)]


def test_the_log_of_a_long_run_has_every_epoch() -> None:
    assert train("--data", "gauss", "--points", "20", "--epochs", "1700", "--log", "log.csv") == 0
    assert [row[0] for row in read_log("log.csv")] == [str(epoch) for epoch in range(1701)]


def test_the_log_is_exact_and_has_every_epoch(capsys: Capture) -> None:
    options = ["--preset", "gauss", "--points", "20", "--seed", "7"]
    assert train(*options, "--epochs", "40", "--log", "log.csv", "--weights", "w.npz") == 0
    rows = read_log("log.csv")
    assert [int(row[0]) for row in rows] == list(range(41))
    assert all(repr(float(cell)) == cell for row in rows for cell in row[1:])
    assert all(0 <= float(cell) < 1 for row in rows for cell in row[1:3])
    assert b"\r" not in Path("log.csv").read_bytes()
    assert train(*options, "--initial-weights", "w.npz", "--epochs", "0") == 0
    again = [float(value) for value in list(result(capsys).values())[1:]]  # before training the reference measures
    assert again == pytest.approx([float(cell) for cell in rows[-1][1:]], rel=1e-14), "the weights of the last row"


def test_the_default_is_the_presets_number_of_epochs(capsys: Capture) -> None:
    assert train("--preset", "gauss") == 0
    assert result(capsys)["epoch"] == "20"


def test_repeated_runs_are_the_same_bit_for_bit() -> None:
    for name in ("a", "b"):
        assert train("--preset", "circle", "--epochs", "5", "--weights", f"{name}.npz", "--log", f"{name}.csv") == 0
    for kind in ("npz", "csv"):
        assert Path(f"a.{kind}").read_bytes() == Path(f"b.{kind}").read_bytes()
    assert train("--preset", "circle", "--seed", "1", "--epochs", "5", "--weights", "c.npz") == 0
    assert Path("a.npz").read_bytes() != Path("c.npz").read_bytes()


def test_no_epochs_change_no_weight() -> None:
    assert train("--epochs", "0", "--weights", "a.npz", "--log", "log.csv") == 0
    assert len(read_log("log.csv")) == 1
    assert train("--initial-weights", "a.npz", "--seed", "9", "--epochs", "0", "--weights", "b.npz") == 0
    assert Path("a.npz").read_bytes() == Path("b.npz").read_bytes()


def test_a_run_in_two_parts_is_the_run_in_one() -> None:
    options = ["--no-shuffle", "--preset", "moons"]
    assert train(*options, "--epochs", "6", "--weights", "whole.npz") == 0
    assert train(*options, "--epochs", "3", "--weights", "part.npz") == 0
    assert train(*options, "--epochs", "3", "--initial-weights", "part.npz", "--weights", "part.npz") == 0
    assert Path("part.npz").read_bytes() == Path("whole.npz").read_bytes()


def test_epochs_longer_than_a_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    options = ["--preset", "gauss", "--epochs", "3"]
    assert train(*options, "--weights", "a.npz", "--log", "a.csv") == 0
    monkeypatch.setattr("cli.train.SLICE", 37)
    assert train(*options, "--weights", "b.npz", "--log", "b.csv") == 0
    assert Path("a.npz").read_bytes() == Path("b.npz").read_bytes()
    assert Path("a.csv").read_bytes() == Path("b.csv").read_bytes()


def test_a_data_file(capsys: Capture) -> None:
    Path("points.csv").write_text("x;y;kind\n" + "".join(f"{i},5;{i % 7};{'ab'[i > 9]}\n" for i in range(20)))
    assert train("--data", "points.csv", "--standardize", "--hidden", "none", "--learning-rate", "1") == 0
    assert float(result(capsys)["train_accuracy"]) == 1.0


# ---- Endings.


def test_divergence_keeps_what_was_finite(capsys: Capture) -> None:
    options = ["--data", "gauss", "--activation", "linear", "--output", "linear", "--learning-rate", "3"]
    assert train(*options, "--weights", "w.npz", "--log", "log.csv") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Training diverged: ")
    assert err.endswith("The results so far are in w.npz and log.csv.\n")
    assert err.count("\n") == 1
    assert all(np.isfinite(array).all() for layer in load_weights("w.npz") for array in layer)
    rows = read_log("log.csv")
    assert 1 <= len(rows) < 17
    assert all(math.isfinite(float(row[1])) for row in rows)
    assert train(*options) == 2
    assert "The results so far" not in capsys.readouterr().err


def test_ctrl_c_stops_between_updates(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """An interrupt inside the third slice: the slice is finished, and what is complete is written."""
    advance, calls = Trainer.advance, []

    def interrupted(self: Trainer, samples: int) -> None:
        calls.append(samples)
        if len(calls) == 3:
            signal.raise_signal(signal.SIGINT)
        advance(self, samples)

    monkeypatch.setattr(Trainer, "advance", interrupted)
    monkeypatch.setattr("cli.train.SLICE", 100)
    monkeypatch.setattr("cli.train.SLICE_SECONDS", 1e9)  # each slice is twice as long as the one before
    handler = signal.getsignal(signal.SIGINT)
    options = ["--preset", "gauss", "--weights", "w.npz", "--log", "log.csv"]
    assert train(*options, "--epochs", "9") == 130
    assert signal.getsignal(signal.SIGINT) is handler
    assert calls == [100, 200, 400]
    out, err = capsys.readouterr()
    assert (out, err) == ("", "Stopped at epoch 2, sample 200. The results so far are in w.npz and log.csv.\n")
    assert len(read_log("log.csv")) == 3
    stopped = Path("w.npz").read_bytes()
    monkeypatch.setattr(Trainer, "advance", advance)
    assert train(*options, "--epochs", "2", "--samples", "200") == 0
    assert Path("w.npz").read_bytes() == stopped


def test_a_second_ctrl_c_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(self: Trainer, samples: int) -> None:
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Trainer, "advance", interrupted)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # which a job in the background does not have
    try:
        with pytest.raises(KeyboardInterrupt):
            train("--weights", "w.npz")
    finally:
        signal.signal(signal.SIGINT, before)
    assert not Path("w.npz").exists()


def test_a_disk_that_fills_up_meanwhile(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.base.atomic_files._replace", full)
    Path("w.npz").write_bytes(b"before")
    assert train("--epochs", "1", "--weights", "w.npz", "--log", "log.csv") == 2
    out, err = capsys.readouterr()
    assert out.startswith("epoch=1 ")
    assert err.count("\n") == 1
    assert "w.npz cannot be written (No space left on device)" in err
    assert "log.csv cannot be written (No space left on device)" in err
    assert Path("w.npz").read_bytes() == b"before"
    assert [path.name for path in Path().iterdir()] == ["w.npz"]


# ---- Files that cannot be.


def test_outputs_are_checked_before_training(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    def never(*_: object) -> None:
        pytest.fail("training began")

    monkeypatch.setattr(Trainer, "advance", never)
    Path("points.txt").write_text("1 2 0\n2 1 1\n")
    Path("old.npz").write_bytes(b"old")
    places = [
        (["--weights", "no/w.npz"], "there is no folder"),
        (["--log", "."], "is a folder"),
        (["--weights", "same", "--log", "./same"], "--weights: same is the file of --log"),
        (["--data", "points.txt", "--log", "points.txt"], "--log: points.txt is the file of the data"),
        (["--log", str(REPOSITORY / "data" / "train.txt")], "is the file of the data"),
    ]
    for options, says in places:
        assert train("--weights", "old.npz", *options) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert says in err
    assert Path("old.npz").read_bytes() == b"old"
    assert sorted(path.name for path in Path().iterdir()) == ["old.npz", "points.txt"]
    assert Path("points.txt").read_text() == "1 2 0\n2 1 1\n"


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04" + bytes(100)])
def test_initial_weights_that_are_none(content: bytes, capsys: Capture) -> None:
    Path("w.npz").write_bytes(content)
    assert train("--initial-weights", "w.npz", "--log", "log.csv") == 2
    assert capsys.readouterr().err.startswith("--initial-weights: w.npz is damaged or no .npz file")
    assert not Path("log.csv").exists()


def test_pickled_initial_weights_run_no_code(capsys: Capture) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, ("exploded",)

    hostile = np.array([[Bomb()] * 7] * 2, dtype=object)
    np.savez("w.npz", W1=hostile, b1=np.zeros(7), W2=np.zeros((7, 2)), b2=np.zeros(2))
    assert train("--initial-weights", "w.npz") == 2
    assert 'W1 in w.npz has the type "|O"' in capsys.readouterr().err
    assert not Path("exploded").exists()


def test_initial_weights_of_another_network(capsys: Capture) -> None:
    assert train("--hidden", "5", "--epochs", "0", "--weights", "w.npz") == 0
    capsys.readouterr()
    assert train("--initial-weights", "w.npz") == 2
    assert "W1 in w.npz has the shape (2, 5), but the network 2-7-2 needs (2, 7)" in capsys.readouterr().err
    assert train("--initial-weights", "w.npz", "--hidden", "5", "--epochs", "0") == 0


# ---- The program as a whole.


def program(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_through_the_entry_point() -> None:
    done = program(str(REPOSITORY / "main.py"), "train", "--preset", "gauss", "--epochs", "2", "--weights", "w.npz")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("epoch=2 train_loss=0.")
    refused = program(str(REPOSITORY / "main.py"), "train", "--epochs", "x")
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (2, "", 1)


WITHOUT_QT = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("PyQt5", "pyqtgraph", "tqdm"):
            raise ImportError(name + " must not be needed")
sys.meta_path.insert(0, Blocked())
sys.path.insert(0, sys.argv[1])
from cli.main import main
status = main(["train", "--preset", "gauss", "--epochs", "1"])
assert not [name for name in sys.modules if name.partition(".")[0] in ("PyQt5", "pyqtgraph")]
sys.exit(status)
"""


def test_training_needs_neither_qt_nor_tqdm() -> None:
    done = program("-c", WITHOUT_QT, str(REPOSITORY))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("epoch=1 ")


def on_a_terminal(*arguments: str) -> str:
    """What the program writes on a terminal of 100 columns."""
    import fcntl
    import pty
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    command = [sys.executable, str(REPOSITORY / "main.py"), "train", "--engine", "numpy", *arguments]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    written = b""
    try:
        while chunk := os.read(ours, 4096):
            written += chunk
    except OSError:  # Linux: the other side is closed
        pass
    finally:
        os.close(ours)
    assert process.wait(60) == 0
    return written.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_a_terminal_shows_a_bar_if_it_can() -> None:
    has_tqdm = importlib.util.find_spec("tqdm") is not None
    shown = on_a_terminal("--preset", "gauss", "--epochs", "3")
    assert ("100%" in shown or "0%" in shown) is has_tqdm
    assert shown.splitlines()[-1].split("\r")[-1].startswith("epoch=3 ")
    assert "%" not in on_a_terminal("--preset", "gauss", "--epochs", "3", "--quiet")


def test_the_log_has_a_row_for_each_epoch_whether_it_is_recorded_or_not() -> None:
    """Behind epoch 512 not every epoch is; and up to there many epochs are trained at a time."""
    assert train("--preset", "gauss", "--epochs", "520", "--log", "log.csv") == 0
    rows = read_log("log.csv")
    assert [int(row[0]) for row in rows] == list(range(521))
    for epoch in (1, 300, 513, 520):
        assert train("--preset", "gauss", "--epochs", str(epoch), "--log", "one.csv") == 0
        assert read_log("one.csv")[-1] == rows[epoch]
