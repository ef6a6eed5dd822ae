"""Frozen dataclasses as JSON and arrays, field by field, and back through their own constructors.

Decoding follows the annotations of the class that the reader expects. So a file never chooses a class: it only fills in
fields, and each class then checks its values as always.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.base.translation import _

Array = NDArray[Any]

CLASS = "class"
"""Key of a dataclass's name. It is a keyword of Python, so no field can have this name."""

ARRAY = "array"
FLOAT = "float"
UNUSUAL = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
PLAIN = {
    bool: _("true or false"),
    int: _("a whole number"),
    float: _("a number"),
    str: _("a text"),
    types.NoneType: "nothing",
}
LARGEST_INT = 2**63 - 1


class Misfit(Exception):
    """The data do not fit the class; the message names the place and the fault."""


class Unknown(Misfit):
    """The data have a field that the class does not have; a newer version may have written it."""


def encode(value: object, keep: Callable[[Array], str]) -> Any:  # noqa: ANN401 (JSON is of many types)
    """A value in a form that JSON can represent.

    Args:
        value: None, a bool, number, text, bytes or array; or a tuple, frozen set or dataclass of these.
        keep: stores an array and returns its name.

    Raises:
        TypeError: the value is of another type.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {FLOAT: repr(value)}
    if isinstance(value, bytes):
        return {ARRAY: keep(np.frombuffer(value, dtype=np.uint8))}
    if isinstance(value, np.ndarray):
        return {ARRAY: keep(value)}
    if isinstance(value, tuple):
        return [encode(item, keep) for item in value]
    if isinstance(value, frozenset):
        return [encode(item, keep) for item in sorted(value)]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = (f.name for f in dataclasses.fields(value) if f.init)
        return {CLASS: type(value).__name__} | {name: encode(getattr(value, name), keep) for name in fields}
    raise TypeError(f"{type(value).__name__} cannot be encoded")


def decode(hint: Any, data: Any, arrays: Callable[[str], Array], where: str) -> Any:  # noqa: ANN401
    """The encoded value, constructed and checked by its class.

    Args:
        hint: the expected type: a class, or an annotation such as ``tuple[int, ...]``.
        data: the content of JSON.
        arrays: returns an array by its name; it may raise Misfit.
        where: name of the place, for messages.

    Raises:
        Misfit: the data have another type.
        Exception: whatever the classes raise about their values, such as LensError.
    """
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return _decode_union(typing.get_args(hint), data, arrays, where)
    if hint in PLAIN:
        return _decode_plain(hint, data, where)
    if hint is bytes:
        return _decode_array(np.uint8, data, arrays, where).tobytes()
    if origin is np.ndarray:
        return _decode_array(element_type(hint), data, arrays, where)
    if origin in (tuple, frozenset):
        return origin(_decode_items(origin, typing.get_args(hint), data, arrays, where))
    if dataclasses.is_dataclass(hint):
        return _decode_fields(hint, data, arrays, where)
    raise TypeError(f"{where}: {hint} cannot be decoded")


@functools.cache  # Python compiles each annotation anew
def field_types(kind: Any) -> dict[str, Any]:  # noqa: ANN401
    """The annotations of the fields that a dataclass's constructor takes."""
    hints = typing.get_type_hints(kind)
    return {f.name: hints[f.name] for f in dataclasses.fields(kind) if f.init}


def element_type(hint: Any) -> Any:  # noqa: ANN401
    """The NumPy type of the elements of an annotated array."""
    return typing.get_args(typing.get_args(hint)[1])[0]


def _decode_union(hints: tuple[Any, ...], data: Any, arrays: Callable[[str], Array], where: str) -> Any:  # noqa: ANN401
    if data is None and types.NoneType in hints:
        return None
    rest = [hint for hint in hints if hint is not types.NoneType]
    for hint in rest[:-1]:
        try:
            return decode(hint, data, arrays, where)
        except Unknown:
            raise
        except Misfit:
            continue
    return decode(rest[-1], data, arrays, where)


def _decode_plain(kind: type, data: Any, where: str) -> Any:  # noqa: ANN401
    if kind is float and isinstance(data, Mapping) and data.keys() == {FLOAT} and data[FLOAT] in list(UNUSUAL):
        return UNUSUAL[data[FLOAT]]
    is_number = isinstance(data, (int, float)) and not isinstance(data, bool)
    if not (is_number if kind is float else type(data) is kind):
        raise Misfit(_("{where} is not {kind}").format(where=where, kind=PLAIN[kind]))
    if isinstance(data, int) and abs(data) > LARGEST_INT:
        raise Misfit(_("{where} is too large").format(where=where))
    return float(data) if kind is float else data


def _decode_array(element: Any, data: Any, arrays: Callable[[str], Array], where: str) -> Array:  # noqa: ANN401
    if not isinstance(data, Mapping) or data.keys() != {ARRAY} or not isinstance(data[ARRAY], str):
        raise Misfit(_("{where} is not an array").format(where=where))
    array = arrays(data[ARRAY])
    if array.dtype != np.dtype(element):
        raise Misfit(
            _("{where} has the type {dtype} and not {element}").format(
                where=where, dtype=array.dtype, element=np.dtype(element)
            )
        )
    return array


def _decode_items(
    origin: Any,  # noqa: ANN401
    hints: tuple[Any, ...],
    data: Any,  # noqa: ANN401
    arrays: Callable[[str], Array],
    where: str,
) -> list[Any]:
    if not isinstance(data, list):
        raise Misfit(_("{where} is not a list").format(where=where))
    if origin is frozenset or (len(hints) == 2 and hints[1] is Ellipsis):
        hints = (hints[0],) * len(data)
    if len(data) != len(hints):
        raise Misfit(
            _("{where} has {count} items and not {wanted}").format(where=where, count=len(data), wanted=len(hints))
        )
    pairs = zip(hints, data, strict=True)
    return [decode(hint, item, arrays, f"{where}[{index}]") for index, (hint, item) in enumerate(pairs)]


def _decode_fields(kind: Any, data: Any, arrays: Callable[[str], Array], where: str) -> Any:  # noqa: ANN401
    if not isinstance(data, Mapping) or data.get(CLASS) != kind.__name__:
        raise Misfit(_("{where} is not of the kind {name}").format(where=where, name=kind.__name__))
    known = field_types(kind)
    given = {name: value for name, value in data.items() if name != CLASS}
    for name in given:
        if name not in known:
            raise Unknown(f"{where}.{name[:40]!a}")
    for field in dataclasses.fields(kind):
        optional = field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
        if field.name in known and field.name not in given and not optional:
            raise Misfit(_("{where}.{name} is missing").format(where=where, name=field.name))
    return kind(**{name: decode(known[name], value, arrays, f"{where}.{name}") for name, value in given.items()})
