"""How the program ends by signals and where it can tell nobody what went wrong, as a process of its own."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.storage.project import load_project
from tests.e2e.test_window_xvfb import REPOSITORY, SECONDS, Program, environment

SIGNALS = {"Ctrl+C": signal.SIGINT, "SIGTERM": signal.SIGTERM, "SIGHUP": signal.SIGHUP}


@pytest.fixture
def program(xvfb: str, tmp_path: Path) -> Iterator[Program]:
    program = Program(xvfb, tmp_path, [sys.executable, "-W", "error", "main.py", "--engine", "numpy"], REPOSITORY)
    yield program
    if program.process.poll() is None:
        program.process.kill()
        program.process.communicate()


@pytest.mark.parametrize("name", SIGNALS)
def test_a_signal_closes_the_window_and_keeps_the_work(program: Program, name: str) -> None:
    program.press("space")
    program.titled("2-7-2 on train.txt* – ")
    program.process.send_signal(SIGNALS[name])
    out, err = program.process.communicate(timeout=SECONDS)
    assert (program.process.returncode, out, err) == (0, "", "")
    [kept] = program.home.rglob("*.lens")
    assert load_project(kept).run.positions[-1] > 0
    assert [file.name for file in kept.parent.iterdir()] == [kept.name], "no lock, nothing temporary"
    assert list(program.home.rglob("*.conf"))


def shell(line: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run the program with words and redirections of a shell."""
    command = f"exec {shlex.quote(sys.executable)} {line}"
    return subprocess.run(
        ["sh", "-c", command],
        cwd=REPOSITORY,
        env=environment(QT_QPA_PLATFORM="offscreen", **more),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


FAULTY = """
import os, sys
from PyQt5.QtCore import QTimer
from gui.window import main_window
made = main_window.MainWindow.{function}
def faulty(window, *arguments, **options):
    {act}
    return made(window, *arguments, **options)
main_window.MainWindow.{function} = faulty
import main
from gui.window import application
shown = application.MainWindow.show
def show(window):
    shown(window)
    def end():
        if not window.notices.isVisible():
            QTimer.singleShot(10, end)
            return
        with open(sys.argv[1], "w") as file:
            file.write(window.notices.newest.text.text())
        window.close()
    QTimer.singleShot(10, end)
application.MainWindow.show = show
sys.exit(main.main(["--engine", "numpy"]))
"""


@pytest.mark.parametrize("redirection", ["", "2>&-", "2>/dev/full", "0<&- 1>&- 2>&-"])
def test_a_fault_while_the_window_is_made(tmp_path: Path, redirection: str) -> None:
    """One in a slot is told in the window, one in its constructor ends the program; neither is a crash."""
    homes = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_DATA_HOME": str(tmp_path / "data")}
    script, told = tmp_path / "script.py", tmp_path / "told.txt"
    line = f"{shlex.quote(str(script))} {shlex.quote(str(told))} {redirection}"
    act = "import PyQt5.QtWidgets as w; box = w.QCheckBox(); box.toggled.connect(lambda: 1 / 0); box.toggle()"
    script.write_text(FAULTY.format(function="_lay_out", act=act))
    ended = shell(line, **homes, PYTHONPATH=str(REPOSITORY))
    assert (ended.returncode, ended.stdout) == (0, "")
    assert "ZeroDivisionError" in told.read_text()
    script.write_text(FAULTY.format(function="_connect", act="raise ZeroDivisionError"))
    ended = shell(line, **homes, PYTHONPATH=str(REPOSITORY))
    assert (ended.returncode, ended.stdout) == (1, "")
    if not redirection:
        assert "This is a fault of Backprop Lens" in ended.stderr


@pytest.mark.parametrize("redirection", ["2>&-", "2>/dev/full"])
def test_a_message_for_nobody(redirection: str) -> None:
    assert shell(f"main.py train --preset nonsense {redirection}").returncode == 2


def test_what_qt_writes_never_reaches_a_file_of_ours(tmp_path: Path) -> None:
    """With standard error closed the next file that is opened would get its number, and Qt's messages with it."""
    out = tmp_path / "picture.png"
    words = f"main.py render --engine numpy --epochs 1 --size 300x200 --out {shlex.quote(str(out))} 1>&- 2>&-"
    assert shell(words).returncode == 0
    assert out.read_bytes().startswith(b"\x89PNG")


COMPILING = """
import sys, time
from PyQt5.QtCore import QTimer
from core.engines import kernel_cache, kernel_loading
import subprocess
import main
def refuse(*_, **__):
    raise OSError
subprocess.Popen = refuse
kernel_loading.is_available = lambda: True
kernel_loading.is_loaded = lambda *_: False
kernel_cache.cached = lambda _: []
kernel_loading.load_kernels = lambda *_: time.sleep(600)
from gui.window import application
shown = application.MainWindow.show
def show(window):
    shown(window)
    window.session.play()
    window.session.progress.connect(lambda report: report.state.preparing and window.close())
application.MainWindow.show = show
print("begins", flush=True)
sys.argv[1:] = []
sys.exit(main.command())
"""


def test_closing_does_not_wait_for_a_compilation(tmp_path: Path) -> None:
    """The thread that compiles would need ten minutes."""
    homes = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "XDG_DATA_HOME": str(tmp_path / "data")}
    script = tmp_path / "script.py"
    script.write_text(COMPILING)
    ended = shell(shlex.quote(str(script)), **homes, PYTHONPATH=str(REPOSITORY))
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "begins\n", "")


SCALE = """
import sys
from gui.window.application import make_application
application = make_application()
print(application.primaryScreen().devicePixelRatio())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="it is about X11")
@pytest.mark.parametrize(("dpi", "ratio"), [(None, 1.0), (96, 1.0), (120, 1.25), (144, 1.5), (192, 2.0)])
def test_the_scale_of_the_desktop_is_passed_through(xvfb: str, dpi: int | None, ratio: float) -> None:
    where = environment(DISPLAY=xvfb)
    change = ["-f", "RESOURCE_MANAGER", "8s", "-set", "RESOURCE_MANAGER", f"Xft.dpi:\t{dpi}\n"]
    try:
        subprocess.run(
            ["xprop", "-root", *(change if dpi else ["-remove", "RESOURCE_MANAGER"])], env=where, check=True, timeout=20
        )
    except FileNotFoundError:
        pytest.skip("xprop is not installed (Debian: apt-get install x11-utils)")
    try:
        done = subprocess.run(
            [sys.executable, "-c", SCALE],
            cwd=REPOSITORY,
            env=where,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    finally:
        subprocess.run(["xprop", "-root", "-remove", "RESOURCE_MANAGER"], env=where, check=False, timeout=20)
    assert float(done.stdout) == ratio


def test_settings_lie_where_qt_puts_them(tmp_path: Path) -> None:
    code = (
        "from gui.window.application import make_application, settings_file\n"
        "application = make_application()\n"
        "from PyQt5.QtCore import QSettings\n"
        "print(settings_file()._path, QSettings().fileName(), sep='\\n')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        env=environment(QT_QPA_PLATFORM="offscreen", XDG_CONFIG_HOME=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    ours, qts = done.stdout.splitlines()
    assert ours == qts
    assert re.fullmatch(re.escape(str(tmp_path)) + r"/Backprop Lens/Backprop Lens\.conf", ours)
    assert os.path.basename(ours)
