"""Strokes: what each painting tool does to the points, and shows, from the press of the mouse to its release."""

from __future__ import annotations

import numpy as np

from core.base.values import dataclass
from core.data.drawn_points import MAX_POINTS, DrawnPoints
from core.data.point_edits import Mask, Points, add, disc, inside_box, inside_disc, move, remove, scatter

Place = tuple[float, float]

DAB_SHARE = 0.5
"""The brush adds points after each move by this share of its radius."""
PIXELS_OF_POINT = 8.0
"""Pixels of the radius for each point that brush and spray add at a time."""


@dataclass(frozen=True)
class Pen:
    """The settings of a stroke.

    Attributes:
        pixels: the radius on the screen.
        pixel: width and height of a pixel in data units.
        value: class index or target of new points.
        random: the source of new points.
    """

    pixels: float
    pixel: tuple[float, float]
    value: float
    random: np.random.Generator

    @property
    def radius(self) -> tuple[float, float]:
        """The radius in data units for each axis; a circle on the screen can be an ellipse in data units."""
        return self.pixels * self.pixel[0], self.pixels * self.pixel[1]

    @property
    def share(self) -> int:
        """The number of points that are added at a time."""
        return max(1, round(self.pixels / PIXELS_OF_POINT))

    def distance(self, start: Place, end: Place) -> float:
        """The distance of two places in pixels."""
        return float(np.hypot((end[0] - start[0]) / self.pixel[0], (end[1] - start[1]) / self.pixel[1]))


class Stroke:
    """One stroke, from press to release. It does not change ``drawn``, the points before it."""

    def __init__(self, drawn: DrawnPoints, pen: Pen, at: Place) -> None:
        self.drawn = drawn
        self.pen = pen
        self.at = at

    def move(self, at: Place) -> None:
        """The mouse moved."""
        self.at = at

    def tick(self) -> None:
        """Some time went by."""

    def added(self) -> Points:
        """New points so far, shape (n, 2)."""
        return np.empty((0, 2))

    def changed(self) -> DrawnPoints | None:
        """The present points, if the stroke changed other points than its new ones."""
        return None

    def band(self) -> tuple[Place, Place] | None:
        """Two corners of a rectangle that is drawn."""
        return None

    def result(self) -> DrawnPoints:
        """The points behind it."""
        return add(self.drawn, self.added(), self.pen.value)


class OnePoint(Stroke):
    """A single point, which follows the mouse until it is released."""

    def added(self) -> Points:
        """New points so far, shape (n, 2)."""
        return np.array([self.at])[: MAX_POINTS - len(self.drawn)]


class Adding(Stroke):
    """Adds points along its way, up to the largest number of points."""

    def __init__(self, drawn: DrawnPoints, pen: Pen, at: Place) -> None:
        super().__init__(drawn, pen, at)
        self._added: list[Points] = []
        self._count = 0
        self.dab(at)

    def dab(self, at: Place) -> None:
        """Add points at a place."""
        room = MAX_POINTS - len(self.drawn) - self._count
        self._added.append(self.some(at)[:room])
        self._count += len(self._added[-1])

    def some(self, at: Place) -> Points:
        """A few points around a place."""
        return disc(at, self.pen.radius, self.pen.share, self.pen.random)

    def added(self) -> Points:
        """New points so far, shape (n, 2)."""
        if len(self._added) > 1:
            self._added = [np.concatenate(self._added)]
        return self._added[0]


class Brush(Adding):
    """Covers its way evenly with points."""

    def move(self, at: Place) -> None:
        """The mouse moved."""
        step = max(2.0, DAB_SHARE * self.pen.pixels)
        way = self.pen.distance(self.at, at)
        count = int(way / step)
        start = self.at
        for k in range(1, count + 1):
            share = k * step / way
            self.at = start[0] + share * (at[0] - start[0]), start[1] + share * (at[1] - start[1])
            self.dab(self.at)


class Spray(Adding):
    """Adds points while the button is pressed, most of them near the middle."""

    def some(self, at: Place) -> Points:
        """A few points around a place."""
        x, y = self.pen.radius
        return scatter(at, (x / 2.0, y / 2.0), self.pen.share, self.pen.random)

    def tick(self) -> None:
        """Some time went by."""
        self.dab(self.at)


class Eraser(Stroke):
    """Removes the points that it covers."""

    def __init__(self, drawn: DrawnPoints, pen: Pen, at: Place) -> None:
        super().__init__(drawn, pen, at)
        self._covered = inside_disc(drawn, at, self.pen.radius)

    def move(self, at: Place) -> None:
        """The mouse moved."""
        steps = int(self.pen.distance(self.at, at) / max(2.0, self.pen.pixels)) + 1
        start = self.at
        for k in range(1, steps + 1):  # so that a fast move leaves no gaps
            self.at = start[0] + k / steps * (at[0] - start[0]), start[1] + k / steps * (at[1] - start[1])
            self._covered |= inside_disc(self.drawn, self.at, self.pen.radius)

    def changed(self) -> DrawnPoints | None:
        """The points as they are now."""
        return self.result()

    def result(self) -> DrawnPoints:
        """The points behind it."""
        return remove(self.drawn, self._covered) if self._covered.any() else self.drawn


class Band(Stroke):
    """Selects the points in a rectangle."""

    def __init__(self, drawn: DrawnPoints, pen: Pen, at: Place) -> None:
        super().__init__(drawn, pen, at)
        self.start = at

    def band(self) -> tuple[Place, Place] | None:
        """Two corners of a rectangle that is drawn."""
        return self.start, self.at

    def selection(self) -> Mask:
        """The points inside."""
        return inside_box(self.drawn, self.start, self.at)

    def result(self) -> DrawnPoints:
        """The points behind it."""
        return self.drawn


class Shift(Stroke):
    """Moves the selected points."""

    def __init__(self, drawn: DrawnPoints, pen: Pen, at: Place, selection: Mask) -> None:
        super().__init__(drawn, pen, at)
        self.start, self.selection = at, selection

    def changed(self) -> DrawnPoints | None:
        """The points as they are now."""
        return self.result()

    def result(self) -> DrawnPoints:
        """The points behind it."""
        by = self.at[0] - self.start[0], self.at[1] - self.start[1]
        return move(self.drawn, self.selection, by) if by != (0.0, 0.0) else self.drawn


STROKES: dict[str, type[Stroke]] = {"point": OnePoint, "brush": Brush, "spray": Spray, "eraser": Eraser}
