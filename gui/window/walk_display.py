"""Shows the phase of the walk in every view that takes part in it."""

from __future__ import annotations

from collections.abc import Mapping

from PyQt5.QtWidgets import QAction

from core.explain.picked_part import Part
from gui.decision.decision_view import ScatterView
from gui.diagram.diagram_view import NetworkPanel
from gui.diagram.walk_scene import WalkScene, make_scene
from gui.explanation.walk_panel import WalkPanel
from gui.explanation.walk_player import WalkPlayer
from gui.session.session import Session
from gui.window.dock_layout import DockLayout

WALK_ACTIONS = ("leave-walk", "copy-formulas")
"""Actions that are enabled only during a walk."""


class WalkDisplay:
    """Connects the player of a walk with the diagram, the plot, the panel of the phases and its dock."""

    def __init__(
        self,
        session: Session,
        player: WalkPlayer,
        network_panel: NetworkPanel,
        scatter: ScatterView,
        walk_panel: WalkPanel,
        docks: DockLayout,
        actions: Mapping[str, QAction],
    ) -> None:
        self._session, self._player, self._docks, self._actions = session, player, docks, actions
        self._network_panel, self._scatter, self._walk_panel = network_panel, scatter, walk_panel
        walk_panel.phase_chosen.connect(player.seek)
        walk_panel.sample_chosen.connect(player.choose_sample)
        scatter.point_clicked.connect(player.choose_row)

    def show(self, selection: Part | None) -> None:
        """Show the present phase, or none outside a walk; ``selection`` is what the user selected in the diagram."""
        walk, loaded = self._player.walk, self._session.loaded
        scene: WalkScene | None = None
        if walk is not None:
            scene = make_scene(walk, self._player.index, self._player.sample, selection)
        self._network_panel.show_scene(scene)
        self._scatter.show_walked(walk.rows if walk is not None else None, self._player.sample)
        self._walk_panel.show_scene(scene, loaded.preparation if loaded is not None else None)
        for name in WALK_ACTIONS:
            self._actions[name].setEnabled(walk is not None)
        self._docks.show_walk(walk is not None)
