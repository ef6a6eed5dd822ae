"""The rows of the column of inputs: those that the network uses, and the unused ones that there is room for."""

from __future__ import annotations

from PyQt5.QtGui import QFontMetricsF

from core.base.values import dataclass
from core.data.features import feature, features_of, plain_features
from core.training.preparation import Preparation
from gui.diagram.geometry import CLOSE_ROW
from gui.diagram.layer_tiles import WIDE

PIXELS_OF_ROW = 21.0
SMALLEST_LETTERS = 0.68
"""How much smaller letters and rows become where so all inputs have room."""
GAP = 3.0
"""Between the names of two inputs."""


def close_row(metrics: QFontMetricsF) -> float:
    """The height of a row below which its letters shrink."""
    return max(CLOSE_ROW, metrics.capHeight() + GAP)


@dataclass(frozen=True)
class InputRows:
    """The inputs in the order of the menus.

    Attributes:
        features: their names, from top to bottom. titles: as a person reads them.
        used: whether the network uses each.
    """

    features: tuple[str, ...]
    titles: tuple[str, ...]
    used: tuple[bool, ...]

    @property
    def unused(self) -> tuple[str, ...]:
        """The names of the inputs that the network does not use."""
        return tuple(name for name, is_used in zip(self.features, self.used, strict=True) if not is_used)

    @property
    def unused_titles(self) -> tuple[str, ...]:
        """The titles of the same."""
        return tuple(title for title, is_used in zip(self.titles, self.used, strict=True) if not is_used)


NO_ROWS = InputRows((), (), ())


def unused_features(preparation: Preparation) -> tuple[str, ...]:
    """All inputs that the data offer and the network does not use."""
    return tuple(name for name in features_of(preparation.dataset.dimensions) if name not in preparation.features)


def input_rows(preparation: Preparation, room: float, offers: bool = True, close: float = CLOSE_ROW) -> InputRows:
    """The rows that a column of so many pixels has room for; columns of the data go before what is made of them.

    The used inputs stand in the order in which the network takes them; the unused ones are put between them, unless
    none is offered. ``close`` is that of :func:`close_row`.
    """
    plain, unused = plain_features(preparation.dataset.dimensions), unused_features(preparation)
    offers = offers and len(preparation.features) <= WIDE
    has_room = (len(preparation.features) + len(unused)) * close * SMALLEST_LETTERS <= room
    left = max(0, int(room / PIXELS_OF_ROW) - len(preparation.features))
    offered = sorted(unused, key=lambda name: name not in plain)
    offered = offered[: (len(unused) if has_room else left) if offers else 0]
    order = list(features_of(preparation.dataset.dimensions))
    is_ordered = sorted(preparation.features, key=order.index) == list(preparation.features)
    names = [*preparation.features, *offered]
    if is_ordered:
        names.sort(key=order.index)
    columns = preparation.dataset.column_names
    return InputRows(
        tuple(names),
        tuple(feature(name).title(columns) for name in names),
        tuple(name in preparation.features for name in names),
    )
