"""What could be cheaper or safer, privately with a button each; and the engineers' message about one that is to be applied."""

from datetime import datetime
from decimal import Decimal

from bot.cards.blocks import actions, ask_again, button, context, header, message, section
from bot.cards.buttons import Action, ButtonValue
from bot.cards.buttons import seal as sealed
from bot.cards.text import rows, said
from bot.cards.wording import count, duration, listing, mention, moment, money
from bot.cards.wording import roles as roles_said
from bot.core.advice.book import AdviceBook, Application, Stage
from bot.core.advice.item import Advice, Risk
from bot.core.house import Group, House
from bot.core.message import Block, Message
from bot.core.money import Money
from bot.core.verdict import Effect, Finding, Verdict

_MOST = 8
_RISKS = {Risk.NONE: "no risk for customers", Risk.LOW: "low risk", Risk.LESS: "safer than now"}


def advice_card(
    book: AdviceBook, group: Group | None, *, house: House, seal: bytes, now: datetime
) -> Message:
    """The sum first, then each advice with its saving, risk, evidence and button; what is not known last."""
    every = book.of(group.name if group else "")
    # What one press can do comes first; a deploy takes longer to decide.
    found = tuple(sorted(every, key=lambda one: not one.can_be_applied))
    where = f" for {said(group.title, 40)}" if group else ""
    title = f"Advice{where}: {_sum(found)}"
    blocks: list[Block] = [header(title)]
    parts = [title]
    for one in found[:_MOST]:
        text = _advice(one)
        parts.append(text)
        blocks.append(section(text))
        if one.can_be_applied:
            blocks.append(actions(_apply(one, book, seal)))
    if len(found) > _MOST:
        blocks.append(context(f"{len(found) - _MOST} more: `headroom advice` lists all."))
    small = _rests_on(book, now)
    blocks.append(context(small))
    return message("\n".join([*parts, small]), blocks)


def application_card(
    wanted: Application, verdict: Verdict | None, *, house: House, seal: bytes
) -> Message:
    """One message from the question to the end, where the engineers are."""
    advice, who = wanted.advice, mention(wanted.asked_by)
    decided = mention(wanted.decided_by) if wanted.decided_by else "Headroom"
    at = "" if wanted.decided_at is None else f" {moment(wanted.decided_at, house.zone)}"
    buttons: tuple[Block, ...] = ()
    match wanted.stage:
        case Stage.ASKED:
            asked = (
                [f for f in verdict.findings if f.effect is Effect.NEEDS_APPROVAL]
                if verdict
                else []
            )
            yes = (
                f" Yes so far: {listing([mention(one) for one in wanted.said])}."
                if wanted.said
                else ""
            )
            state = f"{who} wants to apply this. It needs a yes from {_asked(asked)}, not from who asked.{yes}"
            buttons = (
                _button(wanted, Action.ADVICE_APPROVE, "Approve", seal, style="primary"),
                _button(wanted, Action.ADVICE_DECLINE, "Decline", seal),
            )
        case Stage.APPLIED:
            state = f"Applied by {decided}{at}, asked for by {who}. I change it step by step, with fresh metrics."
            buttons = (_button(wanted, Action.ADVICE_PUT_BACK, "Put back", seal),)
        case Stage.DECLINED:
            state = f"Declined by {decided}{at}; nothing was changed."
        case Stage.REFUSED:
            state = f"Not possible any more: {said(wanted.why, 300)} Nothing was changed."
        case Stage.PUT_BACK:
            state = f"Put back by {decided}{at}: what was there before is wanted again."
    text = f"{_advice(advice)}\n{state}"
    blocks = [section(text), *([actions(*buttons)] if buttons else [])]
    return message(text, blocks)


def refused_advice(advice: Advice, verdict: Verdict) -> Message:
    """All reasons why it cannot be applied now, each with its way out."""
    lines = [
        f"• {said(one.reason, 300)} {said(one.way_out, 200)}".rstrip()
        for one in verdict.with_effect(Effect.REFUSE)
    ]
    text = f"*{said(advice.title)}* cannot be applied now, and nothing was changed.\n{rows(lines)}"
    return message(text, [section(text)])


def _sum(found: tuple[Advice, ...]) -> str:
    if not found:
        return "nothing to change"
    saving = sum((one.saving.amount for one in found if one.saving.amount > 0), Decimal(0))
    what = f"up to {money(Money(saving))} a month" if saving > 0 else "nothing to save, but safer"
    return f"{what}, {count(len(found), 'suggestion')}"


def _advice(one: Advice) -> str:
    name = "" if one.key is None else f"*{said(one.key.name, 50)}* ({said(one.key.region, 30)}): "
    first = f"{name}{said(one.title, 120)}. {_saving(one)}, {_RISKS[one.risk]}."
    small = f"{said(one.evidence, 300)} {said(one.risk_said, 300)}\n_{said(one.guardrail, 300)}_"
    how = f"\n`{said(one.how, 200)}`" if one.how else ""
    return f"{first}\n{small}{how}"


def _saving(one: Advice) -> str:
    amount = one.saving.amount
    if amount > 0:
        return f"Saves about *{money(one.saving)} a month*"
    if amount < 0:
        return f"Costs about {money(Money(-amount, one.saving.currency))} a month"
    return "Costs nothing"


def _rests_on(book: AdviceBook, now: datetime) -> str:
    days = duration(book.span.duration)
    text = (
        f"From {days} of measurements of {count(book.workloads, 'workload')}, {duration(now - book.at)} ago;"
        f" {said(book.priced_on, 120)}."
    )
    if book.silent:
        text += f" Did not answer: {said('; '.join(book.silent), 200)}."
    if book.unknown:
        text += f" {count(len(book.unknown), 'workload')} with too few points: no advice on them."
    return text


def _asked(findings: list[Finding]) -> str:
    return roles_said([role for finding in findings for role in finding.approvers])


def _apply(one: Advice, book: AdviceBook, seal: bytes) -> Block:
    subject = f"{one.id}-{book.at:%Y%m%dT%H%M%S}"
    value = sealed(ButtonValue(Action.ADVICE_APPLY, subject), seal)
    name = one.key.name if one.key else ""
    question = f"{said(name, 50)}: {said(one.title, 120)}. It is judged again, and others may have to say yes."
    dialog = ask_again(question, yes="Apply", no="Not now")
    label = f"Apply to {name}"
    return button(label, action_id=Action.ADVICE_APPLY, value=value, confirm=dialog)


def _button(
    wanted: Application, action: Action, label: str, seal: bytes, *, style: str = ""
) -> Block:
    value = sealed(ButtonValue(action, wanted.id), seal)
    return button(label, action_id=action, value=value, style=style)
