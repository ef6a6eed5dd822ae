"""The footer below the network diagram: what the edges show, and their colour scale."""

from __future__ import annotations

from collections.abc import Collection

from PyQt5.QtCore import QEvent, QPointF, QSize, pyqtSignal
from PyQt5.QtGui import QHelpEvent, QPainter, QPaintEvent
from PyQt5.QtWidgets import QAction, QActionGroup, QHBoxLayout, QSizePolicy, QToolTip, QWidget

from core.base.number_text import short
from core.base.translation import _
from core.explain.diagnosis import DEAD_RULE, SATURATED_RULE
from core.explain.picked_part import capital
from gui.diagram.connections import Matrix
from gui.diagram.drawing.color_bar import HEIGHT, WIDTH, paint_color_bar, place_on_bar
from gui.diagram.drawing.edge_quantity import NO_UPDATE, QUANTITIES, EdgeQuantity
from gui.diagram.drawing.health_painting import paint_badge
from gui.diagram.geometry import Diagram
from gui.diagram.layer_tiles import WIDE
from gui.widgets.elided import NOTHING, Elided, Fitting
from gui.widgets.ending_painter import painting
from gui.widgets.forms import MenuButton, allow
from gui.widgets.plain_text import plain
from gui.widgets.theme import Theme

LEFT, GAP, RIGHT, FOOT = 12, 6, 14, 2
BADGE = 6
"""The radius of a mark in the legend."""
SIDES = LEFT + 2 * GAP + RIGHT
NUMBERED = (0, 5, 10, 20, 40)
"""The choices of how many edges have their number beside them."""


class ScaleStrip(QWidget):
    """The colour scale of the edges."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._quantity, self._end, self._strongest, self._is_awaited = QUANTITIES[0], 1.0, 0.0, False
        self.setFixedSize(int(WIDTH), int(HEIGHT))
        self.setAccessibleName(_("Colour scale of the edges"))

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self.update()

    def show_scale(self, quantity: EdgeQuantity, end: float) -> None:
        """Show the scale of a quantity up to an end."""
        if (quantity, end) != (self._quantity, self._end):
            self._quantity, self._end = quantity, end
            self.update()

    def show_strongest(self, value: float, is_awaited: bool = False) -> None:
        """Mark the strongest edge, or say that no update was made yet; painted anew only where that looks different."""
        before = self._mark(), self._is_awaited
        self._strongest, self._is_awaited = value, is_awaited
        if (self._mark(), is_awaited) != before:
            self.update()

    def _mark(self) -> int | None:
        return place_on_bar(self._quantity, self._end, self._strongest) if self._strongest else None

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.words(), self)
            return True
        return super().event(event)

    def words(self) -> str:
        """What the scale tells: of which update, the strongest edge, and what else it colours."""
        lines = [f"{capital(self._quantity.title)}."] if self._quantity.is_of_update else []
        if self._is_awaited:
            lines.append(f"{capital(NO_UPDATE)}.")
        elif self._strongest:
            lines.append(_("The mark is the strongest edge: {value}.").format(value=short(self._strongest)))
        return "\n".join([*lines, _("The same scale colours the dot at each neuron, its bias.")])

    def paintEvent(self, event: QPaintEvent | None) -> None:
        with painting(self) as painter:
            note = NO_UPDATE if self._is_awaited else ""
            shown = self.font(), self._theme, self._quantity, self._end, self._mark(), note
            paint_color_bar(painter, 0.0, 0.0, *shown)


class MarkLegend(QWidget):
    """Says what the marks of saturated and dead neurons mean, drawn as in the diagram; hidden while there are none."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._words: dict[bool, str] = {}
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self.update()

    def show_marks(self, marks: Collection[bool]) -> None:
        """Explain the mark of dead neurons, True, and of saturated ones, False."""
        words = {is_dead: text for is_dead, text in ((False, _("saturated")), (True, _("dead"))) if is_dead in marks}
        if words != self._words:
            self._words = words
            self.setAccessibleName(", ".join(words.values()))
            rules = {False: SATURATED_RULE, True: DEAD_RULE}
            self.setToolTip(plain("\n".join(capital(rules[is_dead]) for is_dead in words)))
            self.updateGeometry()
            self.setVisible(bool(words))

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = sum(metrics.horizontalAdvance(text) + 2 * BADGE + 2 * GAP for text in self._words.values())
        return QSize(width, metrics.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), 2 * (BADGE + GAP) * len(self._words)), 0)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        x, y, metrics = 0.0, self.height() / 2.0, self.fontMetrics()
        is_whole = self.width() >= self.sizeHint().width()  # else the marks alone stand here, and the tip explains them
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for is_dead, text in self._words.items():
                paint_badge(painter, self._theme, QPointF(x + BADGE, y), BADGE, is_dead)
                shown = text if is_whole else ""
                painter.setPen(self._theme.color("faint"))
                left = x + 2 * BADGE + GAP
                painter.drawText(QPointF(left, y + (metrics.ascent() - metrics.descent()) / 2.0), shown)
                x = left + metrics.horizontalAdvance(shown) + GAP


class DiagramFooter(Fitting, QWidget):
    """What marks and cells mean, and the menu of what the edges show, beside their colour scale.

    Signals:
        quantity_chosen(EdgeQuantity): what colour and width of the edges shall show.
        numbered_chosen(int): how many of the strongest edges shall have their number beside them.
    """

    quantity_chosen = pyqtSignal(object)
    numbered_chosen = pyqtSignal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._shown: EdgeQuantity | None = None
        self.choice = MenuButton(self, _("What the edges show"))
        self.choice.setToolTip(_("What colour and width of the edges show, and which have their number beside them"))
        self.strip = ScaleStrip(theme)
        self.quantities = self._entries([quantity.label for quantity in QUANTITIES])
        for entry, quantity in zip(self.quantities, QUANTITIES, strict=True):
            entry.triggered.connect(lambda _, quantity=quantity: self._choose(quantity))
        self.choice.choices.addSection(_("Numbers"))
        words = [
            _("No numbers"),
            *(_("Numbers on the strongest {count}").format(count=count) for count in NUMBERED[1:]),
        ]
        self.numbered = self._entries(words)
        for entry, count in zip(self.numbered, NUMBERED, strict=True):
            entry.triggered.connect(lambda _, count=count: self.numbered_chosen.emit(count))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(LEFT, 0, RIGHT, FOOT)
        layout.setSpacing(GAP)
        self._note = Elided()
        self._note.setProperty("role", "faint")
        self.marks = MarkLegend(theme)
        layout.addWidget(self.marks)
        layout.addWidget(self._note, 1)
        layout.addWidget(self.choice)
        layout.addWidget(self.strip)
        self._show(QUANTITIES[0])

    def _entries(self, texts: list[str]) -> list[QAction]:
        """Add choices that exclude each other, the first of them chosen."""
        group = QActionGroup(self)
        entries = [QAction(text, group) for text in texts]
        for entry in entries:
            entry.setCheckable(True)
            self.choice.choices.addAction(entry)
        entries[0].setChecked(True)
        return entries

    def _choose(self, quantity: EdgeQuantity) -> None:
        self._show(quantity)
        self.quantity_chosen.emit(quantity)

    def _show(self, quantity: EdgeQuantity) -> None:
        if quantity != self._shown:  # the same text would be laid out again
            self._shown = quantity
            self.choice.show_text(_("edges: {label}").format(label=quantity.label))
            self._fit()

    def _fit(self) -> None:
        """Give the choice its room beside the scale, in small letters where there is little."""
        free = self.width() - self.strip.width() - SIDES
        self.choice.set_small(False)
        self.choice.set_small(self.choice.room() > free)
        self.choice.setMaximumWidth(max(free, 0))

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.strip.set_theme(theme)
        self.marks.set_theme(theme)

    def show_net(self, diagram: Diagram | None, has_fields: bool = True) -> None:
        """Say why edges are drawn as matrices, where they are.

        Args:
            diagram: what is drawn.
            has_fields: whether the header has room for the fields of the layers; else this says where they are.
        """
        texts = (
            _(
                "A layer has more than {n} neurons: each cell is an edge; point at it for its name. The larger of two "
                "layers has the rows ↓, so that the matrix is higher than wide, and the other one the columns →"
            ),
            _("A layer has more than {n} neurons: each cell is an edge; point at it for its name"),
            _("Over {n} neurons: each cell is an edge"),
            _("A cell is an edge"),
            _("cell: an edge"),
            NOTHING,
        )
        has_cells = diagram is not None and any(isinstance(part, Matrix) for part in diagram.connections)
        cells = [text.format(n=WIDE) for text in texts] if has_cells else [""]
        if not has_fields:
            where = _("No room for the neurons and the activation of each layer: More settings has them")
            shorter = _("Each layer: More settings"), *cells[3:], NOTHING
            cells = [". ".join(filter(None, (where, cells[0]))), where, *shorter]
        self._note.set_full(*cells)

    def show_scale(self, quantity: EdgeQuantity, end: float, is_chosen: bool) -> None:
        """Show the scale of the edges; ``is_chosen`` says whether the user may choose the quantity now."""
        self.strip.show_scale(quantity, end)
        refusal = _("a sample is shown, so the edges show {title}").format(title=quantity.title)
        allow(self.choice, "" if is_chosen else refusal)
        self._show(quantity)
