"""The program as it is started: a window on a screen of its own, and pictures without a screen."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtGui import QImage

REPOSITORY = Path(__file__).resolve().parents[2]
SECONDS = 60.0  # after which what has not happened never will
SCREEN_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_SESSION_TYPE")


def environment(**more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in SCREEN_VARIABLES} | more


def _hear_signals() -> None:
    """In the program: let signals have their effect, also where the tests run in the background, which ignores some."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class Program:
    """The running program, and keys for its window."""

    def __init__(self, display: str, home: Path, command: Sequence[str], folder: Path) -> None:
        self.home = home
        folders = {"XDG_CONFIG_HOME": str(home), "XDG_DATA_HOME": str(home / "data")}
        self.environment = environment(DISPLAY=display, QT_LOGGING_RULES="*.warning=true", **folders)
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=_hear_signals,
        )
        self.window = self.titled("Backprop Lens")

    def xdotool(self, *words: str) -> str:
        command = ["xdotool", *words]
        done = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        return done.stdout.strip()

    def until(self, condition: Callable[[], str]) -> str:
        give_up = time.monotonic() + SECONDS
        while not (answer := condition()):
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < give_up, "it never happened"
            time.sleep(0.05)
        return answer.split()[0]

    def titled(self, words: str) -> str:
        """The window that is seen with these words in its title, as soon as there is one."""
        return self.until(lambda: self.xdotool("search", "--onlyvisible", "--name", re.escape(words)))

    def press(self, *keys: str) -> None:
        self.xdotool("windowfocus", "--sync", self.window)
        self.xdotool("key", "--delay", "40", *keys)


@pytest.fixture
def program(xvfb: str, tmp_path: Path) -> Iterator[Program]:
    if shutil.which("xdotool") is None:
        pytest.skip("xdotool is not installed: nobody presses the keys (Debian: apt-get install xdotool)")
    program = Program(xvfb, tmp_path, [sys.executable, "-W", "error", "main.py"], REPOSITORY)
    yield program
    if program.process.poll() is None:
        program.process.kill()
        program.process.communicate()


def test_a_window_on_a_screen_plays_pauses_and_quits(program: Program) -> None:
    program.titled("2-7-2 on train.txt – ")
    program.press("space")
    program.titled("2-7-2 on train.txt* – ")  # there is something to save: it has trained
    program.press("space", "Right", "ctrl+Right", "ctrl+d", "space", "ctrl+q")
    question = program.titled("Unsaved changes")
    program.xdotool("windowfocus", "--sync", question, "key", "alt+d")
    out, err = program.process.communicate(timeout=SECONDS)
    assert program.process.returncode == 0, err
    assert (out, err) == ("", "")
    [settings] = program.home.rglob("*.conf")
    assert "theme=dark" in settings.read_text(), "the keys reached the window, and it left word"


def render(out: Path, *words: str) -> QImage:
    command = [sys.executable, "-W", "error", "main.py", "render", "--engine", "numpy", "--out", str(out), *words]
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment(), capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert out.read_bytes().startswith(b"\x89PNG")
    return QImage(str(out)).convertToFormat(QImage.Format.Format_RGB32)


def pixels(image: QImage) -> np.ndarray:
    memory = image.constBits()
    memory.setsize(image.sizeInBytes())
    return np.frombuffer(memory, dtype=np.uint8).reshape(image.height(), image.width(), 4)[:, :, :3].copy()


def test_a_picture_has_the_size_that_was_asked_for_and_is_drawn_again(tmp_path: Path) -> None:
    words = "--epochs", "2", "--batch-size", "10", "--size", "1100x700"
    first, second = (render(tmp_path / f"{name}.png", *words) for name in ("first", "second"))
    assert (first.width(), first.height()) == (second.width(), second.height()) == (1100, 700)
    assert pixels(first).mean() > 180, "it is light"
    assert (pixels(first) != pixels(second)).any(axis=2).mean() < 0.002  # but for the speed in the status bar
