"""Which verb a slash command means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.command import Command, Verb, parse_command

COMMANDS = [
    ("/campaign is a campaign", "/campaign", "Flash push", Command(Verb.CAMPAIGN, "Flash push")),
    ("/campaign alone opens the form", "/campaign", "  ", Command(Verb.CAMPAIGN)),
    ("/campaign help is help", "/campaign", "help", Command(Verb.HELP)),
    ("/campaign status is the status", "/campaign", " Status ", Command(Verb.STATUS)),
    ("/campaign help me is a campaign", "/campaign", "help me", Command(Verb.CAMPAIGN, "help me")),
    ("capitals do not matter", "/Campaign", "Flash", Command(Verb.CAMPAIGN, "Flash")),
    ("/headroom campaign is a campaign", "/headroom", "campaign Flash push", Command(Verb.CAMPAIGN, "Flash push")),
    ("/headroom announce is a campaign", "/headroom", "announce Flash", Command(Verb.CAMPAIGN, "Flash")),
    ("/headroom campaign alone", "/headroom", "campaign", Command(Verb.CAMPAIGN)),
    ("spaces do not matter", "/headroom", "  CAMPAIGN   Flash ", Command(Verb.CAMPAIGN, "Flash")),
    ("a line break does not matter", "/headroom", "campaign\nFlash", Command(Verb.CAMPAIGN, "Flash")),
    ("/headroom status", "/headroom", "status", Command(Verb.STATUS)),
    ("/headroom status of one thing", "/headroom", "status web", Command(Verb.STATUS, "web")),
    ("/headroom help", "/headroom", "help", Command(Verb.HELP)),
    ("/headroom ?", "/headroom", "?", Command(Verb.HELP)),
    ("/headroom alone is help", "/headroom", "", Command(Verb.HELP)),
    ("a misspelt status", "/headroom", "statsu", Command(Verb.UNKNOWN, "statsu", "status")),
    ("a misspelt campaign", "/headroom", "campain Flash", Command(Verb.UNKNOWN, "campain Flash", "campaign")),
    ("nothing alike", "/headroom", "xyzzy", Command(Verb.UNKNOWN, "xyzzy")),
    ("plain words announce", "/headroom", "Flash push Fri 18:00-22:00 x3 #web", Command(Verb.CAMPAIGN, "Flash push Fri 18:00-22:00 x3 #web")),
    ("a season is no typing error", "/headroom", "Summer sale 1 Jul x2", Command(Verb.CAMPAIGN, "Summer sale 1 Jul x2")),
    ("a misspelt verb with numbers", "/headroom", "extnd Flash push 30m", Command(Verb.UNKNOWN, "extnd Flash push 30m", "extend")),
    ("words without a number", "/headroom", "what a lovely day", Command(Verb.UNKNOWN, "what a lovely day")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sentence", "command", "text", "meant"), COMMANDS, ids=[row[0] for row in COMMANDS]
)
def test_a_command_means(sentence: str, command: str, text: str, meant: Command) -> None:
    assert parse_command(command, text) == meant


@given(command=st.sampled_from(["/campaign", "/headroom", "", "/"]), text=st.text())
def test_every_text_has_a_verb(command: str, text: str) -> None:
    found = parse_command(command, text)
    assert found.suggestion in {"", *Verb}
    assert found.rest in text
