"""What undo takes back, in words."""

from __future__ import annotations

from core.training.experiment import Experiment
from core.workbench.step_names import name_change


def test_a_setting_without_effect_is_told_only_alone() -> None:
    """Removing the last hidden layer was told as a change of the activation as well."""
    hidden = Experiment(hidden=(4,), activation="relu")
    without = hidden.replace(hidden=(), activation="tanh")
    assert name_change(hidden, without) == "hidden layers 4 → none"
    assert name_change(without, hidden) == "hidden layers none → 4"
    assert name_change(hidden, hidden.replace(activation="tanh")) == "activation ReLU → Tanh"
    assert name_change(without, without.replace(activation="relu")) == "activation Tanh → ReLU"
