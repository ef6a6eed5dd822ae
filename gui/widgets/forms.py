"""Forms: rows with labels and tooltips, groups, segments, sections that fold, a column that scrolls, late views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

from PyQt5.QtCore import QEvent, QObject, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QFont, QKeyEvent, QMouseEvent, QResizeEvent
from PyQt5.QtWidgets import (
    QAction,
    QApplication,
    QBoxLayout,
    QDialog,
    QFormLayout,
    QFrame,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QLayout,
    QMenu,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.base.translation import _
from gui.widgets.elided import TYPE_CHANGES, Elided
from gui.widgets.flags import LEFT
from gui.widgets.qt_objects import existing, notice_mouse_left

RESETS = _("Changing this starts the run again; Edit ▸ Undo brings the former run back.")
SMALL_LETTERS = 0.8
EDGES = 2
"""What a flat button leaves free at both sides of its text together."""
ELIDED = Qt.TextElideMode.ElideRight
LIVE = _("Changes during the run, without a reset.")
View = TypeVar("View", bound=QWidget)
Layout = TypeVar("Layout", bound=QLayout)


class FoldingSection(QWidget):
    """A titled part of the settings that the user can fold.

    Signals:
        toggled(bool): it was opened or closed.
    """

    toggled = pyqtSignal(bool)

    def __init__(self, title: str, is_open: bool = False) -> None:
        super().__init__()
        self.header = QToolButton()
        self.header.setText(title)
        self.header.setCheckable(True)
        self.header.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.header.setProperty("role", "section")
        self.header.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.header.setToolTip(_("Show or hide: {title}").format(title=title))
        self.header.toggled.connect(self._toggle)
        self._body = QWidget()
        self.form = QFormLayout(self._body)
        set_up_form(self.form)
        layout = bare(QVBoxLayout(self), 0)
        layout.addWidget(self.header)
        layout.addWidget(self._body)
        self.header.setChecked(is_open)
        self._toggle(is_open)

    def minimumSizeHint(self) -> QSize:
        wide = QSize(self._body.minimumSizeHint().width(), 0)
        return super().minimumSizeHint().expandedTo(wide)  # folded or not, so that unfolding widens no panel

    def _toggle(self, is_open: bool) -> None:
        self.header.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        self._body.setVisible(is_open)
        self.toggled.emit(is_open)


class FormDialog(QDialog):
    """A dialog whose fields keep their heights where texts wrap; Qt's layout asks for the height of unwrapped ones."""

    def event(self, event: QEvent | None) -> bool:
        is_done = super().event(event)
        is_about_room = event is not None and event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize)
        if is_about_room and isinstance(layout := self.layout(), QBoxLayout):
            needed = layout.minimumHeightForWidth(self.width())
            if needed != self.minimumHeight():
                self.setMinimumHeight(needed)
                layout.setGeometry(self.rect())  # of a dialog that is about to be shown, Qt tells the former size alone
        return is_done


class ScrollColumn(QScrollArea):
    """A column of settings that scrolls vertically and is always wide enough for its content."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it follows the keys to the field that gets them
        self._fit()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        assert event is not None
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        bar = existing(self.verticalScrollBar()).sizeHint().width()
        self.setMinimumWidth(existing(self.widget()).minimumSizeHint().width() + bar + 2)


class LatePlace(QWidget, Generic[View]):
    """The place of a view that is made when it is first seen or asked for.

    Signals:
        made(QWidget): the view was made. seen(bool): whether the user sees it has changed.

    Attributes:
        is_seen: see :meth:`set_seen`.
    """

    made = pyqtSignal(object)
    seen = pyqtSignal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._view: View | None = None
        self.is_seen = False
        self._column = bare(QVBoxLayout(self))

    @property
    def view(self) -> View:
        """The view."""
        if self._view is None:
            self._view = view = self._make()
            self.made.emit(view)
            self._column.addWidget(view)
            view.show()
            self._column.activate()
        return self._view

    def _make(self) -> View:
        raise NotImplementedError

    def set_seen(self, seen: bool) -> None:
        """Tell whether the user sees the view: a dock behind another is not hidden, as Qt has it."""
        if seen != self.is_seen:
            self.is_seen = seen
            assert self.view is not None
            self.seen.emit(seen)


def bare(layout: Layout, spacing: int | None = None) -> Layout:
    """The same layout without margins, with a spacing if one is given."""
    layout.setContentsMargins(0, 0, 0, 0)
    if spacing is not None:
        layout.setSpacing(spacing)
    return layout


def group(title: str) -> tuple[QGroupBox, QFormLayout]:
    """A titled group of settings, one a row."""
    box = QGroupBox(title)
    form = QFormLayout(box)
    set_up_form(form)
    return box, form


def set_up_form(form: QFormLayout) -> None:
    """Give a form the spacing that all forms have."""
    form.setContentsMargins(0, 6, 0, 2)
    form.setHorizontalSpacing(8)
    form.setVerticalSpacing(5)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setLabelAlignment(LEFT)
    form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)


def beside(first: QWidget, second: QWidget, fixed: bool = False) -> QWidget:
    """Two widgets in a row; if ``fixed``, the second is a text of constant width."""
    holder = QWidget()
    line = bare(QHBoxLayout(holder))
    line.addWidget(first, 1)
    line.addWidget(second, 0 if fixed else 1)
    if fixed:
        second.setMinimumWidth(second.fontMetrics().horizontalAdvance("100 %") + 4)
    return holder


def heading(text: str) -> QLabel:
    """The title of a part of a panel."""
    label = QLabel(text.upper())
    label.setProperty("role", "heading")
    return label


def titled_slider(title: str, slider: QWidget, value: QLabel, tip: str) -> QWidget:
    """A slider below its name and its value."""
    holder = QWidget()
    name = Elided()
    name.set_full(title)
    name.setBuddy(slider)
    for label in (name, value):
        label.setProperty("role", "caption")
    for widget in (name, slider):
        widget.setToolTip(f"{tip}\n{RESETS}")
    head = QHBoxLayout()
    head.setSpacing(3)
    head.addWidget(name, 1)
    head.addWidget(value)
    column = bare(QVBoxLayout(holder), 1)
    column.addLayout(head)
    column.addWidget(slider)
    return holder


class FormRows:
    """The rows of a form; a row that is not shown is taken out, since a hidden one would still take up spacing."""

    def __init__(self, form: QFormLayout) -> None:
        self._form = form
        self._rows: dict[QWidget, QWidget | None] = {}
        for place in range(form.rowCount()):
            spanning = form.itemAt(place, QFormLayout.ItemRole.SpanningRole)
            field = existing(spanning or form.itemAt(place, QFormLayout.ItemRole.FieldRole)).widget()
            assert field is not None  # every row is of widgets
            self._rows[field] = None if spanning else form.labelForField(field)

    def show(self, shown: Mapping[QWidget, bool]) -> None:
        """Show or remove some rows, given by their fields; the others are unchanged."""
        place = 0
        for field, label in self._rows.items():
            is_there = self._form.indexOf(field) >= 0
            wanted = shown.get(field, is_there)
            if is_there and not wanted:
                self._form.takeRow(field)
            elif wanted and not is_there and label is None:
                self._form.insertRow(place, field)
            elif wanted and not is_there:
                self._form.insertRow(place, label, field)
            for widget in (field, label):
                if widget is not None and wanted != is_there:
                    widget.setVisible(wanted)
            place += wanted

    def label(self, field: QWidget) -> QLabel:
        """The label of a row, whether it is shown or not."""
        label = self._rows[field]
        assert isinstance(label, QLabel)
        return label


def row(form: QFormLayout, label: str, field: QWidget, tip: str, live: bool = False) -> None:
    """Add a setting with its label and its tooltip, which says whether a change starts the run again."""
    labelled_row(form, label, field, f"{tip}\n{LIVE if live else RESETS}")


def labelled_row(form: QFormLayout, label: str, field: QWidget, tip: str) -> None:
    """Add a field with its label and a tooltip on both."""
    text = QLabel(label)
    text.setBuddy(field)
    text.setToolTip(tip)
    field.setToolTip(tip)
    form.addRow(text, field)


class Segments(QFrame):
    """A frame with rounded corners; a thin line parts its controls."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "segments")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(1, 1, 1, 1)
        self._grid.setSpacing(0)
        self._parts: list[tuple[QFrame, QWidget]] = []

    def add(self, widget: QWidget) -> QFrame:
        """Add a control behind those that are there; returns the line before it."""
        border = QFrame(self)  # else to show it would open a window
        border.setProperty("role", "border")
        border.setFixedWidth(1)
        self._parts.append((border, widget))
        self.arrange(len(self._parts))
        return border

    def arrange(self, columns: int) -> None:
        """Put the controls into rows of so many."""
        for place, (border, widget) in enumerate(self._parts):
            row, column = divmod(place, columns)
            border.setHidden(column == 0)
            self._grid.addWidget(border, row, 2 * column)
            self._grid.addWidget(widget, row, 2 * column + 1)


def segment(action: QAction) -> QToolButton:
    """The button of an action, with its short word; its accessible name is the action's text."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    button.setAccessibleName(action.text().replace("&", ""))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setProperty("role", "segment")
    return button


def choice_segment(text: str, name: str) -> QToolButton:
    """A button that is one of several choices; ``name`` is its accessible name."""
    button = QToolButton()
    button.setText(text)
    button.setCheckable(True)
    button.setAccessibleName(name)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setProperty("role", "segment")
    return button


def polish(widget: QWidget) -> None:
    """Let the style sheet look again at a widget's properties, one of which has changed."""
    style = existing(widget.style())
    style.unpolish(widget)
    style.polish(widget)
    QApplication.sendEvent(widget, QEvent(QEvent.Type.StyleChange))  # a button forgets its former size only now


def allow(what: QWidget | QAction, refusal: str) -> None:
    """Enable a field or an action unless there is a reason not to; its tips then begin with the reason."""
    what.setEnabled(not refusal)
    before = what.property("refusal") or ""
    if refusal == before:
        return
    if not before:
        what.setProperty("tips", (what.toolTip(), what.statusTip()))
    reason = _("Not now: {reason}.").format(reason=refusal) if refusal else ""
    tip, status = what.property("tips")
    what.setProperty("refusal", refusal)
    what.setToolTip(f"{reason}\n{tip}" if refusal else tip)
    what.setStatusTip(reason or status)
    if isinstance(what, QWidget):
        what.setAccessibleDescription(reason)


class TickMenu(QMenu):
    """A menu that stays open while entries are ticked, by mouse or Space; Escape and a click outside close it."""

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if not self._can_tick(self.actionAt(existing(event).pos())):
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        action = self.actionAt(existing(event).pos())
        if action is not None and self._can_tick(action):
            action.trigger()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        action = self.activeAction()
        if existing(event).key() == Qt.Key.Key_Space and action is not None and self._can_tick(action):
            action.trigger()
        else:
            super().keyPressEvent(event)

    def _can_tick(self, action: QAction | None) -> bool:
        return action is not None and action.isCheckable() and action.isEnabled()


class MenuButton(QToolButton):
    """A flat button that opens a menu; where its text does not fit, it is shortened.

    Args:
        parent: where it stands.
        name: its accessible name.
        ticks: whether several entries can be ticked, so that the menu stays open meanwhile.
    """

    def __init__(self, parent: QWidget, name: str, ticks: bool = False) -> None:
        super().__init__(parent)
        self._text = ""
        self.setProperty("role", "flat")
        self.setAutoRaise(True)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)
        choices = TickMenu(self) if ticks else QMenu(self)
        choices.setToolTipsVisible(True)
        choices.aboutToHide.connect(lambda: notice_mouse_left(self))
        self.choices = choices
        self.setMenu(choices)

    def show_text(self, text: str) -> None:
        """Write the choice that is made."""
        self._text = text
        self._shorten()
        self.updateGeometry()

    def room(self) -> int:
        """The width that the whole text takes."""
        return self.fontMetrics().horizontalAdvance(f"{self._text} ▾") + 2 * EDGES

    def sizeHint(self) -> QSize:
        return QSize(self.room(), super().sizeHint().height())

    def set_small(self, is_small: bool) -> None:
        """Write in small letters, where there is little room."""
        font = QFont(existing(self.parentWidget()).font())
        font.setPointSizeF(font.pointSizeF() * (SMALL_LETTERS if is_small else 1.0))
        self.setFont(font)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._shorten()

    def changeEvent(self, event: QEvent | None) -> None:
        assert event is not None
        super().changeEvent(event)
        if event.type() in TYPE_CHANGES:
            self._shorten()

    def _shorten(self) -> None:
        fits = self.room() <= self.width()
        room = self.width() - EDGES
        text = f"{self._text} ▾" if fits else self.fontMetrics().elidedText(self._text, ELIDED, room)
        self.setText(text)
