"""What is said when a campaign that is prepared or live is made longer or shorter, moved or ended."""

from dataclasses import dataclass

from bot.cards.blocks import actions, message, section
from bot.cards.proposal import people_asked, reasons
from bot.cards.requests import withdraw_button
from bot.cards.view import name_of
from bot.cards.wording import duration, listing, mention, moment, money
from bot.core.campaign import Campaign
from bot.core.message import Message
from bot.core.money import ZERO, Money
from bot.core.plan import Plan
from bot.core.verdict import Effect, Verdict
from bot.core.wish import Deed


@dataclass(frozen=True, slots=True)
class Change:
    """`campaign` and `before` as they are, `after` as it is wanted by `asker`; `verdict` is the guardrails'."""

    campaign: Campaign
    before: Plan
    after: Plan
    verdict: Verdict
    asker: str

    @property
    def deed(self) -> Deed:
        """What the two windows make of it."""
        old, new = self.before.window, self.after.window
        if new.start != old.start:
            return Deed.MOVE
        return Deed.EXTEND if new.end > old.end else Deed.SHORTEN

    @property
    def extra(self) -> Money:
        """What it costs more; nothing where it costs less."""
        more = self.after.cost.amount - self.before.cost.amount
        return Money(max(more, ZERO.amount), self.after.cost.currency)

    @property
    def raised(self) -> bool:
        """Whether what it costs more is also for floors that were raised since it was planned."""
        pairs = zip(self.before.workloads, self.after.workloads, strict=False)
        return any(new.floor > old.floor for old, new in pairs)


def done(change: Change, by: list[str]) -> Message:
    """In the campaign's thread: what is so from now on; `by` said yes, where that was needed."""
    yes = f" {listing([mention(user) for user in by])} said yes." if by else ""
    asked = f"as {mention(change.asker)} asked."
    return _said(f"{_sentence(change)}, {asked}{yes} {_consequence(change)}")


def ended(campaign: Campaign, before: Plan, by: str, after: Plan) -> Message:
    """In the campaign's thread: it is over before its time."""
    zone = campaign.announcement.zone
    early = duration(before.window.end - after.window.end)
    return _said(
        f"{mention(by)} ended *{name_of(campaign)}* at {moment(after.window.end, zone, only_time=True)}, "
        f"{early} early. Capacity goes back step by step, never below what is busy; the report follows."
    )


def planned_anew(campaign: Campaign) -> Message:
    """Privately: nothing is held yet, so the plan is simply made again."""
    window, zone = campaign.announcement.window, campaign.announcement.zone
    return _said(
        f"I plan *{name_of(campaign)}* anew, for {moment(window.start, zone)} to "
        f"{moment(window.end, zone)}. Its message asks for your Confirm in a moment."
    )


def waiting(change: Change, key: bytes) -> Message:
    """In the campaign's thread: who must say yes, and what is so until then; `key` signs the button."""
    zone, end = change.campaign.announcement.zone, change.before.window.end
    until = f"Until then it stays as it is, and ends at {moment(end, zone, only_time=True)}."
    if change.deed is Deed.MOVE:
        until = "Until then it stays as it is."
    text = (
        f"{mention(change.asker)} wants *{name_of(change.campaign)}* {wanted(change)}. "
        f"That needs a yes from {people_asked(change.verdict)}, who are asked now. {until}"
    )
    withdraw = withdraw_button(change.campaign.id, change.after.version, key)
    return message(text, [section(text), actions(withdraw)])


def answered(change: Change, by: list[str], *, allowed: bool) -> Message:
    """The record in place of the question, and the answer in the campaign's thread."""
    who = listing([mention(user) for user in by])
    if allowed:
        return _said(f"{_sentence(change)}: {mention(change.asker)} asked, {who} said yes.")
    return _said(
        f"{who} said no: *{name_of(change.campaign)}* is not to be {wanted(change)}, which "
        f"{mention(change.asker)} asked for. Nothing was changed."
    )


def refused(change: Change) -> Message:
    """Privately: the guardrails say no."""
    findings = list(change.verdict.with_effect(Effect.REFUSE))
    title = f"{name_of(change.campaign)} can't be {wanted(change)}"
    return _said(reasons(title, findings, ways_out=True) + "\nNothing was changed.")


def asked_already(change: Change) -> Message:
    """Privately: the same question is open."""
    return _said(
        f"That is asked already, and waits for a yes from {people_asked(change.verdict)}. "
        "Your click changed nothing."
    )


def _sentence(change: Change) -> str:
    zone, name = change.campaign.announcement.zone, f"*{name_of(change.campaign)}*"
    old, new = change.before.window, change.after.window
    if change.deed is Deed.MOVE:
        start, then = moment(new.start, zone), moment(old.start, zone, only_time=True)
        return f"{name} begins {start} instead of {then} and ends {moment(new.end, zone)}"
    verb = "lasts until" if change.deed is Deed.EXTEND else "ends"
    end, then = moment(new.end, zone), moment(old.end, zone, only_time=True)
    return f"{name} {verb} {end} instead of {then}"


def wanted(change: Change) -> str:
    """What it is to be, after `wants it` and `can't be`."""
    zone, new = change.campaign.announcement.zone, change.after.window
    if change.deed is Deed.MOVE:
        return f"moved to {moment(new.start, zone)}"
    longer = duration(abs(new.end - change.before.window.end))
    word = "extended" if change.deed is Deed.EXTEND else "shortened"
    return f"{word} by {longer}, to {moment(new.end, zone)}"


def _consequence(change: Change) -> str:
    if not any(workload.steps for workload in change.after.workloads):
        return "Nothing is held for it; I watch it until then."
    if change.deed is Deed.SHORTEN:
        return "Capacity goes back after that, step by step."
    more = f"{money(change.extra)} more"
    if change.raised:
        more += " than was planned, what was raised since included"
    if change.deed is Deed.MOVE:
        return f"What is warm stays warm meanwhile, which costs {more}."
    return f"What is held now is held until then, which costs {more}."


def _said(text: str) -> Message:
    return message(text, [section(text)])
