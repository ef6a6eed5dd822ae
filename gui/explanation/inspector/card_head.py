"""The head of the card: what is explained (the net, a layer, the picked part), and over which data; and the title."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QFont, QFontMetrics, QShowEvent
from PyQt5.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from core.base.translation import _
from gui.diagram.weight_bar import WeightBar
from gui.widgets.elided import Elided, Fitting
from gui.widgets.fields import ChoiceBox
from gui.widgets.forms import bare

NET, LAYER, PICKED, INPUT, POINT = "net", "layer", "picked", "input", "point"
SAMPLE, BATCH, DATA, HISTORY = "sample", "batch", "data", "history"
MATRIX, NEURONS, RANKS, PRESET = "matrix", "neurons", "ranks", "preset"
VIEWS = {
    NET: (_("Net"), _("How much gradient reaches each layer, and the largest numbers of the whole net")),
    LAYER: (_("Layer"), _("A layer's matrices, distributions, norms, and dead neurons")),
    PICKED: (_("Picked"), _("The edge, neuron or point that was clicked")),
}
SCOPES = {
    MATRIX: (_("matrix"), _("matrix"), _("The numbers of the layer")),
    SAMPLE: (_("this sample"), _("sample"), _("The chain rule for the sample seen last, with its numbers")),
    BATCH: (_("batch"), _("batch"), _("What the update of its batch makes of the whole batch")),
    DATA: (_("all data"), _("all"), _("Over the whole training set")),
    NEURONS: (
        _("neurons"),
        _("neurons"),
        _("Dead and saturated neurons, norms and distributions, over the whole training set"),
    ),
    HISTORY: (_("history"), _("history"), _("Over the epochs")),
    RANKS: (_("largest"), _("largest"), _("The largest weights, gradients and last changes of the whole net")),
    PRESET: (_("what you will see"), _("preset"), _("What the preset shows, with its figures")),
}
"""Of each scope its name, a short one where there is little room, and what it shows."""
BORDERS, FRAME = 6, 2
"""What a button takes beside text, two spaces and padding; what the frame takes around the scopes."""
LEVELS = ((1.0, 7, 3), (1.0, 3, 3), (0.85, 1, 1), (0.7, 1, 1), (0.63, 0, 1))
"""Size of letters, padding and gaps where there is less and less room; only the first level has the long names."""


class CardHead(Fitting, QWidget):
    """Two rows of buttons, of which one each is pressed.

    Signals:
        view_changed(): the user chose the net, a layer or the picked part. scope_changed(): another scope of it.
    """

    view_changed = pyqtSignal()
    scope_changed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._views, self._scopes = QButtonGroup(self), QButtonGroup(self)
        self.views = {name: _button(self._views, "feature", *words) for name, words in VIEWS.items()}
        self.scopes = {
            name: _button(self._scopes, "segment", text, tip) for name, (text, _short, tip) in SCOPES.items()
        }
        self.layers = ChoiceBox([], _("Which layer is shown"))
        self.layers.setMinimumContentsLength(5)
        self.layers.setToolTip(_("Which layer is shown"))
        self._segments = segments = QFrame()
        segments.setProperty("role", "segments")
        inside = bare(QHBoxLayout(segments), 0)
        for button in self.scopes.values():
            inside.addWidget(button)
        self._line = line = bare(QHBoxLayout(self), 3)
        for view in (self.views[NET], self.views[LAYER], self.layers, self.views[PICKED]):
            line.addWidget(view)
        line.addStretch(1)
        line.addWidget(segments)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.views[NET].setChecked(True)
        self._views.buttonClicked.connect(lambda _: self.view_changed.emit())
        self._scopes.buttonClicked.connect(lambda _: self.scope_changed.emit())
        self.layers.activated.connect(self._choose_layer)

    @property
    def view(self) -> str:
        """NET, LAYER or PICKED."""
        return next(name for name, button in self.views.items() if button.isChecked())

    @property
    def scope(self) -> str:
        """The scope that is pressed."""
        return next((name for name, button in self.scopes.items() if button.isChecked()), "")

    def offer(self, scopes: Sequence[str], scope: str) -> None:
        """Offer these scopes, with one of them pressed; a single one is no choice."""
        self._segments.setVisible(len(scopes) > 1)
        for name, button in self.scopes.items():
            button.setVisible(name in scopes)
        self.scopes[scope].setChecked(True)
        self.layers.setVisible(self.view == LAYER)
        self._fit()

    def _choose_layer(self) -> None:
        self.views[LAYER].setChecked(True)
        self.view_changed.emit()

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Write as long and as large as there is room."""
        if not self.isVisible():
            return  # each other style sheet styles every button anew
        views = [button for button in self.views.values() if not button.isHidden()]
        scopes = {name: button for name, button in self.scopes.items() if not button.isHidden()}
        for level, (size, padding, gap) in enumerate(LEVELS):
            font = QFont(self.font())
            font.setPointSizeF(size * font.pointSizeF())
            width, place = QFontMetrics(font).horizontalAdvance, int(level > 0)
            beside = 2 * padding + BORDERS
            needed = sum(width(f"{button.text()}  ") + beside for button in views) + FRAME + gap * len(views)
            spaces = width("  ")
            font.setBold(True)  # as the pressed one is
            bold = QFontMetrics(font).horizontalAdvance
            least = {name: bold(SCOPES[name][place]) + beside for name in scopes}
            needed += sum(least.values()) + spaces * len(scopes)
            needed += 0 if self.layers.isHidden() else self.layers.sizeHint().width() + gap
            if needed <= self.width():
                break
        self._line.setSpacing(gap)
        letters = f"QToolButton {{ font-size: {font.pointSizeF():.2f}pt; }}" if size < 1.0 else ""
        sheet = f"{letters} QFrame QToolButton {{ padding: 4px {padding}px; }}"
        if sheet != self.styleSheet():  # the theme's style sheet would take back a font that is set on a button
            self.setStyleSheet(sheet)
        for name, button in scopes.items():
            button.setText(SCOPES[name][place])
            button.setMinimumWidth(least[name])  # Qt reckons with letters that are not bold


class TitleLine(QWidget):
    """What is explained, and beside it what can be done with the picked part or point."""

    def __init__(self, weight_bar: WeightBar) -> None:
        super().__init__()
        self.title, self._weight_bar, self.walk = Elided(), weight_bar, QToolButton()
        self._hands = QWidget()
        self.title.setProperty("role", "title")
        self.walk.setText(_("Its update, step by step ›"))
        self.walk.setToolTip(_("Walk through the update that this point alone would make; the run stays as it is"))
        self.walk.setProperty("role", "link")
        self.walk.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        hands = bare(QHBoxLayout(self._hands))
        hands.addWidget(weight_bar)
        hands.addWidget(self.walk)
        self._hands.setFixedHeight(weight_bar.sizeHint().height())
        self.setFixedHeight(self._hands.height())  # the title keeps its place where there are no hands
        line = bare(QHBoxLayout(self), 8)
        line.addWidget(self.title, 1)
        line.addWidget(self._hands)

    def offer(self, weight: bool, walk: bool) -> None:
        """Offer to edit the weight, or the walk through the update of the point, or nothing."""
        self._hands.setVisible(weight or walk)
        self.walk.setVisible(walk)


def _button(group: QButtonGroup, role: str, text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setCheckable(True)
    button.setProperty("role", role)
    group.addButton(button)
    return button
