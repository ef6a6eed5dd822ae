"""Errors that the user can fix. Each message says what is wrong, where, and how to fix it."""

from __future__ import annotations

from core.base.number_text import worded

LONGEST_MESSAGE = 240
LONGEST_QUOTE = 60
LONGEST_PATH = 100


def one_line(text: str, longest: int | None = None) -> str:
    """The text on one line, without control characters; of a longer one than ``longest`` its beginning and its end."""
    line = "".join(letter if letter.isprintable() or letter.isspace() else "\ufffd" for letter in text)
    line = " ".join(line.split())
    if longest is None or len(line) <= longest:
        return line
    end = longest // 3  # where a message says how to mend it
    return f"{line[: longest - end - 3]} … {line[-end:]}"


def shorten(text: str) -> str:
    """The text in quotes, on one line and not too long for a message."""
    line = one_line(text)
    return f'"{line[:LONGEST_QUOTE]}…"' if len(line) > LONGEST_QUOTE else f'"{line}"'


def short_path(path: object) -> str:
    """A path for a message: on one line; of a long one its end, where the file's name stands."""
    line = one_line(str(path))
    return line if len(line) <= LONGEST_PATH else "…" + line[1 - LONGEST_PATH :]


class LensError(Exception):
    """Base class of errors that are caused by the input, not by a fault of the program.

    ``str(error)`` is the sentence that the window's message and the command line's last line show: one short line,
    whatever names and texts from outside it holds.

    Args:
        message: the sentence, with named places; see :func:`core.base.number_text.worded`.
        values: what stands in these places; without any, the message is taken as it is.
    """

    def __init__(self, message: str = "", **values: object) -> None:
        super().__init__(worded(message, **values) if values else message)

    def __str__(self) -> str:
        return one_line(super().__str__(), LONGEST_MESSAGE)


class ExperimentError(LensError):
    """A setting of an experiment is wrong.

    Attributes:
        field: name of the field of :class:`core.training.experiment.Experiment`, e.g. ``"learning_rate"``.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class DataError(LensError):
    """A data file or a generator's settings are wrong.

    Attributes:
        settled_by: the field of a Reading with which a person can settle it; empty if there is none.
    """

    settled_by = ""


class WeightsError(LensError):
    """A weights file is damaged or does not fit the network."""


class ProjectError(LensError):
    """A project cannot be saved, or a file is damaged, is not a project, or comes from a newer version."""


class ChangedFileError(LensError):
    """Another program has written a file since it was read, and writing it would lose that."""


class Cancelled(Exception):
    """The user cancelled long work."""
