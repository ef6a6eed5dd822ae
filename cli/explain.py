"""``python main.py explain``: one step of backpropagation on one sample, with every number."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from cli.console import CommandLineError, complain, say
from cli.options import add, make_parser
from cli.projects import add_project
from cli.train import prepare_engine, start
from cli.trained import finish
from core.base.errors import one_line
from core.base.number_text import span_text
from core.base.translation import _, ngettext
from core.data.features import feature
from core.explain.formulas import step_formulas as steps
from core.explain.formulas.formula import Formula
from core.explain.formulas.formula_text import to_text
from core.explain.walk import LayerWalk, Walk, walk_sample
from core.options.spelling import parse_whole
from core.training.preparation import Preparation
from core.training.trainer import Trainer

DESCRIPTION = _("""\
Print one step of backpropagation on one sample: forward pass, loss, backward
pass, update. The sample forms a batch of its own. The step starts from the
initial weights, with --epochs N from the weights after N epochs, and with
--project from the weights of the saved project.""")
EPILOG = _("""\
examples:
  python main.py explain --preset shallow --sample 0
  python main.py explain --preset xor --epochs 5 --sample 17 --json
  python main.py explain --project spiral.lens --sample 0

With --json the names are sample (the inputs of the network), target, loss, and
for each layer W (inputs x outputs), b, z, a, delta, dW, db, W_after, b_after.
The gradient in dW and db is what the optimizer gets, with the penalties of --l1
and --l2. With --standardize-target, target and loss are those of the network,
which learns (target - target_center) / target_scale.
""")
SHOWN_UNITS = 8
SHOWN_WEIGHTS = 24


def main(argv: Sequence[str]) -> int:
    """Train if asked to, then print the step; returns the exit status. Raises LensError."""
    parser = make_parser("explain", DESCRIPTION, EPILOG, epochs="0")
    add_project(parser)
    step = parser.add_argument_group(_("step"))
    add(step, "--sample", "I", _("row of the data; rows count from 0; required"), parse_whole)
    step.add_argument("--json", action="store_true", help=_("print the numbers only, as JSON in full precision"))
    given = parser.read(argv)
    if "sample" not in given:
        raise CommandLineError(_("--sample is missing: name a row of the data, counted from 0, such as --sample 0."))
    trainer, goal = start({"epochs": 0, **given})
    row, rows = given["sample"], len(trainer.preparation.dataset)
    if not 0 <= row < rows:
        raise CommandLineError(
            _("--sample: {row} is not a row of the data; choose one from 0 to {last}.").format(row=row, last=rows - 1)
        )
    prepare_engine(trainer)
    if not finish(trainer, goal, quiet=False):
        complain(_("Stopped at epoch {epoch}, sample {sample}.").format(epoch=trainer.epoch, sample=trainer.sample))
        return 130
    walk = _walk(trainer, row)
    if "json" in given:
        print(json.dumps(as_json(walk, trainer.preparation), allow_nan=False))
    else:
        say(as_text(walk, trainer))
    return 0


def _walk(trainer: Trainer, row: int) -> Walk:
    walk = walk_sample(trainer, row)
    if not walk.is_finite:
        raise CommandLineError(
            _(
                "The update on sample {row} would make a weight infinite or not a number; choose a --learning-rate "
                "below "
                "{rate:g}, or --standardize the inputs."
            ).format(row=row, rate=walk.learning_rate)
        )
    return walk


# ---------------------------------------------------------------- JSON


def as_json(walk: Walk, preparation: Preparation) -> dict[str, Any]:
    """The step of a batch of one sample as plain lists and numbers, in the order of the help."""
    scale = {"target_center": preparation.target_center, "target_scale": preparation.target_scale}
    return {
        "sample": walk.x[0].tolist(),
        "target": walk.y[0].tolist(),
        **(scale if preparation.is_target_scaled else {}),
        "loss": float(walk.losses[0]),
        "layers": [_layer(layer) for layer in walk.layers],
    }


def _layer(layer: LayerWalk) -> dict[str, Any]:
    return {
        "W": layer.W.tolist(),
        "b": layer.b.tolist(),
        "z": layer.z[0].tolist(),
        "a": layer.a[0].tolist(),
        "delta": layer.delta[0].tolist(),
        "dW": layer.dW.tolist(),
        "db": layer.db.tolist(),
        "W_after": layer.W_after.tolist(),
        "b_after": layer.b_after.tolist(),
    }


# ---------------------------------------------------------------- text


def as_text(walk: Walk, trainer: Trainer) -> Iterator[str]:
    """The step line by line, each formula first in symbols, then with its numbers."""
    yield from _head(walk, trainer)
    for layer in walk.layers:
        yield _("\nForward, layer {number} ({label})").format(number=layer.number, label=layer.activation.label)
        yield from _units(walk, layer, steps.neuron_forward)
    yield _("\nLoss ({label})").format(label=walk.loss.label)
    yield from _lines(steps.losses(walk))
    for layer in reversed(walk.layers):
        yield _("\nBackward, layer {number}").format(number=layer.number)
        yield from _units(walk, layer, steps.neuron_backward)
    yield _("\nUpdate ({label})").format(label=walk.rule.optimizer.label)
    yield from _lines((steps.learning_rate(walk),))
    for layer in walk.layers:
        yield from _updates(walk, layer)


def _head(walk: Walk, trainer: Trainer) -> Iterator[str]:
    dataset, row = trainer.preparation.dataset, int(walk.rows[0])
    preparation = trainer.preparation
    names = [
        f"{name}{'' if title in (name, feature(name).label) else f' ({title})'} = {value!r}"
        for name, title, value in zip(preparation.features, preparation.input_names, walk.x[0].tolist(), strict=True)
    ]
    yield one_line(_("Sample {row} of {name}: {names}").format(row=row, name=dataset.name, names=", ".join(names)))
    targets = ", ".join(f"y{k + 1} = {value!r}" for k, value in enumerate(walk.y[0].tolist()))
    label = _(" (class {name})").format(name=dataset.class_names[dataset.labels[row]]) if dataset.class_names else ""
    yield one_line(_("Target: {targets}{label}").format(targets=targets, label=label))
    if dataset.targets is not None and preparation.target_note:
        number, answer = dataset.targets[row], preparation.in_units(walk.layers[-1].a[0])[0]
        unit, loss = dataset.target_name, walk.losses[0] * preparation.loss_scale
        yield one_line(preparation.target_note)
        yield one_line(
            _("In the data's units: {unit} = {number:.6g}, the network says {answer:.6g}, loss {loss:.6g}").format(
                unit=unit, number=number, answer=answer, loss=loss
            )
        )
    yield _("Network {sizes} after {epochs}; update {step} of the optimizer").format(
        sizes="-".join(map(str, walk.sizes)), epochs=span_text(trainer.epoch), step=walk.step
    )


def _units(walk: Walk, layer: LayerWalk, formulas_of: Callable[[Walk, int, int], Sequence[Formula]]) -> Iterator[str]:
    """The lines of each neuron; a line that neurons share, as with softmax, appears once."""
    units = layer.a.shape[1]
    seen: dict[str, None] = {}
    for unit in range(min(units, SHOWN_UNITS)):
        seen.update(dict.fromkeys(_lines(formulas_of(walk, layer.number, unit))))
    yield from seen
    more = units - SHOWN_UNITS
    if more > 0:
        text = ngettext("  … and {n} neuron more (--json has all)", "  … and {n} neurons more (--json has all)", more)
        yield text.format(n=more)


def _updates(walk: Walk, layer: LayerWalk) -> Iterator[str]:
    """The lines of each weight and bias: gradient, then the optimizer's rule."""
    yield _("\n  Layer {number}").format(number=layer.number)
    inputs, units = layer.W.shape
    places = [(source, unit) for unit in range(units) for source in (*range(inputs), None)]
    for source, unit in places[:SHOWN_WEIGHTS]:
        if source is None:
            yield from _lines(steps.bias_gradient(walk, layer.number, unit))
            yield from _lines(steps.bias_update(walk, layer.number, unit))
        else:
            yield from _lines(steps.weight_gradient(walk, layer.number, source, unit))
            yield from _lines(steps.weight_update(walk, layer.number, source, unit))
    if len(places) > SHOWN_WEIGHTS:
        yield _("  … and {count} weights and biases more (--json has all)").format(count=len(places) - SHOWN_WEIGHTS)


def _lines(formulas: Sequence[Formula]) -> Iterator[str]:
    for formula in formulas:
        yield f"  {to_text(formula.markup())}"
