"""The list of kept runs: pins and colours, the bound of memory, what takes whose place; and what differs, in words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.base.errors import LensError
from core.data.data_source import DataSource
from core.training.trainer import Trainer
from core.workbench.many_runs.kept_run import KeptRun, keep_line
from core.workbench.many_runs.kept_runs import MOST_BYTES, MOST_UNPINNED, KeptRuns
from core.workbench.many_runs.run_differences import Described, differences, run_names
from core.workbench.many_runs.run_rows import describe_kept
from core.workbench.run_id import new_run_id, new_work_id
from tests.core.workbench.support import SHALLOW, make_trainer


def trained(epochs: int = 1, **fields: object) -> Trainer:
    trainer = make_trainer(SHALLOW.replace(**fields))
    trainer.advance(epochs * trainer.epoch_length)
    return trainer


def kept_of(trainer: Trainer) -> KeptRun:
    return keep_line(trainer, new_run_id(), new_work_id())


def described(run: KeptRun) -> Described:
    return describe_kept(run)


def test_pinned_runs_have_colours_of_their_own_and_free_ones_are_used_again() -> None:
    kept, run = KeptRuns(), kept_of(trained())
    numbers = kept.add([replace(run, run=new_run_id()) for _ in range(3)], pinned=True)
    assert [entry.color for entry in kept.pinned] == [0, 1, 2]
    kept.pin(numbers[1], False)
    kept.add([replace(run, run=new_run_id())], pinned=True)
    assert sorted(entry.color for entry in kept.pinned) == [0, 1, 2]
    kept.remove(numbers)
    assert len(kept) == 1 and kept.get(numbers[0]) is None


def test_a_line_that_went_on_takes_its_own_place_with_name_and_pin() -> None:
    trainer, run, work, kept = trained(), new_run_id(), new_work_id(), KeptRuns()
    (number,) = kept.add([keep_line(trainer, run, work)], pinned=True)
    kept.rename(number, "  mine ")
    trainer.advance(trainer.epoch_length)
    assert kept.add([keep_line(trainer, run, work)]) == [number]
    entry = kept.get(number)
    assert entry is not None and entry.pinned and entry.run.name == "mine" and entry.run.tip == trainer.position
    assert len(kept) == 1


def test_runs_that_are_not_pinned_give_way_the_oldest_first() -> None:
    kept, run = KeptRuns(), kept_of(trained())
    (pinned,) = kept.add([run], pinned=True)
    numbers = [kept.add([replace(run, run=new_run_id())])[0] for _ in range(MOST_UNPINNED + 5)]
    assert kept.get(pinned) is not None
    assert [entry.number for entry in kept if not entry.pinned] == numbers[5:]


def test_the_memory_is_bounded_and_a_refusal_changes_nothing() -> None:
    run = kept_of(trained())
    kept = KeptRuns(most_bytes=5 * run.bytes_kept + run.dataset.points.nbytes + run.dataset.labels.nbytes)
    numbers = kept.add([replace(run, run=new_run_id()) for _ in range(4)], pinned=True)
    (loose,) = kept.add([replace(run, run=new_run_id())])
    numbers += kept.add([replace(run, run=new_run_id())], pinned=True)
    assert kept.get(loose) is None and len(kept) == 5  # it gave way
    with pytest.raises(LensError, match="remove some in the list of runs"):
        kept.add([replace(run, run=new_run_id())], pinned=True)
    assert [entry.number for entry in kept] == numbers
    assert kept.add([replace(run, run=new_run_id())]) == []


def test_a_thousand_long_runs_fit_into_the_memory() -> None:
    """A record grows with the logarithm of the epochs, so even a run of 10,000 epochs is small."""
    trainer = make_trainer(SHALLOW.replace(only_sample=0, batch_size=50))
    trainer.advance(10_000 * trainer.epoch_length)
    assert 1000 * kept_of(trainer).bytes_kept < MOST_BYTES


def test_names_are_made_of_what_varies() -> None:
    one, two = kept_of(trained()), kept_of(trained(learning_rate=0.1))
    assert run_names([described(one)]) == ["Shallow net"]
    assert run_names([described(one), described(two)]) == ["Shallow net", "learning rate 0.1, Shallow net"]
    three = kept_of(trained(learning_rate=0.1, seed=4, l2=0.5, hidden=(4,)))
    assert run_names([described(run) for run in (two, three)])[1] == ("4 neurons, train.txt")
    assert differences(described(three), described(one)) == (
        "4 neurons (here 7); learning rate 0.1 (here 0.01); L2 0.5 (here 0); seed 4 (here 0)"
    )


def test_names_tell_changes_on_the_way_and_the_data() -> None:
    trainer = trained()
    plain = kept_of(trainer)
    trainer.change(learning_rate=0.2)
    trainer.advance(trainer.epoch_length)
    changed = kept_of(trainer)
    assert run_names([described(plain), described(changed)]) == [
        "Shallow net",
        "learning rate 0.01 → 0.2 at epoch 1; Shallow net",
    ]
    other = Described(SHALLOW.replace(data=DataSource("circle", samples=50, noise=5.0)), "Circle", "")
    assert differences(other, described(plain)) == "data Circle (50 points, noise 5, seed 0) (here train.txt)"


def test_names_tell_runs_apart_whatever_varies() -> None:
    def run(**settings: Any) -> Described:
        return Described(SHALLOW.replace(**settings), "train.txt", "")

    common = {"hidden": (4,), "batch_size": 10, "learning_rate": 0.1}
    some = [run(), run(**common, l2=0.1, seed=1), run(**common, l2=0.2, seed=1), run(**common, l2=0.3, seed=1)]
    assert len(set(run_names(some))) == 4
    pairs = [
        run(hidden=(h,), learning_rate=r, l2=p, seed=s)
        for h in (2, 3)
        for r in (0.1, 0.2)
        for p in (0.0, 0.1)
        for s in (1, 2)
    ]
    assert len(set(run_names(pairs))) == 16


def test_names_tell_no_setting_that_has_no_effect() -> None:
    """Without a hidden layer no activation and no dropout, and without an optimizer that has one no momentum."""

    def run(**settings: Any) -> Described:
        return Described(SHALLOW.replace(**settings), "train.txt", "")

    straight = run(hidden=(), activation="tanh", dropout=0.5, learning_rate=0.1)
    assert run_names([straight]) == ["no hidden layer, learning rate 0.1, train.txt"]
    assert differences(straight, run()) == "no hidden layer (here 7); learning rate 0.1 (here 0.01)"
    assert run_names([run(hidden=(1,)), run(momentum=0.5), run(optimizer="adam")]) == [
        "1 neuron, train.txt",
        "Shallow net",
        "Adam, Shallow net",
    ]


def test_differences_tell_every_change_on_the_way() -> None:
    trainer = trained()
    plain = kept_of(trainer)
    trainer.change(learning_rate=0.2, l2=0.01, dropout=0.5)
    for rate in (0.3, 0.4, 0.5):
        trainer.advance(trainer.epoch_length)
        trainer.change(learning_rate=rate)
    trainer.advance(trainer.epoch_length)
    told = differences(described(kept_of(trainer)), described(plain))
    assert "dropout 0 → 0.5, L2 0 → 0.01, learning rate 0.01 → 0.2 at epoch 1" in told
    assert "learning rate 0.4 → 0.5 at epoch 4" in told and told.endswith("here: no changes")


def test_a_setting_that_was_changed_on_the_way_is_that_at_the_start() -> None:
    trainer = trained()
    trainer.change(l2=0.01)
    trainer.advance(trainer.epoch_length)
    told = differences(described(kept_of(trainer)), described(kept_of(trained(l2=0.01))))
    assert told == "at the start: no L2 (here 0.01); on the way: L2 0 → 0.01 at epoch 1; here: no changes"


def test_differences_tell_the_settings_of_data() -> None:
    def circle(**settings: Any) -> Described:
        return Described(SHALLOW.replace(data=DataSource("circle", **settings)), "Circle", "")

    assert differences(circle(noise=5.0), circle()) == "noise 5 (here 0)"
