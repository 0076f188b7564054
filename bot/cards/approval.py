"""What the approvers see in the engineers' channel: a plan to say yes or no to, afterwards the record of it."""

from datetime import datetime

from bot.cards.blocks import actions, ask_again, button, context, header, message, section
from bot.cards.buttons import Action, ButtonValue, seal
from bot.cards.deadline import deadline, waits
from bot.cards.proposal import answer_line, paragraphs, people_asked
from bot.cards.view import CampaignView, name_of
from bot.cards.wording import mention, moment, money
from bot.core.campaign import CampaignState
from bot.core.fingerprint import content_of
from bot.core.house import House
from bot.core.message import Block, Message


def approval_card(view: CampaignView, *, house: House, now: datetime) -> Message:
    """Name, action and scope first; buttons while it waits, the record once it is settled."""
    if waits(view, now):
        return _open(view, house)
    return _settled(view)


def _open(view: CampaignView, house: House) -> Message:
    campaign, plan = view.campaign, view.plan
    title = f"{name_of(campaign)}: your yes or no, please"
    asker = mention(campaign.confirmed_by or campaign.announcer)
    zone = campaign.announcement.zone
    asks = "asks for this"
    if campaign.asked_at:
        asks = f"has asked for this since {moment(campaign.asked_at, zone)}"
    scope = "" if plan is None else answer_line(plan, campaign.announcement.zone)
    asked = people_asked(view.verdict)
    until = moment(deadline(view), campaign.announcement.zone)
    ask = f"{asker} {asks}. It needs a yes from {asked} by {until}; silence means no."
    body = [text for text in (decisions(view), *paragraphs(view, house)) if text]
    blocks = [header(title), section(f"{ask}\n{scope}"), *(section(text) for text in body)]
    blocks.append(actions(*decision_buttons(view), *_why(view)))
    text = "\n".join([title, ask, scope, *body])
    return message(f"{text}\nIf you see no buttons here, tell {asker}.", blocks)


def _settled(view: CampaignView) -> Message:
    campaign = view.campaign
    title = f"{name_of(campaign)}: {_OUTCOMES.get(campaign.state, 'approved')}"
    if campaign.state is CampaignState.REFUSED and not _declined(view):
        title = f"{name_of(campaign)}: not allowed any more"
    if view.approvals and campaign.state in _UNSETTLED:
        title = f"{name_of(campaign)}: expired before enough yeses counted"
    record = decisions(view) or "Nobody decided."
    cost = "" if view.plan is None else f"Plan {view.plan.version}, {money(view.plan.cost)}. "
    small = f"{cost}Asked for by {mention(campaign.confirmed_by or campaign.announcer)}."
    return message(f"{title}\n{record}\n{small}", [header(title), section(record), context(small)])


def decisions(view: CampaignView) -> str:
    """Who said what when; empty while nobody has."""
    zone = view.campaign.announcement.zone
    lines = [
        f"{'Approved' if approval.approved else 'Declined'} by {mention(approval.by)} "
        f"{moment(approval.at, zone)}."
        for approval in view.approvals[:10]
    ]
    lines += [f"{mention(one.taker)} decides for {mention(one.giver)}." for one in view.handed[:10]]
    return "\n".join(lines)


_OUTCOMES = {
    CampaignState.PLANNING: "being changed",
    CampaignState.PROPOSED: "being changed",
    CampaignState.AWAITING_APPROVAL: "expired without a yes",
    CampaignState.EXPIRED: "expired without a yes",
    CampaignState.REFUSED: "declined",
    CampaignState.CANCELLED: "withdrawn",
}
_UNSETTLED = frozenset({CampaignState.AWAITING_APPROVAL, CampaignState.EXPIRED})


def _declined(view: CampaignView) -> bool:
    return any(not approval.approved for approval in view.approvals)


def decision_buttons(view: CampaignView) -> list[Block]:
    """Yes, no, hand it on; and to take a yes back where there is one."""
    content = content_of(view.plan) if view.plan is not None else ""
    hand_on = button("Hand it on", action_id=Action.DELEGATE, value=_sealed(view, Action.DELEGATE))
    found = [_approve(view, content), _decline(view, content), hand_on]
    if any(approval.approved for approval in view.approvals):
        value = _sealed(view, Action.TAKE_BACK)
        found.append(button("Take my yes back", action_id=Action.TAKE_BACK, value=value))
    return found


def _approve(view: CampaignView, content: str) -> Block:
    action = Action.APPROVE if view.before is None else Action.ALLOW
    value = _sealed(view, action, content)
    return button("Approve", action_id=action, value=value, style="primary")


def _decline(view: CampaignView, content: str) -> Block:
    action = Action.DECLINE if view.before is None else Action.DENY
    then = "is not prepared for" if view.before is None else "stays as it is"
    question = f"{name_of(view.campaign)} {then}, and the asker is told."
    dialog = ask_again(question, yes="Decline", no="Go back")
    value = _sealed(view, action, content)
    return button("Decline", action_id=action, value=value, style="danger", confirm=dialog)


def _why(view: CampaignView) -> tuple[Block, ...]:
    if view.plan is None:
        return ()
    return (button("Why?", action_id=Action.WHY, value=_sealed(view, Action.WHY)),)


def _sealed(view: CampaignView, action: Action, content: str = "") -> str:
    """`content`: a yes or no is about one plan with exactly this content (its fingerprint)."""
    value = ButtonValue(action, view.campaign.id, view.campaign.plan_version, content)
    return seal(value, view.seal)
