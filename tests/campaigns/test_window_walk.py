"""All windows are walked through all their states, in many sizes, both themes, three scales, and in a longer language.

``-k window_walk`` and ``-k other_windows`` choose a walk; ``STATES=start,edge`` walks to these states alone;
``SHEETS=FOLDER`` writes pictures of all that was seen there.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.campaigns.looks import ROOT

SCALES = ("1", "1.25", "1.5")
LANGUAGES = ("en", "pseudo")
WALKS = ("window_walk", "other_windows")
HOUR = 3600.0


@pytest.mark.campaign
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("walk", WALKS)
def test_nothing_is_cut_off_pale_nameless_or_in_the_way(walk: str, language: str, scale: str) -> None:
    words = [sys.executable, "-m", f"tests.campaigns.{walk}"]
    if "STATES" in os.environ:
        words += ["--states", *os.environ["STATES"].split(",")]
    if "SHEETS" in os.environ:
        words += ["--out", str(Path(os.environ["SHEETS"]).absolute() / f"{walk}-{language}-{scale}")]
    environment = {**os.environ, "LANGUAGE": language, "QT_SCALE_FACTOR": scale}
    done = subprocess.run(words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, timeout=HOUR, check=True)
    seen: Counter[tuple[str, ...]] = Counter()
    first: dict[tuple[str, ...], str] = {}
    for state, (width, height), theme, *fault in map(json.loads, done.stdout.splitlines()):
        seen[tuple(fault)] += 1
        first.setdefault(tuple(fault), f"{state}, {width} × {height}, {theme}")
    report = [f"{count} × {': '.join(fault)} ({first[fault]})" for fault, count in sorted(seen.items())]
    assert not report, "\n" + "\n".join(report)
