"""The title over the map of a neuron."""

from __future__ import annotations

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QLabel, QWidget

from core.base.number_text import short
from core.base.translation import _
from core.base.typeset import escaped
from core.explain.maps import NeuronMap
from core.explain.picked_part import Neuron, capital, selection_name
from core.training.preparation import Preparation
from gui.widgets.plots import AXIS_WIDTH
from gui.widgets.theme import Theme

INSET = 8


class NeuronTitle(QLabel):
    """Lies over a plot, which would jump if the title took room beside it."""

    def __init__(self, plot: QWidget, theme: Theme) -> None:
        super().__init__(plot)
        self._plot, self._theme = plot, theme
        self._shown: tuple[object, ...] = ()  # for the room that it was written for
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.move(AXIS_WIDTH + INSET, INSET)
        self.hide()

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        raised, line, text = (theme.color(name).name() for name in ("raised", "line", "text"))
        self.setStyleSheet(
            f"background: {raised}; color: {text}; border: 1px solid {line}; border-radius: 4px; padding: 3px 7px;"
        )
        self._shown = ()

    def show_neuron(self, neuron: Neuron, preparation: Preparation, own: NeuronMap | None) -> None:
        """Name a neuron and the range of its map, in one line if there is room, and else in several."""
        parts = title_parts(neuron, preparation, own, self._theme)
        room = self._plot.width() - AXIS_WIDTH - 2 * INSET
        if (room, *parts) == self._shown:
            return
        self._shown = (room, *parts)
        self.setWordWrap(False)
        for text in ("&nbsp; ".join(parts), "<br>".join(parts)):
            self.setText(text)
            self.adjustSize()
            if self.width() <= room:
                return
        self.setWordWrap(True)
        self.resize(room, self.heightForWidth(room))


def title_parts(neuron: Neuron, preparation: Preparation, own: NeuronMap | None, theme: Theme) -> list[str]:
    """The name of what is shown and, once the neuron's own map is there, the ends of its colour scale; as HTML."""
    name = selection_name(neuron, preparation)
    title = (
        _("Input {name}").format(name=name) if neuron.layer == 0 else _("{name}: activation").format(name=capital(name))
    )
    if own is None:
        return [f"<b>{escaped(title)}</b>"]
    low, high = (
        f'<span style="color:rgb{color}">■</span>&nbsp;{short(value, 3)}'
        for color, value in ((theme.negative, own.low), (theme.positive, own.high))
    )
    return [f"<b>{escaped(title)}</b>", _("{low} to {high}").format(low=low, high=high)]
