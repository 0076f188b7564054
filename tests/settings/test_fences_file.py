"""Freezes, teams, dependencies, caps, environments and own rules in headroom.yaml; and hostile YAML."""

import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from bot.core.fences import Fences
from bot.core.limits import Resource
from bot.core.money import Money
from bot.core.verdict import Effect, Role
from bot.errors import AskedWrong
from bot.settings.house_file import load_house, parse_house
from tests.settings.test_house_file import SMALL, fault

FULL = (
    SMALL
    + """\
freezes:
  - {name: Inventory, from: 2025-11-29T00:00:00, until: 2025-11-30T12:00:00+00:00, groups: [web]}
  - {name: Release, from: 2025-12-01, until: 2025-12-02, effect: needs approval, approvers: [admin]}
calendars:
  - {name: releases, url: "https://calendar.example/f.ics"}
teams:
  - {name: marketing, title: Marketing, channels: [C0CAMPAIGN], month_usd: 500, most_usd: 900}
dependencies:
  - {name: db, title: Orders database, groups: [web], capacity: 400, per_instance: 4, used: 60}
spend_caps:
  - {project: cymbal-shop, limit_usd: 1000, budget: Shop monthly}
quotas:
  - {project: cymbal-shop, region: europe-west1, limit: 2000, used: 300}
environments: {production_projects: [cymbal-shop], test_channels: [C0TEST]}
limits: {quota_share: 0.7}
"""
)


def test_all_limits_are_read() -> None:
    fences = parse_house(FULL, "headroom.yaml").fences
    inventory, release = fences.freezes
    assert inventory.window.start == datetime(2025, 11, 28, 23, tzinfo=UTC)  # Berlin's midnight
    assert inventory.window.end == datetime(2025, 11, 30, 12, tzinfo=UTC)
    assert (inventory.effect, inventory.groups) == (Effect.REFUSE, ("web",))
    assert (release.effect, release.approvers) == (Effect.NEEDS_APPROVAL, (Role.ADMIN,))
    assert fences.feeds[0].url == "https://calendar.example/f.ics"
    (team,) = fences.teams
    assert (team.month, team.most) == (Money(Decimal(500)), Money(Decimal(900)))
    assert (fences.dependencies[0].used, fences.dependencies[0].unit) == (60, "connections")
    assert (fences.spend_caps[0].spent, fences.spend_caps[0].budget) == (None, "Shop monthly")
    assert (fences.quotas[0].limit, fences.quotas[0].resource) == (2000, Resource.VCPU)
    assert (fences.test_channels, fences.quota_share) == (("C0TEST",), 0.7)


def test_nothing_is_limited_by_default() -> None:
    assert parse_house(SMALL, "headroom.yaml").fences == Fences()


FAULTS = [
    ("a freeze that ends before it starts", "until: 2025-12-02", "until: 2025-11-02", "freezes: "),
    (
        "a group that does not exist",
        "groups: [web]}\n  - {name: R",
        "groups: [wb]}\n  - {name: R",
        "wb",
    ),
    ("a freeze that allows", "effect: needs approval", "effect: allow", "freezes.1.effect"),
    ("an address that is none", "https://calendar.example/f.ics", "file:///etc/passwd", ".url"),
    ("a share above one", "quota_share: 0.7", "quota_share: 70", "limits.quota_share"),
    ("a negative capacity", "capacity: 400", "capacity: -1", "dependencies.0.capacity"),
    ("a capacity that is no number", "capacity: 400", "capacity: .nan", "dependencies.0.capacity"),
    (
        "a team's channel by name",
        "[C0CAMPAIGN], month",
        "['#campaigns'], month",
        "teams.0.channels",
    ),
    ("a key given twice", "limits:", "limits: {}\nlimits:", "limits: this key is given twice"),
]


@pytest.mark.parametrize(("sentence", "old", "new", "said"), FAULTS, ids=[r[0] for r in FAULTS])
def test_a_fault_is_told_when_there_is(sentence: str, old: str, new: str, said: str) -> None:
    assert FULL.count(old) == 1
    assert said in fault(FULL.replace(old, new))


def test_rules_are_read_relative_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    for name in ("b", "a"):
        (tmp_path / f"rules/{name}.yaml").write_text(
            f'rules:\n  - {{name: {name}, when: "true", effect: allow, message: hello}}\n'
        )
    (tmp_path / "rules/a.test.yaml").write_text("tests: []\n")
    house_file = tmp_path / "headroom.yaml"
    house_file.write_text(SMALL + "rules: [rules/b.yaml, 'rules/*.yaml']\n")
    rules = load_house(house_file).rules
    assert [rule.name for rule in rules] == ["b", "a"]
    assert rules[0].source == f"{tmp_path}/rules/b.yaml:2"


def test_rules_that_are_not_there_are_a_fault(tmp_path: Path) -> None:
    (tmp_path / "headroom.yaml").write_text(SMALL + "rules: [none.yaml]\n")
    with pytest.raises(AskedWrong, match="no file is named 'none.yaml'"):
        load_house(tmp_path / "headroom.yaml")


LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
BOMBS = [
    ("a billion laughs", LAUGHS, "aliases"),
    ("brackets without end", "rules: " + "[" * 100_000, "nested more than"),
    ("maps without end", "".join(f"{' ' * i}k:\n" for i in range(500)), "nested more than"),
    ("a file that is too large", "#" * 1_000_001, "larger than"),
    ("an object of Python", "rules: !!python/object/apply:os.system ['true']", "not valid YAML"),
    ("bytes that are no text", "company: \x00", "not valid YAML"),
    ("a number without end", "company: " + "9" * 5000, "not valid YAML"),
]


@pytest.mark.parametrize(("sentence", "text", "said"), BOMBS, ids=[row[0] for row in BOMBS])
def test_hostile_yaml_is_refused_at_once_when_it_is(sentence: str, text: str, said: str) -> None:
    began = time.perf_counter()
    assert said in fault(text)
    assert time.perf_counter() - began < 5
