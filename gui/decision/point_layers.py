"""The points of a run over the map: which of them are drawn, with which marks, and where."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.base.arrays import Array, Rows
from core.base.number_text import grouped
from core.base.translation import _
from core.data.dataset import Dataset
from core.data.section import Section, project
from gui.decision.point_colors import PointColors, point_colors
from gui.decision.point_sampling import PointSample, WrongPoints
from gui.widgets.mark_layer import MarkLayer, PointMark
from gui.widgets.theme import Theme

POINTS_OF_SIZE = ((1_500, 7.0), (4_000, 5.0))
SMALLEST_POINT = 4.0
POINT_REACH = 8.0
"""The distance in pixels within which a click takes a point."""
FAINT = 0.45
"""The opacity of the points over the map of a neuron."""
FAINT_RIGHT = {"light": 0.25, "dark": 0.5}
"""By theme, the opacity of the points where the wrong ones are to be seen; on dark ground they vanish sooner."""
FEW, MANY = 20, 120
"""Of up to FEW wrong points the marks are fully seen; of MANY and more only as a tint."""
TINT = 0.3
FAINTEST = 0.12
"""The opacity of the points that lie very far off the section."""
NO_ROWS: Rows = np.zeros(0, dtype=np.int64)


class PointLayers:
    """The layers of marks.

    Of very many points a fixed random sample is drawn, and a second one of the wrong points, see
    :mod:`gui.decision.point_sampling`.

    Attributes:
        size: the diameter of a point in pixels.
        colors: the colours of the points.
        section: the plane in which they are drawn; None for data with two columns.
        marked, walked: the rings around points selected in another view, and around the samples of a walk.
    """

    def __init__(self) -> None:
        self.size = SMALLEST_POINT
        self.colors = PointColors(NO_ROWS, 0)
        self.section: Section | None = None
        self._dataset: Dataset | None = None
        self._sample = PointSample(NO_ROWS)
        self._is_train = np.zeros(0, dtype=np.bool_)
        self._wrong_points = WrongPoints(NO_ROWS, 0)
        self._walked_rows = self._marked_rows = self._walked_marks = NO_ROWS
        self._shows_mistakes = False
        self._faint_right = FAINT_RIGHT["light"]
        self._is_shown, self._is_over_neuron, self._is_walk, self._hides_test = True, False, False, False
        self._points, self._above = MarkLayer(kept=True), MarkLayer(kept=True)
        self._wrong, self._current = MarkLayer(kept=False), MarkLayer(kept=False)
        self.marked, self.walked = MarkLayer(kept=False), MarkLayer(kept=False)

    @property
    def layers(self) -> tuple[MarkLayer, ...]:
        """All layers, the lowest first."""
        return self._points, self._above, self._wrong, self.marked, self._current, self.walked

    @property
    def is_walk(self) -> bool:
        """Whether the samples of a walk are ringed, instead of the last trained sample."""
        return self._is_walk

    @property
    def has_marked(self) -> bool:
        """Whether points that were selected in another view are ringed."""
        return len(self._marked_rows) > 0

    # ---------------------------------------------------------------- which points

    def set_data(self, dataset: Dataset, is_train: NDArray[np.bool_], section: Section | None) -> None:
        """Draw other points, or the same with another split; ``is_train`` has shape (n,)."""
        if dataset is not self._dataset:
            self._sample = PointSample(dataset.labels)
            self.colors = point_colors(dataset)
            self._wrong_points = WrongPoints(NO_ROWS, 0)  # the new points may not have these rows
        self._dataset, self._is_train, self.section = dataset, is_train, section
        self._walked_rows = self._marked_rows = self._walked_marks = NO_ROWS
        self._place()

    def set_section(self, section: Section) -> None:
        """Draw the points in another plane."""
        self.section = section
        self._place()

    def show_decision(self, predicted: Rows | Array, trained: int | None) -> None:
        """Mark the points whose predicted class is wrong, and the last trained row; ``predicted`` has shape (n,)."""
        if self.colors.scale is None:  # a predicted number is never simply wrong
            among = self._is_train if self._hides_test else None
            self._wrong_points = self._sample.wrong(predicted.astype(np.int64, copy=False), among)
        else:
            self._wrong_points = WrongPoints(NO_ROWS, 0)
        rows = self._wrong_points.rows
        self._fade_wrong()
        self._wrong.set_points(self._positions(rows), self._mark_numbers(rows), self._opacity(rows))
        self.show_trained(trained)

    def show_trained(self, trained: int | None) -> None:
        """Ring the last trained row."""
        current = NO_ROWS if trained is None else np.array([trained], dtype=np.int64)
        self._current.set_points(self._positions(current), np.zeros(len(current), dtype=np.int64))

    def _fade_wrong(self) -> None:
        """Marks of a few wrong points are seen; those of very many would hide all else."""
        share = (self._wrong_points.count - FEW) / (MANY - FEW)
        fading = 1.0 - (1.0 - TINT) * min(max(share, 0.0), 1.0)
        self._wrong.setOpacity(1.0 if self._shows_mistakes else fading)

    def show_no_decision(self) -> None:
        """Mark neither wrong points nor the last trained sample."""
        for layer in (self._wrong, self._current):
            layer.set_points(np.zeros((0, 2)), NO_ROWS)

    def show_walked(self, rows: Rows | None, shown: int) -> None:
        """Ring the samples of an update that is walked, the shown one more boldly; None outside a walk."""
        self._is_walk = rows is not None
        if rows is not None:
            marks = np.zeros(len(rows), dtype=np.int64)
            marks[shown] = 1
            order = np.argsort(marks, kind="stable")
            self._walked_rows, self._walked_marks = rows[order], marks[order]
            self._place_rings()
        self._show_layers()

    def show_marked(self, rows: Rows) -> None:
        """Ring these points, which were selected in another view."""
        self._marked_rows = rows
        self._place_rings()

    # ---------------------------------------------------------------- which layers

    def show(self, shown: bool) -> None:
        """Show or hide the run's points."""
        self._is_shown = shown
        self._show_layers()

    def show_over_neuron(self, over_neuron: bool) -> None:
        """Draw the points pale and without marks of wrong ones, over the map of a neuron."""
        self._is_over_neuron = over_neuron
        if self._dataset is not None:
            self._place()
        self._show_layers()

    def show_mistakes(self, shown: bool) -> None:
        """Let the wrong points stand out among pale ones."""
        self._shows_mistakes = shown
        self._show_layers()

    def hide_test_points(self, hidden: bool) -> None:
        """Hide or show the test points."""
        self._hides_test = hidden
        if self._dataset is not None:
            self._place()

    def _show_layers(self) -> None:
        decides = self._is_shown and not self._is_over_neuron
        for layer in (self._points, self._above):
            layer.setVisible(self._is_shown)
            layer.setOpacity(FAINT if self._is_over_neuron else self._faint_right if self._shows_mistakes else 1.0)
        self._fade_wrong()
        self._wrong.setVisible(decides)
        self._current.setVisible(self._is_shown and not self._is_walk)
        self.walked.setVisible(self._is_walk)

    # ---------------------------------------------------------------- how and where

    def make_marks(self, theme: Theme) -> None:
        """Make two marks for each colour, first those of training points, then those of test points."""
        self._faint_right, shown = FAINT_RIGHT[theme.name], len(self._sample.rows)
        size = self.size = next((size for most, size in POINTS_OF_SIZE if shown <= most), SMALLEST_POINT)
        marks = self.colors.marks(theme, size)
        pale = theme.color("base", 160)
        for k, color in enumerate(self.colors.shades(theme)):
            edge, glyph = color.darker(125), self.colors.glyph(k, theme)
            marks.append(PointMark(size + 1, pale, edge, edge_width=0.2 * size, diamond=True, glyph=glyph, inside=edge))
        for layer in (self._points, self._above):
            layer.set_marks(marks)
        ring, ring_size, ring_width = theme.color("wrong"), size + 3.5, 1.3 if size > 5 else 1.1
        self._wrong.set_marks([replace(mark, ring=ring, ring_size=ring_size, ring_width=ring_width) for mark in marks])
        self._current.set_marks([PointMark(ring=theme.color("text"), ring_size=17.0, ring_width=2.2)])
        accent = theme.color("accent")
        self.marked.set_marks([PointMark(ring=accent, ring_size=size + 6.0, ring_width=2.4)])
        self.walked.set_marks(
            [PointMark(ring=accent, ring_size=13.0), PointMark(ring=accent, ring_size=19.0, ring_width=3.2)]
        )
        self._show_layers()

    def _place(self) -> None:
        rows = self._sample.rows
        is_train = self._is_train[rows]
        train, test = rows[is_train], rows[:0] if self._hides_test else rows[~is_train]
        if not self._is_over_neuron:  # pale marks let points of the lower layer shine through
            train, test = np.concatenate([train, test]), rows[:0]  # copying one picture is faster than two
        for layer, drawn in ((self._points, train), (self._above, test)):
            layer.set_points(self._positions(drawn), self._mark_numbers(drawn), self._opacity(drawn))
        self._place_rings()

    def _place_rings(self) -> None:
        """Place the rings around the samples of a walk and around the points selected in another view."""
        self.walked.set_points(self._positions(self._walked_rows), self._walked_marks)
        self.marked.set_points(self._positions(self._marked_rows), np.zeros(len(self._marked_rows), dtype=np.int64))

    def _mark_numbers(self, rows: Rows) -> Rows:
        """The number of each row's mark, shape (rows,)."""
        return self.colors.of_rows[rows] + np.where(self._is_train[rows], 0, self.colors.count)

    def _positions(self, rows: Rows) -> Array:
        """Where rows of the data are drawn, shape (rows, 2), in the plot's units."""
        assert self._dataset is not None
        return project(self.section, self._dataset.points[rows])

    def _opacity(self, rows: Rows) -> Array | None:
        """The opacity of rows, a normal curve over their distance from the section; None to draw all fully opaque."""
        if self.section is None or self._dataset is None:
            return None
        off = np.minimum(self.section.distances(self._dataset.points[rows]), 9.0)
        return np.maximum(np.exp(-0.5 * off * off), FAINTEST)

    # ---------------------------------------------------------------- queries

    def walked_place(self, row: int) -> tuple[float, float] | None:
        """Where a ringed sample of a walk is drawn, in the plot's units; None for a row that is none."""
        x, y = self._positions(np.array([row]))[0].tolist()
        return (x, y) if self._is_walk and row in self._walked_rows else None

    def row_at(self, x: float, y: float, pixel_size: tuple[float, float]) -> int | None:
        """The drawn point nearest to a place of the plot, within reach, as its row of the data set.

        What stands out is meant before what lies around it: points that are ringed for another view and, among pale
        ones, the wrong points, which also come first of points in one place. ``pixel_size`` is the width and height of
        a pixel in the plot's units.
        """
        if self._dataset is None:
            return None
        wrong = self._wrong_points.rows
        groups = [self._marked_rows, wrong if self._shows_mistakes else NO_ROWS]
        for rows in (*groups, np.concatenate([wrong, self._sample.rows])):
            shown = rows[self._is_train[rows]] if self._hides_test else rows
            if len(shown):
                distances = np.hypot(*((self._positions(shown) - (x, y)) / pixel_size).T)
                nearest = int(np.argmin(distances))
                if distances[nearest] <= POINT_REACH:
                    return int(shown[nearest])
        return None

    def note(self) -> str:
        """How many of the points are shown; empty if all are."""
        parts = []
        if len(self._sample.rows) < len(self._is_train):
            parts.append(
                _("{shown} of {all} points").format(
                    shown=grouped(len(self._sample.rows)), all=grouped(len(self._is_train))
                )
            )
        wrong = self._wrong_points
        if len(wrong.rows) < wrong.count:
            parts.append(
                _("{shown} of {all} wrong ones").format(shown=grouped(len(wrong.rows)), all=grouped(wrong.count))
            )
        elif parts and self.colors.scale is None:
            parts.append(
                _("all {count} wrong ones").format(count=grouped(wrong.count)) if wrong.count else _("none wrong")
            )
        return _("Shown: {parts}").format(parts=", ".join(parts)) if parts else ""
