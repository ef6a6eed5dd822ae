"""Finding out how a text file is to be read."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from operator import itemgetter
from typing import Any

from core.base.errors import DataError
from core.base.translation import _
from core.data.tables import reading as form
from core.data.tables.layout import SAMPLE_ROWS, Row, common_width, find_layout, numeric_places, pattern_of
from core.data.tables.reading import Given, Line, Reading, known_fields, number_parser
from core.data.tables.source import Source, decoded
from core.data.tables.table import MAX_COLUMNS, too_many_columns
from core.data.tables.text_rows import marked_lines, rows

SAMPLE_CHARACTERS = 1 << 18
MAX_CELLS = 200
"""So many cells of a row are looked at to tell how good a delimiter is."""
MOST_MARKED_LINES = 200

GROUPS = {
    ",": re.compile(r"[+-]?[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+|(?:,[0-9]{2})+,[0-9]{3})(?:\.[0-9]*)?"),
    ".": re.compile(r"[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]*)?"),
    " ": re.compile(rf"[+-]?[1-9][0-9]{{0,2}}(?:{form.MARKS[' ']}[0-9]{{3}})+(?:[.,][0-9]*)?"),
    "'": re.compile(rf"[+-]?[1-9][0-9]{{0,2}}(?:{form.MARKS[chr(39)]}[0-9]{{3}})+(?:[.,][0-9]*)?"),
}
"""Numbers in groups of thousands, by their mark."""
INDIAN = re.compile(r"[+-]?[0-9]+(,[0-9]{2})+,[0-9]{3}(\..*)?")
WITH_COMMA = re.compile(r"[+-]?(?=.*[0-9])[0-9 .'’\u00a0\u2009\u202f]*,[0-9]*(?:[eE][+-]?[0-9]+)?")
WITH_POINT = re.compile(r"[+-]?(?=.*[0-9])[0-9]*\.[0-9]*(?:[eE][+-]?[0-9]+)?")
DIGITS = re.compile(r"[+-]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?")
IN_APOSTROPHES = re.compile(r"(?:(?<=^)|(?<=[\t;,| ]))\s*'[^']*'\s*(?=$|[\t;,| ])")
LISTS = re.compile(r"[0-9]{3}(?:([,. '])[0-9]{3})(?:\1[0-9]{3})*")  # rather codes, such as 100,200,300 or 100 200
NUMBERS_APART = re.compile(r"[-+.0-9]+(?:\s+\S+)*\s+[-+.0-9]+")


def sniff(source: Source, given: Given = None) -> Reading:
    """How a text is to be read as a table, as far as it is not given, by its encoding and its first rows.

    DataError if it is no text, or what is given cannot be used.
    """
    if isinstance(given, Reading):
        return given
    source, known = text_of(source, given), known_fields(given)
    known["encoding"] = source.encoding
    # Values that are given are checked here, with what is not known yet set so that it cannot contradict them.
    free: dict[str, Any] = {"comment": "", "quote": "", "delimiter": None}
    free["decimal"] = "," if known.get("thousands") == "." else "."
    start = Reading(**{**free, **known})
    arff = arff_attributes(source)
    if arff is not None:
        known = {"comment": "%", "skip": arff[0], "header": False, **known}
        start = replace(start, comment="%", skip=arff[0])
    sample = sample_lines(source, start.skip)
    if arff is not None and sample and sample[0][1].lstrip().startswith("{"):
        text = _("{name} is a sparse ARFF file, which is not read here; save it as a dense one.")
        raise DataError(text, name=source.name)
    told = re.fullmatch(r'"?sep=(.)"?\s*', sample[0][1]) if sample else None
    if told and "delimiter" not in known:
        known = {"skip": sample[0][0], "delimiter": told[1], **known}
        start, sample = Reading(**{**free, **known}), sample[1:]
    if "comment" in known:
        return find_reading(source, sample, start, known)
    return find_comment(source, sample, start, known)


def text_of(source: Source, given: Given, errors: str = "strict") -> Source:
    """The text of a source, decoded as it is given or found; DataError if it is none."""
    return decoded(source, known_fields(given).get("encoding", ""), errors)


def sample_lines(source: Source, skip: int) -> list[Line]:
    """The first lines behind some that are not blank, but not very many characters of them."""
    sample: list[Line] = []
    characters = 0
    for number, line in source.lines():
        if number > skip and line and not line.isspace():
            sample.append((number, line))
            characters += len(line)
            if characters > SAMPLE_CHARACTERS or len(sample) >= SAMPLE_ROWS:
                break
    return sample


def find_comment(source: Source, sample: list[Line], start: Reading, known: Mapping[str, Any]) -> Reading:
    """The reading with the mark of comments. In the midst of a table, lines that begin with it and fit are data."""
    free = [mark for mark in form.COMMENTS if mark not in (start.delimiter, start.quote)]
    marked = {mark: [line.lstrip().startswith(mark) for _, line in sample] for mark in free}
    used = [mark for mark in free if any(marked[mark])]
    plain = replace(start, comment="")
    for mark in used:
        above = next((n for (n, _), is_marked in zip(sample, marked[mark], strict=True) if not is_marked), 0)
        if not above and len(sample) > 1:  # every line begins with the mark
            continue
        reading = find_reading(source, sample, replace(start, comment=mark), known)
        if not above or not midst_fits(source, reading, above):
            return reading
        if "skip" not in known and above > 1 and marked[mark][0]:
            sample, plain = [row for row in sample if row[0] >= above], replace(plain, skip=above - 1)
            return find_reading(source, sample, plain, {**known, "skip": 0})
    unused = "" if used or not sample else free[0]
    return replace(find_reading(source, sample, plain, known), comment=unused)


def midst_fits(source: Source, reading: Reading, above: int) -> bool:
    """Whether a line in the midst of a table that begins with the comment mark fits the rows that do not."""
    marked = list(islice(marked_lines(source, reading, above), MOST_MARKED_LINES))
    if not marked:
        return False
    number, mark, without = number_parser(reading), len(reading.comment), replace(reading, comment="")
    table = [cells for _, cells in islice(rows(source, reading, source.lines(), above), SAMPLE_ROWS)]
    width = common_width(table)
    numeric = numeric_places([pattern_of(cells[:MAX_CELLS], number) for cells in table[1:]], min(width, MAX_CELLS))
    for line in marked:
        for _number, cells in split_sample(source, [line], without)[0]:
            commented = numeric[:1] == [0] and number(cells[0][mark:]) is not None
            kinds = pattern_of(cells, number)
            if len(cells) == width > 1 and not commented and all(kinds[p] != "w" for p in numeric if p):
                return True
    return False


def find_reading(source: Source, sample: list[Line], start: Reading, known: Collection[str]) -> Reading:
    """The reading that suits the sample best and holds what is known."""
    mark, kept = start.comment, uncommented(sample, start.comment)
    start = start if "quote" in known else replace(start, quote=find_quote([line for _, line in kept]))
    taken = (start.quote if "quote" in known else None, mark)
    delimiters = [d for d in form.DELIMITERS if d is None or d not in taken]
    if "delimiter" in known:
        delimiters = [start.delimiter]
    tried = []
    for delimiter in delimiters:
        reading = replace(start, delimiter=delimiter, quote="" if start.quote == delimiter else start.quote)
        found, passed = split_sample(source, sample, reading)
        tried.append((score(reading, [cells for _, cells in found], delimiters), reading, found, passed))
    _score, best, found, passed = max(tried, key=itemgetter(0))
    if found and len(found[0][1]) > MAX_COLUMNS:
        raise too_many_columns(source.name, f"{source.unit_word} {found[0][0]}")
    width = min(MAX_CELLS, max((len(cells) for _, cells in found), default=0))
    columns = [[cells[place] for _, cells in found if place < len(cells)] for place in range(width)]
    return find_layout(found, find_marks(columns, best, known), known, passed)


def uncommented(lines: Sequence[Line], mark: str) -> list[Line]:
    """The lines that do not begin with the mark of comments, if there is one."""
    return [one for one in lines if not mark or not one[1].lstrip().startswith(mark)]


def find_quote(lines: Sequence[str]) -> str:
    """The double quote, unless apostrophes stand around whole cells only, and there is no double quote."""
    single = sum(bool(IN_APOSTROPHES.search(line)) for line in lines)
    if any('"' in line for line in lines) or not single:
        return form.QUOTES[0]
    loose = any("'" in IN_APOSTROPHES.sub("", line) for line in lines)
    return form.QUOTES[1] if single > len(lines) / 2 or not loose else form.QUOTES[0]


def split_sample(source: Source, lines: Sequence[Line], reading: Reading) -> tuple[list[Row], list[Line]]:
    """The rows of the sample, up to the first whose quotes do not match, and the comments."""
    found: list[Row] = []
    passed: list[Line] = []
    try:
        found.extend(islice(rows(source, replace(reading, skip=0), lines, passed=passed), SAMPLE_ROWS))
    except DataError:
        kept = uncommented(lines, reading.comment)
        found = found or [(number, line.split(reading.delimiter, MAX_COLUMNS)) for number, line in kept]
    return found, passed


def score(reading: Reading, table: Sequence[list[str]], others: Sequence[str | None]) -> tuple[int, int, int, int]:
    """How well a delimiter parts the rows.

    Rows of one width with a number, less those with a cell that another delimiter would part; all rows of that width;
    numbers in them; all cells if there is no number.
    """
    if not table or (width := common_width(table)) < 2:
        return 0, 0, 0, 0
    decimal = "." if reading.delimiter == "," else form.EITHER
    number = number_parser(replace(reading, decimal=decimal, thousands="", signs=True))
    rivals = [mark for mark in others if mark not in (None, reading.delimiter)]
    counts, glued = [], 0
    for row in table:
        if len(row) < width or any(cell.strip() for cell in row[width:]):
            continue
        words = [cell.strip() for cell in row[:MAX_CELLS] if number(cell) is None and not is_grouped(cell)]
        counts.append(min(len(row), MAX_CELLS) - len(words))
        parted = any(mark in word for mark in rivals for word in words if mark)
        parted = parted or (reading.delimiter is not None and any(map(NUMBERS_APART.fullmatch, words)))
        glued += parted and counts[-1] > 0
    fit, numbers = sum(count > 0 for count in counts), sum(counts)
    return fit - glued, len(counts), numbers, 0 if numbers else width * len(counts)


def is_grouped(cell: str) -> bool:
    """Whether a cell is a number in groups of thousands, or with a decimal comma."""
    return any(pattern.fullmatch(cell.strip()) for pattern in (WITH_COMMA, *GROUPS.values()))


def find_marks(columns: Sequence[Sequence[str]], reading: Reading, known: Collection[str]) -> Reading:
    """The decimal mark and the mark of thousands that the cells show, and whether numbers carry signs."""
    signed = False
    cells: list[str] = []
    whole: list[str] = []
    for column in columns:
        column = [cell.strip() for cell in column]
        bare = [form.without_signs(cell) for cell in column]
        numeric = [bool(DIGITS.fullmatch(cell)) or is_grouped(cell) for cell in bare]
        if any(column) and sum(numeric) > len(column) / 2:
            signed = signed or any(n and a != b for n, a, b in zip(numeric, bare, column, strict=True))
            column = bare
        below = [cell for cell in column[1:] if cell]
        several = any(" " in cell or sum(map(cell.count, ",.'")) > 1 for cell in below)
        if not (several and all(map(LISTS.fullmatch, below))):
            cells += column
            whole += [mark for mark in ",." if has_grouped_numbers(below, mark)]
    commas = [cell for cell in cells if "," in cell and (WITH_COMMA.fullmatch(cell) or GROUPS[","].fullmatch(cell))]
    points = [cell for cell in cells if WITH_POINT.fullmatch(cell)]
    groups = {mark: [cell for cell in cells if pattern.fullmatch(cell)] for mark, pattern in GROUPS.items()}
    surely = any(cell.count(",") > 1 or "." in cell for cell in groups[","]) or points or "," in whole
    decimal, thousands = reading.decimal, reading.thousands
    if "decimal" not in known:
        if commas and len(groups[","]) == len(commas) and (surely or reading.delimiter in (",", "\t", "|")):
            decimal = "."
        elif commas or any(cell.count(".") > 1 for cell in groups["."]) or ("." in whole and reading.delimiter != ","):
            decimal = ","
        else:
            decimal = "." if points or reading.delimiter == "," else form.EITHER
    if "thousands" not in known:
        many = [cell for cell in groups["."] if cell.count(".") > 1 or "," in cell]
        if not many and len(groups["."]) < len(points):
            groups["."] = []  # 1.5 is among them, so that points are decimal marks
        thousands = next((mark for mark in (",", ".", " ", "'") if groups[mark] and mark not in decimal), "")
    elif thousands and thousands in decimal and "decimal" not in known:
        decimal = "." if thousands == "," else ","
    signs = reading.signs if "signs" in known else signed or any(map(INDIAN.fullmatch, groups[","]))
    return replace(reading, decimal=decimal, thousands=thousands, signs=signs)


def has_grouped_numbers(cells: Sequence[str], mark: str) -> bool:
    """Whether a column has whole numbers below 1000 and others in groups of three, and nothing else: 950, 1.200."""
    small = sum(re.fullmatch("[+-]?[0-9]{1,3}", cell) is not None for cell in cells)
    groups = [cell for cell in cells if mark in cell]
    return 0 < small < len(cells) == small + len(groups) and all(map(GROUPS[mark].fullmatch, groups))


# --- ARFF


def arff_attributes(source: Source) -> tuple[int, Mapping[str, str]] | None:
    """Of an ARFF file the line of ``@data``, and its attributes' types by their names; None of other files."""
    text = source.data[: 1 << 20].decode("utf-8", "ignore") if b"@" in source.data[: 1 << 16] else ""
    head = re.match(r"(?ims)(?:\s|%[^\n]*\n)*@relation\b.*?^\s*@data\b", text)
    if head is None:
        return None
    attribute = r"(?im)^\s*@attribute\s+(?:'([^']*)'|\"([^\"]*)\"|(\S+?))\s*(\{.*|\s\S.*)$"
    found = {a or b or c: kind.strip().casefold() for a, b, c, kind in re.findall(attribute, head[0])}
    return head[0].count("\n") + 1, found
