"""The question about a change of a campaign that needs somebody's yes, and what is said of it afterwards."""

from bot.cards.approval import decision_buttons, decisions
from bot.cards.blocks import actions, message, section
from bot.cards.deadline import deadline
from bot.cards.proposal import people_asked, reasons
from bot.cards.reshaping import Change, wanted
from bot.cards.view import CampaignView, name_of
from bot.cards.wording import mention, moment, money
from bot.core.message import Message
from bot.core.verdict import Effect


def change_of(view: CampaignView) -> Change:
    """The change that a view is of; ValueError for a view of anything else."""
    if view.before is None or view.plan is None or view.verdict is None:
        raise ValueError(f"nothing is asked of {view.campaign.id}")
    asker = view.campaign.confirmed_by or view.campaign.announcer
    return Change(view.campaign, view.before, view.plan, view.verdict, asker)


def wish_line(view: CampaignView) -> str:
    """Who wants what, and what it costs more."""
    change = change_of(view)
    after = change.after
    raised = " Floors that were raised since it was planned count in that." if change.raised else ""
    return (
        f"{mention(change.asker)} wants *{name_of(change.campaign)}* {wanted(change)}. "
        f"That costs *{money(change.extra)}* more: {money(after.cost)} instead of "
        f"{money(change.before.cost)}.{raised}"
    )


def question(view: CampaignView) -> Message:
    """To those whose yes is needed."""
    change = change_of(view)
    until = moment(deadline(view), change.campaign.announcement.zone)
    ask = f"It needs a yes from {people_asked(change.verdict)} by {until}; silence means no."
    why = reasons("What needs a yes", change.verdict.with_effect(Effect.NEEDS_APPROVAL))
    parts = [part for part in (f"{wish_line(view)} {ask}", why, decisions(view)) if part]
    text = "\n".join([*parts, f"If you see no buttons here, tell {mention(change.asker)}."])
    return message(text, [*(section(part) for part in parts), actions(*decision_buttons(view))])


def lapsed(view: CampaignView) -> Message:
    """In place of a question that nobody can answer any more."""
    if view.overtaken_as:
        return _said(was_wanted(view))
    few = ""
    if view.approvals and not view.withdrawn_by:
        few = " Not all the yeses that it needs could be counted in time."
    return _said(f"{was_wanted(view)}{few} Nothing was changed.")


def settled(view: CampaignView) -> Message:
    """Privately: there is nothing left to decide on that change."""
    return _said(f"{was_wanted(view)} That is not open any more, and your click changed nothing.")


def was_wanted(view: CampaignView) -> str:
    """Who wanted what and who decided on it; true whatever was changed since."""
    change = change_of(view)
    zone, window = change.campaign.announcement.zone, change.after.window
    return (
        f"{mention(change.asker)} wanted *{name_of(change.campaign)}* to run from "
        f"{moment(window.start, zone)} to {moment(window.end, zone)}. "
        f"{_end_of(view)}"
    )


def _end_of(view: CampaignView) -> str:
    taken = f"{mention(view.withdrawn_by)} withdrew the request." if view.withdrawn_by else ""
    parts = [part for part in (decisions(view), taken, _overtaken(view)) if part]
    return "\n".join(parts) or "Nobody decided."


def _overtaken(view: CampaignView) -> str:
    if not view.overtaken_as:
        return ""
    return (
        f"Meanwhile it was {view.overtaken_as}, as {mention(view.overtaken_by)} asked. The plan that this "
        "was asked about was replaced by that, so this was not done; ask again if it is still wanted."
    )


def _said(text: str) -> Message:
    return message(text, [section(text)])
