"""What a window shows and where, in words that core can check; :mod:`gui.window.dock_layout` reads and applies them.

Qt has a form of its own for this, but what it does with one that is damaged cannot be foreseen: it can crash.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.base.errors import ProjectError
from core.data.section import Section, is_sound

AREAS = ("left", "right", "top", "bottom")
MOST_PIXELS = 100_000
MOST_DOCKS = 50


@dataclass(frozen=True)
class DockPlace:
    """Where one part of the window, a dock, is.

    Attributes:
        name: of the dock.
        area: of AREAS.
        shown: whether it is there at all.
        floating: whether it is a window of its own.
        raised: whether it is the one in front, of several on one place.
        tab_of: name of the dock on whose place it is as well; empty for none.
        x, y, width, height: in pixels; of one that floats on the screen, otherwise in the window.
    """

    name: str
    area: str
    shown: bool
    floating: bool
    raised: bool
    tab_of: str
    x: int
    y: int
    width: int
    height: int

    def __post_init__(self) -> None:
        pixels = (self.x, self.y, self.width, self.height)
        if self.area not in AREAS or any(abs(length) > MOST_PIXELS for length in pixels):
            raise ProjectError("the window's layout has a part in an impossible place")


@dataclass(frozen=True)
class Layout:
    """Where all docks are, and what the plot shows.

    Attributes:
        docks: their places.
        section: the plane through data of more than two columns that is seen; None for the usual one.

    Raises:
        ProjectError: there are too many docks, or one of them twice; or the section cannot be.
    """

    docks: tuple[DockPlace, ...]
    section: Section | None = None

    def __post_init__(self) -> None:
        names = [dock.name for dock in self.docks]
        if len(names) > MOST_DOCKS or len(set(names)) < len(names):
            raise ProjectError("the window's layout has a part twice, or too many")
        if self.section is not None and not is_sound(self.section):
            raise ProjectError("the section that the window shows cannot be")
