"""Frozen dataclasses with shared methods: each does what the standard library's does."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from dataclasses import field
from typing import Any, TypeVar

import pytest

from core.base.values import with_methods

Kind = TypeVar("Kind", bound=type)
Decorator = Callable[[Kind], Kind]


def classes(decorate: Callable[..., Any]) -> tuple[type, type, type]:
    """A class of each kind that the program has: by values, by identity, and derived."""

    @decorate(frozen=True)
    class Value:
        """One value."""

        first: int
        second: str = "two"
        rest: tuple[int, ...] = field(default_factory=tuple)
        note: str = field(default="", compare=False)
        total: int = field(init=False, default=0)

        def __post_init__(self) -> None:
            object.__setattr__(self, "total", self.first + sum(self.rest))

    @decorate(frozen=True, eq=False)
    class Base:
        """Compared by identity."""

        run: int | None = field(default=None, kw_only=True)

    @decorate(frozen=True, eq=False)
    class Derived(Base):
        """With a field of its own."""

        position: int

    return Value, Base, Derived


OURS, THEIRS = classes(with_methods), classes(dataclasses.dataclass)

CALLS: list[tuple[int, tuple[Any, ...], dict[str, Any]]] = [
    (0, (1,), {}),
    (0, (1, "b", (2, 3)), {"note": "n"}),
    (0, (), {"rest": (4,), "first": 1}),
    (1, (), {}),
    (2, (3,), {}),
    (2, (3,), {"run": 4}),
    # what is refused
    (0, (), {}),
    (0, (1,), {"first": 1}),
    (0, (1,), {"third": 1}),
    (0, (1,), {"total": 1}),
    (0, (1, "b", (), "n", 5), {}),
    (1, (3,), {}),
    (2, (3, 4), {}),
]


@pytest.mark.parametrize("number", range(len(CALLS)))
def test_the_same_calls_give_the_same_values(number: int) -> None:
    which, values, named = CALLS[number]
    results: list[object] = []
    for kind in (OURS[which], THEIRS[which]):
        try:
            made = kind(*values, **named)
        except TypeError:
            results.append(TypeError)
        else:
            results.append((vars(made), repr(made), dataclasses.asdict(made)))
    assert results[0] == results[1]
    assert (results[0] is TypeError) == (number >= 6)


def test_values_compare_by_their_fields_and_others_by_identity() -> None:
    for value, base, derived in (OURS, THEIRS):
        assert value(1, note="a") == value(1, note="b")
        assert hash(value(1, note="a")) == hash(value(1, note="b"))
        assert value(1) != value(2)
        assert value(1) != (1, "two", ())
        assert derived(1) != derived(1)
        assert len({base(), base()}) == 2
    assert OURS[0](1) != THEIRS[0](1)


def test_values_never_change_and_can_be_copied() -> None:
    value = OURS[0](1)
    for change in (
        lambda: setattr(value, "first", 2),
        lambda: setattr(value, "new", 2),
        lambda: delattr(value, "first"),
    ):
        with pytest.raises(dataclasses.FrozenInstanceError):
            change()
    assert copy.copy(value) == value == copy.deepcopy(value)
    assert dataclasses.replace(value, first=3) == OURS[0](3)
    assert dataclasses.replace(value, rest=(1,)).total == 2


def test_a_class_without_docstring_is_told_by_its_name() -> None:
    """Else the library would parse the class's signature, which takes longer than all else here."""

    @with_methods()
    class Bare:
        first: int = 1

    assert Bare.__doc__ == "Bare"
