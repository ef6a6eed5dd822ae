"""Settings of the data: which points, how many, how noisy, and how many are used for training."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from core.base.typeset import set_plain
from core.data.data_source import DRAWN, FILE, RULE, SHIPPED_FILES, DataSource, default_source
from core.data.generators import GENERATORS
from core.network.tasks import CLASSIFICATION, REGRESSION
from core.training.experiment import Experiment
from core.workbench.messages import Loaded
from gui.settings.generator_panel import GeneratedPoints
from gui.settings.rule_editor import RuleEditor
from gui.widgets.fields import ChoiceBox, LiveSlider
from gui.widgets.forms import RESETS, FormRows, beside, group, row
from gui.widgets.number_fields import WholeNumberField
from gui.widgets.plain_text import plain, plain_label

GIVES_FILE, GIVES_RULE = "Target", "The rule gives"

NEW_CANVAS = "new-canvas"


class DataPanel(QWidget):
    """Edits ``data``, ``train_fraction``, ``standardize``, ``standardize_target`` and ``only_sample`` of an experiment.

    Signals:
        changed(dict, object): fields of the experiment and their new values; the gesture that they belong to, or None.
        file_wanted(): the user wants to choose a file.
        canvas_wanted(): the user wants to draw points.
        columns_wanted(): the user wants to choose other columns of the file, or to have it read in another way.
    """

    changed = pyqtSignal(object, object)
    file_wanted = pyqtSignal()
    canvas_wanted = pyqtSignal()
    columns_wanted = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._source: DataSource | None = None
        entries = [*((name, f"{name} (shipped)") for name in SHIPPED_FILES)]
        entries += [(name, generator.label) for name, generator in GENERATORS.items()]
        self.kind = ChoiceBox([*entries, (RULE, "Rule…"), (NEW_CANVAS, "New canvas to draw on")], "Data set")
        for name, generator in GENERATORS.items():
            about = set_plain(f"{generator.formula(generator.shape)}\n{generator.description}")
            self.kind.setItemData(self.kind.findData(name), about, Qt.ItemDataRole.ToolTipRole)
        about = "Points that a rule labels which you type"
        self.kind.setItemData(self.kind.findData(RULE), about, Qt.ItemDataRole.ToolTipRole)
        self.kind.activated.connect(self._choose_kind)
        self.rule = RuleEditor()
        self.rule.changed.connect(self._take_source)
        self.open = QPushButton("&Open table…")
        self.open.setToolTip(f"Learn a table: text such as .csv, .npy, .npz or .xlsx (Ctrl+O).\n{RESETS}")
        self.open.clicked.connect(self.file_wanted)
        self.columns = QPushButton("&Columns…")
        self.columns.setToolTip(f"Choose other columns of the table, or have it read in another way.\n{RESETS}")
        self.columns.clicked.connect(self.columns_wanted)
        self.redraw = QPushButton("New &points")
        self.redraw.setToolTip(f"Draw other points of the same set.\n{RESETS}")
        self.redraw.clicked.connect(self._draw_other_points)
        self.train_share = LiveSlider(1, 100, "Share trained on")
        self.train_share.moved.connect(self._change_share)
        self._share_text = plain_label()
        self.standardize = QCheckBox("&Standardize the inputs")
        self.standardize.setToolTip(f"Shift and scale the inputs to mean 0, standard deviation 1.\n{RESETS}")
        self.standardize.clicked.connect(lambda on: self._change(standardize=on))
        self.standardize_target = QCheckBox("Standardize the tar&get")
        self.standardize_target.setToolTip(
            "The network learns the target shifted and scaled to mean 0, standard deviation 1.\n"
            f"Loss, R², maps and predictions are in the data's units all the same.\n{RESETS}"
        )
        self.standardize_target.clicked.connect(lambda on: self._change(standardize_target=on))
        self.only = QCheckBox("Train on &one sample:")
        self.only.setToolTip(
            "Train on this one row of the data, again and again; all other points are the test set, "
            f"so that one sees what the net learns and what not.\n{RESETS}"
        )
        self.only.clicked.connect(self._toggle_only)
        self.only_row = WholeNumberField(0, 0, "Row of the one sample")
        self.only_row.setToolTip(f"Row of the data, counted from 0.\n{RESETS}")
        self.only_row.valueChanged.connect(lambda index: self._change(only_sample=index))
        self.task = ChoiceBox([("classification", "a class"), ("regression", "a number")], "What is learned")
        self.task.activated.connect(self._choose_task)
        self._info = plain_label()
        self._info.setWordWrap(True)
        self._info.setProperty("role", "faint")
        self._lay_out()

    def _lay_out(self) -> None:
        box, form = group("Data")
        row(form, "Set", self.kind, "The points to learn.")
        form.addRow(self.rule)
        row(
            form,
            GIVES_FILE,
            self.task,
            "Whether what is learned is a class or a number.",
        )
        self.generated = GeneratedPoints(form, self)
        self.generated.changed.connect(self._change_source)
        form.addRow(beside(self.open, _either(self.redraw, self.columns)))
        row(
            form,
            "Train on",
            beside(self.train_share, self._share_text, fixed=True),
            "Share of the points that is trained on; the rest is the test set.",
        )
        form.addRow(self.standardize)
        form.addRow(self.standardize_target)
        form.addRow(beside(self.only, self.only_row))
        form.addRow(self._info)
        self._rows = FormRows(form)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(box)

    def show_experiment(self, experiment: Experiment) -> None:
        """Show an experiment's settings, without announcing a change."""
        source = self._source = experiment.data
        self._show_kind(experiment)
        self._show_task(source)
        self.rule.show_source(source)
        self.generated.show_source(source)
        shown = {self.rule: source.kind == RULE, self.standardize_target: experiment.task == REGRESSION}
        self._rows.show(shown | self.generated.shown_rows(source))
        self.redraw.setEnabled(source.is_generated)
        self.redraw.setVisible(source.kind != FILE)
        self.columns.setVisible(source.kind == FILE)
        self.train_share.set_value(max(1, round(100 * experiment.train_fraction)))
        self.train_share.setEnabled(experiment.only_sample is None)
        self._share_text.setText(f"{self.train_share.value()} %")
        self.standardize.setChecked(experiment.standardize)
        self.standardize_target.setChecked(experiment.standardize_target)
        self.only.setChecked(experiment.only_sample is not None)
        self.only_row.setEnabled(experiment.only_sample is not None)

    def _show_task(self, source: DataSource) -> None:
        """Show whether the labels are classes or numbers, if the user can choose."""
        shown = source.kind == FILE
        if source.kind == RULE:
            from core.data.rules.rule_labels import rule_task  # only those who type a rule need it

            shown = rule_task(source.rule) != CLASSIFICATION
        self._rows.show({self.task: shown})
        self._rows.label(self.task).setText(GIVES_RULE if source.kind == RULE else GIVES_FILE)
        what = "file's last column" if source.choice is None else f"column {source.choice.target}"
        if source.kind == RULE:
            what = "number that the rule gives, or its whole part,"
        self.task.setToolTip(plain(f"Whether the {what} is a class or a number to be learned.\n{RESETS}"))
        self.task.set_value(source.task or "")

    def show_run(self, loaded: Loaded) -> None:
        """Describe the loaded data."""
        dataset = loaded.dataset
        self.only_row.set_maximum(max(0, len(dataset) - 1))
        self.only_row.set_value(loaded.experiment.only_sample or 0)
        columns = f" of {dataset.dimensions} columns" if dataset.dimensions > 2 else ""
        learned = f"{dataset.n_classes} classes" if dataset.n_classes else "regression"
        parts = [f"{len(dataset):,} points{columns}, {learned}"]
        if loaded.canvas is not None:
            parts.append("Too few to train on: draw more.")
        elif len(loaded.preparation.test):
            parts.append(f"{len(loaded.preparation.train):,} to train on, {len(loaded.preparation.test):,} to test")
        if loaded.canvas is None and loaded.preparation.target_hint:
            parts.append(f"{loaded.preparation.target_hint} Standardize the target.")
        self._info.setText("\n".join(parts))

    def _show_kind(self, experiment: Experiment) -> None:
        """Give the user's own file or drawn points an entry while they are in use."""
        place = self.kind.findData(DRAWN)
        if experiment.data.kind == DRAWN and place < 0:
            self.kind.addItem("Drawn points", DRAWN)
        elif experiment.data.kind != DRAWN and place >= 0:
            self.kind.removeItem(place)
        place = self.kind.findData(FILE)
        if experiment.data.kind == FILE:
            name = Path(experiment.data.path).name
            if place < 0:
                self.kind.addItem(name, FILE)
            else:
                self.kind.setItemText(place, name)
            self.kind.setItemData(self.kind.findData(FILE), plain(experiment.data.path), Qt.ItemDataRole.ToolTipRole)
        elif place >= 0:
            self.kind.removeItem(place)
        self.kind.set_value(experiment.data.kind)

    def _choose_kind(self) -> None:
        kind = self.kind.value()
        if kind == NEW_CANVAS and self._source is not None:
            self.kind.set_value(self._source.kind)
            self.canvas_wanted.emit()
            return
        if self._source is not None and kind not in (self._source.kind, FILE, DRAWN):
            source = default_source(kind)
            self._change(data=self.rule.wanted(source) if kind == RULE else source, only_sample=None)

    def _draw_other_points(self) -> None:
        if self._source is not None:
            self._change_source({"seed": self._source.seed + 1})

    def _choose_task(self) -> None:
        if self._source is not None:
            self._take_source(self._source.with_task(self.task.value()))

    def _change_source(self, fields: dict[str, object], gesture: object = None) -> None:
        """Request other settings of the points, based on the last request, which may not be answered yet."""
        if self._source is not None:
            if "classes" in fields:  # the number of names no longer fits
                fields = {**fields, "class_names": ()}
            self._source = replace(self._source, **fields)  # type: ignore[arg-type]
            self.generated.show_source(self._source)
            self.changed.emit({"data": self._source}, gesture)

    def _take_source(self, source: DataSource) -> None:
        self._source = source
        self._change(data=source)

    def _change_share(self, percent: int, gesture: object) -> None:
        self._share_text.setText(f"{percent} %")
        self.changed.emit({"train_fraction": percent / 100}, gesture)

    def _toggle_only(self, on: bool) -> None:
        self._change(only_sample=self.only_row.value() if on else None)

    def _change(self, **changes: object) -> None:
        self.changed.emit(changes, None)


def _either(first: QWidget, second: QWidget) -> QWidget:
    """Two widgets in one place, the second of them hidden."""
    second.hide()
    holder = QWidget()
    line = QHBoxLayout(holder)
    line.setContentsMargins(0, 0, 0, 0)
    line.addWidget(first)
    line.addWidget(second)
    return holder
