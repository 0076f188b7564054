"""`/headroom pause` and `/headroom resume`: kill switches that only hold. The key is the delivery's identity."""

from datetime import datetime, timedelta

from bot.cards.answers import mistake
from bot.cards.pauses import answer_card, pause_card, pause_line
from bot.core.command import Verb, parse_command
from bot.core.delivery import Delivery
from bot.core.message import Message, WantedPost
from bot.core.pausing import Asked, Pause, title_of, understand_pause
from bot.core.verdict import Role
from bot.errors import AskedWrong, GiveUp, TryAgain
from bot.facts import answer_to, look_up_roles
from bot.flows.outside import turned_away
from bot.ports.jobs import EVERYBODY, Job, JobName
from bot.ports.kit import Kit
from bot.ports.store import AuditRow, Transaction

_WAIT_FOR_ROLES = timedelta(minutes=2)
_NOT_YOURS = (
    "Only an administrator can pause or resume Headroom. Nothing was changed; "
    "an engineer can stop a single campaign with its button."
)


async def switch(key: str, kit: Kit) -> datetime | None:
    """Pauses or resumes, once; or answers why not."""
    async with kit.store.begin() as tx:
        delivery = await tx.inbox.get(key)
    if delivery is None or await turned_away(delivery, kit):
        return None
    refusal = await _refusal(delivery, kit)
    workloads = await _workloads(kit)
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        if not await tx.inbox.handled(key, now):
            return None
        answer = refusal or await _do(tx, delivery, workloads, kit)
        await tx.posts.want(answer_to(delivery, answer, kit.house), now)
    return None


async def _refusal(delivery: Delivery, kit: Kit) -> Message | None:
    """Fails closed; while Slack does not say who is in a group, the command waits."""
    roles = await look_up_roles(kit, delivery.user)
    if Role.ADMIN in roles.held:
        return None
    late = kit.clock.now() - delivery.received_at >= _WAIT_FOR_ROLES
    if not (roles.certain or late):
        raise TryAgain("Slack does not say who is in which user group", timedelta(seconds=5))
    return mistake(_NOT_YOURS)


async def _workloads(kit: Kit) -> set[str]:
    """Names and keys that can be named: what is held, and what Google shows if it answers."""
    async with kit.store.begin() as tx:
        keys = {holding.key for holding in await tx.capacity.holdings()}
        for campaign in await tx.campaigns.open():
            keys |= {claim.workload for claim in await tx.capacity.claims_of(campaign.id)}
    try:
        keys |= {workload.key for workload in await kit.cloud.discover()}
    except (TryAgain, GiveUp):
        pass  # a kill switch must work while Google does not answer
    return {name for key in keys for name in (key.name, str(key))}


async def _do(tx: Transaction, delivery: Delivery, workloads: set[str], kit: Kit) -> Message:
    command = parse_command(delivery.command, delivery.text)
    try:
        asked = understand_pause(command.rest, kit.house, workloads)
    except AskedWrong as error:
        return mistake(str(error))
    if command.verb is Verb.RESUME:
        return await _resume(tx, delivery, asked, kit)
    return await _pause(tx, delivery, asked, kit)


async def _pause(tx: Transaction, delivery: Delivery, asked: Asked, kit: Kit) -> Message:
    now = kit.clock.now()
    until = None if asked.length is None else now + asked.length
    pause = Pause(asked.scope, delivery.user, now, until, asked.why)
    await tx.oversight.pause(pause)
    ends = f"until {until:%Y-%m-%d %H:%M}Z" if until else "until resumed"
    detail = f"{ends}. {asked.why}".strip()
    await _keep(tx, delivery, "paused", pause, (detail, kit))
    await tx.posts.want(_notice(pause, kit), now)
    if until is not None:
        for campaign in await tx.campaigns.open():
            await tx.jobs.wake(Job(JobName.DRIVE, campaign.id), until)
    return answer_card(pause_line(pause, kit.house))


async def _resume(tx: Transaction, delivery: Delivery, asked: Asked, kit: Kit) -> Message:
    pause = await tx.oversight.resume(asked.scope)
    title = title_of(asked.scope, kit.house)
    if pause is None:
        others = await tx.oversight.pauses()
        named = ", ".join(title_of(one.scope, kit.house) for one in others)
        there_is = f" Paused is: {named}." if named else " Nothing is paused."
        return mistake(f"There is no pause of {title}.{there_is}")
    await _keep(tx, delivery, "resumed", pause, (asked.why, kit))
    await tx.posts.want(_notice(pause, kit, by=delivery.user), kit.clock.now())
    return answer_card(f"Resumed: {title}. I lower again where it is safe.")


async def _keep(
    tx: Transaction, delivery: Delivery, act: str, pause: Pause, what: tuple[str, Kit]
) -> None:
    """On the record, and everybody looks again."""
    detail, kit = what
    now = kit.clock.now()
    subject = f"pause/{pause.scope}"
    await tx.audit.add(AuditRow(now, delivery.user, act, subject, detail, via=delivery.via))
    for campaign in await tx.campaigns.open():
        await tx.jobs.wake(Job(JobName.DRIVE, campaign.id), now)
    for holding in await tx.capacity.holdings():
        if holding.restored_at is None:
            await tx.jobs.wake(Job(JobName.RECONCILE, str(holding.key)), now)
    await tx.jobs.wake(Job(JobName.HOME, EVERYBODY), now)


def _notice(pause: Pause, kit: Kit, *, by: str = "") -> WantedPost:
    """One message for each pause where the engineers are."""
    subject = f"pause/{pause.scope}/{pause.at:%Y-%m-%dT%H:%M:%S}"
    message = pause_card(pause, kit.house, resumed_by=by)
    return WantedPost(kit.house.engineers, subject, message, lane=2)
