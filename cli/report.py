"""``python main.py report``: print the quality of the trained network, class by class."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence

from cli.options import make_parser
from cli.projects import add_project
from cli.train import add_course
from cli.trained import read_trained
from core.base.translation import _
from core.explain.report import as_json, as_text, make_report
from core.explain.verdict.judging import judge
from core.explain.verdict.verdict_text import verdict_json, verdict_text

DESCRIPTION = _("""\
Train, then print the confusion matrix, the accuracy, and the precision, recall,
F1 and support of each class; for regression R2, RMSE and MAE. The training set
and the test set are reported separately. The verdict says whether the run
learns, what holds it up, and what to try next.""")
EPILOG = _("""\
examples:
  python main.py report --preset blobs
  python main.py report --preset bumps --json

"-" (in JSON: null) marks an undefined value, such as the precision of a class
that is never predicted, or the recall of a class without points.
""")


def main(argv: Sequence[str]) -> int:
    """Train and print; returns 0. Raises LensError."""
    parser = make_parser("report", DESCRIPTION, EPILOG)
    add_project(parser)
    add_course(parser)
    result = parser.add_argument_group(_("result"))
    result.add_argument("--json", action="store_true", help=_("print JSON in full precision"))
    result.add_argument("--quiet", action="store_true", help=_("show no progress bar"))
    given = parser.read(argv)
    trainer = read_trained(given)
    report, verdict = make_report(trainer), judge(trainer)
    if "json" in given:
        print(json.dumps(as_json(report) | {"verdict": verdict_json(verdict)}, allow_nan=False))
    else:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="replace")  # a class may have any name
        print(as_text(report), end="")
        print(f"\n{verdict_text(verdict)}", end="")
    return 0
