"""The command line: the window by default, and the commands beside it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence

from cli import check_gradients, explain, export, record, render, report, train, window
from cli.console import complain
from cli.options import PROGRAM, CommandLineError
from core.errors import LensError

COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "train": train.main,
    "render": render.main,
    "record": record.main,
    "export": export.main,
    "report": report.main,
    "explain": explain.main,
    "check-gradients": check_gradients.main,
}


def main(argv: Sequence[str]) -> int:
    """Run the command line behind the program's name; returns the exit status.

    0: done. 2: wrong input, with one line on standard error that says what is wrong and how to mend it. 130: stopped
    by Ctrl+C. 1: check-gradients found a fault of ours; any other such fault is raised.
    """
    try:
        return _command(argv)
    except LensError as error:
        complain(str(error))
        return 2
    except SystemExit as done:  # argparse after --help and --version
        return int(done.code or 0)


def _command(argv: Sequence[str]) -> int:
    if not argv or argv[0].startswith("-"):
        return window.main(argv)
    name, *rest = argv
    if name in COMMANDS:
        return COMMANDS[name](rest)
    known = ", ".join(COMMANDS)
    near = difflib.get_close_matches(name, COMMANDS, n=1)
    hint = (
        f"did you mean {near[0]}?" if near else f"there are {known}, and the window without any; see {PROGRAM} --help."
    )
    raise CommandLineError(f'There is no command "{name}"; {hint}')
