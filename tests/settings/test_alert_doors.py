"""How alerts may come in: shut by default, secrets of a decent length, several at once."""

import pytest

from bot.errors import AskedWrong
from bot.settings.alert_doors import GOOGLE_CERTS, AlertDoors
from bot.settings.environment import read_settings
from tests.settings.test_environment import GOOD

TOKEN, OTHER = "a-token-of-20-letters", "another-token-as-long"


def doors(**changed: str) -> AlertDoors:
    return read_settings(GOOD | changed).alert_doors


def test_without_settings_nobody_is_let_in() -> None:
    assert doors() == AlertDoors("", "", GOOGLE_CERTS, (), ())


def test_several_secrets_are_valid_at_once() -> None:
    found = doors(
        HEADROOM_ALERT_TOKENS=f"{TOKEN}, {OTHER},",
        HEADROOM_ALERT_PASSWORDS=f"monitoring:{TOKEN}",
    )
    assert found.tokens == (TOKEN, OTHER)
    assert found.passwords == (f"monitoring:{TOKEN}",)
    assert TOKEN not in repr(found)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("HEADROOM_PUBSUB_AUDIENCE", "https://x", "must both be set"),
        ("HEADROOM_PUBSUB_EMAIL", "a@b.c", "must both be set"),
        ("HEADROOM_PUBSUB_CERTS_URL", "certs.pem", "must start with http"),
        ("HEADROOM_ALERT_TOKENS", f"{TOKEN},short", "less than 16"),
        ("HEADROOM_ALERT_PASSWORDS", TOKEN, "user:password"),
        ("HEADROOM_ALERT_PASSWORDS", "monitoring:short", "16 characters"),
    ],
)
def test_a_fault_is_explained_without_telling_the_secret(name: str, value: str, said: str) -> None:
    with pytest.raises(AskedWrong) as wrong:
        doors(**{name: value})
    assert said in str(wrong.value)
    assert TOKEN not in str(wrong.value)
