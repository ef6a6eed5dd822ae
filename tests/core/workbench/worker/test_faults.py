"""Whatever fails while a report is put together, the report comes, tells of the fault, and the next one is whole."""

from __future__ import annotations

import time
from typing import Any

import pytest

from core.explain.snapshot import Request
from core.training.trainer import Trainer
from core.workbench.messages import Capture, ChangeSettings, Load, Play, Publish, Step, WorkerEvents, WorkerReport
from core.workbench.open_runs import OpenRuns
from core.workbench.run_tree import RunTree
from core.workbench.worker.engine_loader import EngineLoader
from core.workbench.worker.report_maker import ReportMaker
from core.workbench.worker.report_source import TrainerReports
from core.workbench.worker.snapshot_maker import SnapshotMaker
from core.workbench.worker.training_loop import TrainingLoop
from core.workbench.worker.training_speed import TrainingSpeed
from tests.core.workbench.support import SECONDS, SHALLOW, WorkerDriver, make_trainer, shown

PARTS = [
    (OpenRuns, "loaded"),
    (OpenRuns, "undo_text"),
    (OpenRuns, "captured"),
    (RunTree, "project"),
    (RunTree, "stamp"),
    (RunTree, "timeline"),
    (SnapshotMaker, "take"),
    (SnapshotMaker, "probe"),
    (TrainingSpeed, "reached"),
    (EngineLoader, "is_running"),
    (Trainer, "evaluation_waits"),
    (Trainer, "engine_name"),
    (ReportMaker, "answer"),
    (ReportMaker, "_captured"),
    (ReportMaker, "_state"),
]


def ask_for_all(driver: WorkerDriver) -> WorkerReport:
    """A report that holds a probe as well."""
    driver.send(Publish(Request(), fresh=True, probe=(0.0, 0.0), number=7))
    give_up = time.monotonic() + SECONDS
    while (report := driver.worker.take_report()) is None:
        assert time.monotonic() < give_up, "the worker does not answer"
    return report


@pytest.mark.parametrize(("owner", "name"), PARTS, ids=[f"{owner.__name__}.{name}" for owner, name in PARTS])
@pytest.mark.parametrize("error", [MemoryError, OSError, ZeroDivisionError])
def test_a_fault_in_any_part_of_a_report_is_told(
    driver: WorkerDriver, monkeypatch: pytest.MonkeyPatch, owner: type, name: str, error: type[Exception]
) -> None:
    def fail(*arguments: Any, **named: Any) -> Any:
        raise error("not today")

    driver.send(Load(SHALLOW), *([] if name == "evaluation_waits" else [Play()]))  # which matters at rest only
    request = Capture()
    with monkeypatch.context() as broken:
        broken.setattr(owner, name, property(fail) if isinstance(getattr(owner, name), property) else fail)
        driver.send(request)
        report = ask_for_all(driver)
    assert {notice.kind for notice in report.events.notices} == {"fault"}
    assert f"{error.__name__}: not today" in report.events.notices[0].text
    assert "in fail" in report.events.notices[0].detail
    assert report.answers == 7
    assert not report.state.playing, "a fault stops training, and the window hears of it"
    again = ask_for_all(driver)
    assert again.events.notices == ()
    assert again.state.run is not None and again.state.stamp is not None
    assert again.snapshot is not None and again.probe is not None
    loaded = [each.events.loaded for each in (report, again) if each.events.loaded is not None]
    assert len(loaded) == 1, "told once"
    answers = [each for one in (report, again) for each in one.events.captured]
    assert [each.request for each in answers] == [request], "nobody waits for what cannot be copied"
    position = again.snapshot.position
    driver.send(Step("sample"))
    assert driver.arrive().position == position + 1


def test_a_report_that_cannot_be_made_at_all_is_answered(driver: WorkerDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: WorkerEvents, *arguments: Any, **named: Any) -> None:
        raise MemoryError

    driver.send(Load(SHALLOW))
    with monkeypatch.context() as broken:
        broken.setattr("core.workbench.worker.report_maker.WorkerEvents", fail)
        report = driver.ask()
    assert [notice.kind for notice in report.events.notices] == ["fault"]
    assert driver.ask().events.loaded is not None


def test_a_worker_that_cannot_tell_how_long_to_rest_still_answers(
    driver: WorkerDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: TrainingLoop) -> float:
        raise MemoryError("not today")

    driver.send(Load(SHALLOW), Play())
    with monkeypatch.context() as broken:
        broken.setattr(TrainingLoop, "seconds_to_wait", fail)
        driver.until(lambda report: [notice.kind for notice in report.events.notices] == ["fault"])
        assert not driver.ask().state.playing
    position = driver.arrive().position
    driver.send(Step("sample"))
    assert driver.arrive().position == position + 1


def test_a_command_that_waits_for_an_arrival_and_cannot_be_obeyed_keeps_no_other_from_it(driver: WorkerDriver) -> None:
    driver.send(
        Load(SHALLOW),
        Step("epoch"),
        ChangeSettings({"patience": 3}),  # for which there is no test set
        ChangeSettings({"learning_rate": 0.25}),
        Step("sample"),
    )
    snapshot = driver.arrive()
    assert (snapshot.position, snapshot.learning_rate) == (1001, 0.25)
    assert [notice.kind for notice in driver.notices] == ["input"]


def test_a_trainer_that_someone_else_moves_is_reported_without_a_thread() -> None:
    trainer = make_trainer()
    source = TrainerReports(trainer)
    source.send(Play())
    assert source.take_report() is None
    source.send(Publish(Request()))
    report = source.take_report()
    assert report is not None and report.events.loaded is not None
    assert (shown(report).position, report.state.playing) == (0, False)
    trainer.advance(3)
    source.send(Publish(Request()))
    report = source.take_report()
    assert report is not None and report.events.loaded is None
    assert shown(report).position == 3
    source.close()
