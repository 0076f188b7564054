"""Everything a digest may tell of, as one frozen value; gathered before, cut by redaction, read by the sections."""

from dataclasses import dataclass

from bot.core.advice.book import AdviceBook
from bot.core.bill import BillBook
from bot.core.budgeting import TeamSpend
from bot.core.campaign import Campaign
from bot.core.digest.section import Cadence as Cadence
from bot.core.experience import PageSummary
from bot.core.house import House
from bot.core.noise import Noise
from bot.core.objectives import Kept
from bot.core.pipelines import Health
from bot.core.plan import Plan
from bot.core.settled import Settled
from bot.core.sources import Fleet
from bot.core.windows import Window


@dataclass(frozen=True, slots=True)
class Undertaking:
    """A campaign with the plan shown last (None: there was none yet)."""

    campaign: Campaign
    plan: Plan | None


@dataclass(frozen=True, slots=True)
class DigestFacts:
    """What happened in `span`: whole local days of `zone` (a day has 23, 24 or 25 hours).

    `fleet` has the metrics of `bot.gathering.DIGEST_METRICS` over the span; `earlier` only BILLABLE, over
    the spans of the same weekdays one, two, … weeks before, newest first. `campaigns` are those over,
    live or to come around the span, `settled` what the newest of them cost. Whoever contributes a section adds a field with a default for what
    it needs beyond these.
    """

    house: House
    cadence: Cadence
    span: Window
    zone: str
    fleet: Fleet
    earlier: tuple[Fleet, ...] = ()
    campaigns: tuple[Undertaking, ...] = ()
    noise: Noise | None = None
    spends: tuple[TeamSpend, ...] = ()
    pages: tuple[PageSummary, ...] = ()
    objectives: tuple[Kept, ...] = ()
    experience_silent: tuple[str, ...] = ()
    pipelines: tuple[Health, ...] = ()
    pipelines_silent: tuple[str, ...] = ()
    advice: AdviceBook | None = None
    settled: tuple[Settled, ...] = ()
    bill: BillBook | None = None
