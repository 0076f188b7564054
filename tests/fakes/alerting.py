"""Cloud Monitoring's alert policies and channels in memory, with what it adds itself and what it refuses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.core.thresholds.documents import Document, Value, pruned
from bot.core.thresholds.limits import faults_of_policy
from bot.core.thresholds.resources import Found, Kind
from bot.errors import NotFound, Refused
from bot.ports.clock import Clock
from tests.fakes.faults import Faults

OWN = "headroom@cymbal-shop.iam.gserviceaccount.com"
_COLLECTIONS = {Kind.POLICY: "alertPolicies", Kind.CHANNEL: "notificationChannels"}


@dataclass
class FakeAlerting:
    """`writes` lists what was let in: verb and name; `secrets` what channels were given by name."""

    clock: Clock
    kept: dict[str, Found] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    writes: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)
    _count: int = 0

    async def found(self, kind: Kind, project: str) -> Sequence[Found]:
        async with self.faults.around("found", str(kind)):
            mine = [one for one in self.kept.values() if one.kind is kind]
            return [one for one in mine if one.name.startswith(f"projects/{project}/")]

    async def create(self, kind: Kind, project: str, document: Document, secret: str = "") -> str:
        async with self.faults.around("create", str(document.get("display_name"))):
            return self.put(kind, document, project=project, secret=secret)

    async def update(
        self, kind: Kind, name: str, document: Document, mask: Sequence[str], secret: str = ""
    ) -> None:
        async with self.faults.around("update", name):
            chosen = {key: document[key] for key in mask if key in document}
            self._change(kind, name, chosen, tuple(mask), by=OWN)
            if secret:
                self.secrets[name] = secret

    async def delete(self, kind: Kind, name: str) -> None:
        async with self.faults.around("delete", name):
            users = [one.document.get("notification_channels", ()) for one in self.kept.values()]
            if any(isinstance(channels, tuple) and name in channels for channels in users):
                raise Refused(f"{name} is in use", code="INVALID_ARGUMENT")
            if self.kept.pop(name, None) is not None:
                self.writes.append(("delete", name, ()))

    def put(
        self,
        kind: Kind,
        document: Document,
        *,
        project: str = "cymbal-shop",
        secret: str = "",
        by: str = OWN,
    ) -> str:
        """What somebody makes; returns its name."""
        self._refuse(kind, document)
        self._count += 1
        name = f"projects/{project}/{_COLLECTIONS[kind]}/{self._count}"
        body = {"enabled": True, **document, "name": name}
        self.kept[name] = Found(kind, name, self._filled(body), by, self._now())
        self.writes.append(("create", name, ()))
        if secret:
            self.secrets[name] = secret
        return name

    def someone_sets(self, name: str, *, by: str = "erik@cymbal.example", **fields: Value) -> None:
        """A person changes top-level fields in the console."""
        found = self.kept[name]
        self._change(found.kind, name, fields, tuple(fields), by=by)
        self.writes.pop()

    def titled(self, title: str) -> Found:
        """The one with that display name."""
        return next(one for one in self.kept.values() if one.title == title)

    def _change(
        self, kind: Kind, name: str, fields: Mapping[str, Value], mask: tuple[str, ...], by: str
    ) -> None:
        if name not in self.kept:
            raise NotFound(f"{name} does not exist (any more)")
        old = self.kept[name]
        body = {key: value for key, value in old.document.items() if key not in mask} | {**fields}
        self._refuse(kind, body)
        self.kept[name] = replace(
            old, document=self._filled(body), changed_by=by, changed_at=self._now()
        )
        self.writes.append(("update", name, mask))

    def _refuse(self, kind: Kind, document: Document) -> None:
        if kind is Kind.CHANNEL:
            return
        channels = document.get("notification_channels", ())
        assert isinstance(channels, tuple)
        unknown = [str(one) for one in channels if str(one) not in self.kept]
        faults = [*faults_of_policy(document), *(f"{one} not found" for one in unknown)]
        if faults:
            raise Refused("; ".join(faults), code="INVALID_ARGUMENT")

    def _filled(self, document: Document) -> Document:
        """Conditions get names, empty values are not told from absent ones."""
        conditions = document.get("conditions")
        if isinstance(conditions, tuple):
            named = tuple(self._named(one) for one in conditions)
            document = {**document, "conditions": named}
        return pruned(document)

    def _named(self, condition: Value) -> Value:
        assert isinstance(condition, Mapping)
        if condition.get("name"):
            return condition
        self._count += 1
        return {**condition, "name": f"conditions/{self._count}"}

    def _now(self) -> datetime:
        return self.clock.now()
