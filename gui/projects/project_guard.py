"""Protects unsaved work: asks before the window closes, saves automatically, and offers what was left behind."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5.QtCore import QCoreApplication, QEventLoop, QObject, QTimer
from PyQt5.QtWidgets import QAbstractButton, QApplication, QMessageBox

from core.base.number_text import grouped
from core.base.translation import _, ngettext
from core.workbench.messages import Captured, Notice, WorkerReport
from core.workbench.run_id import WorkId
from core.workbench.saved_state import Stamp
from gui.projects.project_commands import ProjectCommands
from gui.projects.recovery_bar import RecoveryBar
from gui.projects.recovery_folder import Kept, RecoveryFolder
from gui.session.command_context import CommandContext
from gui.widgets.plain_text import plain_message
from gui.widgets.qt_objects import forget_when_deleted

if TYPE_CHECKING:
    from core.storage.project import Project
    from core.workbench.many_runs.kept_run import KeptRun

AUTOSAVE_MILLISECONDS = 60_000
SESSION_END_SECONDS = 2.0
MOST_NAMES = 3
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
        self._kept: dict[WorkId, tuple[Stamp, tuple[KeptRun, ...]]] = {}
        self._writing = 0
        self._warned = False
        self._may_leave = False
        self.is_hurried = False
        self.question: QMessageBox | None = None
        self._clock = QTimer(self)
        self._clock.setInterval(AUTOSAVE_MILLISECONDS)
        self._clock.timeout.connect(self.keep)
        context.session.progress.connect(self._keep_left)  # behind the project commands, which know it first
        recovery.recover.connect(self._recover)
        recovery.discard.connect(self._discard)
        recovery.discard_all.connect(self._ask_to_discard_all)

    def begin(self, folder: Path) -> None:
        """Protect the work from now on; keep unsaved work in ``folder``, and offer what was left there."""
        self._folder = RecoveryFolder(folder)
        self._clock.start()
        self._offer()

    # ---------------------------------------------------------------- saving by itself

    def keep(self) -> None:
        """Write the run into the folder if it has changed since it was last written there."""
        folder, stamp, work = self._folder, self._projects.stamp, self._projects.files.present_work
        if folder is None or stamp is None or work is None or self._writing:
            return
        if not self._projects.is_modified:
            self._forget(work)
        elif not self._is_kept(work, stamp):
            self._projects.copies.ask(self._write_captured, lambda notice: self._note_kept(work, None, notice))
            self._writing += 1

    def keep_now(self) -> None:
        """Pause, do the same, and wait until it is written: the session ends, and with it perhaps the program."""
        self._context.session.pause()
        give_up = time.monotonic() + SESSION_END_SECONDS
        while time.monotonic() < give_up and not self._is_up_to_date:
            self.keep()
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents, 20)

    @property
    def _is_up_to_date(self) -> bool:
        """Whether there is nothing to be written into the folder."""
        stamp, work = self._projects.stamp, self._projects.files.present_work
        if self._folder is None or stamp is None or work is None:
            return True
        is_safe = not self._projects.is_modified or self._is_kept(work, stamp)
        return is_safe and not self._writing and self._context.session.at_rest

    def _keep_left(self, report: WorkerReport) -> None:
        """Write the works whose place another one took, so that they can be recovered if they are not saved."""
        for left in report.events.left:
            file = self._projects.files.of(left.work)
            if self._folder is None or file is None:
                continue
            if not file.is_modified(left.stamp, self._projects.kept.wanted):
                self._forget(left.work)
            elif not self._is_kept(left.work, left.stamp):
                self._writing += 1
                self._write(left.work, left.project, left.stamp)

    def _is_kept(self, work: WorkId, stamp: Stamp) -> bool:
        known = self._kept.get(work)
        return known is not None and known[0].is_like(stamp) and known[1] == self._projects.kept.wanted_for_recovery

    def _forget(self, work: WorkId) -> None:
        """A work need not be kept."""
        self._kept.pop(work, None)
        if self._folder is not None:
            self._folder.clear(work)

    def _write_captured(self, captured: Captured) -> None:
        if captured.project is None or captured.stamp is None or captured.work is None:
            self._writing -= 1
        else:
            self._write(captured.work, captured.project, captured.stamp)

    def _write(self, work: WorkId, project: Project, stamp: Stamp) -> None:
        folder, file = self._folder, self._projects.files.of(work)
        if folder is None or file is None:
            self._writing -= 1
            return
        try:
            path = str(folder.own_path(work))
        except OSError as error:
            self._note_kept(work, stamp, Notice(error.strerror or str(error), "unwritten"))
            return
        project = replace(project, unsaved_of=file.path or "", unsaved_of_digest=file.digest)
        kept = self._projects.kept.wanted_for_recovery
        whole = self._projects.kept.added_to(project, kept)
        self._projects.write(path, whole, lambda notice: self._note_kept(work, stamp, notice, kept))

    def _note_kept(
        self, work: WorkId, stamp: Stamp | None, notice: Notice | None, kept: tuple[KeptRun, ...] = ()
    ) -> None:
        self._writing = max(0, self._writing - 1)
        if notice is None and stamp is not None:
            self._kept[work], self._warned = (stamp, kept), False
        elif notice is not None and not self._warned:  # once, although every minute tries again
            self._warned = True
            text = _("Autosave failed: {reason}. Save the project.").format(reason=notice.text.rstrip("."))
            self._context.show_notice(Notice(text, notice.kind if notice.kind == "fault" else "note", notice.detail))

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

        def taken(work: WorkId) -> None:
            folder.take(kept, work)
            self._offer()

        self._projects.recover(str(kept.path), taken)

    def _discard(self) -> None:
        if self._folder is not None and self._folder.abandoned():
            self._folder.discard(self._folder.abandoned()[0])
            self._offer()

    def _ask_to_discard_all(self) -> None:
        works = self._folder.abandoned() if self._folder is not None else []
        if not works or self.question is not None:
            return
        text = ngettext("Discard {n} unsaved work?", "Discard {n} unsaved works?", len(works))
        text = text.format(n=grouped(len(works)))
        box = plain_message(self._context.window, QMessageBox.Icon.Question, _("Discard unsaved work"), text)
        box.setInformativeText(_("Discarded work cannot be brought back."))
        discard = box.addButton(_("&Discard all"), QMessageBox.ButtonRole.DestructiveRole)
        cancel = box.addButton(_("Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(cancel)
        box.setEscapeButton(cancel)
        self._open(box, {discard: lambda: self._discard_all(works)})

    def _discard_all(self, works: Sequence[Kept]) -> None:
        for kept in works:
            if self._folder is not None:
                self._folder.discard(kept)
        self._offer()

    # ---------------------------------------------------------------- closing

    def may_close(self) -> bool:
        """Whether the window may close at once; if not, ask the user, whose answer closes it later."""
        if self._folder is None or self._may_leave:
            return True
        is_settled = not self._projects.is_modified and not self._projects.is_saving
        if is_settled and not self._projects.files.left_unsaved:
            return True
        if self.question is None:
            (self._ask_about_left if is_settled else self._ask)()
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
        self._projects.copies.ask(self._write_last, lambda notice: self._leave_at_once())
        self._writing += 1
        QTimer.singleShot(HURRY_MILLISECONDS, self._leave_at_once)

    def _write_last(self, captured: Captured) -> None:
        self._write_captured(captured)
        self._leave_at_once()  # which waits until the file is written

    def _leave_at_once(self) -> None:
        if not self._may_leave:
            self.is_hurried = self._may_leave = True
            while (popup := QApplication.activePopupWidget()) is not None and popup.close():
                pass
            QApplication.closeAllWindows()  # dialogs too, which would keep their own event loops running

    def close(self) -> None:
        """Forget the kept work, since the user closed the window, but for that of works that were left unsaved.

        In a hurry the user was not asked, so the present work is left to the next start as well.
        """
        self._clock.stop()
        if self._folder is not None:
            if not (self.is_hurried and self._projects.is_modified):
                for work in self._folder.works - set(self._projects.files.left_unsaved):
                    self._forget(work)
            self._folder.leave()
            self._folder.close()

    def _ask(self) -> None:
        name = self._projects.files.present.name
        question = _("Save the changes to {name}?").format(name=name) if name else _("Save this run as a project?")
        box = plain_message(self._context.window, QMessageBox.Icon.Question, _("Unsaved changes"), question)
        box.setInformativeText(_("Without saving, what was done since then is lost.") if name else self._loss_told())
        save = box.addButton(_("&Save") if name else _("&Save…"), QMessageBox.ButtonRole.AcceptRole)
        discard = box.addButton(_("&Discard"), QMessageBox.ButtonRole.DestructiveRole)
        cancel = box.addButton(_("Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(save)
        box.setEscapeButton(cancel)
        self._open(box, {save: lambda: self._projects.save(self._leave_present), discard: self._leave_present})

    def _loss_told(self) -> str:
        """What is lost where a run that was never saved is discarded."""
        others, saved = self._projects.kept.others(self._projects.files.present_work)
        if not others:
            return _("Otherwise it is lost.")
        lost = ngettext(
            "Otherwise it is lost, and with it {n} other run in the list.",
            "Otherwise it is lost, and with it {n} other runs in the list.",
            others,
        )
        some, none = _("The project keeps {n} of these, which are ticked."), _("The project keeps only ticked runs.")
        keeps = some if saved else none
        return " ".join([lost.format(n=grouped(others)), keeps.format(n=grouped(saved))])

    def _ask_about_left(self) -> None:
        """The present work is saved or not wanted, but others were left unsaved."""
        files = self._projects.files
        known = [files.of(work) for work in files.left_unsaved]
        names = [file.name for file in known if file is not None and file.name]
        named = ", ".join([*names[:MOST_NAMES], *["…"] * (len(names) > MOST_NAMES)])
        count = len(known) - len(names)
        never = ngettext("{n} run that you left was never saved.", "{n} runs that you left were never saved.", count)
        told = [
            _("Changed since it was saved: {names}.").format(names=named) if names else "",
            never.format(n=grouped(count)) if count else "",
            _("Keep for the next start?"),
        ]
        text = " ".join(filter(None, told))
        box = plain_message(self._context.window, QMessageBox.Icon.Question, _("Unsaved changes"), text)
        box.setInformativeText(_("The next start offers what you keep; what you discard is lost."))
        keep = box.addButton(_("&Keep"), QMessageBox.ButtonRole.AcceptRole)
        discard = box.addButton(_("&Discard"), QMessageBox.ButtonRole.DestructiveRole)
        cancel = box.addButton(_("Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(cancel)
        self._open(box, {keep: self._leave, discard: self._leave_without_left})

    def _open(self, box: QMessageBox, answers: dict[QAbstractButton | None, Callable[[], object]]) -> None:
        box.buttonClicked.connect(lambda button: _call(answers.get(button)))
        box.finished.connect(self._end_question)
        forget_when_deleted(box)
        self.question = box
        box.open()

    def _end_question(self) -> None:
        if self.sender() is self.question and self.question is not None:
            self.question.deleteLater()
            self.question = None

    def _leave_present(self) -> None:
        if self._projects.files.left_unsaved:
            self._end_question()
            self._ask_about_left()
        else:
            self._leave()

    def _leave_without_left(self) -> None:
        self._projects.files.forget_left()
        self._leave()

    def _leave(self) -> None:
        self._may_leave = True
        self._context.window.close()


def _call(answer: Callable[[], object] | None) -> None:
    if answer is not None:
        answer()
