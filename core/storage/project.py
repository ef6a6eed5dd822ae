"""A project in a file: experiment, data and run, so that it opens anywhere and continues to the same bits.

The file is an archive (:mod:`core.storage.archive`) of a JSON text, which holds the fields of Project
(:mod:`core.storage.encoding`), and the arrays. A later version that changes the meaning of fields must
increase VERSION and add to MIGRATIONS a function that converts the text of the former version; a new field with a
default needs neither.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array
from core.base.atomic_files import write_whole
from core.base.errors import LensError, ProjectError
from core.base.program import PROJECT_SUFFIX
from core.base.progress import Between
from core.base.translation import _
from core.base.values import dataclass
from core.base.version import VERSION as PROGRAM_VERSION
from core.data.dataset import Dataset
from core.data.point_edits import can_train
from core.data.section import Section
from core.storage.archive import TYPES, Damaged, TooLarge, array_name, pack, unpack
from core.storage.encoding import Misfit, Unknown, decode, encode
from core.storage.saved_kept_run import SavedKeptRun
from core.storage.window_layout import Layout
from core.training.divergence import Diverged
from core.training.experiment import Experiment
from core.training.saved_run import SavedRun, resume_run
from core.training.trainer import Trainer

FORMAT = "Backprop Lens project"
VERSION = 1
LONGEST_REASON = 300

MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""Functions by version; each converts the fields of a project, as JSON, from this version to the next one."""


@dataclass(frozen=True, eq=False)
class SavedOrigin:
    """Where painted points made a run of another one.

    Attributes:
        run: the place of that run among all of the project.
        branch: the place of the branch among those of that run.
        position: on that branch.
    """

    run: int
    branch: int
    position: int


@dataclass(frozen=True, eq=False)
class OtherRun:
    """A run before the painting of points, or behind another one; for the attributes see :class:`Project`."""

    experiment: Experiment
    dataset: Dataset
    run: SavedRun
    initial_parameters: Array | None = None
    origin: SavedOrigin | None = None
    epochs_before: float = 0.0


@dataclass(frozen=True, eq=False)
class Project:
    """The contents of a project file.

    Attributes:
        experiment: the run's experiment, with the settings at its start.
        dataset: the points. ``experiment.data`` names their source, which need not exist any more.
        run: the state of the run, its record and its changes of settings.
        initial_parameters: shape (parameters,), the weights that a reset leads back to; None for those that the
            experiment draws.
        layout: the layout of the window, or None.
        unsaved_of: the path of the project file of which this is a newer state; empty for none.
        unsaved_of_digest: digest of that file when it was read or written last; empty if unknown.
        canvas: an experiment whose drawn points are too few to train on; meanwhile the run waits.
        keeps_weights: whether the run on the points of the canvas starts with the weights of this run.
        others: the other runs that painting made of one another, in their order, each behind its origin.
        place: the place of this run among all of them.
        origin: where this run leaves another one; None if it began by itself.
        epochs_before: epochs that were trained before it, on other points.
        kept: runs that are kept beside this one, where that was asked for. kept_data: their data, if they are others.
    """

    experiment: Experiment
    dataset: Dataset
    run: SavedRun
    initial_parameters: Array | None = None
    layout: Layout | None = None
    unsaved_of: str = ""
    canvas: Experiment | None = None
    keeps_weights: bool = False
    unsaved_of_digest: str = ""
    others: tuple[OtherRun, ...] = ()
    place: int = 0
    origin: SavedOrigin | None = None
    epochs_before: float = 0.0
    kept: tuple[SavedKeptRun, ...] = ()
    kept_data: tuple[Dataset, ...] = ()

    @property
    def section(self) -> Section | None:
        """The plane through the data that the window showed; None for the usual one."""
        section = self.layout.section if self.layout is not None else None
        return section if section is not None and section.dimensions == self.dataset.dimensions else None


def save_project(path: str | Path, project: Project) -> None:
    """Write a project, whole or not at all; equal projects give equal bytes.

    Raises:
        LensError: the project is too large, or the file cannot be written; a former file is unchanged.
    """
    write_whole(path, project_bytes(project))


def project_bytes(project: Project) -> bytes:
    """The bytes that :func:`save_project` writes; raises ProjectError if the project is too large."""
    arrays: dict[str, NDArray[Any]] = {}

    def keep(array: NDArray[Any]) -> str:
        if array.dtype.str not in TYPES:
            raise TypeError(f"arrays of {array.dtype} cannot be kept")
        name = array_name(array)
        arrays[name] = array
        return name

    head = {"format": FORMAT, "version": VERSION, "program": PROGRAM_VERSION}
    try:
        return pack({**head, "project": encode(project, keep)}, arrays)
    except TooLarge:
        raise ProjectError(
            _(
                "The project is too large for a file: its data have more than a thousand million numbers, or its "
                "settings "
                "were changed thousands of times; save the weights instead, or reset the run first."
            )
        ) from None


def load_project(path: str | Path) -> Project:
    """Read a project. Nothing in the file is run as code, and sizes are checked before memory is allocated.

    Raises:
        ProjectError: the file cannot be read, is not a project, is damaged, or was written by a newer version.
    """
    name = Path(path).name or str(path)
    try:
        content, arrays = unpack(path)
        return decode_project(content, arrays)
    except Damaged as error:
        raise ProjectError(
            _("{name} is damaged or no project of this program ({error}); choose another.").format(
                name=name, error=error
            )
        ) from None
    except Unknown as error:
        raise ProjectError(
            _(
                "{name} holds {error}, which this version does not know; a newer version of Backprop Lens wrote it: "
                "open it with that one."
            ).format(name=name, error=error)
        ) from None
    except Misfit as error:
        raise ProjectError(_("{name} is damaged ({error}); choose another.").format(name=name, error=error)) from None
    except FileNotFoundError:
        raise ProjectError(_("There is no file {name} at that place; check its path.").format(name=name)) from None
    except IsADirectoryError:
        raise ProjectError(
            _("{name} is a folder; choose a project file ({suffix}) in it.").format(name=name, suffix=PROJECT_SUFFIX)
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ProjectError(
            _("{name} cannot be read ({reason}); check the file and its permissions.").format(name=name, reason=reason)
        ) from None


def decode_project(content: object, arrays: dict[str, NDArray[Any]]) -> Project:
    """The project of an archive's content, converted to this version.

    Raises:
        Unknown: it was written by a newer version.
        Misfit: it is not a project, or a value is not valid.
    """
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise Misfit(_("it is no project of this program"))
    version, fields = content.get("version"), content.get("project")
    if type(version) is not int or version < 1 or not isinstance(fields, dict):
        raise Misfit(_("its version is missing"))
    if version > VERSION:
        raise Unknown(_("format {version}").format(version=version))
    try:
        for old in range(version, VERSION):
            fields = MIGRATIONS[old](fields)
        project = decode(Project, fields, lambda name: _find(arrays, name), "project")
    except LensError as error:
        raise Misfit(_short(error)) from None
    assert isinstance(project, Project)
    return project


def _find(arrays: dict[str, NDArray[Any]], name: str) -> NDArray[Any]:
    if name not in arrays:
        raise Misfit(_("an array is missing"))
    return arrays[name]


def resume(project: Project | OtherRun, path: str | Path = "", between: Between = None) -> Trainer:
    """A trainer in the state of the project's run, or of another of its runs.

    Args:
        project: the project, or one of its other runs.
        path: its file, for messages.
        between: see :class:`core.training.trainer.Trainer`.

    Raises:
        ProjectError: the project's parts do not fit together.
    """
    with saying_damaged(path):
        initial = project.initial_parameters
        if initial is not None and (initial.shape != project.run.states.shape[2:] or not np.isfinite(initial).all()):
            raise ProjectError(_("the initial weights are not those of its network"))
        canvas = project.canvas if isinstance(project, Project) else None
        drawn = None if canvas is None else canvas.data.drawn
        if canvas is not None and (drawn is None or can_train(drawn)):
            raise ProjectError(_("the canvas is none"))
        return resume_run(project.experiment, project.dataset, project.run, between)


@contextlib.contextmanager
def saying_damaged(path: str | Path) -> Iterator[None]:
    """Say of errors that the parts of a project do not fit together; ``path`` is its file, for messages."""
    name = Path(path).name or _("The project")
    try:
        yield
    except Diverged:
        raise ProjectError(
            _("{name} is damaged (the loss is not finite at its start); choose another.").format(name=name)
        ) from None
    except LensError as error:
        raise ProjectError(
            _("{name} is damaged (its parts do not fit together: {error}); choose another.").format(
                name=name, error=_short(error)
            )
        ) from None


def _short(error: LensError) -> str:
    """The message of an error, shortened, because a hostile file may have put a text of any length into it."""
    text = str(error).encode("utf-8", "replace").decode().rstrip(".")
    return text if len(text) <= LONGEST_REASON else text[:LONGEST_REASON] + "…"


def describe_engine(project: Project, trainer: Trainer) -> str:
    """A message if another engine than the project's continues the run; otherwise empty."""
    if trainer.engine_name == project.run.engine or trainer.position == 0:
        return ""
    return _(
        "This run was computed with the compiled engine, which is not installed, so NumPy continues it; the last "
        "digits may differ. To install the engine: pip install numba."
    )
