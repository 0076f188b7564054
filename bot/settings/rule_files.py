"""Files of own rules and of their tests: read, checked, compiled; faults name file, line and field.

Called by the house file and by `headroom policy`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints, TypeAdapter, ValidationError

from bot.core.rules import Rule
from bot.core.verdict import Effect, Role
from bot.errors import AskedWrong
from bot.settings.yaml_file import Document, Part, parse, read_text, reworded
from policies import POLICIES
from policies.rule_engine import LONGEST, Faulty, engine_for
from policies.rule_facts import VOCABULARY, Kind, Value
from policies.rule_tests import Expected, RuleTest

LARGEST = 200_000  # characters
TESTS = ".test.yaml"
_SPAN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


def _span(text: object) -> object:
    """`90m`, `2h30m`, `3d`, as CEL's duration() reads them (days besides)."""
    parts = _SPAN.fullmatch(str(text))
    if parts is None or not parts[0]:
        return text
    days, hours, minutes, seconds = (float(part or 0) for part in parts.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


_KINDS: dict[Kind, TypeAdapter[Any]] = {
    Kind.TEXT: TypeAdapter(str),
    Kind.NUMBER: TypeAdapter(float),
    Kind.COUNT: TypeAdapter(int),
    Kind.FLAG: TypeAdapter(bool),
    Kind.INSTANT: TypeAdapter(datetime),
    Kind.SPAN: TypeAdapter(Annotated[timedelta, BeforeValidator(_span)]),
    Kind.WORDS: TypeAdapter(list[str]),
}
_BY_NAME = {name.name: name for name in VOCABULARY}
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
_Text = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST)]


class _Rule(Part):
    name: _Name
    when: _Text
    effect: Effect
    message: _Text
    approvers: list[Role] = []
    way_out: Annotated[str, StringConstraints(max_length=LONGEST)] = ""


class _Rules(Part):
    rules: Annotated[list[_Rule], Field(min_length=1)]


class _Expected(Part):
    rule: str
    effect: Effect
    message: str = ""
    approvers: list[Role] | None = None


class _Test(Part):
    name: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    given: dict[str, Any] = {}
    unknown: list[str] = []
    expect: list[_Expected] = []


class _Tests(Part):
    tests: Annotated[list[_Test], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A file of rules with the tests beside it."""

    path: Path
    rules: tuple[Rule, ...]
    tests: tuple[RuleTest, ...]


def find_rules(patterns: Sequence[str], base: Path) -> list[Path]:
    """The files that the patterns (relative to `base`) name, in order; AskedWrong for one that names none."""
    found: dict[Path, None] = {}
    for pattern in patterns:
        there = _matching(pattern, base)
        if not there and not pattern.endswith(TESTS):  # a shell's *.yaml names those too
            raise AskedWrong(f"rules: no file is named {pattern!r} in {base}")
        found |= dict.fromkeys(there)
    return list(found)


def load_rules(patterns: Sequence[str], base: Path) -> tuple[Rule, ...]:
    """All rules of those files, in order; raises AskedWrong naming every fault."""
    documents = [_document(path) for path in find_rules(patterns, base)]
    faults = [fault for document in documents for fault in _checked(document)]
    rules = [(document, rule) for document in documents for rule in _rules(document)]
    names: dict[str, str] = {}
    for _, rule in rules:
        if rule.name in names:
            faults.append(f"{rule.source}: {rule.name}: this name is also in {names[rule.name]}")
        names.setdefault(rule.name, rule.source)
    if faults:
        raise AskedWrong("\n- ".join(faults))
    return tuple(rule for _, rule in rules)


def load_rule_file(path: Path) -> RuleFile:
    """One file of rules, and its tests if there are any beside it."""
    rules = load_rules([path.name], path.parent)
    beside = path.with_name(path.name.removesuffix(".yaml") + TESTS)
    return RuleFile(path, rules, _tests(beside) if beside.exists() else ())


def _matching(pattern: str, base: Path) -> list[Path]:
    place = Path(pattern)
    root = Path(place.anchor) if place.is_absolute() else base
    inside = place.relative_to(place.anchor) if place.is_absolute() else place
    found = sorted(path for path in root.glob(str(inside)) if path.is_file())
    return [path for path in found if not path.name.endswith(TESTS)]


def _document(path: Path) -> Document[_Rules]:
    text = read_text(path, largest=LARGEST)
    return parse(text, str(path), _Rules, largest=LARGEST)


def _rules(document: Document[_Rules]) -> list[Rule]:
    return [
        Rule(
            name=part.name,
            when=part.when,
            effect=part.effect,
            message=part.message,
            approvers=tuple(part.approvers),
            way_out=part.way_out,
            source=f"{document.source}:{document.line('rules', number)}",
        )
        for number, part in enumerate(document.content.rules)
    ]


def _checked(document: Document[_Rules]) -> list[str]:
    """What the schema does not see: approvers, built-in names, and the expressions themselves."""
    faults = []
    for number, rule in enumerate(_rules(document)):
        at = f"{document.source}:{document.line('rules', number)}: {rule.name}"
        if rule.name in dict(POLICIES):
            faults.append(f"{at}: a built-in guardrail has this name")
        if rule.effect is Effect.NEEDS_APPROVAL and not rule.approvers:
            faults.append(f"{at}.approvers: say who may approve it, as in approvers: [engineer]")
        if rule.effect is not Effect.NEEDS_APPROVAL and rule.approvers:
            faults.append(f"{at}.approvers: they are asked with effect: needs approval only")
        try:
            engine_for((rule,))
        except Faulty as faulty:
            lines = [document.line("rules", number, fault.field) for fault in faulty.faults]
            faults += [
                str(replace(fault, source=f"{document.source}:{line}"))
                for fault, line in zip(faulty.faults, lines, strict=True)
            ]
    return faults


def _tests(path: Path) -> tuple[RuleTest, ...]:
    document = parse(read_text(path, largest=LARGEST), str(path), _Tests, largest=LARGEST)
    faults: list[str] = []
    tests = []
    for number, part in enumerate(document.content.tests):
        source = f"{path}:{document.line('tests', number)}"
        given = {name: _value(name, value, source, faults) for name, value in part.given.items()}
        faults += [f"{source}: unknown: {n}" for n in part.unknown if n not in _BY_NAME]
        expected = [
            Expected(
                one.rule,
                one.effect,
                one.message,
                None if one.approvers is None else tuple(one.approvers),
            )
            for one in part.expect
        ]
        tests.append(RuleTest(part.name, given, tuple(part.unknown), tuple(expected), source))
    if faults:
        raise AskedWrong("\n- ".join(faults))
    return tuple(tests)


def _value(name: str, value: object, source: str, faults: list[str]) -> Value:
    known = _BY_NAME.get(name)
    if known is None:
        faults.append(f"{source}: given: there is no {name}; see docs/reference/rules.md")
        return ""
    try:
        checked: Value = _KINDS[known.kind].validate_python(value)
    except ValidationError as error:
        faults.append(f"{source}: given.{name}: {reworded(error.errors()[0]['msg'])}")
        return ""
    if isinstance(checked, datetime) and checked.tzinfo is None:
        faults.append(f"{source}: given.{name}: write the time with its offset, as 18:00:00+01:00")
    return checked
