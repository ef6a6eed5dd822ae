"""How an entry of a table is written where a trained network is exported."""

from __future__ import annotations

from typing import TypeAlias

from core.base.values import dataclass

OnnxForm: TypeAlias = "str | float | tuple[OnnxForm, ...]"
"""Nodes of an ONNX graph as nested tuples: an operator with its inputs, such as ("Mul", "z", ("Sigmoid", "z")).

A text in the place of an input is a variable, a number a constant. ONNX Runtime computes most operators in double, but
has no double kernels for Elu, Softplus and Gelu, and for LeakyRelu only those of some versions (1.32, CPU). Put these
together from operators that have them, so that the whole model works in float64.
"""


@dataclass(frozen=True, eq=False)
class ExportForms:
    """An activation in the variable z, or a feature in the variables x1 and x2, as other programs spell it.

    Attributes:
        numpy: for an activation the body of a Python function of z (samples, units), ``return`` included; for a feature
            an expression. NumPy is imported as np.
        pytorch: an expression; torch is imported, and torch.nn.functional as F where the expression says so.
        onnx: nodes with operators of the opset of :mod:`core.storage.exports.onnx_model`, for arrays of double.
    """

    numpy: str
    pytorch: str
    onnx: OnnxForm
