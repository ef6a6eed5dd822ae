"""Marks dead and saturated neurons of the network diagram."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt5.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt5.QtGui import QPainter, QPen

from gui.diagram.drawing.picture_settings import ANTIALIASING, GROUND, PictureSettings
from gui.widgets.theme import Theme

if TYPE_CHECKING:
    from core.explain.diagnosis import UnitHealth

SMALLEST_MARKED_TILE = 9.0
DEAD_VEIL = 110
LARGEST_BADGE = 7.0


def paint_health(painter: QPainter, settings: PictureSettings, health: UnitHealth | None) -> None:
    """Put a badge into the upper right corner of each dead neuron, a cross, and of each saturated one, a bar.

    Dead ones are paler as well.
    """
    painter.setRenderHint(ANTIALIASING, True)
    for tile, is_dead in marked_tiles(settings, health):
        if is_dead:
            painter.fillRect(tile.adjusted(1, 1, -1, -1), settings.theme.color(GROUND, DEAD_VEIL))
        radius = min(LARGEST_BADGE, tile.width() / 4.0)
        paint_badge(painter, settings.theme, tile.topRight() + QPointF(-radius, radius), radius, is_dead)


def marked_tiles(settings: PictureSettings, health: UnitHealth | None) -> list[tuple[QRectF, bool]]:
    """The tiles of the dead and saturated neurons, and whether each is dead; none that is too small for a mark."""
    if health is None or tuple(len(flags) for flags in health.dead) != settings.diagram.sizes[1:]:
        return []
    tiles = []
    for number, (dead, saturated) in enumerate(zip(health.dead, health.saturated, strict=True), start=1):
        layer = settings.diagram.layers[number]
        if layer.side >= SMALLEST_MARKED_TILE and settings.layer_is_active(number):
            tiles += [(layer.tiles[unit], bool(dead[unit])) for unit in (dead | saturated).nonzero()[0].tolist()]
    return tiles


def paint_badge(painter: QPainter, theme: Theme, middle: QPointF, radius: float, is_dead: bool) -> None:
    """Paint the mark of a dead or a saturated neuron."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("wrong" if is_dead else "text"))
    painter.drawEllipse(middle, radius, radius)
    painter.setPen(QPen(theme.color(GROUND), max(1.0, radius / 4.5)))
    arm = radius * 0.45
    if is_dead:
        painter.drawLine(QLineF(middle - QPointF(arm, arm), middle + QPointF(arm, arm)))
        painter.drawLine(QLineF(middle - QPointF(arm, -arm), middle + QPointF(arm, -arm)))
    else:
        painter.drawLine(QLineF(middle - QPointF(arm, 0), middle + QPointF(arm, 0)))
