"""Why a run does not learn as it should: the first rule that holds, and the change that helps.

Each rule looks at the state of the network and at a few samples, see :mod:`.probes`. The order matters: what makes
others fail stands first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from functools import cached_property

import numpy as np

from core.base.arrays import Array
from core.base.number_text import factor_text, grouped, short, span_text, told_apart
from core.base.translation import _, ngettext
from core.base.values import dataclass
from core.data.features import feature
from core.explain.gradient_flow import flow_words
from core.explain.verdict import probes
from core.explain.verdict.course import Course
from core.network.activations import ACTIVATIONS
from core.network.initializers import INITIALIZERS
from core.network.network import Forward, Network
from core.network.optimizers import OPTIMIZERS
from core.network.tasks import REGRESSION
from core.training.experiment import LIVE_FIELDS, MAX_HIDDEN_LAYERS, Decay, Experiment, Init, usual_init
from core.training.gradient_norms import VANISHING, flow_verdict
from core.training.trainer import Trainer

SHARE_OF_UNITS, SHARE_OF_SLOPES = 0.5, 0.7
LARGE_INPUTS, UNEQUAL_INPUTS = 8.0, 20.0
LARGE_BIAS = 3.0
RATE_TOO_HIGH = "rate too high"
LEAST_RISE = 1.05
"""The factor by which the loss has grown since a change, which raised it."""
STRONG_PENALTY = 0.5
ONE_ANSWER, SHRUNK = 0.01, 0.05
"""The share of the spread of the targets up to which outputs count as one answer, and what a penalty has left of the
weights of a layer where it is the reason."""
STRONG_DROPOUT = 0.4
LEAST_GAIN_OF_STEP, LEAST_GAIN_OF_LONG_STEP = 0.03, 0.01
LONG_STEP, VERY_LONG_STEP, SHORT_STEP = 4.0, 100.0, 0.25
"""The best step: longer than so many epochs of updates is long, shorter than so much of one update is short."""
HIGHEST_RATE, HIGHEST_ADAPTIVE_RATE = 0.1, 0.03
"""No rate above this is advised, except ten times the present one; the second one for Adam and its like."""
LOWER_RATES = HIGHEST_RATE, HIGHEST_ADAPTIVE_RATE, 0.01, 0.003, 0.001
"""Rates that are tried in place of one that is too high."""
VERY_LOW = 0.03
"""The share of the highest rate up to which a rate is suspected where no weight has gone far."""
HARDLY_MOVED, FAR = 0.1, 1.0
"""Distances from the initial weights: some weight of a network that has learned is farther away than the first one."""
WIDE = 8
WEAK, GROWING = 30.0, 3.0
"""Factors: of the output layer's gradient above that of layer 1, and of the latter's growth in a plateau."""


@dataclass(frozen=True)
class Advice:
    """The next thing to try.

    Attributes:
        text: the button's.
        fields: fields of the experiment and their new values.
        restarts: they help a new run alone, since the present one is spoiled.
        return_to: a position to go back to; None for none.
        goes_on: train on. unfreezes: let all parameters move again.
    """

    text: str
    fields: Mapping[str, object] = field(default_factory=dict)
    restarts: bool = False
    return_to: int | None = None
    goes_on: bool = False
    unfreezes: bool = False

    @classmethod
    def change(cls, text: str, **fields: object) -> Advice:
        """Change settings."""
        return cls(text, fields)

    @classmethod
    def restart(cls, text: str, **fields: object) -> Advice:
        """Change settings and start again."""
        return cls(text, fields, restarts=True)

    @classmethod
    def go_back(cls, text: str, position: int) -> Advice:
        """Go back to a position."""
        return cls(text, return_to=position)

    @property
    def starts_again(self) -> bool:
        """Whether the run begins again from epoch 0: some fields cannot change during a run."""
        return self.restarts or not self.fields.keys() <= LIVE_FIELDS

    @classmethod
    def go_on(cls, text: str) -> Advice:
        """Train on."""
        return cls(text, goes_on=True)


@dataclass(frozen=True)
class Cause:
    """Why a run does not learn as it should.

    Attributes:
        name: short name, which is the same in all languages.
        text: a clause that says it with numbers.
        advice: what helps; None if no setting does.
        is_certain: whether the numbers prove it; otherwise it is what is left.
    """

    name: str
    text: str
    advice: Advice | None
    is_certain: bool = True


class Evidence:
    """The numbers that one judgement looks at, each computed once, when the first rule asks for it.

    Args:
        trainer: the run.
        course: its course.
        settings: those that it was trained with; by default those of where it stands.
    """

    def __init__(self, trainer: Trainer, course: Course, settings: Experiment | None = None) -> None:
        self.trainer, self.course = trainer, course
        self.settings = trainer.settings if settings is None else settings

    @cached_property
    def samples(self) -> tuple[Array, Array]:
        """Inputs and targets of some samples."""
        return probes.samples_of(self.trainer)

    @cached_property
    def start(self) -> Network:
        """The network with the weights that the run began with."""
        return probes.at_start(self.trainer)

    @cached_property
    def forward(self) -> Forward:
        """The samples in the network as it is."""
        return self.trainer.network.forward(self.samples[0])

    @cached_property
    def sizes_of_inputs(self) -> Array:
        """Shape (inputs,), the root mean square of each."""
        sizes: Array = np.sqrt(np.mean(self.samples[0] ** 2, axis=0))
        return sizes

    @property
    def are_unscaled(self) -> bool:
        """Whether the inputs are large, or much larger than each other."""
        moving = self.sizes_of_inputs[self.sizes_of_inputs > 0.0]
        if self.settings.standardize or not len(moving):
            return False
        return bool(moving.max() > LARGE_INPUTS or moving.max() > UNEQUAL_INPUTS * moving.min() or moving.max() < 0.05)

    @cached_property
    def gives_one_answer(self) -> bool:
        """Whether the outputs are next to the same for all samples though the targets are not."""
        spread = np.ptp(self.forward.output, axis=0).max()
        return bool(spread <= ONE_ANSWER * np.ptp(self.samples[1], axis=0).max())

    @property
    def left_of_weights(self) -> list[float]:
        """Of each layer, how large its weights are beside those that the run began with."""
        pairs = zip(self.trainer.network.weights, self.start.weights, strict=True)
        return [float(np.linalg.norm(now) / max(float(np.linalg.norm(start)), 1e-300)) for now, start in pairs]

    @cached_property
    def units(self) -> probes.UnitProbe:
        """Dead and saturated units."""
        return probes.probe_units(self.trainer.network, self.forward)

    @cached_property
    def units_at_start(self) -> probes.UnitProbe:
        """The same with the weights that the run began with."""
        return probes.probe_units(self.start, self.start.forward(self.samples[0]))

    @cached_property
    def gradients(self) -> tuple[Array, Array]:
        """Of the loss and of the penalty."""
        return probes.gradients_of(self.trainer, self.trainer.network, self.forward, self.samples[1])

    @cached_property
    def step(self) -> probes.StepProbe:
        """The best step down the gradient."""
        return probes.probe_step(self.trainer, self.samples, np.add(*self.gradients))

    @cached_property
    def first_losses(self) -> Array:
        """With the weights that the run began with: the loss, that behind a step, and behind one of each lower rate."""
        forward = self.start.forward(self.samples[0])
        gradient = np.add(*probes.gradients_of(self.trainer, self.start, forward, self.samples[1]))
        rates = np.array([0.0, self.settings.learning_rate, *LOWER_RATES])
        return probes.losses_of_steps(self.trainer, self.start, self.samples, gradient, rates)

    @property
    def updates_in_epoch(self) -> float:
        """Updates in an epoch."""
        return max(1.0, self.trainer.epoch_length / self.trainer.stepper.workload.batch_size)


Rule = Callable[[Evidence], Cause | None]


def find_cause(evidence: Evidence, diverged: bool = False) -> Cause:
    """The first cause that holds; where none does, the network is too small or needs time."""
    cause = _first(DIVERGENCE_RULES if diverged else RULES, evidence)
    return cause or (_too_high(evidence) if diverged else _too_small(evidence))


def find_block(evidence: Evidence) -> Cause | None:
    """What keeps any network from learning from these data; None where nothing does."""
    return _first(BLOCKS, evidence)


def _first(rules: tuple[Rule, ...], evidence: Evidence) -> Cause | None:
    return next((cause for cause in (rule(evidence) for rule in rules) if cause is not None), None)


def highest_rate(settings: Experiment) -> float:
    """The highest rate that one would advise."""
    return HIGHEST_ADAPTIVE_RATE if OPTIMIZERS[settings.optimizer].adaptive else HIGHEST_RATE


def nice_rate(rate: float) -> float:
    """The nearest 1 or 3 times a power of ten."""
    exponent = math.floor(math.log10(rate))
    return float(f"{min((1.0, 3.0, 10.0), key=lambda m: abs(math.log(rate / (m * 10.0**exponent)))):g}e{exponent}")


# ---------------------------------------------------------------- the rules


def _frozen(evidence: Evidence) -> Cause | None:
    if len(evidence.trainer.frozen) < evidence.trainer.network.parameters.size:
        return None
    return Cause("frozen", _("every weight and bias is frozen"), Advice(_("Unfreeze all"), unfreezes=True))


def _constant_inputs(evidence: Evidence) -> Cause | None:
    inputs = evidence.trainer.preparation.train.inputs
    if len(inputs) < 2 or _differ(inputs):
        return None
    points = evidence.trainer.preparation.dataset.points
    advice = None
    if _differ(points):
        from core.data.features import plain_features

        advice = Advice.change(_("Use all columns as inputs"), features=plain_features(points.shape[1]))
    return Cause("constant inputs", _("every input has the same value for all points"), advice)


def _differ(rows: Array) -> bool:
    """Whether any row differs from the first; most often the last one tells, and nobody waits for a million others."""
    return bool((rows[-1] != rows[0]).any() or (rows != rows[0]).any())


def _one_sample(evidence: Evidence) -> Cause | None:
    if evidence.settings.only_sample is None:
        return None
    advice = Advice.change(_("Train on all points"), only_sample=None)
    return Cause("one sample", _("only one sample is trained on"), advice)


def _output_range(evidence: Evidence) -> Cause | None:
    if evidence.settings.task != REGRESSION:
        return None
    output, targets = evidence.trainer.network.activations[-1], evidence.samples[1]
    outside = float(np.mean((targets < output.low) | (targets > output.high)))
    if outside < 0.1:
        return None
    text = _("{share:.0f} % of the targets lie outside the range of the output's {label}").format(
        share=100 * outside, label=output.label
    )
    return Cause("output range", text, Advice.change(_("Use a linear output"), output="linear"))


def _penalty(evidence: Evidence) -> Cause | None:
    gradient, penalty = (float(np.linalg.norm(part)) for part in evidence.gradients)
    if not penalty > 0.0 or penalty < STRONG_PENALTY * gradient:
        return None
    settings = evidence.settings
    names = {name: min(value / 100.0, 0.01) for name, value in (("l1", settings.l1), ("l2", settings.l2)) if value}
    text = _("the penalty's gradient is {penalty} times that of the loss").format(
        penalty=short(penalty / max(gradient, 1e-300), 2)
    )
    return Cause("penalty", text, Advice.change(_("Try {words}").format(words=_amounts(names)), **names))


def _one_answer(evidence: Evidence) -> Cause | None:
    """A penalty has shrunk the weights of a layer until nothing gets through; from there a weaker one has no way back.

    So the score is that of the largest class, which may be what noisy data allow.
    """
    settings = evidence.settings
    set_ones = {name: value for name, value in (("l1", settings.l1), ("l2", settings.l2)) if value}
    if not set_ones or not evidence.gives_one_answer or min(evidence.left_of_weights) > SHRUNK:
        return None
    text = _("the net gives one answer everywhere: {words} is too strong and made its weights next to 0").format(
        words=_amounts(set_ones)
    )
    weaker = {name: nice_rate(value / 10.0) for name, value in set_ones.items()}
    return Cause("penalty", text, Advice.restart(_("Try {words}").format(words=_amounts(weaker)), **weaker))


def _amounts(penalties: Mapping[str, float]) -> str:
    amounts = (_("{name} of {value:g}").format(name=name.upper(), value=value) for name, value in penalties.items())
    return _(" and ").join(amounts)


def _unscaled_target(evidence: Evidence) -> Cause | None:
    hint = evidence.trainer.preparation.target_hint
    if not hint:
        return None
    text = hint[0].lower() + hint[1:].rstrip(".")
    return Cause("unscaled target", text, Advice.change(_("Standardize the target"), standardize_target=True))


def _alike(evidence: Evidence) -> Cause | None:
    units = evidence.units
    if not units.alike or units.dead[units.alike - 1] == 1.0 or units.saturated[units.alike - 1] == 1.0:
        return None
    text = _("all neurons of layer {layer} compute the same and get the same gradient").format(layer=units.alike)
    return Cause("alike", text, _better_weights(evidence))


def _diverging_rate(evidence: Evidence) -> Cause | None:
    """A run that diverges at a rate that nobody would advise needs a lower one first, whatever else it needs."""
    return _too_high(evidence) if evidence.settings.learning_rate > highest_rate(evidence.settings) else None


def _overshooting_rate(evidence: Evidence) -> Cause | None:
    """Already from the initial weights a step raises the loss, and one of a lower rate does not.

    Behind a change, it is the recorded losses there and since then that tell.
    """
    rate, highest = evidence.settings.learning_rate, highest_rate(evidence.settings)
    if rate <= highest:
        return None
    changed = round(evidence.course.changed * evidence.trainer.epoch_length)
    if raises_rate(evidence.trainer, changed):
        return _raised_since_change(evidence, changed)
    if evidence.trainer.settings_over_time.at(0).learning_rate != rate:
        return None
    before, after, *lower = evidence.first_losses.tolist()
    tried = zip(LOWER_RATES, lower, strict=True)
    helping = next((rate for rate, loss in tried if rate <= highest and loss < before), None)
    if after <= before or helping is None:
        return None
    raised = _("the learning rate {rate:g} is too high: a first step raises the loss from {low} to {high}")
    low, high = told_apart(before, after)
    text = raised.format(rate=rate, low=low, high=high)
    return Cause(RATE_TOO_HIGH, text, _restart_at(helping))


def raises_rate(trainer: Trainer, changed: int) -> bool:
    """Whether the learning rate was raised at a position, above the highest that one would advise."""
    if not changed:
        return False
    before, after = (trainer.settings_over_time.at(position) for position in (changed - 1, changed))
    return after.learning_rate > max(before.learning_rate, highest_rate(after))


def _raised_since_change(evidence: Evidence, changed: int) -> Cause | None:
    course = evidence.course
    if course.loss <= LEAST_RISE * course.loss_before:
        return None
    text = _("the learning rate {rate:g} is too high: since epoch {epoch} the loss has risen from {low} to {high}")
    low, high = told_apart(course.loss_before, course.loss)
    epoch = grouped(math.floor(course.changed))
    text = text.format(rate=evidence.settings.learning_rate, epoch=epoch, low=low, high=high)
    return Cause(RATE_TOO_HIGH, text, back_to(evidence.trainer, changed))


def back_to(trainer: Trainer, position: int) -> Advice:
    """Go back to a position."""
    epoch = grouped(position // trainer.epoch_length)
    return Advice.go_back(_("Go back to epoch {epoch}").format(epoch=epoch), position)


def _spoiled(evidence: Evidence, text: str, **values: float) -> Cause | None:
    """The rate as the cause of what was found, if it is high; the text says that it was not so at the start."""
    rate = evidence.settings.learning_rate
    if rate <= highest_rate(evidence.settings):
        return None
    return Cause(RATE_TOO_HIGH, text.format(rate=rate, **values), _lower_rate(evidence.settings))


def _all_dead(evidence: Evidence) -> Cause | None:
    return _dead(evidence, 1.0)


def _half_dead(evidence: Evidence) -> Cause | None:
    return _dead(evidence, SHARE_OF_UNITS)


def _dead(evidence: Evidence, share: float) -> Cause | None:
    dead = evidence.units.dead
    if not len(dead) or dead.max() < share:
        return None
    layer = int(np.argmax(dead)) + 1
    text = _("{share:.0f} % of the neurons of layer {layer} are dead: 0 for every sample").format(
        share=100 * dead[layer - 1], layer=layer
    )
    before, cause = evidence.units_at_start.dead[layer - 1], None
    if before < SHARE_OF_UNITS:
        killed = _(
            "{now:.0f} % of the neurons of layer {layer} are dead, at the start {before:.0f} %: "
            "the learning rate {rate:g} is too high"
        )
        cause = _spoiled(evidence, killed, now=100 * dead[layer - 1], layer=layer, before=100 * before)
    return cause or Cause("dead", text, _better_weights(evidence))


def _saturated(evidence: Evidence) -> Cause | None:
    saturated = evidence.units.saturated
    if not len(saturated) or saturated.max() < SHARE_OF_SLOPES:
        return None
    layer = int(np.argmax(saturated >= SHARE_OF_SLOPES)) + 1
    text = _("layer {layer} is saturated: {share:.0f} % of its slopes are near 0").format(
        layer=layer, share=100 * saturated[layer - 1]
    )
    settings = evidence.settings
    if evidence.are_unscaled:
        return Cause("saturated", text, Advice.change(_("Standardize the inputs"), standardize=True))
    scale = settings.init.scale or 0.0
    fan_in = evidence.trainer.network.sizes[layer - 1]
    large = {"normal": scale * math.sqrt(fan_in), "uniform": scale * math.sqrt(fan_in / 3.0)}
    if large.get(settings.init.name, scale) > 2.0 or abs(settings.bias) > LARGE_BIAS:
        return Cause("saturated", text, _better_weights(evidence))
    if settings.learning_rate <= highest_rate(settings):
        return None  # steep borders need saturated neurons; at a low rate, nothing has thrown them there
    return Cause("saturated", text, _lower_rate(settings))


def _gradient_flow(evidence: Evidence) -> Cause | None:
    table = evidence.trainer.history.gradients
    if not len(table) or table.shape[1] < 3:
        return None
    norms = table[-1, 1:]
    verdict, text = flow_verdict(norms)[0], flow_words(norms)
    if verdict == VANISHING and flow_verdict(table[0, 1:])[0] != VANISHING:
        cause = _spoiled(evidence, _("the learning rate {rate:g} is too high: it made the gradient vanish in layer 1"))
        if cause is not None:
            return cause
    return Cause(verdict, text, _better_weights(evidence)) if verdict else None


def _weak_gradient(evidence: Evidence) -> Cause | None:
    """Far less of the gradient than usual reaches the first layer, or more and more of it while the loss stands still.

    Either may end the plateau, so the network is not known to be too small.
    """
    table, course = evidence.trainer.history.gradients, evidence.course
    if not len(table) or table.shape[1] < 3:
        return None
    first, last = table[-1, 1], table[-1, -1]
    if first * WEAK <= last:
        text = _("the gradient is weak: {factor} times smaller in layer 1 than at the output").format(
            factor=factor_text(float(last / first))
        )
        return Cause("vanishing", text, _better_weights(evidence), is_certain=False)
    since = table[np.searchsorted(table[:-1, 0], course.flat_since * evidence.trainer.epoch_length)]
    if first < GROWING * since[1]:
        return None
    text = _("the loss stands still, but the gradient in layer 1 has grown {factor} times since epoch {epoch}").format(
        factor=factor_text(float(first / since[1])), epoch=grouped(since[0] / evidence.trainer.epoch_length)
    )
    return Cause("growing gradient", text, Advice.go_on(_("Let it go on")), is_certain=False)


def _scheduled(evidence: Evidence) -> Cause | None:
    settings, now = evidence.settings, evidence.trainer.learning_rate
    if settings.schedule == Decay() or now > 0.05 * settings.learning_rate or evidence.step.gain < LEAST_GAIN_OF_STEP:
        return None
    text = _("the schedule has lowered the rate to {rate}").format(rate=short(now, 2))
    return Cause("schedule", text, Advice.change(_("Keep the rate constant"), schedule=Decay()))


def _rate(evidence: Evidence) -> Cause | None:
    step, rate = evidence.step, evidence.settings.learning_rate
    epochs = step.factor / evidence.updates_in_epoch
    if step.gain < (LEAST_GAIN_OF_LONG_STEP if epochs > VERY_LONG_STEP else LEAST_GAIN_OF_STEP):
        return None
    if epochs > LONG_STEP:
        best = nice_rate(
            min(rate * min(1e4, max(10.0, epochs / 3.0)), max(highest_rate(evidence.settings), 10.0 * rate))
        )
        text = _("a step {factor} times as long would lower the loss by {gain:.0f} %").format(
            factor=short(step.factor, 2), gain=100 * step.gain
        )
        return _of_rate("rate too low", text, best)
    if step.factor <= SHORT_STEP:
        best = nice_rate(min(rate * max(step.factor, 0.01), rate / 3.0))
        text = _("the steps are too long: {factor} of one would lower the loss by {gain:.0f} %").format(
            factor=short(step.factor, 2), gain=100 * step.gain
        )
        return _of_rate(RATE_TOO_HIGH, text, best)
    return None


def _hardly_moved(evidence: Evidence) -> Cause | None:
    """No weight has gone far, as with Adam at a low rate, which no step down the gradient would show."""
    rate = evidence.settings.learning_rate
    farthest = float(np.max(np.abs(evidence.trainer.network.parameters - evidence.start.parameters)))
    if farthest >= HARDLY_MOVED or rate > VERY_LOW * highest_rate(evidence.settings):
        return None
    text = _("no weight has moved by more than {farthest} yet").format(farthest=short(farthest, 2))
    factor = max(10.0, FAR / max(farthest, FAR / 1e4))
    return replace(
        _of_rate("rate too low", text, nice_rate(min(factor * rate, highest_rate(evidence.settings)))), is_certain=False
    )


def _of_rate(name: str, text: str, best: float) -> Cause:
    return Cause(name, text, Advice.change(_("Try a rate of {rate:g}").format(rate=best), learning_rate=best))


def _unscaled(evidence: Evidence) -> Cause | None:
    if not evidence.are_unscaled:
        return None
    sizes = evidence.sizes_of_inputs
    text = _("the inputs are {low} to {high} in size, not about 1").format(
        low=short(float(sizes.min()), 2), high=short(float(sizes.max()), 2)
    )
    return Cause("unscaled inputs", text, Advice.change(_("Standardize the inputs"), standardize=True))


def _dropout(evidence: Evidence) -> Cause | None:
    drop = evidence.settings.dropout
    if drop < STRONG_DROPOUT:
        return None
    text = _("dropout leaves out {share:.0f} % of the hidden activations").format(share=100 * drop)
    return Cause("dropout", text, Advice.change(_("Try no dropout"), dropout=0.0))


def _too_high(evidence: Evidence) -> Cause:
    text = _("the learning rate {learning_rate:g} is too high").format(learning_rate=evidence.settings.learning_rate)
    return Cause(RATE_TOO_HIGH, text, _lower_rate(evidence.settings))


def lower_rate(settings: Experiment) -> float:
    """A tenth of the rate, and none that is too high."""
    return nice_rate(min(settings.learning_rate / 10.0, highest_rate(settings)))


def _lower_rate(settings: Experiment) -> Advice:
    """A tenth of the rate, from the start."""
    return _restart_at(lower_rate(settings))


def _restart_at(rate: float) -> Advice:
    return Advice.restart(_("Try a rate of {rate:g}").format(rate=rate), learning_rate=rate)


def jumping(evidence: Evidence) -> Cause:
    """The loss jumps up and down: a smaller rate makes the jumps smaller."""
    course, settings = evidence.course, evidence.settings
    rate = nice_rate(min(settings.learning_rate / 3.0, highest_rate(settings)))
    text = _("the loss jumps between {low} and {high} in the last {window} epochs").format(
        low=short(course.lowest, 2), high=short(course.highest, 2), window=span_text(course.window)
    )
    return _of_rate(RATE_TOO_HIGH, text, rate)


def _too_small(evidence: Evidence) -> Cause:
    hidden, settings = evidence.settings.hidden, evidence.settings
    if not hidden:
        text = _without_hidden_layers(settings)
        fields = {"hidden": (WIDE,), "activation": settings.last_activation, "init": Init("glorot")}
        return Cause("no hidden layer", text, Advice.change(_("Add a hidden layer"), **fields), is_certain=False)
    if set(settings.hidden_activations) == {"linear"}:
        text = _("linear hidden layers compute no more than one layer does")
        return Cause("linear", text, Advice.change(_("Try tanh"), activation="tanh"))
    if min(hidden) < WIDE:
        wider = tuple(max(WIDE, 2 * neurons) for neurons in hidden)
        counts = _(" and ").join(map(str, hidden))
        text = ngettext(
            "{counts} hidden neuron seems too few for these data",
            "{counts} hidden neurons seem too few for these data",
            sum(hidden),
        ).format(counts=counts)
        return Cause(
            "too few neurons",
            text,
            Advice.change(_("Try {counts} neurons").format(counts="-".join(map(str, wider))), hidden=wider),
            False,
        )
    rate, highest = settings.learning_rate, highest_rate(settings)
    if 10.0 * rate <= highest:
        text = _("a rate of {rate:g} may be too low for these data").format(rate=rate)
        return replace(_of_rate("rate too low", text, nice_rate(10.0 * rate)), is_certain=False)
    if len(hidden) > 1 and "sigmoid" in settings.hidden_activations:
        text = _("each layer of sigmoids weakens the gradient")
        return Cause("sigmoids", text, Advice.change(_("Try tanh"), activation="tanh"), is_certain=False)
    if len(hidden) < min(3, MAX_HIDDEN_LAYERS):
        activations = (*settings.hidden_activations, settings.last_activation)
        fields = {"hidden": (*hidden, WIDE), "activation": activations}
        text = ngettext(
            "{n} hidden layer seems too few for these data",
            "{n} hidden layers seem too few for these data",
            len(hidden),
        ).format(n=len(hidden))
        return Cause("too few layers", text, Advice.change(_("Add a hidden layer"), **fields), is_certain=False)
    return Cause("", _("the loss no longer falls"), Advice.go_on(_("Let it go on")), False)


def _without_hidden_layers(settings: Experiment) -> str:
    """What such a net can do at most: it adds up its inputs, and only the features bend the sum."""
    has_bends = any(feature(name).function is not None for name in settings.features)
    if settings.task == REGRESSION:
        if has_bends:
            return _("without a hidden layer a net only adds up its weighted inputs; only the features bend the sum")
        if settings.output != "linear":
            return _("without a hidden layer a net only adds up its weighted inputs")
        return _("without a hidden layer a net computes only a plane")
    if has_bends:
        return _("without a hidden layer the border is straight in the inputs; only the features bend it")
    return _("without a hidden layer a net draws only straight borders")


def _better_weights(evidence: Evidence) -> Advice:
    """Initial weights that suit the activation; where the run has them, an activation that passes more gradient."""
    settings = evidence.settings
    if abs(settings.bias) > LARGE_BIAS:
        return Advice.change(_("Start with biases of 0"), bias=0.0)
    init = usual_init(settings.hidden_activations)
    label = INITIALIZERS[init.name].label
    if settings.init.name in ("he", "glorot", "lecun", "orthogonal"):
        activation = "tanh" if "sigmoid" in settings.hidden_activations else "leaky-relu"
        return Advice.change(_("Try {label}").format(label=ACTIVATIONS[activation].label), activation=activation)
    fields: dict[str, object] = {"init": init, "bias": 0.0}
    if "sigmoid" in settings.hidden_activations and len(settings.hidden) > 2:
        fields["activation"], label = "tanh", _("tanh and Glorot")
    return Advice.change(_("Try {label} weights").format(label=label), **fields)


BLOCKS: tuple[Rule, ...] = (_frozen, _constant_inputs, _one_sample, _output_range, _one_answer)
RULES: tuple[Rule, ...] = (
    *BLOCKS, _overshooting_rate, _penalty, _unscaled_target, _alike, _all_dead, _saturated, _gradient_flow, _half_dead,
    _scheduled, _dropout, _rate, _hardly_moved, _unscaled, _weak_gradient,
)  # fmt: skip
DIVERGENCE_RULES: tuple[Rule, ...] = (_diverging_rate, _penalty, _unscaled_target, _unscaled)
