"""Settings that followed a change of others, and come back when that change is taken back."""

from __future__ import annotations

from core.base.errors import ExperimentError
from core.base.values import dataclass
from core.training.experiment import Experiment, Init, usual_init
from core.training.presets import preset_of

CAUSES = {
    "loss": ("task",),
    "output": ("loss", "task"),
    "patience": ("train_fraction", "only_sample"),
    "init": ("data",),
}
"""The settings that others follow in :meth:`core.training.experiment.Experiment.adapted`, and whom they follow."""


@dataclass(frozen=True)
class Followed:
    """A setting that followed others: ``before`` and ``after`` are the experiments around that change."""

    before: Experiment
    after: Experiment


class FollowedSettings:
    """Remembers for each setting what it was before it had to follow others."""

    def __init__(self) -> None:
        self._followed: dict[str, Followed] = {}
        self._of_preset: Init | None = None

    def note_run(self, experiment: Experiment) -> None:
        """A run begins that comes from no change; nobody has chosen the initial weights of a preset."""
        self._of_preset = experiment.init if preset_of(experiment) is not None else None
        self._followed.pop("init", None)

    def adapted(self, experiment: Experiment, fields: dict[str, object], anew: bool = False) -> Experiment:
        """Return the experiment with other values; raises ExperimentError.

        On data of another kind, where the weights begin ``anew``, initial weights that a preset brought along become
        those that suit the activation: what a preset wants to show with them it shows on its own data.

        What does not go with them follows, see :meth:`core.training.experiment.Experiment.adapted`; what had followed
        the former values comes back if they do.
        """
        wanted = experiment.adapted(**fields)
        if "init" in fields:
            self._of_preset = None  # somebody has chosen them
        elif anew and wanted.data.kind != experiment.data.kind and experiment.init == self._of_preset:
            wanted = wanted.replace(init=usual_init(wanted.hidden_activations))
        for name in [name for name in CAUSES if name in self._followed]:
            followed = self._followed[name]
            if name in fields or getattr(experiment, name) != getattr(followed.after, name):
                del self._followed[name]
            elif _is_taken_back(name, followed, experiment, wanted):
                try:
                    wanted = wanted.adapted(**{name: getattr(followed.before, name)})
                except ExperimentError:
                    continue
                del self._followed[name]
        for name in CAUSES:
            if name not in fields and name not in self._followed and getattr(wanted, name) != getattr(experiment, name):
                self._followed[name] = Followed(experiment, wanted)
        return wanted


def _is_taken_back(name: str, followed: Followed, now: Experiment, wanted: Experiment) -> bool:
    """Whether the settings that this one had followed change, and become what they were before."""
    causes = [(getattr(now, cause), getattr(wanted, cause), getattr(followed.before, cause)) for cause in CAUSES[name]]
    return any(now != wanted for now, wanted, _ in causes) and all(wanted == before for _, wanted, before in causes)
