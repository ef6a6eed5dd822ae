"""The second thread: takes commands, trains in short slices, and answers with reports.

It is the only code that touches the trainer. The window's thread never waits for it: commands go into a queue, and
reports come back through a mailbox of one slot, one for each that was asked for.
"""

from __future__ import annotations

import math
import queue
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PyQt5.QtCore import QThread

from core.dataset import Dataset
from core.editing import can_train
from core.errors import LensError
from core.preparation import prepare
from core.project import describe_engine, load_project, resume
from core.snapshot import Snapshot, take_snapshot
from core.source import DataSource, load
from core.stopping import Stop
from core.trainer import Diverged, Trainer
from core.walk import walk_sample, walk_update
from gui.engine_loader import EngineLoader
from gui.examiner import Examiner
from gui.messages import (
    BeginWalk,
    Capture,
    Captured,
    ChangeSettings,
    CheckGradients,
    Command,
    EditParameters,
    Freeze,
    Load,
    Loaded,
    Notice,
    Opened,
    OpenProject,
    Pause,
    Play,
    Prepare,
    Probe,
    Publish,
    Quit,
    Redo,
    Report,
    RunEpochs,
    SetPace,
    Step,
    StepBack,
    Undo,
    Walked,
)
from gui.reporter import Reporter
from gui.runs import Canvas, Run, numbers_of
from gui.shelf import Mark, Shelf

if TYPE_CHECKING:
    from core.gradient_check import GradientCheck

SLICE_SECONDS = 0.001
"""How long one stretch of training may last. NumPy code keeps the interpreter lock nearly all of that time."""

FREE_SLICE_SECONDS = 0.005
"""The same for the compiled engine, which lets the lock go."""

YIELD_SECONDS = 0.00005
PREPARING_SECONDS = 0.02
"""How often to look whether the engine is ready."""

GATE_SECONDS = 0.02
CHEAP_MEASURING_SECONDS = 0.003
MEASURING_PAUSE = 6.0
"""In multiples of what measuring costs: how long it rests after each time, if it is not cheap."""

AFTER_ARRIVAL = (Play, RunEpochs, Step, StepBack, BeginWalk, ChangeSettings, EditParameters, Freeze)
"""Commands that count from where a step leads, and so wait until the run is there."""


FEW_POINTS = "There is too little to learn yet; paint points of at least two classes, or two points with numbers."


class Gate:
    """Tells the worker when the window is at work on a frame, so that it leaves the interpreter lock alone."""

    def __init__(self) -> None:
        self._idle = threading.Event()
        self._idle.set()

    def close(self) -> None:
        """Begin a frame."""
        self._idle.clear()

    def open(self) -> None:
        """End a frame."""
        self._idle.set()

    def wait(self) -> None:
        """Wait for the end of the frame, but never so long that training would starve."""
        self._idle.wait(GATE_SECONDS)


class Mailbox:
    """One slot; what is put in replaces what was there."""

    def __init__(self) -> None:
        self._slot: deque[Report] = deque(maxlen=1)

    def put(self, report: Report) -> None:
        """Leave a report, from the worker's thread."""
        self._slot.append(report)

    def take(self) -> Report | None:
        """The report, if there is one; it is gone from the slot."""
        try:
            return self._slot.pop()
        except IndexError:
            return None


class Speedometer:
    """Samples a second over the last half second or so."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque()

    def clear(self) -> None:
        """Forget everything: the run stopped or jumped."""
        self._marks.clear()

    def mark(self, now: float, position: int) -> None:
        """Note where the run stands."""
        if self._marks and now - self._marks[-1][0] < 0.02:
            return
        self._marks.append((now, position))
        while len(self._marks) > 2 and now - self._marks[1][0] > 0.5:
            self._marks.popleft()

    def read(self) -> float:
        """Samples a second; 0 before there is enough to tell."""
        if len(self._marks) < 2:
            return 0.0
        (first_time, first), (last_time, last) = self._marks[0], self._marks[-1]
        return (last - first) / (last_time - first_time)


class Worker(QThread):
    """See the module. ``send`` and ``take_report`` are for the window's thread, all else runs in its own."""

    def __init__(self, dataset: tuple[DataSource, Dataset] | None = None) -> None:
        super().__init__()
        self.gate = Gate()
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._mailbox = Mailbox()
        self._run: Run | None = None
        self._canvas: Canvas | None = None
        self._shelf: Shelf[Run | Canvas] = Shelf(numbers_of)
        self._dataset = dataset
        self._playing = False
        self._goal: tuple[int, int] | None = None
        self._return_to: int | None = None
        self._later: deque[Command] = deque()
        self._held: deque[Command] = deque()  # came in the middle of an evaluation, and wait for its end
        self._answering = False
        self._walk_wanted: BeginWalk | None = None  # and waits for the engine
        self._walked: Walked | None = None
        self._gradient_check: GradientCheck | None = None
        self._pace: float | None = None
        self._paced_from = (0.0, 0)
        self._speed = Speedometer()
        self._loader = EngineLoader()
        self._measuring_cost, self._measured_at = 0.0, 0.0
        self._examiner = Examiner()
        self._reporter = Reporter()
        self._chunk = 1
        self._loaded_news = False
        self._anew = False
        self._opened: Opened | None = None
        self._captures: list[Capture] = []
        self._notices: list[Notice] = []
        self._shown: tuple[object, ...] = ()
        self._quit = False
        self._handlers: dict[type, Callable[..., object]] = {
            Load: self._load,
            OpenProject: self._open_project,
            Capture: self._captures.append,
            Play: self._play,
            RunEpochs: self._run_epochs,
            Pause: lambda _: self._stop(),
            Step: self._step,
            StepBack: self._step_back,
            BeginWalk: self._begin_walk,
            SetPace: self._set_pace,
            ChangeSettings: self._change_settings,
            Prepare: lambda _: self._prepare(),
            EditParameters: self._edit,
            CheckGradients: self._check_gradients,
            Freeze: self._freeze,
            Undo: lambda _: self._bring_back(self._shelf.undo, self._shelf.put_redo),
            Redo: lambda _: self._bring_back(self._shelf.redo, self._shelf.put_undo),
            Publish: self._publish,
            Quit: self._set_quit,
        }

    # ---------------------------------------------------------------- for the window's thread

    def send(self, command: Command) -> None:
        """Leave a command; returns at once."""
        self._commands.put(command)

    def take_report(self) -> Report | None:
        """The newest report, once."""
        return self._mailbox.take()

    def close(self) -> None:
        """End the thread and wait for its end."""
        self.send(Quit())
        self.gate.open()
        self.wait()
        self._loader.close()

    # ---------------------------------------------------------------- the loop

    def run(self) -> None:
        """Obey commands; between them train for a slice, or sleep until the next command."""
        while not self._quit:
            try:
                self._obey_waiting_commands()
                self._make_wanted_walk()
                if self._playing and not self._quit and self._prepare():
                    self._train_a_slice()
                    self._measure_if_due()
            except Diverged as error:
                self._stop()
                self._notices.append(Notice(str(error), "diverged"))
            except LensError as error:
                self._notices.append(Notice(str(error), "input"))
            except Exception as error:  # noqa: BLE001 (whatever it is, the window must hear of it and live on)
                self._note_fault(error)

    def _obey_waiting_commands(self) -> None:
        timeout = self._seconds_to_wait()
        while not self._quit:
            try:
                if self._held:
                    command = self._held.popleft()
                elif timeout == 0.0:
                    command = self._commands.get_nowait()
                else:
                    command = self._commands.get(timeout=timeout)
            except queue.Empty:
                return
            if self._return_to is not None and isinstance(command, AFTER_ARRIVAL):
                self._later.append(command)
            elif self._canvas is not None and isinstance(command, (*AFTER_ARRIVAL, CheckGradients)):
                self._notices.append(Notice(FEW_POINTS, "input"))
            else:
                self._handlers[type(command)](command)
            timeout = 0.0

    def _seconds_to_wait(self) -> float | None:
        """None while there is nothing to do but wait for a command; 0 to train at once."""
        if self._walk_wanted is not None:
            return PREPARING_SECONDS
        if not self._playing or self._run is None:
            return None
        if self._loader.is_running and not self._run.trainer.is_ready:
            return PREPARING_SECONDS
        if self._pace is None or self._return_to is not None:
            return 0.0
        since, position = self._paced_from
        next_due = since + (self._run.trainer.position - position + 1) / self._pace
        # Not before some milliseconds' worth of samples are due, lest the loop spin at thousands of samples a second.
        return max(0.0, min(max(next_due - time.perf_counter(), 0.004), 0.25))

    def _train_a_slice(self) -> None:
        assert self._run is not None
        trainer = self._run.trainer
        trainer.prepare_engine()
        keeps_lock = trainer.engine_name == "numpy"
        if keeps_lock:
            self.gate.wait()
        began = time.perf_counter()
        samples = self._samples_due(trainer, began)
        if samples > 0:
            stop = trainer.advance(samples)
            ended = time.perf_counter()
            self._speed.mark(ended, trainer.position)
            self._fit_chunk(samples, ended - began, SLICE_SECONDS if keeps_lock else FREE_SLICE_SECONDS)
            if stop is not None and self._return_to is None:  # what leads to a wanted position does not stop before
                self._end_run(trainer, stop)
        self._stop_at_goal(trainer)
        if keeps_lock:
            time.sleep(YIELD_SECONDS)  # gives the interpreter lock away

    def _fit_chunk(self, samples: int, seconds: float, wanted_seconds: float) -> None:
        if samples == self._chunk:
            # Aim at the slice's length, but never grow wildly on one lucky measurement.
            wanted = samples * wanted_seconds / max(seconds, 1e-7)
            self._chunk = max(1, int(min(wanted, 2 * self._chunk)))
        elif seconds > wanted_seconds:
            self._chunk = max(1, samples // 2)

    def _end_run(self, trainer: Trainer, stop: Stop) -> None:
        self._stop()
        self._notices.append(Notice(stop.text, "stopped"))
        if stop.return_to is not None:
            trainer.return_to(stop.return_to)
            self._travel_to(stop.return_to)

    def _prepare(self) -> bool:
        """Whether the run's engine is ready; if not, get it ready beside this thread."""
        if self._run is None:
            return False
        if self._run.trainer.is_ready or self._loader.has_ended:
            return True
        self._loader.start()
        return False

    def _samples_due(self, trainer: Trainer, now: float) -> int:
        end = self._return_to if self._return_to is not None else self._goal[1] if self._goal else None
        samples = self._chunk
        if self._pace is not None and self._return_to is None:
            since, position = self._paced_from
            due = int((now - since) * self._pace) - (trainer.position - position)
            if due > 8 * self._chunk:  # the pace cannot be kept; do not race after it later
                self._paced_from = now, trainer.position
            samples = min(samples, due)
        return samples if end is None else min(samples, end - trainer.position)

    def _stop_at_goal(self, trainer: Trainer) -> None:
        if self._return_to is not None and trainer.position >= self._return_to:
            self._pause()
            self._obey_later_commands()
        elif self._goal is not None and trainer.position >= self._goal[1]:
            self._pause()

    def _obey_later_commands(self) -> None:
        """What was asked for on the way, until one of it leads on another way."""
        while self._later and self._return_to is None:
            command = self._later.popleft()
            self._handlers[type(command)](command)

    # ---------------------------------------------------------------- commands

    def _set_quit(self, _: Quit) -> None:
        self._quit = True

    def _load(self, command: Load) -> None:
        source = command.experiment.data
        if source.drawn is not None and not can_train(source.drawn):
            self._load_canvas(command)
            return
        if command.dataset is not None:
            dataset = command.dataset
        elif self._dataset is None or self._dataset[0] != source:
            dataset = load(source)
        else:
            dataset = self._dataset[1]
        start = home = command.initial_parameters
        epochs = self._epochs_to_go() if command.goes_on else None
        if self._keeps_weights(command) and self._run is not None:
            former = self._run.trainer
            if prepare(command.experiment, dataset).sizes == former.preparation.sizes:
                start, home = former.network.parameters.copy(), self._run.home
        try:
            trainer = Trainer(command.experiment, dataset, start)
        except Diverged as error:  # it is the new run that cannot be; the present one goes on
            raise LensError(str(error)) from error
        # Only now, when nothing can go wrong any more, does the new run take the old one's place.
        self._dataset = source, dataset
        follows = command.gesture is not None and self._run is not None and self._run.gesture is command.gesture
        if not follows:
            self._keep_present()
        self._show_run(Run(trainer, source, start, home, command.gesture))
        self._anew = command.anew
        if epochs is not None:
            self._goal = None if math.isinf(epochs) else (0, int(epochs) * trainer.epoch_length)
            self._start()

    def _load_canvas(self, command: Load) -> None:
        if self._run is None:
            raise LensError("The drawn points are too few to train on; draw points of at least two classes.")
        if self._canvas is None or self._canvas.experiment != command.experiment:
            self._keep_present()
            self._show_run(self._run, Canvas(self._run, command.experiment, self._keeps_weights(command)))

    def _keeps_weights(self, command: Load) -> bool:
        """Whether a run takes over the present weights: not behind a canvas that began empty."""
        return command.goes_on and (self._canvas is None or self._canvas.keeps_weights)

    def _keep_present(self) -> None:
        """Let undo bring back what is there now."""
        if self._run is not None:
            self._shelf.keep(self._canvas or self._run)

    def _epochs_to_go(self) -> float | None:
        """How many epochs the run shall still play, infinitely many without a goal; None while it stands."""
        if not self._playing or self._return_to is not None or self._run is None:
            return None
        left = math.inf if self._goal is None else self._goal[1] - self._run.trainer.position
        return left if math.isinf(left) else math.ceil(left / self._run.trainer.epoch_length)

    def _open_project(self, command: OpenProject) -> None:
        project = load_project(command.path)
        trainer = resume(project, command.path)
        source = project.experiment.data
        self._dataset = source, trainer.preparation.dataset
        self._keep_present()
        run, canvas = Run.of(project, trainer), project.canvas
        self._show_run(run, None if canvas is None else Canvas(run, canvas, project.keeps_weights))
        self._opened = Opened(command.path, project.layout, project.unsaved_of)
        note = describe_engine(project, trainer)
        if note:
            self._notices.append(Notice(note, "note"))

    def _captured(self) -> tuple[Captured, ...]:
        """What was asked for, unless the run is on its way: then where it is going is what is to be saved."""
        if self._return_to is not None:
            return ()
        run, asked, self._captures[:] = self._run, tuple(self._captures), []
        if run is None or not asked:
            return tuple(Captured(request, None, None) for request in asked)
        project, stamp = run.project(self._canvas), run.stamp(self._canvas)
        return tuple(Captured(request, project, stamp) for request in asked)

    def _bring_back(
        self, take: Callable[[], Run | Canvas | Mark | None], put: Callable[[Run | Canvas | Mark], None]
    ) -> None:
        """Undo, or do again: take an entry from one stack, and put on the other what it replaces."""
        entry = take() if self._run is not None else None
        if entry is None or self._run is None:
            return
        if isinstance(entry, Mark):
            put(self._mark(self._run.trainer))
            self._stop()
            self._run.trainer.switch_course(entry.changes, entry.position)
            self._travel_to(entry.position)
        else:
            put(self._canvas or self._run)
            run, canvas = (entry.run, entry) if isinstance(entry, Canvas) else (entry, None)
            self._dataset = run.source, run.trainer.preparation.dataset
            self._show_run(run, canvas)

    @staticmethod
    def _mark(trainer: Trainer) -> Mark:
        return Mark(tuple(trainer.course.changes), trainer.position)

    def _edit(self, command: EditParameters) -> None:
        if self._run is not None:
            before = self._mark(self._run.trainer)
            self._run.trainer.edit(command.values)
            if not command.goes_on:
                self._shelf.keep(before)

    def _freeze(self, command: Freeze) -> None:
        if self._run is not None:
            before = self._mark(self._run.trainer)
            self._run.trainer.freeze(command.frozen)
            self._shelf.keep(before)

    def _show_run(self, run: Run, canvas: Canvas | None = None) -> None:
        self._stop()
        self._run, self._canvas = run, canvas
        run.trainer.between_blocks = self._answer_between_blocks
        self._measuring_cost = 0.0
        self._chunk = 1
        self._loaded_news, self._anew, self._opened = True, False, None

    def _play(self, command: Play) -> None:
        if self._run is None:
            return
        position = self._run.trainer.position
        self._goal = None if command.until is None else (position, command.until)
        self._start()

    def _run_epochs(self, command: RunEpochs) -> None:
        if self._run is None:
            return
        trainer = self._run.trainer
        self._goal = trainer.position, (trainer.epoch + command.epochs) * trainer.epoch_length
        self._start()

    def _start(self) -> None:
        assert self._run is not None
        self._playing = True
        self._walk_wanted = None
        self._return_to = None
        self._paced_from = time.perf_counter(), self._run.trainer.position
        self._speed.clear()

    def _pause(self) -> None:
        self._playing = False
        self._walk_wanted = None
        self._goal = None
        self._return_to = None
        self._speed.clear()

    def _stop(self) -> None:
        """Pause, and forget the steps that were still to come."""
        self._later.clear()
        self._pause()

    def _step(self, command: Step) -> None:
        self._pause()
        if self._run is not None:
            self._travel_to(self._run.trainer.end_of(command.unit))

    def _step_back(self, command: StepBack) -> None:
        self._pause()
        if self._run is None or self._run.trainer.position == 0:
            return
        trainer = self._run.trainer
        position = trainer.start_of(command.unit)
        trainer.rewind(position)
        self._shelf.forget_behind(position)
        self._travel_to(position)

    def _begin_walk(self, command: BeginWalk) -> None:
        self._pause()
        self._walk_wanted = command
        self._make_wanted_walk()

    def _make_wanted_walk(self) -> None:
        """Make the walk as soon as the run's own engine can: its numbers are the engine's."""
        wanted = self._walk_wanted
        if wanted is None or not self._prepare():
            return
        self._walk_wanted = None
        assert self._run is not None
        trainer = self._run.trainer
        walk = walk_update(trainer) if wanted.row is None else walk_sample(trainer, wanted.row)
        self._walked = Walked(wanted, walk)

    def _check_gradients(self, _: CheckGradients) -> None:
        self._stop()
        if self._run is not None:
            from core.gradient_check import check_gradients

            self._gradient_check = check_gradients(self._run.trainer)

    def _travel_to(self, position: int) -> None:
        """Go to a position at full speed, in slices like any training."""
        assert self._run is not None
        if self._run.trainer.position < position:
            self._start()
            self._return_to = position

    def _set_pace(self, command: SetPace) -> None:
        self._pace = command.samples_per_second
        if self._run is not None:
            self._paced_from = time.perf_counter(), self._run.trainer.position

    def _change_settings(self, command: ChangeSettings) -> None:
        if self._run is not None:
            self._run.trainer.change(**command.fields)

    def _answer_between_blocks(self) -> None:
        """In the middle of a long evaluation: show what there is, with the loss and score measured before."""
        if self._answering or self._held or self._run is None or not self._run.trainer.has_evaluations:
            return
        try:
            command = self._commands.get_nowait()
        except queue.Empty:
            return
        if isinstance(command, Publish):
            self._publish(command, in_evaluation=True)
        else:
            self._held.append(command)  # and whatever follows it is answered behind it

    def _publish(self, command: Publish, in_evaluation: bool = False) -> None:
        """Answer, whatever happens; the snapshot is taken between two slices, so its numbers belong together.

        In the middle of an evaluation the record of the position is still to come, so nothing is captured there.
        """
        self._answering = True
        loaded, self._loaded_news = self._loaded_news, False
        snapshot = probe = None
        began = time.perf_counter()
        try:
            snapshot = self._snapshot(command, loaded, in_evaluation)
            probe = self._probe(command.probe)
        except Exception as error:  # noqa: BLE001 (the window waits for an answer)
            self._note_fault(error)
        finally:
            self._answering = False
        notices, self._notices = tuple(self._notices), []
        walked, self._walked = self._walked, None
        check, self._gradient_check = self._gradient_check, None
        self._mailbox.put(
            Report(
                loaded=self._loaded() if loaded else None,
                snapshot=snapshot,
                playing=self._playing and self._return_to is None,
                goal=self._goal,
                samples_per_second=self._speed.read() if self._playing else 0.0,
                travelling=self._return_to is not None,
                preparing=self._loader.is_running,
                engine="" if self._run is None else self._run.trainer.engine_name,
                notices=notices,
                walked=walked,
                gradient_check=check,
                walking=self._walk_wanted is not None,
                probe=probe,
                stamp=None if self._run is None else self._run.stamp(self._canvas),
                captured=() if in_evaluation else self._captured(),
                snapshot_seconds=time.perf_counter() - began,
                can_undo=self._shelf.can_undo,
                can_redo=self._shelf.can_redo,
            )
        )

    def _snapshot(self, command: Publish, loaded: bool, in_evaluation: bool) -> Snapshot | None:
        if self._run is None:
            return None
        trainer, request = self._run.trainer, command.request
        request = replace(request, measures=not in_evaluation and self._measures_at_once())
        state = self._run, trainer.position, tuple(trainer.course.changes), request
        is_due = self._examiner.is_due(trainer, request.focus, self._playing)
        if state == self._shown and not is_due and not loaded and not command.fresh:
            return None
        self._shown = state
        if request.measures:
            self._measure(trainer)
        inspection = self._examiner.examine(trainer, request.focus, self._playing)
        snapshot = take_snapshot(trainer, replace(request, focus=None, report=False))
        return replace(snapshot, inspection=inspection, report=self._reporter.report(trainer, request.report))

    def _probe(self, point: tuple[float, ...] | None) -> Probe | None:
        if self._run is None or point is None:
            return None
        if len(point) != self._run.trainer.preparation.dataset.dimensions:  # the window has not yet heard of this run
            return None
        activations = tuple(a[0].copy() for a in self._run.trainer.activations(np.array([point])))
        for a in activations:
            a.flags.writeable = False
        return Probe(point, activations)

    def _measures_at_once(self) -> bool:
        """Whether an answer waits for loss and score; while playing, it does not where they take long."""
        return not self._playing or self._measuring_cost < CHEAP_MEASURING_SECONDS

    def _measure_if_due(self) -> None:
        """Measure between two slices what no answer waits for, now and then, lest it be all that training does."""
        if self._run is None or self._measures_at_once():
            return
        if time.perf_counter() - self._measured_at > MEASURING_PAUSE * self._measuring_cost:
            self._measure(self._run.trainer)

    def _measure(self, trainer: Trainer) -> None:
        began = time.perf_counter()
        trainer.evaluations()
        ended = time.perf_counter()
        self._measuring_cost, self._measured_at = ended - began, ended

    def _note_fault(self, error: Exception) -> None:
        self._stop()
        text = f"An error inside the program stopped training: {type(error).__name__}: {error}"
        self._notices.append(Notice(text, "fault", traceback.format_exc()))

    def _loaded(self) -> Loaded | None:
        if self._run is None:
            return None
        canvas = self._canvas
        return Loaded(
            self._run.experiment if canvas is None else canvas.experiment,
            self._run.trainer.preparation,
            self._run.initial_parameters,
            self._shelf.can_undo,
            self._shelf.can_redo,
            self._run.number,
            self._anew,
            self._opened,
            self._run.home,
            None if canvas is None else canvas.experiment.data.drawn,
        )
