"""From the start of the process to the first painted frame of the real window, beside the imports that it cannot avoid.

python benchmarks/startup.py                       on Qt's offscreen platform, and on Xvfb if that is installed
python benchmarks/startup.py --platform offscreen --runs 15
python benchmarks/startup.py play                  from a click on Play to a moving picture, nothing compiled yet
"""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

LEAST = "import numpy, PyQt5.QtWidgets, pyqtgraph; print('', flush=True)"
LATE = (
    *("numba", "llvmlite", "scipy", "zmq", "pyarrow", "numpy.ma"),
    *("argparse", "concurrent.futures", "csv", "difflib", "gettext", "html", "shlex", "zipfile"),
    *("core.base.translation.pseudo_language", "core.explain.chain", "core.explain.formulas"),
    *("core.explain.gradient_check", "core.explain.inspection"),
    *(
        "core.explain.report",
        "core.explain.walk",
        "core.engines.lane_engine",
        "core.options.argument_table",
        "core.sweeps",
    ),
    *("core.storage.archive", "core.storage.exports.model", "core.storage.project", "core.storage.weights_file"),
    *("core.training.saved_run", "core.workbench.comparison", "core.workbench.many_runs.beside_training"),
    *("core.workbench.many_runs.kept_run", "gui.comparison.compare_window", "gui.diagram.walk_scene"),
    *("gui.explanation.fit_view", "gui.report.confusion_grid", "gui.report.report_view"),
    *("gui.export.film_dialog", "gui.export.film_job", "gui.offscreen.filming", "gui.painting.painting_tool"),
    *(
        "gui.runs.beside_commands",
        "gui.runs.runs_view",
        "gui.settings.seldom_settings",
        "gui.sweeps.sweep_commands",
        "gui.tables.table_commands",
    ),
)
"""What the first frame does not need: these modules, and all that lie in them."""
TARGET = 2.5
PLAY_TARGET = 5.0  # seconds


def imported_early(before: Collection[str]) -> list[str]:
    """The modules of LATE that were imported since ``before``, the modules of this script itself."""
    within = tuple(f"{late}." for late in LATE)
    return sorted(name for name in set(sys.modules) - set(before) if name in LATE or name.startswith(within))


def open_and_tell(plays: bool) -> int:
    """In a process of its own: open the window as main.py does; when it is painted, tell and close it.

    ``plays``: when it is painted, click on Play; tell when a later position is painted, and for how long at most the
    event loop stood still meanwhile.
    """
    ours = set(sys.modules)  # what this script has imported itself
    import main

    gc.disable()  # as the program does before it imports the window, which is imported here to be watched
    os.environ["PYQTGRAPH_QT_LIB"] = "PyQt5"
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    from PyQt5.QtCore import QEvent, QObject, QTimer

    from gui.window import application as app

    class Watch(QObject):
        """Waits for the first paint of the diagram that has a network to show."""

        def __init__(self, window: app.MainWindow) -> None:
            super().__init__(window)
            self._window, self._next = window, self._play if plays else self._tell
            self._awaited = 0  # the position whose picture is awaited
            window.network.installEventFilter(self)

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            snapshot = self._window.session.snapshot
            if event.type() == QEvent.Type.Paint and snapshot is not None and snapshot.position >= self._awaited:
                self._awaited = sys.maxsize
                QTimer.singleShot(0, self._next)  # when this frame is painted
            return False

        def _tell(self) -> None:
            print(*imported_early(ours), flush=True)
            self._window.close()

        def _play(self) -> None:
            self._awaited, self._next = 1, self._tell_play
            self._began = self._ticked = time.perf_counter()
            self._longest = 0.0
            timer = QTimer(self)
            timer.timeout.connect(self._tick)
            timer.start(1)
            self._window.session.play()

        def _tick(self) -> None:
            self._longest = max(self._longest, time.perf_counter() - self._ticked)
            self._ticked = time.perf_counter()

        def _tell_play(self) -> None:
            print(time.perf_counter() - self._began, self._longest, flush=True)
            os._exit(0)  # without the question whether to save

    make_window = app.make_window

    def make_watched_window(*arguments: object, **options: object) -> app.MainWindow:
        window = make_window(*arguments, **options)  # type: ignore[arg-type]
        Watch(window)
        return window

    app.make_window = make_watched_window
    return main.main([])


def time_to_line(command: list[str], environment: dict[str, str]) -> tuple[float, str]:
    """Seconds until a process writes its first line, and the line; raises SystemExit if it writes none or fails."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    seconds = time.perf_counter() - began
    process.stdout.read()
    if process.wait(60) != 0 or not line:
        raise SystemExit(f"{command} ended with status {process.returncode}")
    return seconds, line.strip()


def measure(platform: str, runs: int) -> bool:
    """Print a line for a platform; false where the target is missed or something was imported too early."""
    import statistics  # here and below, since the process that opens the window must not pay for it

    with tempfile.TemporaryDirectory() as folder:  # the user's own layout is neither read nor changed
        environment = {**os.environ, "QT_QPA_PLATFORM": platform, "XDG_CONFIG_HOME": folder, "XDG_RUNTIME_DIR": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # the program is not compiled again at each start
        window = [sys.executable, str(Path(__file__)), "--open"]
        least, opened, early = [], [], set()
        for run in range(runs + 1):
            imports = time_to_line([sys.executable, "-c", LEAST], environment)[0]
            seconds, names = time_to_line(window, environment)
            if run:  # the first one fills the disk's cache
                least.append(imports)
                opened.append(seconds)
                early |= set(names.split())
    ratio = statistics.median(a / b for a, b in zip(opened, least, strict=True))
    print(
        f"| {platform:9} | {1000 * statistics.median(opened):12.0f} ms | {1000 * statistics.median(least):7.0f} ms "
        f"| {ratio:5.2f} | {', '.join(sorted(early)) or 'none':17} |",
        flush=True,
    )
    return ratio <= TARGET and not early


def measure_play(runs: int) -> bool:
    """Print a row for the first play: each time in a copy of the program in which nothing is compiled."""
    import statistics

    rows = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / "program"
            left_out = shutil.ignore_patterns(".git", ".venv", "__pycache__", ".*_cache", "tests")
            shutil.copytree(ROOT, place, ignore=left_out)
            homes = dict.fromkeys(("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"), folder)
            command = [sys.executable, str(place / "benchmarks" / "startup.py"), "--open", "--play"]
            environment = {**os.environ, **homes, "QT_QPA_PLATFORM": "offscreen"}
            rows.append([float(number) for number in time_to_line(command, environment)[1].split()])
    seconds, standstill = (statistics.median(column) for column in zip(*rows, strict=True))
    print("| first play | longest standstill |\n|-----------:|-------------------:|")
    print(f"| {seconds:8.1f} s | {1000 * standstill:15.0f} ms |")
    return seconds <= PLAY_TARGET


def main() -> int:
    """Measure, print; 0 done, 1 the target is missed, 2 wrong input."""
    import argparse

    parser = argparse.ArgumentParser(description="Measure how long the window takes to appear.")
    parser.add_argument("what", nargs="?", choices=("frame", "play"), default="frame")
    parser.add_argument(
        "--platform", choices=("offscreen", "xcb"), help="default: both, xcb where there is an X server"
    )
    parser.add_argument("--runs", type=int, default=9)
    given = parser.parse_args()
    if given.what == "play":
        return 0 if measure_play(given.runs) else 1
    from benchmarks.frames import screen

    can_show = bool(os.environ.get("DISPLAY") or shutil.which("Xvfb"))
    platforms = [given.platform] if given.platform else ["offscreen", *(["xcb"] if can_show else [])]
    print("| platform  | first frame     | imports    | ratio | imported early    |")
    print("|-----------|----------------:|-----------:|------:|-------------------|")
    good = True
    for platform in platforms:
        with screen(platform):
            good = measure(platform, given.runs) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(open_and_tell("--play" in sys.argv) if "--open" in sys.argv else main())
