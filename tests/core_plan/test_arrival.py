"""How suddenly audiences arrive."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.arrival import ramp_of, reaction_time, risen_share, sudden_share
from bot.core.campaign import CampaignKind

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
spans = st.timedeltas(min_value=timedelta(0), max_value=timedelta(hours=3))


def test_every_kind_has_a_ramp() -> None:
    assert all(ramp_of(kind) >= timedelta(0) for kind in CampaignKind)


def test_an_unknown_kind_counts_as_sudden() -> None:
    assert ramp_of(CampaignKind.OTHER) == timedelta(0)


@pytest.mark.parametrize(
    ("kind", "reaction", "share"),
    [
        (CampaignKind.TV, 144 * SECOND, 1.0),
        (CampaignKind.DROP, timedelta(0), 1.0),
        (CampaignKind.PUSH, 144 * SECOND, 1.0),
        (CampaignKind.PUSH, MINUTE, 0.5),
        (CampaignKind.EMAIL, 3 * MINUTE, 0.2),
        (CampaignKind.PAID_SOCIAL, 3 * MINUTE, 0.05),
    ],
)
def test_the_share_that_outruns_the_autoscaler(
    kind: CampaignKind, reaction: timedelta, share: float
) -> None:
    assert sudden_share(kind, reaction) == pytest.approx(share)


def test_the_autoscaler_reacts_after_its_own_delay_and_a_start() -> None:
    assert reaction_time(24 * SECOND) == 144 * SECOND
    assert reaction_time(-24 * SECOND) == 120 * SECOND


@pytest.mark.parametrize(
    ("kind", "since", "share"),
    [
        (CampaignKind.TV, -SECOND, 0.0),
        (CampaignKind.TV, timedelta(0), 1.0),
        (CampaignKind.EMAIL, timedelta(0), 0.0),
        (CampaignKind.EMAIL, 7.5 * MINUTE, 0.5),
        (CampaignKind.EMAIL, 99 * MINUTE, 1.0),
    ],
)
def test_the_share_that_has_arrived(kind: CampaignKind, since: timedelta, share: float) -> None:
    assert risen_share(kind, since) == pytest.approx(share)


@given(st.sampled_from(CampaignKind), spans, spans)
def test_shares_grow_with_time_and_stay_between_none_and_all(
    kind: CampaignKind, one: timedelta, two: timedelta
) -> None:
    less, more = sorted((one, two))
    assert 0 <= risen_share(kind, less) <= risen_share(kind, more) <= 1
    assert 0 <= sudden_share(kind, less) <= sudden_share(kind, more) <= 1
