"""Asks the session for the maps that the plot and the diagram show."""

from __future__ import annotations

from dataclasses import replace

from core.explain.maps import Plane
from core.explain.picked_part import Neuron, Part
from gui.decision.decision_view import ScatterView
from gui.diagram.diagram_view import NetworkView
from gui.session.session import Session


class MapRequests:
    """Follows the visible part of the plane, the resolution of the diagram, and the neuron under the mouse."""

    def __init__(self, session: Session, network: NetworkView, scatter: ScatterView) -> None:
        self._session, self._network, self._scatter = session, network, scatter
        network.hovered.connect(self._follow_mouse)
        network.map_cells_changed.connect(lambda _: self._follow_plane(scatter.plane()))
        scatter.plane_changed.connect(self._follow_plane)

    def _follow_plane(self, plane: Plane | None) -> None:
        """Ask for maps of the neurons over the same part of the plane as the map of the output."""
        if plane is not None:
            cells = self._network.map_cells()
            self._session.look_at(plane, replace(plane, columns=cells, rows=cells))
            self._session.look_into(self._scatter.neuron_place())

    def _follow_mouse(self, hovered: Part | None) -> None:
        """Show the map of the neuron under the mouse in place of the decision."""
        self._scatter.show_neuron(hovered if isinstance(hovered, Neuron) else None)
        self._session.look_into(self._scatter.neuron_place())
