"""The command line: the window by default, and the other commands."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from importlib import import_module

from cli.console import CommandLineError, complain
from core.base.errors import LensError
from core.base.program import PROGRAM
from core.base.translation import _

COMMANDS = ("train", "sweep", "render", "record", "export", "report", "explain", "check-gradients")
"""The commands. Each is a module of this package, which is imported when its command is used."""


def main(argv: Sequence[str]) -> int:
    """Run the command line behind the program's name; returns the exit status.

    0: done. 2: wrong input, with one line on standard error that says what is wrong and how to correct it. 130: stopped
    by Ctrl+C. 1: check-gradients found a fault of this program; any other such fault is raised.
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
        return _open_window(argv)
    name, *rest = argv
    if name in COMMANDS:
        return _run(name, rest)
    import difflib  # here, since few mistype a command

    known = ", ".join(COMMANDS)
    near = difflib.get_close_matches(name, COMMANDS, n=1)
    hint = (
        _("did you mean {near}?").format(near=near[0])
        if near
        else _("there are {known}, and the window without any; see {program} --help.").format(
            known=known, program=PROGRAM
        )
    )
    raise CommandLineError(_('There is no command "{name}"; {hint}').format(name=name, hint=hint))


def _run(command: str, argv: Sequence[str]) -> int:
    module = import_module(f"cli.{command.replace('-', '_')}")
    return int(module.main(argv))


def _open_window(argv: Sequence[str]) -> int:
    collects = gc.isenabled()
    gc.disable()  # during the imports it costs 60 ms; the application has its own garbage collection
    try:
        from cli import window

        return window.main(argv)
    except BaseException:
        if collects:
            gc.enable()  # there is no window
        raise
