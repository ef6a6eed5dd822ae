"""Planes through data of more than two columns, and the maps that lie in them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.base.errors import ProjectError
from core.data.data_source import DataSource
from core.data.dataset import Dataset
from core.data.section import PrincipalAxes, Section, Slice, default_section, fitted, principal_axes, project
from core.data.tables.column_choice import Choice
from core.explain.maps import NeuronPlace, Plane
from core.explain.snapshot import Request, take_snapshot
from core.storage.window_layout import Layout
from core.training.experiment import Experiment, Init
from core.training.trainer import Trainer

NAMES = ("a", "b", "c", "d")


def data(seed: int = 0, n: int = 50) -> Dataset:
    rng = np.random.default_rng(seed)
    first, second = rng.normal(size=(2, n))
    points = np.column_stack([first, first * 100.0 + second, np.full(n, 7.0), second * 0.01 + 3.0])
    return Dataset(points, rng.integers(0, 2, n), ("no", "yes"), NAMES)


def test_a_slice_starts_at_the_medians_and_two_columns_vary_in_it() -> None:
    dataset = data()
    start = default_section(dataset)
    assert start is not None
    assert (start.columns, start.values) == ((0, 1), tuple(np.median(dataset.points, axis=0)))
    section = replace(start, columns=(3, 1), values=(0.5, 1.0, 7.0, 2.0))
    places = np.array([[10.0, 20.0], [30.0, 40.0]])
    assert section.embed(places).tolist() == [[0.5, 20, 7, 10], [0.5, 40, 7, 30]]
    assert project(section, section.embed(places)).tolist() == places.tolist()
    assert section.axis_titles(NAMES) == ("d", "b")
    assert section.others == (0, 2)
    spread = dataset.points[:, 0].std()
    off = section.distances(np.array([[0.5, 9.0, 7.0, 9.0], [0.5 + 2.0 * spread, 9.0, 7.0, 9.0]]))
    np.testing.assert_allclose(off, [0.0, np.sqrt(2.0)], atol=1e-12)


def test_the_principal_axes_are_those_of_the_standardized_columns() -> None:
    dataset = data()
    section = principal_axes(dataset)
    points = dataset.points
    spread = np.where(points.std(axis=0) < 1e-9, 1.0, points.std(axis=0))
    standardized = (points - points.mean(axis=0)) / spread
    _, sizes, directions = np.linalg.svd(standardized, full_matrices=False)
    axes = np.array(section.axes)
    np.testing.assert_allclose(np.abs(axes @ directions[:2].T), np.eye(2), atol=1e-9)
    np.testing.assert_allclose(section.shares, (sizes**2 / (sizes**2).sum())[:2], atol=1e-12)
    assert all(axis[np.abs(axis).argmax()] > 0.0 for axis in axes)
    places = project(section, points)
    np.testing.assert_allclose(places, standardized @ axes.T, atol=1e-12)
    np.testing.assert_allclose(project(section, section.embed(places)), places, atol=1e-12)
    np.testing.assert_allclose(section.distances(section.embed(places)), 0.0, atol=1e-9)
    np.testing.assert_allclose(
        section.distances(points) ** 2, ((standardized - places @ axes) ** 2).sum(axis=1) / 2.0, atol=1e-9
    )
    assert section.axis_titles(NAMES)[0] == f"axis 1 ({100 * section.shares[0]:.0f} %)"


@pytest.mark.parametrize(
    "section",
    [
        Slice((0, 0), (1.0, 1.0, 1.0), (1.0, 1.0, 1.0)),
        Slice((0, 3), (1.0, 1.0, 1.0), (1.0, 1.0, 1.0)),
        Slice((0, 1), (1.0, 1.0), (1.0, 1.0)),
        Slice((0, 1), (1.0, 1.0, np.inf), (1.0, 1.0, 1.0)),
        Slice((0, 1), (1.0, 1.0, 1.0), (1.0, 1.0, 0.0)),
        Slice((0, 1), (1.0, 1.0, 1.0), (1.0, 1.0)),
        PrincipalAxes((0.0,) * 3, (1.0,) * 3, ((1.0, 0.0, 0.0), (1.0, 0.0, 0.0)), (0.5, 0.5)),
        PrincipalAxes((0.0,) * 3, (1.0,) * 3, ((1.0, 0.0, 0.0), (0.0, 1e200, 0.0)), (0.5, 0.5)),
        PrincipalAxes((0.0,) * 3, (1.0,) * 3, ((1.0, 0.0, 0.0), (0.0, 1.0)), (0.5, 0.5)),
        PrincipalAxes((0.0,) * 3, (1.0,) * 3, ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0)), (0.5, np.nan)),
    ],
)
def test_a_section_that_cannot_be_is_refused(section: Section) -> None:
    with pytest.raises(ProjectError):
        Layout((), section)


def test_a_section_stays_where_the_columns_do() -> None:
    one, other = data(0), data(1)
    plane = Dataset(one.points[:, :2], one.labels, one.class_names, ("a", "b"))
    start, axes = default_section(one), principal_axes(one)
    assert isinstance(start, Slice)
    moved = replace(start, values=(1.0, 2.0, 3.0, 4.0))
    assert fitted(moved, other, one) == moved
    assert fitted(axes, other, one) == principal_axes(other) != axes
    assert fitted(moved, plane, one) is None
    assert fitted(None, one, plane) == start
    assert Layout((), moved).section == moved and Layout((), axes).section == axes
    huge = Dataset(one.points * 1e305, one.labels, one.class_names, NAMES)
    for section in (default_section(huge), principal_axes(huge)):
        assert section is not None
        assert np.isfinite(section.distances(huge.points)).all()
        assert np.isfinite(section.embed(section.project(huge.points))).all()


@pytest.mark.parametrize("axes", [False, True])
def test_maps_are_what_the_network_says_of_the_points_of_the_plane(axes: bool) -> None:
    dataset = data()
    source = DataSource("file", "f.csv", choice=Choice(("a", "b"), "t", inputs=NAMES))
    experiment = Experiment(hidden=(5,), init=Init("glorot", 3.0), standardize=True).adapted(data=source)
    trainer = Trainer(experiment, dataset)
    section: Slice | PrincipalAxes | None = principal_axes(dataset) if axes else default_section(dataset)
    assert section is not None
    plane = Plane((-1.0, 2.0), (-3.0, 4.0), 6, 5, section)
    snapshot = take_snapshot(trainer, Request(plane, plane, neuron=NeuronPlace(1, 2, plane)))
    places = replace(plane, section=None).points()
    layers = trainer.activations(section.embed(places))
    assert snapshot.output is not None and snapshot.neuron is not None and snapshot.neurons is not None
    assert snapshot.output.winner.ravel().tolist() == layers[-1].argmax(axis=1).tolist()
    np.testing.assert_array_equal(snapshot.neuron.values.ravel(), layers[1][:, 2])
    assert [len(maps) for maps in snapshot.neurons] == [4, 5, 2]
    flat = Plane((-1.0, 2.0), (-3.0, 4.0), 6, 5)
    none = take_snapshot(trainer, Request(flat, flat, neuron=NeuronPlace(1, 2, flat)))
    assert (none.output, none.neurons, none.neuron) == (None, None, None), "that plane belongs to other data"
