"""The rows of numbers on the inspector's pages."""

from __future__ import annotations

from core.explain.inspection import Inspection, Meeting
from core.explain.snapshot import Snapshot
from gui.explanation.inspector.page_parts import NumberRow


def parameter_rows(symbol: str, name: str, index: int, snapshot: Snapshot, inspection: Inspection) -> list[NumberRow]:
    """Value, gradients, last change and optimizer state of the weight "w" or bias "b"."""
    assert inspection.parameter is not None
    parameter, seen, batch = inspection.parameter, inspection.seen, snapshot.settings.batch_size
    started = snapshot.position > 0 and bool(snapshot.gradient.any())
    slope = f"∂L/∂{symbol}"
    optimizer = snapshot.settings.optimizer
    return [
        NumberRow.of(name, float(snapshot.parameters[index]), "Its value now"),
        NumberRow.of(
            f"{slope}, last sample",
            None if seen is None else seen.gradient,
            "Of the own loss of the sample seen last, without penalty and dropout, with the weights as they are now"
            + ("" if seen is None else f"; row {seen.row} of the data"),
        ),
        NumberRow.of(
            f"{slope}, last batch" if batch > 1 else f"{slope}, last update",
            float(snapshot.gradient[index]) if started else None,
            f"What the last update used, with the weights before it, penalty included; mean over a batch of {batch}",
        ),
        NumberRow.of(
            f"{slope}, all data",
            parameter.full_gradient,
            "Mean over the whole training set with the weights as they are now, without the penalty",
        ),
        NumberRow.of(
            "last change",
            float(snapshot.last_change[index]) if started else None,
            "What the last update added",
        ),
        *(
            NumberRow.of(f"{letter} of {optimizer}", value, f"What the optimizer {optimizer} remembers of it")
            for letter, value in parameter.memory.items()
        ),
    ]


def meeting_rows(meeting: Meeting | None, whose: str, tip: str, is_input: bool) -> list[NumberRow]:
    """The numbers of a sample at a neuron."""
    values = (
        {"z": None, "a": None, "δ": None} if meeting is None else dict(zip("zaδ", meeting_values(meeting), strict=True))
    )
    letters = "a" if is_input else "zaδ"
    return [NumberRow.of(f"{'value' if is_input else letter}, {whose}", values[letter], tip) for letter in letters]


def meeting_values(meeting: Meeting) -> tuple[float, float, float]:
    """Z, a and δ."""
    return meeting.z, meeting.a, meeting.delta


def update_title(inspection: Inspection) -> str:
    """The sample whose numbers the formulas show."""
    if inspection.coming is None:
        return "The formulas follow when the engine is ready"
    of = f", one of a batch of {inspection.batch}" if inspection.batch > 1 else ""
    return f"The next update, by row {inspection.coming.row} of the data{of}"
