"""A project that is saved and opened goes on to the same bits; its file is checked before it is believed."""

from __future__ import annotations

import dataclasses
import json
import math
import types
import typing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.base.errors import LensError, ProjectError
from core.data.data_source import DataSource, load
from core.data.dataset import Dataset
from core.engines import kernel_loading
from core.explain.inspection import parameter_course
from core.storage import project
from core.storage.archive import TYPES, pack, unpack
from core.storage.encoding import PLAIN, Misfit, Unknown, decode, element_type, encode, field_types
from core.storage.project import (
    FORMAT,
    MIGRATIONS,
    Project,
    describe_engine,
    load_project,
    project_bytes,
    resume,
    save_project,
)
from core.storage.window_layout import DockPlace, Layout
from core.training import history, whole_epochs
from core.training.divergence import Diverged
from core.training.experiment import LIVE_FIELDS, Experiment
from core.training.presets import PRESETS
from core.training.saved_run import save_run
from core.training.timeline.saved_branches import MOST_KEPT, Setting
from core.training.trainer import Trainer
from tests.core.strategies import Changes, cases, changes, has_test_set
from tests.core.support import bits, examples, rewind, small_dataset

SPIRAL = PRESETS["spiral"].experiment
LAYOUT = Layout((DockPlace("loss", "right", True, False, True, "", 900, 500, 400, 300),))
FIXTURE = Path(__file__).parent / "fixtures" / "version-1.lens"


def reopened(trainer: Trainer, folder: Path, **fields: Any) -> Trainer:
    """The trainer that a file of this run gives."""
    path = folder / "run.lens"
    save_project(path, Project(trainer.experiment, trainer.preparation.dataset, save_run(trainer), **fields))
    return resume(load_project(path))


def spiral_at(position: int, **fields: object) -> Trainer:
    trainer = Trainer(SPIRAL.replace(**fields), load(SPIRAL.data))
    trainer.advance(position)
    return trainer


# ---- The same bits.


@dataclasses.dataclass(frozen=True)
class Way:
    """What happens to a run, by positions."""

    settings: Changes
    edits: dict[int, dict[int, float]]
    frozen: dict[int, set[int]]

    def positions(self) -> set[int]:
        return {*self.settings, *self.edits, *self.frozen}


def follow(trainer: Trainer, way: Way, end: int) -> str:
    """Train to a position, with what happens on the way; the words of what ended it, if something did."""
    count = trainer.network.parameters.size
    for stop in sorted({p for p in way.positions() if trainer.position <= p < end} | {end}):
        while trainer.position < stop:
            reached = trainer.advance(stop - trainer.position)
            if reached is not None:
                if reached.return_to is not None:
                    trainer.head.return_to(reached.return_to)
                return reached.text
        if stop < end:
            trainer.change(**way.settings.get(stop, {}))
            if stop in way.edits:
                trainer.edit({place % count: value for place, value in way.edits[stop].items()})
            if stop in way.frozen:
                trainer.freeze(place % count for place in way.frozen[stop])
    return ""


@st.composite
def journeys(draw: st.DrawFn) -> tuple[Experiment, Dataset, Way, int, int]:
    experiment, dataset = draw(cases(most_points=20))
    last = draw(st.integers(1, 150))
    places, somewhere = st.integers(0, 1000), st.integers(0, last)
    way = Way(
        draw(changes(last, has_test_set(experiment))),
        draw(st.dictionaries(somewhere, st.dictionaries(places, st.floats(-2, 2), min_size=1, max_size=3), max_size=2)),
        draw(st.dictionaries(somewhere, st.sets(places, max_size=4), max_size=2)),
    )
    return experiment, dataset, way, draw(st.integers(0, last)), last


def check_a_journey(journey: tuple[Experiment, Dataset, Way, int, int], folder: Path) -> None:
    experiment, dataset, way, middle, last = journey
    try:
        straight, broken = Trainer(experiment, dataset), Trainer(experiment, dataset)
    except LensError:
        return
    ends = []
    for stop in (middle, last):
        for index, trainer in enumerate((straight, broken)):
            try:
                ends.append(follow(trainer, way, stop))
            except Diverged as error:
                ends.append(str(error))
            if index == 1:
                broken = reopened(broken, folder)
        assert ends[-1] == ends[-2]
        assert bits(broken) == bits(straight)
        assert broken.engine_name == straight.engine_name
        assert broken.settings_over_time.changes == straight.settings_over_time.changes
        assert [m.tobytes() for m in broken.stepper.memory.values()] == [
            m.tobytes() for m in straight.stepper.memory.values()
        ]
    back = straight.position // 2
    for trainer in (straight, broken):
        rewind(trainer, back)
        trainer.advance(back - trainer.position)
    assert bits(broken) == bits(straight)


@settings(max_examples=25)
@given(journeys())
def test_any_run_goes_on_to_the_same_bits(
    tmp_path_factory: pytest.TempPathFactory, journey: tuple[Experiment, Dataset, Way, int, int]
) -> None:
    check_a_journey(journey, tmp_path_factory.getbasetemp())


@pytest.mark.campaign
@pytest.mark.parametrize("part", range(10))
@settings(max_examples=examples(100))
@given(journey=journeys())
def test_very_many_runs_go_on_to_the_same_bits(
    tmp_path_factory: pytest.TempPathFactory, part: int, journey: tuple[Experiment, Dataset, Way, int, int]
) -> None:
    check_a_journey(journey, tmp_path_factory.getbasetemp())


def test_divergence_goes_back_to_the_same_record(tmp_path: Path) -> None:
    straight = Trainer(Experiment(data=DataSource("gauss"), output="linear", learning_rate=0.1), small_dataset(40))
    straight.advance(57)
    straight.change(learning_rate=1e300)
    broken = reopened(straight, tmp_path)
    words = []
    for trainer in (straight, broken):
        try:
            trainer.advance(400)
            words.append("")
        except Diverged as error:
            words.append(str(error))
    assert words[0] == words[1] != ""
    assert bits(broken) == bits(straight)


def test_a_run_between_two_courses_keeps_the_changes_that_lie_ahead(tmp_path: Path) -> None:
    straight = spiral_at(700)
    straight.edit({0: 1.5})
    straight.advance(300)
    changes, position = tuple(straight.settings_over_time.changes), straight.position
    rewind(straight, 600)
    straight.head.replace_changes(changes, position)
    broken = reopened(straight, tmp_path)
    for trainer in (straight, broken):
        trainer.advance(position - trainer.position)
    assert bits(broken) == bits(straight)
    assert broken.network.parameters.tobytes() == straight.network.parameters.tobytes()


def test_initial_weights_and_where_the_data_came_from_are_kept(tmp_path: Path) -> None:
    weights = np.linspace(-1.0, 1.0, Trainer(SPIRAL, load(SPIRAL.data)).network.parameters.size)
    source = DataSource("file", str(tmp_path / "gone.txt"))
    experiment, dataset = SPIRAL.replace(data=source), small_dataset(30, 3)
    trainer = Trainer(experiment, dataset, None)
    trainer.advance(45)
    saved = Project(experiment, dataset, save_run(trainer), layout=LAYOUT, unsaved_of="a.lens")
    save_project(tmp_path / "a.lens", saved)
    opened = load_project(tmp_path / "a.lens")
    assert opened.experiment == experiment
    assert opened.initial_parameters is None
    assert (opened.layout, opened.unsaved_of) == (LAYOUT, "a.lens")
    for name in ("points", "labels"):
        np.testing.assert_array_equal(getattr(opened.dataset, name), getattr(dataset, name))
    assert (opened.dataset.class_names, opened.dataset.name) == (dataset.class_names, dataset.name)
    assert project_bytes(opened) == project_bytes(saved), "equal projects give equal bytes"
    own = Trainer(SPIRAL, load(SPIRAL.data), weights)
    save_project(tmp_path / "b.lens", Project(SPIRAL, own.preparation.dataset, save_run(own), weights))
    np.testing.assert_array_equal(load_project(tmp_path / "b.lens").initial_parameters, weights)


# ---- Engines.


def without_numba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel_loading, "is_available", lambda: False)


@pytest.mark.needs_numba
@pytest.mark.parametrize("choice", ["auto", "compiled"])
def test_numpy_goes_on_where_the_compiled_engine_is_absent(monkeypatch: pytest.MonkeyPatch, choice: str) -> None:
    straight = spiral_at(900, engine=choice)
    saved = Project(straight.experiment, straight.preparation.dataset, save_run(straight))
    assert describe_engine(saved, resume(saved)) == ""
    without_numba(monkeypatch)
    trainer = resume(saved)
    assert trainer.engine_name == "numpy"
    assert "NumPy continues" in describe_engine(saved, trainer)
    trainer.advance(300)
    straight.advance(300)
    np.testing.assert_allclose(trainer.network.parameters, straight.network.parameters, rtol=1e-9, atol=1e-12)


def test_what_numpy_began_numpy_goes_on_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with monkeypatch.context() as patch:
        without_numba(patch)
        straight = spiral_at(900, engine="auto")
    broken = reopened(straight, tmp_path)
    assert broken.engine_name == "numpy"
    for trainer in (straight, broken):
        trainer.advance(500)
    assert bits(broken) == bits(straight)


# ---- A record with other positions.


@pytest.mark.parametrize("back_to", [551, 527, 400])
@pytest.mark.parametrize("wish", [{}, {"patience": 1000, "train_fraction": 0.5}])
def test_a_run_that_was_recorded_more_often_goes_on_to_the_same_bits(
    back_to: int, wish: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Former versions recorded every second epoch behind 512. The run ends inside an epoch behind such a record."""
    straight, earlier = (Trainer(Experiment(hidden=(3,), batch_size=4, **wish), small_dataset(20)) for _ in range(2))
    length = straight.epoch_length
    with monkeypatch.context() as patch:
        for module in (history, whole_epochs):
            patch.setattr(module, "record_stride", lambda epoch, _: 1 if epoch < 512 else 2)
        earlier.advance(551 * length + 3)
    broken = reopened(earlier, tmp_path)
    assert broken.history.table.tobytes() == earlier.history.table.tobytes()
    broken.seek(back_to * length)
    for trainer in (straight, broken):
        trainer.advance(570 * length + 1 - trainer.position)
    assert {**bits(broken), "history": b""} == {**bits(straight), "history": b""}
    table, recorded = broken.history.table, straight.history.column("position")
    assert table[np.isin(table[:, 0], recorded)].tobytes() == straight.history.table.tobytes()
    assert (table[-8:, 0] / length).tolist() == [546, 548, 550, 552, 556, 560, 564, 568]
    assert broken.history.lows.tobytes() == straight.history.lows.tobytes()


# ---- The states to go back to.


def test_few_states_are_kept_of_a_large_net(tmp_path: Path) -> None:
    data = small_dataset(8)
    straight = Trainer(Experiment(data=DataSource("gauss"), hidden=(256, 256), batch_size=8), data)
    straight.advance(8 * 24)
    size = straight.network.parameters.size
    broken = reopened(straight, tmp_path)
    saved = save_run(straight)
    assert sum(branch.states.size for branch in saved.branches) <= MOST_KEPT
    assert saved.states.size <= 3 * 5 * size
    assert len(parameter_course(straight, 0)) > len(parameter_course(broken, 0)) > 3
    for trainer in (straight, broken):
        rewind(trainer, 60)
        trainer.advance(60 - trainer.position)
    assert bits(broken) == bits(straight)


# ---- The format.


def rewritten(path: Path, change: Any) -> Path:
    """The file with a changed JSON text, in an archive that is whole."""
    content, arrays = unpack(path)
    change(content)
    path.write_bytes(pack(content, arrays))
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    trainer = spiral_at(100)
    path = tmp_path / "spiral.lens"
    save_project(path, Project(SPIRAL, trainer.preparation.dataset, save_run(trainer)))
    return path


def test_a_field_of_a_newer_version_is_told(file: Path) -> None:
    rewritten(file, lambda c: c["project"]["experiment"]["data"].update(sheet=None))
    with pytest.raises(ProjectError, match=r"spiral.lens holds project.experiment.data.'sheet', .* newer version"):
        load_project(file)
    rewritten(file, lambda c: c.update(version=2))
    with pytest.raises(ProjectError, match=r"holds format 2, .* newer version"):
        load_project(file)


def test_a_field_that_is_absent_has_its_default(file: Path) -> None:
    rewritten(file, lambda c: c["project"]["experiment"].pop("dropout"))
    assert load_project(file).experiment.dropout == 0.0
    rewritten(file, lambda c: c["project"].pop("run"))
    with pytest.raises(ProjectError, match=r"project.run is missing"):
        load_project(file)


def test_an_older_version_is_brought_up_step_by_step(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    def second(fields: dict[str, Any]) -> dict[str, Any]:
        fields["experiment"]["momentum"] = fields["experiment"].pop("mu")
        return fields

    def third(fields: dict[str, Any]) -> dict[str, Any]:
        fields["experiment"]["momentum"] /= 10
        return fields

    rewritten(file, lambda c: c["project"]["experiment"].update(mu=5.0))
    rewritten(file, lambda c: c["project"]["experiment"].pop("momentum"))
    monkeypatch.setattr(project, "VERSION", 3)
    monkeypatch.setitem(MIGRATIONS, 1, second)
    monkeypatch.setitem(MIGRATIONS, 2, third)
    assert load_project(file).experiment.momentum == 0.5


def test_every_version_has_its_migration() -> None:
    assert list(MIGRATIONS) == list(range(1, project.VERSION))


def test_a_file_of_version_1_opens_and_goes_on() -> None:
    """It was written when version 1 was new, and must open for ever."""
    opened = load_project(FIXTURE)
    assert unpack(FIXTURE)[0]["format"] == FORMAT
    assert unpack(FIXTURE)[0]["version"] == 1
    trainer = resume(opened)
    assert (trainer.position, trainer.epoch, trainer.sample) == (1010, 16, 50)
    assert trainer.settings.optimizer == "adam"
    assert trainer.settings.schedule.name == "step"
    assert trainer.frozen == {2, 5}
    assert opened.dataset.column_names == ("length", "width")
    assert opened.dataset.class_names == ("small", "größer", "三")
    assert opened.layout == LAYOUT
    trainer.advance(310)
    fresh = Trainer(opened.experiment, opened.dataset)
    for change in opened.run.changes_of(opened.experiment):
        fresh.advance(change.position - fresh.position)
        fresh.settings_over_time.changes = [*fresh.settings_over_time.changes, change]
        if change.edits:
            fresh.edit(dict(change.edits))
    fresh.advance(trainer.position - fresh.position)
    np.testing.assert_allclose(trainer.network.parameters, fresh.network.parameters, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(trainer.history.table, fresh.history.table, rtol=1e-9, atol=1e-12)


def schema(hint: Any, seen: set[Any]) -> None:
    """Every type that a project is made of can be encoded and decoded."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType, tuple, frozenset):
        for inner in typing.get_args(hint):
            if inner is not Ellipsis:
                schema(inner, seen)
    elif typing.get_origin(hint) is np.ndarray:
        assert np.dtype(element_type(hint)).str in TYPES
    elif dataclasses.is_dataclass(hint):
        if hint not in seen:
            seen.add(hint)
            with pytest.raises(dataclasses.FrozenInstanceError):
                hint.__setattr__(object.__new__(hint), dataclasses.fields(hint)[0].name, 0)
            for inner in field_types(hint).values():
                schema(inner, seen)
    else:
        assert hint in PLAIN or hint is bytes, hint


def test_all_that_a_project_is_made_of_can_be_read_back() -> None:
    seen: set[Any] = set()
    schema(Project, seen)
    assert {Experiment, Dataset, DataSource} <= seen
    values = typing.get_args(field_types(Setting)["value"])
    for name in LIVE_FIELDS:
        hint = field_types(Experiment)[name]
        inner = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
        assert set(inner) <= set(values), f"a change of {name} could not be saved"


# ---- The encoding.


@dataclasses.dataclass(frozen=True)
class Inner:
    number: float
    words: tuple[str, ...] = ()
    chosen: frozenset[int] = frozenset()


@dataclasses.dataclass(frozen=True)
class Outer:
    inner: Inner | None
    pair: tuple[int, str]
    either: str | tuple[str, ...]
    raw: bytes = b""
    flag: bool = False


texts = st.text(max_size=8)
inners = st.builds(Inner, st.floats(), st.lists(texts, max_size=3).map(tuple), st.frozensets(st.integers(0, 9)))
outers = st.builds(
    Outer,
    st.none() | inners,
    st.tuples(st.integers(-(2**63) + 1, 2**63 - 1), texts),
    texts | st.lists(texts, max_size=2).map(tuple),
    st.binary(max_size=9),
    st.booleans(),
)


@given(outers)
def test_any_nested_value_comes_back(value: Outer) -> None:
    kept: dict[str, Any] = {}

    def keep(array: Any) -> str:
        kept[str(len(kept))] = array
        return str(len(kept) - 1)

    text = json.dumps(encode(value, keep), allow_nan=False)
    back = decode(Outer, json.loads(text), kept.__getitem__, "value")
    if value.inner is not None and math.isnan(value.inner.number):
        assert math.isnan(back.inner.number)
    else:
        assert back == value


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"class": "Inner", "number": "1"}, "value.number is not a number"),
        ({"class": "Inner", "number": True}, "value.number is not a number"),
        ({"class": "Inner", "number": 10**400}, "value.number is too large"),
        ({"class": "Outer", "number": 1.0}, "value is not of the kind Inner"),
        ({"class": "Inner"}, "value.number is missing"),
        ({"class": "Inner", "number": 1.0, "words": "a"}, "value.words is not a list"),
        ({"class": "Inner", "number": 1.0, "words": ["a", 2]}, r"value.words\[1\] is not a text"),
        ({"class": "Inner", "number": {"float": "eval"}}, "value.number is not a number"),
        ([], "value is not of the kind Inner"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(data: Any, words: str) -> None:
    with pytest.raises(Misfit, match=words):
        decode(Inner, data, {}.__getitem__, "value")


def test_an_unknown_field_is_told_apart() -> None:
    with pytest.raises(Unknown, match="'more'"):
        decode(Inner, {"class": "Inner", "number": 1.0, "more": 1}, {}.__getitem__, "value")
