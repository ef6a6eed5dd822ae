"""Class names that the user gives instead of those in the data, and the order in which a person reads names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from core.base.errors import DataError, ExperimentError
from core.base.number_text import grouped
from core.base.translation import _
from core.data.dataset import Dataset

LONGEST_NAME = 60


def checked_names(names: Sequence[str]) -> tuple[str, ...]:
    """The names with single spaces between words and no spaces around them.

    Raises:
        DataError: there are fewer than two names, or a name is empty, too long, used twice or not printable.
    """
    if not isinstance(names, (tuple, list)) or not all(isinstance(name, str) for name in names):
        raise DataError(_("The names of the classes are {names!r}; give a text for each class.").format(names=names))
    tidy = tuple(" ".join(name.split()) for name in names)
    if len(tidy) < 2:
        raise DataError(_("A name is given for one class only; name each class."))
    for place, name in enumerate(tidy):
        if not name:
            raise DataError(_("A class has no name; give each class one."))
        if not name.isprintable():
            raise DataError(
                _("The class name {name!r} cannot be printed; give another.").format(name=name[:LONGEST_NAME])
            )
        if len(name) > LONGEST_NAME:
            raise DataError(
                _("The class name {name!r}… has {count} characters; {longest_name} are the most.").format(
                    name=name[:20], count=grouped(len(name)), longest_name=LONGEST_NAME
                )
            )
        if name in tidy[:place]:
            raise DataError(_("Two classes are named {name!r}; give each class a name of its own.").format(name=name))
    return tidy


def with_names(dataset: Dataset, names: Sequence[str]) -> Dataset:
    """The same points with these class names in their order; an empty sequence keeps the names of the data.

    Raises:
        ExperimentError: the number of names is not the number of classes.
    """
    if not names or tuple(names) == dataset.class_names:
        return dataset
    if len(names) != dataset.n_classes:
        kinds = (
            _("{n_classes} classes").format(n_classes=dataset.n_classes)
            if dataset.n_classes
            else _("numbers to predict and no classes")
        )
        raise ExperimentError(
            "data.class_names",
            _("{count} class names are given, but {name} has {kinds}; name each class once.").format(
                count=len(names), name=dataset.name, kinds=kinds
            ),
        )
    return replace(dataset, class_names=tuple(names))


def class_title(name: str) -> str:
    """What a person reads for a class: its name, behind the word "class" if it is a number only, as in "class 0"."""
    is_number = name.lstrip("+-−").replace(".", "", 1).replace(",", "", 1).isdecimal()
    return _("class {name}").format(name=name) if is_number else name


@lru_cache(maxsize=16)
def natural_order(names: tuple[str, ...]) -> tuple[int, ...]:
    """The class indices in the order in which a person reads the names: class2 before class10.

    Only alphabetical names are put into another order; names that a person gave stay in theirs. An index is an output
    of the network, so the classes of the data themselves keep their order: another one would begin another run.
    """
    places = range(len(names))
    if list(names) != sorted(names):
        return tuple(places)

    def key(place: int) -> list[tuple[bool, int, str]]:
        parts = re.split(r"([0-9]+)", names[place])
        return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]

    return tuple(sorted(places, key=key))
