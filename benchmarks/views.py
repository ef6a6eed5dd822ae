"""What a frame costs in each view: to take a new snapshot and to paint it, in the real window.

    python benchmarks/views.py
    python benchmarks/views.py --frames 300 --theme dark

See benchmarks/README.md for the numbers to be met and for how it is measured.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import cycle
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")  # as main.py does
os.environ["PYQTGRAPH_QT_LIB"] = "PyQt5"

import numpy as np  # noqa: E402 (it reads the variables above once)
from PyQt5.QtCore import QEvent, QObject, Qt  # noqa: E402
from PyQt5.QtGui import QMouseEvent  # noqa: E402
from PyQt5.QtWidgets import QApplication, QWidget  # noqa: E402

from core.data.data_source import DataSource, load  # noqa: E402
from core.data.dataset import Dataset  # noqa: E402
from core.explain.maps import Plane  # noqa: E402
from core.explain.snapshot import Request, Snapshot, take_snapshot  # noqa: E402
from core.storage.settings_file import SettingsFile  # noqa: E402
from core.training.experiment import Experiment, Init  # noqa: E402
from core.training.history import History  # noqa: E402
from core.training.preparation import prepare  # noqa: E402
from core.training.presets import PRESETS  # noqa: E402
from core.training.trainer import Trainer  # noqa: E402
from core.workbench.messages import Loaded  # noqa: E402
from gui.diagram.geometry import Diagram  # noqa: E402
from gui.widgets.plots import Plot  # noqa: E402
from gui.window.application import make_application, make_window  # noqa: E402
from gui.window.main_window import MainWindow  # noqa: E402

SIZE = (1600, 1000)
NETS = {"2-7-2": (7,), "2-8x6-2": (8,) * 6, "2-64-64-64-2": (64,) * 3, "2-256-256-2": (256,) * 2}
TEN_THOUSAND = (2, 70, 70, 70, 2)
POINTS = (1_000, 100_000, 1_000_000)
ROWS = (1_000, 100_000, 1_000_000)
SHARES_WRONG = (0.5, 0.2, 0.05, 0.0005)
VARIANTS = 4
EXPERIMENT = PRESETS["shallow"].experiment
GLOROT = Init("glorot")

Times = list[float]

now = time.perf_counter
"""The clock; see --cpu."""


class PaintCounter(QObject):
    """How often a widget, or the surface of a plot in it, was painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.paints = 0
        plot = widget.findChild(Plot)
        (plot.viewport() if plot is not None else widget).installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.paints += event.type() == QEvent.Type.Paint
        return False


def settle() -> None:
    """Let everything be done that was posted."""
    for _ in range(5):
        QApplication.processEvents()


def time_frames(widget: QWidget, change: Callable[[], object], frames: int) -> Times:
    """Seconds of each change of a widget and of the painting that follows from it."""
    counter = PaintCounter(widget)
    times = []
    for number in range(frames + 5):
        before = counter.paints
        began = now()
        change()
        for _ in range(10):  # a plot's scene takes some turns of the event loop
            QApplication.processEvents()
            if counter.paints > before:
                break
        else:
            raise RuntimeError("the change painted nothing")
        ended = now()
        if number >= 5:  # the first ones fill the caches
            times.append(ended - began)
        settle()
    return times


def loaded_of(experiment: Experiment, dataset: Dataset) -> Loaded:
    return Loaded(experiment, prepare(experiment, dataset), None)


def snapshots_of(experiment: Experiment, dataset: Dataset, request: Request) -> list[Snapshot]:
    """The same net with different weights."""
    trainers = [Trainer(experiment.replace(seed=seed, init=GLOROT), dataset) for seed in range(VARIANTS)]
    return [take_snapshot(trainer, request) for trainer in trainers]


# ---------------------------------------------------------------- the diagram


def diagram_times(window: MainWindow, hidden: tuple[int, ...], frames: int) -> Times:
    """A new snapshot with other weights and other maps in each frame."""
    dataset = load(EXPERIMENT.data)
    experiment = EXPERIMENT.replace(hidden=hidden)
    window.network.set_run(loaded_of(experiment, dataset))
    cells = window.network.map_cells()
    request = Request(neurons=Plane((0.0, 25.0), (0.0, 18.0), cells, cells))
    first, *rest = snapshots_of(experiment, dataset, request)
    turn = cycle([first, *(replace(one, unused=first.unused) for one in rest)])  # as those of one run have them
    return time_frames(window.network, lambda: window.network.show_snapshot(next(turn)), frames)


def hover_times(window: MainWindow, hidden: tuple[int, ...], frames: int) -> Times:
    """The mouse wanders over the diagram of a paused net."""
    diagram_times(window, hidden, 1)
    view = window.network
    random = np.random.default_rng(0)

    def move() -> None:
        place = [random.uniform(0.2, 0.8) * side for side in (view.width(), view.height())]
        none = Qt.MouseButton.NoButton
        point = view.rect().center()
        point.setX(round(place[0]))
        point.setY(round(place[1]))
        QApplication.sendEvent(view, QMouseEvent(QEvent.Type.MouseMove, point, none, none, Qt.NoModifier))
        view.update()

    return time_frames(view, move, frames)


def hit_times(frames: int) -> Times:
    """What lies under the mouse, at random places of a diagram of 10,080 edges."""
    diagram = Diagram(TEN_THOUSAND, 770.0, 740.0)
    random = np.random.default_rng(0)
    values = random.normal(size=200_000)
    times = []
    for x, y in random.uniform((0.0, 0.0), (770.0, 740.0), (frames, 2)):
        began = now()
        diagram.at(x, y, values)
        times.append(now() - began)
    return times


# ---------------------------------------------------------------- the scatter


def scatter_snapshots(window: MainWindow, points: int) -> list[Snapshot]:
    """Set the run; snapshots with other maps and other mistakes."""
    dataset = load(DataSource("gauss", samples=points, noise=30.0))
    small = load(DataSource("gauss", samples=1_000, noise=30.0))
    experiment = EXPERIMENT.replace(hidden=(8, 8))
    window.scatter.set_run(loaded_of(experiment, dataset))
    settle()
    plane = window.scatter.plane()
    assert plane is not None
    random = np.random.default_rng(0)
    result = []
    for snapshot, share in zip(snapshots_of(experiment, small, Request(output=plane)), SHARES_WRONG, strict=True):
        predicted = np.where(random.random(points) < share, 1 - dataset.labels, dataset.labels)
        result.append(replace(snapshot, predicted=predicted, trained_row=int(random.integers(points))))
    return result


def scatter_times(window: MainWindow, points: int, frames: int) -> Times:
    """A new snapshot with another map and other mistakes in each frame."""
    turn = cycle(scatter_snapshots(window, points))
    return time_frames(window.scatter, lambda: window.scatter.show_snapshot(next(turn)), frames)


def pan_times(window: MainWindow, points: int, frames: int) -> Times:
    """The plot is dragged by some pixels and zoomed a little in each frame."""
    window.scatter.show_snapshot(scatter_snapshots(window, points)[1])
    box = window.scatter.plot.box
    turn = cycle(((0.05, 1.02), (-0.05, 1 / 1.02), (0.02, 0.98), (-0.02, 1 / 0.98)))

    def move() -> None:
        shift, factor = next(turn)
        box.translateBy(x=shift, y=shift)
        box.scaleBy((factor, factor))

    return time_frames(window.scatter, move, frames)


# ---------------------------------------------------------------- the loss


def loss_snapshots(window: MainWindow, rows: int, count: int) -> Iterator[Snapshot]:
    """Snapshots of a noisy record that grows by three rows with each."""
    dataset = load(EXPERIMENT.data)
    experiment = EXPERIMENT.replace(train_fraction=0.7)
    window.loss.set_run(loaded_of(experiment, dataset))
    base = take_snapshot(Trainer(experiment, dataset), Request())
    random = np.random.default_rng(0)
    total = rows + 3 * count
    progress = np.arange(total) / total
    table = np.empty((total, 5))
    table[:, 0] = np.arange(total) * base.epoch_length
    table[:, 1] = 0.12 * np.exp(-5 * progress) + 0.004 * random.random(total)
    table[:, 2] = table[:, 1] + 0.01 * random.random(total)
    table[:, 3:] = 1 - 3 * table[:, 1:3]
    for n in range(rows, total, 3):
        position = int(table[n - 1, 0])
        yield replace(base, history=History(table[:n], base.epoch_length), position=position, train_loss=table[n, 1])


def loss_times(window: MainWindow, rows: int, frames: int) -> Times:
    """The record grows by three rows in each frame."""
    snapshots = loss_snapshots(window, rows, frames + 5)
    return time_frames(window.loss, lambda: window.loss.show_snapshot(next(snapshots)), frames)


# ---------------------------------------------------------------- all of it


@contextmanager
def open_window(theme: str) -> Iterator[MainWindow]:
    """The window at rest, deaf to its own session, so that nothing but the measured frames is painted."""
    application = make_application()
    application.setQuitOnLastWindowClosed(False)
    with tempfile.TemporaryDirectory() as folder:  # the user's own layout is neither read nor changed
        settings = SettingsFile(Path(folder) / "settings.ini")
        window = make_window(EXPERIMENT, load(EXPERIMENT.data), settings, theme)
        window.resize(*SIZE)
        window.show()
        window.docks.restore_default()
        give_up = time.monotonic() + 20.0
        while window.session.snapshot is None or not window.session.at_rest:
            application.processEvents()
            assert time.monotonic() < give_up, "the window does not come to rest"
        window.session.blockSignals(True)
        try:
            yield window
        finally:
            window.close()
            window.deleteLater()
            application.processEvents()


def measure(window: MainWindow, frames: int) -> Iterator[tuple[str, float | None, Times]]:
    """Title, the most that the median may be in milliseconds (None where none is set), and the times."""
    limits = {"2-64-64-64-2": 8.0, "2-256-256-2": 12.0}
    for name, hidden in NETS.items():
        yield f"diagram, new snapshot, {name}", limits.get(name), diagram_times(window, hidden, frames)
    yield "diagram, mouse moves, 2-256-256-2", None, hover_times(window, NETS["2-256-256-2"], frames)
    yield "diagram, hit test, 10,080 edges", 2.0, hit_times(10 * frames)
    for points in POINTS:
        limit = 4.0 if points <= 1_000 else 8.0
        yield f"scatter, new snapshot, {points:,} points", limit, scatter_times(window, points, frames)
    yield f"scatter, drag and zoom, {POINTS[-1]:,} points", 8.0, pan_times(window, POINTS[-1], frames)
    for rows in ROWS:
        yield f"loss, new snapshot, {rows:,} rows", 4.0, loss_times(window, rows, frames)


def table(rows: Sequence[tuple[str, float | None, Times]]) -> str:
    """All in one table, in Markdown."""
    width = max(len(title) for title, _, _ in rows)
    head = f"| {'ms a frame':{width}} | median | 99th percentile | goal |"
    lines = [head, f"|{'-' * (width + 2)}|-------:|----------------:|-----:|"]
    for title, limit, times in rows:
        median, late = (1000 * float(np.percentile(times, share)) for share in (50, 99))
        goal = f"{limit:.0f}" if limit is not None else "–"
        lines.append(f"| {title:{width}} | {median:6.2f} | {late:15.2f} | {goal:>4} |")
    return "\n".join(lines)


def frames_of(text: str) -> int:
    """A number of frames that is enough for a percentile."""
    if not text.isdigit() or not 20 <= int(text) <= 100_000:
        raise argparse.ArgumentTypeError("write a number of frames from 20 to 100000")
    return int(text)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python benchmarks/views.py", description="Measure the views' frames.")
    parser.add_argument("--frames", type=frames_of, default=200, help="frames for each line (default: 200)")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--platform", default="offscreen", help="Qt's platform (default: offscreen)")
    parser.add_argument(
        "--cpu", action="store_true", help="count the processor time of the window's thread, for a busy machine"
    )
    given = parser.parse_args()
    if given.cpu:
        global now
        now = time.thread_time
    os.environ["QT_QPA_PLATFORM"] = given.platform
    with open_window(given.theme) as window:
        print(table(list(measure(window, given.frames))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
