"""The data's plane: the network's decision as a map, the points on top, the misclassified ones marked."""

from __future__ import annotations

from collections.abc import Iterator

import contourpy
import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt5.QtCore import QPointF, QRectF, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QColor
from PyQt5.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.dataset import Dataset
from core.snapshot import OutputMap, Plane, Snapshot
from gui.flags import SMOOTH
from gui.messages import Loaded
from gui.numbers import grouped, short
from gui.plots import AXIS_WIDTH, make_plot, style_plot
from gui.theme import Theme

CELL_PIXELS = 4
MOST_CELLS = 100
MOST_POINTS = 20_000
MARGIN = 0.08


class ScatterView(QWidget):
    """Draws the newest snapshot in the plane of the two inputs.

    Signals:
        plane_changed(Plane): another part of the plane is visible, so the map must cover it.
    """

    plane_changed = pyqtSignal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._loaded: Loaded | None = None
        self._snapshot: Snapshot | None = None
        self._shown_rows = np.zeros(0, dtype=np.int64)
        self._point_items: list[pg.ScatterPlotItem] = []
        self._bounds: tuple[float, ...] = ()
        self._plot = make_plot()
        self._plot.setRenderHints(SMOOTH)
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.getAxis("left").setWidth(AXIS_WIDTH)
        self._image = pg.ImageItem(axisOrder="row-major")
        self._image.setZValue(-10)
        self._border = pg.PlotCurveItem(connect="finite")
        self._wrong = pg.ScatterPlotItem(symbol="o", size=12, brush=None, pxMode=True)
        self._wrong.setZValue(20)
        self._current = pg.ScatterPlotItem(symbol="o", size=17, brush=None, pxMode=True)
        self._current.setZValue(21)
        for item in (self._image, self._border, self._wrong, self._current):
            self._plot.addItem(item)
        self._plane_timer = QTimer(self)
        self._plane_timer.setSingleShot(True)
        self._plane_timer.timeout.connect(self._send_plane)
        self._plot.sigRangeChanged.connect(lambda *_: self._plane_timer.start(0))
        self._plot.scene().sigMouseMoved.connect(self._show_place)
        self._head = QLabel()
        self._head.setWordWrap(True)
        self._head.setTextFormat(Qt.TextFormat.RichText)
        self._place = QLabel()
        self._place.setProperty("role", "faint")
        self._note = QLabel()
        self._note.setProperty("role", "faint")
        self._note.hide()
        self.test_shown = QCheckBox("Test points")
        self.test_shown.setChecked(True)
        self.test_shown.toggled.connect(self._show_test_points)
        self._lay_out()
        self.set_theme(theme)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 3, 8, 0)
        head.addWidget(self._head, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 0, 8, 3)
        foot.addWidget(self.test_shown)
        foot.addWidget(self._note)
        foot.addStretch(1)
        foot.addWidget(self._place)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self._plot, 1)
        layout.addLayout(foot)
        self._place.setText(" ")
        self.setMinimumSize(220, 180)

    # ---------------------------------------------------------------- what to show

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        style_plot(self._plot, theme)
        self._border.setPen(pg.mkPen(theme.color("text", 210), width=1.6))
        self._wrong.setPen(pg.mkPen(theme.color("wrong"), width=1.6))
        self._current.setPen(pg.mkPen(theme.color("text"), width=2.2))
        if self._loaded is not None:
            self._make_points(self._loaded)
            self._write_head(self._loaded.preparation.dataset)
        if self._snapshot is not None:
            self.show_snapshot(self._snapshot)

    def set_run(self, loaded: Loaded) -> None:
        """Show another run; the visible range stays unless the points are others."""
        dataset = loaded.preparation.dataset
        bounds = tuple(float(v) for v in (*dataset.points.min(axis=0), *dataset.points.max(axis=0)))
        self._loaded = loaded
        self._snapshot = None
        self._make_points(loaded)
        self._write_head(dataset)
        self._plot.setLabel("bottom", dataset.column_names[0])
        self._plot.setLabel("left", dataset.column_names[1])
        self.test_shown.setVisible(len(loaded.preparation.test) > 0)
        if bounds != self._bounds:
            self._bounds = bounds
            self.show_everything()

    def show_everything(self) -> None:
        """Zoom so that all points are visible."""
        if self._bounds:
            x0, y0, x1, y1 = self._bounds
            box = self._plot.getPlotItem().getViewBox()
            pad_x, pad_y = (MARGIN * max(high - low, 1e-9) for low, high in ((x0, x1), (y0, y1)))
            box.setRange(xRange=(x0 - pad_x, x1 + pad_x), yRange=(y0 - pad_y, y1 + pad_y), padding=0)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw this from now on."""
        self._snapshot = snapshot
        if snapshot.output is not None:
            self._draw_map(snapshot.output)
        if self._loaded is None:
            return
        dataset = self._loaded.preparation.dataset
        rows = self._shown_rows
        if not self.test_shown.isChecked():
            rows = rows[np.isin(rows, self._loaded.preparation.train.rows, assume_unique=True)]
        wrong = rows[snapshot.predicted[rows] != dataset.labels[rows]]
        self._wrong.setData(*dataset.points[wrong].T)
        current = [] if snapshot.trained_row is None else [snapshot.trained_row]
        self._current.setData(*dataset.points[current].T)

    def plane(self) -> Plane | None:
        """The visible part of the plane in cells of a few pixels; None before anything has a size."""
        (x0, x1), (y0, y1) = self._plot.getPlotItem().getViewBox().viewRange()
        pixels = self._plot.getPlotItem().getViewBox().rect()
        if not (x1 > x0 and y1 > y0) or pixels.width() < 2 or pixels.height() < 2:
            return None
        columns, rows = (min(MOST_CELLS, max(8, int(n / CELL_PIXELS))) for n in (pixels.width(), pixels.height()))
        return Plane((x0, x1), (y0, y1), columns, rows)

    def _send_plane(self) -> None:
        plane = self.plane()
        if plane is not None:
            self.plane_changed.emit(plane)

    # ---------------------------------------------------------------- drawing

    def _draw_map(self, output: OutputMap) -> None:
        self._image.setImage(self._map_pixels(output), autoLevels=False, levels=None)
        (x0, x1), (y0, y1) = output.plane.x, output.plane.y
        self._image.setRect(QRectF(x0, y0, x1 - x0, y1 - y0))
        self._border.setData(*border(output).T)

    def _map_pixels(self, output: OutputMap) -> NDArray[np.uint8]:
        """The winner's colour, the paler the smaller its margin."""
        classes = 1 + int(output.winner.max())
        colors = np.array([self._theme.class_rgb(k) for k in range(classes)], dtype=np.float32)
        ground = np.array(self._theme.base, dtype=np.float32)
        strength = (0.10 + 0.50 * output.margin.astype(np.float32))[:, :, None]
        pixels: NDArray[np.uint8] = (ground + strength * (colors[output.winner] - ground)).astype(np.uint8)
        return pixels

    def _make_points(self, loaded: Loaded) -> None:
        """One item for each class and part: filled circles for training, hollow diamonds for test."""
        for item in self._point_items:
            self._plot.removeItem(item)
        self._point_items = []
        preparation = loaded.preparation
        rows = np.arange(len(preparation.dataset))
        if len(rows) > MOST_POINTS:
            rows = np.sort(np.random.default_rng(0).choice(rows, MOST_POINTS, replace=False))
            self._note.setText(f"{grouped(MOST_POINTS)} of {grouped(len(preparation.dataset))} points shown")
        self._note.setVisible(len(rows) < len(preparation.dataset))
        self._shown_rows = rows
        for part_rows, is_test in ((preparation.train.rows, False), (preparation.test.rows, True)):
            shown = np.intersect1d(part_rows, rows, assume_unique=True)
            for label in range(preparation.dataset.n_classes):
                chosen = shown[preparation.dataset.labels[shown] == label]
                if len(chosen):
                    self._point_items.append(self._points(preparation.dataset.points[chosen], label, is_test))
        for item in self._point_items:
            self._plot.addItem(item)

    def _points(self, points: NDArray[np.float64], label: int, is_test: bool) -> pg.ScatterPlotItem:
        color = QColor(*self._theme.class_rgb(label))
        edge = self._theme.color("base") if not is_test else color.darker(125)
        item = pg.ScatterPlotItem(
            symbol="d" if is_test else "o",
            size=8 if is_test else 7,
            pen=pg.mkPen(edge, width=1.4 if is_test else 0.7),
            brush=self._theme.color("base", 160) if is_test else color,
            x=points[:, 0],
            y=points[:, 1],
        )
        item.setZValue(6 if is_test else 5)
        item.is_test = is_test
        item.setVisible(not is_test or self.test_shown.isChecked())
        return item

    def _show_test_points(self, shown: bool) -> None:
        for item in self._point_items:
            if item.is_test:
                item.setVisible(shown)
        if self._snapshot is not None:
            self.show_snapshot(self._snapshot)

    def _write_head(self, dataset: Dataset) -> None:
        """The legend: each class with its colour, and what the other marks mean."""
        shown = dataset.class_names[:10]
        parts = [
            f'<span style="color:rgb{self._theme.class_rgb(k)}">●</span>&nbsp;{_escape(name[:12])}'
            for k, name in enumerate(shown)
        ]
        if len(dataset.class_names) > len(shown):
            parts.append("…")
        parts.append(f'<span style="color:rgb{self._theme.wrong}">○</span>&nbsp;wrong')
        parts.append('<span style="font-weight:bold">○</span>&nbsp;last sample')
        self._head.setText("&nbsp; ".join(parts))

    def _show_place(self, scene: QPointF) -> None:
        """Under the plot, where the mouse is and what the network says there."""
        box = self._plot.getPlotItem().getViewBox()
        if self._loaded is None or not box.sceneBoundingRect().contains(scene):
            self._place.setText(" ")
            return
        point = box.mapSceneToView(scene)
        names = self._loaded.preparation.dataset.column_names
        text = f"{names[0]} {short(point.x())}, {names[1]} {short(point.y())}"
        output = self._snapshot.output if self._snapshot is not None else None
        if output is not None:
            cell = _cell(output.plane, point.x(), point.y())
            if cell is not None:
                winner = self._loaded.preparation.dataset.class_names[output.winner[cell]]
                text += f" → {winner} (margin {output.margin[cell]:.2f})"
        self._place.setText(text)

    def leaveEvent(self, event: object) -> None:
        self._place.setText(" ")


def border(output: OutputMap) -> NDArray[np.float64]:
    """The lines on which the decision changes, shape (points, 2); a row of NaN ends each line."""
    x, y = output.plane.centers()
    end = np.full((1, 2), np.nan)
    parts = [part for line in _border_lines(output, x, y) for part in (line, end)]
    return np.concatenate(parts) if parts else end


def _border_lines(output: OutputMap, x: NDArray[np.float64], y: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    """For each class the zero line of its lead: its margin where it wins, minus the winner's margin elsewhere.

    With two classes one of the two leads is enough, since the other is its negative.
    """
    present = np.unique(output.winner)
    for winner in present[:1] if len(present) == 2 else present if len(present) > 2 else ():
        lead = np.where(output.winner == winner, output.margin, -output.margin)
        generator = contourpy.contour_generator(x, y, lead, line_type=contourpy.LineType.Separate)
        for line in generator.lines(0.0):
            yield np.asarray(line, dtype=np.float64)


def _cell(plane: Plane, x: float, y: float) -> tuple[int, int] | None:
    column = int((x - plane.x[0]) / (plane.x[1] - plane.x[0]) * plane.columns)
    row = int((y - plane.y[0]) / (plane.y[1] - plane.y[0]) * plane.rows)
    return (row, column) if 0 <= row < plane.rows and 0 <= column < plane.columns else None


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
