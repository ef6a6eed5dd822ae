"""The norms of the gradient by layer, and the sentence beside them."""

from __future__ import annotations

import numpy as np
import pytest

from core.base.number_text import factor_text
from core.explain.gradient_flow import flow_words, norm_ratio, norm_text


@pytest.mark.parametrize(("first", "last"), [(1.0401e-4, 0.24903), (9.9649e-5, 0.25851), (2.4e-4, 0.25149)])
def test_the_factor_follows_from_the_norms_as_they_are_shown(first: float, last: float) -> None:
    shown = [float(norm_text(norm).replace("−", "-")) for norm in (first, last)]
    assert norm_ratio(last, first) == shown[1] / shown[0]
    assert f" {factor_text(shown[1] / shown[0])} times smaller" in flow_words(np.array([first, last]))


def test_the_norms_of_a_layer_stand_in_one_notation() -> None:
    texts = [norm_text(norm) for norm in (9.9649e-5, 9.9999e-5, 1.0e-4, 1.04e-4)]
    assert texts == ["9.96e−5", "1e−4", "1e−4", "1.04e−4"]


def test_a_weak_gradient_is_called_so_wherever_it_is_told() -> None:
    """The verdict said "weak: 110 times smaller", and the card beside it that it reaches every layer."""
    assert flow_words(np.array([0.00168, 0.01, 0.193])) == (
        "the gradient is weak: 110 times smaller in layer 1 than at the output"
    )
    assert flow_words(np.array([0.01, 0.05, 0.2])) == ""
