"""Typeset mathematics in a sentence: italic variables, subscripts, superscripts and true mathematical signs.

Mathematics stands in braces, as in ``class 1 where {x1^2 + x2^2 < 9}``. Its spelling is that of a typed rule, except
that factors may also stand side by side, as in ``{r sin t}``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

SUBSCRIPTS = dict(zip("0123456789+−()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
SUPERSCRIPTS = dict(zip("0123456789+−()abdehijknt", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᵃᵇᵈᵉʰⁱʲᵏⁿᵗ", strict=True))


def subscript(text: str) -> str:
    """A text in small figures below the line; what has none stays as it is."""
    return "".join(SUBSCRIPTS.get(letter, letter) for letter in text)


def superscript(text: str) -> str:
    """A text in small figures above the line; what has none stays as it is."""
    return "".join(SUPERSCRIPTS.get(letter, letter) for letter in text)


_MATH = re.compile(r"\{([^{}]*)\}")
_TOKEN = re.compile(
    r"(?P<number>[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)|(?P<word>(?:[α-ωΑ-Ω]|[A-Za-z]+)[0-9]*)|(?P<sign>\*\*|<=|>=|==|!=)|(?P<other>.)",
    re.DOTALL,
)
_INDEXED = re.compile(r"([^\W\d_]+?)([0-9]+)")
_SIGNS = {"*": "·", "-": "−", "<=": "≤", ">=": "≥", "==": "=", "!=": "≠", "%": "mod"}
_UPRIGHT = {"U", "N"}  # names of distributions


def set_plain(sentence: str) -> str:
    """The sentence as plain text, with Unicode's small figures."""
    return _MATH.sub(lambda match: math_plain(match[1]), sentence)


def set_html(sentence: str) -> str:
    """The sentence as HTML; line breaks are kept."""
    found, place = [], 0
    for match in _MATH.finditer(sentence):
        found += [escaped(sentence[place : match.start()]), math_html(match[1])]
        place = match.end()
    return "".join([*found, escaped(sentence[place:])]).replace("\n", "<br>")


def escaped(text: str) -> str:
    """A text as HTML that shows it; the module ``html`` would load a table of the names of all letters at the start."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def math_plain(text: str) -> str:
    """Mathematics as plain text."""
    found = []
    for kind, word in _pieces(text):
        if kind == "power":
            found.append(_small_power(math_plain(word)))
        elif kind == "word" and (match := _INDEXED.fullmatch(word)):
            found.append(match[1] + "".join(SUBSCRIPTS[figure] for figure in match[2]))
        else:
            found.append(word)
    return "".join(found)


def _small_power(exponent: str) -> str:
    if all(letter in SUPERSCRIPTS for letter in exponent):
        return "".join(SUPERSCRIPTS[letter] for letter in exponent)
    return f"^{exponent}" if len(exponent) == 1 else f"^({exponent})"


def math_html(text: str) -> str:
    """Mathematics as HTML."""
    found = []
    for kind, word in _pieces(text):
        if kind == "power":
            found.append(f"<sup>{math_html(word)}</sup>")
        elif kind == "word":
            match = _INDEXED.fullmatch(word)
            base, index = (match[1], match[2]) if match else (word, "")
            is_variable = len(base) == 1 and base not in _UPRIGHT and base != "π"
            found.append(f"<i>{base}</i>" if is_variable else base)
            found += [f"<sub>{index}</sub>"] if index else []
        else:
            found.append(escaped(word))
    return "".join(found)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """The pieces in their order, as kind and text: "word", "power" (an exponent without its ^), or another kind."""
    text = text.strip().replace("**", "^")
    place = 0
    while place < len(text):
        if text[place] == "^":
            end = _end_of_exponent(text, place + 1)
            exponent = text[place + 1 : end].strip()
            place = end
            yield "power", exponent[1:-1] if _is_parenthesized(exponent) else exponent
            continue
        match = _TOKEN.match(text, place)
        assert match is not None  # every character is a token
        place = match.end()
        if match.lastgroup == "word":
            yield "word", "π" if match[0] == "pi" else match[0]
        else:
            yield str(match.lastgroup), _SIGNS.get(match[0], match[0])


def _end_of_exponent(text: str, place: int) -> int:
    """The end of an exponent, which is a signed number, a name, a function with its arguments, or parentheses."""
    while place < len(text) and text[place] in " -+−":
        place += 1
    match = re.compile(r"[\w.]+").match(text, place)
    if match is not None:
        place = match.end()
    if place < len(text) and text[place] == "(":
        depth = 0
        while place < len(text):
            depth += {"(": 1, ")": -1}.get(text[place], 0)
            place += 1
            if depth == 0:
                break
    if place < len(text) and text[place] == "^":  # 2^3^2 is 2^(3^2)
        return _end_of_exponent(text, place + 1)
    return place


def _is_parenthesized(text: str) -> bool:
    """Whether the first parenthesis closes with the last character."""
    depth = 0
    for place, letter in enumerate(text):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if depth == 0:
            return letter == ")" and place == len(text) - 1 and len(text) > 1
    return False
