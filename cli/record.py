"""``python main.py record``: record a film of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cli.console import CommandLineError, complain, progress_bar
from cli.options import add, make_parser
from cli.projects import add_project, read_project
from cli.render import THEMES, parse_size
from cli.train import add_course, prepare_engine, start, stop_on_interrupt
from core.base.translation import _
from core.options.film_plan import FILM_FORMATS, SPACINGS, VIEWS, FilmError, FilmPlan, format_of
from core.options.spelling import choice_of, one_of, parse_number, parse_whole
from core.training.trainer import Trainer

DESCRIPTION = _("""\
Train without a screen, and save a film of the run. The frames follow the run in
equal steps from its start to its end, and show the window or one of its views.
With --spacing change most frames go where the loss changes; the run is then
trained once more.

The film of a project shows the saved run, including changes by hand, from its
start to the point where it was saved, and --epochs more. With --from saved the
film begins at that point.""")
EPILOG = _("""\
examples:
  python main.py record --preset shallow --epochs 16 --out run.gif
  python main.py record --preset spiral --view decision --out run.webp
  python main.py record --project spiral.lens --epochs 100 --out run.gif

The suffix of the file chooses the kind of film: .gif, .webp or .mp4. For .mp4,
install imageio-ffmpeg first: python -m pip install imageio-ffmpeg
The film does not end where --patience or --stop-loss would end the run.
exit status: 0 done, 2 wrong input or training diverged, 130 stopped by Ctrl+C.
""")

STARTS = ("start", "saved")


def main(argv: Sequence[str]) -> int:
    """Train, draw and write; returns 0. Raises LensError."""
    defaults = FilmPlan()
    parser = make_parser("record", DESCRIPTION, EPILOG)
    add_project(parser)
    add_course(parser)
    film = parser.add_argument_group(_("film"))
    add(
        film,
        "--out",
        "FILE",
        _("file to write, with the suffix {film_formats}; required").format(film_formats=one_of(FILM_FORMATS)),
    )
    add(
        film,
        "--view",
        "NAME",
        _("view to show: {views} (default: {view})").format(views=one_of(VIEWS), view=defaults.view),
        choice_of(VIEWS),
    )
    size = _("width and height in pixels (default: {width}x{height})").format(
        width=defaults.width, height=defaults.height
    )
    add(film, "--size", "WxH", size, parse_size)
    add(film, "--fps", "N", _("frames per second (default: {fps})").format(fps=defaults.fps), parse_whole)
    add(
        film,
        "--seconds",
        "S",
        _("length of the film in seconds (default: {seconds:g})").format(seconds=defaults.seconds),
        parse_number,
    )
    spacing = _("how the frames are spread over the run: {spacings} (default: {spacing})").format(
        spacings=one_of(SPACINGS), spacing=defaults.spacing
    )
    add(film, "--spacing", "NAME", spacing, choice_of(SPACINGS))
    add(
        film,
        "--theme",
        "NAME",
        _("colours: {themes} (default: {default})").format(themes=one_of(THEMES), default=THEMES[0]),
        choice_of(THEMES),
    )
    begins = _("point where the film of a project begins: {starts} (default: {default})").format(
        starts=one_of(STARTS), default=STARTS[0]
    )
    add(film, "--from", "WHERE", begins, choice_of(STARTS))
    film.add_argument("--quiet", action="store_true", help=_("show no progress bar"))
    given = parser.read(argv)
    if "out" not in given:
        raise CommandLineError(_("--out is missing: name the film's file, such as --out run.gif."))
    width, height = given.get("size", (defaults.width, defaults.height))
    chosen = {name: given[name] for name in ("view", "fps", "seconds", "theme", "spacing") if name in given}
    try:
        kind = format_of(given["out"])
        plan = FilmPlan(width=width, height=height, format=kind.name, **chosen)
    except FilmError as error:
        raise CommandLineError(f"{error.options}: {error}") from None
    kind.check()
    for option in ("--patience", "--stop-loss"):
        if given.get(option.removeprefix("--").replace("-", "_")):
            complain(_("{option} has no effect: a film does not end early.").format(option=option))
    opened = read_project(given)
    if opened is not None:
        plan = replace(plan, section=opened[0].section)
    trainer, goal = start(given, ("out",), opened)
    _go_to_first_frame(trainer, goal, given)
    prepare_engine(trainer)
    from gui.offscreen.filming import record  # imported here because the other commands do not need Qt

    with stop_on_interrupt() as interrupted, progress_bar(plan.frames, "quiet" not in given, "frames") as advance:
        record(trainer, goal, plan, Path(given["out"]), lambda done: advance(1, ""), interrupted)
    return 0


def _go_to_first_frame(trainer: Trainer, goal: int, given: Mapping[str, Any]) -> None:
    if "project" not in given:
        if "from" in given:
            raise CommandLineError(_("--from needs a project; leave it out, or name the project with --project."))
        return
    if given.get("from", STARTS[0]) == STARTS[0]:
        trainer.head.replace_changes(tuple(trainer.settings_over_time.changes), 0)
    if trainer.position == goal:
        raise CommandLineError(_("--epochs is missing: name the number of epochs to show behind the saved position."))
