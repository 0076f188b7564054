"""People of other organisations, and guests: every way in answers them politely and does nothing."""

from datetime import timedelta
from typing import Any

import pytest

from bot.cards.buttons import Action, ButtonValue, seal
from bot.cards.form import form_metadata
from bot.core.campaign import CampaignState
from bot.core.standing import Standing
from bot.core.verdict import Role
from bot.errors import NotAllowed, TryAgain
from bot.facts import look_up_roles
from tests.flows.town import CAMPAIGNS, FORM, MAYA, SAM, SEAL, START, STORY, Town, buttons

PAUL = "U0PARTNER"
HOME = "T0PARTNER"
GROUP = "S0EVERYBODY"
POLITE = "You belong to another organisation"


@pytest.fixture
async def shared(town: Town) -> Town:
    """A channel shared with a partner, whose people somebody has put into the group of administrators."""
    town.chat.groups[GROUP] = frozenset({MAYA, SAM, PAUL})
    town.chat.standings[PAUL] = Standing.OUTSIDER
    town.house(role_groups={GROUP: (Role.ADMIN,)})
    return town


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("/campaign", STORY),
        ("/headroom", f"campaign {STORY}"),
        ("/headroom", "status"),
        ("/headroom", "help"),
        ("/headroom", "pause all"),
        ("/headroom", "resume all"),
        ("/headroom", "no such thing"),
    ],
)
async def test_a_command_or_mention_from_outside_does_nothing(
    shared: Town, command: str, text: str
) -> None:
    await shared.say(text, by=PAUL, command=command, user_team=HOME)
    await shared.run()
    assert [said for said in shared.whispers() if POLITE not in said] == []
    assert len(shared.whispers()) == 1
    async with shared.database.begin() as tx:
        assert list(await tx.campaigns.recent(5)) == []
        assert list(await tx.oversight.pauses()) == []


async def test_no_button_of_a_campaign_works_from_outside(shared: Town) -> None:
    campaign = await shared.proposed()
    card = shared.chat.shown_in(CAMPAIGNS)[0]
    pressed = [(b["action_id"], b["value"]) for b in buttons(card)]
    for action, value in pressed:
        await shared.press(action, value, by=PAUL, user_team=HOME)
    await shared.run()
    assert (await shared.campaign()).version == campaign.version
    assert len([said for said in shared.whispers() if POLITE in said]) == len(pressed) > 3
    assert shared.chat.views == []


@pytest.mark.parametrize("action", ["incident.ack", "drift.put_back", "live.raise", "storm.ack"])
async def test_no_button_of_the_engineers_works_from_outside(shared: Town, action: str) -> None:
    value = seal(ButtonValue(Action.CONFIRM, "i-1", 1), SEAL)
    await shared.press(action, value, by=PAUL, user_team=HOME)
    await shared.run()
    assert POLITE in shared.whispers()[-1]


async def test_a_form_sent_from_outside_changes_nothing(shared: Town) -> None:
    campaign = await shared.proposed()
    sealed = form_metadata(campaign=campaign.id, channel=CAMPAIGNS)
    for metadata in (sealed, form_metadata(campaign="", channel=CAMPAIGNS)):
        await shared.send_form(FORM, metadata=metadata, by=PAUL, user_team=HOME)
    await shared.run()
    assert (await shared.campaign()).version == campaign.version
    assert sum(POLITE in said for said in shared.whispers()) == 2


async def test_the_home_tab_shows_nothing_of_ours_to_somebody_from_outside(shared: Town) -> None:
    await shared.open_home(PAUL)
    await shared.run()
    shown = str(shared.chat.homes[PAUL][-1].body)
    assert POLITE in shown and "Waiting" not in shown
    async with shared.database.begin() as tx:
        assert PAUL not in await tx.oversight.homes(since=START - timedelta(days=30))


async def roles(town: Town, user: str) -> tuple[frozenset[Role], bool]:
    found = await look_up_roles(town.kit, user)
    return found.held, found.certain


@pytest.mark.parametrize("standing", [s for s in Standing if s is not Standing.MEMBER])
async def test_a_user_group_gives_a_role_to_full_members_only(
    shared: Town, standing: Standing
) -> None:
    shared.chat.standings[SAM] = standing
    assert await roles(shared, SAM) == (frozenset(), True)
    assert (await roles(shared, MAYA))[0] == {Role.ANNOUNCER, Role.ADMIN}


async def test_an_administrators_list_lets_a_guest_or_partner_in(shared: Town) -> None:
    shared.house(roles={**shared.kit.house.roles, PAUL: (Role.ANNOUNCER,)})
    assert await roles(shared, PAUL) == (frozenset({Role.ANNOUNCER}), True)
    await shared.say(by=PAUL, user_team=HOME)
    await shared.run()
    assert await shared.state() is CampaignState.PROPOSED


@pytest.mark.parametrize(
    ("fault", "certain"), [(TryAgain("Slack is down"), False), (NotAllowed("missing scope"), True)]
)
async def test_while_slack_does_not_say_who_somebody_is_they_have_no_role(
    shared: Town, fault: Any, certain: bool
) -> None:
    shared.chat.faults.add("standing", fault, times=9)
    assert await roles(shared, SAM) == (frozenset(), certain)
