"""The layout of a window in a form that core can check; :mod:`gui.window.dock_layout` reads and applies it.

Qt has a format of its own for this, but Qt can crash when it reads a damaged one.
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
    """The place of a dock, a part of the window.

    Attributes:
        name: the name of the dock.
        area: one of AREAS.
        shown: whether the dock is visible.
        floating: whether the dock is a window of its own.
        raised: whether the dock is in front of others that are tabbed with it.
        tab_of: name of the dock with which this one is tabbed; empty for none.
        x, y, width, height: in pixels; on the screen if the dock is floating, otherwise in the window.
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
    """The places of all docks, and the plane that the plot shows.

    Attributes:
        docks: their places.
        section: the visible plane through data with more than two columns; None for the default.

    Raises:
        ProjectError: there are too many docks, or a dock is there twice; or the section is not valid.
    """

    docks: tuple[DockPlace, ...]
    section: Section | None = None

    def __post_init__(self) -> None:
        names = [dock.name for dock in self.docks]
        if len(names) > MOST_DOCKS or len(set(names)) < len(names):
            raise ProjectError("the window's layout has a part twice, or too many")
        if self.section is not None and not is_sound(self.section):
            raise ProjectError("the section that the window shows cannot be")
