"""Borders between the decisions of other runs, as coloured lines in the plot of the data."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from PyQt5.QtCore import QObject, QPointF, QTimer
from PyQt5.QtGui import QColor

from core.base.values import dataclass
from core.data.dataset import Dataset
from core.explain.maps import OutputMap, Plane
from core.network.tasks import REGRESSION
from core.training.experiment import Experiment
from gui.decision.decision_map import border
from gui.decision.decision_view import DecisionView
from gui.runs.border_tips import BorderKey, BorderTips, distance_to_line
from gui.runs.line_layer import LineLayer, PlotLine
from gui.widgets.plots import curve_pen

SLICE_SECONDS = 0.008
"""How long borders are computed at a time; then the window may draw."""
DRAW_SECONDS = 0.5
"""How often those are drawn that are known while others are computed."""
REACH = 6.0
"""How near the mouse must be to a border to read whose it is, in pixels."""
HEIGHT = -7.5
"""Between the picture of the decision, which lies lower, and the points."""


class HasDecision(Protocol):
    """A network that ended, on its data."""

    @property
    def experiment(self) -> Experiment:
        """Its settings."""

    @property
    def dataset(self) -> Dataset:
        """Its data."""

    def decision(self, plane: Plane) -> OutputMap:
        """Its decision over a plane of the data."""


@dataclass(frozen=True, eq=False)
class BorderOf:
    """A run whose border is shown, the colour and width of the line, and the run's name; empty for none."""

    run: HasDecision
    color: QColor
    width: float = 1.6
    name: str = ""


class BorderOverlay(QObject):
    """Computes the borders when another part of the plane is visible, a few at a time, and draws them.

    Runs of other dimensions, and those that predict numbers, have no border in the plot.
    """

    def __init__(self, scatter: DecisionView, height: float = HEIGHT) -> None:
        super().__init__(scatter)
        self._scatter = scatter
        self._wanted: tuple[BorderOf, ...] = ()
        self._known: dict[int, tuple[HasDecision, Plane, PlotLine]] = {}
        self._drawn_at = 0.0
        self.layer = LineLayer()
        self.layer.setZValue(height)
        scatter.plot.box.addItem(self.layer, ignoreBounds=True)
        self.tips = BorderTips(self.names_at)
        scatter.plot.box.addItem(self.tips, ignoreBounds=True)
        self.key = BorderKey(scatter.plot)
        for item in (self.layer, self.tips):
            scatter.neuron_shown.connect(lambda shown, item=item: item.setVisible(not shown))
        scatter.neuron_shown.connect(lambda _: self._draw())
        scatter.plane_changed.connect(lambda _: self._begin())
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.timeout.connect(self._compute)

    @property
    def is_busy(self) -> bool:
        """Whether borders are still to be computed."""
        return self._clock.isActive()

    def show_runs(self, borders: Sequence[BorderOf]) -> None:
        """Draw the borders of these."""
        if borders or self._wanted:
            self._wanted = tuple(borders)
            self._known = {id(one.run): known for one in borders if (known := self._known.get(id(one.run)))}
            self._begin()

    def names_at(self, place: QPointF, pixel: tuple[float, float]) -> list[tuple[QColor, str]]:
        """Colours and names of the borders within reach of a place of the plot; ``pixel`` is the size of one."""
        known = [(one, self._known.get(id(one.run))) for one in self._wanted if one.name]
        return [
            (one.color, one.name)
            for one, found in known
            if found is not None and distance_to_line(found[2], place, pixel) <= REACH
        ]

    def _begin(self) -> None:
        self._draw()
        if self._wanted and not self._clock.isActive():
            self._clock.start(0)

    def _plane(self) -> Plane | None:
        """The visible plane in full resolution, so that the borders need not be made anew while the run plays."""
        plane = self._scatter.plane()
        return None if plane is None else replace(plane, columns=100, rows=100)

    def _compute(self) -> None:
        plane, began = self._plane(), time.perf_counter()
        if plane is None:
            return
        for one in self._wanted:
            known = self._known.get(id(one.run))
            if (known is not None and known[1] == plane) or not _has_border(one.run, plane):
                continue
            if time.perf_counter() - began > SLICE_SECONDS:
                if began - self._drawn_at > DRAW_SECONDS:
                    self._draw()
                self._clock.start(0)
                return
            lines = border(one.run.decision(plane))
            self._known[id(one.run)] = one.run, plane, PlotLine(lines[:, 0], lines[:, 1], curve_pen(one.color, 1.0))
        self._draw()

    def _draw(self) -> None:
        """Draw those that are known, in the present colours; those of another plane until theirs are there."""
        drawn, named = [], []
        for one in self._wanted:
            known = self._known.get(id(one.run))
            if known is not None:
                drawn.append(PlotLine(known[2].x, known[2].y, curve_pen(one.color, one.width)))
                if one.name and len(known[2].x) and self.layer.isVisible():
                    named.append((one.color, one.name))
        self.key.show_borders(named)
        self.layer.set_lines(drawn)
        self._drawn_at = time.perf_counter()


def _has_border(run: HasDecision, plane: Plane) -> bool:
    return run.dataset.dimensions == plane.dimensions and run.experiment.task != REGRESSION
