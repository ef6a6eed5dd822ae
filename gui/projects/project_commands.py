"""Opens and saves project files, lists the recent ones, and shows the project in the title of the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PyQt5.QtWidgets import QAction, QFileDialog, QMenu

from core.storage.project import SUFFIX, Project, project_bytes
from core.storage.settings_file import SettingsFile
from core.storage.window_layout import Layout
from core.workbench.messages import Capture, Captured, Notice, Report
from core.workbench.saved_state import ProjectFile, ProjectFiles, Stamp
from gui.export.file_writer import FileWriter, Then
from gui.projects.recent_projects import RecentProjects
from gui.session.command_context import CommandContext
from gui.widgets.faults import fault_notice

FILTER = f"Projects (*{SUFFIX})"
PLACEHOLDER = "[*]"
"""Where Qt writes the mark of unsaved changes into a title."""


@dataclass(frozen=True, eq=False)
class _Asked:
    """Who waits for a copy of the run.

    Attributes:
        then: called with the copy.
        failed: called with the reason, if there is none.
        is_again: whether it was asked for once more, after a fault.
    """

    then: Callable[[Captured], object]
    failed: Callable[[Notice], object]
    is_again: bool = False


class ProjectCommands:
    """Handlers of the actions on project files.

    Args:
        settings: remembers the recent projects.
        describe_layout: returns the present layout of the window, which is saved with the project.
        apply_layout: brings the window into the layout of an opened project.
    """

    def __init__(
        self,
        context: CommandContext,
        settings: SettingsFile,
        describe_layout: Callable[[], Layout],
        apply_layout: Callable[[Layout], None],
    ) -> None:
        self._context, self._window, self._session = context, context.window, context.session
        self._describe_layout, self._apply_layout = describe_layout, apply_layout
        self.files = ProjectFiles()
        self.recent = RecentProjects(settings)
        self._writer = FileWriter(context.window)
        self._recovering: dict[str, Callable[[], object]] = {}
        self._captures: dict[Capture, _Asked] = {}
        self._stamp: Stamp | None = None
        self._saving: set[object] = set()
        for _ in range(2):  # where a fault ends the first call before it did anything, the second does it
            self._session.captured.connect(self._take)
        self._session.noticed.connect(self._note)
        self._session.progress.connect(self._follow)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return the handlers by the names of their actions."""
        return {"open-project": self.open, "save-project": self.save, "save-project-as": self.save_as}

    def add_recent_menu(self, action: QAction) -> None:
        """Put the menu of recent projects below the action that opens a project."""
        menu = QMenu("Open r&ecent", self._window)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(lambda: self.recent.fill(menu, self.open_file))
        file_menu = action.associatedWidgets()[0]
        following = file_menu.actions()[file_menu.actions().index(action) + 1]
        file_menu.insertMenu(following, menu)

    # ---------------------------------------------------------------- what is true

    @property
    def is_modified(self) -> bool:
        """Whether the run has unsaved changes."""
        return self._stamp is not None and self.files.present.is_modified(self._stamp)

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
        path, _ = QFileDialog.getOpenFileName(self._window, "Open project", self._folder(), f"{FILTER};;All files (*)")
        if path:
            self.open_file(path)

    def open_file(self, path: str) -> None:
        """Open a project; Undo brings the present run back, which stays if the project cannot be opened."""
        self._session.open_project(path)

    def recover(self, path: str, then: Callable[[], object]) -> None:
        """Open unsaved work; ``then`` is called after success."""
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
        dialog = QFileDialog(self._window, "Save project", self._folder(), FILTER)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX.lstrip("."))  # before it asks whether to write over a file
        dialog.selectFile(present.name or self._suggested_name())
        dialog.fileSelected.connect(lambda path: self.save_file(path, then))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save_file(self, path: str, then: Callable[[], object] | None = None) -> None:
        """Save to a file in the background, while training goes on."""
        present, save = self.files.present, object()

        def write(captured: Captured) -> None:
            if captured.project is None:
                written(captured, Notice("There is no run yet that could be saved; load or paint data first.", "input"))
            else:
                self.write(path, captured.project, lambda notice: written(captured, notice))

        def written(captured: Captured, notice: Notice | None) -> None:
            self._saving.discard(save)
            if notice is None:
                self._note_saved(present, path, captured)
                if then is not None:
                    then()
            else:
                self._context.show_notice(notice)

        def failed(notice: Notice) -> None:
            self._saving.discard(save)
            self._context.show_notice(notice)

        self.capture(write, failed)
        self._saving.add(save)

    def capture(self, then: Callable[[Captured], object], failed: Callable[[Notice], object]) -> None:
        """Have the worker copy the whole run, and call ``then`` with the copy, or ``failed`` with why there is none."""
        self._captures[self._session.capture()] = _Asked(then, failed)

    def write(self, path: str, project: Project, then: Then) -> None:
        """Write a project with the layout of the window, in the background."""
        whole = project
        try:
            whole = replace(project, layout=self._describe_layout())
        except Exception as error:  # noqa: BLE001 (a run without a layout is better than none)
            self._context.show_notice(fault_notice("The project is saved without the window's layout", error))
        self._writer.write(path, lambda _: project_bytes(whole), then)

    def close(self) -> None:
        """Wait until every file is written."""
        self._writer.close()

    # ---------------------------------------------------------------- inside

    def _take(self, captured: Captured) -> None:
        asked = self._captures.pop(captured.request, None)
        if asked is None:  # it was taken, or asked for once more
            return
        try:
            asked.then(captured)
        except Exception as error:  # noqa: BLE001 (who waits must hear that nothing comes)
            asked.failed(fault_notice("An error inside the program kept the run from being saved", error))

    def _note(self, notice: Notice) -> None:
        """After a fault, which a copy may have been lost in, ask for it once more."""
        if notice.kind != "fault":
            return
        waiting, self._captures = self._captures, {}
        for asked in waiting.values():
            if asked.is_again:
                asked.failed(notice)
            else:
                self._captures[self._session.capture()] = replace(asked, is_again=True)

    def _note_saved(self, project: ProjectFile, path: str, captured: Captured) -> None:
        project.path, project.clean = path, captured.stamp
        self.recent.add(path)
        self._show_title()
        self._show_modified()  # no report may follow while the run rests
        self._context.show_status(f"Saved: {path}")

    def _follow(self, report: Report) -> None:
        """Keep the title up to date with the reports of the worker."""
        if report.stamp is None:
            return
        if report.loaded is not None:
            self._show_run(report, report.stamp)
        if not report.travelling:  # else the position is not reached yet
            self._stamp = report.stamp
        if report.loaded is not None:
            self._show_title()
        self._show_modified()

    def _show_modified(self) -> None:
        is_modified = self.is_modified
        if self._window.isWindowModified() != is_modified:  # Qt would draw the title again
            self._window.setWindowModified(is_modified)

    def _show_run(self, report: Report, stamp: Stamp) -> None:
        loaded = report.loaded
        assert loaded is not None
        self._stamp = stamp
        opened = loaded.opened
        if opened is None:
            self.files.show_run(loaded.number, stamp, loaded.anew)
            return
        then = self._recovering.pop(opened.path, None)
        if then is not None:
            self.files.show_recovered(loaded.number, opened.unsaved_of)
            then()
        else:
            self.files.show_opened(loaded.number, stamp, opened.path)
            self.recent.add(opened.path)
        if opened.layout is not None:
            self._apply_layout(opened.layout)
        name = "Recovered" if then is not None else f"Opened {Path(opened.path).name}"
        former = "; Edit ▸ Undo brings the former run back" if loaded.can_undo else ""
        self._context.show_status(name + former)

    def _show_title(self) -> None:
        loaded, name = self._session.loaded, self.files.present.name
        assert loaded is not None
        sizes = "-".join(map(str, loaded.preparation.sizes))
        run = f"{sizes} on {loaded.dataset.name or 'points'}"
        run, name = (text.replace(PLACEHOLDER, 2 * PLACEHOLDER) for text in (run, name))
        first = f"{name}{PLACEHOLDER} – {run}" if name else f"{run}{PLACEHOLDER}"
        self._window.setWindowTitle(f"{first} – Backprop Lens")

    def _folder(self) -> str:
        known = [self.files.present.path, *self.recent.paths()]
        return next((str(Path(path).parent) for path in known if path is not None), "")

    def _suggested_name(self) -> str:
        loaded = self._session.loaded
        name = Path(loaded.preparation.dataset.name).stem if loaded is not None else ""
        kept = "".join(letter if letter.isalnum() or letter in "-_ ." else "-" for letter in name).strip(" .")
        return (kept or "project") + SUFFIX
