"""A network as an ONNX model of float64.

ONNX Runtime computes most operators in double, but has no double kernels for Elu, Softplus and Gelu, and for LeakyRelu
only those of some versions (1.32, CPU). These activations are put together from operators that have them, so the whole
model works in float64.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np

from core.base.arrays import Array
from core.base.errors import LensError
from core.base.version import VERSION
from core.network.activations import GELU_CUBIC, GELU_SCALE, LEAK
from core.storage.exports.model import Model, Term

OPSET, IR_VERSION = 17, 8
SIMPLE = {"sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "Relu", "sine": "Sin"}


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
        value = _activation(graph, activation, z)
    graph.add("Identity", value, output="outputs")
    helper, kinds = onnx.helper, onnx.TensorProto
    results = [helper.make_tensor_value_info("outputs", kinds.DOUBLE, ["n", model.sizes[-1]])]
    if model.classes:
        graph.add("ArgMax", value, output="class", axis=1, keepdims=0)
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


def _inputs(graph: _Graph, model: Model) -> str:
    """From the points to the network's inputs."""
    columns: dict[int, str] = {}
    for term in model.terms:
        for column in term.columns:
            if column not in columns:
                columns[column] = graph.add("Gather", "points", graph.whole(column), axis=1)
    features = [_feature(graph, term, [columns[column] for column in term.columns]) for term in model.terms]
    value = graph.add("Concat", *features, axis=1)
    if model.is_scaled:
        value = graph.add("Sub", value, graph.constant(model.preparation.center, "center"))
        value = graph.add("Div", value, graph.constant(model.preparation.scale, "scale"))
    return value


def _feature(graph: _Graph, term: Term, x: list[str]) -> str:
    if term.kind == "column":
        return x[0]
    if term.kind in ("square", "product"):
        return graph.add("Mul", x[0], x[-1])
    if term.kind == "radius":
        squares = [graph.add("Mul", name, name) for name in x]
        return graph.add("Sqrt", graph.add("Sum", *squares))
    return graph.add("Sin" if term.kind == "sin" else "Cos", x[0])


def _activation(graph: _Graph, name: str, z: str) -> str:
    if name in SIMPLE:
        return graph.add(SIMPLE[name], z)
    if name == "softmax":
        return graph.add("Softmax", z, axis=1)
    if name == "leaky-relu":
        return graph.add("Max", z, graph.add("Mul", z, graph.constant(LEAK)))
    if name == "elu":  # max(z, 0) + exp(min(z, 0)) − 1
        below = graph.add("Exp", graph.add("Min", z, graph.constant(0.0)))
        return graph.add("Add", graph.add("Relu", z), graph.add("Sub", below, graph.constant(1.0)))
    if name == "softplus":  # max(z, 0) + ln(1 + exp(−|z|))
        small = graph.add("Exp", graph.add("Neg", graph.add("Abs", z)))
        return graph.add("Add", graph.add("Relu", z), graph.add("Log", graph.add("Add", small, graph.constant(1.0))))
    if name == "gelu":  # z · σ(2u), u = √(2/π)·(z + 0.044715 z³)
        cube = graph.add("Mul", graph.add("Mul", z, z), z)
        u = graph.add("Add", z, graph.add("Mul", cube, graph.constant(GELU_CUBIC)))
        gate = graph.add("Sigmoid", graph.add("Mul", u, graph.constant(2.0 * GELU_SCALE)))
        return graph.add("Mul", z, gate)
    if name == "linear":
        return z
    raise LensError(f"The activation {name} cannot be written as ONNX; choose another format.")
