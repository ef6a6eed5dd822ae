"""The field for a rule, which is checked at each key and used when it is complete and valid."""

from __future__ import annotations

import re
from dataclasses import replace

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from core.base.errors import LensError
from core.base.translation import _
from core.base.typeset import escaped
from core.data.data_source import FIRST_RULE, RULE, DataSource, load, with_rule
from core.network.tasks import CLASSIFICATION, REGRESSION
from gui.widgets.fields import TextField
from gui.widgets.forms import RESETS, bare
from gui.widgets.plain_text import plain
from gui.widgets.qt_objects import existing
from gui.widgets.readout import WrappedReadout

CHECKED_POINTS = 1_000
"""The number of points on which a rule is checked while it is typed; the run checks it on all points."""

EXCERPT = 12
"""The number of characters of the rule that are shown on either side of a fault, and of the fault itself."""

LINES = 4
"""There is always room for so many lines below the rule, and a longer message leaves the excerpt out."""

EXAMPLES = (
    (_("Wave"), FIRST_RULE, None),
    (_("Disc"), "x1^2 + x2^2 < 9", None),
    (_("Two quadrants, cut off"), "x1*x2 > 0 and abs(x1) < 3", None),
    (_("Chessboard"), "(floor(x1/3) + floor(x2/3)) mod 2 == 0", None),
    (_("Rings"), "sin(2*r) > 0", None),
    (_("Spiral"), "sin(r - atan2(x2, x1)) > 0", None),
    (_("Heart"), "(x1^2 + x2^2 - 9)^3 < 3*x1^2*x2^3", None),
    (_("Three stripes, in turn"), "floor(x1/2) mod 3", CLASSIFICATION),
    (_("Four sectors"), "(x1 > 0) + 2*(x2 > 0)", CLASSIFICATION),
    (_("Saddle (a number)"), "x1*x2/10", REGRESSION),
    (_("Ripples (a number)"), "sin(x1)*x2/3", REGRESSION),
)
"""Title, rule and task of each example; None for the task that the rule implies."""

TIP = _(
    "What labels the points: a condition such as x2 > sin(2*x1) parts two classes, a number such as sin(x1)*x2/3 is "
    "learned or gives a class by its whole part.\n"
    "Names: x1, x2, r (the radius), pi, e. Signs: + - * / ^ mod, < <= > >= == !=, and, or, not.\n"
    "Functions: sin cos tan exp log sqrt abs min max floor ceil round sign tanh atan2.\n"
    "Enter takes it, Esc brings the former one back. {resets}"
).format(resets=RESETS)


class RuleEditor(QWidget):
    """A field for the rule, a menu of examples, and a line that explains the rule or its fault.

    Signals:
        changed(DataSource): another rule that is right.
    """

    changed = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self._source: DataSource | None = None
        self.line = TextField()
        self.line.setAccessibleName(_("Rule"))
        self.line.setPlaceholderText(FIRST_RULE)
        self.line.setToolTip(plain(TIP))
        self.line.textEdited.connect(self._tell)
        self.line.editingFinished.connect(self._take)
        self.line.given_up.connect(self._give_up)
        self.examples = QToolButton()
        self.examples.setText("▾")
        self.examples.setAccessibleName(_("Examples"))
        self.examples.setToolTip(_("Examples of rules"))
        self.examples.setProperty("role", "menu")
        self.examples.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.examples.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(self.examples)
        menu.setToolTipsVisible(True)
        for title, rule, task in EXAMPLES:
            action = existing(menu.addAction(f"{title}\t{rule}"))
            action.triggered.connect(lambda _, rule=rule, task=task: self._take_example(rule, task))
        self.examples.setMenu(menu)
        self.verdict = WrappedReadout(LINES, LINES)
        self.verdict.label.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.verdict.label.setTextFormat(Qt.TextFormat.RichText)
        self.verdict.label.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        top = QHBoxLayout()
        top.addWidget(self.line, 1)
        top.addWidget(self.examples)
        layout = bare(QVBoxLayout(self), 3)
        layout.addLayout(top)
        layout.addWidget(self.verdict)

    def show_source(self, source: DataSource) -> None:
        """Show a source's rule; text that the user is typing is kept unless the source has another rule."""
        before, self._source = self._source, source
        if source.kind == RULE and (before is None or (before.rule, before.task) != (source.rule, source.task)):
            if source.rule != self.line.text():
                self.line.setText(source.rule)
                self.line.setCursorPosition(0)  # so that a long one shows its beginning
            self._check()

    def wanted(self, source: DataSource) -> DataSource:
        """The source with the rule that was typed last, if that is valid."""
        try:
            return with_rule(source, self.line.text())
        except LensError:
            return source

    def _tell(self, _: str) -> None:
        self._check()

    def _check(self) -> DataSource | None:
        """Explain the text or its fault; returns the source with this rule if it is valid."""
        assert self._source is not None
        try:
            wanted = with_rule(self._source, self.line.text())
            load(replace(wanted, samples=min(wanted.samples, CHECKED_POINTS), class_names=()))
        except LensError as error:
            self._show_fault(error)
            return None
        self._say(meaning(wanted), "faint")
        return wanted

    def _show_fault(self, error: LensError) -> None:
        from core.data.rules.rule_parser import RuleError

        text = self.line.text()
        if not isinstance(error, RuleError):
            self._say(_escaped(str(error)), "wrong")
            return
        reason = error.reason[:1].upper() + error.reason[1:]
        sentence = _escaped(f"{reason}{'' if reason.endswith('?') else '.'}")
        if error.start >= len(text.rstrip()):  # not wrong, only not done
            self._say(sentence, "faint")
            return
        before, bad, after = text[: error.start], text[error.start : error.end], text[error.end :]
        before = before if len(before) <= EXCERPT else f"…{before[-EXCERPT:]}"
        bad, after = (part if len(part) <= EXCERPT else f"{part[:EXCERPT]}…" for part in (bad, after))
        shown = f"{_escaped(before)}<u><b>{_escaped(bad)}</b></u>{_escaped(after)}"
        sentence = sentence[:1].lower() + sentence[1:]
        place = _("At character {place}: {sentence}").format(place=error.start + 1, sentence=sentence)
        self._say(f"{shown}<br>{place}", "wrong", place)

    def _say(self, text: str, role: str, shorter: str = "") -> None:
        label = self.verdict.label
        if label.property("role") != role:
            label.setProperty("role", role)
            style = existing(label.style())
            style.unpolish(label)
            style.polish(label)
        self.verdict.set_text(text, anew=True, shorter=shorter)

    def _take(self) -> None:
        if self._source is None or self._source.kind != RULE or self.line.text() == self._source.rule:
            return
        wanted = self._check()
        if wanted is None:
            self.line.refuse()
        else:
            self.changed.emit(wanted)

    def _give_up(self) -> None:
        if self._source is not None:
            self.line.setText(self._source.rule)
            self._check()

    def _take_example(self, rule: str, task: str | None) -> None:
        if self._source is not None:
            self.line.setText(rule)
            self.changed.emit(replace(with_rule(self._source, rule), task=task, class_names=()))
            self._check()


def _escaped(text: str) -> str:
    """A text as HTML that may be wrapped anywhere in a long word, which would be cut off otherwise."""
    wrapped = re.sub(r"\S{9,}", lambda word: "\u200b".join(re.findall(r"[\w.]{1,16}|\W", word[0])), text)
    return escaped(wrapped)


def meaning(source: DataSource) -> str:
    """The meaning of a rule, as HTML."""
    from core.base.typeset import math_html
    from core.data.rules.rule_parser import parse_rule
    from core.data.rules.rule_tree import is_condition, write_rule

    tree = parse_rule(source.rule)
    text = math_html(write_rule(tree))
    if is_condition(tree):
        return _("Class 1 where {text}").format(text=text)
    return _("Class ⌊{text}⌋").format(text=text) if source.task == CLASSIFICATION else f"<i>y</i> = {text}"
