"""Loads the kernels that train runs side by side; what is not in the cache yet is compiled by a process of its own."""

from __future__ import annotations

import threading

from core.engines import kernel_cache, kernel_loading
from core.engines.kernel_loading import LANE_KERNELS, CompilerError
from core.workbench.worker.engine_loader import start_compiler

LOOK_SECONDS = 0.02
"""How often to look whether nobody waits any more."""


class LaneLoader:
    """Loads for one thread, which another one may interrupt."""

    def __init__(self) -> None:
        self._ended = threading.Event()

    def close(self) -> None:
        """Nobody waits any more: a process that compiles is ended."""
        self._ended.set()

    def load(self) -> bool:
        """Load the lanes, which takes many seconds where they must be compiled; false where they cannot be had."""
        try:
            self.compile()
            if not self._ended.is_set():
                kernel_loading.load_lanes()
        except CompilerError:
            return False
        return not self._ended.is_set()

    def compile(self) -> None:
        """Fill the cache by a process, unless it is filled; what that fails to compile is compiled where it is used."""
        if len(kernel_cache.cached(LANE_KERNELS)) == len(LANE_KERNELS):
            return
        compiler = start_compiler(LANE_KERNELS)
        while compiler is not None and compiler.poll() is None:
            if self._ended.wait(LOOK_SECONDS):
                compiler.kill()
                compiler.wait()
