"""Imports Numba and compiles core.engines.kernels, or takes them from a cache on disk.

Importing this module is cheap; ``load_kernels`` does the work.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from core.base import log
from core.base.arrays import Rows
from core.base.errors import LensError
from core.base.random_streams import ORDER, stream
from core.base.translation import _
from core.engines.kernel_cache import cache_folder

Compiled = TypeVar("Compiled")

KERNELS = {
    "train_narrow": "narrow_kernels",
    "measure": "evaluation_kernels",
    "draw_orders": "shuffles",
    "train_epochs": "epoch_kernels",
    "evaluate": "evaluation_kernels",
    "train_samples": "loops",
    "train_batches": "loops",
}
"""What Python calls, and the module of :mod:`core.engines.kernels` that has it, beside its signature in capitals."""

LANE_KERNELS = {"train_lanes": "lane_kernels", "measure_lanes": "lane_kernels"}
"""The kernels that train runs side by side, which few need."""


class CompilerError(LensError):
    """Numba is absent or does not work here."""


_kernels: dict[str, Callable[..., Any]] = {}
_expected: frozenset[str] = frozenset()
_can_draw_orders = False
_failure: CompilerError | None = None
_loading = threading.Lock()


def is_available() -> bool:
    """Whether Numba is installed; it is not imported, so it may yet fail to load."""
    return importlib.util.find_spec("numba") is not None


def is_loaded(*names: str) -> bool:
    """Whether ``load_kernels`` has succeeded for these kernels; for all of KERNELS if none is named."""
    return all([name in _kernels for name in names or KERNELS])


def expect(names: Iterable[str]) -> None:
    """Note that another thread loads these kernels, and no others."""
    global _expected
    _expected = frozenset(names)


def is_expected(name: str) -> bool:
    """Whether a kernel is still missing that another thread loads: to ask for it now may mean waiting for seconds."""
    return name in _expected and name not in _kernels


def load_kernels(*names: str) -> None:
    """Import Numba and compile these kernels, or take them from the cache; all of KERNELS if none is named.

    A kernel takes seconds to compile, and a tenth of a second from the cache.

    Raises:
        CompilerError: Numba is absent, does not go with this NumPy, or cannot compile here.
    """
    for name in names or KERNELS:
        if name not in _kernels:
            with _loading:
                _load(name)


def _load(name: str) -> None:
    global _failure, _can_draw_orders
    if _failure is not None:
        raise _failure  # it would only fail again, and slowly
    if name in _kernels:
        return
    try:
        _kernels[name] = _compile(cache_folder(), lambda cache: _compile_kernel(name, cache))
    except Exception as error:
        log.fault(error)
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
        _failure = CompilerError(
            _(
                "The compiled engine cannot be loaded ({reason}); install a Numba that goes with this NumPy "
                "(pip install --upgrade numba), or choose the engine numpy."
            ).format(reason=reason)
        )
        raise _failure from error
    if name == "draw_orders":
        _can_draw_orders = _draws_as_numpy()


def kernel(name: str) -> Callable[..., Any]:
    """A compiled function, which lets the interpreter's lock go; it is loaded if need be, see :func:`load_kernels`."""
    if name not in _kernels:
        load_kernels(name)
    return _kernels[name]


@functools.cache
def address(name: str) -> int:
    """Where a kernel's machine code begins, for another kernel that calls it; it is loaded if need be."""
    compiled: Any = kernel(name)
    (made,) = compiled.overloads.values()
    found: int = made.library.get_pointer_to_function(made.fndesc.llvm_func_name)
    return found


def can_draw_orders() -> bool:
    """Whether :func:`draw_orders` can be called: the kernels are loaded, and NumPy still draws as they do."""
    return "draw_orders" in _kernels and _can_draw_orders


def draw_orders(seed: int, purpose: int, first: int, orders: Rows) -> None:
    """Put ``stream(seed, purpose, index).permutation(length)`` into each row, for each index from ``first`` on.

    See :mod:`core.base.random_streams`; it is quicker, and lets the interpreter's lock go once for all of them.
    """
    length = orders.shape[1]
    if not (0 <= seed < 2**128 and 0 <= first < 2**62 and 0 <= length < 2**32):
        raise ValueError(f"seed {seed}, first {first} and length {length} must be at least 0, and no larger than that")
    kernel("draw_orders")(orders, np.empty(length, dtype=np.int64), first, purpose, seed % 2**64, seed >> 64)


def _draws_as_numpy() -> bool:
    """Whether the kernel gives NumPy's own permutations; another NumPy may draw them in another way."""
    seed, length = 7 + 2**64, 100
    wanted = [stream(seed, ORDER, index).permutation(length) for index in (5, 6)]
    drawn = np.empty((2, length), dtype=np.int64)
    draw_orders(seed, ORDER, 5, drawn)
    return bool((drawn == wanted).all())


def load_lanes() -> None:
    """Load the kernels that train runs side by side, or compile them in some seconds; see :func:`load_kernels`."""
    load_kernels(*LANE_KERNELS)


def _compile_kernel(name: str, cache: bool) -> Callable[..., Any]:
    """Compile, or with ``cache`` load from the cache what an earlier run compiled.

    The function has one signature and takes no other, so nothing is compiled later.
    """
    from numba import njit

    module = importlib.import_module(f"core.engines.kernels.{(KERNELS | LANE_KERNELS)[name]}")
    options = {"cache": cache, "nogil": True, "error_model": "numpy"}
    compiled: Callable[..., Any] = njit(getattr(module, name.upper()), **options)(getattr(module, name))
    return compiled


def _compile(folder: Path | None, compile_it: Callable[[bool], Compiled]) -> Compiled:
    """Compile, with the cache in a folder; without a cache where there is no folder, or what lies in it is damaged."""
    import_numba()
    import numba

    if folder is None:
        return compile_it(False)
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(folder)  # read when a function is compiled for the first time
    try:
        return compile_it(True)
    except Exception:  # noqa: BLE001 (whatever a damaged file leads to)
        shutil.rmtree(folder, ignore_errors=True)
        return compile_it(False)
    finally:
        numba.config.CACHE_DIR = before


def import_numba() -> None:
    """Import it with the optimization that suffices, for more takes longer to compile.

    It is imported without colorama, by which it would write a colour code to the terminal when the program ends.
    """
    hidden, level = "colorama" not in sys.modules, os.environ.get("NUMBA_OPT")
    if hidden:
        sys.modules["colorama"] = None  # type: ignore[assignment]
    os.environ["NUMBA_OPT"] = level or "1"  # read at the import
    try:
        importlib.import_module("numba")
    finally:
        if hidden:
            del sys.modules["colorama"]
        if level is None:
            del os.environ["NUMBA_OPT"]


if __name__ == "__main__":  # what fills the cache in a process of its own
    load_kernels(*(sys.argv[1:] or (*KERNELS, *LANE_KERNELS)))
