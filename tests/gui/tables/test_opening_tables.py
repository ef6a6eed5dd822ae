"""Opening tables of any shape: the reader alone, and the dialog by keys and clicks in the real window."""

from __future__ import annotations

import codecs
import importlib.util
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
from PyQt5.QtCore import QMimeData, QPoint, Qt, QUrl
from PyQt5.QtGui import QDropEvent
from PyQt5.QtWidgets import QApplication, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from core.data.data_source import DataSource, load
from core.data.dataset import Dataset
from core.workbench.table_wishes import Wishes
from gui.tables.table_dialog import TableDialog
from gui.tables.table_reader import Origin, Outcome, ReadRequest, TableReader
from gui.widgets.fields import ChoiceBox
from gui.widgets.theme import LIGHT
from gui.window.main_window import MainWindow
from tests.gui.conftest import drawn

KINDS = ("setosa", "versicolor", "virginica")
NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


def flowers(delimiter: str = ",", decimal: str = ".", end: str = "\n") -> str:
    """A table in the shape of the well-known one: four measures and a kind."""
    lines = [delimiter.join(["sepal length", "sepal width", "petal length", "petal width", "species"])]
    for row in range(60):
        cells = [f"{5 + row % 7 / 10:.1f}", f"{3 + row % 5 / 10:.1f}", f"{1 + row % 3 * 2}.5", f"{0.2 + row % 3:.1f}"]
        lines.append(delimiter.join([*(cell.replace(".", decimal) for cell in cells), KINDS[row % 3]]))
    return end.join([*lines, ""])


# ---- What is read.

GOOD: dict[str, tuple[bytes, tuple[int, ...], tuple[str, ...]]] = {
    # the contents, the shape of the points, the classes
    "commas": (flowers().encode(), (60, 4), KINDS),
    "mark of UTF-8, CRLF": (codecs.BOM_UTF8 + flowers(end="\r\n").encode(), (60, 4), KINDS),
    "semicolons, decimal commas": (flowers(";", ",").encode(), (60, 4), KINDS),
    "tabs, UTF-16": (flowers("\t").encode("utf-16"), (60, 4), KINDS),
    "white space": (b"1.5 2 0\n3 -4.25 1\n0.5 6 0\n", (3, 2), ("0", "1")),
    "quoted commas": (b'who,a,b,k\n"Doe, J",1,2,"x, y"\n"Roe",3,4,z\n"P",5,7,z\n', (3, 2), ("x, y", "z")),
    "Windows-1252": ("größe;höhe;art\n1,5;2;grün\n2,5;3;weiß\n".encode("cp1252"), (2, 2), ("grün", "weiß")),
    "Windows-1252, late": (b"1,2,a\n" * 200_000 + b"1,3,\xe4\n", (200_001, 2), ("a", "ä")),
    "headers twice": (b"a,a,,k\n1,2,3,u\n3,4,1,v\n", (2, 3), ("u", "v")),
    "gaps and infinities": (b"a,b,k\n1,2,u\nnan,2,u\n3,inf,v\n3,4,v\n-,9,u\n", (2, 2), ("u", "v")),
    "labels with zeros": (b"a,b,class\n1.5,2,007\n2.5,3,08\n4.5,1,007\n", (3, 2), ("007", "08")),
    "labels 1.0": (b"a,b,class\n1.5,2,1.0\n2.5,3,2.0\n4.5,1,1.0\n", (3, 2), ("1", "2")),
    "whole numbers at first": (b"a,b,c\n" + b"1.5,2,3\n2.5,0.5,4\n" * 60 + b"7,7,0.25\n", (121, 2), ()),
    "many whole numbers later": (
        b"a,b,c\n" + b"1.5,2,3\n2.5,0.5,4\n" * 60 + b"".join(b"1,2,%d\n" % n for n in range(40)),
        (160, 2),
        (),
    ),
    "thousands of whole numbers later": (
        b"a,b,c\n" + b"1.5,2,3\n2.5,0.5,4\n" * 60 + b"".join(b"1,2,%d\n" % n for n in range(2000)),
        (2120, 2),
        (),
    ),
    "text late": (b"a,b,c\n" + b"1.5,2,3\n2.5,0.5,4\n" * 60 + b"1,2,x\n" * 20, (140, 2), ("3", "4", "x")),
    "a title and comments": (b"May\n\n# c\na;b;k\n1;2;u\n3;4;v\n5;6;v\n", (3, 2), ("u", "v")),
    "ninety columns": (
        ",".join([*(f"m{n}" for n in range(90)), "k"]).encode()
        + b"".join(b"\n" + b"1.5," * 90 + kind for kind in (b"u", b"v", b"v")),
        (3, 2),
        ("u", "v"),
    ),
}
GUESS = ". The target species is a guess: see Learn"
WRONG: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "is empty; it needs rows of numbers."),
    "binary": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01", "a picture, not a table"),
    "100,000 columns": ((b"1," * 99_999 + b"1\n") * 2, "more than 10 000 columns"),
    "ragged": (b"x,y,k\n1,2,a\n3,4\n5,6,b\n", "line 3: 2 columns, but 3 are expected"),
    "ragged, late": (b"x,y,k\n" + b"1,2,a\n" * 300 + b"1,2\n", "line 302: 2 columns"),
    "one class": (b"x,y,k\n1,2,a\n3,4,a\n", "every row has the label 'a'"),
    "two columns": (b"x,k\n1,a\n2,b\n", "1 column of numbers among 2"),
    "a folder": (b"", "is a folder"),
    "150 classes": (
        b"a,b,k\n" + b"".join(b"%d.5,2,k%d\n" % (n, n % 150) for n in range(400)),
        "150 different labels, and at most 100 classes can be learned",
    ),
}
REAL = {"iris": (150, 4, 3), "wine_data": (178, 13, 3), "breast_cancer": (569, 30, 2), "linnerud_exercise": (20, 2, 0)}


class Answers:
    """A reader and what it answers."""

    def __init__(self, qtbot: QtBot) -> None:
        self._qtbot = qtbot
        self.outcomes: list[Outcome] = []
        self.reader = TableReader()
        self.reader.settled.connect(self.outcomes.append)

    def of(self, request: ReadRequest) -> Outcome:
        self.reader.ask(request)
        self._qtbot.waitUntil(lambda: bool(self.outcomes) and self.outcomes[-1].request is request)
        return self.outcomes[-1]


@pytest.fixture
def answers(qtbot: QtBot) -> Iterator[Answers]:
    answers = Answers(qtbot)
    yield answers
    answers.reader.close()


def read_again(path: Path, outcome: Outcome) -> Dataset:
    """The same data as the command line or a project would read them."""
    return load(DataSource("file", str(path), reading=outcome.reading, choice=outcome.choice))


def assert_same(first: Dataset | None, second: Dataset) -> None:
    assert first is not None
    assert first.points.tobytes() == second.points.tobytes()
    assert first.labels.tobytes() == second.labels.tobytes()
    assert (first.targets is None) == (second.targets is None)
    assert first.targets is None or first.targets.tobytes() == second.targets.tobytes()
    assert (first.class_names, first.column_names, first.name) == (
        second.class_names, second.column_names, second.name,
    )  # fmt: skip


def test_each_table_is_opened_at_the_first_try_or_refused_in_words(answers: Answers, tmp_path: Path) -> None:
    for number, (name, (content, shape, classes)) in enumerate(GOOD.items()):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(content)
        outcome = answers.of(ReadRequest(Origin(str(path))))
        assert (outcome.problem, outcome.detail) == ("", ""), name
        assert outcome.selection is not None
        assert outcome.selection.dataset.points.shape == shape, name
        assert outcome.selection.dataset.class_names == classes, name
        assert_same(outcome.selection.dataset, read_again(path, outcome))
    for number, (name, (content, words)) in enumerate(WRONG.items()):
        path = tmp_path / f"wrong{number}.csv"
        if name == "a folder":
            path.mkdir()
        else:
            path.write_bytes(content)
        outcome = answers.of(ReadRequest(Origin(str(path))))
        assert words in outcome.problem, name
        assert path.name in outcome.problem, name
        assert (outcome.selection, outcome.detail) == (None, ""), name


@pytest.mark.parametrize("name", REAL)
def test_tables_of_scikit_learn(answers: Answers, name: str) -> None:
    package = importlib.util.find_spec("sklearn")
    if package is None or package.origin is None:
        pytest.skip("scikit-learn is not installed")
    path = Path(package.origin).parent / "datasets" / "data" / f"{name}.csv"
    rows, inputs, classes = REAL[name]
    outcome = answers.of(ReadRequest(Origin(str(path))))
    assert outcome.problem == ""
    assert outcome.selection is not None
    assert outcome.selection.dataset.points.shape == (rows, inputs)
    assert outcome.selection.dataset.n_classes == classes
    assert_same(outcome.selection.dataset, read_again(path, outcome))


def test_wishes_are_granted_as_far_as_the_table_can(answers: Answers, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "id,a,b,c,kind,size\n" + "".join(f"{n},{n}.5,{-n},{n % 3},{KINDS[n % 3]},{n / 7}\n" for n in range(30))
    )

    def choice(**wishes: object) -> tuple[object, ...]:
        outcome = answers.of(ReadRequest(Origin(str(path)), {}, Wishes(**wishes)))
        assert outcome.choice is not None, outcome.problem
        assert outcome.problem or outcome.selection is not None
        c = outcome.choice
        if outcome.selection is not None:
            assert_same(outcome.selection.dataset, read_again(path, outcome))
        return c.shown, c.target, c.task, c.inputs

    assert choice() == (("a", "b"), "kind", "classification", ("a", "b", "c", "size"))
    assert choice(target="c") == (("a", "b"), "c", "classification", ("a", "b", "size"))
    assert choice(target="size") == (("a", "b"), "size", "regression", ("a", "b", "c"))
    assert choice(target="a") == (("b", "c"), "a", "regression", ("b", "c", "size"))
    assert choice(target="c", task="regression") == (("a", "b"), "c", "regression", ("a", "b", "size"))
    assert choice(shown=("size", "a"), inputs={"c": False, "b": False}) == (
        ("size", "a"), "kind", "classification", ("a", "size"),
    )  # fmt: skip
    assert choice(shown=("kind", None), target="none", inputs={"id": True})[3] == ("id", "a", "b", "c", "size")
    before = answers.outcomes[-1].choice
    assert before is not None
    assert choice(**vars(Wishes.of(before, standardize=True)))[3] == before.inputs


def test_a_newer_request_overtakes_and_an_end_does_not_wait(answers: Answers, tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_text("x,y,kind\n" + "1.25,2.5,a\n3.5,-4.25,b\n" * 200_000)
    told: list[float] = []
    answers.reader.progressed.connect(lambda _, part: told.append(part))
    first, second = ReadRequest(Origin(str(path)), {"skip": 1}), ReadRequest(Origin(str(path)))
    answers.reader.ask(first)
    answers._qtbot.waitUntil(lambda: bool(told))
    assert answers.of(second).selection is not None
    assert [outcome.request for outcome in answers.outcomes] == [second]
    assert len(told) > 1
    answers.reader.ask(ReadRequest(Origin(str(path)), {"skip": 2}))
    before = len(told)
    answers._qtbot.waitUntil(lambda: len(told) > before)
    answers.reader.close()
    QApplication.processEvents()
    assert [outcome.request for outcome in answers.outcomes] == [second], "it did not read on to the end"


# ---- The dialog in the window.


def shown(qtbot: QtBot, window: MainWindow) -> TableDialog:
    """The dialog that has just been opened, when all is read."""
    [dialog] = [d for d in window.findChildren(TableDialog) if d.isVisible()]
    settled(qtbot, dialog)
    return dialog


def settled(qtbot: QtBot, dialog: TableDialog) -> None:
    qtbot.waitUntil(lambda: not dialog.line.text().startswith("Reading"))


def key(qtbot: QtBot, window: QWidget, code: int, modifier: Qt.KeyboardModifiers = NONE) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window.focusWidget(), code, modifier)


def drop(window: MainWindow, path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    window.dropEvent(QDropEvent(QPoint(50, 50), Qt.DropAction.CopyAction, mime, Qt.MouseButton.NoButton, NONE))


def learned(qtbot: QtBot, window: MainWindow, name: str) -> Dataset:
    qtbot.waitUntil(lambda: name in window.windowTitle() and drawn(window))
    assert window.session.loaded is not None
    return window.session.loaded.preparation.dataset


def pick(qtbot: QtBot, dialog: TableDialog, box: ChoiceBox, text: str) -> None:
    """Choose an entry by the arrow keys."""
    box.setFocus()
    while box.currentText() != text:
        before = box.currentIndex()
        qtbot.keyClick(box, Qt.Key.Key_Down if box.findText(text) > before else Qt.Key.Key_Up)
        assert box.currentIndex() != before
        settled(qtbot, dialog)


def test_the_dialog_for_files_shows_tables_of_every_kind(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    offered = []
    monkeypatch.setattr(
        QFileDialog, "getOpenFileName", lambda *given: (offered.append(given[-1].partition(";;")[0]), ("", ""))[1]
    )
    window.actions_by_name["open"].trigger()
    patterns = offered[0].removeprefix("Tables (").removesuffix(")").split()
    for name in (
        *("a.csv", "a.tsv", "a.txt", "a.tab", "a.dat", "a.csv.gz", "a.csv.zip", "a.xlsx", "a.xls", "a.ods"),
        *("a.parquet", "a.feather", "a.json", "a.jsonl", "a.arff", "a.libsvm", "a.npy", "a.npz"),
    ):
        assert any(fnmatch(name, pattern) for pattern in patterns), name


def test_a_table_is_dropped_looked_at_and_learned(
    qtbot: QtBot, window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "flowers.csv"
    path.write_text(flowers(";", ","))
    monkeypatch.setattr("core.workbench.open_runs.load", lambda source: pytest.fail(f"{source} is read twice"))
    drop(window, path)
    dialog = shown(qtbot, window)
    assert not dialog.reading.sheet.isVisible(), "a text has no sheets"
    assert dialog.line.text() == "60 rows, 4 inputs, 3 classes: setosa, versicolor, virginica" + GUESS
    assert [dialog.preview.model().headerData(k, Qt.Orientation.Horizontal) for k in (0, 2, 4)] == [
        "sepal length\nacross →", "petal length\ninput", "species\nlearned",
    ]  # fmt: skip
    assert (dialog.reading.delimiter.currentText(), dialog.reading.decimal.value()) == ("semicolon", ",")
    assert dialog.columns.standardize.isChecked()

    pick(qtbot, dialog, dialog.reading.delimiter, "pipe")
    assert "two inputs and a label or target are needed" in dialog.line.text()
    assert not dialog.open_button.isEnabled()
    key(qtbot, dialog, Qt.Key.Key_Return)
    assert dialog.isVisible()
    qtbot.mouseClick(dialog.reading.again, Qt.MouseButton.LeftButton)
    settled(qtbot, dialog)
    key(qtbot, dialog, Qt.Key.Key_F, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: dialog.columns.target.currentText() == "x5")  # by its shortcut a box is pressed for a while
    assert not dialog.reading.header.isChecked()
    dialog.reading.header.click()
    settled(qtbot, dialog)

    pick(qtbot, dialog, dialog.columns.across, "petal length")
    pick(qtbot, dialog, dialog.columns.up, "petal length")  # and so they change places
    assert dialog.columns.across.currentText() == "sepal width"
    dialog.columns.inputs.setFocus()
    key(qtbot, dialog, Qt.Key.Key_Home)
    key(qtbot, dialog, Qt.Key.Key_Space)
    settled(qtbot, dialog)
    assert dialog.line.text().startswith("60 rows, 3 inputs, 3 classes")
    key(qtbot, dialog, Qt.Key.Key_Return)
    data = learned(qtbot, window, "flowers.csv")
    experiment = window.session.experiment
    assert experiment is not None
    assert data.column_names == ("sepal width", "petal length", "petal width")
    assert experiment.features == ("x1", "x2", "x3")
    assert data.class_names == KINDS
    assert experiment.standardize
    assert_same(data, load(experiment.data))
    report = window.exports.report()
    assert report is not None
    assert report.class_names == KINDS
    labels = [label.text() for label in window.scatter.findChildren(QLabel)]
    assert any(all(kind in text for kind in KINDS) for text in labels), "the legend"

    qtbot.mouseClick(window.panels.data.columns, Qt.MouseButton.LeftButton)
    dialog = shown(qtbot, window)
    assert dialog.line.text().startswith("60 rows, 3 inputs, 3 classes")
    pick(qtbot, dialog, dialog.columns.target, "petal width")
    assert dialog.line.text() == "60 rows, 2 inputs, the number petal width"
    key(qtbot, dialog, Qt.Key.Key_Escape)
    assert window.session.at_rest
    assert window.session.experiment == experiment
    named = ("a", "b", "c")
    window.session.rename_classes(named)
    qtbot.waitUntil(lambda: window.session.loaded is not None and window.session.loaded.dataset.class_names == named)
    qtbot.mouseClick(window.panels.data.columns, Qt.MouseButton.LeftButton)
    dialog = shown(qtbot, window)
    pick(qtbot, dialog, dialog.columns.across, "petal length")
    key(qtbot, dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(
        lambda: window.session.loaded is not None and window.session.loaded.dataset.column_names[0] == "petal length"
    )
    assert window.session.loaded is not None
    assert window.session.loaded.dataset.class_names == named, "other inputs, but the same classes"
    qtbot.mouseClick(window.panels.data.columns, Qt.MouseButton.LeftButton)
    dialog = shown(qtbot, window)
    pick(qtbot, dialog, dialog.columns.target, "petal width")
    key(qtbot, dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.session.experiment is not None and window.session.experiment.task == "regression")
    assert window.session.experiment is not None
    assert window.session.experiment.output == "linear"
    assert learned(qtbot, window, "flowers.csv").output_names == ("petal width",)


def test_the_setting_that_settles_a_doubt_is_marked(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a;b;k\n" + "".join(f"1{n}.000;{n};{'xy'[n % 2]}\n" for n in range(9)))
    dialog = TableDialog(Origin(str(path)), LIGHT, False, None)
    qtbot.addWidget(dialog)
    settled(qtbot, dialog)
    labels = {
        name: dialog.reading.form.labelForField(getattr(dialog.reading, name)) for name in ("thousands", "decimal")
    }
    assert "'10.000' is read as 10" in dialog.doubts.text()
    assert dialog.doubts.text().endswith(" See “Thousands”.") and "--" not in dialog.doubts.text()
    assert [bool(label is not None and label.property("wrong")) for label in labels.values()] == [True, False]
    pick(qtbot, dialog, dialog.reading.thousands, "point")
    assert not any(label is None or label.property("wrong") for label in labels.values()), "it is settled"
    dialog.reject()


def test_the_marks_of_thousands_and_of_quotes_are_shown_and_chosen(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "sums.csv"
    path.write_text("a;b;k\n" + "".join(f"{n}.500,5;'{n};{n}';{'xy'[n % 2]}\n" for n in range(1, 9)))
    drop(window, path)
    dialog = shown(qtbot, window)
    reading = dialog.reading
    assert (reading.thousands.currentText(), reading.quote.currentText()) == ("point", "'")
    assert dialog.preview.model().columnCount() == 3
    pick(qtbot, dialog, reading.quote, "none")
    assert dialog.preview.model().columnCount() == 4
    qtbot.mouseClick(reading.again, Qt.MouseButton.LeftButton)
    settled(qtbot, dialog)
    assert reading.quote.currentText() == "'"

    key(qtbot, dialog, Qt.Key.Key_T, Qt.KeyboardModifier.AltModifier)
    assert reading.thousands.hasFocus()
    key(qtbot, dialog, Qt.Key.Key_Down)  # from the point to the space
    settled(qtbot, dialog)
    assert (reading.thousands.currentText(), reading.decimal.currentText()) == ("space", "comma")
    pick(qtbot, dialog, reading.thousands, "point")
    pick(qtbot, dialog, reading.decimal, "point")
    assert dialog.line.text() == "The mark of thousands and the decimal mark are both '.'; change one."
    pick(qtbot, dialog, reading.thousands, "none")
    assert "are both" not in dialog.line.text(), "it could be mended"


def test_a_table_is_pasted_and_what_is_none_changes_nothing(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    before = window.session.loaded
    for name in ("empty", "binary", "100,000 columns", "ragged, late"):
        path = tmp_path / "wrong.csv"
        path.write_bytes(WRONG[name][0])
        drop(window, path)
        dialog = shown(qtbot, window)
        assert WRONG[name][1] in dialog.line.text()
        assert not dialog.open_button.isEnabled()
        key(qtbot, dialog, Qt.Key.Key_Escape)
    clipboard = QApplication.clipboard()
    clipboard.clear()
    window.network.setFocus()
    key(qtbot, window, Qt.Key.Key_V, CONTROL)
    assert "The clipboard holds no text" in window.notices.newest.text.text()
    clipboard.setText(flowers("\t", ",", "\r\n"))
    window.toolbar.epochs.setFocus()
    key(qtbot, window, Qt.Key.Key_V, CONTROL)
    assert not [d for d in window.findChildren(TableDialog) if d.isVisible()], "it was meant for the field"
    assert window.session.loaded is before
    window.network.setFocus()
    key(qtbot, window, Qt.Key.Key_V, CONTROL)
    dialog = shown(qtbot, window)
    assert dialog.line.text() == "60 rows, 4 inputs, 3 classes: setosa, versicolor, virginica" + GUESS
    for name in ("petal length", "petal width"):
        [item] = dialog.columns.inputs.findItems(name, Qt.MatchFlag.MatchExactly)
        item.setCheckState(Qt.CheckState.Unchecked)
    key(qtbot, dialog, Qt.Key.Key_Return)  # before it is read
    data = learned(qtbot, window, "pasted-")
    assert window.session.experiment is not None
    source = window.session.experiment.data
    assert Path(source.path).parent.name == "pasted"
    assert data.class_names == KINDS
    assert_same(data, load(source))
