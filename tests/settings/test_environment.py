"""Settings from the environment: complete, checked together, secrets never shown."""

from pathlib import Path

import pytest

from bot.errors import AskedWrong
from bot.settings.environment import SETTINGS, database_url, read_settings

ROOT = Path(__file__).parents[2]
GOOD = {
    "HEADROOM_CONFIG": str(ROOT / "headroom.yaml"),
    "SLACK_BOT_TOKEN": "xoxb-secret-token",
    "SLACK_SIGNING_SECRET": "signing-secret",
    "HEADROOM_SECRET": "s" * 32,
}


def test_defaults_apply_when_only_the_secrets_are_set() -> None:
    settings = read_settings(GOOD)
    assert settings.port == 8080
    assert settings.database_url == "sqlite:///var/headroom.db"
    assert settings.clock == "system"
    assert settings.house.company == "Cymbal Retail"


def test_every_fault_is_reported_at_once_when_nothing_is_set() -> None:
    with pytest.raises(AskedWrong) as wrong:
        read_settings({"HEADROOM_CONFIG": "/nowhere/headroom.yaml", "PORT": "web"})
    text = str(wrong.value)
    for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "HEADROOM_SECRET", "PORT"):
        assert name in text
    assert "There is no file /nowhere/headroom.yaml. HEADROOM_CONFIG says where" in text


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "HEADROOM_SECRET"])
def test_an_empty_secret_is_one_that_is_not_set(name: str) -> None:
    with pytest.raises(AskedWrong) as wrong:
        read_settings(GOOD | {name: "", "PORT": "web"})
    assert f"{name} is not set." in str(wrong.value)
    assert "PORT is 'web'" in str(wrong.value)


def test_an_empty_value_is_the_default() -> None:
    settings = read_settings(GOOD | {"PORT": "", "HEADROOM_LOG": "", "SLACK_API_URL": ""})
    assert (settings.port, settings.log_level) == (8080, "INFO")
    assert settings.slack_api_url == "https://slack.com/api/"


def test_no_secret_has_a_default() -> None:
    assert [s.name for s in SETTINGS if s.secret and s.default] == ["DATABASE_URL"]


@pytest.mark.parametrize(
    ("sentence", "name", "value", "said"),
    [
        ("a short secret is refused", "HEADROOM_SECRET", "short", "5 characters"),
        ("a port beyond the range is refused", "PORT", "70000", "0 to 65535"),
        ("an unknown log level is refused", "HEADROOM_LOG", "loud", "DEBUG, INFO"),
        (
            "a Google endpoint without a scheme is refused",
            "HEADROOM_GOOGLE_ENDPOINT",
            "localhost:1",
            "http://host:port",
        ),
        ("a BigQuery address without a scheme", "HEADROOM_BIGQUERY_ENDPOINT", "bq:1", "https://"),
        ("a Slack address without a scheme is refused", "SLACK_API_URL", "slack.com", "https://"),
    ],
)
def test_a_wrong_value_is_explained(sentence: str, name: str, value: str, said: str) -> None:
    with pytest.raises(AskedWrong) as wrong:
        read_settings(GOOD | {name: value})
    assert said in str(wrong.value), sentence


def test_secrets_are_not_in_messages_or_representations() -> None:
    with pytest.raises(AskedWrong) as wrong:
        read_settings(GOOD | {"PORT": "x"})
    shown = str(wrong.value) + repr(read_settings(GOOD))
    assert "xoxb-secret-token" not in shown
    assert "signing-secret" not in shown
    assert "s" * 32 not in shown


def test_the_database_is_known_before_anything_else_is_configured() -> None:
    assert database_url({}) == "sqlite:///var/headroom.db"
    assert database_url({"DATABASE_URL": "postgresql://db/h"}) == "postgresql://db/h"
