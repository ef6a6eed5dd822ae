"""The settings of an experiment in words, for all who name one to a person."""

from __future__ import annotations

from core.base.translation import _

NAMES = {
    "learning_rate": _("learning rate"),
    "batch_size": _("batch size"),
    "momentum": _("momentum"),
    "optimizer": _("optimizer"),
    "loss": _("loss"),
    "output": _("output"),
    "activation": _("activation"),
    "features": _("features"),
    "schedule": _("schedule"),
    "warm_up": _("warm up"),
    "dropout": _("dropout"),
    "seed": _("seed"),
    "shuffle": _("shuffle"),
    "standardize": _("standardize"),
    "standardize_target": _("standardize target"),
    "stop_loss": _("stop loss"),
    "engine": _("engine"),
    "data": _("data"),
    "hidden": _("hidden layers"),
    "train_fraction": _("share of the training set"),
    "only_sample": _("single training sample"),
    "patience": _("early stopping"),
    "init": _("initial weights"),
    "bias": _("initial biases"),
    "l1": "L1",
    "l2": "L2",
    "data.rule": _("rule"),
    "data.samples": _("points"),
    "data.noise": _("noise"),
    "data.seed": _("data seed"),
    "data.classes": _("classes"),
    "data.balance": _("balance"),
    "data.turns": _("turns"),
    "data.task": _("task"),
}
"""Names of the experiment's fields, and of those of its data, as a person reads them."""


def field_name(field: str) -> str:
    """The name of a field of the experiment, as a person reads it."""
    return NAMES.get(field) or field.rpartition(".")[2].replace("_", " ")


def option_name(option: str) -> str:
    """The same of an option, such as ``learning-rate``."""
    from core.options.argument_table import ARGUMENTS  # here, since the first picture of the window needs no options

    return field_name(next(one.field for one in ARGUMENTS if one.option == f"--{option}"))
