"""Asks the session for the maps that the plot and the diagram show."""

from __future__ import annotations

from dataclasses import replace

from core.explain.maps import Plane
from core.explain.picked_part import Neuron
from gui.decision.decision_view import DecisionView
from gui.diagram.diagram_view import DiagramView
from gui.session.session import Session


class MapRequests:
    """Follows the visible part of the plane, the resolution of the diagram, and the neuron whose map is wanted."""

    def __init__(self, session: Session, network: DiagramView, scatter: DecisionView) -> None:
        self._session, self._network, self._scatter = session, network, scatter
        network.map_wanted.connect(self._show_neuron)
        network.map_cells_changed.connect(lambda _: self._follow_plane(scatter.plane()))
        scatter.neuron_shown.connect(scatter.title_tools.show_neuron)
        scatter.title_tools.chosen.connect(lambda _: network.release_map())
        scatter.plane_changed.connect(self._follow_plane)

    def _follow_plane(self, plane: Plane | None) -> None:
        """Ask for maps of the neurons over the same part of the plane as the map of the output."""
        if plane is not None:
            cells = self._network.map_cells()
            self._session.look_at(plane, replace(plane, columns=cells, rows=cells))
            self._session.look_into(self._scatter.neuron_place())

    def _show_neuron(self, neuron: Neuron | None) -> None:
        """Show the map of a neuron, under the mouse or pinned, in place of the decision."""
        self._scatter.show_neuron(neuron)
        self._session.look_into(self._scatter.neuron_place())
