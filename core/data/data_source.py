"""The source of a data set; :func:`load` turns it into points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.base.errors import DataError, ExperimentError
from core.base.file_digest import file_digest
from core.base.number_text import grouped
from core.base.translation import _
from core.base.values import dataclass
from core.data.class_names import checked_names, with_names
from core.data.dataset import MAX_DIMENSIONS, Dataset
from core.data.drawn_points import DrawnPoints
from core.data.generators import GENERATORS, SETTINGS, Shape, generate, point_stream, uniform_and_moved
from core.data.tables.column_choice import Choice
from core.data.tables.loading import Say, read_chosen, read_shipped, read_table
from core.data.tables.reading import Reading
from core.network.tasks import CLASSIFICATION, REGRESSION, TASKS

FILE = "file"
DRAWN = "drawn"
RULE = "rule"
FIRST_RULE = "x2 > 2*sin(x1)"
LEAST_OF_RULE = 2
SHIPPED_FILES = {"train.txt": Path(__file__).resolve().parents[2] / "data" / "train.txt"}
MAX_SAMPLES = 1_000_000
MAX_NOISE = 50.0


@dataclass(frozen=True)
class DataSource:
    """The source of a data set; :func:`load` turns it into points.

    Attributes:
        kind: a name in :data:`core.data.generators.GENERATORS`, a name in :data:`SHIPPED_FILES`, ``"rule"``, ``"file"``
            or ``"drawn"``.
        path: the file, if the kind is ``"file"``; otherwise unused.
        samples: number of points of a built-in set or for a rule, from its number of classes to 1,000,000; unused for
            files.
        noise: noise of a built-in set or rule in percent, 0 to 50; unused for files.
        seed: seed of a built-in set or rule, >= 0; unused for files.
        task: see :mod:`core.network.tasks`; None for the natural task of a built-in set, a rule or the column choice,
            and for classification of other files.
        classes, balance, turns: see :class:`core.data.generators.Shape`; None for the set's default, and for sets
            without this setting.
        rule: the rule that labels the points if the kind is ``"rule"``, see :mod:`core.data.rules`; otherwise unused.
        reading: the format of a text file; None to find it out.
        choice: the columns of a file to use as inputs, at most 64, and the target; None for a file with two inputs and
            a label or target, and no other columns.
        drawn: the points, if the kind is ``"drawn"``; otherwise None. They determine the task.
        class_names: names instead of those in the data, one for each class in their order; empty to keep the names of
            the data. Drawn points contain their class names.

    Raises:
        ExperimentError: a value cannot be used; the field is ``"data"`` or begins with ``"data."``.
    """

    kind: str
    path: str = ""
    samples: int = 500
    noise: float = 0.0
    seed: int = 0
    task: str | None = None
    classes: int | None = None
    balance: float | None = None
    turns: float | None = None
    rule: str = ""
    reading: Reading | None = None
    choice: Choice | None = None
    drawn: DrawnPoints | None = None
    class_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.kind, str) or self.kind not in source_kinds():
            raise ExperimentError(
                "data",
                _("There is no data set {kind!r}; choose {kinds}.").format(
                    kind=self.kind, kinds=", ".join(source_kinds())
                ),
            )
        if not isinstance(self.path, str):
            raise ExperimentError(
                "data", _("The data file's path is {path!r}; give it as text.").format(path=self.path)
            )
        if self.kind == FILE and not self.path:
            raise ExperimentError("data", _("The data file has no path; name the file to read."))
        self._check_table()
        self._check_drawn()
        own = self._own_task()
        if self.task is None:
            object.__setattr__(self, "task", own)
        elif self.task not in TASKS:
            raise ExperimentError(
                "data.task",
                _("The task {task!r} is unknown; choose {tasks}.").format(task=self.task, tasks=" or ".join(TASKS)),
            )
        elif self.choice is not None and self.task != own:
            raise ExperimentError(
                "data.task",
                _("The task is {task}, but the columns are chosen for {own}; choose one task for both.").format(
                    task=self.task, own=own
                ),
            )
        elif self.kind == RULE and own == CLASSIFICATION and self.task != own:
            raise ExperimentError(
                "data.task", _("The rule is a condition, which gives classes; write another rule for numbers.")
            )
        elif self.kind not in (FILE, RULE) and self.task != own:
            raise ExperimentError(
                "data.task",
                _("{kind} is a set for {own}; for {task} choose another set.").format(
                    kind=self.kind, own=own, task=self.task
                ),
            )
        self._check_shape()
        if self.is_generated:
            self._check_generator_settings()
        self._check_class_names()

    def _check_drawn(self) -> None:
        if self.drawn is not None and not isinstance(self.drawn, DrawnPoints):
            raise ExperimentError(
                "data", _("The drawn points are {drawn!r}; give DrawnPoints.").format(drawn=self.drawn)
            )
        if (self.drawn is not None) != (self.kind == DRAWN):
            raise ExperimentError(
                "data", _('Drawn points and the kind "{drawn}" need each other; give both.').format(drawn=DRAWN)
            )

    def _check_table(self) -> None:
        for name, kind in (("reading", Reading), ("choice", Choice)):
            value = getattr(self, name)
            if value is not None and not isinstance(value, kind):
                raise ExperimentError(
                    "data",
                    _("The {name} of the data is {value!r}; give a {kind_name} or None.").format(
                        name=name, value=value, kind_name=kind.__name__
                    ),
                )
            if value is not None and self.kind != FILE:
                raise ExperimentError(
                    "data",
                    _("The data set {kind} has no {name}; only a file has one.").format(kind=self.kind, name=name),
                )
        if self.dimensions > MAX_DIMENSIONS:
            raise ExperimentError(
                "data",
                _("{dimensions} columns are chosen as inputs; choose at most {max_dimensions}.").format(
                    dimensions=self.dimensions, max_dimensions=MAX_DIMENSIONS
                ),
            )

    def _check_class_names(self) -> None:
        if not self.class_names:
            object.__setattr__(self, "class_names", ())
            return
        try:
            object.__setattr__(self, "class_names", checked_names(self.class_names))
        except DataError as error:
            raise ExperimentError("data.class_names", str(error)) from None
        if self.drawn is not None:
            raise ExperimentError("data.class_names", _("Drawn points contain their class names; give no others."))
        if self.task != CLASSIFICATION:
            raise ExperimentError(
                "data.class_names", _("A {task} has no classes; leave the class names out.").format(task=self.task)
            )

    @property
    def dimensions(self) -> int:
        """Number of columns of the points."""
        return 2 if self.choice is None else len(self.choice.expanded)

    def with_task(self, task: str) -> DataSource:
        """The same data for another task; raises ExperimentError."""
        names = self.class_names if task == CLASSIFICATION else ()
        if self.choice is None:
            return replace(self, task=task, class_names=names)
        return replace(self, task=task, choice=replace(self.choice, task=task), class_names=names)

    def with_class_names(self, names: Sequence[str]) -> DataSource:
        """The same data with other class names; raises LensError."""
        if self.drawn is None:
            return replace(self, class_names=tuple(names))
        if self.task != CLASSIFICATION or len(names) != len(self.drawn.class_names):
            raise DataError(
                _("The data have {classes} classes, but {names} names are given.").format(
                    classes=len(self.drawn.class_names), names=len(names)
                )
            )
        return replace(self, drawn=replace(self.drawn, class_names=checked_names(names)))

    def _own_task(self) -> str:
        """The natural task of the data."""
        if self.kind == RULE:
            from core.data.rules.rule_labels import rule_task  # imported here because only typed rules need it

            if not isinstance(self.rule, str):
                raise ExperimentError("data.rule", _("The rule is {rule!r}; give it as text.").format(rule=self.rule))
            return rule_task(self.rule)
        if self.choice is not None:
            return self.choice.task
        if self.drawn is not None:
            return self.drawn.task
        return GENERATORS[self.kind].task if self.kind in GENERATORS else CLASSIFICATION

    @property
    def is_generated(self) -> bool:
        """Whether the points are drawn at random, so that ``samples``, ``noise`` and ``seed`` are used."""
        return self.kind in GENERATORS or self.kind == RULE

    @property
    def least(self) -> int:
        """The least number of points that can be drawn."""
        return LEAST_OF_RULE if self.kind == RULE else self.shape.least

    @property
    def shape(self) -> Shape:
        """The shape of a built-in set."""
        default = GENERATORS[self.kind].shape
        given = {name: getattr(self, name) for name in SETTINGS if getattr(self, name) is not None}
        return replace(default, **given)

    def _check_shape(self) -> None:
        takes = GENERATORS[self.kind].takes if self.kind in GENERATORS else ()
        for name, setting in SETTINGS.items():
            value = getattr(self, name)
            if value is None:
                continue
            if name not in takes:
                raise ExperimentError(
                    f"data.{name}",
                    _("For {kind} no {label} can be given; leave it out.").format(kind=self.kind, label=setting.label),
                )
            number = isinstance(value, int if setting.whole else (int, float)) and not isinstance(value, bool)
            if not number or not setting.low <= value <= setting.high:
                kind = _("whole number") if setting.whole else "number"
                raise ExperimentError(
                    f"data.{name}",
                    _("The {label} is {value!r}; give a {kind} from {low:g} to {high:g}.").format(
                        label=setting.label, value=value, kind=kind, low=setting.low, high=setting.high
                    ),
                )

    def _check_generator_settings(self) -> None:
        least = self.least
        if type(self.samples) is not int or not least <= self.samples <= MAX_SAMPLES:
            raise ExperimentError(
                "data.samples",
                _(
                    "The number of samples is {samples!r}; "
                    "for {kind} give a whole number from {least} to {max_samples}."
                ).format(samples=self.samples, kind=self.kind, least=least, max_samples=grouped(MAX_SAMPLES)),
            )
        number = isinstance(self.noise, (int, float)) and not isinstance(self.noise, bool)
        if not number or not math.isfinite(self.noise) or not 0 <= self.noise <= MAX_NOISE:
            raise ExperimentError(
                "data.noise",
                _("The noise is {noise!r}; give a percentage from 0 to {max_noise:g}.").format(
                    noise=self.noise, max_noise=MAX_NOISE
                ),
            )
        if type(self.seed) is not int or self.seed < 0:
            raise ExperimentError(
                "data.seed",
                _("The data's seed is {seed!r}; give a whole number from 0 upwards.").format(seed=self.seed),
            )


def source_kinds() -> tuple[str, ...]:
    """Every kind that :class:`DataSource` takes: shipped files, built-in sets, ``"rule"``, ``"file"``, ``"drawn"``."""
    return (*SHIPPED_FILES, *GENERATORS, RULE, FILE, DRAWN)


def default_source(kind: str) -> DataSource:
    """The source of a shipped or built-in set, or of a rule, with its default samples, noise and rule."""
    if kind == RULE:
        return DataSource(kind, rule=FIRST_RULE)
    if kind in GENERATORS:
        return DataSource(kind, samples=GENERATORS[kind].samples, noise=GENERATORS[kind].noise)
    return DataSource(kind)


def with_rule(source: DataSource, rule: str) -> DataSource:
    """The same source with another rule and its natural task.

    If the former rule gave numbers and was used for classification, the task remains classification.

    Raises:
        ExperimentError: the text is not a rule.
    """
    from core.data.rules.rule_labels import rule_task

    if source.kind != RULE:
        return replace(default_source(RULE), rule=rule)
    reads_classes = source.task == CLASSIFICATION != rule_task(source.rule)
    names = source.class_names if rule == source.rule else ()  # another rule has other classes
    return replace(source, rule=rule, task=CLASSIFICATION if reads_classes else None, class_names=names)


def load(source: DataSource, say: Say | None = None) -> Dataset:
    """Draw or read the data set; the same source gives the same set, as long as the file is the same.

    Args:
        source: where the data come from.
        say: called with each sentence on what is doubtful in a file.

    Raises:
        DataError: the file cannot be read, or does not have two inputs and a label or the chosen columns; or the rule
            has no value at a point, or gives more than ten classes; or the class names do not fit the classes.
    """
    return with_names(_load(source, say), source.class_names)


def _load(source: DataSource, say: Say | None) -> Dataset:
    if source.kind in SHIPPED_FILES:
        return read_shipped(SHIPPED_FILES[source.kind])
    if source.drawn is not None:
        return source.drawn.dataset()
    if source.kind == FILE:
        digest = file_digest(source.path)  # before the file is read: a change meanwhile is then noticed
        if source.choice is not None:
            return read_chosen(source.path, source.choice, source.reading, say).with_digest(digest)
        return read_table(source.path, source.task or CLASSIFICATION, source.reading, say).with_digest(digest)
    if source.kind == RULE:
        from core.data.rules.rule_labels import label_points

        points, moved = uniform_and_moved(source.samples, source.noise, point_stream(source.seed))
        return label_points(source.rule, source.task or CLASSIFICATION, points, moved)
    generator, shape = GENERATORS[source.kind], source.shape
    points, labels = generate(generator, source.samples, source.noise, source.seed, shape)
    if generator.task == REGRESSION:
        none = np.zeros(len(points), dtype=np.int64)
        return Dataset(points, none, (), name=generator.label, targets=labels.astype(np.float64))
    names = tuple(str(k) for k in range(shape.classes))
    return Dataset(points, labels.astype(np.int64), names, name=generator.label)


def is_other_data(before: DataSource, now: DataSource) -> bool:
    """Whether these are not the same data with other settings: another set, another file, or points drawn anew."""
    return before.kind != now.kind or before.path != now.path


def changed_file(source: DataSource, dataset: Dataset) -> str:
    """A sentence if the file of the data holds something else than when it was read; empty if not, or if it is gone."""
    now = file_digest(source.path) if source.kind == FILE and dataset.digest else ""
    if not now or now == dataset.digest:
        return ""
    name = Path(source.path).name
    return _(
        "{name} has changed since it was read. This run keeps the former points; to use the new ones, open {name}."
    ).format(name=name)
