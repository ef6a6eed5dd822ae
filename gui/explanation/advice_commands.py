"""Takes the advice of the verdict: what its button does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.session.session import Session

if TYPE_CHECKING:
    from core.explain.verdict.advice import Advice


def take_advice(session: Session, advice: Advice) -> None:
    """Do what an advice says, and play; to go back is to stand there."""
    if advice.return_to is not None:
        session.seek(advice.return_to)
        return
    if advice.unfreezes:
        session.freeze(())
    if advice.restarts:
        session.restart_with(dict(advice.fields))
    elif advice.fields:
        session.change(dict(advice.fields))
    if advice.epochs:
        session.run_epochs(advice.epochs)
    else:
        session.play()
