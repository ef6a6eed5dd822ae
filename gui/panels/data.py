"""Settings of the data: which points, how many, how noisy, and which of them are trained on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QCheckBox, QLabel, QPushButton, QVBoxLayout, QWidget

from core.experiment import Experiment
from core.generators import GENERATORS
from core.source import FILE, RULE, SHIPPED_FILES, DataSource, default_source
from core.tasks import CLASSIFICATION
from core.typeset import set_plain
from gui.messages import Loaded
from gui.panels.fields import RESETS, Choice, LiveScale, Rows, Whole, beside, group, row
from gui.panels.generated import GeneratedPoints
from gui.panels.rule_editor import RuleEditor

GIVES_FILE, GIVES_RULE = "Last column", "The rule gives"


class DataPanel(QWidget):
    """Edits ``data``, ``train_fraction``, ``standardize`` and ``only_sample`` of an experiment.

    Signals:
        changed(dict, object): fields of the experiment and their new values; the gesture that they belong to, or None.
        file_wanted(): the user wants to choose a file.
    """

    changed = pyqtSignal(object, object)
    file_wanted = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._source: DataSource | None = None
        entries = [*((name, f"{name} (shipped)") for name in SHIPPED_FILES)]
        entries += [(name, generator.label) for name, generator in GENERATORS.items()]
        self.kind = Choice([*entries, (RULE, "Rule…")], "Data set")
        for name, generator in GENERATORS.items():
            about = set_plain(f"{generator.formula(generator.shape)}\n{generator.description}")
            self.kind.setItemData(self.kind.findData(name), about, Qt.ItemDataRole.ToolTipRole)
        about = "Points that a rule labels which you type"
        self.kind.setItemData(self.kind.findData(RULE), about, Qt.ItemDataRole.ToolTipRole)
        self.kind.activated.connect(self._choose_kind)
        self.rule = RuleEditor()
        self.rule.changed.connect(self._take_rule)
        self.open = QPushButton("&Open file…")
        self.open.setToolTip("Load points from a .txt or .csv file: two inputs and a label in each line")
        self.open.clicked.connect(self.file_wanted)
        self.redraw = QPushButton("New &points")
        self.redraw.setToolTip(f"Draw other points of the same set.\n{RESETS}")
        self.redraw.clicked.connect(self._draw_other_points)
        self.train_share = LiveScale(1, 100, "Share trained on")
        self.train_share.moved.connect(self._change_share)
        self._share_text = QLabel()
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
        self.task = Choice([("classification", "a class"), ("regression", "a number")], "What is to be learned")
        self.task.activated.connect(lambda: self._change_source({"task": self.task.value()}))
        self._info = QLabel()
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
            "Whether the file's last column, or what the rule gives, is a number to be learned or a class; "
            "the class is the whole part of what a rule gives.",
        )
        self.generated = GeneratedPoints(form)
        self.generated.changed.connect(self._change_source)
        form.addRow(beside(self.open, self.redraw))
        row(
            form,
            "Train on",
            beside(self.train_share, self._share_text, fixed=True),
            "Share of the points that is trained on; the rest is the test set.",
        )
        form.addRow(self.standardize)
        form.addRow(beside(self.only, self.only_row))
        form.addRow(self._info)
        self._rows = Rows(form)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(box)

    def show_experiment(self, experiment: Experiment) -> None:
        """Show what is true."""
        source = self._source = experiment.data
        self._show_kind(experiment)
        self._show_task(source)
        self.rule.show_source(source)
        self.generated.show_source(source)
        self._rows.show({self.rule: source.kind == RULE} | self.generated.shown_rows(source))
        self.redraw.setEnabled(source.is_generated)
        self.train_share.set_value(max(1, round(100 * experiment.train_fraction)))
        self.train_share.setEnabled(experiment.only_sample is None)
        self._share_text.setText(f"{self.train_share.value()} %")
        self.standardize.setChecked(experiment.standardize)
        self.only.setChecked(experiment.only_sample is not None)
        self.only_row.setEnabled(experiment.only_sample is not None)

    def _show_task(self, source: DataSource) -> None:
        """The choice between a class and a number, where there is one."""
        shown = source.kind == FILE
        if source.kind == RULE:
            from core.rule.labels import rule_task  # only those who type a rule need it

            shown = rule_task(source.rule) != CLASSIFICATION
        self._rows.show({self.task: shown})
        self._rows.label(self.task).setText(GIVES_RULE if source.kind == RULE else GIVES_FILE)
        self.task.set_value(source.task or "")

    def show_run(self, loaded: Loaded) -> None:
        """Show what the data turned out to be."""
        dataset = loaded.preparation.dataset
        self.only_row.set_maximum(len(dataset) - 1)
        self.only_row.set_value(loaded.experiment.only_sample or 0)
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
        if self._source is not None and kind not in (self._source.kind, FILE):
            source = default_source(kind)
            self._change(data=self.rule.wanted(source) if kind == RULE else source, only_sample=None)

    def _draw_other_points(self) -> None:
        if self._source is not None:
            self._change_source({"seed": self._source.seed + 1})

    def _change_source(self, fields: dict[str, object], gesture: object = None) -> None:
        """Ask for other settings of the points; what was asked for just before may not be answered yet."""
        if self._source is not None:
            self._source = replace(self._source, **fields)  # type: ignore[arg-type]
            self.generated.show_source(self._source)
            self.changed.emit({"data": self._source}, gesture)

    def _take_rule(self, source: DataSource) -> None:
        self._source = source
        self._change(data=source)

    def _change_share(self, percent: int, gesture: object) -> None:
        self._share_text.setText(f"{percent} %")
        self.changed.emit({"train_fraction": percent / 100}, gesture)

    def _toggle_only(self, on: bool) -> None:
        self._change(only_sample=self.only_row.value() if on else None)

    def _change(self, **changes: object) -> None:
        self.changed.emit(changes, None)
