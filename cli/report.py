"""``python main.py report``: how well the trained network does, class by class."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence

from cli.options import make_parser
from cli.projects import add_project
from cli.train import add_course
from cli.trained import read_trained
from core.explain.report import as_json, as_text, make_report

DESCRIPTION = """\
Train, then print the confusion matrix, accuracy, and each class's precision, recall,
F1 and support; for regression R2, RMSE and MAE. Training and test set apart."""
EPILOG = """\
examples:
  python main.py report --preset blobs
  python main.py report --preset bumps --epochs 100 --json

"-" or, in JSON, null stands for what is undefined: the precision of a class that is
never predicted, the recall of a class without points.
"""


def main(argv: Sequence[str]) -> int:
    """Train and print; returns 0. Raises LensError."""
    parser = make_parser("report", DESCRIPTION, EPILOG)
    add_project(parser)
    add_course(parser)
    result = parser.add_argument_group("result")
    result.add_argument("--json", action="store_true", help="as JSON in full precision")
    result.add_argument("--quiet", action="store_true", help="no progress bar, which only a terminal shows anyway")
    given = parser.read(argv)
    report = make_report(read_trained(given))
    if "json" in given:
        print(json.dumps(as_json(report), allow_nan=False))
    else:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a class may have any name
        print(as_text(report), end="")
    return 0
