"""The label beside the mouse that describes a part of the network diagram."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PyQt5.QtCore import QPointF, QRectF, QSize, QSizeF
from PyQt5.QtGui import QFont, QFontMetricsF, QPainter, QPen

from core.base.arrays import Array
from core.base.number_text import grouped, short
from core.base.translation import _
from core.explain.diagnosis import FLAT_SHARE, FLAT_SLOPE
from core.explain.picked_part import Edge, Neuron, Part, capital, selection_name
from core.explain.snapshot import Snapshot
from core.network.network import parameter_name
from core.training.preparation import Preparation
from gui.diagram.drawing.edge_quantity import EdgeQuantity
from gui.diagram.geometry import Diagram
from gui.widgets.flags import SMOOTH, TOP_LEFT
from gui.widgets.theme import Theme

if TYPE_CHECKING:
    from core.explain.diagnosis import UnitHealth
    from gui.diagram.walk_scene import WalkScene

BESIDE, BELOW, ABOVE, EDGE = 14.0, 16.0, 8.0, 4.0
"""The distance of a label from the mouse, and from the edge of the view."""
REACH, OWN = 5.0, 100.0
"""About the mouse and an edge so many pixels stay free; what a label describes counts so many times."""


def label_lines(
    part: Part, preparation: Preparation, snapshot: Snapshot, quantity: EdgeQuantity, scene: WalkScene | None
) -> list[str]:
    """A part's name and values: of the chosen quantity, or in a walk those of its phase."""
    name = selection_name(part, preparation)
    index = part.index(snapshot.sizes)
    lines = [name if index is None or (isinstance(part, Edge) and part.layer == 1) else capital(name)]
    if index is not None:
        place = parameter_name(snapshot.sizes, index)
        what = _("weight") if isinstance(part, Edge) else _("bias")
        lines.append(f"{what} {place} = {short(float(snapshot.parameters[index]))}")
        if scene is None and quantity.attribute != "parameters":
            lines.append(f"{quantity.label} = {short(float(quantity.values(snapshot)[index]))}")
    lines += health_lines(part, snapshot.health)
    return lines if scene is None else [*lines, *scene.describe(part)]


def health_lines(part: Part, health: UnitHealth | None) -> list[str]:
    """Why a neuron is marked as dead or saturated; empty if it is neither."""
    if health is None or isinstance(part, Edge) or not 0 < part.layer <= len(health.dead):
        return []
    dead, saturated = health.dead[part.layer - 1], health.saturated[part.layer - 1]
    if part.unit >= len(dead) or not (dead[part.unit] or saturated[part.unit]):
        return []
    samples = _("all {n} training samples") if health.is_whole else _("the {n} training samples looked at")
    samples = samples.format(n=grouped(health.samples))
    if dead[part.unit]:
        return [
            _("Dead: its output and its slope are 0 for {samples},").format(samples=samples),
            _("so none of them changes its weights"),
        ]
    return [
        _("Saturated: its slope is below {share:.0%} of the largest possible").format(share=FLAT_SLOPE),
        _("for {share:.0%} or more of {samples}").format(share=FLAT_SHARE, samples=samples),
    ]


def toggle_hint(inputs: int) -> str:
    """What a click on one of so many inputs does."""
    return _("The only input, so it stays") if inputs == 1 else _("Click: leave it out · Ctrl+click: select it")


def pin_hint(is_pinned: bool) -> str:
    """What a double click on a neuron does."""
    return _("Double click: let its map go") if is_pinned else _("Double click: keep its map in the plot")


def label_box(size: QSizeF, mouse: QPointF, view: QSize, diagram: Diagram, part: Part | None) -> QRectF:
    """Where a label covers the least: beside the mouse or in a corner of the view.

    The part that it describes counts more than the other tiles; of places that cover as little, the first is taken.
    """
    width, height = size.width(), size.height()
    right, bottom = max(EDGE, view.width() - width - EDGE), max(EDGE, view.height() - height - EDGE)
    beside = [
        (x, y)
        for y in (mouse.y() + BELOW, mouse.y() - height - ABOVE)
        for x in (mouse.x() + BESIDE, mouse.x() - width - BESIDE)
    ]
    corners = [(x, y) for y in (EDGE, bottom) for x in (EDGE, right)]
    places = np.array([(min(max(x, EDGE), right), min(max(y, EDGE), bottom)) for x, y in (*beside, *corners)])
    kept, weights = _boxes_in_view(diagram, part, mouse)
    low = np.maximum(places[:, None], kept[None, :, :2])
    high = np.minimum(places[:, None] + (width, height), kept[None, :, :2] + kept[None, :, 2:])
    covered = np.maximum(high - low, 0.0).prod(axis=2) @ weights
    left, top = places[int(covered.argmin())].tolist()
    return QRectF(left, top, width, height)


def _boxes_in_view(diagram: Diagram, part: Part | None, mouse: QPointF) -> tuple[Array, Array]:
    """Left, top, width and height of what a label should leave free, shape (boxes, 4), and how much each counts."""
    own = [(mouse.x() - REACH, mouse.y() - REACH, 2.0 * REACH, 2.0 * REACH)]
    if isinstance(part, Edge):
        own += [(x - REACH, y - REACH, 2.0 * REACH, 2.0 * REACH) for x, y in diagram.path(part)]
        ends = Neuron(part.layer - 1, part.source), Neuron(part.layer, part.target)
        own += [diagram.layer(end).tile(end.unit) for end in ends]
    elif part is not None:
        own.append(diagram.layer(part).tile(part.unit))
    unused = np.array([tile.getRect() for tile in diagram.unused]).reshape(-1, 4)
    tiles = np.concatenate([*(layer.boxes for layer in diagram.layers), unused])
    return np.concatenate((tiles, own)), np.repeat((1.0, OWN), (len(tiles), len(own)))


def paint_label(
    painter: QPainter, lines: list[str], font: QFont, theme: Theme, place: Callable[[QSizeF], QRectF]
) -> None:
    """Draw the label in the box that ``place`` returns for its size."""
    painter.setRenderHints(SMOOTH)
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    width = max(metrics.horizontalAdvance(line) for line in lines) + 16
    box = place(QSizeF(width, metrics.lineSpacing() * len(lines) + 10))
    painter.setPen(QPen(theme.color("line"), 1))
    painter.setBrush(theme.color("raised"))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(theme.color("text"))
    painter.drawText(box.adjusted(8, 5, -8, -5), int(TOP_LEFT), "\n".join(lines))
