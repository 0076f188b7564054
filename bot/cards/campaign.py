"""The one message of a campaign: what it says in each of its states. Called by the announce, approve and drive flows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.cards.approval import decisions
from bot.cards.blocks import actions, ask_again, button, context, header, message, section
from bot.cards.buttons import Action, ButtonValue, seal
from bot.cards.experience import pages_line
from bot.cards.pauses import paused_line
from bot.cards.progress import held_lines, ready_line, restoring_lines, troubles, warming_lines
from bot.cards.proposal import answer_line, left_alone, paragraphs, people_asked, when_line, why
from bot.cards.report import summary
from bot.cards.requests import withdraw_button
from bot.cards.text import said
from bot.cards.view import CampaignView as CampaignView
from bot.cards.view import approval_channels, extra_instances, name_of
from bot.cards.wording import count, mention, moment, money
from bot.core.campaign import CampaignState
from bot.core.house import House
from bot.core.message import Block, Message
from bot.core.verdict import Effect

TAKEN = 60  # characters of a change on its button

__all__ = ["CampaignView", "campaign_card"]


@dataclass(frozen=True, slots=True)
class _Story:
    """What a state says: headline, first sentence, further paragraphs, small print, buttons."""

    headline: str
    answer: str
    more: tuple[str, ...] = ()
    small: str = ""
    buttons: tuple[Block, ...] = ()


def campaign_card(view: CampaignView, *, house: House, now: datetime) -> Message:
    """The message as it must look now; the text alone says enough to act upon."""
    story = _STORIES[view.campaign.state](view, house, now)
    name = name_of(view.campaign)
    title = f"{name}: {story.headline}"
    trouble = troubles(view)
    paused = paused_line(view, house, now)
    parts = [story.answer, paused, trouble, *story.more]
    blocks = [header(title), *(section(part) for part in parts if part)]
    if story.small:
        blocks.append(context(story.small))
    buttons = (*story.buttons, *_history(view))
    if buttons:
        blocks.append(actions(*buttons))
    return message(_fallback(title, [story.answer, paused, trouble], view, house), blocks)


def _planning(view: CampaignView, house: House, now: datetime) -> _Story:
    return _Story(
        "working out the plan",
        "Working out the plan: what to warm, when, and what it costs.",
        (when_line(view.campaign, house),),
        f"Asked for by {mention(view.campaign.announcer)}.",
    )


def _proposed(view: CampaignView, house: House, now: datetime) -> _Story:
    campaign, plan = view.campaign, view.plan
    if plan is None:
        return _planning(view, house, now)
    if plan.needs_nothing:
        return _Story(
            "no pre-scaling needed",
            "No pre-scaling needed: Cloud Run's autoscaler copes with this by itself, at no extra cost. "
            "You need not confirm anything; I watch it and report afterwards.",
            (when_line(campaign, house), left_alone(plan), why(view.verdict)),
            _asked_by(view),
            (_change(view), *_why(view), _cancel(view)),
        )
    answer = answer_line(plan, campaign.announcement.zone)
    if view.verdict is not None and view.verdict.effect is Effect.NEEDS_APPROVAL:
        asked = people_asked(view.verdict)
        answer += f"\nIt needs a yes from {asked}: confirm, and I ask them at once."
        headline = "plan ready, needs approval"
        confirm = _confirm(view, "Confirm and ask")
    else:
        headline = "plan ready"
        confirm = _confirm(view, "Confirm")
    buttons = (confirm, *_take(view), _change(view), *_why(view), _cancel(view))
    return _Story(headline, answer, tuple(paragraphs(view, house)), _asked_by(view), buttons)


def _awaiting(view: CampaignView, house: House, now: datetime) -> _Story:
    campaign = view.campaign
    asked = people_asked(view.verdict)
    where = " and ".join(f"<#{channel}>" for channel in approval_channels(view.verdict, house))
    since = "" if campaign.asked_at is None else f" {_at(view, campaign.asked_at)}"
    answer = (
        f"Waiting for a yes from {asked}, asked in {where}{since}. "
        f"Nothing is changed before that; without a yes by "
        f"{_at(view, campaign.announcement.window.start)} it expires."
    )
    more = (decisions(view), *paragraphs(view, house))
    withdraw = withdraw_button(campaign.id, campaign.plan_version, view.seal)
    buttons = (*_take(view), _change(view), *_why(view), withdraw, _cancel(view))
    return _Story("waiting for approval", answer, more, _asked_by(view), buttons)


def _scheduled(view: CampaignView, house: House, now: datetime) -> _Story:
    plan = view.plan
    if plan is None or plan.needs_nothing:
        answer = "Scheduled. Nothing needs warming; I watch it all the same."
    else:
        answer = (
            f"Scheduled. Warming starts {_at(view, plan.raise_at)}, so that "
            f"{count(extra_instances(plan), 'extra instance')} are ready before "
            f"{_at(view, plan.window.start, only_time=True)}. It costs {money(plan.cost)}."
        )
    more = (decisions(view), *paragraphs(view, house))
    buttons = (_change(view), *_why(view), _cancel(view))
    return _Story("scheduled", answer, more, _asked_by(view), buttons)


def _warming(view: CampaignView, house: House, now: datetime) -> _Story:
    start = view.campaign.announcement.window.start
    late = " The start has passed; I keep going." if now >= start else ""
    answer = f"Warming: *{ready_line(view)}*. The start is {_at(view, start)}.{late}"
    more = (warming_lines(view), when_line(view.campaign, house))
    return _Story("warming", answer, more, _asked_by(view), (_later(view), _stop(view)))


def _live(view: CampaignView, house: House, now: datetime) -> _Story:
    end = _at(view, view.campaign.announcement.window.end)
    proven = view.campaign.proven_at
    if now >= view.campaign.announcement.window.end:
        answer = f"Its end, {end}, has passed. What is held goes back from here on."
    elif view.plan is None or view.plan.needs_nothing:
        answer = f"Live until {end}. Nothing had to be warmed; the autoscaler copes by itself."
    elif proven is not None:
        answer = f"Live until {end}. Capacity has been warm and proven since {_at(view, proven)}."
    else:
        answer = f"Live until {end}. *Not everything is proven warm*: {ready_line(view)}. The engineers know."
    more = (
        held_lines(view),
        view.campaign.note,
        pages_line(view.pages),
        when_line(view.campaign, house),
    )
    return _Story("live", answer, more, _asked_by(view), (_extend(view), _end(view), _stop(view)))


def _restoring(view: CampaignView, house: House, now: datetime) -> _Story:
    by = view.campaign.cancelled_by
    begun = f"Stopped by {mention(by)}" if by else "The campaign is over"
    answer = f"{begun}. I am giving the capacity back step by step, never below what is busy."
    return _Story("giving capacity back", answer, (restoring_lines(view),), _asked_by(view))


def _done(view: CampaignView, house: House, now: datetime) -> _Story:
    at = view.campaign.restored_at
    if view.plan is None or view.plan.needs_nothing:
        answer = "Done. Nothing had to be held for it."
    else:
        answer = f"Done. Everything was given back{f' {_at(view, at)}' if at else ''}."
    more = (summary(view.report),) if view.report is not None else ()
    return _Story("done", answer, more, _asked_by(view))


def _cancelled(view: CampaignView, house: House, now: datetime) -> _Story:
    campaign = view.campaign
    by = f" by {mention(campaign.cancelled_by)}" if campaign.cancelled_by else ""
    when = f" {_at(view, campaign.cancelled_at)}" if campaign.cancelled_at else ""
    back = " The capacity that was warm has been given back." if campaign.restored_at else ""
    answer = f"Cancelled{by}{when}.{back or ' Nothing is held for it.'}"
    return _Story("cancelled", answer, (), _asked_by(view))


def _refused(view: CampaignView, house: House, now: datetime) -> _Story:
    when = when_line(view.campaign, house)
    more = (why(view.verdict), when)
    if any(not approval.approved for approval in view.approvals):
        answer = f"{decisions(view)}\nNothing was changed. *Change* brings your answers back."
        return _Story("declined", answer, more, _asked_by(view), (_change(view),))
    answer = "This is not possible as it stands, and nothing was changed. *Change* brings your answers back."
    buttons = (*_take(view), _change(view), *_why(view))
    return _Story("not possible like this", answer, more, _asked_by(view), buttons)


def _expired(view: CampaignView, house: House, now: datetime) -> _Story:
    waited = "approved" if view.campaign.confirmed_by else "confirmed"
    start = _at(view, view.campaign.announcement.window.start)
    why = f"Nobody {waited} it"
    if view.approvals:
        why = "Not all the yeses that it needs could be counted"
    answer = f"{why} before the start ({start}), so nothing was changed."
    return _Story("expired", answer, (), _asked_by(view))


def _asked_by(view: CampaignView) -> str:
    campaign = view.campaign
    text = f"Asked for by {mention(campaign.announcer)}."
    if campaign.confirmed_by:
        text += f" Confirmed by {mention(campaign.confirmed_by)}."
    return text


def _at(view: CampaignView, at: datetime, *, only_time: bool = False) -> str:
    return moment(at, view.campaign.announcement.zone, only_time=only_time)


def _fallback(title: str, parts: list[str], view: CampaignView, house: House) -> str:
    """Without blocks there are no buttons, so the text says where a person can be asked."""
    text = [title, *(part for part in parts if part)]
    text += paragraphs(view, house) if view.campaign.state is CampaignState.PROPOSED else []
    if view.verdict is not None and view.verdict.effect is Effect.REFUSE:
        text.append(why(view.verdict))
    if not view.campaign.state.final and view.campaign.state is not CampaignState.PLANNING:
        text.append(f"If you see no buttons here, ask in <#{house.engineers}>.")
    return "\n".join(text)


def _sealed(view: CampaignView, action: Action) -> str:
    return seal(ButtonValue(action, view.campaign.id, view.campaign.plan_version), view.seal)


def _confirm(view: CampaignView, label: str) -> Block:
    value = _sealed(view, Action.CONFIRM)
    return button(label, action_id=Action.CONFIRM, value=value, style="primary")


def _change(view: CampaignView) -> Block:
    return button("Change", action_id=Action.CHANGE, value=_sealed(view, Action.CHANGE))


def _take(view: CampaignView) -> tuple[Block, ...]:
    """The nearest plan that passes, as a button; nothing where there is none."""
    if view.verdict is None or not view.verdict.ways_out:
        return ()
    label = f"Take {said(view.verdict.ways_out[0].change, TAKEN)}"
    return (button(label, action_id=Action.TAKE, value=_sealed(view, Action.TAKE)),)


def _why(view: CampaignView) -> tuple[Block, ...]:
    """Every number can be asked for, as long as there is a plan."""
    if view.plan is None:
        return ()
    return (button("Why?", action_id=Action.WHY, value=_sealed(view, Action.WHY)),)


def _history(view: CampaignView) -> tuple[Block, ...]:
    if view.campaign.state is CampaignState.PLANNING:
        return ()
    return (button("History", action_id=Action.HISTORY, value=_sealed(view, Action.HISTORY)),)


def _cancel(view: CampaignView) -> Block:
    question = f"{name_of(view.campaign)} will not be prepared for. You can announce it again."
    dialog = ask_again(question, yes="Cancel the campaign", no="Keep it")
    value = _sealed(view, Action.CANCEL)
    return button("Cancel", action_id=Action.CANCEL, value=value, confirm=dialog)


def _extend(view: CampaignView) -> Block:
    return button("Extend", action_id=Action.EXTEND, value=_sealed(view, Action.EXTEND))


def _later(view: CampaignView) -> Block:
    return button("Start later", action_id=Action.LATER, value=_sealed(view, Action.LATER))


def _end(view: CampaignView) -> Block:
    name = name_of(view.campaign)
    question = f"{name} ends now, before its time; the report follows."
    if view.plan is not None and not view.plan.needs_nothing:
        question = f"{name} ends now: capacity goes back step by step, then the report follows."
    dialog = ask_again(question, yes="End it now", no="Go on")
    value = _sealed(view, Action.END)
    return button("End now", action_id=Action.END, value=value, confirm=dialog)


def _stop(view: CampaignView) -> Block:
    name = name_of(view.campaign)
    if view.plan is None or view.plan.needs_nothing:
        label, yes, no = "Stop watching", "Stop watching", "Go on"
        question = f"I stop watching {name}. Nothing is held for it."
    else:
        label, yes, no = "Stop and give back", "Give it back now", "Keep holding"
        question = f"The capacity held for {name} is given back now, before the end."
    dialog = ask_again(question, yes=yes, no=no)
    value = _sealed(view, Action.CANCEL)
    return button(label, action_id=Action.CANCEL, value=value, style="danger", confirm=dialog)


_STORIES: Mapping[CampaignState, Callable[[CampaignView, House, datetime], _Story]] = {
    CampaignState.PLANNING: _planning,
    CampaignState.PROPOSED: _proposed,
    CampaignState.AWAITING_APPROVAL: _awaiting,
    CampaignState.SCHEDULED: _scheduled,
    CampaignState.WARMING: _warming,
    CampaignState.LIVE: _live,
    CampaignState.RESTORING: _restoring,
    CampaignState.DONE: _done,
    CampaignState.CANCELLED: _cancelled,
    CampaignState.REFUSED: _refused,
    CampaignState.EXPIRED: _expired,
}
