"""The inspector shows the numbers of core, to the last digit, through the real worker and the real window."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import QPointF, Qt
from PyQt5.QtWidgets import QApplication, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from core.base.number_text import exact, grouped, short
from core.explain.diagnosis import DEAD_RULE, diagnose, full_gradient
from core.explain.formulas.formula_text import to_html
from core.explain.inspection import Focus, inspect, parameter_course
from core.explain.picked_part import Edge, Neuron, Part
from core.explain.snapshot import Request
from core.network.activations import ACTIVATIONS
from core.network.network import parameter_views
from core.training.experiment import Experiment
from core.training.presets import PRESETS
from core.training.trainer import Trainer
from gui.explanation.inspector import HINT, Inspector
from gui.explanation.inspector.matrix_tables import MatrixTable, csv_bytes, tab_separated
from gui.explanation.inspector.matrix_view import MatrixView
from gui.explanation.inspector.panel import LAYER, NET
from gui.widgets.images import table_image
from gui.widgets.theme import DARK
from gui.window.main_window import MainWindow
from tests.core.workbench.support import SHALLOW, SHALLOW_DATA, loaded_of, make_trainer, snapshot_of
from tests.gui.conftest import drawn

DEEP = PRESETS["deep"].experiment


@pytest.fixture
def inspector(qtbot: QtBot) -> Iterator[Inspector]:
    holder = QWidget()  # as in the window, so that what it needs at least does not concern the platform
    holder.resize(760, 220)
    qtbot.addWidget(holder)
    inspector = Inspector()
    inspector.setParent(holder)
    inspector.resize(760, 220)
    holder.show()
    yield inspector
    holder.hide()


def show(inspector: Inspector, trainer: Trainer) -> None:
    """As the session does: a run, then a snapshot with the inspection that is wanted."""
    inspector.set_run(loaded_of(trainer))
    look(inspector, trainer)


def look(inspector: Inspector, trainer: Trainer) -> None:
    inspector.show_snapshot(snapshot_of(trainer, Request(focus=inspector.focus)))


def pick(inspector: Inspector, trainer: Trainer, selection: Part | None) -> None:
    inspector.set_selection(selection)
    look(inspector, trainer)


def numbers(inspector: Inspector) -> dict[str, str]:
    """Names and values of the rows that are shown."""
    page = inspector.page()
    assert page is not None
    labels = [label for label in page.numbers.findChildren(QLabel) if label.isVisible()]
    return {name.text(): value.text() for name, value in zip(labels[::2], labels[1::2], strict=True)}


def trained(experiment: Experiment, samples: int) -> Trainer:
    trainer = make_trainer(experiment)
    trainer.advance(samples)
    return trainer


# ---- Net.


def test_the_deep_preset_shows_falling_norms_by_layer_at_once(inspector: Inspector) -> None:
    trainer = make_trainer(DEEP)
    show(inspector, trainer)
    assert inspector.view == NET
    curves = inspector.net.plot.curves()
    norms = trainer.history.gradients[:, 1:]
    assert len(curves) == 4
    for curve, norm in zip(curves, norms.T, strict=True):
        np.testing.assert_allclose(10.0 ** curve[1], norm)
    heights = [curve[1][0] for curve in curves]
    assert heights == sorted(heights)
    assert heights[3] - heights[0] > 5.0, "powers of ten"
    text = inspector.net.legend.text()
    assert "The gradient vanishes: 1/" in text
    assert all(f"<b>{short(norm, 2)}</b>" in text for norm in norms[-1])
    assert inspector.title.full == HINT


def test_a_gradient_that_arrives_is_not_called_vanishing(inspector: Inspector) -> None:
    show(inspector, trained(SHALLOW, 1500))
    assert "vanishes" not in inspector.net.legend.text()
    assert len(inspector.net.plot.curves()[0][0]) == 17, "sixteen in the first epoch, and the start"


@pytest.mark.parametrize(
    ("norms", "words"),
    [
        ([0.0, 0.5, 1.0], "No gradient reaches layer 1"),
        ([0.0, 0.0, 1.0], "No gradient reaches layers 1 to 2"),
        ([0.0, 0.0, 0.0], "The gradient is 0 in every layer: nothing is learned"),
        ([1e-200, 1.0, 1.0], "The gradient vanishes: 1/1.0e200 reaches layer 1"),
        ([1e-5, 1.0, 1.0], f"The gradient vanishes: 1/{grouped(100_000)} reaches layer 1"),
        ([1e300, 1.0, 1e-5], "The gradient explodes: 1.0e305 times as much reaches layer 1"),
        ([1.0, 1.0, 1.0], ""),
    ],
)
def test_the_flow_of_the_gradient_is_told_in_short_words(inspector: Inspector, norms: list[float], words: str) -> None:
    trainer = make_trainer(SHALLOW.replace(hidden=(3, 3)))
    snapshot = snapshot_of(trainer)
    table = np.array([[0.0, *norms]])
    history = dataclasses.replace(snapshot.history, gradients=table)
    inspector.set_run(loaded_of(trainer))
    inspector.show_snapshot(dataclasses.replace(snapshot, history=history))
    _, _, told = inspector.net.legend.text().partition("<br>")
    assert told == (f"<b>{words}</b>" if words else "")


# ---- Edge.


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_an_edge(inspector: Inspector, optimizer: str) -> None:
    trainer = trained(SHALLOW.replace(optimizer=optimizer), 1005)
    edge, focus = Edge(1, 1, 3), Focus(1, 3, 1)
    index = edge.index(trainer.network.sizes)
    assert index == 10
    show(inspector, trainer)
    pick(inspector, trainer, edge)
    shown, core = numbers(inspector), inspect(trainer, focus)
    assert core is not None
    assert core.seen is not None
    assert shown["weight w₂₄⁽¹⁾"] == exact(trainer.network.parameters[index])
    assert shown["∂L/∂w, last sample"] == exact(core.seen.gradient)
    assert shown["∂L/∂w, last update"] == exact(trainer.gradient[index])
    assert shown["∂L/∂w, all data"] == exact(full_gradient(trainer)[index])
    assert shown["last change"] == exact(trainer.last_change[index])
    memory = {f"{name} of {optimizer}": exact(m[index]) for name, m in trainer.stepper.memory.items()}
    assert {name: value for name, value in shown.items() if " of " in name} == memory
    html = inspector.edge.formulas.text()
    assert len(core.formulas) > 4
    assert all(to_html(line.markup()) in html for line in core.formulas)
    [(epochs, values)] = inspector.edge.course.curves()
    np.testing.assert_array_equal(epochs, [0.0, 1.0, 1.005])
    np.testing.assert_array_equal(values, parameter_course(trainer, index)[:, 1])


def test_before_the_first_update_there_is_no_gradient(inspector: Inspector) -> None:
    trainer = make_trainer()
    show(inspector, trainer)
    pick(inspector, trainer, Edge(1, 0, 0))
    shown = numbers(inspector)
    assert [name for name, value in shown.items() if value == "–"] == [
        "∂L/∂w, last sample",
        "∂L/∂w, last update",
        "last change",
    ]


def test_numbers_of_an_older_inspection_do_not_hold_up_those_of_the_snapshot(inspector: Inspector) -> None:
    trainer = trained(SHALLOW, 5)
    show(inspector, trainer)
    pick(inspector, trainer, Edge(1, 0, 0))
    old = snapshot_of(trainer, Request(focus=inspector.focus)).inspection
    trainer.advance(100)
    snapshot = snapshot_of(trainer)
    object.__setattr__(snapshot, "inspection", old)
    inspector.show_snapshot(snapshot)
    assert numbers(inspector)["weight w₁₁⁽¹⁾"] == exact(trainer.network.parameters[0])


# ---- Neuron.


def test_a_neuron(inspector: Inspector) -> None:
    trainer = trained(SHALLOW.replace(batch_size=4), 1002)
    show(inspector, trainer)
    pick(inspector, trainer, Neuron(1, 2))
    shown, core = numbers(inspector), inspect(trainer, Focus(1, 2))
    assert core is not None
    assert core.coming is not None
    assert core.seen is not None
    assert core.neuron is not None
    index = Neuron(1, 2).index(trainer.network.sizes)
    assert shown["bias b₃⁽¹⁾"] == exact(trainer.network.parameters[index])
    for whose, meeting in (("next sample", core.coming), ("last sample", core.seen)):
        values = [exact(value) for value in (meeting.z, meeting.a, meeting.delta)]
        assert [shown[f"{letter}, {whose}"] for letter in "zaδ"] == values
    assert shown["∂L/∂b, last batch"] == exact(trainer.gradient[index])
    assert shown["∂L/∂b, all data"] == exact(full_gradient(trainer)[index])
    found = inspector.neuron.bars.histogram
    assert found is not None
    np.testing.assert_array_equal(found.counts, core.neuron.activations.counts)
    assert all(to_html(line.markup()) in inspector.neuron.formulas.text() for line in core.formulas)
    assert ACTIVATIONS["sigmoid"].formula in inspector.title.full


def test_a_dead_neuron_is_marked_with_the_rule(inspector: Inspector) -> None:
    trainer = trained(PRESETS["deep"].experiment.replace(bias=-5.0), 10)
    show(inspector, trainer)
    pick(inspector, trainer, Neuron(1, 0))
    text = inspector.neuron.formulas.text()
    assert "Dead" in text
    assert DEAD_RULE.partition(":")[2].strip() in text
    assert numbers(inspector)["a = 0 for"] == "100.0 % of the samples"
    healthy = trained(SHALLOW, 1500)
    show(inspector, healthy)
    assert "Dead" not in inspector.neuron.formulas.text()


def test_an_input_has_values_but_no_bias(inspector: Inspector) -> None:
    trainer = trained(SHALLOW, 1)
    show(inspector, trainer)
    pick(inspector, trainer, Neuron(0, 1))
    row = trainer.last_row()
    assert numbers(inspector)["value, last sample"] == exact(trainer.preparation.train.inputs[row, 1])
    assert "no bias" in inspector.title.full


# ---- Layer.


def test_a_layer_is_one_click_away(inspector: Inspector, qtbot: QtBot) -> None:
    trainer = trained(DEEP, 50)
    show(inspector, trainer)
    pick(inspector, trainer, Edge(3, 1, 2))
    qtbot.mouseClick(inspector.buttons[LAYER], Qt.MouseButton.LeftButton)
    assert inspector.focus == Focus(3)
    assert inspector.layers.currentText() == "3"
    assert inspector.title.full == "Layer 3: 4 inputs, 4 neurons, ReLU"
    look(inspector, trainer)
    layer = diagnose(trainer).layers[2]
    shown = numbers(inspector)
    assert shown["weights"] == short(layer.weight_norm, 6)
    assert shown["gradient, samples"] == short(layer.flow, 6)
    assert shown["dead"].startswith(f"{layer.dead.sum()} of 4")
    for key in ("weights", "gradients", "activations"):
        found = inspector.layer.bars[key].histogram
        assert found is not None
        np.testing.assert_array_equal(found.counts, getattr(layer, key).counts)


@pytest.mark.parametrize("what", ["weights", "gradient", "full", "change", "activations"])
def test_the_matrices_of_a_layer(inspector: Inspector, what: str) -> None:
    trainer = trained(SHALLOW, 1050)
    show(inspector, trainer)
    inspector.buttons[LAYER].click()
    look(inspector, trainer)
    choice = inspector.layer.what
    choice.setCurrentIndex(choice.findData(what))
    table = inspector.layer.table
    assert table is not None
    if what == "activations":
        core = inspect(trainer, Focus(1))
        assert core is not None
        assert core.layer is not None
        np.testing.assert_array_equal(table.values, core.layer.activations)
        assert table.row_names == tuple(f"row {row}" for row in core.layer.rows)
        return
    vectors = {
        "weights": trainer.network.parameters,
        "gradient": trainer.gradient,
        "full": full_gradient(trainer),
        "change": trainer.last_change,
    }
    W, b = parameter_views(trainer.network.sizes, vectors[what])
    np.testing.assert_array_equal(table.values, np.vstack([W[0], b[0]]))
    assert table.row_names == (*trainer.preparation.input_names, "bias")
    assert table.column_names[6] == "neuron 7"


TABLE = MatrixTable(
    "A table", np.array([[0.1, -2.5e-17], [np.nan, 3.0]]), ("x1", 'a "b", c'), ("neuron 1", "output\t2")
)


def test_a_table_as_text() -> None:
    assert tab_separated(TABLE) == '\tneuron 1\toutput 2\nx1\t0.1\t-2.5e-17\na "b", c\tnan\t3.0\n'
    assert csv_bytes(TABLE).decode() == ',neuron 1,output\t2\nx1,0.1,-2.5e-17\n"a ""b"", c",nan,3.0\n'


def test_a_matrix_tells_its_numbers_under_mouse_and_keys(qtbot: QtBot) -> None:
    view, told = MatrixView(), list[str]()
    qtbot.addWidget(view)
    view.resize(200, 120)
    view.told.connect(told.append)
    view.show_table(TABLE)
    view.show()
    area = view.area()
    view.point_at(view.cell_at(QPointF(area.right() - 3, area.top() + 3)))
    assert told[-1] == "x1 → output\t2: −2.5e−17"
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert told[-1] == 'a "b", c → output\t2: 3.0'
    assert view.cell_at(QPointF(area.right() + 5, area.top() + 3)) is None
    view.show_table(MatrixTable("small", np.ones((1, 1)), ("x",), ("y",)))
    assert view.text() == "", "the cell is gone"


# ---- What is pinned.


def test_the_pin_stays_where_the_new_net_has_the_place_and_goes_where_not(inspector: Inspector) -> None:
    show(inspector, make_trainer())
    inspector.set_selection(Edge(1, 1, 6))
    show(inspector, make_trainer(SHALLOW.replace(seed=3)))
    assert inspector.selection == Edge(1, 1, 6)
    assert "weight w₂₇⁽¹⁾" in numbers(inspector)
    show(inspector, make_trainer(SHALLOW.replace(hidden=(3,))))
    assert inspector.selection is None
    assert inspector.view == NET
    assert inspector.title.full == HINT


def test_a_layer_that_the_new_net_does_not_have_gives_way(inspector: Inspector) -> None:
    trainer = make_trainer(DEEP)
    show(inspector, trainer)
    inspector.layers.setCurrentIndex(3)
    inspector.layers.activated.emit(3)
    assert inspector.focus == Focus(4)
    other = make_trainer()
    show(inspector, other)
    assert inspector.focus is not None
    assert inspector.focus.exists(other.network.sizes)
    look(inspector, other)
    assert "weights" in numbers(inspector)


# ---- In the window.


def rest(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: drawn(window))


def twin(window: MainWindow) -> Trainer:
    """A run of its own, at the same place."""
    snapshot = window.session.snapshot
    assert snapshot is not None
    trainer = Trainer(SHALLOW, SHALLOW_DATA)
    trainer.advance(snapshot.position)
    return trainer


def test_after_a_pause_the_numbers_are_exact(window: MainWindow, qtbot: QtBot) -> None:
    window.select(Edge(1, 0, 2))
    window.session.play()
    qtbot.waitUntil(lambda: window.session.snapshot.position > 2000)
    window.session.pause()
    rest(qtbot, window)
    trainer, shown = twin(window), numbers(window.inspector)
    index = Edge(1, 0, 2).index(trainer.network.sizes)
    core = inspect(trainer, Focus(1, 2, 0))
    assert core is not None
    assert core.seen is not None
    assert shown["weight w₁₃⁽¹⁾"] == exact(trainer.network.parameters[index])
    assert shown["∂L/∂w, last sample"] == exact(core.seen.gradient)
    assert shown["∂L/∂w, all data"] == exact(full_gradient(trainer)[index])
    html = window.inspector.edge.formulas.text()
    assert f"row {core.coming.row} of the data" in html
    assert all(to_html(line.markup()) in html for line in core.formulas)
    [(epochs, values)] = window.inspector.edge.course.curves()
    points = dict(zip(np.round(epochs * 1000).astype(int).tolist(), values.tolist(), strict=True))
    assert all(points[int(position)] == value for position, value in parameter_course(trainer, index))


def test_formulas_come_as_soon_as_the_engine_is_ready(window: MainWindow, qtbot: QtBot) -> None:
    window.select(Neuron(2, 1))
    qtbot.waitUntil(lambda: "weighted sum" in window.inspector.neuron.formulas.text())
    assert window.session.snapshot.position == 0
    picture = window.inspector.neuron.picture
    maps = window.session.snapshot.neurons[2][1]
    assert picture.image == table_image(maps[::-1], window.theme.signed_table())
    page = window.inspector.neuron
    for width, seen in ((900, True), (700, False), (400, True)):
        page.resize(width, 200)
        assert picture.isVisibleTo(page) is seen, "it cuts nothing off"
    page.resize(900, 200)
    painted = picture.grab().toImage()
    colors = {painted.pixel(x, painted.height() // 2) for x in range(painted.width())}
    assert len(colors) > 2, "there is more than ground and frame"


def test_copy_and_save(window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window.session.step("sample")
    window.inspector.buttons[LAYER].click()
    qtbot.waitUntil(lambda: window.inspector.layer.table is not None and drawn(window))
    window.inspector.layer.copy.trigger()
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[1:] == [f"neuron {k}" for k in range(1, 8)]
    weights = twin(window).network.weights[0]
    np.testing.assert_array_equal([[float(x) for x in line.split("\t")[1:]] for line in lines[1:3]], weights)
    target = tmp_path / "table.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    window.inspector.layer.save.trigger()
    qtbot.waitUntil(target.exists)
    written = [line.split(",") for line in target.read_text().splitlines()]
    np.testing.assert_array_equal([[float(x) for x in line[1:]] for line in written[1:3]], weights)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "none" / "t.csv"), ""))
    window.inspector.layer.save.trigger()
    qtbot.waitUntil(window.notices.isVisible)
    assert any("no folder" in label.text() for label in window.notices.findChildren(QLabel))


def test_the_net_asks_for_nothing_and_a_hidden_inspector_neither(
    window: MainWindow, qtbot: QtBot, open_window: Callable[[], MainWindow]
) -> None:
    assert window.inspector.focus is None
    window.select(Edge(1, 0, 0))
    qtbot.waitUntil(lambda: window.session.snapshot.inspection is not None)
    window.docks.by_name["inspector"].hide()
    window.session.step("sample")
    qtbot.waitUntil(lambda: window.session.snapshot.inspection is None)
    window.docks.by_name["inspector"].show()
    qtbot.waitUntil(lambda: window.session.snapshot.inspection is not None)
    rest(qtbot, window)


def test_the_other_theme(window: MainWindow, qtbot: QtBot) -> None:
    window.select(Neuron(1, 0))
    qtbot.waitUntil(lambda: window.session.snapshot.inspection is not None)
    window.set_theme(DARK)
    assert DARK.color("faint").name() in window.inspector.neuron.formulas.text()
