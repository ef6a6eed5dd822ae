"""Loads the compiled engine beside the window: from its cache in a thread, and what is not there yet by a process."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from core.engines import kernel_cache, kernel_loading
from core.engines.kernel_loading import KERNELS, CompilerError

ROOT = Path(__file__).resolve().parents[3]
THREAD = "engine loader"
LONGEST_WAIT_SECONDS = 0.2
EVALUATION = ("measure", "evaluate")
"""The kernels that the second process compiles: they have much in common, and little with the others."""

LOOKING_SECONDS = 0.05
"""How often to look whether the processes have compiled something."""


def start_compiler(kernels: Iterable[str]) -> subprocess.Popen[bytes] | None:
    """A process that fills the cache on disk with these kernels; None where no process can be started."""
    command, nothing = [sys.executable, "-m", "core.engines.kernel_loading", *kernels], subprocess.DEVNULL
    with contextlib.suppress(OSError):
        return subprocess.Popen(command, cwd=ROOT, stdin=nothing, stdout=nothing, stderr=nothing)
    return None


class EngineLoader:
    """Loads all kernels, those first that are wanted first; it begins when first asked to.

    Compiling takes many seconds, in which Python's lock is held much of the time; so it is left to two processes that
    fill the cache on disk. They can also be ended at once when the window closes. Nothing can end the thread, which
    compiles where no process can be started; so nobody waits for it, and ``main.py`` ends the program around it.
    """

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._wanted: tuple[str, ...] = ()
        self._compilers: list[subprocess.Popen[bytes]] = []
        self._lock = threading.Lock()
        self._ended = False

    @property
    def is_running(self) -> bool:
        """Whether it is at work."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def has_ended(self) -> bool:
        """Whether it has done its work, with or without success."""
        return self._thread is not None and not self._thread.is_alive()

    @property
    def loaded(self) -> tuple[int, int]:
        """How many kernels are loaded, and how many there are."""
        return sum(kernel_loading.is_loaded(name) for name in KERNELS), len(KERNELS)

    def start(self, wanted: Iterable[str]) -> None:
        """Begin, unless it has begun, or let these kernels be the next; returns at once."""
        self._wanted = tuple(wanted)
        if self._thread is None and not self._ended:
            self._thread = threading.Thread(target=self._load, name=THREAD, daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End it; returns within :data:`LONGEST_WAIT_SECONDS`, even if the thread still loads or compiles."""
        with self._lock:
            self._ended = True
            for compiler in self._compilers:
                compiler.kill()
                compiler.wait()
        if self._thread is not None:
            self._thread.join(LONGEST_WAIT_SECONDS)

    def _load(self) -> None:
        kernel_loading.expect(KERNELS)
        try:
            there = kernel_cache.cached(self._missing())
            self._compile_apart([name for name in self._missing() if name not in there])
            if self._is_compiling():
                with contextlib.suppress(Exception):  # ``load`` tells of it
                    kernel_loading.import_numba()  # meanwhile: it is needed to load what they compile
            while not self._ended and (missing := self._missing()):
                if there or not self._is_compiling():
                    kernel_loading.load_kernels(there[0] if there else missing[0])
                else:
                    time.sleep(LOOKING_SECONDS)
                there = kernel_cache.cached(self._missing())
        except CompilerError:  # it is raised again, and told of, when the engine is needed
            for compiler in self._compilers:
                compiler.kill()
        finally:
            kernel_loading.expect(())

    def _missing(self) -> list[str]:
        """The kernels that are not loaded, in the order in which they are wanted."""
        return [name for name in dict.fromkeys((*self._wanted, *KERNELS)) if not kernel_loading.is_loaded(name)]

    def _is_compiling(self) -> bool:
        return any(compiler.poll() is None for compiler in self._compilers)

    def _compile_apart(self, names: list[str]) -> None:
        """Fill the cache by two processes; what they fail to compile, ``load_kernels`` compiles here."""
        for share in (
            [name for name in names if name not in EVALUATION],
            [name for name in names if name in EVALUATION],
        ):
            with self._lock:
                compiler = start_compiler(share) if share and not self._ended else None
                if compiler is not None:
                    self._compilers.append(compiler)
