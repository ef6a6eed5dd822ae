"""The label beside the mouse that describes a part of the network diagram."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt5.QtCore import QPointF, QRectF, QSize
from PyQt5.QtGui import QFont, QFontMetricsF, QPainter, QPen

from core.base.number_text import grouped, short
from core.base.translation import _
from core.explain.diagnosis import FLAT_SHARE, FLAT_SLOPE
from core.explain.picked_part import Edge, Part, capital, selection_name
from core.explain.snapshot import Snapshot
from core.network.network import parameter_name
from core.training.preparation import Preparation
from gui.diagram.drawing.edge_quantity import EdgeQuantity
from gui.widgets.flags import SMOOTH, TOP_LEFT
from gui.widgets.theme import Theme

if TYPE_CHECKING:
    from core.explain.diagnosis import UnitHealth
    from gui.diagram.walk_scene import WalkScene


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


def paint_label(
    painter: QPainter, lines: list[str], mouse: QPointF, view_size: QSize, font: QFont, theme: Theme
) -> None:
    """Draw the label beside the mouse, inside the view."""
    painter.setRenderHints(SMOOTH)
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    width = max(metrics.horizontalAdvance(line) for line in lines) + 16
    height = metrics.lineSpacing() * len(lines) + 10
    left = min(mouse.x() + 14, view_size.width() - width - 4)
    top = mouse.y() + 16
    if top + height > view_size.height() - 4:
        top = mouse.y() - height - 8
    box = QRectF(max(4.0, left), max(4.0, top), width, height)
    painter.setPen(QPen(theme.color("line"), 1))
    painter.setBrush(theme.color("raised"))
    painter.drawRoundedRect(box, 4, 4)
    painter.setPen(theme.color("text"))
    painter.drawText(box.adjusted(8, 5, -8, -5), int(TOP_LEFT), "\n".join(lines))
