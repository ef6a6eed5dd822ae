"""What the window does with tables: opening files, pasting, and learning what was taken."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5.QtCore import QStandardPaths
from PyQt5.QtWidgets import QApplication

from core.class_names import with_names
from core.dataset import Dataset
from core.errors import LensError
from core.files import write_whole
from core.source import FILE, DataSource
from gui.messages import Notice
from gui.opening.dialog import Opened, TableDialog
from gui.opening.reader import Origin
from gui.opening.wishes import Wishes

if TYPE_CHECKING:
    from gui.main_window import MainWindow

DIGITS = 10


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

    def _take(self, opened: Opened) -> None:
        """Learn it, with the present settings as far as they suit."""
        try:
            if opened.origin.text is not None:
                keep_pasted(opened.origin.path, opened.origin.text)
        except (LensError, OSError) as error:
            self._tell(str(error), "input")
            return
        source = DataSource(FILE, path=opened.origin.path, reading=opened.reading, choice=opened.choice)
        dataset, before = opened.dataset, self._session.experiment
        if before is not None and has_same_classes(source, before.data, dataset):
            source = source.with_class_names(before.data.class_names)
            dataset = with_names(dataset, source.class_names)
        fields: dict[str, object] = {"data": source, "only_sample": None, "standardize": opened.standardize}
        self._session.change(fields, dataset=dataset)

    def _tell(self, text: str, kind: str = "none") -> None:
        self._window.notices.show_notice(Notice(text, kind))


def has_same_classes(source: DataSource, before: DataSource, dataset: Dataset) -> bool:
    """Whether the classes of a table are those that were given names when it was opened before."""
    if source.choice is None or before.choice is None or source.path != before.path:
        return False
    same = (source.choice.target, source.task) == (before.choice.target, before.task)
    return same and len(before.class_names) == dataset.n_classes > 0


def pasted_path(text: bytes) -> str:
    """The file of the program's own that a text is kept in, so that it can be named; the same text has the same."""
    folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)) / "pasted"
    return str(folder / f"pasted-{hashlib.sha256(text).hexdigest()[:DIGITS]}.csv")


def keep_pasted(path: str, text: bytes) -> None:
    """Write a text that was pasted; raises LensError or OSError where that cannot be."""
    Path(path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(path, text)
