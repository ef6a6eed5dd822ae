"""Settings of the data: which points, how noisy, how many to train on; and, folded, how they are drawn."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from core.base.number_text import grouped
from core.base.translation import _, ngettext
from core.base.typeset import set_plain
from core.data.data_source import DRAWN, FILE, RULE, SHIPPED_FILES, DataSource, default_source
from core.data.dataset import Dataset
from core.data.generators import GENERATORS
from core.network.tasks import REGRESSION
from core.training.experiment import Experiment
from core.workbench.messages import Loaded
from gui.settings.data_tiles import DataTiles
from gui.settings.generator_panel import GeneratedPoints
from gui.settings.rule_editor import RuleEditor
from gui.widgets.fields import LiveSlider
from gui.widgets.forms import RESETS, FormRows, allow, bare, beside, group, titled_slider
from gui.widgets.number_fields import WholeNumberField
from gui.widgets.plain_text import plain, plain_label
from gui.widgets.qt_objects import existing
from gui.widgets.theme import Theme


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

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._source: DataSource | None = None
        self.kind = DataTiles(_entries(), theme)
        self.kind.chosen.connect(self._choose_kind)
        self.rule = RuleEditor()
        self.rule.changed.connect(self._take_source)
        self.open = _button(
            _("&Open table…"), _("Learn a table: CSV and other text, a workbook, Parquet, JSON, NumPy (Ctrl+O).")
        )
        self.open.clicked.connect(self.file_wanted)
        self.draw = _button(_("&Draw…"), _("Draw points on an empty canvas (Ctrl+N)."))
        self.draw.clicked.connect(self.canvas_wanted)
        self.columns = _button(_("&Columns…"), _("Choose other columns of the table, or have it read in another way."))
        self.columns.clicked.connect(self.columns_wanted)
        self.redraw = _button(_("New &points"), _("Draw other points of the same set."))
        self.redraw.clicked.connect(self._draw_other_points)
        self.train_share = LiveSlider(1, 100, _("Share trained on"))
        self.train_share.moved.connect(self._change_share)
        self._share_text = plain_label()
        self.standardize = QCheckBox(_("&Standardize the inputs"))
        self.standardize.setToolTip(
            _("Shift and scale the inputs to mean 0, standard deviation 1.\n{resets}").format(resets=RESETS)
        )
        self.standardize.clicked.connect(lambda on: self._change(standardize=on))
        self.standardize_target = QCheckBox(_("Standardize the tar&get"))
        self.standardize_target.setToolTip(
            _(
                "The network learns the target shifted and scaled to mean 0, standard deviation 1.\n"
                "Loss, R², maps and predictions are in the data's units all the same.\n{resets}"
            ).format(resets=RESETS)
        )
        self.standardize_target.clicked.connect(lambda on: self._change(standardize_target=on))
        self.only = QCheckBox(_("Train on &one sample:"))
        tip = _(
            "Train on this one row of the data, again and again; all other points are the test set, "
            "so that one sees what the net learns and what not.\n{resets}"
        )
        self.only.setToolTip(plain(tip.format(resets=RESETS)))
        self.only.clicked.connect(self._toggle_only)
        self.only_row = WholeNumberField(0, 0, _("Row of the one sample"))
        self.only_row.setToolTip(_("Row of the data, counted from 0.\n{resets}").format(resets=RESETS))
        self.only_row.valueChanged.connect(lambda index: self._change(only_sample=index))
        self._name = plain_label()
        self._name.setProperty("role", "strong")
        self._info = plain_label()
        for label in (self._name, self._info):
            label.setWordWrap(True)
        self._info.setProperty("role", "faint")
        self._make_details()
        self._lay_out()

    def _make_details(self) -> None:
        """The settings of the points that are needed seldom."""
        self.details, form = group(_("Points"))
        self.generated = GeneratedPoints(form, self)
        self.generated.changed.connect(self._change_source)
        form.addRow(_either(self.redraw, self.columns))
        form.addRow(self.standardize)
        form.addRow(self.standardize_target)
        form.addRow(beside(self.only, self.only_row))
        self._rows = FormRows(form)

    def _lay_out(self) -> None:
        layout = bare(QVBoxLayout(self), 6)
        layout.addWidget(self.kind)
        layout.addWidget(self._name)
        layout.addWidget(self._info)
        tip = _("Share of the points that is trained on; the rest is the test set.")
        self._noise = titled_slider(
            _("Noise"), self.generated.noise, self.generated.noise_text, _("How far the points stray; 100 % is ν = 1.")
        )
        points = self.generated.points
        points.setProperty("role", "quiet")
        points.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._points = titled_slider(_("Points"), points, plain_label(), _("How many points are drawn."))
        kept = self._points.sizePolicy()
        kept.setRetainSizeWhenHidden(True)  # so that nothing below moves where data have a number of their own
        self._points.setSizePolicy(kept)
        sliders = QHBoxLayout()
        sliders.setSpacing(8)
        top = Qt.AlignmentFlag.AlignTop  # the names in one line, above a field that is higher than a slider
        sliders.addWidget(titled_slider(_("Train on"), self.train_share, self._share_text, tip), 15, top)
        sliders.addWidget(self._noise, 12, top)
        sliders.addWidget(self._points, 9, top)
        layout.addLayout(sliders)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.open)
        buttons.addWidget(self.draw)
        layout.addLayout(buttons)
        layout.addWidget(self.rule)  # last, so that nothing above moves

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self.kind.set_theme(theme)
        kept = existing(self._points.layout())  # it has its place also while it is hidden, but Qt keeps its former size
        kept.invalidate()
        kept.activate()

    def show_experiment(self, experiment: Experiment) -> None:
        """Show an experiment's settings, without announcing a change."""
        source = self._source = experiment.data
        self._show_kind(experiment)
        self.rule.show_source(source)
        self.rule.setVisible(source.kind == RULE)
        self.generated.show_source(source)
        shown = {self.standardize_target: experiment.task == REGRESSION}
        self._rows.show(shown | self.generated.shown_rows(source))
        for field in (self._points, self._noise):
            field.setVisible(source.is_generated)
        allow(self.redraw, "" if source.is_generated else _("these points are not drawn at random"))
        self.redraw.setVisible(source.kind != FILE)
        self.columns.setVisible(source.kind == FILE)
        self.train_share.set_value(max(1, round(100 * experiment.train_fraction)))
        allow(self.train_share, "" if experiment.only_sample is None else _("one sample alone is trained on"))
        self._share_text.setText(f"{self.train_share.value()} %")
        self.standardize.setChecked(experiment.standardize)
        self.standardize_target.setChecked(experiment.standardize_target)
        self.only.setChecked(experiment.only_sample is not None)
        allow(self.only_row, "" if experiment.only_sample is not None else _("all samples are trained on"))

    def show_run(self, loaded: Loaded) -> None:
        """Describe the loaded data."""
        dataset = loaded.dataset
        self.only_row.set_maximum(max(0, len(dataset) - 1))
        self.only_row.set_value(loaded.experiment.only_sample or 0)
        parts = [_points_text(dataset)]
        if loaded.canvas is not None:
            parts.append(_missing_text(dataset))
        else:  # also without a test set, so that the slider of the share moves nothing
            train, test = (grouped(len(part)) for part in (loaded.preparation.train, loaded.preparation.test))
            parts.append(_("{train} to train on, {test} to test").format(train=train, test=test))
        if loaded.canvas is None and loaded.preparation.target_hint:
            parts.append(_("{target_hint} Standardize the target.").format(target_hint=loaded.preparation.target_hint))
        self._info.setText("\n".join(parts))

    def _show_kind(self, experiment: Experiment) -> None:
        """Give the user's own file or drawn points an entry while they are in use."""
        source = experiment.data
        self.kind.show_entry(DRAWN, _("Drawn points") if source.kind == DRAWN else None)
        self.kind.show_entry(FILE, Path(source.path).name if source.kind == FILE else None, plain(source.path))
        self.kind.set_value(source.kind)
        self._name.setText(self.kind.text())

    def _choose_kind(self, kind: str) -> None:
        if self._source is not None and kind not in (self._source.kind, FILE, DRAWN):
            source = default_source(kind)
            self._change(data=self.rule.wanted(source) if kind == RULE else source, only_sample=None)

    def _draw_other_points(self) -> None:
        if self._source is not None:
            self._change_source({"seed": self._source.seed + 1})

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


def _entries() -> list[tuple[str, str, str]]:
    """The data sets to choose from: value, label and tip of each."""
    about = _("Two long clouds side by side: the file train.txt, which comes with the program")
    entries = [(name, _("{name} (shipped)").format(name=name), plain(about)) for name in SHIPPED_FILES]
    for name, generator in GENERATORS.items():
        about = set_plain(f"{generator.formula(generator.shape)}\n{generator.description}")
        entries.append((name, generator.label, plain(f"{generator.label}\n{about}")))
    return [*entries, (RULE, _("Rule…"), plain(_("Points that a rule labels which you type")))]


def _either(first: QWidget, second: QWidget) -> QWidget:
    """Two widgets in one place, the second of them hidden."""
    second.hide()
    holder = QWidget()
    line = bare(QHBoxLayout(holder))
    line.addWidget(first)
    line.addWidget(second)
    return holder


def _points_text(dataset: Dataset) -> str:
    """How many points there are, of how many columns if those are more than the plot shows, and what is learned."""
    classes = int(np.count_nonzero(np.bincount(dataset.labels)))  # some may have no points
    learned = ngettext("{n} class", "{n} classes", classes).format(n=classes) if dataset.n_classes else _("regression")
    if dataset.dimensions > 2:
        text = _("{points} points of {columns} columns, {learned}")
        return text.format(points=grouped(len(dataset)), columns=dataset.dimensions, learned=learned)
    return _("{points} points, {learned}").format(points=grouped(len(dataset)), learned=learned)


def _missing_text(dataset: Dataset) -> str:
    """What to draw, where there are too few points to train on."""
    if not dataset.n_classes:
        return _("Too few to train on: draw two points at least.")
    if len(dataset):
        return _("Too few to train on: draw points of another class.")
    return _("Too few to train on: draw points of two classes at least.")


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(f"{tip}\n{RESETS}")
    return button
