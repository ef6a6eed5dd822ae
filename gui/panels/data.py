"""Settings of the data: which points, how many, how noisy, and which of them are trained on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.experiment import Experiment
from core.generators import GENERATORS
from core.source import FILE, MAX_NOISE, MAX_SAMPLES, SHIPPED_FILES, default_source
from core.typeset import set_plain
from gui.messages import Loaded
from gui.panels.fields import RESETS, Choice, Scale, Whole, group, row


class DataPanel(QWidget):
    """Edits ``data``, ``train_fraction``, ``standardize`` and ``only_sample`` of an experiment.

    Signals:
        changed(dict): fields of the experiment and their new values.
        file_wanted(): the user wants to choose a file.
    """

    changed = pyqtSignal(object)
    file_wanted = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._experiment: Experiment | None = None
        entries = [*((name, f"{name} (shipped)") for name in SHIPPED_FILES)]
        entries += [(name, generator.label) for name, generator in GENERATORS.items()]
        self.kind = Choice(entries, "Data set")
        for name, generator in GENERATORS.items():
            about = set_plain(f"{generator.formula(generator.shape)}. {generator.description}")
            self.kind.setItemData(self.kind.findData(name), about, Qt.ItemDataRole.ToolTipRole)
        self.kind.activated.connect(self._choose_kind)
        self.open = QPushButton("&Open file…")
        self.open.setToolTip("Load points from a .txt or .csv file: two inputs and a label in each line")
        self.open.clicked.connect(self.file_wanted)
        self.redraw = QPushButton("New &points")
        self.redraw.setToolTip(f"Draw other points of the same set.\n{RESETS}")
        self.redraw.clicked.connect(self._draw_other_points)
        self.points = Whole(2, MAX_SAMPLES, "Points")
        self.points.valueChanged.connect(lambda n: self._change_source(samples=n))
        self.noise = Scale(0, int(MAX_NOISE), "Noise")
        self.noise.rested.connect(lambda percent: self._change_source(noise=float(percent)))
        self._noise_text = QLabel()
        self.noise.valueChanged.connect(lambda percent: self._noise_text.setText(f"{percent} %"))
        self.train_share = Scale(1, 100, "Share trained on")
        self.train_share.rested.connect(lambda percent: self._change(train_fraction=percent / 100))
        self._share_text = QLabel()
        self.train_share.valueChanged.connect(lambda percent: self._share_text.setText(f"{percent} %"))
        self.standardize = QCheckBox("&Standardize the inputs")
        self.standardize.setToolTip(f"Shift and scale the inputs to mean 0, standard deviation 1.\n{RESETS}")
        self.standardize.clicked.connect(lambda on: self._change(standardize=on))
        self.only = QCheckBox("Train on &one sample:")
        self.only.setToolTip(
            "Train on this one row of the data, again and again; all other points are the test set, "
            f"so that one sees what the net learns and what not.\n{RESETS}"
        )
        self.only.clicked.connect(self._toggle_only)
        self.only_row = Whole(0, 0, "Row of the one sample")
        self.only_row.setToolTip(f"Row of the data, counted from 0.\n{RESETS}")
        self.only_row.valueChanged.connect(lambda index: self._change(only_sample=index))
        self.task = Choice([("classification", "a class"), ("regression", "a number")], "What the last column holds")
        self.task.activated.connect(lambda: self._change_source(task=self.task.value()))
        self._info = QLabel()
        self._info.setWordWrap(True)
        self._info.setProperty("role", "faint")
        self._lay_out()

    def _lay_out(self) -> None:
        box, form = group("Data")
        row(form, "Set", self.kind, "The points to learn.")
        form.addRow(_beside(self.open, self.redraw))
        row(form, "Last column", self.task, "Whether the file's last column is a class or a number to be learned.")
        self._form = form
        row(form, "Points", self.points, "How many points are drawn.")
        row(form, "Noise", _beside(self.noise, self._noise_text, fixed=True), "How far the points stray.")
        row(
            form,
            "Train on",
            _beside(self.train_share, self._share_text, fixed=True),
            "Share of the points that is trained on; the rest is the test set.",
        )
        form.addRow(self.standardize)
        form.addRow(_beside(self.only, self.only_row))
        form.addRow(self._info)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(box)

    def show_experiment(self, experiment: Experiment) -> None:
        """Show what is true."""
        self._experiment = experiment
        source = experiment.data
        self._show_kind(experiment)
        generated = source.kind in GENERATORS
        for widget in (self.points, self.noise, self.redraw):
            widget.setEnabled(generated)
        if generated:
            self.points.set_minimum(GENERATORS[source.kind].least)
            self.points.set_value(source.samples)
            self.noise.set_value(round(source.noise))
        self.task.setVisible(source.kind == FILE)
        self._form.labelForField(self.task).setVisible(source.kind == FILE)
        self.task.set_value(source.task or "")
        self._noise_text.setText(f"{self.noise.value()} %" if generated else "–")
        self.train_share.set_value(max(1, round(100 * experiment.train_fraction)))
        self.train_share.setEnabled(experiment.only_sample is None)
        self._share_text.setText(f"{self.train_share.value()} %")
        self.standardize.setChecked(experiment.standardize)
        self.only.setChecked(experiment.only_sample is not None)
        self.only_row.setEnabled(experiment.only_sample is not None)

    def show_run(self, loaded: Loaded) -> None:
        """Show what the data turned out to be."""
        dataset = loaded.preparation.dataset
        self.only_row.set_maximum(len(dataset) - 1)
        self.only_row.set_value(loaded.experiment.only_sample or 0)
        if loaded.experiment.data.kind not in GENERATORS:
            self.points.set_value(len(dataset))
        parts = [f"{len(dataset):,} points, " + (f"{dataset.n_classes} classes" if dataset.n_classes else "regression")]
        if len(loaded.preparation.test):
            parts.append(f"{len(loaded.preparation.train):,} to train on, {len(loaded.preparation.test):,} to test")
        self._info.setText("\n".join(parts))

    def _show_kind(self, experiment: Experiment) -> None:
        """A file of the user's own has an entry while it is in use."""
        place = self.kind.findData(FILE)
        if experiment.data.kind == FILE:
            name = Path(experiment.data.path).name
            if place < 0:
                self.kind.addItem(name, FILE)
            else:
                self.kind.setItemText(place, name)
            self.kind.setItemData(self.kind.findData(FILE), experiment.data.path, Qt.ItemDataRole.ToolTipRole)
        elif place >= 0:
            self.kind.removeItem(place)
        self.kind.set_value(experiment.data.kind)

    def _choose_kind(self) -> None:
        kind = self.kind.value()
        if self._experiment is not None and kind not in (self._experiment.data.kind, FILE):
            self._change(data=default_source(kind), only_sample=None)

    def _draw_other_points(self) -> None:
        if self._experiment is not None:
            self._change_source(seed=self._experiment.data.seed + 1)

    def _change_source(self, **changes: object) -> None:
        if self._experiment is not None:
            self._change(data=replace(self._experiment.data, **changes))  # type: ignore[arg-type]

    def _toggle_only(self, on: bool) -> None:
        self._change(only_sample=self.only_row.value() if on else None)

    def _change(self, **changes: object) -> None:
        self.changed.emit(changes)


def _beside(first: QWidget, second: QWidget, fixed: bool = False) -> QWidget:
    """Two widgets in a row; with ``fixed`` the second is a text of constant width."""
    holder = QWidget()
    line = QHBoxLayout(holder)
    line.setContentsMargins(0, 0, 0, 0)
    line.addWidget(first, 1)
    line.addWidget(second, 0 if fixed else 1)
    if fixed:
        second.setMinimumWidth(second.fontMetrics().horizontalAdvance("100 %") + 4)
    return holder
