"""Resources as a reader sees them: what was asked for, plus how far Cloud Run has come with it."""

from datetime import datetime

from google.cloud import run_v2

from bot.sandbox.google.registry import Entry
from bot.sandbox.google.templates import Resource, stamp
from bot.sandbox.world.world import World

_STATE = run_v2.Condition.State
_REASON = run_v2.Condition.RevisionReason


class Status:
    """Reads entries of the registry against the world at the clock's present."""

    def __init__(self, world: World) -> None:
        self._world = world

    def resource(self, entry: Entry, now: datetime) -> Resource:
        """A copy of the service or worker pool with its status fields."""
        seen = type(entry.message)(entry.message)
        rolling = self.rolling(entry, now)
        latest = entry.revisions[-1].name
        seen.etag = entry.etag
        seen.generation = entry.generation
        seen.observed_generation = entry.generation - (1 if rolling else 0)
        seen.reconciling = rolling
        seen.latest_created_revision = latest
        seen.latest_ready_revision = self.serving(entry, now).name
        seen.terminal_condition = self._ready(entry, rolling)
        if isinstance(seen, run_v2.Service):
            seen.conditions = [
                _condition("RoutesReady", _STATE.CONDITION_SUCCEEDED),
                self._ready(entry, rolling, "ConfigurationsReady"),
            ]
            seen.traffic_statuses = [
                run_v2.TrafficTargetStatus(
                    type_=run_v2.TrafficTargetAllocationType.TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST,
                    percent=100,
                )
            ]
        else:
            split_latest = run_v2.InstanceSplitAllocationType.INSTANCE_SPLIT_ALLOCATION_TYPE_LATEST
            seen.instance_split_statuses = [
                run_v2.InstanceSplitStatus(type_=split_latest, percent=100)
            ]
        return seen

    def revision(self, entry: Entry, revision: run_v2.Revision, now: datetime) -> run_v2.Revision:
        """A copy of a revision with its conditions and its provisioned instances."""
        seen = run_v2.Revision(revision)
        latest = revision.name == entry.revisions[-1].name
        seen.etag = f'"{entry.version}-{revision.uid}"'
        seen.update_time = entry.message.update_time if latest else revision.create_time
        if not latest and revision.name != self.serving(entry, now).name:
            seen.conditions = [_retired()]
            return seen
        least = self._world.spec(entry.key).settings.least
        provisioned = self._world.provisioned(entry.key) if latest else 0
        seen.scaling_status = run_v2.RevisionScalingStatus(desired_min_instance_count=provisioned)
        seen.reconciling = self.rolling(entry, now) or provisioned < least
        seen.conditions = [
            _condition("Ready", _STATE.CONDITION_SUCCEEDED, "Deploying revision succeeded."),
            _condition("Active", _STATE.CONDITION_SUCCEEDED),
            _condition("ContainerHealthy", _STATE.CONDITION_SUCCEEDED),
            _condition("ResourcesAvailable", _STATE.CONDITION_SUCCEEDED),
            self._kept(entry, provisioned, least),
        ]
        for condition in seen.conditions:
            condition.last_transition_time = stamp(now)
        return seen

    def rolling(self, entry: Entry, now: datetime) -> bool:
        """Whether the last change is still being rolled out."""
        return entry.rolled_out_at is not None and now < entry.rolled_out_at

    def serving(self, entry: Entry, now: datetime) -> run_v2.Revision:
        """The revision that has the traffic: the newest, or the one before while that is rolled out."""
        if entry.deploying and self.rolling(entry, now):
            return entry.revisions[-2]
        return entry.revisions[-1]

    def _ready(self, entry: Entry, rolling: bool, type_: str = "Ready") -> run_v2.Condition:
        if rolling:
            return _condition(type_, _STATE.CONDITION_RECONCILING, "Applying the new settings.")
        if entry.broken:
            reason = run_v2.Condition.CommonReason.INTERNAL
            return _condition(type_, _STATE.CONDITION_FAILED, entry.broken, reason=reason)
        return _condition(type_, _STATE.CONDITION_SUCCEEDED)

    def _kept(self, entry: Entry, provisioned: int, least: int) -> run_v2.Condition:
        type_ = "MinInstancesProvisioned"
        if provisioned >= least:
            text = "Min instances provisioned successfully."
            return _condition(type_, _STATE.CONDITION_SUCCEEDED, text)
        if self._world.instances(entry.key).short_of_quota:
            text = f"{provisioned} of {least} min instances could be provisioned: quota exceeded."
            reason = _REASON.MIN_INSTANCES_NOT_PROVISIONED
            return _condition(type_, _STATE.CONDITION_FAILED, text, revision_reason=reason)
        text = f"{provisioned} of {least} min instances are ready."
        warming = _REASON.MIN_INSTANCES_WARMING
        return _condition(type_, _STATE.CONDITION_RECONCILING, text, revision_reason=warming)


def _condition(type_: str, state: int, message: str = "", **reason: int) -> run_v2.Condition:
    return run_v2.Condition(type_=type_, state=state, message=message, **reason)


def _retired() -> run_v2.Condition:
    return _condition(
        "Active", _STATE.CONDITION_FAILED, "Revision retired.", revision_reason=_REASON.RETIRED
    )
