"""Cloud Monitoring's Snooze API behind the Snoozing port."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from google.cloud import monitoring_v3
from google.protobuf.field_mask_pb2 import FieldMask

from bot.adapters.google_channel import READ_RETRY, READ_TIMEOUT, WRITE_TIMEOUT, GoogleClients
from bot.adapters.google_errors import translated
from bot.core.mirroring import Silence
from bot.ports.clock import Clock

_NEEDS = "roles/monitoring.snoozeEditor"
_CONDITIONS = "/conditions/"


class CloudSnoozing:
    """A snooze cannot be deleted, only ended; of one wish (its title) at most one lasts."""

    def __init__(self, clients: GoogleClients, clock: Clock) -> None:
        self._clients = clients
        self._clock = clock

    async def snooze(self, silence: Silence, until: datetime) -> None:
        """Creates, prolongs, shortens or ends it; looks first, so that doing it twice is harmless."""
        silence = replace(silence, policy=silence.policy.partition(_CONDITIONS)[0])
        now = self._clock.now()
        lasting = await self._lasting(silence, now)
        if lasting is None and until > now:
            await self._create(silence, until)
        elif lasting is not None and lasting.interval.end_time != until:
            await self._end(lasting, max(until, now))

    async def _lasting(self, silence: Silence, now: datetime) -> Any:
        client, project = self._clients.snoozes, _project(silence)
        request = monitoring_v3.ListSnoozesRequest(parent=project, page_size=500)
        with translated(f"list the snoozes of {project}", needs=_NEEDS):
            pages = await client.list_snoozes(request, retry=READ_RETRY, timeout=READ_TIMEOUT)
            found = [one async for one in pages]
        mine = [
            one
            for one in found
            if one.display_name == silence.title
            and silence.policy in one.criteria.policies
            and one.interval.end_time > now
        ]
        return mine[0] if mine else None

    async def _create(self, silence: Silence, until: datetime) -> None:
        """Never tried again by itself: a lost answer would make a second one."""
        only = " AND ".join(
            f"resource.labels.{name}={json.dumps(value, ensure_ascii=False)}"
            for name, value in sorted(silence.labels.items())
        )
        snooze = monitoring_v3.Snooze(
            display_name=silence.title,
            criteria=monitoring_v3.Snooze.Criteria(policies=[silence.policy], filter=only),
            interval=monitoring_v3.TimeInterval(start_time=self._clock.now(), end_time=until),
        )
        with translated(f"snooze {silence.policy}", needs=_NEEDS):
            await self._clients.snoozes.create_snooze(
                request=monitoring_v3.CreateSnoozeRequest(parent=_project(silence), snooze=snooze),
                timeout=WRITE_TIMEOUT,
            )

    async def _end(self, snooze: Any, until: datetime) -> None:
        changed = monitoring_v3.Snooze(
            name=snooze.name,
            interval=monitoring_v3.TimeInterval(
                start_time=snooze.interval.start_time, end_time=until
            ),
        )
        with translated(f"change the snooze {snooze.name}", needs=_NEEDS):
            await self._clients.snoozes.update_snooze(
                request=monitoring_v3.UpdateSnoozeRequest(
                    snooze=changed, update_mask=FieldMask(paths=["interval.end_time"])
                ),
                timeout=WRITE_TIMEOUT,
            )


def _project(silence: Silence) -> str:
    """`projects/<project>` of the policy's name."""
    return "/".join(silence.policy.split("/")[:2])
