"""Files written whole, what killed programs left beside them, and files that another program changed meanwhile."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from core.base.atomic_files import write_whole
from core.base.errors import ChangedFileError
from core.base.file_digest import digest_of, file_digest
from core.base.file_locks import LockFile

REPOSITORY = Path(__file__).resolve().parents[3]

KILLED = """
import os, sys
sys.path.insert(0, sys.argv[1])
from core.base import atomic_files
def die(descriptor):
    os.kill(os.getpid(), 9)
if sys.argv[3] == "die":
    atomic_files.os.fsync = die
else:
    def wait(descriptor):
        print("ready", flush=True)
        sys.stdin.read()
    atomic_files.os.fsync = wait
atomic_files.write_whole(sys.argv[2], b"from another process")
"""


def another(path: Path, how: str) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-c", KILLED, str(REPOSITORY), str(path), how]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def test_the_temporary_file_of_a_killed_save_is_removed_by_the_next_one(tmp_path: Path) -> None:
    for _ in range(2):
        another(tmp_path / "a.lens", "die").communicate()
    assert len(list(tmp_path.glob(".lens-*.tmp"))) == 1, "the second one removed that of the first"
    mine = [".lens-mine.tmp", ".lens-0123456789abcdef.tmp.txt"]
    for name in mine:
        (tmp_path / name).write_text("not the program's")
    (tmp_path / ".lens-0123456789abcdef.tmp").symlink_to(tmp_path / mine[0])
    write_whole(tmp_path / "b.lens", b"b")
    assert {path.name for path in tmp_path.iterdir()} == {*mine, ".lens-0123456789abcdef.tmp", "b.lens"}


def test_a_save_leaves_the_temporary_file_of_a_running_one_alone(tmp_path: Path) -> None:
    process = another(tmp_path / "a.lens", "wait")
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    write_whole(tmp_path / "b.lens", b"b")
    assert len(list(tmp_path.glob(".lens-*.tmp"))) == 1
    process.communicate()
    assert process.returncode == 0
    assert (tmp_path / "a.lens").read_bytes() == b"from another process"
    assert {path.name for path in tmp_path.iterdir()} == {"a.lens", "b.lens"}


def test_saves_at_the_same_time_do_not_remove_each_others_files(tmp_path: Path) -> None:
    failed: list[Exception] = []

    def save(name: str) -> None:
        try:
            for number in range(100):
                write_whole(tmp_path / name, f"{name} {number}".encode())
        except Exception as error:  # noqa: BLE001 (the test tells)
            failed.append(error)

    threads = [threading.Thread(target=save, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {name: f"{name} 99" for name in "abcd"}


def test_a_file_that_changed_since_it_was_read_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "a.lens"
    write_whole(path, b"first")
    known = file_digest(path)
    assert known == digest_of(b"first")
    write_whole(path, b"other")
    with pytest.raises(ChangedFileError):
        write_whole(path, b"mine", known)
    assert path.read_bytes() == b"other"
    assert list(tmp_path.iterdir()) == [path]
    path.write_bytes(b"first")  # the same again, at another time and in another file
    write_whole(path, b"mine", known)
    path.unlink()
    write_whole(path, b"again", known)
    assert path.read_bytes() == b"again"


def test_a_digest_follows_changes_that_keep_the_length(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for number in range(50):
        path.write_text(f"{number:02d}")
        assert file_digest(path) == digest_of(f"{number:02d}".encode())
    assert file_digest(tmp_path) == file_digest(tmp_path / "none") == file_digest("/dev/zero") == ""


HOLDER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from core.base.file_locks import LockFile
print(LockFile(Path(sys.argv[2])).take(), flush=True)
sys.stdin.read()
"""


def test_a_lock_ends_with_its_process_whatever_its_file_says(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    path.write_text("1\nbackprop-lens\nanother-container\n")  # a number that a running process of this machine has
    words = [sys.executable, "-c", HOLDER, str(REPOSITORY), str(path)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"True\n"
    lock = LockFile(path)
    assert not lock.take()
    process.kill()
    process.communicate()
    assert lock.take()
    assert not LockFile(path).take()
    lock.release()
    assert not path.exists()
