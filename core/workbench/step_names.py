"""What a step of undo takes back, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.base.number_text import grouped, short
from core.base.translation import _, ngettext
from core.data.dataset import Dataset
from core.data.features import feature
from core.engines.choosing import LABELS as ENGINE_LABELS
from core.network.activations import ACTIVATIONS
from core.network.initializers import INITIALIZERS
from core.network.losses import LOSSES
from core.network.network import parameter_name
from core.network.optimizers import OPTIMIZERS
from core.network.schedules import SCHEDULES
from core.options.field_names import field_name
from core.options.unused_options import fields_without_effect
from core.training.experiment import Decay, Experiment, Init

LONGEST_VALUE = 24
MOST_FIELDS = 2


class Labelled(Protocol):
    """An entry of a menu."""

    @property
    def label(self) -> str:
        """Its text there."""


LABELLED: Mapping[str, Mapping[str, Labelled]] = {
    "optimizer": OPTIMIZERS,
    "loss": LOSSES,
    "activation": ACTIVATIONS,
    "output": ACTIVATIONS,
}
"""By the field, the table whose entries are its values."""


def name_load(before: Experiment, after: Experiment) -> str:
    """Return what a run with other settings takes the place of; of the same settings it is a reset."""
    if before == after:
        return _("reset")
    if before.data != after.data:
        return _("painting") if after.data.drawn is not None and before.data.drawn is not None else _("other data")
    return name_change(before, after)


def name_change(before: Experiment, after: Experiment, most: float = MOST_FIELDS) -> str:
    """Return the settings that differ, such as ``learning rate 0.03 → 0.3``; of more than ``most`` only the number.

    Settings that have no effect before or after, such as the activation of no hidden layers, are told only alone.
    """
    changed = after.changed_fields(before)
    fields = sorted(changed - fields_without_effect(before) - fields_without_effect(after) or changed)
    if len(fields) > most:
        return _("{count} settings").format(count=len(fields))
    return ", ".join(f"{field_name(name)} {value_text(name, before)} → {value_text(name, after)}" for name in fields)


def name_edit(sizes: tuple[int, ...], values: Mapping[int, float], former: Mapping[int, float]) -> str:
    """Return which parameters, by their places in the flat vector, got other values."""
    if len(values) > 1:
        return _("{n} weights").format(n=len(values))
    return ", ".join(
        f"{parameter_name(sizes, index)} {short(former[index])} → {short(value)}" for index, value in values.items()
    )


def name_freeze(sizes: tuple[int, ...], frozen: frozenset[int], former: frozenset[int]) -> str:
    """Return which parameters, by their places in the flat vector, were frozen or freed."""
    changed = frozen ^ former
    several = _("{n} weights").format(n=len(changed))
    what = parameter_name(sizes, next(iter(changed))) if len(changed) == 1 else several
    return (_("freezing {what}") if frozen - former else _("unfreezing {what}")).format(what=what)


def name_painting(before: Dataset, after: Dataset) -> str:
    """Return what painting made of the points, such as ``12 points painted, 3 points erased``."""
    added, gone = _not_in(after, before), _not_in(before, after)
    painted = ngettext("{n} point painted", "{n} points painted", added).format(n=grouped(added))
    erased = ngettext("{n} point erased", "{n} points erased", gone).format(n=grouped(gone))
    if added and gone:
        return f"{painted}, {erased}"
    return painted if added else erased if gone else _("classes changed")


def _not_in(some: Dataset, others: Dataset) -> int:
    """How many points of some, with their classes or targets, are none of the others."""
    return int(np.count_nonzero(~np.isin(_as_items(some), _as_items(others))))


def _as_items(dataset: Dataset) -> NDArray[np.void]:
    values = dataset.labels if dataset.targets is None else dataset.targets
    rows = np.ascontiguousarray(np.column_stack([dataset.points, values]))
    return rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))).reshape(-1)


def value_text(name: str, experiment: Experiment, longest: int | None = LONGEST_VALUE) -> str:
    """The value of a field other than the data, as a person reads it.

    Of several values that are longer than ``longest`` the first are told and how many more there are; None tells all.
    """
    value = getattr(experiment, name)
    if value is None or value == ():
        return _("none")
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if isinstance(value, float):
        return short(value, 6)
    parts = [_label(name, part) for part in (value if isinstance(value, tuple) else (value,))]
    texts = [", ".join(parts)]
    for count in range(len(parts) - 1, 0, -1):
        some = ", ".join(parts[:count])
        texts.append(_("{values} and {count} more").format(values=some, count=len(parts) - count))
    fitting = (text for text in texts if longest is None or len(text) <= longest)
    return next(fitting, f"{texts[-1][: (longest or 0) - 1]}…")


def _label(name: str, value: object) -> str:
    """What the menus call a value, or one of several; numbers behind it where they are not the usual ones."""
    if isinstance(value, Init):
        label, is_usual, numbers = INITIALIZERS[value.name].label, value == Init(value.name), (value.scale or 0.0,)
        return label if is_usual else _with_numbers(label, numbers)
    if isinstance(value, Decay):
        label, is_usual = SCHEDULES[value.name].label, value == Decay(value.name)
        return label if is_usual else _with_numbers(label, value.settings or ())
    if name == "features":
        return feature(str(value)).label
    if name == "engine":
        return ENGINE_LABELS[str(value)]
    table: Mapping[str, Labelled] = LABELLED.get(name, {})
    return table[str(value)].label if table else str(value)


def _with_numbers(label: str, numbers: tuple[float, ...]) -> str:
    return " ".join([label, *(short(number, 6) for number in numbers)])
