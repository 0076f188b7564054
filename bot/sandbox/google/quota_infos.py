"""The town's Cloud Quotas API: what each region may allocate, as Google's own message."""

from collections.abc import Mapping

from google.cloud.cloudquotas_v1.types import (
    DimensionsInfo,
    GetQuotaInfoRequest,
    QuotaDetails,
    QuotaInfo,
)

from bot.sandbox.google.refusals import not_found
from bot.sandbox.google.rpc import Method, plus
from bot.sandbox.world.scenario import Scenario

_PER_GIB = 2**30
_PER_VCPU = 1000


class QuotaInfos:
    """google.api.cloudquotas.v1.CloudQuotas, as far as it is asked."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario

    def methods(self) -> Mapping[str, Method]:
        """For the server."""
        return {"GetQuotaInfo": plus(self._get, GetQuotaInfoRequest)}

    async def _get(self, request: GetQuotaInfoRequest) -> QuotaInfo:
        service = f"projects/{self._scenario.project}/locations/global/services/run.googleapis.com"
        regions = self._scenario.quotas.regions
        limits = {
            "CpuAllocPerProjectRegion": {
                name: round(size.vcpu * _PER_VCPU) for name, size in regions.items()
            },
            "MemAllocPerProjectRegion": {
                name: round(size.memory_gib * _PER_GIB) for name, size in regions.items()
            },
        }
        for quota_id, by_region in limits.items():
            if request.name == f"{service}/quotaInfos/{quota_id}":
                return _info(request.name, quota_id, by_region)
        raise not_found(request.name)


def _info(name: str, quota_id: str, by_region: Mapping[str, int]) -> QuotaInfo:
    infos = [
        DimensionsInfo(
            dimensions={"region": region},
            details=QuotaDetails(value=limit),
            applicable_locations=[region],
        )
        for region, limit in by_region.items()
    ]
    return QuotaInfo(
        name=name,
        quota_id=quota_id,
        service="run.googleapis.com",
        dimensions=["region"],
        dimensions_infos=infos,
    )
