"""The key to the map of a neuron: what is shown, and the ends of its colours."""

from __future__ import annotations

from PyQt5.QtCore import QEvent, QObject, QRect, Qt
from PyQt5.QtGui import QPalette
from PyQt5.QtWidgets import QLabel, QWidget

from core.base.number_text import short
from core.base.translation import _
from core.base.typeset import escaped
from core.explain.maps import NeuronMap
from core.explain.picked_part import Neuron, capital, selection_name
from core.training.preparation import Preparation
from gui.widgets.theme import Theme


class NeuronTitle(QLabel):
    """Lies over the legend of the points, or where that is hidden over the foot of the plot, so that nothing moves.

    Args:
        view: holds both.
    """

    def __init__(self, view: QWidget, legend: QWidget, plot: QWidget, theme: Theme) -> None:
        super().__init__(view)
        self._legend, self._plot, self._theme = legend, plot, theme
        self._texts: tuple[str, ...] = ()  # from long to short
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAutoFillBackground(True)
        for part in (legend, plot):
            part.installEventFilter(self)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme, self._texts = theme, ()
        colors = self.palette()
        colors.setColor(QPalette.ColorRole.Window, theme.color("window"))
        self.setPalette(colors)

    def show_neuron(self, neuron: Neuron, preparation: Preparation, own: NeuronMap | None) -> None:
        """Name a neuron and the range of its map, as long as there is room for."""
        texts = title_texts(neuron, preparation, own, self._theme)
        if texts != self._texts:
            self._texts = texts
            self._lie()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        assert event is not None
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide):
            self._lie()
        return False

    def _lie(self) -> None:
        area = QRect(self._legend.geometry())
        if self._legend.isHidden():
            area = QRect(self._plot.geometry())
            area.setTop(area.bottom() + 1 - self.sizeHint().height())
        for text in self._texts:
            self.setText(text)
            if self.sizeHint().width() <= area.width():
                break
        self.setGeometry(area)
        self.raise_()


def title_texts(neuron: Neuron, preparation: Preparation, own: NeuronMap | None, theme: Theme) -> tuple[str, ...]:
    """The name of what is shown and, once the neuron's own map is there, the ends of its colour scale; as HTML."""
    name = selection_name(neuron, preparation)
    names = [_("{name}: activation").format(name=capital(name)), capital(name)]
    if neuron.layer == 0:
        names = [_("Input {name}").format(name=name), name]
    elif neuron.layer < len(preparation.sizes) - 1:
        names.append(_("Neuron {unit} · layer {layer}").format(unit=neuron.unit + 1, layer=neuron.layer))
    titles = [f"<b>{escaped(title)}</b>" for title in names]
    if own is None:
        return tuple(titles)
    colors = theme.map_table(preparation.output_class(neuron.layer, neuron.unit)) & 0xFFFFFF
    low, high = (
        f'<span style="color:#{color:06x}">■</span>&nbsp;{short(value, 3)}'
        for color, value in ((colors[0], own.low), (colors[-1], own.high))
    )
    ends = _("{low} to {high}").format(low=low, high=high)
    if own.low == own.high:
        ends = _("{value} everywhere").format(value=short(own.low, 3))
    return (*(f"{title}&nbsp; {ends}" for title in titles), ends)
