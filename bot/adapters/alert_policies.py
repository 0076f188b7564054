"""Cloud Monitoring's alert policies and notification channels behind the Alerting port; made by the command line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from google.cloud import monitoring_v3
from google.protobuf.field_mask_pb2 import FieldMask

from bot.adapters.google_channel import READ_RETRY, READ_TIMEOUT, WRITE_TIMEOUT, GoogleClients
from bot.adapters.google_errors import translated
from bot.adapters.protobuf_values import instant, made, plain
from bot.core.thresholds.documents import Document
from bot.core.thresholds.resources import Found, Kind
from bot.core.thresholds.spec import ChannelType
from bot.errors import NotFound

_PAGE = 500
_TOKEN = "auth_token"  # where Cloud Monitoring's token channels carry their secret: in the URL


@dataclass(frozen=True, slots=True)
class _Dialect:
    """How the two services call the same things."""

    message: type[Any]
    field: str
    noun: str
    listing: type[Any]
    roles: str

    def method(self, verb: str) -> str:
        return f"{verb}_{self.noun}"


_DIALECTS: Mapping[Kind, _Dialect] = {
    Kind.POLICY: _Dialect(
        monitoring_v3.AlertPolicy,
        "alert_policy",
        "alert_policy",
        monitoring_v3.ListAlertPoliciesRequest,
        "roles/monitoring.alertPolicyEditor",
    ),
    Kind.CHANNEL: _Dialect(
        monitoring_v3.NotificationChannel,
        "notification_channel",
        "notification_channel",
        monitoring_v3.ListNotificationChannelsRequest,
        "roles/monitoring.notificationChannelEditor",
    ),
}


class CloudAlerting:
    """The Alerting port over google-cloud-monitoring."""

    def __init__(self, clients: GoogleClients) -> None:
        self._clients = clients

    async def found(self, kind: Kind, project: str) -> Sequence[Found]:
        """All pages; output-only fields stay in the documents."""
        dialect = _DIALECTS[kind]
        client = self._client(kind)
        request = dialect.listing(name=f"projects/{project}", page_size=_PAGE)
        listing = {
            Kind.POLICY: "list_alert_policies",
            Kind.CHANNEL: "list_notification_channels",
        }[kind]
        with translated(f"list the {kind}s of {project}", needs="roles/monitoring.viewer"):
            pages = await getattr(client, listing)(request, retry=READ_RETRY, timeout=READ_TIMEOUT)
            return tuple([_found(kind, dialect.message.pb(one)) async for one in pages])

    async def create(self, kind: Kind, project: str, document: Document, secret: str = "") -> str:
        """Never tried again by itself: a lost answer would make a second one."""
        dialect = _DIALECTS[kind]
        body = made(dialect.message, _with_secret(document, secret))
        with translated(f"create {_named(kind, document)}", needs=dialect.roles):
            answer = await getattr(self._client(kind), dialect.method("create"))(
                request={"name": f"projects/{project}", dialect.field: body}, timeout=WRITE_TIMEOUT
            )
        return str(answer.name)

    async def update(
        self, kind: Kind, name: str, document: Document, mask: Sequence[str], secret: str = ""
    ) -> None:
        """Sends only what the mask names."""
        dialect = _DIALECTS[kind]
        chosen = {key: value for key, value in document.items() if key in mask}
        if "labels" in chosen:
            chosen = {**_with_secret({**chosen, "type_": document.get("type_", "")}, secret)}
        body = made(dialect.message, {**chosen, "name": name})
        with translated(f"change {_named(kind, document)}", needs=dialect.roles):
            await getattr(self._client(kind), dialect.method("update"))(
                request={dialect.field: body, "update_mask": FieldMask(paths=list(mask))},
                retry=READ_RETRY,
                timeout=WRITE_TIMEOUT,
            )

    async def delete(self, kind: Kind, name: str) -> None:
        """A channel that a policy still names is not deleted: `force` is not set."""
        dialect = _DIALECTS[kind]
        try:
            with translated(f"delete the {kind} {name}", needs=dialect.roles):
                await getattr(self._client(kind), dialect.method("delete"))(
                    request={"name": name}, retry=READ_RETRY, timeout=WRITE_TIMEOUT
                )
        except NotFound:
            return

    def _client(self, kind: Kind) -> Any:
        clients = self._clients
        return clients.alert_policies if kind is Kind.POLICY else clients.notification_channels


def _found(kind: Kind, raw: Any) -> Found:
    document = plain(raw)
    if kind is Kind.CHANNEL:
        document = {**document, "labels": _without_secret(document)}
        records = raw.mutation_records
        last = records[0] if records else None
    else:
        last = raw.mutation_record
    return Found(
        kind,
        raw.name,
        document,
        changed_by=str(last.mutated_by) if last is not None else "",
        changed_at=instant(last.mutate_time) if last is not None else None,
    )


def _with_secret(document: Document, secret: str) -> Document:
    labels = document.get("labels")
    if not secret or not isinstance(labels, Mapping):
        return document
    if document.get("type_") == ChannelType.TOKEN_WEBHOOK.value:
        return {**document, "labels": {**labels, "url": _url_with(str(labels["url"]), secret)}}
    return {**document, "labels": {**labels, "password": secret}}


def _without_secret(document: Document) -> dict[str, str]:
    labels = document.get("labels")
    if not isinstance(labels, Mapping):
        return {}
    kept = {key: str(value) for key, value in labels.items() if key not in {"password", _TOKEN}}
    if "url" in kept:
        kept["url"] = _url_with(kept["url"], "")
    return kept


def _url_with(url: str, secret: str) -> str:
    parts = urlsplit(url)
    query = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != _TOKEN]
    query += [(_TOKEN, secret)] if secret else []
    return urlunsplit(parts._replace(query=urlencode(query)))


def _named(kind: Kind, document: Document) -> str:
    title = document.get("display_name")
    return f"the {kind} “{title}”" if title else f"the {kind}"
