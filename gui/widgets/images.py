"""Arrays as Qt's images."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtGui import QImage, QPainter, QPixmap
from pyqtgraph.Qt.internals import PrimitiveArray

from core.base.arrays import Array
from core.engines.numpy_forward import shades_of

Places = NDArray[np.uint8]
Words = NDArray[np.uint32]


def places(values: Array) -> Places:
    """Places in a table of 256 colours for values from −1 to 1; values beyond are clipped, NaN takes the middle."""
    return shades_of(values, -1.0, 1.0)


def table_image(pixels: Places, table: Words) -> QImage:
    """An image of places in a table of 256 colours, see :func:`color_words`; row 0 at the top."""
    return word_image(table.take(pixels), QImage.Format.Format_RGB32)


def color_words(colors: NDArray[Any]) -> Words:
    """Colours of shape (…, 3), red, green and blue up to 255, as read-only words 0xFFRRGGBB of shape (…)."""
    red, green, blue = np.moveaxis(colors.astype(np.uint32), -1, 0)
    words: Words = 0xFF000000 | red << 16 | green << 8 | blue
    words.flags.writeable = False
    return words


def word_image(words: Words, form: QImage.Format) -> QImage:
    """An image of 32-bit pixels, 0xAARRGGBB; row 0 at the top. It owns its memory."""
    rows, columns = words.shape
    return QImage(words.tobytes(), columns, rows, 4 * columns, form).copy()


def draw_pieces(
    painter: QPainter, strip: QImage, size: tuple[float, float], tops: NDArray[Any], targets: Array
) -> None:
    """Draw parts of an image in one call.

    Args:
        painter: of pixels.
        strip: holds the parts, one below the other at its left edge.
        size: width and height of each part, in pixels of the image.
        tops: shape (n,), where the parts begin.
        targets: shape (n, 4), left, top, width, height of where they are drawn, in the painter's units.
    """
    pieces = PrimitiveArray(QPainter.PixmapFragment, 10)
    pieces.resize(len(targets))
    fields = pieces.ndarray()
    fields[:, 0:2] = targets[:, :2] + targets[:, 2:] / 2.0  # Qt asks for the middle
    fields[:, 2], fields[:, 3], fields[:, 4:6] = 0.0, tops, size
    fields[:, 6:8] = targets[:, 2:] / size
    fields[:, 8], fields[:, 9] = 0.0, 1.0  # neither turned nor transparent
    [array] = pieces.drawargs()
    painter.drawPixmapFragments(array, QPixmap.fromImage(strip))


def mosaic(maps: Words, columns: int) -> Words:
    """Maps of shape (n, rows, columns) side by side, ``columns`` in a row; the rest of the last row is empty."""
    n, height, width = maps.shape
    lines = -(-n // columns)
    padded = np.zeros((lines * columns, height, width), dtype=np.uint32)
    padded[:n] = maps
    side_by_side: Words = padded.reshape(lines, columns, height, width).swapaxes(1, 2)
    return side_by_side.reshape(lines * height, columns * width)


def resampled(maps: Places, cells: int) -> Places:
    """Maps of shape (n, rows, columns) reduced to at most ``cells`` rows and columns; the nearest are kept."""
    _, rows, columns = maps.shape
    if rows > cells:
        maps = maps[:, ((np.arange(cells) + 0.5) * rows / cells).astype(int)]
    if columns > cells:
        maps = maps[:, :, ((np.arange(cells) + 0.5) * columns / cells).astype(int)]
    return maps


def strongest(values: Array, rows: int, columns: int) -> Array:
    """A matrix reduced to at most so many rows and columns; of merged cells the largest magnitude is kept.

    In a mean, a single strong weight would vanish among many small ones.
    """
    for axis, wanted in ((0, rows), (1, columns)):
        cells = values.shape[axis]
        if cells > max(1, wanted):
            starts = np.arange(max(1, wanted)) * cells // max(1, wanted)
            high = np.maximum.reduceat(values, starts, axis=axis)
            low = np.minimum.reduceat(values, starts, axis=axis)
            values = np.where(high >= -low, high, low)
    return values
