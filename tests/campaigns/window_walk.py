"""Walks a real window through its states, sizes and themes, and tells what is wrong with its look.

``python -m tests.campaigns.window_walk --out FOLDER`` does so with the language and the scale of the environment
(``LANGUAGE``, ``QT_SCALE_FACTOR``), writes a sheet of pictures of each state, and prints a line for each fault.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from PyQt5.QtCore import QElapsedTimer, QEvent, QPoint, Qt
from PyQt5.QtGui import QImage, QPainter
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QApplication, QWidget

from core.base.translation import LANGUAGE
from core.data.data_source import FILE, DataSource, load
from core.data.tables.column_choice import Choice
from core.explain.picked_part import Edge, Neuron
from core.storage.settings_file import SettingsFile
from core.training.presets import PRESETS
from core.workbench.messages import Notice
from core.workbench.speed_scale import FULL
from gui.offscreen.filming import make_film
from gui.widgets.faults import escaping_to
from gui.widgets.theme import THEMES
from gui.window.application import make_application, make_window
from gui.window.main_window import MainWindow
from tests.campaigns.looks import Fault, faults_of, painted, pale_text

SIZES = ((1100, 700), (1280, 800), (1366, 768), (1440, 900), (1920, 1080))
WAIT_MILLISECONDS = 300_000
SHEET_WIDTH, COLUMNS = 640, 3

FLOWERS = Choice(("petal length", "petal width"), "species", inputs=("petal length", "petal width", "sepal width"))

Station = tuple[str, tuple[int, int], str]
"""A state, a size in logical pixels and a theme."""
Look = tuple[Station, QImage, set[Fault]]
"""What is seen there, and what is wrong with it."""


class Walk:
    """One window that is brought into one state after another.

    Args:
        window: shown, at rest.
        folder: for the tables that are opened.
    """

    def __init__(self, window: MainWindow, folder: Path) -> None:
        self.window, self._folder = window, folder
        self._table = folder / "flowers.csv"
        rows = np.random.default_rng(0).normal(size=(60, 3)).round(2).tolist()
        lines = [f"{a},{b},{c},{'setosa' if a > b else 'versicolor'}" for a, b, c in rows]
        self._table.write_text("\n".join(["petal length,petal width,sepal width,species", *lines]))
        self._many = folder / "many.csv"
        self._many.write_text("x,y,label\n" + "".join(f"{k % 8},{k // 8},class{k + 1}\n" * 3 for k in range(40)))

    @property
    def states(self) -> dict[str, Callable[[], QWidget | None]]:
        """How each state is reached from the first one; a function returns the dialog to look at, if there is one."""
        select, act = self.window.select, self.act
        return {
            "start": lambda: None,
            "trained": lambda: self.train(20),
            "playing": self._play,
            "neuron": lambda: select(Neuron(1, 0)),
            "output": lambda: select(Neuron(len(self.sizes) - 1, 1)),
            "edge": lambda: select(Edge(1, 0, 1)),
            "point": lambda: select(None, 0),
            **{f"phase {number}": lambda number=number: self._phase(number) for number in (1, 2, 3, 5, 8)},
            "report": lambda: act("report"),
            "more settings": self.window.panels.strip.more.click,
            "painting": lambda: act("paint", "select-all"),
            "notice": self._notice,
            "runs": self._keep_runs,
            "branches": self._branch,
            "cure": self._cure,
            "presentation": lambda: act("presentation"),
            "regression": lambda: self._load_preset("bumps", "report"),
            "deep": lambda: self._load_preset("deep"),
            "ten layers": lambda: self._change(hidden=(3,) * 10),
            "256 neurons": lambda: self._change(hidden=(256,)),
            "many classes": self._many_classes,
            "table": lambda: self._change(data=DataSource(FILE, path=str(self._table), choice=FLOWERS)),
            "no data": lambda: act("new-canvas"),
        }

    @property
    def sizes(self) -> tuple[int, ...]:
        assert self.window.session.snapshot is not None
        return self.window.session.snapshot.sizes

    def to(self, state: str) -> QWidget:
        """Bring the window from the first state into this one; returns what to look at: the window or a dialog."""
        dialog = self.states[state]()
        self.rest()
        return dialog if isinstance(dialog, QWidget) and dialog is not self.window else self._asking() or self.window

    def begin_anew(self) -> None:
        """Return to the first state, with another work."""
        while (asking := self._asking()) is not None:
            asking.close()
            asking.deleteLater()
            QApplication.sendPostedEvents(asking, QEvent.Type.DeferredDelete)
        window = self.window
        for name in ("presentation", "paint"):
            if window.actions_by_name[name].isChecked():
                self.act(name)
        window.session.pause()
        self.act("leave-walk")
        window.select(None)
        while not window.notices.isHidden():
            window.notices.newest.close_button.click()
        for row in [row for row in window.runs.rows() if row.pinned]:
            window.runs.pin(row, False)
        window.session.load(PRESETS["shallow"].experiment, anew=True)
        window.docks.restore_default()
        self.rest()

    def rest(self) -> None:
        """Wait until the picture is of now."""
        session, clock = self.window.session, QElapsedTimer()
        clock.start()
        QTest.qWait(10)
        while not (session.at_rest or session.playing) or session.travelling:
            if clock.elapsed() > WAIT_MILLISECONDS:
                raise TimeoutError("the window does not come to rest")
            QTest.qWait(5)
        QTest.qWait(20)

    def act(self, *names: str) -> None:
        for name in names:
            self.window.actions_by_name[name].trigger()
            self.rest()

    def train(self, epochs: int) -> None:
        self.window.session.run_epochs(epochs)
        self.rest()
        while self.window.session.playing:
            QTest.qWait(5)

    # ---------------------------------------------------------------- states

    @staticmethod
    def _asking() -> QWidget | None:
        return QApplication.activePopupWidget() or QApplication.activeModalWidget()

    def _play(self) -> None:
        self.window.session.play()
        QTest.qWait(200)

    def _phase(self, number: int) -> None:
        self.act(*["step-phase"] * number)

    def _notice(self) -> None:
        self.window.notices.show_notice(
            Notice("The learning rate 1e300 is too large; type a smaller one. " * 2, "input")
        )

    def _keep_runs(self) -> None:
        self.train(3)
        self.act("keep-run")
        self._change(learning_rate=0.5)
        self.train(3)
        self.act("keep-run", "runs")

    def _branch(self) -> None:
        self.train(6)
        self.window.session.seek(3000)
        self.rest()
        self._change(learning_rate=0.5)
        self.train(6)

    def _cure(self) -> None:
        """The verdict tells where the test loss was lower, in another run."""
        self._load_preset("circle")
        self.train(12)
        self._change(hidden=(8, 8))
        self.train(2)

    def _load_preset(self, name: str, *actions: str) -> None:
        self.window.session.load(PRESETS[name].experiment, anew=True)
        self.rest()
        self.act(*actions)

    def _change(self, **fields: object) -> None:
        self.window.session.change({"only_sample": None, **fields} if "data" in fields else fields)
        self.rest()

    def _many_classes(self) -> None:
        self._change(data=DataSource(FILE, path=str(self._many)))
        self.act("report")


def looks(walk: Walk, state: str, sizes: Sequence[tuple[int, int]], themes: Sequence[str]) -> Iterator[Look]:
    """Walk from the first state to this one in a window of each size, and look at it in each theme."""
    window = walk.window
    for size in sizes:
        window.resize(*size)
        window.docks.restore_default()
        walk.rest()
        looked_at = walk.to(state)
        window.resize(*size)  # a presentation has filled the test platform's small screen
        for theme in themes:
            yield look(walk, looked_at, (state, size, theme), size == sizes[-1])
        walk.begin_anew()


def look(walk: Walk, looked_at: QWidget, station: Station, contrast: bool) -> Look:
    """Look at the window, or at a dialog or another window of it, as it is."""
    with painted() as found:
        walk.window.set_theme(THEMES[station[2]])  # which paints kept pictures anew as well
        walk.rest()
        picture = looked_at.grab().toImage()
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)  # what a run that plays has asked for just now
    found |= faults_of(looked_at)
    if contrast:
        found |= pale_text(looked_at)
    accepted = {fault for fault in found if fault.is_accepted or (LANGUAGE and fault.is_of_length)}
    return station, picture, found - accepted


def write_sheet(pictures: Sequence[tuple[Station, QImage]], path: Path) -> None:
    """Write small pictures side by side, each with its station above."""
    rows = [pictures[start : start + COLUMNS] for start in range(0, len(pictures), COLUMNS)]
    heights = [max(picture.height() * SHEET_WIDTH // picture.width() for _, picture in row) + 22 for row in rows]
    sheet = QImage(COLUMNS * (SHEET_WIDTH + 6), sum(heights), QImage.Format.Format_RGB32)
    sheet.fill(Qt.GlobalColor.gray)
    painter, top = QPainter(sheet), 0
    for row, height in zip(rows, heights, strict=True):
        for column, ((state, size, theme), picture) in enumerate(row):
            left = column * (SHEET_WIDTH + 6)
            painter.drawText(QPoint(left + 4, top + 16), f"{state} · {size[0]} × {size[1]} · {theme}")
            small = picture.scaledToWidth(SHEET_WIDTH, Qt.TransformationMode.SmoothTransformation)
            small.setDevicePixelRatio(1.0)
            painter.drawImage(QPoint(left, top + 20), small)
        top += height
    painter.end()
    sheet.save(str(path))


def main(
    sizes: Sequence[tuple[int, int]] = SIZES, begin: type[Walk] = Walk, looks: Callable[..., Iterator[Look]] = looks
) -> QApplication:
    """Walk through the states of one kind of walk, as the command line says."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    for folder_of in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"):
        os.environ[folder_of] = tempfile.mkdtemp(prefix="window-walk-")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, help="folder for the sheets of pictures")
    parser.add_argument("--states", nargs="*")
    parser.add_argument("--sizes", nargs="*", help="such as 1440x900")
    parser.add_argument("--themes", nargs="*", default=list(THEMES))
    arguments = parser.parse_args()
    application = make_application()
    scale = float(os.environ.get("QT_SCALE_FACTOR", "1"))
    wanted = [tuple(map(int, text.split("x"))) for text in arguments.sizes] if arguments.sizes else sizes
    with tempfile.TemporaryDirectory() as name, ExitStack() as hook:
        experiment = PRESETS["shallow"].experiment
        settings = SettingsFile(Path(name) / "settings.ini")
        window = make_window(experiment, load(experiment.data), settings, make_film=make_film)
        window.toolbar.speed.choose(FULL)
        window.show()
        smallest = window.minimumSize()
        fitting = [(max(smallest.width(), int(w / scale)), max(smallest.height(), int(h / scale))) for w, h in wanted]
        escaped: list[BaseException] = []
        try:
            walk = begin(window, Path(name))
            walk.begin_anew()
            hook.enter_context(escaping_to(escaped.append))
            for state in arguments.states or walk.states:
                seen: list[tuple[Station, QImage]] = []
                for station, picture, faults in looks(walk, state, list(dict.fromkeys(fitting)), arguments.themes):
                    seen.append((station, picture))
                    for error in escaped:
                        faults.add(Fault("an error escapes", type(error).__name__, str(error)))
                    escaped.clear()
                    for fault in sorted(faults):
                        print(json.dumps([*station, fault.kind, fault.where, fault.what]), flush=True)
                if arguments.out is not None:
                    arguments.out.mkdir(parents=True, exist_ok=True)
                    write_sheet(seen, arguments.out / f"{state.replace(' ', '-')}.png")
        finally:
            window.close()
            window.deleteLater()
            QApplication.sendPostedEvents(None, QEvent.DeferredDelete)
    application.processEvents()
    return application


if __name__ == "__main__":
    kept = main()  # it must live longer than all widgets
