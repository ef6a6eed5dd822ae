"""The chain rule as a table: symbol, what it is in words, and its value in the colour it has in the diagram."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PyQt5.QtCore import QEvent, QRectF, QSize, Qt
from PyQt5.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QTextDocument
from PyQt5.QtWidgets import QSizePolicy, QToolTip, QWidget

from core.base.number_text import exact, short
from core.base.translation import _
from core.base.values import dataclass
from core.network.expression import Product, Quantity
from gui.widgets.elided import TYPE_CHANGES, shortened
from gui.widgets.ending_painter import painting
from gui.widgets.flags import LEFT
from gui.widgets.plain_text import plain as plain_tip
from gui.widgets.theme import Theme

if TYPE_CHECKING:
    from core.explain.chain_row import Row

DIGITS = 5
GAP, PADDING = 8, 4
FEWER_WORDS = {
    "loss of the sample": (_("loss"),),
    "delta": ("∂L/∂z", ""),
    "gradient of the loss": ("",),
    "what comes back": ("",),
    "slope": (_("slope"),),
    "update": (_("new value"),),
}
"""By the name of a formula; the symbols of the second and the third say the same as their words."""
PALE = 0.9
"""How opaque the rows are that are not at work; still dark enough to be read."""


@dataclass(frozen=True)
class TableLine:
    """A line of the table: HTML of its symbol and value, its words, and all of it in plain text for the copy.

    Attributes:
        short_value: in place of ``value`` where that has no room. fewer_terms: tried before it, from long to short.
        fewer_words: tried where no form of the value has room beside the words, from long to short.
        is_formula: its terms say more than its words, which go where there is no room for both.
        is_marked: at work in the present phase. is_pale: not at work there.
    """

    symbol: str
    words: str
    value: str
    short_value: str
    plain: str
    fewer_terms: tuple[str, ...] = ()
    fewer_words: tuple[str, ...] = ()
    is_formula: bool = False
    is_marked: bool = False
    is_pale: bool = False


def signed_html(theme: Theme, value: float, text: str) -> str:
    """A number in the colour of its sign, dark or light enough to be read."""
    color = "text" if value == 0.0 or value != value else "positive_text" if value > 0.0 else "negative_text"
    return f'<span style="color:{theme.color(color).name()}">{text}</span>'


def line_of(row: Row, theme: Theme, kind: str | None = None) -> TableLine:
    """The line of a row; with ``kind`` the rows of that phase are marked, and the others pale."""
    from core.explain.formulas.fewer_terms import shorter_forms
    from core.explain.formulas.formula_text import to_html, to_text, write_number  # not for the first picture

    formula, fewer = row.formula, list[str]()
    number = to_html(write_number(row.value, DIGITS) if formula is None else formula.result_markup())
    result = f"<b>{signed_html(theme, row.value, number)}</b>"
    value, text = result, f"{to_text(row.symbol)} = {exact(row.value)}"
    if formula is not None:
        text = f"{to_text(formula.markup())}  [{exact(row.value)}]"
        if to_html(formula.numbers()) != number:
            value = f"{_factors(formula.expression, theme) or to_html(formula.numbers())} = {result}"
            for form in shorter_forms(formula):
                form_result = signed_html(theme, row.value, to_html(form.result_markup()))
                fewer.append(f"{to_html(form.numbers())} = <b>{form_result}</b>")
    marked, pale = kind == row.kind, kind not in (None, row.kind)
    plain, name = f"{row.words}: {text}", "" if formula is None else formula.name
    fewer_words, is_formula = FEWER_WORDS.get(name, ()), name in ("weighted sum", "update")
    symbol = to_html(row.symbol)
    return TableLine(symbol, row.words, value, result, plain, tuple(fewer), fewer_words, is_formula, marked, pale)


def _factors(expression: object, theme: Theme) -> str:
    """A product of numbers, each in the colour of its sign; empty for anything else."""
    from core.explain.formulas.formula_text import to_html, write_number

    if not isinstance(expression, Product) or not all(isinstance(f, Quantity) for f in expression.factors):
        return ""
    return " · ".join(
        signed_html(theme, f.value, to_html(write_number(f.value, f.digits)))
        for f in expression.factors
        if isinstance(f, Quantity)
    )


def number_line(symbol: str, words: str, value: float | None, theme: Theme, tip: str = "") -> TableLine:
    """A line of a number that no formula stands behind; None for one that is not there yet."""
    if value is None or value != value:
        return TableLine(symbol, words, "–", "–", f"{words}: –")
    number = f"<b>{signed_html(theme, value, short(value, DIGITS))}</b>"
    return TableLine(symbol, words, number, number, f"{words}: {exact(value)}{f' ({tip})' if tip else ''}")


class RowTable(QWidget):
    """Draws lines in three columns. It is painted anew only when a line changes.

    A line whose value has no room shows fewer terms of its sum, or the result alone; the tooltip has all of it.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._lines: tuple[TableLine, ...] = ()
        self._theme: Theme | None = None
        self._documents: dict[str, QTextDocument] = {}

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self._documents.clear()
        self.update()

    @property
    def lines(self) -> tuple[TableLine, ...]:
        """What is shown."""
        return self._lines

    def show_lines(self, lines: Sequence[TableLine]) -> None:
        """Show other lines."""
        if tuple(lines) == self._lines:
            return
        is_as_high = len(lines) == len(self._lines)
        self._lines = tuple(lines)
        self._documents.clear()
        self.setAccessibleDescription("\n".join(line.plain for line in lines))
        if not is_as_high:
            self._fit()
        self.update()

    def _fit(self) -> None:
        self.setFixedHeight(max(1, len(self._lines) * self.line_height()))

    def changeEvent(self, event: QEvent | None) -> None:
        assert event is not None
        super().changeEvent(event)
        if event.type() in TYPE_CHANGES:
            self._documents.clear()
            self._fit()

    def line_height(self) -> int:
        """Pixels of a line."""
        return self.fontMetrics().height() + 1

    def sizeHint(self) -> QSize:
        return QSize(320, max(1, len(self._lines) * self.line_height()))

    def _document(self, html: str) -> QTextDocument:
        document = self._documents.get(html)
        if document is None:
            document = QTextDocument()
            document.setDocumentMargin(0.0)
            document.setDefaultFont(self.font())
            document.setHtml(f'<span style="color:{self.palette().windowText().color().name()}">{html}</span>')
            self._documents[html] = document
        return document

    def _value(self, line: TableLine) -> str:
        width, forms = self.fontMetrics().horizontalAdvance, (line.value, *line.fewer_terms)
        for words in ("",) if line.is_formula else (line.words, *line.fewer_words):
            for form in forms:
                if width(words) <= self._room(form):
                    return form
        return line.short_value

    def words(self, line: TableLine) -> str:
        """The words of a line as far as there is room for them; those of such a formula whole or not at all."""
        metrics, room = self.fontMetrics(), self._room(self._value(line))
        whole = next(
            (words for words in (line.words, *line.fewer_words) if metrics.horizontalAdvance(words) <= room), ""
        )
        return whole if whole or line.is_formula or "" in line.fewer_words else shortened(metrics, line.words, room)

    def _room(self, value: str) -> float:
        """The room for words beside a value."""
        taken = self._symbols() + self._document(value).idealWidth() + 2 * (GAP + PADDING)
        return self.width() - taken

    def _symbols(self) -> float:
        return max((self._document(line.symbol).idealWidth() for line in self._lines), default=0.0)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        theme = self._theme
        if theme is None or not self._lines:
            return
        symbols = self._symbols()
        with painting(self) as painter:
            for number, line in enumerate(self._lines):
                self._paint(painter, theme, line, number * self.line_height(), symbols)

    def _paint(self, painter: QPainter, theme: Theme, line: TableLine, top: int, symbols: float) -> None:
        height, value = self.line_height(), self._document(self._value(line))
        if line.is_marked:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("accent_pale"))
            painter.drawRoundedRect(QRectF(0, top, self.width(), height), 4.0, 4.0)
        painter.setOpacity(PALE if line.is_pale else 1.0)
        left, right = PADDING + symbols + GAP, self.width() - PADDING - value.idealWidth()
        self._draw(painter, self._document(line.symbol), PADDING, top)
        self._draw(painter, value, right, top)
        painter.setPen(QColor(theme.color("faint")))
        painter.drawText(QRectF(left, top, max(0.0, right - left), height), int(LEFT), self.words(line))
        painter.setOpacity(1.0)

    def _draw(self, painter: QPainter, document: QTextDocument, left: float, top: int) -> None:
        painter.save()
        painter.translate(left, top + (self.line_height() - document.size().height()) / 2.0)
        document.drawContents(painter)
        painter.restore()

    def event(self, event: object) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QHelpEvent.Type.ToolTip:
            number = event.pos().y() // self.line_height()
            if 0 <= number < len(self._lines):
                QToolTip.showText(event.globalPos(), plain_tip(self._lines[number].plain), self)
            return True
        return bool(super().event(event))  # type: ignore[arg-type]
