"""Protects unsaved work: asks before the window closes, saves automatically, and offers what a crash left behind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PyQt5.QtCore import QObject, QTimer
from PyQt5.QtWidgets import QApplication, QMessageBox

from core.workbench.messages import Captured, Notice
from core.workbench.saved_state import Stamp
from gui.projects.autosave import RecoveryFolder
from gui.projects.project_commands import ProjectCommands
from gui.projects.recovery_bar import RecoveryBar
from gui.session.command_context import CommandContext

AUTOSAVE_MILLISECONDS = 60_000
HURRY_MILLISECONDS = 600
"""For how long a hurried end waits for the worker to copy the run; then the last automatic save has to do."""


class ProjectGuard(QObject):
    """Protects the work in one window once ``begin`` was called; until then the window closes without a question.

    Attributes:
        is_hurried: whether the system ends the program, so that nothing may ask or wait.
        question: what asks whether to save; None while nothing is asked.
    """

    def __init__(self, context: CommandContext, projects: ProjectCommands, recovery: RecoveryBar) -> None:
        super().__init__(context.window)
        self._context, self._projects, self._recovery = context, projects, recovery
        self._folder: RecoveryFolder | None = None
        self._kept: Stamp | None = None
        self._writing = False
        self._warned = False
        self._may_leave = False
        self.is_hurried = False
        self.question: QMessageBox | None = None
        self._clock = QTimer(self)
        self._clock.setInterval(AUTOSAVE_MILLISECONDS)
        self._clock.timeout.connect(self.keep)
        recovery.recover.connect(self._recover)
        recovery.discard.connect(self._discard)

    def begin(self, folder: Path) -> None:
        """Protect the work from now on; keep unsaved work in ``folder``, and offer what was left there."""
        self._folder = RecoveryFolder(folder)
        self._clock.start()
        self._offer()

    # ---------------------------------------------------------------- saving by itself

    def keep(self) -> None:
        """Write the run into the folder if it has changed since it was last written there."""
        folder, stamp = self._folder, self._projects.stamp
        if folder is None or stamp is None or self._writing:
            return
        if not self._projects.is_modified:
            folder.clear()
            self._kept = None
        elif self._kept is None or not self._kept.is_like(stamp):
            self._projects.capture(self._write, lambda notice: self._note_kept(None, notice))
            self._writing = True

    def _write(self, captured: Captured) -> None:
        if self._folder is None or captured.project is None:
            self._note_kept(captured.stamp, None)
            return
        try:
            path = str(self._folder.own_path())
        except OSError as error:
            self._note_kept(None, Notice(f"Autosave failed: {error}. Save the project.", "input"))
            return
        project = replace(captured.project, unsaved_of=self._projects.files.present.path or "")
        self._projects.write(path, project, lambda notice: self._note_kept(captured.stamp, notice))

    def _note_kept(self, stamp: Stamp | None, notice: Notice | None) -> None:
        self._writing = False
        if notice is None:
            self._kept, self._warned = stamp, False
        elif not self._warned:  # once, although every minute tries again
            self._warned = True
            self._context.show_notice(notice)

    # ---------------------------------------------------------------- what was left behind

    def _offer(self) -> None:
        left = self._folder.abandoned() if self._folder is not None else []
        if left:
            self._recovery.offer(left[0].time, len(left))
        else:
            self._recovery.hide()

    def _recover(self) -> None:
        """Open the newest work left behind; if it cannot be read, a notice says why and the bar stays."""
        folder = self._folder
        if folder is None or not folder.abandoned():
            return
        kept = folder.abandoned()[0]

        def taken() -> None:
            folder.take(kept)
            self._offer()

        self._projects.recover(str(kept.path), taken)

    def _discard(self) -> None:
        if self._folder is not None and self._folder.abandoned():
            self._folder.discard(self._folder.abandoned()[0])
            self._offer()

    # ---------------------------------------------------------------- closing

    def may_close(self) -> bool:
        """Whether the window may close at once; if not, ask the user, whose answer closes it later."""
        if self._folder is None or self._may_leave:
            return True
        if not self._projects.is_modified and not self._projects.is_saving:
            return True
        if self.question is None:
            self._ask()
        return False

    def close_at_once(self) -> None:
        """Close the window without a question, its unsaved work kept for the next start: the system ends the program.

        Called once more it does not even wait for that work to be copied.
        """
        if self.is_hurried or self._folder is None or not self._projects.is_modified:
            self._leave_at_once()
            return
        self.is_hurried = True
        self._context.session.pause()  # a run on its way to a position is not copied
        self._projects.capture(self._write_last, lambda notice: self._leave_at_once())
        QTimer.singleShot(HURRY_MILLISECONDS, self._leave_at_once)

    def _write_last(self, captured: Captured) -> None:
        self._write(captured)
        self._leave_at_once()  # which waits until the file is written

    def _leave_at_once(self) -> None:
        if not self._may_leave:
            self.is_hurried = self._may_leave = True
            while (popup := QApplication.activePopupWidget()) is not None and popup.close():
                pass
            QApplication.closeAllWindows()  # dialogs too, which would keep their own event loops running

    def close(self) -> None:
        """Forget the kept work, since the user closed the window; in a hurry, leave it to the next start."""
        self._clock.stop()
        if self._folder is not None:
            if self.is_hurried and self._projects.is_modified:
                self._folder.leave()
            else:
                self._folder.clear()
            self._folder.close()

    def _ask(self) -> None:
        name = self._projects.files.present.name
        box = QMessageBox(self._context.window)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle("Unsaved changes")
        box.setText(f"Save the changes to {name}?" if name else "Save this run as a project?")
        box.setInformativeText("Without saving, what was done since then is lost." if name else "Otherwise it is lost.")
        save = box.addButton("&Save" if name else "&Save…", QMessageBox.ButtonRole.AcceptRole)
        discard = box.addButton("&Discard", QMessageBox.ButtonRole.DestructiveRole)
        cancel = box.addButton("Cancel", QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(save)
        box.setEscapeButton(cancel)
        answers = {save: lambda: self._projects.save(self._leave), discard: self._leave}
        box.buttonClicked.connect(lambda button: answers.get(button, lambda: None)())
        box.finished.connect(self._end_question)
        self.question = box
        box.open()

    def _end_question(self) -> None:
        if self.question is not None:
            self.question.deleteLater()
            self.question = None

    def _leave(self) -> None:
        self._may_leave = True
        self._context.window.close()
