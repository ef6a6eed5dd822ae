"""Whether the kept runs go into the project file, and how large they are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt5.QtWidgets import QAction

from core.base.number_text import grouped
from core.base.translation import ngettext
from core.workbench.many_runs.kept_runs import bytes_of
from core.workbench.messages import Loaded
from gui.session.session import Session

if TYPE_CHECKING:
    from core.storage.project import Project
    from core.workbench.many_runs.kept_run import KeptRun
    from core.workbench.many_runs.kept_runs import KeptRuns

MIB = 1 << 20


class KeptInProject:
    """Follows the user's choice, which a project with kept runs makes when it is opened.

    Args:
        session: tells which run is the project's.
        kept: the kept runs; those that are shown beside the present one go into the file.
        action: the choice, which tells the size.
    """

    def __init__(self, session: Session, kept: KeptRuns, action: QAction) -> None:
        self._session, self._kept, self._action = session, kept, action
        self._saved: tuple[KeptRun, ...] = ()
        menu = action.associatedWidgets()[0]
        menu.aboutToShow.connect(self.show_size)
        session.run_changed.connect(self._take_run)
        self.show_size()

    @property
    def wanted(self) -> tuple[KeptRun, ...]:
        """The kept runs that go into the file."""
        return tuple(entry.run for entry in self._kept.pinned) if self._action.isChecked() else ()

    @property
    def is_changed(self) -> bool:
        """Whether a file that was saved or opened last holds other kept runs than it should."""
        return self.wanted != self._saved

    def added_to(self, project: Project) -> Project:
        """The project as it goes into the file."""
        from core.workbench.many_runs.saved_kept_runs import with_kept  # here, since it would slow down the start

        return with_kept(project, self.wanted, self._session.run)

    def note_saved(self) -> None:
        """The file holds what it should."""
        self._saved = self.wanted

    def show_size(self) -> None:
        """Say how many runs they are, and how much room they take at most."""
        runs = [entry.run for entry in self._kept.pinned]
        size = bytes_of(runs) / MIB
        text = ngettext(
            "Keep {n} run in the project (at most {size} MiB)",
            "Keep {n} runs in the project (at most {size} MiB)",
            len(runs),
        )
        self._action.setText(text.format(n=grouped(len(runs)), size=f"{max(size, 0.1):.1f}" if runs else "0"))
        self._action.setEnabled(bool(runs) or self._action.isChecked())

    def _take_run(self, loaded: Loaded) -> None:
        """A project with kept runs goes on having them; the list of runs has taken them up before."""
        if loaded.opened is not None:
            self._action.setChecked(bool(loaded.opened.kept))
            self.note_saved()
