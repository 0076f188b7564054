"""Cloud Monitoring's filter language, as far as time series are selected with it.

`parse` turns the text into a predicate over labels. As in all of Google's filters OR binds tighter
than AND, and two comparisons side by side mean AND.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.sandbox.google.refusals import bad_argument

Labels = Mapping[str, str]
Predicate = Callable[[Labels], bool]

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    r"""|(?P<sign>!=|=|:)|(?P<mark>[(),])|(?P<word>-(?=[a-z])|[^\s"'=!:(),]+))"""
)
_FUNCTIONS: dict[str, Callable[[str, tuple[str, ...]], bool]] = {
    "one_of": lambda value, given: value in given,
    "starts_with": lambda value, given: value.startswith(given[0]),
    "ends_with": lambda value, given: value.endswith(given[0]),
    "has_substring": lambda value, given: given[0] in value,
    "monitoring.regex.full_match": lambda value, given: bool(re.fullmatch(given[0], value)),
}
_ROOTS = ("metric.", "resource.", "metadata.", "group.", "project")


@dataclass(frozen=True, slots=True)
class Filter:
    """A parsed filter; `metric_types` are the metric types that it names with `=`."""

    accepts: Predicate
    metric_types: frozenset[str]


@dataclass(slots=True)
class _Reader:
    tokens: list[tuple[str, str]]
    at: int = 0
    metric_types: set[str] = field(default_factory=set)

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self) -> tuple[str, str]:
        token = self.peek()
        self.at += 1
        return token

    def takes(self, *words: str) -> bool:
        if self.peek()[1] in words and self.peek()[0] in {"word", "mark", "sign"}:
            self.at += 1
            return True
        return False

    def need(self, word: str) -> None:
        if not self.takes(word):
            raise _wrong(f"expected '{word}', found '{self.peek()[1] or 'the end'}'")


def parse(text: str) -> Filter:
    """The filter; an INVALID_ARGUMENT refusal for text that is none."""
    if not text.strip():
        raise _wrong("it is empty")
    reader = _Reader(_tokens(text))
    accepts = _conjunction(reader)
    if reader.peek()[0] != "end":
        raise _wrong(f"unexpected '{reader.peek()[1]}'")
    return Filter(accepts, frozenset(reader.metric_types))


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    text = text.rstrip()
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _wrong(f"cannot read '{text[at : at + 20]}'")
        kind = match.lastgroup or ""
        value = match[kind]
        tokens.append((kind, re.sub(r"\\(.)", r"\1", value[1:-1]) if kind == "text" else value))
        at = match.end()
    return tokens


def _conjunction(reader: _Reader) -> Predicate:
    parts = [_disjunction(reader)]
    while reader.takes("AND") or reader.peek() not in {("end", ""), ("mark", ")")}:
        parts.append(_disjunction(reader))
    return parts[0] if len(parts) == 1 else lambda labels: all(part(labels) for part in parts)


def _disjunction(reader: _Reader) -> Predicate:
    parts = [_term(reader)]
    while reader.takes("OR"):
        parts.append(_term(reader))
    return parts[0] if len(parts) == 1 else lambda labels: any(part(labels) for part in parts)


def _term(reader: _Reader) -> Predicate:
    if reader.takes("NOT", "-"):
        inner = _term(reader)
        return lambda labels: not inner(labels)
    if reader.takes("("):
        inner = _conjunction(reader)
        reader.need(")")
        return inner
    return _comparison(reader)


def _comparison(reader: _Reader) -> Predicate:
    kind, word = reader.take()
    if kind not in {"word", "text"} or not word.startswith(_ROOTS):
        raise _wrong(f"'{word or 'the end'}' does not name a metric, resource or project field")
    path = word.replace(".label.", ".labels.").replace(".user_labels.", ".labels.")
    kind, sign = reader.take()
    if kind != "sign":
        raise _wrong(f"expected a comparison after '{word}'")
    test = _value(reader, sign)
    if path == "metric.type" and sign == "=":
        reader.metric_types.update(_named(reader))
    wanted = sign != "!="
    return lambda labels: test(labels.get(path, "")) is wanted


def _value(reader: _Reader, sign: str) -> Callable[[str], bool]:
    kind, value = reader.take()
    if kind == "text" or (kind == "word" and reader.peek() != ("mark", "(")):
        if sign == ":":
            return lambda found: value in found
        return lambda found: found == value
    test = _FUNCTIONS.get(value)
    if test is None:
        raise _wrong(f"unknown function '{value}'")
    given = _arguments(reader)
    return lambda found: test(found, given)


def _arguments(reader: _Reader) -> tuple[str, ...]:
    reader.need("(")
    given: list[str] = []
    while not reader.takes(")"):
        kind, value = reader.take()
        if kind not in {"text", "word"}:
            raise _wrong(f"unexpected '{value or 'the end'}' among a function's arguments")
        given.append(value)
        reader.takes(",")
    if not given:
        raise _wrong("a function needs an argument")
    return tuple(given)


def _named(reader: _Reader) -> set[str]:
    """The texts of the comparison that was just read."""
    back = reader.at - 1
    named: set[str] = set()
    while reader.tokens[back] != ("sign", "="):
        if reader.tokens[back][0] == "text":
            named.add(reader.tokens[back][1])
        back -= 1
    return named


def _wrong(why: str) -> Exception:
    return bad_argument(f"The supplied filter is not valid: {why}")
