"""The errors a user can mend: each carries one sentence that says what is wrong, where, and how to mend it."""


class LensError(Exception):
    """Base of every error that is the input's fault and not the program's.

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
    """A project file is damaged, is none, or comes from a newer version; or a project cannot be saved."""


class ChangedFileError(LensError):
    """Another program has written a file since it was read, and writing it would lose that."""


class Cancelled(Exception):
    """Long work was given up because the user said so."""
