"""Every choice is reachable in the window, and what cannot be is greyed out or refused with a reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from core.data.data_source import DataSource
from core.data.features import FEATURES
from core.engines.choosing import LABELS
from core.engines.kernels.plan import OPTIMIZER_CODES
from core.network.activations import HIDDEN_ACTIVATIONS, OUTPUT_ACTIVATIONS
from core.network.initializers import INITIALIZERS
from core.network.losses import LOSSES, why_not
from core.network.optimizers import OPTIMIZERS
from core.network.schedules import SCHEDULES
from core.network.tasks import CLASSIFICATION
from core.training.experiment import LIVE_FIELDS, Experiment
from gui.widgets.fields import ChoiceBox
from gui.widgets.number_fields import next_round
from gui.window.main_window import MainWindow
from tests.gui.conftest import drawn
from tests.gui.support import choose_data, learn_file, position

LEFT_BUTTON = Qt.MouseButton.LeftButton


def rest(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: drawn(window))


def experiment(window: MainWindow) -> Experiment:
    assert window.session.experiment is not None
    return window.session.experiment


@pytest.fixture
def window(window: MainWindow) -> MainWindow:
    """The window with all its settings unfolded."""
    window.docks.bring_up("more")
    return window


def choose(qtbot: QtBot, window: MainWindow, choice: QComboBox, value: str) -> None:
    """By the keyboard, as somebody does who tabs through the settings."""
    choice.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(choice, Qt.Key.Key_Home)
    for _ in range(choice.count()):
        if choice.currentData() == value:
            break
        qtbot.keyClick(choice, Qt.Key.Key_Down)
    assert choice.currentData() == value
    rest(qtbot, window)


def type_in(qtbot: QtBot, window: MainWindow, field: QWidget, text: str) -> None:
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    rest(qtbot, window)


def open_sections(window: MainWindow) -> None:
    for section in window.panels.more.sections.values():
        section.header.setChecked(True)


def refused(choice: ChoiceBox) -> set[str]:
    """The entries that are greyed out, each of which must say why."""
    model = choice.model()
    found = set()
    for place in range(choice.count()):
        if not model.index(place, 0).flags() & Qt.ItemFlag.ItemIsEnabled:
            assert "Not now: " in choice.itemData(place, Qt.ItemDataRole.ToolTipRole)
            found.add(choice.itemData(place))
    return found


def test_the_tables_fill_the_choices(window: MainWindow) -> None:
    def values(choice: QComboBox) -> list[str]:
        return [choice.itemData(place) for place in range(choice.count())]

    assert values(window.panels.strip.activation) == list(HIDDEN_ACTIVATIONS)
    assert values(window.panels.layers.layers.activations[0]) == list(HIDDEN_ACTIVATIONS)
    assert values(window.panels.layers.output) == list(OUTPUT_ACTIVATIONS)
    assert values(window.panels.strip.loss) == list(LOSSES)
    assert values(window.panels.strip.optimizer) == list(OPTIMIZERS)
    assert values(window.panels.training.schedule.choice) == list(SCHEDULES)
    assert values(window.panels.more.init) == list(INITIALIZERS)
    assert values(window.panels.more.engine) == list(LABELS)
    assert list(window.panels.layers.features.buttons) == list(FEATURES)


def test_live_settings_change_without_a_reset_and_others_with_one(qtbot: QtBot, window: MainWindow) -> None:
    open_sections(window)
    window.session.run_epochs(1)
    rest(qtbot, window)
    start = position(window)
    choose(qtbot, window, window.panels.strip.optimizer, "adam")
    choose(qtbot, window, window.panels.training.schedule.choice, "cosine")
    type_in(qtbot, window, window.panels.training.schedule.fields[0], "30")
    type_in(qtbot, window, window.panels.training.warm_up, "2")
    for field, text in (
        (window.panels.more.l1, "0.001"),
        (window.panels.more.l2, "0.002"),
        (window.panels.more.dropout, "0.25"),
    ):
        type_in(qtbot, window, field, text)
    qtbot.mouseClick(window.panels.more.at_loss, LEFT_BUTTON)
    rest(qtbot, window)
    found = experiment(window)
    assert position(window) == start > 0
    assert (found.optimizer, str(found.schedule), found.warm_up) == ("adam", "cosine:30:0", 2)
    assert (found.l1, found.l2, found.dropout, found.stop_loss) == (
        0.001,
        0.002,
        0.25,
        window.panels.more.stop_loss.value(),
    )
    assert Experiment().changed_fields(found) <= LIVE_FIELDS
    type_in(qtbot, window, window.panels.more.bias, "-0.5")
    assert position(window) == 0
    assert experiment(window).bias == -0.5


def test_the_status_bar_says_why_numpy_computes(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(OPTIMIZER_CODES, "adam")

    def label() -> QLabel:
        (found,) = (label for label in window.statusBar().findChildren(QLabel) if label.text().endswith(" engine"))
        assert isinstance(found, QLabel)
        return found

    choose(qtbot, window, window.panels.strip.optimizer, "adam")
    assert label().text() == "NumPy engine"
    assert label().toolTip() == "The compiled engine has no form of the optimizer adam, so NumPy computes."
    choose(qtbot, window, window.panels.strip.optimizer, "sgd")
    assert label().toolTip() == "What computes the training steps"


def test_each_layer_has_its_own_activation_and_all_can_be_set_at_once(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.mouseClick(window.panels.layers.layers.add, LEFT_BUTTON)
    rest(qtbot, window)
    choose(qtbot, window, window.panels.layers.layers.activations[1], "gelu")
    assert experiment(window).activation == ("sigmoid", "gelu")
    assert window.panels.strip.activation.currentIndex() == -1
    choose(qtbot, window, window.panels.strip.activation, "sine")
    assert experiment(window).activation == "sine"
    window.session.change({"hidden": ()})
    rest(qtbot, window)
    strip = window.panels.strip.activation
    assert (strip.isEnabled(), strip.currentIndex(), strip.placeholderText()) == (False, -1, "None")


def test_features_are_switched_by_a_click_and_one_must_stay(qtbot: QtBot, window: MainWindow) -> None:
    buttons = window.panels.layers.features.buttons
    for name in ("sin-x1", "radius", "x1", "x2", "sin-x1"):
        qtbot.mouseClick(buttons[name], LEFT_BUTTON)
        rest(qtbot, window)
    assert experiment(window).features == ("radius",)
    assert window.session.loaded is not None
    assert window.session.loaded.preparation.sizes[0] == 1
    qtbot.mouseClick(buttons["radius"], LEFT_BUTTON)
    rest(qtbot, window)
    assert "no inputs" in window.notices.newest.text.text()
    assert buttons["radius"].isChecked()
    assert experiment(window).features == ("radius",)


@pytest.mark.parametrize("loss", [name for name, loss in LOSSES.items() if CLASSIFICATION in loss.tasks])
def test_a_loss_brings_an_output_that_goes_with_it(qtbot: QtBot, window: MainWindow, loss: str) -> None:
    choose(qtbot, window, window.panels.strip.loss, loss)
    found = experiment(window)
    assert found.loss == loss
    assert not why_not(LOSSES[loss], found.output, found.task)
    possible = {name for name in OUTPUT_ACTIVATIONS if not why_not(LOSSES[loss], name, CLASSIFICATION)}
    assert refused(window.panels.layers.output) == set(OUTPUT_ACTIVATIONS) - possible


def test_regression_changes_what_is_offered_and_shown(qtbot: QtBot, window: MainWindow) -> None:
    choose_data(qtbot, window, "plane")
    window.docks.bring_up("more")
    rest(qtbot, window)
    found = experiment(window)
    assert (found.task, found.output, found.loss) == ("regression", "linear", "mse")
    assert refused(window.panels.strip.loss) == {"cross-entropy", "binary-cross-entropy", "hinge"}
    assert refused(window.panels.layers.output) == {"softmax"}
    assert window.loss.what.itemText(1) == "R²"
    window.session.run_epochs(2)
    rest(qtbot, window)
    snapshot = window.session.snapshot
    assert snapshot is not None
    assert snapshot.output is not None
    assert snapshot.output.value is not None
    assert np.ptp(snapshot.output.value) > 0.0
    choose_data(qtbot, window, "circle")
    window.docks.bring_up("more")
    rest(qtbot, window)
    assert (experiment(window).output, window.loss.what.itemText(1)) == ("softmax", "Accuracy")


def test_the_target_is_standardized_by_its_box_or_with_the_inputs(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    box = window.panels.data.standardize_target
    assert not box.isVisible(), "classes have nothing to standardize"
    path = tmp_path / "prices.csv"
    table = np.random.default_rng(0).normal(size=(40, 3)) * (1.0, 1.0, 30_000.0) + (0.0, 0.0, 200_000.0)
    np.savetxt(path, table, delimiter=",", header="east,north,price", comments="")
    window.session.change({"data": DataSource("file", str(path), task="regression"), "only_sample": None})
    rest(qtbot, window)
    assert box.isVisible() and not box.isChecked()
    assert any("Standardize the target." in label.text() for label in window.panels.data.findChildren(QLabel))
    qtbot.mouseClick(box, LEFT_BUTTON)
    qtbot.waitUntil(lambda: experiment(window).standardize_target and drawn(window))
    assert not any("hard to learn" in label.text() for label in window.panels.data.findChildren(QLabel))
    window.session.run_epochs(20)
    qtbot.waitUntil(lambda: position(window) == 20 * 40 and drawn(window))
    snapshot = window.session.snapshot
    assert snapshot is not None
    assert 150_000.0 < snapshot.predicted.mean() < 250_000.0
    assert snapshot.train_loss == pytest.approx(snapshot.train_squared_error / 2)
    assert "in the data's units" in window.loss.numbers._values["train_loss"].toolTip()
    qtbot.mouseClick(window.panels.data.standardize, LEFT_BUTTON)
    qtbot.mouseClick(window.panels.data.standardize, LEFT_BUTTON)
    qtbot.waitUntil(lambda: not experiment(window).standardize_target and drawn(window))


def test_a_file_of_numbers_can_be_learnt_as_numbers(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "heights.csv"
    rng = np.random.default_rng(0)
    table = rng.normal(size=(150, 3))
    np.savetxt(path, table, delimiter=",", header="east,north,height", comments="")
    learn_file(window, path)
    qtbot.waitUntil(lambda: "100" in window.notices.newest.text.text())
    assert "regression" in window.notices.newest.text.text(), "150 classes are refused with a way out"
    window.session.change({"data": experiment(window).data.__class__("file", str(path), task="regression")})
    rest(qtbot, window)
    assert window.session.loaded is not None
    assert window.session.loaded.preparation.output_names == ("height",)
    assert window.panels.strip.problem.isVisible()
    assert window.panels.strip.problem.value() == "regression"


def test_early_stopping_needs_a_test_set_and_goes_back_to_the_best_epoch(qtbot: QtBot, window: MainWindow) -> None:
    open_sections(window)
    assert not window.panels.more.early.isEnabled()
    window.session.change({"train_fraction": 0.5, "learning_rate": 5.0, "optimizer": "adam", "hidden": (32, 32)})
    rest(qtbot, window)
    qtbot.mouseClick(window.panels.more.early, LEFT_BUTTON)
    rest(qtbot, window)
    type_in(qtbot, window, window.panels.more.patience, "3")
    assert experiment(window).patience == 3
    window.session.run_epochs(200)
    qtbot.waitUntil(lambda: window.verdict.pause.isVisible() and drawn(window))
    told = window.statusBar().currentMessage()
    assert "Stopped early" in told
    snapshot = window.session.snapshot
    assert snapshot is not None
    assert f"of epoch {snapshot.epoch}." in told
    assert snapshot.history.column("test_loss")[-1] == snapshot.test_loss
    assert experiment(window).patience == 3, "the settings stay as they were"


def test_a_run_that_ends_before_its_patience_offers_its_best_epoch(qtbot: QtBot, window: MainWindow) -> None:
    fields = {"train_fraction": 0.5, "learning_rate": 5.0, "optimizer": "adam", "hidden": (32, 32)}
    window.session.change({**fields, "patience": 1000})
    rest(qtbot, window)
    window.session.run_epochs(20)
    qtbot.waitUntil(lambda: window.notices.isVisible() and drawn(window))
    history = window.session.snapshot.history
    best = int(history.lows[-1, 0])
    assert best < position(window) == 20 * history.epoch_length, "the case is of no use"
    assert f"was lowest at epoch {best // history.epoch_length}" in window.notices.newest.text.text()
    qtbot.mouseClick(window.notices.newest.go, LEFT_BUTTON)
    qtbot.waitUntil(lambda: position(window) == best and drawn(window))
    assert not window.notices.isVisible()
    ahead = window.session.snapshot.history.ahead
    assert ahead[-1, 0] == 20 * history.epoch_length, "the record behind the best epoch stays"


@pytest.mark.parametrize(
    ("value", "up", "low", "expected"),
    [
        (0.01, True, 1e-9, 0.02),
        (0.03, False, 1e-9, 0.02),
        (0.0, True, 0.0, 1e-4),
        (1e-4, False, 0.0, 0.0),
        (0.0, False, 0.0, 0.0),
        (0.0, False, -1e6, -1e-4),
        (-0.02, True, -1e6, -0.01),
        (-0.02, False, -1e6, -0.05),
    ],
)
def test_the_arrows_step_over_powers_of_ten(value: float, up: bool, low: float, expected: float) -> None:
    assert next_round(value, up, low, 1e-12 if low > 0.0 else 1e-4) == expected


def test_what_is_greyed_out_says_why(qtbot: QtBot, window: MainWindow) -> None:
    """Every list, setting and entry of the menus, with a rule, without hidden layers and without a test set."""
    panels = window.panels
    assert panels.seldom is not None, "which makes what is made late"
    window.session.change({"data": DataSource("rule", rule="x2 > x1"), "only_sample": None, "hidden": ()})
    rest(qtbot, window)
    for box in (box for box in window.findChildren(ChoiceBox) if not box.accessibleName().startswith("Setting")):
        for place in range(box.count()):
            if not box.model().item(place).isEnabled():
                for role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole):
                    assert str(box.itemData(place, role)).startswith("Not now: "), (
                        box.accessibleName(),
                        box.itemText(place),
                    )
                assert box.itemText(place) in box.accessibleDescription()
    assert panels.strip.problem.accessibleDescription() == (
        "Not now: Numbers, since the rule is a condition, which gives classes."
    )
    more, training = panels.more, panels.training
    for field in (panels.strip.activation, more.dropout, more.early, more.patience, more.stop_loss, training.momentum):
        assert not field.isEnabled() and field.toolTip().startswith("Not now: ") and field.accessibleDescription()
    for action in window.actions_by_name.values():
        assert action.isEnabled() or action.statusTip().startswith("Not now: "), action.text()
    tip = more.patience.toolTip()
    window.session.change({"train_fraction": 0.5, "patience": 5, "hidden": (3,)})
    rest(qtbot, window)
    for field in (panels.strip.activation, more.dropout, more.early, more.patience):
        assert field.isEnabled() and "Not now" not in field.toolTip() and not field.accessibleDescription()
    assert more.patience.toolTip() not in ("", tip)


def test_the_strip_tells_what_is_on_among_the_folded_settings(qtbot: QtBot, window: MainWindow) -> None:
    more = window.panels.strip.more
    assert more.text() == "More settings ›" and "Now on" not in more.toolTip()
    window.session.change({"train_fraction": 0.5, "patience": 5})
    qtbot.waitUntil(lambda: more.text() in ("More settings · early stopping ›", "More · 1 ›"))
    assert more.toolTip().startswith("Now on: early stopping\n")
    window.session.change({"l1": 0.1, "l2": 0.1})
    qtbot.waitUntil(lambda: more.text() in ("More settings · 2 ›", "More · 2 ›"))
    assert more.accessibleDescription() == "Now on: several penalties, early stopping"
    choose_data(qtbot, window, "circle")
    rest(qtbot, window)
    qtbot.waitUntil(lambda: "early stopping" in more.toolTip())
