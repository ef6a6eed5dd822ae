"""What the window does with project files: opening, saving, the recent ones, and the title that tells of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5.QtCore import QSettings
from PyQt5.QtWidgets import QFileDialog, QMenu

from core.storage.project import SUFFIX, Project, project_bytes
from core.workbench.messages import Capture, Captured, Notice, Report
from core.workbench.saved_state import ProjectFile, ProjectFiles, Stamp
from gui.export.file_writer import FileWriter, Then
from gui.projects.recent_projects import RecentProjects

if TYPE_CHECKING:
    from gui.window.main_window import MainWindow

FILTER = f"Projects (*{SUFFIX})"
PLACEHOLDER = "[*]"
"""Where Qt marks a title of what is modified."""


class ProjectCommands:
    """Handlers of the actions that have to do with project files, and what they need to know."""

    def __init__(self, window: MainWindow, settings: QSettings) -> None:
        self._window = window
        self._session = window.session
        self.files = ProjectFiles()
        self.recent = RecentProjects(settings)
        self._writer = FileWriter(window)
        self._recovering: dict[str, Callable[[], object]] = {}
        self._captures: dict[Capture, Callable[[Captured], object]] = {}
        self._stamp: Stamp | None = None
        self._saving = 0
        self._session.captured.connect(self._take)
        self._session.progress.connect(self._follow)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """One for each action on projects."""
        return {"open-project": self.open, "save-project": self.save, "save-project-as": self.save_as}

    def add_recent_menu(self) -> None:
        """Put the menu of recent projects behind the action that opens one."""
        action = self._window.actions_by_name["open-project"]
        menu = QMenu("Open r&ecent", self._window)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(lambda: self.recent.fill(menu, lambda path: self._window.commands.open_file(path)))
        file_menu = action.associatedWidgets()[0]
        following = file_menu.actions()[file_menu.actions().index(action) + 1]
        file_menu.insertMenu(following, menu)

    # ---------------------------------------------------------------- what is true

    @property
    def is_modified(self) -> bool:
        """Whether the run is worth saving."""
        return self._stamp is not None and self.files.present.is_modified(self._stamp)

    @property
    def is_saving(self) -> bool:
        """Whether a file that the user asked for is still to be written."""
        return self._saving > 0

    @property
    def stamp(self) -> Stamp | None:
        """Where the run stands."""
        return self._stamp

    # ---------------------------------------------------------------- opening

    def open(self) -> None:
        """Ask for a project, and go on with it."""
        path, _ = QFileDialog.getOpenFileName(self._window, "Open project", self._folder(), f"{FILTER};;All files (*)")
        if path:
            self.open_file(path)

    def open_file(self, path: str) -> None:
        """Go on with a project; the present run stays if that fails, and can be brought back if not."""
        self._session.open_project(path)

    def recover(self, path: str, then: Callable[[], object]) -> None:
        """Go on with unsaved work; ``then`` is called when that has succeeded."""
        self._recovering[path] = then
        self._session.open_project(path)

    # ---------------------------------------------------------------- saving

    def save(self, then: Callable[[], object] | None = None) -> None:
        """Save to the project's file, or ask for one; ``then`` is called when that has succeeded."""
        path = self.files.present.path
        if path is None:
            self.save_as(then)
        else:
            self.save_file(path, then)

    def save_as(self, then: Callable[[], object] | None = None) -> None:
        """Ask for a file, and save to it."""
        present = self.files.present
        dialog = QFileDialog(self._window, "Save project", self._folder(), FILTER)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX.lstrip("."))  # before it asks whether to write over a file
        dialog.selectFile(present.name or self._suggested_name())
        dialog.fileSelected.connect(lambda path: self.save_file(path, then))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save_file(self, path: str, then: Callable[[], object] | None = None) -> None:
        """Save to a file, beside the window: training goes on meanwhile."""
        present = self.files.present
        self._saving += 1

        def write(captured: Captured) -> None:
            if captured.project is None:
                written(captured, Notice("There is no run yet that could be saved; load or paint data first.", "input"))
            else:
                self.write(path, captured.project, lambda notice: written(captured, notice))

        def written(captured: Captured, notice: Notice | None) -> None:
            self._saving -= 1
            if notice is None:
                self._note_saved(present, path, captured)
                if then is not None:
                    then()
            else:
                self._window.notices.show_notice(notice)

        self.capture(write)

    def capture(self, then: Callable[[Captured], object]) -> None:
        """Have the worker copy all that the run is, and hand it on."""
        self._captures[self._session.capture()] = then

    def write(self, path: str, project: Project, then: Then) -> None:
        """Write a project with the window's layout, beside the window's thread."""
        whole = replace(project, layout=self._window.describe_layout())
        self._writer.write(path, lambda _: project_bytes(whole), then)

    def close(self) -> None:
        """Wait until all is written."""
        self._writer.close()

    # ---------------------------------------------------------------- inside

    def _take(self, captured: Captured) -> None:
        self._captures.pop(captured.request)(captured)

    def _note_saved(self, project: ProjectFile, path: str, captured: Captured) -> None:
        project.path, project.clean = path, captured.stamp
        self.recent.add(path)
        self._show_title()
        self._show_modified()  # at rest no report may come that would do it
        self._window.statusBar().showMessage(f"Saved: {path}", 6000)

    def _follow(self, report: Report) -> None:
        """Keep up with what the worker tells."""
        if report.stamp is None:
            return
        if report.loaded is not None:
            self._show_run(report, report.stamp)
        if not report.travelling:  # to a place that is not reached yet
            self._stamp = report.stamp
        if report.loaded is not None:
            self._show_title()
        self._show_modified()

    def _show_modified(self) -> None:
        is_modified = self.is_modified
        if self._window.isWindowModified() != is_modified:  # Qt makes the title anew, even where it stays as it is
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
            self._window.apply_layout(opened.layout)
        name = "Recovered" if then is not None else f"Opened {Path(opened.path).name}"
        former = "; Edit ▸ Undo brings the former run back" if loaded.can_undo else ""
        self._window.statusBar().showMessage(name + former, 6000)

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
