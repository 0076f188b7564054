"""The plan: the versioned answer to a campaign. Made by planner, judged by policies, never edited."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.fleet import BillingMode, InstanceSize, WorkloadKey
from bot.core.inputs import Inputs, Lead
from bot.core.money import Money
from bot.core.windows import Window


class Driver(StrEnum):
    """What decides the number of instances."""

    CPU = "CPU"
    CONCURRENCY = "concurrency"
    HISTORY = "history"  # instances seen at known demand, scaled
    PROPORTION = "proportion"  # no request metric: in proportion to the campaign
    NOTHING = "nothing"  # the present floor is enough


@dataclass(frozen=True, slots=True)
class Sizing:
    """How one workload turns demand into instances (reference §D).

    `cpu_seconds` is CPU-seconds per request, `latency_seconds` the busy p95 latency, `spare` the
    share added on top (0.3 = 30 %), `instances_per_rps` the busiest ratio seen in history (0: none).
    """

    vcpu: float
    concurrency: int
    cpu_seconds: float
    latency_seconds: float
    cpu_target: float = 0.6
    concurrency_target: float = 0.6
    spare: float = 0.3
    instances_per_rps: float = 0.0


@dataclass(frozen=True, slots=True)
class Need:
    """Instances for one demand, and what decided them."""

    instances: int
    driver: Driver
    by_cpu: int
    by_concurrency: int


@dataclass(frozen=True, slots=True)
class Band:
    """A forecast in requests per second: low, expected, high."""

    low: float
    expected: float
    high: float


@dataclass(frozen=True, slots=True)
class Step:
    """Hold at least `floor` instances during `window`."""

    window: Window
    floor: int


@dataclass(frozen=True, slots=True)
class Value:
    """What warming is worth: the share (0..1) of the requests of the first `span` that would wait for
    a cold start or in a queue, `without` the plan and `planned` with it. `requests` is how many come then.
    `at_high` tells of a forecast that comes to its high end, because as expected hardly any would wait.
    """

    span: timedelta
    requests: float
    without: float
    planned: float
    at_high: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """Another campaign on the same workload at the same time: its own demand and promised floor."""

    campaign_id: str
    title: str
    window: Window
    added_rps: float
    floor: int


@dataclass(frozen=True, slots=True)
class Uplift:
    """Times the usual demand: as said, and as expected from what earlier campaigns brought.

    `learned_from` counts those; `sentence` says it to the person.
    """

    said: float
    expected: Band
    learned_from: int
    sentence: str


@dataclass(frozen=True, slots=True)
class WorkloadPlan:
    """What one workload needs for one campaign.

    `baseline` is the floor it has without Headroom, `steps` what Headroom will hold (empty: nothing
    to do, and `evidence` says why). `usual` is the demand without the campaign, `expected` with it,
    both at their peak inside the window. `ceiling_needed` is None unless the ceiling must be raised.
    `cost` is what Headroom causes, `worst_cost` if every held instance were busy throughout,
    `traffic_cost` what the forecast traffic costs anyway. `sizing` is None for worker pools.
    `shares` are the other campaigns it overlaps with and `joint_floor` the most that all of them
    together hold (0: no overlap). `value` is None where no request can be counted. `weeks` is how many
    earlier weeks `usual` was learnt from (None: does not apply). `inputs` is what the numbers come from
    (None: a plan from before that was kept), `revision_ceiling` the most instances that no write can
    exceed (None: a plan from before that was kept, or no maximum applies).
    """

    key: WorkloadKey
    baseline: int
    ceiling: int
    ceiling_needed: int | None
    usual: Band
    expected: Band
    sizing: Sizing | None
    need: Need
    steps: tuple[Step, ...]
    size: InstanceSize
    billing: BillingMode
    cost: Money
    worst_cost: Money
    traffic_cost: Money
    evidence: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    value: Value | None = None
    shares: tuple[Share, ...] = ()
    joint_floor: int = 0
    weeks: int | None = None
    groups: tuple[str, ...] = ()
    inputs: Inputs | None = None
    revision_ceiling: int | None = None

    @property
    def floor(self) -> int:
        """The highest floor of the plan, or the baseline where nothing is held."""
        return max((step.floor for step in self.steps), default=self.baseline)

    @property
    def present(self) -> int:
        """Instances that stand without Headroom and are not priced."""
        return self.baseline if self.inputs is None else self.inputs.present

    def held_at(self, at: datetime) -> int:
        """The floor of the step that began last; the baseline before the first."""
        begun = [step.floor for step in self.steps if step.window.start <= at]
        return begun[-1] if begun else self.baseline


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole answer; `raise_at` is when the first floor rises (start - lead time)."""

    campaign_id: str
    version: int
    made_at: datetime
    window: Window
    raise_at: datetime
    give_back_at: datetime
    workloads: tuple[WorkloadPlan, ...]
    cost: Money
    worst_cost: Money
    traffic_cost: Money
    priced_on: str
    warnings: tuple[str, ...] = ()
    value: Value | None = None
    uplift: Uplift | None = None
    lead: Lead | None = None

    @property
    def needs_nothing(self) -> bool:
        """Whether the autoscaler copes by itself everywhere."""
        return not any(workload.steps for workload in self.workloads)

    @property
    def raised_groups(self) -> frozenset[str]:
        """All groups of the workloads that are raised, announced or not."""
        return frozenset(name for one in self.workloads if one.steps for name in one.groups)
