"""The network diagram: neurons with what they compute, edges in the colour of their weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QLineF, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PyQt5.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget
from pyqtgraph.Qt.internals import PrimitiveArray

from core.activations import ACTIVATIONS
from core.network import parameter_name
from core.snapshot import Snapshot
from gui.diagram import Diagram
from gui.flags import CENTER, LEFT, RIGHT, SMOOTH, TOP_LEFT
from gui.messages import Loaded
from gui.numbers import SteadyScale, short
from gui.selection import Edge, Neuron, Selection, unit_name
from gui.theme import Rgb, Theme

LEVELS = 12
SMALLEST_MAP_TILE = 9.0
WIDE_GAP = 64.0


@dataclass(frozen=True)
class Quantity:
    """What the edges' colour and width can show; ``attribute`` names a flat vector of the snapshot."""

    label: str
    attribute: str
    signed: bool
    title: str


QUANTITIES = (
    Quantity("weight", "parameters", True, "weight"),
    Quantity("weight, magnitude only", "parameters", False, "|weight|"),
    Quantity("gradient", "gradient", True, "gradient ∂L/∂w of the last batch"),
    Quantity("last change", "last_change", True, "last change of the weight"),
)


class NetworkView(QWidget):
    """Draws the newest snapshot; hovering shows a value, clicking picks.

    Signals:
        picked(Selection or None): an edge or neuron was clicked, or the empty ground.
    """

    picked = pyqtSignal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._loaded: Loaded | None = None
        self._snapshot: Snapshot | None = None
        self._diagram: Diagram | None = None
        self._quantity = QUANTITIES[0]
        self._scale = SteadyScale()
        self._selection: Selection | None = None
        self._hovered: Selection | None = None
        self._mouse = QPointF()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(260, 200)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Network diagram")

    # ---------------------------------------------------------------- what to show

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self.update()

    def set_run(self, loaded: Loaded) -> None:
        """Show another run."""
        self._loaded = loaded
        self._hovered = None
        self._scale.restart()
        self._diagram = None
        self.update()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw this from now on."""
        self._snapshot = snapshot
        self.update()

    def set_quantity(self, quantity: Quantity) -> None:
        """What colour and width of the edges show."""
        self._quantity = quantity
        self._scale.restart()
        self.update()

    def set_selection(self, selection: Selection | None) -> None:
        """Mark an edge or a neuron."""
        self._selection = selection
        self.update()

    def diagram(self) -> Diagram | None:
        """The present geometry; None before there is a network."""
        if self._diagram is None and self._loaded is not None:
            height = self.height() - _Bar.HEIGHT
            self._diagram = Diagram(self._loaded.preparation.sizes, float(self.width()), float(height))
        return self._diagram

    def sizeHint(self) -> QSize:
        return QSize(640, 520)

    # ---------------------------------------------------------------- mouse

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._diagram = None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse = QPointF(event.localPos())
        diagram = self.diagram()
        hovered = None if diagram is None else diagram.at(self._mouse.x(), self._mouse.y())
        if hovered is not None or self._hovered is not None:
            self._hovered = hovered
            self.update()

    def leaveEvent(self, event: object) -> None:
        self._hovered = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        diagram = self.diagram()
        if event.button() == Qt.MouseButton.LeftButton and diagram is not None:
            self.picked.emit(diagram.at(event.localPos().x(), event.localPos().y()))

    # ---------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(SMOOTH)
        painter.fillRect(self.rect(), self._theme.color("base"))
        diagram, snapshot = self.diagram(), self._snapshot
        if diagram is not None and snapshot is not None and snapshot.sizes == diagram.sizes:
            self._paint_edges(painter, diagram, snapshot)
            self._paint_neurons(painter, diagram, snapshot)
            self._paint_captions(painter, diagram)
            bar = QRectF(0, self.height() - _Bar.HEIGHT, self.width(), _Bar.HEIGHT)
            _Bar(self._theme, self._quantity, self._scale.end).paint(painter, bar, self.font())
            self._paint_hover(painter, snapshot)
        painter.end()

    def _paint_edges(self, painter: QPainter, diagram: Diagram, snapshot: Snapshot) -> None:
        """Edges in a few calls, one for each step of colour and width, the strongest on top."""
        values = getattr(snapshot, self._quantity.attribute)[diagram.indices]
        end = self._scale.follow(float(np.abs(values).max(initial=0.0)))
        levels = np.rint(values / end * LEVELS).astype(np.int64).clip(-LEVELS, LEVELS)
        widest = diagram.widest()
        batch = PrimitiveArray(QLineF, 4)
        for magnitude in range(LEVELS + 1):
            for level in {magnitude, -magnitude}:
                lines = diagram.lines[levels == level]
                if len(lines) == 0:
                    continue
                share = level / LEVELS
                color = self._color(share if self._quantity.signed else abs(share))
                painter.setPen(QPen(color, 0.8 + (widest - 0.8) * abs(share)))
                batch.resize(len(lines))
                batch.ndarray()[:] = lines
                painter.drawLines(*batch.drawargs())
        for chosen, width in ((self._selection, 3.0), (self._hovered, 2.0)):
            if isinstance(chosen, Edge) and chosen.exists(diagram.sizes):
                painter.setPen(QPen(self._theme.color("accent"), width))
                painter.drawLine(QLineF(*diagram.lines[diagram.number(chosen)]))

    def _color(self, share: float) -> QColor:
        if self._quantity.signed:
            return self._theme.signed_color(share)
        return _blend(self._theme.neutral, self._theme.text, share)

    def _paint_neurons(self, painter: QPainter, diagram: Diagram, snapshot: Snapshot) -> None:
        marked = {item for item in (self._selection, self._hovered) if isinstance(item, Neuron)}
        table = self._theme.signed_table()
        for layer, centers in enumerate(diagram.centers):
            side = diagram.tiles[layer]
            maps = snapshot.neurons[layer] if snapshot.neurons is not None and side >= SMALLEST_MAP_TILE else None
            for unit, (x, y) in enumerate(centers):
                tile = QRectF(x - side / 2, y - side / 2, side, side)
                if maps is not None:
                    painter.drawImage(tile, map_image(maps[unit], table))
                else:
                    painter.fillRect(tile, self._theme.color("faint"))
                if side >= SMALLEST_MAP_TILE or Neuron(layer, unit) in marked:
                    self._paint_frame(painter, tile, Neuron(layer, unit) in marked)
                if layer > 0 and side >= SMALLEST_MAP_TILE:
                    self._paint_bias(painter, tile, snapshot, Neuron(layer, unit))

    def _paint_frame(self, painter: QPainter, tile: QRectF, marked: bool) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._theme.color("accent" if marked else "faint"), 2.5 if marked else 1.0))
        painter.drawRect(tile)

    def _paint_bias(self, painter: QPainter, tile: QRectF, snapshot: Snapshot, neuron: Neuron) -> None:
        """The bias as a dot in the tile's lower left corner, on the scale of the edges."""
        index = neuron.index(snapshot.sizes)
        assert index is not None
        share = float(getattr(snapshot, self._quantity.attribute)[index]) / self._scale.end
        share = max(-1.0, min(1.0, share))
        radius = max(2.0, min(6.0, tile.width() / 7))
        painter.setPen(QPen(self._theme.color("text"), 1.0))
        painter.setBrush(QBrush(self._color(share if self._quantity.signed else abs(share))))
        painter.drawEllipse(tile.bottomLeft(), radius, radius)

    def _paint_captions(self, painter: QPainter, diagram: Diagram) -> None:
        assert self._loaded is not None
        experiment, dataset = self._loaded.experiment, self._loaded.preparation.dataset
        hidden = [ACTIVATIONS[name].label for name in experiment.hidden_activations]
        words = ("Input", "Hidden ", "Output") if diagram.gap >= WIDE_GAP else ("In", "H", "Out")
        names = [words[0], *(f"{words[1]}{layer}" for layer in range(1, len(hidden) + 1)), words[2]]
        kinds = ["", *hidden, ACTIVATIONS[experiment.output].label]
        column = min(diagram.gap, 120.0)
        for layer, centers in enumerate(diagram.centers):
            head = QRectF(centers[0, 0] - column / 2, 6, column, 18)
            self._write(painter, head, CENTER, names[layer], "text", bold=True)
            self._write(painter, head.translated(0, 17), CENTER, kinds[layer], "faint")
        for (x, y), name in zip(diagram.centers[0], dataset.column_names, strict=False):
            box = QRectF(2, y - 10, x - diagram.tiles[0] / 2 - 8, 20)
            self._write(painter, box, RIGHT, name, "text")
        self._paint_class_names(painter, diagram, dataset.class_names)

    def _paint_class_names(self, painter: QPainter, diagram: Diagram, names: tuple[str, ...]) -> None:
        """Each output's class with the colour that it has in the scatter; only as many as have room."""
        centers = diagram.centers[-1]
        if len(centers) > 1 and centers[1, 1] - centers[0, 1] < 12:
            return
        left = centers[0, 0] + diagram.tiles[-1] / 2 + 8
        for unit, (_, y) in enumerate(centers):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(*self._theme.class_rgb(unit)))
            painter.drawEllipse(QPointF(left + 5, y), 5, 5)
            box = QRectF(left + 14, y - 10, self.width() - left - 16, 20)
            self._write(painter, box, LEFT, names[unit], "text")

    def _write(self, painter: QPainter, box: QRectF, flags: int, text: str, color: str, bold: bool = False) -> None:
        font = QFont(self.font())
        font.setBold(bold)
        painter.setFont(font)
        painter.setPen(self._theme.color(color))
        painter.drawText(
            box, int(flags), QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        )

    def _paint_hover(self, painter: QPainter, snapshot: Snapshot) -> None:
        if self._hovered is None or not self._hovered.exists(snapshot.sizes):
            return
        lines = self.describe(self._hovered, snapshot)
        font = QFont(self.font())
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        width = max(metrics.horizontalAdvance(line) for line in lines) + 16
        height = metrics.lineSpacing() * len(lines) + 10
        left = min(self._mouse.x() + 14, self.width() - width - 4)
        top = self._mouse.y() + 16
        if top + height > self.height() - 4:
            top = self._mouse.y() - height - 8
        box = QRectF(max(4.0, left), max(4.0, top), width, height)
        painter.setPen(QPen(self._theme.color("line"), 1))
        painter.setBrush(self._theme.color("raised"))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(self._theme.color("text"))
        painter.drawText(box.adjusted(8, 5, -8, -5), int(TOP_LEFT), "\n".join(lines))

    def describe(self, selection: Selection, snapshot: Snapshot) -> list[str]:
        """The lines of the label beside the mouse."""
        assert self._loaded is not None
        dataset = self._loaded.preparation.dataset

        def name(layer: int, unit: int) -> str:
            return unit_name(snapshot.sizes, layer, unit, dataset.column_names, dataset.class_names)

        if isinstance(selection, Edge):
            title = f"{name(selection.layer - 1, selection.source)} → {name(selection.layer, selection.target)}"
            what = "weight"
        else:
            title = name(selection.layer, selection.unit)
            what = "bias"
        index = selection.index(snapshot.sizes)
        lines = [title[0].upper() + title[1:] if selection != Neuron(0, 0) and title[0:3] == "neu" else title]
        if index is not None:
            place = parameter_name(snapshot.sizes, index)
            lines.append(f"{what} {place} = {short(float(snapshot.parameters[index]))}")
            if self._quantity.attribute != "parameters":
                value = float(getattr(snapshot, self._quantity.attribute)[index])
                lines.append(f"{self._quantity.label} = {short(value)}")
        return lines


class _Bar:
    """The colour bar below the diagram, with its numbers."""

    HEIGHT = 54

    def __init__(self, theme: Theme, quantity: Quantity, end: float) -> None:
        self._theme, self._quantity, self._end = theme, quantity, end

    def paint(self, painter: QPainter, area: QRectF, font: QFont) -> None:
        width = min(300.0, area.width() - 80)
        strip = QRectF(area.center().x() - width / 2, area.top() + 20, width, 9)
        gradient = QLinearGradient(strip.topLeft(), strip.topRight())
        if self._quantity.signed:
            ticks: tuple[float, ...] = (-1.0, -0.5, 0.0, 0.5, 1.0)
            stops: tuple[str, ...] = ("negative", "neutral", "positive")
        else:
            ticks = (0.0, 0.25, 0.5, 0.75, 1.0)
            stops = ("neutral", "text")
        for place, name in enumerate(stops):
            gradient.setColorAt(place / (len(stops) - 1), self._theme.color(name))
        painter.setPen(QPen(self._theme.color("line"), 1))
        painter.setBrush(gradient)
        painter.drawRect(strip)
        painter.setFont(font)
        painter.setPen(self._theme.color("faint"))
        head = QRectF(area.left(), area.top() + 1, area.width(), 17)
        painter.drawText(head, int(CENTER), f"{self._quantity.title}   (dot at a neuron: its bias)")
        for tick in ticks:
            share = (tick - ticks[0]) / (ticks[-1] - ticks[0])
            x = strip.left() + share * strip.width()
            painter.drawLine(QPointF(x, strip.bottom()), QPointF(x, strip.bottom() + 3))
            box = QRectF(x - 40, strip.bottom() + 4, 80, 16)
            painter.drawText(box, int(CENTER), short(tick * self._end))


class NetworkPanel(QWidget):
    """The diagram with the choice of what colours its edges."""

    def __init__(self, view: NetworkView) -> None:
        super().__init__()
        self.choice = QComboBox()
        self.choice.addItems([quantity.label for quantity in QUANTITIES])
        self.choice.setToolTip("What the edges' colour and width show")
        self.choice.setAccessibleName("Colour edges by")
        self.choice.currentIndexChanged.connect(lambda index: view.set_quantity(QUANTITIES[index]))
        label = QLabel("&Colour edges by")
        label.setBuddy(self.choice)
        title = QLabel("Network")
        title.setProperty("role", "strong")
        head = QHBoxLayout()
        head.setContentsMargins(8, 4, 8, 0)
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(label)
        head.addWidget(self.choice)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(view, 1)


def map_image(values: NDArray[np.float64], table: NDArray[np.uint8]) -> QImage:
    """An image of values in −1…1, shape (rows, columns), row 0 at the bottom; ``table`` holds the scale's colours."""
    places = np.rint((values[::-1] + 1.0) * 0.5 * (len(table) - 1)).astype(np.int64)
    return rgb_image(table[places])


def rgb_image(pixels: NDArray[np.uint8]) -> QImage:
    """An image of pixels of shape (rows, columns, 3), row 0 at the top; it owns its memory."""
    rows, columns, _ = pixels.shape
    padded = np.full((rows, columns, 4), 255, dtype=np.uint8)
    padded[:, :, 2::-1] = pixels  # Qt's 32-bit pixels lie in memory as blue, green, red, alpha
    return QImage(padded.tobytes(), columns, rows, 4 * columns, QImage.Format.Format_RGB32).copy()


def _blend(low: Rgb, high: Rgb, share: float) -> QColor:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(low, high, strict=True))
    return QColor(red, green, blue)
