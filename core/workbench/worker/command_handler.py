"""What each command does to the runs and to the activity."""

from __future__ import annotations

import math
from collections.abc import Callable

from core.base.errors import LensError
from core.base.translation import _
from core.training.timeline.branches import Branch
from core.training.timeline.replay import replay_if_short
from core.training.trainer import Trainer
from core.workbench.messages import (
    ANOTHER_RUN,
    BeginWalk,
    Capture,
    ChangeSettings,
    CheckGradients,
    Command,
    EditParameters,
    Freeze,
    GoOnWith,
    KeepLine,
    Load,
    NameBranch,
    OpenProject,
    Pause,
    Play,
    Prepare,
    Redo,
    RemoveBranch,
    RenameClasses,
    RunCommand,
    RunEpochs,
    Seek,
    SetPace,
    Step,
    StepBack,
    Undo,
)
from core.workbench.run_tree import UndoPlace
from core.workbench.runs import Run
from core.workbench.worker.activity import Dragged, Explaining, Measuring, Playing, Resting, Travelling
from core.workbench.worker.shared_state import SharedState
from core.workbench.worker.training_loop import TrainingLoop

AFTER_ARRIVAL = (
    Play,
    RunEpochs,
    Step,
    StepBack,
    BeginWalk,
    ChangeSettings,
    EditParameters,
    Freeze,
    RenameClasses,
    RemoveBranch,
)
"""Commands that count from where a step leads, and so wait until the run is there."""

NEEDS_RUN = (
    Play,
    RunEpochs,
    Step,
    StepBack,
    Seek,
    BeginWalk,
    ChangeSettings,
    EditParameters,
    Freeze,
    CheckGradients,
    RemoveBranch,
)
"""Commands that need enough points to train on."""

ENDS_NOTHING = (Capture, SetPace, Prepare, KeepLine)
"""Commands that end neither the way to where a step leads nor a gradient check."""

LEAVES_MEASURING = (Pause, *ENDS_NOTHING)
"""Commands that change nothing that is just being measured."""

CHANGES = (Load, ChangeSettings, EditParameters, Freeze, RenameClasses)
"""Commands that are told of as changes where they are refused."""

SETTINGS = (ChangeSettings, EditParameters, Freeze, RenameClasses)
"""Commands that wait for an arrival and take hold all the same if the run does not arrive."""

IN_TREE = (Seek, NameBranch, RemoveBranch, KeepLine)
"""Commands to any branch, whatever run of the tree is present."""

FEW_POINTS = _("There is too little to learn yet; paint points of at least two classes, or two points with numbers.")
GONE_BRANCH = _("This branch is gone, so nothing was changed.")
CLOSED_RUN = _("This run is not the present one any more, so nothing was changed.")


class CommandHandler:
    """Obeys one command after another. A handler raises LensError where nothing can be done, and changes nothing."""

    def __init__(self, shared: SharedState, training: TrainingLoop) -> None:
        self._shared, self._training = shared, training
        runs = shared.runs
        self._handlers: dict[type, Callable[..., object]] = {
            Load: self._load,
            OpenProject: self._open_project,
            Capture: shared.events.captures.append,
            Play: self._play,
            RunEpochs: self._run_epochs,
            Pause: self._pause,
            Step: self._step,
            StepBack: self._step_back,
            Seek: self._seek,
            NameBranch: self._name_branch,
            RemoveBranch: self._remove_branch,
            KeepLine: self._keep_line,
            GoOnWith: self._go_on_with,
            BeginWalk: self._begin_walk,
            SetPace: self._set_pace,
            ChangeSettings: self._change_settings,
            RenameClasses: self._rename_classes,
            Prepare: lambda _: shared.prepare_engine(),
            EditParameters: lambda command: runs.edits.edit(command.values, command.goes_on),
            CheckGradients: self._check_gradients,
            Freeze: lambda command: runs.edits.freeze(command.frozen),
            Undo: lambda _: self._go_back(runs.undo),
            Redo: lambda _: self._go_back(runs.redo),
        }

    def obey(self, command: Command) -> None:
        """Obey, unless the command has to wait for an arrival or cannot be obeyed; raises LensError."""
        shared = self._shared
        if not isinstance(command, LEAVES_MEASURING):
            shared.told_faults.forget()
            shared.cannot_measure = None
        activity, waits = shared.activity, isinstance(command, AFTER_ARRIVAL)
        if isinstance(activity, Travelling) and (waits or (isinstance(command, Seek) and activity.waiting)):
            activity.waiting.append(command)
        else:
            self._obey_now(command)

    def _obey_now(self, command: Command) -> None:
        activity = self._shared.activity
        if isinstance(activity, Travelling) and not isinstance(command, ENDS_NOTHING):
            self.stop_travelling()
        try:
            self._carry_out(command)
        except LensError:
            if isinstance(activity, Travelling) and isinstance(command, Load | OpenProject | GoOnWith):
                self._shared.travel_to(activity.destination)  # the run goes on
            raise

    def stop_travelling(self) -> None:
        """Let the run rest where it stands; settings that waited for its arrival take hold here."""
        activity = self._shared.activity
        self._shared.stop()
        for command in activity.waiting if isinstance(activity, Travelling) else ():
            if isinstance(command, SETTINGS):
                try:
                    self._carry_out(command)
                except LensError as error:
                    self.tell_refusal(command, error)

    def tell_refusal(self, command: Command, error: LensError) -> None:
        """Tell why a command was not obeyed."""
        kind = "input" if isinstance(command, CHANGES) else "unread" if isinstance(command, OpenProject) else "none"
        if self._shared.runs.untrainable is not None:  # there is nothing that could have been left as it is
            kind, self._shared.events.loaded = "none", True
        self._shared.tell(str(error), kind)

    def _carry_out(self, command: Command) -> None:
        shared = self._shared
        if isinstance(command, RunCommand) and command.run is not None:
            is_meant = shared.runs.is_open if isinstance(command, IN_TREE) else shared.runs.is_present
            if not is_meant(command.run):
                raise LensError(CLOSED_RUN)
        if shared.runs.untrainable is not None and isinstance(command, NEEDS_RUN):
            raise LensError(shared.runs.untrainable.reason)
        if shared.runs.canvas is not None and isinstance(command, NEEDS_RUN):
            raise LensError(FEW_POINTS)
        if isinstance(shared.activity, Measuring) and not isinstance(command, LEAVES_MEASURING):
            shared.activity = Resting()
        if isinstance(command, ANOTHER_RUN):
            self._answer_captures()
        self._handlers[type(command)](command)

    # ---------------------------------------------------------------- another run

    def _answer_captures(self) -> None:
        """Who asked for a copy meant the run that is present now."""
        events = self._shared.events
        if events.captures:
            events.captured += self._shared.runs.captured(tuple(events.captures))
            events.captures.clear()

    def _load(self, command: Load) -> None:
        plays_on = command.goes_on or command.plays_on
        epochs = self._epochs_to_go() if plays_on else None
        if not self._shared.runs.load(command):
            self._tell_run(0)  # who waits for an answer hears that the run is as it was, at its start
            if not plays_on:
                self._shared.stop()
            self._tell_of_file()
            return
        self._begin_run()
        self._tell_of_file()
        if epochs is not None and self._shared.run is not None and self._shared.runs.canvas is None:
            end = None if math.isinf(epochs) else int(epochs) * self._shared.run.trainer.epoch_length
            self._shared.start(Playing(0, end))

    def _epochs_to_go(self) -> float | None:
        """How many epochs the run shall still play, infinitely many without a goal; None while it stands."""
        activity, run = self._shared.activity, self._shared.run
        if not isinstance(activity, Playing) or run is None:
            return None
        if activity.end is None:
            return math.inf
        return math.ceil((activity.end - run.trainer.position) / run.trainer.epoch_length)

    def _open_project(self, command: OpenProject) -> None:
        note = self._shared.runs.open_project(command.path)
        self._begin_run(0 if self._shared.run is None else self._shared.run.trainer.position)
        if note:
            self._shared.tell(note, "note")
        self._tell_of_file()

    def _tell_of_file(self) -> None:
        note = self._shared.runs.changed_file_note()
        if note:
            self._shared.tell(note, "note")

    def _go_back(self, move: Callable[[], UndoPlace | None]) -> None:
        """Undo or redo, perhaps to another run, which is still to be led on to the position."""
        before = self._shared.runs.loads
        place = move()
        if place is not None:
            self._shared.stop()
            if self._shared.runs.loads != before:
                self._begin_run(place.position)
            if place.canvas is None:
                self._lead_on(place.run.trainer, place.position)

    def _begin_run(self, position: int = 0) -> None:
        """Another run, or a canvas, is the present one; one that was trained before is led to a position."""
        self._shared.stop()
        self._shared.speed.forget()
        self._tell_run(position)

    def _tell_run(self, position: int) -> None:
        self._shared.events.loaded, self._shared.events.opened_at = True, position

    def _rename_classes(self, command: RenameClasses) -> None:
        """Whatever the run does, it goes on with it."""
        if self._shared.runs.rename(command.names):
            self._shared.events.loaded = True

    # ---------------------------------------------------------------- moving

    def _play(self, command: Play) -> None:
        if self._shared.run is not None:
            self._shared.start(Playing(self._shared.run.trainer.position, command.until))

    def _run_epochs(self, command: RunEpochs) -> None:
        if self._shared.run is not None:
            trainer = self._shared.run.trainer
            end = (trainer.epoch + command.epochs) * trainer.epoch_length
            self._shared.start(Playing(trainer.position, end))

    def _pause(self, _: Pause) -> None:
        if not isinstance(self._shared.activity, Measuring):
            self._shared.stop()

    def _step(self, command: Step) -> None:
        waiting = self._waiting_run()
        if waiting is not None:  # the step is made behind it; nobody sees yet that a click on a step would end it
            begin, end, trainer = waiting
            self._shared.start(Playing(begin, trainer.stepper.order.end_of(command.unit, end)))
            return
        self._shared.stop()
        if self._shared.run is not None:
            self._shared.travel_to(self._shared.run.trainer.end_of(command.unit))

    def _waiting_run(self) -> tuple[int, int, Trainer] | None:
        """Begin and end of a run of some epochs that has not begun or waits for its engine, and its trainer."""
        activity, run = self._shared.activity, self._shared.run
        if not isinstance(activity, Playing) or activity.end is None or activity.verdict or run is None:
            return None
        waits = run.trainer.position == activity.begin or self._shared.waits_for_engine
        return (activity.begin, activity.end, run.trainer) if waits else None

    def _step_back(self, command: StepBack) -> None:
        self._shared.stop()
        run = self._shared.run
        if run is None:
            return
        if run.trainer.position == 0 and run.origin is not None:  # the step leads to the time before the painting
            before, place = run.origin.run, run.origin.position
            self._go_to(before, before.trainer.stepper.order.start_of(command.unit, place), run.origin.branch)
        elif run.trainer.position > 0:
            self._go_to(run, run.trainer.start_of(command.unit), run.trainer.tree.present)

    def _turn_to(self, run: Run, position: int) -> None:
        """Work on a run of the tree, from a position on."""
        if run is not self._shared.run:
            self._shared.runs.turn_to(run)
            self._begin_run(position)

    def _go_to(self, run: Run, position: int, branch: Branch) -> None:
        self._turn_to(run, position)
        run.trainer.head.go_to(position, branch)
        self._lead_on(run.trainer, position)

    def _lead_on(self, trainer: Trainer, position: int) -> None:
        """Let the run train from a keyframe to a position of the present branch."""
        replay_if_short(trainer, position)  # saves the picture of the keyframe
        self._shared.travel_to(position)

    def _seek(self, command: Seek) -> None:
        self._shared.stop()
        found = self._branch(command.branch)
        if found is None:
            return
        run, branch = found
        position = min(max(command.position, 0), branch.tip)
        if command.exact:
            self._go_to(run, position, branch)
        else:
            self._turn_to(run, position)
            run.trainer.head.go_to(position, branch)
            self._shared.activity = Dragged(position)

    def _branch(self, number: int | None) -> tuple[Run, Branch] | None:
        """The branch of this number, by default the present one, and its run; None, with a word, where it is gone."""
        found = self._shared.runs.branch(number)
        if found is None and self._shared.run is not None:
            self._shared.tell(GONE_BRANCH, "input")
        return found

    def _name_branch(self, command: NameBranch) -> None:
        found = self._branch(command.branch)
        if found is not None:
            found[0].trainer.tree.rename(found[1], command.name.strip())

    def _remove_branch(self, command: RemoveBranch) -> None:
        found = self._branch(command.branch)
        if found is None:
            return
        before, position = self._shared.run, self._shared.runs.remove(*found)
        after = self._shared.run
        if after is not before:
            self._begin_run(0 if after is None else after.trainer.position if position is None else position)
        if position is not None and after is not None:
            self._shared.stop()
            self._lead_on(after.trainer, position)

    def _keep_line(self, command: KeepLine) -> None:
        found = self._branch(command.branch)
        if found is not None:
            self._shared.runs.kept_lines.keep(*found, command.is_shown)

    def _go_on_with(self, command: GoOnWith) -> None:
        self._shared.runs.go_on_with(command.kept, command.identity)
        kept = command.kept
        position = kept.tip if command.position is None else command.position
        self._begin_run(position)
        assert self._shared.run is not None
        if position == kept.tip:
            self._shared.travel_to(position)
        else:
            self._go_to(self._shared.run, position, self._shared.run.trainer.tree.present)

    def _begin_walk(self, command: BeginWalk) -> None:
        self._shared.stop()
        if self._shared.run is not None:
            self._shared.activity = walk = Explaining(command)
            self._training.explain(walk)

    def _check_gradients(self, command: CheckGradients) -> None:
        """The check is made between two commands, so that questions before it are answered first."""
        self._shared.stop()
        if self._shared.run is not None:
            self._shared.activity = Explaining(command, done=0.0)

    # ---------------------------------------------------------------- settings

    def _set_pace(self, command: SetPace) -> None:
        run = self._shared.run
        batch_size = 1 if run is None else run.trainer.experiment.batch_size
        self._shared.speed.set_pace(command.samples_per_second, command.rises, batch_size)

    def _change_settings(self, command: ChangeSettings) -> None:
        self._shared.runs.edits.change(command.fields)
