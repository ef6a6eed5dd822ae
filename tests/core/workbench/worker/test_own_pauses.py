"""Where a run that plays with a rising speed pauses by itself."""

from __future__ import annotations

import itertools

import pytest

import core.explain.verdict.judging
import core.workbench.speed_scale
import core.workbench.worker.paced_answers
from core.data.data_source import default_source, load
from core.explain.verdict.verdict import DONE, LEARNING, OVERFITTING, PLATEAU, TITLES, Verdict
from core.training.experiment import Experiment
from core.training.presets import PRESETS
from core.training.trainer import Trainer
from core.workbench.messages import ChangeSettings, Command, Load, Pause, Play, RunEpochs, Seek, SetPace, WorkerReport
from tests.core.workbench.support import WorkerDriver, make_trainer, shown

GAUSS = PRESETS["gauss"]
OTHER_DATA = GAUSS.experiment.replace(data=default_source("circle"))


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rising speed that is high at once, and verdicts that follow each other as soon as their cost lets them."""
    monkeypatch.setattr(core.workbench.speed_scale, "DOUBLING_SECONDS", 1e-3)
    monkeypatch.setattr(core.workbench.speed_scale, "FALL_SECONDS", 1e-6)
    monkeypatch.setattr(core.workbench.worker.paced_answers, "READABLE_SECONDS", 0.0)


def played_on(driver: WorkerDriver, epoch: int) -> bool:
    """Whether the run passes an epoch without a pause; it is paused behind it."""
    report = driver.until(lambda report: shown(report).epoch > epoch or not report.state.playing)
    driver.send(Pause())
    driver.arrive()
    return report.state.playing


def test_a_preset_pauses_once_where_its_text_ends(driver: WorkerDriver, hurried: None) -> None:
    driver.send(Load(GAUSS.experiment), SetPace(None, rises=True), Play())
    snapshot = driver.arrive()
    there = make_trainer(GAUSS.experiment, load(GAUSS.experiment.data))
    there.advance(GAUSS.epochs * there.epoch_length)
    assert snapshot.position == there.position
    assert snapshot.parameters.tobytes() == there.network.parameters.tobytes()
    (notice,) = driver.notices
    assert notice.kind == "paused"
    assert notice.text == "Paused at epoch 20, the end of the preset “Two clouds”. Press Space to train on."
    driver.send(Play())
    assert played_on(driver, GAUSS.epochs + 2)
    driver.send(Seek(there.epoch_length), Play())
    assert played_on(driver, GAUSS.epochs + 2), "the text ended before"
    assert driver.notices == [notice]


@pytest.mark.parametrize(
    "commands",
    [
        [Load(GAUSS.experiment), SetPace(None)],
        [Load(GAUSS.experiment), SetPace(1e9)],
        [Load(GAUSS.experiment.replace(seed=1)), SetPace(None, rises=True)],
        [Load(GAUSS.experiment), Load(OTHER_DATA), SetPace(None, rises=True)],
        [Load(GAUSS.experiment), Load(GAUSS.experiment.replace(seed=1), anew=True), SetPace(None, rises=True)],
    ],
    ids=["full speed", "constant speed", "no preset", "other data", "another work"],
)
def test_what_is_no_preset_and_full_speed_do_not_pause(
    driver: WorkerDriver, hurried: None, commands: list[Command]
) -> None:
    driver.send(*commands, Play())
    assert played_on(driver, GAUSS.epochs + 2)
    assert not driver.notices


def test_a_branch_of_a_preset_pauses_as_well_to_compare(driver: WorkerDriver, hurried: None) -> None:
    end = GAUSS.epochs * 250
    driver.send(Load(GAUSS.experiment), SetPace(None, rises=True), Play())
    assert driver.arrive().position == end
    driver.send(Seek(500), ChangeSettings({"l2": 0.01}), Play())
    assert driver.arrive().position == end
    assert [notice.kind for notice in driver.notices] == ["paused", "paused"]
    assert driver.notices[1].text == "Paused at epoch 20, as the preset “Two clouds” does. Press Space to train on."
    driver.send(Play())
    assert played_on(driver, GAUSS.epochs + 2)
    driver.send(Seek(500), ChangeSettings({"l2": 0.02}), Play())
    assert driver.arrive().position == end, "however far another branch was trained"


def test_with_a_test_set_a_preset_pauses_where_it_does_without(driver: WorkerDriver, hurried: None) -> None:
    """To hold back a test set begins again, and then it ran on to hundreds of epochs."""
    driver.send(Load(GAUSS.experiment), SetPace(None, rises=True), Play())
    assert driver.arrive().epoch == GAUSS.epochs
    driver.send(Load(GAUSS.experiment.replace(train_fraction=0.8), plays_on=True), Play())
    assert driver.arrive().epoch == GAUSS.epochs
    assert "as the preset" in driver.notices[-1].text


def test_a_number_of_epochs_of_a_preset_does_not_pause(driver: WorkerDriver, hurried: None) -> None:
    driver.send(Load(GAUSS.experiment), SetPace(None, rises=True), RunEpochs(GAUSS.epochs + 2))
    assert driver.arrive().epoch == GAUSS.epochs + 2
    assert not driver.notices


def test_a_run_that_begins_again_within_a_lesson_pauses_there_again(driver: WorkerDriver, hurried: None) -> None:
    driver.send(Load(GAUSS.experiment), SetPace(None, rises=True), Play())
    assert driver.arrive().epoch == GAUSS.epochs
    smaller = GAUSS.experiment.replace(hidden=(3,), learning_rate=0.01)
    driver.send(Load(smaller), Play())
    assert driver.arrive().epoch == GAUSS.epochs
    driver.send(Play(), Load(smaller.replace(seed=3), plays_on=True))
    assert driver.arrive().epoch == GAUSS.epochs
    assert [notice.kind for notice in driver.notices] == 3 * ["paused"]
    driver.send(Play())
    assert played_on(driver, GAUSS.epochs + 2)


@pytest.mark.needs_numba
def test_where_a_preset_ends_another_net_that_still_learns_plays_on(driver: WorkerDriver, hurried: None) -> None:
    """With hidden layers the spiral is far from done at epoch 50, where the preset without any ends."""
    preset = PRESETS["spiral-straight"]
    driver.send(Load(preset.experiment), SetPace(None, rises=True), Play())
    assert driver.arrive().epoch == preset.epochs
    driver.send(Load(preset.experiment.replace(hidden=(8, 8))), Play())
    assert played_on(driver, preset.epochs + 2)
    assert len(driver.notices) == 1


# ---------------------------------------------------------------- a verdict that is to be read

LEARNS = GAUSS.experiment.replace(seed=1)
OVERFITS = PRESETS["overfit"].experiment.replace(seed=1)


@pytest.mark.parametrize(("experiment", "kind"), [(LEARNS, DONE), (OVERFITS, OVERFITTING)])
def test_a_rising_speed_pauses_once_when_a_run_is_done_or_overfits(
    driver: WorkerDriver, hurried: None, experiment: Experiment, kind: str
) -> None:
    driver.send(Load(experiment), SetPace(None, rises=True), Play())
    snapshot = driver.arrive()
    assert snapshot.verdict is not None
    assert (snapshot.verdict.kind, snapshot.verdict.position) == (kind, snapshot.position)
    assert snapshot.sample == 0, "it pauses where an epoch ends"
    (notice,) = driver.notices
    assert notice.kind == "paused"
    assert notice.text == f"Paused: the verdict is “{TITLES[kind]}”. Press Space to train on."
    there = make_trainer(experiment, load(experiment.data))
    there.advance(snapshot.position)
    assert snapshot.parameters.tobytes() == there.network.parameters.tobytes(), "the bits hang on no pause"
    driver.send(Play())
    assert played_on(driver, 2 * snapshot.epoch + 200)
    assert driver.notices == [notice]
    driver.send(Load(experiment.replace(seed=2)), Play())
    driver.arrive()
    assert [notice.kind for notice in driver.notices] == ["paused", "paused"], "a new run pauses again"


def test_a_run_whose_verdict_is_another_one_where_it_would_pause_plays_on(
    driver: WorkerDriver, hurried: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The status bar said "the verdict is “Done”" beside a verdict that said "Learning"."""

    def seldom_done(trainer: Trainer, at_work: bool = False) -> Verdict:
        # Verdicts before the end of the preset do not count.
        is_done = trainer.position > (20_000 if at_work else 200_000)
        return Verdict(DONE if is_done else LEARNING, "it is", position=trainer.position)

    monkeypatch.setattr(core.explain.verdict.judging, "judge", seldom_done)
    driver.send(Load(LEARNS), SetPace(None, rises=True), Play())
    snapshot = driver.arrive()
    assert snapshot.position > 200_000 and snapshot.verdict is not None and snapshot.verdict.kind == DONE
    assert [notice.kind for notice in driver.notices] == ["paused"]


@pytest.mark.parametrize("since", [7000, 1000], ids=["another plateau", "the same one"])
def test_a_rising_speed_pauses_once_where_a_plateau_has_lasted(
    driver: WorkerDriver, hurried: None, monkeypatch: pytest.MonkeyPatch, since: int
) -> None:
    """Else nobody who waits for it comes back before 100,000 epochs; but many a plateau ends by itself.

    A verdict that calls the same plateau a slow fall now and then began the count anew.
    """
    heard: list[int] = []

    def stands_still(trainer: Trainer, at_work: bool = False) -> Verdict:
        kind = LEARNING if trainer.position < 2000 or 6000 <= trainer.position < 8000 else PLATEAU
        if kind == PLATEAU:
            heard.append(trainer.position)
        now = since if trainer.position >= 8000 else 1000
        return Verdict(kind, "the loss stands still", position=trainer.position, since=now if kind == PLATEAU else 0)

    monkeypatch.setattr(core.explain.verdict.judging, "judge", stands_still)
    driver.send(Load(LEARNS), SetPace(None, rises=True), Play())
    snapshot = driver.arrive()
    (notice,) = driver.notices
    assert notice.text.startswith("Paused: the verdict is “")
    first = next(position for position in heard if position > since or since < min(heard))
    assert 4 * first <= snapshot.position
    if since == 1000:
        assert sum(position >= 4 * first for position in heard) <= 3, "at the first verdict behind that"
    driver.send(Play())
    assert played_on(driver, 8 * snapshot.epoch)
    assert driver.notices == [notice]
    driver.send(ChangeSettings({"learning_rate": 1e-4}), Play())
    driver.arrive()
    assert [one.text for one in driver.notices] == 2 * [notice.text], "what follows a change is another plateau"


def test_a_verdict_that_was_seen_at_full_speed_pauses_no_more(driver: WorkerDriver, hurried: None) -> None:
    driver.send(Load(LEARNS), SetPace(None), Play())
    report = driver.until(lambda report: _kind(report) == DONE)
    assert report.state.playing
    epoch = shown(driver.ask()).epoch
    driver.send(SetPace(None, rises=True))
    assert played_on(driver, 2 * epoch + 200)
    assert not driver.notices


def test_a_verdict_that_alternates_pauses_once(
    driver: WorkerDriver, hurried: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds, kind = itertools.cycle([LEARNING, DONE, LEARNING]), LEARNING

    def judge(trainer: Trainer, at_work: bool = False) -> Verdict:
        nonlocal kind
        kind = next(kinds) if at_work else kind
        return Verdict(kind, "", position=trainer.position)

    monkeypatch.setattr(core.explain.verdict.judging, "judge", judge)
    driver.send(Load(LEARNS), SetPace(None, rises=True), Play())
    assert driver.arrive().position > 0
    driver.send(Play())
    assert played_on(driver, 500)
    assert [notice.kind for notice in driver.notices] == ["paused"]


def test_before_the_text_of_a_preset_ends_no_verdict_pauses_it(driver: WorkerDriver, hurried: None) -> None:
    preset = PRESETS["overfit"]
    driver.send(Load(preset.experiment), SetPace(None, rises=True), Play())
    assert driver.arrive().epoch == preset.epochs
    driver.send(Play())
    assert played_on(driver, 3 * preset.epochs), "that it overfits was seen"
    assert [notice.kind for notice in driver.notices] == ["paused"]


def _kind(report: WorkerReport) -> str:
    verdict = shown(report).verdict
    return "" if verdict is None else verdict.kind
