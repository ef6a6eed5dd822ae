"""What painting adds to the plot: pending points, rings around selected points, the brush, the band, and a hint."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PyQt5.QtCore import QObject, Qt
from PyQt5.QtGui import QColor

from core.data.dataset import Dataset
from core.data.point_edits import Points
from core.data.strokes import Place
from gui.decision.decision_view import DecisionView
from gui.decision.point_colors import point_colors
from gui.decision.point_sampling import PointSample
from gui.widgets.flags import CENTER
from gui.widgets.mark_layer import MarkLayer, PointMark
from gui.widgets.plain_text import plain_label
from gui.widgets.theme import Theme

HEIGHT = 50.0
HINT_INSET = 8
HINT_MARGIN = 28
"""Padding and border at both sides, as the style sheet of the hint has them."""
NOTHING = np.zeros((0, 2))


class Overlay(QObject):
    """Layers on top of the plot of a decision view."""

    def __init__(self, view: DecisionView) -> None:
        super().__init__(view)
        self._view = view
        self._theme: Theme | None = None
        self._points, self._chosen, self._ring = (MarkLayer(kept=False) for _ in range(3))
        self._band = pg.PlotCurveItem()
        for height, item in enumerate((self._points, self._chosen, self._band, self._ring)):
            item.setZValue(HEIGHT + height)
            view.plot.box.addItem(item)
        self._hint = plain_label()
        self._hint.setParent(view.plot)
        self._hint.setAlignment(CENTER)
        self._hint.setWordWrap(True)
        self._hint.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._hint_is_low = False  # at the top appear the tools of the plot
        self._hint.hide()
        view.plot.box.sigResized.connect(self._place_hint)  # the box follows the plot later, and its axes

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        accent = theme.color("accent")
        self._chosen.set_marks([PointMark(ring=accent, ring_size=self._view.point_size + 5.0, ring_width=2.2)])
        self._band.setPen(pg.mkPen(accent, width=1.4, style=Qt.PenStyle.DashLine))
        raised, line, text = (theme.color(name).name() for name in ("raised", "line", "text"))
        self._hint.setStyleSheet(
            f"background: {raised}; color: {text}; border: 1px solid {line}; border-radius: 5px; padding: 6px 12px;"
        )

    # ---------------------------------------------------------------- points

    def show_points(self, dataset: Dataset, added: Points, value: float, scale: tuple[float, float] | None) -> None:
        """Draw a fixed sample of these points, and all new points.

        Args:
            dataset: the points; empty while the view shows those of the run.
            added: shape (n, 2), new points.
            value: the class index or target of the new points.
            scale: the ends of the targets' colour scale; None for classes.
        """
        assert self._theme is not None
        colors = point_colors(dataset, scale)
        rows = PointSample(dataset.labels).rows
        self._points.set_marks(colors.marks(self._theme, self._view.point_size))
        self._points.set_points(
            np.concatenate([dataset.points[rows], added]),
            np.concatenate([colors.of_rows[rows], np.full(len(added), colors.of_value(value), dtype=np.int64)]),
        )

    def show_no_points(self) -> None:
        """Hide the points, since the view shows those of the run."""
        self._points.set_points(NOTHING, np.zeros(0, dtype=np.int64))

    def show_chosen(self, points: Points) -> None:
        """Ring the selected points, shape (n, 2)."""
        self._chosen.set_points(points, np.zeros(len(points), dtype=np.int64))

    # ---------------------------------------------------------------- the tool

    def show_brush(self, at: Place | None, pixels: float, color: QColor) -> None:
        """Draw a circle around the mouse, with a radius in pixels; None hides it."""
        if at is None:
            self._ring.set_points(NOTHING, np.zeros(0, dtype=np.int64))
            return
        self._ring.set_marks([PointMark(ring=color, ring_size=2.0 * pixels, ring_width=1.6)])
        self._ring.set_points(np.array([at]), np.zeros(1, dtype=np.int64))

    def show_band(self, corners: tuple[Place, Place] | None) -> None:
        """Draw a rectangle between two corners; None hides it."""
        if corners is None:
            self._band.clear()
            return
        (x0, y0), (x1, y1) = corners
        self._band.setData([x0, x1, x1, x0, x0], [y0, y0, y1, y1, y0])

    # ---------------------------------------------------------------- the hint

    def show_hint(self, text: str, is_low: bool) -> None:
        """Write what to do in the middle of the plot or at its bottom; an empty text hides it."""
        self._hint.setText(text)
        self._hint.setVisible(bool(text))
        self._hint_is_low = is_low
        self._place_hint()

    def _place_hint(self, _: object = None) -> None:
        plot = self._view.plot
        box = plot.box.sceneBoundingRect()
        widest = self._hint.fontMetrics().horizontalAdvance(self._hint.text()) + HINT_MARGIN
        self._hint.setFixedWidth(max(1, min(widest, int(box.width()))))  # in several lines where the plot is narrow
        self._hint.adjustSize()
        center = plot.mapFromScene(box.center())
        low = plot.mapFromScene(box.bottomLeft()).y() - HINT_INSET - self._hint.height()
        y = low if self._hint_is_low else center.y() - self._hint.height() // 2
        self._hint.move(center.x() - self._hint.width() // 2, y)
