"""A layout that goes on in another line where there is no more room."""

from __future__ import annotations

from PyQt5.QtCore import QPoint, QRect, QSize, Qt
from PyQt5.QtWidgets import QLayout, QLayoutItem, QWidget, QWidgetItem


class WrappingLayout(QLayout):
    """Puts widgets side by side in their own widths, so that none is ever cut off.

    Args:
        gap: between two widgets and between two lines, in pixels.
    """

    def __init__(self, gap: int) -> None:
        super().__init__()
        self._gap = gap
        self._items: list[QLayoutItem] = []

    def insertWidget(self, place: int, widget: QWidget) -> None:
        """Put a widget before the one at a place."""
        self.addChildWidget(widget)
        self._items.insert(place, QWidgetItem(widget))
        self.invalidate()

    def addItem(self, item: QLayoutItem | None) -> None:
        assert item is not None
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, place: int) -> QLayoutItem | None:
        return self._items[place] if 0 <= place < len(self._items) else None

    def takeAt(self, place: int) -> QLayoutItem | None:
        return self._items.pop(place) if 0 <= place < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientations:
        return Qt.Orientations()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return max((box.bottom() + 1 for _, box in self._boxes(width)), default=0)

    def minimumSize(self) -> QSize:
        return QSize(max((size.width() for _, size in self._sizes()), default=0), self._tallest())

    def sizeHint(self) -> QSize:
        sizes = self._sizes()
        return QSize(sum(size.width() + self._gap for _, size in sizes) - self._gap, self._tallest())

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        for item, box in self._boxes(rect.width()):
            item.setGeometry(box.translated(rect.topLeft()))

    def _sizes(self) -> list[tuple[QLayoutItem, QSize]]:
        return [(item, item.sizeHint()) for item in self._items if not item.isEmpty()]

    def _tallest(self) -> int:
        return max((size.height() for _, size in self._sizes()), default=0)

    def _boxes(self, width: int) -> list[tuple[QLayoutItem, QRect]]:
        """The items with their places in lines of so many pixels; all lines are as high as the tallest item."""
        found, corner, height = [], QPoint(0, 0), self._tallest()
        for item, size in self._sizes():
            if corner.x() > 0 and corner.x() + size.width() > width:
                corner = QPoint(0, corner.y() + height + self._gap)
            found.append((item, QRect(corner, QSize(size.width(), height))))
            corner.setX(corner.x() + size.width() + self._gap)
        return found
