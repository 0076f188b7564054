"""Cloud Run's list prices on one day, in USD; read by pricing only.

Collected from public copies of Google's price pages and catalogue entries. Before free tier,
committed-use discounts and tax. Only verified rates are here; pricing says where one is missing.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

DATED = date(2026, 11, 24)


@dataclass(frozen=True, slots=True)
class Rates:
    """USD for one vCPU-second, for one GiB-second, and for one second of an instance's GPU."""

    cpu: Decimal
    memory: Decimal
    gpu: Decimal = Decimal(0)


def _rates(cpu: str, memory: str) -> Rates:
    return Rates(Decimal(cpu), Decimal(memory))


# By tier: "Services CPU/Memory (Request-based billing)" and "Services Min Instance CPU/Memory".
REQUEST_ACTIVE = {1: _rates("0.000024", "0.0000025"), 2: _rates("0.0000336", "0.0000035")}
REQUEST_IDLE = {1: _rates("0.0000025", "0.0000025"), 2: _rates("0.0000035", "0.0000035")}
# "Services CPU/Memory (Instance-based billing)" and "Worker Pools": verified for Tier 1 only.
INSTANCE = {1: _rates("0.000018", "0.000002")}
WORKER_POOL = {1: _rates("0.000011244", "0.000001235")}
# By the beginning of the accelerator's name, USD a second; without zonal redundancy, verified for one region.
GPU = {"nvidia-l4": Decimal("0.0001867"), "nvidia-rtx-pro-6000": Decimal("0.00036522")}
GPU_REGION = "us-central1"
# Request-based billing only.
PER_REQUEST = Decimal("0.40") / 1_000_000

TIER_1 = frozenset(
    """asia-east1 asia-northeast1 asia-northeast2 asia-south1 asia-southeast3 europe-north1 europe-north2
    europe-southwest1 europe-west1 europe-west4 europe-west8 europe-west9 me-west1 northamerica-south1
    us-central1 us-east1 us-east4 us-east5 us-south1 us-west1""".split()
)
TIER_2 = frozenset(
    """africa-south1 asia-east2 asia-northeast3 asia-southeast1 asia-southeast2 asia-south2
    australia-southeast1 australia-southeast2 europe-central2 europe-west10 europe-west12 europe-west2
    europe-west3 europe-west6 me-central1 me-central2 northamerica-northeast1 northamerica-northeast2
    southamerica-east1 southamerica-west1 us-west2 us-west3 us-west4""".split()
)
