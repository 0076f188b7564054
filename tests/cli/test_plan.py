"""What `headroom plan` prints is for a terminal, not for Slack."""

import pytest

from bot.cli.plan import for_terminal


@pytest.mark.parametrize(
    ("slack", "terminal"),
    [
        (
            "from <!date^1764348060^{date_short_pretty} {time}|Fri 28 Nov 17:41 Europe/Berlin> on",
            "from Fri 28 Nov 17:41 Europe/Berlin on",
        ),
        ("I will keep *171 extra instances* warm", "I will keep 171 extra instances warm"),
        ("*Why warm* A &amp; B, x3 * 2 = 6", "Why warm A & B, x3 * 2 = 6"),
        ("ask in <#C0OPS>", "ask in <#C0OPS>"),
    ],
)
def test_slack_s_markup_is_taken_off(slack: str, terminal: str) -> None:
    assert for_terminal(slack) == terminal
