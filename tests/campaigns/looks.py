"""What is wrong with the look of a window: cut-off text, overlaps, hidden overflow, pale text, nameless controls.

All is asked of the widgets and of the painting itself, whatever the window shows.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

import numpy as np
from PyQt5 import sip
from PyQt5.QtCore import QAbstractListModel, QPoint, QRect, QRectF, Qt
from PyQt5.QtGui import QFontMetrics, QFontMetricsF, QImage, QPainter
from PyQt5.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QBoxLayout,
    QComboBox,
    QGridLayout,
    QGroupBox,
    QHeaderView,
    QLabel,
    QLayout,
    QLineEdit,
    QScrollBar,
    QSlider,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QTabBar,
    QToolButton,
    QWidget,
)

from gui.projects.recovery_bar import RecoveryBar
from gui.widgets.elided import Elided, FewLines, shortened
from gui.window.notices import NoticeBar

LEAST_CONTRAST = 4.5
"""Of text and its background, by the Web Content Accessibility Guidelines, level AA."""
ZOOM = 3
"""Text is painted so much larger before its colour is measured, so that its strokes are whole pixels."""
LEAST_PIXELS = 4
SLACK = 1
BAND = 32
"""Texts are compared with those that were painted at this height, in pixels."""
Places: TypeAlias = defaultdict[int, list[tuple[QRectF, str]]]
"""Texts and where they were painted, by their bands."""
CONTROLS = (QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit, QSlider, QLabel)
OVER_WINDOW = (NoticeBar, RecoveryBar)
ROOT = Path(__file__).resolve().parents[2]


ACCEPTED = {
    ("elided", "gui/report/confusion_grid.py _paint_name"): "a head too narrow for a name has the mark alone",
    ("elided", "gui/runs/curve_marks.py paint"): "a run's name can have any length; the tip has all",
    ("elided", "gui/runs/run_table.py name_lines"): "a run's name can have any length; the tip has all",
    (
        "elided",
        "gui/transport/timeline_painting.py paint_words",
    ): "a branch's name can be long; the tip has all",
    ("elided", "gui/diagram/drawing/caption_painting.py _write"): "a class's name can be long; the hover label has all",
    (
        "elided",
        "gui/diagram/drawing/caption_painting.py _write_input_names",
    ): "a column's name can be long; the hover label has all",
    ("cut off", "SectionBar > ChoiceBox"): "a column's name can be long; its axis and the list have all",
    ("cut off", "ColumnsForm > ChoiceBox"): "a column's name can be long; the list has all",
    ("elided", "gui/widgets/fields.py shown_text"): "a column's name can be long; the tip and the list have all",
    ("shortened", "SweepWindow > FewLines"): "names of four settings can be long; the tip has all",
    ("elided", "gui/sweeps/parallel_view.py _paint_axis"): "many axes have little room; the table has whole names",
    ("cut off", "RuleEditor > TextField"): "a rule can be long; it scrolls in its field",
    ("elided", "gui/widgets/elided.py _lines"): "the widget itself is asked",
    ("shortened", "SweepDialog > Elided"): "a folder's name can be long; the tip has all",
    ("cut off", "RunsView > RunTable"): "a run's name can have any length; the tip has all",
}
"""What is as it is for a reason."""
SHORTENED = "shortened"
"""The kind of a text that ends in dots and whose tip has all of it."""
PAINTED_SHORTENED = ("elided", "gui/explanation/inspector/row_table.py words")
"""The same of a text that a widget paints among others."""


@dataclass(frozen=True, order=True)
class Fault:
    """One thing that is wrong: its kind, the widget or the line of code, and the text that it is about."""

    kind: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.where}: {self.what}"

    @property
    def is_of_length(self) -> bool:
        """Whether only the length of a text is at fault, and its tip has all of it; a longer language may need that."""
        return self.kind == SHORTENED or (self.kind, self.where) == PAINTED_SHORTENED

    @property
    def is_accepted(self) -> bool:
        """Whether there is a reason for it."""
        return (self.kind, self.where.partition(" '")[0]) in ACCEPTED  # the name is of the language


def faults_of(window: QWidget) -> set[Fault]:
    """All that is wrong but for the contrast and what is painted, see :func:`pale_text` and :func:`painted`."""
    widgets = [widget for widget in window.findChildren(QWidget) if is_seen(widget, window)]
    found = {fault for widget in widgets for fault in cut_off(widget)}
    found |= {fault for widget in widgets for fault in overflow(widget, window)}
    found |= {Fault("no name", name_of(widget), "") for widget in widgets if lacks_name(widget)}
    found |= {fault for widget in widgets for fault in laid_over(widget)}
    return found | overlaps(widgets, window) | wrong_order(widgets, window)


def is_seen(widget: QWidget, window: QWidget) -> bool:
    return widget.isVisible() and widget.window() is window and not widget.visibleRegion().isEmpty()


def name_of(widget: QWidget) -> str:
    """Such as ``DiagramFooter > MenuButton 'What the edges show'``."""
    parent = widget.parentWidget()
    while parent is not None and type(parent).__module__.startswith("PyQt5"):
        parent = parent.parentWidget()
    name = widget.accessibleName() or widget.objectName()
    above = f"{type(parent).__name__} > " if parent is not None else ""
    return f"{above}{type(widget).__name__}{f' {name!r}' if name else ''}"


def rect_in(widget: QWidget, window: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())


# ---------------------------------------------------------------- text that is cut off


def cut_off(widget: QWidget) -> Iterator[Fault]:
    """The texts of a widget that have too little room."""
    for text, needed, room in texts_of(widget):
        if text.strip() and needed > room + SLACK:
            kind = SHORTENED if isinstance(widget, (Elided, FewLines)) else "cut off"
            yield Fault(kind, name_of(widget), f"{text!r} needs {needed:.0f}, has {room:.0f}")


def texts_of(widget: QWidget) -> Iterator[tuple[str, float, float]]:
    """Each text with the room that it needs and has, along the direction in which it would be cut."""
    metrics, width = widget.fontMetrics(), widget.width()
    if isinstance(widget, Elided):
        has_dots = widget.text().endswith("…") and not widget.full.endswith("…")
        yield widget.full, metrics.horizontalAdvance(widget.full) * has_dots, widget.contentsRect().width()
    elif isinstance(widget, FewLines):
        has_dots = "".join(widget.lines()).endswith("…") and not widget.text().endswith("…")
        yield widget.text(), len(widget.text()) * has_dots, 0  # whole sentences may be left out; the tip has them
    elif isinstance(widget, QLabel) and widget.text():
        if widget.wordWrap():
            yield widget.text(), widget.heightForWidth(width), widget.height()
        else:
            yield widget.text(), widget.sizeHint().width(), width
            yield (
                widget.text(),
                metrics.height() if metrics.height() < widget.sizeHint().height() else 0,
                widget.height(),
            )
    elif isinstance(widget, (QAbstractButton, QComboBox, QLineEdit)):
        yield text_of_control(widget)
    elif isinstance(widget, QGroupBox):
        yield widget.title(), metrics.horizontalAdvance(widget.title()), width
    elif isinstance(widget, QTabBar):
        for tab in range(widget.count()):
            yield widget.tabText(tab), metrics.horizontalAdvance(widget.tabText(tab)), widget.tabRect(tab).width() - 8
    elif isinstance(widget, QHeaderView):
        yield from texts_of_header(widget)
    elif isinstance(widget, QAbstractItemView):
        yield from texts_of_items(widget)


def text_of_control(widget: QAbstractButton | QComboBox | QLineEdit) -> tuple[str, float, float]:
    """Its text with the width that it needs and has."""
    metrics, width = widget.fontMetrics(), widget.width()
    if isinstance(widget, QComboBox):
        option = QStyleOptionComboBox()
        widget.initStyleOption(option)
        style, part = widget.style(), QStyle.SubControl.SC_ComboBoxEditField
        room = style.subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, widget).width()
        return widget.currentText(), metrics.horizontalAdvance(widget.currentText()), room
    if isinstance(widget, QLineEdit):
        text = widget.text() or widget.placeholderText()
        return text, metrics.horizontalAdvance(text) + 4, widget.contentsRect().width()
    if not isinstance(widget, QToolButton):
        return widget.text(), widget.sizeHint().width(), width
    if widget.icon().isNull():  # Qt centres the text, without dots
        return widget.text(), metrics.size(Qt.TextFlag.TextShowMnemonic, widget.text()).width() + 2 * SLACK, width
    is_picture = widget.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly
    return "" if is_picture else widget.text(), widget.sizeHint().width(), width


def texts_of_header(header: QHeaderView) -> Iterator[tuple[str, float, float]]:
    if header.orientation() != Qt.Orientation.Horizontal or header.model() is None:
        return
    for section in range(header.count()):
        text = str(header.model().headerData(section, header.orientation()) or "")
        if not header.isSectionHidden(section):
            yield text, header.fontMetrics().horizontalAdvance(text), header.sectionSize(section) - 4


def texts_of_items(view: QAbstractItemView) -> Iterator[tuple[str, float, float]]:
    model, seen = view.model(), view.viewport().rect()
    if model is None:
        return
    option = view.viewOptions()
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(view.rootIndex())
    for row in range(min(model.rowCount(view.rootIndex()), 60)):
        for column in range(min(columns, 30)):
            index = model.index(row, column, view.rootIndex())
            rect, text = view.visualRect(index), index.data(Qt.ItemDataRole.DisplayRole)
            if text is not None and not rect.isEmpty() and seen.contains(rect):
                own = QStyleOptionViewItem(option)
                own.rect = rect
                yield str(text), view.itemDelegate(index).sizeHint(own, index).width(), rect.width()


# ---------------------------------------------------------------- places


def overflow(widget: QWidget, window: QWidget) -> Iterator[Fault]:
    """A control that reaches out of a widget around it, where nothing scrolls that way."""
    if not isinstance(widget, CONTROLS) or isinstance(widget.parentWidget(), (QAbstractSpinBox, QComboBox)):
        return
    rect, around, inner = widget.rect(), widget.parentWidget(), widget
    while around is not None and inner is not window:
        rect = QRect(inner.mapToParent(rect.topLeft()), rect.size())
        wide = rect.left() < -SLACK or rect.right() > around.width() - 1 + SLACK
        high = rect.top() < -SLACK or rect.bottom() > around.height() - 1 + SLACK
        area = around.parentWidget()
        if isinstance(area, QAbstractScrollArea) and area.viewport() is around:
            wide = wide and not can_scroll(area.horizontalScrollBar(), area.horizontalScrollBarPolicy())
            high = high and not can_scroll(area.verticalScrollBar(), area.verticalScrollBarPolicy())
        if wide or high:
            yield Fault("overflow", name_of(widget), f"{text_of(widget)!r} out of {name_of(around)}")
            return
        rect = rect.intersected(around.rect())
        inner, around = around, around.parentWidget()


def can_scroll(bar: QScrollBar, policy: Qt.ScrollBarPolicy) -> bool:
    return policy != Qt.ScrollBarPolicy.ScrollBarAlwaysOff and bar.maximum() > 0


def text_of(widget: QWidget) -> str:
    return str(getattr(widget, "text", str)())[:60]


def overlaps(widgets: list[QWidget], window: QWidget) -> set[Fault]:
    """Controls of which one covers a part of another, but for what lies over the window until it is put away."""
    leaves = [
        (widget, seen_part(widget, window).intersected(clip_of(widget, window)))
        for widget in widgets
        if isinstance(widget, CONTROLS) and (not isinstance(widget, QLabel) or has_content(widget))
        if not isinstance(widget.parent(), OVER_WINDOW)
    ]
    found = set()
    for (one, first), (other, second) in combinations(leaves, 2):
        common = first.intersected(second)
        if min(common.width(), common.height()) > 2 and not (one.isAncestorOf(other) or other.isAncestorOf(one)):
            found.add(Fault("overlap", name_of(one), f"{text_of(one)!r} with {name_of(other)} {text_of(other)!r}"))
    return found


def laid_over(widget: QWidget) -> Iterator[Fault]:
    """Neighbours that a layout puts over each other, since a widget takes more room than there is."""
    for one, other in combinations(laid_out(widget.layout()), 2):
        common = one.geometry().intersected(other.geometry())
        if min(common.width(), common.height()) > 2:
            yield Fault("overlap", name_of(one), f"{common.width()} × {common.height()} with {name_of(other)}")


def laid_out(layout: QLayout | None) -> list[QWidget]:
    """The visible widgets of a layout of lines or columns, and of those in it."""
    if not isinstance(layout, (QBoxLayout, QGridLayout)):
        return []
    items = [item for place in range(layout.count()) if (item := layout.itemAt(place)) is not None]
    own = [widget for item in items if (widget := item.widget()) is not None and widget.isVisible()]
    return own + [widget for item in items for widget in laid_out(item.layout())]


def seen_part(widget: QWidget, window: QWidget) -> QRect:
    """The place of a widget in the window; of a line of text that fills what room there is, that of its letters."""
    rect = rect_in(widget, window)
    if isinstance(widget, Elided):
        rect.setWidth(min(rect.width(), widget.fontMetrics().horizontalAdvance(widget.text())))
    return rect


def has_content(label: QLabel) -> bool:
    return bool(label.text().strip()) or label.pixmap() is not None


def clip_of(widget: QWidget, window: QWidget) -> QRect:
    """What can be seen of the place of a widget, in the window."""
    clip, around = window.rect(), widget.parentWidget()
    while around is not None and around is not window:
        clip = clip.intersected(rect_in(around, window))
        around = around.parentWidget()
    return clip


# ---------------------------------------------------------------- names and keys


def lacks_name(widget: QWidget) -> bool:
    """Whether a control that takes keys or clicks has nothing that a screen reader could say."""
    if isinstance(widget, (QScrollBar, QHeaderView, QTabBar)) or isinstance(
        widget.parentWidget(), (QAbstractSpinBox, QComboBox)
    ):
        return False
    is_control = isinstance(widget, CONTROLS) and not isinstance(widget, QLabel)
    if not is_control and not widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
        return False
    area = widget.parentWidget()
    if isinstance(area, QAbstractScrollArea) and area.viewport() is widget:  # which is named itself
        return not area.accessibleName().strip()
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return not (widget.accessibleName().strip() or text.strip()) and not any(
        label.buddy() is widget and label.text().strip() for label in widget.window().findChildren(QLabel)
    )


def wrong_order(widgets: list[QWidget], window: QWidget) -> set[Fault]:
    """Neighbours that the Tab key visits against the order of reading: upwards, or to the left in one line."""
    seen, found = set(widgets), set()
    chain, widget = [], window.nextInFocusChain()
    while widget is not window:
        if widget in seen and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            chain.append(widget)
        widget = widget.nextInFocusChain()
    for one, other in pairwise(widget for widget in chain if not isinstance(widget, QTabBar)):
        if one.parentWidget() is not other.parentWidget():
            continue
        first, second = rect_in(one, window), rect_in(other, window)
        is_above = second.bottom() < first.top() and second.left() <= first.left()  # not the next column
        is_left = second.right() < first.left() and second.bottom() >= first.top() and second.top() <= first.bottom()
        if is_above or is_left:
            found.add(Fault("tab order", name_of(one), f"then {name_of(other)}"))
    return found


# ---------------------------------------------------------------- what is painted


@contextmanager
def painted() -> Iterator[set[Fault]]:
    """While it is entered, texts that the program's own painting shortens or draws into too little room are noted."""
    found: set[Fault] = set()
    places: WeakKeyDictionary[QPainter, Places] = WeakKeyDictionary()
    originals: list[tuple[Any, str, Callable[..., Any]]] = []

    def replace(owner: Any, name: str, make: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        original = getattr(owner, name)  # makes the entry of the class, which sip does only when it is asked
        originals.append((owner, name, vars(owner)[name]))
        setattr(owner, name, make(original))

    def elided(original: Callable[..., str]) -> Callable[..., str]:
        def elide(self: Any, text: str, mode: Any, width: float, *more: Any) -> str:
            shown = original(self, text, mode, width, *more)
            if shown != text and text.strip():
                place, is_painting = caller()
                if is_painting:
                    found.add(Fault("elided", place, f"{text!r} becomes {shown!r}"))
            return shown

        return elide

    def drawn(original: Callable[..., Any]) -> Callable[..., Any]:
        def draw(self: QPainter, *arguments: Any) -> Any:
            if len(arguments) == 3 and isinstance(arguments[0], (QRectF, QRect)) and isinstance(arguments[2], str):
                found.update(drawn_badly(self, *arguments, places.setdefault(self, defaultdict(list))))
            return original(self, *arguments)

        return draw

    for metrics in (QFontMetrics, QFontMetricsF):
        replace(metrics, "elidedText", elided)
    replace(QPainter, "drawText", drawn)
    try:
        yield found
    finally:
        for owner, name, original in originals:
            setattr(owner, name, original)


def drawn_badly(painter: QPainter, box: QRectF | QRect, flags: int, text: str, others: Places) -> Iterator[Fault]:
    """What is wrong with a text that is painted now; ``others`` are those painted before, and it is added to them."""
    rect = QFontMetricsF(painter.font()).boundingRect(QRectF(box), int(flags), text)
    if rect.width() > box.width() + SLACK + 1:
        yield Fault("cut off", caller()[0], f"{text!r} needs {rect.width():.0f}, has {box.width():.0f}")
    rect = painter.combinedTransform().mapRect(rect)
    for band in range(int(rect.top()) // BAND, int(rect.bottom()) // BAND + 1):
        for other, its_text in others[band] if text.strip() else ():
            common = rect.intersected(other)
            if its_text != text and common.width() > 2 * SLACK and common.height() > 0.4 * rect.height():
                yield Fault("overlap", caller()[0], f"{text!r} with {its_text!r}")
        others[band].append((rect, text))


def caller() -> tuple[str, bool]:
    """The function of the program that paints or has a text shortened, and whether it is within a paint event."""
    frame, place, is_painting = sys._getframe(2), "", False
    while frame is not None:
        path = frame.f_code.co_filename
        is_own = path.startswith(str(ROOT)) and "/tests/" not in path and frame.f_code is not shortened.__code__
        if is_own and not place:
            place = f"{Path(path).relative_to(ROOT)} {frame.f_code.co_name}"
        is_painting = is_painting or frame.f_code.co_name in ("paintEvent", "paint")
        frame = frame.f_back  # type: ignore[assignment]
    return place or "Qt", is_painting


def pale_text(window: QWidget) -> set[Fault]:
    """Labels, buttons and fields whose text is hard to read on what lies behind it; disabled ones may be pale.

    A text below a notice, or below the offer of unsaved work, cannot be judged.
    """
    picture = QImage(window.size() * ZOOM, QImage.Format.Format_RGB32)
    picture.setDevicePixelRatio(ZOOM)
    window.render(picture)
    memory = picture.constBits().asarray(picture.sizeInBytes())  # type: ignore[union-attr]
    pixels = np.frombuffer(memory, dtype=np.uint8).reshape(picture.height(), picture.width(), 4)[:, :, 2::-1]
    found = set()
    bars = [rect_in(bar, window) for kind in OVER_WINDOW for bar in window.findChildren(kind) if bar.isVisible()]
    for widget in window.findChildren(QWidget):
        if sip.isdeleted(widget) or not is_seen(widget, window) or not widget.isEnabled() or not has_text(widget):
            continue
        rect = rect_in(widget, window)
        is_covered = not isinstance(widget.parent(), OVER_WINDOW) and any(map(rect.intersects, bars))
        if is_covered or not clip_of(widget, window).contains(rect):
            continue
        part = pixels[rect.top() * ZOOM : (rect.bottom() + 1) * ZOOM, rect.left() * ZOOM : (rect.right() + 1) * ZOOM]
        contrast = contrast_of(part.reshape(-1, 3)) if part.size else 21.0
        if contrast < LEAST_CONTRAST:
            found.add(Fault("contrast", name_of(widget), f"{text_of(widget)!r}: {contrast:.1f} : 1"))
    return found


def has_text(widget: QWidget) -> bool:
    if isinstance(widget, QToolButton) and not widget.icon().isNull():
        return widget.toolButtonStyle() != Qt.ToolButtonStyle.ToolButtonIconOnly and bool(widget.text().strip())
    if isinstance(widget, (QLabel, QAbstractButton, QLineEdit)):
        return bool(widget.text().strip())
    return isinstance(widget, QComboBox) and bool(widget.currentText().strip())


def contrast_of(pixels: np.ndarray) -> float:
    """The contrast of the most common colour with the one farthest from it, of those that are not rare."""
    red, green, blue = (pixels // 8).astype(np.int64).T
    counts = np.bincount(1024 * red + 32 * green + blue, minlength=32**3)
    colors = np.stack(np.unravel_index(np.arange(32**3), (32, 32, 32)), axis=-1) * 8 + 4
    background = luminance(colors[counts.argmax()])
    often = luminance(colors[counts >= LEAST_PIXELS])
    ratio = (np.maximum(often, background) + 0.05) / (np.minimum(often, background) + 0.05)
    return float(ratio.max(initial=1.0))


def luminance(colors: np.ndarray) -> np.ndarray:
    """Relative luminance of sRGB colours from 0 to 255, shape (…, 3)."""
    share = np.asarray(colors) / 255.0
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ (0.2126, 0.7152, 0.0722))
