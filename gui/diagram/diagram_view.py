"""The network diagram: neurons with what they compute, weights as lines or as matrices."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PyQt5.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.base.number_text import SteadyScale, short
from core.explain.picked_part import Edge, Part, capital, selection_name
from core.explain.snapshot import Snapshot
from core.network.network import count_parameters, parameter_name
from core.workbench.messages import Loaded, Probe
from gui.diagram import color_bar
from gui.diagram.diagram_painter import SMALLEST_CORNER_TILE, DiagramPainter
from gui.diagram.edge_quantity import QUANTITIES, EdgeQuantity
from gui.diagram.geometry import LARGEST_TILE, LEFT, RIGHT, WIDE, Diagram
from gui.diagram.walk_scene import WalkScene
from gui.widgets.ending_painter import painting
from gui.widgets.flags import SMOOTH, TOP_LEFT
from gui.widgets.theme import Theme
from gui.widgets.vector_painting import is_vector

FEWEST_CELLS, MOST_CELLS = 12, 48
MAP_OPERATIONS = 16e6
"""Multiplications that the maps of all neurons may cost; larger nets get coarser maps."""
OPERATIONS_OF_AN_ACTIVATION = 10


class NetworkView(QWidget):
    """Draws the newest snapshot; hovering shows a value, clicking picks.

    The picture is kept: it is painted anew only if the snapshot, the size, the theme or the quantity is another one.
    The captions below it are kept by themselves, since a snapshot does not change them. The mouse only paints marks and
    a label on top.

    Signals:
        picked(Selection or None): an edge or neuron was clicked, or the empty ground.
        hovered(Selection or None): something else lies under the mouse.
        map_cells_changed(int): the neurons' maps should have another resolution, see :meth:`map_cells`.
    """

    picked = pyqtSignal(object)
    hovered = pyqtSignal(object)
    map_cells_changed = pyqtSignal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._loaded: Loaded | None = None
        self._snapshot: Snapshot | None = None
        self._diagram: Diagram | None = None
        self._quantity = QUANTITIES[0]
        self._scale = SteadyScale()
        self._scene: WalkScene | None = None
        self._probe: Probe | None = None
        self._quality = 0
        self._cells = 0
        self._captions: QPixmap | None = None
        self._captions_end = 0.0  # the end of the scale that is written there
        self._picture: QPixmap | None = None
        self._selection: Part | None = None
        self._hovered: Part | None = None
        self._mouse = QPointF()
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(260, 200)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Network diagram")

    # ---------------------------------------------------------------- what to show

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self._forget_captions()

    def set_run(self, loaded: Loaded) -> None:
        """Show another run."""
        self._loaded = loaded
        self._set_hovered(None)
        self._scene = self._probe = None
        self._scale.restart()
        self._forget_geometry()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw this from now on."""
        if snapshot is not self._snapshot:
            self._snapshot = snapshot
            self._forget_picture()

    def set_quantity(self, quantity: EdgeQuantity) -> None:
        """What colour and width of the edges show."""
        self._quantity = quantity
        self._scale.restart()
        self._forget_captions()

    def show_scene(self, scene: WalkScene | None) -> None:
        """Show a phase of a walk in place of the chosen quantity; None for that again."""
        if scene is not None or self._scene is not None:
            self._scene = scene
            self._scale.restart()
            self._forget_captions()

    def show_probe(self, probe: Probe | None) -> None:
        """Write what the network computes at a point beside the neurons; None for no point."""
        if probe is not None or self._probe is not None:
            self._probe = probe
            self.update()

    @property
    def quantity(self) -> EdgeQuantity:
        """What the edges show now."""
        return self._quantity if self._scene is None else self._scene.quantity

    def _values(self, snapshot: Snapshot) -> NDArray[np.float64]:
        """It, as a flat vector."""
        return getattr(snapshot, self._quantity.attribute) if self._scene is None else self._scene.values

    def set_selection(self, selection: Part | None) -> None:
        """Mark an edge or a neuron."""
        if selection != self._selection:
            self._selection = selection
            self.update()

    def set_quality(self, level: int) -> None:
        """How much a picture may cost: 0 in full, for a picture that stands still; higher is cheaper.

        From 1 on, more than some hundreds of lines are drawn without antialiasing, and each step halves the resolution
        of the neurons' maps, which ``map_cells_changed`` tells, so that the next snapshots cost less as well.
        """
        if level != self._quality:
            self._quality = level
            self._forget_picture()
            self._tell_cells()

    def map_cells(self) -> int:
        """How many rows and columns the neurons' maps should have: about a pixel each, fewer for large nets."""
        diagram = self.diagram()
        if diagram is None:
            return FEWEST_CELLS
        side = max(layer.side for layer in diagram.layers[1:]) * self.devicePixelRatioF()
        cost = count_parameters(diagram.sizes) + OPERATIONS_OF_AN_ACTIVATION * sum(diagram.sizes[1:])
        cells = min(side, math.sqrt(MAP_OPERATIONS / cost), MOST_CELLS) / 2**self._quality
        return max(FEWEST_CELLS, int(cells))

    def diagram(self) -> Diagram | None:
        """The present geometry; None before there is a network."""
        if self._diagram is None and self._loaded is not None:
            height = self.height() - color_bar.HEIGHT
            left, right = self._margins(self._loaded)
            sizes = self._loaded.preparation.sizes
            size = float(self.width()), float(height)
            self._diagram = Diagram(sizes, *size, left, right, self.devicePixelRatioF())
        return self._diagram

    def _margins(self, loaded: Loaded) -> tuple[float, float]:
        """Room for the names of inputs and classes, up to the middles of their tiles."""
        preparation, metrics = loaded.preparation, QFontMetricsF(self.font())
        names, classes = (
            max(metrics.horizontalAdvance(name) for name in names)
            for names in (preparation.input_names, preparation.output_names)
        )
        half = LARGEST_TILE / 2.0
        return min(LEFT, half + 12 + names), min(RIGHT, half + 26 + classes)

    def sizeHint(self) -> QSize:
        return QSize(640, 520)

    # ---------------------------------------------------------------- what is kept

    def _forget_geometry(self) -> None:
        self._diagram = None
        self._forget_captions()
        self._tell_cells()

    def _forget_captions(self) -> None:
        self._captions = None
        self._forget_picture()

    def _forget_picture(self) -> None:
        self._picture = None
        self.update()

    def _tell_cells(self) -> None:
        if self._loaded is not None and (cells := self.map_cells()) != self._cells:
            self._cells = cells
            self.map_cells_changed.emit(cells)

    def _blank(self) -> QPixmap:
        """An unpainted pixmap of the view's size on its screen."""
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(math.ceil(self.width() * ratio), math.ceil(self.height() * ratio))
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    # ---------------------------------------------------------------- events

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._forget_geometry()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._forget_geometry()
        super().changeEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse = QPointF(event.localPos())
        moved_within = self._hovered is not None
        self._set_hovered(self._under(self._mouse))
        if moved_within:
            self.update()  # the label follows the mouse

    def leaveEvent(self, event: object) -> None:
        self._set_hovered(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._loaded is not None:
            self.picked.emit(self._under(event.localPos()))

    def _under(self, place: QPointF) -> Part | None:
        diagram, snapshot = self.diagram(), self._snapshot
        if diagram is None:
            return None
        fits = snapshot is not None and snapshot.sizes == diagram.sizes
        values = self._values(snapshot) if snapshot is not None and fits else None
        return diagram.at(place.x(), place.y(), values)

    def _set_hovered(self, hovered: Part | None) -> None:
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()
            self.hovered.emit(hovered)

    # ---------------------------------------------------------------- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        diagram, snapshot = self.diagram(), self._snapshot
        with painting(self) as painter:
            if diagram is None or snapshot is None or snapshot.sizes != diagram.sizes:
                painter.fillRect(self.rect(), self._theme.color("base"))
            else:
                self._paint(painter, diagram, snapshot)

    def _paint(self, painter: QPainter, diagram: Diagram, snapshot: Snapshot) -> None:
        if is_vector(painter):
            self._paint_all(painter, diagram, snapshot)
        else:
            if self._picture is None or self._picture.devicePixelRatioF() != self.devicePixelRatioF():
                self._picture = self._paint_picture(diagram, snapshot)
            painter.drawPixmap(0, 0, self._picture)
        marks = self._painter(diagram)
        for chosen, width in ((self._selection, 3.0), (self._hovered, 2.0)):
            if chosen is not None and chosen.exists(diagram.sizes):
                marks.paint_mark(painter, chosen, width)
        self._paint_item(painter, marks)
        self._paint_numbers(painter, marks)
        self._paint_label(painter, snapshot)

    def _paint_item(self, painter: QPainter, marks: DiagramPainter) -> None:
        """In a walk, mark the neuron or weight whose formulas are shown."""
        item = self._scene.item if self._scene is not None else None
        if self._scene is not None and isinstance(item, Edge):
            marks.paint_cased_edge(painter, item, self._scene.values)
        elif item is not None:
            marks.paint_mark(painter, item, 3.0)

    def _paint_numbers(self, painter: QPainter, paint: DiagramPainter) -> None:
        if self._probe is not None and len(self._probe.activations) == len(paint.diagram.sizes):
            named = [("x" if number == 0 else "a", a) for number, a in enumerate(self._probe.activations)]
            paint.paint_numbers(painter, named, "accent")
        elif self._scene is not None:
            paint.paint_numbers(painter, self._scene.numbers, "text")

    def _painter(self, diagram: Diagram) -> DiagramPainter:
        return DiagramPainter(
            diagram,
            self._theme,
            self.quantity,
            self._scale.end,
            self.font(),
            self.devicePixelRatioF(),
            self._quality,
            self._scene.layers if self._scene is not None else None,
            self._scene.connections if self._scene is not None else None,
        )

    def _paint_picture(self, diagram: Diagram, snapshot: Snapshot) -> QPixmap:
        """All but the marks and the label."""
        values = self._values(snapshot)
        shown = self._scene.connections if self._scene is not None else frozenset()
        weights = [
            values[part.start : part.start + part.size]
            for part in diagram.connections
            if not shown or part.layer in shown
        ]
        self._scale.follow(max((float(np.abs(part).max()) for part in weights), default=0.0))
        paint = self._painter(diagram)
        captions = self._captions
        if (
            captions is None
            or self._captions_end != self._scale.end
            or captions.devicePixelRatioF() != self.devicePixelRatioF()
        ):
            self._captions = captions = self._paint_captions(diagram, paint)
            self._captions_end = self._scale.end
        picture = QPixmap(captions)
        with painting(picture) as painter:
            paint.paint_snapshot(painter, snapshot, values)
        return picture

    def _paint_captions(self, diagram: Diagram, paint: DiagramPainter) -> QPixmap:
        """The ground with all that a snapshot does not change."""
        captions = self._blank()
        captions.fill(self._theme.color("base"))
        with painting(captions) as painter:
            self._write_captions(painter, diagram, paint)
        return captions

    def _paint_all(self, painter: QPainter, diagram: Diagram, snapshot: Snapshot) -> None:
        """Ground, captions and diagram without a kept picture, for a drawing that stays sharp."""
        paint = self._painter(diagram)
        painter.fillRect(self.rect(), self._theme.color("base"))
        self._write_captions(painter, diagram, paint)
        paint.paint_snapshot(painter, snapshot, self._values(snapshot))

    def _write_captions(self, painter: QPainter, diagram: Diagram, paint: DiagramPainter) -> None:
        assert self._loaded is not None
        painter.setRenderHints(SMOOTH)
        paint.paint_captions(painter, self._loaded, float(self.width()))
        bar = QRectF(0, self.height() - color_bar.HEIGHT, self.width(), color_bar.HEIGHT)
        note = _bias_note(diagram)
        color_bar.paint_color_bar(painter, bar, self.font(), self._theme, self.quantity, self._scale.end, note)

    def _paint_label(self, painter: QPainter, snapshot: Snapshot) -> None:
        if self._hovered is None or not self._hovered.exists(snapshot.sizes):
            return
        lines = self.describe(self._hovered, snapshot)
        painter.setRenderHints(SMOOTH)
        painter.setFont(self.font())
        metrics = QFontMetricsF(self.font())
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

    def describe(self, selection: Part, snapshot: Snapshot) -> list[str]:
        """The lines of the label beside the mouse."""
        assert self._loaded is not None
        name = selection_name(selection, self._loaded.preparation)
        index = selection.index(snapshot.sizes)
        lines = [name if index is None or (isinstance(selection, Edge) and selection.layer == 1) else capital(name)]
        if index is not None:
            place = parameter_name(snapshot.sizes, index)
            what = "weight" if isinstance(selection, Edge) else "bias"
            lines.append(f"{what} {place} = {short(float(snapshot.parameters[index]))}")
            if self._scene is None and self._quantity.attribute != "parameters":
                value = float(getattr(snapshot, self._quantity.attribute)[index])
                lines.append(f"{self._quantity.label} = {short(value)}")
        return lines if self._scene is None else [*lines, *self._scene.describe(selection)]


def _bias_note(diagram: Diagram) -> str:
    """How the biases are shown."""
    grids = [layer for layer, n in zip(diagram.layers, diagram.sizes, strict=True) if n > WIDE]
    if any(layer.side >= SMALLEST_CORNER_TILE for layer in grids):
        return "dot or corner of a neuron: its bias"
    return "dot at a neuron: its bias"


class NetworkPanel(QWidget):
    """The diagram with the choice of what colours its edges."""

    def __init__(self, view: NetworkView) -> None:
        super().__init__()
        self._view = view
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

    def show_scene(self, scene: WalkScene | None) -> None:
        """Show a phase of a walk, which has its own colours of edges; None for the chosen ones again."""
        self.choice.setEnabled(scene is None)
        self._view.show_scene(scene)
