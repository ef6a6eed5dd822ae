"""The place of the window in the settings: read again as it was written, refused where it is damaged."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.base.errors import ProjectError
from core.storage.settings_file import SettingsFile
from core.storage.window_layout import GEOMETRY, DockPlace, WindowPlace, old_window_place, window_place

DOCK = DockPlace("loss", "right", True, False, True, "boundary", 10, 20, 300, 400)
PLACE = WindowPlace(40, 50, 1200, 800, False, (DOCK, replace(DOCK, name="report", tab_of="loss")))
NUMBERS = (0x1D9D0CB, 3, 0, 0, 0, 1003, 643, 2, 30, 1001, 641, 0, False, False, 1920, 2, 30, 1001, 641)


def test_a_place_comes_back() -> None:
    assert window_place(PLACE.as_text()) == PLACE


@pytest.mark.parametrize(
    "change",
    [
        {"width": 16_000_000},
        {"height": 0},
        {"x": -(2**40)},
        {"width": 1e3},
        {"is_maximized": 1},
        {"docks": None},
        {"docks": [{"class": "DockPlace"}]},
        {"more": 1},
        {"class": "Layout"},
        {"width": {"array": "x"}},
    ],
)
def test_a_damaged_place_is_none(change: dict[str, object]) -> None:
    assert window_place(json.dumps(json.loads(PLACE.as_text()) | change)) is None


@pytest.mark.parametrize("text", ["", "null", "[" * 100_000, "1" * 5000, "{", '{"class": "WindowPlace"}', '"\\ud800"'])
def test_what_is_no_place(text: str) -> None:
    assert window_place(text) is None


def test_a_window_without_a_size_cannot_be() -> None:
    with pytest.raises(ProjectError):
        replace(PLACE, width=0)


def test_the_geometry_of_earlier_versions() -> None:
    assert old_window_place(GEOMETRY.pack(*NUMBERS)) == WindowPlace(2, 30, 1000, 612, False, ())
    maximized = (*NUMBERS[:12], True, *NUMBERS[13:])
    assert old_window_place(GEOMETRY.pack(*maximized)) == WindowPlace(2, 30, 1000, 612, True, ())
    for place, value in ((0, 7), (1, 9), (17, 16_778_217), (9, -5), (4, 10**9), (18, 10**6)):
        damaged = list(NUMBERS)
        damaged[place] = value
        assert old_window_place(GEOMETRY.pack(*damaged)) is None


@given(st.binary(min_size=GEOMETRY.size, max_size=GEOMETRY.size))
def test_any_geometry(data: bytes) -> None:
    for geometry in (data, GEOMETRY.pack(*NUMBERS)[:30] + data[30:], data[:-1], b""):
        assert old_window_place(geometry) is None or isinstance(old_window_place(geometry), WindowPlace)


def test_a_settings_file_of_version_0_1(tmp_path: Path) -> None:
    path = tmp_path / "settings.ini"
    path.write_text(
        "[window]\ngeometry=@ByteArray(\\x1\\xd9\\xd0\\xcb\\0\\x3\\0\\0\\0\\0\\0\\xef\\0\\0\\0M\\0\\0\\x6\\x90\\0\\0"
        "\\x3\\xe9\\0\\0\\0\\xf0\\0\\0\\0\\x61\\0\\0\\x6\\x8f\\0\\0\\x3\\xe4\\0\\0\\0\\0\\0\\0\\0\\0\\a\\x80\\0\\0\\0"
        "\\xf0\\0\\0\\0\\x61\\0\\0\\x6\\x8f\\0\\0\\x3\\xe4)\nstate=@ByteArray(\\0\\0\\0\\xff)\ntheme=light\n"
    )
    place = old_window_place(SettingsFile(path).old_bytes("window/geometry"))
    assert place == WindowPlace(240, 97, 1440, 900, False, ())
