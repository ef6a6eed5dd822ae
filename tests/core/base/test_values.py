"""Values behave as those of Python's own dataclasses."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import field
from typing import Any

import pytest

from core.base.values import dataclass


@dataclass(frozen=True)
class Point:
    x: float
    y: float = 0.0
    marks: list[str] = field(default_factory=list, compare=False)


@dataclass(frozen=True, eq=False, repr=False)
class Command:
    run: int | None = field(default=None, kw_only=True)


@dataclass(frozen=True, eq=False, repr=False)
class Seek(Command):
    position: int
    exact: bool = True


class Pause(Command):
    """It has no fields of its own, so it needs no decorator."""


@dataclass
class Open:
    path: str = ""

    def __post_init__(self) -> None:
        self.path = self.path.upper()


def same_in_python(cls: type) -> Any:
    """A class with the same annotations and defaults, made by Python's own module."""
    made = []
    for f in dataclasses.fields(cls):
        own: Any = field(default=f.default, default_factory=f.default_factory, compare=f.compare, kw_only=f.kw_only)  # type: ignore[call-overload]
        made.append((f.name, f.type, own))
    return dataclasses.make_dataclass(cls.__name__, made, frozen=True)


def test_fields_are_given_in_order_or_by_name() -> None:
    assert (Point(1.0).x, Point(1.0).y, Point(x=1.0, y=2.0).y, Point(1.0, y=2.0).y) == (1.0, 0.0, 2.0, 2.0)
    assert Point(1.0).marks is not Point(1.0).marks
    assert (Seek(7).position, Seek(7).exact, Seek(7).run, Seek(7, False, run=3).run) == (7, True, None, 3)
    assert (Pause().run, Pause(run=3).run) == (None, 3)
    assert Open("a").path == "A"


@pytest.mark.parametrize(
    ("cls", "values", "named"),
    [
        (Point, (), {}),
        (Point, (1.0, 2.0, [], 4), {}),
        (Point, (1.0,), {"x": 1.0}),
        (Point, (1.0,), {"z": 1.0}),
        (Seek, (7, True, 3), {}),
        (Seek, (), {"run": 3}),
    ],
)
def test_wrong_fields_are_refused(cls: Any, values: tuple[Any, ...], named: dict[str, Any]) -> None:
    for made in (cls, same_in_python(cls)):
        with pytest.raises(TypeError):
            made(*values, **named)


def test_equality_hash_and_text_are_those_of_python() -> None:
    python = same_in_python(Point)
    assert Point(1.0, 2.0, ["a"]) == Point(1.0, 2.0, ["b"]) != Point(1.0, 3.0)
    assert Point(1.0) != python(1.0)
    assert hash(Point(1.0, 2.0)) == hash(Point(1.0, 2.0, ["b"])) == hash(python(1.0, 2.0))
    assert repr(Point(1.0, 2.0)) == repr(python(1.0, 2.0))
    assert Seek(7) != Seek(7), "which compares nothing"


def test_frozen_values_stay() -> None:
    point = Point(1.0)
    for change in (lambda: setattr(point, "x", 2.0), lambda: setattr(point, "z", 2.0), lambda: delattr(point, "x")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            change()
    assert point.x == 1.0
    opened = Open("a")
    opened.path = "b"
    assert opened.path == "b"


def test_pythons_own_functions_know_them() -> None:
    point = Point(1.0, 2.0, ["a"])
    assert dataclasses.replace(point, x=3.0) == Point(3.0, 2.0)
    assert dataclasses.asdict(point) == {"x": 1.0, "y": 2.0, "marks": ["a"]}
    assert pickle.loads(pickle.dumps(point)) == copy.copy(point) == copy.deepcopy(point) == point  # noqa: S301
    match point:
        case Point(x, y):
            assert (x, y) == (1.0, 2.0)
        case _:
            pytest.fail("it matches by place")
