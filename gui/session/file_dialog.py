"""The dialog for a file to write, which adds the suffix and asks before it overwrites a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PyQt5.QtWidgets import QFileDialog, QMessageBox, QWidget

from core.base.translation import _
from gui.widgets.plain_text import plain_message


def ask_to_save(parent: QWidget, title: str, name: str, kinds: Mapping[str, str]) -> Path | None:
    """The file that the user names; None if the user cancels.

    Args:
        parent: the dialog's window.
        title: of the dialog.
        name: the suggested file name.
        kinds: the description of each suffix, such as ``.png``; the first is the default.
    """
    filters = {f"{label} (*{suffix})": suffix for suffix, label in kinds.items()}
    path, chosen = QFileDialog.getSaveFileName(parent, title, name, ";;".join(filters))
    if not path:
        return None
    target = with_suffix(path, filters.get(chosen, next(iter(kinds))), kinds)
    if str(target) != path and target.exists() and not _may_overwrite(parent, target):
        return None  # the dialog only asked about the name without the suffix
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
