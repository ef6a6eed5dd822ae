"""What no network can learn ends in a clear message, and the window lives on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core.storage.weights_file import save_weights
from gui.window.main_window import MainWindow
from tests.gui.conftest import drawn
from tests.gui.support import learn_file, position

TABLES = {
    "one row": ("1 2 a\n", "every row has the label"),
    "one class": ("1 2 a\n2 3 a\n4 5 a\n", "every row has the label"),
}


def lives(qtbot: QtBot, window: MainWindow) -> None:
    """It still trains what it had."""
    before = position(window)
    window.session.step("sample")
    qtbot.waitUntil(lambda: position(window) == before + 1 and drawn(window))


@pytest.mark.parametrize("name", TABLES)
def test_data_beyond_learning_are_refused(qtbot: QtBot, window: MainWindow, tmp_path: Path, name: str) -> None:
    text, said = TABLES[name]
    path = tmp_path / "table.txt"
    path.write_text(text)
    learn_file(window, path)
    qtbot.waitUntil(lambda: said in window.notices.newest.text.text())
    lives(qtbot, window)


def test_inputs_of_1e300_leave_a_live_window(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    path.write_text("1e300 1e300 a\n-1e300 1e300 b\n1e299 2e300 a\n")
    learn_file(window, path)
    qtbot.waitUntil(lambda: "table.txt" in window.windowTitle() or window.notices.isVisible())
    window.session.run_epochs(2)
    qtbot.waitUntil(lambda: not window.session.playing and drawn(window))
    assert window.session.snapshot is not None
    assert np.isfinite(window.session.snapshot.parameters).all()
    assert np.isfinite(window.session.snapshot.train_loss)
    lives(qtbot, window)


def test_a_constant_column_is_learnt_from_the_other(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    path.write_text("".join(f"7 {k} {'low' if k < 10 else 'high'}\n" for k in range(20)))
    window.session.change({"standardize": True})
    learn_file(window, path)
    qtbot.waitUntil(lambda: "table.txt" in window.windowTitle() and drawn(window))
    window.session.run_epochs(5)
    qtbot.waitUntil(lambda: position(window) == 100 and drawn(window))


def test_a_rate_of_ten_on_relu_says_what_happened_or_goes_on(qtbot: QtBot, window: MainWindow) -> None:
    window.session.change({"activation": "relu", "output": "linear", "learning_rate": 10.0})
    qtbot.waitUntil(lambda: drawn(window))
    window.session.run_epochs(3)
    qtbot.waitUntil(lambda: window.statusBar().currentMessage().startswith("Training diverged"))
    qtbot.waitUntil(lambda: drawn(window))
    assert window.session.snapshot is not None
    assert np.isfinite(window.session.snapshot.parameters).all()
    window.session.reset()
    qtbot.waitUntil(lambda: position(window) == 0 and drawn(window))


def test_weights_of_1e308_are_refused(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    assert window.session.loaded is not None
    sizes = window.session.loaded.preparation.sizes
    path = tmp_path / "w.npz"
    save_weights(str(path), sizes, np.full(37, 1e308))
    window.run_commands.load_weights(str(path))
    qtbot.waitUntil(lambda: window.notices.isVisible())
    assert "not finite" in window.notices.newest.text.text()
    lives(qtbot, window)
