"""How much of the gradient reaches the lower layers, in words; verdict and card tell it alike."""

from __future__ import annotations

import numpy as np

from core.base.arrays import Array
from core.base.number_text import factor_text
from core.base.translation import _
from core.training.gradient_norms import EXPLODING, VANISHING, flow_verdict

WORDS = {
    VANISHING: _("the gradient vanishes: {factor} times smaller in layer 1 than at the output"),
    EXPLODING: _("the gradient explodes: {factor} times larger in layer 1 than at the output"),
}


def flow_words(norms: Array) -> str:
    """What is remarkable about the norms, shape (layers,), as a clause; empty if nothing is."""
    zero = norms == 0.0
    if zero.all():
        return _("the gradient is 0 in every layer: nothing is learned")
    if zero[0]:
        first = int(np.argmin(zero))  # the first layer that learns
        return (
            _("no gradient reaches layer 1")
            if first == 1
            else _("no gradient reaches layers 1 to {first}").format(first=first)
        )
    verdict, factor = flow_verdict(norms)
    return WORDS[verdict].format(factor=factor_text(factor)) if verdict else ""
