"""The painting tool: its settings, the selected points, and what the mouse does with them in the plot."""

from __future__ import annotations

import numpy as np
from PyQt5.QtCore import QObject, Qt, QTimer

from core.base.errors import LensError
from core.base.translation import _
from core.data.drawn_points import DrawnPoints
from core.data.point_edits import Mask, inside_disc, relabel, remove
from core.data.strokes import STROKES, Band, Pen, Place, Shift, Stroke
from core.explain.maps import target_scale
from core.network.tasks import REGRESSION
from core.training.experiment import Experiment
from core.workbench.messages import Notice
from gui.decision.decision_view import DecisionView
from gui.painting.overlay import Overlay
from gui.painting.paint_mouse import PaintMouse
from gui.painting.palette import LARGEST, SMALLEST, Palette
from gui.painting.pending_points import PendingPoints
from gui.session.session import Session
from gui.widgets.theme import Theme

SPRAY_MILLISECONDS = 40
FIRST_SIZE = 18
SIZE_STEP = 1.25
REACH = 7.0
"""The distance in pixels within which a press of the select tool takes a point."""
SELECT = "select"
ROUND = ("brush", "spray", "eraser")
NOTHING = np.empty((0, 2))


class PaintingTool(QObject):
    """Takes the mouse of a decision view while it is ``active``.

    A stroke is visible while it is made; the pending points are changed when the mouse is released.
    """

    def __init__(self, session: Session, view: DecisionView, palette: Palette, theme: Theme) -> None:
        super().__init__(view)
        self._view, self._palette, self._theme = view, palette, theme
        self.pending = PendingPoints(session)
        self._mouse = PaintMouse(view)
        self._overlay = Overlay(view)
        self._overlay.set_theme(theme)
        self.random = np.random.default_rng()
        self.tool, self.size, self.value = "brush", FIRST_SIZE, 0.0
        self._stroke: Stroke | None = None
        self._selection: Mask | None = None
        self._at: Place | None = None
        self._begins_anew = False
        self._spray = QTimer(self)
        self._spray.setInterval(SPRAY_MILLISECONDS)
        self._spray.timeout.connect(self._tick)
        self._redraw = QTimer(self)  # one redraw for all mouse moves since the last one
        self._redraw.setSingleShot(True)
        self._redraw.timeout.connect(self._show)
        self._mouse.pressed.connect(self._press)
        self._mouse.moved.connect(self._move)
        self._mouse.released.connect(self._release)
        self._mouse.hovered.connect(self._hover)
        palette.value_chosen.connect(self.choose_value)
        palette.radius_chosen.connect(self.choose_size)
        palette.class_wanted.connect(self.add_class)
        session.moved.connect(self.cancel)
        session.experiment_changed.connect(lambda _: self._settle())
        session.experiment_changed.connect(self._tell_split)
        if session.experiment is not None:
            self._tell_split(session.experiment)
        self.pending.changed.connect(self._follow)
        self._show()

    # ---------------------------------------------------------------- the tool

    @property
    def active(self) -> bool:
        """Whether the mouse paints."""
        return self._mouse.active

    @property
    def has_selection(self) -> bool:
        """Whether points are selected."""
        return self._selection is not None

    def begin(self) -> bool:
        """Start to take the mouse. If there are too many points to paint, say so and return false."""
        try:
            _ = self.pending.drawn
        except LensError as error:
            self.pending.refused.emit(Notice(str(error), "none"))
            return False
        self._mouse.active = True
        self._view.keeps_range = not self._begins_anew
        self._view.show_palette(self._palette)
        self._view.plot.viewport().setCursor(Qt.CursorShape.CrossCursor)
        self._show()
        return True

    def leave(self) -> None:
        """Give the mouse back."""
        self._stroke = self._selection = self._at = None
        self._spray.stop()
        self._mouse.active = self._view.keeps_range = False
        self._view.show_palette(None)
        self._view.plot.viewport().unsetCursor()
        self._show()

    def choose_tool(self, tool: str) -> None:
        """Choose another tool: "point", "brush", "spray", "eraser" or "select"."""
        self._stroke = None
        self._spray.stop()
        self.tool = tool
        if tool != SELECT:
            self._selection = None
        self._show()

    def choose_value(self, value: float) -> None:
        """Choose the class index or the target of new points."""
        self.value = value
        self._show()

    def choose_size(self, pixels: float) -> None:
        """Choose the radius of the brush in pixels."""
        self.size = round(min(LARGEST, max(SMALLEST, pixels)))
        self._show()

    def resize(self, up: bool) -> None:
        """Make the brush larger or smaller by one step."""
        self.choose_size(max(self.size + 1, SIZE_STEP * self.size) if up else self.size / SIZE_STEP)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self._overlay.set_theme(theme)
        self._palette.set_theme(theme)
        self._show()

    # ---------------------------------------------------------------- commands

    def new_canvas(self) -> None:
        """Remove all points and keep the task; the visible range starts anew."""
        self._selection = None
        self._begins_anew, self._view.keeps_range = True, False
        self.pending.begin_anew()

    def add_class(self) -> None:
        """Add a class and choose it."""
        if self.pending.add_class():
            self.choose_value(len(self.pending.drawn.class_names) - 1)

    def select_all(self) -> None:
        """Select every point."""
        self.choose_tool(SELECT)
        self._select(np.ones(len(self.pending.drawn), dtype=np.bool_))

    def delete(self) -> None:
        """Remove the selected points."""
        chosen, self._selection = self._selection, None
        if chosen is not None:
            self.pending.edit(lambda drawn: remove(drawn, chosen))

    def relabel(self) -> None:
        """Give the selected points the chosen class or target."""
        chosen = self._selection
        if chosen is not None:
            self.pending.edit(lambda drawn: relabel(drawn, chosen, self.value))

    def escape(self) -> bool:
        """Give up the stroke, or else the selection; false if there is neither."""
        if self._stroke is not None:
            self.cancel()
        elif self._selection is not None:
            self._select(None)
        else:
            return False
        return True

    def cancel(self) -> None:
        """Give up the stroke that is being made."""
        if self._stroke is not None:
            self._stroke = None
            self._spray.stop()
            self._show()

    # ---------------------------------------------------------------- the mouse

    def _press(self, at: Place, shift: bool) -> None:
        self._at = at
        drawn = self.pending.drawn
        pen = Pen(self.size, self._mouse.pixel(), self.value, self.random)
        if self.tool == SELECT:
            self._stroke = self._take(drawn, pen, at, shift)
        else:
            self._stroke = STROKES[self.tool](drawn, pen, at)
            if self.tool == "spray":
                self._spray.start()
        self._show()

    def _take(self, drawn: DrawnPoints, pen: Pen, at: Place, shift: bool) -> Stroke:
        """Press on a point to move it, and the selection with it if it is selected; elsewhere, to draw a band."""
        near = inside_disc(drawn, at, (REACH * pen.pixel[0], REACH * pen.pixel[1]))
        chosen = self._selection
        if not near.any():
            if not shift:
                self._selection = None
            return Band(drawn, pen, at)
        if chosen is None or not (near & chosen).any():
            chosen = near | chosen if shift and chosen is not None else near
            self._selection = chosen
        return Shift(drawn, pen, at, chosen)

    def _move(self, at: Place) -> None:
        if self._stroke is not None:
            self._stroke.move(at)
            self._redraw.start(0)

    def _tick(self) -> None:
        if self._stroke is not None:
            self._stroke.tick()
            self._show()

    def _release(self, at: Place) -> None:
        stroke, self._stroke = self._stroke, None
        self._spray.stop()
        if isinstance(stroke, Band):
            chosen, before = stroke.selection(), self._selection
            self._select(chosen if before is None else chosen | before)
        elif stroke is not None:
            self.pending.edit(lambda _: stroke.result())
        self._show()

    def _hover(self, at: Place | None) -> None:
        self._at = at
        self._show_brush()

    def _select(self, chosen: Mask | None) -> None:
        self._selection = chosen if chosen is not None and chosen.any() else None
        self._show()

    def _settle(self) -> None:
        """The session has answered; from now on the visible range is kept."""
        self._begins_anew, self._view.keeps_range = False, self.active

    def _follow(self) -> None:
        """Other points came; give the mouse back if they are too many to paint."""
        try:
            _ = self.pending.drawn if self.active else None
        except LensError:
            self.leave()
        else:
            self._show()

    # ---------------------------------------------------------------- drawing

    def _tell_split(self, experiment: Experiment) -> None:
        self._palette.show_test_share(1.0 - experiment.train_fraction)

    def _show(self) -> None:
        if self.pending.shown is None:
            return
        if self.active or self.pending.is_ahead:
            drawn = self.pending.drawn
            self._fit(drawn)
            self._show_points(drawn)
            self._palette.show_state(drawn.class_names, self.value, self.size, self.has_selection)
        else:
            self._view.points.show(True)
            self._overlay.show_no_points()
            self._overlay.show_chosen(NOTHING)
        self._overlay.show_band(self._stroke.band() if self._stroke is not None else None)
        self._overlay.show_hint(self._hint(), is_low=len(self.pending.shown) > 0)
        self._show_brush()

    def _fit(self, drawn: DrawnPoints) -> None:
        """Drop a chosen class or a selection that the points do not have."""
        if drawn.task != REGRESSION and self.value not in range(len(drawn.class_names)):
            self.value = 0.0
        if self._selection is not None and len(self._selection) != len(drawn):
            self._selection = None

    def _show_points(self, drawn: DrawnPoints) -> None:
        """Show the painted points; the view itself shows the run's points while they are the same."""
        stroke, shown = self._stroke, self.pending.shown
        assert shown is not None
        touched = stroke.changed() if stroke is not None else None
        added = stroke.added() if stroke is not None else NOTHING
        is_the_runs = touched is None and not self.pending.is_ahead
        self._view.points.show(is_the_runs)
        points = touched or drawn
        if is_the_runs and len(added) == 0:
            self._overlay.show_no_points()
        else:
            scale = (
                None
                if points.targets is None
                else target_scale(points.targets if shown.targets is None else shown.targets)
            )
            base = remove(points, np.ones(len(points), dtype=np.bool_)) if is_the_runs else points
            self._overlay.show_points(base.dataset(), added, self.value, scale)
        chosen = self._selection
        fits = chosen is not None and len(chosen) == len(points)
        self._overlay.show_chosen(points.points[chosen] if fits else NOTHING)

    def _show_brush(self) -> None:
        at = self._at if self.active and self.tool in ROUND else None
        has_color = at is not None and self.tool != "eraser" and self.pending.drawn.task != REGRESSION
        color = self._theme.class_color(int(self.value)) if has_color else self._theme.color("text")
        self._overlay.show_brush(at, self.size, color)

    def _hint(self) -> str:
        """What to paint next; empty once training is possible."""
        if not self.pending.waits or self._stroke is not None:
            return ""
        drawn = self.pending.drawn
        if drawn.task == REGRESSION:
            return _("Paint at least two points")
        return _("Now paint points of another class") if len(drawn) else _("Paint points of at least two classes")
