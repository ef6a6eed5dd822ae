"""Checks the conditions without which Qt would end the program with a core dump and no advice.

This module imports Qt only inside functions, so that it can explain why Qt cannot be imported.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from core.base.errors import LensError, short_path
from core.base.program import PROGRAM
from core.base.translation import _, ngettext

OWN_PACKAGES = ("core", "gui", "cli")
NEED_NO_SCREEN = ("offscreen", "minimal")
PATIENCE = 3.0  # seconds for an X server to answer: a slow network takes one, an unreachable host minutes
PAUSES = (0.05, 0.1, 0.2)  # seconds between tries to connect to an X server
WITHOUT_SCREEN = _(
    "run it on a desktop or as `xvfb-run -a {program}`; `{program} render` and `train` need no screen"
).format(program=PROGRAM)
NO_SCREEN = _("There is no screen (neither DISPLAY nor WAYLAND_DISPLAY is set): {without_screen}.").format(
    without_screen=WITHOUT_SCREEN
)

# Debian names a library's package after its soname, with these exceptions.
DEBIAN_EXCEPTIONS = {
    "libz.so.1": "zlib1g",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
}
# Packages of Arch by the first letters of the library; the first match counts.
ARCH_PACKAGES = {
    "libGL": "libglvnd",
    "libEGL": "libglvnd",
    "libxcb-icccm": "xcb-util-wm",
    "libxcb-ewmh": "xcb-util-wm",
    "libxcb-image": "xcb-util-image",
    "libxcb-keysyms": "xcb-util-keysyms",
    "libxcb-render-util": "xcb-util-renderutil",
    "libxcb-util": "xcb-util",
    "libxcb": "libxcb",
    "libxkbcommon-x11": "libxkbcommon-x11",
    "libxkbcommon": "libxkbcommon",
    "libX11": "libx11",
    "libXext": "libxext",
    "libSM": "libsm",
    "libICE": "libice",
    "libfontconfig": "fontconfig",
    "libfreetype": "freetype2",
    "libdbus": "dbus",
    "libglib": "glib2",
    "libgthread": "glib2",
    "libwayland": "wayland",
    "libz": "zlib",
    "libstdc++": "gcc-libs",
}


class StartupError(LensError):
    """The window cannot open on this machine."""


def check() -> None:
    """Make sure that Qt can open a window here; call it before the QApplication is created.

    On Linux this chooses a platform of Qt that works and sets QT_QPA_PLATFORM to it.

    Raises:
        StartupError: no screen, a screen that does not answer, a system library that is missing, or a
            QT_QPA_PLATFORM that this Qt does not know.
    """
    if not sys.platform.startswith("linux"):
        return
    asked = os.environ.get("QT_QPA_PLATFORM", "")
    problems = []
    for platform in asked.split(";") if asked else screens():
        problem = platform_problem(platform.partition(":")[0].strip().lower())
        if problem is None:
            os.environ["QT_QPA_PLATFORM"] = platform
            return
        problems.append(problem)
    raise StartupError(problems[0])


def screens() -> list[str]:
    """Return Qt's platforms for the screens that the environment offers.

    X comes first where there are both: under Wayland, Qt 5 can neither place a window nor a floating dock.
    """
    offers = {"xcb": "DISPLAY", "wayland": "WAYLAND_DISPLAY"}
    found = [platform for platform, variable in offers.items() if os.environ.get(variable)]
    if not found:
        raise StartupError(NO_SCREEN)
    return found


def platform_problem(platform: str) -> str | None:
    """Return what keeps Qt from using its platform of this name, or None."""
    if platform in NEED_NO_SCREEN:
        return None
    plugins = platform_plugins()
    if platform not in plugins:
        return _("This Qt has no platform {platform!r}: unset QT_QPA_PLATFORM, or set it to one of {plugins}.").format(
            platform=platform, plugins=", ".join(sorted(plugins))
        )
    try:
        ctypes.CDLL(str(plugins[platform]))
    except OSError as error:
        return system_library_hint(str(error), plugins[platform]) or (
            _(
                "Qt cannot load its platform {platform!r} ({error}): "
                "reinstall it with `{executable} -m pip install --force-reinstall PyQt5 PyQt5-Qt5`."
            ).format(platform=platform, error=error, executable=sys.executable)
        )
    if platform == "xcb":
        return x_problem()
    if platform.startswith("wayland"):
        return wayland_problem()
    return None


def platform_plugins() -> dict[str, Path]:
    """Return the plugin files of this Qt by the names of their platforms."""
    from PyQt5.QtCore import QLibraryInfo

    folder = Path(QLibraryInfo.location(QLibraryInfo.LibraryLocation.PluginsPath), "platforms")
    plugins = {file.stem.removeprefix("libq"): file for file in folder.glob("libq*.so")}
    if "wayland-generic" in plugins:
        plugins["wayland"] = plugins.pop("wayland-generic")  # here the names of platform and file differ
    return plugins


# ---- Screens that do not answer.


def x_problem() -> str | None:
    """Return why no window can open on the X server that DISPLAY names, or None."""
    display = os.environ.get("DISPLAY")
    if not display:
        return NO_SCREEN
    for pause in (
        *PAUSES,
        0.0,
    ):  # a server resets itself after its last client, and drops a client that connects meanwhile
        outcome: list[bool] = []
        with captured_stderr() as words:
            # In a thread, since connecting cannot be given a time limit.
            probe = threading.Thread(target=lambda outcome=outcome: outcome.append(x_connects()), daemon=True)
            probe.start()
            probe.join(PATIENCE)
        if not outcome:
            return _(
                "The X server at DISPLAY={display} does not answer within {patience:g} s: {without_screen}."
            ).format(display=display, patience=PATIENCE, without_screen=WITHOUT_SCREEN)
        if outcome[0]:
            return None
        if words:
            return _("The X server at DISPLAY={display} refuses this program ({words}): {without_screen}.").format(
                display=display, words=" ".join(words), without_screen=WITHOUT_SCREEN
            )
        time.sleep(pause)
    return _("There is no X server at DISPLAY={display}: correct DISPLAY, or {without_screen}.").format(
        display=display, without_screen=WITHOUT_SCREEN
    )


def x_connects() -> bool:
    """Return whether the X server that DISPLAY names accepts a connection.

    The connection stays open; otherwise the server would reset itself and not answer Qt.
    """
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    screen = ctypes.c_int()  # asked for, so that a screen which the server does not have is an error
    connection = ctypes.c_void_p(xcb.xcb_connect(None, ctypes.byref(screen)))
    return not xcb.xcb_connection_has_error(connection)


@contextlib.contextmanager
def captured_stderr() -> Iterator[list[str]]:
    """Collect the lines that C code writes on standard error; the list is filled at the end."""
    words: list[str] = []
    with tempfile.TemporaryFile("w+") as file:
        try:
            kept = os.dup(2)
        except OSError:  # standard error is closed: nothing to keep clean
            yield words
            return
        os.dup2(file.fileno(), 2)
        try:
            yield words
        finally:
            os.dup2(kept, 2)
            os.close(kept)
        file.seek(0)
        words.extend(line.strip() for line in file if line.strip())


def wayland_problem() -> str | None:
    """Return why no window can open on the compositor that WAYLAND_DISPLAY names, or None."""
    display = os.environ.get("WAYLAND_DISPLAY") or "wayland-0"
    address = os.path.join(os.environ.get("XDG_RUNTIME_DIR", ""), display)
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(address)
    except OSError as error:
        return _("No Wayland compositor answers at {address} ({reason}): {without_screen}.").format(
            address=short_path(address), reason=error.strerror or error, without_screen=WITHOUT_SCREEN
        )
    return None


# ---- What is not installed.


def import_hint(error: ImportError, requirements: str) -> str | None:
    """Return how to repair a failed import, or None if the program itself is at fault.

    Args:
        error: what the import raised.
        requirements: path of the file that lists the packages that the program needs.
    """
    while not error.name and isinstance(error.__context__, ImportError):
        error = error.__context__  # pyqtgraph wraps the failed import of PyQt5 in an error that names nothing
    hint = system_library_hint(str(error))
    if hint is not None or not isinstance(error, ModuleNotFoundError):
        return hint
    package = (error.name or "").partition(".")[0]
    if not package or package in OWN_PACKAGES or package in sys.stdlib_module_names:
        return None
    import shlex  # here and below, since few need it

    command = shlex.join([sys.executable, "-m", "pip", "install", "-r", requirements])
    return _("The package {package} is not installed. Install what the program needs with: {command}").format(
        package=package, command=command
    )


def system_library_hint(error_text: str, *plugins: Path) -> str | None:
    """Return which system libraries to install, and how, where `error_text` says that one is missing.

    Args:
        error_text: the text of an ImportError or OSError, e.g. "libGL.so.1: cannot open shared object file: No
            such file or directory".
        plugins: the files that could not be loaded, by default those of Qt that every window needs.
    """
    match = re.search(r"([^\s/:]+\.so[.\d]*): cannot open shared object file", error_text)
    if match is None:
        return None
    # Name every missing library at once.
    libraries = list(dict.fromkeys([match[1], *missing_libraries(plugins or qt_files())]))
    command = install_command(libraries, Path("/etc/os-release"))
    advice = (
        _("Install with: {command}").format(command=command)
        if command
        else _("Install with this system's package manager.")
    )
    told = ngettext(
        "A system library that the window needs is missing: {libraries}. {advice}",
        "System libraries are missing: {libraries}. {advice}",
        len(libraries),
    )
    return told.format(libraries=", ".join(libraries), advice=advice)


def qt_files() -> tuple[Path, ...]:
    """Return the files of PyQt5's own Qt that the window loads, found without importing it."""
    spec = importlib.util.find_spec("PyQt5")
    if spec is None or spec.origin is None:
        return ()
    qt = Path(spec.origin).parent / "Qt5"
    files = (qt / "lib" / "libQt5Widgets.so.5", qt / "plugins" / "platforms" / "libqxcb.so")
    return tuple(file for file in files if file.exists())


def missing_libraries(files: tuple[Path, ...]) -> list[str]:
    """Return the libraries, each once, that these files need and the system does not have, as far as ldd can tell."""
    ldd = shutil.which("ldd")
    if ldd is None or not files:
        return []
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        run = subprocess.run([ldd, *map(str, files)], capture_output=True, text=True, timeout=10, check=False)
        return parse_ldd(run.stdout)
    return []


def parse_ldd(output: str) -> list[str]:
    """Return the libraries, each once, that `output` of ldd calls "not found"."""
    return list(dict.fromkeys(re.findall(r"^\s*(\S+) => not found", output, re.MULTILINE)))


def install_command(libraries: list[str], os_release: Path) -> str | None:
    """Return the command that installs these libraries on the distribution of `os_release`, or None if unknown."""
    try:
        text = os_release.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    names = set(re.findall(r"[\w-]+", " ".join(re.findall(r"^ID(?:_LIKE)?=(.*)", text, re.MULTILINE))))
    if names & {"debian", "ubuntu"}:
        command, packages = "apt-get install", [debian_package(library) for library in libraries]
    elif names & {"fedora", "rhel", "centos"}:
        command, packages = "dnf install", [rpm_capability(library) for library in libraries]
    elif names & {"suse", "opensuse", "sles"}:
        command, packages = "zypper install", [rpm_capability(library) for library in libraries]
    elif "arch" in names:
        command, packages = "pacman -S", [package for library in libraries if (package := arch_package(library))]
    else:
        return None
    import shlex

    sudo = "" if os.geteuid() == 0 else "sudo "
    return sudo + command + " " + shlex.join(dict.fromkeys(packages)) if packages else None


def debian_package(library: str) -> str:
    """Return the package of a library by Debian's naming rule: libxcb-icccm.so.4 is in libxcb-icccm4."""
    if library in DEBIAN_EXCEPTIONS:
        return DEBIAN_EXCEPTIONS[library]
    name, _, version = library.lower().replace("_", "-").partition(".so")
    version = version.lstrip(".")
    return f"{name}-{version}" if name[-1].isdigit() and version else name + version


def rpm_capability(library: str) -> str:
    """Return the library as RPM packages state that they provide it, which dnf and zypper resolve by themselves."""
    return f"{library}()(64bit)" if sys.maxsize > 2**32 else library


def arch_package(library: str) -> str | None:
    """Return the package of a library on Arch, or None where it is not known."""
    return next((package for start, package in ARCH_PACKAGES.items() if library.startswith(start)), None)
