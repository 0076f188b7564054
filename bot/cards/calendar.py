"""What is shown of calendars: an event as a draft with its buttons, what became of it, and a person's link. Called by imports, drafts, home."""

from datetime import datetime
from typing import Any

from bot.cards.blocks import actions, button, context, header, message, section
from bot.cards.buttons import Action, ButtonValue, seal
from bot.cards.text import said
from bot.cards.wording import listing, mention, span
from bot.core.house import House
from bot.core.marketing import DraftState, EventDraft
from bot.core.message import Block, Message, View

LINK = "calendar.link"
_FALLBACK = "If you see no buttons here, announce it with `/campaign`."


def draft_card(draft: EventDraft, *, house: House, key: bytes) -> Message:
    """The event as it is in the calendar now, and what a person can make of it; nothing is planned by itself."""
    title = f"In the calendar: {_title(draft)}"
    parts = [what_line(draft, house), _state(draft)]
    blocks = [header(title), *(section(part) for part in parts)]
    small = f"From {said(draft.event.feed, 60)}. Nothing is planned before somebody sends the form."
    text = "\n".join([title, *parts, small])
    if not draft.waits:
        return message(text, [*blocks, context(small)])
    blocks += [actions(*draft_buttons(draft, key)), context(small)]
    return message(f"{text}\n{_FALLBACK}", blocks)


def draft_buttons(draft: EventDraft, key: bytes) -> list[Block]:
    """Both carry the version of the event that was shown."""
    values = {
        action: seal(ButtonValue(action, draft.id, draft.version), key)
        for action in (Action.PLAN_EVENT, Action.IGNORE_EVENT)
    }
    return [
        button(
            "Open the form",
            action_id=Action.PLAN_EVENT,
            value=values[Action.PLAN_EVENT],
            style="primary",
        ),
        button("Ignore", action_id=Action.IGNORE_EVENT, value=values[Action.IGNORE_EVENT]),
    ]


def what_line(draft: EventDraft, house: House) -> str:
    """When, and what the house says such events reach."""
    groups = [(house.group(name), name) for name in draft.groups]
    titles = listing([said(group.title if group else name, 40) for group, name in groups])
    when = f"*When* {span(draft.event.window, draft.event.zone)}"
    return f"{when}\n*Reaches* {titles}" if titles else when


def changed_reply(draft: EventDraft) -> Message:
    """In the thread, once for each change: an edit alone notifies nobody."""
    who = f"{mention(draft.owner)} " if draft.owner else ""
    if draft.gone:
        what = "it is not in the calendar any more"
    else:
        what = f"the calendar has changed, it is {span(draft.event.window, draft.event.zone)} now"
    if draft.state is DraftState.TAKEN:
        what += ". The campaign has *not* been changed: use its *Change* or *Cancel* button"
    return _said(f"{who}{_title(draft)}: {what}.")


def taken_already(draft: EventDraft) -> Message:
    """To who came second."""
    return _said(f"{mention(draft.by)} has made a campaign of {_title(draft)} already.")


def outdated(draft: EventDraft) -> Message:
    """To who pressed a button of what was shown before."""
    return _said(f"{_title(draft)} has changed or is settled: please look at its newest message.")


def not_for_you() -> Message:
    """To who may not announce."""
    return _said("Only who may announce campaigns can do that. Ask an administrator for the role.")


def link_view(link: str) -> View:
    """The window that shows a person their link."""
    blocks = [
        section("*All campaigns in your own calendar*\nSubscribe to this address (“from URL”):"),
        section(f"```{said(link, 2000)}```"),
        context(
            "It is yours alone: whoever has it can read the campaigns. It works as long as you have a role here. "
            "`/headroom calendar new` replaces it, `/headroom calendar off` ends it."
        ),
    ]
    body: dict[str, Any] = {
        "type": "modal",
        "callback_id": LINK,
        "title": {"type": "plain_text", "text": "Your calendar link"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": blocks,
    }
    return View(LINK, body)


def _state(draft: EventDraft) -> str:
    match draft.state:
        case DraftState.TAKEN:
            text = f":white_check_mark: {mention(draft.by)} made a campaign of it."
            if draft.gone:
                text += "\n:warning: It is not in the calendar any more; the campaign has not been changed."
            elif draft.changed_since:
                text += (
                    "\n:warning: The calendar has changed since; the campaign has not been changed."
                )
            return text
        case DraftState.IGNORED:
            return f"{mention(draft.by)} says that nothing has to be prepared for it."
        case DraftState.MISSED:
            return "It has begun, and nobody said whether anything has to be prepared for it."
        case DraftState.OPEN if draft.gone:
            return "It is not in the calendar any more."
        case DraftState.OPEN:
            who = f"{mention(draft.owner)}, does" if draft.owner else "Does"
            again = "It has changed. " if draft.version > 1 else ""
            return f"{again}{who} it bring more visitors than usual?"


def _title(draft: EventDraft) -> str:
    return said(draft.event.title, 80) or "An event without a name"


def _said(text: str) -> Message:
    return message(text, [section(text)])


def draft_line(draft: EventDraft, house: House, now: datetime) -> str:
    """For a Home tab."""
    gone = "" if draft.event.window.start > now else " (it has begun)"
    return f"*{_title(draft)}* in {said(draft.event.feed, 60)}{gone}\n{what_line(draft, house)}"
