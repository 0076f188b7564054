"""`/headroom advice [group]`, and the buttons of an advice. The key is the delivery's identity.

Applying is judged when it is asked for and again at the yes; then the workload's baseline changes, and
the reconciler does the writing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.cards.advice import advice_card, application_card, refused_advice
from bot.cards.answers import mistake
from bot.cards.buttons import Action, ButtonValue, unseal
from bot.core.advice.applying import rebased
from bot.core.advice.book import AdviceBook, Application, Stage
from bot.core.advice.item import Advice
from bot.core.advice.judging import DECIDERS, AdviceCase, judge_advice
from bot.core.command import parse_command
from bot.core.consent import Voter, may_decide, unanswered
from bot.core.delivery import Delivery
from bot.core.fleet import Workload
from bot.core.freeze import FreezeCalendar
from bot.core.heeding import felt_by
from bot.core.message import Message, WantedPost
from bot.core.pausing import pause_over
from bot.core.verdict import Effect, Role, Verdict
from bot.errors import AskedWrong, GiveUp, TryAgain
from bot.facts import Roles, answer_to, look_up_roles
from bot.flows.outside import turned_away
from bot.flows.reviewing import take_review
from bot.ports.jobs import Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import AuditRow, Transaction

_GOOD_FOR = timedelta(hours=6)  # advice from weeks does not change faster
_WAIT_FOR_ROLES = timedelta(minutes=2)
_OPERATORS = frozenset({Role.ENGINEER, Role.ADMIN})
_NOT_YOURS = "Only an engineer or an administrator can do that. Nothing was changed."


@dataclass(frozen=True, slots=True)
class _Press:
    """Who pressed what; `seen` is the workload as just read, `people` the roles of all who said yes."""

    delivery: Delivery
    value: ButtonValue
    application: Application
    seen: Workload
    people: Mapping[str, Roles]
    calendar: FreezeCalendar
    now: datetime

    @property
    def user(self) -> str:
        return self.delivery.user

    @property
    def roles(self) -> frozenset[Role]:
        return self.people[self.user].held


async def advice(key: str, kit: Kit) -> datetime | None:
    """Answers privately, or does what the button says, once."""
    async with kit.store.begin() as tx:
        delivery = await tx.inbox.get(key)
    if delivery is None or await turned_away(delivery, kit):
        return None
    if delivery.command:
        await _answer(delivery, await _told(delivery, kit), kit)
        return None
    try:
        value = unseal(delivery.value, kit.seal)
        press = await _gather(delivery, value, kit)
    except (AskedWrong, GiveUp) as error:
        words = error.reason if isinstance(error, GiveUp) else str(error)
        await _answer(delivery, mistake(words), kit)
        return None
    now = press.now
    async with kit.store.begin() as tx:
        if await tx.inbox.handled(key, now):
            answer = await _do(tx, press, kit)
            if answer is not None:
                await tx.posts.want(answer_to(delivery, answer, kit.house), now)
    return None


async def _told(delivery: Delivery, kit: Kit) -> Message:
    """What was found last, looked at anew where that is old."""
    roles = await look_up_roles(kit, delivery.user)
    if not roles.held & DECIDERS:
        _wait_for(roles, delivery, kit.clock.now())
        words = "Advice names costs and settings: engineers, approvers, finance and administrators see it."
        return mistake(words)
    word = parse_command(delivery.command, delivery.text).rest.strip()
    group = kit.house.group(word) if word else None
    if word and group is None:
        known = ", ".join(f"#{one.name}" for one in kit.house.groups)
        return mistake(f"I know no group “{word[:60]}”. There are {known}.")
    async with kit.store.begin() as tx:
        book = await tx.snapshots.advice()
    if book is None or kit.clock.now() - book.at > _GOOD_FOR:
        book = await take_review(kit)
    return advice_card(book, group, house=kit.house, seal=kit.seal, now=kit.clock.now())


async def _answer(delivery: Delivery, message: Message, kit: Kit) -> None:
    """Privately, once."""
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        if await tx.inbox.handled(delivery.identity, now):
            await tx.posts.want(answer_to(delivery, message, kit.house), now)


def _wait_for(roles: Roles, delivery: Delivery, now: datetime) -> None:
    """A no for lack of a role is final only once Slack has said who has it."""
    if not roles.certain and now - delivery.received_at < _WAIT_FOR_ROLES:
        raise TryAgain("Slack does not say who is in which user group", timedelta(seconds=5))


async def _gather(delivery: Delivery, value: ButtonValue, kit: Kit) -> _Press:
    """All that is outside, before anything is decided."""
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        known = await tx.applications.get(value.subject)
        book = await tx.snapshots.advice()
    application = known or _new(delivery, value, book, now)
    if application.advice.key is None:
        raise AskedWrong("That advice takes a person, so there is nothing to apply.")
    people = {user: await look_up_roles(kit, user) for user in {delivery.user, *application.said}}
    if not people[delivery.user].held & DECIDERS:
        _wait_for(people[delivery.user], delivery, now)
    seen = await kit.cloud.read(application.advice.key)
    calendar = await kit.calendars.freezes()
    return _Press(delivery, value, application, seen, people, calendar, kit.clock.now())


def _new(
    delivery: Delivery, value: ButtonValue, book: AdviceBook | None, now: datetime
) -> Application:
    """An id for each look: the same advice, made again later, may be applied again."""
    advice_id, _, stamp = value.subject.partition("-")
    found = (
        book.find(advice_id) if book is not None and stamp == f"{book.at:%Y%m%dT%H%M%S}" else None
    )
    if found is None or book is None:
        raise AskedWrong("That advice is from an older look. Please ask again: /headroom advice.")
    return Application(value.subject, found, book.at, delivery.user, now)


async def _do(tx: Transaction, press: _Press, kit: Kit) -> Message | None:
    stored = await tx.applications.get(press.value.subject)
    if stored is not None:
        press = replace(press, application=stored)
    match press.value.action:
        case Action.ADVICE_APPLY:
            return await _ask(tx, press, kit)
        case Action.ADVICE_APPROVE:
            return await _approve(tx, press, kit)
        case Action.ADVICE_DECLINE:
            return await _decline(tx, press, kit)
        case Action.ADVICE_PUT_BACK:
            return await _put_back(tx, press, kit)
        case _:
            return mistake("I don't know that button.")


async def _judged(tx: Transaction, press: _Press, advice: Advice, kit: Kit) -> Verdict:
    seen = press.seen
    holding = await tx.capacity.holding(seen.key)
    case = AdviceCase(
        advice=advice,
        at=press.application.advised_at,
        workload=seen,
        house=kit.house,
        now=press.now,
        claims=await tx.capacity.claims_on(seen.key),
        held=holding is not None and holding.restored_at is None,
        pause=pause_over(await tx.oversight.pauses(), seen.key, seen.groups, press.now),
        felt=felt_by(seen.groups, kit.house.experience, await tx.experience.breaches()),
        calendar=press.calendar,
    )
    return judge_advice(case)


async def _ask(tx: Transaction, press: _Press, kit: Kit) -> Message | None:
    """The first press: judged, then applied where nobody else must say yes, else asked."""
    if not press.roles & _OPERATORS:
        return mistake(_NOT_YOURS)
    wanted = press.application
    verdict = await _judged(tx, press, wanted.advice, kit)
    if verdict.effect is Effect.REFUSE:
        return refused_advice(wanted.advice, verdict)
    if not await tx.applications.add(wanted):
        return mistake(f"That is {wanted.stage.value} already; see the engineers' channel.")
    if _missing(verdict, press, wanted, kit):
        await _keep(tx, press, wanted, "advice asked", (verdict, kit))
        return None
    return await _apply(tx, press, wanted, verdict, kit)


async def _approve(tx: Transaction, press: _Press, kit: Kit) -> Message | None:
    wanted = press.application
    if not wanted.open:
        return mistake(f"That is {wanted.stage.value} already.")
    verdict = await _judged(tx, press, wanted.advice, kit)
    if verdict.effect is Effect.REFUSE:
        refused = replace(wanted, stage=Stage.REFUSED, decided_at=press.now, why=_reasons(verdict))
        await _keep(tx, press, refused, "advice refused", (verdict, kit))
        return None
    if not may_decide(verdict, Voter(press.user, press.roles)):
        return mistake("You are not among those who may say yes to that. Nothing was changed.")
    if press.user == wanted.asked_by and not kit.house.guardrails.self_approval:
        return mistake("You asked for it, so somebody else has to say yes.")
    wanted = replace(wanted, said=tuple(dict.fromkeys((*wanted.said, press.user))))
    if _missing(verdict, press, wanted, kit):
        await _keep(tx, press, wanted, "advice approved", (verdict, kit))
        return None
    return await _apply(tx, press, wanted, verdict, kit)


async def _decline(tx: Transaction, press: _Press, kit: Kit) -> Message | None:
    wanted = press.application
    if not wanted.open:
        return mistake(f"That is {wanted.stage.value} already.")
    if not press.roles & (DECIDERS - {Role.FINANCE}):
        return mistake(_NOT_YOURS)
    no = replace(wanted, stage=Stage.DECLINED, decided_by=press.user, decided_at=press.now)
    await _keep(tx, press, no, "advice declined", (None, kit))
    return None


async def _put_back(tx: Transaction, press: _Press, kit: Kit) -> Message | None:
    """The baseline of before, by the same way; one engineer is enough, it is what was there."""
    wanted = press.application
    if not press.roles & _OPERATORS:
        return mistake(_NOT_YOURS)
    was = wanted.advice.was
    if wanted.stage is not Stage.APPLIED or was is None:
        return mistake(f"That is {wanted.stage.value}, so there is nothing to put back.")
    holding = await tx.capacity.holding(press.seen.key)
    if any(one.hold.contains(press.now) for one in await tx.capacity.claims_on(press.seen.key)):
        return mistake("A campaign holds it now. Put it back after the campaign.")
    await tx.capacity.save_holding(rebased(holding, press.seen, was, press.now))
    back = replace(wanted, stage=Stage.PUT_BACK, decided_by=press.user, decided_at=press.now)
    await tx.jobs.wake(Job(JobName.RECONCILE, str(press.seen.key)), press.now)
    await _keep(tx, press, back, "advice put back", (None, kit))
    return None


async def _apply(
    tx: Transaction, press: _Press, wanted: Application, verdict: Verdict, kit: Kit
) -> Message | None:
    """The baseline changes; what is written to Google, when and in which steps, is the reconciler's."""
    if wanted.advice.target is None:
        return mistake("That takes a deploy, which Headroom never does.")
    holding = await tx.capacity.holding(press.seen.key)
    await tx.capacity.save_holding(rebased(holding, press.seen, wanted.advice.target, press.now))
    done = replace(wanted, stage=Stage.APPLIED, decided_by=press.user, decided_at=press.now)
    await tx.jobs.wake(Job(JobName.RECONCILE, str(press.seen.key)), press.now)
    await _keep(tx, press, done, "advice applied", (verdict, kit))
    return None


def _missing(verdict: Verdict, press: _Press, wanted: Application, kit: Kit) -> bool:
    """Whether a yes is missing yet; pressing says yes, which counts where it may be to one's own wish."""
    yes = [Voter(user, press.people[user].held) for user in {*wanted.said, press.user}]
    own = () if kit.house.guardrails.self_approval else (wanted.asked_by,)
    if kit.house.guardrails.self_approval:
        verdict = replace(verdict, findings=tuple(replace(f, own=True) for f in verdict.findings))
    return bool(unanswered(verdict, yes, own))


def _reasons(verdict: Verdict) -> str:
    return " ".join(finding.reason for finding in verdict.with_effect(Effect.REFUSE))


async def _keep(
    tx: Transaction,
    press: _Press,
    wanted: Application,
    act: str,
    what: tuple[Verdict | None, Kit],
) -> None:
    """On the record, and seen by the engineers, in one message from the question to the end."""
    verdict, kit = what
    await tx.applications.save(wanted)
    title = f"{wanted.advice.title} ({wanted.advice.kind})"
    subject = f"workload/{press.seen.key}"
    row = AuditRow(press.now, press.user, act, subject, title, via=press.delivery.via)
    await tx.audit.add(row)
    card = application_card(wanted, verdict, house=kit.house, seal=kit.seal)
    post = WantedPost(kit.house.engineers, f"advice/{wanted.id}", card, lane=2)
    await tx.posts.want(post, press.now)
