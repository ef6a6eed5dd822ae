"""The course of loss and accuracy over the epochs."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PyQt5.QtCore import QPointF, Qt
from PyQt5.QtGui import QFontMetrics, QPainter
from PyQt5.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.history import EVERY_EPOCH_UP_TO, History, record_stride
from core.snapshot import Snapshot
from gui.flags import RIGHT
from gui.messages import Loaded
from gui.numbers import percent, short
from gui.plots import AXIS_WIDTH, make_plot, style_plot
from gui.theme import Theme

LEAST_LOSS = 1e-300
CURVES = (("train", Qt.PenStyle.SolidLine), ("test", Qt.PenStyle.DashLine))


class LossView(QWidget):
    """Curves of the training and the test set, with the present values in letters above."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._snapshot: Snapshot | None = None
        self._plot = make_plot()
        self._plot.setRenderHints(QPainter.RenderHint.Antialiasing)
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setLabel("bottom", "epoch")
        self._plot.getAxis("left").setWidth(AXIS_WIDTH)  # else the plot shifts sideways as the numbers grow
        self._plot.showGrid(x=False, y=True, alpha=0.25)
        self._curves = {name: pg.PlotCurveItem(connect="finite") for name, _ in CURVES}
        self._dots = {name: pg.ScatterPlotItem(size=7, pen=None) for name, _ in CURVES}
        for item in (*self._curves.values(), *self._dots.values()):
            self._plot.addItem(item)
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._cursor.hide()
        self._plot.addItem(self._cursor, ignoreBounds=True)
        self._plot.scene().sigMouseMoved.connect(self._move_cursor)
        self.what = QComboBox()
        self.what.addItems(["Loss", "Accuracy"])
        self.what.setAccessibleName("What the curves show")
        self.what.setToolTip("What the curves show")
        self.what.currentIndexChanged.connect(self._changed)
        self.logarithmic = QCheckBox("&Log axis")
        self.logarithmic.setToolTip("Equal steps up the axis are equal factors of the loss")
        self.logarithmic.toggled.connect(self._changed)
        self._legend = QLabel()
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        self._values = {key: QLabel("–") for key in ("train_loss", "train_score", "test_loss", "test_score")}
        self._names = {name: QLabel() for name, _ in CURVES}
        self._note = QLabel(" ")
        self._note.setProperty("role", "faint")
        self._lay_out()
        self.set_theme(theme)
        self.setMinimumSize(self.minimumSizeHint().width(), 170)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 3, 8, 0)
        head.addWidget(self.what)
        head.addWidget(self.logarithmic)
        head.addStretch(1)
        font = self.font()
        font.setBold(True)
        bold = QFontMetrics(font)
        numbers = QGridLayout()
        numbers.setContentsMargins(0, 0, 0, 0)
        numbers.setHorizontalSpacing(10)
        numbers.setVerticalSpacing(0)
        for line, (name, _) in enumerate(CURVES):
            numbers.addWidget(self._names[name], line, 0)
            for column, (what, widest) in enumerate((("loss", "0.0000000"), ("score", "100.0 %")), start=1):
                value = self._values[f"{name}_{what}"]
                value.setProperty("role", "strong")
                value.setAlignment(RIGHT)
                value.setMinimumWidth(bold.horizontalAdvance(widest) + 4)
                value.setToolTip(f"{'Loss' if what == 'loss' else 'Accuracy'} over the whole {name} set, now")
                numbers.addWidget(value, line, column)
        head.addLayout(numbers)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 2)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self._plot, 1)
        layout.addWidget(self._note)
        self._note.setContentsMargins(8, 0, 8, 0)

    # ---------------------------------------------------------------- what to show

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        style_plot(self._plot, theme)
        for name, style in CURVES:
            color = theme.color(name)
            self._curves[name].setPen(pg.mkPen(color, width=2, style=style))
            self._dots[name].setBrush(pg.mkBrush(color))
            self._names[name].setText(
                f'<span style="color:{color.name()}">{"━━" if name == "train" else "╍╍"}</span> {name}'
            )
        self._cursor.setPen(pg.mkPen(theme.color("faint"), width=1))
        self._changed()

    def set_run(self, loaded: Loaded) -> None:
        """Show another run: from its first epoch on."""
        self._snapshot = None
        self._plot.getPlotItem().enableAutoRange()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw this from now on."""
        self._snapshot = snapshot
        for key, label in self._values.items():
            value = getattr(snapshot, key)
            label.setText(short(value, 3) if key.endswith("loss") else percent(value))
        for name, _ in CURVES:
            epochs, values = self._points(snapshot, name)
            self._curves[name].setData(epochs, values)
            self._dots[name].setData(epochs[-1:], values[-1:]) if np.isfinite(values[-1]) else self._dots[name].clear()
        self._write_note(snapshot.history)

    def _points(self, snapshot: Snapshot, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The record and, behind it, the present moment."""
        what = f"{name}_{'score' if self._shows_accuracy() else 'loss'}"
        history = snapshot.history
        epochs = np.append(history.epochs, snapshot.position / snapshot.epoch_length)
        values = np.append(history.column(what), getattr(snapshot, what))
        if self._shows_accuracy():
            values = 100.0 * values
        elif self.logarithmic.isChecked():
            values = np.log10(np.maximum(values, LEAST_LOSS))
        return epochs, values

    def _shows_accuracy(self) -> bool:
        return self.what.currentIndex() == 1

    def _changed(self) -> None:
        accuracy = self._shows_accuracy()
        self.logarithmic.setEnabled(not accuracy)
        logarithmic = self.logarithmic.isChecked() and not accuracy
        self._plot.getAxis("left").setLogMode(logarithmic)
        self._plot.setLabel("left", "accuracy (%)" if accuracy else "loss")
        if accuracy:
            self._plot.setYRange(0, 100, padding=0.03)
        else:
            self._plot.enableAutoRange(axis="y")
        if self._snapshot is not None:
            self.show_snapshot(self._snapshot)

    def _write_note(self, history: History) -> None:
        """Say so where not every epoch is recorded, unless the cursor has something to say."""
        if self._cursor.isVisible():
            return
        stride = record_stride(int(history.epochs[-1]) if len(history) else 0)
        sparse = f"Behind epoch {EVERY_EPOCH_UP_TO} recorded ever less often, now every {stride} epochs"
        self._note.setText(sparse if stride > 1 else " ")

    # ---------------------------------------------------------------- cursor

    def _move_cursor(self, scene: QPointF) -> None:
        box = self._plot.getPlotItem().getViewBox()
        if self._snapshot is None or not box.sceneBoundingRect().contains(scene):
            self._hide_cursor()
            return
        history = self._snapshot.history
        nearest = int(np.argmin(np.abs(history.epochs - box.mapSceneToView(scene).x())))
        self._cursor.setPos(history.epochs[nearest])
        self._cursor.show()
        row = {
            name: float(value)
            for name, value in zip(("position", *self._values_order()), history.table[nearest], strict=True)
        }
        parts = [
            f"epoch {short(float(history.epochs[nearest]))}",
            f"train {short(row['train_loss'])}, {percent(row['train_score'])}",
        ]
        if not np.isnan(row["test_loss"]):
            parts.append(f"test {short(row['test_loss'])}, {percent(row['test_score'])}")
        self._note.setText("   ".join(parts))

    @staticmethod
    def _values_order() -> tuple[str, ...]:
        return "train_loss", "test_loss", "train_score", "test_score"

    def _hide_cursor(self) -> None:
        self._cursor.hide()
        if self._snapshot is not None:
            self._write_note(self._snapshot.history)

    def leaveEvent(self, event: object) -> None:
        self._hide_cursor()
