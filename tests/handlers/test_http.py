"""The plain routes, and the whole door over a real socket."""

from datetime import timedelta
from urllib.parse import urlencode

import httpx

from handlers.http.routes import Readiness, web_app
from handlers.slack.app import SlackSecrets, slack_app
from tests.fakes import FakeClock
from tests.handlers.door import COMMAND, NOW, SECRET, Door, Healthy, Inbox, signed
from tests.handlers.served import serve


async def test_the_process_says_when_it_answers_that_it_lives_and_which_version_it_is(
    door: Door,
) -> None:
    response = await door.client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"alive": True, "version": "1.2 (headroom-00042)"}


async def test_it_is_ready_and_tells_its_delay_when_messages_wait(door: Door) -> None:
    door.health.state = Readiness(
        database=True,
        behind=3,
        oldest=timedelta(seconds=42),
        oldest_alert=timedelta(seconds=2),
        heard=timedelta(hours=1),
        closed_channels=1,
        oldest_job=timedelta(minutes=5),
    )
    response = await door.client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "database": "ok",
        "posts_behind": 3,
        "oldest_post_seconds": 42.0,
        "oldest_alert_seconds": 2.0,
        "last_notification_seconds": 3600.0,
        "closed_channels": 1,
        "oldest_job_seconds": 300.0,
    }


async def test_it_is_not_ready_when_the_database_is_away(door: Door) -> None:
    door.health.state = Readiness(database=False)
    response = await door.client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["database"] == "unreachable"


async def test_slacks_url_takes_posts_only(door: Door) -> None:
    assert (await door.client.get("/slack/events")).status_code == 405


async def test_a_signed_command_is_acknowledged_over_a_real_socket() -> None:
    inbox = Inbox()
    app = slack_app(inbox.accept, SlackSecrets(SECRET, "xoxb-test"), FakeClock(NOW))
    body = urlencode(COMMAND).encode()
    headers = signed(body) | {"content-type": "application/x-www-form-urlencoded"}
    async with serve(web_app(app, Healthy())) as url, httpx.AsyncClient() as client:
        good = await client.post(f"{url}/slack/events", content=body, headers=headers)
        bad = await client.post(f"{url}/slack/events", content=body + b"x", headers=headers)
    assert good.json()["text"].startswith("Got it.")
    assert bad.status_code == 401
    assert len(inbox.accepted) == 1


def test_no_secret_is_shown_when_the_secrets_are_printed() -> None:
    shown = repr(SlackSecrets("hush", "xoxb-hush", bot_user="U1"))
    assert "hush" not in shown
    assert "U1" in shown
