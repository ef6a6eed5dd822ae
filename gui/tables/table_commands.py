"""Opens a table from a file or from the clipboard, and starts a run with the chosen columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from core.base.errors import LensError
from core.base.program import PROJECT_SUFFIX
from core.base.translation import _
from core.data.class_names import with_names
from core.data.data_source import FILE, DataSource
from core.data.dataset import Dataset
from core.workbench.table_wishes import Wishes, start_settings
from gui.projects.recent_projects import RecentProjects
from gui.projects.recovery_folder import recovery_folder
from gui.session.command_context import CommandContext
from gui.tables.pasted_tables import clear_old, keep_pasted, pasted_folder, pasted_path
from gui.tables.table_dialog import OpenedTable, TableDialog
from gui.tables.table_reader import Origin
from gui.widgets.qt_objects import clipboard, forget_when_deleted


class TableCommands:
    """Shows one dialog at a time.

    Args:
        open_file: opens any file, also a project; for a file on the clipboard.
        recent: the projects in which a pasted table may still be needed.
    """

    def __init__(self, context: CommandContext, open_file: Callable[[str], None], recent: RecentProjects) -> None:
        self._context, self._open_any_file, self._recent = context, open_file, recent
        self._session = context.session
        self._dialog: TableDialog | None = None

    def open_file(self, path: str) -> None:
        """Ask for the use of the columns of a table."""
        self._open(Origin(path))

    def paste(self) -> None:
        """Open the file or the table that the clipboard holds."""
        mime = clipboard().mimeData()
        files = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()] if mime is not None else []
        text = mime.text() if mime is not None else ""
        if files:
            self._open_any_file(files[0])
        elif text.strip():
            data = text.encode("utf-8", "replace")
            self._open(Origin(pasted_path(data), data))
        else:
            self._context.tell(_("The clipboard holds no text; copy the cells of a table first."), "none")

    def edit(self) -> None:
        """Ask again for the use of the columns of the present table."""
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
        """Close the dialog of a table that is being opened."""
        if self._dialog is not None:
            self._dialog.reject()

    def _open(self, origin: Origin, known: Mapping[str, object] | None = None, wishes: Wishes | None = None) -> None:
        self.close()
        experiment = self._session.experiment
        standardize = experiment is not None and experiment.standardize
        dialog = TableDialog(origin, self._context.theme(), standardize, self._context.window, known, wishes)
        dialog.taken.connect(self._take)
        dialog.finished.connect(self._forget)
        forget_when_deleted(dialog)
        self._dialog = dialog
        dialog.open()

    def _forget(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
        self._dialog = None

    def _take(self, opened: OpenedTable) -> None:
        """Start a run with the table; settings of the present run stay where they suit the table."""
        try:
            if opened.origin.text is not None:
                keep_pasted(opened.origin.path, opened.origin.text)
                self._clear_old()
        except (LensError, OSError) as error:
            self._context.tell(str(error), "unread")
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
            self._recent.add(opened.origin.path)
        self._session.change(fields, dataset=dataset)

    def _clear_old(self) -> None:
        """Remove pasted files that no run has used for a long time."""
        projects = [Path(path) for path in self._recent.paths() if path.endswith(PROJECT_SUFFIX)]
        experiment = self._session.experiment
        in_use = experiment.data.path if experiment is not None else ""
        clear_old(pasted_folder(), [*projects, *recovery_folder().glob(f"*{PROJECT_SUFFIX}")], in_use)


def has_same_classes(source: DataSource, before: DataSource, dataset: Dataset) -> bool:
    """Whether a table opened again has the same classes, so that the names given to them can stay."""
    if source.choice is None or before.choice is None or source.path != before.path:
        return False
    same = (source.choice.target, source.task) == (before.choice.target, before.task)
    return same and len(before.class_names) == dataset.n_classes > 0
