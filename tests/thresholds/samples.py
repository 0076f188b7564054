"""A small fleet, a set of alerts on it, and random ones that are valid by construction."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st

from bot.core.alert import Severity
from bot.core.fleet import Workload
from bot.core.house import Group
from bot.core.thresholds.library import TEMPLATES
from bot.core.thresholds.parameters import Given, Parameter, Shape, Values, read_values
from bot.core.thresholds.spec import (
    AlertSet,
    AlertSpec,
    ChannelSpec,
    ChannelType,
    Owner,
    Watched,
)
from tests.fakes import service, worker_pool

EXAMPLE = Path(__file__).parents[2] / "bot/sandbox/scenarios/alerts.yaml"
GROUPS = (
    Group("web", "Web shop"),
    Group("checkout", "Checkout"),
    Group("recommendations", "Recommendations"),
)
FLEET: tuple[Workload, ...] = (
    service("storefront-web", ceiling=200),
    service("storefront-web", ceiling=50, region="us-central1"),
    service("checkout-web", ceiling=40, groups=("checkout",)),
    service("payment-gateway", ceiling=12, groups=("checkout",)),
    worker_pool("order-worker"),
)
TOPIC = ChannelSpec("topic", ChannelType.PUBSUB, "projects/cymbal-shop/topics/alerts")
HOOK = ChannelSpec(
    "hook",
    ChannelType.WEBHOOK,
    "https://headroom.example/alerts/webhook",
    username="monitoring",
    secret="HOOK_PASSWORD",
)
SECRETS = {"HOOK_PASSWORD": "correct-horse-battery"}
NEEDED: Mapping[str, Mapping[str, Given]] = {
    "quota-near": {"limits_vcpu": {"europe-west1": 400.0}},
    "job-stale": {"within_minutes": 120.0},
    "promql": {"query": "vector(1) > 0"},
}
WATCHED = Watched("Checkout", "checkout", subscriptions=("orders",), jobs=("nightly",))


def alert(template: str, alert_id: str = "", **given: Given) -> AlertSpec:
    """An alert of a template, with whatever it needs filled in."""
    chosen = TEMPLATES[template]
    values, faults = read_values({**NEEDED.get(template, {}), **given}, chosen.parameters)
    assert not faults, faults
    return AlertSpec(
        id=alert_id or f"checkout-{template}",
        template=template,
        watched=WATCHED,
        values=values,
        severity=chosen.severity,
        owner=Owner("payments", "Payments team", "#payments"),
        runbook="https://runbooks.example/checkout",
        channels=("topic",),
    )


def alert_set(*alerts: AlertSpec, name: str = "shop") -> AlertSet:
    """A set with both channels."""
    return AlertSet(name, "cymbal-shop", (TOPIC, HOOK), alerts)


EVERYTHING = alert_set(*(alert(name) for name in TEMPLATES))


def numbers(parameter: Parameter) -> st.SearchStrategy[Given]:
    """Anything that the parameter takes."""
    least, most = parameter.least, min(parameter.most, 1e6)
    one = (
        st.integers(int(least), int(most)).map(float)
        if parameter.whole
        else st.floats(least, most, allow_nan=False)
    )
    match parameter.shape:
        case Shape.NUMBER:
            return one
        case Shape.TEXT:
            return st.sampled_from(["vector(1)", "up == 0", 'sum(x{y="z"}) > 1'])
        case Shape.NUMBERS:
            regions = st.sampled_from(["europe-west1", "us-central1", "asia-east1"])
            return st.dictionaries(regions, one, min_size=1)


@st.composite
def random_alert(draw: st.DrawFn) -> AlertSpec:
    """A template with random parameters, owner, severity and channels."""
    template = TEMPLATES[draw(st.sampled_from(sorted(TEMPLATES)))]
    values = {one.name: draw(numbers(one)) for one in template.parameters}
    allowed = [one for one in Severity if one is not Severity.NONE and template.allows(one)]
    return replace(
        alert(template.name),
        values=Values(values),
        severity=draw(st.sampled_from(allowed)),
        owner=draw(st.sampled_from([None, Owner("shop", "Shop", "")])),
        runbook=draw(st.sampled_from(["", "https://runbooks.example/x"])),
        channels=draw(st.sampled_from([("topic",), ("hook", "topic")])),
        enabled=draw(st.booleans()),
        title=draw(st.sampled_from(["", "Ähm — “quoted” ✓"])),
    )


def random_sets() -> st.SearchStrategy[AlertSet]:
    """Up to six alerts with different ids."""
    return st.lists(random_alert(), max_size=6, unique_by=lambda one: one.id).map(
        lambda alerts: alert_set(*alerts)
    )
