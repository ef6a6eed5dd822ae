"""A real window, off screen, that steps, jumps, paints, saves and exports without a pause, until it is killed.

Run as a program it imports everything once. For each line of its input, a folder and a seed, it makes a process of
itself, tells its number, and later waits for its end. That process writes into ``journal`` what it was told of.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from PyQt5.QtCore import QTimer

from core.data.data_source import load
from core.data.drawn_points import drawn_from
from core.data.point_edits import add
from core.engines import kernel_loading
from core.storage.settings_file import SettingsFile
from core.training.presets import PRESETS
from core.workbench.many_runs.kept_run import KeptRun
from core.workbench.messages import Notice
from core.workbench.run_id import WorkId
from core.workbench.saved_state import Stamp
from gui.session.session import Session
from gui.window.application import make_application, make_window

PAINTED = 3
"""Points of a stroke."""


def reached(stamp: Stamp) -> int:
    """On how many samples all branches together were trained, which only grows."""
    return sum(tip - fork for _, _, fork, tip in stamp.branches)


def jump(session: Session, rng: random.Random) -> None:
    """Go to any place of the tree."""
    timeline = session.timeline
    if timeline is not None:
        branch = rng.choice(timeline.branches)
        session.seek(rng.randint(0, branch.tip), branch.number)


def paint(session: Session, rng: random.Random) -> None:
    """Paint a stroke."""
    loaded = session.loaded
    if loaded is not None:
        points = np.array([[rng.gauss(0.0, 1.0), rng.gauss(0.0, 1.0)] for _ in range(PAINTED)])
        session.paint(add(drawn_from(loaded.dataset), points, rng.randrange(2)))


def work(folder: Path, seed: int) -> None:
    """Open the window and never end."""
    rng = random.Random(seed)
    journal = os.open(folder / "journal", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(what: str, position: int) -> None:
        os.write(journal, f"{what} {position}\n".encode())

    application = make_application()
    experiment = PRESETS["shallow"].experiment
    dataset = load(experiment.data)
    window = make_window(experiment, dataset, SettingsFile(folder / "settings.conf"))
    guard, projects = window.guard, window.projects
    guard.begin(folder / "recovery")
    guard._clock.setInterval(3)
    kept = guard._note_kept

    def note_kept(work: WorkId, stamp: Stamp | None, notice: Notice | None, runs: tuple[KeptRun, ...] = ()) -> None:
        kept(work, stamp, notice, runs)
        note("failed" if notice is not None else "kept", reached(stamp) if stamp is not None else 0)

    guard._note_kept = note_kept  # type: ignore[method-assign]

    def saved() -> None:
        clean = projects.files.present.clean
        if clean is not None:
            note("saved", reached(clean))

    session, exports = window.session, window.exports
    acts: list[tuple[int, Callable[[], object]]] = [
        (50, lambda: session.step(rng.choice(["sample", "batch"]))),
        (3, lambda: jump(session, rng)),
        (3, lambda: session.change({"learning_rate": rng.uniform(0.001, 0.1)})),
        (2, lambda: paint(session, rng)),
        (1, session.undo),
        (1, session.redo),
        (6, lambda: projects.save_file(str(folder / "project.lens"), saved)),
        (10, lambda: exports.write_picture(folder / "diagram.png", window.network_panel)),
        (12, lambda: exports.write(folder / "weights.npz", "npz")),
        (12, lambda: window.painting.save_points(folder / "points.csv")),
    ]
    shares = [share for share, _ in acts]

    def act() -> None:
        rng.choices(acts, shares)[0][1]()

    window.show()
    clock = QTimer()
    clock.timeout.connect(act)
    clock.start(5)
    note("began", 0)
    application.exec_()


def main() -> None:
    """Obey the lines of the standard input."""
    if kernel_loading.is_available():
        kernel_loading.load_kernels()
    print("ready", flush=True)
    for line in sys.stdin:
        if line == "wait\n":
            print(os.wait()[1], flush=True)
            continue
        folder, seed = line.rstrip("\n").rsplit(" ", 1)
        number = os.fork()
        if number == 0:
            work(Path(folder), int(seed))
            os._exit(1)
        print(number, flush=True)


if __name__ == "__main__":
    main()
