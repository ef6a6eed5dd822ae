"""Messages and progress on standard error."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from core.base.errors import LensError, one_line

Advance = Callable[[float, str], None]


class CommandLineError(LensError):
    """The command line is wrong; the message says how to correct it."""


@contextmanager
def naming(option: str) -> Iterator[None]:
    """Put the option, as it is typed, before the message of an error that is about its value."""
    try:
        yield
    except LensError as error:
        raise CommandLineError(f"{option}: {error}") from None


def complain(message: str) -> None:
    """Write a message on standard error, always as one line."""
    with contextlib.suppress(OSError, ValueError):  # standard error is full or closed
        if sys.stderr is not None:  # as under pythonw
            print(one_line(message), file=sys.stderr, flush=True)


def is_terminal() -> bool:
    """Whether a person reads standard error as it is written."""
    return sys.stderr is not None and sys.stderr.isatty()


def say(lines: Iterable[str]) -> None:
    """Write lines on standard output; what the terminal cannot show, such as Greek letters, is replaced."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    for line in lines:
        print(line)


@contextmanager
def progress_bar(samples: int, wanted: bool, unit: str = "samples", bar_format: str | None = None) -> Iterator[Advance]:
    """A progress bar on standard error while the block runs, if it is a terminal and tqdm is installed.

    Args:
        samples: the number of samples of the work.
        wanted: false for no bar at all.
        unit: the name of what is counted.
        bar_format: see tqdm, with the note as ``{desc}``; None for its usual one, with the note at the end.

    Yields:
        ``advance(samples, note)``, which adds finished samples and shows the note behind the bar.
    """
    if not wanted or not is_terminal():
        yield lambda samples, note: None
        return
    try:
        from tqdm import tqdm
    except ImportError:
        yield lambda samples, note: None
        return
    tqdm.monitor_interval = 0  # no thread of its own
    with tqdm(
        total=samples,
        unit=f" {unit}",
        unit_scale=samples >= 10_000,
        bar_format=bar_format,
        dynamic_ncols=True,
        leave=False,
        miniters=0,
    ) as bar:
        tell = bar.set_postfix_str if bar_format is None else bar.set_description_str

        def advance(samples: float, note: str) -> None:
            tell(note, refresh=False)
            bar.update(samples)

        yield advance
