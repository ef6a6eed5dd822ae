"""Settings of generated points: the formula of the set, and a slider for each of its settings."""

from __future__ import annotations

from collections.abc import Callable

from PyQt5.QtCore import QObject, Qt, pyqtSignal
from PyQt5.QtWidgets import QFormLayout, QLabel, QWidget

from core.base.number_text import grouped
from core.base.translation import _
from core.base.typeset import set_html
from core.base.values import dataclass
from core.data.data_source import MAX_NOISE, MAX_SAMPLES, DataSource
from core.data.generators import GENERATORS, SETTINGS, Shape
from gui.widgets.fields import LiveSlider
from gui.widgets.forms import beside, row
from gui.widgets.number_fields import WholeNumberField

SIZES = (10, 100_000)
"""The numbers of points at the ends of the slider; others can be typed."""

SIZE_PLACES = 100


@dataclass(frozen=True, eq=False)
class ShapeSlider:
    """The slider of a setting of a shape.

    Attributes:
        label, tip: its label and tooltip.
        step: the difference between two positions of the slider.
        write: a value as text.
        natural: the value of a shape for which the setting is None; None if the setting is never None.
    """

    label: str
    tip: str
    step: float
    write: Callable[[float], str]
    natural: Callable[[Shape], float] | None = None


SHAPE_SLIDERS = {
    "classes": ShapeSlider(
        _("Classes"), _("How many arms or clouds there are; each is a class."), 1, lambda value: f"{value:.0f}"
    ),
    "turns": ShapeSlider(
        _("Turns"), _("How often each arm winds around the middle."), 0.25, lambda value: f"{value:g}"
    ),
    "balance": ShapeSlider(
        _("Class 0"),
        _("Share of the points that are of class 0; the other classes share the rest evenly."),
        0.01,
        lambda value: f"{100 * value:.0f} %",
        lambda shape: 1.0 / shape.classes,
    ),
}
"""The slider of each field of Shape that has one."""


def size_at(place: int) -> int:
    """The number of points at a position of the slider, rounded to two digits."""
    low, high = SIZES
    return int(float(f"{low * (high / low) ** (place / SIZE_PLACES):.1e}"))


def place_of_size(size: int) -> int:
    """The position of the slider nearest to a number of points."""
    return min(range(SIZE_PLACES + 1), key=lambda place: abs(size_at(place) / max(size, 1) - size / size_at(place)))


class GeneratedPoints(QObject):
    """Adds its rows to a form, and edits ``samples``, ``noise`` and the shape of a DataSource.

    The fields of number of points and noise, with its text, are put elsewhere by whoever makes this.

    Signals:
        changed(dict, object): fields of the source and their new values; the gesture that they belong to, or None.
    """

    changed = pyqtSignal(object, object)

    def __init__(self, form: QFormLayout, parent: QWidget) -> None:
        super().__init__(parent)
        self._form = form
        self._source: DataSource | None = None
        self.formula, self.description = QLabel(), QLabel()
        for label in (self.formula, self.description):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.RichText)
            form.addRow(label)
        self.description.setProperty("role", "faint")
        self.size = LiveSlider(0, SIZE_PLACES, _("Number of points, from few to many"))
        self.size.moved.connect(lambda place, gesture: self.changed.emit({"samples": self._size_at(place)}, gesture))
        self.points = WholeNumberField(2, MAX_SAMPLES, _("Points"))
        self.points.valueChanged.connect(lambda n: self.changed.emit({"samples": n}, None))
        self.points.setButtonSymbols(WholeNumberField.ButtonSymbols.NoButtons)
        self._size_text = QLabel()
        self._size_row = beside(self.size, self._size_text, fixed=True)
        self._size_text.setMinimumWidth(self._size_text.fontMetrics().horizontalAdvance(grouped(SIZES[1])) + 4)
        row(form, _("Points"), self._size_row, _("How many points are drawn."))
        self.noise = LiveSlider(0, int(MAX_NOISE), _("Noise"))
        self.noise.moved.connect(lambda percent, gesture: self.changed.emit({"noise": float(percent)}, gesture))
        self.noise_text = QLabel()
        self.sliders: dict[str, LiveSlider] = {}
        self._texts: dict[str, QLabel] = {}
        self._rows: dict[str, QWidget] = {}
        for name, spec in SHAPE_SLIDERS.items():
            self._add_slider(name, spec)

    def _add_slider(self, name: str, spec: ShapeSlider) -> None:
        setting = SETTINGS[name]
        slider = LiveSlider(round(setting.low / spec.step), round(setting.high / spec.step), spec.label)
        slider.moved.connect(lambda place, gesture: self._turn(name, place, gesture))
        self.sliders[name], self._texts[name] = slider, QLabel()
        self._rows[name] = beside(slider, self._texts[name], fixed=True)
        row(self._form, spec.label, self._rows[name], spec.tip)

    def _turn(self, name: str, place: int, gesture: object) -> None:
        fields = {name: self._value(name, place)}
        if name == "classes" and self._source is not None:  # each class needs a point
            fields["samples"] = max(self._source.samples, place)
        self.changed.emit(fields, gesture)

    def shown_rows(self, source: DataSource) -> dict[QWidget, bool]:
        """Which of its rows apply to a source."""
        generator = GENERATORS.get(source.kind)
        shown: dict[QWidget, bool] = {self._size_row: source.is_generated}
        shown |= dict.fromkeys((self.formula, self.description), generator is not None)
        return shown | {row: generator is not None and name in generator.takes for name, row in self._rows.items()}

    def show_source(self, source: DataSource) -> None:
        """Show an experiment's settings, without announcing a change."""
        self._source = source
        generator = GENERATORS.get(source.kind)
        if generator is not None:
            formula, description = generator.formula(source.shape), generator.description
            noise = _("ν: noise / 100") if "ν" in f"{formula}{description}" else ""
            self.formula.setText(set_html(formula))
            self.description.setText(set_html("\n".join(filter(None, (description, noise)))))
            for name in generator.takes:
                self._show_knob(name, source.shape)
        if source.is_generated:
            self.points.set_minimum(source.least)
            self.points.set_value(source.samples)
            self._size_text.setText(grouped(source.samples))
            if self._size_at(self.size.value()) != source.samples:
                self.size.set_value(place_of_size(source.samples))
            self.noise.set_value(round(source.noise))
            self.noise_text.setText(f"{source.noise:g} %")

    def _show_knob(self, name: str, shape: Shape) -> None:
        spec, value = SHAPE_SLIDERS[name], getattr(shape, name)
        if value is None and spec.natural is not None:
            value = spec.natural(shape)
        self.sliders[name].set_value(round(value / spec.step))
        self._texts[name].setText(spec.write(value))

    def _size_at(self, place: int) -> int:
        least = self._source.least if self._source is not None else 2
        return max(least, size_at(place))

    def _value(self, name: str, place: int) -> float | int | None:
        """The value at a position of a slider; None for the set's own value."""
        assert self._source is not None
        spec, setting = SHAPE_SLIDERS[name], SETTINGS[name]
        value = int(place) if setting.whole else round(place * spec.step, 6)
        default = getattr(GENERATORS[self._source.kind].shape, name)
        if default is None and spec.natural is not None:
            default = spec.natural(self._source.shape)
        return None if place == round(default / spec.step) else value
