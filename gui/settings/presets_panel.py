"""The presets as cards."""

from __future__ import annotations

from PyQt5.QtCore import QModelIndex, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QFont, QFontMetrics, QPainter, QPen
from PyQt5.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout, QWidget

from core.base.translation import _
from core.training.experiment import Experiment
from core.training.presets import PRESETS, preset_of
from gui.settings.picture_list import PictureList
from gui.widgets.flags import SMOOTH
from gui.widgets.forms import RESETS, heading
from gui.widgets.theme import Theme

OWN = ""
LEVELS = {1: _("first look"), 2: _("further"), 3: _("expert")}
LEVEL_WIDTH = 30
PADDING, GAP, LINE = 9, 6, 2


class PresetsPanel(QWidget):
    """Chooses a preset.

    Signals:
        chosen(Preset): the user wants to see this one.

    Attributes:
        choice: the cards.
    """

    chosen = pyqtSignal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._delegate = CardDelegate(theme)
        entries = [
            (name, preset.title, f"{preset.title} ({LEVELS[preset.level]})\n{preset.summary}\n{RESETS}")
            for name, preset in PRESETS.items()
        ]
        self.choice = PictureList(entries, _("Preset"), self._delegate)
        self.choice.setToolTip(_("An experiment that is worth seeing.\n{resets}").format(resets=RESETS))
        self.choice.chosen.connect(lambda name: self.chosen.emit(PRESETS[name]))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 10, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(heading(_("Start with")))
        layout.addWidget(self.choice)
        layout.addStretch(1)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._delegate.theme = theme
        self.choice.update()

    def show_experiment(self, experiment: Experiment) -> None:
        """Show which preset an experiment is, if it is one."""
        preset = preset_of(experiment)
        self.choice.set_value(OWN if preset is None else preset.name)


class CardDelegate(QStyledItemDelegate):
    """Draws the card of a preset: its title, what one will see, and for whom it is."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._heights: dict[tuple[str, int, str], int] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        shown = str(index.data(Qt.ItemDataRole.UserRole)), self._width(option), option.font.key()
        if shown not in self._heights:  # Qt asks some ten times for each card while a window is laid out
            self._heights[shown] = self._height(option, index)
        return QSize(60, self._heights[shown])

    def _height(self, option: QStyleOptionViewItem, index: QModelIndex) -> int:
        small = QFontMetrics(_small(option.font))
        view = self._width(option)
        summary = PRESETS[str(index.data(Qt.ItemDataRole.UserRole))].summary
        box = small.boundingRect(0, 0, view - 2 * PADDING, 1000, int(Qt.TextFlag.TextWordWrap), summary)
        title = self._title_height(option, view - 2 * PADDING, index)
        return 2 * PADDING + title + LINE + box.height() + GAP

    @staticmethod
    def _title_height(option: QStyleOptionViewItem, width: int, index: QModelIndex) -> int:
        """The height of the title, which leaves room for the dots of the level."""
        title = PRESETS[str(index.data(Qt.ItemDataRole.UserRole))].short_title
        metrics = QFontMetrics(_bold(option.font))
        return metrics.boundingRect(0, 0, width - LEVEL_WIDTH, 1000, int(Qt.TextFlag.TextWordWrap), title).height()

    def _width(self, option: QStyleOptionViewItem) -> int:
        widget = option.widget
        return max(120, widget.width() if widget is not None else option.rect.width())

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        assert painter is not None
        preset = PRESETS[str(index.data(Qt.ItemDataRole.UserRole))]
        state = option.state
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        is_hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        box = QRectF(option.rect).adjusted(1.5, 1.5, -1.5, -GAP)
        painter.save()
        painter.setRenderHints(SMOOTH)
        color = "accent" if is_chosen else "faint" if is_hovered else "line"
        painter.setPen(QPen(self.theme.color(color), 2.0 if is_chosen else 1.0))
        has_focus = bool(state & QStyle.StateFlag.State_HasFocus)
        painter.setBrush(self.theme.color("accent_pale" if has_focus and is_chosen else "card"))
        painter.drawRoundedRect(box, 7, 7)
        inside = box.adjusted(PADDING, PADDING - 2, -PADDING, -PADDING / 2)
        small, bold = _small(option.font), _bold(option.font)
        self._paint_level(painter, inside, preset.level)
        painter.setFont(small)
        painter.setPen(self.theme.color("faint"))
        height = self._title_height(option, self._width(option) - 2 * PADDING, index)
        below = inside.adjusted(0, height + LINE, 0, 0)
        painter.drawText(below, int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop), preset.summary)
        painter.setFont(bold)
        painter.setPen(self.theme.color("text"))
        box = QRectF(inside.x(), inside.y(), inside.width() - LEVEL_WIDTH, height)
        painter.drawText(box, int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop), preset.short_title)
        painter.restore()

    def _paint_level(self, painter: QPainter, inside: QRectF, level: int) -> None:
        """Three dots, of which as many are filled as the level says."""
        for dot in range(len(LEVELS)):
            painter.setBrush(self.theme.color("faint" if dot < level else "line"))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawEllipse(QPointF(inside.right() - 3 - 8 * (len(LEVELS) - 1 - dot), inside.y() + 8), 2.4, 2.4)


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPointSizeF(0.9 * font.pointSizeF())
    return small


def _bold(font: QFont) -> QFont:
    bold = QFont(font)
    bold.setWeight(QFont.Weight.DemiBold)
    return bold
