"""The card that explains: the net, a layer, the picked edge, neuron or point, and the phases of an update.

It chooses the page, writes title and sentence, and requests the numbers from the worker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt5.QtCore import QSize, pyqtSignal
from PyQt5.QtGui import QHideEvent, QShowEvent
from PyQt5.QtWidgets import QFrame, QSizePolicy, QStackedWidget, QVBoxLayout

from core.base.translation import _
from core.explain.picked_part import Edge, Focus, Neuron, Part, focus_on
from core.explain.snapshot import Snapshot
from core.training.experiment import Experiment
from core.training.preparation import Preparation
from core.workbench.messages import Loaded
from gui.diagram.weight_bar import WeightBar
from gui.explanation.inspector import card_text
from gui.explanation.inspector.card_head import (
    BATCH,
    DATA,
    HISTORY,
    INPUT,
    LAYER,
    MATRIX,
    NET,
    NEURONS,
    PICKED,
    POINT,
    PRESET,
    RANKS,
    SAMPLE,
    CardHead,
    TitleLine,
)
from gui.explanation.inspector.card_pages import CardPages
from gui.explanation.inspector.phase_bar import PhaseBar
from gui.widgets.elided import Elided, FewLines, Fitting
from gui.widgets.qt_objects import clipboard
from gui.widgets.theme import LIGHT, Theme

if TYPE_CHECKING:
    from core.explain.inspection import Inspection
    from core.explain.walk import Walk
    from gui.diagram.walk_scene import WalkScene
    from gui.explanation.inspector.row_table import TableLine

OFFERED = {
    NET: (HISTORY, RANKS, PRESET),
    LAYER: (MATRIX, NEURONS, HISTORY),
    INPUT: (SAMPLE, DATA),
    POINT: (SAMPLE,),
    PICKED: (SAMPLE, BATCH, DATA, HISTORY),
}
"""The scopes of each view; the first one is shown at first."""
LEAST_WIDTH, LEAST_LINES = 330, 12.5
"""Pixels, and lines of text."""
SENTENCE_LINES = 2
LINES_FOR_ABOUT = 11
"""How many lines high the card must be, beside its heads, to say what the numbers are of; else a tip says it."""
BETWEEN_PARTS = 12
"""Pixels above, below and between the parts of the card."""
LETTERS_FOR_FREEZE = 64
"""How wide the card must be for a title and all of the weight bar."""


class Inspector(Fitting, QFrame):
    """The one place that explains. Its parts keep their places whatever is picked.

    Without a pick it shows the net; a new pick shows itself, and its layer is one click away. During a walk it shows
    the chain rule of the pick, with the rows of the phase marked.

    Args:
        phases: the head during a walk. weight_bar: edits the picked weight or bias.

    Signals:
        focus_changed(Focus or None): what the next snapshots must hold an inspection of.
        chosen(Edge or Neuron): the user chose it in a list.
        point_shown(Walk or None): the card shows other numbers of a picked point, or none.
        walk_wanted(int): the update of the picked point shall be walked through, by its row of the data set.
    """

    focus_changed = pyqtSignal(object)
    chosen = pyqtSignal(object)
    point_shown = pyqtSignal(object)
    walk_wanted = pyqtSignal(int)

    def __init__(self, phases: PhaseBar, weight_bar: WeightBar, theme: Theme = LIGHT) -> None:
        super().__init__()
        self._loaded: Loaded | None = None
        self._selection: Part | None = None
        self._point: int | None = None
        self._point_walk: Walk | None = None
        self._snapshot: Snapshot | None = None
        self._focus: Focus | None = None
        self._scene: WalkScene | None = None
        self._is_playing, self._has_room = False, True
        self._scopes = {name: scopes[0] for name, scopes in OFFERED.items()}
        self.head, self.phases, self.weight_bar = CardHead(), phases, weight_bar
        self.about, self.sentence = Elided(), FewLines(SENTENCE_LINES)
        self.pages, self._heads, self._title_line = CardPages(theme), QStackedWidget(), TitleLine(weight_bar)
        self._lay_out()
        self.set_theme(theme)
        self.head.view_changed.connect(self._show)
        self.head.scope_changed.connect(self._choose_scope)
        self.pages.chosen.connect(self.chosen)
        self.title, self.walk_button = self._title_line.title, self._title_line.walk
        self.walk_button.clicked.connect(lambda: self.walk_wanted.emit(self._point))
        self._fit()
        self._show()

    def _lay_out(self) -> None:
        self.setProperty("role", "card")
        self.about.setProperty("role", "faint")
        self._heads.addWidget(self.head)
        self._heads.addWidget(self.phases)
        self._heads.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)  # as high as its highest page
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 3, 12, 2)
        layout.setSpacing(1)
        layout.addWidget(self._heads)
        layout.addWidget(self._title_line)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.about)
        layout.addWidget(self.sentence)

    def sizeHint(self) -> QSize:
        return QSize(480, 255)

    def _fit(self) -> None:
        metrics, heads = self.fontMetrics(), self._heads.height() + self._title_line.height()
        self.setMinimumSize(LEAST_WIDTH, round(LEAST_LINES * metrics.height()))  # else the widest page would widen it
        self.weight_bar.show_narrow(self.width() < LETTERS_FOR_FREEZE * metrics.averageCharWidth())
        self._has_room = self.height() >= heads + LINES_FOR_ABOUT * metrics.lineSpacing()
        self._fit_about()

    def _fit_about(self) -> None:
        """Show what the numbers are of if the card is high enough, and all lines of its table have room beside that."""
        is_text = self.pages.currentWidget() is self.pages.preset  # which needs the room, and shows no such numbers
        self.sentence.setVisible(bool(self.sentence.text()) or not is_text)
        heads = self._heads.height() + self._title_line.height()
        taken = heads + self.sentence.height() + self.about.sizeHint().height() + BETWEEN_PARTS
        has_room = self._has_room and not is_text and self.height() >= taken + self.pages.needed_height()
        if has_room == self.about.isHidden():
            self.about.setVisible(has_room)
            self._draw()  # the title tells the moment where this line does not

    # ---------------------------------------------------------------- what to show

    @property
    def selection(self) -> Part | None:
        """The selected part; None for a point too."""
        return self._selection

    @property
    def point(self) -> int | None:
        """The picked point, as its row of the data set."""
        return self._point

    @property
    def view(self) -> str:
        """NET, LAYER or PICKED."""
        return self.head.view

    @property
    def focus(self) -> Focus | None:
        """What the snapshots must inspect; None for nothing, as while the card is hidden."""
        return self._focus

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        self.pages.set_theme(theme)
        self._draw()

    def set_run(self, loaded: Loaded) -> None:
        """Show another run; the selection is kept if the new network has the part."""
        former, self._loaded, self._snapshot = self._loaded, loaded, None
        sizes, layers = loaded.preparation.sizes, self.head.layers
        if loaded.canvas is not None or former is None or loaded.dataset is not former.dataset:
            self._point = None
        self.pages.set_preparation(loaded.preparation)
        self.pages.preset.set_lesson(loaded.lesson, loaded.experiment)
        is_other = loaded.lesson is not None and (former is None or loaded.lesson is not former.lesson)
        if is_other and not loaded.opened_at:  # its text is the first thing to read
            self._scopes[NET] = PRESET
            self.head.views[NET].setChecked(True)
        if self._selection is not None and not self._selection.exists(sizes):
            self._selection = None
        if layers.count() != len(sizes) - 1:
            layers.clear()
            for layer in range(1, len(sizes)):
                layers.addItem(_("Output") if layer == len(sizes) - 1 else str(layer), layer)
        if self._selection is None and self._point is None and self.view == PICKED:
            self.head.views[NET].setChecked(True)
        if loaded.canvas is not None:
            self.pages.show_nothing()
            self._say("", "")
        self._show()

    def show_experiment(self, experiment: Experiment) -> None:
        """Offer the text of the preset that an experiment comes from."""
        self.pages.preset.show_experiment(experiment)
        self._show()

    def set_selection(self, selection: Part | None, point: int | None = None) -> None:
        """Select and show another part, or a point of the data by its row; None of both to show the network."""
        is_nothing = selection is None and point is None
        if is_nothing and self._selection is None and self._point is None and self.view == NET:
            return
        self._selection, self._point = selection, point
        self.head.views[NET if is_nothing else PICKED].setChecked(True)
        if selection is not None and selection.layer > 0:
            self.head.layers.setCurrentIndex(selection.layer - 1)
        self._show()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show another snapshot; beside a canvas nothing, since nothing is trained on its points."""
        self.weight_bar.show_snapshot(snapshot)
        if self._loaded is None or self._loaded.canvas is None:
            self._snapshot = snapshot
            self._tell_point()
            self._draw()

    def show_playing(self, is_playing: bool) -> None:
        """Name the moment of the numbers while the run plays, since they follow it only now and then."""
        if is_playing != self._is_playing:
            self._is_playing = is_playing
            self._draw()

    def show_scene(self, scene: WalkScene | None) -> None:
        """Show a phase of a walk; None to show again what is picked."""
        self._scene = scene
        self._heads.setCurrentWidget(self.phases if scene is not None else self.head)
        if scene is not None:
            self.phases.show_scene(scene)
        self._show()

    def text(self) -> str:
        """All that the card says, with every digit."""
        head = [self.title.full, self.sentence.text(), self.about.full]
        if self._scene is not None and self._loaded is not None:
            lines = card_text.scene_text(self._scene, self._loaded.preparation)
        else:
            lines = [line.plain for line in self._told()] or self.pages.preset.shown_lines()
        return "\n".join([*(part for part in head if part), *lines]) + "\n"

    def copy(self) -> None:
        """Copy all that the card says."""
        clipboard().setText(self.text())

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self._ask()
        self._draw()

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self._ask()

    # ---------------------------------------------------------------- inside

    def _told(self) -> list[TableLine]:
        inspection, snapshot = self._inspection(), self._snapshot
        if inspection is None or snapshot is None or self.view != PICKED:
            return []
        return self.pages.told(snapshot, inspection)

    def _kind(self) -> str:
        if self.view != PICKED:
            return self.view
        is_input = isinstance(self._selection, Neuron) and self._selection.layer == 0
        return POINT if self._point is not None else INPUT if is_input else PICKED

    def _choose_scope(self) -> None:
        self._scopes[self._kind()] = self.head.scope
        self._show()

    def _show(self) -> None:
        """Request what the present page needs, and show what is known already."""
        picked, kind = self.head.views[PICKED], self._kind()
        picked.setVisible(self._selection is not None or self._point is not None)
        picked.setText({Edge: _("Edge"), Neuron: _("Neuron")}.get(type(self._selection), _("Point")))
        offered = [scope for scope in OFFERED[kind] if scope != PRESET or self.pages.preset.preset is not None]
        self._scopes[kind] = self._scopes[kind] if self._scopes[kind] in offered else offered[0]
        self.head.offer(offered, self._scopes[kind])
        is_phase = self._scene is not None  # which has its own title
        self._title_line.offer(self.view == PICKED and kind != POINT and not is_phase, kind == POINT and not is_phase)
        self._ask()
        self._draw()

    def _ask(self) -> None:
        focus = self._wanted_focus() if self.isVisible() else None
        if focus != self._focus:
            self._focus = focus
            self.focus_changed.emit(focus)
        self._tell_point()

    def _tell_point(self) -> None:
        """Let the other views show what this one says of a point."""
        inspection = None if self._scene is not None else self._inspection()
        walk = None if inspection is None else inspection.walk
        if walk is not self._point_walk:
            self._point_walk = walk
            self.point_shown.emit(walk)

    def _wanted_focus(self) -> Focus | None:
        if self._loaded is None or self.view == NET or (self.view == LAYER and self.head.scope == HISTORY):
            return None
        if self.view == LAYER:
            return Focus(self.head.layers.currentIndex() + 1)
        if self._point is not None:
            return Focus(0, row=self._point)
        return None if self._selection is None else focus_on(self._selection)

    def _inspection(self) -> Inspection | None:
        """The inspection of what is shown; None before it has come."""
        found = None if self._snapshot is None else self._snapshot.inspection
        return found if found is not None and found.focus == self._focus else None

    def _draw(self) -> None:
        """Draw all that depends on the snapshot or the walk; nothing while the card is hidden."""
        snapshot, loaded = self._snapshot, self._loaded
        if not self.isVisible() or loaded is None:
            return
        if self._scene is not None:
            self._draw_scene(self._scene, loaded.preparation)
            return
        layer = self.head.layers.currentIndex() + 1
        scope, inspection = self._scopes[self._kind()], self._inspection()
        former = card_text.former_place(inspection, self._snapshot, self._is_playing)
        moment = card_text.moment(inspection, former) if inspection is not None and scope in (SAMPLE, BATCH) else ""
        of = self.view, layer, self._selection, loaded.preparation
        names = self.pages.preset.titles if scope == PRESET else card_text.titles(*of)
        if self._kind() == POINT and self._point is not None:
            names = card_text.point_titles(self._point, loaded.preparation)
        self.title.set_full(*card_text.with_moment(*names, moment, is_told=not self.about.isHidden()))
        if snapshot is None:
            return
        if self.view == NET or (self.view == LAYER and scope == HISTORY):
            self._say(*self.pages.show_net(scope, snapshot))
            self._fit_about()
            return
        if inspection is None:  # the old page is kept until the numbers arrive
            return
        self._say(*card_text.scope_words(scope, inspection, snapshot.epoch_length, former))
        self.pages.show_inspection(self.view == LAYER, scope, snapshot, inspection)
        self._fit_about()

    def _draw_scene(self, scene: WalkScene, preparation: Preparation) -> None:
        title, about, sentence = card_text.scene_words(scene, preparation)
        self.title.set_full(title, card_text.short_scene_title(title))
        self._say(about, sentence, *card_text.short_readouts(scene, preparation))
        from gui.explanation.inspector.row_table import line_of

        lines = [line_of(row, self._theme, scene.phase.kind) for row in card_text.scene_rows(scene, preparation)]
        self.pages.rows.table.show_lines(lines)
        self.pages.setCurrentWidget(self.pages.rows)
        self.pages.rows.show_marked()
        self._fit_about()

    def _say(self, about: str, sentence: str, *shorter: str) -> None:
        if about != self.about.full:
            self.about.set_full(about, *shorter)
        self.sentence.set_text(sentence, f"{about}\n\n{sentence}".strip())
