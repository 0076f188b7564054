"""The text as a person saw it, and what the parts of the grammar take out of it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.grammar.names import clean_name, left_over, take_quoted
from bot.core.grammar.scan import Scan, escape_slack, read_slack

SHOWN = [
    ("plain text stays", "Flash push", "Flash push"),
    ("entities are undone once", "R&amp;amp;D", "R&amp;D"),
    ("a lone ampersand stays", "R&D", "R&D"),
    ("angle brackets", "1 &lt; 2 &gt; 0", "1 < 2 > 0"),
    ("a channel", "<#C123|web>", "#web"),
    ("a channel without its name", "<#C123>", "#C123"),
    ("a channel with an empty name", "<#C123|>", "#C123"),
    ("a person", "<@U123|maya>", "@maya"),
    ("a user group", "<!subteam^S1|@sre>", "@sre"),
    ("a link with a label", "<https://example.com|our site>", "our site"),
    ("a link without a label", "<https://example.com>", "https://example.com"),
    ("line breaks and tabs are spaces", "a\nb\tc", "a b c"),
    ("half a surrogate pair is left out", "a\ud800b", "ab"),
    ("the order of letters cannot be turned", "a\u202eb\u2066c", "abc"),
    ("joined emoji stay", "👩\u200d💻", "👩\u200d💻"),
]


@pytest.mark.parametrize(("sentence", "text", "shown"), SHOWN, ids=[row[0] for row in SHOWN])
def test_slack_text_is_read_as_it_was_seen(sentence: str, text: str, shown: str) -> None:
    assert read_slack(text) == shown


@given(text=st.text())
def test_escaped_text_is_read_back_as_what_is_visible_of_it(text: str) -> None:
    shown = read_slack(escape_slack(text))
    assert read_slack(escape_slack(shown)) == shown


@given(text=st.text())
def test_a_scan_keeps_every_character_in_its_place(text: str) -> None:
    assert len(Scan(text).left) == len(text)


def test_what_is_taken_is_no_longer_found_and_what_is_hidden_stays_in_the_name() -> None:
    scan = Scan("Black Friday x3 push")
    scan.hide((0, 12))
    scan.take((13, 15))
    assert scan.find(re.compile("friday|x3")) == []
    assert scan.pieces() == ["Black Friday ", " push"]


@given(text=st.text())
def test_a_clean_name_is_clean_already(text: str) -> None:
    name = clean_name(text)
    assert clean_name(name) == name
    assert len(name) <= 80


QUOTED = [
    ("nothing in quotes", "Flash push", "", "Flash push"),
    ("straight quotes", 'a "Winter Sale" b', "Winter Sale", "a b"),
    ("a quote inside, doubled", '"Say ""hi"""', 'Say "hi"', ""),
    ("smart quotes around straight ones", "“The 5\" show”", 'The 5" show', ""),
    ("French quotes", "«Soldes»", "Soldes", ""),
    ("empty quotes", '"" push', "", "push"),
    ("an apostrophe opens nothing", "Mother's day 'x'", "", "Mother's day 'x'"),
    ("only the first quotes", '"One" and "Two"', "One", '"Two"'),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "text", "name", "left"), QUOTED, ids=[r[0] for r in QUOTED])
def test_a_name_is_taken_from_quotes(sentence: str, text: str, name: str, left: str) -> None:
    scan = Scan(text)
    assert take_quoted(scan) == name
    assert left_over(scan) == left
