"""What the window does with tables: opening files, pasting, and learning what was taken."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5.QtWidgets import QApplication

from core.base.errors import LensError
from core.data.class_names import with_names
from core.data.data_source import FILE, DataSource
from core.data.dataset import Dataset
from core.storage.project import SUFFIX
from core.workbench.messages import Notice
from core.workbench.table_wishes import Wishes, start_settings
from gui.projects.autosave import recovery_folder
from gui.tables.pasted_tables import clear_old, keep_pasted, pasted_folder, pasted_path
from gui.tables.table_dialog import OpenedTable, TableDialog
from gui.tables.table_reader import Origin

if TYPE_CHECKING:
    from gui.window.main_window import MainWindow


class TableCommands:
    """Shows one dialog at a time."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._session = window.session
        self._dialog: TableDialog | None = None

    def open_file(self, path: str) -> None:
        """Ask what is to be learned of a file."""
        self._open(Origin(path))

    def paste(self) -> None:
        """Ask what is to be learned of what the clipboard holds: a file or text."""
        mime = QApplication.clipboard().mimeData()
        files = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()] if mime is not None else []
        text = mime.text() if mime is not None else ""
        if files:
            self._window.commands.open_file(files[0])
        elif text.strip():
            data = text.encode("utf-8", "replace")
            self._open(Origin(pasted_path(data), data))
        else:
            self._tell("The clipboard holds no text; copy the cells of a table first.")

    def edit(self) -> None:
        """Ask again what is to be learned of the file in use."""
        experiment = self._session.experiment
        if experiment is None or experiment.data.kind != FILE:
            return
        source = experiment.data
        known = {} if source.reading is None else dict(vars(source.reading))
        wishes = Wishes(task=source.task)
        if source.choice is not None:
            wishes = Wishes.of(source.choice, experiment.standardize)
        self._open(Origin(source.path), known, wishes)

    def close(self) -> None:
        """Give up what is being opened."""
        if self._dialog is not None:
            self._dialog.reject()

    def _open(self, origin: Origin, known: Mapping[str, object] | None = None, wishes: Wishes | None = None) -> None:
        self.close()
        experiment = self._session.experiment
        standardize = experiment is not None and experiment.standardize
        dialog = TableDialog(origin, self._window.theme, standardize, self._window, known, wishes)
        dialog.taken.connect(self._take)
        dialog.finished.connect(self._forget)
        self._dialog = dialog
        dialog.open()

    def _forget(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
        self._dialog = None

    def _take(self, opened: OpenedTable) -> None:
        """Learn it, with the present settings as far as they suit."""
        try:
            if opened.origin.text is not None:
                keep_pasted(opened.origin.path, opened.origin.text)
                self._clear_old()
        except (LensError, OSError) as error:
            self._tell(str(error), "input")
            return
        source = DataSource(FILE, path=opened.origin.path, reading=opened.reading, choice=opened.choice)
        dataset, before = opened.dataset, self._session.experiment
        if before is not None and has_same_classes(source, before.data, dataset):
            source = source.with_class_names(before.data.class_names)
            dataset = with_names(dataset, source.class_names)
        fields: dict[str, object] = {"data": source, "only_sample": None, "standardize": opened.standardize}
        if opened.starts:
            fields |= start_settings(dataset.task)
        if opened.origin.text is None:
            self._window.projects.recent.add(opened.origin.path)
        self._session.change(fields, dataset=dataset)

    def _clear_old(self) -> None:
        """Now that another file was pasted, those may go that nobody has wanted for long."""
        projects = [Path(path) for path in self._window.projects.recent.paths() if path.endswith(SUFFIX)]
        experiment = self._session.experiment
        in_use = experiment.data.path if experiment is not None else ""
        clear_old(pasted_folder(), [*projects, *recovery_folder().glob(f"*{SUFFIX}")], in_use)

    def _tell(self, text: str, kind: str = "none") -> None:
        self._window.notices.show_notice(Notice(text, kind))


def has_same_classes(source: DataSource, before: DataSource, dataset: Dataset) -> bool:
    """Whether the classes of a table are those that were given names when it was opened before."""
    if source.choice is None or before.choice is None or source.path != before.path:
        return False
    same = (source.choice.target, source.task) == (before.choice.target, before.task)
    return same and len(before.class_names) == dataset.n_classes > 0
