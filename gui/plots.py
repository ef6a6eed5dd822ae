"""What the plots have in common."""

from __future__ import annotations

import pyqtgraph as pg

from gui.theme import Theme

AXIS_WIDTH = 58


class PlainAxis(pg.AxisItem):
    """An axis that shows the numbers themselves.

    pyqtgraph's own axis divides them by a power of a thousand whenever its label is set, although there is no unit to
    carry the prefix, and with the prefix switched off it keeps the last such factor.
    """

    autoSIPrefixScale: float
    labelUnitPrefix: str

    def updateAutoSIPrefix(self) -> None:
        if self.autoSIPrefixScale != 1.0 or self.labelUnitPrefix:  # it is called at every change of the range
            self.autoSIPrefixScale = 1.0
            self.labelUnitPrefix = ""
            self._updateLabel()


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
    there is far too much of it.
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
        span = high - low
        if self._range is not None:
            start, end = self._range
            if start <= low and high <= end and (end - start) * (1.0 - 3.0 * self._ahead) <= span:
                return None
        span = span or max(abs(high), 1e-12) * 0.2
        start, end = low - self._ahead * span, high + self._ahead * span
        self._range = start, end
        return self._range
