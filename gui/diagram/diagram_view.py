"""The network diagram: neurons as maps of their activation, weights as lines or as the cells of a matrix."""

from __future__ import annotations

import math

from PyQt5.QtCore import QEvent, QPointF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PyQt5.QtWidgets import QSizePolicy, QWidget

from core.base.arrays import Array
from core.explain.picked_part import Edge, Part
from core.explain.snapshot import Snapshot
from core.network.network import count_parameters
from core.workbench.messages import Loaded, Probe
from gui.diagram import color_bar
from gui.diagram.diagram_picture import DiagramPicture, paint_snapshot, paint_surroundings
from gui.diagram.edge_quantity import QUANTITIES, EdgeQuantity
from gui.diagram.geometry import LARGEST_TILE, LEFT, RIGHT, Diagram
from gui.diagram.hover_label import label_lines, paint_label
from gui.diagram.mark_painting import outline_edge, paint_mark
from gui.diagram.number_painting import paint_numbers
from gui.diagram.picture_settings import PictureSettings
from gui.diagram.walk_scene import WalkScene
from gui.widgets.ending_painter import painting
from gui.widgets.theme import Theme
from gui.widgets.vector_painting import is_vector

FEWEST_CELLS, MOST_CELLS = 12, 48
MAP_OPERATIONS = 16e6
"""The number of multiplications that the maps of all neurons may cost; larger nets get coarser maps."""
OPERATIONS_OF_AN_ACTIVATION = 10


class DiagramView(QWidget):
    """Draws the newest snapshot; hovering shows a value, clicking selects.

    The picture of the snapshot is kept; moving the mouse repaints only marks and a label on top of it.

    Signals:
        picked(Part or None): an edge or a neuron was clicked, or the empty background.
        hovered(Part or None): another part, or none, lies under the mouse.
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
        self._scene: WalkScene | None = None
        self._probe: Probe | None = None
        self._quality = 0
        self._cells = 0
        self._picture = DiagramPicture()
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
        self._picture.restart_scale()
        self._forget_geometry()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw another snapshot."""
        if snapshot is not self._snapshot:
            self._snapshot = snapshot
            self._forget_snapshot()

    def fit_scale(self) -> None:
        """Fit the colour scale to the present values, whatever the earlier ones were."""
        self._picture.restart_scale()
        self._forget_captions()

    def set_quantity(self, quantity: EdgeQuantity) -> None:
        """Choose what colour and width of the edges show."""
        self._quantity = quantity
        self._picture.restart_scale()
        self._forget_captions()

    def show_scene(self, scene: WalkScene | None) -> None:
        """Show a phase of a walk in place of the chosen quantity; None for the chosen quantity again."""
        if scene is not None or self._scene is not None:
            self._scene = scene
            self._picture.restart_scale()
            self._forget_captions()

    def show_probe(self, probe: Probe | None) -> None:
        """Write the activations at a point beside the neurons; None for no point."""
        if probe is not None or self._probe is not None:
            self._probe = probe
            self.update()

    @property
    def quantity(self) -> EdgeQuantity:
        """The quantity that the edges show now."""
        return self._quantity if self._scene is None else self._scene.quantity

    @property
    def scale_end(self) -> float:
        """The largest magnitude on the colour scale of the edges."""
        return self._picture.end

    def _values(self, snapshot: Snapshot) -> Array:
        """The shown quantity as a flat vector."""
        return self._quantity.values(snapshot) if self._scene is None else self._scene.values

    def set_selection(self, selection: Part | None) -> None:
        """Mark an edge or a neuron."""
        if selection != self._selection:
            self._selection = selection
            self.update()

    def set_quality(self, level: int) -> None:
        """Set the quality of the picture: 0 is full quality, for a picture that stands still; higher is cheaper.

        From 1 on, very many lines are drawn without antialiasing, and each step halves the resolution of the neurons'
        maps. ``map_cells_changed`` announces the new resolution, so that the next snapshots cost less too.
        """
        if level != self._quality:
            self._quality = level
            self._forget_snapshot()
            self._tell_cells()

    def map_cells(self) -> int:
        """The number of rows and columns for the neurons' maps: about one a pixel, fewer for large nets."""
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
        """Room for the names of inputs and outputs, in pixels from the edge to the middle of their tiles."""
        preparation, metrics = loaded.preparation, QFontMetricsF(self.font())
        names, classes = (
            max(metrics.horizontalAdvance(name) for name in names)
            for names in (preparation.input_names, preparation.output_names)
        )
        half = LARGEST_TILE / 2.0
        return min(LEFT, half + 12 + names), min(RIGHT, half + 26 + classes)

    def sizeHint(self) -> QSize:
        return QSize(640, 520)

    # ---------------------------------------------------------------- what must be painted anew

    def _forget_geometry(self) -> None:
        self._diagram = None
        self._forget_captions()
        self._tell_cells()

    def _forget_captions(self) -> None:
        self._picture.forget_all()
        self.update()

    def _forget_snapshot(self) -> None:
        self._picture.forget_snapshot()
        self.update()

    def _tell_cells(self) -> None:
        if self._loaded is not None and (cells := self.map_cells()) != self._cells:
            self._cells = cells
            self.map_cells_changed.emit(cells)

    # ---------------------------------------------------------------- events

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._forget_geometry()

    def changeEvent(self, event: QEvent | None) -> None:
        assert event is not None
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._forget_geometry()
        super().changeEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        self._mouse = QPointF(event.localPos())
        moved_within = self._hovered is not None
        self._set_hovered(self._under(self._mouse))
        if moved_within:
            self.update()  # the label follows the mouse

    def leaveEvent(self, event: object) -> None:
        self._set_hovered(None)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
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

    def paintEvent(self, event: QPaintEvent | None) -> None:
        diagram, snapshot, loaded = self.diagram(), self._snapshot, self._loaded
        with painting(self) as painter:
            is_empty = diagram is None or snapshot is None or snapshot.sizes != diagram.sizes
            if is_empty or is_vector(painter):
                painter.fillRect(self.rect(), self._theme.color("base"))
            if diagram is None or snapshot is None or loaded is None or is_empty:
                return
            values = self._values(snapshot)
            if is_vector(painter):  # a drawing that shall stay sharp holds no kept pixels
                paint_surroundings(painter, self._settings(diagram), self.size(), loaded)
                paint_snapshot(painter, self._settings(diagram), snapshot, values)
            else:
                picture = self._picture.pixmap(self._settings(diagram), self.size(), loaded, snapshot, values)
                painter.drawPixmap(0, 0, picture)
            self._paint_marks(painter, self._settings(diagram))
            self._paint_numbers(painter, self._settings(diagram))
            if self._hovered is not None and self._hovered.exists(snapshot.sizes):
                lines = self.describe(self._hovered, snapshot)
                paint_label(painter, lines, self._mouse, self.size(), self.font(), self._theme)

    def _settings(self, diagram: Diagram) -> PictureSettings:
        scene = self._scene
        return PictureSettings(
            diagram,
            self._theme,
            self.quantity,
            self.scale_end,
            self.font(),
            self.devicePixelRatioF(),
            self._quality,
            scene.layers if scene is not None else None,
            scene.connections if scene is not None else None,
        )

    def _paint_marks(self, painter: QPainter, settings: PictureSettings) -> None:
        """Mark the selection, the part under the mouse, and in a walk the part whose formulas are shown."""
        for chosen, width in ((self._selection, 3.0), (self._hovered, 2.0)):
            if chosen is not None and chosen.exists(settings.diagram.sizes):
                paint_mark(painter, settings, chosen, width)
        item = self._scene.item if self._scene is not None else None
        if self._scene is not None and isinstance(item, Edge):
            outline_edge(painter, settings, item, self._scene.values)
        elif item is not None:
            paint_mark(painter, settings, item, 3.0)

    def _paint_numbers(self, painter: QPainter, settings: PictureSettings) -> None:
        """Write the activations at the probed point, or in a walk the numbers of its phase."""
        if self._probe is not None and len(self._probe.activations) == len(settings.diagram.sizes):
            named = [("x" if number == 0 else "a", a) for number, a in enumerate(self._probe.activations)]
            paint_numbers(painter, settings, named, "accent")
        elif self._scene is not None:
            paint_numbers(painter, settings, self._scene.numbers, "text")

    def describe(self, part: Part, snapshot: Snapshot) -> list[str]:
        """The lines of the label beside the mouse."""
        assert self._loaded is not None
        return label_lines(part, self._loaded.preparation, snapshot, self._quantity, self._scene)
