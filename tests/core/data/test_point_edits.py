"""Drawn points as values, and what the painting tools do to them."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from core.base.errors import DataError, ExperimentError
from core.data.data_source import DataSource, default_source, load
from core.data.dataset import Dataset
from core.data.drawn_points import MAX_POINTS, DrawnPoints, drawn_from, empty_canvas
from core.data.generators import GENERATORS
from core.data.point_edits import (
    add,
    add_class,
    can_train,
    disc,
    inside_box,
    inside_disc,
    move,
    relabel,
    remove,
    scatter,
)
from core.data.tables.loading import read_table
from core.network.tasks import REGRESSION
from core.options.arguments import to_arguments
from core.options.changes import NoCommand, train_words
from core.options.spelling import ArgumentError
from core.storage.exports.csv_tables import points_csv
from core.storage.project import Project, load_project, resume, save_project
from core.training.experiment import Experiment
from core.training.saved_run import save_run
from core.training.trainer import Trainer


@pytest.fixture
def square() -> DrawnPoints:
    """The corners of a square of side 2, the left ones of class 0."""
    points = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
    return DrawnPoints(points, np.array([0, 0, 1, 1]), ("left", "right"))


def test_equality_and_hash_go_by_content(square: DrawnPoints) -> None:
    same = DrawnPoints(square.points.copy(), square.labels.copy(), ("left", "right"))
    assert same == square and hash(same) == hash(square) and same is not square
    for other in (
        move(square, np.array([True, False, False, False]), (1e-9, 0.0)),
        relabel(square, np.array([True, False, False, False]), 1),
        dataclasses.replace(square, class_names=("left", "east")),
        dataclasses.replace(square, column_names=("a", "b")),
    ):
        assert other != square


def test_the_arrays_cannot_be_written(square: DrawnPoints) -> None:
    with pytest.raises(ValueError, match="read-only"):
        square.points[0, 0] = 5.0


@pytest.mark.parametrize("kind", GENERATORS)
def test_any_built_in_set_becomes_drawn_and_stays_the_same(kind: str) -> None:
    dataset = load(default_source(kind))
    again = drawn_from(dataset).dataset()
    np.testing.assert_array_equal(again.points, dataset.points)
    np.testing.assert_array_equal(again.labels, dataset.labels)
    assert again.task == dataset.task and again.output_names == dataset.output_names
    if dataset.targets is not None:
        np.testing.assert_array_equal(again.targets, dataset.targets)


def test_brush_fills_its_disc_and_repeats_with_its_seed() -> None:
    points = disc((3.0, -2.0), 0.5, 2000, np.random.default_rng(1))
    distance = np.hypot(*(points - [3.0, -2.0]).T)
    assert distance.max() <= 0.5
    assert np.mean(distance < 0.5 / np.sqrt(2.0)) == pytest.approx(0.5, abs=0.05)
    np.testing.assert_array_equal(points, disc((3.0, -2.0), 0.5, 2000, np.random.default_rng(1)))


def test_spray_has_its_deviation() -> None:
    points = scatter((3.0, -2.0), 0.5, 5000, np.random.default_rng(1))
    np.testing.assert_allclose(points.mean(axis=0), [3.0, -2.0], atol=0.05)
    np.testing.assert_allclose(points.std(axis=0), 0.5, atol=0.05)


def test_from_an_empty_canvas_to_two_classes() -> None:
    canvas = empty_canvas()
    assert len(canvas) == 0 and not can_train(canvas)
    one = add(canvas, np.array([[0.0, 0.0], [1.0, 0.0]]), 0)
    assert not can_train(one)
    both = add(one, np.array([[2.0, 2.0]]), 1)
    assert can_train(both) and both.labels.tolist() == [0, 0, 1]
    assert len(canvas) == 0, "an edit leaves the value before it alone"


def test_eraser_and_rubber_band_take_what_they_cover(square: DrawnPoints) -> None:
    assert inside_disc(square, (-1.0, 0.0), 1.0).tolist() == [True, True, False, False]
    assert inside_disc(square, (-1.0, -1.0), (2.5, 0.5)).tolist() == [True, False, True, False], (
        "a radius for each axis"
    )
    assert inside_box(square, (2.0, 1.0), (-1.0, 0.5)).tolist() == [False, True, False, True]
    left = remove(square, inside_disc(square, (-1.0, 0.0), 1.0))
    assert left.labels.tolist() == [1, 1] and left.class_names == ("left", "right")


def test_move_and_relabel_touch_only_the_chosen(square: DrawnPoints) -> None:
    chosen = np.array([False, True, False, False])
    moved = move(square, chosen, (0.5, 0.25))
    assert moved.points.tolist() == [[-1.0, -1.0], [-0.5, 1.25], [1.0, -1.0], [1.0, 1.0]]
    assert relabel(square, chosen, 1).labels.tolist() == [0, 1, 1, 1]


def test_targets_are_painted_and_changed() -> None:
    canvas = DrawnPoints(np.empty((0, 2)), np.empty(0, dtype=np.int64), (), targets=np.empty(0))
    drawn = add(canvas, np.array([[0.0, 0.0], [1.0, 1.0]]), 0.75)
    assert drawn.targets.tolist() == [0.75, 0.75] and can_train(drawn)
    assert relabel(drawn, np.array([True, False]), -2.5).targets.tolist() == [-2.5, 0.75]
    assert remove(drawn, np.array([True, False])).targets.tolist() == [0.75]
    with pytest.raises(DataError, match="have no classes"):
        add_class(drawn, "new")


@pytest.mark.parametrize("value", [-1, 2, 0.5, float("nan"), float("inf")])
def test_a_class_that_is_not_there_is_refused(square: DrawnPoints, value: float) -> None:
    with pytest.raises(DataError, match="There is no class"):
        add(square, np.zeros((1, 2)), value)


def test_classes_end_at_ten_and_have_names_of_their_own(square: DrawnPoints) -> None:
    with pytest.raises(DataError, match="in use"):
        add_class(square, "left")
    full = square
    for k in range(8):
        full = add_class(full, f"new {k}")
    with pytest.raises(DataError, match="at most 10 are allowed"):
        add_class(full, "one more")


def test_too_many_or_infinite_points_are_refused(square: DrawnPoints) -> None:
    with pytest.raises(DataError, match="too many"):
        add(square, np.zeros((MAX_POINTS, 2)), 0)
    with pytest.raises(DataError, match="finite"):
        move(square, np.ones(4, dtype=bool), (float("inf"), 0.0))


def test_a_run_on_drawn_points_is_saved_and_opened_but_is_no_command(square: DrawnPoints, tmp_path: Path) -> None:
    source = DataSource("drawn", drawn=square)
    experiment = Experiment(data=source, hidden=(3,))
    trainer = Trainer(experiment, load(source))
    trainer.advance(10)
    save_project(tmp_path / "p.lens", Project(experiment, trainer.preparation.dataset, save_run(trainer)))
    project = load_project(tmp_path / "p.lens")
    assert project.experiment == experiment and project.experiment.data.drawn == square
    assert resume(project).network.parameters.tobytes() == trainer.network.parameters.tobytes()
    with pytest.raises(NoCommand, match="save the points as CSV"):
        train_words(trainer.settings_over_time.until(10), 10, trainer.epoch_length, own_weights=True)
    with pytest.raises(ArgumentError, match="drawn points"):
        to_arguments(experiment)


def test_a_source_holds_drawn_points_if_and_only_if_it_is_of_that_kind(square: DrawnPoints) -> None:
    for wrong in ({"kind": "drawn"}, {"kind": "xor", "drawn": square}, {"kind": "drawn", "drawn": (1.0, 2.0)}):
        with pytest.raises(ExperimentError, match=r"[Dd]rawn points"):
            DataSource(**wrong)  # type: ignore[arg-type]
    assert DataSource("drawn", drawn=empty_canvas(task=REGRESSION)).task == REGRESSION
    assert DataSource("drawn", drawn=square) == DataSource("drawn", drawn=dataclasses.replace(square))


@pytest.mark.parametrize("columns", [("a", "b"), ("1", "2"), ("same", "same"), ("a, b", 'c"'), ("", "x")])
def test_points_that_are_saved_as_csv_are_read_again(columns: tuple[str, str], tmp_path: Path) -> None:
    points = np.random.default_rng(0).normal(size=(30, 2)) * [1e-7, 1e9]
    dataset = Dataset(points, np.arange(30) % 3, ("2", "10", 'red, or "so"'), columns)
    path = tmp_path / "p.csv"
    path.write_text(points_csv(dataset))
    again = read_table(path)
    assert again.points.tobytes() == dataset.points.tobytes()
    names = [again.class_names[k] for k in again.labels]
    assert names == [dataset.class_names[k] for k in dataset.labels]
    numbers = Dataset(points, np.zeros(30, dtype=int), (), columns, targets=points[:, 0] / 3)
    path.write_text(points_csv(numbers))
    assert np.asarray(read_table(path, REGRESSION).targets).tobytes() == np.asarray(numbers.targets).tobytes()
