"""What a campaign is called, and which kind it is."""

import pytest

from bot.core.campaign import Announcement, CampaignKind
from bot.core.draft import Field
from tests.core_announcement.shop import announced, asked, question

WHEN = "Fri 28 Nov 18:00-22:00 x3 #web"

NAMES = [
    ("the words before the date", f"Black Friday push {WHEN}", "Black Friday push"),
    ("a day that is only a name", f"Cyber Monday sale {WHEN}", "Cyber Monday sale"),
    ("a weekday in the name beside a date", f"Wild Wednesday push {WHEN}", "Wild Wednesday push"),
    ("a name behind", f"{WHEN} Winter blast", "Winter blast"),
    ("a name in front and behind", f"Winter {WHEN} blast", "Winter blast"),
    ("a request behind", f"Sneaker drop {WHEN}, please warm up", "Sneaker drop"),
    ("nothing but a request", f"please announce Flash sale {WHEN}", "please announce Flash sale"),
    ("quotes", f'"Winter Sale" e-mail {WHEN}', "Winter Sale"),
    ("smart quotes", f"“Winter Sale” e-mail {WHEN}", "Winter Sale"),
    ("German quotes", f"„Winter Sale“ e-mail {WHEN}", "Winter Sale"),
    ("quotes that do not match", f'"Winter Sale” e-mail {WHEN}', "Winter Sale"),
    ("single quotes at the start", f"'Winter Sale' e-mail {WHEN}", "Winter Sale"),
    ("an apostrophe", f"Mother's Day mailing {WHEN}", "Mother's Day mailing"),
    ("a date inside quotes", f'"28 Nov x9 #wbe" push {WHEN}', "28 Nov x9 #wbe"),
    ("an ampersand as Slack escapes it", f"R&amp;D drop {WHEN}", "R&D drop"),
    ("angle brackets as Slack escapes them", f"&lt;b&gt; drop {WHEN}", "<b> drop"),
    ("a discount", f"20% off sale {WHEN}", "20% off sale"),
    ("a double that is no multiplier", f"Double Points push {WHEN}", "Double Points push"),
    ("a number one", f"Our #1 sale {WHEN}", "Our #1 sale"),
    ("an open-all-hours shop", f"24/7 sale {WHEN}", "24/7 sale"),
    ("a group that is part of the name", f"Checkout promo {WHEN}", "Checkout promo"),
    ("today's", f"Today's deal {WHEN}", "Today's deal"),
    ("daily before the times", f"Daily Deals push {WHEN}", "Daily Deals push"),
    ("a price", f"Jeans ab 19 € {WHEN}", "Jeans ab 19 €"),
    ("a price that looks like a date", f"Socks at 10.12 EUR {WHEN}", "Socks at 10.12 EUR"),
    ("two prices", f"Socks from 5 to 10 Euro {WHEN}", "Socks from 5 to 10 Euro"),
    ("a price behind a bare hour", "Fri 28 Nov 18-22 €5 off x3 #web", "€5 off"),
    ("a count of stores", f"Push at 20 stores {WHEN}", "Push at 20 stores"),
    ("things behind a date", "Nov 28 brands sale 18:00-22:00 x3 #web", "brands sale"),
    ("emoji", f"🔥 Hot push {WHEN}", "🔥 Hot push"),
    ("a user mentioned", f"Push for <@U123|maya> {WHEN}", "Push for @maya"),
    ("control characters", f"Win\x07ter\x00 push\n{WHEN}", "Win ter  push"),
    ("characters that turn the line round", f"Win\u202eter push {WHEN}", "Winter push"),
    ("only the kind: with its day", f"push {WHEN}", "Push on 28 Nov"),
    ("only the kind, two words", f"TV spot {WHEN}", "TV spot on 28 Nov"),
    (
        "small words left out",
        "Winter push on Fri 28 Nov, from 18:00 to 22:00, expecting x3 on #web please",
        "Winter push",
    ),
]


@pytest.mark.parametrize(("sentence", "text", "name"), NAMES, ids=[row[0] for row in NAMES])
def test_the_name_is_kept_when_the_line_has(sentence: str, text: str, name: str) -> None:
    assert announced(text).name == name


def test_a_long_name_is_cut_when_it_has_more_than_80_characters() -> None:
    assert announced(f'"{"n" * 200}" push {WHEN}').name == "n" * 80


def test_a_name_is_proposed_and_asked_for_when_there_is_none() -> None:
    draft = asked(WHEN)
    assert draft.name == "Campaign on 28 Nov"
    assert question(draft, Field.NAME) == "What is the campaign called?"


KINDS = [
    ("push", "Winter push", CampaignKind.PUSH),
    ("a push notification", "Winter push notification", CampaignKind.PUSH),
    ("e-mail", "Winter e-mail", CampaignKind.EMAIL),
    ("email", "Winter email", CampaignKind.EMAIL),
    ("newsletter", "Winter newsletter", CampaignKind.EMAIL),
    ("TV", "Winter TV spot", CampaignKind.TV),
    ("an influencer", "Winter influencer post", CampaignKind.PAID_SOCIAL),
    ("paid social", "Winter paid social", CampaignKind.PAID_SOCIAL),
    ("sale", "Winter sale", CampaignKind.SALE),
    ("drop", "Winter drop", CampaignKind.DROP),
    ("launch", "Winter launch", CampaignKind.DROP),
    ("the channel before the occasion", "Winter sale e-mail", CampaignKind.EMAIL),
    ("a word beside the quotes before one inside", '"TV Night" newsletter', CampaignKind.EMAIL),
    ("a word inside the quotes", '"Winter Sale"', CampaignKind.SALE),
    ("other beside the quotes", '"Winter Sale" other', CampaignKind.OTHER),
    ("no word at all", "Winter", CampaignKind.OTHER),
    ("a word inside a word", "Pushkin evening", CampaignKind.OTHER),
]


@pytest.mark.parametrize(("sentence", "said", "kind"), KINDS, ids=[row[0] for row in KINDS])
def test_the_kind_is_understood_from(sentence: str, said: str, kind: CampaignKind) -> None:
    answer = announced(f"{said} {WHEN}")
    assert isinstance(answer, Announcement)
    assert answer.kind is kind


def test_the_kind_is_asked_when_two_channels_are_named() -> None:
    draft = asked(f"push and newsletter {WHEN}")
    assert draft.kind == ""
    assert question(draft, Field.KIND) == "Is it push or e-mail?"
