"""Shows the phase of the walk, or the picked point, in every view that takes part in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PyQt5.QtWidgets import QAction

from core.base.translation import _
from core.explain.picked_part import Part
from gui.decision.decision_view import DecisionView
from gui.diagram.diagram_panel import DiagramPanel
from gui.explanation.inspector import Inspector
from gui.explanation.walk_player import WalkPlayer
from gui.transport.toolbar import Toolbar
from gui.widgets.forms import allow
from gui.window.dock_layout import DockLayout

if TYPE_CHECKING:
    from core.explain.probe import Probe
    from core.explain.walk import Walk
    from gui.diagram.walk_scene import WalkScene


class WalkDisplay:
    """Connects the player of a walk with the diagram, the plot, the card and its dock, and the toolbar."""

    def __init__(
        self,
        player: WalkPlayer,
        network_panel: DiagramPanel,
        scatter: DecisionView,
        inspector: Inspector,
        toolbar: Toolbar,
        docks: DockLayout,
        actions: Mapping[str, QAction],
    ) -> None:
        self._player, self._docks, self._actions = player, docks, actions
        self._network_panel, self._scatter, self._inspector = network_panel, scatter, inspector
        self._toolbar = toolbar
        self._point: Walk | None = None
        self._probe: Probe | None = None
        inspector.phases.phase_chosen.connect(player.seek)
        inspector.phases.sample_chosen.connect(player.choose_sample)
        inspector.walk_wanted.connect(player.choose_row)
        inspector.point_shown.connect(self._show_point)
        scatter.probe_shown.connect(self._show_probe)
        actions["paint"].toggled.connect(self.share_escape)

    def show(self, selection: Part | None) -> None:
        """Show the present phase, or none outside a walk; ``selection`` is what the user selected in the diagram."""
        walk = self._player.walk
        scene: WalkScene | None = None
        if walk is not None:
            from gui.diagram.walk_scene import make_scene  # here, since the first picture shows no walk

            scene = make_scene(walk, self._player.index, self._player.sample, selection)
        self._inspector.show_scene(scene)
        self._show_scene(scene)
        self._toolbar.show_walking(walk is not None)
        self._docks.show_walk(walk is not None)
        self.share_escape()

    def share_escape(self) -> None:
        """Let the Escape key leave a walk, and else what is picked, but not while points are edited, which it ends."""
        is_picked = self._inspector.selection is not None or self._inspector.point is not None
        is_wanted = self._player.walk is not None or (is_picked and not self._actions["paint"].isChecked())
        nothing = _("nothing is selected, and no update is walked through; press . to begin")
        allow(self._actions["leave-walk"], "" if is_wanted else nothing)

    def _show_point(self, walk: Walk | None) -> None:
        self._point = walk
        if self._player.walk is None:
            self._show_scene(None)

    def _show_probe(self, probe: Probe | None) -> None:
        """Show the activations at a probed point; outside a walk in place of the forward pass of any other point."""
        is_other = (probe is None) != (self._probe is None)
        self._probe = probe
        self._network_panel.show_probe(probe)
        if is_other and self._player.walk is None:
            self._show_scene(None)

    def _show_scene(self, scene: WalkScene | None) -> None:
        """Show a phase, or outside a walk the forward pass of the point that the card explains, if any."""
        if scene is None and self._point is not None and self._probe is None:
            from gui.diagram.walk_scene import make_point_scene

            scene = make_point_scene(self._point)
        self._network_panel.show_scene(scene)
        self._scatter.show_walked(*(None, 0) if scene is None else (scene.walk.rows, scene.sample))
