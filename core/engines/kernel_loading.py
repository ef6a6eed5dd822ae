"""Imports Numba and compiles core.engines.kernels, or takes them from a cache on disk.

Importing this module is cheap; ``load`` does the work.
"""

from __future__ import annotations

import importlib
import importlib.util
import shutil
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from core.base import log
from core.base.arrays import Rows
from core.base.errors import LensError
from core.base.random_streams import ORDER, stream
from core.engines.kernel_cache import cache_folder

if TYPE_CHECKING:
    from core.engines.kernels.lane_kernels import LaneKernels
    from core.engines.kernels.loops import Kernels

Compiled = TypeVar("Compiled")

LANES_ARGUMENT = "lanes"
"""Lets this module, run as a program, compile the kernels that train runs side by side."""


class CompilerError(LensError):
    """Numba is absent or does not work here."""


_kernels: Kernels | None = None
_lane_kernels: LaneKernels | None = None
_can_draw_orders = False
_failure: CompilerError | None = None
_loading = threading.Lock()


def is_available() -> bool:
    """Whether Numba is installed; it is not imported, so it may yet fail to load."""
    return importlib.util.find_spec("numba") is not None


def is_loaded() -> bool:
    """Whether ``load`` has succeeded."""
    return _kernels is not None


def load() -> None:
    """Import Numba and compile the kernels; the first time this takes seconds, from the cache a fraction of one.

    Raises:
        CompilerError: Numba is absent, does not go with this NumPy, or cannot compile here.
    """
    global _kernels, _failure, _can_draw_orders
    with _loading:
        if _failure is not None:
            raise _failure  # it would only fail again, and slowly
        if _kernels is None:
            try:
                _kernels = _compile(cache_folder(), _compile_kernels)
            except Exception as error:
                log.fault(error)
                reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
                _failure = CompilerError(
                    f"The compiled engine cannot be loaded ({reason}); install a Numba that goes with this NumPy "
                    "(pip install --upgrade numba), or choose the engine numpy."
                )
                raise _failure from error
            _can_draw_orders = _draws_as_numpy()


def loaded_kernels() -> Kernels:
    """The compiled functions, after ``load``."""
    assert _kernels is not None
    return _kernels


def can_draw_orders() -> bool:
    """Whether :func:`draw_orders` can be called: the kernels are loaded, and NumPy still draws as they do."""
    return _kernels is not None and _can_draw_orders


def draw_orders(seed: int, purpose: int, first: int, count: int, length: int) -> Rows:
    """``stream(seed, purpose, index).permutation(length)`` for each index from ``first`` on, shape (count, length).

    See :mod:`core.base.random_streams`; it is quicker, and lets the interpreter's lock go once for all of them.
    """
    if not (0 <= seed < 2**128 and 0 <= first < 2**62 and 0 <= length < 2**32):
        raise ValueError(f"seed {seed}, first {first} and length {length} must be at least 0, and no larger than that")
    orders = np.empty((count, length), dtype=np.int64)
    loaded_kernels().draw_orders(orders, first, purpose, seed % 2**64, seed >> 64)
    return orders


def _draws_as_numpy() -> bool:
    """Whether the kernel gives NumPy's own permutations; another NumPy may draw them in another way."""
    seed, length = 7 + 2**64, 100
    wanted = [stream(seed, ORDER, index).permutation(length) for index in (5, 6)]
    return bool((draw_orders(seed, ORDER, 5, 2, length) == wanted).all())


def load_lanes() -> LaneKernels:
    """The kernels that train runs side by side, which few need: loaded, or compiled in some seconds, when first wanted.

    Raises:
        CompilerError: see :func:`load`.
    """
    global _lane_kernels
    load()
    with _loading:
        if _lane_kernels is None:
            from core.engines.kernels.lane_kernels import compile_lane_kernels

            _lane_kernels = _compile(cache_folder(), compile_lane_kernels)
        return _lane_kernels


def _compile_kernels(cache: bool) -> Kernels:
    from core.engines.kernels.loops import compile_kernels

    return compile_kernels(cache)


def _compile(folder: Path | None, compile_all: Callable[[bool], Compiled]) -> Compiled:
    """Compile, with the cache in a folder; without a cache where there is no folder, or what lies in it is damaged."""
    _import_numba()
    import numba

    if folder is None:
        return compile_all(False)
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(folder)  # read when a function is compiled for the first time
    try:
        return compile_all(True)
    except Exception:  # noqa: BLE001 (whatever a damaged file leads to)
        shutil.rmtree(folder, ignore_errors=True)
        return compile_all(False)
    finally:
        numba.config.CACHE_DIR = before


def _import_numba() -> None:
    """Import it without colorama, by which it would write a colour code to the terminal when the program ends."""
    hidden = "colorama" not in sys.modules
    if hidden:
        sys.modules["colorama"] = None  # type: ignore[assignment]
    try:
        importlib.import_module("numba")
    finally:
        if hidden:
            del sys.modules["colorama"]


if __name__ == "__main__":  # what fills the cache in a process of its own
    if LANES_ARGUMENT in sys.argv:
        load_lanes()
    else:
        load()
