"""The network diagram as one works with it: hovering shows a value, clicking selects or changes the inputs."""

from __future__ import annotations

from PyQt5.QtCore import QEvent, QPoint, QPointF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QContextMenuEvent, QFocusEvent, QHideEvent, QKeyEvent, QMouseEvent, QPainter

from core.base.arrays import Array
from core.base.translation import _
from core.explain.picked_part import Edge, Neuron, Part, value_letter
from core.explain.probe import Probe
from core.explain.snapshot import Snapshot
from core.workbench.messages import Loaded
from gui.diagram.diagram_canvas import DiagramCanvas
from gui.diagram.drawing.mark_painting import outline_edge, paint_focus, paint_mark, paint_pin
from gui.diagram.drawing.number_painting import paint_edge_numbers, paint_numbers
from gui.diagram.drawing.picture_settings import PictureSettings
from gui.diagram.forward_light import ForwardLight
from gui.diagram.geometry import Diagram
from gui.diagram.hover_label import HoverLabel, label_box, label_lines, pin_hint, toggle_hint
from gui.widgets.qt_objects import existing
from gui.widgets.theme import Theme
from gui.widgets.vector_painting import is_for_file

NO_MODIFIER = Qt.KeyboardModifier.NoModifier
STEPS: dict[int, tuple[int, int, int]] = {
    Qt.Key.Key_Right: (1, 0, 0),
    Qt.Key.Key_Left: (-1, 0, 0),
    Qt.Key.Key_Down: (0, 1, 0),
    Qt.Key.Key_Up: (0, -1, 0),
}
"""Among layers, units and sources, see :func:`core.explain.picked_part.moved`."""
SHIFT_STEPS: dict[int, tuple[int, int, int]] = {Qt.Key.Key_Down: (0, 0, 1), Qt.Key.Key_Up: (0, 0, -1)}


class DiagramView(DiagramCanvas):
    """A diagram that answers the mouse. Moving it repaints only marks on top of the kept picture.

    Reached by Tab, the diagram is walked by the arrow keys: right and left along edges, up and down among neurons or
    the ends of edges, with Shift among their starts. Otherwise these keys step through the training. A screen reader is
    told what is selected.

    Attributes:
        light: what moves while training plays.

    Signals:
        picked(Part or None): an edge or a neuron was clicked, or the empty background.
        menu_wanted(QPoint): what can be done with the selection shall be offered at this place of the screen.
        hovered(Part or None): another part, or none, lies under the mouse.
        map_wanted(Neuron or None): the plot shall show the map of another neuron: the one under the mouse, or else the
            pinned one.
        walked(int, int, int): an arrow moves the selection, see :func:`core.explain.picked_part.moved`.
        input_toggled(str): a feature was clicked that the network shall use, or no longer use.
    """

    picked = pyqtSignal(object)
    menu_wanted = pyqtSignal(QPoint)
    hovered = pyqtSignal(object)
    map_wanted = pyqtSignal(object)
    walked = pyqtSignal(int, int, int)
    input_toggled = pyqtSignal(str)

    def __init__(self, theme: Theme, has_titles: bool = True, offers_inputs: bool = True) -> None:
        super().__init__(theme, has_titles, offers_inputs)
        self._probe: Probe | None = None
        self._numbered = 0
        self._selection: Part | None = None
        self._hovered: Part | None = None
        self._hovered_unused: int | None = None
        self._pinned: Neuron | None = None
        self._wanted_map: Neuron | None = None
        self._mouse: QPointF | None = None  # None outside
        self._label_over: HoverLabel | None = None
        self.light = ForwardLight(self)
        self._is_walked = False  # whether the arrow keys move the selection
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("Network diagram"))

    def set_run(self, loaded: Loaded) -> None:
        """Show another run."""
        self._probe = self._pinned = None
        self._point_at(None)
        super().set_run(loaded)

    def titled_copy(self, size: QSize) -> DiagramView:
        """A view of the same that is not on the screen and paints the titles and the colour scale itself."""
        view = DiagramView(self._theme)
        view.resize(size)
        if self._loaded is not None:
            view.set_run(self._loaded)
        if self._snapshot is not None:
            view.show_snapshot(self._snapshot)
        view.set_quantity(self._quantity)
        view.show_scene(self._scene)
        view.show_probe(self._probe)
        view.set_numbered(self._numbered)
        view.set_selection(self._selection)
        view._picture.take_scale(self._picture)
        return view

    def show_probe(self, probe: Probe | None) -> None:
        """Write the activations at a point beside the neurons; None for no point."""
        if probe is not None or self._probe is not None:
            self._probe = probe
            self.update()

    def set_numbered(self, count: int) -> None:
        """Choose how many of the strongest edges have their number beside them."""
        self._numbered = count
        self.update()

    def set_selection(self, selection: Part | None) -> None:
        """Mark an edge or a neuron."""
        if selection != self._selection:
            self._selection = selection
            self._tell()
            self.update()

    def describe(self, part: Part, snapshot: Snapshot) -> list[str]:
        """The lines of the label beside the mouse."""
        assert self._loaded is not None
        return label_lines(part, self._loaded.preparation, snapshot, self._quantity, self._scene)

    def _tell(self) -> None:
        """Let a screen reader say what is selected, with its value."""
        part, snapshot = self._selection, self._snapshot
        text = _("Nothing is selected")
        if part is not None and snapshot is not None and self._loaded is not None and part.exists(snapshot.sizes):
            text = ", ".join(self.describe(part, snapshot))
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)  # Qt tells the screen reader

    # ---------------------------------------------------------------- keys

    def event(self, event: QEvent | None) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._step_of(event):
            event.accept()  # or the arrows would step through the training
            return True
        return super().event(event)

    def _step_of(self, event: QKeyEvent) -> tuple[int, int, int] | None:
        """The step of a key: among layers, units and sources; None if it is no step."""
        if not self._is_walked:
            return None
        has_shift = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        if not has_shift and event.modifiers() not in (NO_MODIFIER, Qt.KeyboardModifier.KeypadModifier):
            return None
        return (SHIFT_STEPS if has_shift else STEPS).get(event.key())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        step = self._step_of(event)
        if self._is_walked and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.toggle_pin(self._selection)
        elif step is None:
            super().keyPressEvent(event)
        else:
            self.walked.emit(*step)

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        assert event is not None
        self._is_walked = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self._tell()
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        self._is_walked = False
        self.update()

    # ---------------------------------------------------------------- mouse

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        self._point_at(event.localPos())
        if self._hovered is not None or self._hovered_unused is not None:
            self.update()  # the label follows the mouse

    def leaveEvent(self, event: object) -> None:
        self._point_at(None)

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self._point_at(None)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.button() != Qt.MouseButton.LeftButton or self._loaded is None:
            return
        self._point_at(event.localPos())
        wants_pick = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if self._hovered_unused is not None:
            self.input_toggled.emit(self.rows.unused[self._hovered_unused])
        elif self._toggles(self._hovered) and not wants_pick:
            assert isinstance(self._hovered, Neuron)
            self.input_toggled.emit(self._loaded.preparation.features[self._hovered.unit])
        else:
            self.picked.emit(self._hovered)

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        assert event is not None
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            self._point_at(QPointF(event.pos()))
            if self._loaded is None or self._hovered is None:
                return
            self.picked.emit(self._hovered)
        self.menu_wanted.emit(event.globalPos())

    def _toggles(self, part: Part | None) -> bool:
        """Whether a click on a part takes an input away."""
        diagram = self.diagram() if self._offers_inputs else None
        return isinstance(part, Neuron) and part.layer == 0 and diagram is not None and diagram.layers[0].columns == 1

    def _point_at(self, place: QPointF | None) -> None:
        """The mouse is at a place, None for outside: find what lies under it."""
        self._mouse = None if place is None else QPointF(place)
        if place is None and self._label_over is not None:
            self._label_over.hide()
        diagram, snapshot = self.diagram(), self._snapshot
        hovered, unused = None, None
        if diagram is not None and place is not None:
            fits = snapshot is not None and snapshot.sizes == diagram.sizes
            values = self._values(snapshot) if snapshot is not None and fits else None
            unused = diagram.unused_at(place.x(), place.y())
            hovered = diagram.at(place.x(), place.y(), values) if unused is None else None
        if unused != self._hovered_unused:
            self._hovered_unused = unused
            self.update()
        can_click = unused is not None or self._toggles(hovered)
        self.setCursor(Qt.CursorShape.PointingHandCursor if can_click else Qt.CursorShape.ArrowCursor)
        self._set_hovered(hovered)

    def _forget_geometry(self) -> None:
        super()._forget_geometry()
        self._point_at(self._mouse)  # another part lies under a mouse that rests

    def _set_hovered(self, hovered: Part | None) -> None:
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()
            self.hovered.emit(hovered)
        self._want_map()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        self._point_at(event.localPos())
        if event.button() == Qt.MouseButton.LeftButton and not self._toggles(self._hovered):
            self.toggle_pin(self._hovered)
        else:
            self.mousePressEvent(event)  # the second of two clicks that toggle an input

    def toggle_pin(self, part: Part | None) -> None:
        """Keep a neuron's map in the plot, or let it go again; anything else is left as it is."""
        if isinstance(part, Neuron):
            self._pinned = None if part == self._pinned else part
            self._want_map()
            self.update()

    def release_map(self) -> None:
        """Let the map of a neuron go that is kept in the plot."""
        self.toggle_pin(self._pinned)

    def _want_map(self) -> None:
        wanted = self._hovered if isinstance(self._hovered, Neuron) else self._pinned
        if wanted != self._wanted_map:
            self._wanted_map = wanted
            self.map_wanted.emit(wanted)

    # ---------------------------------------------------------------- painting

    def _paint_over(self, painter: QPainter, settings: PictureSettings, snapshot: Snapshot) -> None:
        self.light.paint(painter, settings, self._values(snapshot))
        self._paint_marks(painter, settings, self._values(snapshot))
        self._paint_numbers(painter, settings)
        if self._is_walked:
            paint_focus(painter, settings, self.rect())
        if not is_for_file():
            self._show_label(settings.diagram, snapshot)

    def _show_label(self, diagram: Diagram, snapshot: Snapshot) -> None:
        """Show the label where it covers the least; it may lie over what stands above and below in the window."""
        mouse, window = self._mouse, existing(self.window())
        lines = [] if mouse is None else self._label(snapshot)
        if mouse is None or (not lines and self._label_over is None):
            return
        if self._label_over is None:
            self._label_over = HoverLabel(window)
        corner = self.mapTo(window, QPoint(0, 0))
        beyond = min(corner.y(), window.height() - corner.y() - self.height())
        where = mouse, self.size(), diagram, self._hovered, beyond
        self._label_over.show_lines(
            lines, self._theme, lambda size: label_box(size, *where).translated(QPointF(corner))
        )

    def _label(self, snapshot: Snapshot) -> list[str]:
        """The lines of the label beside the mouse; empty for none."""
        if self._hovered_unused is not None:
            return [self.rows.unused_titles[self._hovered_unused], _("Not an input yet. Click: use it")]
        if self._hovered is None or not self._hovered.exists(snapshot.sizes):
            return []
        lines = self.describe(self._hovered, snapshot)
        if self._toggles(self._hovered):
            return [*lines, toggle_hint(snapshot.sizes[0])]
        return [*lines, pin_hint(self._hovered == self._pinned)] if isinstance(self._hovered, Neuron) else lines

    def _paint_marks(self, painter: QPainter, settings: PictureSettings, values: Array) -> None:
        """Mark the selection, the part under the mouse, and in a walk the part whose formulas are shown."""
        item = self._scene.item if self._scene is not None else None
        for chosen, width in ((self._selection, 3.0), (self._hovered, 2.0), (item, 3.0)):
            if chosen is None or not chosen.exists(settings.diagram.sizes):
                continue
            if isinstance(chosen, Edge):
                outline_edge(painter, settings, chosen, values)
            else:
                paint_mark(painter, settings, chosen, width)
        if self._pinned is not None and self._pinned.exists(settings.diagram.sizes):
            paint_pin(painter, settings, self._pinned)

    def _paint_numbers(self, painter: QPainter, settings: PictureSettings) -> None:
        """Write in a walk the numbers of its phase, as the edges do; else the activations at a probed point."""
        if self._scene is not None:
            paint_numbers(painter, settings, self._scene.numbers, "text")
        elif self._probe is not None and len(self._probe.activations) == len(settings.diagram.sizes):
            last = len(self._probe.activations) - 1
            named = [(value_letter(number, last), a) for number, a in enumerate(self._probe.activations)]
            paint_numbers(painter, settings, named, "accent")
        if self._numbered and self._snapshot is not None:
            paint_edge_numbers(painter, settings, self._values(self._snapshot), self._numbered)
