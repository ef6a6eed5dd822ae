"""A matrix with the names of its rows and columns as text, for the clipboard and for CSV files."""

from __future__ import annotations

from collections.abc import Iterator

from core.base.arrays import Array
from core.base.values import dataclass


@dataclass(frozen=True, eq=False)
class MatrixTable:
    """A matrix whose rows and columns have names.

    Attributes:
        title: what it is.
        values: shape (rows, columns).
        row_names, column_names: as many.
        sides: what rows and columns stand for.
    """

    title: str
    values: Array
    row_names: tuple[str, ...]
    column_names: tuple[str, ...]
    sides: str = ""

    def lines(self) -> Iterator[tuple[str, ...]]:
        """The names of the columns, then each row after its name; numbers have all digits that distinguish them."""
        yield ("", *self.column_names)
        for name, row in zip(self.row_names, self.values.tolist(), strict=True):
            yield (name, *(repr(value) for value in row))
