"""What a widget does anew when its room or its type changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt5.QtCore import QEvent
from PyQt5.QtGui import QResizeEvent

if TYPE_CHECKING:
    from PyQt5.QtWidgets import QWidget as Base
else:
    Base = object  # a class has one base of Qt's only

TYPE_CHANGES = (QEvent.Type.FontChange, QEvent.Type.StyleChange)


class Fitting(Base):
    """Stands before a class of Qt's; ``_fit`` is called when the size, the font or the style changes."""

    def _fit(self) -> None:
        raise NotImplementedError

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent | None) -> None:
        assert event is not None
        super().changeEvent(event)
        if event.type() in TYPE_CHANGES:
            self._fit()
