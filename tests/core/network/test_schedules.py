"""Every schedule and the warm-up against its published formula, by itself and in a run."""

from __future__ import annotations

from math import cos, pi

import numpy as np
import pytest

from core.base.errors import ExperimentError
from core.network.schedules import SCHEDULES, warm_up_factor
from core.training.experiment import Decay, Experiment, Init
from core.training.trainer import Trainer
from tests.core.support import bits, rewind, small_dataset

N = 10
DATASET = small_dataset(N)
RATE = 0.2
ENGINES = ["numpy", pytest.param("compiled", marks=pytest.mark.needs_numba)]


def start(batch_size: int = 4, **fields: object) -> Trainer:
    """A run of epochs of ten samples: batches of 4, 4 and 2."""
    experiment = Experiment(hidden=(3,), init=Init("normal", 0.5), learning_rate=RATE, batch_size=batch_size)
    return Trainer(experiment.replace(**fields), DATASET)


def factors(name: str, epochs: list[float], *settings: float) -> list[float]:
    return SCHEDULES[name].factor(np.array(epochs, dtype=np.float64), *settings).tolist()


# ---- The formulas.


def test_constant_is_always_the_rate() -> None:
    assert factors("constant", [0, 0.5, 1e6]) == [1, 1, 1]


def test_step_is_that_of_pytorchs_step_lr() -> None:
    """Its documentation's own example: 0.05 with a step of 30 and γ = 0.1 is 0.05, from 30 on 0.005, from 60 0.0005."""
    rates = 0.05 * np.array(factors("step", [0, 29, 29.9, 30, 59.9, 60, 89, 90], 30, 0.1))
    assert rates.tolist() == pytest.approx([0.05, 0.05, 0.05, 0.005, 0.005, 0.0005, 0.0005, 0.00005], rel=1e-14)


def test_exponential_is_that_of_pytorchs_exponential_lr() -> None:
    """η·γ^epoch, the epoch being whole: γ = 0.5 halves it at the end of each."""
    assert factors("exponential", [0, 0.99, 1, 1.5, 2, 10], 0.5) == [1, 1, 0.5, 0.5, 0.25, 0.5**10]
    assert factors("exponential", [3], 0.9) == pytest.approx([0.729], rel=1e-15)


def test_cosine_is_that_of_loshchilov_and_hutter() -> None:
    """Eq. 5 of "SGDR" (2017), η_min + ½(η − η_min)(1 + cos(π·T/n)), with c = η_min/η; behind n it stays there.

    cos π/3 = ½, cos π/2 = 0 and cos 2π/3 = −½, so with c = 0 a third of the way leaves 3/4, half of it 1/2, two
    thirds 1/4.
    """
    assert factors("cosine", [0, 2, 3, 4, 6, 7, 1000], 6, 0.0) == pytest.approx(
        [1, 0.75, 0.5, 0.25, 0, 0, 0], abs=1e-15
    )
    # c = 0.2: 0.2 + 0.8 times that.
    assert factors("cosine", [0, 2, 3, 4, 6, 9], 6, 0.2) == pytest.approx([1, 0.8, 0.6, 0.4, 0.2, 0.2], rel=1e-14)


def test_warm_up_rises_in_a_straight_line_to_one_as_in_goyal_et_al() -> None:
    """Section 2.2 of "Accurate, large minibatch SGD" (2017): by equal amounts each update, over so many epochs."""
    ends = np.array([0.1, 0.5, 1.0, 2.5, 5.0, 5.1, 100.0])
    np.testing.assert_allclose(warm_up_factor(ends, 5), [0.02, 0.1, 0.2, 0.5, 1, 1, 1], rtol=1e-15)
    np.testing.assert_array_equal(warm_up_factor(ends, 0), np.ones(7))


def test_every_schedule_begins_at_the_rate_never_rises_and_never_falls_below_zero() -> None:
    epochs = np.linspace(0.0, 300.0, 3001)
    for schedule in SCHEDULES.values():
        factor = schedule.factor(epochs, *(setting.default for setting in schedule.settings))
        assert factor.shape == epochs.shape
        assert factor[0] == 1.0
        assert (np.diff(factor) <= 0.0).all()
        assert factor.min() >= 0.0


# ---- In a run. A batch's rate is that of its first sample; a warm-up's share is that of its end.


def applied_rates(trainer: Trainer, updates: int) -> list[float]:
    """By what plain SGD multiplied the gradient of each update."""
    rates = []
    for _ in range(updates):
        trainer.advance(trainer.end_of("batch") - trainer.position)
        largest = int(np.argmax(np.abs(trainer.gradient)))
        rates.append(float(-trainer.last_change[largest] / trainer.gradient[largest]))
    return rates


def cosine(sample: int) -> float:
    """Down to a tenth in two epochs of ten samples."""
    return RATE * (0.1 + 0.9 * 0.5 * (1.0 + cos(pi * min(sample / 20, 1.0))))


CASES = {
    # batches begin at                        0, 4, 8, then 10, 14, 18, then 20, 24, 28; the third has two samples
    "constant": (Decay(), 0, [RATE] * 9),
    "step": (Decay("step", (2, 0.5)), 0, [RATE] * 6 + [RATE / 2] * 3),
    "exponential": (Decay("exponential", (0.5,)), 0, [RATE] * 3 + [RATE / 2] * 3 + [RATE / 4] * 3),
    "cosine": (Decay("cosine", (2, 0.1)), 0, [cosine(s) for s in (0, 4, 8, 10, 14, 18, 20, 24, 28)]),
    # ends 4, 8, 10, then 14, 18, 20, of a warm-up of 20 samples
    "warm-up": (Decay(), 2, [RATE * share for share in (0.2, 0.4, 0.5, 0.7, 0.9, 1.0, 1.0, 1.0, 1.0)]),
    "step and warm-up": (Decay("step", (1, 0.5)), 1, [RATE * share for share in (0.4, 0.8, 1.0)] + [RATE / 2] * 3),
    "cosine and warm-up": (
        Decay("cosine", (2, 0.1)),
        1,
        [cosine(0) * 0.4, cosine(4) * 0.8, cosine(8), cosine(10), cosine(14), cosine(18)],
    ),
}


def test_every_schedule_is_run() -> None:
    assert {schedule.name for schedule, _, _ in CASES.values()} == set(SCHEDULES)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", CASES)
def test_each_update_takes_the_rate_of_its_position(case: str, engine: str) -> None:
    schedule, warm_up, rates = CASES[case]
    trainer = start(schedule=schedule, warm_up=warm_up, engine=engine)
    assert applied_rates(trainer, len(rates)) == pytest.approx(rates, rel=1e-10)


@pytest.mark.parametrize("case", CASES)
def test_the_shown_rate_is_that_of_the_next_update_at_every_sample_of_its_batch(case: str) -> None:
    schedule, warm_up, rates = CASES[case]
    trainer = start(schedule=schedule, warm_up=warm_up)
    for batch, rate in enumerate(rates):
        for _ in range((4, 4, 2)[batch % 3]):
            assert trainer.learning_rate == pytest.approx(rate, rel=1e-14)
            trainer.advance(1)


@pytest.mark.parametrize("case", CASES)
def test_one_call_gives_the_rates_that_single_calls_give(case: str) -> None:
    schedule, warm_up, _ = CASES[case]
    settings = start(schedule=schedule, warm_up=warm_up).settings_over_time
    for epoch in range(4):
        together = settings.rates(epoch * N, epoch * N, 3)
        apart = [settings.rates(epoch * N + s, epoch * N + s, 1)[0] for s in (0, 4, 8)]
        assert together.tolist() == apart


def test_no_update_of_a_warm_up_has_the_rate_zero() -> None:
    trainer = start(batch_size=1, warm_up=3)
    assert trainer.learning_rate == pytest.approx(RATE / 30)
    trainer.advance(1)
    assert trainer.last_change.any()


def test_a_schedule_counts_from_the_start_of_the_run_not_from_the_change() -> None:
    trainer = start()
    trainer.advance(25)  # in the batch from 24 to 28
    trainer.change(schedule=Decay("exponential", (0.5,)))
    assert trainer.learning_rate == RATE / 4
    trainer.advance(5)
    assert trainer.learning_rate == RATE / 8
    trainer.change(learning_rate=0.8)
    assert trainer.learning_rate == 0.1


def test_the_rate_depends_on_the_position_and_on_no_way_to_it() -> None:
    trainer = start(schedule=Decay("cosine", (3, 0.0)), warm_up=2)
    expected = {}
    for position in range(45):
        expected[position] = trainer.learning_rate
        trainer.advance(1)
    for position in (44, 7, 30, 0, 13):
        rewind(trainer, 0)
        trainer.advance(44)
        rewind(trainer, position)
        trainer.advance(position - trainer.position)
        assert trainer.learning_rate == expected[position]


def test_at_the_end_of_a_cosine_down_to_nothing_the_run_stands_still() -> None:
    trainer = start(schedule=Decay("cosine", (1, 0.0)))
    trainer.advance(N)
    before = trainer.network.parameters.copy()
    trainer.advance(3 * N)
    np.testing.assert_array_equal(trainer.network.parameters, before)
    assert trainer.gradient.any()


# ---- Spelling.


@pytest.mark.parametrize(
    ("text", "decay"),
    [
        ("constant", Decay()),
        ("step", Decay("step", (50, 0.5))),
        ("step:30:0.1", Decay("step", (30, 0.1))),
        ("exponential:0.95", Decay("exponential", (0.95,))),
        ("cosine:200:0.01", Decay("cosine", (200, 0.01))),
    ],
)
def test_a_schedule_is_read_and_written(text: str, decay: Decay) -> None:
    assert Decay.parse(text) == decay
    assert Decay.parse(str(decay)) == decay


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("linear", '"linear" is unknown; choose one of constant, step, exponential, cosine'),
        ("step:30", "must have the form step:every n epochs:factor"),
        ("constant:3", '"constant:3" must have the form constant.'),
        ("step:0:0.5", "0\\.0 \\(every n epochs\\) must be a whole number from 1 to 1 000 000"),
        ("step:2.5:0.5", r"2\.5 \(every n epochs\) must be a whole number"),
        ("step:3:1.5", r"1\.5 \(factor γ\) must be a number from 1e-06 to 1"),
        ("step:3:nan", "nan .* must be a number"),
        ("exponential:0", r"0\.0 .* must be a number from 1e-06 to 1"),
        ("cosine:inf:0", "inf .* must be a whole number"),
        ("cosine:10:-0.1", r"-0\.1 .* must be a number from 0 to 1"),
        ("cosine:ten:0", "contains a value that is not a number; write it like step:50:0.5"),
    ],
)
def test_a_wrong_schedule_is_named(text: str, said: str) -> None:
    with pytest.raises(ExperimentError, match=said) as caught:
        Decay.parse(text)
    assert caught.value.field == "schedule"


def test_a_wrong_schedule_changes_nothing_in_a_run() -> None:
    trainer = start()
    trainer.advance(5)
    before = bits(trainer)
    with pytest.raises(ExperimentError):
        trainer.change(schedule="step")
    with pytest.raises(ExperimentError):
        trainer.change(warm_up=-1)
    with pytest.raises(ValueError, match="batch_size"):
        trainer.change(batch_size=3)
    assert bits(trainer) == before
    assert trainer.settings_over_time.changes == []
