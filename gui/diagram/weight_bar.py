"""The bar in which the user types, drags, freezes or removes the selected weight or bias."""

from __future__ import annotations

from functools import partial

from PyQt5.QtCore import QPoint, Qt, pyqtSignal
from PyQt5.QtGui import QMouseEvent
from PyQt5.QtWidgets import QAbstractSpinBox, QAction, QCheckBox, QFrame, QHBoxLayout, QLabel, QMenu, QToolButton

from core.base.number_text import exact, short
from core.base.translation import _
from core.base.typed_numbers import LARGEST
from core.explain.picked_part import Edge, Part
from core.explain.snapshot import Snapshot
from core.network.network import count_parameters, parameter_name
from gui.widgets.elided import Fitting
from gui.widgets.forms import bare
from gui.widgets.number_fields import RealNumberField
from gui.widgets.plain_text import plain
from gui.widgets.qt_objects import existing

PIXELS_OF_TENTH = 10


class DragLabel(QLabel):
    """A label to drag sideways to change a number: ten pixels change it by 0.1, or with Shift by 0.01.

    Signals:
        moved(float, bool): the difference to add to the number; whether it continues the same drag.
    """

    moved = pyqtSignal(float, bool)

    def __init__(self) -> None:
        super().__init__()
        self._last: float | None = None
        self._has_moved = False
        self.setCursor(Qt.CursorShape.SizeHorCursor)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.button() == Qt.MouseButton.LeftButton:
            self._last, self._has_moved = event.localPos().x(), False

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if self._last is None:
            return
        pixels = event.localPos().x() - self._last
        if pixels:
            fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._last = event.localPos().x()
            self.moved.emit(pixels / PIXELS_OF_TENTH * (0.01 if fine else 0.1), self._has_moved)
            self._has_moved = True

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        self._last = None


class WeightBar(Fitting, QFrame):
    """Visible while a weight or a bias is selected.

    Signals:
        edited(dict, bool): values by their indices in the flat vector; whether they continue the previous edit.
        frozen(frozenset): the indices of all parameters that training leaves unchanged.
        refused(str): why a typed value was not taken.
    """

    edited = pyqtSignal(object, bool)
    frozen = pyqtSignal(object)
    refused = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self._selection: Part | None = None
        self._snapshot: Snapshot | None = None
        self._dragged: float | None = None
        self.name = DragLabel()
        self.name.setToolTip(_("Drag sideways to change the value; with Shift in finer steps"))
        self.name.moved.connect(self._drag)
        name = _("Value of the selected weight or bias")
        self.value = RealNumberField(-LARGEST, LARGEST, name, write=exact, brief=partial(short, digits=5))
        self.value.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        tip = _("Type another value and press Enter; Edit ▸ Undo takes it back. In the field, all digits are shown.")
        self.value.setToolTip(plain(tip))
        self.value.valueChanged.connect(self._take)
        self.value.refused.connect(self.refused)
        self.keep = QCheckBox(_("&Freeze"))
        self.keep.setToolTip(_("Training leaves it as it is"))
        self.keep.clicked.connect(self._toggle)
        self.more = QToolButton()
        self.more.setText("⋯")
        self.more.setAccessibleName(_("More to do with the weight or bias"))
        self.more.setToolTip(_("Set the value to 0, freeze the whole layer, or remove the edge"))
        self.more.setProperty("role", "menu")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.more)
        menu.setToolTipsVisible(True)
        self.keep_one = QAction(_("&Freeze"), menu)
        self.keep_one.setCheckable(True)
        self.keep_one.setToolTip(_("Training leaves it as it is"))
        self.keep_one.triggered.connect(self._toggle)
        self.keep_layer = QAction(_("Freeze la&yer"), menu)
        self.keep_layer.setCheckable(True)
        self.keep_layer.setToolTip(_("Training leaves all weights and biases of this layer as they are"))
        self.keep_layer.triggered.connect(self._toggle_layer)
        self.zero = QAction(_("Set to &0"), menu)
        self.zero.setToolTip(_("What if it were 0? Edit ▸ Undo takes it back"))
        self.zero.triggered.connect(lambda _: self._take(0.0))
        self.remove = QAction(_("Re&move edge"), menu)
        self.remove.setToolTip(_("Set the weight to 0 and freeze it there"))
        self.remove.triggered.connect(lambda _: self._remove())
        menu.addActions([self.zero, self.keep_one, self.keep_layer, self.remove])
        self.more.setMenu(menu)
        line = bare(QHBoxLayout(self), 6)
        for widget in (self.name, self.value, self.keep, self.more):
            line.addWidget(widget)
        line.setStretchFactor(self.value, 100)  # up to its largest width
        self.show_narrow(False)
        self._fit()
        self.hide()

    def _fit(self) -> None:
        """Give the value room for its digits in letters of any size."""
        width = self.fontMetrics().horizontalAdvance
        self.value.setMinimumWidth(width("−0.0000000") + 16)  # where there is little room
        self.value.setMaximumWidth(width("−0.00000000000000000e−000") + 16)

    def show_narrow(self, is_narrow: bool) -> None:
        """Offer freezing in the menu alone, where there is little room."""
        self.keep.setVisible(not is_narrow)
        self.keep_one.setVisible(is_narrow)

    def set_selection(self, selection: Part | None) -> None:
        """Show another weight or bias, or none."""
        self._selection = selection
        self._dragged = None
        self.value.give_up()
        self._show()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the present value, but do not overwrite what the user is typing."""
        self._snapshot = snapshot
        self._dragged = None
        if self._selection is not None:
            self._show()

    def show_menu(self, place: QPoint) -> None:
        """Offer at a place of the screen what can be done with the weight or bias, if one is selected."""
        if self._index() is not None:
            existing(self.more.menu()).popup(place)

    # ---------------------------------------------------------------- what is true

    def _index(self) -> int | None:
        """The index of the selected parameter; None for an input, which has no bias."""
        if self._selection is None or self._snapshot is None or not self._selection.exists(self._snapshot.sizes):
            return None
        return self._selection.index(self._snapshot.sizes)

    def _layer(self) -> frozenset[int]:
        assert self._selection is not None and self._snapshot is not None
        sizes, layer = self._snapshot.sizes, self._selection.layer
        return frozenset(range(count_parameters(sizes[:layer]), count_parameters(sizes[: layer + 1])))

    def _show(self) -> None:
        index, snapshot = self._index(), self._snapshot
        self.setVisible(index is not None)
        if index is None or snapshot is None:
            return
        # Beside the title of a neuron the number could be anything of it.
        self.name.setText("↔" if isinstance(self._selection, Edge) else _("bias ↔"))
        self.name.setAccessibleName(parameter_name(snapshot.sizes, index))
        self.value.set_value(float(snapshot.parameters[index]))
        for control in (self.keep, self.keep_one):
            control.setChecked(index in snapshot.frozen)
        self.keep_layer.setChecked(self._layer() <= snapshot.frozen)
        self.remove.setVisible(isinstance(self._selection, Edge))

    # ---------------------------------------------------------------- what the user wants

    def _take(self, value: float) -> None:
        index = self._index()
        if index is not None:
            self.edited.emit({index: value}, False)

    def _drag(self, difference: float, goes_on: bool) -> None:
        index, snapshot = self._index(), self._snapshot
        if index is not None and snapshot is not None:
            start = float(snapshot.parameters[index]) if self._dragged is None else self._dragged
            self._dragged = start + difference  # the snapshot that shows it may come after the next move
            self.edited.emit({index: self._dragged}, goes_on)

    def _toggle(self, on: bool) -> None:
        index, snapshot = self._index(), self._snapshot
        if index is not None and snapshot is not None:
            self.frozen.emit(snapshot.frozen | {index} if on else snapshot.frozen - {index})

    def _toggle_layer(self, on: bool) -> None:
        if self._index() is not None and self._snapshot is not None:
            frozen = self._snapshot.frozen
            self.frozen.emit(frozen | self._layer() if on else frozen - self._layer())

    def _remove(self) -> None:
        index, snapshot = self._index(), self._snapshot
        if index is not None and snapshot is not None:
            self.edited.emit({index: 0.0}, False)
            self.frozen.emit(snapshot.frozen | {index})
