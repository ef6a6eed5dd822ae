"""Gives the build the dependencies that stand in requirements.txt, so that they stand there alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class RequirementsHook(MetadataHookInterface):
    """Found by Hatchling, see pyproject.toml."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Put the requirements into the metadata."""
        lines = Path(self.root, "requirements.txt").read_text(encoding="utf-8").splitlines()
        metadata["dependencies"] = [line for line in lines if line and not line.startswith("#")]
