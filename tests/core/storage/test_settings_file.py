"""The settings: what is written is read again, by QSettings too, and what is no plain text does not exist."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt5.QtCore import QByteArray, QSettings

from core.storage.settings_file import MOST_BYTES, SettingsFile

TEXTS = [
    "/tmp/a, b.lens",
    'q"x\\y',
    "äb\u1234f",
    "😀a",
    "@x",
    "  lead ",
    "",
    "a;b=c",
    "line\nbreak\r",
    "[x]",
    "\x00",
    "100 %",
]


def by_qt(path: Path) -> QSettings:
    return QSettings(str(path), QSettings.Format.IniFormat)


def test_texts_and_lists_come_back(tmp_path: Path) -> None:
    settings = SettingsFile(tmp_path / "below" / "settings.ini")
    settings.put("projects/recent", TEXTS)
    settings.put("window/theme", "dark")
    again = SettingsFile(tmp_path / "below" / "settings.ini")
    assert (again.texts("projects/recent"), again.text("window/theme")) == (TEXTS, "dark")
    again.remove("projects/recent")
    assert (settings.texts("projects/recent"), settings.text("window/theme")) == ([], "dark")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_any_texts_come_back(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    path = tmp_path_factory.mktemp("settings") / "settings.ini"
    SettingsFile(path).put("a/b", texts)
    assert SettingsFile(path).texts("a/b") == texts


def test_qt_reads_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "settings.ini"
    SettingsFile(path).put_all({"projects/recent": TEXTS, "window/theme": "dark", "plain": "top"})
    read = by_qt(path)
    assert [read.value(key) for key in ("projects/recent", "window/theme", "plain")] == [TEXTS, "dark", "top"]


@pytest.mark.parametrize("texts", [[text for text in TEXTS if "\0" not in text], ["/only/one ü.lens"]])
def test_what_qt_wrote_for_earlier_versions_is_read(tmp_path: Path, texts: list[str]) -> None:
    path = tmp_path / "settings.ini"
    written = by_qt(path)
    written.setValue("projects/recent", texts)
    written.setValue("window/theme", "dark")
    written.setValue("window/geometry", QByteArray(b'\x01\xd9\xd0\xcb\x00abc\\"'))
    written.sync()
    settings = SettingsFile(path)
    assert (settings.texts("projects/recent"), settings.text("window/theme")) == (texts, "dark")
    assert settings.old_bytes("window/geometry") == b'\x01\xd9\xd0\xcb\x00abc\\"'
    assert settings.text("window/geometry") == ""


class Trap:
    """Says that it was made from a file."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str, ...]]:
        return os.mkdir, (self.path,)


def test_an_object_in_the_file_is_not_made(tmp_path: Path) -> None:
    path, sprung = tmp_path / "settings.ini", tmp_path / "sprung"
    written = by_qt(path)
    for key in ("window/theme", "window/place", "projects/recent"):
        written.setValue(key, Trap(str(sprung)))
    written.sync()
    assert "PyQt_PyObject" in path.read_text()
    settings = SettingsFile(path)
    assert [settings.texts(key) for key in ("window/theme", "window/place", "projects/recent")] == [[], [], []]
    assert not sprung.exists()
    settings.put("window/theme", "dark")
    assert "@" not in path.read_text()
    assert by_qt(path).value("window/theme") == "dark"
    assert not sprung.exists()


@given(st.binary(max_size=300))
def test_whatever_the_file_holds(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("settings") / "settings.ini"
    path.write_bytes(b"[window]\ntheme=" + data)
    settings = SettingsFile(path)
    assert all(isinstance(text, str) for text in settings.texts("window/theme"))
    settings.old_bytes("window/theme")
    settings.put("window/other", "kept")
    assert settings.text("window/other") == "kept"


@pytest.mark.parametrize("piece", [" ", '"', '"\\', ",", "\\x", "\\", "(", '"a\\"b,'])
def test_long_values_are_read_soon(tmp_path: Path, piece: str) -> None:
    path = tmp_path / "settings.ini"
    path.write_text(f"[window]\ntheme={piece * (MOST_BYTES // 2 // len(piece))}\n")
    assert len(SettingsFile(path).texts("window/theme")) <= 1000


def test_a_file_that_is_none_or_too_large(tmp_path: Path) -> None:
    large = tmp_path / "large.ini"
    large.write_bytes(b"[window]\ntheme=dark\n" + b"x" * MOST_BYTES)
    pipe = tmp_path / "pipe.ini"
    os.mkfifo(pipe)
    for path in (large, pipe, tmp_path, Path("/dev/zero"), tmp_path / "none.ini", Path("bad\0name")):
        assert SettingsFile(path).text("window/theme", "light") == "light"


def test_what_cannot_be_written_is_kept_until_the_end(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("no folder")
    settings = SettingsFile(tmp_path / "folder" / "settings.ini")
    settings.put("window/theme", "dark")
    assert settings.text("window/theme") == "dark"
    settings.remove("window/theme")
    assert settings.text("window/theme", "light") == "light"


def test_what_cannot_be_read_now_is_not_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = SettingsFile(tmp_path / "settings.ini")
    settings.put("a/b", "1")

    def fails(*arguments: object) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr("core.storage.settings_file.os.open", fails)
        settings.put("c/d", "2")
        assert settings.text("c/d") == "2"
    assert (settings.text("a/b"), settings.text("c/d")) == ("1", "2")
    settings.put("e/f", "3")
    assert [SettingsFile(tmp_path / "settings.ini").text(key) for key in ("a/b", "c/d", "e/f")] == ["1", "2", "3"]


def test_two_programs_keep_each_others_settings(tmp_path: Path) -> None:
    first, second = SettingsFile(tmp_path / "settings.ini"), SettingsFile(tmp_path / "settings.ini")
    first.put("a/b", "1")
    second.put("c/d", "2")
    first.put("e/f", "3")
    assert [second.text(key) for key in ("a/b", "c/d", "e/f")] == ["1", "2", "3"]
