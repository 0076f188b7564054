"""The Why? modal stays within what Slack takes, whatever is in the plan."""

from dataclasses import replace

import pytest

from bot.cards.explanation import why_view
from bot.core.planner import make_plan
from tests.cards.limits import faults
from tests.core_plan.scenes import HOUSE, NOW, SERVICE, campaign, evidence


def _many(count: int, name: str = "svc") -> list[str]:
    return [f"{name}-{place}" for place in range(count)]


@pytest.mark.parametrize("count", [1, 5, 200])
def test_slack_takes_the_modal_for_any_number_of_workloads(count: int) -> None:
    found = [
        evidence(workload=replace(SERVICE, key=replace(SERVICE.key, name=name)))
        for name in _many(count)
    ]
    plan = make_plan(campaign(), found, house=HOUSE, now=NOW)
    assert faults(why_view(campaign(), plan)) == []


def test_what_does_not_fit_is_counted_and_the_command_for_it_said() -> None:
    found = [
        evidence(workload=replace(SERVICE, key=replace(SERVICE.key, name=name)))
        for name in _many(200)
    ]
    plan = make_plan(campaign(), found, house=HOUSE, now=NOW)
    last = why_view(campaign(), plan).body["blocks"][-1]["elements"][0]["text"]
    assert "more workloads" in last and "--explain" in last


def test_a_hostile_name_stays_text() -> None:
    asked = campaign()
    asked = replace(asked, announcement=replace(asked.announcement, name="<!channel> *boo*"))
    plan = make_plan(asked, [evidence()], house=HOUSE, now=NOW)
    view = why_view(asked, plan)
    assert faults(view) == []
    assert "<!channel>" not in str(view.body)
