"""The numbers that the rules for causes look at; see also :mod:`core.explain.verdict.probes`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from core.base.arrays import Array
from core.explain.verdict import probes
from core.explain.verdict.advice import Cause
from core.explain.verdict.course import Course
from core.explain.verdict.rates import LOWER_RATES
from core.network.network import Forward, Network
from core.training.experiment import Experiment
from core.training.trainer import Trainer

LARGE_INPUTS, UNEQUAL_INPUTS = 8.0, 20.0
ONE_ANSWER = 0.01
"""The share of the spread of the targets up to which outputs count as one answer."""


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
