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


EXPORT = "cymbal-billing.bills.gcp_billing_export_resource_v1_0123AB_4567CD_89EF01"


@pytest.mark.parametrize(
    ("table", "detailed"), [(EXPORT, True), (EXPORT.replace("resource_", ""), False)]
)
def test_the_name_of_the_billing_export_tells_what_it_knows(table: str, detailed: bool) -> None:
    text = f"{SMALL}costs:\n  billing_export: {{table: {table}, most_gib: 1}}\n"
    billing = parse_house(text, "headroom.yaml").billing
    assert billing is not None
    assert (billing.project, billing.detailed) == ("cymbal-billing", detailed)
    assert billing.most_bytes == 2**30


@pytest.mark.parametrize(
    "table", ["bills", "cymbal-billing.bills.focus", f"{EXPORT}`; DROP TABLE x", f"{EXPORT}\\n"]
)
def test_what_is_no_table_of_the_billing_export_is_refused(table: str) -> None:
    said = fault(f'{SMALL}costs:\n  billing_export: {{table: "{table}"}}\n')
    assert "costs.billing_export.table" in said
    assert "gcp_billing_export_v1_" in said


@pytest.mark.parametrize(
    ("sentence", "content", "said"),
    [
        ("a folder is no file", None, "is a folder, not a file"),
        ("text in another encoding is refused", b"company: Caf\xe9", "no UTF-8 text (byte 13)"),
    ],
)
def test_what_cannot_be_read_is_told_in_plain_words(
    tmp_path: Path, sentence: str, content: bytes | None, said: str
) -> None:
    path = tmp_path / "headroom.yaml"
    path.mkdir() if content is None else path.write_bytes(content)
    with pytest.raises(AskedWrong) as wrong:
        load_house(path)
    assert said in str(wrong.value)
    assert "Errno" not in str(wrong.value)
