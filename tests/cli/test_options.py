"""Reading the command line: what is given overrides the preset, and what is wrong is told in one line."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cli.main import COMMANDS, main
from cli.options import make_parser, read_experiment
from cli.window import make_film
from core.data.data_source import DataSource
from core.data.features import features_of
from core.data.generators import GENERATORS
from core.data.tables.column_choice import MISSING_RULES, Choice
from core.data.tables.reading import DECIMALS, ENCODINGS, Reading
from core.network.activations import HIDDEN_ACTIVATIONS, OUTPUT_ACTIVATIONS
from core.network.initializers import INITIALIZERS
from core.network.losses import LOSSES, why_not
from core.network.optimizers import OPTIMIZERS
from core.network.tasks import TASKS
from core.options.argument_table import ARGUMENTS
from core.options.arguments import to_arguments
from core.options.spelling import one_of
from core.options.table_arguments import parse_columns, write_columns
from core.training.experiment import (
    ENGINES,
    MAX_BATCH,
    MAX_DROPOUT,
    MAX_MOMENTUM,
    MAX_SCALE,
    MAX_SEED,
    Decay,
    Experiment,
    Init,
)
from core.training.presets import PRESETS
from tests.core.support import FLOWERS, examples, flowers_text


def parsed(*argv: str) -> Experiment:
    return read_experiment(make_parser("train", "", "").read(argv))


def complaint(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    """The one line with which a command line is refused."""
    assert main(argv) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.endswith("\n")
    assert err.count("\n") == 1
    return err.strip()


# ---- Experiments.

builtin_data = st.sampled_from(list(GENERATORS)).flatmap(
    lambda kind: st.builds(
        DataSource,
        st.just(kind),
        samples=st.integers(GENERATORS[kind].least, 1_000_000),
        noise=st.floats(0, 50),
        seed=st.integers(0, 2**70),
    )
)
letters = st.text("abc -=.", min_size=1, max_size=6).filter(lambda name: name.strip(".") != "")
paths = st.lists(letters, min_size=1, max_size=3).map(lambda parts: str(Path(*parts)))
files = st.builds(lambda path, task: DataSource("file", path, task=task), paths, st.sampled_from(TASKS))
names = st.text("ab ,\"-'\n;ü", max_size=5)


@st.composite
def tables(draw: st.DrawFn) -> DataSource:
    """A file of chosen columns, or one that is read in a given way, or both."""
    reading = Reading(
        draw(st.sampled_from(list(ENCODINGS))),
        draw(st.sampled_from(["\t", ";", ",", None, "^"])),
        draw(st.sampled_from(list(DECIMALS))),
        draw(st.sampled_from(["", "'", " "])),
        draw(st.booleans()),
        draw(st.sampled_from(["", "#", "//"])),
        draw(st.sampled_from(["", '"'])),
        draw(st.integers(0, 9)),
    )
    *inputs, target = draw(st.lists(names, min_size=3, max_size=6, unique=True).filter(lambda found: found[-1].strip()))
    shown = draw(st.permutations(inputs))[:2]
    choice = Choice(
        (shown[0], shown[1]),
        target,
        draw(st.sampled_from(TASKS)),
        tuple(inputs),
        draw(st.sampled_from(list(MISSING_RULES))),
    )
    both = draw(st.sampled_from([(reading, None), (None, choice), (reading, choice)]))
    return DataSource("file", draw(paths), reading=both[0], choice=both[1])


scales = st.one_of(st.none(), st.floats(0, MAX_SCALE))
inits = st.sampled_from(list(INITIALIZERS)).flatmap(
    lambda name: st.builds(Init, st.just(name), scales if INITIALIZERS[name].scale is not None else st.none())
)
decays = st.sampled_from(
    [Decay(), Decay("step"), Decay("step", (3, 0.1)), Decay("exponential", (0.9999,)), Decay("cosine", (7, 0.25))]
)


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    """Any experiment that can be."""
    data = draw(st.one_of(st.just(DataSource("train.txt")), builtin_data, files, tables()))
    hidden = tuple(draw(st.lists(st.integers(1, 256), max_size=10)))
    each = st.tuples(*[st.sampled_from(HIDDEN_ACTIVATIONS)] * len(hidden))
    task = data.task or ""
    pairs = [(loss.name, o) for loss in LOSSES.values() for o in OUTPUT_ACTIVATIONS if not why_not(loss, o, task)]
    loss, output = draw(st.sampled_from(pairs))
    fraction = draw(st.floats(0, 1, exclude_min=True))
    share = st.floats(0, 1)
    return Experiment(
        data=data,
        features=tuple(draw(st.lists(st.sampled_from(list(features_of(data.dimensions))), min_size=1, unique=True))),
        hidden=hidden,
        activation=draw(st.one_of(st.sampled_from(HIDDEN_ACTIVATIONS), each if hidden else st.just("tanh"))),
        output=output,
        loss=loss,
        optimizer=draw(st.sampled_from(list(OPTIMIZERS))),
        momentum=draw(st.floats(0, MAX_MOMENTUM)),
        learning_rate=draw(st.floats(0, 1e300, exclude_min=True)),
        schedule=draw(decays),
        warm_up=draw(st.integers(0, 9)),
        batch_size=draw(st.integers(1, MAX_BATCH)),
        l1=draw(share),
        l2=draw(share),
        dropout=draw(st.floats(0, MAX_DROPOUT)),
        init=draw(inits),
        bias=draw(st.floats(-1e300, 1e300)),
        seed=draw(st.integers(0, MAX_SEED)),
        shuffle=draw(st.booleans()),
        train_fraction=fraction,
        standardize=draw(st.booleans()),
        standardize_target=draw(st.booleans()),
        only_sample=draw(st.one_of(st.none(), st.integers(0, 10**12))),
        patience=None if fraction == 1.0 else draw(st.one_of(st.none(), st.integers(1, 99))),
        stop_loss=draw(st.one_of(st.none(), share)),
        engine=draw(st.sampled_from(ENGINES)),
    )


dashes = Choice(("", ";"), "--", "classification", ("", ";", "a"))
lines_in_names = Choice((";", ";\n;"), "a\rb", "classification", (";", ";\n;"))


@settings(max_examples=examples(60))
@example(experiment=Experiment(data=DataSource("file", "f.csv", choice=lines_in_names)))
@example(experiment=Experiment(data=DataSource("file", "f.csv", choice=dashes)))
@given(experiment=experiments())
def test_an_experiments_arguments_give_it_back(experiment: Experiment) -> None:
    assert parsed(*to_arguments(experiment)) == experiment


def test_nothing_gives_the_default() -> None:
    assert parsed() == Experiment()


@pytest.mark.parametrize("name", PRESETS)
def test_presets_and_what_overrides_them(name: str) -> None:
    preset = PRESETS[name].experiment
    assert parsed("--preset", name) == preset
    assert parsed("--preset", name, "--seed", "5", "--hidden=3,2") == preset.replace(seed=5, hidden=(3, 2))
    assert parsed("--hidden=3,2", "--seed", "5", "--preset", name) == preset.replace(seed=5, hidden=(3, 2))


@pytest.mark.parametrize("names", [("a,b", '"'), ("", ";\n;"), ("a\r", " b"), ("\r\n", "x\ny")])
def test_columns_of_any_name_can_be_spelled(names: tuple[str, ...]) -> None:
    assert parse_columns(write_columns(names)) == names


def test_data_options() -> None:
    assert parsed("--data", "moons").data == DataSource("moons", noise=10.0)
    assert parsed("--data", "moons", "--points", "30", "--noise", "0").data == DataSource("moons", samples=30)
    assert parsed("--preset", "moons", "--data-seed", "4").data == DataSource("moons", noise=10.0, seed=4)


def test_what_is_not_given_of_a_table_is_found_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("f.csv").write_text(flowers_text())
    flowers = Choice(FLOWERS.inputs[:2], "species", inputs=FLOWERS.inputs)
    whole = parsed("--data", "f.csv", "--target", "species", "--hidden", "3")
    assert (whole.data.choice, whole.data.reading) == (flowers, None)
    assert whole.features == ("x1", "x2", "x3", "x4")
    some = parsed("--data", "f.csv", "--inputs", "sepal length (cm),petal width (cm)", "--delimiter", "comma")
    assert some.data.choice == Choice(("sepal length (cm)", "petal width (cm)"), "species")
    assert some.data.reading == Reading(header=True)
    number = parsed("--data", "f.csv", "--target", "petal width (cm)", "--missing", "most-frequent").data.choice
    assert number == Choice(FLOWERS.inputs[:2], "petal width (cm)", "regression", FLOWERS.inputs[:3], "most frequent")
    for experiment in (whole, some):
        words = to_arguments(experiment)
        assert parsed(*words) == experiment
        Path("f.csv").rename("kept.csv")  # it is not looked at
        assert parsed(*words) == experiment
        Path("kept.csv").rename("f.csv")
    for line, says in (
        ("--target specis", "f.csv has no column 'specis'; did you mean 'species'?"),
        ("--target species --inputs a,b", "f.csv has no column 'a'; choose from sepal length (cm), sepal width"),
        ("--inputs a", '--inputs: "a" does not name at least two columns; write them like a,b.'),
        (
            "--target species --shown a,b,c",
            '--shown: "a,b,c" names 3 columns; write the two columns to show, like a,b.',
        ),
        ("--missing men", '--missing: "men" is unknown; did you mean mean?'),
        ("--delimiter xy", "The setting delimiter is 'xy'; give one character"),
        (
            "--seed 1",
            "f.csv has 5 columns, but two inputs and a label are expected; choose which to take (--target",
        ),
        ("--data circle --target t", "--target is for files, and circle is a built-in set; leave it out."),
    ):
        assert says in complaint(capsys, "train", "--data", "f.csv", *line.split(" "))


def test_a_guessed_target_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("f.csv").write_text(flowers_text())
    inputs = ["--inputs", "sepal length (cm),petal width (cm)"]
    assert main(["train", "--data", "f.csv", "--epochs", "1", "--quiet", *inputs]) == 0
    said = capsys.readouterr().err
    assert said == "The target is a guess: 'species' is learned, by classification; see --target and --task.\n"
    assert main(["train", "--data", "f.csv", "--epochs", "1", "--quiet", *inputs, "--target", "species"]) == 0
    assert capsys.readouterr().err == ""


def test_doubts_are_refused_unless_an_option_settles_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("f.csv").write_text("a;b;k\n" + "".join(f"1{n}.500;{n},5;{'xy'[n % 2]}\n" for n in range(6)))
    words = ["train", "--data", "f.csv", "--target", "k", "--missing", "refuse", "--epochs", "1", "--quiet"]
    says = "if the point is a decimal mark, the mark of thousands should be none. See --thousands."
    assert says in complaint(capsys, *words)
    assert says in complaint(capsys, *words, "--delimiter", "semicolon")
    assert main([*words, "--thousands", "point"]) == 0


def test_the_last_of_two_wins() -> None:
    assert parsed("--shuffle", "--no-shuffle").shuffle is False
    assert parsed("--only-sample", "4", "--all-samples").only_sample is None
    assert parsed("--preset", "deep-one-sample", "--all-samples") == PRESETS["deep"].experiment


# ---- What is refused.

WRONG: list[tuple[str, str]] = [
    ("trian", 'There is no command "trian"; did you mean train?'),
    ("abacus", 'There is no command "abacus"; there are train, sweep, render'),
    ("check-gradient", 'There is no command "check-gradient"; did you mean check-gradients?'),
    ("check-gradients --weights w.npz", "There is no option --weights;"),
    ("check-gradients --hidden 0", "--hidden: 0 neurons in a layer must be a whole number from 1 to 256."),
    ("check-gradients --data nowhere.txt", "There is no file nowhere.txt"),
    ("--project my.lens", "There is no file my.lens"),
    ("--project my.lens --hidden 3", "--project brings its own experiment; leave out --hidden."),
    ("train --project my.lens --preset xor", "--project brings its own experiment; leave out --preset."),
    ("--seed 3 train", '"train" is not expected here: a command comes before all options'),
    ("--lerning-rate 1", "There is no option --lerning-rate; did you mean --learning-rate?"),
    ("train --learning 1", "There is no option --learning;"),
    ("train --abacus", 'There is no option --abacus; "python main.py train --help" lists all.'),
    ("train extra", '"extra" is not expected here'),
    ("train --seed", '--seed: expected one argument; "python main.py train --help" shows how.'),
    ("train --shuffle=1", "--shuffle"),
    ("train --preset shalow", '--preset: "shalow" is unknown; did you mean shallow? choose shallow, deep,'),
    ("train --data cirle", 'no built-in data set "cirle"; did you mean circle?'),
    ("train --data nowhere.txt", "There is no file nowhere.txt"),
    ("train --data circle --points 1", "for circle give a whole number from 2 to 1 000 000"),
    ("train --data circle --points many", '--points: "many" is not a whole number; write one like 10.'),
    ("train --data circle --noise 51", "give a percentage from 0 to 50"),
    ("train --data circle --noise nan", "give a percentage from 0 to 50"),
    ("train --data circle --data-seed -1", "give a whole number from 0 upwards"),
    ("train --points 100", "--points is for built-in sets, and train.txt is a file"),
    ("train --hidden 7;7", '--hidden: "7;7" is not a list of layers; write 7 for'),
    ("train --hidden 0", "--hidden: 0 neurons in a layer must be a whole number from 1 to 256."),
    ("train --hidden 1,1,1,1,1,1,1,1,1,1,1", "--hidden: 11 hidden layers are too many"),
    ("train --activation softmax", f'--activation: "softmax" is unknown; choose {one_of(HIDDEN_ACTIVATIONS)}.'),
    ("train --output sofmax", '--output: "sofmax" is unknown; did you mean softmax?'),
    ("train --loss abacus", '--loss: "abacus" is unknown; choose '),
    ("train --optimizer abacus", '--optimizer: "abacus" is unknown; choose '),
    ("train --learning-rate fast", '--learning-rate: "fast" is not a number; write one like 0.01.'),
    ("train --learning-rate -1.5", "--learning-rate: -1.5 must be a finite number above 0, such as 0.01."),
    ("train --learning-rate inf", "--learning-rate: inf must be a finite number above 0"),
    ("train --batch-size 0", "--batch-size: 0 must be a whole number from 1 to 1000000."),
    ("train --batch-size 1.5", '--batch-size: "1.5" is not a whole number'),
    ("train --init normal:wide", '--init: "wide" is not a number; write it like normal:0.01.'),
    ("train --init norml", '--init: "norml" is unknown; did you mean normal?'),
    ("train --init zeros:1.5", '--init: "zeros" takes no scale; leave out ":1.5".'),
    ("train --init normal:-1.5", "--init: the scale -1.5 must be a number from 0 to 1e+100."),
    ("train --seed -1", "--seed: -1 must be a whole number from 0 to"),
    ("train --train-fraction 1.5", "--train-fraction: 1.5 must be above 0 and at most 1, such as 0.8"),
    ("train --train-fraction nan", "--train-fraction: nan must be above 0"),
    ("train --only-sample 1000", "--only-sample: 1000 is behind the last row; choose one from 0 to 999."),
    ("train --only-sample -1", "--only-sample: -1 must be a whole number of at least 0."),
    ("train --epochs -1", "--epochs: -1 must be a whole number of at least 0."),
    ("train --epochs some", '--epochs: "some" is not a whole number'),
    ("train --engine abacus", '--engine: "abacus" is unknown; choose auto, compiled or numpy.'),
    ("train --initial-weights nowhere.npz", "There is no file nowhere.npz"),
    ("render", "--out is missing: name the picture's file, such as --out window.png."),
    ("render --out nowhere/window.png", "there is no folder"),
    ("render --out w.png --size big", '--size: "big" is not a size; write width x height in pixels'),
    ("render --out w.png --size 100x100", "from 200 to 10000, such as 1600x1000."),
    ("render --out w.png --theme drak", '--theme: "drak" is unknown; did you mean dark?'),
]


@pytest.mark.parametrize(("line", "says"), WRONG, ids=[line for line, _ in WRONG])
def test_refused_in_one_line(
    line: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    outputs = ["--weights", "w.npz", "--log", "l.csv"] if line.startswith("train") else []
    argv = line.split(" ")
    assert says in complaint(capsys, *argv[:1], *outputs, *argv[1:])
    assert list(tmp_path.iterdir()) == [], "nothing is written"


def test_a_line_stays_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    for text in ("a\nb", "a\r\nb", "\n"):
        for option in ("--data", "--preset", "--hidden", "--seed", "--init", "--initial-weights", "--weights=x/"):
            complaint(capsys, "train", option, text)
        complaint(capsys, text)
        complaint(capsys, "train", text)


# ---- Help.


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_help(command: Sequence[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main([*command, "--help"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert out.isascii(), "any terminal can show it"
    assert max(map(len, out.splitlines())) <= 80
    words = out.replace("-\n", "-").split()
    for argument in ARGUMENTS:
        assert argument.option in words
        assert not argument.opposite or argument.opposite in words
    for name in PRESETS:
        assert name in " ".join(words).replace("- ", "-")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("Backprop Lens ")


@pytest.mark.parametrize("collects", [True, False])
def test_a_refused_window_leaves_garbage_collection_as_it_was(collects: bool) -> None:
    """While there is a QApplication only its own thread may collect."""
    before = gc.isenabled()
    (gc.enable if collects else gc.disable)()
    try:
        assert main(["--version"]) == 0
        assert main(["--nonsense"]) == 2
        assert gc.isenabled() == collects
    finally:
        (gc.enable if before else gc.disable)()


Capture = pytest.CaptureFixture[str]
NAMELESS = [
    *((command, "--out") for command in ("render", "record", "export", "sweep")),
    *(("train", option) for option in ("--weights", "--log", "--save", "--initial-weights", "--target", "--sheet")),
    *((command, "--project") for command in ("train", "explain", "report")),
    ("train", "--branch"),
]


@pytest.mark.parametrize("empty", ["", "  "])
@pytest.mark.parametrize(("command", "option"), NAMELESS)
def test_an_empty_name_is_refused(
    command: str, option: str, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.chdir(tmp_path)
    assert complaint(capsys, command, option, empty) == f'{option}: "" names nothing; write a name behind the option.'
    assert not list(tmp_path.iterdir())


# ---- Handing over to the window and the picture. What they do is tested where they are.


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What gui.window.application.run and gui.offscreen.render_window.render were called with."""
    calls: list[tuple[Any, ...]] = []

    def record(*arguments: object) -> int:
        calls.append(arguments)
        return 0

    for module, function in (("gui.window.application", "run"), ("gui.offscreen.render_window", "render")):
        stand_in = ModuleType(module)
        setattr(stand_in, function, record)
        monkeypatch.setitem(sys.modules, module, stand_in)
        monkeypatch.setattr(f"gui.{module[4:]}", stand_in, raising=False)
    return calls


def test_the_window_gets_the_run(handed: list[tuple[Any, ...]], tmp_path: Path) -> None:
    assert main(["train", "--epochs", "0", "--weights", str(tmp_path / "w.npz")]) == 0
    assert main([]) == 0
    assert main(["--preset", "blobs", "--epochs", "3"]) == 0
    assert main(["--preset", "blobs", "--seed", "3"]) == 0
    assert main(["--initial-weights", str(tmp_path / "w.npz")]) == 0
    start, blobs, changed, weights = handed
    assert start[0] == Experiment()
    assert len(start[1]) == 1000
    assert start[2:] == (16, None, make_film, None)
    assert blobs[0] == PRESETS["blobs"].experiment
    assert blobs[2:] == (3, None, make_film, None)
    assert changed[0] == replace(PRESETS["blobs"].experiment, seed=3)
    assert weights[3].shape == (37,)


def test_the_picture_gets_the_run(handed: list[tuple[Any, ...]], tmp_path: Path) -> None:
    out = tmp_path / "window.png"
    assert main(["render", "--preset", "xor", "--epochs", "2", "--out", str(out)]) == 0
    assert main(["render", "--out", str(out), "--size", "800X600", "--theme", "dark"]) == 0
    (experiment, dataset, *rest), second = handed
    assert experiment == PRESETS["xor"].experiment
    assert len(dataset) == 500
    assert rest == [2, out, (1600, 1000), "light", None]
    assert second[4:6] == ((800, 600), "dark")
