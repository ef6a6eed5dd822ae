"""A network as an ONNX model of float64."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from core.base.arrays import Array
from core.base.errors import LensError
from core.base.translation import _
from core.base.version import VERSION
from core.network.decision_rule import TIE
from core.network.export_forms import OnnxForm
from core.storage.exports.model import Model

OPSET, IR_VERSION = 17, 8
TRADITIONAL, TRADITIONAL_OPSET = "ai.onnx.ml", 3
"""The operators of ONNX that know texts."""


def import_onnx() -> Any:  # noqa: ANN401 (an optional module)
    """The package onnx; raises LensError where it is not installed."""
    try:
        import onnx
    except ImportError:
        raise LensError(
            _("To write ONNX takes the package onnx; install it with: {executable} -m pip install onnx").format(
                executable=sys.executable
            )
        ) from None
    return onnx


def onnx_model(model: Model) -> bytes:
    """The file's bytes: input "points" (n, columns), outputs "outputs" (n, outputs) and for classes "class" (n,).

    Columns of text are a second input, "texts" (n, columns of text), of strings; a text that was not learned from is an
    error. Names of columns, their texts, and names of outputs are in the model's metadata, as JSON.

    Raises:
        LensError: the package onnx is not installed.
    """
    onnx = import_onnx()
    graph = _Graph(onnx)
    value = _inputs(graph, model)
    for number, (weights, bias, activation) in enumerate(model.layers(), start=1):
        product = graph.add("MatMul", value, graph.constant(weights, f"W{number}"))
        z = graph.add("Add", product, graph.constant(bias, f"b{number}"))
        value = graph.add_form(activation.export_forms.onnx, {"z": z})
    if model.preparation.is_target_scaled:
        value = graph.add("Mul", value, graph.constant(model.preparation.target_scale, "target_scale"))
        value = graph.add("Add", value, graph.constant(model.preparation.target_center, "target_center"))
    graph.add("Identity", value, output="outputs")
    helper, kinds = onnx.helper, onnx.TensorProto
    results = [helper.make_tensor_value_info("outputs", kinds.DOUBLE, ["n", model.sizes[-1]])]
    if model.classes:
        largest = graph.add("ReduceMax", value, axes=[1], keepdims=1)
        least = graph.add_form(("Sub", "m", ("Mul", ("Abs", "m"), TIE)), {"m": largest})
        equal = graph.add("Cast", graph.add("GreaterOrEqual", value, least), to=kinds.FLOAT)
        graph.add("ArgMax", equal, output="class", axis=1, keepdims=0)
        results.append(helper.make_tensor_value_info("class", kinds.INT64, ["n"]))
    texts = known_texts(model)
    numbers = [name for name in model.columns if name not in model.texts]
    given = [helper.make_tensor_value_info("points", kinds.DOUBLE, ["n", len(numbers)])] if numbers else []
    if texts:
        given.append(helper.make_tensor_value_info("texts", kinds.STRING, ["n", len(texts)]))
    made = helper.make_model(
        helper.make_graph(graph.nodes, "network", given, results, graph.constants),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(TRADITIONAL, TRADITIONAL_OPSET)],
        ir_version=IR_VERSION,
        producer_name="Backprop Lens",
        producer_version=VERSION,
        doc_string=f"A neural network {model.title}; it takes points in the units of the data.",
    )
    props = {"columns": json.dumps(numbers), "outputs": json.dumps(model.output_names)}
    helper.set_model_props(made, props | ({"texts": json.dumps(texts)} if texts else {}))
    onnx.checker.check_model(made, full_check=True)
    return bytes(made.SerializeToString())


def known_texts(model: Model) -> dict[str, list[str]]:
    """For each column of text that the network takes, its texts."""
    texts: dict[str, list[str]] = {}
    for name, text in model.texts.values():
        texts.setdefault(name, []).append(text)
    return texts


class _Graph:
    """Collects nodes and constants; values between nodes are numbered."""

    def __init__(self, onnx: Any) -> None:  # noqa: ANN401 (an optional module)
        self._onnx = onnx
        self.double: int = onnx.TensorProto.DOUBLE
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, values: Array | float, name: str = "") -> str:
        """A constant of float64; returns its name."""
        name = name or f"constant{len(self.constants)}"
        array = np.ascontiguousarray(values, dtype=np.float64).reshape(np.shape(values))
        self.constants.append(self._onnx.numpy_helper.from_array(array, name))
        return name

    def whole(self, value: int) -> str:
        """A constant list of one whole number."""
        name = f"constant{len(self.constants)}"
        self.constants.append(self._onnx.numpy_helper.from_array(np.array([value], dtype=np.int64), name))
        return name

    def add(self, kind: str, *inputs: str, output: str = "", **attributes: object) -> str:
        """A node with one output; returns the output's name."""
        output = output or f"value{len(self.nodes)}"
        self.nodes.append(self._onnx.helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def add_form(self, form: OnnxForm, variables: Mapping[str, str]) -> str:
        """The nodes of a form, given the names of its variables' values; returns the output's name."""
        if isinstance(form, tuple):
            kind, *inputs = form
            assert isinstance(kind, str)
            return self.add(kind, *(self.add_form(part, variables) for part in inputs))
        return variables[form] if isinstance(form, str) else self.constant(form)


def _inputs(graph: _Graph, model: Model) -> str:
    """From the points to the network's inputs."""
    forms = [feature.export_forms.onnx for feature in model.features]
    used = _variables(tuple(forms))
    columns: dict[str, str] = {}
    numbers = [name for name in model.columns if name not in model.texts]
    flags = {name: _flags(graph, place, words) for place, (name, words) in enumerate(known_texts(model).items())}
    for number, column in enumerate(model.columns, 1):
        if f"x{number}" not in used:
            continue
        if column in model.texts:
            name, text = model.texts[column]
            place = graph.whole(known_texts(model)[name].index(text))
            columns[f"x{number}"] = graph.add("Gather", flags[name], place, axis=1)
        else:
            columns[f"x{number}"] = graph.add("Gather", "points", graph.whole(numbers.index(column)), axis=1)
    value = graph.add("Concat", *(graph.add_form(form, columns) for form in forms), axis=1)
    if model.is_scaled:
        value = graph.add("Sub", value, graph.constant(model.preparation.center, "center"))
        value = graph.add("Div", value, graph.constant(model.preparation.scale, "scale"))
    return value


def _flags(graph: _Graph, place: int, words: list[str]) -> str:
    """From a column of the texts to 0 and 1 for each of its words, shape (n, words)."""
    column = graph.add("Gather", "texts", graph.whole(place), axis=1)
    spread = graph.add("OneHotEncoder", column, domain=TRADITIONAL, cats_strings=words, zeros=0)
    flat = graph.add("Flatten", spread, axis=1)
    return graph.add("Cast", flat, to=graph.double)


def _variables(form: OnnxForm) -> set[str]:
    """Every text in a form; among them are the variables."""
    if isinstance(form, tuple):
        return {name for part in form for name in _variables(part)}
    return {form} if isinstance(form, str) else set()
