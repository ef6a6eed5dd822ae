"""Where compiled kernels are kept on disk."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

_FOLDER = "backprop-lens-kernels"
_CONSTANTS = ("network/activations.py", "network/optimizers.py")  # which the kernels take numbers from


def folder_name() -> str:
    """The name of the cache's folder, another one for other sources: Numba checks one file, not what it imports."""
    core = Path(__file__).resolve().parents[1]
    files = sorted([*(core / "engines" / "kernels").glob("*.py"), *(core / name for name in _CONSTANTS)])
    import hashlib  # here, since it loads OpenSSL, which the start of a window can do without

    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    return f"{_FOLDER}-{digest[:16]}"


def cache_folder(candidates: Iterable[Path] | None = None) -> Path | None:
    """Where compiled code is kept: the first place that can be written; None if there is none.

    The places are the source's ``__pycache__``, the user's cache folder, and a private folder in the temporary one.
    """
    for place in _cache_candidates() if candidates is None else candidates:
        try:
            place.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=place).close()
        except OSError:
            continue
        return place
    return private_folder(Path(tempfile.gettempdir()))


def _cache_candidates() -> list[Path]:
    name = folder_name()
    places = [Path(__file__).with_name("__pycache__")]
    try:
        home = Path.home()
    except RuntimeError:  # nobody's home
        return [place / name for place in places]
    if sys.platform == "win32":
        places.append(Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local"))
    elif sys.platform == "darwin":
        places.append(home / "Library" / "Caches")
    else:
        places.append(Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache"))
    return [place / name for place in places]


def private_folder(parent: Path) -> Path | None:
    """A folder that this user alone can write, for what lies in it will be run; None if there cannot be one."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = parent / f"{folder_name()}-{user}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
    except OSError:
        return None
    ours = stat.S_ISDIR(status.st_mode) and (
        not hasattr(os, "getuid") or (status.st_uid == user and not stat.S_IMODE(status.st_mode) & 0o077)
    )
    return folder if ours else None


def cached(names: Iterable[str]) -> list[str]:
    """Those of the compiled functions that an earlier run left on disk, so that they need not be compiled."""
    folder = cache_folder()
    return [] if folder is None else [name for name in names if any(folder.rglob(f"*.{name}-*.nbc"))]
