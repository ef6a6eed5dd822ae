"""``python main.py check-gradients``: check the gradient of the next update."""

from __future__ import annotations

from collections.abc import Sequence

from cli.console import say
from cli.options import make_parser
from cli.projects import add_project
from cli.train import prepare_engine, start, train_to
from core.base.row_text import aligned
from core.base.translation import _
from core.explain.gradient_check import GradientCheck, check_gradients, verdict

DESCRIPTION = _("""\
Compare each derivative of the next update with a numerical difference of the
loss, and the gradient of the engine with the gradient of the reference.""")
EPILOG = _("""\
examples:
  python main.py check-gradients --preset spiral
  python main.py check-gradients --preset spiral --epochs 50
  python main.py check-gradients --project spiral.lens
  python main.py check-gradients --hidden 8,8 --activation gelu --dropout 0.2

A parameter is "at a corner" if the numerical difference would cross a corner of
the function, such as that of ReLU. Its derivative is not checked.

exit status: 0 the gradients agree, 1 they differ (a fault of the program), 2
wrong input or training diverged.
""")
HEADER = ("", _("parameters"), _("checked"), _("at a corner"), _("largest relative error"), _("at"))


def main(argv: Sequence[str]) -> int:
    """Train, check and print; returns the exit status. Raises LensError."""
    parser = make_parser("check-gradients", DESCRIPTION, EPILOG, epochs="0")
    add_project(parser)
    trainer, goal = start({"epochs": 0, **parser.read(argv)})
    prepare_engine(trainer)
    train_to(trainer, goal, interrupted=lambda: False, quiet=False)  # Ctrl+C ends it: there is nothing to save
    check = check_gradients(trainer)
    say([table(check), verdict(check, trainer.epoch)])
    return 0 if check.passes else 1


def table(check: GradientCheck) -> str:
    """A row for each layer's weights and biases."""
    rows: list[tuple[str, ...]] = [HEADER]
    for block in check.blocks:
        counts = (str(count) for count in (block.parameters, block.checked, block.at_corner))
        rows.append((block.name, *counts, f"{block.largest:.1e}" if block.place else "-", block.place or "-"))
    return "\n".join(aligned(rows, left=(0, len(HEADER) - 1)))
