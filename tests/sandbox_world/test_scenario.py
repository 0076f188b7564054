"""The scenario file and what it says."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from bot.core.campaign import CampaignKind
from bot.core.fleet import BillingMode, ScalingMode, WorkloadKind
from bot.sandbox.world.scenario import CYMBAL, Scenario, Settings, event_of, load_scenario

AUTOMATIC, MANUAL = ScalingMode.AUTOMATIC, ScalingMode.MANUAL


def test_the_fleet_is_as_varied_as_promised_when_it_is_loaded(scenario: Scenario) -> None:
    services = [w for w in scenario.workloads if w.key.kind is WorkloadKind.SERVICE]
    pools = [w for w in scenario.workloads if w.key.kind is WorkloadKind.WORKER_POOL]
    assert 11 <= len(services) <= 14
    assert len(pools) == 2
    assert set(scenario.regions) == {"europe-west1", "us-central1"}
    assert {w.key.region for w in services} == set(scenario.regions)
    assert {w.billing for w in services} == set(BillingMode)
    assert {w.group for w in services} == {"web", "checkout", "recommendations", ""}
    assert {w.group for w in pools} == {"pipeline"}
    assert any(w.settings.revision_floor for w in services)
    assert any(w.settings.mode is MANUAL for w in services)


def test_times_are_utc_when_the_file_names_offsets(scenario: Scenario) -> None:
    assert scenario.starts_at == datetime(2025, 11, 28, 14, tzinfo=UTC)
    push = next(event for event in scenario.events if event.name == "Black Friday push")
    assert push.window.start == datetime(2025, 11, 28, 17, tzinfo=UTC)
    assert push.window.end == datetime(2025, 11, 28, 21, tzinfo=UTC)
    assert (push.kind, push.groups, push.multiplier) == (CampaignKind.PUSH, ("web",), 3.0)


@pytest.mark.parametrize(
    ("settings", "least", "most"),
    [
        (Settings(AUTOMATIC), 0, 100),
        (Settings(AUTOMATIC, floor=5), 5, 100),
        (Settings(AUTOMATIC, floor=2, revision_floor=3), 3, 100),
        (Settings(AUTOMATIC, floor=4, revision_floor=3), 4, 100),
        (Settings(AUTOMATIC, ceiling=12), 0, 12),
        (Settings(AUTOMATIC, ceiling=300, revision_ceiling=200), 0, 200),
        (Settings(AUTOMATIC, floor=20, ceiling=12), 12, 12),
        (Settings(MANUAL, manual=7, revision_floor=9), 7, 7),
    ],
)
def test_the_larger_minimum_and_the_smaller_maximum_win_when_both_are_set(
    settings: Settings, least: int, most: int
) -> None:
    assert (settings.least, settings.most) == (least, most)


def test_the_payment_gateway_is_the_one_that_cannot_triple_when_its_ceiling_is_compared(
    scenario: Scenario,
) -> None:
    tight = {
        w.key.name
        for w in scenario.workloads
        if w.settings.mode is AUTOMATIC
        and w.rps * 3 * 0.9 * w.cpu_seconds / (w.size.vcpu * 0.6) > w.settings.most
    }
    assert tight == {"payment-gateway"}


def test_a_scenario_is_refused_when_two_workloads_share_a_name(tmp_path: Path) -> None:
    data = yaml.safe_load(CYMBAL.read_text())
    data["services"].append(data["services"][0])
    path = tmp_path / "twice.yaml"
    path.write_text(yaml.safe_dump(data))
    with pytest.raises(ValueError, match="same name"):
        load_scenario(path)


@pytest.mark.parametrize("missing", ["project", "quotas", "services", "defaults"])
def test_a_scenario_is_refused_when_a_part_is_missing(tmp_path: Path, missing: str) -> None:
    data = yaml.safe_load(CYMBAL.read_text())
    if missing == "services":
        data["services"][0]["latency"] = [0.4, 0.2]
    else:
        del data[missing]
    path = tmp_path / "part.yaml"
    path.write_text(yaml.safe_dump(data))
    with pytest.raises((KeyError, ValueError)):
        load_scenario(path)


def test_an_event_is_refused_when_it_makes_no_sense() -> None:
    good = {
        "name": "TV spot",
        "groups": ["web"],
        "kind": "TV",
        "start": "2025-11-28T18:00:00+01:00",
        "end": "2025-11-28T19:00:00+01:00",
        "multiplier": 2,
    }
    assert event_of(good).kind is CampaignKind.TV
    for wrong in ({"end": good["start"]}, {"multiplier": -1}, {"kind": "rumour"}):
        with pytest.raises(ValueError):
            event_of({**good, **wrong})
