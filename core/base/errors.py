"""Errors that the user can fix. Each message says what is wrong, where, and how to fix it."""


class LensError(Exception):
    """Base class of errors that are caused by the input, not by a fault of the program.

    ``str(error)`` is the sentence that the window's message and the command line's last line show.
    """


class ExperimentError(LensError):
    """A setting of an experiment is wrong.

    Attributes:
        field: name of the field of :class:`core.training.experiment.Experiment`, e.g. ``"learning_rate"``.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class DataError(LensError):
    """A data file or a generator's settings are wrong."""


class WeightsError(LensError):
    """A weights file is damaged or does not fit the network."""


class ProjectError(LensError):
    """A project cannot be saved, or a file is damaged, is not a project, or comes from a newer version."""


class ChangedFileError(LensError):
    """Another program has written a file since it was read, and writing it would lose that."""


class Cancelled(Exception):
    """The user cancelled long work."""
