"""The large picture of a neuron's activation over the visible plane."""

from __future__ import annotations

from PyQt5.QtCore import QRectF, QSize
from PyQt5.QtGui import QImage, QPainter, QPaintEvent, QPen
from PyQt5.QtWidgets import QSizePolicy, QWidget

from core.base.translation import _
from gui.widgets.ending_painter import painting
from gui.widgets.images import Places, table_image
from gui.widgets.theme import Theme

LEAST = 96
SIGNED = _("What the neuron computes over the visible part of the plane: blue high, orange low")
OF_A_CLASS = _("The output over the visible part of the plane: the stronger the colour of its class, the higher")


class NeuronPicture(QWidget):
    """A square with a neuron's map, in the colours of the diagram's tiles."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(_("The neuron's map"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(LEAST, LEAST)
        self._theme: Theme | None = None
        self._shades: Places | None = None
        self._class: int | None = None
        self._image: QImage | None = None

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self._image = None
        self.update()

    def show_map(self, shades: Places, class_index: int | None) -> None:
        """Show a map, also of an output that stands for a class.

        Args:
            shades: shape (rows, columns), row 0 at the bottom; see :mod:`core.engines.numpy_forward`.
            class_index: the class, whose colour shows where the output is high.
        """
        if shades is not self._shades:
            self._shades, self._class, self._image = shades, class_index, None
            self.setToolTip(SIGNED if class_index is None else OF_A_CLASS)
            self.update()

    @property
    def image(self) -> QImage | None:
        """The painted image, row 0 at the top."""
        if self._image is None and self._shades is not None and self._theme is not None:
            self._image = table_image(self._shades[::-1], self._theme.map_table(self._class))
        return self._image

    def paintEvent(self, event: QPaintEvent | None) -> None:
        image = self.image
        if image is None or self._theme is None:
            return
        side = min(self.width(), self.height()) - 2.0
        square = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(square, image)
            painter.setPen(QPen(self._theme.color("line"), 1.0))
            painter.drawRect(square)

    def sizeHint(self) -> QSize:
        return QSize(160, 160)
