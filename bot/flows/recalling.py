"""What was held for a campaign until now, read from the ledger of writes. Used by drive and reshape."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.core.claims import Claim
from bot.core.fleet import WorkloadKey
from bot.core.held import held
from bot.core.holding import Holding
from bot.core.plan import Step
from bot.ports.store import Transaction

_LEDGER_DEPTH = 1_000  # writes of one workload: many more than a campaign takes


async def what_was_held(
    tx: Transaction,
    claims: Sequence[Claim],
    holdings: Mapping[WorkloadKey, Holding],
    now: datetime,
) -> Mapping[WorkloadKey, tuple[Step, ...]]:
    """For the one campaign whose claims these are; only workloads of which it is on record are in it.

    `holdings` are those that were not given back before the campaign began.
    """
    found = {}
    for key in {claim.workload for claim in claims}:
        own = [claim for claim in claims if claim.workload == key]
        ledger = await tx.capacity.ledger(key, _LEDGER_DEPTH)
        steps = held(own, ledger, holdings.get(key), now)
        if steps is not None:
            found[key] = steps
    return found
