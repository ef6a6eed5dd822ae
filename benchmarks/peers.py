"""What the engines are compared with: the notebook's rule, scikit-learn and PyTorch; for benchmarks/engine.py."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np

from core.base.arrays import Array, Rows
from core.engines.workload import Workload
from core.network.network import parameter_views

# ---- The notebook's rule, written as a notebook writes it: lists of matrices, np.dot, nothing kept from step to step.


def sigmoid(z: Array) -> Array:
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_derivative(z: Array) -> Array:
    return sigmoid(z) * (1.0 - sigmoid(z))


def tanh_derivative(z: Array) -> Array:
    return 1.0 - np.tanh(z) ** 2


def relu(z: Array) -> Array:
    return np.maximum(z, 0.0)


def relu_derivative(z: Array) -> Array:
    return (z > 0.0) * 1.0


def softmax(z: Array) -> Array:
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)


def softmax_derivative(z: Array) -> Array:
    """The diagonal alone; tests/core/network/test_notebook_rule.py tells when that is enough."""
    return softmax(z) * (1.0 - softmax(z))


FUNCTIONS = {
    "sigmoid": (sigmoid, sigmoid_derivative),
    "tanh": (np.tanh, tanh_derivative),
    "relu": (relu, relu_derivative),
    "softmax": (softmax, softmax_derivative),
}


class Notebook:
    """Its weights are right for two softmax outputs or a single output of any kind."""

    def __init__(self, workload: Workload, rate: float) -> None:
        weights, biases = parameter_views(workload.network.sizes, workload.network.parameters.copy())
        self.weights, self.biases = [w.copy() for w in weights], [b.copy() for b in biases]
        self.functions = [FUNCTIONS[activation.name] for activation in workload.network.activations]
        self.inputs, self.targets = workload.inputs, workload.targets
        self.batch_size, self.rate = workload.batch_size, rate

    def run(self, order: Rows) -> None:
        for start in range(0, len(order), self.batch_size):
            rows = order[start : start + self.batch_size]
            self.learn(self.inputs[rows], self.targets[rows])

    def learn(self, x: Array, y: Array) -> None:
        a, z = [x], []
        for (f, _), w, b in zip(self.functions, self.weights, self.biases, strict=True):
            z.append(np.dot(a[-1], w) + b)
            a.append(f(z[-1]))
        error = a[-1] - y
        for layer in range(len(self.weights) - 1, -1, -1):
            delta = error * self.functions[layer][1](z[layer])
            if layer > 0:
                error = np.dot(delta, self.weights[layer].T)
            self.weights[layer] -= self.rate * np.dot(a[layer].T, delta) / len(x)
            self.biases[layer] -= self.rate * np.sum(delta, axis=0) / len(x)

    @property
    def parameters(self) -> Array:
        pairs = zip(self.weights, self.biases, strict=True)
        return np.concatenate([part.ravel() for pair in pairs for part in pair])


# ---- Libraries, where they are installed. They are not known to do the same arithmetic, and need not.


def is_installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def make_sklearn(workload: Workload, rate: float) -> Callable[[Rows], None]:
    """MLPClassifier.partial_fit, plain SGD. With two classes it has one logistic output, whatever the workload has."""
    from sklearn.neural_network import MLPClassifier

    names = {"sigmoid": "logistic", "tanh": "tanh", "relu": "relu"}
    hidden = workload.network.sizes[1:-1]
    model = MLPClassifier(
        hidden,
        activation=names[workload.network.activations[0].name],
        solver="sgd",
        batch_size=workload.batch_size,
        learning_rate_init=rate,
        momentum=0.0,
        alpha=0.0,
        shuffle=False,
    )
    labels = (workload.targets[:, -1] > 0.5).astype(np.int64)
    classes = np.array([0, 1])

    def run(order: Rows) -> None:
        model.partial_fit(workload.inputs[order], labels[order], classes=classes)

    return run


def make_torch(workload: Workload, rate: float) -> Callable[[Rows], None]:
    """PyTorch in float64 on one thread: nn.Linear, autograd, optim.SGD, the same loss."""
    import torch

    torch.set_num_threads(1)
    modules: dict[str, Any] = {
        "sigmoid": torch.nn.Sigmoid(),
        "tanh": torch.nn.Tanh(),
        "relu": torch.nn.ReLU(),
        "softmax": torch.nn.Softmax(dim=1),
    }
    sizes, layers = workload.network.sizes, []
    for layer, activation in enumerate(workload.network.activations):
        layers += [torch.nn.Linear(sizes[layer], sizes[layer + 1], dtype=torch.float64), modules[activation.name]]
    model = torch.nn.Sequential(*layers)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    inputs, targets = torch.from_numpy(workload.inputs.copy()), torch.from_numpy(workload.targets.copy())

    def run(order: Rows) -> None:
        x, y = inputs[order], targets[order]
        for start in range(0, len(order), workload.batch_size):
            end = start + workload.batch_size
            optimizer.zero_grad()
            loss = 0.5 * torch.nn.functional.mse_loss(model(x[start:end]), y[start:end])
            loss.backward()
            optimizer.step()

    return run
