"""Groups that are left out or joined without a space. Now: Wed 26 Nov 2025 15:00 Berlin."""

import pytest

from bot.core.draft import Field
from tests.core_announcement.shop import announced, asked, question

PUSH = "Flash push Fri 28 Nov 18:00-22:00 x3"

LEFT_OUT = [
    "everything except #pipeline",
    "everything except for the #pipeline",
    "all groups except #checkout and #recs",
    "everything but #checkout",
    "#web, without #checkout",
    "#web not #checkout",
    "alles außer #pipeline",
    "#web, nicht #checkout",
    "web, not checkout",
    "web ohne checkout",
    "no checkout, only web",
    "no checkout, #web",
    "everything except the order pipeline",
]


@pytest.mark.parametrize("words", LEFT_OUT)
def test_what_is_left_out_is_not_warmed_but_asked_about(words: str) -> None:
    draft = asked(f"{PUSH} {words}")
    assert draft.groups == ()
    assert question(draft, Field.GROUPS) == (
        "You leave something out. Write only what should be warmed:"
        " #web, #checkout, #recommendations or #pipeline."
    )


@pytest.mark.parametrize(
    "words",
    [
        "#web, no discount",
        "no coupons needed #web",
        "#web not only for members",
        "nothing but #web",
        "without delay for #web",
    ],
)
def test_a_no_to_something_else_leaves_no_group_out(words: str) -> None:
    assert announced(f"{PUSH} {words}").groups == ("web",)


@pytest.mark.parametrize("words", ["#web&#checkout", "#web&amp;#checkout", "#web+#checkout"])
def test_groups_joined_without_a_space_are_all_meant(words: str) -> None:
    answer = announced(f"{PUSH} {words}")
    assert answer.groups == ("web", "checkout")
    assert answer.name == "Flash push"


def test_an_entity_that_slack_did_not_write_is_no_group() -> None:
    assert announced(f"Women&#39;s day {PUSH} #web").groups == ("web",)
