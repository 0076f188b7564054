"""How suddenly audiences arrive."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.arrival import (
    SHAPE_STEP,
    Arrival,
    learn_arrival,
    ramp_of,
    reaction_time,
    risen_share,
    sudden_share,
)
from bot.core.campaign import CampaignKind
from bot.core.evidence import PastCampaign

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


PUSH = CampaignKind.PUSH


def came(
    *shape: float, kind: CampaignKind = PUSH, groups: tuple[str, ...] = ("web",)
) -> PastCampaign:
    return PastCampaign(kind, groups, 3.0, 3.0, datetime(2025, 11, 1, tzinfo=UTC), shape=shape)


@pytest.mark.parametrize(
    ("sentence", "past", "shape"),
    [
        ("nothing is known", (), ()),
        ("another kind teaches nothing", (came(1.0, kind=CampaignKind.TV),), ()),
        ("nothing was measured", (came(),), ()),
        ("each slot may come one earlier or later", (came(0.2, 0.4, 1.0, 0.5),), (0.4, 1, 1, 1)),
        (
            "the median keeps one noisy slot from looking sudden",
            (came(0.1, 0.1, 0.1, 1.0), came(0.1, 0.2, 0.1, 1.0), came(1.0, 0.1, 0.1, 0.9)),
            (0.1, 0.1, 1, 1),
        ),
        ("a longer one counts where the others have ended", (came(1.0), came(1.0, 0.5)), (1, 1)),
    ],
)
def test_the_shape_of_finished_campaigns(
    sentence: str, past: tuple[PastCampaign, ...], shape: tuple[float, ...]
) -> None:
    assert learn_arrival(PUSH, past).shape == pytest.approx(shape), sentence


def test_peaks_that_lie_apart_make_the_shape_looser() -> None:
    early, late = came(1.0, *[0.2] * 9), came(*[0.2] * 8, 1.0, 0.2)
    assert learn_arrival(PUSH, [early, early, early]).loose == SHAPE_STEP
    assert learn_arrival(PUSH, [early, late]).loose == 3 * SHAPE_STEP
    both = learn_arrival(PUSH, [early, came(*[0.2] * 4, 1.0, *[0.2] * 5)])
    assert both.loose == 2 * SHAPE_STEP
    assert both.shape.count(1.0) == 7  # each of the two peaks, two slots earlier or later


def test_campaigns_on_the_same_groups_come_first_once_there_are_two() -> None:
    web, checkout = came(1.0, 0.1, 0.1, 0.1), came(0.1, 0.1, 0.1, 1.0, groups=("checkout",))
    assert learn_arrival(PUSH, [web, checkout], ("web",)).learned_from == 2
    near = learn_arrival(PUSH, [web, web, checkout], ("web",))
    assert (near.learned_from, near.peak_time()) == (2, timedelta(0))


def test_a_learnt_shape_says_what_has_arrived_and_when_it_peaks() -> None:
    arrival = learn_arrival(CampaignKind.EMAIL, [came(*[0.25] * 4, 1.0, kind=CampaignKind.EMAIL)])
    assert arrival.risen(-SECOND) == 0.0
    assert (arrival.risen(timedelta(0)), arrival.risen(15 * MINUTE)) == (0.25, 1.0)
    assert arrival.risen(timedelta(days=1)) == 1.0
    assert arrival.peak_time() == 15 * MINUTE
    assert Arrival(CampaignKind.EMAIL).peak_time() == 15 * MINUTE
