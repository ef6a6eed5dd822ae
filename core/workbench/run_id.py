"""The identities of runs and of works, by which window and worker speak of them."""

from __future__ import annotations

import itertools
from typing import NewType

RunId = NewType("RunId", int)
"""It stays when undo brings a run back, and when its classes get other names; no two runs of a process share it."""

WorkId = NewType("WorkId", int)
"""Of what a person works on and saves as one project: it stays from run to run while settings and points change. Other
data, a preset, a new canvas and an opened project are other works."""

_numbers = itertools.count(1)


def new_run_id() -> RunId:
    """An identity that no run has had."""
    return RunId(next(_numbers))


def new_work_id() -> WorkId:
    """An identity that no work has had."""
    return WorkId(next(_numbers))
