"""Where names stand in a plot: at the ends of their curves, or else below each other in a corner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from PyQt5.QtCore import QPointF, QRectF
from PyQt5.QtGui import QTransform

from gui.runs.line_layer import PlotLine

GAP = 4.0
LEAST_ROOM = 0.2
"""The share of the plot's width behind the end of a curve in which a longer name is shortened."""
FARTHEST = 1.5
"""Heights of a name by which it may stand above or below the end of its curve, to keep clear of other names."""
LONGEST_IN_CORNER = 0.6
"""The share of the plot's width."""
MOST_HEIGHT = 0.4
"""The share of the plot's height that names over curves may take together."""


def places_at_ends(
    widths: Sequence[float],
    height: float,
    ends: Sequence[QPointF],
    lines: Iterable[PlotLine],
    to_area: QTransform,
    area: QRectF,
) -> list[QRectF] | None:
    """Right of the end of each curve, over no curve and no other name; None where one has no such place.

    ``lines`` are all curves, in the plot's units; ``to_area`` leads from these to the units of everything else.
    """
    boxes = []
    for width, end in zip(widths, ends, strict=True):
        room = area.right() - end.x() - GAP
        if room < min(width, LEAST_ROOM * area.width()):
            return None
        boxes.append(QRectF(end.x() + GAP, end.y() - height / 2.0, min(width, room), height))
    moved = _apart(boxes, area)
    is_near = all(abs(one.y() - box.y()) <= FARTHEST * height for one, box in zip(moved, boxes, strict=True))
    to_plot = to_area.inverted()[0]
    return (
        moved if is_near and not any(_crosses(line, to_plot.mapRect(box)) for line in lines for box in moved) else None
    )


def places_in_corner(
    widths: Sequence[float],
    height: float,
    ends: Sequence[QPointF],
    lines: Sequence[PlotLine],
    to_area: QTransform,
    area: QRectF,
) -> list[QRectF] | None:
    """Below each other, in the order of the ends, in the corner that the fewest curves cross.

    None where they would hide too much. The arguments are those of :func:`places_at_ends`.
    """
    behind = area.right() - max(end.x() for end in ends) - 2.0 * GAP
    room = behind if behind >= LEAST_ROOM * area.width() else LONGEST_IN_CORNER * area.width()
    width, whole = min(max(widths), room), len(widths) * height
    xs, ys = (area.right() - width - GAP, area.left() + GAP), (area.top(), area.bottom() - whole)
    corners, to_plot = [QRectF(x, y, width, whole) for x in xs for y in ys], to_area.inverted()[0]
    corner = min(corners, key=lambda one: sum(_crosses(line, to_plot.mapRect(one)) for line in lines))
    if whole > (1.0 if area.right() - corner.left() < behind else MOST_HEIGHT) * area.height():
        return None
    order = sorted(range(len(ends)), key=lambda number: ends[number].y())
    tops = {number: corner.top() + place * height for place, number in enumerate(order)}
    return [QRectF(corner.left(), tops[number], width, height) for number in range(len(ends))]


def _crosses(line: PlotLine, box: QRectF) -> bool:
    """Whether a line, whose x ascend, runs through a box of the plot."""
    left, right = max(box.left(), float(line.x[0])), min(box.right(), float(line.x[-1]))
    if left > right:
        return False
    first, last = np.searchsorted(line.x, [left, right])
    heights = np.append(np.interp([left, right], line.x, line.y), line.y[first:last])
    heights = heights[np.isfinite(heights)]
    return bool(len(heights)) and heights.min() <= box.bottom() and heights.max() >= box.top()


def _apart(boxes: Sequence[QRectF], area: QRectF) -> list[QRectF]:
    """Boxes of one height, moved up and down as little as possible so that none overlaps another, and all inside."""
    moved = [QRectF(box) for box in boxes]
    columns: list[list[QRectF]] = []  # of boxes that lie above each other
    for box in sorted(moved, key=lambda box: box.left()):
        if columns and box.left() < max(other.right() for other in columns[-1]):
            columns[-1].append(box)
        else:
            columns.append([box])
    for column in columns:
        column.sort(key=lambda box: box.y())
        height, blocks = column[0].height(), list[list[float]]()  # of the places that those wish which touch
        for number, box in enumerate(column):
            blocks.append([box.y() - number * height])
            while len(blocks) > 1 and np.mean(blocks[-2]) > np.mean(blocks[-1]):
                blocks[-2:] = [blocks[-2] + blocks[-1]]
        places = [float(np.mean(block)) for block in blocks for _ in block]
        highest, lowest = area.top(), area.bottom() - len(column) * height
        for number, (box, place) in enumerate(zip(column, places, strict=True)):
            box.moveTop(max(min(place, lowest), highest) + number * height)
    return moved
