"""What painting adds to the plot: points not yet in the run, rings of the selection, the brush, the band, a hint."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PyQt5.QtCore import QEvent, QObject, Qt
from PyQt5.QtGui import QColor
from PyQt5.QtWidgets import QLabel

from core.data.dataset import Dataset
from core.data.point_edits import Points
from core.data.strokes import Place
from gui.decision.decision_view import ScatterView
from gui.decision.point_colors import point_kinds
from gui.decision.point_sampling import Sample
from gui.widgets.flags import CENTER
from gui.widgets.mark_layer import PointLayer, PointMark
from gui.widgets.theme import Theme

HEIGHT = 50.0
HINT_INSET = 8
NOTHING = np.zeros((0, 2))


class Overlay(QObject):
    """Layers on top of the plot of a scatter view."""

    def __init__(self, scatter: ScatterView) -> None:
        super().__init__(scatter)
        self._scatter = scatter
        self._theme: Theme | None = None
        self._points, self._chosen, self._ring = (PointLayer(kept=False) for _ in range(3))
        self._band = pg.PlotCurveItem()
        for height, item in enumerate((self._points, self._chosen, self._band, self._ring)):
            item.setZValue(HEIGHT + height)
            scatter.plot.addItem(item)
        self._hint = QLabel(scatter.plot)
        self._hint.setAlignment(CENTER)
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._hint_at_top = False
        self._hint.hide()
        scatter.plot.installEventFilter(self)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        accent = theme.color("accent")
        self._chosen.set_marks([PointMark(ring=accent, ring_size=self._scatter.point_size + 5.0, ring_width=2.2)])
        self._band.setPen(pg.mkPen(accent, width=1.4, style=Qt.PenStyle.DashLine))
        raised, line, text = (theme.color(name).name() for name in ("raised", "line", "text"))
        self._hint.setStyleSheet(
            f"background: {raised}; color: {text}; border: 1px solid {line}; border-radius: 5px; padding: 6px 12px;"
        )

    # ---------------------------------------------------------------- points

    def show_points(self, dataset: Dataset, added: Points, value: float, scale: tuple[float, float] | None) -> None:
        """Draw a fixed choice of these points, and all that are new.

        Args:
            dataset: the points; none where those of the run are seen.
            added: shape (n, 2), new points.
            value: their class index or target.
            scale: the ends of the targets' colours, for regression.
        """
        assert self._theme is not None
        kinds = point_kinds(dataset, scale)
        rows = Sample(dataset.labels).rows
        self._points.set_marks(kinds.marks(self._theme, self._scatter.point_size))
        self._points.set_points(
            np.concatenate([dataset.points[rows], added]),
            np.concatenate([kinds.rows[rows], np.full(len(added), kinds.of(value), dtype=np.int64)]),
        )

    def show_no_points(self) -> None:
        """The run has them all."""
        self._points.set_points(NOTHING, np.zeros(0, dtype=np.int64))

    def show_chosen(self, points: Points) -> None:
        """Ring the selected points, shape (n, 2)."""
        self._chosen.set_points(points, np.zeros(len(points), dtype=np.int64))

    # ---------------------------------------------------------------- the tool

    def show_brush(self, at: Place | None, pixels: float, color: QColor) -> None:
        """A circle around the mouse; None for none."""
        if at is None:
            self._ring.set_points(NOTHING, np.zeros(0, dtype=np.int64))
            return
        self._ring.set_marks([PointMark(ring=color, ring_size=2.0 * pixels, ring_width=1.6)])
        self._ring.set_points(np.array([at]), np.zeros(1, dtype=np.int64))

    def show_band(self, corners: tuple[Place, Place] | None) -> None:
        """A rectangle between two corners; None for none."""
        if corners is None:
            self._band.clear()
            return
        (x0, y0), (x1, y1) = corners
        self._band.setData([x0, x1, x1, x0, x0], [y0, y0, y1, y1, y0])

    # ---------------------------------------------------------------- the hint

    def show_hint(self, text: str, at_top: bool) -> None:
        """Tell in the middle of the plot, or at its top, what to do; empty for nothing."""
        self._hint.setText(text)
        self._hint.setVisible(bool(text))
        self._hint_at_top = at_top
        self._place_hint()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place_hint()
        return False

    def _place_hint(self) -> None:
        plot = self._scatter.plot
        box = plot.getPlotItem().getViewBox().sceneBoundingRect()
        self._hint.adjustSize()
        center = plot.mapFromScene(box.center())
        top = plot.mapFromScene(box.topLeft()).y() + HINT_INSET
        y = top if self._hint_at_top else center.y() - self._hint.height() // 2
        self._hint.move(center.x() - self._hint.width() // 2, y)
