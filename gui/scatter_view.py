"""The data's plane: the network's decision as a map, the points on top, the misclassified ones marked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt5.QtCore import QPointF, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QShowEvent
from PyQt5.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent

from core.dataset import Dataset
from core.section import Section, Slice, fitted, project
from core.snapshot import NeuronMap, NeuronPlace, OutputMap, Plane, Snapshot
from gui.decision_map import border, cell_at, decision_image, plane_rect, value_image
from gui.flags import SMOOTH
from gui.images import places, table_image
from gui.messages import Loaded
from gui.numbers import grouped, short
from gui.plots import AXIS_WIDTH, make_plot, style_plot
from gui.point_kinds import PointKinds, point_kinds
from gui.point_layer import Mark, PictureItem, PointLayer
from gui.sampling import Sample, WrongOnes
from gui.selection import Neuron, capital, selection_name
from gui.theme import Theme

if TYPE_CHECKING:
    from gui.section_bar import SectionBar

CELL_PIXELS = 4
FEWEST_CELLS, MOST_CELLS = 8, 100
MARGIN = 0.08
STEADY = (0.3, 2.0)
"""Shares of the margin between which the visible range stays when the points are others."""
TITLE_INSET = 8
POINTS_OF_SIZE = ((1_500, 7.0), (4_000, 5.0))
SMALLEST_POINT = 4.0
POINT_REACH = 8.0
"""How many pixels beside a point a click still means it."""
CANVAS_BOUNDS = (-5.0, -5.0, 5.0, 5.0)
"""What is visible of a canvas without points."""
FAINT = 0.45
"""Opacity of the points over the map of a neuron."""
LONGEST_TITLE = 30
FAINTEST = 0.12
"""Opacity of the points that lie very far off the section."""


class ScatterView(QWidget):
    """Draws the newest snapshot in the plane of the two inputs, or in a section through more of them.

    While the view is hidden it only keeps the snapshot, and draws it when it is shown again. Of very many points a
    fixed random choice is drawn, and the wrong ones from a quota of their own, see :mod:`gui.sampling`.

    Signals:
        plane_changed(Plane): another part of the plane is visible, or its map should be finer or coarser.
        point_clicked(int): a point, as its row of the data set.
        probed(tuple of float or None): the point of the data where the mouse is while the probe is on.

    Attributes:
        plot: the plot. point_size: of a point in pixels.
        keeps_range: that other drawn points do not change what is visible, since somebody is painting them.
    """

    plane_changed = pyqtSignal(object)
    point_clicked = pyqtSignal(int)
    probed = pyqtSignal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._loaded: Loaded | None = None
        self._snapshot: Snapshot | None = None
        self._neuron: Neuron | None = None
        self._section: Section | None = None
        self.section_bar: SectionBar | None = None
        self._quality = 0
        self._is_stale = False
        self._sample = Sample(np.zeros(0, dtype=np.int64))
        self._is_train = np.zeros(0, dtype=np.bool_)
        self._point_kinds = PointKinds(np.zeros(0, dtype=np.int64), 0)
        self._wrong_ones = WrongOnes(np.zeros(0, dtype=np.int64), 0)
        self._bounds: tuple[float, ...] = ()
        self._walked_rows = self._marked_rows = np.zeros(0, dtype=np.int64)
        self._walked_kinds = np.zeros(0, dtype=np.int64)
        self._dataset: Dataset | None = None
        self.keeps_range = False
        self._palettes: list[QWidget] = []
        self.plot = make_plot()
        self.plot.setRenderHints(SMOOTH)
        self.plot.hideButtons()
        self.plot.getAxis("left").setWidth(AXIS_WIDTH)
        self._map = PictureItem()
        self._border = pg.PlotCurveItem(connect="finite")
        self._points, self._test_points = PointLayer(kept=True), PointLayer(kept=True)
        self._wrong, self._current = PointLayer(kept=False), PointLayer(kept=False)
        self._walked = PointLayer(kept=False)
        self._marked = PointLayer(kept=False)
        for height, item in enumerate((self._map, self._border, *self._layers())):
            item.setZValue(height - 10)
            self.plot.addItem(item)
        self._plane_timer = QTimer(self)
        self._plane_timer.setSingleShot(True)
        self._plane_timer.timeout.connect(self._send_plane)
        self.plot.sigRangeChanged.connect(lambda *_: self._plane_timer.start(0))
        self.plot.getPlotItem().getViewBox().sigResized.connect(lambda *_: self._plane_timer.start(0))
        self.plot.scene().sigMouseMoved.connect(self._show_place)
        self.plot.scene().sigMouseClicked.connect(self._click)
        self._head = QLabel()
        self._head.setWordWrap(True)
        self._head.setTextFormat(Qt.TextFormat.RichText)
        self._title = QLabel(self.plot)  # over the plot, which would jump if it took room beside it
        self._title.setTextFormat(Qt.TextFormat.RichText)
        self._title.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._title.move(AXIS_WIDTH + TITLE_INSET, TITLE_INSET)
        self._title.hide()
        self._place = QLabel()
        self._place.setProperty("role", "faint")
        self._note = QLabel()
        self._note.setProperty("role", "faint")
        self._note.hide()
        self.test_shown = QCheckBox("Test points")
        self.test_shown.setChecked(True)
        self.test_shown.toggled.connect(self._show_test_points)
        self.probe = QCheckBox("Probe")
        self.probe.setToolTip("The diagram shows the activations for the point under the mouse (P)")
        self.probe.toggled.connect(lambda _: self.probed.emit(None))
        self.paint_button = QToolButton()
        self.paint_button.setProperty("role", "small")
        self.paint_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._lay_out()
        self.set_theme(theme)

    def _layers(self) -> tuple[PointLayer, ...]:
        return self._points, self._test_points, self._wrong, self._marked, self._current, self._walked

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 3, 8, 0)
        head.addWidget(self._head, 1)
        head.addWidget(self.paint_button)
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 0, 8, 3)
        foot.addWidget(self.probe)
        foot.addWidget(self.test_shown)
        foot.addWidget(self._note)
        foot.addStretch(1)
        foot.addWidget(self._place)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addLayout(head)
        self._column.addWidget(self.plot, 1)
        self._column.addLayout(foot)
        self._place.setText(" ")
        self.setMinimumSize(220, 180)

    # ---------------------------------------------------------------- what to show

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        style_plot(self.plot, theme)
        self._border.setPen(pg.mkPen(theme.color("text", 210), width=1.6))
        raised, line, text = (theme.color(name).name() for name in ("raised", "line", "text"))
        self._title.setStyleSheet(
            f"background: {raised}; color: {text}; border: 1px solid {line}; border-radius: 4px; padding: 3px 7px;"
        )
        self._title.setText("")
        self._make_marks()
        self._write_head()
        self._write_title()
        self._draw()

    def set_run(self, loaded: Loaded) -> None:
        """Show another run; the visible range stays unless the points are others."""
        before, dataset = self._dataset, loaded.dataset
        preparation = loaded.preparation
        self._loaded, self._dataset = loaded, dataset
        self._snapshot = None
        if dataset is not before:
            self._sample = Sample(dataset.labels)
            self._point_kinds = point_kinds(dataset)
            self._section = fitted(self._section, dataset, before)
        self._walked_rows = self._walked_kinds = np.zeros(0, dtype=np.int64)
        self.show_walked(None)
        self.show_marked(np.zeros(0, dtype=np.int64))
        self.show_neuron(None)
        self._is_train = np.full(len(dataset), loaded.canvas is not None)
        if loaded.canvas is None:
            self._is_train[preparation.train.rows] = True
        self._make_marks()
        self._place_points()
        self.show_points(True)
        self._write_head()
        self._write_note()
        self._show_section_bar()
        self.test_shown.setVisible(len(preparation.test) > 0 and loaded.canvas is None)
        self._fit_axes()

    @property
    def section(self) -> Section | None:
        """Which plane through the data is seen; None where they have two columns."""
        return self._section

    def set_section(self, section: Section) -> None:
        """Show another plane through data of more than two columns; one of other data is left out."""
        if self._dataset is None or section == self._section:
            return
        if section.dimensions != self._dataset.dimensions:
            return
        before, self._section = self._section, section
        self._place_points()
        self._place_rings()
        self._show_section_bar()
        if not (isinstance(before, Slice) and isinstance(section, Slice) and before.columns == section.columns):
            self._fit_axes()
        self._draw()
        self._send_plane()

    def _show_section_bar(self) -> None:
        """Make the bar when it is first needed."""
        assert self._dataset is not None
        if self._section is not None:
            if self.section_bar is None:
                from gui.section_bar import SectionBar  # here, since few data need it

                self.section_bar = SectionBar()
                self.section_bar.changed.connect(self.set_section)
                self._column.insertWidget(1, self.section_bar)
            self.section_bar.set_data(self._dataset, self._section)
        if self.section_bar is not None:
            self.section_bar.setVisible(self._section is not None)

    def _fit_axes(self) -> None:
        """Name the axes, and show all points where they are others."""
        assert self._loaded is not None
        assert self._dataset is not None
        dataset, section = self._dataset, self._section
        names = dataset.column_names if section is None else section.axis_titles(dataset.column_names)
        for side, name in zip(("bottom", "left"), names, strict=False):
            self.plot.setLabel(side, name if len(name) <= LONGEST_TITLE else f"{name[: LONGEST_TITLE - 1]}…")
        bounds: tuple[float, ...] = CANVAS_BOUNDS
        if len(dataset):
            points = project(section, dataset.points)
            bounds = tuple(float(v) for v in (*points.min(axis=0), *points.max(axis=0)))
        if bounds != self._bounds:
            self._bounds = bounds
            is_painted = self.keeps_range and self._loaded.experiment.data.drawn is not None
            if not is_painted and not self._fits():
                self.show_everything()

    def _fits(self) -> bool:
        """Whether all points are visible with little around them: axes that follow a slider would tremble."""
        x0, y0, x1, y1 = self._bounds
        ranges = self.plot.getPlotItem().getViewBox().viewRange()
        for (low, high), first, last in zip(ranges, (x0, y0), (x1, y1), strict=True):
            least, most = (share * MARGIN * max(last - first, 1e-9) for share in STEADY)
            if not (least <= first - low <= most and least <= high - last <= most):
                return False
        return True

    def show_points(self, shown: bool) -> None:
        """Show the run's points, or leave the plot to those that are being painted."""
        self._points.setVisible(shown)
        self._test_points.setVisible(shown and not self._hides_test_points())
        decides = shown and self._neuron is None
        self._wrong.setVisible(decides)
        self._current.setVisible(decides and not self._walked.isVisible())

    def show_palette(self, palette: QWidget | None) -> None:
        """Put the painter's palette in place of the legend, or the legend back."""
        for widget in (self._head, self.paint_button):  # the palette has a button to leave it
            widget.setVisible(palette is None)
        for other in self._palettes:
            other.setVisible(other is palette)
        if palette is not None and palette not in self._palettes:
            self._palettes.append(palette)
            self._column.insertWidget(1, palette)
            palette.show()

    def show_everything(self) -> None:
        """Zoom so that all points are visible."""
        if self._bounds:
            x0, y0, x1, y1 = self._bounds
            box = self.plot.getPlotItem().getViewBox()
            pad_x, pad_y = (MARGIN * max(high - low, 1e-9) for low, high in ((x0, x1), (y0, y1)))
            box.setRange(xRange=(x0 - pad_x, x1 + pad_x), yRange=(y0 - pad_y, y1 + pad_y), padding=0)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw this from now on."""
        if snapshot is not self._snapshot:
            self._snapshot = snapshot
            self._draw()

    def show_neuron(self, neuron: Neuron | None) -> None:
        """Show what one neuron computes in place of the decision, or the decision again (None).

        The neuron's small map of the snapshot comes at once, and its own map as soon as a snapshot holds it. A neuron
        that the network does not have is none.
        """
        if neuron is not None and (self._loaded is None or not neuron.exists(self._loaded.preparation.sizes)):
            neuron = None
        if neuron != self._neuron:
            self._neuron = neuron
            for layer in (self._points, self._test_points):
                layer.setOpacity(1.0 if neuron is None else FAINT)
            for item in (self._wrong, self._border):
                item.setVisible(neuron is None)
            self._current.setVisible(neuron is None and not self._walked.isVisible())
            self._write_title()
            self._draw()

    def show_walked(self, rows: NDArray[np.int64] | None, shown: int = 0) -> None:
        """Ring the samples of an update that is walked, the one that is shown more boldly; None outside a walk."""
        inside = rows is not None and self._loaded is not None
        if rows is not None and self._loaded is not None:
            kinds = np.zeros(len(rows), dtype=np.int64)
            kinds[shown] = 1
            order = np.argsort(kinds, kind="stable")
            self._walked_rows, self._walked_kinds = rows[order], kinds[order]
            self._place_rings()
        self._walked.setVisible(inside)
        self._current.setVisible(not inside and self._neuron is None)
        self._write_head()

    def show_marked(self, rows: NDArray[np.int64]) -> None:
        """Ring these points, rows of the data set, since they were picked elsewhere."""
        if self._loaded is not None:
            self._marked_rows = rows
            self._place_rings()

    def _place_rings(self) -> None:
        """Around the samples of a walk, and around the points that were picked elsewhere."""
        self._walked.set_points(self._positions(self._walked_rows), self._walked_kinds)
        self._marked.set_points(self._positions(self._marked_rows), np.zeros(len(self._marked_rows), dtype=np.int64))

    def set_quality(self, level: int) -> None:
        """How much a picture may cost: 0 in full, for a picture that stands still; higher is cheaper.

        Each step halves the resolution of the map, which ``plane_changed`` tells, so that snapshots cost less as well.
        """
        if level != self._quality:
            self._quality = level
            self._send_plane()

    def plane(self) -> Plane | None:
        """The visible part of the plane in cells of a few pixels; None before anything has a size."""
        (x0, x1), (y0, y1) = self.plot.getPlotItem().getViewBox().viewRange()
        pixels = self.plot.getPlotItem().getViewBox().rect()
        if not (x1 > x0 and y1 > y0) or pixels.width() < 2 or pixels.height() < 2:
            return None
        cell, most = CELL_PIXELS * 2**self._quality, MOST_CELLS // 2**self._quality
        columns, rows = (max(FEWEST_CELLS, min(most, int(n / cell))) for n in (pixels.width(), pixels.height()))
        return Plane((x0, x1), (y0, y1), columns, rows, self._section)

    def _send_plane(self) -> None:
        plane = self.plane()
        if plane is not None:
            self.plane_changed.emit(plane)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._draw()

    # ---------------------------------------------------------------- drawing

    def _draw(self) -> None:
        """All that a snapshot changes; nothing while nobody can see it."""
        self._is_stale = not self.isVisible()
        if self._is_stale or self._snapshot is None or self._loaded is None:
            return
        snapshot = self._snapshot
        if self._neuron is not None:
            self._draw_neuron(snapshot, self._neuron)
            return
        if self._loaded.canvas is not None:  # to which the network's decision does not belong
            self._map.clear()
            self._border.clear()
            for layer in (self._wrong, self._current):
                layer.set_points(np.zeros((0, 2)), np.zeros(0, dtype=np.int64))
            return
        if snapshot.output is not None:
            self._draw_output(snapshot.output)
            self._border.setData(*border(snapshot.output).T)
        among = self._is_train if self._hides_test_points() else None
        if self._point_kinds.scale is None:  # of numbers none is wrong, only more or less near
            self._wrong_ones = self._sample.wrong(snapshot.predicted.astype(np.int64, copy=False), among)
        else:
            self._wrong_ones = WrongOnes(np.zeros(0, dtype=np.int64), 0)
        rows = self._wrong_ones.rows
        self._wrong.set_points(self._positions(rows), self._kinds(rows), self._opacity(rows))
        current = np.array([] if snapshot.trained_row is None else [snapshot.trained_row], dtype=np.int64)
        self._current.set_points(self._positions(current), np.zeros(len(current), dtype=np.int64))
        self._write_note()

    def _draw_output(self, output: OutputMap) -> None:
        scale = self._point_kinds.scale
        if output.value is None or scale is None:
            picture = decision_image(output, self._theme)
        else:
            picture = value_image(output.value, scale, self._theme)
        self._map.set_picture(picture, plane_rect(output.plane))

    def _draw_neuron(self, snapshot: Snapshot, neuron: Neuron) -> None:
        table = self._theme.signed_table()
        own = self._own_map(snapshot)
        if own is not None:
            half = (own.high - own.low) / 2.0 or 1.0
            scaled = (own.values - (own.low + own.high) / 2.0) / half
            self._map.set_picture(table_image(places(scaled), table), plane_rect(own.place.plane))
        elif snapshot.neurons is not None and snapshot.output is not None and neuron.exists(snapshot.sizes):
            maps = snapshot.neurons[neuron.layer]
            self._map.set_picture(table_image(places(maps[neuron.unit]), table), plane_rect(snapshot.output.plane))
        self._write_title()

    def _own_map(self, snapshot: Snapshot | None) -> NeuronMap | None:
        """The map of the neuron that is shown, if the snapshot holds it."""
        own = snapshot.neuron if snapshot is not None else None
        if own is None or self._neuron is None or (own.place.layer, own.place.unit) != _place_of(self._neuron):
            return None
        return own

    def neuron_place(self) -> NeuronPlace | None:
        """The map that the next snapshots should hold for what is shown now."""
        plane = self.plane()
        if self._neuron is None or plane is None:
            return None
        return NeuronPlace(self._neuron.layer, self._neuron.unit, plane)

    def _make_marks(self) -> None:
        """Two marks for each kind of point, first all for training, then all for test points; the same with a ring."""
        theme = self._theme
        shown = len(self._sample.rows)
        size = self.point_size = next((size for most, size in POINTS_OF_SIZE if shown <= most), SMALLEST_POINT)
        colors = self._point_kinds.colors(theme)
        marks = [Mark(size, fill=color, edge=theme.color("base"), edge_width=0.1 * size) for color in colors]
        marks += [
            Mark(size + 1, fill=theme.color("base", 160), edge=color.darker(125), edge_width=0.2 * size, diamond=True)
            for color in colors
        ]
        self._points.set_marks(marks)
        self._test_points.set_marks(marks)
        ring, ring_size, ring_width = theme.color("wrong"), size + 5.0, 1.6 if size > 5 else 1.2
        self._wrong.set_marks([replace(mark, ring=ring, ring_size=ring_size, ring_width=ring_width) for mark in marks])
        self._current.set_marks([Mark(ring=theme.color("text"), ring_size=17.0, ring_width=2.2)])
        accent = theme.color("accent")
        self._marked.set_marks([Mark(ring=accent, ring_size=size + 6.0, ring_width=2.4)])
        self._walked.set_marks([Mark(ring=accent, ring_size=13.0), Mark(ring=accent, ring_size=19.0, ring_width=3.2)])

    def _kinds(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """The number of each row's mark."""
        kinds = self._point_kinds
        return kinds.rows[rows] + np.where(self._is_train[rows], 0, kinds.count)

    def _positions(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Where rows of the data are drawn, shape (rows, 2)."""
        assert self._dataset is not None
        return project(self._section, self._dataset.points[rows])

    def _opacity(self, rows: NDArray[np.int64]) -> NDArray[np.float64] | None:
        """The fainter the farther off the section, by a normal curve over the spreads; None for all in full."""
        if self._section is None or self._dataset is None:
            return None
        off = np.minimum(self._section.distances(self._dataset.points[rows]), 9.0)
        return np.maximum(np.exp(-0.5 * off * off), FAINTEST)

    def _place_points(self) -> None:
        rows = self._sample.rows
        for layer, chosen in (
            (self._points, rows[self._is_train[rows]]),
            (self._test_points, rows[~self._is_train[rows]]),
        ):
            layer.set_points(self._positions(chosen), self._kinds(chosen), self._opacity(chosen))

    def _hides_test_points(self) -> bool:
        return not self.test_shown.isChecked()

    def _show_test_points(self, shown: bool) -> None:
        self._test_points.setVisible(shown)
        self._draw()

    def _write_note(self) -> None:
        """How many of the points are shown, where it is not all of them."""
        parts = []
        if len(self._sample.rows) < len(self._is_train):
            parts.append(f"{grouped(len(self._sample.rows))} of {grouped(len(self._is_train))} points")
        wrong = self._wrong_ones
        if len(wrong.rows) < wrong.count:
            parts.append(f"{grouped(len(wrong.rows))} of {grouped(wrong.count)} wrong ones")
        elif parts and self._point_kinds.scale is None:
            parts.append(f"all {grouped(wrong.count)} wrong ones" if wrong.count else "none wrong")
        text = f"Shown: {', '.join(parts)}" if parts else ""
        if text != self._note.text():
            self._note.setText(text)
        self._note.setVisible(bool(text))

    def _write_head(self) -> None:
        """The legend: each class with its colour, and what the other marks mean."""
        if self._dataset is not None:
            self._head.setText(self._legend(self._dataset))

    def _write_title(self) -> None:
        """Over the map of a neuron, what it is."""
        self._title.setVisible(self._neuron is not None)
        if self._neuron is None or self._loaded is None:
            return
        parts = self._neuron_title(self._neuron)
        room = self.plot.width() - AXIS_WIDTH - 2 * TITLE_INSET
        for text in ("&nbsp; ".join(parts), "<br>".join(parts)):
            if text == self._title.text():
                break
            self._title.setText(text)
            self._title.adjustSize()
            if self._title.width() <= room:
                break

    def _legend(self, dataset: Dataset) -> str:
        last = '<span style="font-weight:bold">○</span>&nbsp;last sample'
        if self._walked.isVisible():
            last = f'<span style="color:rgb{self._theme.accent}"><b>○</b></span>&nbsp;this&nbsp;sample'
        if self._point_kinds.scale is not None:
            low, high = self._point_kinds.scale
            steps = (self._theme.signed_color(share).name() for share in (-1.0, -0.5, 0.0, 0.5, 1.0))
            bar = "".join(f'<span style="color:{step}">■</span>' for step in steps)
            name = _escape(dataset.target_name[:24])
            return f"{name}:&nbsp; {short(low, 3)}&nbsp;{bar}&nbsp;{short(high, 3)}&nbsp;&nbsp; {last}"
        shown = dataset.class_names[:10]
        parts = [
            f'<span style="color:rgb{self._theme.class_rgb(k)}">●</span>&nbsp;{_escape(name[:12])}'
            for k, name in enumerate(shown)
        ]
        if len(dataset.class_names) > len(shown):
            parts.append("…")
        parts.append(f'<span style="color:rgb{self._theme.wrong}">○</span>&nbsp;wrong')
        parts.append(last)
        return "&nbsp; ".join(parts)

    def _neuron_title(self, neuron: Neuron) -> list[str]:
        """What is shown, and the numbers at the ends of its colours once they are known."""
        assert self._loaded is not None
        name = selection_name(neuron, self._loaded.preparation)
        title = f"Input {name}" if neuron.layer == 0 else f"{capital(name)}: activation"
        own = self._own_map(self._snapshot)
        if own is None:
            return [f"<b>{_escape(title)}</b>"]
        low, high = (
            f'<span style="color:rgb{color}">■</span>&nbsp;{short(value, 3)}'
            for color, value in ((self._theme.negative, own.low), (self._theme.positive, own.high))
        )
        return [f"<b>{_escape(title)}</b>", f"{low} to {high}"]

    def _show_place(self, scene: QPointF) -> None:
        """Under the plot, where the mouse is and what the network says there."""
        box = self.plot.getPlotItem().getViewBox()
        if self._loaded is None or not box.sceneBoundingRect().contains(scene):
            self._leave_place()
            return
        point = box.mapSceneToView(scene)
        if self.probe.isChecked():
            self.probed.emit(self._data_point(point))
        names = self._loaded.dataset.column_names
        names = names if self._section is None else self._section.axis_names(names)
        text = f"{names[0]} {short(point.x())}, {names[1]} {short(point.y())}"
        own = self._own_map(self._snapshot)
        decides = self._neuron is None and self._loaded.canvas is None
        output = self._snapshot.output if self._snapshot is not None and decides else None
        if own is not None:
            cell = cell_at(own.place.plane, point.x(), point.y())
            text += f" → {short(float(own.values[cell]))}" if cell is not None else ""
        elif output is not None:
            cell = cell_at(output.plane, point.x(), point.y())
            if cell is not None and output.value is not None:
                text += f" → {short(float(output.value[cell]))}"
            elif cell is not None:
                winner = self._loaded.preparation.dataset.class_names[output.winner[cell]]
                text += f" → {winner} (margin {output.margin[cell]:.2f})"
        self._place.setText(text)

    def _data_point(self, place: QPointF) -> tuple[float, ...]:
        """The point of the data at a place of the plot."""
        if self._section is None:
            return place.x(), place.y()
        [point] = self._section.embed(np.array([[place.x(), place.y()]])).tolist()
        return tuple(point)

    def _leave_place(self) -> None:
        self._place.setText(" ")
        if self.probe.isChecked():
            self.probed.emit(None)

    def leaveEvent(self, event: object) -> None:
        self._leave_place()

    # ---------------------------------------------------------------- clicks

    def _click(self, event: MouseClickEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            row = self.row_at(event.scenePos())
            if row is not None:
                event.accept()
                self.point_clicked.emit(row)

    def row_at(self, scene: QPointF) -> int | None:
        """The point that is drawn nearest to a place of the scene, within reach, as its row of the data set."""
        box = self.plot.getPlotItem().getViewBox()
        if self._dataset is None or not box.sceneBoundingRect().contains(scene):
            return None
        rows = np.concatenate([self._sample.rows, self._wrong_ones.rows])
        if self._hides_test_points():
            rows = rows[self._is_train[rows]]
        if len(rows) == 0:
            return None
        place, (width, height) = box.mapSceneToView(scene), box.viewPixelSize()
        offsets = (self._positions(rows) - (place.x(), place.y())) / (width, height)
        distances = np.hypot(*offsets.T)
        nearest = int(np.argmin(distances))
        return int(rows[nearest]) if distances[nearest] <= POINT_REACH else None


def _place_of(neuron: Neuron) -> tuple[int, int]:
    return neuron.layer, neuron.unit


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
