"""Cloud Run's regional CPU and memory quotas from the Cloud Quotas API behind the Quotas port; made by the composition root.

A region has a limit of its own, or the one of all regions that have none (Google's DimensionsInfo).
"""

from collections.abc import Sequence
from datetime import datetime

from google.cloud.cloudquotas_v1.types import DimensionsInfo, GetQuotaInfoRequest, QuotaInfo

from bot.adapters.google_channel import READ_RETRY, READ_TIMEOUT, GoogleClients
from bot.adapters.google_errors import translated
from bot.core.house import Place
from bot.core.limits import Quota, Resource
from bot.core.quota_book import QuotaBook
from bot.ports.clock import Clock

# Google counts thousandths of a vCPU, and bytes.
UNITS = {
    "CpuAllocPerProjectRegion": (Resource.VCPU, 1000.0),
    "MemAllocPerProjectRegion": (Resource.MEMORY_GIB, 2.0**30),
}
_NEEDS = "the Cloud Quotas API, and the role roles/cloudquotas.viewer"


class CloudQuotas:
    """The Quotas port over google-cloud-quotas."""

    def __init__(self, clients: GoogleClients, clock: Clock) -> None:
        self._clients = clients
        self._clock = clock

    async def read(self, places: Sequence[Place]) -> QuotaBook | None:
        """One request for each project and resource, however many regions and workloads."""
        now = self._clock.now()
        found: list[Quota] = []
        for place in places:
            for quota_id in UNITS:
                found += quotas_of(await self._info(place.project, quota_id), place, now)
        return QuotaBook(now, now, tuple(found))

    async def _info(self, project: str, quota_id: str) -> QuotaInfo:
        service = f"projects/{project}/locations/global/services/run.googleapis.com"
        request = GetQuotaInfoRequest(name=f"{service}/quotaInfos/{quota_id}")
        with translated(f"read the quotas of {project}", needs=_NEEDS):
            info: QuotaInfo = await self._clients.quotas.get_quota_info(
                request, retry=READ_RETRY, timeout=READ_TIMEOUT
            )
        return info


def quotas_of(info: QuotaInfo, place: Place, now: datetime) -> list[Quota]:
    """The limits in the place's regions; a region without one, or with an unlimited one, is absent."""
    resource, unit = UNITS[info.quota_id]
    limits = {region: _limit(info.dimensions_infos, region) for region in place.regions}
    return [
        Quota(place.project, region, resource, limit / unit, 0.0, now)
        for region, limit in limits.items()
        if limit is not None and limit >= 0
    ]


def _limit(infos: Sequence[DimensionsInfo], region: str) -> int | None:
    own = [one for one in infos if one.dimensions.get("region") == region]
    rest = [
        one
        for one in infos
        if "region" not in one.dimensions and region in (one.applicable_locations or [region])
    ]
    found = next(iter([*own, *rest]), None)
    return None if found is None else int(found.details.value)
