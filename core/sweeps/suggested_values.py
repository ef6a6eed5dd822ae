"""Which options can vary in the window, and values to begin with."""

from __future__ import annotations

from core.base.number_text import typed_text
from core.data.generators import GENERATORS
from core.network.optimizers import OPTIMIZERS
from core.sweeps.variation import NAMES, parse_variation, written
from core.training.experiment import Experiment

TRAINING = (
    "learning-rate", "optimizer", "momentum", "schedule", "warm-up", "batch-size", "loss", "l1", "l2", "dropout",
    "patience", "stop-loss", "shuffle",
)  # fmt: skip
NETWORK = ("hidden", "activation", "output", "features", "init", "bias", "seed", "engine")
DATA = ("train-fraction", "standardize", "points", "noise", "data-seed", "classes", "balance", "turns")
GENERATED = ("points", "noise", "data-seed")
SHAPED = ("classes", "balance", "turns")
FACTORS = (0.1, 0.3, 1.0, 3.0, 10.0)
COMMON = {
    "l1": "0;0.0001;0.001;0.01",
    "l2": "0;0.0001;0.001;0.01",
    "dropout": "0;0.1;0.2;0.5",
    "batch-size": "1;10;100",
    "hidden": "2;4;8;4,4",
    "momentum": "0;0.5;0.9;0.99",
    "warm-up": "0;1;5",
    "noise": "0;10;25;50",
    "train-fraction": "0.2;0.5;0.8",
    "activation": "sigmoid;tanh;relu",
    "init": "normal:0.1;glorot;he",
    "patience": "none;5;20",
    "classes": "2;3;4",
    "balance": "0.2;0.5;0.8",
    "turns": "1;1.5;2",
}


def options_that_vary(experiment: Experiment) -> tuple[str, ...]:
    """The names of the options that mean something for the data of an experiment."""
    source = experiment.data
    takes = GENERATORS[source.kind].takes if source.kind in GENERATORS else ()
    data = [
        name
        for name in DATA
        if not (name in GENERATED and not source.is_generated) and not (name in SHAPED and name not in takes)
    ]
    return (*TRAINING, *NETWORK, *data)


def suggested_values(option: str, experiment: Experiment) -> str:
    """Values to begin with: common ones, or some around the present one; the present one is always among them."""
    if option == "optimizer":
        return ";".join(OPTIMIZERS)
    argument = NAMES[option]
    part, _, field = argument.field.rpartition(".")
    value = getattr(experiment.data if part else experiment, field)
    if option in ("seed", "data-seed"):
        return ";".join(str(value + place) for place in range(5))
    if option == "learning-rate":
        return ";".join(typed_text(float(f"{value * factor:.3g}")) for factor in FACTORS)
    if option == "points":
        return ";".join(str(max(2, round(value * factor))) for factor in (0.25, 0.5, 1, 2))
    if not argument.metavar:
        return "yes;no"
    common = COMMON.get(option, "").split(";") if option in COMMON else []
    known = parse_variation(f"{option}={COMMON[option]}").values if common else ()
    if value in known or (value is None and not argument.opposite):
        return ";".join(common)
    return ";".join([written(argument, value), *common])
