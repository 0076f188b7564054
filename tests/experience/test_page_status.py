"""How pages are now, in the answer to `/headroom status`."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.digest.section import Section
from bot.core.experience import Breach, Experience, Look, Mark, Page, Step
from bot.core.page_status import Watched, pages_section, span_of

NOW = datetime(2025, 11, 28, 18, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULES = Experience()
FRONT = Page("front", "Front page", ("web",), (Step("/shop"),))
PAY = Page("pay", "Purchase", ("checkout",), (Step("/pay"),))


def looks(page: Page, *marks: Mark, ago: timedelta = MINUTE) -> Watched:
    """Looks five minutes apart, the last one `ago`."""
    count = len(marks)
    made = tuple(
        Look(page.name, NOW - ago - (count - 1 - place) * 5 * MINUTE, mark, 0.2, 0.42, 200, why)
        for place, mark in enumerate(marks)
        for why in ["" if mark is Mark.FINE else "HTTP 503"]
    )
    return Watched(page, made)


def told(*watched: Watched, singly: bool = False) -> Section:
    section = pages_section(watched, RULES, NOW, singly=singly)
    assert section is not None
    return section


FINE = [Mark.FINE] * 6


def test_fine_pages_are_one_sentence_with_how_old_it_is() -> None:
    found = told(looks(FRONT, *FINE), looks(PAY, *FINE, ago=3 * MINUTE))
    assert found.sentences == (
        "Front page and Purchase are right and fast; p95 420 ms at the slowest.",
    )
    assert (found.evidence.measured, found.evidence.wanted) == (2, 2)
    assert found.evidence.newest == NOW - MINUTE
    assert found.evidence.silent == ()


def test_a_page_that_customers_feel_comes_with_since_when_and_why() -> None:
    bad = looks(PAY, *FINE, Mark.FAILED, Mark.FAILED, Mark.FAILED)
    breach = Breach("pay", Mark.FAILED, NOW - 11 * MINUTE, NOW - MINUTE, "3 of the last 5 looks")
    found = told(looks(FRONT, *FINE), Watched(PAY, bad.looks, breach))
    assert found.sentences == (
        "1 of 2 pages is not as it should be.",
        "Purchase does not answer, for 11 min so far (3 of the last 5 looks); 6 of 9 looks in 1 h were fine.",
    )


def test_one_bad_look_is_told_before_it_is_a_breach() -> None:
    found = told(looks(PAY, *FINE, Mark.FAILED))
    assert found.sentences == (
        "Purchase does not answer as of the last look (HTTP 503); 6 of 7 looks in 1 h were fine.",
    )


@pytest.mark.parametrize(
    ("watched", "silent"),
    [
        (Watched(PAY), "Purchase (not looked at lately)"),
        (looks(PAY, *FINE, ago=50 * MINUTE), "Purchase (last look 50 min ago)"),
        (looks(PAY, *FINE, Mark.UNSEEN, ago=41 * MINUTE), "Purchase (HTTP 503)"),
    ],
)
def test_a_page_that_was_not_looked_at_lately_is_missing_and_not_fine(
    watched: Watched, silent: str
) -> None:
    found = told(looks(FRONT, *FINE), watched)
    assert found.sentences == ("Front page is right and fast; p95 420 ms.",)
    assert (found.evidence.measured, found.evidence.wanted) == (1, 2)
    assert found.evidence.silent == (silent,)
    alone = told(watched)
    assert "is not known" in alone.sentences[0]


def test_many_pages_are_counted_unless_they_are_asked_for() -> None:
    pages = [Page(f"p{n}", f"Page {n}", ("web",), (Step("/"),)) for n in range(8)]
    watched = [looks(page, *FINE) for page in pages]
    found = told(*watched)
    assert found.sentences[0].startswith("All 8 pages are right and fast")
    assert found.table is None
    table = told(*watched, singly=True).table
    assert table is not None
    assert table.rows[0] == ("Page 0", "fine", "6 of 6", "420 ms", "1 min ago")


def test_without_pages_there_is_no_section() -> None:
    assert pages_section((), RULES, NOW) is None


def test_looks_that_come_seldom_are_told_over_longer() -> None:
    assert span_of(RULES) == timedelta(hours=1)
    assert span_of(Experience(every=timedelta(hours=1))) == timedelta(hours=8)


@given(st.lists(st.sampled_from(Mark), max_size=12), st.integers(0, 200))
def test_fast_is_only_said_of_a_page_whose_fresh_last_look_was_fine(
    marks: list[Mark], minutes: int
) -> None:
    found = told(looks(PAY, *marks, ago=minutes * MINUTE))
    seen = [
        one for one in looks(PAY, *marks, ago=minutes * MINUTE).looks if one.mark is not Mark.UNSEEN
    ]
    if "right and fast" in found.sentences[0]:
        assert seen[-1].mark is Mark.FINE
        assert NOW - seen[-1].at <= RULES.fresh_for
