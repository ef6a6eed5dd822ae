"""Commands that act on the run: play, step, go back, start anew, undo, initial weights, class names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core.base.errors import LensError
from core.base.number_text import grouped
from core.base.translation import _
from core.base.typed_numbers import check_range, read_whole
from core.training.presets import Preset
from core.workbench.speed_scale import RISING
from gui.explanation.walk_player import WalkPlayer
from gui.session.command_context import CommandContext
from gui.session.file_dialog import ask_to_open
from gui.transport.toolbar import Toolbar

if TYPE_CHECKING:
    from core.explain.gradient_check import GradientCheck
    from gui.explanation.gradient_dialog import WaitingDialog

WEIGHTS_FILTER = _("Weights (*.npz)")


class RunCommands:
    """Handlers of the actions of the run."""

    def __init__(self, context: CommandContext, player: WalkPlayer, toolbar: Toolbar) -> None:
        self._context, self._player, self._toolbar = context, player, toolbar
        self._session = context.session
        self._waiting: WaitingDialog | None = None
        self._session.progress.connect(lambda _: self._follow_check())
        toolbar.figures.epoch_wanted.connect(self.go_to_epoch)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return the handlers by the names of their actions."""
        session, speed = self._session, self._toolbar.speed
        return {
            "open-weights": self.open_weights,
            "rename-classes": self.rename_classes,
            "undo": session.undo,
            "redo": session.redo,
            "check-gradients": self.check_gradients,
            "play": self._player.toggle,
            "step-sample": lambda: session.step("sample"),
            "step-batch": lambda: session.step("batch"),
            "step-epoch": lambda: session.step("epoch"),
            "run-epochs": self.run_epochs,
            "go-to-epoch": self._toolbar.figures.ask_for_epoch,
            "back-sample": lambda: session.step_back("sample"),
            "back-batch": lambda: session.step_back("batch"),
            "back-epoch": lambda: session.step_back("epoch"),
            "reset": session.reset,
            "new-seed": session.new_seed,
            "faster": lambda: speed.shift(1),
            "slower": lambda: speed.shift(-1),
            "full-speed": speed.toggle_full,
            "rising-speed": lambda: speed.choose(RISING),
        }

    def run_epochs(self) -> None:
        """Train for the number of epochs in the toolbar, even while it is being typed."""
        field = self._toolbar.epochs
        if not field.commit():
            return
        self._session.run_epochs(field.value())

    def go_to_epoch(self, text: str) -> None:
        """Go to an epoch of the present line; the text is what was typed."""
        timeline = self._session.timeline
        if timeline is None:
            return
        last = timeline.present_branch.tip // timeline.epoch_length
        try:
            epoch = read_whole(text)
            check_range(text, epoch, 0, max(epoch, last))
        except LensError as error:
            self._toolbar.figures.field.refuse()
            self._context.tell(str(error), "input")
            return
        if epoch > last:
            self._toolbar.figures.field.refuse()
            told = _("This run was trained up to epoch {last}; it has no epoch {epoch} yet.")
            self._context.tell(told.format(last=grouped(last), epoch=grouped(epoch)), "none")
        else:
            self._session.seek(epoch * timeline.epoch_length)

    def start_preset(self, preset: Preset) -> None:
        """Start a preset and offer to run as many epochs as it needs."""
        self._toolbar.offer_epochs(preset.epochs)
        self._session.load(preset.experiment, anew=True)

    def check_gradients(self) -> None:
        """Check the gradient; the user can cancel it, and any other command of theirs ends it too."""
        from gui.explanation.gradient_dialog import WaitingDialog  # here, since few need it

        self._end_waiting()
        self._session.check_gradients()
        self._waiting = WaitingDialog(self._context.window)
        self._waiting.rejected.connect(self._cancel_check)

    def _cancel_check(self) -> None:
        self._waiting = None
        self._session.pause()  # a command that waits ends the check

    def _follow_check(self) -> None:
        if self._waiting is not None:
            if self._session.checked is None:
                self._end_waiting()
            else:
                self._waiting.show_progress(self._session.checked)

    def _end_waiting(self) -> None:
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            waiting.accept()

    def show_gradient_check(self, check: GradientCheck) -> None:
        """Show the result of a gradient check."""
        self._end_waiting()
        from gui.explanation.gradient_dialog import GradientDialog  # here, since few need it

        snapshot, context = self._session.snapshot, self._context
        epoch = snapshot.epoch if snapshot is not None else 0
        GradientDialog(check, epoch, context.theme(), context.window).open()

    # ---------------------------------------------------------------- initial weights

    def open_weights(self) -> None:
        """Ask for a weights file and start from it."""
        window, folder = self._context.window, self._context.last_folder
        path = ask_to_open(window, folder, _("Open initial weights"), WEIGHTS_FILTER)
        if path:
            self.load_weights(path)

    def load_weights(self, path: str) -> None:
        """Start the present experiment from the weights in a file."""
        from core.storage.weights_file import load_parameters  # here, since few need it

        loaded, experiment = self._session.loaded, self._session.experiment
        if loaded is None or experiment is None:
            return
        try:
            parameters = load_parameters(Path(path), loaded.preparation.sizes)
        except LensError as error:
            self._context.tell(str(error), "unread")
        else:
            self._session.load(experiment, parameters)

    # ---------------------------------------------------------------- class names

    def rename_classes(self) -> None:
        """Ask for other names of the classes."""
        loaded = self._session.loaded
        if loaded is None:
            return
        if len(loaded.dataset.class_names) < 2:
            self._context.tell(_("There are no classes to be named; the data are numbers to be learned."), "none")
            return
        from gui.settings.class_names_dialog import ClassNamesDialog  # here, since few need it

        dialog = ClassNamesDialog(loaded.dataset.class_names, self._context.theme(), self._context.window)
        dialog.taken.connect(self._session.rename_classes)
        dialog.open()
