"""The colours of pinned runs: as many as wanted, apart from each other and from the present run's own."""

from __future__ import annotations

from collections.abc import Collection

from PyQt5.QtGui import QColor

from gui.widgets.theme import Theme

SATURATION = {"light": 190, "dark": 230}
HUES = (205, 25, 330, 50, 0, 228)
"""In degrees, those that are hard to tell apart far from each other. Violet and all greens are left out, since the
present run's curves have them."""
SHIFT = 11
"""By how many degrees each further round is turned."""
LIGHTNESS = {"light": (96, 66), "dark": (150, 182)}
"""Of 255, in turn, so that neighbours differ by lightness too."""

PRESENT = -1
"""Stands for the colour of the present run's own curves."""


def free_colors(taken: Collection[int], count: int) -> list[int]:
    """So many numbers of colours that are not taken: those that the next kept runs get."""
    return [number for number in range(len(taken) + count) if number not in taken][:count]


def run_color(number: int, theme: Theme, alpha: int = 255) -> QColor:
    """The colour of the pinned run with this colour number, or of the present one."""
    if number == PRESENT:
        return theme.color("train", alpha)
    turn, place = divmod(number, len(HUES))
    lightness = LIGHTNESS.get(theme.name, LIGHTNESS["light"])[(place + turn) % 2]
    return QColor.fromHsl((HUES[place] + turn * SHIFT) % 360, SATURATION.get(theme.name, 190), lightness, alpha)
