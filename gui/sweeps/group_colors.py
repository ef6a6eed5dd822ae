"""Colours of groups of runs, and of numbers on a scale."""

from __future__ import annotations

from PyQt5.QtGui import QColor

from gui.runs.run_colors import HUES, run_color
from gui.widgets.theme import Theme


def group_color(number: int, count: int, theme: Theme, alpha: int = 255) -> QColor:
    """The colour of a group: few groups have colours of their own, many lie on a scale."""
    if count <= len(HUES):
        return run_color(number, theme, alpha)
    color = scale_color(number / (count - 1), theme)
    color.setAlpha(alpha)
    return color


def scale_color(place: float, theme: Theme) -> QColor:
    """The colour of a place from 0 to 1: pale yellow to dark blue, or in the dark theme the other way round.

    Lightness falls steadily, so the order is seen with every kind of colour blindness.
    """
    place = min(1.0, max(0.0, place))
    if theme.name == "dark":
        return QColor.fromHslF(0.62 - 0.48 * place, 0.55, 0.24 + 0.48 * place)
    return QColor.fromHslF(0.14 + 0.48 * place, 0.62, 0.86 - 0.56 * place)


def text_on(color: QColor) -> QColor:
    """Black or white, whichever is read better on a colour (relative luminance of WCAG 2.1)."""
    channels = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (color.redF(), color.greenF(), color.blueF())
    ]
    luminance = 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]
    return QColor(0, 0, 0) if luminance > 0.179 else QColor(255, 255, 255)
