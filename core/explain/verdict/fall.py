"""Whether the training loss falls, rises or jumps, and how long it may stand still."""

from __future__ import annotations

from core.base.number_text import short
from core.base.translation import _
from core.explain.verdict.course import Course

LEAST_GAIN = 0.02
"""The share of the loss that the window must take away for the run to count as learning."""
EARLY_EPOCHS, PATIENT_EPOCHS = 3.0, 20.0
"""Epochs without a fall after which there is a plateau: with a certain cause, and without one."""
LOUD = 0.05
"""The spread of the loss around its line from which on it jumps about."""
JUMPS, HIGH = 0.4, 0.1
"""The spread from which on the loss jumps up and down, if it reaches this share of its start."""
LASTING_GAIN = 0.1
"""The share of the loss that the last half of what is judged must have taken away for a pause to be no plateau."""
UNMOVED = 0.9
"""The share of its start below which a loss has fallen."""


def has_fallen(course: Course) -> bool:
    """Whether the loss is clearly lower than at the start."""
    return course.loss < UNMOVED * course.start_loss


def falls(course: Course) -> bool:
    """Whether the loss falls clearly: in the window or, where it jumps about, in the last half of what is judged."""
    return falls_in_window(course) or _falls_in_half(course)


def falls_in_window(course: Course) -> bool:
    """Whether the loss falls clearly in the window; one that jumps about must have fallen before it as well."""
    is_lasting = course.noise < LOUD or course.judged_epochs < 2.0 * course.window
    is_lasting = is_lasting or course.gained_in_half > course.gained / 2.0
    return course.gained >= LEAST_GAIN and course.is_gain_clear and is_lasting


def _falls_in_half(course: Course) -> bool:
    return course.noise >= LOUD and course.gained > -course.noise and course.gained_in_half > course.noise


def fell_lately(course: Course) -> bool:
    """Whether the loss fell so far in the last half of what is judged that it may fall on by itself."""
    return course.gained_in_half > max(LASTING_GAIN, course.noise)


def rises(course: Course) -> bool:
    """Whether the loss rises clearly."""
    return -course.gained >= max(LEAST_GAIN, course.noise)


def jumps(course: Course) -> bool:
    """Whether the loss, which does not fall, jumps up and down, and that not only where it is next to nothing."""
    return course.judged_epochs >= EARLY_EPOCHS and course.noise >= JUMPS and course.highest >= HIGH * course.start_loss


def share_text(share: float) -> str:
    """A share of the loss in percent."""
    value = 100.0 * share
    return f"{short(value, 3 if value >= 100.0 else 2)} %"


def told_loss(course: Course, above: float = 0.0) -> str:
    """The present training loss; while the run is at work, or where it is not above that at present, its span."""
    return _told(course, 0, above)


def told_test_loss(course: Course, above: float = 0.0) -> str:
    """The present test loss; while the run is at work, or where it is not above that at present, its span."""
    return _told(course, 1, above)


def _told(course: Course, which: int, above: float) -> str:
    if course.now is not None and course.now[which] > above:
        return short(course.now[which], 3)
    low, high = (short(loss, 2) for loss in course.lately[which])
    return _("about {loss}").format(loss=low) if low == high else _("{low}–{high}").format(low=low, high=high)
