"""``python main.py sweep``: train many runs that differ in some settings."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import Any

import numpy as np

from cli.console import CommandLineError, complain, is_terminal, progress_bar
from cli.options import Parser, add, make_parser, tell_doubt
from core.base.arrays import Array
from core.base.errors import short_path
from core.base.number_text import duration
from core.base.translation import _, ngettext
from core.data.data_source import DataSource
from core.data.dataset import Dataset
from core.engines import kernel_loading
from core.engines.kernel_cache import cached
from core.engines.kernel_loading import CompilerError
from core.options.argument_table import ARGUMENTS
from core.options.spelling import parse_whole
from core.options.unused_options import unused_options
from core.storage.weights_file import load_parameters
from core.sweeps.run_result import DIVERGED, DONE, FAILED, STATE_WORDS
from core.sweeps.run_training import RunTask
from core.sweeps.sweep_estimate import estimate_seconds
from core.sweeps.sweep_folder import MESSAGES, SweepFolder
from core.sweeps.sweep_plan import SweepPlan
from core.sweeps.sweep_runner import SweepProgress, SweepRunner, load_datasets, make_tasks
from core.sweeps.variation import NAMES, Variation, VariationError, parse_variation
from core.sweeps.workers import LocalProcesses, Workers, open_workers, parse_address, processors
from core.training.preparation import prepare
from core.training.presets import DEFAULT_PRESET, PRESETS

DESCRIPTION = _("""\
Train many runs that differ in some settings: every combination of the values
of --vary, with every seed. Each run has the bits that train gives with the same
options. If the sweep was stopped, the same command goes on with it: no run
that has a row is trained again.""")
EPILOG = _("""\
examples:
  python main.py sweep --preset moons --epochs 50 --seeds 5 --out rates
      --vary "learning-rate=0.01;0.1" --vary "hidden=4;8,8"
  python main.py sweep --preset spiral --vary "learning-rate=log:0.001..1:13"
      --vary "optimizer=sgd;momentum;adam" --random 20 --epochs 60 --out spirals
  python main.py sweep --preset shallow --seeds 64 --epochs 16 --out seeds

files in the folder of --out:
  runs.csv            one row a run as it ends: what varies, seed, epochs,
                      losses, scores, status (done, diverged or failed), seconds
  curves.csv          losses and scores at the ends of epochs
  messages.csv        why runs diverged or failed
  weights/            the weights of each run, with --weights
  specification.json  what the sweep consists of
  runs.parquet and curves.parquet hold the tables once more when all is done.

exit status: 0 every run has its row, 2 wrong input, 130 stopped by Ctrl+C.
""")
BAR = "{percentage:3.0f} % |{bar}| {desc}"
LINE_SECONDS = 10.0
"""Between two lines on progress, where there is no terminal for a bar."""

WORTHWHILE_SECONDS = 4.0
"""Shorter sweeps are trained in this process, since starting others takes seconds."""


def main(argv: Sequence[str]) -> int:
    """Train all runs that have no row yet; returns the exit status. Raises LensError."""
    began = time.perf_counter()
    given = _read(argv)
    plan = _plan(given)
    datasets = load_datasets(plan, tell_doubt)
    initial = _initial_weights(given, plan, datasets)
    _tell_unused(given, plan)
    quiet = "quiet" in given
    with closing(SweepFolder(given["out"], plan, datasets, initial)) as folder:
        try:
            tasks = make_tasks(plan, folder.done, initial, datasets, folder.live)
            if tasks:
                if "scheduler" not in given:
                    _prepare_lanes(tasks)
                with closing(_workers(given, tasks)) as workers:
                    _train(tasks, workers, folder, quiet)
            folder.write_parquet()
        except KeyboardInterrupt:
            complain(
                _("Stopped: {done} of {total} runs are done, in {path}; give the same command again to go on.").format(
                    done=len(folder.done), total=plan.count, path=short_path(given["out"])
                )
            )
            return 130
        states = Counter(cells[-2] for cells in folder.done.values())
    if states[FAILED]:
        complain(
            ngettext(
                "{failed} of {n} run failed; {messages} in {path} says why.",
                "{failed} of {n} runs failed; {messages} in {path} says why.",
                plan.count,
            ).format(failed=states[FAILED], n=plan.count, messages=MESSAGES, path=short_path(given["out"]))
        )
    counts = " ".join(f"{state}={states[state]}" for state in (DONE, DIVERGED, FAILED))
    print(f"runs={plan.count} {counts} seconds={time.perf_counter() - began:.1f}")
    return 0


def _read(argv: Sequence[str]) -> dict[str, Any]:
    parser = make_parser("sweep", DESCRIPTION, EPILOG)
    _add_options(parser)
    given = parser.read(argv)
    if "out" not in given:
        raise CommandLineError(_("--out is missing: name the folder of the sweep, such as --out rates."))
    if "workers" in given and "scheduler" in given:
        raise CommandLineError(_("--workers has no meaning with --scheduler, whose cluster has its own; leave it out."))
    return given


def _add_options(parser: Parser) -> None:
    sweep = parser.add_argument_group(_("sweep"))
    sweep.add_argument(
        "--vary",
        action="append",
        metavar='"OPTION=A;B;C"',
        help=_(
            'values of an option, such as "hidden=4;8,8", or N values with equal ratios or differences, such as '
            '"learning-rate=log:0.001..1:7" and "l2=0..1:5"; can be given more than once'
        ),
    )
    add(sweep, "--random", "N", _("train N of the combinations, drawn by --seed (default: all)"), _parse_count)
    add(sweep, "--seeds", "N", _("train every combination with N seeds, from --seed on (default: 1)"), _parse_count)
    add(sweep, "--out", "DIR", _("folder of the sweep; required"))
    sweep.add_argument("--weights", action="store_true", help=_("keep the weights of each run"))
    add(
        sweep,
        "--workers",
        "N",
        _("number of processes that train; 1 trains in this one (default: one for each processor if it is worth it)"),
        _parse_count,
    )
    add(sweep, "--scheduler", "tcp://HOST:PORT", _("train on the Dask cluster of this scheduler"), parse_address)
    sweep.add_argument("--quiet", action="store_true", help=_("show no progress"))


def _parse_count(text: str) -> int:
    count = parse_whole(text)
    if count < 1:
        raise CommandLineError(_("{count} must be a whole number of at least 1.").format(count=count))
    return count


def _plan(given: Mapping[str, Any]) -> SweepPlan:
    preset = PRESETS[given.get("preset", DEFAULT_PRESET)]
    fields = {argument.field for argument in ARGUMENTS}
    plan = SweepPlan(
        preset.experiment,
        {name: value for name, value in given.items() if name in fields},
        tuple(_variation(text) for text in given.get("vary", ())),
        given.get("epochs", preset.epochs),
        given.get("seeds", 1),
        given.get("random"),
        "weights" in given,
    )
    if "random" in given and not plan.variations:
        raise CommandLineError(_("--random needs something that varies; name it with --vary."))
    return plan


def _variation(text: str) -> Variation:
    try:
        return parse_variation(text)
    except VariationError as error:
        raise CommandLineError(f"--vary: {error}") from None


def _initial_weights(given: Mapping[str, Any], plan: SweepPlan, datasets: Mapping[DataSource, Dataset]) -> Array | None:
    """The initial weights, which must fit the networks of all runs."""
    if "initial_weights" not in given:
        return None
    parameters: Array = np.empty(0)
    known = set()
    for run in plan.runs:
        experiment = run.experiment
        shape = experiment.data, experiment.features, experiment.hidden, experiment.output
        if shape not in known:
            known.add(shape)
            sizes = prepare(experiment, datasets[experiment.data]).sizes
            parameters = load_parameters(given["initial_weights"], sizes)
    return parameters


def _tell_unused(given: Mapping[str, Any], plan: SweepPlan) -> None:
    experiments = list(dict.fromkeys(run.experiment for run in plan.runs))
    typed = {argument.option: argument.field for argument in ARGUMENTS if given.get(argument.field)}
    typed |= {f"--vary {variation.name}": NAMES[variation.name].field for variation in plan.variations}
    taken = (
        dict.fromkeys(("init", "bias"), _("--initial-weights takes its place")) if "initial_weights" in given else {}
    )
    for sentence in unused_options(experiments, typed, taken):
        complain(sentence)
    for note in dict.fromkeys(experiment.engine_note for experiment in experiments):
        if note:
            complain(note)


def _prepare_lanes(tasks: Sequence[RunTask]) -> None:
    """Compile what is not compiled yet, here and once, before several processes would do it at the same time."""
    if not any(len(task.runs) > 1 for task in tasks):
        return
    kernels = kernel_loading.LANE_KERNELS
    if len(cached(kernels)) < len(kernels) and is_terminal():
        complain(_("Compiling the engine. This happens once and takes some seconds."))
    try:
        kernel_loading.load_lanes()
    except CompilerError:
        if any(run.experiment.engine == "compiled" for task in tasks for run in task.runs):
            raise


def _workers(given: Mapping[str, Any], tasks: Sequence[RunTask]) -> Workers:
    if "scheduler" in given:
        return open_workers(0, given["scheduler"])
    count = given.get("workers")
    if count is not None:
        return open_workers(min(count, len(tasks)))
    if estimate_seconds(tasks, 1) < WORTHWHILE_SECONDS:
        return open_workers(1)
    return LocalProcesses(min(processors(), len(tasks)))  # a single one too, so that its progress is seen


def _train(tasks: Sequence[RunTask], workers: Workers, folder: SweepFolder, quiet: bool) -> None:
    said, shown = time.perf_counter(), 0.0
    states: Counter[str] = Counter()
    before = len(folder.done)

    def tell(progress: SweepProgress) -> None:
        nonlocal said, shown
        states.update(result.status for result in progress.fresh)
        words = _progress_words(progress, states)
        trained = progress.done - before + progress.under_way
        advance(max(0.0, trained - shown), words)
        shown = max(shown, trained)
        if not quiet and not has_bar and time.perf_counter() - said >= LINE_SECONDS:
            said = time.perf_counter()
            print(words, flush=True)

    has_bar = is_terminal()
    left = sum(len(task.runs) for task in tasks)
    with progress_bar(left, not quiet, "runs", BAR) as advance:
        SweepRunner(tasks, workers, folder.add, tell, before, folder.live).run()


def _progress_words(progress: SweepProgress, states: Mapping[str, int]) -> str:
    told = [_("{done} of {total} runs").format(done=progress.done, total=progress.total)]
    told += [f"{count} {STATE_WORDS[state]}" for state, count in states.items() if state != DONE]
    if progress.seconds_left is not None:
        told.append(_("about {seconds_left} left").format(seconds_left=duration(progress.seconds_left)))
    return ", ".join(told)
