"""The Slack app's manifest: only what is configured is asked for, and Slack lets Headroom work with it."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli.check import speaks
from bot.cli.main import main
from bot.cli.manifest import EXAMPLE_URL, manifest
from bot.core.alert_rules import AlertRules, Level, Schedule, Target, TargetKind
from bot.core.house import House
from bot.core.slack_app import compare, events_of, scopes_of
from bot.core.slack_features import SlackFeatures
from bot.errors import AskedWrong, GiveUp
from bot.sandbox.slack.scenario import load_people
from bot.settings.house_file import load_house, parse_house
from handlers.slack.app import CHANNELS
from tests.conformance.chat_stages import SandboxStage, sandbox_stage
from tests.settings.test_house_file import SMALL

FULL = load_house(Path(__file__).parents[2] / "headroom.yaml")
NOTHING = SlackFeatures(mentions=False, direct_messages=False, private_channels=False, files=False)
LEAST = {"channels:history", "channels:read", "chat:write", "commands", "im:history", "im:write"}


def small(**changes: Any) -> House:
    """Roles by person, nobody on call, and of Slack only what cannot be left out."""
    return replace(parse_house(SMALL, "headroom.yaml"), **{"slack": NOTHING, **changes})


def names(house: House) -> set[str]:
    return {scope.name for scope in scopes_of(house)}


def grant(stage: SandboxStage, *scopes: str) -> None:
    """The app was installed with these."""
    workspace = stage.town.workspace
    bot = replace(workspace.scenario.bot, scopes=scopes)
    workspace.scenario = replace(workspace.scenario, bot=bot)


def test_complaint_16_a_small_house_asks_for_six_scopes() -> None:
    assert names(small()) == LEAST
    assert "message.im" not in events_of(small()) and "app_mention" not in events_of(small())


@pytest.mark.parametrize(
    ("features", "scopes", "events"),
    [
        (replace(NOTHING, mentions=True), {"app_mentions:read"}, {"app_mention"}),
        (replace(NOTHING, direct_messages=True), set(), {"message.im"}),
        (replace(NOTHING, files=True), {"files:write"}, set()),
        (
            replace(NOTHING, private_channels=True),
            {"groups:history", "groups:read"},
            {"group_archive", "group_deleted", "group_left", "group_rename", "group_unarchive"},
        ),
    ],
)
def test_complaint_16_each_feature_brings_its_own_scopes_and_events(
    features: SlackFeatures, scopes: set[str], events: set[str]
) -> None:
    house = small(slack=features)
    assert names(house) - LEAST == scopes
    assert set(events_of(house)) - set(events_of(small())) == events


def test_people_are_looked_up_only_where_user_groups_give_roles() -> None:
    group = Target(TargetKind.USER_GROUP, "S0SRE")
    on_call = AlertRules(schedules=(Schedule("sre", (Level((group,)),)),))
    assert names(small(alerts=on_call)) - LEAST == {"usergroups:read"}
    by_group = small(role_groups=FULL.role_groups)
    assert names(by_group) - LEAST == {"usergroups:read", "users:read"}
    assert "subteam_members_changed" in events_of(by_group)


def test_every_event_about_channels_is_listened_to() -> None:
    told = [event for event in events_of(FULL) if "channel" in event or event.startswith("group")]
    assert len(told) == 12
    assert [event for event in told if not CHANNELS.match(event)] == []


@pytest.mark.parametrize("house", [FULL, small()], ids=["full", "small"])
def test_the_manifest_is_yaml_within_slacks_limits(house: House) -> None:
    app = yaml.safe_load(manifest(house, "https://bot.shop.example/"))
    assert app["oauth_config"]["scopes"]["bot"] == [scope.name for scope in scopes_of(house)]
    assert app["settings"]["event_subscriptions"]["bot_events"] == list(events_of(house))
    assert (
        app["settings"]["interactivity"]["request_url"] == "https://bot.shop.example/slack/events"
    )
    assert len(app["display_information"]["name"]) <= 35
    assert all(len(one["name"]) <= 24 for one in app["features"]["shortcuts"])
    read_only = app["features"]["app_home"]["messages_tab_read_only_enabled"]
    assert read_only is not house.slack.direct_messages


def test_only_what_the_bot_does_without_is_optional() -> None:
    optional = yaml.safe_load(manifest(FULL, EXAMPLE_URL))["oauth_config"]["scopes"]["bot_optional"]
    assert optional == ["files:write"]
    assert "bot_optional" not in manifest(small(), EXAMPLE_URL)


def test_an_address_that_slack_would_not_take_is_refused() -> None:
    for url in ("http://bot.example", "bot.example", "https://bot.example/\nx: y"):
        with pytest.raises(AskedWrong, match="https"):
            manifest(FULL, url)


def test_the_sandboxs_app_is_the_one_of_the_example() -> None:
    bot = load_people().bot
    assert (bot.scopes, bot.events) == (tuple(sorted(names(FULL))), events_of(FULL))


def test_what_was_granted_is_compared_with_what_is_needed() -> None:
    found = compare(FULL, {*names(FULL), "admin"} - {"chat:write", "files:write"})
    assert [scope.name for scope in found.missing] == ["chat:write"]
    assert [scope.name for scope in found.declined] == ["files:write"]
    assert found.unneeded == ("admin",)


async def test_complaint_16_check_says_which_scopes_are_missing_and_which_are_too_many() -> None:
    async with sandbox_stage() as stage:
        token, url = "xoxb-not-a-real-token", f"{stage.town.own_url}/api/"
        assert "just those that are needed" in await speaks(token, url, FULL)
        told = await speaks(token, url, small(slack=replace(NOTHING, files=True)))
        assert "nothing configured needs app_mentions:read, groups:history" in told
        few = sorted(names(FULL) - {"im:write", "files:write"})
        grant(stage, *few)
        with pytest.raises(GiveUp, match="im:write: write to one person"):
            await speaks(token, url, FULL)
        grant(stage, *few, "im:write")
        assert "files:write was left out (attach the report" in await speaks(token, url, FULL)


def test_the_command_needs_the_house_rules_and_nothing_else(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["manifest", "--url", "https://bot.example"]) == 0
    assert capsys.readouterr().out == manifest(FULL, "https://bot.example")
