"""The painted network: neurons as maps of their activation, weights as lines or as the cells of a matrix."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PyQt5.QtCore import QEvent, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PyQt5.QtWidgets import QSizePolicy, QWidget

from core.base.arrays import Array
from core.explain.snapshot import Snapshot
from core.workbench.messages import Loaded
from gui.diagram.diagram_layout import FEWEST_CELLS, DiagramLayout, lay_out_diagram, map_cells
from gui.diagram.diagram_picture import DiagramPicture, paint_snapshot, paint_surroundings, strongest_weight
from gui.diagram.drawing.edge_quantity import QUANTITIES, EdgeQuantity
from gui.diagram.drawing.health_painting import marked_tiles
from gui.diagram.drawing.picture_settings import GROUND, PictureSettings
from gui.diagram.geometry import Diagram
from gui.diagram.input_rows import NO_ROWS, InputRows
from gui.widgets.elided import TYPE_CHANGES
from gui.widgets.ending_painter import painting
from gui.widgets.theme import Theme
from gui.widgets.vector_painting import is_vector

if TYPE_CHECKING:
    from gui.diagram.walk_scene import WalkScene


class DiagramCanvas(QWidget):
    """Draws the newest snapshot. The picture of the snapshot is kept; what a subclass paints is above it.

    Args:
        has_titles: whether it paints the titles of the layers and the colour scale.
        offers_inputs: whether it shows inputs that the network does not use.

    Signals:
        map_cells_changed(int): the neurons' maps should have another resolution, see :meth:`map_cells`.
        laid_out(): the geometry is another.
        scale_changed(): the colour scale of the edges is another.
        values_changed(): the edges show other values.
    """

    map_cells_changed = pyqtSignal(int)
    laid_out = pyqtSignal()
    scale_changed = pyqtSignal()
    values_changed = pyqtSignal()

    def __init__(self, theme: Theme, has_titles: bool = True, offers_inputs: bool = True) -> None:
        super().__init__()
        self._theme, self._has_titles, self._offers_inputs = theme, has_titles, offers_inputs
        self._loaded: Loaded | None = None
        self._snapshot: Snapshot | None = None
        self._layout: DiagramLayout | None = None
        self._quantity = QUANTITIES[0]
        self._scene: WalkScene | None = None
        self._quality = 0
        self._cells = 0
        self._picture = DiagramPicture()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    # ---------------------------------------------------------------- what to show

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self._forget_captions()

    def set_run(self, loaded: Loaded) -> None:
        """Show another run."""
        self._loaded = loaded
        self._scene = None
        self._picture.restart_scale()
        self._forget_geometry()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw another snapshot."""
        if snapshot is not self._snapshot:
            self._snapshot = snapshot
            self._forget_snapshot()
            self.values_changed.emit()

    def fit_scale(self) -> None:
        """Fit the colour scale to the present values, whatever the earlier ones were."""
        self._picture.restart_scale()
        self._forget_captions()

    def set_quantity(self, quantity: EdgeQuantity) -> None:
        """Choose what colour and width of the edges show."""
        self._quantity = quantity
        self._picture.restart_scale()
        self._forget_captions()
        self.values_changed.emit()

    def show_scene(self, scene: WalkScene | None) -> None:
        """Show a phase of a walk in place of the chosen quantity; None for the chosen quantity again."""
        if scene is not None or self._scene is not None:
            self._scene = scene
            self._picture.restart_scale()
            self._forget_captions()
            self.values_changed.emit()

    @property
    def quantity(self) -> EdgeQuantity:
        """The quantity that the edges show now."""
        return self._quantity if self._scene is None else self._scene.quantity

    @property
    def scale_end(self) -> float:
        """The largest magnitude on the colour scale of the edges."""
        return self._picture.end

    @property
    def strongest(self) -> float:
        """The value of largest magnitude among the edges that are shown; 0 before there are any."""
        diagram, snapshot = self.diagram(), self._snapshot
        if diagram is None or snapshot is None or snapshot.sizes != diagram.sizes:
            return 0.0
        return strongest_weight(self._settings(diagram), self._values(snapshot))

    @property
    def awaits_update(self) -> bool:
        """Whether the edges would show numbers of the last update, and there was none yet."""
        return self._snapshot is not None and self.quantity.is_awaited(self._snapshot)

    @property
    def marks(self) -> set[bool]:
        """Whether dead neurons are marked, True, and saturated ones, False."""
        diagram, snapshot = self.diagram(), self._snapshot
        if diagram is None or snapshot is None or snapshot.sizes != diagram.sizes:
            return set()
        return {is_dead for _tile, is_dead in marked_tiles(self._settings(diagram), snapshot.health)}

    def _values(self, snapshot: Snapshot) -> Array:
        """The shown quantity as a flat vector."""
        return self._quantity.values(snapshot) if self._scene is None else self._scene.values

    def set_quality(self, level: int) -> None:
        """Set the quality of the picture: 0 is full quality, for a picture that stands still; higher is cheaper.

        From 1 on, very many lines are drawn without antialiasing, and each step quarters what the neurons' maps may
        cost, which coarsens those of large nets. ``map_cells_changed`` announces the new resolution.
        """
        if level != self._quality:
            self._quality = level
            self._forget_snapshot()
            self._tell_cells()

    def map_cells(self) -> int:
        """The number of rows and columns for the neurons' maps."""
        diagram = self.diagram()
        return FEWEST_CELLS if diagram is None else map_cells(diagram, self.devicePixelRatioF(), self._quality)

    def diagram(self) -> Diagram | None:
        """The present geometry; None before there is a network."""
        if self._layout is None and self._loaded is not None:
            preparation, metrics, ratio = self._loaded.preparation, QFontMetricsF(self.font()), self.devicePixelRatioF()
            shown = self._has_titles, self._offers_inputs
            self._layout = lay_out_diagram(preparation, self.width(), self.height(), metrics, ratio, *shown)
        return self._layout.diagram if self._layout is not None else None

    @property
    def rows(self) -> InputRows:
        """The inputs in the diagram."""
        return self._layout.rows if self._layout is not None else NO_ROWS

    def sizeHint(self) -> QSize:
        return QSize(640, 520)

    # ---------------------------------------------------------------- what must be painted anew

    def _forget_geometry(self) -> None:
        self._layout = None
        self._forget_captions()
        self._tell_cells()
        self.laid_out.emit()

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

    # ---------------------------------------------------------------- events and painting

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._forget_geometry()

    def changeEvent(self, event: QEvent | None) -> None:
        assert event is not None
        if event.type() in TYPE_CHANGES:
            self._forget_geometry()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        diagram, snapshot, loaded = self.diagram(), self._snapshot, self._loaded
        with painting(self) as painter:
            is_empty = diagram is None or snapshot is None or snapshot.sizes != diagram.sizes
            if is_empty:
                painter.fillRect(self.rect(), self._theme.color(GROUND))
            if diagram is None or snapshot is None or loaded is None or is_empty:
                return
            settings, values = self._settings(diagram), self._values(snapshot)
            ratio = painter.deviceTransform().m11()
            if is_vector(painter) or ratio != settings.ratio:  # a picture that shall be sharp holds no kept pixels
                painter.fillRect(self.rect(), self._theme.color(GROUND))
                settings = replace(settings, ratio=ratio)
                paint_surroundings(painter, settings, self.size(), loaded, self.rows, snapshot)
                paint_snapshot(painter, settings, snapshot, values)
            else:
                picture = self._picture.pixmap(settings, self.size(), loaded, self.rows, snapshot, values)
                painter.drawPixmap(0, 0, picture)
                if settings.end != self._picture.end:
                    settings = self._settings(diagram)
                    self.scale_changed.emit()
            self._paint_over(painter, settings, snapshot)

    def _paint_over(self, painter: QPainter, settings: PictureSettings, snapshot: Snapshot) -> None:
        """Paint what is above the kept picture."""

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
            self._has_titles,
            self._loaded.preparation.class_outputs if self._loaded is not None else 0,
            scene.layers if scene is not None else None,
            scene.connections if scene is not None else None,
        )
