"""What the flows know: roles, evidence, what was said before."""

from datetime import timedelta

import pytest

from bot.core.campaign import Announcement
from bot.core.delivery import Delivery
from bot.core.draft import Draft
from bot.core.evidence import PADDING, RECENT_METRICS
from bot.core.message import Message
from bot.core.series import Metric
from bot.core.verdict import Role
from bot.errors import NotAllowed, SlowDown, TryAgain
from bot.facts import (
    Roles,
    answer_to,
    draft_of,
    gather_evidence,
    look_up_roles,
    roles_of,
    understood,
)
from tests.fakes import service
from tests.flows.town import (
    ADA,
    CAMPAIGNS,
    CART,
    END,
    FORM,
    HOUSE,
    MAYA,
    SAM,
    SHOP,
    START,
    STORY,
    Town,
)


def delivery(town: Town, **more: object) -> Delivery:
    fields: dict[str, object] = {"command": "/campaign", "text": STORY} | more
    return Delivery("one", MAYA, "T0", town.clock.now(), **fields)  # type: ignore[arg-type]


async def test_roles_are_the_configured_ones_and_those_of_the_groups(town: Town) -> None:
    town.house(role_groups={"S0SRE": (Role.ENGINEER,)})
    town.chat.groups["S0SRE"] = frozenset({MAYA})

    assert await roles_of(town.kit, MAYA) == {Role.ANNOUNCER, Role.ENGINEER}
    assert await roles_of(town.kit, ADA) == {Role.ADMIN}
    assert await roles_of(town.kit, SAM) == frozenset()


@pytest.mark.parametrize(
    ("error", "certain"),
    [
        (TryAgain("HTTP 503"), False),
        (SlowDown("slower", timedelta(seconds=1)), False),
        (NotAllowed("missing_scope"), True),
    ],
)
async def test_roles_fail_closed_when_slack_does_not_tell(
    town: Town, error: Exception, certain: bool
) -> None:
    town.house(role_groups={"S0SRE": (Role.ENGINEER,)})
    town.chat.groups["S0SRE"] = frozenset({MAYA})
    town.chat.faults.add("members", error)

    found = await look_up_roles(town.kit, MAYA)

    assert found == Roles(frozenset({Role.ANNOUNCER}), certain)


async def test_evidence_is_what_was_measured_of_the_campaigns_workloads(town: Town) -> None:
    other = service("mail", groups=("mail",))
    town.cloud.add(other)
    campaign = await town.proposed()
    town.metrics.asked.clear()

    evidence = await gather_evidence(town.kit, campaign)

    assert [one.workload.key for one in evidence] == [CART.key, SHOP.key]
    assert [one.baseline for one in evidence] == [1, 2]
    assert all(len(one.usual) == HOUSE.weeks_of_history for one in evidence)
    newest = evidence[0].usual[0]
    assert newest.start == START - PADDING - timedelta(weeks=1)
    assert newest.start + len(newest.values) * newest.step == END + PADDING - timedelta(weeks=1)
    assert set(evidence[0].recent) == set(RECENT_METRICS)


async def test_evidence_leaves_out_what_was_not_measured(town: Town) -> None:
    campaign = await town.proposed()
    town.metrics.forget(Metric.REQUESTS, SHOP.key)
    town.metrics.forget(Metric.CPU, SHOP.key)

    evidence = {one.workload.key: one for one in await gather_evidence(town.kit, campaign)}

    assert evidence[SHOP.key].usual == ()
    assert Metric.CPU not in evidence[SHOP.key].recent
    assert len(evidence[CART.key].usual) == HOUSE.weeks_of_history


async def test_evidence_is_empty_for_a_group_without_workloads(town: Town) -> None:
    town.cloud.fleet.clear()
    campaign = await town.proposed()
    town.metrics.asked.clear()

    assert await gather_evidence(town.kit, campaign) == ()
    assert town.metrics.asked == []


async def test_a_line_and_a_form_say_the_same(town: Town) -> None:
    now = town.clock.now()

    typed = understood(delivery(town), HOUSE, now)
    behind_headroom = understood(
        delivery(town, command="/headroom", text=f"campaign {STORY}"), HOUSE, now
    )
    filled = understood(
        delivery(town, command="", text="", action="campaign.form", values=FORM), HOUSE, now
    )

    assert isinstance(typed, Announcement)
    assert typed == behind_headroom
    assert isinstance(filled, Announcement)
    assert (filled.window, filled.groups) == (typed.window, typed.groups)


async def test_an_empty_form_is_a_draft(town: Town) -> None:
    empty = dict.fromkeys(FORM, "")

    said = understood(delivery(town, action="campaign.form", values=empty), HOUSE, town.clock.now())

    assert isinstance(said, Draft)
    assert said.questions


async def test_an_announcement_and_its_draft_say_the_same(town: Town) -> None:
    announcement = (await town.proposed()).announcement

    draft = draft_of(announcement)

    assert (draft.date, draft.start, draft.end) == ("2025-11-28", "18:00", "22:00")
    values = {
        "name": draft.name,
        "kind": draft.kind,
        "date": draft.date,
        "start": draft.start,
        "end": draft.end,
        "zone": draft.zone,
        "multiplier": draft.multiplier,
        "groups": ",".join(draft.groups),
    }
    sent = delivery(town, action="campaign.form", values=values)
    assert understood(sent, HOUSE, town.clock.now()) == announcement


@pytest.mark.parametrize(
    ("sentence", "more", "channel"),
    [
        ("where it was typed", {"channel": "C0OTHER"}, "C0OTHER"),
        ("where the form was opened", {"metadata": '{"campaign":"","channel":"C0FORM"}'}, "C0FORM"),
        ("in the house's channel", {}, CAMPAIGNS),
    ],
)
async def test_an_answer_goes_where_the_person_is(
    town: Town, sentence: str, more: dict[str, str], channel: str
) -> None:
    post = answer_to(delivery(town, **more), Message("yes"), HOUSE)

    assert (post.channel, post.user, post.lane) == (channel, MAYA, 0), sentence
