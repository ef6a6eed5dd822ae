"""The options --project, --branch and --at: a saved run, and a place in it, instead of options that describe a run."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cli.console import CommandLineError, naming
from cli.options import add
from core.base import log
from core.base.errors import shorten
from core.base.number_text import epoch_place
from core.base.translation import _
from core.options.argument_table import ARGUMENTS
from core.storage.project import Project, load_project, resume
from core.training.trainer import Trainer
from core.workbench.run_timeline import BranchView, RunTimeline
from core.workbench.run_tree import read_tree

AT = re.compile(r"(epoch:)?([0-9]{1,18})")


FIRST = ("first", "first run")
"""Names that the first branch of every project has."""


def add_project(parser: argparse.ArgumentParser, branch: bool = True, at: bool = True) -> None:
    """Add the option --project and, unless they mean nothing to the command, --branch and --at."""
    group = parser.add_argument_group(_("project"))
    add(group, "--project", "FILE", _("continue a saved project; replaces all options of the experiment"))
    if branch:
        add(
            group,
            "--branch",
            "NAME",
            _("branch of the project, by its name or number (default: the one it was saved on)"),
        )
    if at:
        text = _(
            "place in the project's run, in samples or as epoch:N (default: where it was saved; of a branch, its tip)"
        )
        add(group, "--at", "POSITION", text, _parse_at)


def _parse_at(text: str) -> tuple[str, int]:
    """The unit, ``epoch:`` or nothing for samples, and the number; raises CommandLineError."""
    match = AT.fullmatch(text.strip())
    if match is None:
        raise CommandLineError(
            _("{text} is not a place; write a number of samples, or epoch:3.").format(text=shorten(text))
        )
    return match[1] or "", int(match[2])


def _go_to_place(given: Mapping[str, Any], project: Project, to_tip: bool) -> tuple[Project, Trainer]:
    """The project with its run at --branch and --at, or at the branch's tip; raises CommandLineError, ProjectError."""
    tree, run = read_tree(project, given["project"])
    timeline = tree.timeline(run)
    view = _find_branch(given["branch"], timeline) if "branch" in given else timeline.present_branch
    found = tree.find(view.number)
    assert found is not None
    run, branch = found
    trainer = run.trainer
    position = view.tip if to_tip or "branch" in given else trainer.position
    if "at" in given:
        unit, number = given["at"]
        position = number * trainer.epoch_length if unit else number
        if position > view.tip:
            reached = _("0 to {tip} ({place})").format(tip=view.tip, place=epoch_place(view.tip, trainer.epoch_length))
            raise CommandLineError(
                _(
                    "--at: {unit}{number} was never reached; choose a position from {reached} of the branch {name}."
                ).format(unit=unit, number=number, reached=reached, name=shorten(view.name))
            )
    trainer.seek(position, branch)
    return replace(tree.project(run), layout=project.layout), trainer


def _find_branch(wanted: str, timeline: RunTimeline) -> BranchView:
    """The branch of this name, number (counted from 1) or beginning of its name; raises CommandLineError."""
    branches = timeline.branches
    word = wanted.strip().casefold()
    named = [branch for branch in branches if branch.name.casefold() == word]
    first = [branch for branch in branches if branch.parent is None and word in FIRST]
    numbered = [branch for number, branch in enumerate(branches, start=1) if str(number) == word]
    begun = [branch for branch in branches if word and branch.name.casefold().startswith(word)]
    for found in (named, numbered, first, begun):
        if len(found) == 1:
            return found[0]
    names = ", ".join(f"{number} ({shorten(branch.name)})" for number, branch in enumerate(branches, start=1))
    raise CommandLineError(
        _("--branch: {wanted} names no branch, or several; choose {names}.").format(wanted=shorten(wanted), names=names)
    )


def read_project(
    given: Mapping[str, Any], in_window: bool = False, to_tip: bool = False
) -> tuple[Project, Trainer] | None:
    """The project and a trainer where it stands, or at --branch and --at; None if the option was not given.

    Args:
        given: the options.
        in_window: the project may wait for more drawn points.
        to_tip: go to the branch's tip where no place is given.

    Raises:
        CommandLineError: an option that describes an experiment was given too; there is no such branch, or it never
            reached the position; or the project holds too few drawn
            points to train on, so that only the window can continue it.
        ProjectError: the file is damaged or not a project.
    """
    if "project" not in given:
        for name in ("branch", "at"):
            if name in given:
                raise CommandLineError(
                    _("--{name} needs a project; leave it out, or name the project with --project.").format(name=name)
                )
        return None
    options = {argument.field: argument.option for argument in ARGUMENTS}
    options |= {"preset": "--preset", "initial_weights": "--initial-weights", "change": "--change"}
    for name, option in options.items():
        if name in given:
            raise CommandLineError(_("--project brings its own experiment; leave out {option}.").format(option=option))
    path, trainer = given["project"], None
    with naming("--project"):
        project = load_project(path)
        if not (to_tip or {"branch", "at"} & given.keys()):
            trainer = resume(project, path)
    log.info(f"Project {Path(path).name} opened")
    if project.canvas is not None and not in_window:
        raise CommandLineError(
            _(
                "{name} has too few drawn points to train on; open it in the window "
                "and draw points of at least two classes, or at least two points with values."
            ).format(name=Path(path).name)
        )
    return (project, trainer) if trainer is not None else _go_to_place(given, project, to_tip)
