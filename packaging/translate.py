"""Makes the catalogue of a language, or brings it up to date: `python packaging/translate.py de`.

The texts of the code come into languages/de/LC_MESSAGES/backprop_lens.po, which a translator edits, and what stands
there is compiled to the file .mo beside it, which the program reads.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from babel.messages.frontend import CommandLineInterface

ROOT = Path(__file__).resolve().parents[1]
DOMAIN = "backprop_lens"
SOURCES = [ROOT / name for name in ("core", "gui", "cli", "main.py")]


def translate(language: str, folder: Path = ROOT / "languages", sources: list[Path] = SOURCES) -> None:
    """Gather the texts, merge them into the language's catalogue, and compile it."""
    catalogue = folder / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    where = ["-l", language, "-D", DOMAIN, "-d", str(folder)]
    with tempfile.TemporaryDirectory() as scratch:
        template = str(Path(scratch, f"{DOMAIN}.pot"))
        options = ["--add-location=file", "--sort-by-file", "--width=120", "--project=Backprop Lens", "-o", template]
        run("extract", *options, *map(str, sources))
        run("update" if catalogue.exists() else "init", "--width=120", "-i", template, *where)
    run("compile", "--statistics", *where)


def run(*words: str) -> None:
    """Run a command of Babel's."""
    CommandLineInterface().run(["pybabel", "--quiet", *words])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name one language, such as: python packaging/translate.py de")
    translate(sys.argv[1])
