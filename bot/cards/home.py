"""A person's Home tab: what waits for them first, then their campaigns, everybody's calendar, the fleet, their rights."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards.approval import decision_buttons, decisions
from bot.cards.blocks import actions, ask_again, button, context, header, section
from bot.cards.buttons import Action, ButtonValue, seal
from bot.cards.calendar import draft_buttons, draft_line
from bot.cards.change_request import wish_line
from bot.cards.home_rest import FleetHealth, calendar_parts, fleet_parts, rights
from bot.cards.incident import sealed
from bot.cards.incident_wording import about, headline, state_line
from bot.cards.pauses import pause_lines
from bot.cards.proposal import answer_line, people_asked, when_line, why
from bot.cards.requests import FROM_OUTSIDE
from bot.cards.text import rows
from bot.cards.view import CampaignView, name_of
from bot.cards.wording import count, mention, moment
from bot.core.campaign import Campaign, CampaignState
from bot.core.experience import Breach
from bot.core.freeze import Freeze
from bot.core.house import House
from bot.core.incident import Incident
from bot.core.inventory import Inventory
from bot.core.marketing import EventDraft
from bot.core.message import Block, View
from bot.core.pausing import Pause
from bot.core.verdict import Role

CALLBACK_ID = "home"
_BLOCKS = 100  # Slack's limit for a Home tab
_MOST = 6  # of each kind that waits, so that nothing else is pushed out
_MOST_DRAFTS = 4
_SECTION = 2600


@dataclass(frozen=True, slots=True)
class HomeView:
    """What one person's tab shows.

    `waiting` are requests they may decide on, `incidents` those open ones that nobody has and they may
    take, `own` their campaigns that are open, `drafts` events of calendars that they may plan; `campaigns` everybody's. `fleet` is the inventory as last
    taken, `alerts` all open incidents, `breaches` what customers feel now. Without `roles` the tab tells nothing of the company.
    """

    roles: frozenset[Role]
    seal: bytes
    waiting: Sequence[CampaignView] = ()
    incidents: Sequence[Incident] = ()
    own: Sequence[CampaignView] = ()
    drafts: Sequence[EventDraft] = ()
    campaigns: Sequence[Campaign] = ()
    freezes: Sequence[Freeze] = ()
    fleet: Inventory | None = None
    alerts: Sequence[Incident] = ()
    breaches: Sequence[Breach] = ()
    pauses: Sequence[Pause] = ()
    behind: int = 0


def home_view(shown: HomeView, *, house: House, now: datetime) -> View:
    """The whole tab within a hundred blocks; it says so where nothing waits."""
    if not (shown.roles or shown.waiting or shown.incidents or shown.own or shown.drafts):
        return _view(_for_strangers(house))
    blocks: list[Block] = []
    if alarm := _alarm(shown, house, now):
        blocks.append(section(alarm))
    waits = [
        *_requests(shown, house),
        *_incidents(shown, house, now),
        *_own_to_confirm(shown, house),
        *_drafts(shown, house, now),
    ]
    blocks.append(header("Waiting for you" if waits else "Nothing waits for you"))
    blocks += waits
    if shown.own:
        blocks.append(header("What you asked for"))
        blocks.append(section(rows([_own(view) for view in shown.own], most=20, limit=_SECTION)))
    blocks += calendar_parts(shown.campaigns, shown.freezes, house=house, now=now)
    health = FleetHealth(shown.fleet, shown.alerts, shown.campaigns, shown.breaches)
    blocks += fleet_parts(health, house=house, now=now)
    blocks += rights(shown.roles, house)
    return _view(blocks)


def outsider_view() -> View:
    """The tab of somebody of another organisation: nothing of ours, and whom to ask."""
    return View(CALLBACK_ID, {"type": "home", "blocks": [section(FROM_OUTSIDE)]})


def _view(blocks: Sequence[Block]) -> View:
    """Buttons and headlines come first in a tab, so what does not fit is at its end."""
    return View(CALLBACK_ID, {"type": "home", "blocks": list(blocks[:_BLOCKS])})


def _for_strangers(house: House) -> list[Block]:
    """Nothing of the company: who has no role may be a guest or from another organisation."""
    return [
        header("Welcome to Headroom"),
        section(
            "I keep services fast during campaigns: whoever plans one tells me, and I make sure in time that "
            "there is room for everybody who comes."
        ),
        *rights(frozenset(), house),
    ]


def _alarm(shown: HomeView, house: House, now: datetime) -> str:
    lines = [pause_lines(shown.pauses, house, now)]
    if shown.behind:
        lines.append(
            f":hourglass: Slack is behind: {count(shown.behind, 'message')} not shown yet."
        )
    return "\n".join(line for line in lines if line)


def _requests(shown: HomeView, house: House) -> list[Block]:
    blocks = [block for view in shown.waiting[:_MOST] for block in _request(view, house)]
    if left := len(shown.waiting) - _MOST:
        blocks += [context(f"{left:,} more: see <#{house.engineers}>.")] if left > 0 else []
    return blocks


def _request(view: CampaignView, house: House) -> list[Block]:
    campaign = view.campaign
    zone = campaign.announcement.zone
    asker = mention(campaign.confirmed_by or campaign.announcer)
    asks = (
        "asks"
        if campaign.asked_at is None
        else f"has asked since {moment(campaign.asked_at, zone)}"
    )
    plan = "" if view.plan is None else answer_line(view.plan, zone)
    lines = [
        f"*{name_of(campaign)}*",
        f"{asker} {asks} for a yes from {people_asked(view.verdict)}.",
        when_line(campaign, house),
        plan if view.before is None else wish_line(view),
        decisions(view),
    ]
    texts = ["\n".join(line for line in lines if line), why(view.verdict)]
    return [*(section(text) for text in texts if text), actions(*decision_buttons(view))]


def _incidents(shown: HomeView, house: House, now: datetime) -> list[Block]:
    blocks: list[Block] = []
    for incident in shown.incidents[:_MOST]:
        take = sealed(shown.seal, Action.ACKNOWLEDGE, incident)
        more = sealed(shown.seal, Action.MORE, incident)
        blocks.append(section("\n".join(line for line in _to_take(incident, house, now) if line)))
        blocks.append(
            actions(
                button("Acknowledge", action_id=Action.ACKNOWLEDGE, value=take, style="primary"),
                button("More", action_id=Action.MORE, value=more),
            )
        )
    if len(shown.incidents) > _MOST:
        left = len(shown.incidents) - _MOST
        blocks.append(context(f"{count(left, 'incident')} more: `/headroom alerts` lists them."))
    return blocks


def _to_take(incident: Incident, house: House, now: datetime) -> tuple[str, str, str]:
    """What it is, where, and who has it."""
    first = f"*{headline(incident, now)}*"
    return first, about(incident, house), state_line(incident, house.zone, now)


def _own_to_confirm(shown: HomeView, house: House) -> list[Block]:
    """Plans of this person that do nothing until they say so."""
    proposed = [view for view in shown.own if view.campaign.state is CampaignState.PROPOSED]
    blocks: list[Block] = []
    for view in proposed[:_MOST]:
        campaign = view.campaign
        zone = campaign.announcement.zone
        plan = "" if view.plan is None or view.plan.needs_nothing else answer_line(view.plan, zone)
        lines = [f"*{name_of(campaign)}* waits for your click.", when_line(campaign, house), plan]
        blocks.append(section("\n".join(line for line in lines if line)))
        blocks.append(actions(_confirm(view), _cancel(view)))
    return blocks


def _drafts(shown: HomeView, house: House, now: datetime) -> list[Block]:
    """Events that a calendar brought: each becomes a campaign only when somebody sends its form."""
    blocks: list[Block] = []
    for draft in shown.drafts[:_MOST_DRAFTS]:
        blocks.append(section(draft_line(draft, house, now)))
        blocks.append(actions(*draft_buttons(draft, shown.seal)))
    if len(shown.drafts) > _MOST_DRAFTS:
        blocks.append(
            context(f"{len(shown.drafts) - _MOST_DRAFTS:,} more events of calendars wait.")
        )
    return blocks


def _confirm(view: CampaignView) -> Block:
    return button(
        "Confirm", action_id=Action.CONFIRM, value=_sealed(view, Action.CONFIRM), style="primary"
    )


def _cancel(view: CampaignView) -> Block:
    question = f"{name_of(view.campaign)} will not be prepared for. You can announce it again."
    dialog = ask_again(question, yes="Cancel the campaign", no="Keep it")
    value = _sealed(view, Action.CANCEL)
    return button("Cancel", action_id=Action.CANCEL, value=value, confirm=dialog)


def _sealed(view: CampaignView, action: Action) -> str:
    return seal(ButtonValue(action, view.campaign.id, view.campaign.plan_version), view.seal)


def _own(view: CampaignView) -> str:
    campaign = view.campaign
    start = moment(campaign.announcement.window.start, campaign.announcement.zone)
    return f"• *{name_of(campaign)}*: {campaign.state}, starts {start}, in <#{campaign.channel}>"
