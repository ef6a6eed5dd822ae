"""``python main.py export``: write the trained network, its predictions or its history to a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cli.console import CommandLineError
from cli.options import add, make_parser
from cli.projects import add_project
from cli.train import add_course
from cli.trained import read_trained
from core.base.translation import _
from core.options.spelling import choice_of, one_of
from core.storage.exports.formats import FORMATS, export, subject

DESCRIPTION = _("""\
Train, then write the network, its predictions or its history to a file. An
exported script or model takes points in the units of the data and gives the
outputs that this program gives.""")
EPILOG = _("""\
examples:
  python main.py export --preset spiral --to numpy --out net.py
  python main.py export --preset bumps --to onnx --out net.onnx
  python main.py export --preset moons --to predictions --out predictions.csv
  python main.py export --project spiral.lens --to pytorch --out net.py

ONNX needs the package onnx: python -m pip install onnx
exit status: 0 done, 2 wrong input or training diverged, 130 stopped by Ctrl+C.
""")


def main(argv: Sequence[str]) -> int:
    """Train and write; returns 0. Raises LensError."""
    parser = make_parser("export", DESCRIPTION, EPILOG)
    add_project(parser)
    add_course(parser)
    result = parser.add_argument_group(_("result"))
    add(
        result,
        "--to",
        "FORMAT",
        _("format to write: {formats}; required").format(formats=one_of(FORMATS)),
        choice_of(FORMATS),
    )
    add(result, "--out", "FILE", _("file to write; required"))
    result.add_argument("--quiet", action="store_true", help=_("show no progress bar"))
    given = parser.read(argv)
    if "to" not in given:
        raise CommandLineError(_("--to is missing: name what to write, {formats}.").format(formats=one_of(FORMATS)))
    kind = FORMATS[given["to"]]
    if "out" not in given:
        raise CommandLineError(
            _("--out is missing: name the file to write, such as --out net{suffix}.").format(suffix=kind.suffix)
        )
    others = {other.suffix for other in FORMATS.values()} - {kind.suffix}
    if Path(given["out"]).suffix.lower() in others:
        raise CommandLineError(
            _("--out: --to {name} writes a file that ends with {suffix}, not {given}.").format(
                name=kind.name, suffix=kind.suffix, given=given["out"]
            )
        )
    kind.check()
    trainer = read_trained(given, ("out",))
    choice = trainer.experiment.data.choice
    what = subject(trainer.preparation, trainer.network.parameters, trainer.history, choice)
    export(Path(given["out"]), kind.name, what)
    return 0
