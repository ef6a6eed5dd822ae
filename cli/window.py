"""``python main.py``: open the window."""

from __future__ import annotations

from collections.abc import Sequence

from cli.options import make_parser, read_experiment, read_run
from cli.projects import add_project, read_project
from core.base.translation import _

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
    parser = make_parser("", DESCRIPTION, EPILOG)
    add_project(parser, branch=False, at=False)
    given = parser.read(argv)
    opened = read_project(given, in_window=True)
    from gui.offscreen.filming import make_film  # here, since the other commands do without Qt
    from gui.window import application as app

    if opened is not None:
        project, epochs = opened[0], given.get("epochs", EPOCHS)
        return int(app.run(project.experiment, project.dataset, epochs, None, make_film, given["project"]))
    run = read_run(given, read_experiment(given))
    return int(app.run(run.experiment, run.dataset, run.epochs, run.initial_parameters, make_film))
