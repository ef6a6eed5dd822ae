"""Frames a second of the real window while it trains at full speed, and what the window costs the training.

    python benchmarks/frames.py --seconds 10 --preset shallow
    python benchmarks/frames.py --hidden 8,8,8,8,8,8 --platform offscreen
    python benchmarks/frames.py --table --seconds 8         the first table of benchmarks/README.md, in one run
    python benchmarks/frames.py --all --seconds 5           every net, number of points, engine and platform
    python benchmarks/frames.py --seconds 600               how memory grows in ten minutes

Where there is no screen, it starts an Xvfb of its own, if that is installed. See benchmarks/README.md.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # as main.py does
os.environ["PYQTGRAPH_QT_LIB"] = "PyQt5"

import numpy as np  # noqa: E402 (it reads the variables above once)
from PyQt5.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QPointF, Qt, QTimer  # noqa: E402
from PyQt5.QtGui import QMouseEvent  # noqa: E402
from PyQt5.QtWidgets import QWidget  # noqa: E402

from benchmarks import contenders, plain_loop  # noqa: E402
from cli.options import RunOptions, make_parser, read_experiment, read_run  # noqa: E402
from core.base.errors import LensError  # noqa: E402
from core.explain.picked_part import Edge, Neuron  # noqa: E402
from core.storage.settings_file import SettingsFile  # noqa: E402
from core.training.trainer import Trainer  # noqa: E402
from core.workbench.speed_scale import FULL  # noqa: E402
from gui.window.application import SWITCH_SECONDS, make_application, make_window  # noqa: E402
from gui.window.main_window import MainWindow  # noqa: E402
from gui.window.startup import startup_checks as startup  # noqa: E402

SIZE = (1600, 1000)
SETTLING_SECONDS = 1.0
BEAT_MILLISECONDS = 1
PAUSES = 10
ALONE_SECONDS = 1.0
ALONE_RUNS = 2
ALONE_SAMPLES = 20_000
VIEWS = ("net", "layer", "edge", "neuron")
PATIENCE = 5.0  # seconds for the worker to answer
IDLE_SECONDS = 1.5
CLICK_PAUSE = (0.01, 0.05)  # seconds between two clicks

NETS = {"2-7-2": "7", "2-8x6-2": "8,8,8,8,8,8", "2-64-64-64-2": "64,64,64", "2-256-256-2": "256,256"}
POINTS = (1_000, 100_000, 1_000_000)
ENGINES = ("compiled", "numpy")
PLATFORMS = ("xcb", "offscreen")
LOOP_SECONDS, LOOP_ORDERS = 1.0, 16
CASES: dict[str, tuple[int, str]] = {
    "2-7-2": (1_000, "--hidden 7"),
    "2-7-2, all docks": (1_000, "--hidden 7 --all-docks"),
    "2-7-2, NumPy": (1_000, "--hidden 7 --engine numpy"),
    "2-8x6-2": (1_000, "--hidden 8,8,8,8,8,8"),
    "2-8x6-2, all docks": (1_000, "--hidden 8,8,8,8,8,8 --all-docks"),
    "2-64-64-64-2, batch 10": (1_000, "--hidden 64,64,64 --batch-size 10"),
    "the same, layer's page": (1_000, "--hidden 64,64,64 --batch-size 10 --inspect layer"),
    "the same, edge's page": (1_000, "--hidden 64,64,64 --batch-size 10 --inspect edge"),
    "the same, neuron's page": (1_000, "--hidden 64,64,64 --batch-size 10 --inspect neuron"),
    "2-7-2 ": (1_000_000, "--hidden 7"),
    "2-8x6-2 ": (1_000_000, "--hidden 8,8,8,8,8,8"),
    "2-64-64-64-2": (1_000_000, "--hidden 64,64,64"),
}
"""The rows of the table: points, and options."""


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


class Clicker(QObject):
    """Clicks at odd moments from another thread, and notes how long each press takes to reach its widget."""

    def __init__(self, target: QWidget) -> None:
        super().__init__(target)
        self._target = target
        self._sent: list[float] = []
        self.seconds: list[float] = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._click)
        target.installEventFilter(self)
        self._thread.start()

    def stop(self) -> list[float]:
        self._end.set()
        self._thread.join()
        self._target.removeEventFilter(self)
        return self.seconds

    def _click(self) -> None:
        clock = random.Random(0)
        left, place = Qt.MouseButton.LeftButton, QPointF(1.0, 1.0)
        while not self._end.wait(clock.uniform(*CLICK_PAUSE)):
            for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
                event = QMouseEvent(kind, place, left, left, Qt.KeyboardModifier.NoModifier)
                if kind == QEvent.Type.MouseButtonPress:
                    self._sent.append(time.perf_counter())
                QCoreApplication.postEvent(self._target, event, Qt.EventPriority.NormalEventPriority)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress and len(self.seconds) < len(self._sent):
            self.seconds.append(time.perf_counter() - self._sent[len(self.seconds)])
        return False


@dataclass
class Measures:
    """What one run of the window gave; times in seconds."""

    seconds: float = 0.0
    samples: int = 0
    signals: int = 0
    paints: list[float] = field(default_factory=list)
    beats: list[float] = field(default_factory=list)
    clicks: list[float] = field(default_factory=list)
    idle_paints: int = 0
    idle_beats: list[float] = field(default_factory=list)
    idle_clicks: list[float] = field(default_factory=list)
    memory_growth: float = 0.0
    pauses: list[float] = field(default_factory=list)
    close: float = 0.0
    threads_left: int = 0
    alone: list[float] = field(default_factory=list)
    c_loop: list[float] = field(default_factory=list)


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
        if not report.state.playing and not stopped:
            stopped.append(time.perf_counter())
            loop.quit()

    window.session.progress.connect(note)
    QTimer.singleShot(round(1000 * PATIENCE), loop.quit)
    began = time.perf_counter()
    getattr(window.session, command)()
    loop.exec_()
    window.session.progress.disconnect(note)
    return stopped[0] - began if stopped else float("inf")


def measure_window(run: RunOptions, seconds: float, view: str, all_docks: bool = False) -> Measures:
    """Open the window, play, pause some times, close it while it plays.

    A window before it, opened and closed unmeasured, makes Qt start the threads of its own that it keeps until the
    program ends, so that afterwards only the worker's can be one too many.
    """
    application = make_application()  # kept in a name, since Python ends it with its last reference
    application.setQuitOnLastWindowClosed(False)  # or the first window's end would end every later loop
    measures = Measures()
    open_and_close(run, 0.0, view, None, all_docks)
    threads_before = count_threads()
    open_and_close(run, seconds, view, measures, all_docks)
    measures.threads_left = count_threads() - threads_before
    return measures


def open_and_close(run: RunOptions, seconds: float, view: str, measures: Measures | None, all_docks: bool) -> None:
    """One window's life; without measures it only opens, lives a moment and closes."""
    with tempfile.TemporaryDirectory() as folder:  # the user's own layout is neither read nor changed
        settings = SettingsFile(Path(folder) / "settings.ini")
        window = make_window(run.experiment, run.dataset, settings, "light", run.initial_parameters)
        window.toolbar.speed.choose(FULL)
        faults: list[str] = []
        window.session.noticed.connect(lambda notice: faults.append(notice.text))
        try:
            window.resize(*SIZE)
            window.show()
            window.docks.restore_default()
            if all_docks:
                for dock in window.docks.by_name.values():
                    dock.show()
            while window.session.snapshot is None:  # a large set takes its time
                live(0.1)
            live(SETTLING_SECONDS)
            inspect(window, view)
            if measures is not None:
                measure_idle(window, measures)
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
        window.inspector.head.views["layer"].click()
    elif view != "net":
        window.select(Edge(1, 0, 0) if view == "edge" else Neuron(1, 0))


def click_target(window: MainWindow) -> QWidget:
    """What is clicked: an empty corner of the diagram, or where that would end the selection, the status bar."""
    return window.network if window.inspector.selection is None else window.statusBar()


def measure_idle(window: MainWindow, measures: Measures) -> None:
    """Frames, blocks and clicks while nothing plays."""
    watch, clicker = Watch(window), Clicker(click_target(window))
    watch.start()
    began = time.perf_counter()
    live(IDLE_SECONDS)
    measures.idle_beats = [began, *watch.beats, time.perf_counter()]
    watch.stop()
    measures.idle_clicks, measures.idle_paints = clicker.stop(), len(watch.paints)


def measure_playing(window: MainWindow, seconds: float, measures: Measures) -> None:
    """Samples, frames and clicks of so many seconds of play."""
    watch, clicker = Watch(window), Clicker(click_target(window))
    watch.start()
    memory = resident_memory()
    began, first = time.perf_counter(), window.session.snapshot
    live(seconds)
    ended, last = time.perf_counter(), window.session.snapshot
    measures.memory_growth = resident_memory() - memory
    watch.stop()
    measures.clicks = clicker.stop()
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
        stood = window.session.snapshot.position
        live(0.1)
        if window.session.snapshot.position != stood:
            measures.pauses[-1] = float("inf")


def samples_alone(run: RunOptions) -> list[float]:
    """Samples a second of the trainer by itself, an epoch at a time or a part of a long one, in a few fresh runs."""
    speeds = []
    for _ in range(ALONE_RUNS):
        trainer = Trainer(run.experiment, run.dataset, run.initial_parameters)
        stretch = min(trainer.epoch_length, ALONE_SAMPLES)
        trainer.advance(stretch)
        start, began = trainer.position, time.perf_counter()
        while time.perf_counter() - began < ALONE_SECONDS:
            trainer.advance(stretch)
        speeds.append((trainer.position - start) / (time.perf_counter() - began))
    return speeds


def c_loop_speed() -> list[float]:
    """Samples a second of the C loop for 2-7-2, which tells how fast the machine is now; empty without a compiler."""
    if not plain_loop.compiler():
        return []
    case = contenders.CASES[0]
    run, orders = plain_loop.make_plain_loop(case.workload(), case.experiment.learning_rate), case.orders(LOOP_ORDERS)
    samples, began = 0, time.perf_counter()
    while (passed := time.perf_counter() - began) < LOOP_SECONDS:
        for order in orders:
            run(order)
            samples += len(order)
    return [samples / passed]


def resident_memory() -> float:
    """Memory of this process in MiB; 0 where the system does not tell."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20 if status.exists() else 0.0


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


def milliseconds(moments: list[float]) -> np.ndarray:
    """Between each two moments."""
    return 1000 * np.diff(moments)


def quantile(milliseconds: np.ndarray, percent: float) -> str:
    """A percentile; a dash where hardly a frame was painted."""
    return f"{np.percentile(milliseconds, percent):.1f}" if len(milliseconds) else "–"


def table(title: str, measures: Measures) -> str:
    """All in one table, in Markdown."""
    gaps, blocks = milliseconds(measures.paints), milliseconds(measures.beats)
    alone, clicks, idle_clicks = measures.alone, *(1000 * np.array(c) for c in (measures.clicks, measures.idle_clicks))
    speed, reference = measures.samples / measures.seconds, float(np.median(alone))
    pauses = 1000 * np.array(measures.pauses)
    rows = {
        "frames painted a second": f"{len(measures.paints) / measures.seconds:.1f}",
        "snapshots shown a second": f"{measures.signals / measures.seconds:.1f}",
        "between two frames, median": f"{quantile(gaps, 50)} ms",
        "between two frames, 99th percentile": f"{quantile(gaps, 99)} ms",
        "longest block of the event loop": f"{blocks.max():.1f} ms",
        f"click until its handler, 99th of {len(clicks)}": f"{quantile(clicks, 99)} ms",
        "samples a second with the window": f"{speed:,.0f}",
        "samples a second without": f"{reference:,.0f} ({min(alone):,.0f} to {max(alone):,.0f})",
        "with / without": f"{speed / reference:.2f}",
        "memory, growth while playing": f"{measures.memory_growth:.1f} MiB",
        "idle: frames painted": f"{measures.idle_paints}",
        "idle: longest block": f"{milliseconds(measures.idle_beats).max():.1f} ms",
        "idle: click until its handler, 99th": f"{quantile(idle_clicks, 99)} ms",
        f"pause, median of {len(pauses)}": f"{np.median(pauses):.1f} ms",
        "pause, longest": f"{pauses.max():.1f} ms",
        "close, until the thread has ended": f"{1000 * measures.close:.1f} ms",
        "threads left": f"{measures.threads_left}",
    }
    width = max(map(len, rows))
    lines = [f"{title}", "", f"| {'measure':{width}} | value |", f"|{'-' * (width + 2)}|-------|"]
    return "\n".join(lines + [f"| {name:{width}} | {value} |" for name, value in rows.items()])


HEADS = ("net", "points", "engine", "frames/s", "median", "99th", "block", "click", "with", "without", "ratio", "MiB")
IDLE_HEADS = ("idle: frames", "block", "click")


def row(net: str, points: int, engine: str, measures: Measures) -> list[str]:
    """One case in the table of all, in the order of HEADS and IDLE_HEADS; times in milliseconds."""
    gaps = milliseconds(measures.paints)
    speed, alone = measures.samples / measures.seconds, float(np.median(measures.alone))
    return [
        net,
        f"{points:,}",
        engine,
        f"{len(measures.paints) / measures.seconds:.1f}",
        quantile(gaps, 50),
        quantile(gaps, 99),
        f"{milliseconds(measures.beats).max():.1f}",
        quantile(1000 * np.array(measures.clicks), 99),
        f"{speed:,.0f}",
        f"{alone:,.0f}",
        f"{speed / alone:.2f}",
        f"{measures.memory_growth:.0f}",
        f"{measures.idle_paints}",
        f"{milliseconds(measures.idle_beats).max():.1f}",
        quantile(1000 * np.array(measures.idle_clicks), 99),
    ]


def show_all(seconds: float, platforms: Sequence[str]) -> None:
    """Every case, each in a process of its own, as one table for each platform."""
    for platform in platforms:
        print(f"\n{platform}, {seconds:g} s each\n")
        heads = [*HEADS, *IDLE_HEADS]
        print("| " + " | ".join(heads) + " |\n|" + "|".join(["---"] + ["--:"] * (len(heads) - 1)) + "|", flush=True)
        for net, hidden in NETS.items():
            for points in POINTS:
                for engine in ENGINES:
                    options = ["--hidden", hidden, "--engine", engine]
                    measures = measures_of(points, options, seconds, platform)
                    print("| " + " | ".join(row(net, points, engine, measures)) + " |", flush=True)


def measures_of(points: int, options: Sequence[str], seconds: float, platform: str) -> Measures:
    """What a process of its own measures, with so many points in a circle."""
    words = [sys.executable, __file__, "--json", "--seconds", str(seconds), "--platform", platform]
    words += ["--data", "circle", "--points", str(points), *options]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LensError(f"{' '.join(options)}, {points} points: {done.stderr.strip()}")
    return Measures(**json.loads(done.stdout.splitlines()[-1]))


def show_table(seconds: float, platform: str) -> None:
    """The cases of the README's first table, each in a process of its own, with the speed of the C loop beside it."""
    heads = ("points", "frames/s", "between two, 99th", "click, 99th", "samples/s with", "with / without", "C loop")
    print(f"| {SIZE[0]} × {SIZE[1]}, {platform}, {seconds:g} s | " + " | ".join(heads) + " |")
    print("|---|" + "--:|" * len(heads), flush=True)
    for name, (points, options) in CASES.items():
        measures = measures_of(points, options.split(), seconds, platform)
        speed = measures.samples / measures.seconds
        loop = "–".join(f"{samples / 1e6:.2f}" for samples in measures.c_loop) or "–"
        cells = [
            name.strip(),
            f"{points:,}",
            f"{len(measures.paints) / measures.seconds:.1f}",
            f"{quantile(milliseconds(measures.paints), 99)} ms",
            f"{quantile(1000 * np.array(measures.clicks), 99)} ms",
            f"{speed:,.0f}",
            f"{speed / float(np.median(measures.alone)):.2f}",
            loop,
        ]
        print("| " + " | ".join(cells) + " |", flush=True)


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
    parser.add_argument("--platform", choices=PLATFORMS, help="Qt's platform (default: xcb; of all cases both)")
    parser.add_argument("--all-docks", action="store_true", help="open every dock of the window")
    parser.add_argument("--table", action="store_true", help="the cases of the first table of benchmarks/README.md")
    parser.add_argument("--all", action="store_true", help="every net, number of points, engine and platform")
    parser.add_argument("--json", action="store_true", help="print what was measured as JSON")
    try:
        given = parser.read(sys.argv[1:])
        if given.get("all"):
            show_all(given["seconds"], [given["platform"]] if "platform" in given else PLATFORMS)
            return 0
        if given.get("table"):
            show_table(given["seconds"], given.get("platform", PLATFORMS[0]))
            return 0
        run = read_run(given, read_experiment(given))
        sys.setswitchinterval(SWITCH_SECONDS)  # as gui.window.application.run does
        platform = given.get("platform", PLATFORMS[0])
        with screen(platform):
            c_loop, alone = c_loop_speed(), samples_alone(run)
            measures = measure_window(run, given["seconds"], given["inspect"], given.get("all_docks", False))
            measures.alone = alone + samples_alone(run)
            measures.c_loop = c_loop + c_loop_speed()
        if given.get("json"):
            print(json.dumps(dataclasses.asdict(measures)))
            return 0
        sizes = "-".join(map(str, Trainer(run.experiment, run.dataset).network.sizes))
        print(table(f"{sizes}, {platform}, {measures.seconds:.1f} s", measures))
    except LensError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
