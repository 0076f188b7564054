"""Own rules, compiled once and evaluated on each case; the only module that knows the CEL library.

Called by policies.judge, by the settings (which refuse rules that do not compile) and by
`headroom policy`. A rule that cannot be worked out refuses; there is no `map` macro, because repeated
it doubles strings until memory is gone, and the library stops long loops by itself.
"""

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cel_expr_python import cel

from bot.core.case import Case
from bot.core.rules import Rule
from bot.core.verdict import Effect, Finding
from bot.core.wording import say_clock, say_day, say_duration, say_list, say_number
from policies.rule_facts import VOCABULARY, Kind, Value, values_of

LONGEST = 1000  # characters of an expression or a message
MOST = 500  # rules
BATCH = 25  # conditions that are worked out in one call; ten times as fast as one by one
SAID = 300  # characters of a message once its values are filled in

_TYPES = {
    Kind.TEXT: cel.Type.STRING,
    Kind.NUMBER: cel.Type.DOUBLE,
    Kind.COUNT: cel.Type.INT,
    Kind.FLAG: cel.Type.BOOL,
    Kind.INSTANT: cel.Type.TIMESTAMP,
    Kind.SPAN: cel.Type.DURATION,
    Kind.WORDS: cel.Type.List(cel.Type.STRING),
}
_WITHOUT_MAP = "name: headroom\nstdlib:\n  exclude_macros: [map]\n"
_PLACE = re.compile(r"<input>:(\d+):(\d+): (.*)")
_UNKNOWN = re.compile(r"undeclared reference to '([^']*)'")
_PARTS = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a rule: `source` is `file:line` of the rule, `field` the key in it."""

    source: str
    rule: str
    field: str
    text: str

    def __str__(self) -> str:
        return f"{self.source}: {self.rule}.{self.field}: {self.text}"


class Faulty(ValueError):
    """Rules that cannot be used; `faults` names all of them."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule says of one case; None where it does not apply."""

    rule: Rule
    finding: Finding | None


@dataclass(frozen=True, slots=True)
class _Text:
    """A message: text and expressions in turn."""

    parts: tuple[str | cel.Expression, ...]


@dataclass(frozen=True, slots=True)
class _Compiled:
    rule: Rule
    when: cel.Expression
    message: _Text
    way_out: _Text


class RuleEngine:
    """Rules ready to be asked; safe to share between threads."""

    def __init__(self, env: cel.Env, rules: Sequence[_Compiled]) -> None:
        self._env = env
        self._rules = tuple(rules)
        said = " ".join(f"{r.rule.when} {r.rule.message} {r.rule.way_out}" for r in rules)
        self._names = tuple(name for name in VOCABULARY if name.name in said)
        parts = [self._rules[at : at + BATCH] for at in range(0, len(self._rules), BATCH)]
        self._batches = tuple((part, _together(part, env)) for part in parts)

    def judge(self, case: Case) -> tuple[Finding, ...]:
        """The findings of the rules that apply, in the rules' order."""
        if not self._rules:
            return ()
        found = (outcome.finding for outcome in self.outcomes(values_of(case, self._names), case))
        return tuple(finding for finding in found if finding is not None)

    def outcomes(self, values: Mapping[str, Value], case: Case | None = None) -> list[Outcome]:
        """What each rule says of the values; `case` gives the zone to say times in (else UTC)."""
        zone = case.campaign.announcement.zone if case else str(values.get("campaign.zone", "UTC"))
        known = self._env.Activation({name: _given(value) for name, value in values.items()})
        return [
            Outcome(one.rule, _finding(one, answer, known, zone))
            for part, together in self._batches
            for one, answer in zip(part, _answers(part, together, known), strict=True)
        ]


def engine_for(rules: tuple[Rule, ...]) -> RuleEngine:
    """The engine of these rules; raises Faulty naming every fault of every rule."""
    return _ENGINES.of(rules)


class _Engines:
    """Compiles rules once. The newest are known again by being the same object: hashing 50 rules takes longer than asking them."""

    def __init__(self) -> None:
        self._newest: tuple[tuple[Rule, ...], RuleEngine] | None = None

    def of(self, rules: tuple[Rule, ...]) -> RuleEngine:
        newest = self._newest
        if newest is None or newest[0] is not rules:
            newest = self._newest = (rules, compiled_engine(rules))
        return newest[1]


_ENGINES = _Engines()


@lru_cache(maxsize=16)
def compiled_engine(rules: tuple[Rule, ...]) -> RuleEngine:
    """The same, by what the rules say."""
    env = cel.NewEnv(
        config=cel.NewEnvConfigFromYaml(_WITHOUT_MAP),
        variables={name.name: _TYPES[name.kind] for name in VOCABULARY},
    )
    faults = [fault for rule in rules for fault in _faults(rule)]
    if len(rules) > MOST:
        faults.append(Fault(rules[MOST].source, rules[MOST].name, "name", f"more than {MOST}"))
    compiled = [_compile(rule, env, faults) for rule in rules]
    if faults:
        raise Faulty(faults)
    return RuleEngine(env, [one for one in compiled if one is not None])


def _together(part: Sequence[_Compiled], env: cel.Env) -> cel.Expression | None:
    """All conditions as one list; None where the library does not take it. Each was compiled by itself before."""
    text = ", ".join(f"({one.rule.when}\n)" for one in part)
    try:
        return env.compile(f"[{text}]")
    except (RuntimeError, ValueError, TypeError):
        return None


def _answers(
    part: Sequence[_Compiled], together: cel.Expression | None, known: cel.Activation
) -> Sequence[object]:
    """What each condition is; one by one where a single one of them fails, for that fails the list."""
    found = None if together is None else _value(together, known)
    if isinstance(found, list) and all(answer is True or answer is False for answer in found):
        return found
    return [_value(one.when, known) for one in part]


def _faults(rule: Rule) -> list[Fault]:
    texts = {"when": rule.when, "message": rule.message, "way_out": rule.way_out}
    return [
        Fault(rule.source, rule.name, field, f"it is longer than {LONGEST} characters")
        for field, text in texts.items()
        if len(text) > LONGEST
    ]


def _compile(rule: Rule, env: cel.Env, faults: list[Fault]) -> _Compiled | None:
    if any(fault.rule == rule.name and fault.source == rule.source for fault in faults):
        return None
    before = len(faults)
    when = _expression(rule, "when", rule.when, env, faults)
    if when is not None and when.return_type() != cel.Type.BOOL:
        text = f"it is {_type(when)}, and must be true or false"
        faults.append(Fault(rule.source, rule.name, "when", text))
    message = _text(rule, "message", rule.message, env, faults)
    way_out = _text(rule, "way_out", rule.way_out, env, faults)
    if when is None or len(faults) > before:
        return None
    return _Compiled(rule, when, message, way_out)


def _expression(
    rule: Rule, field: str, text: str, env: cel.Env, faults: list[Fault]
) -> cel.Expression | None:
    try:
        return env.compile(text)
    except (RuntimeError, ValueError, TypeError) as error:
        faults.append(Fault(rule.source, rule.name, field, _explained(str(error))))
        return None


def _text(rule: Rule, field: str, text: str, env: cel.Env, faults: list[Fault]) -> _Text:
    parts: list[str | cel.Expression] = []
    at = 0
    for found in _PARTS.finditer(text):
        parts.append(text[at : found.start()])
        at = found.end()
        if found[0] in {"{", "}"}:
            said = f"a lone {found[0]} (write {found[0] * 2} for the sign itself)"
            faults.append(Fault(rule.source, rule.name, field, said))
        elif found[1] is None:
            parts.append(found[0][0])
        elif (expression := _expression(rule, field, found[1], env, faults)) is not None:
            parts.append(expression)
    parts.append(text[at:])
    return _Text(tuple(part for part in parts if part != ""))


def _explained(error: str) -> str:
    """The library's complaint as one sentence, with the column and what may have been meant."""
    found = _PLACE.search(error)
    if found is None:
        return error.splitlines()[0].rpartition("-1: ")[2] or "it is not a CEL expression"
    text = f"line {found[1]}, column {found[2]}: {found[3].removesuffix(' (in container )')}"
    text = text.replace(" (in container '')", "")
    unknown = _UNKNOWN.search(text)
    if unknown is not None:
        names = [name.name for name in VOCABULARY]
        close = difflib.get_close_matches(unknown[1], names, n=1)
        text += f"; did you mean {close[0]}?" if close else "; see docs/reference/rules.md"
    elif "(double, int)" in text or "(int, double)" in text:
        text += "; write the number with decimals, as 3.0"
    elif "Duration" in text:
        text += '; write a span as duration("2h")'
    return text


def _type(expression: cel.Expression) -> str:
    return str(expression.return_type().name()).lower()


def _finding(one: _Compiled, answer: object, known: cel.Activation, zone: str) -> Finding | None:
    if isinstance(answer, _Broken):
        return _broken(one.rule, answer)
    if answer is not True:
        return None
    rule = one.rule
    return Finding(
        policy=rule.name,
        effect=rule.effect,
        reason=_said(one.message, known, zone) or f"The rule “{rule.name}” applies.",
        evidence=f"Rule {rule.name}: {rule.when}"[:SAID],
        way_out=_said(one.way_out, known, zone),
        approvers=rule.approvers,
        bounded=True,
    )


@dataclass(frozen=True, slots=True)
class _Broken:
    why: str


def _value(expression: cel.Expression, known: cel.Activation) -> object:
    """The plain value; errors come back as values of type ERROR, or are raised when a loop is too long."""
    try:
        value = expression.eval(known)
    except RuntimeError as error:
        return _Broken(str(error))
    plain = value.value()
    if plain is True or plain is False:
        return plain  # no error looks like these, and most answers are
    if value.type() == cel.Type.ERROR or value.type() == cel.Type.UNKNOWN:
        return _Broken(str(plain))
    return value.plain_value()


def _broken(rule: Rule, trouble: _Broken) -> Finding:
    return Finding(
        policy=rule.name,
        effect=Effect.REFUSE,
        reason=f"I could not work out the rule “{rule.name}”, so the answer is no.",
        evidence=f"{rule.source}: {trouble.why}"[:SAID],
        way_out="Tell the platform team; nothing has been changed.",
    )


def _said(text: _Text, known: cel.Activation, zone: str) -> str:
    parts = [
        part if isinstance(part, str) else _in_words(_value(part, known), zone)
        for part in text.parts
    ]
    return "".join(parts)[:SAID]


def _in_words(value: object, zone: str) -> str:
    match value:
        case _Broken():
            return "(not known)"
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return say_number(round(value, 2)) if abs(value) < 1e15 else str(value)
        case datetime():
            return f"{say_day(value.astimezone(ZoneInfo(zone)).date())} {say_clock(value, zone)}"
        case timedelta():
            return say_duration(value)
        case list():
            return say_list([_in_words(item, zone) for item in value]) or "none"
        case _:
            return str(value)


def _given(value: Value) -> object:
    return value if isinstance(value, str | int | float | datetime | timedelta) else list(value)
