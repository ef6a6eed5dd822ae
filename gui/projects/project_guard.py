"""Protects unsaved work: asks before the window closes, saves automatically, and offers what a crash left behind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PyQt5.QtCore import QObject, QTimer
from PyQt5.QtWidgets import QMessageBox

from core.workbench.messages import Captured, Notice
from core.workbench.saved_state import Stamp
from gui.projects.autosave import RecoveryFolder
from gui.projects.project_commands import ProjectCommands
from gui.projects.recovery_bar import RecoveryBar
from gui.session.command_context import CommandContext
from gui.widgets.plain_text import plain_message

AUTOSAVE_MILLISECONDS = 60_000


class ProjectGuard(QObject):
    """Protects the work in one window once ``begin`` was called; until then the window closes without a question."""

    def __init__(self, context: CommandContext, projects: ProjectCommands, recovery: RecoveryBar) -> None:
        super().__init__(context.window)
        self._context, self._projects, self._recovery = context, projects, recovery
        self._folder: RecoveryFolder | None = None
        self._kept: Stamp | None = None
        self._writing = False
        self._warned = False
        self._may_leave = False
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
            self._writing = True
            self._projects.capture(self._write)

    def _write(self, captured: Captured) -> None:
        if self._folder is None or captured.project is None:
            self._writing = False
            return
        try:
            path = str(self._folder.own_path())
        except OSError as error:
            self._note_kept(captured, Notice(f"Unsaved work cannot be kept by itself: {error}; save it.", "input"))
            return
        project = replace(captured.project, unsaved_of=self._projects.files.present.path or "")
        self._projects.write(path, project, lambda notice: self._note_kept(captured, notice))

    def _note_kept(self, captured: Captured, notice: Notice | None) -> None:
        self._writing = False
        if notice is None:
            self._kept = captured.stamp
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

    def close(self) -> None:
        """Forget the kept work, since the user closed the window."""
        self._clock.stop()
        if self._folder is not None:
            self._folder.clear()
            self._folder.close()

    def _ask(self) -> None:
        name = self._projects.files.present.name
        question = f"Save the changes to {name}?" if name else "Save this run as a project?"
        box = plain_message(self._context.window, QMessageBox.Icon.Question, "Unsaved changes", question)
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
