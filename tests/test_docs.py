"""What README, guide and the other texts say: every command runs, every link leads somewhere, every table is true."""

from __future__ import annotations

import gc
import re
import shlex
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtWidgets import QApplication

from cli.main import COMMANDS, main
from core.data.data_source import default_source, load
from core.network.network import count_parameters
from core.options.argument_table import ARGUMENTS
from core.storage.project import Project, save_project
from core.storage.weights_file import save_weights
from core.training.presets import PRESETS
from core.training.saved_run import save_run
from core.training.trainer import Trainer
from gui.window.actions import ACTIONS

REPOSITORY = Path(__file__).resolve().parents[1]
GUIDE = sorted((REPOSITORY / "docs" / "guide").glob("*.md"))
README = REPOSITORY / "README.md"
TEXTS = [*sorted(REPOSITORY.glob("*.md")), *sorted(REPOSITORY.glob("*/*.md")), *GUIDE]
PROGRAMS = ("python main.py", "backprop-lens")
Capture = pytest.CaptureFixture[str]


# ---- Commands.

BLOCK = re.compile(r"(?:<!-- result: (?P<claim>[^>]*>=[^>]*) -->\n)?```[a-z]*\n(?P<text>.*?)```", re.DOTALL)


def blocks() -> Iterator[tuple[str, str, str]]:
    """The name, the commands and the claimed result of each code block that runs the program."""
    for path in [README, *GUIDE]:
        for number, match in enumerate(BLOCK.finditer(path.read_text(encoding="utf-8")), start=1):
            if match["text"].startswith(PROGRAMS):
                yield f"{path.stem}-{number}", match["text"], match["claim"] or ""


def commands(block: str) -> Iterator[list[str]]:
    """The arguments of each command of a block."""
    for line in block.replace("\\\n", " ").splitlines():
        program = next((program for program in PROGRAMS if line.startswith(program)), None)
        assert program is not None, f"a block of commands has another line: {line}"
        yield shlex.split(line.removeprefix(program))


@pytest.fixture(scope="module")
def run_to_open() -> Project:
    preset = PRESETS["spiral"]
    trainer = Trainer(preset.experiment, load(preset.experiment.data))
    trainer.advance(1000)
    return Project(trainer.experiment, trainer.preparation.dataset, save_run(trainer))


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run_to_open: Project) -> None:
    """The files that the commands read, in a folder of their own, which is the current one."""
    monkeypatch.chdir(tmp_path)
    save_project("spiral.lens", run_to_open)
    moons = load(default_source("moons"))
    rows = zip(moons.points.tolist(), moons.labels.tolist(), strict=True)
    lines = [f"{x1},{x2},{('red', 'blue')[label]}" for (x1, x2), label in rows]
    Path("points.csv").write_text("\n".join(["x1,x2,label", *lines]) + "\n")
    write_flowers(Path("iris.csv"))
    write_playground()


def write_flowers(path: Path) -> None:
    """Three species by four lengths, as in the table of the irises."""
    rng = np.random.default_rng(7)
    species = {"setosa": (5.0, 3.4, 1.5, 0.2), "versicolor": (5.9, 2.8, 4.3, 1.3), "virginica": (6.6, 3.0, 5.6, 2.0)}
    lines = ["sepal length,sepal width,petal length,petal width,species"]
    for name, lengths in species.items():
        rows = rng.normal(lengths, 0.05 * np.array(lengths), (50, 4))
        lines += [",".join([*(f"{value:.1f}" for value in row), name]) for row in rows]
    path.write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize(("block", "claim"), [pytest.param(b, c, id=name) for name, b, c in blocks()])
def test_every_command_runs(
    files: None, block: str, claim: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setattr(QApplication, "exec_", close_all_windows)
    interval, hook = sys.getswitchinterval(), sys.excepthook
    try:
        for argv in commands(block):
            assert main(argv) == 0, argv
            out, err = capsys.readouterr()
            assert err == ""
            if claim:
                check(claim, out)
            gc.collect()  # what is left of a window; the next command may make another one, see tests/conftest.py
    finally:
        sys.setswitchinterval(interval)
        sys.excepthook = hook


def close_all_windows(application: QApplication | None = None) -> int:
    """What the user does in a window that a command opened: look, and close it."""
    windows = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    assert windows, "the command opened no window"
    for _ in range(3):
        QApplication.processEvents()
    for window in windows:
        window.close()
    return 0


def check(claim: str, out: str) -> None:
    """Whether the last line that ``train`` printed is as good as the text claims."""
    name, least = claim.split(">=")
    result = dict(part.split("=") for part in out.splitlines()[-1].split())
    assert float(result[name.strip()]) >= float(least), out


def test_the_examples_cover_every_command_and_a_claim_can_fail() -> None:
    said = [argv for _, block, _ in blocks() for argv in commands(block)]
    assert {argv[0] for argv in said if argv and not argv[0].startswith("-")} == set(COMMANDS)
    assert any(argv and argv[0] == "--data" for argv in said), "a window is opened"
    assert sum(bool(claim) for _, _, claim in blocks()) >= 5
    with pytest.raises(AssertionError):
        check("train_accuracy >= 0.9", "epoch=1 train_loss=0.1 train_accuracy=0.5")


def test_the_same_commands_stand_in_the_readme_and_where_they_are_run() -> None:
    text = README.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 160
    venv = "python3 -m venv .venv && .venv/bin/pip install -r"
    assert f"\n{venv} requirements.txt && .venv/bin/python main.py\n" in text
    tests = f"{venv} requirements-dev.txt && .venv/bin/python -m pytest"
    assert f"\n{tests}\n" in text
    assert (REPOSITORY / ".ci" / "run").read_text().rstrip().endswith(tests)


def test_two_commands_that_train_as_far_write_the_same_weights(files: None) -> None:
    block = next(text for _, text, _ in blocks() if "a.npz" in text)
    for argv in commands(block):
        assert main(argv) == 0
    assert Path("a.npz").read_bytes() == Path("b.npz").read_bytes()


# ---- Links.

LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def anchors(path: Path) -> set[str]:
    """The anchors that GitHub gives the headings of a text."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_every_link_leads_somewhere(path: Path) -> None:
    for link in LINK.findall(path.read_text(encoding="utf-8")):
        if link.startswith("https://"):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.is_file(), link
        assert not anchor or anchor in anchors(target), link


def test_every_page_of_the_guide_is_in_its_index() -> None:
    index = (REPOSITORY / "docs" / "guide" / "README.md").read_text(encoding="utf-8")
    assert {link for link in LINK.findall(index) if "/" not in link} == {path.name for path in GUIDE} - {"README.md"}


FILE = re.compile(r"`((?:core|cli|gui|tests|docs|data|benchmarks)/[\w/.-]*)`")


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_every_file_that_is_named_exists(path: Path) -> None:
    if path.name == "CHANGELOG.md":  # which tells of files as they were
        return
    for name in FILE.findall(path.read_text(encoding="utf-8")):
        assert (REPOSITORY / name).exists(), name


# ---- Tables.


def table(page: str, heads: tuple[str, ...]) -> list[list[str]]:
    """The cells of the table with these column heads."""
    lines = (REPOSITORY / "docs" / "guide" / page).read_text(encoding="utf-8").splitlines()
    first = lines.index(f"| {' | '.join(heads)} |") + 2
    end = next(i for i in range(first, len(lines) + 1) if i == len(lines) or not lines[i].startswith("|"))
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[first:end]]


def test_the_keys_are_those_of_the_actions() -> None:
    signs = {"Right": "→", "Left": "←", "Up": "↑", "Down": "↓", "Return": "Enter"}

    def key(shortcut: str) -> str:
        return re.sub("Right|Left|Up|Down|Return", lambda match: signs[match[0]], shortcut)

    said = {(keys, action) for keys, action, _ in table("keys.md", ("key", "action", "what it does"))}
    assert said == {(key(spec.shortcut), spec.text.replace("&", "")) for spec in ACTIONS if spec.shortcut}


def test_the_options_are_those_of_the_program() -> None:
    text = (REPOSITORY / "docs" / "guide" / "command-line.md").read_text(encoding="utf-8")
    for argument in ARGUMENTS:
        assert {f"`{argument.option}`", f"`{argument.opposite}`"} & set(re.findall("`[^`]*`", text)), argument.option


PRESET_ROWS = table("training.md", ("name", "what it is", "epochs", "training loss", "right: training", "right: test"))


def test_every_preset_is_in_the_table() -> None:
    assert [name.strip("`") for name, *_ in PRESET_ROWS] == list(PRESETS)


@pytest.mark.needs_numba
@pytest.mark.parametrize("row", PRESET_ROWS, ids=lambda row: row[0].strip("`"))
def test_the_figures_of_the_presets_are_measured(row: list[str], capsys: Capture) -> None:
    name, _, epochs, loss, train, test = row
    assert main(["train", "--preset", name.strip("`")]) == 0
    result = dict(part.split("=") for part in capsys.readouterr().out.splitlines()[-1].split())
    score = "r2" if "R²" in train else "accuracy"
    assert result["epoch"] == epochs
    assert float(loss) == pytest.approx(float(result["train_loss"]), abs=last_place(loss))
    for text, value in ((train, result[f"train_{score}"]), (test, result[f"test_{score}"])):
        if text == "–":
            assert value == "nan"
            continue
        number, unit = (text.removeprefix("R² "), 1.0) if score == "r2" else (text.removesuffix(" %"), 100.0)
        assert float(number) == pytest.approx(unit * float(value), abs=last_place(number))


def last_place(number: str) -> float:
    """Half a unit of a number's last digit."""
    return 0.501 * 10.0 ** -len(number.partition(".")[2])


# ---- TensorFlow Playground's run.

SIZES = (2, 4, 2, 1)
POINTS = 250


def playground_run() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points, targets and initial parameters like those of Playground: half of a circle's points, weights U(-½, ½)."""
    rng = np.random.default_rng(1)
    circle = load(default_source("circle"))
    rows = rng.permutation(len(circle))[:POINTS]
    parameters = np.empty(count_parameters(SIZES))
    for weights, biases in layers(parameters):
        weights[:] = rng.uniform(-0.5, 0.5, weights.shape)
        biases[:] = 0.1
    return circle.points[rows], 2.0 * circle.labels[rows] - 1.0, parameters


def layers(parameters: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    """Views of a flat vector: for each layer the weights, shape (inputs, outputs), and the biases."""
    views, place = [], 0
    for inputs, outputs in pairwise(SIZES):
        weights = parameters[place : place + inputs * outputs].reshape(inputs, outputs)
        place += inputs * outputs
        views.append((weights, parameters[place : place + outputs]))
        place += outputs
    return views


def write_playground() -> None:
    points, targets, parameters = playground_run()
    lines = [f"{x1!r},{x2!r},{y!r}" for (x1, x2), y in zip(points.tolist(), targets.tolist(), strict=True)]
    Path("playground.csv").write_text("\n".join(["x1,x2,target", *lines]) + "\n")
    save_weights("playground.npz", SIZES, parameters)


@cache
def train_as_playground(epochs: int, rate: float, batch: int) -> np.ndarray:
    """The parameters after training as ``oneStep`` of playground.ts does it with the network of nn.ts.

    Each node's input is its bias and then its links one after the other; errors are added up over a batch, and an
    update takes ``rate`` times their mean.
    """
    points, targets, parameters = playground_run()
    network, errors = layers(parameters), layers(np.zeros_like(parameters))
    for _ in range(epochs):
        for place, (point, target) in enumerate(zip(points, targets, strict=True), start=1):
            outputs = [point]
            for weights, biases in network:
                total = biases.copy()
                for source, output in enumerate(outputs[-1]):
                    total += weights[source] * output
                outputs.append(np.tanh(total))
            output_error = outputs[-1] - target
            for layer in reversed(range(len(network))):
                input_error = output_error * (1.0 - outputs[layer + 1] ** 2)
                errors[layer][0][:] += np.outer(outputs[layer], input_error)
                errors[layer][1][:] += input_error
                output_error = network[layer][0] @ input_error
            if place % batch == 0:
                for values, sums in zip(network, errors, strict=True):
                    for value, total in zip(values, sums, strict=True):
                        value -= rate / batch * total
                        total[:] = 0.0
    return parameters


@pytest.mark.parametrize("engine", ["numpy", pytest.param("compiled", marks=pytest.mark.needs_numba)])
def test_the_run_of_tensorflow_playground_is_repeated(files: None, engine: str) -> None:
    block = next(text for _, text, _ in blocks() if "playground.npz" in text)
    argv = list(commands(block))[-1]
    epochs = int(argv[argv.index("--epochs") + 1])
    assert main([*argv, "--engine", engine, "--weights", "trained.npz"]) == 0
    trained = np.empty(count_parameters(SIZES))
    with np.load("trained.npz") as arrays:
        for number, (weights, biases) in enumerate(layers(trained), start=1):
            weights[:], biases[:] = arrays[f"W{number}"], arrays[f"b{number}"]
    np.testing.assert_allclose(trained, train_as_playground(epochs, 0.03, 10), rtol=0.0, atol=5e-15)
