"""A network taken away computes what it computes here, whatever it is made of."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.base.errors import LensError
from core.data.data_source import DataSource, load
from core.data.features import FEATURES
from core.data.tables.column_choice import Choice
from core.network.activations import ACTIVATIONS
from core.storage.exports.code import literal
from core.storage.exports.formats import FORMATS, export
from core.storage.exports.model import Model, make_model
from core.storage.exports.numpy_script import numpy_script
from core.storage.exports.onnx_model import onnx_model
from core.storage.exports.pytorch_script import pytorch_script
from core.training.experiment import Experiment, Init
from core.training.trainer import Trainer
from tests.core.storage.exports.support import (
    HOSTILE,
    TOLERANCE,
    assert_agrees,
    cases,
    hostile,
    run,
    subject_of,
    trained,
)

CASES = cases()
EVERY_CASE = pytest.mark.parametrize("experiment", CASES, ids=range(len(CASES)))


def test_the_cases_hold_every_activation_and_every_feature() -> None:
    assert {name for case in CASES for name in (*case.hidden_activations, case.output)} == set(ACTIVATIONS)
    assert {name for case in CASES for name in case.features} == set(FEATURES)
    assert {case.task for case in CASES} == {"classification", "regression"}


@EVERY_CASE
def test_numpy(experiment: Experiment) -> None:
    trainer = trained(experiment)
    model = subject_of(trainer).model
    assert_agrees(model, run(numpy_script(model))["predict"], trainer)


@EVERY_CASE
def test_pytorch(experiment: Experiment) -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed")
    trainer = trained(experiment)
    model = subject_of(trainer).model
    assert_agrees(model, run(pytorch_script(model))["predict"], trainer)


@EVERY_CASE
def test_onnx(experiment: Experiment) -> None:
    session = onnx_session(trainer := trained(experiment))
    model = subject_of(trainer).model
    assert_agrees(model, lambda points: session.run(["outputs"], {"points": points})[0], trainer)


def onnx_session(trainer: Any) -> Any:
    return onnx_session_of(subject_of(trainer).model)


def onnx_session_of(network: Model) -> Any:
    pytest.importorskip("onnx", reason="onnx is not installed")
    runtime = pytest.importorskip("onnxruntime", reason="ONNX Runtime is not installed")
    model = onnx_model(network)
    return runtime.InferenceSession(model, providers=["CPUExecutionProvider"])


def test_an_onnx_model_names_its_outputs_and_tells_the_class() -> None:
    trainer = hostile()
    session = onnx_session(trainer)
    assert [output.name for output in session.get_outputs()] == ["outputs", "class"]
    kept = session.get_modelmeta().custom_metadata_map
    assert tuple(json.loads(kept["outputs"])) == HOSTILE
    points = trainer.preparation.dataset.points
    assert session.run(["class"], {"points": points})[0].tolist() == trainer.evaluations()[0].predicted.tolist()


@pytest.mark.parametrize("inputs", [("island", "bill", "mass"), ("sex", "island")])
def test_an_onnx_model_takes_the_texts_of_a_table(tmp_path: Path, inputs: tuple[str, ...]) -> None:
    words, kinds = ["Dream", "Biscoe", "Torger's Island"], ["f", "m"]
    rng = np.random.default_rng(3)
    rows = [(words[k % 3], kinds[k // 3 % 2], *rng.normal(size=2).tolist(), "ab"[k % 2]) for k in range(24)]
    lines = ["island,sex,bill,mass,kind", *(",".join(map(str, row)) for row in rows)]
    (tmp_path / "birds.csv").write_text("\n".join(lines))
    texts = tuple((n, tuple(sorted(w))) for n, w in (("sex", kinds), ("island", words)) if n in inputs)
    shown = ("island=Dream", inputs[1] if inputs[1] == "bill" else "sex=f")
    choice = Choice(shown, "kind", inputs=inputs, texts=texts)
    source = DataSource("file", str(tmp_path / "birds.csv"), choice=choice)
    experiment = Experiment(hidden=(3,), init=Init("glorot"), engine="numpy").adapted(data=source)
    trainer = Trainer(experiment.adapted(standardize=True), load(source))
    trainer.advance(50)
    model = make_model(trainer.preparation, trainer.network.parameters, choice)
    session = onnx_session_of(model)
    place = {"island": 0, "sex": 1, "bill": 2, "mass": 3}
    numbers = json.loads(session.get_modelmeta().custom_metadata_map["columns"])
    names = json.loads(session.get_modelmeta().custom_metadata_map["texts"])
    given = {"texts": np.array([[row[place[name]] for name in names] for row in rows], dtype=object)}
    if numbers:
        given["points"] = np.array([[row[place[name]] for name in numbers] for row in rows])
    outputs, _ = session.run(None, given)
    meant = model.outputs(trainer.preparation.dataset.points)
    assert np.abs(outputs - meant).max() < TOLERANCE
    given["texts"][0, 0] = "Mars"
    with pytest.raises(Exception, match=r"(?i)categor"):
        session.run(None, given)


def test_without_onnx_the_message_tells_how_to_install_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(LensError, match="pip install onnx"):
        export(tmp_path / "net.onnx", "onnx", subject_of(hostile()))
    assert list(tmp_path.iterdir()) == []


def test_weights_are_exact_to_the_last_bit() -> None:
    trainer = trained(CASES[-1])
    model = subject_of(trainer).model
    names = run(numpy_script(model))
    kept = json.loads(FORMATS["json"].make(subject_of(trainer), None))
    for number, (weights, bias, _) in enumerate(model.layers(), start=1):
        for array, values in (("W", weights), ("b", bias)):
            assert names[f"{array}{number}"].tobytes() == values.tobytes()
            assert np.array(kept[f"{array}{number}"]).tobytes() == values.tobytes()
    table = FORMATS["csv"].make(subject_of(trainer), None).decode().splitlines()[1:]
    assert len(table) == trainer.network.parameters.size
    assert np.array([float(row.rsplit(",", 1)[1]) for row in table]).tobytes() == model.parameters.tobytes()


@pytest.mark.parametrize("make", [numpy_script, pytorch_script])
def test_no_name_breaks_out_of_its_literal(make: Any) -> None:
    trainer = hostile()
    source = make(subject_of(trainer).model)
    assert source.isascii() or source.encode("utf-8")
    found = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and node.targets[0].id in ("COLUMNS", "OUTPUTS")  # type: ignore[attr-defined]
    }
    assert found == {"COLUMNS": (HOSTILE[0], HOSTILE[2]), "OUTPUTS": HOSTILE}


@pytest.mark.parametrize("text", HOSTILE)
def test_a_literal_is_one_line_and_gives_back_its_text(text: str) -> None:
    assert ast.literal_eval(literal(text)) == text
    assert len(literal(text).splitlines()) == 1
    literal(text).encode()


def test_classes_by_name() -> None:
    trainer = hostile()
    predicted = trainer.evaluations()[0].predicted
    assert run(numpy_script(subject_of(trainer).model))["classify"](trainer.preparation.dataset.points) == [
        HOSTILE[k] for k in predicted
    ]


def test_sources_are_formatted_and_clean(tmp_path: Path) -> None:
    for number, trainer in enumerate([trained(case) for case in CASES[::3]] + [trained(CASES[-1]), hostile()]):
        for kind in ("numpy", "pytorch"):
            export(tmp_path / f"{kind}_{number}.py", kind, subject_of(trainer))
    for command in (["format", "--check"], ["check"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--isolated", "--no-cache", str(tmp_path)]
        done = subprocess.run(ruff, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
