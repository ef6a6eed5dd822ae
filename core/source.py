"""Where a data set comes from, in words; :func:`load` turns them into points."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.dataset import MAX_DIMENSIONS, Dataset
from core.errors import ExperimentError
from core.generators import GENERATORS, generate
from core.table import read_chosen, read_table
from core.tables.choice import Choice
from core.tables.reading import Reading
from core.tasks import CLASSIFICATION, REGRESSION, TASKS

FILE = "file"
SHIPPED_FILES = {"train.txt": Path(__file__).resolve().parent.parent / "data" / "train.txt"}
MAX_SAMPLES = 1_000_000
MAX_NOISE = 50.0


@dataclass(frozen=True)
class DataSource:
    """Where a data set comes from; :func:`load` turns it into points.

    Attributes:
        kind: a name in :data:`core.generators.GENERATORS`, a name in :data:`SHIPPED_FILES`, or ``"file"``.
        path: the file, if the kind is ``"file"``; otherwise unused.
        samples: number of points of a built-in set, from its number of classes to 1,000,000; unused for files.
        noise: noise of a built-in set in percent, 0 to 50; unused for files.
        seed: seed of a built-in set, >= 0; unused for files.
        task: what is learned, see :mod:`core.tasks`; None stands for what a built-in set or the choice is for, and
            for classes in other files.
        reading: how a file of text is read; None to find out.
        choice: which columns of a file are the inputs and what is learned, at most 64 inputs; None for a file of two
            inputs and a label or target, and no other columns.

    Raises:
        ExperimentError: a value cannot be used; the field is ``"data"``.
    """

    kind: str
    path: str = ""
    samples: int = 500
    noise: float = 0.0
    seed: int = 0
    task: str | None = None
    reading: Reading | None = None
    choice: Choice | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.kind, str) or self.kind not in source_kinds():
            raise ExperimentError("data", f"There is no data set {self.kind!r}; choose {', '.join(source_kinds())}.")
        if not isinstance(self.path, str):
            raise ExperimentError("data", f"The data file's path is {self.path!r}; give it as text.")
        if self.kind == FILE and not self.path:
            raise ExperimentError("data", "The data file has no path; name the file to read.")
        self._check_table()
        own = GENERATORS[self.kind].task if self.kind in GENERATORS else CLASSIFICATION
        own = self.choice.task if self.choice is not None else own
        if self.task is None:
            object.__setattr__(self, "task", own)
        elif self.task not in TASKS:
            raise ExperimentError("data", f"The task {self.task!r} is unknown; choose {' or '.join(TASKS)}.")
        elif self.choice is not None and self.task != own:
            raise ExperimentError(
                "data", f"The task is {self.task}, and the columns are chosen for {own}; choose one for both."
            )
        elif self.kind != FILE and self.task != own:
            raise ExperimentError("data", f"{self.kind} is a set for {own}; for {self.task} choose another.")
        if self.kind in GENERATORS:
            self._check_generator_settings()

    def _check_table(self) -> None:
        for name, kind in (("reading", Reading), ("choice", Choice)):
            value = getattr(self, name)
            if value is not None and not isinstance(value, kind):
                raise ExperimentError("data", f"The {name} of the data is {value!r}; give a {kind.__name__} or None.")
            if value is not None and self.kind != FILE:
                raise ExperimentError("data", f"The data set {self.kind} has no {name}; only a file has one.")
        if self.dimensions > MAX_DIMENSIONS:
            raise ExperimentError(
                "data", f"{self.dimensions} columns are chosen as inputs; choose at most {MAX_DIMENSIONS}."
            )

    @property
    def dimensions(self) -> int:
        """Number of columns of the points."""
        return 2 if self.choice is None else len(self.choice.inputs)

    def with_task(self, task: str) -> DataSource:
        """The same data, from which something else is learned; raises ExperimentError."""
        if self.choice is None:
            return replace(self, task=task)
        return replace(self, task=task, choice=replace(self.choice, task=task))

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
        DataError: the file cannot be read, or is not a table of two inputs and a label or of the chosen columns.
    """
    if source.kind in SHIPPED_FILES:
        return read_table(SHIPPED_FILES[source.kind])
    if source.choice is not None:
        return read_chosen(source.path, source.choice, source.reading)
    if source.kind == FILE:
        return read_table(source.path, source.task or CLASSIFICATION, source.reading)
    generator = GENERATORS[source.kind]
    points, labels = generate(generator, source.samples, source.noise, source.seed)
    if generator.task == REGRESSION:
        none = np.zeros(len(points), dtype=np.int64)
        return Dataset(points, none, (), name=generator.label, targets=labels.astype(np.float64))
    names = tuple(str(k) for k in range(generator.n_classes))
    return Dataset(points, labels.astype(np.int64), names, name=generator.label)
