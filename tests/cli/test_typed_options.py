"""Options as they are typed: those without effect are told, messages name them, and files are what their names say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cli.main import main
from core.base.program import ROOT
from core.options.argument_table import ARGUMENTS
from tests.cli.test_options import complaint


def told(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    """What standard error says of a command that succeeds."""
    assert main(argv) == 0
    err = capsys.readouterr().err
    assert err.count("\n") <= 1
    return err.rstrip("\n")


TRAIN = ("train", "--epochs", "0")


@pytest.mark.parametrize(
    ("options", "unused"),
    [
        (["--momentum", "0.5", "--optimizer", "sgd"], ["--momentum"]),
        (["--momentum", "0.5", "--optimizer", "rmsprop"], ["--momentum"]),
        (["--momentum", "0.5", "--optimizer", "adam"], []),
        (["--momentum", "0.5", "--optimizer", "nesterov"], []),
        (["--dropout", "0.1", "--hidden", "none"], ["--dropout"]),
        (["--dropout", "0.1", "--hidden", "4"], []),
        (["--activation", "relu", "--hidden", "none"], ["--activation"]),
        (["--only-sample", "0", "--batch-size", "8"], ["--batch-size"]),
        (["--only-sample", "0", "--train-fraction", "0.5"], ["--train-fraction"]),
        (["--only-sample", "0", "--shuffle"], ["--shuffle"]),
        (["--shuffle", "--batch-size", "8", "--train-fraction", "0.5"], []),
        (
            ["--only-sample", "0", "--hidden", "none", "--dropout", "0.1", "--batch-size", "2"],
            ["--batch-size", "--dropout"],
        ),
    ],
)
def test_an_option_without_effect_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], options: list[str], unused: list[str]
) -> None:
    line = told(capsys, *TRAIN, *options)
    assert line.count("has no effect: ") == len(unused)
    for option in unused:
        assert f"{option} has no effect: " in line


def test_a_later_change_gives_an_option_its_effect(capsys: pytest.CaptureFixture[str]) -> None:
    train = ("train", "--epochs", "1", "--optimizer", "sgd")
    assert told(capsys, *train, "--momentum", "0.5", "--change", "10:optimizer=momentum") == ""
    line = told(capsys, *train, "--change", "10:momentum=0.5")
    assert line == "--change 10:momentum has no effect: the optimizer sgd takes none."


def test_a_change_behind_the_end_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    line = told(capsys, "train", "--epochs", "1", "--change", "1000:l1=0.5")
    assert line == "--change 1000:l1 has no effect: the run ends at position 1000."


def test_initial_weights_overrule_their_distribution(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = str(tmp_path / "w.npz")
    assert told(capsys, *TRAIN, "--weights", file) == ""
    line = told(capsys, *TRAIN, "--initial-weights", file, "--init", "he", "--bias", "0.1")
    assert "--init has no effect: " in line
    assert "--bias has no effect: " in line


def test_a_sheet_has_no_effect_on_a_text(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("a,b,c\n1,2,0\n2,3,1\n3,1,0\n")
    line = told(capsys, *TRAIN, "--data", str(file), "--sheet", "2")
    assert line == "--sheet has no effect: the file is no workbook."


def test_options_of_text_have_no_effect_on_arrays(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "points.npz"
    np.savez(file, a=np.arange(6.0), b=np.arange(6.0) ** 2, c=np.arange(6) % 2)
    line = told(capsys, *TRAIN, "--data", str(file), "--target", "c", "--delimiter", ";")
    assert line == "--delimiter has no effect: the file holds no text."


BAD = ("zzz", "-1", "0", "1e9", "nan", "1.5", "9" * 20, "a\nb" * 200)


@pytest.mark.parametrize("argument", [a for a in ARGUMENTS if a.metavar and a.field != "data"], ids=lambda a: a.option)
def test_every_refused_value_names_its_option(capsys: pytest.CaptureFixture[str], argument: object) -> None:
    option = getattr(argument, "option")  # noqa: B009
    for data in (["--data", "moons", "--points", "20"], ["--rule", "x1 > x2", "--points", "20"]):
        for value in BAD:
            if main([*TRAIN, *data, f"{option}={value}"]) == 2:
                err = capsys.readouterr().err
                assert option in err
                assert err.count("\n") == 1
                assert len(err) <= 241
            capsys.readouterr()


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (["train", "--data", "spiral3", "--classes", "1000"], "--classes: "),
        (["train", "--data", "moons", "--points", "1"], "--points: "),
        (["train", "--data", "moons", "--noise", "99"], "--noise: "),
        (["train", "--data", "moons", "--data-seed", "-1"], "--data-seed: "),
        (["train", "--data", "moons", "--class-names", "a,b,c"], "--class-names: "),
        (["train", "--data", "moons", "--class-names", "a,a"], "--class-names: "),
        (["train", "--only-sample", "99999"], "--only-sample: "),
        (["train", "--change", "10:learning-rate=-1"], "--change: learning-rate: "),
        (["train", "--change", "10:learning-rate=fast"], "--change: learning-rate: "),
        (["train", "--change", "10:patience=5"], "--change: patience: "),
        (["record", "--out", "x.gif", "--fps", "99"], "--fps: "),
        (["record", "--out", "x.gif", "--seconds", "9999"], "--seconds: "),
        (["record", "--out", "x.gif", "--size", "1x1"], "--size: "),
        (["record", "--out", "x.png"], "--out: "),
        (["train", "--data", "nowhere.csv"], "--data: "),
        (["train", "--initial-weights", "nowhere.npz"], "--initial-weights: "),
        (["train", "--project", "nowhere.lens"], "--project: "),
        (["--project", "nowhere.lens"], "--project: "),
        (["train", "--project", __file__], "--project: "),
        (["train", "--weights", "/nowhere/w.npz"], "--weights: "),
        (["train", "--log", "/nowhere/w.csv"], "--log: "),
        (["train", "--save", "/nowhere/w.lens"], "--save: "),
        (["export", "--to", "numpy", "--out", "/nowhere/w.py"], "--out: "),
        (["render", "--out", "/nowhere/w.png"], "--out: "),
        (["record", "--out", "/nowhere/w.gif"], "--out: "),
    ],
)
def test_messages_name_the_option_as_it_is_typed(
    capsys: pytest.CaptureFixture[str], words: list[str], option: str
) -> None:
    assert complaint(capsys, *words).startswith(option)


def test_patience_speaks_of_the_option_and_not_of_a_field(capsys: pytest.CaptureFixture[str]) -> None:
    for line in (complaint(capsys, "train", "--patience", "5"), complaint(capsys, "train", "--change", "9:patience=5")):
        assert "--train-fraction" in line
        assert "_" not in line


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--target", "zz"], "--target: "),
        (["--inputs", "a,zz", "--target", "c"], "--inputs: "),
        (["--inputs", "a,b", "--shown", "a,zz", "--target", "c"], "--shown: "),
        (["--inputs", "a,a"], "--inputs: "),
        (["--inputs", "a,b,a", "--target", "c"], "--inputs: "),
        (["--inputs", "b,b", "--shown", "a,b"], "--inputs and --shown: "),
        (["--shown", "a,a", "--target", "c"], "--shown: "),
        (["--skip-lines", "99"], "--data: "),
        (["--delimiter", "tab"], "--data: "),
        (["--target", "c", "--delimiter", ";;"], "--delimiter: "),
        (["--target", "c", "--skip-lines", "-3"], "--skip-lines: "),
    ],
)
def test_messages_of_a_table_name_the_option(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, options: list[str], named: str
) -> None:
    file = tmp_path / "t.csv"
    file.write_text("a,b,c\n1,2,0\n2,3,1\n3,1,0\n")
    assert complaint(capsys, *TRAIN, "--data", str(file), *options).startswith(named)


@pytest.mark.parametrize("name", ["x.jpg", "x.jpeg", "x.gif", "x.pdf", "x"])
def test_a_picture_of_another_kind_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    line = complaint(capsys, "render", "--epochs", "0", "--out", str(tmp_path / name))
    assert line.startswith("--out: ")
    assert line.endswith("name a file that ends with .png or .svg.")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "begin"), [("x.png", b"\x89PNG"), ("x.svg", b"<?xml"), ("X.SVG", b"<?xml")])
def test_a_picture_is_of_the_kind_that_its_name_says(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, begin: bytes
) -> None:
    assert main(["render", "--epochs", "0", "--size", "800x600", "--out", str(tmp_path / name)]) == 0
    assert capsys.readouterr().err == ""
    assert (tmp_path / name).read_bytes().startswith(begin)


def test_weights_and_exports_are_of_the_kind_that_their_names_say(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert "ends with .npz" in complaint(capsys, *TRAIN, "--weights", str(tmp_path / "w.csv"))
    out = ("--epochs", "0", "--out", str(tmp_path / "net.json"))
    assert "ends with .py" in complaint(capsys, "export", "--to", "numpy", *out)
    assert main(["export", "--to", "json", *out]) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["train", "--epochs", "0"],
        ["report", "--epochs", "0"],
        ["explain", "--sample", "0", "--engine", "numpy"],
    ],
)
@pytest.mark.parametrize("buffer", [[], ["-u"]])
def test_a_full_standard_output_is_no_fault_of_the_program(words: list[str], buffer: list[str]) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with open("/dev/full", "w") as full:
        result = subprocess.run(
            [sys.executable, *buffer, "main.py", *words],
            cwd=ROOT,
            env=environment,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert result.returncode == 2
    assert result.stderr == (
        "Standard output cannot be written: No space left on device; what was printed is not complete.\n"
    )


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))
import main
sys.exit(main.main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit can be set there")
@pytest.mark.parametrize(
    "words",
    [
        ["train", "--epochs", "0", "--weights", "out.npz"],
        ["train", "--epochs", "9", "--log", "out.csv"],
        ["export", "--epochs", "0", "--to", "numpy", "--out", "out.py"],
        ["export", "--epochs", "0", "--to", "predictions", "--out", "out.csv"],
        ["render", "--epochs", "0", "--size", "800x600", "--out", "out.png"],
        ["record", "--epochs", "1", "--seconds", "0.1", "--size", "200x200", "--view", "decision", "--out", "out.gif"],
    ],
)
def test_a_file_that_cannot_be_written_whole_is_told_and_leaves_nothing(tmp_path: Path, words: list[str]) -> None:
    words = [str(tmp_path / word) if word.startswith("out.") else word for word in words]
    result = subprocess.run(
        [sys.executable, "-c", LIMITED, *words, "--engine", "numpy"],
        cwd=ROOT,
        env=os.environ | {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert "cannot be written" in result.stderr
    assert result.stderr.count("\n") == 1
    assert not [path for path in tmp_path.iterdir() if path.is_file() and path.suffix != ".log"]
