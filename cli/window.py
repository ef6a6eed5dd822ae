"""``python main.py``: open the window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.base import log
from core.base.program import PROGRAM
from core.base.translation import _

if TYPE_CHECKING:
    from core.base.arrays import Array
    from core.data.dataset import Dataset
    from core.options.film_plan import FilmPlan
    from core.training.experiment import Experiment
    from gui.export.film_job import Filmed
    from gui.offscreen.filming import Interrupted, Tell

DESCRIPTION = _("""\
Backprop Lens: watch a small neural network learn 2-D data, and see why every
weight moves. Without a command the program opens the window with the experiment
that the options describe.""")
EPOCHS = 10  # that the toolbar offers for a project
EPILOG = _("""\
commands (each has its own --help):
  python main.py train      train without a window; write weights and a log
  python main.py render     train, then save a picture of the window
  python main.py record     train, and save a film of the run
  python main.py export     train, then write the network as code or tables
  python main.py report     train, then print accuracy and errors class by class
  python main.py explain    print one step of backpropagation with every number
  python main.py check-gradients
                            compare the gradient with differences of the loss

examples:
  python main.py
  python main.py --preset spiral
  python main.py --project spiral.lens
  python main.py --data points.csv --standardize --hidden 8,8 --activation tanh
""")


def main(argv: Sequence[str]) -> int:
    """Open the window; returns its exit status. Raises LensError."""
    return _open_as_told(argv) if argv else _open_default()


def _open_default() -> int:
    """Open the window as it is without options; nothing is parsed, which would take a part of the start."""
    from core.data.data_source import load
    from core.engines.choosing import resolve
    from core.training.presets import DEFAULT_PRESET, PRESETS

    preset = PRESETS[DEFAULT_PRESET]
    log.program_started(PROGRAM, resolve("auto"))
    return _open(preset.experiment, load(preset.experiment.data), preset.epochs)


def _open_as_told(argv: Sequence[str]) -> int:
    """Open the window that the options describe; raises LensError."""
    from cli.options import make_parser, read_experiment, read_run  # here, since without options nobody needs them
    from cli.projects import add_project, read_project

    parser = make_parser("", DESCRIPTION, EPILOG)
    add_project(parser, branch=False, at=False)
    given = parser.read(argv)
    opened = read_project(given, in_window=True)
    if opened is not None:
        project, epochs = opened[0], given.get("epochs", EPOCHS)
        return _open(project.experiment, project.dataset, epochs, project=given["project"])
    run = read_run(given, read_experiment(given))
    return _open(run.experiment, run.dataset, run.epochs, run.initial_parameters)


def _open(
    experiment: Experiment,
    dataset: Dataset,
    epochs: int,
    initial_parameters: Array | None = None,
    project: str | None = None,
) -> int:
    from gui.window import application as app  # here, since the other commands do without Qt

    return int(app.run(experiment, dataset, epochs, initial_parameters, make_film, project))


def make_film(subject: Filmed, goal: int, plan: FilmPlan, folder: Path, tell: Tell, interrupted: Interrupted) -> bytes:
    """See :func:`gui.offscreen.filming.make_film`, which is imported in the process that makes the film."""
    from gui.offscreen import filming

    return filming.make_film(subject, goal, plan, folder, tell, interrupted)
