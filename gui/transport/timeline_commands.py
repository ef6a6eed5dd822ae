"""Commands that move in the timeline: to a change, to the beginning or the tip, to other branches, and their names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PyQt5.QtCore import QPoint
from PyQt5.QtWidgets import QAction, QInputDialog, QMenu

from core.base.number_text import epoch_place
from core.base.translation import _
from core.explain.snapshot import Snapshot
from core.workbench.messages import WorkerReport
from core.workbench.run_timeline import BranchView
from gui.session.command_context import CommandContext
from gui.transport.timeline import Timeline
from gui.widgets.forms import allow
from gui.widgets.qt_objects import forget_when_deleted


class TimelineCommands:
    """Handlers of the actions of the timeline, and its menu, which offers the choices of the axis of epochs as well."""

    def __init__(self, context: CommandContext, timeline: Timeline, epoch_choices: Sequence[QAction]) -> None:
        self._context, self._epoch_choices = context, epoch_choices
        self._session = context.session
        timeline.seek_wanted.connect(self._session.seek)
        timeline.menu_wanted.connect(self.open_menu)
        self._timeline = timeline
        self._session.frame.connect(self._fit_axis)  # before the views draw the frame, which listen later
        self._session.progress.connect(self._follow)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show where the run stands then, along with the figures and the curves."""
        self._timeline.show_timeline(self._session.timeline, snapshot.position)

    def _follow(self, report: WorkerReport) -> None:
        """While the run rests, a name or a branch may change without a snapshot."""
        if not report.state.playing:
            snapshot = self._session.snapshot
            self._timeline.show_timeline(report.state.timeline, snapshot.position if snapshot is not None else 0)

    def _fit_axis(self, _: object) -> None:
        if self._session.timeline is not None:
            self._timeline.fit_axis(self._session.timeline)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return the handlers by the names of their actions."""
        return {
            "to-beginning": self.go_to_beginning,
            "to-tip": self.go_to_tip,
            "previous-change": lambda: self.go_to_change(-1),
            "next-change": lambda: self.go_to_change(1),
        }

    def go_to_beginning(self) -> None:
        """Go to the beginning of the present line, before all painting."""
        timeline = self._session.timeline
        if timeline is not None:
            self._session.seek(0, timeline.last_of(timeline.line()[0][0].run).number)

    def go_to_tip(self) -> None:
        """Go to the farthest position of the present branch."""
        timeline = self._session.timeline
        if timeline is not None:
            self._session.seek(timeline.present_branch.tip)

    def go_to_change(self, way: int) -> None:
        """Go to the next change of the present line (``way`` 1) or the previous one (-1); behind them to its end."""
        timeline, snapshot = self._session.timeline, self._session.snapshot
        if timeline is None or snapshot is None:
            return
        (first, _), (present, tip) = timeline.line()[0], timeline.line()[-1]
        here = present.epochs(snapshot.position)
        places = [(first, 0), *((branch, mark.position) for branch, mark in timeline.marks()), (present, tip)]
        ahead = [(branch, at) for branch, at in places[::way] if (branch.epochs(at) - here) * way > 0]
        if ahead:
            branch, position = ahead[0]
            self._session.seek(position, timeline.last_of(branch.run).number)

    def open_menu(self, number: int, position: int, where: QPoint) -> None:
        """Open the menu of a position of a branch."""
        self.make_menu(number, position).popup(where)

    def make_menu(self, number: int, position: int) -> QMenu:
        """The menu of a position of a branch; it deletes itself when it closes."""
        menu = QMenu(self._context.window)
        menu.aboutToHide.connect(menu.deleteLater)
        forget_when_deleted(menu)
        timeline = self._session.timeline
        branch = next((b for b in timeline.branches if b.number == number), None) if timeline is not None else None
        if timeline is None or branch is None:
            return menu
        here = epoch_place(position, branch.run.epoch_length)
        self._add(menu, _("Go on from {place}").format(place=here), lambda: self._go_on(position, number))
        self._add(menu, _("Go to the tip of this branch"), lambda: self._session.seek(branch.tip, number))
        self._add(menu, _("Rename this branch…"), lambda: self.ask_for_name(branch))
        self._add(menu, _("Remove this branch"), lambda: self._session.remove_branch(number))
        allow(menu.actions()[-1], "" if len(timeline.branches) > 1 else _("it is the only branch"))
        menu.setToolTipsVisible(True)
        menu.addSeparator()
        for other in timeline.branches:
            self._add(menu, other.name, partial(self._session.seek, other.tip, other.number))
            menu.actions()[-1].setCheckable(True)
            menu.actions()[-1].setChecked(other.number == timeline.present)
        menu.addSeparator()
        menu.addActions(self._epoch_choices)
        return menu

    def _go_on(self, position: int, number: int) -> None:
        self._session.seek(position, number)
        self._session.play()

    @staticmethod
    def _add(menu: QMenu, text: str, act: Callable[[], object]) -> None:
        action = menu.addAction(text.replace("&", "&&"))
        assert action is not None
        action.triggered.connect(lambda _=False: _call(act))

    def ask_for_name(self, branch: BranchView) -> None:
        """Ask for another name of a branch."""
        dialog = QInputDialog(self._context.window)
        dialog.setWindowTitle(_("Rename branch"))
        dialog.setLabelText(_("Name (leave it empty for what differs):"))
        dialog.setTextValue(branch.name)
        dialog.textValueSelected.connect(lambda name: self._session.name_branch(branch.number, name))
        dialog.finished.connect(dialog.deleteLater)
        forget_when_deleted(dialog)
        dialog.open()


def _call(act: Callable[[], object]) -> None:
    act()
