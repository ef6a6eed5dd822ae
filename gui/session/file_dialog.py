"""The dialogs for a file to open or to save; that to save adds the suffix and asks before it overwrites a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PyQt5.QtCore import QStandardPaths
from PyQt5.QtWidgets import QFileDialog, QMessageBox, QWidget

from core.base.translation import _
from core.storage.settings_file import SettingsFile
from gui.widgets.plain_text import plain_message

KEY = "last-folder"
CSV_KINDS = {".csv": _("Comma-separated values")}
"""The kinds of a list that is saved, for :func:`ask_to_save`."""
DOCUMENTS = QStandardPaths.StandardLocation.DocumentsLocation


class LastFolder:
    """Where a file dialog begins: where the user opened or saved a file last, at first in the documents.

    Args:
        settings: remember it.
    """

    def __init__(self, settings: SettingsFile) -> None:
        self._settings = settings

    @property
    def path(self) -> Path:
        """The folder; where neither it nor the documents are there, the user's home."""
        last, documents = self._settings.text(KEY), QStandardPaths.writableLocation(DOCUMENTS)
        return next((Path(path) for path in (last, documents) if path and Path(path).is_dir()), Path.home())

    def note(self, file: Path) -> None:
        """The user opened or saved this file."""
        self._settings.put(KEY, str(file.absolute().parent))


def ask_to_open(parent: QWidget, folder: LastFolder, title: str, kinds: str) -> str:
    """The file that the user chooses; empty if the user cancels.

    Args:
        parent: the dialog's window.
        folder: where it begins.
        title: of the dialog.
        kinds: which files it shows, as Qt writes filters.
    """
    path, _filter = QFileDialog.getOpenFileName(parent, title, str(folder.path), kinds)
    if path:
        folder.note(Path(path))
    return path


def ask_to_save(parent: QWidget, folder: LastFolder, title: str, name: str, kinds: Mapping[str, str]) -> Path | None:
    """The file that the user names; None if the user cancels.

    Args:
        parent: the dialog's window.
        folder: where it begins.
        title: of the dialog.
        name: the suggested file name.
        kinds: the description of each suffix, such as ``.png``; the first is the default.
    """
    filters = {f"{label} (*{suffix})": suffix for suffix, label in kinds.items()}
    path, chosen = QFileDialog.getSaveFileName(parent, title, str(folder.path / name), ";;".join(filters))
    if not path:
        return None
    target = with_suffix(path, filters.get(chosen, next(iter(kinds))), kinds)
    if str(target) != path and target.exists() and not _may_overwrite(parent, target):
        return None  # the dialog only asked about the name without the suffix
    folder.note(target)
    return target


def with_suffix(path: str, suffix: str, kinds: Mapping[str, str]) -> Path:
    """The path, with a suffix appended unless it has one of the kinds already."""
    return Path(path) if Path(path).suffix.lower() in kinds else Path(path + suffix)


def _may_overwrite(parent: QWidget, target: Path) -> bool:
    question = _("{name} exists already. Write over it?").format(name=target.name)
    box = plain_message(parent, QMessageBox.Icon.Question, _("Overwrite?"), question)
    for button in (QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No):
        box.addButton(button)
    return bool(box.exec() == QMessageBox.StandardButton.Yes)
