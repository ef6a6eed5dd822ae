"""The training thread alone: commands in, reports out."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import core.training.evaluation
import core.workbench.speed_scale
import core.workbench.worker.snapshot_maker
from core.base.number_text import short
from core.data.data_source import DataSource
from core.explain.snapshot import Request
from core.network.network import parameter_name
from core.training.trainer import Trainer
from core.workbench.messages import (
    BeginWalk,
    ChangeSettings,
    CheckGradients,
    Command,
    EditParameters,
    Freeze,
    Load,
    Pause,
    Play,
    Publish,
    Quit,
    Redo,
    RenameClasses,
    RunEpochs,
    SetPace,
    Step,
    StepBack,
    Undo,
)
from tests.core.support import bits
from tests.core.workbench.support import SECONDS, SHALLOW, SHALLOW_DATA, WorkerDriver, make_trainer, shown, snapshot_of

BATCHED = SHALLOW.replace(batch_size=300)
"""Batches that do not divide the epoch of 1000 samples."""


def test_a_run_that_is_loaded_stands_at_its_start(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW))
    report = driver.ask()
    assert report.events.loaded is not None
    assert report.events.loaded.experiment == SHALLOW
    assert not report.events.loaded.can_undo
    assert not report.state.playing
    assert shown(report).position == 0
    assert shown(report).parameters.tobytes() == make_trainer().network.parameters.tobytes()
    assert driver.ask().events.loaded is None, "told once"


def test_without_a_run_every_command_is_answered(driver: WorkerDriver) -> None:
    driver.send(
        Play(),
        RunEpochs(1),
        Step("epoch"),
        StepBack("epoch"),
        SetPace(5.0),
        ChangeSettings({"learning_rate": 0.1}),
        Undo(),
    )
    report = driver.ask()
    assert report.events.loaded is None
    assert report.snapshot is None
    assert not report.state.playing
    assert driver.notices == []


def test_pause_stops_at_once(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW))
    took = []
    for _ in range(5):
        before = shown(driver.ask()).position
        driver.send(Play())
        assert driver.until(lambda report: shown(report).position > before + 200).state.playing  # noqa: B023
        began = time.monotonic()
        driver.send(Pause())
        report = driver.ask()
        took.append(time.monotonic() - began)
        assert not report.state.playing
        assert report.state.samples_per_second == 0.0
        time.sleep(0.02)
        assert shown(driver.ask()).position == shown(report).position
    assert min(took) < 0.1


def test_play_stops_where_it_is_told(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW), Play(until=777))
    assert driver.arrive().position == 777


@pytest.mark.parametrize(("unit", "positions"), [("sample", [1, 2]), ("batch", [300, 600, 900, 1000, 1300])])
def test_a_step_ends_where_its_unit_ends(driver: WorkerDriver, unit: str, positions: list[int]) -> None:
    driver.send(Load(BATCHED))
    for position in positions:
        driver.send(Step(unit))
        assert driver.arrive().position == position


def test_a_step_from_the_middle_goes_to_the_end_of_the_unit(driver: WorkerDriver) -> None:
    driver.send(Load(BATCHED), Play(until=450))
    driver.arrive()
    driver.send(Step("batch"))
    assert driver.arrive().position == 600
    driver.send(Step("epoch"))
    assert driver.arrive().position == 1000
    driver.send(Step("epoch"))
    assert driver.arrive().position == 2000


def test_a_step_back_brings_back_the_bits(driver: WorkerDriver) -> None:
    driver.send(Load(BATCHED), Play(until=2450))
    driver.arrive()
    for unit, position in (("sample", 2449), ("batch", 2300), ("batch", 2000), ("epoch", 1000), ("sample", 999)):
        driver.send(StepBack(unit))
        snapshot = driver.arrive()
        assert snapshot.position == position
        trainer = make_trainer(BATCHED)
        trainer.advance(position)
        assert snapshot.parameters.tobytes() == trainer.network.parameters.tobytes()
        assert snapshot.history.table.tobytes() == trainer.history.table.tobytes()


def test_a_walk_pauses_the_run_and_leaves_it_as_it_is(driver: WorkerDriver) -> None:
    driver.send(Load(BATCHED), Play(until=450))
    before = driver.arrive()
    asked = BeginWalk()
    driver.send(asked)
    report = driver.until(lambda report: report.events.walked is not None)
    assert report.events.walked is not None
    assert report.events.walked.request is asked
    assert (report.events.walked.walk.position, report.events.walked.walk.end) == (450, 600)
    after = shown(driver.ask())
    assert (after.position, after.parameters.tobytes()) == (450, before.parameters.tobytes())
    assert driver.ask().events.walked is None, "once"


def test_a_walk_that_is_asked_for_on_the_way_begins_where_the_step_leads(driver: WorkerDriver) -> None:
    asked = BeginWalk()
    driver.send(Load(BATCHED), Step("epoch"), StepBack("batch"), asked)
    report = driver.until(lambda report: report.events.walked is not None)
    assert report.events.walked is not None
    assert report.events.walked.walk.position == 900


def test_a_walk_by_a_row_that_is_not_there_is_refused(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW), BeginWalk(row=1000))
    driver.until(lambda _: bool(driver.notices))
    assert [notice.kind for notice in driver.notices] == ["none"]
    assert "no row 1000" in driver.notices[0].text


def test_no_step_gets_lost_when_keys_come_faster_than_steps(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW), *[Step("sample")] * 7)
    assert driver.arrive().position == 7
    driver.send(Step("epoch"), Step("epoch"), Step("sample"))
    assert driver.arrive().position == 2001
    driver.send(*[StepBack("sample")] * 5)
    assert driver.arrive().position == 1996
    driver.send(StepBack("epoch"), Step("sample"), StepBack("epoch"), StepBack("sample"))
    assert driver.arrive().position == 999


def test_a_pause_gives_up_the_steps_still_to_come(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW), *[Step("epoch")] * 1000, Pause())
    stopped = driver.arrive().position
    assert stopped < 1000_000
    time.sleep(0.02)
    assert driver.arrive().position == stopped


def test_a_rate_that_is_set_on_the_way_back_holds_from_where_the_way_ends(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW), Play(until=1500))
    driver.arrive()
    driver.send(ChangeSettings({"learning_rate": 0.05}), Play(until=1800))
    driver.arrive()
    driver.send(StepBack("sample"), ChangeSettings({"learning_rate": 0.002}))
    snapshot = driver.arrive()
    trainer = make_trainer()
    trainer.advance(1500)
    trainer.change(learning_rate=0.05)
    trainer.advance(299)
    assert (snapshot.position, snapshot.learning_rate) == (1799, 0.002)
    assert snapshot.parameters.tobytes() == trainer.network.parameters.tobytes()


def test_run_stops_exactly_at_the_end_of_an_epoch(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW), Play(until=130))
    driver.arrive()
    driver.send(SetPace(1.0), RunEpochs(3))
    report = driver.ask()
    assert report.state.playing
    assert report.state.goal == (130, 3000)
    driver.send(SetPace(None))
    assert driver.arrive().position == 3000
    assert driver.ask().state.goal is None


def test_the_pace_is_kept(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW), SetPace(1000.0), Play())
    driver.until(lambda report: shown(report).position > 20)

    def kept() -> bool:
        first, began = driver.ask(), time.monotonic()
        time.sleep(0.6)
        last, took = driver.ask(), time.monotonic() - began
        speed = (shown(last).position - shown(first).position) / took
        return 500 < speed < 1300 and 500 < last.state.samples_per_second < 1300

    assert any(kept() for _ in range(5))  # a busy machine may hold up one look, not five


def test_another_pace_holds_at_once_and_does_not_make_up_for_the_past(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW), SetPace(1.0), Play())
    time.sleep(0.1)
    assert shown(driver.ask()).position <= 1
    driver.send(SetPace(None))
    driver.until(lambda report: shown(report).position > 1000)
    driver.send(SetPace(1.0))
    position = shown(driver.ask()).position
    time.sleep(0.1)
    assert shown(driver.ask()).position <= position + 1


def test_play_and_pause_leave_the_bits_of_a_run_in_one_go(driver: WorkerDriver) -> None:
    driver.send(Load(BATCHED))
    for target in (211, 1409, 5003):
        driver.send(Play())
        driver.until(lambda report: shown(report).position > target)  # noqa: B023
        driver.send(Pause())
    snapshot = driver.arrive()
    trainer = make_trainer(BATCHED)
    trainer.advance(snapshot.position)
    alone = snapshot_of(trainer)
    for name in ("parameters", "gradient", "last_change"):
        assert getattr(snapshot, name).tobytes() == getattr(alone, name).tobytes(), name
    assert snapshot.history.table.tobytes() == alone.history.table.tobytes()
    assert snapshot.trained_row == alone.trained_row


def test_a_file_that_cannot_be_read_changes_nothing(driver: WorkerDriver, tmp_path: Path) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_text("1,2,a\n3,oops,b\n")
    driver.send(Load(SHALLOW), Play(until=50))
    before = driver.arrive()
    driver.send(Load(SHALLOW.replace(data=DataSource("file", path=str(broken)))))
    report = driver.ask()
    assert [notice.kind for notice in driver.notices] == ["input"]
    assert "broken.csv" in driver.notices[0].text
    assert report.events.loaded is None
    assert shown(report).parameters.tobytes() == before.parameters.tobytes()
    driver.send(Play(until=60))
    assert driver.arrive().position == 60
    assert len(driver.notices) == 1


def test_a_run_whose_loss_is_infinite_from_the_start_is_refused(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW), Play(until=50))
    driver.arrive()
    huge = SHALLOW.replace(hidden=(), output="linear")
    driver.send(Load(huge, np.full(6, 1e200)))
    report = driver.ask()
    assert [notice.kind for notice in driver.notices] == ["input"]
    assert report.events.loaded is None
    assert shown(report).position == 50


def test_a_fault_in_the_trainer_is_told_and_survived(driver: WorkerDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Trainer, samples: int) -> None:
        raise RuntimeError("the wheel came off")

    driver.send(Load(SHALLOW))
    driver.ask()
    with monkeypatch.context() as broken:
        broken.setattr(Trainer, "advancing", fail)
        driver.send(Play())
        driver.until(lambda report: bool(report.events.notices))
    [notice] = driver.notices
    assert notice.kind == "fault"
    assert "RuntimeError: the wheel came off" in notice.text
    assert "Traceback" in notice.detail
    assert "in fail" in notice.detail
    assert not driver.ask().state.playing
    driver.send(Step("sample"))
    assert driver.arrive().position == 1


def test_a_fault_in_the_snapshot_is_answered_all_the_same(
    driver: WorkerDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: Any) -> None:
        raise ZeroDivisionError("no picture today")

    driver.send(Load(SHALLOW))
    with monkeypatch.context() as broken:
        broken.setattr(core.workbench.worker.snapshot_maker, "take_snapshot", fail)
        report = driver.ask()
    assert report.snapshot is None
    assert report.events.loaded is not None
    assert [notice.kind for notice in report.events.notices] == ["fault"]
    assert shown(driver.ask()).position == 0


def test_divergence_stops_at_the_last_finite_state(driver: WorkerDriver) -> None:
    wild = SHALLOW.replace(hidden=(4,), activation="relu", output="linear", learning_rate=1e6)
    driver.send(Load(wild), Play())
    report = driver.until(lambda report: bool(report.events.notices))
    assert [notice.kind for notice in driver.notices] == ["diverged"]
    assert "diverged" in driver.notices[0].text
    assert not report.state.playing
    assert np.isfinite(shown(report).parameters).all()
    driver.send(StepBack("epoch"))
    assert driver.arrive().position == 0


def test_undo_and_redo_bring_back_the_very_run(driver: WorkerDriver) -> None:
    other = SHALLOW.replace(hidden=(3,))
    driver.send(Load(SHALLOW), Play(until=1234))
    first = driver.arrive()
    driver.send(Load(other), Play(until=77))
    second = driver.arrive()
    driver.send(Undo())
    back = driver.ask()
    assert back.events.loaded is not None
    assert (back.events.loaded.experiment, back.events.loaded.can_undo) == (SHALLOW, False)
    assert back.state.redo_text is not None
    assert shown(back).position == 1234
    assert shown(back).parameters.tobytes() == first.parameters.tobytes()
    driver.send(Play(until=1300))
    on = driver.arrive()
    trainer = make_trainer()
    trainer.advance(1300)
    assert on.parameters.tobytes() == bits(trainer)["parameters"]
    driver.send(Redo())
    again = driver.ask()
    assert again.events.loaded is not None
    assert (again.events.loaded.experiment, again.events.loaded.can_undo) == (other, True)
    assert again.state.redo_text is None
    assert shown(again).parameters.tobytes() == second.parameters.tobytes()
    driver.send(Redo())
    assert driver.ask().events.loaded is None


def test_a_snapshot_is_taken_only_where_something_changed(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW))
    driver.ask()
    driver.ask()  # with the verdict
    driver.worker.send(Publish(Request()))
    give_up = time.monotonic() + 5
    while (report := driver.worker.take_report()) is None:
        assert time.monotonic() < give_up
        time.sleep(0.001)
    assert report.snapshot is None


def test_the_very_first_snapshot_comes_without_a_verdict(driver: WorkerDriver) -> None:
    """So the window appears sooner. The verdict comes with the next one, and at once for each later run."""
    driver.send(Load(SHALLOW))
    assert [shown(driver.ask()).verdict is None for _ in range(2)] == [True, False]
    driver.send(Load(SHALLOW.replace(seed=SHALLOW.seed + 1)))
    assert shown(driver.ask()).verdict is not None


def test_quit_ends_the_thread_while_it_trains(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW), Play())
    driver.until(lambda report: shown(report).position > 0)
    driver.send(Quit())
    driver.worker.join(SECONDS)
    assert not driver.worker.is_alive()


# ---- Sets that take long to measure.


@pytest.fixture
def every_set_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is measured in four blocks, each of which takes a while."""
    measure = core.training.evaluation.Evaluations._measure_block

    def measure_slowly(*arguments: Any) -> Any:
        time.sleep(0.05)
        return measure(*arguments)

    monkeypatch.setattr(core.training.evaluation, "EVALUATION_WORK", 1)
    monkeypatch.setattr(core.training.evaluation, "LONG_WORK", 1)
    monkeypatch.setattr(core.training.evaluation.Evaluations, "_measure_block", measure_slowly)


@pytest.mark.usefixtures("every_set_is_large")
def test_a_pause_is_told_before_the_whole_set_is_measured(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW), Play())
    driver.until(lambda report: shown(report).position > 0)
    driver.send(Pause())
    report = driver.ask()
    assert not report.state.playing
    assert report.state.measuring
    place = shown(report).position
    measured = driver.arrive()
    assert measured.position == place == measured.measured
    fresh = Trainer(SHALLOW, SHALLOW_DATA)
    fresh.advance(place)
    assert measured.train_loss == fresh.evaluations()[0].loss
    assert measured.parameters.tobytes() == fresh.network.parameters.tobytes()


@pytest.mark.usefixtures("every_set_is_large")
def test_other_commands_go_before_measuring_and_nothing_is_lost(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW))
    driver.arrive()
    for position in range(1, 8):
        driver.send(Step("sample"))
        report = driver.until(lambda report, n=position: shown(report).position >= n and not report.state.playing)
        assert (shown(report).position, report.state.measuring) == (position, True)
    assert driver.arrive().measured == 7
    driver.send(Step("batch"), Play(until=500))
    assert driver.arrive().measured == 500


@pytest.mark.usefixtures("every_set_is_large")
def test_the_end_does_not_wait_until_the_set_is_measured(driver: WorkerDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    driver.send(Load(SHALLOW))
    driver.arrive()
    run = driver.worker._shared.run
    assert run is not None
    blocks, measure = [], core.training.evaluation.Evaluations._measure_block

    def measure_and_note(*arguments: Any) -> Any:
        blocks.append(arguments)
        if len(blocks) == 1:
            driver.send(Quit())
        return measure(*arguments)

    monkeypatch.setattr(core.training.evaluation.Evaluations, "_measure_block", measure_and_note)
    driver.send(Step("sample"))
    driver.until(lambda report: report.state.measuring)
    driver.worker.join(SECONDS)
    assert not driver.worker.is_alive()
    assert len(blocks) == 1
    assert run.trainer.evaluation_waits


@pytest.fixture
def gate(every_set_is_large: None, monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Open; while it is closed nothing is measured."""
    gate, measure = threading.Event(), core.training.evaluation.Evaluations._measure_block

    def wait_and_measure(*arguments: Any) -> Any:
        assert gate.wait(SECONDS)
        return measure(*arguments)

    monkeypatch.setattr(core.training.evaluation.Evaluations, "_measure_block", wait_and_measure)
    gate.set()
    return gate


def test_the_present_run_is_shown_while_another_one_is_measured(driver: WorkerDriver, gate: threading.Event) -> None:
    driver.send(Load(SHALLOW))
    driver.arrive()
    gate.clear()
    driver.send(Load(SHALLOW.replace(hidden=(5,))), Publish(Request(), fresh=True, number=9))
    gate.set()
    first = driver.until(lambda _: True)
    assert shown(first).sizes == (2, 7, 2)
    assert first.state.measuring
    assert (first.events.loaded, first.answers) == (None, 0), "it knows nothing of the load"
    driver.until(lambda report: report.events.loaded is not None)
    arrived = driver.arrive()
    assert (arrived.sizes, arrived.measured) == ((2, 5, 2), 0)
    assert arrived.train_loss == Trainer(SHALLOW.replace(hidden=(5,)), SHALLOW_DATA).evaluations()[0].loss


def test_a_load_that_the_end_overtakes_is_given_up(driver: WorkerDriver, gate: threading.Event) -> None:
    driver.send(Load(SHALLOW))
    driver.arrive()
    run = driver.worker._shared.run
    gate.clear()
    driver.send(Load(SHALLOW.replace(hidden=(5,))), Quit())
    gate.set()
    driver.worker.join(SECONDS)
    assert not driver.worker.is_alive()
    assert driver.worker._shared.run is run
    assert driver.notices == []


# ---- Undo says what it takes back; settings that wait are not lost.


def test_undo_takes_back_a_change_of_a_setting(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW), Play(until=500))
    before = driver.arrive()
    driver.send(ChangeSettings({"learning_rate": 0.3}))
    assert driver.ask().state.undo_text == "learning rate 0.01 → 0.3"
    driver.send(Play(until=900))
    after = driver.arrive()
    driver.send(Undo())
    back = driver.arrive()
    assert (back.position, back.settings.learning_rate) == (500, 0.01)
    assert back.parameters.tobytes() == before.parameters.tobytes()
    report = driver.ask()
    assert (report.state.undo_text, report.state.redo_text) == (None, "learning rate 0.01 → 0.3")
    driver.send(Redo())
    again = driver.arrive()
    assert (again.position, again.settings.learning_rate) == (900, 0.3)
    assert again.parameters.tobytes() == after.parameters.tobytes()


def test_undo_names_its_step(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW))
    before = shown(driver.ask()).parameters
    weight = parameter_name(shown(driver.ask()).sizes, 0)
    narrow = SHALLOW.replace(hidden=(3, 2), optimizer="adam", momentum=0.5)
    for command, name in (
        (ChangeSettings({"optimizer": "adam", "momentum": 0.5}), "optimizer SGD → Adam"),  # which has no momentum
        (EditParameters({0: 0.5}), f"{weight} {short(float(before[0]))} → 0.5"),
        (Freeze(frozenset({0})), f"freezing {weight}"),
        (Freeze(frozenset()), f"unfreezing {weight}"),
        (Load(narrow), "hidden layers 7 → 3, 2"),
        (Load(narrow, anew=True), "new run"),
        (Load(narrow.replace(seed=1)), "seed 0 → 1"),
        (Load(SHALLOW.replace(data=DataSource("moons"))), "other data"),
        (RenameClasses(("up", "down")), "class names"),
    ):
        driver.send(command)
        assert driver.ask().state.undo_text == name


def test_what_changes_nothing_is_no_step(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW))
    start = shown(driver.ask())
    value = float(start.parameters[3])
    for command in (
        Load(SHALLOW),
        ChangeSettings({"learning_rate": SHALLOW.learning_rate}),
        EditParameters({3: value}),
        Freeze(frozenset()),
        RenameClasses(("0", "1")),
    ):
        driver.send(command)
        report = driver.ask()
        assert report.state.undo_text is None, command
    assert driver.notices == []
    driver.send(EditParameters({3: value}), EditParameters({3: value + 1.0}, goes_on=True))
    assert driver.ask().state.undo_text is not None, "a drag whose first move changes nothing"


@pytest.mark.parametrize("command", [Pause(), Load(SHALLOW.replace(seed=3)), CheckGradients(), Undo()])
def test_a_setting_that_waits_for_an_arrival_is_not_lost(driver: WorkerDriver, command: Command) -> None:
    driver.send(Load(SHALLOW), Play(until=400))
    driver.arrive()
    driver.send(Step("epoch"), ChangeSettings({"learning_rate": 0.25}), command)
    snapshot = driver.arrive()
    if isinstance(command, Load):
        assert snapshot.settings == command.experiment
        driver.send(Undo())
        snapshot = driver.arrive()
    rate = 0.01 if isinstance(command, Undo) else 0.25
    assert snapshot.settings.learning_rate == rate
    assert driver.notices == []


def test_a_load_that_is_refused_on_the_way_lets_the_run_arrive(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW), Step("epoch"), Load(SHALLOW.replace(data=DataSource("file", "nowhere.csv"))))
    assert driver.arrive().position == 1000
    assert [notice.kind for notice in driver.notices] == ["input"]


# ---- What fails for good is told of once.


def test_an_evaluation_that_always_fails_is_told_of_once(driver: WorkerDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Any:
        raise ZeroDivisionError("never")

    driver.send(Load(SHALLOW))
    driver.arrive()
    monkeypatch.setattr(core.training.evaluation.Evaluations, "now", fail)
    driver.send(EditParameters({0: 0.1}))
    for _ in range(20):
        report = driver.ask()
        assert not report.state.at_work
    assert [notice.kind for notice in driver.notices] == ["fault"]
    driver.send(Step("sample"))
    driver.until(lambda _: len(driver.notices) == 2)


def test_a_long_evaluation_that_always_fails_is_told_of_once(
    driver: WorkerDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Any:
        raise ZeroDivisionError("never")

    monkeypatch.setattr(core.training.evaluation, "LONG_WORK", 0)
    driver.send(Load(SHALLOW), Play(until=50))
    driver.arrive()
    monkeypatch.setattr(core.training.evaluation.Evaluations, "_measure_block", fail)
    driver.send(Play(until=51))
    driver.until(lambda report: not report.state.playing and bool(driver.notices))
    driver.until(lambda report: not report.state.at_work)
    for _ in range(20):
        assert not driver.ask().state.at_work
    assert [notice.kind for notice in driver.notices] == ["fault"]


# ---- An experiment that cannot be trained from the start.


def test_data_that_cannot_be_trained_on_are_shown_with_the_reason(driver: WorkerDriver, tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    path.write_text("x1,x2,label\n1e200,1,0\n-1e200,2,1\n3e200,1.5,0\n")
    huge = SHALLOW.replace(data=DataSource("file", str(path)), output="linear", hidden=())
    driver.send(Load(huge))
    report = driver.ask()
    assert report.events.loaded is not None
    assert (report.events.loaded.experiment, report.events.loaded.run) == (huge, None)
    assert len(report.events.loaded.dataset) == 3
    assert (report.snapshot, report.state.run) == (None, None)
    driver.send(Play(), Step("epoch"))
    driver.ask()
    assert [notice.kind for notice in driver.notices] == ["none", "none", "none"]
    assert all("give the data in larger units" in notice.text for notice in driver.notices)
    driver.send(Load(huge.replace(hidden=(7,), output="softmax")), Step("epoch"))
    assert driver.arrive().epoch == 1
    assert driver.ask().state.undo_text is None
