"""A verdict as text and as JSON."""

from __future__ import annotations

from core.base.row_text import aligned
from core.base.translation import _
from core.explain.verdict.verdict import Verdict


def verdict_text(verdict: Verdict) -> str:
    """The verdict for a person: the sentence, what to try next, and the numbers it rests on."""
    lines = [verdict.sentence]
    if verdict.advice is not None:
        lines.append(_("Next: {text}.").format(text=verdict.advice.text))
    return "\n".join([*lines, *(f"  {line}" for line in aligned(verdict.numbers))]) + "\n"


def verdict_json(verdict: Verdict) -> dict[str, object]:
    """The verdict as texts."""
    return {
        "kind": verdict.kind,
        "title": verdict.title,
        "text": verdict.text,
        "cause": verdict.cause or None,
        "next": None if verdict.advice is None else verdict.advice.text,
        "numbers": dict(verdict.numbers),
    }
