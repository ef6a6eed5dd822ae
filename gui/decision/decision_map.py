"""The network's decision over the plane: its picture, its border, its cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from PyQt5.QtCore import QRectF
from PyQt5.QtGui import QColor, QImage

from core.base.arrays import Array
from core.explain.maps import OutputMap, Plane
from gui.widgets.images import Words, color_words, places, table_image, word_image
from gui.widgets.theme import Theme

SHADES = 256


def decision_image(output: OutputMap, theme: Theme) -> QImage:
    """An image of the winning class in each cell: the smaller its margin, the paler; row 0 at the lowest x2."""
    table = _decision_table(theme, 1 + int(output.winner.max()))
    at = (output.margin * (SHADES - 1) + 0.5).astype(np.intp)
    at += np.multiply(output.winner, SHADES, dtype=np.intp)
    return word_image(table.take(at, mode="clip"), QImage.Format.Format_RGB32)


def certainty_image(output: OutputMap, theme: Theme) -> QImage:
    """An image of how far the winning class leads in each cell, whichever it is; row 0 at the lowest x2."""
    at = (output.margin * (SHADES - 1) + 0.5).astype(np.intp)
    return word_image(_certainty_table(theme).take(at, mode="clip"), QImage.Format.Format_RGB32)


def value_image(values: Array, scale: tuple[float, float], theme: Theme) -> QImage:
    """For regression, an image of the output in each cell on the scale of the targets; row 0 at the lowest x2."""
    low, high = scale
    return table_image(places((2.0 * values - (low + high)) / (high - low)), theme.signed_table())


def border(output: OutputMap) -> Array:
    """The lines on which the decision changes, shape (points, 2); a row of NaN ends each line."""
    end = np.full((1, 2), np.nan)
    parts = [part for line in _border_lines(output) for part in (line, end)]
    return np.concatenate(parts) if parts else np.zeros((0, 2))


def _border_lines(output: OutputMap) -> Iterator[Array]:
    """For each class the line where its lead is 0: its margin where it wins, minus the winner's margin elsewhere.

    With two classes one lead is enough, since the other is its negative.
    """
    first, last = int(output.winner.min()), int(output.winner.max())
    if first == last:
        return
    present = [first, last]
    if last - first > 1:
        present = np.flatnonzero(np.bincount(output.winner.ravel())).tolist()  # many times faster than np.unique
    for winner in present[:1] if len(present) == 2 else present:
        lead = np.where(output.winner == winner, output.margin, -output.margin)
        for line in _zero_lines(output.plane, lead):
            yield np.asarray(line, dtype=np.float64)


def _zero_lines(plane: Plane, heights: Array) -> Sequence[Any]:
    """The lines of shape (points, 2) along which heights over a plane, shape (rows, columns), are 0."""
    import contourpy  # here, since an undecided network has no border

    kind = contourpy.LineType.Separate
    x, y = _places_of_cells(plane)
    if not np.isfinite(heights).all():
        return contourpy.contour_generator(x, y, heights, line_type=kind).lines(0.0)
    # The same as contour_generator makes, but without its masked arrays, which take longer than the lines.
    generator = contourpy.SerialContourGenerator(
        x,
        y,
        heights,
        None,  # type: ignore[arg-type]  # as contour_generator gives it
        corner_mask=True,
        line_type=kind,
        fill_type=contourpy.SerialContourGenerator.default_fill_type,
        quad_as_tri=False,
        z_interp=contourpy.ZInterp.Linear,
    )
    return generator.lines(0.0)


@lru_cache(maxsize=4)
def _places_of_cells(plane: Plane) -> tuple[Array, Array]:
    """The centers of all cells, x and y, each of shape (rows, columns)."""
    x, y = np.meshgrid(*plane.centers())
    return x, y


@lru_cache(maxsize=16)
def _decision_table(theme: Theme, classes: int) -> Words:
    """Colours of each class from margin 0 to 1, shape (classes · SHADES,), as 0xFFRRGGBB."""
    colors = np.array([theme.class_rgb(k) for k in range(classes)], dtype=float)[:, None]
    background = np.array(theme.base, dtype=float)
    strength = 0.10 + 0.50 * np.linspace(0.0, 1.0, SHADES)[:, None]
    return color_words((background + strength * (colors - background)).reshape(-1, 3))


def certainty_colors(theme: Theme, count: int) -> list[str]:
    """The names of some colours of :func:`certainty_image`, from unsure to sure."""
    table = _certainty_table(theme)
    return [QColor(int(table[(SHADES - 1) * k // (count - 1)])).name() for k in range(count)]


@lru_cache(maxsize=4)
def _certainty_table(theme: Theme) -> Words:
    """Colours from margin 0 to 1, shape (SHADES,), as 0xFFRRGGBB."""
    color, background = np.array(theme.accent, dtype=float), np.array(theme.base, dtype=float)
    return color_words(background + 0.75 * np.linspace(0.0, 1.0, SHADES)[:, None] * (color - background))


def plane_rect(plane: Plane) -> QRectF:
    """The rectangle that a plane covers, in the data's units."""
    (x0, x1), (y0, y1) = plane.x, plane.y
    return QRectF(x0, y0, x1 - x0, y1 - y0)
