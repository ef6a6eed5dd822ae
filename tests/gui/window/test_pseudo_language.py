"""Every text of the window can be translated: in the pseudo-language none is plain, in any state."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gui.window.plain_texts import plain_words

REPOSITORY = Path(__file__).resolve().parents[3]


def plain_texts(folder: Path, language: str, *more: str) -> list[dict[str, object]]:
    """What the walk finds in a language; where the window fails, its messages."""
    words = [sys.executable, "-X", "faulthandler", "-m", "tests.gui.window.plain_texts", str(folder), *more]
    environment = {**os.environ, "LANGUAGE": language, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        words, cwd=REPOSITORY, env=environment, capture_output=True, encoding="utf-8", timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_no_text_of_the_window_is_plain_in_the_pseudo_language(tmp_path: Path) -> None:
    assert plain_texts(tmp_path, "pseudo") == []


def test_plain_words_are_found() -> None:
    assert plain_words("Ĺļéáŕñîñĝ rate") == ["rate"]
    assert plain_words("<b>12</b> &amp; x1 = tanh z, train.txt (Ctrl+O)") == []
    assert plain_words("&Open <i>project</i>…") == ["Open", "project"]


@pytest.mark.campaign
def test_no_text_of_any_preset_is_plain(tmp_path: Path) -> None:
    assert plain_texts(tmp_path, "pseudo", "presets") == []
