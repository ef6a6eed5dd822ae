"""Walks through the other windows and the dialogs, and tells what is wrong with their look.

``python -m tests.campaigns.other_windows`` takes the options of ``window_walk``. Its sizes are those of windows; each
dialog is looked at in its own size and in its smallest one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from PyQt5 import sip
from PyQt5.QtCore import QElapsedTimer, QEvent
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QApplication, QDialog, QWidget

from core.data.data_source import RULE, DataSource
from core.sweeps.run_result import DIVERGED, DONE, FAILED, RunResult, without_numbers
from core.sweeps.sweep_folder import SweepFolder
from core.sweeps.sweep_plan import SweepPlan
from core.sweeps.sweep_runner import load_datasets
from core.sweeps.variation import parse_variation
from core.training.experiment import Decay
from core.training.presets import PRESETS
from core.workbench.many_runs.sweep_job import ENDED, PAUSED, TRAINING, SweepStatus
from gui.comparison.compare_window import CompareWindow
from gui.explanation.gradient_dialog import GradientDialog
from gui.export.film_dialog import FilmDialog
from gui.settings.class_names_dialog import ClassNamesDialog
from gui.sweeps.sweep_dialog import SweepDialog
from gui.sweeps.sweep_window import SweepWindow
from gui.tables.table_dialog import TableDialog
from gui.widgets.theme import THEMES
from tests.campaigns.window_walk import WAIT_MILLISECONDS, Look, Walk, look, main
from tests.core.data.tables.test_cases import CASES, workbook

SIZES = ((1100, 700), (1440, 900), (1920, 1080))
SMALLEST = (1, 1)

CHOICES = ("learning-rate=0.01;0.03;0.1;0.3;1", "hidden=2;4;8;8,8")
LONG = ("optimizer=sgd;momentum;nesterov;rmsprop;adam", "activation=sigmoid;tanh;relu;leaky-relu;elu", *CHOICES)
TABLES = {
    "doubts": "Ort;Einwohner;Anteil;Dichte\n" + "".join(f"Stadt {k};{k + 10}.{k:03d};0,{k};{k}\n" for k in range(90)),
    "many doubts": "# made by hand\nwidth,size,kind\ncm,m,\n"
    + "".join(f"{k}.5,{'NA' if k % 7 == 0 else k},{'?' if k % 5 == 0 else 'ab'[k % 2]}\n# {k}\n" for k in range(60)),
    "text inputs": "colour,size,sold\n"
    + "".join(f"{('red', 'blue', 'green')[k % 3]},{k % 7},{'yn'[k % 2]}\n" for k in range(80)),
    "many columns": ",".join(f"a column with a rather long name {k}" for k in range(40)) + ",kind\n"
    + "".join(",".join(str(k * j % 97) for k in range(40)) + f",{'ab'[j % 2]}\n" for j in range(40)),
    "a mistake": "a,b\n1,2\n3,4,5,6\n7,8\n",
}  # fmt: skip


class OtherWindows(Walk):
    """Opens dialogs and windows beside the main window."""

    @property
    def states(self) -> dict[str, Callable[[], QWidget | None]]:
        act, sweep = self.act, self._sweep
        case = lambda name: self._table_dialog(CASES / name)  # noqa: E731
        return {
            **{f"compare {count}": lambda count=count: self._compare(count) for count in (2, 3, 6)},
            "compare playing": lambda: self._compare(3, playing=True),
            "compare regression": lambda: self._compare(2, "bumps"),
            "sweep": lambda: sweep(CHOICES, seeds=3),
            "sweep of one setting": lambda: sweep(CHOICES[:1]),
            "sweep of seeds": lambda: sweep((), seeds=12),
            "sweep of one run": lambda: sweep(()),
            "sweep of 1000 runs": lambda: sweep(LONG, seeds=2),
            "sweep that failed": lambda: sweep(CHOICES, seeds=2, bad=1.0),
            "sweep with failures": lambda: sweep(CHOICES, seeds=2, bad=0.3),
            "sweep of a regression": lambda: sweep(CHOICES, seeds=2, preset="bumps"),
            "sweep just begun": lambda: sweep(CHOICES, 3, 0, SweepStatus(TRAINING, 0, 60, 0.01, None, "")),
            "sweep running": lambda: sweep(CHOICES, 3, 22, SweepStatus(TRAINING, 22, 60, 0.4, 4000.0, "")),
            "sweep paused": lambda: sweep(CHOICES, 3, 22, SweepStatus(PAUSED, 22, 60, 0.4, 75.0, "")),
            "sweep with an error": lambda: sweep(CHOICES, 3, 22, SweepStatus(ENDED, 22, 60, 0.4, None, ERROR)),
            "sweep with a selection": self._selected_runs,
            "try several": self._try_several,
            "try several with four settings": lambda: self._try_several(*LONG),
            "try several with a mistake": lambda: self._try_several("learning-rate=0.1;x"),
            **{f"table with {name}": lambda name=name: self._text_dialog(name) for name in TABLES},
            "table with sheets": lambda: self._table_dialog(workbook(self._folder / "book.xlsx")),
            "table of a web page": lambda: case("20_html_table.xls"),
            "table of an array": lambda: case("23_y_column.npz"),
            "film": lambda: self._opened(FilmDialog, "record-film"),
            "class names": lambda: self._opened(ClassNamesDialog, "rename-classes"),
            "check of the gradient": lambda: self._opened(GradientDialog, "check-gradients"),
            "keys": lambda: act("shortcuts"),
            "about": lambda: act("about"),
            "recovery": lambda: self.window.recovery.offer(1.7e9, 12),
            "rule": lambda: self._change(data=DataSource(RULE, rule="sin(r - atan2(x2, x1)) > 0")),
            "wrong rule": self._wrong_rule,
            "all settings": self._all_settings,
        }

    def begin_anew(self) -> None:
        for other in QApplication.topLevelWidgets():
            if not sip.isdeleted(other) and other.isVisible() and other is not self.window:
                other.close()
                QApplication.sendPostedEvents(other, QEvent.Type.DeferredDelete)
        self.window.recovery.hide()
        super().begin_anew()

    def _shown(self, kind: type[QWidget]) -> QWidget:
        """The window or dialog of this kind, as soon as there is one."""
        return self._wait(lambda: next((found for found in self.window.findChildren(kind) if found.isVisible()), None))

    @staticmethod
    def _wait(found: Callable[[], QWidget | None]) -> QWidget:
        clock = QElapsedTimer()
        clock.start()
        while (widget := found()) is None:
            if clock.elapsed() > WAIT_MILLISECONDS:
                raise TimeoutError("a window does not appear, or not what it should show")
            QTest.qWait(5)
        QTest.qWait(100)
        return widget

    def _opened(self, kind: type[QWidget], action: str) -> QWidget:
        self.act(action)
        return self._shown(kind)

    # ---------------------------------------------------------------- states

    def _compare(self, count: int, preset: str = "moons", playing: bool = False) -> QWidget:
        self.window.session.load(PRESETS[preset].experiment, anew=True)
        self.rest()
        for rate in (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)[:count]:
            self._change(learning_rate=rate)
            self.act("reset")
            self.train(5)
            self.act("keep-run")
        window = self._opened(CompareWindow, "compare-runs")
        assert isinstance(window, CompareWindow)
        if playing:
            window.set_playing(True)
            QTest.qWait(300)
        return self._wait(lambda: window if playing or window.is_at_rest else None)

    def _sweep(
        self,
        vary: Sequence[str],
        seeds: int = 1,
        ended: int | None = None,
        status: SweepStatus | None = None,
        bad: float = 0.0,
        preset: str = "moons",
    ) -> SweepWindow:
        """Show a sweep of which so many runs have ended, a part of them badly, in the folder that it left."""
        base = PRESETS[preset].experiment.replace(train_fraction=0.7)
        plan = SweepPlan(base, {}, tuple(map(parse_variation, vary)), 40, seeds)
        path = self._folder / f"sweep {len(list(self._folder.iterdir()))}"
        with closing(SweepFolder(path, plan, load_datasets(plan))) as files:
            files.add(made_up(plan, bad)[:ended])
        commands = self.window.sweeps.commands
        commands.open_folder(path)
        window = self._wait(lambda: commands.window)
        assert isinstance(window, SweepWindow)
        if status is not None:
            window.show_status(status)
        return window

    def _selected_runs(self) -> QWidget:
        window = self._sweep(CHOICES, seeds=3)
        window.results.brush({"learning-rate": (0.02, 0.4)})
        window.table.selectRow(4)
        QTest.qWait(200)
        return window

    def _try_several(self, *vary: str) -> QWidget:
        dialog = self._opened(SweepDialog, "try-several")
        assert isinstance(dialog, SweepDialog)
        for place, (name, _, values) in enumerate(word.partition("=") for word in vary):
            dialog.settings[place].setCurrentIndex(dialog.settings[place].findData(name))
            dialog.values[place].setText(values)
        asked = dialog.time.text
        QTest.qWait(400)
        return self._wait(lambda: None if dialog._background.is_busy or not asked() else dialog)

    def _text_dialog(self, name: str) -> QWidget:
        path = self._folder / f"{name}.csv"
        path.write_text(TABLES[name])
        return self._table_dialog(path)

    def _table_dialog(self, path: Path) -> QWidget:
        self.window.data_commands.open_file(str(path))
        dialog = self._shown(TableDialog)
        assert isinstance(dialog, TableDialog)
        return self._wait(lambda: None if dialog._outcome is None else dialog)

    def _wrong_rule(self) -> None:
        self._change(data=DataSource(RULE, rule="x1 > x2"))
        editor = self.window.panels.data.rule
        editor.line.setText("x2 > sin(2*x1) and foo(x1) > 3")
        editor._check()

    def _all_settings(self) -> None:
        self.window.panels.strip.more.click()
        self._change(
            optimizer="adam", l1=0.001, l2=0.01, dropout=0.2, patience=20, stop_loss=0.001, train_fraction=0.7,
            schedule=Decay("cosine"), batch_size=10,
        )  # fmt: skip


ERROR = "The folder cannot be written: no space is left on the device; make room there, then go on."


def made_up(plan: SweepPlan, bad: float) -> list[RunResult]:
    """Results as they might be, of which a share diverged or failed."""
    numbers, found = np.random.default_rng(0), []
    for place, run in enumerate(plan.runs):
        if numbers.random() < bad:
            state = (DIVERGED, FAILED)[place % 2]
            found.append(without_numbers(run, state, "The weights of layer 2 are no longer finite.", 0.1))
            continue
        epochs = np.arange(plan.epochs + 1.0)
        loss = 0.002 + 0.3 * np.exp(-epochs * numbers.uniform(0.01, 0.4)) + numbers.uniform(0.0, 0.01)
        curve = np.stack([100.0 * epochs, loss, 1.3 * loss, 1.0 - loss, 1.0 - 1.2 * loss], axis=1)
        measures = map(float, curve[-1, 1:])
        found.append(RunResult(run.texts, run.experiment.seed, plan.epochs, *measures, DONE, 0.4, "", curve, 100))
    return found


def looks(walk: OtherWindows, state: str, sizes: Sequence[tuple[int, int]], themes: Sequence[str]) -> Iterator[Look]:
    """Open what a state is about in each theme, and look at it in each size."""
    for theme in themes:
        walk.window.resize(*sizes[0])
        walk.window.set_theme(THEMES[theme])
        walk.window.docks.restore_default()
        looked_at = walk.to(state)
        own = looked_at.width(), looked_at.height()
        for size in (own, SMALLEST) if isinstance(looked_at, QDialog) else sizes:
            looked_at.resize(*size)
            walk.rest()
            QTest.qWait(50)  # until what has wrapped anew has its place
            actual = looked_at.width(), looked_at.height()
            yield look(walk, looked_at, (state, actual, theme), size in (own, sizes[-1]))
        walk.begin_anew()


if __name__ == "__main__":
    kept = main(SIZES, OtherWindows, looks)  # it must live longer than all widgets
