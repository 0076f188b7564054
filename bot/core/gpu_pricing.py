"""What the GPU of an instance costs, or why that is not known; added to the tariff by planner."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from bot.core import price_table
from bot.core.fleet import Workload
from bot.core.pricing import Tariff

_SECONDS = 3600


def with_gpu(tariff: Tariff, workload: Workload, own: Mapping[str, Decimal]) -> Tariff:
    """The tariff with the workload's GPU, which costs as long as the instance stands, busy or not.

    `own` are the house's prices (USD an hour by accelerator), which come before the list's. A GPU that
    neither has is left out, and `note` says so.
    """
    name = workload.gpu
    if not name:
        return tariff
    if name in own:
        return _added(tariff, own[name] / _SECONDS, "")
    listed = next((rate for known, rate in price_table.GPU.items() if name.startswith(known)), None)
    if listed is None:
        return _added(
            tariff,
            Decimal(0),
            f"The price of its GPU ({name}) is not known, so its cost is higher than said here;"
            " an engineer can write it into headroom.yaml (prices, gpu_usd_per_hour).",
        )
    region = price_table.GPU_REGION
    note = f"Its GPU ({name}) is priced as in {region} without zonal redundancy; it may cost more."
    return _added(tariff, listed, note)


def _added(tariff: Tariff, second: Decimal, note: str) -> Tariff:
    return replace(
        tariff,
        idle=replace(tariff.idle, gpu=second),
        active=replace(tariff.active, gpu=second),
        note=f"{tariff.note} {note}".strip(),
    )
