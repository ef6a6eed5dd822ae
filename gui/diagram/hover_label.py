"""The label beside the mouse that describes a part of the network diagram."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PyQt5.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PyQt5.QtGui import QFontMetricsF, QPaintEvent, QPen
from PyQt5.QtWidgets import QWidget

from core.base.arrays import Array
from core.base.number_text import grouped, short
from core.base.translation import _
from core.explain.diagnosis import FLAT_SHARE, FLAT_SLOPE
from core.explain.picked_part import Edge, Neuron, Part, capital, selection_name
from core.explain.snapshot import Snapshot
from core.network.network import parameter_name
from core.training.preparation import Preparation
from gui.diagram.connections import Lines
from gui.diagram.drawing.edge_quantity import EdgeQuantity
from gui.diagram.geometry import Diagram
from gui.widgets.ending_painter import painting
from gui.widgets.flags import SMOOTH, TOP_LEFT
from gui.widgets.theme import LIGHT, Theme
from gui.widgets.vector_painting import leave_out_of_files

if TYPE_CHECKING:
    from core.explain.diagnosis import UnitHealth
    from gui.diagram.walk_scene import WalkScene

BESIDE, BELOW, ABOVE, EDGE = 14.0, 16.0, 8.0, 4.0
"""The distance of a label from the mouse, and from the edge of the view."""
REACH, OWN, OF_EDGE = 5.0, 100.0, 0.25
"""About the mouse and edges so many pixels stay free; what a label describes, and other edges, count so many times."""
FEW_EDGES = 100
SIDES, TOP = 8, 5


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
            lines.append(quantity.told(snapshot, index))
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


def label_box(size: QSizeF, mouse: QPointF, view: QSize, diagram: Diagram, part: Part | None, beyond: float) -> QRectF:
    """Where a label covers the least: beside the mouse, in a corner of the view, or just above or below the view.

    The part that it describes counts more than other tiles, and these more than edges; nearer places are better. So
    many pixels ``beyond`` the view are free for it, above and below.
    """
    width, height = size.width(), size.height()
    right, bottom = max(EDGE, view.width() - width - EDGE), max(EDGE, view.height() - height - EDGE)
    across = mouse.x() + BESIDE, mouse.x() - width - BESIDE, mouse.x() - width / 2.0
    beside = [(x, y) for y in (mouse.y() + BELOW, mouse.y() - height - ABOVE) for x in across[:2]]
    corners = [(x, y) for y in (EDGE, bottom) for x in (EDGE, right)]
    inside = [(min(max(x, EDGE), right), min(max(y, EDGE), bottom)) for x, y in (*beside, *corners)]
    outside = [(min(max(x, EDGE), right), y) for y in (-height - EDGE, view.height() + EDGE) for x in across]
    places = np.array([*inside, *(outside if height + EDGE <= beyond else ())])
    kept, weights = _boxes_in_view(diagram, part, mouse)
    low = np.maximum(places[:, None], kept[None, :, :2])
    high = np.minimum(places[:, None] + (width, height), kept[None, :, :2] + kept[None, :, 2:])
    covered = np.maximum(high - low, 0.0).prod(axis=2) @ weights
    away = np.abs(places - (mouse.x() - width / 2.0, mouse.y() - height / 2.0)).sum(axis=1)
    left, top = places[int((covered + away).argmin())].tolist()
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
    edges = np.concatenate([np.empty((0, 2)), *(lines.points.reshape(-1, 2) for lines in _few_lines(diagram))])
    dots = np.column_stack([edges - REACH, np.full_like(edges, 2.0 * REACH)])
    return np.concatenate((tiles, own, dots)), np.repeat((1.0, OWN, OF_EDGE), (len(tiles), len(own), len(dots)))


def _few_lines(diagram: Diagram) -> list[Lines]:
    """The edges of a small net; of a large one they lie everywhere."""
    lines = [part for part in diagram.connections if isinstance(part, Lines)]
    return lines if sum(part.size for part in lines) <= FEW_EDGES else []


class HoverLabel(QWidget):
    """The label. It lies over the window of its view, so that it may stand beside the view."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._lines: list[str] = []
        self._theme = LIGHT
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        leave_out_of_files(self)

    def show_lines(self, lines: list[str], theme: Theme, place: Callable[[QSizeF], QRectF]) -> None:
        """Show other lines in the box, in pixels of the window, that ``place`` returns for their size; none to hide."""
        if lines:
            room = QRectF(0.0, 0.0, 10_000.0, 10_000.0)
            text = QFontMetricsF(self.font()).boundingRect(
                room, int(TOP_LEFT), "\n".join(lines)
            )  # raised signs are high
            box = place(text.size() + QSizeF(2.0 * SIDES, 2.0 * TOP)).toAlignedRect()
            if (box, lines, theme) != (self.geometry(), self._lines, self._theme):
                self._lines, self._theme = lines, theme
                self.setGeometry(box)
                self.update()
            self.raise_()
        self.setVisible(bool(lines))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        with painting(self) as painter:
            painter.setRenderHints(SMOOTH)
            painter.setPen(QPen(self._theme.color("line"), 1))
            painter.setBrush(self._theme.color("raised"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
            painter.setPen(self._theme.color("text"))
            painter.drawText(self.rect().adjusted(SIDES, TOP, 0, 0), int(TOP_LEFT), "\n".join(self._lines))
