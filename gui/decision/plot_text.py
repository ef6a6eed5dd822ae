"""The words around the plot of the data: its legend, the title over a neuron's map, what is computed at a place."""

from __future__ import annotations

import html
from collections.abc import Sequence

from core.base.number_text import short
from core.data.dataset import Dataset
from core.explain.maps import NeuronMap, OutputMap
from core.explain.picked_part import Neuron, capital, selection_name
from core.training.preparation import Preparation
from gui.decision.decision_map import cell_at
from gui.widgets.theme import Theme

LONGEST_TITLE = 30
LONGEST_IN_LEGEND = 12


def axis_title(name: str) -> str:
    """The name of a column, cut where it is long."""
    return cut(name, LONGEST_TITLE)


def cut(name: str, longest: int) -> str:
    """A name of at most so many characters; of a longer one its beginning."""
    return name if len(name) <= longest else f"{name[: longest - 1]}…"


def legend(dataset: Dataset, scale: tuple[float, float] | None, is_walk: bool, theme: Theme) -> str:
    """Each class, or the targets on their scale, with its colour, and what the other marks mean; as HTML."""
    last = '<span style="font-weight:bold">○</span>&nbsp;last sample'
    if is_walk:
        last = f'<span style="color:rgb{theme.accent}"><b>○</b></span>&nbsp;this&nbsp;sample'
    if scale is not None:
        low, high = scale
        steps = (theme.signed_color(share).name() for share in (-1.0, -0.5, 0.0, 0.5, 1.0))
        bar = "".join(f'<span style="color:{step}">■</span>' for step in steps)
        name = html.escape(dataset.target_name[:24], quote=False)
        return f"{name}:&nbsp; {short(low, 3)}&nbsp;{bar}&nbsp;{short(high, 3)}&nbsp;&nbsp; {last}"
    shown = dataset.class_names[:10]
    names = [html.escape(cut(name, LONGEST_IN_LEGEND), quote=False) for name in shown]
    parts = [f'<span style="color:rgb{theme.class_rgb(k)}">●</span>&nbsp;{name}' for k, name in enumerate(names)]
    if len(dataset.class_names) > len(shown):
        parts.append("…")
    parts.append(f'<span style="color:rgb{theme.wrong}">○</span>&nbsp;wrong')
    parts.append(last)
    return "&nbsp; ".join(parts)


def neuron_title(neuron: Neuron, preparation: Preparation, own: NeuronMap | None, theme: Theme) -> list[str]:
    """What is shown, and the numbers at the ends of its colours once its own map is there; as HTML."""
    name = selection_name(neuron, preparation)
    title = f"Input {name}" if neuron.layer == 0 else f"{capital(name)}: activation"
    if own is None:
        return [f"<b>{html.escape(title, quote=False)}</b>"]
    low, high = (
        f'<span style="color:rgb{color}">■</span>&nbsp;{short(value, 3)}'
        for color, value in ((theme.negative, own.low), (theme.positive, own.high))
    )
    return [f"<b>{html.escape(title, quote=False)}</b>", f"{low} to {high}"]


def neuron_at(own: NeuronMap, x: float, y: float) -> str:
    """What a neuron computes at a place; nothing beside its map."""
    cell = cell_at(own.place.plane, x, y)
    return f" → {short(float(own.values[cell]))}" if cell is not None else ""


def output_at(output: OutputMap, class_names: Sequence[str], x: float, y: float) -> str:
    """What the network says at a place; nothing beside its map."""
    cell = cell_at(output.plane, x, y)
    if cell is None:
        return ""
    if output.value is not None:
        return f" → {short(float(output.value[cell]))}"
    return f" → {class_names[output.winner[cell]]} (margin {output.margin[cell]:.2f})"
