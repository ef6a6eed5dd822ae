"""The phases of an update, in which a walk shows it; :mod:`core.explain.walk` has the numbers."""

from __future__ import annotations

from core.base.values import dataclass

PICK, FORWARD, LOSS, BACKWARD, UPDATE = "pick", "forward", "loss", "backward", "update"


@dataclass(frozen=True)
class Phase:
    """A part of an update.

    Attributes:
        kind: PICK, FORWARD, LOSS, BACKWARD or UPDATE.
        layer: the layer at work, from 1 on, in FORWARD and BACKWARD; 0 in the others, which concern the whole network.
    """

    kind: str
    layer: int = 0


def phases_of(layers: int) -> tuple[Phase, ...]:
    """The phases of an update of a network with this number of layers behind the input."""
    numbers = range(1, layers + 1)
    return (
        Phase(PICK),
        *(Phase(FORWARD, layer) for layer in numbers),
        Phase(LOSS),
        *(Phase(BACKWARD, layer) for layer in reversed(numbers)),
        Phase(UPDATE),
    )
