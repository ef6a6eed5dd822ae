"""Makes films of a run: trains from position to position and draws the views of the window at each."""

from __future__ import annotations

import io
import os
import tempfile
import zlib
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from PyQt5.QtGui import QImage

from core.base.atomic_files import check_target, write_whole
from core.base.errors import Cancelled
from core.base.translation import _
from core.options.film_plan import FILM_FORMATS, HOLD_SECONDS, FilmError, FilmPlan
from core.training.trainer import Trainer
from gui.export.film_job import Filmed
from gui.offscreen.fonts import require_fonts
from gui.widgets.faults import raising_escaped
from gui.widgets.theme import THEMES

PALETTE_FRAMES = 8
TOLD_CLASSES = 10
"""So many classes have their colours in every palette."""
GIF_COLORS = 255
"""One less than a palette can hold; the last entry is for pixels that do not change."""

WEBP_QUALITY = 80
MP4_QUALITY = 7

Tell = Callable[[int], object]
Interrupted = Callable[[], bool]


def record(
    trainer: Trainer, goal: int, plan: FilmPlan, out: Path, tell: Tell, interrupted: Interrupted = lambda: False
) -> None:
    """Train up to a position and write the film, whole or not at all.

    Args:
        trainer: stands where the film begins; stands at ``goal`` afterwards.
        goal: the position of the last frame.
        plan: what the film shows, its size, length and format.
        out: the file.
        tell: called after each frame with the number of frames so far.
        interrupted: whether to give up.

    Raises:
        LensError: the run diverged, there are no fonts, a package is missing, or the file cannot be written.
        KeyboardInterrupt: ``interrupted`` said so; nothing is written.
    """
    check_target(out)
    with tempfile.TemporaryDirectory() as folder:
        try:
            data = make_film(trainer, goal, plan, Path(folder), tell, interrupted)
        except Cancelled:
            raise KeyboardInterrupt from None
    write_whole(out, data)


def make_film(subject: Filmed, goal: int, plan: FilmPlan, folder: Path, tell: Tell, interrupted: Interrupted) -> bytes:
    """Return the bytes of a film; see :func:`record`. ``folder`` is for temporary files. Raises Cancelled."""
    kind = next(kind for kind in FILM_FORMATS.values() if kind.name == plan.format)
    kind.check()
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # without it Qt prints a warning
    from gui.offscreen.filmed_view import make_filmed_view
    from gui.window.application import make_application

    application = make_application()  # kept in a variable, or it would be destroyed
    require_fonts()
    frames: list[bytes] = []
    with raising_escaped() as escaped:
        view = make_filmed_view(subject, plan, folder)
        try:
            for position in _positions(subject, goal, plan, interrupted):
                _train(subject, position, interrupted)
                if interrupted():
                    raise Cancelled
                frames.append(_packed(view.picture()))
                if escaped:
                    break
                tell(len(frames))
        finally:
            view.close()
            application.processEvents()
    return ENCODERS[plan.format](Frames(frames, plan, interrupted), folder)


def _train(subject: Filmed, position: int, interrupted: Interrupted) -> None:
    """Train up to a position, also where early stopping would end the run; raises Cancelled."""
    while subject.position < position:
        if interrupted():
            raise Cancelled
        subject.advance(min(position - subject.position, subject.epoch_length))


def _positions(subject: Filmed, goal: int, plan: FilmPlan, interrupted: Interrupted) -> list[int]:
    """The positions of the frames; where they follow the loss, the run is trained once before, and goes back."""
    start = subject.position
    if plan.spacing == "equal":
        return plan.positions(goal, start)
    _train(subject, goal, interrupted)
    record = subject.history.table[:, :2].copy()
    subject.seek(start)
    return plan.positions(goal, start, record)


class Frames:
    """The pictures of a film, compressed in memory."""

    def __init__(self, packed: list[bytes], plan: FilmPlan, interrupted: Interrupted) -> None:
        self._packed = packed
        self._interrupted = interrupted
        self.plan = plan

    def __len__(self) -> int:
        return len(self._packed)

    def pixels(self, number: int) -> bytes:
        """Return red, green and blue of each pixel, row by row; raises Cancelled."""
        if self._interrupted():
            raise Cancelled
        return zlib.decompress(self._packed[number])

    def picture(self, number: int) -> Any:  # noqa: ANN401 (an image of Pillow, which is imported late)
        """Return a picture as an image of Pillow."""
        from PIL import Image

        return Image.frombytes("RGB", (self.plan.width, self.plan.height), self.pixels(number))

    def milliseconds(self) -> list[int]:
        """Return how long each picture is shown; the last is shown longer."""
        each = round(1000 / self.plan.fps)
        return [each] * (len(self) - 1) + [max(each, round(1000 * HOLD_SECONDS))]


def _packed(picture: QImage) -> bytes:
    """Return the pixels, three bytes each, compressed quickly."""
    bits, stride, width = picture.constBits(), picture.bytesPerLine(), 3 * picture.width()
    assert bits is not None
    data = bits.asstring(picture.sizeInBytes())
    if stride != width:  # Qt begins each row at a multiple of four bytes
        data = b"".join(data[row * stride : row * stride + width] for row in range(picture.height()))
    return zlib.compress(data, 1)


def _gif(frames: Frames, folder: Path) -> bytes:
    """One palette for all frames and no dithering, so that pixels that do not change cost nothing."""
    from PIL import Image

    palette = _palette(frames)

    def reduced(number: int) -> Any:  # noqa: ANN401
        return frames.picture(number).quantize(palette=palette, dither=Image.Dither.NONE)

    return _save(frames, "GIF", reduced, loop=0, optimize=True, disposal=1)  # leaves unchanged pixels out


def _palette(frames: Frames) -> Any:  # noqa: ANN401
    """Return an image whose palette suits frames from the first to the last, and has the colours of lines and marks.

    Those cover few pixels, so that a palette of the frames alone would give them the colour of something larger.
    """
    from PIL import Image

    theme = THEMES[frames.plan.theme]
    marks = [theme.train, theme.test, theme.wrong, theme.warning, *theme.classes[:TOLD_CLASSES]]
    edges = [tuple((a + b) // 2 for a, b in zip(mark, theme.base, strict=True)) for mark in marks]
    kept = list(dict.fromkeys([*marks, *edges]))
    count = min(PALETTE_FRAMES, len(frames))
    width, height = frames.plan.width, frames.plan.height
    sheet = Image.new("RGB", (width, height * count))
    for place in range(count):
        sheet.paste(frames.picture(place * (len(frames) - 1) // max(1, count - 1)), (0, place * height))
    rest = sheet.quantize(GIF_COLORS - len(kept), method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    palette = Image.new("P", (1, 1))
    values = [*chain(*kept), *(rest.getpalette() or [])]
    palette.putpalette(values[: 3 * GIF_COLORS])
    return palette


def _webp(frames: Frames, folder: Path) -> bytes:
    return _save(frames, "WEBP", frames.picture, loop=0, quality=WEBP_QUALITY, method=2)


def _save(frames: Frames, kind: str, picture: Callable[[int], Any], **options: Any) -> bytes:  # noqa: ANN401
    rest: Iterator[Any] = (picture(number) for number in range(1, len(frames)))
    file = io.BytesIO()
    first = picture(0)
    first.save(file, kind, save_all=True, append_images=rest, duration=frames.milliseconds(), **options)
    return file.getvalue()


def _mp4(frames: Frames, folder: Path) -> bytes:
    import imageio_ffmpeg

    plan, path = frames.plan, folder / "film.mp4"
    writer = imageio_ffmpeg.write_frames(
        str(path),
        (plan.width, plan.height),
        fps=plan.fps,
        quality=MP4_QUALITY,
        macro_block_size=1,
        # The default pixel format needs an even width and height.
        output_params=["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2"],
        ffmpeg_log_level="error",
    )
    try:
        writer.send(None)
        for number in range(len(frames)):
            writer.send(frames.pixels(number))
        for _frame in range(round(plan.fps * HOLD_SECONDS)):
            writer.send(frames.pixels(len(frames) - 1))
        writer.close()
        return path.read_bytes()
    except (Cancelled, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 (the package lets every error of its program through)
        reason = " ".join(str(error).split())[:160] or type(error).__name__
        raise FilmError(
            _(
                "The film cannot be made, since the program ffmpeg failed ({reason}); install imageio-ffmpeg anew, or "
                "choose .gif or .webp."
            ).format(reason=reason)
        ) from None
    finally:
        writer.close()


ENCODERS: dict[str, Callable[[Frames, Path], bytes]] = {"gif": _gif, "webp": _webp, "mp4": _mp4}
