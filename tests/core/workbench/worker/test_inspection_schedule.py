"""Inspections are exact at rest, and while a run plays they come seldom."""

from __future__ import annotations

import numpy as np
import pytest

from core.explain.picked_part import Focus
from core.workbench.worker import inspection_schedule as module
from core.workbench.worker.inspection_schedule import MOST_POINTS, InspectionSchedule, ShownValues
from tests.core.workbench.support import SHALLOW, make_trainer

EDGE = Focus(1, 0, 0)


def test_at_rest_each_moment_gets_an_inspection_of_its_own_and_one_only() -> None:
    schedule, trainer = InspectionSchedule(), make_trainer()
    first = schedule.examine(trainer, EDGE, at_work=False)
    assert schedule.examine(trainer, EDGE, at_work=False) is first
    assert not schedule.is_due(trainer, EDGE, at_work=False)
    trainer.advance(3)
    second = schedule.examine(trainer, EDGE, at_work=False)
    assert second is not None
    assert second.position == 3
    trainer.network.parameters[0] += 1.0  # by hand, at the same position
    assert schedule.is_due(trainer, EDGE, at_work=False)


def test_while_a_run_plays_an_inspection_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    schedule, trainer = InspectionSchedule(), make_trainer()
    monkeypatch.setattr(module, "SHORTEST_PAUSE_SECONDS", 1e9)
    first = schedule.examine(trainer, EDGE, at_work=True)
    trainer.advance(3)
    assert schedule.examine(trainer, EDGE, at_work=True) is first
    other = schedule.examine(trainer, Focus(1, 2), at_work=True)
    assert other is not None
    assert other.focus == Focus(1, 2), "another focus does not wait"
    monkeypatch.setattr(module, "SHORTEST_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(module, "PAUSE", 0.0)
    trainer.advance(3)
    assert schedule.is_due(trainer, Focus(1, 2), at_work=True)


def test_a_place_that_a_new_net_does_not_have_gives_nothing() -> None:
    schedule = InspectionSchedule()
    assert schedule.examine(make_trainer(), Focus(1, 6), at_work=False) is not None
    small = make_trainer(SHALLOW.replace(hidden=(3,)))
    assert schedule.examine(small, Focus(1, 6), at_work=False) is None
    assert not schedule.is_due(small, Focus(1, 6), at_work=False)
    assert schedule.examine(small, None, at_work=False) is None


def test_the_course_has_the_moments_that_were_shown_between_ends_of_epochs() -> None:
    schedule, trainer = InspectionSchedule(), make_trainer()
    expected = []
    for _ in range(4):
        expected.append((trainer.position, trainer.network.parameters[0]))
        found = schedule.examine(trainer, EDGE, at_work=False)
        trainer.advance(300)
    assert found is not None
    assert found.parameter is not None
    np.testing.assert_array_equal(found.parameter.course, expected)


def test_shown_values_are_bounded_and_go_back() -> None:
    shown_values = ShownValues()
    for position in range(3 * MOST_POINTS):
        shown_values.note(position, float(position))
    course = shown_values.joined(np.array([[0.0, 0.0]]))
    assert MOST_POINTS / 2 <= len(course) <= MOST_POINTS + 1
    np.testing.assert_array_equal(course[:, 0], course[:, 1])
    shown_values.note(10, 7.0)
    np.testing.assert_array_equal(shown_values.joined(np.empty((0, 2)))[-1], [10.0, 7.0])
