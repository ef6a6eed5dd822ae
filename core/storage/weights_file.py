"""Weights in a file: NumPy's ``.npz`` with the arrays W1, b1, W2, b2, …, each W of shape (inputs, outputs).

Reading a file never runs code and never reads more than the headers of the arrays promise. An ``.npz`` file is a zip
archive of ``.npy`` members; a member is a header with type and shape, followed by the numbers (NumPy Enhancement
Proposal 1). All headers are checked before any number is read.
"""

from __future__ import annotations

import io
import math
import os
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from struct import error as struct_error

import numpy as np

from core.base.arrays import Array
from core.base.atomic_files import write_whole
from core.base.errors import WeightsError
from core.base.number_text import grouped
from core.base.translation import _, ngettext
from core.base.values import dataclass
from core.network.network import count_parameters, parameter_views

MAX_PARAMETERS = 10_000_000
MAX_FILE_BYTES = 8 * MAX_PARAMETERS + (1 << 20)
MAX_LAYERS = 100
MAX_HEADER = 4096
LARGEST_EXACT = 2**53
"""float64 represents every whole number up to here exactly."""

KINDS = ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8")
DTYPES = {order + kind: np.dtype(order + kind) for order in "<>|=" for kind in KINDS}
"""Types whose values float64 represents exactly; for 8-byte integers, those up to :data:`LARGEST_EXACT`."""

DESCR = re.compile(r"""['"]descr['"]\s*:\s*['"]([^'"]*)['"]""")
FORTRAN = re.compile(r"""['"]fortran_order['"]\s*:\s*(True|False)""")
SHAPE = re.compile(r"""['"]shape['"]\s*:\s*\(([0-9,\s]{0,60})\)""")


@dataclass(frozen=True)
class _Header:
    """The header of a member; the numbers begin at ``start``."""

    shape: tuple[int, ...]
    dtype: np.dtype[np.generic]
    fortran: bool
    start: int


def save_weights(path: str | Path, sizes: Sequence[int], parameters: Array) -> None:
    """Write :func:`weights_bytes`, whole or not at all.

    Raises:
        WeightsError: there are more than :data:`MAX_PARAMETERS`.
        LensError: the file cannot be written.
    """
    write_whole(path, weights_bytes(sizes, parameters))


def weights_bytes(sizes: Sequence[int], parameters: Array) -> bytes:
    """A file with the parameters of a network of these layer sizes; equal weights give equal bytes.

    Args:
        sizes: units of each layer, the input first.
        parameters: shape (parameters,), laid out W1, b1, W2, b2, …

    Raises:
        WeightsError: there are more than :data:`MAX_PARAMETERS`.
    """
    if len(parameters) > MAX_PARAMETERS:
        raise WeightsError(
            _(
                "The network has {count} weights, but a file takes {max_parameters} at most; "
                "choose fewer neurons or data with fewer classes."
            ).format(count=grouped(len(parameters)), max_parameters=grouped(MAX_PARAMETERS))
        )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in zip(array_names(len(sizes) - 1), _arrays(sizes, parameters), strict=True):
            # not np.savez, because NumPy does not promise that it leaves the time out of the archive
            with archive.open(zipfile.ZipInfo(f"{name}.npy"), "w") as member:
                np.lib.format.write_array(member, array, version=(1, 0), allow_pickle=False)
    return buffer.getvalue()


def load_weights(path: str | Path) -> list[tuple[Array, Array]]:
    """Every layer's (W, b) of a weights file, of shapes (inputs, outputs) and (outputs,), as new float64 arrays.

    Raises:
        WeightsError: the file cannot be read, is not a weights file, or does not fit any network.
    """
    with _opened(path) as (archive, name):
        headers = _headers(archive, name)
        _sizes(headers, name)
        arrays = [_numbers(archive, array, header, name) for array, header in headers.items()]
    return list(zip(arrays[::2], arrays[1::2], strict=True))


def load_parameters(path: str | Path, sizes: Sequence[int]) -> Array:
    """The parameters for a network of these layer sizes, shape (parameters,), laid out W1, b1 and so on.

    Raises:
        WeightsError: as for :func:`load_weights`, or the weights belong to another network.
    """
    with _opened(path) as (archive, name):
        headers = _headers(archive, name)
        _require_sizes(headers, _sizes(headers, name), tuple(sizes), name)
        arrays = [_numbers(archive, array, header, name) for array, header in headers.items()]
    return np.concatenate([array.ravel() for array in arrays])


def array_names(layers: int) -> list[str]:
    """The names W1, b1, … of the arrays of a network with so many layers of weights."""
    return [f"{kind}{layer}" for layer in range(1, layers + 1) for kind in _("Wb")]


def _arrays(sizes: Sequence[int], parameters: Array) -> Iterator[Array]:
    for weights, bias in zip(*parameter_views(sizes, np.asarray(parameters, dtype="<f8")), strict=True):
        yield weights
        yield bias


@contextmanager
def _opened(path: str | Path) -> Iterator[tuple[zipfile.ZipFile, str]]:
    """The archive and its name in messages; every failure to read it becomes a WeightsError."""
    name = Path(path).name or str(path)
    try:
        if os.path.isdir(path):
            raise WeightsError(_("{name} is a folder; choose a weights file (.npz) in it.").format(name=name))
        if os.path.exists(path) and not os.path.isfile(path):
            raise WeightsError(_("{name} is not an ordinary file; choose a weights file (.npz).").format(name=name))
        with open(path, "rb") as file:
            if os.fstat(file.fileno()).st_size > MAX_FILE_BYTES:
                raise WeightsError(
                    _(
                        "{name} is larger than {max_file_bytes} MiB, which no network here needs; "
                        "choose a weights file that this program wrote."
                    ).format(name=name, max_file_bytes=MAX_FILE_BYTES >> 20)
                )
            with zipfile.ZipFile(file) as archive:
                yield archive, name
    except FileNotFoundError:
        raise WeightsError(_("There is no file {name} at that place; check its path.").format(name=name)) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, RuntimeError, struct_error) as error:
        reason = str(error).strip("'\". ") or type(error).__name__
        raise WeightsError(
            _("{name} is damaged or no .npz file ({reason}); choose one that was saved as weights.").format(
                name=name, reason=reason
            )
        ) from None
    except (OSError, ValueError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise WeightsError(
            _("{name} cannot be read ({reason}); check the file and its permissions.").format(name=name, reason=reason)
        ) from None


def _headers(archive: zipfile.ZipFile, file: str) -> dict[str, _Header]:
    """The headers by array name, in the order of :func:`array_names`."""
    members = archive.infolist()
    found = sorted(member.filename.removesuffix(".npy") for member in members)
    layers = len(found) // 2
    if not found or layers > MAX_LAYERS or found != sorted(array_names(layers)):
        listed = ", ".join(name[:20] for name in found[:8]) + (", …" if len(found) > 8 else "") or "nothing"
        raise WeightsError(
            _(
                "{file} holds {listed}, but weights are the arrays W1, b1, W2, b2 and so on, each once and no others; "
                "save the file with these names."
            ).format(file=file, listed=listed)
        )
    for member in members:
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise WeightsError(
                _("{filename} in {file} is packed in an unusual way; save it with numpy.savez.").format(
                    filename=member.filename, file=file
                )
            )
    return {name: _header(archive, name, file) for name in array_names(layers)}


def _header(archive: zipfile.ZipFile, name: str, file: str) -> _Header:
    with archive.open(archive.getinfo(_member(archive, name))) as member:
        start = member.read(8)
        width = 2 if start[6:7] == b"\x01" else 4
        if start[:6] != b"\x93NUMPY" or start[6:] not in (b"\x01\x00", b"\x02\x00", b"\x03\x00"):
            raise WeightsError(
                _("{name} in {file} is not a NumPy array; save the file with numpy.savez.").format(name=name, file=file)
            )
        length = int.from_bytes(member.read(width), "little")
        text = member.read(min(length, MAX_HEADER)).decode("latin-1")
    descr, fortran, shape = DESCR.search(text), FORTRAN.search(text), SHAPE.search(text)
    if length > MAX_HEADER or fortran is None or (descr is not None and shape is None):
        raise WeightsError(
            _("The header of {name} in {file} is damaged; save the file anew.").format(name=name, file=file)
        )
    if descr is None or shape is None or descr[1] not in DTYPES:
        kind = _('the type "{descr}"').format(descr=descr[1]) if descr else _("a compound type")
        raise WeightsError(
            _("{name} in {file} has {kind}; weights are numbers of the type float64.").format(
                name=name, file=file, kind=kind
            )
        )
    dimensions = tuple(int(number) for number in shape[1].split(",") if number.strip())
    return _Header(dimensions, DTYPES[descr[1]], fortran[1] == "True", 8 + width + length)


def _member(archive: zipfile.ZipFile, name: str) -> str:
    return f"{name}.npy" if f"{name}.npy" in archive.namelist() else name


def _sizes(headers: dict[str, _Header], file: str) -> tuple[int, ...]:
    """The layer sizes that fit all shapes."""
    sizes: list[int] = []
    for name, header in headers.items():
        shape = header.shape
        if name.startswith("W"):
            if len(shape) != 2 or 0 in shape or (sizes and shape[0] != sizes[-1]):
                rows = sizes[-1] if sizes else "inputs"
                raise WeightsError(
                    _(
                        "{name} in {file} has the shape {shape}, but it must be ({rows}, outputs): one row for each "
                        "unit "
                        "of the layer before; correct the file."
                    ).format(name=name, file=file, shape=shape, rows=rows)
                )
            sizes = [*(sizes or shape[:1]), shape[1]]
        elif shape != (sizes[-1],):
            raise WeightsError(
                _(
                    "{name} in {file} has the shape {shape}, but it must be ({sizes},): one bias for each column of "
                    "W{name2}; correct the file."
                ).format(name=name, file=file, shape=shape, sizes=sizes[-1], name2=name[1:])
            )
    if count_parameters(sizes) > MAX_PARAMETERS:
        raise WeightsError(
            _(
                "{file} promises {sizes} weights, but at most {max_parameters} can be read; choose a smaller network."
            ).format(file=file, sizes=grouped(count_parameters(sizes)), max_parameters=grouped(MAX_PARAMETERS))
        )
    return tuple(sizes)


def _require_sizes(headers: dict[str, _Header], found: tuple[int, ...], wanted: tuple[int, ...], file: str) -> None:
    if found == wanted:
        return
    title = "-".join(map(str, wanted))
    if len(found) != len(wanted):
        layers = len(found) - 1
        what = ngettext(
            "{file} holds {n} layer of weights, but the network {title} has {needed}",
            "{file} holds {n} layers of weights, but the network {title} has {needed}",
            layers,
        ).format(file=file, n=layers, title=title, needed=len(wanted) - 1)
    else:
        layer = next(i for i, (a, b) in enumerate(zip(found, wanted, strict=True)) if a != b)
        name = f"W{max(layer, 1)}"
        shape = tuple(wanted[max(layer, 1) - 1 : max(layer, 1) + 1])
        what = _("{name} in {file} has the shape {shape}, but the network {title} needs {shape2}").format(
            name=name, file=file, shape=headers[name].shape, title=title, shape2=shape
        )
    if (found[0], found[-1]) != (wanted[0], wanted[-1]):
        mend = _(
            "choose weights for {wanted} inputs and {wanted2} classes, or the data that these were trained on"
        ).format(wanted=wanted[0], wanted2=wanted[-1])
    else:
        mend = _("set the hidden layers to {str} or choose other weights").format(
            str=",".join(map(str, found[1:-1])) or _("none")
        )
    raise WeightsError(f"{what}; {mend}.")


def _numbers(archive: zipfile.ZipFile, name: str, header: _Header, file: str) -> Array:
    """The numbers of a member as float64, shape ``header.shape``; all finite."""
    size = math.prod(header.shape) * header.dtype.itemsize
    with archive.open(archive.getinfo(_member(archive, name))) as member:
        member.read(header.start)
        data = member.read(size + 1)  # one byte more than allowed, so that the end is reached and the checksum tested
    if len(data) != size:
        raise WeightsError(
            _(
                "{name} in {file} is damaged: it holds {word} numbers than its shape {shape} has; save the file anew."
            ).format(name=name, file=file, word="more" if len(data) > size else "fewer", shape=header.shape)
        )
    raw = np.frombuffer(data, dtype=header.dtype).reshape(header.shape, order="F" if header.fortran else "C")
    array = np.array(raw, dtype=np.float64, order="C")
    if header.dtype.kind in "iu" and header.dtype.itemsize == 8 and (np.abs(array) >= LARGEST_EXACT).any():
        raise WeightsError(
            _("{name} in {file} holds whole numbers beyond 2^53, which float64 cannot; save it as float64.").format(
                name=name, file=file
            )
        )
    if not np.isfinite(array).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        words = ("row", "column") if len(place) == 2 else ("number",)
        where = ", ".join(f"{word} {i + 1}" for word, i in zip(words, place, strict=True))
        raise WeightsError(
            _("{name} in {file} has {array:g} in {where}; give finite weights.").format(
                name=name, file=file, array=array[place], where=where
            )
        )
    return array
