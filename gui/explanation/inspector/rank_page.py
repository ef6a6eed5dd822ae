"""The largest numbers of the whole net: weights, gradients, and last changes. A click selects."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QColor, QFont, QFontMetrics, QPaintEvent
from PyQt5.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from core.base.arrays import Array, Rows
from core.base.number_text import exact, short
from core.base.translation import _
from core.base.values import dataclass
from core.explain.picked_part import Part, capital, part_of_index, selection_name
from core.explain.snapshot import Snapshot
from core.network.network import parameter_name, parameter_views
from core.training.preparation import Preparation
from gui.diagram.drawing.edge_quantity import NO_UPDATE
from gui.explanation.inspector.card_text import ends_of
from gui.explanation.mouse_hold import MouseHold
from gui.widgets.elided import Elided, Fitting
from gui.widgets.ending_painter import painting
from gui.widgets.forms import bare
from gui.widgets.plain_text import plain
from gui.widgets.qt_objects import existing
from gui.widgets.theme import Theme

MOST = 20
FORMS = (
    (True, 5, "   ", 1.0),
    (True, 3, "   ", 1.0),
    (True, 3, "  ", 0.84),
    (True, 2, "  ", 0.84),
    (False, 5, "   ", 1.0),
    (False, 4, "   ", 1.0),
    (False, 3, "   ", 1.0),
    (False, 3, " ", 1.0),
    (False, 2, " ", 1.0),
    (False, 2, " ", 0.84),
    (False, 2, " ", 0.72),
)
"""Whether the ends of the edges are named, digits of the numbers, what stands before them, and the size of letters
where there is less and less room."""
PADDING = 8
"""What a line takes beside its text."""
NOTE_INSET = 3


@dataclass(frozen=True)
class RankedList:
    """A list: its name, shorter ones for little room, and the vector of a snapshot that it ranks."""

    title: str
    shorter: tuple[str, ...]
    vector: str
    tip: str
    has_biases: bool = True

    @property
    def is_of_update(self) -> bool:
        """Whether an update made these numbers."""
        return self.vector != "parameters"


LISTS = (
    RankedList(_("Largest weights"), (_("Weights"),), "parameters", _("By size, without the biases"), has_biases=False),
    RankedList(
        _("Largest gradients, last batch"),
        (_("Gradients, last batch"), _("Gradients, batch"), _("Gradients")),
        "gradient",
        _("Of the last update, penalty included"),
    ),
    RankedList(_("Largest last changes"), (_("Changes"),), "last_change", _("What the last update added")),
)


class RankList(QListWidget):
    """A list of numbers, as high as its whole lines. It marks no line: what is picked, the diagram shows.

    While it is empty, a faint note says why.
    """

    def __init__(self, ranked: RankedList) -> None:
        super().__init__()
        self.setAccessibleName(ranked.title)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves Space and the arrows to the window
        self.setToolTip(ranked.tip)
        self.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._note, self._note_color = "", QColor()

    def set_note(self, text: str, color: QColor) -> None:
        """Say why the list is empty; an empty text where it is not."""
        self._note, self._note_color = text, color
        self.setAccessibleDescription(text)
        existing(self.viewport()).update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        super().paintEvent(event)
        if self._note:
            viewport = existing(self.viewport())
            with painting(viewport) as painter:
                painter.setPen(self._note_color)
                room = viewport.rect().adjusted(NOTE_INSET, NOTE_INSET, 0, 0)
                painter.drawText(room, Qt.TextFlag.TextWordWrap, self._note)

    def room(self) -> int:
        """The pixels that a line has for its text, beside a scroll bar."""
        return self.width() - 2 * self.frameWidth() - existing(self.verticalScrollBar()).sizeHint().width() - PADDING

    def letters(self, size: float) -> QFont:
        """The list's font in another size."""
        font = QFont(self.font())
        font.setPointSizeF(size * font.pointSizeF())
        return font

    def fits(self, texts: Sequence[str], font: QFont) -> bool:
        """Whether there is room for these lines."""
        width = QFontMetrics(font).horizontalAdvance
        return all(width(text) <= self.room() for text in texts)

    def updateGeometries(self) -> None:
        super().updateGeometries()
        line = self.sizeHintForRow(0)
        if line > 0:
            self.setViewportMargins(0, 0, 0, (self.height() - 2 * self.frameWidth()) % line)


class RankPage(Fitting, QWidget):
    """Three lists side by side. A list that the mouse is about to click stays as it is, however fast the run plays.

    Signals:
        chosen(Edge or Neuron): a line was clicked, or Enter pressed on it.
    """

    chosen = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self._preparation: Preparation | None = None
        self._shown: tuple[object, ...] = ()
        self._snapshot: Snapshot | None = None
        self._theme: Theme | None = None
        self.lists = tuple(RankList(ranked) for ranked in LISTS)
        line = bare(QHBoxLayout(self), 10)
        for ranked, view in zip(LISTS, self.lists, strict=True):
            view.itemClicked.connect(self._choose)
            view.itemActivated.connect(self._choose)
            column = QVBoxLayout()
            column.setSpacing(2)
            title = Elided()
            title.set_full(ranked.title, *ranked.shorter)
            title.setProperty("role", "strong")
            column.addWidget(title)
            column.addWidget(view, 1)
            line.addLayout(column, 1)
        self._hold = MouseHold(*(existing(view.viewport()) for view in self.lists))
        self._hold.ended.connect(self._fit)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme, self._shown = theme, ()

    def set_preparation(self, preparation: Preparation) -> None:
        """Set the names of inputs and outputs."""
        self._preparation, self._shown, self._snapshot = preparation, (), None
        self._hold.end()  # the lines are of another net

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Rank the numbers of a snapshot, unless they are shown already."""
        self._snapshot = snapshot
        rooms = tuple(view.room() for view in self.lists)
        shown = snapshot.position, snapshot.parameters.tobytes(), rooms, self.font().key()
        if shown == self._shown or self._preparation is None or self._theme is None:
            return
        if self._hold.is_active and self._shown and rooms == self._shown[2]:
            return
        self._shown = shown
        for ranked, view in zip(LISTS, self.lists, strict=True):
            values = getattr(snapshot, ranked.vector)
            if not ranked.has_biases:
                values = values.copy()
                for biases in parameter_views(snapshot.sizes, values)[1]:
                    biases[:] = 0.0  # a list leaves out what is 0
            self._fill(view, values, snapshot.sizes, self._preparation)
            note = capital(NO_UPDATE) if ranked.is_of_update and not snapshot.has_update else _("All are 0")
            view.set_note("" if view.count() else note, self._theme.color("faint"))

    def _fit(self) -> None:
        if self._snapshot is not None:
            existing(self.layout()).activate()
            self.show_snapshot(self._snapshot)

    def _fill(self, view: RankList, values: Array, sizes: tuple[int, ...], preparation: Preparation) -> None:
        order = largest(values)
        while view.count() < len(order):
            view.addItem(QListWidgetItem())
        while view.count() > len(order):
            view.takeItem(view.count() - 1)
        assert self._theme is not None
        rows = [(parameter_name(sizes, index), float(values[index])) for index in order.tolist()]
        parts = [part_of_index(sizes, index) for index in order.tolist()]
        ends = [ends_of(part, preparation) for part in parts]
        for has_ends, digits, gap, size in FORMS:
            names = [f"{row[0]}{gap}{end}" if has_ends else row[0] for row, end in zip(rows, ends, strict=True)]
            texts = [f"{name}{gap}{short(row[1], digits)}" for name, row in zip(names, rows, strict=True)]
            font = view.letters(size)
            if view.fits(texts, font):
                break
        for row, (part, text) in enumerate(zip(parts, texts, strict=True)):
            item = view.item(row)
            assert item is not None
            value, name = rows[row][1], selection_name(part, preparation)
            if item.text() != text:
                item.setText(text)
                item.setToolTip(plain(f"{name}: {exact(value)}"))
            item.setFont(font)
            item.setForeground(self._theme.color("positive_text" if value > 0.0 else "negative_text"))
            item.setData(Qt.ItemDataRole.UserRole, part)

    def _choose(self, item: QListWidgetItem) -> None:
        part: Part = item.data(Qt.ItemDataRole.UserRole)
        self.chosen.emit(part)


def largest(values: Array) -> Rows:
    """The indices of at most MOST values other than 0, the largest in size first; of equals the first."""
    sizes = np.nan_to_num(np.abs(values))
    few = min(MOST, len(sizes))
    threshold = np.partition(sizes, len(sizes) - few)[len(sizes) - few]
    candidates = np.flatnonzero((sizes >= threshold) & (sizes > 0.0))
    order: Rows = candidates[np.argsort(-sizes[candidates], kind="stable")][:few]
    return order
