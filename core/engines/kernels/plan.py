"""Where everything lies in a kernel's memory, and the numbers by which kernels know the choices."""

from __future__ import annotations

LANES = 8
"""Numbers of a vector, to whole ones of which rows are padded."""

CHUNK = 128
"""Samples that are trained on together; with fewer, wide nets wait for their weights from the memory."""

BLOCK = 2 * LANES
"""To whole blocks of so many samples a set is padded that is evaluated."""

UNITS, WIDTH, WEIGHTS, BIAS, TRANSPOSED, HIDDEN, SLOPE, DELTA, ACTIVATION = range(9)
"""Columns of the plan, which has a row for each layer, the input first; most are offsets."""
PLAN_COLUMNS = 9

SIGMOID, TANH, RELU, LEAKY_RELU, ELU, SOFTPLUS, GELU, SINE, LINEAR, SOFTMAX = range(10)
ACTIVATION_CODES = {
    "sigmoid": SIGMOID,
    "tanh": TANH,
    "relu": RELU,
    "leaky-relu": LEAKY_RELU,
    "elu": ELU,
    "softplus": SOFTPLUS,
    "gelu": GELU,
    "sine": SINE,
    "linear": LINEAR,
    "softmax": SOFTMAX,
}

MSE, CROSS_ENTROPY, BINARY_CROSS_ENTROPY, HINGE, MAE, HUBER = range(6)
LOSS_CODES = {
    "mse": MSE,
    "cross-entropy": CROSS_ENTROPY,
    "binary-cross-entropy": BINARY_CROSS_ENTROPY,
    "hinge": HINGE,
    "mae": MAE,
    "huber": HUBER,
}

SGD, MOMENTUM, NESTEROV, ADAGRAD, RMSPROP, ADAM = range(6)
OPTIMIZER_CODES = {
    "sgd": SGD,
    "momentum": MOMENTUM,
    "nesterov": NESTEROV,
    "adagrad": ADAGRAD,
    "rmsprop": RMSPROP,
    "adam": ADAM,
}
