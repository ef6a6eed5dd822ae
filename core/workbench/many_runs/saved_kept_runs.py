"""Kept runs into a project, and out of it again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.base.arrays import Array
from core.base.errors import LensError, ProjectError
from core.base.translation import _
from core.data.dataset import Dataset
from core.network.network import count_parameters
from core.storage.archive import array_name
from core.storage.encoding import encode
from core.storage.project import Project
from core.storage.saved_kept_run import OWN_DATA, SavedKeptRun
from core.training.history import History
from core.training.preparation import prepare
from core.training.timeline.saved_branches import require
from core.workbench.many_runs.kept_run import KeptRun
from core.workbench.run_id import RunId, WorkId, new_run_id
from core.workbench.run_timeline import words_of_changes

MEMBER_BYTES = 512
"""Of a member of the file besides the numbers of its array: NumPy's head, the archive's, and its entry in the list."""


def with_kept(project: Project, runs: Iterable[KeptRun], present: RunId | None) -> Project:
    """The project with these kept runs; ``present`` is its own run. Data that several runs share are there once."""
    others: list[Dataset] = []
    saved = []
    for run in runs:
        place = OWN_DATA
        if run.dataset is not project.dataset:
            place = next((number for number, known in enumerate(others) if known is run.dataset), len(others))
            others += [run.dataset] * (place == len(others))
        saved.append(_saved(run, place, present))
    return replace(project, kept=tuple(saved), kept_data=tuple(others))


def _saved(run: KeptRun, data: int, present: RunId | None) -> SavedKeptRun:
    history = run.history
    return SavedKeptRun(
        run.experiment,
        data,
        run.saved,
        history.table,
        history.gradients,
        history.lows,
        run.tip,
        run.parameters,
        run.parameters_at,
        run.home,
        run.note,
        run.name,
        run.run == present,
        run.left_at,
    )


def size_in_file(runs: Iterable[KeptRun]) -> int:
    """By how many bytes these runs and their data make a project's file larger at most."""
    arrays: dict[int, Array] = {}

    def keep(array: Array) -> str:
        arrays[id(array)] = array
        return array_name(np.empty(0))  # as long as any other

    runs = tuple(runs)
    parts = [_saved(run, OWN_DATA, None) for run in runs]
    data = {id(run.dataset): run.dataset for run in runs}.values()
    texts = [json.dumps(encode(part, keep)) for part in (*parts, *data)]
    return sum(map(len, texts)) + sum(array.nbytes + MEMBER_BYTES for array in arrays.values())


def kept_of(project: Project, dataset: Dataset, run: RunId, work: WorkId, path: str) -> tuple[KeptRun, ...]:
    """The kept runs of a project that was opened from a file, as a run of a work, on a data set.

    Raises:
        ProjectError: a kept run does not fit its data.
    """
    opened = []
    for saved in project.kept:
        known = OWN_DATA <= saved.data < len(project.kept_data)
        own = dataset if saved.data == OWN_DATA or not known else project.kept_data[saved.data]
        try:
            require(known, _("the data of a kept run"))
            opened.append(_opened(saved, own, run if saved.is_of_project else new_run_id(), work))
        except LensError as error:
            raise ProjectError(
                _("{name} is damaged (a kept run in it does not fit: {error}); choose another.").format(
                    name=Path(path).name, error=error
                )
            ) from None
    return tuple(opened)


def _opened(saved: SavedKeptRun, dataset: Dataset, run: RunId, work: WorkId) -> KeptRun:
    preparation = prepare(saved.experiment, dataset)
    changes = tuple(saved.run.changes_of(saved.experiment))
    sizes, length = preparation.sizes, preparation.epoch_length
    saved.run.check_size(count_parameters(sizes), len(sizes) - 1)
    return KeptRun(
        run,
        work,
        saved.experiment,
        dataset,
        saved.run,
        History(saved.table, length, saved.gradients, lows=saved.lows),
        saved.tip,
        saved.parameters,
        saved.parameters_at,
        changes,
        words_of_changes(saved.experiment, changes, sizes, length),
        sizes,
        length,
        saved.home,
        saved.note,
        saved.name,
        saved.left_at,
    )
