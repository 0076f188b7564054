"""One fake for each port; each passes the same conformance suite as the real adapter."""

from tests.fakes.alerting import FakeAlerting
from tests.fakes.bills import FakeBills
from tests.fakes.chat import FakeChat, Posted
from tests.fakes.clock import FakeClock
from tests.fakes.cloud import FakeCloud, Write, service, worker_pool
from tests.fakes.faults import Faults
from tests.fakes.metrics import FakeMetrics
from tests.fakes.probes import FakeProbes

__all__ = [
    "FakeAlerting",
    "FakeBills",
    "FakeChat",
    "FakeClock",
    "FakeCloud",
    "FakeMetrics",
    "FakeProbes",
    "Faults",
    "Posted",
    "Write",
    "service",
    "worker_pool",
]
