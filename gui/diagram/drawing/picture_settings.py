"""The settings of one picture of the network diagram, which all painting functions of this folder share."""

from __future__ import annotations

from PyQt5.QtCore import QRectF
from PyQt5.QtGui import QColor, QFont, QPainter

from core.base.values import dataclass
from gui.diagram.drawing.edge_quantity import EdgeQuantity
from gui.diagram.geometry import Diagram
from gui.diagram.layer_tiles import Box
from gui.widgets.theme import Theme

ANTIALIASING = QPainter.RenderHint.Antialiasing
SMOOTH_IMAGES = QPainter.RenderHint.SmoothPixmapTransform
GROUND = "window"
"""The theme's name of the background colour."""
THINNEST_LINE = 0.7
VEIL_OPACITY = 165
"""The opacity, of 255, of the background colour painted over inactive matrices and tiles."""


@dataclass(frozen=True)
class PictureSettings:
    """What to paint, and how.

    Attributes:
        diagram: the geometry.
        quantity: what the edges show. end: the largest magnitude on its colour scale;
            infinite where all is practically 0, so that each edge is thin and neutral.
        ratio: device pixels per pixel.
        quality: 0 is full quality; from 1 on, very many lines are drawn without antialiasing.
        has_titles: whether the titles of the layers and the colour scale are painted; in the window, widgets show them.
        class_outputs: so many outputs each stand for a class, and have maps in its colour.
        active_layers, active_connections: the parts drawn in full colours, all others are pale; None for all.
            Connection l leads to layer l.
    """

    diagram: Diagram
    theme: Theme
    quantity: EdgeQuantity
    end: float
    font: QFont
    ratio: float = 1.0
    quality: int = 0
    has_titles: bool = True
    class_outputs: int = 0
    active_layers: frozenset[int] | None = None
    active_connections: frozenset[int] | None = None

    def layer_is_active(self, number: int) -> bool:
        """Whether a layer is drawn in full colours."""
        return self.active_layers is None or number in self.active_layers

    def connection_is_active(self, layer: int) -> bool:
        """Whether the connection that leads to a layer is drawn in full colours."""
        return self.active_connections is None or layer in self.active_connections

    @property
    def ground(self) -> QColor:
        """The colour of the background."""
        return self.theme.color(GROUND)

    def line_width(self, share: float) -> float:
        """The width of an edge in pixels, for a share of the scale, −1 to 1."""
        return THINNEST_LINE + (self.diagram.widest - THINNEST_LINE) * abs(share)

    def make_pale(self, painter: QPainter, box: Box) -> None:
        """Paint the background colour over an inactive part, half transparent."""
        painter.fillRect(QRectF(*box).adjusted(-6, -6, 6, 6), self.theme.color(GROUND, VEIL_OPACITY))
