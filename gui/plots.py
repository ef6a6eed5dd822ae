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

    def updateAutoSIPrefix(self) -> None:
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
