"""Paging and its tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.google.pages import make_token, page_of, read_token
from bot.sandbox.google.refusals import Refusal


@given(st.lists(st.integers(), max_size=250), st.integers(min_value=0, max_value=120))
def test_pages_put_together_are_the_whole_when_tokens_are_followed(
    items: list[int], size: int
) -> None:
    seen: list[int] = []
    page, token = page_of(items, size, "")
    seen += page
    while token:
        page, token = page_of(items, size, token)
        assert page
        seen += page
    assert seen == items


@given(st.integers(min_value=0))
def test_a_token_remembers_its_offset_when_it_is_read_back(offset: int) -> None:
    assert read_token(make_token(offset)) == offset


@pytest.mark.parametrize("token", ["nonsense", "bzp4", "!!!", "eDox"])
def test_a_token_is_refused_when_it_is_not_ours(token: str) -> None:
    with pytest.raises(Refusal, match="page_token is not valid"):
        read_token(token)


def test_a_negative_page_size_is_refused_when_it_is_asked_for() -> None:
    with pytest.raises(Refusal, match="must not be negative"):
        page_of([1], -1, "")
