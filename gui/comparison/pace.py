"""How fast compared runs play: epochs a second, or a speed that rises with the epoch."""

from __future__ import annotations

import math

from core.base.translation import _, ngettext

RISING = "rising"
EPOCHS_PER_SECOND = (1, 4, 16, 64, 256)
FIRST_EPOCHS, RISE = 0.5, 0.25
"""A rising speed, in epochs a second, and by how much an epoch raises it: as many again take the same time."""

PACES = [(RISING, _("Rising speed"))] + [
    (str(n), ngettext("{n} epoch/s", "{n} epochs/s", n).format(n=n)) for n in EPOCHS_PER_SECOND
]


def following_epoch(epoch: float, pace: str, seconds: float) -> float:
    """The epoch to show so many seconds later: the end of an epoch where more than one passes by."""
    speed = FIRST_EPOCHS + RISE * epoch if pace == RISING else float(pace)
    step = speed * seconds
    return float(math.floor(epoch + step)) if step >= 1.0 else epoch + step
