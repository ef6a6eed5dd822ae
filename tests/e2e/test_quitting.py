"""The program ends by itself, well and without a word, whatever dialog is open and whatever is under way."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.test_window_xvfb import REPOSITORY, environment

HARD = "large table", "gradients, for long", "open a table", "a sweep", "a comparison", "a long reading"
"""What has a thread of its own, an event loop of its own, or processes."""


def check_endings(folder: Path, *names: str) -> int:
    """Whether the program ends in these cases, or in all; how many these were."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "tests/e2e/quitting.py", str(folder), *names],
        cwd=REPOSITORY,
        env=environment(QT_QPA_PLATFORM="offscreen", QT_LOGGING_RULES="qt.qpa.*=false"),
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    errors = [line for line in done.stderr.splitlines() if not line.startswith("This plugin does not support")]
    assert (done.returncode, errors) == (0, [])
    ends = done.stdout.splitlines()
    assert [end for end in ends if not end.endswith(": quits 0")] == [], "the names say what was open or under way"
    return len(ends)


def test_it_ends_in_hard_cases(tmp_path: Path) -> None:
    assert check_endings(tmp_path, *HARD) == len(HARD)


@pytest.mark.campaign
def test_it_ends_whatever_is_open_or_under_way(tmp_path: Path) -> None:
    assert check_endings(tmp_path) > len(HARD)


AROUND_A_THREAD = """
import atexit, os, sys, threading, time, types
class Last:
    def __del__(self, write=os.write):
        write(1, b", and the interpreter is taken down")
last = Last()
def run(argv):
    atexit.register(print, ", and at exit")
    threading.Thread(target=time.sleep, args=(600.0,), daemon=True).start()
    sys.stdout.write("all that was printed")
    {end}
sys.modules["cli.main"] = types.SimpleNamespace(main=run)
import main
sys.exit(main.command())
"""


@pytest.mark.parametrize(("end", "status"), [("return 7", 7), ("1 / 0", 1), ("raise KeyboardInterrupt", 130)])
def test_a_thread_that_is_left_ends_with_the_process(end: str, status: int) -> None:
    """Without taking the interpreter down; output and status are kept, and what others do at exit is done before."""
    code = AROUND_A_THREAD.format(end=end)
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (status, "all that was printed, and at exit\n")
    assert ("ZeroDivisionError" in done.stderr) == (status == 1)
