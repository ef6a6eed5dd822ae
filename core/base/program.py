"""Where the program's files lie, and the words that start it."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
"""The folder that holds core, gui and cli: a checkout, or the package ``backprop_lens`` where it is installed."""

COMMAND = ("python", "main.py") if (ROOT / "main.py").is_file() else ("backprop-lens",)
"""What a user types; an installation has no main.py."""

PROGRAM = " ".join(COMMAND)

PROJECT_SUFFIX = ".lens"
"""The ending of a project file."""


def as_called(text: str) -> str:
    """A text that was written for a checkout, with the words that start this program in place of ``python main.py``."""
    return text.replace("python main.py", PROGRAM)
