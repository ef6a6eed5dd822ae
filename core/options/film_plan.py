"""The plan of a film of a run: its view, size and positions; and the file formats of films. Nothing is drawn here."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import numpy as np

from core.base.arrays import Array
from core.base.errors import LensError
from core.base.translation import _
from core.base.values import dataclass
from core.data.section import Section
from core.options.spelling import one_of

VIEWS = {"window": _("Whole window"), "decision": _("Data and decision"), "diagram": _("Network diagram")}
SPACINGS = {"equal": _("Equal steps"), "change": _("More where the loss changes")}
EVEN_SHARE = 0.25
"""The share of the frames that are spread evenly where the others go to where the loss changes."""
LEAST_LOSS = 1e-12
MOST_FRAMES = 3_000
MOST_PIXELS = 2_000_000_000
"""Most pixels of all frames together, which are in memory while a film is written."""
SMALLEST, LARGEST = 200, 4_000
HOLD_SECONDS = 1.5
"""Seconds for which the last frame stays."""


class FilmError(LensError):
    """The requested film cannot be made.

    Attributes:
        options: the options on which it depends, such as ``--fps``; empty if the message names what is wrong.
    """

    def __init__(self, message: str, options: str = "") -> None:
        super().__init__(message)
        self.options = options


@dataclass(frozen=True)
class FilmFormat:
    """A file format.

    Attributes:
        name: its key. suffix: that of the file's name. label: text in the dialog.
        module: the module that writes it. package: the name by which the module is installed.
    """

    name: str
    suffix: str
    label: str
    module: str
    package: str

    def check(self) -> None:
        """Raise FilmError if its package is not installed."""
        try:
            importlib.import_module(self.module)
        except ImportError:
            raise FilmError(
                _(
                    "A film with the suffix {suffix} needs the package {package}; install it with: "
                    "{executable} -m pip install {package}"
                ).format(suffix=self.suffix, package=self.package, executable=sys.executable)
            ) from None


FILM_FORMATS = {
    kind.suffix: kind
    for kind in (
        FilmFormat("gif", ".gif", "GIF", "PIL", "Pillow"),
        FilmFormat("webp", ".webp", "WebP", "PIL", "Pillow"),
        FilmFormat("mp4", ".mp4", "MP4", "imageio_ffmpeg", "imageio-ffmpeg"),
    )
}
"""Every format by its suffix."""


def format_of(path: str | Path) -> FilmFormat:
    """The format of a file by its suffix; raises FilmError."""
    suffix = Path(path).suffix.lower()
    if suffix not in FILM_FORMATS:
        raise FilmError(
            _("{path} has no suffix of a film; name a file that ends with {film_formats}.").format(
                path=str(path) or '""', film_formats=one_of(FILM_FORMATS)
            ),
            "--out",
        )
    return FILM_FORMATS[suffix]


@dataclass(frozen=True)
class FilmPlan:
    """The settings of a film; raises FilmError for settings that are not possible.

    Attributes:
        view: of VIEWS. width, height: in pixels. fps: frames per second. seconds: the length without the hold at the
            end. format: name of one of FILM_FORMATS. theme: "light" or "dark".
        spacing: of SPACINGS; how the frames are spread over the run.
        section: the plane that is shown of data with more than two columns; None for the first slice.
    """

    view: str = "window"
    width: int = 960
    height: int = 600
    fps: int = 20
    seconds: float = 8.0
    format: str = "gif"
    theme: str = "light"
    section: Section | None = None
    spacing: str = "equal"

    def __post_init__(self) -> None:
        if self.view not in VIEWS:
            raise FilmError(
                _("There is no view {view}; choose {views}.").format(view=self.view, views=one_of(VIEWS)), "--view"
            )
        if self.spacing not in SPACINGS:
            raise FilmError(
                _("There is no spacing {spacing}; choose {spacings}.").format(
                    spacing=self.spacing, spacings=one_of(SPACINGS)
                ),
                "--spacing",
            )
        if not all(SMALLEST <= length <= LARGEST for length in (self.width, self.height)):
            raise FilmError(
                _("{width}x{height}: give width and height from {smallest} to {largest} pixels.").format(
                    width=self.width, height=self.height, smallest=SMALLEST, largest=LARGEST
                ),
                "--size",
            )
        if not 1 <= self.fps <= 50:
            raise FilmError(
                _("{fps} frames per second are not possible; choose 1 to 50.").format(fps=self.fps), "--fps"
            )
        if not 0.1 <= self.seconds <= 600.0:
            raise FilmError(
                _("{seconds:g} seconds are not possible; choose 0.1 to 600.").format(seconds=self.seconds), "--seconds"
            )
        if self.frames > MOST_FRAMES or self.frames * self.width * self.height > MOST_PIXELS:
            raise FilmError(
                _(
                    "{frames} frames of {width}x{height} need too much memory; "
                    "choose fewer seconds, fewer frames per second or a smaller size."
                ).format(frames=self.frames, width=self.width, height=self.height),
                _("--seconds, --fps and --size"),
            )

    @property
    def frames(self) -> int:
        """The number of frames, at least two."""
        return max(2, round(self.fps * self.seconds))

    def positions(self, goal: int, start: int = 0, record: Array | None = None) -> list[int]:
        """The position of each frame, from the start to the goal in equal steps.

        With a ``record`` of positions and losses, shape (n, 2), whose positions ascend, three of four frames are spread
        so that the logarithm of the loss changes by the same amount between two of them, and the rest evenly.
        """
        last = self.frames - 1
        if record is None or goal <= start:
            return [start + (frame * (goal - start) + last // 2) // last for frame in range(self.frames)]
        inside = record[(record[:, 0] > start) & (record[:, 0] < goal)]
        places = np.concatenate([[start], inside[:, 0], [goal]])
        losses = np.log(np.maximum(np.interp(places, record[:, 0], record[:, 1]), LEAST_LOSS))
        change = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(losses)))])
        even = (places - start) / (goal - start)
        progress = EVEN_SHARE * even + (1.0 - EVEN_SHARE) * (change / change[-1] if change[-1] > 0.0 else even)
        found: list[int] = np.rint(np.interp(np.linspace(0.0, 1.0, self.frames), progress, places)).astype(int).tolist()
        return [start, *found[1:-1], goal]
