"""The flat parameter vector, its names, and the shapes of the passes."""

from __future__ import annotations

import numpy as np
import pytest

from core.explain.formulas.formula_text import to_text, write_symbol
from core.explain.formulas.step_formulas import _symbol
from core.network.activations import ACTIVATIONS
from core.network.losses import LOSSES
from core.network.network import Network, count_parameters, parameter_name, parameter_views
from tests.core.support import random_network


def name(letter: str, layer: int, *index: int) -> str:
    """A parameter's name as the formulas write it."""
    return to_text(write_symbol(_symbol(letter, layer, *index)))


@pytest.mark.parametrize("sizes", [(2, 2), (2, 7, 2), (2, 4, 4, 4, 2), (3, 1, 5)])
def test_views_cover_the_flat_vector_in_order_and_each_place_has_its_name(sizes: tuple[int, ...]) -> None:
    flat = np.arange(float(count_parameters(sizes)))
    weights, biases = parameter_views(sizes, flat)
    names, values = [], []
    for layer, (w, b) in enumerate(zip(weights, biases, strict=True), start=1):
        assert w.shape == (sizes[layer - 1], sizes[layer])
        assert b.shape == (sizes[layer],)
        assert np.shares_memory(w, flat)
        assert np.shares_memory(b, flat)
        names += [name("w", layer, i, j) for i in range(w.shape[0]) for j in range(w.shape[1])]
        names += [name("b", layer, j) for j in range(len(b))]
        values += [*w.ravel(), *b]
    np.testing.assert_array_equal(values, flat)
    assert [parameter_name(sizes, i) for i in range(flat.size)] == names
    assert len(set(names)) == len(names)
    with pytest.raises(IndexError):
        parameter_name(sizes, flat.size)


def test_a_name_that_could_be_misread_has_a_comma() -> None:
    assert [parameter_name((2, 12, 2), index) for index in (11, 12, 35, 37)] == [
        "w₁,₁₂⁽¹⁾",
        "w₂₁⁽¹⁾",
        "b₁₂⁽¹⁾",
        "w₁₂⁽²⁾",
    ]


def test_2_7_2_has_37_parameters() -> None:
    assert count_parameters((2, 7, 2)) == 2 * 7 + 7 + 7 * 2 + 2 == 37


def test_changing_the_vector_changes_the_network() -> None:
    network = random_network(np.random.default_rng(0), (2, 3, 2), "tanh", "linear")
    before = network.forward(np.ones((1, 2))).output
    network.parameters[-1] += 1.0  # the last bias of a linear output
    np.testing.assert_allclose(network.forward(np.ones((1, 2))).output - before, [[0.0, 1.0]], atol=1e-15)


def test_a_network_starts_with_zeros() -> None:
    network = Network((2, 3, 2), random_network(np.random.default_rng(0), (2, 3, 2), "tanh", "softmax").activations)
    assert not network.parameters.any()
    np.testing.assert_array_equal(network.forward(np.ones((1, 2))).output, [[0.5, 0.5]])


def test_shapes_of_both_passes() -> None:
    sizes, n = (2, 4, 3, 5), 6
    rng = np.random.default_rng(0)
    network = random_network(rng, sizes, "sigmoid", "softmax")
    forward = network.forward(rng.normal(size=(n, 2)))
    backward = network.backward(forward, np.eye(5)[rng.integers(0, 5, n)], LOSSES["mse"])
    assert [z.shape for z in forward.z] == [a.shape for a in forward.a] == [(n, size) for size in sizes]
    assert forward.output is forward.a[-1]
    assert [d.shape for d in backward.delta] == [(n, size) for size in sizes[1:]]
    assert [w.shape for w in backward.dW] == [w.shape for w in network.weights]
    assert [b.shape for b in backward.db] == [b.shape for b in network.biases]
    assert all(np.shares_memory(view, backward.gradient) for view in (*backward.dW, *backward.db))


def test_the_batch_gradient_is_the_mean_of_its_samples_gradients() -> None:
    rng = np.random.default_rng(3)
    network = random_network(rng, (2, 4, 3), "tanh", "softmax")
    x, y = rng.normal(size=(5, 2)), np.eye(3)[[0, 1, 2, 2, 1]]
    single = [network.backward(network.forward(x[[i]]), y[[i]], LOSSES["mse"]).gradient for i in range(5)]
    whole = network.backward(network.forward(x), y, LOSSES["mse"]).gradient
    np.testing.assert_allclose(whole, np.mean(single, axis=0), rtol=1e-12, atol=1e-16)


def test_each_layer_applies_its_own_activation() -> None:
    """2-1-1-1 with weights 1 and biases 0, by hand: relu(1 − 3) = 0 and relu(3 − 1) = 2; sin 2; then the line."""
    activations = [ACTIVATIONS[name] for name in ("relu", "sine", "linear")]
    network = Network((2, 1, 1, 1), activations, np.array([1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0]))
    forward = network.forward(np.array([[1.0, -3.0], [3.0, -1.0]]))
    np.testing.assert_array_equal(forward.a[1], [[0.0], [2.0]])
    np.testing.assert_array_equal(forward.a[2], [[0.0], [np.sin(2.0)]])
    np.testing.assert_array_equal(forward.output, forward.a[2])
