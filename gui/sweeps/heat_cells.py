"""The cells of a heat map: their numbers, and how these are written."""

from __future__ import annotations

from itertools import product

import numpy as np
from PyQt5.QtGui import QFont, QFontMetricsF

from core.base.arrays import Array, Rows
from core.base.number_text import short
from core.base.translation import _
from core.base.values import dataclass
from core.sweeps.result_axes import ResultAxis
from core.sweeps.run_result import DONE
from gui.sweeps.sweep_results import SweepResults

VALUE_MARGIN = 4
TYPE_SHARES = 1.0, 0.85, 0.7
"""Of the type in cells, where there is less and less room."""
MOST_DIGITS = 3


@dataclass(frozen=True, eq=False)
class HeatCells:
    """What the map shows.

    Attributes:
        columns, rows: the values of both settings, as they are written.
        medians: shape (rows, columns); NaN where no run has a number.
        unfinished: shape (rows, columns), how many runs diverged or failed.
        counts: shape (rows, columns), how many runs there are.
    """

    columns: list[str]
    rows: list[str]
    medians: Array
    unfinished: Array
    counts: Array


def heat_cells(results: SweepResults, across: str, down: str, measure: str) -> HeatCells:
    """The cells of a map of two axes."""
    axes = {axis.name: axis for axis in results.axes}
    first, second = axes[across], axes.get(down)
    columns, column_of = levels_of(first)
    rows, row_of = (
        levels_of(second) if second is not None else ([_("all")], np.zeros(len(results.results), dtype=np.int64))
    )
    shape = len(rows), len(columns)
    medians, unfinished, counts = np.full(shape, np.nan), np.zeros(shape), np.zeros(shape)
    values = np.array([getattr(result, measure) for result in results.results], dtype=np.float64)
    bad = np.array([result.status != DONE for result in results.results], dtype=bool)
    cell = row_of * len(columns) + column_of
    for number in np.unique(cell):
        inside = cell == number
        at = np.unravel_index(int(number), shape)
        known = values[inside & ~bad & ~np.isnan(values)]
        medians[at] = np.median(known) if len(known) else np.nan
        unfinished[at], counts[at] = np.count_nonzero(bad & inside), np.count_nonzero(inside)
    return HeatCells(columns, rows, medians, unfinished, counts)


def levels_of(axis: ResultAxis) -> tuple[list[str], Rows]:
    """The values on an axis in ascending order, as they are written, and the place of each run among them."""
    numbers = [number for number, _ in axis.levels]
    return [text for _, text in axis.levels], np.searchsorted(numbers, axis.numbers)


def fitted_type(numbers: list[float], is_share: bool, font: QFont, width: float, height: float) -> tuple[QFont, int]:
    """The type and the number of digits that tell most numbers apart and have room in a cell.

    Of several such types it is the largest one. The number of digits is 0 if there is no room.
    """
    best, found = (0, 0.0), (font, 0)
    for share, digits in product(TYPE_SHARES, range(MOST_DIGITS, 0 if is_share else 1, -1)):
        small, texts = QFont(font), {number_of_cell(number, is_share, digits) for number in numbers}
        small.setPointSizeF(share * font.pointSizeF())
        metrics = QFontMetricsF(small)
        widest = max(map(metrics.horizontalAdvance, texts), default=0.0) + VALUE_MARGIN
        if metrics.height() <= height and widest <= width and (len(texts), share) > best:
            best, found = (len(texts), share), (small, digits)
    return found


def number_of_cell(number: float, is_share: bool, digits: int) -> str:
    """A number with so many digits; a share in percent, whose sign is left out where there is little room."""
    if not is_share:
        return short(number, digits)
    return f"{100.0 * number:.{digits - 1}f} %" if digits > 1 else f"{100.0 * number:.0f}"
