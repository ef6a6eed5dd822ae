"""The window with the results of a sweep: what a brush, a sort and a selection cost with 1,000 runs.

python benchmarks/sweep_views.py               half a minute, on Qt's offscreen platform
python benchmarks/sweep_views.py --runs 5000

The brush is dragged by mouse events. The times are processor time, so that others on the machine do not count.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np  # noqa: E402 (the platform is chosen first)
from PyQt5.QtCore import QEvent, QPointF, Qt  # noqa: E402
from PyQt5.QtGui import QMouseEvent  # noqa: E402
from PyQt5.QtWidgets import QApplication, QWidget  # noqa: E402

from benchmarks.engine import machine, table  # noqa: E402
from core.sweeps.run_result import DIVERGED, DONE, RunResult  # noqa: E402
from core.sweeps.sweep_plan import SweepPlan  # noqa: E402
from core.sweeps.variation import parse_variation  # noqa: E402
from core.training.presets import PRESETS  # noqa: E402
from gui.sweeps.sweep_results import SweepResults  # noqa: E402
from gui.sweeps.sweep_window import SweepWindow  # noqa: E402
from gui.widgets.theme import LIGHT, apply_theme  # noqa: E402
from gui.window.application import make_application  # noqa: E402

EPOCHS, LENGTH = 60, 250
MOST_MILLISECONDS, MOST_BRUSH_MILLISECONDS = 100.0, 1000.0 / 30.0
SIZE = 1440, 900


def made_up(plan: SweepPlan) -> list[RunResult]:
    """A result for each run, with a record as long as that of a trained one."""
    numbers = np.random.default_rng(0)
    positions = LENGTH * np.concatenate([np.arange(0, 16, 1 / 16), np.arange(16, EPOCHS + 1)])
    found = []
    for run in plan.runs:
        measures = np.exp(-np.cumsum(0.03 * numbers.random((len(positions), 4)), axis=0))
        curve = np.column_stack([positions, measures])
        status = DONE if numbers.random() > 0.05 else DIVERGED
        last = measures[-1].tolist()
        found.append(RunResult(run.texts, run.experiment.seed, EPOCHS, *last, status, 0.1, "", curve, LENGTH))
    return found


def mouse(widget: QWidget, kind: QEvent.Type, x: float, y: float) -> None:
    """An event of the left button."""
    left = Qt.MouseButton.LeftButton
    QApplication.sendEvent(widget, QMouseEvent(kind, QPointF(x, y), left, left, Qt.KeyboardModifier.NoModifier))


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the views of a sweep.")
    parser.add_argument("--runs", type=int, default=1000, help="how many (default 1000)")
    given = parser.parse_args()
    application = make_application()
    apply_theme(application, LIGHT)
    varied = "learning-rate=log:0.001..30:10", "hidden=2;4;8;4,4;8,8", "optimizer=sgd;momentum"
    plan = SweepPlan(
        PRESETS["moons"].experiment, {}, tuple(map(parse_variation, varied)), EPOCHS, max(1, given.runs // 100)
    )
    results, parent = SweepResults(plan), QWidget()
    window = SweepWindow(results, "sweep", LIGHT, parent)
    window.resize(*SIZE)
    parallel = window.parallel
    window.show()
    application.processEvents()

    def cost(act: Callable[[], object]) -> float:
        """Milliseconds from an act to the painted window, without the curves, which follow when a drag rests."""
        began = time.process_time()
        act()
        window.curves._clock.stop()
        application.processEvents()
        return 1000.0 * (time.process_time() - began)

    everything = made_up(plan)
    adding = cost(lambda: results.add(everything))
    window.curves._draw()
    application.processEvents()
    brushing, released = [], []
    for place, axis in enumerate(results.axes):
        x, heights = parallel.axis_x(place), np.linspace(0.1, 1.02, 20)
        mouse(parallel, QEvent.Type.MouseButtonPress, x, parallel.place_y(-0.02))
        for height in heights:
            move = parallel.place_y(height)
            brushing.append(cost(lambda x=x, y=move: mouse(parallel, QEvent.Type.MouseMove, x, y)))
        released.append(cost(lambda x=x, y=move: mouse(parallel, QEvent.Type.MouseButtonRelease, x, y)))
        results.brush({axis.name: None})
    application.processEvents()
    columns = range(len(window.table.rows_model.columns))
    sorting = [cost(lambda c=column: window.table.sortByColumn(c, 0)) for column in columns]
    selecting = [cost(lambda r=result: results.select([r.key])) for result in everything[:20]]
    curves = [cost(window.curves._draw) for _ in range(5)]
    rows = [
        [name, f"{np.median(times):.0f} ms", f"{max(times):.0f} ms"]
        for name, times in (
            ("add all", [adding]), ("a step of a brush", brushing), ("its end", released), ("sort", sorting),
            ("select", selecting), ("curves", curves)
        )
    ]  # fmt: skip
    print(machine())
    print(f"\n### {plan.count:,} runs, {SIZE[0]} x {SIZE[1]}\n")
    print(table(["", "median", "most"], rows))
    worst = max(map(float, map(np.median, (released, sorting, selecting))))
    brush = float(np.median(brushing))
    print(
        f"\n{plan.count:,} runs of a sweep: a step of a brush {brush:.0f} ms (at most {MOST_BRUSH_MILLISECONDS:.0f}), "
        f"sorting, selecting, the end of a brush {worst:.0f} ms (at most {MOST_MILLISECONDS:g})"
    )
    window.close()
    return int(worst > MOST_MILLISECONDS or brush > MOST_BRUSH_MILLISECONDS)


if __name__ == "__main__":
    sys.exit(main())
