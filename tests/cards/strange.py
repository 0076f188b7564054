"""Hypothesis strategies for the worst that can come in: long names, markup, emoji, right-to-left, floods of workloads."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from bot.cards.campaign import CampaignView
from bot.core.campaign import CampaignState
from bot.core.fleet import BillingMode, WorkloadKey, WorkloadKind
from bot.core.holding import Holding
from bot.core.plan import Plan, WorkloadPlan
from bot.core.report import Chart, Report
from bot.core.verdict import Effect, Finding, Role, Verdict
from tests.cards.samples import (
    CAMPAIGN,
    KEY,
    NOW,
    PLAN,
    PROVEN_AT,
    REPORT,
    YES,
    dollars,
    row,
    workload,
)

NASTY = st.sampled_from(
    [
        "",
        " ",
        "<!channel>",
        "<!here> & <@U0MAYA>",
        "&amp;" * 900,
        "<" * 3000,
        "a" * 5000,
        "🎉" * 800,
        "عرض الجمعة السوداء",
        "\u202egnitekram",
        "line\nbreak\ttab\x00\x07",
        "`code` *bold* _it_ ~no~ |",
        "x|y>z",
    ]
)
WORDS = st.one_of(NASTY, st.text(max_size=400))
SOME = st.integers(0, 100_000)
RATES = st.floats(0, 1e9) | st.just(float("nan")) | st.just(float("inf"))


@st.composite
def keys(draw: st.DrawFn) -> WorkloadKey:
    """A workload named by anybody."""
    kind = draw(st.sampled_from(WorkloadKind))
    return WorkloadKey(kind, draw(WORDS), draw(WORDS), draw(WORDS))


@st.composite
def workload_plans(draw: st.DrawFn) -> WorkloadPlan:
    """A workload's plan with any numbers and words."""
    baseline = draw(SOME)
    floor = baseline + draw(SOME)
    made = workload(draw(keys()), baseline=baseline, floor=floor, rps=(draw(RATES), draw(RATES)))
    return replace(
        made,
        ceiling_needed=draw(st.none() | SOME),
        billing=draw(st.sampled_from(BillingMode)),
        evidence=tuple(draw(st.lists(WORDS, max_size=3))),
        warnings=tuple(draw(st.lists(WORDS, max_size=3))),
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Up to a thousand workloads: a few drawn ones, repeated under numbered names."""
    drawn = draw(st.lists(workload_plans(), max_size=4))
    copies = draw(st.sampled_from([1, 1, 30, 250]))
    many = [
        replace(one, key=replace(one.key, name=f"{one.key.name}{i}" if i else one.key.name))
        for i in range(copies)
        for one in drawn
    ]
    cost = dollars(str(draw(st.integers(0, 10**12)) / 100))
    words = draw(st.lists(WORDS, max_size=12))
    return replace(
        PLAN, workloads=tuple(many), cost=cost, priced_on=draw(WORDS), warnings=tuple(words)
    )


@st.composite
def verdicts(draw: st.DrawFn) -> Verdict:
    """Any findings, none at all included."""
    finding = st.builds(
        Finding,
        policy=WORDS,
        effect=st.sampled_from(Effect),
        reason=WORDS,
        evidence=WORDS,
        way_out=WORDS,
        approvers=st.lists(st.sampled_from(Role), max_size=5).map(tuple),
    )
    return Verdict(tuple(draw(st.lists(finding, max_size=15))))


@st.composite
def views(draw: st.DrawFn) -> CampaignView:
    """Any campaign in any state."""
    plan = draw(plans())
    asked = replace(
        CAMPAIGN.announcement,
        name=draw(WORDS),
        zone=draw(st.sampled_from(["Europe/Berlin", "Asia/Kathmandu", "Not/AZone", ""]) | WORDS),
        multiplier=draw(RATES),
        groups=tuple(draw(st.lists(WORDS, max_size=8))),
    )
    campaign = replace(
        CAMPAIGN,
        announcement=asked,
        state=draw(st.sampled_from(CampaignState)),
        announcer=draw(WORDS),
        confirmed_by=draw(WORDS),
        cancelled_by=draw(WORDS),
        proven_at=draw(st.none() | st.just(PROVEN_AT)),
        restored_at=draw(st.none() | st.just(NOW)),
        trouble=draw(WORDS),
    )
    held = plan.workloads[: draw(st.integers(0, 60))]
    trouble = draw(WORDS)
    holdings = [Holding(w.key, w.baseline, None, observed=w.floor, trouble=trouble) for w in held]
    return CampaignView(
        campaign=campaign,
        plan=draw(st.sampled_from([None, plan, plan])),
        verdict=draw(st.none() | verdicts()),
        holdings=tuple(holdings),
        approvals=tuple(replace(YES, by=draw(WORDS)) for _ in range(draw(st.integers(0, 12)))),
        seal=KEY,
        report=draw(st.none() | reports()),
    )


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A report with gaps anywhere and a chart of any length."""
    points = draw(st.integers(0, 60))
    number = st.none() | st.floats(0, 1e9)
    labels = [f"{(18 + i // 4) % 24}:{15 * (i % 4):02}" for i in range(points)]
    chart = Chart(
        title=draw(WORDS),
        labels=tuple(labels),
        planned=tuple(draw(RATES) for _ in labels),
        actual=tuple(draw(number) for _ in labels),
    )
    rows = [
        row(one, draw(SOME), notes=(draw(WORDS),)) for one in draw(st.lists(keys(), max_size=5))
    ]
    return replace(
        REPORT,
        rows=tuple(rows) * draw(st.sampled_from([1, 200])),
        chart=draw(st.none() | st.just(chart)),
        actual_demand=draw(number),
        minutes_at_risk=draw(st.none() | SOME),
        made_at=NOW + timedelta(hours=9),
        lessons=tuple(draw(st.lists(WORDS, max_size=9))),
        missing=tuple(draw(st.lists(WORDS, max_size=9))),
    )
