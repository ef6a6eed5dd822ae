"""The weights as text: JSON with all that belongs to them, and CSV with a row for each weight."""

from __future__ import annotations

import json

from core.export.model import Model
from core.export.tables import csv_text


def weights_json(model: Model) -> str:
    """All that the network is made of, in full precision; each W has the shape (inputs, outputs)."""
    preparation = model.preparation
    content = {
        "sizes": model.sizes,
        "columns": model.columns,
        "features": preparation.features,
        "center": preparation.center.tolist(),
        "scale": preparation.scale.tolist(),
        "outputs": model.output_names,
        "activations": model.activations,
    }
    for number, (weights, bias, _) in enumerate(model.layers(), start=1):
        content[f"W{number}"] = weights.tolist()
        content[f"b{number}"] = bias.tolist()
    lines = (f"  {json.dumps(name)}: {json.dumps(value, allow_nan=False)}" for name, value in content.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def weights_csv(model: Model) -> str:
    """Rows of array, input, output and value, counted from 0; the input of a bias is empty."""
    rows: list[tuple[object, ...]] = [("array", "input", "output", "value")]
    for number, (weights, bias, _) in enumerate(model.layers(), start=1):
        for i, row in enumerate(weights.tolist()):
            rows += [(f"W{number}", i, j, value) for j, value in enumerate(row)]
        rows += [(f"b{number}", "", j, value) for j, value in enumerate(bias.tolist())]
    return csv_text(rows)
