"""A network as a script that needs NumPy alone."""

from __future__ import annotations

from core.network.activations import GELU_CUBIC, GELU_SCALE, LEAK
from core.storage.exports.code import constants, features_body, unformatted
from core.storage.exports.model import Model

HEAD = '''\
"""A neural network {title}, trained with Backprop Lens.

predict(points) gives its outputs for points in the units of the data.{classify}

    python THIS_FILE                shows the outputs for some points
    python THIS_FILE points.csv     shows them for the points of a table
"""

import sys

import numpy as np
'''
CLASSIFY_HINT = """ classify(points)
gives the class of each: that of the largest output."""

FUNCTIONS = {
    "sigmoid": """\
    with np.errstate(over="ignore"):
        return 1.0 / (1.0 + np.exp(-z))
""",
    "tanh": "    return np.tanh(z)\n",
    "relu": "    return np.maximum(z, 0.0)\n",
    "leaky-relu": f"    return np.maximum(z, {LEAK!r} * z)\n",
    "elu": "    return np.where(z > 0.0, z, np.expm1(np.minimum(z, 0.0)))\n",
    "softplus": "    return np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z)))\n",
    "gelu": f"""\
    u = {GELU_SCALE!r} * (z + {GELU_CUBIC!r} * z * z * z)
    with np.errstate(over="ignore"):
        return z / (1.0 + np.exp(-2.0 * u))
""",
    "sine": "    return np.sin(z)\n",
    "softmax": """\
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
""",
}
"""The body of each activation but the linear one, which is z itself."""

CLASSIFY = '''

def classify(points):
    """The class of each point, as a list of names."""
    return [OUTPUTS[k] for k in predict(points).argmax(axis=1)]
'''

MAIN = '''

def read(path):
    """The points of a table with commas between its columns, COLUMNS being the first."""
    with open(path, encoding="utf-8") as file:
        first = file.readline().split(",")[0]
    try:
        float(first)
        header = 0
    except ValueError:
        header = 1
    columns = range(len(COLUMNS))
    return np.loadtxt(path, delimiter=",", skiprows=header, usecols=columns, ndmin=2)


if __name__ == "__main__":
    points = read(sys.argv[1]) if len(sys.argv) > 1 else EXAMPLES
    print(*COLUMNS, *OUTPUTS, sep=",")
    for row in np.column_stack([points, predict(points)]).tolist():
        print(*row, sep=",")
'''


def numpy_script(model: Model) -> str:
    """The source: weights in full precision, features, scale, ``predict``, and an example when it is run."""
    classes = bool(model.classes)
    parts = [
        HEAD.format(title=model.title, classify=CLASSIFY_HINT if classes else ""),
        unformatted(constants(model, "np.array(", ")")) + "\n",
        *(_function(name) for name in dict.fromkeys(model.activations) if name != "linear"),
        _features(model),
        _predict(model),
    ]
    return "\n".join(parts) + (CLASSIFY if classes else "") + MAIN


def function_name(activation: str) -> str:
    """The activation's name as Python can spell it."""
    return activation.replace("-", "_")


def _function(name: str) -> str:
    return f"\ndef {function_name(name)}(z):\n{FUNCTIONS[name]}"


def _features(model: Model) -> str:
    lines = [
        "\ndef features(points):",
        '    """What the network is given of points, one row each."""',
        *features_body(model, "np"),
    ]
    scaled = "(np.column_stack(values) - CENTER) / SCALE" if model.is_scaled else "np.column_stack(values)"
    return "\n".join([*lines, f"    return {scaled}\n"])


def _predict(model: Model) -> str:
    lines = [
        "\ndef predict(points):",
        '    """The outputs, a row for each point and a column for each of OUTPUTS."""',
        "    points = np.atleast_2d(np.asarray(points, dtype=float))",
        "    h = features(points)",
    ]
    for number, name in enumerate(model.activations, start=1):
        z = f"h @ W{number} + b{number}"
        lines.append(f"    h = {z}" if name == "linear" else f"    h = {function_name(name)}({z})")
    return "\n".join([*lines, "    return h\n"])
