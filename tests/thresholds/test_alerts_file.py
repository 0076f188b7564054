"""alerts.yaml: what it says, and faults that name file, line and field, all at once."""

import pytest

from bot.core.alert import Severity
from bot.core.thresholds.building import rehearsed
from bot.core.thresholds.spec import ChannelType
from bot.errors import AskedWrong
from bot.settings.thresholds_file import load_alerts, parse_alerts
from tests.thresholds.samples import EXAMPLE, GROUPS

GOOD = """\
name: shop
project: cymbal-shop
runbook: https://runbooks.example/{template}#{alert}
notification_channels:
  - {name: topic, type: pubsub, topic: projects/cymbal-shop/topics/alerts}
  - name: hook
    type: webhook
    url: https://headroom.example/alerts/webhook
    username: monitoring
    secret_env: HOOK_PASSWORD
owners:
  - {name: payments, title: Payments team, contact: "#payments"}
watch:
  - group: checkout
    owner: payments
    alerts:
      latency-p95:
        threshold_ms: 900
        per_workload:
          payment-gateway: {threshold_ms: 2500, severity: warning}
      saturation:
  - name: data
    channels: [topic]
    subscriptions: [orders]
    alerts:
      backlog-age: {max_age_minutes: 30, title: Orders are late, enabled: false}
"""


def faults(text: str) -> list[str]:
    """What is wrong with a file."""
    with pytest.raises(AskedWrong) as caught:
        parse_alerts(text, "alerts.yaml", GROUPS)
    return str(caught.value).split("\n- ")


def test_the_example_is_valid_as_a_whole() -> None:
    chosen = load_alerts(EXAMPLE, GROUPS)
    assert rehearsed(chosen) == ()
    assert len({one.id for one in chosen.alerts}) == len(chosen.alerts) > 15


def test_an_alert_takes_what_its_entry_and_the_file_say() -> None:
    chosen = parse_alerts(GOOD, "alerts.yaml", GROUPS)
    alerts = {one.id: one for one in chosen.alerts}
    slow = alerts["checkout-latency-p95"]
    assert slow.values.number("threshold_ms") == 900
    assert slow.runbook == "https://runbooks.example/latency-p95#checkout-latency-p95"
    assert slow.owner is not None and slow.owner.contact == "#payments"
    assert slow.channels == ("topic", "hook")
    assert slow.watched.title == "Checkout"
    late = alerts["data-backlog-age"]
    assert (late.channels, late.owner, late.enabled) == (("topic",), None, False)
    assert (late.title, late.watched.title) == ("Orders are late", "Data")


def test_a_workload_that_differs_gets_an_alert_of_its_own() -> None:
    chosen = parse_alerts(GOOD, "alerts.yaml", GROUPS)
    whole, apart = (one for one in chosen.alerts if one.template == "latency-p95")
    assert whole.watched.without == ("payment-gateway",)
    assert apart.id == "checkout-latency-p95-payment-gateway"
    assert apart.watched.workloads == ("payment-gateway",)
    assert apart.watched.group == "checkout"
    assert apart.severity is Severity.WARNING
    assert apart.values.number("threshold_ms") == 2500


def test_channels_are_read_with_the_name_of_their_secret_only() -> None:
    topic, hook = parse_alerts(GOOD, "alerts.yaml", GROUPS).channels
    assert (topic.type, topic.target) == (
        ChannelType.PUBSUB,
        "projects/cymbal-shop/topics/alerts",
    )
    assert (hook.type, hook.secret) == (ChannelType.WEBHOOK, "HOOK_PASSWORD")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("group: checkout", "group: chekout", "14: watch.0.group: there is no group chekout in headroom.yaml; did you mean checkout?"),
        ("latency-p95:", "latency:", "18: watch.0.alerts.latency: there is no template latency"),
        ("saturation:", "saturaton:", "21: watch.0.alerts.saturaton: there is no template saturaton; did you mean saturation?"),
        ("threshold_ms: 900", "threshold: 900", "18: watch.0.alerts.latency-p95.threshold: there is no such parameter; did you mean threshold_ms?"),
        ("threshold_ms: 900", "threshold_ms: fast", "18: watch.0.alerts.latency-p95.threshold_ms: must be a number from 1 to 3600000"),
        ("saturation:", "saturation: {severity: critical}", "21: watch.0.alerts.saturation.severity: saturation is a cause and not a symptom: it can be a warning at most"),
        ("saturation:", "saturation: {severity: urgent}", "21: watch.0.alerts.saturation.severity: it must be 'critical', 'error' or 'warning'"),
        ("owner: payments", "owner: paymnts", "18: watch.0.alerts.latency-p95: there is no owner paymnts under owners; did you mean payments?"),
        ("channels: [topic]", "channels: [tropic]", "26: watch.1.alerts.backlog-age: there is no channel tropic under notification_channels; did you mean topic?"),
        ("channels: [topic]", "channels: []", "26: watch.1.alerts.backlog-age: an alert without a channel would never be heard"),
        ("subscriptions: [orders]", "jobs: [nightly]", "26: watch.1.alerts.backlog-age: the template watches subscriptions: the entry must name subscriptions"),
        ("backlog-age: {", "latency-p95: {", "26: watch.1.alerts.latency-p95: the template watches services: the entry must name a group or workloads"),
        ("name: hook", "name: topic", "6: notification_channels.1.name: topic is given twice"),
        ("username: monitoring", "topic: projects/p/topics/t", "6: notification_channels.1: a channel of type webhook needs username"),
        ("type: pubsub,", "type: pubsub, username: x,", "5: notification_channels.0: a channel of type pubsub has no username"),
        ("type: pubsub", "type: email", "5: notification_channels.0.type: it must be"),
        ("project: cymbal-shop", "project: Cymbal", "2: project: it must match pattern"),
        ("name: data", "colour: red", "22: watch.1.colour: there is no such key"),
        ("name: shop", "name: shop\nauto_close_minutes: 5", "2: auto_close_minutes: it must be greater than or equal to 30"),
    ],
)  # fmt: skip
def test_a_fault_names_its_place_and_what_would_be_right(old: str, new: str, fault: str) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    assert any(one.startswith(f"alerts.yaml:{fault}") for one in faults(text)), faults(text)


def test_two_alerts_cannot_have_the_same_name() -> None:
    text = GOOD.replace("name: data", "name: checkout\n    group: web")
    text = text.replace("backlog-age: {max_age_minutes: 30, ", "saturation: {")
    assert faults(text) == [
        "alerts.yaml:14: watch: two alerts are called checkout-saturation;"
        " give one entry another name"
    ]


def test_a_name_must_fit_into_a_label() -> None:
    text = GOOD.replace("payment-gateway: {", "Payment_Gateway" + "x" * 40 + ": {")
    (fault,) = faults(text)
    assert fault.endswith("must have a-z, 0-9 and -, 63 characters at most")


def test_all_faults_are_told_at_once() -> None:
    text = GOOD.replace("threshold_ms: 900", "threshold: 900").replace("[topic]", "[tropic]")
    assert len(faults(text)) == 2


def test_an_own_alert_of_a_workload_is_only_for_services() -> None:
    text = GOOD.replace("{max_age_minutes: 30, ", "{per_workload: {orders: {}}, ")
    assert faults(text) == [
        "alerts.yaml:26: watch.1.alerts.backlog-age.per_workload: the template watches subscriptions"
    ]


def test_parameters_by_workload_must_be_a_mapping() -> None:
    text = GOOD.replace(
        "payment-gateway: {threshold_ms: 2500, severity: warning}", "payment-gateway: 7"
    )
    assert faults(text) == [
        "alerts.yaml:20: watch.0.alerts.latency-p95.per_workload:"
        " must give parameters by name of workload"
    ]


def test_an_entry_watches_a_group_or_workloads() -> None:
    text = GOOD.replace("group: checkout", "group: checkout\n    workloads: [cart-api]")
    assert "an entry watches a group or workloads, not both" in faults(text)[0]
