"""Opens and saves project files, lists the recent ones, and shows the project in the title of the window."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5.QtWidgets import QFileDialog, QMessageBox

from core.base import log
from core.base.file_digest import digest_of
from core.base.program import PROJECT_SUFFIX
from core.base.progress import Progress
from core.base.translation import _
from core.storage.settings_file import SettingsFile
from core.storage.window_layout import Layout
from core.workbench.messages import Captured, Loaded, Notice, WorkerReport
from core.workbench.run_id import WorkId
from core.workbench.saved_state import ProjectFile, ProjectFiles, Stamp
from gui.export.file_writer import CHANGED, FileWriter, Then
from gui.projects.kept_in_project import KeptInProject
from gui.projects.recent_projects import RecentProjects
from gui.projects.run_copies import RunCopies
from gui.session.command_context import CommandContext
from gui.session.file_dialog import ask_to_open
from gui.widgets.faults import fault_notice
from gui.widgets.plain_text import plain_message
from gui.widgets.qt_objects import forget_when_deleted

if TYPE_CHECKING:
    from core.storage.project import Project
    from core.workbench.many_runs.kept_run import KeptRun

FILTER = _("Projects (*{suffix})").format(suffix=PROJECT_SUFFIX)
NO_RUN = _("There is no run yet that could be saved; load or paint data first.")
OTHER_WORK = _("{name} was not saved, since another work took the place of this one; undo that first.")
CHANGED_FILE = _("{name} was changed by another window or program since this one read it.")
PLACEHOLDER = "[*]"
"""Where Qt writes the mark of unsaved changes into a title."""


class ProjectCommands:
    """Handlers of the actions on project files.

    Args:
        settings: remembers the recent projects.
        describe_layout: returns the present layout of the window, which is saved with the project.
        apply_layout: brings the window into the layout of an opened project.
        kept: adds the kept runs to what is saved.

    Attributes:
        files: the project file of each work. recent: the recent projects. kept: as above.
        copies: has the worker copy the run.
        question: what asks whether to overwrite a file; None while nothing is asked.
    """

    def __init__(
        self,
        context: CommandContext,
        settings: SettingsFile,
        describe_layout: Callable[[], Layout],
        apply_layout: Callable[[Layout], None],
        kept: KeptInProject,
    ) -> None:
        self._context, self._window, self._session = context, context.window, context.session
        self._describe_layout, self._apply_layout, self.kept = describe_layout, apply_layout, kept
        self.files = ProjectFiles()
        self.recent = RecentProjects(settings)
        self._writer = FileWriter(context.window)
        self._recovering: dict[str, Callable[[WorkId], object]] = {}
        self._stamp: Stamp | None = None
        self._shown: Loaded | None = None
        self._saving: set[object] = set()
        self.question: QMessageBox | None = None
        self.copies = RunCopies(self._session)
        self._session.progress.connect(self._follow)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return the handlers by the names of their actions."""
        return {
            "open-project": self.open,
            "save-project": self.save,
            "save-project-as": self.save_as,
            "keep-in-project": self._show_modified,
        }

    # ---------------------------------------------------------------- what is true

    @property
    def is_modified(self) -> bool:
        """Whether the run has unsaved changes."""
        return self._stamp is not None and self.files.present.is_modified(self._stamp, self.kept.wanted)

    @property
    def is_saving(self) -> bool:
        """Whether a project that the user saved is not written yet."""
        return bool(self._saving)

    @property
    def stamp(self) -> Stamp | None:
        """The state of the run, as far as saving is concerned."""
        return self._stamp

    # ---------------------------------------------------------------- opening

    def open(self) -> None:
        """Ask for a project file and open it."""
        kinds = _("{projects};;All files (*)").format(projects=FILTER)
        path = ask_to_open(self._window, self._context.last_folder, _("Open project"), kinds)
        if path:
            self.open_file(path)

    def open_file(self, path: str) -> None:
        """Open a project; Undo brings the present run back, which stays if the project cannot be opened."""
        self._session.open_project(path)

    def recover(self, path: str, then: Callable[[WorkId], object]) -> None:
        """Open unsaved work; after success ``then`` is called with what work it is now."""
        self._recovering[path] = then
        self._session.open_project(path)

    # ---------------------------------------------------------------- saving

    def save(self, then: Callable[[], object] | None = None) -> None:
        """Save to the file of the project, or ask for one; ``then`` is called after success."""
        path = self.files.present.path
        if path is None:
            self.save_as(then)
        else:
            self.save_file(path, then)

    def save_as(self, then: Callable[[], object] | None = None) -> None:
        """Ask for a file and save to it."""
        present = self.files.present
        dialog = QFileDialog(self._window, _("Save project"), self._folder(), FILTER)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(PROJECT_SUFFIX.lstrip("."))  # before it asks whether to write over a file
        dialog.selectFile(present.name or self._suggested_name())
        dialog.fileSelected.connect(lambda path: self.save_file(path, then))
        dialog.finished.connect(dialog.deleteLater)
        forget_when_deleted(dialog)
        dialog.open()

    def save_file(self, path: str, then: Callable[[], object] | None = None, overwrites: bool = False) -> None:
        """Save to a file in the background, while training goes on; ``then`` is called after success.

        If it is the project's own file, and another program changed it since, ask first; ``overwrites`` says that the
        user was asked.
        """
        present, save = self.files.present, object()
        is_own = present.path is not None and os.path.abspath(path) == os.path.abspath(present.path)
        expected = present.digest if is_own and not overwrites else ""
        digests: list[str] = []
        kept: list[KeptRun] = []

        def write(captured: Captured) -> None:
            if captured.project is None:
                written(captured, Notice(NO_RUN, "none"))
            elif self.files.of(captured.work) is not present:
                written(captured, Notice(OTHER_WORK.format(name=Path(path).name), "unwritten"))
            else:
                kept.extend(self.kept.wanted)
                whole = self.kept.added_to(captured.project, tuple(kept))
                self.write(path, whole, lambda notice: written(captured, notice), expected, digests.append)

        def written(captured: Captured, notice: Notice | None) -> None:
            self._saving.discard(save)
            if notice is None:
                self._note_saved(present, path, captured, digests[-1], tuple(kept))
                if then is not None:
                    then()
            elif notice.kind == CHANGED:
                self._ask_to_overwrite(path, then)
            else:
                self._context.show_notice(notice)

        def failed(notice: Notice) -> None:
            self._saving.discard(save)
            self._context.show_notice(notice)

        self.copies.ask(write, failed)
        self._saving.add(save)

    def write(
        self,
        path: str,
        project: Project,
        then: Then,
        expected: str = "",
        tell_digest: Callable[[str], object] = lambda _: None,
    ) -> None:
        """Write a project with the layout of the window, in the background.

        Args:
            path: the file.
            project: what to write, with its kept runs.
            then: called when that is done.
            expected: see :func:`core.base.atomic_files.write_whole`.
            tell_digest: called in the thread of the writer with the digest of what is written.
        """
        whole = project
        try:
            whole = replace(project, layout=self._describe_layout())
        except Exception as error:  # noqa: BLE001 (a run without a layout is better than none)
            self._context.show_notice(fault_notice(_("The project is saved without the window's layout"), error))

        def make(_: Progress) -> bytes:
            from core.storage.project import project_bytes  # here, since it would slow down the start

            data = project_bytes(whole)
            tell_digest(digest_of(data))
            return data

        self._writer.write(path, make, then, expected)

    def _ask_to_overwrite(self, path: str, then: Callable[[], object] | None) -> None:
        """Another program changed the file of the project since it was read."""
        text = CHANGED_FILE.format(name=Path(path).name)
        box = plain_message(self._window, QMessageBox.Icon.Warning, _("The file has changed"), text)
        box.setInformativeText(_("Save under another name, or overwrite what was saved there meanwhile."))
        other = box.addButton(_("Save &as…"), QMessageBox.ButtonRole.AcceptRole)
        overwrite = box.addButton(_("&Overwrite"), QMessageBox.ButtonRole.DestructiveRole)
        cancel = box.addButton(_("Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(other)
        box.setEscapeButton(cancel)
        answers = {other: lambda: self.save_as(then), overwrite: lambda: self.save_file(path, then, overwrites=True)}
        box.buttonClicked.connect(lambda button: answers.get(button, lambda: None)())
        box.finished.connect(self._end_question)
        forget_when_deleted(box)
        self.question = box
        box.open()

    def _end_question(self) -> None:
        if self.question is not None:
            self.question.deleteLater()
            self.question = None

    def close(self) -> None:
        """Wait until every file is written."""
        self._writer.close()

    # ---------------------------------------------------------------- inside

    def _note_saved(
        self, project: ProjectFile, path: str, captured: Captured, digest: str, kept: tuple[KeptRun, ...]
    ) -> None:
        project.note_saved(path, captured.stamp, digest, kept)
        self.recent.add(path)
        self._context.last_folder.note(Path(path))
        log.info(f"Project {Path(path).name} saved")
        self._show_title()
        self._show_modified()  # no report may follow while the run rests
        self._context.show_status(_("Saved: {path}").format(path=path))

    def _follow(self, report: WorkerReport) -> None:
        """Keep the title up to date with the reports of the worker."""
        state, loaded = report.state, self._session.loaded
        for left in report.events.left:
            self.files.note_left(left.work, left.stamp, self.kept.wanted)
        if state.stamp is None:
            return
        if loaded is not None and loaded is not self._shown:  # a fault may have kept it from being shown before
            self._show_run(loaded, state.stamp)
            self._shown = loaded
            self._show_title()
        if not state.travelling:  # else the position is not reached yet
            self._stamp = state.stamp
        self._show_modified()

    def _show_modified(self) -> None:
        is_modified = self.is_modified
        if self._window.isWindowModified() != is_modified:  # Qt would draw the title again
            self._window.setWindowModified(is_modified)

    def _show_run(self, loaded: Loaded, stamp: Stamp) -> None:
        assert loaded.work is not None
        opened = loaded.opened
        if opened is None:
            self.files.show_run(loaded.work, stamp, loaded.anew, self._stamp, self.kept.wanted)
            self._stamp = stamp
            return
        self._stamp = stamp
        then = self._recovering.pop(opened.path, None)
        if then is not None:
            self.files.show_recovered(loaded.work, opened.unsaved_of, opened.unsaved_of_digest)
            then(loaded.work)
        else:
            self.files.show_opened(loaded.work, stamp, opened.path, opened.digest, self.kept.wanted)
            self.recent.add(opened.path)
        if opened.layout is not None:
            self._apply_layout(opened.layout)
        log.info(f"Project {Path(opened.path).name} opened")
        text = _("Recovered") if then is not None else _("Opened {name}").format(name=Path(opened.path).name)
        if loaded.can_undo:
            text = _("{begun}; Edit ▸ Undo brings the former run back").format(begun=text)
        self._context.show_status(text)

    def _show_title(self) -> None:
        loaded, name = self._session.loaded, self.files.present.name
        assert loaded is not None
        sizes = "-".join(map(str, loaded.preparation.sizes))
        run = _("{sizes} on {name}").format(sizes=sizes, name=loaded.dataset.name or _("points"))
        run, name = (text.replace(PLACEHOLDER, 2 * PLACEHOLDER) for text in (run, name))
        first = f"{name}{PLACEHOLDER} – {run}" if name else f"{run}{PLACEHOLDER}"
        self._window.setWindowTitle(_("{first} – Backprop Lens").format(first=first))

    def _folder(self) -> str:
        own, last = self.files.present.path, self._context.last_folder.path
        return str(Path(own).parent if own is not None and Path(own).parent.is_dir() else last)

    def _suggested_name(self) -> str:
        loaded = self._session.loaded
        name = Path(loaded.preparation.dataset.name).stem if loaded is not None else ""
        kept = "".join(letter if letter.isalnum() or letter in "-_ ." else "-" for letter in name).strip(" .")
        return (kept or "project") + PROJECT_SUFFIX
