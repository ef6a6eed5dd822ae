"""The exact numbers of what was clicked."""

from __future__ import annotations

import pytest
from PyQt5.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from core.trainer import Trainer
from gui.inspector import HINT, Inspector
from gui.numbers import exact
from gui.selection import Edge, Neuron
from tests.gui.support import SHALLOW, loaded_of, make_trainer, snapshot_of


@pytest.fixture
def inspector(qtbot: QtBot) -> Inspector:
    inspector = Inspector()
    qtbot.addWidget(inspector)
    inspector.resize(700, 120)
    inspector.show()
    return inspector


def show(inspector: Inspector, trainer: Trainer) -> None:
    inspector.set_run(loaded_of(trainer))
    inspector.show_snapshot(snapshot_of(trainer))


def texts(inspector: Inspector) -> list[str]:
    return [label.text() for label in inspector.findChildren(QLabel) if label.isVisible()]


def test_without_a_pin_it_says_what_to_do(inspector: Inspector) -> None:
    show(inspector, make_trainer())
    assert texts(inspector) == [HINT]


@pytest.mark.parametrize(
    ("item", "name", "index"), [(Edge(1, 1, 3), "W1[1, 3]", 10), (Neuron(2, 1), "b2[1]", 36)], ids=["weight", "bias"]
)
def test_the_numbers_of_an_update_are_shown_to_the_last_digit(
    inspector: Inspector, item: Edge | Neuron, name: str, index: int
) -> None:
    trainer = make_trainer()
    trainer.advance(5)
    before = trainer.network.parameters[index]
    trainer.advance(1)
    show(inspector, trainer)
    inspector.set_selection(item)
    told = texts(inspector)
    assert any(name in text for text in told)
    assert exact(trainer.network.parameters[index]) in told
    assert exact(trainer.gradient[index]) in told
    assert exact(trainer.network.parameters[index] - before) in told


def test_before_the_first_update_there_is_no_gradient(inspector: Inspector) -> None:
    show(inspector, make_trainer())
    inspector.set_selection(Edge(1, 0, 0))
    assert texts(inspector).count("–") == 2


def test_an_input_has_a_name_but_no_numbers(inspector: Inspector) -> None:
    trainer = make_trainer()
    show(inspector, trainer)
    inspector.set_selection(Neuron(0, 1))
    [title] = texts(inspector)
    assert trainer.preparation.dataset.column_names[1] in title


def test_a_neuron_tells_its_activation(inspector: Inspector) -> None:
    show(inspector, make_trainer())
    inspector.set_selection(Neuron(1, 2))
    assert any("Neuron 3 of hidden layer 1" in text and "igmoid" in text for text in texts(inspector))


def test_the_pin_stays_where_the_new_net_has_the_place_and_goes_where_not(inspector: Inspector) -> None:
    show(inspector, make_trainer())
    inspector.set_selection(Edge(1, 1, 6))
    show(inspector, make_trainer(SHALLOW.replace(seed=3)))
    assert inspector.selection == Edge(1, 1, 6)
    show(inspector, make_trainer(SHALLOW.replace(hidden=(3,))))
    assert inspector.selection is None
    assert texts(inspector) == [HINT]
