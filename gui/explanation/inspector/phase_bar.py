"""The head of the card while an update is walked through: its phases as chips."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PyQt5.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PyQt5.QtWidgets import (
    QAction,
    QHBoxLayout,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from core.base.translation import _
from gui.widgets.ending_painter import painting
from gui.widgets.flags import CENTER
from gui.widgets.forms import bare
from gui.widgets.number_fields import WholeNumberField

if TYPE_CHECKING:
    from core.explain.walk import Walk
    from gui.diagram.walk_scene import WalkScene

CHIP_ROOM = 8
"""The width of a chip in pixels beyond its text."""


class Chip(QToolButton):
    """The button of a phase, whose text may be wider than the button."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setCheckable(True)
        self.setToolTip(name)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumWidth(1)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.fontMetrics().height() + 8)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            palette, is_on = self.palette(), self.isChecked()
            ground = palette.highlight() if is_on else palette.base()
            edge = palette.highlight() if is_on else palette.text() if self.underMouse() else palette.mid()
            painter.setPen(QPen(edge.color(), 1.0))
            painter.setBrush(ground)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 9.0, 9.0)
            painter.setPen((palette.highlightedText() if is_on else palette.text()).color())
            painter.drawText(QRectF(self.rect()), int(CENTER), self.text())


class PhaseChips(QWidget):
    """A chip for each phase, the present one pressed.

    Signals:
        chosen(int): a chip was clicked.
    """

    chosen = pyqtSignal(int)

    def __init__(self) -> None:
        super().__init__()
        self.chips: list[Chip] = []
        self._texts: list[tuple[str, ...]] = []
        self._line = bare(QHBoxLayout(self), 2)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_phases(self, walk: Walk, index: int) -> None:
        """Mark the phase of an index."""
        from gui.explanation.inspector import card_text  # here, since the first picture needs no formulas

        texts = [card_text.chip_texts(walk, phase) for phase in walk.phases]
        if texts != self._texts:
            self._texts = texts
            self._make([card_text.phase_name(walk, phase) for phase in walk.phases])
            self._write()
        for number, chip in enumerate(self.chips):
            chip.setChecked(number == index)

    def _make(self, names: list[str]) -> None:
        for chip in self.chips:
            self._line.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.chips = []
        for number, name in enumerate(names):
            chip = Chip(name)
            chip.clicked.connect(lambda _=False, number=number: self._choose(number))
            self._line.addWidget(chip)
            self.chips.append(chip)

    def _choose(self, number: int) -> None:
        self.chips[number].setChecked(True)  # a click on the present phase does not release its button
        self.chosen.emit(number)

    def _write(self) -> None:
        """The longest texts that fit."""
        for texts in zip(*self._texts, strict=True):
            widths = [self.fontMetrics().horizontalAdvance(text) + CHIP_ROOM for text in texts]
            for place, (chip, text, width) in enumerate(zip(self.chips, texts, widths, strict=True)):
                chip.setText(text)
                self._line.setStretch(place, width)
            if sum(widths) + self._line.spacing() * len(widths) <= self.width():
                break

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._write()


class PhaseBar(QWidget):
    """The head of the card during a walk: the phases, the way on and back, and which sample of the batch is shown.

    Signals:
        phase_chosen(int): go to this phase.
        sample_chosen(int): show this sample of the batch, counted from 0.
    """

    phase_chosen = pyqtSignal(int)
    sample_chosen = pyqtSignal(int)

    def __init__(self, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self.chips = PhaseChips()
        self.chips.chosen.connect(self.phase_chosen)
        self.sample = WholeNumberField(1, 1, _("Sample of the batch"))
        self.sample.setToolTip(_("Which sample of the batch is shown"))
        self.sample.valueChanged.connect(lambda value: self.sample_chosen.emit(value - 1))
        line = bare(QHBoxLayout(self), 3)
        line.addWidget(_button(actions["back-phase"]))
        line.addWidget(self.chips, 1)
        line.addWidget(_button(actions["step-phase"]))
        line.addWidget(self.sample)
        line.addWidget(_button(actions["copy-formulas"]))
        line.addWidget(_button(actions["leave-walk"]))

    def show_scene(self, scene: WalkScene) -> None:
        """Show the phase and the sample of a scene."""
        count = len(scene.walk)
        self.chips.show_phases(scene.walk, scene.index)
        self.sample.blockSignals(True)
        self.sample.setRange(1, count)
        self.sample.setSuffix(_(" of {count}").format(count=count))
        self.sample.setValue(scene.sample + 1)
        self.sample.blockSignals(False)
        self.sample.setVisible(count > 1)


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setAutoRaise(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setIconSize(QSize(16, 16))
    return button
