"""A network as a script that needs NumPy alone."""

from __future__ import annotations

from textwrap import indent

from core.network.activations import Activation
from core.storage.exports.code import constants, features_body, unformatted
from core.storage.exports.model import Model
from core.storage.exports.script_parts import CLASSIFY_HINT, USAGE, ending

HEAD = '''\
"""A neural network {title}, trained with Backprop Lens.

predict(points) gives its outputs for points in the units of the data.{classify}

{usage}"""

import csv
import os
import sys

import numpy as np
'''


def numpy_script(model: Model) -> str:
    """The source: weights in full precision, features, scale, ``predict``, and an example when it is run."""
    parts = [
        HEAD.format(title=model.title, classify=CLASSIFY_HINT if model.classes else "", usage=USAGE),
        unformatted(constants(model, "np.array(", ")")) + "\n",
        *(_function(kind) for kind in dict.fromkeys(model.activations) if not _is_identity(kind)),
        _features(model),
        _predict(model),
    ]
    return "\n".join(parts) + ending(model)


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
