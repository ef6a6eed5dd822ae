"""Asking for the file to write: with the right suffix, and never over another file unasked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PyQt5.QtWidgets import QFileDialog, QMessageBox, QWidget


def ask_to_save(parent: QWidget, title: str, name: str, kinds: Mapping[str, str]) -> Path | None:
    """The file that the user names; None where they think better of it.

    Args:
        parent: the dialog's window.
        title: of the dialog.
        name: what it suggests.
        kinds: what each suffix, such as ``.png``, stands for; the first is the usual one.
    """
    filters = {f"{label} (*{suffix})": suffix for suffix, label in kinds.items()}
    path, chosen = QFileDialog.getSaveFileName(parent, title, name, ";;".join(filters))
    if not path:
        return None
    target = with_suffix(path, filters.get(chosen, next(iter(kinds))), kinds)
    if str(target) != path and target.exists() and not _may_overwrite(parent, target):
        return None  # the dialog has asked about the name without the suffix
    return target


def with_suffix(path: str, suffix: str, kinds: Mapping[str, str]) -> Path:
    """The path, with a suffix behind it unless it has one of the kinds' already."""
    return Path(path) if Path(path).suffix.lower() in kinds else Path(path + suffix)


def _may_overwrite(parent: QWidget, target: Path) -> bool:
    answer = QMessageBox.question(parent, "Overwrite?", f"{target.name} exists already. Write over it?")
    return bool(answer == QMessageBox.StandardButton.Yes)
