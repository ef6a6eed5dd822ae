"""The map under the points: the network's decision with its border, or the activation of one neuron."""

from __future__ import annotations

import pyqtgraph as pg

from core.base.arrays import Array
from core.engines.numpy_forward import shades_of
from core.explain.maps import NeuronMap, OutputMap
from core.explain.picked_part import Neuron
from core.explain.snapshot import Snapshot
from core.training.preparation import Preparation
from gui.decision.decision_map import border, certainty_image, decision_image, plane_rect, value_image
from gui.widgets.images import table_image
from gui.widgets.mark_layer import PictureItem
from gui.widgets.plots import Curve, curve_pen
from gui.widgets.theme import Theme

ANSWER, SURE, MISTAKES = VIEWS = "answer", "sure", "mistakes"
"""What the plot shows: the winning class, how far it leads, or the points that the network gets wrong."""

PALE = 0.4
"""The opacity of the map below the mistakes."""


class MapLayer:
    """A picture and the line of the border; a plot must hold its ``items``, the lowest first."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._view = ANSWER
        self._picture, self._border = PictureItem(), Curve()
        self.items: tuple[pg.GraphicsObject, ...] = self._picture, self._border

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours from the next picture on."""
        self._theme = theme
        self._border.set_pen(curve_pen(theme.color("text", 210), 1.6))

    def clear(self) -> None:
        """Show nothing."""
        self._picture.clear()
        self._border.clear()

    def show_border(self, shown: bool) -> None:
        """Show or hide the border; the map of a neuron has none."""
        self._border.setVisible(shown)

    def show_view(self, view: str) -> None:
        """Choose what is shown from the next picture on, one of VIEWS."""
        self._view = view
        self._picture.setOpacity(PALE if view == MISTAKES else 1.0)

    def show_output(self, output: OutputMap, scale: tuple[float, float] | None) -> None:
        """Show the decision, or how sure it is, or for regression the output on this colour scale."""
        if output.value is None or scale is None:
            picture = (certainty_image if self._view == SURE else decision_image)(output, self._theme)
        else:
            picture = value_image(output.value, scale, self._theme)
        self._picture.set_picture(picture, plane_rect(output.plane))
        self._border.set_points(*border(output).T)

    def show_neuron(self, snapshot: Snapshot, neuron: Neuron, preparation: Preparation) -> None:
        """Show a neuron's own map, or its small map until the snapshot has its own."""
        table = self._theme.map_table(preparation.output_class(neuron.layer, neuron.unit))
        own = own_map(snapshot, neuron)
        if own is not None:
            shades = shades_of(own.values, own.low, own.high)
            self._picture.set_picture(table_image(shades, table), plane_rect(own.place.plane))
        elif snapshot.neurons is not None and snapshot.output is not None and neuron.exists(snapshot.sizes):
            maps = snapshot.neurons[neuron.layer]
            self._picture.set_picture(table_image(maps[neuron.unit], table), plane_rect(snapshot.output.plane))


def own_map(snapshot: Snapshot | None, neuron: Neuron | None) -> NeuronMap | None:
    """The map of this neuron, if the snapshot holds it."""
    own = snapshot.neuron if snapshot is not None else None
    if own is None or neuron is None or (own.place.layer, own.place.unit) != (neuron.layer, neuron.unit):
        return None
    return own


def shown_values(snapshot: Snapshot | None, neuron: Neuron | None) -> Array | None:
    """The numbers of the map that is shown: this neuron's, or without one the network's; None where there are none."""
    if neuron is not None:
        own = own_map(snapshot, neuron)
        return None if own is None else own.values
    return None if snapshot is None or snapshot.output is None else snapshot.output.value
