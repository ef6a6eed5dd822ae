"""The legend above the plot of the data."""

from __future__ import annotations

from PyQt5.QtCore import QEvent, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QFont, QMouseEvent, QResizeEvent
from PyQt5.QtWidgets import QFrame, QLabel, QScrollArea

from core.base.number_text import telling
from core.base.translation import _
from core.base.typeset import escaped
from core.data.class_names import class_title, natural_order
from core.data.dataset import Dataset
from gui.decision.decision_map import certainty_colors
from gui.decision.map_layer import SURE
from gui.decision.plot_text import cut
from gui.widgets.qt_objects import existing
from gui.widgets.theme import Theme

LONGEST_NAME = 12
LEADING = 4
KEY_COLORS, FEW_KEY_COLORS = 6, 3
MOST_LINES = 3
"""The legend scrolls, by whole lines, if it has more."""
RENAME_TIP = _("A double click renames the classes (F2)")


class Legend(QScrollArea):
    """Explains the colours and marks of the points.

    Signals:
        double_clicked(): the user double-clicked it.

    Attributes:
        label: what shows it.
    """

    double_clicked = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._font = QFont()  # that it was fitted to
        self._width = 0  # of the viewport
        self._texts: tuple[str, ...] = ()  # a shorter one for little room last
        self._is_sure = False  # whether the plot shows how sure the network is
        self._sure_texts: tuple[str, ...] = ()  # those with the key to that, from long to short
        self.label = QLabel()
        self.label.setWordWrap(True)
        self.label.setTextFormat(Qt.TextFormat.RichText)
        self.setWidget(self.label)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_data(
        self,
        dataset: Dataset,
        scale: tuple[float, float] | None,
        is_walk: bool,
        theme: Theme,
        has_test: bool = False,
        has_marked: bool = False,
    ) -> None:
        """Explain other points, see :func:`legend_text`."""
        self._texts = tuple(
            legend_text(dataset, scale, is_walk, theme, has_test, is_short, has_marked) for is_short in (False, True)
        )
        self.setToolTip(RENAME_TIP if dataset.n_classes else "")
        key, few = certainty_key(theme), certainty_key(theme, FEW_KEY_COLORS)
        marks = "" if scale is not None else "&nbsp; ".join(class_marks(dataset, theme, is_short=True))
        forms = *((text, key) for text in self._texts), (self._texts[-1], few), (marks, key), (marks, few), ("", key)
        self._sure_texts = tuple("&nbsp; ".join(filter(None, form)) for form in forms)
        self._fit()

    def show_view(self, view: str) -> None:
        """Explain another of VIEWS."""
        self._is_sure = view == SURE
        self._fit()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        assert event is not None
        super().resizeEvent(event)
        self._width = event.size().width()  # without asking the viewport, which Qt made: see gui/widgets/qt_objects.py
        self._fit()

    def viewportEvent(self, event: QEvent | None) -> bool:
        assert event is not None
        if event.type() == QEvent.Type.LayoutRequest and self.label.font() != self._font:  # of another size
            self._fit()
        return super().viewportEvent(event)

    def _fit(self) -> None:
        """Take as much height as the text needs, but no more than so many lines; a text in one line is best."""
        self._font = self.label.font()
        spacing = self.fontMetrics().lineSpacing()
        existing(self.verticalScrollBar()).setSingleStep(spacing)
        most = (MOST_LINES - 1) * spacing + self.fontMetrics().height()
        width = self._width or self.contentsRect().width()
        one_line = self.fontMetrics().height() + LEADING
        for text in self._texts:
            self.label.setText(text)
            if self.label.heightForWidth(width) <= one_line:
                break
        needed = max(self.label.heightForWidth(width), self.fontMetrics().height())
        height = min(needed, most)
        if self._is_sure:  # with its key it takes the same height, so that nothing moves
            for text in self._sure_texts:
                self.label.setText(text)
                if needed > most or self.label.heightForWidth(width) <= max(height, one_line):
                    break
        if height != self.minimumHeight():
            self.setFixedHeight(height)
            QTimer.singleShot(0, self._lay_out)

    def _lay_out(self) -> None:
        """Let the viewport fill the area, which Qt forgets where the height was changed while it laid this out."""
        self.setViewportMargins(0, 0, 0, 0)

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.button() == Qt.MouseButton.LeftButton:
            self.double_clicked.emit()


def certainty_key(theme: Theme, count: int = KEY_COLORS) -> str:
    """What the colours of the view "how sure" mean, as HTML, by so many of them."""
    bar = "".join(f'<span style="color:{color}">■</span>' for color in certainty_colors(theme, count))
    return _("unsure&nbsp;{bar}&nbsp;sure").format(bar=bar)


def class_marks(dataset: Dataset, theme: Theme, is_short: bool) -> list[str]:
    """Each class with its mark, as HTML."""
    parts = []
    for k in natural_order(dataset.class_names):
        name = cut(dataset.class_names[k], LONGEST_NAME)
        name = escaped(name if is_short else class_title(name))
        parts.append(f'<span style="color:rgb{theme.class_rgb(k)}">{theme.class_glyph(k)}</span>&nbsp;{name}')
    return parts


def legend_text(
    dataset: Dataset,
    scale: tuple[float, float] | None,
    is_walk: bool,
    theme: Theme,
    has_test: bool = False,
    is_short: bool = False,
    has_marked: bool = False,
) -> str:
    """Each class with its colour, or the colour scale of the targets, and the meaning of the other marks; as HTML.

    ``scale`` holds the ends of the targets' colours, None for classes; ``is_walk`` tells that a walk rings its sample,
    ``has_test`` that test points are shown, ``is_short`` that there is little room, ``has_marked`` that points of the
    report are ringed.
    """
    last = _('<span style="font-weight:bold">○</span>&nbsp;last sample')
    if is_walk:
        last = _('<span style="color:rgb{accent}"><b>○</b></span>&nbsp;this&nbsp;sample').format(accent=theme.accent)
    rings = _('<span style="color:rgb{accent}"><b>○</b></span>&nbsp;of&nbsp;the&nbsp;report').format(
        accent=theme.accent
    )
    last = f"{last}&nbsp; {rings}" if has_marked else last
    test = f"&nbsp; {_('◇&nbsp;test') if is_short else _('◇&nbsp;test&nbsp;point')}" if has_test else ""
    if scale is not None:
        low, high = scale
        steps = (theme.signed_color(share).name() for share in (-1.0, -0.5, 0.0, 0.5, 1.0))
        bar = "".join(f'<span style="color:{step}">■</span>' for step in steps)
        name = escaped(dataset.target_name[:24])
        ends = telling(low, high - low), telling(high, high - low)
        return f"{name}:&nbsp; {ends[0]}&nbsp;{bar}&nbsp;{ends[1]}&nbsp;&nbsp; {last}{test}"
    parts = class_marks(dataset, theme, is_short)
    parts.append(_('<span style="color:rgb{wrong}">○</span>&nbsp;wrong').format(wrong=theme.wrong))
    parts.append(last)
    return "&nbsp; ".join(parts) + test
