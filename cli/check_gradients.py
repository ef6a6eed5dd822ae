"""``python main.py check-gradients``: whether the gradient of the next update is right."""

from __future__ import annotations

from collections.abc import Sequence

from cli.options import make_parser, read_experiment, read_run
from cli.train import SCORES, Log, prepare_engine, train
from core.gradient_check import TOLERANCE, GradientCheck, check_gradients
from core.trainer import Trainer

DESCRIPTION = """\
Compare the gradient of the next update, weight by weight, with differences of
the loss itself, and the engine's gradient with that of the reference."""
EPILOG = """\
examples:
  python main.py check-gradients --preset spiral
  python main.py check-gradients --preset spiral --epochs 50
  python main.py check-gradients --hidden 8,8 --activation gelu --dropout 0.2

A weight is "at a corner" where a step of the
difference would cross a corner of ReLU, say; such a derivative has no check.

exit status: 0 the gradients agree, 1 they do not, which is a fault of ours,
2 wrong input or training diverged.
"""
FAULT = "This is a fault of Backprop Lens; please report it."
HEADER = ("", "parameters", "checked", "at a corner", "largest relative error", "at")


def main(argv: Sequence[str]) -> int:
    """Train, check and print; returns the exit status. Raises LensError."""
    given = make_parser("check-gradients", DESCRIPTION, EPILOG, epochs="0").read(argv)
    run = read_run({"epochs": 0, **given}, read_experiment(given))
    trainer = Trainer(run.experiment, run.dataset, run.initial_parameters)
    prepare_engine(trainer)
    log = Log(SCORES[run.experiment.task])
    log.append(trainer)
    train(trainer, run.epochs, log, interrupted=lambda: False, quiet=False)  # Ctrl+C ends it: nothing is to be kept
    check = check_gradients(trainer)
    print(table(check))
    print(verdict(check, trainer.epoch))
    return 0 if check.passes else 1


def table(check: GradientCheck) -> str:
    """A row for each layer's weights and biases."""
    rows: list[tuple[str, ...]] = [HEADER]
    for block in check.blocks:
        counts = (str(count) for count in (block.parameters, block.checked, block.at_corner))
        rows.append((block.name, *counts, f"{block.largest:.1e}" if block.place else "-", block.place or "-"))
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    last = len(HEADER) - 1
    return "\n".join(
        "  ".join(
            text.ljust(width) if column in (0, last) else text.rjust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def verdict(check: GradientCheck, epoch: int) -> str:
    """The result in one line; ``epoch`` says how many are over."""
    samples = "1 sample" if check.samples == 1 else f"{check.samples:,} samples"
    of = f"of {check.parameters:,} parameters, on a batch of {samples} after epoch {epoch},"
    if not check.gradients_agree:
        return (
            f"WRONG: of the derivatives {of} that at {check.place} has the relative error {check.largest:.1e}, above "
            f"{TOLERANCE:g}; look for the cause in the layer of {check.fault} or behind it. {FAULT}"
        )
    if not check.engine_agrees:
        return (
            f"WRONG: the derivatives {of} are right, but by the {check.engine} engine that at {check.engine_place} "
            f"is off by {check.engine_error:.1e} of the largest, above {check.engine_tolerance:.1e}. {FAULT}"
        )
    if not check.compared:
        return f"Nothing to compare: all {len(check.checked):,} {of} that were checked lie at a corner."
    return (
        f"Right: the derivatives of {check.compared:,} {of} have relative errors of at most {check.largest:.1e} "
        f"({TOLERANCE:g} is allowed); the {check.engine} engine is off by {check.engine_error:.1e} of the largest."
    )
