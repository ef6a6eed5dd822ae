"""A project in a file: experiment, data and run, whole, so that it opens anywhere and goes on to the same bits.

The file is an archive (:mod:`core.storage.archive`) of a JSON text, which holds the fields of Project
(:mod:`core.storage.encoding`), and the arrays. A later version that changes what the fields mean adds one to VERSION
and to MIGRATIONS a function that turns the former version's text into its own; a field that is new and has a default
needs neither.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.base.atomic_files import write_whole
from core.base.errors import LensError, ProjectError
from core.base.version import VERSION as PROGRAM_VERSION
from core.data.dataset import Dataset
from core.data.point_edits import can_train
from core.data.section import Section
from core.storage.archive import TYPES, Damaged, TooLarge, array_name, pack, unpack
from core.storage.encoding import Misfit, Unknown, decode, encode
from core.storage.window_layout import Layout
from core.training.experiment import Experiment
from core.training.saved_run import SavedRun
from core.training.trainer import Diverged, Trainer

SUFFIX = ".lens"
FORMAT = "Backprop Lens project"
VERSION = 1
LONGEST_REASON = 300

MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""By the version that a function takes: the fields of a project, as JSON, to those of the next version."""


@dataclass(frozen=True, eq=False)
class Project:
    """All that a project file holds.

    Attributes:
        experiment: the run's, with the settings of its start.
        dataset: its points. ``experiment.data`` tells where they came from; it is not looked for.
        run: where it stands and how it came there.
        initial_parameters: shape (parameters,), the weights that a reset leads back to; None for those that the
            experiment draws.
        layout: of the window; None for none.
        unsaved_of: the path of the project file that this is a newer state of; empty for none.
        unsaved_of_digest: the digest of that file when it was read or written last; empty where it is not known.
        canvas: drawn points, those of this experiment, that are too few to train on; meanwhile the run waits.
        keeps_weights: whether the run that the canvas becomes goes on with the weights of this one.
    """

    experiment: Experiment
    dataset: Dataset
    run: SavedRun
    initial_parameters: NDArray[np.float64] | None = None
    layout: Layout | None = None
    unsaved_of: str = ""
    canvas: Experiment | None = None
    keeps_weights: bool = False
    unsaved_of_digest: str = ""

    @property
    def section(self) -> Section | None:
        """The plane through the data that the window showed; None for the usual one."""
        section = self.layout.section if self.layout is not None else None
        return section if section is not None and section.dimensions == self.dataset.dimensions else None


def save_project(path: str | Path, project: Project) -> None:
    """Write a project, whole or not at all; equal projects give equal bytes.

    Raises:
        LensError: it is larger than a file may be, or the file cannot be written; what was there is as it was.
    """
    write_whole(path, project_bytes(project))


def project_bytes(project: Project) -> bytes:
    """What :func:`save_project` writes; raises ProjectError where the project is too large."""
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
            "The project is too large for a file: its data have more than a thousand million numbers, or its settings "
            "were changed thousands of times; save the weights instead, or reset the run first."
        ) from None


def load_project(path: str | Path) -> Project:
    """Read a project; nothing that the file holds is ever run, and its sizes are checked before memory is taken.

    Raises:
        ProjectError: the file cannot be read, is no project, is damaged, or was written by a newer version.
    """
    name = Path(path).name or str(path)
    try:
        content, arrays = unpack(path)
        return decode_project(content, arrays)
    except Damaged as error:
        raise ProjectError(f"{name} is damaged or no project of this program ({error}); choose another.") from None
    except Unknown as error:
        raise ProjectError(
            f"{name} holds {error}, which this version does not know; a newer version of Backprop Lens wrote it: "
            "open it with that one."
        ) from None
    except Misfit as error:
        raise ProjectError(f"{name} is damaged ({error}); choose another.") from None
    except FileNotFoundError:
        raise ProjectError(f"There is no file {name} at that place; check its path.") from None
    except IsADirectoryError:
        raise ProjectError(f"{name} is a folder; choose a project file ({SUFFIX}) in it.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ProjectError(f"{name} cannot be read ({reason}); check the file and its permissions.") from None


def decode_project(content: object, arrays: dict[str, NDArray[Any]]) -> Project:
    """The project of an archive's content, brought up to this version.

    Raises:
        Unknown: it was written by a newer version.
        Misfit: it is no project or holds what cannot be.
    """
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise Misfit("it is no project of this program")
    version, fields = content.get("version"), content.get("project")
    if type(version) is not int or version < 1 or not isinstance(fields, dict):
        raise Misfit("its version is missing")
    if version > VERSION:
        raise Unknown(f"format {version}")
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
        raise Misfit("an array is missing")
    return arrays[name]


def resume(project: Project, path: str | Path = "") -> Trainer:
    """A trainer that stands where the project's run stands.

    Args:
        project: what was loaded.
        path: of its file, for messages.

    Raises:
        ProjectError: the project's parts do not fit together.
    """
    name = Path(path).name or "The project"
    try:
        initial = project.initial_parameters
        if initial is not None and (initial.shape != project.run.states.shape[2:] or not np.isfinite(initial).all()):
            raise ProjectError("the initial weights are not those of its network")
        drawn = None if project.canvas is None else project.canvas.data.drawn
        if project.canvas is not None and (drawn is None or can_train(drawn)):
            raise ProjectError("the canvas is none")
        return Trainer.resume(project.experiment, project.dataset, project.run)
    except Diverged:
        raise ProjectError(f"{name} is damaged (the loss is not finite at its start); choose another.") from None
    except LensError as error:
        raise ProjectError(
            f"{name} is damaged (its parts do not fit together: {_short(error)}); choose another."
        ) from None


def _short(error: LensError) -> str:
    """What an error says; a hostile file may have put anything of any length into it."""
    text = str(error).encode("utf-8", "replace").decode().rstrip(".")
    return text if len(text) <= LONGEST_REASON else text[:LONGEST_REASON] + "…"


def describe_engine(project: Project, trainer: Trainer) -> str:
    """A sentence where another engine than the project's goes on with it; otherwise empty."""
    if trainer.engine_name == project.run.engine or trainer.position == 0:
        return ""
    return (
        "This run was computed with the compiled engine, which is not here, so NumPy goes on; the last digits may "
        "differ. To install the engine: pip install numba."
    )
