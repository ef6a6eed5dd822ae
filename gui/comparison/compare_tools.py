"""The controls above compared runs: play, speed, epoch, the measure of the best, what the plots show, export."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QKeySequence, QResizeEvent
from PyQt5.QtWidgets import QAction, QCheckBox, QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from core.base.number_text import grouped, short
from core.base.translation import _
from gui.comparison.measures import HOW_TOLD
from gui.comparison.pace import PACES
from gui.decision.view_choice import ViewChoice
from gui.transport.play_button import PlayButton
from gui.widgets.elided import Elided
from gui.widgets.fields import ChoiceBox
from gui.widgets.flags import RIGHT
from gui.widgets.icons import icon
from gui.widgets.qt_objects import existing
from gui.widgets.readout import Readout
from gui.widgets.theme import Theme


class CompareTools(QWidget):
    """Says what the user wants.

    Signals:
        toggled(): play, or pause. start_wanted(): go to the start.
        copy_wanted(), save_wanted(), film_wanted(): a picture onto the clipboard, into a file; a film.

    Attributes:
        pace, measure, views, probe: the choices.
    """

    toggled = pyqtSignal()
    start_wanted = pyqtSignal()
    copy_wanted = pyqtSignal()
    save_wanted = pyqtSignal()
    film_wanted = pyqtSignal()

    def __init__(self, measures: Sequence[tuple[str, str]], has_classes: bool, has_best: bool, theme: Theme) -> None:
        super().__init__()
        self._play = QAction(_("Play"), self)
        self._play.setShortcut(Qt.Key.Key_Space)
        self._play.setToolTip(_("Train all runs together, epoch by epoch (Space)"))
        self._play.triggered.connect(self.toggled)
        self.addAction(self._play)
        self.start = QToolButton()
        self.start.setProperty("role", "picture")
        self.start.setToolTip(_("Go to the start of all runs (R)"))
        self.start.setAccessibleName(_("Go to the start"))
        self.start.clicked.connect(self.start_wanted)
        self.play = PlayButton(self._play, theme)
        self.play.show_key(False)
        self.pace = ChoiceBox(PACES, _("Speed of playing"))
        self.epoch = Readout("0,000")
        self.epoch.setProperty("role", "figure")
        self.epoch.setAlignment(RIGHT)
        self.note = Elided()
        self.note.setProperty("role", "faint")
        self.measure = ChoiceBox(list(measures), _("Measure of the best"))
        self.measure.setToolTip(
            _("By what the best run is told, and what the curves show") + "\n" + HOW_TOLD
            if has_best
            else _("What the curves show")
        )
        self.views, self.probe = ViewChoice(), QCheckBox(_("Probe"))
        self.views.offer(has_classes)
        self.probe.setToolTip(_("All diagrams show the activations for the point under the mouse (P)"))
        self.export = QToolButton()
        self.export.setProperty("role", "menu")
        self.export.setText(_("Export"))
        self.export.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._menu = QMenu(self.export)
        self._add(_("Copy picture"), self.copy_wanted.emit, QKeySequence(QKeySequence.StandardKey.Copy))
        self._add(_("Save picture…"), self.save_wanted.emit, QKeySequence(QKeySequence.StandardKey.Save))
        self._add(_("Record film…"), self.film_wanted.emit, QKeySequence())
        self.export.setMenu(self._menu)
        self._lay_out(has_best)
        self.set_theme(theme)

    def _add(self, text: str, act: Callable[[], None], key: QKeySequence) -> None:
        action = QAction(text, self)
        action.setShortcut(key)
        action.triggered.connect(lambda _checked=False: act())
        self._menu.addAction(action)
        self.addAction(action)

    def _lay_out(self, has_best: bool) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 4)
        row.setSpacing(8)
        self._by = _caption(_("best by") if has_best else _("curves of"))
        first = self.start, self.play, self.pace, self.epoch, _caption(_("epoch"))
        last = self._by, self.measure, self.views, self.probe, self.export
        for widget in first:
            row.addWidget(widget)
        row.addWidget(self.note, 1)
        for widget in last:
            row.addWidget(widget)
        self._widgets: tuple[QWidget, ...] = (*first, *last)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """In a narrow window the caption of the measure gives way, which is told by the tooltip too."""
        super().resizeEvent(event)
        row = existing(self.layout())
        margins, widths = row.contentsMargins(), [widget.sizeHint().width() for widget in self._widgets]
        needed = sum(widths) + row.spacing() * len(widths) + margins.left() + margins.right()
        self._by.setVisible(needed <= self.width())

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.play.set_theme(theme)
        self.start.setIcon(icon("reset", theme.color("text"), theme.color("faint")))

    def show_playing(self, playing: bool) -> None:
        """Show what the button does."""
        self._play.setProperty("playing", playing)
        self._play.setText(_("Pause") if playing else _("Play"))

    def show_epoch(self, epoch: float) -> None:
        """Show the common epoch."""
        self.epoch.setText(short(epoch, 3) if epoch % 1.0 else grouped(epoch))


def _caption(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "caption")
    return label
