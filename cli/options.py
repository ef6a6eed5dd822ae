"""The options of all commands: parsing, help texts, and error messages of one line."""

from __future__ import annotations

import argparse
import difflib
import os
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from cli.changes import tell_unused
from cli.console import CommandLineError, complain, naming
from core.base import log
from core.base.arrays import Array
from core.base.atomic_files import check_target
from core.base.errors import DataError, ExperimentError, LensError
from core.base.program import PROGRAM, as_called
from core.base.translation import _, ngettext
from core.base.values import dataclass
from core.base.version import VERSION
from core.data.data_source import FILE, SHIPPED_FILES, load
from core.data.dataset import Dataset
from core.data.tables.table import Doubt
from core.engines.choosing import resolve
from core.options.argument_table import ARGUMENTS
from core.options.arguments import apply_arguments, in_options, table_options, value_of
from core.options.spelling import Argument, choice_of, one_of, parse_name, parse_whole
from core.options.table_arguments import with_option
from core.storage.weights_file import load_parameters
from core.training.experiment import Experiment
from core.training.preparation import prepare
from core.training.presets import DEFAULT_PRESET, PRESETS


def N_(text: str) -> str:
    """Mark a text for the catalogues that another package looks up; see ``packaging/translate.py``."""
    return text


OF_ARGPARSE = (
    N_("usage: "),
    N_("options"),
    N_("show this help message and exit"),
    N_("expected one argument"),
    N_("ignored explicit argument %r"),
    N_("%(argument_name)s: %(message)s"),
)
"""What argparse says here in its own words. It looks them up by two names of its own, which are ours from here on."""

argparse._ = lambda text: _(text.removeprefix("argument "))  # type: ignore[attr-defined]
argparse.ngettext = ngettext  # type: ignore[attr-defined]


class Parser(argparse.ArgumentParser):
    """A parser that raises CommandLineError instead of printing its usage and ending the program."""

    def error(self, message: str) -> NoReturn:
        """Raise CommandLineError with the message and a hint at the help."""
        message = message.removeprefix("argument ").rstrip(".")
        raise CommandLineError(_('{message}; "{prog} --help" shows how.').format(message=message, prog=self.prog))

    def _print_message(self, message: str, file: Any = None) -> None:  # noqa: ANN401 (argparse's own)
        # argparse's own says nothing where the help cannot be written.
        if message and sys.stdout is not None:
            print(message, end="", file=file)

    def read(self, argv: Sequence[str]) -> dict[str, Any]:
        """The values that were given, by name; raises CommandLineError."""
        try:
            known, unknown = self.parse_known_args(argv)
        except _BadValue as bad:
            raise CommandLineError(str(bad)) from None
        if unknown:
            raise CommandLineError(self._unknown(unknown[0]))
        given = vars(known)
        log.start(given.pop("verbose", False))
        log.program_started(self.prog, resolve(given.get("engine", "auto")))
        return given

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:  # noqa: ANN401 (argparse's own)
        # Older Pythons drop "--" even if it is the value of an option, such as the column in --target=--.
        if arg_strings == ["--"] and action.option_strings and action.nargs is None:
            return self._get_value(action, "--")
        return super()._get_values(action, arg_strings)

    def _unknown(self, word: str) -> str:
        option = word.partition("=")[0]
        if not option.startswith("-"):
            return _(
                '"{word}" is not expected here: a command comes before all options; see "{program} --help".'
            ).format(word=word, program=PROGRAM)
        near = difflib.get_close_matches(option, self._option_string_actions, n=1, cutoff=0.75)
        hint = (
            _("did you mean {near}?").format(near=near[0])
            if near
            else _('"{prog} --help" lists all.').format(prog=self.prog)
        )
        return _("There is no option {option}; {hint}").format(option=option, hint=hint)


class _BadValue(Exception):
    """The message about a value. It is not a ValueError, to which argparse would add its own words."""


@dataclass(frozen=True, eq=False)
class RunOptions:
    """The run that the experiment options describe.

    Attributes:
        experiment: the experiment to run.
        dataset: its points.
        epochs: how many epochs to train, 0 or more.
        initial_parameters: shape (parameters,), read from a file; None for those of the experiment.
    """

    experiment: Experiment
    dataset: Dataset
    epochs: int
    initial_parameters: Array | None


def make_parser(command: str, description: str, epilog: str, epochs: str = _("the preset's")) -> Parser:
    """A parser with the options that define a run; its result contains only options that were given.

    Args:
        command: the command's name, empty for the window.
        description: text of the help before the options.
        epilog: text of the help behind them.
        epochs: the default of ``--epochs`` as the help names it.
    """
    prog = f"{PROGRAM} {command}".strip()
    parser = Parser(
        prog=prog,
        usage=f"{prog} [OPTIONS]",
        description=description,
        epilog=as_called(epilog),
        formatter_class=lambda prog: argparse.RawDescriptionHelpFormatter(prog, max_help_position=32),
        argument_default=argparse.SUPPRESS,
        allow_abbrev=False,
    )
    version = _("show the program's version and exit")
    parser.add_argument("--version", action="version", version=f"Backprop Lens {VERSION}", help=version)
    parser.add_argument("--verbose", action="store_true", help=_("write the log on standard error too"))
    experiment = parser.add_argument_group(_("experiment"), _("Every other option overrides a setting of the preset."))
    presets = ", ".join(PRESETS)
    add(
        experiment,
        "--preset",
        "NAME",
        _("preset to start from: {presets} (default: {default})").format(presets=presets, default=DEFAULT_PRESET),
        choice_of(PRESETS),
    )
    add(
        experiment,
        "--epochs",
        "N",
        _("number of epochs to train; 0 trains nothing (default: {epochs})").format(epochs=epochs),
        _parse_epochs,
    )
    add(experiment, "--initial-weights", "IN.npz", _("file of the initial weights"))
    titles = {"data": _("data"), "reading": _("reading"), "network": _("network"), "training": _("training")}
    groups = {name: parser.add_argument_group(title) for name, title in titles.items()}
    for argument in ARGUMENTS:
        _add_argument(groups[argument.group], argument)
    return parser


def add(
    group: argparse._ActionsContainer,
    option: str,
    metavar: str,
    text: str,
    parse: Callable[[str], object] = parse_name,
    field: str | None = None,
) -> None:
    """Add an option with a value; a LensError of ``parse`` becomes the command line's message.

    Args:
        group: where the help lists it.
        option: its name, such as ``--seed``.
        metavar: the value's placeholder in the help.
        text: its description in the help.
        parse: function of the value's text.
        field: its name in the result; None for the option's own name.
    """

    def value(word: str) -> object:
        try:
            return parse(word)
        except LensError as error:
            raise _BadValue(f"{option}: {_without_field(error)}") from None

    name = field or option.removeprefix("--").replace("-", "_")
    group.add_argument(option, dest=name, metavar=metavar, help=text.replace("%", "%%"), type=value)


def read_experiment(given: Mapping[str, Any]) -> Experiment:
    """The preset with the given options applied to it; raises CommandLineError."""
    base = PRESETS[given.get("preset", DEFAULT_PRESET)].experiment
    fields = {argument.field for argument in ARGUMENTS}
    try:
        return apply_arguments(base, {name: value for name, value in given.items() if name in fields})
    except (ExperimentError, DataError) as error:
        raise _named(error, given) from None


def read_run(given: Mapping[str, Any], experiment: Experiment) -> RunOptions:
    """Load what the options name, and tell of options without effect; raises LensError."""
    preset = PRESETS[given.get("preset", DEFAULT_PRESET)]
    weights = given.get("initial_weights")
    try:
        tell_guess(given, experiment)
        dataset = load(experiment.data, tell_doubt)
        sizes = prepare(experiment, dataset).sizes
        tell_unused(experiment, given)
    except (ExperimentError, DataError) as error:
        raise _named(error, given) from None
    with naming("--initial-weights"):
        parameters = None if weights is None else load_parameters(weights, sizes)
    return RunOptions(experiment, dataset, given.get("epochs", preset.epochs), parameters)


def tell_doubt(doubt: Doubt) -> None:
    """Say what is doubtful in a table, and with which option to settle it."""
    complain(with_option(doubt.text, doubt.settled_by))


def tell_guess(given: Mapping[str, Any], experiment: Experiment) -> None:
    """Say which column is the target where only other columns were named."""
    choice = experiment.data.choice
    if choice is not None and "data.choice.target" not in given:
        complain(
            _("The target is a guess: {target!r} is learned, by {task}; see --target and --task.").format(
                target=choice.target, task=choice.task
            )
        )


def require_suffix(given: Mapping[str, Any], name: str, suffixes: Collection[str], what: str) -> None:
    """Raise CommandLineError if the name of an output file, which was asked for, promises another kind of file."""
    if name in given and Path(given[name]).suffix.lower() not in suffixes:
        ends = one_of(suffix for suffix in suffixes if suffix)
        raise CommandLineError(
            _("--{name}: {given} is not the name of {what}; name a file that ends with {ends}.").format(
                name=name, given=given[name], what=what, ends=ends
            )
        )


def require_output(given: Mapping[str, Any], experiment: Experiment, name: str) -> None:
    """Raise LensError if a requested output file cannot be written or is one of the input files."""
    if name not in given:
        return
    path = given[name]
    with naming(f"--{name}"):
        check_target(path)
    source = experiment.data
    taken = {source.path if source.kind == FILE else str(SHIPPED_FILES.get(source.kind, "")): _("the data")}
    taken |= {given["project"]: _("the project")} if "project" in given and name != "save" else {}
    taken |= {given[other]: f"--{other}" for other in ("weights", "log", "save") if other in given and other != name}
    for other, use in taken.items():
        if other and os.path.realpath(path) == os.path.realpath(other):
            raise CommandLineError(
                _("--{name}: {path} is the file of {use}; name another.").format(name=name, path=path, use=use)
            )


def _add_argument(group: argparse._ActionsContainer, argument: Argument) -> None:
    of_data = "." in argument.field
    default = None if of_data else value_of(PRESETS[DEFAULT_PRESET].experiment, argument.field)
    if default is None or default is False:
        remark = ""
    else:
        remark = (
            _(" (default: {default})").format(default=argument.write(default)) if argument.metavar else " (default)"
        )
    if argument.metavar:
        add(group, argument.option, argument.metavar, argument.help + remark, argument.parse, argument.field)
    else:
        group.add_argument(
            argument.option, dest=argument.field, action="store_const", const=True, help=argument.help + remark
        )
    if argument.opposite:
        const = None if argument.metavar else False
        text = argument.opposite_help + (" (default)" if default == const and not of_data else "")
        group.add_argument(argument.opposite, dest=argument.field, action="store_const", const=const, help=text)


def _parse_epochs(text: str) -> int:
    epochs = parse_whole(text)
    if epochs < 0:
        raise CommandLineError(_("{epochs} must be a whole number of at least 0.").format(epochs=epochs))
    return epochs


def _without_field(error: LensError) -> str:
    """The message of an error without the field with which an ExperimentError begins."""
    return str(error).removeprefix(f"{getattr(error, 'field', '')}: ")


def _named(error: ExperimentError | DataError, given: Mapping[str, Any]) -> CommandLineError:
    """The error with options in place of fields, or behind the options of the table that it is about."""
    if isinstance(error, ExperimentError):
        return CommandLineError(in_options(error))
    options = table_options(str(error), given) or ("--data" if "data" in given else "")
    text = with_option(str(error), error.settled_by)
    return CommandLineError(f"{options}: {text}" if options else text)
