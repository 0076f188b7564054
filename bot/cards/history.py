"""The modal behind History: everything the record says of one campaign, oldest first. Opened by approve."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.cards.blocks import context, section
from bot.cards.text import said
from bot.cards.view import name_of
from bot.cards.wording import mention, moment
from bot.core.campaign import Campaign
from bot.core.message import View
from bot.core.trail import HEADROOM, AuditRow

CALLBACK_ID = "campaign.history"
# A decision's row names what was decided on so that `headroom audit` can prove it; nobody reads that here.
_FINGERPRINT = re.compile(r"^fingerprint [0-9a-f]+")
_SHOWN, _PER_SECTION = 120, 12


def history_view(campaign: Campaign, rows: Sequence[AuditRow]) -> View:
    """Who did what when, on which plan, from where and why; of very many rows the newest."""
    zone = campaign.announcement.zone
    lines = [_line(row, zone) for row in rows[-_SHOWN:]]
    parts = [lines[i : i + _PER_SECTION] for i in range(0, len(lines), _PER_SECTION)]
    blocks = [section(f"*{name_of(campaign)}*")]
    blocks += [section("\n".join(part)) for part in parts]
    if len(rows) > _SHOWN:
        blocks.append(context(f"{len(rows) - _SHOWN:,} older rows: `headroom audit` prints them."))
    body: dict[str, Any] = {
        "type": "modal",
        "callback_id": CALLBACK_ID,
        "title": {"type": "plain_text", "text": "History"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": blocks,
    }
    return View(CALLBACK_ID, body)


def _line(row: AuditRow, zone: str) -> str:
    who = "Headroom" if row.actor == HEADROOM else mention(row.actor)
    plan = f" (plan {row.version})" if row.version else ""
    words = _FINGERPRINT.sub("", row.detail).strip()
    detail = f": {said(words, 110)}" if words else ""
    return f"{_at(row.at, zone)} {who} *{said(row.act, 40)}*{plan}{detail}"


def _at(at: datetime, zone: str) -> str:
    return moment(at, zone)
