"""A program that opens the window with a dialog or a job in it and quits, a process for each case.

``python tests/e2e/quitting.py FOLDER`` imports everything once, and then makes a process of itself for each case, which
ends as the program does. It prints a line for each: the name, "quits" where the dialog or job was there, the status.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PyQt5.QtCore import QTimer
from PyQt5.QtWidgets import QApplication, QDialog, QFileDialog, QInputDialog, QMessageBox, QWidget

import main
from gui.comparison.compare_window import CompareWindow
from gui.explanation.gradient_dialog import GradientDialog, WaitingDialog
from gui.export.film_dialog import FilmDialog
from gui.settings.class_names_dialog import ClassNamesDialog
from gui.sweeps.sweep_dialog import SweepDialog
from gui.tables.table_dialog import TableDialog
from gui.window.main_window import MainWindow

LOOK_MILLISECONDS = 10
LONGEST_SECONDS = 60.0
LONG_WORK_SECONDS = 600.0

Act = Callable[[MainWindow, Path], object]
Condition = Callable[[MainWindow], object]


def shown(kind: type[QWidget]) -> Condition:
    """Whether a dialog or window of a kind is on the screen."""
    return lambda window: any(isinstance(top, kind) and top.isVisible() for top in QApplication.topLevelWidgets())


def action(name: str) -> Act:
    return lambda window, folder: window.actions_by_name[name].trigger()


def table(rows: int) -> Act:
    def open_table(window: MainWindow, folder: Path) -> None:
        path = folder / "table.csv"
        path.write_text("height,width,label\n" + "1.25,2.5,dog\n3.5,0.5,cat\n" * (rows // 2))
        window.data_commands.open_file(str(path))

    return open_table


def ask_whether_to_save(window: MainWindow, folder: Path) -> None:
    window.session.step("epoch")
    ask_when_trained(window)


def ask_when_trained(window: MainWindow) -> None:
    if window.projects.is_modified:
        window.close()
    else:
        QTimer.singleShot(LOOK_MILLISECONDS, lambda: ask_when_trained(window))


def name_branch(window: MainWindow, folder: Path) -> None:
    timeline = window.session.timeline
    assert timeline is not None
    window.timeline_commands.ask_for_name(timeline.branches[0])


def check_for_long(window: MainWindow, folder: Path) -> None:
    window.session.change({"hidden": (200, 200), "engine": "numpy"})
    window.actions_by_name["check-gradients"].trigger()


def make_film(window: MainWindow, folder: Path) -> None:
    dialog = window.exports.record_film()
    assert dialog is not None
    dialog.until.setCurrentIndex(1)
    dialog.start(folder / "film.gif")


def is_filming(window: MainWindow) -> bool:
    return any(dialog._maker is not None for dialog in window.findChildren(FilmDialog))


def sweep(window: MainWindow, folder: Path) -> None:
    commands = window.sweeps.commands
    dialog = commands.ask()
    assert dialog is not None
    dialog.epochs.set_value(10_000)
    dialog.train.click()


def compare(window: MainWindow, folder: Path) -> None:
    window.actions_by_name["race-rates"].trigger()
    compare_when_begun(window)


def compare_when_begun(window: MainWindow) -> None:
    if window.runs.seeds.racers():
        window.comparisons.watch_race()
    else:
        QTimer.singleShot(LOOK_MILLISECONDS, lambda: compare_when_begun(window))


def read_for_long(window: MainWindow, folder: Path) -> None:
    """As a sweep whose data are a very large file."""
    window.sweeps.commands._background.call(None, lambda: time.sleep(LONG_WORK_SECONDS))


def write_files(window: MainWindow, folder: Path) -> None:
    for name in ("weights", "more"):
        window.exports.write(folder / f"{name}.npz", "npz")


DIALOGS: dict[str, tuple[Act, Condition]] = {
    "table": (table(10), shown(TableDialog)),
    "large table": (table(400_000), shown(TableDialog)),
    "several values": (action("try-several"), shown(SweepDialog)),
    "film": (action("record-film"), shown(FilmDialog)),
    "names of classes": (action("rename-classes"), shown(ClassNamesDialog)),
    "keys": (action("shortcuts"), shown(QDialog)),
    "gradients": (action("check-gradients"), shown(GradientDialog)),
    "gradients, for long": (check_for_long, shown(WaitingDialog)),
    "open a table": (action("open"), shown(QFileDialog)),
    "save a project": (action("save-project-as"), shown(QFileDialog)),
    "save the changes?": (ask_whether_to_save, shown(QMessageBox)),
    "name of a branch": (name_branch, shown(QInputDialog)),
}
"""With one of them open, the system ends the program."""

JOBS: dict[str, tuple[Act, Condition]] = {
    "a run": (action("play"), lambda window: window.session.playing),
    "a film": (make_film, is_filming),
    "a sweep": (sweep, lambda window: window.sweeps.commands.job is not None),
    "seeds": (action("more-seeds"), lambda window: window.runs.seeds.training),
    "a comparison": (compare, shown(CompareWindow)),
    "files": (write_files, lambda window: True),
    "a long reading": (read_for_long, lambda window: window.sweeps.commands._background.is_busy),
}
"""While one of them is under way, the user closes the window and discards the changes."""


class Case:
    """Opens something in a window that is shown, waits until it is there, and quits."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name, self._folder = name, folder
        self._open, self._condition = (DIALOGS | JOBS)[name]
        self._clock = QTimer()
        self._clock.setInterval(LOOK_MILLISECONDS)
        self._has_opened = False
        self._give_up = time.monotonic() + LONGEST_SECONDS

    def begin(self, window: MainWindow) -> None:
        self._clock.timeout.connect(lambda: self._look(window))
        self._clock.start()

    def _look(self, window: MainWindow) -> None:
        if time.monotonic() > self._give_up:
            os._exit(99)  # it was never there
        if not self._has_opened:
            if window.session.snapshot is not None and window.session.at_rest:
                self._has_opened = True
                QTimer.singleShot(0, lambda: self._open(window, self._folder))
        elif self._condition(window):
            self._clock.stop()
            print("quits", end=" ", flush=True)
            if self._name in DIALOGS:
                os.kill(os.getpid(), signal.SIGTERM)
            else:
                window.guard._leave()  # as "Discard" does


def run(name: str, folder: Path) -> None:
    """Be the program, with a case in its window; it does not return."""
    folder.mkdir()
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        os.environ[variable] = str(folder / variable)
    case, show = Case(name, folder), MainWindow.show

    def show_and_begin(window: MainWindow) -> None:
        show(window)
        case.begin(window)

    MainWindow.show = show_and_begin
    sys.argv[1:] = ["--engine", "numpy"]
    sys.exit(main.command())


def run_all(folder: Path, names: list[str]) -> None:
    for number, name in enumerate(names):
        print(f"{name}:", end=" ", flush=True)
        child = os.fork()
        if child == 0:
            run(name, folder / str(number))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    run_all(Path(sys.argv[1]), sys.argv[2:] or [*DIALOGS, *JOBS])
