"""Causes in other settings: everything frozen, a penalty or dropout that is too strong."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.base.number_text import short, typed_text
from core.base.translation import _
from core.explain.verdict.advice import Advice, Cause
from core.explain.verdict.causes.evidence import Evidence
from core.explain.verdict.rates import nice_rate
from core.training.experiment import Experiment

STRONG_PENALTY = 0.5
"""The share of the loss's gradient from which on the penalty's is strong."""
SHRUNK = 0.05
"""What a penalty has left of the weights of a layer where it is the reason."""
STRONG_DROPOUT = 0.4


def all_frozen(evidence: Evidence) -> Cause | None:
    """No parameter may move."""
    if len(evidence.trainer.frozen) < evidence.trainer.network.parameters.size:
        return None
    return Cause("frozen", _("every weight and bias is frozen"), Advice(_("Unfreeze all"), unfreezes=True))


def strong_penalty(evidence: Evidence) -> Cause | None:
    """The gradient of the penalty is at least half as large as that of the loss."""
    gradient, penalty = (float(np.linalg.norm(part)) for part in evidence.gradients)
    if not penalty > 0.0 or penalty < STRONG_PENALTY * gradient:
        return None
    names = {name: min(value / 100.0, 0.01) for name, value in _penalties(evidence.settings).items()}
    text = _("the penalty's gradient is {penalty} times that of the loss").format(
        penalty=short(penalty / max(gradient, 1e-300), 2)
    )
    return Cause("penalty", text, Advice.change(_("Try {words}").format(words=_amounts(names)), **names))


def one_answer(evidence: Evidence) -> Cause | None:
    """A penalty has shrunk the weights of a layer until nothing gets through; from there a weaker one has no way back.

    So the score is that of the largest class, which may be what noisy data allow.
    """
    set_ones = _penalties(evidence.settings)
    if not set_ones or not evidence.gives_one_answer or min(evidence.left_of_weights) > SHRUNK:
        return None
    text = _("the net gives one answer everywhere: {words} is too strong and made its weights next to 0").format(
        words=_amounts(set_ones)
    )
    weaker = {name: nice_rate(value / 10.0) for name, value in set_ones.items()}
    return Cause("penalty", text, Advice.restart(_("Try {words}").format(words=_amounts(weaker)), **weaker))


def _penalties(settings: Experiment) -> dict[str, float]:
    """Those of L1 and L2 that are on."""
    return {name: value for name, value in (("l1", settings.l1), ("l2", settings.l2)) if value}


def _amounts(penalties: Mapping[str, float]) -> str:
    amounts = (
        _("{name} of {value}").format(name=name.upper(), value=typed_text(value)) for name, value in penalties.items()
    )
    return _(" and ").join(amounts)


def strong_dropout(evidence: Evidence) -> Cause | None:
    """Dropout leaves out too much."""
    drop = evidence.settings.dropout
    if drop < STRONG_DROPOUT:
        return None
    text = _("dropout leaves out {share:.0f} % of the hidden activations").format(share=100 * drop)
    return Cause("dropout", text, Advice.change(_("Try no dropout"), dropout=0.0))
