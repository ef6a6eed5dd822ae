"""The places of the speed slider: phases a second in slow motion, samples a second, and as fast as possible."""

from __future__ import annotations

from dataclasses import dataclass

from core.base.number_text import grouped


@dataclass(frozen=True)
class Pace:
    """How fast to play.

    Attributes:
        samples_per_second: None for as fast as possible, and in slow motion.
        phases_per_second: of slow motion; None otherwise.
    """

    samples_per_second: float | None = None
    phases_per_second: float | None = None

    @property
    def text(self) -> str:
        """A few letters beside the slider."""
        if self.phases_per_second is not None:
            return f"slow {self.phases_per_second:g}×"
        return "full" if self.samples_per_second is None else f"{grouped(self.samples_per_second)}/s"


SLOW_MOTION = tuple(Pace(phases_per_second=phases) for phases in (0.5, 1.0, 2.0))
_SAMPLES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
PACES = (*SLOW_MOTION, *(Pace(float(samples)) for samples in _SAMPLES), Pace())
"""From the slowest to the fastest."""
