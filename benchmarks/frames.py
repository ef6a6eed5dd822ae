"""Frames a second of the real window while it trains at full speed, and what the window costs the training.

    python benchmarks/frames.py --seconds 10 --preset shallow
    python benchmarks/frames.py --hidden 8,8,8,8,8,8 --platform offscreen

Where there is no screen, it starts an Xvfb of its own, if that is installed. See benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # as main.py does
os.environ["PYQTGRAPH_QT_LIB"] = "PyQt5"

import numpy as np  # noqa: E402 (it reads the variables above once)
from PyQt5.QtCore import QEvent, QEventLoop, QObject, QSettings, Qt, QTimer  # noqa: E402

from cli.options import Run, make_parser, read_experiment, read_run  # noqa: E402
from core.errors import LensError  # noqa: E402
from core.trainer import Trainer  # noqa: E402
from gui import startup  # noqa: E402
from gui.app import SWITCH_SECONDS, make_application, make_window  # noqa: E402
from gui.main_window import MainWindow  # noqa: E402
from gui.selection import Edge, Neuron  # noqa: E402

SIZE = (1600, 1000)
SETTLING_SECONDS = 1.0
BEAT_MILLISECONDS = 1
PAUSES = 10
ALONE_SECONDS = 1.5
ALONE_RUNS = 3
VIEWS = ("net", "layer", "edge", "neuron")
PATIENCE = 5.0  # seconds for the worker to answer


class Watch(QObject):
    """Notes when the diagram paints a snapshot that it has not painted before, and when the event loop comes round.

    A repaint of the same snapshot is no frame.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._session = window.session
        self._painted: object = None
        self.paints: list[float] = []
        self.signals = 0
        self.beats: list[float] = []
        window.network.installEventFilter(self)
        window.session.frame.connect(self._count)
        self._heart = QTimer(self)
        self._heart.setTimerType(Qt.TimerType.PreciseTimer)
        self._heart.timeout.connect(lambda: self.beats.append(time.perf_counter()))

    def start(self) -> None:
        """Forget what was noted, and begin to beat."""
        self.paints.clear()
        self.signals = 0
        self.beats.clear()
        self._heart.start(BEAT_MILLISECONDS)

    def stop(self) -> None:
        """End the beats; paints are noted still."""
        self._heart.stop()

    def _count(self, snapshot: object) -> None:
        self.signals += 1

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._session.snapshot is not self._painted:
            self._painted = self._session.snapshot
            self.paints.append(time.perf_counter())
        return False


@dataclass
class Measures:
    """What one run of the window gave; times in seconds."""

    seconds: float = 0.0
    samples: int = 0
    signals: int = 0
    paints: list[float] = field(default_factory=list)
    beats: list[float] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    close: float = 0.0
    threads_left: int = 0


def live(seconds: float) -> None:
    """Let the event loop run for so long, as the program does: it sleeps where there is nothing to do."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), Qt.TimerType.PreciseTimer, loop.quit)
    loop.exec_()


def live_until_stopped(window: MainWindow, command: str) -> float:
    """Give the session a command and let the event loop run until a report says that nothing plays; in seconds."""
    loop = QEventLoop()
    stopped: list[float] = []

    def note(report: object) -> None:
        if not report.playing and not stopped:
            stopped.append(time.perf_counter())
            loop.quit()

    window.session.progress.connect(note)
    QTimer.singleShot(round(1000 * PATIENCE), loop.quit)
    began = time.perf_counter()
    getattr(window.session, command)()
    loop.exec_()
    window.session.progress.disconnect(note)
    return stopped[0] - began if stopped else float("inf")


def measure_window(run: Run, seconds: float, view: str) -> Measures:
    """Open the window, play, pause some times, close it while it plays.

    A window before it, opened and closed unmeasured, makes Qt start the threads of its own that it keeps until the
    program ends, so that afterwards only the worker's can be one too many.
    """
    application = make_application()  # kept in a name, since Python ends it with its last reference
    application.setQuitOnLastWindowClosed(False)  # or the first window's end would end every later loop
    measures = Measures()
    open_and_close(run, 0.0, view, None)
    threads_before = count_threads()
    open_and_close(run, seconds, view, measures)
    measures.threads_left = count_threads() - threads_before
    return measures


def open_and_close(run: Run, seconds: float, view: str, measures: Measures | None) -> None:
    """One window's life; without measures it only opens, lives a moment and closes."""
    with tempfile.TemporaryDirectory() as folder:  # the user's own layout is neither read nor changed
        settings = QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat)
        window = make_window(run.experiment, run.dataset, settings, "light", run.initial_parameters)
        faults: list[str] = []
        window.session.noticed.connect(lambda notice: faults.append(notice.text))
        try:
            window.resize(*SIZE)
            window.show()
            window.default_layout()
            live(SETTLING_SECONDS)
            inspect(window, view)
            if measures is not None:
                window.session.play()
                live(SETTLING_SECONDS)
                measure_playing(window, seconds, measures)
                measure_pauses(window, measures)
                window.session.play()
                live(0.3)
        finally:
            began = time.perf_counter()
            window.close()  # it returns when the worker's thread has ended
            ended = time.perf_counter()
        if measures is not None:
            measures.close = ended - began
        live(0.2)
        window.deleteLater()
    if faults:
        raise LensError(faults[0])


def inspect(window: MainWindow, view: str) -> None:
    """Open a page of the inspector: of the net, or of what lies in its first layer behind the input."""
    if view == "layer":
        window.inspector.buttons["layer"].click()
    elif view != "net":
        window.select(Edge(1, 0, 0) if view == "edge" else Neuron(1, 0))


def measure_playing(window: MainWindow, seconds: float, measures: Measures) -> None:
    """Samples and frames of so many seconds of play."""
    watch = Watch(window)
    watch.start()
    began, first = time.perf_counter(), window.session.snapshot
    live(seconds)
    ended, last = time.perf_counter(), window.session.snapshot
    watch.stop()
    assert first is not None
    assert last is not None
    measures.seconds = ended - began
    measures.samples = last.position - first.position
    measures.signals = watch.signals
    measures.paints, measures.beats = list(watch.paints), [began, *watch.beats, ended]


def measure_pauses(window: MainWindow, measures: Measures) -> None:
    """From the command to the report that nothing plays any more; afterwards the position must stand still."""
    for number in range(PAUSES):
        if number:
            window.session.play()
            live(0.2 + 0.003 * number)  # not always at the same moment between two frames
        measures.pauses.append(live_until_stopped(window, "pause"))
        stood = window.session.snapshot
        live(0.1)
        if window.session.snapshot is not stood:
            measures.pauses[-1] = float("inf")


def samples_alone(run: Run) -> list[float]:
    """Samples a second of the trainer by itself, an epoch at a time, in a few fresh runs."""
    speeds = []
    for _ in range(ALONE_RUNS):
        trainer = Trainer(run.experiment, run.dataset, run.initial_parameters)
        trainer.advance(trainer.epoch_length)
        start, began = trainer.position, time.perf_counter()
        while time.perf_counter() - began < ALONE_SECONDS:
            trainer.advance(trainer.epoch_length)
        speeds.append((trainer.position - start) / (time.perf_counter() - began))
    return speeds


def count_threads() -> int:
    """Threads of this process as the system counts them; 1 where it does not tell."""
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.exists() else 1


@contextlib.contextmanager
def screen(platform: str) -> Iterator[None]:
    """Settle Qt's platform, with an X server of our own where xcb has none; raises StartupError."""
    os.environ["QT_QPA_PLATFORM"] = platform
    server = None
    if platform == "xcb" and not os.environ.get("DISPLAY") and shutil.which("Xvfb"):
        reading, writing = os.pipe()
        size = "x".join(map(str, (*SIZE, 24)))
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp", "-terminate"],
            pass_fds=(writing,),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(writing)
        with os.fdopen(reading) as pipe:
            os.environ["DISPLAY"] = f":{pipe.readline().strip()}"
    try:
        startup.check()
        yield
    finally:
        if server is not None:
            server.terminate()
            server.wait(10)


def table(title: str, measures: Measures, alone: list[float]) -> str:
    """All in one table, in Markdown."""
    gaps = 1000 * np.diff(measures.paints)
    blocks = 1000 * np.diff(measures.beats)
    speed, reference = measures.samples / measures.seconds, float(np.median(alone))
    pauses = 1000 * np.array(measures.pauses)
    rows = {
        "frames painted a second": f"{len(measures.paints) / measures.seconds:.1f}",
        "snapshots shown a second": f"{measures.signals / measures.seconds:.1f}",
        "between two frames, median": f"{np.median(gaps):.1f} ms",
        "between two frames, 99th percentile": f"{np.percentile(gaps, 99):.1f} ms",
        "longest block of the event loop": f"{blocks.max():.1f} ms",
        "samples a second with the window": f"{speed:,.0f}",
        "samples a second without": f"{reference:,.0f} ({min(alone):,.0f} to {max(alone):,.0f})",
        "with / without": f"{speed / reference:.2f}",
        f"pause, median of {len(pauses)}": f"{np.median(pauses):.1f} ms",
        "pause, longest": f"{pauses.max():.1f} ms",
        "close, until the thread has ended": f"{1000 * measures.close:.1f} ms",
        "threads left": f"{measures.threads_left}",
    }
    width = max(map(len, rows))
    lines = [f"{title}", "", f"| {'measure':{width}} | value |", f"|{'-' * (width + 2)}|-------|"]
    return "\n".join(lines + [f"| {name:{width}} | {value} |" for name, value in rows.items()])


def seconds_of(text: str) -> float:
    """A length of time that is long enough for a percentile."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 1.0 <= seconds <= 3600.0:
        raise argparse.ArgumentTypeError("write seconds from 1 to 3600")
    return seconds


def main() -> int:
    """Measure, print; 0 done, 2 wrong input or no screen."""
    parser = make_parser("frames", "Measure the window's frames a second.", "")
    parser.prog = "python benchmarks/frames.py"
    parser.usage = "%(prog)s [OPTIONS]"
    parser.add_argument("--seconds", type=seconds_of, default=10.0, help="how long to play (default: 10)")
    parser.add_argument("--inspect", choices=VIEWS, default=VIEWS[0], help="the inspector's page (default: net)")
    parser.add_argument("--platform", choices=("xcb", "offscreen"), default="xcb", help="Qt's platform (default: xcb)")
    try:
        given = parser.read(sys.argv[1:])
        run = read_run(given, read_experiment(given))
        sys.setswitchinterval(SWITCH_SECONDS)  # as gui.app.run does
        with screen(given["platform"]):
            alone = samples_alone(run)
            measures = measure_window(run, given["seconds"], given["inspect"])
            alone += samples_alone(run)
            sizes = "-".join(map(str, Trainer(run.experiment, run.dataset).network.sizes))
            print(table(f"{sizes}, {given['platform']}, {measures.seconds:.1f} s", measures, alone))
    except LensError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
