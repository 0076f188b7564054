"""How Slack's words about a person are read: whose they are, and whether they are a guest."""

from typing import Any

import pytest

from bot.adapters.slack_people import standing_of
from bot.core.standing import Standing

OURS = {"team_id": "T1", "enterprise_id": None}
GRID = {"team_id": "T1", "enterprise_id": "E1"}

CASES: list[tuple[str, dict[str, Any], dict[str, Any], Standing]] = [
    ("a colleague", {"team_id": "T1"}, OURS, Standing.MEMBER),
    (
        "a guest of one channel",
        {"team_id": "T1", "is_ultra_restricted": True},
        OURS,
        Standing.GUEST,
    ),
    ("a guest of several", {"team_id": "T1", "is_restricted": True}, OURS, Standing.GUEST),
    ("somebody who has left", {"team_id": "T1", "deleted": True}, OURS, Standing.GONE),
    ("a partner in a shared channel", {"team_id": "T2"}, OURS, Standing.OUTSIDER),
    (
        "a stranger who says our team",
        {"team_id": "T1", "is_stranger": True},
        OURS,
        Standing.OUTSIDER,
    ),
    ("somebody who says nothing", {}, OURS, Standing.OUTSIDER),
    ("somebody, where we know nothing of ourselves", {"team_id": ""}, {}, Standing.OUTSIDER),
    (
        "a colleague in another workspace of the grid",
        {"team_id": "T3", "enterprise_user": {"enterprise_id": "E1"}},
        GRID,
        Standing.MEMBER,
    ),
    (
        "a partner with a grid of their own",
        {"team_id": "T4", "enterprise_user": {"enterprise_id": "E2"}},
        GRID,
        Standing.OUTSIDER,
    ),
    ("a colleague's guest of another grid", {"team_id": "T4"}, GRID, Standing.OUTSIDER),
]


@pytest.mark.parametrize(
    ("who", "person", "own", "standing"), CASES, ids=[case[0] for case in CASES]
)
def test_a_person_is_of_us_only_where_slack_says_so(
    who: str, person: dict[str, Any], own: dict[str, Any], standing: Standing
) -> None:
    assert standing_of(person, own) is standing, who
