"""The layout of a window in a form that core can check; :mod:`gui.window.dock_layout` reads and applies it.

Qt has a format of its own for this, but Qt can crash when it reads a damaged one.
"""

from __future__ import annotations

import json
import struct

from core.base.errors import LensError, ProjectError
from core.base.translation import _
from core.base.values import dataclass
from core.data.section import Section, is_sound
from core.storage.encoding import Array, Misfit, decode, encode

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
            raise ProjectError(_("the window's layout has a part in an impossible place"))


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
            raise ProjectError(_("the window's layout has a part twice, or too many"))
        if self.section is not None and not is_sound(self.section):
            raise ProjectError(_("the section that the window shows cannot be"))


@dataclass(frozen=True)
class WindowPlace:
    """Where the window and its docks were at the end of the last session.

    Attributes:
        x, y, width, height: of the inside of the window on the screen while it is not maximized, in logical pixels.
        is_maximized: whether it is as large as the screen.
        docks: their places; empty for the first ones.

    Raises:
        ProjectError: it has no size, or an impossible one or place.
    """

    x: int
    y: int
    width: int
    height: int
    is_maximized: bool
    docks: tuple[DockPlace, ...]

    def __post_init__(self) -> None:
        Layout(self.docks)
        if min(self.width, self.height) <= 0 or max(map(abs, (self.x, self.y, self.width, self.height))) > MOST_PIXELS:
            raise ProjectError(_("the window has an impossible place"))

    def as_text(self) -> str:
        """Return the place as one line, for the settings."""
        return json.dumps(encode(self, lambda array: ""))  # there are no arrays in it


def window_place(text: str) -> WindowPlace | None:
    """Read what :meth:`WindowPlace.as_text` wrote; None where it is damaged."""
    try:
        place = decode(WindowPlace, json.loads(text), _no_array, "place")
    except (ValueError, RecursionError, Misfit, LensError):
        return None
    return place if isinstance(place, WindowPlace) else None


def _no_array(name: str) -> Array:
    raise Misfit(_("there is an array"))


GEOMETRY = struct.Struct(">IHH4i4ii??i4i")
"""What QWidget.saveGeometry gives: a mark, its version, the frame, the window while it is not maximized, the number of
its screen, whether it is maximized or fills the screen, the width of that, the window. Rectangles are given by their
left, top, right and bottom pixels."""

GEOMETRY_MARK, GEOMETRY_VERSION = 0x1D9D0CB, 3


def old_window_place(geometry: bytes) -> WindowPlace | None:
    """Read the place that earlier versions kept as Qt's geometry, without docks; None where it is damaged."""
    try:
        mark, version, _, *numbers = GEOMETRY.unpack(geometry)
        sides = (numbers[:4], numbers[4:8], numbers[12:])
        places = [WindowPlace(x, y, end - x + 1, bottom - y + 1, bool(numbers[9]), ()) for x, y, end, bottom in sides]
    except (struct.error, LensError):
        return None
    return places[1] if (mark, version) == (GEOMETRY_MARK, GEOMETRY_VERSION) else None
