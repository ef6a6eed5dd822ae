"""Changes on the way as words, and a run as a command that leaves its very bits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from cli.main import main
from core.base.errors import LensError
from core.data.data_source import DataSource, load
from core.data.tables.reading import Reading
from core.options.changes import ChangedSetting, NoCommand, parse_change, train_words
from core.storage.project import Project, save_project
from core.storage.weights_file import load_parameters
from core.training.experiment import Decay, Experiment
from core.training.presets import PRESETS
from core.training.saved_run import save_run
from core.training.trainer import Trainer
from tests.core.support import FLOWERS, flowers_text


def trainer_of(preset: str = "moons", **fields: object) -> Trainer:
    experiment = PRESETS[preset].experiment.replace(**fields)
    return Trainer(experiment, load(experiment.data))


def words_of(trainer: Trainer, own_weights: bool = False) -> list[str]:
    return train_words(
        trainer.settings_over_time.until(trainer.position), trainer.position, trainer.epoch_length, own_weights
    )


def assert_same_bits(trainer: Trainer, tmp_path_file: str) -> None:
    """What the words lead to has the trainer's weights, to the last bit."""
    assert main(["train", *words_of(trainer), "--weights", tmp_path_file]) == 0
    found = load_parameters(tmp_path_file, trainer.network.sizes)
    assert found.tobytes() == trainer.network.parameters.tobytes()


@pytest.fixture
def out(tmp_path: Path) -> str:
    return str(tmp_path / "w.npz")


@pytest.mark.parametrize("position", [0, 1, 250, 733])
def test_any_position_comes_back(position: int, out: str) -> None:
    trainer = trainer_of()
    trainer.advance(position)
    assert_same_bits(trainer, out)


def test_data_of_every_kind_come_back(out: str, tmp_path: Path) -> None:
    path = tmp_path / 'flowers, in two parts; "mine".txt'
    path.write_text("# measured\n" + flowers_text().replace(",", ";").replace(".", ","), encoding="utf-16")
    reading = Reading(encoding="utf-16-le", delimiter=";", decimal=",", header=True, comment="#")
    rule = {"samples": 90, "noise": 5.0, "seed": 3}
    sources = (
        DataSource("rule", rule="x1^2 + 2*x2 > sin(3*x1) and abs(x2) < 4", **rule),
        DataSource("rule", rule="floor(x1 / 2)", task="classification", **rule),
        DataSource("rule", rule="x1*x2", **rule),
        DataSource("spiral", samples=90, noise=3.0, seed=1, classes=4, turns=1.25),
        DataSource("moons", samples=90, balance=0.3),
        DataSource("file", str(path), reading=reading, choice=FLOWERS),
        DataSource("file", str(path), reading=reading, choice=replace(FLOWERS, missing="mean")),
    )
    for source in sources:
        experiment = Experiment(train_fraction=0.7, standardize=True, batch_size=4, seed=2).adapted(data=source)
        trainer = Trainer(experiment, load(source))
        trainer.advance(30)
        trainer.change(learning_rate=0.2)
        trainer.advance(15)
        assert_same_bits(trainer, out)


def test_a_project_comes_back_where_no_command_does(out: str, tmp_path: Path) -> None:
    trainer = trainer_of()
    trainer.advance(300)
    trainer.edit({0: 0.5})
    trainer.freeze([3])
    project = Project(trainer.experiment, trainer.preparation.dataset, save_run(trainer))
    save_project(tmp_path / "a.lens", project)
    trainer.advance(trainer.end_of("epoch") - trainer.position + 7)
    words = ["--project", str(tmp_path / "a.lens"), "--epochs", "1", "--samples", "7", "--weights", out]
    assert main(["train", *words]) == 0
    assert load_parameters(out, trainer.network.sizes).tobytes() == trainer.network.parameters.tobytes()


def test_changes_on_the_way_come_back(out: str) -> None:
    trainer = trainer_of(momentum=0.5)
    trainer.change(learning_rate=0.3)  # at the start
    trainer.advance(123)
    trainer.change(optimizer="adam", learning_rate=0.02, l2=1e-4)
    trainer.advance(200)
    trainer.change(schedule=Decay.parse("step:1:0.5"), dropout=0.1)
    trainer.advance(100)
    trainer.change(learning_rate=9.0)  # here, and so without effect yet
    assert len([word for word in words_of(trainer) if word == "--change"]) == 5
    assert_same_bits(trainer, out)


@pytest.mark.parametrize("fields", [{"stop_loss": 1.0}, {"patience": 30}])
def test_no_command_stops_before_the_place_that_it_names(fields: dict[str, object], out: str) -> None:
    """Nor does it go back to a better epoch."""
    trainer = trainer_of(**fields)
    trainer.advance(1000)
    trainer.change(stop_loss=0.5)
    trainer.advance(300)
    assert not {"--stop-loss", "--patience", "--change"} & set(words_of(trainer))
    assert_same_bits(trainer, out)


def test_what_no_option_can_say_is_refused() -> None:
    with pytest.raises(NoCommand, match="weights from a file"):
        words_of(trainer_of(), own_weights=True)
    edited = trainer_of()
    edited.advance(300)
    edited.edit({0: 0.5})
    with pytest.raises(NoCommand, match="by hand at epoch 1, sample 50"):
        words_of(edited)
    frozen = trainer_of()
    frozen.freeze([3])
    frozen.advance(10)
    with pytest.raises(NoCommand, match="--project"):
        words_of(frozen)


def test_reading_a_change() -> None:
    assert parse_change("300:learning-rate=0.02") == ChangedSetting(300, "learning_rate", 0.02)
    assert parse_change("0:no-patience") == ChangedSetting(0, "patience", None)
    assert parse_change(" 7 : schedule=step:2:0.5") == ChangedSetting(7, "schedule", Decay.parse("step:2:0.5"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("learning-rate=1", "must have the form"),
        ("-1:learning-rate=1", "must have the form"),
        ("1:hidden=3", "cannot change during a run"),
        ("1:learning-rat=3", "did you mean learning-rate"),
        ("1:learning-rate", "has no value"),
        ("1:learning-rate=fast", "is not a number"),
    ],
)
def test_a_wrong_change_is_refused(text: str, message: str) -> None:
    with pytest.raises(LensError, match=message):
        parse_change(text)
