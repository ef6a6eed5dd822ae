"""The part that is selected in the diagram: an edge or a neuron, the index of its parameter, and what is inspected."""

from __future__ import annotations

from core.base.translation import _
from core.base.values import dataclass
from core.network.network import count_parameters, parameter_index
from core.training.preparation import Preparation


@dataclass(frozen=True)
class Edge:
    """The weight from unit ``source`` of layer ``layer - 1`` to unit ``target`` of layer ``layer``, from 1 on."""

    layer: int
    source: int
    target: int

    def index(self, sizes: tuple[int, ...]) -> int:
        """Index of the weight in the flat vector."""
        return count_parameters(sizes[: self.layer]) + self.source * sizes[self.layer] + self.target

    def exists(self, sizes: tuple[int, ...]) -> bool:
        """Whether a network of these sizes has this edge."""
        return self.layer < len(sizes) and self.source < sizes[self.layer - 1] and self.target < sizes[self.layer]


@dataclass(frozen=True)
class Neuron:
    """Unit ``unit`` of layer ``layer``; layer 0 is the input, whose units have no bias."""

    layer: int
    unit: int

    def index(self, sizes: tuple[int, ...]) -> int | None:
        """Index of the bias in the flat vector; None for an input."""
        if self.layer == 0:
            return None
        return count_parameters(sizes[: self.layer + 1]) - sizes[self.layer] + self.unit

    def exists(self, sizes: tuple[int, ...]) -> bool:
        """Whether a network of these sizes has this neuron."""
        return self.layer < len(sizes) and self.unit < sizes[self.layer]


Part = Edge | Neuron


@dataclass(frozen=True)
class Focus:
    """What to inspect: a layer, one of its neurons, a weight that leads to one, or a point of the data.

    Attributes:
        layer: 0 for the input, which has neurons but no weights, and for a point. unit: None for the whole layer.
        source: the unit of the layer before where the weight begins; None for a neuron or a layer.
        row: of a point, in the data set; None for a part of the network.
    """

    layer: int
    unit: int | None = None
    source: int | None = None
    row: int | None = None

    def exists(self, sizes: tuple[int, ...]) -> bool:
        """Whether a network of these layer sizes has this part; a point goes through any network."""
        if self.row is not None:
            return True
        if not self.layer < len(sizes) or (self.layer == 0 and (self.unit is None or self.source is not None)):
            return False
        fits = self.unit is None or self.unit < sizes[self.layer]
        return fits and (self.source is None or self.source < sizes[self.layer - 1])

    @property
    def part(self) -> Part | None:
        """The edge or neuron; None for a layer or a point."""
        if self.unit is None:
            return None
        return Neuron(self.layer, self.unit) if self.source is None else Edge(self.layer, self.source, self.unit)

    def index(self, sizes: tuple[int, ...]) -> int | None:
        """Index of the weight or bias in the flat vector; None for a layer, an input and a point."""
        if self.unit is None or self.layer == 0:
            return None
        return parameter_index(sizes, self.layer, self.source, self.unit)


def focus_on(part: Part) -> Focus:
    """What to inspect of an edge or neuron."""
    if isinstance(part, Edge):
        return Focus(part.layer, part.target, part.source)
    return Focus(part.layer, part.unit)


def moved(selection: Part | None, sizes: tuple[int, ...], layers: int = 0, units: int = 0, sources: int = 0) -> Part:
    """The part that a key selects next, so that every edge and neuron can be reached without a mouse.

    Args:
        selection: the selected part; None selects the first neuron of the first hidden layer.
        sizes: the layer sizes of the network.
        layers: 1 goes from a neuron to an edge that leaves it, and from an edge to the neuron at its end; -1 goes back.
        units: number of steps down among the units of the layer, or among those to which an edge may lead; the first
            unit follows the last one.
        sources: the same among the units where an edge may begin; for a neuron the same as ``units``.
    """
    if selection is None:
        return Neuron(1, 0)
    if isinstance(selection, Edge):
        if layers:
            back = layers < 0
            return Neuron(selection.layer - back, selection.source if back else selection.target)
        target = (selection.target + units) % sizes[selection.layer]
        return Edge(selection.layer, (selection.source + sources) % sizes[selection.layer - 1], target)
    if layers > 0 and selection.layer < len(sizes) - 1:
        return Edge(selection.layer + 1, selection.unit, 0)
    if layers < 0 and selection.layer > 0:
        return Edge(selection.layer, 0, selection.unit)
    return Neuron(selection.layer, (selection.unit + units + sources) % sizes[selection.layer])


def value_letter(layer: int, last: int) -> str:
    """The letter of what a unit gives, as the formulas write it: x of an input, ŷ of an output, a between them."""
    return "x" if layer == 0 else "ŷ" if layer == last else "a"


def unit_name(sizes: tuple[int, ...], layer: int, unit: int, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> str:
    """The name of a unit: its column, its number in its layer, counted from 1, or the title of an output."""
    if layer == 0:
        return inputs[unit]
    if layer == len(sizes) - 1:
        return _("output {title}").format(title=outputs[unit])
    return _("neuron {unit} of hidden layer {layer}").format(unit=unit + 1, layer=layer)


def selection_name(selection: Part, preparation: Preparation) -> str:
    """The name of a neuron, or of an edge by its two ends."""

    def name(layer: int, unit: int) -> str:
        return unit_name(preparation.sizes, layer, unit, preparation.input_names, preparation.output_titles)

    if isinstance(selection, Neuron):
        return name(selection.layer, selection.unit)
    return f"{name(selection.layer - 1, selection.source)} → {name(selection.layer, selection.target)}"


def capital(text: str) -> str:
    """A text with a capital first letter; do not use it for names that a user gave."""
    return text[:1].upper() + text[1:]


def part_of_index(sizes: tuple[int, ...], index: int) -> Part:
    """The edge or neuron whose weight or bias stands at an index of the flat vector; raises IndexError."""
    start = 0
    for layer in range(1, len(sizes)):
        inputs, outputs = sizes[layer - 1], sizes[layer]
        inside = index - start
        if 0 <= inside < inputs * outputs:
            return Edge(layer, inside // outputs, inside % outputs)
        if 0 <= inside < (inputs + 1) * outputs:
            return Neuron(layer, inside - inputs * outputs)
        start += (inputs + 1) * outputs
    raise IndexError(index)
