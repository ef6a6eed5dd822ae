"""The points of a run over the map of its decision: which of them are drawn, how, and where."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Rows
from core.base.number_text import grouped
from core.data.dataset import Dataset
from core.data.section import Section, project
from gui.decision.point_colors import PointKinds, point_kinds
from gui.decision.point_sampling import Sample, WrongOnes
from gui.widgets.mark_layer import PointLayer, PointMark
from gui.widgets.theme import Theme

POINTS_OF_SIZE = ((1_500, 7.0), (4_000, 5.0))
SMALLEST_POINT = 4.0
POINT_REACH = 8.0
"""How many pixels beside a point a click still means it."""
FAINT = 0.45
"""Opacity of the points over the map of a neuron."""
FAINTEST = 0.12
"""Opacity of the points that lie very far off the section."""
NO_ROWS: Rows = np.zeros(0, dtype=np.int64)


class ScatterPoints:
    """The layers of marks, and what each of them shows.

    Of very many points a fixed random choice is drawn, and the wrong ones from a quota of their own, see
    :mod:`gui.decision.point_sampling`.

    Attributes:
        size: of a point in pixels.
        kinds: the colours of the points.
        section: the plane in which they are seen; None for data of two columns.
        marked, walked: the rings around points that were picked elsewhere, and around those of a walk.
    """

    def __init__(self) -> None:
        self.size = SMALLEST_POINT
        self.kinds = PointKinds(NO_ROWS, 0)
        self.section: Section | None = None
        self._dataset: Dataset | None = None
        self._sample = Sample(NO_ROWS)
        self._is_train = np.zeros(0, dtype=np.bool_)
        self._wrong_ones = WrongOnes(NO_ROWS, 0)
        self._walked_rows = self._marked_rows = self._walked_kinds = NO_ROWS
        self._is_shown, self._is_over_neuron, self._is_walk, self._hides_test = True, False, False, False
        self._points, self._above = PointLayer(kept=True), PointLayer(kept=True)
        self._wrong, self._current = PointLayer(kept=False), PointLayer(kept=False)
        self.marked, self.walked = PointLayer(kept=False), PointLayer(kept=False)

    @property
    def layers(self) -> tuple[PointLayer, ...]:
        """All that is drawn, the lowest first."""
        return self._points, self._above, self._wrong, self.marked, self._current, self.walked

    @property
    def is_walk(self) -> bool:
        """Whether the samples of a walk are ringed, and not the last one that was trained on."""
        return self._is_walk

    # ---------------------------------------------------------------- which points

    def set_data(self, dataset: Dataset, is_train: NDArray[np.bool_], section: Section | None) -> None:
        """Draw other points, or the same with another split; ``is_train`` of shape (n,)."""
        if dataset is not self._dataset:
            self._sample = Sample(dataset.labels)
            self.kinds = point_kinds(dataset)
            self._wrong_ones = WrongOnes(NO_ROWS, 0)  # whose rows the other points may not have
        self._dataset, self._is_train, self.section = dataset, is_train, section
        self._walked_rows = self._marked_rows = self._walked_kinds = NO_ROWS
        self._place()

    def set_section(self, section: Section) -> None:
        """See the points in another plane."""
        self.section = section
        self._place()

    def show_decision(self, predicted: Rows | NDArray[np.float64], trained: int | None) -> None:
        """Mark the points whose predicted class, shape (n,), is not theirs, and the row that was trained on last."""
        if self.kinds.scale is None:  # of numbers none is wrong, only more or less near
            among = self._is_train if self._hides_test else None
            self._wrong_ones = self._sample.wrong(predicted.astype(np.int64, copy=False), among)
        else:
            self._wrong_ones = WrongOnes(NO_ROWS, 0)
        rows = self._wrong_ones.rows
        self._wrong.set_points(self._positions(rows), self._kinds_of(rows), self._opacity(rows))
        current = NO_ROWS if trained is None else np.array([trained], dtype=np.int64)
        self._current.set_points(self._positions(current), np.zeros(len(current), dtype=np.int64))

    def show_no_decision(self) -> None:
        """Mark neither wrong points nor the last sample."""
        for layer in (self._wrong, self._current):
            layer.set_points(np.zeros((0, 2)), NO_ROWS)

    def show_walked(self, rows: Rows | None, shown: int) -> None:
        """Ring the samples of an update that is walked, the one that is shown more boldly; None outside a walk."""
        self._is_walk = rows is not None
        if rows is not None:
            kinds = np.zeros(len(rows), dtype=np.int64)
            kinds[shown] = 1
            order = np.argsort(kinds, kind="stable")
            self._walked_rows, self._walked_kinds = rows[order], kinds[order]
            self._place_rings()
        self._show_layers()

    def show_marked(self, rows: Rows) -> None:
        """Ring these points, since they were picked elsewhere."""
        self._marked_rows = rows
        self._place_rings()

    # ---------------------------------------------------------------- which layers

    def show(self, shown: bool) -> None:
        """Show the run's points, or leave the plot to others."""
        self._is_shown = shown
        self._show_layers()

    def show_over_neuron(self, over_neuron: bool) -> None:
        """Be pale over the map of a neuron, to which no point is wrong."""
        self._is_over_neuron = over_neuron
        for layer in (self._points, self._above):
            layer.setOpacity(FAINT if over_neuron else 1.0)
        if self._dataset is not None:
            self._place()
        self._show_layers()

    def hide_test_points(self, hidden: bool) -> None:
        """Leave out the points that are not trained on."""
        self._hides_test = hidden
        if self._dataset is not None:
            self._place()

    def _show_layers(self) -> None:
        decides = self._is_shown and not self._is_over_neuron
        for layer in (self._points, self._above):
            layer.setVisible(self._is_shown)
        self._wrong.setVisible(decides)
        self._current.setVisible(decides and not self._is_walk)
        self.walked.setVisible(self._is_walk)

    # ---------------------------------------------------------------- how and where

    def make_marks(self, theme: Theme) -> None:
        """Two marks for each kind of point, first all for training, then all for test points; the same with a ring."""
        shown = len(self._sample.rows)
        size = self.size = next((size for most, size in POINTS_OF_SIZE if shown <= most), SMALLEST_POINT)
        marks = self.kinds.marks(theme, size)
        marks += [
            PointMark(
                size + 1, fill=theme.color("base", 160), edge=color.darker(125), edge_width=0.2 * size, diamond=True
            )
            for color in self.kinds.colors(theme)
        ]
        for layer in (self._points, self._above):
            layer.set_marks(marks)
        ring, ring_size, ring_width = theme.color("wrong"), size + 5.0, 1.6 if size > 5 else 1.2
        self._wrong.set_marks([replace(mark, ring=ring, ring_size=ring_size, ring_width=ring_width) for mark in marks])
        self._current.set_marks([PointMark(ring=theme.color("text"), ring_size=17.0, ring_width=2.2)])
        accent = theme.color("accent")
        self.marked.set_marks([PointMark(ring=accent, ring_size=size + 6.0, ring_width=2.4)])
        self.walked.set_marks(
            [PointMark(ring=accent, ring_size=13.0), PointMark(ring=accent, ring_size=19.0, ring_width=3.2)]
        )

    def _place(self) -> None:
        rows = self._sample.rows
        is_train = self._is_train[rows]
        train, test = rows[is_train], rows[:0] if self._hides_test else rows[~is_train]
        if not self._is_over_neuron:  # where the marks are pale, a point is seen through another in the layer above
            train, test = np.concatenate([train, test]), rows[:0]  # one picture is copied sooner than two
        for layer, drawn in ((self._points, train), (self._above, test)):
            layer.set_points(self._positions(drawn), self._kinds_of(drawn), self._opacity(drawn))
        self._place_rings()

    def _place_rings(self) -> None:
        """Around the samples of a walk, and around the points that were picked elsewhere."""
        self.walked.set_points(self._positions(self._walked_rows), self._walked_kinds)
        self.marked.set_points(self._positions(self._marked_rows), np.zeros(len(self._marked_rows), dtype=np.int64))

    def _kinds_of(self, rows: Rows) -> Rows:
        """The number of each row's mark."""
        return self.kinds.rows[rows] + np.where(self._is_train[rows], 0, self.kinds.count)

    def _positions(self, rows: Rows) -> NDArray[np.float64]:
        """Where rows of the data are drawn, shape (rows, 2)."""
        assert self._dataset is not None
        return project(self.section, self._dataset.points[rows])

    def _opacity(self, rows: Rows) -> NDArray[np.float64] | None:
        """The fainter the farther off the section, by a normal curve over the spreads; None for all in full."""
        if self.section is None or self._dataset is None:
            return None
        off = np.minimum(self.section.distances(self._dataset.points[rows]), 9.0)
        return np.maximum(np.exp(-0.5 * off * off), FAINTEST)

    # ---------------------------------------------------------------- what is asked of them

    def row_at(self, x: float, y: float, pixel_size: tuple[float, float]) -> int | None:
        """The drawn point that is nearest to a place of the plot, within reach, as its row of the data set.

        ``pixel_size`` is that of a pixel in the plot's units.
        """
        if self._dataset is None:
            return None
        rows = np.concatenate([self._sample.rows, self._wrong_ones.rows])
        if self._hides_test:
            rows = rows[self._is_train[rows]]
        if len(rows) == 0:
            return None
        distances = np.hypot(*((self._positions(rows) - (x, y)) / pixel_size).T)
        nearest = int(np.argmin(distances))
        return int(rows[nearest]) if distances[nearest] <= POINT_REACH else None

    def note(self) -> str:
        """How many of the points are shown; nothing where it is all of them."""
        parts = []
        if len(self._sample.rows) < len(self._is_train):
            parts.append(f"{grouped(len(self._sample.rows))} of {grouped(len(self._is_train))} points")
        wrong = self._wrong_ones
        if len(wrong.rows) < wrong.count:
            parts.append(f"{grouped(len(wrong.rows))} of {grouped(wrong.count)} wrong ones")
        elif parts and self.kinds.scale is None:
            parts.append(f"all {grouped(wrong.count)} wrong ones" if wrong.count else "none wrong")
        return f"Shown: {', '.join(parts)}" if parts else ""
