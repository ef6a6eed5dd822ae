"""Marks neurons and edges of the network diagram: the selected one, the one under the mouse, and that of a walk."""

from __future__ import annotations

import numpy as np
from PyQt5.QtCore import QPointF, QRectF, Qt
from PyQt5.QtGui import QPainter, QPen, QPolygonF

from core.base.arrays import Array
from core.explain.picked_part import Edge, Neuron, Part
from gui.diagram.connections import Lines, Matrix
from gui.diagram.drawing.picture_settings import ANTIALIASING, PictureSettings
from gui.diagram.drawing.tile_painting import ROUNDNESS, SMALLEST_ROUND_TILE


def paint_mark(painter: QPainter, settings: PictureSettings, item: Part, width: float) -> None:
    """Mark an edge or a neuron in the accent colour, with a line so many pixels wide."""
    painter.setRenderHint(ANTIALIASING, True)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(settings.theme.color("accent"), width))
    if isinstance(item, Neuron):
        tile = QRectF(*settings.diagram.layer(item).tile(item.unit))
        if settings.diagram.layer(item).columns == 1 and tile.width() >= SMALLEST_ROUND_TILE:
            painter.drawRoundedRect(tile.adjusted(-0.5, -0.5, 0.5, 0.5), ROUNDNESS, ROUNDNESS)
        else:
            painter.drawRect(tile.adjusted(-1, -1, 1, 1))
        _mark_weights_of(painter, settings, item)
        return
    connection = settings.diagram.connection(item)
    painter.drawPolyline(_polygon(settings, item))
    if isinstance(connection, Lines):
        return
    _mark_cell(painter, settings, QRectF(*connection.cell(item)))
    painter.setPen(QPen(settings.theme.color("accent"), 2.0))
    for end in (Neuron(item.layer - 1, item.source), Neuron(item.layer, item.target)):
        painter.drawRect(QRectF(*settings.diagram.layer(end).tile(end.unit)))


def outline_edge(painter: QPainter, settings: PictureSettings, edge: Edge, values: Array) -> None:
    """Mark an edge by an outline in the accent colour, which leaves its own colour visible."""
    connection = settings.diagram.connection(edge)
    if not isinstance(connection, Lines):
        paint_mark(painter, settings, edge, 2.0)
        return
    with np.errstate(all="ignore"):
        value = float(np.nan_to_num(values[edge.index(settings.diagram.sizes)] / settings.end))
    share = min(1.0, max(-1.0, value))
    width = max(2.0, settings.line_width(share))
    paint_mark(painter, settings, edge, width + 5.0)
    path = _polygon(settings, edge)
    for color, wide in ((settings.ground, width + 1.5), (settings.quantity.color(settings.theme, share), width)):
        painter.setPen(QPen(color, wide))
        painter.drawPolyline(path)


def _polygon(settings: PictureSettings, edge: Edge) -> QPolygonF:
    return QPolygonF([QPointF(x, y) for x, y in settings.diagram.path(edge).tolist()])


def _mark_cell(painter: QPainter, settings: PictureSettings, cell: QRectF) -> None:
    """Draw a frame in the accent and the background colour around a cell, however small it is."""
    grown = QRectF(0, 0, max(cell.width(), 5.0), max(cell.height(), 5.0))
    grown.moveCenter(cell.center())
    painter.setPen(QPen(settings.ground, 1.0))
    painter.drawRect(grown.adjusted(-0.5, -0.5, 0.5, 0.5))
    painter.setPen(QPen(settings.theme.color("accent"), 2.0))
    painter.drawRect(grown.adjusted(-2, -2, 2, 2))


def _mark_weights_of(painter: QPainter, settings: PictureSettings, neuron: Neuron) -> None:
    """Draw a frame around the row or column of a neuron's weights in the neighbouring matrices."""
    painter.setPen(QPen(settings.theme.color("accent"), 1.0))
    for connection in settings.diagram.connections:
        if not isinstance(connection, Matrix):
            continue
        sources, targets = connection.shape
        if connection.layer == neuron.layer:
            ends = (Edge(connection.layer, 0, neuron.unit), Edge(connection.layer, sources - 1, neuron.unit))
        elif connection.layer == neuron.layer + 1:
            ends = (Edge(connection.layer, neuron.unit, 0), Edge(connection.layer, neuron.unit, targets - 1))
        else:
            continue
        first, last = (QRectF(*connection.cell(end)) for end in ends)
        painter.drawRect(first.united(last).adjusted(-1, -1, 1, 1))
