"""What is done with sweeps: ask what varies, train it, open a folder, open a run, keep some beside the present run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import field
from functools import partial
from pathlib import Path

from PyQt5.QtCore import QTimer
from PyQt5.QtWidgets import QFileDialog, QWidget

from core.base.arrays import Array
from core.base.errors import LensError, short_path
from core.base.row_text import csv_bytes
from core.base.translation import _
from core.base.values import dataclass
from core.data.data_source import DataSource, load
from core.data.dataset import Dataset
from core.sweeps.live_records import FOLDER, read_records
from core.sweeps.recent_sweeps import TIME_FORMAT, mark_sweep_used
from core.sweeps.run_result import Key, RunResult
from core.sweeps.sweep_folder import RUNS, check_data, read_plan, read_results
from core.sweeps.sweep_plan import SweepPlan
from core.sweeps.sweep_runner import load_datasets
from core.training.experiment import Experiment
from core.workbench.many_runs.sweep_job import ENDED, SweepJob, SweepStatus
from core.workbench.many_runs.sweep_run import experiment_of, sweep_run
from core.workbench.run_id import new_work_id
from gui.session.command_context import CommandContext, WriteFile
from gui.session.file_dialog import CSV_KINDS, ask_to_save
from gui.sweeps.background import Background
from gui.sweeps.recent_sweeps_menu import put_older_away, sweeps_folder
from gui.sweeps.result_table import result_lines
from gui.sweeps.sweep_dialog import SweepDialog, SweepOrder
from gui.sweeps.sweep_results import SweepResults
from gui.sweeps.sweep_window import SweepWindow
from gui.widgets.qt_objects import clipboard
from gui.widgets.theme import Theme

FOLLOW_MILLISECONDS = 400
RESTS = 20
"""In multiples of what it costs to follow: how long to rest after each time, so that the main window stays fluid."""
FOLDER_MILLISECONDS = 2000
"""How often to look whether another program has written more rows."""
MOST_KEPT = 16
STOPS = _("The sweep that is being trained stops then. Open it again by File ▸ Recent sweeps, and go on.")
STOPPED = _("The sweep before was stopped. Open it again by File ▸ Recent sweeps or Open sweep, and go on.")
Keep = Callable[[Sequence[Experiment], int, Array | None], None]
"""Trains experiments beside the present run for so many epochs, from these weights or their own, and keeps them."""


@dataclass(eq=False)
class _OpenSweep:
    """A sweep whose window is open.

    Attributes:
        plan, path, initial, datasets: see SweepOrder; datasets are those that are known.
        results, window: what shows it.
        job: trains it; None if nothing is trained.
        read_at: the time of the last change of the folder's table that was read.
    """

    plan: SweepPlan
    path: Path
    initial: Array | None
    datasets: dict[DataSource, Dataset]
    results: SweepResults
    window: SweepWindow
    job: SweepJob | None = None
    read_at: float = field(default=0.0)


class SweepCommands:
    """Handlers of the actions on sweeps. One sweep is open at a time.

    Args:
        context: session and ways to reach the user.
        epochs: how many epochs are offered at first.
        write_file: writes a file in the background.
        keep: see :data:`Keep`.
    """

    def __init__(self, context: CommandContext, epochs: Callable[[], int], write_file: WriteFile, keep: Keep) -> None:
        self._context, self._session = context, context.session
        self._epochs, self._write_file, self._keep = epochs, write_file, keep
        self._open: _OpenSweep | None = None
        self._ending: list[SweepJob] = []  # that were stopped, until they have ended
        self._background = Background(context.window)
        self._background.done.connect(self._take)
        self._clock = QTimer(context.window)
        self._clock.setInterval(FOLLOW_MILLISECONDS)
        self._clock.timeout.connect(self.refresh)
        self._folder_clock = QTimer(context.window)
        self._folder_clock.setInterval(FOLDER_MILLISECONDS)
        self._folder_clock.timeout.connect(self._look_at_folder)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return the handlers by the names of their actions."""
        return {"try-several": self.ask, "open-sweep": self.ask_for_folder, "sweep": self.bring_up}

    @property
    def window(self) -> SweepWindow | None:
        """The window with the results."""
        return None if self._open is None else self._open.window

    @property
    def job(self) -> SweepJob | None:
        """What trains."""
        return None if self._open is None else self._open.job

    @property
    def _is_training(self) -> bool:
        return self.job is not None and self.job.is_running

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        if self._open is not None:
            self._open.window.set_theme(theme)

    def close(self) -> None:
        """End at once what is trained; all runs that have ended are in the folder."""
        self._forget()
        self._background.close()
        for job in self._ending:
            job.cancel()

    # ---------------------------------------------------------------- beginning

    def ask(self, option: str = "learning-rate") -> SweepDialog | None:
        """Ask for the values of some settings, and train all combinations."""
        loaded, experiment = self._session.loaded, self._session.experiment
        if loaded is None or experiment is None or loaded.canvas is not None:
            self._context.tell(_("There is no run yet that could be trained in other ways."), "none")
            return None
        dataset = loaded.preparation.dataset
        path = sweeps_folder() / time.strftime(TIME_FORMAT)
        parent, warning = self._context.window, STOPS if self._is_training else ""
        dialog = SweepDialog(experiment, dataset, loaded.home, self._epochs(), path, warning, parent, option)
        dialog.taken.connect(self.start)
        dialog.open()
        return dialog

    def start(self, order: SweepOrder) -> None:
        """Train a sweep, and show its results as they come."""
        try:
            _make_folder_of(order.path)
        except LensError as error:
            self._context.tell(str(error), "none")
            return
        self._show(order.plan, order.path, order.initial, dict(order.datasets))
        self._train()
        told = put_older_away([order.path])
        if told:
            self._context.show_status(told)

    def ask_for_folder(self) -> None:
        """Ask for the folder of a sweep, and show it."""
        own = sweeps_folder()
        start = own if own.exists() else self._context.last_folder.path
        path = QFileDialog.getExistingDirectory(
            self._context.window, _("Open sweep: the folder that has runs.csv"), str(start)
        )
        if path:
            self.open_folder(Path(path))

    def open_folder(self, path: Path) -> None:
        """Show the sweep of a folder, which the window, the command line or a cluster wrote or still writes."""
        self._background.call(path, partial(_read, path))

    def bring_up(self) -> None:
        """Bring the window with the results to the front; without one, ask what to try."""
        if self._open is None:
            self.ask()
        else:
            _bring_up(self._open.window)

    def _show(
        self, plan: SweepPlan, path: Path, initial: Array | None, datasets: dict[DataSource, Dataset]
    ) -> _OpenSweep:
        if self._is_training:
            self._context.show_status(STOPPED)
        self._forget()
        results = SweepResults(plan)
        window = SweepWindow(results, str(path), self._context.theme(), self._context.window)
        results.setParent(window)
        self._open = _OpenSweep(plan, path, initial, datasets, results, window)
        window.pause_wanted.connect(self._pause)
        window.stop_wanted.connect(self.stop)
        window.go_on_wanted.connect(self._train)
        window.open_wanted.connect(self.open_run)
        window.keep_wanted.connect(self.keep_runs)
        window.copy_wanted.connect(self._copy)
        window.save_wanted.connect(self._save)
        window.closed.connect(self._forget)
        _bring_up(window)
        return self._open

    def _forget(self) -> None:
        """Stop the training, and forget the window."""
        if self._open is not None:
            opened, self._open = self._open, None
            self._clock.stop()
            self._folder_clock.stop()
            if opened.job is not None:
                opened.job.stop()
                self._ending = [job for job in [*self._ending, opened.job] if job.is_running]
            opened.window.closed.disconnect(self._forget)
            opened.window.close()
            opened.window.deleteLater()

    # ---------------------------------------------------------------- training

    def _train(self) -> None:
        """Train what has no result yet."""
        opened = self._open
        if opened is None or self._is_training:
            return
        self._folder_clock.stop()
        known = self._known(opened)
        if all(run.experiment.data in known for run in opened.plan.runs):
            self._begin(opened, known)
        else:
            self._background.call(opened, partial(load_datasets, opened.plan, None, known))

    def _begin(self, opened: _OpenSweep, datasets: dict[DataSource, Dataset]) -> None:
        opened.datasets = datasets
        wanted = {source: datasets[source] for source in dict.fromkeys(r.experiment.data for r in opened.plan.runs)}
        opened.job = SweepJob(opened.path, opened.plan, wanted, opened.initial)
        opened.job.start()
        if opened.read_at:  # another program may have written rows since they were read
            self._background.call(opened, partial(read_results, opened.path, opened.plan))
        self._clock.start()
        self.refresh()

    def _known(self, opened: _OpenSweep) -> dict[DataSource, Dataset]:
        """The points that need not be loaded."""
        loaded = self._session.loaded
        known = dict(opened.datasets)
        if loaded is not None and loaded.canvas is None:
            known.setdefault(loaded.experiment.data, loaded.preparation.dataset)
        return known

    def _pause(self, paused: bool) -> None:
        if self.job is not None:
            self.job.pause(paused)
            self.refresh()

    def stop(self) -> None:
        """End the training at once; what has ended stays, and the user can go on."""
        if self.job is not None:
            self.job.stop()
            self.refresh()

    def refresh(self) -> None:
        """Show how far the training is."""
        opened = self._open
        if opened is None:
            return
        job = opened.job
        if job is None:
            done, total = len(opened.results.results), opened.plan.count
            opened.window.show_status(SweepStatus(ENDED, done, total, done / total, None, ""))
            return
        began = time.thread_time()
        is_running = job.is_running  # before the results are taken, so that none is missed
        opened.results.add(job.take_results())
        opened.results.show_records(job.records())
        opened.window.show_status(job.status)
        cost = 1000.0 * (time.thread_time() - began)
        self._clock.setInterval(max(FOLLOW_MILLISECONDS, round(RESTS * cost)))
        if not is_running:
            self._clock.stop()

    # ---------------------------------------------------------------- folders

    def _look_at_folder(self) -> None:
        """Another program may write more rows."""
        opened = self._open
        if opened is not None and opened.job is None and not self._background.is_busy:
            if len(opened.results.results) < opened.plan.count:
                keys = {run.key for run in opened.plan.runs if opened.results.place(run.key) is None}
                opened.results.show_records(read_records(opened.path / FOLDER, keys))
            changed = _changed_at(opened.path)
            if changed != opened.read_at:
                opened.read_at = changed
                self._background.call(opened, partial(read_results, opened.path, opened.plan))

    def _take(self, what: object, found: object) -> None:
        """What was read or loaded is there."""
        if isinstance(found, LensError):
            self._context.tell(str(found), "none")
            return
        if isinstance(what, Path) and isinstance(found, _Read):
            mark_sweep_used(what)
            opened = self._show(found.plan, what, found.initial, {})
            opened.read_at = found.read_at
            opened.results.add(found.results)
            self.refresh()
            self._folder_clock.start()
        elif what is not self._open or not isinstance(what, _OpenSweep):
            return  # another sweep was opened meanwhile
        elif isinstance(found, list):
            what.results.add(found)
            self.refresh()
        elif isinstance(found, dict):
            self._begin(what, found)
        elif isinstance(found, _RunData):
            what.datasets[found.source] = found.dataset
            self.open_run(found.key)

    # ---------------------------------------------------------------- runs

    def open_run(self, key: Key) -> None:
        """Make a run the present one: it is trained again to where it ended, to the same bits."""
        opened, loaded = self._open, self._session.loaded
        place = None if opened is None else opened.results.place(key)
        if opened is None or place is None:
            return
        result = opened.results.results[place]
        source = experiment_of(opened.plan, result).data
        dataset = self._known(opened).get(source)
        if dataset is None:
            self._background.call(opened, partial(_load, opened.path, source, key))
            return
        is_same = loaded is not None and loaded.experiment.data == source and loaded.work is not None
        work = loaded.work if is_same and loaded is not None and loaded.work is not None else new_work_id()
        try:
            check_data(opened.path, dataset)
            kept = sweep_run(opened.plan, result, dataset, opened.initial, work)
        except LensError as error:
            self._context.tell(str(error), "none")
            return
        self._session.go_on_with(kept)
        self._context.show_status(_("Opened from the sweep: {name}").format(name=opened.results.name(key)))
        _bring_up(self._context.window)

    def keep_runs(self, keys: Sequence[Key]) -> None:
        """Train runs beside the present one, and keep them."""
        opened, loaded = self._open, self._session.loaded
        if opened is None or loaded is None:
            return
        if len(keys) > MOST_KEPT:
            self._context.tell(
                _("These are {count} runs; select at most {most_kept} to keep.").format(
                    count=len(keys), most_kept=MOST_KEPT
                ),
                "none",
            )
            return
        places = [opened.results.place(key) for key in keys]
        some: list[RunResult] = [opened.results.results[place] for place in places if place is not None]
        experiments = [experiment_of(opened.plan, result) for result in some]
        if any(experiment.data != loaded.experiment.data for experiment in experiments):
            self._context.tell(_("These runs have other data than the present run; open one of them first."), "none")
            return
        self._keep(experiments, opened.plan.epochs, opened.initial)
        _bring_up(self._context.window)

    def _copy(self, text: str) -> None:
        clipboard().setText(text)
        self._context.show_status(_("On the clipboard: runs of the sweep"))

    def _save(self) -> None:
        opened = self._open
        if opened is None:
            return
        content = csv_bytes(result_lines(opened.results, opened.window.table.rows_model.rows))
        folder = self._context.last_folder
        path = ask_to_save(opened.window, folder, _("Save the shown runs"), "shown-runs.csv", CSV_KINDS)
        if path is not None:
            self._write_file(path, lambda _: content)


@dataclass(frozen=True, eq=False)
class _Read:
    """What was read of a folder."""

    plan: SweepPlan
    initial: Array | None
    results: list[RunResult]
    read_at: float


@dataclass(frozen=True, eq=False)
class _RunData:
    """The points of a run that is to be opened."""

    key: Key
    source: DataSource
    dataset: Dataset


def _make_folder_of(path: Path) -> None:
    """Make the folder in which a sweep's folder is to lie; raises LensError if that cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LensError(
            _("The folder {path} cannot be made ({reason}); choose another one.").format(
                path=short_path(path), reason=error.strerror
            )
        ) from None


def _read(path: Path) -> _Read:
    changed = _changed_at(path)
    plan, initial = read_plan(path)
    _ = plan.runs
    return _Read(plan, initial, read_results(path, plan), changed)


def _load(path: Path, source: DataSource, key: Key) -> _RunData:
    dataset = load(source)
    check_data(path, dataset)
    return _RunData(key, source, dataset)


def _changed_at(path: Path) -> float:
    try:
        return (path / RUNS).stat().st_mtime
    except OSError:
        return 0.0


def _bring_up(window: QWidget) -> None:
    """Show a window in front of the others."""
    if window.isMinimized():
        window.showNormal()
    window.show()
    window.raise_()
    window.activateWindow()
