"""Pieces of Python source: literals that nothing can break out of, arrays in full precision, lines of code.

What is laid out by hand here stands between ``# fmt: off`` and ``# fmt: on``; all else is written as a formatter leaves
it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from core.base.arrays import Array
from core.storage.exports.model import Model

WIDTH = 88


def literal(text: str) -> str:
    """A text as a string literal on one line; what cannot be printed or encoded is escaped."""
    body = repr('"' + text)[2:-1]  # with a " in it, repr takes ' for its quotes: inside, only ' and \ are escaped
    return '"' + body.replace("\\'", "'").replace('"', '\\"') + '"'


def tuple_of(texts: Sequence[str]) -> str:
    """A tuple of string literals, on one line."""
    inside = ", ".join(literal(text) for text in texts)
    return f"({inside},)" if len(texts) == 1 else f"({inside})"


def array(name: str, values: Array, opening: str, closing: str) -> str:
    """``name = opening[…]closing`` with every number such that reading it gives the same bits.

    Args:
        name: of the variable.
        values: shape (n,), or (rows, columns) for a list of lists.
        opening: such as ``np.array(``.
        closing: such as ``)``.
    """
    if values.ndim == 1:
        rows = [_list(values.tolist(), "", f"{name} = {opening}[", f"]{closing}")]
    else:
        lines = (_list(row, "    ", "    [", "],") for row in values.tolist())
        rows = [f"{name} = {opening}[", *lines, f"]{closing}"]
    return "\n".join(rows)


def constants(model: Model, opening: str, closing: str) -> list[str]:
    """What both kinds of scripts begin with: names, examples, scale, weights and biases.

    Args:
        model: the network.
        opening: before each array, see :func:`array`.
        closing: behind it.
    """
    arrays = {"EXAMPLES": model.examples}
    if model.is_scaled:
        arrays |= {"CENTER": model.preparation.center, "SCALE": model.preparation.scale}
    if model.preparation.is_target_scaled:
        numbers = model.preparation.target_center, model.preparation.target_scale
        arrays |= dict(zip(("TARGET_CENTER", "TARGET_SCALE"), map(np.atleast_1d, numbers), strict=True))
    for number, (weights, bias, _) in enumerate(model.layers(), start=1):
        arrays |= {f"W{number}": weights, f"b{number}": bias}
    names = [f"COLUMNS = {tuple_of(model.columns)}", f"PLACES = {model.places}"]
    if model.texts:
        texts = (f"    {literal(column)}: {tuple_of(pair)}," for column, pair in model.texts.items())
        names += ["TEXTS = {  # the columns of 0 and 1: a table's column, and its text for 1", *texts, "}"]
    names.append(f"OUTPUTS = {tuple_of(model.output_names)}")
    return names + [array(name, values, opening, closing) for name, values in arrays.items()]


def _list(numbers: Sequence[float], indent: str, head: str, tail: str) -> str:
    """Numbers between brackets: on one line, or on as many as it takes."""
    words = [repr(float(number)) for number in numbers]
    line = head + ", ".join(words) + tail
    if len(line) <= WIDTH:
        return line
    lines, current = [], f"{indent}   "
    for word in words:
        if len(current) + len(word) + 2 > WIDTH:
            lines.append(current)
            current = f"{indent}   "
        current += f" {word},"
    return "\n".join([head, *lines, current, indent + tail])


def unformatted(parts: Iterable[str]) -> str:
    """Lines that a formatter shall leave alone."""
    return "\n".join(["# fmt: off", *parts, "# fmt: on"])


def features_body(model: Model, forms: Sequence[str], indent: int = 0) -> list[str]:
    """The lines of a function that turns ``points`` into a list ``values`` with a column for each feature.

    Args:
        model: whose features.
        forms: each feature as an expression of the columns x1, x2, …
        indent: by how much more the caller will move the lines to the right.
    """
    columns = (f"x{number}" for number in range(1, len(model.columns) + 1))
    words = {word for form in forms for word in re.findall(r"\w+", form)}
    lines = [f"    {name} = points[:, {column}]" for column, name in enumerate(columns) if name in words]
    line = f"    values = [{', '.join(forms)}]"
    if len(line) + indent <= WIDTH:
        return [*lines, line]
    return [*lines, "    values = [", *(f"        {form}," for form in forms), "    ]"]
