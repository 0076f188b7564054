"""Slack's events about channels into Deliveries: archived, left, deleted, renamed, back. Called by the listeners; pure."""

from collections.abc import Mapping
from datetime import datetime

from bot.core.delivery import Delivery
from handlers.slack.deliveries import Body, said


def from_channel(body: Body, now: datetime) -> Delivery | None:
    """Something became of a channel: `action` is archive, unarchive, deleted, left, joined or rename.

    `text` is the new name. None when only a person came or went.
    """
    kind = said(body, "event", "type")
    action = kind.split("_")[1]
    who = said(body, "event", "user")
    if kind.startswith("member_") and who not in _our_users(body):
        return None
    return Delivery(
        identity=f"event:{said(body, 'event_id')}",
        user=who,
        team=said(body, "team_id"),
        received_at=now,
        channel=said(body, "event", "channel") or said(body, "event", "channel", "id"),
        action=action,
        text=said(body, "event", "channel", "name"),
    )


def _our_users(body: Body) -> frozenset[str]:
    """The ids under which Headroom itself is known where the event came from."""
    given = body.get("authorizations")
    found = given if isinstance(given, list) else []
    return frozenset(said(one, "user_id") for one in found if isinstance(one, Mapping))
