"""The words around the plot of the data: names of its axes, and what the network computes under the mouse."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from core.base.number_text import telling
from core.base.translation import _
from core.data.class_names import class_title
from core.explain.maps import NeuronMap, OutputMap
from gui.decision.decision_map import cell_at

LONGEST_TITLE = 30
NAME_LENGTHS = (16, 10, 6, 3)
"""How long the names in a read-out may be: the first length with which all of it has room."""


def axis_title(name: str) -> str:
    """The name of a column, shortened if it is long."""
    return cut(name, LONGEST_TITLE)


def cut(name: str, longest: int) -> str:
    """A name of at most ``longest`` characters; of a longer one its beginning."""
    return name if len(name) <= longest else f"{name[: longest - 1]}…"


def place_text(
    names: Sequence[str],
    class_names: Sequence[str],
    place: tuple[float, float],
    spans: tuple[float, float],
    own: NeuronMap | None,
    output: OutputMap | None,
    longest: int = NAME_LENGTHS[0],
) -> str:
    """A place of the plot in words.

    Args:
        names: of the two axes.
        class_names: of the classes, empty for regression.
        place: x and y.
        spans: width and height of the visible range; x and y get enough digits to tell places in it apart.
        own: the map of the neuron that is shown; None for none.
        output: the decision that is shown; None for none.
        longest: how many characters of a name are written.
    """
    x, y = place
    where = (_coordinate(value, span) for value, span in zip(place, spans, strict=True))
    text = ", ".join(f"{cut(name, longest)} {number}" for name, number in zip(names, where, strict=False))
    if own is not None:
        return text + _neuron_at(own, x, y)
    return text if output is None else text + _output_at(output, class_names, x, y, longest)


def _coordinate(value: float, span: float) -> str:
    """A coordinate to a thousandth of the visible range."""
    step = 10.0 ** (math.floor(math.log10(span)) - 3) if span > 0.0 else 0.0
    return telling(round(value / step) * step if step else value, span)


def _neuron_at(own: NeuronMap, x: float, y: float) -> str:
    """The activation at a place; empty outside the map."""
    cell = cell_at(own.place.plane, x, y)
    return f" → {telling(float(own.values[cell]), float(np.ptp(own.values)))}" if cell is not None else ""


def _output_at(output: OutputMap, class_names: Sequence[str], x: float, y: float, longest: int) -> str:
    """The network's answer at a place; empty outside the map."""
    cell = cell_at(output.plane, x, y)
    if cell is None:
        return ""
    if output.value is not None:
        return f" → {telling(float(output.value[cell]), float(np.ptp(output.value)))}"
    return _(" → {name} (lead {margin:.2f})").format(
        name=class_title(cut(class_names[output.winner[cell]], longest)), margin=output.margin[cell]
    )
