"""The data sets as small pictures, painted from their own points."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PyQt5.QtCore import QModelIndex, QRectF, QSize, Qt
from PyQt5.QtGui import QFont, QFontMetricsF, QPainter, QPen, QPixmap
from PyQt5.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem
from pyqtgraph.functions import arrayToQPolygonF

from core.base.arrays import spread_rows
from core.base.translation import _
from core.data.data_source import DRAWN, FILE, RULE, default_source, load
from core.explain.preset_maps import square_around
from gui.settings.picture_list import PictureList
from gui.widgets.ending_painter import empty_picture, painting
from gui.widgets.flags import CENTER, SMOOTH
from gui.widgets.theme import Theme

if TYPE_CHECKING:
    from core.data.dataset import Dataset

SIDE, GAP = 46, 6
DOTS, DOT = 130, 2.7
MARGIN = 5.0
WORDS = {RULE: "f(x)", FILE: _("file"), DRAWN: _("drawn")}
"""What stands for sets whose points are not known beforehand."""


class DataTiles(PictureList):
    """The data sets to choose from; the chosen one has an outline."""

    def __init__(self, entries: list[tuple[str, str, str]], theme: Theme) -> None:
        self._delegate = TileDelegate(theme)
        super().__init__(entries, _("Data set"), self._delegate)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setSpacing(0)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._delegate.theme = theme
        self.update()


class TileDelegate(QStyledItemDelegate):
    """Draws the tile of a data set."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(SIDE + GAP, SIDE + GAP)

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        assert painter is not None
        value = str(index.data(Qt.ItemDataRole.UserRole))
        state = option.state
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        is_hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        has_focus = bool(state & QStyle.StateFlag.State_HasFocus)
        box = QRectF(option.rect.x() + 1.5, option.rect.y() + 1.5, SIDE - 1.0, SIDE - 1.0)
        color = "accent" if is_chosen else "faint" if is_hovered else "line"
        painter.save()
        painter.setRenderHints(SMOOTH)
        painter.setPen(QPen(self.theme.color(color), 2.4 if is_chosen else 1.0))
        painter.setBrush(self.theme.color("accent_pale" if has_focus and is_chosen else "base"))
        painter.drawRoundedRect(box, 6, 6)
        if value in WORDS:
            painter.setPen(self.theme.color("faint"))
            painter.setFont(_fitted(painter.font(), WORDS[value]))
            painter.drawText(box, int(CENTER), WORDS[value])
        else:
            device = painter.device()
            ratio = device.devicePixelRatioF() if device is not None else 1.0
            painter.drawPixmap(box.topLeft(), picture_of(value, self.theme, ratio))
        painter.restore()


def _fitted(font: QFont, word: str) -> QFont:
    """The font, or a smaller one with which the word has room in a tile."""
    room, width = SIDE - 2.0 * MARGIN, QFontMetricsF(font).horizontalAdvance(word)
    fitted = QFont(font)
    if width > room:
        fitted.setPointSizeF(font.pointSizeF() * room / width)
    return fitted


@cache
def picture_of(kind: str, theme: Theme, ratio: float) -> QPixmap:
    """The points of a set with its usual settings, SIDE × SIDE pixels; made once for each theme."""
    picture = empty_picture(QSize(SIDE, SIDE) * ratio, ratio)
    with painting(picture) as painter:
        painter.setRenderHints(SMOOTH)
        paint_points(painter, load(default_source(kind)), theme)
    return picture


def paint_points(painter: QPainter, dataset: Dataset, theme: Theme) -> None:
    """Paint some of a set's points where they lie in the square around all of them, SIDE × SIDE."""
    rows = spread_rows(len(dataset), DOTS)
    (left, right), (low, high) = (plane := square_around(dataset.points)).x, plane.y
    places = (dataset.points[rows] - (left, low)) / (right - left, high - low) * SIDE
    targets = dataset.targets
    scale = float(np.abs(targets).max()) or 1.0 if targets is not None else 1.0
    numbers = dataset.labels[rows] if dataset.n_classes or targets is None else np.round(targets[rows] / scale, 1)
    x, y = places[:, 0], SIDE - places[:, 1]
    for number in dict.fromkeys(numbers.tolist()):
        color = theme.class_color(number) if isinstance(number, int) else theme.signed_color(number)
        painter.setPen(QPen(color, DOT, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPoints(arrayToQPolygonF(x[numbers == number], y[numbers == number]))
