"""Whatever is clicked, dragged, typed or chosen, in any order: nothing fails, and what is shown is true.

30 windows with up to 400 gestures each: ``python -m pytest -m campaign -n 0 -s tests/gui/window/test_random_hands.py``.
``GESTURES=20`` in the environment makes it 20 for each window, ``WINDOWS=5`` opens so many. A fault of the program is
printed at once, with its stack and all gestures before it. What fails is then shrunk to a short list of gestures.
"""

from __future__ import annotations

import gc
import os
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial, wraps
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from PyQt5 import QtCore, sip
from PyQt5.QtCore import QEventLoop, QPoint, QPointF, Qt, QTimer
from PyQt5.QtGui import QWheelEvent
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QInputDialog,
    QLineEdit,
    QMenu,
    QMenuBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from core.base.number_text import count_text, percent, short, short_within
from core.explain.snapshot import Snapshot
from core.network.tasks import REGRESSION
from core.training.trainer import Trainer
from core.workbench.messages import Loaded, Notice
from gui.transport.figures import LONGEST_LOSS
from gui.widgets.faults import escaping_to
from gui.widgets.number_fields import NumberField
from gui.window.actions import ACTIONS
from gui.window.main_window import MainWindow
from tests.core.workbench.support import SECONDS
from tests.gui.conftest import dispose, drawn
from tests.gui.window.test_typing import NAMES

WINDOWS = int(os.environ.get("WINDOWS", "30"))
GESTURES = int(os.environ.get("GESTURES", "400"))
"""For each window."""
LONGEST_STRAIGHT_RUN = 3_000_000
"""Samples times parameters; a run that is longer is not trained once more."""
STUCK_MILLISECONDS = 200
IGNORED = "This plugin does not support"
TABLE = "a,b,c,kind\n" + "".join(f"{k % 7},{k % 5},{k % 3},{'yes' if k % 7 > k % 5 else 'no'}\n" for k in range(40))

OPENS_HERE = ("try-several", "rename-classes", "check-gradients", "paste-table")
"""Actions whose dialogs belong to the window; the others with dots ask for files."""
STEPS_IN_TIME = ("previous-change", "next-change", "to-beginning", "to-tip", "undo", "redo", "reset", "play")
LEFT_ALONE = ("quit", "save-project")
OFFERED = [spec.name for spec in ACTIONS if ("…" not in spec.text and spec.name not in LEFT_ALONE)]
DONE = [*OFFERED, *OPENS_HERE, *STEPS_IN_TIME, *STEPS_IN_TIME]

PLACES: dict[str, Callable[[MainWindow], QWidget]] = {
    "diagram": lambda window: window.network,
    "plot": lambda window: window.scatter.plot.viewport(),
    "loss plot": lambda window: window.loss.plot.viewport(),
    "timeline": lambda window: window.timeline,
    "data sets": lambda window: window.panels.data.kind.viewport(),
    "presets": lambda window: window.panels.presets.choice.viewport(),
    "runs": lambda window: window.runs.view.table.viewport(),
    "report": lambda window: window.report.view.grid,
    "legend": lambda window: window.scatter.legend,
    "why": lambda window: window.inspector,
}

KEYS = {
    name: getattr(Qt.Key, f"Key_{name}")
    for name in (
        *("Space", "Left", "Right", "Up", "Down", "Home", "End", "Period", "Comma", "Escape", "Tab", "Return"),
        *("Delete", "F1", "F11", "Menu", *"0123ABCDEFGHIKLMNOPRSTUVXYZ"),
    )
}
MODIFIERS = {
    "": Qt.KeyboardModifier.NoModifier,
    "Shift": Qt.KeyboardModifier.ShiftModifier,
    "Ctrl": Qt.KeyboardModifier.ControlModifier,
    "Alt": Qt.KeyboardModifier.AltModifier,
}
ASKS_FOR_A_FILE = {("Ctrl", "O"), ("Ctrl", "S"), ("Ctrl", "E"), ("Ctrl", "P"), ("Ctrl", "R"), ("Ctrl", "Q")}
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton

places = st.sampled_from(sorted(PLACES))
shares = st.integers(0, 20)
"""Twentieths of a widget's width or height."""
modifiers = st.sampled_from(["", "", "", "Shift", "Ctrl"])


Rule = Callable[..., None]


def gesture(**choices: st.SearchStrategy[Any]) -> Callable[[Rule], Rule]:
    """A rule that writes down what it does before it does it."""

    def written_down(method: Rule) -> Rule:
        @wraps(method)
        def write_and_make(hands: Hands, **values: object) -> None:
            hands.told.append(f"{method.__name__}({', '.join(f'{name}={value!r}' for name, value in values.items())})")
            method(hands, **values)

        made: Rule = rule(**choices)(write_and_make)
        return made

    return written_down


class Hands(RuleBasedStateMachine):
    """Two hands at one window. A gesture that has nothing to act on does nothing, so any list of them can be shortened.

    While a dialog is open, gestures go there, and after a few of them it is closed.
    """

    made: ClassVar[Counter[str]] = Counter()
    printed: ClassVar[set[str]] = set()

    def __init__(self, open_window: Callable[[], MainWindow], table: Path) -> None:
        super().__init__()
        self._faults: list[str] = []
        self.told: list[str] = []
        self._escaped = ExitStack()
        self._escaped.enter_context(escaping_to(self._take_error))
        self._handler = QtCore.qInstallMessageHandler(self._take_message)
        self._window, self._table = open_window(), table
        self._window.resize(1440, 900)
        self._window.session.noticed.connect(self._take_notice)
        self._patience = 0
        self._gesture = self._seen_gesture = 0
        self._closer = QTimer(self._window)
        self._closer.timeout.connect(self._close_what_blocks)
        self._closer.start(STUCK_MILLISECONDS)

    def teardown(self) -> None:
        self._closer.stop()
        try:
            self._close_dialogs()
            if not self._faults:
                self._rest()
                self.what_is_shown_is_true()
        finally:
            dispose(self._window)
            QtCore.qInstallMessageHandler(self._handler)
            self._escaped.close()
            gc.collect()
        assert not self._faults

    # ---------------------------------------------------------------- gestures

    @gesture(name=st.sampled_from(DONE))
    def act(self, name: str) -> None:
        """Choose from a menu."""
        action = self._window.actions_by_name[name]
        if action.isEnabled():
            self._do(self._window, action.trigger)

    @gesture(place=places, x=shares, y=shares, modifier=modifiers)
    def click(self, place: str, x: int, y: int, modifier: str) -> None:
        widget = PLACES[place](self._window)
        self._do(widget, lambda: QTest.mouseClick(widget, LEFT, MODIFIERS[modifier], at(widget, x, y)))

    @gesture(place=places, x=shares, y=shares)
    def double_click(self, place: str, x: int, y: int) -> None:
        widget = PLACES[place](self._window)
        self._do(widget, lambda: QTest.mouseDClick(widget, LEFT, MODIFIERS[""], at(widget, x, y)))

    @gesture(place=places, x=shares, y=shares)
    def hover(self, place: str, x: int, y: int) -> None:
        """Let the mouse rest at a place."""
        widget = PLACES[place](self._window)
        self._do(widget, lambda: QTest.mouseMove(widget, at(widget, x, y)))

    @gesture(place=places, path=st.lists(st.tuples(shares, shares), min_size=2, max_size=5), modifier=modifiers)
    def drag(self, place: str, path: list[tuple[int, int]], modifier: str) -> None:
        widget = PLACES[place](self._window)
        points = [at(widget, x, y) for x, y in path]
        self._do(widget, lambda: QTest.mousePress(widget, LEFT, MODIFIERS[modifier], points[0]), settles=False)
        for point in points[1:]:
            self._do(widget, lambda point=point: QTest.mouseMove(widget, point), settles=False)
        self._do(widget, lambda: QTest.mouseRelease(widget, LEFT, MODIFIERS[modifier], points[-1]))

    @gesture(place=places, x=shares, y=shares, up=st.booleans())
    def turn_the_wheel(self, place: str, x: int, y: int, up: bool) -> None:
        widget = PLACES[place](self._window)
        where, turn = QPointF(at(widget, x, y)), QPoint(0, 120 if up else -120)
        event = QWheelEvent(
            *(where, QPointF(widget.mapToGlobal(where.toPoint())), QPoint(), turn),
            *(Qt.MouseButton.NoButton, MODIFIERS[""], Qt.ScrollPhase.NoScrollPhase, False),
        )
        self._do(widget, lambda: QApplication.sendEvent(widget, event))

    @gesture(number=st.integers(0, 400), x=shares, y=shares, is_right=st.booleans())
    def click_anything(self, number: int, x: int, y: int, is_right: bool) -> None:
        """Click one of all visible widgets, or choose an entry of it."""
        seen = [widget for widget in self._target().findChildren(QWidget) if may_be_touched(widget)]
        if not seen:
            return
        widget = seen[number % len(seen)]
        self.tell(f"on {describe(widget)}")
        if isinstance(widget, QComboBox) and widget.count():
            self._do(widget, partial(choose, widget, x % widget.count()))
        else:
            self._do(
                widget, lambda: QTest.mouseClick(widget, RIGHT if is_right else LEFT, MODIFIERS[""], at(widget, x, y))
            )

    @gesture(key=st.sampled_from(list(KEYS)), modifier=st.sampled_from(["", "", "", "Shift", "Ctrl", "Alt"]))
    def press(self, key: str, modifier: str) -> None:
        if (modifier, key) not in ASKS_FOR_A_FILE:
            focus = QApplication.focusWidget()
            widget = self._target() if focus is None or is_menu(focus) else focus
            self._do(widget, lambda: QTest.keyClick(widget, KEYS[key], MODIFIERS[modifier]))

    @gesture(
        name=st.sampled_from(sorted(NAMES)), text=st.sampled_from(["0", "1", "3", "7", "24", "0,5", "0.01", "-1", "x"])
    )
    def type_a_number(self, name: str, text: str) -> None:
        fields = [field for field in self._target().findChildren(NumberField) if field.accessibleName() == name]
        if fields:
            field = fields[0]
            self._do(field, field.setFocus)
            self._do(field, lambda: QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier))
            self._do(field, lambda: QTest.keyClicks(field, text))
            self._do(field, lambda: QTest.keyClick(field, Qt.Key.Key_Return))

    @gesture(branch=st.integers(0, 5), share=shares, entry=st.integers(0, 9))
    def choose_of_a_branch(self, branch: int, share: int, entry: int) -> None:
        """Choose from the menu of a branch: go on from here, rename, remove, another branch."""
        timeline = self._window.session.timeline
        if timeline is None or self._asking() is not None:
            return
        view = timeline.branches[branch % len(timeline.branches)]
        number, position = view.number, view.tip * share // 20
        menu = self._window.timeline_commands.make_menu(number, position)
        entries = [action for action in menu.actions() if not action.isSeparator() and action.isEnabled()]
        if entries:
            self.tell(entries[entry % len(entries)].text())
            self._do(self._window, entries[entry % len(entries)].trigger)
        menu.deleteLater()

    @gesture(yes=st.booleans(), text=st.sampled_from(["", "a", "b <b>"]))
    def answer(self, yes: bool, text: str) -> None:
        """Answer the dialog that is open."""
        asking = self._asking()
        if isinstance(asking, QInputDialog):
            asking.setTextValue(text)
        if isinstance(asking, QDialog):
            self.tell(describe(asking))
            is_taken = yes and not isinstance(asking, QFileDialog)
            self._do(asking, asking.accept if is_taken else asking.reject)

    @gesture()
    def open_a_table(self) -> None:
        self._do(self._window, lambda: self._window.data_commands.open_file(str(self._table)))

    @gesture(width=st.integers(1000, 1900), height=st.integers(560, 1100))
    def resize(self, width: int, height: int) -> None:
        self._do(self._window, lambda: self._window.resize(width, height))

    @gesture(milliseconds=st.sampled_from([1, 30, 100]))
    def wait(self, milliseconds: int) -> None:
        QTest.qWait(milliseconds)

    @gesture()
    def look_at_rest(self) -> None:
        """Pause, wait for the last picture and compare it with a run that went straight there."""
        if self._asking() is None:
            self._rest()
            self.what_is_shown_is_true()

    # ---------------------------------------------------------------- what must hold

    @invariant()
    def nothing_failed(self) -> None:
        assert not self._faults
        assert not sip.isdeleted(self._window)
        assert self._window.isVisible()

    def what_is_shown_is_true(self) -> None:
        session, loaded = self._window.session, self._window.session.loaded
        assert loaded is not None
        assert session.snapshot is not None
        assert session.experiment is not None
        snapshot, figures = session.snapshot, self._window.toolbar.figures
        if loaded.canvas is not None:
            assert (figures.epoch.text(), figures.loss.text()) == ("–", "–")
            return
        score = short(snapshot.train_score, 3) if loaded.dataset.task == REGRESSION else percent(snapshot.train_score)
        assert figures.epoch.text() == count_text(snapshot.epoch)
        assert figures.loss.text() == short_within(snapshot.train_loss, LONGEST_LOSS)
        assert figures.score.text() == score
        assert self._window.timeline._position == snapshot.position
        assert session.experiment == snapshot.settings
        strip = self._window.panels.strip
        assert strip.learning_rate.value() == snapshot.settings.learning_rate
        assert strip.optimizer.value() == snapshot.settings.optimizer
        if snapshot.position * len(snapshot.parameters) <= LONGEST_STRAIGHT_RUN * 20:
            straight = straight_run(loaded, snapshot)
            assert straight.network.parameters.tobytes() == snapshot.parameters.tobytes()
            if snapshot.measured == snapshot.position:
                assert straight.evaluations()[0].loss == snapshot.train_loss

    # ---------------------------------------------------------------- hands

    def _do(self, widget: QWidget, gesture: Callable[[], object], settles: bool = True) -> None:
        """Let the event loop make a gesture, unless a dialog is in the way or the widget cannot be seen."""
        asking = self._asking()
        if asking is not None and widget.window() is not asking:
            self._patience += 1
            if self._patience > 3:
                self._close_dialogs()
            return
        self._patience = 0
        self._gesture += 1
        QTimer.singleShot(0, lambda: None if sip.isdeleted(widget) or not widget.isVisible() else self._make(gesture))
        for _ in range(3):
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        for _ in range(200 * settles):  # a second at most
            if self._window.session.at_rest or self._window.session.playing or self._asking() is not None:
                break
            QTest.qWait(5)

    def _make(self, gesture: Callable[[], object]) -> None:
        self.made["gestures"] += 1
        gesture()

    def _target(self) -> QWidget:
        return self._asking() or self._window

    @staticmethod
    def _asking() -> QWidget | None:
        return QApplication.activePopupWidget() or QApplication.activeModalWidget()

    def _close_dialogs(self) -> None:
        for _ in range(20):
            asking = self._asking()
            if asking is None:
                return
            asking.close()
            QTest.qWait(5)

    def _close_what_blocks(self) -> None:
        """A dialog that does not come back before it is closed keeps the gesture from ending."""
        if self._seen_gesture == self._gesture and self._asking() is not None:
            self._close_dialogs()
        self._seen_gesture = self._gesture

    def _rest(self) -> None:
        """Leave the field that is typed in, pause, and wait until what is shown is of now."""
        self._close_dialogs()
        focus = QApplication.focusWidget()
        if isinstance(focus, (QLineEdit, NumberField)):
            focus.clearFocus()
        session = self._window.session
        session.pause()
        clock = QtCore.QElapsedTimer()
        clock.start()
        while not self._is_at_rest():
            assert clock.elapsed() < 1000 * SECONDS, "the window does not come to rest"
            QTest.qWait(5)

    def _is_at_rest(self) -> bool:
        session = self._window.session
        is_canvas = session.loaded is not None and session.loaded.canvas is not None
        return (session.at_rest if is_canvas else drawn(self._window)) and not (session.playing or session.travelling)

    def tell(self, line: str) -> None:
        """Write down what a gesture has met."""
        self.told.append(f"  {line}")
        note(f"  {line}")

    def _take_fault(self, text: str) -> None:
        """The program failed: print how, once, with what the hands did before; later they may not find it again."""
        self._faults.append(text)
        if text not in self.printed:
            self.printed.add(text)
            print("\n".join(["", text, "after these gestures:", *self.told]), flush=True)

    def _take_error(self, error: BaseException) -> None:
        self._take_fault("".join(traceback.format_exception(error)))

    def _take_notice(self, told: Notice) -> None:
        if told.kind == "fault":
            self._take_fault(f"{told.text}\n{told.detail}")

    def _take_message(self, kind: QtCore.QtMsgType, context: QtCore.QMessageLogContext, text: str) -> None:
        if kind in (QtCore.QtWarningMsg, QtCore.QtCriticalMsg, QtCore.QtFatalMsg) and IGNORED not in text:
            self._take_fault(f"Qt: {text}\n{''.join(traceback.format_stack())}")


def at(widget: QWidget, x: int, y: int) -> QPoint:
    """A place inside a widget."""
    return QPoint(x * (widget.width() - 1) // 20, y * (widget.height() - 1) // 20)


def choose(box: QComboBox, index: int) -> None:
    box.setCurrentIndex(index)
    box.activated.emit(index)


def is_menu(widget: QWidget) -> bool:
    return isinstance(widget, (QMenu, QMenuBar))


def may_be_touched(widget: QWidget) -> bool:
    asks = isinstance(widget, QAbstractButton) and "…" in widget.text()
    return widget.isVisible() and min(widget.width(), widget.height()) > 3 and not asks and not is_menu(widget)


def describe(widget: QWidget) -> str:
    text = getattr(widget, "text", None)  # some widgets have a label of this name
    name = widget.accessibleName() or widget.windowTitle() or (text() if callable(text) else "")
    return f"{type(widget).__name__} {name!r}"


def straight_run(loaded: Loaded, snapshot: Snapshot) -> Trainer:
    """The run that was never stepped, dragged back or painted beside: it has all changes from its start."""
    first, *changes = snapshot.changes
    trainer = Trainer(first.experiment, loaded.preparation.dataset, loaded.initial_parameters)
    trainer.settings_over_time.changes = changes
    while trainer.position < snapshot.position:  # a reason to stop is found again
        trainer.advance(snapshot.position - trainer.position)
    trainer.stepper.apply_edits()
    return trainer


@pytest.mark.campaign
def test_random_hands_do_no_harm(
    make_one: Callable[[], MainWindow], qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where a dialog that is answered by chance writes
    table = tmp_path / "table.csv"
    table.write_text(TABLE)
    run_state_machine_as_test(
        partial(Hands, make_one, table),
        settings=settings(
            max_examples=WINDOWS,
            stateful_step_count=GESTURES,
            deadline=None,
            database=None,
            report_multiple_bugs=False,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
    print(f"{Hands.made['gestures']:,} gestures")
