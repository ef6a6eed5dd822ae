"""``python main.py train``: train without a window."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field, replace
from types import FrameType
from typing import Any

from cli.changes import change_error, read_changes, written
from cli.console import CommandLineError, complain, is_terminal, progress_bar
from cli.options import (
    Parser,
    RunOptions,
    add,
    make_parser,
    read_experiment,
    read_run,
    require_output,
    require_suffix,
)
from cli.projects import add_project, read_project
from core.base import log as program_log
from core.base.atomic_files import write_whole
from core.base.errors import ExperimentError, LensError
from core.base.translation import _
from core.base.values import dataclass
from core.data.data_source import changed_file
from core.engines.kernel_cache import cached
from core.network.tasks import SCORES
from core.options.changes import set_changes
from core.options.spelling import parse_whole
from core.storage.project import Project, describe_engine, save_project
from core.storage.weights_file import save_weights
from core.sweeps.run_training import returned
from core.training.divergence import Diverged
from core.training.history import record_stride
from core.training.saved_run import own_start, save_run
from core.training.stopping import Stop, stop_at_end
from core.training.trainer import Trainer

DESCRIPTION = _("""\
Train without a window. The last line of the output gives loss and accuracy at
the end of the run, under the column names of the log.""")
EPILOG = _("""\
examples:
  python main.py train --preset shallow --epochs 16
  python main.py train --data points.csv --standardize --train-fraction 0.8
      --hidden 8,8 --activation tanh --init glorot --learning-rate 0.1
      --batch-size 10 --epochs 200 --weights trained.npz --log trained.csv
  python main.py train --preset spiral --epochs 0 --weights initial.npz
  python main.py train --preset spiral --save spiral.lens
  python main.py train --project spiral.lens --epochs 100 --weights trained.npz

A project goes on from the tip of the branch on which it was saved;
--branch names another one.

exit status: 0 done, 2 wrong input or training diverged, 130 stopped by Ctrl+C.
After divergence or Ctrl+C, the files hold the last state that was reached.
""")
SLICE = 5_000  # samples before the first check for Ctrl+C
SLICE_SECONDS = 0.1  # from one check for Ctrl+C, and update of the bar, to the next


@dataclass()
class Log:
    """Loss and score at the start and at the end of every epoch, as texts of full precision.

    If a run was saved in the middle of an epoch, its first row is that of the end of this epoch.

    Attributes:
        since: the rows are those of the epochs that end behind this position.
        rows: one row for each epoch.
    """

    since: int
    rows: list[tuple[str, ...]] = field(default_factory=list)

    def follow(self, trainer: Trainer) -> None:
        """Add the rows of the epochs that ended since the last call; they are recorded, or the last one ends here."""
        table, length = trainer.history.table, trainer.epoch_length
        new = table[(table[:, 0] > self.since) & (table[:, 0] % length == 0)]
        self.rows += [(str(int(position) // length), *map(repr, measures)) for position, *measures in new.tolist()]
        if trainer.sample == 0 and (not self.rows or self.rows[-1][0] != str(trainer.epoch)):
            self.rows.append(_row(trainer))
        self.since = trainer.position

    def table(self, trainer: Trainer) -> str:
        """The whole log as CSV."""
        return "".join(",".join(row) + "\n" for row in (_columns(trainer), *self.rows))


def _columns(trainer: Trainer) -> tuple[str, ...]:
    """The names of a row's columns."""
    score = SCORES[trainer.experiment.task]
    return ("epoch", "train_loss", "test_loss", f"train_{score}", f"test_{score}")


def _line(trainer: Trainer) -> str:
    """The present state as one line: names and values of its row, and inside an epoch also the sample."""
    (epoch, *measures), (first, *others) = _row(trainer), _columns(trainer)
    place = {first: epoch, **({"sample": str(trainer.sample)} if trainer.sample else {})}
    return " ".join(f"{name}={value}" for name, value in (place | dict(zip(others, measures, strict=True))).items())


def _row(trainer: Trainer) -> tuple[str, ...]:
    train, test = trainer.evaluations()
    measures = train.loss, test.loss, train.score, test.score
    return str(trainer.epoch), *(repr(float(measure)) for measure in measures)


def main(argv: Sequence[str]) -> int:
    """Train, write the requested files, and print the result; returns the exit status. Raises LensError."""
    given = _read(argv)
    opened = read_project(given, to_tip=True)
    trainer, goal = start(given, ("weights", "log", "save"), opened)
    if "project" in given and not {"epochs", "samples"} & given.keys():
        raise CommandLineError(_("--epochs is missing: name the number of epochs for which to continue the project."))
    if goal > trainer.position:
        prepare_engine(trainer)
    log = Log(trainer.position - 1) if "log" in given else None
    if log is not None:
        log.follow(trainer)
    status, trouble = 0, ""
    try:
        with stop_on_interrupt() as interrupted:
            stop = train_to(trainer, goal, interrupted, log=log, quiet="quiet" in given)
        if stop is not None:
            print(stop.text)
        elif trainer.position < goal:
            status, trouble = (
                130,
                _("Stopped at epoch {epoch}, sample {sample}.").format(epoch=trainer.epoch, sample=trainer.sample),
            )
    except Diverged as error:
        status, trouble = 2, str(error)
    home = None if opened is None else opened[0]
    written, failures = write_outputs(given, trainer, log, home)
    if not trouble:
        print(_line(trainer))
    elif written:
        trouble += _(" The results so far are in {written}.").format(written=" and ".join(written))
    if trouble or failures:
        complain(" ".join([trouble, *failures]))
    return status or (2 if failures else 0)


def start(
    given: Mapping[str, Any], outputs: Sequence[str] = (), opened: tuple[Project, Trainer] | None = None
) -> tuple[Trainer, int]:
    """The trainer at the start of the work, and the position of its end; raises LensError.

    Args:
        given: the options; a project continues where it was saved, by 0 samples unless an option names some.
        outputs: options that name output files, which must differ from the input files.
        opened: the project, if it has been read already.
    """
    opened = opened or read_project(given)
    experiment = read_experiment(given) if opened is None else opened[0].experiment
    require_suffix(given, "weights", (".npz", ""), _("weights for NumPy"))
    for name in outputs:
        require_output(given, experiment, name)
    if opened is None:
        run = read_run(given, experiment)
        trainer = make_trainer(run, given)
        _tell_engine(trainer)
        if hint := trainer.preparation.target_hint:
            complain(_("{hint} --standardize-target lets the network learn them.").format(hint=hint))
        goal = goal_of(run, given, trainer)
        late = [change for change in read_changes(given) if change.position >= goal]
        if late:
            told = _("{change} has no effect: the run ends at position {goal}.")
            complain(" ".join(told.format(change=written(change), goal=goal) for change in late))
        return trainer, goal
    project, trainer = opened
    _tell_engine(trainer, describe_engine(project, trainer))
    if note := changed_file(project.experiment.data, project.dataset):
        complain(note)
    epochs, samples = int(given.get("epochs", 0)), int(given.get("samples", 0))
    end = (trainer.epoch + epochs) * trainer.epoch_length if epochs else trainer.position
    return trainer, end + samples


def _tell_engine(trainer: Trainer, note: str = "") -> None:
    """Say on standard error where another engine computes than one might think."""
    experiments = (trainer.experiment, *(change.experiment for change in trainer.settings_over_time.changes))
    for text in dict.fromkeys((note, *(experiment.engine_note for experiment in experiments))):
        if text:
            complain(text)


def _read(argv: Sequence[str]) -> dict[str, Any]:
    parser = make_parser("train", DESCRIPTION, EPILOG)
    add_project(parser, at=False)
    add_course(parser)
    results = parser.add_argument_group(_("results"))
    add(results, "--weights", "OUT.npz", _("write the weights to this file: float64 arrays W1, b1, W2, b2, ..."))
    add(
        results,
        "--log",
        "OUT.csv",
        _("write loss and accuracy of every epoch to this file; epoch 0 is the state before training"),
    )
    add(results, "--save", "RUN.lens", _("save the run to this file as a project, which the window opens"))
    results.add_argument("--quiet", action="store_true", help=_("show no progress bar"))
    return parser.read(argv)


def prepare_engine(trainer: Trainer) -> None:
    """Load the engine, with a message on a terminal if that takes long; raises CompilerError."""
    kernels = trainer.stepper.kernels
    is_late = not trainer.is_ready and len(cached(kernels)) < len(kernels)
    if is_late and is_terminal():
        complain(_("Compiling the engine. This happens once and takes some seconds."))
    trainer.prepare_engine()


def add_course(parser: Parser) -> None:
    """The options for the end of a run and for changes of settings during it."""
    course = parser.add_argument_group(_("course of the run"))
    add(course, "--samples", "N", _("number of samples to train after the epochs (default: 0)"), _parse_samples)
    course.add_argument(
        "--change",
        action="append",
        metavar="P:OPTION=VALUE",
        help=_(
            "change an option during the run, from position P on, counted in samples, such as "
            "3000:learning-rate=0.02; can be given more than once"
        ),
    )


def make_trainer(run: RunOptions, given: Mapping[str, Any]) -> Trainer:
    """A trainer at the start of the run, with the changes of settings ahead; raises LensError."""
    trainer = Trainer(run.experiment, run.dataset, run.initial_parameters)
    try:
        set_changes(trainer, read_changes(given))
    except ExperimentError as error:
        raise change_error(error) from None
    return trainer


def goal_of(run: RunOptions, given: Mapping[str, Any], trainer: Trainer) -> int:
    """The position of the end of the run."""
    return run.epochs * trainer.epoch_length + int(given.get("samples", 0))


def train_to(
    trainer: Trainer, goal: int, interrupted: Callable[[], bool], quiet: bool, log: Log | None = None
) -> Stop | None:
    """Train to a position, or until ``interrupted`` returns true; raises Diverged.

    The log gets a row at the end of each epoch. Returns the reason if the run stopped by itself or, since it was to
    stop early, went back from the goal to its best epoch.
    """
    samples = SLICE
    with progress_bar(goal - trainer.position, wanted=not quiet) as advance:
        while trainer.position < goal and not interrupted():
            first, began = trainer.position, time.perf_counter()
            stop = _advance(trainer, min(samples, goal - first), log)
            if stop is not None:
                return returned(trainer, stop)
            trained, seconds = trainer.position - first, time.perf_counter() - began
            samples = max(1, min(2 * samples, int(trained * SLICE_SECONDS / max(seconds, 1e-6))))
            loss = float(trainer.history.column("train_loss")[-1])
            advance(trained, _("epoch {epoch}, train_loss {loss:.4g}").format(epoch=trainer.epoch, loss=loss))
    stop = stop_at_end(trainer.history, trainer.position, trainer.settings) if trainer.position >= goal else None
    return None if stop is None else returned(trainer, stop)


def _advance(trainer: Trainer, samples: int, log: Log | None) -> Stop | None:
    if log is not None:
        epoch, size = trainer.epoch + 1, trainer.network.parameters.size  # to there or, if all are recorded, farther
        while epoch * trainer.epoch_length < trainer.position + samples and record_stride(epoch, size) == 1:
            epoch += 1
        samples = min(samples, epoch * trainer.epoch_length - trainer.position)
    try:
        return trainer.advance(samples)
    except Diverged as error:
        program_log.info(str(error))
        raise
    finally:
        if log is not None:
            log.follow(trainer)


def _parse_samples(text: str) -> int:
    samples = parse_whole(text)
    if samples < 0:
        raise CommandLineError(_("{samples} must be a whole number of at least 0.").format(samples=samples))
    return samples


@contextmanager
def stop_on_interrupt() -> Iterator[Callable[[], bool]]:
    """Yield a function that returns whether Ctrl+C was pressed, so that no update is interrupted half done.

    A second Ctrl+C interrupts as usual.
    """
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():  # signals can be handled only there
        yield asked.is_set
        return
    before = signal.getsignal(signal.SIGINT)

    def ask(number: int, frame: FrameType | None) -> None:
        asked.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, ask)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)


def write_outputs(
    given: dict[str, Any], trainer: Trainer, log: Log | None, project: Project | None
) -> tuple[list[str], list[str]]:
    """Write the requested files, each even if another one fails.

    Args:
        given: the options.
        trainer: the run.
        log: its log, if it is asked for.
        project: the project that the run goes on with; None for none.

    Returns:
        The paths of the written files, and a message for each file that could not be written.
    """
    jobs: dict[str, Callable[[str], None]] = {
        "weights": lambda path: save_weights(path, trainer.network.sizes, trainer.network.parameters),
        "log": lambda path: write_whole(path, (log or Log(0)).table(trainer).encode()),
        "save": lambda path: save_project(path, _project(trainer, project)),
    }
    written, failures = [], []
    for name, write in jobs.items():
        if name in given:
            try:
                write(given[name])
                written.append(given[name])
            except LensError as error:
                failures.append(str(error))
    return written, failures


def _project(trainer: Trainer, opened: Project | None) -> Project:
    """The run as the window would save it; with the layout of the project that it goes on with."""
    if opened is not None:
        return replace(opened, run=save_run(trainer))
    return Project(trainer.experiment, trainer.preparation.dataset, save_run(trainer), own_start(trainer))
