"""Button values: what was sealed comes back, anything else is a friendly no."""

import base64
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.buttons import VALUE_LIMIT, Action, ButtonValue, seal, unseal
from bot.errors import AskedWrong
from tests.cards.samples import KEY

VALUE = ButtonValue(Action.CONFIRM, "c-7f3a", 3)
VALUES = st.builds(
    ButtonValue, st.sampled_from(Action), st.text(max_size=200), st.integers(0, 10**6)
)


@given(VALUES, st.binary(min_size=1, max_size=64))
def test_a_value_comes_back_as_it_was_sealed_whatever_its_subject(
    value: ButtonValue, key: bytes
) -> None:
    assert unseal(seal(value, key), key) == value


@given(VALUES, st.integers(0, 10_000), st.text(max_size=3))
def test_a_value_is_refused_when_anything_in_it_was_changed(
    value: ButtonValue, at: int, other: str
) -> None:
    text = seal(value, KEY)
    at %= len(text)
    changed = text[:at] + other + text[at + 1 :]
    if changed == text:
        assert unseal(changed, KEY) == value
        return
    with pytest.raises(AskedWrong):
        unseal(changed, KEY)


def test_a_value_is_refused_when_it_was_sealed_with_another_key() -> None:
    with pytest.raises(AskedWrong):
        unseal(seal(VALUE, b"one"), b"another")


@pytest.mark.parametrize(
    "text", ["", ".", "....", "click_me_123", "v1.campaign.confirm.c.1.", "é.é"]
)
def test_a_foreign_value_is_refused_in_words_for_people(text: str) -> None:
    with pytest.raises(AskedWrong, match="nothing was done") as caught:
        unseal(text, KEY)
    assert str(caught.value).endswith("/headroom status.")


@pytest.mark.parametrize(
    "body",
    [
        "v2.campaign.confirm.c-1.1",
        "v1.campaign.party.c-1.1",
        "v1.campaign.confirm.c-1.one",
        "v1.x.1",
    ],
)
def test_a_value_is_refused_when_it_is_signed_but_of_no_format_we_know(body: str) -> None:
    digest = hmac.digest(KEY, body.encode(), "sha256")
    signature = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    with pytest.raises(AskedWrong):
        unseal(f"{body}.{signature}", KEY)


def test_a_subject_may_hold_dots_and_colons() -> None:
    value = ButtonValue(Action.OPEN_FORM, "command:T0CYMBAL:111.222.abc")
    assert unseal(seal(value, KEY), KEY) == value


def test_a_value_is_never_longer_than_slack_takes() -> None:
    with pytest.raises(ValueError, match="2000"):
        seal(ButtonValue(Action.CANCEL, "c" * VALUE_LIMIT, 1), KEY)
