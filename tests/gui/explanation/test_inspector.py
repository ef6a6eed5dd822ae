"""The inspector shows the numbers of core, to the last digit, through the real worker and the real window."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import QEvent, QPointF, Qt
from PyQt5.QtGui import QFontMetrics
from PyQt5.QtWidgets import QApplication, QFileDialog, QLabel, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from core.base.number_text import exact, grouped, short
from core.base.row_text import csv_bytes, tab_text
from core.data.data_source import load
from core.explain.diagnosis import DEAD_RULE, diagnose, full_gradient, unit_health
from core.explain.formulas.formula import Formula
from core.explain.formulas.formula_text import to_text
from core.explain.gradient_flow import norm_text
from core.explain.inspection import inspect, parameter_course
from core.explain.phases import UPDATE
from core.explain.picked_part import Edge, Focus, Neuron, Part, part_of_index
from core.explain.snapshot import Request
from core.network.activations import ACTIVATIONS
from core.network.network import count_parameters, parameter_name, parameter_views
from core.network.optimizers import OPTIMIZERS
from core.training.experiment import Experiment, Init
from core.training.presets import PRESETS
from core.training.trainer import Trainer
from gui.diagram.drawing.edge_quantity import QUANTITIES
from gui.diagram.weight_bar import WeightBar
from gui.explanation.inspector import Inspector
from gui.explanation.inspector.card_head import (
    BATCH,
    DATA,
    HISTORY,
    LAYER,
    MATRIX,
    NET,
    NEURONS,
    PICKED,
    RANKS,
    SAMPLE,
)
from gui.explanation.inspector.card_text import HINT
from gui.explanation.inspector.histogram_view import MARGIN, HistogramView
from gui.explanation.inspector.matrix_tables import MatrixTable
from gui.explanation.inspector.matrix_view import MatrixView
from gui.explanation.inspector.phase_bar import PhaseBar
from gui.explanation.inspector.row_table import RowTable
from gui.widgets.elided import Elided
from gui.widgets.images import table_image
from gui.widgets.qt_objects import existing
from gui.widgets.theme import DARK, LIGHT
from gui.window.actions import make_actions
from gui.window.main_window import MainWindow
from tests.core.workbench.support import SHALLOW, SHALLOW_DATA, loaded_of, make_trainer, snapshot_of
from tests.gui.conftest import drawn
from tests.gui.support import EventCounter, hover

DEEP = PRESETS["deep"].experiment


@pytest.fixture
def inspector(qtbot: QtBot) -> Iterator[Inspector]:
    holder = QWidget()  # as in the window, so that what it needs at least does not concern the platform
    holder.resize(760, 260)
    qtbot.addWidget(holder)
    actions = make_actions(QMainWindow(holder))
    inspector = Inspector(PhaseBar(actions), WeightBar())
    inspector.setParent(holder)
    inspector.resize(760, 260)
    holder.show()
    yield inspector
    holder.hide()


def show(inspector: Inspector, trainer: Trainer) -> None:
    """As the session does: a run, then a snapshot with the inspection that is wanted."""
    inspector.set_run(loaded_of(trainer))
    look(inspector, trainer)


def look(inspector: Inspector, trainer: Trainer) -> None:
    inspector.show_snapshot(snapshot_of(trainer, Request(focus=inspector.focus)))


def shown_values(table: RowTable) -> list[str]:
    """The values as plain text, as they are shown."""
    return [table._document(table._value(line)).toPlainText() for line in table.lines]


def pick(inspector: Inspector, trainer: Trainer, selection: Part | None) -> None:
    inspector.set_selection(selection)
    look(inspector, trainer)


def choose(inspector: Inspector, trainer: Trainer, scope: str) -> None:
    """Click a scope."""
    inspector.head.scopes[scope].click()
    look(inspector, trainer)


def table(inspector: Inspector) -> RowTable:
    """The table on the page that is shown."""
    [found] = [view for view in inspector.findChildren(RowTable) if view.isVisible()]
    return found


def numbers(inspector: Inspector) -> dict[str, str]:
    """Symbol and words of the lines that are shown, and their exact values."""
    return {
        f"{line.symbol} {line.words}": line.plain.partition(": ")[2].split(" (")[0] for line in table(inspector).lines
    }


def told(inspector: Inspector, formulas: Sequence[Formula]) -> bool:
    """Whether the card tells these formulas."""
    text = inspector.text()
    return all(to_text(line.markup()) in text for line in formulas)


def trained(experiment: Experiment, samples: int) -> Trainer:
    trainer = make_trainer(experiment)
    trainer.advance(samples)
    return trainer


# ---- Net.


def test_the_deep_preset_shows_falling_norms_by_layer(inspector: Inspector) -> None:
    trainer = make_trainer(DEEP)
    show(inspector, trainer)
    assert inspector.view == NET
    curves = inspector.pages.net.plot.curves()
    norms = trainer.history.gradients[:, 1:]
    assert len(curves) == 4
    for curve, norm in zip(curves, norms.T, strict=True):
        np.testing.assert_allclose(10.0 ** curve[1], norm)
    heights = [curve[1][0] for curve in curves]
    assert heights == sorted(heights)
    assert heights[3] - heights[0] > 5.0, "powers of ten"
    assert "The gradient vanishes: " in inspector.sentence.text()
    text = inspector.pages.net.legend.text()
    assert all(f"<b>{norm_text(norm)}</b>" in text for norm in norms[-1])
    assert inspector.title.full == HINT


def test_a_gradient_that_arrives_is_not_called_vanishing(inspector: Inspector) -> None:
    show(inspector, make_trainer(SHALLOW.replace(hidden=(4, 4, 4), activation="tanh", init=Init("glorot"))))
    assert inspector.sentence.text().startswith("The gradient reaches every layer.")
    show(inspector, trained(SHALLOW, 1500))
    assert inspector.sentence.text() == "The gradient reaches every layer. Click an edge or a neuron."
    assert len(inspector.pages.net.plot.curves()[0][0]) == 17, "sixteen in the first epoch, and the start"


@pytest.mark.parametrize(
    ("norms", "words"),
    [
        ([0.0, 0.5, 1.0], "No gradient reaches layer 1"),
        ([0.0, 0.0, 1.0], "No gradient reaches layers 1 to 2"),
        ([0.0, 0.0, 0.0], "The gradient is 0 in every layer: nothing is learned"),
        ([1e-200, 1.0, 1.0], "The gradient vanishes: 1e200 times smaller in layer 1 than at the output"),
        (
            [1e-5, 1.0, 1.0],
            f"The gradient vanishes: {grouped(100_000)} times smaller in layer 1 than at the output",
        ),
        (
            [6.25e-12, 1.0, 1.0],
            "The gradient vanishes: 160 billion times smaller in layer 1 than at the output",
        ),
        ([1e300, 1.0, 1e-5], "The gradient explodes: 1e305 times larger in layer 1 than at the output"),
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
    told = inspector.sentence.text()
    found, _, why = told.partition(" Each layer multiplies it by its weights")
    assert found == (f"{words}." if words else "The gradient reaches every layer. Click an edge or a neuron.")
    assert bool(why) == ("vanishes" in words)


def test_the_net_tells_in_which_layers_neurons_are_dead(inspector: Inspector) -> None:
    trainer = make_trainer(SHALLOW.replace(hidden=(4, 3, 3), activation="relu", init=Init("he"), seed=1))
    sizes = trainer.network.sizes
    dead = {Neuron(layer, unit).index(sizes) or 0 for layer, unit in ((1, 0), (1, 2), (3, 1))}
    for places, words in (
        (set[int](), " No neuron is dead. "),
        (dead, "3 neurons are dead: 2 in layer 1, 1 in layer 3."),
    ):
        positive = dict.fromkeys(range(trainer.network.parameters.size), 0.5)  # as the inputs are
        trainer.edit(positive | dict.fromkeys(places, -1e6))
        inspector.set_run(loaded_of(trainer))
        inspector.show_snapshot(dataclasses.replace(snapshot_of(trainer), health=unit_health(trainer)))
        assert words in inspector.sentence.text()


def test_why_a_gradient_vanishes_stands_beside_it(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1280, 800)
    sentence = window.inspector.sentence
    for activation, init, why in (
        ("sigmoid", Init("glorot"), "its weights and by the slope of Sigmoid, at most 1/4."),
        ("tanh", Init("normal", 0.01), "its weights, here about 0.01, and by the slope of Tanh, at most 1."),
        ("relu", Init("normal", 0.01), "its weights, here about 0.01, and by the slope of ReLU, 0 or 1."),
    ):
        settings = DEEP.replace(hidden=(8,) * 6, activation=activation, init=init)
        window.session.load(settings, anew=True)
        qtbot.waitUntil(lambda settings=settings: window.session.experiment == settings and drawn(window))
        assert sentence.text().startswith("The gradient vanishes: ")
        assert sentence.text().endswith(f" than at the output. Each layer multiplies it by {why}")
        assert " ".join(sentence.lines()) == sentence.text(), "it is whole"


# ---- The largest numbers.


def test_the_largest_numbers_of_the_whole_net(inspector: Inspector) -> None:
    trainer = trained(SHALLOW, 1050)
    show(inspector, trainer)
    choose(inspector, trainer, RANKS)
    sizes = trainer.network.sizes
    weights = np.array([isinstance(part_of_index(sizes, k), Edge) for k in range(count_parameters(sizes))])
    vectors = weights * trainer.network.parameters, trainer.gradient, trainer.last_change
    for view, vector in zip(inspector.pages.ranks.lists, vectors, strict=True):
        assert view.isVisible()
        order = np.argsort(-np.abs(vector), kind="stable")[: view.count()].tolist()
        texts = [view.item(row).text() for row in range(view.count())]
        assert texts == [f"{parameter_name(sizes, k)}   {short(vector[k], 5)}" for k in order]
        assert all(exact(vector[k]) in view.item(row).toolTip() for row, k in enumerate(order))
        for theme in (DARK, LIGHT):
            inspector.set_theme(theme)
            signs = [theme.color("positive_text" if vector[k] > 0.0 else "negative_text") for k in order]
            assert [view.item(row).foreground().color() for row in range(view.count())] == signs
        assert view.viewport().height() % view.sizeHintForRow(0) == 0, "no line is cut"
    start = make_trainer()
    show(inspector, start)
    assert [view.count() > 0 for view in inspector.pages.ranks.lists] == [True, False, False], "nothing has changed yet"


def test_an_empty_list_of_the_largest_numbers_says_why(inspector: Inspector) -> None:
    count = count_parameters((2, 7, 2))
    zero = make_trainer(SHALLOW, parameters=np.zeros(count))
    frozen, moved = make_trainer(SHALLOW), make_trainer(SHALLOW)
    frozen.freeze(range(count))
    for trainer in (frozen, moved):
        trainer.advance(1)
    choose(inspector, zero, RANKS)
    none, all_zero = "No update yet", "All are 0"
    for trainer, notes in ((zero, [all_zero, none, none]), (frozen, ["", all_zero, all_zero]), (moved, ["", "", ""])):
        show(inspector, trainer)
        views = inspector.pages.ranks.lists
        assert [view.accessibleDescription() for view in views] == notes
        for view in (view for view in views if not view.count()):
            image = view.viewport().grab().toImage()
            ground = image.pixelColor(image.width() - 1, image.height() - 1)
            assert any(image.pixelColor(x, y) != ground for x in range(60) for y in range(20)), "the note is painted"


def test_every_place_has_its_part() -> None:
    sizes = (3, 4, 2)
    for index in range(count_parameters(sizes)):
        assert part_of_index(sizes, index).index(sizes) == index
    with pytest.raises(IndexError):
        part_of_index(sizes, count_parameters(sizes))


def test_a_click_on_a_ranked_number_selects_it(window: MainWindow, qtbot: QtBot) -> None:
    window.session.step("epoch")
    rest(qtbot, window)
    window.inspector.head.scopes[RANKS].click()
    view = window.inspector.pages.ranks.lists[0]
    snapshot = window.session.snapshot
    weights = [k for k in range(len(snapshot.parameters)) if isinstance(part_of_index(snapshot.sizes, k), Edge)]
    largest = max(weights, key=lambda k: abs(snapshot.parameters[k]))
    place = view.visualItemRect(view.item(0)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    part = part_of_index(snapshot.sizes, largest)
    assert window.inspector.selection == part
    assert not view.selectedItems(), "else the line would stay marked with something else picked"
    assert not view.hasFocus(), "Space and the arrows go on to the window"
    assert window.inspector.view == PICKED
    qtbot.waitUntil(lambda: bool(window.inspector.pages.rows.table.lines) and drawn(window))


def test_a_click_on_a_ranked_number_selects_what_was_pressed_while_the_run_plays(
    window: MainWindow, qtbot: QtBot
) -> None:
    """The lists followed the run, and a line could name another weight just before the click."""
    window.session.step("epoch")
    rest(qtbot, window)
    window.inspector.head.scopes[RANKS].click()
    view = window.inspector.pages.ranks.lists[2]

    def lines() -> list[str]:
        return [view.item(row).text() for row in range(view.count())]

    def frames(count: int) -> None:
        seen: list[object] = []
        window.session.frame.connect(seen.append)
        qtbot.waitUntil(lambda: len(seen) >= count)

    window.session.play()
    before = lines()
    qtbot.waitUntil(lambda: lines() != before)
    port, place = view.viewport(), view.visualItemRect(view.item(0)).center()
    hover(port, place.x(), place.y())
    held, part = lines(), view.item(0).data(Qt.ItemDataRole.UserRole)
    frames(5)
    assert lines() == held, "the mouse moves on it"
    qtbot.mousePress(port, Qt.MouseButton.LeftButton, pos=place)
    frames(5)
    assert lines() == held
    qtbot.mouseRelease(port, Qt.MouseButton.LeftButton, pos=place)
    assert window.inspector.selection == part
    window.inspector.head.views[NET].click()
    QApplication.sendEvent(port, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: lines() != held)
    hover(port, place.x(), place.y())
    window.session.change({"hidden": (2,)})
    qtbot.waitUntil(lambda: window.session.snapshot.sizes == (2, 2, 2) and window.session.snapshot.has_update)
    for row in range(view.count()):
        assert view.item(row).data(Qt.ItemDataRole.UserRole).exists((2, 2, 2)), "no line of another net stays"


def test_a_large_bias_is_not_among_the_largest_weights(inspector: Inspector) -> None:
    trainer = trained(SHALLOW.replace(bias=50.0), 10)
    show(inspector, trainer)
    choose(inspector, trainer, RANKS)
    weights, gradients, _changes = inspector.pages.ranks.lists
    named = [view.item(row).text() for view in (weights, gradients) for row in range(view.count())]
    assert all(text.startswith("w") for text in named[: weights.count()])
    assert any(text.startswith("b") for text in named[weights.count() :])
    assert weights.toolTip() == "By size, without the biases"


def test_history_and_largest_say_of_which_samples_their_gradients_are(inspector: Inspector) -> None:
    trainer = trained(SHALLOW, 50)
    show(inspector, trainer)
    assert inspector.about.full == "Norm of the gradient in each layer, over 64 training samples at epoch 0"
    for name in ("deep", "six-sigmoids"):
        assert "norm is" in PRESETS[name].commentary, "it has one name"
    choose(inspector, trainer, RANKS)
    titles = [label.full for label in inspector.pages.ranks.findChildren(Elided)]
    assert [title for title in titles if "radient" in title] == ["Largest gradients, last batch"]


@pytest.mark.parametrize(
    ("settings", "told"),
    [({"train_fraction": 0.045}, "45 training samples"), ({"only_sample": 3}, "1 training sample")],
)
def test_the_history_tells_no_more_samples_than_there_are(
    inspector: Inspector, settings: dict[str, object], told: str
) -> None:
    show(inspector, make_trainer(SHALLOW.replace(**settings)))
    assert inspector.about.full == f"Norm of the gradient in each layer, over {told} at epoch 0"
    assert "64" not in inspector.about.full


def test_what_the_gradients_are_of_fits_inside_an_epoch(open_window: Callable[..., MainWindow], qtbot: QtBot) -> None:
    window = open_window((1280, 800))
    about, length = window.inspector.about, window.session.timeline.epoch_length
    qtbot.mouseClick(window.inspector.head.scopes[HISTORY], Qt.MouseButton.LeftButton)
    window.session.run_epochs(1)
    qtbot.waitUntil(lambda: existing(window.session.snapshot).position == length and window.session.at_rest)
    window.session.seek(length - 1)
    qtbot.waitUntil(lambda: "epoch 0, sample" in about.full)
    assert about.isVisible() and not about.fits(about.full)
    assert re.fullmatch(r"Norm of the gradient in each layer.* at epoch 0\.\d+", about.text()), "nothing is cut"


def test_the_largest_numbers_name_the_ends_of_their_edges_where_there_is_room(inspector: Inspector) -> None:
    trainer = trained(SHALLOW, 50)
    inspector.parentWidget().resize(1400, 260)
    inspector.resize(1400, 260)
    show(inspector, trainer)
    choose(inspector, trainer, RANKS)
    QApplication.processEvents()
    weights = inspector.pages.ranks.lists[0]
    for row in range(weights.count()):
        item = weights.item(row)
        assert item is not None
        edge = item.data(Qt.ItemDataRole.UserRole)
        target = f"neuron {edge.target + 1}" if edge.layer == 1 else f"class {edge.target}"
        source = f"x{edge.source + 1}" if edge.layer == 1 else f"neuron {edge.source + 1}"
        assert f"{source} → " in item.text() and target in item.text(), item.text()
    inspector.resize(420, 260)
    QApplication.processEvents()
    assert not any("→" in weights.item(row).text() for row in range(weights.count()))  # type: ignore[union-attr]


# ---- Edge.


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_an_edge(inspector: Inspector, optimizer: str) -> None:
    trainer = trained(SHALLOW.replace(optimizer=optimizer), 1005)
    edge, focus = Edge(1, 1, 3), Focus(1, 3, 1)
    index = edge.index(trainer.network.sizes)
    assert index == 10
    show(inspector, trainer)
    pick(inspector, trainer, edge)
    core = inspect(trainer, focus)
    assert core is not None
    assert core.sample is not None and core.sample.row == trainer.last_row(), "the one that the plot rings"
    assert inspector.title.full == "Weight x2 → neuron 4 · last update"
    assert "went" in core.reason
    assert f"row {core.sample.row} of the data (ringed" in inspector.about.full
    assert inspector.sentence.text() == core.reason
    assert len(core.formulas) > 4
    assert told(inspector, core.formulas)
    choose(inspector, trainer, BATCH)
    shown = numbers(inspector)
    assert shown["Δ what the update added"] == exact(trainer.last_change[index])
    [gradient] = [row for row in core.rows if row.words == "the update's gradient"]
    assert (gradient.value, core.rows[-1].value) == (trainer.gradient[index], trainer.network.parameters[index])
    choose(inspector, trainer, DATA)
    assert inspector.title.full == "Weight x2 → neuron 4"
    shown = numbers(inspector)
    assert shown["∂L/∂w all data"] == exact(full_gradient(trainer)[index])
    assert shown["L(0) training loss if it were 0"] == exact(core.parameter.loss_if_zero)
    assert not any("sample" in name for name in shown)
    words = OPTIMIZERS[optimizer].words
    memory = {f"{name} {words(name)}": exact(m[index]) for name, m in trainer.stepper.memory.items()}
    assert memory.items() <= shown.items()
    assert len({words(name) for name in trainer.stepper.memory}) == len(trainer.stepper.memory)
    choose(inspector, trainer, HISTORY)
    [(epochs, values)] = inspector.pages.course.plot.curves()
    np.testing.assert_array_equal(epochs, [0.0, 1.0, 1.005])
    np.testing.assert_array_equal(values, parameter_course(trainer, index)[:, 1])
    trainer.edit({index: 0.0})
    choose(inspector, trainer, SAMPLE)
    assert inspector.sentence.text().startswith("Then the value was set by hand")


def test_the_chain_rule_of_an_edge_is_a_table_in_the_colours_of_the_signs(inspector: Inspector) -> None:
    trainer = trained(SHALLOW, 1005)
    show(inspector, trainer)
    pick(inspector, trainer, Edge(1, 1, 3))
    core = inspect(trainer, Focus(1, 3, 1))
    assert core is not None
    delta, coming, gradient, new = [row for row in core.rows if not row.is_detail and row.kind != UPDATE] + [
        core.rows[-1]
    ]
    assert gradient.value == pytest.approx(delta.value * coming.value, rel=1e-12)
    assert new.value == trainer.network.parameters[10]
    worth, *lines = table(inspector).lines
    assert worth.words == "training loss if it were 0"
    assert [line.words for line in lines] == [row.words for row in (delta, coming, gradient, new)]
    for line, row in zip(lines, (delta, coming, gradient, new), strict=True):
        color = LIGHT.color("positive_text" if row.value > 0 else "negative_text").name()
        assert line.short_value.startswith(f'<b><span style="color:{color}">')
        assert exact(row.value) in line.plain
    shown = shown_values(table(inspector))[3]
    left, _, result = shown.partition(" = ")
    factors = [float(part.replace("−", "-")) for part in left.split(" · ")]
    assert len(factors) == 2
    assert float(result.replace("−", "-")) == pytest.approx(np.prod(factors), rel=1e-3)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("batch_size", [1, 4])
def test_each_table_of_an_update_ends_in_the_new_value_and_names_each_row_once(
    inspector: Inspector, optimizer: str, batch_size: int
) -> None:
    trainer = trained(SHALLOW.replace(optimizer=optimizer, batch_size=batch_size), 1004)
    show(inspector, trainer)
    for part in (Edge(1, 1, 3), Neuron(1, 2)):
        index = part.index(trainer.network.sizes)
        pick(inspector, trainer, part)
        for scope in (SAMPLE, BATCH):
            choose(inspector, trainer, scope)
            *_rest, last = numbers(inspector).items()
            assert "new value, by " in last[0]
            assert exact(trainer.network.parameters[index]) in table(inspector).lines[-1].plain
            words = [line.words for line in table(inspector).lines]
            assert len(set(words)) == len(words), words


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("penalty", [{"l2": 0.3}, {"l1": 0.1}, {"l1": 0.1, "l2": 0.3}, {}])
@pytest.mark.parametrize("batch_size", [1, 3])
@pytest.mark.parametrize("dropout", [0.0, 0.3])
def test_each_number_of_an_update_follows_from_rows_of_the_sample_and_the_batch(
    inspector: Inspector, optimizer: str, penalty: dict[str, float], batch_size: int, dropout: float
) -> None:
    trainer = trained(SHALLOW.replace(optimizer=optimizer, batch_size=batch_size, dropout=dropout, **penalty), 21)
    show(inspector, trainer)
    pick(inspector, trainer, Edge(1, 1, 3))
    core = inspect(trainer, Focus(1, 3, 1))
    assert core is not None
    rows = {row.words: row for row in core.rows if not row.is_detail}
    own = rows["gradient: their product"].value
    assert own == pytest.approx(rows["how L grows with z"].value * rows["what came in on this edge"].value)
    mean = rows["mean of 3 samples"].value if batch_size > 1 else own
    before = trainer.network.parameters[10] - trainer.last_change[10]
    used = mean + penalty.get("l2", 0.0) * before + penalty.get("l1", 0.0) * np.sign(before)
    assert rows["gradient with penalty" if penalty else "the update's gradient"].value == pytest.approx(used)
    leading = [row.words for row in core.rows if row.kind == UPDATE and not row.is_detail]
    if not penalty:
        leading.remove("the update's gradient")  # the row above it says the same
    choose(inspector, trainer, SAMPLE)
    shown = [line.words for line in table(inspector).lines]
    leading_here = [words for words in leading if not rows[words].is_rule]
    assert shown[-len(leading_here) - 1 :] == ["gradient: their product", *leading_here]
    choose(inspector, trainer, BATCH)
    assert [words for words in (line.words for line in table(inspector).lines) if words in leading] == leading


SMALLEST_BODY = 1264, 768
"""What a frame leaves of 1280 × 800."""


def test_the_rows_of_an_update_need_no_scrolling(qtbot: QtBot, window: MainWindow) -> None:
    """With Adam, a batch and a penalty they had eleven rows where six had room, and no formula of the new value."""
    window.resize(*SMALLEST_BODY)
    window.docks.restore_default()
    window.session.change({"optimizer": "adam", "batch_size": 10, "l2": 0.01})
    window.session.step("epoch")
    qtbot.waitUntil(lambda: existing(window.session.snapshot).position > 0 and drawn(window))
    page = window.inspector.pages.rows

    def is_whole() -> bool:
        QApplication.processEvents()
        return page.isVisible() and existing(page.verticalScrollBar()).maximum() == 0

    for part in (Edge(1, 1, 2), Edge(2, 3, 0), Neuron(1, 2), Neuron(2, 0)):
        window.select(part)
        for scope in (SAMPLE, BATCH):
            window.inspector.head.scopes[scope].click()
            qtbot.waitUntil(lambda: window.inspector._inspection() is not None and page.isVisible())
            assert is_whole(), (part, scope, page.table.accessibleDescription())
            last = page.table.lines[-1]
            shown = page.table._document(page.table._value(last)).toPlainText()
            assert " − 0.01" in shown and " = " in shown, "the formula of the new value"
    window.actions_by_name["back-phase"].trigger()
    qtbot.waitUntil(lambda: window.player.walk is not None and window.inspector.phases.isVisible())
    assert is_whole(), page.table.accessibleDescription()


def test_a_narrow_card_shows_results_alone_and_cuts_nothing_off(inspector: Inspector) -> None:
    trainer = trained(SHALLOW, 1005)
    show(inspector, trainer)
    for selection in (Edge(1, 1, 3), Neuron(1, 2), Neuron(2, 0)):
        inspector.weight_bar.set_selection(selection)
        inspector.weight_bar.show_snapshot(snapshot_of(trainer))
        pick(inspector, trainer, selection)
        for width in (760, 560, 380):
            inspector.resize(width, 260)
            QApplication.processEvents()
            view = table(inspector)
            widths = [view.fontMetrics().horizontalAdvance(value) for value in shown_values(view)]
            assert max(widths) < view.width() < width
            inspector.resize(width, 190)
            QApplication.processEvents()
            symbol = parameter_name(trainer.network.sizes, selection.index(trainer.network.sizes))
            names, shown = ("neuron", "Neuron", "utput", symbol), inspector.title.text()
            assert any(name in shown for name in names), "the part keeps a name, also in little room"
            assert shown.endswith(" · last update") or not inspector.title.fits(f"{symbol} · last update")


def test_the_titles_of_weights_have_one_form(inspector: Inspector) -> None:
    trainer = trained(SHALLOW, 1005)
    show(inspector, trainer)
    inspector.resize(560, 260)
    for edge, name in ((Edge(1, 1, 3), "Weight x2 → neuron 4"), (Edge(2, 2, 0), "Weight neuron 3 → output class 0")):
        inspector.weight_bar.set_selection(edge)
        inspector.weight_bar.show_snapshot(snapshot_of(trainer))
        pick(inspector, trainer, edge)
        QApplication.processEvents()
        assert inspector.title.text() in (name, f"{name} · last update")


def test_before_the_first_update_the_first_one_is_explained(inspector: Inspector) -> None:
    trainer = make_trainer()
    show(inspector, trainer)
    pick(inspector, trainer, Edge(1, 0, 0))
    assert inspector.title.full.endswith(" · next update")
    assert inspector.about.full.startswith("The next update, by row ")
    choose(inspector, trainer, BATCH)
    added = numbers(inspector)["Δ what the update adds"]
    trainer.advance(1)
    assert added == exact(trainer.last_change[0])


def test_inside_a_batch_the_card_explains_its_update_which_is_to_come(inspector: Inspector) -> None:
    trainer = trained(SHALLOW.replace(batch_size=4), 1002)
    show(inspector, trainer)
    pick(inspector, trainer, Edge(1, 0, 0))
    assert inspector.title.full.endswith(" · next update")
    row = trainer.last_row()
    assert f"when 2 more samples have come; the last one was row {row} (ringed" in inspector.about.full
    assert inspector.about.full.startswith("The last update changed the weight by ")
    trainer.advance(2)
    look(inspector, trainer)
    assert inspector.title.full.endswith(" · last update")
    assert f"a batch of 4; its last sample is row {trainer.last_row()}" in inspector.about.full


def test_while_the_run_goes_on_it_says_of_which_moment_its_numbers_are(inspector: Inspector) -> None:
    trainer = trained(SHALLOW, 1005)
    show(inspector, trainer)
    pick(inspector, trainer, Edge(1, 1, 3))
    former, row = inspect(trainer, Focus(1, 3, 1)), trainer.last_row()
    trainer.advance(3)
    inspector.show_snapshot(dataclasses.replace(snapshot_of(trainer), inspection=former))
    assert inspector.title.full == "Weight x2 → neuron 4 · epoch 1, sample 5"
    assert inspector.about.full == f"At epoch 1, sample 5, with row {row} of the data", "the ring is elsewhere by now"
    look(inspector, trainer)
    assert inspector.title.full == "Weight x2 → neuron 4 · last update"
    choose(inspector, trainer, DATA)
    assert inspector.about.full == "With the weights at epoch 1, sample 8", "at rest too: it need not be the last place"
    choose(inspector, trainer, SAMPLE)
    inspector.show_playing(True)
    assert inspector.title.full == "Weight x2 → neuron 4 · epoch 1, sample 8", "it does not change with each picture"
    choose(inspector, trainer, DATA)
    assert inspector.about.full == "With the weights at epoch 1, sample 8"


def test_it_is_painted_anew_only_when_what_it_shows_changed(inspector: Inspector, qtbot: QtBot) -> None:
    trainer = trained(SHALLOW, 5)
    show(inspector, trainer)
    pick(inspector, trainer, Edge(1, 0, 0))
    counter = EventCounter(inspector, inspector.pages.rows.table, inspector.sentence)

    def is_quiet() -> bool:
        counter.counts.clear()
        qtbot.wait(60)
        return not any(kind == QEvent.Type.Paint for _, kind in counter.counts)

    qtbot.waitUntil(is_quiet)  # the page has come up
    counter.counts.clear()
    for _ in range(3):
        look(inspector, trainer)
        qtbot.wait(10)
    assert not any(count for (_, kind), count in counter.counts.items() if kind == QEvent.Type.Paint)
    trainer.advance(1)
    look(inspector, trainer)
    qtbot.waitUntil(lambda: counter.counts[inspector.pages.rows.table, QEvent.Type.Paint] == 1)


def test_whatever_is_picked_keeps_its_place(inspector: Inspector) -> None:
    trainer = trained(SHALLOW.replace(batch_size=4), 1002)
    show(inspector, trainer)
    places = set()
    for selection in (None, Edge(1, 1, 3), Neuron(1, 2), Neuron(0, 1), Neuron(2, 1), Edge(2, 6, 1)):
        pick(inspector, trainer, selection)
        for button in [button for button in inspector.head.scopes.values() if button.isVisible()]:
            button.click()
            look(inspector, trainer)
            QApplication.processEvents()
            parts = inspector.title, inspector.about, inspector.sentence
            places.add(tuple((part.y(), part.height()) for part in parts))
    assert len(places) == 1


def test_the_words_of_every_row_are_whole(inspector: Inspector) -> None:
    adam = SHALLOW.replace(batch_size=4, optimizer="adam", l2=0.01)
    for experiment in (SHALLOW, adam, DEEP, PRESETS["bumps"].experiment):
        trainer = Trainer(experiment, load(experiment.data))
        trainer.advance(1002)
        show(inspector, trainer)
        last = len(trainer.network.sizes) - 1
        for part in (Edge(1, 1, 2), Edge(last, 1, 0), Neuron(1, 2), Neuron(last, 0), Neuron(0, 1)):
            pick(inspector, trainer, part)
            for scope in (name for name, button in inspector.head.scopes.items() if button.isVisible()):
                choose(inspector, trainer, scope)
                for width in (386, 482, 550):  # as in windows of 1000, 1100 and 1280 pixels
                    inspector.resize(width, 250)
                    QApplication.processEvents()
                    for rows in (view for view in inspector.findChildren(RowTable) if view.isVisible()):
                        for line in rows.lines:
                            assert rows.words(line) in (
                                line.words,
                                *line.fewer_words,
                                "" if line.is_formula else line.words,
                            )


def test_the_arithmetic_of_delta_and_the_words_of_the_new_value_have_room(inspector: Inspector) -> None:
    """Late in a run the numbers have many digits, since nearly equal ones cancel out."""
    trainer = trained(SHALLOW, 16_000)
    show(inspector, trainer)
    inspector.resize(550, 260)
    for part in (Neuron(2, 0), Neuron(2, 1), Neuron(1, 1), Neuron(1, 2)):
        pick(inspector, trainer, part)
        QApplication.processEvents()
        rows = table(inspector)
        delta = next(line for line in rows.lines if line.words == "how L grows with z")
        assert rows._value(delta) in (delta.value, *delta.fewer_terms) and " = " in rows._value(delta)
        assert rows.words(rows.lines[-1]).startswith("new value")


# ---- Neuron.


def test_a_neuron(inspector: Inspector) -> None:
    trainer = trained(SHALLOW.replace(batch_size=4), 1002)
    show(inspector, trainer)
    pick(inspector, trainer, Neuron(1, 2))
    core = inspect(trainer, Focus(1, 2))
    assert core is not None
    assert core.sample is not None
    assert core.neuron is not None
    index = Neuron(1, 2).index(trainer.network.sizes)
    rows = {line.words: line.plain for line in table(inspector).lines}
    for words, value in (
        ("weighted sum", core.sample.z),
        ("Sigmoid of z", core.sample.a),
        ("how L grows with z", core.sample.delta),
    ):
        assert f"[{exact(value)}]" in rows[words]
    assert "when 2 more samples have come" in inspector.about.full
    assert told(inspector, core.formulas)
    assert ACTIVATIONS["sigmoid"].formula in inspector.title.full
    choose(inspector, trainer, BATCH)
    assert any(line.words == "mean of 4 samples" for line in table(inspector).lines)
    choose(inspector, trainer, DATA)
    shown = numbers(inspector)
    assert shown["∂L/∂b all data"] == exact(full_gradient(trainer)[index])
    found = inspector.pages.neuron.bars.histogram
    assert found is not None
    np.testing.assert_array_equal(found.counts, core.neuron.activations.counts)


def added_up(text: str) -> float:
    """A sum of products, computed from the numbers as they are written."""
    total = 0.0
    for part in re.split(r" (?=[+-] )", text):
        factors = [
            float(re.sub(r"^… \d+ more: ", "", factor.strip("()[] ")).strip("()"))
            for factor in part.lstrip("+- " if part[1:2] == " " else "").split("·")
        ]
        total += (-1.0 if part.startswith("- ") else 1.0) * float(np.prod(factors))
    return total


@pytest.mark.parametrize("width", [482, 550, 760, 1200])
@pytest.mark.parametrize("batch_size", [1, 4])
def test_the_sum_of_a_neuron_can_be_computed_from_what_is_shown(
    inspector: Inspector, width: int, batch_size: int
) -> None:
    circle = PRESETS["circle"].experiment.replace(
        features=("x1", "x2", "sin-x1", "sin-x2"), hidden=(5, 8), batch_size=batch_size
    )
    inspector.resize(width, 250)
    for experiment in (SHALLOW.replace(batch_size=batch_size), circle):
        trainer = Trainer(experiment, load(experiment.data))
        trainer.advance(21)
        show(inspector, trainer)
        for neuron in (Neuron(1, 2), Neuron(len(experiment.hidden) + 1, 1)):
            pick(inspector, trainer, neuron)
            QApplication.processEvents()
            core = inspect(trainer, Focus(neuron.layer, neuron.unit))
            assert core is not None and core.sample is not None
            shown, line = shown_values(table(inspector))[0], table(inspector).lines[0]
            assert line.words == "weighted sum"
            terms, _, result = shown.replace("−", "-").rpartition(" = ")
            assert terms or width <= 550, shown
            if terms:
                # of many inputs the largest stand there, and behind … how many others there are, and their sum
                hidden, inputs = re.search(r"… (\d+) more", terms), trainer.network.sizes[neuron.layer - 1]
                shown_terms = terms.count("·")
                assert shown_terms + (int(hidden[1]) if hidden else 0) == inputs, shown
                assert added_up(terms) == pytest.approx(float(result), rel=2e-3, abs=2e-3)
                assert float(result) == pytest.approx(core.sample.z, rel=1e-3)
            assert told(inspector, core.formulas[:1]), "the copy has all terms"


def test_a_dead_neuron_is_marked_with_the_rule(inspector: Inspector) -> None:
    trainer = trained(PRESETS["deep"].experiment.replace(bias=-5.0), 10)
    show(inspector, trainer)
    pick(inspector, trainer, Neuron(1, 0))
    text = inspector.sentence.text()
    assert "Dead" in text
    assert DEAD_RULE.partition(":")[2].strip() in text
    choose(inspector, trainer, DATA)
    assert "Dead" in inspector.sentence.text()
    assert numbers(inspector)["a = 0 of the samples"].startswith("100.0 %")
    healthy = trained(SHALLOW, 1500)
    show(inspector, healthy)
    assert "Dead" not in inspector.sentence.text()


def test_an_input_has_values_but_no_bias(inspector: Inspector) -> None:
    trainer = trained(SHALLOW, 1)
    show(inspector, trainer)
    pick(inspector, trainer, Neuron(0, 1))
    row = trainer.last_row()
    [line] = table(inspector).lines
    assert line.plain.endswith(exact(trainer.preparation.train.inputs[row, 1]))
    assert "no bias" in inspector.title.full


# ---- Layer.


def test_a_layer_is_one_click_away(inspector: Inspector, qtbot: QtBot) -> None:
    trainer = trained(DEEP, 50)
    show(inspector, trainer)
    pick(inspector, trainer, Edge(3, 1, 2))
    qtbot.mouseClick(inspector.head.views[LAYER], Qt.MouseButton.LeftButton)
    assert inspector.focus == Focus(3)
    assert inspector.head.layers.currentText() == "3"
    assert inspector.title.full == "Layer 3: 4 inputs, 4 neurons, ReLU"
    assert inspector.head.scopes[NEURONS].text() == "neurons", "where the counts of dead and saturated ones are"
    choose(inspector, trainer, NEURONS)
    layer = diagnose(trainer).layers[2]
    shown = {line.words: (line.value, line.plain) for line in table(inspector).lines}
    symbols = [line.symbol for line in table(inspector).lines if line.symbol]
    assert len(set(symbols)) == len(symbols) > 3
    assert shown["weights"][0] == f"<b>{norm_text(layer.weight_norm)}</b>"
    assert shown["gradient, 64 samples"][1].endswith(exact(layer.flow))
    assert shown["gradient, last batch"][1].endswith(exact(layer.gradient_norm))
    assert shown["dead"][0] == f"<b>{layer.dead.sum()}</b> of 4"
    assert layer.dead.any(), "else nothing is tested"
    named = f"({', '.join(str(unit + 1) for unit in layer.dead.nonzero()[0])})"
    assert shown["dead"][1].endswith(named) or named in inspector.head.explanation.text()
    for key in ("weights", "gradients", "activations"):
        found = inspector.pages.layer_data.bars[key].histogram
        assert found is not None
        np.testing.assert_array_equal(found.counts, getattr(layer, key).counts)


def test_each_gradient_of_a_layer_says_of_what_it_is(window: MainWindow, qtbot: QtBot) -> None:
    """Of the last batch, of single samples, and of all data: three numbers that differ, in the smallest window."""
    window.resize(1280, 800)
    window.session.run_epochs(1)
    rest(qtbot, window)
    window.inspector.head.views[LAYER].click()
    window.inspector.head.scopes[NEURONS].click()
    qtbot.waitUntil(lambda: "layer_data" in window.inspector.pages.__dict__)
    page = window.inspector.pages.layer_data
    qtbot.waitUntil(lambda: bool(page.numbers.lines))
    shown = [page.numbers.words(line) for line in page.numbers.lines]
    assert {"gradient, last batch", "gradient, 64 samples"} <= set(shown), "whole words"
    bars = page.bars["gradients"]
    assert bars.title(bars.width() - 2 * MARGIN)[1] in ("Gradient, all data", "Gradient, all")


def test_a_layer_without_dead_or_saturated_neurons_says_so(inspector: Inspector) -> None:
    trainer = trained(SHALLOW, 50)
    layer = diagnose(trainer).layers[0]
    assert not layer.dead.any() and not layer.saturated.any(), "else nothing is tested"
    show(inspector, trainer)
    inspector.head.views[LAYER].click()
    choose(inspector, trainer, NEURONS)
    assert inspector.sentence.text() == "No neuron in this layer is dead, and none is saturated."


@pytest.mark.parametrize("what", ["weights", "gradient", "full", "change", "activations"])
def test_the_matrices_of_a_layer(inspector: Inspector, what: str) -> None:
    trainer = trained(SHALLOW, 1050)
    show(inspector, trainer)
    inspector.head.views[LAYER].click()
    look(inspector, trainer)
    choice = inspector.pages.matrix.what
    choice.setCurrentIndex(choice.findData(what))
    matrix = inspector.pages.matrix.table
    assert matrix is not None
    if what == "activations":
        core = inspect(trainer, Focus(1))
        assert core is not None
        assert core.layer is not None
        np.testing.assert_array_equal(matrix.values, core.layer.activations)
        assert matrix.row_names == tuple(f"row {row}" for row in core.layer.rows)
        return
    vectors = {
        "weights": trainer.network.parameters,
        "gradient": trainer.gradient,
        "full": full_gradient(trainer),
        "change": trainer.last_change,
    }
    W, b = parameter_views(trainer.network.sizes, vectors[what])
    np.testing.assert_array_equal(matrix.values, np.vstack([W[0], b[0]]))
    assert matrix.row_names == (*trainer.preparation.input_names, "bias")
    assert matrix.column_names[6] == "neuron 7"


@pytest.mark.parametrize("what", ["gradient", "change"])
def test_a_layer_without_an_update_says_so(inspector: Inspector, what: str) -> None:
    """The matrices were all grey, and the norms 0, as if nothing reached the layer."""
    start, moved = make_trainer(SHALLOW), trained(SHALLOW, 1)
    show(inspector, start)
    inspector.head.views[LAYER].click()
    look(inspector, start)
    page = inspector.pages.matrix
    page.what.setCurrentIndex(page.what.findData(what))
    assert page.told.full == "No update yet"
    page.matrix.point_at((0, 0))
    assert page.told.full == "x1 → neuron 1: no update yet"
    page.matrix.point_at(None)
    area = page.matrix.area().toRect().adjusted(2, 2, -2, -2)
    noted = page.matrix.grab().toImage()
    assert (
        len({noted.pixel(x, y) for x in range(area.left(), area.right()) for y in range(area.top(), area.bottom())}) > 1
    )
    choose(inspector, start, NEURONS)
    norms = {line.symbol: line.value for line in inspector.pages.layer_data.numbers.lines}
    assert norms["‖g‖"] == norms["‖ΔW‖"] == "no update yet" and "no update" not in norms["‖W‖"]
    show(inspector, moved)
    look(inspector, moved)
    assert not any("no update" in line.value for line in inspector.pages.layer_data.numbers.lines)
    choose(inspector, moved, MATRIX)
    assert page.told.full.endswith("point at a cell for its number")


@pytest.mark.parametrize("attribute", ["parameters", "gradient"])
def test_matrix_and_diagram_have_one_scale_for_the_same_numbers(
    window: MainWindow, qtbot: QtBot, attribute: str
) -> None:
    window.network.set_quantity(next(one for one in QUANTITIES if one.attribute == attribute))
    window.session.run_epochs(5)
    rest(qtbot, window)
    window.inspector.head.views[LAYER].click()
    choice = window.inspector.pages.matrix.what
    choice.setCurrentIndex(choice.findData({"parameters": "weights"}.get(attribute, attribute)))
    page = window.inspector.pages.matrix
    qtbot.waitUntil(lambda: page.table is not None and page.matrix.end == window.network.scale_end)
    assert short(window.network.scale_end, 2) in page.told.full
    assert page.table is not None and np.abs(page.table.values).max() <= page.matrix.end


TABLE = MatrixTable(
    "A table", np.array([[0.1, -2.5e-17], [np.nan, 3.0]]), ("x1", 'a "b", c'), ("neuron 1", "output\t2")
)


def test_a_table_as_text() -> None:
    assert tab_text(TABLE.lines()) == '\tneuron 1\toutput 2\nx1\t0.1\t-2.5e-17\na "b", c\tnan\t3.0\n'
    assert csv_bytes(TABLE.lines()).decode() == ',neuron 1,output\t2\nx1,0.1,-2.5e-17\n"a ""b"", c",nan,3.0\n'


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
    assert told[-1] == 'a "b", c → output\t2: 3'
    assert view.cell_at(QPointF(area.right() + 5, area.top() + 3)) is None
    view.show_table(MatrixTable("small", np.ones((1, 1)), ("x",), ("y",)))
    assert view.text() == "", "the cell is gone"


@pytest.mark.parametrize("shape", [(3, 7), (64, 64), (17, 2)])
def test_rows_and_columns_of_a_matrix_have_names_that_do_not_lie_over_each_other(
    qtbot: QtBot, shape: tuple[int, int]
) -> None:
    view = MatrixView()
    qtbot.addWidget(view)
    view.resize(500, 90)
    rows, columns = (tuple(f"neuron {unit + 1}" for unit in range(count)) for count in shape)
    view.show_table(MatrixTable("weights", np.zeros(shape), rows, columns, "from ↓  to →"))
    boxes, texts = [box for box, *_ in view.names()], [text for _, _, text, _ in view.names()]
    assert texts[:2] == ["from ↓  to →", "neuron 1"] and texts.count("neuron 1") == 2
    assert {*texts[1:]} <= {*rows, *columns}, "none is cut off"
    assert len(texts) > 4
    for place, box in enumerate(boxes):
        assert not any(box.adjusted(1, 2, -1, -2).intersects(other.adjusted(1, 2, -1, -2)) for other in boxes[:place])


@pytest.mark.parametrize("rows", [1, 2, 3, 17, 33, 64])
def test_the_name_of_a_row_of_a_matrix_stands_at_that_row(qtbot: QtBot, rows: int) -> None:
    view = MatrixView()
    qtbot.addWidget(view)
    names = (*(f"neuron {unit + 1}" for unit in range(rows - 1)), "bias")
    for height in (70, 90, 130, 300):
        view.resize(500, height)
        view.show_table(MatrixTable("weights", np.zeros((rows, 2)), names, ("a", "b"), "from ↓  to →"))
        area = view.area()
        shown = {text: box for box, _, text, _ in view.names() if text in names}
        for text, box in shown.items():
            middle = QPointF(area.left() + 1.0, box.center().y())
            assert view.cell_at(middle) == (names.index(text), 0)
            assert view.rect().contains(box.toRect())
        assert {names[0], "bias"} <= {*shown}


def test_each_row_and_column_of_a_small_layer_has_its_name(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1280, 800)
    features = ("x1", "x2", "sin-x1", "sin-x2")
    window.session.load(PRESETS["circle"].experiment.replace(hidden=(8, 8), features=features), anew=True)
    qtbot.waitUntil(lambda: drawn(window))
    window.inspector.head.views[LAYER].click()
    qtbot.waitUntil(lambda: window.inspector.pages.matrix.isVisible() and drawn(window))
    [view] = [view for view in window.inspector.findChildren(MatrixView) if view.isVisible()]
    qtbot.waitUntil(lambda: len(view.names()) > 1)
    texts = [text for _, _, text, _ in view.names()]
    assert {"x1", "x2", "sin x1", "sin x2", "bias"} <= {*texts}
    assert {f"neuron {unit}" for unit in range(1, 9)} <= {*texts}


@pytest.mark.parametrize("width", [80, 100, 180, 300])
@pytest.mark.parametrize(
    "ends", [(-7e-134, 8e-134), (-8e-134, 7e-134), (-0.6, 0.4), (-1.234e-5, 0.0), (-123456.0, 9.0)]
)
def test_the_ends_of_a_histogram_do_not_lie_over_each_other(
    qtbot: QtBot, width: int, ends: tuple[float, float]
) -> None:
    view = HistogramView(["Gradient"], "weights", "The gradient")
    qtbot.addWidget(view)
    font, texts = view.ends(*ends, float(width))
    metrics = QFontMetrics(font)
    assert any(texts)
    assert sum(map(metrics.horizontalAdvance, texts)) + metrics.horizontalAdvance(" ") <= width
    if width >= 180:
        assert all(texts)


# ---- What is pinned.


def test_the_pin_stays_where_the_new_net_has_the_place_and_goes_where_not(inspector: Inspector) -> None:
    show(inspector, make_trainer())
    inspector.set_selection(Edge(1, 1, 6))
    show(inspector, make_trainer(SHALLOW.replace(seed=3)))
    assert inspector.selection == Edge(1, 1, 6)
    assert inspector.title.full == "Weight x2 → neuron 7 · next update"
    assert table(inspector).lines
    show(inspector, make_trainer(SHALLOW.replace(hidden=(3,))))
    assert inspector.selection is None
    assert inspector.view == NET
    assert inspector.title.full == HINT


def test_a_layer_that_the_new_net_does_not_have_gives_way(inspector: Inspector) -> None:
    trainer = make_trainer(DEEP)
    show(inspector, trainer)
    inspector.head.layers.setCurrentIndex(3)
    inspector.head.layers.activated.emit(3)
    assert inspector.focus == Focus(4)
    other = make_trainer()
    show(inspector, other)
    assert inspector.focus is not None
    assert inspector.focus.exists(other.network.sizes)
    look(inspector, other)
    assert inspector.pages.matrix.table is not None
    assert len(inspector.pages.matrix.table.column_names) == other.network.sizes[inspector.focus.layer]


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
    trainer, card = twin(window), window.inspector
    index = Edge(1, 0, 2).index(trainer.network.sizes)
    core = inspect(trainer, Focus(1, 2, 0))
    assert core is not None
    assert core.sample is not None
    assert window.weight_bar.value.value() == float(trainer.network.parameters[index])
    assert f"row {core.sample.row} of the data" in card.about.full
    assert told(card, core.formulas)
    card.head.scopes[DATA].click()
    shown = numbers(card)
    assert shown["∂L/∂w all data"] == exact(full_gradient(trainer)[index])
    card.head.scopes[HISTORY].click()
    [(places, values)] = card.pages.course.plot.curves()
    positions = [round(1000 * window.epochs.scale.epoch(place)) for place in places.tolist()]
    points = dict(zip(positions, values.tolist(), strict=True))
    assert {0, trainer.position} <= points.keys()
    for position, value in points.items():  # which states the run has kept between hangs on the speed of the machine
        trainer.seek(position)
        assert value == trainer.network.parameters[index]


def test_formulas_come_as_soon_as_the_engine_is_ready(window: MainWindow, qtbot: QtBot) -> None:
    window.select(Neuron(2, 1))
    qtbot.waitUntil(lambda: "weighted sum" in window.inspector.text())
    window.inspector.head.scopes[DATA].click()
    assert window.session.snapshot.position == 0
    picture = window.inspector.pages.neuron.picture
    maps = window.session.snapshot.neurons[2][1]
    assert picture.image == table_image(maps[::-1], window.theme.map_table(1))
    painted = picture.grab().toImage()
    colors = {painted.pixel(x, painted.height() // 2) for x in range(painted.width())}
    assert len(colors) > 2, "there is more than ground and frame"


def test_copy_and_save(window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    window.session.step("sample")
    window.inspector.head.views[LAYER].click()
    qtbot.waitUntil(lambda: window.inspector.pages.matrix.table is not None and drawn(window))
    window.inspector.pages.matrix.copy.trigger()
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[1:] == [f"neuron {k}" for k in range(1, 8)]
    weights = twin(window).network.weights[0]
    np.testing.assert_array_equal([[float(x) for x in line.split("\t")[1:]] for line in lines[1:3]], weights)
    target = tmp_path / "table.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    window.inspector.pages.matrix.save.trigger()
    qtbot.waitUntil(target.exists)
    written = [line.split(",") for line in target.read_text().splitlines()]
    np.testing.assert_array_equal([[float(x) for x in line[1:]] for line in written[1:3]], weights)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "none" / "t.csv"), ""))
    window.inspector.pages.matrix.save.trigger()
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
    values = "".join(line.value for line in table(window.inspector).lines)
    colors = [DARK.color(f"{sign}_text").name() for sign in ("positive", "negative")]
    assert any(color in values for color in colors)
    assert not any(LIGHT.color(f"{sign}_text").name() in values for sign in ("positive", "negative"))


def test_picking_moves_nothing_else(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1280, 800)
    window.session.step("epoch")
    rest(qtbot, window)
    qtbot.mouseClick(window.inspector.head.scopes["history"], Qt.MouseButton.LeftButton)  # the text has more room
    qtbot.waitUntil(window.inspector.sentence.isVisible)
    qtbot.wait(1)

    def places() -> list[tuple[int, int, int, int]]:
        views = window.network, window.scatter, window.loss, window.verdict, window.toolbar, window.timeline
        cards = window.inspector, window.inspector.about, window.inspector.sentence
        return [view.geometry().getRect() for view in (*views, *cards)]

    before = places()
    for selection in (Edge(1, 0, 2), Neuron(1, 3), Neuron(0, 0), Neuron(2, 1), Edge(2, 6, 1), None):
        window.select(selection)
        qtbot.waitUntil(lambda: drawn(window))
        qtbot.wait(1)
        assert places() == before, selection
    window.player.step()
    qtbot.waitUntil(lambda: window.player.walk is not None and drawn(window))
    for index in range(len(window.player.walk.phases)):
        window.player.seek(index)
        qtbot.wait(1)
        assert places() == before, index
    assert not window.inspector.pages.rows.horizontalScrollBar().isVisible()


def test_the_largest_numbers_of_a_former_net_do_not_get_the_names_of_another(window: MainWindow, qtbot: QtBot) -> None:
    window.session.change({"hidden": (4, 4, 4)})
    qtbot.waitUntil(lambda: window.session.experiment.hidden == (4, 4, 4) and drawn(window))
    window.inspector.head.scopes[RANKS].click()
    qtbot.waitUntil(lambda: drawn(window))
    window.inspector.head.scopes[HISTORY].click()
    window.session.change({"hidden": (4, 4)})
    qtbot.waitUntil(lambda: window.session.experiment.hidden == (4, 4) and drawn(window))
    window.actions_by_name["theme"].trigger()  # which lets the hidden page fit its texts
    qtbot.waitUntil(lambda: drawn(window))


def test_a_click_in_the_diagram_brings_the_card_to_the_front(window: MainWindow, qtbot: QtBot) -> None:
    def is_seen() -> bool:
        return not window.inspector.visibleRegion().isEmpty()

    window.docks.bring_up("runs")
    qtbot.waitUntil(lambda: drawn(window) and not is_seen())
    window.network.picked.emit(None)
    qtbot.waitUntil(lambda: drawn(window))
    assert not is_seen()
    window.network.picked.emit(Edge(1, 0, 1))
    qtbot.waitUntil(lambda: drawn(window) and is_seen())
