"""A new activation, loss, optimizer, feature, initializer, schedule and export, each by one entry in its table.

The entries are written into a copy of the program, as a contributor would write them, and the copy's own command line
trains, explains, checks and exports with them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

ACTIVATION = """
def _bent(z: Array, out: Array | None = None) -> Array:
    out = np.multiply(z, z, out=out)
    out += 1.0
    np.sqrt(out, out=out)
    out -= 1.0
    out *= 0.5
    out += z
    return out


def _bent_derivative(z: Array, a: Array, out: Array | None = None) -> Array:
    out = np.divide(z, 2.0 * np.sqrt(z * z + 1.0), out=out)
    out += 1.0
    return out


def _root(z: Quantity) -> Expression:
    return call("sqrt", Sum((square(z), ONE)))


_BENT = Activation(
    name="bent",
    label="Bent identity",
    formula="½(√(z² + 1) − 1) + z",
    function=_bent,
    derivative=_bent_derivative,
    low=-_INFINITY,
    high=_INFINITY,
    steepest=1.5,
    export_forms=ExportForms(
        numpy="return (np.sqrt(z * z + 1.0) - 1.0) / 2.0 + z\\n",
        pytorch="(torch.sqrt(z * z + 1.0) - 1.0) / 2.0 + z",
        onnx=("Add", ("Div", ("Sub", ("Sqrt", ("Add", ("Mul", "z", "z"), 1.0)), 1.0), 2.0), "z"),
    ),
    expression=lambda z: Case(Sum((times(HALF, minus(_root(z), ONE)), z))),
    slope=lambda z, a: Case(Sum((Quotient(z, times(TWO, _root(z))), ONE))),
)
"""
LOSS = """
def _log_cosh(z: Array, a: Array, y: Array) -> Array:
    error = np.abs(a - y)
    mean: Array = np.mean(error + np.log1p(np.exp(-2.0 * error)) - np.log(2.0), axis=-1)
    return mean


def _log_cosh_gradient(a: Array, y: Array, out: Array | None = None) -> Array:
    out = np.subtract(a, y, out=out)
    np.tanh(out, out=out)
    out /= a.shape[-1]
    return out


def _log_cosh_of(error: Expression) -> Expression:
    return call("ln", times(HALF, Sum((exp(error), exp(Negative(error))))))


_LOG_COSH = Loss(
    name="log-cosh",
    label="Log cosh",
    formula="mean ln cosh(ŷ − y)",
    tasks=(CLASSIFICATION, REGRESSION),
    value=_log_cosh,
    expression=lambda z, a, y: Case(
        _mean(len(a), _log_cosh_of(minus(_Y_HAT, _Y)), lambda k: _log_cosh_of(minus(a[k], y[k])))
    ),
    slope=lambda a, y, outputs: Case(_over(call("tanh", minus(a, y)), outputs)),
    gradient=_log_cosh_gradient,
)
"""
OPTIMIZER = """
def _amsgrad(w: Array, g: Array, slots: Array, rate: Rate, momentum: float, t: int, work: Array) -> None:
    m, v, u = slots
    _decay(m, g, momentum, work)
    np.multiply(g, g, out=work)
    _decay(v, work, ADAM_DECAY, work)
    np.maximum(u, v, out=u)
    _scaled_step(w, m, u, rate, work)


def _amsgrad_lines(p: Parameter) -> tuple[Line, ...]:
    beta = p.coefficient("β", "1")
    keep, add = _decay_shares(ADAM_DECAY)
    return (
        p.remember("m", Sum((times(beta, p.old("m")), times(minus(ONE, beta), p.g)))),
        p.remember("v", Sum((times(keep, p.old("v")), times(add, square(p.g))))),
        p.remember("u", call("max", p.old("u"), p.new("v"))),
        _scaled_line(p, p.new("m"), p.new("u")),
    )


_AMSGRAD = Optimizer(
    name="amsgrad",
    label="AMSGrad",
    formula="m ← β₁·m + (1 − β₁)·g; v ← 0.999·v + 0.001·g²; u ← max(u, v); w ← w − η·m / (√u + ε)",
    update=_amsgrad,
    lines=_amsgrad_lines,
    slots=("m", "v", "u"),
    momentum="Momentum β₁",
)
"""
FEATURE = """
        Feature(
            "x1^3",
            "x1³",
            ExportForms("x1 * x1 * x1", "x1 * x1 * x1", ("Mul", ("Mul", "x1", "x1"), "x1")),
            lambda x1, x2: x1 * x1 * x1,
        ),
"""
INITIALIZER = """
        Initializer("coin", "Coin", "±s", 0.5, lambda rng, i, o, scale: scale * rng.choice([-1.0, 1.0], (i, o))),
"""
SCHEDULE = """
        Schedule(
            "inverse",
            "Inverse",
            "η / (1 + e/n)",
            (ScheduleSetting("n", "slower by n epochs", 50, *_EPOCHS),),
            lambda e, n: 1.0 / (1.0 + e / n),
            lambda e, settings: Quotient(ONE, Sum((ONE, Quotient(e, settings[0])))),
        ),
"""
EXPORT = """
        Format(
            "sizes",
            "Sizes",
            ".txt",
            lambda of, _: str(of.model.sizes).encode(),
            menu="S&izes…",
            tip="Write the sizes",
        ),
"""
TABLE = "\n# ---------------------------------------------------------------- the table\n"
ENTRIES: dict[str, list[tuple[str, str]]] = {
    "core/network/activations.py": [
        (TABLE, ACTIVATION + TABLE),
        ("        _SOFTMAX,\n", "        _SOFTMAX,\n        _BENT,\n"),
    ],
    "core/network/losses.py": [(TABLE, LOSS + TABLE), ("_MAE, _HUBER)", "_MAE, _HUBER, _LOG_COSH)")],
    "core/network/optimizers.py": [(TABLE, OPTIMIZER + TABLE), ("_RMSPROP, _ADAM)", "_RMSPROP, _ADAM, _AMSGRAD)")],
    "core/data/features.py": [("        _coordinate(1),\n", "        _coordinate(1),\n" + FEATURE)],
    "core/storage/exports/formats.py": [("    for kind in (\n", "    for kind in (\n" + EXPORT)],
    "core/network/initializers.py": [("    for initializer in (\n", "    for initializer in (\n" + INITIALIZER)],
    "core/network/schedules.py": [("    for schedule in (\n", "    for schedule in (\n" + SCHEDULE)],
}
"""For each module of a table the pieces of text that change, and what they become."""

NEW = (
    "--hidden 4,3 --activation bent --loss log-cosh --output bent --optimizer amsgrad "
    "--features x1,x2,x1^3 --init coin:0.7 --schedule inverse:3 --learning-rate 0.01 --standardize"
)
EXPERIMENT = f"--preset xor --points 40 {NEW}"
NOTE = (
    "The compiled engine has no form of the activation bent and the loss log-cosh and the optimizer amsgrad, "
    "so NumPy computes."
)

RUN = """
import contextlib, io, json, os, sys
sys.path[:0] = [sys.argv[1]]
from cli.main import main
done = []
for line in json.loads(sys.argv[2]):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(line.split())
    done.append((status, out.getvalue(), err.getvalue()))
print(json.dumps(done))
"""
OFFERED = """
import sys
sys.path.insert(0, sys.argv[1])
from gui.window.actions import ACTIONS
print([(spec.menu, spec.text, spec.tip) for spec in ACTIONS if spec.name == "export-sizes"])
"""
EXPLAIN = """
import sys
sys.path[:0] = [sys.argv[1], sys.argv[2]]
import numpy as np
import core
assert core.__path__[0].startswith(sys.argv[1])
from core.data.data_source import DataSource
from core.training.experiment import Decay, Experiment, Init
from core.training.trainer import Trainer
from core.explain.walk import walk_sample, walk_update
from tests.core.explain.formulas.test_formulas import all_formulas, check
from tests.core.support import small_dataset
for batch_size in (1, 4):
    for output, loss in (("bent", "log-cosh"), ("softmax", "log-cosh"), ("bent", "mse"), ("softmax", "cross-entropy")):
        trainer = Trainer(Experiment(
            data=DataSource("gauss"), hidden=(4, 3), activation="bent", output=output, loss=loss, optimizer="amsgrad",
            features=("x1", "x1^3"), init=Init("normal", 0.7), schedule=Decay.parse("inverse:3"), learning_rate=0.01,
            batch_size=batch_size,
        ), small_dataset(40, 3, seed=3))
        assert trainer.engine_name == "numpy"
        for position in (0, 7, 90):
            trainer.advance(position - trainer.position)
            walk = walk_update(trainer)
            formulas = list(all_formulas(walk, np.random.default_rng(position)))
            for formula in formulas:
                check(formula)
            names = {formula.name for formula in formulas}
            assert {"activation", "slope", "delta", "loss of the sample", "memory", "update", "learning rate"} <= names
            trainer.advance(walk.end - trainer.position)
            assert trainer.network.parameters.tobytes() == walk.parameters_after.tobytes()
print("explained")
"""


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program with the new entries."""
    folder = tmp_path_factory.mktemp("program")
    for name in ("core", "cli", "gui", "data"):
        shutil.copytree(REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name, changes in ENTRIES.items():
        text = (folder / name).read_text(encoding="utf-8")
        for old, new in changes:
            assert text.count(old) == 1, (name, old)
            text = text.replace(old, new)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def run(source: str, *arguments: str, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", source, *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        cwd=cwd,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def commands(program: Path, folder: Path, *lines: str) -> list[tuple[int, str, str]]:
    """Exit status, standard output and standard error of each command line."""
    return [tuple(result) for result in json.loads(run(RUN, str(program), json.dumps(lines), cwd=folder))]


def test_new_entries_train_and_say_who_computes(program: Path, tmp_path: Path) -> None:
    train, refused, activation, loss, optimizer, rest, checked = commands(
        program,
        tmp_path,
        f"train {EXPERIMENT} --epochs 3",
        f"train {EXPERIMENT} --epochs 3 --engine compiled",
        "train --preset xor --points 40 --epochs 1 --activation bent",
        "train --preset xor --points 40 --epochs 1 --loss log-cosh",
        "train --preset xor --points 40 --epochs 1 --optimizer amsgrad",
        "train --preset xor --points 40 --epochs 1 --features x1^3 --init coin --schedule inverse:2 --engine numpy",
        f"check-gradients {EXPERIMENT} --epochs 2",
    )
    assert (train[0], train[2].strip()) == (0, NOTE)
    assert train[1].startswith("epoch=3 train_loss=0.")
    assert (refused[0], refused[1], len(refused[2].splitlines())) == (2, "", 1)
    assert NOTE.split(", so")[0].removeprefix("The ") in refused[2]
    for name, (status, _, told) in {"activation bent": activation, "loss log-cosh": loss}.items():
        assert (status, told.strip()) == (0, f"The compiled engine has no form of the {name}, so NumPy computes.")
    assert optimizer[0] == 0
    assert "the optimizer amsgrad, so" in optimizer[2]
    assert (rest[0], rest[2]) == (0, "")
    assert (checked[0], checked[2].strip()) == (0, NOTE)
    assert "Right: the derivatives of" in checked[1]
    assert "the NumPy engine is off" in checked[1]


def test_a_new_export_is_written_and_in_the_menu(program: Path, tmp_path: Path) -> None:
    (written,) = commands(program, tmp_path, "export --preset xor --epochs 0 --engine numpy --to sizes --out sizes.txt")
    assert (written[0], written[2]) == (0, "")
    assert (tmp_path / "sizes.txt").read_text() == "(2, 8, 2)"
    assert run(OFFERED, str(program), cwd=tmp_path) == "[('E&xport', 'S&izes…', 'Write the sizes')]\n"


def test_new_entries_are_explained(program: Path, tmp_path: Path) -> None:
    (explained,) = commands(program, tmp_path, f"explain {EXPERIMENT} --epochs 1 --sample 3")
    assert (explained[0], explained[2].strip()) == (0, NOTE)
    assert "√" in explained[1]
    assert run(EXPLAIN, str(program), str(REPOSITORY), cwd=tmp_path) == "explained\n"


def test_new_entries_are_exported(program: Path, tmp_path: Path) -> None:
    kinds = {"numpy": "net.py", "pytorch": "net_torch.py", "onnx": "net.onnx", "json": "net.json"}
    kinds |= {"predictions": "wanted.csv"}
    lines = [f"export {EXPERIMENT} --epochs 2 --to {kind} --out {name}" for kind, name in kinds.items()]
    assert [(status, told.strip()) for status, _, told in commands(program, tmp_path, *lines)] == [(0, NOTE)] * 5
    table = np.genfromtxt(tmp_path / "wanted.csv", delimiter=",", skip_header=1, usecols=(2, 3, 5, 6))
    points, wanted = table[:, :2], table[:, 2:]

    def names(file: str) -> dict[str, Any]:
        found: dict[str, Any] = {"__name__": "exported"}
        exec(compile((tmp_path / file).read_text(encoding="utf-8"), file, "exec"), found)  # noqa: S102 (our own source)
        return found

    np.testing.assert_allclose(names("net.py")["predict"](points), wanted, rtol=1e-12, atol=1e-12)
    assert json.loads((tmp_path / "net.json").read_text())["activations"] == ["bent"] * 3
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--check", "--isolated", "--no-cache", "net.py", "net_torch.py"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    try:
        import torch  # noqa: F401
    except ImportError:
        pass  # here as everywhere: PyTorch is not needed, and tested where it is
    else:
        np.testing.assert_allclose(names("net_torch.py")["predict"](points), wanted, rtol=1e-12, atol=1e-12)
    runtime = pytest.importorskip("onnxruntime", reason="ONNX Runtime is not installed")
    session = runtime.InferenceSession(str(tmp_path / "net.onnx"), providers=["CPUExecutionProvider"])
    np.testing.assert_allclose(session.run(["outputs"], {"points": points})[0], wanted, rtol=1e-12, atol=1e-12)


def test_the_window_offers_new_entries(program: Path, tmp_path: Path) -> None:
    (rendered,) = commands(program, tmp_path, f"render {EXPERIMENT} --epochs 1 --out window.png")
    assert (rendered[0], rendered[2]) == (0, "")
    assert (tmp_path / "window.png").stat().st_size > 10_000
