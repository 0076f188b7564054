"""The last full month for finance: what its campaigns cost by which basis, and where estimates were furthest off."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.core.campaign import CampaignState
from bot.core.digest.campaigns import campaigns
from bot.core.digest.composing import compose
from bot.core.digest.facts import Undertaking
from bot.core.digest.redaction import cut_for_vendors, cut_to_groups
from bot.core.digest.section import Audience, Cadence
from bot.core.digest.settling import settlement
from bot.core.figure import Amount
from bot.core.fleet import BillingMode
from bot.core.local_days import days_span
from bot.core.settled import SettledPart
from tests.core_digest.digests import FACTS, MONTHLY, NOW, OCTOBER, ZONE

DONE = replace(FACTS.campaigns[0].campaign, state=CampaignState.DONE)


def test_a_month_says_what_it_cost_by_which_basis_and_names_the_largest_differences() -> None:
    section = settlement(MONTHLY, NOW)
    assert section is not None and section.table is not None
    assert section.sentences == (
        "3 campaigns of Oct 2025 cost $222.00, $200.00 estimated (+11%), 2 by Google's bill, 1 by billable time.",
        "All of Cloud Run in Oct 2025: $4,321.50 by Google's bill.",
    )
    assert [row[0] for row in section.table.rows] == ["Autumn sale", "Halloween drop", "Newsletter"]
    assert section.table.rows[0][3:] == ("+35%", "Google's bill")
    assert section.audiences == {Audience.FINANCE}


def test_hours_that_campaigns_shared_are_not_added_up_twice() -> None:
    key = FACTS.fleet.workloads[0].key
    at = datetime(2025, 10, 17, 16, tzinfo=UTC)
    past = tuple(
        replace(
            one,
            at=at,
            until=at + timedelta(hours=4),
            parts=(SettledPart(key, BillingMode.REQUEST, one.estimated, one.settled, one.billed),),
        )
        for one in (OCTOBER[0], replace(OCTOBER[0], campaign_id="c-again"))
    )
    section = settlement(replace(MONTHLY, settled=past), NOW)
    assert section is not None
    assert section.sentences[0] == (
        "2 campaigns of Oct 2025 cost $162.00, $120.00 estimated (+35%), by Google's bill;"
        " hours that they shared are counted once."
    )


def test_a_month_that_is_not_complete_in_the_bill_says_so() -> None:
    assert MONTHLY.bill is not None
    early = replace(MONTHLY.bill, newest=datetime(2025, 10, 31, 23, tzinfo=UTC))
    section = settlement(replace(MONTHLY, bill=early), NOW)
    assert section is not None
    assert "$4,321.50 so far" in section.sentences[1]


def test_campaigns_that_were_not_settled_are_counted() -> None:
    window = DONE.announcement.window.shifted(-timedelta(days=35))
    campaign = replace(DONE, announcement=replace(DONE.announcement, window=window))
    facts = replace(MONTHLY, settled=(), bill=None, campaigns=(Undertaking(campaign, None),))
    section = settlement(facts, NOW)
    assert section is not None and section.table is None
    assert section.sentences == ("No campaign of Oct 2025 is settled.",)
    assert (section.evidence.measured, section.evidence.wanted) == (0, 1)
    assert section.evidence.silent == ("Google's bill (not read yet)",)


def test_nothing_is_said_where_nothing_is_known_of_the_month() -> None:
    assert settlement(replace(MONTHLY, settled=(), bill=None, campaigns=()), NOW) is None


@pytest.mark.parametrize(("day", "told"), [(2, False), (3, True), (4, False)])
def test_a_daily_digest_tells_of_the_month_once(day: int, told: bool) -> None:
    span = days_span(date(2025, 11, day), 1, ZONE)
    facts = replace(MONTHLY, cadence=Cadence.DAILY, span=span)
    assert (settlement(facts, span.end) is not None) is told


def test_only_finance_reads_it_right_after_the_cost() -> None:
    titles = [one.title for one in compose(MONTHLY, NOW, Audience.FINANCE)]
    assert titles[:2] == ["Cost", "Settlement"]
    for other in set(Audience) - {Audience.FINANCE}:
        shown = compose(MONTHLY, NOW, other, groups=("web",))
        assert "Settlement" not in [one.title for one in shown], other


def test_a_past_campaign_says_what_its_hours_cost_and_by_which_basis() -> None:
    section = campaigns(MONTHLY, NOW)
    assert section is not None and section.table is not None
    assert section.table.columns[-1] == "What its hours cost"
    assert [row[-1] for row in section.table.rows] == [
        "$16.20 by billable time, $18.00 estimated",
        "–",
    ]
    before = campaigns(replace(MONTHLY, settled=()), NOW)
    assert before is not None and before.table is not None
    assert "What its hours cost" not in before.table.columns


def test_vendors_and_other_groups_do_not_hear_what_campaigns_cost() -> None:
    assert cut_for_vendors(MONTHLY, ("web",)).settled == ()
    assert cut_for_vendors(MONTHLY, ("web",)).bill is None
    assert cut_to_groups(MONTHLY, ("pipeline",)).settled == ()
    assert {one.campaign_id for one in OCTOBER} & {
        one.campaign_id for one in cut_to_groups(MONTHLY, ("web",)).settled
    } == set()


def test_the_table_s_amounts_are_numbers_that_can_be_sorted() -> None:
    section = settlement(MONTHLY, NOW)
    assert section is not None and section.table is not None
    assert all(isinstance(row[2], Amount) for row in section.table.rows)
