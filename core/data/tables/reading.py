"""Reading: how a text file is to be read as a table, and how a cell is read as a number."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from core.base.errors import DataError
from core.base.translation import _
from core.base.values import dataclass

ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16-le": _("UTF-16, low byte first"),
    "utf-16-be": _("UTF-16, high byte first"),
    "cp1252": _("Windows-1252, Western European"),
    "iso8859-15": _("ISO 8859-15, Western European"),
    "cp1250": _("Windows-1250, Central European"),
    "cp1251": _("Windows-1251, Cyrillic"),
    "koi8-r": _("KOI8-R, Cyrillic"),
    "cp1253": _("Windows-1253, Greek"),
    "mac-roman": _("Mac Roman"),
    "shift_jis": _("Shift JIS, Japanese"),
    "gb18030": _("GB 18030, Chinese"),
    "big5": _("Big5, Chinese"),
    "euc-kr": _("EUC-KR, Korean"),
}
"""Encodings that can be chosen, with what a menu calls them. A byte order mark is skipped by itself."""

DELIMITERS = {"\t": _("tab"), ";": _("semicolon"), ",": _("comma"), "|": _("pipe"), None: _("white space")}
"""Delimiters that are tried, the first of equally good ones being taken, with what a menu calls them."""
EITHER = ".,"
DECIMALS = {".": _("point"), ",": _("comma"), EITHER: _("point or comma")}
THOUSANDS = {"": _("none"), ",": _("comma"), ".": _("point"), " ": _("space"), "'": _("apostrophe")}
COMMENTS = ("#", "%", "//")
QUOTES = ('"', "'")
MAX_SKIP = 1_000_000

MISSING_WORDS = (
    "na n/a n.a. n/d k.a. nan -nan nat null (null) \\n none nil missing ? - -- --- \u2013 \u2014 . .. ... "
    "<na> #n/a #na #nv #n/d #i/t"
)
MISSING = frozenset(("", "#n/a n/a", *MISSING_WORDS.split()))
"""How a missing number is written, in lower case."""
FAULT = re.compile(r"#[A-ZÀ-Þ¡¿/0-9]+[!?]|Err:[0-9]+|-?1\.#(?:QNAN|IND|INF)[0-9]*")
"""What a spreadsheet in any language, or a C program, writes where there is no number."""
LONGEST_FAULT = 16
STRAY_SHARE = 0.05
"""A column of which a larger share than this is neither a number nor missing is a column of text."""

MARKS = {",": ",", ".": r"\.", " ": "[ \u00a0\u2009\u202f]", "'": "['\u2019]", "": "(?!)"}
"""The regular expressions of the marks of thousands."""
PLAIN_SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u221e": "inf"})
CURRENCY = "(?:[$€£¥₹]|EUR|USD|GBP|CHF|JPY)"
"""What may stand before or behind a number where ``Reading.signs`` is set, as % and ° may behind it."""

Number = Callable[[str], "float | None"]
"""A cell's value; None if the cell is no number."""
Line = tuple[int, str]
"""A line and its number, from 1."""


def is_mark(value: object, most: int) -> bool:
    """Whether it is a text of some printable characters that no number has, but for the comma."""
    return isinstance(value, str) and value.isprintable() and bool(re.fullmatch(rf"[^\w\s+\-.]{{1,{most}}}", value))


VALID: dict[str, tuple[Callable[[Any], bool], str]] = {
    "encoding": (lambda v: v in tuple(ENCODINGS), ", ".join(ENCODINGS)),
    "delimiter": (lambda v: v in (None, "\t") or is_mark(v, 1), _("one character that no number has, or None")),
    "decimal": (lambda v: v in tuple(DECIMALS), _("'.', ',' or '.,' for either")),
    "thousands": (lambda v: v in tuple(THOUSANDS), _("',', '.', ' ', \"'\" or none")),
    "header": (lambda v: isinstance(v, bool), _("True or False")),
    "comment": (lambda v: v == "" or is_mark(v, 8), _("up to 8 characters such as '#', or none")),
    "quote": (lambda v: v == "" or is_mark(v, 1), _("one character such as '\"', or none")),
    "skip": (lambda v: type(v) is int and 0 <= v <= MAX_SKIP, _("a whole number from 0 to 1,000,000")),
    "signs": (lambda v: isinstance(v, bool), _("True or False")),
    "sheet": (lambda v: isinstance(v, str), _("its name")),
}
"""For each field of a Reading which values it takes, and these in words."""


@dataclass(frozen=True)
class Reading:
    """How a text file is read as a table. DataError if a value cannot be used, or two of them contradict each other."""

    encoding: str = "utf-8"  # a key of ENCODINGS
    delimiter: str | None = ","  # the character between columns; None for any run of white space
    decimal: str = "."  # a key of DECIMALS. With a comma, numbers with a point are read too
    thousands: str = ""  # the mark between groups of three digits, a key of THOUSANDS; empty for none
    header: bool = False  # whether the first row names the columns
    comment: str = "#"  # what begins a line that is passed over; empty for nothing
    quote: str = '"'  # the character around fields that hold delimiters, doubled inside of them; empty for none
    skip: int = 0  # number of lines before the table
    signs: bool = False  # whether numbers may carry a currency sign or %, and be written (5), 1.5D+01, or 1,23,456
    sheet: str = ""  # of a workbook, the sheet's name; empty for the first visible one that holds a table

    def __post_init__(self) -> None:
        known_fields(self)
        delimiter = " " if self.delimiter is None else self.delimiter
        for mark, others, what in (
            (self.quote, (delimiter,), _("The quote and the delimiter")),
            (self.thousands, tuple(self.decimal), _("The mark of thousands and the decimal mark")),
            (self.comment, (delimiter, self.quote), _("The comment prefix and the delimiter or the quote")),
        ):
            if mark and mark in others:
                raise DataError(_("{what} are both {mark!r}; change one."), what=what, mark=mark)


Given = Reading | Mapping[str, object] | None
"""How to read: a Reading in full, or some of its fields while the others are found, or None to find them all."""


def known_fields(given: Given) -> dict[str, Any]:
    """The fields that are given. DataError if Reading has no such field, or a value cannot be used."""
    known = dict(vars(given) if isinstance(given, Reading) else given or {})
    for field, value in known.items():
        if field not in VALID:
            text = _("A reading has no field {field!r}; choose from {names}.")
            raise DataError(text, field=field, names=", ".join(VALID))
        is_valid, needed = VALID[field]
        if not is_valid(value):
            text = _("The setting {field} is {value!r}; give {needed}.")
            raise DataError(text, field=field, value=value, needed=needed)
    return known


# --- numbers


def grouped_number(reading: Reading) -> str:
    """The regular expression of a number with at least one mark of thousands."""
    mark, decimal = MARKS[reading.thousands], re.escape(reading.decimal)
    indian = rf"(?:{mark}[0-9]{{2}})*{mark}[0-9]{{3}}|" if reading.signs and reading.thousands == "," else ""
    groups = rf"(?:{indian}(?:{mark}[0-9]{{3}})+)"
    return rf"[+-]?[0-9]{{1,3}}{groups}(?:[{decimal}][0-9]*)?(?:[eE][+-]?[0-9]+)?"


def number_parser(reading: Reading) -> Number:
    """The function that reads a cell as a number, NaN and infinity included; 1_000 is none."""
    grouped, mark, comma = re.compile(grouped_number(reading)), MARKS[reading.thousands], "," in reading.decimal

    def number(text: str) -> float | None:
        text = text.strip().translate(PLAIN_SIGNS)
        text = without_signs(text) if reading.signs else text
        text = re.sub(mark, "", text) if grouped.fullmatch(text) else text
        try:
            return None if "_" in text else float(text.replace(",", ".") if comma else text)
        except ValueError:
            return None

    return number


def without_signs(text: str) -> str:
    """A number without currency signs or %, with a minus for parentheses, and with E for the D of Fortran."""
    inner = re.fullmatch(rf"{CURRENCY}?\s*\((.*[0-9].*)\)", text)
    text = f"-{inner[1]}" if inner else text
    behind = rf"(?<=[.,0-9])\s*(?:{CURRENCY}|%|°[CF]?)$"
    text = re.sub(rf"^([+-]?)\s*{CURRENCY}\s*(?=[+\-.,0-9])|{behind}", r"\1", text)
    return re.sub(r"(?<=[0-9.])[dD](?=[+-]?[0-9]+$)", "e", text)


def is_missing(text: str) -> bool:
    """Whether a cell says that there is no number."""
    text = text.strip()
    return text.casefold() in MISSING or (len(text) < LONGEST_FAULT and FAULT.fullmatch(text) is not None)


def quoted(text: str, limit: int = 24) -> str:
    """The text in quotes, cut to a length that fits a message, with unprintable characters escaped."""
    text = text.strip()
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")
