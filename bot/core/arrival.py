"""How suddenly an audience arrives, by kind of campaign; used by planner and report.

The times are defaults that finished campaigns will correct, not facts (reference §D, burst shapes).
"""

from datetime import timedelta
from types import MappingProxyType

from bot.core.campaign import CampaignKind

# Cloud Run averages over a minute before it acts, and acts within about another (reference §A.5, §D).
AUTOSCALER_DELAY = timedelta(seconds=120)

# From the start until the peak. What is unknown counts as sudden: too warm costs cents, too cold customers.
_RAMPS = MappingProxyType(
    {
        CampaignKind.PUSH: timedelta(minutes=2),
        CampaignKind.EMAIL: timedelta(minutes=15),
        CampaignKind.TV: timedelta(0),
        CampaignKind.PAID_SOCIAL: timedelta(minutes=60),
        CampaignKind.SALE: timedelta(minutes=1),
        CampaignKind.DROP: timedelta(0),
        CampaignKind.OTHER: timedelta(0),
    }
)


def ramp_of(kind: CampaignKind) -> timedelta:
    """How long the demand takes from the usual to the campaign's peak; zero is at once."""
    return _RAMPS[kind]


def reaction_time(startup: timedelta) -> timedelta:
    """How long the autoscaler takes from a rise to a serving instance, given the start-up p95."""
    return AUTOSCALER_DELAY + max(startup, timedelta(0))


def sudden_share(kind: CampaignKind, reaction: timedelta) -> float:
    """The share (0..1) of the rise that arrives before the autoscaler has reacted to any of it."""
    ramp = ramp_of(kind)
    return 1.0 if ramp <= reaction else reaction / ramp


def risen_share(kind: CampaignKind, since_start: timedelta) -> float:
    """The share (0..1) of the rise that has arrived `since_start`; none before the start."""
    if since_start < timedelta(0):
        return 0.0
    ramp = ramp_of(kind)
    return 1.0 if since_start >= ramp else since_start / ramp
