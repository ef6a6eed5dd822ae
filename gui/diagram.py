"""Where the parts of the network diagram lie, and what lies under the mouse; no painting."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from gui.selection import Edge, Neuron, Selection

Array = NDArray[np.float64]

LEFT, RIGHT, TOP, BOTTOM = 88.0, 112.0, 48.0, 14.0
LARGEST_TILE, SMALLEST_TILE = 62.0, 3.0
EDGE_REACH = 6.0


class Diagram:
    """Geometry of a network in a rectangle of so many pixels.

    Attributes:
        sizes: layer sizes.
        gap: from one layer to the next.
        tiles: side of the square of a neuron, for each layer.
        centers: for each layer, shape (units, 2), pixel positions.
        lines: shape (edges, 4), x1, y1, x2, y2 of each edge, in the order of the weights in the flat vector.
        indices: shape (edges,), the place of each edge's weight in the flat vector.
    """

    def __init__(self, sizes: tuple[int, ...], width: float, height: float) -> None:
        self.sizes = sizes
        self.gap = gap = max(1.0, (width - LEFT - RIGHT) / max(1, len(sizes) - 1))
        room = max(1.0, height - TOP - BOTTOM)
        self.tiles = [max(SMALLEST_TILE, min(LARGEST_TILE, 0.72 * room / n, 0.42 * gap)) for n in sizes]
        self.centers: list[Array] = []
        for layer, n in enumerate(sizes):
            pitch = min(room / n, 1.7 * LARGEST_TILE)
            y = TOP + room / 2.0 + (np.arange(n) - (n - 1) / 2.0) * pitch
            self.centers.append(np.column_stack([np.full(n, LEFT + layer * gap), y]))
        self.lines = np.concatenate([self._lines_into(layer) for layer in range(1, len(sizes))])
        self.indices = np.concatenate(self._indices())

    def _lines_into(self, layer: int) -> Array:
        sources, targets = self.centers[layer - 1], self.centers[layer]
        lines = np.empty((len(sources), len(targets), 4))
        lines[:, :, 0] = sources[:, None, 0] + self.tiles[layer - 1] / 2.0
        lines[:, :, 1] = sources[:, None, 1]
        lines[:, :, 2] = targets[None, :, 0] - self.tiles[layer] / 2.0
        lines[:, :, 3] = targets[None, :, 1]
        return lines.reshape(-1, 4)

    def _indices(self) -> list[NDArray[np.int64]]:
        start, result = 0, []
        for inputs, outputs in zip(self.sizes, self.sizes[1:], strict=False):
            result.append(np.arange(start, start + inputs * outputs))
            start += (inputs + 1) * outputs
        return result

    def edge(self, number: int) -> Edge:
        """The edge of a row of ``lines``."""
        for layer in range(1, len(self.sizes)):
            inside = self.sizes[layer - 1] * self.sizes[layer]
            if number < inside:
                return Edge(layer, *divmod(number, self.sizes[layer]))
            number -= inside
        raise IndexError(number)

    def number(self, edge: Edge) -> int:
        """The row of ``lines`` of an edge."""
        before = sum(self.sizes[layer - 1] * self.sizes[layer] for layer in range(1, edge.layer))
        return before + edge.source * self.sizes[edge.layer] + edge.target

    def at(self, x: float, y: float) -> Selection | None:
        """The neuron under a pixel, else the nearest edge within reach, else None."""
        for layer, centers in enumerate(self.centers):
            half = max(self.tiles[layer] / 2.0, 4.0)
            if abs(x - centers[0, 0]) <= half:
                unit = int(np.argmin(np.abs(centers[:, 1] - y)))
                if abs(y - centers[unit, 1]) <= half:
                    return Neuron(layer, unit)
        distances = self._distances(x, y)
        nearest = int(np.argmin(distances))
        return self.edge(nearest) if distances[nearest] <= EDGE_REACH else None

    def _distances(self, x: float, y: float) -> Array:
        """From a pixel to each edge: to the nearest point of the segment."""
        x1, y1, x2, y2 = self.lines.T
        dx, dy = x2 - x1, y2 - y1
        along = np.clip(((x - x1) * dx + (y - y1) * dy) / np.maximum(dx * dx + dy * dy, 1e-9), 0.0, 1.0)
        distances: Array = np.hypot(x - x1 - along * dx, y - y1 - along * dy)
        return distances

    def widest(self) -> float:
        """How wide the strongest edge may be drawn: less where very many edges meet."""
        crowd = max(a * b for a, b in zip(self.sizes, self.sizes[1:], strict=False))
        return max(1.2, min(7.0, 40.0 / math.sqrt(crowd)))
