"""What the network answers for one point of the data, in words; its numbers are rows of :mod:`core.explain.chain`."""

from __future__ import annotations

from core.base.number_text import short
from core.base.translation import _
from core.explain.probe import output_text
from core.explain.walk import Walk
from core.network.decision_rule import decide
from core.training.preparation import Preparation


def point_sentence(walk: Walk, preparation: Preparation) -> str:
    """The answer of the network in words, and whether it is right."""
    answers = preparation.in_units(walk.layers[-1].a[0])
    if not preparation.dataset.class_names:
        assert preparation.dataset.targets is not None
        target, answer = float(preparation.dataset.targets[walk.rows[0]]), float(answers[0])
        text = _("The network answers {answer}; the target is {target}. The error is {error}.")
        told = text.format(answer=short(answer), target=short(target), error=short(answer - target))
        return f"{told} {preparation.target_note}".rstrip()
    titles, truth, said = preparation.output_titles, int(decide(walk.y)[0]), int(decide(answers[None])[0])
    told = f"{titles[said]} ({output_text(float(answers[said]), walk.layers[-1].activation.name)})"
    if said == truth:
        return _("The network answers {answer}: right.").format(answer=told)
    text = _("The network answers {answer}, but the point belongs to {truth}: wrong.")
    return text.format(answer=told, truth=titles[truth])
