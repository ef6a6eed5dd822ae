"""The walk through an update in the real window: its phases forwards and backwards, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PyQt5.QtCore import QPoint, QPointF, Qt
from PyQt5.QtGui import QStatusTipEvent, QTextDocument
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from core.base.number_text import exact, short
from core.data.data_source import DataSource
from core.explain.chain import answer_rows, chain_of, reason
from core.explain.formulas.formula_text import to_text
from core.explain.formulas.step_formulas import (
    bias_gradient,
    learning_rate,
    neuron_backward,
    neuron_forward,
    sample_loss,
    weight_gradient,
    weight_update,
)
from core.explain.phases import BACKWARD, FORWARD, LOSS, PICK, UPDATE, Phase
from core.explain.picked_part import Edge, Neuron
from core.explain.walk import Walk, walk_sample, walk_update
from core.training.trainer import Trainer
from core.workbench.speed_scale import PACES, SLOW_MOTION
from gui.diagram.connections import Lines
from gui.diagram.walk_scene import CHANGE, INPUT_TIMES_WEIGHT, SAMPLE_GRADIENT, make_scene
from gui.explanation.inspector.card_text import scene_words
from gui.widgets.qt_objects import existing
from gui.window.main_window import MainWindow
from tests.core.workbench.support import SHALLOW, make_trainer
from tests.gui.conftest import drawn
from tests.gui.support import all_edges, distance, hover, parameters, pixels, position

PHASES = [PICK, FORWARD, FORWARD, LOSS, BACKWARD, BACKWARD, UPDATE]
"""Of 2-7-2."""


def press(qtbot: QtBot, window: MainWindow, key: int) -> None:
    window.network.setFocus()
    qtbot.keyClick(window.network, key)


def on(qtbot: QtBot, window: MainWindow, phases: int = 1) -> None:
    for _ in range(phases):
        press(qtbot, window, Qt.Key.Key_Period)
    settle(qtbot, window)


def back(qtbot: QtBot, window: MainWindow, phases: int = 1) -> None:
    for _ in range(phases):
        press(qtbot, window, Qt.Key.Key_Comma)
    settle(qtbot, window)


def settle(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: drawn(window) and window.player._request is None)


def train(qtbot: QtBot, window: MainWindow, unit: str = "sample") -> None:
    window.session.step(unit)
    settle(qtbot, window)


def walk_of(window: MainWindow) -> Walk:
    assert window.player.walk is not None
    return window.player.walk


def phase(window: MainWindow) -> Phase:
    return walk_of(window).phases[window.player.index]


def is_shown(window: MainWindow) -> bool:
    """Whether the card shows the phases of an update."""
    return bool(window.inspector.phases.isVisible())


def change_settings(qtbot: QtBot, window: MainWindow, **fields: object) -> None:
    window.session.change(fields)
    qtbot.waitUntil(
        lambda: (
            window.session.experiment is not None
            and all(getattr(window.session.experiment, name) == value for name, value in fields.items())
        )
    )
    settle(qtbot, window)


# ---- Forwards and backwards.


def test_the_text_of_an_action_leaves_the_status_bar_with_the_next_one(qtbot: QtBot, window: MainWindow) -> None:
    bar = existing(window.statusBar())
    tip = window.actions_by_name["step-phase"].statusTip()
    QApplication.sendEvent(window, QStatusTipEvent(tip))  # the mouse rests over the button
    assert bar.currentMessage() == tip
    on(qtbot, window)
    assert bar.currentMessage() == ""
    QApplication.sendEvent(window, QStatusTipEvent(tip))
    press(qtbot, window, Qt.Key.Key_Escape)
    settle(qtbot, window)
    assert bar.currentMessage() == ""


def test_the_key_leads_through_all_phases_and_then_makes_the_update(qtbot: QtBot, window: MainWindow) -> None:
    assert not is_shown(window)
    untrained = parameters(window)
    for kind in PHASES:
        on(qtbot, window)
        assert phase(window).kind == kind
        assert is_shown(window)
        assert [chip.isChecked() for chip in window.inspector.phases.chips.chips].index(True) == window.player.index
        assert (position(window), parameters(window)) == (0, untrained)
    on(qtbot, window)
    assert (position(window), phase(window).kind) == (1, PICK)
    trainer = make_trainer()
    trainer.advance(1)
    assert parameters(window) == trainer.network.parameters.tobytes()


def test_an_output_is_the_same_letter_in_diagram_card_and_formulas(qtbot: QtBot, window: MainWindow) -> None:
    on(qtbot, window, 2)
    scene = existing(window.network._scene)
    assert [pair and pair[0] for pair in scene.numbers] == ["x", "a", None]
    assert "makes a of it" in window.inspector.sentence.text()
    on(qtbot, window)
    scene = existing(window.network._scene)
    assert [pair and pair[0] for pair in scene.numbers] == ["x", "a", "ŷ"]
    assert "shares of 1: ŷ" in window.inspector.sentence.text() and "ŷ" in window.inspector.text()


def test_walks_leave_the_very_bits_that_plain_steps_leave(qtbot: QtBot, open_window: Callable[[], MainWindow]) -> None:
    stepped, walked = open_window(), open_window()  # keys reach the last one
    for window in (walked, stepped):
        change_settings(qtbot, window, batch_size=7, optimizer="adam", dropout=0.2)
    on(qtbot, walked, 1 + 2 * len(PHASES))
    for _ in range(2):
        train(qtbot, stepped, "batch")
    assert position(walked) == position(stepped) == 14
    assert parameters(walked) == parameters(stepped)


def test_a_phase_shows_no_field_of_the_part_that_was_picked_before(qtbot: QtBot, window: MainWindow) -> None:
    """Its bias stood, with its field, beside the title of the phase."""
    window.select(Neuron(1, 4))
    settle(qtbot, window)
    assert window.weight_bar.isVisible()
    on(qtbot, window, 2)
    assert is_shown(window) and not window.weight_bar.isVisible()
    press(qtbot, window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not is_shown(window))
    settle(qtbot, window)
    assert window.weight_bar.isVisible()


def test_back_goes_through_the_former_updates_to_the_very_start(qtbot: QtBot, window: MainWindow) -> None:
    untrained = parameters(window)
    for _ in range(2):
        train(qtbot, window)
    on(qtbot, window)
    back(qtbot, window)
    assert (position(window), phase(window).kind) == (1, UPDATE)
    back(qtbot, window, len(PHASES))
    assert (position(window), phase(window).kind) == (0, UPDATE)
    assert parameters(window) == untrained
    back(qtbot, window, len(PHASES) + 3)
    assert (position(window), phase(window).kind) == (0, PICK)
    on(qtbot, window, 2)
    assert phase(window) == Phase(FORWARD, 2)


def test_back_without_a_walk_shows_the_last_update_made(qtbot: QtBot, window: MainWindow) -> None:
    back(qtbot, window)
    assert window.player.walk is None, "nothing was made yet"
    change_settings(qtbot, window, batch_size=10)
    train(qtbot, window, "batch")
    for _ in range(3):
        train(qtbot, window)
    back(qtbot, window)
    assert (position(window), phase(window).kind, walk_of(window).end) == (0, UPDATE, 10)


def test_a_batch_that_is_under_way_is_walked_from_where_it_stands(qtbot: QtBot, window: MainWindow) -> None:
    change_settings(qtbot, window, batch_size=10)
    train(qtbot, window, "batch")
    for _ in range(3):
        train(qtbot, window)
    on(qtbot, window)
    assert (walk_of(window).start, walk_of(window).end, position(window)) == (10, 20, 13)
    on(qtbot, window, len(PHASES))
    assert (position(window), phase(window).kind) == (20, PICK)


# ---- Leaving.


def test_escape_at_any_phase_leaves_training_where_it_was(qtbot: QtBot, window: MainWindow) -> None:
    train(qtbot, window)
    before = parameters(window)
    for index in range(len(PHASES)):
        on(qtbot, window, index + 1)
        assert window.player.index == index
        press(qtbot, window, Qt.Key.Key_Escape)
        settle(qtbot, window)
        assert window.player.walk is None
        assert not is_shown(window)
        assert (position(window), parameters(window)) == (1, before)
        assert window.network.quantity.label == "weight"
        assert window.network_panel.footer.choice.isEnabled()


def test_any_other_step_ends_the_walk_and_counts_from_before_it(qtbot: QtBot, window: MainWindow) -> None:
    for _ in range(3):
        train(qtbot, window)
    for name, target in (("step-sample", 4), ("step-batch", 5), ("back-sample", 4), ("back-epoch", 0), ("reset", 0)):
        on(qtbot, window, 5)
        window.actions_by_name[name].trigger()
        qtbot.waitUntil(lambda: position(window) == target)  # noqa: B023
        settle(qtbot, window)
        assert window.player.walk is None
        trainer = make_trainer()
        trainer.advance(target)
        assert parameters(window) == trainer.network.parameters.tobytes()


def test_play_ends_the_walk_and_trains(qtbot: QtBot, window: MainWindow) -> None:
    on(qtbot, window, 3)
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: position(window) > 50)
    assert window.player.walk is None
    press(qtbot, window, Qt.Key.Key_Space)
    settle(qtbot, window)


def test_a_walk_asked_for_while_it_plays_pauses_the_run(qtbot: QtBot, window: MainWindow) -> None:
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: position(window) > 50)
    on(qtbot, window)
    assert not window.session.playing
    assert walk_of(window).position == position(window)


def test_a_changed_learning_rate_is_that_of_the_walk(qtbot: QtBot, window: MainWindow) -> None:
    on(qtbot, window, len(PHASES))
    change_settings(qtbot, window, learning_rate=0.25)
    assert (walk_of(window).learning_rate, phase(window).kind) == (0.25, UPDATE)


# ---- What is shown.


def shown_text(html: str) -> str:
    document = QTextDocument()
    document.setHtml(html)
    return document.toPlainText()


def test_the_strip_shows_the_numbers_of_the_formulas(qtbot: QtBot, window: MainWindow) -> None:
    for _ in range(5):
        train(qtbot, window)
    trainer = make_trainer()
    trainer.prepare_engine()
    trainer.advance(5)
    walk = walk_update(trainer)
    edge = Edge(1, 1, 3)
    wanted = {
        1: (Neuron(1, 4), neuron_forward(walk, 1, 4)),
        2: (Neuron(1, 4), neuron_forward(walk, 2, 0)),  # not at work here: the layer's first
        3: (None, (sample_loss(walk),)),
        4: (Neuron(2, 1), (*neuron_backward(walk, 2, 1), *bias_gradient(walk, 2, 1))),
        5: (edge, (*neuron_backward(walk, 1, 3), *weight_gradient(walk, 1, 1, 3))),
        6: (edge, (*weight_gradient(walk, 1, 1, 3), learning_rate(walk), *weight_update(walk, 1, 1, 3))),
    }
    on(qtbot, window)
    for index, (selection, lines) in wanted.items():
        window.select(selection)
        window.inspector.phases.chips.chips[index].click()
        assert window.player.index == index
        text = window.inspector.text()
        for line in lines:
            assert f": {to_text(line.markup())}  [" in text, line.name
        shown = {line.plain for line in window.inspector.pages.rows.table.lines}
        assert shown <= set(text.splitlines())
        assert any(line.is_marked for line in window.inspector.pages.rows.table.lines)
    window.actions_by_name["copy-formulas"].trigger()
    assert QApplication.clipboard().text() == window.inspector.text()


def test_the_sentence_tells_why_a_weight_moves(qtbot: QtBot, window: MainWindow) -> None:
    for _ in range(5):
        train(qtbot, window)
    on(qtbot, window, len(PHASES))
    walk = walk_of(window)
    assert (walk.layers[0].W[0] < 0.0).any(), "more of a negative weight would be less of it"
    for target in range(7):
        window.select(Edge(1, 0, target))
        change = walk.layers[0].W_after[0, target] - walk.layers[0].W[0, target]
        way, so = ("goes up", "raising") if change > 0 else ("goes down", "lowering")
        signs = ["negative" if value < 0 else "positive" for value in (walk.x[0, 0], walk.layers[0].delta[0, target])]
        text = window.inspector.text()
        assert f"weight x1 → neuron {target + 1} of hidden layer 1\n" in text
        reason = f"the input is {signs[0]} and δ is {signs[1]}, so {so} the weight reduces the loss."
        assert f"The weight {way}: {reason}" in text


def test_the_backward_pass_of_an_output_speaks_of_its_answer() -> None:
    trainer = make_trainer()
    walk = walk_update(trainer)
    words = {row.words for part in (Neuron(2, 1), Edge(2, 0, 1)) for row in chain_of(walk, part)}
    assert "how L grows with ŷ₁" in words or "how L grows with ŷ₂" in words
    assert not any(word.endswith("with a") or " a grows" in word for word in words)
    assert {"how L grows with a", "slope: how a grows with z"} <= {row.words for row in chain_of(walk, Neuron(1, 0))}


def test_an_answer_names_its_class_first_since_its_number_is_another() -> None:
    walk = walk_update(make_trainer())
    words = [row.words for row in answer_rows(walk, ("class 0", "class 1"))]
    assert words[0].startswith("class 0: ") and words[1].startswith("class 1: ")


def told(trainer: Trainer, part: Edge | Neuron) -> str:
    """The sentence on a weight or bias in the last phase of the next update."""
    return reason(walk_update(trainer), part)


def test_the_sentence_on_a_frozen_weight_names_the_gradient_that_it_would_have() -> None:
    trainer = make_trainer(SHALLOW.replace(optimizer="adam", l2=0.1, dropout=0.5))
    trainer.advance(5)
    trainer.edit({7: 0.0})
    trainer.freeze([0, 7])
    walk = walk_update(trainer)
    for place, part in ((0, Edge(1, 0, 0)), (7, Edge(1, 1, 0))):
        free = walk.loss_gradient[place] + walk.penalty_gradient[place]
        wanted = f"stays, since it is frozen. If it were free, its gradient would be {short(free, 3)}."
        assert told(trainer, part).endswith(wanted)


def test_the_sentence_speaks_of_the_penalty_where_there_is_one() -> None:
    trainer = make_trainer(SHALLOW.replace(l2=0.1, batch_size=3))
    trainer.advance(3)
    assert "The batch of 3, with the penalty, moves it " in told(trainer, Edge(1, 0, 0))
    assert "penalty" not in told(trainer, Neuron(1, 0)), "a bias has none"
    single = make_trainer(SHALLOW.replace(l2=0.1))
    single.advance(3)
    assert any(
        told(single, Edge(1, i, j)).endswith("reduces loss and penalty together.") for i in range(2) for j in range(7)
    )
    assert "penalty" not in told(make_trainer(SHALLOW), Edge(1, 0, 0))


def test_a_step_below_the_last_digit_is_not_called_a_gradient_of_0() -> None:
    trainer = make_trainer(SHALLOW.replace(learning_rate=1e-30))
    assert told(trainer, Edge(1, 0, 0)).endswith("the step is smaller than the last digit of the number.")


def test_a_weight_without_a_gradient_that_moves_all_the_same_is_moved_by_the_optimizer() -> None:
    for batch_size, wanted in (
        (1, "though its gradient is 0: Adam goes on the way of earlier updates."),
        (3, "The gradient of the batch of 3 is 0; Adam moves it {} all the same, on the way of earlier updates."),
    ):
        trainer = make_trainer(SHALLOW.replace(optimizer="adam", activation="relu", batch_size=batch_size))
        trainer.advance(30)
        sizes = trainer.network.sizes
        trainer.edit({Neuron(1, unit).index(sizes) or 0: -1e6 for unit in range(7)})  # dead from now on
        walk, edges = walk_update(trainer), [Edge(1, 0, unit) for unit in range(7)]
        assert not any(walk.gradient[edge.index(sizes)] for edge in edges)
        moved = [edge for edge in edges if walk.change[edge.index(sizes)]]
        ways = {edge: "up" if walk.change[edge.index(sizes)] > 0.0 else "down" for edge in moved}
        assert moved and all(told(trainer, edge).endswith(wanted.format(ways[edge])) for edge in moved)


def test_a_weight_that_moves_against_its_batch_is_moved_by_the_optimizer() -> None:
    """ "The batch moved it down" was said of a batch whose gradient pulled it up."""
    trainer = make_trainer(SHALLOW.replace(optimizer="adam", batch_size=10, l2=0.01))
    against = 0
    for _ in range(30):
        trainer.advance(10)
        walk = walk_update(trainer)
        for edge in (Edge(1, source, unit) for source in range(2) for unit in range(7)):
            place = edge.index(trainer.network.sizes)
            gradient, change = float(walk.gradient[place]), float(walk.change[place])
            way, opposite = ("up", "down") if change > 0.0 else ("down", "up")
            sentence = told(trainer, edge)
            if gradient * change <= 0.0:
                assert f"with the penalty, moves it {way}." in sentence
                continue
            against += 1
            assert f"The gradient of the batch of 10, with the penalty, is {short(gradient, 3)}; Adam moves" in sentence
            assert f"moves it {way} all the same" in sentence and f"moves it {opposite}" not in sentence
    assert against > 5


def test_a_delta_of_0_is_named_though_the_engine_computes_one_next_to_0() -> None:
    trainer = make_trainer(SHALLOW.replace(engine="compiled"))
    trainer.advance(19_000)
    trainer.change(learning_rate=1e200)
    trainer.advance(61)
    place, walk = Edge(2, 2, 1).index(trainer.network.sizes), walk_update(trainer)
    assert walk.gradient[place] != 0.0 == walk.loss_gradient[place]
    assert told(trainer, Edge(2, 2, 1)) == "The weight stays: the input is positive and δ is zero."


def test_the_edges_show_what_is_at_work(qtbot: QtBot, window: MainWindow) -> None:
    train(qtbot, window)
    on(qtbot, window)
    walk, network = walk_of(window), window.network
    x, first, last = walk.x[0], *walk.layers
    for index, quantity, values, layer in (
        (1, INPUT_TIMES_WEIGHT, x[:, None] * first.W, 1),
        (2, INPUT_TIMES_WEIGHT, first.a[0][:, None] * last.W, 2),
        (4, SAMPLE_GRADIENT, np.outer(first.a[0], last.delta[0]), 2),
        (5, SAMPLE_GRADIENT, np.outer(x, first.delta[0]), 1),
        (6, CHANGE, last.W_after - last.W, 2),
    ):
        window.player.seek(index)
        assert network.quantity is quantity
        assert network._scene is not None
        diagram = network.diagram()
        assert diagram is not None
        part = diagram.connections[layer - 1]
        shown = network._scene.values[part.start : part.start + part.size]
        np.testing.assert_array_equal(shown, values.ravel())
        assert layer in network._scene.connections
        choice = window.network_panel.footer.choice
        assert f"the edges show {quantity.title}" in choice.toolTip(), "why there is nothing to choose"
        network.grab()
        assert np.abs(values).max() <= network.scale_end <= 10 * np.abs(values).max()
    assert network._scene.connections == {1, 2}


def test_what_is_not_at_work_is_pale(qtbot: QtBot, window: MainWindow) -> None:
    def far_from_ground(layer: int) -> float:
        """How strongly the most coloured place among the edges of a layer is coloured."""
        diagram = window.network.diagram()
        assert diagram is not None
        image = window.network.grab().toImage()
        edges = [edge for edge in all_edges(diagram.sizes) if edge.layer == layer]
        connection = diagram.connections[layer - 1]
        assert isinstance(connection, Lines)
        places = [connection.place(edge, 0.7) for edge in edges]
        colors = [image.pixelColor(round(x), round(y)) for x, y in places]
        return max(color.hsvSaturationF() for color in colors)

    train(qtbot, window)
    on(qtbot, window, 2)
    assert far_from_ground(1) > 2 * far_from_ground(2)
    window.player.seek(2)
    assert far_from_ground(2) > 2 * far_from_ground(1)


def test_the_samples_of_the_batch_are_ringed_and_one_is_chosen(qtbot: QtBot, window: MainWindow) -> None:
    change_settings(qtbot, window, batch_size=5)
    on(qtbot, window, 2)
    walk = walk_of(window)
    assert window.session.loaded is not None
    points = window.session.loaded.preparation.dataset.points
    rings = window.scatter.points.walked
    assert sorted(map(tuple, rings.points)) == sorted(map(tuple, points[walk.rows]))
    assert window.inspector.phases.sample.isVisible()
    window.inspector.phases.sample.setValue(4)
    assert window.player.sample == 3
    np.testing.assert_array_equal(rings.points[-1], points[walk.rows[3]])
    assert to_text(neuron_forward(walk, 1, 0, 3)[0].markup()) in window.inspector.text()
    assert f"Row {walk.rows[3]}" in window.inspector.text()


def test_wide_layers_are_walked_too(qtbot: QtBot, window: MainWindow) -> None:
    window.session.change({"hidden": (20, 24)})
    qtbot.waitUntil(lambda: window.network.diagram() is not None and window.network.diagram().sizes == (2, 20, 24, 2))
    settle(qtbot, window)
    on(qtbot, window)
    pictures = set()
    for index in range(len(walk_of(window).phases)):
        window.player.seek(index)
        image = window.network.grab().toImage()
        pictures.add(image.bits().asstring(image.sizeInBytes()))
    assert len(pictures) == 9


# ---- A chosen point.


def click_point(qtbot: QtBot, window: MainWindow, row: int) -> None:
    assert window.session.loaded is not None
    x, y = window.session.loaded.preparation.dataset.points[row]
    plot = window.scatter.plot
    scene = plot.box.mapViewToScene(QPointF(x, y))
    place: QPoint = plot.mapFromScene(scene)
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.LeftButton, pos=place)


def apart(window: MainWindow) -> int:
    """A point that stands apart from the others."""
    assert window.session.loaded is not None
    return int(np.argmax(window.session.loaded.preparation.dataset.points[:, 0]))


def show_point(qtbot: QtBot, window: MainWindow) -> int:
    row = apart(window)
    click_point(qtbot, window, row)
    qtbot.waitUntil(lambda: window.inspector._point_walk is not None)
    return row


def test_a_click_on_a_point_shows_what_happens_for_it(qtbot: QtBot, window: MainWindow) -> None:
    """It began a walk: the step switch changed, and neither outputs nor loss were on the card."""
    train(qtbot, window)
    before = parameters(window)
    row = show_point(qtbot, window)
    settle(qtbot, window)
    assert window.player.walk is None and not is_shown(window)
    assert window.toolbar.buttons["step-phase"].property("marked") is not True
    trainer = make_trainer()
    trainer.prepare_engine()
    trainer.advance(1)
    wanted, text = walk_sample(trainer, row), window.inspector.text()
    said, truth = int(np.argmax(wanted.layers[-1].a[0])), int(np.argmax(wanted.y[0]))
    names = existing(window.session.loaded).preparation.output_titles
    assert text.startswith(f"Row {row} · {names[truth]} · ")
    assert f"The network answers {names[said]} (" in text
    assert (": right." if said == truth else f"but the point belongs to {names[truth]}: wrong.") in text
    for number in (*wanted.x[0], *wanted.layers[-1].a[0], wanted.losses[0]):
        assert exact(float(number)) in text
    scene = existing(window.network._scene)
    assert (scene.layers, scene.connections) == (frozenset({0, 1, 2}), frozenset({1, 2}))
    np.testing.assert_array_equal(existing(scene.numbers[1])[1], wanted.layers[0].a[0])
    rings = window.scatter.points.walked
    assert rings.points.tolist() == [list(existing(window.session.loaded).dataset.points[row])]
    assert (position(window), parameters(window)) == (1, before)


def test_a_shown_point_follows_the_training(qtbot: QtBot, window: MainWindow) -> None:
    show_point(qtbot, window)
    window.session.play()
    qtbot.waitUntil(lambda: existing(window.inspector._point_walk).position > 0)
    assert window.session.playing, "it does not pause the run"
    assert " · epoch " in window.inspector.title.full, "the heading names the moment of the numbers"
    window.session.pause()
    qtbot.waitUntil(lambda: existing(window.inspector._point_walk).position == position(window) and drawn(window))
    assert existing(window.network._scene).walk is window.inspector._point_walk


def test_the_answer_for_a_point_is_that_of_the_map_without_dropout(qtbot: QtBot, window: MainWindow) -> None:
    change_settings(qtbot, window, dropout=0.5)
    row = show_point(qtbot, window)
    points = existing(window.session.loaded).preparation.dataset.points[row : row + 1]
    shown = existing(window.inspector._point_walk).layers
    for layer, wanted in zip(shown, make_trainer().activations(points)[1:], strict=True):
        np.testing.assert_allclose(layer.a, wanted, rtol=1e-12)


def test_other_picks_views_and_data_leave_the_point(qtbot: QtBot, window: MainWindow) -> None:
    def is_left() -> bool:
        return window.network._scene is None and not window.scatter.points.walked.isVisible()

    show_point(qtbot, window)
    window.select(Edge(1, 0, 2))
    assert is_left() and window.inspector.point is None
    show_point(qtbot, window)
    window.inspector.head.views["net"].click()
    assert is_left()
    window.inspector.head.views["picked"].click()
    qtbot.waitUntil(lambda: window.network._scene is not None)
    change_settings(qtbot, window, hidden=(3,))
    qtbot.waitUntil(lambda: window.network._scene is not None)
    assert existing(window.network._scene).walk.sizes == (2, 3, 2), "the same point in another network"
    other = DataSource("xor")
    change_settings(qtbot, window, data=other)
    assert is_left() and window.inspector.point is None


def test_a_point_of_a_canvas_is_none_of_the_run(qtbot: QtBot, window: MainWindow) -> None:
    show_point(qtbot, window)
    window.painting.new_canvas()
    qtbot.waitUntil(lambda: existing(window.session.loaded).canvas is not None and window.session.at_rest)
    assert window.inspector.point is None and window.network._scene is None
    window.scatter.point_clicked.emit(0)
    qtbot.waitUntil(lambda: "points" in window.notices.newest.text.text())
    assert window.inspector.point is None


def test_the_card_begins_the_walk_of_its_point_and_trains_nothing(qtbot: QtBot, window: MainWindow) -> None:
    train(qtbot, window)
    before = parameters(window)
    row = show_point(qtbot, window)
    qtbot.mouseClick(window.inspector.walk_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.player.walk is not None)
    settle(qtbot, window)
    trainer = make_trainer()
    trainer.prepare_engine()
    trainer.advance(1)
    wanted = walk_sample(trainer, row)
    walk = walk_of(window)
    assert (walk.rows.tolist(), walk.is_next) == ([row], False)
    assert walk.parameters_after.tobytes() == wanted.parameters_after.tobytes()
    answers = walk.layers[-1].a[0]
    is_right = int(np.argmax(answers)) == int(np.argmax(walk.y[0]))
    text = window.inspector.text()
    assert f"Row {row} · x1 = " in text
    assert ("): right · " if is_right else "): wrong · ") in text
    assert "You chose this point" in text
    on(qtbot, window, len(PHASES) - 1)
    assert phase(window).kind == UPDATE
    assert " would go " in window.inspector.text()
    on(qtbot, window)
    assert window.player.walk is None
    assert (position(window), parameters(window)) == (1, before)
    assert existing(window.network._scene).walk is window.inspector._point_walk, "the point is shown again"


def test_the_walk_of_a_test_point_says_that_the_run_never_trains_on_it() -> None:
    trainer = make_trainer(SHALLOW.replace(train_fraction=0.8))
    for rows, is_test in ((trainer.preparation.test.rows, True), (trainer.preparation.train.rows, False)):
        walk = walk_sample(trainer, int(rows[0]))
        for index in range(len(walk.phases)):
            _title, sample, sentence = scene_words(make_scene(walk, index, 0, None), trainer.preparation)
            assert sample.startswith(f"Row {rows[0]}, a test point · " if is_test else f"Row {rows[0]} · ")
            assert index or ("You chose a test point, on which the run never trains" in sentence) is is_test


def test_the_loss_of_a_point_shows_its_factors(qtbot: QtBot, window: MainWindow) -> None:
    """The mean square of the errors is twice the loss that is called MSE, whose factor is a half."""
    window.resize(1280, 800)
    train(qtbot, window)
    show_point(qtbot, window)
    rows = window.inspector.pages.rows.table
    loss = next(line for line in rows.lines if line.symbol == "L")
    assert rows._value(loss).startswith("½·") and rows.words(loss).startswith("loss")


def test_the_title_of_a_point_says_what_it_is_while_the_run_plays(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1280, 800)
    train(qtbot, window)
    show_point(qtbot, window)
    assert window.inspector.title.text().endswith(" · training point")
    window.inspector.show_playing(True)
    assert window.inspector.about.isVisible() and "sample 1" in window.inspector.about.text()
    assert window.inspector.title.text().endswith(" · training point")


def test_a_click_on_a_part_is_answered_in_every_phase(qtbot: QtBot, window: MainWindow) -> None:
    """While the sample is picked, at the loss, and in the phases of other layers nothing happened."""
    on(qtbot, window)
    for index, part, wanted in (
        (0, Edge(1, 0, 3), Phase(FORWARD, 1)),
        (0, Edge(2, 3, 1), Phase(FORWARD, 2)),
        (1, Neuron(2, 1), Phase(FORWARD, 2)),
        (2, Neuron(1, 5), Phase(FORWARD, 1)),
        (3, Edge(1, 1, 2), Phase(BACKWARD, 1)),
        (4, Neuron(1, 6), Phase(BACKWARD, 1)),
        (6, Edge(2, 0, 0), Phase(UPDATE)),
    ):
        window.player.seek(index)
        window.network.picked.emit(part)
        assert phase(window) == wanted
        assert existing(window.network._scene).item == part


def test_a_click_beside_the_points_does_nothing(window: MainWindow) -> None:
    corner = window.scatter.plot.box.sceneBoundingRect().bottomLeft()
    assert window.scatter._decision_plot.row_at(corner + QPointF(3, -3)) is None


# ---- The probe.


def test_the_probe_shows_the_activations_under_the_mouse(qtbot: QtBot, window: MainWindow) -> None:
    viewport, box = window.scatter.plot.viewport(), window.scatter.plot.box
    place = window.scatter.plot.mapFromScene(box.sceneBoundingRect().center())
    hover(viewport, place.x(), place.y())
    settle(qtbot, window)
    assert window.network._probe is None
    before = window.network.grab().toImage()
    press(qtbot, window, Qt.Key.Key_P)
    assert window.scatter.probe.isChecked()

    def probes() -> bool:
        hover(viewport, place.x() + 10, place.y() + 5)  # again and again: the plot leaves out moves that come too fast
        return window.network._probe is not None

    qtbot.waitUntil(probes)
    probe = window.network._probe
    assert probe is not None
    trainer = make_trainer()
    for found, wanted in zip(probe.activations, trainer.activations(np.array([probe.point])), strict=True):
        np.testing.assert_array_equal(found, wanted[0])
    assert window.network.grab().toImage() != before
    press(qtbot, window, Qt.Key.Key_P)
    assert window.network._probe is None
    settle(qtbot, window)
    assert window.network.grab().toImage() == before


# ---- Slow motion.


def test_slow_motion_plays_the_phases_and_pauses_at_any(qtbot: QtBot, window: MainWindow) -> None:
    assert PACES[: len(SLOW_MOTION)] == SLOW_MOTION
    window.toolbar.speed.pace.setValue(0)
    window.player._timer.setInterval(5)  # not so slow
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: position(window) == 2)
    assert window.actions_by_name["play"].toolTip().startswith("Stop")
    press(qtbot, window, Qt.Key.Key_Space)
    assert not window.player.is_animating
    settle(qtbot, window)
    assert window.actions_by_name["play"].toolTip().startswith("Train")
    stands = position(window), window.player.index
    assert walk_of(window).position == stands[0]
    trainer = make_trainer()
    trainer.advance(stands[0])
    assert parameters(window) == trainer.network.parameters.tobytes()
    qtbot.wait(40)
    assert (position(window), window.player.index) == stands


def test_a_faster_place_of_the_slider_plays_on_without_the_phases(qtbot: QtBot, window: MainWindow) -> None:
    window.toolbar.speed.pace.setValue(1)
    press(qtbot, window, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: window.player.walk is not None)
    window.toolbar.speed.pace.setValue(len(PACES) - 1)
    qtbot.waitUntil(lambda: position(window) > 100)
    assert window.player.walk is None
    window.toolbar.speed.pace.setValue(1)
    qtbot.waitUntil(lambda: window.player.walk is not None and not window.session.playing)
    assert window.player.is_animating
    press(qtbot, window, Qt.Key.Key_Escape)
    assert not window.player.is_animating
    settle(qtbot, window)


# ---- The look.


def test_the_weight_whose_formulas_are_shown_keeps_its_colour_in_either_theme(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1280, 800)  # in a window below its least size the captions hide so short an edge
    train(qtbot, window)
    on(qtbot, window, len(PHASES))
    assert window.network._scene is not None
    edge = window.network._scene.item  # the one that changes most
    assert isinstance(edge, Edge)
    diagram = window.network.diagram()
    assert diagram is not None
    connection = diagram.connection(edge)
    assert isinstance(connection, Lines)
    places = [connection.place(edge, share) for share in np.linspace(0.2, 0.8, 25)]  # others may cross it somewhere
    layer = walk_of(window).layers[edge.layer - 1]
    change = float((layer.W_after - layer.W)[edge.source, edge.target])
    for _ in range(2):
        window.actions_by_name["theme"].trigger()
        settle(qtbot, window)
        window.network.grab()  # the scale follows when it is painted
        share = change / window.network.scale_end
        wanted = window.network.quantity.color(window.theme, share)
        assert min(distance(color, wanted) for color in pixels(window.network, places)) < 30
        beside = pixels(window.network, [(x, y + dy) for x, y in places for dy in range(-8, 9)])
        assert min(distance(color, window.theme.accent) for color in beside) < 60
        assert window.inspector.sentence.text().startswith("The weight ")


def test_a_closed_card_opens_for_the_walk_alone(qtbot: QtBot, open_window: Callable[[], MainWindow]) -> None:
    first = open_window()
    card = first.docks.by_name["inspector"]
    card.hide()
    on(qtbot, first)
    assert card.isVisible() and is_shown(first)
    press(qtbot, first, Qt.Key.Key_Escape)
    settle(qtbot, first)
    assert card.isHidden()
    on(qtbot, first)
    first.docks.apply(first.docks.describe())
    assert card.isVisible()
    first.close()
    second = open_window()
    assert second.docks.by_name["inspector"].isHidden()
    assert second.loss.isVisible()
    second.docks.restore_default()
    on(qtbot, second)
    assert is_shown(second)
    press(qtbot, second, Qt.Key.Key_Escape)
    settle(qtbot, second)
    assert second.docks.by_name["inspector"].isVisible() and not is_shown(second)


def test_the_rows_of_the_phase_are_marked_in_the_card(qtbot: QtBot, window: MainWindow) -> None:
    train(qtbot, window)
    window.select(Neuron(1, 4))
    on(qtbot, window)
    table = window.inspector.pages.rows.table
    place = window.inspector.title.geometry(), window.network.geometry()
    words: dict[int, tuple[str, ...]] = {}
    for index, kind in enumerate(PHASES):
        window.player.seek(index)
        marked = [line.is_marked for line in table.lines]
        assert any(marked) and all(line.is_marked is not line.is_pale for line in table.lines)
        words[index] = tuple(line.words for line in table.lines)
        assert (window.inspector.title.geometry(), window.network.geometry()) == place
        if kind in (PICK, LOSS):
            assert all(marked)
    assert words[1] == words[5], "forwards and backwards the same lines of the same neuron"


def test_the_number_of_the_sample_is_shown_whole(qtbot: QtBot, window: MainWindow) -> None:
    window.session.change({"batch_size": 100})
    settle(qtbot, window)
    for _ in range(2):
        on(qtbot, window)
        field = window.inspector.phases.sample
        line = existing(field.lineEdit())
        assert field.text() == "1 of 100"
        assert line.fontMetrics().horizontalAdvance("100 of 100") <= line.width() - 4, "with the margins of Qt's line"


def test_escape_clears_what_is_picked_where_no_update_is_walked_through(qtbot: QtBot, window: MainWindow) -> None:
    window.select(Neuron(1, 0))
    on(qtbot, window)
    assert window.player.walk is not None
    press(qtbot, window, Qt.Key.Key_Escape)
    assert window.player.walk is None and window.inspector.selection == Neuron(1, 0)
    press(qtbot, window, Qt.Key.Key_Escape)
    assert window.inspector.selection is None
    assert not window.actions_by_name["leave-walk"].isEnabled()
    window.select(None, 3)
    press(qtbot, window, Qt.Key.Key_Escape)
    assert window.inspector.point is None
    settle(qtbot, window)
