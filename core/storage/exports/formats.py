"""Everything that can be written of a trained network, in one table.

The window makes a menu of the table, so what writes a format is imported when a file of it is made.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core.base.arrays import Array
from core.base.progress import Progress
from core.base.translation import _
from core.base.values import dataclass
from core.training.history import History
from core.training.preparation import Preparation

if TYPE_CHECKING:
    from core.data.tables.column_choice import Choice
    from core.storage.exports.model import Model


@dataclass(frozen=True, eq=False)
class Subject:
    """What is exported: a network as it is now, and the record of its run."""

    model: Model
    history: History


@dataclass(frozen=True, eq=False)
class Format:
    """One kind of file.

    Attributes:
        name: key in :data:`FORMATS`, as the command line spells it.
        label: text in dialogs.
        suffix: of the file's name.
        make: the file's bytes; raises LensError. What takes long tells how far it is, and may raise Cancelled.
        menu: text in the menu, with its mnemonic. Without one, the dialog of "Save weights" offers it.
        tip: one sentence that says what it is.
        file_name: suggested for the file, without the suffix.
        check: raises LensError where a package is missing; for a check before hours of work.
    """

    name: str
    label: str
    suffix: str
    make: Callable[[Subject, Progress | None], bytes]
    menu: str = ""
    tip: str = ""
    file_name: str = "weights"
    check: Callable[[], object] = lambda: None


def _npz(of: Subject, _: Progress | None) -> bytes:
    from core.storage.weights_file import weights_bytes

    return weights_bytes(of.model.sizes, of.model.parameters)


def _json(of: Subject, _: Progress | None) -> bytes:
    from core.storage.exports.weights_text import weights_json

    return _encoded(weights_json(of.model))


def _csv(of: Subject, progress: Progress | None) -> bytes:
    from core.storage.exports.weights_text import weights_csv

    return _encoded(weights_csv(of.model, progress))


def _numpy(of: Subject, _: Progress | None) -> bytes:
    from core.storage.exports.numpy_script import numpy_script

    return _encoded(numpy_script(of.model))


def _pytorch(of: Subject, _: Progress | None) -> bytes:
    from core.storage.exports.pytorch_script import pytorch_script

    return _encoded(pytorch_script(of.model))


def _onnx(of: Subject, _: Progress | None) -> bytes:
    from core.storage.exports.onnx_model import onnx_model

    return onnx_model(of.model)


def _check_onnx() -> None:
    from core.storage.exports.onnx_model import import_onnx

    import_onnx()


def _predictions(of: Subject, progress: Progress | None) -> bytes:
    from core.storage.exports.csv_tables import predictions_csv

    return _encoded(predictions_csv(of.model, progress))


def _history(of: Subject, _: Progress | None) -> bytes:
    from core.storage.exports.csv_tables import history_csv

    return _encoded(history_csv(of.history, of.model.preparation.dataset.task))


FORMATS = {
    kind.name: kind
    for kind in (
        Format("npz", _("Weights for NumPy"), ".npz", _npz),
        Format("json", _("Weights as JSON"), ".json", _json),
        Format("csv", _("Weights as CSV"), ".csv", _csv),
        Format(
            "numpy",
            _("NumPy script"),
            ".py",
            _numpy,
            menu=_("Net as &NumPy script…"),
            tip=_("Write the net as Python that needs NumPy"),
            file_name="net",
        ),
        Format(
            "pytorch",
            _("PyTorch code"),
            ".py",
            _pytorch,
            menu=_("Net as Py&Torch code…"),
            tip=_("Write the net as a PyTorch module"),
            file_name="net_torch",
        ),
        Format(
            "onnx",
            _("ONNX model"),
            ".onnx",
            _onnx,
            menu=_("Net as &ONNX model…"),
            tip=_("Write the net as an ONNX model in double precision"),
            file_name="net",
            check=_check_onnx,
        ),
        Format(
            "predictions",
            _("Predictions as CSV"),
            ".csv",
            _predictions,
            menu=_("P&redictions…"),
            tip=_("Write what the net says of each point, as CSV"),
            file_name="predictions",
        ),
        Format(
            "history",
            _("Loss history as CSV"),
            ".csv",
            _history,
            menu=_("Loss &history…"),
            tip=_("Write the record of loss and score, as CSV"),
            file_name="history",
        ),
    )
}
"""Every format by name, in the order of the menus."""


def subject(preparation: Preparation, parameters: Array, history: History, choice: Choice | None) -> Subject:
    """What to export of a run; ``choice`` is that of the table that it learns from, None if it learns from none."""
    from core.storage.exports.model import make_model

    return Subject(make_model(preparation, parameters, choice), history)


def export(path: str | Path, kind: str, what: Subject) -> None:
    """Write one file, whole or not at all.

    Raises:
        LensError: a package is missing, or the file cannot be written.
    """
    from core.base.atomic_files import write_whole

    write_whole(path, FORMATS[kind].make(what, None))


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")  # a name may hold what UTF-8 has no bytes for
