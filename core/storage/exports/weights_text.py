"""The weights as text: JSON with all that belongs to them, and CSV with a row for each weight."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from core.base.progress import Progress
from core.base.row_text import csv_text
from core.storage.exports.model import Model


def weights_json(model: Model) -> str:
    """All that the network is made of, in full precision; each W has the shape (inputs, outputs)."""
    preparation = model.preparation
    content = {
        "sizes": model.sizes,
        "columns": model.columns,
        "features": preparation.features,
        "center": preparation.center.tolist(),
        "scale": preparation.scale.tolist(),
        **({"target_center": preparation.target_center} if preparation.is_target_scaled else {}),
        **({"target_scale": preparation.target_scale} if preparation.is_target_scaled else {}),
        "outputs": model.output_names,
        "activations": [activation.name for activation in model.activations],
    }
    for number, (weights, bias, _) in enumerate(model.layers(), start=1):
        content[f"W{number}"] = weights.tolist()
        content[f"b{number}"] = bias.tolist()
    lines = (f"  {json.dumps(name)}: {_dumps(value)}" for name, value in content.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _dumps(value: object) -> str:
    """As JSON; a matrix row by row, since Python's encoder lets no other thread work before it has ended."""
    if isinstance(value, list) and value and isinstance(value[0], list):
        return f"[{', '.join(json.dumps(row, allow_nan=False) for row in value)}]"
    return json.dumps(value, allow_nan=False)


def weights_csv(model: Model, progress: Progress | None = None) -> str:
    """Rows of array, input, output and value, counted from 0; the input of a bias is empty.

    For ``progress`` see :func:`core.base.row_text.csv_text`.
    """
    return csv_text(_rows(model), progress, model.parameters.size)


def _rows(model: Model) -> Iterator[Sequence[object]]:
    yield "array", "input", "output", "value"
    for number, (weights, bias, _) in enumerate(model.layers(), start=1):
        for i, row in enumerate(weights.tolist()):
            yield from ((f"W{number}", i, j, value) for j, value in enumerate(row))
        yield from ((f"b{number}", "", j, value) for j, value in enumerate(bias.tolist()))
