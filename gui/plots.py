"""What the plots have in common."""

from __future__ import annotations

import pyqtgraph as pg

from gui.theme import Theme

AXIS_WIDTH = 58


def style_plot(plot: pg.PlotWidget, theme: Theme) -> None:
    """Give a plot the theme's ground, axes and letters."""
    plot.setBackground(theme.color("base"))
    for side in ("bottom", "left"):
        axis = plot.getAxis(side)
        axis.setPen(pg.mkPen(theme.color("line")))
        axis.setTextPen(pg.mkPen(theme.color("faint")))
        axis.labelStyle = {"color": theme.color("faint").name()}
        axis.setLabel(axis.labelText, units=axis.labelUnits or None, **axis.labelStyle)
        axis.enableAutoSIPrefix(False)
