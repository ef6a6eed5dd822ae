"""The values of an experiment's options as texts: reading them, and writing them so that they can be read back."""

from __future__ import annotations

import os
from pathlib import Path

from core.base.errors import shorten
from core.base.translation import _
from core.data.data_source import DRAWN, FILE, RULE, SHIPPED_FILES, DataSource, default_source
from core.data.features import FEATURES, feature_name
from core.data.generators import GENERATORS
from core.network.activations import HIDDEN_ACTIVATIONS
from core.network.initializers import INITIALIZERS
from core.network.schedules import SCHEDULES
from core.options.spelling import ArgumentError, choice_of, suggestion
from core.training.experiment import Decay, Init

BUILT_IN = (*SHIPPED_FILES, *GENERATORS)
DRAWN_IS_NO_OPTION = _(
    "A command cannot contain drawn points; save the points as CSV (Paint ▸ Save points), open that file and try "
    "again, or save the project and train with --project."
)


def parse_hidden(text: str) -> tuple[int, ...]:
    """``7``, ``8,8,8`` or ``none``."""
    if text.strip() == "none":
        return ()
    try:
        return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise ArgumentError(
            _(
                "{text} is not a list of layers; write 7 for one hidden layer of seven neurons, 8,8 for two of "
                "eight, or none."
            ).format(text=shorten(text))
        ) from None


def parse_data(text: str) -> DataSource:
    """The name of a built-in set or the path of a file; an existing file wins if the text looks like a path."""
    has_form = any(separator in text for separator in "/\\") or bool(Path(text).suffix)
    if text in BUILT_IN and not (has_form and os.path.exists(text)):
        return default_source(text)
    if text == RULE and not os.path.exists(text):
        raise ArgumentError(_('a rule has an option of its own; write --rule "x2 > sin(2*x1)" instead of --data.'))
    if not has_form and not os.path.exists(text):
        mend = suggestion(text, BUILT_IN) or _(" built-in are {built_in}.").format(built_in=", ".join(BUILT_IN))
        raise ArgumentError(
            _("there is no file and no built-in data set {text};{mend}").format(text=shorten(text), mend=mend)
        )
    return DataSource(FILE, str(Path(text)))


def parse_activations(text: str) -> str | tuple[str, ...]:
    """``relu``, or ``relu,tanh`` with one activation per hidden layer."""
    parse = choice_of(HIDDEN_ACTIVATIONS)
    names = tuple(parse(part.strip()) for part in text.split(","))
    return names[0] if len(names) == 1 else names


def parse_features(text: str) -> tuple[str, ...]:
    """``x1,x2,sin-x1``, each as :func:`core.data.features.feature_name` reads it."""
    names = []
    for part in text.split(","):
        name = feature_name(part)
        if name is None:
            mend = suggestion(part, FEATURES) or _(" choose among {features}.").format(features=", ".join(FEATURES))
            raise ArgumentError(_("{part} is not a feature;{mend}").format(part=shorten(part), mend=mend))
        names.append(name)
    return tuple(names)


def parse_schedule(text: str) -> Decay:
    """``step:10:0.5`` and the like, see :meth:`core.training.experiment.Decay.parse`."""
    choice_of(SCHEDULES)(text.partition(":")[0])
    return Decay.parse(text)


def write_names(names: str | tuple[str, ...]) -> str:
    """One name, or several with commas."""
    return names if isinstance(names, str) else ",".join(names)


def parse_init(text: str) -> Init:
    """``he`` or ``normal:0.1``, see :meth:`core.training.experiment.Init.parse`."""
    choice_of(INITIALIZERS)(text.partition(":")[0])
    return Init.parse(text)


def write_hidden(hidden: tuple[int, ...]) -> str:
    """The layers in the form that ``parse_hidden`` reads."""
    return ",".join(map(str, hidden)) or "none"


def parse_rule_source(text: str) -> str:
    """Check a rule and return it."""
    from core.data.rules.rule_parser import parse_rule  # imported here because only typed rules need it

    parse_rule(text)
    return text


def write_data(source: DataSource) -> str:
    """The source in the form that ``parse_data`` reads; raises ArgumentError for drawn points."""
    if source.kind == DRAWN:
        raise ArgumentError(DRAWN_IS_NO_OPTION)
    if source.kind != FILE:
        return source.kind
    path = str(Path(source.path))
    return path if os.path.dirname(path) else os.path.join(".", path)  # a file may have the name of a built-in set
