"""The data and the network's decision about them, with the legend and the controls around the plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PyQt5.QtCore import QPointF, Qt, pyqtSignal
from PyQt5.QtGui import QShowEvent
from PyQt5.QtWidgets import QCheckBox, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from core.base.arrays import Rows
from core.base.translation import _
from core.data.dataset import Dataset
from core.data.section import Section, Slice, fitted
from core.explain.maps import NeuronPlace, Plane, cell_operations
from core.explain.picked_part import Neuron
from core.explain.probe import Probe
from core.explain.snapshot import Snapshot
from core.workbench.messages import Loaded
from gui.decision.decision_plot import DecisionPlot
from gui.decision.legend import Legend
from gui.decision.map_layer import own_map, shown_values
from gui.decision.neuron_title import NeuronTitle
from gui.decision.place_line import PlaceLine, foot_in_view
from gui.decision.plot_text import place_texts
from gui.decision.view_choice import ViewChoice
from gui.widgets.plain_text import plain_label
from gui.widgets.plots import SIDE, FootTools
from gui.widgets.theme import Theme

LEAST_PLOT = 110
if TYPE_CHECKING:
    from gui.decision.section_bar import SectionBar


class DecisionView(QWidget):
    """Draws the newest snapshot in the plane of the two inputs, or in a section through more of them.

    While the view is hidden it only keeps the snapshot, and draws it when it is shown again.

    Signals:
        plane_changed(Plane): another part of the plane is visible, or its map should be finer or coarser.
        point_clicked(int): a point, as its row of the data set.
        rename_wanted(): as it says. neuron_shown(bool): whether a neuron's map takes the place of the decision.
        probed(tuple of float or None): the point of the data under the mouse, or the pinned one; :meth:`show_probe`
            is to be called with what the network computes there. probe_shown(Probe or None): the same while the probe
            is on, for the diagram.

    Attributes:
        plot: the plot. points: its marks. legend: the legend above it.
        title_tools: the choice of what is shown, which is put into the title of the dock.
        section_bar: chooses the section; None until data with more than two columns need it.
        keeps_range: whether new drawn points leave the visible range as it is, since the user is painting them.
    """

    plane_changed = pyqtSignal(object)
    point_clicked = pyqtSignal(int)
    probed = pyqtSignal(object)
    probe_shown = pyqtSignal(object)
    rename_wanted = pyqtSignal()
    neuron_shown = pyqtSignal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._loaded: Loaded | None = None
        self._dataset: Dataset | None = None
        self._snapshot: Snapshot | None = None
        self._neuron: Neuron | None = None
        self._probe: Probe | None = None
        self._is_stale = self.keeps_range = False
        self._palettes: list[QWidget] = []
        self.section_bar: SectionBar | None = None
        self._decision_plot = DecisionPlot(self, theme)
        self._decision_plot.plane_changed.connect(self.plane_changed)
        self._decision_plot.point_clicked.connect(self.point_clicked)
        self._decision_plot.mouse_moved.connect(self._show_place)
        inner = self._decision_plot
        self.plot, self.points, self.show_all, self._map = inner.widget, inner.points, inner.show_all, inner.map
        self.legend = Legend()
        self.legend.double_clicked.connect(self.rename_wanted)
        self._title = NeuronTitle(self, self.legend, self.plot, theme)
        self._place = PlaceLine(self.plot)
        self._note = plain_label()
        self._note.setProperty("role", "faint")
        self._note.setContentsMargins(SIDE, 0, 0, 2)
        self._note.hide()
        self.test_shown = QCheckBox(_("Test points"))
        self.test_shown.setChecked(True)
        self.test_shown.toggled.connect(self._show_test_points)
        self.probe = QCheckBox(_("Probe"))
        self.probe.setToolTip(_("The diagram shows the activations for the point under the mouse (P); click to pin it"))
        self.probe.toggled.connect(self._decision_plot.let_pin)
        self.probe.toggled.connect(lambda on: self.probe_shown.emit(self._probe if on else None))
        self.title_tools = ViewChoice()
        for follow in (self._decision_plot.show_view, lambda _: self._draw(), self.legend.show_view):
            self.title_tools.chosen.connect(follow)
        self.paint_button = QToolButton()
        self.paint_button.setProperty("role", "small")
        self.paint_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._lay_out()
        self.set_theme(theme)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(SIDE, 3, 0, 0)
        head.addWidget(self.legend, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, SIDE, 0)
        self._column.setSpacing(2)
        self._column.addLayout(head)
        self._column.addWidget(self.plot, 1)
        self._column.addWidget(self._note)
        self._tools = FootTools(self, self.plot, foot_in_view, self.test_shown, self.probe, self.paint_button)
        self.plot.setMinimumHeight(LEAST_PLOT)
        self.setMinimumWidth(220)

    # ---------------------------------------------------------------- what to show

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self._title.set_theme(theme)
        self._place.set_theme(theme)
        self._decision_plot.set_theme(theme)
        self._write_legend()
        self._write_title()
        self._draw()

    def set_run(self, loaded: Loaded) -> None:
        """Show another run; the visible range is kept unless the points are others."""
        before, dataset = self._dataset, loaded.dataset
        self._loaded, self._dataset = loaded, dataset
        self._snapshot = self._probe = None
        is_train = np.full(len(dataset), loaded.canvas is not None)
        if loaded.canvas is None:
            is_train[loaded.preparation.train.rows] = True
        section = self.section if dataset is before else fitted(self.section, dataset, before)
        if dataset is not before:
            self._decision_plot.pin(None)
        self.points.set_data(dataset, is_train, section)
        self.points.make_marks(self._theme)
        self.show_walked(None)
        self.show_neuron(None)
        self.points.show(True)
        self.test_shown.setVisible(len(loaded.preparation.test) > 0 and loaded.canvas is None)
        self._write_legend()
        self._write_note()
        self._show_section_bar(dataset)
        self.title_tools.offer(dataset.n_classes > 0)
        self._fit_axes(loaded, dataset)
        self._show_place()

    @property
    def point_size(self) -> float:
        """The diameter of a point in pixels."""
        return self.points.size

    @property
    def section(self) -> Section | None:
        """The plane through the data that is shown; None for data with two columns."""
        return self.points.section

    def set_section(self, section: Section) -> None:
        """Show another plane through data with more than two columns; ignored if it belongs to other data."""
        loaded, dataset, before = self._loaded, self._dataset, self.section
        if loaded is None or dataset is None or section == before or section.dimensions != dataset.dimensions:
            return
        self.points.set_section(section)
        self._decision_plot.pin(None)
        self._show_section_bar(dataset)
        if not (isinstance(before, Slice) and isinstance(section, Slice) and before.columns == section.columns):
            self._fit_axes(loaded, dataset)
        self._draw()
        self._show_place()
        self._decision_plot.send_plane()

    def _show_section_bar(self, dataset: Dataset) -> None:
        """Show the bar if the data have more than two columns; the bar is made when it is first needed."""
        if self.section is not None:
            if self.section_bar is None:
                from gui.decision.section_bar import SectionBar  # here, since few data sets need it

                self.section_bar = SectionBar()
                self.section_bar.changed.connect(self.set_section)
                self._column.insertWidget(1, self.section_bar)
            self.section_bar.set_data(dataset, self.section)
        if self.section_bar is not None:
            self.section_bar.setVisible(self.section is not None)

    def _fit_axes(self, loaded: Loaded, dataset: Dataset) -> None:
        operations, keeps_range = cell_operations(loaded.preparation.sizes), loaded.experiment.data.drawn is not None
        self._decision_plot.fit_axes(dataset, operations, self.keeps_range and keeps_range)

    def show_palette(self, palette: QWidget | None) -> None:
        """Put a palette of painting tools in place of the legend; None for the legend."""
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
        self._decision_plot.show_everything()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw another snapshot."""
        if snapshot is not self._snapshot:
            self._snapshot = snapshot
            self._draw()

    def show_neuron(self, neuron: Neuron | None) -> None:
        """Show what one neuron computes in place of the decision; None for the decision again.

        The neuron's small map of the snapshot is shown at once, its own map as soon as a snapshot holds it. A neuron
        that the network does not have counts as None.
        """
        if neuron is not None and (self._loaded is None or not neuron.exists(self._loaded.preparation.sizes)):
            neuron = None
        if neuron != self._neuron:
            self._neuron = neuron
            self.points.show_over_neuron(neuron is not None)
            self._map.show_border(neuron is None)
            self.neuron_shown.emit(neuron is not None)
            self._write_title()
            self._write_place()
            self._draw()

    def show_walked(self, rows: Rows | None, shown: int = 0) -> None:
        """Ring the samples of an update that is walked, the shown one more boldly; None outside a walk."""
        self.points.show_walked(rows if self._loaded is not None else None, shown)
        self._write_legend()
        if self._decision_plot.mouse_place is not None:  # one of them may lie under the mouse that picked it
            self._show_place()

    def show_marked(self, rows: Rows) -> None:
        """Ring these points, rows of the data set, that were selected in another view."""
        if self._loaded is not None:
            self.points.show_marked(rows)
            self._write_legend()

    def set_quality(self, level: int) -> None:
        """Set the quality of the picture: 0 is full; higher is cheaper, a large network's map gets coarser."""
        self._decision_plot.set_quality(level)

    def plane(self) -> Plane | None:
        """The visible part of the plane, in cells of a few pixels; None before anything has a size."""
        return self._decision_plot.plane()

    def neuron_place(self) -> NeuronPlace | None:
        """The neuron's map that the next snapshots should hold; None to hold none."""
        plane = self.plane()
        if self._neuron is None or plane is None:
            return None
        return NeuronPlace(self._neuron.layer, self._neuron.unit, plane)

    # ---------------------------------------------------------------- drawing

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        if self._is_stale:
            self._draw()

    def _draw(self) -> None:
        """Draw all that depends on the snapshot; nothing while the view is hidden."""
        self._is_stale = not self.isVisible()
        if self._is_stale or self._snapshot is None or self._loaded is None:
            return
        snapshot = self._snapshot
        if self._neuron is not None:
            self._map.show_neuron(snapshot, self._neuron, self._loaded.preparation)
            self.points.show_trained(None if self._loaded.canvas else snapshot.trained_row)  # the card tells of it
            self._write_title()
            return
        if self._loaded.canvas is not None:  # the network's decision does not belong to these points
            self._map.clear()
            self.points.show_no_decision()
            return
        if snapshot.output is not None:
            self._map.show_output(snapshot.output, self.points.colors.scale)
        self.points.show_decision(snapshot.predicted, snapshot.trained_row)
        self._write_note()

    def _show_test_points(self, shown: bool) -> None:
        self.points.hide_test_points(not shown)
        self._write_legend()
        self._draw()

    def _write_note(self) -> None:
        """Say how many of the points are shown if some are not."""
        text = self.points.note()
        self._note.setText(text)  # Qt does nothing where it is the same
        self._note.setVisible(bool(text))

    def _write_legend(self) -> None:
        points, has_test = self.points, self.test_shown.isChecked() and not self.test_shown.isHidden()
        known = points.colors.scale, points.is_walk, self._theme, has_test, points.has_marked
        if self._dataset is not None:
            self.legend.show_data(self._dataset, *known)

    def _write_title(self) -> None:
        """Name the neuron whose map is shown."""
        self._title.setVisible(self._neuron is not None)
        if self._neuron is not None and self._loaded is not None:
            own = own_map(self._snapshot, self._neuron)
            self._title.show_neuron(self._neuron, self._loaded.preparation, own)

    def _show_place(self) -> None:
        """Write where the mouse is, and probe the network there."""
        place, loaded = self._decision_plot.place, self._loaded
        self._write_place()
        has_net = loaded is not None and loaded.canvas is None
        self.probed.emit(_data_point(self.section, place) if has_net and place is not None else None)

    def show_probe(self, probe: Probe | None) -> None:
        """Write what the network computes at a point that ``probed`` told of."""
        self._probe = probe
        self._write_place()
        if self.probe.isChecked():
            self.probe_shown.emit(probe)

    def _write_place(self) -> None:
        """Write where the mouse is, or until the probe of this place is there that of the last one."""
        loaded, place = self._loaded, self._decision_plot.place
        texts = [""]
        if loaded is not None and place is not None:
            at, values = (place.x(), place.y()), shown_values(self._snapshot, self._neuron)
            known = loaded, self.section, at, self._decision_plot.spans
            texts = place_texts(*known, self._probe, self._neuron, values)
        self._place.write(*texts)


def _data_point(section: Section | None, place: QPointF) -> tuple[float, ...]:
    """A place of the plot as a point of the data."""
    x, y = place.x(), place.y()
    return (x, y) if section is None else tuple(section.embed(np.array([[x, y]]))[0].tolist())
