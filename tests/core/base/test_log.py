"""What the log keeps, what it leaves out, and that it is never in the way."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.main import main
from core.base import log
from core.base.program import ROOT
from core.base.version import VERSION


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The program's data folder, where a log is started."""
    for variable in ("XDG_DATA_HOME", "APPDATA", "HOME"):
        monkeypatch.setenv(variable, str(tmp_path))
    log.start()
    yield log.data_folder()
    log.stop()


def text_of(folder: Path) -> str:
    return (folder / log.FILE_NAME).read_text(encoding="utf-8")


def test_the_data_folder_is_the_one_that_qt_names(monkeypatch: pytest.MonkeyPatch) -> None:
    core = pytest.importorskip("PyQt5.QtCore")
    application = core.QCoreApplication
    names = application.organizationName(), application.applicationName()
    application.setOrganizationName("Backprop Lens")
    application.setApplicationName("Backprop Lens")
    try:
        for home in (None, "/some/place"):
            if home is None:
                monkeypatch.delenv("XDG_DATA_HOME", raising=False)
            else:
                monkeypatch.setenv("XDG_DATA_HOME", home)
            qt = core.QStandardPaths.writableLocation(core.QStandardPaths.StandardLocation.AppDataLocation)
            assert log.data_folder() == Path(qt)
    finally:
        application.setOrganizationName(names[0])
        application.setApplicationName(names[1])


def test_records_have_a_time_and_a_level(folder: Path) -> None:
    log.program_started("main.py train", "numpy")
    log.info("Project a.lens saved")
    start, saved = text_of(folder).splitlines()
    assert (
        f"INFO Start of main.py train: Backprop Lens {VERSION}, engine numpy, Python {sys.version.split()[0]}" in start
    )
    assert saved.endswith(f" {os.getpid()} INFO Project a.lens saved")


def test_nothing_is_kept_unless_it_was_started(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    log.stop()
    log.info("Nobody asked")
    log.fault(ValueError("Nobody asked"))
    assert not folder.exists()
    assert capfd.readouterr() == ("", "")


def test_a_start_costs_nothing_before_the_first_record() -> None:
    code = "import sys; from core.base import log; log.start(); print('logging' in sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def fail(depth: int, file: Path, cell: str) -> None:
    if depth:
        fail(depth - 1, file, cell)
    try:
        file.read_bytes()
    except OSError as error:
        raise ValueError(f'could not convert string to float: {cell!r} or "{cell}"') from error


def test_a_fault_has_its_stack_and_no_data(folder: Path) -> None:
    try:
        fail(100, Path("/home/ada/salaries.csv"), "my secret")
    except ValueError as error:
        log.fault(error)
    text = text_of(folder)
    assert "ERROR Fault: ValueError: could not convert string to float: … or …\n" in text
    assert "raised after FileNotFoundError: [Errno 2] No such file or directory: …\n" in text
    assert "  tests/core/base/test_log.py:" in text and ", in fail: file.read_bytes()\n" in text
    assert text.count("in fail: ") <= 2 * log.MOST_FRAMES, "a deep recursion does not fill the file"
    assert not any(word in text for word in ("my secret", "ada", "salaries"))
    assert str(ROOT) not in text


def test_the_file_stays_small_and_the_one_before_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "LARGEST_BYTES", 2_000)
    for turn in range(100):
        log.info(f"Turn {turn} of a hundred")
    assert {file.name for file in folder.iterdir()} == {log.FILE_NAME, f"{log.FILE_NAME}.1"}
    assert all(file.stat().st_size <= 2_000 for file in folder.iterdir())
    assert "Turn 99 of a hundred" in text_of(folder)


def test_a_file_that_cannot_be_renamed_is_written_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows, where another process has it open."""
    monkeypatch.setattr(log, "LARGEST_BYTES", 500)
    (folder / f"{log.FILE_NAME}.1" / "in the way").mkdir(parents=True)  # neither to remove nor to replace
    for turn in range(20):
        log.info(f"Turn {turn}")
    assert text_of(folder).count("Turn") == 20


@pytest.mark.parametrize("obstacle", ["a file in the place of the folder", "a folder in the place of the file", "full"])
def test_where_nothing_can_be_written_the_program_goes_on_in_silence(
    obstacle: str, folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if obstacle == "full":
        if not os.path.exists("/dev/full"):
            pytest.skip("this system has no /dev/full")
        folder.mkdir(parents=True)
        (folder / log.FILE_NAME).symlink_to("/dev/full")
    elif "folder in" in obstacle:
        (folder / log.FILE_NAME).mkdir(parents=True)
    else:
        folder.parent.parent.mkdir(exist_ok=True)
        folder.parent.write_text("no folder")
    log.info("Lost")
    log.fault(ValueError("lost"))
    with contextlib.suppress(OSError):
        log.stop()
    assert capfd.readouterr() == ("", "")


def test_a_user_without_a_home_has_no_log(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(log, "data_folder", nobody)
    log.info("Lost")
    assert capfd.readouterr() == ("", "")


def test_verbose_writes_on_standard_error_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["explain", "--preset", "shallow", "--engine", "numpy", "--sample", "0"]
    assert main([*command, "--verbose"]) == 0
    assert f"INFO Start of python main.py explain: Backprop Lens {VERSION}, engine numpy" in capsys.readouterr().err
    assert main(command) == 0
    assert capsys.readouterr().err == ""
    assert text_of(folder).count("Start of") == 2


def test_divergence_is_kept(folder: Path) -> None:
    options = "--data gauss --activation linear --output linear --learning-rate 3 --engine numpy --quiet"
    assert main(["train", *options.split()]) == 2
    assert "INFO Training diverged: " in text_of(folder)
