"""What each part of a digest says: of peaks, errors, limits, money, campaigns and alerts."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.core.campaign import CampaignState
from bot.core.digest.bottlenecks import bottlenecks
from bot.core.digest.campaigns import campaigns
from bot.core.digest.capacity import capacity
from bot.core.digest.composing import compose
from bot.core.digest.cost import cost
from bot.core.digest.errors import errors
from bot.core.digest.facts import DigestFacts
from bot.core.digest.noise import alert_noise
from bot.core.digest.section import Audience, Section
from bot.core.money import Money
from bot.core.noise import QuietPolicy
from bot.core.series import Metric
from tests.core_digest.digests import DAY, FACTS, NOW, WEEKLY, day_curve, of_day
from tests.core_digest.fleets import GAP, fleet, without, workload


def said(section: Section | None) -> str:
    assert section is not None
    return " ".join([*section.sentences, *section.advice])


def of(found: object, **values: object) -> DigestFacts:
    """The day with another fleet."""
    return replace(FACTS, fleet=found, **values)  # type: ignore[arg-type]


def test_peaks_are_told_with_their_hour_and_their_bounds() -> None:
    text = said(capacity(FACTS, NOW))
    assert "At most 95 instances ran at once (floor 9, maximum 200)." in text
    assert "Demand was highest at 19:15: 1,420 requests/s." in text
    week = capacity(WEEKLY, NOW)
    assert "Demand was highest at Sat 22 Nov 19:00" in said(week)
    assert week is not None and week.chart is not None
    assert len(week.chart.labels) == 168


def test_a_peak_of_the_whole_is_not_the_sum_of_peaks_at_different_hours() -> None:
    morning = day_curve(0, 40)
    evening = replace(morning, values=tuple(reversed(morning.values)))
    shop, cart = workload("shop"), workload("cart")
    found = fleet(
        shop, cart, span=DAY, step=morning.step, instances={"shop": morning, "cart": evening}
    )
    assert "At most 5" in said(capacity(of(found), NOW))


def test_what_scales_to_zero_is_counted_and_not_missed() -> None:
    asleep = workload("asleep", floor=0)
    nothing: dict[str, Any] = {metric.name.lower(): {"asleep": GAP} for metric in Metric}
    known = fleet(workload("shop"), asleep, span=DAY, step=timedelta(minutes=15), **nothing)
    section = capacity(of(known), NOW)
    assert "1 of 2 workloads was not seen running." in said(section)
    assert section is not None and section.evidence.whole


def test_errors_are_told_with_where_and_when() -> None:
    section = errors(FACTS, NOW)
    assert "0.2% of the requests failed. Most failed at 19:15: 3.4 a second." in said(section)
    assert "cart-api failed most: 2.4% of its own." in said(section)
    quiet = without(FACTS.fleet, Metric.ERRORS)
    assert "How many requests failed is not known" in said(errors(of(quiet), NOW))
    none = fleet(workload("shop"), span=DAY, step=timedelta(minutes=15), errors={"shop": 0.0})
    assert "No request failed." in said(errors(of(none), NOW))


def test_the_resource_that_limits_is_named_with_its_evidence() -> None:
    text = said(bottlenecks(FACTS, NOW))
    assert "The tightest is Orders database: 184 of 200 connections at 19:15." in text
    assert "Orders database: widen it, pool its connections" in text
    idle = replace(FACTS, house=replace(FACTS.house, fences=type(FACTS.house.fences)()))
    small = fleet(workload("shop"), span=DAY, step=timedelta(minutes=15), cpu={"shop": 0.1})
    assert "Nothing came near a limit; the nearest was" in said(
        bottlenecks(replace(idle, fleet=small), NOW)
    )


def test_what_costs_far_more_than_ever_is_named() -> None:
    text = said(cost(FACTS, NOW))
    assert "34% more than usual" in text
    assert "Unusual: shop-frontend cost $68.69, at most $43.27 in earlier weeks." in text
    assert "cart-api" not in text
    assert (
        "Marketing money has taken $120.00 for campaigns in Nov 2025, 40% of its $300.00." in text
    )


def test_two_earlier_weeks_are_no_trend() -> None:
    text = said(cost(replace(FACTS, earlier=FACTS.earlier[:2]), NOW))
    assert "too few earlier weeks to say what is usual" in text
    assert "Unusual" not in text


def test_costs_that_were_not_measured_are_not_guessed() -> None:
    blind = without(of_day(), Metric.BILLABLE)
    assert "What the fleet cost is not known" in said(cost(of(blind), NOW))
    budget = replace(FACTS.spends[0].team, month=None)
    spends = (replace(FACTS.spends[0], team=budget, taken=Money(Decimal(7))),)
    text = said(cost(replace(FACTS, spends=spends), NOW))
    assert "Marketing money has taken $7.00 for campaigns in Nov 2025." in text


def test_campaigns_are_told_with_what_they_wait_for() -> None:
    section = campaigns(FACTS, NOW)
    assert "One campaign ran that day; one is coming up." in said(section)
    assert "Cyber Monday sale: unanswered at the start means no." in said(section)
    assert section is not None and section.table is not None
    assert [row[4] for row in section.table.rows] == ["is over", "waits for approval"]


def test_what_was_cancelled_did_not_run() -> None:
    gone = replace(FACTS.campaigns[0].campaign, state=CampaignState.CANCELLED)
    facts = replace(FACTS, campaigns=(replace(FACTS.campaigns[0], campaign=gone),))
    assert "No campaign ran that day; none is coming up." in said(campaigns(facts, NOW))
    assert campaigns(replace(FACTS, campaigns=()), NOW) is None


def test_alert_noise_is_for_engineers_and_weekly() -> None:
    assert alert_noise(FACTS, NOW) is None
    text = said(alert_noise(WEEKLY, NOW))
    assert "6 incidents were shown: 33% were acknowledged, half of them within 4 min." in text
    assert "High latency: nobody ever acted on it" in text


def with_quiet(facts: DigestFacts, *quiet: QuietPolicy) -> DigestFacts:
    assert facts.noise is not None
    return replace(facts, noise=replace(facts.noise, quiet=quiet))


def test_complaint_05_what_was_not_urgent_is_told_the_day_after_and_to_engineers_only() -> None:
    disk = QuietPolicy("Disk is nearly full", ("a", "b", "c", "d"), fired=3, open=2)
    section = alert_noise(with_quiet(FACTS, disk, QuietPolicy("Slow job", (), 1, 0)), NOW)
    assert section is not None and section.table is not None
    assert section.audiences == {Audience.ENGINEERS}
    told = "4 alerts were not urgent and have waited for this digest, 2 of them still open."
    assert section.sentences == (told,)
    assert [row[:2] for row in section.table.rows] == [
        ("Disk is nearly full", "a, b, c and 1 more"),
        ("Slow job", "not known"),
    ]


def test_what_was_not_urgent_is_in_the_weekly_digest_in_short() -> None:
    many = [QuietPolicy(f"Policy {number}", ("web",), 1, 0) for number in range(7)]
    text = said(alert_noise(with_quiet(WEEKLY, QuietPolicy("Disk", (), 9, 1), *many), NOW))
    assert "Not urgent: Disk 9 times, still open; Policy 0 (web) once; " in text
    assert text.rstrip().count("and 3 other policies.") == 1


def test_one_alert_that_could_wait_is_said_in_the_singular() -> None:
    section = alert_noise(with_quiet(FACTS, QuietPolicy("Slow job", (), 1, 0)), NOW)
    assert section is not None
    told = "1 alert was not urgent and has waited for this digest; it is over."
    assert section.sentences == (told,)


@pytest.mark.parametrize(
    ("audience", "titles"),
    [
        (
            Audience.ENGINEERS,
            ["Campaigns", "Capacity", "Errors and speed", "Bottlenecks", "Cost", "Alerts"],
        ),
        (Audience.BUSINESS, ["Campaigns", "Capacity", "Errors and speed", "Cost"]),
        (Audience.FINANCE, ["Cost", "Campaigns", "Capacity"]),
    ],
)
def test_each_reader_gets_what_is_for_them_in_their_order(
    audience: Audience, titles: list[str]
) -> None:
    found = [one.title for one in compose(WEEKLY, NOW, audience)]
    assert [title for title in found if title in titles] == titles
    ours = {"Campaigns", "Capacity", "Errors and speed", "Bottlenecks", "Cost", "Alerts"}
    assert set(found) & ours == set(titles)


def test_business_reads_errors_without_the_names_of_all_workloads() -> None:
    found = {one.title: one for one in compose(FACTS, NOW, Audience.BUSINESS)}
    assert found["Errors and speed"].table is None
