"""What the widgets hear of a run, with a real worker behind it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.data.data_source import DataSource
from core.explain.maps import Plane
from core.workbench.messages import Freeze
from core.workbench.worker import Worker
from gui.session.session import Session
from tests.core.workbench.support import SHALLOW
from tests.gui.session.support import Listener, rest

PLANE = Plane((-1.0, 1.0), (-2.0, 2.0), 10, 12)


def test_changes_that_come_before_the_answer_are_merged(qtbot: QtBot, session: Session, listener: Listener) -> None:
    session.change({"hidden": (3,)})
    session.change({"batch_size": 10})
    session.change({"learning_rate": 0.5})
    session.change({"seed": 4})
    rest(qtbot, session)
    assert session.experiment == SHALLOW.replace(hidden=(3,), batch_size=10, learning_rate=0.5, seed=4)
    assert session.loaded is not None
    assert session.loaded.preparation.sizes == (2, 3, 2)
    assert listener.experiments[-1] == session.experiment
    assert listener.notices == []


def test_a_change_between_two_answers_does_not_undo_the_one_before(
    qtbot: QtBot, session: Session, listener: Listener
) -> None:
    session.change({"hidden": (3,)})
    session.change({"batch_size": 10})  # sent behind the first question
    qtbot.waitUntil(lambda: len(listener.runs) == 1)  # answers the first question, which knows nothing of the batch
    session.change({"seed": 4})
    rest(qtbot, session)
    assert session.experiment == SHALLOW.replace(hidden=(3,), batch_size=10, seed=4)


def test_the_learning_rate_changes_without_a_reset(qtbot: QtBot, session: Session, listener: Listener) -> None:
    for _ in range(3):
        session.step("sample")
    rest(qtbot, session)
    session.change({"learning_rate": 0.25})
    rest(qtbot, session)
    assert listener.runs == []
    assert session.snapshot is not None
    assert (session.snapshot.position, session.snapshot.learning_rate) == (3, 0.25)
    assert session.experiment == SHALLOW.replace(learning_rate=0.25)
    session.step_back("sample")
    session.step_back("sample")
    rest(qtbot, session)
    assert session.snapshot.position == 1
    assert listener.experiments[-1] == SHALLOW, "a step back behind the change takes it back"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"hidden": (0,)}, "hidden"),
        ({"data": DataSource("file", path="there-is-none.csv")}, "there-is-none.csv"),
        ({"only_sample": 5000}, "only_sample"),
    ],
    ids=["at once", "by the data", "by the trainer"],
)
def test_a_refused_change_is_told_and_the_truth_is_shown_again(
    qtbot: QtBot, session: Session, listener: Listener, fields: dict[str, object], says: str
) -> None:
    session.change(fields)
    qtbot.waitUntil(lambda: bool(listener.notices))
    rest(qtbot, session)
    assert [notice.kind for notice in listener.notices] == ["input"]
    assert says in listener.notices[0].text
    assert listener.experiments[-1] == session.experiment == SHALLOW
    assert listener.runs == []
    session.change({"seed": 9})
    rest(qtbot, session)
    assert session.experiment == SHALLOW.replace(seed=9), "the refused value is gone"


def test_a_change_to_the_same_value_does_nothing(session: Session, listener: Listener) -> None:
    session.change({"seed": SHALLOW.seed, "learning_rate": SHALLOW.learning_rate})
    assert session.at_rest


def test_the_clock_rests_when_nothing_changes_and_wakes_up(qtbot: QtBot, session: Session, listener: Listener) -> None:
    qtbot.wait(100)
    assert listener.frames == []
    assert session.at_rest
    session.step("epoch")
    assert not session.at_rest
    rest(qtbot, session)
    assert listener.frames[-1].position == 1000
    session.play()
    qtbot.waitUntil(lambda: session.playing and listener.frames[-1].position > 1200)
    assert not session.at_rest
    session.pause()
    rest(qtbot, session)
    assert not session.playing


def test_another_look_brings_another_map_and_the_same_look_does_not(
    qtbot: QtBot, session: Session, listener: Listener
) -> None:
    session.look_at(PLANE, None)
    rest(qtbot, session)
    output = listener.frames[-1].output
    assert output is not None
    assert output.plane == PLANE
    assert output.winner.shape == (12, 10)
    session.look_at(PLANE, None)
    assert session.at_rest


def test_reset_starts_from_the_same_parameters_and_new_seed_from_others(
    qtbot: QtBot, session: Session, listener: Listener, tmp_path: Path
) -> None:
    assert session.snapshot is not None
    first = session.snapshot.parameters.tobytes()
    session.step("epoch")
    rest(qtbot, session)
    assert session.snapshot.parameters.tobytes() != first
    session.reset()
    rest(qtbot, session)
    assert session.snapshot.position == 0
    assert session.snapshot.parameters.tobytes() == first
    session.new_seed()
    rest(qtbot, session)
    assert session.snapshot.position == 0
    assert session.snapshot.parameters.tobytes() != first
    assert session.experiment == SHALLOW.replace(seed=SHALLOW.seed + 1)


def test_the_first_report_is_shown_before_the_window(qtbot: QtBot) -> None:
    session = Session(worker := Worker())
    listener = Listener(session)
    worker.start()
    session.load(SHALLOW)
    session.show_first(60.0)
    assert [frame.position for frame in listener.frames] == [0]
    assert session.loaded is listener.runs[0]
    rest(qtbot, session)
    session.close()


def test_a_first_report_that_is_late_is_not_waited_for(qtbot: QtBot) -> None:
    session = Session(worker := Worker())
    session.load(SHALLOW)
    session.show_first(0.01)
    assert session.snapshot is None
    worker.start()
    rest(qtbot, session)
    assert session.snapshot is not None
    session.close()


def test_a_command_names_the_run_that_the_user_sees(qtbot: QtBot, session: Session, listener: Listener) -> None:
    first = session.run
    assert first is not None
    session.change({"seed": 4})
    assert session.run is None, "another run is on its way"
    session.edit({0: 0.5})
    rest(qtbot, session)
    second = session.run
    assert second is not None and second != first
    assert session.snapshot is not None and session.snapshot.parameters[0] == 0.5, "it counts from where that leads"
    session._worker.send(Freeze(frozenset({1}), run=first))
    session.edit({0: 0.25})
    rest(qtbot, session)
    assert session.snapshot.parameters[0] == 0.25
    assert session.snapshot.frozen == frozenset(), "a command to a run that is gone changes no other"
    assert [notice.kind for notice in listener.notices] == ["input"]
    session.undo()
    session.undo()
    session.undo()
    rest(qtbot, session)
    assert session.run == first


def test_a_change_that_is_refused_while_a_newer_one_is_on_its_way_leaves_the_newer_one(
    qtbot: QtBot, session: Session, listener: Listener
) -> None:
    session.change({"only_sample": 5000})
    session.change({"only_sample": None, "seed": 7})
    rest(qtbot, session)
    assert session.experiment == SHALLOW.replace(seed=7)
    assert listener.experiments[-1] == session.experiment
