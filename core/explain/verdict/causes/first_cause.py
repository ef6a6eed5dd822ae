"""The order of the rules for causes: what makes others fail stands first, and the first rule that holds counts."""

from __future__ import annotations

from core.explain.verdict.advice import Cause
from core.explain.verdict.causes import data_causes, layer_causes, rate_causes, settings_causes
from core.explain.verdict.causes.evidence import Evidence, Rule
from core.explain.verdict.causes.size_causes import too_small


def find_cause(evidence: Evidence, diverged: bool = False) -> Cause:
    """The first cause that holds; where none does, the network is too small or needs time."""
    cause = _first(DIVERGENCE_RULES if diverged else RULES, evidence)
    return cause or (rate_causes.rate_too_high(evidence) if diverged else too_small(evidence))


def find_block(evidence: Evidence) -> Cause | None:
    """What keeps any network from learning from these data; None where nothing does."""
    return _first(BLOCKS, evidence)


def _first(rules: tuple[Rule, ...], evidence: Evidence) -> Cause | None:
    return next((cause for cause in (rule(evidence) for rule in rules) if cause is not None), None)


BLOCKS: tuple[Rule, ...] = (
    settings_causes.all_frozen,
    data_causes.constant_inputs,
    data_causes.one_sample,
    data_causes.output_range,
    settings_causes.one_answer,
)
RULES: tuple[Rule, ...] = (
    *BLOCKS,
    rate_causes.overshooting_rate,
    settings_causes.strong_penalty,
    data_causes.unscaled_target,
    layer_causes.alike_neurons,
    layer_causes.all_dead,
    layer_causes.saturated_layer,
    layer_causes.failing_gradient,
    layer_causes.half_dead,
    rate_causes.lost_again,
    rate_causes.lowered_by_schedule,
    settings_causes.strong_dropout,
    rate_causes.wrong_step,
    rate_causes.hardly_moved,
    data_causes.unscaled_inputs,
    layer_causes.weak_gradient,
)
DIVERGENCE_RULES: tuple[Rule, ...] = (
    rate_causes.diverging_rate,
    settings_causes.strong_penalty,
    data_causes.unscaled_target,
    data_causes.unscaled_inputs,
)
