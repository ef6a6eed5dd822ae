"""The data's plane: the network's decision as a map, the points on top, the misclassified ones marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QPointF, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QMouseEvent, QShowEvent
from PyQt5.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget
from pyqtgraph.GraphicsScene.mouseEvents import MouseClickEvent

from core.base.number_text import short
from core.data.dataset import Dataset
from core.data.section import Section, Slice, fitted, project
from core.explain.maps import NeuronPlace, Plane
from core.explain.picked_part import Neuron
from core.explain.snapshot import Snapshot
from core.workbench.messages import Loaded
from gui.decision.map_layer import ScatterMap, own_map
from gui.decision.plot_text import axis_title, legend, neuron_at, neuron_title, output_at
from gui.decision.point_layers import ScatterPoints
from gui.decision.visible_range import ScatterRange
from gui.widgets.flags import SMOOTH
from gui.widgets.plots import AXIS_WIDTH, make_plot, style_plot
from gui.widgets.theme import Theme

if TYPE_CHECKING:
    from gui.decision.section_bar import SectionBar

TITLE_INSET = 8
RENAME_TIP = "A double click renames the classes (F2)"


class ScatterView(QWidget):
    """Draws the newest snapshot in the plane of the two inputs, or in a section through more of them.

    While the view is hidden it only keeps the snapshot, and draws it when it is shown again.

    Signals:
        plane_changed(Plane): another part of the plane is visible, or its map should be finer or coarser.
        point_clicked(int): a point, as its row of the data set.
        rename_wanted(): other names for the classes are wanted.
        probed(tuple of float or None): the point of the data where the mouse is while the probe is on.

    Attributes:
        plot: the plot. points: the marks in it. legend: above it.
        keeps_range: that other drawn points do not change what is visible, since somebody is painting them.
    """

    plane_changed = pyqtSignal(object)
    point_clicked = pyqtSignal(int)
    probed = pyqtSignal(object)
    rename_wanted = pyqtSignal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._loaded: Loaded | None = None
        self._snapshot: Snapshot | None = None
        self._neuron: Neuron | None = None
        self.section_bar: SectionBar | None = None
        self._quality = 0
        self._is_stale = False
        self._dataset: Dataset | None = None
        self.keeps_range = False
        self._palettes: list[QWidget] = []
        self.plot = make_plot()
        self.plot.setRenderHints(SMOOTH)
        self.plot.hideButtons()
        self.plot.getAxis("left").setWidth(AXIS_WIDTH)
        self._range = ScatterRange(self.plot.getPlotItem().getViewBox())
        self._map = ScatterMap(theme)
        self.points = ScatterPoints()
        for height, item in enumerate((*self._map.items, *self.points.layers)):
            item.setZValue(height - 10)
            self.plot.addItem(item)
        self._plane_timer = QTimer(self)
        self._plane_timer.setSingleShot(True)
        self._plane_timer.timeout.connect(self._send_plane)
        self.plot.sigRangeChanged.connect(lambda *_: self._plane_timer.start(0))
        self.plot.getPlotItem().getViewBox().sigResized.connect(lambda *_: self._plane_timer.start(0))
        self.plot.scene().sigMouseMoved.connect(self._show_place)
        self.plot.scene().sigMouseClicked.connect(self._click)
        self.legend = Legend()
        self.legend.double_clicked.connect(self.rename_wanted)
        self.legend.setWordWrap(True)
        self.legend.setTextFormat(Qt.TextFormat.RichText)
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

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 3, 8, 0)
        head.addWidget(self.legend, 1)
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
        self._map.set_theme(theme)
        raised, line, text = (theme.color(name).name() for name in ("raised", "line", "text"))
        self._title.setStyleSheet(
            f"background: {raised}; color: {text}; border: 1px solid {line}; border-radius: 4px; padding: 3px 7px;"
        )
        self._title.setText("")
        self.points.make_marks(theme)
        self._write_head()
        self._write_title()
        self._draw()

    def set_run(self, loaded: Loaded) -> None:
        """Show another run; the visible range stays unless the points are others."""
        before, dataset = self._dataset, loaded.dataset
        self._loaded, self._dataset = loaded, dataset
        self._snapshot = None
        is_train = np.full(len(dataset), loaded.canvas is not None)
        if loaded.canvas is None:
            is_train[loaded.preparation.train.rows] = True
        section = self.section if dataset is before else fitted(self.section, dataset, before)
        self.points.set_data(dataset, is_train, section)
        self.points.make_marks(self._theme)
        self.show_walked(None)
        self.show_neuron(None)
        self.show_points(True)
        self._write_head()
        self._write_note()
        self._show_section_bar()
        self.test_shown.setVisible(len(loaded.preparation.test) > 0 and loaded.canvas is None)
        self._fit_axes()

    @property
    def point_size(self) -> float:
        """Of a point in pixels."""
        return self.points.size

    @property
    def section(self) -> Section | None:
        """Which plane through the data is seen; None where they have two columns."""
        return self.points.section

    def set_section(self, section: Section) -> None:
        """Show another plane through data of more than two columns; one of other data is left out."""
        if self._dataset is None or section == self.section:
            return
        if section.dimensions != self._dataset.dimensions:
            return
        before = self.section
        self.points.set_section(section)
        self._show_section_bar()
        if not (isinstance(before, Slice) and isinstance(section, Slice) and before.columns == section.columns):
            self._fit_axes()
        self._draw()
        self._send_plane()

    def _show_section_bar(self) -> None:
        """Make the bar when it is first needed."""
        assert self._dataset is not None
        if self.section is not None:
            if self.section_bar is None:
                from gui.decision.section_bar import SectionBar  # here, since few data need it

                self.section_bar = SectionBar()
                self.section_bar.changed.connect(self.set_section)
                self._column.insertWidget(1, self.section_bar)
            self.section_bar.set_data(self._dataset, self.section)
        if self.section_bar is not None:
            self.section_bar.setVisible(self.section is not None)

    def _fit_axes(self) -> None:
        """Name the axes, and show all points where they are others."""
        assert self._loaded is not None
        assert self._dataset is not None
        dataset, section = self._dataset, self.section
        names = dataset.column_names if section is None else section.axis_titles(dataset.column_names)
        for side, name in zip(("bottom", "left"), names, strict=False):
            self.plot.setLabel(side, axis_title(name))
        is_painted = self.keeps_range and self._loaded.experiment.data.drawn is not None
        self._range.follow(project(section, dataset.points), stays=is_painted)

    def show_points(self, shown: bool) -> None:
        """Show the run's points, or leave the plot to those that are being painted."""
        self.points.show(shown)

    def show_palette(self, palette: QWidget | None) -> None:
        """Put the painter's palette in place of the legend, or the legend back."""
        for widget in (self.legend, self.paint_button):  # the palette has a button to leave it
            widget.setVisible(palette is None)
        for other in self._palettes:
            other.setVisible(other is palette)
        if palette is not None and palette not in self._palettes:
            self._palettes.append(palette)
            self._column.insertWidget(1, palette)
            palette.show()

    def show_everything(self) -> None:
        """Zoom so that all points are visible."""
        self._range.show_everything()

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
            self.points.show_over_neuron(neuron is not None)
            self._map.show_border(neuron is None)
            self._write_title()
            self._draw()

    def show_walked(self, rows: NDArray[np.int64] | None, shown: int = 0) -> None:
        """Ring the samples of an update that is walked, the one that is shown more boldly; None outside a walk."""
        self.points.show_walked(rows if self._loaded is not None else None, shown)
        self._write_head()

    def show_marked(self, rows: NDArray[np.int64]) -> None:
        """Ring these points, rows of the data set, since they were picked elsewhere."""
        if self._loaded is not None:
            self.points.show_marked(rows)

    def set_quality(self, level: int) -> None:
        """How much a picture may cost: 0 in full, for a picture that stands still; higher is cheaper.

        Each step halves the resolution of the map, which ``plane_changed`` tells, so that snapshots cost less as well.
        """
        if level != self._quality:
            self._quality = level
            self._send_plane()

    def plane(self) -> Plane | None:
        """The visible part of the plane in cells of a few pixels; None before anything has a size."""
        return self._range.plane(self._quality, self.section)

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
            self._map.show_neuron(snapshot, self._neuron)
            self._write_title()
            return
        if self._loaded.canvas is not None:  # to which the network's decision does not belong
            self._map.clear()
            self.points.show_no_decision()
            return
        if snapshot.output is not None:
            self._map.show_output(snapshot.output, self.points.kinds.scale)
        self.points.show_decision(snapshot.predicted, snapshot.trained_row)
        self._write_note()

    def neuron_place(self) -> NeuronPlace | None:
        """The map that the next snapshots should hold for what is shown now."""
        plane = self.plane()
        if self._neuron is None or plane is None:
            return None
        return NeuronPlace(self._neuron.layer, self._neuron.unit, plane)

    def _show_test_points(self, shown: bool) -> None:
        self.points.hide_test_points(not shown)
        self._draw()

    def _write_note(self) -> None:
        """How many of the points are shown, where it is not all of them."""
        text = self.points.note()
        if text != self._note.text():
            self._note.setText(text)
        self._note.setVisible(bool(text))

    def _write_head(self) -> None:
        """The legend: each class with its colour, and what the other marks mean."""
        if self._dataset is not None:
            self.legend.setText(legend(self._dataset, self.points.kinds.scale, self.points.is_walk, self._theme))
            self.legend.setToolTip(RENAME_TIP if self._dataset.n_classes else "")

    def _write_title(self) -> None:
        """Over the map of a neuron, what it is."""
        self._title.setVisible(self._neuron is not None)
        if self._neuron is None or self._loaded is None:
            return
        own = own_map(self._snapshot, self._neuron)
        parts = neuron_title(self._neuron, self._loaded.preparation, own, self._theme)
        room = self.plot.width() - AXIS_WIDTH - 2 * TITLE_INSET
        for text in ("&nbsp; ".join(parts), "<br>".join(parts)):
            if text == self._title.text():
                break
            self._title.setText(text)
            self._title.adjustSize()
            if self._title.width() <= room:
                break

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
        names = names if self.section is None else self.section.axis_names(names)
        text = f"{names[0]} {short(point.x())}, {names[1]} {short(point.y())}"
        own = own_map(self._snapshot, self._neuron)
        decides = self._neuron is None and self._loaded.canvas is None
        output = self._snapshot.output if self._snapshot is not None and decides else None
        if own is not None:
            text += neuron_at(own, point.x(), point.y())
        elif output is not None:
            text += output_at(output, self._loaded.preparation.dataset.class_names, point.x(), point.y())
        self._place.setText(text)

    def _data_point(self, place: QPointF) -> tuple[float, ...]:
        """The point of the data at a place of the plot."""
        if self.section is None:
            return place.x(), place.y()
        [point] = self.section.embed(np.array([[place.x(), place.y()]])).tolist()
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
        if not box.sceneBoundingRect().contains(scene):
            return None
        place = box.mapSceneToView(scene)
        return self.points.row_at(place.x(), place.y(), box.viewPixelSize())


class Legend(QLabel):
    """Tells when it is clicked twice.

    Signals:
        double_clicked(): in quick succession.
    """

    double_clicked = pyqtSignal()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.double_clicked.emit()
