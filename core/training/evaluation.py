"""How well a network does on a whole set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array
from core.network.tasks import REGRESSION
from core.training.preparation import Part, Preparation


@dataclass(frozen=True, eq=False)
class Evaluation:
    """How well a network does; all numbers are NaN for an empty set.

    Attributes:
        loss: mean of the samples' losses, without the penalty on large weights and without dropout.
        score: accuracy, the share of the samples whose largest output is that of their class; for regression
            R² = 1 − Σ(ŷ − y)² / Σ(y − ȳ)², which is NaN if all targets are the same.
        squared_error: for regression the mean of (ŷ − y)² over the samples; otherwise NaN.
        predicted: shape (n,), the class of the largest output (the first of equals); for regression the output.
    """

    loss: float
    score: float
    squared_error: float
    predicted: NDArray[np.int64] | NDArray[np.float64]


def predict(outputs: Array, task: str) -> NDArray[np.int64] | Array:
    """What outputs, shape (n, outputs), say: see :class:`Evaluation`, ``predicted``."""
    return outputs[:, 0] if task == REGRESSION else np.argmax(outputs, axis=1)


def evaluate(losses: Array, predicted: NDArray[np.int64] | Array, part: Part, task: str) -> Evaluation:
    """Sum up what an engine measured on a part; overflow gives an infinite or NaN loss, never a warning.

    Args:
        losses: shape (n,).
        predicted: shape (n,), see :func:`predict`.
        part: the n samples.
        task: what is learned, see :mod:`core.network.tasks`.
    """
    nan = float("nan")
    if len(part) == 0:
        return Evaluation(nan, nan, nan, predicted)
    with np.errstate(all="ignore"):
        loss = float(np.mean(losses))
        if task == REGRESSION:
            difference = predicted[:, None] - part.targets
            squared_error = float(np.mean(difference * difference))
            score = determination(squared_error, part.targets)
            return Evaluation(loss, score, squared_error, predicted)
    return Evaluation(loss, float(np.mean(predicted == part.labels)), nan, predicted)


def determination(squared_error: float, targets: Array) -> float:
    """R² from the mean squared error on these targets; NaN if they are all the same."""
    spread = float(np.var(targets))
    return 1.0 - squared_error / spread if spread > 0.0 else float("nan")


def predictions(preparation: Preparation, train: Evaluation, test: Evaluation) -> NDArray[np.int64] | Array:
    """What was predicted for each row of the data set, shape (n,), read-only."""
    predicted: NDArray[Any] = np.empty(len(preparation.dataset), dtype=train.predicted.dtype)
    predicted[preparation.train.rows] = train.predicted
    predicted[preparation.test.rows] = test.predicted
    predicted.flags.writeable = False
    return predicted
