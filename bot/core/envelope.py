"""Request bodies to notifications: Pub/Sub's push envelope, and the bare JSON of a webhook. Used at the door.

Nothing that has a content is refused: what is inside is read later, and kept in any case.
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime

from bot.core import alert_fields as fields
from bot.core.alert import Notification, Via
from bot.core.alert_parsing import identify


def from_pubsub(body: bytes, received_at: datetime) -> Notification:
    """A push request, wrapped (a message with base64 data) or, where the subscription says so, unwrapped."""
    envelope = fields.document(body)
    message = envelope.get("message") if isinstance(envelope, dict) else None
    if not isinstance(message, dict):
        return _notification(Via.PUBSUB, _text(body), received_at, {}, "")
    attributes = fields.labels(message.get("attributes"))
    message_id = fields.text(message.get("messageId")) or fields.text(message.get("message_id"))
    data = _data(message.get("data"))
    raw = _text(body) if data is None else data
    return _notification(Via.PUBSUB, raw, received_at, attributes, message_id)


def from_webhook(body: bytes, received_at: datetime) -> Notification:
    """A webhook notification: the payload itself."""
    return _notification(Via.WEBHOOK, _text(body), received_at, {}, "")


def _notification(
    via: Via, raw: str, received_at: datetime, attributes: Mapping[str, str], message_id: str
) -> Notification:
    identity = identify(raw, attributes, message_id, received_at)
    return Notification(identity, via, received_at, raw, attributes, message_id)


def _data(value: object) -> str | None:
    """The decoded text; None if it is not base64, so that the whole envelope is kept instead."""
    if not isinstance(value, str) or not value:
        return None
    try:
        decoded = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
    return _text(decoded)


def _text(content: bytes) -> str:
    return fields.storable(content.decode("utf-8", "replace"))
