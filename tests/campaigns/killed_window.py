"""A real window, off screen, that steps, saves, keeps its work and exports without a pause, until it is killed.

Run as a program it imports everything once. For each line of its input, a folder and a seed, it makes a process of
itself, tells its number, and later waits for its end. That process writes into ``journal`` what it was told of.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PyQt5.QtCore import QTimer

from core.data.data_source import load
from core.engines import kernel_loading
from core.storage.settings_file import SettingsFile
from core.training.presets import PRESETS
from core.workbench.messages import Notice
from core.workbench.run_id import WorkId
from core.workbench.saved_state import Stamp
from gui.window.application import make_application, make_window


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

    def note_kept(run: WorkId, stamp: Stamp | None, notice: Notice | None) -> None:
        kept(run, stamp, notice)
        note("failed" if notice is not None else "kept", stamp.position if stamp is not None else 0)

    guard._note_kept = note_kept  # type: ignore[method-assign]

    def saved() -> None:
        clean = projects.files.present.clean
        if clean is not None:
            note("saved", clean.position)

    def act() -> None:
        kind = rng.random()
        if kind < 0.6:
            window.session.step(rng.choice(["sample", "batch"]))
        elif kind < 0.66:
            projects.save_file(str(folder / "project.lens"), saved)
        elif kind < 0.76:
            window.exports.write_picture(folder / "diagram.png", window.network_panel)
        elif kind < 0.88:
            window.exports.write(folder / "weights.npz", "npz")
        else:
            window.painting.save_points(folder / "points.csv")

    window.show()
    clock = QTimer()
    clock.timeout.connect(act)
    clock.start(5)
    note("began", 0)
    application.exec_()


def main() -> None:
    """Obey the lines of the standard input."""
    if kernel_loading.is_available():
        kernel_loading.load()
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
