"""``export``, ``report`` and ``record``, and the options that tell where a run ends."""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PyQt5.QtGui import QImage

import gui.offscreen.filming
from cli.main import main
from core.base.errors import LensError
from core.data.data_source import load
from core.options.film_plan import HOLD_SECONDS, FilmPlan, format_of
from core.storage.exports.formats import FORMATS
from core.storage.project import Project, save_project
from core.storage.weights_file import load_parameters
from core.training.presets import PRESETS
from core.training.saved_run import save_run
from core.training.trainer import Trainer
from gui.offscreen.filming import make_film
from gui.widgets.theme import LIGHT
from tests.core.workbench.support import SHALLOW, make_trainer

REPOSITORY = Path(__file__).resolve().parents[2]
Capture = pytest.CaptureFixture[str]
SMALL = ("--preset", "moons", "--epochs", "2")


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def refused(capsys: Capture, *argv: str) -> str:
    assert main(argv) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    assert list(Path.cwd().iterdir()) == []
    return err


# ---- Where a run ends.


def test_samples_beyond_the_epochs(capsys: Capture) -> None:
    assert main(["train", *SMALL, "--samples", "33", "--weights", "a.npz"]) == 0
    assert capsys.readouterr().out.startswith("epoch=2 sample=33 train_loss=")
    assert main(["train", "--preset", "moons", "--epochs", "0", "--samples", "533", "--weights", "b.npz"]) == 0
    assert Path("a.npz").read_bytes() == Path("b.npz").read_bytes()


def test_a_command_in_a_process_of_its_own_gives_the_same_bits() -> None:
    options = [*SMALL, "--samples", "9", "--change", "300:learning-rate=0.05", "--weights"]
    command = [sys.executable, str(REPOSITORY / "main.py"), "train", *options, "a.npz"]
    subprocess.run(command, check=True, capture_output=True)
    assert main(["train", *options, "b.npz"]) == 0
    assert Path("a.npz").read_bytes() == Path("b.npz").read_bytes()


@pytest.mark.parametrize(
    "option", [("--samples", "-1"), ("--samples", "x"), ("--change", "x"), ("--change", "1:l2=-1")]
)
def test_a_wrong_end_is_refused(option: tuple[str, str], capsys: Capture) -> None:
    assert option[0] in refused(capsys, "train", *SMALL, *option)


# ---- export


@pytest.mark.parametrize("kind", FORMATS)
def test_export_writes_every_format(kind: str) -> None:
    if kind == "onnx":
        pytest.importorskip("onnx", reason="onnx is not installed")
    assert main(["export", *SMALL, "--to", kind, "--out", "file"]) == 0
    assert len(Path("file").read_bytes()) > 100


def test_what_is_exported_is_the_trained_network() -> None:
    assert main(["train", *SMALL, "--weights", "a.npz"]) == 0
    assert main(["export", *SMALL, "--to", "json", "--out", "b.json"]) == 0
    kept = json.loads(Path("b.json").read_text())
    flat = np.concatenate([np.ravel(kept[name]) for name in ("W1", "b1", "W2", "b2")])
    assert flat.tobytes() == load_parameters("a.npz", kept["sizes"]).tobytes()


def test_export_refuses_what_is_wrong(capsys: Capture) -> None:
    assert "--to is missing" in refused(capsys, "export", "--out", "x")
    assert "--out is missing" in refused(capsys, "export", "--to", "json")
    assert "did you mean numpy" in refused(capsys, "export", "--to", "numpyy", "--out", "x")
    assert "no folder" in refused(capsys, "export", "--to", "json", "--out", "nowhere/x")
    assert "diverged" in refused(
        capsys, "export", *SMALL, "--output", "linear", "--learning-rate", "1e200", "--to", "csv", "--out", "x"
    )


# ---- report


def test_the_report_in_text_and_json(capsys: Capture) -> None:
    assert main(["report", "--preset", "blobs", "--epochs", "2"]) == 0
    text = capsys.readouterr().out
    assert "Training set" in text and "Test set" in text and "precision" in text
    assert main(["report", "--preset", "blobs", "--epochs", "2", "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert np.shape(content["train"]["confusion"]) == (3, 3)
    verdict = content["verdict"]
    assert verdict["kind"] in ("start", "learning", "done") and verdict["text"] in text and verdict["next"] in text
    assert f"loss at the start {verdict['numbers']['loss at the start']}" in " ".join(text.split())
    assert main(["train", "--preset", "blobs", "--epochs", "2"]) == 0
    accuracy = capsys.readouterr().out.split("train_accuracy=")[1].split()[0]
    assert float(accuracy) == content["train"]["accuracy"]


def test_the_report_of_a_regression(capsys: Capture) -> None:
    assert main(["report", "--preset", "bumps", "--epochs", "1"]) == 0
    assert "RMSE" in capsys.readouterr().out


# ---- record


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
@pytest.mark.parametrize("view", ["decision", "diagram"])
def test_a_film_shows_the_run(suffix: str, view: str) -> None:
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    size = ["--size", "301x243", "--fps", "4", "--seconds", "1", "--view", view]
    assert main(["record", *SMALL, *size, "--out", f"run{suffix}"]) == 0
    with image.open(f"run{suffix}") as film:
        assert film.size == (301, 243) and film.n_frames == 4
        shown = []
        for number in range(4):
            film.seek(number)
            shown.append(np.asarray(film.convert("RGB"), dtype=float))
    assert all(np.abs(a - b).max() > 50 for a, b in pairwise(shown)), "each frame differs"
    assert all(frame.std() > 10 for frame in shown)


def test_a_film_of_the_whole_window() -> None:
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    assert main(["record", *SMALL, "--size", "480x300", "--fps", "2", "--seconds", "1", "--out", "run.gif"]) == 0
    with image.open("run.gif") as film:
        assert film.size == (480, 300) and film.n_frames == 2
        film.seek(1)
        green = np.abs(np.asarray(film.convert("RGB"), dtype=int) - LIGHT.test).max(axis=2) < 40
        assert green.any(), "the few pixels of the test curve keep its colour"


def test_a_film_of_a_project_shows_that_run(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    trainer = Trainer(PRESETS["moons"].experiment, load(PRESETS["moons"].experiment.data))
    for _ in range(2):
        trainer.advance(130)
        trainer.change(learning_rate=0.1)
        trainer.edit({3: 1.5})
    trainer.freeze([4])
    trainer.advance(trainer.epoch_length)
    save_project("a.lens", Project(trainer.experiment, trainer.preparation.dataset, save_run(trainer)))
    filmed: list[Trainer] = []
    frames: list[bytes] = []
    make, pack = gui.offscreen.filming.record, gui.offscreen.filming._packed

    def record(trainer: Trainer, *rest: Any) -> None:
        filmed.append(trainer)
        make(trainer, *rest)

    def packed(picture: QImage) -> bytes:
        frames.append(pack(picture))
        return frames[-1]

    monkeypatch.setattr(gui.offscreen.filming, "record", record)
    monkeypatch.setattr(gui.offscreen.filming, "_packed", packed)
    small = ["--size", "240x240", "--fps", "2", "--seconds", "1", "--view", "decision", "--out"]
    for options in ([], ["--epochs", "1"], ["--from", "saved", "--epochs", "1"]):
        assert main(["record", "--project", "a.lens", *options, *small, "run.webp"]) == 0
    assert filmed[0].network.parameters.tobytes() == trainer.network.parameters.tobytes()
    assert filmed[0].history.table.tobytes() == trainer.history.table.tobytes()
    trainer.advance(trainer.end_of("epoch") - trainer.position)
    assert all(film.network.parameters.tobytes() == trainer.network.parameters.tobytes() for film in filmed[1:])
    start, saved, again, end, from_saved, from_saved_end = frames
    assert (start, saved, end) == (again, from_saved, from_saved_end)
    assert len({start, saved, end}) == 3
    Path("run.webp").unlink()
    assert main(["record", "--project", "a.lens", "--from", "saved", *small, "run.gif"]) == 2
    assert "--epochs is missing" in capsys.readouterr().err
    assert main(["record", *SMALL, "--from", "saved", *small, "run.gif"]) == 2
    assert "--from needs a project" in capsys.readouterr().err
    for command in (["check-gradients"], ["explain", "--sample", "0"]):
        assert main([*command, "--project", "a.lens"]) == 0
    assert f"epoch {trainer.epoch - 1}" in capsys.readouterr().out


@pytest.mark.parametrize("size", [(240, 240), (251, 243)])
def test_an_mp4_film_holds_every_frame_and_the_last_one_longer(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    ffmpeg = pytest.importorskip("imageio_ffmpeg", reason="imageio-ffmpeg is not installed")
    frames: list[bytes] = []
    pack = gui.offscreen.filming._packed

    def packed(picture: QImage) -> bytes:
        frames.append(pack(picture))
        return frames[-1]

    monkeypatch.setattr(gui.offscreen.filming, "_packed", packed)
    width, height = size
    plan = ["--size", f"{width}x{height}", "--fps", "4", "--seconds", "1", "--view", "decision", "--out", "run.mp4"]
    assert main(["record", "--preset", "moons", "--epochs", "8", *plan]) == 0
    shape = height + height % 2, width + width % 2, 3  # an even number of pixels
    decode = [ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", "run.mp4", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    pixels = np.frombuffer(subprocess.run(decode, check=True, capture_output=True).stdout, np.uint8)
    film = pixels.reshape(-1, *shape)[:, :height, :width].astype(float)
    assert len(frames) == 4
    assert len(film) == 4 + round(4 * HOLD_SECONDS)
    drawn = [np.frombuffer(zlib.decompress(frame), np.uint8).reshape(height, width, 3) for frame in frames]
    for found, wanted in zip(film, [*drawn, *[drawn[-1]] * (len(film) - 4)], strict=True):
        assert abs(found - wanted).mean() < 6.0, "of 255; what is lost is detail"
    assert abs(drawn[0].astype(float) - drawn[-1]).mean() > 12.0, "which tells the frames apart"


def test_a_program_for_mp4_films_that_does_not_work_is_told_of_in_a_sentence(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(*_: object, **__: object) -> Iterator[None]:
        raise RuntimeError("No ffmpeg exe could be found.\nInstall it.")
        yield

    def broken(*_: object, **__: object) -> Iterator[None]:
        yield
        yield
        raise OSError(32, "Broken pipe")

    plan = ["--size", "240x240", "--fps", "4", "--seconds", "1", "--view", "decision", "--out", "run.mp4"]
    for fault, reason in ((absent, "No ffmpeg exe could be found. Install it."), (broken, "[Errno 32] Broken pipe")):
        monkeypatch.setitem(sys.modules, "imageio_ffmpeg", SimpleNamespace(write_frames=fault))
        told = refused(capsys, "record", *SMALL, *plan)
        assert f"the program ffmpeg failed ({reason}); install imageio-ffmpeg anew, or choose .gif or .webp." in told


def test_a_film_that_cannot_be_is_refused(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "--out is missing" in refused(capsys, "record")
    assert "suffix" in refused(capsys, "record", "--out", "run.avi")
    assert "too much" in refused(capsys, "record", "--out", "run.gif", "--seconds", "600", "--fps", "50")
    assert "frames per second" in refused(capsys, "record", "--out", "run.gif", "--fps", "0")
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    assert "pip install imageio-ffmpeg" in refused(capsys, "record", "--out", "run.mp4")
    monkeypatch.setitem(sys.modules, "PIL", None)
    assert "pip install Pillow" in refused(capsys, "record", "--out", "run.gif")


def test_positions_of_frames_lead_from_the_start_to_the_goal_in_equal_steps() -> None:
    for goal in (0, 1, 7, 1000, 12_345):
        positions = FilmPlan(fps=7, seconds=3.0).positions(goal)
        assert (positions[0], positions[-1], len(positions)) == (0, goal, 21)
        steps = np.diff(positions)
        assert steps.min() >= 0 and steps.max() - steps.min() <= 1
    with pytest.raises(LensError, match="suffix"):
        format_of("film")


def test_frames_can_go_to_where_the_loss_changes() -> None:
    plan = FilmPlan(fps=10, seconds=4.1, spacing="change")
    record = np.array([[0, 1.0], [900, 1.0], [1000, 0.01], [10_000, 0.01]])  # it falls within a hundred samples
    positions = np.array(plan.positions(10_000, 0, record))
    assert (positions[0], positions[-1], len(positions)) == (0, 10_000, 41)
    assert (np.diff(positions) >= 0).all()
    assert ((positions >= 900) & (positions <= 1000)).sum() >= 30
    flat = np.array([[0, 1.0], [10_000, 1.0]])
    assert plan.positions(10_000, 0, flat) == plan.positions(10_000)
    for odd in ([[0, 0.0], [50, 0.0]], [[0, 3.0], [50, 0.0]], [[40, 2.0], [50, 1.0]]):
        found = plan.positions(100, 30, np.array(odd))
        assert (found[0], found[-1], sorted(found)) == (30, 100, found)
    assert plan.positions(0, 0, record) == [0] * 41


def test_a_film_by_the_loss_ends_with_the_bits_of_the_run(tmp_path: Path) -> None:
    trainer, plain = make_trainer(SHALLOW), make_trainer(SHALLOW)
    plan = FilmPlan("diagram", 320, 240, fps=4, seconds=2.0, spacing="change")
    shown: list[int] = []
    make_film(trainer, 3000, plan, tmp_path, lambda _: shown.append(trainer.position), lambda: False)
    plain.advance(3000)
    assert trainer.network.parameters.tobytes() == plain.network.parameters.tobytes()
    assert (shown[0], shown[-1], len(shown)) == (0, 3000, 8)
    assert shown != FilmPlan(fps=4, seconds=2.0).positions(3000)
