"""Reading: how a text file is to be read as a table, and how a cell is read as a number."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from core.base.errors import DataError
from core.base.translation import _

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

WHITE_SPACE = None
DELIMITERS: dict[str | None, str] = {
    "\t": _("tab"),
    ";": _("semicolon"),
    ",": _("comma"),
    "|": _("pipe"),
    WHITE_SPACE: _("white space"),
}
"""Delimiters that are tried, the first of equally good ones being taken, with what a menu calls them."""

EITHER = ".,"
DECIMALS = {".": _("point"), ",": _("comma"), EITHER: _("point or comma")}
THOUSANDS = {"": _("none"), ",": _("comma"), ".": _("point"), " ": _("space"), "'": _("apostrophe")}
COMMENTS = ("#", "%", "//")
QUOTES = ('"', "'")
MAX_SKIP = 1_000_000

MISSING = frozenset(
    ("", "na", "n/a", "n.a.", "n/d", "k.a.", "nan", "-nan", "nat", "null", "(null)", "\\n", "none", "nil", "missing")
) | frozenset(
    (
        "?",
        "-",
        "--",
        "---",
        "\u2013",
        "\u2014",
        ".",
        "..",
        "...",
        "<na>",
        "#n/a",
        "#n/a n/a",
        "#na",
        "#nv",
        "#n/d",
        "#i/t",
    )
)
"""How a missing number is written, in lower case."""
FAULT = re.compile(r"#[A-ZÀ-Þ¡¿/0-9]+[!?]|Err:[0-9]+|-?1\.#(?:QNAN|IND|INF)[0-9]*")
"""What a spreadsheet in any language, or a C program, writes where there is no number."""

LONGEST_FAULT = 16
STRAY_SHARE = 0.05
"""A column of which a larger share than this is neither a number nor missing is a column of text."""

DECIMAL_COMMA = re.compile(r"[+-]?[0-9]*,[0-9]*(?:[eE][+-]?[0-9]+)?")
MARKS = {",": ",", ".": r"\.", " ": "[ \u00a0\u2009\u202f]", "'": "['\u2019]", "": "(?!)"}
"""The regular expressions of the marks of thousands."""
PLAIN_SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u221e": "inf"})
CURRENCY = "(?:[$€£¥₹]|EUR|USD|GBP|CHF|JPY)"
"""What may stand before or behind a number where ``Reading.signs`` is set, as % and ° may behind it."""

Number = Callable[[str], float]
"""A cell's value. ValueError if the cell is no number."""


@dataclass(frozen=True)
class Reading:
    """How a text file is read as a table.

    Attributes:
        encoding: a key of :data:`ENCODINGS`.
        delimiter: the character between columns; None for any run of white space.
        decimal: the decimal mark, a key of :data:`DECIMALS`. With a comma, numbers with a point are read too.
        thousands: the mark between groups of three digits, a key of :data:`THOUSANDS`; empty for none.
        header: whether the first row names the columns.
        comment: what begins a line that is passed over; empty for nothing.
        quote: the character around fields that hold delimiters, doubled inside of them; empty for none.
        skip: number of lines before the table.
        signs: whether numbers may carry a currency sign or %, and be written (5) for −5, 1.5D+01, or 1,23,456.
        sheet: of a workbook, the sheet's name; empty for the first visible one that holds a table.

    Raises:
        DataError: a value cannot be used, or two of them contradict each other.
    """

    encoding: str = "utf-8"
    delimiter: str | None = ","
    decimal: str = "."
    thousands: str = ""
    header: bool = False
    comment: str = "#"
    quote: str = '"'
    skip: int = 0
    signs: bool = False
    sheet: str = ""

    def __post_init__(self) -> None:
        self._check_encoding_and_marks()
        for name in ("header", "signs"):
            if not isinstance(getattr(self, name), bool):
                raise DataError(
                    _("The {name} is {value!r}; give True or False.").format(name=name, value=getattr(self, name))
                )
        if not isinstance(self.sheet, str):
            raise DataError(_("The sheet is {sheet!r}; give its name.").format(sheet=self.sheet))
        if self.delimiter is not None and not is_mark(self.delimiter, 1, "\t"):
            raise DataError(
                _("The delimiter is {delimiter!r}; give one character that no number has, or None.").format(
                    delimiter=self.delimiter
                )
            )
        if self.comment != "" and not is_mark(self.comment, 8):
            raise DataError(
                _("The comment prefix is {comment!r}; give up to 8 characters such as '#', or none.").format(
                    comment=self.comment
                )
            )
        if self.quote != "" and not is_mark(self.quote, 1):
            raise DataError(
                _("The quote is {quote!r}; give one character such as '\"', or none.").format(quote=self.quote)
            )
        if type(self.skip) is not int or not 0 <= self.skip <= MAX_SKIP:
            raise DataError(
                _("The lines to skip are {skip!r}; give a whole number from 0 to {max_skip:,}.").format(
                    skip=self.skip, max_skip=MAX_SKIP
                )
            )
        self._check_contradictions()

    def _check_encoding_and_marks(self) -> None:
        if self.encoding not in tuple(ENCODINGS):
            raise DataError(
                _("There is no encoding {encoding!r} here; choose {encodings}.").format(
                    encoding=self.encoding, encodings=", ".join(ENCODINGS)
                )
            )
        if self.decimal not in tuple(DECIMALS):
            raise DataError(
                _("The decimal mark is {decimal!r}; choose '.', ',' or '.,' for either.").format(decimal=self.decimal)
            )
        if self.thousands not in tuple(THOUSANDS):
            raise DataError(
                _("The mark of thousands is {thousands!r}; choose ',', '.', ' ', \"'\" or none.").format(
                    thousands=self.thousands
                )
            )

    def _check_contradictions(self) -> None:
        delimiter = " " if self.delimiter is None else self.delimiter
        if self.quote and self.quote == delimiter:
            raise DataError(
                _("The quote and the delimiter are both {quote!r}; choose another for one of them.").format(
                    quote=self.quote
                )
            )
        if self.thousands and self.thousands in self.decimal:
            raise DataError(
                _("The mark of thousands and the decimal mark are both {thousands!r}; change one.").format(
                    thousands=self.thousands
                )
            )
        if self.comment and self.comment in (delimiter, self.quote):
            raise DataError(
                _("The comment prefix {comment!r} is also the delimiter or the quote; change one.").format(
                    comment=self.comment
                )
            )


def is_mark(text: object, length: int, besides: str = "") -> bool:
    """Whether it is a text of 1 to ``length`` printable characters, none of which a number has.

    A character of ``besides`` will do too. A comma will do: numbers with decimal commas can be quoted.
    """
    if not isinstance(text, str) or not 1 <= len(text) <= length:
        return False
    return all(
        c in besides or (c.isprintable() and not c.isspace() and not c.isalnum() and c not in "+-._") for c in text
    )


# --- numbers


def number_parser(reading: Reading) -> Number:
    """The function that reads a cell as a number, NaN and infinity included; 1_000 is none."""
    comma = "," in reading.decimal
    grouped = grouped_number(reading)

    def number(text: str) -> float:
        text = text.strip().translate(PLAIN_SIGNS)
        if reading.signs:
            text = without_signs(text)
        if "_" in text:
            raise ValueError(text)
        if grouped.fullmatch(text):
            text = re.sub(MARKS[reading.thousands], "", text)
        if comma and DECIMAL_COMMA.fullmatch(text):
            text = text.replace(",", ".")
        return float(text)

    return number


def without_signs(text: str) -> str:
    """A number without currency signs or %, with a minus for parentheses, and with E for the D of Fortran."""
    inner = re.fullmatch(rf"{CURRENCY}?\s*\((.*[0-9].*)\)", text)
    text = f"-{inner[1]}" if inner else text
    behind = rf"(?<=[.,0-9])\s*(?:{CURRENCY}|%|°[CF]?)$"
    text = re.sub(rf"^([+-]?)\s*{CURRENCY}\s*(?=[+\-.,0-9])|{behind}", r"\1", text)
    return re.sub(r"(?<=[0-9.])[dD](?=[+-]?[0-9]+$)", "e", text)


def grouped_number(reading: Reading) -> re.Pattern[str]:
    """A number with at least one mark of thousands."""
    mark = MARKS[reading.thousands]
    indian = rf"(?:{mark}[0-9]{{2}})*{mark}[0-9]{{3}}|" if reading.signs and reading.thousands == "," else ""
    return re.compile(
        rf"[+-]?[0-9]{{1,3}}(?:{indian}(?:{mark}[0-9]{{3}})+)(?:[{re.escape(reading.decimal)}][0-9]*)?(?:[eE][+-]?[0-9]+)?"
    )


def is_number(text: str, number: Number) -> bool:
    """Whether a cell is a number, NaN and infinity included."""
    try:
        number(text)
    except ValueError:
        return False
    return True


def is_missing(text: str) -> bool:
    """Whether a cell says that there is no number."""
    text = text.strip()
    return text.casefold() in MISSING or (len(text) < LONGEST_FAULT and FAULT.fullmatch(text) is not None)


def shorten(text: str, limit: int = 24) -> str:
    """The text in quotes, cut to a length that fits a message, with unprintable characters escaped."""
    text = text.strip()
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")
