"""The environment's folders, of which relative ones would make the program write into the current folder."""

from __future__ import annotations

import os
from collections.abc import MutableMapping

from core.base.translation import _

FOLDERS = (
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
    "XDG_CACHE_HOME",
    "XDG_RUNTIME_DIR",
    "APPDATA",
    "LOCALAPPDATA",
)


def refuse_relative_folders(environment: MutableMapping[str, str] = os.environ) -> list[str]:
    """Take relative folders out of the environment, so that neither Python nor Qt nor a child process uses them.

    The XDG Base Directory Specification demands that relative paths in its variables be ignored. A relative ``HOME``
    gives way to the home folder of the user's account; where that has none, there is no ``HOME``.

    Returns:
        A sentence for each variable that was refused.
    """
    told = []
    for name in ("HOME", *FOLDERS):
        value = environment.get(name)
        if not value or os.path.isabs(value):
            continue
        del environment[name]
        home = _account_home() if name == "HOME" else ""
        if home:
            environment[name] = home
        text = _("{name} is no absolute path, so {home} is used; correct it.")
        if not home:
            text = _("{name} is no absolute path, so the default is used; correct it.")
        told.append(text.format(name=name, home=home))
    return told


def _account_home() -> str:
    try:
        import pwd

        home = pwd.getpwuid(os.getuid()).pw_dir
    except (ImportError, KeyError):  # Windows, or a user without an account
        return ""
    return home if os.path.isabs(home) else ""
