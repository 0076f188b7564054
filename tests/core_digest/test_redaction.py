"""Vendors read only what is theirs: no cost, no person, no other group, no project, whatever anybody wrote."""

import json
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards.digest import DigestView, digest_card
from bot.core.campaign import CampaignState
from bot.core.digest.composing import CONTRIBUTORS, compose
from bot.core.digest.facts import DigestFacts, Undertaking
from bot.core.digest.redaction import cut_for_vendors, forbidden_words, netted
from bot.core.digest.schedule import Subscription, last_due
from bot.core.digest.section import EVERYBODY, Audience, Cadence, Section
from tests.cards.samples import CAMPAIGN, HOUSE, PLAN
from tests.core_digest.digests import FACTS, NOW

VENDOR = Subscription(
    "C0VENDOR", Cadence.DAILY, Audience.VENDORS, "Europe/Berlin", groups=("checkout",)
)
SECRETS = (
    "cymbal-shop",
    "Web shop",
    "#web",
    "shop-frontend",
    "Recommendations",
    "U0MAYA",
    "<@U0ERIK>",
    "$23.40",
    "1,200 EUR",
    "Orders database",
    "Marketing money",
)
HARMLESS = ("Sale", "Winter & <b>", "checkout", "webinar", "🎉", "x3")


@st.composite
def names(draw: st.DrawFn) -> str:
    """What an announcer may call a campaign: also what others must not read."""
    words = draw(st.lists(st.sampled_from([*SECRETS, *HARMLESS]), min_size=1, max_size=4))
    glue = draw(st.sampled_from([" ", ", ", " - ", "/", "\n"]))
    name = glue.join(words)
    return draw(st.sampled_from([name, name.upper(), name.lower(), name.title()]))


@st.composite
def facts(draw: st.DrawFn) -> DigestFacts:
    """A digest's facts with secrets wherever somebody can write."""
    found = []
    for number in range(draw(st.integers(0, 4))):
        asked = replace(
            CAMPAIGN.announcement,
            name=draw(names()),
            groups=tuple(draw(st.sets(st.sampled_from(["web", "checkout", "pipeline"])))),
        )
        campaign = replace(
            CAMPAIGN,
            id=f"c-{number}",
            announcement=asked,
            state=draw(st.sampled_from(CampaignState)),
            trouble=draw(names()),
        )
        found.append(Undertaking(campaign, draw(st.sampled_from([PLAN, None]))))
    silent = {draw(names()): draw(names())} if draw(st.booleans()) else {}
    return replace(FACTS, campaigns=tuple(found), fleet=replace(FACTS.fleet, silent=silent))


@settings(deadline=None, max_examples=80)
@given(facts())
def test_no_forbidden_word_reaches_a_vendor_whatever_was_written(known: DigestFacts) -> None:
    sections = compose(known, NOW, Audience.VENDORS, groups=VENDOR.groups)
    view = DigestView(VENDOR, last_due(VENDOR, NOW), sections)
    card = digest_card(view, house=HOUSE, now=NOW)
    said = json.dumps([card.text, list(card.blocks)], ensure_ascii=False).casefold()
    for secret in (*SECRETS, "black friday fund", "eur", "c0ops"):
        assert secret.casefold() not in said.replace("europe", ""), secret


@settings(deadline=None, max_examples=30)
@given(facts())
def test_nothing_is_left_of_what_a_vendor_may_not_know(known: DigestFacts) -> None:
    cut = cut_for_vendors(known, VENDOR.groups)
    assert {name for one in cut.fleet.workloads for name in one.groups} <= {"checkout"}
    assert {name for one in cut.campaigns for name in one.campaign.announcement.groups} <= {
        "checkout"
    }
    assert all(one.plan is None and not one.campaign.announcer for one in cut.campaigns)
    assert (cut.earlier, cut.noise, cut.spends, cut.house.places) == ((), None, (), ())


def test_a_vendor_reads_of_its_own_groups() -> None:
    sections = compose(FACTS, NOW, Audience.VENDORS, groups=VENDOR.groups)
    assert [one.title for one in sections] == ["Capacity", "Errors and speed", "Bottlenecks"]
    assert sections[0].table is not None
    assert [row[0] for row in sections[0].table.rows] == ["Checkout"]


def test_no_group_named_means_nothing_shown() -> None:
    assert compose(FACTS, NOW, Audience.VENDORS) == ()


def test_a_section_that_is_for_others_is_not_for_vendors() -> None:
    def secret(_facts: DigestFacts, _now: object) -> Section:
        return Section("Secret", ("Nothing forbidden in it.",))

    assert compose(FACTS, NOW, Audience.VENDORS, groups=("checkout",), contributors=[secret]) == ()


def test_the_net_takes_out_lines_and_leaves_the_rest() -> None:
    words = forbidden_words(FACTS, VENDOR.groups)
    section = Section(
        "Mixed",
        ("It cost $3.", "The web is slow.", "Our webinar is on.", "cart-web-api is fine."),
        audiences=EVERYBODY,
    )
    [left] = netted([section], words)
    assert left.sentences == ("Our webinar is on.", "cart-web-api is fine.")


def test_our_own_people_read_everything_of_the_groups_they_asked_for() -> None:
    finance = compose(FACTS, NOW, Audience.FINANCE, groups=("checkout",))
    assert "Cost" in [one.title for one in finance]
    assert len(CONTRIBUTORS) >= 6
