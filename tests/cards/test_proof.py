"""What an alarm about cold capacity says helps, by what it is due to."""

from dataclasses import replace

from bot.cards.proof import not_proven_alarm
from bot.core.campaign import CampaignState
from tests.cards.samples import COLD, NOW, view

FULL = "instances still starting: 5 of 41; the region's CPU or memory quota is used up: free some"


def test_a_full_region_is_named_with_what_helps() -> None:
    holdings = (replace(COLD[1], trouble=FULL), *COLD[2:])
    alarm = not_proven_alarm(view(CampaignState.WARMING, holdings=holdings), now=NOW)
    assert "have Google raise the quota there" in alarm.text
    assert "europe-west1" in alarm.text.rpartition("What helps")[2]


def test_other_causes_point_elsewhere() -> None:
    alarm = not_proven_alarm(view(CampaignState.WARMING, holdings=COLD), now=NOW)
    assert "quota there" not in alarm.text
    assert "I keep trying" in alarm.text
