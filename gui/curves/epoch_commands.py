"""The choice of the axis of the epochs, which is remembered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PyQt5.QtWidgets import QAction, QMenu

from core.storage.settings_file import SettingsFile
from gui.curves.epoch_axis import CHOICES, EpochAxis

KEY = "window/epochs"


class EpochCommands:
    """Handlers of the actions that choose the axis.

    Args:
        axis: what they change.
        actions: those of the window, by their names.
        settings: remembers the choice.
        menu: offers the choices as well.
    """

    def __init__(self, axis: EpochAxis, actions: Mapping[str, QAction], settings: SettingsFile, menu: QMenu) -> None:
        self._axis, self._settings = axis, settings
        self._actions = {choice: actions[f"epochs-{choice}"] for choice in CHOICES}
        menu.addActions(self.choices)
        remembered = settings.text(KEY)
        self._show(remembered if remembered in CHOICES else axis.choice)

    @property
    def choices(self) -> list[QAction]:
        """The actions."""
        return list(self._actions.values())

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return the handlers by the names of their actions."""
        return {action.objectName(): partial(self.choose, choice) for choice, action in self._actions.items()}

    def choose(self, choice: str) -> None:
        """Make the axis automatic, linear or logarithmic, from now on."""
        self._show(choice)
        self._settings.put(KEY, choice)

    def _show(self, choice: str) -> None:
        self._actions[choice].setChecked(True)
        self._axis.choose(choice)
