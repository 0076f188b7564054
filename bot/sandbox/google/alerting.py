"""google.monitoring.v3 notification channels, alert policies and snoozes: kept as they are sent.

Rules are those of reference cloud-run.md §B.3 and §B.4; nothing here raises an alert by itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import grpc
from google.cloud import monitoring_v3
from google.protobuf import empty_pb2

from bot.ports.clock import Clock
from bot.sandbox.google.filters import parse
from bot.sandbox.google.masks import merge
from bot.sandbox.google.pages import page_of
from bot.sandbox.google.policy_rules import check_policy
from bot.sandbox.google.refusals import Refusal, bad_argument, not_found
from bot.sandbox.google.rpc import Method, plus

_CHANNEL_TYPES = frozenset(
    "campfire email google_chat hipchat pagerduty pubsub slack sms "
    "webhook_basicauth webhook_tokenauth".split()
)
_MOST_POLICIES = 16
_SKEW = timedelta(seconds=15)
_FIXED = frozenset({"name", "creation_record", "mutation_record", "mutation_records"})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of resource: its message, its field in requests, its names and its rule."""

    message: type[Any]
    field: str
    plural: str
    noun: str
    nouns: str
    collection: str
    check: Callable[[Any, datetime], None]
    deletable: bool = True

    def request(self, verb: str) -> type[Any]:
        """The request type of a verb."""
        noun = self.nouns if verb == "List" else self.noun
        return getattr(monitoring_v3, f"{verb}{noun}Request")  # type: ignore[no-any-return]


class Shelf:
    """The methods of one of the three services over an in-memory table."""

    def __init__(self, kind: Kind, clock: Clock) -> None:
        self.kept: dict[str, Any] = {}
        self._kind = kind
        self._clock = clock
        self._count = 1000

    def methods(self) -> dict[str, Method]:
        """The methods by name."""
        kind = self._kind
        methods = {
            f"Create{kind.noun}": plus(self.create, kind.request("Create")),
            f"Get{kind.noun}": plus(self.get, kind.request("Get")),
            f"List{kind.nouns}": plus(self.list_all, kind.request("List")),
            f"Update{kind.noun}": plus(self.update, kind.request("Update")),
        }
        if kind.deletable:
            methods[f"Delete{kind.noun}"] = plus(self.delete, kind.request("Delete"))
        return methods

    async def create(self, request: Any) -> Any:
        """Stores a new one under a name of its own."""
        parent = getattr(request, "parent", "") or request.name
        made = self._kind.message(getattr(request, self._kind.field))
        self._kind.check(made, self._clock.now())
        self._count += 1
        made.name = f"{parent}/{self._kind.collection}/{self._count}"
        for index, condition in enumerate(getattr(made, "conditions", ())):
            condition.name = f"{made.name}/conditions/{self._count}{index}"
        self.kept[made.name] = made
        return made

    async def get(self, request: Any) -> Any:
        """One of them."""
        return self._find(request.name)

    async def list_all(self, request: Any) -> Any:
        """All of a project; filters are not applied."""
        parent = getattr(request, "parent", "") or request.name
        found = [made for name, made in self.kept.items() if name.startswith(f"{parent}/")]
        page, token = page_of(found, request.page_size, request.page_token)
        answer = getattr(monitoring_v3, f"List{self._kind.nouns}Response")
        return answer(**{self._kind.plural: page}, next_page_token=token)

    async def update(self, request: Any) -> Any:
        """Changes what the mask names."""
        body = getattr(request, self._kind.field)
        wanted = self._kind.message(self._find(body.name))
        pb = self._kind.message.pb
        merge(pb(wanted), pb(body), request.update_mask.paths, fixed=_FIXED)
        self._kind.check(wanted, self._clock.now())
        self.kept[body.name] = wanted
        return wanted

    async def delete(self, request: Any) -> empty_pb2.Empty:
        """Removes it."""
        self._find(request.name)
        del self.kept[request.name]
        return empty_pb2.Empty()

    def _find(self, name: str) -> Any:
        if name not in self.kept:
            raise not_found(name)
        return self.kept[name]


def _check_channel(channel: Any, _now: datetime) -> None:
    if channel.type_ not in _CHANNEL_TYPES:
        raise bad_argument(
            f'Field notification_channel.type had an invalid value of "{channel.type_}": '
            f"expected one of {', '.join(sorted(_CHANNEL_TYPES))}"
        )


def _check_snooze(snooze: Any, now: datetime) -> None:
    policies = snooze.criteria.policies
    if not 1 <= len(policies) <= _MOST_POLICIES:
        raise bad_argument("Field snooze.criteria.policies must have between 1 and 16 entries.")
    if snooze.criteria.filter:
        if len(policies) != 1:
            raise bad_argument("Field snooze.criteria.filter needs exactly one policy.")
        parse(snooze.criteria.filter)
    start, end = snooze.interval.start_time, snooze.interval.end_time
    if not start or not end or end <= start:
        raise bad_argument("Field snooze.interval must start before it ends.")


NOTIFICATION_CHANNELS = Kind(
    monitoring_v3.NotificationChannel,
    "notification_channel",
    "notification_channels",
    "NotificationChannel",
    "NotificationChannels",
    "notificationChannels",
    _check_channel,
)
ALERT_POLICIES = Kind(
    monitoring_v3.AlertPolicy,
    "alert_policy",
    "alert_policies",
    "AlertPolicy",
    "AlertPolicies",
    "alertPolicies",
    check_policy,
)
SNOOZES = Kind(
    monitoring_v3.Snooze,
    "snooze",
    "snoozes",
    "Snooze",
    "Snoozes",
    "snoozes",
    _check_snooze,
    deletable=False,
)


class Snoozes(Shelf):
    """Snoozes may not begin in the past, and one that has begun can only be given another end."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(SNOOZES, clock)

    def silent(self, policy: str, labels: Mapping[str, str]) -> bool:
        """Whether that policy is snoozed now, for a resource with such `resource.labels.…`."""
        now = self._clock.now()
        lasting = (
            one.criteria
            for one in self.kept.values()
            if one.interval.start_time <= now < one.interval.end_time
        )
        return any(
            policy in one.policies and (not one.filter or parse(one.filter).accepts(labels))
            for one in lasting
        )

    async def create(self, request: Any) -> Any:
        """Stores a new one, unless it begins in the past."""
        start = request.snooze.interval.start_time
        if start and start < self._clock.now() - _SKEW:
            raise bad_argument("Field snooze.interval.start_time must not be in the past.")
        return await super().create(request)

    async def update(self, request: Any) -> Any:
        """Changes what the mask names, as far as it has not begun."""
        kept = self._find(request.snooze.name)
        begun = kept.interval.start_time <= self._clock.now()
        allowed = {"interval.end_time", "display_name"}
        if begun and not set(request.update_mask.paths) <= allowed:
            raise Refusal(
                grpc.StatusCode.FAILED_PRECONDITION,
                "Only interval.end_time and display_name of a snooze that has begun can be changed.",
            )
        return await super().update(request)
