"""A network as a script that needs NumPy alone."""

from __future__ import annotations

from textwrap import indent

from core.network.activations import Activation
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
        *(_function(kind) for kind in dict.fromkeys(model.activations) if not _is_identity(kind)),
        _features(model),
        _predict(model),
    ]
    return "\n".join(parts) + (CLASSIFY if classes else "") + MAIN


def _function_name(activation: Activation) -> str:
    """The activation's name as Python can spell it."""
    return activation.name.replace("-", "_")


def _is_identity(activation: Activation) -> bool:
    return activation.export_forms.numpy.strip() == "return z"


def _function(activation: Activation) -> str:
    return f"\ndef {_function_name(activation)}(z):\n{indent(activation.export_forms.numpy, '    ')}"


def _features(model: Model) -> str:
    lines = [
        "\ndef features(points):",
        '    """What the network is given of points, one row each."""',
        *features_body(model, [feature.export_forms.numpy for feature in model.features]),
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
    for number, activation in enumerate(model.activations, start=1):
        z = f"h @ W{number} + b{number}"
        lines.append(f"    h = {z}" if _is_identity(activation) else f"    h = {_function_name(activation)}({z})")
    result = "h * TARGET_SCALE + TARGET_CENTER" if model.preparation.is_target_scaled else "h"
    return "\n".join([*lines, f"    return {result}\n"])
