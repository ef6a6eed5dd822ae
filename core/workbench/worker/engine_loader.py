"""Loads the compiled engine beside the window: from its cache in a thread, and what is not there yet by a process."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
from pathlib import Path

from core.engines import kernel_cache, kernel_loading
from core.engines.kernel_loading import CompilerError

ROOT = Path(__file__).resolve().parents[3]
THREAD = "engine loader"
LONGEST_WAIT_SECONDS = 0.2


class EngineLoader:
    """Loads once, when first asked to.

    Compiling takes many seconds, in which Python's lock is held much of the time; so it is left to a process that fills
    the cache on disk. That one can also be ended at once when the window closes. Nothing can end the thread, which
    compiles where no process can be started; so nobody waits for it, and ``main.py`` ends the program around it.

    Args:
        lanes: load the kernels that train runs side by side too.
    """

    def __init__(self, lanes: bool = False) -> None:
        self._lanes = lanes
        self._thread: threading.Thread | None = None
        self._compiler: subprocess.Popen[bytes] | None = None
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

    def start(self) -> None:
        """Begin, unless it has begun; returns at once."""
        if self._thread is None and not self._ended:
            self._thread = threading.Thread(target=self._load, name=THREAD, daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End it; returns within :data:`LONGEST_WAIT_SECONDS`, even if the thread still loads or compiles."""
        with self._lock:
            self._ended = True
            if self._compiler is not None:
                self._compiler.kill()
        if self._thread is not None:
            self._thread.join(LONGEST_WAIT_SECONDS)

    def _load(self) -> None:
        if not kernel_loading.is_loaded() and not kernel_cache.is_cached():
            self._compile_apart()
        if self._lanes and not kernel_cache.is_cached("lane_kernels"):
            self._compile_apart(kernel_loading.LANES_ARGUMENT)
        if not self._ended:
            with contextlib.suppress(CompilerError):  # it is raised again, and told of, when the engine is needed
                kernel_loading.load()
                if self._lanes:
                    kernel_loading.load_lanes()

    def _compile_apart(self, *arguments: str) -> None:
        """Fill the cache by a process of its own; should that fail, ``load`` compiles here."""
        command = [sys.executable, "-m", "core.engines.kernel_loading", *arguments]
        with self._lock:
            if self._ended:
                return
            try:
                self._compiler = subprocess.Popen(
                    command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
                )
            except OSError:
                return
        self._compiler.wait()
