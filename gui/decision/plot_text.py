"""The words around the plot of the data: names of its axes, and what the network computes under the mouse."""

from __future__ import annotations

import math

import numpy as np

from core.base.arrays import Array
from core.base.number_text import telling
from core.data.class_names import class_title
from core.data.section import Section, project
from core.explain.picked_part import Neuron
from core.explain.probe import Probe, output_text
from core.workbench.messages import Loaded

LONGEST_TITLE = 30
NAME_LENGTHS = (16, 10, 6, 3)
"""How long the names in a read-out may be: the first length with which all of it has room."""


def axis_title(name: str) -> str:
    """The name of a column, shortened if it is long."""
    return cut(name, LONGEST_TITLE)


def cut(name: str, longest: int) -> str:
    """A name of at most ``longest`` characters; of a longer one its beginning."""
    return name if len(name) <= longest else f"{name[: longest - 1]}…"


def place_texts(
    loaded: Loaded,
    section: Section | None,
    place: tuple[float, float],
    spans: tuple[float, float],
    probe: Probe | None,
    neuron: Neuron | None,
    values: Array | None,
) -> list[str]:
    """A place of the plot in words, and what the network or one neuron computes there; with ever shorter names.

    Args:
        loaded: the run.
        section: the plane through the data; None for data of two columns.
        place: x and y, where nothing is probed.
        spans: width and height of the visible range; x and y get enough digits to tell places in it apart.
        probe: what the network computes at the place that is told of instead.
        neuron: the neuron whose map is shown; None for the network's answer.
        values: of the map, from which a number gets enough digits to be told apart; None where there are none.
    """
    names = loaded.dataset.column_names
    names = names if section is None else section.axis_names(names)
    x, y = place if probe is None else project(section, np.array([probe.point]))[0].tolist()
    numbers = _coordinate(x, spans[0]), _coordinate(y, spans[1])
    texts = []
    for longest in NAME_LENGTHS:
        text = ", ".join(f"{cut(name, longest)} {number}" for name, number in zip(names, numbers, strict=False))
        texts.append(text if probe is None else text + _answer(probe, neuron, loaded, values, longest))
    return texts


def _coordinate(value: float, span: float) -> str:
    """A coordinate to a thousandth of the visible range."""
    step = 10.0 ** (math.floor(math.log10(span)) - 3) if span > 0.0 else 0.0
    return telling(round(value / step) * step if step else value, span)


def _answer(probe: Probe, neuron: Neuron | None, loaded: Loaded, values: Array | None, longest: int) -> str:
    preparation = loaded.preparation
    span = 0.0 if values is None else float(np.ptp(values))
    if neuron is not None:
        return f" → {telling(probe.activation(neuron, preparation), span)}"
    if probe.value is not None:
        return f" → {telling(probe.value, span)}"
    name = class_title(cut(preparation.dataset.class_names[probe.winner], longest))
    return f" → {name} ({output_text(float(probe.activations[-1][probe.winner]), loaded.experiment.output)})"
