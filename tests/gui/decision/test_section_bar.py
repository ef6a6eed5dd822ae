"""Data of four columns in the window: the section that is shown, and what lies in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import QPoint, QPointF, Qt
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import gui.offscreen.filming
from cli.main import main
from core.data.data_source import DataSource, load
from core.data.section import PrincipalAxes, Slice, principal_axes
from core.data.tables.column_choice import Choice
from core.explain.probe import Probe
from core.options.film_plan import FilmPlan
from core.training.experiment import Experiment, Init
from core.training.trainer import Trainer
from core.workbench.messages import Notice
from gui.decision.section_bar import SectionBar
from gui.offscreen.filmed_view import CaptionedView
from gui.window.main_window import MainWindow
from tests.core.support import FLOWERS, flowers_text
from tests.gui.conftest import drawn
from tests.gui.support import hover


def flowers(folder: Path) -> Experiment:
    path = folder / "flowers.csv"
    path.write_text(flowers_text())
    source = DataSource("file", str(path), choice=FLOWERS)
    return Experiment(hidden=(5,), init=Init("glorot"), standardize=True, engine="numpy").adapted(data=source)


def on_screen(window: MainWindow, x: float, y: float) -> QPoint:
    """Where a place of the plane lies on the plot's viewport."""
    plot = window.scatter.plot
    return plot.mapFromScene(plot.box.mapViewToScene(QPointF(x, y)))


def test_a_section_is_chosen_and_everything_lies_in_it(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.resize(1300, 960)  # so that a pixel of the plot is a small step
    notices: list[Notice] = []
    window.session.noticed.connect(notices.append)
    scatter, experiment = window.scatter, flowers(tmp_path)
    assert scatter.section_bar is None, "two columns need none"
    window.session.load(experiment)
    qtbot.waitUntil(lambda: scatter.section_bar is not None and drawn(window))
    bar, dataset, section = scatter.section_bar, load(experiment.data), scatter.section
    assert bar is not None and isinstance(section, Slice)
    assert bar.isVisible()
    assert section.values == tuple(np.median(dataset.points, axis=0))
    assert scatter.plot.axes["left"].labelText == "petal width (cm)"
    assert list(window.panels.layers.features.buttons)[-2:] == ["x3", "x4"]
    assert "x4: sepal width (cm)" in window.panels.layers.features.buttons["x4"].toolTip()

    # A value is moved: the map is that of the network there, and the points off it are fainter.
    bar.sliders[3].setValue(bar.sliders[3].maximum())
    qtbot.waitUntil(lambda: drawn(window))
    moved = scatter.section
    assert isinstance(moved, Slice)
    assert moved.values[3] == bar.values[3].value() == dataset.points[:, 3].max()
    assert moved.values[:3] == section.values[:3]
    snapshot = window.session.snapshot
    assert snapshot is not None and snapshot.output is not None
    trainer = Trainer(experiment, dataset)
    said = trainer.activations(snapshot.output.plane.points())[-1].argmax(axis=1)
    assert snapshot.output.winner.ravel().tolist() == said.tolist()
    bar.values[2].setValue(5.25)
    assert isinstance(scatter.section, Slice)
    assert scatter.section.values[2] == 5.25
    bar.fold.click()
    assert not bar.sliders[2].isVisible()
    assert bar.words[0].full.startswith("Slice at sepal length (cm) = 5.25; sepal width (cm) = ")

    # The two columns change places, and others come; a click still finds its point, and the probe the whole point.
    bar.columns[0].setCurrentIndex(1)
    bar.columns[0].activated.emit(1)
    assert isinstance(scatter.section, Slice)
    assert scatter.section.columns == (1, 0)
    bar.columns[1].setCurrentIndex(3)
    bar.columns[1].activated.emit(3)
    assert scatter.section.columns == (1, 3)
    assert bar.words[0].full.startswith("Slice at petal length (cm) = ")
    qtbot.waitUntil(lambda: drawn(window))
    row = int(dataset.points[:, 3].argmax())
    x, y = dataset.points[row, [1, 3]].tolist()
    with qtbot.waitSignal(scatter.point_clicked) as clicked:
        QTest.mouseClick(scatter.plot.viewport(), Qt.MouseButton.LeftButton, pos=on_screen(window, x, y))
    assert dataset.points[clicked.args[0], [1, 3]].tolist() == [x, y]
    window.actions_by_name["leave-walk"].trigger()
    scatter.probe.click()
    with qtbot.waitSignal(window.session.probed, check_params_cb=lambda probe: probe is not None) as probed:
        place = on_screen(window, x, y)
        hover(scatter.plot.viewport(), place.x(), place.y())
    probe = probed.args[0]
    assert isinstance(probe, Probe)
    np.testing.assert_allclose(probe.point, [section.values[0], x, 5.25, y], atol=0.1)  # pixels
    assert len(probe.activations[0]) == 4
    scatter.probe.click()

    # The principal axes, and back to two columns.
    bar.kind.set_value("axes")
    bar.kind.activated.emit(1)
    assert isinstance(scatter.section, PrincipalAxes)
    assert scatter.plot.axes["bottom"].labelText.startswith("axis 1 (")
    assert "·petal length (cm)" in bar.words[0].full
    qtbot.waitUntil(lambda: drawn(window))

    # A project keeps it, for the window and for films.
    path, axes = tmp_path / "axes.lens", scatter.section
    window.projects.save_file(str(path))
    qtbot.waitUntil(lambda: window.projects.files.present.path is not None)
    scatter.set_section(moved)
    window.projects.open_file(str(path))
    qtbot.waitUntil(lambda: scatter.section == axes and drawn(window))
    assert bar.kind.value() == "axes"
    plans: list[FilmPlan] = []
    monkeypatch.setattr(gui.offscreen.filming, "record", lambda trainer, goal, plan, *_: plans.append(plan))
    assert main(["record", "--project", str(path), "--epochs", "1", "--out", str(tmp_path / "film.gif")]) == 0
    assert plans[0].section == axes

    bar.kind.set_value("slice")
    bar.kind.activated.emit(0)
    assert isinstance(scatter.section, Slice)
    window.session.change({"data": DataSource("spiral")})
    qtbot.waitUntil(lambda: not bar.isVisible() and drawn(window))
    assert (scatter.section, window.session.experiment and window.session.experiment.features) == (None, ("x1", "x2"))
    window.session.undo()
    qtbot.waitUntil(lambda: bar.isVisible() and drawn(window))
    assert notices == []


def test_films_show_the_section(qtbot: QtBot, tmp_path: Path) -> None:
    trainer = Trainer(experiment := flowers(tmp_path), load(experiment.data))
    axes = principal_axes(trainer.preparation.dataset)
    pictures = []
    for view, section in (("decision", None), ("decision", axes), ("diagram", None), ("diagram", axes)):
        stage = CaptionedView(trainer, FilmPlan(view, 400, 300, section=section))
        pictures.append(stage.picture())
        stage.close()
    assert pictures[0] != pictures[1]
    assert pictures[2] != pictures[3]


@pytest.mark.parametrize("between", [False, True], ids=["at once", "with two columns between"])
def test_another_table_has_all_its_sliders(qtbot: QtBot, window: MainWindow, tmp_path: Path, between: bool) -> None:

    def bar() -> SectionBar:
        assert window.scatter.section_bar is not None
        return window.scatter.section_bar

    before = window.session.experiment
    assert before is not None
    for names in ("abc", "pqrs", "uvw", "abcde"):
        path = tmp_path / f"{names}.csv"
        rows = np.random.default_rng(0).normal(size=(20, len(names)))
        lines = [f"{','.join(map(repr, row.tolist()))},{'xy'[k % 2]}\n" for k, row in enumerate(rows)]
        path.write_text(f"{','.join(names)},kind\n{''.join(lines)}")
        choice = Choice((names[0], names[1]), "kind", inputs=tuple(names))
        window.session.change({"data": DataSource("file", str(path), choice=choice)})
        qtbot.waitUntil(lambda: window.scatter.section_bar is not None)
        qtbot.waitUntil(lambda names=names: len(bar().names) == len(names))
        qtbot.waitUntil(lambda: drawn(window))
        QApplication.processEvents()
        shown = [column for column, slider in bar().sliders.items() if slider.isVisible()]
        assert tuple(shown) == window.scatter.section.others
        assert all(bar().sliders[column].height() > 8 for column in shown)
        inside = bar()._rows.viewport().rect()
        assert inside.height() >= 8
        first = bar().sliders[shown[0]]
        assert inside.contains(first.mapTo(bar()._rows.viewport(), first.rect().center()))
        if between:
            window.session.change({"data": before.data})
            qtbot.waitUntil(lambda: not bar().isVisible())
