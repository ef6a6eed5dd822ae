"""Dataclasses whose methods are shared, since the standard library compiles a source text for each method.

The program has some 250 such classes, of which 160 are made before the window; that took half the time of its imports.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

Kind = TypeVar("Kind", bound=type)


def with_methods(*, frozen: bool = False, eq: bool = True) -> Callable[[Kind], Kind]:
    """Decorate a class as ``dataclasses.dataclass`` does; ``eq=False`` where values are compared by identity.

    A field with ``init=False`` gets its value from the class or from ``__post_init__``.
    """

    def make(kind: Kind) -> Kind:
        kind.__doc__ = kind.__doc__ or kind.__name__  # for want of one the library would parse a signature
        annotations = vars(kind).get("__annotations__", {})
        kind.__annotations__ = dict.fromkeys(annotations, object)  # the library would parse each that is a text
        dataclasses.dataclass(init=False, repr=False, eq=False)(kind)  # this finds the fields and compiles nothing
        kind.__annotations__ = annotations
        methods: dict[str, object] = {"__init__": _initializer(kind), "__repr__": _represent}
        if frozen:
            methods |= {"__setattr__": _refuse, "__delattr__": _refuse}
        if eq:
            compared = [field.name for field in dataclasses.fields(kind) if field.compare]
            methods |= _comparison(attrgetter(*compared) if compared else type, frozen)
        for name, method in methods.items():
            if vars(kind).get(name) is None:  # a class with an __eq__ of its own has the hash None
                setattr(kind, name, method)
        return kind

    return make


def _initializer(kind: type) -> Callable[..., None]:
    given = [field for field in dataclasses.fields(kind) if field.init]
    in_order = tuple(field.name for field in given if not field.kw_only)
    known = [(field.name, field.default, field.default_factory) for field in given]
    missing, finish, assign = dataclasses.MISSING, hasattr(kind, "__post_init__"), object.__setattr__

    def initialize(self: object, /, *values: object, **named: object) -> None:
        count = len(values) + len(named)
        named.update(zip(in_order, values))  # noqa: B905 (the next line finds values that are too many)
        if len(named) < count:
            raise TypeError(f"{type(self).__name__} takes {', '.join(in_order)}, each once at most")
        for name, default, make in known:
            value = named.pop(name, default)
            if value is missing:
                if make is missing:
                    raise TypeError(f"{type(self).__name__} needs a value for {name}")
                value = make()
            assign(self, name, value)
        if named:
            raise TypeError(f"{type(self).__name__} has no field {', '.join(named)}")
        if finish:
            self.__post_init__()  # type: ignore[attr-defined]

    return initialize


def _comparison(key: Callable[[object], object], frozen: bool) -> dict[str, object]:
    def equal(self: object, other: object) -> object:
        return key(self) == key(other) if type(other) is type(self) else NotImplemented

    def digest(self: object) -> int:
        return hash(key(self))

    return {"__eq__": equal, "__hash__": digest if frozen else None}


def _represent(self: object) -> str:
    fields = dataclasses.fields(self)  # type: ignore[arg-type]
    return f"{type(self).__qualname__}({', '.join(f'{field.name}={getattr(self, field.name)!r}' for field in fields)})"


def _refuse(self: object, name: str, *value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"field {name!r} of {type(self).__name__} cannot be changed")


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    dataclass = with_methods
