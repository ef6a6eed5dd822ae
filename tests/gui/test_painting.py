"""Drawn points in the window: canvases that wait for points, strokes as steps of undo, and the tools."""

from __future__ import annotations

import numpy as np

from core.drawn import DrawnPoints, empty_canvas
from core.editing import add
from core.experiment import Experiment
from core.source import DataSource
from gui.messages import Load, Play, Redo, StepBack, Undo
from tests.gui.support import SHALLOW, WorkerDriver, make_trainer, shown

SEVERAL = np.array([[0.0, 0.0], [1.0, 0.5], [0.5, 1.0]])


def drawn_run(drawn: DrawnPoints) -> Experiment:
    return SHALLOW.replace(data=DataSource("drawn", drawn=drawn))


def test_strokes_are_steps_of_undo_from_the_first_point_on(driver: WorkerDriver) -> None:
    canvas = empty_canvas()
    one = add(canvas, SEVERAL, 0)
    both = add(one, SEVERAL + 2.0, 1)
    driver.send(Load(SHALLOW), Play(until=1234))
    before = driver.arrive().parameters
    for drawn in (canvas, one):
        driver.send(Load(drawn_run(drawn), goes_on=drawn is one))
        report = driver.ask()
        assert report.loaded is not None and report.loaded.canvas == drawn and report.loaded.dataset.points is not None
        assert report.loaded.experiment.data.drawn == drawn
        assert shown(report).parameters.tobytes() == before.tobytes(), "the run waits where it stood"
    driver.send(Play(), StepBack("epoch"))
    assert not driver.ask().playing
    assert "at least two classes" in driver.notices[-1].text
    driver.send(Load(drawn_run(both), goes_on=True))
    report = driver.ask()
    assert report.loaded is not None and report.loaded.canvas is None
    assert shown(report).parameters.tobytes() != before.tobytes(), "a new canvas begins with new weights"
    fresh = shown(report).parameters
    driver.send(Load(drawn_run(add(both, SEVERAL - 1.0, 0)), goes_on=True))
    assert shown(driver.ask()).parameters.tobytes() == fresh.tobytes(), "a stroke goes on with those that are there"
    driver.send(Undo())
    driver.send(Play())
    driver.until(lambda report: shown(report).position > 50)
    driver.send(Load(drawn_run(add(both, SEVERAL - 2.0, 1)), goes_on=True))
    report = driver.until(lambda report: report.playing and shown(report).position > 0)
    assert driver.loaded is not None and len(driver.loaded.dataset) == 9
    assert driver.loaded.initial_parameters is not None
    assert driver.loaded.home is None, "a reset leads back to where it all began, and not to the last stroke"
    for count in (6, 3, 0, 1000):
        driver.send(Undo())
        report = driver.ask()
        assert report.loaded is not None and len(report.loaded.dataset) == count
    assert (shown(report).position, report.can_undo) == (1234, False)
    driver.send(Redo(), Redo())
    assert driver.ask().loaded is not None
    assert driver.loaded.canvas == one


def test_another_network_begins_with_weights_of_its_own_and_many_strokes_are_kept(driver: WorkerDriver) -> None:
    drawn = add(add(empty_canvas(), SEVERAL, 0), SEVERAL + 2.0, 1)
    driver.send(Load(drawn_run(drawn)))
    for k in range(30):
        driver.send(Load(drawn_run(add(drawn, np.full((1, 2), 0.1 * k), 0)), goes_on=True))
    three = DrawnPoints(np.vstack([drawn.points, [[5.0, 5.0]]]), np.append(drawn.labels, 2), ("0", "1", "2"))
    driver.send(Load(drawn_run(three), goes_on=True))
    report = driver.ask()
    expected = make_trainer(drawn_run(three), three.dataset()).network.parameters
    assert shown(report).parameters.tobytes() == expected.tobytes()
    driver.send(*[Undo()] * 31)
    report = driver.ask()
    assert report.loaded is not None and report.loaded.experiment == drawn_run(drawn)
