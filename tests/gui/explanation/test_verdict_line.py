"""The line with the verdict, in the real window: what it says, what its button does, and that nothing moves."""

from __future__ import annotations

import dataclasses
import itertools
import re

import numpy as np
import pytest
from PyQt5.QtCore import QEvent, QEventLoop, QPoint, QPointF, Qt, QTimer
from PyQt5.QtGui import QFontMetrics, QMouseEvent
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import core.workbench.speed_scale
from core.base.number_text import factor_text
from core.data.data_source import default_source, load
from core.explain.gradient_flow import norm_ratio
from core.explain.picked_part import Edge
from core.explain.verdict.advice import Advice
from core.explain.verdict.judging import judge
from core.explain.verdict.verdict import DIVERGED, LEARNING, OVERFITTING, PLATEAU, START, Verdict
from core.training.experiment import Init
from core.training.presets import PRESETS
from core.training.trainer import Trainer
from core.workbench.messages import WorkerState
from core.workbench.speed_scale import RISING
from gui.explanation.advice_commands import take_advice
from gui.explanation.verdict_line import LINES, VerdictLine
from gui.widgets.theme import DARK, LIGHT
from gui.window.main_window import MainWindow
from tests.core.explain.judged_runs import BASE, BROKEN, FEW_NOISY, HEALTHY, MOMENTS, RELU, advanced, points_of
from tests.core.workbench.support import SHALLOW, make_trainer, snapshot_of
from tests.gui.conftest import drawn


def rest(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: drawn(window) and not window.session.playing)


def judged(qtbot: QtBot, window: MainWindow) -> Verdict:
    """The verdict of where the run rests, as the line shows it."""
    rest(qtbot, window)
    verdict = window.verdict.verdict
    assert verdict is not None and verdict == window.session.snapshot.verdict
    assert verdict.position == window.session.snapshot.position
    return verdict


def run(qtbot: QtBot, window: MainWindow, name: str) -> Verdict:
    """A broken run in the window."""
    case = next(case for case in BROKEN if case.name == name)
    window.session.load(case.experiment, anew=True)
    qtbot.waitUntil(lambda: window.session.experiment == case.experiment)
    window.session.run_epochs(case.epochs)
    qtbot.waitUntil(lambda: window.session.snapshot.position > 0)
    return judged(qtbot, window)


def test_a_plateau_and_its_way_out(window: MainWindow, qtbot: QtBot) -> None:
    assert judged(qtbot, window).kind == START
    heights = {window.verdict.height()}
    deep = PRESETS["deep"].experiment
    window.session.load(deep, anew=True)
    qtbot.waitUntil(lambda: window.session.experiment == deep)
    window.session.run_epochs(4)
    qtbot.waitUntil(lambda: window.session.snapshot.epoch == 4)
    verdict = judged(qtbot, window)
    assert verdict.kind == PLATEAU and window.verdict.title.full == "Plateau since epoch 0"
    assert "times smaller in layer 1 than at the output" in window.verdict.reason.text()
    heights.add(window.verdict.height())
    assert window.verdict.button.isVisible() and len(heights) == 1
    qtbot.mouseClick(window.verdict.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.session.experiment.init.name == "he")
    qtbot.waitUntil(lambda: window.session.snapshot.epoch > 4)
    window.session.pause()
    rest(qtbot, window)
    assert window.session.snapshot.train_score > 0.9
    window.session.undo()
    qtbot.waitUntil(lambda: window.session.experiment == deep)


def test_while_it_plays_verdict_and_card_name_one_factor(window: MainWindow, qtbot: QtBot) -> None:
    """The verdict is judged a few times a second, and the card is drawn with each picture."""
    settings = PRESETS["shallow"].experiment.replace(hidden=(4,) * 4, init=Init("normal", 0.05))
    window.session.load(settings, anew=True)
    qtbot.waitUntil(lambda: window.session.experiment == settings)
    seen = set()

    def note() -> None:
        told, card = window.verdict.reason.text(), window.inspector.sentence.text()
        if "vanishes" in told:
            table = window.session.snapshot.history.gradients
            seen.add((told, card, factor_text(norm_ratio(table[-1, -1], table[-1, 1])) in card))

    window.session.frame.connect(note)
    window.session.play()
    qtbot.waitUntil(lambda: sum(not is_newest for *_, is_newest in seen) > 1, timeout=20_000)
    window.session.pause()
    rest(qtbot, window)
    assert len({told for told, *_ in seen}) > 1
    assert not [(told, card) for told, card, _ in seen if not card.startswith(told)]


@pytest.mark.parametrize("engine", ["numpy", pytest.param("compiled", marks=pytest.mark.needs_numba)])
def test_while_a_button_is_held_verdict_and_card_are_of_the_place_that_is_shown(
    window: MainWindow, qtbot: QtBot, engine: str
) -> None:
    """A head that is dragged is judged less often; where it rests under a held mouse, it is judged once more."""
    window.session.change({"engine": engine, "batch_size": 10})  # NumPy is slow in single samples
    qtbot.waitUntil(lambda: window.session.experiment.engine == engine)
    window.session.run_epochs(4)
    qtbot.waitUntil(lambda: window.session.snapshot.epoch == 4)
    rest(qtbot, window)
    window.select(Edge(1, 0, 1))
    rest(qtbot, window)
    length = window.session.snapshot.epoch_length
    for epoch in (3, 2, 1):
        window.session.seek(epoch * length, exact=False)
        qtbot.waitUntil(lambda epoch=epoch: window.session.snapshot.position == epoch * length)

    def are_of_there() -> bool:
        card = window.session.snapshot.inspection
        return window.verdict.verdict.position == card.position == length

    qtbot.waitUntil(are_of_there, timeout=5000)
    assert window.session.state.dragged
    window.session.seek(length)


def test_overfitting_leads_back(window: MainWindow, qtbot: QtBot) -> None:
    verdict = run(qtbot, window, "20 noisy points")
    assert verdict.kind == OVERFITTING and verdict.advice is not None
    window.verdict.button.click()
    qtbot.waitUntil(lambda: window.session.snapshot.position == verdict.advice.return_to)
    assert judged(qtbot, window).cause == "overfitting ahead"
    window.verdict.button.click()
    qtbot.waitUntil(lambda: window.session.snapshot.settings.l2 == 0.01)
    window.session.pause()
    rest(qtbot, window)


def test_an_advice_within_a_lesson_pauses_where_the_preset_did(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core.workbench.speed_scale, "DOUBLING_SECONDS", 1e-3)
    monkeypatch.setattr(core.workbench.speed_scale, "FALL_SECONDS", 1e-6)
    window.toolbar.speed.choose(RISING)
    preset = PRESETS["deep"]
    window.session.load(preset.experiment, anew=True)
    qtbot.waitUntil(lambda: window.session.experiment == preset.experiment)
    window.session.play()
    qtbot.waitUntil(lambda: window.session.snapshot.epoch == preset.epochs)
    space = "Press Space to train on."
    message = f"Paused at epoch {preset.epochs}, the end of the preset “Deep net that stands still”. {space}"
    qtbot.waitUntil(lambda: window.statusBar().currentMessage() == message)
    assert window.statusBar().property("marked") is True, "it is seen"
    assert judged(qtbot, window).kind == PLATEAU
    qtbot.mouseClick(window.verdict.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.session.experiment.init.name == "he")
    message = f"Paused at epoch {preset.epochs}, as the preset “Deep net that stands still” does. {space}"
    qtbot.waitUntil(lambda: window.statusBar().currentMessage() == message)
    rest(qtbot, window)
    assert window.session.snapshot.epoch == preset.epochs


def test_overfitting_from_the_start_gets_more_points(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1280, 800)
    settings = PRESETS["overfit"].experiment
    few = settings.replace(data=dataclasses.replace(default_source("spiral"), samples=100, noise=15.0))
    window.session.load(few, anew=True)
    qtbot.waitUntil(lambda: window.session.experiment == few)
    window.session.run_epochs(100)
    qtbot.waitUntil(lambda: window.session.snapshot.epoch == 100)
    assert judged(qtbot, window).kind == OVERFITTING and window.verdict.button.text() == "↺ Try 400 points ▶"
    window.verdict.button.click()
    qtbot.waitUntil(lambda: window.session.experiment.data.samples == 400 and window.session.snapshot.epoch > 2)
    window.session.pause()
    rest(qtbot, window)
    window.session.undo()
    qtbot.waitUntil(lambda: window.session.experiment == few)


def test_a_divergence_starts_again_with_a_lower_rate(window: MainWindow, qtbot: QtBot) -> None:
    verdict = run(qtbot, window, "rate 1, plane without a hidden layer")
    assert verdict.kind == DIVERGED and "rate" in window.verdict.button.text()
    window.verdict.button.click()
    qtbot.waitUntil(lambda: window.session.experiment.learning_rate == 0.1)
    qtbot.waitUntil(lambda: window.session.snapshot.settings.learning_rate == 0.1)
    qtbot.waitUntil(lambda: not window.session.playing or window.session.snapshot.epoch > 2)
    window.session.pause()
    rest(qtbot, window)


def test_what_is_frozen_moves_again(window: MainWindow, qtbot: QtBot) -> None:
    window.session.freeze(range(window.session.snapshot.parameters.size))
    window.session.run_epochs(4)
    qtbot.waitUntil(lambda: window.session.snapshot.epoch == 4)
    assert judged(qtbot, window).cause == "frozen"
    window.verdict.button.click()
    qtbot.waitUntil(lambda: not window.session.snapshot.frozen and window.session.snapshot.epoch > 4)
    window.session.pause()
    rest(qtbot, window)


def move_on_button(window: MainWindow) -> None:
    at = QPointF(window.verdict.button.rect().center())
    kind, none = QEvent.Type.MouseMove, Qt.MouseButton.NoButton
    QApplication.sendEvent(
        window.verdict.button, QMouseEvent(kind, at, none, Qt.MouseButtons(), Qt.KeyboardModifiers())
    )  # fmt: skip


def step(qtbot: QtBot, window: MainWindow) -> Verdict | None:
    """The newest verdict, an epoch later."""
    epoch = window.session.snapshot.epoch
    window.session.step("epoch")
    qtbot.waitUntil(lambda: window.session.snapshot.epoch == epoch + 1)
    rest(qtbot, window)
    return window.session.snapshot.verdict


def test_while_the_mouse_moves_on_the_button_it_keeps_what_it_said(window: MainWindow, qtbot: QtBot) -> None:
    before = judged(qtbot, window)
    move_on_button(window)
    newest = step(qtbot, window)
    assert window.verdict.verdict == before != newest
    QApplication.sendEvent(window.verdict.button, QEvent(QEvent.Type.Leave))
    assert window.verdict.verdict == newest


def test_under_a_mouse_that_rests_it_follows(window: MainWindow, qtbot: QtBot) -> None:
    before = judged(qtbot, window)
    window.verdict.findChild(QTimer).setInterval(1)
    move_on_button(window)
    newest = step(qtbot, window)
    qtbot.waitUntil(lambda: window.verdict.verdict == newest != before)


def test_after_the_click_it_follows_though_the_mouse_is_still_there(window: MainWindow, qtbot: QtBot) -> None:
    before = judged(qtbot, window)
    move_on_button(window)
    window.verdict.button.click()
    qtbot.waitUntil(lambda: window.session.snapshot.epoch > 1)
    window.session.pause()
    rest(qtbot, window)
    assert window.verdict.verdict == window.session.snapshot.verdict != before


def test_no_need_to_let_it_go_on_while_it_plays(window: MainWindow, qtbot: QtBot) -> None:
    judged(qtbot, window)
    assert window.verdict.button.text() == "Play ▶"
    place = window.verdict.title.geometry()
    window.verdict.button.click()
    qtbot.waitUntil(lambda: window.session.playing and window.session.snapshot.position > 0)
    qtbot.waitUntil(lambda: not window.verdict.button.isVisible())
    assert window.verdict.title.geometry().topLeft() == place.topLeft()
    window.session.pause()
    qtbot.waitUntil(window.verdict.button.isVisible)


def test_it_never_changes_its_height(window: MainWindow, qtbot: QtBot) -> None:
    judged(qtbot, window)
    place = window.verdict.mapTo(window, QPoint(0, 0)), window.verdict.height()
    long = "the sentence goes on and on " * 20
    snapshot = window.session.snapshot
    for kind, text, advice in itertools.product(
        ("learning", "plateau", "done"), ("short", long), (None, Advice.change("Try a much longer name " * 3, l2=0.1))
    ):
        verdict = Verdict(kind, text, "since epoch 1234567" * 4, advice, numbers=(("a", "<b>1</b>"),))
        window.verdict.show_snapshot(dataclasses.replace(snapshot, verdict=verdict))
        qtbot.wait(1)
        assert (window.verdict.mapTo(window, QPoint(0, 0)), window.verdict.height()) == place
        lines = window.verdict.reason.lines()
        assert len(lines) <= LINES and (lines[-1].endswith("…") == (text == long))
        metrics = QFontMetrics(window.verdict.reason._set()[1])
        assert all(metrics.horizontalAdvance(line) <= window.verdict.reason.width() for line in lines)
    window.set_theme(DARK)
    assert window.verdict.grab().width() == window.verdict.width()


@pytest.fixture(scope="module")
def verdicts() -> list[Verdict]:
    """Those of all broken and healthy runs, the latter at several moments, and long ones."""
    found = [judge(case.trained()) for case in BROKEN]
    high = RELU.replace(optimizer="adam", learning_rate=3.0)
    noisy = BASE.replace(data=points_of("spiral", 100, 15.0), hidden=(16, 16), optimizer="adam", learning_rate=0.03)
    bent = BASE.replace(hidden=(), features=("x1", "x2", "sin-x1"))
    experiments = (
        high.replace(data=points_of("moons"), hidden=(4,)), high.replace(data=points_of("gauss"), hidden=(8, 8)),
        noisy, noisy.replace(loss="cross-entropy", patience=10), bent.replace(data=points_of("spiral")), bent,
    )  # fmt: skip
    found += [judge(advanced(Trainer(one, load(one.data)), 100)) for one in experiments]
    one_layer = FEW_NOISY.replace(hidden=(8,))
    for few, changed, l2 in (
        (FEW_NOISY, 137, 0.003),
        (FEW_NOISY, 137, 0.03),
        (one_layer, 8, 0.003),
        (one_layer, 8, 0.01),
    ):
        trainer = advanced(Trainer(few, load(few.data)), changed)
        trainer.change(l2=l2)
        found.append(judge(advanced(trainer, 12345)))
    overfit, shallow = PRESETS["overfit"].experiment, PRESETS["shallow"].experiment
    for one, place, fields, end in (
        (overfit, 150, {"l2": 0.01}, 150),
        (overfit.replace(hidden=(8, 8), l2=0.01), 150, {}, 150),
        (shallow, 8, {"learning_rate": 100.0}, 20),
        (BASE.replace(hidden=(4,) * 6), 40, {}, 80),
    ):
        trainer = advanced(Trainer(one, load(one.data)), place)
        found.append(judge(trainer))
        back = 8 * trainer.epoch_length
        trainer.seek(back)
        trainer.advance(0)
        trainer.change(**fields)
        found.append(judge(advanced(trainer, end)))
        for position in (back, back - trainer.epoch_length, 0):
            trainer.seek(position)
            trainer.advance(0)
            found.append(judge(trainer))
    for case in HEALTHY:
        trainer = case.trained(0)
        found += [judge(advanced(trainer, moment * case.epochs)) for moment in MOMENTS]
    return found


def test_no_verdict_is_cut_and_its_button_keeps_its_place(
    window: MainWindow, qtbot: QtBot, verdicts: list[Verdict]
) -> None:
    judged(qtbot, window)
    for size in ((1280, 800), (1100, 700)):
        window.resize(*size)
        qtbot.waitUntil(lambda size=size: (window.width(), window.height()) == size and drawn(window))
        line, places, beside = window.verdict, set(), set[str]()
        for verdict in verdicts:
            line.show_snapshot(dataclasses.replace(window.session.snapshot, verdict=verdict))
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
            line.show_snapshot(dataclasses.replace(window.session.snapshot, verdict=verdict))  # a frame may have come
            assert line.title.text() == verdict.title
            line.show_pause(f"Paused: the verdict is “{verdict.title}”. Press Space to train on.")
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
            assert line.title.text() == verdict.title and "…" not in line.pause.text()
            beside.add(line.pause.text().strip())
            line.show_pause("")
            assert " ".join(line.reason.lines()) == line.reason.text() and not line.reason.text().endswith("…")
            if verdict.advice is not None:
                sign = "↺ " if verdict.advice.starts_again else ""
                assert (
                    line.button.text()
                    == f"{sign}{verdict.advice.text} {'›' if verdict.advice.return_to is not None else '▶'}"
                    and line.button.isVisible()
                )
                places.add((line.button.mapTo(window, QPoint(0, 0)).x(), line.button.mapTo(window, QPoint(0, 0)).y()))
        assert len(places) == 1
        assert "paused by itself" in beside <= {"paused by itself", "paused", ""}


def test_a_button_has_the_room_of_its_text_before_anything_is_painted(window: MainWindow, qtbot: QtBot) -> None:
    judged(qtbot, window)
    line, snapshot = window.verdict, window.session.snapshot
    for text in ("Try tanh", "Hold back a test set", "Try tanh"):
        advice = Advice.change(text, hidden=(16,))
        line.show_snapshot(dataclasses.replace(snapshot, verdict=Verdict(PLATEAU, "it stands still", "", advice)))
        assert text in line.button.text() and line.button.width() == line.button.sizeHint().width()


def test_a_link_that_starts_again_says_so_and_undo_brings_the_run_back(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1280, 800)
    verdict = run(qtbot, window, "spiral without a hidden layer")
    before, button = window.session.snapshot.position, window.verdict.button
    assert verdict.advice is not None and verdict.advice.text == "Add a hidden layer"
    told = "Add a hidden layer; starts again from epoch 0; Undo brings this run back"
    assert button.text() == "↺ Add a hidden layer ▶" and button.accessibleName() == button.toolTip() == told
    button.click()
    qtbot.waitUntil(lambda: window.session.experiment.hidden == (8,) and window.session.snapshot.position > 0)
    window.session.pause()
    rest(qtbot, window)
    window.session.undo()
    qtbot.waitUntil(lambda: window.session.experiment.hidden == () and window.session.snapshot.position == before)
    for advice in (Advice.change("Go on with L2 of 0.01", l2=0.01), Advice.go_back("Go back to epoch 8", 8)):
        verdict = Verdict(OVERFITTING, "the test loss has risen", "", advice)
        window.verdict.show_snapshot(dataclasses.replace(window.session.snapshot, verdict=verdict))
        assert (
            button.text() == f"{advice.text} {'›' if advice.return_to is not None else '▶'}"
            and "epoch 0" not in button.accessibleName() + button.toolTip()
        )


def test_a_link_offers_test_points_where_there_are_none(window: MainWindow, qtbot: QtBot) -> None:
    """Without them nobody can tell whether a net overfits."""
    window.resize(1100, 700)
    link = window.verdict.besides
    judged(qtbot, window)
    assert not link.isVisible(), "nothing is trained yet"
    window.session.run_epochs(5)
    qtbot.waitUntil(link.isVisible)
    rest(qtbot, window)
    assert link.text() == "↺ Hold back a test set ▶"
    assert link.accessibleName().startswith("Hold back a test set; starts again")
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.session.experiment.train_fraction == 0.8 and window.session.snapshot.position > 0)
    qtbot.waitUntil(lambda: not link.isVisible())


def test_a_double_click_on_a_link_is_one_click(window: MainWindow, qtbot: QtBot) -> None:
    """The first press may bring another link to this place, which nobody wanted to press."""
    run(qtbot, window, "spiral without a hidden layer")
    taken = []
    window.verdict.taken.connect(taken.append)
    button = window.verdict.button
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.mouseDClick(button, Qt.MouseButton.LeftButton)
    assert len(taken) == 1


@pytest.mark.parametrize("is_here", [False, True])
def test_the_lowest_test_loss_is_never_told_without_test_and_whose_it_is(
    window: MainWindow, qtbot: QtBot, is_here: bool
) -> None:
    run(qtbot, window, "spiral without a hidden layer")
    position = 12 * window.session.snapshot.epoch_length
    row = window.runs.rows()[0]
    history = dataclasses.replace(row.history, lows=np.array([[position, 0.00022839]]))
    row = dataclasses.replace(row, name="L2 of 0.01, 8-8 neurons", is_present=is_here, history=history)
    advice = Advice.change("Try 16-16 neurons, L2 stays", hidden=(16, 16))
    verdict = Verdict(OVERFITTING, "the test loss has risen", "", advice)
    line = VerdictLine(DARK)
    qtbot.addWidget(line)
    line.show_snapshot(dataclasses.replace(window.session.snapshot, verdict=verdict, test_loss=0.0123))
    line.show_lowest(row)
    line.show()
    seen = set()
    for width in range(240, 1000, 4):
        line.resize(width, line.height())
        seen.add(line.lowest.text() if line.lowest.isVisible() else "")
    place = "epoch 12" if is_here else "“L2 of 0.01, 8-8 neurons”"
    whole = {
        f"{place}: lowest test 0.000228 ›",
        f"Go to {place}: lowest test 0.000228 ›",
        f"Go to {place}: lowest test loss 0.000228 ›",
        f"Test loss 0.0123; lowest 0.000228: go to {place} ›",
    }
    assert {"", *whole} <= seen
    rest = seen - whole - {""}
    assert all(re.fullmatch(r"“L2 of .*…”: lowest test 0.000228 ›", text) for text in rest), rest
    assert (len(rest) > 2) is not is_here, "less and less of its name"
    assert "epoch 12" in line.lowest.accessibleName()
    back = dataclasses.replace(verdict, advice=Advice.go_back("Go back to epoch 12", position))
    line.show_snapshot(dataclasses.replace(window.session.snapshot, verdict=back, test_loss=0.0123))
    assert line.lowest.isVisible() is not is_here, "one link to a place is enough"


def test_behind_a_change_of_settings_a_link_starts_again_with_it(window: MainWindow, qtbot: QtBot) -> None:
    """Who chose L2 at the end of a run did not know whether it would begin again, and where its row was."""
    window.resize(1280, 800)
    window.docks.restore_default()
    window.session.load(PRESETS["overfit"].experiment, anew=True)
    qtbot.waitUntil(lambda: window.session.experiment == PRESETS["overfit"].experiment)
    window.session.run_epochs(20)
    qtbot.waitUntil(lambda: window.session.snapshot.position == 2000 and window.session.at_rest)
    window.session.change({"l2": 0.01})
    line = window.verdict
    qtbot.waitUntil(lambda: line.besides.isVisible() and "Start again with it" in line.besides.text())
    assert not line.besides.geometry().intersects(line.button.geometry())
    assert not line.lowest.isVisible() or not line.lowest.geometry().intersects(line.besides.geometry())
    qtbot.mouseClick(line.besides, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.session.playing and len(window.runs.rows()) == 2)
    present, left = sorted(window.runs.rows(), key=lambda row: not row.is_present)
    assert window.session.experiment == PRESETS["overfit"].experiment.replace(l2=0.01)
    assert (present.changed_at, left.epochs) == (0, 20.0)
    window.session.pause()
    qtbot.waitUntil(lambda: window.session.at_rest)
    window.session.edit({0: 1.0})
    qtbot.waitUntil(lambda: line.verdict is not None and "by hand" in line.verdict.text)
    assert not line.besides.isVisible(), "an edit does not begin a run"


def test_a_canvas_has_no_verdict(window: MainWindow, qtbot: QtBot) -> None:
    judged(qtbot, window)
    height = window.verdict.height()
    window.painting.new_canvas()
    qtbot.waitUntil(lambda: window.session.loaded.canvas is not None and window.session.at_rest)
    assert window.verdict.verdict is None and not window.verdict.button.isVisible()
    assert window.verdict.title.full == "No verdict yet" and window.verdict.height() == height
    window.session.undo()
    qtbot.waitUntil(lambda: window.session.loaded.canvas is None)
    assert judged(qtbot, window).kind == START


def test_the_headline_and_the_button_are_whole(window: MainWindow, qtbot: QtBot) -> None:
    judged(qtbot, window)
    for width in (1100, 1280, 1366, 1440, 1920):
        window.resize(width, 800)
        qtbot.wait(50)  # the docks follow
        qtbot.waitUntil(lambda width=width: window.width() == width and drawn(window))
        advice = Advice.go_back("Go back to epoch 12345", 5)
        for kind in (OVERFITTING, PLATEAU):
            text = "the test loss has climbed up quite a while and slowly has risen"
            verdict = Verdict(kind, text, "since epoch 12345", advice)
            window.verdict.show_snapshot(dataclasses.replace(window.session.snapshot, verdict=verdict))
            qtbot.wait(1)
            assert window.verdict.title.text() == verdict.title
            button = window.verdict.button
            assert button.text() == "Go back to epoch 12345 ›" and button.width() >= button.sizeHint().width()
            assert window.verdict.contentsRect().contains(button.geometry())
            assert window.verdict.childAt(button.geometry().center()) is button, "nothing keeps clicks from it"
            assert not window.verdict.title.geometry().intersects(button.geometry())
            assert window.verdict.reason.lines()[-1].endswith("risen.")


def test_while_training_waits_for_its_engine_nothing_looks_as_if_it_learned(window: MainWindow, qtbot: QtBot) -> None:
    """A light ran through the network beside "Nothing is trained yet", for as long as the engine was compiled."""
    verdict = window.verdict
    rest(qtbot, window)
    verdict.show_state(WorkerState(playing=True, preparing=True, loading=(2, 7)))
    assert verdict.title.full == "Preparing the engine, 2 of 7…" and "Training begins" in verdict.reason.text()
    assert not verdict.button.isVisible() and not verdict.lowest.isVisible()
    verdict.show_state(WorkerState(playing=True, loading=(3, 7)))
    assert verdict.title.full == "Start"


def test_an_advice_that_names_an_epoch_ends_there(window: MainWindow, qtbot: QtBot) -> None:
    take_advice(window.session, Advice.go_on("Train on", epochs=3))
    qtbot.waitUntil(lambda: window.session.snapshot.epoch == 3 and not window.session.playing)


@pytest.mark.parametrize(("cause", "color"), [("", "test"), ("no hidden layer", "warning")])
def test_a_run_that_something_hinders_is_not_green(qtbot: QtBot, cause: str, color: str) -> None:
    line = VerdictLine(LIGHT)
    qtbot.addWidget(line)
    snapshot = snapshot_of(make_trainer(SHALLOW))
    line.show_snapshot(dataclasses.replace(snapshot, verdict=Verdict(LEARNING, "it does", "slowly", cause=cause)))
    assert line.dot.color == color
