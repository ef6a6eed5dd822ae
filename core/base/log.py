"""The log: what the program did and what failed, in one file of limited size in the program's data folder.

A record names versions, files (without their folders) and faults with their stack; it holds no data of the user's.
Until :func:`start` is called, as in a notebook, nothing is kept. :mod:`logging` is imported for the first record.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from core.base.errors import LensError
from core.base.program import ROOT
from core.base.version import VERSION

if TYPE_CHECKING:
    import logging

FILE_NAME = "backprop-lens.log"
LARGEST_BYTES = 500_000
"""Of the file; the one before is kept beside it, as ``backprop-lens.log.1``."""

MOST_FRAMES = 40
"""Of a stack, innermost first."""

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`")
_started = _verbose = False
_logger: logging.Logger | None = None


def data_folder() -> Path:
    """Where the program keeps files of its own: the folder that Qt calls ``AppDataLocation``, found without Qt.

    Raises:
        RuntimeError: the user has no home folder.
    """
    if sys.platform == "win32":
        place = os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming"
    elif sys.platform == "darwin":
        place = Path.home() / "Library" / "Application Support"
    else:
        place = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(place) / "Backprop Lens" / "Backprop Lens"


def start(verbose: bool = False) -> None:
    """Keep records from now on; with ``verbose`` they are written on standard error as well.

    Where the file cannot be written, or the disk becomes full, records are lost and the program goes on.
    """
    global _started, _verbose
    stop()
    _started, _verbose = True, verbose


def stop() -> None:
    """Keep no more records, and close the file."""
    global _started, _logger
    if _logger is not None:
        for handler in list(_logger.handlers):
            _logger.removeHandler(handler)
            handler.close()
    _started, _logger = False, None


def program_started(command: str, engine: str) -> None:
    """Record the command line's first words, and the version, engine and platform it runs with."""
    if _started:
        import sysconfig

        python, platform = sys.version.split()[0], sysconfig.get_platform()
        info(f"Start of {command}: Backprop Lens {VERSION}, engine {engine}, Python {python}, {platform}")


def info(text: str) -> None:
    """Record what happened; ``text`` must hold no data of the user's but names of files."""
    if _started:
        _open().info(text)


def fault(error: BaseException) -> None:
    """Record a fault of the program's own with its stack; what stands in quotes in its message may be data."""
    if _started:
        _open().error("Fault: " + "\n".join(_described(error)))


def text_of_error(error: Exception, sentence: str) -> str:
    """What a thread tells the window of an error: its message or, of a fault, which is recorded, a sentence.

    Args:
        error: the error.
        sentence: with the placeholders ``name``, of the kind of the fault, and ``error``.
    """
    if isinstance(error, LensError):
        return str(error)
    fault(error)
    return sentence.format(name=type(error).__name__, error=error)


def _open() -> logging.Logger:
    """The logger, its handlers made for the first record."""
    global _logger
    if _logger is not None:
        return _logger
    import logging
    from logging.handlers import RotatingFileHandler

    class LogFile(RotatingFileHandler):
        """Loses a record rather than disturb the program."""

        def doRollover(self) -> None:
            with contextlib.suppress(OSError):  # Windows does not rename what another process has open
                super().doRollover()

        def handleError(self, record: logging.LogRecord) -> None:
            pass

    _logger = logging.getLogger("backprop-lens")
    _logger.propagate = False
    _logger.setLevel(logging.INFO)
    handlers: list[logging.Handler] = [logging.NullHandler()]  # without any, Python writes on standard error
    with contextlib.suppress(OSError, RuntimeError, ValueError):
        folder = data_folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = LogFile(folder / FILE_NAME, maxBytes=LARGEST_BYTES, backupCount=1, encoding="utf-8", delay=True)
        handlers.append(file)
    if _verbose and sys.stderr is not None:
        handlers.append(logging.StreamHandler())
    for handler in handlers:
        handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(message)s"))
        _logger.addHandler(handler)
    return _logger


def _described(error: BaseException | None) -> list[str]:
    """Lines for an error and what led to it, each with its stack, without quoted values and the user's folders."""
    import traceback

    lines: list[str] = []
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        lines.append(("raised after " if lines else "") + f"{type(error).__name__}: {_QUOTED.sub('…', str(error))}")
        stack = reversed(traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:])
        lines += [f"  {_place(frame.filename)}:{frame.lineno}, in {frame.name}: {frame.line}" for frame in stack]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return lines


def _place(file: str) -> str:
    """The path of a source file without the user's folders."""
    path = Path(file)
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else "/".join(path.parts[-2:])
