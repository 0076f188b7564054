"""Whatever is sent, it is an alert or kept as unreadable: mutations of all samples, and rubbish."""

import base64
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.alert import Alert, Notification, Unreadable
from bot.core.alert_parsing import parse
from bot.core.envelope import from_pubsub, from_webhook
from bot.core.grouping import key_of, sort_in
from bot.core.ruling import Situation
from tests.core_alerts.samples import HOUSE, NOW, PAYLOADS
from tests.core_alerts.test_parsing import ATTRIBUTES, BUDGET, OPEN

SAMPLES: list[Any] = [json.loads(path.read_text()) for path in sorted(PAYLOADS.glob("*.json"))]
SAMPLES += [{"version": "1.2", "incident": OPEN}, BUDGET]

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["open", "closed", "12345", "\x00", "1e999", "9" * 400, "<!channel>"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A sample with up to four of its parts replaced, removed or added."""
    found = json.loads(json.dumps(draw(st.sampled_from(SAMPLES))))
    for _ in range(draw(st.integers(0, 4))):
        part = found
        while isinstance(part, dict) and part:
            name = draw(st.sampled_from(sorted(part)))
            if draw(st.booleans()) or not isinstance(part[name], dict):
                _change(draw, part, name)
                break
            part = part[name]
    return found


def _change(draw: st.DrawFn, part: dict[str, Any], name: str) -> None:
    if draw(st.booleans()):
        part[name] = draw(values)
    else:
        del part[name]


def understood(one: Notification) -> Alert | Unreadable:
    """Parsed, sorted and stored as UTF-8 without NUL, as every database wants it."""
    read = parse(one)
    assert read.identity == one.identity
    assert "\x00" not in one.identity + one.raw
    (one.identity + one.raw).encode()
    if isinstance(read, Alert):
        key = key_of(read, HOUSE)
        assert "\x00" not in key + read.source_id
        key.encode()
    outcome = sort_in([read], Situation({}, {}, {}), HOUSE, NOW)
    assert [ruling.identity for ruling in outcome.rulings] == [one.identity]
    return read


@settings(deadline=None, max_examples=300)
@given(mutated())
def test_a_mutated_payload_is_an_alert_or_unreadable_on_both_ways(content: Any) -> None:
    body = json.dumps(content).encode()
    data = base64.b64encode(body).decode()
    envelope = {"message": {"data": data, "messageId": "7", "attributes": ATTRIBUTES}}
    direct = understood(from_webhook(body, NOW))
    pushed = understood(from_pubsub(json.dumps(envelope).encode(), NOW))
    assert type(direct) is type(pushed)


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200))
def test_any_bytes_are_kept(body: bytes) -> None:
    understood(from_webhook(body, NOW))
    understood(from_pubsub(body, NOW))


@settings(deadline=None, max_examples=200)
@given(values)
def test_any_json_inside_an_envelope_is_kept(content: Any) -> None:
    for envelope in (content, {"message": content}, {"message": {"data": content}}):
        body = json.dumps(envelope).encode()
        understood(from_pubsub(body, NOW))


def test_an_envelope_whose_data_is_no_base64_is_kept_whole() -> None:
    kept = from_pubsub(b'{"message": {"data": "%%%", "messageId": "1"}}', NOW)
    assert "%%%" in kept.raw
    assert isinstance(parse(kept), Unreadable)


def test_a_push_without_envelope_is_read_as_the_payload_itself() -> None:
    bare = from_pubsub(json.dumps({"version": "1.2", "incident": OPEN}).encode(), NOW)
    read = parse(bare)
    assert isinstance(read, Alert)
    assert read.source_id == OPEN["incident_id"]
