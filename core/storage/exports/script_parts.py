"""The parts that exported scripts share: how to run them, the class, reading a table, and writing one."""

from __future__ import annotations

from core.network.decision_rule import TIE
from core.storage.exports.model import Model

USAGE = """\
    python THIS_FILE                shows the outputs for some points
    python THIS_FILE points.csv     shows them for the points of a table

A table has a header with the names in COLUMNS, in any order and among others; without
a header, its columns are those of the table that the network was trained on.
"""

CLASSIFY_HINT = """ classify(points)
gives the class of each: that of the largest output, of equal ones the first."""

CLASSIFY = '''

def classify(points):
    """The class of each point, as a list of names; outputs may differ by rounding."""
    rows = predict(points).tolist()
    least = [max(row) - TIE_SHARE * abs(max(row)) for row in rows]
    return [
        next((name for name, value in zip(OUTPUTS, row) if value >= m), OUTPUTS[0])
        for row, m in zip(rows, least)
    ]
'''

MAIN = '''

def number(cell):
    """A finite number with a point or a comma; None for anything else."""
    try:
        value = float(cell.strip().replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def read(path):
    """The points of a table; ends the program with a sentence where there are none."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            lines = [line for line in file if line.strip() and line[0] != "#"]
    except (OSError, ValueError) as error:
        sys.exit(f"{path} cannot be read: {error}")
    mark = max(",;\\t|", key=lines[0].count) if lines else ","
    if lines and mark in lines[0]:
        rows = list(csv.reader(lines, delimiter=mark))
    else:
        rows = [line.split() for line in lines]
    names = [name.strip() for name in rows[0]] if rows else []
WANTED    missing = [name for name in wanted if name not in names]
    places = PLACES
    if not missing:
        places, rows = [names.index(name) for name in wanted], rows[1:]
    elif NAMELESSnot any(number(name) is not None for name in names):
        have = f"its columns are {', '.join(names)}" if names else "it is empty"
        sys.exit(f"{path} has no column {' and no column '.join(missing)}; {have}.")
    if not rows:
        sys.exit(f"{path} has a header and no points.")
    points = []
    for count, row in enumerate(rows, start=1):
        cells = [row[place] if place < len(row) else "" for place in places]
        points.append([number(cell) for cell in cells])
WORDS        for name, cell, value in zip(COLUMNS, cells, points[-1]):
            if value is None:
                sys.exit(f"{path}, point {count}: {cell!r} for {name} is not a number.")
    return points


def show(points):
    """Write the points and their outputs as a table with commas between its columns."""
    table = csv.writer(sys.stdout, lineterminator="\\n")
    try:
        sys.stdout.reconfigure(errors="backslashreplace")
        table.writerow([*COLUMNS, *OUTPUTSCLASS_HEAD])
        rows = predict(points).tolist()
CLASSES        for point, row in zip(points, rows):
            table.writerow([*map(float, point), *row])
        sys.stdout.flush()
    except BrokenPipeError:  # head, or whoever else reads, has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    show(read(sys.argv[1]) if len(sys.argv) > 1 else EXAMPLES)
'''


WANTED = """\
    texts = {} if all(name in names for name in COLUMNS) else TEXTS
    wanted = [texts.get(name, (name,))[0] for name in COLUMNS]
"""
WORDS = """\
        for column, (name, text) in enumerate(texts.get(c, (c, "")) for c in COLUMNS):
            known = [other for source, other in texts.values() if source == name]
            if known and cells[column].strip() not in known:
                told = f"{cells[column]!r} for {name} is none of {', '.join(known)}."
                sys.exit(f"{path}, point {count}: {told}")
            if known:
                points[-1][column] = float(cells[column].strip() == text)
"""


def ending(model: Model) -> str:
    """The end of a script: ``classify`` for classes, and what is done when it is run."""
    classes = bool(model.classes)
    main = MAIN.replace("CLASS_HEAD", ', "class"' if classes else "")
    texts = bool(model.texts)
    main = main.replace("WANTED", WANTED if texts else "").replace("WORDS", WORDS if texts else "")
    main = main.replace("NAMELESS", "TEXTS or " if texts else "").replace("wanted", "wanted" if texts else "COLUMNS")
    named = "        rows = [[*row, name] for row, name in zip(rows, classify(points))]\n"
    main = main.replace("CLASSES", named if classes else "")
    return (CLASSIFY.replace("TIE_SHARE", repr(TIE)) if classes else "") + main
