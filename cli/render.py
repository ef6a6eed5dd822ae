"""``python main.py render``: save a picture of the window after some training."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from cli.console import CommandLineError
from cli.options import (
    add,
    make_parser,
    read_experiment,
    read_run,
    require_output,
    require_suffix,
)
from cli.projects import add_project, read_project
from core.base.errors import shorten
from core.base.translation import _
from core.options.spelling import choice_of
from core.storage.project import save_project
from core.training.saved_run import save_run

DESCRIPTION = _("Train without a screen, then save a picture of the window as PNG or SVG.")
EPILOG = _("""\
examples:
  python main.py render --preset shallow --epochs 16 --out window.png
  python main.py render --project spiral.lens --out spiral.png
""")
SMALLEST, LARGEST = 200, 10_000
DEFAULT_SIZE = (1600, 1000)
THEMES = ("light", "dark")


def main(argv: Sequence[str]) -> int:
    """Train and render; returns 0. Raises LensError."""
    parser = make_parser("render", DESCRIPTION, EPILOG)
    add_project(parser)
    picture = parser.add_argument_group(_("picture"))
    add(picture, "--out", "FILE", _("file to write, such as window.png or window.svg; required"))
    add(picture, "--size", "WxH", _("width and height in pixels (default: 1600x1000)"), parse_size)
    add(
        picture,
        "--theme",
        "NAME",
        _("colours: {themes} (default: {default})").format(themes=" or ".join(THEMES), default=THEMES[0]),
        choice_of(THEMES),
    )
    given = parser.read(argv)
    if "out" not in given:
        raise CommandLineError(_("--out is missing: name the picture's file, such as --out window.png."))
    from gui.export.pictures import PICTURES  # imported here because the other commands do not need Qt

    require_suffix(given, "out", PICTURES, _("a picture that can be drawn"))
    opened = read_project(given)
    experiment = read_experiment(given) if opened is None else opened[0].experiment
    require_output(given, experiment, "out")
    from gui.offscreen.render_window import render

    out, size, theme = Path(given["out"]), given.get("size", DEFAULT_SIZE), given.get("theme", THEMES[0])
    if opened is not None:
        project, trainer = opened
        epochs, path = given.get("epochs", 0), given["project"]
        with tempfile.TemporaryDirectory() as folder:
            if {"branch", "at"} & given.keys():
                path = str(Path(folder) / Path(path).name)
                save_project(path, replace(project, run=save_run(trainer)))
            saved = (path, trainer.epoch)
            render(experiment, project.dataset, epochs, out, size, theme, None, saved)
        return 0
    run = read_run(given, experiment)
    render(
        run.experiment,
        run.dataset,
        run.epochs,
        out,
        size,
        theme,
        run.initial_parameters,
    )
    return 0


def parse_size(text: str) -> tuple[int, int]:
    """``1600x1000``."""
    match = re.fullmatch(r"([0-9]{1,9})[x×]([0-9]{1,9})", text.lower())
    size = (int(match[1]), int(match[2])) if match else (0, 0)
    if not all(SMALLEST <= length <= LARGEST for length in size):
        raise CommandLineError(
            _(
                "{text} is not a size; write width x height in pixels from {smallest} to {largest}, such as 1600x1000."
            ).format(text=shorten(text), smallest=SMALLEST, largest=LARGEST)
        )
    return size
