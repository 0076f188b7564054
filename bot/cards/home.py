"""A person's Home tab: what waits for them to decide, what they have asked for, and what is paused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards.approval import decision_buttons, decisions
from bot.cards.blocks import actions, context, header, section
from bot.cards.pauses import pause_lines
from bot.cards.proposal import answer_line, people_asked, when_line, why
from bot.cards.requests import FROM_OUTSIDE
from bot.cards.view import CampaignView, name_of
from bot.cards.wording import mention, moment
from bot.core.house import House
from bot.core.message import Block, View
from bot.core.pausing import Pause

CALLBACK_ID = "home"
_MOST = 8  # requests; each takes five of Slack's hundred blocks


@dataclass(frozen=True, slots=True)
class HomeView:
    """What one person's tab shows: requests they may decide on, and their own campaigns that are open."""

    waiting: Sequence[CampaignView]
    own: Sequence[CampaignView]
    pauses: Sequence[Pause]


def home_view(shown: HomeView, *, house: House, now: datetime) -> View:
    """The whole tab; it says so where nothing waits."""
    blocks: list[Block] = []
    paused = pause_lines(shown.pauses, house, now)
    if paused:
        blocks.append(section(paused))
    waits = "Waiting for your yes or no" if shown.waiting else "Nothing waits for you"
    blocks.append(header(waits))
    for view in shown.waiting[:_MOST]:
        blocks += _request(view, house)
    if len(shown.waiting) > _MOST:
        blocks.append(context(f"{len(shown.waiting) - _MOST:,} more: see <#{house.engineers}>."))
    if shown.own:
        blocks.append(header("What you asked for"))
        blocks.append(section("\n".join(_own(view) for view in shown.own[:20])))
    blocks.append(context("`/campaign` announces something, `/headroom status` shows everything."))
    return View(CALLBACK_ID, {"type": "home", "blocks": blocks})


def outsider_view() -> View:
    """The tab of somebody of another organisation: nothing of ours, and whom to ask."""
    return View(CALLBACK_ID, {"type": "home", "blocks": [section(FROM_OUTSIDE)]})


def _request(view: CampaignView, house: House) -> list[Block]:
    campaign = view.campaign
    zone = campaign.announcement.zone
    asker = mention(campaign.confirmed_by or campaign.announcer)
    since = "" if campaign.asked_at is None else f" since {moment(campaign.asked_at, zone)}"
    lines = [
        f"*{name_of(campaign)}*",
        f"{asker} asks{since} for a yes from {people_asked(view.verdict)}.",
        when_line(campaign, house),
        "" if view.plan is None else answer_line(view.plan, zone),
        decisions(view),
    ]
    texts = ["\n".join(line for line in lines if line), why(view.verdict)]
    return [*(section(text) for text in texts if text), actions(*decision_buttons(view))]


def _own(view: CampaignView) -> str:
    campaign = view.campaign
    start = moment(campaign.announcement.window.start, campaign.announcement.zone)
    return f"• *{name_of(campaign)}*: {campaign.state}, starts {start}"
