"""From the text of a rule to its tree, or to a message that says what is wrong, where, and how to correct it.

The grammar, by ascending precedence; all operators except powers associate to the left::

    rule        any of these
    or, and     conditions
    not         a condition
    < <= > >= == !=   which may follow each other, as in 0 < x1 < 3
    + -
    * / mod     mod is the remainder, at least 0 for a positive divisor; % is the same
    -           before an operand
    ^ **        -x1^2 is -(x1^2), and 2^-x1 is a power too
    number, name, function(…), (…)

A condition in parentheses counts as 0 or 1 in a sum or a product, so ``(x1 > 0) + (x2 > 0)`` has three values.
"""

from __future__ import annotations

import difflib
import math
import re
from functools import lru_cache

from core.base.errors import ExperimentError
from core.base.number_text import grouped
from core.base.translation import _
from core.base.values import dataclass
from core.data.rules.rule_tree import (
    AND,
    COMPARISON,
    FUNCTIONS,
    LEVEL,
    NAMES,
    OR,
    PRODUCT,
    SUM,
    Chain,
    Node,
    Prefix,
    RuleCall,
    RuleName,
    RuleNumber,
    RulePower,
    is_condition,
    write_rule,
)

MAX_LENGTH = 500
MAX_NESTING = 30
AROUND = 24
"""Characters of the rule that an error shows on either side of the place."""

NUMBER, WORD, SIGN, END = "number", "word", "sign", "end"

_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<word>[A-Za-z_πΠ][A-Za-z_0-9₁₂]*)"
    r"|(?P<sign>\*\*|<=|>=|==|!=|[-+*/%^<>(),−·×÷≤≥≠²³])"
)
_SPELLINGS = {"**": "^", "%": "mod", "−": "-", "·": "*", "×": "*", "÷": "/", "≤": "<=", "≥": ">=", "≠": "!="}
_FIGURES = {"²": 2.0, "³": 3.0}
_STRAY = {
    "=": _("write == to compare"),
    "&": _("write and"),
    "|": _("write or between conditions, and abs(x1) for a magnitude"),
    "!": _("write not"),
    "~": _("write not"),
    "√": _("write sqrt(…)"),
    "[": _("write ( and )"),
    "{": _("write ( and )"),
}
_MEANT = {
    "x": "x1",
    "y": "x2",
    "ln": "log",
    "radius": "r",
    "rho": "r",
    "fabs": "abs",
    "arctan2": "atan2",
    "angle": "atan2(x2, x1)",
    "sgn": "sign",
    "theta": "atan2(x2, x1)",
}


class RuleError(ExperimentError):
    """The text is not a rule; the field is ``"data"``.

    Attributes:
        reason: what is wrong and how to correct it, without the place.
        start, end: the characters at fault, counted from 0.
    """

    def __init__(self, text: str, start: int, end: int, reason: str) -> None:
        self.reason, self.start, self.end = reason, start, end
        place = (
            _(" at character {place}, {excerpt}").format(place=start + 1, excerpt=excerpt(text, start))
            if text.strip()
            else ""
        )
        super().__init__(
            "data",
            _("The rule is wrong{place}: {reason}{end}").format(
                place=place, reason=reason, end="" if reason.endswith("?") else "."
            ),
        )


def excerpt(text: str, place: int) -> str:
    """The text around a place in quotes, with a mark at the place, on one line."""
    before, after = text[max(0, place - AROUND) : place], text[place : place + AROUND]
    shown = f"{'…' if place > AROUND else ''}{before}▸{after}{'…' if place + AROUND < len(text) else ''}"
    return '"' + "".join(letter if letter.isprintable() else " " for letter in shown) + '"'


@lru_cache(maxsize=64)
def parse_rule(text: str) -> Node:
    """The tree of a rule.

    Args:
        text: at most 500 characters, with at most 30 parentheses, signs or powers inside each other.

    Raises:
        RuleError: the text is not a rule.
    """
    if len(text) > MAX_LENGTH:
        raise RuleError(
            text,
            MAX_LENGTH,
            len(text),
            _("it has {count} characters, and {max_length} are the most").format(
                count=grouped(len(text)), max_length=MAX_LENGTH
            ),
        )
    if not text.strip():
        raise RuleError(text, 0, 0, _("it is empty; write one such as x2 > sin(x1)"))
    return _Parser(text).parse()


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    start: int
    end: int
    value: float = 0.0


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        match = _TOKEN.match(text, place)
        if match is None:
            hint = _STRAY.get(text[place], "leave it out")
            shown = f'"{text[place]}"' if text[place].isprintable() else _("this character")
            raise RuleError(
                text, place, place + 1, _("{shown} has no meaning here; {hint}").format(shown=shown, hint=hint)
            )
        found += _meaning(text, match)
        place = match.end()
    return [*found, _Token(END, "", len(text), len(text))]


def _meaning(text: str, match: re.Match[str]) -> list[_Token]:
    word, (start, end) = match[0], match.span()
    if match.lastgroup == NUMBER:
        value = float(word)
        if not math.isfinite(value):
            raise RuleError(text, start, end, _("the number is too large"))
        return [_Token(NUMBER, word, start, end, value)]
    if match.lastgroup == WORD:
        word = word.lower().replace("π", "pi").translate({ord("₁"): "1", ord("₂"): "2"})
        return [_Token(SIGN if word in (*LEVEL, "not") else WORD, word, start, end)]
    if word in _FIGURES:
        return [_Token(SIGN, "^", start, end), _Token(NUMBER, word, start, end, _FIGURES[word])]
    return [_Token(SIGN, _SPELLINGS.get(word, word), start, end)]


class _Parser:
    """Recursive descent over the tokens; each method consumes the part that it is named after."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._place = 0
        self._nesting = 0

    def parse(self) -> Node:
        tree = self._chain(OR)
        if self._next.kind != END:
            self._refuse_rest()
        return tree

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place]

    def _is_next(self, *signs: str) -> bool:
        return self._next.kind == SIGN and self._next.text in signs

    def _take(self) -> _Token:
        token = self._next
        self._place += 1
        return token

    def _error(self, token: _Token, reason: str) -> RuleError:
        return RuleError(self._text, token.start, token.end, reason)

    def _deeper(self) -> None:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise self._error(
                self._next,
                _("it is nested more than {max_nesting} times; make it simpler").format(max_nesting=MAX_NESTING),
            )

    # ---------------------------------------------------------------- from what binds least to what binds most

    def _chain(self, level: int) -> Node:
        """A chain of operators of this level, or a part of higher precedence."""
        first = self._next
        operands, operators = [self._below(level)], []
        while self._next.kind == SIGN and LEVEL.get(self._next.text) == level:
            sign = self._take()
            operators.append(sign.text)
            if level <= AND and len(operators) == 1:
                self._require_condition(operands[0], first, sign.text)
            start = self._next
            operands.append(self._below(level))
            if level <= AND:
                self._require_condition(operands[-1], start, sign.text)
        return Chain(tuple(operators), tuple(operands)) if operators else operands[0]

    def _below(self, level: int) -> Node:
        if level == AND:
            return self._not()
        return self._minus() if level == PRODUCT else self._chain({OR: AND, COMPARISON: SUM, SUM: PRODUCT}[level])

    def _not(self) -> Node:
        if not self._is_next("not"):
            return self._chain(COMPARISON)
        self._deeper()
        sign, start = self._take(), self._next
        operand = self._not()
        self._require_condition(operand, start, sign.text)
        self._nesting -= 1
        return Prefix("not", operand)

    def _minus(self) -> Node:
        if not self._is_next("-", "+"):
            return self._power()
        self._deeper()
        sign = self._take()
        operand = self._minus()
        self._nesting -= 1
        return Prefix("-", operand) if sign.text == "-" else operand

    def _power(self) -> Node:
        base = self._atom()
        if not self._is_next("^"):
            return base
        self._take()
        self._deeper()
        exponent = self._minus()
        self._nesting -= 1
        return RulePower(base, exponent)

    def _atom(self) -> Node:
        token = self._take()
        if token.kind == NUMBER:
            return RuleNumber(token.value)
        if token.kind == WORD:
            return self._named(token)
        if token.kind == SIGN and token.text == "(":
            return self._parenthesized(token)
        raise self._misplaced(token)

    def _named(self, token: _Token) -> Node:
        is_called = self._is_next("(")
        if token.text in FUNCTIONS:
            if not is_called:
                raise self._error(token, _("{text} is a function; write {text}(…)").format(text=token.text))
            return self._call(token)
        if token.text not in NAMES:
            raise self._error(token, _unknown(token.text, is_called))
        if is_called:
            raise self._error(token, _("{text} is not a function; write {text}*(…)").format(text=token.text))
        return RuleName(token.text)

    # ---------------------------------------------------------------- parentheses

    def _parenthesized(self, opening: _Token) -> Node:
        self._deeper()
        inside = self._chain(OR)
        self._close(opening)
        self._nesting -= 1
        return inside

    def _call(self, token: _Token) -> Node:
        opening = self._take()
        self._deeper()
        arguments: list[Node] = []
        if not self._is_next(")"):
            arguments.append(self._argument(token))
            while self._is_next(","):
                self._take()
                arguments.append(self._argument(token))
        self._close(opening)
        self._nesting -= 1
        function = FUNCTIONS[token.text]
        if len(arguments) < function.least or (function.most is not None and len(arguments) > function.most):
            wanted = {1: _("one number"), 2: _("two numbers")}[function.least]
            wanted += _(" or more") if function.most is None else ""
            raise self._error(
                token,
                _("{text} takes {wanted}, and here are {count}").format(
                    text=token.text, wanted=wanted, count=len(arguments)
                ),
            )
        return RuleCall(token.text, tuple(arguments))

    def _argument(self, function: _Token) -> Node:
        start = self._next
        argument = self._chain(OR)
        if is_condition(argument):
            reason = _("{text} takes numbers, and {argument} is a condition; close the parenthesis before").format(
                text=function.text, argument=_short(argument)
            )
            raise self._error(start, reason)
        return argument

    def _close(self, opening: _Token) -> None:
        if self._is_next(")"):
            self._take()
        elif self._next.kind == END:
            raise self._error(opening, _("this parenthesis is never closed; add a )"))
        else:
            self._refuse_rest()

    # ---------------------------------------------------------------- what is wrong

    def _require_condition(self, operand: Node, start: _Token, word: str) -> None:
        if not is_condition(operand):
            reason = _("{word} goes with conditions, and {operand} is a number; compare it, as in x1 > 0").format(
                word=word, operand=_short(operand)
            )
            raise self._error(start, reason)

    def _refuse_rest(self) -> None:
        """Raise the error for a token that follows an operand but is not an operator."""
        token, before = self._next, self._tokens[self._place - 1]
        if token.kind == SIGN and token.text == ")":
            raise self._error(token, _("no parenthesis was opened for this one; leave it out"))
        if token.kind == SIGN and token.text == ",":
            raise self._error(token, _("a comma has no meaning here; numbers have a decimal point, as in 0.5"))
        if token.kind == SIGN and token.text == "not":
            raise self._error(token, _("an operator is missing before not; write and or or"))
        if token.kind == WORD and token.text not in (*NAMES, *FUNCTIONS):
            raise self._error(token, _unknown(token.text, False))
        shown = self._text[before.start : before.end], self._text[token.start : token.end]
        raise self._error(
            token,
            _("an operator is missing here; write {first}*{second} for a product").format(
                first=shown[0], second=shown[1]
            ),
        )

    def _misplaced(self, token: _Token) -> RuleError:
        """The error for a token in the place of an operand."""
        if token.kind == END:
            return self._error(token, _("it ends where a number or a name should follow"))
        if token.text == "mod":
            return self._error(token, _("mod stands between two numbers, as in floor(x1) mod 3"))
        if token.text in ("and", "or"):
            return self._error(
                token, _("{text} stands between two conditions, as in x1 > 0 {text} x2 > 0").format(text=token.text)
            )
        if token.text == "not":
            return self._error(token, _("not stands before a condition; put it in parentheses"))
        return self._error(token, _('a number or a name should stand here, and not "{text}"').format(text=token.text))


def _unknown(word: str, is_called: bool) -> str:
    choices = FUNCTIONS if is_called else [*NAMES, *FUNCTIONS, "and", "or", "not", "mod"]
    meant = _MEANT.get(word) or next(iter(difflib.get_close_matches(word, list(choices), n=1)), None)
    shown = f"{word[:20]}…" if len(word) > 20 else word
    if meant is not None:
        return _('there is no "{shown}"; did you mean {meant}?').format(shown=shown, meant=meant)
    known = ", ".join(FUNCTIONS if is_called else NAMES)
    return _('there is no "{shown}"; known are {known}').format(shown=shown, known=known)


def _short(node: Node) -> str:
    text = write_rule(node)
    return f"{text[:20]}…" if len(text) > 20 else text
