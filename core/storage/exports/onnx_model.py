"""A network as an ONNX model of float64."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from core.base.arrays import Array
from core.base.errors import LensError
from core.base.version import VERSION
from core.network.decision_rule import TIE
from core.network.export_forms import OnnxForm
from core.storage.exports.model import Model

OPSET, IR_VERSION = 17, 8


def import_onnx() -> Any:  # noqa: ANN401 (an optional module)
    """The package onnx; raises LensError where it is not installed."""
    try:
        import onnx
    except ImportError:
        raise LensError(
            f"To write ONNX takes the package onnx; install it with: {sys.executable} -m pip install onnx"
        ) from None
    return onnx


def onnx_model(model: Model) -> bytes:
    """The file's bytes: input "points" (n, columns), outputs "outputs" (n, outputs) and for classes "class" (n,).

    Names of columns and outputs are in the model's metadata, as JSON.

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
    points = helper.make_tensor_value_info("points", kinds.DOUBLE, ["n", len(model.columns)])
    made = helper.make_model(
        helper.make_graph(graph.nodes, "network", [points], results, graph.constants),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="Backprop Lens",
        producer_version=VERSION,
        doc_string=f"A neural network {model.title}; it takes points in the units of the data.",
    )
    helper.set_model_props(made, {"columns": json.dumps(model.columns), "outputs": json.dumps(model.output_names)})
    onnx.checker.check_model(made, full_check=True)
    return bytes(made.SerializeToString())


class _Graph:
    """Collects nodes and constants; values between nodes are numbered."""

    def __init__(self, onnx: Any) -> None:  # noqa: ANN401 (an optional module)
        self._onnx = onnx
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
    columns = {
        name: graph.add("Gather", "points", graph.whole(column), axis=1)
        for column, name in enumerate(f"x{number}" for number in range(1, len(model.columns) + 1))
        if name in used
    }
    value = graph.add("Concat", *(graph.add_form(form, columns) for form in forms), axis=1)
    if model.is_scaled:
        value = graph.add("Sub", value, graph.constant(model.preparation.center, "center"))
        value = graph.add("Div", value, graph.constant(model.preparation.scale, "scale"))
    return value


def _variables(form: OnnxForm) -> set[str]:
    """Every text in a form; among them are the variables."""
    if isinstance(form, tuple):
        return {name for part in form for name in _variables(part)}
    return {form} if isinstance(form, str) else set()
