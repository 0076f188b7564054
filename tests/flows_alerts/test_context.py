"""What an incident says about live campaigns, and snoozes that Cloud Monitoring is told of."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.mirroring import Silence
from bot.core.series import Metric
from bot.errors import GiveUp
from tests.fakes import FakeClock
from tests.flows.town import SHOP, START
from tests.flows_alerts.watchtower import MINUTE, Watchtower


class Silences:
    """Cloud Monitoring's snoozes in memory; `refusal` is what it answers, if anything."""

    def __init__(self, clock: FakeClock, refusal: GiveUp | None = None) -> None:
        self.clock = clock
        self.refusal = refusal
        self.wishes: list[tuple[str, datetime]] = []

    async def snooze(self, silence: Silence, until: datetime) -> None:
        """Notes the wish."""
        assert silence.title.startswith("Headroom: p95 latency")
        if self.refusal is not None:
            raise self.refusal
        self.wishes.append((silence.policy, until))


async def test_an_incident_says_which_live_campaign_may_explain_it(town: Watchtower) -> None:
    await town.scheduled()
    await town.run(START + timedelta(minutes=5))
    town.metrics.put(Metric.REQUESTS, SHOP.key, 1320.0)
    await town.fires()
    root = town.roots()[0].message.text
    assert "Black Friday push is live; demand" in root and "× plan." in root
    assert (await town.incident()).context in root


async def test_the_campaign_that_may_explain_an_incident_is_one_click_away(
    town: Watchtower,
) -> None:
    await town.scheduled()
    await town.run(START + timedelta(minutes=5))
    await town.fires()
    (campaign,) = [one for one in town.chat.posts if one.mark.startswith("campaign/")][:1]
    link = f"<{await town.chat.permalink(campaign.channel, campaign.ts)}|Open the campaign>"
    assert link in town.roots()[0].message.text


async def test_what_is_heard_only_after_a_snooze_says_it_too(town: Watchtower) -> None:
    await town.scheduled()
    await town.run(START + timedelta(minutes=5))
    await town.fires()
    await town.answers("Snooze", option="1 hour")
    await town.clears()
    await town.run(40 * MINUTE)  # beyond the window: what fires now is another incident
    await town.fires(number=2)
    assert len(town.roots()) == 1
    await town.run(21 * MINUTE)
    assert "Black Friday push is live" in town.roots()[-1].message.text
    assert len(town.roots()) == 2


async def test_a_storm_says_which_live_campaign_may_explain_it(town: Watchtower) -> None:
    await town.scheduled()
    await town.run(START + timedelta(minutes=5))
    for number in range(20):
        await town.fires(f"Policy {number:03}", run=False)
    await town.run(MINUTE)
    (summary,) = [one for one in town.chat.posts if "Alert storm" in one.message.text]
    assert summary.message.text.count("Black Friday push is live") == 1


async def test_an_incident_without_a_campaign_says_nothing_of_one(town: Watchtower) -> None:
    await town.fires()
    assert ":mega:" not in town.roots()[0].message.text


async def test_an_acknowledgement_stands_when_the_campaign_is_told_later(
    town: Watchtower,
) -> None:
    await town.scheduled()
    await town.run(START + timedelta(minutes=5))
    await town.fires()
    await town.answers("Acknowledge")
    town.metrics.put(Metric.REQUESTS, SHOP.key, 4000.0)
    await town.run(11 * MINUTE)
    root = town.roots()[0].message.text
    assert "Acknowledged by" in root and "Black Friday push is live" in root
    assert len(town.pages()) == 1


async def test_a_snooze_is_mirrored_only_when_somebody_wishes_so(town: Watchtower) -> None:
    silences = Silences(town.clock)
    town.kit = replace(town.kit, snoozing=silences)
    await town.fires()
    await town.answers("Snooze", option="1 hour")
    assert silences.wishes == []
    await town.fills_in(deed="snooze:4h", mirror="mirror")
    (wish,) = silences.wishes
    assert wish[0].startswith("projects/cymbal-shop/alertPolicies/p95 latency")
    assert wish[1] - town.clock.now() > timedelta(hours=3)


async def test_ending_a_mirrored_snooze_ends_it_in_cloud_monitoring_too(
    town: Watchtower,
) -> None:
    silences = Silences(town.clock)
    town.kit = replace(town.kit, snoozing=silences)
    await town.fires()
    await town.fills_in(deed="snooze:week", mirror="mirror")
    await town.fills_in(deed="unsnooze")
    assert len(silences.wishes) == 2
    assert silences.wishes[-1][1] <= town.clock.now()


async def test_what_cloud_monitoring_closed_for_a_snooze_pages_nobody_when_it_ends(
    town: Watchtower,
) -> None:
    town.kit = replace(town.kit, snoozing=Silences(town.clock))
    await town.fires()
    await town.fills_in(deed="snooze:1h", mirror="mirror")
    shown = town.roots()[0].message.text
    assert "in Cloud Monitoring too" in shown and "1 alert, closed by the snooze" in shown
    await town.run(timedelta(minutes=61))
    assert "Resolved" in town.roots()[0].message.text
    assert "it opens again if it fires" in town.replies()[-1]
    assert len(town.pages()) == 1
    await town.fires(number=2)
    assert "Nobody has it yet" in town.roots()[0].message.text
    assert len(town.roots()) == 1 and len(town.pages()) == 2


async def test_whoever_wished_it_hears_that_cloud_monitoring_is_not_silent(
    town: Watchtower,
) -> None:
    refusal = GiveUp("Headroom's account lacks roles/monitoring.snoozeEditor")
    town.kit = replace(town.kit, snoozing=Silences(town.clock, refusal))
    await town.fires()
    await town.fills_in(deed="snooze:1h", mirror="mirror")
    assert "snoozed here, but Cloud Monitoring is not silent" in town.whispers()[-1]
    assert "snoozeEditor" in town.whispers()[-1]
    await town.run(timedelta(minutes=61))
    assert len(town.pages()) == 2
