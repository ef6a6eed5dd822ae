"""The card on the network: the norm of the gradient in each layer over the epochs."""

from __future__ import annotations

import numpy as np
from PyQt5.QtWidgets import QVBoxLayout, QWidget

from core.base.arrays import Array
from core.base.translation import _
from core.explain.gradient_flow import norm_text
from core.explain.snapshot import Snapshot
from gui.explanation.inspector.epoch_plot import EpochCurve, EpochPlot
from gui.widgets.forms import bare
from gui.widgets.plain_text import plain
from gui.widgets.readout import WrappedReadout
from gui.widgets.theme import Theme

BETWEEN_LAYERS = "&nbsp;&nbsp;&nbsp; "
MOST_LINES = 2
"""Of the legend; where it would need more, its numbers are left to the tooltip."""
TIP = _(
    "Norm: the root mean square, over at most 64 training samples, of the length of each sample's own gradient "
    "∂L/∂(W, b) in a layer.\n"
    "A line that lies far below the output's belongs to a layer that hardly learns."
)


def short_layer_name(layer: int, layers: int) -> str:
    """The name of a layer beside others; ``layers`` is the number of the output layer."""
    return _("output") if layer == layers else str(layer)


def norms_to_tell(snapshot: Snapshot) -> tuple[int, Array] | None:
    """Position and norms, shape (layers,), of the record of the verdict's moment: card and verdict name one number.

    None before the first record.
    """
    table = snapshot.history.gradients
    if not len(table) or table.shape[1] != len(snapshot.sizes):
        return None
    moment = snapshot.position if snapshot.verdict is None else snapshot.verdict.position
    row = table[max(0, int(np.searchsorted(table[:, 0], moment, side="right")) - 1)]
    return int(row[0]), row[1:]


class NetPage(QWidget):
    """A curve for each layer on a logarithmic axis, with the values of the verdict's moment above it."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[int, bytes, bytes, bytes] | tuple[()] = ()
        self.legend = WrappedReadout(MOST_LINES)
        self.plot = EpochPlot(_("norm"), True, _("Gradient norm by layer over the epochs"))
        self.plot.setToolTip(plain(TIP))
        layout = bare(QVBoxLayout(self), 1)
        layout.addWidget(self.legend)
        layout.addWidget(self.plot, 1)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self._shown = ()
        self.plot.set_theme(theme)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show the record so far."""
        history = snapshot.history
        layers, table, found = len(snapshot.sizes) - 1, history.gradients, norms_to_tell(snapshot)
        if found is None:
            return
        told = found[1]
        shown = len(table), table[0].tobytes(), table[-1].tobytes(), told.tobytes()
        if shown == self._shown:  # most frames have no new row
            return
        is_other = not self._shown or shown[0] < self._shown[0]  # the record of another run
        self._shown = shown
        epochs = history.gradient_epochs
        colors = [self._theme.layer_color(k, layers) for k in range(layers)]
        names = [
            f'<span style="color:{color.name()}">━</span>&nbsp;{short_layer_name(k + 1, layers)}'
            for k, color in enumerate(colors)
        ]
        norms = [norm_text(float(norm)) for norm in told]
        with_norms = [f"{name}&nbsp;<b>{norm}</b>" for name, norm in zip(names, norms, strict=True)]
        full, bare = (
            _("layer:&ensp;{names}").format(names="&nbsp;&nbsp;&nbsp; ".join(of)) for of in (with_norms, names)
        )
        self.legend.set_text(full, is_other, bare)
        listed = "\n".join(f"{short_layer_name(k + 1, layers)}: {norm}" for k, norm in enumerate(norms))
        self.legend.setToolTip(plain(f"{TIP}\n\n{listed}"))
        self.plot.show_lines([EpochCurve(color, epochs, table[:, k + 1]) for k, color in enumerate(colors)])
