"""The pace that rises while little happens: what one sees of the presets, and that it changes no bits."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.data_source import DataSource, load
from core.training.experiment import Experiment, Init
from core.training.presets import PRESETS
from core.training.trainer import Trainer
from core.workbench.messages import Load, Pause, Play, RunEpochs, SetPace
from core.workbench.speed_scale import (
    DOUBLING_SECONDS,
    FIRST_SAMPLES,
    FIRST_UPDATES,
    FULL,
    PACES,
    RISING,
    SLOW_MOTION,
    UNHURRIED_SECONDS,
    RisingPace,
    place_of_pace,
)
from tests.core.workbench.support import SHALLOW, SHALLOW_DATA, WorkerDriver, shown

STEP = 0.005
STANDS_STILL = ("deep", "six-sigmoids", "spiral-straight", "zeros")
"""Presets that show that nothing, or little, is learned."""
NOISY = DataSource("xor", samples=100, noise=35.0)
SPIRAL = Experiment(data=DataSource("spiral"), hidden=(8, 8), activation="tanh", init=Init("glorot"))
SIX = Experiment(hidden=(4,) * 6, init=Init("glorot"))
OWN = {
    "spiral": (SPIRAL.replace(learning_rate=0.1), 3000),
    "spiral in batches": (SPIRAL.replace(learning_rate=0.03, batch_size=10), 6000),
    "spiral with Adam": (SPIRAL.replace(optimizer="adam"), 300),
    "spiral with cross-entropy": (SPIRAL.replace(loss="cross-entropy"), 3000),
    "noisy points": (Experiment(data=NOISY, train_fraction=0.5), 20_000),
    "noisy points, tanh": (Experiment(data=NOISY, hidden=(8,), activation="tanh", train_fraction=0.5), 10_000),
    "noisy points, a large net": (PRESETS["overfit"].experiment.replace(data=NOISY), 500),
    "six layers of sigmoid": (SIX, 6000),
    "six layers of tanh": (SIX.replace(activation="tanh"), 100),
    "six layers of ReLU": (SIX.replace(activation="relu", init=Init("he")), 100),
}
"""What a person sets up who follows a lesson, and for how many epochs it is looked at."""


def moments(experiment: Experiment, epochs: int) -> tuple[np.ndarray, np.ndarray]:
    """When each record of a run comes at the rising pace, in seconds, and its loss."""
    trainer = Trainer(experiment, load(experiment.data))
    trainer.prepare_engine()
    trainer.advance(epochs * trainer.history.epoch_length)
    table = trainer.history.table[:, :2]
    pace, now, position, when = RisingPace(), 0.0, 0.0, []
    pace.begin(now, experiment.batch_size)
    for recorded, loss in table.tolist():
        while position < recorded:
            position += pace.at(now) * STEP
            now += STEP
        pace.note(recorded, loss, float(table[0, 1]))
        when.append(now)
    return np.array(when), table[:, 1]


@pytest.mark.parametrize("name", [name for name in PRESETS if name not in STANDS_STILL])
def test_the_main_fall_of_each_preset_can_be_watched(name: str) -> None:
    begins, ends = main_fall(PRESETS[name].experiment, PRESETS[name].epochs)
    assert begins < 10.0, "nobody waits long for it"
    assert 8.0 <= ends - begins <= 20.0


@pytest.mark.needs_numba  # long runs; those of the presets show the same with NumPy
@pytest.mark.parametrize("name", OWN)
def test_the_main_fall_with_settings_of_ones_own_can_be_watched(name: str) -> None:
    begins, ends = main_fall(*OWN[name])
    assert begins < 15.0
    assert 7.0 <= ends - begins <= 20.0


def main_fall(experiment: Experiment, epochs: int) -> tuple[float, float]:
    """When a tenth of the fall of the loss has been seen, and when nine tenths."""
    when, losses = moments(experiment, epochs)
    lows = np.minimum.accumulate(losses)
    fallen = (losses[0] - lows) / (losses[0] - lows[-1])
    begins, ends = (when[int(np.argmax(fallen >= share))] for share in (0.1, 0.9))
    return begins, ends


def test_where_nothing_is_learned_the_pace_rises_to_full() -> None:
    when, _ = moments(PRESETS["deep"].experiment, PRESETS["deep"].epochs)
    assert when[-1] < 10.0


def test_the_pace_begins_with_what_the_eye_can_follow_and_doubles() -> None:
    pace = RisingPace()
    pace.begin(10.0, 1)
    assert pace.at(10.0) == FIRST_SAMPLES
    assert pace.at(10.0 + DOUBLING_SECONDS) == 2 * FIRST_SAMPLES
    pace.begin(100.0, 250)
    assert pace.at(100.0) == 250 * FIRST_UPDATES
    pace.begin(0.0, 1)
    for second in range(1, 200):
        assert np.isfinite(pace.at(float(second)))
    assert pace.at(200.0) > 1e9


def test_a_fall_holds_the_pace_back_and_its_end_lets_it_go() -> None:
    pace = RisingPace()
    pace.begin(0.0, 1)
    for second in range(1, 12):
        pace.note(1000.0 * second, 1.0, 1.0)
        quick = pace.at(float(second))
    pace.note(13_000.0, 0.9, 1.0)
    slow = pace.at(12.0)
    assert slow < quick / 2
    for second in range(13, 30):
        pace.note(1000.0 * second + 1000.0, 0.9, 1.0)
    assert pace.at(30.0) > slow


def test_a_run_that_falls_for_ever_gets_to_full_speed_too() -> None:
    pace, position, loss, paces = RisingPace(), 0.0, 1.0, []
    pace.begin(0.0, 1)
    for second in range(1, 60):
        position += (now := pace.at(float(second)))
        loss *= 1.0 - 1e-4 * min(now, 1000.0)
        pace.note(position, loss, 1.0)
        paces.append(PACES[place_of_pace(now)])
    assert FULL not in paces[: round(UNHURRIED_SECONDS)]
    assert set(paces[-15:]) == {FULL}


@pytest.mark.parametrize("loss", [np.inf, np.nan, 1e300, 0.0])
def test_no_loss_breaks_the_pace(loss: float) -> None:
    pace = RisingPace()
    pace.begin(0.0, 1)
    for position, value in enumerate((loss, 1.0, loss, 0.5)):
        pace.note(float(position), value, loss)
        assert pace.at(float(position)) >= FIRST_SAMPLES


def test_a_place_of_the_slider_is_found_for_every_pace() -> None:
    for place, pace in enumerate(PACES):
        if pace.samples_per_second is not None:
            assert place_of_pace(pace.samples_per_second) == place
    assert PACES[place_of_pace(1e9)] == FULL
    assert place_of_pace(0.0) == len(SLOW_MOTION)
    assert RISING not in PACES
    assert all(pace.text for pace in (*PACES, RISING))


def test_a_rising_pace_leaves_the_bits_and_tells_where_it_is(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW), SetPace(None, rises=True), Play())
    report = driver.until(lambda report: shown(report).position > 30)
    assert report.state.pace is not None
    assert report.state.pace < 20 * FIRST_SAMPLES
    driver.send(Pause())
    snapshot = shown(driver.ask())
    alone = Trainer(SHALLOW, SHALLOW_DATA)
    alone.advance(snapshot.position)
    assert alone.network.parameters.tobytes() == snapshot.parameters.tobytes()
    assert driver.ask().state.pace is None, "it stands still"


def test_a_number_of_epochs_runs_at_full_speed(driver: WorkerDriver) -> None:
    driver.send(Load(SHALLOW), SetPace(None, rises=True), RunEpochs(200))
    assert driver.ask().state.pace is None
    assert driver.arrive().position == 200_000
