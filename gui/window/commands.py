"""What the actions of the menus do."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QApplication, QDialog, QDialogButtonBox, QFileDialog, QLabel, QScrollArea, QVBoxLayout

from core.base.errors import LensError
from core.base.version import VERSION
from core.explain.picked_part import moved
from core.storage.project import SUFFIX
from core.storage.weights_file import load_parameters
from core.training.presets import Preset
from core.workbench.messages import Notice
from gui.explanation.inspector.matrix_tables import MatrixTable, csv_bytes, tab_separated
from gui.widgets.theme import DARK, LIGHT
from gui.window.actions import ACTIONS

if TYPE_CHECKING:
    from core.explain.gradient_check import GradientCheck
    from gui.tables.table_commands import TableCommands
    from gui.window.main_window import MainWindow

TABLES_FILTER = (
    "Tables (*.csv *.tsv *.txt *.dat *.tab *.csv.gz *.csv.zip *.xlsx *.xls *.ods *.parquet *.feather *.json *.jsonl "
    "*.arff *.npy *.npz);;All files (*)"
)
TABLE_FILTER = "Tables (*.csv)"
WEIGHTS_FILTER = "Weights (*.npz)"


class Commands:
    """Handlers of the actions, which need the window to ask the user and the session to act."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._session = window.session
        self._table_commands: TableCommands | None = None

    def handlers(self) -> dict[str, Callable[[], object]]:
        """One for each name in the table of actions."""
        window, session = self._window, self._session
        return {
            "open": self.ask_for_table,
            "paste-table": lambda: self._tables().paste(),
            "open-weights": self.open_weights,
            "quit": window.close,
            "rename-classes": self.rename_classes,
            "pick-on": lambda: self.pick(layers=1),
            "pick-back": lambda: self.pick(layers=-1),
            "pick-down": lambda: self.pick(units=1),
            "pick-up": lambda: self.pick(units=-1),
            "source-down": lambda: self.pick(sources=1),
            "source-up": lambda: self.pick(sources=-1),
            "pick-none": lambda: window.select(None),
            "walk-next": lambda: self.walk_with(1),
            "walk-before": lambda: self.walk_with(-1),
            "undo": session.undo,
            "redo": session.redo,
            "check-gradients": session.check_gradients,
            "copy-formulas": self.copy_formulas,
            "play": window.player.toggle,
            "step-phase": window.player.step,
            "back-phase": window.player.back,
            "leave-walk": window.player.leave,
            "step-sample": lambda: session.step("sample"),
            "step-batch": lambda: session.step("batch"),
            "step-epoch": lambda: session.step("epoch"),
            "run-epochs": self.run_epochs,
            "back-sample": lambda: session.step_back("sample"),
            "back-batch": lambda: session.step_back("batch"),
            "back-epoch": lambda: session.step_back("epoch"),
            "reset": session.reset,
            "new-seed": session.new_seed,
            "faster": lambda: window.transport.pace.setValue(window.transport.pace.value() + 1),
            "slower": lambda: window.transport.pace.setValue(window.transport.pace.value() - 1),
            "theme": lambda: window.set_theme(LIGHT if window.theme is DARK else DARK),
            "fit": window.scatter.show_everything,
            "log-axis": self.toggle_log_axis,
            "probe": window.scatter.probe.toggle,
            "default-layout": window.default_layout,
            "shortcuts": self.show_shortcuts,
            "about": self.show_about,
        }

    # ---------------------------------------------------------------- picking

    def pick(self, layers: int = 0, units: int = 0, sources: int = 0) -> None:
        """Pin what lies beside what is pinned; see :func:`core.explain.picked_part.moved`."""
        loaded = self._session.loaded
        if loaded is not None:
            sizes = loaded.preparation.sizes
            self._window.select(moved(self._window.inspector.selection, sizes, layers, units, sources))

    def walk_with(self, step: int) -> None:
        """Walk through the update that the next point of the data would make, or the one before."""
        loaded, player = self._session.loaded, self._window.player
        if loaded is not None:
            walk = player.walk
            row = int(walk.rows[player.sample]) + step if walk is not None else min(step, 0)
            player.choose_row(row % len(loaded.preparation.dataset))

    # ---------------------------------------------------------------- experiments

    def run_epochs(self) -> None:
        """Train for as many epochs as the field in the toolbar says, also when it is still being typed in."""
        field = self._window.transport.epochs
        field.interpretText()
        self._session.run_epochs(field.value())

    def start_preset(self, preset: Preset) -> None:
        """Start a preset and offer to run as many epochs as it needs."""
        self._window.transport.epochs.set_value(preset.epochs)
        self._session.load(preset.experiment, anew=True)

    def ask_for_table(self) -> None:
        """Ask for a table, and what is to be learned of it."""
        path, _ = QFileDialog.getOpenFileName(self._window, "Open table", "", TABLES_FILTER)
        if path:
            self.open_file(path)

    def rename_classes(self) -> None:
        """Ask for other names of the classes."""
        loaded = self._session.loaded
        if loaded is None:
            return
        if len(loaded.dataset.class_names) < 2:
            self._tell("There are no classes to be named; the data are numbers to be learned.", "none")
            return
        from gui.settings.class_names_dialog import ClassNamesDialog  # here, since few need it

        dialog = ClassNamesDialog(loaded.dataset.class_names, self._window.theme, self._window)
        dialog.taken.connect(self._session.rename_classes)
        dialog.open()

    def edit_table(self) -> None:
        """Ask again what is to be learned of the table in use."""
        self._tables().edit()

    def open_file(self, path: str) -> None:
        """Go on with a project, or ask what is to be learned of a table."""
        if path.lower().endswith(SUFFIX):
            self._window.projects.open_file(path)
        else:
            self._tables().open_file(path)

    def close(self) -> None:
        """The window is closed, so a table that is being opened is given up."""
        if self._table_commands is not None:
            self._table_commands.close()

    def _tables(self) -> TableCommands:
        if self._table_commands is None:
            from gui.tables.table_commands import TableCommands  # here, since the start would load it

            self._table_commands = TableCommands(self._window)
        return self._table_commands

    def open_weights(self) -> None:
        """Ask for a weights file, and start from it."""
        path, _ = QFileDialog.getOpenFileName(self._window, "Open initial weights", "", WEIGHTS_FILTER)
        if path:
            self.load_weights(path)

    def load_weights(self, path: str) -> None:
        """Start the present experiment from a weights file."""
        loaded = self._session.loaded
        if loaded is None:
            return
        try:
            parameters = load_parameters(Path(path), loaded.preparation.sizes)
        except LensError as error:
            self._tell(str(error), "input")
            return
        if self._session.experiment is not None:
            self._session.load(self._session.experiment, parameters)

    # ---------------------------------------------------------------- taking work away

    def copy_table(self, table: MatrixTable) -> None:
        """Put a matrix on the clipboard as text."""
        QApplication.clipboard().setText(tab_separated(table))
        self._window.statusBar().showMessage(f"On the clipboard: {table.title}", 6000)

    def save_table(self, table: MatrixTable) -> None:
        """Ask for a name, and write a matrix."""
        name = f"{table.title.lower().replace(',', '').replace(' ', '-')}.csv"
        path, _ = QFileDialog.getSaveFileName(self._window, "Save table", name, TABLE_FILTER)
        if path:
            self.write_table(path, table)

    def write_table(self, path: str, table: MatrixTable) -> None:
        """Write a matrix as CSV."""
        target = Path(path).with_suffix(".csv")
        self._window.exports.write_file(target, lambda _: csv_bytes(table))

    def copy_formulas(self) -> None:
        """Put the phase that is shown, with its formulas, on the clipboard."""
        self._window.strip.copy()
        self._window.statusBar().showMessage("The formulas are on the clipboard", 6000)

    # ---------------------------------------------------------------- view and help

    def toggle_log_axis(self) -> None:
        """Change the loss axis."""
        box = self._window.loss.logarithmic
        box.setChecked(not box.isChecked())

    def show_shortcuts(self) -> None:
        """Every key on one page."""
        rows = "".join(
            f"<tr><td style='padding:2px 18px 2px 0'><b>{spec.shortcut}</b></td><td>{spec.tip}</td></tr>"
            for spec in ACTIONS
            if spec.shortcut
        )
        mouse = (
            "<p><b>Diagram</b>: hover for a value, click to pin it in the inspector. In the phases of an update, "
            "a click shows the formulas of that neuron or weight.<br>"
            "<b>Legend</b>: double-click it to rename the classes.<br>"
            "<b>Points</b>: click one to walk through the update that it would make. With the probe on, the diagram "
            "shows the activations for the place of the mouse.<br>"
            "<b>Painting</b>: the left button draws, the right one moves the plane, the wheel zooms; "
            "0 to 9 pick a class, Esc leaves. To select, drag a frame, with Shift to add to what is "
            "selected; drag a point to move it.<br>"
            "<b>Plots</b>: drag to move, wheel to zoom, right-drag to stretch, Home for all points.<br>"
            "<b>Files</b>: drop a table on the window to learn it, or a project to open it.</p>"
        )
        self._show_page("Keys and mouse", f"<table>{rows}</table>{mouse}")

    def show_gradient_check(self, check: GradientCheck) -> None:
        """What the check of the gradient found."""
        from gui.explanation.gradient_dialog import GradientDialog

        snapshot = self._session.snapshot
        GradientDialog(check, snapshot.epoch if snapshot is not None else 0, self._window).open()

    def show_about(self) -> None:
        """What this is."""
        versions = f"Python {sys.version.split()[0]}, NumPy {np.__version__}"
        self._show_page(
            "About Backprop Lens",
            f"<h3>Backprop Lens {VERSION}</h3>"
            "<p>Watch a small neural network learn 2-D data, step by step or at full speed, "
            "and see why every weight moves.</p>"
            "<p>Blue is positive, orange is negative; an edge is the wider the larger its weight. "
            "The tile of a neuron is what it computes over the visible part of the plane.</p>"
            f"<p>{versions}. Free software under the MIT licence.</p>",
        )

    def _show_page(self, title: str, html: str) -> None:
        dialog = QDialog(self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(title)
        text = QLabel(html)
        text.setTextFormat(Qt.TextFormat.RichText)
        text.setWordWrap(True)
        text.setMargin(14)
        area = QScrollArea()
        area.setWidget(text)
        area.setWidgetResizable(True)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(dialog.reject)
        layout = QVBoxLayout(dialog)
        layout.addWidget(area)
        layout.addWidget(buttons)
        dialog.resize(560, 560 if "table" in html else 320)
        dialog.open()

    def _tell(self, text: str, kind: str) -> None:
        self._window.notices.show_notice(Notice(text, kind))
