"""headroom.yaml: what is accepted, and how faults are told with file, line and field."""

from decimal import Decimal
from pathlib import Path

import pytest

from bot.core.house import Guardrails
from bot.core.verdict import Role
from bot.errors import AskedWrong
from bot.settings.house_file import load_house, parse_house

ROOT = Path(__file__).parents[2]
SMALL = """\
company: Cymbal Retail
zone: Europe/Berlin
places:
  - {project: cymbal-shop, regions: [europe-west1]}
groups:
  - {name: web, title: Web shop}
channels: {engineers: C0OPS, default: C0CAMPAIGN}
roles:
  users: {U0MAYA: [announcer]}
"""


def fault(text: str) -> str:
    with pytest.raises(AskedWrong) as wrong:
        parse_house(text, "headroom.yaml")
    return str(wrong.value)


def test_the_shipped_file_is_valid() -> None:
    house = load_house(ROOT / "headroom.yaml")
    assert house.role_groups["S0SRE"] == (Role.APPROVER, Role.ENGINEER)


def test_a_small_file_gets_the_defaults() -> None:
    house = parse_house(SMALL, "headroom.yaml")
    assert house.guardrails == Guardrails()
    assert house.discount == Decimal(0)
    assert house.roles == {"U0MAYA": (Role.ANNOUNCER,)}


def test_nobody_has_a_role_by_default() -> None:
    house = parse_house(SMALL.replace("users: {U0MAYA: [announcer]}", "users: {}"), "headroom.yaml")
    assert dict(house.roles) == {}
    assert dict(house.role_groups) == {}


@pytest.mark.parametrize(
    ("sentence", "old", "new", "said"),
    [
        ("an unknown zone", "Europe/Berlin", "Europe/Berln", "headroom.yaml:2: zone: "),
        ("an unknown key", "company:", "compny: x\ncompany:", "compny: there is no such key"),
        ("a missing key", "zone: Europe/Berlin\n", "", "zone: this key is missing"),
        ("no regions", "[europe-west1]", "[]", "headroom.yaml:4: places.0.regions"),
        ("a channel name instead of its id", "C0OPS", "'#ops'", "channels.engineers"),
        ("a role that does not exist", "[announcer]", "[boss]", "roles.users.U0MAYA.0"),
        ("a person's name instead of the id", "U0MAYA", "maya", "roles.users.maya"),
        ("text instead of YAML", "company: ", "company: [", "not valid YAML"),
    ],
)
def test_a_fault_names_the_place(sentence: str, old: str, new: str, said: str) -> None:
    assert said in fault(SMALL.replace(old, new)), sentence


def test_all_faults_come_together() -> None:
    text = fault(SMALL.replace("Europe/Berlin", "Mars").replace("[announcer]", "[boss]"))
    assert "zone" in text
    assert "roles.users" in text


def test_two_groups_with_the_same_word_are_refused() -> None:
    twins = "  - {name: web, title: Web shop}\n  - {name: shop, title: Shop, aliases: [web]}\n"
    text = SMALL.replace("  - {name: web, title: Web shop}\n", twins)
    assert "more than one group: web" in fault(text)


def test_yaml_aliases_are_refused_so_that_a_small_file_stays_small() -> None:
    assert "aliases" in fault("a: &x [1, 1]\nb: [*x, *x]\n")


def test_an_oversize_file_is_refused() -> None:
    assert "larger than" in fault(SMALL + "#" * 1_000_001)


def test_an_empty_file_is_explained() -> None:
    assert "the whole file" in fault("")
