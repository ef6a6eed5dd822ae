"""The palette above the plot while the user paints: tools, brush size, classes or a value, and commands."""

from __future__ import annotations

from itertools import pairwise

from PyQt5.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QIcon, QKeySequence, QPainter, QPixmap
from PyQt5.QtWidgets import (
    QAction,
    QHBoxLayout,
    QLabel,
    QMenu,
    QShortcut,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.base.translation import _
from core.data.class_names import natural_order
from core.data.point_edits import MAX_CLASSES
from gui.decision.plot_text import cut
from gui.widgets.elided import Elided, Fitting
from gui.widgets.ending_painter import painting
from gui.widgets.fields import ChoiceBox, Slider
from gui.widgets.number_fields import RealNumberField
from gui.widgets.plain_text import plain
from gui.widgets.qt_objects import existing
from gui.widgets.theme import Theme

SMALLEST, LARGEST = 3, 80
"""Radius of the brush in pixels."""
LARGEST_VALUE = 1e12
TOOLS = ("tool-point", "tool-brush", "tool-spray", "tool-eraser", "tool-select")
ON_SELECTION = ("relabel-points", "delete-points")
IN_MENU = ("select-all", "clear-points", "", "rename-classes", "save-points", "new-canvas")
POINTS = _("Points")
NAMED = 4
"""Up to this number, classes are shown with their names, beyond it by their colours alone; beyond MAX_CLASSES in a
list."""
LONGEST_NAME, LONGEST_IN_LIST = 7, 30
SWATCH = 14


class Palette(Fitting, QWidget):
    """Shows and changes the settings of the painting tool; its tools and commands are the window's actions.

    Signals:
        value_chosen(float): the class index or the target of new points.
        class_wanted(): the user wants another class.
        radius_chosen(int): the radius of the brush in pixels.
        left(): the user pressed Escape.
    """

    value_chosen = pyqtSignal(float)
    class_wanted = pyqtSignal()
    radius_chosen = pyqtSignal(int)
    left = pyqtSignal()

    def __init__(self, actions: dict[str, QAction], theme: Theme) -> None:
        super().__init__()
        self._actions = actions
        self._theme = theme
        self._names: tuple[str, ...] = ()
        self._order: tuple[int, ...] = ()
        self._value = 0.0
        self.radius = Slider(SMALLEST, LARGEST, _("Size of the brush"))
        self.radius.setToolTip(_("Size of brush, spray and eraser ([ and ])"))
        self.radius.valueChanged.connect(self.radius_chosen)
        self.radius.setMinimumWidth(36)
        self.value = RealNumberField(-LARGEST_VALUE, LARGEST_VALUE, _("Value of new points"), first=0.1)
        self.value.setToolTip(_("The number that new points have"))
        self.value.valueChanged.connect(self.value_chosen.emit)
        self.value.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._value_label = QLabel(_("Value"))
        self._value_label.setBuddy(self.value)
        self.classes: list[QToolButton] = []
        self.many = ChoiceBox([], _("Class of new points"))
        self.many.setToolTip(_("New points are of this class"))
        self.many.activated.connect(lambda: self.value_chosen.emit(float(self.many.value())))
        self.add_class = self._button("+", _("Add a class"))
        self.add_class.clicked.connect(self.class_wanted)
        self.escape = QShortcut(QKeySequence("Esc"), self)
        self.escape.activated.connect(self.left)
        for digit in range(10):
            key = QShortcut(QKeySequence(str(digit)), self)
            key.activated.connect(lambda k=digit: self._choose_class(k))
        self._lay_out()

    def _lay_out(self) -> None:
        first = self._first = QHBoxLayout()
        self._second = QHBoxLayout()
        for line in (first, self._second):
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(3)
        for name in TOOLS:
            button = QToolButton()
            button.setDefaultAction(self._actions[name])
            button.setAutoRaise(True)
            button.setIconSize(QSize(18, 18))
            first.addWidget(button)
        first.addWidget(self.radius, 1)
        self._points = self._menu_button()
        first.addWidget(self._points)
        self._done = done = QToolButton()
        done.setText(_("Done"))
        done.setToolTip(_("Leave the painting tools (Esc)"))
        done.clicked.connect(self._actions["paint"].trigger)
        first.addWidget(done)
        for widget in (self._value_label, self.value, self.many, self.add_class):
            self._second.addWidget(widget)
        self.note = Elided()
        self.note.setProperty("role", "faint")
        self._second.addWidget(self.note, 1)
        self._on_selection = [QToolButton() for _ in ON_SELECTION]
        for button, name in zip(self._on_selection, ON_SELECTION, strict=True):
            button.setDefaultAction(self._actions[name])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            self._second.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 0, 2)
        column.setSpacing(4)
        column.addLayout(first)
        column.addLayout(self._second)

    def _menu_button(self) -> QToolButton:
        button = self._button(POINTS, _("What can be done with all points"))
        menu = QMenu(button)
        for name in IN_MENU:
            if name:
                menu.addAction(self._actions[name])
            else:
                menu.addSeparator()
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        return button

    def _fit(self) -> None:
        """Spare the word on the menu where the first line has no room for it."""
        self._points.setText(POINTS)
        if self._first.minimumSize().width() > existing(self.layout()).contentsRect().width():
            self._points.setText("⋯")

    @staticmethod
    def _button(text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        return button

    # ---------------------------------------------------------------- what is true

    def show_state(self, names: tuple[str, ...], value: float, radius: int, has_selection: bool) -> None:
        """Show the settings of the painting tool; without class names, a value in place of the classes."""
        self._value = value
        if names != self._names:
            self._names = names
            self._make_classes()
        self._check_class()
        for widget in (self._value_label, self.value):
            widget.setVisible(not names)
        self.add_class.setVisible(0 < len(names) < MAX_CLASSES)
        self.value.set_value(value)
        self.radius.set_value(radius)
        for button in self._on_selection:
            button.setVisible(has_selection)

    def show_test_share(self, share: float) -> None:
        """Say which share of the points goes into the test set, if any."""
        texts = (
            _("{share:.0f} % of the points are test points, which are not learned"),
            _("{share:.0f} % are test points"),
        )
        self.note.set_full(*(text.format(share=100.0 * share) if share > 0.0 else "" for text in texts))

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self._make_classes()

    def _make_classes(self) -> None:
        for button in self.classes:
            self._second.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._order = natural_order(self._names)
        has_buttons = len(self._order) <= MAX_CLASSES
        self.many.setHidden(has_buttons)
        self.many.clear()
        for index in () if has_buttons else self._order:
            name = cut(self._names[index], LONGEST_IN_LIST)
            self.many.addItem(_swatch(self._theme.class_color(index)), name, str(index))
        self.classes = [self._class_button(place) for place in range(len(self._order) if has_buttons else 0)]
        for place, button in enumerate(self.classes):
            self._second.insertWidget(place, button)
        chain = [self._done, *self.classes, self.value, self.many, self.add_class, *self._on_selection]
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)
        self._check_class()

    def _check_class(self) -> None:
        self.many.set_value(str(round(self._value)))
        for index, button in zip(self._order, self.classes, strict=False):  # many classes have no buttons
            button.setChecked(index == round(self._value))

    def _class_button(self, place: int) -> QToolButton:
        index = self._order[place]
        name = self._names[index]
        button = QToolButton()
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setIcon(_swatch(self._theme.class_color(index)))
        button.setIconSize(QSize(SWATCH, SWATCH))
        button.setAccessibleName(_("Class {name}").format(name=name))
        button.setToolTip(plain(_("New points are of class {name} ({place})").format(name=name, place=place)))
        if len(self._order) <= NAMED:
            button.setText(cut(name, LONGEST_NAME).replace("&", "&&"))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.clicked.connect(lambda _=False: self._choose_class(place))
        return button

    def _choose_class(self, place: int) -> None:
        if place < len(self._order):
            self.value_chosen.emit(float(self._order[place]))


def _swatch(color: QColor) -> QIcon:
    pixmap = QPixmap(4 * SWATCH, 4 * SWATCH)
    pixmap.fill(Qt.GlobalColor.transparent)
    with painting(pixmap) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        side = 4.0 * SWATCH
        painter.drawEllipse(QRectF(0.08 * side, 0.08 * side, 0.84 * side, 0.84 * side))
    return QIcon(pixmap)
