"""What the user reads where the program cannot start: one line that says how to mend it, never a core dump."""

import ast
import json
import os
import re
import shlex
import shutil
import signal
import socket
import struct
import subprocess
import sys
import textwrap
import threading
import venv
from collections.abc import Iterator
from pathlib import Path

import PyQt5
import pytest

from core.base.errors import short_path
from gui.window.startup import startup_checks as startup

REPOSITORY = Path(__file__).resolve().parents[2]
SCREEN_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM", "XDG_SESSION_TYPE")
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux can be without a screen")


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in the repository without any screen but what `environment` adds."""
    kept = {name: value for name, value in os.environ.items() if name not in SCREEN_VARIABLES}
    return subprocess.run(
        command, cwd=REPOSITORY, env=kept | environment, capture_output=True, text=True, timeout=120, check=False
    )


def run_main(**environment: str) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "main.py", **environment)


def complaint(result: subprocess.CompletedProcess[str]) -> str:
    """Return the one line of a program that ended because of what its user can mend."""
    assert result.returncode == 2, result.stderr
    assert result.stdout == ""
    assert result.stderr.endswith("\n")
    assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr.strip()


# ---- Screens.

CHECK = """
import json, os, sys
from core.base.errors import LensError
from gui.window.startup import startup_checks as startup
for environment in json.loads(sys.argv[1]):
    os.environ.update(environment)
    try:
        startup.check()
        print("It can open.")
    except LensError as error:
        print(error)
    for name in environment:
        del os.environ[name]
"""


@on_linux
def test_without_a_screen_the_program_says_so_in_one_line() -> None:
    line = complaint(run_main())
    assert "There is no screen (neither DISPLAY nor WAYLAND_DISPLAY is set)" in line
    assert "main.py render" in line
    assert "xvfb-run -a python main.py" in line


@on_linux
def test_no_usable_screen(tmp_path: Path) -> None:
    nowhere = f"No Wayland compositor answers at {short_path(tmp_path / 'wayland-7')}"
    cases = [
        ({"QT_QPA_PLATFORM": "xcb"}, "There is no screen"),
        ({"DISPLAY": ":987"}, "There is no X server at DISPLAY=:987"),
        ({"DISPLAY": ":987", "XDG_SESSION_TYPE": "wayland"}, "There is no X server at DISPLAY=:987"),
        ({"DISPLAY": "nonsense"}, "There is no X server at DISPLAY=nonsense"),
        ({"QT_QPA_PLATFORM": "abacus"}, "This Qt has no platform 'abacus': unset QT_QPA_PLATFORM"),
        ({"QT_QPA_PLATFORM": "abacus:x=1;slate"}, "This Qt has no platform 'abacus'"),
        ({"WAYLAND_DISPLAY": "wayland-7", "XDG_RUNTIME_DIR": str(tmp_path)}, nowhere),
    ]
    checked = run(sys.executable, "-c", CHECK, json.dumps([environment for environment, _ in cases]))
    assert (checked.returncode, checked.stderr) == (0, "")
    for (_, says), line in zip(cases, checked.stdout.splitlines(), strict=True):
        if says == nowhere and "libwayland" in line:  # which Qt's platform needs, and is not installed
            continue
        assert says in line
        if "abacus" not in says:
            assert "main.py render" in line
            assert "xvfb-run -a python main.py" in line


@on_linux
def test_a_screen_that_the_server_does_not_have(xvfb: str) -> None:
    assert f"no X server at DISPLAY={xvfb}.5" in complaint(run_main(DISPLAY=f"{xvfb}.5"))


OPEN = """
from gui.window.startup import startup_checks as startup
startup.check()
from PyQt5.QtWidgets import QApplication
print(QApplication([]).platformName())
"""


@on_linux
@pytest.mark.parametrize(
    "environment",
    [{}, {"XDG_SESSION_TYPE": "wayland"}, {"WAYLAND_DISPLAY": "wayland-7"}, {"QT_QPA_PLATFORM": "abacus;xcb"}],
)
def test_a_screen_that_works_is_used(xvfb: str, environment: dict[str, str]) -> None:
    result = run(sys.executable, "-c", OPEN, DISPLAY=xvfb, **environment)
    assert (result.returncode, result.stdout, result.stderr) == (0, "xcb\n", "")


@on_linux
@pytest.mark.parametrize("platform", ["offscreen", "minimal"])
def test_a_platform_without_screen_needs_none(platform: str) -> None:
    result = run(sys.executable, "-c", OPEN, QT_QPA_PLATFORM=platform)
    assert (result.returncode, result.stdout) == (0, f"{platform}\n")


CLOSE_AND_TELL = """
from PyQt5 import sip
from PyQt5.QtCore import QTimer
from PyQt5.QtWidgets import QApplication
from gui.window import application as app
made, execute, make = [], QApplication.exec_, app.make_window
def make_window(*arguments, **options):
    made.append(make(*arguments, **options))
    QTimer.singleShot(0, made[0].close)
    return made[0]
app.make_window = make_window
import main
status = main.main([])
print(status, sip.isdeleted(made[0]))
"""


def test_the_window_is_gone_before_the_application(tmp_path: Path) -> None:
    """Or PyQt deletes its parts in any order at the end, which now and then is a crash."""
    result = run(sys.executable, "-c", CLOSE_AND_TELL, QT_QPA_PLATFORM="offscreen", XDG_CONFIG_HOME=str(tmp_path))
    assert (result.returncode, result.stdout) == (0, "0 True\n"), result.stderr


FIRST_FRAME = """
import gc, os, sys
from importlib.abc import MetaPathFinder
class Watch(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in ("numpy", "gui.window.main_window"):
            told.append(gc.isenabled())
told = []
sys.meta_path.insert(0, Watch())
from benchmarks.startup import imported_early
ours = set(sys.modules)
import main
from PyQt5.QtCore import QEvent, QObject, QTimer
from PyQt5.QtWidgets import QApplication
class Frames(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Paint:
            window = watched.window()
            if not self.painted:
                from gui.settings.data_tiles import picture_of
                self.early, self.tiles = imported_early(ours), picture_of
                self.late = [picture_of.cache_info().currsize, len(window.first_notes.notes)]
                self.close_finished(window)
            self.painted.append(window.session.snapshot is not None)
        return False
    def close_finished(self, window):
        notes = window.first_notes.notes
        is_finished = self.tiles.cache_info().currsize and any(note.isVisible() for note in notes)
        QTimer.singleShot(5, window.close if is_finished else lambda: self.close_finished(window))
execute, set_style, frames = QApplication.exec_, QApplication.setStyle, Frames()
frames.painted = []
def be_patient(application, name):
    sys.modules["gui.window.application"].PATIENCE_SECONDS = 60.0  # a busy machine makes the first snapshot late
    return set_style(name)
QApplication.setStyle = be_patient
def exec_(application):
    window = next(w for w in QApplication.topLevelWidgets() if w.objectName() == "" and hasattr(w, "network"))
    window.network.installEventFilter(frames)
    return execute()
QApplication.exec_ = exec_
status = main.main([])
maps = open("/proc/self/maps").read() if os.path.exists("/proc/self/maps") else ""
drivers = [name for name in ("glx-integration", "libGLX_", "_dri.so", "libLLVM", "libgallium") if name in maps]
print(status, told, frames.painted[0], drivers, frames.early, frames.late)
"""


@on_linux
@pytest.mark.parametrize("platform", ["offscreen", "xcb"])
def test_the_first_frame(xvfb: str, platform: str, tmp_path: Path) -> None:
    """It shows the network, and what it does not need is left for later: garbage, OpenGL's drivers, modules.

    So are the small pictures of the data sets and the notes; the second one has them.
    """
    environment = {"QT_QPA_PLATFORM": platform, "DISPLAY": xvfb, "XDG_CONFIG_HOME": str(tmp_path)}
    result = run(sys.executable, "-c", FIRST_FRAME, **environment)
    assert (result.returncode, result.stdout) == (0, "0 [False, False] True [] [] [0, 0]\n"), result.stderr


BAR = """
from PyQt5.QtCore import QCoreApplication, Qt
from gui.window.application import make_application
application = make_application()
print(QCoreApplication.testAttribute(Qt.ApplicationAttribute.AA_DontUseNativeMenuBar))
"""


@on_linux
@pytest.mark.parametrize("bus", [[], ["DBUS_SESSION_BUS_ADDRESS=unix:path=/nowhere"]])
def test_without_a_session_bus_none_is_started_for_a_menu_bar(bus: list[str]) -> None:
    without = ["env", "-u", "DBUS_SESSION_BUS_ADDRESS", *bus, sys.executable, "-c", BAR]
    assert run(*without, QT_QPA_PLATFORM="offscreen").stdout.strip() == str(not bus)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A socket that listens where DISPLAY says that an X server does."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(60)  # no thread waits for ever for a client that does not come
        monkeypatch.setattr(startup, "PATIENCE", 60.0)
        monkeypatch.setenv("DISPLAY", f"127.0.0.1:{listening.getsockname()[1] - 6000}")
        yield listening


@on_linux
def test_a_server_that_hangs(server: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(startup, "PATIENCE", 0.2)
    assert " does not answer within 0.2 s" in str(startup.x_problem())


@on_linux
def test_a_server_that_refuses(server: socket.socket, capfd: pytest.CaptureFixture[str]) -> None:
    def refuse() -> None:
        with server.accept()[0] as connection:
            connection.recv(1000)
            # Failed; 8 bytes of reason; protocol 11.0; 2 units of four bytes follow.
            connection.sendall(struct.pack("=BBHHH8s", 0, 8, 11, 0, 2, b"Go away\n"))

    refusing = threading.Thread(target=refuse)
    refusing.start()
    problem = startup.x_problem()
    refusing.join()
    assert " refuses this program (Go away): " in str(problem)
    assert capfd.readouterr().err == ""


@on_linux
def test_a_server_that_resets_itself_is_asked_again(server: socket.socket) -> None:
    def drop_and_then_accept() -> None:
        for _ in range(2):
            server.accept()[0].close()
        with server.accept()[0] as connection:
            connection.recv(1000)
            # Success; protocol 11.0; 18 units of four bytes follow: no vendor and no formats, but one screen.
            about = struct.pack("=IIIIHHBB10x", 0, 0, 0xFFFF, 0, 0, 0xFFFF, 1, 0)
            connection.sendall(struct.pack("=BxHHH", 1, 11, 0, 18) + about + bytes(40))

    accepting = threading.Thread(target=drop_and_then_accept)
    accepting.start()
    assert startup.x_problem() is None
    accepting.join()


# ---- System libraries.


def mirror_qt(folder: Path, file: str, library: str) -> None:
    """Lay out PyQt5 below `folder` as it is installed, save that `file` of Qt needs a library that does not exist."""
    real = Path(PyQt5.__file__).parent
    copy = folder / "PyQt5"
    if not (real / "Qt5" / "lib" / file).exists():
        pytest.skip("this PyQt5 does not bring its own Qt, whose files the test changes")
    shutil.copytree(real, copy, copy_function=os.symlink, ignore=shutil.ignore_patterns("qml", "translations", "*.pyi"))
    patched = copy / "Qt5" / "lib" / file
    content = patched.read_bytes()
    assert content.count(library.encode() + b"\0") == 1
    patched.unlink()
    patched.write_bytes(content.replace(library.encode() + b"\0", absent(library).encode() + b"\0"))


def absent(library: str) -> str:
    """Return the name of a version of the library that does not exist."""
    return library[:-1] + "9"


@on_linux
@pytest.mark.parametrize(
    ("file", "library"),
    [("libQt5XcbQpa.so.5", "libxcb-icccm.so.4"), ("libQt5Gui.so.5", "libGL.so.1")],
    ids=["the platform plugin's", "PyQt5's own"],
)
def test_a_missing_system_library(tmp_path: Path, file: str, library: str) -> None:
    mirror_qt(tmp_path, file, library)
    line = complaint(run_main(PYTHONPATH=str(tmp_path), DISPLAY=":987"))
    assert line.startswith(f"A system library that the window needs is missing: {absent(library)}. Install ")
    if shutil.which("apt-get"):
        assert startup.debian_package(absent(library)) in line


LDD_OUTPUT = """\
/opt/qt/libqxcb.so:
\tlinux-vdso.so.1 (0x00007f16dd7d6000)
\tlibQt5XcbQpa.so.5 => /opt/qt/libQt5XcbQpa.so.5 (0x00007f16dd000000)
\tlibxcb-icccm.so.4 => not found
\tlibz.so.1 => /lib/libz.so.1 (0x00007f16dd691000)
\tlibGL.so.1 => not found
/opt/qt/libQt5Widgets.so.5: /lib/libc.so.6: version `GLIBC_9' not found (required by /opt/qt/libQt5Widgets.so.5)
\tlibGL.so.1 => not found
"""


def test_what_ldd_says_is_missing() -> None:
    assert startup.parse_ldd(LDD_OUTPUT) == ["libxcb-icccm.so.4", "libGL.so.1"]


@pytest.mark.parametrize(
    ("library", "package"),
    [
        ("libGL.so.1", "libgl1"),
        ("libEGL.so.1", "libegl1"),
        ("libX11-xcb.so.1", "libx11-xcb1"),
        ("libX11.so.6", "libx11-6"),
        ("libxcb-icccm.so.4", "libxcb-icccm4"),
        ("libxcb-render-util.so.0", "libxcb-render-util0"),
        ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
        ("libdbus-1.so.3", "libdbus-1-3"),
        ("libglib-2.0.so.0", "libglib2.0-0"),
        ("libstdc++.so.6", "libstdc++6"),
        ("libgcc_s.so.1", "libgcc-s1"),
        ("libz.so.1", "zlib1g"),
    ],
)
def test_debian_package_names(library: str, package: str) -> None:
    assert startup.debian_package(library) == package


@pytest.mark.parametrize(
    ("os_release", "command"),
    [
        ("ID=debian\n", "apt-get install libxcb-icccm4 libgl1"),
        ('NAME="Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n', "apt-get install libxcb-icccm4 libgl1"),
        ("ID=fedora\n", "dnf install 'libxcb-icccm.so.4()(64bit)' 'libGL.so.1()(64bit)'"),
        (
            'ID="rocky"\nID_LIKE="rhel centos fedora"\n',
            "dnf install 'libxcb-icccm.so.4()(64bit)' 'libGL.so.1()(64bit)'",
        ),
        (
            'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n',
            "zypper install 'libxcb-icccm.so.4()(64bit)' 'libGL.so.1()(64bit)'",
        ),
        ("ID=manjaro\nID_LIKE=arch\n", "pacman -S xcb-util-wm libglvnd"),
    ],
)
def test_install_command_of_the_distribution(tmp_path: Path, os_release: str, command: str) -> None:
    (tmp_path / "os-release").write_text(os_release)
    answer = startup.install_command(["libxcb-icccm.so.4", "libGL.so.1"], tmp_path / "os-release")
    assert str(answer).removeprefix("sudo ") == command


@pytest.mark.parametrize("os_release", ["ID=plan9\n", "", None])
def test_no_install_command_for_an_unknown_system(tmp_path: Path, os_release: str | None) -> None:
    if os_release is not None:
        (tmp_path / "os-release").write_text(os_release)
    assert startup.install_command(["libGL.so.1"], tmp_path / "os-release") is None


@pytest.mark.parametrize("text", ["", "cannot import name 'x' from 'core.network.network'", "DLL load failed"])
def test_no_library_hint_for_other_errors(text: str) -> None:
    assert startup.system_library_hint(text) is None


# ---- Packages and old Pythons.


def with_code_first(folder: Path, code: str) -> dict[str, str]:
    """Return the environment of a Python that runs `code` before the program."""
    (folder / "sitecustomize.py").write_text(textwrap.dedent(code))
    return {"PYTHONPATH": str(folder), "QT_QPA_PLATFORM": "offscreen"}


@pytest.mark.parametrize("package", ["numpy", "PyQt5", "pyqtgraph"])
def test_a_missing_package(tmp_path: Path, package: str) -> None:
    code = f"""
        import sys

        class Absent:
            def find_spec(self, name, path=None, target=None):
                if name.partition(".")[0] == {package!r}:
                    raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

        sys.meta_path.insert(0, Absent())
    """
    line = complaint(run_main(**with_code_first(tmp_path, code)))
    assert line.startswith(f"The package {package} is not installed.")
    assert line.endswith(
        shlex.join([sys.executable, "-m", "pip", "install", "-r", str(REPOSITORY / "requirements.txt")])
    )


def test_an_environment_without_any_package(tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", with_pip=False, symlinks=os.name != "nt")
    python = tmp_path / "bare" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    line = complaint(run(str(python), "main.py"))
    assert re.match(r"The package \w+ is not installed\. Install what the program needs with: ", line)
    assert str(python.parent) in line


OLD = """
import runpy, sys
sys.version_info, sys.version, sys.argv = (3, 9, 18, "final", 0), "3.9.18 (main)", ["main.py"]
runpy.run_path("main.py", run_name="__main__")
"""


def check_too_old(line: str, version: str) -> None:
    assert line.startswith(f"Backprop Lens needs Python 3.10 or newer; this is Python {version}. ")
    assert line.endswith(" -m venv .venv && .venv/bin/pip install -r requirements.txt && .venv/bin/python main.py")


def test_a_python_that_is_too_old() -> None:
    check_too_old(complaint(run(sys.executable, "-c", OLD)), "3.9.18")


def test_the_newer_python_at_hand_is_named(tmp_path: Path) -> None:
    for name in ("python3.9", "python3.10", "python3.12"):
        (tmp_path / name).touch(mode=0o755)
    assert f"Run: cd {REPOSITORY} && python3.12 -m venv" in complaint(
        run(sys.executable, "-c", OLD, PATH=str(tmp_path))
    )
    (tmp_path / "empty").mkdir()
    line = complaint(run(sys.executable, "-c", OLD, PATH=str(tmp_path / "empty")))
    assert "Install a newer one from https://www.python.org/downloads/ and run: " in line


def test_real_old_pythons() -> None:
    names = ("python2.7", "python3.5", "python3.6", "python3.7", "python3.8", "python3.9")
    tried = 0
    for python in filter(None, map(shutil.which, names)):
        answer = run(python, "-c", "import sys; sys.stdout.write(sys.version.split()[0])")
        if answer.returncode == 0:
            check_too_old(complaint(run(python, "main.py")), answer.stdout)
            tried += 1
    if not tried:
        pytest.skip(f"none of {', '.join(names)} is installed")


def test_an_old_python_can_read_main() -> None:
    source = (REPOSITORY / "main.py").read_text(encoding="ascii")
    new = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef, ast.Nonlocal, ast.YieldFrom, ast.Match)
    for node in ast.walk(ast.parse(source, feature_version=(3, 5))):
        assert not isinstance(node, new), f"line {node.lineno}"
        if isinstance(node, ast.FunctionDef):
            arguments = node.args
            annotations = [node.returns, *(argument.annotation for argument in arguments.args)]
            assert not any([*arguments.kwonlyargs, *arguments.posonlyargs, *annotations]), f"line {node.lineno}"
        if isinstance(node, ast.Raise):
            assert node.cause is None, f"line {node.lineno}"


# ---- What main.py makes of how the command line ends.


def run_instead(folder: Path, body: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run main.py with `body` in place of the command line's own function."""
    return run_main(**instead(folder, body), **environment)


def instead(folder: Path, body: str) -> dict[str, str]:
    code = "import os, sys, types\n\ndef main(argv):\n" + textwrap.indent(body, "    ")
    return with_code_first(folder, code + "\nsys.modules['cli.main'] = types.SimpleNamespace(main=main)\n")


def test_the_exit_status_is_passed_on(tmp_path: Path) -> None:
    result = run_instead(tmp_path, "print(argv)\nreturn 7")
    assert (result.returncode, result.stdout, result.stderr) == (7, "[]\n", "")


def test_a_mendable_error_is_one_line(tmp_path: Path) -> None:
    line = complaint(
        run_instead(tmp_path, "from core.base.errors import DataError\nraise DataError('Row 3 is short.')")
    )
    assert line == "Row 3 is short."


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import core.nothing_of_that_name", "No module named 'core.nothing_of_that_name'"),
        ("from core.base.errors import Nothing", "cannot import name 'Nothing' from 'core.base.errors'"),
        ("raise ModuleNotFoundError('x', name='decimal')", "ModuleNotFoundError: x"),
        ("open('/no/such/file')", "FileNotFoundError"),
    ],
)
def test_a_fault_of_ours_shows_all_and_is_status_1(tmp_path: Path, body: str, error: str) -> None:
    result = run_instead(tmp_path, body)
    assert result.returncode == 1
    lines = result.stderr.splitlines()
    assert lines[0].startswith("This is a fault of Backprop Lens")
    assert lines[1] == "Traceback (most recent call last):"
    assert error in lines[-1]


def start_instead(folder: Path, body: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "main.py"],
        cwd=REPOSITORY,
        env=os.environ | instead(folder, body),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process")
def test_ctrl_c_is_silent(tmp_path: Path) -> None:
    listen = "signal.signal(signal.SIGINT, signal.default_int_handler)"  # which a shell's background job does not
    body = f"import signal, time\n{listen}\nprint('ready', flush=True)\ntime.sleep(60)"
    with start_instead(tmp_path, body) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "")


@pytest.mark.parametrize("lines", [1, 100_000])
def test_a_reader_that_leaves_is_no_fault(tmp_path: Path, lines: int) -> None:
    """Also where all that is printed is still in the buffer when the program ends."""
    body = f"sys.stdin.readline()\nfor line in range({lines}): print(line)\nreturn 0"
    environment = os.environ | instead(tmp_path, body)
    read_end, write_end = os.pipe()
    with subprocess.Popen(
        [sys.executable, "main.py"],
        cwd=REPOSITORY,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=write_end,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        os.close(write_end)
        os.close(read_end)
        _, err = process.communicate("go\n", timeout=60)
    assert (process.returncode, err) == (141, "")


def test_blas_gets_one_thread_unless_the_user_says_otherwise(tmp_path: Path) -> None:
    body = "print(os.environ['OPENBLAS_NUM_THREADS'], os.environ['OMP_NUM_THREADS'], os.environ['MKL_NUM_THREADS'])"
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    environment |= instead(tmp_path, body) | {"OMP_NUM_THREADS": "3"}
    output = subprocess.run(
        [sys.executable, "main.py"], cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )
    assert (output.stdout, output.stderr) == ("1 3 1\n", "")
