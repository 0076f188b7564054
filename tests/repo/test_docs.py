"""What the documents claim: settings, commands, links and files."""

import re
from pathlib import Path

import pytest
import yaml

from bot.cli.main import COMMANDS
from bot.cli.manifest import EXAMPLE_URL, manifest
from bot.core.campaign import CampaignState
from bot.core.drift import Drift
from bot.core.holding import Answer
from bot.core.trail import PRUNED, WRITES
from bot.settings.environment import SETTINGS
from bot.settings.house_file import load_house

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def test_every_setting_is_documented_with_its_default() -> None:
    page = (ROOT / "docs/reference/configuration.md").read_text(encoding="utf-8")
    for setting in SETTINGS:
        row = next((line for line in page.splitlines() if f"`{setting.name}`" in line), "")
        assert row, f"{setting.name} is missing"
        default = "must be set" if setting.default is None else setting.default or "unset"
        assert default in row, f"{setting.name}: {default}"


def test_every_command_is_documented() -> None:
    page = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    assert [name for name, *_ in COMMANDS if f"headroom {name}" not in page] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = LINK.findall(page.read_text(encoding="utf-8"))
    missing = [
        link
        for link in links
        if not link.startswith(("http://", "https://")) and not (page.parent / link).exists()
    ]
    assert missing == []


def test_decisions_are_short_and_say_what_enforces_them() -> None:
    for page in sorted((ROOT / "docs/decisions").glob("0*.md")):
        text = page.read_text(encoding="utf-8")
        assert len(text.splitlines()) < 70, page.name
        assert "**Enforced by**" in text, page.name


def test_complaint_16_the_example_is_what_the_command_prints_for_the_example_house() -> None:
    house = load_house(ROOT / "headroom.yaml")
    example = (ROOT / "docs/examples/slack-manifest.yaml").read_text(encoding="utf-8")
    assert example == manifest(house, EXAMPLE_URL), "headroom manifest > docs/examples/…"


def test_the_small_example_is_a_whole_configuration_without_anything_of_the_sandbox() -> None:
    house = load_house(ROOT / "docs/examples/headroom.yaml")
    assert (house.billing, house.experience.pages, house.experience.private_hosts) == (None, (), ())
    assert (house.digests, house.calendar.imports, house.pipelines) == ((), (), ())
    assert manifest(house, EXAMPLE_URL)


def test_complaint_20_slack_comes_over_http_and_not_through_a_socket_that_may_be_deaf() -> None:
    app = yaml.safe_load((ROOT / "docs/examples/slack-manifest.yaml").read_text())
    settings = app["settings"]
    assert settings["socket_mode_enabled"] is False
    urls = {one["url"] for one in app["features"]["slash_commands"]}
    urls |= {settings[part]["request_url"] for part in ("event_subscriptions", "interactivity")}
    assert [url for url in urls if not url.startswith("https://")] == []


def test_the_procfile_names_commands_that_exist() -> None:
    names = {name for name, *_ in COMMANDS}
    for line in (ROOT / "Procfile").read_text().splitlines():
        process, _, command = line.partition(": ")
        assert process in {"release", "web", "worker"}
        assert command.split()[0] == "headroom"
        assert command.split()[1] in names


def test_every_act_of_the_record_is_explained() -> None:
    told = (ROOT / "docs/reference/audit.md").read_text(encoding="utf-8")
    entered = set(CampaignState) - {CampaignState.PLANNING, CampaignState.AWAITING_APPROVAL}
    entered -= {CampaignState.SCHEDULED, CampaignState.CANCELLED}
    acts = {*entered, *WRITES, PRUNED, *Drift, *Answer} - {Drift.NONE, Answer.NONE}
    assert [act for act in sorted(acts) if f"`{act}`" not in told] == []
