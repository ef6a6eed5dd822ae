"""The identity of a run, by which window and worker speak of it."""

from __future__ import annotations

import itertools
from typing import NewType

RunId = NewType("RunId", int)
"""It stays when undo brings a run back, and when its classes get other names; no two runs of a process share it."""

_numbers = itertools.count(1)


def new_run_id() -> RunId:
    """An identity that no run has had."""
    return RunId(next(_numbers))
