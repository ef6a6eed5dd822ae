"""A message is one short line, whatever the names, paths and files hold that it is about."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.main import main
from core.base.atomic_files import write_whole
from core.base.errors import LONGEST_MESSAGE, DataError, ExperimentError, LensError, one_line, shorten
from core.data.data_source import DataSource, load
from core.data.tables.column_choice import Choice
from core.storage.project import load_project
from core.storage.weights_file import load_weights

HOSTILE = "\x1b[31m\r\nred\t\x00\u2028\u202e" + "long " * 100


@given(st.text(max_size=1000), st.sampled_from([LensError, DataError]))
def test_every_error_is_one_short_line(text: str, kind: type[LensError]) -> None:
    message = str(kind(text))
    assert message.isprintable()
    assert len(message) <= LONGEST_MESSAGE
    assert str(ExperimentError("bias", text)) == message


def test_a_long_message_keeps_its_beginning_and_its_end() -> None:
    message = str(LensError(f"The file {'x' * 1000} is damaged; choose another."))
    assert message.startswith("The file xxx")
    assert message.endswith("xxx is damaged; choose another.")
    assert " … " in message


def test_a_short_message_is_left_as_it_is() -> None:
    assert str(LensError("“größe” is −1 · 10⁻³; choose 3 × 4.")) == "“größe” is −1 · 10⁻³; choose 3 × 4."
    assert one_line("two\n\n lines") == "two lines"


@given(st.text(max_size=200))
def test_a_quoted_text_is_short(text: str) -> None:
    assert len(shorten(text)) <= 63
    assert shorten(text).isprintable()


def hostile_files(folder: Path) -> dict[str, bytes]:
    names = HOSTILE.replace("\x00", "").encode()
    return {
        "ragged": b"a,b,c\n1,2,x\n1,2,3,4\n",
        "label": b"a,b," + names.replace(b"\r\n", b" ") + b"\n1,2,x\n1,2,x\n",
        "quotes": b'a,b,c\n1,2,"' + names + b"\n",
        "cells": b"a,b,c\n1,2,0\n1," + names.replace(b"\r\n", b" ") + b",1\n3,4,0\n",
        "bytes": bytes(range(256)) * 10,
    }


@pytest.mark.parametrize("kind", ["ragged", "label", "quotes", "cells", "bytes"])
def test_a_hostile_file_is_refused_in_one_short_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: str
) -> None:
    file = tmp_path / f"{kind} \x1b[31m\n{'n' * 100}.csv"
    file.write_bytes(hostile_files(tmp_path)[kind])
    readers = {
        "data": lambda: load(DataSource("file", str(file))),
        "table": lambda: load(DataSource("file", str(file), choice=Choice(("a", HOSTILE), "c", "classification"))),
        "project": lambda: load_project(str(file)),
        "weights": lambda: load_weights(str(file)),
    }
    for reader in readers.values():
        with pytest.raises(LensError) as caught:
            reader()
        assert str(caught.value).isprintable()
        assert 20 < len(str(caught.value)) <= LONGEST_MESSAGE
    for words in (["--data", str(file)], ["--project", str(file)], ["--initial-weights", str(file)]):
        assert main(["train", "--epochs", "0", *words]) == 2
        err = capsys.readouterr().err
        assert err.endswith("\n")
        assert err[:-1].isprintable()
        assert len(err) <= LONGEST_MESSAGE + 1


def test_hostile_words_on_the_command_line_are_refused_in_one_short_line(capsys: pytest.CaptureFixture[str]) -> None:
    words = HOSTILE.replace("\x00", "")
    for argv in (
        [words],
        ["train", words],
        ["train", f"--{words}"],
        ["train", "--data", words],
        ["train", "--loss", words],
    ):
        assert main(argv) == 2
        err = capsys.readouterr().err
        assert err[:-1].isprintable()
        assert len(err) <= LONGEST_MESSAGE + 1


def test_a_path_that_cannot_be_written_is_told_in_one_short_line(tmp_path: Path) -> None:
    with pytest.raises(LensError, match="cannot be written") as caught:
        write_whole(tmp_path / "none" / ("x\n" * 90), b"")
    assert str(caught.value).isprintable()


def test_names_of_a_file_print_no_control_characters(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    rows = [f"{a},{b},k\x1b[3{int(a > b)}m" for a, b in np.random.default_rng(0).normal(size=(9, 2))]
    file.write_text("\n".join(["a\x1b[31m,b\x07,c", *rows]))
    for command in (["report"], ["explain", "--sample", "0"]):
        assert main([*command, "--epochs", "0", "--data", str(file)]) == 0
        out, err = capsys.readouterr()
        assert all(line.isprintable() for line in out.splitlines()), out
        assert err == ""
