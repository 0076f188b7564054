"""Between the world's specs and the Admin API's messages."""

from dataclasses import replace

import pytest
from google.cloud import run_v2

from bot.core.fleet import BillingMode, InstanceSize, ScalingMode, WorkloadKey, WorkloadKind
from bot.sandbox.google.refusals import Refusal
from bot.sandbox.google.templates import blank_spec, message_of, resource_name, spec_of
from bot.sandbox.world.scenario import Scenario
from tests.sandbox_google.conftest import ORDERS, STOREFRONT
from tests.sandbox_world.conftest import START


def test_every_workload_survives_the_way_there_and_back_when_it_is_rendered(
    scenario: Scenario,
) -> None:
    for spec in scenario.workloads:
        message = message_of(spec, scenario.project_number, START)
        assert message.name == resource_name(spec.key)
        back = spec_of(message, spec)
        if spec.key.kind is WorkloadKind.WORKER_POOL:
            # A pool's message says nothing about billing, concurrency or revision bounds.
            assert back.settings.manual == spec.settings.manual
            assert back.size == spec.size
            continue
        assert back == spec


@pytest.mark.parametrize(
    ("cpu", "memory", "vcpu", "gib"),
    [
        ("1", "512Mi", 1.0, 0.5),
        ("2", "2Gi", 2.0, 2.0),
        ("500m", "256Mi", 0.5, 0.25),
        ("4000m", "4294967296", 4.0, 4.0),
        ("1", "1G", 1.0, 0.931),
        ("1", "512M", 1.0, 0.477),
    ],
)
def test_sizes_are_read_in_every_notation_when_a_template_changes(
    scenario: Scenario, cpu: str, memory: str, vcpu: float, gib: float
) -> None:
    spec = scenario.workloads[0]
    message = message_of(spec, 1, START)
    message.template.containers[0].resources.limits = {"cpu": cpu, "memory": memory}
    size = spec_of(message, spec).size
    assert size.vcpu == vcpu
    assert size.memory_gib == pytest.approx(gib, abs=0.001)


def test_a_size_is_refused_when_it_cannot_be_read(scenario: Scenario) -> None:
    message = message_of(scenario.workloads[0], 1, START)
    message.template.containers[0].resources.limits = {"cpu": "many"}
    with pytest.raises(Refusal, match=r"resources\.limits"):
        spec_of(message, scenario.workloads[0])


def test_sidecars_count_when_an_instance_has_two_containers(scenario: Scenario) -> None:
    spec = scenario.workloads[0]
    message = message_of(spec, 1, START)
    sidecar = run_v2.Container(
        image="proxy:1",
        resources=run_v2.ResourceRequirements(limits={"cpu": "0.5", "memory": "256Mi"}),
    )
    message.template.containers.append(sidecar)
    assert spec_of(message, spec).size == InstanceSize(1.5, 0.75)


@pytest.mark.parametrize(
    ("idle", "billing"), [(True, BillingMode.REQUEST), (False, BillingMode.INSTANCE)]
)
def test_the_billing_mode_follows_cpu_idle_when_a_template_changes(
    scenario: Scenario, idle: bool, billing: BillingMode
) -> None:
    spec = scenario.workloads[0]
    message = message_of(spec, 1, START)
    message.template.containers[0].resources.cpu_idle = idle
    assert spec_of(message, spec).billing is billing


@pytest.mark.parametrize(("cpu", "concurrency"), [("1", 80), ("0.5", 1)])
def test_the_default_concurrency_depends_on_cpu_when_none_is_set(
    scenario: Scenario, cpu: str, concurrency: int
) -> None:
    spec = scenario.workloads[0]
    message = message_of(spec, 1, START)
    assert isinstance(message, run_v2.Service)
    message.template.max_instance_request_concurrency = 0
    message.template.containers[0].resources.limits = {"cpu": cpu, "memory": "512Mi"}
    assert spec_of(message, spec).concurrency == concurrency


def test_nobody_visits_a_blank_workload_when_it_is_new(scenario: Scenario) -> None:
    key = WorkloadKey(WorkloadKind.SERVICE, "cymbal-shop", "us-central1", "landing")
    blank = blank_spec(key, scenario.workloads[0])
    assert (blank.key, blank.rps, blank.group) == (key, 0.0, "")


def test_names_are_googles_when_keys_are_rendered(scenario: Scenario) -> None:
    names = [resource_name(spec.key) for spec in scenario.workloads]
    assert STOREFRONT in names
    assert ORDERS in names


def test_the_mode_is_manual_when_the_message_says_so(scenario: Scenario) -> None:
    spec = next(spec for spec in scenario.workloads if spec.key.name == "admin-portal")
    message = message_of(spec, 1, START)
    settings = spec_of(message, replace(spec, settings=scenario.workloads[0].settings)).settings
    assert (settings.mode, settings.manual) == (ScalingMode.MANUAL, 2)
