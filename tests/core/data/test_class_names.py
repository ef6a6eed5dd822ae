"""Names of a person's own for the classes of a data set."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.base.errors import DataError, ExperimentError
from core.data.class_names import LONGEST_NAME, checked_names
from core.data.data_source import DataSource, load, with_rule
from core.data.drawn_points import DrawnPoints, drawn_from
from core.data.tables.column_choice import Choice
from core.data.tables.reading import Reading
from core.explain.report import make_report
from core.options.argument_table import ARGUMENTS
from core.options.arguments import apply_arguments, to_arguments
from core.storage.project import Project, load_project, resume, save_project
from core.training.experiment import Experiment
from core.training.saved_run import save_run, with_class_names
from core.training.trainer import Trainer

NAMES = ("in, or on", "außen")


def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text("a,b,k\n" + "".join(f"{n},{n * n % 7},{'xyz'[n % 3]}\n" for n in range(12)))
    return path


def test_the_points_stay_and_their_classes_have_the_names() -> None:
    plain, named = load(DataSource("circle")), load(DataSource("circle", class_names=NAMES))
    assert named.class_names == NAMES
    assert np.array_equal(plain.points, named.points)
    assert np.array_equal(plain.labels, named.labels)
    assert load(DataSource("train.txt", class_names=("a", "b"))).class_names == ("a", "b")
    assert load(DataSource("rule", rule="x1 > 0", class_names=("a", "b"))).class_names == ("a", "b")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("a",), "for one class only"),
        (("a", " "), "A class has no name"),
        (("a", "a "), "Two classes are named 'a'"),
        (("a", "b" * (LONGEST_NAME + 1)), "61 characters"),
        (("a", "b\0"), "cannot be printed"),
        (("a", 2), "give a text for each class"),
    ],
)
def test_names_that_cannot_be(names: tuple[str, ...], words: str) -> None:
    with pytest.raises(DataError, match=words):
        checked_names(names)
    with pytest.raises(ExperimentError, match=words):
        DataSource("circle", class_names=names)


def test_names_are_one_for_each_class(tmp_path: Path) -> None:
    choice = Choice(("a", "b"), "k")
    for source in (
        DataSource("circle", class_names=("a", "b", "c")),
        DataSource("file", str(table(tmp_path)), choice=choice, reading=Reading(header=True), class_names=("a", "b")),
    ):
        with pytest.raises(
            ExperimentError, match=r"class names are given, but .* has \d classes; name each class once"
        ):
            load(source)
    with pytest.raises(ExperimentError, match="regression has no classes"):
        DataSource("plane", class_names=("a", "b"))


def test_names_go_with_the_classes_that_they_were_given_to() -> None:
    named = DataSource("rule", rule="x1*3", task="classification", class_names=("a", "b", "c"))
    assert with_rule(named, "x1*3").class_names == ("a", "b", "c")
    assert with_rule(named, "x2*3").class_names == ()
    assert named.with_task("regression").class_names == ()


def test_drawn_points_have_their_names_in_themselves() -> None:
    drawn = drawn_from(load(DataSource("circle")))
    source = DataSource("drawn", drawn=drawn)
    named = source.with_class_names(NAMES).drawn
    assert named == DrawnPoints(drawn.points, drawn.labels, NAMES)
    with pytest.raises(DataError, match="2 classes, but 3 names"):
        source.with_class_names(("a", "b", "c"))
    with pytest.raises(ExperimentError, match="contain their class names"):
        DataSource("drawn", drawn=drawn, class_names=NAMES)


def test_the_options_of_a_table_carry_them(tmp_path: Path) -> None:
    choice = Choice(("a", "b"), "k")
    names = ("x, the first", "y", "z")
    source = DataSource("file", str(table(tmp_path)), choice=choice, reading=Reading(header=True), class_names=names)
    words = to_arguments(Experiment(data=source))
    at = words.index("--class-names")
    assert words[at + 1] == '"x, the first",y,z'
    argument = next(a for a in ARGUMENTS if a.option == "--class-names")
    assert argument.parse(words[at + 1]) == names
    plain = Experiment(data=DataSource("file", str(table(tmp_path)), choice=choice, reading=Reading(header=True)))
    assert apply_arguments(plain, {"data.class_names": names}).data == source


def test_a_run_goes_on_with_the_names_to_the_same_bits_and_is_saved_with_them(tmp_path: Path) -> None:
    experiment = Experiment(data=DataSource("circle"), hidden=(3,), shuffle=True)
    trainer, same = (Trainer(experiment, load(experiment.data)) for _ in range(2))
    for run in (trainer, same):
        run.advance(700)
        run.edit({0: 0.5})
    named = with_class_names(trainer, NAMES)
    assert named.experiment == experiment.replace(data=DataSource("circle", class_names=NAMES))
    assert named.settings.data.class_names == NAMES
    assert named.preparation.output_names == NAMES
    assert make_report(named).class_names == NAMES
    named.advance(900)
    same.advance(900)
    assert np.array_equal(named.network.parameters, same.network.parameters)
    assert np.array_equal(named.history.table, same.history.table, equal_nan=True)
    assert trainer.preparation.dataset.class_names == ("0", "1"), "the former one is as it was"

    save_project(tmp_path / "a.lens", Project(named.experiment, named.preparation.dataset, save_run(named), None))
    again = load_project(tmp_path / "a.lens")
    assert again.experiment.data.class_names == NAMES
    assert resume(again).preparation.output_names == NAMES


def test_drawn_points_are_renamed_in_a_run() -> None:
    drawn = drawn_from(load(DataSource("circle")))
    experiment = Experiment(data=DataSource("drawn", drawn=drawn))
    named = with_class_names(Trainer(experiment, drawn.dataset()), NAMES)
    assert named.experiment.data.drawn is not None
    assert named.experiment.data.drawn.class_names == NAMES == named.preparation.dataset.class_names
