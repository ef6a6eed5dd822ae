"""What a sweep consists of as JSON, and back."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.base.arrays import Array
from core.base.errors import LensError
from core.base.translation import _
from core.data.data_source import DataSource
from core.data.dataset import Dataset
from core.options.argument_table import ARGUMENTS
from core.options.spelling import spell
from core.storage.encoding import Misfit, decode, encode
from core.sweeps.sweep_plan import SweepError, SweepPlan
from core.sweeps.variation import parse_variation
from core.training.experiment import Experiment

FORMAT = "backprop-lens sweep 1"
KINDS = ("<f8", "<i8", "|u1")
"""Types of the arrays that an experiment holds."""


def specification(
    plan: SweepPlan, datasets: Mapping[DataSource, Dataset], initial: Array | None = None
) -> dict[str, Any]:
    """Everything that determines the runs of a sweep, as JSON takes it: two are equal if their runs are.

    Args:
        plan: the sweep.
        datasets: its points; the digests of the files that they were read from belong to it.
        initial: the parameters that replace the experiments' own.
    """
    arrays: dict[str, Any] = {}

    def keep(array: np.ndarray) -> str:
        name = f"array {len(arrays) + 1}"
        data = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")
        arrays[name] = {"type": array.dtype.str, "shape": list(array.shape), "data": data}
        return name

    by_field = {argument.field: argument for argument in ARGUMENTS}
    given = sorted(plan.given.items())
    return {
        "format": FORMAT,
        "experiment": encode(plan.base, keep),
        "options": [word for name, value in given for word in spell(by_field[name], value)],
        "vary": {variation.name: list(variation.texts) for variation in plan.variations},
        "seeds": plan.seeds,
        "first seed": plan.first_seed,
        "random": plan.chosen,
        "epochs": plan.epochs,
        "weights": plan.keep_weights,
        "runs": plan.count,
        "data files": sorted({dataset.digest for dataset in datasets.values() if dataset.digest}),
        "initial weights": None if initial is None else encode(initial, keep),
        "arrays": arrays,
    }


def parse_specification(data: Any, name: str) -> tuple[SweepPlan, Array | None]:  # noqa: ANN401 (JSON is of many types)
    """The plan that :func:`specification` wrote, and the initial parameters.

    Args:
        data: the content of JSON.
        name: of the file, for messages.

    Raises:
        SweepError: the data are damaged or of another version.
    """
    try:
        if data["format"] != FORMAT:
            raise SweepError(_("{name} is of another version of the program; choose another folder.").format(name=name))

        def array(title: str) -> np.ndarray:
            held = data["arrays"][title]
            if held["type"] not in KINDS:
                raise Misfit(_("{title} has the type {type}").format(title=title, type=held["type"]))
            numbers: np.ndarray = np.frombuffer(base64.b64decode(held["data"]), dtype=held["type"])
            return numbers.reshape(tuple(held["shape"]))

        variations = [f"{option}={';'.join(texts)}" for option, texts in data["vary"].items()]
        plan = SweepPlan(
            decode(Experiment, data["experiment"], array, "experiment"),
            _parse_words(data["options"]),
            tuple(parse_variation(text) for text in variations),
            data["epochs"],
            data["seeds"],
            data["random"],
            data["weights"],
        )
        held = data["initial weights"]
        return plan, None if held is None else decode(Array, held, array, "initial weights")
    except (Misfit, LensError, KeyError, TypeError, ValueError, AttributeError, StopIteration) as error:
        if isinstance(error, SweepError):
            raise
        raise SweepError(
            _("{name} is damaged ({error}); choose another folder.").format(name=name, error=error)
        ) from None


def _parse_words(words: Sequence[str]) -> dict[str, Any]:
    """The values of options, by field, from words of a command line."""
    options = {argument.option: argument for argument in ARGUMENTS}
    opposites = {argument.opposite: argument for argument in ARGUMENTS if argument.opposite}
    found: dict[str, Any] = {}
    rest = iter(words)
    for word in rest:
        option, equals, text = word.partition("=")
        if option in opposites:
            argument = opposites[option]
            found[argument.field] = None if argument.metavar else False
            continue
        argument = options[option]
        found[argument.field] = argument.parse(text if equals else next(rest)) if argument.metavar else True
    return found
