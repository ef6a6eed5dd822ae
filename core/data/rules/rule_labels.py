"""From a rule to labelled points."""

from __future__ import annotations

import numpy as np

from core.base.arrays import Array
from core.base.errors import DataError
from core.base.translation import _
from core.data.dataset import Dataset
from core.data.rules.rule_parser import parse_rule
from core.data.rules.rule_tree import Node, Values, culprit, evaluate_rule, is_condition, write_rule
from core.network.tasks import CLASSIFICATION, REGRESSION

MAX_CLASSES = 10
LARGEST_WHOLE = 1e15
RULE_NAME = "rule"
LONGEST_PART = 60


def rule_task(rule: str) -> str:
    """The natural task of a rule: classification for a condition, regression for a number; raises RuleError."""
    return CLASSIFICATION if is_condition(parse_rule(rule)) else REGRESSION


def label_points(rule: str, task: str, points: Values, moved: Values) -> Dataset:
    """Points with the labels or targets that the rule gives them.

    For classification a condition gives the classes 0 and 1, and any other rule its value rounded down. Classes without
    points are left out.

    Args:
        rule: its text.
        task: what is learned, see :mod:`core.network.tasks`.
        points: shape (n, 2).
        moved: shape (n, 2); the place of each point at which the rule is evaluated.

    Raises:
        RuleError: the text is not a rule.
        DataError: the rule has no value at a point, or gives too many classes, or only one.
    """
    tree = parse_rule(rule)
    values = evaluate_rule(tree, moved[:, 0], moved[:, 1])
    _require_values(tree, values, moved)
    if task == REGRESSION:
        none = np.zeros(len(points), dtype=np.int64)
        return Dataset(points, none, (), name=RULE_NAME, targets=values)
    found, labels = np.unique(np.floor(values), return_inverse=True)
    _require_some_classes(found, len(points), is_condition(tree))
    names = tuple(_class_name(float(value)) for value in found)
    return Dataset(points, labels.astype(np.int64).reshape(-1), names, name=RULE_NAME)


def _require_values(tree: Node, values: Values, moved: Values) -> None:
    bad = np.flatnonzero(~np.isfinite(values))
    if not len(bad):
        return
    x1, x2 = (float(x) for x in moved[bad[0]])
    part = write_rule(culprit(tree, x1, x2))
    shown = part if len(part) <= LONGEST_PART else f"{part[:LONGEST_PART]}…"
    fault = _("has no value") if np.isnan(values[bad[0]]) else _("is not finite")
    raise DataError(
        _(
            "{shown} {fault} at x1 = {x1:.3g}, x2 = {x2:.3g}; write a rule that has a value at every point, "
            "such as one with abs(x1) or max(x1, 0.1)."
        ).format(shown=shown, fault=fault, x1=x1, x2=x2)
    )


def _require_some_classes(found: Array, n: int, condition: bool) -> None:
    if len(found) > MAX_CLASSES:
        raise DataError(
            _(
                "The rule gives {count:,} classes, whole numbers from {first} to "
                "{last}, and {max_classes} are the most; write fewer, as in floor(x1) mod 3."
            ).format(
                count=len(found),
                first=_class_name(float(found[0])),
                last=_class_name(float(found[-1])),
                max_classes=MAX_CLASSES,
            )
        )
    if len(found) == 1 and condition:
        which = "true" if found[0] else "false"
        raise DataError(
            _(
                "The rule is {which} for all {count:,} points; a classifier needs points of at least two classes."
            ).format(which=which, count=n)
        )
    if len(found) == 1:
        raise DataError(
            _(
                "The rule gives all {count:,} points the class {found}; a classifier needs points of at least two."
            ).format(count=n, found=_class_name(float(found[0])))
        )


def _class_name(value: float) -> str:
    return str(int(value)) if abs(value) < LARGEST_WHOLE else repr(value)
