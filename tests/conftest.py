"""What every test relies on: no screen, no settings of the user's, and nothing left behind by a test.

A test fails on any Python warning (pyproject.toml), any Qt message of level warning or worse, from its first
fixture to the last widget closed, and any thread that it leaves running.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import importlib
import importlib.util
import os
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from tests.core.workbench.support import WorkerDriver

os.environ["LANGUAGE"] = "en"  # before a module of the program is imported
# Before NumPy and Qt are imported: both read these once.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"
os.environ["QT_QPA_PLATFORM"] = os.environ.get("LENS_TEST_PLATFORM", "offscreen")
CORE = Path(__file__).parent / "core"
SCRATCH = Path(tempfile.mkdtemp(prefix="backprop-lens-tests-"))
for variable, folder in (
    ("XDG_CONFIG_HOME", "config"),
    ("XDG_DATA_HOME", "data"),
    ("XDG_RUNTIME_DIR", "runtime"),
):
    (SCRATCH / folder).mkdir(mode=0o700)
    os.environ[variable] = str(SCRATCH / folder)
# Else each of the programs that tests start, and each worker, compiles every module anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

try:
    from PyQt5 import QtCore, QtWidgets
except ImportError as error:
    from gui.window.startup.startup_checks import system_library_hint

    no_qt: str | None = system_library_hint(str(error)) or f"PyQt5 cannot be imported: {error}"
else:
    no_qt = None

hypothesis.settings.register_profile("default", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "default")

GRACE = 60.0  # seconds that a thread has to end after its test, on a busy machine
SERVER_START = 60.0  # seconds that Xvfb has to start on a busy machine


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """One process more than there are processors, since tests also wait: for programs, for pictures, for a thread."""
    return (yield) + ("PYTEST_XDIST_AUTO_NUM_WORKERS" not in os.environ)


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    if no_qt:
        pytest.exit(no_qt, returncode=2)


def pytest_unconfigure() -> None:
    shutil.rmtree(SCRATCH, ignore_errors=True)


def pytest_collection(session: pytest.Session) -> None:
    """Let each process begin the imports at another test module, where all are imported.

    In a fresh checkout a module's asserts are rewritten when it is imported, which takes longer than all else; the next
    process that imports it reads what was written. Else all of them would rewrite all modules, in the same order.
    """
    name = os.environ.get("PYTEST_XDIST_WORKER")
    if name is None or session.config.args != session.config.getini("testpaths"):
        return
    modules = sorted(Path(__file__).parent.rglob("test_*.py"))
    first = len(modules) * int(name.removeprefix("gw")) // int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    for module in modules[first:] + modules[:first]:
        with contextlib.suppress(Exception, pytest.skip.Exception):  # pytest says so when it collects this one
            importlib.import_module(".".join(module.relative_to(session.config.rootpath).with_suffix("").parts))


# ---- Crashes. What a crashed process of pytest-xdist was at is said in the midst of the dots, where long logs are cut.

CRASHES = Path(os.environ.setdefault("LENS_TEST_CRASHES", str(SCRATCH / "crashes")))  # which the processes share
CRASHES.mkdir(exist_ok=True)
RUNNERS = ("_pytest", "pluggy", "execnet", "xdist")


@pytest.fixture(scope="session", autouse=True)
def crash_report(worker_id: str) -> Iterator[None]:
    if worker_id == "master":
        yield
        return
    with (CRASHES / f"{worker_id}.txt").open("w") as file:
        faulthandler.enable(file)
        yield
        faulthandler.enable(sys.__stderr__)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for file in sorted(CRASHES.glob("*.txt")):
        if crash := file.read_text(errors="replace"):
            terminalreporter.section(f"crash of {file.stem}")
            lines = (line for line in crash.splitlines() if not any(f"/{runner}/" in line for runner in RUNNERS))
            terminalreporter.write_line("\n".join(lines))


# ---- Widgets.


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, object, object]:
    """Let Python forget the widgets of a test when pytest holds them no more; nobody else does while there is Qt.

    Else it takes parts of a new window for dead ones, and crashes (see gui/widgets/qt_objects.py): also behind tests of
    the command line, which make windows without a fixture. Tests of core make none: there the young objects are enough.
    What stays of these tests is not looked through behind each test of the window that follows.
    """
    ended = yield
    if QtWidgets.QApplication.instance() is not None:
        is_core, is_last = is_of_core(item), nextitem is not None and not is_of_core(nextitem)
        gc.collect(1 if is_core and not is_last else 2)
        if is_core and is_last:
            gc.freeze()
    return ended


def is_of_core(item: pytest.Item) -> bool:
    return item.path.is_relative_to(CORE)


# ---- Qt messages. pytest-qt watches the test itself; widgets are closed after that, and speak up then.

qt_messages: list[str] = []
OF_NO_SCREEN = "This plugin does not support propagateSizeHints()"
"""Says the offscreen platform whenever a window gets another least size."""


def note_qt_message(kind: QtCore.QtMsgType, context: QtCore.QMessageLogContext, text: str) -> None:
    if kind in (QtCore.QtWarningMsg, QtCore.QtCriticalMsg, QtCore.QtFatalMsg) and text != OF_NO_SCREEN:
        qt_messages.append(text)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown() -> Generator[None]:
    qt_messages.clear()
    QtCore.qInstallMessageHandler(note_qt_message)
    yield
    if QtWidgets.QApplication.instance() is not None and gc.isenabled():
        pytest.fail("garbage would be collected in any thread, and Qt crashes if a worker's destroys a widget")
    if qt_messages:
        pytest.fail("Qt messages while the test was cleaned up:\n" + "\n".join(qt_messages), pytrace=False)


# ---- The compiled engine, once, so that no test waits for the compiler.


def load_unless_locked(name: str) -> bool:
    """Load a kernel, unless another process of this session is at it."""
    from core.base.file_locks import LockFile
    from core.engines import kernel_loading  # here, since it imports NumPy

    lock = LockFile(CRASHES / f"{name}.lock")
    if not lock.take():
        return False
    try:
        kernel_loading.load_kernels(name)
    finally:
        lock.release()
    return True


@pytest.fixture(scope="session", autouse=True)
def engine() -> None:
    from core.engines import kernel_loading  # here, since it imports NumPy

    if kernel_loading.is_available():
        waiting = [*kernel_loading.LANE_KERNELS, *kernel_loading.KERNELS]  # what takes longest first
        while waiting:  # a kernel that another process compiles is taken from the cache after that
            waiting = [name for name in waiting if not load_unless_locked(name)]
            time.sleep(0.02 if waiting else 0.0)
    gc.freeze()  # the very many objects that stay need not be looked through at every collection


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if importlib.util.find_spec("numba") is None:
        for item in items:
            if item.get_closest_marker("needs_numba"):
                item.add_marker(pytest.mark.skip(reason="Numba is not installed"))


# ---- Threads.

started: weakref.WeakSet[QtCore.QThread] = weakref.WeakSet()
start_qthread = QtCore.QThread.start


def start_and_note(thread: QtCore.QThread, *priority: QtCore.QThread.Priority) -> None:
    started.add(thread)
    start_qthread(thread, *priority)


QtCore.QThread.start = start_and_note


def running_threads() -> list[threading.Thread | QtCore.QThread]:
    """Threads of Python's and Qt's that run now, except the one that asks.

    A QThread that has run Python code leaves a dummy in `threading` for ever, so it is looked up among those that were
    started.
    """
    current = threading.current_thread()
    python = [t for t in threading.enumerate() if t is not current and not isinstance(t, threading._DummyThread)]
    return python + [thread for thread in started if is_running(thread)]


def is_running(thread: QtCore.QThread) -> bool:
    try:
        return thread.isRunning() and thread != QtCore.QThread.currentThread()
    except RuntimeError:  # Qt has deleted it, which it does to threads that have ended
        return False


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    before = running_threads()
    yield
    give_up = time.monotonic() + GRACE
    while left := [thread for thread in running_threads() if thread not in before]:
        if time.monotonic() > give_up:
            pytest.fail(f"the test left threads running: {left}", pytrace=False)
        time.sleep(0.01)


# ---- A real window needs a screen.


@pytest.fixture(scope="session")
def xvfb() -> Iterator[str]:
    """A virtual X server of this session's own; its name, such as ":3", is for DISPLAY of a program under test."""
    program = shutil.which("Xvfb")
    if program is None:
        pytest.skip("Xvfb is not installed: no screen to open a window on (Debian: apt-get install xvfb)")
    read_end, write_end = os.pipe()
    options = ["-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-noreset"]
    command = [program, "-displayfd", str(write_end), *options]
    server = subprocess.Popen(command, pass_fds=[write_end], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write_end)
    try:
        answered, _, _ = select.select([read_end], [], [], SERVER_START)
        number = os.read(read_end, 20).decode().strip() if answered else ""
        if not number:
            pytest.fail(f"Xvfb did not start within {SERVER_START:g} s (exit status {server.poll()})")
        yield f":{number}"
    finally:
        os.close(read_end)
        server.terminate()
        server.wait(60)


@pytest.fixture
def driver() -> Iterator[WorkerDriver]:
    """A worker that runs, and is closed."""
    from tests.core.workbench.support import WorkerDriver  # here, since it imports NumPy

    driver = WorkerDriver()
    yield driver
    driver.worker.close()
