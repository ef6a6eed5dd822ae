"""The presets as cards."""

from __future__ import annotations

from collections.abc import Callable

from PyQt5.QtCore import QModelIndex, QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QFont, QFontMetrics, QPainter, QPainterPath, QPen, QPixmap
from PyQt5.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout, QWidget

from core.base.translation import _
from core.training.experiment import Experiment
from core.training.presets import PRESETS, Preset, preset_of
from gui.settings.data_tiles import SIDE
from gui.settings.picture_list import PictureList
from gui.widgets.flags import SMOOTH
from gui.widgets.forms import RESETS, heading
from gui.widgets.theme import Theme

OWN = ""
LEVELS = {1: _("first steps"), 2: _("second steps"), 3: _("advanced")}
PADDING, GAP, LINE, COLUMN_GAP = 9, 6, 2, 9
PictureOf = Callable[[Preset, Theme, float], QPixmap]
"""The picture of a preset, SIDE × SIDE, in a theme's colours, for so many pixels of the device in a pixel."""


class PresetsPanel(QWidget):
    """Chooses a preset.

    Signals:
        chosen(Preset): the user wants to see this one.

    Attributes:
        choice: the cards.
    """

    chosen = pyqtSignal(object)

    def __init__(self, theme: Theme, picture_of: PictureOf) -> None:
        super().__init__()
        self._delegate = CardDelegate(theme, picture_of)
        entries = [
            (name, preset.title, f"{preset.title}\n{_level_text(preset.level)}\n{preset.summary}\n{RESETS}")
            for name, preset in PRESETS.items()
        ]
        self.choice = PictureList(entries, _("Preset"), self._delegate)
        self.choice.setToolTip(_("An experiment that is worth seeing.\n{resets}").format(resets=RESETS))
        for signal in (self.choice.chosen, self.choice.again):  # who clicks the card again wants it from its start
            signal.connect(lambda name: self.chosen.emit(PRESETS[name]))
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
    """Draws the card of a preset: its picture and its level, its title and what one will see."""

    def __init__(self, theme: Theme, picture_of: PictureOf) -> None:
        super().__init__()
        self.theme = theme
        self._picture_of = picture_of
        self._heights: dict[tuple[str, int, str], int] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        shown = str(index.data(Qt.ItemDataRole.UserRole)), self._text_width(option), option.font.key()
        if shown not in self._heights:  # Qt asks some ten times for each card while a window is laid out
            preset, width = PRESETS[shown[0]], shown[1]
            title = _wrapped_height(_bold(option.font), width, preset.short_title)
            text = title + LINE + _wrapped_height(_small(option.font), width, preset.summary)
            self._heights[shown] = 2 * PADDING + max(text, SIDE + _level_height(option.font)) + GAP
        return QSize(60, self._heights[shown])

    @staticmethod
    def _text_width(option: QStyleOptionViewItem) -> int:
        widget = option.widget
        card = max(120, widget.width() if widget is not None else option.rect.width())
        return card - 2 * PADDING - SIDE - COLUMN_GAP

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
        picture = QRectF(inside.x(), inside.y() + 2, SIDE, SIDE)
        self._paint_picture(painter, picture, preset)
        level = _short_level(preset.level)
        painter.setFont(_level_font(option.font, level))
        painter.setPen(self.theme.color("faint"))
        below = picture.translated(0, SIDE + 1).adjusted(-PADDING / 2, 0, PADDING / 2, 0)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop), level)
        flags = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop)
        text = inside.adjusted(SIDE + COLUMN_GAP, 0, 0, 0)
        painter.setFont(_bold(option.font))
        painter.setPen(self.theme.color("text"))
        painter.drawText(text, flags, preset.short_title)
        title = _wrapped_height(painter.font(), self._text_width(option), preset.short_title)
        painter.setFont(_small(option.font))
        painter.setPen(self.theme.color("faint"))
        painter.drawText(text.adjusted(0, title + LINE, 0, 0), flags, preset.summary)
        painter.restore()

    def _paint_picture(self, painter: QPainter, box: QRectF, preset: Preset) -> None:
        device = painter.device()
        path = QPainterPath()
        path.addRoundedRect(box, 5, 5)
        painter.save()
        painter.setClipPath(path)
        painter.drawPixmap(
            box.topLeft(), self._picture_of(preset, self.theme, device.devicePixelRatioF() if device else 1.0)
        )
        painter.restore()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.theme.color("line"), 1.0))
        painter.drawPath(path)


def _wrapped_height(font: QFont, width: int, text: str) -> int:
    return QFontMetrics(font).boundingRect(0, 0, width, 1000, int(Qt.TextFlag.TextWordWrap), text).height()


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPointSizeF(0.9 * font.pointSizeF())
    return small


def _bold(font: QFont) -> QFont:
    bold = QFont(font)
    bold.setWeight(QFont.Weight.DemiBold)
    return bold


def _level_font(font: QFont, text: str) -> QFont:
    """A small font in which a text is hardly wider than the picture above it."""
    small = _small(font)
    width = QFontMetrics(small).horizontalAdvance(text)
    small.setPointSizeF(small.pointSizeF() * min(1.0, (SIDE + PADDING) / max(1, width)))
    return small


def _level_height(font: QFont) -> int:
    return QFontMetrics(_small(font)).height()


def _short_level(level: int) -> str:
    """What stands below the picture."""
    return _("Level {level}").format(level=level)


def _level_text(level: int) -> str:
    return _("Level {level} of {count}: {words}").format(level=level, count=len(LEVELS), words=LEVELS[level])
