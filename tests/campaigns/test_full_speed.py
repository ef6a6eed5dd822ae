"""Ten minutes of full speed: the window stays fluid, and the memory that it takes stays flat.

``python -m pytest -m campaign -n 0 -s tests/campaigns/test_full_speed.py``; ``MINUTES=0.5`` in the environment makes it
shorter.
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest
from PyQt5.QtCore import QTimer
from pytestqt.qtbot import QtBot

from core.engines import kernel_loading
from core.training.keyframes import MOST_BYTES
from core.training.presets import PRESETS
from gui.window.main_window import MainWindow

pytestmark = pytest.mark.campaign

MINUTES = float(os.environ.get("MINUTES", "10"))
LONGEST_HANG_SECONDS = 0.5
"""Of processor time of the window's thread, which other programs do not lengthen."""
MOST_GROWTH = 24 << 20
"""Bytes, besides those of the states that the run keeps, which have a bound of their own."""
OBJECT = 200
"""Bytes that an array takes besides its numbers, about."""
WARM_UP = 0.2
"""The share of the time after which the memory is looked at for the first time."""


def memory() -> int:
    """Bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def states(window: MainWindow) -> int:
    """Bytes of the states that the run keeps to go back to."""
    run = window.session._worker._shared.run  # type: ignore[attr-defined]
    state, tree = run.trainer.stepper.state(), run.trainer.tree
    arrays = (state.parameters, state.gradient, state.slots, state.last_change)
    return int(tree.states_kept * sum(array.nbytes + OBJECT for array in arrays))


class Pulse:
    """Notes the longest processor time between two turns of the event loop."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._last = time.thread_time()
        self._timer = QTimer()
        self._timer.timeout.connect(self._beat)
        self._timer.start(5)

    def _beat(self) -> None:
        now = time.thread_time()
        self.longest, self._last = max(self.longest, now - self._last), now

    def stop(self) -> None:
        self._timer.stop()


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
@pytest.mark.skipif(not kernel_loading.is_available(), reason="needs Numba")
def test_ten_minutes_of_full_speed(qtbot: QtBot, window: MainWindow) -> None:
    kernel_loading.load_kernels()
    threads = {thread.name for thread in threading.enumerate()}
    window.run_commands.start_preset(PRESETS["spiral"])
    qtbot.waitUntil(lambda: window.session.at_rest)
    window.session.set_pace(None)
    window.session.play()
    pulse, sizes, kept = Pulse(), list[int](), list[int]()
    begin = time.monotonic()
    while (passed := time.monotonic() - begin) < 60.0 * MINUTES:
        qtbot.wait(500)
        assert window.session.playing
        if passed > WARM_UP * 60.0 * MINUTES:
            kept.append(states(window))
            sizes.append(memory() - max(kept))  # where states were given up, their room stays for those to come
    pulse.stop()
    window.session.pause()
    qtbot.waitUntil(lambda: window.session.at_rest)
    growth = max(sizes[-5:]) - min(sizes[:5])
    snapshot = window.session.snapshot
    assert snapshot is not None
    print(
        f"{MINUTES:g} minutes, epoch {snapshot.epoch:,}: {growth / 2**20:.1f} MiB more "
        f"besides {kept[-1] / 2**20:.0f} MiB of states, "
        f"longest hang {1000.0 * pulse.longest:.0f} ms"
    )
    assert growth < MOST_GROWTH
    assert max(kept) <= MOST_BYTES
    assert pulse.longest < LONGEST_HANG_SECONDS
    assert {thread.name for thread in threading.enumerate()} <= threads | {"engine loader"}
