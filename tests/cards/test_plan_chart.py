"""The plan drawn with Slack's own charts stays within what Slack takes."""

from datetime import timedelta

import pytest

from bot.cards.plan_chart import plan_chart
from bot.core.picture import picture_of
from bot.core.planner import make_plan
from bot.core.windows import Window
from tests.cards.limits import faults
from tests.core_plan.scenes import BERLIN, HOUSE, NOW, WINDOW, campaign, evidence


@pytest.mark.parametrize("hours", [1, 4, 30, 24 * 7])
def test_slack_takes_the_charts_for_windows_of_any_length(hours: int) -> None:
    window = Window(WINDOW.start, WINDOW.start + timedelta(hours=hours))
    plan = make_plan(campaign(window=window), [evidence()], house=HOUSE, now=NOW)
    picture = picture_of(plan, "<!here> push", BERLIN)
    assert picture is not None
    card = plan_chart(picture)
    assert faults(card) == []
    assert [block["type"] for block in card.blocks].count("data_visualization") == 2


def test_the_text_alone_says_the_numbers() -> None:
    plan = make_plan(campaign(), [evidence()], house=HOUSE, now=NOW)
    picture = picture_of(plan, "Push", BERLIN)
    assert picture is not None
    text = plan_chart(picture).text
    assert "requests/s expected at the peak" in text
    assert f"{plan.workloads[0].floor} instances kept warm at the most" in text
