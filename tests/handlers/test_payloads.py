"""Every sample payload published with Slack's own libraries gets an answer, and never a server error."""

import json
from pathlib import Path

import pytest

from tests.handlers.door import Door

FOLDER = Path(__file__).parent / "payloads"
PAYLOADS = {
    path.name: path.read_text() for path in sorted(FOLDER.iterdir()) if path.suffix != ".md"
}


async def _send(door: Door, body: dict[str, object]) -> int:
    kind = str(body.get("type"))
    if kind == "slash_commands":
        payload = body["payload"]
        assert isinstance(payload, dict)
        return (await door.command(**{k: str(v) for k, v in payload.items()})).status_code
    if kind == "interactive":
        return (await door.interact(body["payload"])).status_code
    if kind == "events_api":
        return (await door.event(body["payload"])).status_code
    if kind in {"block_actions", "view_submission", "view_closed"}:
        return (await door.interact(body)).status_code
    return (await door.event(body)).status_code


@pytest.mark.parametrize("name", PAYLOADS)
async def test_a_sample_payload_is_answered_when_it_arrives(door: Door, name: str) -> None:
    text = PAYLOADS[name]
    if name.endswith(".txt"):
        status = (await door.send(text)).status_code
    else:
        status = await _send(door, json.loads(text))
    assert status in {200, 404}, name


async def test_slacks_url_check_is_answered_when_the_app_is_set_up(door: Door) -> None:
    body = json.loads(PAYLOADS["url_verification.json"])
    response = await door.event(body)
    assert response.json() == {"challenge": body["challenge"]}
