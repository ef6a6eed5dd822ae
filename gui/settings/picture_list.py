"""A list of pictures of which one is chosen; it is as high as its pictures need, and never scrolls itself."""

from __future__ import annotations

from PyQt5.QtCore import QEvent, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QKeyEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PyQt5.QtWidgets import QAbstractItemView, QFrame, QListView, QListWidget, QListWidgetItem, QStyledItemDelegate

from gui.widgets.qt_objects import existing


class PictureList(QListWidget):
    """Entries with a value, a label and a tip, each drawn by the list's delegate; a click or an arrow key chooses.

    Signals:
        chosen(str): the value that the user chose. again(str): the chosen one was clicked.
    """

    chosen = pyqtSignal(str)
    again = pyqtSignal(str)

    def __init__(self, entries: list[tuple[str, str, str]], name: str, delegate: QStyledItemDelegate) -> None:
        super().__init__()
        self.setItemDelegate(delegate)  # before there are entries, which Qt would lay out anew
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setAutoScroll(False)
        existing(self.viewport()).setAutoFillBackground(False)
        self.setAttribute(Qt.WidgetAttribute.WA_MacShowFocusRect, False)
        for entry in entries:
            self._add(*entry)

    # ---------------------------------------------------------------- entries

    def _add(self, value: str, label: str, tip: str) -> None:
        """Add an entry at the end; complete, since Qt lays out all entries after a change of one."""
        entry = QListWidgetItem(label)
        entry.setData(Qt.ItemDataRole.UserRole, value)
        _set_tip(entry, tip)
        self.addItem(entry)

    def entry_of(self, value: str) -> QListWidgetItem | None:
        """The entry of a value."""
        entries = (self.item(place) for place in range(self.count()))
        return next((entry for entry in entries if entry is not None and _value(entry) == value), None)

    def show_entry(self, value: str, label: str | None, tip: str = "") -> None:
        """Let there be an entry of a value, with this label and tip; None for no such entry."""
        entry = self.entry_of(value)
        if label is None:
            if entry is None:
                return
            self.blockSignals(True)
            self.takeItem(self.row(entry))
            self.blockSignals(False)
        elif entry is None:
            self._add(value, label, tip)
        else:
            entry.setText(label)
            _set_tip(entry, tip)
        self.fit()

    def value(self) -> str:
        """The value of the chosen entry; empty if none is."""
        entry = self.currentItem()
        return "" if entry is None else _value(entry)

    def text(self) -> str:
        """The label of the chosen entry; empty if none is."""
        entry = self.currentItem()
        return "" if entry is None else entry.text()

    def set_value(self, value: str) -> None:
        """Choose the entry of a value, without announcing a change; a value without entry chooses none."""
        entry = self.entry_of(value)
        if entry is not self.currentItem():
            self.blockSignals(True)
            if entry is None:
                self.setCurrentRow(-1)
            else:
                self.setCurrentItem(entry)
            self.blockSignals(False)
            existing(self.viewport()).update()

    # ---------------------------------------------------------------- the user

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        entry = self.itemAt(event.pos())
        if event.button() == Qt.MouseButton.LeftButton and entry is not None:
            signal = self.again if entry is self.currentItem() else self.chosen
            super().mousePressEvent(event)
            signal.emit(_value(entry))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        before = self.value()
        super().keyPressEvent(event)
        if self.value() != before:
            self.chosen.emit(self.value())

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        assert event is not None
        event.ignore()  # it scrolls the panel

    # ---------------------------------------------------------------- room

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        assert event is not None
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.fit()

    def changeEvent(self, event: QEvent | None) -> None:
        assert event is not None
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.fit()

    def fit(self) -> None:
        """Be as high as the entries need."""
        self.doItemsLayout()
        last = max((self.visualItemRect(self.item(place)).bottom() for place in range(self.count())), default=0)
        if self.height() != last + 3:
            self.setFixedHeight(last + 3)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.height())


def _value(entry: QListWidgetItem) -> str:
    return str(entry.data(Qt.ItemDataRole.UserRole))


def _set_tip(entry: QListWidgetItem, tip: str) -> None:
    entry.setToolTip(tip)
    entry.setData(Qt.ItemDataRole.AccessibleDescriptionRole, tip)
