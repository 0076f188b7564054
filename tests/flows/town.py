"""Runs the flows on a fake clock: due jobs in their order, time jumping from one to the next.

A test says what people do (`say`, `click`), moves time (`run`), and reads what Slack and Google show.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.cards.buttons import Action, ButtonValue, seal
from bot.cards.form import form_metadata
from bot.core.campaign import Campaign, CampaignState
from bot.core.delivery import Delivery
from bot.core.fleet import WorkloadKey
from bot.core.house import CapacityRules, Group, House, LoopMode, Place, Timing
from bot.core.message import Message
from bot.core.series import Metric
from bot.core.verdict import Role
from bot.errors import GiveUp, TryAgain
from bot.flows.advice import advice
from bot.flows.alerts import alerts
from bot.flows.announce import announce
from bot.flows.answer import answer
from bot.flows.approve import approve
from bot.flows.ask_digest import ask_digest
from bot.flows.calendar_link import calendar_link
from bot.flows.channel import channel
from bot.flows.daily import bill, prices, quotas
from bot.flows.digest import digest
from bot.flows.digests import digests
from bot.flows.drafts import drafts
from bot.flows.drive import drive
from bot.flows.escalate import escalate
from bot.flows.explain import explain
from bot.flows.home import home
from bot.flows.imports import imports
from bot.flows.inventory import inventory
from bot.flows.loop import loop
from bot.flows.members import members
from bot.flows.mirror import mirror
from bot.flows.probe import probe
from bot.flows.publish import publish
from bot.flows.reconcile import reconcile
from bot.flows.remind import remind
from bot.flows.respond import respond
from bot.flows.review import review
from bot.flows.status import status
from bot.flows.steer import steer
from bot.flows.storm import storm
from bot.flows.sweep import sweep
from bot.flows.switch import switch
from bot.flows.watch import watch
from bot.ports.jobs import Job, JobName, TakenJob
from bot.ports.kit import Kit
from bot.store.database import Database
from handlers.slack.deliveries import job_for
from tests.fakes import FakeChat, FakeClock, FakeCloud, FakeMetrics, FakeProbes, service

STORY = "Black Friday push Fri 28 Nov 18:00-22:00 Europe/Berlin x3 #web"
FORM = {
    "name": "Black Friday push",
    "kind": "push",
    "date": "2025-11-28",
    "start": "18:00",
    "end": "22:00",
    "zone": "Europe/Berlin",
    "multiplier": "3",
    "groups": "web",
}
START = datetime(2025, 11, 28, 17, 0, tzinfo=UTC)
END = datetime(2025, 11, 28, 21, 0, tzinfo=UTC)
CAMPAIGNS, OPS = "C0CAMPAIGN", "C0OPS"
MAYA, ERIK, FINN, ADA, SAM = "U0MAYA", "U0ERIK", "U0FINN", "U0ADA", "U0SAM"
SHOP, CART = service("shop", floor=2), service("cart", floor=1)
SEAL = b"a secret for tests"

FLOWS = {
    JobName.REMIND: remind,
    JobName.HOME: home,
    JobName.MEMBERS: members,
    JobName.SWITCH: switch,
    JobName.ALERTS: alerts,
    JobName.ESCALATE: escalate,
    JobName.EXPLAIN: explain,
    JobName.MIRROR: mirror,
    JobName.RESPOND: respond,
    JobName.STORM: storm,
    JobName.CHANNEL: channel,
    JobName.WATCH: watch,
    JobName.ANNOUNCE: announce,
    JobName.ANSWER: answer,
    JobName.STATUS: status,
    JobName.DIGESTS: digests,
    JobName.DIGEST: digest,
    JobName.ASK_DIGEST: ask_digest,
    JobName.APPROVE: approve,
    JobName.DRIVE: drive,
    JobName.PUBLISH: publish,
    JobName.RECONCILE: reconcile,
    JobName.LOOP: loop,
    JobName.STEER: steer,
    JobName.INVENTORY: inventory,
    JobName.BILL: bill,
    JobName.PRICES: prices,
    JobName.QUOTAS: quotas,
    JobName.PROBE: probe,
    JobName.ADVICE: advice,
    JobName.REVIEW: review,
    JobName.IMPORTS: imports,
    JobName.DRAFTS: drafts,
    JobName.CALENDAR: calendar_link,
    JobName.SWEEP: sweep,
}

HOUSE = House(
    company="Cymbal Retail",
    zone="Europe/Berlin",
    places=(Place("cymbal-shop", ("europe-west1",)),),
    groups=(Group("web", "Web shop"), Group("checkout", "Checkout")),
    engineers=OPS,
    default_channel=CAMPAIGNS,
    roles={
        MAYA: (Role.ANNOUNCER,),
        ERIK: (Role.ENGINEER,),
        FINN: (Role.FINANCE,),
        ADA: (Role.ADMIN,),
    },
    # Rarer than in production, so that an hour of a story is a dozen ticks.
    timing=Timing(look_again=timedelta(minutes=5)),
    spare=0.3,
    # Its metrics do not follow the campaigns; the stories about demand switch it on.
    capacity=CapacityRules(loop=LoopMode.OFF),
)


class Killed(BaseException):
    """The process dies here; nothing catches it."""


class Town:
    """Everything around the flows."""

    def __init__(self, database: Database, house: House = HOUSE) -> None:
        self.clock = FakeClock()
        self.database = database
        self.chat = FakeChat(self.clock)
        self.cloud = FakeCloud(self.clock)
        self.metrics = FakeMetrics(self.clock)
        self.probes = FakeProbes()
        self.kit = Kit(
            self.clock,
            database,
            self.chat,
            self.cloud,
            self.metrics,
            house,
            SEAL,
            probes=self.probes,
        )
        self.ran: list[Job] = []
        self.failures: list[tuple[Job, str]] = []
        self._attempts: dict[Job, int] = {}
        self.clicks = 0
        self.busy: dict[WorkloadKey, float] = {}
        self.cloud.add(SHOP, CART)
        for workload in (SHOP, CART):
            self.measure(workload.key, requests=400.0)

    def house(self, **changes: Any) -> None:
        """Other house rules from now on."""
        self.kit = replace(self.kit, house=replace(self.kit.house, **changes))

    def measure(self, key: WorkloadKey, *, requests: float, busy: float = 14.0) -> None:
        """A workload that answers `requests` with `busy` instances; warm ones come with the floor."""
        self.metrics.put(Metric.REQUESTS, key, requests)
        self.metrics.put(Metric.ACTIVE, key, busy)
        self.metrics.put(Metric.RECOMMENDED, key, busy)
        self.metrics.put(Metric.PENDING, key, 0.0)
        self.metrics.put(Metric.CPU, key, 0.6)
        self.metrics.put(Metric.LATENCY_P95, key, 0.2)
        self.metrics.put(Metric.STARTUP_P95, key, 20.0)
        self.metrics.put(Metric.BILLABLE, key, busy)
        self.busy[key] = busy
        self.follow_instances()

    def follow_instances(self) -> None:
        """The instance metrics are those of this town's own workloads."""
        for key in self.busy:
            self.metrics.put(Metric.INSTANCES, key, self._instances(key))

    def _instances(self, key: WorkloadKey) -> Callable[[datetime], float]:
        return lambda at: max(self.busy[key], float(self.cloud.provisioned(key, at)))

    async def say(
        self, text: str = STORY, *, by: str = MAYA, command: str = "/campaign", **more: Any
    ) -> Delivery:
        """A slash command, accepted as the handlers do."""
        self.clicks += 1
        fields: dict[str, Any] = {
            "identity": f"command-{self.clicks}",
            "trigger_id": f"trigger-{self.clicks}",
            "channel": CAMPAIGNS,
            "response_url": f"https://slack/response/{self.clicks}",
        }
        delivery = Delivery(
            user=by,
            team="T0CYMBAL",
            received_at=self.clock.now(),
            command=command,
            text=text,
            **(fields | more),
        )
        await self.database.accept(delivery, job_for(delivery))
        return delivery

    async def proposed(self, text: str = STORY, *, by: str = MAYA) -> Campaign:
        """A campaign with its plan shown."""
        await self.say(text, by=by)
        await self.run()
        return await self.campaign()

    async def scheduled(self, text: str = STORY, *, by: str = MAYA) -> Campaign:
        """A campaign whose announcer has confirmed it."""
        campaign = await self.proposed(text, by=by)
        card = next(p.message for p in reversed(self.chat.posts) if p.mark.endswith(campaign.id))
        await self.click("Confirm", on=card, by=by)
        await self.run()
        return await self.campaign()

    async def send_form(
        self,
        values: Mapping[str, str],
        *,
        metadata: str,
        by: str = MAYA,
        form: str = "campaign.form",
        **more: Any,
    ) -> None:
        """The modal, sent."""
        self.clicks += 1
        delivery = Delivery(
            identity=f"view-{self.clicks}",
            user=by,
            team="T0CYMBAL",
            received_at=self.clock.now(),
            action=form,
            trigger_id=f"trigger-{self.clicks}",
            metadata=metadata,
            values=values,
            **more,
        )
        await self.database.accept(delivery, job_for(delivery))

    async def change(
        self, campaign: Campaign, *, by: str = MAYA, campaign_id: str = "", **values: str
    ) -> None:
        """The form of an existing campaign, sent with other values."""
        metadata = form_metadata(campaign=campaign_id or campaign.id, channel=campaign.channel)
        await self.send_form(FORM | values, metadata=metadata, by=by)

    async def cancel(self, campaign: Campaign, *, by: str = MAYA) -> None:
        """The cancel button of the campaign, wherever it is seen."""
        value = ButtonValue(Action.CANCEL, campaign.id, campaign.plan_version)
        await self.press(Action.CANCEL, seal(value, SEAL), by=by)

    async def click(
        self, label: str, *, by: str = MAYA, on: Message | None = None, channel: str = CAMPAIGNS
    ) -> Delivery:
        """Presses the button with that label on a message (without `on`: the channel's newest with it)."""
        shown = [on] if on else list(reversed(self.chat.shown_in(channel)))
        pressed = next(
            b for message in shown for b in buttons(message) if b["text"]["text"] == label
        )
        return await self.press(pressed["action_id"], pressed["value"], by=by, channel=channel)

    async def open_home(self, user: str) -> None:
        """The Home tab, opened."""
        async with self.database.begin() as tx:
            await tx.jobs.wake(Job(JobName.HOME, user), self.clock.now())

    async def press(
        self, action: str, value: str, *, by: str = MAYA, channel: str = CAMPAIGNS, **more: Any
    ) -> Delivery:
        """A button's payload, whatever it says."""
        self.clicks += 1
        delivery = Delivery(
            identity=f"action-{self.clicks}",
            user=by,
            team="T0CYMBAL",
            received_at=self.clock.now(),
            channel=channel,
            action=action,
            value=value,
            trigger_id=f"trigger-{self.clicks}",
            response_url=f"https://slack/response/{self.clicks}",
            **more,
        )
        await self.database.accept(delivery, job_for(delivery))
        return delivery

    async def run(self, until: datetime | timedelta = timedelta(seconds=30)) -> None:
        """Runs what is due until then, moving the clock from job to job."""
        end = until if isinstance(until, datetime) else self.clock.now() + until
        for _ in range(20_000):
            due = await self.database.shelf.next_due()
            if due is None or due > end:
                self.clock.set(max(end, self.clock.now()))
                return
            self.clock.set(max(due, self.clock.now()))
            for taken in await self._take():
                await self._work(taken)
        raise AssertionError(f"the flows do not come to rest: {self.ran[-10:]}")

    async def run_killed(self, until: datetime | timedelta = timedelta(seconds=30)) -> bool:
        """The same, but a kill ends it; then a new process frees what the dead one held."""
        try:
            await self.run(until)
        except Killed:
            await self.database.shelf.release(None)
            return True
        return False

    async def _take(self) -> list[TakenJob]:
        now = self.clock.now()
        later = now + timedelta(days=365)
        return await self.database.shelf.take(now, owner="test", until=later, limit=1)

    async def _work(self, taken: TakenJob) -> None:
        """What the engine does with a handler's answer or failure."""
        job, now = taken.job, self.clock.now()
        self.ran.append(job)
        again: datetime | None = None
        error = ""
        try:
            again = await FLOWS[JobName(job.name)](job.key, self.kit)
        except TryAgain as failure:
            error = str(failure)
            attempt = self._attempts[job] = self._attempts.get(job, 0) + 1
            again = now + (failure.after or timedelta(seconds=min(2**attempt, 300)))
        except GiveUp as failure:
            error = str(failure)
        if error:
            self.failures.append((job, error))
        else:
            self._attempts.pop(job, None)
        await self.database.shelf.finish(taken, again_at=again, error=error)

    async def campaign(self) -> Campaign:
        """The newest campaign."""
        async with self.database.begin() as tx:
            return (await tx.campaigns.recent(1))[0]

    async def state(self) -> CampaignState:
        """Where the newest campaign stands."""
        return (await self.campaign()).state

    def whispers(self) -> list[str]:
        """What was said privately, oldest first."""
        heard = [message.text for _, message in self.chat.responses]
        return heard + [message.text for _, _, message in self.chat.ephemerals]

    def card(self, channel: str = CAMPAIGNS) -> str:
        """The plain text of the channel's first message as it is now."""
        return self.chat.shown_in(channel)[0].text


def everything(message: Message) -> str:
    """All that a message says, blocks included."""
    return message.text + repr(message.blocks)


def buttons(message: Message) -> list[Mapping[str, Any]]:
    """All buttons of a message."""
    found: list[Mapping[str, Any]] = []
    for block in message.blocks:
        if block["type"] == "actions":
            found += [element for element in block["elements"] if element["type"] == "button"]
    return found


def labels(message: Message) -> list[str]:
    """What the buttons of a message say."""
    return [button["text"]["text"] for button in buttons(message)]
