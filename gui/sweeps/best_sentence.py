"""Which runs of a sweep are best, in words: by how much, and whether another seed might change that."""

from __future__ import annotations

import numpy as np

from core.base.number_text import grouped
from core.base.translation import _, ngettext
from core.sweeps.standings import Standing, rivals, standings
from gui.sweeps.sweep_results import SweepResults

DIGITS = 3
"""Of losses; a sentence with more is hard to read, and the table has them."""
OF_POINTS = "data", "train_fraction"
"""Settings that change the points on which a run is trained and measured."""


def ranked(results: SweepResults) -> list[Standing]:
    """The combinations by the measure that is shown, the best first."""
    order = np.argsort(results.ranks(), kind="stable")
    return standings([results.results[place] for place in order], results.measure)


def best_sentence(results: SweepResults) -> str:
    """What the results say so far."""
    found = ranked(results)
    if not found:
        return _("No run has ended yet.")
    best = found[0]
    if not len(best.values):
        message = next((result.message for result in results.results if result.message), "")
        text = _("All runs that ended {ended}. {message}")
        return text.format(ended=results.bad_word, message=message).strip()
    if len(results.plan.runs) == 1:
        return _("The run ended with {score}.").format(score=_score(results, best))
    if len(found) == 1:
        text = _("The runs ended with {score}; the best is seed {seed}.")
        told = [text.format(score=_score(results, best), seed=best.seeds[0])]
        if results.plan.runs[0].experiment.train_fraction < 1.0:
            told.append(_("Each seed trains on other points of the data."))
        return " ".join(told)
    is_over = len(results.results) == results.plan.count
    text = _("Best is {name}, with {score}.") if is_over else _("Best so far is {name}, with {score}.")
    told = [text.format(name=results.combination(best.texts), score=_score(results, best))]
    equal = sum(1 for other in found[1:] if len(other.values) and _range(results, other) == _range(results, best))
    if equal:
        told.append(ngettext("{n} other is as good.", "{n} others are as good.", equal).format(n=grouped(equal)))
    elif len(found[1].values):
        name = results.combination(found[1].texts, best.texts)
        is_whole = name == results.combination(found[1].texts)
        text = _("Next is {name}, with {value}.") if is_whole else _("Next, with {name} instead: {value}.")
        told.append(text.format(name=name, value=_range(results, found[1])))
    if not equal and (certainty := _certainty(results, found)):
        told.append(certainty)
    if any(variation.field.partition(".")[0] in OF_POINTS for variation in results.plan.variations):
        told.append(_("They train on different points, so this compares the data as well."))
    return " ".join(told)


def _certainty(results: SweepResults, found: list[Standing]) -> str:
    """Whether the order may be chance."""
    if len(found[0].values) + found[0].unfinished == 1:
        return _("Each has one seed, so the order may be chance.")
    near = rivals(found, results.measure)
    if near:
        text = ngettext(
            "{n} other overlaps, so the order may be chance.",
            "{n} others overlap, so the order may be chance.",
            near,
        )
        return text.format(n=grouped(near))
    return "" if found[0].unfinished else _("Each of its seeds beats all seeds of the others.")


def _score(results: SweepResults, standing: Standing) -> str:
    """The measure of a combination, and its spread over the seeds."""
    measure, runs = results.title(results.measure), len(standing.values)
    if runs == 1:
        text = _("{measure} {value}")
    elif standing.values[0] == standing.values[-1]:
        text = _("{measure} {value} for each of {n} seeds")
    else:
        text = _("median {measure} {value} over {n} seeds")
    text = text.format(measure=measure, value=_range(results, standing), n=grouped(runs))
    if not standing.unfinished:
        return text
    bad, count = grouped(standing.unfinished), grouped(runs + standing.unfinished)
    told = _("{score}, while {bad} of {count} runs {ended}")
    return told.format(score=text, bad=bad, count=count, ended=results.bad_word)


def _range(results: SweepResults, standing: Standing) -> str:
    """The median of a combination, and from where to where its seeds reach if they differ."""
    numbers = standing.median, standing.values[0], standing.values[-1]
    value, best, worst = (results.number(results.measure, float(number), DIGITS) for number in numbers)
    if best == worst:
        return value
    return _("{value} ({best} to {worst})").format(value=value, best=best, worst=worst)
