"""The header above the network diagram: layers and neurons are added and taken away here, activations are chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

from PyQt5.QtCore import QRect, Qt, pyqtSignal
from PyQt5.QtGui import QFont
from PyQt5.QtWidgets import QAction, QActionGroup, QLabel, QWidget

from core.base.translation import _
from core.data.features import PLAIN, feature, features_of, plain_features
from core.network.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS, OUTPUT_ACTIVATIONS
from core.network.losses import LOSSES, why_not
from core.training.experiment import MAX_HIDDEN_LAYERS, MAX_NEURONS, Experiment
from gui.diagram.drawing.caption_painting import hidden_layers, layers, neurons
from gui.diagram.geometry import Diagram
from gui.diagram.header.plus_minus import RESETS, ROUND, ROW, PlusMinus, RoundButton, TypedNumber
from gui.widgets.elided import Fitting
from gui.widgets.forms import MenuButton
from gui.widgets.plain_text import plain
from gui.widgets.qt_objects import existing
from gui.widgets.theme import Theme

GAP = 2
LEAST_OVERLAP = 4
"""What reaches into a line by less does not stand in it."""
LEAST_FOR_BUTTONS = 44.0
"""The least distance of two layers for buttons at each."""
FIRST_NEURONS = 4
MOST_NAMED = 3
"""Columns of the data that an entry of a menu names."""
COUNTS: tuple[Callable[[int], str], ...] = (hidden_layers, layers, str)
"""The number of hidden layers, from the longest words to the shortest."""


class ActivationButton(MenuButton):
    """Chooses an activation."""

    def __init__(self, parent: QWidget, names: tuple[str, ...], title: str, choose: Callable[[str], None]) -> None:
        super().__init__(parent, title)
        group = QActionGroup(self)
        self._entries: dict[str, QAction] = {}
        for name in names:
            entry = QAction(ACTIVATIONS[name].label, group)
            entry.setCheckable(True)
            entry.triggered.connect(lambda _, name=name: choose(name))
            self.choices.addAction(entry)
            self._entries[name] = entry
        self.refuse({})

    def show_choice(self, name: str) -> None:
        """Show which one is chosen."""
        self._entries[name].setChecked(True)
        self.show_text(ACTIVATIONS[name].label)
        self.setToolTip(
            _("{title}: {formula}\n{resets} when it is changed.").format(
                title=self.accessibleName(), formula=ACTIVATIONS[name].formula, resets=RESETS
            )
        )

    def refuse(self, reasons: Mapping[str, str]) -> None:
        """Disable these entries, whose tooltips then give the reasons, and enable all others."""
        for name, entry in self._entries.items():
            reason = reasons.get(name, "")
            entry.setEnabled(not reason)
            entry.setToolTip(
                plain(_("Not now: {reason}.").format(reason=reason) if reason else ACTIVATIONS[name].formula)
            )


class LayerColumn:
    """What stands above one hidden layer: its neurons and its activation."""

    def __init__(self, header: LayerHeader, place: int, theme: Theme) -> None:
        where = _("hidden layer {place}").format(place=place + 1)
        self.neurons = PlusMinus(
            header,
            theme,
            lambda step: header.step_neurons(place, step),
            _("Remove a neuron from {where}").format(where=where),
            _("Add a neuron to {where}").format(where=where),
        )
        name = _("Neurons of {where}").format(where=where)
        self.count = TypedNumber(self.neurons.label, MAX_NEURONS, name, lambda n: header.set_neurons(place, n))
        self.activation = ActivationButton(
            header,
            HIDDEN_ACTIVATIONS,
            _("Activation of {where}").format(where=where),
            lambda name: header.choose_activation(place, name),
        )

    @property
    def parts(self) -> tuple[QWidget, ...]:
        """Its widgets."""
        return *self.neurons.buttons, self.neurons.label, self.activation


class LayerHeader(Fitting, QWidget):
    """Titles and controls above the layers of the diagram; it shows an experiment and tells what the user wants.

    Where the diagram is low, it has two lines: the activations, for which the strip has a field, and buttons that would
    need a further line, are left out.

    Signals:
        changed(dict): fields of the experiment and their new values.
    """

    LEAST_HEIGHT, MOST_HEIGHT = 2 * (ROW + GAP), 2 * (ROW + GAP) + 2 * ROW

    changed = pyqtSignal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._is_low = False
        self._experiment: Experiment | None = None
        self._diagram: Diagram | None = None
        self._hidden: tuple[int, ...] = ()
        self.has_fields = True
        self._names: tuple[str, ...] = ()
        self._last_name = ""  # stays when the last layer goes
        self._features: tuple[str, ...] = ()
        self.setAccessibleName(_("Layers of the network"))
        self._inputs_title, self._output_title = QLabel(_("Inputs"), self), QLabel(_("Output"), self)
        self.inputs = MenuButton(self, _("Inputs"), ticks=True)
        self.inputs.choices.aboutToShow.connect(self._fill_inputs)
        self.layers = PlusMinus(
            self, theme, self.step_layers, _("Remove the last hidden layer"), _("Add a hidden layer")
        )
        self.columns: list[LayerColumn] = []
        self.output = ActivationButton(
            self, OUTPUT_ACTIVATIONS, _("Output activation"), lambda name: self.changed.emit({"output": name})
        )
        bold = QFont(self.font())
        bold.setBold(True)
        bold.setCapitalization(QFont.Capitalization.AllUppercase)
        for title in (self._inputs_title, self._output_title, self.layers.label):
            title.setFont(bold)
            title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._room = (0, 0, False)  # width, layers and lowness for which its height was found
        self.setFixedHeight(self.LEAST_HEIGHT)

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        for button in self.findChildren(RoundButton):
            button.theme = theme
            button.update()

    def set_low(self, is_low: bool) -> None:
        """Leave the diagram as much room as possible, or not."""
        if is_low != self._is_low:
            self._is_low = is_low
            self._fit()

    def show_experiment(self, experiment: Experiment) -> None:
        """Show an experiment's network, without announcing a change."""
        self._experiment = experiment
        self._features, self._last_name = experiment.features, experiment.last_activation
        self._show_layers(experiment.hidden, experiment.hidden_activations)
        self.output.refuse(
            {name: why_not(LOSSES[experiment.loss], name, experiment.task) for name in OUTPUT_ACTIVATIONS}
        )
        self.output.show_choice(experiment.output)
        self._show_inputs()

    def lay_out(self, diagram: Diagram | None) -> None:
        """Put everything above its layer."""
        self._diagram = diagram
        self._fit()

    # ---------------------------------------------------------------- what the user wants

    def step_layers(self, step: int) -> None:
        """Add a hidden layer before the output, like the one before it, or take the last one away."""
        hidden, names = self._hidden, self._names
        if step > 0:
            hidden = (*hidden, hidden[-1] if hidden else FIRST_NEURONS)
            names = (*names, self._last_name)
        else:
            hidden, names = hidden[:-1], names[:-1]
        self._want(hidden, names)

    def step_neurons(self, place: int, step: int) -> None:
        """Add neurons to a hidden layer, or take some away."""
        self.set_neurons(place, min(max(self._hidden[place] + step, 1), MAX_NEURONS))

    def set_neurons(self, place: int, n: int) -> None:
        """Give a hidden layer so many neurons."""
        self._want((*self._hidden[:place], n, *self._hidden[place + 1 :]), self._names)

    def choose_activation(self, place: int, name: str) -> None:
        """Give a hidden layer another activation."""
        self._want(self._hidden, (*self._names[:place], name, *self._names[place + 1 :]))

    def toggle_input(self, name: str) -> None:
        """Use a feature that is unused, or no longer use it."""
        if self._experiment is None:
            return
        wanted = set(self._features) ^ {name}
        self._choose_inputs(one for one in features_of(self._experiment.data.dimensions) if one in wanted)

    def _choose_inputs(self, names: Iterable[str]) -> None:
        features = tuple(names)
        if features:
            self._features = features
            self._show_inputs()
        self.changed.emit({"features": features})  # the session says why there must be one

    def _want(self, hidden: tuple[int, ...], names: tuple[str, ...]) -> None:
        """Request these layers, and show them at once, so that the next click starts from them."""
        self._show_layers(hidden, names)
        self.changed.emit({"hidden": hidden, "activation": names or self._last_name})

    # ---------------------------------------------------------------- what is shown

    def _show_layers(self, hidden: tuple[int, ...], names: tuple[str, ...]) -> None:
        self._hidden, self._names = hidden, names
        self._last_name = names[-1] if names else self._last_name
        self.layers.allow(self.layers.minus, "" if hidden else _("There is no hidden layer to remove."))
        most = _("At most {max_hidden_layers} hidden layers are possible.").format(max_hidden_layers=MAX_HIDDEN_LAYERS)
        self.layers.allow(self.layers.plus, most if len(hidden) >= MAX_HIDDEN_LAYERS else "")
        while len(self.columns) < len(hidden):
            self.columns.append(LayerColumn(self, len(self.columns), self._theme))
        for place, (n, name) in enumerate(zip(hidden, names, strict=True)):
            column = self.columns[place]
            column.neurons.allow(column.neurons.minus, _("A layer has at least one neuron.") if n == 1 else "")
            most = _("A layer has at most {max_neurons} neurons.").format(max_neurons=MAX_NEURONS)
            column.neurons.allow(column.neurons.plus, most if n >= MAX_NEURONS else "")
            column.activation.show_choice(name)
            column.count.number = n
        self._fit()

    def _show_inputs(self) -> None:
        assert self._experiment is not None
        every = features_of(self._experiment.data.dimensions)
        self.inputs.show_text(_("{used} of {all}").format(used=len(self._features), all=len(every)))
        self.inputs.setToolTip(_("Choose the inputs of the network.\n{resets}.").format(resets=RESETS))
        self._tick_inputs()
        self._fit()

    def _fill_inputs(self) -> None:
        """Fill the menu with all features."""
        self.inputs.choices.clear()
        if self._experiment is None:
            return
        choice = self._experiment.data.choice
        columns = PLAIN if choice is None else choice.columns
        for name in features_of(len(columns)):
            entry = QAction(plain(feature(name).title(columns)).replace("&", "&&"), self.inputs.choices)
            entry.setCheckable(True)
            entry.setData(name)
            entry.triggered.connect(lambda _, name=name: self.toggle_input(name))
            self.inputs.choices.addAction(entry)
        self.inputs.choices.addSeparator()
        every, own = tuple(features_of(len(columns))), plain_features(len(columns))
        only = _("Only {inputs}").format(inputs=", ".join(feature(name).title(columns) for name in own))
        only = only if len(own) <= MOST_NAMED else _("Only the columns of the data")
        for text, names in ((_("All"), every), (only, own)):
            added = self.inputs.choices.addAction(plain(text).replace("&", "&&"))
            existing(added).triggered.connect(lambda _, names=names: self._choose_inputs(names))
        self._tick_inputs()

    def _tick_inputs(self) -> None:
        """Tick the entries of the features in use, also while the menu is open."""
        for entry in filter(QAction.isCheckable, self.inputs.choices.actions()):
            is_last = self._features == (entry.data(),)
            entry.setChecked(entry.data() in self._features)
            entry.setEnabled(not is_last)
            entry.setToolTip(_("A network needs at least one input.") if is_last else entry.text())

    # ---------------------------------------------------------------- where it is

    def _fit(self) -> None:
        diagram = self._diagram
        if diagram is None:
            return
        first, last = diagram.layers[0].middle, diagram.layers[-1].middle
        for title, x in ((self._inputs_title, first), (self._output_title, last)):
            _place_between(title, x, 0, title.sizeHint().width() + 6, 0, self.width())
        self._place_layers((first + last) / 2.0)
        middles = [layer.middle for layer in diagram.layers[1:-1]]
        gap = min((diagram.room_for_caption(number) for number in range(1, len(diagram.layers) - 1)), default=0.0)
        least = self._counts_room(str) if self._is_low else LEAST_FOR_BUTTONS
        shown = list(zip(self.columns, middles, self._hidden, strict=False)) if gap >= least else []
        self.has_fields = bool(shown) or not self._hidden
        for place, column in enumerate(self.columns):
            for part in column.parts:
                part.setVisible(place < len(shown))
        heights = [self._place_column(column, x, n, gap) for column, x, n in shown]
        boxes = [part.geometry() for column, _, _ in shown for part in column.parts if not part.isHidden()]
        self._place_outer(first, last, boxes)
        height, room = ROW + GAP + max([ROW, *heights]) + GAP, (self.width(), len(self._hidden), self._is_low)
        if room == self._room:  # a lower header would let the tiles grow, which leaves it less width, and so for ever
            height = max(height, self.height())
        self._room = room
        self.setFixedHeight(height)
        columns = [part for column, _, _ in shown for part in (*column.neurons.buttons, column.activation)]
        for before, after in pairwise([self.inputs, *self.layers.buttons, *columns, self.output]):
            QWidget.setTabOrder(before, after)

    def _place_outer(self, first: float, last: float, taken: Sequence[QRect]) -> None:
        """Put the choices of inputs and output below their titles, beside what stands in their line."""
        top = ROW + GAP
        line = [box for box in taken if box.top() < top + ROW - LEAST_OVERLAP]
        ends = min((box.left() for box in line), default=self.width()), max((box.right() for box in line), default=0)
        for button, x, left, right in (
            (self.inputs, first, 0, ends[0] - GAP),
            (self.output, last, ends[1] + GAP, self.width()),
        ):
            button.set_small(False)
            button.set_small(button.room() > right - left)
            _place_between(button, x, top, min(button.room(), right - left), left, right)

    def _place_layers(self, x: float) -> None:
        """Put the number of layers around ``x``, between the titles of the inputs and the output."""
        label, count = self.layers.label, len(self._hidden)
        free = self._output_title.x() - self._inputs_title.geometry().right() - 2 * ROUND - 8
        metrics, most = label.fontMetrics(), max(9, count)  # one width for 0 to 9
        rooms = [metrics.horizontalAdvance(words(most).upper()) + 8 for words in COUNTS]
        words, room = next(((w, r) for w, r in zip(COUNTS, rooms, strict=True) if r <= free), (COUNTS[-1], rooms[-1]))
        label.setText(words(count))
        label.setToolTip(hidden_layers(count))
        self.layers.place(x, 0, room, ROUND)

    def _place_column(self, column: LayerColumn, x: float, n: int, gap: float) -> int:
        """Put the controls of a layer around ``x``; returns their height."""
        activation, top = column.activation, ROW + GAP
        activation.set_small(False)
        words, digits = (self._count_room(count) for count in (neurons, str))
        line = words + 2 * ROUND + activation.room() + 4
        if line + 12 <= gap:  # one line
            column.neurons.label.setText(neurons(n))
            left = x - line / 2.0
            column.neurons.place(left + ROUND + words / 2.0 + 1, top, words, ROUND)
            activation.setGeometry(round(left + words + 2 * ROUND + 4), top, activation.room(), ROW)
            return ROW
        fits_line, has_words = (self._counts_room(count) <= gap for count in (str, neurons))
        column.neurons.label.setText(neurons(n) if has_words else str(n))
        column.neurons.place(x, top, words if has_words else digits, ROUND, is_stacked=not fits_line)
        rows = 1 if fits_line else 2
        activation.setHidden(self._is_low)
        if self._is_low:
            return ROW
        activation.set_small(activation.room() > gap)
        width = min(activation.room(), round(gap))
        activation.setGeometry(round(x - width / 2.0), top + rows * ROW, width, ROW)
        return (rows + 1) * ROW

    def _count_room(self, count: Callable[[int], str]) -> int:
        """The width for any number of neurons."""
        return self.fontMetrics().horizontalAdvance(count(MAX_NEURONS)) + 6

    def _counts_room(self, count: Callable[[int], str]) -> int:
        """The width for the same and its buttons, apart from those of the next layer."""
        return self._count_room(count) + 2 * ROUND + 16


def _place_between(part: QWidget, x: float, top: int, room: int, left: int, right: int) -> None:
    """Put a part, ``room`` wide, around ``x``, or as near to it as it fits between two pixels."""
    part.setGeometry(min(max(left, round(x - room / 2.0)), right - room), top, room, ROW)
