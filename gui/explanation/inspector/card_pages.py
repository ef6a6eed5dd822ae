"""The pages of the card; all but the first are made when they are first wanted."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Protocol, TypeVar

from PyQt5.QtCore import Qt, pyqtBoundSignal, pyqtSignal
from PyQt5.QtWidgets import QLabel, QStackedWidget, QWidget

from core.base.translation import _
from core.explain.snapshot import Snapshot
from core.training.preparation import Preparation
from gui.curves.epoch_axis import EpochAxis
from gui.explanation.inspector import card_text
from gui.explanation.inspector.card_head import BATCH, DATA, HISTORY, NEURONS, PRESET, RANKS, SAMPLE
from gui.explanation.inspector.net_page import NetPage
from gui.explanation.preset_text import PresetText
from gui.widgets.plain_text import plain_label
from gui.widgets.theme import Theme

if TYPE_CHECKING:
    from core.explain.inspection import Inspection
    from gui.explanation.inspector.layer_page import LayerData, MatrixPage
    from gui.explanation.inspector.part_pages import CoursePage, NeuronData
    from gui.explanation.inspector.rank_page import RankPage
    from gui.explanation.inspector.row_table import TableLine
    from gui.explanation.inspector.table_page import TablePage


class ThemedPage(Protocol):
    """What each page can do."""

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""


Page = TypeVar("Page", bound=ThemedPage)


class CardPages(QStackedWidget):
    """Makes the pages, and tells each what holds for all.

    Signals:
        made(QWidget): a page was made.
        chosen(Edge or Neuron): the user chose it in a list.
        copy_wanted(MatrixTable), save_wanted(MatrixTable): the user wants to copy or save a matrix.
    """

    made = pyqtSignal(object)
    chosen = pyqtSignal(object)
    copy_wanted = pyqtSignal(object)
    save_wanted = pyqtSignal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._themed: list[ThemedPage] = []
        self._epochs: EpochAxis | None = None
        self._scale = "", 0.0
        self._preparation: Preparation | None = None
        self._written_of: tuple[Inspection, str, Theme] | None = None
        self._written: list[TableLine] = []
        self.net = self._added(NetPage())
        self.preset = self._added(PresetText())

    # ---------------------------------------------------------------- what holds for all

    def set_theme(self, theme: Theme) -> None:
        """Draw in other colours."""
        self._theme = theme
        for page in self._themed:
            page.set_theme(theme)

    def follow(self, epochs: EpochAxis, scale_shown: pyqtBoundSignal) -> None:
        """Draw curves on this scale of the epochs, and matrices on the colour scale of the diagram's edges.

        Args:
            epochs: which other views share.
            scale_shown: tells what the edges show, as the snapshot's attribute, and the end of their scale.
        """
        self._epochs = epochs
        self.net.plot.follow(epochs)
        scale_shown.connect(self._follow_scale)

    def _follow_scale(self, attribute: str, end: float) -> None:
        self._scale = attribute, end
        if "matrix" in self.__dict__:
            self.matrix.follow_scale(attribute, end)

    def set_preparation(self, preparation: Preparation) -> None:
        """Show another run, by the names of its inputs and outputs."""
        self._preparation = preparation
        for name in {"ranks", "matrix", "neuron"} & self.__dict__.keys():
            getattr(self, name).set_preparation(preparation)

    def show_nothing(self) -> None:
        """Show that there is nothing to explain yet."""
        self.setCurrentWidget(self._nothing)

    def needed_height(self) -> int:
        """What the lines of a table take; 0 for a page that takes what there is."""
        page: TablePage | None = self.__dict__.get("rows")  # made when it is first wanted
        return page.table.sizeHint().height() if page is not None and page is self.currentWidget() else 0

    def show_net(self, scope: str, snapshot: Snapshot) -> tuple[str, ...]:
        """Show a page on the whole net; returns what it shows, what is remarkable, and the first in fewer words."""
        if scope == PRESET:
            self.setCurrentWidget(self.preset)
            return "", self.preset.change
        page: NetPage | RankPage = self.ranks if scope == RANKS else self.net
        page.show_snapshot(snapshot)
        self.setCurrentWidget(page)
        assert self._preparation is not None
        return card_text.net_words(scope, snapshot, self._preparation)

    def show_inspection(self, is_layer: bool, scope: str, snapshot: Snapshot, inspection: Inspection) -> None:
        """Show a page on a layer, or else on a part or a point."""
        page: QWidget
        if is_layer:
            page = self.layer_data if scope == NEURONS else self.matrix
            page.show_inspection(snapshot, inspection)
        elif scope == HISTORY:
            page = self.course
            page.show_inspection(snapshot, inspection)
        elif scope == DATA and inspection.neuron is not None:
            page = self.neuron
            page.show_inspection(snapshot, inspection, self._lines_of(scope, snapshot, inspection))
        else:
            page = self.rows
            page.table.show_lines(self._lines_of(scope, snapshot, inspection))
        self.setCurrentWidget(page)

    def _lines_of(self, scope: str, snapshot: Snapshot, inspection: Inspection) -> list[TableLine]:
        """The lines of a table; an inspection stays for many frames, and its formulas take long to write."""
        from gui.explanation.inspector import part_pages  # here and below, since the first picture shows the net

        shown = inspection, scope, self._theme
        if shown != self._written_of:
            self._written_of = shown
            batch, data = part_pages.batch_lines, part_pages.data_lines
            make = {SAMPLE: part_pages.lines_of_sample, BATCH: batch, DATA: data}[scope]
            self._written = make(snapshot, inspection, self._theme)
        return self._written

    def told(self, snapshot: Snapshot, inspection: Inspection) -> list[TableLine]:
        """All lines on a part or a point, whatever is shown."""
        from gui.explanation.inspector import part_pages
        from gui.explanation.inspector.row_table import line_of

        rows = [line_of(row, self._theme) for row in inspection.rows]
        return [*rows, *part_pages.data_lines(snapshot, inspection, self._theme)]

    # ---------------------------------------------------------------- the pages

    @cached_property
    def _nothing(self) -> QLabel:
        label = plain_label(_("Nothing to explain yet: these points are too few to train on."))
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setWordWrap(True)
        self.addWidget(label)
        return label

    @cached_property
    def ranks(self) -> RankPage:
        """The largest numbers of the net."""
        from gui.explanation.inspector.rank_page import RankPage

        page = self._added(RankPage())
        page.chosen.connect(self.chosen)
        if self._preparation is not None:
            page.set_preparation(self._preparation)
        return page

    @cached_property
    def matrix(self) -> MatrixPage:
        """The matrices of a layer."""
        from gui.explanation.inspector.layer_page import MatrixPage

        page = self._added(MatrixPage())
        page.follow_scale(*self._scale)
        page.copy_wanted.connect(self.copy_wanted)
        page.save_wanted.connect(self.save_wanted)
        if self._preparation is not None:
            page.set_preparation(self._preparation)
        return page

    @cached_property
    def layer_data(self) -> LayerData:
        """A layer over all data."""
        from gui.explanation.inspector.layer_page import LayerData

        return self._added(LayerData())

    @cached_property
    def rows(self) -> TablePage:
        """The chain rule as a table."""
        from gui.explanation.inspector.table_page import TablePage

        return self._added(TablePage())

    @cached_property
    def neuron(self) -> NeuronData:
        """A neuron over all data."""
        from gui.explanation.inspector.part_pages import NeuronData

        page = self._added(NeuronData())
        if self._preparation is not None:
            page.set_preparation(self._preparation)
        return page

    @cached_property
    def course(self) -> CoursePage:
        """A parameter over the epochs."""
        from gui.explanation.inspector.part_pages import CoursePage

        page = self._added(CoursePage())
        if self._epochs is not None:
            page.plot.follow(self._epochs)
        return page

    def _added(self, page: Page) -> Page:
        assert isinstance(page, QWidget)
        page.set_theme(self._theme)
        self._themed.append(page)
        self.addWidget(page)
        self.made.emit(page)
        return page
