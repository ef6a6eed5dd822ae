"""The second thread: takes commands, trains in short slices, and answers with reports.

It is the only code that touches the trainer. The window's thread never waits for it: commands go into a queue, and
reports come back through a mailbox of one slot, one for each that was asked for.
"""

from __future__ import annotations

import math
import queue
import time
import traceback
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from PyQt5.QtCore import QThread

from core.base.errors import LensError
from core.data.data_source import DataSource
from core.data.dataset import Dataset
from core.explain.walk import walk_sample, walk_update
from core.training.divergence import Diverged
from core.training.stopping import Stop
from core.training.trainer import Trainer
from core.workbench.engine_loader import EngineLoader
from core.workbench.mailbox import Gate, Mailbox
from core.workbench.messages import (
    BeginWalk,
    Capture,
    Captured,
    ChangeSettings,
    CheckGradients,
    Command,
    EditParameters,
    Freeze,
    Load,
    Notice,
    OpenProject,
    Pause,
    Play,
    Prepare,
    Publish,
    Quit,
    Redo,
    RenameClasses,
    Report,
    RunEpochs,
    SetPace,
    Step,
    StepBack,
    Undo,
    Walked,
)
from core.workbench.run_list import Bench
from core.workbench.runs import Run
from core.workbench.snapshot_maker import Snapshots
from core.workbench.training_speed import Tempo
from core.workbench.undo_stack import Mark

if TYPE_CHECKING:
    from core.explain.gradient_check import GradientCheck

SLICE_SECONDS = 0.001
"""How long one stretch of training may last. NumPy code keeps the interpreter lock nearly all of that time."""

FREE_SLICE_SECONDS = 0.01
"""The same for the compiled engine, which lets the lock go."""

YIELD_SECONDS = 0.00005
PREPARING_SECONDS = 0.02
"""How often to look whether the engine is ready."""

AFTER_ARRIVAL = (Play, RunEpochs, Step, StepBack, BeginWalk, ChangeSettings, EditParameters, Freeze)
"""Commands that count from where a step leads, and so wait until the run is there."""


FEW_POINTS = "There is too little to learn yet; paint points of at least two classes, or two points with numbers."


class GivenUp(Exception):
    """There is something else to do."""


class Worker(QThread):
    """See the module. ``send`` and ``take_report`` are for the window's thread, all else runs in its own."""

    def __init__(self, dataset: tuple[DataSource, Dataset] | None = None) -> None:
        super().__init__()
        self.gate = Gate()
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._mailbox = Mailbox()
        self._bench = Bench(dataset)
        self._playing = False
        self._goal: tuple[int, int] | None = None
        self._return_to: int | None = None
        self._later: deque[Command] = deque()
        self._held: deque[Command] = deque()  # came in the middle of an evaluation, and wait for its end
        self._answering = False
        self._put_off = self._may_give_up = False
        self._walk_wanted: BeginWalk | None = None  # and waits for the engine
        self._walked: Walked | None = None
        self._gradient_check: GradientCheck | None = None
        self._tempo = Tempo()
        self._loader = EngineLoader()
        self._snapshots = Snapshots()
        self._loaded_news = False
        self._captures: list[Capture] = []
        self._notices: list[Notice] = []
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
            RenameClasses: self._rename_classes,
            Prepare: lambda _: self._prepare(),
            EditParameters: lambda command: self._bench.edit(command.values, command.goes_on),
            CheckGradients: self._check_gradients,
            Freeze: lambda command: self._bench.freeze(command.frozen),
            Undo: lambda _: self._follow(self._bench.undo()),
            Redo: lambda _: self._follow(self._bench.redo()),
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

    @property
    def _run(self) -> Run | None:
        return self._bench.run

    def run(self) -> None:
        """Obey commands; between them train for a slice, or sleep until the next command."""
        while not self._quit:
            try:
                self._obey_waiting_commands()
                self._make_wanted_walk()
                if self._playing and not self._quit and self._prepare():
                    self._train_a_slice()
                    self._measure_if_due()
                self._measure_what_was_put_off()
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
            if self._return_to is not None and isinstance(command, (*AFTER_ARRIVAL, RenameClasses)):
                self._later.append(command)
            elif self._bench.canvas is not None and isinstance(command, (*AFTER_ARRIVAL, CheckGradients)):
                self._notices.append(Notice(FEW_POINTS, "input"))
            else:
                self._handlers[type(command)](command)
            timeout = 0.0

    def _seconds_to_wait(self) -> float | None:
        """None while there is nothing to do but wait for a command; 0 to train at once."""
        if self._walk_wanted is not None:
            return PREPARING_SECONDS
        if self._put_off:
            return 0.0
        if not self._playing or self._run is None:
            return None
        if self._loader.is_running and not self._run.trainer.is_ready:
            return PREPARING_SECONDS
        return self._tempo.seconds_to_wait(self._run.trainer.position, paced=self._return_to is None)

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
            wanted_seconds = SLICE_SECONDS if keeps_lock else FREE_SLICE_SECONDS
            self._tempo.note(samples, began, ended, trainer.position, wanted_seconds)
            if stop is not None and self._return_to is None:  # what leads to a wanted position does not stop before
                self._end_run(trainer, stop)
        self._stop_at_goal(trainer)
        if keeps_lock:
            time.sleep(YIELD_SECONDS)  # gives the interpreter lock away

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
        samples = self._tempo.samples_due(trainer.position, now, paced=self._return_to is None)
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
        epochs = self._epochs_to_go() if command.goes_on else None
        if not self._bench.load(command):
            return
        self._begin_run()
        if epochs is not None and self._run is not None and self._bench.canvas is None:
            self._goal = None if math.isinf(epochs) else (0, int(epochs) * self._run.trainer.epoch_length)
            self._start()

    def _epochs_to_go(self) -> float | None:
        """How many epochs the run shall still play, infinitely many without a goal; None while it stands."""
        if not self._playing or self._return_to is not None or self._run is None:
            return None
        left = math.inf if self._goal is None else self._goal[1] - self._run.trainer.position
        return left if math.isinf(left) else math.ceil(left / self._run.trainer.epoch_length)

    def _open_project(self, command: OpenProject) -> None:
        note = self._bench.open_project(command.path)
        self._begin_run()
        if note:
            self._notices.append(Notice(note, "note"))

    def _follow(self, entry: object) -> None:
        """Undo or redo brought this back: another run, or a course on which the run is still to be led on."""
        if isinstance(entry, Mark):
            self._stop()
            self._travel_to(entry.position)
        elif entry is not None:
            self._begin_run()

    def _begin_run(self) -> None:
        """Another run, or a canvas, was put on the bench."""
        assert self._run is not None
        self._stop()
        self._run.trainer.between_blocks = self._answer_between_blocks
        self._tempo.forget()
        self._loaded_news = True

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
        self._playing, self._put_off = True, False
        self._walk_wanted = None
        self._return_to = None
        self._tempo.begin(self._run.trainer.position)

    def _pause(self) -> None:
        self._playing = False
        self._walk_wanted = None
        self._goal = None
        self._return_to = None
        self._tempo.end()

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
        position = self._run.trainer.start_of(command.unit)
        self._bench.rewind(position)
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
            from core.explain.gradient_check import check_gradients

            self._gradient_check = check_gradients(self._run.trainer)

    def _travel_to(self, position: int) -> None:
        """Go to a position at full speed, in slices like any training."""
        assert self._run is not None
        if self._run.trainer.position < position:
            self._start()
            self._return_to = position

    def _set_pace(self, command: SetPace) -> None:
        self._tempo.set_pace(command.samples_per_second, 0 if self._run is None else self._run.trainer.position)

    def _change_settings(self, command: ChangeSettings) -> None:
        if self._run is not None:
            self._run.trainer.change(**command.fields)

    def _rename_classes(self, command: RenameClasses) -> None:
        """Whatever the run does, it goes on with it."""
        if self._bench.rename(command.names) and self._run is not None:
            self._run.trainer.between_blocks = self._answer_between_blocks
            self._loaded_news = True

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
            return
        if isinstance(command, Pause):
            self._run.trainer.halt()
            self._stop()
            return
        self._held.append(command)  # and whatever follows it is answered behind it
        if self._may_give_up:
            raise GivenUp

    def _publish(self, command: Publish, in_evaluation: bool = False) -> None:
        """Answer, whatever happens; the snapshot is taken between two slices, so its numbers belong together.

        In the middle of an evaluation the record of the position may be still to come, so nothing is captured there. An
        evaluation that takes long is put off: the answer comes first, and does not say any more that training plays.
        """
        self._answering = True
        if not in_evaluation:
            trainer = self._run.trainer if self._run is not None and not self._playing else None
            # Put off only where there is something from before to show meanwhile.
            self._put_off = trainer is not None and trainer.evaluation_waits and trainer.has_evaluations
        measuring = in_evaluation or self._put_off
        loaded, self._loaded_news = self._loaded_news, False
        snapshot = probe = None
        began = time.perf_counter()
        try:
            snapshot = self._snapshots.take(
                self._run, command.request, self._playing, command.fresh or loaded, measured_later=measuring
            )
            probe = self._snapshots.probe(self._run, command.probe)
        except Exception as error:  # noqa: BLE001 (the window waits for an answer)
            self._note_fault(error)
        finally:
            self._answering = False
        notices, self._notices = tuple(self._notices), []
        walked, self._walked = self._walked, None
        check, self._gradient_check = self._gradient_check, None
        self._mailbox.put(
            Report(
                loaded=self._bench.loaded() if loaded else None,
                snapshot=snapshot,
                playing=self._playing and self._return_to is None,
                goal=self._goal,
                samples_per_second=self._tempo.speed() if self._playing else 0.0,
                travelling=self._return_to is not None,
                preparing=self._loader.is_running,
                engine="" if self._run is None else self._run.trainer.engine_name,
                notices=notices,
                walked=walked,
                gradient_check=check,
                walking=self._walk_wanted is not None,
                measuring=measuring,
                probe=probe,
                stamp=None if self._run is None else self._run.stamp(self._bench.canvas),
                captured=() if in_evaluation else self._captured(),
                snapshot_seconds=time.perf_counter() - began,
                can_undo=self._bench.can_undo,
                can_redo=self._bench.can_redo,
            )
        )

    def _captured(self) -> tuple[Captured, ...]:
        """What was asked for, unless the run is on its way: then where it is going is what is to be saved."""
        if self._return_to is not None:
            return ()
        asked, self._captures[:] = tuple(self._captures), []
        return self._bench.captured(asked)

    def _measure_if_due(self) -> None:
        """Measure between two slices what no answer waits for."""
        if self._run is not None and self._playing:
            self._snapshots.measure_if_due(self._run.trainer)

    def _measure_what_was_put_off(self) -> None:
        """Measure for a run that rests; the next command but Publish goes before, and it is put off again."""
        if not self._put_off or self._quit or self._run is None:
            return
        self._put_off, self._may_give_up = False, True
        try:
            self._run.trainer.evaluations()
        except GivenUp:
            self._put_off = True
        finally:
            self._may_give_up = False

    def _note_fault(self, error: Exception) -> None:
        self._stop()
        text = f"An error inside the program stopped training: {type(error).__name__}: {error}"
        self._notices.append(Notice(text, "fault", traceback.format_exc()))
