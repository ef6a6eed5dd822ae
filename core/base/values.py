"""Python's ``dataclass``, but cheap to make: for the many small classes of values that a window needs at its start.

``dataclasses.dataclass`` writes some functions for each class as text and has them compiled, at every start: 0.3 ms a
class. Here Python's module finds the fields, and all classes share the functions. An object takes twice as long to
make, so classes whose objects training makes by the thousand, and those that project files hold, are Python's own.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(
        cls: type | None = None, /, *, frozen: bool = False, eq: bool = True, repr: bool = True
    ) -> type | Callable[[type], type]:
        """As ``dataclasses.dataclass`` does, with these three of its options."""
        return _made(cls, frozen, eq, repr) if cls is not None else lambda cls: _made(cls, frozen, eq, repr)


__all__ = ["dataclass"]


def _made(cls: Any, frozen: bool, eq: bool, is_written: bool) -> Any:  # noqa: ANN401 (any class)
    dataclasses.dataclass(init=False, repr=False, eq=False)(cls)
    cls.__init__ = _initializer(cls)
    if is_written:
        cls.__repr__ = _write
    if eq:
        cls.__eq__ = _equals
        cls.__hash__ = _hash if frozen else None
    if frozen:
        cls.__setattr__ = cls.__delattr__ = _refuse
    return cls


def _initializer(cls: Any) -> Callable[..., None]:  # noqa: ANN401
    fields, missing = dataclasses.fields(cls), dataclasses.MISSING
    places, names = [field.name for field in fields if not field.kw_only], {field.name for field in fields}
    defaults = {field.name: field.default for field in fields if field.default is not missing}
    makers = {field.name: field.default_factory for field in fields if field.default_factory is not missing}
    then = getattr(cls, "__post_init__", None)

    def initialize(self: object, /, *values: object, **named: object) -> None:
        if len(values) > len(places):
            raise TypeError(f"{cls.__name__} takes {len(places)} values in their order, not {len(values)}")
        state = {**defaults, **dict(zip(places, values, strict=False)), **named}
        for name, make in makers.items():
            if name not in state:
                state[name] = make()
        if state.keys() != names:
            raise TypeError(f"{cls.__name__} has other fields than {', '.join(sorted(state.keys() ^ names))}")
        if not named.keys().isdisjoint(places[: len(values)]):
            raise TypeError(f"{cls.__name__} has got a field by its place and by its name: {', '.join(named)}")
        self.__dict__.update(state)
        if then is not None:
            then(self)

    return initialize


def _compared(value: Any) -> tuple[object, ...]:  # noqa: ANN401
    return tuple(getattr(value, field.name) for field in dataclasses.fields(value) if field.compare)


def _equals(self: object, other: object) -> bool:
    return _compared(self) == _compared(other) if other.__class__ is self.__class__ else NotImplemented


def _hash(self: object) -> int:
    return hash(_compared(self))


def _write(self: Any) -> str:  # noqa: ANN401
    shown = (f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _refuse(self: object, name: str, value: object = None) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
