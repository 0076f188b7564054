"""Laws that hold for every card whatever comes in: Slack takes it, nobody is shouted at, nothing is lost silently."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards.answers import form_offer, help_card, mistake, trouble
from bot.cards.approval import approval_card
from bot.cards.blocks import message, section
from bot.cards.buttons import unseal
from bot.cards.campaign import CampaignView, campaign_card
from bot.cards.form import campaign_form, form_metadata
from bot.cards.home import home_view
from bot.cards.proof import not_proven_alarm, warm_reply
from bot.cards.report import report_card, report_csv
from bot.cards.status import Lag, StatusRow, StatusView, status_card
from bot.cards.text import clip, rows, said
from bot.core.draft import Draft, Field, Question
from bot.core.house import Group
from bot.core.message import Message
from bot.core.report import Report
from bot.core.verdict import Role
from tests.cards.home_gallery import EVERYTHING
from tests.cards.incident_samples import INCIDENT
from tests.cards.limits import faults, texts
from tests.cards.samples import CAMPAIGN, HOUSE, KEY, NOW
from tests.cards.strange import WORDS, reports, views

LAW = settings(max_examples=60, deadline=None)


def buttons(card: Message) -> list[str]:
    """The values of all buttons of a message."""
    found = [b for block in card.blocks if block["type"] == "actions" for b in block["elements"]]
    return [button["value"] for button in found]


@LAW
@given(views())
def test_slack_takes_every_card_of_a_campaign_whatever_comes_in(view: CampaignView) -> None:
    cards = [
        campaign_card(view, house=HOUSE, now=NOW),
        approval_card(view, house=HOUSE, now=NOW),
        warm_reply(view, now=NOW),
        not_proven_alarm(view, now=NOW),
    ]
    assert [faults(card) for card in cards] == [[], [], [], []]
    for value in [*buttons(cards[0]), *buttons(cards[1])]:
        assert unseal(value, KEY).subject == view.campaign.id


@LAW
@given(reports(), WORDS)
def test_slack_takes_every_report_whatever_was_measured(report: Report, name: str) -> None:
    asked = replace(CAMPAIGN.announcement, name=name)
    card = report_card(replace(CAMPAIGN, announcement=asked), report, house=HOUSE)
    assert faults(card) == []
    assert report_csv(report).count("\n") >= len(report.rows) + 1


@LAW
@given(st.lists(views(), max_size=4), st.integers(0, 10**6))
def test_slack_takes_every_status_however_much_is_open(
    open_now: list[CampaignView], behind: int
) -> None:
    shown = [StatusRow(view.campaign, view.plan) for view in open_now] * 40
    lag = Lag(behind, timedelta(seconds=behind))
    card = status_card(StatusView(shown, lag), house=HOUSE, now=NOW)
    assert faults(card) == []


@LAW
@given(st.lists(views(), max_size=4), st.sets(st.sampled_from(Role)), WORDS, st.integers(1, 60))
def test_slack_takes_every_home_tab_however_much_there_is(
    open_now: list[CampaignView], roles: set[Role], words: str, copies: int
) -> None:
    alarm = replace(INCIDENT, subject=replace(INCIDENT.subject, title=words))
    shown = replace(
        EVERYTHING,
        roles=frozenset(roles),
        waiting=open_now * copies,
        own=open_now * copies,
        campaigns=[view.campaign for view in open_now] * min(copies, 9),
        incidents=[alarm] * copies,
        alerts=[alarm] * copies,
    )
    card = home_view(shown, house=HOUSE, now=NOW)
    assert faults(card) == []
    held = [block["type"] for block in card.body["blocks"]]
    assert held[-1] == "context" or not roles  # what one may do is at the end, and still there


@LAW
@given(WORDS, st.lists(WORDS, max_size=130, unique=True))
def test_slack_takes_every_private_answer_whatever_is_quoted(text: str, names: list[str]) -> None:
    house = replace(HOUSE, groups=tuple(Group(name or "g", name) for name in names))
    cards = [
        help_card(house, set(Role)),
        mistake(text),
        trouble(text),
        form_offer(text, "id", seal=KEY),
    ]
    assert [faults(card) for card in cards] == [[]] * 4


@LAW
@given(WORDS, WORDS, st.lists(WORDS, max_size=130, unique=True), st.lists(WORDS, max_size=12))
def test_slack_takes_every_form_whatever_was_understood(
    name: str, other: str, groups: list[str], questions: list[str]
) -> None:
    house = replace(HOUSE, groups=tuple(Group(group or "g", group) for group in groups))
    draft = Draft(
        name=name,
        kind=other,
        date=other,
        start=other,
        end=other,
        until=other,
        zone=other,
        multiplier=name,
        groups=tuple(groups[:3]),
        questions=tuple(
            Question(field, text) for field, text in zip(Field, questions, strict=False)
        ),
    )
    card = campaign_form(draft, house=house, metadata=form_metadata(campaign="", channel="C1"))
    assert faults(card) == []


@given(WORDS, st.integers(2, 200))
def test_foreign_words_are_one_harmless_line_whatever_they_are(text: str, limit: int) -> None:
    line = said(text, limit)
    assert "<" not in line and ">" not in line and "\n" not in line
    assert not any("\u202a" <= character <= "\u202e" for character in line)
    unescaped = line.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert len(unescaped) <= limit


@given(
    st.lists(st.sampled_from(["<!date^1^{time}|x>", "&amp;", "word ", "🎉"])), st.integers(5, 60)
)
def test_nothing_is_cut_in_half_when_text_is_clipped(parts: list[str], limit: int) -> None:
    cut = clip("".join(parts), limit)
    assert len(cut) <= limit
    assert cut.count("<") == cut.count(">")
    for piece in cut.split("&")[1:]:
        assert piece.startswith("amp;")


@given(st.lists(st.text(min_size=1, max_size=300), max_size=40), st.integers(1, 30))
def test_every_line_is_shown_or_counted_when_rows_are_limited(lines: list[str], most: int) -> None:
    lines = [line.replace("\n", " ") for line in lines]
    shown = rows(lines, most=most, limit=800).split("\n") if lines else []
    assert len("\n".join(shown)) <= 800
    if shown and shown[-1].endswith(" more") and shown[: len(lines)] != lines:
        assert len(shown) - 1 + int(shown[-1].split()[1]) == len(lines)
    else:
        assert shown == lines


@given(st.integers(0, 80), st.integers(1, 2800))
def test_the_buttons_stay_when_a_message_is_too_long(paragraphs: int, length: int) -> None:
    button = {"type": "actions", "elements": [{"type": "button", "value": "v"}]}
    head = {"type": "header", "text": {"type": "plain_text", "text": "Head"}}
    card = message("text", [head, *[section("x" * length)] * paragraphs, button])
    assert card.blocks[0] == head and card.blocks[-1] == button
    left_out = paragraphs - sum(block["type"] == "section" for block in card.blocks)
    said_so = [text for _, text in texts(card.blocks) if "did not fit" in text]
    assert said_so == ([f"{left_out} more parts did not fit here."] if left_out else [])


@pytest.mark.parametrize("amount", [1, 10, 11, 1000])
def test_a_long_table_says_how_many_rows_are_missing(amount: int) -> None:
    lines = [f"line {i}" for i in range(amount)]
    last = rows(lines).split("\n")[-1]
    assert last == (f"and {amount - 10:,} more" if amount > 10 else lines[-1])
