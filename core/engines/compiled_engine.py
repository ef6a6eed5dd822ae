"""The training loop compiled by Numba: what core.engines.numpy_engine does, many times faster for small networks.

Importing this module is cheap; ``load`` imports Numba and compiles core.engines.kernels, or takes them from a cache on
disk.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import stat
import sys
import tempfile
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.base import log
from core.base.arrays import Array, Rows, Shades
from core.base.errors import LensError
from core.base.random_streams import ORDER, stream
from core.engines.workload import Workload
from core.network.network import Network, count_parameters
from core.network.optimizers import SLOTS, Rule

if TYPE_CHECKING:
    from core.engines.kernels.loops import Kernels


class CompilerError(LensError):
    """Numba is absent or does not work here."""


# ---------------------------------------------------------------- loading

_kernels: Kernels | None = None
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
                _kernels = _compile(cache_folder())
            except Exception as error:
                log.fault(error)
                reason = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
                _failure = CompilerError(
                    f"The compiled engine cannot be loaded ({reason}); install a Numba that goes with this NumPy "
                    "(pip install --upgrade numba), or choose the engine numpy."
                )
                raise _failure from error
            _can_draw_orders = _draws_as_numpy()


def can_draw_orders() -> bool:
    """Whether :func:`draw_orders` can be called: the kernels are loaded, and NumPy still draws as they do."""
    return _kernels is not None and _can_draw_orders


def draw_orders(seed: int, purpose: int, first: int, count: int, length: int) -> Rows:
    """``stream(seed, purpose, index).permutation(length)`` for each index from ``first`` on, shape (count, length).

    See :mod:`core.base.random_streams`; it is quicker, and lets the interpreter's lock go once for all of them.
    """
    assert _kernels is not None
    if not (0 <= seed < 2**128 and 0 <= first < 2**62 and 0 <= length < 2**32):
        raise ValueError(f"seed {seed}, first {first} and length {length} must be at least 0, and no larger than that")
    orders = np.empty((count, length), dtype=np.int64)
    _kernels.draw_orders(orders, first, purpose, seed % 2**64, seed >> 64)
    return orders


def _draws_as_numpy() -> bool:
    """Whether the kernel gives NumPy's own permutations; another NumPy may draw them in another way."""
    seed, length = 7 + 2**64, 100
    wanted = [stream(seed, ORDER, index).permutation(length) for index in (5, 6)]
    return bool((draw_orders(seed, ORDER, 5, 2, length) == wanted).all())


def _compile(folder: Path | None) -> Kernels:
    _import_numba()
    import numba

    from core.engines.kernels.loops import compile_kernels

    if folder is None:
        return compile_kernels(cache=False)
    before = numba.config.CACHE_DIR
    numba.config.CACHE_DIR = str(folder)  # read when a function is compiled for the first time
    try:
        return compile_kernels(cache=True)
    except Exception:  # noqa: BLE001 (whatever a damaged file leads to)
        shutil.rmtree(folder, ignore_errors=True)
        return compile_kernels(cache=False)
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


def is_cached() -> bool:
    """Whether an earlier run left compiled code on disk, so that ``load`` takes about a second and not many."""
    folder = cache_folder()
    return folder is not None and any(folder.rglob("*.nbi"))


# ---------------------------------------------------------------- the cache on disk

_FOLDER = "backprop-lens-kernels"
_CONSTANTS = ("network/activations.py", "network/optimizers.py")  # which the kernels take numbers from


def _folder_name() -> str:
    """Another one for other sources: Numba itself looks at one file only, and not at what that imports."""
    core = Path(__file__).resolve().parents[1]
    files = sorted([*(core / "engines" / "kernels").glob("*.py"), *(core / name for name in _CONSTANTS)])
    import hashlib  # here, since it loads OpenSSL, which the start of a window can do without

    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    return f"{_FOLDER}-{digest[:16]}"


def cache_folder(candidates: Iterable[Path] | None = None) -> Path | None:
    """Where compiled code is kept: the first place that can be written; None if there is none.

    The places are the source's ``__pycache__``, the user's cache folder, and a private folder in the temporary one.
    """
    for place in _cache_candidates() if candidates is None else candidates:
        try:
            place.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=place).close()
        except OSError:
            continue
        return place
    return private_folder(Path(tempfile.gettempdir()))


def _cache_candidates() -> list[Path]:
    name = _folder_name()
    places = [Path(__file__).with_name("__pycache__")]
    try:
        home = Path.home()
    except RuntimeError:  # nobody's home
        return [place / name for place in places]
    if sys.platform == "win32":
        places.append(Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local"))
    elif sys.platform == "darwin":
        places.append(home / "Library" / "Caches")
    else:
        places.append(Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache"))
    return [place / name for place in places]


def private_folder(parent: Path) -> Path | None:
    """A folder that this user alone can write, for what lies in it will be run; None if there cannot be one."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = parent / f"{_folder_name()}-{user}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
    except OSError:
        return None
    ours = stat.S_ISDIR(status.st_mode) and (
        not hasattr(os, "getuid") or (status.st_uid == user and not stat.S_IMODE(status.st_mode) & 0o077)
    )
    return folder if ours else None


# ---------------------------------------------------------------- the engine


@dataclass(frozen=True, eq=False)
class _Layout:
    """Where everything lies in a kernel's memory, see core.engines.kernels.

    ``plan`` has a row for each layer; ``block`` is the length of the parameters with their padding, and so where the
    gradient begins, then the two slots; ``zeros`` and ``targets`` are places; ``length`` is that of the whole memory.
    """

    plan: Rows
    block: int
    zeros: int
    targets: int
    length: int

    def parameter_places(self) -> Rows:
        """Where in memory each parameter of the flat vector lies, shape (parameters,)."""
        from core.engines.kernels import plan as k

        places = []
        for layer in range(1, len(self.plan)):
            rows = np.arange(self.plan[layer - 1, k.UNITS] + 1)[:, None] * self.plan[layer, k.WIDTH]
            places.append((self.plan[layer, k.WEIGHTS] + rows + np.arange(self.plan[layer, k.UNITS])).ravel())
        return np.concatenate(places)

    def memory(self) -> Array:
        """Zeros, beginning at a multiple of 64 bytes, so that no vector lies across two cache lines."""
        from core.engines.kernels.vectors import LANES

        spare = np.zeros(self.length + 8)
        first = -(spare.ctypes.data // 8) % 8
        memory = spare[first : first + self.length]
        memory[self.zeros - LANES] = 1.0
        return memory


def _lay_out(network: Network, samples: int) -> _Layout:
    """Room for a network and so many samples at a time."""
    from core.engines.kernels import plan as k
    from core.engines.kernels.vectors import LANES

    layers = len(network.sizes)
    plan = np.zeros((layers, k.PLAN_COLUMNS), dtype=np.int64)
    plan[:, k.UNITS] = network.sizes
    plan[:, k.WIDTH] = widths = [-(-units // LANES) * LANES for units in network.sizes]
    plan[1:, k.ACTIVATION] = [
        _code(k.ACTIVATION_CODES, activation.name, "activation") for activation in network.activations
    ]
    end = 0

    def reserve(size: int) -> int:
        nonlocal end
        end += size
        return end - size

    for layer in range(1, layers):
        plan[layer, k.WEIGHTS] = reserve(network.sizes[layer - 1] * widths[layer])
        plan[layer, k.BIAS] = reserve(widths[layer])
    block = end
    reserve(3 * block)  # gradient and slots
    reserve(LANES)  # a 1 and no more
    zeros = reserve(max(widths))
    for layer in range(layers):
        plan[layer, k.TRANSPOSED] = reserve(widths[layer] * widths[layer - 1]) if layer > 1 else 0
        for column in (k.HIDDEN, k.SLOPE, k.DELTA):
            plan[layer, column] = reserve(samples * widths[layer])
    return _Layout(plan, block, zeros, reserve(samples * widths[-1]), end)


def _code(codes: dict[str, int], name: str, what: str) -> int:
    if name not in codes:
        raise ValueError(f"the compiled engine knows no {what} {name!r}; it knows {', '.join(codes)}")
    return codes[name]


def _check(name: str, array: Array | Rows, shape: Sequence[int | None], dtype: type) -> None:
    """Raise ValueError unless an array is what a kernel takes it for; None stands for any length."""
    fits = len(array.shape) == len(shape) and all(b in (None, a) for a, b in zip(array.shape, shape, strict=True))
    if array.dtype != dtype or not fits or not array.flags.c_contiguous or not array.flags.aligned:
        wanted = ", ".join("any" if length is None else str(length) for length in shape)
        raise ValueError(
            f"{name}: {array.dtype} of shape {array.shape} must be a contiguous {np.dtype(dtype)} of shape ({wanted})"
        )


_NO_VALUES, _NO_TABLE = np.zeros(0), np.zeros((0, 2))
_NO_SHADES, _NO_WINNERS = np.zeros((0, 0), np.uint8), np.zeros(0, np.int16)
"""For what is not wanted."""


class CompiledEngine:
    """Runs the updates of a workload; while it does, other threads of Python run.

    Raises:
        CompilerError: see ``load``.
        ValueError: an array of the wrong kind, or a function that the kernels do not know.
    """

    name = "compiled"

    def __init__(self, workload: Workload) -> None:
        load()
        from core.engines.kernels.plan import CHUNK, LOSS_CODES

        sizes = workload.network.sizes
        if workload.batch_size < 1:
            raise ValueError(f"batch_size: {workload.batch_size} must be at least 1")
        if not 0 <= workload.key < 2**64:
            raise ValueError(f"key: {workload.key} must be from 0 to 2**64 - 1")
        _check("inputs", workload.inputs, (None, sizes[0]), np.float64)
        _check("targets", workload.targets, (len(workload.inputs), sizes[-1]), np.float64)
        count = count_parameters(sizes)
        for name in ("before_last", "gradient"):
            _check(name, getattr(workload, name), (count,), np.float64)
        _check("slots", workload.slots, (SLOTS, count), np.float64)
        _check("parameters", workload.network.parameters, (count,), np.float64)
        self._workload = workload
        self._parameters = workload.network.parameters
        self._loss = _code(LOSS_CODES, workload.loss.name, "loss")
        self._layout = _lay_out(workload.network, min(workload.batch_size, CHUNK))
        self._memory = self._layout.memory()
        self._evaluating: tuple[_Layout, Array] | None = None
        self._frozen: tuple[tuple[int, ...], Rows] = (), np.zeros(0, dtype=np.int64)

    def run(self, order: Rows, rates: Array, rule: Rule, step: int, position: int) -> None:
        """Train on the rows of ``order`` in turn, cut into batches; what is left at the end is a smaller batch.

        Args:
            order: rows of the inputs and targets.
            rates: a learning rate for each batch.
            rule: optimizer, penalty and dropout.
            step: updates that the optimizer made before.
            position: samples that the run has seen before; dropout depends on it.

        Raises:
            ValueError: an argument that does not fit; nothing was changed.
        """
        from core.engines.kernels.plan import OPTIMIZER_CODES

        assert _kernels is not None
        self._check_run(order, rates, rule, step, position)
        layout, workload = self._layout, self._workload
        done = _kernels.train(
            workload.network.parameters,
            workload.before_last,
            workload.gradient,
            workload.slots,
            workload.inputs,
            workload.targets,
            order,
            rates,
            self._frozen_places(rule.frozen),
            np.empty(len(rule.frozen)),
            layout.plan,
            self._memory,
            layout.block,
            layout.zeros,
            layout.targets,
            workload.batch_size,
            self._loss,
            _code(OPTIMIZER_CODES, rule.optimizer.name, "optimizer"),
            rule.momentum,
            rule.l1,
            rule.l2,
            rule.dropout,
            workload.key,
            step,
            position,
        )
        if not done:
            raise ValueError(f"order: a row lies outside 0 to {len(workload.inputs) - 1}")

    def activations(self, inputs: Array) -> list[Array]:
        """Every layer's activations for inputs of shape (n, sizes[0]), without dropout: shapes (n, units)."""
        n, units = len(inputs), self._workload.network.sizes[1:]
        parts = np.split(self._evaluate(inputs, 1), np.cumsum([n * count for count in units])[:-1])
        return [part.reshape(n, count) for part, count in zip(parts, units, strict=True)]

    def outputs(self, inputs: Array) -> Array:
        """The last layer's activations, shape (n, units)."""
        sizes = self._workload.network.sizes
        return self._evaluate(inputs, len(sizes) - 1).reshape(len(inputs), sizes[-1])

    def shades(self, inputs: Array, ends: Array) -> list[Shades]:
        """Every unit's values as shades of its scale; see :meth:`core.engines.numpy_forward.NumpyEvaluator.shades`."""
        sizes = self._workload.network.sizes
        _check("ends", ends, (len(sizes), 2), np.float64)
        if len(inputs) == 0:
            raise ValueError("inputs: there must be at least one row")
        shades = np.empty((sum(sizes), len(inputs)), dtype=np.uint8)
        self._evaluate(inputs, 1, ends=ends, shades=shades)
        return np.split(shades, np.cumsum(sizes)[:-1])

    def decisions(self, inputs: Array, span: float) -> tuple[NDArray[np.int16], Array]:
        """Winners and their margins; see :meth:`core.engines.numpy_forward.NumpyEvaluator.decisions`."""
        winners, margins = np.empty(len(inputs), dtype=np.int16), np.empty(len(inputs))
        self._evaluate(inputs, len(self._workload.network.sizes) - 1, span=span, winners=winners, margins=margins)
        return winners, margins

    def measure(self, inputs: Array, targets: Array) -> tuple[Array, Array]:
        """Losses, shape (n,), and outputs, shape (n, outputs), of samples; without dropout and penalty."""
        assert _kernels is not None
        n, sizes = len(inputs), self._workload.network.sizes
        _check("inputs", inputs, (None, sizes[0]), np.float64)
        _check("targets", targets, (n, sizes[-1]), np.float64)
        self._check_parameters()
        layout, memory = self._room()
        losses, outputs = np.empty(n), np.empty((n, sizes[-1]))
        _kernels.measure(
            self._workload.network.parameters,
            inputs,
            targets,
            losses,
            outputs,
            layout.plan,
            memory,
            layout.targets,
            self._loss,
        )
        return losses, outputs

    def _evaluate(
        self,
        inputs: Array,
        first: int,
        ends: Array = _NO_TABLE,
        shades: Shades = _NO_SHADES,
        span: float = 1.0,
        winners: NDArray[np.int16] = _NO_WINNERS,
        margins: Array = _NO_VALUES,
    ) -> Array:
        """The activations from a layer on, one layer after another; what is made of them goes into the other arrays."""
        assert _kernels is not None
        sizes = self._workload.network.sizes
        _check("inputs", inputs, (None, sizes[0]), np.float64)
        self._check_parameters()
        layout, memory = self._room()
        result = np.empty(len(inputs) * sum(sizes[first:]))
        _kernels.evaluate(
            self._workload.network.parameters,
            inputs,
            result,
            layout.plan,
            memory,
            first,
            ends,
            shades,
            span,
            winners,
            margins,
        )
        return result

    def _room(self) -> tuple[_Layout, Array]:
        """Memory to evaluate in, kept from one call to the next."""
        from core.engines.kernels.plan import CHUNK

        if self._evaluating is None:
            layout = _lay_out(self._workload.network, CHUNK)
            self._evaluating = layout, layout.memory()
        return self._evaluating

    def _frozen_places(self, frozen: tuple[int, ...]) -> Rows:
        """Where these parameters lie in memory."""
        if frozen != self._frozen[0]:
            places = self._layout.parameter_places()
            if not all(0 <= index < len(places) for index in frozen):
                raise ValueError(f"frozen: a place lies outside 0 to {len(places) - 1}")
            self._frozen = frozen, places[list(frozen)]
        return self._frozen[1]

    def _check_run(self, order: Rows, rates: Array, rule: Rule, step: int, position: int) -> None:
        self._check_parameters()
        _check("order", order, (None,), np.int64)
        if len(order) == 0:
            raise ValueError("order: there must be at least one row")
        _check("rates", rates, (-(-len(order) // self._workload.batch_size),), np.float64)
        if step < 0 or position < 0:
            raise ValueError(f"step {step} and position {position} must be at least 0")
        if not 0.0 <= rule.dropout < 1.0:
            raise ValueError(f"dropout: {rule.dropout} must be at least 0 and below 1")

    def _check_parameters(self) -> None:
        """The workload's arrays were checked when the engine was made; only this one could be another by now."""
        if self._workload.network.parameters is not self._parameters:
            raise ValueError("parameters: another array took the place of the one that the engine was made for")


if __name__ == "__main__":  # what fills the cache in a process of its own
    load()
