"""Marks dead and saturated neurons of the network diagram."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt5.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt5.QtGui import QPainter, QPen

from gui.diagram.drawing.picture_settings import ANTIALIASING, GROUND, PictureSettings

if TYPE_CHECKING:
    from core.explain.diagnosis import UnitHealth

SMALLEST_MARKED_TILE = 9.0
DEAD_VEIL = 110
LARGEST_BADGE = 7.0


def paint_health(painter: QPainter, settings: PictureSettings, health: UnitHealth | None) -> None:
    """Put a badge into the upper right corner of each dead neuron, a cross, and of each saturated one, a bar.

    Dead ones are paler as well. Nothing is marked in tiles that are too small.
    """
    sizes = settings.diagram.sizes
    if health is None or tuple(len(flags) for flags in health.dead) != sizes[1:]:
        return
    painter.setRenderHint(ANTIALIASING, True)
    for number, (dead, saturated) in enumerate(zip(health.dead, health.saturated, strict=True), start=1):
        layer = settings.diagram.layers[number]
        if layer.side < SMALLEST_MARKED_TILE or not settings.layer_is_active(number):
            continue
        for unit in (dead | saturated).nonzero()[0].tolist():
            tile = layer.tiles[unit]
            if dead[unit]:
                painter.fillRect(tile.adjusted(1, 1, -1, -1), settings.theme.color(GROUND, DEAD_VEIL))
            _paint_badge(painter, settings, tile, bool(dead[unit]))


def _paint_badge(painter: QPainter, settings: PictureSettings, tile: QRectF, is_dead: bool) -> None:
    radius = min(LARGEST_BADGE, tile.width() / 4.0)
    middle = tile.topRight() + QPointF(-radius, radius)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(settings.theme.color("wrong" if is_dead else "text"))
    painter.drawEllipse(middle, radius, radius)
    painter.setPen(QPen(settings.ground, max(1.0, radius / 4.5)))
    arm = radius * 0.45
    if is_dead:
        painter.drawLine(QLineF(middle - QPointF(arm, arm), middle + QPointF(arm, arm)))
        painter.drawLine(QLineF(middle - QPointF(arm, -arm), middle + QPointF(arm, -arm)))
    else:
        painter.drawLine(QLineF(middle - QPointF(arm, 0), middle + QPointF(arm, 0)))
