"""The language of the texts: chosen by the environment, from catalogues that one command makes; the pseudo-language."""

from __future__ import annotations

import gettext
import importlib.util
import os
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest

from core.base.translation.catalogues import DOMAIN, FOLDER, chosen_texts, wanted_languages
from core.base.translation.pseudo_language import ACCENTED, pseudo

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("environment", "languages"),
    [
        ({}, []),
        ({"LANG": "de_AT.UTF-8"}, ["de_AT", "de"]),
        ({"LANG": "de_DE", "LC_MESSAGES": "fr_FR.UTF-8@euro"}, ["fr_FR", "fr"]),
        ({"LANG": "de_DE", "LC_ALL": "C.UTF-8", "LC_MESSAGES": "fr"}, []),
        ({"LANGUAGE": "pt_BR:en_GB:de", "LANG": "fr_FR"}, ["pt_BR", "pt"]),
        ({"LANGUAGE": "", "LC_ALL": "", "LANG": "nl"}, ["nl"]),
        ({"LANGUAGE": "pseudo"}, ["pseudo"]),
    ],
)
def test_the_environment_chooses_the_language(environment: dict[str, str], languages: list[str]) -> None:
    assert wanted_languages(environment) == languages


def test_one_command_makes_a_catalogue_and_keeps_what_was_translated(tmp_path: Path) -> None:
    pytest.importorskip("babel")
    found = importlib.util.spec_from_file_location("translate", REPOSITORY / "packaging" / "translate.py")
    assert found is not None
    assert found.loader is not None
    tool = importlib.util.module_from_spec(found)
    found.loader.exec_module(tool)
    sources = tmp_path / "texts.py"
    sources.write_text('_("&Open a table…")\nngettext("{n} point", "{n} points", n)\npgettext("point", "train")\n')
    catalogue = tmp_path / "de" / "LC_MESSAGES" / f"{DOMAIN}.po"
    tool.translate("de", tmp_path, [sources])
    written = catalogue.read_text()
    for text, translation in (
        ('msgid "&Open a table…"\nmsgstr ""', 'msgid "&Open a table…"\nmsgstr "Tabelle ö&ffnen…"'),
        ('msgstr[0] ""\nmsgstr[1] ""', 'msgstr[0] "{n} Punkt"\nmsgstr[1] "{n} Punkte"'),
        ('msgid "train"\nmsgstr ""', 'msgid "train"\nmsgstr "Training"'),
    ):
        assert text in written
        written = written.replace(text, translation)
    catalogue.write_text(written)
    tool.translate("de", tmp_path, [sources])
    texts = chosen_texts({"LANG": "de_DE.UTF-8"}, tmp_path)
    assert texts.info()["language"] == "de"
    assert texts.gettext("&Open a table…") == "Tabelle ö&ffnen…"
    assert [texts.ngettext("{n} point", "{n} points", n) for n in (1, 2)] == ["{n} Punkt", "{n} Punkte"]
    assert texts.pgettext("point", "train") == "Training"
    assert texts.gettext("train") == "train"


def test_without_a_readable_catalogue_texts_are_english(tmp_path: Path) -> None:
    assert chosen_texts({"LANG": "de_DE"}, tmp_path / "nowhere").gettext("Open") == "Open"
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    for damaged in (b"", b"no catalogue", b"\xde\x12\x04\x95" + bytes(range(40))):
        (folder / f"{DOMAIN}.mo").write_bytes(damaged)
        assert chosen_texts({"LANG": "de_DE"}, tmp_path).gettext("Open") == "Open"


def test_every_catalogue_is_compiled_and_keeps_the_placeholders() -> None:
    """A placeholder that a translation does not know, or leaves out, would end in an error or a wrong sentence."""
    pofile = pytest.importorskip("babel.messages.pofile")
    for path in FOLDER.glob("*/LC_MESSAGES/*.po"):
        with path.open("rb") as file:
            catalogue = pofile.read_po(file)
        texts = chosen_texts({"LANGUAGE": path.parts[-3]})
        for message in catalogue:
            if message.id and message.string and not message.pluralizable and not message.fuzzy:
                assert fields(message.string) == fields(message.id), (path, message.id)
                assert message.context or texts.gettext(message.id) == message.string, (path, message.id)


def fields(text: str) -> set[str | None]:
    if re.search(r"%\(\w+\)s", text):
        return set(re.findall(r"%\(\w+\)s", text))
    return {name for _, name, _, _ in string.Formatter().parse(text)} - {None}


def test_the_pseudo_language_is_longer_and_keeps_what_a_translator_keeps() -> None:
    plain = "The learning rate is so large that the loss grows: make it smaller."
    assert 1.3 < len(pseudo(plain)) / len(plain) < 1.45
    assert not re.search("[A-Za-z]", pseudo(plain))
    assert len(set(ACCENTED)) == len(ACCENTED)
    for kept in ("{loss:.{digits}g}", "{path!r}", "%(prog)s", "<b>", "</a>", "&amp;", "&O", "Ctrl+Shift+Z", "--rate"):
        assert kept in pseudo(f"Some words {kept} and more")


def test_the_whole_program_speaks_the_language() -> None:
    """Chosen before modules with texts are imported, in a process of its own."""
    code = "from core.base.translation import LANGUAGE, _; print(LANGUAGE, _('Learning rate') == 'Learning rate')"
    for wish, answer in (("pseudo", "pseudo False"), ("en", "True"), ("C", "True")):
        environment = {**os.environ, "LANGUAGE": wish, "PYTHONIOENCODING": "utf-8"}
        words = [sys.executable, "-c", code]
        done = subprocess.run(words, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True)
        assert done.stdout.strip() == answer


def test_words_within_messages_are_translated() -> None:
    code = """
from core.data.tables.columns import mark_doubt
from core.data.tables.layout import lay_out
from core.data.tables.reading import Reading
from core.engines.choosing import ENGINE_NAMES
print(lay_out([(1, ["1", "2"])], Reading(), "t").fault((2, ["1"]), "t"))
for cell, mark in ("1,234", ","), ("1.234", "."):
    print(mark_doubt(cell, mark, Reading(thousands=",")).text)
print(*ENGINE_NAMES.values())
"""
    environment = {**os.environ, "LANGUAGE": "pseudo", "PYTHONIOENCODING": "utf-8"}
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, cwd=REPOSITORY, env=environment, capture_output=True, encoding="utf-8", check=True)
    assert not {"line", "comma", "point", "none", "compiled", "engine"} & set(re.findall("[a-z]+", done.stdout))


def test_argparse_speaks_the_language_too() -> None:
    """Its own words come from our catalogues."""
    code = "from cli.main import main\nfor word in '--help', '--epochs', '--quiet=4': main(['train', word])"
    environment = {**os.environ, "LANGUAGE": "pseudo", "PYTHONIOENCODING": "utf-8"}
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, cwd=REPOSITORY, env=environment, capture_output=True, encoding="utf-8", check=True)
    assert pseudo("show this help message and exit").split()[0] in done.stdout
    for word in ("usage", "options:", "show ", "message", "version and"):
        assert word not in done.stdout
    one, two = done.stderr.splitlines()
    assert one.startswith(f"--epochs: {pseudo('expected one argument')}; ")
    assert two.startswith("--quiet: ") and "'4'" in two and "ignored" not in two


def test_english_needs_no_catalogue() -> None:
    """Its texts behave as those of Python's gettext without a catalogue do."""
    texts, python = chosen_texts({"LANG": "en_US.UTF-8"}), gettext.NullTranslations()
    assert not isinstance(texts, gettext.NullTranslations), "the module need not be loaded for it"
    for one in (texts, python):
        assert one.info() == {}
        assert one.gettext("Open") == one.pgettext("a menu", "Open") == "Open"
        assert [one.ngettext("{n} point", "{n} points", n) for n in (0, 1, 2)] == [
            "{n} points",
            "{n} point",
            "{n} points",
        ]
