"""All ports and the house rules in one value: what a flow is given."""

from dataclasses import dataclass, field

from bot.core.house import House
from bot.ports.bills import Bills, NoBills
from bot.ports.calendars import Calendars, NoCalendars
from bot.ports.charts import Charts, NoCharts
from bot.ports.chat import Chat
from bot.ports.clock import Clock
from bot.ports.cloud import Cloud, Metrics
from bot.ports.data import DataMetrics, NoDataMetrics
from bot.ports.marketing import Marketing, NoMarketing
from bot.ports.prices import NoPrices, Prices
from bot.ports.probes import NoProbes, Probes
from bot.ports.quotas import NoQuotas, Quotas
from bot.ports.snoozing import NoSnoozing, Snoozing
from bot.ports.store import Store


@dataclass(frozen=True, slots=True)
class Kit:
    """Given to every flow. `seal` signs button values (cards.buttons); `public_url` is where people reach us ("" unknown)."""

    clock: Clock
    store: Store
    chat: Chat
    cloud: Cloud
    metrics: Metrics
    house: House
    seal: bytes
    calendars: Calendars = field(default_factory=NoCalendars)
    snoozing: Snoozing = field(default_factory=NoSnoozing)
    charts: Charts = field(default_factory=NoCharts)
    prices: Prices = field(default_factory=NoPrices)
    quotas: Quotas = field(default_factory=NoQuotas)
    bills: Bills = field(default_factory=NoBills)
    probes: Probes = field(default_factory=NoProbes)
    marketing: Marketing = field(default_factory=NoMarketing)
    public_url: str = ""
    data: DataMetrics = field(default_factory=NoDataMetrics)
