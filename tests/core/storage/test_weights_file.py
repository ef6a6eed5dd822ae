"""Weights files: what is written comes back to the last bit, and no file can do more harm than a sentence."""

from __future__ import annotations

import io
import os
import pickle
import stat
import sys
import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.base.atomic_files import check_target, write_whole
from core.base.errors import LensError, WeightsError
from core.network.network import count_parameters
from core.storage import weights_file as weights_module
from core.storage.weights_file import array_names, load_parameters, load_weights, save_weights
from tests.core.support import examples

SIZES = (2, 7, 2)
RNG = np.random.default_rng(1)
PARAMETERS = RNG.normal(size=count_parameters(SIZES))
windows = sys.platform == "win32"
as_root = hasattr(os, "geteuid") and os.geteuid() == 0


def arrays(sizes: tuple[int, ...] = SIZES) -> dict[str, NDArray[np.float64]]:
    """Arrays of the right shapes, every number a different one."""
    shapes = [shape for pair in pairwise(sizes) for shape in (pair, pair[1:])]
    names = array_names(len(sizes) - 1)
    return {name: np.arange(np.prod(s), dtype=float).reshape(s) for name, s in zip(names, shapes, strict=True)}


def npz(changes: dict[str, object] | None = None, sizes: tuple[int, ...] = SIZES) -> bytes:
    """The bytes of an .npz that NumPy wrote; a change to None leaves an array out."""
    kept = {name: array for name, array in {**arrays(sizes), **(changes or {})}.items() if array is not None}
    buffer = io.BytesIO()
    np.savez(buffer, **kept)
    return buffer.getvalue()


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def npy(header: str, data: bytes = b"") -> bytes:
    text = header.encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


def refusal(path: Path, load: Callable[[Path], object] = load_weights) -> str:
    with pytest.raises(WeightsError) as caught:
        load(path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith(".")
    return message


# ---- What is written comes back.


@given(st.lists(st.integers(1, 5), min_size=2, max_size=5), st.data())
def test_round_trip_is_exact(tmp_path_factory: pytest.TempPathFactory, sizes: list[int], data: st.DataObject) -> None:
    path = tmp_path_factory.getbasetemp() / "round trip.npz"
    finite = st.floats(allow_nan=False, allow_infinity=False)
    n = count_parameters(sizes)
    parameters = np.array(data.draw(st.lists(finite, min_size=n, max_size=n)))
    save_weights(path, sizes, parameters)
    assert load_parameters(path, sizes).tobytes() == parameters.tobytes()
    assert [w.shape for w, _ in load_weights(path)] == list(pairwise(sizes))


def test_the_file_is_what_numpy_reads(tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    save_weights(path, SIZES, PARAMETERS)
    with np.load(path, allow_pickle=False) as file:
        assert list(file) == ["W1", "b1", "W2", "b2"]
        assert all(array.dtype == np.float64 for array in file.values())
        assert np.array_equal(file["W1"], PARAMETERS[:14].reshape(2, 7))
        assert np.array_equal(file["b2"], PARAMETERS[-2:])


def test_equal_weights_give_equal_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_weights(tmp_path / "a.npz", SIZES, PARAMETERS)
    monkeypatch.setattr("time.localtime", lambda *_: (2031, 2, 3, 4, 5, 6, 0, 34, 0))
    monkeypatch.setattr("time.time", lambda: 1.9e9)
    save_weights(tmp_path / "b.npz", SIZES, PARAMETERS)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


@pytest.mark.parametrize("dtype", ["f2", ">f4", ">f8", "i1", "u2", "<i8", "u8"])
def test_other_number_types_are_taken_exactly(tmp_path: Path, dtype: str) -> None:
    path = tmp_path / "w.npz"
    path.write_bytes(npz({"W1": np.arange(14).reshape(2, 7).astype(dtype)}))
    w1, _ = load_weights(path)[0]
    assert w1.dtype == np.float64
    assert np.array_equal(w1, np.arange(14.0).reshape(2, 7))


def test_column_order_and_compression_and_short_names(tmp_path: Path) -> None:
    path = tmp_path / "w.npz"
    np.savez_compressed(path, **{**arrays(), "W1": np.asfortranarray(arrays()["W1"])})
    assert np.array_equal(load_weights(path)[0][0], arrays()["W1"])


# ---- What is refused, with the name of file and array and what would do.

REFUSED: dict[str, tuple[bytes, list[str]]] = {
    "text": (b"1 2 0\n", ["w.npz", "no .npz file"]),
    "empty": (b"", ["w.npz", "no .npz file"]),
    "truncated": (npz()[:-40], ["w.npz", "no .npz file"]),
    "an array is missing": (npz({"b2": None}), ["holds W1, W2, b1, but", "W1, b1, W2, b2"]),
    "an array is too many": (npz({"extra": np.zeros(2)}), ["extra", "no others"]),
    "no arrays": (zipped({}), ["holds nothing"]),
    "object arrays": (npz({"W1": np.array([[print, None]], dtype=object)}), ["W1 in w.npz", '"|O"']),
    "complex": (npz({"W1": np.zeros((2, 7), complex)}), ["W1 in w.npz", '"<c16"', "float64"]),
    "text array": (npz({"b1": np.array(["a"] * 7)}), ["b1 in w.npz", "float64"]),
    "truth values": (npz({"b1": np.ones(7, bool)}), ["b1 in w.npz", '"|b1"']),
    "records": (npz({"b1": np.zeros(7, [("x", "f8")])}), ["b1 in w.npz", "compound"]),
    "wrong shape of W": (npz({"W2": np.zeros((5, 2))}), ["W2 in w.npz has the shape (5, 2)", "(7, outputs)"]),
    "wrong shape of b": (npz({"b1": np.zeros(6)}), ["b1 in w.npz has the shape (6,)", "(7,)"]),
    "flat W": (npz({"W1": np.zeros(14)}), ["W1 in w.npz has the shape (14,)"]),
    "no units": (npz({"W1": np.zeros((2, 0))}), ["W1 in w.npz has the shape (2, 0)"]),
    "NaN": (npz({"W2": np.full((7, 2), np.nan)}), ["W2 in w.npz has nan in row 1, column 1", "finite"]),
    "infinity": (npz({"b2": np.array([0.0, np.inf])}), ["b2 in w.npz has inf in number 2"]),
    "large whole numbers": (npz({"b2": np.array([0, 2**53 + 1])}), ["b2 in w.npz", "2^53"]),
    "twice the same": (zipped({"W1.npy": b"", "W1": b"", "b1.npy": b"", "b1": b""}), ["each once"]),
    "a pickle": (zipped({"W1.npy": pickle.dumps(print), "b1.npy": b""}), ["W1 in w.npz is not a NumPy array"]),
    "another packing": (zipped({"W1.npy": b"", "b1.npy": b""}, zipfile.ZIP_LZMA), ["W1.npy in w.npz is packed"]),
    "a header that is code": (
        zipped({"W1.npy": npy("__import__('os').abort()"), "b1.npy": b""}),
        ["The header of W1 in w.npz is damaged"],
    ),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("case", REFUSED)
def test_refused(tmp_path: Path, case: str) -> None:
    data, says = REFUSED[case]
    path = tmp_path / "w.npz"
    path.write_bytes(data)
    message = refusal(path)
    for part in says:
        assert part in message
    assert refusal(path, lambda p: load_parameters(p, SIZES)) == message


def test_no_such_file(tmp_path: Path) -> None:
    assert "no file w.npz" in refusal(tmp_path / "w.npz")
    assert "is a folder" in refusal(tmp_path)
    assert "cannot be read" in refusal(Path("a\0b"))


@pytest.mark.skipif(windows, reason="Windows has no such pipes among its files")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "not an ordinary file" in refusal(tmp_path / "pipe")


@pytest.mark.parametrize(
    ("sizes", "says"),
    [
        ((2, 5, 2), ["W1 in w.npz has the shape (2, 5), but the network 2-7-2 needs (2, 7)", "to 5"]),
        ((2, 7, 7, 2), ["3 layers of weights", "2-7-2 has 2", "to 7,7"]),
        ((2, 2), ["1 layer of weights", "to none"]),
        ((2, 7, 3), ["W2 in w.npz has the shape (7, 3)", "needs (7, 2)", "2 inputs and 2 classes"]),
        ((3, 7, 2), ["W1 in w.npz has the shape (3, 7)", "2 inputs and 2 classes"]),
    ],
)
def test_weights_of_another_network(tmp_path: Path, sizes: tuple[int, ...], says: list[str]) -> None:
    path = tmp_path / "w.npz"
    path.write_bytes(npz(sizes=sizes))
    message = refusal(path, lambda p: load_parameters(p, SIZES))
    for part in says:
        assert part in message


# ---- Hostile files.


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 7), }"
    members = {f"{name}.npy": npy(header, bytes(1 << 26)) for name in ("W1", "b1")}
    path = tmp_path / "w.npz"
    path.write_bytes(zipped(members, zipfile.ZIP_DEFLATED))
    unpacked = 0
    read = zipfile.ZipExtFile.read

    def counted(self: zipfile.ZipExtFile, n: int | None = -1) -> bytes:
        nonlocal unpacked
        data = read(self, n)
        unpacked += len(data)
        return data

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    assert "b1 in w.npz has the shape (2, 7)" in refusal(path)
    members["b1.npy"] = npy(header.replace("(2, 7)", "(7,)"), bytes(56))
    path.write_bytes(zipped(members, zipfile.ZIP_DEFLATED))
    assert "W1 in w.npz is damaged: it holds more numbers" in refusal(path)
    assert 0 < unpacked < 10_000


def test_promised_gigabytes_are_not_allocated(tmp_path: Path) -> None:
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': %s, }"
    path = tmp_path / "w.npz"
    for n, says in ((10**9, "promises 3 000 000 000 weights"), (10**40, "weights")):
        members = {"W1.npy": npy(header % f"(2, {n})"), "b1.npy": npy(header % f"({n},)")}
        path.write_bytes(zipped(members))
        assert says in refusal(path)


def test_a_huge_file_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights_module, "MAX_FILE_BYTES", 100)
    path = tmp_path / "w.npz"
    path.write_bytes(npz())
    assert "larger than" in refusal(path)


def test_what_is_saved_can_be_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights_module, "MAX_PARAMETERS", len(PARAMETERS) - 1)
    with pytest.raises(WeightsError, match="fewer neurons"):
        save_weights(tmp_path / "w.npz", SIZES, PARAMETERS)
    assert list(tmp_path.iterdir()) == []


edits = st.lists(st.tuples(st.integers(0, len(npz()) - 1), st.integers(0, 255)), min_size=1, max_size=8)


@settings(max_examples=examples(200))
@given(edits=edits, cut=st.one_of(st.none(), st.integers(0, len(npz()))))
def test_nothing_but_a_sentence_escapes(
    tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[int, int]], cut: int | None
) -> None:
    data = bytearray(npz())
    for place, value in edits:
        data[place] = value
    check_hostile(tmp_path_factory.getbasetemp() / "mutated.npz", bytes(data[:cut]))


def test_no_single_byte_of_the_directory_does_harm(tmp_path: Path) -> None:
    save_weights(tmp_path / "good.npz", (1, 1), np.array([0.5, 0.25]))
    good = (tmp_path / "good.npz").read_bytes()
    for place in range(len(good)):
        for change in (0x01, 0x80, 0xFF):
            check_hostile(tmp_path / "w.npz", good[:place] + bytes([good[place] ^ change]) + good[place + 1 :])


def check_hostile(path: Path, data: bytes) -> None:
    """Loading either gives finite float64 arrays that fit one another, or raises a WeightsError of one line."""
    path.write_bytes(data)
    try:
        layers = load_weights(path)
    except WeightsError as error:
        assert str(error).endswith(".")
        return
    for w, b in layers:
        assert w.dtype == b.dtype == np.float64
        assert w.shape[1:] == b.shape
        assert np.isfinite(w).all()
        assert np.isfinite(b).all()


# ---- Whole or not at all.


def test_a_failed_write_leaves_all_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"before")

    def no_space(*_: object) -> None:
        raise OSError(28, "No space left on device")

    for step in ("os.fsync", "os.replace"):
        with monkeypatch.context() as patched:
            patched.setattr(step, no_space)
            with pytest.raises(LensError, match=r"file cannot be written \(No space left on device\); choose another"):
                write_whole(path, b"after")
        assert path.read_bytes() == b"before"
        assert list(tmp_path.iterdir()) == [path]


def test_an_interrupted_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "file", b"after")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(windows, reason="permissions are of another kind on Windows")
def test_permissions(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"before")
    old.chmod(0o640)
    before = os.umask(0o027)
    try:
        write_whole(old, b"after")
        write_whole(new, b"after")
    finally:
        os.umask(before)
    assert [stat.S_IMODE(path.stat().st_mode) for path in (old, new)] == [0o640, 0o640]
    old.chmod(0o600)
    write_whole(old, b"once more")
    assert stat.S_IMODE(old.stat().st_mode) == 0o600


@pytest.mark.skipif(windows, reason="links need a privilege on Windows")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder/file")
    write_whole(tmp_path / "link", b"data")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "folder" / "file").read_bytes() == b"data"


@pytest.mark.parametrize("write", [check_target, lambda path: write_whole(path, b"data")])
def test_places_that_cannot_be_written(tmp_path: Path, write: Callable[[Path], None]) -> None:
    places = [(tmp_path, "is a folder"), (tmp_path / "no" / "file", f"no folder {tmp_path / 'no'}")]
    (tmp_path / "file").write_bytes(b"")
    places += [(tmp_path / "file" / "x", "no folder"), (tmp_path / ("x" * 300), "cannot be written")]
    places += [(Path("a\0b"), "cannot be written")]
    for path, says in places:
        with pytest.raises(LensError, match=r"^[^\n]+[.]$") as caught:
            write(path)
        assert says in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(windows or as_root, reason="root may write everything")
def test_protected_places(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"")
    file.chmod(0o400)
    with pytest.raises(LensError, match="write-protected"):
        write_whole(file, b"data")
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(LensError, match="write-protected"):
            check_target(tmp_path / "new")
    finally:
        tmp_path.chmod(0o700)
