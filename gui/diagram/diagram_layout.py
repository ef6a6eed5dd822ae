"""Lays out the diagram of a network for a view, and chooses the resolution of its maps."""

from __future__ import annotations

import math

from PyQt5.QtGui import QFontMetricsF

from core.base.values import dataclass
from core.explain.maps import cell_operations
from core.training.preparation import Preparation
from gui.diagram.drawing import color_bar
from gui.diagram.drawing.caption_painting import TITLES
from gui.diagram.geometry import Diagram
from gui.diagram.input_rows import InputRows, close_row, input_rows
from gui.diagram.layer_tiles import WIDE

FEWEST_CELLS, MOST_CELLS = 12, 48
MAP_OPERATIONS = 16e6
"""The number of multiplications that the maps of all neurons may cost; larger nets get coarser maps."""
OPERATIONS_OF_A_STEP = 4
"""A step of the quality divides the number of multiplications by this."""
LONGEST_NAME = 96.0
MATRIX_CAPTIONS = 36.0
"""The room above the tiles for the captions of matrices."""


@dataclass(frozen=True, eq=False)
class DiagramLayout:
    """The geometry of a network in a view, and which inputs its rows are."""

    diagram: Diagram
    rows: InputRows


def lay_out_diagram(
    preparation: Preparation,
    width: float,
    height: float,
    metrics: QFontMetricsF,
    ratio: float,
    has_titles: bool,
    offers_inputs: bool = True,
) -> DiagramLayout:
    """Lay out a network in a view of so many pixels, whose titles and colour scale take their part of it.

    ``offers_inputs`` says whether inputs that the network does not use stand beside those that it uses.
    """
    top, captions = TITLES if has_titles else 0.0, MATRIX_CAPTIONS if max(preparation.sizes) > WIDE else 0.0
    height -= color_bar.HEIGHT if has_titles else 0.0
    rows = input_rows(preparation, height - top, offers_inputs, close_row(metrics))
    left, right = (
        min(LONGEST_NAME, max(metrics.horizontalAdvance(name) for name in names))
        for names in (rows.titles, preparation.output_titles)
    )
    return DiagramLayout(
        Diagram(preparation.sizes, width, height, left + 8, right + 24, ratio, top, rows.used, captions), rows
    )  # fmt: skip


def map_cells(diagram: Diagram, ratio: float, quality: int) -> int:
    """The number of rows and columns for the neurons' maps: about one a pixel, fewer for large nets."""
    side = max(layer.side for layer in diagram.layers[1:]) * ratio
    cells = MAP_OPERATIONS / OPERATIONS_OF_A_STEP**quality / cell_operations(diagram.sizes)
    return max(FEWEST_CELLS, int(min(side, math.sqrt(cells), MOST_CELLS)))
