"""Whether the kept runs go into the project file, and how large they are there."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PyQt5.QtWidgets import QAction

from core.base.number_text import grouped
from core.base.translation import _, ngettext
from core.storage.settings_file import SettingsFile
from core.workbench.messages import Loaded
from core.workbench.run_id import WorkId
from gui.session.session import Session
from gui.widgets.forms import allow

if TYPE_CHECKING:
    from core.storage.project import Project
    from core.workbench.many_runs.kept_run import KeptRun
    from core.workbench.many_runs.kept_runs import KeptRuns

MIB = 1 << 20
SMALL = 20 * MIB
"""Kept runs that take no more go into a file without being asked for."""
KEY, ON, OFF = "keep-in-project", "on", "off"
"""Where the user's choice is remembered."""


class KeptInProject:
    """Keeps the runs in the file while they are small, unless the user chose otherwise.

    A project that was opened with kept runs goes on having them until the user takes them out.

    Args:
        session: tells which run is the project's.
        kept: the kept runs; those that are shown beside the present one go into the file.
        action: the choice, which tells the size.
        settings: remembers the choice.
    """

    def __init__(self, session: Session, kept: KeptRuns, action: QAction, settings: SettingsFile) -> None:
        self._session, self._kept, self._action, self._settings = session, kept, action, settings
        self._choice = settings.text(KEY)
        self._goes_on = False
        self._known: tuple[int, tuple[KeptRun, ...], int] = -1, (), 0
        action.triggered.connect(self._choose)
        menu = action.associatedWidgets()[0]
        menu.aboutToShow.connect(self.show_size)
        session.run_changed.connect(self._take_run)
        self.show_size()

    @property
    def wanted(self) -> tuple[KeptRun, ...]:
        """The kept runs that go into the file."""
        runs, size = self._runs()
        return runs if self._is_on(size) else ()

    @property
    def wanted_for_recovery(self) -> tuple[KeptRun, ...]:
        """The kept runs that go into a recovery file: small ones always do."""
        runs, size = self._runs()
        return runs if size <= SMALL or self._is_on(size) else ()

    def others(self, work: WorkId | None) -> tuple[int, int]:
        """How many runs of a work are listed beside the present run, and how many of these go into the file."""
        runs = [entry.run for entry in self._kept if entry.run.work == work and entry.run.run != self._session.run]
        return len(runs), sum(run in self.wanted for run in runs)

    def added_to(self, project: Project, runs: tuple[KeptRun, ...]) -> Project:
        """The project with these kept runs, as it goes into the file."""
        from core.workbench.many_runs.saved_kept_runs import with_kept  # here, since it would slow down the start

        return with_kept(project, runs, self._session.run)

    def show_size(self) -> None:
        """Say how many runs they are, and how much larger they make the file at most."""
        runs, size = self._runs()
        text = ngettext(
            "Keep the {n} ticked run in the project (adds at most {size} MiB)",
            "Keep the {n} ticked runs in the project (adds at most {size} MiB)",
            len(runs),
        )
        text = text if runs else _("Keep ticked runs in the project (none is ticked)")
        self._action.setText(text.format(n=grouped(len(runs)), size=f"{max(math.ceil(10 * size / MIB), 1) / 10:.1f}"))
        allow(self._action, "" if runs else _("no run beside the present one is ticked"))
        self._action.setChecked(self._is_on(size))

    def _runs(self) -> tuple[tuple[KeptRun, ...], int]:
        """The runs beside the present one, and their size in bytes."""
        if self._known[0] != self._kept.version:
            runs = tuple(entry.run for entry in self._kept.pinned)
            self._known = self._kept.version, runs, _size_in_file(runs) if runs else 0
        return self._known[1:]

    def _is_on(self, size: int) -> bool:
        return self._goes_on or (size <= SMALL if self._choice not in (ON, OFF) else self._choice == ON)

    def _choose(self) -> None:
        """The user wants the opposite of what is."""
        self._choice, self._goes_on = OFF if self._is_on(self._runs()[1]) else ON, False
        self._settings.put(KEY, self._choice)
        self.show_size()

    def _take_run(self, loaded: Loaded) -> None:
        """A project with kept runs goes on having them; the list of runs has taken them up before."""
        if loaded.opened is not None:
            self._goes_on = bool(loaded.opened.kept)
            self.show_size()


def _size_in_file(runs: tuple[KeptRun, ...]) -> int:
    from core.workbench.many_runs.saved_kept_runs import size_in_file  # here, since it would slow down the start

    return size_in_file(runs)
