"""A set of points in the plane with their classes or targets, and the description of where it comes from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import DataError, ExperimentError
from core.generators import GENERATORS, generate
from core.tasks import CLASSIFICATION, REGRESSION, TASKS

FILE = "file"
SHIPPED_FILES = {"train.txt": Path(__file__).resolve().parent.parent / "data" / "train.txt"}
MAX_SAMPLES = 1_000_000
MAX_NOISE = 50.0


@dataclass(frozen=True, eq=False)
class Dataset:
    """Points and their classes or, for regression, targets. The arrays are read-only copies of those given.

    Attributes:
        points: float64, shape (n, 2), finite.
        labels: int64, shape (n,), class indices 0…K-1; a class may be without points. All 0 for regression.
        class_names: K names, K >= 1; empty for regression.
        column_names: names of the two inputs.
        name: what a title shows, e.g. the file's name.
        targets: float64, shape (n,), finite; None for classification.
        target_name: name of the target.

    Raises:
        DataError: an array has another shape, a coordinate or target is not finite, or a label is not a class index.
    """

    points: NDArray[np.float64]
    labels: NDArray[np.int64]
    class_names: tuple[str, ...]
    column_names: tuple[str, str] = ("x1", "x2")
    name: str = ""
    targets: NDArray[np.float64] | None = None
    target_name: str = "y"

    def __post_init__(self) -> None:
        points = np.array(self.points, dtype=np.float64, order="C")
        given = np.asarray(self.labels)
        if points.ndim != 2 or points.shape[1] != 2:
            raise DataError(f"The points have the shape {points.shape}; give one row of two inputs for each point.")
        if given.shape != (len(points),):
            raise DataError(
                f"The labels have the shape {given.shape}; give one label for each of {len(points)} points."
            )
        if given.size and given.dtype.kind not in "iu":
            raise DataError(f"The labels have the type {given.dtype}; give class indices, which are whole numbers.")
        if not np.isfinite(points).all():
            row = int(np.flatnonzero(~np.isfinite(points).all(axis=1))[0])
            raise DataError(f"Point {row} is {tuple(points[row].tolist())}; give finite numbers.")
        if (self.targets is None and not self.class_names) or len(self.column_names) != 2:
            raise DataError("A data set needs at least one class name and exactly two column names.")
        labels = given.astype(np.int64)
        if self.targets is not None:
            self._take_targets(self.targets, len(points))
        elif labels.size and not 0 <= labels.min() <= labels.max() < len(self.class_names):
            raise DataError(
                f"The labels run from {labels.min()} to {labels.max()}; "
                f"with {len(self.class_names)} class names they must lie between 0 and {len(self.class_names) - 1}."
            )
        points.setflags(write=False)
        labels.setflags(write=False)
        object.__setattr__(self, "points", points)
        object.__setattr__(self, "labels", labels)
        object.__setattr__(self, "class_names", tuple(self.class_names))
        object.__setattr__(self, "column_names", tuple(self.column_names))

    def _take_targets(self, given: NDArray[np.float64], n: int) -> None:
        targets = np.array(given, dtype=np.float64, order="C")
        if targets.shape != (n,):
            raise DataError(f"The targets have the shape {targets.shape}; give one target for each of {n} points.")
        if not np.isfinite(targets).all():
            row = int(np.flatnonzero(~np.isfinite(targets))[0])
            raise DataError(f"The target of point {row} is {targets[row]}; give a finite number.")
        targets.setflags(write=False)
        object.__setattr__(self, "targets", targets)

    def __len__(self) -> int:
        return len(self.points)

    @property
    def task(self) -> str:
        """What is learned from it, see :mod:`core.tasks`."""
        return CLASSIFICATION if self.targets is None else REGRESSION

    @property
    def output_names(self) -> tuple[str, ...]:
        """What the outputs of a network stand for: the classes, or the target."""
        return self.class_names if self.targets is None else (self.target_name,)

    @property
    def n_classes(self) -> int:
        """Number of classes K; 0 for regression."""
        return len(self.class_names)


@dataclass(frozen=True)
class DataSource:
    """Where a data set comes from; :func:`load` turns it into points.

    Attributes:
        kind: a name in :data:`core.generators.GENERATORS`, a name in :data:`SHIPPED_FILES`, or ``"file"``.
        path: the file, if the kind is ``"file"``; otherwise unused.
        samples: number of points of a built-in set, from its number of classes to 1,000,000; unused for files.
        noise: noise of a built-in set in percent, 0 to 50; unused for files.
        seed: seed of a built-in set, >= 0; unused for files.
        task: what is learned, see :mod:`core.tasks`; None stands for what a built-in set is for, and for classes in
            files.

    Raises:
        ExperimentError: a value cannot be used; the field is ``"data"``.
    """

    kind: str
    path: str = ""
    samples: int = 500
    noise: float = 0.0
    seed: int = 0
    task: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.kind, str) or self.kind not in source_kinds():
            raise ExperimentError("data", f"There is no data set {self.kind!r}; choose {', '.join(source_kinds())}.")
        if not isinstance(self.path, str):
            raise ExperimentError("data", f"The data file's path is {self.path!r}; give it as text.")
        if self.kind == FILE and not self.path:
            raise ExperimentError("data", "The data file has no path; name the file to read.")
        own = GENERATORS[self.kind].task if self.kind in GENERATORS else CLASSIFICATION
        if self.task is None:
            object.__setattr__(self, "task", own)
        elif self.task not in TASKS:
            raise ExperimentError("data", f"The task {self.task!r} is unknown; choose {' or '.join(TASKS)}.")
        elif self.kind != FILE and self.task != own:
            raise ExperimentError("data", f"{self.kind} is a set for {own}; for {self.task} choose another.")
        if self.kind in GENERATORS:
            self._check_generator_settings()

    def _check_generator_settings(self) -> None:
        least = GENERATORS[self.kind].least
        if type(self.samples) is not int or not least <= self.samples <= MAX_SAMPLES:
            raise ExperimentError(
                "data",
                f"The number of samples is {self.samples!r}; "
                f"for {self.kind} give a whole number from {least} to {MAX_SAMPLES:,}.",
            )
        number = isinstance(self.noise, (int, float)) and not isinstance(self.noise, bool)
        if not number or not math.isfinite(self.noise) or not 0 <= self.noise <= MAX_NOISE:
            raise ExperimentError("data", f"The noise is {self.noise!r}; give a percentage from 0 to {MAX_NOISE:g}.")
        if type(self.seed) is not int or self.seed < 0:
            raise ExperimentError("data", f"The data's seed is {self.seed!r}; give a whole number from 0 upwards.")


def source_kinds() -> tuple[str, ...]:
    """Every kind that :class:`DataSource` takes: shipped files, built-in sets, ``"file"``."""
    return (*SHIPPED_FILES, *GENERATORS, FILE)


def default_source(kind: str) -> DataSource:
    """The source of a kind other than ``"file"``, with the number of samples and the noise that suit it."""
    if kind in GENERATORS:
        return DataSource(kind, samples=GENERATORS[kind].samples, noise=GENERATORS[kind].noise)
    return DataSource(kind)


def load(source: DataSource) -> Dataset:
    """Draw or read the data set; the same source gives the same set, as long as the file is the same.

    Raises:
        DataError: the file cannot be read or is not a table of two inputs and a label.
    """
    from core.table import read_table  # here, because core.table builds a Dataset

    if source.kind in SHIPPED_FILES:
        return read_table(SHIPPED_FILES[source.kind])
    if source.kind == FILE:
        return read_table(source.path, source.task or CLASSIFICATION)
    generator = GENERATORS[source.kind]
    points, labels = generate(generator, source.samples, source.noise, source.seed)
    if generator.task == REGRESSION:
        none = np.zeros(len(points), dtype=np.int64)
        return Dataset(points, none, (), name=generator.label, targets=labels.astype(np.float64))
    names = tuple(str(k) for k in range(generator.n_classes))
    return Dataset(points, labels.astype(np.int64), names, name=generator.label)
