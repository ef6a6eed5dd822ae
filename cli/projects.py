"""The option --project: a saved run instead of options that describe a run."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cli.console import CommandLineError
from cli.options import add
from core.base import log
from core.options.argument_table import ARGUMENTS
from core.storage.project import Project, load_project, resume
from core.training.trainer import Trainer


def add_project(parser: argparse.ArgumentParser) -> None:
    """Add the option."""
    group = parser.add_argument_group("project")
    add(group, "--project", "FILE", "continue a saved project; replaces all options of the experiment")


def read_project(given: Mapping[str, Any], in_window: bool = False) -> tuple[Project, Trainer] | None:
    """The project and a trainer where it stands; None if the option was not given.

    Raises:
        CommandLineError: an option that describes an experiment was given too; or the project holds too few drawn
            points to train on, so that only the window can continue it.
        ProjectError: the file is damaged or not a project.
    """
    if "project" not in given:
        return None
    options = {argument.field: argument.option for argument in ARGUMENTS}
    options |= {"preset": "--preset", "initial_weights": "--initial-weights", "change": "--change"}
    for name, option in options.items():
        if name in given:
            raise CommandLineError(f"--project brings its own experiment; leave out {option}.")
    path = given["project"]
    project = load_project(path)
    trainer = resume(project, path)
    log.info(f"Project {Path(path).name} opened")
    if project.canvas is not None and not in_window:
        raise CommandLineError(
            f"{Path(path).name} has too few drawn points to train on; open it in the window "
            "and draw points of at least two classes, or at least two points with values."
        )
    return project, trainer
