"""When approvers are reminded: by the house's rules, and in time where little of it is left."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.oversight import Oversight

MINUTE = timedelta(minutes=1)
ASKED = datetime(2025, 11, 28, 12, 0, tzinfo=UTC)

CASES = [
    ("a day left: as the house says", 24 * 60, (30, 60)),
    ("an hour left: the reminder as ever, people before it is over", 60, (30, 45)),
    ("twenty minutes left: half and three quarters through", 20, (10, 15)),
    ("no time left: at once", 0, (0, 0)),
    ("asked after the deadline: at once", -5, (0, 0)),
]


@pytest.mark.parametrize(("what", "left", "due"), CASES, ids=[row[0] for row in CASES])
def test_reminders_come_while_an_answer_still_helps(
    what: str, left: int, due: tuple[int, int]
) -> None:
    found = Oversight().reminders(ASKED, ASKED + left * MINUTE)
    assert found == (ASKED + due[0] * MINUTE, ASKED + due[1] * MINUTE), what
