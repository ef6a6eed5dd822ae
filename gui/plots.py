"""What the plots have in common."""

from __future__ import annotations

import pyqtgraph as pg

from gui.theme import Theme

AXIS_WIDTH = 66
LEAST_SPAN = 0.02


class PlainAxis(pg.AxisItem):
    """An axis that shows the numbers themselves.

    pyqtgraph's own axis divides them by a power of a thousand whenever its label is set, although there is no unit to
    carry the prefix, and with the prefix switched off it keeps the last such factor.
    """

    autoSIPrefixScale: float
    labelUnitPrefix: str

    def updateAutoSIPrefix(self) -> None:
        if self.autoSIPrefixScale != 1.0 or self.labelUnitPrefix:
            self.autoSIPrefixScale = 1.0
            self.labelUnitPrefix = ""
            self._updateLabel()
        self.picture = None  # pyqtgraph calls this at every change of the range, and draws the axis anew only here
        self.update()


def make_plot() -> pg.PlotWidget:
    """An empty plot with plain axes."""
    return pg.PlotWidget(axisItems={side: PlainAxis(side) for side in ("bottom", "left")})


def style_plot(plot: pg.PlotWidget, theme: Theme) -> None:
    """Give a plot the theme's ground, axes and letters."""
    plot.setBackground(theme.color("base"))
    for side in ("bottom", "left"):
        axis = plot.getAxis(side)
        axis.setPen(pg.mkPen(theme.color("line")))
        axis.setTextPen(pg.mkPen(theme.color("faint")))
        axis.labelStyle = {"color": theme.color("faint").name()}
        axis.setLabel(axis.labelText, units=axis.labelUnits or None, **axis.labelStyle)


class SteadyRange:
    """The part of an axis that shows growing data, moved in steps.

    A plot that follows its data with every frame lays out its axes anew each time, which costs more than the curves do,
    and its numbers never stand still. So there is room ahead, and the range moves only when that is used up or when
    there is far too much of it. It is never narrower than :data:`LEAST_SPAN` of the numbers, which would otherwise need
    more digits than there is room for.
    """

    def __init__(self, ahead: float) -> None:
        """``ahead``: the share of the data's span that is left free behind an end that moved."""
        self._ahead = ahead
        self._range: tuple[float, float] | None = None

    def restart(self) -> None:
        """Forget the past: other data are shown."""
        self._range = None

    def follow(self, low: float, high: float) -> tuple[float, float] | None:
        """The range to show for data from ``low`` to ``high``; None if it can stay as it is."""
        span = max(high - low, LEAST_SPAN * max(abs(low), abs(high)), 1e-12)
        if self._range is not None:
            start, end = self._range
            margin = 0.2 * self._ahead * span  # or the last dot would be cut at the edge
            if start <= low - margin and high + margin <= end and (end - start) * (1.0 - 3.0 * self._ahead) <= span:
                return None
        middle, reach = (low + high) / 2.0, (0.5 + self._ahead) * span
        self._range = middle - reach, middle + reach
        return self._range
