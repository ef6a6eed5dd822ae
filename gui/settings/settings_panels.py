"""All panels that edit an experiment: the strip, the column at the left, and the column of what is needed seldom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt5.QtCore import QObject, pyqtSignal
from PyQt5.QtGui import QShowEvent
from PyQt5.QtWidgets import QVBoxLayout, QWidget

from core.explain.snapshot import Snapshot
from core.training.experiment import Experiment
from gui.settings.data_panel import DataPanel
from gui.settings.presets_panel import PictureOf, PresetsPanel
from gui.settings.strip import SettingsStrip
from gui.widgets.forms import ScrollColumn
from gui.widgets.qt_objects import existing
from gui.widgets.theme import Theme

if TYPE_CHECKING:
    from gui.settings.more_panel import MoreSettings
    from gui.settings.network_panel import NetworkSettings
    from gui.settings.seldom_settings import SeldomSettings
    from gui.settings.training_panel import TrainingSettings


class SettingsPanels(QObject):
    """Makes the panels and puts them into columns; those that are needed seldom when their column is first shown.

    Signals:
        changed(dict, object): fields of the experiment and their new values; the gesture that they belong to, or None.
        made(QWidget): the panels that are needed seldom were made, in this column.

    Attributes:
        strip, presets, data: panels.
        first, rest: the column at the left, and that of what is needed seldom.
    """

    changed = pyqtSignal(object, object)
    made = pyqtSignal(object)

    def __init__(self, window: QWidget, theme: Theme, picture_of_preset: PictureOf) -> None:
        super().__init__()
        self._experiment: Experiment | None = None
        self._snapshot: Snapshot | None = None
        self.strip = SettingsStrip(window)
        self.presets, self.data = PresetsPanel(theme, picture_of_preset), DataPanel(theme)
        self.data.changed.connect(self.changed)
        self.strip.changed.connect(self._change)
        self.first = _in_column(self.data, self.presets)
        self.rest = _LateColumn()
        self.rest.wanted.connect(self._make_seldom)
        self._seldom: SeldomSettings | None = None

    # ---------------------------------------------------------------- what is needed seldom

    @property
    def seldom(self) -> SeldomSettings:
        """The panels that are needed seldom."""
        self._make_seldom()
        assert self._seldom is not None
        return self._seldom

    @property
    def is_complete(self) -> bool:
        """Whether the panels that are needed seldom were made."""
        return self._seldom is not None

    def _make_seldom(self) -> None:
        if self._seldom is not None:
            return
        from gui.settings.seldom_settings import SeldomSettings  # here, since the first picture does without

        self._seldom = seldom = SeldomSettings(self.data.details)
        seldom.changed.connect(self._change)
        if self._experiment is not None:
            seldom.show_experiment(self._experiment)
        if self._snapshot is not None:
            seldom.training.show_snapshot(self._snapshot)
        self.rest.fill(seldom)
        self.made.emit(self.rest)

    @property
    def layers(self) -> NetworkSettings:
        """The settings of the network."""
        return self.seldom.layers

    @property
    def training(self) -> TrainingSettings:
        """The settings of the training."""
        return self.seldom.training

    @property
    def more(self) -> MoreSettings:
        """Regularization, stopping, and initial weights."""
        return self.seldom.more

    # ---------------------------------------------------------------- what is true

    def show_experiment(self, experiment: Experiment) -> None:
        """Show an experiment's settings, without announcing a change."""
        self._experiment = experiment
        for panel in (self.strip, self.presets, self.data):
            panel.show_experiment(experiment)
        if self.is_complete:
            self.seldom.show_experiment(experiment)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the present learning rate."""
        self._snapshot = snapshot
        if self.is_complete:
            self.training.show_snapshot(snapshot)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.data.set_theme(theme)
        self.presets.set_theme(theme)

    def _change(self, fields: dict[str, object]) -> None:
        self.changed.emit(fields, None)


class _LateColumn(ScrollColumn):
    """A column that is filled when it is first shown.

    Signals:
        wanted(): it is to be shown.
    """

    wanted = pyqtSignal()

    def __init__(self) -> None:
        super().__init__(_in_box())

    def showEvent(self, event: QShowEvent | None) -> None:
        self.wanted.emit()
        super().showEvent(event)

    def fill(self, panel: QWidget) -> None:
        """Show a panel."""
        column = existing(existing(self.widget()).layout())
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(0, panel)
        panel.show()
        column.activate()
        self._fit()


def _in_column(*panels: QWidget) -> ScrollColumn:
    """Return the panels below each other, in an area that scrolls."""
    return ScrollColumn(_in_box(*panels))


def _in_box(*panels: QWidget) -> QWidget:
    """Return the panels below each other, with a margin around them."""
    inside = QWidget()
    column = QVBoxLayout(inside)
    column.setContentsMargins(14, 4, 12, 8)
    column.setSpacing(6)
    for panel in panels:
        column.addWidget(panel)
    column.addStretch(1)
    return inside
